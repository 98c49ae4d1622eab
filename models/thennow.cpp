// SPDX-License-Identifier: GPL-3.0-or-later
#include "thennow.h"

#include "formatter.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(ThenNow)
};

QString orNone(const QString &text)
{
    return text.isEmpty() ? Format::none() : text;
}

QString healthOf(const StampEntry &entry)
{
    return entry.stale ? Words::tr("stale") : Format::word(entry.health);
}

QString reasonOf(const StampEntry &entry)
{
    return entry.reasons.isEmpty() ? Format::none() : Format::shortReason(entry.reasons.first());
}

QString replicasOf(const Component &component)
{
    return Words::tr("%1 of %2 ready").arg(component.ready).arg(component.desired);
}

const Component *find(const StampEntry *entry, const QString &name)
{
    if (!entry)
        return nullptr;
    const QList<Component> &all = entry->stamp->components;
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&name](const Component &each) { return each.name == name; });
    return found == all.end() ? nullptr : &*found;
}

/// What became of a stamp beside its health.
QStringList wordsFor(const StampEntry &then, const StampEntry &now)
{
    QStringList words;
    if (then.stamp->lifecycle != now.stamp->lifecycle)
        words.append(
            Words::tr("%1, now %2")
                .arg(Format::word(then.stamp->lifecycle), Format::word(now.stamp->lifecycle)));
    if (then.stamp->version != now.stamp->version)
        words.append(Words::tr("version %1, now %2")
                         .arg(orNone(then.stamp->version), orNone(now.stamp->version)));
    for (const Component &component : now.stamp->components) {
        const Component *was = find(&then, component.name);
        if (was && was->desired != component.desired)
            words.append(Words::tr("%1 from %2 to %3")
                             .arg(component.name)
                             .arg(was->desired)
                             .arg(component.desired));
        else if (was && was->ready != component.ready)
            words.append(Words::tr("%1 %2 ready, now %3")
                             .arg(component.name)
                             .arg(was->ready)
                             .arg(component.ready));
    }
    if (then.owned != now.owned)
        words.append(
            Words::tr("%1, now %2").arg(Format::tenants(then.owned), Format::count(now.owned)));
    return words;
}

int rankOf(const FleetThenNow::StampChange &change)
{
    if (!change.now)
        return 1;
    switch (*change.now) {
    case Health::Unhealthy:
        return 0;
    case Health::Degraded:
        return 2;
    case Health::Unknown:
        return 3;
    case Health::Healthy:
        break;
    }
    return 4;
}

std::optional<Health> healthIn(const StampEntry *entry)
{
    if (!entry)
        return std::nullopt;
    return entry->stale ? Health::Unknown : entry->health;
}

} // namespace

QList<FieldThenNow> compareStamps(const StampEntry *then, const StampEntry *now)
{
    QList<FieldThenNow> fields;
    const auto add = [&](const QString &field, const auto &words) {
        fields.append({field, then ? QString(words(*then)) : Format::none(),
                       now ? QString(words(*now)) : Format::none()});
    };
    add(Words::tr("health"), healthOf);
    add(Words::tr("why"), reasonOf);
    add(Words::tr("lifecycle"),
        [](const StampEntry &entry) { return Format::word(entry.stamp->lifecycle); });
    add(Words::tr("version"), [](const StampEntry &entry) { return orNone(entry.stamp->version); });
    add(Words::tr("ring"), [](const StampEntry &entry) { return orNone(entry.stamp->ring); });
    add(Words::tr("tenants"), [](const StampEntry &entry) { return Format::count(entry.owned); });
    add(Words::tr("load"), [](const StampEntry &entry) { return Format::percent(entry.load()); });
    for (const ResourceKind kind :
         {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage}) {
        add(Format::name(kind), [kind](const StampEntry &entry) {
            return Format::ofLimit(kind, entry.resources[kind]);
        });
    }
    add(Words::tr("requests"), [](const StampEntry &entry) {
        return Format::rate(entry.stamp->signalValues.requestsPerSecond);
    });
    add(Words::tr("errors"), [](const StampEntry &entry) {
        return Format::errorPercent(entry.stamp->signalValues.errorRatio);
    });
    add(Words::tr("p99"), [](const StampEntry &entry) {
        return Format::latency(entry.stamp->signalValues.latencyP99Ms);
    });
    QStringList components;
    for (const StampEntry *entry : {then, now}) {
        if (!entry)
            continue;
        for (const Component &component : entry->stamp->components) {
            if (!components.contains(component.name))
                components.append(component.name);
        }
    }
    for (const QString &name : std::as_const(components)) {
        const Component *was = find(then, name);
        const Component *is = find(now, name);
        fields.append(
            {name, was ? replicasOf(*was) : Format::none(), is ? replicasOf(*is) : Format::none()});
    }
    return fields;
}

FleetThenNow compareFleets(const FleetVersion &then, const FleetVersion &now, int most)
{
    FleetThenNow all;
    all.then = then.counts;
    all.now = now.counts;
    std::vector<FleetThenNow::StampChange> changes;
    const auto entryOf = [](const FleetVersion &fleet, const QString &id) -> const StampEntry * {
        const int slot = fleet.stampIndex.value(id);
        return slot < 0 ? nullptr : fleet.stamps[slot].get();
    };
    then.eachStamp([&](int, const StampEntry &was) {
        FleetThenNow::StampChange change;
        change.id = was.id;
        change.then = healthIn(&was);
        const StampEntry *is = entryOf(now, was.id);
        change.now = healthIn(is);
        if (!is)
            change.words.append(Words::tr("gone since"));
        else
            change.words = wordsFor(was, *is);
        if (!is || change.then != change.now || !change.words.isEmpty())
            changes.push_back(std::move(change));
    });
    now.eachStamp([&](int, const StampEntry &is) {
        if (entryOf(then, is.id))
            return;
        changes.push_back({is.id, std::nullopt, healthIn(&is), {Words::tr("new since")}});
    });
    all.differing = int(changes.size());
    const auto shown = std::min<size_t>(changes.size(), size_t(most));
    std::partial_sort(changes.begin(), changes.begin() + std::ptrdiff_t(shown), changes.end(),
                      [](const auto &a, const auto &b) {
                          return std::pair(rankOf(a), a.id) < std::pair(rankOf(b), b.id);
                      });
    for (size_t at = 0; at < shown; ++at)
        all.stamps.append(changes[at]);
    return all;
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "survival.h"

#include "formatter.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <array>
#include <limits>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

QString say(const char *text)
{
    return QCoreApplication::translate("Survival", text);
}

using Amounts = std::array<double, allResources.size()>;

/// What of a resource a stamp may be filled to: the gate is for load, not for slots.
double share(ResourceKind kind, double gate)
{
    return kind == ResourceKind::Tenants ? 1 : gate;
}

struct Room
{
    int slot = -1;
    Amounts added{};
};

/// The load that \a evaluation leaves with \a added on top; nothing when it does not fit within
/// the gate.
std::optional<double> fits(const Evaluation &evaluation, const Amounts &added, double gate)
{
    double most = 0;
    for (const ResourceKind kind : allResources) {
        const Resource &after = evaluation.load.after[kind];
        const auto taken = after.taken();
        if (!after.limit || !taken)
            return std::nullopt;
        const double load = *after.limit > 0
                ? (*taken + added[size_t(kind)]) / *after.limit
                : 2;
        if (load > share(kind, gate) + 1e-9)
            return std::nullopt;
        if (kind != ResourceKind::Tenants)
            most = std::max(most, load);
    }
    return most;
}

void add(Resource &sum, const Resource &more, bool first)
{
    const auto plus = [first](std::optional<double> &to, const std::optional<double> &amount) {
        to = first ? amount : to && amount ? std::optional(*to + *amount) : std::nullopt;
    };
    plus(sum.limit, more.limit);
    plus(sum.used, more.taken()); // what counts, whichever of the two it is
}

void judge(const FleetVersionPtr &version, const std::vector<int> &stamps, int lost,
           Survival &result)
{
    const StampEntry &fullest = *version->stamps[lost];
    const double gate = version->sourceOf(fullest).objectives.load;
    std::vector<int> owned;
    for (const int tenant : fullest.tenants) {
        if (version->tenants[tenant].owner == lost)
            owned.push_back(tenant);
    }
    // The largest first: what is large finds a place while there is one.
    std::stable_sort(owned.begin(), owned.end(), [&](int a, int b) {
        return version->tenants[a].tenant->demand.cpu.value_or(0)
                > version->tenants[b].tenant->demand.cpu.value_or(0);
    });
    std::vector<Room> rooms;
    for (const int slot : stamps) {
        if (slot != lost)
            rooms.push_back({slot, {}});
    }

    bool unknown = false;
    Amounts missing{};
    QString why; // of the first that finds no place
    for (const int tenant : owned) {
        const Tenant &is = *version->tenants[tenant].tenant;
        auto carry = makeCarry(version, {version->tenantId(tenant)});
        if (!carry)
            continue; // it left the version's index: cannot be lost with the stamp
        carry->always.removeIf([](const Refusal &refusal) {
            return refusal.code != "pinned"_L1;
        });
        Room *best = nullptr;
        double bestLoad = 0;
        bool mayFit = false;
        QMap<QString, int> codes;
        QHash<QString, QString> messages;
        for (Room &room : rooms) {
            Evaluation evaluation = evaluate(*carry, room.slot);
            if (!evaluation.refusals.isEmpty()) {
                mayFit |= evaluation.verdict == VerdictKind::Unknown;
                if (!why.isEmpty())
                    continue; // only the first tenant without a place is told of
                const Refusal &refusal = evaluation.refusals.constFirst();
                ++codes[refusal.code];
                if (!messages.contains(refusal.code)) {
                    messages.insert(refusal.code, say("%1: %2").arg(version->stampId(room.slot),
                                                                    refusal.message));
                }
                continue;
            }
            const auto load = fits(evaluation, room.added, gate);
            if (load && (!best || *load < bestLoad)) {
                best = &room;
                bestLoad = *load;
            }
        }
        if (best) {
            ++result.placed;
            for (const ResourceKind kind : allResources)
                best->added[size_t(kind)] += is.demand.of(kind).value_or(0);
            continue;
        }
        unknown |= mayFit;
        if (why.isEmpty() && !codes.isEmpty()) {
            // What most of the stamps say.
            const auto most = std::max_element(codes.cbegin(), codes.cend());
            why = say("%1 has no other place: %2").arg(is.id, messages.value(most.key()));
        }
        ++result.unplaced;
        for (const ResourceKind kind : allResources)
            missing[size_t(kind)] += is.demand.of(kind).value_or(0);
    }

    if (result.unplaced == 0) {
        result.survives = true;
        return;
    }
    if (unknown) {
        result.message = say("a limit or a demand is not known");
        return;
    }
    result.survives = false;
    if (rooms.empty()) {
        result.message = say("no other stamp is here");
        for (const ResourceKind kind : allResources) {
            if (missing[size_t(kind)] > 0)
                result.shortOf.insert(kind, missing[size_t(kind)]);
        }
        return;
    }
    // What is left on the others after all that found a place, against what found none.
    QStringList words;
    for (const ResourceKind kind : allResources) {
        double left = 0;
        for (const Room &room : rooms) {
            const Resource &is = version->stamps[room.slot]->resources[kind];
            if (const auto taken = is.taken(); is.limit && taken)
                left += std::max(0.0, *is.limit * share(kind, gate) - *taken
                                              - room.added[size_t(kind)]);
        }
        if (const double amount = missing[size_t(kind)] - left; amount > 1e-9) {
            result.shortOf.insert(kind, amount);
            words += Format::amount(kind, amount);
        }
    }
    if (!words.isEmpty())
        result.message = say("short of %1").arg(words.join(u", "_s));
    else if (!why.isEmpty())
        result.message = why;
    else
        result.message = say("what is free is in pieces too small");
}

} // namespace

std::optional<LossOutlook> outlookAfterLoss(const FleetVersion &version, const Survival &region)
{
    const int slot = version.stampIndex.value(region.fullest);
    if (slot < 0)
        return std::nullopt;
    const StampEntry &lost = *version.stamps[slot];
    const double gate = version.sourceOf(lost).objectives.load;
    std::optional<LossOutlook> worst;
    for (const ResourceKind kind : {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage}) {
        const Resource &all = region.resources[kind];
        const std::optional<double> gone = lost.resources[kind].limit;
        const std::optional<double> taken = all.taken();
        if (!all.limit || !gone || !taken)
            return std::nullopt;
        const double left = *all.limit - *gone;
        LossOutlook is{kind, std::numeric_limits<double>::infinity(), gate, left * gate - *taken};
        if (left > 0)
            is.load = *taken / left;
        if (!worst || is.load > worst->load)
            worst = is;
    }
    return worst;
}

std::vector<Survival> survivalOf(const FleetVersionPtr &version)
{
    QMap<QString, std::vector<int>> regions;
    version->eachStamp([&](int slot, const StampEntry &entry) {
        regions[entry.stamp->region].push_back(slot);
    });
    std::vector<Survival> all;
    for (auto it = regions.cbegin(); it != regions.cend(); ++it) {
        Survival one;
        one.region = it.key();
        one.stamps = int(it->size());
        int lost = -1;
        bool first = true;
        for (const int slot : *it) {
            const StampEntry &entry = *version->stamps[slot];
            for (const ResourceKind kind : allResources)
                add(one.resources[kind], entry.resources[kind], first);
            first = false;
            one.tenants += entry.owned;
            if (lost < 0 || entry.load().value_or(-1) > version->stamps[lost]->load().value_or(-1))
                lost = slot;
        }
        one.fullest = version->stampId(lost);
        one.load = version->stamps[lost]->load();
        judge(version, *it, lost, one);
        all.push_back(std::move(one));
    }
    return all;
}

bool RegionSubject::anyText(QueryField field, const QString &, const Take &take) const
{
    switch (field) {
    case QueryField::Region:
    case QueryField::Name:
    case QueryField::Id:
        return take(m_region.region);
    default:
        return false;
    }
}

std::optional<double> RegionSubject::number(QueryField field, bool ofLimit) const
{
    const auto resource = [&](ResourceKind kind) {
        const Resource &is = m_region.resources[kind];
        return ofLimit ? is.load() : is.taken();
    };
    switch (field) {
    case QueryField::Stamps:
        return m_region.stamps;
    case QueryField::Tenants:
        return m_region.tenants;
    case QueryField::Cpu:
        return resource(ResourceKind::Cpu);
    case QueryField::Memory:
        return resource(ResourceKind::Memory);
    case QueryField::Storage:
        return resource(ResourceKind::Storage);
    default:
        return std::nullopt;
    }
}

bool RegionSubject::anyWord(const Take &take) const
{
    return take(m_region.region);
}

} // namespace Stampdeck

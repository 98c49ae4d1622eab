// SPDX-License-Identifier: GPL-3.0-or-later
#include "difference.h"

#include "spoken.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QLocale>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Difference)
};

FieldValue valueOf(const std::optional<double> &value)
{
    return value ? FieldValue(*value) : FieldValue();
}
FieldValue valueOf(const std::optional<int> &value)
{
    return value ? FieldValue(*value) : FieldValue();
}
FieldValue valueOf(const QString &value)
{
    return value.isEmpty() ? FieldValue() : FieldValue(value);
}
FieldValue valueOf(bool value)
{
    return value;
}

class Differences
{
public:
    template<typename T>
    void compare(const QString &field, const T &before, const T &now,
                 std::optional<ResourceKind> amountOf = {})
    {
        if (before != now)
            found.push_back({field, valueOf(before), valueOf(now), amountOf});
    }

    std::vector<FieldChange> found;
};

QString placementsInWords(const Tenant &tenant)
{
    QStringList all;
    for (const Placement &placement : tenant.placements)
        all.append(Words::tr("%1 %2").arg(placement.stamp, Spoken::word(placement.state)));
    return all.join(u", "_s);
}

struct InWords
{
    QString operator()(std::monostate) const { return Words::tr("none"); }
    QString operator()(const QString &value) const { return value; }
    QString operator()(bool value) const { return value ? Words::tr("yes") : Words::tr("no"); }
    QString operator()(int value) const { return QLocale().toString(value); }
    QString operator()(double value) const { return QLocale().toString(value, 'g', 12); }
};

template<typename T>
QString sentence(const QString &name, const std::shared_ptr<const T> &before, const T &now)
{
    QStringList found;
    if (before) {
        for (const FieldChange &change : differences(*before, now))
            found.append(Words::tr("%1: %2 → %3")
                             .arg(change.field, std::visit(InWords(), change.before),
                                  std::visit(InWords(), change.now)));
    }
    const QString text = found.isEmpty() ? Words::tr("%1 was changed").arg(name)
                                         : Words::tr("%1: %2").arg(name, found.join(u"; "_s));
    if (!now.updatedAt)
        return now.updatedBy.isEmpty() ? Words::tr("%1; plan again").arg(text)
                                       : Words::tr("%1 by %2; plan again").arg(text, now.updatedBy);
    const QString at = toRfc3339(*now.updatedAt);
    return now.updatedBy.isEmpty()
        ? Words::tr("%1 at %2; plan again").arg(text, at)
        : Words::tr("%1 by %2 at %3; plan again").arg(text, now.updatedBy, at);
}

} // namespace

std::vector<FieldChange> differences(const Stamp &before, const Stamp &now)
{
    Differences all;
    all.compare(Words::tr("lifecycle"), Spoken::word(before.lifecycle),
                Spoken::word(now.lifecycle));
    all.compare(Words::tr("version"), before.version, now.version);
    for (const ResourceKind kind : allResources)
        all.compare(Words::tr("limit of %1").arg(Spoken::word(kind)), before.resources[kind].limit,
                    now.resources[kind].limit, kind);
    for (const Component &component : now.components) {
        const auto old =
            std::find_if(before.components.cbegin(), before.components.cend(),
                         [&](const Component &one) { return one.name == component.name; });
        if (old == before.components.cend()) {
            all.compare(component.name, QString(), Words::tr("there"));
            continue;
        }
        all.compare(component.name, std::optional(old->desired), std::optional(component.desired));
        all.compare(Words::tr("%1 min").arg(component.name), old->min, component.min);
        all.compare(Words::tr("%1 max").arg(component.name), old->max, component.max);
    }
    for (auto label = now.labels.cbegin(); label != now.labels.cend(); ++label)
        all.compare(Words::tr("label %1").arg(label.key()), before.labels.value(label.key()),
                    label.value());
    for (auto label = before.labels.cbegin(); label != before.labels.cend(); ++label) {
        if (!now.labels.contains(label.key()))
            all.compare(Words::tr("label %1").arg(label.key()), label.value(), QString());
    }
    return std::move(all.found);
}

std::vector<FieldChange> differences(const Tenant &before, const Tenant &now)
{
    Differences all;
    all.compare(Words::tr("stamp"), before.stamp, now.stamp);
    all.compare(Words::tr("placements"), placementsInWords(before), placementsInWords(now));
    all.compare(Words::tr("tier"), Spoken::word(before.tier), Spoken::word(now.tier));
    for (const ResourceKind kind : allResources) // a tenant takes one slot, then as now
        all.compare(Spoken::word(kind), before.demand.of(kind), now.demand.of(kind), kind);
    all.compare(Words::tr("requests per second"), before.demand.requestsPerSecond,
                now.demand.requestsPerSecond);
    all.compare(Words::tr("regions"), before.constraints.regions.join(u' '),
                now.constraints.regions.join(u' '));
    all.compare(Words::tr("anti-affinity"), before.constraints.antiAffinity,
                now.constraints.antiAffinity);
    all.compare(Words::tr("pinned"), before.constraints.pinned, now.constraints.pinned);
    all.compare(Words::tr("exclusive"), before.constraints.exclusive, now.constraints.exclusive);
    return std::move(all.found);
}

QString differenceInWords(const StampPtr &before, const Stamp &now)
{
    return sentence(now.name, before, now);
}

QString differenceInWords(const TenantPtr &before, const Tenant &now)
{
    return sentence(now.id, before, now);
}

} // namespace Stampdeck

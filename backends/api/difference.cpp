// SPDX-License-Identifier: GPL-3.0-or-later
#include "difference.h"

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

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
        all.append(placement.stamp + u' ' + toString(placement.state));
    return all.join(u" and "_s);
}

struct InWords
{
    QString operator()(std::monostate) const { return u"none"_s; }
    QString operator()(const QString &value) const { return value; }
    QString operator()(bool value) const { return value ? u"yes"_s : u"no"_s; }
    QString operator()(int value) const { return QString::number(value); }
    QString operator()(double value) const { return QString::number(value, 'g', 12); }
};

template<typename T>
QString sentence(const QString &name, const std::shared_ptr<const T> &before, const T &now)
{
    QStringList found;
    if (before) {
        for (const FieldChange &change : differences(*before, now)) {
            found.append(change.field + u": "_s + std::visit(InWords(), change.before) + u" → "_s
                         + std::visit(InWords(), change.now));
        }
    }
    QString text = found.isEmpty() ? QString(name + u" was changed"_s)
                                   : QString(name + u": "_s + found.join(u"; "_s));
    if (!now.updatedBy.isEmpty())
        text += u" by "_s + now.updatedBy;
    if (now.updatedAt)
        text += u" at "_s + toRfc3339(*now.updatedAt);
    return text + u"; plan again"_s;
}

} // namespace

std::vector<FieldChange> differences(const Stamp &before, const Stamp &now)
{
    Differences all;
    all.compare(u"lifecycle"_s, toString(before.lifecycle), toString(now.lifecycle));
    all.compare(u"version"_s, before.version, now.version);
    for (const ResourceKind kind : allResources)
        all.compare(u"limit of "_s + toString(kind), before.resources[kind].limit,
                    now.resources[kind].limit, kind);
    for (const Component &component : now.components) {
        const auto old =
            std::find_if(before.components.cbegin(), before.components.cend(),
                         [&](const Component &one) { return one.name == component.name; });
        if (old == before.components.cend()) {
            all.compare(component.name, QString(), u"there"_s);
            continue;
        }
        all.compare(component.name, std::optional(old->desired), std::optional(component.desired));
        all.compare(component.name + u" min"_s, old->min, component.min);
        all.compare(component.name + u" max"_s, old->max, component.max);
    }
    for (auto label = now.labels.cbegin(); label != now.labels.cend(); ++label)
        all.compare(u"label "_s + label.key(), before.labels.value(label.key()), label.value());
    for (auto label = before.labels.cbegin(); label != before.labels.cend(); ++label) {
        if (!now.labels.contains(label.key()))
            all.compare(u"label "_s + label.key(), label.value(), QString());
    }
    return std::move(all.found);
}

std::vector<FieldChange> differences(const Tenant &before, const Tenant &now)
{
    Differences all;
    all.compare(u"stamp"_s, before.stamp, now.stamp);
    all.compare(u"placements"_s, placementsInWords(before), placementsInWords(now));
    all.compare(u"tier"_s, toString(before.tier), toString(now.tier));
    for (const ResourceKind kind : allResources) // a tenant takes one slot, then as now
        all.compare(toString(kind), before.demand.of(kind), now.demand.of(kind), kind);
    all.compare(u"requests per second"_s, before.demand.requestsPerSecond,
                now.demand.requestsPerSecond);
    all.compare(u"regions"_s, before.constraints.regions.join(u' '),
                now.constraints.regions.join(u' '));
    all.compare(u"anti-affinity"_s, before.constraints.antiAffinity, now.constraints.antiAffinity);
    all.compare(u"pinned"_s, before.constraints.pinned, now.constraints.pinned);
    all.compare(u"exclusive"_s, before.constraints.exclusive, now.constraints.exclusive);
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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "difference.h"

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

QString word(const std::optional<double> &value)
{
    return value ? QString::number(*value, 'g', 12) : u"none"_s;
}
QString word(const std::optional<int> &value)
{
    return value ? QString::number(*value) : u"none"_s;
}
QString word(const QString &value)
{
    return value.isEmpty() ? u"none"_s : value;
}
QString word(bool value)
{
    return value ? u"yes"_s : u"no"_s;
}

/// Collects "FIELD: OLD → NEW".
class Differences
{
public:
    template<typename T>
    void compare(const QString &field, const T &before, const T &now)
    {
        if (before != now)
            m_found.append(field + u": "_s + word(before) + u" → "_s + word(now));
    }
    [[nodiscard]] QString sentence(const QString &name, const QString &by,
                                   const std::optional<Timestamp> &at) const
    {
        QString text = m_found.isEmpty() ? QString(name + u" was changed"_s)
                                         : QString(name + u": "_s + m_found.join(u"; "_s));
        if (!by.isEmpty())
            text += u" by "_s + by;
        if (at)
            text += u" at "_s + toRfc3339(*at);
        return text + u"; plan again"_s;
    }

private:
    QStringList m_found;
};

QString placementsInWords(const Tenant &tenant)
{
    QStringList all;
    for (const Placement &placement : tenant.placements)
        all.append(placement.stamp + u' ' + toString(placement.state));
    return all.join(u" and "_s);
}

} // namespace

QString differenceInWords(const StampPtr &before, const Stamp &now)
{
    Differences found;
    if (before) {
        found.compare(u"lifecycle"_s, toString(before->lifecycle), toString(now.lifecycle));
        found.compare(u"version"_s, before->version, now.version);
        for (const ResourceKind kind : allResources)
            found.compare(u"limit of "_s + toString(kind), before->resources[kind].limit,
                          now.resources[kind].limit);
        for (const Component &component : now.components) {
            const auto old =
                std::find_if(before->components.cbegin(), before->components.cend(),
                             [&](const Component &one) { return one.name == component.name; });
            if (old == before->components.cend()) {
                found.compare(component.name, QString(), u"there"_s);
                continue;
            }
            found.compare(component.name, std::optional(old->desired),
                          std::optional(component.desired));
            found.compare(component.name + u" min"_s, old->min, component.min);
            found.compare(component.name + u" max"_s, old->max, component.max);
        }
        for (auto label = now.labels.cbegin(); label != now.labels.cend(); ++label)
            found.compare(u"label "_s + label.key(), before->labels.value(label.key()),
                          label.value());
        for (auto label = before->labels.cbegin(); label != before->labels.cend(); ++label) {
            if (!now.labels.contains(label.key()))
                found.compare(u"label "_s + label.key(), label.value(), QString());
        }
    }
    return found.sentence(now.name, now.updatedBy, now.updatedAt);
}

QString differenceInWords(const TenantPtr &before, const Tenant &now)
{
    Differences found;
    if (before) {
        found.compare(u"stamp"_s, before->stamp, now.stamp);
        found.compare(u"placements"_s, placementsInWords(*before), placementsInWords(now));
        found.compare(u"tier"_s, toString(before->tier), toString(now.tier));
        found.compare(u"cpu"_s, before->demand.cpu, now.demand.cpu);
        found.compare(u"memory"_s, before->demand.memory, now.demand.memory);
        found.compare(u"storage"_s, before->demand.storage, now.demand.storage);
        found.compare(u"requests per second"_s, before->demand.requestsPerSecond,
                      now.demand.requestsPerSecond);
        found.compare(u"regions"_s, before->constraints.regions.join(u' '),
                      now.constraints.regions.join(u' '));
        found.compare(u"anti-affinity"_s, before->constraints.antiAffinity,
                      now.constraints.antiAffinity);
        found.compare(u"pinned"_s, before->constraints.pinned, now.constraints.pinned);
        found.compare(u"exclusive"_s, before->constraints.exclusive, now.constraints.exclusive);
    }
    return found.sentence(now.id, now.updatedBy, now.updatedAt);
}

} // namespace Stampdeck

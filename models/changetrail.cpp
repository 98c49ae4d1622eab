// SPDX-License-Identifier: GPL-3.0-or-later
#include "changetrail.h"

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

QString countOf(std::optional<double> value)
{
    return value ? QString::number(*value, 'g', 6) : QString();
}

} // namespace

void ChangeTrail::note(const FleetVersion &before, const FleetVersion &after,
                       const std::vector<int> &slots_, Timestamp now)
{
    const auto add = [&](const StampEntry &entry, FleetChange::Kind kind, const QString &what,
                         const QString &was, const QString &is) {
        if (was != is)
            m_changes.push_back({now, entry.id, kind, what, was, is, entry.stamp->updatedBy});
    };
    for (const int slot : slots_) {
        if (slot >= before.stamps.size() || slot >= after.stamps.size())
            continue;
        const StampEntryPtr &old = before.stamps[slot];
        const StampEntryPtr &entry = after.stamps[slot];
        if (!old || !entry || old == entry || old->id != entry->id || old->proof)
            continue;
        const Stamp &was = *old->stamp;
        const Stamp &is = *entry->stamp;
        // What was lost sight of did not change.
        if (!old->stale && !entry->stale && old->health != entry->health)
            add(*entry, FleetChange::Kind::Health, {}, toString(old->health),
                toString(entry->health));
        add(*entry, FleetChange::Kind::Version, {}, was.version, is.version);
        add(*entry, FleetChange::Kind::Lifecycle, {}, toString(was.lifecycle),
            toString(is.lifecycle));
        for (const Component &component : is.components) {
            const auto other = std::find_if(
                was.components.begin(), was.components.end(),
                [&](const Component &each) { return each.name == component.name; });
            if (other != was.components.end() && other->desired != component.desired)
                add(*entry, FleetChange::Kind::Scale, component.name,
                    QString::number(other->desired), QString::number(component.desired));
        }
        for (const ResourceKind kind : {ResourceKind::Cpu, ResourceKind::Memory,
                                        ResourceKind::Storage}) {
            if (was.resources[kind].limit != is.resources[kind].limit)
                add(*entry, FleetChange::Kind::Scale, toString(kind),
                    countOf(was.resources[kind].limit), countOf(is.resources[kind].limit));
        }
        if (old->tenants == entry->tenants)
            continue;
        const auto tell = [&](const StampEntry &one, const StampEntry &other,
                              const FleetVersion &version, bool came) {
            for (const int tenant : one.tenants) {
                if (std::find(other.tenants.begin(), other.tenants.end(), tenant)
                        != other.tenants.end()
                    || !version.tenants[tenant].tenant)
                    continue;
                add(*entry, FleetChange::Kind::Move, version.tenantId(tenant),
                    came ? QString() : entry->id, came ? entry->id : QString());
            }
        };
        tell(*entry, *old, after, true);
        tell(*old, *entry, before, false);
    }
    while (!m_changes.empty() && (m_changes.front().at < now - kept || m_changes.size() > most))
        m_changes.pop_front();
}

std::vector<FleetChange> ChangeTrail::of(const QStringList &stamps, Timestamp from,
                                         Timestamp to) const
{
    const QSet<QString> asked(stamps.begin(), stamps.end());
    std::vector<FleetChange> found;
    for (const FleetChange &change : m_changes) {
        if (change.at >= from && change.at <= to && asked.contains(change.stamp))
            found.push_back(change);
    }
    return found;
}

} // namespace Stampdeck

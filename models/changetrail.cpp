// SPDX-License-Identifier: GPL-3.0-or-later
#include "changetrail.h"

#include <algorithm>

namespace Stampdeck {

using namespace std::chrono_literals;

namespace {

QString countOf(std::optional<double> value)
{
    return value ? QString::number(*value, 'g', 6) : QString();
}

} // namespace

void tellChanges(std::vector<FleetChange> &changes, const StampEntry &was, const StampEntry &is,
                 Timestamp at)
{
    const Stamp &old = *was.stamp;
    const Stamp &now = *is.stamp;
    const auto add = [&](FleetChange::Kind kind, const QString &what, const QString &before,
                         const QString &after) {
        if (before != after)
            changes.push_back({at, is.id, kind, what, before, after, now.updatedBy});
    };
    // What was lost sight of did not change.
    if (!was.stale && !is.stale)
        add(FleetChange::Kind::Health, {}, toString(was.health), toString(is.health));
    add(FleetChange::Kind::Version, {}, old.version, now.version);
    add(FleetChange::Kind::Lifecycle, {}, toString(old.lifecycle), toString(now.lifecycle));
    for (const Component &component : now.components) {
        const auto other =
            std::find_if(old.components.begin(), old.components.end(),
                         [&](const Component &each) { return each.name == component.name; });
        if (other != old.components.end() && other->desired != component.desired)
            add(FleetChange::Kind::Scale, component.name, QString::number(other->desired),
                QString::number(component.desired));
    }
    for (const ResourceKind kind :
         {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage}) {
        if (old.resources[kind].limit != now.resources[kind].limit)
            add(FleetChange::Kind::Scale, toString(kind), countOf(old.resources[kind].limit),
                countOf(now.resources[kind].limit));
    }
}

void ChangeTrail::begin(Timestamp now)
{
    if (!m_since)
        m_since = now;
}

void ChangeTrail::note(const FleetVersion &before, const FleetVersion &after,
                       const std::vector<int> &slots_, Timestamp now)
{
    std::vector<FleetChange> changes;
    for (const int slot : slots_) {
        if (slot >= before.stamps.size() || slot >= after.stamps.size())
            continue;
        const StampEntryPtr &old = before.stamps[slot];
        const StampEntryPtr &entry = after.stamps[slot];
        if (!old || !entry || old == entry || old->id != entry->id || old->proof)
            continue;
        tellChanges(changes, *old, *entry, now);
        if (old->tenants == entry->tenants)
            continue;
        const auto tell = [&](const StampEntry &one, const StampEntry &other,
                              const FleetVersion &version, bool came) {
            for (const int tenant : one.tenants) {
                if (std::find(other.tenants.begin(), other.tenants.end(), tenant)
                        != other.tenants.end()
                    || !version.tenants[tenant].tenant)
                    continue;
                changes.push_back({now, entry->id, FleetChange::Kind::Move, version.tenantId(tenant),
                                   came ? QString() : entry->id, came ? entry->id : QString(),
                                   entry->stamp->updatedBy});
            }
        };
        tell(*entry, *old, after, true);
        tell(*old, *entry, before, false);
    }
    m_changes.insert(m_changes.end(), changes.begin(), changes.end());
    while (!m_changes.empty() && (m_changes.front().at < now - kept || m_changes.size() > most)) {
        m_since = std::max(m_since.value_or(now), m_changes.front().at + 1ms);
        m_changes.pop_front();
    }
}

TrailedChanges ChangeTrail::of(const QStringList &stamps, Timestamp from, Timestamp to) const
{
    const QSet<QString> asked(stamps.begin(), stamps.end());
    TrailedChanges found;
    found.since = m_since;
    for (const FleetChange &change : m_changes) {
        if (change.at >= from && change.at <= to && asked.contains(change.stamp))
            found.changes.push_back(change);
    }
    return found;
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleetversion.h"

#include "formatter.h"

#include <QtCore/QCoreApplication>

namespace Stampdeck {

using namespace Qt::StringLiterals;

std::optional<double> StampEntry::load() const
{
    return resources[fullest()].load();
}

ResourceKind StampEntry::fullest() const
{
    ResourceKind most = ResourceKind::Cpu;
    double load = -1;
    for (const ResourceKind kind :
         {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage}) {
        if (const double is = resources[kind].load().value_or(-1); is > load) {
            load = is;
            most = kind;
        }
    }
    return most;
}

int SlotIndex::value(const QString &key) const
{
    return m_shards[qHash(key) % shards].value(key, -1);
}

void SlotIndex::insert(const QString &key, int slot)
{
    QHash<QString, int> &shard = m_shards[qHash(key) % shards];
    const auto before = shard.size();
    shard.insert(key, slot);
    m_size += int(shard.size() - before);
}

void SlotIndex::remove(const QString &key)
{
    m_size -= int(m_shards[qHash(key) % shards].remove(key));
}

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Fleet)
};

Result<int> oneOf(const QString &id, const QList<int> &found, const QStringList &candidates,
                  const QString &nothing)
{
    if (found.isEmpty())
        return fail(ErrorKind::NotFound, nothing);
    if (found.size() > 1) {
        return fail(ErrorKind::Invalid,
                    Words::tr("%1 is not unique: say %2").arg(id, Format::either(candidates)));
    }
    return found.constFirst();
}

} // namespace

QList<FeedState> FleetVersion::everySource() const
{
    QList<FeedState> all;
    for (const SourceState &source : sources) {
        if (source.name.isEmpty()) // removed
            continue;
        FeedState state;
        static_cast<SourceState &>(state) = source;
        all.append(state);
    }
    return all + feeds;
}

Result<int> FleetVersion::findStamp(const QString &id) const
{
    if (const int slot = stampIndex.value(id); slot >= 0)
        return slot;
    QList<int> found;
    QStringList candidates;
    for (const SourceState &source : sources) {
        const QString candidate = source.name + u'/' + id;
        if (const int slot = stampIndex.value(candidate); slot >= 0) {
            found.append(slot);
            candidates.append(candidate);
        }
    }
    return oneOf(id, found, candidates, Words::tr("there is no stamp %1").arg(id));
}

Result<int> FleetVersion::findTenant(const QString &id) const
{
    if (const int slot = tenantIndex.value(id); slot >= 0)
        return slot;
    QList<int> found;
    QStringList candidates;
    for (const SourceState &source : sources) {
        const QString candidate = source.tenantDomain + u'/' + id;
        if (const int slot = tenantIndex.value(candidate);
            slot >= 0 && !candidates.contains(candidate)) {
            found.append(slot);
            candidates.append(candidate);
        }
    }
    return oneOf(id, found, candidates, Words::tr("there is no tenant %1").arg(id));
}

QString FleetVersion::tenantId(int slot) const
{
    const TenantEntry &entry = tenants[slot];
    return sources[entry.source].tenantDomain + u'/' + entry.tenant->id;
}

int FleetVersion::stampSlot(int source, const QString &name) const
{
    return stampIndex.value(sources[source].name + u'/' + name);
}

int FleetVersion::sourceIndex(QStringView name) const
{
    for (int i = 0; i < sources.size(); ++i) {
        if (sources[i].name == name)
            return i;
    }
    return -1;
}

} // namespace Stampdeck

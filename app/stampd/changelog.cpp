// SPDX-License-Identifier: GPL-3.0-or-later
#include "changelog.h"

#include <QtCore/QRandomGenerator>

#include <algorithm>
#include <tuple>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

// A client that asks every few seconds finds what it missed; the slots bound the memory.
constexpr size_t mostEntries = 2'000;
constexpr qsizetype mostSlots = 4'000'000;

qsizetype weight(const ChangeSet &changes)
{
    return qsizetype(changes.stamps.size() + changes.tenants.size()) + changes.goneStamps.size()
        + changes.goneTenants.size() + changes.operations.size() + int(changes.acknowledgements);
}

QStringList silentSources(const FleetVersion &version)
{
    QStringList silent;
    for (const SourceState &source : version.sources) {
        if (!source.answered)
            silent.append(source.name);
    }
    return silent;
}

// Samples are the store's own, for charts: a stamp of which only those are new has nothing to tell.
bool isTold(const StampEntryPtr &before, const StampEntryPtr &now)
{
    if (!before || !now)
        return true;
    const auto told = [](const StampEntry &entry) {
        return std::tie(entry.id, entry.stamp, entry.source, entry.health, entry.reasons, entry.stale,
                        entry.staleSince, entry.elsewhere, entry.resources, entry.tenants,
                        entry.owned);
    };
    return told(*before) != told(*now);
}

// What of \a changes, which led from \a before to \a now, the API can tell.
ChangeSetPtr toldOf(const ChangeSetPtr &changes, const FleetVersion &before, const FleetVersion &now)
{
    const auto entry = [](const FleetVersion &version, int slot) {
        return slot < version.stamps.size() ? version.stamps[slot] : StampEntryPtr();
    };
    auto told = std::make_shared<ChangeSet>(*changes);
    std::erase_if(told->stamps, [&](int slot) {
        return !isTold(entry(before, slot), entry(now, slot));
    });
    return told;
}

void sortUnique(std::vector<int> &slots)
{
    std::sort(slots.begin(), slots.end());
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
}

} // namespace

ChangeLog::ChangeLog(FleetStore &store, QObject *parent)
    : QObject(parent)
    , m_epoch(QString::number(QRandomGenerator::system()->generate64(), 36))
{
    m_cut = {store.current(), 0};
    // Direct: a version and its number have to be there before anybody can see the version.
    connect(&store, &FleetStore::published, this, &ChangeLog::take, Qt::DirectConnection);
}

void ChangeLog::take(const FleetVersionPtr &version, const ChangeSetPtr &all)
{
    FleetVersionPtr before = cut().version; // Let go of when the lock is.
    const ChangeSetPtr changes = toldOf(all, *before, *version);
    {
        const std::scoped_lock lock(m_mutex);
        m_cut.version = version;
        const qsizetype size = weight(*changes);
        // How the sources are doing is no change, but for what is missing from a whole fleet.
        bool isTold = size > 0;
        if (changes->sources) {
            QStringList silent = silentSources(*version);
            isTold |= silent != m_silent;
            m_silent = std::move(silent);
        }
        if (!isTold)
            return;
        m_entries.push_back({++m_cut.number, changes});
        m_remembered += size;
        while (m_entries.size() > mostEntries
               || (m_remembered > mostSlots && m_entries.size() > 1)) {
            m_remembered -= weight(*m_entries.front().changes);
            m_entries.pop_front();
        }
    }
    Q_EMIT advanced();
}

ChangeLog::Cut ChangeLog::cut() const
{
    const std::scoped_lock lock(m_mutex);
    return m_cut;
}

QString ChangeLog::revision(quint64 number) const
{
    return m_epoch + u'.' + QString::number(number);
}

std::optional<quint64> ChangeLog::number(const QString &revision) const
{
    const qsizetype dot = revision.indexOf(u'.');
    if (dot < 0 || QStringView(revision).left(dot) != m_epoch)
        return std::nullopt;
    bool ok = false;
    const quint64 number = QStringView(revision).mid(dot + 1).toULongLong(&ok);
    // Its one spelling, so that one cut has one entity tag.
    return ok && revision == this->revision(number) ? std::optional(number) : std::nullopt;
}

bool ChangeLog::remembers(quint64 since, const Cut &cut) const
{
    const std::scoped_lock lock(m_mutex);
    return since == cut.number
        || (since < cut.number && !m_entries.empty() && m_entries.front().number <= since + 1);
}

std::optional<ChangeLog::Delta> ChangeLog::since(quint64 since, const Cut &cut) const
{
    Delta delta;
    if (since > cut.number)
        return std::nullopt;
    if (since == cut.number)
        return delta;
    QSet<QString> goneStamps, goneTenants, operations;
    {
        const std::scoped_lock lock(m_mutex);
        if (m_entries.empty() || m_entries.front().number > since + 1)
            return std::nullopt;
        for (const Entry &entry : m_entries) {
            if (entry.number <= since || entry.number > cut.number)
                continue;
            const ChangeSet &changes = *entry.changes;
            delta.stamps.insert(delta.stamps.end(), changes.stamps.begin(), changes.stamps.end());
            delta.tenants.insert(delta.tenants.end(), changes.tenants.begin(),
                                 changes.tenants.end());
            for (const QString &id : changes.goneStamps)
                goneStamps.insert(id);
            for (const QString &id : changes.goneTenants)
                goneTenants.insert(id);
            for (const QString &id : changes.operations)
                operations.insert(id);
            delta.acknowledgements |= changes.acknowledgements;
        }
    }
    sortUnique(delta.stamps);
    sortUnique(delta.tenants);
    // What went and came back is no more gone.
    for (const QString &id : goneStamps) {
        if (cut.version->stampIndex.value(id) < 0)
            delta.goneStamps.append(id);
    }
    for (const QString &id : goneTenants) {
        if (cut.version->tenantIndex.value(id) < 0)
            delta.goneTenants.append(id);
    }
    delta.operations = operations.values();
    delta.goneStamps.sort();
    delta.goneTenants.sort();
    delta.operations.sort();
    return delta;
}

} // namespace Stampdeck

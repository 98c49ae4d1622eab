// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleetfeed.h"

#include "fleetstore.h"

#include <QtCore/QElapsedTimer>

#include <algorithm>

namespace Stampdeck {

namespace {
// Receivers do a bounded amount of work for each slot; so many at once stay well below 4 ms, and
// the time is looked at between them.
constexpr size_t sliceSlots = 256;
constexpr qint64 sliceMillis = 4;

void merge(std::vector<int> &list, QSet<int> &known, const std::vector<int> &more)
{
    for (const int slot : more) {
        if (!known.contains(slot)) {
            known.insert(slot);
            list.push_back(slot);
        }
    }
}

std::vector<int> takeFront(std::vector<int> &list, QSet<int> &known, size_t count)
{
    count = std::min(count, list.size());
    std::vector<int> front(list.end() - std::ptrdiff_t(count), list.end());
    list.resize(list.size() - count);
    for (const int slot : front)
        known.remove(slot);
    std::sort(front.begin(), front.end());
    return front;
}

} // namespace

FleetFeed::FleetFeed(FleetStore &store, QObject *parent)
    : QObject(parent)
    , m_version(store.current())
{
    connect(&store, &FleetStore::published, this, &FleetFeed::receive);
}

void FleetFeed::receive(const FleetVersionPtr &version, const ChangeSetPtr &changes)
{
    if (version->serial <= m_version->serial)
        return; // published before this feed took its first look
    if (m_waiting.isEmpty())
        m_waiting.from = m_version->serial;
    m_version = version;
    m_waiting.to = version->serial;
    merge(m_waiting.stamps, m_waitingStamps, changes->stamps);
    merge(m_waiting.tenants, m_waitingTenants, changes->tenants);
    m_waiting.goneStamps.append(changes->goneStamps);
    m_waiting.goneTenants.append(changes->goneTenants);
    for (const QString &operation : changes->operations) {
        if (!m_waiting.operations.contains(operation))
            m_waiting.operations.append(operation);
    }
    m_waiting.stampsComeOrGo |= changes->stampsComeOrGo;
    m_waiting.tenantsComeOrGo |= changes->tenantsComeOrGo;
    m_waiting.sources |= changes->sources;
    if (!m_scheduled) {
        m_scheduled = true;
        QMetaObject::invokeMethod(this, &FleetFeed::tell, Qt::QueuedConnection);
    }
}

void FleetFeed::tell()
{
    m_scheduled = false;
    QElapsedTimer timer;
    timer.start();
    bool first = true;
    while (first || (!m_waiting.isEmpty() && timer.elapsed() < sliceMillis)) {
        ChangeSet slice;
        slice.from = m_waiting.from;
        slice.to = m_waiting.to;
        slice.stamps = takeFront(m_waiting.stamps, m_waitingStamps, sliceSlots);
        slice.tenants = takeFront(m_waiting.tenants, m_waitingTenants, 4 * sliceSlots);
        // What is told once goes with the first slice, so that whoever lays things out anew does
        // it before the details come.
        slice.goneStamps = std::exchange(m_waiting.goneStamps, {});
        slice.goneTenants = std::exchange(m_waiting.goneTenants, {});
        slice.operations = std::exchange(m_waiting.operations, {});
        slice.stampsComeOrGo = std::exchange(m_waiting.stampsComeOrGo, false);
        slice.tenantsComeOrGo = std::exchange(m_waiting.tenantsComeOrGo, false);
        slice.sources = std::exchange(m_waiting.sources, false);
        first = false;
        Q_EMIT changed(slice);
    }
    if (!m_waiting.isEmpty() && !m_scheduled) {
        m_scheduled = true;
        QMetaObject::invokeMethod(this, &FleetFeed::tell, Qt::QueuedConnection);
    }
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleetfeed.h"

#include "fleetstore.h"
#include "replay.h"

#include <QtCore/QElapsedTimer>

namespace Stampdeck {

namespace {
// Receivers do a bounded amount of work for each slot; so many at once stay well below 4 ms, and
// the time is looked at between them.
constexpr size_t sliceSlots = 256;
constexpr qint64 sliceMillis = 4;

} // namespace

FleetFeed::FleetFeed(FleetStore &store, QObject *parent)
    : QObject(parent)
    , m_store(store)
    , m_version(store.current())
{
    connect(&store, &FleetStore::published, this, &FleetFeed::receive);
    m_version = store.current(); // what was published before it could hear is told to nobody again
}

void FleetFeed::receive(const FleetVersionPtr &version, const ChangeSetPtr &changes)
{
    // Of now while the past is shown, or published before this feed took its first look.
    if (!m_isPast && version->serial > m_version->serial)
        take(version, *changes);
}

FleetVersionPtr FleetFeed::live() const
{
    return m_store.current();
}

void FleetFeed::showPast(const FleetVersionPtr &version, const ChangeSet &changes)
{
    const bool begins = !std::exchange(m_isPast, true);
    take(version, changes);
    if (begins)
        Q_EMIT pastChanged(true);
}

void FleetFeed::showLive()
{
    if (!std::exchange(m_isPast, false))
        return;
    const FleetVersionPtr now = m_store.current();
    take(now, changesBetween(*m_version, *now));
    Q_EMIT pastChanged(false);
}

void FleetFeed::take(const FleetVersionPtr &version, const ChangeSet &changes)
{
    if (!isWaiting())
        m_waiting.from = m_version->serial;
    m_version = version;
    m_waiting.to = version->serial;
    m_waitingStamps.insert(changes.stamps);
    m_waitingTenants.insert(changes.tenants);
    m_waiting.goneStamps.append(changes.goneStamps);
    m_waiting.goneTenants.append(changes.goneTenants);
    for (const QString &operation : changes.operations) {
        if (!m_waiting.operations.contains(operation))
            m_waiting.operations.append(operation);
    }
    m_waiting.stampsComeOrGo |= changes.stampsComeOrGo;
    m_waiting.tenantsComeOrGo |= changes.tenantsComeOrGo;
    m_waiting.sources |= changes.sources;
    m_waiting.acknowledgements |= changes.acknowledgements;
    m_waiting.incidents |= changes.incidents;
    schedule();
}

// By a timer: between two slices, and before what they change is painted, other timers have their
// turn. Between posted events, of which painting is one, they have not.
void FleetFeed::schedule()
{
    if (!m_timer.isActive())
        m_timer.start(1, Qt::PreciseTimer, this);
}

bool FleetFeed::isWaiting() const
{
    return !m_waiting.isEmpty() || !m_waitingStamps.isEmpty() || !m_waitingTenants.isEmpty();
}

void FleetFeed::timerEvent(QTimerEvent *)
{
    m_timer.stop();
    QElapsedTimer timer;
    timer.start();
    bool first = true;
    while (first || (isWaiting() && timer.elapsed() < sliceMillis)) {
        ChangeSet slice;
        slice.from = m_waiting.from;
        slice.to = m_waiting.to;
        slice.stamps = m_waitingStamps.take(sliceSlots);
        slice.tenants = m_waitingTenants.take(4 * sliceSlots);
        // What is told once goes with the first slice, so that whoever lays things out anew does
        // it before the details come.
        slice.goneStamps = std::exchange(m_waiting.goneStamps, {});
        slice.goneTenants = std::exchange(m_waiting.goneTenants, {});
        slice.operations = std::exchange(m_waiting.operations, {});
        slice.stampsComeOrGo = std::exchange(m_waiting.stampsComeOrGo, false);
        slice.tenantsComeOrGo = std::exchange(m_waiting.tenantsComeOrGo, false);
        slice.sources = std::exchange(m_waiting.sources, false);
        slice.acknowledgements = std::exchange(m_waiting.acknowledgements, false);
        slice.incidents = std::exchange(m_waiting.incidents, false);
        first = false;
        Q_EMIT changed(slice);
    }
    if (isWaiting())
        schedule();
}

} // namespace Stampdeck

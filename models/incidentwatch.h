// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "changetrail.h"
#include "fleetstore.h"
#include "incidentkeeper.h"
#include "joinedthread.h"

namespace Stampdeck {

/// Whoever watches the fleet for incidents: an IncidentKeeper in a thread of its own, which looks at
/// each version that the store publishes, at most four times a second and for at most a twentieth of
/// its time, and gives the store what it found.
///
/// All functions are thread-safe; destroy it in the thread that made it, before store and clock.
class IncidentWatch final
{
public:
    IncidentWatch(FleetStore &store, Clock &clock, const IncidentRules &rules, bool atOnce);
    ~IncidentWatch();
    IncidentWatch(const IncidentWatch &) = delete;
    IncidentWatch &operator=(const IncidentWatch &) = delete;

    /// Before anything is told of it.
    void addFeed(const AlertFeed &feed);
    void tell(const QString &feed, AlertUpdate update);
    void lose(const QString &feed, const QString &endpoint);
    /// What changed on these stamps in this time, as far as it was seen: oldest first.
    [[nodiscard]] FutureResult<TrailedChanges> changes(const QStringList &stamps, Timestamp from,
                                                       Timestamp to);
    /// Looks now, at all that was told before, and waits until the store has what came of it.
    void sync();

private:
    class Worker;
    template<typename Call>
    void post(Call call);

    FleetStore &m_store;
    JoinedThread m_thread;
    Worker *m_worker; // lives in m_thread, dies with it
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"
#include "slotset.h"

#include <QtCore/QBasicTimer>
#include <QtCore/QObject>

namespace Stampdeck {

class FleetStore;

/// The fleet as the GUI thread sees it: swaps to each new version at once, and tells what changed
/// in slices of at most 4 ms of its receivers' work, so that no change set stops a frame. Or it
/// shows versions of the past (see Replay), and those of now go on unseen.
///
/// Lives in the GUI thread. Change sets that arrive while one is being told are merged.
class FleetFeed final : public QObject
{
    Q_OBJECT
public:
    explicit FleetFeed(FleetStore &store, QObject *parent = nullptr);

    [[nodiscard]] const FleetVersionPtr &version() const { return m_version; }
    [[nodiscard]] bool isPast() const { return m_isPast; }
    /// The fleet as it is, whatever is shown.
    [[nodiscard]] FleetVersionPtr live() const;
    /// Shows \a version of the past from now on; \a changes lead to it from what is shown.
    void showPast(const FleetVersionPtr &version, const ChangeSet &changes);
    void showLive();

Q_SIGNALS:
    /// A part of what changed. Its slots are to be read from version(), which may be newer.
    void changed(const Stampdeck::ChangeSet &slice);
    /// From now to the past or back; what differs is told after it.
    void pastChanged(bool isPast);

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    void receive(const FleetVersionPtr &version, const ChangeSetPtr &changes);
    void take(const FleetVersionPtr &version, const ChangeSet &changes);
    void schedule();
    [[nodiscard]] bool isWaiting() const;

    FleetStore &m_store;
    FleetVersionPtr m_version;
    bool m_isPast = false;
    ChangeSet m_waiting; ///< Without its slots.
    SlotSet m_waitingStamps;
    SlotSet m_waitingTenants;
    QBasicTimer m_timer; ///< Runs while there is something to tell.
};

} // namespace Stampdeck

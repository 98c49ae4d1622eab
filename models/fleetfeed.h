// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"
#include "slotset.h"

#include <QtCore/QBasicTimer>
#include <QtCore/QObject>

namespace Stampdeck {

class FleetStore;

/// The fleet as the GUI thread sees it: swaps to each new version at once, and tells what changed
/// in slices of at most 4 ms of its receivers' work, so that no change set stops a frame.
///
/// Lives in the GUI thread. Change sets that arrive while one is being told are merged.
class FleetFeed final : public QObject
{
    Q_OBJECT
public:
    explicit FleetFeed(FleetStore &store, QObject *parent = nullptr);

    [[nodiscard]] const FleetVersionPtr &version() const { return m_version; }

Q_SIGNALS:
    /// A part of what changed. Its slots are to be read from version(), which may be newer.
    void changed(const Stampdeck::ChangeSet &slice);

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    void receive(const FleetVersionPtr &version, const ChangeSetPtr &changes);
    void schedule();
    [[nodiscard]] bool isWaiting() const;

    FleetVersionPtr m_version;
    ChangeSet m_waiting; ///< Without its slots.
    SlotSet m_waitingStamps;
    SlotSet m_waitingTenants;
    QBasicTimer m_timer; ///< Runs while there is something to tell.
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetstore.h"
#include "historyoptions.h"
#include "joinedthread.h"

#include <QtCore/QMutex>
#include <QtCore/QObject>

namespace Stampdeck {

/// Something that happened beside the fleet's own changes: an incident that fired, a silence. The
/// history keeps it as it is; whoever adds a kind knows what its data mean.
struct HistoryEvent
{
    Timestamp at;
    QString kind; ///< "incident", …: a word of whoever adds it.
    QString source; ///< Its name now; empty for the fleet as a whole. Kept by its instance.
    QString subject; ///< What it is about: the stamp's name.
    QString id; ///< Which one of its kind.
    QByteArray data;

    friend bool operator==(const HistoryEvent &, const HistoryEvent &) = default;
};

/// Writes what the store learns into history.db of a state directory: every change of what is
/// discrete, for ever, and samples that get coarser with age.
///
/// One process at a time records in a state directory, the one that holds recorder.lock; in the
/// others the recorder waits until that is free. Lives in the thread that made it, works in one of
/// its own, and what it was told is on disk a second later at the most. Moments never go back: what
/// comes while the clock has been set back is kept as of the latest moment before. Store and clock
/// outlive it.
class HistoryRecorder final : public QObject
{
    Q_OBJECT
public:
    struct Status
    {
        bool recording = false;
        /// Why not: Conflict while another process records (the detail is who), Unsupported for a
        /// file of a newer version, Denied, NotNow (a full disk, or more stamps than it was told to
        /// record by itself). While recording: what was wrong with the file
        /// that was there, which has been set aside; Invalid where it is larger than
        /// HistoryOptions::maxBytes though nothing is left that may go.
        std::optional<Error> error;
    };

    HistoryRecorder(const QString &stateDir, FleetStore &store, Clock &clock,
                    const HistoryOptions &options = {}, QObject *parent = nullptr);
    ~HistoryRecorder() override;

    [[nodiscard]] Status status() const;
    /// From any thread.
    void add(const HistoryEvent &event);
    /// Waits until all that was published before is on disk, or can't be.
    void sync();

Q_SIGNALS:
    /// From the recorder's thread.
    void statusChanged();

private:
    class Worker;
    void setStatus(const Status &status);

    mutable QMutex m_mutex; // guards m_status only
    Status m_status;
    JoinedThread m_thread;
    Worker *m_worker = nullptr; // lives in m_thread, dies with it
};

} // namespace Stampdeck

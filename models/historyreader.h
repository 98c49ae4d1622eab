// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"
#include "historyrecorder.h"
#include "samplecodec.h"

#include "backends/api/adapter.h"

#include <memory>

namespace Stampdeck {

/// A stretch of time in which somebody recorded.
struct RecordedRange
{
    Timestamp from;
    Timestamp to;

    friend bool operator==(const RecordedRange &, const RecordedRange &) = default;
};

/// The parts of \a from to \a to in which nobody recorded, but for the seconds before \a to in which
/// a recorder that goes on has not written yet.
[[nodiscard]] QList<RecordedRange> gapsOf(const QList<RecordedRange> &recorded, Timestamp from,
                                          Timestamp to);

/// The fleet at a moment.
struct HistoryMoment
{
    /// What every view reads. Its clock stands at the moment: Clock::elapsed() of it are
    /// milliseconds since 1970 (see ReplayClock). Without what only goes on now: claims, templates,
    /// rests of time.
    FleetVersionPtr version;
    Timestamp at;
    /// False where nobody recorded then: the fleet as it was before.
    bool isRecorded = false;
};

/// A recorded series of a stamp: one summary for each step, NaN where nothing was recorded.
struct SummarySeries
{
    SampleKind kind = SampleKind::Cpu;
    Timestamp start;
    std::chrono::milliseconds step{0};
    std::vector<SampleSummary> values;
};

/// A stamp that the history knows, whether or not it is still there.
struct RecordedStampSpan
{
    QString id; ///< "source/name", by the source's last name.
    Timestamp from; ///< When it was first seen.
    std::optional<Timestamp> goneAt; ///< Nothing: it is still there.
};

/// A field of a stamp that changed.
struct HistoryChange
{
    Timestamp at;
    QString field; ///< "health", "version", "web ready", …; "stamp" for one that came or went.
    QString before; ///< Empty where it was not set.
    QString now;

    friend bool operator==(const HistoryChange &, const HistoryChange &) = default;
};

/// Reads what a HistoryRecorder wrote, of this process or another one, while it goes on or
/// afterwards. Thread-safe; a call takes as long as it takes, so none from the GUI thread.
class HistoryReader
{
public:
    ~HistoryReader();
    HistoryReader(const HistoryReader &) = delete;
    HistoryReader &operator=(const HistoryReader &) = delete;

    /// Stamps and tenants that \a like knows keep the slots that they have there. Errors: NotFound
    /// where nothing was ever recorded, Unsupported for a file of another version, Malformed,
    /// Denied.
    [[nodiscard]] static Result<std::unique_ptr<HistoryReader>>
    open(const QString &stateDir, const FleetVersionPtr &like = {});

    /// The fleet at \a moment; NotFound before the first that was recorded.
    [[nodiscard]] Result<HistoryMoment> at(Timestamp moment);
    /// When something discrete changed next; nothing where nothing did. Of one stamp
    /// ("source/name") or of the whole fleet.
    [[nodiscard]] Result<std::optional<Timestamp>> nextChange(Timestamp after,
                                                              const QString &stamp = {});
    [[nodiscard]] Result<std::optional<Timestamp>> previousChange(Timestamp before,
                                                                  const QString &stamp = {});
    /// What is recorded, oldest first; between them nobody did.
    [[nodiscard]] Result<QList<RecordedRange>> recorded();
    /// Every stamp that was ever there, by name.
    [[nodiscard]] Result<QList<RecordedStampSpan>> stamps();
    /// What changed of \a stamp in this time, oldest first. NotFound for one that was never there,
    /// Invalid for a bare name of several.
    [[nodiscard]] Result<QList<HistoryChange>> changes(const QString &stamp, Timestamp from,
                                                       Timestamp to);
    /// What was measured of \a stamp: resources as amounts. Errors as changes().
    [[nodiscard]] Result<std::vector<SummarySeries>> series(const QString &stamp,
                                                            const std::vector<SampleKind> &kinds,
                                                            Timestamp from, Timestamp to,
                                                            std::chrono::milliseconds step);
    /// Their means, as FleetAdapter::history() tells them.
    [[nodiscard]] Result<std::vector<Series>> means(const QString &stamp, const QStringList &names,
                                                    Timestamp from, Timestamp to,
                                                    std::chrono::milliseconds step);
    /// Oldest first; of every kind when \a kind is empty.
    [[nodiscard]] Result<QList<HistoryEvent>> events(Timestamp from, Timestamp to,
                                                     const QString &kind = {});
    /// When an operation was first seen; NotFound for one that never was.
    [[nodiscard]] Result<Timestamp> operationBegan(const QString &id);
    /// The id in full of a stamp that the history knows: "source/name" for a bare name. Errors as
    /// changes().
    [[nodiscard]] Result<QString> findStamp(const QString &stamp);

private:
    HistoryReader();
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/diagnostics.h"
#include "models/fleetfeed.h"
#include "models/fleetstore.h"
#include "models/journal.h"
#include "models/knownchanges.h"
#include "models/operationrunner.h"

#include <functional>

namespace Stampdeck {

struct RehearsalWish;

/// What the views of one window share: the fleet as they see it, and how they act on it. Everything
/// in it outlives the window. GUI thread.
struct Deck
{
    FleetFeed &feed;
    FleetStore &store;
    OperationRunner &runner;
    Journal &journal;
    Clock &clock;
    QString actor; ///< Who sits here.
    bool readOnly = false; ///< Started so.
    /// What the source of a stamp recorded; null where nobody can tell.
    std::function<FutureResult<std::vector<Series>>(const QString &stampId,
                                                    const QStringList &signalNames, Timestamp from,
                                                    Timestamp to, std::chrono::milliseconds step)>
            history = {};
    /// Gives a drain to the backend that runs it by itself (Fleet::handOver()); null where nobody can.
    std::function<FutureResult<OperationPtr>(const Plan &plan)> handOver = {};
    /// How a source is doing (Fleet::diagnostics()); null where nobody can tell.
    std::function<FutureResult<SourceDiagnostics>(const QString &source)> diagnostics = {};
    /// Asks a source for its templates again: SourceState::templates of a later version has them.
    std::function<void(const QString &source)> readTemplates = {};
    QString historyDir = {}; ///< The state directory whose history can be looked at; empty: none.

    /// What people do about incidents (Fleet); null where nobody can. acknowledgementKeeper: the
    /// source that would keep one, empty where only this workstation knows.
    std::function<FutureResult<Acknowledgement>(const Acknowledgement &)> acknowledge = {};
    std::function<QString(const QString &incident)> acknowledgementKeeper = {};
    std::function<FutureResult<Silence>(const QString &incident, std::chrono::milliseconds time,
                                        const QString &comment)>
        silence = {};
    std::function<FutureResult<Silence>(const QString &feed, const QString &id, Timestamp until)>
        extendSilence = {};
    std::function<FutureResult<Silence>(const QString &feed, const QString &id)> expireSilence = {};
    /// What changed on stamps (Fleet::changes()).
    std::function<FutureResult<KnownChanges>(const QStringList &stamps, Timestamp from,
                                             Timestamp to)>
        changes = {};
    QString rehearsal = {}; ///< What is practised here, in words; empty: the fleet is a real one.
    /// Begins a rehearsal in a window of its own; null where none can be begun.
    std::function<FutureResult<void>(const RehearsalWish &)> rehearse = {};
    /// What was measured of a stamp, by its source or another (Fleet::measured()); null where nobody
    /// can tell.
    std::function<FutureResult<MetricsRange>(const QString &stampId, const QStringList &signalNames,
                                             Timestamp from, Timestamp to,
                                             std::chrono::milliseconds step)>
        measured = {};

    /// The same, with another clock, which outlives it.
    [[nodiscard]] Deck with(Clock &other) const
    {
        return {feed,
                store,
                runner,
                journal,
                other,
                actor,
                readOnly,
                history,
                handOver,
                diagnostics,
                readTemplates,
                historyDir,
                acknowledge,
                acknowledgementKeeper,
                silence,
                extendSilence,
                expireSilence,
                changes,
                rehearsal,
                rehearse,
                measured};
    }
    /// Whether the fleet can be changed from here: not started read only, and it is shown as it is.
    [[nodiscard]] bool acts() const { return !readOnly && !feed.isPast(); }
    [[nodiscard]] const FleetVersion &fleet() const { return *feed.version(); }
    /// Null when there is none, or not any more.
    [[nodiscard]] const StampEntry *stamp(const QString &id) const
    {
        const int slot = fleet().stampIndex.value(id);
        return slot < 0 ? nullptr : fleet().stamps[slot].get();
    }
    [[nodiscard]] Asker asker(const QString &reason = {}) const { return {actor, reason}; }
};

/// The name of a stamp without its source: "eu-1" of "prod/eu-1".
[[nodiscard]] inline QString nameOfStamp(const QString &id)
{
    return id.mid(id.indexOf(u'/') + 1);
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "historyreader.h"

namespace Stampdeck {

/// What happened to a fleet in a stretch of time, as the slider of a replay and a report show it.
struct HistoryTimeline
{
    /// How many stamps were in which state from a moment on.
    struct Counts
    {
        Timestamp at;
        FleetCounts counts;

        friend bool operator==(const Counts &, const Counts &) = default;
    };
    enum class What : quint8 {
        Unhealthy, ///< A stamp became so.
        Degraded,
        Recovered, ///< It is healthy again.
        Stale, ///< Its source fell silent.
        Lifecycle, ///< Cordoned, drained, …: the words are of Lifecycle.
        Version,
        Scaled, ///< A component: how many replicas were wanted.
        Came,
        Gone,
        Moved, ///< A tenant, from a stamp to another.
        Began, ///< An operation.
        Ended,
        Acknowledged, ///< An incident, whose id is the subject; the note stands in `detail`.
        Event, ///< A HistoryEvent: its kind stands in `detail`, its id in `now`.
    };
    struct Mark
    {
        Timestamp at;
        What what = What::Event;
        QString subject; ///< "source/name" of a stamp, "source/ID" of a tenant, an operation's id.
        QString detail; ///< The component; an operation's title; why the health is what it is.
        QString before;
        QString now; ///< Of an acknowledgement: until when, RFC 3339; empty for as long as it lasts.
        QString by = {}; ///< Who asked for an operation, silenced or acknowledged.
        QString title = {}; ///< Of an incident; what a silence fits.
        bool isOver = false; ///< It has ended.

        friend bool operator==(const Mark &, const Mark &) = default;
    };

    Timestamp from;
    Timestamp to;
    std::vector<Counts> counts; ///< Oldest first; the first is how it was at \ref from.
    QList<Mark> marks; ///< Oldest first.
    /// Whether \ref marks has what happened to stamps and tenants. Of a stretch with too many
    /// changes it has operations and events alone, and the counts of some moments.
    bool isComplete = true;
    QList<RecordedRange> recorded; ///< Of all times: between them nobody recorded.

    /// The counts at \a moment; nothing before the first.
    [[nodiscard]] const FleetCounts *at(Timestamp moment) const;
    [[nodiscard]] bool isRecorded(Timestamp moment) const;
};

/// Reads it from what was recorded in \a stateDir. Takes as long as it takes, so not in the GUI
/// thread. \a most changes are looked at one by one. Errors as HistoryReader::open().
[[nodiscard]] Result<HistoryTimeline> readTimeline(const QString &stateDir, Timestamp from,
                                                   Timestamp to, int most = 50'000);

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "changetrail.h"
#include "historyreader.h"

namespace Stampdeck {

/// What is known of what changed on some stamps in a stretch of time, by whoever watched: this process,
/// or whoever recorded.
struct KnownChanges
{
    std::vector<FleetChange> changes; ///< Oldest first.
    QList<RecordedRange> gaps; ///< In which nobody watched, oldest first.

    /// The last of the gaps that reaches into this time; nothing where all of it was watched.
    [[nodiscard]] std::optional<RecordedRange> gapIn(Timestamp from, Timestamp to) const;
};

/// The part of it that a history has.
struct RecordedChanges
{
    std::vector<FleetChange> changes; ///< Oldest first.
    QList<RecordedRange> recorded; ///< Of all times, as HistoryReader::recorded().
};

/// What the history of \a stateDir has of \a stamps ("source/name"), in the words of a ChangeTrail.
/// Takes as long as it takes, so not in the GUI thread: the states at \a from of the whole fleet and
/// what changed from there are gone through. Errors as HistoryReader::open().
[[nodiscard]] Result<RecordedChanges> readChanges(const QString &stateDir, const QStringList &stamps,
                                                  Timestamp from, Timestamp to);

/// Both as one: what \a trailed reaches is its own, since it is there at once; what lies before is of
/// the history.
[[nodiscard]] KnownChanges joinedChanges(const RecordedChanges &recorded,
                                         const TrailedChanges &trailed, Timestamp from,
                                         Timestamp to);

} // namespace Stampdeck

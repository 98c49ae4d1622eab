// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetstore.h"
#include "journal.h"

#include <functional>

/// What the marks on engines' objects (backends/api/mark.h) mean for operations: which marks an
/// operation sets, and which operation some marks tell of. Plain functions, any thread.
namespace Stampdeck {

/// How long the marks of this process last: markLife, unless a test of a build with crash points
/// says otherwise (STAMPDECK_MARK_MS).
[[nodiscard]] std::chrono::milliseconds markDuration();

/// A name for a run that nobody else has.
[[nodiscard]] QString newRun();

/// What \a operation marks, by source: every stamp and tenant that its forward steps touch.
[[nodiscard]] QMap<QString, MarkRequest> marksOf(const JournalOperation &operation);

/// The operation that \a marked tells of, as everybody sees it: running, or orphaned once its marks
/// have expired. Which of its steps are done is seen by who owns what in \a version.
[[nodiscard]] Operation operationOf(const MarkedOperation &marked, const FleetVersion &version);

/// The same as a journal keeps it, ready to be resumed or rolled back here: paused, every step as it
/// is observed in \a version. Errors: Unsupported for a kind that marks do not tell enough of.
[[nodiscard]] Result<JournalOperation> adoptedOperation(const MarkedOperation &marked,
                                                        const FleetVersion &version);

/// Sets the forward steps of \a operation to what is observed in \a version, whoever did it.
/// Inverses that had begun are given up: what they did is seen too.
void observeSteps(JournalOperation &operation, const FleetVersion &version);

/// Who went on with \a operation elsewhere since it was written last: it had marked, nothing bears
/// its mark any more, and a tenant of it was changed to what its journal does not know. Nothing when
/// nobody did; empty when the backend does not tell who.
[[nodiscard]] std::optional<QString> wentOnElsewhere(const JournalOperation &operation, const FleetVersion &version);

/// Calls \a then in \a context's thread: with true once a version of \a store is as \a holds wants
/// it, with false when \a limit has passed.
void whenFleet(FleetStore &store, Clock &clock, QObject *context,
               std::function<bool(const FleetVersion &)> holds, std::chrono::milliseconds limit,
               std::function<void(bool)> then);

} // namespace Stampdeck

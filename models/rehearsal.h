// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetconfig.h"

#include "backends/api/recording.h"

namespace Stampdeck {

/// What the history of \a stateDir has of the fleet from \a from to \a to, for a rehearsal: each
/// source with its stamps and tenants as they were, what became of them, and what was measured. It
/// begins where somebody recorded. Takes as long as it takes, so not in the GUI thread.
///
/// Errors: NotFound for no history, or where nobody recorded then; Invalid for a time of no length,
/// or one in which more happened than a recording holds.
[[nodiscard]] Result<Recording> recordedStretch(const QString &stateDir, Timestamp from,
                                                Timestamp to);
/// Writes that to \a path: the whole of it, or nothing. Errors: those, and Denied.
[[nodiscard]] Result<void> writeRecordedStretch(const QString &stateDir, Timestamp from,
                                                Timestamp to, const QString &path);

/// The same into the folder of rehearsals in \a stateDir, of which the newest rehearsalsKept stay; the
/// path. Errors: those.
[[nodiscard]] Result<QString> keepRecordedStretch(const QString &stateDir, Timestamp from,
                                                  Timestamp to);
inline constexpr int rehearsalsKept = 10;

/// Whether a rehearsal may have \a stateDir for its own. What it plays goes by the names of real stamps:
/// in a history or an audit trail that is there already nobody could tell the one from the other.
/// Errors: Conflict.
[[nodiscard]] Result<void> checkRehearsalDir(const QString &stateDir);

/// A fleet to practise on: of the name of a scenario that ships, or a file of one, at \a speed
/// simulated seconds in a second (the simulator's timeScale). A recorded stretch has each of its
/// sources by its name, with its objectives, and asks for what production asks for. It is recorded.
/// Errors: Invalid.
[[nodiscard]] Result<FleetConfig> rehearsalConfig(const QString &scenario, double speed,
                                                  const std::vector<AdapterInfo> &adapters);

} // namespace Stampdeck

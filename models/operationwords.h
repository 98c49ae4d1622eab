// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/operation.h"

#include <utility>

/// An operation as people read it, the same in the drawer and in what is handed over. Any thread.
namespace Stampdeck {

/// "Move acme to eu-2", "Cordon eu-1".
[[nodiscard]] QString titleOf(const Operation &operation);
/// "2 of 4, 3 min left", "paused: eu-west-03 is unhealthy", "failed: …".
[[nodiscard]] QString stateLineOf(const Operation &operation, Timestamp now);
/// How many of its steps are through, and how many it has.
[[nodiscard]] std::pair<int, int> stepsDone(const Operation &operation);

} // namespace Stampdeck

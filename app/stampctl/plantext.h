// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/planner.h"

namespace Stampdeck {

/// A plan for people: steps, whom it hits, the load of every stamp touched before and after,
/// warnings, and what it refuses with what would mend it. Lines within \a width (0: any).
[[nodiscard]] QString planText(const Plan &plan, int width);

/// "move acme to eu-2".
[[nodiscard]] QString titleOf(const Plan &plan);

} // namespace Stampdeck

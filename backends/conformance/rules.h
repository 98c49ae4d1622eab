// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bench.h"

namespace Stampdeck::Internal {

/// Every rule in its order.
[[nodiscard]] const std::vector<RuleEntry> &ruleTable();
[[nodiscard]] ConformanceRule publicRule(const RuleEntry &entry);

} // namespace Stampdeck::Internal

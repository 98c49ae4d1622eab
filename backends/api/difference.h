// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleet.h"

namespace Stampdeck {

/// What somebody else changed meanwhile, in words: "eu-1: lifecycle: active → cordoned; web: 3 → 5 by
/// anna at 2026-01-02T03:04:05Z; plan again". Compares what a writer can set (interfaces.md,
/// Revisions); \a before may be null.
[[nodiscard]] STAMPDECK_API_EXPORT QString differenceInWords(const StampPtr &before,
                                                             const Stamp &now);
[[nodiscard]] STAMPDECK_API_EXPORT QString differenceInWords(const TenantPtr &before,
                                                             const Tenant &now);

} // namespace Stampdeck

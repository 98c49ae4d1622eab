// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/fleet.h"

namespace Stampdeck {

/// What somebody else changed meanwhile, in words: "eu-1 was changed by anna meanwhile: lifecycle
/// active, now cordoned". Compares what a writer can set (interfaces.md, Revisions); \a before may
/// be null.
[[nodiscard]] QString differenceInWords(const StampPtr &before, const Stamp &now);
[[nodiscard]] QString differenceInWords(const TenantPtr &before, const Tenant &now);

} // namespace Stampdeck

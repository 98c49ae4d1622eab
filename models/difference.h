// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/fleet.h"

namespace Stampdeck {

/// What a writer set between the two, field by field: "lifecycle active, now cordoned; web 3, now 5".
/// Empty when nothing differs that a writer can set.
[[nodiscard]] QString differenceInWords(const Stamp &before, const Stamp &now);
/// The same of a tenant: "stamp eu-1, now eu-2; pinned no, now yes".
[[nodiscard]] QString differenceInWords(const Tenant &before, const Tenant &now);

} // namespace Stampdeck

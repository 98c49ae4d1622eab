// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/difference.h"

namespace Stampdeck {

/// The same as people read it, in their language and units: "lifecycle active, now cordoned; limit of
/// memory 64 GiB, now 96 GiB".
[[nodiscard]] QString inWords(const std::vector<FieldChange> &changes);

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"

namespace Stampdeck {

/// "drain by grace": who is at work on the stamp or tenant that names \a operation, in short words
/// for a tile or a row; empty when nobody is.
[[nodiscard]] QString whoActs(const FleetVersion &version, const QString &operation);

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/quantity.h"

#include <QtCore/QString>

#include <optional>

/// Quantities as people write them, in configuration, search and on the command line.
namespace Stampdeck {

/// A ratio: "85%" or "0.85". Not negative; may be above 1.
[[nodiscard]] std::optional<double> ratioFromString(QStringView text);

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"

#include <QtCore/QString>

#include <optional>

/// Quantities as people write them, wherever they write them.
namespace Stampdeck {

/// Bytes: "16Gi", "512MiB" (powers of 1024), "2GB", "1.5T" (of 1000), "4096". Not negative.
[[nodiscard]] STAMPDECK_API_EXPORT std::optional<double> sizeFromString(QStringView text);

/// The shortest of these words that says exactly \a bytes: "16Gi", "4096".
[[nodiscard]] STAMPDECK_API_EXPORT QString sizeToString(double bytes);

/// A number as JSON writes it, and ".5": no infinities, no hexadecimals, no grouping.
[[nodiscard]] STAMPDECK_API_EXPORT std::optional<double> numberFromString(QStringView text);

} // namespace Stampdeck

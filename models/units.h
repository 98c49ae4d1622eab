// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

#include <optional>

/// Quantities as people write them, in configuration, search and on the command line.
namespace Stampdeck {

/// Bytes: "16Gi", "512MiB" (powers of 1024), "2GB", "1.5T" (of 1000), "4096". Not negative.
[[nodiscard]] std::optional<double> sizeFromString(QStringView text);

/// A ratio: "85%" or "0.85". Not negative; may be above 1.
[[nodiscard]] std::optional<double> ratioFromString(QStringView text);

/// A number as JSON writes it, and ".5": no infinities, no hexadecimals, no grouping.
[[nodiscard]] std::optional<double> numberFromString(QStringView text);

} // namespace Stampdeck

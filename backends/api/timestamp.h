// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"

#include <QtCore/QString>

#include <chrono>
#include <optional>

namespace Stampdeck {

/// A moment in UTC, to the millisecond.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// RFC 3339 in UTC: "2026-01-02T03:04:05Z"; with three digits of fraction only when not zero.
[[nodiscard]] STAMPDECK_API_EXPORT QString toRfc3339(Timestamp time);

/// Reads RFC 3339 with any offset and any number of fractional digits; nothing else.
[[nodiscard]] STAMPDECK_API_EXPORT std::optional<Timestamp> fromRfc3339(QStringView text);
/// The same over UTF-8 bytes, for decoders: no allocation.
[[nodiscard]] STAMPDECK_API_EXPORT std::optional<Timestamp> fromRfc3339(const char *begin,
                                                                        size_t size);

/// A duration as people and configuration write it: "250ms", "5s", "10m", "1h", "2d"; a bare
/// number is refused. Whole numbers only.
[[nodiscard]] STAMPDECK_API_EXPORT std::optional<std::chrono::milliseconds>
durationFromString(QStringView text);
/// The inverse, in the largest unit that divides it.
[[nodiscard]] STAMPDECK_API_EXPORT QString toString(std::chrono::milliseconds duration);

} // namespace Stampdeck

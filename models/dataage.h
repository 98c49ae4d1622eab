// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "planner.h"

namespace Stampdeck {

/// How old what is known may get before it is stale: three poll intervals; for what pushes
/// (\a watching), 45 s (product.md: stale).
[[nodiscard]] std::chrono::milliseconds staleAfter(bool watching,
                                                   std::chrono::milliseconds pollInterval);

/// The same of \a source, before an act that rests on it is asked about twice.
[[nodiscard]] std::chrono::milliseconds oldAfter(const SourceState &source);

/// The age at \a now (Clock::elapsed()) of the oldest data that \a plan rests on, as \a version has
/// it, when that is older than it should be; nothing while all of it is fresh.
[[nodiscard]] std::optional<std::chrono::milliseconds>
oldData(const Plan &plan, const FleetVersion &version, std::chrono::milliseconds now);

/// Which figures that \a entry shows were measured longer ago than their feed should take, for
/// people: "cpu of 2 min ago".
[[nodiscard]] QStringList oldFigures(const StampEntry &entry, Timestamp now);

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>

namespace Stampdeck::Testing {

/// The answer of GET /v1/fleet for a large fleet, always the same: with the defaults 63 MB, the
/// scale that interfaces.md and the benchmarks speak of. \a generation changes the load of every
/// hundredth stamp and the demand of every hundredth tenant, as a later answer would.
[[nodiscard]] QByteArray bigFleet(int stamps = 10'000, int tenants = 200'000, int generation = 0);

} // namespace Stampdeck::Testing

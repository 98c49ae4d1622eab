// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>

namespace Stampdeck::Testing {

/// A large fleet as GET /v1/fleet tells it, always the same. With each \a generation another
/// hundredth of the stamps changes its load and another hundredth of the tenants its demand, so
/// that after a hundred of them everything has changed.

/// The complete answer: with the defaults 63 MB, the scale that interfaces.md and the benchmarks
/// speak of.
[[nodiscard]] QByteArray bigFleet(int stamps = 10'000, int tenants = 200'000, int generation = 0);

/// What changed from generation \a since to \a generation: for one generation 1 % of the fleet.
[[nodiscard]] QByteArray bigFleetDelta(int stamps, int tenants, int since, int generation);

} // namespace Stampdeck::Testing

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "simstate.h"
#include "simulatorsettings.h"

namespace Stampdeck::Internal {

/// The fleet that a simulation starts with: a function of \a settings (stamps, tenants, seed, calm,
/// owner) and of \a start, when the story begins.
[[nodiscard]] FleetState generateFleet(const SimulatorSettings &settings, SimTime start);

} // namespace Stampdeck::Internal

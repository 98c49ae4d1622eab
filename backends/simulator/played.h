// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "simstate.h"

namespace Stampdeck::Internal {

/// The fleet of a recording's \a source as it stood when it began, with all that became of it; it
/// begins at \a start. Those that come later are there already, and gone. The source outlives it.
[[nodiscard]] FleetState playedFleet(const Recording &recording, const Recording::Source &source,
                                     SimTime start);

/// What a recording says was written of a stamp, in the place of \a before.
[[nodiscard]] StampWritten writtenOf(const Stamp &told, const StampWritten &before, SimTime at);
/// Since when replicas of each component of \a told are down, where \a before knew it.
[[nodiscard]] std::vector<SimTime> downSince(const Stamp &told, const std::vector<SimTime> &before,
                                             SimTime at);
/// The same of a tenant, whose stamps \a index names; nothing where one of them is not there.
[[nodiscard]] std::optional<TenantWritten> writtenOf(const Tenant &told,
                                                     const QHash<QString, int> &index,
                                                     const TenantWritten &before, SimTime at);
/// Takes over what of a tenant nobody here can write.
void describe(SimTenant &tenant, const Tenant &told);

/// What a placement weighs of its tenant's load: one that starts warms up, one that drains ends what it
/// has begun.
[[nodiscard]] double weightOf(PlacementState state, bool isOwner, bool fails = false);
/// What a tenant asks for; where nobody told, one of it.
[[nodiscard]] PlayedStamp::Weights demandOf(const Demand &demand);

} // namespace Stampdeck::Internal

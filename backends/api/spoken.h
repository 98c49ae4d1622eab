// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"
#include "fleet.h"

/// The words of interfaces.md (toString()) in the language of the program, for sentences that people
/// read. From any thread.
namespace Stampdeck::Spoken {

/// "cpu", "memory", "storage", "tenants".
[[nodiscard]] STAMPDECK_API_EXPORT QString word(ResourceKind kind);
[[nodiscard]] STAMPDECK_API_EXPORT QString word(Lifecycle lifecycle);
[[nodiscard]] STAMPDECK_API_EXPORT QString word(Tier tier);
[[nodiscard]] STAMPDECK_API_EXPORT QString word(PlacementState state);
[[nodiscard]] STAMPDECK_API_EXPORT QString word(SignalKind signal);
/// What an operation does, as Operation::kind and Mark::kind have it: "drain". A word that nobody
/// knows stays.
[[nodiscard]] STAMPDECK_API_EXPORT QString action(const QString &kind);

} // namespace Stampdeck::Spoken

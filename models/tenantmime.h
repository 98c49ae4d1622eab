// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"

#include <QtCore/QStringList>

#include <memory>

class QMimeData;

namespace Stampdeck {

/// What a drag of tenants carries, inside the map and from the tables alike: JSON, "tenants" with each
/// "domain/ID", and "instances" with those of the sources they are told by. A rehearsal's tenants have
/// the names of the real ones, and only that tells them apart.
inline constexpr auto tenantsMimeType = "application/x-stampdeck-tenants";
[[nodiscard]] std::unique_ptr<QMimeData> tenantsToMime(const FleetVersion &version,
                                                       const QStringList &tenants);
/// Empty when \a mime carries none, or one that \a version has of another instance.
[[nodiscard]] QStringList tenantsFromMime(const FleetVersion &version, const QMimeData *mime);

} // namespace Stampdeck

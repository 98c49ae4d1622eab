// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"

namespace Stampdeck {

/// Something that is wrong with stamps or tenants, with a life of its own.
struct Incident
{
    QString id;
    QString source;
    Severity severity = Severity::Warning;
    bool firing = true;
    QString title;
    QString summary;
    QStringList stamps; ///< "source/name".
    QStringList tenants; ///< "domain/ID": those that are hit.
    std::optional<Timestamp> startsAt;
    std::optional<Timestamp> endsAt;
    QMap<QString, QString> labels;
    std::optional<Acknowledgement> acknowledged; ///< While it counts.
};

/// What the fleet itself says is wrong: sources that never answered, stamps that are stale, unhealthy,
/// or hold more than their limit. The worst first, then the oldest. The id of one stays while it lasts.
[[nodiscard]] QList<Incident> fleetIncidents(const FleetVersion &version);

} // namespace Stampdeck

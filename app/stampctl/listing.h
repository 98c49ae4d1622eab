// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "table.h"

#include "models/fleetversion.h"
#include "models/incidents.h"
#include "models/survival.h"

#include <QtCore/QByteArray>

namespace Stampdeck {

class JsonWriter;

/// What `get` lists, in its three formats.
struct Listing
{
    Table table;
    QByteArray json; ///< An array.
    QStringList names;
};

[[nodiscard]] Listing listStamps(const FleetVersionPtr &version, const std::vector<int> &slots);
[[nodiscard]] Listing listTenants(const FleetVersionPtr &version, const std::vector<int> &slots);
[[nodiscard]] Listing listRegions(const std::vector<Survival> &regions);
/// Ages are counted to \a now (Clock::elapsed()).
[[nodiscard]] Listing listSources(const FleetVersion &version, const QList<SourceState> &sources,
                                  std::chrono::milliseconds now);
[[nodiscard]] Listing listOperations(const QList<OperationPtr> &operations, Timestamp now);

/// What stamps can be made from, a row for each parameter.
[[nodiscard]] Listing listTemplates(const QList<SourceState> &sources);
[[nodiscard]] Listing listIncidents(const FleetVersionPtr &version,
                                    const QList<Incident> &incidents);

/// One source as JSON; for listings and for `watch`.
void writeSource(JsonWriter &writer, const FleetVersion &version, const SourceState &source,
                 std::chrono::milliseconds now);

} // namespace Stampdeck

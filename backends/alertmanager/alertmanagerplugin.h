// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/incidentadapter.h"

namespace Stampdeck {

/// The plug-in's root object; the plug-in loader owns it.
class AlertmanagerPlugin final : public QObject, public IncidentAdapterPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID STAMPDECK_INCIDENT_ADAPTER_IID FILE "alertmanager.json")
    Q_INTERFACES(Stampdeck::IncidentAdapterPlugin)
public:
    [[nodiscard]] Result<std::unique_ptr<IncidentAdapter>> create(const SourceSettings &settings,
                                                                  Clock &clock) override;
};

} // namespace Stampdeck

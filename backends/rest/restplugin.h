// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/adapter.h"

namespace Stampdeck {

/// The plug-in's root object; the plug-in loader owns it.
class RestPlugin final : public QObject, public FleetAdapterPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID STAMPDECK_FLEET_ADAPTER_IID FILE "rest.json")
    Q_INTERFACES(Stampdeck::FleetAdapterPlugin)
public:
    [[nodiscard]] Result<std::unique_ptr<FleetAdapter>> create(const SourceSettings &settings,
                                                               Clock &clock) override;
};

} // namespace Stampdeck

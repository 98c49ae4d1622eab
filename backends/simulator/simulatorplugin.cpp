// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulatorplugin.h"

#include "simulatoradapter.h"

namespace Stampdeck {

Result<std::unique_ptr<FleetAdapter>> SimulatorPlugin::create(const SourceSettings &settings,
                                                              Clock &clock)
{
    return SimulatorAdapter::create(settings, clock);
}

} // namespace Stampdeck

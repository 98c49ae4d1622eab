// SPDX-License-Identifier: GPL-3.0-or-later
#include "restplugin.h"

#include "restadapter.h"

namespace Stampdeck {

Result<std::unique_ptr<FleetAdapter>> RestPlugin::create(const SourceSettings &settings,
                                                         Clock &clock)
{
    return RestAdapter::create(settings, clock);
}

} // namespace Stampdeck

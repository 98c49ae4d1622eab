// SPDX-License-Identifier: GPL-3.0-or-later
#include "alertmanagerplugin.h"

#include "alertmanageradapter.h"

namespace Stampdeck {

Result<std::unique_ptr<IncidentAdapter>> AlertmanagerPlugin::create(const SourceSettings &settings,
                                                                    Clock &clock)
{
    return AlertmanagerAdapter::create(settings, clock);
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "prometheusplugin.h"

#include "prometheusadapter.h"

namespace Stampdeck {

Result<std::unique_ptr<MetricsAdapter>> PrometheusPlugin::create(const SourceSettings &settings,
                                                                 Clock &clock)
{
    return PrometheusAdapter::create(settings, clock);
}

} // namespace Stampdeck

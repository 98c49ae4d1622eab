// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/metricsadapter.h"

namespace Stampdeck {

/// The plug-in's root object; the plug-in loader owns it.
class PrometheusPlugin final : public QObject, public MetricsAdapterPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID STAMPDECK_METRICS_ADAPTER_IID FILE "prometheus.json")
    Q_INTERFACES(Stampdeck::MetricsAdapterPlugin)
public:
    [[nodiscard]] Result<std::unique_ptr<MetricsAdapter>> create(const SourceSettings &settings,
                                                                 Clock &clock) override;
};

} // namespace Stampdeck

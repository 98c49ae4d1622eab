// SPDX-License-Identifier: GPL-3.0-or-later
#include "prometheusplugin.h"

#include "prometheusadapter.h"

namespace Stampdeck {

namespace {

/// What prometheus.json says to people, for translators: tst_translations holds the two together.
[[maybe_unused]] constexpr const char *metadataWords[] = {
    QT_TRANSLATE_NOOP("Metadata",
                      "Metrics of Prometheus, and of what serves the same HTTP API (Thanos, Mimir, "
                      "VictoriaMetrics)"),
    QT_TRANSLATE_NOOP("Metadata", "Where it is served; the path /api/v1 is added"),
    QT_TRANSLATE_NOOP("Metadata",
                      "Bearer token for a proxy in front; Prometheus itself asks for none"),
    QT_TRANSLATE_NOOP("Metadata",
                      "Query for the time of the last sample of each stamp, in seconds; without it "
                      "taken from the queries' own series"),
};

} // namespace

Result<std::unique_ptr<MetricsAdapter>> PrometheusPlugin::create(const SourceSettings &settings,
                                                                 Clock &clock)
{
    return PrometheusAdapter::create(settings, clock);
}

} // namespace Stampdeck

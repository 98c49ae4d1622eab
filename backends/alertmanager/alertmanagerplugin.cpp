// SPDX-License-Identifier: GPL-3.0-or-later
#include "alertmanagerplugin.h"

#include "alertmanageradapter.h"

namespace Stampdeck {

namespace {

/// What alertmanager.json says to people, for translators: tst_translations holds the two together.
[[maybe_unused]] constexpr const char *metadataWords[] = {
    QT_TRANSLATE_NOOP(
        "Metadata",
        "Alerts and silences of Prometheus' Alertmanager, one or the peers of a cluster"),
    QT_TRANSLATE_NOOP("Metadata", "Where Alertmanager is served; the path /api/v2 is added"),
    QT_TRANSLATE_NOOP("Metadata",
                      "Instead of url: the peers of one cluster, of which any may fail"),
    QT_TRANSLATE_NOOP("Metadata",
                      "Bearer token for a proxy in front; Alertmanager itself asks for none"),
};

} // namespace

Result<std::unique_ptr<IncidentAdapter>> AlertmanagerPlugin::create(const SourceSettings &settings,
                                                                    Clock &clock)
{
    return AlertmanagerAdapter::create(settings, clock);
}

} // namespace Stampdeck

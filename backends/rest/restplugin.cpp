// SPDX-License-Identifier: GPL-3.0-or-later
#include "restplugin.h"

#include "restadapter.h"

namespace Stampdeck {

namespace {

/// What rest.json says to people, for translators: tst_translations holds the two together.
[[maybe_unused]] constexpr const char *metadataWords[] = {
    QT_TRANSLATE_NOOP("Metadata",
                      "A control plane that serves the Stamp API over HTTP, or one "
                      "endpoint at each stamp"),
    QT_TRANSLATE_NOOP("Metadata", "Where the Stamp API is served; the path /v1 is added"),
    QT_TRANSLATE_NOOP("Metadata",
                      "Instead of url: one endpoint for each stamp, each polled by "
                      "itself"),
    QT_TRANSLATE_NOOP("Metadata", "Bearer token that says who we are"),
    QT_TRANSLATE_NOOP("Metadata",
                      "false: read by polls alone, where a proxy in between holds "
                      "event streams back"),
};

} // namespace

Result<std::unique_ptr<FleetAdapter>> RestPlugin::create(const SourceSettings &settings,
                                                         Clock &clock)
{
    return RestAdapter::create(settings, clock);
}

} // namespace Stampdeck

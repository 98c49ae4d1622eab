// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulatorplugin.h"

#include "simulatoradapter.h"

namespace Stampdeck {

namespace {

/// What simulator.json says to people, for translators: tst_translations holds the two together.
[[maybe_unused]] constexpr const char *metadataWords[] = {
    QT_TRANSLATE_NOOP("Metadata", "A living fleet that exists only in this program"),
    QT_TRANSLATE_NOOP("Metadata", "How many stamps there are"),
    QT_TRANSLATE_NOOP("Metadata", "How many tenants every stamp has; without it 8 to 16, about 12"),
    QT_TRANSLATE_NOOP("Metadata",
                      "The same seed makes the same fleet with the same loads at "
                      "the same time"),
    QT_TRANSLATE_NOOP("Metadata", "Simulated seconds in a second"),
    QT_TRANSLATE_NOOP("Metadata", "A file that keeps what was changed over restarts"),
    QT_TRANSLATE_NOOP("Metadata",
                      "How long a tenant takes to start on its target, in "
                      "simulated seconds; without it 4 to 9 by its size"),
    QT_TRANSLATE_NOOP("Metadata", "Share of tenants that fail to start on their target"),
    QT_TRANSLATE_NOOP("Metadata",
                      "Nothing goes wrong or changes by itself: it is the same "
                      "hour all day"),
    QT_TRANSLATE_NOOP("Metadata",
                      "false: scaling rules are kept and not carried out here: a "
                      "stampd in front does"),
    QT_TRANSLATE_NOOP("Metadata", "Who is said to have written the fleet that one starts with"),
    QT_TRANSLATE_NOOP("Metadata",
                      "Every stamp carries the label "
                      "stampdeck.conformance=scratch: stampctl conformance may "
                      "write to it"),
    QT_TRANSLATE_NOOP("Metadata",
                      "A rehearsal: region-brown-out, noisy-neighbour, bad-version, or a file of "
                      "what goes wrong when, or of what was recorded; nothing else does"),
};

} // namespace

Result<std::unique_ptr<FleetAdapter>> SimulatorPlugin::create(const SourceSettings &settings,
                                                              Clock &clock)
{
    return SimulatorAdapter::create(settings, clock);
}

} // namespace Stampdeck

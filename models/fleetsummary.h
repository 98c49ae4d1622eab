// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gathered.h"

namespace Stampdeck {

/// What a look at the whole fleet is worth: what needs attention, and how full it is.
struct FleetSummary
{
    struct Trouble
    {
        QString stamp; ///< "source/name".
        Health health = Health::Unknown;
        bool stale = false;
        QString reason; ///< Short.
        std::optional<Timestamp> since;
        int tenants = 0;
    };
    static constexpr int maxTroubles = 12;

    quint64 serial = 0; ///< Of the version that was looked at.
    QList<Trouble> troubles; ///< Worst first, then newest; the first maxTroubles.
    int troubleCount = 0; ///< Of all.
    /// Where there are more than maxTroubles what they have in common; else empty.
    GatheredTrouble gathered;
    Resources total; ///< Sums over the stamps that told limit and load; nothing when none did.
    QList<Cost> costs; ///< Per hour, one for each currency.
};

/// Walks all stamps: some milliseconds for 100,000, so not in the GUI thread.
[[nodiscard]] FleetSummary summarize(const FleetVersion &version);

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"

namespace Stampdeck {

/// Stamps that are not well and have something in common: one row for all of them.
struct Gathered
{
    enum class By : quint8 { Zone, Region, Version, Source, Start, Nothing };
    By by = By::Nothing;
    QString region; ///< By::Zone and By::Region.
    QString value; ///< The zone, the version or the source's name.
    std::optional<Timestamp> from; ///< By::Start: when the first of them became so.
    Health health = Health::Unknown; ///< The worst of them.
    bool stale = false; ///< All of them are.
    QString reason; ///< What most of the worst say, short.
    int stamps = 0; ///< All of them, and of them
    int worst = 0; ///< those of `health`.
    int tenants = 0;

    /// In the search language; what finds them and perhaps others.
    [[nodiscard]] QString query() const;
};

/// How many of a region's stamps are not well.
struct RegionTrouble
{
    QString region;
    int stamps = 0;
    int unhealthy = 0;
    int others = 0; ///< Degraded, unknown or stale.

    [[nodiscard]] double share() const
    {
        return stamps > 0 ? double(unhealthy + others) / stamps : 0;
    }
};

struct GatheredTrouble
{
    QList<Gathered> groups; ///< The worst first; those with nothing in common at the end.
    QList<RegionTrouble> regions; ///< The largest share first, then by name.
};

/// What most of those that are not well have in common: a zone, a region, a version, a source, or
/// that they became so within a minute.
///
/// One after another the property is taken that explains most: of whose stamps so many more are
/// unwell than of the whole fleet (those gathered before left out) that it is no chance: at least
/// three, four times the fleet's share, and four standard deviations of Poisson's distribution
/// above it. Walks all stamps: not for the GUI thread.
[[nodiscard]] GatheredTrouble gatherTrouble(const FleetVersion &version);

} // namespace Stampdeck

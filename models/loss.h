// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "planner.h"

#include <algorithm>

namespace Stampdeck {

/// What would be if some stamps were lost at once: where everybody would go, and who has no place.
/// Nothing is done about it.
struct Loss
{
    FleetVersionPtr version; ///< That it was worked out from.
    std::vector<int> stamps; ///< Slots of the lost, in the order asked for, without what is gone.
    int tenants = 0; ///< Owned by them.
    std::vector<PlannedMove> moves;
    QList<LoadChange> loads; ///< Of the stamps that take somebody in.
    QHash<int, int> taken; ///< By slot, how many a stamp takes in.
    /// One for each tenant without a place: `subject` is the tenant, `code` the rule, `message` why.
    QList<Refusal> stranded;
    /// What the stranded need beyond what is free below the gates of their sources; in the unit of
    /// the resource, empty where it is rules that bind and not room.
    QMap<ResourceKind, double> shortOf;

    [[nodiscard]] bool isLost(int slot) const
    {
        return std::find(stamps.begin(), stamps.end(), slot) != stamps.end();
    }
    /// Rule to how many tenants it strands, the most first; "residency" to 2.
    [[nodiscard]] QList<std::pair<QString, int>> rules() const;
    /// "5 of 15 stranded: residency 2, no room 3; short of 12 cores", "15 of 15 find a place".
    [[nodiscard]] QString summary() const;
};
/// What a rule is called: "residency", "no room", "pinned".
[[nodiscard]] QString nameOfRule(const QString &code);

/// By the evacuation planner, within the gate of each source, on the stamps that are open. Who may
/// write to a source does not matter to it, nor how old what is known of the lost is. With \a among
/// only these stamps take tenants.
[[nodiscard]] Loss lossOf(const FleetVersionPtr &version, const std::vector<int> &stamps,
                          const std::vector<int> &among = {});

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"

namespace Stampdeck {

/// Since when each threshold of a stamp is passed; kept by the store between two updates.
struct ThresholdTimes
{
    struct Since
    {
        std::chrono::milliseconds elapsed; ///< Clock::elapsed(), for the hold time.
        Timestamp wall; ///< For people.
    };
    std::optional<Since> latencyP99;
    std::optional<Since> errorRatio;
    std::optional<Since> load;

    friend bool operator==(const ThresholdTimes &, const ThresholdTimes &) = default;
};

struct HealthScore
{
    Health health = Health::Unknown;
    QList<HealthReason> reasons; ///< Worst first.
};

/// 1 − 0.25 for each degraded − 0.5 for each unhealthy component, floor 0 (product.md).
[[nodiscard]] double componentScore(const QList<Component> &components);
/// 1 healthy, above 0.5 degraded, else unhealthy.
[[nodiscard]] Health healthOfScore(double score);

/// The health of a stamp that is not stale: the worst of its components' score, of the thresholds
/// that have been passed for Objectives::hold, and of the backend's own word; each with its own
/// reason. Unknown where none of them says anything.
///
/// \a times is updated with what is beyond a threshold now; \a wall and \a elapsed are this moment.
[[nodiscard]] HealthScore scoreHealth(const Stamp &stamp, const Resources &resources,
                                      const Objectives &objectives, ThresholdTimes &times,
                                      Timestamp wall, std::chrono::milliseconds elapsed);

/// Says again in figures what \a reasons, of an earlier moment, say of thresholds: as \a stamp and
/// \a resources have them now. What its backend said by itself stays as it said it.
void refreshMeasured(QList<HealthReason> &reasons, const Stamp &stamp, const Resources &resources);

/// Counts \a entry in \a counts, \a by times: among all stamps and in its one bucket. A proof is in
/// neither.
void countHealth(FleetCounts &counts, const StampEntry &entry, int by);

} // namespace Stampdeck

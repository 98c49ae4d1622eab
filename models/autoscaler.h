// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"

#include <map>
#include <vector>

namespace Stampdeck {

/// What is remembered of one component's rule between two looks.
struct RuleHistory
{
    struct Wish
    {
        std::chrono::milliseconds at{0}; ///< Clock::elapsed().
        int replicas = 0;
    };
    std::vector<Wish> wishes; ///< Of the last ScalingPolicy::downWindow, oldest first.
    std::optional<std::chrono::milliseconds> heldUntil; ///< Nothing is decided before.
    /// When the measurement was made that the last change rests on: it decides nothing twice.
    std::optional<Timestamp> measuredAt;
    /// As it was at the last look, or as whoever keeps this left it.
    std::optional<int> desired = {};
};
using StampRuleHistory = std::map<QString, RuleHistory>; ///< By component.

/// How cautious rules are. The figures are those of Kubernetes' HorizontalPodAutoscaler.
struct ScalingPolicy
{
    double tolerance = 0.1; ///< A value this close to its target is on it.
    /// Down goes to the most that was wished for in this time, so that a dip costs nothing.
    std::chrono::milliseconds downWindow{300'000};
    int upAtOnce = 4; ///< Up by so many, or to twice as many, whichever is more.
};

/// One change of one component.
struct ScalingDecision
{
    QString component;
    int from = 0;
    int to = 0;
    QString reason; ///< "cpu 91% of web over 70%: 3 to 4".

    friend bool operator==(const ScalingDecision &, const ScalingDecision &) = default;
};

/// What the rules of one stamp that are carried out here ("stampd") want done now: at most one
/// change, the most urgent. Notes in \a history what it saw; \a now is Clock::elapsed().
///
/// Tracks the target as Kubernetes documents it (Horizontal Pod Autoscaling, Algorithm details):
/// desired = ceil(current × value / target), nothing within the tolerance, replicas that are not
/// ready taken for idle when that means more, the highest wish of the last five minutes when it
/// means fewer. A latency does not follow the number of replicas like that, so it is tracked by one
/// replica at a time. Never while a change is in flight, its cooldown runs, replicas are missing to
/// go down by, or the stamp is stale, read only, not active, or marked by somebody else. A count
/// that somebody else set (another stampd over the same source) begins a cooldown as an own one
/// does, so that of two keepers one gives way.
[[nodiscard]] std::optional<ScalingDecision>
decideScaling(const StampEntry &entry, const SourceState &source, StampRuleHistory &history,
              std::chrono::milliseconds now, const ScalingPolicy &policy = {});

/// True for a component whose rule is carried out here.
[[nodiscard]] bool isCarriedHere(const SourceState &source, const Component &component);

} // namespace Stampdeck

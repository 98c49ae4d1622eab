// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleet.h"

#include "words.h"

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {
constexpr std::array healthWords = {"unknown"_L1, "healthy"_L1, "degraded"_L1, "unhealthy"_L1};
constexpr std::array lifecycleWords
        = {"provisioning"_L1, "active"_L1,   "cordoned"_L1, "draining"_L1,
           "drained"_L1,      "deleting"_L1, "failed"_L1};
constexpr std::array tierWords = {"free"_L1, "standard"_L1, "premium"_L1, "enterprise"_L1};
constexpr std::array tenantStateWords = {"serving"_L1, "moving"_L1, "failed"_L1};
constexpr std::array placementStateWords = {"starting"_L1, "serving"_L1, "draining"_L1};
constexpr std::array markModeWords = {"set"_L1, "renew"_L1, "adopt"_L1};
constexpr std::array resourceWords = {"cpu"_L1, "memory"_L1, "storage"_L1, "tenants"_L1};
constexpr std::array signalWords
        = {"cpu"_L1, "memory"_L1, "requestsPerSecond"_L1, "latencyP99"_L1};
} // namespace

STAMPDECK_DEFINE_WORDS(MarkMode, markModeWords)
STAMPDECK_DEFINE_WORDS(Health, healthWords)
STAMPDECK_DEFINE_WORDS(Lifecycle, lifecycleWords)
STAMPDECK_DEFINE_WORDS(Tier, tierWords)
STAMPDECK_DEFINE_WORDS(TenantState, tenantStateWords)
STAMPDECK_DEFINE_WORDS(PlacementState, placementStateWords)
STAMPDECK_DEFINE_WORDS(ResourceKind, resourceWords)
STAMPDECK_DEFINE_WORDS(SignalKind, signalWords)

Health componentHealth(int desired, int ready)
{
    if (ready >= desired)
        return Health::Healthy;
    return ready == 0 ? Health::Unhealthy : Health::Degraded;
}

} // namespace Stampdeck

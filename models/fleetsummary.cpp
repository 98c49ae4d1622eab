// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleetsummary.h"

#include "formatter.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

namespace Stampdeck {

namespace {

/// Order of strength (look.md, section 1): unhealthy, degraded, unknown, stale.
int rank(const FleetSummary::Trouble &trouble)
{
    if (trouble.stale)
        return 3;
    switch (trouble.health) {
    case Health::Unhealthy:
        return 0;
    case Health::Degraded:
        return 1;
    case Health::Unknown:
    case Health::Healthy:
        break;
    }
    return 2;
}

bool isWorse(const FleetSummary::Trouble &a, const FleetSummary::Trouble &b)
{
    if (rank(a) != rank(b))
        return rank(a) < rank(b);
    if (a.since != b.since)
        return a.since > b.since;
    return a.stamp < b.stamp;
}

void add(Resource &sum, const Resource &one)
{
    if (!one.limit || !one.taken())
        return;
    sum.limit = sum.limit.value_or(0) + *one.limit;
    sum.used = sum.used.value_or(0) + one.used.value_or(0);
    sum.reserved = sum.reserved.value_or(0) + one.reserved.value_or(*one.taken());
}

} // namespace

FleetSummary summarize(const FleetVersion &version)
{
    FleetSummary summary;
    summary.serial = version.serial;
    std::vector<FleetSummary::Trouble> troubles;
    version.eachStamp([&](int, const StampEntry &entry) {
        for (const ResourceKind kind : allResources) {
            Resource resource = entry.resources[kind];
            if (kind == ResourceKind::Tenants && !resource.taken())
                resource.used = entry.owned;
            add(summary.total[kind], resource);
        }
        if (const std::optional<Cost> &cost = entry.stamp->costPerHour) {
            const auto same = std::find_if(summary.costs.begin(), summary.costs.end(),
                                           [&](const Cost &one) {
                                               return one.currency == cost->currency;
                                           });
            if (same == summary.costs.end())
                summary.costs.append(*cost);
            else
                same->amount += cost->amount;
        }
        if (entry.proof || (entry.health == Health::Healthy && !entry.stale))
            return;
        FleetSummary::Trouble trouble;
        trouble.stamp = entry.id;
        trouble.health = entry.health;
        trouble.stale = entry.stale;
        trouble.since = entry.stale ? entry.staleSince : entry.healthSince;
        trouble.tenants = entry.owned;
        if (!entry.reasons.isEmpty())
            trouble.reason = Format::shortReason(entry.reasons.first());
        else
            trouble.reason = QCoreApplication::translate("FleetSummary", "no reason told");
        troubles.push_back(std::move(trouble));
    });
    summary.troubleCount = int(troubles.size());
    const auto shown = std::min<size_t>(troubles.size(), size_t(FleetSummary::maxTroubles));
    std::partial_sort(troubles.begin(), troubles.begin() + std::ptrdiff_t(shown), troubles.end(),
                      isWorse);
    for (size_t at = 0; at < shown; ++at)
        summary.troubles.append(troubles[at]);
    if (summary.troubleCount > FleetSummary::maxTroubles)
        summary.gathered = gatherTrouble(version);
    return summary;
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "incidentrules.h"

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

QString toString(IncidentKind kind)
{
    switch (kind) {
    case IncidentKind::NoAnswer:
        return u"noAnswer"_s;
    case IncidentKind::Stale:
        return u"stale"_s;
    case IncidentKind::Unhealthy:
        return u"unhealthy"_s;
    case IncidentKind::OverCapacity:
        return u"overCapacity"_s;
    case IncidentKind::OperationStuck:
        return u"operationStuck"_s;
    case IncidentKind::OperationOrphaned:
        return u"operationOrphaned"_s;
    case IncidentKind::SplitTenant:
        return u"splitTenant"_s;
    case IncidentKind::RegionLoss:
        return u"regionLoss"_s;
    case IncidentKind::WatchdogMissing:
        return u"watchdogMissing"_s;
    }
    return {};
}

IncidentRules::IncidentRules()
{
    IncidentRules &is = *this;
    is[IncidentKind::NoAnswer].severity = Severity::Critical;
    // What is told is held by whoever tells it; ours only has to last until it is over for good.
    is[IncidentKind::Stale].clear = 15s;
    is[IncidentKind::Unhealthy] = {true, Severity::Critical, 0s, 15s, {}};
    is[IncidentKind::OverCapacity] = {true, Severity::Warning, 30s, 30s, 1.0};
    is[IncidentKind::OperationStuck].hold = 10min;
    is[IncidentKind::OperationOrphaned].hold = 10s;
    is[IncidentKind::SplitTenant] = {true, Severity::Warning, 30s, 30s, {}};
    is[IncidentKind::RegionLoss] = {true, Severity::Info, 2min, 1min, {}};
    is[IncidentKind::WatchdogMissing] = {true, Severity::Critical, 2min, 0s, {}};
}

} // namespace Stampdeck

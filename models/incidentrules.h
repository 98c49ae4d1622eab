// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/incident.h"

#include <array>

namespace Stampdeck {

/// What the fleet itself finds wrong.
enum class IncidentKind : quint8 {
    NoAnswer, ///< A source, or a feed, has not answered.
    Stale,
    Unhealthy,
    OverCapacity,
    OperationStuck,
    OperationOrphaned,
    SplitTenant, ///< One ID is served on two stamps, and no operation moves it.
    RegionLoss, ///< A region would not survive the loss of its fullest stamp.
    WatchdogMissing, ///< An alert that is always there is not.
};
inline constexpr std::array<IncidentKind, 9> allIncidentKinds = {
    IncidentKind::NoAnswer,       IncidentKind::Stale,
    IncidentKind::Unhealthy,      IncidentKind::OverCapacity,
    IncidentKind::OperationStuck, IncidentKind::OperationOrphaned,
    IncidentKind::SplitTenant,    IncidentKind::RegionLoss,
    IncidentKind::WatchdogMissing};

/// Its key in the configuration: "noAnswer", "overCapacity".
[[nodiscard]] QString toString(IncidentKind kind);

/// When one kind of incident is one.
struct IncidentRule
{
    bool enabled = true;
    Severity severity = Severity::Warning;
    /// How long it has to be so before it counts; of an operation: how long nothing has moved.
    std::chrono::milliseconds hold{0};
    /// How long it must not be so any more before it is over.
    std::chrono::milliseconds clear{0};
    std::optional<double> above; ///< OverCapacity: the load, a ratio of the limit.

    friend bool operator==(const IncidentRule &, const IncidentRule &) = default;
};

/// The table `incidentRules` of the configuration, with its defaults.
class IncidentRules
{
public:
    IncidentRules();
    [[nodiscard]] IncidentRule &operator[](IncidentKind kind) { return m_rules[size_t(kind)]; }
    [[nodiscard]] const IncidentRule &operator[](IncidentKind kind) const
    {
        return m_rules[size_t(kind)];
    }

    friend bool operator==(const IncidentRules &, const IncidentRules &) = default;

private:
    std::array<IncidentRule, allIncidentKinds.size()> m_rules;
};

} // namespace Stampdeck

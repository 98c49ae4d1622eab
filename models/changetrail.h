// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"

#include <deque>

namespace Stampdeck {

/// Something that became different on a stamp.
struct FleetChange
{
    enum class Kind : quint8 { Health, Version, Scale, Move, Lifecycle };
    Timestamp at;
    QString stamp; ///< "source/name".
    Kind kind = Kind::Health;
    QString what; ///< The component that was scaled, the tenant that moved; empty for the stamp.
    QString before; ///< Empty: it was not there. Words of the fleet: "3", "1.4.2", "unhealthy".
    QString now;
    QString by; ///< Who changed it, where that is told.

    friend bool operator==(const FleetChange &, const FleetChange &) = default;
};

/// What changed in the fleet of late: the last hour, so that an incident can be asked what came
/// before it where no history is recorded. No thread of its own.
class ChangeTrail
{
public:
    static constexpr std::chrono::minutes kept{60};
    static constexpr size_t most = 20'000;

    /// Takes down what differs at \a slots between two versions of one fleet.
    void note(const FleetVersion &before, const FleetVersion &after, const std::vector<int> &slots_,
              Timestamp now);
    /// Of these stamps, oldest first.
    [[nodiscard]] std::vector<FleetChange> of(const QStringList &stamps, Timestamp from,
                                              Timestamp to) const;

private:
    std::deque<FleetChange> m_changes; // oldest first
};

} // namespace Stampdeck

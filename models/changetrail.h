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

/// What became different of a stamp from \a was to \a is, but for its tenants; at the end of \a changes.
void tellChanges(std::vector<FleetChange> &changes, const StampEntry &was, const StampEntry &is,
                 Timestamp at);

/// What a ChangeTrail has of some stamps.
struct TrailedChanges
{
    std::vector<FleetChange> changes; ///< Oldest first.
    std::optional<Timestamp> since; ///< What came before it does not know. Nothing: it has seen nothing.
};

/// What changed in the fleet of late: the last hour, so that an incident can be asked what came
/// before it though nobody records. No thread of its own.
class ChangeTrail
{
public:
    static constexpr std::chrono::minutes kept{60};
    static constexpr size_t most = 20'000;

    /// It watches from \a now on; where it does already nothing changes.
    void begin(Timestamp now);
    /// Takes down what differs at \a slots between two versions of one fleet.
    void note(const FleetVersion &before, const FleetVersion &after, const std::vector<int> &slots_,
              Timestamp now);
    /// Of these stamps, oldest first.
    [[nodiscard]] TrailedChanges of(const QStringList &stamps, Timestamp from, Timestamp to) const;

private:
    std::deque<FleetChange> m_changes; // oldest first
    std::optional<Timestamp> m_since;
};

} // namespace Stampdeck

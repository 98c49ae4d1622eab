// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetstore.h"
#include "journal.h"

#include <vector>

/// What the runner asks of an operation's lanes: each answer costs what the lane is long, never what
/// the operation is.
namespace Stampdeck::Internal {

/// The steps of each lane, by index, in the order in which they stand in the operation.
class Lanes
{
public:
    Lanes() = default;
    explicit Lanes(const JournalOperation &operation);

    void add(const JournalStep &step);
    [[nodiscard]] int count() const { return int(m_steps.size()); }
    [[nodiscard]] const std::vector<int> &operator[](int lane) const
    {
        return m_steps[size_t(lane)];
    }

private:
    std::vector<std::vector<int>> m_steps; // by lane
};

[[nodiscard]] bool isForwardDone(const JournalStep &step);
/// A lane that did something, or may have.
[[nodiscard]] bool laneBegan(const JournalOperation &operation, const std::vector<int> &lane);
[[nodiscard]] bool laneDone(const JournalOperation &operation, const std::vector<int> &lane);
/// The step that a lane has to try now; -1 when nothing is left. A forward step that was under way
/// comes first, backward too: what it did has to be known before it is taken back.
[[nodiscard]] int nextStep(const JournalOperation &operation, const std::vector<int> &lane, bool back);
/// The lane that has to be through before the moves of the others begin, forward and backward: the
/// cordons of what is emptied, and what lifts them. -1 when there is none.
[[nodiscard]] int gateLane(const JournalOperation &operation);

/// One tenant's move.
struct LaneMove
{
    int lane = -1;
    QString source;
    QString tenant; ///< "domain/ID".
    QString from, to; ///< "source/name".
};
/// The moves of an operation, in the order of their lanes.
[[nodiscard]] std::vector<LaneMove> movesOf(const JournalOperation &operation);
/// What it claims of the fleet.
[[nodiscard]] QList<Claim> claimsOf(const JournalOperation &operation);

} // namespace Stampdeck::Internal

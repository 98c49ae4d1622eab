// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "planner.h"

namespace Stampdeck {

/// What a drop asks of a stamp: to take a carry, or all by itself whom a drain or an evacuation moves.
///
/// Of a drain or an evacuation the answer is that of its plan to this stamp alone, at the price of
/// evaluate(): a plan is made only where the two may differ. Immutable but for what it keeps of the
/// first plan: a thread has a copy of its own.
class CarryQuestion
{
public:
    CarryQuestion() = default;
    /// \a emptying: the drain or evacuation, with no stamp named that may take them; nothing for a move
    /// of the carry. Then the carry is of all whom it moves, in the same version.
    explicit CarryQuestion(Carry carry, std::optional<ActionRequest> emptying = {});

    [[nodiscard]] const Carry &carry() const { return m_carry; }
    /// What the stamp in \a slot answers: lit, as evaluate() says it, where its refusals are empty. Never
    /// Best.
    [[nodiscard]] Evaluation answer(int slot) const;

    /// The slots whose answers may differ from those to \a before, ascending; nothing where all may,
    /// because something else is carried or other rules hold.
    [[nodiscard]] std::optional<std::vector<int>> differing(const CarryQuestion &before) const;

private:
    enum class Certainty : quint8 { Fits, OverGate, Unsure };
    [[nodiscard]] Certainty certainty(int slot, const Evaluation &answer) const;
    [[nodiscard]] bool asksTheSame(const CarryQuestion &before) const;

    Carry m_carry;
    std::optional<ActionRequest> m_emptying;
    QSet<int> m_emptied; // slots of the stamps that a drop empties
    mutable std::optional<QList<Refusal>> m_always; // what forbids it wherever they go; empty for nothing
};

} // namespace Stampdeck

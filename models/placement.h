// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/fleet.h"

#include <array>
#include <limits>
#include <vector>

/// Finds a stamp for each of many tenants: plain numbers, no fleet. The planner makes the numbers
/// of a version of the fleet and asks evaluate() about every answer.
namespace Stampdeck::Internal {

/// By ResourceKind; of the slots a tenant takes one.
using Amounts = std::array<double, allResources.size()>;

/// A stamp that may take tenants.
struct Room
{
    static constexpr double unlimited = std::numeric_limits<double>::infinity();

    Amounts limit{}; ///< unlimited where it is not known.
    Amounts taken{};
    Amounts most{}; ///< What it may be filled to: the gate's share of the limit; all of the slots.
    bool unknown = false; ///< A limit or what is taken is not known.
    int residents = 0; ///< Who is here or will be.
    bool exclusive = false; ///< One of them is to be alone.
    std::vector<int> groups; ///< Their anti-affinity groups.
};

/// A tenant that has to go.
struct Guest
{
    Amounts need{};
    int residency = 0; ///< Index into the list of which rooms are allowed.
    int origin = 0; ///< Index into the list of how far the rooms are.
    int wish = -1; ///< The room that it goes to if that takes it; -1 for none.
    int group = -1; ///< Its anti-affinity group; -1 for none.
    bool exclusive = false;
};

/// Why a room does not take a guest; the first that holds, in this order.
enum class Hindrance : quint8 { None, Residency, Group, Exclusive, Slots, Cpu, Memory, Storage };

[[nodiscard]] Hindrance hindrance(const Room &room, const Guest &guest, bool allowed);

/// The room of each guest, an index; -1 where none is left. Deterministic. Never fills a room over
/// `most`. \a allowed has for each residency which rooms it allows, \a distances for each origin how
/// far each room is.
///
/// Wishes come first. Then it spreads: what is hardest to place comes first, each to the room that it
/// leaves least loaded, the nearest rooms before others. When that leaves somebody, it packs: the largest
/// first, each to the fullest room that takes it. Whoever is left then gets a place where another
/// guest can step aside. It is a heuristic: a fleet that is full to the brim may have an
/// arrangement that it does not find.
[[nodiscard]] std::vector<int> place(const std::vector<Room> &rooms,
                                     const std::vector<Guest> &guests,
                                     const std::vector<std::vector<bool>> &allowed,
                                     const std::vector<std::vector<int>> &distances);

} // namespace Stampdeck::Internal

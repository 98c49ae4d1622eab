// SPDX-License-Identifier: GPL-3.0-or-later
#include "placement.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace Stampdeck::Internal {

namespace {

// How many looks at a room somebody who is left is worth, in all.
constexpr qint64 mostLooks = 400'000;

enum class Manner : quint8 { Spread, Pack };

double loadWith(const Room &room, const Guest &guest)
{
    double most = 0;
    for (const ResourceKind kind : {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage}) {
        const size_t i = size_t(kind);
        if (room.limit[i] > 0 && room.limit[i] < Room::unlimited)
            most = std::max(most, (room.taken[i] + guest.need[i]) / room.limit[i]);
    }
    return most;
}

/// What is placed so far.
class Arrangement
{
public:
    Arrangement(const std::vector<Room> &rooms, const std::vector<Guest> &guests,
                const std::vector<std::vector<bool>> &allowed,
                const std::vector<std::vector<int>> &distances)
        : m_rooms(rooms)
        , m_guests(guests)
        , m_allowed(allowed)
        , m_distances(distances)
        , m_roomOf(guests.size(), -1)
        , m_placed(rooms.size())
    {
        for (int guest = 0; guest < int(guests.size()); ++guest) {
            if (const int wish = guests[size_t(guest)].wish; wish >= 0 && takes(wish, guest))
                enter(guest, wish);
        }
    }

    void fill(const std::vector<int> &order, Manner manner)
    {
        for (const int guest : order) {
            if (m_roomOf[size_t(guest)] >= 0)
                continue;
            if (const int room = best(guest, manner, -1); room >= 0)
                enter(guest, room);
        }
    }

    /// Places whoever is left where somebody placed before can go elsewhere.
    void makeWay(const std::vector<int> &order)
    {
        m_looks = mostLooks;
        for (const int guest : order) {
            if (m_roomOf[size_t(guest)] < 0 && m_looks > 0)
                makeWayFor(guest);
        }
    }

    [[nodiscard]] int left() const
    {
        return int(std::count(m_roomOf.begin(), m_roomOf.end(), -1));
    }
    [[nodiscard]] const std::vector<int> &rooms() const { return m_roomOf; }

private:
    [[nodiscard]] bool takes(int room, int guest) const
    {
        const Guest &is = m_guests[size_t(guest)];
        return hindrance(m_rooms[size_t(room)], is, m_allowed[size_t(is.residency)][size_t(room)])
            == Hindrance::None;
    }

    [[nodiscard]] int best(int guest, Manner manner, int except) const
    {
        int found = -1;
        std::tuple<bool, int, double> foundRank;
        // One who is alone takes the smallest stamp that does.
        const bool full = manner == Manner::Pack || m_guests[size_t(guest)].exclusive;
        const std::vector<int> &distances = m_distances[size_t(m_guests[size_t(guest)].origin)];
        for (int room = 0; room < int(m_rooms.size()); ++room) {
            if (room == except || !takes(room, guest))
                continue;
            const Room &is = m_rooms[size_t(room)];
            const double load = loadWith(is, m_guests[size_t(guest)]);
            const std::tuple rank(is.unknown, manner == Manner::Pack ? 0 : distances[size_t(room)],
                                  full ? -load : load);
            if (found < 0 || rank < foundRank) {
                found = room;
                foundRank = rank;
            }
        }
        return found;
    }

    void enter(int guest, int room)
    {
        Room &at = m_rooms[size_t(room)];
        const Guest &is = m_guests[size_t(guest)];
        for (size_t i = 0; i < at.taken.size(); ++i)
            at.taken[i] += is.need[i];
        ++at.residents;
        at.exclusive |= is.exclusive;
        if (is.group >= 0)
            at.groups.push_back(is.group);
        m_roomOf[size_t(guest)] = room;
        m_placed[size_t(room)].push_back(guest);
    }

    void leave(int guest)
    {
        const int room = m_roomOf[size_t(guest)];
        Room &at = m_rooms[size_t(room)];
        const Guest &is = m_guests[size_t(guest)];
        for (size_t i = 0; i < at.taken.size(); ++i)
            at.taken[i] -= is.need[i];
        --at.residents;
        at.exclusive &= !is.exclusive; // nobody else was beside it
        std::erase(at.groups, is.group); // never two of one
        m_roomOf[size_t(guest)] = -1;
        std::erase(m_placed[size_t(room)], guest);
    }

    void makeWayFor(int guest)
    {
        const Guest &is = m_guests[size_t(guest)];
        for (int room = 0; room < int(m_rooms.size()); ++room) {
            if (!m_allowed[size_t(is.residency)][size_t(room)])
                continue;
            const std::vector<int> others = m_placed[size_t(room)];
            for (const int other : others) {
                if (--m_looks < 0)
                    return;
                const Amounts before = m_rooms[size_t(room)].taken;
                leave(other);
                if (takes(room, guest)) {
                    enter(guest, room);
                    m_looks -= qint64(m_rooms.size());
                    if (const int elsewhere = best(other, Manner::Pack, room); elsewhere >= 0) {
                        enter(other, elsewhere);
                        return;
                    }
                    leave(guest);
                }
                enter(other, room);
                m_rooms[size_t(room)].taken = before; // to the last bit
            }
        }
    }

    std::vector<Room> m_rooms;
    const std::vector<Guest> &m_guests;
    const std::vector<std::vector<bool>> &m_allowed;
    const std::vector<std::vector<int>> &m_distances;
    std::vector<int> m_roomOf;
    std::vector<std::vector<int>> m_placed; // by room
    qint64 m_looks = 0;
};

} // namespace

Hindrance hindrance(const Room &room, const Guest &guest, bool allowed)
{
    if (!allowed)
        return Hindrance::Residency;
    if (guest.group >= 0
        && std::find(room.groups.begin(), room.groups.end(), guest.group) != room.groups.end())
        return Hindrance::Group;
    if (room.exclusive || (guest.exclusive && room.residents > 0))
        return Hindrance::Exclusive;
    constexpr std::array words = {
        std::pair(ResourceKind::Tenants, Hindrance::Slots),
        std::pair(ResourceKind::Cpu, Hindrance::Cpu),
        std::pair(ResourceKind::Memory, Hindrance::Memory),
        std::pair(ResourceKind::Storage, Hindrance::Storage),
    };
    for (const auto &[kind, word] : words) {
        const size_t i = size_t(kind);
        if (room.taken[i] + guest.need[i] > room.most[i])
            return word;
    }
    return Hindrance::None;
}

std::vector<int> place(const std::vector<Room> &rooms, const std::vector<Guest> &guests,
                       const std::vector<std::vector<bool>> &allowed,
                       const std::vector<std::vector<int>> &distances)
{
    // How many rooms each residency has, and what the largest room is, to tell who is hard to place.
    std::vector<qsizetype> choice;
    choice.reserve(allowed.size());
    for (const std::vector<bool> &rooms_ : allowed)
        choice.push_back(std::count(rooms_.begin(), rooms_.end(), true));
    Amounts largest{};
    for (const Room &room : rooms) {
        for (size_t i = 0; i < largest.size(); ++i) {
            if (room.limit[i] < Room::unlimited)
                largest[i] = std::max(largest[i], room.limit[i]);
        }
    }
    std::vector<double> size(guests.size());
    for (size_t guest = 0; guest < guests.size(); ++guest) {
        for (size_t i = 0; i < largest.size(); ++i) {
            if (largest[i] > 0)
                size[guest] = std::max(size[guest], guests[guest].need[i] / largest[i]);
        }
    }
    std::vector<int> order(guests.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        const Guest &one = guests[size_t(a)];
        const Guest &other = guests[size_t(b)];
        const auto rank = [&](const Guest &guest, int index) {
            return std::tuple(!guest.exclusive, choice[size_t(guest.residency)],
                              -size[size_t(index)]);
        };
        return rank(one, a) < rank(other, b);
    });

    Arrangement spread(rooms, guests, allowed, distances);
    spread.fill(order, Manner::Spread);
    if (spread.left() == 0)
        return spread.rooms();
    Arrangement packed(rooms, guests, allowed, distances);
    std::vector<int> bySize = order;
    std::stable_sort(bySize.begin(), bySize.end(), [&](int a, int b) {
        return std::pair(!guests[size_t(a)].exclusive, -size[size_t(a)])
            < std::pair(!guests[size_t(b)].exclusive, -size[size_t(b)]);
    });
    packed.fill(bySize, Manner::Pack);
    if (packed.left() == 0)
        return packed.rooms();
    // What spreads as well is better.
    Arrangement &better = packed.left() < spread.left() ? packed : spread;
    better.makeWay(order);
    return better.rooms();
}

} // namespace Stampdeck::Internal

// SPDX-License-Identifier: GPL-3.0-or-later
#include "backoff.h"

#include <algorithm>

namespace Stampdeck {

using std::chrono::milliseconds;

namespace {

// SplitMix64 (Steele, Lea, Flood 2014): eight bytes of state, where a std::mt19937 has 2,500.
std::uint64_t nextRandom(std::uint64_t &state)
{
    state += 0x9e3779b97f4a7c15U;
    std::uint64_t value = state;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31);
}

} // namespace

Backoff::Backoff(milliseconds base, milliseconds ceiling, std::uint64_t seed)
    : m_base(std::clamp(base, milliseconds(1), std::max(ceiling, milliseconds(1))))
    , m_ceiling(std::max(ceiling, milliseconds(1)))
    , m_bound(m_base)
    , m_random(seed)
{
}

milliseconds Backoff::next()
{
    const auto range = std::uint64_t(m_bound.count()) + 1;
    const milliseconds wait(std::int64_t(nextRandom(m_random) % range));
    m_bound = m_bound > m_ceiling / 2 ? m_ceiling : m_bound * 2;
    return wait;
}

} // namespace Stampdeck

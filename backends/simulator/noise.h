// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QtGlobal>

/// Randomness as a function: the same arguments give the same number, on every machine and in any
/// order of asking. That is what makes the past of a simulated fleet exact.
namespace Stampdeck::Internal {

[[nodiscard]] constexpr quint64 mixBits(quint64 x)
{
    // splitmix64's finaliser.
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

template<typename... Parts>
[[nodiscard]] constexpr quint64 hashOf(quint64 first, Parts... rest)
{
    quint64 hash = mixBits(first);
    ((hash = mixBits(hash ^ static_cast<quint64>(rest))), ...);
    return hash;
}

/// \a hash as a number from 0 up to 1.
[[nodiscard]] constexpr double unit(quint64 hash)
{
    return static_cast<double>(hash >> 11) * 0x1p-53;
}

/// \a hash as a number from \a from up to \a to.
[[nodiscard]] constexpr double between(quint64 hash, double from, double to)
{
    return from + (to - from) * unit(hash);
}

} // namespace Stampdeck::Internal

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"

#include <chrono>
#include <cstdint>

namespace Stampdeck {

/// How long to wait before the next try: a random time up to a bound that doubles with every
/// failure until it reaches a ceiling ("full jitter", so that many clients of one backend that
/// died don't come back at the same moment).
///
/// A value of 40 bytes: a source has one for each of its endpoints. Not thread-safe.
class STAMPDECK_API_EXPORT Backoff
{
public:
    /// Waits at most \a base after the first failure and never more than \a ceiling. The same
    /// \a seed gives the same waits.
    Backoff(std::chrono::milliseconds base, std::chrono::milliseconds ceiling, std::uint64_t seed);

    /// The wait after one more failure: evenly between zero and the bound.
    [[nodiscard]] std::chrono::milliseconds next();
    /// The bound of the next wait.
    [[nodiscard]] std::chrono::milliseconds bound() const { return m_bound; }
    /// After a success: the next bound is the base again.
    void reset() { m_bound = m_base; }

private:
    std::chrono::milliseconds m_base;
    std::chrono::milliseconds m_ceiling;
    std::chrono::milliseconds m_bound;
    std::uint64_t m_random;
};

} // namespace Stampdeck

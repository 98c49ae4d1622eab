// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"

#include <chrono>
#include <mutex>

namespace Stampdeck {

/// Stops asking an endpoint that keeps failing: closed lets every request through, open none, and
/// half-open a single probe, whose outcome closes it or opens it again.
///
/// Time is passed in, from a clock that never goes back (Clock::elapsed()). Thread-safe, and free
/// of Qt's event loop so that it runs under the thread sanitizer by itself.
class STAMPDECK_API_EXPORT CircuitBreaker
{
public:
    enum class State { Closed, Open, HalfOpen };

    /// Opens after \a failuresToOpen failures in a row (at least 1), and lets a probe through when
    /// it has been open for \a openFor.
    CircuitBreaker(int failuresToOpen, std::chrono::milliseconds openFor);

    /// Whether a request may start now. Where this is the probe it is given out once; a probe that
    /// reported nothing for \a openFor counts as lost, and another is let through.
    [[nodiscard]] bool allows(std::chrono::milliseconds now);
    void onSuccess(std::chrono::milliseconds now);
    void onFailure(std::chrono::milliseconds now);

    [[nodiscard]] State state() const;
    /// Failures since the last success.
    [[nodiscard]] int failures() const;
    /// When allows() will be true again if nothing is reported; the epoch while closed.
    [[nodiscard]] std::chrono::milliseconds nextProbe() const;

private:
    const int m_failuresToOpen;
    const std::chrono::milliseconds m_openFor;
    mutable std::mutex m_mutex;
    State m_state = State::Closed;
    int m_failures = 0;
    std::chrono::milliseconds m_since{0}; ///< When it opened, or gave out its probe.
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "breaker.h"

#include <algorithm>

namespace Stampdeck {

using std::chrono::milliseconds;

CircuitBreaker::CircuitBreaker(int failuresToOpen, milliseconds openFor)
    : m_failuresToOpen(std::max(failuresToOpen, 1))
    , m_openFor(std::max(openFor, milliseconds(0)))
{
}

bool CircuitBreaker::allows(milliseconds now)
{
    const std::lock_guard lock(m_mutex);
    if (m_state == State::Closed)
        return true;
    if (now - m_since < m_openFor)
        return false;
    m_state = State::HalfOpen;
    m_since = now;
    return true;
}

void CircuitBreaker::onSuccess(milliseconds now)
{
    const std::lock_guard lock(m_mutex);
    m_state = State::Closed;
    m_failures = 0;
    m_since = now;
}

void CircuitBreaker::onFailure(milliseconds now)
{
    const std::lock_guard lock(m_mutex);
    if (m_failures < m_failuresToOpen)
        ++m_failures;
    // A request that started before it opened may fail late: that does not keep it open longer.
    if (m_state == State::HalfOpen
        || (m_state == State::Closed && m_failures >= m_failuresToOpen)) {
        m_state = State::Open;
        m_since = now;
    }
}

CircuitBreaker::State CircuitBreaker::state() const
{
    const std::lock_guard lock(m_mutex);
    return m_state;
}

int CircuitBreaker::failures() const
{
    const std::lock_guard lock(m_mutex);
    return m_failures;
}

milliseconds CircuitBreaker::nextProbe() const
{
    const std::lock_guard lock(m_mutex);
    return m_state == State::Closed ? milliseconds(0) : m_since + m_openFor;
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "manualclock.h"

#include <QtCore/QThread>

namespace Stampdeck::Testing {

ManualClock::ManualClock(Timestamp start)
    : m_now(start)
{
}

Timestamp ManualClock::now() const
{
    QMutexLocker lock(&m_mutex);
    return m_now;
}

std::chrono::milliseconds ManualClock::elapsed() const
{
    QMutexLocker lock(&m_mutex);
    return m_elapsed;
}

Clock::TimerId ManualClock::callLater(std::chrono::milliseconds delay, QObject *context,
                                      std::function<void()> call)
{
    QMutexLocker lock(&m_mutex);
    const TimerId id = ++m_last;
    m_calls.emplace(m_elapsed + delay, Call{id, context, std::move(call)});
    return id;
}

void ManualClock::cancel(TimerId timer)
{
    QMutexLocker lock(&m_mutex);
    std::erase_if(m_calls, [timer](const auto &entry) { return entry.second.id == timer; });
}

void ManualClock::advance(std::chrono::milliseconds step)
{
    std::chrono::milliseconds end;
    {
        QMutexLocker lock(&m_mutex);
        end = m_elapsed + step;
    }
    for (;;) {
        Call due;
        {
            QMutexLocker lock(&m_mutex);
            if (m_calls.empty() || m_calls.begin()->first > end) {
                m_now += end - m_elapsed;
                m_elapsed = end;
                return;
            }
            auto node = m_calls.extract(m_calls.begin());
            if (node.key() > m_elapsed) {
                m_now += node.key() - m_elapsed;
                m_elapsed = node.key();
            }
            due = std::move(node.mapped());
        }
        if (!due.context)
            continue;
        if (due.context->thread() == QThread::currentThread())
            due.call();
        else
            QMetaObject::invokeMethod(due.context, std::move(due.call), Qt::QueuedConnection);
    }
}

void ManualClock::setWall(Timestamp now)
{
    QMutexLocker lock(&m_mutex);
    m_now = now;
}

int ManualClock::pending() const
{
    QMutexLocker lock(&m_mutex);
    return int(m_calls.size());
}

std::optional<std::chrono::milliseconds> ManualClock::untilNext() const
{
    QMutexLocker lock(&m_mutex);
    if (m_calls.empty())
        return std::nullopt;
    return m_calls.begin()->first - m_elapsed;
}

} // namespace Stampdeck::Testing

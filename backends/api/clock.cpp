// SPDX-License-Identifier: GPL-3.0-or-later
#include "clock.h"

#include <QtCore/QBasicTimer>
#include <QtCore/QDeadlineTimer>
#include <QtCore/QMutex>
#include <QtCore/QPointer>
#include <QtCore/QSet>
#include <QtCore/QThread>
#include <QtCore/QTimerEvent>

#include <algorithm>
#include <limits>
#include <map>
#include <unordered_map>

#ifdef Q_OS_LINUX
#include <ctime>
#endif

namespace Stampdeck {

Clock::~Clock() = default;

namespace {

/// What is due later in one thread: one timer of Qt for all of it. A source with thousands of
/// endpoints has thousands of calls waiting, most of them limits that are taken back, and Qt walks
/// through all of its timers whenever one of them comes or goes.
///
/// One for each thread, made and used in that thread only.
class ThreadTimers final : public QObject
{
public:
    using Due = std::chrono::steady_clock::time_point;
    using Take = std::function<bool(Clock::TimerId)>;

    /// Asks \a take before each call, whether it is still wanted.
    [[nodiscard]] static ThreadTimers &ofThisThread()
    {
        static thread_local ThreadTimers timers;
        return timers;
    }

    void add(Clock::TimerId id, Due due, QObject *context, std::function<void()> call, Take take)
    {
        m_dueOf.emplace(id, due);
        m_calls.emplace(std::pair(due, id), Call{context, std::move(call), std::move(take)});
        arm();
    }

    /// Lets go of what the call holds; a timer that is then too early finds nothing to do.
    void remove(Clock::TimerId id)
    {
        const auto found = m_dueOf.find(id);
        if (found == m_dueOf.end())
            return;
        m_calls.erase({found->second, id});
        m_dueOf.erase(found);
    }

protected:
    void timerEvent(QTimerEvent *) override
    {
        m_timer.stop();
        const Due now = std::chrono::steady_clock::now();
        while (!m_calls.empty() && m_calls.begin()->first.first <= now) {
            const auto node = m_calls.extract(m_calls.begin());
            m_dueOf.erase(node.key().second);
            // Before the call, which may run an event loop of its own.
            arm();
            const Call &call = node.mapped();
            if (call.take(node.key().second) && call.context)
                call.call();
        }
        arm();
    }

private:
    struct Call
    {
        QPointer<QObject> context;
        std::function<void()> call;
        Take take;
    };

    void arm()
    {
        if (m_calls.empty())
            return;
        const Due due = m_calls.begin()->first.first;
        if (m_timer.isActive() && m_timerDue <= due)
            return;
        m_timerDue = due;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
                due - std::chrono::steady_clock::now());
        m_timer.start(int(std::clamp<qint64>(left.count(), 0, std::numeric_limits<int>::max())),
                      Qt::PreciseTimer, this);
    }

    std::map<std::pair<Due, Clock::TimerId>, Call> m_calls;
    std::unordered_map<Clock::TimerId, Due> m_dueOf;
    QBasicTimer m_timer;
    Due m_timerDue;
};

class SystemClock final : public Clock
{
public:
    Timestamp now() const override
    {
        return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }

    std::chrono::milliseconds elapsed() const override
    {
#ifdef Q_OS_LINUX
        timespec time{};
        clock_gettime(CLOCK_BOOTTIME, &time);
        return std::chrono::seconds(time.tv_sec)
                + std::chrono::milliseconds(time.tv_nsec / 1'000'000);
#else
        // macOS and Windows: the monotonic clock of these systems counts suspend for Qt.
        return std::chrono::milliseconds(QDeadlineTimer::current().deadline());
#endif
    }

    TimerId callLater(std::chrono::milliseconds delay, QObject *context,
                      std::function<void()> call) override
    {
        TimerId id = 0;
        {
            QMutexLocker lock(&m_mutex);
            id = ++m_last;
            m_waiting.insert(id);
        }
        const auto due = std::chrono::steady_clock::now() + delay;
        if (context->thread() == QThread::currentThread()) {
            add(id, due, context, std::move(call));
        } else {
            QMetaObject::invokeMethod(
                    context,
                    [this, id, due, context, call = std::move(call)] {
                        add(id, due, context, call);
                    },
                    Qt::QueuedConnection);
        }
        return id;
    }

    void cancel(TimerId timer) override
    {
        if (take(timer))
            ThreadTimers::ofThisThread().remove(timer);
    }

private:
    void add(TimerId id, ThreadTimers::Due due, QObject *context, std::function<void()> call)
    {
        ThreadTimers::ofThisThread().add(id, due, context, std::move(call),
                                         [this](TimerId one) { return take(one); });
    }
    bool take(TimerId id)
    {
        QMutexLocker lock(&m_mutex);
        return m_waiting.remove(id);
    }

    QMutex m_mutex;
    TimerId m_last = 0;
    QSet<TimerId> m_waiting;
};

} // namespace

Clock &Clock::system()
{
    // Never destroyed: threads that end late may still ask.
    static SystemClock *const clock = new SystemClock;
    return *clock;
}

} // namespace Stampdeck

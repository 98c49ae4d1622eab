// SPDX-License-Identifier: GPL-3.0-or-later
#include "clock.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QMutex>
#include <QtCore/QSet>
#include <QtCore/QThread>
#include <QtCore/QTimer>

#ifdef Q_OS_LINUX
#include <ctime>
#endif

namespace Stampdeck {

Clock::~Clock() = default;

namespace {

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
        // QTimer::singleShot needs an event loop in the calling thread, so it is started in the
        // context's own.
        QMetaObject::invokeMethod(
                context,
                [this, id, delay, context, call = std::move(call)] {
                    QTimer::singleShot(delay, Qt::PreciseTimer, context, [this, id, call] {
                        if (take(id))
                            call();
                    });
                },
                context->thread() == QThread::currentThread() ? Qt::DirectConnection
                                                              : Qt::QueuedConnection);
        return id;
    }

    void cancel(TimerId timer) override { take(timer); }

private:
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

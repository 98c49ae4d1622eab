// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/clock.h"

#include <QtCore/QMutex>
#include <QtCore/QPointer>

#include <map>

namespace Stampdeck::Testing {

/// A clock that stands still until a test moves it. Thread-safe.
class ManualClock final : public Clock
{
public:
    explicit ManualClock(Timestamp start = *fromRfc3339(u"2026-01-02T03:04:05Z"));

    [[nodiscard]] Timestamp now() const override;
    [[nodiscard]] std::chrono::milliseconds elapsed() const override;
    TimerId callLater(std::chrono::milliseconds delay, QObject *context,
                      std::function<void()> call) override;
    void cancel(TimerId timer) override;

    /// Moves both clocks and runs what became due, each call in its context's thread (queued when
    /// that is another one), in the order in which it was due. Calls that are added meanwhile and
    /// are due within the step run too.
    void advance(std::chrono::milliseconds step);
    /// Moves the wall clock alone, as somebody who sets it would.
    void setWall(Timestamp now);
    [[nodiscard]] int pending() const;
    /// When the next call is due, from now; nothing when none waits.
    [[nodiscard]] std::optional<std::chrono::milliseconds> untilNext() const;

private:
    struct Call
    {
        TimerId id;
        QPointer<QObject> context;
        std::function<void()> call;
    };
    mutable QMutex m_mutex;
    Timestamp m_now;
    std::chrono::milliseconds m_elapsed{1'000'000};
    TimerId m_last = 0;
    std::multimap<std::chrono::milliseconds, Call> m_calls;
};

} // namespace Stampdeck::Testing

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"
#include "timestamp.h"

#include <QtCore/QObject>

#include <functional>

namespace Stampdeck {

/// Time as an interface: tests move it by hand, the simulator runs at any speed.
///
/// Thread-safe: any thread may ask, and a delayed call runs in the thread of its context.
class STAMPDECK_API_EXPORT Clock
{
public:
    using TimerId = quint64;

    virtual ~Clock();

    /// The wall clock, for what is written down and shown.
    [[nodiscard]] virtual Timestamp now() const = 0;
    /// Time since some fixed moment that never goes back and counts suspend (CLOCK_BOOTTIME), for
    /// ages, intervals and limits.
    [[nodiscard]] virtual std::chrono::milliseconds elapsed() const = 0;
    /// Runs \a call once in \a context's thread after \a delay, unless the context died before or
    /// the timer was cancelled. May be called from any thread.
    virtual TimerId callLater(std::chrono::milliseconds delay, QObject *context,
                              std::function<void()> call)
            = 0;
    /// Takes a call back; harmless when it has run. Call it in the context's thread: then the call
    /// is sure not to run any more.
    virtual void cancel(TimerId timer) = 0;

    /// The machine's own clock; lives as long as the program.
    [[nodiscard]] static Clock &system();
};

} // namespace Stampdeck

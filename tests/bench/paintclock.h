// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/threadtime.h"

#include <QtCore/QEvent>
#include <QtWidgets/QApplication>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace Stampdeck {

/// Counts what the GUI thread spends in paintEvent and what that calls: a frame, as the window's
/// promises mean it.
class PaintClock final : public QApplication
{
public:
    using QApplication::QApplication;

    /// Since it was asked last.
    [[nodiscard]] static std::chrono::microseconds take() { return std::exchange(s_spent, {}); }
    [[nodiscard]] static int paints() { return s_paints; }

    bool notify(QObject *receiver, QEvent *event) override
    {
        if (event->type() != QEvent::Paint)
            return QApplication::notify(receiver, event);
        const auto before = threadCpuTime();
        ++s_depth; // one within another is counted with it
        const bool taken = QApplication::notify(receiver, event);
        if (--s_depth == 0) {
            s_spent += threadCpuTime() - before;
            ++s_paints;
        }
        return taken;
    }

private:
    inline static std::chrono::microseconds s_spent{0};
    inline static int s_depth = 0;
    inline static int s_paints = 0;
};

/// What each frame took; says the worst of them in the columns of a benchmark.
class Frames
{
public:
    /// The nearest rank of \a share among \a seconds, sorted, in milliseconds; 0 without any.
    [[nodiscard]] static double rankOf(const std::vector<double> &seconds, double share)
    {
        if (seconds.empty())
            return 0.0;
        const auto rank = size_t(std::ceil(share * double(seconds.size())));
        return seconds[std::clamp<size_t>(rank, 1, seconds.size()) - 1] * 1e3;
    }
    void add(benchmark::State &state, std::chrono::microseconds spent)
    {
        const double seconds = double(spent.count()) / 1e6;
        m_seconds.push_back(seconds);
        state.SetIterationTime(seconds);
    }
    void tell(benchmark::State &state)
    {
        std::sort(m_seconds.begin(), m_seconds.end());
        const auto at = [this](double share) { return rankOf(m_seconds, share); };
        state.counters["p50_ms"] = at(0.5);
        state.counters["p99_ms"] = at(0.99);
        state.counters["p99.9_ms"] = at(0.999);
        state.counters["max_ms"] = at(1);
    }

private:
    std::vector<double> m_seconds;
};

} // namespace Stampdeck

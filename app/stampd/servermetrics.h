// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleetversion.h"

#include <array>
#include <chrono>
#include <map>
#include <mutex>

namespace Stampdeck {

/// Counts requests, and writes the figures of `/metrics` in Prometheus' text format 0.0.4.
/// Thread-safe.
class ServerMetrics
{
public:
    void count(const QByteArray &method, const QByteArray &route, int status,
               std::chrono::microseconds took);
    [[nodiscard]] QByteArray text(const FleetVersionPtr &fleet, int connections) const;

private:
    static constexpr std::array<double, 11> bounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                      0.1,   0.25,   0.5,   1,    5}; // seconds
    struct Histogram
    {
        std::array<quint64, bounds.size()> buckets{};
        quint64 count = 0;
        double sum = 0;
    };
    using Route = std::pair<QByteArray, QByteArray>; // method, route

    mutable std::mutex m_mutex;
    std::map<std::pair<Route, int>, quint64> m_requests;
    std::map<Route, Histogram> m_latency;
};

} // namespace Stampdeck

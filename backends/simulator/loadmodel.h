// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "simstate.h"

namespace Stampdeck::Internal {

/// What a stamp measures at a moment.
struct Measurement
{
    double cpu = 0; ///< Cores used, at most the limit.
    double cpuWanted = 0; ///< Cores that would be used if there were no limit.
    double memory = 0; ///< Bytes.
    double storage = 0; ///< Bytes.
    double requestsPerSecond = 0; ///< That got through.
    double errorRatio = 0;
    double latencyP50Ms = 0;
    double latencyP99Ms = 0;
    std::array<int, componentCount> ready{};
    std::array<double, componentCount> load{}; ///< Of what the ready replicas carry.
    std::vector<Incident> incidents; ///< Those that are on.
};

/// How load, incidents and versions follow from seed, state and time: functions only, so that the
/// past can be asked again and gives the same.
class LoadModel
{
public:
    /// \a start is when the story begins; \a interval, how often a stamp is measured.
    LoadModel(quint64 seed, SimTime start, SimTime interval, bool calm);

    /// The time of the measurement that was the newest one of stamp \a index at \a time.
    [[nodiscard]] SimTime measuredAt(int index, SimTime time) const;
    [[nodiscard]] SimTime interval() const { return m_interval; }

    [[nodiscard]] Measurement measure(const SimStamp &stamp, int index,
                                      const std::vector<SimTenant> &tenants, SimTime time) const;
    /// Share of its demand that \a tenant uses: its people's day, its noise, its bad hours.
    [[nodiscard]] double activity(const SimTenant &tenant, int index, SimTime time) const;
    /// How many releases have reached \a stamp since the story's oldest version.
    [[nodiscard]] int releases(const SimStamp &stamp, int index, SimTime time) const;

private:
    template<typename Call>
    void forIncidents(const SimStamp &stamp, int index, SimTime time, Call call) const;

    quint64 m_seed;
    SimTime m_start;
    SimTime m_interval;
    bool m_calm;
};

/// Replicas of \a component that have started by \a time, crashes aside.
[[nodiscard]] int startedReplicas(const ComponentWritten &component, SimTime time);
/// When the last of them will have.
[[nodiscard]] SimTime settledAt(const ComponentWritten &component);
/// The shape that is in force at \a time.
[[nodiscard]] const LoadShape &shapeAt(const SimStamp &stamp, SimTime time);

} // namespace Stampdeck::Internal

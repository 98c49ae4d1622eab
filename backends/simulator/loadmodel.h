// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "simstate.h"

#include <QtCore/QVarLengthArray>

namespace Stampdeck::Internal {

/// What a stamp measures at a moment; of a played one NaN where nothing is known.
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
    QVarLengthArray<int, componentCount> ready;
    QVarLengthArray<double, componentCount> load; ///< Of what the ready replicas carry.
    /// Of a played stamp, what is asked of a replica to what was then: below 1, where somebody has
    /// brought relief.
    double pressure = 1;
    std::vector<Incident> incidents; ///< Those that are on.
};

/// How load, incidents and versions follow from seed, state and time: functions only, so that the
/// past can be asked again and gives the same.
class LoadModel
{
public:
    /// \a start is when the story begins; \a interval, how often a stamp is measured; \a step,
    /// that of what was recorded, where a recording is played.
    LoadModel(quint64 seed, SimTime start, SimTime interval, bool calm, SimTime step = 0);

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
    [[nodiscard]] Measurement measurePlayed(const SimStamp &stamp, int index,
                                            const std::vector<SimTenant> &tenants,
                                            SimTime time) const;
    [[nodiscard]] double recorded(const PlayedStamp &stamp, size_t signal, SimTime time) const;
    /// What \a tenant brings to whatever stamp it is on, by what was measured where it was.
    [[nodiscard]] PlayedStamp::Weights usage(const SimTenant &tenant, SimTime time) const;

    quint64 m_seed;
    SimTime m_start;
    SimTime m_interval;
    bool m_calm;
    SimTime m_step;
};

/// Replicas of \a component that have started by \a time, crashes aside.
[[nodiscard]] int startedReplicas(const ComponentWritten &component, SimTime time);
/// When the last of them will have.
[[nodiscard]] SimTime settledAt(const ComponentWritten &component);
/// The shape that is in force at \a time.
[[nodiscard]] const LoadShape &shapeAt(const SimStamp &stamp, SimTime time);

} // namespace Stampdeck::Internal

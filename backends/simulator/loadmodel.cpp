// SPDX-License-Identifier: GPL-3.0-or-later
#include "loadmodel.h"

#include "played.h"

#include "noise.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace Stampdeck::Internal {

namespace {

// What each hash is for: two uses never share numbers.
enum Salt : quint64 {
    PhaseSalt = 0x101,
    NoiseSalt,
    JitterSalt,
    SwingSalt,
    BurstSalt,
    FillSalt,
    IncidentSalt,
    ReleaseSalt,
};

constexpr SimTime incidentWindow = 6 * hour;
constexpr SimTime longestIncident = 18 * hour;
constexpr SimTime burstWindow = 4 * hour;
constexpr SimTime firstReplica = 4 * second;
constexpr SimTime nextReplica = 1'500;

[[nodiscard]] SimTime floorTo(SimTime time, SimTime step)
{
    SimTime whole = time / step;
    if (time < 0 && whole * step != time)
        --whole;
    return whole * step;
}

/// From 0 at \a from up to 1 at \a to.
[[nodiscard]] double ramp(SimTime time, SimTime from, SimTime to)
{
    if (time <= from)
        return 0;
    if (time >= to)
        return 1;
    return double(time - from) / double(to - from);
}

/// Up in the first fifth of an incident (five minutes at most), down in the last one when it heals.
[[nodiscard]] double strength(const Incident &incident, SimTime time)
{
    const SimTime length = incident.end == never ? never : incident.end - incident.start;
    const SimTime rise = std::min<SimTime>(5 * minute, length / 5);
    // It is felt from its first moment, and worsens from there.
    double is = 0.35 + 0.65 * ramp(time, incident.start, incident.start + rise);
    if (length != never)
        is *= 1 - 0.8 * ramp(time, incident.end - rise, incident.end);
    return is;
}

/// How much slower requests get on something that is loaded to \a load: nothing to speak of up to
/// 0.85, and steeply from there.
[[nodiscard]] double congestion(double load)
{
    const double over = std::max(0.0, (load - 0.85) / 0.1);
    return 1 + 0.25 * load * load + 9 * std::pow(over, 1.5);
}

} // namespace

int startedReplicas(const ComponentWritten &component, SimTime time)
{
    const int missing = component.desired - component.before;
    if (missing == 0 || component.changedAt == always)
        return component.desired;
    if (missing < 0) // What is not wanted any more ends at once.
        return component.desired;
    const SimTime since = time - component.changedAt;
    if (since < firstReplica)
        return component.before;
    const SimTime started = 1 + (since - firstReplica) / nextReplica;
    return component.before + int(std::min<SimTime>(started, missing));
}

SimTime settledAt(const ComponentWritten &component)
{
    const int missing = component.desired - component.before;
    if (missing <= 0 || component.changedAt == always)
        return component.changedAt;
    return component.changedAt + firstReplica + (missing - 1) * nextReplica;
}

const LoadShape &shapeAt(const SimStamp &stamp, SimTime time)
{
    const auto after =
        std::upper_bound(stamp.shapes.begin(), stamp.shapes.end(), time,
                         [](SimTime at, const LoadShape &shape) { return at < shape.from; });
    return after == stamp.shapes.begin() ? stamp.shapes.front() : *std::prev(after);
}

LoadModel::LoadModel(quint64 seed, SimTime start, SimTime interval, bool calm, SimTime step)
    : m_seed(seed)
    , m_start(start)
    , m_interval(interval)
    , m_calm(calm)
    , m_step(step)
{ }

SimTime LoadModel::measuredAt(int index, SimTime time) const
{
    // Each stamp has its own moment, so that a large fleet answers a little every second.
    const SimTime phase = SimTime(hashOf(m_seed, PhaseSalt, index) % quint64(m_interval));
    return floorTo(time - phase, m_interval) + phase;
}

double LoadModel::activity(const SimTenant &tenant, int index, SimTime time) const
{
    const double zone = simulatedRegions().at(size_t(tenant.region)).hoursFromUtc;
    const SimTime local = time + SimTime(zone * double(hour));
    const double hourOfDay = double(local - floorTo(local, day)) / double(hour);
    // Quietest at four in the morning, busiest at four in the afternoon.
    const double daily =
        m_calm ? 0.5 : 0.5 - 0.5 * std::cos((hourOfDay - 4) / 24 * 2 * std::numbers::pi);
    const double swing = between(hashOf(m_seed, SwingSalt, index), 0.18, 0.34);
    double is = 1.0 - swing + swing * daily;
    // 1970 began on a Thursday.
    const int weekday = int((floorTo(local, day) / day) % 7);
    if (weekday == 2 || weekday == 3)
        is *= 0.92;

    const SimTime step = 5 * minute;
    const SimTime left = floorTo(time, step);
    const double at = double(time - left) / double(step);
    const double here = unit(hashOf(m_seed, NoiseSalt, index, left));
    const double next = unit(hashOf(m_seed, NoiseSalt, index, left + step));
    is *= 0.94 + 0.1 * (here + (next - here) * at);
    is *= 0.985 + 0.03 * unit(hashOf(m_seed, JitterSalt, index, time));

    if (!m_calm) {
        const SimTime window = floorTo(time, burstWindow);
        const quint64 burst = hashOf(m_seed, BurstSalt, index, window);
        if (unit(burst) < 0.03) {
            const SimTime start =
                window + SimTime(between(mixBits(burst + 1), 0, double(2 * hour)));
            const SimTime end = start
                + SimTime(between(mixBits(burst + 2), double(10 * minute), double(70 * minute)));
            // The story has the stage for itself at first.
            if (time >= start && time < end && (end < m_start || start > m_start + 5 * minute)) {
                const double factor = between(mixBits(burst + 3), 0.4, 1.6);
                is *= 1 + factor * ramp(time, start, start + 3 * minute);
            }
        }
    }
    return is;
}

template<typename Call>
void LoadModel::forIncidents(const SimStamp &stamp, int index, SimTime time, Call call) const
{
    for (const Incident &incident : stamp.scene) {
        if (time >= incident.start && time < incident.end)
            call(incident);
    }
    if (m_calm)
        return;
    const SimTime now = floorTo(time, incidentWindow);
    for (SimTime window = now - longestIncident; window <= now; window += incidentWindow) {
        const quint64 dice = hashOf(m_seed, IncidentSalt, index, window);
        if (unit(dice) >= 0.22)
            continue;
        Incident incident;
        incident.start = window + SimTime(unit(mixBits(dice + 1)) * double(incidentWindow));
        const double kind = unit(mixBits(dice + 2));
        incident.kind = kind < 0.4 ? Incident::Kind::CrashLoop
            : kind < 0.7           ? Incident::Kind::Latency
                                   : Incident::Kind::Errors;
        // Most heal by themselves; one in eight waits for somebody, or for a long time.
        const bool heals = unit(mixBits(dice + 3)) > 0.125;
        incident.end = incident.start
            + (heals ? SimTime(between(mixBits(dice + 4), double(8 * minute), double(50 * minute)))
                     : longestIncident - incidentWindow);
        if (time < incident.start || time >= incident.end)
            continue;
        if (incident.end > m_start - 15 * minute && incident.start < m_start + 4 * minute)
            continue; // The story has the stage for itself at first.
        const double how = unit(mixBits(dice + 5));
        incident.component = unit(mixBits(dice + 6)) < 0.6 ? 1
            : unit(mixBits(dice + 7)) < 0.6                ? 0
                                                           : 2;
        switch (incident.kind) {
        case Incident::Kind::CrashLoop:
            incident.severity = 0.15 + 0.75 * how * how;
            break;
        case Incident::Kind::Latency:
            incident.severity = 1.5 + 9 * how * how;
            break;
        case Incident::Kind::Errors:
            incident.severity = 0.006 + 0.06 * how * how * how;
            break;
        case Incident::Kind::StorageGrowth:
            break;
        }
        call(incident);
    }
}

Measurement LoadModel::measure(const SimStamp &stamp, int index,
                               const std::vector<SimTenant> &tenants, SimTime time) const
{
    if (stamp.played)
        return measurePlayed(stamp, index, tenants, time);
    const LoadShape &shape = shapeAt(stamp, time);
    const SimTime sampled = measuredAt(index, time);
    Measurement is;
    is.ready.resize(componentCount);
    is.load.resize(componentCount);

    double cpu = stamp.base.cpu.value_or(0);
    double memory = stamp.base.memory.value_or(0) * 0.9;
    double storage = stamp.base.storage.value_or(0);
    double requests = 0;
    for (const LoadShape::Tenant &entry : shape.tenants) {
        const SimTenant &tenant = tenants.at(size_t(entry.tenant));
        if (tenant.played) {
            // A made stamp of a fleet that is played.
            const PlayedStamp::Weights brings = usage(tenant, sampled);
            const double weight = double(entry.weight);
            cpu += weight * brings[0];
            memory += weight * brings[1];
            storage += brings[2];
            requests += weight * brings[3];
            continue;
        }
        const double active = activity(tenant, entry.tenant, sampled);
        double cores = tenant.demand.cpu.value_or(0) * active;
        if (sampled >= tenant.surgeFrom && sampled < tenant.surgeTo) {
            cores += tenant.surge
                * (0.5 + 0.5 * ramp(sampled, tenant.surgeFrom, tenant.surgeFrom + 4 * minute));
        }
        const double weight = double(entry.weight);
        cpu += weight * cores;
        memory += weight * tenant.demand.memory.value_or(0) * (0.72 + 0.14 * std::min(active, 1.6));
        // A full copy lies on both stamps while a tenant moves.
        const double fill = between(hashOf(m_seed, FillSalt, entry.tenant), 0.62, 0.9)
            + 0.004 * double(sampled - m_start) / double(day);
        storage += tenant.demand.storage.value_or(0) * std::clamp(fill, 0.05, 1.05);
        requests += weight * tenant.demand.requestsPerSecond.value_or(0) * active;
    }

    const double cpuLimit = shape.limits[0].at(time);
    const double memoryLimit = shape.limits[1].at(time);
    const double storageLimit = shape.limits[2].at(time);

    double slower = 1;
    double errors = stamp.errorRatio;
    std::array<int, componentCount> crashed{};
    forIncidents(stamp, index, sampled, [&](const Incident &incident) {
        const double strong = strength(incident, sampled);
        switch (incident.kind) {
        case Incident::Kind::CrashLoop: {
            const auto which = size_t(incident.component);
            const ComponentWritten &component = shape.components.at(which);
            // Whoever scales a component restarts what hangs in a loop.
            if (component.restartedAt >= incident.start
                && time >= component.restartedAt + 15 * second)
                return;
            const int down =
                std::max(1, int(std::lround(strong * incident.severity * component.desired)));
            crashed.at(which) = std::max(crashed.at(which), down);
            break;
        }
        case Incident::Kind::Latency:
            slower += incident.severity * strong;
            break;
        case Incident::Kind::Errors:
            errors += incident.severity * strong;
            break;
        case Incident::Kind::StorageGrowth:
            // So many of the limit a day, from where the plan stood at the start.
            storage += storageLimit * incident.severity
                * std::max(0.0, double(sampled - incident.start) / double(day));
            break;
        }
        is.incidents.push_back(incident);
    });

    double worst = cpuLimit > 0 ? cpu / cpuLimit : 1;
    double through = 1;
    for (size_t i = 0; i < componentCount; ++i) {
        const ComponentWritten &component = shape.components.at(i);
        is.ready[qsizetype(i)] = std::max(0, startedReplicas(component, time) - crashed.at(i));
        const double carries = is.ready.at(qsizetype(i)) * stamp.replicaRate.at(i);
        const double load = requests <= 0 ? 0
            : carries > 0                 ? std::min(9.0, requests / carries)
                                          : 9.0;
        is.load[qsizetype(i)] = load;
        if (i == workerIndex)
            continue; // Its queue grows; nobody waits for it.
        if (load > 1) {
            errors += 0.2 * (1 - 1 / load);
            through = std::min(through, 1 - 0.75 * (1 - 1 / load));
        }
        worst = std::max(worst, load);
    }
    const double cpuLoad = cpuLimit > 0 ? cpu / cpuLimit : 1;
    const double over = std::max(0.0, (cpuLoad - 0.85) / 0.1);
    errors += 0.004 * over * over;
    if (cpuLoad > 1)
        through = std::min(through, 1 / cpuLoad);
    slower *= congestion(std::min(worst, 1.6));

    const quint64 wobble = hashOf(m_seed, JitterSalt, index, sampled, 1);
    const double p50 = stamp.latencyMs * (0.95 + 0.1 * unit(wobble)) * std::pow(slower, 0.55);
    const double p99 =
        stamp.latencyMs * stamp.tailFactor * (0.92 + 0.16 * unit(mixBits(wobble))) * slower;
    is.cpuWanted = cpu;
    is.cpu = std::min(cpu, cpuLimit);
    is.memory = std::min(memory, memoryLimit);
    is.storage = std::min(storage, storageLimit);
    is.requestsPerSecond = requests * through;
    is.errorRatio =
        requests > 0 ? std::min(0.6, errors * (0.85 + 0.3 * unit(mixBits(wobble + 1)))) : 0;
    // Clients give up after five seconds, some of them sooner.
    is.latencyP50Ms = 2'500 * (1 - std::exp(-p50 / 2'500));
    is.latencyP99Ms = 5'000 * (1 - std::exp(-p99 / 5'000));
    return is;
}

double LoadModel::recorded(const PlayedStamp &stamp, size_t signal, SimTime time) const
{
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    // The measurement that is the newest one at the beginning is of a little before.
    if (!stamp.measured || stamp.measured->at(signal).empty() || time < m_start - m_interval)
        return unknown;
    // What was measured last holds on after the end.
    const auto &values = stamp.measured->at(signal);
    const auto place = size_t(std::max<SimTime>(0, time - m_start) / m_step);
    return double(values.at(std::min(place, values.size() - 1)));
}

PlayedStamp::Weights LoadModel::usage(const SimTenant &tenant, SimTime time) const
{
    PlayedStamp::Weights is = demandOf(tenant.demand);
    const PlayedStamp *home = tenant.played->stepAt(time).home;
    if (!home)
        return is;
    const PlayedStamp::Weights &whole = home->stepAt(time).whole;
    for (size_t i = 0; i < is.size(); ++i) {
        const double used = recorded(*home, i, time);
        if (!std::isnan(used) && whole.at(i) > 0)
            is.at(i) *= used / whole.at(i);
    }
    return is;
}

// Resources and requests are what was measured, each tenant's share of it wherever it is now. Errors
// and latency are those of then, and go with what is asked of a replica.
Measurement LoadModel::measurePlayed(const SimStamp &stamp, int index,
                                     const std::vector<SimTenant> &tenants, SimTime time) const
{
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    const PlayedStamp &played = *stamp.played;
    const LoadShape &shape = shapeAt(stamp, time);
    const SimTime sampled = measuredAt(index, time);
    const PlayedStamp::Step &step = played.stepAt(sampled);
    PlayedStamp::Weights now{};
    for (const LoadShape::Tenant &entry : shape.tenants) {
        const PlayedStamp::Weights brings = usage(tenants.at(size_t(entry.tenant)), sampled);
        for (size_t i = 0; i < now.size(); ++i)
            now.at(i) += brings.at(i) * (i == 2 ? 1 : double(entry.weight));
    }
    double pressure = 1;
    for (size_t i = 0; i < now.size(); ++i) {
        const double used = recorded(played, i, sampled);
        const double whole = step.whole.at(i);
        now.at(i) += std::isnan(used) ? unknown : whole > 0 ? used * step.base.at(i) / whole : used;
        // Requests where they are known, else cores.
        if ((i == 0 || i == 3) && used > 0)
            pressure = now.at(i) / used;
    }
    int wanted = 0;
    int were = 0;
    Measurement is;
    // What is discrete is of this moment, not of the last measurement.
    const StampPtr &told = played.stepAt(time).told;
    for (size_t i = 0; i < shape.components.size(); ++i) {
        const ComponentWritten &component = shape.components.at(i);
        wanted += component.desired;
        int down = 0;
        if (told && qsizetype(i) < told->components.size() && i < played.downSince.size()) {
            const Component &was = told->components.at(qsizetype(i));
            were += was.desired;
            down = was.desired - was.ready;
            // Whoever scales a component restarts what hangs in a loop.
            if (component.restartedAt != always)
                down = component.restartedAt >= played.downSince.at(i)
                        && time >= component.restartedAt + 15 * second
                    ? 0
                    : std::max(0, down);
        }
        is.ready.append(std::max(0, startedReplicas(component, time) - down));
    }
    if (wanted > 0 && were > 0)
        pressure *= double(were) / wanted;
    is.pressure = std::clamp(pressure, 0.0, 8.0);
    const auto limited = [&shape](double value, size_t which, SimTime at) {
        return std::isnan(value) ? value : std::min(value, shape.limits.at(which).at(at));
    };
    is.cpuWanted = now[0];
    is.cpu = limited(now[0], 0, time);
    is.memory = limited(now[1], 1, time);
    is.storage = limited(now[2], 2, time);
    is.requestsPerSecond = now[3];
    is.errorRatio = recorded(played, 4, sampled) * is.pressure * is.pressure;
    if (is.errorRatio > 1)
        is.errorRatio = 1;
    is.latencyP50Ms = recorded(played, 5, sampled) * is.pressure;
    is.latencyP99Ms = recorded(played, 6, sampled) * is.pressure;
    // How busy its replicas are nobody recorded: as its cores are.
    const double limit = shape.limits[0].at(time);
    is.load.resize(qsizetype(shape.components.size()));
    std::fill(is.load.begin(), is.load.end(),
              std::isfinite(limit) && limit > 0 ? now[0] / limit : unknown);
    return is;
}

int LoadModel::releases(const SimStamp &stamp, int index, SimTime time) const
{
    if (m_calm)
        return time >= stamp.releaseAt ? 1 : 0;
    // A release a day. The newest one reached ring 0 shortly before the story begins, and goes on
    // to the next ring every two hours.
    const SimTime mine = stamp.ring * 2 * hour
        + SimTime(between(hashOf(m_seed, ReleaseSalt, index), 0, double(20 * minute)));
    const SimTime since = time - (m_start - 30 * minute + mine);
    if (since < 0)
        return 0;
    return 1 + int(since / day);
}

} // namespace Stampdeck::Internal

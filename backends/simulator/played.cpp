// SPDX-License-Identifier: GPL-3.0-or-later
#include "played.h"

#include "backends/api/action.h"

#include <algorithm>
#include <limits>
#include <map>

namespace Stampdeck::Internal {

using namespace Qt::StringLiterals;
using Change = Recording::Change;
using Weights = PlayedStamp::Weights;

namespace {

constexpr int mostSlots = 1'000'000;
constexpr double gibibyte = 1024.0 * 1024 * 1024;
constexpr std::array<ResourceKind, 3> measuredResources = {
    ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage};

LimitWritten limitOf(const Resource &resource)
{
    const double is = resource.limit.value_or(std::numeric_limits<double>::infinity());
    return {is, is, always};
}

/// Goes through a recording once, to know at each change what every stamp and tenant weighs.
class Reader
{
public:
    Reader(const Recording &recording, const Recording::Source &source, SimTime start)
        : m_recording(recording)
        , m_source(source)
        , m_start(start)
    { }

    FleetState run()
    {
        for (const StampPtr &stamp : m_source.stamps)
            tell(stamp->name, stamp, m_start);
        for (const TenantPtr &tenant : m_source.tenants)
            tell(tenant->id, tenant, m_start);
        settle(m_start);
        SimTime last = m_start;
        for (const Change &change : m_source.changes) {
            const SimTime at = m_start + change.at.count();
            if (at != last)
                settle(std::exchange(last, at));
            if (change.what == Change::What::Stamp)
                tell(change.name, change.stamp, at);
            else if (change.what == Change::What::Tenant)
                tell(change.name, change.tenant, at);
        }
        settle(last);
        // Whoever was on its way when the recording ended is where it is owned.
        const SimTime end = m_start + (m_recording.to - m_recording.from).count();
        for (SimTenant &tenant : m_fleet.tenants) {
            const TenantPtr &told = tenant.played->steps.back().told;
            if (!told || told->placements.size() < 2)
                continue;
            auto rests = std::make_shared<Tenant>(*told);
            rests->placements = {Placement{rests->stamp, PlacementState::Serving, {}}};
            tell(tenant.id, rests, std::max(end, last));
        }
        settle(std::max(end, last));
        for (SimTenant &tenant : m_fleet.tenants) {
            for (PlayedTenant::Step &step : tenant.played->steps) {
                if (step.told)
                    step.home = stampOf(step.told->stamp).played.get();
            }
        }
        begin();
        return std::move(m_fleet);
    }

private:
    /// Of the tenants that are on a stamp, together.
    struct On
    {
        int tenants = 0;
        Weights reserved{};
        Weights brought{};
    };

    SimStamp &stampOf(const QString &name)
    {
        const auto known = m_stamps.constFind(name);
        if (known != m_stamps.cend())
            return m_fleet.stamps.at(size_t(*known));
        m_stamps.insert(name, int(m_fleet.stamps.size()));
        SimStamp stamp;
        stamp.name = name;
        stamp.gone = true;
        stamp.played = std::make_shared<PlayedStamp>();
        if (const auto measured = m_source.measured.constFind(name);
            measured != m_source.measured.cend())
            stamp.played->measured = &*measured;
        m_fleet.stamps.push_back(std::move(stamp));
        return m_fleet.stamps.back();
    }

    void tell(const QString &name, const StampPtr &told, SimTime at)
    {
        auto &steps = stampOf(name).played->steps;
        if (!steps.empty() && steps.back().at == at)
            steps.back().told = told;
        else
            steps.push_back({at, told});
        m_touched.insert(name);
    }

    void tell(const QString &id, const TenantPtr &told, SimTime at)
    {
        auto known = m_tenants.constFind(id);
        if (known == m_tenants.cend()) {
            known = m_tenants.insert(id, int(m_fleet.tenants.size()));
            SimTenant tenant;
            tenant.id = id;
            tenant.gone = true;
            tenant.played = std::make_shared<PlayedTenant>();
            m_fleet.tenants.push_back(std::move(tenant));
        }
        auto &steps = m_fleet.tenants.at(size_t(*known)).played->steps;
        if (!steps.empty())
            weigh(steps.back().told, -1);
        if (!steps.empty() && steps.back().at == at)
            steps.back().told = told;
        else
            steps.push_back({at, told});
        weigh(told, 1);
    }

    // What a tenant weighs comes to its stamps (1), or goes from them (-1).
    void weigh(const TenantPtr &tenant, int sign)
    {
        if (!tenant)
            return;
        const Weights asks = demandOf(tenant->demand);
        for (const Placement &placement : tenant->placements) {
            On &on = m_on[placement.stamp];
            const double weight = weightOf(placement.state, tenant->stamp == placement.stamp);
            on.tenants += sign;
            for (size_t i = 0; i < asks.size(); ++i) {
                // A full copy lies on both stamps while a tenant moves.
                on.brought.at(i) += sign * asks.at(i) * (i == 2 ? 1 : weight);
                on.reserved.at(i) += sign * asks.at(i);
            }
            if (on.tenants == 0) // and nothing of it is left by rounding
                on = {};
            m_touched.insert(placement.stamp);
        }
    }

    // What the stamps that changed weigh from \a at on.
    void settle(SimTime at)
    {
        for (const QString &name : std::as_const(m_touched)) {
            auto &steps = stampOf(name).played->steps;
            if (steps.empty())
                steps.push_back({m_start, nullptr});
            if (steps.back().at != at)
                steps.push_back({at, steps.back().told});
            PlayedStamp::Step &step = steps.back();
            if (!step.told)
                continue;
            const On on = m_on.value(name);
            for (size_t i = 0; i < measuredResources.size(); ++i) {
                const Resource &told = step.told->resources[measuredResources.at(i)];
                step.base.at(i) = std::max(
                    0.0, told.reserved.value_or(told.limit.value_or(0) / 10) - on.reserved.at(i));
            }
            for (size_t i = 0; i < step.whole.size(); ++i)
                step.whole.at(i) = step.base.at(i) + std::max(0.0, on.brought.at(i));
        }
        m_touched.clear();
    }

    // Everything as it stood at the beginning.
    void begin()
    {
        for (SimStamp &stamp : m_fleet.stamps) {
            PlayedStamp &played = *stamp.played;
            if (played.steps.empty())
                played.steps.push_back({m_start, nullptr});
            // Of one that comes later, its looks are those that it comes with.
            const auto first = std::find_if(played.steps.begin(), played.steps.end(),
                                            [](const auto &step) { return bool(step.told); });
            if (played.steps.front().at > m_start)
                played.steps.insert(played.steps.begin(), PlayedStamp::Step{m_start, nullptr});
            if (first == played.steps.end())
                continue;
            stamp.gone = !played.steps.front().told;
        }
        for (SimTenant &tenant : m_fleet.tenants) {
            auto &steps = tenant.played->steps;
            if (steps.front().at > m_start)
                steps.insert(steps.begin(), PlayedTenant::Step{m_start, nullptr, nullptr});
            tenant.gone = !steps.front().told;
        }
    }

    const Recording &m_recording;
    const Recording::Source &m_source;
    SimTime m_start;
    FleetState m_fleet;
    QHash<QString, int> m_stamps, m_tenants;
    QHash<QString, On> m_on; // by stamp
    QSet<QString> m_touched; // stamps, since they were last settled
};

} // namespace

const PlayedStamp::Step &PlayedStamp::stepAt(SimTime time) const
{
    const auto after = std::upper_bound(steps.begin(), steps.end(), time,
                                        [](SimTime at, const Step &step) { return at < step.at; });
    return after == steps.begin() ? steps.front() : *std::prev(after);
}

const PlayedTenant::Step &PlayedTenant::stepAt(SimTime time) const
{
    const auto after = std::upper_bound(steps.begin(), steps.end(), time,
                                        [](SimTime at, const Step &step) { return at < step.at; });
    return after == steps.begin() ? steps.front() : *std::prev(after);
}

double weightOf(PlacementState state, bool isOwner, bool fails)
{
    switch (state) {
    case PlacementState::Serving:
        return isOwner ? 1 : 0.15;
    case PlacementState::Starting:
        return fails ? 0.1 : 0.15;
    case PlacementState::Draining:
        break;
    }
    return 0.25;
}

Weights demandOf(const Demand &demand)
{
    return {demand.cpu.value_or(1), demand.memory.value_or(gibibyte),
            demand.storage.value_or(gibibyte), demand.requestsPerSecond.value_or(1)};
}

StampWritten writtenOf(const Stamp &told, const StampWritten &before, SimTime at)
{
    StampWritten is = before;
    is.lifecycle = told.lifecycle;
    is.changesAt = never;
    is.cpu = limitOf(told.resources.cpu);
    is.memory = limitOf(told.resources.memory);
    is.storage = limitOf(told.resources.storage);
    is.components.clear();
    for (const Component &component : told.components) {
        ComponentWritten written;
        written.desired = written.before = component.desired;
        written.min = component.min.value_or(0);
        written.max = component.max.value_or(
            std::max({ScaleSetting::mostReplicas, component.desired, written.min}));
        if (component.rule) {
            RuleWritten rule;
            rule.signal = component.rule->signal;
            rule.target = component.rule->target;
            rule.cooldownMs = component.rule->cooldown.count();
            rule.lastWhy = component.rule->lastWhy;
            rule.lastFrom = component.rule->lastFrom.value_or(0);
            rule.lastTo = component.rule->lastTo.value_or(0);
            if (component.rule->lastAt)
                rule.lastAt = at;
            written.rule = rule;
        }
        is.components.push_back(written);
    }
    is.updatedBy = told.updatedBy;
    is.updatedAt = at;
    return is;
}

std::vector<SimTime> downSince(const Stamp &told, const std::vector<SimTime> &before, SimTime at)
{
    std::vector<SimTime> is;
    for (const Component &component : told.components) {
        const bool isDown = component.ready < component.desired;
        const SimTime since = is.size() < before.size() ? before.at(is.size()) : never;
        is.push_back(!isDown ? never : since == never ? at : since);
    }
    return is;
}

std::optional<TenantWritten> writtenOf(const Tenant &told, const QHash<QString, int> &index,
                                       const TenantWritten &before, SimTime at)
{
    TenantWritten is = before;
    is.placements.clear();
    is.owner = index.value(told.stamp, -1);
    for (const Placement &placement : told.placements) {
        PlacementWritten written;
        written.stamp = index.value(placement.stamp, -1);
        written.state = placement.state;
        written.since = at;
        // It serves when the recording says so.
        if (placement.state == PlacementState::Starting)
            written.readyAt = never;
        if (written.stamp < 0)
            return std::nullopt;
        is.placements.push_back(written);
    }
    is.updatedBy = told.updatedBy;
    is.updatedAt = at;
    return is;
}

void describe(SimTenant &tenant, const Tenant &told)
{
    tenant.name = told.name;
    tenant.tier = told.tier;
    tenant.demand = told.demand;
    tenant.constraints = told.constraints;
}

FleetState playedFleet(const Recording &recording, const Recording::Source &source, SimTime start)
{
    return Reader(recording, source, start).run();
}

} // namespace Stampdeck::Internal

// SPDX-License-Identifier: GPL-3.0-or-later
#include "played.h"
#include "simulation.h"

#include "backends/api/mentions.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QLocale>

#include <algorithm>
#include <cmath>

// A recording that is played: what it says becomes of the fleet does, but where somebody here had a
// hand in it.

namespace Stampdeck {

using namespace Internal;
using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Simulator)
};

/// Less is asked of a replica than this share of what it was: what it suffered from is over.
constexpr double relief = 0.8;

std::optional<double> known(double value, double steps)
{
    return std::isfinite(value) ? std::optional(std::round(value * steps) / steps) : std::nullopt;
}

} // namespace

void Simulation::beginPlay()
{
    const Recording::Source &source = *m_recording->source(m_source);
    m_isSilent = source.silent;
    const SimTime start = m_identity.storyStart;
    using What = PlayStep::What;
    for (const Recording::Source &each : m_recording->sources) {
        for (const Recording::Course &course : each.operations) {
            m_operationIndex.insert(course.id, int(m_operations.size()));
            m_operations.push_back({&course, each.name == m_source, {}, {}, false});
        }
    }
    for (size_t i = 0; i < m_operations.size(); ++i) {
        const Recording::Course &course = *m_operations.at(i).course;
        size_t turn = 0;
        for (; turn < size_t(course.turns.size()) && course.turns.at(qsizetype(turn)).at.count() == 0; ++turn)
            playOperation(int(i), turn);
        for (; turn < size_t(course.turns.size()); ++turn)
            m_play.push_back({start + course.turns.at(qsizetype(turn)).at.count(), What::Operation,
                              int(i), turn, -1});
        m_play.push_back({start + (m_recording->to - m_recording->from).count(), What::Operation,
                          int(i), turn, 3});
    }
    for (size_t i = 0; i < m_fleet.stamps.size(); ++i) {
        SimStamp &stamp = m_fleet.stamps.at(i);
        const auto &steps = stamp.played->steps;
        for (const PlayedStamp::Step &step : steps) {
            if (step.told)
                m_places.insert(step.told->region);
        }
        for (size_t step = 1; step < steps.size(); ++step)
            m_play.push_back({steps.at(step).at, What::Stamp, int(i), step,
                              steps.at(step).told ? 0 : 2});
        if (!stamp.gone)
            playStamp(int(i), 0);
    }
    m_places.remove({});
    for (size_t i = 0; i < m_fleet.tenants.size(); ++i) {
        SimTenant &tenant = m_fleet.tenants.at(i);
        const auto &steps = tenant.played->steps;
        for (size_t step = 1; step < steps.size(); ++step)
            m_play.push_back({steps.at(step).at, What::Tenant, int(i), step, 1});
        if (tenant.gone)
            continue;
        describe(tenant, *steps.front().told);
        const auto written =
            writtenOf(*steps.front().told, m_stampIndex, tenant.written, start);
        if (!written) { // its stamp comes later, and it with it
            tenant.gone = true;
            m_waiting.insert(int(i));
            m_tenantIndex.remove(tenant.id);
            continue;
        }
        tenant.written = *written;
        tenant.written.operation = moverOf(*steps.front().told);
        for (const PlacementWritten &placement : written->placements)
            m_fleet.stamps.at(size_t(placement.stamp)).tenants.push_back(int(i));
    }
    for (const Recording::Change &change : source.changes) {
        const bool isSilent = change.what == Recording::Change::What::Silent;
        if (isSilent || change.what == Recording::Change::What::Answers)
            m_play.push_back({start + change.at.count(), isSilent ? What::Silent : What::Answers, 0, 0, 0});
    }
    std::stable_sort(m_play.begin(), m_play.end(), [](const PlayStep &a, const PlayStep &b) {
        return std::pair(a.at, a.phase) < std::pair(b.at, b.phase);
    });
    for (SimStamp &stamp : m_fleet.stamps)
        std::sort(stamp.tenants.begin(), stamp.tenants.end());
}

void Simulation::play(SimTime until)
{
    using What = PlayStep::What;
    while (m_nextPlay < m_play.size() && m_play.at(m_nextPlay).at <= until) {
        const PlayStep &next = m_play.at(m_nextPlay++);
        switch (next.what) {
        case What::Operation: {
            const PlayedOperation &is = m_operations.at(size_t(next.index));
            const bool ran = is.runs();
            playOperation(next.index, next.step);
            if (!is.is)
                break;
            if (ran != is.runs()) { // all whom it moves; else those of whom this turn tells
                for (const OperationStep &step : is.is->steps)
                    holdMoved(step.tenant);
            } else if (next.step < size_t(is.course->turns.size())) {
                for (const auto &[place, step] : is.course->turns.at(qsizetype(next.step)).steps)
                    holdMoved(step.tenant);
            }
            break;
        }
        case What::Stamp:
            playStamp(next.index, next.step);
            break;
        case What::Tenant:
            playTenant(next.index, next.step, next.at);
            break;
        case What::Silent:
        case What::Answers:
            m_isSilent = next.what == What::Silent;
            break;
        }
    }
}

void Simulation::playStamp(int index, size_t step)
{
    SimStamp &stamp = m_fleet.stamps.at(size_t(index));
    PlayedStamp &played = *stamp.played;
    const bool isFirst = step == 0;
    const PlayedStamp::Step &now = played.steps.at(step);
    const StampPtr before = isFirst ? nullptr : played.step().told;
    const bool comes = !isFirst && stamp.gone;
    if (!now.told) {
        // Who brought tenants here keeps it.
        if (!stamp.gone && stamp.tenants.empty()) {
            played.now = step;
            forget(index);
        }
        return;
    }
    if (stamp.gone) {
        // Somebody here took it away, or made another of its name.
        if ((played.taken && before) || m_stampIndex.contains(stamp.name))
            return;
        stamp.gone = false;
        m_stampIndex.insert(stamp.name, index);
        m_gone.removeAll(stamp.name);
    }
    const bool isNew = !before || *before != *now.told;
    played.now = step;
    stamp.place = now.told->region;
    stamp.zone = now.told->zone;
    stamp.labels = now.told->labels;
    stamp.slotCount =
        int(std::min(1e6, now.told->resources.tenants.limit.value_or(1'000'000)));
    stamp.base.cpu = now.base[0];
    stamp.base.memory = now.base[1];
    stamp.base.storage = now.base[2];
    const QStringList parts = [&] {
        QStringList names;
        for (const Component &component : now.told->components)
            names.append(component.name);
        return names;
    }();
    if (!played.taken || stamp.parts != parts) {
        stamp.parts = parts;
        if (isNew) {
            stamp.written = writtenOf(*now.told, stamp.written, now.at);
            stamp.written.writes += isFirst ? 0 : 1;
            stamp.written.lastChange = Words::tr("as it was recorded");
            std::erase_if(m_ruled, [index](const auto &ruled) { return ruled.first == index; });
            for (size_t c = 0; c < stamp.written.components.size(); ++c) {
                if (stamp.written.components.at(c).rule)
                    m_ruled.emplace_back(index, c);
            }
        }
    }
    played.downSince = downSince(*now.told, played.downSince, now.at);
    if (isFirst)
        return;
    reshape(index, now.at);
    markStamp(index);
    if (!comes)
        return;
    for (const int tenant : std::exchange(m_waiting, {}))
        playTenant(tenant, m_fleet.tenants.at(size_t(tenant)).played->now, now.at);
}

// A step of the recording's that somebody here has taken out of its hands: whom it moves, or the stamp
// that it writes.
bool Simulation::isTaken(const OperationStep &step, const QStringList &takenStamps) const
{
    if (!step.source.isEmpty() && step.source != m_source)
        return false;
    if (!step.tenant.isEmpty()) {
        const auto index = m_tenantIndex.constFind(step.tenant);
        return index != m_tenantIndex.cend() && m_fleet.tenants.at(size_t(*index)).played
            && m_fleet.tenants.at(size_t(*index)).played->taken;
    }
    return std::any_of(takenStamps.begin(), takenStamps.end(),
                       [&step](const QString &name) { return mentions(step.title, name); });
}

QStringList Simulation::takenStamps() const
{
    QStringList names;
    for (const SimStamp &stamp : m_fleet.stamps) {
        if (!stamp.gone && stamp.played && stamp.played->taken)
            names.append(stamp.name);
    }
    return names;
}

void Simulation::holdStep(PlayedOperation &operation, int place)
{
    if (operation.held.contains(place))
        return;
    OperationStep step = operation.is->steps.at(place);
    if (step.state == StepState::Pending || step.state == StepState::Running) {
        step.state = StepState::Skipped;
        step.error = Words::tr("somebody here stepped in");
        operation.changed = true;
    }
    operation.held.insert(place, step);
}

// What goes on as it was recorded goes on without what was just written here.
void Simulation::holdTaken()
{
    const QStringList taken = takenStamps();
    for (PlayedOperation &operation : m_operations) {
        if (!operation.is || isFinal(operation.is->state))
            continue;
        for (int place = 0; place < operation.is->steps.size(); ++place) {
            if (isTaken(operation.is->steps.at(place), taken))
                holdStep(operation, place);
        }
    }
}

void Simulation::playOperation(int index, size_t turn)
{
    PlayedOperation &operation = m_operations.at(size_t(index));
    const auto &turns = operation.course->turns;
    if (turn < size_t(turns.size())) {
        if (!operation.is) {
            operation.is.emplace();
            operation.is->id = operation.course->id;
        }
        const Recording::Turn &now = turns.at(qsizetype(turn));
        const qsizetype before = operation.is->steps.size();
        now.apply(*operation.is);
        const QStringList taken = takenStamps();
        for (const auto &[place, step] : now.steps) {
            // Those that are there already were held when somebody stepped in.
            if (place < before || place >= operation.is->steps.size() || !isTaken(step, taken))
                continue;
            OperationStep &is = operation.is->steps[place];
            is.state = StepState::Pending; // whatever became of it then
            is.startedAt.reset();
            is.endedAt.reset();
            holdStep(operation, place);
        }
    } else {
        if (!operation.is || isFinal(operation.is->state))
            return;
        operation.is->state = OperationState::Cancelled; // as whom it moves is where it is owned
        operation.is->error = Words::tr("the recording ends here");
        operation.is->updatedAt = m_recording->to;
    }
    operation.changed = true;
}

// Whom an operation moves belongs to it as long as it runs, unless somebody here has taken him.
void Simulation::holdMoved(const QString &tenant)
{
    const auto index = m_tenantIndex.constFind(tenant);
    if (tenant.isEmpty() || index == m_tenantIndex.cend())
        return;
    SimTenant &is = m_fleet.tenants.at(size_t(*index));
    const auto &played = is.played;
    const TenantPtr recorded = played ? played->steps.at(played->now).told : nullptr;
    if (!recorded || played->taken || is.written.operation == moverOf(*recorded))
        return;
    is.written.operation = moverOf(*recorded);
    markTenant(*index);
}

// The operation that moves it: one that has stopped, or is not played, holds nobody, so that somebody can
// step in.
QString Simulation::moverOf(const Tenant &told) const
{
    const auto known = m_operationIndex.constFind(told.operation);
    return known != m_operationIndex.cend() && m_operations.at(size_t(*known)).runs()
        ? told.operation
        : QString();
}

Timestamp Simulation::outwardOf(Timestamp recorded) const
{
    return outward(m_identity.storyStart + (recorded - m_recording->from).count());
}

OperationPtr Simulation::told(const PlayedOperation &operation) const
{
    auto is = std::make_shared<Operation>(*operation.is);
    for (auto held = operation.held.cbegin(); held != operation.held.cend(); ++held) {
        if (held.key() < is->steps.size())
            is->steps[held.key()] = *held;
    }
    const auto shift = [this](std::optional<Timestamp> &time) {
        if (time)
            time = outwardOf(*time);
    };
    shift(is->createdAt);
    shift(is->updatedAt);
    for (OperationStep &step : is->steps) {
        shift(step.startedAt);
        shift(step.endedAt);
    }
    return is;
}

void Simulation::put(int tenant, const TenantWritten &next, SimTime at)
{
    TenantWritten &is = m_fleet.tenants.at(size_t(tenant)).written;
    std::set<int> reshaped;
    for (const PlacementWritten &placement : is.placements) {
        std::erase(m_fleet.stamps.at(size_t(placement.stamp)).tenants, tenant);
        reshaped.insert(placement.stamp);
    }
    is = next;
    for (const PlacementWritten &placement : is.placements) {
        auto &there = m_fleet.stamps.at(size_t(placement.stamp)).tenants;
        there.insert(std::lower_bound(there.begin(), there.end(), tenant), tenant);
        reshaped.insert(placement.stamp);
    }
    for (const int stamp : reshaped) {
        reshape(stamp, at);
        markStamp(stamp);
    }
    markTenant(tenant);
}

void Simulation::playTenant(int index, size_t step, SimTime at)
{
    SimTenant &tenant = m_fleet.tenants.at(size_t(index));
    PlayedTenant &played = *tenant.played;
    const PlayedTenant::Step &now = played.steps.at(step);
    played.now = step;
    m_waiting.erase(index);
    if (now.told) {
        describe(tenant, *now.told);
        markTenant(index);
    }
    if (played.taken)
        return;
    if (!now.told) {
        if (tenant.gone)
            return;
        TenantWritten nowhere = tenant.written;
        nowhere.placements.clear();
        put(index, nowhere, at);
        tenant.gone = true;
        m_tenantIndex.remove(tenant.id);
        m_goneTenants.append(tenant.id);
        return;
    }
    auto next = writtenOf(*now.told, m_stampIndex, tenant.written, at);
    if (!next) { // to a stamp that comes later, or that somebody here took away
        m_waiting.insert(index);
        return;
    }
    next->writes += 1;
    next->operation = moverOf(*now.told);
    next->lastChange = Words::tr("as it was recorded");
    if (tenant.gone) {
        tenant.gone = false;
        m_tenantIndex.insert(tenant.id, index);
        m_goneTenants.removeAll(tenant.id);
    }
    put(index, *next, at);
}

// As the recording has it, with what was measured and written here. What it suffered from holds until
// somebody relieves it.
void Simulation::publishPlayed(int index)
{
    const SimStamp &stamp = m_fleet.stamps.at(size_t(index));
    const PlayedStamp &played = *stamp.played;
    Published &published = m_stamps.at(size_t(index));
    const Measurement measured = m_model.measure(stamp, index, m_fleet.tenants, m_now);
    const SimTime measuredAt = m_model.measuredAt(index, m_now);
    const Stamp &told = *played.step().told;
    auto is = std::make_shared<Stamp>(told);
    is->lifecycle = stamp.written.lifecycle;
    is->mark = m_stampMarks.value(index);
    is->revision = stampRevision(index, m_now);
    is->updatedBy = stamp.written.updatedBy;
    is->updatedAt = outward(stamp.written.updatedAt);
    is->observedAt = outward(measuredAt);
    const Demand reserved = reservedOn(index);
    const auto resource = [](const Resource &recorded, double limit, double promised, double used,
                             double steps) -> Resource {
        return {std::isfinite(limit) ? std::optional(limit) : std::nullopt,
                recorded.reserved ? std::optional(promised) : std::nullopt, known(used, steps)};
    };
    const auto &written = stamp.written;
    is->resources.cpu =
        resource(told.resources.cpu, written.cpu.at(m_now), *reserved.cpu, measured.cpu, 100);
    is->resources.memory = resource(told.resources.memory, written.memory.at(m_now),
                                    *reserved.memory, measured.memory, 1);
    is->resources.storage = resource(told.resources.storage, written.storage.at(m_now),
                                     *reserved.storage, measured.storage, 1);
    const auto taken = double(stamp.tenants.size());
    is->resources.tenants = {told.resources.tenants.limit, taken, taken};
    is->signalValues.requestsPerSecond = known(measured.requestsPerSecond, 10);
    is->signalValues.errorRatio = known(measured.errorRatio, 1e6);
    is->signalValues.latencyP50Ms = known(measured.latencyP50Ms, 10);
    is->signalValues.latencyP99Ms = known(measured.latencyP99Ms, 10);

    for (qsizetype i = 0; i < is->components.size(); ++i) {
        Component &out = is->components[i];
        const ComponentWritten &component = written.components.at(size_t(i));
        const bool isAsked = out.desired == component.desired;
        out.desired = component.desired;
        const int ready = measured.ready.at(i);
        if (!isAsked || out.ready != ready)
            out.health = componentHealth(out.desired, ready);
        out.ready = ready;
        if (played.taken) {
            out.min = component.min;
            out.max = component.max;
            if (const double load = measured.load.at(i); std::isfinite(load))
                out.load = std::round(load * 100) / 100;
        }
        out.rule.reset();
        if (component.rule)
            out.rule = ruleTold(*component.rule);
    }

    const auto isRelieved = [&](const HealthReason &reason) {
        if (reason.component.isEmpty() || reason.code != "component"_L1)
            return measured.pressure < relief;
        for (const Component &component : std::as_const(is->components)) {
            if (component.name == reason.component)
                return played.taken && component.ready >= component.desired;
        }
        return false;
    };
    const qsizetype suffered = is->healthReasons.size();
    is->healthReasons.removeIf(isRelieved);
    if (suffered > 0 && is->healthReasons.isEmpty())
        is->health = Health::Healthy;
    for (HealthReason &reason : is->healthReasons) {
        if (reason.since)
            reason.since = outwardOf(*reason.since);
        // What is measured all the time was not recorded with it.
        if (reason.value || !reason.message.isEmpty())
            continue;
        const SignalValues &values = is->signalValues;
        if (reason.code == "latency-p99"_L1 && values.latencyP99Ms) {
            reason.value = values.latencyP99Ms;
            reason.message = Words::tr("p99 %L1 ms").arg(std::lround(*reason.value));
        } else if (reason.code == "error-ratio"_L1 && values.errorRatio) {
            reason.value = values.errorRatio;
            reason.message =
                Words::tr("errors %1%").arg(QLocale().toString(*reason.value * 100, 'f', 1));
        }
    }

    published.measuredAt = measuredAt;
    published.settlesAt = settlesAt(written);
    if (!published.stamp || *published.stamp != *is) {
        published.stamp = std::move(is);
        markStamp(index);
    }
}

} // namespace Stampdeck

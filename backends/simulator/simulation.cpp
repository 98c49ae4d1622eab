// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulation.h"

#include "fleetgenerator.h"
#include "noise.h"
#include "played.h"
#include "scenario.h"
#include "simtemplates.h"

#include "backends/api/spoken.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonDocument>
#include <QtCore/QLocale>
#include <QtCore/QRegularExpression>
#include <QtCore/QUuid>

#include <algorithm>
#include <cmath>

namespace Stampdeck {

using namespace Internal;
using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Simulator)
};

constexpr SimTime keyLifetime = day; ///< Of the wall clock.
constexpr qint64 maxHistory = 200'000; ///< Two seconds' work, during which no poll is answered.
constexpr size_t maxShapes = 256; ///< Of the past that each stamp remembers.
constexpr SimTime maxRuleTurns = 100'000; ///< Caught up with at once after a long sleep.
constexpr double slack = 1e-6; ///< Sums of tenths of cores are not exact.
constexpr double degradedLatencyMs = 400;
constexpr double degradedErrors = 0.01;
constexpr double unhealthyErrors = 0.05;
constexpr double fullStorage = 0.9;

[[nodiscard]] QString percent(double ratio)
{
    const double is = ratio * 100;
    return Words::tr("%1%", "unit").arg(QLocale().toString(is, 'f', is < 9.95 ? 1 : 0));
}

[[nodiscard]] QString cores(double value)
{
    const bool isWhole = std::abs(value - std::round(value)) < 0.05;
    // A fraction's plural form is that of a few.
    return Words::tr("%1 core(s)", "unit", isWhole ? int(std::lround(value)) : 2)
        .arg(QLocale().toString(value, 'f', isWhole ? 0 : 1));
}

[[nodiscard]] QString bytes(double value)
{
    constexpr double gibibyte = 1024.0 * 1024 * 1024;
    const bool large = value >= 1024 * gibibyte;
    return QLocale().toString(value / (large ? 1024 * gibibyte : gibibyte), 'f', 1)
        + (large ? u" TiB"_s : u" GiB"_s);
}

[[nodiscard]] QString amount(ResourceKind kind, double value)
{
    switch (kind) {
    case ResourceKind::Cpu:
        return cores(value);
    case ResourceKind::Memory:
    case ResourceKind::Storage:
        return bytes(value);
    case ResourceKind::Tenants:
        break;
    }
    return QLocale().toString(value, 'f', 0);
}

[[nodiscard]] Refusal refusal(const QString &code, const QString &subject, const QString &message,
                              const QString &fix)
{
    return {code, subject, message, fix};
}

[[nodiscard]] bool allows(const Constraints &constraints, const QString &region)
{
    return constraints.regions.isEmpty()
        || std::any_of(
               constraints.regions.begin(), constraints.regions.end(), [&](const QString &glob) {
                   return QRegularExpression(QRegularExpression::wildcardToRegularExpression(glob))
                       .match(region)
                       .hasMatch();
               });
}

[[nodiscard]] QString regionName(const SimStamp &stamp)
{
    if (!stamp.place.isEmpty() || stamp.played)
        return stamp.place;
    return simulatedRegions().at(size_t(stamp.region)).name;
}

[[nodiscard]] QString partName(const SimStamp &stamp, size_t which)
{
    return stamp.played ? stamp.parts.at(qsizetype(which)) : QString(componentNames.at(which));
}

[[nodiscard]] std::optional<size_t> componentIndex(const SimStamp &stamp, const QString &name)
{
    for (size_t i = 0; i < stamp.written.components.size(); ++i) {
        if (partName(stamp, i) == name)
            return i;
    }
    return std::nullopt;
}

/// Whether its number of replicas is what it is.
[[nodiscard]] bool isFixed(const SimStamp &stamp, size_t which)
{
    const ComponentWritten &component = stamp.written.components.at(which);
    return stamp.played ? component.min == component.max : which == databaseIndex;
}

/// What a primitive asks for, as text: the same text under one key is the same request.
struct RequestText
{
    QString operator()(const PlaceTenant &p) const { return join({p.tenant, p.from, p.to}); }
    QString operator()(const ProbeTenant &p) const { return join({p.tenant, p.at}); }
    QString operator()(const ShiftTenant &p) const { return join({p.tenant, p.from, p.to}); }
    QString operator()(const RetireTenant &p) const { return join({p.tenant, p.at}); }
    QString operator()(const MoveTenant &p) const { return join({p.tenant, p.from, p.to}); }
    QString operator()(const CordonStamp &p) const { return p.stamp; }
    QString operator()(const UncordonStamp &p) const { return p.stamp; }
    QString operator()(const ScaleStamp &p) const
    {
        QStringList parts{p.stamp};
        for (auto it = p.to.components.cbegin(); it != p.to.components.cend(); ++it)
            parts.append(it.key() + u'=' + QString::number(it.value()));
        const auto limit = [&](const QString &name, const std::optional<double> &value) {
            if (value)
                parts.append(name + u'=' + QString::number(*value, 'g', 17));
        };
        limit(u"cpu"_s, p.to.cpu);
        limit(u"memory"_s, p.to.memory);
        limit(u"storage"_s, p.to.storage);
        for (const auto &[name, rule] : p.to.rules) {
            parts.append(rule ? u"%1=%2:%3,%4..%5,%6"_s.arg(name, toString(rule->signal))
                                    .arg(rule->target, 0, 'g', 17)
                                    .arg(rule->min)
                                    .arg(rule->max)
                                    .arg(rule->cooldown.count())
                              : QString(name + u"=none"_s));
        }
        return join(parts);
    }
    QString operator()(const CreateStamp &p) const
    {
        const QByteArray parameters
                = QJsonDocument(p.parameters).toJson(QJsonDocument::Compact);
        return join({p.stamp, p.fromTemplate, p.region, QString::fromUtf8(parameters)});
    }
    QString operator()(const DeleteStamp &p) const { return p.stamp; }
    static QString join(const QStringList &parts) { return parts.join(u'\n'); }
};

[[nodiscard]] QString requestText(const Primitive &primitive)
{
    return kindOf(primitive) + u'\n' + std::visit(RequestText{}, primitive);
}

[[nodiscard]] QString versionOf(int releases)
{
    return u"1.42."_s + QString::number(2 + releases);
}

[[nodiscard]] QString replicas(int count)
{
    return Words::tr("%Ln replica(s)", nullptr, count);
}

} // namespace

Simulation::Simulation(const SimulatorSettings &settings, FleetState fleet, LoadModel model)
    : m_settings(settings)
    , m_fleet(std::move(fleet))
    , m_model(model)
{ }

Simulation::~Simulation() = default;

Result<std::unique_ptr<Simulation>> Simulation::create(const SimulatorSettings &settings,
                                                       Timestamp now)
{
    const SimTime wall = now.time_since_epoch().count();
    StateIdentity identity;
    identity.storyStart = identity.epochSim = identity.epochWall = wall;
    identity.timeScale = settings.timeScale;
    const QString perStamp =
        settings.tenantsPerStamp ? QString::number(*settings.tenantsPerStamp) : u"some"_s;
    std::shared_ptr<const Scenario> scenario = settings.story;
    QString rehearsed; // so that what one of them wrote is none of another's
    if (!settings.scenario.isEmpty()) {
        if (!scenario) {
            auto read = readScenario(settings.scenario);
            if (!read)
                return fail(read.error());
            scenario = std::make_shared<const Scenario>(std::move(*read));
        }
        rehearsed = settings.scenario.section(u'/', -1);
    }
    const bool isPlayed = scenario && scenario->recording;
    const QString fingerprint =
        u"%1 stamps, %2 tenants on each, seed %3, calm %4%5"_s.arg(settings.stamps)
            .arg(perStamp)
            .arg(settings.seed)
            .arg(settings.calm ? u"true"_s : u"false"_s,
                 rehearsed.isEmpty() ? QString() : QString(u", scenario "_s + rehearsed));
    identity.instance = settings.state.isEmpty()
        ? u"simulator-%1-%2%3%4"_s.arg(settings.seed)
              .arg(settings.stamps)
              .arg(settings.tenantsPerStamp ? u"x"_s + perStamp : QString(),
                   !rehearsed.isEmpty() ? QString(u'-' + rehearsed)
                       : settings.calm  ? u"-calm"_s
                                        : QString())
        : u"simulator-"_s + QUuid::createUuid().toString(QUuid::WithoutBraces);

    std::unique_ptr<StateFile> file;
    FleetState generated = isPlayed
        ? playedFleet(*scenario->recording, *scenario->recording->source(scenario->source), wall)
        : generateFleet(settings, wall);
    if (!settings.state.isEmpty()) {
        // Its names are needed to read the file; they do not depend on when the story begins.
        auto opened = StateFile::open(settings.state, fingerprint, identity, generated);
        if (!opened)
            return fail(opened.error());
        file = std::move(*opened);
        identity = file->content().identity;
        if (identity.timeScale != settings.timeScale) {
            // Another speed from here on; what was lived through at the old one stays.
            identity.epochSim += SimTime(double(wall - identity.epochWall) * identity.timeScale);
            identity.epochWall = wall;
            identity.timeScale = settings.timeScale;
            if (const auto kept = file->writeIdentity(identity); !kept)
                return fail(kept.error());
        }
    }

    if (identity.storyStart != wall)
        generated = generateFleet(settings, identity.storyStart);

    if (scenario)
        stage(*scenario, generated, identity.storyStart);

    // Small fleets are measured every five seconds, large ones a hundredth of them every second.
    const auto count = isPlayed ? SimTime(generated.stamps.size()) : SimTime(settings.stamps);
    const SimTime interval = std::clamp<SimTime>(count / 100, 5, 100) * second;
    std::unique_ptr<Simulation> is(
        new Simulation(settings, std::move(generated),
                       LoadModel(settings.seed, identity.storyStart, interval, settings.calm,
                                 isPlayed ? scenario->recording->step.count() : 0)));
    if (isPlayed) {
        is->m_recording = scenario->recording;
        is->m_source = scenario->source;
    }
    is->m_identity = identity;
    is->m_file = std::move(file);
    FleetState &fleet = is->m_fleet;
    is->m_templates = simulatedTemplates(settings.owner);
    is->m_stampIndex.reserve(qsizetype(fleet.stamps.size()));
    for (size_t i = 0; i < fleet.stamps.size(); ++i) {
        if (!fleet.stamps.at(i).gone)
            is->m_stampIndex.insert(fleet.stamps.at(i).name, int(i));
    }
    is->m_tenantIndex.reserve(qsizetype(fleet.tenants.size()));
    for (size_t i = 0; i < fleet.tenants.size(); ++i) {
        if (!fleet.tenants.at(i).gone)
            is->m_tenantIndex.insert(fleet.tenants.at(i).id, int(i));
    }
    if (isPlayed)
        is->beginPlay();
    is->buildShapes();

    // A noisy neighbour is so noisy that its stamp stands where the story wants it at the start.
    for (SimTenant &tenant : fleet.tenants) {
        if (tenant.surge <= 0)
            continue;
        const double wanted = std::exchange(tenant.surge, 0);
        const int at = tenant.written.owner;
        const Measurement quiet = is->m_model.measure(fleet.stamps.at(size_t(at)), at,
                                                      fleet.tenants, identity.storyStart);
        tenant.surge = std::max(0.0, wanted - quiet.cpuWanted);
    }

    if (is->m_file) {
        is->restore();
        for (const auto &[id, written] : is->m_file->content().tenants) {
            const auto tenant = is->m_tenantIndex.constFind(id);
            if (tenant == is->m_tenantIndex.cend()) {
                return fail(
                    ErrorKind::Invalid,
                    Words::tr("the key \"state\" of the simulator takes a state file of this "
                              "fleet; \"%1\" knows a tenant \"%2\" that it lacks")
                        .arg(settings.state, id));
            }
            fleet.tenants.at(size_t(*tenant)).written = written;
        }
        is->m_keys = is->m_file->content().keys;
        for (const auto &[isTenant, name, mark] : is->m_file->content().marks) {
            const auto &index = isTenant ? is->m_tenantIndex : is->m_stampIndex;
            if (const auto at = index.constFind(name); at != index.cend())
                (isTenant ? is->m_tenantMarks : is->m_stampMarks).insert(*at, mark);
        }
        is->m_file->forgetContent();
        for (SimStamp &stamp : fleet.stamps) {
            stamp.tenants.clear();
            stamp.shapes.clear();
        }
        for (size_t i = 0; i < fleet.tenants.size(); ++i) {
            for (const PlacementWritten &placement : fleet.tenants.at(i).written.placements)
                fleet.stamps.at(size_t(placement.stamp)).tenants.push_back(int(i));
        }
        is->buildShapes();
    }

    is->m_wall = now;
    is->m_now = is->simulated(now);
    is->m_rulesUntil = is->m_now;
    for (size_t i = 0; i < fleet.tenants.size(); ++i) {
        for (const PlacementWritten &placement : fleet.tenants.at(i).written.placements) {
            if (placement.state == PlacementState::Starting && placement.readyAt != never)
                is->m_starting.emplace(placement.servesAt(), int(i));
        }
    }
    for (size_t i = 0; i < fleet.stamps.size(); ++i) {
        const SimStamp &stamp = fleet.stamps.at(i);
        if (!stamp.gone && stamp.written.changesAt != never)
            is->m_changing.emplace(stamp.written.changesAt, int(i));
        for (size_t c = 0; c < stamp.written.components.size() && !stamp.gone; ++c) {
            if (fleet.stamps.at(i).written.components.at(c).rule)
                is->m_ruled.emplace_back(int(i), c);
        }
    }
    is->m_stamps.resize(fleet.stamps.size());
    is->m_tenants.resize(fleet.tenants.size());
    is->m_stampChanged.assign(fleet.stamps.size(), 0);
    is->m_tenantChanged.assign(fleet.tenants.size(), 0);
    is->settleStarted(is->m_now);
    is->settleStamps(is->m_now);
    for (size_t i = 0; i < fleet.tenants.size(); ++i) {
        if (!fleet.tenants.at(i).gone)
            is->publishTenant(int(i));
    }
    for (size_t i = 0; i < fleet.stamps.size(); ++i) {
        if (!fleet.stamps.at(i).gone)
            is->publishStamp(int(i));
    }
    is->m_gone.clear();
    is->m_goneTenants.clear();
    return is;
}

Simulation::SimTime Simulation::simulated(Timestamp wall) const
{
    const SimTime passed = wall.time_since_epoch().count() - m_identity.epochWall;
    return m_identity.epochSim + SimTime(std::llround(double(passed) * m_identity.timeScale));
}

Timestamp Simulation::outward(SimTime time) const
{
    const double passed = double(time - m_identity.epochSim) / m_identity.timeScale;
    return Timestamp(std::chrono::milliseconds(m_identity.epochWall + std::llround(passed)));
}

// What the state file knows of stamps: those of the fleet as they are now, and those that were
// made. Each keeps the place that it had, since its load follows from that.
void Simulation::restore()
{
    const size_t first = m_fleet.stamps.size();
    const auto &known = m_file->content().stamps;
    size_t count = first;
    for (const auto &[name, written] : known) {
        if (written.made)
            count = std::max(count, size_t(written.made->ordinal) + 1);
    }
    // Places of which nobody knows any more stay empty.
    for (size_t i = first; i < count; ++i) {
        SimStamp nobody;
        nobody.gone = true;
        m_fleet.stamps.push_back(std::move(nobody));
    }
    for (const auto &[name, written] : known) {
        if (written.made) {
            // A made one of this name: the one that came with the fleet is gone.
            if (const auto before = m_stampIndex.constFind(name); before != m_stampIndex.cend())
                m_fleet.stamps.at(size_t(*before)).gone = true;
            const int index = written.made->ordinal;
            m_fleet.stamps.at(size_t(index)) = madeStamp(name, *written.made, m_settings.seed);
            m_stampIndex.insert(name, index);
        }
        m_fleet.stamps.at(size_t(m_stampIndex.value(name))).written = written;
    }
}

// ---- What load follows from

void Simulation::buildShapes()
{
    for (size_t i = 0; i < m_fleet.stamps.size(); ++i)
        reshape(int(i), always);
}

void Simulation::reshape(int index, SimTime from)
{
    SimStamp &stamp = m_fleet.stamps.at(size_t(index));
    LoadShape shape;
    shape.from = from;
    shape.tenants.reserve(stamp.tenants.size());
    for (const int tenant : stamp.tenants) {
        const TenantWritten &is = m_fleet.tenants.at(size_t(tenant)).written;
        const PlacementWritten *placement = is.on(index);
        shape.tenants.push_back(
            {tenant, float(weightOf(placement->state, is.owner == index, placement->fails))});
    }
    shape.limits = {stamp.written.cpu, stamp.written.memory, stamp.written.storage};
    shape.components = stamp.written.components;
    if (!stamp.shapes.empty() && stamp.shapes.back().from >= from) {
        shape.from = stamp.shapes.back().from;
        stamp.shapes.back() = std::move(shape);
        return;
    }
    if (stamp.shapes.size() >= maxShapes)
        stamp.shapes.erase(stamp.shapes.begin());
    stamp.shapes.push_back(std::move(shape));
}

// ---- Time

void Simulation::advance(Timestamp now)
{
    if (now <= m_wall)
        return;
    m_wall = now;
    const SimTime until = simulated(now);
    while (m_nextPlay < m_play.size() && m_play.at(m_nextPlay).at <= until)
        live(m_play.at(m_nextPlay).at);
    live(until);
    m_now = until;
    publish();
}

void Simulation::live(SimTime until)
{
    while (!m_starting.empty() && m_starting.begin()->first <= until) {
        const SimTime due = m_starting.begin()->first;
        settleStamps(due);
        runRules(due);
        settleStarted(due);
    }
    settleStamps(until);
    runRules(until);
    play(until);
}

void Simulation::settleStarted(SimTime until)
{
    while (!m_starting.empty() && m_starting.begin()->first <= until) {
        const auto [when, index] = *m_starting.begin();
        m_starting.erase(m_starting.begin());
        TenantWritten &tenant = m_fleet.tenants.at(size_t(index)).written;
        for (PlacementWritten &placement : tenant.placements) {
            if (placement.state != PlacementState::Starting || placement.servesAt() > until)
                continue;
            // What failed stays "starting", and its probe says why: nobody else takes it away.
            if (!placement.fails) {
                placement.state = PlacementState::Serving;
                placement.since = placement.servesAt();
                reshape(placement.stamp, when);
                markStamp(placement.stamp);
            }
        }
        markTenant(index);
    }
}

// What was being made is active, or drained where somebody closed it before; and what was being deleted
// is gone.
void Simulation::settleStamps(SimTime until)
{
    while (!m_changing.empty() && m_changing.begin()->first <= until) {
        const auto [when, index] = *m_changing.begin();
        m_changing.erase(m_changing.begin());
        SimStamp &stamp = m_fleet.stamps.at(size_t(index));
        if (stamp.written.lifecycle == Lifecycle::Deleting) {
            forget(index);
            continue;
        }
        // Follows from what is on disk: nothing to write.
        const bool isClosed = std::exchange(stamp.written.cordonedUnmade, false);
        stamp.written.lifecycle = isClosed ? Lifecycle::Drained : Lifecycle::Active;
        stamp.written.changesAt = never;
        stamp.written.writes += 1;
        stamp.written.lastChange = isClosed ? Words::tr("drained") : Words::tr("active");
        stamp.written.updatedAt = when;
        reshape(index, when);
        markStamp(index);
    }
}

void Simulation::forget(int index)
{
    SimStamp &stamp = m_fleet.stamps.at(size_t(index));
    stamp.gone = true;
    m_stampIndex.remove(stamp.name);
    m_gone.append(stamp.name);
    std::erase_if(m_ruled, [index](const auto &ruled) { return ruled.first == index; });
}

void Simulation::runRules(SimTime until)
{
    if (until <= m_rulesUntil || !m_settings.autoscaler)
        return;
    const SimTime turns = maxRuleTurns / std::max<SimTime>(1, SimTime(m_ruled.size()));
    const SimTime from =
        std::max(m_rulesUntil, until - std::max<SimTime>(1, turns) * m_model.interval());
    m_rulesUntil = until;
    // The rules of one stamp stand together, and take their turns in the order of time.
    for (auto first = m_ruled.begin(); first != m_ruled.end();) {
        const int stamp = first->first;
        const auto last = std::find_if(first, m_ruled.end(),
                                       [&](const auto &ruled) { return ruled.first != stamp; });
        SimTime time = m_model.measuredAt(stamp, from);
        if (time <= from)
            time += m_model.interval();
        for (; time <= until; time += m_model.interval()) {
            for (auto it = first; it != last; ++it)
                runRule(stamp, it->second, time);
        }
        first = last;
    }
}

void Simulation::runRule(int index, size_t which, SimTime time)
{
    SimStamp &stamp = m_fleet.stamps.at(size_t(index));
    const ComponentWritten &component = stamp.written.components.at(which);
    // What was recorded was scaled already, as long as nobody here has a hand in it.
    if (stamp.played && !stamp.played->taken)
        return;
    if (!component.rule || stamp.written.changesAt != never || time < component.rule->lastAt + component.rule->cooldownMs
        || time < component.changedAt || time < settledAt(component))
        return;
    const RuleWritten &rule = *component.rule;
    const Measurement measured = m_model.measure(stamp, index, m_fleet.tenants, time);
    const int ready = std::max(1, measured.ready.at(qsizetype(which)));
    double is = 0;
    QString how;
    switch (rule.signal) {
    case SignalKind::Cpu:
        is = measured.load.at(qsizetype(which));
        how = Words::tr("cpu %1").arg(percent(is));
        break;
    case SignalKind::Memory:
        is = 0.35 + 0.4 * measured.load.at(qsizetype(which));
        how = Words::tr("memory %1").arg(percent(is));
        break;
    case SignalKind::RequestsPerSecond:
        is = measured.requestsPerSecond / ready;
        how = Words::tr("%L1 requests/s on each").arg(std::lround(is));
        break;
    case SignalKind::LatencyP99:
        is = measured.latencyP99Ms;
        how = Words::tr("p99 %L1 ms").arg(std::lround(is));
        break;
    }
    const double ratio = is / rule.target;
    if (!std::isfinite(ratio))
        return;
    // Small differences are noise. Going down waits for more of a difference than going up.
    if (ratio < 1.1 && ratio > 0.7)
        return;
    int wanted = int(std::ceil(std::max(1, component.desired) * std::min(ratio, 2.0)));
    if (rule.signal == SignalKind::LatencyP99)
        wanted = component.desired + (ratio > 1 ? 1 : -1);
    wanted = std::clamp(wanted, component.min, component.max);
    if (wanted == component.desired)
        return;
    const QString target = rule.signal == SignalKind::Cpu || rule.signal == SignalKind::Memory
        ? percent(rule.target)
        : rule.signal == SignalKind::LatencyP99
        ? Words::tr("%1 ms", "unit").arg(QLocale().toString(std::lround(rule.target)))
        : QLocale().toString(std::lround(rule.target));

    StampWritten next = stamp.written;
    ComponentWritten &changed = next.components.at(which);
    changed.before = std::min(startedReplicas(component, time), wanted);
    changed.desired = wanted;
    changed.changedAt = time;
    changed.rule->lastAt = time;
    changed.rule->lastFrom = component.desired;
    changed.rule->lastTo = wanted;
    //: %1 and %2 are counts, %3 what was measured, %4 the rule's target
    changed.rule->lastWhy =
        (ratio > 1 ? Words::tr("%1 to %2, %3 over %4") : Words::tr("%1 to %2, %3 under %4"))
            .arg(QString::number(component.desired), QString::number(wanted), how, target);
    next.writes += 1;
    next.lastChange = Words::tr("%1 %2 to %3")
                          .arg(partName(stamp, which))
                          .arg(component.desired)
                          .arg(wanted);
    next.updatedBy = u"autoscaler"_s;
    next.updatedAt = time;
    Transaction transaction;
    transaction.stamps.emplace_back(index, next);
    // Like any backend: what can't be written down is not done, and is tried again later.
    if (m_file && !m_file->write(transaction, m_fleet, 0))
        return;
    stamp.written = std::move(next);
    reshape(index, time);
    markStamp(index);
}

// ---- Reading

void Simulation::publish()
{
    for (size_t i = 0; i < m_fleet.stamps.size(); ++i) {
        const Published &is = m_stamps.at(i);
        if (m_fleet.stamps.at(i).gone)
            continue;
        if (m_stampChanged.at(i) || m_now <= is.settlesAt + second
            || m_model.measuredAt(int(i), m_now) != is.measuredAt)
            publishStamp(int(i));
    }
    for (const int tenant : m_changedTenants) {
        if (!m_fleet.tenants.at(size_t(tenant)).gone)
            publishTenant(tenant);
    }
}

void Simulation::markStamp(int index)
{
    if (std::exchange(m_stampChanged.at(size_t(index)), char(1)) == 0)
        m_changedStamps.push_back(index);
}

void Simulation::markTenant(int index)
{
    if (std::exchange(m_tenantChanged.at(size_t(index)), char(1)) == 0)
        m_changedTenants.push_back(index);
}

Demand Simulation::reservedOn(int index) const
{
    const SimStamp &stamp = m_fleet.stamps.at(size_t(index));
    double cpu = *stamp.base.cpu;
    double memory = *stamp.base.memory;
    double storage = *stamp.base.storage;
    for (const int tenant : stamp.tenants) {
        const Demand &demand = m_fleet.tenants.at(size_t(tenant)).demand;
        cpu += demand.cpu.value_or(0);
        memory += demand.memory.value_or(0);
        storage += demand.storage.value_or(0);
    }
    Demand sum;
    sum.cpu = std::round(cpu * 1000) / 1000;
    sum.memory = memory;
    sum.storage = storage;
    return sum;
}

Resources Simulation::resourcesOf(int index, const Measurement &measured) const
{
    const SimStamp &stamp = m_fleet.stamps.at(size_t(index));
    const Demand reserved = reservedOn(index);
    Resources is;
    is.cpu = {stamp.written.cpu.at(m_now), reserved.cpu, std::round(measured.cpu * 100) / 100};
    is.memory = {stamp.written.memory.at(m_now), reserved.memory, std::round(measured.memory)};
    is.storage = {stamp.written.storage.at(m_now), reserved.storage, std::round(measured.storage)};
    const double taken = double(stamp.tenants.size());
    is.tenants = {double(stamp.slotCount), taken, taken};
    return is;
}

ScalingRule Simulation::ruleTold(const RuleWritten &rule) const
{
    ScalingRule told;
    told.signal = rule.signal;
    told.target = rule.target;
    told.cooldown = std::chrono::milliseconds(rule.cooldownMs);
    told.by = m_settings.autoscaler ? u"backend"_s : u"stampd"_s;
    if (rule.lastAt != always)
        told.lastAt = outward(rule.lastAt);
    told.lastWhy = rule.lastWhy;
    if (rule.lastFrom != rule.lastTo) {
        told.lastFrom = rule.lastFrom;
        told.lastTo = rule.lastTo;
    }
    return told;
}

SimTime Simulation::settlesAt(const StampWritten &written)
{
    SimTime settles = std::max(
        {written.cpu.effectiveAt, written.memory.effectiveAt, written.storage.effectiveAt});
    for (const ComponentWritten &component : written.components) {
        settles = std::max(settles, settledAt(component));
        if (component.restartedAt != always)
            settles = std::max(settles, component.restartedAt + 15 * second);
    }
    return settles;
}

void Simulation::publishStamp(int index)
{
    const SimStamp &stamp = m_fleet.stamps.at(size_t(index));
    if (stamp.played) {
        publishPlayed(index);
        return;
    }
    Published &published = m_stamps.at(size_t(index));
    const Measurement measured = m_model.measure(stamp, index, m_fleet.tenants, m_now);
    const SimTime measuredAt = m_model.measuredAt(index, m_now);

    auto is = std::make_shared<Stamp>();
    is->name = stamp.name;
    is->region = regionName(stamp);
    is->ring = QString::number(stamp.ring);
    is->version = versionOf(m_model.releases(stamp, index, m_now));
    is->zone = stamp.zone;
    is->lifecycle = stamp.written.lifecycle;
    is->resources = resourcesOf(index, measured);
    is->labels = stamp.labels;
    is->mark = m_stampMarks.value(index);
    is->revision = stampRevision(index, m_now);
    is->updatedBy = stamp.written.updatedBy;
    is->updatedAt = outward(stamp.written.updatedAt);
    is->observedAt = outward(measuredAt);

    is->signalValues.requestsPerSecond = std::round(measured.requestsPerSecond * 10) / 10;
    is->signalValues.errorRatio = std::round(measured.errorRatio * 1e6) / 1e6;
    if (measured.requestsPerSecond > 0) {
        // Where nothing is asked, nothing is slow.
        is->signalValues.latencyP50Ms = std::round(measured.latencyP50Ms * 10) / 10;
        is->signalValues.latencyP99Ms = std::round(measured.latencyP99Ms * 10) / 10;
    }
    const double price = simulatedRegions().at(size_t(stamp.region)).price;
    constexpr double gibibyte = 1024.0 * 1024 * 1024;
    const double hourly = price
        * (0.115 * *is->resources.cpu.limit + 0.0125 * *is->resources.memory.limit / gibibyte
           + 0.00012 * *is->resources.storage.limit / gibibyte);
    is->costPerHour = Cost{std::round(hourly * 100) / 100, u"EUR"_s};

    std::vector<std::pair<QString, SimTime>> since;
    Health worst = Health::Healthy;
    const auto reason = [&](Health health, const QString &code, const QString &message,
                            const QString &component, std::optional<double> value,
                            std::optional<double> limit, const QString &unit,
                            std::optional<SimTime> knownSince = {}) {
        const QString key = code + u'/' + component;
        SimTime start = knownSince.value_or(measuredAt);
        for (const auto &[before, time] : published.reasons) {
            if (before == key)
                start = std::min(start, time);
        }
        since.emplace_back(key, start);
        is->healthReasons.append({code, message, outward(start), component, value, limit, unit});
        worst = std::max(worst, health);
    };
    const auto incidentSince = [&](Incident::Kind kind, int component) -> std::optional<SimTime> {
        for (const Incident &incident : measured.incidents) {
            if (incident.kind == kind && (component < 0 || incident.component == component))
                return incident.start;
        }
        return std::nullopt;
    };

    // Of what is not there yet nothing is told.
    const bool isMade = stamp.written.lifecycle == Lifecycle::Provisioning;
    for (size_t i = 0; i < componentCount && !isMade; ++i) {
        const ComponentWritten &component = stamp.written.components.at(i);
        const QString name = componentNames.at(i);
        Component out;
        out.name = name;
        out.desired = component.desired;
        out.ready = measured.ready.at(qsizetype(i));
        out.min = component.min;
        out.max = component.max;
        out.health = componentHealth(out.desired, out.ready);
        if (component.rule)
            out.rule = ruleTold(*component.rule);
        const auto crashing = incidentSince(Incident::Kind::CrashLoop, int(i));
        const int started = startedReplicas(component, m_now);
        if (out.ready < started) {
            const int down = started - out.ready;
            const bool bad = out.ready * 2 < out.desired;
            reason(bad ? Health::Unhealthy : Health::Degraded, u"component"_s,
                   Words::tr("%1 %2 of %3 ready, crash loop: %4, exit 137")
                       .arg(name)
                       .arg(out.ready)
                       .arg(out.desired)
                       .arg(replicas(down)),
                   name, double(out.ready), double(out.desired), u"replicas"_s, crashing);
        } else if (out.ready < out.desired) {
            // A backend that is asked for more is not ill while it starts them.
            if (out.ready == 0)
                worst = Health::Unhealthy;
        }
        const double load = measured.load.at(qsizetype(i));
        // Whole per cents: more would be another answer at every look.
        out.load = std::round(load * 100) / 100;
        if (load > 1) {
            out.health = std::max(out.health, Health::Degraded);
            reason(Health::Degraded, u"load"_s,
                   Words::tr("%1 is asked for %2 of what %3 can do")
                       .arg(name, percent(load), replicas(out.ready)),
                   name, load, 1.0, u"ratio"_s, crashing);
        }
        is->components.append(out);
    }
    const double cpuLimit = *is->resources.cpu.limit;
    const double cpuLoad = cpuLimit > 0 ? measured.cpuWanted / cpuLimit : 0;
    if (cpuLoad > 1) {
        reason(Health::Unhealthy, u"load"_s,
               Words::tr("cpu is asked for %1 of its limit").arg(percent(cpuLoad)), {}, cpuLoad,
               1.0, u"ratio"_s);
    }
    const double storageLoad = *is->resources.storage.used / *is->resources.storage.limit;
    if (storageLoad > fullStorage) {
        reason(storageLoad > 0.99 ? Health::Unhealthy : Health::Degraded, u"load"_s,
               Words::tr("storage is %1 full").arg(percent(storageLoad)), {}, storageLoad,
               fullStorage, u"ratio"_s);
    }
    if (measured.requestsPerSecond > 0 && measured.errorRatio > degradedErrors) {
        reason(measured.errorRatio > unhealthyErrors ? Health::Unhealthy : Health::Degraded,
               u"error-ratio"_s,
               Words::tr("errors %1, limit %2")
                   .arg(percent(measured.errorRatio), percent(degradedErrors)),
               {}, measured.errorRatio, degradedErrors, u"ratio"_s,
               incidentSince(Incident::Kind::Errors, -1));
    }
    if (measured.requestsPerSecond > 0 && measured.latencyP99Ms > degradedLatencyMs) {
        reason(Health::Degraded, u"latency-p99"_s,
               Words::tr("p99 %L1 ms, limit %L2 ms")
                   .arg(std::lround(measured.latencyP99Ms))
                   .arg(std::lround(degradedLatencyMs)),
               {}, measured.latencyP99Ms, degradedLatencyMs, u"ms"_s,
               incidentSince(Incident::Kind::Latency, -1));
    }
    is->health = isMade ? Health::Unknown : worst;

    published.reasons = std::move(since);
    published.measuredAt = measuredAt;
    published.settlesAt = settlesAt(stamp.written);
    if (!published.stamp || *published.stamp != *is) {
        published.stamp = std::move(is);
        markStamp(index);
    }
}

void Simulation::publishTenant(int index)
{
    const SimTenant &tenant = m_fleet.tenants.at(size_t(index));
    auto is = std::make_shared<Tenant>();
    is->id = tenant.id;
    is->name = tenant.name;
    is->tier = tenant.tier;
    is->stamp = m_fleet.stamps.at(size_t(tenant.written.owner)).name;
    is->state = tenant.written.placements.size() > 1 ? TenantState::Moving : TenantState::Serving;
    is->placements.reserve(tenant.written.placements.size());
    for (const PlacementWritten &placement : tenant.written.placements) {
        is->placements.push_back({m_fleet.stamps.at(size_t(placement.stamp)).name, placement.state,
                                  outward(placement.since)});
        if (placement.fails && placement.readyAt <= m_now)
            is->state = TenantState::Failed;
    }
    is->operation = tenant.written.operation;
    is->mark = m_tenantMarks.value(index);
    is->demand = tenant.demand;
    is->constraints = tenant.constraints;
    is->revision = tenantRevision(index);
    is->updatedBy = tenant.written.updatedBy;
    is->updatedAt = outward(tenant.written.updatedAt);
    m_tenants.at(size_t(index)) = std::move(is);
}

FleetUpdate Simulation::poll()
{
    FleetUpdate update;
    update.instance = m_identity.instance;
    if (!m_polled) {
        for (size_t i = 0; i < m_stamps.size(); ++i) {
            if (!m_fleet.stamps.at(i).gone)
                update.stamps.push_back(m_stamps.at(i).stamp);
        }
        for (size_t i = 0; i < m_tenants.size(); ++i) {
            if (!m_fleet.tenants.at(i).gone)
                update.tenants.push_back(m_tenants.at(i));
        }
        for (const PlayedOperation &operation : m_operations) {
            if (operation.is && operation.isOurs)
                update.operations.push_back(told(operation));
        }
        m_revision = 1;
    } else {
        update.complete = false;
        std::sort(m_changedStamps.begin(), m_changedStamps.end());
        std::sort(m_changedTenants.begin(), m_changedTenants.end());
        for (const int index : m_changedStamps) {
            if (!m_fleet.stamps.at(size_t(index)).gone)
                update.stamps.push_back(m_stamps.at(size_t(index)).stamp);
        }
        update.goneStamps = m_gone;
        update.goneTenants = m_goneTenants;
        for (const int index : m_changedTenants) {
            if (!m_fleet.tenants.at(size_t(index)).gone)
                update.tenants.push_back(m_tenants.at(size_t(index)));
        }
        for (PlayedOperation &operation : m_operations) {
            if (operation.changed && operation.isOurs)
                update.operations.push_back(told(operation));
        }
        update.unchanged = update.stamps.empty() && update.tenants.empty() && m_gone.isEmpty()
            && m_goneTenants.isEmpty() && update.operations.empty();
        if (!update.unchanged)
            ++m_revision;
    }
    m_polled = true;
    m_gone.clear();
    m_goneTenants.clear();
    for (const int index : m_changedStamps)
        m_stampChanged.at(size_t(index)) = 0;
    for (const int index : m_changedTenants)
        m_tenantChanged.at(size_t(index)) = 0;
    m_changedStamps.clear();
    m_changedTenants.clear();
    for (PlayedOperation &operation : m_operations)
        operation.changed = false;
    update.revision = QString::number(m_revision);
    return update;
}

StampPtr Simulation::stamp(const QString &name) const
{
    const auto index = m_stampIndex.constFind(name);
    return index == m_stampIndex.cend() ? nullptr : m_stamps.at(size_t(*index)).stamp;
}

TenantPtr Simulation::tenant(const QString &id) const
{
    const auto index = m_tenantIndex.constFind(id);
    return index == m_tenantIndex.cend() ? nullptr : m_tenants.at(size_t(*index));
}

Demand Simulation::baseOf(const QString &stamp) const
{
    const auto index = m_stampIndex.constFind(stamp);
    return index == m_stampIndex.cend() ? Demand{} : m_fleet.stamps.at(size_t(*index)).base;
}

QString Simulation::stampRevision(int index, SimTime time) const
{
    // Releases come by the calendar, not by a write; both are what a writer can set.
    const SimStamp &stamp = m_fleet.stamps.at(size_t(index));
    return QString::number(stamp.written.writes) + u'.'
        + QString::number(m_model.releases(stamp, index, time));
}

QString Simulation::tenantRevision(int index) const
{
    return QString::number(m_fleet.tenants.at(size_t(index)).written.writes);
}

Result<std::vector<Series>> Simulation::history(const QStringList &stamps,
                                                const QStringList &signalNames, Timestamp from,
                                                Timestamp to, std::chrono::milliseconds step) const
{
    using Value = double (*)(const Measurement &);
    static const std::vector<std::pair<QString, Value>> known = {
        {u"cpu"_s, [](const Measurement &m) { return m.cpu; }},
        {u"memory"_s, [](const Measurement &m) { return m.memory; }},
        {u"storage"_s, [](const Measurement &m) { return m.storage; }},
        {u"requestsPerSecond"_s, [](const Measurement &m) { return m.requestsPerSecond; }},
        {u"errorRatio"_s, [](const Measurement &m) { return m.errorRatio; }},
        {u"latencyP50Ms"_s, [](const Measurement &m) { return m.latencyP50Ms; }},
        {u"latencyP99Ms"_s, [](const Measurement &m) { return m.latencyP99Ms; }},
    };
    if (step.count() <= 0)
        return fail(ErrorKind::Invalid, Words::tr("a history takes a step of more than nothing"));
    if (to < from)
        return fail(ErrorKind::Invalid, Words::tr("a history ends after it begins"));
    const auto points = (to - from) / step + 1;
    if (points * std::max<qsizetype>(stamps.size(), 1) > maxHistory) {
        return fail(
            ErrorKind::Invalid,
            Words::tr("a history has %Ln value(s) of each signal at the most; take a larger step",
                      nullptr, int(maxHistory)));
    }
    std::vector<std::pair<QString, Value>> wanted;
    for (const auto &signal : known) {
        if (signalNames.isEmpty() || signalNames.contains(signal.first))
            wanted.push_back(signal);
    }
    for (const QString &name : signalNames) {
        if (std::none_of(known.begin(), known.end(),
                         [&](const auto &signal) { return signal.first == name; }))
            return fail(ErrorKind::Invalid, Words::tr("there is no signal \"%1\"").arg(name));
    }
    std::vector<Series> all;
    for (const QString &name : stamps) {
        const auto index = findStamp(name);
        if (!index)
            return fail(index.error());
        const size_t first = all.size();
        for (const auto &[signal, value] : wanted) {
            Series series;
            series.stamp = name;
            series.signal = signal;
            series.start = from;
            series.step = step;
            series.values.reserve(size_t(points));
            all.push_back(std::move(series));
        }
        for (Timestamp at = from; at <= to; at += step) {
            const SimTime time = simulated(at);
            const auto &made = m_fleet.stamps.at(size_t(*index)).written.made;
            if (time > m_now || (made && time < made->at)) {
                // Nothing is recorded of the future, nor of before it was there.
                for (size_t i = 0; i < wanted.size(); ++i)
                    all.at(first + i).values.push_back(std::numeric_limits<float>::quiet_NaN());
                continue;
            }
            const Measurement measured =
                m_model.measure(m_fleet.stamps.at(size_t(*index)), *index, m_fleet.tenants, time);
            for (size_t i = 0; i < wanted.size(); ++i) {
                const bool silent =
                    measured.requestsPerSecond <= 0 && wanted.at(i).first.startsWith("latency"_L1);
                all.at(first + i).values.push_back(silent ? std::numeric_limits<float>::quiet_NaN()
                                                          : float(wanted.at(i).second(measured)));
            }
        }
    }
    return all;
}

// ---- Writing

Result<int> Simulation::findStamp(const QString &name) const
{
    const auto index = m_stampIndex.constFind(name);
    if (index == m_stampIndex.cend())
        return fail(ErrorKind::NotFound, Words::tr("there is no stamp \"%1\"").arg(name));
    return *index;
}

Result<int> Simulation::findTenant(const QString &id) const
{
    const auto index = m_tenantIndex.constFind(id);
    if (index == m_tenantIndex.cend())
        return fail(ErrorKind::NotFound, Words::tr("there is no tenant \"%1\"").arg(id));
    return *index;
}

Result<void> Simulation::checkRevision(const QString &expected, const QString &is,
                                       const QString &name, const QString &lastChange,
                                       const QString &by) const
{
    if (expected.isEmpty() || expected == "*"_L1 || expected == is)
        return {};
    return fail(ErrorKind::Conflict,
                Words::tr("%1 has changed since you read it: %2, by %3").arg(name, lastChange, by),
                u"expected revision %1, is %2"_s.arg(expected, is));
}

Result<void> Simulation::checkMover(int index, const WriteContext &context) const
{
    const SimTenant &tenant = m_fleet.tenants.at(size_t(index));
    if (tenant.written.operation.isEmpty() || tenant.written.operation == context.operation)
        return {};
    return fail(ErrorKind::Conflict,
                Words::tr("%1 is being moved by operation %2, started by %3")
                    .arg(tenant.id, tenant.written.operation, tenant.written.updatedBy));
}

StampWritten Simulation::written(int index, const QString &change,
                                 const WriteContext &context) const
{
    StampWritten next = m_fleet.stamps.at(size_t(index)).written;
    next.writes += 1;
    next.lastChange = change;
    next.updatedBy = context.actor.isEmpty() ? u"somebody"_s : context.actor;
    next.updatedAt = m_now;
    return next;
}

TenantWritten Simulation::writtenTenant(int index, const QString &change,
                                        const WriteContext &context) const
{
    TenantWritten next = m_fleet.tenants.at(size_t(index)).written;
    next.writes += 1;
    next.lastChange = change;
    next.updatedBy = context.actor.isEmpty() ? u"somebody"_s : context.actor;
    next.updatedAt = m_now;
    return next;
}

Simulation::SimTime Simulation::startDuration(const SimTenant &tenant) const
{
    if (m_settings.startSeconds)
        return SimTime(std::llround(*m_settings.startSeconds * double(second)));
    // Four seconds for the smallest, nine for one that asks for twenty cores.
    return SimTime((4 + 5 * std::min(1.0, std::sqrt(tenant.demand.cpu.value_or(1) / 20))) * double(second));
}

QList<Refusal> Simulation::guardsAgainst(int tenantIndex, int to, const WriteContext &context) const
{
    const SimTenant &tenant = m_fleet.tenants.at(size_t(tenantIndex));
    const SimStamp &stamp = m_fleet.stamps.at(size_t(to));
    QList<Refusal> refusals;
    // Who cordoned a stamp may still take back there what it moved away.
    const bool own =
        !context.operation.isEmpty() && stamp.written.cordonOperation == context.operation;
    switch (stamp.written.lifecycle) {
    case Lifecycle::Active:
        break;
    case Lifecycle::Drained:
        if (!own) {
            refusals.append(refusal(u"drained"_s, stamp.name, Words::tr("is drained"),
                                    Words::tr("uncordon it first")));
        }
        break;
    default:
        if (!own) {
            refusals.append(refusal(u"cordoned"_s, stamp.name,
                                    Words::tr("is cordoned and takes no new tenants"),
                                    Words::tr("uncordon it first")));
        }
    }
    if (tenant.constraints.pinned) {
        refusals.append(refusal(
            u"pinned"_s, tenant.id,
            Words::tr("is pinned to %1").arg(m_fleet.stamps.at(size_t(tenant.written.owner)).name),
            Words::tr("ask its owner to unpin it")));
    }
    if (const QString region = regionName(stamp); !allows(tenant.constraints, region)) {
        refusals.append(refusal(
            u"residency"_s, tenant.id,
            Words::tr("may be in %1 only, and %2 is in %3")
                .arg(tenant.constraints.regions.join(u", "_s), stamp.name, region),
            Words::tr("choose a stamp in %1").arg(tenant.constraints.regions.join(u", "_s))));
    }
    for (const int other : stamp.tenants) {
        if (other == tenantIndex)
            continue;
        const SimTenant &there = m_fleet.tenants.at(size_t(other));
        if (!tenant.constraints.antiAffinity.isEmpty()
            && there.constraints.antiAffinity == tenant.constraints.antiAffinity) {
            refusals.append(
                refusal(u"anti-affinity"_s, tenant.id,
                        Words::tr("must not share a stamp with %1, which is on %2")
                            .arg(there.id, stamp.name),
                        Words::tr("move %1 away first, or choose another stamp").arg(there.id)));
        }
        if (there.constraints.exclusive) {
            refusals.append(refusal(u"exclusive"_s, stamp.name,
                                    Words::tr("belongs to %1 alone").arg(there.id),
                                    Words::tr("choose another stamp")));
        }
    }
    if (tenant.constraints.exclusive && !stamp.tenants.empty()) {
        refusals.append(refusal(u"exclusive"_s, tenant.id,
                                Words::tr("needs a stamp for itself, and %1 has %Ln tenant(s)",
                                          nullptr, int(stamp.tenants.size()))
                                    .arg(stamp.name),
                                Words::tr("choose an empty stamp")));
    }
    const Demand reserved = reservedOn(to);
    const std::array<std::pair<ResourceKind, const LimitWritten *>, 3> limits = {{
        {ResourceKind::Cpu, &stamp.written.cpu},
        {ResourceKind::Memory, &stamp.written.memory},
        {ResourceKind::Storage, &stamp.written.storage},
    }};
    for (const auto &[kind, written] : limits) {
        // A limit on its way down binds at once, one on its way up when it is there.
        const double limit = std::min(written->at(m_now), written->wanted);
        const double need = tenant.demand.of(kind).value_or(0);
        const double free = limit - reserved.of(kind).value_or(0);
        if (need > free + slack) {
            const QString word = Spoken::word(kind);
            refusals.append(refusal(
                u"capacity"_s, stamp.name,
                Words::tr("has %1 of %2 free, and %3 needs %4")
                    .arg(amount(kind, std::max(0.0, free)), word, tenant.id, amount(kind, need)),
                Words::tr("raise its %1 limit by %2, or move a tenant away")
                    .arg(word, amount(kind, need - free))));
        }
    }
    if (int(stamp.tenants.size()) >= stamp.slotCount) {
        refusals.append(
            refusal(u"tenant-slots"_s, stamp.name,
                    Words::tr("has all of its %Ln tenant slot(s) taken", nullptr, stamp.slotCount),
                    Words::tr("move a tenant away first")));
    }
    return refusals;
}

Result<Simulation::Outcome> Simulation::place(const PlaceTenant &p,
                                              const WriteContext &context) const
{
    const auto index = findTenant(p.tenant);
    if (!index)
        return fail(index.error());
    const auto from = findStamp(p.from);
    if (!from)
        return fail(from.error());
    const auto to = findStamp(p.to);
    if (!to)
        return fail(to.error());
    const SimTenant &tenant = m_fleet.tenants.at(size_t(*index));
    if (const auto ok = checkMover(*index, context); !ok)
        return fail(ok.error());
    if (const auto ok = checkRevision(context.expectedRevision, tenantRevision(*index), tenant.id,
                                      tenant.written.lastChange, tenant.written.updatedBy);
        !ok)
        return fail(ok.error());
    const QString &owner = m_fleet.stamps.at(size_t(tenant.written.owner)).name;
    if (*from != tenant.written.owner) {
        return fail(ErrorKind::Conflict,
                    Words::tr("%1 is on %2 now, not on %3: %4, by %5")
                        .arg(tenant.id, owner, p.from, tenant.written.lastChange,
                             tenant.written.updatedBy));
    }
    if (*to == tenant.written.owner)
        return fail(ErrorKind::Invalid, Words::tr("%1 is on %2 already").arg(tenant.id, p.to));

    const PlacementWritten *there = tenant.written.on(*to);
    const bool failed = there && there->fails && there->readyAt <= m_now;
    Outcome is;
    if (there && !failed) {
        // It starts or serves there already: nothing to do twice.
        is.outcome.revision = tenantRevision(*index);
        is.outcome.message = Words::tr("%1 is on its way to %2 already").arg(tenant.id, p.to);
        return is;
    }
    if (!there && tenant.written.placements.size() > 1) {
        const PlacementWritten &other = tenant.written.placements.at(
            tenant.written.placements.front().stamp == tenant.written.owner ? 1 : 0);
        return fail(ErrorKind::Conflict,
                    Words::tr("%1 is in flight between %2 and %3; wait until that ends")
                        .arg(tenant.id, owner, m_fleet.stamps.at(size_t(other.stamp)).name));
    }
    if (!failed) {
        QList<Refusal> refusals = guardsAgainst(*index, *to, context);
        if (!refusals.isEmpty())
            return fail(Error::refused(std::move(refusals)));
    }

    TenantWritten next = writtenTenant(*index, Words::tr("starts on %1").arg(p.to), context);
    PlacementWritten placement;
    placement.stamp = *to;
    placement.state = PlacementState::Starting;
    placement.since = m_now;
    placement.readyAt = m_now + startDuration(tenant);
    placement.fails =
        unit(hashOf(m_settings.seed, 0x301, *index, *to, next.attempts)) < m_settings.failureRate;
    next.attempts += 1;
    next.operation = context.operation;
    if (PlacementWritten *again = next.on(*to))
        *again = placement;
    else
        next.placements.push_back(placement);
    is.outcome.revision = QString::number(next.writes);
    is.outcome.message = Words::tr("%1 starts on %2").arg(tenant.id, p.to);
    is.transaction.tenants.emplace_back(*index, std::move(next));
    const SimStamp &target = m_fleet.stamps.at(size_t(*to));
    if (target.written.lifecycle == Lifecycle::Drained) {
        // Taken back by the operation that emptied it: it holds a tenant again.
        StampWritten stamp = written(*to, Words::tr("takes back %1").arg(tenant.id), context);
        stamp.lifecycle = Lifecycle::Cordoned;
        is.transaction.stamps.emplace_back(*to, std::move(stamp));
    }
    return is;
}

Result<WriteOutcome> Simulation::probe(const ProbeTenant &p) const
{
    const auto index = findTenant(p.tenant);
    if (!index)
        return fail(index.error());
    const auto at = findStamp(p.at);
    if (!at)
        return fail(at.error());
    const SimTenant &tenant = m_fleet.tenants.at(size_t(*index));
    const PlacementWritten *placement = tenant.written.on(*at);
    if (!placement) {
        return fail(ErrorKind::Conflict,
                    Words::tr("%1 is not on %2: %3, by %4")
                        .arg(tenant.id, p.at, tenant.written.lastChange, tenant.written.updatedBy));
    }
    WriteOutcome is;
    is.revision = tenantRevision(*index);
    if (placement->state != PlacementState::Starting && placement->readyAt <= m_now) {
        is.message = Words::tr("%1 serves on %2").arg(tenant.id, p.at);
        return is;
    }
    if (placement->state != PlacementState::Starting) {
        // It serves for the last two fifths of the whole.
        const double rest = double(placement->readyAt - placement->since) * 5 / 2;
        is.done = false;
        is.handle = u"start/%1/%2"_s.arg(tenant.id, p.at);
        is.progress = std::clamp(1 - double(placement->readyAt - m_now) / std::max(1.0, rest), 0.0, 0.99);
        is.message = Words::tr("%1 is verified on %2").arg(tenant.id, p.at);
        return is;
    }
    if (placement->readyAt <= m_now) {
        const std::array<QString, 3> why = {
            Words::tr("its image could not be pulled"),
            Words::tr("it did not answer its readiness check"),
            Words::tr("its data could not be attached"),
        };
        return fail(Error::refused(
            {refusal(u"unhealthy"_s, tenant.id,
                     Words::tr("did not start on %1: %2")
                         .arg(p.at, why.at(hashOf(m_settings.seed, *index, *at) % why.size())),
                     Words::tr("try again, or choose another stamp"))}));
    }
    const double all = double(std::max<SimTime>(1, placement->readyAt - placement->since));
    is.done = false;
    is.handle = u"start/%1/%2"_s.arg(tenant.id, p.at);
    is.progress = std::clamp(double(m_now - placement->since) / all, 0.0, 0.99);
    is.message = Words::tr("%1 starts on %2").arg(tenant.id, p.at);
    return is;
}

Result<Simulation::Outcome> Simulation::shift(const ShiftTenant &p,
                                              const WriteContext &context) const
{
    const auto index = findTenant(p.tenant);
    if (!index)
        return fail(index.error());
    const auto from = findStamp(p.from);
    if (!from)
        return fail(from.error());
    const auto to = findStamp(p.to);
    if (!to)
        return fail(to.error());
    const SimTenant &tenant = m_fleet.tenants.at(size_t(*index));
    if (const auto ok = checkMover(*index, context); !ok)
        return fail(ok.error());
    Outcome is;
    if (tenant.written.owner == *to) {
        is.outcome.revision = tenantRevision(*index);
        is.outcome.message = Words::tr("%1 is owned by %2 already").arg(tenant.id, p.to);
        return is;
    }
    if (const auto ok = checkRevision(context.expectedRevision, tenantRevision(*index), tenant.id,
                                      tenant.written.lastChange, tenant.written.updatedBy);
        !ok)
        return fail(ok.error());
    if (tenant.written.owner != *from) {
        return fail(ErrorKind::Conflict,
                    Words::tr("%1 is on %2 now, not on %3: %4, by %5")
                        .arg(tenant.id, m_fleet.stamps.at(size_t(tenant.written.owner)).name,
                             p.from, tenant.written.lastChange, tenant.written.updatedBy));
    }
    const PlacementWritten *target = tenant.written.on(*to);
    if (!target) {
        return fail(ErrorKind::Conflict,
                    Words::tr("%1 has no placement on %2 any more: %3, by %4")
                        .arg(tenant.id, p.to, tenant.written.lastChange, tenant.written.updatedBy));
    }
    if (target->state == PlacementState::Starting) {
        return fail(Error::refused(
            {refusal(u"unhealthy"_s, tenant.id, Words::tr("does not serve on %1 yet").arg(p.to),
                     Words::tr("wait until it does"))}));
    }
    TenantWritten next = writtenTenant(*index, Words::tr("moved to %1").arg(p.to), context);
    next.owner = *to;
    PlacementWritten *there = next.on(*to);
    there->state = PlacementState::Serving;
    PlacementWritten *left = next.on(*from);
    left->state = PlacementState::Draining;
    left->since = m_now;
    is.outcome.revision = QString::number(next.writes);
    is.outcome.message = Words::tr("%1 is served from %2").arg(tenant.id, p.to);
    is.transaction.tenants.emplace_back(*index, std::move(next));
    return is;
}

Result<Simulation::Outcome> Simulation::retire(const RetireTenant &p,
                                               const WriteContext &context) const
{
    const auto index = findTenant(p.tenant);
    if (!index)
        return fail(index.error());
    const auto at = findStamp(p.at);
    if (!at)
        return fail(at.error());
    const SimTenant &tenant = m_fleet.tenants.at(size_t(*index));
    if (const auto ok = checkMover(*index, context); !ok)
        return fail(ok.error());
    Outcome is;
    const PlacementWritten *placement = tenant.written.on(*at);
    if (!placement) {
        is.outcome.revision = tenantRevision(*index);
        is.outcome.message = Words::tr("%1 is not on %2").arg(tenant.id, p.at);
        return is;
    }
    if (const auto ok = checkRevision(context.expectedRevision, tenantRevision(*index), tenant.id,
                                      tenant.written.lastChange, tenant.written.updatedBy);
        !ok)
        return fail(ok.error());
    // The owner's placement always serves, so whoever else goes leaves nobody unserved.
    if (*at == tenant.written.owner) {
        return fail(Error::refused(
            {refusal(u"denied"_s, tenant.id, Words::tr("is owned and served by %1").arg(p.at),
                     Words::tr("shift it to another stamp first"))}));
    }
    TenantWritten next = writtenTenant(*index, Words::tr("left %1").arg(p.at), context);
    std::erase_if(next.placements,
                  [&](const PlacementWritten &other) { return other.stamp == *at; });
    next.operation.clear();
    is.outcome.revision = QString::number(next.writes);
    is.outcome.message = Words::tr("%1 has left %2").arg(tenant.id, p.at);
    is.transaction.tenants.emplace_back(*index, std::move(next));
    const SimStamp &stamp = m_fleet.stamps.at(size_t(*at));
    if (stamp.written.lifecycle == Lifecycle::Cordoned && stamp.tenants.size() == 1) {
        StampWritten drained = written(*at, Words::tr("drained"), context);
        drained.lifecycle = Lifecycle::Drained;
        is.transaction.stamps.emplace_back(*at, std::move(drained));
    }
    return is;
}

Result<Simulation::Outcome> Simulation::cordon(const CordonStamp &p,
                                               const WriteContext &context) const
{
    const auto index = findStamp(p.stamp);
    if (!index)
        return fail(index.error());
    const SimStamp &stamp = m_fleet.stamps.at(size_t(*index));
    if (const auto ok =
            checkRevision(context.expectedRevision, stampRevision(*index, m_now), stamp.name,
                          stamp.written.lastChange, stamp.written.updatedBy);
        !ok)
        return fail(ok.error());
    Outcome is;
    is.outcome.revision = stampRevision(*index, m_now);
    // Taking back a create that has only begun cordons it first; it takes nobody as it is, and is not
    // to begin with that before it is deleted.
    if (stamp.written.lifecycle == Lifecycle::Provisioning && !stamp.written.cordonedUnmade) {
        StampWritten next = written(*index, Words::tr("cordoned"), context);
        next.cordonedUnmade = true;
        is.outcome.message = Words::tr("%1 takes no tenants once it is made").arg(stamp.name);
        is.transaction.stamps.emplace_back(*index, std::move(next));
        return is;
    }
    if (stamp.written.lifecycle != Lifecycle::Active) {
        is.outcome.message = Words::tr("%1 is cordoned already").arg(stamp.name);
        return is;
    }
    // Whoever lost its last tenant before is as empty as who loses it afterwards.
    const bool isEmpty = stamp.tenants.empty();
    StampWritten next =
        written(*index, isEmpty ? Words::tr("drained") : Words::tr("cordoned"), context);
    next.lifecycle = isEmpty ? Lifecycle::Drained : Lifecycle::Cordoned;
    next.cordonOperation = context.operation;
    is.outcome.message = Words::tr("%1 takes no new tenants").arg(stamp.name);
    is.transaction.stamps.emplace_back(*index, std::move(next));
    return is;
}

Result<Simulation::Outcome> Simulation::uncordon(const UncordonStamp &p,
                                                 const WriteContext &context) const
{
    const auto index = findStamp(p.stamp);
    if (!index)
        return fail(index.error());
    const SimStamp &stamp = m_fleet.stamps.at(size_t(*index));
    if (const auto ok =
            checkRevision(context.expectedRevision, stampRevision(*index, m_now), stamp.name,
                          stamp.written.lastChange, stamp.written.updatedBy);
        !ok)
        return fail(ok.error());
    Outcome is;
    is.outcome.revision = stampRevision(*index, m_now);
    if (const auto ok = checkSettled(*index); !ok)
        return fail(ok.error());
    if (stamp.written.lifecycle == Lifecycle::Active) {
        is.outcome.message = Words::tr("%1 takes tenants already").arg(stamp.name);
        return is;
    }
    StampWritten next = written(*index, Words::tr("uncordoned"), context);
    next.lifecycle = Lifecycle::Active;
    next.cordonOperation.clear();
    is.outcome.message = Words::tr("%1 takes tenants again").arg(stamp.name);
    is.transaction.stamps.emplace_back(*index, std::move(next));
    return is;
}

Result<Simulation::Outcome> Simulation::scale(const ScaleStamp &p,
                                              const WriteContext &context) const
{
    const auto index = findStamp(p.stamp);
    if (!index)
        return fail(index.error());
    const SimStamp &stamp = m_fleet.stamps.at(size_t(*index));
    if (const auto ok =
            checkRevision(context.expectedRevision, stampRevision(*index, m_now), stamp.name,
                          stamp.written.lastChange, stamp.written.updatedBy);
        !ok)
        return fail(ok.error());
    if (const auto ok = checkSettled(*index); !ok)
        return fail(ok.error());
    if (p.to.isEmpty())
        return fail(ErrorKind::Invalid, Words::tr("nothing of %1 is to be scaled").arg(stamp.name));

    StampWritten next = stamp.written;
    QStringList changes;
    QList<Refusal> refusals;
    QStringList newRules; // Components whose rule is set or taken away in the same write.
    for (const auto &[name, rule] : p.to.rules) {
        const auto which = componentIndex(stamp, name);
        if (!which) {
            return fail(ErrorKind::NotFound,
                        Words::tr("%1 has no component \"%2\"").arg(stamp.name, name));
        }
        newRules.append(name);
        ComponentWritten &component = next.components.at(*which);
        if (!rule) {
            if (component.rule) {
                component.rule.reset();
                changes.append(Words::tr("%1 without a rule").arg(name));
            }
            continue;
        }
        if (isFixed(stamp, *which)) {
            refusals.append(refusal(u"unsupported"_s, stamp.name,
                                    Words::tr("has a fixed number of replicas of %1").arg(name),
                                    {}));
            continue;
        }
        const bool ratio = rule->signal == SignalKind::Cpu || rule->signal == SignalKind::Memory;
        if (!std::isfinite(rule->target) || rule->target <= 0 || (ratio && rule->target > 1)) {
            return fail(ErrorKind::Invalid,
                        ratio ? Words::tr("a rule's target for %1 is a ratio over 0 and up to 1")
                                    .arg(Spoken::word(rule->signal))
                              : Words::tr("a rule's target for %1 is over 0")
                                    .arg(Spoken::word(rule->signal)));
        }
        if (rule->min < 0 || rule->max < rule->min || rule->max > ScaleSetting::mostReplicas) {
            return fail(ErrorKind::Invalid,
                        Words::tr("a rule's bounds are 0 to %1, the lower first, not %2..%3")
                            .arg(ScaleSetting::mostReplicas)
                            .arg(rule->min)
                            .arg(rule->max));
        }
        if (rule->cooldown.count() < 0 || rule->cooldown > std::chrono::hours(24))
            return fail(ErrorKind::Invalid, Words::tr("a rule's cooldown is up to a day"));
        RuleWritten set;
        if (component.rule)
            set = *component.rule;
        set.signal = rule->signal;
        set.target = rule->target;
        set.cooldownMs = rule->cooldown.count();
        if (component.rule != set || component.min != rule->min || component.max != rule->max)
            changes.append(Words::tr("rule of %1").arg(name));
        component.rule = set;
        component.min = rule->min;
        component.max = rule->max;
        const int within = std::clamp(component.desired, component.min, component.max);
        if (within != component.desired) {
            component.before = std::min(startedReplicas(component, m_now), within);
            changes.append(Words::tr("%1 %2 to %3").arg(name).arg(component.desired).arg(within));
            component.desired = within;
            component.changedAt = m_now;
        }
    }
    for (auto it = p.to.components.cbegin(); it != p.to.components.cend(); ++it) {
        const auto which = componentIndex(stamp, it.key());
        if (!which) {
            return fail(ErrorKind::NotFound,
                        Words::tr("%1 has no component \"%2\"").arg(stamp.name, it.key()));
        }
        ComponentWritten &component = next.components.at(*which);
        if (component.rule && m_settings.autoscaler && !newRules.contains(it.key())) {
            refusals.append(
                refusal(u"unsupported"_s, stamp.name,
                        Words::tr("scales %1 by a rule, so its count can't be set").arg(it.key()),
                        Words::tr("change the rule's bounds, or take it away with --rule %1=none")
                            .arg(it.key())));
            continue;
        }
        if (it.value() < component.min || it.value() > component.max) {
            return fail(ErrorKind::Invalid,
                        component.min == component.max
                            ? Words::tr("%1 of %2 is fixed at %3, not %4")
                                  .arg(it.key(), stamp.name, replicas(component.min),
                                       QString::number(it.value()))
                            : Words::tr("%1 of %2 takes %3 to %Ln replica(s), not %4", nullptr,
                                        component.max)
                                  .arg(it.key(), stamp.name, QString::number(component.min),
                                       QString::number(it.value())));
        }
        if (it.value() == component.desired)
            continue;
        changes.append(
            Words::tr("%1 %2 to %3").arg(it.key()).arg(component.desired).arg(it.value()));
        component.before = std::min(startedReplicas(component, m_now), it.value());
        component.desired = it.value();
        component.changedAt = m_now;
        component.restartedAt = m_now;
    }

    const Demand reserved = reservedOn(*index);
    const auto setLimit = [&](ResourceKind kind, const std::optional<double> &wanted,
                              LimitWritten &limit) -> Result<void> {
        if (!wanted)
            return {};
        const double most = ScaleSetting::mostOf(kind);
        if (!std::isfinite(*wanted) || *wanted <= 0 || *wanted > most) {
            return fail(ErrorKind::Invalid,
                        Words::tr("the %1 limit of %2 is over 0 and up to %3")
                            .arg(Spoken::word(kind), stamp.name, amount(kind, most)));
        }
        if (*wanted == limit.wanted)
            return {};
        const double promised = reserved.of(kind).value_or(0);
        if (*wanted < promised - slack) {
            refusals.append(
                refusal(u"capacity"_s, stamp.name,
                        Words::tr("has promised %1 of %2, more than %3")
                            .arg(amount(kind, promised), Spoken::word(kind), amount(kind, *wanted)),
                        Words::tr("keep at least that, or move tenants away first")));
            return {};
        }
        changes.append(
            Words::tr("%1 %2 to %3")
                .arg(Spoken::word(kind), amount(kind, limit.wanted), amount(kind, *wanted)));
        limit.before = limit.at(m_now);
        limit.wanted = *wanted;
        // Nodes join or leave: from twenty to forty seconds.
        limit.effectiveAt = m_now
            + SimTime(between(hashOf(m_settings.seed, 0x302, *index, next.writes), 20'000, 40'000));
        return {};
    };
    if (const auto ok = setLimit(ResourceKind::Cpu, p.to.cpu, next.cpu); !ok)
        return fail(ok.error());
    if (const auto ok = setLimit(ResourceKind::Memory, p.to.memory, next.memory); !ok)
        return fail(ok.error());
    if (const auto ok = setLimit(ResourceKind::Storage, p.to.storage, next.storage); !ok)
        return fail(ok.error());
    if (!refusals.isEmpty())
        return fail(Error::refused(std::move(refusals)));

    Outcome is;
    if (!changes.isEmpty()) {
        StampWritten stamped = written(*index, changes.join(u", "_s), context);
        next.writes = stamped.writes;
        next.lastChange = stamped.lastChange;
        next.updatedBy = stamped.updatedBy;
        next.updatedAt = stamped.updatedAt;
        is.transaction.stamps.emplace_back(*index, next);
    }
    is.outcome = scaleProgress(*index, next, p.to);
    is.outcome.revision = QString::number(next.writes) + u'.'
        + QString::number(m_model.releases(stamp, *index, m_now));
    return is;
}

// Nothing of a stamp that comes or goes can be changed.
Result<void> Simulation::checkSettled(int index) const
{
    const SimStamp &stamp = m_fleet.stamps.at(size_t(index));
    if (stamp.written.changesAt == never)
        return {};
    const bool goes = stamp.written.lifecycle == Lifecycle::Deleting;
    return fail(Error::refused({refusal(
        u"busy"_s, stamp.name, goes ? Words::tr("is being deleted") : Words::tr("is being made"),
        goes ? QString() : Words::tr("wait until it is active"))}));
}

WriteOutcome Simulation::changeProgress(const QString &name, const StampWritten &written) const
{
    WriteOutcome is;
    if (written.changesAt == never)
        return is;
    const double all = double(std::max<SimTime>(1, written.changesAt - written.updatedAt));
    is.done = false;
    is.progress = std::clamp(double(m_now - written.updatedAt) / all, 0.0, 0.99);
    is.message = written.lifecycle == Lifecycle::Deleting
        ? Words::tr("%1 is being deleted").arg(name)
        : Words::tr("%1 is being made").arg(name);
    return is;
}

Result<Simulation::Outcome> Simulation::make(const CreateStamp &p,
                                             const WriteContext &context) const
{
    if (const auto wrong = wrongStampName(p.stamp))
        return fail(ErrorKind::Invalid, *wrong);
    if (m_stampIndex.contains(p.stamp))
        return fail(ErrorKind::Conflict, Words::tr("%1 exists already").arg(p.stamp));
    if (m_stampIndex.size() >= SimulatorSettings::maxStamps) {
        return fail(ErrorKind::Invalid,
                    Words::tr("the simulator has at most %Ln stamp(s)", nullptr,
                              SimulatorSettings::maxStamps));
    }
    const auto from = std::find_if(m_templates.cbegin(), m_templates.cend(),
                                   [&](const Template &is) { return is.name == p.fromTemplate; });
    if (from == m_templates.cend())
        return fail(ErrorKind::Invalid,
                    Words::tr("there is no template \"%1\"").arg(p.fromTemplate));
    const auto values = checkParameters(*from, p.parameters);
    if (!values)
        return fail(values.error());
    const auto &regions = simulatedRegions();
    const auto where = std::find_if(regions.begin(), regions.end(),
                                    [&](const Region &is) { return is.name == p.region; });
    if (m_recording ? !m_places.contains(p.region) : where == regions.end()) {
        QStringList names(m_places.begin(), m_places.end());
        names.sort();
        for (const Region &region : m_recording ? std::vector<Region>() : regions)
            names.append(region.name);
        return fail(ErrorKind::Invalid,
                    Words::tr("there is no region \"%1\"; there are %2")
                        .arg(p.region, names.join(u", "_s)));
    }
    StampMade made;
    made.ordinal = int(m_fleet.stamps.size());
    made.fromTemplate = from->name;
    if (m_recording)
        made.place = p.region;
    else
        made.region = int(where - regions.begin());
    StampWritten written = writtenFrom(*values, made, m_now);
    written.made = std::make_shared<const StampMade>(made);
    written.lastChange = Words::tr("created");
    written.updatedBy = context.actor.isEmpty() ? u"somebody"_s : context.actor;
    written.updatedAt = m_now;
    Outcome is;
    is.outcome = changeProgress(p.stamp, written);
    is.transaction.added = madeStamp(p.stamp, made, m_settings.seed);
    is.transaction.stamps.emplace_back(made.ordinal, std::move(written));
    return is;
}

Result<Simulation::Outcome> Simulation::remove(const DeleteStamp &p,
                                               const WriteContext &context) const
{
    const auto index = findStamp(p.stamp);
    if (!index)
        return fail(index.error());
    const SimStamp &stamp = m_fleet.stamps.at(size_t(*index));
    Outcome is;
    if (stamp.written.lifecycle == Lifecycle::Deleting) {
        is.outcome = changeProgress(stamp.name, stamp.written);
        return is;
    }
    if (const auto ok =
            checkRevision(context.expectedRevision, stampRevision(*index, m_now), stamp.name,
                          stamp.written.lastChange, stamp.written.updatedBy);
        !ok)
        return fail(ok.error());
    if (!stamp.tenants.empty() || stamp.written.lifecycle == Lifecycle::Active) {
        return fail(Error::refused(
            {refusal(u"not-drained"_s, stamp.name,
                     stamp.tenants.empty()
                         ? Words::tr("takes tenants still")
                         : Words::tr("holds %Ln tenant(s)", nullptr, int(stamp.tenants.size())),
                     Words::tr("drain it first"))}));
    }
    StampWritten next = written(*index, Words::tr("deleted"), context);
    next.lifecycle = Lifecycle::Deleting;
    // Its machines are given back: from ten to twenty seconds.
    next.changesAt = m_now
        + SimTime(between(hashOf(m_settings.seed, 0x303, *index, next.writes), 10'000, 20'000));
    is.outcome = changeProgress(stamp.name, next);
    is.transaction.stamps.emplace_back(*index, std::move(next));
    return is;
}

WriteOutcome Simulation::scaleProgress(int index, const StampWritten &written,
                                       const ScaleSetting &to) const
{
    WriteOutcome is;
    is.handle = u"scale/"_s + m_fleet.stamps.at(size_t(index)).name;
    is.revision = stampRevision(index, m_now);
    QStringList waits;
    double least = 1;
    for (auto it = to.components.cbegin(); it != to.components.cend(); ++it) {
        const auto which = componentIndex(m_fleet.stamps.at(size_t(index)), it.key());
        if (!which)
            continue;
        const ComponentWritten &component = written.components.at(*which);
        const int started = startedReplicas(component, m_now);
        // Somebody who changed it since has something of its own to wait for.
        if (component.desired != it.value() || started >= component.desired)
            continue;
        waits.append(
            Words::tr("%1 %2 of %3 started").arg(it.key()).arg(started).arg(component.desired));
        least = std::min(least,
                         double(started - component.before)
                             / std::max(1, component.desired - component.before));
    }
    const auto limit = [&](ResourceKind kind, const std::optional<double> &wanted,
                           const LimitWritten &is_) {
        if (!wanted || is_.wanted != *wanted || m_now >= is_.effectiveAt)
            return;
        waits.append(
            Words::tr("%1 limit still %2").arg(Spoken::word(kind), amount(kind, is_.before)));
        least =
            std::min(least, std::clamp(1 - double(is_.effectiveAt - m_now) / 40'000.0, 0.0, 0.99));
    };
    limit(ResourceKind::Cpu, to.cpu, written.cpu);
    limit(ResourceKind::Memory, to.memory, written.memory);
    limit(ResourceKind::Storage, to.storage, written.storage);
    is.done = waits.isEmpty();
    is.progress = is.done ? 1 : std::min(least, 0.99);
    is.message = waits.join(u", "_s);
    return is;
}

Result<WriteOutcome> Simulation::perform(const Primitive &primitive, const WriteContext &context)
{
    // A probe only asks, and its answer changes: nothing to keep under its key.
    if (const auto *asked = std::get_if<ProbeTenant>(&primitive))
        return probe(*asked);
    const QString request = requestText(primitive);
    const SimTime wall = m_wall.time_since_epoch().count();
    if (!context.idempotencyKey.isEmpty()) {
        const auto known = m_keys.constFind(context.idempotencyKey);
        if (known != m_keys.cend() && known->at >= wall - keyLifetime) {
            if (known->request != request) {
                return fail(ErrorKind::Invalid,
                            Words::tr("the idempotency key \"%1\" belongs to another request")
                                .arg(context.idempotencyKey));
            }
            return known->outcome;
        }
    }
    if (const auto free = checkMarks(primitive, context); !free)
        return fail(free.error());
    Result<Outcome> is = std::visit(
        [&](const auto &p) -> Result<Outcome> {
            using P = std::decay_t<decltype(p)>;
            if constexpr (std::is_same_v<P, PlaceTenant>)
                return place(p, context);
            else if constexpr (std::is_same_v<P, ShiftTenant>)
                return shift(p, context);
            else if constexpr (std::is_same_v<P, RetireTenant>)
                return retire(p, context);
            else if constexpr (std::is_same_v<P, CordonStamp>)
                return cordon(p, context);
            else if constexpr (std::is_same_v<P, UncordonStamp>)
                return uncordon(p, context);
            else if constexpr (std::is_same_v<P, ScaleStamp>)
                return scale(p, context);
            else if constexpr (std::is_same_v<P, CreateStamp>)
                return make(p, context);
            else if constexpr (std::is_same_v<P, DeleteStamp>)
                return remove(p, context);
            else
                return fail(ErrorKind::Unsupported,
                            Words::tr("the simulator moves tenants step by step, not as a whole"));
        },
        primitive);
    if (!is)
        return fail(is.error());
    if (!is->transaction.stamps.empty()) {
        // A cordon's and an uncordon's outcome tells the revision after the write.
        const auto &[index, stamp] = is->transaction.stamps.front();
        const SimStamp &whose
            = is->transaction.added ? *is->transaction.added : m_fleet.stamps.at(size_t(index));
        if (is->transaction.tenants.empty()) {
            is->outcome.revision = QString::number(stamp.writes) + u'.'
                + QString::number(m_model.releases(whose, index, m_now));
        }
    }
    if (!context.idempotencyKey.isEmpty())
        is->transaction.key = KeyRecord{context.idempotencyKey, request, is->outcome, wall};
    if (const auto done = commit(is->transaction); !done)
        return fail(done.error());
    return is->outcome;
}

Result<WriteOutcome> Simulation::observe(const Primitive &primitive) const
{
    if (const auto *asked = std::get_if<ProbeTenant>(&primitive))
        return probe(*asked);
    if (const auto *asked = std::get_if<ScaleStamp>(&primitive)) {
        const auto index = findStamp(asked->stamp);
        if (!index)
            return fail(index.error());
        return scaleProgress(*index, m_fleet.stamps.at(size_t(*index)).written, asked->to);
    }
    if (const auto *asked = std::get_if<CreateStamp>(&primitive)) {
        const auto index = findStamp(asked->stamp);
        if (!index)
            return fail(ErrorKind::Conflict, Words::tr("%1 is gone again").arg(asked->stamp));
        const SimStamp &stamp = m_fleet.stamps.at(size_t(*index));
        if (stamp.written.lifecycle == Lifecycle::Deleting)
            return fail(ErrorKind::Conflict, Words::tr("%1 is being deleted").arg(asked->stamp));
        WriteOutcome outcome = changeProgress(stamp.name, stamp.written);
        outcome.revision = stampRevision(*index, m_now);
        return outcome;
    }
    if (const auto *asked = std::get_if<DeleteStamp>(&primitive)) {
        const auto index = findStamp(asked->stamp);
        if (!index)
            return WriteOutcome();
        const SimStamp &stamp = m_fleet.stamps.at(size_t(*index));
        if (stamp.written.lifecycle == Lifecycle::Deleting)
            return changeProgress(stamp.name, stamp.written);
        return fail(ErrorKind::Conflict,
                    Words::tr("%1 has changed since: %2, by %3")
                        .arg(stamp.name, stamp.written.lastChange, stamp.written.updatedBy));
    }
    // Everything else is through as soon as it is accepted, unless somebody undid it.
    const auto reached = [&](bool is, int index, const QString &name) -> Result<WriteOutcome> {
        const TenantWritten &now = m_fleet.tenants.at(size_t(index)).written;
        if (!is) {
            return fail(ErrorKind::Conflict,
                        Words::tr("%1 has changed since: %2, by %3")
                            .arg(name, now.lastChange, now.updatedBy));
        }
        WriteOutcome outcome;
        outcome.revision = tenantRevision(index);
        return outcome;
    };
    const auto tenantStep = [&](const QString &id, const QString &where,
                                auto holds) -> Result<WriteOutcome> {
        const auto index = findTenant(id);
        if (!index)
            return fail(index.error());
        const auto stamp = findStamp(where);
        if (!stamp)
            return fail(stamp.error());
        return reached(holds(m_fleet.tenants.at(size_t(*index)).written, *stamp), *index, id);
    };
    if (const auto *p = std::get_if<PlaceTenant>(&primitive)) {
        return tenantStep(p->tenant, p->to, [](const TenantWritten &is, int stamp) {
            return is.on(stamp) != nullptr;
        });
    }
    if (const auto *p = std::get_if<ShiftTenant>(&primitive)) {
        return tenantStep(p->tenant, p->to,
                          [](const TenantWritten &is, int stamp) { return is.owner == stamp; });
    }
    if (const auto *p = std::get_if<RetireTenant>(&primitive)) {
        return tenantStep(p->tenant, p->at,
                          [](const TenantWritten &is, int stamp) { return !is.on(stamp); });
    }
    const auto *cordoned = std::get_if<CordonStamp>(&primitive);
    const auto *uncordoned = std::get_if<UncordonStamp>(&primitive);
    if (!cordoned && !uncordoned) {
        return fail(ErrorKind::Unsupported,
                    Words::tr("the simulator moves tenants step by step, not as a whole"));
    }
    const auto index = findStamp(cordoned ? cordoned->stamp : uncordoned->stamp);
    if (!index)
        return fail(index.error());
    const StampWritten &now = m_fleet.stamps.at(size_t(*index)).written;
    if ((now.lifecycle == Lifecycle::Active) == (cordoned != nullptr)) {
        return fail(
            ErrorKind::Conflict,
            Words::tr("%1 has changed since: %2, by %3")
                .arg(m_fleet.stamps.at(size_t(*index)).name, now.lastChange, now.updatedBy));
    }
    WriteOutcome outcome;
    outcome.revision = stampRevision(*index, m_now);
    return outcome;
}

Result<void> Simulation::commit(const Transaction &transaction)
{
    const SimTime wall = m_wall.time_since_epoch().count();
    if (m_file
        && (!transaction.stamps.empty() || !transaction.tenants.empty() || transaction.key)) {
        if (auto done = m_file->write(transaction, m_fleet, wall - keyLifetime); !done)
            return fail(done.error());
    }
    if (const auto &key = transaction.key) {
        m_keys.insert(key->key, *key);
        if (wall - m_keysSweptAt > hour) {
            m_keysSweptAt = wall;
            m_keys.removeIf([&](const auto &entry) { return entry->at < wall - keyLifetime; });
        }
    }
    if (transaction.added) {
        const int index = int(m_fleet.stamps.size());
        m_fleet.stamps.push_back(*transaction.added);
        m_stampIndex.insert(transaction.added->name, index);
        m_gone.removeAll(transaction.added->name);
        m_stamps.emplace_back();
        m_stampChanged.push_back(0);
    }
    std::set<int> reshaped;
    for (const auto &[index, next] : transaction.stamps) {
        m_changing.erase({m_fleet.stamps.at(size_t(index)).written.changesAt, index});
        if (next.changesAt != never)
            m_changing.emplace(next.changesAt, index);
        StampWritten &is = m_fleet.stamps.at(size_t(index)).written;
        is = next;
        if (const auto &played = m_fleet.stamps.at(size_t(index)).played)
            played->taken = true;
        reshaped.insert(index);
        std::erase_if(m_ruled, [at = index](const auto &ruled) { return ruled.first == at; });
        for (size_t c = 0; c < is.components.size(); ++c) {
            if (is.components.at(c).rule)
                m_ruled.emplace_back(index, c);
        }
    }
    for (const auto &[index, next] : transaction.tenants) {
        if (const auto &played = m_fleet.tenants.at(size_t(index)).played)
            played->taken = true;
        TenantWritten &is = m_fleet.tenants.at(size_t(index)).written;
        for (const PlacementWritten &placement : is.placements) {
            if (placement.state == PlacementState::Starting)
                m_starting.erase({placement.servesAt(), index});
            auto &there = m_fleet.stamps.at(size_t(placement.stamp)).tenants;
            std::erase(there, index);
            reshaped.insert(placement.stamp);
        }
        is = next;
        for (const PlacementWritten &placement : is.placements) {
            if (placement.state == PlacementState::Starting
                && !(placement.fails && placement.readyAt <= m_now))
                m_starting.emplace(placement.servesAt(), index);
            auto &there = m_fleet.stamps.at(size_t(placement.stamp)).tenants;
            there.insert(std::lower_bound(there.begin(), there.end(), index), index);
            reshaped.insert(placement.stamp);
        }
        markTenant(index);
    }
    holdTaken();
    settleStarted(m_now);
    for (const int index : reshaped) {
        reshape(index, m_now);
        markStamp(index);
    }
    for (const int index : reshaped)
        publishStamp(index);
    for (const auto &[index, next] : transaction.tenants)
        publishTenant(index);
    return {};
}

} // namespace Stampdeck

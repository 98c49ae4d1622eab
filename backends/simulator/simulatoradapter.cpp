// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulatoradapter.h"

#include "simulation.h"
#include "simulatorsettings.h"

#include <QtCore/QCoreApplication>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Simulator)
};

} // namespace

Result<std::unique_ptr<FleetAdapter>> SimulatorAdapter::create(const SourceSettings &settings,
                                                               Clock &clock)
{
    const auto keys = SimulatorSettings::fromKeys(settings.keys);
    if (!keys)
        return fail(keys.error());
    const Timestamp start = clock.now();
    auto simulation = Simulation::create(*keys, start);
    if (!simulation)
        return fail(simulation.error());
    return std::unique_ptr<FleetAdapter>(
        new SimulatorAdapter(clock, std::move(*simulation), start, keys->autoscaler));
}

SimulatorAdapter::SimulatorAdapter(Clock &clock, std::unique_ptr<Simulation> simulation,
                                   Timestamp start, bool autoscaler)
    : m_clock(clock)
    , m_simulation(std::move(simulation))
    , m_start(start)
    , m_startElapsed(clock.elapsed())
    , m_autoscaler(autoscaler)
{ }

SimulatorAdapter::~SimulatorAdapter() = default;

void SimulatorAdapter::catchUp()
{
    // By the clock that nobody sets: simulated time never goes back or jumps.
    m_simulation->advance(m_start + (m_clock.elapsed() - m_startElapsed));
}

// A source that was silent when it was recorded is so again.
Result<void> SimulatorAdapter::answers()
{
    catchUp();
    if (m_simulation->isSilent())
        return fail(ErrorKind::Unreachable,
                    Words::tr("it does not answer, as when it was recorded"));
    return {};
}

Capabilities SimulatorAdapter::capabilities() const
{
    return Capability::Primitives | Capability::Cordon | Capability::ScaleComponents
        | Capability::ScaleResources | Capability::History | Capability::Marks | Capability::Create
        | (m_autoscaler ? Capability::ScalingRules : Capability::RuleLabels);
}

FutureResult<FleetUpdate> SimulatorAdapter::poll(const QString &endpoint)
{
    if (!endpoint.isEmpty())
        return ready<FleetUpdate>(fail(
            ErrorKind::Invalid, Words::tr("the simulator has no endpoint “%1”").arg(endpoint)));
    if (const auto is = answers(); !is)
        return ready<FleetUpdate>(fail(is.error()));
    FleetUpdate update = m_simulation->poll();
    update.endpoint = endpoint;
    update.serverTime = m_clock.now();
    return ready<FleetUpdate>(std::move(update));
}

FutureResult<WriteOutcome> SimulatorAdapter::perform(const Primitive &primitive,
                                                     const WriteContext &context)
{
    if (const auto is = answers(); !is)
        return ready<WriteOutcome>(fail(is.error()));
    return ready<WriteOutcome>(m_simulation->perform(primitive, context));
}

FutureResult<WriteOutcome> SimulatorAdapter::observe(const Primitive &primitive,
                                                     const WriteContext &, const QString &)
{
    if (const auto is = answers(); !is)
        return ready<WriteOutcome>(fail(is.error()));
    return ready<WriteOutcome>(m_simulation->observe(primitive));
}

FutureResult<Timestamp> SimulatorAdapter::mark(const MarkRequest &request,
                                               const WriteContext &context)
{
    if (const auto is = answers(); !is)
        return ready<Timestamp>(fail(is.error()));
    return ready<Timestamp>(m_simulation->mark(request, context));
}

FutureResult<std::vector<Series>> SimulatorAdapter::history(const QStringList &stamps,
                                                            const QStringList &signalNames,
                                                            Timestamp from, Timestamp to,
                                                            std::chrono::milliseconds step)
{
    catchUp();
    return ready<std::vector<Series>>(m_simulation->history(stamps, signalNames, from, to, step));
}

// Its only operations are those of a recording.
FutureResult<OperationPtr> SimulatorAdapter::control(const QString &, OperationVerb,
                                                     const WriteContext &)
{
    return ready<OperationPtr>(
        fail(ErrorKind::Unsupported,
             Words::tr("an operation that is played goes as it was recorded: act on the stamps and "
                       "tenants themselves")));
}

FutureResult<QList<Template>> SimulatorAdapter::templates()
{
    return ready<QList<Template>>(m_simulation->templates());
}

} // namespace Stampdeck

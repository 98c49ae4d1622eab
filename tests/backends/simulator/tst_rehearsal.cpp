// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/simulator/played.h"
#include "backends/simulator/scenario.h"
#include "backends/simulator/simulation.h"
#include "backends/simulator/simulatoradapter.h"

#include "models/historyrecorder.h"
#include "models/rehearsal.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto tick = 5s;

std::unique_ptr<Simulation> simulation(const QVariantMap &keys, Timestamp now)
{
    const auto settings = SimulatorSettings::fromKeys(keys);
    if (!settings)
        qFatal("%s", qPrintable(settings.error().message));
    auto made = Simulation::create(*settings, now);
    if (!made)
        qFatal("%s", qPrintable(made.error().message));
    return std::move(*made);
}

WriteContext byAda(const QString &operation)
{
    WriteContext context;
    context.actor = u"ada"_s;
    context.operation = operation;
    return context;
}

/// What of a fleet is discrete, as one text for each stamp and tenant: what a rehearsal must show as
/// it was.
QStringList discreteOf(const FleetVersion &version)
{
    QStringList all;
    version.eachStamp([&all](int, const StampEntry &entry) {
        const Stamp &stamp = *entry.stamp;
        QStringList words{entry.id,       stamp.region,
                          stamp.ring,     stamp.version,
                          stamp.zone,     toString(stamp.lifecycle),
                          toString(entry.health), entry.stale ? u"stale"_s : u"fresh"_s};
        for (const Component &component : stamp.components) {
            words.append(u"%1 %2/%3 of %4..%5 %6"_s.arg(component.name)
                             .arg(component.ready)
                             .arg(component.desired)
                             .arg(component.min.value_or(-1))
                             .arg(component.max.value_or(-1))
                             .arg(toString(component.health)));
        }
        for (const ResourceKind kind : allResources)
            words.append(QString::number(stamp.resources[kind].limit.value_or(-1), 'g', 12));
        for (auto it = stamp.labels.begin(); it != stamp.labels.end(); ++it)
            words.append(it.key() + u'=' + it.value());
        all.append(words.join(u' '));
    });
    version.eachTenant([&](int slot, const TenantEntry &entry) {
        const Tenant &tenant = *entry.tenant;
        QStringList words{version.tenantId(slot), toString(tenant.tier), tenant.stamp,
                          toString(tenant.state)};
        for (const Placement &placement : tenant.placements)
            words.append(placement.stamp + u':' + toString(placement.state));
        all.append(words.join(u' '));
    });
    all.sort();
    return all;
}

/// Its operations, each as one text, with the moments in them as seen from \a now.
QStringList operationsOf(const FleetVersion &version, Timestamp now)
{
    const auto ago = [now](const std::optional<Timestamp> &time) {
        return time ? QString::number((now - *time).count()) : u"-"_s;
    };
    QStringList all;
    for (const OperationPtr &is : version.operations) {
        QStringList words{is->id,     is->kind,    is->target, toString(is->state), is->createdBy,
                          is->reason, is->blocked, is->mend,   is->error,
                          is->errorKind ? toString(*is->errorKind) : QString(),
                          QString::number(is->progress), ago(is->createdAt), ago(is->updatedAt)};
        for (const OperationStep &step : is->steps)
            words.append(u"[%1 %2 %3 %4 %5 %6 %7]"_s.arg(step.title, toString(step.state), step.tenant,
                                                         step.source, step.error,
                                                         ago(step.startedAt), ago(step.endedAt)));
        all.append(words.join(u" | "_s));
    }
    return all;
}

/// A store that hears a simulation every five seconds, as a program does.
struct Follower
{
    explicit Follower(std::unique_ptr<Simulation> fleet)
        : simulation(std::move(fleet))
    {
        SourceState source;
        source.name = u"prod"_s;
        source.pollInterval = tick;
        store.addSource(source);
    }

    void poll()
    {
        simulation->advance(clock.now());
        store.apply(u"prod"_s, simulation->poll());
        store.sync();
    }

    ManualClock clock;
    FleetStore store{clock};
    std::unique_ptr<Simulation> simulation;
};

/// Writes \a recording where a simulator finds it.
QString written(const QTemporaryDir &dir, const QByteArray &json)
{
    QFile file(dir.filePath(u"recording.json"_s));
    if (!file.open(QIODevice::WriteOnly) || file.write(json) != json.size())
        qFatal("%s", qPrintable(file.errorString()));
    return file.fileName();
}

QByteArray recordingOf(const QByteArray &source)
{
    return R"({"recorded": {"from": "2026-11-01T03:00:00Z", "to": "2026-11-01T03:30:00Z"},
               "sources": [)" + source + "]}";
}

/// JSON whose texts stand in '.
QByteArray quoted(QString text)
{
    return text.replace(u'\'', u'"').toUtf8();
}

/// Two stamps of somebody else's make, one of which fails after a minute.
const char *const incident = R"({"name": "prod", "production": true,
    "objectives": {"load": 0.7},
    "stamps": [
      {"name": "west", "region": "nowhere-1", "ring": "canary", "version": "v1", "health": "healthy",
       "lifecycle": "active", "resources": {"cpu": {"limit": 16, "reserved": 8}, "tenants": {"limit": 5}},
       "components": [{"name": "shop", "desired": 4, "ready": 4, "min": 1, "max": 8}]},
      {"name": "east", "region": "nowhere-2", "version": "v1", "health": "healthy", "resources": {},
       "components": []}],
    "tenants": [
      {"id": "acme", "stamp": "west", "demand": {"cpu": 4, "requestsPerSecond": 100}},
      {"id": "globex", "stamp": "west", "demand": {"cpu": 4, "requestsPerSecond": 300}}],
    "changes": [
      {"at": "60s", "stamp": "west", "is": {"health": "unhealthy", "healthReasons": [
          {"code": "component", "component": "shop", "message": "shop is down"},
          {"code": "latency-p99", "unit": "ms"}],
        "components": [{"name": "shop", "desired": 4, "ready": 1, "min": 1, "max": 8}]}},
      {"at": "120s", "tenant": "acme", "is": {"stamp": "east", "placements": [{"stamp": "east", "state": "serving"}]}},
      {"at": "130s", "tenant": "initech", "is": {"stamp": "east"}},
      {"at": "140s", "tenant": "globex", "is": null},
      {"at": "150s", "stamp": "north", "is": {"region": "nowhere-1", "health": "healthy"}},
      {"at": "160s", "stamp": "north", "is": null},
      {"at": "180s", "silent": true},
      {"at": "240s", "silent": false}],
    "measured": {"west": {"cpu": [6], "requestsPerSecond": [400], "latencyP99Ms": [900], "errorRatio": [0.02]}}})";

} // namespace

class TestRehearsal : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { strict(); }

    /// A run in which a region browns out and somebody works is recorded, made a file of and played:
    /// at every look the same stamps, tenants and states.
    void aRecordedRunIsPlayedAsItWas()
    {
        const QVariantMap keys{{u"scenario"_s, u"region-brown-out"_s},
                               {u"failureRate"_s, 0.0},
                               {u"stamps"_s, 16}};
        QTemporaryDir dir;
        Follower real(simulation(keys, ManualClock().now()));
        HistoryRecorder recorder(dir.path(), real.store, real.clock);
        const Timestamp start = real.clock.now();
        const auto looks = [&](std::chrono::milliseconds at) { return real.clock.now() - start == at; };
        std::map<Timestamp, QStringList> was;
        std::map<Timestamp, QStringList> ran;
        std::map<Timestamp, double> cores;
        const auto coresOf = [](const FleetVersion &version) {
            double sum = 0;
            version.eachStamp([&sum](int, const StampEntry &entry) {
                sum += entry.resources.cpu.used.value_or(0);
            });
            return sum;
        };
        const TenantPtr moved = real.simulation->poll().tenants.front();
        const QString from = moved->stamp;
        const QString to = from == u"eu-west-01" ? u"eu-west-02"_s : u"eu-west-01"_s;
        CreateStamp make;
        make.stamp = u"eu-west-99"_s;
        make.region = u"eu-west"_s;
        make.fromTemplate = real.simulation->templates().first().name;
        const auto act = [&](const Primitive &primitive) {
            const auto done = real.simulation->perform(primitive, byAda(u"op-1"_s));
            if (!done)
                qFatal("%s", qPrintable(done.error().message));
        };
        real.simulation = simulation(keys, start); // its first answer is the store's
        // Who did all that, as whoever ran it tells.
        std::map<QString, Operation> operations;
        const auto tell = [&](const QString &id, OperationState state, const QList<StepState> &steps,
                              const std::function<void(Operation &)> &more = {}) {
            Operation &is = operations[id];
            if (is.id.isEmpty()) {
                is.id = id;
                is.kind = u"scale"_s;
                is.target = to;
                is.createdBy = u"ada"_s;
                is.reason = u"as she said"_s;
                is.createdAt = real.clock.now();
            }
            is.state = state;
            is.updatedAt = real.clock.now();
            for (int i = 0; i < steps.size(); ++i) {
                if (i >= is.steps.size())
                    is.steps.append({u"step %1 of %2"_s.arg(i).arg(to), StepState::Pending, {}, {}, {}});
                OperationStep &step = is.steps[i];
                if (step.state == steps[i])
                    continue;
                step.state = steps[i];
                (steps[i] == StepState::Running ? step.startedAt : step.endedAt) = real.clock.now();
            }
            is.steps.resize(steps.size());
            is.progress = double(steps.count(StepState::Succeeded)) / int(steps.size());
            if (more)
                more(is);
            real.store.showOperation(std::make_shared<const Operation>(is));
        };
        constexpr auto pending = StepState::Pending;
        constexpr auto runs = StepState::Running;
        constexpr auto done = StepState::Succeeded;
        const auto nameMove = [&](Operation &move) {
            move.kind = u"move"_s;
            move.target = moved->id + u" to "_s + to;
            for (int i = 1; i < move.steps.size(); ++i)
                move.steps[i].tenant = moved->id;
            for (OperationStep &step : move.steps)
                step.source = u"prod"_s;
        };
        for (int i = 0; i <= 20 * 12; ++i) {
            // One that is over when the stretch begins, and one that is still under way when it ends.
            if (looks(1min))
                tell(u"op-0"_s, OperationState::Succeeded, {done});
            if (looks(90s))
                tell(u"op-9"_s, OperationState::Pending, {pending, pending});
            if (looks(3min))
                tell(u"op-1"_s, OperationState::Running, {runs, pending, pending, pending}, nameMove);
            if (looks(4min))
                tell(u"op-1"_s, OperationState::Running, {done, runs, pending, pending}, nameMove);
            if (looks(4min + 30s))
                tell(u"op-1"_s, OperationState::Paused, {done, done, runs, pending},
                     [](Operation &is) { is.blocked = u"it is slow"_s, is.mend = u"wait"_s; });
            if (looks(4min + 35s))
                tell(u"op-1"_s, OperationState::Running, {done, done, runs, pending},
                     [](Operation &is) { is.blocked.clear(), is.mend.clear(); });
            if (looks(4min + 40s))
                tell(u"op-1"_s, OperationState::Succeeded, {done, done, done, done});
            if (looks(12min))
                tell(u"op-2"_s, OperationState::Running, {runs});
            if (looks(12min + 10s))
                tell(u"op-2"_s, OperationState::Failed, {StepState::Failed}, [](Operation &is) {
                    is.error = is.steps[0].error = u"no room"_s;
                    is.errorKind = ErrorKind::Refused;
                });
            if (looks(19min)) // of which a step is dropped, too
                tell(u"op-9"_s, OperationState::Running, {runs});
            if (looks(3min))
                act(CordonStamp{from});
            if (looks(4min))
                act(PlaceTenant{moved->id, from, to});
            if (looks(4min + 30s))
                act(ShiftTenant{moved->id, from, to});
            if (looks(4min + 40s))
                act(RetireTenant{moved->id, from});
            if (looks(5min))
                act(make);
            if (looks(12min)) {
                ScaleSetting setting;
                setting.components = {{u"api"_s, 12}};
                act(ScaleStamp{to, {}, setting});
            }
            if (looks(14min))
                act(CordonStamp{make.stamp});
            if (looks(15min))
                act(DeleteStamp{make.stamp});
            real.poll();
            recorder.sync();
            was[real.clock.now()] = discreteOf(*real.store.current());
            ran[real.clock.now()] = operationsOf(*real.store.current(), real.clock.now());
            cores[real.clock.now()] = coresOf(*real.store.current());
            real.clock.advance(tick);
        }
        recorder.sync();

        const Timestamp begin = start + 2min;
        const auto recording = recordedStretch(dir.path(), begin, start + 20min);
        VERIFY_RESULT(recording);
        QCOMPARE(recording->from, begin);
        QCOMPARE(recording->sources.size(), 1);
        QVERIFY(recording->sources.first().changes.size() > 20);
        const QString file = written(dir, recording->toJson());
        Follower played(simulation({{u"scenario"_s, file}, {u"failureRate"_s, 0.0}},
                                   ManualClock().now()));
        QSet<QString> states;
        int compared = 0;
        for (Timestamp at = begin; at <= start + 20min; at += tick) {
            played.poll();
            const QStringList is = discreteOf(*played.store.current());
            const QStringList then = was.at(at);
            for (const QString &line : then) {
                if (!is.contains(line)) {
                    const QString name = line.section(u' ', 0, 0);
                    for (const QString &other : is) {
                        if (other.startsWith(name + u' '))
                            qWarning("%lld s: was %s\nis  %s", qlonglong((at - start) / 1s),
                                     qPrintable(line), qPrintable(other));
                    }
                }
            }
            QCOMPARE(is, then);
            // Until the recording ends, and it with it.
            if (at < start + 20min)
                QCOMPARE(operationsOf(*played.store.current(), played.clock.now()), ran.at(at));
            QVERIFY2(std::abs(coresOf(*played.store.current()) - cores.at(at))
                         < 0.02 * cores.at(at),
                     qPrintable(u"%1 not %2"_s.arg(coresOf(*played.store.current()))
                                    .arg(cores.at(at))));
            for (const QString &line : is)
                states.insert(line);
            ++compared;
            played.clock.advance(tick);
        }
        QCOMPARE(compared, 18 * 12 + 1);
        QCOMPARE(ran.at(start + 4min).size(), 3);
        QCOMPARE(ran.at(start + 19min).size(), 4);
        const OperationPtr rest = played.store.current()->operations.value(u"op-9"_s);
        QCOMPARE(rest->state, OperationState::Cancelled);
        QCOMPARE(rest->error, u"the recording ends here"_s);
        QCOMPARE(played.store.current()->operationSource.value(u"op-9"_s), u"prod"_s);
        // Things did happen.
        for (const QString &word : {u" unhealthy "_s, u" degraded "_s, u" cordoned "_s, u" drained "_s,
                                    u" provisioning "_s, u" deleting "_s, u" moving "_s,
                                    u":draining"_s, u"/eu-west-99 "_s, u"/12 of"_s}) {
            QVERIFY2(std::any_of(states.begin(), states.end(),
                                 [&](const QString &state) { return state.contains(word); }),
                     qPrintable(word));
        }
    }

    /// What of it somebody takes in hand is done by him, and so not by the operation.
    void anOperationGoesOnWithoutWhomSomebodyTook()
    {
        QTemporaryDir dir;
        const QString file = written(dir, recordingOf(R"({"name": "prod",
            "stamps": [{"name": "west", "region": "a", "resources": {"tenants": {"limit": 9}},
                        "components": [{"name": "shop", "desired": 2, "ready": 2}]},
                       {"name": "east", "region": "a", "resources": {"tenants": {"limit": 9}}}],
            "tenants": [{"id": "acme", "stamp": "west"}, {"id": "globex", "stamp": "west"}],
            "operations": [{"id": "op-1", "turns": [
              {"at": "10s", "is": {"kind": "drain", "target": "west", "state": "running",
                "createdBy": "grace", "createdAt": "2026-11-01T03:00:09Z",
                "steps": [{"title": "cordon west"}, {"title": "move acme", "tenant": "acme"},
                          {"title": "move globex", "tenant": "globex"}]}},
              {"at": "20s", "is": {"progress": 0.3, "steps": [
                {"place": 0, "title": "cordon west", "state": "succeeded"},
                {"place": 1, "title": "move acme", "tenant": "acme", "state": "running",
                 "startedAt": "2026-11-01T03:00:20Z"}]}},
              {"at": "60s", "is": {"state": "succeeded", "progress": 1, "steps": [
                {"place": 1, "title": "move acme", "tenant": "acme", "state": "succeeded"},
                {"place": 2, "title": "move globex", "tenant": "globex", "state": "succeeded"}]}}]}],
            "changes": [
              {"at": "20s", "tenant": "acme", "is": {"operation": "op-1", "placements": [
                {"stamp": "west", "state": "serving"}, {"stamp": "east", "state": "starting"}]}},
              {"at": "60s", "tenant": "acme", "is": {"stamp": "east", "operation": null,
                "placements": [{"stamp": "east", "state": "serving"}]}},
              {"at": "60s", "tenant": "globex", "is": {"stamp": "east",
                "placements": [{"stamp": "east", "state": "serving"}]}}]})"));
        const Timestamp start = ManualClock().now();
        const auto fleet = simulation({{u"scenario"_s, file}, {u"timeScale"_s, 2.0}}, start);
        const auto at = [&](std::chrono::milliseconds after) {
            fleet->advance(start + after / 2); // at twice the speed
            const FleetUpdate update = fleet->poll();
            return update.operations.empty() ? OperationPtr() : update.operations.front();
        };
        QVERIFY(!at(9s)); // it has not begun
        const OperationPtr first = at(10s);
        QVERIFY(first);
        QCOMPARE(first->id, u"op-1"_s);
        QCOMPARE(first->kind, u"drain"_s);
        QCOMPARE(*first->createdAt, start + 4'500ms);
        QVERIFY(!at(12s)); // told once
        const OperationPtr moves = at(20s);
        QVERIFY(moves);
        QCOMPARE(moves->steps[1].state, StepState::Running);
        QCOMPARE(*moves->steps[1].startedAt, start + 10s);
        QCOMPARE(fleet->tenant(u"acme"_s)->operation, u"op-1"_s); // it is that one's
        QVERIFY(fleet->tenant(u"globex"_s)->operation.isEmpty());

        // Somebody moves the other one before it does, and scales the stamp.
        VERIFY_RESULT(fleet->perform(PlaceTenant{u"globex"_s, u"west"_s, u"east"_s}, byAda(u"mine"_s)));
        const OperationPtr held = at(21s);
        QVERIFY(held);
        QCOMPARE(held->state, OperationState::Running);
        QCOMPARE(held->steps[0].state, StepState::Succeeded);
        QCOMPARE(held->steps[1].state, StepState::Running);
        QCOMPARE(held->steps[2].state, StepState::Skipped);
        QCOMPARE(held->steps[2].error, u"somebody here stepped in"_s);
        const OperationPtr ended = at(60s);
        QCOMPARE(ended->state, OperationState::Succeeded);
        QCOMPARE(ended->steps[1].state, StepState::Succeeded);
        QCOMPARE(ended->steps[2].state, StepState::Skipped);
        QVERIFY(fleet->tenant(u"acme"_s)->operation.isEmpty());
        QCOMPARE(fleet->tenant(u"globex"_s)->operation, u"mine"_s);
    }

    /// One that has stopped holds nobody: whom it left half way anybody may take on.
    void anOperationThatStoppedHoldsNobody()
    {
        QTemporaryDir dir;
        const QString file = written(dir, recordingOf(R"({"name": "prod",
            "stamps": [{"name": "west"}, {"name": "east"}],
            "tenants": [{"id": "acme", "stamp": "west", "operation": "op-1", "placements": [
                {"stamp": "west", "state": "serving"}, {"stamp": "east", "state": "starting"}]}],
            "operations": [{"id": "op-1", "turns": [
              {"at": "0s", "is": {"kind": "move", "state": "running",
                                  "steps": [{"title": "move acme", "tenant": "acme"}]}},
              {"at": "10s", "is": {"state": "paused"}},
              {"at": "20s", "is": {"state": "running"}},
              {"at": "30s", "is": {"state": "failed"}}]}]})"));
        const Timestamp start = ManualClock().now();
        const auto fleet = simulation({{u"scenario"_s, file}}, start);
        const auto moverAt = [&](std::chrono::milliseconds after) {
            fleet->advance(start + after);
            for (const TenantPtr &tenant : fleet->poll().tenants) // it is told, too
                return tenant->operation;
            return u"not told"_s;
        };
        const auto takeOn = [&] {
            return fleet->perform(PlaceTenant{u"acme"_s, u"west"_s, u"east"_s}, byAda(u"mine"_s));
        };
        QCOMPARE(moverAt(1s), u"op-1"_s);
        QCOMPARE(takeOn().error().kind, ErrorKind::Conflict);
        QCOMPARE(moverAt(11s), QString());
        QCOMPARE(moverAt(21s), u"op-1"_s);
        QCOMPARE(moverAt(31s), QString());
        VERIFY_RESULT(takeOn());
    }

    void nothingIsAskedOfAnOperationThatIsPlayed()
    {
        ManualClock clock;
        SourceSettings settings;
        settings.name = u"prod"_s;
        settings.keys = {{u"stamps"_s, 3}};
        const auto adapter = SimulatorAdapter::create(settings, clock);
        VERIFY_RESULT(adapter);
        const auto asked = await((*adapter)->control(u"op-1"_s, OperationVerb::Cancel, {}));
        QVERIFY(!asked);
        QCOMPARE(asked.error().kind, ErrorKind::Unsupported);
        QVERIFY2(asked.error().message.contains(u"as it was recorded"_s),
                 qPrintable(asked.error().message));
    }

    void whatSomebodyDoesIsHisFromThereOn()
    {
        QTemporaryDir dir;
        const QString file = written(dir, recordingOf(incident));
        const Timestamp start = ManualClock().now();
        const auto fleet = simulation({{u"scenario"_s, file}, {u"failureRate"_s, 0.0}}, start);
        const auto at = [&](std::chrono::milliseconds after) {
            fleet->advance(start + after);
            return fleet->stamp(u"west"_s);
        };
        QCOMPARE(at(10s)->health, Health::Healthy);
        QCOMPARE(at(10s)->region, u"nowhere-1"_s);
        QCOMPARE(at(10s)->ring, u"canary"_s);
        QCOMPARE(*at(10s)->resources.cpu.used, 6.0);
        QVERIFY(!at(10s)->resources.memory.limit); // nobody told
        QVERIFY(!at(10s)->resources.memory.used);
        QCOMPARE(at(65s)->health, Health::Unhealthy);
        QCOMPARE(at(65s)->components.first().ready, 1);
        QCOMPARE(at(65s)->healthReasons.size(), 2);
        QCOMPARE(*at(65s)->healthReasons.last().value, 900.0);

        // Scaling it restarts what hangs.
        ScaleSetting setting;
        setting.components = {{u"shop"_s, 8}};
        VERIFY_RESULT(fleet->perform(ScaleStamp{u"west"_s, {}, setting}, byAda(u"op-1"_s)));
        const StampPtr scaled = at(115s);
        QCOMPARE(scaled->components.first().desired, 8);
        QCOMPARE(scaled->components.first().ready, 8);
        // Twice the replicas: half of what was asked of each.
        QCOMPARE(*scaled->signalValues.latencyP99Ms, 450.0);
        QVERIFY(scaled->healthReasons.isEmpty());
        QCOMPARE(scaled->health, Health::Healthy);

        // Whom somebody moves goes no more where he went then, and takes his load along.
        VERIFY_RESULT(fleet->perform(PlaceTenant{u"globex"_s, u"west"_s, u"east"_s},
                                     byAda(u"op-2"_s)));
        fleet->advance(start + 128s);
        VERIFY_RESULT(fleet->perform(ShiftTenant{u"globex"_s, u"west"_s, u"east"_s},
                                     byAda(u"op-2"_s)));
        VERIFY_RESULT(
            fleet->perform(RetireTenant{u"globex"_s, u"west"_s}, byAda(u"op-2"_s)));
        fleet->advance(start + 136s);
        QCOMPARE(*fleet->stamp(u"west"_s)->resources.tenants.used, 0.0);
        QVERIFY(*fleet->stamp(u"west"_s)->signalValues.requestsPerSecond < 1);
        fleet->advance(start + 145s);
        QVERIFY(fleet->tenant(u"globex"_s));
        QCOMPARE(fleet->tenant(u"globex"_s)->stamp, u"east"_s);
        // While the others do what they did.
        QCOMPARE(fleet->tenant(u"acme"_s)->stamp, u"east"_s);
        QCOMPARE(fleet->tenant(u"initech"_s)->stamp, u"east"_s);

        // A stamp may be made where there were some.
        CreateStamp make;
        make.stamp = u"south"_s;
        make.region = u"mars"_s;
        make.fromTemplate = fleet->templates().first().name;
        const auto refused = fleet->perform(make, byAda(u"op-3"_s));
        QVERIFY(!refused);
        QVERIFY2(refused.error().message.contains(u"nowhere-1, nowhere-2"_s),
                 qPrintable(refused.error().message));
        make.region = u"nowhere-2"_s;
        VERIFY_RESULT(fleet->perform(make, byAda(u"op-3"_s)));
        QCOMPARE(fleet->stamp(u"south"_s)->region, u"nowhere-2"_s);
    }

    void stampsAndTenantsComeAndGo()
    {
        QTemporaryDir dir;
        const QString file = written(dir, recordingOf(incident));
        const Timestamp start = ManualClock().now();
        const auto fleet = simulation({{u"scenario"_s, file}}, start);
        FleetUpdate first = fleet->poll();
        QCOMPARE(first.stamps.size(), 2U);
        QCOMPARE(first.tenants.size(), 2U);
        fleet->advance(start + 145s);
        const FleetUpdate then = fleet->poll();
        QCOMPARE(then.goneTenants, QStringList{u"globex"_s});
        fleet->advance(start + 155s);
        FleetUpdate next = fleet->poll();
        QVERIFY(std::any_of(next.stamps.begin(), next.stamps.end(),
                            [](const StampPtr &stamp) { return stamp->name == u"north"; }));
        fleet->advance(start + 165s);
        QCOMPARE(fleet->poll().goneStamps, QStringList{u"north"_s});
        QVERIFY(!fleet->stamp(u"north"_s));
    }

    void aSourceThatWasSilentIsSoAgain()
    {
        QTemporaryDir dir;
        ManualClock clock;
        SourceSettings settings;
        settings.keys = {{u"scenario"_s, written(dir, recordingOf(incident))},
                         {u"timeScale"_s, 10.0}};
        const auto adapter = SimulatorAdapter::create(settings, clock);
        VERIFY_RESULT(adapter);
        VERIFY_RESULT(await((*adapter)->poll({})));
        clock.advance(19s); // 190 s of then
        const auto silent = await((*adapter)->poll({}));
        QVERIFY(!silent);
        QCOMPARE(silent.error().kind, ErrorKind::Unreachable);
        clock.advance(6s);
        VERIFY_RESULT(await((*adapter)->poll({})));
    }

    void whatIsWrongInAFileIsNamed_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("why");
        const auto source = [](const QByteArray &words) {
            return recordingOf(R"({"name": "prod", )" + words + "}");
        };
        const auto stamp = [&source](const QByteArray &words) {
            return source(R"("stamps": [{"name": "eu-1", )" + words + "}]");
        };
        QTest::newRow("no JSON") << QByteArray("{\"recorded\" \"sources\"") << u"at byte"_s;
        QTest::newRow("no source") << recordingOf({}) << u"/sources"_s;
        QTest::newRow("a time that ends first")
            << QByteArray(R"({"recorded": {"from": "2026-11-01T03:00:00Z", "to":
                "2026-11-01T02:00:00Z"}, "sources": [{"name": "a"}]})")
            << u"\"to\" after it"_s;
        QTest::newRow("two of a name")
            << recordingOf(R"({"name": "a"}, {"name": "a"})") << u"/sources/1"_s;
        QTest::newRow("two stamps of a name")
            << source(R"("stamps": [{"name": "eu-1"}, {"name": "eu-1"}])")
            << u"/sources/0/stamps/1"_s;
        QTest::newRow("a negative number")
            << stamp(R"("resources": {"cpu": {"limit": -1}})")
            << u"/sources/0/stamps/0/resources/cpu/limit"_s;
        QTest::newRow("a word that is none")
            << stamp(R"("health": "fine" )") << u"/sources/0/stamps/0/health"_s;
        QTest::newRow("half a replica")
            << stamp(R"("components": [{"name": "web", "desired": 1.5}])") << u"/desired"_s;
        QTest::newRow("bounds the wrong way round")
            << stamp(R"("components": [{"name": "web", "desired": 1, "min": 3, "max": 2}])")
            << u"/max"_s;
        QTest::newRow("a component twice")
            << stamp(R"("components": [{"name": "web"}, {"name": "web"}])") << u"each name once"_s;
        QTest::newRow("a tenant of nowhere")
            << source(R"("tenants": [{"id": "acme", "stamp": "eu-9"}])") << u"eu-9"_s;
        QTest::newRow("back in time")
            << source(R"("changes": [{"at": "20s", "silent": true}, {"at": "10s", "silent": false}])")
            << u"/sources/0/changes/1/at"_s;
        QTest::newRow("a long text")
            << stamp("\"region\": \"" + QByteArray(1 << 20, 'x') + '"') << u"/region"_s;
        QStringList labels;
        for (int i = 0; i < 300; ++i)
            labels.append(u"'k%1': '1'"_s.arg(i));
        QTest::newRow("many labels")
            << stamp(quoted(u"'labels': {"_s + labels.join(u", "_s) + u"}"_s)) << u"/labels"_s;
        QTest::newRow("a source's name that is an option of its own")
            << recordingOf(quoted(u"{'name': 'a,seed=1'}"_s)) << u"/sources/0/name"_s;
        QTest::newRow("a source's name with a line")
            << recordingOf(quoted(u"{'name': 'a\\n'}"_s)) << u"/sources/0/name"_s;
        QTest::newRow("a domain that is none")
            << source(quoted(u"'tenantDomain': 'a/b'"_s)) << u"/sources/0/tenantDomain"_s;
        QTest::newRow("a stamp of two names")
            << source(quoted(u"'stamps': [{'name': 'lab/eu-1'}]"_s)) << u"/sources/0/stamps/0/name"_s;
        QTest::newRow("a stamp of two names that comes later")
            << source(quoted(u"'changes': [{'at': '1s', 'stamp': 'lab/eu-1', 'is': {}}]"_s))
            << u"/sources/0/changes/0/stamp"_s;
        QTest::newRow("an aim that no configuration takes")
            << source(quoted(u"'objectives': {'load': 7}"_s)) << u"/objectives/load"_s;
        const auto regions = [&source](const QString &list) {
            return source(quoted(u"'stamps': [{'name': 'eu-1'}], 'tenants': [{'id': 'acme', "
                                 "'stamp': 'eu-1', 'constraints': {'regions': [%1]}}]"_s.arg(list)));
        };
        QTest::newRow("a region that is no text")
            << regions(u"'eu', 7"_s) << u"/constraints/regions"_s;
        QTest::newRow("a region that is a long text")
            << regions(u'\'' + QString(5'000, u'x') + u'\'') << u"/constraints/regions"_s;
        const auto operations = [&source](const QString &list) {
            return source(quoted(u"'operations': [%1]"_s.arg(list)));
        };
        const QString turn = u"{'id': 'a', 'turns': [{'at': '5s', 'is': {'kind': 'move'%1}}%2]}"_s;
        QTest::newRow("an operation without an ID") << operations(u"{}"_s) << u"/operations/0/id"_s;
        QTest::newRow("an operation twice")
            << operations(turn.arg(QString(), QString()) + u", "_s + turn.arg(QString(), QString()))
            << u"/operations/1/id"_s;
        QTest::newRow("an operation that was nothing")
            << operations(u"{'id': 'a', 'turns': []}"_s) << u"/operations/0/turns"_s;
        QTest::newRow("an operation that goes back")
            << operations(turn.arg(QString(), u", {'at': '4s', 'is': {}}"_s))
            << u"/operations/0/turns/1/at"_s;
        QTest::newRow("an operation in no state")
            << operations(turn.arg(u", 'state': 'odd'"_s, QString())) << u"/turns/0/is/state"_s;
        QTest::newRow("an error of no kind")
            << operations(turn.arg(u", 'errorKind': 'odd'"_s, QString())) << u"/is/errorKind"_s;
        QTest::newRow("more than done")
            << operations(turn.arg(u", 'progress': 1.5"_s, QString())) << u"/is/progress"_s;
        QTest::newRow("a step behind the last")
            << operations(turn.arg(u", 'steps': [{'place': 1}]"_s, QString()))
            << u"/is/steps/0/place"_s;
        QTest::newRow("a step twice")
            << operations(turn.arg(u", 'steps': [{'place': 0}, {'place': 0}]"_s, QString()))
            << u"/is/steps/1/place"_s;
        QTest::newRow("more steps than there are")
            << operations(turn.arg(u", 'stepCount': 7"_s, QString())) << u"/is/stepCount"_s;
        QTest::newRow("a step that is none of those that stay")
            << operations(turn.arg(u", 'steps': [{}, {}], 'stepCount': 1"_s, QString()))
            << u"/is/stepCount"_s;
        QTest::newRow("too many steps")
            << operations(turn.arg(u", 'steps': [{}"_s + QString(u",{}"_s).repeated(50'000) + u']',
                                   QString()))
            << u"/is/steps"_s;
        QTest::newRow("too many stamps")
            << source("\"stamps\": [{\"name\": \"a\"}" + QByteArray(",{}").repeated(2'000) + ']')
            << u"/stamps"_s;
    }
    void whatIsWrongInAFileIsNamed()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, why);
        QTemporaryDir dir;
        const auto read =
            SimulatorSettings::fromKeys({{u"scenario"_s, written(dir, json)}});
        QVERIFY(!read);
        QCOMPARE(read.error().kind, ErrorKind::Invalid);
        QVERIFY2(read.error().message.contains(why), qPrintable(read.error().message));
        QVERIFY(read.error().message.size() < 400);
        // Which file, too.
        QVERIFY2(read.error().message.contains(dir.filePath(u"recording.json"_s)),
                 qPrintable(read.error().message));
        const auto named = Recording::read(dir.filePath(u"recording.json"_s));
        QVERIFY(!named);
        QVERIFY2(named.error().message.contains(u"recording.json"_s),
                 qPrintable(named.error().message));
    }

    /// Each of its changes says of a stamp with long labels that little differs: what that is together
    /// is many times the file.
    /// One that is told at another source holds its tenants here all the same; one that is not in the
    /// file holds nobody.
    void anOperationOfAnotherSourceHoldsToo()
    {
        QTemporaryDir dir;
        const QString file = written(dir, recordingOf(R"({"name": "prod", "stamps": [{"name": "north"}],
            "operations": [{"id": "op-1", "turns": [
              {"at": "0s", "is": {"kind": "evacuate", "state": "running", "steps": [
                {"title": "move acme", "tenant": "acme", "source": "lab"}]}},
              {"at": "10s", "is": {"state": "paused"}}]}]},
            {"name": "lab", "stamps": [{"name": "west"}, {"name": "east"}],
             "tenants": [
              {"id": "acme", "stamp": "west", "operation": "op-1", "placements": [
                {"stamp": "west", "state": "serving"}, {"stamp": "east", "state": "starting"}]},
              {"id": "globex", "stamp": "west", "operation": "op-2"}]})"));
        const Timestamp start = ManualClock().now();
        const auto fleet = simulation({{u"scenario"_s, QString(file + u"#lab")}}, start);
        const FleetUpdate first = fleet->poll();
        QVERIFY(first.operations.empty()); // told at its own source
        QHash<QString, QString> movers;
        for (const TenantPtr &tenant : first.tenants)
            movers.insert(tenant->id, tenant->operation);
        QCOMPARE(movers, (QHash<QString, QString>{{u"acme"_s, u"op-1"_s}, {u"globex"_s, QString()}}));
        const auto takeOn = [&] {
            return fleet->perform(PlaceTenant{u"acme"_s, u"west"_s, u"east"_s}, byAda(u"mine"_s));
        };
        QCOMPARE(takeOn().error().kind, ErrorKind::Conflict);
        fleet->advance(start + 11s);
        VERIFY_RESULT(takeOn());
    }

    void aSmallFileDoesNotBecomeMuch()
    {
        const auto all = [](int from, int count, const QString &each) {
            QStringList lines;
            for (int i = from; i < from + count; ++i)
                lines.append(each.arg(i));
            return lines.join(u", "_s);
        };
        const QString labels = all(0, 200, QString(u"'%1': '"_s + QString(4'000, u'x') + u"'"_s));
        const QString changes =
            all(1, 1'000, u"{'at': '%1s', 'stamp': 'eu-1', 'is': {'version': 'v%1'}}"_s);
        const QByteArray json = recordingOf(
            quoted(u"{'name': 'prod', 'stamps': [{'name': 'eu-1', 'labels': {"_s + labels
                   + u"}}], 'changes': ["_s + changes + u"]}"_s));
        QVERIFY(json.size() < 1'000'000);
        const auto read = Recording::fromJson(json);
        QVERIFY(!read);
        QCOMPARE(read.error().kind, ErrorKind::Invalid);
        QVERIFY2(read.error().message.contains(u"too much"_s), qPrintable(read.error().message));
        // An operation of many steps that begins and stops all the time has each looked at each time.
        const QString steps = all(0, 20'000, u"{'title': '%1'}"_s);
        QStringList turns{u"{'at': '0s', 'is': {'kind': 'drain', 'state': 'running', 'steps': ["_s + steps + u"]}}"_s};
        for (int i = 1; i < 1'200; ++i)
            turns.append(u"{'at': '%1s', 'is': {'state': '%2'}}"_s.arg(i).arg(i % 2 ? u"paused"_s
                                                                                  : u"running"_s));
        const auto busy = Recording::fromJson(recordingOf(
            quoted(u"{'name': 'prod', 'stamps': [{'name': 'eu-1'}], 'operations': [{'id': 'op', "
                   "'turns': ["_s
                   + turns.join(u", "_s) + u"]}]}"_s)));
        QVERIFY(!busy);
        QVERIFY2(busy.error().message.contains(u"too much"_s), qPrintable(busy.error().message));
    }

    /// What weighs on a stamp is what its tenants ask for, whatever came and went before.
    void whatWeighsIsWhatIsThere()
    {
        QStringList changes;
        for (int i = 1; i <= 200; ++i) {
            const QString to = i % 3 == 0 ? u"east"_s : u"west"_s;
            const QString from = i % 3 == 0 ? u"west"_s : u"east"_s;
            const QString is = i % 5 == 0
                ? u"null"_s
                : u"{'stamp': '%1', 'demand': {'cpu': %3.1}, 'placements': [{'stamp': '%1'}, "
                  "{'stamp': '%2', 'state': '%4'}]}"_s.arg(to, from)
                      .arg(i % 13)
                      .arg(i % 2 == 0 ? u"starting"_s : u"draining"_s);
            changes.append(
                u"{'at': '%1s', 'tenant': 't%2', 'is': %3}"_s.arg(i).arg(i * 7 % 11).arg(is));
        }
        const auto recording = Recording::fromJson(recordingOf(
            quoted(u"{'name': 'prod', 'stamps': [{'name': 'west'}, {'name': 'east'}], 'changes': ["_s
                   + changes.join(u", "_s) + u"]}"_s)));
        VERIFY_RESULT(recording);
        const Internal::FleetState fleet =
            Internal::playedFleet(*recording, recording->sources.first(), 0);
        int compared = 0;
        for (const Internal::SimStamp &stamp : fleet.stamps) {
            for (const auto &step : stamp.played->steps) {
                if (!step.told)
                    continue;
                double cpu = step.base[0];
                for (const Internal::SimTenant &tenant : fleet.tenants) {
                    const TenantPtr told = tenant.played->stepAt(step.at).told;
                    const Placement *here = told ? told->placementOn(stamp.name) : nullptr;
                    if (here) {
                        cpu += told->demand.cpu.value_or(1)
                            * Internal::weightOf(here->state, told->stamp == stamp.name);
                    }
                }
                QVERIFY2(std::abs(step.whole[0] - cpu) < 1e-9,
                         qPrintable(u"%1 s: %2 not %3"_s.arg(step.at / 1000)
                                        .arg(step.whole[0])
                                        .arg(cpu)));
                ++compared;
            }
        }
        QVERIFY(compared > 300);
    }

    /// A least count without a most one may be more than any that is asked for usually.
    void aLeastCountIsNeverMoreThanTheMost()
    {
        Stamp stamp;
        Component component;
        component.name = u"shop"_s;
        component.desired = 20;
        component.min = 50'000;
        stamp.components = {component};
        const Internal::StampWritten is = Internal::writtenOf(stamp, {}, 0);
        QCOMPARE(is.components.front().min, 50'000);
        QVERIFY(is.components.front().max >= is.components.front().min);
    }

    /// Its stamp was not told of yet when the recording began, or when it moved there.
    void aTenantComesWithItsStamp()
    {
        QTemporaryDir dir;
        const QString file = written(dir, recordingOf(R"({"name": "prod",
            "stamps": [{"name": "west"}],
            "tenants": [{"id": "acme", "stamp": "north"}, {"id": "globex", "stamp": "west"},
                        {"id": "initech", "stamp": "north"}],
            "changes": [
              {"at": "10s", "tenant": "globex", "is": {"stamp": "north", "placements": [{"stamp": "north"}]}},
              {"at": "15s", "tenant": "initech", "is": null},
              {"at": "20s", "stamp": "north", "is": {"region": "nowhere-1"}}]})"));
        const Timestamp start = ManualClock().now();
        const auto fleet = simulation({{u"scenario"_s, file}}, start);
        fleet->advance(start + 16s);
        const FleetUpdate first = fleet->poll();
        QCOMPARE(first.tenants.size(), 1U);
        QCOMPARE(first.tenants.front()->stamp, u"west"_s);
        fleet->advance(start + 25s);
        const FleetUpdate then = fleet->poll();
        QCOMPARE(then.tenants.size(), 2U);
        for (const TenantPtr &tenant : then.tenants)
            QCOMPARE(tenant->stamp, u"north"_s);
        QCOMPARE(*fleet->stamp(u"north"_s)->resources.tenants.used, 2.0);
        QCOMPARE(*fleet->stamp(u"west"_s)->resources.tenants.used, 0.0);
        QVERIFY(!fleet->tenant(u"initech"_s)); // it went before its stamp came
    }

    /// Of several sources each simulator keeps its own, and reads the file once.
    void aSimulatorKeepsWhatItPlays()
    {
        QTemporaryDir dir;
        const QString file = written(
            dir, recordingOf(QByteArray(incident) + R"(, {"name": "lab", "stamps": [{"name": "west"}]})"));
        const auto scenario = Internal::readScenario(file + u"#lab");
        VERIFY_RESULT(scenario);
        QCOMPARE(scenario->recording->sources.size(), 1);
        QCOMPARE(scenario->recording->sources.first().name, u"lab"_s);
        const auto settings = SimulatorSettings::fromKeys({{u"scenario"_s, QString(file + u"#lab")}});
        VERIFY_RESULT(settings);
        QVERIFY(QFile::remove(file));
        const auto fleet = Simulation::create(*settings, ManualClock().now());
        VERIFY_RESULT(fleet);
        QCOMPARE((*fleet)->poll().stamps.size(), 1U);
    }

    void severalSourcesAreSoInTheRehearsal()
    {
        QTemporaryDir dir;
        const QString file = written(
            dir, recordingOf(QByteArray(incident) + R"(, {"name": "lab", "stamps": [{"name": "west"}]})"));
        // A file's name may have a comma in it.
        const QString odd = dir.filePath(u"a, b.json"_s);
        QVERIFY(QFile::copy(file, odd));
        const auto refused = SimulatorSettings::fromKeys({{u"scenario"_s, odd}});
        QVERIFY(!refused);
        QVERIFY2(refused.error().message.contains(u"a, b.json#prod"_s),
                 qPrintable(refused.error().message));
        const PluginCatalog catalog({QStringLiteral(STAMPDECK_ADAPTER_DIR)});
        const auto config = rehearsalConfig(odd, 4, catalog.adapters());
        VERIFY_RESULT(config);
        QCOMPARE(config->sources.size(), 2);
        const SourceConfig &prod = config->sources.first();
        QCOMPARE(prod.settings.name, u"prod"_s);
        QVERIFY(prod.settings.production); // it asks for what production asks for
        QCOMPARE(prod.objectives.load, 0.7);
        QVERIFY(config->history.record);
        const auto keys = SimulatorSettings::fromKeys(prod.settings.keys);
        VERIFY_RESULT(keys);
        QCOMPARE(keys->timeScale, 4.0);
        QVERIFY(!config->sources.last().settings.production);
        const auto lab = SimulatorSettings::fromKeys(config->sources.last().settings.keys);
        VERIFY_RESULT(lab);
        const auto fleet = Simulation::create(*lab, ManualClock().now());
        VERIFY_RESULT(fleet);
        QCOMPARE((*fleet)->poll().tenants.size(), 0U);
        // One that ships is one source.
        const auto shipped = rehearsalConfig(u"bad-version"_s, 1, catalog.adapters());
        VERIFY_RESULT(shipped);
        QCOMPARE(shipped->sources.first().settings.name, u"rehearsal"_s);
    }

    void itKeepsNothingOverRestarts()
    {
        QTemporaryDir dir;
        const auto read =
            SimulatorSettings::fromKeys({{u"scenario"_s, written(dir, recordingOf(incident))},
                                         {u"state"_s, dir.filePath(u"state"_s)}});
        QVERIFY(!read);
        QVERIFY(read.error().message.contains(u"state"_s));
    }

    void theNewestStretchesAreKept()
    {
        QTemporaryDir dir;
        ManualClock clock;
        const Timestamp start = clock.now();
        FleetStore store(clock);
        SourceState source;
        source.name = u"prod"_s;
        source.pollInterval = 1h;
        store.addSource(source);
        HistoryRecorder recorder(dir.path(), store, clock);
        for (int i = 0; i < 30; ++i) {
            store.apply(u"prod"_s, makeUpdate({makeStamp(u"eu-1"_s)}, {}));
            store.sync();
            recorder.sync();
            clock.advance(1s);
        }
        recorder.sync();
        const QDir folder(dir.filePath(u"rehearsals"_s));
        QVERIFY(folder.mkpath(u"."_s));
        QFile mine(folder.filePath(u"mine.txt"_s));
        QVERIFY(mine.open(QIODevice::WriteOnly));
        // Old ones, however they are named.
        const QDateTime old = QDateTime::currentDateTime().addDays(-1);
        for (int i = 0; i < 15; ++i) {
            QFile file(folder.filePath(u"9%1_z.json"_s.arg(i)));
            QVERIFY(file.open(QIODevice::WriteOnly));
            QVERIFY(file.setFileTime(old.addSecs(i), QFileDevice::FileModificationTime));
        }
        const auto path = keepRecordedStretch(dir.path(), start, start + 20s);
        VERIFY_RESULT(path);
        VERIFY_RESULT(Recording::read(*path));
        const QStringList left = folder.entryList({u"*.json"_s}, QDir::Files, QDir::Name);
        QCOMPARE(left.size(), rehearsalsKept);
        QVERIFY(left.contains(QFileInfo(*path).fileName()));
        QVERIFY(left.contains(u"914_z.json"_s));
        QVERIFY(!left.contains(u"90_z.json"_s));
        QVERIFY(mine.exists());
        // And where there is a history no rehearsal is played.
        const auto refused = checkRehearsalDir(dir.path());
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Conflict);
        QVERIFY2(refused.error().message.contains(dir.path()), qPrintable(refused.error().message));
        QTemporaryDir empty;
        VERIFY_RESULT(checkRehearsalDir(empty.path()));
        VERIFY_RESULT(checkRehearsalDir(empty.filePath(u"none"_s)));
    }

    // A backend's own operation that carries a step of ours is told as ours, before it is known
    // that it does and after; its tenant is held by ours.
    void anOperationThatCarriesOursIsToldAsOurs()
    {
        QTemporaryDir dir;
        ManualClock clock;
        const Timestamp start = clock.now();
        FleetStore store(clock);
        SourceState source;
        source.name = u"prod"_s;
        source.pollInterval = 1h;
        store.addSource(source);
        HistoryRecorder recorder(dir.path(), store, clock);
        const QList<Stamp> stamps{makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)};
        Tenant moving = makeTenant(u"acme"_s, u"eu-1"_s);
        moving.placements.push_back({u"eu-2"_s, PlacementState::Starting, clock.now()});
        moving.operation = u"theirs"_s;
        const auto lookAt = [&](FleetUpdate update) {
            store.apply(u"prod"_s, update);
            store.sync();
            recorder.sync();
            clock.advance(1s);
        };
        Operation operation;
        operation.kind = u"move"_s;
        operation.state = OperationState::Running;
        operation.createdAt = operation.updatedAt = clock.now();
        const auto tellOf = [&](const QString &id) {
            operation.id = id;
            return std::make_shared<const Operation>(operation);
        };
        lookAt(makeUpdate(stamps, {}));
        FleetUpdate theirs = makeUpdate(stamps, {moving});
        theirs.operations.push_back(tellOf(u"theirs"_s));
        lookAt(theirs);
        lookAt(theirs);
        operation.carriedBy = {u"theirs"_s};
        store.showOperation(tellOf(u"ours"_s));
        lookAt(theirs);
        operation.carriedBy.clear();
        operation.state = OperationState::Succeeded;
        theirs.operations.front() = tellOf(u"theirs"_s);
        Tenant moved = makeTenant(u"acme"_s, u"eu-2"_s);
        FleetUpdate done = makeUpdate(stamps, {moved});
        done.operations = theirs.operations;
        operation.carriedBy = {u"theirs"_s};
        store.showOperation(tellOf(u"ours"_s));
        lookAt(done);

        const auto recording = recordedStretch(dir.path(), start, clock.now());
        VERIFY_RESULT(recording);
        QCOMPARE(recording->sources.size(), 1);
        QStringList told;
        for (const Recording::Course &course : recording->sources.first().operations)
            told.append(course.id);
        QCOMPARE(told, QStringList{u"ours"_s});
        QStringList holders;
        for (const Recording::Change &change : recording->sources.first().changes) {
            if (change.tenant && !holders.contains(change.tenant->operation))
                holders.append(change.tenant->operation);
        }
        QCOMPARE(holders, (QStringList{u"ours"_s, QString()}));
        // Begun in the middle of it, ours holds it from the first moment.
        const auto later = recordedStretch(dir.path(), start + 3s, clock.now());
        VERIFY_RESULT(later);
        QCOMPARE(later->sources.first().tenants.size(), size_t(1));
        QCOMPARE(later->sources.first().tenants.front()->operation, u"ours"_s);
    }

    void noHistoryAndTooMuchOfItAreSaid()
    {
        QTemporaryDir dir;
        ManualClock clock;
        const Timestamp start = clock.now();
        const auto none = recordedStretch(dir.path(), start, start + 1h);
        QVERIFY(!none);
        QCOMPARE(none.error().kind, ErrorKind::NotFound);
        FleetStore store(clock);
        SourceState source;
        source.name = u"prod"_s;
        source.pollInterval = 1h;
        store.addSource(source);
        HistoryRecorder recorder(dir.path(), store, clock);
        constexpr int stamps = 500;
        for (int round = 0; round < Recording::mostChanges / stamps + 2; ++round) {
            QList<Stamp> all;
            for (int i = 0; i < stamps; ++i) {
                Stamp stamp = makeStamp(u"eu-%1"_s.arg(i));
                stamp.version = QString::number(round);
                all.append(stamp);
            }
            store.apply(u"prod"_s, makeUpdate(all, {}));
            store.sync();
            recorder.sync();
            clock.advance(1s);
        }
        const QString path = dir.filePath(u"much.json"_s);
        QFile before(path);
        QVERIFY(before.open(QIODevice::WriteOnly));
        before.write("as it was");
        before.close();
        const auto much = writeRecordedStretch(dir.path(), start, clock.now(), path);
        QVERIFY(!much);
        QCOMPARE(much.error().kind, ErrorKind::Invalid);
        QVERIFY2(much.error().message.contains(u"take a shorter time"_s),
                 qPrintable(much.error().message));
        QVERIFY(before.open(QIODevice::ReadOnly));
        QCOMPARE(before.readAll(), QByteArray("as it was"));
        VERIFY_RESULT(recordedStretch(dir.path(), start, start + 10s));
        const auto later = recordedStretch(dir.path(), clock.now() + 1h, clock.now() + 2h);
        QVERIFY(!later);
        QCOMPARE(later.error().kind, ErrorKind::NotFound);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestRehearsal)
#include "tst_rehearsal.moc"

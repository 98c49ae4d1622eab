// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sourceruntime.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QMutex>

#include <algorithm>
#include <atomic>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

/// What a scripted backend does and what it was asked, shared between the test's thread and the
/// source's.
class Script
{
public:
    enum class Mode { Answers, Fails, Hangs };

    explicit Script(const QStringList &names)
        : endpoints(names)
    {
    }

    void set(const QString &endpoint, Mode mode, const Error &error = {})
    {
        const QMutexLocker lock(&m_mutex);
        m_modes[endpoint] = {mode, error};
    }
    [[nodiscard]] std::pair<Mode, Error> noted(const QString &endpoint, milliseconds at)
    {
        const QMutexLocker lock(&m_mutex);
        m_polls[endpoint].push_back(at);
        return m_modes[endpoint];
    }
    [[nodiscard]] std::vector<milliseconds> polls(const QString &endpoint) const
    {
        const QMutexLocker lock(&m_mutex);
        return m_polls.value(endpoint);
    }
    [[nodiscard]] int count(const QString &endpoint) const { return int(polls(endpoint).size()); }
    /// The times between two polls each, from poll number \a first on.
    [[nodiscard]] std::vector<milliseconds> gaps(const QString &endpoint, size_t first = 0) const
    {
        const auto at = polls(endpoint);
        std::vector<milliseconds> gaps;
        for (size_t i = first + 1; i < at.size(); ++i)
            gaps.push_back(at[i] - at[i - 1]);
        return gaps;
    }

    const QStringList endpoints;
    std::atomic<Capabilities::Int> capabilities{0};

private:
    mutable QMutex m_mutex;
    QHash<QString, std::pair<Mode, Error>> m_modes;
    QHash<QString, std::vector<milliseconds>> m_polls;
};

class ScriptedAdapter final : public FleetAdapter
{
public:
    ScriptedAdapter(Script &script, Clock &clock)
        : m_script(script)
        , m_clock(clock)
    {
    }
    ~ScriptedAdapter() override
    {
        for (const auto &hanging : m_hanging)
            hanging->give(fail(ErrorKind::Cancelled, u"the source ends"_s));
    }
    [[nodiscard]] Capabilities capabilities() const override
    {
        return Capabilities::fromInt(m_script.capabilities);
    }
    [[nodiscard]] QStringList endpoints() const override { return m_script.endpoints; }
    FutureResult<FleetUpdate> poll(const QString &endpoint) override
    {
        const auto [mode, error] = m_script.noted(endpoint, m_clock.elapsed());
        if (mode == Script::Mode::Fails)
            return ready<FleetUpdate>(fail(error));
        if (mode == Script::Mode::Hangs) {
            // As one that keeps no limit of its own: cancelling does not end it.
            m_hanging.push_back(std::make_shared<Answer<FleetUpdate>>());
            return m_hanging.back()->future();
        }
        return ready<FleetUpdate>(makeUpdate({makeStamp(u"at-"_s + endpoint)}, {}));
    }
    FutureResult<WriteOutcome> perform(const Primitive &, const WriteContext &) override
    {
        // A request over the network, for diagnostics.
        ++m_requests;
        RequestRecord record;
        record.url = QString::number(m_requests);
        Q_EMIT requested(record);
        // What hung answers now: late, and to a question that was given up.
        for (const auto &hanging : std::exchange(m_hanging, {}))
            hanging->give(makeUpdate({makeStamp(u"late"_s)}, {}));
        return ready<WriteOutcome>(WriteOutcome());
    }
    FutureResult<WriteOutcome> observe(const Primitive &, const WriteContext &,
                                       const QString &) override
    {
        return ready<WriteOutcome>(WriteOutcome());
    }
    FutureResult<OperationPtr> control(const QString &endpoint, OperationVerb,
                                       const WriteContext &context) override
    {
        // The test's way to let the stream of an endpoint end.
        Q_EMIT eventsEnded(endpoint, Error::of(context.reason == u"unsupported"_s
                                                   ? ErrorKind::Unsupported
                                                   : ErrorKind::Unreachable,
                                               u"the stream ended"_s));
        return ready<OperationPtr>(fail(ErrorKind::Unsupported, u"none"_s));
    }
    FutureResult<std::vector<Series>> history(const QStringList &, const QStringList &, Timestamp,
                                              Timestamp, milliseconds) override
    {
        return ready<std::vector<Series>>(std::vector<Series>());
    }
    void startEvents(const QString &) override { }

private:
    Script &m_script;
    Clock &m_clock;
    int m_requests = 0;
    std::vector<std::shared_ptr<Answer<FleetUpdate>>> m_hanging;
};

} // namespace

class TestSourceRuntime : public QObject
{
    Q_OBJECT
private:
    struct Scene
    {
        explicit Scene(const QStringList &endpoints, milliseconds interval = 10s,
                       Capabilities capabilities = {})
            : script(endpoints)
            , store(clock)
        {
            script.capabilities = capabilities.toInt();
            settings.name = u"edge"_s;
            settings.pollInterval = interval;
            settings.timeout = 4s;
            SourceState state;
            state.name = settings.name;
            state.pollInterval = interval;
            store.addSource(state);
            runtime = std::make_unique<SourceRuntime>(
                settings,
                [this]() -> Result<std::unique_ptr<FleetAdapter>> {
                    return std::make_unique<ScriptedAdapter>(script, clock);
                },
                store, clock);
            settle();
            run(0ms);
        }
        // Lets the source's thread and the store's do what they have been asked.
        void settle()
        {
            for (int round = 0; round < 3; ++round)
                runtime->history({}, {}, clock.now(), clock.now(), 1s).waitForFinished();
            store.sync();
        }
        // Moves the clock from call to call, so that each happens at its own time.
        void run(milliseconds time)
        {
            clock.advance(0ms);
            settle();
            while (time > 0ms) {
                const milliseconds step = std::min(time, clock.untilNext().value_or(time));
                clock.advance(step);
                time -= step;
                settle();
            }
        }
        [[nodiscard]] SourceState state() const { return store.current()->sources[0]; }
        [[nodiscard]] bool isStale(const QString &stamp) const
        {
            const auto version = store.current();
            return version->stamps[*version->findStamp(stamp)]->stale;
        }

        ManualClock clock;
        Script script;
        SourceSettings settings;
        FleetStore store;
        std::unique_ptr<SourceRuntime> runtime;
    };
    static Error unreachable() { return Error::of(ErrorKind::Unreachable, u"connection refused"_s); }

private Q_SLOTS:
    void init() { strict(); }

    void tellsHowItIsDoing()
    {
        Scene scene({u"a"_s, u"b"_s});
        scene.script.set(u"b"_s, Script::Mode::Fails, unreachable());
        scene.run(200s);
        for (int asked = 0; asked < 103; ++asked)
            VERIFY_RESULT(await(scene.runtime->perform(CordonStamp{u"x"_s}, {})));
        const auto all = await(scene.runtime->diagnostics());
        VERIFY_RESULT(all);
        QCOMPARE(all->name, u"edge"_s);
        QVERIFY(all->started);
        QCOMPARE(all->pollInterval, 10s);
        QCOMPARE(all->effectiveInterval, 10s);
        QCOMPARE(all->timeout, 4s);
        QCOMPARE(all->endpoints.size(), 2);
        const EndpointDiagnostics &well = all->endpoints[0];
        QCOMPARE(well.name, u"a"_s);
        QCOMPARE(well.breaker, CircuitBreaker::State::Closed);
        QVERIFY(well.contact && *well.contact <= 11s);
        QVERIFY(well.nextAttempt && *well.nextAttempt <= 11s);
        QVERIFY(well.error.isEmpty());
        const EndpointDiagnostics &ill = all->endpoints[1];
        QCOMPARE(ill.breaker, CircuitBreaker::State::Open);
        QVERIFY(ill.failures >= 5);
        QVERIFY(!ill.contact);
        QVERIFY(ill.nextAttempt && *ill.nextAttempt <= 60s);
        QCOMPARE(ill.error, u"connection refused"_s);
        // The last hundred, the newest first.
        QCOMPARE(all->requestsMade, 103u);
        QCOMPARE(all->requests.size(), 100u);
        QCOMPARE(all->requests.front().url, u"103"_s);
        QCOMPARE(all->requests.back().url, u"4"_s);
    }

    void pollsAtItsIntervalWithJitter()
    {
        Scene scene({u"a"_s});
        QCOMPARE(scene.script.count(u"a"_s), 1);
        scene.run(1000s);
        const auto gaps = scene.script.gaps(u"a"_s);
        QVERIFY(gaps.size() >= 90 && gaps.size() <= 111);
        const auto [least, most] = std::minmax_element(gaps.begin(), gaps.end());
        QVERIFY2(*least >= 9s && *most <= 11s, qPrintable(QString::number(most->count())));
        QVERIFY(*most - *least > 1s);
        QVERIFY(scene.state().answered);
        QVERIFY(!scene.state().error);
    }

    void endpointsAreSpreadOverTheInterval()
    {
        QStringList names;
        for (int i = 0; i < 10; ++i)
            names.append(QString::number(i));
        Scene scene(names);
        const milliseconds start = scene.clock.elapsed();
        scene.run(9s);
        for (int i = 0; i < 10; ++i) {
            QCOMPARE(scene.script.count(names[i]), 1);
            QCOMPARE(scene.script.polls(names[i])[0] - start, milliseconds(1s) * i);
        }
        QCOMPARE(scene.store.current()->counts.stamps, 10);
    }

    void eachEndpointFailsAlone()
    {
        Scene scene({u"a"_s, u"b"_s, u"c"_s});
        scene.run(10s);
        QCOMPARE(scene.store.current()->counts.stamps, 3);
        scene.script.set(u"b"_s, Script::Mode::Fails, unreachable());
        scene.run(60s);
        QCOMPARE(scene.state().endpointsFailing, 1);
        QCOMPARE(scene.state().errorEndpoint, u"b"_s);
        QCOMPARE(scene.state().error->message, u"connection refused"_s);
        QVERIFY(scene.state().nextAttempt);
        QVERIFY(scene.isStale(u"at-b"_s));
        QVERIFY(!scene.isStale(u"at-a"_s));
        QVERIFY(!scene.isStale(u"at-c"_s));
        for (const QString &name : {u"a"_s, u"c"_s}) {
            for (const milliseconds gap : scene.script.gaps(name))
                QVERIFY(gap <= 11s);
        }
        scene.script.set(u"b"_s, Script::Mode::Answers);
        scene.run(70s);
        QVERIFY(!scene.isStale(u"at-b"_s));
        QVERIFY(!scene.state().error);
        QCOMPARE(scene.state().endpointsFailing, 0);
    }

    void failingBacksOffUpToAMinuteAndComesBack()
    {
        Scene scene({u"a"_s}, 2s);
        scene.run(10s);
        const auto before = size_t(scene.script.count(u"a"_s));
        scene.script.set(u"a"_s, Script::Mode::Fails, unreachable());
        scene.run(30min);
        const auto gaps = scene.script.gaps(u"a"_s, before);
        // Without back-off there would be 900.
        QVERIFY2(gaps.size() > 20 && gaps.size() < 100, qPrintable(QString::number(gaps.size())));
        for (const milliseconds gap : gaps)
            QVERIFY2(gap >= 500ms && gap <= 121s, qPrintable(QString::number(gap.count())));
        // The breaker is open by then: one probe in ten intervals at the most.
        for (size_t i = 6; i < gaps.size(); ++i)
            QVERIFY2(gaps[i] >= 20s, qPrintable(QString::number(gaps[i].count())));

        scene.script.set(u"a"_s, Script::Mode::Answers);
        scene.run(130s);
        const auto after = size_t(scene.script.count(u"a"_s));
        scene.run(60s);
        for (const milliseconds gap : scene.script.gaps(u"a"_s, after))
            QVERIFY(gap >= 1800ms && gap <= 2200ms);
        QVERIFY(!scene.state().isStale());
    }

    void waitsAsLongAsItIsTold()
    {
        Scene scene({u"a"_s});
        Error busy = Error::of(ErrorKind::NotNow, u"too many requests"_s);
        busy.retryAfter = 45s;
        scene.script.set(u"a"_s, Script::Mode::Fails, busy);
        scene.run(11s);
        const int asked = scene.script.count(u"a"_s);
        scene.run(34s);
        QCOMPARE(scene.script.count(u"a"_s), asked);
        scene.run(20s);
        QCOMPARE(scene.script.count(u"a"_s), asked + 1);
    }

    void anAdapterThatNeverAnswersIsLeftBehind()
    {
        Scene scene({u"a"_s, u"b"_s});
        scene.run(10s);
        const int polls = scene.script.count(u"b"_s);
        scene.script.set(u"b"_s, Script::Mode::Hangs);
        // The interval, twice the limit of 4 s, and one more.
        for (auto waited = 0s; waited < 11s + 9s && !scene.state().error; ++waited)
            scene.run(1s);
        QVERIFY(scene.state().error);
        QCOMPARE(scene.state().error->kind, ErrorKind::Timeout);
        QCOMPARE(scene.state().error->message, u"no answer in 4 s"_s);
        QCOMPARE(scene.state().errorEndpoint, u"b"_s);
        QCOMPARE(scene.script.count(u"b"_s), polls + 1);
        // Its answer comes when nobody waits for it: nothing of it is taken.
        scene.script.set(u"b"_s, Script::Mode::Fails, unreachable());
        VERIFY_RESULT(await(scene.runtime->perform(CordonStamp{u"x"_s}, {})));
        scene.settle();
        QVERIFY(!scene.store.current()->findStamp(u"late"_s));
        QVERIFY(scene.store.current()->findStamp(u"at-b"_s));
        scene.script.set(u"b"_s, Script::Mode::Answers);
        scene.run(60s);
        QVERIFY(!scene.state().error);
        QVERIFY(scene.script.count(u"b"_s) > polls + 1);
    }

    void refreshAsksNowAndNeverTwiceAtOnce()
    {
        Scene scene({u"a"_s});
        scene.runtime->refresh();
        scene.settle();
        scene.run(0ms);
        QCOMPARE(scene.script.count(u"a"_s), 2);
        scene.script.set(u"a"_s, Script::Mode::Hangs);
        for (int asked = 0; asked < 3; ++asked) {
            scene.runtime->refresh();
            scene.settle();
            scene.run(0ms);
            QCOMPARE(scene.script.count(u"a"_s), 3);
        }
    }

    void whatPushesIsNotPolled()
    {
        Scene scene({u"a"_s}, 10s, Capability::Events);
        QVERIFY(scene.state().watching);
        scene.run(40s);
        QCOMPARE(scene.script.count(u"a"_s), 1);
        // A stream that broke is looked after at once, and opened again.
        QVERIFY(!await(scene.runtime->control(u"a"_s, OperationVerb::Pause, {})));
        scene.settle();
        QVERIFY(!scene.state().watching);
        scene.run(500ms);
        QCOMPARE(scene.script.count(u"a"_s), 2);
        QVERIFY(scene.state().watching);
        // One that has no events after all is polled for good.
        scene.script.capabilities = 0;
        WriteContext context;
        context.reason = u"unsupported"_s;
        QVERIFY(!await(scene.runtime->control(u"a"_s, OperationVerb::Pause, context)));
        scene.run(100s);
        QVERIFY(!scene.state().watching);
        QVERIFY(scene.script.count(u"a"_s) >= 10);
    }

    void anAdapterThatCannotBeMadeIsSaid()
    {
        ManualClock clock;
        FleetStore store(clock);
        SourceState state;
        state.name = u"edge"_s;
        store.addSource(state);
        SourceSettings settings;
        settings.name = u"edge"_s;
        SourceRuntime runtime(
            settings,
            []() -> Result<std::unique_ptr<FleetAdapter>> {
                return fail(ErrorKind::Invalid, u"there is no such key"_s);
            },
            store, clock);
        const auto asked = await(runtime.perform(CordonStamp{u"x"_s}, {}));
        QVERIFY(!asked);
        QCOMPARE(asked.error().message, u"edge could not be started"_s);
        store.sync();
        QCOMPARE(store.current()->sources[0].error->message, u"there is no such key"_s);
        QVERIFY(!store.current()->sources[0].nextAttempt);
        const auto all = await(runtime.diagnostics());
        VERIFY_RESULT(all);
        QVERIFY(!all->started);
        QCOMPARE(all->endpoints.size(), 1);
        QCOMPARE(all->endpoints[0].error, u"there is no such key"_s);
    }

    void endsWhileAPollIsOut()
    {
        Scene scene({u"a"_s});
        scene.script.set(u"a"_s, Script::Mode::Hangs);
        scene.run(11s);
        const auto asked = scene.runtime->perform(CordonStamp{u"x"_s}, {});
        scene.runtime.reset();
        QVERIFY(asked.isFinished());
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestSourceRuntime)
#include "tst_sourceruntime.moc"

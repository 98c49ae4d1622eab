// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operationrunner.h"

#include "models/duration.h"
#include "models/fleetstore.h"
#include "models/journal.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>
#include <QtCore/QTemporaryDir>

#include <ctime>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// A backend that does what it is asked at once, unless a test holds it up. Tells the store nothing.
class InstantBackend final : public PrimitiveExecutor
{
public:
    FutureResult<WriteOutcome> perform(const QString &, const Primitive &primitive,
                                       const WriteContext &) override
    {
        const QMutexLocker locker(&m_mutex);
        performed.append(kindOf(primitive));
        if (m_fails && kindOf(primitive) == m_fails->first)
            return ready<WriteOutcome>(fail(m_fails->second));
        WriteOutcome outcome;
        outcome.done = kindOf(primitive) != m_held;
        outcome.message = outcome.done ? QString() : u"2 of 3 ready"_s;
        return ready<WriteOutcome>(outcome);
    }
    FutureResult<WriteOutcome> observe(const QString &source, const Primitive &primitive,
                                       const WriteContext &context, const QString &) override
    {
        return perform(source, primitive, context);
    }
    FutureResult<WriteOutcome> cancel(const QString &, const Primitive &, const WriteContext &,
                                      const QString &) override
    {
        return ready<WriteOutcome>(WriteOutcome());
    }
    FutureResult<OperationPtr> control(const QString &source, const QString &operation,
                                       OperationVerb verb, const WriteContext &) override
    {
        const QMutexLocker locker(&m_mutex);
        controlled.append(source + u' ' + operation + u' ' + toString(verb));
        if (operation == u"deaf")
            return ready<OperationPtr>(fail(ErrorKind::Unreachable, u"no word from it"_s));
        Operation paused;
        paused.id = operation;
        paused.state = OperationState::Paused;
        return ready<OperationPtr>(std::make_shared<const Operation>(paused));
    }
    /// Steps of \a kind are not done until another kind is held.
    void hold(const QString &kind)
    {
        const QMutexLocker locker(&m_mutex);
        m_held = kind;
    }
    void failAt(const QString &kind, const Error &error)
    {
        const QMutexLocker locker(&m_mutex);
        m_fails = {kind, error};
    }
    void mend()
    {
        const QMutexLocker locker(&m_mutex);
        m_fails.reset();
    }

    QStringList performed, controlled; // read once it is quiet

private:
    QMutex m_mutex;
    QString m_held;
    std::optional<std::pair<QString, Error>> m_fails;
};

} // namespace

/// The runner over a store and a backend that the test moves by hand.
class TestOperationRunner : public QObject
{
    Q_OBJECT
private:
    void open(const QList<Stamp> &stamps, const QList<Tenant> &tenants, Clock &clock)
    {
        m_store = std::make_unique<FleetStore>(clock);
        SourceState source;
        source.name = source.tenantDomain = u"prod"_s;
        source.pollInterval = 1h; // nothing goes stale while a test moves the clock
        source.capabilities = Capability::Primitives | Capability::Cordon | Capability::Operations;
        m_store->addSource(source);
        m_store->apply(u"prod"_s, makeUpdate(stamps, tenants));
        m_store->sync();
        auto journal = Journal::open(m_dir->filePath(u"state"_s));
        VERIFY_RESULT(journal);
        m_journal = std::move(*journal);
        m_runner = std::make_unique<OperationRunner>(*m_store, *m_journal, m_backend, clock);
        VERIFY_RESULT(m_runner->recover());
    }
    static ActionRequest drainOf(const QString &stamp, int parallel = 4)
    {
        ActionRequest request;
        request.kind = ActionKind::Drain;
        request.stamp = stamp;
        request.parallel = parallel;
        request.actor = u"ann"_s;
        return request;
    }
    // One stamp with \a tenants small tenants, and room for them elsewhere.
    void openFull(int tenants, Clock *clock = nullptr)
    {
        Stamp full = makeStamp(u"full"_s);
        full.resources.tenants = {tenants, tenants, tenants};
        QList<Stamp> stamps{full};
        for (int i = 0; i < 4; ++i) {
            Stamp stamp = makeStamp(u"s%1"_s.arg(i));
            stamp.resources.tenants = {10'000, 0, 0};
            stamps.append(stamp);
        }
        QList<Tenant> all;
        for (int i = 0; i < tenants; ++i) {
            Tenant tenant = makeTenant(u"t%1"_s.arg(i, 4, 10, QChar(u'0')), u"full"_s);
            tenant.demand = {0.001, 1, 1, 1};
            all.append(tenant);
        }
        open(stamps, all, clock ? *clock : m_clock);
    }
    // The processor's time of a drain of that many.
    qint64 milliseconds(int tenants)
    {
        m_runner.reset();
        m_journal.reset();
        m_store.reset();
        // In memory where there is such a place: it is the runner that is measured, not the disk.
        const QString memory = u"/dev/shm"_s;
        m_dir = QFileInfo(memory).isWritable()
            ? std::make_unique<QTemporaryDir>(memory + u"/stampdeck-XXXXXX"_s)
            : std::make_unique<QTemporaryDir>();
        openFull(tenants, &Clock::system());
        const std::clock_t start = std::clock();
        const auto accepted = await(m_runner->submit(drainOf(u"full"_s)));
        if (!accepted)
            return -1;
        const auto ended = await(m_runner->finished((*accepted)->id));
        return ended && (*ended)->state == OperationState::Succeeded
            ? qint64(std::clock() - start) * 1000 / CLOCKS_PER_SEC
            : -1;
    }
    OperationPtr shown(const QString &id)
    {
        m_store->sync();
        return m_store->current()->operations.value(id);
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    ManualClock m_clock;
    InstantBackend m_backend;
    std::unique_ptr<FleetStore> m_store;
    std::unique_ptr<Journal> m_journal;
    std::unique_ptr<OperationRunner> m_runner;

private Q_SLOTS:
    void init()
    {
        strict();
        m_dir = std::make_unique<QTemporaryDir>();
    }
    void cleanup()
    {
        m_runner.reset();
        m_journal.reset();
        m_store.reset();
        m_backend.hold({});
        m_backend.mend();
        m_backend.performed.clear();
        m_backend.controlled.clear();
    }

    /// Four times the tenants cost about four times the time; the square would be sixteen.
    void aDrainCostsWhatItIsLong()
    {
        const qint64 small = milliseconds(200);
        QVERIFY(small > 0);
        const qint64 large = milliseconds(800);
        QVERIFY(large > 0);
        qInfo("200 tenants: %lld ms, 800: %lld ms", small, large);
        QVERIFY2(large < 9 * small, qPrintable(u"%1 ms and %2 ms"_s.arg(small).arg(large)));
    }

    void itSaysWhatItWaitsForAndHowLongItTakes()
    {
        openFull(4);
        const auto unknown = plan(m_store->current(), drainOf(u"full"_s, 2), m_clock);
        VERIFY_RESULT(unknown);
        QVERIFY(!unknown->duration);
        QCOMPARE(durationText(unknown->duration, unknown->measured),
                 u"not known: no move measured yet"_s);
        m_backend.hold(u"probe"_s);
        const auto accepted = await(m_runner->submit(drainOf(u"full"_s, 2)));
        VERIFY_RESULT(accepted);
        const QString id = (*accepted)->id;
        // A probe that takes its time says what the backend says.
        QTRY_VERIFY((m_clock.advance(1s), shown(id) && !shown(id)->blocked.isEmpty()));
        QVERIFY2(shown(id)->blocked.contains(u"2 of 3 ready"), qPrintable(shown(id)->blocked));
        QVERIFY(!shown(id)->mend.isEmpty());
        QVERIFY(!shown(id)->remaining);
        m_backend.hold(u"shift"_s);
        QTRY_VERIFY((m_clock.advance(1s), shown(id)->steps[3].state == StepState::Running
                         && shown(id)->steps[7].state == StepState::Running));
        m_backend.hold({});
        QTRY_VERIFY((m_clock.advance(1s), shown(id)->state == OperationState::Succeeded));
        const MoveTimes times(*m_store->current());
        QCOMPARE(times.measured(u"prod"_s), 4);
        QVERIFY(*times.median(u"prod"_s) >= 0s);
        // Three waves of two, where one wave takes the median.
        QCOMPARE(*times.estimate({{u"prod"_s, 5}}, 2), *times.median(u"prod"_s) * 3);
        QVERIFY(!times.estimate({{u"prod"_s, 5}, {u"other"_s, 1}}, 2));
        const auto known = plan(m_store->current(), drainOf(u"full"_s, 2), m_clock);
        VERIFY_RESULT(known);
        QCOMPARE(known->measured, 4);
        QCOMPARE(*known->duration, *times.median(u"prod"_s) * 2);
    }

    void aBackendThatDoesNotAnswerIsToldOf()
    {
        openFull(2);
        m_backend.failAt(u"place"_s, Error::of(ErrorKind::Unreachable, u"no route"_s));
        const auto accepted = await(m_runner->submit(drainOf(u"full"_s, 1)));
        VERIFY_RESULT(accepted);
        const QString id = (*accepted)->id;
        QTRY_VERIFY(shown(id) && shown(id)->blocked.contains(u"no route"));
        QVERIFY2(shown(id)->mend.contains(u"prod"), qPrintable(shown(id)->mend));
        m_backend.mend();
        QTRY_VERIFY((m_clock.advance(1s), shown(id)->state == OperationState::Succeeded));
        QCOMPARE(shown(id)->blocked, QString());
    }

    /// The timer of the first run must not end the second before its time.
    void aResumedDeadlineCountsAnew()
    {
        openFull(2);
        m_backend.hold(u"probe"_s);
        ActionRequest request = drainOf(u"full"_s, 1);
        request.deadline = 60s;
        const auto accepted = await(m_runner->submit(request));
        VERIFY_RESULT(accepted);
        const QString id = (*accepted)->id;
        QTRY_VERIFY(shown(id) && shown(id)->steps[2].state == StepState::Running);
        m_clock.advance(50s);
        VERIFY_RESULT(await(m_runner->control(id, OperationVerb::Pause, {u"ann"_s, {}})));
        VERIFY_RESULT(await(m_runner->control(id, OperationVerb::Resume, {u"ann"_s, {}})));
        m_clock.advance(20s); // the first deadline is past, the second is not
        VERIFY_RESULT(await(m_runner->control(id, OperationVerb::Resume, {u"ann"_s, {}})));
        QTRY_VERIFY(shown(id)->blocked.isEmpty() || !shown(id)->blocked.contains(u"deadline"));
        const int timers = m_clock.pending();
        for (int i = 0; i < 5; ++i) {
            m_clock.advance(1s);
            VERIFY_RESULT(await(m_runner->control(id, OperationVerb::Pause, {u"ann"_s, {}})));
            VERIFY_RESULT(await(m_runner->control(id, OperationVerb::Resume, {u"ann"_s, {}})));
        }
        m_clock.advance(59s);
        QTRY_VERIFY(shown(id)->state == OperationState::Running);
        // Timers of before have ended, and left none of their kind.
        QTRY_VERIFY2(m_clock.pending() <= timers + 1, qPrintable(QString::number(m_clock.pending())));
        m_clock.advance(2s);
        QTRY_VERIFY(shown(id)->blocked.contains(u"deadline of 60s")
                    || shown(id)->blocked.contains(u"deadline of 1m"));
        m_backend.hold({});
        QTRY_VERIFY((m_clock.advance(1s), shown(id)->state == OperationState::Failed));
        QVERIFY(shown(id)->error.contains(u"1 of 2"));
    }

    /// Ours, those of another process on the same journal, and the backends'.
    void everythingIsPausedAndWhatCanNotBeIsTold()
    {
        openFull(3);
        m_backend.hold(u"probe"_s);
        const auto ours = await(m_runner->submit(drainOf(u"full"_s, 1)));
        VERIFY_RESULT(ours);
        FleetUpdate update;
        update.complete = false;
        for (const QString &id : {u"theirs"_s, u"deaf"_s, u"over"_s}) {
            Operation operation;
            operation.id = id;
            operation.kind = u"move"_s;
            operation.state = id == u"over" ? OperationState::Succeeded : OperationState::Running;
            update.operations.push_back(std::make_shared<const Operation>(operation));
        }
        m_store->apply(u"prod"_s, update);
        m_store->sync();
        // Another process, as far as the journal can tell: it holds the lock.
        auto second = Journal::open(m_dir->filePath(u"state"_s));
        VERIFY_RESULT(second);
        JournalOperation other;
        other.id = u"op-other"_s;
        other.state = OperationState::Running;
        other.createdAt = other.updatedAt = m_clock.now();
        AuditEntry entry;
        entry.at = m_clock.now();
        entry.operation = other.id;
        entry.action = u"accepted"_s;
        VERIFY_RESULT((*second)->begin(other, entry));
        VERIFY_RESULT((*second)->lock(other.id));

        auto report = await(m_runner->pauseAll({u"bob"_s, u"fire"_s}, PauseScope::Ours));
        VERIFY_RESULT(report);
        QCOMPARE(report->paused, QStringList{(*ours)->id});
        QVERIFY(report->asked.isEmpty() && report->failed.empty());
        QVERIFY(m_backend.controlled.isEmpty());
        VERIFY_RESULT(await(m_runner->control((*ours)->id, OperationVerb::Resume, {u"bob"_s, {}})));

        report = await(m_runner->pauseAll({u"bob"_s, u"fire"_s}));
        VERIFY_RESULT(report);
        QStringList paused = report->paused;
        paused.sort();
        QStringList expected{(*ours)->id, u"theirs"_s};
        expected.sort();
        QCOMPARE(paused, expected);
        QCOMPARE(report->asked, QStringList{other.id});
        QCOMPARE(report->failed.size(), size_t(1));
        QCOMPARE(report->failed.front().first, u"deaf"_s);
        QCOMPARE(report->failed.front().second.kind, ErrorKind::Unreachable);
        const auto requests = (*second)->takeRequests({other.id});
        VERIFY_RESULT(requests);
        QCOMPARE(requests->size(), 1);
        QCOMPARE(requests->first().actor, u"bob"_s);
        QTRY_COMPARE(shown((*ours)->id)->state, OperationState::Paused);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestOperationRunner)
#include "tst_operationrunner.moc"

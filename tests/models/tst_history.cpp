// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/historycodec.h"
#include "models/historyreader.h"
#include "models/historyrecorder.h"
#include "models/historytimeline.h"
#include "models/historywords.h"
#include "models/incidentevent.h"
#include "models/sqlite.h"

#include "backends/simulator/simulation.h"
#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QRandomGenerator>
#include <QtCore/QScopeGuard>
#include <QtCore/QSemaphore>
#include <QtCore/QTemporaryDir>
#include <QtCore/QThread>
#include <QtCore/QThreadPool>
#include <QtSql/QSqlDatabase>
#include <QtSql/QSqlError>
#include <QtSql/QSqlQuery>

#include <atomic>
#include <cmath>
#include <mutex>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Runs \a sql on the history of \a dir, beside whoever has it open; its first value.
QVariant raw(const QString &dir, const QString &sql)
{
    QVariant value;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"raw"_s);
        database.setDatabaseName(dir + u"/history.db"_s);
        if (!database.open())
            qFatal("%s", qPrintable(database.lastError().text()));
        QSqlQuery query(database);
        if (!query.exec(sql))
            qFatal("%s", qPrintable(query.lastError().text()));
        if (query.next())
            value = query.value(0);
    }
    QSqlDatabase::removeDatabase(u"raw"_s);
    return value;
}

/// What the two say differently, where one is what the other was recorded as; empty when nothing.
QString differenceOf(const FleetVersion &is, const FleetVersion &was)
{
    if (!(is.counts == was.counts))
        return u"counts"_s;
    QString wrong;
    was.eachStamp([&](int slot, const StampEntry &old) {
        if (!wrong.isEmpty())
            return;
        const QString id = was.stampId(slot);
        const int at = is.stampIndex.value(id);
        if (at < 0) {
            wrong = u"no stamp "_s + id;
            return;
        }
        const StampEntry &fresh = *is.stamps[at];
        if (encodeStamp(fresh, {}, RecordedPart::Discrete)
            != encodeStamp(old, {}, RecordedPart::Discrete)) {
            wrong = u"state of "_s + id;
            return;
        }
        const auto isNear = [](std::optional<double> a, std::optional<double> b, double by) {
            return a.has_value() == b.has_value() && (!a || std::abs(*a - *b) <= by * (1 + 1e-9));
        };
        for (const ResourceKind kind :
             {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage}) {
            const Resource &then = old.stamp->resources[kind];
            if (!isNear(fresh.stamp->resources[kind].used, then.used, then.limit.value_or(0) / 8192)
                || fresh.resources[kind].used != fresh.stamp->resources[kind].used)
                wrong = u"%1 of %2: %3, was %4"_s.arg(toString(kind), id)
                            .arg(fresh.stamp->resources[kind].used.value_or(-1))
                            .arg(then.used.value_or(-1));
        }
        const SignalValues &now = fresh.stamp->signalValues;
        const SignalValues &then = old.stamp->signalValues;
        for (const auto field : {&SignalValues::requestsPerSecond, &SignalValues::errorRatio,
                                 &SignalValues::latencyP50Ms, &SignalValues::latencyP99Ms}) {
            if (!isNear(now.*field, then.*field, (then.*field).value_or(0) * 0.005))
                wrong = u"a signal of %1: %2, was %3"_s.arg(id)
                            .arg((now.*field).value_or(-1))
                            .arg((then.*field).value_or(-1));
        }
        QStringList ids;
        QStringList oldIds;
        for (const int tenant : fresh.tenants)
            ids.append(is.tenantId(tenant));
        for (const int tenant : old.tenants)
            oldIds.append(was.tenantId(tenant));
        if (ids != oldIds || fresh.owned != old.owned)
            wrong = u"tenants of "_s + id;
    });
    was.eachTenant([&](int slot, const TenantEntry &old) {
        const QString id = was.tenantId(slot);
        const int at = is.tenantIndex.value(id);
        if (at < 0 || encodeTenant(is.tenants[at]) != encodeTenant(old))
            wrong = u"tenant "_s + id;
        else if (is.stampId(is.tenants[at].owner) != was.stampId(old.owner))
            wrong = u"owner of "_s + id;
    });
    if (is.operations.keys() != was.operations.keys())
        return u"operations: %1, was %2"_s.arg(is.operations.keys().join(u' '),
                                               was.operations.keys().join(u' '));
    for (auto it = was.operations.cbegin(); it != was.operations.cend(); ++it) {
        if (!(*is.operations[it.key()] == **it))
            wrong = u"operation "_s + it.key();
    }
    if (is.acknowledgements != was.acknowledgements)
        wrong = u"acknowledgements"_s;
    if (is.sources.size() != was.sources.size())
        return u"sources"_s;
    for (int i = 0; i < was.sources.size(); ++i) {
        if (encodeSource(is.sources[i], i, {}, RecordedPart::Discrete)
            != encodeSource(was.sources[i], i, {}, RecordedPart::Discrete))
            wrong = u"source "_s + was.sources[i].name;
    }
    return wrong;
}

} // namespace

class TestHistory : public QObject
{
    Q_OBJECT
private:
    void openStore()
    {
        m_store = std::make_unique<FleetStore>(*m_clock);
        SourceState source;
        source.name = u"prod"_s;
        source.adapter = u"rest"_s;
        m_store->addSource(source);
        // In the store's thread, before the recorder hears of it.
        connect(
            m_store.get(), &FleetStore::published, m_store.get(),
            [this](const FleetVersionPtr &version, const ChangeSetPtr &) {
                const std::lock_guard guard(m_seenMutex);
                m_seen.push_back(version);
            },
            Qt::DirectConnection);
    }
    void record(const HistoryOptions &options = {})
    {
        m_recorder = std::make_unique<HistoryRecorder>(m_dir->path(), *m_store, *m_clock, options);
        m_recorder->sync();
    }
    // A clock call is queued into another thread: two syncs later it has run.
    void settle()
    {
        m_store->sync();
        m_store->sync();
        m_recorder->sync();
        m_recorder->sync();
        const auto status = m_recorder->status();
        if (status.error && status.error->kind != ErrorKind::Malformed)
            qFatal("%s (%s)", qPrintable(status.error->message), qPrintable(status.error->detail));
    }
    void apply(const QList<Stamp> &stamps, const QList<Tenant> &tenants = {})
    {
        m_store->apply(u"prod"_s, makeUpdate(stamps, tenants));
        settle();
    }
    void advance(std::chrono::milliseconds by)
    {
        m_clock->advance(by);
        settle();
    }
    qint64 sizeOf() const
    {
        return raw(m_dir->path(), u"SELECT (SELECT * FROM pragma_page_count()) * "
                                  "(SELECT * FROM pragma_page_size())"_s)
            .toLongLong();
    }
    std::unique_ptr<HistoryReader> reader()
    {
        auto opened = HistoryReader::open(m_dir->path(), m_store ? m_store->current() : nullptr);
        if (!opened)
            qFatal("%s", qPrintable(opened.error().message));
        return std::move(*opened);
    }
    FleetVersionPtr seenAt(Timestamp moment)
    {
        const std::lock_guard guard(m_seenMutex);
        FleetVersionPtr found;
        for (const FleetVersionPtr &version : m_seen) {
            if (version->at <= moment)
                found = version;
        }
        return found;
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<FleetStore> m_store;
    std::unique_ptr<HistoryRecorder> m_recorder;
    std::mutex m_seenMutex;
    std::vector<FleetVersionPtr> m_seen;

private Q_SLOTS:
    void init()
    {
        strict();
        m_dir = std::make_unique<QTemporaryDir>();
        m_clock = std::make_unique<ManualClock>();
        openStore();
    }
    void cleanup()
    {
        m_recorder.reset();
        m_store.reset();
        m_seen.clear();
        m_clock.reset();
        m_dir.reset();
    }

    /// Several steps of an operation between two versions are one change of it: a patch of the version
    /// before, which fits nothing when it is written twice.
    void anOperationThatHurriesIsReadAsItWas()
    {
        record();
        Operation operation;
        operation.id = u"op-1"_s;
        operation.kind = u"drain"_s;
        operation.state = OperationState::Running;
        const auto show = [&] {
            operation.steps.append({u"move t%1"_s.arg(operation.steps.size()), StepState::Succeeded,
                                    m_clock->now(), {}, {}});
            m_store->showOperation(std::make_shared<const Operation>(operation));
        };
        show();
        settle();
        m_clock->advance(1s);
        // While the store is busy: then it publishes once.
        QSemaphore gate;
        std::ignore = m_store->transact([&gate](const FleetVersionPtr &) -> Result<QList<Claim>> {
            gate.acquire();
            return QList<Claim>();
        });
        const size_t seen = m_seen.size();
        for (int i = 0; i < 4; ++i)
            show();
        gate.release();
        settle();
        QCOMPARE(m_seen.size(), seen + 1);
        const auto is = reader()->at(m_clock->now());
        VERIFY_RESULT(is);
        const OperationPtr read = is->version->operations.value(u"op-1"_s);
        QVERIFY(read);
        QCOMPARE(*read, operation);
    }

    /// The promise of the whole: a run of the simulator, and any moment of it again.
    void anyMomentOfARunIsThereAgain()
    {
        SimulatorSettings settings;
        settings.stamps = 10;
        settings.tenantsPerStamp = 4;
        settings.seed = 3;
        auto made = Simulation::create(settings, m_clock->now());
        VERIFY_RESULT(made);
        Simulation &simulation = **made;
        record();
        QVERIFY(m_recorder->status().recording);
        const Timestamp start = m_clock->now();
        QString removed;
        Timestamp removedAt;
        Operation operation;
        operation.id = u"op-1"_s;
        operation.kind = u"drain"_s;
        operation.state = OperationState::Running;
        operation.steps.resize(20);
        WriteContext context;
        context.actor = u"tester"_s;
        constexpr int polls = 1'600; // over two hours
        for (int poll = 0; poll < polls; ++poll) {
            m_clock->advance(5s);
            simulation.advance(m_clock->now());
            FleetUpdate update = simulation.poll();
            if (poll == 0)
                removed = update.stamps.back()->name;
            if (poll % 97 == 10) {
                const QString name = update.stamps.empty() ? removed : update.stamps.front()->name;
                context.idempotencyKey = u"k%1"_s.arg(poll);
                std::ignore = simulation.perform(CordonStamp{name}, context);
            }
            // The source loses sight of one stamp and its tenants for good, and says so once.
            if (poll >= 700) {
                std::erase_if(update.stamps,
                              [&](const StampPtr &stamp) { return stamp->name == removed; });
                std::erase_if(update.tenants,
                              [&](const TenantPtr &tenant) { return tenant->stamp == removed; });
            }
            if (poll == 700) {
                const FleetVersionPtr before = m_store->current();
                const StampEntry &entry = *before->stamps[*before->findStamp(removed)];
                for (const int slot : entry.tenants)
                    update.goneTenants.append(before->tenants[slot].tenant->id);
                update.goneStamps = {removed};
                removedAt = m_clock->now();
            }
            // Nobody answers for two minutes.
            if (poll >= 900 && poll < 924)
                m_store->fail(u"prod"_s, {}, Error::of(ErrorKind::Timeout, u"no answer"_s), {});
            else
                m_store->apply(u"prod"_s, update);
            if (poll % 40 == 5) {
                operation.steps[poll / 40 % 20].state = StepState::Succeeded;
                operation.progress = poll / 1600.0;
                operation.updatedAt = m_clock->now();
                m_store->showOperation(std::make_shared<const Operation>(operation));
            }
            if (poll % 300 == 50) {
                m_store->setAcknowledgements(
                    {{u"prod/x:stale"_s, u"ada"_s, m_clock->now() + 1h, u"note %1"_s.arg(poll)}});
            }
            m_store->sync();
            m_store->sync();
            if (poll % 20 == 0)
                settle();
            if (poll == 1'200) { // a process ends and another begins
                settle();
                m_recorder.reset();
                record();
            }
        }
        settle();
        QVERIFY(raw(m_dir->path(), u"SELECT count(*) FROM block WHERE level = 0"_s).toInt() > 50);
        QVERIFY(raw(m_dir->path(), u"SELECT count(*) FROM tail"_s).toInt() > 0);

        // On a busy machine, where what a seek asks of other threads begins late.
        std::atomic<bool> isOver = false;
        QThreadPool others;
        others.setMaxThreadCount(2 * QThread::idealThreadCount());
        for (int i = 0; i < others.maxThreadCount(); ++i) {
            others.start([&isOver] {
                while (!isOver) { }
            });
        }
        const auto rest = qScopeGuard([&isOver] { isOver = true; });
        const auto read = reader();
        QRandomGenerator random(5);
        for (int i = 0; i < 100; ++i) {
            const Timestamp moment =
                start + 5s + std::chrono::milliseconds(random.bounded(int(polls * 5000LL - 5000)));
            const auto is = read->at(moment);
            VERIFY_RESULT(is);
            QVERIFY(is->isRecorded);
            const QString wrong = differenceOf(*is->version, *seenAt(moment));
            QVERIFY2(wrong.isEmpty(), qPrintable(toRfc3339(moment) + u": "_s + wrong));
        }
        // What is gone is there again, in the place of nobody else.
        const auto before = read->at(removedAt - 1ms);
        VERIFY_RESULT(before);
        QVERIFY(before->version->findStamp(removed));
        const auto after = read->at(removedAt);
        VERIFY_RESULT(after);
        QVERIFY(!after->version->findStamp(removed));
        const auto spans = read->stamps();
        VERIFY_RESULT(spans);
        const auto gone =
            std::find_if(spans->begin(), spans->end(),
                         [&](const RecordedStampSpan &s) { return s.id == u"prod/"_s + removed; });
        QVERIFY(gone != spans->end());
        QVERIFY(gone->goneAt == removedAt);
        // Every stamp that is there now stands where it stands now.
        const FleetVersionPtr now = m_store->current();
        now->eachStamp([&](int slot, const StampEntry &entry) {
            QCOMPARE(after->version->stampIndex.value(entry.id), slot);
        });
        // It went from change to change, and no further.
        Timestamp at = start;
        int changes = 0;
        for (;;) {
            const auto next = read->nextChange(at);
            VERIFY_RESULT(next);
            if (!*next)
                break;
            QVERIFY(**next > at);
            const auto back = read->previousChange(**next + 1ms);
            VERIFY_RESULT(back);
            QVERIFY(*back == **next);
            at = **next;
            ++changes;
        }
        QVERIFY(changes > 50);
    }

    void aStampThatComesAndGoesIsFoundWithWhatChanged()
    {
        record();
        Stamp stamp = makeStamp(u"eu-1"_s);
        apply({stamp, makeStamp(u"eu-2"_s)}, {makeTenant(u"acme"_s, u"eu-2"_s)});
        const Timestamp start = m_clock->now();
        advance(10s);
        stamp.version = u"1.5.0"_s;
        stamp.components[0].ready = 2;
        stamp.health = Health::Degraded;
        apply({stamp, makeStamp(u"eu-2"_s)}, {makeTenant(u"acme"_s, u"eu-2"_s)});
        const Timestamp changed = m_clock->now();
        advance(10s);
        apply({makeStamp(u"eu-2"_s)}, {makeTenant(u"acme"_s, u"eu-2"_s)});
        const Timestamp gone = m_clock->now();
        advance(10s);
        m_recorder.reset();

        const auto read = reader();
        const auto changes = read->changes(u"eu-1"_s, start - 1s, m_clock->now());
        VERIFY_RESULT(changes);
        const auto of = [&](const QString &field) {
            QList<HistoryChange> found;
            for (const HistoryChange &change : *changes) {
                if (change.field == field)
                    found.append(change);
            }
            return found;
        };
        QCOMPARE(of(u"version"_s).size(), 1);
        QCOMPARE(of(u"version"_s)[0],
                 (HistoryChange{changed, u"version"_s, u"1.4.2"_s, u"1.5.0"_s}));
        QCOMPARE(of(u"web ready"_s)[0], (HistoryChange{changed, u"web ready"_s, u"3"_s, u"2"_s}));
        QCOMPARE(of(u"health"_s)[0].before, u"healthy"_s);
        QVERIFY2(of(u"health"_s)[0].now.startsWith(u"degraded ("),
                 qPrintable(of(u"health"_s)[0].now));
        QCOMPARE(of(u"stamp"_s).size(), 2);
        QCOMPARE(of(u"stamp"_s)[1].at, gone);
        QCOMPARE(of(u"stamp"_s)[1].now, u"gone"_s);
        QCOMPARE(*read->findStamp(u"eu-1"_s), u"prod/eu-1"_s);
        QCOMPARE(toString(read->findStamp(u"eu-3"_s).error().kind), toString(ErrorKind::NotFound));
        QCOMPARE(toString(read->at(start - 1h).error().kind), toString(ErrorKind::NotFound));
        QVERIFY(**read->nextChange(start, u"prod/eu-1"_s) == changed);
        QVERIFY(**read->previousChange(gone, u"prod/eu-1"_s) == changed);
        QVERIFY(!*read->nextChange(gone, u"prod/eu-1"_s));
    }

    void theNameOfASourceMayChangeAndItsHistoryGoesOn()
    {
        record();
        apply({makeStamp(u"eu-1"_s)});
        const Timestamp start = m_clock->now();
        advance(10s);
        m_recorder.reset();
        m_store = std::make_unique<FleetStore>(*m_clock);
        SourceState source;
        source.name = u"production"_s;
        m_store->addSource(source);
        record();
        advance(5s);
        Stamp stamp = makeStamp(u"eu-1"_s);
        stamp.version = u"2"_s;
        m_store->apply(u"production"_s, makeUpdate({stamp}, {}));
        settle();
        advance(2s);
        const auto read = reader();
        const auto spans = read->stamps();
        VERIFY_RESULT(spans);
        QCOMPARE(spans->size(), 1);
        QCOMPARE(spans->first().id, u"production/eu-1"_s);
        QCOMPARE(spans->first().from, start);
        QVERIFY(!spans->first().goneAt);
        QVERIFY(read->at(start)->version->findStamp(u"prod/eu-1"_s)); // as it was called then
    }

    void whatWentWhileNobodyRecordedIsGoneAfterwards()
    {
        record();
        apply({makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)},
              {makeTenant(u"acme"_s, u"eu-1"_s), makeTenant(u"globex"_s, u"eu-2"_s)});
        advance(10s);
        const Timestamp last = m_clock->now();
        m_recorder.reset();
        m_store.reset();
        m_clock->advance(1h);
        const qint64 before = raw(m_dir->path(), u"SELECT count(*) FROM change"_s).toLongLong();
        openStore();
        record();
        apply({makeStamp(u"eu-2"_s)}, {makeTenant(u"globex"_s, u"eu-2"_s)});
        advance(2s);
        const auto read = reader();
        const auto now = read->at(m_clock->now());
        VERIFY_RESULT(now);
        QCOMPARE(now->version->counts.stamps, 1);
        QCOMPARE(now->version->counts.tenants, 1);
        QCOMPARE(read->at(last)->version->counts.stamps, 2);
        // In between nobody knows; the last that was known is shown, and that it is.
        const auto between = read->at(last + 30min);
        VERIFY_RESULT(between);
        QVERIFY(!between->isRecorded);
        QCOMPARE(between->version->counts.stamps, 2);
        const auto ranges = read->recorded();
        VERIFY_RESULT(ranges);
        QCOMPARE(ranges->size(), 2);
        QVERIFY(ranges->at(0).to >= last - 1s && ranges->at(0).to < last + 1min);
        QVERIFY(ranges->at(1).from >= last + 59min);
        // What stayed as it was is not written again: two gone, and what the new process sees anew
        // of the source and of the stamp.
        const qint64 after = raw(m_dir->path(), u"SELECT count(*) FROM change"_s).toLongLong();
        QVERIFY2(after - before <= 6, qPrintable(QString::number(after - before)));
    }

    void whatIsNotReadYetIsNotRecorded()
    {
        record();
        apply({makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)});
        const auto last = reader()->at(m_clock->now());
        VERIFY_RESULT(last);
        m_recorder.reset();
        m_store.reset();
        openStore();
        record();
        const qint64 before = raw(m_dir->path(), u"SELECT count(*) FROM change"_s).toLongLong();
        std::vector<StampPtr> known;
        last->version->eachStamp(
            [&known](int, const StampEntry &entry) { known.push_back(entry.stamp); });
        QCOMPARE(known.size(), size_t(2));
        m_store->addProofs(u"prod"_s, known);
        advance(10s);
        QVERIFY(m_store->current()->stamps[0]->proof);
        QCOMPARE(raw(m_dir->path(), u"SELECT count(*) FROM change"_s).toLongLong(), before);
        const auto now = reader()->at(m_clock->now());
        VERIFY_RESULT(now);
        QCOMPARE(now->version->counts.healthy, 2); // as it was: nobody has told anything else
    }

    void onlyOneProcessRecordsAndTheNextTakesOver()
    {
        record();
        QVERIFY(m_recorder->status().recording);
        auto second = std::make_unique<HistoryRecorder>(m_dir->path(), *m_store, *m_clock);
        second->sync();
        QVERIFY(!second->status().recording);
        QCOMPARE(toString(second->status().error->kind), toString(ErrorKind::Conflict));
        QVERIFY(second->status().error->detail.contains(
            QString::number(QCoreApplication::applicationPid())));
        m_recorder = nullptr;
        m_clock->advance(10s);
        second->sync();
        second->sync();
        QVERIFY(second->status().recording);
        m_recorder = std::move(second);
        apply({makeStamp(u"eu-1"_s)});
        advance(2s);
        QCOMPARE(reader()->at(m_clock->now())->version->counts.stamps, 1);
    }

    void aFleetThatIsLargerThanItWasToldIsNotRecorded()
    {
        HistoryOptions options;
        options.mostStamps = 2;
        record(options);
        apply({makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)});
        const Timestamp small = m_clock->now();
        QVERIFY(m_recorder->status().recording);
        m_clock->advance(10s);
        m_store->apply(u"prod"_s, makeUpdate({makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s),
                                              makeStamp(u"eu-3"_s)},
                                             {}));
        m_store->sync();
        m_recorder->sync();
        QVERIFY(!m_recorder->status().recording);
        const Error error = m_recorder->status().error.value_or(Error());
        QCOMPARE(toString(error.kind), toString(ErrorKind::NotNow));
        QVERIFY2(error.message.contains(u"history: {record: true}"), qPrintable(error.message));
        m_clock->advance(1min); // nor does it try again
        m_recorder->sync();
        QVERIFY(!m_recorder->status().recording);
        QCOMPARE(reader()->at(small)->version->counts.stamps, 2);

        options.record = true;
        m_recorder.reset();
        record(options);
        advance(2s);
        QVERIFY(m_recorder->status().recording);
        QCOMPARE(reader()->at(m_clock->now())->version->counts.stamps, 3);
    }

    void aFileOfANewerVersionIsRefusedByName()
    {
        record();
        apply({makeStamp(u"eu-1"_s)});
        m_recorder.reset();
        raw(m_dir->path(), u"PRAGMA user_version = 99"_s);
        record();
        QVERIFY(!m_recorder->status().recording);
        QVERIFY(m_recorder->status().error);
        const Error error = m_recorder->status().error.value_or(Error());
        QCOMPARE(toString(error.kind), toString(ErrorKind::Unsupported));
        QVERIFY2(error.message.contains(u"newer Stampdeck")
                     && error.message.contains(u"history.db"),
                 qPrintable(error.message));
        const auto read = HistoryReader::open(m_dir->path());
        QVERIFY(!read);
        QCOMPARE(toString(read.error().kind), toString(ErrorKind::Unsupported));
        m_recorder.reset();
        QCOMPARE(raw(m_dir->path(), u"PRAGMA user_version"_s).toInt(), 99);
        QVERIFY(raw(m_dir->path(), u"SELECT count(*) FROM change"_s).toInt() > 0);
    }

    void anOlderFileIsBroughtUp()
    {
        // Version 0 is what SQLite makes by itself.
        raw(m_dir->path(), u"PRAGMA user_version = 0"_s);
        raw(m_dir->path(), u"VACUUM"_s);
        record();
        QVERIFY2(m_recorder->status().recording,
                 qPrintable(m_recorder->status().error.value_or(Error()).message));
        apply({makeStamp(u"eu-1"_s)});
        advance(2s);
        QVERIFY(raw(m_dir->path(), u"PRAGMA user_version"_s).toInt() > 0);
        QCOMPARE(reader()->at(m_clock->now())->version->counts.stamps, 1);
    }

    // The history has had one schema so far. What brings it to a next one, by the same SqliteFile that it
    // is opened with, keeps what is in it; one that fails on the way changes nothing.
    void anOlderFileKeepsItsRows()
    {
        record();
        Stamp stamp = makeStamp(u"eu-1"_s);
        apply({stamp});
        const Timestamp first = m_clock->now();
        advance(1min);
        stamp.version = u"2"_s;
        apply({stamp});
        const HistoryEvent event{m_clock->now(), u"incident"_s, u"prod"_s, u"eu-1"_s, u"a"_s, "{}"};
        m_recorder->add(event);
        advance(1min);
        settle();
        m_recorder.reset();
        const QString path = m_dir->filePath(u"history.db"_s);
        const int version = raw(m_dir->path(), u"PRAGMA user_version"_s).toInt();
        QVERIFY(version > 0);
        const auto rows = [&] {
            QStringList all;
            for (const char *table : {"source", "object", "change", "session", "tail", "event"}) {
                all.append(raw(m_dir->path(), u"SELECT count(*) || ' ' || coalesce(max(number), 0) FROM "_s
                                   + QLatin1StringView(table))
                               .toString());
            }
            all.append(raw(m_dir->path(), u"SELECT group_concat(hex(state)) FROM change"_s).toString());
            return all;
        };
        const QStringList before = rows();
        QVERIFY(raw(m_dir->path(), u"SELECT count(*) FROM change"_s).toInt() > 2);

        Internal::SqliteKind kind;
        kind.what = u"history"_s;
        kind.applicationId = raw(m_dir->path(), u"PRAGMA application_id"_s).toInt();
        kind.pragmas = {u"journal_mode = WAL"_s};
        kind.migrations = QList<QStringList>(version); // which this file has behind it
        const QStringList next{u"ALTER TABLE event ADD COLUMN weight INTEGER NOT NULL DEFAULT 7"_s,
                               u"CREATE TABLE later (number INTEGER PRIMARY KEY)"_s,
                               u"INSERT INTO later SELECT number FROM change"_s};
        kind.migrations.append(next + QStringList{u"INSERT INTO nowhere VALUES (1)"_s});
        {
            const Internal::SqliteFile broken(path, kind);
            QVERIFY(!broken.open());
        }
        QCOMPARE(raw(m_dir->path(), u"PRAGMA user_version"_s).toInt(), version);
        QCOMPARE(rows(), before);
        QCOMPARE(raw(m_dir->path(), u"SELECT count(*) FROM sqlite_master WHERE name = 'later'"_s).toInt(),
                 0);
        VERIFY_RESULT(reader()->at(first)); // and who knows the old one reads it

        kind.migrations.last() = next;
        {
            const Internal::SqliteFile file(path, kind);
            VERIFY_RESULT(file.open());
            VERIFY_RESULT(file.open()); // once is enough
        }
        QCOMPARE(raw(m_dir->path(), u"PRAGMA user_version"_s).toInt(), version + 1);
        QCOMPARE(rows(), before);
        QCOMPARE(raw(m_dir->path(), u"SELECT weight FROM event"_s).toInt(), 7);
        QCOMPARE(raw(m_dir->path(), u"SELECT count(*) FROM later"_s).toInt(),
                 raw(m_dir->path(), u"SELECT count(*) FROM change"_s).toInt());
        // Who knows only the old one leaves it alone.
        QCOMPARE(HistoryReader::open(m_dir->path()).error().kind, ErrorKind::Unsupported);
        record();
        QVERIFY(!m_recorder->status().recording);
        QCOMPARE(m_recorder->status().error->kind, ErrorKind::Unsupported);
        QCOMPARE(rows(), before);
    }

    void aBrokenFileIsSetAsideAsItIs_data()
    {
        QTest::addColumn<int>("how");
        QTest::newRow("text") << 0;
        QTest::newRow("another program's database") << 1;
        QTest::newRow("cut off") << 2;
        QTest::newRow("a keyframe that is none") << 3;
        QTest::newRow("a change that is none") << 4;
    }
    void aBrokenFileIsSetAsideAsItIs()
    {
        QFETCH(const int, how);
        const QString path = m_dir->filePath(u"history.db"_s);
        QFile file(path);
        if (how == 0) {
            QVERIFY(file.open(QFile::WriteOnly));
            file.write(QByteArray(5000, 'x'));
            file.close();
        } else if (how == 1) {
            raw(m_dir->path(), u"CREATE TABLE shopping (item TEXT)"_s);
        } else {
            record();
            apply({makeStamp(u"eu-1"_s)});
            m_recorder.reset();
            if (how == 2)
                QVERIFY(file.resize(file.size() - 5000));
            else if (how == 3)
                raw(m_dir->path(), u"INSERT INTO keyframe VALUES (1000, 1, 'xyz')"_s);
            else
                raw(m_dir->path(),
                    u"INSERT INTO change VALUES (1000, 9000000000000, 1, x'0707')"_s);
        }
        QVERIFY(file.open(QFile::ReadOnly));
        const QByteArray before = file.readAll();
        file.close();
        record();
        QVERIFY(m_recorder->status().recording);
        QVERIFY(m_recorder->status().error);
        const Error error = m_recorder->status().error.value_or(Error());
        QCOMPARE(toString(error.kind), toString(ErrorKind::Malformed));
        const QStringList aside =
            QDir(m_dir->path()).entryList({u"history.db.broken-*"_s}, QDir::Files);
        QVERIFY(!aside.isEmpty());
        QVERIFY2(error.message.contains(aside.first()), qPrintable(error.message));
        QFile kept(m_dir->filePath(aside.first()));
        QVERIFY(kept.open(QFile::ReadOnly));
        if (how != 1) // SQLite notes in the header that it looked
            QCOMPARE(kept.readAll(), before);
        QCOMPARE(kept.size(), before.size());
        apply({makeStamp(u"eu-1"_s)});
        advance(2s);
        QCOMPARE(reader()->at(m_clock->now())->version->counts.stamps, 1);
    }

    void samplesGetCoarserWithAge()
    {
        m_clock->setWall(*fromRfc3339(u"2026-01-02T03:00:00Z"));
        record();
        Stamp stamp = makeStamp(u"eu-1"_s);
        const Timestamp start = m_clock->now();
        // Three days and more, a sample each minute: a saw between 10 and 20 cores, one tooth an
        // hour.
        const auto cores = [](int minute) { return 10 + (minute % 60) / 6.0; };
        for (int minute = 0; minute < 3 * 24 * 60 + 300; ++minute) {
            stamp.resources.cpu.used = cores(minute);
            stamp.signalValues.errorRatio = std::nullopt;
            m_store->apply(u"prod"_s, makeUpdate({stamp}, {}));
            m_store->sync();
            m_recorder->sync();
            m_clock->advance(1min);
            m_store->sync();
            m_recorder->sync();
        }
        settle();
        const auto count = [&](int level) {
            return raw(m_dir->path(),
                       u"SELECT count(DISTINCT start) FROM block WHERE level = %1"_s.arg(level))
                .toInt();
        };
        QVERIFY2(count(0) >= 47 && count(0) <= 49, qPrintable(QString::number(count(0))));
        QVERIFY(count(1) >= 75);
        QVERIFY2(count(2) == 3, qPrintable(QString::number(count(2))));

        const auto read = reader();
        const auto series = [&](Timestamp from, Timestamp to, std::chrono::milliseconds step) {
            const auto all =
                read->series(u"eu-1"_s, {SampleKind::Cpu, SampleKind::Errors}, from, to, step);
            if (!all)
                qFatal("%s", qPrintable(all.error().message));
            return *all;
        };
        // Of the first day minutes are left, of the whole hours too: their mean, least and most
        // hold.
        const Timestamp hour = start + 5h;
        const auto minutes = series(hour, hour + 1h, 1min);
        QCOMPARE(minutes[0].values.size(), size_t(60));
        for (int i = 0; i < 60; ++i)
            QVERIFY(std::abs(minutes[0].values[size_t(i)].mean - cores(300 + i)) < 0.2);
        QVERIFY(std::isnan(minutes[1].values[7].mean)); // never told
        const auto hours = series(start + 3h, start + 27h, 1h);
        for (const SampleSummary &value : hours[0].values) {
            QVERIFY(std::abs(value.mean - 14.9) < 0.2);
            QVERIFY(std::abs(value.min - 10) < 0.2);
            QVERIFY(std::abs(value.max - 19.8) < 0.3);
        }
        // At a moment of the first day, whose samples are gone, their minute speaks.
        const auto then = read->at(start + 5h + 30min + 20s);
        VERIFY_RESULT(then);
        const auto used =
            then->version->stamps[*then->version->findStamp(u"eu-1"_s)]->resources.cpu.used;
        QVERIFY(used && std::abs(*used - cores(330)) < 0.2);
        const auto means = read->means(u"prod/eu-1"_s, {u"cpu"_s}, hour, hour + 10min, 1min);
        VERIFY_RESULT(means);
        QCOMPARE(means->size(), size_t(1));
        QCOMPARE(means->front().signal, u"cpu"_s);
        QCOMPARE(means->front().stamp, u"eu-1"_s);
        QVERIFY(std::abs(means->front().values[3] - cores(303)) < 0.2);
        QVERIFY(!read->series(u"eu-1"_s, {SampleKind::Cpu}, hour, hour - 1s, 1min));
        QVERIFY(!read->series(u"eu-1"_s, {SampleKind::Cpu}, hour, hour + 1h, 0ms));
        QVERIFY(!read->series(u"eu-1"_s, {SampleKind::Cpu}, Timestamp(), hour, 1ms));
    }

    // README.md: as they come for 48 h, by the minute for 30 days, by the hour for 400; what the fleet was
    // for good.
    void everyLevelHasItsEnd()
    {
        m_clock->setWall(*fromRfc3339(u"2026-01-02T00:00:00Z"));
        record();
        Stamp stamp = makeStamp(u"eu-1"_s);
        const Timestamp start = m_clock->now();
        for (int i = 0; i < 26 * 12; ++i) { // a whole day, and the hour in which it is rolled up
            stamp.resources.cpu.used = 10 + i % 12;
            m_store->apply(u"prod"_s, makeUpdate({stamp}, {}));
            m_store->sync();
            m_recorder->sync();
            advance(5min);
        }
        const auto count = [&](int level) {
            return raw(m_dir->path(),
                       u"SELECT count(DISTINCT start) FROM block WHERE level = %1 AND start < %2"_s
                           .arg(level)
                           .arg((start + 24h).time_since_epoch().count()))
                .toInt();
        };
        // Each stands still at that age for as long as it takes to look after the file.
        const auto counts = [&](std::chrono::milliseconds age) {
            m_clock->setWall(start + 24h + age);
            for (int i = 0; i < 10; ++i)
                advance(1s);
            return QList<int>{count(0), count(1), count(2)};
        };
        using Counts = QList<int>;
        QCOMPARE(counts(3h), (Counts{24, 24, 1}));
        QCOMPARE(counts(23h), (Counts{24, 24, 1}));
        QCOMPARE(counts(48h + 2h), (Counts{0, 24, 1}));
        QCOMPARE(counts(24h * 29 - 2h), (Counts{0, 24, 1}));
        QCOMPARE(counts(24h * 30 - 12h), (Counts{0, 11, 1})); // 13 of its hours began before that
        QCOMPARE(counts(24h * 30 + 2h), (Counts{0, 0, 1}));
        const auto mean = [&] { // of the third hour
            const auto series =
                reader()->series(u"eu-1"_s, {SampleKind::Cpu}, start + 2h, start + 3h, 1h);
            return series ? series->front().values[0].mean : -1;
        };
        QVERIFY2(std::abs(mean() - 15.5) < 0.2, qPrintable(QString::number(mean())));
        QCOMPARE(counts(24h * 399 - 2h), (Counts{0, 0, 1}));
        QVERIFY(std::abs(mean() - 15.5) < 0.2);
        QCOMPARE(counts(24h * 400 + 2h), (Counts{0, 0, 0}));
        QVERIFY(std::isnan(mean()));
        // What the fleet was is there to the end.
        const auto then = reader()->at(start + 5h);
        VERIFY_RESULT(then);
        QCOMPARE(then->version->stamps[*then->version->findStamp(u"eu-1"_s)]->stamp->version,
                 u"1.4.2"_s);
    }

    void whereNobodyRecordedAreGaps()
    {
        record();
        const Timestamp start = m_clock->now();
        const auto goOn = [this] { // nothing changes, but everybody is there
            for (int i = 0; i < 60; ++i) {
                apply({makeStamp(u"eu-1"_s)});
                advance(5s);
            }
        };
        goOn();
        m_recorder.reset();
        m_clock->advance(20min);
        record();
        goOn();
        const auto read = reader();
        const auto all = read->series(u"eu-1"_s, {SampleKind::Cpu}, start, start + 30min, 1min);
        VERIFY_RESULT(all);
        const auto &values = all->front().values;
        QCOMPARE(values.size(), size_t(30));
        QVERIFY(!std::isnan(values[2].mean));
        QVERIFY(std::isnan(values[15].mean));
        QVERIFY(!std::isnan(values[27].mean));
        QCOMPARE(values[2].mean, 16.0);
    }

    void theFileStaysBelowItsLimitAndKeepsWhatWas()
    {
        HistoryOptions options;
        options.maxBytes = 300'000;
        record(options);
        m_store->setPollInterval(u"prod"_s, 1min); // nothing is stale here
        QList<Stamp> stamps;
        for (int i = 0; i < 20; ++i)
            stamps.append(makeStamp(u"eu-%1"_s.arg(i)));
        const Timestamp start = m_clock->now();
        QRandomGenerator random(1);
        qint64 most = 0; // at any time
        for (int i = 0; i < 12 * 120; ++i) {
            for (Stamp &stamp : stamps) {
                stamp.resources.cpu.used = random.bounded(50.0);
                stamp.resources.memory.used = random.bounded(1e11);
                stamp.signalValues.requestsPerSecond = random.bounded(1000.0);
                if (i == 700)
                    stamp.version = u"2"_s;
            }
            m_store->apply(u"prod"_s, makeUpdate(stamps, {}));
            m_store->sync();
            m_clock->advance(30s);
            m_store->sync();
            m_recorder->sync();
            if (i % 10 == 0)
                most = std::max(most, sizeOf());
        }
        settle();
        const qint64 size = sizeOf();
        // What a second brings comes on top: here half a minute, at which the clock steps.
        QVERIFY2(size <= options.maxBytes + (32 << 10), qPrintable(QString::number(size)));
        QVERIFY2(most <= options.maxBytes + (160 << 10), qPrintable(QString::number(most)));
        QVERIFY(!m_recorder->status().error);
        const qint64 oldest = raw(m_dir->path(), u"SELECT min(start) FROM block"_s).toLongLong();
        QVERIFY(oldest > (start + 1h).time_since_epoch().count());
        const auto read = reader();
        const auto first = read->at(start + 10min);
        VERIFY_RESULT(first);
        QCOMPARE(first->version->counts.stamps, 20);
        QCOMPARE(first->version->stamps[*first->version->findStamp(u"eu-3"_s)]->stamp->version,
                 u"1.4.2"_s);
        QCOMPARE(read->changes(u"eu-3"_s, start, m_clock->now())->last().now, u"2"_s);
    }

    // What is kept for ever may be more than the limit: that is said, and nothing of it goes.
    void whatIsKeptForEverMayExceedTheLimit()
    {
        HistoryOptions options;
        options.maxBytes = 300'000;
        record(options);
        apply({makeStamp(u"eu-1"_s)});
        settle();
        QVERIFY(!m_recorder->status().error);
        const Timestamp start = m_clock->now();
        for (int i = 0; i < 200; ++i)
            m_recorder->add({start, u"incident"_s, u"prod"_s, u"eu-1"_s, QString::number(i),
                             QByteArray(2'000, 'x')});
        const auto goOn = [this] { // settle() takes no error
            m_clock->advance(2s);
            m_store->sync();
            m_store->sync();
            m_recorder->sync();
            m_recorder->sync();
        };
        goOn();
        QVERIFY(sizeOf() > options.maxBytes);
        const auto status = m_recorder->status();
        QVERIFY(status.recording);
        QVERIFY(status.error);
        QCOMPARE(toString(status.error->kind), toString(ErrorKind::Invalid));
        QVERIFY2(status.error->message.contains(u"larger than its limit of 293 KiB"),
                 qPrintable(status.error->message));
        QCOMPARE(reader()->events(start, start)->size(), 200);
        // It goes on all the same.
        Stamp stamp = makeStamp(u"eu-1"_s);
        stamp.version = u"9"_s;
        m_store->apply(u"prod"_s, makeUpdate({stamp}, {}));
        goOn();
        QCOMPARE(reader()->changes(u"eu-1"_s, start, m_clock->now())->last().now, u"9"_s);
        QVERIFY(m_recorder->status().error);
    }

    void eventsAreKeptAsTheyAre()
    {
        record();
        apply({makeStamp(u"eu-1"_s)});
        const HistoryEvent event{m_clock->now(), u"incident"_s,
                                 u"prod"_s,      u"eu-1"_s,
                                 u"a-1"_s,       QByteArray("{\"severity\":\"critical\"}")};
        HistoryEvent other = event;
        other.kind = u"silence"_s;
        other.source.clear();
        other.data.clear();
        m_recorder->add(event);
        m_recorder->add(other);
        settle();
        const auto read = reader();
        const auto all = read->events(event.at, event.at);
        VERIFY_RESULT(all);
        QCOMPARE(all->size(), 2);
        QCOMPARE(all->at(0), event);
        QCOMPARE(all->at(1).kind, u"silence"_s);
        QCOMPARE(read->events(event.at, event.at, u"incident"_s)->size(), 1);
        QCOMPARE(read->events(event.at + 1ms, event.at + 1h)->size(), 0);
    }

    void incidentsThatBeginAndEndAreEvents()
    {
        const auto tell = [this](const QStringList &ids, bool settled) {
            auto book = std::make_shared<IncidentBook>();
            book->settled = settled;
            for (const QString &id : ids) {
                auto incident = std::make_shared<Incident>();
                incident->id = id;
                incident->severity = Severity::Critical;
                incident->title = u"title of "_s + id;
                incident->stamps = {u"prod/eu-1"_s};
                book->open.push_back(incident);
            }
            m_store->setIncidents(book);
            settle();
        };
        const auto told = [this] {
            QStringList all;
            const auto events = reader()->events(Timestamp(0ms), Timestamp::max(), u"incident"_s);
            if (!events)
                qFatal("%s", qPrintable(events.error().message));
            for (const HistoryEvent &event : *events) {
                all.append(event.id + u' '
                           + QJsonDocument::fromJson(event.data)[u"state"_s].toString() + u' '
                           + event.source + u'/' + event.subject);
            }
            return all;
        };
        record();
        apply({makeStamp(u"eu-1"_s)});
        tell({u"a"_s, u"b"_s}, true);
        advance(2s);
        tell({u"a"_s, u"b"_s}, true);
        tell({u"b"_s}, true);
        advance(2s);
        QStringList all{u"a firing prod/eu-1"_s, u"b firing prod/eu-1"_s, u"a resolved prod/eu-1"_s};
        QCOMPARE(told(), all);
        // The next process knows what fired, and tells what ended meanwhile once it has looked.
        m_recorder.reset();
        m_store.reset();
        openStore();
        record();
        apply({makeStamp(u"eu-1"_s)});
        tell({}, false);
        advance(2s);
        QCOMPARE(told(), all);
        tell({u"c"_s}, true);
        advance(2s);
        all += {u"c firing prod/eu-1"_s, u"b resolved /"_s};
        QCOMPARE(told(), all);
    }

    /// A past moment has the silences of then; what is told of them is what changed, whoever recorded.
    void silencesAreThoseOfTheMoment()
    {
        KnownSilence is;
        is.feed = u"am"_s;
        is.silence.id = u"s1"_s;
        is.silence.matchers = {{u"alertname"_s, u"Down"_s, false, true}};
        is.silence.startsAt = std::chrono::floor<std::chrono::milliseconds>(m_clock->now());
        is.silence.endsAt = *is.silence.startsAt + 1h;
        is.silence.createdBy = u"ada"_s;
        is.silence.comment = u"known"_s;
        KnownSilence other = is;
        other.feed = u"am2"_s; // the same id at another feed
        std::vector<std::pair<Timestamp, QList<KnownSilence>>> all;
        const auto tell = [&](const QList<KnownSilence> &silences, bool settled = true) {
            apply({makeStamp(u"eu-1"_s)});
            auto book = std::make_shared<IncidentBook>();
            book->settled = settled;
            book->silences = silences;
            m_store->setIncidents(book);
            settle();
            advance(10s);
            all.emplace_back(m_clock->now() - 1s, silences);
        };
        const auto eventsOf = [this](QLatin1StringView kind) {
            const auto events = reader()->events(Timestamp(0ms), Timestamp::max(), kind);
            return events ? events->size() : -1;
        };
        record();
        tell({});
        tell({is});
        tell({is, other});
        QCOMPARE(eventsOf(silenceEvent), 2);
        // How many alerts it keeps quiet, and when the feed last wrote it, tells nothing new.
        is.alerts = 7;
        is.silence.updatedAt = m_clock->now();
        is.silence.state = SilenceState::Active;
        tell({is, other});
        is.alerts = 0;
        is.silence.updatedAt.reset();
        QCOMPARE(eventsOf(silenceEvent), 2);
        QCOMPARE(eventsOf(silenceChangeEvent), 0);
        is.silence.endsAt = *is.silence.endsAt + 2h;
        tell({other, is}); // by their ends
        QCOMPARE(eventsOf(silenceChangeEvent), 1);
        // The next process finds them as they were, and ends what is over once it has looked.
        m_recorder.reset();
        m_store.reset();
        openStore();
        record();
        apply({makeStamp(u"eu-1"_s)});
        auto notYet = std::make_shared<IncidentBook>();
        m_store->setIncidents(notYet);
        settle();
        advance(2s);
        QCOMPARE(eventsOf(silenceEvent), 2);
        tell({is});
        QCOMPARE(eventsOf(silenceEvent), 3);
        QCOMPARE(eventsOf(silenceChangeEvent), 1);
        tell({});
        QCOMPARE(eventsOf(silenceEvent), 4);

        const auto read = reader();
        for (auto each = all.rbegin(); each != all.rend(); ++each) {
            const auto moment = read->at(each->first);
            VERIFY_RESULT(moment);
            const QList<KnownSilence> found = moment->version->incidents->silences;
            QCOMPARE(found.size(), each->second.size());
            for (qsizetype i = 0; i < found.size(); ++i) {
                QCOMPARE(found[i].feed, each->second[i].feed);
                QCOMPARE(found[i].silence.id, u"s1"_s);
                QVERIFY(areToldAlike(found[i].silence, each->second[i].silence));
            }
        }
        // The timeline has when they began and ended, with their words.
        const auto timeline = readTimeline(m_dir->path(), Timestamp(0ms), m_clock->now());
        VERIFY_RESULT(timeline);
        QStringList marks;
        for (const HistoryTimeline::Mark &mark : timeline->marks) {
            if (mark.what == HistoryTimeline::What::Event)
                marks.append(HistoryWords::brief(mark) + u' ' + HistoryWords::icon(mark));
        }
        const QString words = u"Silence: alertname=\"Down\" bell-slash"_s;
        const QString over = u"Silence over: alertname=\"Down\" bell-slash"_s;
        QCOMPARE(marks, (QStringList{words, words, over, over}));
    }

    /// A past moment shows an incident as it was then: how bad, where, who was told nothing, and all
    /// that was known of it.
    void anIncidentIsThatOfTheMoment()
    {
        Incident is;
        is.id = u"am/alert:0123456789abcdef"_s;
        is.source = u"am"_s;
        is.title = u"errors"_s;
        is.summary = u"one in ten"_s;
        is.stamps = {u"prod/eu-1"_s};
        is.tenants = {u"prod/globex"_s}; // one of the two
        is.strangers = {u"initech"_s};
        is.labels = {{u"team"_s, u"web"_s}};
        is.group = {{u"alertname"_s, u"errors"_s}};
        is.links = {{u"Runbook"_s, u"https://runbooks.example/errors"_s}};
        auto alert = std::make_shared<Alert>();
        alert->name = u"errors"_s;
        alert->fingerprint = u"f1"_s;
        alert->summary = is.summary;
        alert->labels = is.labels;
        alert->stamp = u"eu-1"_s;
        alert->tenant = u"globex"_s;
        is.alerts = {alert};
        is.findings = {{u"prod/eu-1:unhealthy"_s, u"eu-1 is unhealthy"_s, {}, std::nullopt}};
        const auto tell = [this](std::optional<Incident> incident) {
            auto book = std::make_shared<IncidentBook>();
            book->settled = true;
            if (incident)
                book->open.push_back(std::make_shared<const Incident>(std::move(*incident)));
            m_store->setIncidents(book);
            settle();
            advance(10s);
        };
        const auto answer = [this] { // so that nothing is stale
            apply({makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)},
                  {makeTenant(u"acme"_s, u"eu-1"_s), makeTenant(u"globex"_s, u"eu-1"_s)});
        };
        record();
        is.startsAt = std::chrono::floor<std::chrono::milliseconds>(m_clock->now() - 5min);
        std::vector<std::pair<Timestamp, Incident>> all;
        const auto note = [&] {
            answer();
            all.emplace_back(m_clock->now(), is);
            tell(is);
        };
        note();
        is.severity = Severity::Critical;
        note();
        is.stamps.append(u"prod/eu-2"_s);
        note();
        is.silenced = IncidentSilence{u"s1"_s, u"ada"_s, u"team=\"web\""_s, u"known"_s,
                                      m_clock->now() + 1h};
        note();
        const auto eventsOf = [this](QLatin1StringView kind) {
            const auto events = reader()->events(Timestamp(0ms), Timestamp::max(), kind);
            return events ? events->size() : -1;
        };
        QCOMPARE(eventsOf(incidentEvent), 1);
        QCOMPARE(eventsOf(incidentChangeEvent), 3);
        // What else it says changes nothing, nor does another process that finds it as it was.
        is.summary = u"two in ten"_s;
        tell(is);
        m_recorder.reset();
        record();
        tell(is);
        QCOMPARE(eventsOf(incidentEvent), 1);
        QCOMPARE(eventsOf(incidentChangeEvent), 3);
        is.summary = u"one in ten"_s;
        is.silenced.reset();
        note();
        QCOMPARE(eventsOf(incidentChangeEvent), 4);
        answer();
        const Timestamp over = m_clock->now();
        tell({});

        const auto read = reader();
        for (const auto &[at, then] : all) {
            const auto moment = read->at(at);
            VERIFY_RESULT(moment);
            const IncidentBookPtr book = moment->version->incidents;
            QCOMPARE(int(book->open.size()), 1);
            const Incident &found = *book->open.front();
            QCOMPARE(found.source, then.source);
            QCOMPARE(found.severity, then.severity);
            QCOMPARE(found.stamps, then.stamps);
            QCOMPARE(found.tenants, then.tenants);
            QCOMPARE(found.strangers, then.strangers);
            QVERIFY(found.silenced == then.silenced);
            QVERIFY(found.links == then.links);
            QCOMPARE(found.labels, then.labels);
            QCOMPARE(found.group, then.group);
            QCOMPARE(found.summary, then.summary);
            QVERIFY(found.findings == then.findings);
            QCOMPARE(found.startsAt, then.startsAt);
            QVERIFY(found.isAlert());
            QVERIFY(*found.alerts.front() == *alert);
        }
        const auto after = read->at(over);
        VERIFY_RESULT(after);
        QVERIFY(after->version->incidents->open.empty());
        QCOMPARE(after->version->incidents->closed.at(0)->stamps, is.stamps);
        // The timeline has its begin and its end.
        const auto timeline = readTimeline(m_dir->path(), Timestamp(0ms), m_clock->now());
        VERIFY_RESULT(timeline);
        QCOMPARE(std::count_if(timeline->marks.begin(), timeline->marks.end(),
                               [](const HistoryTimeline::Mark &mark) {
                                   return mark.what == HistoryTimeline::What::Event;
                               }),
                 2);
    }

    void aMomentIsNeverFarFromAKeyframe()
    {
        record();
        QList<Stamp> stamps;
        for (int i = 0; i < 50; ++i)
            stamps.append(makeStamp(u"eu-%1"_s.arg(i)));
        QList<Tenant> tenants;
        for (int i = 0; i < 60; ++i)
            tenants.append(makeTenant(u"t%1"_s.arg(i), stamps[i % 50].name));
        const Timestamp start = m_clock->now();
        for (int i = 0; i < 250; ++i) {
            for (Stamp &stamp : stamps)
                stamp.version = QString::number(i);
            // One moves, which is in both places for a while.
            Tenant &moves = tenants[i / 3 * 7 % 60];
            const QString to = stamps[i / 3 * 11 % 50].name;
            if (i % 3 == 0)
                moves.placements.push_back({to, PlacementState::Starting, std::nullopt});
            else
                moves.placements = {{moves.stamp = to, PlacementState::Serving, std::nullopt}};
            apply(stamps, tenants); // recorded before the clock goes on: as of the moment at which it was
            m_clock->advance(1s);
            settle();
        }
        QVERIFY(raw(m_dir->path(), u"SELECT count(*) FROM keyframe"_s).toInt() >= 3);
        const auto read = reader();
        const auto at = read->at(m_clock->now() - 100s);
        VERIFY_RESULT(at);
        const QString wrong = differenceOf(*at->version, *seenAt(m_clock->now() - 100s));
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        // To and fro, within what follows on one keyframe and from one to another: what a reader still
        // has of the moment before misleads it nowhere.
        QRandomGenerator random(3);
        for (int i = 0; i < 60; ++i) {
            const Timestamp moment = start + std::chrono::milliseconds(random.bounded(250'000));
            const auto there = read->at(moment);
            VERIFY_RESULT(there);
            const QString other = differenceOf(*there->version, *seenAt(moment));
            QVERIFY2(other.isEmpty(), qPrintable(toRfc3339(moment) + u": "_s + other));
        }
    }

    void aPlaceThatCannotBeWrittenIsNamed()
    {
        QFile file(m_dir->filePath(u"state"_s));
        QVERIFY(file.open(QFile::WriteOnly));
        file.close();
        HistoryRecorder recorder(file.fileName(), *m_store, *m_clock);
        recorder.sync();
        QVERIFY(!recorder.status().recording);
        QCOMPARE(toString(recorder.status().error->kind), toString(ErrorKind::Denied));
        QCOMPARE(toString(HistoryReader::open(m_dir->filePath(u"none"_s)).error().kind),
                 toString(ErrorKind::NotFound));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestHistory)
#include "tst_history.moc"

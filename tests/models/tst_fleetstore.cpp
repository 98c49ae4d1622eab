// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleetfeed.h"
#include "models/fleetstore.h"
#include "models/fleetsummary.h"
#include "models/gathered.h"
#include "models/incidents.h"
#include "models/survival.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtTest/QSignalSpy>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestFleetStore : public QObject
{
    Q_OBJECT
private:
    // A clock call is queued into the store's thread: two syncs later it has run.
    void advance(std::chrono::milliseconds by)
    {
        m_clock->advance(by);
        m_store->sync();
        m_store->sync();
    }
    const StampEntry &stamp(const QString &id)
    {
        m_store->sync();
        m_version = m_store->current();
        const int slot = m_version->findStamp(id).value_or(-1);
        if (slot < 0)
            qFatal("no stamp %s", qPrintable(id));
        return *m_version->stamps[slot];
    }
    const TenantEntry &tenant(const QString &id)
    {
        m_store->sync();
        m_version = m_store->current();
        return m_version->tenants[m_version->findTenant(id).value_or(0)];
    }

    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<FleetStore> m_store;
    FleetVersionPtr m_version;

private Q_SLOTS:
    void init()
    {
        strict();
        m_clock = std::make_unique<ManualClock>();
        m_store = std::make_unique<FleetStore>(*m_clock);
        SourceState source;
        source.name = u"prod"_s;
        source.adapter = u"rest"_s;
        source.capabilities = Capability::Primitives | Capability::Cordon;
        m_store->addSource(source);
    }
    void cleanup()
    {
        m_store.reset();
        m_clock.reset();
    }

    void placesTenantsOnTheirStamps()
    {
        Tenant moving = makeTenant(u"globex"_s, u"eu-1"_s);
        moving.placements.push_back({u"eu-2"_s, PlacementState::Starting, std::nullopt});
        m_store->apply(u"prod"_s, makeUpdate({makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)},
                                             {makeTenant(u"acme"_s, u"eu-1"_s), moving}));
        QCOMPARE(stamp(u"eu-1"_s).owned, 2);
        QCOMPARE(stamp(u"eu-1"_s).tenants.size(), size_t(2));
        QCOMPARE(stamp(u"prod/eu-2"_s).owned, 0);
        QCOMPARE(stamp(u"eu-2"_s).tenants.size(), size_t(1));
        QCOMPARE(m_version->counts.healthy, 2);
        QCOMPARE(m_version->counts.tenants, 2);
        QCOMPARE(m_version->tenantId(*m_version->findTenant(u"acme"_s)), u"prod/acme"_s);
    }

    void tenantsThatComeBeforeTheirStampAreFound()
    {
        m_store->apply(u"prod"_s, makeUpdate({}, {makeTenant(u"acme"_s, u"eu-1"_s)}));
        QCOMPARE(tenant(u"acme"_s).owner, -1);
        FleetUpdate later = makeUpdate({makeStamp(u"eu-1"_s)}, {});
        later.complete = false;
        m_store->apply(u"prod"_s, later);
        QCOMPARE(stamp(u"eu-1"_s).owned, 1);
        QCOMPARE(tenant(u"acme"_s).owner, *m_version->findStamp(u"eu-1"_s));
    }

    void whatACompleteAnswerDoesNotNameIsGone()
    {
        m_store->apply(u"prod"_s, makeUpdate({makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)},
                                             {makeTenant(u"acme"_s, u"eu-1"_s)}));
        m_store->apply(u"prod"_s, makeUpdate({makeStamp(u"eu-1"_s)}, {}));
        m_store->sync();
        const auto version = m_store->current();
        QVERIFY(!version->findStamp(u"eu-2"_s));
        QVERIFY(!version->findTenant(u"acme"_s));
        QCOMPARE(version->counts.stamps, 1);
        QCOMPARE(version->counts.tenants, 0);
        QCOMPARE(stamp(u"eu-1"_s).owned, 0);
    }

    void whatAnotherEndpointTellsNowStays()
    {
        const auto from = [](const QString &endpoint, FleetUpdate update) {
            update.endpoint = endpoint;
            return update;
        };
        m_store->setEndpoints(u"prod"_s, {u"one"_s, u"two"_s});
        m_store->apply(u"prod"_s,
                       from(u"one"_s, makeUpdate({makeStamp(u"eu-1"_s)},
                                                 {makeTenant(u"acme"_s, u"eu-1"_s)})));
        // It has moved: the endpoint of its new stamp tells of it before the old one is silent.
        m_store->apply(u"prod"_s,
                       from(u"two"_s, makeUpdate({makeStamp(u"eu-2"_s)},
                                                 {makeTenant(u"acme"_s, u"eu-2"_s)})));
        m_store->apply(u"prod"_s, from(u"one"_s, makeUpdate({makeStamp(u"eu-1"_s)}, {})));
        QCOMPARE(stamp(u"eu-2"_s).owned, 1);
        QCOMPARE(stamp(u"eu-1"_s).owned, 0);
        QCOMPARE(m_version->counts.tenants, 1);
        m_store->apply(u"prod"_s, from(u"two"_s, makeUpdate({makeStamp(u"eu-2"_s)}, {})));
        QCOMPARE(stamp(u"eu-2"_s).owned, 0);
        QCOMPARE(m_version->counts.tenants, 0);
    }

    void tenantsMayBeToldInAnyOrder()
    {
        const auto told = [](const QStringList &ids, double rate) {
            FleetUpdate update = makeUpdate({makeStamp(u"eu-1"_s)}, {});
            for (const QString &id : ids) {
                Tenant tenant = makeTenant(id, u"eu-1"_s);
                tenant.demand.requestsPerSecond = rate;
                update.tenants.push_back(std::make_shared<const Tenant>(tenant));
            }
            return update;
        };
        m_store->apply(u"prod"_s, told({u"a"_s, u"b"_s, u"c"_s, u"d"_s}, 1));
        m_store->sync();
        m_store->apply(u"prod"_s, told({u"d"_s, u"a"_s, u"e"_s, u"c"_s}, 2));
        QCOMPARE(stamp(u"eu-1"_s).owned, 4);
        QVERIFY(!m_version->findTenant(u"b"_s));
        for (const QString &id : {u"a"_s, u"c"_s, u"d"_s, u"e"_s}) {
            QCOMPARE(tenant(id).tenant->id, id);
            QCOMPARE(tenant(id).tenant->demand.requestsPerSecond, 2.0);
        }
    }

    void manyAnswersAtOnceAreFewVersions()
    {
        m_store->apply(u"prod"_s, makeUpdate({makeStamp(u"eu-1"_s)}, {}));
        m_store->sync();
        const quint64 before = m_store->current()->serial;
        Stamp last = makeStamp(u"eu-1"_s);
        QElapsedTimer timer;
        timer.start();
        for (int i = 1; i <= 500; ++i) {
            last.signalValues.requestsPerSecond = i;
            m_store->apply(u"prod"_s, makeUpdate({last}, {}));
        }
        QTRY_COMPARE(
            m_store->current()->stamps[0]->stamp->signalValues.requestsPerSecond, 500.0);
        // One at once, and then one in 25 ms; a timer may be a little early.
        const auto most = quint64(timer.elapsed() / 20 + 2);
        QVERIFY2(m_store->current()->serial - before <= most,
                 qPrintable(QString::number(m_store->current()->serial - before)));
    }

    void anEqualAnswerChangesNoStamp()
    {
        const FleetUpdate update = makeUpdate({makeStamp(u"eu-1"_s)}, {makeTenant(u"acme"_s, u"eu-1"_s)});
        m_store->apply(u"prod"_s, update);
        m_store->sync();
        QSignalSpy published(m_store.get(), &FleetStore::published);
        m_store->apply(u"prod"_s, makeUpdate({makeStamp(u"eu-1"_s)}, {makeTenant(u"acme"_s, u"eu-1"_s)}));
        m_store->sync();
        QTRY_VERIFY(published.size() > 0);
        for (const auto &call : published) {
            const auto changes = call.at(1).value<ChangeSetPtr>();
            QVERIFY(changes->stamps.empty());
            QVERIFY(changes->tenants.empty());
        }
    }

    void aRejectedObjectStaysStale()
    {
        m_store->apply(u"prod"_s, makeUpdate({makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)}, {}));
        FleetUpdate update = makeUpdate({makeStamp(u"eu-1"_s)}, {});
        update.faults.push_back({u"eu-2"_s, false, u"/stamps/1/resources/cpu/limit"_s,
                                 u"a negative number"_s});
        m_store->apply(u"prod"_s, update);
        QVERIFY(!stamp(u"eu-1"_s).stale);
        QVERIFY(stamp(u"eu-2"_s).stale);
        QCOMPARE(stamp(u"eu-2"_s).health, Health::Unknown);
        QCOMPARE(stamp(u"eu-2"_s).lastHealth, Health::Healthy);
        QCOMPARE(m_version->counts.stale, 1);
        QCOMPARE(m_version->sources[0].faults, 1);
        QVERIFY(m_version->sources[0].faultMessage.contains(u"/stamps/1/resources/cpu/limit"_s));
        // The next good answer mends it.
        m_store->apply(u"prod"_s, makeUpdate({makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)}, {}));
        QVERIFY(!stamp(u"eu-2"_s).stale);
    }

    void whatNobodyCanTellAboutStaysStale()
    {
        m_store->apply(u"prod"_s, makeUpdate({makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)},
                                             {makeTenant(u"acme"_s, u"eu-2"_s)}));
        // A server that has not heard of one of its sources names nothing of it.
        FleetUpdate update = makeUpdate({makeStamp(u"eu-1"_s)}, {});
        update.faults.push_back({{}, false, u"/missing/0"_s, u"b: no connection"_s});
        update.faults.push_back({{}, true, u"/missing/0"_s, u"b: no connection"_s});
        m_store->apply(u"prod"_s, update);
        QVERIFY(!stamp(u"eu-1"_s).stale);
        QVERIFY(stamp(u"eu-2"_s).stale);
        QVERIFY(tenant(u"acme"_s).stale);
        m_store->apply(u"prod"_s, makeUpdate({makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)},
                                             {makeTenant(u"acme"_s, u"eu-2"_s)}));
        QVERIFY(!stamp(u"eu-2"_s).stale);
        QVERIFY(!tenant(u"acme"_s).stale);
    }

    // A control plane that lost sight of a stamp itself: its components were well when last seen.
    void whatIsToldToBeStaleIsStale()
    {
        Stamp lost = makeStamp(u"eu-2"_s);
        lost.health = Health::Unknown;
        HealthReason reason;
        reason.code = u"stale"_s;
        reason.message = u"no word from b"_s;
        reason.since = m_clock->now() - 5min;
        lost.healthReasons = {reason};
        m_store->apply(u"prod"_s, makeUpdate({makeStamp(u"eu-1"_s), lost}, {}));
        QVERIFY(!stamp(u"eu-1"_s).stale);
        QVERIFY(stamp(u"eu-2"_s).stale);
        QCOMPARE(stamp(u"eu-2"_s).health, Health::Unknown);
        QCOMPARE(stamp(u"eu-2"_s).staleSince, reason.since);
        QCOMPARE(stamp(u"eu-2"_s).reasons.first().message, u"no word from b"_s);
        QCOMPARE(m_version->counts.stale, 1);
        m_store->apply(u"prod"_s, makeUpdate({makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)}, {}));
        QVERIFY(!stamp(u"eu-2"_s).stale);
        QCOMPARE(stamp(u"eu-2"_s).health, Health::Healthy);
    }

    void whatASourceHadLastIsAProofUntilItAnswers()
    {
        const auto known = [](const QString &name) {
            Stamp stamp = makeStamp(name);
            stamp.region = u"eu"_s;
            stamp.ring = u"2"_s;
            return std::make_shared<const Stamp>(stamp);
        };
        m_store->setEndpoints(u"prod"_s, {u"a"_s, u"b"_s});
        m_store->addProofs(u"prod"_s, {known(u"eu-1"_s), known(u"eu-2"_s), known(u"eu-3"_s)});
        m_store->setReading(u"prod"_s, u"a"_s, 2);
        const StampEntry &proof = stamp(u"eu-1"_s);
        QVERIFY(proof.proof && proof.stale);
        QCOMPARE(proof.health, Health::Unknown);
        QCOMPARE(proof.stamp->region, u"eu"_s);
        QCOMPARE(proof.stamp->ring, u"2"_s);
        QVERIFY(!proof.load()); // what it was loaded with then is nobody's word of now
        QCOMPARE(m_version->counts, FleetCounts());
        // Nobody's trouble, and no region is said to bear a loss.
        QCOMPARE(summarize(*m_version).troubleCount, 0);
        QVERIFY(gatherTrouble(*m_version).groups.isEmpty());
        QVERIFY(survivalOf(m_version).empty());
        Suspects suspects;
        for (const Condition &found : conditionsOf(*m_version, IncidentRules(), m_clock->now(), suspects))
            QVERIFY(found.kind == IncidentKind::NoAnswer);
        QCOMPARE(m_version->sources[0].proofs, 3);
        QCOMPARE(m_version->sources[0].reading, 2);
        QVERIFY(!m_version->sources[0].answered);
        // Its place is its own, and stays.
        const int slot = *m_version->findStamp(u"eu-1"_s);
        const auto from = [](const QString &endpoint, FleetUpdate update) {
            update.endpoint = endpoint;
            return update;
        };
        m_store->apply(u"prod"_s, from(u"a"_s, makeUpdate({makeStamp(u"eu-1"_s)}, {})));
        QVERIFY(!stamp(u"eu-1"_s).proof && !stamp(u"eu-1"_s).stale);
        QCOMPARE(stamp(u"eu-1"_s).health, Health::Healthy);
        QCOMPARE(*m_version->findStamp(u"eu-1"_s), slot);
        QVERIFY(stamp(u"eu-2"_s).proof && stamp(u"eu-3"_s).proof); // the other endpoint's, perhaps
        QCOMPARE(m_version->counts.stamps, 1);
        QCOMPARE(m_version->sources[0].reading, 0);
        // What fails tells of nobody.
        m_store->fail(u"prod"_s, u"b"_s, Error::of(ErrorKind::Unreachable, u"refused"_s), 1s);
        QVERIFY(stamp(u"eu-2"_s).proof);
        m_store->apply(u"prod"_s, from(u"b"_s, makeUpdate({makeStamp(u"eu-2"_s)}, {})));
        QVERIFY(!stamp(u"eu-2"_s).proof);
        QVERIFY(!m_version->findStamp(u"eu-3"_s)); // everybody has told, and nobody of it
        QCOMPARE(m_version->counts.stamps, 2);
        QCOMPARE(m_version->sources[0].proofs, 0);
        // From now on it is known what there is.
        m_store->addProofs(u"prod"_s, {known(u"eu-3"_s)});
        m_store->setReading(u"prod"_s, u"a"_s, 1);
        m_store->sync();
        QVERIFY(!m_store->current()->findStamp(u"eu-3"_s));
        QCOMPARE(m_store->current()->sources[0].reading, 0);
    }

    void goesStaleAfterThreePollIntervals()
    {
        m_store->apply(u"prod"_s, makeUpdate({makeStamp(u"eu-1"_s)}, {makeTenant(u"acme"_s, u"eu-1"_s)}));
        m_store->sync();
        advance(15s);
        QVERIFY(!stamp(u"eu-1"_s).stale);
        advance(2s);
        QVERIFY(stamp(u"eu-1"_s).stale);
        QVERIFY(tenant(u"acme"_s).stale);
        QCOMPARE(stamp(u"eu-1"_s).health, Health::Unknown);
        QCOMPARE(stamp(u"eu-1"_s).lastHealth, Health::Healthy);
        QCOMPARE(stamp(u"eu-1"_s).reasons.constFirst().code, u"stale"_s);
        QVERIFY(m_version->sources[0].isStale());
        // Any proof of contact revives it.
        m_store->contact(u"prod"_s, {});
        QVERIFY(!stamp(u"eu-1"_s).stale);
        QCOMPARE(stamp(u"eu-1"_s).health, Health::Healthy);
        QVERIFY(!tenant(u"acme"_s).stale);
    }

    void whatPushesGoesStaleAfterFortyFiveSeconds()
    {
        m_store->apply(u"prod"_s, makeUpdate({makeStamp(u"eu-1"_s)}, {}));
        m_store->setWatching(u"prod"_s, {}, true);
        m_store->sync();
        advance(45s);
        QVERIFY(!stamp(u"eu-1"_s).stale);
        advance(2s);
        QVERIFY(stamp(u"eu-1"_s).stale);
    }

    void aClockThatIsSetAgesNothing()
    {
        m_store->apply(u"prod"_s, makeUpdate({makeStamp(u"eu-1"_s)}, {}));
        m_store->sync();
        m_clock->setWall(m_clock->now() + 24h);
        advance(1s);
        QVERIFY(!stamp(u"eu-1"_s).stale);
    }

    void thresholdsAreHeldForThirtySeconds()
    {
        Stamp slow = makeStamp(u"eu-1"_s);
        slow.signalValues.latencyP99Ms = 840;
        m_store->apply(u"prod"_s, makeUpdate({slow}, {}));
        QCOMPARE(stamp(u"eu-1"_s).health, Health::Healthy);
        for (int i = 0; i < 31; ++i) {
            m_store->contact(u"prod"_s, {});
            advance(1s);
        }
        QCOMPARE(stamp(u"eu-1"_s).health, Health::Degraded);
        QCOMPARE(stamp(u"eu-1"_s).reasons.constFirst().code, u"latency-p99"_s);
        QCOMPARE(stamp(u"eu-1"_s).reasons.constFirst().value, std::optional(840.0));
        QCOMPARE(stamp(u"eu-1"_s).reasons.constFirst().limit, std::optional(400.0));
    }

    void claimsCountFromAcceptanceOn()
    {
        m_store->apply(u"prod"_s, makeUpdate({makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)},
                                             {makeTenant(u"acme"_s, u"eu-1"_s)}));
        const auto claimed = await(m_store->transact([](const FleetVersionPtr &) -> Result<QList<Claim>> {
            return QList<Claim>{{u"op-1"_s, u"me"_s, u"prod/acme"_s, u"prod/eu-1"_s, u"prod/eu-2"_s}};
        }));
        VERIFY_RESULT(claimed);
        QCOMPARE(stamp(u"eu-2"_s).resources.cpu.reserved, std::optional(18.0));
        QCOMPARE(stamp(u"eu-2"_s).incoming.size(), size_t(1));
        QCOMPARE(tenant(u"acme"_s).tenant->operation, u"op-1"_s);
        QVERIFY(tenant(u"acme"_s).tenant->revision != u"1"_s);
        // Once the backend counts the placement itself, it is not counted twice.
        Tenant placed = makeTenant(u"acme"_s, u"eu-1"_s);
        placed.placements.push_back({u"eu-2"_s, PlacementState::Starting, std::nullopt});
        Stamp fuller = makeStamp(u"eu-2"_s);
        fuller.resources.cpu.reserved = 18;
        m_store->apply(u"prod"_s, makeUpdate({makeStamp(u"eu-1"_s), fuller}, {placed}));
        QCOMPARE(stamp(u"eu-2"_s).resources.cpu.reserved, std::optional(18.0));
        m_store->release(u"op-1"_s);
        QCOMPARE(tenant(u"acme"_s).tenant->operation, QString());
        QCOMPARE(tenant(u"acme"_s).tenant->revision, u"1"_s);
    }

    void samplesTellWhatIsUsed()
    {
        Stamp busy = makeStamp(u"eu-1"_s);
        busy.resources.cpu = {64, 48, 16}; // more is promised than used
        m_store->apply(u"prod"_s, makeUpdate({busy}, {}));
        QVERIFY(!stamp(u"eu-1"_s).samples);
        m_store->watchSamples(u"prod/eu-1"_s);
        QVERIFY(stamp(u"eu-1"_s).samples);
        QCOMPARE(stamp(u"eu-1"_s).samples->cpu, std::vector<float>{0.25f});
        m_store->unwatchSamples(u"prod/eu-1"_s);
        QVERIFY(!stamp(u"eu-1"_s).samples);
    }

    void twoSourcesOfOneInstanceAreOne_data()
    {
        QTest::addColumn<QStringList>("answers");
        QTest::addRow("in their order") << QStringList{u"prod"_s, u"again"_s};
        QTest::addRow("the later one first") << QStringList{u"again"_s, u"prod"_s};
        QTest::addRow("over and over")
                << QStringList{u"again"_s, u"prod"_s, u"again"_s, u"prod"_s, u"again"_s};
    }

    void twoSourcesOfOneInstanceAreOne()
    {
        QFETCH(QStringList, answers);
        SourceState again;
        again.name = u"again"_s;
        m_store->addSource(again);
        for (const QString &source : answers)
            m_store->apply(source, makeUpdate({makeStamp(u"eu-1"_s)}, {makeTenant(u"acme"_s, u"eu-1"_s)}));
        m_store->sync();
        const auto version = m_store->current();
        QCOMPARE(version->counts.stamps, 1);
        QCOMPARE(version->counts.tenants, 1);
        QVERIFY(version->stampIndex.value(u"prod/eu-1"_s) >= 0);
        QVERIFY(!version->sources[0].error);
        QVERIFY(version->sources[1].error);
        QVERIFY(version->sources[1].error->message.contains(u"prod"_s));
    }

    void whatABackendDoesForUsIsToldOnce_data()
    {
        QTest::addColumn<bool>("backendFirst");
        QTest::addRow("heard of by the event first") << true;
        QTest::addRow("heard of by its answer first") << false;
    }

    void whatABackendDoesForUsIsToldOnce()
    {
        QFETCH(bool, backendFirst);
        const auto tell = [this](const QString &id, OperationState state) {
            Operation theirs;
            theirs.id = id;
            theirs.kind = u"move"_s;
            theirs.createdBy = u"ada"_s;
            theirs.state = state;
            FleetUpdate update = makeUpdate({}, {});
            update.complete = false;
            update.operations = {std::make_shared<const Operation>(theirs)};
            m_store->apply(u"prod"_s, update);
            m_store->sync();
        };
        Operation ours;
        ours.id = u"ours"_s;
        ours.kind = u"move"_s;
        ours.createdBy = u"ada"_s;
        ours.state = OperationState::Running;
        const auto show = [&] {
            m_store->showOperation(std::make_shared<const Operation>(ours));
            m_store->sync();
        };
        show();
        QStringList changed;
        connect(
                m_store.get(), &FleetStore::published, this,
                [&](const FleetVersionPtr &, const ChangeSetPtr &changes) {
                    changed += changes->operations;
                },
                Qt::DirectConnection);
        tell(u"somebody-else-s"_s, OperationState::Running);
        if (backendFirst) {
            tell(u"theirs"_s, OperationState::Running);
            QCOMPARE(m_store->current()->operations.size(), 3);
        }
        changed.clear();
        ours.carriedBy = {u"theirs"_s};
        show();
        QCOMPARE(m_store->current()->operations.keys(), (QStringList{u"ours"_s, u"somebody-else-s"_s}));
        // Whoever shows it is told that it is gone.
        QCOMPARE(changed.contains(u"theirs"_s), backendFirst);
        tell(u"theirs"_s, OperationState::Succeeded);
        // Tried again, it is carried by another one; the first one is still ours.
        ours.carriedBy = {u"theirs-2"_s};
        ours.state = OperationState::Succeeded;
        show();
        tell(u"theirs"_s, OperationState::Failed);
        tell(u"theirs-2"_s, OperationState::Succeeded);
        const FleetVersionPtr version = m_store->current();
        QCOMPARE(version->operations.keys(), (QStringList{u"ours"_s, u"somebody-else-s"_s}));
        QCOMPARE(version->operationSource.value(u"somebody-else-s"_s), u"prod"_s);
        for (const QString &id : {u"ours"_s, u"theirs"_s, u"theirs-2"_s})
            QCOMPARE(version->findOperation(id)->state, OperationState::Succeeded);
        QVERIFY(!version->findOperation(u"nobody-s"_s));
    }

    void theFeedTellsEverythingInSlices()
    {
        FleetFeed feed(*m_store);
        QSet<int> told;
        int slices = 0;
        connect(&feed, &FleetFeed::changed, this, [&](const ChangeSet &slice) {
            ++slices;
            for (const int slot : slice.stamps)
                told.insert(slot);
        });
        QList<Stamp> stamps;
        for (int i = 0; i < 2000; ++i)
            stamps.append(makeStamp(QStringLiteral("s-%1").arg(i)));
        m_store->apply(u"prod"_s, makeUpdate(stamps, {}));
        QTRY_COMPARE(told.size(), 2000);
        QVERIFY(slices > 1);
        QCOMPARE(feed.version()->counts.stamps, 2000);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestFleetStore)
#include "tst_fleetstore.moc"

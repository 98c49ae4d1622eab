// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/duration.h"
#include "models/incidents.h"
#include "models/loss.h"
#include "models/survival.h"

#include "models/fleetstore.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"
#include "tests/support/testmain.h"

#include <QtCore/QCoreApplication>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

class TestSurvival : public QObject
{
    Q_OBJECT
private:
    FleetVersionPtr fleet(const QList<Stamp> &stamps, const QList<Tenant> &tenants,
                          bool readOnly = false)
    {
        FleetStore store(m_clock);
        SourceState source;
        source.name = u"prod"_s;
        source.capabilities = Capability::Primitives;
        source.readOnly = readOnly;
        store.addSource(source);
        store.apply(u"prod"_s, makeUpdate(stamps, tenants));
        store.sync();
        return store.current();
    }
    static Stamp filled(const QString &name, double cpu)
    {
        Stamp stamp = makeStamp(name);
        stamp.resources.cpu = {64, cpu, cpu};
        return stamp;
    }
    static QList<Tenant> tenantsOn(const QString &stamp, int count, double cpu)
    {
        QList<Tenant> all;
        for (int i = 0; i < count; ++i) {
            all += makeTenant(u"t%1"_s.arg(i), stamp);
            all.last().demand.cpu = cpu;
        }
        return all;
    }
    ManualClock m_clock;

private Q_SLOTS:
    void init() { strict(); }

    void aRegionWithRoomSurvives()
    {
        const auto all = survivalOf(
                fleet({filled(u"a"_s, 20), filled(u"b"_s, 10)}, tenantsOn(u"a"_s, 3, 4)));
        QCOMPARE(all.size(), size_t(1));
        QCOMPARE(all[0].region, u"eu-west"_s);
        QCOMPARE(all[0].fullest, u"prod/a"_s);
        QCOMPARE(all[0].stamps, 2);
        QCOMPARE(all[0].tenants, 3);
        QVERIFY(all[0].survives == true);
        QCOMPARE(all[0].placed, 3);
        QVERIFY(all[0].message.isEmpty());
    }

    void whatIsPlacedBeforeCounts()
    {
        // Each of them alone fits under the gate of 54.4 cores; one of the two does not any more.
        const auto all = survivalOf(
                fleet({filled(u"a"_s, 60), filled(u"b"_s, 40)}, tenantsOn(u"a"_s, 2, 10)));
        QVERIFY(all[0].survives == false);
        QCOMPARE(all[0].placed, 1);
        QCOMPARE(all[0].unplaced, 1);
        QVERIFY(qAbs(all[0].shortOf.value(ResourceKind::Cpu) - 5.6) < 1e-6);
        QVERIFY2(all[0].message.contains(u"5.6 cores"), qPrintable(all[0].message));
        QCOMPARE(figureOf(all[0], {}), u"−5.6 cores"_s);
        Survival ruled = all[0]; // nothing is short, only rules bind
        ruled.shortOf.clear();
        QCOMPARE(briefOf(ruled, {}), u"1 tenant stranded"_s);
        QCOMPARE(figureOf(ruled, {}), u"−1 tenant"_s);
        ruled.survives.reset();
        QCOMPARE(figureOf(ruled, {}), QString());
    }

    void whatALossWouldLeaveIsCounted()
    {
        const auto version = fleet({filled(u"a"_s, 30), filled(u"b"_s, 16), filled(u"c"_s, 8)},
                                   tenantsOn(u"a"_s, 1, 4));
        const Survival region = survivalOf(version)[0];
        QCOMPARE(region.fullest, u"prod/a"_s);
        const auto outlook = outlookAfterLoss(*version, region);
        QVERIFY(outlook);
        QCOMPARE(int(outlook->kind), int(ResourceKind::Cpu));
        QVERIFY(qAbs(outlook->load - 54.0 / 128) < 1e-9); // all that is taken, on two of three
        QVERIFY(qAbs(outlook->spare - (128 * 0.85 - 54)) < 1e-9);
        QCOMPARE(outlook->gate, 0.85);
        QCOMPARE(briefOf(region, outlook), u"54.8 cores to spare"_s);
        QCOMPARE(figureOf(region, outlook), u"+54.8 cores"_s);
        QCOMPARE(figureOf(region, std::nullopt), QString());
        // Alone there is nothing left to fill.
        const auto alone = fleet({filled(u"a"_s, 30)}, tenantsOn(u"a"_s, 1, 4));
        const auto none = outlookAfterLoss(*alone, survivalOf(alone)[0]);
        QVERIFY(none);
        QVERIFY(std::isinf(none->load));
        QVERIFY(none->spare < 0);
        // What is not known is not guessed.
        Stamp unknown = filled(u"b"_s, 16);
        unknown.resources.memory.limit.reset();
        const auto partly = fleet({filled(u"a"_s, 30), unknown}, tenantsOn(u"a"_s, 1, 4));
        QVERIFY(!outlookAfterLoss(*partly, survivalOf(partly)[0]));
    }

    void theGateIsWhatItMayBeFilledTo()
    {
        const QList<Tenant> tenants = tenantsOn(u"a"_s, 1, 4);
        // 50 + 4 is under 0.85 of 64, 51 + 4 is over, though it would fit.
        QVERIFY(survivalOf(fleet({filled(u"a"_s, 60), filled(u"b"_s, 50)}, tenants))[0].survives
                == true);
        QVERIFY(survivalOf(fleet({filled(u"a"_s, 60), filled(u"b"_s, 51)}, tenants))[0].survives
                == false);
    }

    void aStampAloneHasNobody()
    {
        const auto all = survivalOf(fleet({filled(u"a"_s, 20)}, tenantsOn(u"a"_s, 2, 4)));
        QVERIFY(all[0].survives == false);
        QCOMPARE(all[0].message, u"no other stamp is here"_s);
        QCOMPARE(all[0].shortOf.value(ResourceKind::Cpu), 8.0);
    }

    void anotherRegionDoesNotHelp()
    {
        Stamp far = filled(u"b"_s, 1);
        far.region = u"us-east"_s;
        const auto all = survivalOf(fleet({filled(u"a"_s, 20), far}, tenantsOn(u"a"_s, 2, 4)));
        QCOMPARE(all.size(), size_t(2));
        QVERIFY(all[0].survives == false);
        QVERIFY(all[1].survives == true); // it has nobody to lose
    }

    void aGuardIsNamedWhereRoomIsNotWhatIsMissing()
    {
        Stamp cordoned = filled(u"b"_s, 1);
        cordoned.lifecycle = Lifecycle::Cordoned;
        const auto closed = survivalOf(fleet({filled(u"a"_s, 20), cordoned},
                                             tenantsOn(u"a"_s, 1, 4)));
        QVERIFY(closed[0].survives == false);
        QVERIFY(closed[0].shortOf.isEmpty());
        QVERIFY2(closed[0].message.contains(u"prod/b"), qPrintable(closed[0].message));

        QList<Tenant> pinned = tenantsOn(u"a"_s, 1, 4);
        pinned[0].constraints.pinned = true;
        const auto held = survivalOf(fleet({filled(u"a"_s, 20), filled(u"b"_s, 1)}, pinned));
        QVERIFY(held[0].survives == false);
        QVERIFY2(held[0].message.contains(u"pinned"), qPrintable(held[0].message));
    }

    void whatNobodyToldIsNotKnown()
    {
        Stamp silent = filled(u"b"_s, 1);
        silent.resources.memory.limit.reset();
        const auto all = survivalOf(fleet({filled(u"a"_s, 20), silent}, tenantsOn(u"a"_s, 1, 4)));
        QVERIFY(!all[0].survives.has_value());
        QVERIFY(!all[0].message.isEmpty());
    }

    void whoMayWriteDoesNotMatter()
    {
        const auto all = survivalOf(
                fleet({filled(u"a"_s, 20), filled(u"b"_s, 10)}, tenantsOn(u"a"_s, 3, 4), true));
        QVERIFY(all[0].survives == true);
    }

    void aLossSaysWhereEverybodyWouldGo()
    {
        // Of a and b, which are lost, one stays in eu-*, one is pinned, one is too large for what is
        // left, and one goes to the other region.
        QList<Tenant> tenants = tenantsOn(u"a"_s, 4, 4);
        tenants[0].constraints.regions = {u"eu-*"_s};
        tenants[1].constraints.pinned = true;
        tenants[2].demand.cpu = 60;
        Stamp far = filled(u"c"_s, 2);
        far.region = u"us-east"_s;
        const auto version = fleet({filled(u"a"_s, 20), filled(u"b"_s, 1), far}, tenants, true);
        const auto slot = [&](const QString &id) { return version->stampIndex.value(id); };
        const Loss loss = lossOf(version, {slot(u"prod/a"_s), slot(u"prod/b"_s), 99, -1});
        QCOMPARE(loss.stamps.size(), size_t(2));
        QVERIFY(loss.isLost(slot(u"prod/b"_s)) && !loss.isLost(slot(u"prod/c"_s)));
        QCOMPARE(loss.tenants, 4);
        QCOMPARE(loss.moves.size(), size_t(1));
        QCOMPARE(loss.moves[0].id.section(u'/', 1), u"t3"_s);
        QCOMPARE(loss.moves[0].to, u"prod/c"_s);
        QCOMPARE(loss.taken.value(slot(u"prod/c"_s)), 1);
        QCOMPARE(loss.loads.size(), 1);
        QCOMPARE(*loss.loads[0].before.cpu.taken(), 2.0);
        QCOMPARE(*loss.loads[0].after.cpu.taken(), 6.0);
        const auto ruleOf = [&](const QString &tenant) {
            for (const Refusal &why : loss.stranded) {
                if (why.subject.endsWith(tenant))
                    return why.code;
            }
            return QString();
        };
        QCOMPARE(ruleOf(u"t0"_s), u"residency"_s);
        QCOMPARE(ruleOf(u"t1"_s), u"pinned"_s);
        QCOMPARE(ruleOf(u"t2"_s), u"capacity"_s);
        QCOMPARE(loss.rules().size(), 3);
        // 60 cores are wanted, 0.85 × 64 − 6 are left.
        QVERIFY(qAbs(loss.shortOf.value(ResourceKind::Cpu) - (60 - (54.4 - 6))) < 1e-6);
        QVERIFY2(loss.summary().startsWith(u"3 of 4 stranded"), qPrintable(loss.summary()));
        // Where only a may take them nobody moves.
        QCOMPARE(lossOf(version, {slot(u"prod/a"_s)}, {slot(u"prod/b"_s)}).moves.size(), size_t(2));
        QVERIFY(lossOf(version, {}).stamps.empty());
    }

    void theStrandedOfARegionAreNamed()
    {
        QList<Tenant> pinned = tenantsOn(u"a"_s, 2, 4);
        pinned[0].constraints.pinned = true;
        const auto all = survivalOf(fleet({filled(u"a"_s, 20), filled(u"b"_s, 1)}, pinned));
        QCOMPARE(all[0].stranded.size(), 1);
        QCOMPARE(all[0].stranded[0].code, u"pinned"_s);
        QVERIFY(all[0].stranded[0].subject.endsWith(u"t0"));
    }

    void aCreationIsMeasured()
    {
        using namespace std::chrono_literals;
        FleetVersion version;
        const auto made = [&](const QString &id, std::chrono::seconds took, OperationState state) {
            auto operation = std::make_shared<Operation>();
            operation->id = id;
            operation->kind = u"create"_s;
            operation->state = state;
            OperationStep step;
            step.source = u"prod"_s;
            step.state = StepState::Succeeded;
            step.startedAt = Timestamp(100s);
            step.endedAt = Timestamp(100s) + took;
            operation->steps = {step};
            version.operations.insert(id, operation);
        };
        made(u"1"_s, 60s, OperationState::Succeeded);
        made(u"2"_s, 80s, OperationState::Succeeded);
        made(u"3"_s, 300s, OperationState::Succeeded);
        made(u"4"_s, 2s, OperationState::Failed);
        const auto times = createTimes(version);
        QCOMPARE(times.value(u"prod"_s).measured, 3);
        QCOMPARE(times.value(u"prod"_s).median, std::chrono::milliseconds(80s));
        QVERIFY(!times.contains(u"lab"_s));
    }

    void aRegionIsSearched()
    {
        const auto all = survivalOf(fleet({filled(u"a"_s, 32), filled(u"b"_s, 16)}, {}));
        const RegionSubject subject(all[0]);
        const auto matches = [&](const QString &text) {
            const auto query = Query::parse(text, QueryScope::Regions);
            return query && query->matches(subject);
        };
        QVERIFY(matches(u"region:eu-*"_s));
        QVERIFY(!matches(u"region:us-*"_s));
        QVERIFY(matches(u"stamps>1"_s));
        QVERIFY(matches(u"cpu>37%"_s)); // 48 of 128
        QVERIFY(!matches(u"cpu>38%"_s));
        QVERIFY(matches(u"cpu=48"_s));
    }

    void theFleetSaysWhatIsWrong()
    {
        Stamp over = filled(u"b"_s, 70);
        Stamp down = filled(u"a"_s, 10);
        down.components[0].ready = 0;
        const auto version = fleet({down, over, filled(u"c"_s, 10)}, tenantsOn(u"a"_s, 2, 1));
        const QList<Incident> incidents = fleetIncidents(*version);
        QStringList ids;
        for (const Incident &incident : incidents)
            ids += incident.id;
        QCOMPARE(ids, QStringList({u"prod/a:unhealthy"_s, u"prod/b:over-cpu"_s}));
        QCOMPARE(toString(incidents[0].severity), u"critical"_s);
        QCOMPARE(incidents[0].tenants.size(), 2);
        QVERIFY(incidents[0].startsAt.has_value());
        QVERIFY(!incidents[0].summary.isEmpty());
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestSurvival)
#include "tst_survival.moc"

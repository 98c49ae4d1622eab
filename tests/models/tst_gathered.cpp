// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleetquery.h"
#include "models/fleetstore.h"
#include "models/fleetsummary.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"
#include "tests/support/testmain.h"

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using By = Gathered::By;

/// What stamps in trouble have in common.
class TestGathered : public QObject
{
    Q_OBJECT
private:
    /// 400 stamps in four regions of two zones; every tenth of another version.
    QList<Stamp> evenFleet()
    {
        QList<Stamp> stamps;
        for (int i = 0; i < 400; ++i) {
            Stamp stamp = makeStamp(u"s-%1"_s.arg(i, 3, 10, QLatin1Char('0')));
            stamp.region = u"r%1"_s.arg(i % 4);
            stamp.zone = i / 4 % 2 ? u"b"_s : u"a"_s;
            stamp.version = i / 8 % 10 == 0 ? u"2.0"_s : u"1.9"_s;
            stamp.health = Health::Healthy;
            stamps.append(stamp);
        }
        return stamps;
    }
    static void break_(Stamp &stamp, Health health = Health::Unhealthy)
    {
        stamp.health = health;
        stamp.healthReasons = {{u"replicas"_s, u"api crash loop"_s, {}, u"api"_s, {}, {}, {}}};
        stamp.revision = u"2"_s;
    }
    FleetVersionPtr tell(const QList<Stamp> &stamps)
    {
        if (!m_store) {
            m_store = std::make_unique<FleetStore>(m_clock);
            SourceState source;
            source.name = u"prod"_s;
            m_store->addSource(source);
        }
        m_store->apply(u"prod"_s, makeUpdate(stamps, {}));
        m_store->sync();
        return m_store->current();
    }
    ManualClock m_clock;
    std::unique_ptr<FleetStore> m_store;

private Q_SLOTS:
    void init()
    {
        strict();
        m_store.reset();
    }

    void aZoneIsOneRow()
    {
        QList<Stamp> stamps = evenFleet();
        int inZone = 0;
        for (Stamp &stamp : stamps) {
            if (stamp.region == u"r1" && stamp.zone == u"b")
                break_(stamp, inZone++ < 40 ? Health::Unhealthy : Health::Degraded);
        }
        break_(stamps[0]); // and some elsewhere
        break_(stamps[7], Health::Degraded);
        const FleetVersionPtr version = tell(stamps);
        const GatheredTrouble trouble = gatherTrouble(*version);
        QCOMPARE(trouble.groups.size(), 2);
        const Gathered &zone = trouble.groups[0];
        QCOMPARE(int(zone.by), int(By::Zone));
        QCOMPARE(zone.region, u"r1"_s);
        QCOMPARE(zone.value, u"b"_s);
        QCOMPARE(int(zone.health), int(Health::Unhealthy));
        QCOMPARE(zone.stamps, 50);
        QCOMPARE(zone.worst, 40);
        QVERIFY(!zone.reason.isEmpty());
        QCOMPARE(int(trouble.groups[1].by), int(By::Nothing));
        QCOMPARE(trouble.groups[1].stamps, 2);
        // Its query finds them.
        const auto query = Query::parse(zone.query());
        QVERIFY2(query, qPrintable(zone.query()));
        QCOMPARE(int(filterStamps(*version, *query).size()), 50);
        // Regions: the largest share first.
        QCOMPARE(trouble.regions.size(), 4);
        QCOMPARE(trouble.regions[0].region, u"r1"_s);
        QCOMPARE(trouble.regions[0].unhealthy, 40);
        QCOMPARE(trouble.regions[0].others, 10);
        QCOMPARE(trouble.regions[0].share(), 0.5);
    }

    void aVersionIsOneRow()
    {
        QList<Stamp> stamps = evenFleet();
        for (Stamp &stamp : stamps) {
            if (stamp.version == u"2.0")
                break_(stamp, Health::Degraded);
        }
        const GatheredTrouble trouble = gatherTrouble(*tell(stamps));
        QCOMPARE(trouble.groups.size(), 1);
        QCOMPARE(int(trouble.groups[0].by), int(By::Version));
        QCOMPARE(trouble.groups[0].value, u"2.0"_s);
        QCOMPARE(int(trouble.groups[0].health), int(Health::Degraded));
    }

    void whatBeganTogetherIsOneRow()
    {
        QList<Stamp> stamps = evenFleet();
        tell(stamps);
        m_clock.advance(1h);
        for (int i = 0; i < 400; i += 17) // of everything something
            break_(stamps[i]);
        tell(stamps);
        m_clock.advance(20s);
        break_(stamps[5]);
        const GatheredTrouble trouble = gatherTrouble(*tell(stamps));
        QCOMPARE(int(trouble.groups[0].by), int(By::Start));
        QVERIFY(trouble.groups[0].stamps >= 24);
        QVERIFY(trouble.groups[0].from);
    }

    void chanceIsScattered()
    {
        QList<Stamp> stamps = evenFleet();
        for (int i = 0; i < 400; i += 17)
            break_(stamps[i]);
        // All of it was seen first just now: that is nothing in common.
        const GatheredTrouble trouble = gatherTrouble(*tell(stamps));
        QCOMPARE(trouble.groups.size(), 1);
        QCOMPARE(int(trouble.groups[0].by), int(By::Nothing));
        QCOMPARE(trouble.groups[0].stamps, 24);
        QCOMPARE(trouble.groups[0].query(), u"NOT health:healthy"_s);
    }

    void theSummaryGathersWhatIsTooMuchToList()
    {
        QList<Stamp> stamps = evenFleet();
        for (int i = 0; i < FleetSummary::maxTroubles; ++i)
            break_(stamps[i]);
        QVERIFY(summarize(*tell(stamps)).gathered.groups.isEmpty());
        break_(stamps[FleetSummary::maxTroubles]);
        QVERIFY(!summarize(*tell(stamps)).gathered.groups.isEmpty());
        QVERIFY(gatherTrouble(FleetVersion()).groups.isEmpty());
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestGathered)
#include "tst_gathered.moc"

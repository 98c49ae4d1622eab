// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/carrycontroller.h"

#include "tests/support/testmain.h"
#include "tests/widgets/deckfixture.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QMimeData>
#include <QtTest/QSignalSpy>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using Testing::DeckFixture;
using Testing::SampleFleet;

class TestCarryController : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void mimeHoldsIds()
    {
        DeckFixture fixture;
        const FleetVersion &fleet = fixture.deck->fleet();
        const QStringList ids{u"prod/t-000-0"_s, u"prod/b \"c\""_s};
        const std::unique_ptr<QMimeData> mime = tenantsToMime(fleet, ids);
        QCOMPARE(tenantsFromMime(fleet, mime.get()), ids);
        QMimeData other;
        other.setText(u"[\"prod/a\"]"_s);
        QVERIFY(tenantsFromMime(fleet, &other).isEmpty());
        QVERIFY(tenantsFromMime(fleet, nullptr).isEmpty());
        for (const char *wrong : {"[1, {}, \"x\"", "[\"prod/t-000-0\"]", "{\"tenants\": 1}"}) {
            other.setData(u"application/x-stampdeck-tenants"_s, wrong);
            QVERIFY(tenantsFromMime(fleet, &other).isEmpty());
        }
    }

    // A rehearsal has the names of the real fleet.
    void tenantsOfAnotherInstanceAreNotTaken()
    {
        DeckFixture fixture;
        FleetVersion rehearsal = fixture.deck->fleet();
        rehearsal.sources[0].instance = u"rehearsal"_s;
        const QStringList ids{u"prod/t-000-0"_s, u"prod/t-001-0"_s};
        const std::unique_ptr<QMimeData> mime = tenantsToMime(rehearsal, ids);
        QCOMPARE(tenantsFromMime(rehearsal, mime.get()), ids);
        QVERIFY(tenantsFromMime(fixture.deck->fleet(), mime.get()).isEmpty());
    }

    void aLitStampTakesADropAndADimOneDoesNot()
    {
        SampleFleet sample;
        DeckFixture fixture(sample);
        FleetUpdate delta = SampleFleet::delta();
        Stamp cordoned = sample.stamp(1);
        cordoned.lifecycle = Lifecycle::Cordoned;
        delta.stamps.push_back(std::make_shared<const Stamp>(cordoned));
        fixture.apply(delta);
        QTRY_COMPARE(fixture.deck->stamp(u"prod/s-001"_s)->stamp->lifecycle, Lifecycle::Cordoned);

        CarryController carry(*fixture.feed);
        QSignalSpy changed(&carry, &CarryController::changed);
        QSignalSpy dropped(&carry, &CarryController::dropped);
        QVERIFY(carry.pickUp({u"prod/t-000-0"_s, u"prod/t-000-1"_s}, CarryController::Mode::Drag));
        QCOMPARE(changed.count(), 1);
        const FleetVersion &fleet = *fixture.feed->version();
        const int source = fleet.stampIndex.value(u"prod/s-000"_s);
        const int dim = fleet.stampIndex.value(u"prod/s-001"_s);
        const int lit = fleet.stampIndex.value(u"prod/s-002"_s);
        QCOMPARE(carry.leaving(source), 2);
        QVERIFY(!carry.isLit(dim));
        QCOMPARE(carry.reasonHead(dim), u"cordoned"_s);
        QVERIFY(carry.isLit(lit));
        QVERIFY(carry.spoken(lit).contains(u"percent"_s));

        QSignalSpy refused(&carry, &CarryController::refused);
        QVERIFY(!carry.drop(dim));
        QCOMPARE(refused.count(), 1);
        QCOMPARE(refused.first().first().toString(), u"prod/s-001"_s);
        QCOMPARE(refused.first().at(1).value<Refusal>().code, u"cordoned"_s);
        QVERIFY(carry.isActive());
        QVERIFY(carry.drop(lit));
        QVERIFY(!carry.isActive());
        QCOMPARE(dropped.count(), 1);
        const auto request = dropped.first().first().value<ActionRequest>();
        QCOMPARE(request.to, u"prod/s-002"_s);
        QCOMPARE(request.tenants.size(), 2);
    }

    void aHandleCarriesAllAndADropDrains()
    {
        SampleFleet sample;
        DeckFixture fixture(sample);
        CarryController carry(*fixture.feed);
        QSignalSpy dropped(&carry, &CarryController::dropped);
        QVERIFY(carry.pickUpAll(u"prod/s-000"_s, CarryController::Mode::Drag));
        QCOMPARE(carry.tenants().size(), 5);
        QCOMPARE(carry.drained(), u"prod/s-000"_s);
        carry.hold();
        QCOMPARE(carry.mode(), CarryController::Mode::Cut);
        // Who leaves meanwhile is not waited for, and who comes goes too.
        FleetUpdate delta = SampleFleet::delta();
        delta.goneTenants = {SampleFleet::tenantName(0, 1)};
        fixture.apply(delta);
        QTRY_COMPARE(carry.tenants().size(), 4);

        const FleetVersion &fleet = *fixture.feed->version();
        QVERIFY(carry.drop(fleet.stampIndex.value(u"prod/s-002"_s)));
        const auto one = dropped.takeFirst().first().value<ActionRequest>();
        QCOMPARE(one.kind, ActionKind::Drain);
        QCOMPARE(one.stamp, u"prod/s-000"_s);
        QCOMPARE(one.among, QStringList{u"prod/s-002"_s});

        QVERIFY(carry.pickUpAll(u"prod/s-000"_s, CarryController::Mode::Drag));
        carry.dropAnywhere();
        const auto spread = dropped.takeFirst().first().value<ActionRequest>();
        QCOMPARE(spread.kind, ActionKind::Drain);
        QVERIFY(spread.among.isEmpty());

        // A move of the same tenants is none.
        QVERIFY(carry.pickUp({u"prod/t-000-0"_s}, CarryController::Mode::Drag));
        QVERIFY(carry.drained().isEmpty());
        carry.putBack();
        QVERIFY(!carry.pickUpAll(u"prod/nowhere"_s, CarryController::Mode::Drag));
    }

    void aRegionsLinkCarriesAllAndADropEvacuates()
    {
        SampleFleet sample;
        sample.stamps = 8; // two in each region
        DeckFixture fixture(sample);
        CarryController carry(*fixture.feed);
        QSignalSpy dropped(&carry, &CarryController::dropped);
        QVERIFY(carry.pickUpRegion(u"r1"_s, CarryController::Mode::Drag));
        QCOMPARE(carry.tenants().size(), 10); // of s-001 and s-005
        QCOMPARE(carry.evacuated(), u"r1"_s);
        QVERIFY(carry.drained().isEmpty());
        const FleetVersion &fleet = *fixture.feed->version();
        const int inside = fleet.stampIndex.value(u"prod/s-005"_s);
        QCOMPARE(carry.leaving(inside), 5);
        QVERIFY(!carry.isLit(inside));
        const int lit = fleet.stampIndex.value(u"prod/s-000"_s);
        QVERIFY2(carry.isLit(lit), qPrintable(carry.spoken(lit)));
        QVERIFY(carry.drop(lit));
        const auto one = dropped.takeFirst().first().value<ActionRequest>();
        QCOMPARE(one.kind, ActionKind::Evacuate);
        QCOMPARE(one.region, u"r1"_s);
        QCOMPARE(one.among, QStringList{u"prod/s-000"_s});
        QVERIFY(plan(fixture.feed->version(), one, fixture.clock).has_value());

        QVERIFY(carry.pickUpRegion(u"r1"_s, CarryController::Mode::Drag));
        carry.dropAnywhere();
        QVERIFY(dropped.takeFirst().first().value<ActionRequest>().among.isEmpty());
        QVERIFY(carry.evacuated().isEmpty());
        QVERIFY(!carry.pickUpRegion(u"mars"_s, CarryController::Mode::Drag));
    }

    void aTileOfADrainIsLitExactlyWhenItsPlanIsNotRefused()
    {
        // A stamp that a move may fill up, but a drain leaves headroom on; and one in another state.
        SampleFleet sample;
        sample.stamps = 6;
        DeckFixture fixture(sample);
        FleetUpdate delta = SampleFleet::delta();
        Stamp tight = sample.stamp(2);
        tight.resources.cpu = {64, 53, 51}; // 53 + 5 of 64 is over the gate of 85%
        Stamp full = sample.stamp(3);
        full.resources.cpu = {64, 62, 51};
        for (const Stamp &each : {tight, full})
            delta.stamps.push_back(std::make_shared<const Stamp>(each));
        fixture.apply(delta);
        QTRY_COMPARE(fixture.deck->stamp(u"prod/s-003"_s)->resources.cpu.reserved, 62.0);
        CarryController carry(*fixture.feed);
        QVERIFY(carry.pickUpAll(u"prod/s-000"_s, CarryController::Mode::Cut));
        const FleetVersionPtr version = fixture.feed->version();
        int lit = 0;
        version->eachStamp([&](int slot, const StampEntry &entry) {
            if (entry.id == u"prod/s-000")
                return;
            ActionRequest request;
            request.kind = ActionKind::Drain;
            request.stamp = u"prod/s-000"_s;
            request.among = {entry.id};
            const Result<Plan> made = plan(version, request, fixture.clock);
            QVERIFY(made);
            QVERIFY2(carry.isLit(slot) == !made->isRefused(), qPrintable(entry.id));
            lit += carry.isLit(slot);
        });
        QCOMPARE(lit, 3);
        QCOMPARE(carry.ranking().size(), 3u);
        const int gate = version->stampIndex.value(u"prod/s-002"_s);
        QCOMPARE(carry.reasonHead(gate), u"cpu 91%"_s);
        QCOMPARE(carry.reasonLine(gate), u"over the gate"_s);
        // As a move it may.
        QVERIFY(carry.pickUp({u"prod/t-000-0"_s, u"prod/t-000-1"_s}, CarryController::Mode::Cut));
        QVERIFY(carry.isLit(gate));
    }

    void aTileIsLitExactlyWhenItsPlanIsNotRefused()
    {
        DeckFixture fixture;
        CarryController carry(*fixture.feed);
        QVERIFY(carry.pickUp({u"prod/t-002-1"_s}, CarryController::Mode::Cut));
        const FleetVersionPtr version = fixture.feed->version();
        int lit = 0;
        version->eachStamp([&](int slot, const StampEntry &entry) {
            ActionRequest request;
            request.tenants = carry.tenants();
            request.to = entry.id;
            const Result<Plan> planned = plan(version, request, fixture.clock);
            QVERIFY(planned);
            QCOMPARE(carry.isLit(slot), !planned->isRefused());
            lit += carry.isLit(slot);
        });
        QCOMPARE(lit, 3);
        QCOMPARE(int(carry.ranking().size()), 3);
        QCOMPARE(carry.rank(carry.ranking().front().first), 1);
        QCOMPARE(carry.evaluation(carry.ranking().front().first).verdict, VerdictKind::Best);
    }

    void aNewVersionAsksAgain()
    {
        SampleFleet sample;
        DeckFixture fixture(sample);
        CarryController carry(*fixture.feed);
        QVERIFY(carry.pickUp({u"prod/t-000-0"_s}, CarryController::Mode::Cut));
        const int slot = fixture.feed->version()->stampIndex.value(u"prod/s-003"_s);
        QVERIFY(carry.isLit(slot));
        QSignalSpy verdicts(&carry, &CarryController::verdictsChanged);
        Stamp full = sample.stamp(3);
        full.resources.tenants.used = 20;
        FleetUpdate delta = SampleFleet::delta();
        delta.stamps.push_back(std::make_shared<const Stamp>(full));
        fixture.apply(delta);
        QTRY_VERIFY(verdicts.count() > 0);
        QVERIFY(!carry.isLit(slot));
        QCOMPARE(carry.reasonHead(slot), u"tenants full"_s);
        QVERIFY(!carry.reasonCounts().isEmpty());
    }

    // In the GUI thread only what is looked at answers: the rest comes when another has it.
    void aLargeFleetIsAskedOnAnotherThread()
    {
        SampleFleet sample;
        sample.stamps = 1'200;
        DeckFixture fixture(sample);
        CarryController carry(*fixture.feed);
        QSignalSpy verdicts(&carry, &CarryController::verdictsChanged);
        for (const bool drains : {false, true}) {
            if (drains)
                QVERIFY(carry.pickUpAll(u"prod/s-000"_s, CarryController::Mode::Cut));
            else
                QVERIFY(carry.pickUp({u"prod/t-000-0"_s, u"prod/t-001-0"_s},
                                     CarryController::Mode::Cut));
            QVERIFY(!carry.isSettled());
            QVERIFY(carry.ranking().empty() && carry.reasonCounts().isEmpty());
            QVERIFY(carry.spreadSummary().isEmpty());
            const int lit = fixture.feed->version()->stampIndex.value(u"prod/s-004"_s);
            QVERIFY(carry.isLit(lit));
            QTRY_VERIFY_WITH_TIMEOUT(carry.isSettled(), 60'000);
            QVERIFY(!carry.spreadSummary().isEmpty());
            const auto best = bestOf(carry.carry(), CarryController::mostRanked);
            QCOMPARE(carry.ranking().size(), best.size());
            QCOMPARE(carry.ranking().front().first, best.front().first);
            QCOMPARE(carry.evaluation(best.front().first).verdict, VerdictKind::Best);
            // What was answered stays in sight until a newer version has answered.
            const QString spread = carry.spreadSummary();
            FleetUpdate delta = SampleFleet::delta();
            Stamp cordoned = sample.stamp(best.front().first);
            cordoned.lifecycle = Lifecycle::Cordoned;
            delta.stamps.push_back(std::make_shared<const Stamp>(cordoned));
            verdicts.clear();
            fixture.apply(delta);
            QTRY_VERIFY(verdicts.count() > 0);
            QVERIFY(!carry.ranking().empty());
            QCOMPARE(carry.spreadSummary(), spread);
            QVERIFY(!carry.isLit(best.front().first));
            QTRY_COMPARE_WITH_TIMEOUT(carry.rank(best.front().first), 0, 60'000);
            QTRY_COMPARE_WITH_TIMEOUT(carry.reasonCounts().value(0).first, u"cordoned"_s, 60'000);
            carry.putBack();
            QVERIFY(carry.ranking().empty());
        }
    }

    void whatIsGoneIsPutBackAndTheRestStays()
    {
        DeckFixture fixture;
        CarryController carry(*fixture.feed);
        QSignalSpy lost(&carry, &CarryController::lost);
        QVERIFY(!carry.pickUp({u"prod/nobody"_s}, CarryController::Mode::Drag));
        QVERIFY(!carry.isActive());
        const QStringList picked{u"prod/t-000-0"_s, u"prod/t-000-1"_s, u"prod/t-001-0"_s,
                                 u"prod/t-001-1"_s};
        QVERIFY(carry.pickUp(picked, CarryController::Mode::Drag));
        const auto goes = [&](const QStringList &tenants) {
            FleetUpdate delta = SampleFleet::delta();
            delta.goneTenants = tenants;
            lost.clear();
            fixture.apply(delta);
            QTRY_COMPARE(lost.count(), 1);
        };
        goes({u"t-000-0"_s});
        QCOMPARE(lost.first().first().toString(), u"prod/t-000-0 is gone; still carried: 3 tenants"_s);
        QCOMPARE(carry.tenants(), picked.mid(1));
        QCOMPARE(carry.pickedUp(), picked);
        QCOMPARE(carry.carry().items.size(), 3u);
        goes({u"t-000-1"_s, u"t-001-0"_s});
        QCOMPARE(lost.first().first().toString(),
                 u"2 tenants that were carried are gone; still carried: 1 tenant"_s);
        QCOMPARE(carry.tenants(), picked.mid(3));
        goes({u"t-001-1"_s});
        QCOMPARE(lost.first().first().toString(), u"Put back: prod/t-001-1 is gone"_s);
        QVERIFY(!carry.isActive());
        // Of a drain, who is there.
        QVERIFY(carry.pickUpAll(u"prod/s-002"_s, CarryController::Mode::Cut));
        QStringList all;
        for (int i = 0; i < SampleFleet().tenantsPerStamp; ++i)
            all.append(SampleFleet::tenantName(2, i));
        goes(all);
        QCOMPARE(lost.first().first().toString(),
                 u"Put back: prod/s-002 has no tenant any more"_s);
        QVERIFY(!carry.isActive());
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestCarryController)
#include "tst_carrycontroller.moc"

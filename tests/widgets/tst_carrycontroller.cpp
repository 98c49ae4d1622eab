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
        const QStringList ids{u"prod/a"_s, u"prod/b \"c\""_s};
        const std::unique_ptr<QMimeData> mime = tenantsToMime(ids);
        QCOMPARE(tenantsFromMime(mime.get()), ids);
        QMimeData other;
        other.setText(u"[\"prod/a\"]"_s);
        QVERIFY(tenantsFromMime(&other).isEmpty());
        QVERIFY(tenantsFromMime(nullptr).isEmpty());
        other.setData(u"application/x-stampdeck-tenants"_s, "[1, {}, \"x\"");
        QVERIFY(tenantsFromMime(&other).isEmpty());
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

        QVERIFY(!carry.drop(dim));
        QVERIFY(carry.isActive());
        QVERIFY(carry.drop(lit));
        QVERIFY(!carry.isActive());
        QCOMPARE(dropped.count(), 1);
        const auto request = dropped.first().first().value<ActionRequest>();
        QCOMPARE(request.to, u"prod/s-002"_s);
        QCOMPARE(request.tenants.size(), 2);
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

    void whatIsGoneIsPutBack()
    {
        DeckFixture fixture;
        CarryController carry(*fixture.feed);
        QVERIFY(!carry.pickUp({u"prod/nobody"_s}, CarryController::Mode::Drag));
        QVERIFY(!carry.isActive());
        QVERIFY(carry.pickUp({u"prod/t-000-0"_s}, CarryController::Mode::Drag));
        FleetUpdate delta = SampleFleet::delta();
        delta.goneTenants = {u"t-000-0"_s};
        fixture.apply(delta);
        QTRY_VERIFY(!carry.isActive());
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestCarryController)
#include "tst_carrycontroller.moc"

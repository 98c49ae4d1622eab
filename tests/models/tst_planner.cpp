// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/planner.h"

#include "models/fleetstore.h"
#include "models/glob.h"
#include "models/health.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>

#include <rapidcheck.h>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

class TestPlanner : public QObject
{
    Q_OBJECT
private:
    FleetVersionPtr fleet(const QList<Stamp> &stamps, const QList<Tenant> &tenants,
                          Capabilities capabilities = Capability::Primitives | Capability::Cordon
                                  | Capability::ScaleComponents | Capability::ScaleResources
                                  | Capability::ScalingRules)
    {
        FleetStore store(m_clock);
        SourceState source;
        source.name = u"prod"_s;
        source.capabilities = capabilities;
        store.addSource(source);
        store.apply(u"prod"_s, makeUpdate(stamps, tenants));
        store.sync();
        return store.current();
    }
    static QStringList codes(const QList<Refusal> &refusals)
    {
        QStringList codes;
        for (const Refusal &refusal : refusals)
            codes.append(refusal.code);
        return codes;
    }
    ManualClock m_clock;

private Q_SLOTS:
    void init() { strict(); }

    void globs()
    {
        QVERIFY(globMatches(u"eu-*", u"eu-west"));
        QVERIFY(globMatches(u"*-1?", u"eu-12"));
        QVERIFY(globMatches(u"EU-west", u"eu-WEST"));
        QVERIFY(!globMatches(u"eu-*", u"us-east"));
        QVERIFY(!globMatches(u"", u"x"));
        QVERIFY(globMatches(u"*", u""));
    }

    void scores()
    {
        Component ok;
        ok.desired = ok.ready = 2;
        Component degraded = ok;
        degraded.ready = 1;
        Component down = ok;
        down.ready = 0;
        QCOMPARE(healthOfScore(componentScore({ok, ok})), Health::Healthy);
        QCOMPARE(healthOfScore(componentScore({ok, degraded})), Health::Degraded);
        QCOMPARE(healthOfScore(componentScore({degraded, degraded})), Health::Unhealthy);
        QCOMPARE(healthOfScore(componentScore({down, ok})), Health::Unhealthy);
        QCOMPARE(componentScore({down, down, down}), 0.0);
    }

    void everyGuardSaysNoByItsCode_data()
    {
        QTest::addColumn<QString>("code");
        for (const char *code : {"capacity", "tenant-slots", "residency", "anti-affinity", "exclusive",
                                 "pinned", "cordoned", "drained", "unhealthy", "degraded", "busy",
                                 "unknown-capacity", "unsupported"})
            QTest::addRow("%s", code) << QString::fromLatin1(code);
    }
    void everyGuardSaysNoByItsCode()
    {
        QFETCH(QString, code);
        Stamp target = makeStamp(u"eu-2"_s);
        Tenant acme = makeTenant(u"acme"_s, u"eu-1"_s);
        Tenant other = makeTenant(u"other"_s, u"eu-2"_s);
        Capabilities capabilities = Capability::Primitives;
        if (code == u"capacity")
            acme.demand.memory = 1e15;
        else if (code == u"tenant-slots")
            target.resources.tenants = {5, 5, 5};
        else if (code == u"residency")
            acme.constraints.regions = {u"us-*"_s};
        else if (code == u"anti-affinity")
            acme.constraints.antiAffinity = other.constraints.antiAffinity = u"g"_s;
        else if (code == u"exclusive")
            other.constraints.exclusive = true;
        else if (code == u"pinned")
            acme.constraints.pinned = true;
        else if (code == u"cordoned")
            target.lifecycle = Lifecycle::Cordoned;
        else if (code == u"drained")
            target.lifecycle = Lifecycle::Drained;
        else if (code == u"unhealthy")
            target.health = Health::Unhealthy;
        else if (code == u"degraded")
            target.health = Health::Degraded;
        else if (code == u"busy")
            acme.operation = u"op-9"_s;
        else if (code == u"unknown-capacity")
            target.resources.storage.limit.reset();
        else if (code == u"unsupported")
            capabilities = Capability::Cordon;
        const auto version = fleet({makeStamp(u"eu-1"_s), target}, {acme, other}, capabilities);
        ActionRequest request;
        request.tenants = {u"acme"_s};
        request.to = u"eu-2"_s;
        const auto refused = plan(version, request, m_clock);
        VERIFY_RESULT(refused);
        QVERIFY2(codes(refused->refusals).contains(code),
                 qPrintable(codes(refused->refusals).join(u',')));
        QCOMPARE(refused->refusals.size(), 1);
        QVERIFY(!refused->refusals.constFirst().message.isEmpty());
    }

    void aMoveIsPlaceProbeShiftRetire()
    {
        const auto version = fleet({makeStamp(u"eu-1"_s), makeStamp(u"eu-2"_s)},
                                   {makeTenant(u"acme"_s, u"eu-1"_s)});
        ActionRequest request;
        request.tenants = {u"acme"_s};
        request.to = u"eu-2"_s;
        const auto made = plan(version, request, m_clock);
        VERIFY_RESULT(made);
        QVERIFY(!made->isRefused());
        QStringList kinds;
        for (const PlannedStep &step : made->steps)
            kinds.append(kindOf(step.primitive));
        QCOMPARE(kinds, QStringList({u"place"_s, u"probe"_s, u"shift"_s, u"retire"_s}));
        QCOMPARE(made->loads.size(), 2);
        QVERIFY(made->loads[0].isSource);
        QCOMPARE(made->loads[0].after.cpu.reserved, std::optional(14.0));
        QCOMPARE(made->loads[1].after.cpu.reserved, std::optional(18.0));
        QCOMPARE(made->blast.tenants, 1);
        QCOMPARE(made->blast.byTier[size_t(Tier::Standard)], 1);
        QCOMPARE(made->command(), u"stampctl move prod/acme --to eu-2"_s);
        QCOMPARE(made->confirmName, u"eu-2"_s);
    }

    void tightIsOverTheGateAndStillFits()
    {
        Stamp full = makeStamp(u"eu-2"_s);
        full.resources.cpu.reserved = 54;
        const auto version = fleet({makeStamp(u"eu-1"_s), full}, {makeTenant(u"acme"_s, u"eu-1"_s)});
        const auto carry = makeCarry(version, {u"acme"_s});
        VERIFY_RESULT(carry);
        const Evaluation is = evaluate(*carry, *version->findStamp(u"eu-2"_s));
        QCOMPARE(is.verdict, VerdictKind::Tight);
        QVERIFY(is.refusals.isEmpty());
    }

    void spreadsOverTheLeastLoaded()
    {
        Stamp fuller = makeStamp(u"eu-2"_s);
        fuller.resources.cpu.reserved = 40;
        const auto version = fleet({makeStamp(u"eu-1"_s), fuller, makeStamp(u"eu-3"_s)},
                                   {makeTenant(u"acme"_s, u"eu-1"_s)});
        ActionRequest request;
        request.tenants = {u"acme"_s};
        const auto made = plan(version, request, m_clock);
        VERIFY_RESULT(made);
        QCOMPARE(made->moves.size(), size_t(1));
        QCOMPARE(made->moves.front().to, u"prod/eu-3"_s);
    }

    void aCountThatARuleOwnsIsRefused()
    {
        Stamp ruled = makeStamp(u"eu-1"_s);
        ruled.components[0].rule = ScalingRule{};
        const auto version = fleet({ruled}, {});
        ActionRequest request;
        request.kind = ActionKind::Scale;
        request.stamp = u"eu-1"_s;
        request.scale.components.insert(u"web"_s, 5);
        const auto refused = plan(version, request, m_clock);
        VERIFY_RESULT(refused);
        QCOMPARE(codes(refused->refusals), QStringList{u"unsupported"_s});
        request.scale.rules.emplace_back(u"web"_s, std::nullopt);
        const auto allowed = plan(version, request, m_clock);
        VERIFY_RESULT(allowed);
        QVERIFY(!allowed->isRefused());
    }

    void scaleNamesWhatIsWrong()
    {
        const auto version = fleet({makeStamp(u"eu-1"_s)}, {});
        ActionRequest request;
        request.kind = ActionKind::Scale;
        request.stamp = u"eu-1"_s;
        request.scale.components.insert(u"api"_s, 5);
        QCOMPARE(plan(version, request, m_clock).error().kind, ErrorKind::Invalid);
        request.scale.components = {{u"web"_s, 11}};
        const auto error = plan(version, request, m_clock).error();
        QCOMPARE(error.kind, ErrorKind::Invalid);
        QVERIFY(error.message.contains(u"1 to 10"_s));
        request.scale = {};
        request.scale.cpu = 10; // 16 are taken
        const auto refused = plan(version, request, m_clock);
        VERIFY_RESULT(refused);
        QCOMPARE(codes(refused->refusals), QStringList{u"capacity"_s});
    }

    void unknownNamesAreErrors()
    {
        const auto version = fleet({makeStamp(u"eu-1"_s)}, {});
        ActionRequest request;
        request.tenants = {u"nobody"_s};
        request.to = u"eu-1"_s;
        QCOMPARE(plan(version, request, m_clock).error().kind, ErrorKind::NotFound);
    }

    /// A tile is lit exactly when its plan is not refused.
    void litIsNotRefused()
    {
        const bool held = rc::check("a tile is lit exactly when its plan is not refused", [this] {
            const auto stamps = *rc::gen::inRange(2, 6);
            const auto tenants = *rc::gen::inRange(1, 9);
            const QStringList regions{u"eu-west"_s, u"us-east"_s, u""_s};
            QList<Stamp> fleetStamps;
            for (int i = 0; i < stamps; ++i) {
                Stamp stamp = makeStamp(QStringLiteral("s%1").arg(i), regions[*rc::gen::inRange(0, 3)]);
                stamp.lifecycle = *rc::gen::weightedElement<Lifecycle>(
                        {{8, Lifecycle::Active}, {1, Lifecycle::Cordoned}, {1, Lifecycle::Drained},
                         {1, Lifecycle::Failed}});
                stamp.health = *rc::gen::weightedElement<Health>(
                        {{8, Health::Healthy}, {1, Health::Degraded}, {1, Health::Unhealthy}, {1, Health::Unknown}});
                stamp.resources.cpu.reserved = *rc::gen::inRange(0, 65);
                stamp.resources.tenants = {*rc::gen::inRange(3, 12), std::nullopt, std::nullopt};
                if (*rc::gen::inRange(0, 6) == 0)
                    stamp.resources.memory.limit.reset();
                fleetStamps.append(stamp);
            }
            QList<Tenant> fleetTenants;
            for (int i = 0; i < tenants; ++i) {
                Tenant tenant = makeTenant(QStringLiteral("t%1").arg(i),
                                           fleetStamps[*rc::gen::inRange(0, stamps)].name);
                tenant.demand.cpu = *rc::gen::inRange(0, 20);
                if (*rc::gen::inRange(0, 8) == 0)
                    tenant.demand.memory.reset();
                if (*rc::gen::inRange(0, 4) == 0)
                    tenant.constraints.regions = {u"eu-*"_s};
                if (*rc::gen::inRange(0, 3) == 0)
                    tenant.constraints.antiAffinity = u"g"_s;
                tenant.constraints.pinned = *rc::gen::inRange(0, 8) == 0;
                tenant.constraints.exclusive = *rc::gen::inRange(0, 8) == 0;
                fleetTenants.append(tenant);
            }
            const auto version = fleet(fleetStamps, fleetTenants);
            QStringList carried;
            const int count = *rc::gen::inRange(1, tenants + 1);
            for (int i = 0; i < count; ++i)
                carried.append(QStringLiteral("prod/t%1").arg(i));
            const bool allowUnknown = *rc::gen::arbitrary<bool>();
            const auto carry = makeCarry(version, carried);
            RC_ASSERT(carry.has_value());
            version->eachStamp([&](int slot, const StampEntry &entry) {
                ActionRequest request;
                request.tenants = carried;
                request.to = entry.id;
                request.allowUnknown = allowUnknown;
                const auto made = plan(version, request, m_clock);
                RC_ASSERT(made.has_value());
                const Evaluation is = evaluate(*carry, slot, allowUnknown);
                const bool lit = is.verdict > VerdictKind::Unknown
                        || (is.verdict == VerdictKind::Unknown && allowUnknown);
                RC_ASSERT(lit == !made->isRefused());
                RC_ASSERT(is.refusals == made->refusals);
                // What is lit fits: an independent sum.
                if (lit && entry.resources.cpu.limit) {
                    double cpu = 0;
                    for (const Carry::Item &item : carry->items)
                        cpu += item.tenant->demand.cpu.value_or(0);
                    RC_ASSERT(*entry.resources.cpu.taken() + cpu <= *entry.resources.cpu.limit + 1e-6);
                }
            });
        });
        QVERIFY(held);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestPlanner)
#include "tst_planner.moc"

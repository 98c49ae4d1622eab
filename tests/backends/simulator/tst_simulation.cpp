// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/simulator/simulation.h"
#include "backends/simulator/simulatoradapter.h"
#include "tests/support/manualclock.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QTemporaryDir>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const Timestamp start = *fromRfc3339(u"2026-03-04T14:00:00Z");

[[nodiscard]] SimulatorSettings settingsOf(const QVariantMap &keys = {})
{
    return SimulatorSettings::fromKeys(keys).value();
}

[[nodiscard]] std::unique_ptr<Simulation> make(const QVariantMap &keys = {}, Timestamp at = start)
{
    auto simulation = Simulation::create(settingsOf(keys), at);
    if (!simulation)
        qFatal("%s", qPrintable(simulation.error().message));
    return std::move(*simulation);
}

/// A fleet in which nothing happens by itself and every tenant starts in five seconds.
[[nodiscard]] QVariantMap quiet(QVariantMap more = {})
{
    QVariantMap keys{{u"calm"_s, true}, {u"failureRate"_s, 0.0}, {u"startSeconds"_s, 5}};
    keys.insert(more);
    return keys;
}

[[nodiscard]] WriteContext by(const QString &operation, const QString &key = {})
{
    WriteContext context;
    context.operation = operation;
    context.idempotencyKey = key;
    context.actor = u"ana"_s;
    return context;
}

/// Everything that \a simulation knows, by name.
struct Fleet
{
    std::map<QString, StampPtr> stamps;
    std::map<QString, TenantPtr> tenants;

    void apply(const FleetUpdate &update)
    {
        for (const StampPtr &stamp : update.stamps)
            stamps[stamp->name] = stamp;
        for (const TenantPtr &tenant : update.tenants)
            tenants[tenant->id] = tenant;
    }
};

[[nodiscard]] Fleet fleetOf(Simulation &simulation)
{
    Fleet fleet;
    fleet.apply(simulation.poll());
    return fleet;
}

/// A tenant that nothing keeps where it is, and a stamp of its region that has room for it.
struct Movable
{
    QString tenant, from, to;
};
[[nodiscard]] Movable movable(const Fleet &fleet, int skip = 0)
{
    for (const auto &[id, tenant] : fleet.tenants) {
        if (tenant->constraints != Constraints{})
            continue;
        for (const auto &[name, stamp] : fleet.stamps) {
            if (name == tenant->stamp || stamp->lifecycle != Lifecycle::Active)
                continue;
            bool fits = true;
            for (const ResourceKind kind : allResources) {
                const Resource &is = stamp->resources[kind];
                fits = fits && *is.limit - *is.reserved >= *tenant->demand.of(kind);
            }
            if (fits && skip-- == 0)
                return {id, tenant->stamp, name};
        }
    }
    qFatal("no tenant can move");
}

} // namespace

class tst_Simulation : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void theFirstFleetIsAsThePicturesShow()
    {
        const auto simulation = make();
        const FleetUpdate update = simulation->poll();
        QVERIFY(update.complete);
        QCOMPARE(update.stamps.size(), size_t(48));
        QMap<Health, int> health;
        QMap<Lifecycle, int> lifecycle;
        QSet<QString> regions;
        for (const StampPtr &stamp : update.stamps) {
            ++health[stamp->health];
            ++lifecycle[stamp->lifecycle];
            regions.insert(stamp->region);
            QCOMPARE(stamp->healthReasons.isEmpty(), stamp->health == Health::Healthy);
            if (qEnvironmentVariableIsSet("STAMPDECK_PRINT")) {
                QTextStream(stdout)
                        << stamp->name << ' ' << toString(stamp->health) << ' '
                        << *stamp->resources.cpu.reserved / *stamp->resources.cpu.limit << ' '
                        << *stamp->resources.cpu.used / *stamp->resources.cpu.limit << ' '
                        << *stamp->resources.memory.reserved / *stamp->resources.memory.limit
                        << ' ' << *stamp->resources.storage.used / *stamp->resources.storage.limit
                        << ' ' << *stamp->resources.tenants.used << " rps "
                        << *stamp->signalValues.requestsPerSecond << " err "
                        << *stamp->signalValues.errorRatio << " p99 "
                        << stamp->signalValues.latencyP99Ms.value_or(-1) << ' '
                        << stamp->costPerHour->amount << ' ' << stamp->version << ' '
                        << stamp->ring << ' '
                        << (stamp->healthReasons.isEmpty() ? QString()
                                                           : stamp->healthReasons.first().message)
                        << '\n';
            }
        }
        QCOMPARE(regions.size(), 12);
        QCOMPARE(health[Health::Unhealthy], 1);
        QCOMPARE(health[Health::Degraded], 4);
        QCOMPARE(health[Health::Healthy], 43);
        QCOMPARE(lifecycle[Lifecycle::Cordoned], 1);
        QCOMPARE(lifecycle[Lifecycle::Drained], 1);
        QVERIFY(update.tenants.size() > 480 && update.tenants.size() < 640);
        QVERIFY(simulation->stamp(u"eu-west-03"_s)->health == Health::Unhealthy);
        QCOMPARE(*simulation->stamp(u"eu-north-03"_s)->resources.tenants.used, 0.0);
    }

    void aMoveHasTwoPlacementsForAWhile()
    {
        const auto simulation = make(quiet());
        const Fleet fleet = fleetOf(*simulation);
        const auto [tenant, from, to] = movable(fleet);
        const double demand = *fleet.tenants.at(tenant)->demand.cpu;
        const double before = *fleet.stamps.at(to)->resources.cpu.reserved;

        auto placed = simulation->perform(PlaceTenant{tenant, from, to}, by(u"op"_s, u"k1"_s));
        VERIFY_RESULT(placed);
        QVERIFY(placed->done);
        QCOMPARE(simulation->tenant(tenant)->placements.size(), size_t(2));
        QVERIFY(simulation->tenant(tenant)->placementOn(to)->state == PlacementState::Starting);
        QCOMPARE(simulation->tenant(tenant)->stamp, from);
        QCOMPARE(simulation->tenant(tenant)->operation, u"op"_s);
        QVERIFY(simulation->tenant(tenant)->state == TenantState::Moving);
        QVERIFY(std::abs(*simulation->stamp(to)->resources.cpu.reserved - before - demand) < 1e-6);

        auto probed = simulation->perform(ProbeTenant{tenant, to}, by(u"op"_s, u"k2"_s));
        VERIFY_RESULT(probed);
        QVERIFY(!probed->done);
        const auto early = simulation->perform(ShiftTenant{tenant, from, to}, by(u"op"_s));
        QVERIFY(!early);
        QVERIFY(early.error().kind == ErrorKind::Refused);

        simulation->advance(start + 2500ms);
        probed = simulation->observe(ProbeTenant{tenant, to});
        VERIFY_RESULT(probed);
        QVERIFY(!probed->done);
        QCOMPARE(probed->progress, 0.5);
        simulation->advance(start + 5s);
        probed = simulation->observe(ProbeTenant{tenant, to});
        VERIFY_RESULT(probed);
        QVERIFY(probed->done);
        QVERIFY(simulation->tenant(tenant)->placementOn(to)->state == PlacementState::Serving);

        const auto unserved = simulation->perform(RetireTenant{tenant, from}, by(u"op"_s));
        QVERIFY(!unserved);
        QVERIFY(unserved.error().kind == ErrorKind::Refused);
        VERIFY_RESULT(simulation->perform(ShiftTenant{tenant, from, to}, by(u"op"_s, u"k3"_s)));
        QCOMPARE(simulation->tenant(tenant)->stamp, to);
        QVERIFY(simulation->tenant(tenant)->placementOn(from)->state == PlacementState::Draining);
        VERIFY_RESULT(simulation->perform(RetireTenant{tenant, from}, by(u"op"_s, u"k4"_s)));
        const TenantPtr moved = simulation->tenant(tenant);
        QCOMPARE(moved->placements.size(), size_t(1));
        QVERIFY(moved->state == TenantState::Serving);
        QVERIFY(moved->operation.isEmpty());
        QCOMPARE(moved->updatedBy, u"ana"_s);
        QVERIFY(moved->revision != fleet.tenants.at(tenant)->revision);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, tst_Simulation)
#include "tst_simulation.moc"

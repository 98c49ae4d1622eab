// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/simulator/simulation.h"
#include "backends/simulator/simulatoradapter.h"
#include "tests/support/manualclock.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"


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

[[nodiscard]] ScaleStamp scale(const QString &stamp, const QString &component, int count)
{
    ScaleStamp is;
    is.stamp = stamp;
    is.to.components = {{component, count}};
    return is;
}

[[nodiscard]] ScaleStamp scaleLimits(const QString &stamp, double cpu, double memory,
                                     double storage)
{
    ScaleStamp is;
    is.stamp = stamp;
    is.to.cpu = cpu;
    is.to.memory = memory;
    is.to.storage = storage;
    return is;
}

[[nodiscard]] Component componentOf(const Simulation &simulation, const QString &stamp,
                                    const QString &name)
{
    for (const Component &component : simulation.stamp(stamp)->components) {
        if (component.name == name)
            return component;
    }
    qFatal("no such component");
}

/// The whole move, from \a now on.
void moveAll(Simulation &simulation, const QString &tenant, const QString &from, const QString &to,
             Timestamp now, const QString &operation = u"op"_s)
{
    VERIFY_RESULT(simulation.perform(PlaceTenant{tenant, from, to}, by(operation)));
    simulation.advance(now + 10s);
    VERIFY_RESULT(simulation.perform(ShiftTenant{tenant, from, to}, by(operation)));
    VERIFY_RESULT(simulation.perform(RetireTenant{tenant, from}, by(operation)));
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
        // Both serve while it is verified.
        simulation->advance(start + 3500ms);
        QVERIFY(simulation->tenant(tenant)->placementOn(to)->state == PlacementState::Serving);
        QVERIFY(simulation->tenant(tenant)->placementOn(from)->state == PlacementState::Serving);
        probed = simulation->observe(ProbeTenant{tenant, to});
        VERIFY_RESULT(probed);
        QVERIFY(!probed->done);
        QCOMPARE(probed->progress, 0.7);
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

    void theSameSeedGivesTheSameFleetWhateverOneAsks()
    {
        const auto one = make();
        const auto other = make();
        const auto different = make({{u"seed"_s, 8}});
        Fleet a = fleetOf(*one);
        Fleet b = fleetOf(*other);
        QVERIFY(*different->stamp(u"eu-west-01"_s) != *a.stamps.at(u"eu-west-01"_s));
        // One is asked every five seconds, the other once in three hours.
        for (auto passed = 5s; passed <= 3h; passed += 5s)
            one->advance(start + passed);
        a.apply(one->poll());
        other->advance(start + 3h);
        b.apply(other->poll());
        for (const auto &[name, stamp] : a.stamps) {
            const StampPtr twin = b.stamps.at(name);
            QCOMPARE(stamp->revision, twin->revision);
            QVERIFY(stamp->resources == twin->resources);
            QVERIFY(stamp->signalValues == twin->signalValues);
            QVERIFY(stamp->components == twin->components);
            QVERIFY(stamp->health == twin->health);
        }
        for (const auto &[id, tenant] : a.tenants)
            QVERIFY(*tenant == *b.tenants.at(id));
    }

    void tenantsAreBelievable()
    {
        const Fleet fleet = fleetOf(*make());
        QSet<QString> groupsOnStamps;
        int pinned = 0, exclusive = 0, bound = 0;
        QMap<Tier, int> tiers;
        for (const auto &[id, tenant] : fleet.tenants) {
            ++tiers[tenant->tier];
            const StampPtr stamp = fleet.stamps.at(tenant->stamp);
            QCOMPARE(tenant->placements.size(), size_t(1));
            QVERIFY(!tenant->name.isEmpty());
            pinned += tenant->constraints.pinned;
            exclusive += tenant->constraints.exclusive;
            if (const QStringList &regions = tenant->constraints.regions; !regions.isEmpty()) {
                ++bound;
                QVERIFY2(stamp->region.startsWith(regions.constFirst().chopped(1)), qPrintable(id));
            }
            if (const QString &group = tenant->constraints.antiAffinity; !group.isEmpty()) {
                const QString key = group + u'@' + tenant->stamp;
                QVERIFY2(!groupsOnStamps.contains(key), qPrintable(key));
                groupsOnStamps.insert(key);
            }
            if (tenant->constraints.exclusive)
                QCOMPARE(*stamp->resources.tenants.used, 1.0);
        }
        QCOMPARE(tiers.size(), 4);
        QVERIFY(pinned > 0 && pinned < 25);
        QCOMPARE(exclusive, 1);
        QVERIFY(bound > 50 && bound < 250);
        QVERIFY(groupsOnStamps.size() > 20);
        QVERIFY(fleet.tenants.contains(u"globex"_s));
        for (const auto &[name, stamp] : fleet.stamps) {
            if (stamp->lifecycle == Lifecycle::Drained)
                continue;
            const double share = *stamp->resources.cpu.reserved / *stamp->resources.cpu.limit;
            QVERIFY2(share > 0.45 && share < 0.86, qPrintable(name));
            QCOMPARE(stamp->components.size(), 4);
            QCOMPARE(stamp->components.at(3).min, stamp->components.at(3).max);
            QVERIFY(stamp->costPerHour->amount > 1 && stamp->costPerHour->amount < 60);
        }
    }

    void loadFollowsTheDayOfItsRegion_data()
    {
        QTest::addColumn<QString>("stamp");
        QTest::addColumn<int>("hoursFromUtc");
        QTest::newRow("Dublin") << u"eu-west-01"_s << 0;
        QTest::newRow("Virginia") << u"us-east-01"_s << -5;
        QTest::newRow("Tokyo") << u"ap-northeast-01"_s << 9;
    }
    void loadFollowsTheDayOfItsRegion()
    {
        QFETCH(QString, stamp);
        QFETCH(int, hoursFromUtc);
        QVariantMap settings = quiet();
        settings[u"calm"_s] = false; // where it is the same hour all day
        const auto simulation = make(settings);
        const auto series =
            simulation->history({stamp}, {u"cpu"_s}, start - 24h, start - 10min, 10min);
        VERIFY_RESULT(series);
        const std::vector<float> &values = series->front().values;
        QCOMPARE(values.size(), size_t(144));
        const auto most = std::max_element(values.begin(), values.end());
        const auto least = std::min_element(values.begin(), values.end());
        const auto localHour = [&](auto it) {
            return (14 + hoursFromUtc + int(it - values.begin()) / 6 + 48) % 24;
        };
        QVERIFY2(localHour(most) >= 13 && localHour(most) <= 19,
                 qPrintable(QString::number(localHour(most))));
        QVERIFY2(localHour(least) >= 1 && localHour(least) <= 7,
                 qPrintable(QString::number(localHour(least))));
        QVERIFY(*most > *least * 1.15F);
    }

    void historyIsWhatWasPolled()
    {
        const auto simulation = make();
        const QString name = u"eu-west-02"_s;
        std::vector<double> cpu, errors, p99;
        for (auto passed = 0s; passed <= 600s; passed += 15s) {
            simulation->advance(start + passed);
            const StampPtr stamp = simulation->stamp(name);
            cpu.push_back(*stamp->resources.cpu.used);
            errors.push_back(*stamp->signalValues.errorRatio);
            p99.push_back(*stamp->signalValues.latencyP99Ms);
        }
        const auto series = simulation->history(
            {name}, {u"cpu"_s, u"errorRatio"_s, u"latencyP99Ms"_s}, start, start + 615s, 15s);
        VERIFY_RESULT(series);
        QCOMPARE(series->size(), size_t(3));
        for (const Series &each : *series) {
            QCOMPARE(each.stamp, name);
            QCOMPARE(each.values.size(), cpu.size() + 1);
            QVERIFY(std::isnan(each.values.back())); // Of the future.
        }
        for (size_t i = 0; i < cpu.size(); ++i) {
            QVERIFY(std::abs(double(series->at(0).values.at(i)) - cpu.at(i)) < 0.006);
            QVERIFY(std::abs(double(series->at(1).values.at(i)) - errors.at(i)) < 1e-5);
            QVERIFY(std::abs(double(series->at(2).values.at(i)) - p99.at(i)) < 0.06);
        }
    }

    void historyKeepsThePastOfAMove()
    {
        const auto simulation = make(quiet());
        const Fleet fleet = fleetOf(*simulation);
        const auto [tenant, from, to] = movable(fleet);
        simulation->advance(start + 60s);
        const auto before = simulation->history({from}, {u"cpu"_s}, start, start + 55s, 5s);
        VERIFY_RESULT(before);
        moveAll(*simulation, tenant, from, to, start + 60s);
        simulation->advance(start + 300s);
        const auto after = simulation->history({from}, {u"cpu"_s}, start, start + 55s, 5s);
        VERIFY_RESULT(after);
        QVERIFY(before->front().values == after->front().values);
        const auto later = simulation->history({from}, {u"cpu"_s}, start + 200s, start + 205s, 5s);
        VERIFY_RESULT(later);
        QVERIFY(later->front().values.front() < after->front().values.front());
    }

    void historyRefusesWhatItCannotAnswer()
    {
        const auto simulation = make(quiet());
        const auto kind = [&](const QStringList &stamps, const QStringList &names, Timestamp from,
                              Timestamp to, std::chrono::milliseconds step) {
            const auto series = simulation->history(stamps, names, from, to, step);
            return series ? QString() : toString(series.error().kind);
        };
        const QStringList one{u"eu-west-01"_s};
        QCOMPARE(kind({u"nowhere"_s}, {}, start - 1h, start, 1min), u"not-found"_s);
        QCOMPARE(kind(one, {u"mood"_s}, start - 1h, start, 1min), u"invalid"_s);
        QCOMPARE(kind(one, {}, start, start - 1h, 1min), u"invalid"_s);
        QCOMPARE(kind(one, {}, start - 1h, start, 0min), u"invalid"_s);
        QCOMPARE(kind(one, {}, start - 10'000h, start, 1ms), u"invalid"_s);
        QCOMPARE(kind(one, {}, start - 1h, start, 1min), QString());
    }

    void aMoveMovesItsLoad()
    {
        const auto simulation = make(quiet());
        const Fleet fleet = fleetOf(*simulation);
        const auto [tenant, from, to] = movable(fleet);
        const double demand = *fleet.tenants.at(tenant)->demand.cpu;
        const StampPtr fromBefore = simulation->stamp(from);
        const StampPtr toBefore = simulation->stamp(to);
        VERIFY_RESULT(simulation->perform(PlaceTenant{tenant, from, to}, by(u"op"_s)));
        // Both promise it, and the one that starts it works a little already.
        QCOMPARE(*simulation->stamp(from)->resources.cpu.reserved,
                 *fromBefore->resources.cpu.reserved);
        QVERIFY(*simulation->stamp(to)->resources.cpu.used > *toBefore->resources.cpu.used);
        simulation->advance(start + 5s);
        VERIFY_RESULT(simulation->perform(ShiftTenant{tenant, from, to}, by(u"op"_s)));
        VERIFY_RESULT(simulation->perform(RetireTenant{tenant, from}, by(u"op"_s)));
        const StampPtr fromAfter = simulation->stamp(from);
        const StampPtr toAfter = simulation->stamp(to);
        QVERIFY(std::abs(*fromBefore->resources.cpu.reserved - demand
                         - *fromAfter->resources.cpu.reserved)
                < 0.002);
        QVERIFY(*fromBefore->resources.cpu.used - *fromAfter->resources.cpu.used > demand * 0.5);
        QVERIFY(*toAfter->resources.cpu.used - *toBefore->resources.cpu.used > demand * 0.5);
        QCOMPARE(*toAfter->resources.tenants.used, *toBefore->resources.tenants.used + 1);
        QVERIFY(*toAfter->signalValues.requestsPerSecond
                > *toBefore->signalValues.requestsPerSecond);
        // What a tenant does is no write to a stamp.
        QCOMPARE(fromAfter->revision, fromBefore->revision);
    }

    void aMoveCanBeTakenBackAtEveryStep()
    {
        for (int steps = 1; steps <= 3; ++steps) {
            const auto simulation = make(quiet());
            const Fleet fleet = fleetOf(*simulation);
            const auto [tenant, from, to] = movable(fleet);
            std::vector<Primitive> forward{PlaceTenant{tenant, from, to},
                                           ShiftTenant{tenant, from, to},
                                           RetireTenant{tenant, from}};
            Timestamp now = start;
            for (int i = 0; i < steps; ++i) {
                VERIFY_RESULT(simulation->perform(forward.at(size_t(i)), by(u"op"_s)));
                now += 10s;
                simulation->advance(now);
            }
            for (int i = steps - 1; i >= 0; --i) {
                for (const Primitive &back : inverseOf(forward.at(size_t(i)), to)) {
                    VERIFY_RESULT(simulation->perform(back, by(u"op"_s)));
                    now += 10s;
                    simulation->advance(now);
                }
            }
            const TenantPtr is = simulation->tenant(tenant);
            QCOMPARE(is->stamp, from);
            QCOMPARE(is->placements.size(), size_t(1));
            QVERIFY(is->operation.isEmpty());
        }
    }

    void aTargetCanFailToStart()
    {
        const auto simulation = make(quiet({{u"failureRate"_s, 1.0}}));
        const Fleet fleet = fleetOf(*simulation);
        const auto [tenant, from, to] = movable(fleet);
        VERIFY_RESULT(simulation->perform(PlaceTenant{tenant, from, to}, by(u"op"_s)));
        VERIFY_RESULT(simulation->observe(ProbeTenant{tenant, to}));
        simulation->advance(start + 5s);
        const auto probed = simulation->observe(ProbeTenant{tenant, to});
        QVERIFY(!probed);
        QVERIFY(probed.error().kind == ErrorKind::Refused);
        QCOMPARE(probed.error().refusals.constFirst().subject, tenant);
        QVERIFY(simulation->tenant(tenant)->state == TenantState::Failed);
        QVERIFY(simulation->tenant(tenant)->placementOn(from)->state == PlacementState::Serving);
        QVERIFY(!simulation->perform(ShiftTenant{tenant, from, to}, by(u"op"_s)));
        // Tried again it starts anew; taken back, nothing is left.
        VERIFY_RESULT(simulation->perform(PlaceTenant{tenant, from, to}, by(u"op"_s)));
        const auto again = simulation->observe(ProbeTenant{tenant, to});
        VERIFY_RESULT(again);
        QVERIFY(!again->done);
        VERIFY_RESULT(simulation->perform(RetireTenant{tenant, to}, by(u"op"_s)));
        QVERIFY(simulation->tenant(tenant)->state == TenantState::Serving);
        QCOMPARE(simulation->tenant(tenant)->placements.size(), size_t(1));
    }

    void aSmallShareOfTargetsFails()
    {
        const auto simulation =
            make({{u"calm"_s, true}, {u"failureRate"_s, 0.2}, {u"startSeconds"_s, 1}});
        const Fleet fleet = fleetOf(*simulation);
        const auto [tenant, from, to] = movable(fleet);
        int failed = 0;
        Timestamp now = start;
        for (int i = 0; i < 200; ++i) {
            VERIFY_RESULT(simulation->perform(PlaceTenant{tenant, from, to}, by(u"op"_s)));
            now += 1s;
            simulation->advance(now);
            failed += !simulation->observe(ProbeTenant{tenant, to});
            VERIFY_RESULT(simulation->perform(RetireTenant{tenant, to}, by(u"op"_s)));
        }
        QVERIFY2(failed > 20 && failed < 65, qPrintable(QString::number(failed)));
    }

    void largerTenantsTakeLongerToStart()
    {
        const auto simulation = make({{u"calm"_s, true}, {u"failureRate"_s, 0.0}});
        const Fleet fleet = fleetOf(*simulation);
        const auto [tenant, from, to] = movable(fleet);
        VERIFY_RESULT(simulation->perform(PlaceTenant{tenant, from, to}, by(u"op"_s)));
        simulation->advance(start + 3900ms);
        QVERIFY(!simulation->observe(ProbeTenant{tenant, to})->done);
        simulation->advance(start + 9s);
        QVERIFY(simulation->observe(ProbeTenant{tenant, to})->done);
    }

    void placingIsGuarded_data()
    {
        QTest::addColumn<QString>("code");
        for (const char *code : {"capacity", "tenant-slots", "residency", "anti-affinity",
                                 "exclusive", "pinned", "cordoned", "drained"})
            QTest::newRow(code) << QString::fromLatin1(code);
    }
    void placingIsGuarded()
    {
        QFETCH(QString, code);
        // The story has a cordoned, a drained and an exclusive stamp.
        const auto simulation =
            make(code == u"tenant-slots"_s ? quiet({{u"tenantsPerStamp"_s, 20}}) : QVariantMap{});
        Fleet fleet = fleetOf(*simulation);
        int tried = 0;
        int found = 0;
        if (code == u"tenant-slots"_s) {
            // Fill one stamp up to its last slot.
            const QString target = u"eu-west-01"_s;
            VERIFY_RESULT(simulation->perform(scaleLimits(target, 4000, 60e12, 900e12), by({})));
            simulation->advance(start + 60s);
            for (const auto &[id, tenant] : fleet.tenants) {
                if (tenant->constraints != Constraints{} || tenant->stamp == target)
                    continue;
                const auto is = simulation->perform(PlaceTenant{id, tenant->stamp, target}, by(id));
                ++tried;
                if (is)
                    continue;
                QCOMPARE(is.error().refusals.constFirst().code, code);
                const Resource slotsTaken = simulation->stamp(target)->resources.tenants;
                QCOMPARE(*slotsTaken.used, *slotsTaken.limit);
                ++found;
                break;
            }
        } else {
            for (const auto &[id, tenant] : fleet.tenants) {
                for (const auto &[name, stamp] : fleet.stamps) {
                    if (name == tenant->stamp || found > 0)
                        continue;
                    ++tried;
                    const auto is =
                        simulation->perform(PlaceTenant{id, tenant->stamp, name}, by(id));
                    if (is) {
                        VERIFY_RESULT(simulation->perform(RetireTenant{id, name}, by(id)));
                        continue;
                    }
                    QVERIFY(is.error().kind == ErrorKind::Refused);
                    for (const Refusal &refusal : is.error().refusals) {
                        QVERIFY(!refusal.message.isEmpty());
                        QVERIFY(!refusal.fix.isEmpty());
                        found += refusal.code == code;
                    }
                }
            }
        }
        QVERIFY(tried > 1);
        QVERIFY(found > 0);
    }

    void twoMoversOfOneTenantConflict()
    {
        const auto simulation = make(quiet());
        const Fleet fleet = fleetOf(*simulation);
        const auto [tenant, from, to] = movable(fleet);
        QString third;
        for (const auto &[name, stamp] : fleet.stamps) {
            if (name != from && name != to)
                third = name;
        }
        VERIFY_RESULT(simulation->perform(PlaceTenant{tenant, from, to}, by(u"first"_s)));
        for (const Primitive &primitive :
             {Primitive(PlaceTenant{tenant, from, third}), Primitive(ShiftTenant{tenant, from, to}),
              Primitive(RetireTenant{tenant, to}), Primitive(PlaceTenant{tenant, from, to})}) {
            const auto other = simulation->perform(primitive, by(u"second"_s));
            QVERIFY(!other);
            QVERIFY(other.error().kind == ErrorKind::Conflict);
            QVERIFY2(other.error().message.contains(u"first"_s), qPrintable(other.error().message));
        }
        // The same one goes nowhere else either, and does nothing twice.
        const auto elsewhere =
            simulation->perform(PlaceTenant{tenant, from, third}, by(u"first"_s));
        QVERIFY(!elsewhere);
        QVERIFY(elsewhere.error().kind == ErrorKind::Conflict);
        const QString revision = simulation->tenant(tenant)->revision;
        const auto again = simulation->perform(PlaceTenant{tenant, from, to}, by(u"first"_s));
        VERIFY_RESULT(again);
        QCOMPARE(again->revision, revision);
        QCOMPARE(simulation->tenant(tenant)->revision, revision);
    }

    void aStaleRevisionSaysWhatChangedAndByWhom()
    {
        const auto simulation = make(quiet());
        const QString read = simulation->stamp(u"eu-west-01"_s)->revision;
        WriteContext context = by(u"op"_s);
        context.actor = u"marek"_s;
        context.expectedRevision = read;
        const auto cordoned = simulation->perform(CordonStamp{u"eu-west-01"_s}, context);
        VERIFY_RESULT(cordoned);
        QCOMPARE(cordoned->revision, simulation->stamp(u"eu-west-01"_s)->revision);
        QVERIFY(cordoned->revision != read);
        const auto late = simulation->perform(scale(u"eu-west-01"_s, u"api"_s, 8), context);
        QVERIFY(!late);
        QVERIFY(late.error().kind == ErrorKind::Conflict);
        QVERIFY2(late.error().message.contains(u"cordoned, by marek"_s),
                 qPrintable(late.error().message));
        // An observation is no change.
        const QString now = simulation->stamp(u"eu-west-01"_s)->revision;
        simulation->advance(start + 2h);
        QCOMPARE(simulation->stamp(u"eu-west-01"_s)->revision, now);
    }

    void unknownNamesAreNotFound()
    {
        const auto simulation = make(quiet());
        const auto [tenant, from, to] = movable(fleetOf(*simulation));
        for (const Primitive &primitive :
             {Primitive(PlaceTenant{u"nobody"_s, from, to}),
              Primitive(PlaceTenant{tenant, from, u"x"_s}),
              Primitive(PlaceTenant{tenant, u"x"_s, to}), Primitive(ProbeTenant{u"nobody"_s, to}),
              Primitive(ShiftTenant{tenant, from, u"x"_s}), Primitive(RetireTenant{tenant, u"x"_s}),
              Primitive(CordonStamp{u"x"_s}), Primitive(UncordonStamp{u"x"_s}),
              Primitive(scale(u"x"_s, u"api"_s, 3)), Primitive(scale(from, u"cache"_s, 3))}) {
            const auto is = simulation->perform(primitive, by(u"op"_s));
            QVERIFY2(!is, qPrintable(kindOf(primitive)));
            QVERIFY(is.error().kind == ErrorKind::NotFound);
        }
        const auto native = simulation->perform(MoveTenant{tenant, from, to}, by(u"op"_s));
        QVERIFY(!native);
        QVERIFY(native.error().kind == ErrorKind::Unsupported);
    }

    void aCordonKeepsTenantsOutUntilItIsLifted()
    {
        const auto simulation = make(quiet());
        const auto [tenant, from, to] = movable(fleetOf(*simulation));
        VERIFY_RESULT(simulation->perform(CordonStamp{to}, by(u"op"_s)));
        QVERIFY(simulation->stamp(to)->lifecycle == Lifecycle::Cordoned);
        QCOMPARE(simulation->stamp(to)->updatedBy, u"ana"_s);
        QVERIFY(!simulation->perform(PlaceTenant{tenant, from, to}, by(u"other"_s)));
        VERIFY_RESULT(simulation->perform(UncordonStamp{to}, by(u"op2"_s)));
        VERIFY_RESULT(simulation->perform(PlaceTenant{tenant, from, to}, by(u"other"_s)));
    }

    void aCordonedStampThatLosesItsLastTenantIsDrained()
    {
        const auto simulation = make(quiet({{u"tenantsPerStamp"_s, 1}}));
        const Fleet fleet = fleetOf(*simulation);
        const auto [tenant, from, to] = movable(fleet);
        VERIFY_RESULT(simulation->perform(CordonStamp{from}, by(u"drain"_s)));
        moveAll(*simulation, tenant, from, to, start, u"drain"_s);
        QVERIFY(simulation->stamp(from)->lifecycle == Lifecycle::Drained);
        // The drain itself may take back what it did; nobody else may.
        const auto stranger = simulation->perform(PlaceTenant{tenant, to, from}, by(u"else"_s));
        QVERIFY(!stranger);
        QCOMPARE(stranger.error().refusals.constFirst().code, u"drained"_s);
        VERIFY_RESULT(simulation->perform(PlaceTenant{tenant, to, from}, by(u"drain"_s)));
        QVERIFY(simulation->stamp(from)->lifecycle == Lifecycle::Cordoned);
    }

    void scalingTakesTime()
    {
        const auto simulation = make(quiet());
        const QString name = u"eu-west-01"_s;
        const Component before = componentOf(*simulation, name, u"api"_s);
        const int wanted = before.desired + 3;
        const auto scaled = simulation->perform(scale(name, u"api"_s, wanted), by(u"op"_s));
        VERIFY_RESULT(scaled);
        QVERIFY(!scaled->done);
        Component is = componentOf(*simulation, name, u"api"_s);
        QCOMPARE(is.desired, wanted);
        QCOMPARE(is.ready, before.desired);
        simulation->advance(start + 4s);
        QCOMPARE(componentOf(*simulation, name, u"api"_s).ready, before.desired + 1);
        QVERIFY(!simulation->observe(scale(name, u"api"_s, wanted))->done);
        simulation->advance(start + 7s);
        QCOMPARE(componentOf(*simulation, name, u"api"_s).ready, wanted);
        QVERIFY(simulation->observe(scale(name, u"api"_s, wanted))->done);
        QVERIFY(componentOf(*simulation, name, u"api"_s).health == Health::Healthy);
        // Down is at once.
        const auto down = simulation->perform(scale(name, u"api"_s, 2), by(u"op"_s));
        VERIFY_RESULT(down);
        QVERIFY(down->done);
        QCOMPARE(componentOf(*simulation, name, u"api"_s).ready, 2);
        // Nothing to change is no write.
        const QString revision = simulation->stamp(name)->revision;
        VERIFY_RESULT(simulation->perform(scale(name, u"api"_s, 2), by(u"op"_s)));
        QCOMPARE(simulation->stamp(name)->revision, revision);
    }

    void limitsTakeEffectAfterAWhile()
    {
        const auto simulation = make(quiet());
        const QString name = u"eu-west-01"_s;
        const Resources before = simulation->stamp(name)->resources;
        const QString revision = simulation->stamp(name)->revision;
        ScaleStamp up;
        up.stamp = name;
        up.to.cpu = *before.cpu.limit + 16;
        const auto scaled = simulation->perform(up, by(u"op"_s));
        VERIFY_RESULT(scaled);
        QVERIFY(!scaled->done);
        QVERIFY(simulation->stamp(name)->revision != revision);
        QCOMPARE(*simulation->stamp(name)->resources.cpu.limit, *before.cpu.limit);
        simulation->advance(start + 19s);
        QCOMPARE(*simulation->stamp(name)->resources.cpu.limit, *before.cpu.limit);
        simulation->advance(start + 40s);
        QCOMPARE(*simulation->stamp(name)->resources.cpu.limit, *before.cpu.limit + 16);
        QVERIFY(simulation->observe(up)->done);

        // What a plan may ask for the simulator does: no bound of its own.
        ScaleStamp most;
        most.stamp = name;
        most.to.cpu = ScaleSetting::mostCores;
        VERIFY_RESULT(simulation->perform(most, by(u"op"_s)));
        most.to.cpu = ScaleSetting::mostCores + 1;
        QCOMPARE(simulation->perform(most, by(u"op"_s)).error().kind, ErrorKind::Invalid);

        ScaleStamp down;
        down.stamp = name;
        down.to.cpu = *before.cpu.reserved - 1;
        const auto refused = simulation->perform(down, by(u"op"_s));
        QVERIFY(!refused);
        QCOMPARE(refused.error().refusals.constFirst().code, u"capacity"_s);
    }

    void scalingIsBounded_data()
    {
        QTest::addColumn<QString>("component");
        QTest::addColumn<int>("count");
        QTest::newRow("below the least") << u"api"_s << 1;
        QTest::newRow("above the most") << u"api"_s << 17;
        QTest::newRow("negative") << u"api"_s << -1;
        QTest::newRow("a database is fixed") << u"db"_s << 4;
    }
    void scalingIsBounded()
    {
        QFETCH(QString, component);
        QFETCH(int, count);
        const auto simulation = make(quiet());
        const auto is = simulation->perform(scale(u"eu-west-01"_s, component, count), by(u"op"_s));
        QVERIFY(!is);
        QVERIFY(is.error().kind == ErrorKind::Invalid);
        QVERIFY2(is.error().message.contains(component), qPrintable(is.error().message));
    }

    void badLimitsAndRulesAreInvalid()
    {
        const auto simulation = make(quiet());
        const auto kind = [&](const ScaleSetting &to) {
            const auto is = simulation->perform(ScaleStamp{u"eu-west-01"_s, {}, to}, by(u"op"_s));
            return is ? QString() : toString(is.error().kind);
        };
        QCOMPARE(kind({}), u"invalid"_s);
        for (const double bad : {0.0, -4.0, 1e9, std::nan("")}) {
            ScaleSetting to;
            to.cpu = bad;
            QCOMPARE(kind(to), u"invalid"_s);
        }
        const auto rule = [&](double target, int min, int max, std::chrono::milliseconds cooldown) {
            ScaleSetting to;
            to.rules = {{u"web"_s, RuleSetting{SignalKind::Cpu, target, min, max, cooldown}}};
            return kind(to);
        };
        QCOMPARE(rule(0, 1, 5, 1min), u"invalid"_s);
        QCOMPARE(rule(1.5, 1, 5, 1min), u"invalid"_s);
        QCOMPARE(rule(0.7, 5, 1, 1min), u"invalid"_s);
        QCOMPARE(rule(0.7, -1, 5, 1min), u"invalid"_s);
        QCOMPARE(rule(0.7, 1, 5, -1min), u"invalid"_s);
        QCOMPARE(rule(0.7, 1, 5, 48h), u"invalid"_s);
        QCOMPARE(rule(0.7, 1, 12, 1min), QString());
        ScaleSetting database;
        database.rules = {{u"db"_s, RuleSetting{}}};
        QCOMPARE(kind(database), u"refused"_s);
    }

    void aRuleActsWithinItsBoundsAndCooldown()
    {
        const auto simulation = make(quiet());
        const QString name = u"eu-west-01"_s;
        const int before = componentOf(*simulation, name, u"web"_s).desired;
        ScaleStamp set;
        set.stamp = name;
        set.to.rules = {{u"web"_s, RuleSetting{SignalKind::Cpu, 0.2, 2, before + 5, 60s}}};
        VERIFY_RESULT(simulation->perform(set, by(u"op"_s)));
        const auto counted = simulation->perform(scale(name, u"web"_s, before + 1), by(u"op"_s));
        QVERIFY(!counted);
        QCOMPARE(counted.error().refusals.constFirst().code, u"unsupported"_s);
        QVERIFY(counted.error().refusals.constFirst().fix.contains(u"--rule web=none"_s));

        std::vector<Timestamp> acted;
        for (auto passed = 1s; passed <= 600s; passed += 1s) {
            simulation->advance(start + passed);
            const Component web = componentOf(*simulation, name, u"web"_s);
            QVERIFY(web.desired >= 2 && web.desired <= before + 5);
            QVERIFY(web.rule.has_value());
            if (web.rule->lastAt && (acted.empty() || *web.rule->lastAt != acted.back()))
                acted.push_back(*web.rule->lastAt);
        }
        const Component web = componentOf(*simulation, name, u"web"_s);
        QCOMPARE(web.desired, before + 5);
        QCOMPARE(web.ready, before + 5);
        QCOMPARE(web.rule->by, u"backend"_s);
        QVERIFY2(web.rule->lastWhy.contains(u"over 20%"_s), qPrintable(web.rule->lastWhy));
        QCOMPARE(simulation->stamp(name)->updatedBy, u"autoscaler"_s);
        QVERIFY(!acted.empty());
        for (size_t i = 1; i < acted.size(); ++i)
            QVERIFY(acted.at(i) - acted.at(i - 1) >= 60s);

        // Taken away together with a count, and back again: the inverse of an operation.
        ScaleStamp away;
        away.stamp = name;
        away.to.rules = {{u"web"_s, std::nullopt}};
        away.to.components = {{u"web"_s, 4}};
        VERIFY_RESULT(simulation->perform(away, by(u"op"_s)));
        QVERIFY(!componentOf(*simulation, name, u"web"_s).rule);
        QCOMPARE(componentOf(*simulation, name, u"web"_s).desired, 4);
        simulation->advance(start + 1200s);
        QCOMPARE(componentOf(*simulation, name, u"web"_s).desired, 4);
    }

    void tooFewReplicasDegradeAStamp()
    {
        const auto simulation = make(quiet());
        const QString name = u"eu-west-01"_s;
        const StampPtr before = simulation->stamp(name);
        QVERIFY(before->health == Health::Healthy);
        VERIFY_RESULT(simulation->perform(scale(name, u"web"_s, 2), by(u"op"_s)));
        const StampPtr after = simulation->stamp(name);
        QVERIFY(after->health >= Health::Degraded);
        QVERIFY(*after->signalValues.latencyP99Ms > 2 * *before->signalValues.latencyP99Ms);
        QVERIFY(*after->signalValues.errorRatio > *before->signalValues.errorRatio);
        QVERIFY(*after->signalValues.requestsPerSecond < *before->signalValues.requestsPerSecond);
        QVERIFY(!after->healthReasons.isEmpty());
    }

    void aFullStampGetsSlowAndAnOverfullOneFails()
    {
        const auto simulation = make();
        const QString name = u"eu-west-05"_s; // With the noisy neighbour.
        const StampPtr noisy = simulation->stamp(name);
        QVERIFY(noisy->health == Health::Degraded);
        QCOMPARE(noisy->healthReasons.constFirst().code, u"latency-p99"_s);
        QVERIFY(*noisy->signalValues.latencyP99Ms > 400);
        ScaleStamp less;
        less.stamp = name;
        less.to.cpu = std::ceil(*noisy->resources.cpu.reserved);
        VERIFY_RESULT(simulation->perform(less, by(u"op"_s)));
        simulation->advance(start + 45s);
        const StampPtr overfull = simulation->stamp(name);
        QVERIFY(overfull->health == Health::Unhealthy);
        QVERIFY(*overfull->signalValues.latencyP99Ms > 2 * *noisy->signalValues.latencyP99Ms);
        QVERIFY(*overfull->signalValues.errorRatio > *noisy->signalValues.errorRatio);
        QVERIFY(*overfull->resources.cpu.used <= *overfull->resources.cpu.limit);
        bool told = false;
        for (const HealthReason &reason : overfull->healthReasons)
            told = told || reason.code == u"load"_s;
        QVERIFY(told);
    }

    void aNoisyNeighbourTakesItsNoiseAlong()
    {
        const auto simulation = make({{u"failureRate"_s, 0.0}});
        const Fleet fleet = fleetOf(*simulation);
        const QString name = u"eu-west-05"_s;
        TenantPtr loudest;
        for (const auto &[id, tenant] : fleet.tenants) {
            if (tenant->stamp == name && (!loudest || *tenant->demand.cpu > *loudest->demand.cpu))
                loudest = tenant;
        }
        QString to;
        for (const auto &[other, stamp] : fleet.stamps) {
            if (stamp->health == Health::Healthy && stamp->lifecycle == Lifecycle::Active
                && *stamp->resources.cpu.headroom() > *loudest->demand.cpu + 12
                && simulation->perform(PlaceTenant{loudest->id, name, other}, by(u"op"_s))) {
                to = other;
                break;
            }
        }
        QVERIFY(!to.isEmpty());
        simulation->advance(start + 10s);
        const double before = *fleet.stamps.at(to)->resources.cpu.used;
        VERIFY_RESULT(simulation->perform(ShiftTenant{loudest->id, name, to}, by(u"op"_s)));
        VERIFY_RESULT(simulation->perform(RetireTenant{loudest->id, name}, by(u"op"_s)));
        simulation->advance(start + 20s);
        QVERIFY(simulation->stamp(name)->health == Health::Healthy);
        // More than it asked for comes along.
        QVERIFY(*simulation->stamp(to)->resources.cpu.used - before > *loudest->demand.cpu * 1.1);
    }

    void aCrashLoopHealsOrWaitsForSomebody()
    {
        const auto simulation = make();
        simulation->advance(start + 20min);
        // The api of eu-west-03 never heals by itself.
        const Component api = componentOf(*simulation, u"eu-west-03"_s, u"api"_s);
        QCOMPARE(api.desired, 5);
        QCOMPARE(api.ready, 1);
        const StampPtr ill = simulation->stamp(u"eu-west-03"_s);
        QVERIFY(ill->health == Health::Unhealthy);
        const HealthReason reason = ill->healthReasons.constFirst();
        QCOMPARE(reason.component, u"api"_s);
        QVERIFY(*reason.since == start - 6min);
        VERIFY_RESULT(simulation->perform(scale(u"eu-west-03"_s, u"api"_s, 8), by(u"op"_s)));
        simulation->advance(start + 21min);
        QCOMPARE(componentOf(*simulation, u"eu-west-03"_s, u"api"_s).ready, 8);
        const StampPtr healed = simulation->stamp(u"eu-west-03"_s);
        QVERIFY2(healed->health == Health::Healthy,
                 qPrintable(healed->healthReasons.value(0).message));
        // The web of us-east-02 does.
        QCOMPARE(componentOf(*simulation, u"us-east-02"_s, u"web"_s).ready, 5);
        simulation->advance(start + 81min);
        QCOMPARE(componentOf(*simulation, u"us-east-02"_s, u"web"_s).ready, 6);
    }

    void thingsGoWrongAndHealByThemselves()
    {
        const auto simulation = make();
        QSet<QString> fell, rose;
        QSet<QString> codes;
        for (auto passed = 5min; passed <= 24h; passed += 5min) {
            simulation->advance(start + passed);
            for (const StampPtr &stamp : simulation->poll().stamps) {
                if (stamp->health > Health::Healthy) {
                    fell.insert(stamp->name);
                    for (const HealthReason &reason : stamp->healthReasons)
                        codes.insert(reason.code);
                } else if (fell.contains(stamp->name)) {
                    rose.insert(stamp->name);
                }
            }
        }
        QVERIFY2(fell.size() > 10, qPrintable(QString::number(fell.size())));
        QVERIFY2(rose.size() > 5, qPrintable(QString::number(rose.size())));
        QVERIFY(codes.contains(u"component"_s));
        QVERIFY(codes.contains(u"latency-p99"_s));
        QVERIFY(codes.contains(u"error-ratio"_s));
    }

    void aCalmFleetStaysAsItIs()
    {
        const auto simulation = make(quiet());
        for (const auto &[name, stamp] : fleetOf(*simulation).stamps)
            QVERIFY2(stamp->health == Health::Healthy, qPrintable(name));
        std::map<QString, QString> revisions;
        for (auto passed = 0min; passed <= 24h; passed += 20min) {
            simulation->advance(start + passed);
            for (const StampPtr &stamp : simulation->poll().stamps) {
                QVERIFY2(stamp->health == Health::Healthy, qPrintable(stamp->name));
                QVERIFY(stamp->lifecycle == Lifecycle::Active);
                const auto known = revisions.emplace(stamp->name, stamp->revision).first;
                QCOMPARE(stamp->revision, known->second);
            }
        }
    }

    void aReleaseReachesRingAfterRing()
    {
        const auto simulation = make();
        const auto newest = [](const Fleet &fleet, const QString &ring) {
            int on = 0, all = 0;
            for (const auto &[name, stamp] : fleet.stamps) {
                if (stamp->ring == ring) {
                    ++all;
                    on += stamp->version == u"1.42.3"_s;
                }
            }
            return double(on) / all;
        };
        Fleet fleet = fleetOf(*simulation);
        QVERIFY(newest(fleet, u"0"_s) > 0.9);
        QCOMPARE(newest(fleet, u"1"_s), 0.0);
        const QString revision = fleet.stamps.at(u"eu-west-01"_s)->revision;
        simulation->advance(start + 3h);
        fleet.apply(simulation->poll());
        QCOMPARE(newest(fleet, u"1"_s), 1.0);
        QCOMPARE(newest(fleet, u"3"_s), 0.0);
        simulation->advance(start + 7h);
        fleet.apply(simulation->poll());
        QCOMPARE(newest(fleet, u"3"_s), 1.0);
        // A version is what a writer can set.
        QVERIFY(fleet.stamps.at(u"eu-west-01"_s)->revision != revision);
    }

    void aPollTellsWhatChangedAndSharesTheRest()
    {
        const auto simulation = make(quiet({{u"stamps"_s, 2'000}, {u"tenantsPerStamp"_s, 3}}));
        const FleetUpdate all = simulation->poll();
        QVERIFY(all.complete);
        QCOMPARE(all.stamps.size(), size_t(2'000));
        QCOMPARE(all.tenants.size(), size_t(6'000));
        QVERIFY(!all.instance.isEmpty());
        FleetUpdate none = simulation->poll();
        QVERIFY(none.unchanged);
        QCOMPARE(none.revision, all.revision);
        size_t told = 0;
        for (int i = 1; i <= 20; ++i) {
            simulation->advance(start + i * 1s);
            const FleetUpdate update = simulation->poll();
            QVERIFY(!update.complete);
            QVERIFY(update.tenants.empty());
            QVERIFY(update.revision != all.revision);
            told += update.stamps.size();
            for (const StampPtr &stamp : update.stamps)
                QVERIFY(stamp == simulation->stamp(stamp->name));
        }
        // Each every twenty seconds: all of them once, give or take the one under the edge.
        QVERIFY2(told > 1'900 && told < 2'100, qPrintable(QString::number(told)));
        const auto [tenant, from, to] = movable([&] {
            Fleet fleet;
            fleet.apply(all);
            return fleet;
        }());
        VERIFY_RESULT(simulation->perform(PlaceTenant{tenant, from, to}, by(u"op"_s)));
        const FleetUpdate update = simulation->poll();
        QCOMPARE(update.tenants.size(), size_t(1));
        QCOMPARE(update.stamps.size(), size_t(2));
    }

    void aLargeFleetIsThere()
    {
        const auto simulation = make({{u"stamps"_s, 10'000}, {u"tenantsPerStamp"_s, 20}});
        const FleetUpdate update = simulation->poll();
        QCOMPARE(update.stamps.size(), size_t(10'000));
        QCOMPARE(update.tenants.size(), size_t(200'000));
        QSet<QString> ids;
        for (const TenantPtr &tenant : update.tenants)
            ids.insert(tenant->id);
        QCOMPARE(ids.size(), 200'000);
        // A poll a second later tells what has changed, and not the whole fleet again.
        simulation->advance(start + 1s);
        const FleetUpdate next = simulation->poll();
        QVERIFY(next.tenants.size() < 20'000);
    }

    void aStampIsMadeAndThenTakesTenants()
    {
        const auto simulation = make(quiet());
        std::ignore = simulation->poll();
        const CreateStamp create{u"eu-west-77"_s, u"standard"_s, u"eu-west"_s,
                                 {{u"web"_s, u"7"_s}, {u"memory"_s, u"256Gi"_s}, {u"slots"_s, 9},
                                  {u"ring"_s, u"3"_s}}};
        const auto begun = simulation->perform(create, by(u"op"_s, u"k"_s));
        VERIFY_RESULT(begun);
        QVERIFY(!begun->done);
        FleetUpdate update = simulation->poll();
        QCOMPARE(update.stamps.size(), size_t(1));
        StampPtr stamp = update.stamps.front();
        QVERIFY(stamp->lifecycle == Lifecycle::Provisioning);
        QVERIFY(stamp->components.isEmpty());
        QVERIFY(stamp->health == Health::Unknown);
        VERIFY_RESULT(simulation->perform(CreateStamp{u"eu-west-78"_s, u"small"_s, u"eu-west"_s,
                                                      {{u"autoscale"_s, true}}},
                                          by(u"op"_s)));
        // Nobody may move in before it is there.
        const auto [tenant, from, to] = movable(fleetOf(*make(quiet())));
        const auto early = simulation->perform(PlaceTenant{tenant, from, stamp->name}, by(u"m"_s));
        QVERIFY(!early);
        QVERIFY(early.error().kind == ErrorKind::Refused);
        // The same request again is the same stamp.
        VERIFY_RESULT(simulation->perform(create, by(u"op"_s, u"k"_s)));
        const auto twice = simulation->perform(create, by(u"op"_s, u"k2"_s));
        QVERIFY(!twice);
        QVERIFY(twice.error().kind == ErrorKind::Conflict);

        simulation->advance(start + 90s);
        QVERIFY(simulation->observe(create)->done);
        update = simulation->poll();
        stamp = simulation->stamp(u"eu-west-77"_s);
        QVERIFY(stamp->lifecycle == Lifecycle::Active);
        QVERIFY(stamp->health == Health::Healthy);
        QVERIFY(componentOf(*simulation, u"eu-west-78"_s, u"web"_s).rule.has_value());
        QCOMPARE(stamp->region, u"eu-west"_s);
        QCOMPARE(stamp->ring, u"3"_s);
        QCOMPARE(*stamp->resources.tenants.limit, 9.0);
        QCOMPARE(*stamp->resources.memory.limit, 256.0 * (1LL << 30));
        QCOMPARE(componentOf(*simulation, stamp->name, u"web"_s).ready, 7);
        QVERIFY(!componentOf(*simulation, stamp->name, u"web"_s).rule.has_value());
        QVERIFY(stamp->costPerHour && stamp->costPerHour->amount > 0);
    }

    // A create that is taken back: it must not be open for a moment between its cordon and its end.
    void aStampThatIsClosedWhileItIsMadeStaysClosed()
    {
        const auto simulation = make(quiet());
        VERIFY_RESULT(simulation->perform(
            CreateStamp{u"eu-west-77"_s, u"small"_s, u"eu-west"_s, {}}, by(u"op"_s, u"k"_s)));
        VERIFY_RESULT(simulation->perform(CordonStamp{u"eu-west-77"_s}, by(u"op"_s, u"k2"_s)));
        std::ignore = simulation->poll();
        QVERIFY(simulation->stamp(u"eu-west-77"_s)->lifecycle == Lifecycle::Provisioning);
        simulation->advance(start + 90s);
        std::ignore = simulation->poll();
        QVERIFY(simulation->stamp(u"eu-west-77"_s)->lifecycle == Lifecycle::Drained);
        VERIFY_RESULT(simulation->perform(DeleteStamp{u"eu-west-77"_s}, by(u"op"_s, u"k3"_s)));
        simulation->advance(start + 180s);
        std::ignore = simulation->poll();
        QVERIFY(!simulation->stamp(u"eu-west-77"_s));
    }

    void aStampThatCantBeMadeSaysWhy_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("region");
        QTest::addColumn<QJsonObject>("parameters");
        QTest::addColumn<QString>("message");
        QTest::newRow("a slash") << u"a/b"_s << u"small"_s << u"eu-west"_s << QJsonObject()
                                 << u"not \"/\""_s;
        QTest::newRow("a name that is there")
            << u"eu-west-01"_s << u"small"_s << u"eu-west"_s << QJsonObject()
            << u"eu-west-01 exists already"_s;
        QTest::newRow("no such template")
            << u"a"_s << u"huge"_s << u"eu-west"_s << QJsonObject() << u"no template \"huge\""_s;
        QTest::newRow("no such region") << u"a"_s << u"small"_s << u"mars"_s << QJsonObject()
                                        << u"no region \"mars\"; there are eu-west"_s;
        QTest::newRow("too much") << u"a"_s << u"small"_s << u"eu-west"_s
                                  << QJsonObject{{u"web"_s, 99}}
                                  << u"web takes a whole number from 2 to 16, not 99"_s;
    }

    void aStampThatCantBeMadeSaysWhy()
    {
        QFETCH(QString, name);
        QFETCH(QString, from);
        QFETCH(QString, region);
        QFETCH(QJsonObject, parameters);
        QFETCH(QString, message);
        const auto simulation = make(quiet());
        std::ignore = simulation->poll();
        const auto made
            = simulation->perform(CreateStamp{name, from, region, parameters}, by(u"op"_s));
        QVERIFY(!made);
        QVERIFY2(made.error().message.contains(message), qPrintable(made.error().message));
        QVERIFY(simulation->poll().unchanged);
    }

    void onlyADrainedStampIsDeleted()
    {
        const auto simulation = make(quiet());
        const Fleet fleet = fleetOf(*simulation);
        const QString name = fleet.stamps.begin()->first;
        const auto refused = simulation->perform(DeleteStamp{name}, by(u"op"_s));
        QVERIFY(!refused);
        QCOMPARE(refused.error().refusals.value(0).code, u"not-drained"_s);
        // Of an empty one the cordon is the drain.
        VERIFY_RESULT(simulation->perform(
            CreateStamp{u"new"_s, u"small"_s, u"eu-west"_s, {}}, by(u"op"_s)));
        simulation->advance(start + 90s);
        QVERIFY(!simulation->perform(DeleteStamp{u"new"_s}, by(u"op"_s)));
        VERIFY_RESULT(simulation->perform(CordonStamp{u"new"_s}, by(u"op"_s)));
        QVERIFY(simulation->stamp(u"new"_s)->lifecycle == Lifecycle::Drained);
        WriteContext stale = by(u"op"_s);
        stale.expectedRevision = u"0.0"_s;
        QVERIFY(simulation->perform(DeleteStamp{u"new"_s}, stale).error().kind
                == ErrorKind::Conflict);
        const auto going = simulation->perform(DeleteStamp{u"new"_s}, by(u"op"_s, u"k"_s));
        VERIFY_RESULT(going);
        QVERIFY(!going->done);
        QVERIFY(simulation->stamp(u"new"_s)->lifecycle == Lifecycle::Deleting);
        QVERIFY(!simulation->perform(UncordonStamp{u"new"_s}, by(u"op"_s)));
        std::ignore = simulation->poll();
        simulation->advance(start + 150s);
        QVERIFY(!simulation->stamp(u"new"_s));
        QVERIFY(simulation->observe(DeleteStamp{u"new"_s})->done);
        const FleetUpdate update = simulation->poll();
        QCOMPARE(update.goneStamps, QStringList{u"new"_s});
        for (const StampPtr &stamp : update.stamps)
            QVERIFY(stamp->name != u"new"_s);
        // Its name is free again.
        VERIFY_RESULT(simulation->perform(
            CreateStamp{u"new"_s, u"large"_s, u"us-east"_s, {}}, by(u"op"_s)));
        simulation->advance(start + 300s);
        QCOMPARE(simulation->stamp(u"new"_s)->region, u"us-east"_s);
    }

    void aCreateThatHasBegunIsTakenBack()
    {
        const auto simulation = make(quiet());
        const CreateStamp create{u"new"_s, u"small"_s, u"eu-west"_s, {}};
        VERIFY_RESULT(simulation->perform(create, by(u"op"_s)));
        for (const Primitive &inverse : inverseOf(create))
            VERIFY_RESULT(simulation->perform(inverse, by(u"op"_s)));
        // It does not become active first.
        simulation->advance(start + 21s);
        QVERIFY(!simulation->stamp(u"new"_s)
                || simulation->stamp(u"new"_s)->lifecycle == Lifecycle::Deleting);
        simulation->advance(start + 60s);
        QVERIFY(!simulation->stamp(u"new"_s));
    }

    void anIdempotencyKeyNeverActsTwice()
    {
        const auto simulation = make(quiet());
        const auto [tenant, from, to] = movable(fleetOf(*simulation));
        const auto first = simulation->perform(CordonStamp{from}, by(u"op"_s, u"k"_s));
        VERIFY_RESULT(first);
        VERIFY_RESULT(simulation->perform(UncordonStamp{from}, by(u"op"_s, u"k2"_s)));
        const auto again = simulation->perform(CordonStamp{from}, by(u"op"_s, u"k"_s));
        VERIFY_RESULT(again);
        QCOMPARE(again->revision, first->revision);
        QVERIFY(simulation->stamp(from)->lifecycle == Lifecycle::Active);
        const auto other = simulation->perform(CordonStamp{to}, by(u"op"_s, u"k"_s));
        QVERIFY(!other);
        QVERIFY(other.error().kind == ErrorKind::Invalid);
        // An error acted on nothing, so it is not kept.
        QVERIFY(!simulation->perform(CordonStamp{u"x"_s}, by(u"op"_s, u"k3"_s)));
        VERIFY_RESULT(simulation->perform(CordonStamp{to}, by(u"op"_s, u"k3"_s)));
        // After a day a key is new again.
        simulation->advance(start + 25h);
        VERIFY_RESULT(simulation->perform(CordonStamp{from}, by(u"op"_s, u"k"_s)));
        QVERIFY(simulation->stamp(from)->lifecycle == Lifecycle::Cordoned);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, tst_Simulation)
#include "tst_simulation.moc"

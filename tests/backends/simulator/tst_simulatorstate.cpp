// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/simulator/simulation.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

#include <rapidcheck.h>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const Timestamp start = *fromRfc3339(u"2026-03-04T14:00:00Z");

[[nodiscard]] Result<std::unique_ptr<Simulation>> open(const QString &state, Timestamp at,
                                                       QVariantMap more = {})
{
    QVariantMap keys{{u"stamps"_s, 6},       {u"tenantsPerStamp"_s, 4}, {u"seed"_s, 3},
                     {u"startSeconds"_s, 5}, {u"failureRate"_s, 0.2},   {u"calm"_s, true},
                     {u"state"_s, state}};
    keys.insert(more);
    const auto settings = SimulatorSettings::fromKeys(keys);
    if (!settings)
        return fail(settings.error());
    return Simulation::create(*settings, at);
}

[[nodiscard]] WriteContext by(const QString &operation, const QString &key = {})
{
    WriteContext context;
    context.operation = operation;
    context.idempotencyKey = key;
    context.actor = u"ana"_s;
    return context;
}

/// What a kill leaves behind: the files as they are while the simulation still has them open.
void copyState(const QString &from, const QString &to)
{
    for (const QString &suffix : {u""_s, u"-wal"_s}) {
        QFile::remove(to + suffix);
        if (QFile::exists(from + suffix) && !QFile::copy(from + suffix, to + suffix))
            qFatal("the state can't be copied");
    }
}

struct Names
{
    QStringList stamps, tenants;
};
[[nodiscard]] Names namesOf(Simulation &simulation)
{
    Names names;
    const FleetUpdate update = simulation.poll();
    for (const StampPtr &stamp : update.stamps)
        names.stamps.append(stamp->name);
    for (const TenantPtr &tenant : update.tenants)
        names.tenants.append(tenant->id);
    return names;
}

/// What holds at every instant, whatever anybody asked for. Empty, or what does not.
[[nodiscard]] QString brokenPromise(const Simulation &simulation, const Names &names)
{
    std::map<QString, Demand> reserved;
    std::map<QString, int> placed;
    std::map<QString, QStringList> groups;
    for (const QString &name : names.stamps)
        reserved[name] = simulation.baseOf(name);
    for (const QString &id : names.tenants) {
        const TenantPtr tenant = simulation.tenant(id);
        const Placement *owner = tenant->placementOn(tenant->stamp);
        if (!owner)
            return id + u" is owned where it has no placement"_s;
        if (owner->state != PlacementState::Serving)
            return id + u" is not served by its owner"_s;
        if (tenant->placements.size() > 2)
            return id + u" is on three stamps"_s;
        if (tenant->placements.size() == 1 && tenant->state != TenantState::Serving)
            return id + u" moves nowhere"_s;
        if (tenant->placements.size() == 1 && !tenant->operation.isEmpty())
            return id + u" is kept by an operation that is over"_s;
        for (const Placement &placement : tenant->placements) {
            Demand &sum = reserved.at(placement.stamp);
            *sum.cpu += *tenant->demand.cpu;
            *sum.memory += *tenant->demand.memory;
            *sum.storage += *tenant->demand.storage;
            ++placed[placement.stamp];
            if (const QString &group = tenant->constraints.antiAffinity; !group.isEmpty()) {
                if (groups[placement.stamp].contains(group))
                    return placement.stamp + u" has two of "_s + group;
                groups[placement.stamp].append(group);
            }
        }
    }
    for (const QString &name : names.stamps) {
        const Resources &is = simulation.stamp(name)->resources;
        if (std::abs(*is.cpu.reserved - *reserved.at(name).cpu) > 0.001
            || *is.memory.reserved != *reserved.at(name).memory
            || *is.storage.reserved != *reserved.at(name).storage)
            return name + u" has promised another sum than its tenants ask for"_s;
        if (*is.tenants.used != placed[name])
            return name + u" counts other tenants than it has"_s;
        for (const ResourceKind kind : allResources) {
            if (*is[kind].reserved > *is[kind].limit + 0.001)
                return name + u" has promised more than it has"_s;
        }
    }
    return {};
}

/// The parts of the fleet that a writer sets.
[[nodiscard]] QStringList writtenOf(const Simulation &simulation, const Names &names)
{
    QStringList all;
    for (const QString &name : names.stamps) {
        const StampPtr stamp = simulation.stamp(name);
        QStringList parts{name, stamp->revision, stamp->updatedBy, toString(stamp->lifecycle),
                          toRfc3339(*stamp->updatedAt)};
        for (const Component &component : stamp->components) {
            parts.append(u"%1 %2/%3 %4..%5 %6"_s.arg(component.name)
                             .arg(component.ready)
                             .arg(component.desired)
                             .arg(*component.min)
                             .arg(*component.max)
                             .arg(component.rule ? component.rule->target : 0));
        }
        for (const ResourceKind kind : allResources)
            parts.append(QString::number(*stamp->resources[kind].limit, 'g', 17));
        all.append(parts.join(u' '));
    }
    for (const QString &id : names.tenants) {
        const TenantPtr tenant = simulation.tenant(id);
        QStringList parts{id,
                          tenant->revision,
                          tenant->updatedBy,
                          tenant->stamp,
                          tenant->operation,
                          toString(tenant->state)};
        for (const Placement &placement : tenant->placements) {
            parts.append(placement.stamp + u'/' + toString(placement.state) + u'/'
                         + toRfc3339(*placement.since));
        }
        all.append(parts.join(u' '));
    }
    return all;
}

} // namespace

class tst_SimulatorState : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void whatWasWrittenSurvivesAKill()
    {
        const QTemporaryDir dir;
        const QString path = dir.filePath(u"fleet.db"_s);
        auto first = open(path, start);
        VERIFY_RESULT(first);
        Simulation &simulation = **first;
        const Names names = namesOf(simulation);
        const QString stamp = names.stamps.at(1);
        ScaleStamp scale;
        scale.stamp = stamp;
        scale.to.components = {{u"api"_s, 9}};
        scale.to.cpu = 200;
        scale.to.rules = {{u"web"_s, RuleSetting{SignalKind::LatencyP99, 250, 2, 9, 30s}}};
        VERIFY_RESULT(simulation.perform(scale, by(u"op"_s, u"scale"_s)));
        VERIFY_RESULT(
            simulation.perform(CordonStamp{names.stamps.at(2)}, by(u"op"_s, u"cordon"_s)));
        QString moving, to;
        for (const QString &id : names.tenants) {
            const TenantPtr tenant = simulation.tenant(id);
            for (const QString &name : names.stamps) {
                if (moving.isEmpty() && name != tenant->stamp
                    && simulation.perform(PlaceTenant{id, tenant->stamp, name},
                                          by(u"op"_s, u"place-"_s + id + name))) {
                    moving = id;
                    to = name;
                }
            }
        }
        QVERIFY(!moving.isEmpty());
        simulation.advance(start + 2s);
        const QStringList before = writtenOf(simulation, names);

        const QString image = dir.filePath(u"killed.db"_s);
        copyState(path, image);
        {
            auto again = open(image, start + 2s);
            VERIFY_RESULT(again);
            QCOMPARE(writtenOf(**again, names), before);
            QCOMPARE((*again)->instance(), simulation.instance());
            QCOMPARE(brokenPromise(**again, names), QString());
            // The key is still known, and the target still starts.
            const QString revision = (*again)->stamp(names.stamps.at(2))->revision;
            VERIFY_RESULT((*again)->perform(UncordonStamp{names.stamps.at(2)}, by(u"op"_s)));
            const auto replayed =
                (*again)->perform(CordonStamp{names.stamps.at(2)}, by(u"op"_s, u"cordon"_s));
            VERIFY_RESULT(replayed);
            QCOMPARE(replayed->revision, revision);
            QVERIFY((*again)->stamp(names.stamps.at(2))->lifecycle == Lifecycle::Active);
        }
        // While nobody ran it, time went on.
        auto late = open(image, start + 1h);
        VERIFY_RESULT(late);
        QVERIFY((*late)->stamp(names.stamps.at(2))->lifecycle == Lifecycle::Active);
        const auto probed = (*late)->observe(ProbeTenant{moving, to});
        QVERIFY(!probed || probed->done);
        QCOMPARE(*(*late)->stamp(stamp)->resources.cpu.limit, 200.0);
        // Another fleet's loads follow from the same start: the story goes on, not anew.
        simulation.advance(start + 1h);
        QVERIFY((*late)->stamp(names.stamps.at(0))->signalValues
                == simulation.stamp(names.stamps.at(0))->signalValues);
    }

    void aStateFileIsOfOneFleet_data()
    {
        QTest::addColumn<QVariantMap>("other");
        QTest::newRow("other stamps") << QVariantMap{{u"stamps"_s, 7}};
        QTest::newRow("other tenants") << QVariantMap{{u"tenantsPerStamp"_s, 5}};
        QTest::newRow("other seed") << QVariantMap{{u"seed"_s, 4}};
        QTest::newRow("not calm") << QVariantMap{{u"calm"_s, false}};
    }
    void aStateFileIsOfOneFleet()
    {
        QFETCH(QVariantMap, other);
        const QTemporaryDir dir;
        const QString path = dir.filePath(u"fleet.db"_s);
        VERIFY_RESULT(open(path, start));
        const auto wrong = open(path, start, other);
        QVERIFY(!wrong);
        QVERIFY(wrong.error().kind == ErrorKind::Invalid);
        QVERIFY2(wrong.error().message.contains(u"\"state\""_s)
                     && wrong.error().message.contains(u"seed 3"_s),
                 qPrintable(wrong.error().message));
        VERIFY_RESULT(open(path, start));
    }

    void aStateFileHasOneProcess()
    {
        const QTemporaryDir dir;
        const QString path = dir.filePath(u"fleet.db"_s);
        const auto first = open(path, start);
        VERIFY_RESULT(first);
        const auto second = open(path, start);
        QVERIFY(!second);
        QVERIFY2(second.error().message.contains(u"another program"_s),
                 qPrintable(second.error().message + second.error().detail));
    }

    void whatIsNoStateFileIsRefused()
    {
        const QTemporaryDir dir;
        QFile file(dir.filePath(u"poem.txt"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray("Shall I compare thee to a summer's day?\n").repeated(200));
        file.close();
        const auto poem = open(file.fileName(), start);
        QVERIFY(!poem);
        QVERIFY(poem.error().kind == ErrorKind::Invalid);
        QVERIFY2(poem.error().message.contains(u"is not one"_s), qPrintable(poem.error().message));
        const auto nowhere = open(dir.filePath(u"no/such/folder/fleet.db"_s), start);
        QVERIFY(!nowhere);
        QVERIFY(nowhere.error().kind == ErrorKind::Invalid);
        QVERIFY2(nowhere.error().message.contains(u"can't be opened"_s),
                 qPrintable(nowhere.error().message));
    }

    void anotherSpeedGoesOnFromWhereItWas()
    {
        const QTemporaryDir dir;
        const QString path = dir.filePath(u"fleet.db"_s);
        const QVariantMap fast{{u"timeScale"_s, 3600.0}};
        QString cpuFast;
        {
            auto simulation = open(path, start, fast);
            VERIFY_RESULT(simulation);
            (*simulation)->advance(start + 6s); // Six hours.
        }
        auto slow = open(path, start + 6s);
        VERIFY_RESULT(slow);
        auto reference = Simulation::create(
            *SimulatorSettings::fromKeys(
                {{u"stamps"_s, 6}, {u"tenantsPerStamp"_s, 4}, {u"seed"_s, 3}, {u"calm"_s, true}}),
            start);
        VERIFY_RESULT(reference);
        (*reference)->advance(start + 6h);
        const Names names = namesOf(**reference);
        QCOMPARE(*(*slow)->stamp(names.stamps.at(0))->resources.cpu.used,
                 *(*reference)->stamp(names.stamps.at(0))->resources.cpu.used);
    }

    /// Whatever primitives come in whatever order, and whenever the process is killed: each tenant
    /// has one owner that serves it, and promises are the sum of what was placed.
    void noSequenceBreaksAPromise()
    {
        const QTemporaryDir dir;
        int runs = 0;
        int accepted = 0, refused = 0, kills = 0, shifted = 0, retired = 0;
        const auto sequence = [&](const std::vector<std::array<quint8, 4>> &steps) {
            ++runs;
            const QString path = dir.filePath(u"run%1.db"_s.arg(runs));
            Timestamp now = start;
            auto simulation = open(path, now);
            RC_ASSERT(simulation.has_value());
            const Names names = namesOf(**simulation);
            int key = 0;
            QString file = path;
            for (const auto &[what, who, where, how] : steps) {
                QString id = names.tenants.at(who % names.tenants.size());
                // Mostly somebody who moves already, so that whole moves come about.
                for (const QString &moving : names.tenants) {
                    if (what % 5 != 0 && (*simulation)->tenant(moving)->placements.size() > 1)
                        id = moving;
                }
                const QString stamp = names.stamps.at(where % names.stamps.size());
                const TenantPtr tenant = (*simulation)->tenant(id);
                const QString other = tenant->placements.size() > 1 && how % 4 != 0
                    ? (tenant->placements.front().stamp == tenant->stamp
                           ? tenant->placements.back().stamp
                           : tenant->placements.front().stamp)
                    : stamp;
                const QString operation = how % 8 == 0 ? u"other"_s : u"op-"_s + id;
                std::optional<Primitive> primitive;
                switch (what % 14) {
                case 0:
                case 1:
                case 2:
                    primitive = PlaceTenant{id, how % 16 == 0 ? stamp : tenant->stamp, stamp};
                    break;
                case 3:
                case 4:
                case 5:
                    primitive = ShiftTenant{id, tenant->stamp, other};
                    break;
                case 6:
                case 7:
                    primitive = RetireTenant{id, other};
                    break;
                case 8:
                    if (how % 2)
                        primitive = CordonStamp{stamp};
                    else
                        primitive = UncordonStamp{stamp};
                    break;
                case 9: {
                    ScaleStamp scale;
                    scale.stamp = stamp;
                    const double limit = *(*simulation)->stamp(stamp)->resources.cpu.limit;
                    if (how % 2)
                        scale.to.cpu = limit * (0.5 + how / 200.0);
                    else
                        scale.to.components = {{u"api"_s, how % 18}};
                    primitive = scale;
                    break;
                }
                case 10:
                case 12:
                case 13:
                    now += std::chrono::milliseconds(how * 60);
                    (*simulation)->advance(now);
                    break;
                case 11: {
                    const QStringList before = writtenOf(**simulation, names);
                    const QString image = path + u".%1"_s.arg(++kills);
                    copyState(file, image);
                    simulation = open(image, now);
                    RC_ASSERT(simulation.has_value());
                    file = image;
                    RC_ASSERT(writtenOf(**simulation, names) == before);
                    break;
                }
                }
                if (primitive) {
                    WriteContext context = by(operation, u"key-%1"_s.arg(++key));
                    const auto is = (*simulation)->perform(*primitive, context);
                    ++(is ? accepted : refused);
                    const TenantPtr after = (*simulation)->tenant(id);
                    shifted += after->stamp != tenant->stamp;
                    retired += after->placements.size() < tenant->placements.size();
                    if (is && how % 3 == 0) {
                        // Sent again it acts on nothing.
                        const QStringList before = writtenOf(**simulation, names);
                        const auto again = (*simulation)->perform(*primitive, context);
                        RC_ASSERT(again.has_value());
                        RC_ASSERT(again->revision == is->revision);
                        RC_ASSERT(writtenOf(**simulation, names) == before);
                    }
                }
                const QString broken = brokenPromise(**simulation, names);
                if (!broken.isEmpty())
                    RC_FAIL(broken.toStdString());
            }
        };
        const auto steps = rc::gen::container<std::vector<std::array<quint8, 4>>>(
            40,
            rc::gen::container<std::array<quint8, 4>>(
                rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<quint8>())));
        QVERIFY(rc::check("no sequence breaks a promise", [&] { sequence(*steps); }));
        QVERIFY(accepted > 200);
        QVERIFY(refused > 200);
        QVERIFY(kills > 50);
        QVERIFY2(shifted > 40 && retired > 80,
                 qPrintable(u"%1 shifted, %2 retired"_s.arg(shifted).arg(retired)));
    }

    void stampsThatWereMadeAndDeletedSurvive()
    {
        QTemporaryDir dir;
        const QString state = dir.filePath(u"fleet.db"_s);
        QString revision, moved;
        {
            auto simulation = open(state, start);
            VERIFY_RESULT(simulation);
            Simulation &is = **simulation;
            const Names names = namesOf(is);
            VERIFY_RESULT(is.perform(CreateStamp{u"one"_s, u"small"_s, u"eu-west"_s, {}},
                                     by(u"op"_s, u"k1"_s)));
            VERIFY_RESULT(is.perform(CreateStamp{u"two"_s, u"large"_s, u"us-east"_s,
                                                 {{u"web"_s, 9}}},
                                     by(u"op"_s, u"k2"_s)));
            is.advance(start + 90s);
            VERIFY_RESULT(is.perform(CordonStamp{u"one"_s}, by(u"op"_s)));
            VERIFY_RESULT(is.perform(DeleteStamp{u"one"_s}, by(u"op"_s)));
            is.advance(start + 130s);
            QVERIFY(!is.stamp(u"one"_s));
            VERIFY_RESULT(is.perform(CreateStamp{u"three"_s, u"small"_s, u"eu-west"_s, {}},
                                     by(u"op"_s, u"k3"_s)));
            // Somebody moves in.
            TenantPtr tenant;
            for (const QString &id : names.tenants) {
                if (is.tenant(id)->constraints == Constraints{})
                    tenant = is.tenant(id);
            }
            QVERIFY(tenant);
            moved = tenant->id;
            VERIFY_RESULT(is.perform(PlaceTenant{tenant->id, tenant->stamp, u"two"_s}, by(u"m"_s)));
            revision = is.stamp(u"two"_s)->revision;
        }
        auto again = open(state, start + 131s);
        VERIFY_RESULT(again);
        Simulation &is = **again;
        const Names names = namesOf(is);
        QVERIFY(!names.stamps.contains(u"one"_s));
        QCOMPARE(names.stamps.size(), 8);
        QCOMPARE(is.stamp(u"two"_s)->revision, revision);
        QCOMPARE(is.stamp(u"two"_s)->region, u"us-east"_s);
        QVERIFY(is.tenant(moved)->placementOn(u"two"_s));
        QVERIFY(is.stamp(u"three"_s)->lifecycle == Lifecycle::Provisioning);
        is.advance(start + 300s);
        QVERIFY(is.stamp(u"three"_s)->lifecycle == Lifecycle::Active);
        // What was asked before the end is not done twice after it.
        VERIFY_RESULT(is.perform(CreateStamp{u"one"_s, u"small"_s, u"eu-west"_s, {}},
                                 by(u"op"_s, u"k1"_s)));
        QVERIFY(!is.stamp(u"one"_s));
        QCOMPARE(brokenPromise(is, names), QString());
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, tst_SimulatorState)
#include "tst_simulatorstate.moc"

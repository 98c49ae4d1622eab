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

namespace {

/// Stamps that refuse for every reason there is, over and over, beside some that do not; s-000 has who is
/// carried.
struct RefusingFleet : SampleFleet
{
    static constexpr int kinds = 26;
    bool isForbidden = false; ///< s-000 can't be emptied at all: somebody there belongs to another stamp.
    QSet<int> bound; ///< Stamps whose first tenant is of the group of one that is carried.

    [[nodiscard]] Stamp stamp(int index) const
    {
        Stamp stamp = SampleFleet::stamp(index);
        stamp.resources.tenants = {20, 5, 5};
        const auto cpu = [&](double reserved) { stamp.resources.cpu = {64, reserved, 10}; };
        constexpr double most = 64 * 0.85 - 5; // with five more cores it is at the gate
        switch (index == 0 ? 0 : index % kinds) {
        case 1: stamp.lifecycle = Lifecycle::Cordoned; break;
        case 2: stamp.lifecycle = Lifecycle::Drained; break;
        case 3: stamp.lifecycle = Lifecycle::Draining; break;
        case 4: stamp.lifecycle = Lifecycle::Provisioning; break;
        case 5: stamp.lifecycle = Lifecycle::Deleting; break;
        case 6: stamp.lifecycle = Lifecycle::Failed; break;
        case 7: stamp.health = Health::Degraded; break;
        case 8: stamp.health = Health::Unhealthy; break;
        case 9: stamp.resources.memory.reserved = 250.0 * (1LL << 30); break;
        case 10: cpu(most + 2); break;
        case 11: cpu(most); break;
        case 12: cpu(most + 64 * 3e-10); break; // taken as no more than the gate
        case 13: cpu(most + 64 * 9e-10); break;
        case 14: cpu(59); break; // full to the limit
        case 15: cpu(60); break;
        case 16: stamp.resources.tenants = {20, 16, 16}; break;
        case 17: stamp.resources.tenants = {20, 15, 15}; break;
        case 18: stamp.resources.cpu.limit.reset(); break;
        case 19: stamp.operation = QStringLiteral("op-%1").arg(index); break;
        case 20: stamp.resources.storage = {100.0 * (1LL << 30), 60.0 * (1LL << 30), {}}; break;
        case 21: stamp.region = QStringLiteral("elsewhere"); break;
        default: break;
        }
        return stamp;
    }
    [[nodiscard]] Tenant tenant(int index, int number) const
    {
        Tenant tenant = SampleFleet::tenant(index, number);
        if (index == 0) {
            tenant.constraints.regions = {QStringLiteral("r*")};
            if (number == 1)
                tenant.constraints.antiAffinity = QStringLiteral("one");
            // It has begun to go there, and nobody goes on with it.
            if (number == 1)
                tenant.placements.push_back({stampName(24), PlacementState::Starting, at});
            return tenant;
        }
        if (number == 0 && (index % kinds == 22 || bound.contains(index)))
            tenant.constraints.antiAffinity = QStringLiteral("one");
        if (number == 1 && index % kinds == 23)
            tenant.constraints.exclusive = true;
        if (isForbidden && index == 1 && number == 0)
            tenant.placements.push_back({stampName(0), PlacementState::Draining, at});
        return tenant;
    }
    [[nodiscard]] FleetUpdate whole() const
    {
        FleetUpdate update = SampleFleet::update();
        for (auto &each : update.stamps)
            each = std::make_shared<const Stamp>(stamp(each->name.section(u'-', 1).toInt()));
        for (auto &each : update.tenants) {
            each = std::make_shared<const Tenant>(
                tenant(each->id.section(u'-', 1, 1).toInt(), each->id.section(u'-', 2).toInt()));
        }
        return update;
    }
};

/// Says where what is shown of a carry does not agree; nothing where it does.
QString disagreement(const CarryController &carry)
{
    const FleetVersion &fleet = *carry.carry().version;
    QSet<int> best;
    QHash<QString, int> reasons;
    int can = 0;
    QString wrong;
    fleet.eachStamp([&](int slot, const StampEntry &entry) {
        const Evaluation &answer = carry.evaluation(slot);
        const auto summed = carry.shortAnswer(slot);
        if (carry.verdict(slot) != answer.verdict || !summed || summed->can != carry.isLit(slot)
            || carry.isLit(slot) != answer.refusals.isEmpty())
            wrong = entry.id + u" answers in two ways"_s;
        if (answer.verdict == VerdictKind::Best)
            best.insert(slot);
        can += carry.isLit(slot);
    });
    int cannot = 0;
    for (const auto &[reason, count] : carry.reasonCounts())
        cannot += count;
    int sources = 0;
    fleet.eachStamp([&](int slot, const StampEntry &) { sources += carry.leaving(slot) > 0; });
    if (can + cannot + sources != fleet.counts.stamps)
        wrong = u"%1 can, %2 cannot"_s.arg(can).arg(cannot);
    const auto &ranking = carry.ranking();
    if (std::ssize(ranking) != std::min(can, CarryController::mostRanked))
        wrong = u"%1 are ranked of %2"_s.arg(ranking.size()).arg(can);
    for (const auto &[slot, answer] : ranking) {
        if (!carry.isLit(slot) || answer.after != carry.evaluation(slot).after)
            wrong = fleet.stampId(slot) + u" is ranked by another answer"_s;
    }
    const QSet<int> first = !ranking.empty() && ranking.front().second.verdict == VerdictKind::Can
        ? QSet<int>{ranking.front().first}
        : QSet<int>();
    if (best != first)
        wrong = u"%1 stars"_s.arg(best.size());
    return wrong;
}

/// Says where a verdict is not that of the plan which a drop would make; nothing where all are.
QString difference(const CarryController &carry, ActionRequest request, const Clock &clock)
{
    const FleetVersionPtr version = carry.carry().version;
    QStringList wrong;
    version->eachStamp([&](int slot, const StampEntry &entry) {
        if (carry.leaving(slot) > 0)
            return;
        if (request.kind == ActionKind::Move)
            request.to = entry.id;
        else
            request.among = {entry.id};
        const Result<Plan> made = plan(version, request, clock);
        if (carry.isLit(slot) != (made && !made->isRefused()))
            wrong << entry.id + u": "_s + carry.spoken(slot);
        // What the move allows and the drain does not is said in the words of the drain.
        const Evaluation fits = evaluate(carry.carry(), slot);
        if (request.kind != ActionKind::Move && made && fits.verdict == VerdictKind::Can
            && made->refusals != carry.evaluation(slot).refusals)
            wrong << entry.id + u" says why otherwise"_s;
    });
    std::vector<std::pair<VerdictKind, double>> order;
    for (const auto &[slot, answer] : carry.ranking())
        order.emplace_back(answer.verdict, answer.after.value_or(1));
    if (!std::is_sorted(order.begin(), order.end(), [](const auto &a, const auto &b) {
            return a.first != b.first ? a.first > b.first : a.second < b.second;
        }))
        wrong << u"the ranking"_s;
    version->eachStamp([&](int slot, const StampEntry &entry) {
        if (order.size() == size_t(CarryController::mostRanked) && carry.isLit(slot)
            && carry.rank(slot) == 0
            && std::pair(-int(carry.evaluation(slot).verdict), *carry.evaluation(slot).after)
                < std::pair(-int(order.back().first), order.back().second))
            wrong << entry.id + u" is not ranked"_s;
    });
    return wrong.join(u'\n');
}

} // namespace

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

    void everyVerdictIsThatOfItsPlan_data()
    {
        QTest::addColumn<int>("stamps");
        QTest::addColumn<ActionKind>("kind");
        QTest::addColumn<bool>("forbidden");
        for (const int stamps : {78, 1'066}) {
            const auto add = [stamps](const char *name, ActionKind kind, bool isForbidden) {
                QTest::addRow("%s, %d", name, stamps) << stamps << kind << isForbidden;
            };
            add("move", ActionKind::Move, false);
            add("drain", ActionKind::Drain, false);
            add("drain that nothing takes", ActionKind::Drain, true);
            add("evacuation", ActionKind::Evacuate, false);
        }
    }
    void everyVerdictIsThatOfItsPlan()
    {
        QFETCH(int, stamps);
        QFETCH(ActionKind, kind);
        QFETCH(bool, forbidden);
        RefusingFleet sample;
        sample.stamps = stamps;
        sample.isForbidden = forbidden;
        DeckFixture fixture(sample);
        SourceState other;
        other.name = other.adapter = other.instance = other.tenantDomain = u"other"_s;
        other.capabilities = Capability::Move | Capability::Cordon;
        fixture.store.addSource(other);
        FleetUpdate others = SampleFleet{.stamps = 3}.update();
        others.instance = u"other"_s;
        fixture.store.apply(u"other"_s, others);
        FleetUpdate told = sample.whole();
        told.revision = u"2"_s;
        for (auto &each : told.stamps) { // a region of one that has tenants, and one that is empty
            if (each->name == SampleFleet::stampName(0) || each->name == SampleFleet::stampName(25)) {
                Stamp stamp = *each;
                stamp.region = u"ra"_s;
                each = std::make_shared<const Stamp>(stamp);
            }
        }
        std::erase_if(told.tenants,
                      [](const auto &each) { return each->stamp == SampleFleet::stampName(25); });
        fixture.apply(told);
        QTRY_COMPARE(fixture.feed->version()->serial, fixture.store.current()->serial);

        CarryController carry(*fixture.feed);
        ActionRequest request;
        request.kind = kind;
        if (kind == ActionKind::Move) {
            for (int i = 0; i < 5; ++i)
                request.tenants << u"prod/"_s + SampleFleet::tenantName(0, i);
            QVERIFY(carry.pickUp(request.tenants, CarryController::Mode::Cut));
        } else if (kind == ActionKind::Drain) {
            request.stamp = u"prod/s-000"_s;
            QVERIFY(carry.pickUpAll(request.stamp, CarryController::Mode::Cut));
        } else {
            request.region = u"ra"_s;
            QVERIFY(carry.pickUpRegion(request.region, CarryController::Mode::Cut));
        }
        // Also before all have answered.
        QCOMPARE(carry.hasAnswered(), stamps < 1'000);
        const Evaluation early =
            carry.evaluation(carry.carry().version->stampIndex.value(u"prod/s-012"_s));
        QTRY_VERIFY_WITH_TIMEOUT(carry.isSettled(), 60'000);
        QCOMPARE(early.refusals, carry.evaluation(early.load.slot).refusals);
        QCOMPARE(difference(carry, request, fixture.clock), QString());
        QCOMPARE(disagreement(carry), QString());
        QStringList said;
        for (const auto &[reason, count] : carry.reasonCounts())
            said << reason;
        if (!forbidden) {
            for (const QString &reason :
                 {u"cordoned"_s, u"drained"_s, u"being changed"_s, u"unhealthy"_s, u"degraded"_s,
                  u"capacity"_s, u"tenants full"_s, u"unknown"_s, u"residency"_s, u"anti-affinity"_s,
                  u"exclusive"_s, u"unsupported"_s})
                QVERIFY2(said.contains(reason), qPrintable(reason + u" of "_s + said.join(u", ")));
            QCOMPARE(carry.ranking().size(), size_t(CarryController::mostRanked));
        } else {
            QVERIFY(carry.ranking().empty());
        }

        // Another version: a few stamps tell otherwise, and tenants whose stamps do not.
        QString wrong;
        qsizetype asked = 0;
        connect(&carry, &CarryController::verdictsChanged, this, [&](const std::vector<int> &slots_) {
            asked = slots_.empty() ? 0 : std::ssize(slots_);
            wrong += carry.hasAnswered() ? disagreement(carry) : QString();
        });
        connect(fixture.feed.get(), &FleetFeed::changed, this,
                [&] { wrong += carry.hasAnswered() ? disagreement(carry) : QString(); });
        const auto tell = [&](const QList<int> &which, auto change) {
            FleetUpdate delta = SampleFleet::delta();
            for (const int slot : which) {
                const StampEntryPtr &entry = fixture.store.current()->stamps[slot];
                if (!entry->id.startsWith(u"prod"))
                    continue;
                Stamp stamp = *entry->stamp;
                stamp.operation.clear();
                change(stamp);
                delta.stamps.push_back(std::make_shared<const Stamp>(stamp));
            }
            for (const int index : {50, 51, 76}) {
                sample.bound.insert(index);
                delta.tenants.push_back(std::make_shared<const Tenant>(sample.tenant(index, 0)));
            }
            fixture.apply(delta);
        };
        const auto isThere = [&] {
            return fixture.feed->version()->serial == fixture.store.current()->serial
                && carry.carry().version == fixture.feed->version() && carry.isSettled();
        };
        tell({26, 33, 66}, [&](Stamp &stamp) {
            if (stamp.name == SampleFleet::stampName(26))
                stamp.lifecycle = Lifecycle::Cordoned;
            stamp.resources.cpu = {64, 1, 1}; // of s-066, which becomes the best one
            stamp.resources.memory.reserved = stamp.resources.memory.used = 1;
            stamp.resources.storage.reserved = 1;
        });
        QTRY_VERIFY_WITH_TIMEOUT(isThere(), 60'000);
        QCOMPARE(wrong, QString());
        QCOMPARE(difference(carry, request, fixture.clock), QString());
        // What did not change was not asked again, but for the stamps of operations.
        const int most = 6 + 2 * CarryController::mostRanked + stamps / RefusingFleet::kinds;
        if (stamps > 1'000 && !forbidden)
            QVERIFY2(asked >= 6 && asked <= most, qPrintable(QString::number(asked)));
        if (!forbidden)
            QCOMPARE(carry.rank(carry.carry().version->stampIndex.value(u"prod/s-066"_s)), 1);
        if (!forbidden)
            QCOMPARE(carry.reasonHead(carry.carry().version->stampIndex.value(u"prod/s-050"_s)),
                     u"anti-affinity"_s);

        // And one in which nearly all do.
        QList<int> all;
        for (int i = 0; i < stamps; ++i)
            all << i;
        tell(all, [](Stamp &stamp) {
            stamp.resources.cpu.reserved = stamp.resources.cpu.reserved.value_or(0) + 9;
        });
        QTRY_VERIFY_WITH_TIMEOUT(isThere(), 60'000);
        QCOMPARE(wrong, QString());
        QCOMPARE(difference(carry, request, fixture.clock), QString());
        QCOMPARE(disagreement(carry), QString());
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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleet.h"

#include "models/incidents.h"
#include "models/journal.h"
#include "models/plugincatalog.h"

#include "tests/support/manualclock.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QRegularExpression>
#include <QtCore/QSemaphore>
#include <QtCore/QTemporaryDir>
#include <QtCore/QThread>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

namespace {

/// The machine's clock, whose store begins only when it is let.
class HeldClock final : public Clock
{
public:
    [[nodiscard]] Timestamp now() const override { return system().now(); }
    [[nodiscard]] std::chrono::milliseconds elapsed() const override { return system().elapsed(); }
    TimerId callLater(std::chrono::milliseconds delay, QObject *context,
                      std::function<void()> call) override
    {
        if (QThread::currentThread()->objectName() == u"fleet store") {
            m_gate.acquire();
            m_gate.release();
        }
        return system().callLater(delay, context, std::move(call));
    }
    void cancel(TimerId timer) override { system().cancel(timer); }
    void release() { m_gate.release(); }

private:
    QSemaphore m_gate;
};

} // namespace

/// Store, source runtime, planner, runner and journal together over the simulator's plug-in.
class TestFleet : public QObject
{
    Q_OBJECT
private:
    void open(const QVariantMap &more = {})
    {
        SourceConfig source;
        source.settings.name = u"demo"_s;
        source.settings.adapter = u"simulator"_s;
        source.settings.keys = {{u"stamps"_s, 12},    {u"seed"_s, 7},
                                {u"calm"_s, true},    {u"timeScale"_s, 20.0},
                                {u"startSeconds"_s, 2.0}, {u"failureRate"_s, 0.0},
                                {u"state"_s, m_dir->filePath(u"fleet.db"_s)}};
        for (auto it = more.begin(); it != more.end(); ++it)
            source.settings.keys.insert(it.key(), it.value());
        source.settings.pollInterval = std::chrono::milliseconds(100);
        FleetOptions options;
        options.stateDir = m_dir->filePath(u"state"_s);
        options.history = m_history;
        options.showsProofs = m_showsProofs;
        auto opened = Fleet::open({source}, *m_catalog, options);
        VERIFY_RESULT(opened);
        m_fleet = std::move(*opened);
        if (m_awaitsAnswer)
            VERIFY_RESULT(await(m_fleet->firstPoll()));
    }
    // A tenant that may move, and a stamp that can take it.
    std::pair<QString, QString> movable()
    {
        const auto version = m_fleet->store().current();
        std::pair<QString, QString> found;
        version->eachTenant([&](int slot, const TenantEntry &) {
            if (!found.first.isEmpty())
                return;
            const QString id = version->tenantId(slot);
            const auto carry = makeCarry(version, {id});
            const auto best = bestOf(*carry, 1);
            if (!best.empty())
                found = {id, version->stampId(best.front().first)};
        });
        return found;
    }
    TenantPtr tenant(const QString &id)
    {
        const auto version = m_fleet->store().current();
        return version->tenants[*version->findTenant(id)].tenant;
    }
    QString owner(const QString &id) { return u"demo/"_s + tenant(id)->stamp; }
    Result<OperationPtr> move(const QString &id, const QString &to)
    {
        ActionRequest request;
        request.tenants = {id};
        request.to = to;
        request.actor = u"tester"_s;
        return await(m_fleet->runner().submit(request));
    }

    // A stamp of at least three tenants that can be drained, with the plan of it.
    Plan drainable(int most = 100)
    {
        const auto version = m_fleet->store().current();
        Plan found;
        version->eachStamp([&](int, const StampEntry &entry) {
            if (!found.moves.empty() || entry.stamp->lifecycle != Lifecycle::Active)
                return;
            ActionRequest request;
            request.kind = ActionKind::Drain;
            request.stamp = entry.id;
            request.actor = u"tester"_s;
            request.parallel = 2;
            auto made = plan(version, request, m_fleet->clock());
            if (made && !made->isRefused() && made->moves.size() >= 3
                && made->moves.size() <= size_t(most))
                found = std::move(*made);
        });
        return found;
    }
    Lifecycle lifecycle(const QString &id)
    {
        const auto version = m_fleet->store().current();
        return version->stamps[*version->findStamp(id)]->stamp->lifecycle;
    }
    Result<OperationPtr> ended(const QString &operation)
    {
        auto result = await(m_fleet->runner().finished(operation));
        // A person goes on where the health gate paused: at busy hours of the simulated day a move
        // may make its target twice as slow.
        for (int i = 0; i < 20 && result && (*result)->state == OperationState::Paused
             && (*result)->error.contains(u"over twice"); ++i) {
            if (const auto resumed = ask(operation, OperationVerb::Resume); !resumed)
                return resumed;
            result = await(m_fleet->runner().finished(operation));
        }
        return result;
    }
    Result<OperationPtr> ask(const QString &operation, OperationVerb verb)
    {
        return await(m_fleet->runner().control(operation, verb, {u"tester"_s, {}}));
    }
    int movedOf(const Plan &plan)
    {
        return int(std::count_if(plan.moves.begin(), plan.moves.end(),
                                 [this](const PlannedMove &move) { return owner(move.id) == move.to; }));
    }
    // Nobody is anywhere but where it should be, on one placement.
    bool allAt(const Plan &plan, bool moved)
    {
        return std::all_of(plan.moves.begin(), plan.moves.end(), [&](const PlannedMove &move) {
            return owner(move.id) == (moved ? move.to : move.from)
                && tenant(move.id)->placements.size() == 1;
        });
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<PluginCatalog> m_catalog;
    std::unique_ptr<Fleet> m_fleet;
    std::optional<HistoryOptions> m_history; // of the next that is opened
    bool m_awaitsAnswer = true;
    bool m_showsProofs = false;

private Q_SLOTS:
    void init()
    {
        strict();
        m_dir = std::make_unique<QTemporaryDir>();
        m_catalog = std::make_unique<PluginCatalog>();
        open();
    }
    void cleanup()
    {
        m_fleet.reset();
        m_catalog.reset();
        m_dir.reset();
        m_history.reset();
        m_showsProofs = false;
        m_awaitsAnswer = true;
    }

    void tellsHowASourceIsDoing()
    {
        const auto all = await(m_fleet->diagnostics(u"demo"_s));
        VERIFY_RESULT(all);
        QCOMPARE(all->adapter, u"simulator"_s);
        QVERIFY(!all->instance.isEmpty());
        QCOMPARE(all->pollInterval, std::chrono::milliseconds(100));
        QVERIFY(all->capabilities.contains(u"cordon"_s));
        QCOMPARE(all->endpoints.size(), 1);
        QVERIFY(all->endpoints[0].contact);
        QVERIFY(!all->error);
        const auto none = await(m_fleet->diagnostics(u"other"_s));
        QVERIFY(!none);
        QCOMPARE(none.error().kind, ErrorKind::NotFound);
    }

    /// A store that has not begun yet knows of no source: that is not as if all had answered.
    void whoeverLooksOnceWaitsForASlowStore()
    {
        m_fleet.reset();
        HeldClock clock;
        SourceConfig source;
        source.settings.name = u"demo"_s;
        source.settings.adapter = u"simulator"_s;
        source.settings.keys = {{u"stamps"_s, 2}, {u"seed"_s, 7}, {u"calm"_s, true}};
        FleetOptions options;
        options.clock = &clock;
        options.stateDir = m_dir->filePath(u"state"_s);
        options.incidentsAtOnce = true;
        auto fleet = Fleet::open({source}, *m_catalog, options);
        if (!fleet)
            clock.release();
        VERIFY_RESULT(fleet);
        const auto first = (*fleet)->firstIncidents();
        clock.release();
        const auto heard = await(first);
        VERIFY_RESULT(heard);
        QCOMPARE((*heard)->counts.stamps, 2);
        QVERIFY((*heard)->incidents);
        QVERIFY(!(*heard)->incidents->open.empty()); // a region of one stamp does not survive its loss
    }

    void readsTheFleet()
    {
        const auto version = m_fleet->store().current();
        QCOMPARE(version->counts.stamps, 12);
        QVERIFY(version->counts.tenants > 50);
        QVERIFY(version->sources[0].answered);
        QVERIFY(!version->sources[0].error);
    }

    /// A program that starts shows where everything stood, before the first answer and without one.
    void whatWasThereLastStandsAsProofs()
    {
        m_fleet.reset();
        m_history.emplace();
        open();
        QVERIFY(m_fleet->recorder());
        const int stamps = m_fleet->store().current()->counts.stamps;
        QVERIFY(stamps > 0);
        m_fleet->store().sync();
        m_fleet->recorder()->sync();
        m_fleet.reset();
        m_awaitsAnswer = false;
        m_showsProofs = true;
        open({{u"state"_s, m_dir->filePath(u"nowhere/fleet.db"_s)}}); // a source that fails
        const auto proofs = [this] {
            const FleetVersionPtr version = m_fleet->store().current();
            int count = 0;
            version->eachStamp([&count](int, const StampEntry &entry) { count += entry.proof; });
            return count;
        };
        QTRY_COMPARE(proofs(), stamps);
        QCOMPARE(m_fleet->store().current()->counts, FleetCounts());
        QTRY_VERIFY(m_fleet->store().current()->sources[0].error);
        // Nothing is done with what nobody has read.
        const FleetVersionPtr version = m_fleet->store().current();
        ActionRequest request;
        request.kind = ActionKind::Cordon;
        request.stamp = version->stampId(0);
        request.actor = u"tester"_s;
        const auto planned = plan(version, request, m_fleet->clock());
        VERIFY_RESULT(planned);
        QVERIFY(planned->isRefused());
        m_fleet.reset();
        // A server tells nobody what it does not know.
        m_fleet.reset();
        m_showsProofs = false;
        open({{u"state"_s, m_dir->filePath(u"nowhere/fleet.db"_s)}});
        QTRY_VERIFY(m_fleet->store().current()->sources[0].error);
        QCOMPARE(m_fleet->store().current()->stampIndex.size(), 0);
        m_fleet.reset();
        m_awaitsAnswer = true;
        m_showsProofs = true;
        open();
        QTRY_COMPARE(proofs(), 0);
        QCOMPARE(m_fleet->store().current()->counts.stamps, stamps);
    }

    void movesAndTakesBack()
    {
        const auto [id, to] = movable();
        const QString from = owner(id);
        bool sawTwo = false;
        QObject seeing; // no longer than what it writes to
        connect(&m_fleet->store(), &FleetStore::published, &seeing,
                [&, id = id](const FleetVersionPtr &version, const ChangeSetPtr &) {
                    const auto slot = version->findTenant(id);
                    if (!slot)
                        return;
                    const Tenant &is = *version->tenants[*slot].tenant;
                    int serving = 0;
                    for (const Placement &placement : is.placements)
                        serving += placement.state != PlacementState::Starting;
                    QVERIFY(serving >= 1);
                    sawTwo |= is.placements.size() == 2;
                });
        const auto accepted = move(id, to);
        VERIFY_RESULT(accepted);
        QCOMPARE((*accepted)->kind, u"move"_s);
        const auto ended = await(m_fleet->runner().finished((*accepted)->id));
        VERIFY_RESULT(ended);
        QCOMPARE((*ended)->state, OperationState::Succeeded);
        QTRY_COMPARE(owner(id), to);
        QTRY_COMPARE(tenant(id)->placements.size(), size_t(1));
        QVERIFY(sawTwo);
        QTRY_VERIFY(tenant(id)->operation.isEmpty());

        const auto undo = await(m_fleet->runner().control((*accepted)->id, OperationVerb::Undo,
                                                          {u"tester"_s, {}}));
        VERIFY_RESULT(undo);
        QVERIFY((*undo)->id != (*accepted)->id);
        const auto undone = await(m_fleet->runner().finished((*undo)->id));
        VERIFY_RESULT(undone);
        QCOMPARE((*undone)->state, OperationState::Succeeded);
        QTRY_COMPARE(owner(id), from);
        VERIFY_RESULT(m_fleet->journal().verifyAudit());
    }

    void rollsBackAFinishedMove()
    {
        const auto [id, to] = movable();
        const QString from = owner(id);
        const auto accepted = move(id, to);
        VERIFY_RESULT(accepted);
        VERIFY_RESULT(await(m_fleet->runner().finished((*accepted)->id)));
        VERIFY_RESULT(await(m_fleet->runner().control((*accepted)->id, OperationVerb::Rollback,
                                                      {u"tester"_s, {}})));
        const auto back = await(m_fleet->runner().finished((*accepted)->id));
        VERIFY_RESULT(back);
        QCOMPARE((*back)->state, OperationState::RolledBack);
        QTRY_COMPARE(owner(id), from);
        QTRY_COMPARE(tenant(id)->placements.size(), size_t(1));
    }

    void cancelTakesTheMoveInFlightBack()
    {
        m_fleet.reset();
        open({{u"startSeconds"_s, 2000.0}}); // long enough to be caught starting
        const auto [id, to] = movable();
        const QString from = owner(id);
        const auto accepted = move(id, to);
        VERIFY_RESULT(accepted);
        QTRY_COMPARE(tenant(id)->placements.size(), size_t(2));
        VERIFY_RESULT(await(m_fleet->runner().control((*accepted)->id, OperationVerb::Cancel,
                                                      {u"tester"_s, {}})));
        const auto ended = await(m_fleet->runner().finished((*accepted)->id));
        VERIFY_RESULT(ended);
        QCOMPARE((*ended)->state, OperationState::Cancelled);
        QTRY_COMPARE(tenant(id)->placements.size(), size_t(1));
        QCOMPARE(owner(id), from);
    }

    void aTargetThatFailsIsTakenBack()
    {
        m_fleet.reset();
        open({{u"failureRate"_s, 1.0}});
        const auto [id, to] = movable();
        const QString from = owner(id);
        const auto accepted = move(id, to);
        VERIFY_RESULT(accepted);
        const auto ended = await(m_fleet->runner().finished((*accepted)->id));
        VERIFY_RESULT(ended);
        QCOMPARE((*ended)->state, OperationState::Failed);
        QVERIFY(!(*ended)->error.isEmpty());
        QTRY_COMPARE(tenant(id)->placements.size(), size_t(1));
        QCOMPARE(owner(id), from);
    }

    void aSecondMoverIsTold()
    {
        const auto [id, to] = movable();
        VERIFY_RESULT(move(id, to));
        const auto second = move(id, to);
        QVERIFY(!second);
        QCOMPARE(second.error().kind, ErrorKind::Conflict);
        QVERIFY(second.error().message.contains(u"op-"_s));
    }

    void aStaleRevisionIsAConflict()
    {
        const auto [id, to] = movable();
        ActionRequest request;
        request.tenants = {id};
        request.to = to;
        request.ifMatch = u"something else"_s;
        const auto refused = await(m_fleet->runner().submit(request));
        QVERIFY(!refused);
        QCOMPARE(refused.error().detail, u"revision-changed"_s);
    }

    void drainsAStampAndTakesItBack()
    {
        const Plan plan = drainable();
        QVERIFY(!plan.moves.empty());
        const QString stamp = plan.loads.first().stamp;
        QSet<QString> ids;
        for (const PlannedMove &move : plan.moves)
            ids.insert(move.id);
        bool sawDraining = false;
        int mostInFlight = 0;
        QObject seeing; // no longer than what it writes to
        connect(&m_fleet->store(), &FleetStore::published, &seeing,
                [&](const FleetVersionPtr &version, const ChangeSetPtr &) {
                    sawDraining |= version->stamps[*version->findStamp(stamp)]->stamp->lifecycle
                        == Lifecycle::Draining;
                    int inFlight = 0;
                    for (const QString &id : std::as_const(ids)) {
                        const Tenant &is = *version->tenants[*version->findTenant(id)].tenant;
                        inFlight += is.placements.size() == 2;
                        QVERIFY(std::any_of(is.placements.begin(), is.placements.end(),
                                            [](const Placement &placement) {
                                                return placement.state != PlacementState::Starting;
                                            }));
                    }
                    mostInFlight = std::max(mostInFlight, inFlight);
                });
        const auto accepted = await(m_fleet->runner().submit(plan.request));
        VERIFY_RESULT(accepted);
        QCOMPARE((*accepted)->kind, u"drain"_s);
        // While it runs nobody else acts on the stamp.
        ActionRequest other;
        other.kind = ActionKind::Uncordon;
        other.stamp = stamp;
        const auto refused = await(m_fleet->runner().submit(other));
        QVERIFY(!refused);
        QCOMPARE(refused.error().refusals.constFirst().code, u"busy"_s);
        const auto done = ended((*accepted)->id);
        VERIFY_RESULT(done);
        QVERIFY2((*done)->state == OperationState::Succeeded, qPrintable((*done)->error));
        QCOMPARE((*done)->error, QString());
        QTRY_COMPARE(lifecycle(stamp), Lifecycle::Drained);
        QTRY_VERIFY(allAt(plan, true));
        QVERIFY(sawDraining);
        QVERIFY(mostInFlight >= 1);
        QVERIFY2(mostInFlight <= plan.request.parallel, qPrintable(QString::number(mostInFlight)));

        const auto undo = ask((*accepted)->id, OperationVerb::Undo);
        VERIFY_RESULT(undo);
        const auto undone = ended((*undo)->id);
        VERIFY_RESULT(undone);
        QVERIFY2((*undone)->state == OperationState::Succeeded, qPrintable((*undone)->error));
        QTRY_COMPARE(lifecycle(stamp), Lifecycle::Active);
        QTRY_VERIFY(allAt(plan, false));
        // What takes that back is the drain again, to where they were.
        const auto again = ask((*undo)->id, OperationVerb::Undo);
        VERIFY_RESULT(again);
        QCOMPARE((*again)->kind, u"drain"_s);
        const auto redone = ended((*again)->id);
        VERIFY_RESULT(redone);
        QVERIFY2((*redone)->state == OperationState::Succeeded, qPrintable((*redone)->error));
        QTRY_COMPARE(lifecycle(stamp), Lifecycle::Drained);
        QTRY_VERIFY(allAt(plan, true));
        VERIFY_RESULT(m_fleet->journal().verifyAudit());
    }

    void drainsSeveralStampsAndTakesThemBack()
    {
        const auto version = m_fleet->store().current();
        QStringList active;
        version->eachStamp([&](int, const StampEntry &entry) {
            if (entry.stamp->lifecycle == Lifecycle::Active && !entry.tenants.empty())
                active.append(entry.id);
        });
        std::optional<Plan> found;
        ActionRequest request;
        request.kind = ActionKind::Drain;
        request.actor = u"tester"_s;
        request.parallel = 8;
        request.partial = true;
        for (qsizetype at = 1; at < active.size() && !found; ++at) {
            request.stamps = {active[at - 1], active[at]};
            auto made = plan(version, request, m_fleet->clock());
            if (made && !made->isRefused() && made->moves.size() >= 3)
                found = std::move(*made);
        }
        QVERIFY(found);
        const QStringList stamps = found->request.stamps;
        const auto are = [&](Lifecycle one, Lifecycle other) {
            return std::all_of(stamps.begin(), stamps.end(), [&](const QString &stamp) {
                return lifecycle(stamp) == one || lifecycle(stamp) == other;
            });
        };
        const auto accepted = await(m_fleet->runner().submit(found->request));
        VERIFY_RESULT(accepted);
        QCOMPARE((*accepted)->target, found->target);
        const auto done = ended((*accepted)->id);
        VERIFY_RESULT(done);
        QVERIFY2((*done)->state == OperationState::Succeeded, qPrintable((*done)->error));
        QTRY_VERIFY(allAt(*found, true));
        QTRY_VERIFY(are(Lifecycle::Drained, Lifecycle::Cordoned));
        QString undone = (*accepted)->id;
        // Back, and by the undo of that both of them again.
        for (const bool isBack : {true, false}) {
            const auto undo = ask(undone, OperationVerb::Undo);
            VERIFY_RESULT(undo);
            undone = (*undo)->id;
            const auto ends = ended(undone);
            VERIFY_RESULT(ends);
            QVERIFY2((*ends)->state == OperationState::Succeeded, qPrintable((*ends)->error));
            QTRY_VERIFY(allAt(*found, !isBack));
            if (isBack)
                QTRY_VERIFY(are(Lifecycle::Active, Lifecycle::Active));
            else
                QTRY_VERIFY(are(Lifecycle::Drained, Lifecycle::Cordoned));
        }
    }

    void evacuatesARegionAndTakesItBack()
    {
        const auto version = m_fleet->store().current();
        std::optional<Plan> found;
        QSet<QString> regions;
        version->eachStamp([&](int, const StampEntry &entry) {
            if (found || regions.contains(entry.stamp->region))
                return;
            regions.insert(entry.stamp->region);
            ActionRequest request;
            request.kind = ActionKind::Evacuate;
            request.region = entry.stamp->region;
            request.actor = u"tester"_s;
            request.parallel = 8;
            request.partial = true;
            auto made = plan(version, request, m_fleet->clock());
            if (made && !made->isRefused() && made->moves.size() >= 3)
                found = std::move(*made);
        });
        QVERIFY(found);
        QSet<QString> emptied;
        for (const LoadChange &load : std::as_const(found->loads)) {
            if (load.isSource)
                emptied.insert(load.stamp);
        }
        const auto accepted = await(m_fleet->runner().submit(found->request));
        VERIFY_RESULT(accepted);
        QCOMPARE((*accepted)->kind, u"evacuate"_s);
        QCOMPARE((*accepted)->target, found->request.region);
        const auto done = ended((*accepted)->id);
        VERIFY_RESULT(done);
        QVERIFY2((*done)->state == OperationState::Succeeded, qPrintable((*done)->error));
        QTRY_VERIFY(allAt(*found, true));
        QTRY_VERIFY(std::all_of(emptied.begin(), emptied.end(), [this](const QString &stamp) {
            return lifecycle(stamp) == Lifecycle::Drained || lifecycle(stamp) == Lifecycle::Cordoned;
        }));
        const auto undo = ask((*accepted)->id, OperationVerb::Undo);
        VERIFY_RESULT(undo);
        const auto undone = ended((*undo)->id);
        VERIFY_RESULT(undone);
        QVERIFY2((*undone)->state == OperationState::Succeeded, qPrintable((*undone)->error));
        QTRY_VERIFY(allAt(*found, false));
        QTRY_VERIFY(std::all_of(emptied.begin(), emptied.end(), [this](const QString &stamp) {
            return lifecycle(stamp) == Lifecycle::Active;
        }));
    }

    void anEmptyStampIsDrainedAtOnce()
    {
        const Plan first = drainable();
        const QString stamp = first.loads.first().stamp;
        const auto accepted = await(m_fleet->runner().submit(first.request));
        VERIFY_RESULT(accepted);
        VERIFY_RESULT(ended((*accepted)->id));
        QTRY_COMPARE(lifecycle(stamp), Lifecycle::Drained);
        ActionRequest open;
        open.kind = ActionKind::Uncordon;
        open.stamp = stamp;
        VERIFY_RESULT(ended((*await(m_fleet->runner().submit(open)))->id));
        QTRY_COMPARE(lifecycle(stamp), Lifecycle::Active);
        const auto again = await(m_fleet->runner().submit(first.request));
        VERIFY_RESULT(again);
        QCOMPARE((*again)->steps.size(), 1);
        VERIFY_RESULT(ended((*again)->id));
        QTRY_COMPARE(lifecycle(stamp), Lifecycle::Drained);
    }

    void whomAnotherMovesAwayIsLeftOutOfADrain()
    {
        Plan plan = drainable();
        plan.request.parallel = 1;
        const PlannedMove last = plan.moves.back();
        // Somewhere else than the drain would take it.
        const auto carry = makeCarry(m_fleet->store().current(), {last.id});
        QString elsewhere;
        for (const auto &[slot, evaluation] : bestOf(*carry, 100)) {
            const QString id = m_fleet->store().current()->stampId(slot);
            const bool isTarget = std::any_of(
                plan.moves.begin(), plan.moves.end(),
                [&](const PlannedMove &move) { return move.to == id; });
            if (!isTarget && elsewhere.isEmpty())
                elsewhere = id;
        }
        QVERIFY(!elsewhere.isEmpty());
        const auto accepted = await(m_fleet->runner().submit(plan.request));
        VERIFY_RESULT(accepted);
        const QString id = last.id.section(u'/', 1);
        const QString from = last.from.section(u'/', 1), to = elsewhere.section(u'/', 1);
        WriteContext bob;
        bob.actor = u"bob"_s;
        bob.operation = (*accepted)->id; // as somebody whom no mark keeps out
        const auto perform = [&](const Primitive &primitive) {
            bob.idempotencyKey = kindOf(primitive);
            return await(m_fleet->perform(u"demo"_s, primitive, bob));
        };
        VERIFY_RESULT(perform(PlaceTenant{id, from, to}));
        QTRY_VERIFY_WITH_TIMEOUT(
            [&] {
                const auto serves
                    = await(m_fleet->observe(u"demo"_s, ProbeTenant{id, to}, bob, {}));
                return serves && serves->done;
            }(),
            30'000);
        VERIFY_RESULT(perform(ShiftTenant{id, from, to}));
        VERIFY_RESULT(perform(RetireTenant{id, from}));
        const auto done = ended((*accepted)->id);
        VERIFY_RESULT(done);
        QVERIFY2((*done)->state == OperationState::Succeeded, qPrintable((*done)->error));
        QCOMPARE((*done)->steps.last().state, StepState::Skipped);
        QCOMPARE((*done)->steps.last().error, u"already moved to %1 by bob"_s.arg(to));
        QTRY_COMPARE(owner(last.id), elsewhere);
        QCOMPARE(movedOf(plan), int(plan.moves.size()) - 1);
        QTRY_COMPARE(lifecycle(last.from), Lifecycle::Drained);
        // What another moved is not taken back with the rest.
        const auto undo = ask((*accepted)->id, OperationVerb::Undo);
        VERIFY_RESULT(undo);
        VERIFY_RESULT(ended((*undo)->id));
        QTRY_COMPARE(owner(last.id), elsewhere);
        QCOMPARE(movedOf(plan), 0);
    }

    void rollsADrainBack()
    {
        const Plan plan = drainable();
        const QString stamp = plan.loads.first().stamp;
        const auto accepted = await(m_fleet->runner().submit(plan.request));
        VERIFY_RESULT(accepted);
        const QString id = (*accepted)->id;
        // Some have arrived, some are on their way, some have not begun.
        QTRY_VERIFY_WITH_TIMEOUT(movedOf(plan) >= 1, 30'000);
        VERIFY_RESULT(ask(id, OperationVerb::Rollback));
        const auto back = ended(id);
        VERIFY_RESULT(back);
        QVERIFY2((*back)->state == OperationState::RolledBack, qPrintable((*back)->error));
        QTRY_COMPARE(lifecycle(stamp), Lifecycle::Active);
        QTRY_VERIFY(allAt(plan, false));
    }

    void aCancelledDrainKeepsWhatIsMoved()
    {
        const Plan plan = drainable();
        const QString stamp = plan.loads.first().stamp;
        const auto accepted = await(m_fleet->runner().submit(plan.request));
        VERIFY_RESULT(accepted);
        const QString id = (*accepted)->id;
        QTRY_VERIFY_WITH_TIMEOUT(movedOf(plan) >= 1, 30'000);
        VERIFY_RESULT(ask(id, OperationVerb::Cancel));
        const auto cancelled = ended(id);
        VERIFY_RESULT(cancelled);
        QVERIFY2((*cancelled)->state == OperationState::Cancelled
                     || (*cancelled)->state == OperationState::Succeeded,
                 qPrintable((*cancelled)->error));
        QTRY_VERIFY(std::all_of(plan.moves.begin(), plan.moves.end(), [this](const PlannedMove &move) {
            return tenant(move.id)->placements.size() == 1;
        }));
        QVERIFY(movedOf(plan) >= 1);
        QTRY_VERIFY(lifecycle(stamp) == Lifecycle::Cordoned || lifecycle(stamp) == Lifecycle::Drained);
    }

    void aDrainThatWasCutOffGoesOn()
    {
        const Plan plan = drainable();
        const QString stamp = plan.loads.first().stamp;
        const auto accepted = await(m_fleet->runner().submit(plan.request));
        VERIFY_RESULT(accepted);
        const QString id = (*accepted)->id;
        QTRY_VERIFY_WITH_TIMEOUT(movedOf(plan) >= 1, 30'000);
        m_fleet.reset();
        open();
        const auto cut = m_fleet->journal().operation(id);
        VERIFY_RESULT(cut);
        QCOMPARE(cut->state, OperationState::Paused);
        QCOMPARE(lifecycle(stamp), Lifecycle::Draining);
        VERIFY_RESULT(ask(id, OperationVerb::Resume));
        const auto done = ended(id);
        VERIFY_RESULT(done);
        QVERIFY2((*done)->state == OperationState::Succeeded, qPrintable((*done)->error));
        QTRY_COMPARE(lifecycle(stamp), Lifecycle::Drained);
        QTRY_VERIFY(allAt(plan, true));
    }

    void atItsDeadlineADrainStartsNoMove()
    {
        Plan plan = drainable();
        const QString stamp = plan.loads.first().stamp;
        plan.request.parallel = 1;
        plan.request.deadline = std::chrono::milliseconds(1); // the cordon is under way by then
        const auto accepted = await(m_fleet->runner().submit(plan.request));
        VERIFY_RESULT(accepted);
        const auto done = ended((*accepted)->id);
        VERIFY_RESULT(done);
        QCOMPARE((*done)->state, OperationState::Failed);
        QVERIFY2((*done)->error.contains(u"deadline"), qPrintable((*done)->error));
        QVERIFY(!(*done)->errorKind);
        QTRY_COMPARE(lifecycle(stamp), Lifecycle::Cordoned);
        QVERIFY(movedOf(plan) < int(plan.moves.size()));
    }

    void aDrainInPartSaysWhoIsLeft()
    {
        const auto version = m_fleet->store().current();
        std::optional<Plan> found;
        version->eachStamp([&](int, const StampEntry &entry) {
            ActionRequest request;
            request.kind = ActionKind::Drain;
            request.stamp = entry.id;
            request.actor = u"tester"_s;
            request.partial = true;
            request.parallel = 8;
            auto made = plan(version, request, m_fleet->clock());
            if (!found && made && !made->isRefused() && !made->left.isEmpty())
                found = std::move(*made);
        });
        QVERIFY(found);
        ActionRequest whole = found->request;
        whole.partial = false;
        const auto refused = await(m_fleet->runner().submit(whole));
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Refused);
        const auto accepted = await(m_fleet->runner().submit(found->request));
        VERIFY_RESULT(accepted);
        const auto done = ended((*accepted)->id);
        VERIFY_RESULT(done);
        QCOMPARE((*done)->state, OperationState::Succeeded);
        for (const QString &id : std::as_const(found->left))
            QVERIFY2((*done)->error.contains(id), qPrintable((*done)->error));
        QTRY_VERIFY(allAt(*found, true));
        QTRY_COMPARE(lifecycle(found->loads.first().stamp), Lifecycle::Cordoned);
    }

    void cordonsAndUncordonsByUndo()
    {
        const auto version = m_fleet->store().current();
        QString id;
        version->eachStamp([&](int, const StampEntry &entry) {
            if (entry.stamp->lifecycle == Lifecycle::Active)
                id = entry.id;
        });
        const auto lifecycle = [&] {
            const auto now = m_fleet->store().current();
            return now->stamps[*now->findStamp(id)]->stamp->lifecycle;
        };
        ActionRequest request;
        request.kind = ActionKind::Cordon;
        request.stamp = id;
        const auto accepted = await(m_fleet->runner().submit(request));
        VERIFY_RESULT(accepted);
        VERIFY_RESULT(await(m_fleet->runner().finished((*accepted)->id)));
        QTRY_COMPARE(lifecycle(), Lifecycle::Cordoned);
        const auto undo = await(m_fleet->runner().control((*accepted)->id, OperationVerb::Undo, {}));
        VERIFY_RESULT(undo);
        QTRY_COMPARE(lifecycle(), Lifecycle::Active);
    }

    void aReadOnlyProgramRefuses()
    {
        SourceConfig source;
        source.settings.name = u"demo"_s;
        source.settings.adapter = u"simulator"_s;
        source.settings.keys = {{u"stamps"_s, 4}, {u"calm"_s, true}};
        FleetOptions options;
        options.stateDir = m_dir->filePath(u"other"_s);
        options.readOnly = true;
        auto opened = Fleet::open({source}, *m_catalog, options);
        VERIFY_RESULT(opened);
        m_fleet = std::move(*opened);
        VERIFY_RESULT(await(m_fleet->firstPoll()));
        const auto version = m_fleet->store().current();
        ActionRequest request;
        request.kind = ActionKind::Cordon;
        version->eachStamp([&](int, const StampEntry &entry) { request.stamp = entry.id; });
        const auto refused = await(m_fleet->runner().submit(request));
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Refused);
        QCOMPARE(refused.error().refusals.constFirst().code, u"read-only"_s);
    }

    void whoMayNotActForgetsNoAcknowledgementEither()
    {
        ManualClock clock;
        FleetOptions options;
        options.stateDir = m_dir->filePath(u"acknowledged"_s);
        options.keepsAcknowledgements = true;
        options.clock = &clock;
        QVERIFY(QDir().mkpath(options.stateDir));
        QFile file(options.stateDir + u"/acknowledgements.json"_s);
        const auto holdsIt = [&file] {
            const bool isOpen = file.open(QIODevice::ReadOnly);
            const QByteArray text = isOpen ? file.readAll() : QByteArray();
            file.close();
            return text.contains("eu-1");
        };
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"acknowledgements\": [{\"incident\": \"demo/eu-1:unhealthy\", \"by\": \"bob\", "
                   "\"until\": \"2020-01-02T03:04:05Z\"}]}");
        file.close();
        for (const bool readOnly : {true, false}) {
            options.readOnly = readOnly;
            const auto opened = Fleet::open({}, *m_catalog, options);
            VERIFY_RESULT(opened);
            clock.advance(std::chrono::seconds(2));
            QCOMPARE(holdsIt(), readOnly);
        }
    }

    // Of what a file of another kind keeps from us we do without, but for what is to be written in it.
    void anAcknowledgementsFileThatCannotBeReadStopsNobody()
    {
        FleetOptions options;
        options.stateDir = m_dir->filePath(u"spoilt"_s);
        options.keepsAcknowledgements = true;
        options.incidentsAtOnce = true;
        QVERIFY(QDir().mkpath(options.stateDir));
        QFile file(options.stateDir + u"/acknowledgements.json"_s);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{");
        file.close();
        SourceConfig source;
        source.settings.name = u"demo"_s;
        source.settings.adapter = u"simulator"_s;
        source.settings.keys = {{u"stamps"_s, 2}, {u"seed"_s, 7}, {u"calm"_s, true}};
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"move it away to start anew$"_s));
        auto opened = Fleet::open({source}, *m_catalog, options);
        VERIFY_RESULT(opened);
        m_fleet = std::move(*opened);
        VERIFY_RESULT(await(m_fleet->firstPoll()));
        QTRY_VERIFY(!incidentsOf(*m_fleet->store().current()).isEmpty());
        Acknowledgement wanted;
        wanted.incident = incidentsOf(*m_fleet->store().current()).constFirst().id;
        const auto kept = await(m_fleet->acknowledge(wanted));
        QVERIFY(!kept);
        QCOMPARE(kept.error().kind, ErrorKind::Malformed);
        QVERIFY(QFile::remove(file.fileName()));
        const auto anew = await(m_fleet->acknowledge(wanted));
        VERIFY_RESULT(anew);
        QCOMPARE(anew->incident, wanted.incident);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestFleet)
#include "tst_fleet.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleet.h"

#include "models/journal.h"
#include "models/plugincatalog.h"

#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QTemporaryDir>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

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
        auto opened = Fleet::open({source}, *m_catalog, options);
        VERIFY_RESULT(opened);
        m_fleet = std::move(*opened);
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

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<PluginCatalog> m_catalog;
    std::unique_ptr<Fleet> m_fleet;

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
    }

    void readsTheFleet()
    {
        const auto version = m_fleet->store().current();
        QCOMPARE(version->counts.stamps, 12);
        QVERIFY(version->counts.tenants > 50);
        QVERIFY(version->sources[0].answered);
        QVERIFY(!version->sources[0].error);
    }

    void movesAndTakesBack()
    {
        const auto [id, to] = movable();
        const QString from = owner(id);
        bool sawTwo = false;
        connect(&m_fleet->store(), &FleetStore::published, this,
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
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestFleet)
#include "tst_fleet.moc"

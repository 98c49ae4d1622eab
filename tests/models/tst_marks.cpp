// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleetstore.h"
#include "models/marks.h"
#include "models/planner.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"
#include "tests/support/testmain.h"

#include <QtCore/QCoreApplication>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// What marks of somebody else mean for those who look at them.
class TestMarks : public QObject
{
    Q_OBJECT
    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<FleetStore> m_store;

    void advance(std::chrono::milliseconds by)
    {
        m_clock->advance(by);
        m_store->sync();
        m_store->sync();
    }
    FleetVersionPtr version()
    {
        m_store->sync();
        return m_store->current();
    }
    // The drain of eu-1 as an engine that runs it has journalled it.
    [[nodiscard]] JournalOperation drain() const
    {
        JournalOperation drain;
        drain.id = u"op-1"_s;
        drain.hold.run = u"r1"_s;
        drain.createdAt = m_clock->now();
        drain.request.kind = ActionKind::Drain;
        drain.request.stamp = u"prod/eu-1"_s;
        drain.request.parallel = 4;
        drain.request.partial = true;
        drain.request.deadline = 1h;
        drain.request.actor = u"ana"_s;
        drain.request.reason = u"hot"_s;
        int lane = 0;
        const auto add = [&](const Primitive &primitive) {
            JournalStep step;
            step.index = int(drain.steps.size());
            step.lane = lane;
            step.source = u"prod"_s;
            step.primitive = primitive;
            drain.steps.push_back(step);
        };
        add(CordonStamp{u"eu-1"_s});
        for (const QString &tenant : {u"acme"_s, u"globex"_s}) {
            ++lane;
            add(PlaceTenant{tenant, u"eu-1"_s, u"eu-2"_s});
            add(ProbeTenant{tenant, u"eu-2"_s});
            add(ShiftTenant{tenant, u"eu-1"_s, u"eu-2"_s});
            add(RetireTenant{tenant, u"eu-1"_s});
            drain.request.tenants.append(u"prod/"_s + tenant);
        }
        return drain;
    }
    // A fleet in which acme is moved and globex half-way, marked until \a until.
    void tell(const JournalOperation &operation, std::chrono::milliseconds life)
    {
        Stamp from = makeStamp(u"eu-1"_s), to = makeStamp(u"eu-2"_s), other = makeStamp(u"eu-3"_s);
        from.lifecycle = Lifecycle::Cordoned;
        Tenant acme = makeTenant(u"acme"_s, u"eu-2"_s), globex = makeTenant(u"globex"_s, u"eu-1"_s);
        globex.placements.push_back({u"eu-2"_s, PlacementState::Starting, std::nullopt});
        const MarkRequest marks = marksOf(operation).value(u"prod"_s);
        const auto markOf = [&](const std::vector<MarkRequest::Object> &objects,
                                const QString &name) -> OptionalMark {
            for (const MarkRequest::Object &object : objects) {
                if (object.name == name) {
                    return Mark{marks.operation,  marks.run,     marks.kind,  object.step,
                                object.from,      object.to,     u"ana"_s,    marks.plan,
                                object.shared,    m_clock->now() + life};
                }
            }
            return {};
        };
        from.mark = markOf(marks.stamps, from.name);
        to.mark = markOf(marks.stamps, to.name);
        acme.mark = markOf(marks.tenants, acme.id);
        globex.mark = markOf(marks.tenants, globex.id);
        m_store->apply(u"prod"_s,
                       makeUpdate({from, to, other},
                                  {acme, globex, makeTenant(u"initech"_s, u"eu-3"_s)}));
    }
    [[nodiscard]] QStringList refusals(const ActionRequest &request)
    {
        const auto made = plan(version(), request, *m_clock);
        if (!made)
            return {made.error().message};
        QStringList codes;
        for (const Refusal &refusal : made->refusals)
            codes.append(refusal.code + u": "_s + refusal.message);
        return codes;
    }

private Q_SLOTS:
    void init()
    {
        strict();
        m_clock = std::make_unique<ManualClock>();
        m_store = std::make_unique<FleetStore>(*m_clock);
        SourceState source;
        source.name = u"prod"_s;
        source.adapter = u"simulator"_s;
        source.pollInterval = 10min;
        source.capabilities = Capability::Primitives | Capability::Cordon | Capability::Marks
                | Capability::ScaleComponents;
        m_store->addSource(source);
    }
    void cleanup()
    {
        m_store.reset();
        m_clock.reset();
    }

    void ofSomebodyElseKeepUsOut()
    {
        tell(drain(), 60s);
        const FleetVersionPtr is = version();
        QVERIFY(is->stamps[*is->findStamp(u"eu-1"_s)]->elsewhere);
        QVERIFY(is->stamps[*is->findStamp(u"eu-2"_s)]->elsewhere);
        QVERIFY(!is->stamps[*is->findStamp(u"eu-3"_s)]->elsewhere);
        QVERIFY(is->tenants[*is->findTenant(u"globex"_s)].elsewhere);

        ActionRequest move;
        move.tenants = {u"globex"_s};
        move.to = u"eu-3"_s;
        QStringList busy = refusals(move);
        QCOMPARE(busy.size(), 1);
        QVERIFY2(busy[0].startsWith(u"busy: drain by ana"_s), qPrintable(busy[0]));
        // Tenants may go where they already come.
        move.tenants = {u"initech"_s};
        move.to = u"eu-2"_s;
        QCOMPARE(refusals(move), QStringList());
        ActionRequest uncordon;
        uncordon.kind = ActionKind::Uncordon;
        uncordon.stamp = u"eu-1"_s;
        QCOMPARE(refusals(uncordon).size(), 1);
        uncordon.under = u"op-1"_s; // a step of that very operation
        QCOMPARE(refusals(uncordon), QStringList());
        uncordon.under.clear();
        // Or of one that runs here.
        m_store->addOwnRun(u"r1"_s);
        QCOMPARE(refusals(uncordon), QStringList());
        QVERIFY(version()->operations.isEmpty());
    }

    void whichExpireTellAnOrphan()
    {
        tell(drain(), 60s);
        OperationPtr operation = version()->operations.value(u"op-1"_s);
        QVERIFY(operation);
        QVERIFY(operation->fromMarks);
        QCOMPARE(toString(operation->state), u"running"_s);
        QCOMPARE(operation->createdBy, u"ana"_s);
        QCOMPARE(operation->kind, u"drain"_s);
        QCOMPARE(operation->target, u"eu-1"_s);
        advance(59s);
        QCOMPARE(toString(version()->operations.value(u"op-1"_s)->state), u"running"_s);
        advance(3s);
        operation = version()->operations.value(u"op-1"_s);
        QCOMPARE(toString(operation->state), u"orphaned"_s);
        const FleetVersionPtr is = version();
        QVERIFY(!is->stamps[*is->findStamp(u"eu-1"_s)]->elsewhere);
        QVERIFY(!is->tenants[*is->findTenant(u"globex"_s)].elsewhere);

        // All that an adopter needs: the request, and which steps are done.
        const auto record = adoptedOperation(is->marked.value(u"op-1"_s), *is);
        if (!record)
            QFAIL(qPrintable(record.error().message));
        QCOMPARE(record->request.stamp, u"prod/eu-1"_s);
        QCOMPARE(record->request.parallel, 4);
        QVERIFY(record->request.partial);
        QCOMPARE(*record->request.deadline, std::chrono::milliseconds(1h));
        QCOMPARE(record->request.reason, u"hot"_s);
        QCOMPARE(record->request.tenants, drain().request.tenants);
        QStringList states;
        for (const JournalStep &step : record->steps)
            states.append(kindOf(step.primitive) + u' ' + toString(step.state));
        QCOMPARE(states,
                 (QStringList{u"cordon succeeded"_s, u"place succeeded"_s, u"probe succeeded"_s,
                              u"shift succeeded"_s, u"retire succeeded"_s, u"place succeeded"_s,
                              u"probe pending"_s, u"shift pending"_s, u"retire pending"_s}));
        QCOMPARE(operation->steps.size(), qsizetype(9));

        // Whose marks are cleared is no more.
        JournalOperation nothing;
        nothing.request.kind = ActionKind::Move;
        tell(nothing, 0s);
        QVERIFY(version()->operations.isEmpty());
        QVERIFY(version()->marked.isEmpty());
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestMarks)
#include "tst_marks.moc"

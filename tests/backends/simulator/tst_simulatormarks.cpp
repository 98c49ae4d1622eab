// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/simulator/simulation.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QTemporaryDir>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const Timestamp start = *fromRfc3339(u"2026-03-04T14:00:00Z");

WriteContext by(const QString &actor, const QString &operation, const QString &run = {})
{
    WriteContext context;
    context.operation = operation;
    context.run = run;
    context.actor = actor;
    return context;
}

} // namespace

/// The rules of backends/api/mark.h, by a backend that keeps them.
class TestSimulatorMarks : public QObject
{
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Simulation> m_simulation;
    QString m_stamp, m_target, m_tenant;

    void open(Timestamp at)
    {
        m_simulation.reset();
        const auto settings = SimulatorSettings::fromKeys(
                {{u"stamps"_s, 4},
                 {u"seed"_s, 11},
                 {u"calm"_s, true},
                 {u"tenantsPerStamp"_s, 4},
                 {u"state"_s, m_folder->filePath(u"state"_s)}});
        auto made = Simulation::create(*settings, at);
        VERIFY_RESULT(made);
        m_simulation = std::move(*made);
    }
    [[nodiscard]] MarkRequest drain(const QString &run, MarkMode mode = MarkMode::Set) const
    {
        MarkRequest request;
        request.operation = u"op-1"_s;
        request.run = run;
        request.kind = u"drain"_s;
        request.plan = u"{}"_s;
        request.mode = mode;
        request.stamps = {{m_stamp, 0, m_stamp, {}, false}, {m_target, 0, {}, m_target, true}};
        request.tenants = {{m_tenant, 1, m_stamp, m_target, false}};
        return request;
    }

private Q_SLOTS:
    void init()
    {
        Testing::strict();
        m_folder = std::make_unique<QTemporaryDir>();
        open(start);
        const FleetUpdate fleet = m_simulation->poll();
        m_stamp = fleet.stamps.front()->name;
        m_target = fleet.stamps.back()->name;
        for (const TenantPtr &tenant : fleet.tenants) {
            if (tenant->stamp == m_stamp)
                m_tenant = tenant->id;
        }
    }

    void aLiveOneKeepsOthersOutAndChangesNoRevision()
    {
        const QString revision = m_simulation->stamp(m_stamp)->revision;
        const auto until = m_simulation->mark(drain(u"r1"_s), by(u"ana"_s, u"op-1"_s));
        VERIFY_RESULT(until);
        QCOMPARE(*until, start + 60s);
        const StampPtr stamp = m_simulation->stamp(m_stamp);
        QVERIFY(stamp->mark);
        QCOMPARE(stamp->mark->who, u"ana"_s);
        QCOMPARE(stamp->mark->until, *until);
        QCOMPARE(stamp->revision, revision);
        QCOMPARE(m_simulation->tenant(m_tenant)->mark->to, m_target);

        const CordonStamp cordon{m_stamp};
        const auto other = m_simulation->perform(cordon, by(u"bob"_s, u"op-2"_s));
        QVERIFY(!other);
        QCOMPARE(toString(other.error().kind), toString(ErrorKind::Conflict));
        QVERIFY2(other.error().message.contains(u"op-1"_s)
                         && other.error().message.contains(u"ana"_s),
                 qPrintable(other.error().message));
        const auto elsewhere = m_simulation->perform(cordon, by(u"ana"_s, u"op-1"_s, u"r2"_s));
        QVERIFY(!elsewhere);
        // A stamp that only takes tenants is no one's own.
        VERIFY_RESULT(m_simulation->perform(CordonStamp{m_target}, by(u"bob"_s, u"op-2"_s)));
        VERIFY_RESULT(m_simulation->perform(cordon, by(u"ana"_s, u"op-1"_s, u"r1"_s)));
        // A step of another operation under it.
        WriteContext under = by(u"ana"_s, u"op-3"_s);
        under.under = u"op-1"_s;
        VERIFY_RESULT(m_simulation->perform(UncordonStamp{m_stamp}, under));
    }

    void allAreMarkedOrNone()
    {
        MarkRequest one;
        one.operation = u"op-2"_s;
        one.run = u"x"_s;
        one.kind = u"move"_s;
        one.tenants = {{m_tenant, 0, m_stamp, m_target, false}};
        VERIFY_RESULT(m_simulation->mark(one, by(u"bob"_s, u"op-2"_s)));
        const auto refused = m_simulation->mark(drain(u"r1"_s), by(u"ana"_s, u"op-1"_s));
        QVERIFY(!refused);
        QCOMPARE(refused.error().detail, u"bob"_s);
        QVERIFY(!m_simulation->stamp(m_stamp)->mark);
        // Expired, it keeps nobody out.
        m_simulation->advance(start + 61s);
        VERIFY_RESULT(m_simulation->mark(drain(u"r1"_s), by(u"ana"_s, u"op-1"_s)));
        QCOMPARE(m_simulation->tenant(m_tenant)->mark->operation, u"op-1"_s);
    }

    void anOperationHasANameThatCanBeTold()
    {
        for (const QString &name : {u""_s, u"two words"_s, u"a/b"_s, u"a;run=b"_s, u"\u00e4"_s,
                                    QString(201, u'a')}) {
            MarkRequest request = drain(u"r1"_s);
            request.operation = name;
            const auto refused = m_simulation->mark(request, by(u"ana"_s, name));
            QVERIFY2(!refused, qPrintable(name));
            QCOMPARE(toString(refused.error().kind), toString(ErrorKind::Invalid));
        }
        QVERIFY(!m_simulation->mark(drain(u"two words"_s), by(u"ana"_s, u"op-1"_s)));
        MarkRequest longest = drain(QString(128, u'r'));
        longest.operation = QString(200, u'~');
        VERIFY_RESULT(m_simulation->mark(longest, by(u"ana"_s, longest.operation)));
    }

    void isAdoptedOnceExpiredAndNeverRunTwice()
    {
        VERIFY_RESULT(m_simulation->mark(drain(u"r1"_s), by(u"ana"_s, u"op-1"_s)));
        m_simulation->advance(start + 59s);
        QVERIFY(!m_simulation->mark(drain(u"r2"_s, MarkMode::Adopt), by(u"bob"_s, u"op-1"_s)));
        m_simulation->advance(start + 61s);
        // Who comes late may still renew while nobody has taken over.
        VERIFY_RESULT(
                m_simulation->mark(drain(u"r1"_s, MarkMode::Renew), by(u"ana"_s, u"op-1"_s)));
        m_simulation->advance(start + 123s);
        QVERIFY(!m_simulation->mark(drain(u"r2"_s), by(u"bob"_s, u"op-1"_s)));
        VERIFY_RESULT(
                m_simulation->mark(drain(u"r2"_s, MarkMode::Adopt), by(u"bob"_s, u"op-1"_s)));
        QCOMPARE(m_simulation->tenant(m_tenant)->mark->who, u"bob"_s);
        // The first run has lost it for good, though the second's marks expire too.
        m_simulation->advance(start + 300s);
        const auto late = m_simulation->mark(drain(u"r1"_s, MarkMode::Renew), by(u"ana"_s, u"op-1"_s));
        QVERIFY(!late);
        QCOMPARE(late.error().detail, u"bob"_s);
        QVERIFY(!m_simulation->perform(CordonStamp{m_stamp}, by(u"ana"_s, u"op-1"_s, u"r1"_s)));
        MarkRequest clear = drain(u"r2"_s);
        clear.stamps.clear();
        clear.tenants.clear();
        VERIFY_RESULT(m_simulation->mark(clear, by(u"bob"_s, u"op-1"_s)));
        QVERIFY(!m_simulation->tenant(m_tenant)->mark);
        QVERIFY(!m_simulation->mark(drain(u"r1"_s, MarkMode::Renew), by(u"ana"_s, u"op-1"_s)));
    }

    void outlivesItsServer()
    {
        VERIFY_RESULT(m_simulation->mark(drain(u"r1"_s), by(u"ana"_s, u"op-1"_s)));
        const Mark mark = *m_simulation->tenant(m_tenant)->mark;
        open(start + 10s);
        QVERIFY(m_simulation->tenant(m_tenant)->mark);
        QVERIFY(*m_simulation->tenant(m_tenant)->mark == mark);
        QVERIFY(m_simulation->stamp(m_target)->mark->shared);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestSimulatorMarks)
#include "tst_simulatormarks.moc"

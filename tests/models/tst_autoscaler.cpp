// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/autoscaler.h"

#include "tests/support/sampledata.h"
#include "tests/support/testmain.h"

#include <QtCore/QCoreApplication>

#include <rapidcheck.h>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr Timestamp begin = Timestamp(1'767'322'000'000ms);

SourceState keeper()
{
    SourceState source;
    source.name = u"prod"_s;
    source.capabilities = Capability::ScaleComponents | Capability::RuleLabels;
    return source;
}

Component ruled(const QString &name, int replicas, double load, int min = 1, int max = 20)
{
    Component component;
    component.name = name;
    component.desired = component.ready = replicas;
    component.min = min;
    component.max = max;
    component.load = load;
    component.rule = ScalingRule{SignalKind::Cpu, 0.7, 60s, u"stampd"_s, {}, {}};
    return component;
}

/// A stamp whose rules are asked again and again, by a clock that the test moves.
class Bench
{
public:
    explicit Bench(const QList<Component> &components)
    {
        m_stamp = makeStamp(u"eu-1"_s);
        m_stamp.components = components;
    }
    Stamp &stamp() { return m_stamp; }
    SourceState &source() { return m_source; }
    Component &component(int index = 0) { return m_stamp.components[index]; }
    bool stale = false;
    bool elsewhere = false;

    std::optional<ScalingDecision> ask()
    {
        m_stamp.observedAt = begin + m_now;
        StampEntry entry;
        entry.id = u"prod/eu-1"_s;
        entry.stamp = std::make_shared<const Stamp>(m_stamp);
        entry.stale = stale;
        entry.elsewhere = elsewhere;
        return decideScaling(entry, m_source, m_history, m_now);
    }
    /// Asks every \a step for \a time, and does what is decided at once, as a keeper would.
    QList<ScalingDecision> run(std::chrono::milliseconds time,
                               const std::function<void(Bench &)> &measure = {},
                               std::chrono::milliseconds step = 15s)
    {
        QList<ScalingDecision> all;
        for (const auto until = m_now + time; m_now < until; m_now += step) {
            if (measure)
                measure(*this);
            if (const auto decision = ask()) {
                all.append(*decision);
                for (Component &each : m_stamp.components) {
                    if (each.name != decision->component)
                        continue;
                    each.desired = each.ready = decision->to;
                    m_history[each.name].heldUntil = m_now + each.rule->cooldown;
                    m_history[each.name].measuredAt = m_stamp.observedAt;
                    m_history[each.name].desired = decision->to;
                }
            }
        }
        return all;
    }

private:
    Stamp m_stamp;
    SourceState m_source = keeper();
    StampRuleHistory m_history;
    std::chrono::milliseconds m_now{1'000'000};
};

} // namespace

class TestAutoscaler : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { strict(); }

    void aTargetIsTracked_data()
    {
        QTest::addColumn<int>("replicas");
        QTest::addColumn<int>("ready");
        QTest::addColumn<double>("load");
        QTest::addColumn<int>("to");
        QTest::newRow("over it, the share that is missing comes on top") << 3 << 3 << 0.91 << 4;
        QTest::newRow("within a tenth nothing is done") << 3 << 3 << 0.76 << 3;
        QTest::newRow("twice as many at the most, where four more are fewer") << 8 << 8 << 2.8 << 16;
        QTest::newRow("four more at the most, where twice as many are fewer") << 2 << 2 << 2.8 << 6;
        QTest::newRow("not over its bound") << 18 << 18 << 1.4 << 20;
        QTest::newRow("those that still start are taken for idle") << 6 << 3 << 1.2 << 6;
        QTest::newRow("and where that is not enough more are wanted") << 6 << 5 << 1.2 << 9;
        QTest::newRow("none is wanted by whoever has none") << 0 << 0 << 1.2 << 0;
    }
    void aTargetIsTracked()
    {
        QFETCH(int, replicas);
        QFETCH(int, ready);
        QFETCH(double, load);
        QFETCH(int, to);
        Bench bench({ruled(u"web"_s, replicas, load)});
        bench.component().ready = ready;
        const auto decision = bench.ask();
        QCOMPARE(decision ? decision->to : replicas, to);
    }

    void aDecisionSaysWhy()
    {
        Bench bench({ruled(u"web"_s, 3, 0.91)});
        const auto decision = bench.ask();
        QVERIFY(decision);
        QCOMPARE(decision->reason, u"cpu 91% of web over 70%: 3 to 4"_s);
    }

    void whatForbidsIt_data()
    {
        using Change = std::function<void(Bench &)>;
        QTest::addColumn<Change>("change");
        QTest::newRow("an operation in flight")
                << Change([](Bench &b) { b.stamp().operation = u"op-1"_s; });
        QTest::newRow("a cordon") << Change([](Bench &b) { b.stamp().lifecycle = Lifecycle::Cordoned; });
        QTest::newRow("a drain") << Change([](Bench &b) { b.stamp().lifecycle = Lifecycle::Draining; });
        QTest::newRow("no word from its source") << Change([](Bench &b) { b.stale = true; });
        QTest::newRow("a mark of somebody else") << Change([](Bench &b) { b.elsewhere = true; });
        QTest::newRow("a source that is read only") << Change([](Bench &b) { b.source().readOnly = true; });
        QTest::newRow("a rule that its backend carries out")
                << Change([](Bench &b) { b.component().rule->by = u"backend"_s; });
        QTest::newRow("a source that is a stampd itself")
                << Change([](Bench &b) { b.source().capabilities.setFlag(Capability::RuleLabels, false); });
        QTest::newRow("nothing measured") << Change([](Bench &b) {
            b.component().load.reset();
            b.stamp().resources.cpu.used.reset();
        });
    }
    void whatForbidsIt()
    {
        QFETCH(std::function<void(Bench &)>, change);
        Bench free({ruled(u"web"_s, 3, 1.4)});
        QVERIFY(free.ask());
        Bench bench({ruled(u"web"_s, 3, 1.4)});
        change(bench);
        QVERIFY(!bench.ask());
    }

    void aMeasurementDecidesOnceAndTheCooldownIsKept()
    {
        Bench bench({ruled(u"web"_s, 3, 0.91)});
        // The load stays whatever is done: one step for each cooldown, and not one more.
        const auto decisions = bench.run(4min);
        QCOMPARE(decisions.size(), 4);
        QCOMPARE(decisions.first().from, 3);
    }

    void whatAnotherKeeperDidIsWaitedFor()
    {
        Bench bench({ruled(u"web"_s, 3, 0.91)});
        bench.elsewhere = true; // he acts
        QVERIFY(bench.run(30s).isEmpty());
        bench.component().desired = bench.component().ready = 4;
        bench.elsewhere = false; // and is through
        QVERIFY(bench.run(60s).isEmpty());
        const auto decisions = bench.run(15s);
        QCOMPARE(decisions.size(), 1);
        QCOMPARE(decisions.first().from, 4);
    }

    void aDipCostsNothing()
    {
        Bench bench({ruled(u"web"_s, 10, 0.7)});
        QVERIFY(bench.run(10min).isEmpty());
        bench.component().load = 0.2;
        QVERIFY(bench.run(4min).isEmpty());
        bench.component().load = 0.7;
        QVERIFY(bench.run(30s).isEmpty());
        bench.component().load = 0.2;
        QVERIFY(bench.run(4min).isEmpty());
        // It lasts: down to what the worst of the last five minutes wants.
        const auto decisions = bench.run(2min);
        QCOMPARE(decisions.size(), 1);
        QCOMPARE(decisions.first().to, 3);
    }

    void theMostUrgentGoesFirst()
    {
        Bench bench({ruled(u"api"_s, 4, 0.85), ruled(u"web"_s, 4, 1.3)});
        const auto decision = bench.ask();
        QVERIFY(decision);
        QCOMPARE(decision->component, u"web"_s);
    }

    void whatIsOutOfBoundsIsBroughtBack()
    {
        Bench bench({ruled(u"web"_s, 3, 0.7, 5, 9)});
        const auto decision = bench.ask();
        QVERIFY(decision);
        QCOMPARE(decision->to, 5);
        QVERIFY(decision->reason.contains(u"5 and 9"_s));
    }

    // Load that the replicas share: whatever it is, the count goes to where it stays, without ever
    // turning, within its bounds, one change at a time.
    void constantLoadNeverOscillates()
    {
        const bool holds = rc::check("a constant load settles", [] {
            const int components = *rc::gen::inRange(1, 4);
            QList<Component> all;
            QList<double> work;
            for (int i = 0; i < components; ++i) {
                const int min = *rc::gen::inRange(1, 6);
                const int max = min + *rc::gen::inRange(0, 30);
                const int first = *rc::gen::inRange(min, max + 1);
                all.append(ruled(u"c%1"_s.arg(i), first, 0, min, max));
                const bool latency = *rc::gen::inRange(0, 3) == 0;
                all.last().rule->signal = latency ? SignalKind::LatencyP99 : SignalKind::Cpu;
                all.last().rule->target = latency ? *rc::gen::inRange(50, 500)
                                                  : *rc::gen::inRange(20, 100) / 100.0;
                all.last().rule->cooldown = std::chrono::seconds(*rc::gen::inRange(0, 300));
                work.append(*rc::gen::inRange(1, 4'000) / 100.0);
            }
            Bench bench(all);
            const auto measure = [&work](Bench &b) {
                for (int i = 0; i < work.size(); ++i) {
                    Component &each = b.component(i);
                    each.load = work[i] / each.ready;
                    if (each.rule->signal == SignalKind::LatencyP99)
                        b.stamp().signalValues.latencyP99Ms = 100 * work[i] / each.ready;
                }
            };
            // One latency for the whole stamp: what one of its components does another one sees.
            int latencies = 0;
            for (const Component &each : std::as_const(all))
                latencies += each.rule->signal == SignalKind::LatencyP99;
            RC_PRE(latencies <= 1);
            const auto decisions = bench.run(12h, measure);
            QHash<QString, int> direction, count;
            for (const Component &each : std::as_const(all))
                count[each.name] = each.desired;
            for (const ScalingDecision &decision : decisions) {
                const auto &component = *std::find_if(all.begin(), all.end(), [&](const auto &each) {
                    return each.name == decision.component;
                });
                RC_ASSERT(decision.from == count[decision.component]);
                RC_ASSERT(decision.to >= *component.min && decision.to <= *component.max);
                RC_ASSERT(decision.to != decision.from);
                const int is = decision.to > decision.from ? 1 : -1;
                const int was = direction.value(decision.component, is);
                RC_ASSERT(is == was);
                direction[decision.component] = is;
                count[decision.component] = decision.to;
            }
            // And it has come to rest.
            RC_ASSERT(bench.run(6min, measure).isEmpty());
        });
        QVERIFY(holds);
    }

    // Any load at all: never out of bounds, never twice within a cooldown.
    void anyLoadKeepsBoundsAndCooldown()
    {
        const bool holds = rc::check("bounds and cooldown", [] {
            Bench bench({ruled(u"web"_s, *rc::gen::inRange(2, 12), 0, 2, 12)});
            const auto loads = *rc::gen::container<std::vector<int>>(240, rc::gen::inRange(0, 300));
            size_t at = 0;
            const auto decisions = bench.run(1h, [&](Bench &b) {
                b.component().load = loads[at++ % loads.size()] / 100.0;
            });
            for (const ScalingDecision &decision : decisions)
                RC_ASSERT(decision.to >= 2 && decision.to <= 12);
            RC_ASSERT(decisions.size() <= 60);
        });
        QVERIFY(holds);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestAutoscaler)
#include "tst_autoscaler.moc"

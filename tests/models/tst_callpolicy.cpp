// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/callpolicy.h"

#include "tests/support/testmain.h"

#include <QtTest/QTest>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

IncidentPtr incident(const QString &id, Severity severity = Severity::Warning)
{
    auto made = std::make_shared<Incident>();
    made->id = id;
    made->title = id + u" is unwell"_s;
    made->severity = severity;
    return made;
}

template<typename Change>
IncidentPtr changed(const IncidentPtr &from, Change change)
{
    auto made = std::make_shared<Incident>(*from);
    change(*made);
    return made;
}

IncidentBookPtr book(const std::vector<IncidentPtr> &open, bool settled = true)
{
    auto made = std::make_shared<IncidentBook>();
    made->open = open;
    made->settled = settled;
    return made;
}

} // namespace

class CallPolicyTest : public QObject
{
    Q_OBJECT
private:
    CallPolicy m_policy;
    CallSettings m_settings;
    std::chrono::milliseconds m_now{0};
    QTime m_local;

    CallPolicy::Decision look(const std::vector<IncidentPtr> &open)
    {
        return m_policy.look(book(open), m_settings, m_now, m_local);
    }
    /// Whom the next \a time would call of, looking when it is time and each second.
    QList<QStringList> callsIn(std::chrono::seconds time, const std::vector<IncidentPtr> &open)
    {
        QList<QStringList> calls;
        for (auto end = m_now + time; m_now < end; m_now += 1s) {
            if (const auto decision = look(open); decision.call) {
                QStringList ids;
                for (const IncidentPtr &each : decision.call->incidents)
                    ids.append(each->id);
                calls.append(ids);
            }
        }
        return calls;
    }

private Q_SLOTS:
    void init()
    {
        Testing::strict();
        m_policy = {};
        m_settings = {};
        m_now = 1'000'000ms;
        m_local = QTime(12, 0);
        QVERIFY(!look({}).call);
    }

    void whatIsNewCallsOnceAndAgainUntilSomebodyAcknowledges()
    {
        const IncidentPtr one = incident(u"a"_s);
        QCOMPARE(callsIn(290s, {one}), QList<QStringList>{{u"a"_s}});
        const auto again = callsIn(20s, {one});
        QCOMPARE(again, QList<QStringList>{{u"a"_s}});
        const IncidentPtr known =
            changed(one, [](Incident &is) { is.acknowledged = Acknowledgement(); });
        m_now += 1s;
        const auto decision = look({known});
        QVERIFY(decision.isOver);
        QVERIFY(!decision.call);
        QCOMPARE(callsIn(1000s, {known}), QList<QStringList>());
        // It ends, and comes back: that is new, and no repetition.
        m_settings.again = 0ms;
        QCOMPARE(callsIn(10s, {}), QList<QStringList>());
        QCOMPARE(callsIn(70s, {one}), QList<QStringList>{{u"a"_s}});
    }

    void itIsSaidThatItCallsAgain()
    {
        const IncidentPtr one = incident(u"a"_s);
        look({one});
        m_now += 1s;
        QVERIFY(!look({one}).call->again);
        m_now += m_settings.again;
        QVERIFY(look({one}).call->again);
        m_settings.again = 0ms;
        QCOMPARE(callsIn(3600s, {one}), QList<QStringList>());
    }

    void aStormCallsOnce()
    {
        // What it begins with is told a while before.
        std::vector<IncidentPtr> open = {incident(u"first"_s)};
        QList<QStringList> calls = callsIn(30s, open);
        for (int second = 0; second < 60; ++second) {
            for (int i = 0; i < 1000; ++i) {
                // A thousand changes: half come, half change.
                if (i % 2 && open.size() < 5000)
                    open.push_back(incident(u"%1-%2"_s.arg(second).arg(i)));
                else if (!open.empty())
                    open[size_t(i) % open.size()] = changed(
                        open[size_t(i) % open.size()], [&](Incident &is) { is.summary += u'.'; });
            }
            calls += callsIn(1s, open);
        }
        QCOMPARE(calls.size(), 1);
        // Afterwards what came after that is told, as one.
        QCOMPARE(callsIn(100s, open).size(), 1);
        QCOMPARE(callsIn(100s, open).size(), 0);
    }

    void whatIsWorseDoesNotWait()
    {
        const IncidentPtr one = incident(u"a"_s);
        const IncidentPtr two = incident(u"b"_s);
        const IncidentPtr worse = incident(u"c"_s, Severity::Critical);
        QCOMPARE(callsIn(5s, {one}).size(), 1);
        QCOMPARE(callsIn(5s, {one, two}).size(), 0);
        const auto calls = callsIn(5s, {worse, one, two});
        QCOMPARE(calls, (QList<QStringList>{{u"c"_s, u"a"_s, u"b"_s}}));
    }

    void whatGetsWorseCallsAtOnce_data()
    {
        QTest::addColumn<int>("again");
        QTest::newRow("called again") << 300;
        QTest::newRow("called once only") << 0;
    }
    void whatGetsWorseCallsAtOnce()
    {
        QFETCH(const int, again);
        m_settings.again = std::chrono::seconds(again);
        const IncidentPtr one = incident(u"a"_s);
        QCOMPARE(callsIn(60s, {one}).size(), 1);
        const IncidentPtr worse = incident(u"a"_s, Severity::Critical);
        QVERIFY(!look({worse}).call); // it waits for more of its kind
        m_now += 1s;
        const auto decision = look({worse});
        QVERIFY(decision.call);
        QVERIFY(!decision.call->again);
        // Milder, it calls nobody; worse again, it is news, though none that can't wait.
        m_now += 1s;
        QCOMPARE(callsIn(30s, {one}).size(), 0);
        QCOMPARE(callsIn(80s, {worse}).size(), 0);
        QCOMPARE(callsIn(20s, {worse}).size(), 1);
    }

    void whatEndsInAStormIsStillOneCall()
    {
        // One or two at a time, of five seconds each: no two looks find the same.
        QList<QStringList> calls;
        for (int second = 0; second < 60; ++second) {
            std::vector<IncidentPtr> open;
            for (int began = std::max(0, second - 4); began <= second; began += 1) {
                if (began % 3 == 0)
                    open.push_back(incident(u"alert-%1"_s.arg(began)));
            }
            calls += callsIn(1s, open);
        }
        QCOMPARE(calls.size(), 1);
        QCOMPARE(callsIn(300s, {}).size(), 0);
    }

    void whatFlapsIsOneCallInTwoMinutes()
    {
        const IncidentPtr one = incident(u"a"_s, Severity::Critical);
        const auto flap = [&](int times) {
            qsizetype calls = 0;
            for (int i = 0; i < times; ++i)
                calls += callsIn(5s, {one}).size() + callsIn(5s, {}).size();
            return calls;
        };
        QCOMPARE(flap(11), 1); // 110 s
        // It goes on: that is news, but not each time.
        QCOMPARE(flap(12), 1);
        QCOMPARE(flap(12), 1);
        // What stays at last calls.
        QCOMPARE(callsIn(150s, {one}).size(), 1);
    }

    void aStormOfWhatComesAndGoesCallsOnce()
    {
        // Of 2,000 a thousand come, go, or turn milder or worse each second; none is critical but
        // those that are so from the first moment.
        std::vector<int> state(2'000, 0); // how often each has changed
        const auto open = [&state] {
            std::vector<IncidentPtr> all;
            for (size_t i = 0; i < state.size(); ++i) {
                const int phase = (state[i] + int(i)) % 4;
                if (phase == 0)
                    continue;
                all.push_back(incident(u"alert-%1"_s.arg(i),
                                       phase == 1   ? Severity::Critical
                                           : phase == 2 ? Severity::Warning
                                                        : Severity::Info));
            }
            return all;
        };
        qsizetype calls = 0;
        for (int second = 0, changed = 0; second < 60; ++second) {
            calls += callsIn(1s, open()).size();
            for (int i = 0; i < 1'000; ++i)
                ++state[size_t(changed++ * 7 % 2'000)];
            if (second % 10 == 9)
                calls += callsIn(1s, {}).size(); // for a moment there is nothing at all
        }
        QCOMPARE(calls, 1);
    }

    void nobodyIsCalledAbout_data()
    {
        QTest::addColumn<int>("what");
        QTest::newRow("acknowledged") << 0;
        QTest::newRow("silenced") << 1;
        QTest::newRow("inhibited") << 2;
        QTest::newRow("in maintenance") << 3;
        QTest::newRow("of a feed that is silent") << 4;
        QTest::newRow("below what was asked for") << 5;
    }
    void nobodyIsCalledAbout()
    {
        QFETCH(const int, what);
        const IncidentPtr one = changed(incident(u"a"_s), [what](Incident &is) {
            if (what == 0)
                is.acknowledged = Acknowledgement();
            if (what == 1)
                is.silenced = IncidentSilence();
            is.inhibited = what == 2;
            is.maintenance = what == 3;
            if (what == 4)
                is.lastHeard = Timestamp();
            if (what == 5)
                is.severity = Severity::Info;
        });
        QCOMPARE(callsIn(1000s, {one}), QList<QStringList>());
        QCOMPARE(callsIn(10s, {incident(u"b"_s)}).size(), 1);
    }

    void inQuietHoursOnlyCriticalOnesCall()
    {
        std::tie(m_settings.quietFrom, m_settings.quietTo) = *CallSettings::hoursOf(u"22:00-07:00"_s);
        const IncidentPtr one = incident(u"a"_s);
        const IncidentPtr worse = incident(u"b"_s, Severity::Critical);
        for (const QTime quiet : {QTime(22, 0), QTime(3, 10), QTime(6, 59)}) {
            m_local = quiet;
            QCOMPARE(callsIn(100s, {one}), QList<QStringList>());
        }
        QCOMPARE(callsIn(3s, {worse, one}), QList<QStringList>{{u"b"_s}});
        // In the morning what is still open calls, by itself.
        m_local = QTime(7, 0);
        QVERIFY(look({worse, one}).next.value_or(1h) <= 1min);
        QCOMPARE(callsIn(160s, {worse, one}).size(), 1);
    }

    void whatWasOpenBeforeIsKnown()
    {
        m_policy = {};
        const IncidentPtr one = incident(u"a"_s);
        QVERIFY(!m_policy.look(book({}, false), m_settings, m_now, m_local).call);
        QVERIFY(!m_policy.look(book({one}, false), m_settings, m_now, m_local).call);
        QCOMPARE(callsIn(200s, {one}), QList<QStringList>());
        QCOMPARE(callsIn(120s, {one}), QList<QStringList>{{u"a"_s}});
    }

    void hoursAreRead_data()
    {
        QTest::addColumn<bool>("isGood");
        QTest::newRow("22:00-07:00") << true;
        QTest::newRow("00:00 - 23:59") << true;
        QTest::newRow("off") << true;
        QTest::newRow("22-7") << false;
        QTest::newRow("22:00-22:00") << false;
        QTest::newRow("25:00-07:00") << false;
        QTest::newRow("22:00") << false;
        QTest::newRow("") << false;
    }
    void hoursAreRead()
    {
        QFETCH(const bool, isGood);
        const char *tag = QTest::currentDataTag();
        QCOMPARE(CallSettings::areHours(QString::fromLatin1(tag)), isGood);
    }

    void hostileTextIsOnePlainLine()
    {
        QCOMPARE(plainLine(u"a\n\t b\u0007\u001b[31m"_s, 50), u"a b[31m"_s);
        QCOMPARE(plainLine(u"\u202Egnirts\u202C \u2066x\u2069\uFEFF"_s, 50), u"gnirts x"_s);
        QCOMPARE(plainLine(u"<b>bold</b>"_s, 50), u"<b>bold</b>"_s);
        const QString large(1 << 20, u'x');
        QCOMPARE(plainLine(large, 50).size(), 50);
        QVERIFY(plainLine(large, 50).endsWith(u'…'));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, CallPolicyTest)
#include "tst_callpolicy.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleetfeed.h"
#include "models/historyrecorder.h"
#include "models/historytimeline.h"
#include "models/historywords.h"
#include "models/replay.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using What = HistoryTimeline::What;

class TestHistoryTimeline : public QObject
{
    Q_OBJECT
private:
    void apply(const QList<Stamp> &stamps, const QString &owner = u"eu-1"_s)
    {
        m_store->apply(u"prod"_s, makeUpdate(stamps, {makeTenant(u"acme"_s, owner)}));
        m_store->sync();
        m_recorder->sync();
    }
    void pass(std::chrono::milliseconds time)
    {
        m_clock->advance(time);
        m_store->sync();
        m_recorder->sync();
        m_recorder->sync();
    }
    [[nodiscard]] static QList<What> kindsOf(const HistoryTimeline &timeline)
    {
        QList<What> kinds;
        for (const HistoryTimeline::Mark &mark : timeline.marks)
            kinds.append(mark.what);
        return kinds;
    }

    QTemporaryDir m_dir;
    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<FleetStore> m_store;
    std::unique_ptr<HistoryRecorder> m_recorder;
    Timestamp m_start, m_changed, m_sick, m_well;

private Q_SLOTS:
    /// A stamp is changed, gets unhealthy, and well again; another one goes; a tenant moves.
    void initTestCase()
    {
        m_clock = std::make_unique<ManualClock>();
        m_store = std::make_unique<FleetStore>(*m_clock);
        SourceState source;
        source.name = u"prod"_s;
        source.pollInterval = 1h; // nothing gets stale here
        m_store->addSource(source);
        m_recorder = std::make_unique<HistoryRecorder>(m_dir.path(), *m_store, *m_clock);
        m_recorder->sync();
        Stamp stamp = makeStamp(u"eu-1"_s);
        m_start = m_clock->now();
        apply({stamp, makeStamp(u"eu-2"_s)});
        pass(1min);
        stamp.version = u"2"_s;
        stamp.components[0].desired = 8;
        stamp.components[0].ready = 8;
        m_changed = m_clock->now();
        apply({stamp, makeStamp(u"eu-2"_s)}, u"eu-2"_s);
        pass(1min);
        stamp.health = Health::Unhealthy;
        stamp.healthReasons = {{u"backend"_s, u"crash loop"_s, {}, {}, {}, {}, {}}};
        m_sick = m_clock->now();
        apply({stamp, makeStamp(u"eu-2"_s)}, u"eu-2"_s);
        Operation operation;
        operation.id = u"op-1"_s;
        operation.kind = u"drain"_s;
        operation.target = u"eu-1"_s;
        operation.state = OperationState::Running;
        operation.createdBy = u"ada"_s;
        operation.createdAt = m_clock->now();
        m_store->showOperation(std::make_shared<const Operation>(operation));
        pass(1min);
        operation.state = OperationState::Failed;
        m_store->showOperation(std::make_shared<const Operation>(operation));
        m_store->sync();
        m_recorder->sync();
        m_recorder->add({m_clock->now(), u"incident"_s, u"prod"_s, u"eu-1"_s, u"i-1"_s, {}});
        pass(1min);
        stamp.health = Health::Healthy;
        stamp.healthReasons.clear();
        m_well = m_clock->now();
        apply({stamp}, u"eu-1"_s);
        pass(1min);
    }
    void init() { strict(); }

    void everyChangeHasItsMoment()
    {
        const auto timeline = readTimeline(m_dir.path(), m_start + 1s, m_clock->now());
        VERIFY_RESULT(timeline);
        QVERIFY(timeline->isComplete);
        QCOMPARE(
            kindsOf(*timeline),
            (QList<What>{What::Version, What::Scaled, What::Moved, What::Unhealthy, What::Began,
                         What::Ended, What::Event, What::Recovered, What::Gone, What::Moved}));
        const HistoryTimeline::Mark &scaled = timeline->marks[1];
        QCOMPARE(scaled.at, m_changed);
        QCOMPARE(scaled.subject, u"prod/eu-1"_s);
        QCOMPARE(scaled.detail, u"web"_s);
        QCOMPARE(HistoryWords::brief(scaled), u"eu-1: web 3 to 8"_s);
        QCOMPARE(HistoryWords::sentence(timeline->marks[2]), u"acme moved from eu-1 to eu-2"_s);
        QCOMPARE(HistoryWords::sentence(timeline->marks[3]), u"eu-1 is unhealthy: crash loop"_s);
        QCOMPARE(HistoryWords::sentence(timeline->marks[4]),
                 u"Drain eu-1 began, asked for by ada"_s);
        QVERIFY(HistoryWords::isTrouble(timeline->marks[5])); // failed
        QVERIFY(HistoryWords::isTrouble(timeline->marks[6])); // an incident
        QVERIFY(!HistoryWords::isTrouble(timeline->marks[7]));
    }

    void countsHoldUntilTheNext()
    {
        const auto timeline = readTimeline(m_dir.path(), m_start, m_clock->now());
        VERIFY_RESULT(timeline);
        QCOMPARE(timeline->at(m_start - 1s), nullptr);
        QCOMPARE(timeline->at(m_sick - 1ms)->healthy, 2);
        QCOMPARE(timeline->at(m_sick)->unhealthy, 1);
        QCOMPARE(timeline->at(m_well - 1ms)->unhealthy, 1);
        QCOMPARE(timeline->at(m_well)->unhealthy, 0);
        QCOMPARE(timeline->at(m_well)->stamps, 1);
        QVERIFY(timeline->isRecorded(m_sick));
        QVERIFY(!timeline->isRecorded(m_start - 1h));
        // As the history itself has it at every moment.
        const auto reader = HistoryReader::open(m_dir.path());
        VERIFY_RESULT(reader);
        for (Timestamp at = m_start; at < m_clock->now(); at += 7s) {
            const auto is = (*reader)->at(at);
            VERIFY_RESULT(is);
            QCOMPARE(*timeline->at(at), is->version->counts);
        }
    }

    void aStretchBeginsWithWhatWasBefore()
    {
        const auto timeline = readTimeline(m_dir.path(), m_sick + 1s, m_sick + 10s);
        VERIFY_RESULT(timeline);
        QVERIFY(timeline->marks.isEmpty());
        QCOMPARE(timeline->at(m_sick + 5s)->unhealthy, 1);
    }

    void whatIsTooMuchHasOperationsAndEvents()
    {
        const auto timeline = readTimeline(m_dir.path(), m_start + 1s, m_clock->now(), 2);
        VERIFY_RESULT(timeline);
        QVERIFY(!timeline->isComplete);
        QCOMPARE(kindsOf(*timeline), (QList<What>{What::Began, What::Ended, What::Event}));
        QVERIFY(!timeline->counts.empty());
    }

    void whereNothingIsThereIsNone()
    {
        QTemporaryDir empty;
        const auto timeline = readTimeline(empty.path(), m_start, m_clock->now());
        QVERIFY(!timeline);
        QCOMPARE(timeline.error().kind, ErrorKind::NotFound);
    }

    // What a window does: the feed shows the past and goes back to what has become of it meanwhile.
    void aFeedShowsThePastAndGoesBack()
    {
        FleetFeed feed(*m_store);
        auto opened = HistoryReader::open(m_dir.path(), feed.version());
        VERIFY_RESULT(opened);
        ReplayClock clock(*m_clock);
        QCOMPARE(clock.now(), m_clock->now());
        Replay replay(std::shared_ptr<HistoryReader>(std::move(*opened)), *m_clock, feed.version());
        connect(&replay, &Replay::published, this,
                [&](const FleetVersionPtr &version, const ChangeSetPtr &changes) {
                    clock.setMoment(replay.clock().now());
                    feed.showPast(version, *changes);
                });
        QSignalSpy told(&feed, &FleetFeed::changed);
        QSignalSpy crossed(&feed, &FleetFeed::pastChanged);
        replay.seek(m_sick + 1s);
        QTRY_VERIFY(feed.isPast());
        QTRY_VERIFY(!told.isEmpty());
        QVERIFY(told.first()[0].value<ChangeSet>().stampsComeOrGo); // eu-2 is there again
        QCOMPARE(feed.version()->counts.unhealthy, 1);
        QCOMPARE(clock.now(), m_sick + 1s);
        // What is published meanwhile is not shown.
        Stamp stamp = makeStamp(u"eu-1"_s);
        stamp.version = u"3"_s;
        apply({stamp, makeStamp(u"eu-3"_s)});
        QCoreApplication::processEvents();
        QCOMPARE(feed.version()->counts.unhealthy, 1);
        QCOMPARE(feed.live()->counts.stamps, 2);
        QVERIFY(feed.version()->stampIndex.value(u"prod/eu-3"_s) < 0);
        told.clear();
        feed.showLive();
        clock.setLive();
        QVERIFY(!feed.isPast());
        QCOMPARE(clock.now(), m_clock->now());
        QCOMPARE(feed.version(), m_store->current());
        QTRY_VERIFY(!told.isEmpty());
        QCOMPARE(told.first()[0].value<ChangeSet>().goneStamps, QStringList{u"prod/eu-2"_s});
        QCOMPARE(crossed.size(), 2);
        feed.showLive(); // and nothing more
        QCOMPARE(crossed.size(), 2);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestHistoryTimeline)
#include "tst_historytimeline.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/historyrecorder.h"
#include "models/historyrecorder.h"
#include "models/incidents.h"
#include "models/replay.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestReplay : public QObject
{
    Q_OBJECT
private:
    void apply(const QList<Stamp> &stamps)
    {
        m_store->apply(u"prod"_s, makeUpdate(stamps, {makeTenant(u"acme"_s, u"eu-1"_s)}));
        m_store->sync();
        m_recorder->sync();
    }
    void advance(std::chrono::milliseconds by)
    {
        m_clock->advance(by);
        m_store->sync();
        m_recorder->sync();
        m_recorder->sync();
    }
    void record()
    {
        m_recorder = std::make_unique<HistoryRecorder>(m_dir->path(), *m_store, *m_clock);
        m_recorder->sync();
    }
    [[nodiscard]] QString version(const QString &stamp = u"eu-1"_s) const
    {
        const auto slot = m_replay->version()->findStamp(stamp);
        return slot ? m_replay->version()->stamps[*slot]->stamp->version : QString();
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<FleetStore> m_store;
    std::unique_ptr<HistoryRecorder> m_recorder;
    std::unique_ptr<Replay> m_replay;
    Timestamp m_start, m_first, m_second, m_gap, m_third;

private Q_SLOTS:
    /// Four stretches: version 1, 2, half an hour in which nobody recorded, then 3 and a stamp
    /// less.
    void init()
    {
        strict();
        m_dir = std::make_unique<QTemporaryDir>();
        m_clock = std::make_unique<ManualClock>();
        m_store = std::make_unique<FleetStore>(*m_clock);
        SourceState source;
        source.name = u"prod"_s;
        source.pollInterval = 1h; // nothing gets stale here
        m_store->addSource(source);
        record();
        Stamp stamp = makeStamp(u"eu-1"_s);
        stamp.version = u"1"_s;
        m_start = m_clock->now();
        apply({stamp, makeStamp(u"eu-2"_s)});
        advance(30s);
        stamp.version = u"2"_s;
        apply({stamp, makeStamp(u"eu-2"_s)});
        m_first = m_clock->now();
        Operation operation;
        operation.id = u"op-1"_s;
        operation.createdAt = m_first;
        m_store->showOperation(std::make_shared<const Operation>(operation));
        m_store->sync();
        for (int i = 0; i < 10; ++i)
            advance(3s);
        m_gap = m_clock->now();
        m_recorder.reset();
        m_clock->advance(30min);
        stamp.version = u"3"_s;
        m_store->apply(u"prod"_s, makeUpdate({stamp}, {makeTenant(u"acme"_s, u"eu-1"_s)}));
        m_store->sync();
        record();
        m_third = m_clock->now();
        for (int i = 0; i < 10; ++i)
            advance(3s);
        auto opened = HistoryReader::open(m_dir->path(), m_store->current());
        VERIFY_RESULT(opened);
        m_replay = std::make_unique<Replay>(std::shared_ptr<HistoryReader>(std::move(*opened)),
                                            *m_clock, m_store->current());
    }
    void cleanup()
    {
        m_replay.reset();
        m_recorder.reset();
        m_store.reset();
    }

    void aMomentIsShownAndTold()
    {
        QSignalSpy told(m_replay.get(), &Replay::published);
        QCOMPARE(version(), u"3"_s);
        m_replay->seek(m_start + 5s);
        QTRY_COMPARE(version(), u"1"_s);
        QCOMPARE(told.size(), 1);
        const auto changes = told[0][1].value<ChangeSetPtr>();
        QVERIFY(changes->stampsComeOrGo); // eu-2 is there again
        QVERIFY(changes->goneStamps.isEmpty());
        QCOMPARE(m_replay->clock().now(), m_start + 5s);
        QVERIFY(m_replay->isRecorded());
        // An age is one of then.
        const StampEntry &entry =
            *m_replay->version()->stamps[*m_replay->version()->findStamp(u"eu-1"_s)];
        QVERIFY(m_replay->clock().elapsed() - entry.lastContact < 2min);
        m_replay->seek(m_third + 5s);
        QTRY_COMPARE(version(), u"3"_s);
        QCOMPARE(told.last()[1].value<ChangeSetPtr>()->goneStamps, QStringList{u"prod/eu-2"_s});
        // Nobody was there then, and that is told.
        m_replay->seek(m_gap + 10min);
        QTRY_COMPARE(version(), u"2"_s);
        QVERIFY(!m_replay->isRecorded());
        // Before everything is the first.
        m_replay->seek(m_start - 1h);
        QTRY_COMPARE(m_replay->moment(), m_start);
    }

    void incidentsAreThoseOfTheMoment()
    {
        const auto tell = [this](Timestamp at, const QString &id, const QString &state) {
            const QJsonObject data{{u"state"_s, state},
                                   {u"title"_s, u"errors on eu-1"_s},
                                   {u"severity"_s, u"critical"_s},
                                   {u"summary"_s, u"20 %"_s},
                                   {u"stamps"_s, QJsonArray{u"prod/eu-1"_s}}};
            m_recorder->add({at, u"incident"_s, u"prod"_s, u"eu-1"_s, id,
                             QJsonDocument(data).toJson()});
        };
        const QString alert = u"am/alert:00"_s;
        const QString own = u"prod/eu-1:unhealthy"_s;
        tell(m_third + 5s, alert, u"firing"_s);
        tell(m_third + 10s, own, u"firing"_s);
        tell(m_third + 15s, alert, u"resolved"_s);
        tell(m_third + 20s, alert, u"firing"_s);
        m_recorder->sync();
        const auto book = [this](Timestamp at) {
            m_replay->seek(at);
            if (!QTest::qWaitFor([&] { return m_replay->version()->at == at; }))
                qFatal("the moment is not shown");
            return m_replay->version()->incidents;
        };
        // Nobody had told of any: what is wrong is what the fleet itself says, here and later.
        const auto none = book(m_third + 2s);
        QVERIFY(none && none->closed.empty());
        QCOMPARE(qsizetype(none->open.size()), fleetIncidents(*m_replay->version()).size());
        const auto first = book(m_third + 6s);
        QVERIFY(first);
        QCOMPARE(first->open.size(), 1U);
        const Incident &is = *first->open.front();
        QCOMPARE(is.id, alert);
        QCOMPARE(is.title, u"errors on eu-1"_s);
        QCOMPARE(is.severity, Severity::Critical);
        QCOMPARE(is.startsAt, std::optional(m_third + 5s));
        QCOMPARE(is.tenants, QStringList{u"prod/acme"_s});
        QVERIFY(first->closed.empty());
        // The same while nothing differs, so that no view has to look again.
        QCOMPARE(book(m_third + 8s), first);
        QCOMPARE(book(m_third + 12s)->open.size(), 2U);
        const auto later = book(m_third + 16s);
        QCOMPARE(later->open.size(), 1U);
        QCOMPARE(later->open.front()->id, own);
        QCOMPARE(later->closed.size(), 1U);
        QCOMPARE(later->closed.front()->id, alert);
        QVERIFY(!later->closed.front()->firing);
        QCOMPARE(later->closed.front()->endsAt, std::optional(m_third + 15s));
        const auto again = book(m_third + 22s);
        QCOMPARE(again->open.size(), 2U);
        QCOMPARE(again->find(alert)->reopened, 1);
        QCOMPARE(again->find(alert)->startsAt, std::optional(m_third + 20s));
        // And back: what came later is not there.
        QCOMPARE(book(m_third + 6s)->open.size(), 1U);
        QVERIFY(book(m_third + 6s)->closed.empty());
    }

    void onlyTheNewestWishCounts()
    {
        QSignalSpy told(m_replay.get(), &Replay::published);
        for (int i = 0; i < 50; ++i)
            m_replay->seek(m_start + std::chrono::seconds(i));
        QTRY_COMPARE(m_replay->clock().now(), m_start + 49s);
        QVERIFY2(told.size() <= 3, qPrintable(QString::number(told.size())));
        QCOMPARE(version(), u"2"_s);
    }

    void stepsGoFromChangeToChange()
    {
        m_replay->seek(m_start + 5s);
        QTRY_COMPARE(version(), u"1"_s);
        m_replay->stepForward(u"prod/eu-1"_s);
        QTRY_COMPARE(m_replay->clock().now(), m_first);
        QCOMPARE(version(), u"2"_s);
        m_replay->stepBack(u"prod/eu-1"_s);
        QTRY_COMPARE(m_replay->clock().now(), m_start);
        m_replay->jumpToOperation(u"op-1"_s);
        QTRY_COMPARE(m_replay->clock().now(), m_first);
        QVERIFY(m_replay->version()->operations.contains(u"op-1"_s));
        QSignalSpy failed(m_replay.get(), &Replay::failed);
        m_replay->jumpToOperation(u"op-9"_s);
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(m_replay->moment(), m_first);
    }

    // What is over is no trouble.
    void goesToIncidentsThatBegin()
    {
        const auto tell = [this](Timestamp at, const QByteArray &data) {
            m_recorder->add({at, u"incident"_s, u"prod"_s, u"eu-1"_s, u"i-1"_s, data});
            m_recorder->sync();
        };
        tell(m_start + 5s, R"({"state": "firing", "title": "x"})");
        tell(m_start + 10s, R"({"state": "resolved", "title": "x"})");
        tell(m_start + 15s, R"({"state": "firing", "title": "x"})");
        tell(m_start + 20s, R"({"state": "resolved"})");
        m_replay->seek(m_start);
        QTRY_COMPARE(m_replay->clock().now(), m_start);
        for (const Timestamp at : {m_start + 5s, m_start + 15s}) {
            m_replay->jumpToIncident(true);
            QTRY_COMPARE(m_replay->clock().now(), at);
        }
        m_replay->seek(m_start + 25s);
        QTRY_COMPARE(m_replay->clock().now(), m_start + 25s);
        for (const Timestamp at : {m_start + 15s, m_start + 5s}) {
            m_replay->jumpToIncident(false);
            QTRY_COMPARE(m_replay->clock().now(), at);
        }
    }

    void playsOverWhatNobodyRecordedToTheEnd()
    {
        m_replay->seek(m_start);
        QTRY_COMPARE(version(), u"1"_s);
        m_replay->setSpeed(10'000);
        QCOMPARE(m_replay->speed(), 600);
        m_replay->setSpeed(30);
        m_replay->play();
        QVERIFY(m_replay->isPlaying());
        QSignalSpy told(m_replay.get(), &Replay::published);
        const auto frame = [&] {
            const auto before = told.size();
            m_clock->advance(100ms);
            return QTest::qWaitFor([&] { return told.size() > before || !m_replay->isPlaying(); });
        };
        QVERIFY(frame());
        QCOMPARE(m_replay->moment(), m_start + 3s);
        bool sawGap = false;
        for (int i = 0; i < 100 && m_replay->isPlaying(); ++i) {
            QVERIFY(frame());
            sawGap |= !m_replay->isRecorded();
        }
        QVERIFY(!m_replay->isPlaying());
        QVERIFY(!sawGap);
        QCOMPARE(version(), u"3"_s);
        QVERIFY(m_replay->moment() >= m_third);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestReplay)
#include "tst_replay.moc"

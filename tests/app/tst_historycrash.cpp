// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/historyreader.h"
#include "tests/app/stampd/stampdprogram.h"
#include "tests/support/program.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QJsonArray>
#include <QtCore/QTemporaryDir>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// A stampd that records, killed while it does, and stampctl on what it left.
class TestHistoryCrash : public QObject
{
    Q_OBJECT
private:
    std::unique_ptr<HistoryReader> reader()
    {
        auto opened = HistoryReader::open(m_state);
        return opened ? std::move(*opened) : nullptr;
    }
    QList<HistoryChange> changes(const QString &stamp)
    {
        const auto read = reader();
        const auto all = read ? read->changes(stamp, {}, Clock::system().now() + 1h)
                              : Result<QList<HistoryChange>>();
        return all ? *all : QList<HistoryChange>();
    }
    Ended history(const QStringList &arguments)
    {
        return run(QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"),
                   QStringList{u"--state-dir"_s, m_state, u"history"_s} + arguments);
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    QString m_state;

private Q_SLOTS:
    void init()
    {
        strict();
        m_dir = std::make_unique<QTemporaryDir>();
        m_state = m_dir->filePath(u"state"_s);
    }

    void whatWasRecordedOutlivesAKill()
    {
        QString stamp;
        QList<HistoryChange> known;
        Timestamp recordedTo;
        for (int round = 0; round < 4; ++round) {
            Stampd stampd;
            QVERIFY(stampd.start({u"--state"_s, m_state, u"--stamps"_s, u"4"_s}));
            if (stamp.isEmpty()) {
                stamp = stampd.get(u"/v1/stamps"_s).json()[u"stamps"_s][0][u"id"_s].toString();
                QVERIFY(!stamp.isEmpty());
            }
            const QString verb = round % 2 == 0 ? u"cordon"_s : u"uncordon"_s;
            const QString becomes = round % 2 == 0 ? u"cordoned"_s : u"active"_s;
            QCOMPARE(
                stampd.post(u"/v1/stamps/%1:%2"_s.arg(stamp, verb), {{"If-Match", "*"}}).status,
                202);
            // It is read while it is written.
            const auto isThere = [&] {
                const QList<HistoryChange> is = changes(stamp);
                return std::count_if(is.begin(), is.end(),
                                     [&](const HistoryChange &change) {
                                         return change.field == "lifecycle"_L1
                                             && change.now == becomes;
                                     })
                    == round / 2 + 1;
            };
            QTRY_VERIFY_WITH_TIMEOUT(isThere(), 30'000);
            const auto live = reader();
            QVERIFY(live);
            const QList<RecordedRange> ranges = live->recorded().value_or(QList<RecordedRange>());
            QVERIFY(!ranges.isEmpty());
            recordedTo = ranges.last().to;
            known = changes(stamp);
            QCOMPARE(stampd.end(SIGKILL), -1);

            const auto after = reader();
            QVERIFY(after);
            const QList<RecordedRange> left = after->recorded().value_or(QList<RecordedRange>());
            QVERIFY(!left.isEmpty() && left.last().to >= recordedTo);
            const QList<HistoryChange> now = changes(stamp);
            QVERIFY(now.size() >= known.size());
            QVERIFY(now.first(known.size()) == known);
            const auto moment = after->at(recordedTo);
            VERIFY_RESULT(moment);
            QVERIFY(moment->isRecorded);
            QCOMPARE(moment->version->counts.stamps, 4);
        }

        const Ended table = history({stamp, u"--from"_s, u"-1h"_s});
        QVERIFY2(table.status == 0 && table.out.contains("lifecycle")
                     && table.out.contains("cordoned"),
                 table.text().constData());
        const Ended json =
            history({stamp, u"--from"_s, u"-10m"_s, u"--step"_s, u"10s"_s, u"-o"_s, u"json"_s});
        QVERIFY2(json.status == 0, json.text().constData());
        const QJsonObject all = QJsonDocument::fromJson(json.out).object();
        QVERIFY(all[u"stamp"_s].toString().endsWith(u'/' + stamp));
        QVERIFY(all[u"changes"_s].toArray().size() >= 4);
        QCOMPARE(all[u"samples"_s].toArray().size(), 60);
        bool isMeasured = false;
        for (const QJsonValue sample : all[u"samples"_s].toArray())
            isMeasured |= sample[u"cpu"_s][u"mean"_s].toDouble() > 0;
        QVERIFY(isMeasured);
        QVERIFY(!all[u"gaps"_s].toArray().isEmpty()); // before the first start
        const Ended csv =
            history({stamp, u"--from"_s, u"-10m"_s, u"--step"_s, u"1m"_s, u"-o"_s, u"csv"_s});
        QVERIFY2(csv.status == 0, csv.text().constData());
        const QList<QByteArray> lines = csv.out.trimmed().split('\n');
        QCOMPARE(lines.size(), 11);
        QVERIFY(lines[0].startsWith("time,cpu,cpu_min,cpu_max,memory,"));
        QCOMPARE(lines[10].count(','), lines[0].count(','));
        QVERIFY(csv.err.contains("nobody recorded from"));
    }

    void whatIsWrongIsSaid()
    {
        const Ended none = history({u"eu-1"_s});
        QVERIFY2(none.status == 1 && none.err.contains("history.db"), none.text().constData());
        for (const QStringList &wrong :
             {QStringList{u"eu-1"_s, u"--from"_s, u"yesterday"_s},
              QStringList{u"eu-1"_s, u"--from"_s, u"-1h"_s, u"--to"_s, u"-2h"_s},
              QStringList{u"eu-1"_s, u"--step"_s, u"0s"_s}, QStringList{}}) {
            const Ended ended = history(wrong);
            QVERIFY2(ended.status == 2 && !ended.err.isEmpty(), ended.text().constData());
        }
        const Ended csv = run(QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"),
                              {u"--state-dir"_s, m_state, u"-o"_s, u"csv"_s, u"audit"_s});
        QVERIFY2(csv.status == 2 && csv.err.contains("csv"), csv.text().constData());
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestHistoryCrash)
#include "tst_historycrash.moc"

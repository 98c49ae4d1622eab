// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/prometheus/prometheusdecoder.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QFile>

#include <cmath>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

QByteArray recorded(const QString &name)
{
    QFile file(QStringLiteral(STAMPDECK_SOURCE_DIR "/tests/fuzz/corpus/prometheus/") + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

const QString stamp = u"stamp"_s;
const Timestamp start{std::chrono::seconds(1'767'322'800)};

} // namespace

class TestPrometheusDecoder : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void instant()
    {
        const auto answer = decodeInstant(recorded(u"vector.json"_s), stamp);
        VERIFY_RESULT(answer);
        QCOMPARE(answer->numbers.size(), size_t(2)); // NaN, infinity and a histogram are none
        QCOMPARE(answer->numbers[0].stamp, u"eu-1"_s);
        QCOMPARE(answer->numbers[0].value, 1e9);
        QCOMPARE(answer->numbers[1].stamp, u"eu-2"_s);
        QCOMPARE(answer->numbers[1].value, 2.5);
        QCOMPARE(answer->warnings,
                 (QStringList{u"one store did not answer"_s, u"metric might not be a counter"_s}));
        const auto none = decodeInstant(recorded(u"empty.json"_s), stamp);
        VERIFY_RESULT(none);
        QVERIFY(none->numbers.empty());
    }

    void range()
    {
        const RangeGrid grid = RangeGrid::over(start, start + 3min, 1min);
        const auto answer = decodeRange(recorded(u"matrix.json"_s), stamp, grid);
        VERIFY_RESULT(answer);
        QCOMPARE(answer->series.size(), size_t(1)); // the other has no value at all
        const Series &series = answer->series[0];
        QCOMPARE(series.stamp, u"eu-1"_s);
        QCOMPARE(series.start, start);
        QCOMPARE(series.step, std::chrono::milliseconds(1min));
        QCOMPARE(series.values.size(), size_t(4));
        QCOMPARE(series.values[0], 1.f);
        QVERIFY(std::isnan(series.values[1]));
        QCOMPARE(series.values[2], 3.f);
        QVERIFY(std::isnan(series.values[3]));
        const auto far = decodeRange(recorded(u"far-times.json"_s), stamp, grid);
        VERIFY_RESULT(far);
        QVERIFY(far->series.empty());
    }

    void grids_data()
    {
        QTest::addColumn<qint64>("length");
        QTest::addColumn<qint64>("step");
        QTest::addColumn<qint64>("gets");
        QTest::addRow("as asked") << qint64(3600) << qint64(15) << qint64(15);
        QTest::addRow("a year each quarter of a minute")
            << qint64(365 * 86400) << qint64(15) << qint64(15 * 192);
        QTest::addRow("none") << qint64(3600) << qint64(0) << qint64(1);
        QTest::addRow("a moment") << qint64(0) << qint64(60) << qint64(60);
        QTest::addRow("just what is answered") << qint64(11'000) << qint64(1) << qint64(2);
    }
    void grids()
    {
        QFETCH(qint64, length);
        QFETCH(qint64, step);
        QFETCH(qint64, gets);
        const Timestamp from = start + 7s + 123ms;
        const Timestamp to = from + std::chrono::seconds(length);
        const RangeGrid grid = RangeGrid::over(from, to, std::chrono::seconds(step));
        QCOMPARE(grid.step, std::chrono::milliseconds(std::chrono::seconds(gets)));
        QVERIFY(grid.size() <= 11'000);
        QVERIFY(grid.start <= from && grid.start > from - grid.step);
        QVERIFY(grid.end <= to && grid.end > to - grid.step);
        QCOMPARE(grid.start.time_since_epoch().count() % grid.step.count(), 0);
        QCOMPARE(grid.end.time_since_epoch().count() % grid.step.count(), 0);
        // A little later it is the same grid.
        QCOMPARE(RangeGrid::over(grid.start, grid.end, grid.step).start, grid.start);
    }

    void wrongAnswers_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *file, ErrorKind kind, const QString &message) {
            QTest::addRow("%s", file) << QString::fromLatin1(file) << kind << message;
        };
        row("page.html", ErrorKind::Malformed, u"the answer is not JSON"_s);
        row("error.json", ErrorKind::Malformed, u"the answer is not Prometheus'"_s);
        row("matrix.json", ErrorKind::Malformed, u"the answer is not what was asked for"_s);
        row("wrong-value.json", ErrorKind::Malformed, u"a value of the answer is none"_s);
        row("scalar.json", ErrorKind::Invalid,
            u"the query gives one value, not one by the label “stamp”"_s);
        row("no-label.json", ErrorKind::Invalid,
            u"no series of the answer has the label “stamp”: the query has to group by it"_s);
        row("twice.json", ErrorKind::Invalid,
            u"the query gives several series of a: it has to group by “stamp” alone"_s);
    }
    void wrongAnswers()
    {
        QFETCH(QString, file);
        QFETCH(ErrorKind, kind);
        QFETCH(QString, message);
        const auto answer = decodeInstant(recorded(file), stamp);
        QVERIFY(!answer);
        QCOMPARE(answer.error().kind, kind);
        QCOMPARE(answer.error().message, message);
    }

    void wrongRanges()
    {
        const RangeGrid grid = RangeGrid::over(start, start + 3min, 1min);
        const auto point = decodeRange(recorded(u"wrong-point.json"_s), stamp, grid);
        QVERIFY(!point);
        QCOMPARE(point.error().detail, u"/data/result/0/values/1"_s);
        const auto series = decodeRange(recorded(u"wrong-series.json"_s), stamp, grid);
        QCOMPARE(series.error().kind, ErrorKind::Malformed);
        // Each of many series has a single value: all of them would be hundreds of megabytes.
        QByteArray many = "{'status':'success','data':{'resultType':'matrix','result':[";
        for (int i = 0; i < 2'000; ++i) {
            many += (i ? "," : "") + QByteArray("{'metric':{'stamp':'s") + QByteArray::number(i)
                + "'},'values':[[1767322800,'1']]}";
        }
        many += "]}}";
        many.replace('\'', '"');
        const RangeGrid fine = RangeGrid::over(start, start + 10'980s, 1s);
        const auto huge = decodeRange(many, stamp, fine);
        QVERIFY(!huge);
        QCOMPARE(huge.error().message, u"the answer has far too many series"_s);
    }

    void errors()
    {
        const PrometheusError error = decodePrometheusError(recorded(u"error.json"_s));
        QCOMPARE(error.type, u"bad_data"_s);
        QCOMPARE(error.words, u"invalid parameter \"query\": 1:1: parse error"_s);
        QCOMPARE(decodePrometheusError("<html>").words, QString());
    }

    void selectors_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QStringList>("selectors");
        const auto row = [](const QString &query, const QStringList &selectors) {
            QTest::addRow("%s", qPrintable(query)) << query << selectors;
        };
        row(u"up"_s, {u"up"_s});
        row(u"sum by (stamp) (rate(x_total{job=~\"a|b\",p!=\"}\"}[5m] offset 1h))"_s,
            {u"x_total{job=~\"a|b\",p!=\"}\"}"_s});
        row(u"sum(a) by (stamp) / on (stamp) group_left (zone) max without (x) (b)"_s,
            {u"a"_s, u"b"_s});
        row(u"sum by (stamp) (a{x='1'}) or a {x='1'}"_s, {u"a{x='1'}"_s, u"a {x='1'}"_s});
        row(u"histogram_quantile(0.99, sum by (le, stamp) (rate({__name__=~\"l.*\"}[5m]))) * 1e3 > bool Inf"_s,
            {u"{__name__=~\"l.*\"}"_s});
        row(u"a # up\n + a"_s, {u"a"_s});
        row(u"label_replace(job:x:rate5m, \"stamp\", \"$1\", \"pod\", \"(.*)\")"_s,
            {u"job:x:rate5m"_s});
        row(u"vector(1) + time()"_s, {});
        row(u"sum BY (stamp) (a[10m:1m] @ end())"_s, {u"a"_s});
    }
    void selectors()
    {
        QFETCH(QString, query);
        QFETCH(QStringList, selectors);
        QCOMPARE(selectorsOf(query), selectors);
    }

    void queriesThatAreMade()
    {
        QCOMPARE(freshnessQuery(u"sum by (stamp) (a) / sum by (stamp) (b)"_s, stamp),
                 u"max by (stamp) (timestamp(a) or timestamp(b))"_s);
        QCOMPARE(freshnessQuery(u"vector(1)"_s, stamp), QString());
        QCOMPARE(queryFor(u"a"_s, stamp, {}), u"a"_s);
        QCOMPARE(
            queryFor(u"a # all"_s, stamp, {u"e\"$1"_s}),
            u"(a # all\n) and on (stamp) (label_replace(vector(1), \"stamp\", \"e\\\"$$1\", \"\", \"\"))"_s);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestPrometheusDecoder)
#include "tst_prometheusdecoder.moc"

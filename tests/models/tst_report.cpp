// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/report.h"

#include "tests/support/reportfixture.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QXmlStreamReader>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestReport : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { strict(); }

    void figuresAreThoseOfTheHistory()
    {
        ReportFixture fixture;
        const auto report = fixture.report();
        VERIFY_RESULT(report);
        QCOMPARE(report->startsAt, fixture.began);
        QVERIFY(report->endsAt == fixture.ended);
        QCOMPARE(report->from, fixture.start); // half an hour before would be before the first
        QCOMPARE(report->to, fixture.ended + 10min);
        QCOMPARE(report->title, u"eu-1 was unhealthy"_s);
        QCOMPARE(report->severity, u"critical"_s);
        QCOMPARE(report->stamps, 1);
        QCOMPARE(report->hits.size(), 1);
        const Report::Hit &hit = report->hits.first();
        QCOMPARE(hit.stamp, u"prod/eu-1"_s);
        QCOMPARE(hit.unhealthy, fixture.ended - fixture.began);
        QCOMPARE(hit.degraded, 0ms);
        QCOMPARE(hit.tenants, 2);
        QCOMPARE(report->tenants, 2);
        QCOMPARE(report->tiers.value(Tier::Enterprise), 1);
        QCOMPARE(report->rings.value(u"1"_s), 1);
        QVERIFY(report->gaps.isEmpty());
        // What changed before it.
        QCOMPARE(report->before.size(), 1);
        QCOMPARE(report->before[0].what, HistoryTimeline::What::Scaled);
        QCOMPARE(report->before[0].at, fixture.scaled);
        // What was done.
        QCOMPARE(report->actions.size(), 1);
        QCOMPARE(report->actions[0].by, u"ada"_s);
        QCOMPARE(report->actions[0].state, OperationState::Failed);
        QCOMPARE(report->actions[0].done, 1);
        QCOMPARE(report->actions[0].steps, 2);
        QCOMPARE(report->actions[0].error, u"globex has no place"_s);
        // The worst first: errors were twenty times their limit.
        QVERIFY(!report->charts.isEmpty());
        QCOMPARE(report->charts[0].kind, SampleKind::Errors);
        const auto reader = HistoryReader::open(fixture.dir.path());
        VERIFY_RESULT(reader);
        for (const Report::Chart &chart : report->charts) {
            const auto series = (*reader)->series(chart.stamp, {chart.kind}, report->from,
                                                  report->to, chart.series.step);
            VERIFY_RESULT(series);
            QCOMPARE(chart.series.values.size(), (*series)[0].values.size());
            for (size_t at = 0; at < chart.series.values.size(); ++at) {
                const double shown = chart.series.values[at].mean;
                const double kept = (*series)[0].values[at].mean;
                QVERIFY(shown == kept || (std::isnan(shown) && std::isnan(kept)));
            }
        }
        // And they stand in the document.
        const QString html = QString::fromUtf8(toHtml(*report));
        for (const QString &words :
             {u"eu-1 was unhealthy"_s, u"4 min 10 s"_s, u"api 1 of 5 ready"_s, u"2 tenants"_s,
              u"Drain eu-1"_s, u"ada"_s, u"globex has no place"_s, u"eu-1: web 3 to 2"_s,
              u"Open questions"_s, u"acme moved from eu-1 to eu-2"_s})
            QVERIFY2(html.contains(words), qPrintable(words));
    }

    void aStretchOfTimeIsOfAllThatMatches()
    {
        ReportFixture fixture;
        ReportRequest request;
        request.from = fixture.start;
        request.to = fixture.clock.now();
        request.now = fixture.clock.now();
        const auto all = makeReport(fixture.dir.path(), request);
        VERIFY_RESULT(all);
        QCOMPARE(all->stamps, 2);
        QCOMPARE(all->hits.size(), 1);
        QCOMPARE(all->startsAt, fixture.began);
        QVERIFY(all->endsAt == fixture.ended);
        request.query = *Query::parse(u"stamp:eu-2"_s);
        const auto other = makeReport(fixture.dir.path(), request);
        VERIFY_RESULT(other);
        QCOMPARE(other->stamps, 1);
        QVERIFY(other->isQuiet);
        QVERIFY(toHtml(*other).contains("Every stamp was healthy"));
        request.to = request.from;
        QCOMPARE(makeReport(fixture.dir.path(), request).error().kind, ErrorKind::Invalid);
    }

    void eventsOfAnIncidentSayWhatItWas()
    {
        ReportFixture fixture;
        fixture.recorder->add(
            {fixture.began + 20s, u"incident"_s, u"prod"_s, u"eu-1"_s, u"am/alert:1"_s,
             R"({"state": "firing", "title": "Errors above 1%", "severity": "warning"})"});
        fixture.recorder->add({fixture.ended, u"incident"_s, u"prod"_s, u"eu-1"_s, u"am/alert:1"_s,
                               R"({"state": "resolved"})"});
        fixture.recorder->sync();
        const auto report = fixture.report(u"am/alert:1"_s);
        VERIFY_RESULT(report);
        QCOMPARE(report->title, u"Errors above 1%"_s);
        QCOMPARE(report->severity, u"warning"_s);
        QVERIFY(report->endsAt);
        QCOMPARE(report->hits.size(), 1);
        QCOMPARE(fixture.report(u"am/alert:2"_s).error().kind, ErrorKind::NotFound);
        QCOMPARE(fixture.report(u"prod/eu-2:unhealthy"_s).error().kind, ErrorKind::NotFound);
    }

    void hostileTextStaysText()
    {
        ReportFixture fixture(ReportFixture::hostile + QString(1'000'000, u'x'));
        const auto report = fixture.report();
        VERIFY_RESULT(report);
        const QByteArray html = toHtml(*report);
        QVERIFY(!html.contains("<script"));
        QVERIFY(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        QVERIFY(!html.contains("\xe2\x80\xae")); // what turns the text round
        QVERIFY2(html.size() < 200'000, qPrintable(QString::number(html.size())));
        QVERIFY(html.contains("default-src 'none'"));
        for (const char *loads : {"http-equiv=\"refresh\"", " src=", "href=", "url(", "@import"})
            QVERIFY2(!html.contains(loads), loads);
        QVERIFY(!report->charts.isEmpty());
        for (const Report::Chart &chart : report->charts) {
            QXmlStreamReader svg(toSvg(*report, chart));
            while (!svg.atEnd())
                svg.readNext();
            QVERIFY2(!svg.hasError(), qPrintable(svg.errorString()));
        }
    }

    void whereNobodyRecordedIsSaid()
    {
        ReportFixture fixture;
        fixture.recorder.reset();
        fixture.clock.advance(20min);
        ReportRequest request;
        request.from = fixture.ended;
        request.to = fixture.clock.now();
        request.now = fixture.clock.now();
        const auto report = makeReport(fixture.dir.path(), request);
        VERIFY_RESULT(report);
        QCOMPARE(report->gaps.size(), 1);
        QVERIFY(toHtml(*report).contains("Not recorded"));
        QTemporaryDir empty;
        QCOMPARE(makeReport(empty.path(), request).error().kind, ErrorKind::NotFound);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestReport)
#include "tst_report.moc"

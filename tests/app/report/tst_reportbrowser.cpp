// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/simulator/simulation.h"
#include "models/historyrecorder.h"
#include "models/incidentkeeper.h"

#include "tests/support/manualclock.h"
#include "tests/support/readreport.h"
#include "tests/support/reportfixture.h"
#include "tests/support/testmain.h"

#include <QtCore/QFile>
#include <QtGui/QGuiApplication>
#include <QtGui/QTextDocument>

// A report in a real browser, and its pages, against what the history says. Pictures of both are kept beside
// the build (STAMPDECK_PICTURES=FOLDER: there), to be looked at.

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// A run of the simulator with what its scenario makes of it: a fleet, its incidents, a drain.
struct Run
{
    explicit Run(const QString &scenario)
    {
        SourceState source;
        source.name = u"prod"_s;
        source.tenantDomain = u"prod"_s;
        source.pollInterval = 1h; // nothing gets stale here
        store.addSource(source);
        recorder = std::make_unique<HistoryRecorder>(dir.path(), store, clock);
        SimulatorSettings settings;
        settings.stamps = 24;
        settings.tenantsPerStamp = 6;
        settings.seed = 7;
        settings.scenario = scenario;
        auto made = Simulation::create(settings, clock.now());
        if (!made)
            qFatal("%s", qPrintable(made.error().message));
        simulation = std::move(*made);
        start = clock.now();
    }
    void go(std::chrono::minutes time)
    {
        IncidentKeeper keeper({}, false);
        for (const Timestamp end = clock.now() + time; clock.now() < end;) {
            clock.advance(5s);
            simulation->advance(clock.now());
            store.apply(u"prod"_s, simulation->poll());
            if (clock.now() - start >= 14min && operation.id.isEmpty())
                beginDrain();
            else if (clock.now() - start >= 20min && operation.state == OperationState::Running)
                endDrain();
            store.sync();
            store.setIncidents(keeper.look(*store.current(), clock.now(), clock.elapsed()));
            store.sync();
            recorder->sync();
        }
        recorder->sync();
        recorder->sync();
    }
    void show()
    {
        operation.updatedAt = clock.now();
        store.showOperation(std::make_shared<const Operation>(operation));
    }
    void beginDrain()
    {
        operation.id = u"op-1"_s;
        operation.kind = u"drain"_s;
        operation.target = store.current()->stamps[0]->stamp->name;
        operation.state = OperationState::Running;
        operation.createdBy = u"ada"_s;
        operation.reason = u"it is the only one with a fault"_s;
        operation.createdAt = clock.now();
        for (int i = 0; i < 4; ++i)
            operation.steps.append({u"move t%1"_s.arg(i), StepState::Pending, {}, {}, {}});
        show();
    }
    void endDrain()
    {
        for (int i = 0; i < 3; ++i)
            operation.steps[i].state = StepState::Succeeded;
        operation.steps[3].state = StepState::Failed;
        operation.state = OperationState::Failed;
        operation.error = u"no stamp of its region has room for t3"_s;
        show();
    }
    [[nodiscard]] Result<Report> report()
    {
        ReportRequest request;
        request.from = start + 1min;
        request.to = clock.now();
        request.now = clock.now();
        return makeReport(dir.path(), request);
    }

    QTemporaryDir dir;
    ManualClock clock;
    FleetStore store{clock};
    std::unique_ptr<HistoryRecorder> recorder;
    std::unique_ptr<Simulation> simulation;
    Operation operation;
    Timestamp start;
};

} // namespace

class TestReportBrowser : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { strict(); }

    void aBrowserShowsTheFiguresOfTheHistory()
    {
        NEED_BROWSER();
        Run run(u"region-brown-out"_s);
        run.go(45min);
        const auto report = run.report();
        VERIFY_RESULT(report);
        QVERIFY(report->hits.size() >= 2);
        const QString path = pictureFile(u"report.html"_s);
        VERIFY_RESULT(writeReport(*report, path));
        Browser browser;
        const auto told = browser.dom(path);
        VERIFY_RESULT(told);
        const ShownReport shown(*told);
        const QString &dom = shown.dom;
        QCOMPARE(dom.count(u"<h2>"_s), 6);
        compareFigures(shown, *report, run.dir.path());
        if (QTest::currentTestFailed())
            return;
        const QList<QStringList> done = rowsOf(sectionOf(dom, u"What was done"_s), 5);
        QCOMPARE(done.size(), 1);
        QVERIFY2(done[0][3].startsWith(u"failed, 3 of 4 steps"_s), qPrintable(done[0][3]));
        QVERIFY(dom.contains(u"ncident"_s));

        // Nothing runs, nothing is loaded: the page asked for what an empty one does, and no more.
        for (const QString &part : {u"<script"_s, u"<link"_s, u"<img"_s, u"<iframe"_s, u" src="_s,
                                    u" href="_s, u"url("_s, u" onload"_s})
            QVERIFY2(!dom.contains(part, Qt::CaseInsensitive), qPrintable(part));
        const QSet<QString> asked = browser.asked();
        QTemporaryDir dir;
        const auto ask = [&](const QByteArray &html) {
            QFile file(dir.filePath(u"page.html"_s));
            std::ignore = file.open(QIODevice::WriteOnly) && file.write(html) > 0;
            file.close();
            std::ignore = browser.dom(file.fileName());
            return browser.asked();
        };
        const QSet<QString> usual = ask("<!DOCTYPE html><p>x</p>");
        for (const QString &url : asked - usual) {
            // What the browser asks for by itself it asks its maker.
            const QString host = QUrl(url).host();
            QVERIFY2(host.endsWith(u".google.com"_s) || host.endsWith(u".googleapis.com"_s)
                         || host.endsWith(u".gvt1.com"_s),
                     qPrintable(url));
        }
        const QSet<QString> loads = ask("<!DOCTYPE html><img src='http://127.0.0.1:9/x.png'>");
        QVERIFY(loads.contains(u"http://127.0.0.1:9/x.png"_s)); // such a thing would be seen

        const QString picture = pictureFile(u"report.png"_s);
        VERIFY_RESULT(browser.shoot(path, {1000, 4200}, picture));
        const QImage image(picture);
        QCOMPARE(image.size(), QSize(1000, 4200));
        QVERIFY2(inkOf(image) > 100, qPrintable(QString::number(inkOf(image))));
        // Narrow, as on a telephone.
        VERIFY_RESULT(browser.shoot(path, {500, 4200}, pictureFile(u"report-narrow.png"_s)));

        // What the browser prints, and our own pages: as many words, and none is empty.
        QStringList words{u"no stamp of its region has room for t3"_s, shown.numbers[0],
                          shown.numbers[2]};
        for (const QStringList &row : shown.hit)
            words.append(row[0].section(u' ', 0, 0));
        comparePages(browser, path, *report, u"report"_s, 3, words);
    }

    void hostileTextIsTextInABrowser()
    {
        NEED_BROWSER();
        // What would change the page if anything of it ran.
        const QString evil = u"</td></table><script>document.title='run'</script><img src=x "
                             "onerror=\"document.title='run'\"><style>*{display:none}</style>&lt;b&gt;"_s
            + ReportFixture::hostile;
        ReportFixture fixture(evil);
        const auto report = fixture.report();
        VERIFY_RESULT(report);
        const QString path = fixture.dir.filePath(u"report.html"_s);
        VERIFY_RESULT(writeReport(*report, path));
        Browser browser;
        const auto told = browser.dom(path);
        VERIFY_RESULT(told);
        const QString dom = QString::fromUtf8(*told);
        QVERIFY(dom.contains(u"<title>eu-1 was unhealthy</title>"_s));
        QVERIFY(!dom.contains(u"<script"_s));
        QVERIFY(!dom.contains(u"<img"_s));
        QCOMPARE(dom.count(u"<style>"_s), 1); // ours
        // It stands there as it was written, but for what turns the text round.
        QString shown = evil;
        shown.replace(u'\u202E', QChar::ReplacementCharacter);
        const QList<QStringList> hit = rowsOf(sectionOf(dom, u"Who was hit"_s), 8);
        QCOMPARE(hit.size(), 1);
        QVERIFY2(hit[0][0].contains(shown), qPrintable(hit[0][0]));

        // A hand-over is written with the same parts.
        auto book = std::make_shared<IncidentBook>();
        Incident incident;
        incident.title = evil;
        book->open = {std::make_shared<const Incident>(incident)};
        FleetVersion version;
        version.incidents = book;
        HandOverRequest request;
        request.now = fixture.clock.now();
        request.shift = 8h;
        request.by = u"ada"_s;
        request.notes = evil;
        const QString sheet = pictureFile(u"hand-over.html"_s);
        VERIFY_RESULT(writeHandOver(handOverOf(version, request), sheet));
        const auto page = browser.dom(sheet);
        VERIFY_RESULT(page);
        QVERIFY(!page->contains("<script") && !page->contains("<img"));
        QVERIFY2(textOf(sectionOf(QString::fromUtf8(*page), u"Notes"_s)).contains(shown),
                 page->constData());
        VERIFY_RESULT(browser.shoot(sheet, {1000, 1400}, pictureFile(u"hand-over-hostile.png"_s)));
    }
};

STAMPDECK_TEST_MAIN(QGuiApplication, TestReportBrowser)
#include "tst_reportbrowser.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/report/reportfile.h"

#include "backends/simulator/simulation.h"
#include "models/formatter.h"
#include "models/historyrecorder.h"
#include "models/incidentkeeper.h"

#include "tests/support/browser.h"
#include "tests/support/manualclock.h"
#include "tests/support/program.h"
#include "tests/support/reportfixture.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtGui/QGuiApplication>
#include <QtGui/QImage>
#include <QtGui/QTextDocument>

// A report in a real browser, and its pages, against what the history says. Pictures of both are kept beside
// the build (STAMPDECK_PICTURES=FOLDER: there), to be looked at.

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

QString folder()
{
    const QString chosen = qEnvironmentVariable("STAMPDECK_PICTURES");
    const QString path = chosen.isEmpty()
        ? QCoreApplication::applicationDirPath() + u"/../pictures"_s
        : chosen;
    QDir().mkpath(path);
    return QDir::cleanPath(path);
}

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

QString textOf(QString html)
{
    static const QRegularExpression tag(u"<[^>]*>"_s);
    html.replace(tag, u" "_s);
    return html.replace(u"&nbsp;"_s, u" "_s)
        .replace(u"&lt;"_s, u"<"_s)
        .replace(u"&gt;"_s, u">"_s)
        .replace(u"&quot;"_s, u"\""_s)
        .replace(u"&amp;"_s, u"&"_s)
        .simplified();
}

/// What stands under a heading, up to the next one.
QString sectionOf(const QString &dom, const QString &title)
{
    const qsizetype at = dom.indexOf(u"<h2>"_s + title + u"</h2>"_s);
    if (at < 0)
        return {};
    const qsizetype from = at + 4;
    return dom.mid(from, dom.indexOf(u"<h2>"_s, from) - from);
}

/// The texts of the cells of those rows that have that many.
QList<QStringList> rowsOf(const QString &html, int cells)
{
    static const QRegularExpression row(u"<tr[^>]*>(.*?)</tr>"_s,
                                        QRegularExpression::DotMatchesEverythingOption);
    static const QRegularExpression cell(u"<td[^>]*>(.*?)</td>"_s,
                                         QRegularExpression::DotMatchesEverythingOption);
    QList<QStringList> rows;
    for (auto each = row.globalMatch(html); each.hasNext();) {
        QStringList texts;
        for (auto it = cell.globalMatch(each.next().captured(1)); it.hasNext();)
            texts.append(textOf(it.next().captured(1)));
        if (texts.size() == cells)
            rows.append(texts);
    }
    return rows;
}

/// How long one stamp was what, by the history's own changes, from one to the next.
struct Spells
{
    std::optional<Timestamp> from;
    std::optional<Timestamp> to; ///< Nothing: it lasts.
    std::chrono::milliseconds unhealthy{0};
    std::chrono::milliseconds degraded{0};
    int tenants = 0;
};
Result<Spells> spellsOf(HistoryReader &reader, const QString &stamp, Timestamp from, Timestamp to)
{
    const auto first = reader.at(from);
    if (!first)
        return fail(first.error());
    const auto &version = *first->version;
    QString is = toString(version.stamps[version.stampIndex.value(stamp)]->health);
    const auto changes = reader.changes(stamp, from, to);
    if (!changes)
        return fail(changes.error());
    Spells spells;
    Timestamp since = from;
    const auto end = [&](Timestamp at) {
        if (is == u"unhealthy")
            spells.unhealthy += at - since;
        else if (is == u"degraded")
            spells.degraded += at - since;
        since = at;
    };
    if (is != u"healthy")
        spells.from = from;
    for (const HistoryChange &change : *changes) {
        if (change.field != u"health")
            continue;
        end(change.at);
        is = change.now.section(u' ', 0, 0); // why stands behind it
        if (is == u"healthy") {
            spells.to = change.at;
        } else {
            spells.to.reset();
            if (!spells.from)
                spells.from = change.at;
        }
    }
    end(to);
    if (spells.from) {
        const auto then = reader.at(*spells.from);
        if (!then)
            return fail(then.error());
        const auto &at = *then->version;
        spells.tenants = at.stamps[at.stampIndex.value(stamp)]->owned;
    }
    return spells;
}

/// How much of a page is not its ground, of a thousand.
double inkOf(const QImage &image)
{
    const QRgb ground = image.pixel(2, 2);
    int ink = 0;
    int all = 0;
    for (int y = 0; y < image.height(); y += 2) {
        for (int x = 0; x < image.width(); x += 2, ++all)
            ink += image.pixel(x, y) != ground;
    }
    return all > 0 ? 1000.0 * ink / all : 0;
}

/// The pages of a PDF as pictures, kept as NAME-1.png and so on.
Result<QList<QImage>> pagesOf(const QString &pdf, const QString &name)
{
    for (const QString &old : QDir(folder()).entryList({name + u"-*.png"_s}))
        QFile::remove(QDir(folder()).filePath(old));
    const Ended ended = run(u"pdftoppm"_s, {u"-r"_s, u"75"_s, u"-png"_s, pdf,
                                            QDir(folder()).filePath(name)});
    if (ended.status != 0)
        return fail(ErrorKind::Malformed, QString::fromUtf8(ended.text()));
    QList<QImage> pages;
    for (const QString &file : QDir(folder()).entryList({name + u"-*.png"_s}, QDir::Files, QDir::Name))
        pages.append(QImage(QDir(folder()).filePath(file)));
    return pages;
}

QString textOfPdf(const QString &pdf)
{
    return QString::fromUtf8(run(u"pdftotext"_s, {u"-layout"_s, pdf, u"-"_s}).out).simplified();
}

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
        const QString path = QDir(folder()).filePath(u"report.html"_s);
        VERIFY_RESULT(writeReport(*report, path));
        Browser browser;
        const auto told = browser.dom(path);
        VERIFY_RESULT(told);
        const QString dom = QString::fromUtf8(*told);
        QCOMPARE(dom.count(u"<h2>"_s), 6);

        // Who was hit, row by row: those of the history that were not well, and no other.
        const auto reader = HistoryReader::open(run.dir.path());
        VERIFY_RESULT(reader);
        QMap<QString, Spells> hit;
        int tenants = 0;
        const auto stamps = (*reader)->stamps();
        VERIFY_RESULT(stamps);
        for (const RecordedStampSpan &span : *stamps) {
            const auto spells = spellsOf(**reader, span.id, report->from, report->to);
            VERIFY_RESULT(spells);
            if (spells->from) {
                hit.insert(span.id.section(u'/', 1), *spells);
                tenants += spells->tenants;
            }
        }
        const QList<QStringList> rows = rowsOf(sectionOf(dom, u"Who was hit"_s), 8);
        QCOMPARE(rows.size(), hit.size());
        const auto lasted = [](std::chrono::milliseconds time) {
            return time < 1s ? Format::none() : Format::exactAge(time);
        };
        for (const QStringList &row : rows) {
            const QString name = row[0].section(u' ', 0, 0);
            QVERIFY2(hit.contains(name), qPrintable(name));
            const Spells is = hit.value(name);
            QCOMPARE(row[2], Format::second(*is.from));
            QCOMPARE(row[3], is.to ? Format::second(*is.to) : u"lasts"_s);
            QCOMPARE(row[4], lasted(is.unhealthy));
            QCOMPARE(row[5], lasted(is.degraded));
            QCOMPARE(row[7], Format::count(is.tenants));
        }
        // The large figures at its head.
        static const QRegularExpression number(u"class=\"number\">([^<]*)<"_s);
        QStringList numbers;
        for (auto it = number.globalMatch(dom); it.hasNext();)
            numbers.append(it.next().captured(1));
        QCOMPARE(numbers.size(), 5);
        QCOMPARE(numbers[1], Format::count(hit.size()));
        QCOMPARE(numbers[2], Format::count(tenants));
        // What was done, and every line of the timeline that is an incident's.
        const QList<QStringList> done = rowsOf(sectionOf(dom, u"What was done"_s), 5);
        QCOMPARE(done.size(), 1);
        QCOMPARE(done[0][2], u"ada"_s);
        QVERIFY2(done[0][3].startsWith(u"failed, 3 of 4 steps"_s), qPrintable(done[0][3]));
        const auto events = (*reader)->events(report->from, report->to, u"incident"_s);
        VERIFY_RESULT(events);
        QVERIFY(!events->isEmpty());
        const QList<QStringList> lines = rowsOf(sectionOf(dom, u"Timeline"_s), 2);
        for (const HistoryEvent &event : *events) {
            const bool isThere =
                std::any_of(lines.begin(), lines.end(), [&](const QStringList &line) {
                    return line[0] == Format::second(event.at) && line[1].contains(u"ncident"_s);
                });
            QVERIFY2(isThere, event.data.constData());
        }

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

        const QString picture = QDir(folder()).filePath(u"report.png"_s);
        VERIFY_RESULT(browser.shoot(path, {1000, 4200}, picture));
        const QImage image(picture);
        QCOMPARE(image.size(), QSize(1000, 4200));
        QVERIFY2(inkOf(image) > 100, qPrintable(QString::number(inkOf(image))));
        // Narrow, as on a telephone.
        VERIFY_RESULT(browser.shoot(path, {500, 4200}, QDir(folder()).filePath(u"report-narrow.png"_s)));

        // What the browser prints, and our own pages: as many words, and none is empty.
        const QString printed = QDir(folder()).filePath(u"report-printed.pdf"_s);
        VERIFY_RESULT(browser.print(path, printed));
        const QString own = QDir(folder()).filePath(u"report.pdf"_s);
        VERIFY_RESULT(writeReport(*report, own));
        for (const auto &[pdf, name] : {std::pair(printed, u"report-printed"_s),
                                        std::pair(own, u"report-page"_s)}) {
            const auto pages = pagesOf(pdf, name);
            VERIFY_RESULT(pages);
            QVERIFY2(pages->size() >= 3 && pages->size() < 20, qPrintable(QString::number(pages->size())));
            for (const QImage &page : *pages) {
                QVERIFY(std::abs(double(page.height()) / page.width() - 297.0 / 210) < 0.01);
                QVERIFY2(inkOf(page) > 4, qPrintable(name + QString::number(inkOf(page))));
            }
            const QString words = textOfPdf(pdf);
            for (const QStringList &row : rows)
                QVERIFY2(words.contains(row[0].section(u' ', 0, 0)), qPrintable(row[0]));
            QVERIFY(words.contains(u"no stamp of its region has room for t3"_s));
            QVERIFY(words.contains(numbers[0]) && words.contains(Format::count(tenants)));
        }
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
        const QString sheet = QDir(folder()).filePath(u"hand-over.html"_s);
        VERIFY_RESULT(writeHandOver(handOverOf(version, request), sheet));
        const auto page = browser.dom(sheet);
        VERIFY_RESULT(page);
        QVERIFY(!page->contains("<script") && !page->contains("<img"));
        QVERIFY2(textOf(sectionOf(QString::fromUtf8(*page), u"Notes"_s)).contains(shown),
                 page->constData());
        VERIFY_RESULT(browser.shoot(sheet, {1000, 1400}, QDir(folder()).filePath(u"hand-over-hostile.png"_s)));
    }
};

STAMPDECK_TEST_MAIN(QGuiApplication, TestReportBrowser)
#include "tst_reportbrowser.moc"

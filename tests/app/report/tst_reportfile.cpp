// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/report/reportfile.h"

#include "backends/api/recording.h"

#include "tests/support/program.h"
#include "tests/support/reportfixture.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QFile>
#include <QtCore/QRegularExpression>
#include <QtGui/QGuiApplication>
#include <QtGui/QTextBlock>
#include <QtGui/QTextDocument>
#include <QtGui/QTextList>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

namespace {

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

int pagesOf(const QByteArray &pdf)
{
    static const QRegularExpression page(u"/Type */Page\\b(?!s)"_s);
    int pages = 0;
    for (auto it = page.globalMatch(QString::fromLatin1(pdf)); it.hasNext(); it.next())
        ++pages;
    return pages;
}

/// What stands on each page, but for its number.
QList<QStringList> linesOf(const QString &pdf)
{
    static const QRegularExpression number(u"^ *\\d+ ?/ ?\\d+$"_s);
    QList<QStringList> all;
    const Ended text = run(u"pdftotext"_s, {u"-layout"_s, pdf, u"-"_s});
    const QStringList pages = QString::fromUtf8(text.out).split(u'\f', Qt::SkipEmptyParts);
    for (const QString &page : pages) {
        QStringList lines = page.split(u'\n', Qt::SkipEmptyParts);
        if (!lines.isEmpty() && number.match(lines.constLast()).hasMatch())
            lines.removeLast();
        all.append(lines);
    }
    return all;
}

QStringList headingsOf(const QByteArray &html)
{
    static const QRegularExpression heading(u"<h2[^>]*>(.*?)</h2>"_s);
    QStringList headings;
    const QString text = QString::fromUtf8(html);
    for (auto it = heading.globalMatch(text); it.hasNext();)
        headings.append(it.next().captured(1));
    return headings;
}

Ended stampctl(const QTemporaryDir &state, const QString &command, const QStringList &words)
{
    return run(QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"),
               QStringList{u"--state-dir"_s, state.path(), command} + words);
}

} // namespace

class TestReportFile : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { strict(); }

    void aReportBecomesPages()
    {
        ReportFixture fixture(ReportFixture::hostile);
        const auto report = fixture.report();
        VERIFY_RESULT(report);
        const QString path = fixture.dir.filePath(u"report.pdf"_s);
        VERIFY_RESULT(writeReport(*report, path));
        const QByteArray pdf = contentOf(path);
        QVERIFY(pdf.startsWith("%PDF-"));
        QVERIFY2(pagesOf(pdf) >= 3 && pagesOf(pdf) < 12, qPrintable(QString::number(pagesOf(pdf))));
        // Of the first chart no more than its heading would have room on the first page.
        const QList<QStringList> pages = linesOf(path);
        QCOMPARE(pages.value(1).value(0), u"What was measured"_s);
        // What is shown can be searched and copied.
        QVERIFY(pages[0].filter(u"When "_s).value(0).contains(u"2026-01-02 03:19:05"_s));
        const QString page = fixture.dir.filePath(u"report.html"_s);
        VERIFY_RESULT(writeReport(*report, page));
        QCOMPARE(contentOf(page), toHtml(*report));
        if (qEnvironmentVariableIsSet("STAMPDECK_PICTURES")) { // to be looked at
            const QString folder = qEnvironmentVariable("STAMPDECK_PICTURES");
            VERIFY_RESULT(writeReport(*report, folder + u"/report.pdf"_s));
            VERIFY_RESULT(writeReport(*report, folder + u"/report.html"_s));
        }
    }

    void aHandOverBecomesPages()
    {
        auto book = std::make_shared<IncidentBook>();
        book->settled = true;
        for (int i = 0; i < 60; ++i) {
            Incident incident;
            incident.id = u"prod/eu-1:%1"_s.arg(i);
            incident.title = ReportFixture::hostile + u" *b* [x](http://a) #"_s + QString::number(i);
            incident.stamps = {u"prod/eu-1"_s};
            incident.startsAt = Timestamp(std::chrono::hours(400'000));
            book->open.push_back(std::make_shared<const Incident>(incident));
        }
        FleetVersion version;
        version.incidents = book;
        HandOverRequest request;
        request.now = Timestamp(std::chrono::hours(400'002));
        request.shift = std::chrono::hours(8);
        request.by = u"ada"_s;
        request.notes = u"# no head\n1. no list\n- none either\n<b>as it is</b>"_s;
        const HandOver sheet = handOverOf(version, request);
        QTemporaryDir dir;
        const QString path = dir.filePath(u"sheet.pdf"_s);
        VERIFY_RESULT(writeHandOver(sheet, path));
        const QByteArray pdf = contentOf(path);
        QVERIFY(pdf.startsWith("%PDF-"));
        QVERIFY2(pagesOf(pdf) >= 3 && pagesOf(pdf) < 8, qPrintable(QString::number(pagesOf(pdf))));
        const QString page = dir.filePath(u"sheet.html"_s);
        VERIFY_RESULT(writeHandOver(sheet, page));
        QCOMPARE(contentOf(page), toHtml(sheet));
        QCOMPARE(writeHandOver(sheet, u"sheet.doc"_s).error().kind, ErrorKind::Invalid);
        // Whoever shows the Markdown shows what was written, and marks nothing by it.
        QTextDocument shown;
        shown.setMarkdown(toMarkdown(sheet));
        const QString text = shown.toPlainText();
        for (const QString &line : request.notes.split(u'\n'))
            QVERIFY2(text.contains(line), qPrintable(text.left(600)));
        QVERIFY(text.contains(u"<script>alert(1)</script> & \"x\""_s));
        QVERIFY(text.contains(u" *b* [x](http://a) #59"_s));
        for (QTextBlock block = shown.begin(); block.isValid(); block = block.next()) {
            const bool isOurs = block.blockFormat().headingLevel() == 0
                || !block.text().contains(u"no head"_s);
            QVERIFY(isOurs);
            QVERIFY(!block.text().contains(u"no list"_s) || !block.textList());
            for (auto it = block.begin(); !it.atEnd(); ++it)
                QVERIFY(!it.fragment().charFormat().isAnchor());
        }
        if (qEnvironmentVariableIsSet("STAMPDECK_PICTURES")) { // to be looked at
            const QString folder = qEnvironmentVariable("STAMPDECK_PICTURES");
            VERIFY_RESULT(writeHandOver(sheet, folder + u"/hand-over.pdf"_s));
            VERIFY_RESULT(writeHandOver(sheet, folder + u"/hand-over.html"_s));
        }
    }

    void noHeadingStandsAloneAtTheFootOfAPage()
    {
        HandOverRequest request;
        request.now = Timestamp(std::chrono::hours(400'002));
        request.shift = std::chrono::hours(8);
        const QTemporaryDir dir;
        const QString path = dir.filePath(u"sheet.pdf"_s);
        int pages = 0;
        for (int incidents = 10; incidents < 40; ++incidents) {
            auto book = std::make_shared<IncidentBook>();
            book->settled = true;
            for (int i = 0; i < incidents; ++i) {
                Incident incident;
                incident.id = u"prod/eu-%1:unhealthy"_s.arg(i);
                incident.title = u"eu-%1 is unhealthy"_s.arg(i);
                book->open.push_back(std::make_shared<const Incident>(incident));
            }
            FleetVersion version;
            version.incidents = book;
            const HandOver sheet = handOverOf(version, request);
            VERIFY_RESULT(writeHandOver(sheet, path));
            const QList<QStringList> lines = linesOf(path);
            const QStringList headings = headingsOf(toHtml(sheet, ReportPage::Medium::Paper));
            QVERIFY(!lines.isEmpty() && headings.size() > 3);
            for (const QStringList &page : lines) {
                QVERIFY(!page.isEmpty());
                QVERIFY2(!headings.contains(page.constLast().trimmed()), qPrintable(page.constLast()));
            }
            pages = std::max(pages, int(lines.size()));
        }
        QVERIFY(pages > 1);
    }

    void whatCannotBeWrittenIsSaid()
    {
        ReportFixture fixture;
        const auto report = fixture.report();
        VERIFY_RESULT(report);
        QCOMPARE(writeReport(*report, u"report.doc"_s).error().kind, ErrorKind::Invalid);
        QCOMPARE(writeReport(*report, fixture.dir.filePath(u"no/such/report.pdf"_s)).error().kind,
                 ErrorKind::Denied);
    }

    // interfaces.md: report INCIDENT -o FILE.html|FILE.pdf
    void theCommandWritesIt_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("begins");
        QTest::newRow("html") << u"r.html"_s << QByteArray("<!DOCTYPE html>");
        QTest::newRow("pdf") << u"r.pdf"_s << QByteArray("%PDF-");
    }
    void theCommandWritesIt()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, begins);
        ReportFixture fixture;
        fixture.recorder.reset();
        const QString path = fixture.dir.filePath(name);
        const auto run = [&](const QStringList &words) {
            return stampctl(fixture.dir, u"report"_s, words);
        };
        VERIFY_STATUS(run({u"prod/eu-1:unhealthy"_s, u"-o"_s, path}), 0);
        QVERIFY(contentOf(path).startsWith(begins));
        VERIFY_STATUS(run({u"prod/eu-9:unhealthy"_s, u"-o"_s, path}), 1);
        VERIFY_STATUS(run({u"prod/eu-1:unhealthy"_s, u"-o"_s, u"r.doc"_s}), 2);
        VERIFY_STATUS(run({u"prod/eu-1:unhealthy"_s}), 2);
        const QStringList all{u"--from"_s, toRfc3339(fixture.start), u"--to"_s,
                              toRfc3339(fixture.clock.now()), u"--query"_s, u"region:eu-*"_s};
        VERIFY_STATUS(run(all + QStringList{u"-o"_s, path}), 0);
    }

    void theCommandWritesAStretchToPractiseOn()
    {
        ReportFixture fixture;
        fixture.recorder.reset();
        const QString path = fixture.dir.filePath(u"r.json"_s);
        const auto run = [&](const QStringList &words) {
            return stampctl(fixture.dir, u"rehearse"_s, words);
        };
        const QStringList stretch{u"--from"_s, toRfc3339(fixture.scaled), u"--to"_s,
                                  toRfc3339(fixture.ended)};
        VERIFY_STATUS(run(stretch + QStringList{u"-o"_s, path}), 0);
        const auto recording = Recording::read(path);
        VERIFY_RESULT(recording);
        QCOMPARE(recording->from, fixture.scaled);
        QVERIFY(recording->source(u"prod"_s));
        VERIFY_STATUS(run(stretch), 2);
        VERIFY_STATUS(run({u"--from"_s, stretch[3], u"--to"_s, stretch[1], u"-o"_s, path}), 2);
        // Nobody recorded then: said, and the file is as it was.
        const QByteArray before = contentOf(path);
        VERIFY_STATUS(run({u"--from"_s, u"2001-01-01T00:00:00Z"_s, u"--to"_s,
                           u"2001-01-01T01:00:00Z"_s, u"-o"_s, path}),
                      1);
        QCOMPARE(contentOf(path), before);
    }
};

STAMPDECK_TEST_MAIN(QGuiApplication, TestReportFile)
#include "tst_reportfile.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/report/reportfile.h"

#include "backends/api/recording.h"

#include "tests/support/program.h"
#include "tests/support/reportfixture.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtGui/QGuiApplication>

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
        const QString page = fixture.dir.filePath(u"report.html"_s);
        VERIFY_RESULT(writeReport(*report, page));
        QCOMPARE(contentOf(page), toHtml(*report));
        if (qEnvironmentVariableIsSet("STAMPDECK_PICTURES")) { // to be looked at
            const QString folder = qEnvironmentVariable("STAMPDECK_PICTURES");
            VERIFY_RESULT(writeReport(*report, folder + u"/report.pdf"_s));
            VERIFY_RESULT(writeReport(*report, folder + u"/report.html"_s));
        }
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
            QProcess process;
            QStringList all{u"--state-dir"_s, fixture.dir.path(), u"report"_s};
            process.start(QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"), all + words);
            return process.waitForFinished() ? process.exitCode() : -1;
        };
        QCOMPARE(run({u"prod/eu-1:unhealthy"_s, u"-o"_s, path}), 0);
        QVERIFY(contentOf(path).startsWith(begins));
        QCOMPARE(run({u"prod/eu-9:unhealthy"_s, u"-o"_s, path}), 1);
        QCOMPARE(run({u"prod/eu-1:unhealthy"_s, u"-o"_s, u"r.doc"_s}), 2);
        QCOMPARE(run({u"prod/eu-1:unhealthy"_s}), 2);
        QCOMPARE(
            run({u"--from"_s, toRfc3339(fixture.start), u"--to"_s, toRfc3339(fixture.clock.now()),
                 u"--query"_s, u"region:eu-*"_s, u"-o"_s, path}),
            0);
    }

    void theCommandWritesAStretchToPractiseOn()
    {
        ReportFixture fixture;
        fixture.recorder.reset();
        const QString path = fixture.dir.filePath(u"r.json"_s);
        const auto run = [&](const QStringList &words) {
            QProcess process;
            const QStringList all{u"--state-dir"_s, fixture.dir.path(), u"rehearse"_s};
            process.start(QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"), all + words);
            return process.waitForFinished() ? process.exitCode() : -1;
        };
        const QStringList stretch{u"--from"_s, toRfc3339(fixture.scaled), u"--to"_s,
                                  toRfc3339(fixture.ended)};
        QCOMPARE(run(stretch + QStringList{u"-o"_s, path}), 0);
        const auto recording = Recording::read(path);
        VERIFY_RESULT(recording);
        QCOMPARE(recording->from, fixture.scaled);
        QVERIFY(recording->source(u"prod"_s));
        QCOMPARE(run(stretch), 2);
        QCOMPARE(run({u"--from"_s, stretch[3], u"--to"_s, stretch[1], u"-o"_s, path}), 2);
        // Nobody recorded then: said, and the file is as it was.
        const QByteArray before = contentOf(path);
        QCOMPARE(run({u"--from"_s, u"2001-01-01T00:00:00Z"_s, u"--to"_s, u"2001-01-01T01:00:00Z"_s,
                      u"-o"_s, path}),
                 1);
        QCOMPARE(contentOf(path), before);
    }
};

STAMPDECK_TEST_MAIN(QGuiApplication, TestReportFile)
#include "tst_reportfile.moc"

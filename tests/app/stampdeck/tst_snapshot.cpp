// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testmain.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtGui/QColor>
#include <QtGui/QImage>

#include <cmath>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

namespace {

constexpr int patience = 120'000;

struct Outcome
{
    int status = -1;
    QString out, err;
};

Outcome run(const QStringList &arguments, const QString &home)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(u"QT_QPA_PLATFORM"_s); // without a display it has to find its own way
    environment.remove(u"DISPLAY"_s);
    environment.insert(u"XDG_CONFIG_HOME"_s, home + u"/config");
    environment.insert(u"XDG_STATE_HOME"_s, home + u"/state");
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(STAMPDECK_BIN_DIR "/stampdeck"), arguments);
    if (!process.waitForFinished(patience)) {
        process.kill();
        process.waitForFinished();
        return {-1, {}, u"took longer than two minutes"_s};
    }
    return {process.exitCode(), QString::fromUtf8(process.readAllStandardOutput()),
            QString::fromUtf8(process.readAllStandardError())};
}

/// How wide the words at the right of the status bar are, in pixels of \a picture.
int statusWords(const QImage &picture, double scale)
{
    const int top = picture.height() - int(std::lround(20 * scale));
    const int bottom = picture.height() - int(std::lround(4 * scale));
    const QRgb ground = picture.pixel(picture.width() / 2, top);
    int first = -1;
    int last = -1;
    for (int x = picture.width() / 2; x < picture.width(); ++x) {
        bool isInk = false;
        for (int y = top; y < bottom && !isInk; ++y)
            isInk = picture.pixel(x, y) != ground;
        if (isInk) {
            first = first < 0 ? x : first;
            last = x;
        }
    }
    return last - first + 1;
}

} // namespace

class TestSnapshot : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void thePictureShowsAFleet_data()
    {
        QTest::addColumn<QString>("theme");
        QTest::addColumn<QString>("size");
        QTest::newRow("dark") << u"dark"_s << u"1600x1000"_s;
        QTest::newRow("light") << u"light"_s << u"1600x1000"_s;
        QTest::newRow("the smallest window") << u"dark"_s << u"1024x700"_s;
    }
    void thePictureShowsAFleet()
    {
        QFETCH(QString, theme);
        QFETCH(QString, size);
        QTemporaryDir home;
        const QString file = home.filePath(u"window.png"_s);
        const Outcome outcome = run({u"--demo=48"_s, u"--theme"_s, theme, u"--size"_s, size,
                                     u"--snapshot"_s, file, u"--state-dir"_s, home.path()},
                                    home.path());
        QVERIFY2(outcome.status == 0, qPrintable(outcome.err));
        const QImage picture(file);
        const QStringList parts = size.split(u'x');
        QCOMPARE(picture.size(), QSize(parts[0].toInt(), parts[1].toInt()));
        // The canvas is not one colour: stamps stand on it. The rail says which theme it is.
        QSet<QRgb> colors;
        for (int x = 80; x < 640; x += 3) {
            for (int y = 110; y < 500; y += 3)
                colors.insert(picture.pixel(x, y));
        }
        QVERIFY2(colors.size() > 20, qPrintable(QString::number(colors.size())));
        const bool isDark = qGray(picture.pixel(4, 400)) < 128;
        QCOMPARE(isDark, theme == u"dark");
    }

    void aRehearsalIsOfAFileAndApart()
    {
        QTemporaryDir home;
        const QString file = home.filePath(u"last.json"_s);
        const auto write = [](const QString &path, const QByteArray &text) {
            QFile out(path);
            return out.open(QIODevice::WriteOnly) && out.write(text) == text.size();
        };
        const auto recording = [](const QByteArray &stamp) {
            return QByteArray(R"({"recorded": {"from": "2026-11-01T03:00:00Z",
                "to": "2026-11-01T03:30:00Z"}, "sources": [{"name": "prod", "stamps": [
                {"name": "NAME", "health": "healthy"}]}]})")
                .replace("NAME", stamp);
        };
        const QString picture = home.filePath(u"window.png"_s);
        const QString state = home.filePath(u"practice"_s);
        const QStringList arguments{u"--rehearse"_s, file,    u"--snapshot"_s,
                                    picture,         u"--state-dir"_s, state};
        QVERIFY(write(file, recording("lab/eu-1")));
        const Outcome wrong = run(arguments, home.path());
        QCOMPARE(wrong.status, 2);
        QVERIFY2(wrong.err.contains(file) && wrong.err.contains(u"/sources/0/stamps/0/name"_s),
                 qPrintable(wrong.err));
        QVERIFY(write(file, recording("eu-1")));
        const Outcome good = run(arguments, home.path());
        QVERIFY2(good.status == 0, qPrintable(good.err));
        QVERIFY(!QImage(picture).isNull());
        // What is of another fleet is not played into.
        QVERIFY(QDir(state).mkpath(u"."_s) && write(state + u"/history.db"_s, "somebody's"));
        const Outcome refused = run(arguments, home.path());
        QCOMPARE(refused.status, 2);
        QVERIFY2(refused.err.contains(state), qPrintable(refused.err));
    }

    void theScaleIsThatOfDesktopAndText_data()
    {
        QTest::addColumn<QByteArray>("desktop");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<double>("scale");
        QTest::addRow("125 percent") << QByteArray("1.25") << QByteArray("100%") << 1.25;
        QTest::addRow("150 percent") << QByteArray("1.5") << QByteArray("100%") << 1.5;
        QTest::addRow("200 percent") << QByteArray("2") << QByteArray("100%") << 2.0;
        QTest::addRow("larger text") << QByteArray() << QByteArray("125%") << 1.25;
        QTest::addRow("the largest text") << QByteArray() << QByteArray("150%") << 1.5;
        QTest::addRow("smaller text") << QByteArray() << QByteArray("90%") << 1.0;
        QTest::addRow("smaller text, 200 percent") << QByteArray("2") << QByteArray("90%") << 2.0;
    }
    void theScaleIsThatOfDesktopAndText()
    {
        QFETCH(QByteArray, desktop);
        QFETCH(QByteArray, text);
        QFETCH(double, scale);
        QTemporaryDir home;
        const QString config = home.filePath(u"fleet.yaml"_s);
        QFile yaml(config);
        QVERIFY(yaml.open(QIODevice::WriteOnly));
        yaml.write("sources: [{name: demo, adapter: simulator, stamps: 8}]\n"
                   "window: {theme: dark, textSize: "
                   + text + "}\n");
        yaml.close();
        const auto asBefore = qScopeGuard([] { qunsetenv("QT_SCALE_FACTOR"); });
        if (!desktop.isEmpty())
            qputenv("QT_SCALE_FACTOR", desktop);
        const QString file = home.filePath(u"scaled.png"_s);
        const Outcome outcome = run({u"--config"_s, config, u"--size"_s, u"1200x800"_s,
                                     u"--snapshot"_s, file, u"--state-dir"_s, home.path()},
                                    home.path());
        QVERIFY2(outcome.status == 0, qPrintable(outcome.err));
        const QImage picture(file);
        QCOMPARE(picture.size(), (QSizeF(1200, 800) * scale).toSize());
        // Rail and map meet where they do at any scale.
        const int x = int(std::lround(64 * scale));
        const int y = int(std::lround(620 * scale)); // below the stamps
        QCOMPARE(QColor(picture.pixel(x + 3, y)), QColor(0x0d, 0x12, 0x19)); // bg.canvas
        QCOMPARE(QColor(picture.pixel(x - 4, y)), QColor(0x13, 0x19, 0x23)); // bg.window
        // Text below its full size does not need the desktop's scale, nor does it suffer from it.
        if (text != "90%")
            return;
        const QString full = home.filePath(u"full.png"_s);
        QVERIFY(yaml.open(QIODevice::WriteOnly));
        yaml.write("sources: [{name: demo, adapter: simulator, stamps: 8}]\nwindow: {theme: dark}\n");
        yaml.close();
        const Outcome whole = run({u"--config"_s, config, u"--size"_s, u"1200x800"_s,
                                   u"--snapshot"_s, full, u"--state-dir"_s, home.path()},
                                  home.path());
        QVERIFY2(whole.status == 0, qPrintable(whole.err));
        const double share = double(statusWords(picture, scale)) / statusWords(QImage(full), scale);
        QVERIFY2(share > 0.85 && share < 0.95, qPrintable(QString::number(share)));
    }

    void thePictureShowsTheWorld()
    {
        QTemporaryDir home;
        const QString file = home.filePath(u"world.png"_s);
        const Outcome outcome = run({u"--demo=48"_s, u"--theme"_s, u"dark"_s, u"--arrangement"_s,
                                     u"world"_s, u"--snapshot"_s, file, u"--state-dir"_s,
                                     home.path()},
                                    home.path());
        QVERIFY2(outcome.status == 0, qPrintable(outcome.err));
        const QImage picture(file);
        int land = 0;
        int sea = 0;
        for (int x = 70; x < 1270; x += 5) {
            for (int y = 110; y < 930; y += 5) {
                land += picture.pixel(x, y) == qRgb(0x1c, 0x27, 0x35); // land.fill, bg.canvas
                sea += picture.pixel(x, y) == qRgb(0x0d, 0x12, 0x19);
            }
        }
        QVERIFY2(land > 3'000 && sea > 8'000, qPrintable(u"%1 %2"_s.arg(land).arg(sea)));
    }

    void withoutASourceItOffersTheDemo()
    {
        QTemporaryDir home;
        const QString file = home.filePath(u"window.png"_s);
        const Outcome outcome = run({u"--snapshot"_s, file}, home.path());
        QVERIFY2(outcome.status == 0, qPrintable(outcome.err));
        QVERIFY(!QImage(file).isNull());
    }

    void wrongOptionsAreUsageErrors_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("says");
        QTest::newRow("unknown") << QStringList{u"--nonsense"_s} << u"--nonsense"_s;
        QTest::newRow("no such adapter")
                << QStringList{u"--source"_s, u"cloud=x"_s} << u"cloud"_s;
        QTest::newRow("a demo of no number") << QStringList{u"--demo=many"_s} << u"stamps"_s;
        QTest::newRow("a link to nowhere") << QStringList{u"stampdeck://moon"_s} << u"moon"_s;
        QTest::newRow("no such arrangement")
                << QStringList{u"--arrangement"_s, u"globe"_s} << u"globe"_s;
    }
    void wrongOptionsAreUsageErrors()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, says);
        QTemporaryDir home;
        const Outcome outcome = run(arguments + QStringList{u"--snapshot"_s, u"x.png"_s},
                                    home.path());
        QCOMPARE(outcome.status, 2);
        QVERIFY2(outcome.err.contains(says), qPrintable(outcome.err));
    }

    void helpAndVersion()
    {
        QTemporaryDir home;
        const Outcome help = run({u"--help"_s}, home.path());
        QCOMPARE(help.status, 0);
        QVERIFY(help.out.contains(u"--snapshot"_s));
        QVERIFY(help.out.contains(u"--wall"_s));
        const Outcome version = run({u"--version"_s}, home.path());
        QCOMPARE(version.status, 0);
        QVERIFY(version.out.startsWith(u"stampdeck "_s));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestSnapshot)
#include "tst_snapshot.moc"

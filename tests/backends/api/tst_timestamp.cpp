// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/api/timestamp.h"
#include "tests/support/testmain.h"

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestTimestamp : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void readsRfc3339_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("millis");
        QTest::addRow("the epoch") << u"1970-01-01T00:00:00Z"_s << qint64(0);
        QTest::addRow("three digits of fraction") << u"1970-01-01T00:00:01.250Z"_s << qint64(1250);
        QTest::addRow("nine digits of fraction") << u"1970-01-01T00:00:01.250999999Z"_s << qint64(1250);
        QTest::addRow("an offset east") << u"1970-01-01T02:30:00+02:30"_s << qint64(0);
        QTest::addRow("an offset west") << u"1969-12-31T19:00:00-05:00"_s << qint64(0);
        QTest::addRow("a leap day") << u"2024-02-29T12:00:00Z"_s << qint64(1709208000000);
    }
    void readsRfc3339()
    {
        QFETCH(QString, text);
        QFETCH(qint64, millis);
        const auto time = fromRfc3339(text);
        QVERIFY(time);
        QCOMPARE(time->time_since_epoch().count(), millis);
    }

    void refusesAnythingElse_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text :
             {"", "2026", "2026-01-02", "2026-01-02T03:04:05", "2026-02-30T03:04:05Z",
              "2026-01-02T24:04:05Z", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05Zx",
              "2026-01-02T03:04:05+0100", "2026-01-02T03:04:05+01:0x", "20x6-01-02T03:04:05Z"})
            QTest::addRow("%s", *text ? text : "nothing") << QString::fromLatin1(text);
    }
    void refusesAnythingElse()
    {
        QFETCH(QString, text);
        QVERIFY(!fromRfc3339(text));
    }

    void writesWhatItReads()
    {
        for (const QString &text : {u"2026-01-02T03:04:05Z"_s, u"2026-01-02T03:04:05.007Z"_s})
            QCOMPARE(toRfc3339(*fromRfc3339(text)), text);
    }

    void durations()
    {
        QCOMPARE(durationFromString(u"250ms"), std::optional(250ms));
        QCOMPARE(durationFromString(u"5s"), std::optional<std::chrono::milliseconds>(5s));
        QCOMPARE(durationFromString(u"2d"), std::optional<std::chrono::milliseconds>(48h));
        QCOMPARE(durationFromString(u"5"), std::nullopt);
        QCOMPARE(durationFromString(u"-5s"), std::nullopt);
        QCOMPARE(durationFromString(u"99999999999999999d"), std::nullopt);
        QCOMPARE(Stampdeck::toString(std::chrono::milliseconds(90s)), u"90s"_s);
        QCOMPARE(Stampdeck::toString(std::chrono::milliseconds(2h)), u"2h"_s);
        QCOMPARE(Stampdeck::toString(1ms), u"1ms"_s);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestTimestamp)
#include "tst_timestamp.moc"

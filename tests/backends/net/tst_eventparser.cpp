// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/net/eventparser.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

using namespace Stampdeck;
using namespace Qt::StringLiterals;

using Events = QList<ServerSentEvent>;

class TestEventParser : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void followsTheRules_data()
    {
        QTest::addColumn<QByteArray>("stream");
        QTest::addColumn<Events>("events");
        QTest::addRow("one event") << QByteArray("data: a\n\n") << Events{{"message", "a", {}}};
        QTest::addRow("several data lines are joined")
            << QByteArray("data: a\ndata:b\ndata\n\n") << Events{{"message", "a\nb\n", {}}};
        QTest::addRow("only the first space is dropped")
            << QByteArray("data:  a\n\n") << Events{{"message", " a", {}}};
        QTest::addRow("CR, LF and CRLF end lines")
            << QByteArray("data: a\r\rdata: b\n\ndata: c\r\n\r\n")
            << Events{{"message", "a", {}}, {"message", "b", {}}, {"message", "c", {}}};
        QTest::addRow("a byte order mark is dropped") << QByteArray("\xEF\xBB\xBF"
                                                                    "data: a\n\n")
                                                      << Events{{"message", "a", {}}};
        QTest::addRow("type and id, the id stays")
            << QByteArray("event: delta\nid: r1\ndata: a\n\ndata: b\n\n")
            << Events{{"delta", "a", "r1"}, {"message", "b", "r1"}};
        QTest::addRow("an id with a NUL is ignored")
            << QByteArray("id: r\0x\ndata: a\n\n", 18) << Events{{"message", "a", {}}};
        QTest::addRow("an empty id resets it")
            << QByteArray("id: r1\nid\ndata: a\n\n") << Events{{"message", "a", {}}};
        QTest::addRow("without data there is no event")
            << QByteArray("event: delta\nid: r1\n\ndata: b\n\n") << Events{{"message", "b", "r1"}};
        QTest::addRow("empty data is an event")
            << QByteArray("data\n\n") << Events{{"message", "", {}}};
        QTest::addRow("unknown fields are ignored")
            << QByteArray("foo: bar\ndatax: 1\ndata: a\n\n") << Events{{"message", "a", {}}};
        QTest::addRow("an event without its end is not one") << QByteArray("data: a\n") << Events{};
    }
    void followsTheRules()
    {
        QFETCH(QByteArray, stream);
        QFETCH(Events, events);
        // In one piece, and cut at every byte.
        EventParser whole;
        const auto output = whole.feed(stream);
        VERIFY_RESULT(output);
        QCOMPARE(output->events, events);
        EventParser pieces;
        Events collected;
        for (const char &byte : std::as_const(stream)) {
            const auto step = pieces.feed(QByteArrayView(&byte, 1));
            VERIFY_RESULT(step);
            collected += step->events;
        }
        QCOMPARE(collected, events);
    }

    void tellsCommentsAndRetry()
    {
        EventParser parser;
        auto output = parser.feed(": ping\nretry: 1500\nretry: x\n\n");
        VERIFY_RESULT(output);
        QVERIFY(output->comment);
        QVERIFY(output->events.isEmpty());
        QCOMPARE(output->retry, std::chrono::milliseconds(1500));
        output = parser.feed("data: a\n");
        VERIFY_RESULT(output);
        QVERIFY(!output->comment);
    }

    void boundsALine()
    {
        EventParser parser(100, 1000);
        for (int i = 0; i < 10; ++i)
            VERIFY_RESULT(parser.feed("0123456789"));
        const auto output = parser.feed("0");
        QVERIFY(!output);
        QCOMPARE(toString(output.error().kind), toString(ErrorKind::Malformed));
        QVERIFY(!parser.feed("\n\ndata: a\n\n"));
    }

    void boundsAnEvent()
    {
        EventParser parser(100, 50);
        VERIFY_RESULT(parser.feed("data: 0123456789012345678901234\n"));
        const auto output = parser.feed("data: 0123456789012345678901234\n");
        QVERIFY(!output);
        QCOMPARE(toString(output.error().kind), toString(ErrorKind::Malformed));
        QVERIFY(output.error().message.contains("an event of over 50 bytes"_L1));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestEventParser)
#include "tst_eventparser.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/net/eventstream.h"
#include "tests/support/fakehttpserver.h"
#include "tests/support/manualclock.h"
#include "tests/support/testmain.h"

#include <QtTest/QSignalSpy>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Mode = FakeAnswer::Mode;

class TestEventStream : public QObject
{
    Q_OBJECT

    ManualClock m_clock;

    static NetworkOptions options()
    {
        NetworkOptions options;
        options.name = u"prod"_s;
        return options;
    }
    static HttpRequest to(const FakeHttpServer &server)
    {
        HttpRequest request;
        request.url = server.url(u"/v1/fleet/events"_s);
        return request;
    }
    static FakeAnswer streaming(const QByteArray &body = {})
    {
        return {200, body, {{"Content-Type", "text/event-stream; charset=utf-8"}}, Mode::Stream};
    }

private Q_SLOTS:
    void init() { strict(); }

    void receivesAndResumes()
    {
        FakeHttpServer server([](const FakeRequest &) { return streaming("id: r1\ndata: a\n\n"); });
        HttpClient client(options(), m_clock);
        EventStream stream(client);
        QList<ServerSentEvent> events;
        connect(&stream, &EventStream::received, this,
                [&events](const ServerSentEvent &event) { events.append(event); });
        QSignalSpy opened(&stream, &EventStream::opened);
        QSignalSpy contact(&stream, &EventStream::contact);
        QSignalSpy ended(&stream, &EventStream::ended);
        stream.open(to(server), "r0");
        QTRY_COMPARE(events.size(), 1);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(server.requests().constLast().headers.value("last-event-id"), "r0");
        QCOMPARE(server.requests().constLast().headers.value("accept"), "text/event-stream");
        server.push("id: r2\nda");
        server.push("ta: b\n\n: alive\n");
        QTRY_COMPARE(contact.size(), 1);
        QCOMPARE(events.size(), 2);
        QCOMPARE(events[1], (ServerSentEvent{"message", "b", "r2"}));
        server.closeConnections();
        QTRY_COMPARE(ended.size(), 1);
        QCOMPARE(toString(ended[0][0].value<Error>().kind), toString(ErrorKind::Unreachable));
        QVERIFY(!stream.isOpen());
        QCOMPARE(stream.lastEventId(), "r2");
        stream.open(to(server), stream.lastEventId());
        QTRY_COMPARE(events.size(), 3);
        QCOMPARE(server.requests().constLast().headers.value("last-event-id"), "r2");
    }

    void endsWhenItIsSilent()
    {
        FakeHttpServer server([](const FakeRequest &) { return streaming(); });
        HttpClient client(options(), m_clock);
        EventStream stream(client);
        QSignalSpy opened(&stream, &EventStream::opened);
        QSignalSpy contact(&stream, &EventStream::contact);
        QSignalSpy ended(&stream, &EventStream::ended);
        stream.open(to(server), {});
        QTRY_COMPARE(opened.size(), 1);
        // Comments keep it alive far beyond the limit for a whole answer.
        for (int i = 1; i <= 5; ++i) {
            m_clock.advance(40s);
            server.push(": ping\n\n");
            QTRY_COMPARE(contact.size(), i);
        }
        m_clock.advance(44s);
        QCOMPARE(ended.size(), 0);
        m_clock.advance(1s);
        QTRY_COMPARE(ended.size(), 1);
        QCOMPARE(toString(ended[0][0].value<Error>().kind), toString(ErrorKind::Timeout));
    }

    void saysThatThereIsNone_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QString>("kind");
        QTest::addRow("404") << 404 << QByteArray("text/plain") << u"unsupported"_s;
        QTest::addRow("405") << 405 << QByteArray("text/plain") << u"unsupported"_s;
        QTest::addRow("JSON instead") << 200 << QByteArray("application/json") << u"unsupported"_s;
        QTest::addRow("401") << 401 << QByteArray("text/plain") << u"unauthenticated"_s;
        QTest::addRow("503") << 503 << QByteArray("text/plain") << u"not-now"_s;
    }
    void saysThatThereIsNone()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, type);
        QFETCH(QString, kind);
        FakeHttpServer server([&](const FakeRequest &) {
            return FakeAnswer{status, "{}", {{"Content-Type", type}}, Mode::Whole};
        });
        HttpClient client(options(), m_clock);
        EventStream stream(client);
        QSignalSpy opened(&stream, &EventStream::opened);
        QSignalSpy ended(&stream, &EventStream::ended);
        stream.open(to(server), {});
        QTRY_COMPARE(ended.size(), 1);
        QCOMPARE(toString(ended[0][0].value<Error>().kind), kind);
        QCOMPARE(opened.size(), 0);
    }

    void aLineWithoutEndEndsIt()
    {
        FakeHttpServer server([](const FakeRequest &) {
            FakeAnswer answer = streaming(QByteArray(65536, 'x'));
            answer.mode = Mode::Flood;
            return answer;
        });
        HttpClient client(options(), m_clock);
        EventStream stream(client);
        QSignalSpy ended(&stream, &EventStream::ended);
        stream.open(to(server), {});
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, 30'000);
        QCOMPARE(toString(ended[0][0].value<Error>().kind), toString(ErrorKind::Malformed));
    }

    void mayBeDeletedByWhoeverReceives()
    {
        FakeHttpServer server(
            [](const FakeRequest &) { return streaming("data: a\n\ndata: b\n\n"); });
        HttpClient client(options(), m_clock);
        auto stream = std::make_unique<EventStream>(client);
        int count = 0;
        connect(stream.get(), &EventStream::received, this, [&] {
            ++count;
            stream.reset();
        });
        stream->open(to(server), {});
        QTRY_COMPARE(count, 1);
        QTRY_COMPARE(server.open(), 0);
        QCOMPARE(client.active(), 0);
    }

    void manyStreamsToOneHost()
    {
        FakeHttpServer server([](const FakeRequest &) { return streaming(); });
        HttpClient client(options(), m_clock);
        std::vector<std::unique_ptr<EventStream>> streams;
        int opened = 0;
        for (int i = 0; i < 15; ++i) {
            streams.push_back(std::make_unique<EventStream>(client));
            connect(streams.back().get(), &EventStream::opened, this, [&opened] { ++opened; });
            streams.back()->open(to(server), {});
        }
        QTRY_COMPARE(opened, 15);
        streams.clear();
        QTRY_COMPARE(server.open(), 0);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestEventStream)
#include "tst_eventstream.moc"

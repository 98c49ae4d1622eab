// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/net/httpclient.h"
#include "backends/net/problem.h"
#include "tests/support/fakehttpserver.h"
#include "tests/support/manualclock.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

#include <zlib.h>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Mode = FakeAnswer::Mode;

namespace {

QByteArray gzip(const QByteArray &bytes)
{
    z_stream stream{};
    if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        qFatal("zlib");
    QByteArray out(qsizetype(deflateBound(&stream, uLong(bytes.size()))), Qt::Uninitialized);
    QByteArray in = bytes;
    stream.next_in = reinterpret_cast<Bytef *>(in.data());
    stream.avail_in = uInt(in.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = uInt(out.size());
    deflate(&stream, Z_FINISH);
    out.truncate(qsizetype(stream.total_out));
    deflateEnd(&stream);
    return out;
}

QByteArray fileOf(const char *name)
{
    QFile file(QString::fromLatin1(CERTIFICATES) + QString::fromLatin1(name));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no %s", name);
    return file.readAll();
}

QSslConfiguration serverTls(const char *certificate, bool wantsClient = false)
{
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setLocalCertificate(QSslCertificate(fileOf(certificate), QSsl::Pem));
    tls.setPrivateKey(QSslKey(fileOf("server.key"), QSsl::Ec));
    tls.setPeerVerifyMode(wantsClient ? QSslSocket::VerifyPeer : QSslSocket::VerifyNone);
    if (wantsClient)
        tls.setCaCertificates(QSslCertificate::fromData(fileOf("ca.pem")));
    return tls;
}

} // namespace

class TestHttpClient : public QObject
{
    Q_OBJECT

    ManualClock m_clock;

    static NetworkOptions options()
    {
        NetworkOptions options;
        options.name = u"prod"_s;
        options.limits = {3s, 5s, std::chrono::milliseconds(10s)};
        options.maxAnswer = 1 << 20;
        return options;
    }
    static HttpRequest get(const QUrl &url)
    {
        HttpRequest request;
        request.url = url;
        return request;
    }

private Q_SLOTS:
    void init() { strict(); }

    void gives()
    {
        FakeHttpServer server([](const FakeRequest &) {
            return FakeAnswer{200, R"({"a":1})", {{"ETag", "\"r1\""}}, Mode::Whole};
        });
        HttpClient client(options(), m_clock);
        HttpRequest request = get(server.url(u"/v1/fleet?since=r0"_s));
        request.headers = {{"If-None-Match", "\"r0\""}};
        const auto answer = await(client.send(request));
        VERIFY_RESULT(answer);
        QCOMPARE(answer->status, 200);
        QCOMPARE(answer->body, R"({"a":1})");
        QCOMPARE(answer->header("etag"), "\"r1\"");
        QCOMPARE(server.requests().size(), 1);
        const FakeRequest &seen = server.requests().constFirst();
        QCOMPARE(seen.path, "/v1/fleet");
        QCOMPARE(seen.query, "since=r0");
        QCOMPARE(seen.headers.value("if-none-match"), "\"r0\"");
        QCOMPARE(client.active(), 0);
        QCOMPARE(m_clock.pending(), 0);
    }

    // A page of diagnostics and a bundle that is sent away show it: no secret is in it.
    void recordsWhatItAsked()
    {
        FakeHttpServer server([](const FakeRequest &request) {
            return request.path == "/gone" ? FakeAnswer{404, "no"}
                                           : FakeAnswer{200, "12345678"};
        });
        HttpClient client(options(), m_clock);
        QList<RequestRecord> records;
        connect(&client, &HttpClient::recorded, this,
                [&records](const RequestRecord &record) { records.append(record); });
        QUrl url = server.url(u"/v1/fleet?since=r0&token=s3cret&s3cret#s3cret"_s);
        url.setUserName(u"ada"_s);
        url.setPassword(u"s3cret"_s);
        HttpRequest request = get(url);
        request.headers = {{"Authorization", "Bearer s3cret"}};
        VERIFY_RESULT(await(client.send(request)));
        VERIFY_RESULT(await(client.send(get(server.url(u"/gone"_s)))));
        QVERIFY(!await(client.send(get(QUrl(u"http://127.0.0.1:1/"_s)))));
        QCOMPARE(records.size(), 3);
        QCOMPARE(records[0].url,
                 QString(u"http://" + authorityOf(url) + u"/v1/fleet?since=r0&token=…&…"));
        QCOMPARE(records[0].method, u"GET"_s);
        QCOMPARE(records[0].status, 200);
        QCOMPARE(records[0].size, 8);
        QCOMPARE(records[0].startedAt, m_clock.now());
        QCOMPARE(records[1].status, 404);
        QCOMPARE(records[2].status, 0);
        QCOMPARE(records[2].error, u"connection refused by 127.0.0.1:1"_s);
        for (const RequestRecord &record : std::as_const(records)) {
            QVERIFY(!QString(record.url + record.error).contains(u"s3cret"));
            QVERIFY(!record.url.contains(u"ada"));
        }
    }

    void keepsConnectionsAndPosts()
    {
        FakeHttpServer server([](const FakeRequest &) { return FakeAnswer{202, "{}"}; });
        HttpClient client(options(), m_clock);
        HttpRequest request = get(server.url(u"/v1/x:move"_s));
        request.method = "POST";
        request.body = R"({"to":"eu-2"})";
        request.lane = HttpRequest::Lane::Write;
        for (int i = 0; i < 5; ++i)
            VERIFY_RESULT(await(client.send(request)));
        QCOMPARE(server.connections(), 1);
        QCOMPARE(server.requests().size(), 5);
        QCOMPARE(server.requests().constLast().body, request.body);
        QCOMPARE(server.requests().constLast().headers.value("content-type"), "application/json");
    }

    void anyStatusIsAnAnswer_data()
    {
        QTest::addColumn<int>("status");
        for (const int status :
             {302, 304, 400, 401, 403, 404, 405, 409, 410, 412, 428, 429, 500, 501, 502, 503, 504})
            QTest::addRow("%d", status) << status;
    }
    void anyStatusIsAnAnswer()
    {
        QFETCH(int, status);
        FakeHttpServer server([status](const FakeRequest &) {
            return FakeAnswer{
                status,
                status == 304 ? QByteArray() : R"({"code":"x"})",
                {{"Location", "http://127.0.0.1:1/elsewhere"}, {"WWW-Authenticate", "Bearer"}},
                Mode::Whole};
        });
        HttpClient client(options(), m_clock);
        const auto answer = await(client.send(get(server.url())));
        VERIFY_RESULT(answer);
        QCOMPARE(answer->status, status);
        if (status != 304)
            QCOMPARE(answer->body, R"({"code":"x"})");
        QCOMPARE(bool(successOf(answer, u"prod"_s)), status == 304);
        QCOMPARE(server.requests().size(), 1);
    }

    void followsARedirectOnlyAtHome()
    {
        FakeHttpServer server([&server](const FakeRequest &request) {
            if (request.path == "/new")
                return FakeAnswer{200, "there"};
            return FakeAnswer{302, {}, {{"Location", server.url(u"/new"_s).toEncoded()}}};
        });
        HttpClient client(options(), m_clock);
        HttpRequest request = get(server.url(u"/old"_s));
        request.redirects = HttpRequest::Redirects::SameOrigin;
        const auto answer = await(client.send(request));
        VERIFY_RESULT(answer);
        QCOMPARE(answer->body, "there");

        FakeHttpServer away([&server](const FakeRequest &) {
            return FakeAnswer{302, {}, {{"Location", server.url(u"/new"_s).toEncoded()}}};
        });
        request.url = away.url();
        const auto refused = await(client.send(request));
        QVERIFY(!refused);
        QCOMPARE(toString(refused.error().kind), toString(ErrorKind::Malformed));
        QCOMPARE(server.requests().size(), 2);
    }

    void decompresses()
    {
        const QByteArray text = QByteArray("stamp").repeated(20'000);
        FakeHttpServer server([&text](const FakeRequest &request) {
            if (!request.headers.value("accept-encoding").contains("gzip"))
                return FakeAnswer{400, {}};
            return FakeAnswer{200, gzip(text), {{"Content-Encoding", "gzip"}}, Mode::Whole};
        });
        HttpClient client(options(), m_clock);
        const auto answer = await(client.send(get(server.url())));
        VERIFY_RESULT(answer);
        QCOMPARE(answer->body, text);
    }

    void handsABodyToASink()
    {
        FakeHttpServer server([](const FakeRequest &request) {
            return request.path == "/bad" ? FakeAnswer{500, "trouble"}
                                          : FakeAnswer{200, QByteArray(300'000, 'x')};
        });
        HttpClient client(options(), m_clock);
        qsizetype size = 0, largest = 0;
        HttpRequest request = get(server.url());
        request.sink = [&](QByteArrayView bytes) -> Result<void> {
            size += bytes.size();
            largest = std::max(largest, bytes.size());
            return {};
        };
        const auto answer = await(client.send(request));
        VERIFY_RESULT(answer);
        QCOMPARE(size, 300'000);
        QVERIFY(largest <= 65536);
        QVERIFY(answer->body.isEmpty());

        request.url = server.url(u"/bad"_s);
        const auto bad = await(client.send(request));
        VERIFY_RESULT(bad);
        QCOMPARE(bad->body, "trouble");
        QCOMPARE(size, 300'000);

        request.url = server.url();
        request.sink = [](QByteArrayView) -> Result<void> {
            return fail(ErrorKind::Malformed, u"not JSON"_s);
        };
        const auto stopped = await(client.send(request));
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().message, u"not JSON"_s);
    }

    void theConnectLimit()
    {
        // A socket that listens with a full backlog and never accepts.
        QTcpServer full;
        full.setListenBacklogSize(0);
        QVERIFY(full.listen(QHostAddress::LocalHost, 0));
        full.pauseAccepting();
        QList<std::shared_ptr<QTcpSocket>> fillers;
        for (int i = 0; i < 4; ++i) {
            auto filler = std::make_shared<QTcpSocket>();
            filler->connectToHost(QHostAddress::LocalHost, full.serverPort());
            fillers.append(filler);
        }
        QTRY_COMPARE(fillers[0]->state(), QAbstractSocket::ConnectedState);
        HttpClient client(options(), m_clock);
        auto future =
            client.send(get(QUrl(u"http://127.0.0.1:"_s + QString::number(full.serverPort()))));
        QTRY_COMPARE(client.active(), 1);
        m_clock.advance(2999ms);
        QVERIFY(!future.isFinished());
        m_clock.advance(1ms);
        const auto answer = await(future);
        QVERIFY(!answer);
        QCOMPARE(toString(answer.error().kind), toString(ErrorKind::Timeout));
        QCOMPARE(answer.error().message,
                 u"prod does not answer: no connection to 127.0.0.1:%1 within 3 s"_s.arg(
                     full.serverPort()));
    }

    void theLimitOfSilence()
    {
        FakeHttpServer server([](const FakeRequest &) {
            return FakeAnswer{200, {}, {}, Mode::Hang};
        });
        HttpClient client(options(), m_clock);
        auto future = client.send(get(server.url()));
        QTRY_COMPARE(server.requests().size(), 1);
        QTRY_COMPARE(m_clock.untilNext(), std::optional(5000ms));
        m_clock.advance(4999ms);
        QVERIFY(!future.isFinished());
        m_clock.advance(1ms);
        const auto answer = await(future);
        QVERIFY(!answer);
        QCOMPARE(toString(answer.error().kind), toString(ErrorKind::Timeout));
        QCOMPARE(answer.error().message,
                 u"prod does not answer: nothing came from 127.0.0.1:%1 within 5 s"_s.arg(
                     server.port()));
        QTRY_COMPARE(server.open(), 0);
    }

    void theLimitForTheWholeAnswer()
    {
        FakeHttpServer server([](const FakeRequest &) {
            return FakeAnswer{200, QByteArray(100, 'x'), {}, Mode::Drip};
        });
        HttpClient client(options(), m_clock);
        qsizetype size = 0;
        HttpRequest request = get(server.url());
        request.sink = [&size](QByteArrayView bytes) -> Result<void> {
            size += bytes.size();
            return {};
        };
        auto future = client.send(request);
        QTRY_COMPARE(server.requests().size(), 1);
        // A byte a second: never silent for long, and yet it ends.
        for (int second = 1; second <= 9; ++second) {
            server.drip();
            QTRY_COMPARE(size, second);
            m_clock.advance(1s);
            QVERIFY(!future.isFinished());
        }
        m_clock.advance(1s);
        const auto answer = await(future);
        QVERIFY(!answer);
        QCOMPARE(toString(answer.error().kind), toString(ErrorKind::Timeout));
        QCOMPARE(answer.error().message,
                 u"prod answers too slowly: the whole answer did not come from 127.0.0.1:%1 within 10 s"_s
                     .arg(server.port()));
    }

    void boundsTheAnswer_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("mode");
        QTest::addColumn<QByteArray>("encoding");
        QTest::addColumn<int>("status");
        const int whole = int(Mode::Whole), flood = int(Mode::Flood);
        QTest::addRow("too long by its own word")
            << QByteArray((1 << 20) + 1, 'x') << whole << QByteArray() << 200;
        QTest::addRow("a flood") << QByteArray(65536, 'x') << flood << QByteArray() << 200;
        QTest::addRow("a flood with an error's status")
            << QByteArray(65536, 'x') << flood << QByteArray() << 500;
        QTest::addRow("a small body that blows up")
            << gzip(QByteArray(50 << 20, 'x')) << whole << QByteArray("gzip") << 200;
    }
    void boundsTheAnswer()
    {
        QFETCH(QByteArray, body);
        QFETCH(int, mode);
        QFETCH(QByteArray, encoding);
        QFETCH(int, status);
        FakeHttpServer server([&](const FakeRequest &) {
            FakeAnswer answer{status, body, {}, Mode(mode)};
            if (!encoding.isEmpty())
                answer.headers.insert("Content-Encoding", encoding);
            return answer;
        });
        HttpClient client(options(), m_clock);
        qint64 received = 0;
        HttpRequest request = get(server.url());
        request.sink = [&received](QByteArrayView bytes) -> Result<void> {
            received += bytes.size();
            return {};
        };
        const auto answer = await(client.send(request));
        QVERIFY(!answer);
        QCOMPARE(toString(answer.error().kind), toString(ErrorKind::Malformed));
        QCOMPARE(answer.error().message, u"the answer of prod is larger than 1 MiB"_s);
        QVERIFY(received <= 1 << 20);
        if (Mode(mode) == Mode::Flood)
            QTRY_COMPARE(server.open(), 0);
        // What the sockets of both sides hold is all that was sent beyond the limit.
        QVERIFY2(server.bytesSent() < (24 << 20), qPrintable(QString::number(server.bytesSent())));
    }

    void aFloodEndsWhenItIsTakenBack()
    {
        FakeHttpServer server([](const FakeRequest &) {
            return FakeAnswer{200, QByteArray(65536, 'x'), {}, Mode::Flood};
        });
        NetworkOptions generous = options();
        generous.maxAnswer = 1LL << 40;
        HttpClient client(generous, m_clock);
        int pieces = 0;
        HttpRequest request = get(server.url());
        request.sink = [&pieces](QByteArrayView) -> Result<void> {
            ++pieces;
            return {};
        };
        bool done = false;
        const auto id = client.send(request, [&done](const auto &) { done = true; });
        QTRY_VERIFY(pieces > 100);
        client.abort(id);
        QVERIFY(done);
        QTRY_COMPARE(server.open(), 0);
    }

    void aCutOffAnswerIsAnError_data()
    {
        QTest::addColumn<FakeAnswer>("scripted");
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("kind");
        QTest::addRow("half of it")
            << FakeAnswer{200, QByteArray(1000, 'x'), {}, Mode::Truncate}
            << u"PEER closed the connection in the middle of its answer"_s << u"unreachable"_s;
        QTest::addRow("none of it")
            << FakeAnswer{200, {}, {}, Mode::Close}
            << u"PEER closed the connection without an answer"_s << u"unreachable"_s;
        QTest::addRow("half of a gzip stream")
            << FakeAnswer{200,
                          gzip(QByteArray("0123456789").repeated(1000)).chopped(12),
                          {{"Content-Encoding", "gzip"}},
                          Mode::Whole}
            << u"the answer of prod was cut off"_s << u"malformed"_s;
        QTest::addRow("no gzip at all")
            << FakeAnswer{200, "hello", {{"Content-Encoding", "gzip"}}, Mode::Whole}
            << u"the answer can't be decompressed"_s << u"malformed"_s;
        QTest::addRow("an encoding nobody asked for")
            << FakeAnswer{200, "hello", {{"Content-Encoding", "br"}}, Mode::Whole}
            << u"prod compressed its answer in a way that we did not ask for"_s << u"malformed"_s;
    }
    void aCutOffAnswerIsAnError()
    {
        QFETCH(FakeAnswer, scripted);
        QFETCH(QString, message);
        QFETCH(QString, kind);
        FakeHttpServer server([&](const FakeRequest &) { return scripted; });
        HttpClient client(options(), m_clock);
        const auto answer = await(client.send(get(server.url())));
        QVERIFY(!answer);
        QCOMPARE(answer.error().message,
                 message.replace(u"PEER"_s, u"127.0.0.1:"_s + QString::number(server.port())));
        QCOMPARE(toString(answer.error().kind), kind);
    }

    void garbageIsAnError()
    {
        FakeHttpServer server([](const FakeRequest &) {
            return FakeAnswer{200, "SSH-2.0-OpenSSH_9.2\r\n\r\n", {}, Mode::Raw};
        });
        HttpClient client(options(), m_clock);
        const auto answer = await(client.send(get(server.url())));
        QVERIFY(!answer);
        QVERIFY(answer.error().isTransient());
    }

    void headersWithoutAnEndMeetTheLimits()
    {
        FakeHttpServer server([](const FakeRequest &) {
            return FakeAnswer{200, "HTTP/1.1 100 Continue\r\n\r\n", {}, Mode::RawFlood};
        });
        HttpClient client(options(), m_clock);
        auto future = client.send(get(server.url()));
        QTRY_VERIFY(server.bytesSent() > 0);
        m_clock.advance(10s);
        const auto answer = await(future);
        QVERIFY(!answer);
        QCOMPARE(toString(answer.error().kind), toString(ErrorKind::Timeout));
    }

    void saysWhoRefused()
    {
        FakeHttpServer server;
        server.stopListening();
        HttpClient client(options(), m_clock);
        const auto answer = await(client.send(get(server.url())));
        QVERIFY(!answer);
        QCOMPARE(toString(answer.error().kind), toString(ErrorKind::Unreachable));
        QCOMPARE(answer.error().message,
                 u"connection refused by 127.0.0.1:"_s + QString::number(server.port()));
    }

    void refusesOtherSchemes()
    {
        HttpClient client(options(), m_clock);
        for (const auto &url : {u"file:///etc/passwd"_s, u"ftp://a/b"_s, u"http://"_s, QString()}) {
            const auto answer = await(client.send(get(QUrl(url))));
            QVERIFY(!answer);
            QCOMPARE(toString(answer.error().kind), toString(ErrorKind::Invalid));
        }
    }

    void writesNeverWaitBehindPolls()
    {
        FakeHttpServer server([](const FakeRequest &request) {
            return request.method == "GET" ? FakeAnswer{200, {}, {}, Mode::Hang}
                                           : FakeAnswer{202, "{}"};
        });
        HttpClient client(options(), m_clock);
        QList<FutureResult<HttpAnswer>> polls;
        for (int i = 0; i < 20; ++i)
            polls.append(client.send(get(server.url())));
        QTRY_COMPARE(server.requests().size(), 4);
        QCOMPARE(client.active(), 4);
        QCOMPARE(client.queued(), 16);
        HttpRequest write = get(server.url());
        write.method = "POST";
        write.lane = HttpRequest::Lane::Write;
        VERIFY_RESULT(await(client.send(write)));
        // The next four take the place of those that were given up.
        m_clock.advance(5s);
        QTRY_COMPARE(server.requests().size(), 9);
    }

    void cancellingAborts()
    {
        FakeHttpServer server([](const FakeRequest &) {
            return FakeAnswer{200, {}, {}, Mode::Hang};
        });
        HttpClient client(options(), m_clock);
        auto future = client.send(get(server.url()));
        QTRY_COMPARE(server.requests().size(), 1);
        future.cancel();
        QTRY_COMPARE(server.open(), 0);
        QTRY_COMPARE(client.active(), 0);
        QCOMPARE(m_clock.pending(), 0);
    }

    void theDestructorEndsEverything()
    {
        FakeHttpServer server([](const FakeRequest &) {
            return FakeAnswer{200, {}, {}, Mode::Hang};
        });
        QList<FutureResult<HttpAnswer>> futures;
        {
            HttpClient client(options(), m_clock);
            for (int i = 0; i < 10; ++i)
                futures.append(client.send(get(server.url())));
            QTRY_COMPARE(server.requests().size(), 4);
        }
        for (const auto &future : futures) {
            QVERIFY(future.isFinished());
            QCOMPARE(toString(future.result().error().kind), toString(ErrorKind::Cancelled));
        }
        QCOMPARE(m_clock.pending(), 0);
        QTRY_COMPARE(server.open(), 0);
    }

    void tls_data()
    {
        QTest::addColumn<QByteArray>("certificate");
        QTest::addColumn<bool>("knowsAuthority");
        QTest::addColumn<bool>("insecure");
        QTest::addColumn<QString>("serverName");
        QTest::addColumn<QString>("message");
        QTest::addRow("good") << QByteArray("server.pem") << true << false << QString()
                              << QString();
        QTest::addRow("an unknown authority")
            << QByteArray("server.pem") << false << false << QString()
            << u"prod: certificate is signed by an authority that is not known here: name it with `ca`"_s;
        QTest::addRow("expired") << QByteArray("expired.pem") << true << false << QString()
                                 << u"prod: certificate expired on 2020-02-03"_s;
        QTest::addRow("for another name")
            << QByteArray("othername.pem") << true << false << QString()
            << u"prod: certificate is for other.example, not for 127.0.0.1"_s;
        QTest::addRow("for another name that was expected")
            << QByteArray("othername.pem") << true << false << u"other.example"_s << QString();
        QTest::addRow("insecure") << QByteArray("expired.pem") << false << true << QString()
                                  << QString();
    }
    void tls()
    {
        QFETCH(QByteArray, certificate);
        QFETCH(bool, knowsAuthority);
        QFETCH(bool, insecure);
        QFETCH(QString, serverName);
        QFETCH(QString, message);
        FakeHttpServer server(serverTls(certificate.constData()), [](const FakeRequest &) {
            return FakeAnswer{200, "ok"};
        });
        SourceSettings settings;
        settings.name = u"prod"_s;
        if (knowsAuthority)
            settings.keys.insert(u"ca"_s, QString(QString::fromLatin1(CERTIFICATES) + u"ca.pem"_s));
        settings.keys.insert(u"insecure"_s, insecure);
        settings.keys.insert(u"serverName"_s, serverName);
        const auto network = networkOptions(settings);
        VERIFY_RESULT(network);
        HttpClient client(*network, m_clock);
        const auto answer = await(client.send(get(server.url())));
        if (message.isEmpty()) {
            VERIFY_RESULT(answer);
            QCOMPARE(answer->body, "ok");
        } else {
            QVERIFY(!answer);
            QCOMPARE(answer.error().message, message);
            QCOMPARE(toString(answer.error().kind), toString(ErrorKind::Unreachable));
            QVERIFY(server.requests().isEmpty());
        }
    }

    void showsItsCertificate()
    {
        FakeHttpServer server(serverTls("server.pem", true), [](const FakeRequest &) {
            return FakeAnswer{200, "ok"};
        });
        SourceSettings settings;
        settings.name = u"prod"_s;
        const QString folder = QString::fromLatin1(CERTIFICATES);
        settings.keys = {{u"ca"_s, QString(folder + u"ca.pem"_s)}};
        const auto without = networkOptions(settings);
        VERIFY_RESULT(without);
        HttpClient stranger(*without, m_clock);
        QVERIFY(!await(stranger.send(get(server.url()))));
        QVERIFY(server.requests().isEmpty());
        settings.keys.insert(u"clientCertificate"_s, QString(folder + u"client.pem"_s));
        settings.keys.insert(u"clientKey"_s, QString(folder + u"client.key"_s));
        const auto with = networkOptions(settings);
        VERIFY_RESULT(with);
        HttpClient known(*with, m_clock);
        VERIFY_RESULT(await(known.send(get(server.url()))));
    }

    void aFloodOverTlsIsBounded()
    {
        FakeHttpServer server(serverTls("server.pem"), [](const FakeRequest &) {
            return FakeAnswer{200, QByteArray(65536, 'x'), {}, Mode::Flood};
        });
        NetworkOptions network = options();
        VERIFY_RESULT(setCa(network, fileOf("ca.pem"), u"ca"_s));
        HttpClient client(network, m_clock);
        const auto answer = await(client.send(get(server.url())));
        QVERIFY(!answer);
        QCOMPARE(toString(answer.error().kind), toString(ErrorKind::Malformed));
        QVERIFY(server.bytesSent() < (24 << 20));
    }

    void wrongOptionsNameTheirKey_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        const QString folder = QString::fromLatin1(CERTIFICATES);
        QTest::addRow("no such file") << u"ca"_s << u"/no/such/file"_s;
        QTest::addRow("a key is no certificate") << u"ca"_s << QString(folder + u"server.key"_s);
        QTest::addRow("a certificate without its key")
            << u"clientCertificate"_s << QString(folder + u"client.pem"_s);
        QTest::addRow("a proxy of another kind") << u"proxy"_s << u"ftp://proxy:1"_s;
    }
    void wrongOptionsNameTheirKey()
    {
        QFETCH(QString, key);
        QFETCH(QString, value);
        SourceSettings settings;
        settings.keys.insert(key, value);
        const auto network = networkOptions(settings);
        QVERIFY(!network);
        QCOMPARE(toString(network.error().kind), toString(ErrorKind::Invalid));
        QVERIFY(network.error().message.startsWith(key));
    }

    void goesThroughAProxy()
    {
        FakeHttpServer proxy([](const FakeRequest &request) {
            return FakeAnswer{200, request.path};
        });
        SourceSettings settings;
        settings.keys.insert(u"proxy"_s, proxy.url().toString());
        const auto network = networkOptions(settings);
        VERIFY_RESULT(network);
        HttpClient client(*network, m_clock);
        const auto answer = await(client.send(get(QUrl(u"http://stamps.invalid/v1/fleet"_s))));
        VERIFY_RESULT(answer);
        QCOMPARE(answer->body, "http://stamps.invalid/v1/fleet");
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestHttpClient)
#include "tst_httpclient.moc"

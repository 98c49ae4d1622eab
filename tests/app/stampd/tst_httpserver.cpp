// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stampd/httpserver.h"

#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtCore/QThread>
#include <QtCore/QTimer>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QSslSocket>
#include <QtNetwork/QTcpSocket>

#include <mutex>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Answers by path; keeps what it was asked.
class Handler final : public HttpHandler
{
public:
    Admission admit(HttpRequest &request) override
    {
        request.route = "/route";
        Admission admission;
        admission.maxBody = 100;
        if (request.path == "/refused")
            admission.refusal = problem(401, u"who are you"_s);
        return admission;
    }
    void handle(HttpRequest request, HttpResponder responder) override
    {
        const std::scoped_lock lock(mutex);
        requests.push_back(request);
        if (request.path == "/later" || request.path == "/dropped") {
            waiting.push_back(responder);
            return;
        }
        if (request.path == "/events") {
            HttpResponse head;
            head.contentType = "text/event-stream";
            streams.push_back(responder.stream(head));
            return;
        }
        HttpResponse response;
        response.contentType = "text/plain";
        response.body = request.path == "/large" || request.path == "/v1/large"
                ? QByteArray(8 << 20, 'x')
                : QByteArray("hello ") + request.body;
        responder.answer(response);
    }
    HttpResponse problem(int status, const QString &detail) override
    {
        HttpResponse response;
        response.status = status;
        response.contentType = "text/plain";
        response.body = detail.toUtf8();
        return response;
    }
    void answered(const QByteArray &, const QByteArray &route, int status,
                  std::chrono::microseconds) override
    {
        const std::scoped_lock lock(mutex);
        log.append(route + ' ' + QByteArray::number(status));
    }

    size_t waitingCount()
    {
        const std::scoped_lock lock(mutex);
        return waiting.size();
    }
    std::vector<HttpEventStream> openStreams()
    {
        const std::scoped_lock lock(mutex);
        return streams;
    }

    std::mutex mutex;
    std::vector<HttpRequest> requests;
    std::vector<HttpResponder> waiting;
    std::vector<HttpEventStream> streams;
    QList<QByteArray> log;
};

QByteArray get(const QByteArray &path, const QByteArray &headers = {})
{
    return "GET " + path + " HTTP/1.1\r\nHost: here\r\n" + headers + "\r\n";
}

} // namespace

class TestHttpServer : public QObject
{
    Q_OBJECT
private:
    std::unique_ptr<Handler> m_handler;
    std::unique_ptr<HttpServer> m_server;
    quint16 m_port = 0;

    void start(const HttpServerSettings &settings = {})
    {
        m_handler = std::make_unique<Handler>();
        m_server = std::make_unique<HttpServer>(settings, *m_handler);
        const auto url = m_server->start();
        VERIFY_RESULT(url);
        m_port = url->section(u':', 2).toUShort();
        QVERIFY(m_port != 0);
    }

    std::unique_ptr<QTcpSocket> connected()
    {
        auto socket = std::make_unique<QTcpSocket>();
        socket->connectToHost(u"127.0.0.1"_s, m_port);
        if (!QTest::qWaitFor([&] { return socket->state() == QAbstractSocket::ConnectedState; }))
            qWarning("no connection");
        return socket;
    }

    /// Sends, and reads until the server closes.
    QByteArray exchange(const QByteArray &request)
    {
        auto socket = connected();
        socket->write(request);
        QByteArray answer;
        const auto isOver = [&] {
            answer += socket->readAll();
            return socket->state() == QAbstractSocket::UnconnectedState;
        };
        if (!QTest::qWaitFor(isOver, 20'000))
            qWarning("the server does not close");
        return answer + socket->readAll();
    }

    static bool waitFor(QTcpSocket &socket, const QByteArray &end, QByteArray *all)
    {
        return QTest::qWaitFor([&] {
            *all += socket.readAll();
            return all->contains(end);
        });
    }

private Q_SLOTS:
    void init() { Testing::strict(); }
    void cleanup()
    {
        if (m_server)
            m_server->stop();
        m_server.reset();
        m_handler.reset();
    }

    void aConnectionServesSeveralRequests()
    {
        start();
        const QByteArray post = "POST /a HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\nabc";
        const QByteArray answer
                = exchange(post + get("/b?x=1") + get("/c", "Connection: close\r\n"));
        QCOMPARE(answer.count("HTTP/1.1 200 OK\r\n"), 3);
        QVERIFY(answer.contains("\r\n\r\nhello abcHTTP/1.1"));
        QVERIFY(answer.contains("Date: "));
        QCOMPARE(m_handler->requests.size(), size_t(3));
        QCOMPARE(m_handler->requests[1].path, QByteArray("/b"));
        QCOMPARE(m_handler->requests[1].query, QByteArray("x=1"));
        QCOMPARE(m_handler->requests[1].peer, u"127.0.0.1"_s);
        QCOMPARE(m_handler->log, QList<QByteArray>(3, "/route 200"));
    }

    void headHasTheLengthAndNoBody()
    {
        start();
        const QByteArray answer
                = exchange("HEAD / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
        QVERIFY(answer.contains("Content-Length: 6\r\n"));
        QVERIFY(answer.endsWith("\r\n\r\n"));
    }

    void aChunkedBodyIsRead()
    {
        start();
        const QByteArray answer
                = exchange("POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n"
                           "Connection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
        QVERIFY(answer.endsWith("hello abcde"));
    }

    void whatIsWrongGetsAnAnswerAndTheEnd_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<int>("status");
        QTest::newRow("no HTTP") << QByteArray("hello there\r\n\r\n") << 400;
        QTest::newRow("no host") << QByteArray("GET / HTTP/1.1\r\n\r\n") << 400;
        QTest::newRow("two hosts")
                << QByteArray("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") << 400;
        QTest::newRow("a header that is too long")
                << get("/", "X-Long: " + QByteArray(20'000, 'x') + "\r\n") << 431;
        QTest::newRow("a path that is too long") << get('/' + QByteArray(20'000, 'x')) << 431;
        QTest::newRow("a body that is too long, said before")
                << QByteArray("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n")
                        + QByteArray(101, 'x')
                << 413;
        QTest::newRow("a body that is too long, in chunks")
                << QByteArray("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n")
                        + QByteArray(101, 'x') + "\r\n0\r\n\r\n"
                << 413;
        QTest::newRow("a chunk that has no size")
                << QByteArray("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
                << 400;
        QTest::newRow("two lengths")
                << QByteArray("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                              "Content-Length: 2\r\n\r\nab")
                << 400;
        QTest::newRow("length and chunks")
                << QByteArray("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                              "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
                << 400;
        QTest::newRow("refused with its body unread")
                << QByteArray("POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\n")
                        + QByteArray(50, 'x')
                << 401;
    }
    void whatIsWrongGetsAnAnswerAndTheEnd()
    {
        QFETCH(QByteArray, request);
        QFETCH(int, status);
        start();
        const QByteArray answer = exchange(request);
        QVERIFY2(answer.startsWith(QByteArray("HTTP/1.1 " + QByteArray::number(status) + ' ')),
                 answer.left(200).constData());
        QCOMPARE(answer.count("Server: stampd"), 1);
        QVERIFY(answer.contains("Connection: close\r\n"));
        QVERIFY(m_handler->requests.empty());
    }

    void aBodyIsCalledForWhereTheClientWaits()
    {
        start();
        auto socket = connected();
        socket->write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        QByteArray answer;
        QVERIFY(waitFor(*socket, "HTTP/1.1 100 Continue\r\n\r\n", &answer));
        socket->write("ok");
        QVERIFY(waitFor(*socket, "hello ok", &answer));
    }

    void slowRequestsAreEnded_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("half a header") << QByteArray("GET / HTTP/1.1\r\nHost:");
        QTest::newRow("half a body")
                << QByteArray("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
        QTest::newRow("idle after an answer") << get("/");
    }
    void slowRequestsAreEnded()
    {
        QFETCH(QByteArray, request);
        HttpServerSettings settings;
        settings.limits.headerTime = settings.limits.bodyTime = settings.limits.idleTime = 300ms;
        start(settings);
        QElapsedTimer clock;
        clock.start();
        const QByteArray answer = exchange(request);
        QVERIFY(clock.elapsed() >= 250);
        QVERIFY(clock.elapsed() < 15'000);
        QCOMPARE(answer.startsWith("HTTP/1.1 200"), request.endsWith("\r\n\r\n"));
        QTRY_COMPARE(m_server->connections(), 0);
    }

    void aTricklingHeaderIsEndedAsAWhole()
    {
        HttpServerSettings settings;
        settings.limits.headerTime = 500ms;
        start(settings);
        auto socket = connected();
        QTimer trickle;
        connect(&trickle, &QTimer::timeout, socket.get(), [&] { socket->write("X"); });
        trickle.start(50);
        QTRY_COMPARE_WITH_TIMEOUT(socket->state(), QAbstractSocket::UnconnectedState, 15'000);
    }

    void connectionsAreCounted_data()
    {
        QTest::addColumn<bool>("perPeer");
        QTest::addColumn<QByteArray>("status");
        QTest::newRow("all") << false << QByteArray("503");
        QTest::newRow("of one peer") << true << QByteArray("429");
    }
    void connectionsAreCounted()
    {
        QFETCH(bool, perPeer);
        QFETCH(QByteArray, status);
        HttpServerSettings settings;
        (perPeer ? settings.limits.connectionsPerPeer : settings.limits.connections) = 2;
        start(settings);
        auto first = connected();
        auto second = connected();
        QTRY_COMPARE(m_server->connections(), 2);
        QVERIFY(exchange(get("/")).startsWith(QByteArray("HTTP/1.1 " + status)));
        first->disconnectFromHost();
        QTRY_COMPARE(m_server->connections(), 1);
        QVERIFY(exchange(get("/", "Connection: close\r\n")).startsWith("HTTP/1.1 200"));
    }

    void anAnswerMayComeLaterFromAnotherThread()
    {
        start();
        auto socket = connected();
        socket->write(get("/later"));
        QTRY_COMPARE(m_handler->waitingCount(), size_t(1));
        HttpResponse response;
        response.contentType = "text/plain";
        response.body = "at last";
        m_handler->waiting[0].answer(response);
        response.body = "again";
        m_handler->waiting[0].answer(response);
        QByteArray answer;
        QVERIFY(waitFor(*socket, "at last", &answer));
        socket->write(get("/b"));
        QVERIFY(waitFor(*socket, "hello ", &answer));
        QVERIFY(!answer.contains("again"));
    }

    void aRequestThatIsDroppedGets500()
    {
        start();
        auto socket = connected();
        socket->write(get("/dropped"));
        QTRY_COMPARE(m_handler->waitingCount(), size_t(1));
        m_handler->waiting.clear();
        QByteArray answer;
        QVERIFY(waitFor(*socket, "HTTP/1.1 500 ", &answer));
    }

    void anAnswerThatTakesTooLongIs503()
    {
        HttpServerSettings settings;
        settings.limits.answerTime = 200ms;
        start(settings);
        auto socket = connected();
        socket->write(get("/later"));
        QByteArray answer;
        QVERIFY(waitFor(*socket, "HTTP/1.1 503 ", &answer));
        m_handler->waiting[0].answer({});
        socket->write(get("/b"));
        QVERIFY(waitFor(*socket, "hello ", &answer));
    }

    void eventsAreStreamedWithComments()
    {
        HttpServerSettings settings;
        settings.limits.heartbeat = 100ms;
        start(settings);
        auto socket = connected();
        socket->write(get("/events"));
        QTRY_COMPARE(m_handler->openStreams().size(), size_t(1));
        const HttpEventStream stream = m_handler->openStreams()[0];
        QVERIFY(stream.send("data: 1\n\n"));
        QByteArray answer;
        QVERIFY(waitFor(*socket, "data: 1\n\n", &answer));
        QVERIFY(answer.contains("Transfer-Encoding: chunked\r\n"));
        QVERIFY(waitFor(*socket, "\r\n: ", &answer)); // a comment
        socket->disconnectFromHost();
        QTRY_VERIFY(!stream.isOpen());
        QVERIFY(!stream.send("data: 2\n\n"));
    }

    void aSlowReaderOfEventsIsDropped()
    {
        HttpServerSettings settings;
        settings.limits.streamBacklog = 1 << 20;
        start(settings);
        auto socket = connected();
        socket->setReadBufferSize(1024);
        socket->write(get("/events"));
        QTRY_COMPARE(m_handler->openStreams().size(), size_t(1));
        const HttpEventStream stream = m_handler->openStreams()[0];
        const QByteArray event = "data: " + QByteArray(256 << 10, 'x') + "\n\n";
        int sent = 0;
        while (sent < 1'000 && stream.send(event))
            ++sent;
        QVERIFY(sent >= 4);
        QVERIFY(sent < 1'000);
        QVERIFY(!stream.isOpen());
        QTRY_COMPARE_WITH_TIMEOUT(m_server->connections(), 0, 10'000);
    }

    void aSlowReaderOfAnAnswerIsDropped()
    {
        HttpServerSettings settings;
        settings.limits.writeTime = 300ms;
        start(settings);
        auto socket = connected();
        socket->setReadBufferSize(1024);
        socket->write(get("/large"));
        QTRY_COMPARE(m_server->connections(), 1);
        QTRY_COMPARE_WITH_TIMEOUT(m_server->connections(), 0, 15'000);
    }

    void aLargeAnswerArrivesWhole()
    {
        start();
        const QByteArray answer = exchange(get("/large", "Connection: close\r\n"));
        const qsizetype head = answer.indexOf("\r\n\r\n") + 4;
        QCOMPARE(answer.size() - head, qsizetype(8 << 20));
    }

    void faultsHitTheApiAlone()
    {
        HttpServerSettings settings;
        settings.faults.errorRate = 1;
        start(settings);
        QVERIFY(exchange(get("/healthz", "Connection: close\r\n")).startsWith("HTTP/1.1 200"));
        QVERIFY(exchange(get("/v1/fleet")).startsWith("HTTP/1.1 503"));
    }

    void latencyDelays()
    {
        HttpServerSettings settings;
        settings.faults.latency = 300ms;
        start(settings);
        QElapsedTimer clock;
        clock.start();
        QVERIFY(exchange(get("/v1/x", "Connection: close\r\n")).startsWith("HTTP/1.1 200"));
        QVERIFY(clock.elapsed() >= 300);
    }

    void hangingActsAndNeverAnswers()
    {
        HttpServerSettings settings;
        settings.faults.hang = 1;
        start(settings);
        auto socket = connected();
        socket->write(get("/v1/x"));
        QTRY_VERIFY(m_handler->log.contains("/route 200"));
        QVERIFY(!socket->waitForReadyRead(200));
        socket->disconnectFromHost();
        QTRY_COMPARE(m_server->connections(), 0);
    }

    void garbageHasTheLengthAndNotTheText()
    {
        HttpServerSettings settings;
        settings.faults.garbage = 1;
        start(settings);
        const QByteArray answer = exchange(get("/v1/large", "Connection: close\r\n"));
        QVERIFY(answer.startsWith("HTTP/1.1 200"));
        const qsizetype head = answer.indexOf("\r\n\r\n") + 4;
        QCOMPARE(answer.size() - head, qsizetype(8 << 20));
        QVERIFY(answer.mid(head, 100) != QByteArray(100, 'x'));
    }

    void truncatedBreaksOffInTheMiddle()
    {
        HttpServerSettings settings;
        settings.faults.truncate = 1;
        start(settings);
        const QByteArray answer = exchange(get("/v1/x"));
        QVERIFY(answer.contains("Content-Length: 6\r\n"));
        QVERIFY(answer.endsWith("\r\n\r\nhel"));
    }

    void stoppingLetsOpenAnswersEnd()
    {
        start();
        auto socket = connected();
        auto idle = connected();
        idle->write(get("/b"));
        QByteArray before;
        QVERIFY(waitFor(*idle, "hello ", &before));
        socket->write(get("/later"));
        QTRY_COMPARE(m_handler->waitingCount(), size_t(1));
        std::unique_ptr<QThread> stopping(QThread::create([this] { m_server->stop(); }));
        stopping->start();
        QTRY_COMPARE(idle->state(), QAbstractSocket::UnconnectedState);
        HttpResponse response;
        response.contentType = "text/plain";
        response.body = "still served";
        m_handler->waiting[0].answer(response);
        QByteArray answer;
        QVERIFY(waitFor(*socket, "still served", &answer));
        QVERIFY(answer.contains("Connection: close"));
        QTRY_VERIFY_WITH_TIMEOUT(stopping->isFinished(), 10'000);
        QVERIFY(stopping->wait());
        QTcpSocket late;
        late.connectToHost(u"127.0.0.1"_s, m_port);
        QVERIFY(!late.waitForConnected(1'000));
    }

    void aResponderMayOutliveTheServer()
    {
        start();
        auto socket = connected();
        socket->write(get("/later"));
        QTRY_COMPARE(m_handler->waitingCount(), size_t(1));
        HttpServerSettings quick;
        std::vector<HttpResponder> kept = m_handler->waiting;
        m_handler->waiting.clear();
        m_server->stop();
        m_server.reset();
        m_handler.reset();
        kept[0].answer({});
        kept.clear();
    }

    void tlsServesAndRefusesPlainText()
    {
        QTemporaryDir folder;
        HttpServerSettings settings;
        settings.certificateFile = folder.filePath(u"cert.pem"_s);
        settings.keyFile = folder.filePath(u"key.pem"_s);
        QCOMPARE(QProcess::execute(u"openssl"_s,
                                   {u"req"_s, u"-x509"_s, u"-newkey"_s, u"ec"_s, u"-pkeyopt"_s,
                                    u"ec_paramgen_curve:prime256v1"_s, u"-nodes"_s, u"-days"_s,
                                    u"2"_s, u"-subj"_s, u"/CN=localhost"_s, u"-addext"_s,
                                    u"subjectAltName=IP:127.0.0.1,DNS:localhost"_s, u"-keyout"_s,
                                    settings.keyFile, u"-out"_s, settings.certificateFile}),
                 0);
        start(settings);
        const auto trusted
                = QSslCertificate::fromPath(settings.certificateFile);
        QCOMPARE(trusted.size(), 1);
        QSslSocket socket;
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setCaCertificates(trusted);
        socket.setSslConfiguration(configuration);
        socket.connectToHostEncrypted(u"localhost"_s, m_port);
        QTRY_VERIFY_WITH_TIMEOUT(socket.isEncrypted(), 10'000);
        socket.write(get("/large") + get("/b", "Connection: close\r\n"));
        QByteArray answer;
        QTRY_VERIFY_WITH_TIMEOUT((answer += socket.readAll()).endsWith("hello "), 20'000);
        QTRY_COMPARE(socket.state(), QAbstractSocket::UnconnectedState);

        auto plain = connected();
        plain->write(get("/"));
        QTRY_COMPARE(plain->state(), QAbstractSocket::UnconnectedState);
        QVERIFY(!plain->readAll().contains("HTTP/1.1"));
    }

    void whatCannotBeListenedOnIsSaid()
    {
        start();
        HttpServerSettings settings;
        settings.port = m_port;
        const auto taken = HttpServer(settings, *m_handler).start();
        QVERIFY(!taken);
        QCOMPARE(taken.error().kind, ErrorKind::Unreachable);
        settings.address = u"no such host.invalid"_s;
        const auto nowhere = HttpServer(settings, *m_handler).start();
        QVERIFY(!nowhere);
        QCOMPARE(nowhere.error().kind, ErrorKind::Invalid);
        settings.address = u"127.0.0.1"_s;
        settings.certificateFile = settings.keyFile = u"/nonexistent"_s;
        const auto unproven = HttpServer(settings, *m_handler).start();
        QVERIFY(!unproven);
        QVERIFY(unproven.error().message.contains(u"/nonexistent"_s));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestHttpServer)
#include "tst_httpserver.moc"

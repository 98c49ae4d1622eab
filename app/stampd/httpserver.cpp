// SPDX-License-Identifier: GPL-3.0-or-later
// The one file that includes Boost.Beast and Asio: they take long to compile.
#include "httpserver.h"

#include <QtCore/QDateTime>
#include <QtCore/QLocale>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono;
namespace net = boost::asio;
namespace http = boost::beast::http;
using boost::beast::error_code;
using net::ip::tcp;

HttpContext::~HttpContext() = default;
HttpHandler::~HttpHandler() = default;

std::vector<QByteArray> HttpRequest::values(QByteArrayView name) const
{
    std::vector<QByteArray> found;
    for (const HttpHeader &header : headers) {
        if (header.name.compare(name, Qt::CaseInsensitive) == 0)
            found.push_back(header.value);
    }
    return found;
}

QByteArray HttpRequest::value(QByteArrayView name) const
{
    for (const HttpHeader &header : headers) {
        if (header.name.compare(name, Qt::CaseInsensitive) == 0)
            return header.value;
    }
    return {};
}

QByteArray httpReason(int status)
{
    const auto reason = http::obsolete_reason(http::int_to_status(unsigned(status)));
    return QByteArray(reason.data(), qsizetype(reason.size()));
}

namespace Internal {

class HttpExchange
{
public:
    virtual ~HttpExchange() = default;
    virtual void answer(HttpResponse response) = 0;
    virtual std::shared_ptr<HttpStream> stream(HttpResponse head) = 0;
};

class HttpStream
{
public:
    virtual ~HttpStream() = default;
    virtual bool send(const QByteArray &bytes) = 0;
    [[nodiscard]] virtual bool isOpen() const = 0;
    virtual void close() = 0;
};

namespace {

// How much of an answer is handed to the socket at a time; each must leave within the write time.
constexpr qsizetype writePiece = 256LL * 1024;
constexpr size_t readPiece = 64UL * 1024;
// What is read and thrown away after an early answer, so that the client gets to see it: a socket
// that is closed with unread bytes resets the connection (RFC 9112, section 9.6).
constexpr size_t lingerBytes = 1024UL * 1024;
constexpr milliseconds lingerTime{2'000};
// Connections over the limit that are told so; any more are closed without a word.
constexpr int toldConnections = 64;

QByteArray httpDate()
{
    return QLocale::c()
               .toString(QDateTime::currentDateTimeUtc(), u"ddd, dd MMM yyyy HH:mm:ss")
               .toLatin1()
        + " GMT";
}

// True in the given share of calls.
bool happens(double ratio)
{
    if (ratio <= 0)
        return false;
    thread_local std::mt19937_64 engine{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(engine) < ratio;
}

QByteArray noise(qsizetype size)
{
    thread_local std::mt19937_64 engine{std::random_device{}()};
    QByteArray bytes(size, Qt::Uninitialized);
    for (char &byte : bytes)
        byte = char(engine());
    return bytes;
}

// A connected socket, with or without TLS. All calls and callbacks happen on its strand.
class Transport
{
public:
    using Done = std::function<void(error_code, size_t)>;
    virtual ~Transport() = default;
    virtual void handshake(Done done) = 0;
    virtual void readSome(net::mutable_buffer into, Done done) = 0;
    virtual void write(net::const_buffer bytes, Done done) = 0;
    // Tells the other side that nothing follows.
    virtual void finish(Done done) = 0;
    virtual boost::beast::tcp_stream &lowest() = 0;
};

class PlainTransport final : public Transport
{
public:
    explicit PlainTransport(tcp::socket socket)
        : m_stream(std::move(socket))
    { }
    void handshake(Done done) override
    {
        net::post(m_stream.get_executor(), [done = std::move(done)] { done({}, 0); });
    }
    void readSome(net::mutable_buffer into, Done done) override
    {
        m_stream.async_read_some(into, std::move(done));
    }
    void write(net::const_buffer bytes, Done done) override
    {
        net::async_write(m_stream, bytes, std::move(done));
    }
    void finish(Done done) override
    {
        error_code error;
        m_stream.socket().shutdown(tcp::socket::shutdown_send, error);
        net::post(m_stream.get_executor(), [done = std::move(done), error] { done(error, 0); });
    }
    boost::beast::tcp_stream &lowest() override { return m_stream; }

private:
    boost::beast::tcp_stream m_stream;
};

class TlsTransport final : public Transport
{
public:
    TlsTransport(tcp::socket socket, net::ssl::context &context)
        : m_stream(std::move(socket), context)
    { }
    void handshake(Done done) override
    {
        m_stream.async_handshake(net::ssl::stream_base::server,
                                 [done = std::move(done)](error_code error) { done(error, 0); });
    }
    void readSome(net::mutable_buffer into, Done done) override
    {
        m_stream.async_read_some(into, std::move(done));
    }
    void write(net::const_buffer bytes, Done done) override
    {
        net::async_write(m_stream, bytes, std::move(done));
    }
    void finish(Done done) override
    {
        m_stream.async_shutdown([done = std::move(done)](error_code error) { done(error, 0); });
    }
    boost::beast::tcp_stream &lowest() override { return m_stream.next_layer(); }

private:
    boost::beast::ssl_stream<boost::beast::tcp_stream> m_stream;
};

class Connection;

} // namespace

/// What the server's connections share. Kept alive by the server and by every connection.
class HttpCore final : public std::enable_shared_from_this<HttpCore>
{
public:
    HttpCore(HttpServerSettings settings_, HttpHandler &handler_)
        : settings(std::move(settings_))
        , handler(handler_)
        , m_acceptor(net::make_strand(m_io))
        , m_retry(m_acceptor.get_executor())
    { }

    Result<QString> start();
    void stop();
    int count() const
    {
        const std::scoped_lock lock(m_mutex);
        return int(m_connections.size());
    }

    // Runs \a call on \a executor unless the threads have ended: then nobody would ever run it.
    template<typename Executor, typename Call>
    void post(const Executor &executor, Call call)
    {
        const std::scoped_lock lock(m_mutex);
        if (!m_stopped)
            net::post(executor, std::move(call));
    }
    bool isStopping() const { return m_stopping; }
    // From then on nobody calls the handler.
    bool isStopped() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_stopped;
    }
    void left(const void *connection, const std::string &peer);

    const HttpServerSettings settings;
    HttpHandler &handler;

private:
    void accept();
    void accepted(tcp::socket socket);
    Result<tcp::endpoint> resolve();

    net::io_context m_io;
    std::optional<net::executor_work_guard<net::io_context::executor_type>> m_work;
    std::optional<net::ssl::context> m_tls;
    tcp::acceptor m_acceptor;
    net::steady_timer m_retry;
    std::vector<std::thread> m_threads;

    mutable std::mutex m_mutex;
    std::condition_variable m_emptied;
    std::map<const void *, std::weak_ptr<Connection>> m_connections;
    std::map<std::string, int> m_peers;
    std::atomic<bool> m_stopping = false;
    bool m_stopped = false;
};

namespace {

// What an event stream and its connection both know.
struct StreamState
{
    std::atomic<bool> open = true;
    std::atomic<qint64> waiting = 0; // Bytes that the socket has not taken.
    std::atomic<bool> started = false;
    std::atomic<qint64> firstSize = 0; // The first may be a whole fleet, larger than any backlog.
};

/// One connection, for all of its requests. Lives on its strand; kept alive by its pending
/// operations and by responders.
class Connection final : public std::enable_shared_from_this<Connection>
{
public:
    Connection(std::shared_ptr<HttpCore> core, std::unique_ptr<Transport> transport,
               std::string peer, int refusal)
        : m_core(std::move(core))
        , m_transport(std::move(transport))
        , m_peer(std::move(peer))
        , m_refusal(refusal)
        , m_buffer(size_t(m_core->settings.limits.header) + 2 * readPiece)
        , m_timer(executor())
        , m_heartbeat(executor())
    { }
    ~Connection() { leave(); }

    boost::beast::tcp_stream::executor_type executor()
    {
        return m_transport->lowest().get_executor();
    }
    HttpCore &core() { return *m_core; }

    void run();
    void beginStop();
    void forceClose();
    void answer(quint64 serial, HttpResponse response);
    void startStream(quint64 serial, const HttpResponse &head, std::shared_ptr<StreamState> state);
    void sendEvents(const QByteArray &bytes);
    void endStream(bool abruptly);

private:
    enum class Phase { Idle, Header, Body, Answering, Writing, Streaming, Hanging, Closing };
    enum class Wrong { Nothing, Hang, Garbage, Truncate };
    using Request = http::request_parser<http::string_body>;

    const HttpLimits &limits() const { return m_core->settings.limits; }
    // A closed connection counts no more, though a responder may still hold it.
    void leave()
    {
        if (!std::exchange(m_hasLeft, true))
            m_core->left(this, m_peer);
    }
    void within(milliseconds time) { m_transport->lowest().expires_after(time); }

    void nextRequest();
    void readMore(void (Connection::*then)());
    void parseHeader();
    void headerComplete();
    void admit();
    void readBody();
    void dispatch();
    void fail(int status, const QString &detail);
    void respond(HttpResponse response);
    QByteArray headOf(const HttpResponse &response, const QByteArray &framing) const;
    void write();
    void written();
    void watchForEnd();
    void beat();
    void closeGently();
    void linger(size_t budget);

    std::shared_ptr<HttpCore> m_core;
    std::unique_ptr<Transport> m_transport;
    const std::string m_peer;
    const int m_refusal; // The status that every request gets; 0 for a welcome connection.
    boost::beast::flat_buffer m_buffer;
    std::optional<Request> m_parser;
    HttpRequest m_request;
    qint64 m_maxBody = 0;
    Phase m_phase = Phase::Header;
    Wrong m_wrong = Wrong::Nothing;
    bool m_keepAlive = false;
    bool m_fresh = true;
    bool m_hasLeft = false;
    quint64 m_serial = 0; // Of the request that may be answered now.
    QByteArray m_method;
    QByteArray m_route;
    bool m_apiRequest = false;
    steady_clock::time_point m_since;
    net::steady_timer m_timer; // Latency, and the limit of an answer.
    net::steady_timer m_heartbeat;

    std::deque<QByteArray> m_out;
    qsizetype m_written = 0; // Of the first in m_out.
    bool m_writing = false;
    std::shared_ptr<StreamState> m_stream;
    bool m_chunked = false;
    bool m_ending = false;
    std::array<char, 512> m_ignored{};
};

class Stream final : public HttpStream
{
public:
    Stream(std::shared_ptr<Connection> connection, std::shared_ptr<StreamState> state)
        : m_connection(std::move(connection))
        , m_state(std::move(state))
    { }
    // NOLINTNEXTLINE(bugprone-exception-escape): without memory the program ends.
    ~Stream() override { end(false); }

    bool send(const QByteArray &bytes) override
    {
        if (!m_state->open)
            return false;
        const qint64 waiting = m_state->waiting.fetch_add(bytes.size());
        if (!m_state->started.exchange(true))
            m_state->firstSize = bytes.size();
        if (waiting + bytes.size()
            > m_connection->core().settings.limits.streamBacklog + m_state->firstSize) {
            end(true);
            return false;
        }
        m_connection->core().post(m_connection->executor(), [connection = m_connection, bytes] {
            connection->sendEvents(bytes);
        });
        return true;
    }
    bool isOpen() const override { return m_state->open; }
    void close() override { end(false); }

private:
    void end(bool abruptly)
    {
        if (m_state->open.exchange(false)) {
            m_connection->core().post(
                m_connection->executor(),
                [connection = m_connection, abruptly] { connection->endStream(abruptly); });
        }
    }

    std::shared_ptr<Connection> m_connection;
    std::shared_ptr<StreamState> m_state;
};

class Exchange final : public HttpExchange
{
public:
    Exchange(std::shared_ptr<Connection> connection, quint64 serial)
        : m_connection(std::move(connection))
        , m_serial(serial)
    { }
    // NOLINTNEXTLINE(bugprone-exception-escape): without memory the program ends.
    ~Exchange() override
    {
        if (!m_answered && !m_connection->core().isStopped())
            answer(m_connection->core().handler.problem(500, u"the request was not answered"_s));
    }

    void answer(HttpResponse response) override
    {
        if (m_answered.exchange(true))
            return;
        m_connection->core().post(m_connection->executor(),
                                  [connection = m_connection, serial = m_serial,
                                   response = std::move(response)]() mutable {
                                      connection->answer(serial, std::move(response));
                                  });
    }
    std::shared_ptr<HttpStream> stream(HttpResponse head) override
    {
        auto state = std::make_shared<StreamState>();
        if (m_answered.exchange(true)) {
            state->open = false;
        } else {
            m_connection->core().post(
                m_connection->executor(),
                [connection = m_connection, serial = m_serial, head = std::move(head),
                 state] { connection->startStream(serial, head, state); });
        }
        return std::make_shared<Stream>(m_connection, state);
    }

private:
    std::shared_ptr<Connection> m_connection;
    const quint64 m_serial;
    std::atomic<bool> m_answered = false;
};

void Connection::run()
{
    within(limits().handshakeTime);
    m_transport->handshake([self = shared_from_this()](error_code error, size_t) {
        if (error)
            self->forceClose();
        else
            self->nextRequest();
    });
}

void Connection::nextRequest()
{
    if (m_core->isStopping() && !m_fresh)
        return closeGently();
    m_parser.emplace();
    m_parser->header_limit(std::uint32_t(limits().header));
    m_parser->body_limit(boost::none); // admit() sets it.
    m_parser->eager(false);
    m_request = {};
    m_route.clear();
    m_method.clear();
    m_apiRequest = false;
    m_wrong = Wrong::Nothing;
    m_since = steady_clock::now();
    ++m_serial;
    if (m_buffer.size() != 0) {
        m_phase = Phase::Header;
        within(limits().headerTime);
        return parseHeader();
    }
    m_phase = m_fresh ? Phase::Header : Phase::Idle;
    within(m_fresh ? limits().headerTime : limits().idleTime);
    m_fresh = false;
    m_transport->readSome(m_buffer.prepare(readPiece),
                          [self = shared_from_this()](error_code error, size_t size) {
                              if (error)
                                  return self->forceClose();
                              self->m_buffer.commit(size);
                              self->m_phase = Phase::Header;
                              self->m_since = steady_clock::now();
                              self->within(self->limits().headerTime);
                              self->parseHeader();
                          });
}

// Reads on under the time limit that is running.
void Connection::readMore(void (Connection::*then)())
{
    if (m_buffer.size() + readPiece > m_buffer.max_size())
        return fail(400, u"a part of the request is too long"_s);
    m_transport->readSome(m_buffer.prepare(readPiece),
                          [self = shared_from_this(), then](error_code error, size_t size) {
                              // After a timeout the socket is closed: a client that trickles
                              // gets no answer.
                              if (error)
                                  return self->forceClose();
                              self->m_buffer.commit(size);
                              (self.get()->*then)();
                          });
}

void Connection::parseHeader()
{
    error_code error;
    m_buffer.consume(m_parser->put(m_buffer.data(), error));
    if (error == http::error::need_more)
        return readMore(&Connection::parseHeader);
    if (error == http::error::header_limit)
        return fail(
            431, u"the request line and headers are longer than %1 bytes"_s.arg(limits().header));
    if (error)
        return fail(400, u"this is no HTTP request: "_s + QString::fromStdString(error.message()));
    if (!m_parser->is_header_done())
        return readMore(&Connection::parseHeader);
    headerComplete();
}

void Connection::headerComplete()
{
    const auto &message = m_parser->get();
    const auto bytes = [](auto view) { return QByteArray(view.data(), qsizetype(view.size())); };
    m_keepAlive = message.keep_alive();
    m_request.method = bytes(message.method_string());
    m_request.peer = QString::fromStdString(m_peer);
    m_method = m_request.method;
    QByteArray target = bytes(message.target());
    // The absolute form (RFC 9112, section 3.2.2).
    for (const QByteArrayView scheme : {QByteArrayView("http://"), QByteArrayView("https://")}) {
        if (QByteArrayView(target)
                .first(qMin(target.size(), scheme.size()))
                .compare(scheme, Qt::CaseInsensitive)
            == 0) {
            const qsizetype slash = target.indexOf('/', scheme.size());
            target = slash < 0 ? QByteArray("/") : target.mid(slash);
            break;
        }
    }
    const qsizetype question = target.indexOf('?');
    m_request.path = question < 0 ? target : target.left(question);
    m_request.query = question < 0 ? QByteArray() : target.mid(question + 1);
    for (const auto &field : message)
        m_request.headers.push_back({bytes(field.name_string()), bytes(field.value())});
    if (message.version() >= 11 && m_request.values("host").size() != 1)
        return fail(400, u"a request of HTTP/1.1 needs one Host header"_s);
    if (m_refusal != 0)
        return fail(m_refusal, u"too many connections are open"_s);

    const Faults &faults = m_core->settings.faults;
    m_apiRequest = m_request.path.startsWith("/v1/");
    if (!m_apiRequest || faults.latency == faults.latency.zero())
        return admit();
    m_transport->lowest().expires_never();
    m_phase = Phase::Answering;
    m_timer.expires_after(faults.latency);
    m_timer.async_wait([self = shared_from_this()](error_code error) {
        if (!error)
            self->admit();
    });
}

void Connection::admit()
{
    const Faults &faults = m_core->settings.faults;
    if (m_apiRequest) {
        if (happens(faults.errorRate))
            return fail(503, u"this server fails on purpose: it was started with --fault error-rate"_s);
        m_wrong = happens(faults.hang) ? Wrong::Hang
            : happens(faults.garbage)  ? Wrong::Garbage
            : happens(faults.truncate) ? Wrong::Truncate
                                       : Wrong::Nothing;
    }
    const HttpHandler::Admission admission = m_core->handler.admit(m_request);
    m_route = m_request.route;
    if (admission.refusal) {
        // What is left of the body would be read as the next request.
        if (!m_parser->is_done())
            m_keepAlive = m_keepAlive && m_parser->content_length_remaining().value_or(1) == 0;
        return respond(*admission.refusal);
    }
    m_maxBody = admission.maxBody;
    const auto length = m_parser->content_length();
    if (length && *length > quint64(m_maxBody))
        return fail(413, u"the body is longer than %1 bytes"_s.arg(m_maxBody));
    m_parser->body_limit(quint64(m_maxBody));
    m_parser->eager(true);
    m_phase = Phase::Body;
    within(limits().bodyTime);
    if (m_parser->is_done() || m_request.value("expect").toLower() != "100-continue")
        return readBody();
    static const QByteArray go = "HTTP/1.1 100 Continue\r\n\r\n";
    m_transport->write(net::buffer(go.constData(), size_t(go.size())),
                       [self = shared_from_this()](error_code error, size_t) {
                           if (error)
                               self->forceClose();
                           else
                               self->readBody();
                       });
}

void Connection::readBody()
{
    while (!m_parser->is_done() && m_buffer.size() != 0) {
        error_code error;
        const size_t used = m_parser->put(m_buffer.data(), error);
        m_buffer.consume(used);
        if (error == http::error::body_limit || qint64(m_parser->get().body().size()) > m_maxBody)
            return fail(413, u"the body is longer than %1 bytes"_s.arg(m_maxBody));
        if (error && error != http::error::need_more)
            return fail(400,
                        u"the body is not framed as HTTP wants it: "_s
                            + QString::fromStdString(error.message()));
        if (used == 0)
            break;
    }
    if (!m_parser->is_done())
        return readMore(&Connection::readBody);
    dispatch();
}

void Connection::dispatch()
{
    const std::string &body = m_parser->get().body();
    m_request.body = QByteArray(body.data(), qsizetype(body.size()));
    m_phase = Phase::Answering;
    m_transport->lowest().expires_never();
    m_timer.expires_after(limits().answerTime);
    m_timer.async_wait([self = shared_from_this(), serial = m_serial](error_code error) {
        if (!error)
            self->answer(serial, self->m_core->handler.problem(503, u"the answer took too long"_s));
    });
    HttpResponder responder(std::make_shared<Exchange>(shared_from_this(), m_serial));
    m_core->handler.handle(std::move(m_request), std::move(responder));
}

// Answers what went wrong before the handler had the request, and ends the connection: where the
// next request begins is not known.
void Connection::fail(int status, const QString &detail)
{
    m_keepAlive = false;
    respond(m_core->handler.problem(status, detail));
}

void Connection::answer(quint64 serial, HttpResponse response)
{
    if (serial != m_serial || m_phase != Phase::Answering)
        return;
    respond(std::move(response));
}

QByteArray Connection::headOf(const HttpResponse &response, const QByteArray &framing) const
{
    QByteArray head = "HTTP/1.1 " + QByteArray::number(response.status) + ' '
        + httpReason(response.status) + "\r\nDate: " + httpDate() + "\r\nServer: stampd\r\n";
    if (!response.contentType.isEmpty())
        head += "Content-Type: " + response.contentType + "\r\n";
    for (const HttpHeader &header : response.headers) {
        QByteArray value = header.value;
        value.replace('\r', ' ').replace('\n', ' ');
        head += header.name + ": " + value + "\r\n";
    }
    head += framing;
    head += m_keepAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return head;
}

void Connection::respond(HttpResponse response)
{
    m_timer.cancel();
    ++m_serial; // Later answers come too late.
    m_core->handler.answered(m_method, m_route, response.status,
                             duration_cast<microseconds>(steady_clock::now() - m_since));
    if (m_wrong == Wrong::Hang) {
        m_phase = Phase::Hanging;
        m_transport->lowest().expires_never();
        return watchForEnd();
    }
    if (m_core->isStopping())
        m_keepAlive = false;
    if (m_wrong == Wrong::Garbage && !response.body.isEmpty())
        response.body = noise(response.body.size());
    const bool bodiless = response.status == 304 || response.status == 204;
    QByteArray head =
        headOf(response,
               bodiless ? QByteArray()
                        : "Content-Length: " + QByteArray::number(response.body.size()) + "\r\n");
    QByteArray body = m_method == "HEAD" || bodiless ? QByteArray() : std::move(response.body);
    if (m_wrong == Wrong::Truncate) {
        m_keepAlive = false;
        if (body.isEmpty())
            head.truncate(head.size() / 2);
        body.truncate(body.size() / 2);
    }
    m_phase = Phase::Writing;
    if (body.size() <= writePiece) {
        m_out.push_back(head + body);
    } else {
        m_out.push_back(std::move(head));
        m_out.push_back(std::move(body));
    }
    write();
}

void Connection::write()
{
    if (m_writing || m_out.empty())
        return;
    m_writing = true;
    const QByteArray &front = m_out.front();
    const qsizetype size = qMin(writePiece, front.size() - m_written);
    within(limits().writeTime);
    m_transport->write(net::buffer(front.constData() + m_written, size_t(size)),
                       [self = shared_from_this(), size](error_code error, size_t) {
                           self->m_writing = false;
                           if (error)
                               return self->forceClose();
                           self->m_written += size;
                           if (self->m_stream)
                               self->m_stream->waiting -= size;
                           if (self->m_written == self->m_out.front().size()) {
                               self->m_out.pop_front();
                               self->m_written = 0;
                           }
                           if (!self->m_out.empty())
                               self->write();
                           else
                               self->written();
                       });
}

void Connection::written()
{
    if (m_phase == Phase::Streaming) {
        if (m_ending)
            closeGently();
        return;
    }
    if (m_phase != Phase::Writing)
        return;
    if (m_wrong == Wrong::Truncate)
        return forceClose();
    if (m_keepAlive)
        nextRequest();
    else
        closeGently();
}

void Connection::startStream(quint64 serial, const HttpResponse &head,
                             std::shared_ptr<StreamState> state)
{
    if (serial != m_serial || m_phase != Phase::Answering) {
        state->open = false;
        return;
    }
    m_timer.cancel();
    ++m_serial;
    m_core->handler.answered(m_method, m_route, head.status,
                             duration_cast<microseconds>(steady_clock::now() - m_since));
    m_stream = std::move(state);
    m_keepAlive = false;
    if (m_wrong == Wrong::Hang) {
        m_phase = Phase::Hanging;
        return watchForEnd();
    }
    m_chunked = m_parser->get().version() >= 11;
    m_phase = Phase::Streaming;
    const QByteArray bytes =
        headOf(head, m_chunked ? QByteArray("Transfer-Encoding: chunked\r\n") : QByteArray());
    m_stream->waiting += bytes.size();
    m_out.push_back(bytes);
    if (m_method == "HEAD" || m_core->isStopping() || !m_stream->open) {
        m_stream->open = false;
        m_ending = true;
    }
    // Reading has no limit of time here: a client of events has nothing to say.
    m_transport->lowest().expires_never();
    watchForEnd();
    write();
    beat();
}

void Connection::sendEvents(const QByteArray &bytes)
{
    if (m_phase != Phase::Streaming || m_ending || m_method == "HEAD")
        return;
    QByteArray payload = bytes;
    if (m_wrong == Wrong::Garbage)
        payload = noise(bytes.size());
    if (m_wrong == Wrong::Truncate)
        payload.truncate(payload.size() / 2);
    if (m_chunked)
        payload = QByteArray::number(payload.size(), 16) + "\r\n" + payload + "\r\n";
    m_stream->waiting += payload.size() - bytes.size();
    m_out.push_back(payload);
    if (m_wrong == Wrong::Truncate) {
        m_stream->open = false;
        m_ending = true;
    }
    write();
}

void Connection::endStream(bool abruptly)
{
    if (m_phase != Phase::Streaming || m_ending)
        return;
    m_stream->open = false;
    if (abruptly)
        return forceClose();
    m_ending = true;
    if (m_chunked && m_wrong == Wrong::Nothing) {
        m_stream->waiting += 5;
        m_out.emplace_back("0\r\n\r\n");
    }
    if (m_out.empty())
        closeGently();
    else
        write();
}

// Notices that the client left while nothing is read from it.
void Connection::watchForEnd()
{
    m_transport->readSome(
        net::buffer(m_ignored), [self = shared_from_this()](error_code error, size_t) {
            if (error)
                self->forceClose();
            else if (self->m_phase == Phase::Streaming || self->m_phase == Phase::Hanging)
                self->watchForEnd();
        });
}

void Connection::beat()
{
    m_heartbeat.expires_after(limits().heartbeat);
    m_heartbeat.async_wait([self = shared_from_this()](error_code error) {
        if (error || self->m_phase != Phase::Streaming || self->m_ending)
            return;
        // Something waits already: it will do as a sign of life.
        if (self->m_out.empty()) {
            const QByteArray comment = ": still here\n\n";
            self->m_stream->waiting += comment.size();
            self->sendEvents(comment);
        }
        self->beat();
    });
}

void Connection::closeGently()
{
    if (m_phase == Phase::Closing)
        return;
    const bool watched = m_phase == Phase::Streaming;
    m_phase = Phase::Closing;
    m_timer.cancel();
    m_heartbeat.cancel();
    if (watched) {
        // The read that watches ends when the client hangs up, or else with the time.
        error_code ignored;
        m_transport->lowest().socket().shutdown(tcp::socket::shutdown_send, ignored);
        m_timer.expires_after(lingerTime);
        m_timer.async_wait([self = shared_from_this()](error_code error) {
            if (!error)
                self->forceClose();
        });
        return;
    }
    within(lingerTime);
    m_transport->finish([self = shared_from_this()](error_code, size_t) {
        self->within(lingerTime);
        self->linger(lingerBytes);
    });
}

void Connection::linger(size_t budget)
{
    m_buffer.clear();
    m_transport->readSome(m_buffer.prepare(readPiece),
                          [self = shared_from_this(), budget](error_code error, size_t size) {
                              if (error || size >= budget)
                                  self->forceClose();
                              else
                                  self->linger(budget - size);
                          });
}

void Connection::forceClose()
{
    m_phase = Phase::Closing;
    if (m_stream)
        m_stream->open = false;
    m_timer.cancel();
    m_heartbeat.cancel();
    m_transport->lowest().close();
    leave();
}

void Connection::beginStop()
{
    switch (m_phase) {
    case Phase::Idle:
    case Phase::Hanging:
        return forceClose();
    case Phase::Streaming:
        return endStream(false);
    case Phase::Header:
    case Phase::Body:
    case Phase::Answering:
    case Phase::Writing:
    case Phase::Closing:
        break; // Ends by itself after its answer.
    }
}

} // namespace

Result<tcp::endpoint> HttpCore::resolve()
{
    error_code error;
    const std::string address = settings.address.toStdString();
    const auto literal = net::ip::make_address(address, error);
    if (!error)
        return tcp::endpoint(literal, settings.port);
    tcp::resolver resolver(m_io);
    const auto found = resolver.resolve(address, std::string(), tcp::resolver::passive, error);
    if (error || found.empty())
        return Stampdeck::fail(ErrorKind::Invalid,
                               u"“%1” is no address to listen on"_s.arg(settings.address),
                               QString::fromStdString(error.message()));
    return tcp::endpoint(found.begin()->endpoint().address(), settings.port);
}

Result<QString> HttpCore::start()
{
    error_code error;
    if (!settings.certificateFile.isEmpty()) {
        m_tls.emplace(net::ssl::context::tls_server);
        m_tls->set_options(net::ssl::context::default_workarounds | net::ssl::context::no_tlsv1
                               | net::ssl::context::no_tlsv1_1,
                           error);
        m_tls->use_certificate_chain_file(settings.certificateFile.toStdString(), error);
        if (error)
            return Stampdeck::fail(
                ErrorKind::Invalid,
                u"%1 holds no certificate in PEM"_s.arg(settings.certificateFile),
                QString::fromStdString(error.message()));
        m_tls->use_private_key_file(settings.keyFile.toStdString(), net::ssl::context::pem, error);
        if (error)
            return Stampdeck::fail(ErrorKind::Invalid,
                                   u"%1 holds no private key in PEM that belongs to %2"_s.arg(
                                       settings.keyFile, settings.certificateFile),
                                   QString::fromStdString(error.message()));
    }
    const auto endpoint = resolve();
    if (!endpoint)
        return Stampdeck::fail(endpoint.error());
    m_acceptor.open(endpoint->protocol(), error);
    if (!error)
        m_acceptor.set_option(net::socket_base::reuse_address(true), error);
    if (!error)
        m_acceptor.bind(*endpoint, error);
    if (!error)
        m_acceptor.listen(net::socket_base::max_listen_connections, error);
    if (error)
        return Stampdeck::fail(ErrorKind::Unreachable,
                               u"cannot listen on %1:%2: %3"_s.arg(settings.address)
                                   .arg(settings.port)
                                   .arg(QString::fromStdString(error.message())));
    const tcp::endpoint local = m_acceptor.local_endpoint(error);
    m_work.emplace(net::make_work_guard(m_io));
    for (int i = 0; i < qMax(1, settings.threads); ++i)
        m_threads.emplace_back([this] { m_io.run(); });
    net::post(m_acceptor.get_executor(), [self = shared_from_this()] { self->accept(); });

    const QString host = QString::fromStdString(local.address().to_string());
    const QString shown = local.address().is_v6() ? u'[' + host + u']' : host;
    return QString((m_tls ? u"https://"_s : u"http://"_s) + shown + u':'
                   + QString::number(local.port()));
}

void HttpCore::accept()
{
    m_acceptor.async_accept(net::make_strand(m_io),
                            [self = shared_from_this()](error_code error, tcp::socket socket) {
                                if (self->m_stopping || error == net::error::operation_aborted)
                                    return;
                                if (!error) {
                                    self->accepted(std::move(socket));
                                    return self->accept();
                                }
                                // Out of file descriptors, most likely: some will come back.
                                self->m_retry.expires_after(100ms);
                                self->m_retry.async_wait([self](error_code stopped) {
                                    if (!stopped)
                                        self->accept();
                                });
                            });
}

void HttpCore::accepted(tcp::socket socket)
{
    error_code error;
    const tcp::endpoint remote = socket.remote_endpoint(error);
    if (error)
        return; // Gone already.
    socket.set_option(tcp::no_delay(true), error);
    const std::string peer = remote.address().to_string();
    const auto executor = socket.get_executor();
    std::shared_ptr<Connection> connection;
    {
        const std::scoped_lock lock(m_mutex);
        const int all = int(m_connections.size());
        const auto known = m_peers.find(peer);
        const int same = known == m_peers.end() ? 0 : known->second;
        const HttpLimits &limits = settings.limits;
        const int refusal = all >= limits.connections ? 503
            : same >= limits.connectionsPerPeer       ? 429
                                                      : 0;
        if (all >= limits.connections + toldConnections
            || same >= limits.connectionsPerPeer + toldConnections) {
            return;
        }
        std::unique_ptr<Transport> transport;
        if (m_tls)
            transport = std::make_unique<TlsTransport>(std::move(socket), *m_tls);
        else
            transport = std::make_unique<PlainTransport>(std::move(socket));
        connection =
            std::make_shared<Connection>(shared_from_this(), std::move(transport), peer, refusal);
        m_connections.emplace(connection.get(), connection);
        ++m_peers[peer];
    }
    net::dispatch(executor, [connection] { connection->run(); });
}

void HttpCore::left(const void *connection, const std::string &peer)
{
    const std::scoped_lock lock(m_mutex);
    m_connections.erase(connection);
    const auto found = m_peers.find(peer);
    if (found != m_peers.end() && --found->second <= 0)
        m_peers.erase(found);
    m_emptied.notify_all();
}

void HttpCore::stop()
{
    // What is posted where no thread runs would stay there, and keep this alive, for ever.
    if (m_stopping.exchange(true) || m_threads.empty())
        return;
    net::post(m_acceptor.get_executor(), [self = shared_from_this()] {
        error_code ignored;
        self->m_acceptor.close(ignored);
        self->m_retry.cancel();
    });
    const auto each = [this](void (Connection::*call)()) {
        // The handles are let go outside of the lock: the last one of a connection takes it.
        std::vector<std::shared_ptr<Connection>> open;
        const std::scoped_lock lock(m_mutex);
        for (const auto &[key, weak] : m_connections) {
            if (auto connection = weak.lock()) {
                net::post(connection->executor(),
                          [connection, call] { (connection.get()->*call)(); });
                open.push_back(std::move(connection));
            }
        }
        return open;
    };
    each(&Connection::beginStop).clear();
    {
        std::unique_lock lock(m_mutex);
        m_emptied.wait_for(lock, settings.limits.drainTime,
                           [this] { return m_connections.empty(); });
    }
    each(&Connection::forceClose).clear();
    {
        const std::scoped_lock lock(m_mutex);
        m_stopped = true;
    }
    m_work.reset();
    for (std::thread &thread : m_threads)
        thread.join();
    m_threads.clear();
}

} // namespace Internal

HttpEventStream::HttpEventStream(std::shared_ptr<Internal::HttpStream> stream)
    : m_stream(std::move(stream))
{ }

bool HttpEventStream::send(const QByteArray &bytes) const
{
    return m_stream && m_stream->send(bytes);
}

bool HttpEventStream::isOpen() const
{
    return m_stream && m_stream->isOpen();
}

void HttpEventStream::close() const
{
    if (m_stream)
        m_stream->close();
}

HttpResponder::HttpResponder(std::shared_ptr<Internal::HttpExchange> exchange)
    : m_exchange(std::move(exchange))
{ }

void HttpResponder::answer(HttpResponse response) const
{
    m_exchange->answer(std::move(response));
}

HttpEventStream HttpResponder::stream(HttpResponse head) const
{
    return HttpEventStream(m_exchange->stream(std::move(head)));
}

HttpServer::HttpServer(HttpServerSettings settings, HttpHandler &handler)
    : m_core(std::make_shared<Internal::HttpCore>(std::move(settings), handler))
{ }

// NOLINTNEXTLINE(bugprone-exception-escape): without memory the program ends.
HttpServer::~HttpServer()
{
    stop();
}

Result<QString> HttpServer::start()
{
    return m_core->start();
}

void HttpServer::stop()
{
    m_core->stop();
}

int HttpServer::connections() const
{
    return m_core->count();
}

} // namespace Stampdeck

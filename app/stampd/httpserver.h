// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "faults.h"

#include "backends/api/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QString>

#include <chrono>
#include <memory>
#include <vector>

namespace Stampdeck {

struct HttpHeader
{
    QByteArray name;
    QByteArray value;
};

/// What a handler hangs onto a request between its two calls.
class HttpContext
{
public:
    virtual ~HttpContext();
};

struct HttpRequest
{
    QByteArray method; ///< As sent: "GET".
    QByteArray path; ///< Still percent-encoded: "/v1/stamps/eu%2D1".
    QByteArray query; ///< What follows the question mark, still percent-encoded.
    std::vector<HttpHeader> headers;
    QByteArray body;
    QString peer; ///< The other side's address, without its port.
    QByteArray route; ///< For figures: what HttpHandler::admit() calls it.
    std::shared_ptr<HttpContext> context; ///< What HttpHandler::admit() left.

    /// The values of every header called \a name, whatever its case.
    [[nodiscard]] std::vector<QByteArray> values(QByteArrayView name) const;
    /// The first of values(); null when there is none.
    [[nodiscard]] QByteArray value(QByteArrayView name) const;
};

struct HttpResponse
{
    int status = 200;
    QByteArray contentType; ///< Empty where there is no body.
    std::vector<HttpHeader> headers; ///< Content-Length, Date and Connection are the server's.
    QByteArray body;
};

namespace Internal {
class HttpExchange;
class HttpStream;
class HttpCore;
} // namespace Internal

/// The writing end of a stream of server-sent events. A copy is another handle on the same stream,
/// which ends with its last handle. Thread-safe.
class HttpEventStream
{
public:
    HttpEventStream() = default;
    explicit HttpEventStream(std::shared_ptr<Internal::HttpStream> stream);

    /// Sends \a bytes: whole events, or a comment. False when the stream has ended: the client
    /// left, the server stops, or the client read so slowly that more than
    /// HttpLimits::streamBacklog waited.
    [[nodiscard]] bool send(const QByteArray &bytes) const;
    [[nodiscard]] bool isOpen() const;
    void close() const;

private:
    std::shared_ptr<Internal::HttpStream> m_stream;
};

/// The answering end of one request. A copy is another handle on the same request; the first answer
/// counts, and a request whose last handle is dropped unanswered gets 500. Thread-safe: an answer
/// may come from any thread at any later time, and into the void when the client has left.
class HttpResponder
{
public:
    explicit HttpResponder(std::shared_ptr<Internal::HttpExchange> exchange);

    void answer(HttpResponse response) const;
    /// Answers with a body that goes on: \a head has status, content type and headers.
    [[nodiscard]] HttpEventStream stream(HttpResponse head) const;

private:
    std::shared_ptr<Internal::HttpExchange> m_exchange;
};

/// What serves the requests. Every call comes from one of the server's I/O threads, several at
/// once, and must not block.
class HttpHandler
{
public:
    virtual ~HttpHandler();

    struct Admission
    {
        std::optional<HttpResponse> refusal; ///< Answered at once, without reading the body.
        qint64 maxBody = 0; ///< Bytes; a longer body is answered 413.
    };
    /// Looks at a request whose body has not been read: who may, what exists, which media type.
    /// May set HttpRequest::route and HttpRequest::context.
    [[nodiscard]] virtual Admission admit(HttpRequest &request) = 0;
    /// Serves a request that was admitted, now or later.
    virtual void handle(HttpRequest request, HttpResponder responder) = 0;
    /// The answer for what the server finds wrong by itself: 400, 413, 429, 431, 500, 503.
    [[nodiscard]] virtual HttpResponse problem(int status, const QString &detail) = 0;
    /// A request has been answered, \a took after its header was complete.
    virtual void answered(const QByteArray &method, const QByteArray &route, int status,
                          std::chrono::microseconds took) = 0;
};

/// What one client, or all of them, may cost.
struct HttpLimits
{
    qint64 header = qint64(16) * 1024; ///< Bytes of request line and headers.
    qint64 streamBacklog = 8 << 20; ///< Bytes that may wait for a slow reader of events.
    std::chrono::milliseconds handshakeTime{10'000}; ///< TLS.
    std::chrono::milliseconds headerTime{10'000}; ///< From its first byte to its last.
    std::chrono::milliseconds bodyTime{30'000}; ///< The same.
    std::chrono::milliseconds idleTime{75'000}; ///< Between two requests of one connection.
    std::chrono::milliseconds answerTime{60'000}; ///< Until the handler answers; then 503.
    std::chrono::milliseconds writeTime{30'000}; ///< For every 256 KiB of an answer.
    std::chrono::milliseconds heartbeat{15'000}; ///< A comment in a stream of events.
    std::chrono::milliseconds drainTime{5'000}; ///< How long stop() waits for open answers.
    int connections = 2'000;
    int connectionsPerPeer = 1'000;
};

struct HttpServerSettings
{
    QString address{QStringLiteral("127.0.0.1")}; ///< An IP address, or a name that stands for one.
    quint16 port = 0; ///< 0 picks a free one.
    QString certificateFile; ///< PEM, with its chain; empty: no TLS.
    QString keyFile; ///< PEM.
    int threads = 2;
    HttpLimits limits;
    Faults faults;
};

/// An HTTP/1.1 server that bounds what a client may cost in size, time and connections, over plain
/// TCP or TLS 1.2 and newer.
///
/// Owns its sockets and its I/O threads; the handler is the caller's and outlives it. start() and
/// stop() belong to the thread that made it; the destructor stops it.
class HttpServer
{
public:
    HttpServer(HttpServerSettings settings, HttpHandler &handler);
    // NOLINTNEXTLINE(bugprone-exception-escape): without memory the program ends.
    ~HttpServer();
    HttpServer(const HttpServer &) = delete;
    HttpServer &operator=(const HttpServer &) = delete;

    /// Listens and serves; gives "http://127.0.0.1:8080". Errors: ErrorKind::Invalid for an
    /// address, certificate or key that is none, ErrorKind::Unreachable for one that can't be
    /// listened on.
    [[nodiscard]] Result<QString> start();
    /// Takes no new connection, lets open answers end for HttpLimits::drainTime at the most, closes
    /// streams and whatever is left. Returns when every I/O thread has ended.
    void stop();
    [[nodiscard]] int connections() const;

private:
    std::shared_ptr<Internal::HttpCore> m_core;
};

/// The standard's word for \a status: "Not Found".
[[nodiscard]] QByteArray httpReason(int status);

} // namespace Stampdeck

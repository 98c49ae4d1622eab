// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QMap>
#include <QtCore/QObject>
#include <QtCore/QUrl>
#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QTcpServer>

#include <functional>
#include <memory>
#include <vector>

class QTcpSocket;

namespace Stampdeck::Testing {

struct FakeRequest
{
    QByteArray method;
    QByteArray path; ///< Without the query.
    QByteArray query;
    QMap<QByteArray, QByteArray> headers; ///< By lower-case name.
    QByteArray body;
    int connection = 0; ///< Which connection it came on, from 1.
};

/// What the server does with one request.
struct FakeAnswer
{
    enum class Mode {
        Whole, ///< Headers and body at once.
        Hang, ///< Nothing at all, and the connection stays open.
        Drip, ///< Headers at once, then a byte of the body for each drip().
        Truncate, ///< Half of the body under the length of the whole, then the end.
        Raw, ///< The body as the bytes on the wire.
        Flood, ///< Headers, then the body again and again until the peer has enough.
        RawFlood, ///< The same without headers.
        Stream, ///< Headers, the body, and then what push() adds.
        Close, ///< The end of the connection without a byte.
    };
    int status = 200;
    QByteArray body;
    QMap<QByteArray, QByteArray> headers = {{"Content-Type", "application/json"}};
    Mode mode = Mode::Whole;
};

/// A scriptable HTTP server on a free port of 127.0.0.1, for tests; in the thread that made it.
/// Counts what comes; speaks just enough HTTP/1.1, keep-alive included.
class FakeHttpServer final : public QObject
{
    Q_OBJECT
public:
    using Handler = std::function<FakeAnswer(const FakeRequest &)>;

    explicit FakeHttpServer(Handler handler = {}, QObject *parent = nullptr);
    /// The same over TLS.
    FakeHttpServer(const QSslConfiguration &tls, Handler handler, QObject *parent = nullptr);
    ~FakeHttpServer() override;

    void setHandler(Handler handler) { m_handler = std::move(handler); }
    [[nodiscard]] quint16 port() const;
    [[nodiscard]] QUrl url(const QString &path = {}) const;

    /// Sends the next byte of every answer that drips.
    void drip();
    /// Sends \a bytes to every stream that is open.
    void push(const QByteArray &bytes);
    /// Ends every connection.
    void closeConnections();
    /// Refuses new connections from now on.
    void stopListening();
    [[nodiscard]] bool listenAgain();

    [[nodiscard]] int connections() const { return m_connections; } ///< Ever made.
    [[nodiscard]] int open() const { return int(m_sockets.size()); } ///< Open now.
    [[nodiscard]] int streams() const;
    [[nodiscard]] const QList<FakeRequest> &requests() const { return m_requests; }
    [[nodiscard]] qint64 bytesSent() const { return m_bytesSent; }

private:
    struct Connection;

    void listen();
    void accept();
    void read(Connection &connection);
    void answer(Connection &connection, const FakeRequest &request);
    void flood(Connection &connection);
    void send(Connection &connection, const QByteArray &bytes);

    Handler m_handler;
    bool m_isTls = false;
    std::unique_ptr<QTcpServer> m_server;
    quint16 m_port = 0;
    std::vector<std::unique_ptr<Connection>> m_sockets;
    int m_connections = 0;
    QList<FakeRequest> m_requests;
    qint64 m_bytesSent = 0;
};

} // namespace Stampdeck::Testing

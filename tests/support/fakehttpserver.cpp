// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakehttpserver.h"

#include <QtCore/QPointer>
#include <QtNetwork/QSslServer>
#include <QtNetwork/QTcpSocket>

#include <algorithm>

namespace Stampdeck::Testing {

using namespace Qt::StringLiterals;

struct FakeHttpServer::Connection
{
    ~Connection()
    {
        socket->disconnect();
        socket->abort();
        socket->deleteLater();
    }
    QTcpSocket *socket = nullptr;
    int number = 0;
    QByteArray received;
    QByteArray dripping;
    QByteArray flooding;
    bool isStream = false;
    bool busy = false; ///< Hangs, drips, floods or streams: takes no other request.
};

FakeHttpServer::FakeHttpServer(Handler handler, QObject *parent)
    : QObject(parent)
    , m_handler(std::move(handler))
    , m_server(std::make_unique<QTcpServer>())
{
    listen();
}

FakeHttpServer::FakeHttpServer(const QSslConfiguration &tls, Handler handler, QObject *parent)
    : QObject(parent)
    , m_handler(std::move(handler))
    , m_isTls(true)
{
    auto server = std::make_unique<QSslServer>();
    server->setSslConfiguration(tls);
    m_server = std::move(server);
    listen();
}

FakeHttpServer::~FakeHttpServer()
{
    closeConnections();
}

void FakeHttpServer::listen()
{
    connect(m_server.get(), &QTcpServer::pendingConnectionAvailable, this, &FakeHttpServer::accept);
    if (!m_server->listen(QHostAddress::LocalHost, 0))
        qFatal("no free port");
    m_port = m_server->serverPort();
}

quint16 FakeHttpServer::port() const
{
    return m_port;
}

QUrl FakeHttpServer::url(const QString &path) const
{
    return QUrl((m_isTls ? u"https://127.0.0.1:"_s : u"http://127.0.0.1:"_s)
                + QString::number(m_port) + path);
}

void FakeHttpServer::accept()
{
    while (QTcpSocket *socket = m_server->nextPendingConnection()) {
        auto connection = std::make_unique<Connection>();
        connection->socket = socket;
        connection->number = ++m_connections;
        Connection *raw = connection.get();
        socket->setParent(nullptr);
        connect(socket, &QTcpSocket::readyRead, this, [this, raw] { read(*raw); });
        // Queued: a QSslSocket that is fed while it writes would never come back.
        const auto goOn = [this, number = connection->number] {
            for (const auto &entry : m_sockets) {
                if (entry->number == number)
                    return flood(*entry);
            }
        };
        connect(socket, &QTcpSocket::bytesWritten, this, goOn, Qt::QueuedConnection);
        if (auto *ssl = qobject_cast<QSslSocket *>(socket))
            connect(ssl, &QSslSocket::encryptedBytesWritten, this, goOn, Qt::QueuedConnection);
        connect(socket, &QTcpSocket::disconnected, this, [this, raw] {
            std::erase_if(m_sockets, [raw](const auto &entry) { return entry.get() == raw; });
        });
        m_sockets.push_back(std::move(connection));
        if (socket->bytesAvailable() > 0)
            read(*raw);
    }
}

void FakeHttpServer::read(Connection &connection)
{
    connection.received += connection.socket->readAll();
    while (!connection.busy) {
        const qsizetype end = connection.received.indexOf("\r\n\r\n");
        if (end < 0)
            return;
        FakeRequest request;
        request.connection = connection.number;
        const QList<QByteArray> lines = connection.received.first(end).split('\n');
        const QList<QByteArray> first = lines.constFirst().trimmed().split(' ');
        if (first.size() != 3)
            return connection.socket->abort();
        request.method = first[0];
        const qsizetype mark = first[1].indexOf('?');
        request.path = mark < 0 ? first[1] : first[1].first(mark);
        request.query = mark < 0 ? QByteArray() : first[1].sliced(mark + 1);
        for (qsizetype i = 1; i < lines.size(); ++i) {
            const qsizetype colon = lines[i].indexOf(':');
            request.headers.insert(lines[i].first(colon).toLower(),
                                   lines[i].sliced(colon + 1).trimmed());
        }
        const qsizetype length = request.headers.value("content-length").toLongLong();
        if (connection.received.size() < end + 4 + length)
            return;
        request.body = connection.received.sliced(end + 4, length);
        connection.received.remove(0, end + 4 + length);
        m_requests.append(request);
        const QPointer<QTcpSocket> socket = connection.socket;
        answer(connection, request);
        if (!socket || socket->state() != QAbstractSocket::ConnectedState)
            return;
    }
}

void FakeHttpServer::answer(Connection &connection, const FakeRequest &request)
{
    using Mode = FakeAnswer::Mode;
    const FakeAnswer answer = m_handler ? m_handler(request) : FakeAnswer{404, {}, {}, Mode::Whole};
    QByteArray head = "HTTP/1.1 " + QByteArray::number(answer.status) + " Status\r\n";
    for (auto header = answer.headers.cbegin(); header != answer.headers.cend(); ++header)
        head += header.key() + ": " + header.value() + "\r\n";
    const bool endless = answer.mode == Mode::Flood || answer.mode == Mode::Stream;
    if (!endless && answer.status != 304 && !answer.headers.contains("Content-Length"))
        head += "Content-Length: " + QByteArray::number(answer.body.size()) + "\r\n";
    head += "\r\n";
    connection.busy = answer.mode != Mode::Whole;
    switch (answer.mode) {
    case Mode::Whole:
        send(connection, head + answer.body);
        break;
    case Mode::Hang:
        break;
    case Mode::Drip:
        send(connection, head);
        connection.dripping = answer.body;
        break;
    case Mode::Truncate:
        send(connection, head + answer.body.first(answer.body.size() / 2));
        connection.socket->disconnectFromHost();
        break;
    case Mode::Raw:
        send(connection, answer.body);
        connection.socket->disconnectFromHost();
        break;
    case Mode::Flood:
        send(connection, head);
        connection.flooding = answer.body;
        flood(connection);
        break;
    case Mode::RawFlood:
        connection.flooding = answer.body;
        flood(connection);
        break;
    case Mode::Stream:
        send(connection, head + answer.body);
        connection.isStream = true;
        break;
    case Mode::Close:
        connection.socket->disconnectFromHost();
        break;
    }
}

void FakeHttpServer::flood(Connection &connection)
{
    // Never more than 1 MiB waits on this side: what is measured is the other one.
    const auto *ssl = qobject_cast<QSslSocket *>(connection.socket);
    const qint64 waiting =
        connection.socket->bytesToWrite() + (ssl ? ssl->encryptedBytesToWrite() : 0);
    for (qint64 more = waiting; !connection.flooding.isEmpty() && more < (1 << 20);
         more += connection.flooding.size())
        send(connection, connection.flooding);
}

void FakeHttpServer::send(Connection &connection, const QByteArray &bytes)
{
    m_bytesSent += bytes.size();
    connection.socket->write(bytes);
}

void FakeHttpServer::drip()
{
    for (const auto &connection : m_sockets) {
        if (connection->dripping.isEmpty())
            continue;
        send(*connection, connection->dripping.first(1));
        connection->dripping.remove(0, 1);
        if (connection->dripping.isEmpty())
            connection->busy = false;
    }
}

void FakeHttpServer::push(const QByteArray &bytes)
{
    for (const auto &connection : m_sockets) {
        if (connection->isStream)
            send(*connection, bytes);
    }
}

void FakeHttpServer::closeConnections()
{
    const auto sockets = std::exchange(m_sockets, {});
}

void FakeHttpServer::stopListening()
{
    m_server->close();
}

bool FakeHttpServer::listenAgain()
{
    return m_server->listen(QHostAddress::LocalHost, m_port);
}

int FakeHttpServer::streams() const
{
    return int(std::count_if(m_sockets.cbegin(), m_sockets.cend(),
                             [](const auto &connection) { return connection->isStream; }));
}

} // namespace Stampdeck::Testing

// SPDX-License-Identifier: GPL-3.0-or-later
#include "faultproxy.h"

#include <QtCore/QHash>
#include <QtCore/QTimer>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>

#include <vector>

namespace Stampdeck::Internal {

using namespace std::chrono_literals;

namespace {

constexpr qint64 floodChunk = 64 << 10;
constexpr qint64 floodBound = 256 << 20;
constexpr auto dripInterval = 20ms;
constexpr qsizetype maxHead = 64 << 10;
constexpr qsizetype truncatedBody = 20;

/// \a head, which ends with an empty line, as it goes to the backend: one request on a connection,
/// an answer that is not compressed, and the backend's own name.
QByteArray forwarded(const QByteArray &head, const QByteArray &host)
{
    QByteArray out;
    for (const QByteArray &line : head.split('\n')) {
        const QByteArray bare = line.trimmed();
        const QByteArray name = bare.left(bare.indexOf(':')).toLower();
        if (bare.isEmpty() || name == "connection" || name == "accept-encoding" || name == "host")
            continue;
        out += bare + "\r\n";
    }
    return out + "Host: " + host + "\r\nConnection: close\r\n\r\n";
}

/// The body of an answer in chunks.
QByteArray unchunked(QByteArrayView body)
{
    QByteArray whole;
    while (!body.isEmpty()) {
        const qsizetype end = body.indexOf('\n');
        if (end < 0)
            break;
        bool ok = false;
        const qsizetype size =
            body.first(end).trimmed().toByteArray().split(';').first().toInt(&ok, 16);
        if (!ok || size <= 0 || end + 1 + size > body.size())
            break;
        whole += body.sliced(end + 1, size).toByteArray();
        body = body.sliced(std::min(body.size(), end + 1 + size + 2));
    }
    return whole;
}

/// \a body with the first number after \a near made negative; empty when there is none.
QByteArray withSpoiltNumber(QByteArray body, const QByteArray &near)
{
    qsizetype at = body.indexOf(near);
    if (at < 0)
        return {};
    at += near.size();
    while ((at = body.indexOf("\":", at)) >= 0) {
        qsizetype digit = at + 2;
        while (digit < body.size() && (body[digit] == ' ' || body[digit] == '\n'))
            ++digit;
        if (digit < body.size() && body[digit] >= '1' && body[digit] <= '9')
            return body.insert(digit, '-');
        at += 2;
    }
    return {};
}

} // namespace

/// Lives in the proxy's thread and owns every socket.
class FaultProxy::Worker final : public QObject
{
public:
    Worker(const QUrl &backend, Counts &counts)
        : m_host(backend.host())
        , m_port(quint16(backend.port(backend.scheme() == QLatin1StringView("https") ? 443 : 80)))
        , m_isPlain(backend.scheme() == QLatin1StringView("http"))
        , m_counts(counts)
    { }
    ~Worker() override { cut(); }

    quint16 listen(quint16 port = 0)
    {
        m_server = std::make_unique<QTcpServer>();
        connect(m_server.get(), &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *socket = m_server->nextPendingConnection())
                take(socket);
        });
        if (!m_server->listen(QHostAddress::LocalHost, port))
            return 0;
        return m_server->serverPort();
    }

    void set(const Fault &fault)
    {
        if (fault.kind == Fault::Kind::Refuse && m_server) {
            m_own = m_server->serverPort();
            m_server.reset();
            cut();
        } else if (fault.kind != Fault::Kind::Refuse && !m_server) {
            listen(m_own);
        }
        m_fault = fault;
    }

    void cut()
    {
        const auto links = std::exchange(m_links, {});
        for (const auto &link : links) {
            for (QTcpSocket *socket : {link->client, link->backend}) {
                if (!socket)
                    continue;
                socket->disconnect(this);
                socket->abort();
                socket->deleteLater();
            }
        }
        m_counts.open = 0;
    }

    // A queue of connections that is full, so that the next one is never answered.
    quint16 blackHole()
    {
        if (m_hole)
            return m_hole->serverPort();
        m_hole = std::make_unique<QTcpServer>();
        m_hole->setListenBacklogSize(1);
        if (!m_hole->listen(QHostAddress::LocalHost))
            return 0;
        m_hole->pauseAccepting();
        for (int i = 0; i < 6; ++i) {
            auto *filler = new QTcpSocket(m_hole.get());
            filler->connectToHost(QHostAddress(QHostAddress::LocalHost), m_hole->serverPort());
            if (!filler->waitForConnected(150))
                return m_hole->serverPort();
        }
        return 0;
    }

private:
    struct Link
    {
        QTcpSocket *client = nullptr;
        QTcpSocket *backend = nullptr;
        QByteArray request; ///< Until the head is whole.
        QByteArray answer; ///< Kept back: of Spoil all, of Truncate until the head is whole.
        Fault fault;
        bool begun = false;
    };
    using LinkPtr = std::shared_ptr<Link>;

    void take(QTcpSocket *socket)
    {
        socket->setParent(this);
        auto link = std::make_shared<Link>();
        link->client = socket;
        m_links.push_back(link);
        m_counts.open = int(m_links.size());
        connect(socket, &QTcpSocket::readyRead, this, [this, link] { read(link); });
        connect(socket, &QTcpSocket::disconnected, this, [this, link] { close(link); });
        if (socket->bytesAvailable() > 0)
            read(link);
    }

    void close(const LinkPtr &link)
    {
        if (std::erase(m_links, link) == 0)
            return;
        m_counts.open = int(m_links.size());
        for (QTcpSocket *socket : {link->client, link->backend}) {
            if (!socket)
                continue;
            socket->disconnect(this);
            // What was written still goes out.
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
            socket->disconnectFromHost();
            if (socket->state() == QAbstractSocket::UnconnectedState)
                socket->deleteLater();
        }
    }

    [[nodiscard]] bool isOpen(const LinkPtr &link) const
    {
        return std::find(m_links.begin(), m_links.end(), link) != m_links.end();
    }

    void read(const LinkPtr &link)
    {
        if (link->begun) {
            if (link->backend)
                link->backend->write(link->client->readAll());
            else if (link->fault.kind != Fault::Kind::Delay)
                link->client->readAll();
            return;
        }
        link->request += link->client->readAll();
        if (m_isPlain && !link->request.contains("\r\n\r\n")) {
            if (link->request.size() > maxHead)
                close(link);
            return;
        }
        link->begun = true;
        link->fault = m_fault;
        ++m_counts.requests;
        begin(link);
    }

    void begin(const LinkPtr &link)
    {
        const Fault &fault = link->fault;
        switch (fault.kind) {
        case Fault::Kind::None:
        case Fault::Kind::Truncate:
        case Fault::Kind::Spoil:
            return passOn(link);
        case Fault::Kind::Delay:
            QTimer::singleShot(fault.time, this, [this, link] {
                if (isOpen(link))
                    passOn(link);
            });
            return;
        case Fault::Kind::Refuse:
        case Fault::Kind::Drop:
            link->client->abort();
            return close(link);
        case Fault::Kind::Hang:
            return;
        case Fault::Kind::Answer:
            link->client->write("HTTP/1.1 " + QByteArray::number(fault.status)
                                + " Fault\r\nConnection: close\r\nContent-Length: "
                                + QByteArray::number(fault.body.size()) + "\r\n" + fault.headers
                                + "\r\n" + fault.body);
            link->client->disconnectFromHost();
            return;
        case Fault::Kind::Drip:
        case Fault::Kind::Flood:
            link->client->write("HTTP/1.1 200 OK\r\nConnection: close\r\n"
                                "Content-Type: application/json\r\n\r\n");
            if (fault.kind == Fault::Kind::Drip)
                return drip(link);
            connect(link->client, &QTcpSocket::bytesWritten, this, [this, link] { flood(link); });
            return flood(link);
        }
    }

    void drip(const LinkPtr &link)
    {
        if (!isOpen(link))
            return;
        link->client->write(" ");
        QTimer::singleShot(dripInterval, this, [this, link] { drip(link); });
    }

    void flood(const LinkPtr &link)
    {
        if (!isOpen(link) || link->client->bytesToWrite() > floodChunk)
            return;
        if (m_counts.flood >= floodBound)
            return close(link);
        m_counts.flood += floodChunk;
        link->client->write(QByteArray(floodChunk, ' '));
    }

    void passOn(const LinkPtr &link)
    {
        auto *backend = new QTcpSocket(this);
        link->backend = backend;
        QByteArray request = std::exchange(link->request, {});
        if (m_isPlain) {
            const qsizetype end = request.indexOf("\r\n\r\n") + 4;
            const QByteArray host = m_host.toUtf8() + ':' + QByteArray::number(m_port);
            request = forwarded(request.first(end), host) + request.sliced(end);
        }
        if (link->fault.kind == Fault::Kind::Delay)
            request += link->client->readAll();
        backend->connectToHost(m_host, m_port);
        backend->write(request);
        connect(backend, &QTcpSocket::readyRead, this, [this, link] { answer(link); });
        connect(backend, &QTcpSocket::errorOccurred, this, [this, link] { ended(link); });
        connect(backend, &QTcpSocket::disconnected, this, [this, link] { ended(link); });
    }

    void answer(const LinkPtr &link)
    {
        const QByteArray bytes = link->backend->readAll();
        const Fault::Kind kind = link->fault.kind;
        if (!m_isPlain || (kind != Fault::Kind::Truncate && kind != Fault::Kind::Spoil)) {
            link->client->write(bytes);
            return;
        }
        link->answer += bytes;
        const qsizetype head = link->answer.indexOf("\r\n\r\n");
        if (kind == Fault::Kind::Truncate && head >= 0
            && link->answer.size() > head + 4 + truncatedBody) {
            link->client->write(link->answer.first(head + 4 + truncatedBody));
            link->client->flush();
            close(link);
        }
    }

    // Of the backend's side.
    void ended(const LinkPtr &link)
    {
        if (!isOpen(link))
            return;
        if (link->backend->bytesAvailable() > 0)
            answer(link);
        if (!isOpen(link))
            return;
        if (link->fault.kind == Fault::Kind::Spoil && m_isPlain)
            link->client->write(spoiledAnswer(*link));
        close(link);
    }

    QByteArray spoiledAnswer(const Link &link)
    {
        const qsizetype end = link.answer.indexOf("\r\n\r\n");
        if (end < 0)
            return link.answer;
        const QByteArray head = link.answer.first(end);
        QByteArray body = link.answer.sliced(end + 4);
        if (head.toLower().contains("transfer-encoding: chunked"))
            body = unchunked(body);
        const QByteArray bad = withSpoiltNumber(body, link.fault.near);
        if (!bad.isEmpty()) {
            body = bad;
            ++m_counts.spoiled;
        }
        QByteArray out;
        for (const QByteArray &line : head.split('\n')) {
            const QByteArray lower = line.trimmed().toLower();
            if (!lower.startsWith("transfer-encoding:") && !lower.startsWith("content-length:"))
                out += line.trimmed() + "\r\n";
        }
        return out + "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
    }

    const QString m_host;
    const quint16 m_port;
    const bool m_isPlain;
    Counts &m_counts;
    Fault m_fault;
    quint16 m_own = 0; ///< Where to listen again.
    std::unique_ptr<QTcpServer> m_server;
    std::unique_ptr<QTcpServer> m_hole;
    std::vector<LinkPtr> m_links;
};

FaultProxy::FaultProxy(const QUrl &backend)
    : m_backend(backend)
    , m_worker(new Worker(backend, m_counts))
{
    m_worker->moveToThread(&m_thread);
    QObject::connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    m_thread.setObjectName(QLatin1StringView("fault proxy"));
    m_thread.start();
    QMetaObject::invokeMethod(
        m_worker, [this] { m_port = m_worker->listen(); }, Qt::BlockingQueuedConnection);
}

FaultProxy::~FaultProxy()
{
    m_thread.quit();
    m_thread.wait();
}

QUrl FaultProxy::url() const
{
    QUrl url = m_backend;
    url.setHost(QLatin1StringView("127.0.0.1"));
    url.setPort(m_port);
    return url;
}

QUrl FaultProxy::blackHole()
{
    quint16 port = 0;
    QMetaObject::invokeMethod(
        m_worker, [&] { port = m_worker->blackHole(); }, Qt::BlockingQueuedConnection);
    if (port == 0)
        return {};
    QUrl hole = url();
    hole.setPort(port);
    return hole;
}

void FaultProxy::set(const Fault &fault)
{
    QMetaObject::invokeMethod(
        m_worker, [&] { m_worker->set(fault); }, Qt::BlockingQueuedConnection);
}

void FaultProxy::cut()
{
    QMetaObject::invokeMethod(
        m_worker, [this] { m_worker->cut(); }, Qt::BlockingQueuedConnection);
}

} // namespace Stampdeck::Internal

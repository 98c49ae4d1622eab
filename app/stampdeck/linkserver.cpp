// SPDX-License-Identifier: GPL-3.0-or-later
#include "linkserver.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QDir>
#include <QtNetwork/QLocalServer>
#include <QtNetwork/QLocalSocket>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr int patience = 1'000; // ms
constexpr qsizetype longestLine = 16'384; // bytes; whoever sends more is not us

// Short: a socket's path has 107 bytes.
QString nameOf(const QString &stateDir)
{
    const QString path = QDir(stateDir).absolutePath() + u'\n' + QDir::homePath();
    return u"stampdeck-"_s
        + QString::fromLatin1(
              QCryptographicHash::hash(path.toUtf8(), QCryptographicHash::Sha256).toHex().first(16));
}

} // namespace

LinkServer::LinkServer(const QString &stateDir, QObject *parent)
    : QObject(parent)
    , m_server(new QLocalServer(this))
{
    const QString name = nameOf(stateDir);
    m_server->setSocketOptions(QLocalServer::UserAccessOption);
    connect(m_server, &QLocalServer::newConnection, this, [this] {
        while (QLocalSocket *socket = m_server->nextPendingConnection()) {
            connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
            connect(socket, &QLocalSocket::readyRead, this, [this, socket] { read(socket); });
            read(socket);
        }
    });
    // With access options listen() takes the name from whoever has it (Qt 6.4: it renames its socket
    // over the other): one that lives answers, and keeps it; one that was killed left only the name.
    QLocalSocket other;
    other.connectToServer(name);
    if (other.waitForConnected(patience))
        return;
    QLocalServer::removeServer(name);
    m_server->listen(name);
}

void LinkServer::read(QLocalSocket *socket)
{
    if (!socket->canReadLine()) {
        if (socket->bytesAvailable() > longestLine)
            socket->abort();
        return;
    }
    const QString link = QString::fromUtf8(socket->readLine(longestLine)).trimmed();
    socket->write("taken\n");
    socket->disconnectFromServer();
    Q_EMIT received(link);
}

bool LinkServer::handOver(const QString &stateDir, const QString &link)
{
    QLocalSocket socket;
    socket.connectToServer(nameOf(stateDir));
    if (!socket.waitForConnected(patience))
        return false;
    socket.write(link.toUtf8() + '\n');
    // That it is taken, not only that somebody listens: a window may hang.
    while (!socket.canReadLine()) {
        if (!socket.waitForReadyRead(patience))
            return false;
    }
    return socket.readLine() == "taken\n";
}

} // namespace Stampdeck

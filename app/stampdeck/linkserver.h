// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>

class QLocalServer;
class QLocalSocket;

namespace Stampdeck {

/// Takes the links that a later start of the program is given, so that they open in the window that
/// is there. One for a person and a state directory; a second window on the same directory opens
/// none. GUI thread.
class LinkServer final : public QObject
{
    Q_OBJECT
public:
    explicit LinkServer(const QString &stateDir, QObject *parent = nullptr);

    /// Gives \a link to the program that runs on \a stateDir already; false when there is none.
    /// Blocks for a second at the most.
    [[nodiscard]] static bool handOver(const QString &stateDir, const QString &link);

Q_SIGNALS:
    /// Anybody's text of this person's: to be read with care.
    void received(const QString &link);

private:
    void read(QLocalSocket *socket);
    QLocalServer *m_server;
};

} // namespace Stampdeck

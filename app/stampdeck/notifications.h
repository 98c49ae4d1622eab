// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QStringList>
#include <QtDBus/QDBusConnection>
#include <QtDBus/QDBusMessage>

#include <optional>

namespace Stampdeck {

/// One notification at a time, by the desktop's service
/// (https://specifications.freedesktop.org/notification-spec/1.2/). Without a service nothing is
/// shown, and nothing waited for. GUI thread.
class Notifications final : public QObject
{
    Q_OBJECT
public:
    struct Notification
    {
        QString title;
        QString text; ///< Plain; lines by '\n'.
        bool isCritical = false; ///< Stays until somebody acts.
        /// A name of https://specifications.freedesktop.org/sound-naming-spec/; empty: no sound.
        QString sound;
        /// Buttons: a name, and its word. "default" is a click on the whole.
        QList<std::pair<QString, QString>> actions;
    };

    explicit Notifications(QDBusConnection bus, QObject *parent = nullptr);

    /// In place of the one before, if that is still there.
    void show(const Notification &notification);
    void close();

Q_SIGNALS:
    void chosen(const QString &action);
    /// No service took it: \a error says why.
    void failed(const QString &error);
    /// One took it, or has come.
    void answered();
    /// One is shown. \a isMute: it was to be heard, and the service makes no sound.
    void shown(bool isMute);

private Q_SLOTS:
    void onAction(uint id, const QString &action);
    void onClosed(uint id, uint reason);

private:
    void send(const Notification &notification);

    QDBusConnection m_bus;
    std::optional<QStringList> m_capabilities; // nothing: not yet known
    std::optional<Notification> m_waiting; // for them, or for the number of the one before
    bool m_isAsking = false;
    bool m_isSending = false;
    bool m_isClosing = false;
    uint m_id = 0; // 0: none is shown
};

} // namespace Stampdeck

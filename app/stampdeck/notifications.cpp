// SPDX-License-Identifier: GPL-3.0-or-later
#include "notifications.h"

#include <QtDBus/QDBusPendingCallWatcher>
#include <QtDBus/QDBusPendingReply>
#include <QtDBus/QDBusServiceWatcher>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

const QString service = QStringLiteral("org.freedesktop.Notifications");
const QString path = QStringLiteral("/org/freedesktop/Notifications");

QDBusMessage callOf(const QString &method)
{
    return QDBusMessage::createMethodCall(service, path, service, method);
}

} // namespace

Notifications::Notifications(QDBusConnection bus, QObject *parent)
    : QObject(parent)
    , m_bus(std::move(bus))
{
    if (!m_bus.isConnected())
        return;
    auto *watcher =
        new QDBusServiceWatcher(service, m_bus, QDBusServiceWatcher::WatchForRegistration, this);
    connect(watcher, &QDBusServiceWatcher::serviceRegistered, this, &Notifications::answered);
    m_bus.connect(service, path, service, u"ActionInvoked"_s, this, SLOT(onAction(uint,QString)));
    m_bus.connect(service, path, service, u"NotificationClosed"_s, this, SLOT(onClosed(uint,uint)));
}

void Notifications::show(const Notification &notification)
{
    m_isClosing = false;
    if (!m_bus.isConnected()) {
        Q_EMIT failed(tr("There is no session bus."));
        return;
    }
    if (m_capabilities && !m_isSending)
        return send(notification);
    m_waiting = notification;
    if (m_capabilities || std::exchange(m_isAsking, true))
        return;
    auto *answer =
        new QDBusPendingCallWatcher(m_bus.asyncCall(callOf(u"GetCapabilities"_s)), this);
    connect(answer, &QDBusPendingCallWatcher::finished, this,
            [this](QDBusPendingCallWatcher *watcher) {
                watcher->deleteLater();
                m_isAsking = false;
                const QDBusPendingReply<QStringList> reply = *watcher;
                if (reply.isError()) { // asked again with the next one
                    m_waiting.reset();
                    Q_EMIT failed(reply.error().message());
                    return;
                }
                m_capabilities = reply.value();
                if (m_waiting)
                    send(*std::exchange(m_waiting, {}));
            });
}

void Notifications::send(const Notification &notification)
{
    // A service that takes markup takes it everywhere in the text.
    const QString text = m_capabilities->contains(u"body-markup"_s)
        ? notification.text.toHtmlEscaped()
        : notification.text;
    QStringList actions;
    if (m_capabilities->contains(u"actions"_s)) {
        for (const auto &[name, word] : notification.actions)
            actions << name << word;
    }
    const bool canSound = m_capabilities->contains(u"sound"_s);
    QVariantMap hints{{u"urgency"_s, QVariant::fromValue(uchar(notification.isCritical ? 2 : 1))},
                      {u"desktop-entry"_s, u"stampdeck"_s},
                      {u"category"_s, u"device.error"_s}};
    if (notification.sound.isEmpty())
        hints.insert(u"suppress-sound"_s, true);
    else
        hints.insert(u"sound-name"_s, notification.sound);
    QDBusMessage call = callOf(u"Notify"_s);
    call << u"Stampdeck"_s << m_id << u"stampdeck"_s << notification.title << text << actions
         << hints << (notification.isCritical ? 0 : -1); // 0: until somebody closes it
    m_isSending = true;
    auto *answer = new QDBusPendingCallWatcher(m_bus.asyncCall(call), this);
    connect(answer, &QDBusPendingCallWatcher::finished, this,
            [this, isMute = !canSound && !notification.sound.isEmpty()](
                QDBusPendingCallWatcher *watcher) {
                watcher->deleteLater();
                m_isSending = false;
                const QDBusPendingReply<uint> reply = *watcher;
                m_id = reply.isError() ? 0 : reply.value();
                if (reply.isError()) {
                    m_capabilities.reset(); // another service may take its place
                    Q_EMIT failed(reply.error().message());
                } else {
                    Q_EMIT answered();
                    Q_EMIT shown(isMute);
                }
                if (m_waiting)
                    show(*std::exchange(m_waiting, {}));
                else if (std::exchange(m_isClosing, false))
                    close();
            });
}

void Notifications::close()
{
    m_waiting.reset();
    if (m_isSending) {
        m_isClosing = true;
        return;
    }
    if (m_id == 0)
        return;
    QDBusMessage call = callOf(u"CloseNotification"_s);
    call << std::exchange(m_id, 0);
    m_bus.send(call);
}

void Notifications::onAction(uint id, const QString &action)
{
    if (id == m_id && id != 0)
        Q_EMIT chosen(action);
}

void Notifications::onClosed(uint id, uint)
{
    if (id == m_id)
        m_id = 0;
}

} // namespace Stampdeck

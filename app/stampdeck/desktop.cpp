// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop.h"

#include <QtDBus/QDBusMessage>
#include <QtDBus/QDBusPendingCallWatcher>
#include <QtDBus/QDBusPendingReply>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

const QString service = QStringLiteral("org.freedesktop.portal.Desktop");
const QString path = QStringLiteral("/org/freedesktop/portal/desktop");
const QString interfaceName = QStringLiteral("org.freedesktop.portal.Settings");

const QString appearance = QStringLiteral("org.freedesktop.appearance");
const QString gnome = QStringLiteral("org.gnome.desktop.interface");
const QString gnomeAccess = QStringLiteral("org.gnome.desktop.a11y.interface");

} // namespace

Desktop::Desktop(QDBusConnection bus, QObject *parent)
    : QObject(parent)
    , m_bus(std::move(bus))
{
    if (!m_bus.isConnected())
        return;
    qRegisterMetaType<QDBusVariant>(); // else connect() does not know the slot's type
    m_bus.connect(service, path, interfaceName, u"SettingChanged"_s, this,
                  SLOT(take(QString,QString,QDBusVariant)));
    ask(appearance, u"color-scheme"_s);
    ask(appearance, u"contrast"_s);
    ask(appearance, u"reduced-motion"_s);
    ask(gnome, u"enable-animations"_s);
    ask(gnome, u"gtk-theme"_s);
    ask(gnomeAccess, u"high-contrast"_s);
}

bool Desktop::wantsContrast() const
{
    return m_contrast || m_gnomeContrast || m_contrastTheme;
}

bool Desktop::wantsStillness() const
{
    return m_still || m_gnomeStill;
}

void Desktop::ask(const QString &group, const QString &key)
{
    QDBusMessage call = QDBusMessage::createMethodCall(service, path, interfaceName, u"Read"_s);
    call << group << key;
    auto *answer = new QDBusPendingCallWatcher(m_bus.asyncCall(call), this);
    connect(answer, &QDBusPendingCallWatcher::finished, this,
            [this, group, key](QDBusPendingCallWatcher *watcher) {
                watcher->deleteLater();
                // A desktop that does not know it answers with an error.
                if (const QDBusPendingReply<QDBusVariant> reply = *watcher; !reply.isError())
                    take(group, key, reply.value());
            });
}

void Desktop::take(const QString &group, const QString &key, const QDBusVariant &value)
{
    QVariant is = value.variant();
    // Portals wrap it once more where they answer.
    while (is.canConvert<QDBusVariant>())
        is = is.value<QDBusVariant>().variant();
    if (group == appearance && key == u"color-scheme") {
        m_scheme = is.toUInt() == 1 ? std::optional(Theme::Scheme::Dark)
            : is.toUInt() == 2      ? std::optional(Theme::Scheme::Light)
                                    : std::nullopt;
    } else if (group == appearance && key == u"contrast") {
        m_contrast = is.toUInt() == 1;
    } else if (group == appearance && key == u"reduced-motion") {
        m_still = is.toUInt() == 1;
    } else if (group == gnome && key == u"enable-animations") {
        m_gnomeStill = !is.toBool();
    } else if (group == gnome && key == u"gtk-theme") {
        m_contrastTheme = is.toString().contains(u"HighContrast"_s);
    } else if (group == gnomeAccess && key == u"high-contrast") {
        m_gnomeContrast = is.toBool();
    } else {
        return;
    }
    Q_EMIT changed();
}

} // namespace Stampdeck

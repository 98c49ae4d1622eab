// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stampdeck/desktop.h"
#include "app/stampdeck/mainwindow.h"
#include "app/stampdeck/program.h"
#include "app/stampdeck/wallwindow.h"

#include "widgets/motion.h"
#include "widgets/themes.h"

#include "tests/support/testmain.h"

#include <QtCore/QProcess>
#include <QtDBus/QDBusMessage>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QApplication>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

/// A portal that answers what it was told, and tells what changes.
class Portal final : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.portal.Settings")
public:
    QHash<QString, QVariant> values;
    QDBusConnection bus{QString()};

    void set(const QString &group, const QString &key, const QVariant &value)
    {
        values.insert(group + u'/' + key, value);
        QDBusMessage message =
            QDBusMessage::createSignal(u"/org/freedesktop/portal/desktop"_s,
                                       u"org.freedesktop.portal.Settings"_s, u"SettingChanged"_s);
        message << group << key << QVariant::fromValue(QDBusVariant(value));
        QVERIFY(bus.send(message));
    }

public Q_SLOTS:
    QDBusVariant Read(const QString &group, const QString &key, const QDBusMessage &message)
    {
        const QVariant value = values.value(group + u'/' + key);
        if (!value.isValid()) {
            message.setDelayedReply(true); // the one below is all
            bus.send(message.createErrorReply(u"org.freedesktop.portal.Error.NotFound"_s,
                                              u"Requested setting not found"_s));
            return {};
        }
        return QDBusVariant(QVariant::fromValue(QDBusVariant(value)));
    }
};

/// The desktop's wishes are followed until a person has one.
class DesktopTest : public QObject
{
    Q_OBJECT
private:
    QProcess m_daemon;
    Portal m_portal;
    std::unique_ptr<Desktop> m_desktop;
    const PluginCatalog m_catalog;
    std::unique_ptr<Program> m_program;

    void choose(const QString &key, const QString &written)
    {
        WindowSettings settings = m_program->settings();
        settings.set(key, written);
        m_program->applySettings(settings);
    }
    const QString m_appearance = u"org.freedesktop.appearance"_s;

private Q_SLOTS:
    void initTestCase()
    {
        m_daemon.start(u"dbus-daemon"_s,
                       {u"--session"_s, u"--nofork"_s, u"--print-address"_s, u"--nopidfile"_s});
        QVERIFY2(m_daemon.waitForStarted(), "dbus-daemon is needed (package dbus)");
        QVERIFY(m_daemon.waitForReadyRead());
        const QString address = QString::fromUtf8(m_daemon.readLine()).trimmed();
        m_portal.bus = QDBusConnection::connectToBus(address, u"portal"_s);
        QVERIFY(m_portal.bus.isConnected());
        QVERIFY(m_portal.bus.registerService(u"org.freedesktop.portal.Desktop"_s));
        QVERIFY(m_portal.bus.registerObject(u"/org/freedesktop/portal/desktop"_s, &m_portal,
                                            QDBusConnection::ExportAllSlots));
        m_portal.values = {{m_appearance + u"/color-scheme", 1U}};
        m_desktop =
            std::make_unique<Desktop>(QDBusConnection::connectToBus(address, u"window"_s));
        m_program = std::make_unique<Program>(m_catalog, WindowOptions());
        m_program->follow(*m_desktop);
    }
    void init() { Testing::strict(); }
    void cleanupTestCase()
    {
        m_program.reset();
        m_desktop.reset();
        m_daemon.kill();
        m_daemon.waitForFinished();
    }

    void theSchemeIsTheDesktops()
    {
        QTRY_VERIFY(m_desktop->scheme() == Theme::Scheme::Dark);
        QVERIFY(Theme::current().isDark());
        m_portal.set(m_appearance, u"color-scheme"_s, 2U);
        QTRY_VERIFY(!Theme::current().isDark());
        // A person's choice comes first.
        choose(u"theme"_s, u"dark"_s);
        m_portal.set(m_appearance, u"color-scheme"_s, 0U);
        QTRY_VERIFY(!m_desktop->scheme());
        QVERIFY(Theme::current().isDark());
        choose(u"theme"_s, u"system"_s);
    }

    void theContrastIsTheDesktops_data()
    {
        QTest::addColumn<QString>("group");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QVariant>("on");
        QTest::addColumn<QVariant>("off");
        QTest::addRow("freedesktop") << m_appearance << u"contrast"_s << QVariant(1U) << QVariant(0U);
        QTest::addRow("GNOME") << u"org.gnome.desktop.a11y.interface"_s << u"high-contrast"_s
                               << QVariant(true) << QVariant(false);
        QTest::addRow("a theme") << u"org.gnome.desktop.interface"_s << u"gtk-theme"_s
                                 << QVariant(u"HighContrastInverse"_s) << QVariant(u"Adwaita"_s);
    }
    void theContrastIsTheDesktops()
    {
        QFETCH(QString, group);
        QFETCH(QString, key);
        QFETCH(QVariant, on);
        QFETCH(QVariant, off);
        m_portal.set(group, key, on);
        QTRY_VERIFY(Theme::current().isHighContrast());
        choose(u"contrast"_s, u"normal"_s);
        QVERIFY(!Theme::current().isHighContrast());
        choose(u"contrast"_s, u"system"_s);
        QVERIFY(Theme::current().isHighContrast());
        m_portal.set(group, key, off);
        QTRY_VERIFY(!Theme::current().isHighContrast());
    }

    void theMotionIsTheDesktops()
    {
        QVERIFY(!Motion::isReduced());
        m_portal.set(u"org.gnome.desktop.interface"_s, u"enable-animations"_s, false);
        QTRY_VERIFY(Motion::isReduced());
        choose(u"motion"_s, u"full"_s);
        QVERIFY(!Motion::isReduced());
        choose(u"motion"_s, u"system"_s);
        m_portal.set(u"org.gnome.desktop.interface"_s, u"enable-animations"_s, true);
        QTRY_VERIFY(!Motion::isReduced());
        m_portal.set(m_appearance, u"reduced-motion"_s, 1U);
        QTRY_VERIFY(Motion::isReduced());
        m_portal.set(m_appearance, u"reduced-motion"_s, 0U);
        QTRY_VERIFY(!Motion::isReduced());
    }

    void withoutABusNothingIsKnown()
    {
        const Desktop none(QDBusConnection(u"no such"_s));
        QVERIFY(!none.scheme());
        QVERIFY(!none.wantsContrast() && !none.wantsStillness());
    }
};

STAMPDECK_TEST_MAIN(QApplication, DesktopTest)
#include "tst_desktop.moc"

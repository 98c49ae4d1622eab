// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stampdeck/caller.h"
#include "app/stampdeck/notifications.h"

#include "models/fleetfeed.h"
#include "models/fleetstore.h"
#include "tests/support/manualclock.h"
#include "tests/support/sounddevice.h"
#include "tests/support/testmain.h"
#include "tests/widgets/deckfixture.h"

#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// A notification daemon that writes down what it is asked for.
class Daemon final : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")
public:
    struct Shown
    {
        uint replaces = 0;
        QString title;
        QString text;
        QStringList actions;
        QVariantMap hints;
        int timeout = 0;
    };
    QDBusConnection bus{QString()};
    QStringList capabilities{u"actions"_s, u"body"_s, u"body-markup"_s, u"sound"_s};
    QList<Shown> shown;
    QList<uint> closed;

    void act(const QString &action)
    {
        QDBusMessage message = QDBusMessage::createSignal(u"/org/freedesktop/Notifications"_s,
                                                          u"org.freedesktop.Notifications"_s,
                                                          u"ActionInvoked"_s);
        message << 7U << action;
        QVERIFY(bus.send(message));
    }

public Q_SLOTS:
    QStringList GetCapabilities() { return capabilities; }
    uint Notify(const QString &, uint replaces, const QString &, const QString &title,
                const QString &text, const QStringList &actions, const QVariantMap &hints,
                int timeout)
    {
        shown.append({replaces, title, text, actions, hints, timeout});
        return 7;
    }
    void CloseNotification(uint id) { closed.append(id); }
};

/// The rules of being called, as a notification daemon on the session bus sees them.
class CallerTest : public QObject
{
    Q_OBJECT
private:
    QTemporaryDir m_dir;
    QProcess m_bus;
    QString m_address;
    Daemon m_daemon;
    std::unique_ptr<SoundDevice> m_device;
    std::unique_ptr<DeckFixture> m_fixture;
    std::unique_ptr<Notifications> m_notifications;
    std::unique_ptr<Caller> m_caller;
    QList<Acknowledgement> m_acknowledged;

    static IncidentPtr incident(const QString &id, Severity severity = Severity::Warning)
    {
        auto made = std::make_shared<Incident>();
        made->id = id;
        made->title = id + u" is unhealthy"_s;
        made->summary = u"api 1 of 5 ready, 15 tenants"_s;
        made->severity = severity;
        return made;
    }
    void tell(const std::vector<IncidentPtr> &open)
    {
        auto book = std::make_shared<IncidentBook>();
        book->open = open;
        book->settled = true;
        m_fixture->store.setIncidents(book);
        m_fixture->store.sync();
        QCoreApplication::processEvents();
    }
    void advance(std::chrono::milliseconds by)
    {
        for (; by.count() > 0; by -= 1s) {
            m_fixture->clock.advance(1s);
            QCoreApplication::processEvents();
        }
    }

private Q_SLOTS:
    void initTestCase()
    {
        // A bus that starts nobody: the machine may have a notification service of its own.
        QFile config(m_dir.filePath(u"bus.conf"_s));
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.write(R"(<busconfig><type>session</type><listen>unix:dir=)"
                     + m_dir.path().toUtf8() + R"(</listen><policy context="default">
            <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
            <allow own="*"/></policy></busconfig>)");
        config.close();
        m_bus.start(u"dbus-daemon"_s, {u"--config-file"_s, config.fileName(), u"--nofork"_s,
                                       u"--print-address"_s, u"--nopidfile"_s});
        QVERIFY2(m_bus.waitForStarted(), "dbus-daemon is needed (package dbus)");
        QVERIFY(m_bus.waitForReadyRead());
        m_address = QString::fromUtf8(m_bus.readLine()).trimmed();
        m_daemon.bus = QDBusConnection::connectToBus(m_address, u"daemon"_s);
        QVERIFY(m_daemon.bus.registerService(u"org.freedesktop.Notifications"_s));
        QVERIFY(m_daemon.bus.registerObject(u"/org/freedesktop/Notifications"_s, &m_daemon,
                                            QDBusConnection::ExportAllSlots));
    }
    void cleanupTestCase()
    {
        m_bus.terminate();
        QVERIFY(m_bus.waitForFinished());
    }
    void init()
    {
        strict();
        m_daemon.shown.clear();
        m_daemon.closed.clear();
        m_acknowledged.clear();
        m_device = std::make_unique<SoundDevice>();
        m_fixture = std::make_unique<DeckFixture>();
        Deck deck = *m_fixture->deck;
        deck.actor = u"ann"_s;
        deck.acknowledge = [this](const Acknowledgement &is) {
            m_acknowledged.append(is);
            return ready<Acknowledgement>(is);
        };
        m_notifications = std::make_unique<Notifications>(
            QDBusConnection::connectToBus(m_address, u"window"_s));
        tell({});
        m_caller = std::make_unique<Caller>(deck, *m_notifications);
    }
    void cleanup()
    {
        m_caller.reset();
        m_notifications.reset();
        m_fixture.reset();
        m_device.reset();
    }

    void oneIncidentIsToldInItsWords()
    {
        tell({incident(u"eu-west-03"_s, Severity::Critical)});
        advance(2s);
        QTRY_COMPARE(m_daemon.shown.size(), 1);
        const Daemon::Shown &is = m_daemon.shown[0];
        QCOMPARE(is.title, u"eu-west-03 is unhealthy"_s);
        QCOMPARE(is.text, u"api 1 of 5 ready, 15 tenants"_s);
        QCOMPARE(is.actions, (QStringList{u"default"_s, u"Open"_s, u"open"_s, u"Open"_s,
                                          u"acknowledge"_s, u"Acknowledge"_s}));
        QCOMPARE(is.hints.value(u"urgency"_s).value<uchar>(), uchar(2));
        // By which the service finds the program's settings and icon: the file that is installed.
        const QString entry = is.hints.value(u"desktop-entry"_s).toString();
        QVERIFY2(QFile::exists(QStringLiteral(STAMPDECK_SOURCE_DIR "/resources/desktop/") + entry
                               + u".desktop"_s),
                 qPrintable(entry));
        QCOMPARE(is.hints.value(u"sound-name"_s).toString(), u"alarm-clock-elapsed"_s);
        QCOMPARE(is.timeout, 0);
        QCOMPARE(m_caller->worst(), std::optional(Severity::Critical));
        QCOMPARE(m_caller->count(), 1);
    }

    void aRehearsalSaysThatItIsOne()
    {
        Deck deck = *m_fixture->deck;
        deck.rehearsal = u"bad-version"_s;
        m_caller = std::make_unique<Caller>(deck, *m_notifications);
        tell({incident(u"eu-west-03"_s, Severity::Critical)});
        advance(2s);
        QTRY_COMPARE(m_daemon.shown.size(), 1);
        QCOMPARE(m_daemon.shown[0].title, u"Rehearsal: eu-west-03 is unhealthy"_s);
    }

    void severalAreOneThatIsReplacedAndCloses()
    {
        std::vector<IncidentPtr> open;
        for (const QString &id : {u"a"_s, u"b"_s, u"c"_s, u"d"_s, u"e"_s})
            open.push_back(incident(id));
        tell(open);
        advance(2s);
        QTRY_COMPARE(m_daemon.shown.size(), 1);
        QCOMPARE(m_daemon.shown[0].title, u"5 incidents"_s);
        QCOMPARE(m_daemon.shown[0].text,
                 u"a is unhealthy\nb is unhealthy\nc is unhealthy\nand 2 more"_s);
        QCOMPARE(m_daemon.shown[0].hints.value(u"urgency"_s).value<uchar>(), uchar(1));
        advance(CallSettings().again);
        QTRY_COMPARE(m_daemon.shown.size(), 2);
        QCOMPARE(m_daemon.shown[1].replaces, 7U);
        QVERIFY(m_daemon.shown[1].text.endsWith(u"Nobody has acknowledged."_s));
        tell({});
        QTRY_COMPARE(m_daemon.closed, QList<uint>{7U});
        QCOMPARE(m_caller->worst(), std::nullopt);
    }

    void acknowledgingAllOfThemIsOneClick()
    {
        tell({incident(u"a"_s), incident(u"b"_s)});
        advance(2s);
        QTRY_COMPARE(m_daemon.shown.size(), 1);
        // It says how many, since it names no more than three.
        QCOMPARE(m_daemon.shown[0].actions.last(), u"Acknowledge all 2"_s);
        m_daemon.act(u"acknowledge"_s);
        QTRY_COMPARE(m_acknowledged.size(), 2);
        QCOMPARE(m_acknowledged[0].incident, u"a"_s);
        QCOMPARE(m_acknowledged[0].by, u"ann"_s);
    }

    // It is said while it is so, and not once for every call.
    void whereNobodyHearsItIsSaid()
    {
        QSignalSpy unheard(m_caller.get(), &Caller::unheard);
        QVERIFY(m_daemon.bus.unregisterService(u"org.freedesktop.Notifications"_s));
        tell({incident(u"a"_s)});
        advance(2s);
        QTRY_COMPARE(unheard.size(), 1);
        QVERIFY(!unheard[0][0].toString().isEmpty());
        QVERIFY(m_daemon.shown.isEmpty());
        QTRY_VERIFY(m_device->loudest() > 1000);
        // One that comes is known of without another call.
        QVERIFY(m_daemon.bus.registerService(u"org.freedesktop.Notifications"_s));
        QTRY_COMPARE(unheard.size(), 2);
        QVERIFY(unheard[1][0].toString().isEmpty());
        advance(CallSettings().again);
        QTRY_COMPARE(m_daemon.shown.size(), 1);
        QCOMPARE(unheard.size(), 2);
    }

    void openingOneSaysWhich()
    {
        QSignalSpy opened(m_caller.get(), &Caller::opened);
        tell({incident(u"b"_s), incident(u"a"_s)});
        advance(2s);
        QTRY_COMPARE(m_daemon.shown.size(), 1);
        m_daemon.act(u"default"_s);
        QTRY_COMPARE(opened.size(), 1);
        QCOMPARE(opened[0][0].toStringList(), (QStringList{u"b"_s, u"a"_s}));
        QVERIFY(m_acknowledged.isEmpty());
    }

    void withoutSoundItIsSilent()
    {
        CallSettings settings;
        settings.sound = false;
        m_caller->setSettings(settings);
        tell({incident(u"a"_s)});
        advance(2s);
        QTRY_COMPARE(m_daemon.shown.size(), 1);
        QVERIFY(!m_daemon.shown[0].hints.contains(u"sound-name"_s));
        QCOMPARE(m_daemon.shown[0].hints.value(u"suppress-sound"_s).toBool(), true);
    }

    void whatTheServiceDoesNotSoundTheProgramDoes()
    {
        QSignalSpy rang(m_caller.get(), &Caller::rang);
        tell({incident(u"a"_s)});
        advance(2s);
        QTRY_COMPARE(m_daemon.shown.size(), 1);
        QCOMPARE(rang.size(), 0); // this one sounds
        m_caller.reset(); // what it had begun has come to its end
        QVERIFY(!m_device->wasUsed());
        cleanup();
        const auto asBefore = qScopeGuard([this] { m_daemon.capabilities.append(u"sound"_s); });
        m_daemon.capabilities.removeAll(u"sound"_s);
        init();
        QSignalSpy alone(m_caller.get(), &Caller::rang);
        tell({incident(u"a"_s)});
        advance(2s);
        QTRY_COMPARE(alone.size(), 1);
        QTRY_VERIFY(m_device->loudest() > 1000);
        cleanup();
        init();
        CallSettings settings;
        settings.sound = false;
        m_caller->setSettings(settings);
        QSignalSpy silent(m_caller.get(), &Caller::rang);
        tell({incident(u"a"_s)});
        advance(2s);
        QTRY_COMPARE(m_daemon.shown.size(), 1);
        QCOMPARE(silent.size(), 0);
        m_caller.reset();
        QVERIFY(!m_device->wasUsed());
    }

    // As long as it is so, once: until a call is heard, by whomever, or none is to be.
    void whereNoSoundCanBePlayedItIsSaid()
    {
        const auto asBefore = qScopeGuard(
            [this, all = m_daemon.capabilities] { m_daemon.capabilities = all; });
        m_daemon.capabilities.removeAll(u"sound"_s);
        auto device = std::make_unique<SoundDevice>(SoundDevice::Kind::None);
        QSignalSpy soundless(m_caller.get(), &Caller::soundless);
        QSignalSpy failed(m_caller->findChild<Bell *>(), &Bell::failed);
        tell({incident(u"a"_s)});
        advance(2s);
        QTRY_COMPARE(soundless.size(), 1);
        QVERIFY(!soundless[0][0].toString().isEmpty());
        advance(CallSettings().again);
        QTRY_COMPARE(m_daemon.shown.size(), 2);
        QTRY_COMPARE(failed.size(), 2);
        QCOMPARE(soundless.size(), 1);
        device.reset(); // and there is one
        advance(CallSettings().again);
        QTRY_COMPARE(soundless.size(), 2);
        QVERIFY(soundless[1][0].toString().isEmpty());
        QTRY_VERIFY(m_device->loudest() > 1000);

        device = std::make_unique<SoundDevice>(SoundDevice::Kind::None);
        advance(CallSettings().again);
        QTRY_COMPARE(soundless.size(), 3);
        CallSettings settings;
        settings.sound = false;
        m_caller->setSettings(settings);
        QCOMPARE(soundless.size(), 4);
        QVERIFY(soundless[3][0].toString().isEmpty());
    }

    void theSoundCanBeTried()
    {
        auto device = std::make_unique<SoundDevice>(SoundDevice::Kind::None);
        const FutureResult<void> none = m_caller->trySound();
        QTRY_VERIFY(none.isFinished());
        QCOMPARE(none.result().error().kind, ErrorKind::NotNow);
        QVERIFY(!none.result().error().message.isEmpty());
        device.reset();
        const FutureResult<void> played = m_caller->trySound();
        QTRY_VERIFY(played.isFinished());
        QVERIFY(played.result());
        QTRY_VERIFY(m_device->loudest() > 1000);
        QVERIFY(m_daemon.shown.isEmpty()); // it is no call
    }

    void hostileWordsStayText()
    {
        auto made = std::make_shared<Incident>(*incident(u"a"_s));
        made->title = u"<b>\u202Ea</b>\nx"_s;
        made->summary = u"<a href='x'>click</a>\u0007"_s + QString(1 << 20, u'y');
        tell({made});
        advance(2s);
        QTRY_COMPARE(m_daemon.shown.size(), 1);
        QCOMPARE(m_daemon.shown[0].title, u"<b>a</b> x"_s); // never markup there
        QVERIFY(m_daemon.shown[0].text.startsWith(u"&lt;a href=&#39;x&#39;&gt;click"_s)
                || m_daemon.shown[0].text.startsWith(u"&lt;a href='x'&gt;click"_s));
        QVERIFY(m_daemon.shown[0].text.size() < 400);
    }

    void aStormNotifiesOnce()
    {
        std::vector<IncidentPtr> open;
        for (int second = 0; second < 60; ++second) {
            for (int i = 0; i < 100; ++i)
                open.push_back(incident(u"%1-%2"_s.arg(second).arg(i)));
            tell(open);
            advance(1s);
        }
        QTRY_VERIFY(!m_daemon.shown.isEmpty());
        QCOMPARE(m_daemon.shown.size(), 1);
    }
};

STAMPDECK_TEST_MAIN(QApplication, CallerTest)
#include "tst_caller.moc"

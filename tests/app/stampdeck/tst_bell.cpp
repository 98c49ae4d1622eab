// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stampdeck/bell.h"

#include "tests/support/manualclock.h"
#include "tests/support/sounddevice.h"
#include "tests/support/testmain.h"

#include <QtCore/QDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <limits>

#include <fcntl.h>
#include <unistd.h>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const QString alarmClock = u"alarm-clock-elapsed"_s;
const QString warning = u"dialog-warning"_s;
constexpr int page = 4096;
constexpr int all = std::numeric_limits<int>::max();

/// A bell, and what it has told.
struct Rung
{
    explicit Rung(Clock &clock)
        : bell(std::make_unique<Bell>(clock))
    {
    }
    std::unique_ptr<Bell> bell;
    QSignalSpy sounded{bell.get(), &Bell::sounded};
    QSignalSpy failed{bell.get(), &Bell::failed};
};

/// Who hears what goes through a stuck device: as slowly as is asked.
class Listener
{
public:
    explicit Listener(const SoundDevice &device)
        : m_pipe(open(device.path().toLocal8Bit().constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC))
    {
        // The less it holds by itself, the less is heard of what was stopped.
        fcntl(m_pipe, F_SETPIPE_SZ, page);
    }
    ~Listener() { close(m_pipe); }
    Q_DISABLE_COPY_MOVE(Listener)

    /// What is there now, \a most bytes of it; whether nobody plays any more is isOver.
    void hear(int most)
    {
        QByteArray bytes(page, 0);
        while (most > 0) {
            const ssize_t count = read(m_pipe, bytes.data(), size_t(std::min(most, page)));
            isOver = count == 0;
            if (count <= 0)
                return;
            heard.append(bytes.constData(), count);
            most -= int(count);
        }
    }
    QByteArray heard;
    bool isOver = false;

private:
    int m_pipe;
};

int threads()
{
    return int(QDir(u"/proc/self/task"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size());
}

} // namespace

/// A real library plays a real sound, on a device that writes down what it was given.
class BellTest : public QObject
{
    Q_OBJECT
private:
    QByteArray wholeOf(const QString &event)
    {
        const SoundDevice device;
        Rung rung(m_clock);
        rung.bell->ring(event);
        const auto isWhole = [this, &rung] {
            return rung.sounded.size() == 1 && threads() == m_threads;
        };
        return QTest::qWaitFor(isWhole) ? device.played() : QByteArray();
    }

    ManualClock m_clock;
    int m_threads = 0; // of a process in which nothing rings

private Q_SLOTS:
    void init()
    {
        strict();
        m_threads = threads();
    }
    // The library's own threads as well.
    void cleanup() { QTRY_COMPARE(threads(), m_threads); }

    void whatItRingsIsHeard()
    {
        const SoundDevice device;
        Rung rung(m_clock);
        QVERIFY(!device.wasUsed());
        rung.bell->ring(warning);
        QTRY_COMPARE(rung.sounded.size(), 1);
        QTRY_VERIFY(device.loudest() > 1000);
        // That it took long to say so changes nothing any more.
        m_clock.advance(Bell::patience);
        QCOMPARE(rung.failed.size(), 0);
        QCOMPARE(m_clock.pending(), 0);
    }

    void theNewestIsTheOneThatIsHeard()
    {
        const QByteArray expected = wholeOf(warning);
        QVERIFY(SoundDevice::loudest(expected) > 1000);
        QVERIFY(wholeOf(alarmClock).size() > expected.size());
        const SoundDevice device;
        Rung rung(m_clock);
        rung.bell->ring(alarmClock);
        rung.bell->ring(warning);
        QTRY_COMPARE(rung.sounded.size(), 1);
        QTRY_VERIFY(device.played() == expected);
        QTRY_COMPARE(threads(), m_threads);
        // And again, once that one is over.
        rung.bell->ring(alarmClock);
        QTRY_COMPARE(rung.sounded.size(), 2);
        QTRY_VERIFY(device.played().size() > expected.size());
        QCOMPARE(rung.failed.size(), 0);
    }

    void whatCannotBePlayedIsSaid_data()
    {
        QTest::addColumn<bool>("hasDevice");
        QTest::addColumn<QString>("event");
        QTest::newRow("no device") << false << alarmClock;
        QTest::newRow("no theme has it") << true << u"nothing"_s;
    }
    void whatCannotBePlayedIsSaid()
    {
        QFETCH(bool, hasDevice);
        QFETCH(QString, event);
        const SoundDevice device(hasDevice ? SoundDevice::Kind::File : SoundDevice::Kind::None);
        Rung rung(m_clock);
        rung.bell->ring(event);
        QTRY_COMPARE(rung.failed.size(), 1);
        QVERIFY(!rung.failed[0][0].toString().isEmpty());
        rung.bell->ring(event);
        QTRY_COMPARE(rung.failed.size(), 2);
        QCOMPARE(rung.sounded.size(), 0);
        QVERIFY(!device.wasUsed());
        QCOMPARE(m_clock.pending(), 0);
    }

    void aServerThatHangsHoldsUpNobody()
    {
        const SoundDevice device(SoundDevice::Kind::Stuck);
        Rung rung(m_clock);
        rung.bell->ring(alarmClock);
        m_clock.advance(Bell::patience - 1ms);
        QCOMPARE(rung.failed.size(), 0);
        m_clock.advance(1ms);
        QCOMPARE(rung.failed.size(), 1);
        QVERIFY(!rung.failed[0][0].toString().isEmpty());
        // Whoever calls once more hears of it once more, and has no second thread that hangs.
        rung.bell->ring(alarmClock);
        m_clock.advance(Bell::patience);
        QCOMPARE(rung.failed.size(), 2);
        QCOMPARE(threads(), m_threads + 1);
        rung.bell.reset();
        QCOMPARE(rung.sounded.size(), 0);
        // The server is back: what was left behind ends, and nobody is called who is gone.
        Listener listener(device);
        QTRY_VERIFY((listener.hear(all), listener.isOver && threads() == m_threads));
    }

    void aServerThatComesBackIsHeard()
    {
        const SoundDevice device(SoundDevice::Kind::Stuck);
        Rung rung(m_clock);
        rung.bell->ring(warning);
        m_clock.advance(Bell::patience);
        QCOMPARE(rung.failed.size(), 1);
        Listener listener(device);
        QTRY_VERIFY((listener.hear(all), rung.sounded.size() == 1 && listener.isOver));
        QVERIFY(SoundDevice::loudest(listener.heard) > 1000);
        QCOMPARE(rung.failed.size(), 1);
    }

    void whoGoesWhileItSoundsWaitsForNoDevice()
    {
        const SoundDevice device(SoundDevice::Kind::Stuck);
        Listener listener(device);
        Rung rung(m_clock);
        rung.bell->ring(alarmClock);
        QTRY_VERIFY((listener.hear(page), SoundDevice::loudest(listener.heard) > 1000));
        QTRY_COMPARE(rung.sounded.size(), 1);
        rung.bell.reset(); // it can't end: its device takes no more
        QVERIFY(threads() > m_threads);
        QTRY_VERIFY((listener.hear(all), listener.isOver && threads() == m_threads));
        QCOMPARE(rung.failed.size(), 0);
    }

    void whoGoesAtOnceLeavesNothingBehind()
    {
        const SoundDevice device;
        for (int i = 0; i < 20; ++i) {
            Rung rung(m_clock);
            rung.bell->ring(alarmClock);
            rung.bell.reset();
            QTRY_COMPARE(threads(), m_threads);
        }
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, BellTest)
#include "tst_bell.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/api/clock.h"

#include "tests/support/testmain.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEventLoop>
#include <QtCore/QThread>

#include <memory>

using namespace Stampdeck;
using namespace std::chrono_literals;

/// The machine's own clock, by its delayed calls.
class TestClock : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void callsComeInTheOrderOfTheirTime()
    {
        QObject context;
        QList<int> called;
        Clock &clock = Clock::system();
        clock.callLater(30ms, &context, [&] { called.append(3); });
        clock.callLater(1ms, &context, [&] { called.append(1); });
        clock.callLater(10ms, &context, [&] { called.append(2); });
        clock.callLater(0ms, &context, [&] { called.append(0); });
        QVERIFY(called.isEmpty()); // never from within
        QTRY_COMPARE(called, (QList<int>{0, 1, 2, 3}));
    }

    void aCallIsNotTooEarly()
    {
        QObject context;
        const auto start = std::chrono::steady_clock::now();
        std::optional<std::chrono::steady_clock::time_point> end;
        Clock::system().callLater(20ms, &context, [&] { end = std::chrono::steady_clock::now(); });
        QTRY_VERIFY(end);
        QVERIFY(*end - start >= 20ms);
    }

    void whatIsTakenBackIsNotCalledAndNotKept()
    {
        QObject context;
        bool called = false;
        const auto held = std::make_shared<int>(1);
        const Clock::TimerId timer =
            Clock::system().callLater(1ms, &context, [&called, held] { called = true; });
        QCOMPARE(held.use_count(), 2);
        Clock::system().cancel(timer);
        QCOMPARE(held.use_count(), 1);
        bool later = false;
        Clock::system().callLater(5ms, &context, [&later] { later = true; });
        QTRY_VERIFY(later);
        QVERIFY(!called);
        Clock::system().cancel(timer); // once more is harmless
    }

    void aCallMayRunAnEventLoopOfItsOwn()
    {
        QObject context;
        QEventLoop loop;
        bool ended = false;
        Clock::system().callLater(1ms, &context, [&] {
            Clock::system().callLater(1ms, &context, [&loop] { loop.quit(); });
            loop.exec();
            ended = true;
        });
        QTRY_VERIFY(ended);
    }

    void aCallMayTakeTheNextOneBack()
    {
        QObject context;
        Clock::TimerId second = 0;
        bool called = false;
        bool after = false;
        Clock::system().callLater(2ms, &context, [&] { Clock::system().cancel(second); });
        second = Clock::system().callLater(2ms, &context, [&] { called = true; });
        Clock::system().callLater(10ms, &context, [&] { after = true; });
        QTRY_VERIFY(after);
        QVERIFY(!called);
    }

    void nothingIsCalledForADeadContext()
    {
        auto context = std::make_unique<QObject>();
        QObject other;
        bool called = false;
        bool after = false;
        Clock::system().callLater(1ms, context.get(), [&] { called = true; });
        context.reset();
        Clock::system().callLater(5ms, &other, [&] { after = true; });
        QTRY_VERIFY(after);
        QVERIFY(!called);
    }

    void aCallRunsInTheThreadOfItsContext()
    {
        QThread thread;
        auto *context = new QObject;
        context->moveToThread(&thread);
        connect(&thread, &QThread::finished, context, &QObject::deleteLater);
        thread.start();
        std::atomic<QThread *> where = nullptr;
        Clock::system().callLater(1ms, context, [&] { where = QThread::currentThread(); });
        QTRY_COMPARE(where.load(), &thread);
        // What still waits ends with its thread.
        Clock::system().callLater(1h, context, [] { qFatal("an hour has gone by"); });
        thread.quit();
        thread.wait();
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestClock)
#include "tst_clock.moc"

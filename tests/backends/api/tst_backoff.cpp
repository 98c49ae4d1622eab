// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/api/backoff.h"
#include "tests/support/testmain.h"

using namespace Stampdeck;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

class TestBackoff : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void theBoundDoublesUpToTheCeiling()
    {
        Backoff backoff(500ms, 3s, 1);
        for (const milliseconds bound : {500ms, 1000ms, 2000ms, 3000ms, 3000ms}) {
            QCOMPARE(backoff.bound(), bound);
            const milliseconds wait = backoff.next();
            QVERIFY(wait >= 0ms && wait <= bound);
        }
        backoff.reset();
        QCOMPARE(backoff.bound(), 500ms);
    }

    void waitsSpreadOverTheWholeRange()
    {
        Backoff backoff(1000ms, 1000ms, 42);
        int low = 0, high = 0;
        for (int i = 0; i < 1000; ++i) {
            const milliseconds wait = backoff.next();
            QVERIFY(wait >= 0ms && wait <= 1000ms);
            low += wait < 250ms;
            high += wait > 750ms;
        }
        QVERIFY(low > 180 && low < 320);
        QVERIFY(high > 180 && high < 320);
    }

    void theSeedDecides()
    {
        Backoff one(1s, 60s, 7), same(1s, 60s, 7), other(1s, 60s, 8);
        QList<milliseconds> a, b, c;
        for (int i = 0; i < 10; ++i) {
            a.append(one.next());
            b.append(same.next());
            c.append(other.next());
        }
        QCOMPARE(a, b);
        QVERIFY(a != c);
    }

    void senselessBoundsAreMended()
    {
        Backoff backoff(10s, 0s, 1);
        QVERIFY(backoff.next() <= 1ms);
        Backoff negative(-5s, 2s, 1);
        QCOMPARE(negative.bound(), 1ms);
        for (int i = 0; i < 100; ++i)
            QVERIFY(negative.next() <= 2s);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestBackoff)
#include "tst_backoff.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/api/breaker.h"
#include "tests/support/testmain.h"

using namespace Stampdeck;
using namespace std::chrono_literals;
using State = CircuitBreaker::State;

class TestBreaker : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void opensAfterFailuresInARow()
    {
        CircuitBreaker breaker(3, 10s);
        breaker.onFailure(1s);
        breaker.onFailure(2s);
        breaker.onSuccess(3s);
        breaker.onFailure(4s);
        breaker.onFailure(5s);
        QVERIFY(breaker.allows(5s));
        QCOMPARE(breaker.state(), State::Closed);
        breaker.onFailure(6s);
        QCOMPARE(breaker.state(), State::Open);
        QCOMPARE(breaker.failures(), 3);
        QCOMPARE(breaker.nextProbe(), 16s);
        QVERIFY(!breaker.allows(15999ms));
    }

    void letsASingleProbeThrough()
    {
        CircuitBreaker breaker(1, 10s);
        breaker.onFailure(0s);
        QVERIFY(breaker.allows(10s));
        QCOMPARE(breaker.state(), State::HalfOpen);
        QVERIFY(!breaker.allows(10s));
        QVERIFY(!breaker.allows(19s));
        breaker.onSuccess(19s);
        QCOMPARE(breaker.state(), State::Closed);
        QVERIFY(breaker.allows(19s));
        QVERIFY(breaker.allows(19s));
    }

    void aFailedProbeOpensItAgain()
    {
        CircuitBreaker breaker(2, 10s);
        breaker.onFailure(0s);
        breaker.onFailure(0s);
        QVERIFY(breaker.allows(10s));
        breaker.onFailure(12s);
        QCOMPARE(breaker.state(), State::Open);
        QVERIFY(!breaker.allows(21s));
        QVERIFY(breaker.allows(22s));
    }

    void aLateFailureDoesNotKeepItOpen()
    {
        CircuitBreaker breaker(1, 10s);
        breaker.onFailure(0s);
        breaker.onFailure(9s);
        QVERIFY(breaker.allows(10s));
    }

    void aLostProbeIsReplaced()
    {
        CircuitBreaker breaker(1, 10s);
        breaker.onFailure(0s);
        QVERIFY(breaker.allows(10s));
        QVERIFY(!breaker.allows(19s));
        QVERIFY(breaker.allows(20s));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestBreaker)
#include "tst_breaker.moc"

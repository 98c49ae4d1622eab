// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleetstore.h"
#include "models/forecaster.h"

#include "tests/support/manualclock.h"
#include "tests/support/samplefleet.h"
#include "tests/support/testmain.h"

#include <QtCore/QRandomGenerator>
#include <QtTest/QSignalSpy>

#include <cmath>
#include <limits>
#include <numbers>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int perDay = Forecaster::perDay;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// \a days of a load that stands at \a now at the end and grows by \a rate a day, with a daily rise
/// and fall of \a swing.
std::vector<double> growing(int days, double now, double rate, double swing = 0)
{
    const int steps = days * perDay + 1;
    std::vector<double> values;
    for (int step = 0; step < steps; ++step) {
        const double ago = double(steps - 1 - step) / perDay;
        values.push_back(now - rate * ago + swing * std::cos(2 * std::numbers::pi * ago));
    }
    return values;
}

double daysUntil(const Outlook &outlook)
{
    return outlook.full ? double(outlook.full->count()) / 86'400e3 : -1;
}

} // namespace

/// When resources run out.
class TestForecast : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { strict(); }

    void aLineGoesOn()
    {
        const auto trend = trendOf(growing(14, 0.7, 0.02), perDay);
        QVERIFY(trend);
        QVERIFY(std::abs(trend->perDay - 0.02) < 1e-9);
        QVERIFY(std::abs(trend->peak - 0.7) < 1e-9);
        const Outlook outlook = Outlook::of(ResourceKind::Cpu, *trend);
        QVERIFY(std::abs(daysUntil(outlook) - 15) < 1e-3);
        QVERIFY(!outlook.isSoon());
        QCOMPARE(fullText(outlook), u"full in 15 days"_s);
        QCOMPARE(nextFullText(outlook), u"cpu in 15 days"_s);
    }

    void theDaysRiseAndFallIsNoGrowth()
    {
        const auto even = trendOf(growing(14, 0.6, 0, 0.2), perDay);
        QVERIFY(even);
        QCOMPARE(even->perDay, 0.0);
        // It is full at the peak, not on the average.
        QVERIFY(std::abs(even->peak - 0.8) < 1e-9);
        const auto rising = trendOf(growing(14, 0.6, 0.01, 0.2), perDay);
        QVERIFY(std::abs(rising->perDay - 0.01) < 1e-9);
        QVERIFY(std::abs(daysUntil(Outlook::of(ResourceKind::Memory, *rising)) - 20) < 0.01);
    }

    void chanceIsNoGrowth()
    {
        // One in twenty is taken for growth where there is none: of a thousand not many more.
        QRandomGenerator random(11);
        int growth = 0;
        for (int run = 0; run < 1000; ++run) {
            std::vector<double> values;
            for (int step = 0; step < 14 * perDay; ++step)
                values.push_back(0.5 + 0.1 * random.generateDouble());
            growth += trendOf(values, perDay)->perDay > 0;
        }
        QVERIFY2(growth < 75, qPrintable(QString::number(growth)));
        // And what shrinks is never full.
        const auto shrinking = trendOf(growing(14, 0.9, -0.02), perDay);
        QCOMPARE(shrinking->perDay, 0.0);
        QVERIFY(!Outlook::of(ResourceKind::Cpu, *shrinking).full);
    }

    void aWildDayChangesLittle()
    {
        std::vector<double> values = growing(14, 0.7, 0.02);
        for (int step = 20; step < 24; ++step)
            values[size_t(step)] = 5;
        const auto trend = trendOf(values, perDay);
        QVERIFY(std::abs(trend->perDay - 0.02) < 0.002);
        QVERIFY(std::abs(trend->peak - 0.7) < 0.02);
    }

    void tooLittleSaysNothing()
    {
        QVERIFY(!trendOf({}, perDay));
        QVERIFY(!trendOf(growing(1, 0.7, 0.02), perDay));
        QVERIFY(trendOf(growing(3, 0.7, 0.02), perDay));
        // Three days that are known at one time of the day only.
        std::vector<double> values = growing(14, 0.7, 0.02);
        for (size_t step = 0; step < values.size(); ++step) {
            if (step % perDay != 0)
                values[step] = nothing;
        }
        QVERIFY(!trendOf(values, perDay));
        // With gaps it can be told.
        values = growing(14, 0.7, 0.02);
        for (size_t step = 10; step < 30; ++step)
            values[step] = nothing;
        QVERIFY(std::abs(trendOf(values, perDay)->perDay - 0.02) < 1e-9);
    }

    void wordsSayWhen()
    {
        const auto in = [](std::optional<std::chrono::milliseconds> time) {
            return Outlook{ResourceKind::Storage, time};
        };
        QCOMPARE(fullText(in({})), u"not full within 90 days"_s);
        QCOMPARE(fullText(in(0ms)), u"full"_s);
        QCOMPARE(fullText(in(5h)), u"full within a day"_s);
        QCOMPARE(fullText(in(25h)), u"full in 1 day"_s);
        QCOMPARE(nextFullText(in({})), QString());
        QCOMPARE(nextFullText(in(0ms)), u"storage is full"_s);
        QCOMPARE(nextFullText(in(5h)), u"storage within a day"_s);
        QCOMPARE(nextFullText(in(25h)), u"storage in 1 day"_s);
        QVERIFY(in(7 * 24h).isSoon() && !in(8 * 24h).isSoon() && !in({}).isSoon());
        // No farther than 90 days.
        QVERIFY(Outlook::of(ResourceKind::Cpu, {0.5, 0.5 / 89}).full);
        QVERIFY(!Outlook::of(ResourceKind::Cpu, {0.5, 0.5 / 91}).full);
        QCOMPARE(Outlook::of(ResourceKind::Cpu, {1.2, 0}).full, 0ms);
    }

    void aRegionIsWhatItsStampsAreTogether()
    {
        const auto of = [](const QString &stamp, double limit, double now, double rate) {
            UsedHistory history{u"prod/"_s + stamp, u"eu"_s, {}};
            UsedHistory::Used used{ResourceKind::Cpu, limit, growing(14, now, rate)};
            for (double &value : used.means)
                value *= limit;
            history.used.push_back(used);
            return history;
        };
        // 100 cores full in 10 days, 300 not growing: together 0.25 · 0.02 a day from 0.575.
        std::vector<UsedHistory> all{of(u"a"_s, 100, 0.8, 0.02), of(u"b"_s, 300, 0.5, 0)};
        FleetForecast forecast = forecastOf(all, perDay, {u"eu"_s});
        QVERIFY(std::abs(daysUntil(forecast.stamps[u"prod/a"_s].first()) - 10) < 0.01);
        QVERIFY(!forecast.stamps[u"prod/b"_s].first().full);
        QVERIFY(std::abs(daysUntil(forecast.regions[u"eu"_s].first()) - 0.425 / 0.005) < 0.01);
        const auto next = forecast.next(2);
        QCOMPARE(next.size(), 2);
        QCOMPARE(next[0].stamp, u"prod/a"_s);
        QCOMPARE(next[1].region, u"eu"_s);
        QCOMPARE(forecast.next(1).size(), 1);
        // A stamp that came a week ago is in the sum from then on; its limit too.
        all[1].used[0].means.erase(all[1].used[0].means.begin(), all[1].used[0].means.begin() + 28);
        forecast = forecastOf(all, perDay, {u"eu"_s});
        QVERIFY(forecast.regions.contains(u"eu"_s));
        // Of a region that was not asked for as a whole nothing is said.
        QVERIFY(forecastOf(all, perDay, {}).regions.isEmpty());
        QVERIFY(!forecastOf(all, perDay, {}).stamps.isEmpty());
    }

    void theFleetIsAskedAFewAtATime()
    {
        ManualClock clock;
        FleetStore store(clock);
        SourceState source;
        source.name = u"prod"_s;
        store.addSource(source);
        int asked = 0;
        std::vector<QPromise<Result<std::vector<Series>>>> promises;
        std::vector<QString> stamps;
        const auto answer = [&](size_t at) {
            // storage grows by 1 % a day towards its limit, from 80 %; every hour a value.
            Series series;
            series.signal = u"storage"_s;
            series.step = 1h;
            series.start = clock.now() - 14 * 24h;
            const double limit = 4096.0 * (1LL << 30);
            for (int hour = 0; hour <= 14 * 24; ++hour)
                series.values.push_back(float(limit * (0.8 - 0.01 * (14 - hour / 24.0))));
            Series strange;
            strange.signal = u"requestsPerSecond"_s;
            strange.start = series.start;
            strange.values = {1, 2, 3};
            if (stamps[at] == u"prod/s-003")
                promises[at].addResult(fail(ErrorKind::Unreachable, u"no answer"_s));
            else
                promises[at].addResult(std::vector<Series>{strange, series});
            promises[at].finish();
        };
        Forecaster forecaster(
            clock, [&] { return store.current(); },
            [&](const QString &stamp, const QStringList &names, Timestamp from, Timestamp to,
                std::chrono::milliseconds step) {
                ++asked;
                if (names != QStringList{u"cpu"_s, u"memory"_s, u"storage"_s}
                    || to - from != 14 * 24h || step != 6h)
                    qWarning("asked for something else");
                stamps.push_back(stamp);
                promises.emplace_back();
                promises.back().start();
                return promises.back().future();
            });
        QSignalSpy changed(&forecaster, &Forecaster::changed);
        clock.advance(1s);
        QCOMPARE(asked, 0); // there is nobody yet
        store.apply(u"prod"_s, SampleFleet{9, 1}.update());
        store.sync();
        clock.advance(2s);
        QTRY_COMPARE(asked, Forecaster::mostAsked);
        for (size_t at = 0; at < 9; ++at) {
            QTRY_VERIFY(promises.size() > at);
            answer(at);
        }
        QTRY_COMPARE(changed.size(), 1);
        QCOMPARE(asked, 9);
        const FleetForecast &forecast = forecaster.forecast();
        QCOMPARE(forecast.stamps.size(), 8); // one did not answer
        const Outlooks outlooks = forecast.stamps.value(u"prod/s-000"_s);
        QCOMPARE(outlooks.size(), 1);
        QCOMPARE(int(outlooks[0].kind), int(ResourceKind::Storage));
        QVERIFY2(daysUntil(outlooks[0]) > 18 && daysUntil(outlooks[0]) < 22,
                 qPrintable(QString::number(daysUntil(outlooks[0]))));
        QVERIFY(forecast.regions.contains(u"r0"_s));
        // Again after ten minutes, and not before.
        clock.advance(9min);
        QCoreApplication::processEvents();
        QCOMPARE(asked, 9);
        clock.advance(1min);
        QTRY_COMPARE(asked, 9 + Forecaster::mostAsked);
        for (size_t at = 9; at < 18; ++at) {
            QTRY_VERIFY(promises.size() > at);
            answer(at);
        }
        QTRY_COMPARE(changed.size(), 2);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestForecast)
#include "tst_forecast.moc"

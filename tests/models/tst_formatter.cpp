// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/formatter.h"
#include "tests/support/testmain.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QScopeGuard>

#include <ctime>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class FormatterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Testing::strict(); }

    void values_data()
    {
        constexpr double gib = 1024.0 * 1024 * 1024;
        QTest::addColumn<QString>("is");
        QTest::addColumn<QString>("should");
        const auto row = [](const QString &is, const QString &should) {
            static int number = 0;
            QTest::newRow(qPrintable(QString::number(++number) + u' ' + should)) << is << should;
        };
        row(Format::number(48), u"48"_s);
        row(Format::number(44.62), u"44.6"_s);
        row(Format::number(-0.01), u"0"_s);
        row(Format::number(17'200), u"17,200"_s);
        row(Format::number(99.96), u"100"_s);
        row(Format::number(qInf()), u"–"_s);
        row(Format::difference(4.8), u"+4.8"_s);
        row(Format::difference(-2), u"−2"_s);
        row(Format::difference(0), u"0"_s);
        row(Format::count(1'310'000), u"1,310,000"_s);
        row(Format::count(-5'000), u"−5,000"_s);
        row(Format::count(999), u"999"_s);
        row(Format::compact(310), u"310"_s);
        row(Format::compact(1'000), u"1.0k"_s);
        row(Format::compact(1'540), u"1.5k"_s);
        row(Format::compact(999.7), u"1.0k"_s);
        row(Format::compact(12'345), u"12k"_s);
        row(Format::compact(999'700), u"1.0M"_s);
        row(Format::compact(2.25), u"2.3"_s);
        row(Format::rate(420), u"420/s"_s);
        row(Format::rate(std::nullopt), u"–"_s);
        row(Format::cores(9.8), u"9.8 cores"_s);
        row(Format::cores(1), u"1 core"_s);
        row(Format::bytes(94 * gib), u"94 GiB"_s);
        row(Format::bytes(2.3 * 1024 * gib), u"2.3 TiB"_s);
        row(Format::bytes(512 * gib / 1024), u"512 MiB"_s);
        row(Format::bytes(0), u"0 B"_s);
        row(Format::bytes(-10 * gib), u"−10 GiB"_s);
        row(Format::latency(81.4), u"81 ms"_s);
        row(Format::latency(4.25), u"4.3 ms"_s);
        row(Format::latency(4'100), u"4.1 s"_s);
        row(Format::latency(999.6), u"1.0 s"_s);
        row(Format::percent(0.724), u"72%"_s);
        row(Format::percent(std::nullopt), u"–"_s);
        row(Format::errorPercent(0.0005), u"0.05%"_s);
        row(Format::errorPercent(0.142), u"14.2%"_s);
        row(Format::errorPercent(0), u"0.00%"_s);
        row(Format::cost(Cost{9.44, u"EUR"_s}), u"€9.44/h"_s);
        row(Format::cost(Cost{12.5, u"CHF"_s}), u"12.50 CHF/h"_s);
        row(Format::cost(std::nullopt), u"–"_s);
        row(Format::ofLimit(ResourceKind::Cpu, {48, 43.2, 44.6}), u"44.6 / 48 cores"_s);
        row(Format::ofLimit(ResourceKind::Memory, {192 * gib, 94 * gib, 80 * gib}),
            u"94 / 192 GiB"_s);
        row(Format::ofLimit(ResourceKind::Storage, {4096 * gib, std::nullopt, 614 * gib}),
            u"0.6 / 4 TiB"_s);
        row(Format::ofLimit(ResourceKind::Tenants, {20, std::nullopt, 12}), u"12 / 20"_s);
        row(Format::ofLimit(ResourceKind::Cpu, {5'986'304, 3'701'892, 2e6}), u"3.7M / 6.0M cores"_s);
        row(Format::ofLimit(ResourceKind::Tenants, {2e6, std::nullopt, 1'185'153}),
            u"1.2M / 2.0M"_s);
        row(Format::ofLimit(ResourceKind::Tenants, {999'999, std::nullopt, 12}), u"12 / 999,999"_s);
        row(Format::ofLimit(ResourceKind::Cpu, {48, std::nullopt, std::nullopt}),
            u"– / 48 cores"_s);
        row(Format::ofLimit(ResourceKind::Cpu, {}), u"not known"_s);
        row(Format::amount(ResourceKind::Tenants, 1), u"1 slot"_s);
        row(Format::age(42s), u"42 s"_s);
        row(Format::age(6min), u"6 min"_s);
        row(Format::age(119min), u"119 min"_s);
        row(Format::age(2h), u"2 h"_s);
        row(Format::age(72h), u"3 d"_s);
        row(Format::age(-5s), u"0 s"_s);
        row(Format::minute(*fromRfc3339(u"2026-01-02T13:20:59Z")), u"13:20"_s);
        row(Format::second(*fromRfc3339(u"2026-01-02T13:20:59+01:00")), u"12:20:59"_s);
    }
    void values()
    {
        QFETCH(QString, is);
        QFETCH(QString, should);
        QCOMPARE(is, should);
    }

    void reasonsFitATile()
    {
        HealthReason reason;
        reason.code = u"component"_s;
        reason.component = u"api"_s;
        reason.message = u"api 1 of 5 ready"_s;
        reason.value = 1;
        reason.limit = 5;
        QCOMPARE(Format::shortReason(reason), u"api 1 of 5 ready"_s);
        reason.code = u"latency-p99"_s;
        reason.value = 840;
        QCOMPARE(Format::shortReason(reason), u"p99 840 ms"_s);
        reason.code = u"error-ratio"_s;
        reason.value = 0.142;
        QCOMPARE(Format::shortReason(reason), u"errors 14.2%"_s);
        reason.code = u"backend"_s;
        reason.message = u"quota"_s;
        QCOMPARE(Format::shortReason(reason), u"quota"_s);
    }

    void countsHaveTheirPlural()
    {
        QCOMPARE(Format::tenants(1), u"1 tenant"_s);
        QCOMPARE(Format::tenants(1'200), u"1,200 tenants"_s);
        QCOMPARE(Format::stamps(0), u"0 stamps"_s);
        QCOMPARE(Format::cores(0.5), u"0.5 cores"_s);
        QCOMPARE(Format::either({}), QString());
        QCOMPARE(Format::either({u"a"_s}), u"a"_s);
        QCOMPARE(Format::either({u"a"_s, u"b"_s, u"c"_s}), u"a or b or c"_s);
    }

    void theWordsAreThoseOfTheContract()
    {
        for (const Health each : {Health::Unknown, Health::Healthy, Health::Unhealthy})
            QCOMPARE(Format::word(each), toString(each));
        for (int at = 0; at <= int(Lifecycle::Failed); ++at)
            QCOMPARE(Format::word(Lifecycle(at)), toString(Lifecycle(at)));
        for (int at = 0; at <= int(OperationState::Unknown); ++at)
            QCOMPARE(Format::word(OperationState(at)), toString(OperationState(at)));
        for (int at = 0; at <= int(StepState::Skipped); ++at)
            QCOMPARE(Format::word(StepState(at)), toString(StepState(at)));
        for (int at = 0; at <= int(Tier::Enterprise); ++at)
            QCOMPARE(Format::word(Tier(at)), toString(Tier(at)));
        QCOMPARE(Format::action(u"drain"_s), u"drain"_s);
        QCOMPARE(Format::action(u"defragment"_s), u"defragment"_s); // somebody else's
    }

    void numbersAreTheLocales()
    {
        const QLocale before;
        QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany));
        const auto back = qScopeGuard([&] { QLocale::setDefault(before); });
        QCOMPARE(Format::number(44.62), u"44,6"_s);
        QCOMPARE(Format::number(48), u"48"_s);
        QCOMPARE(Format::count(-1'310'000), u"−1.310.000"_s);
        QCOMPARE(Format::difference(-0.3), u"−0,3"_s);
        QCOMPARE(Format::compact(1'000), u"1,0k"_s);
        QCOMPARE(Format::bytes(1.5 * 1024 * 1024), u"1,5 MiB"_s);
        QCOMPARE(Format::tenants(1'200), u"1.200 tenants"_s);
        QCOMPARE(Format::minute(*fromRfc3339(u"2026-01-02T03:20:59Z")), u"03:20"_s);
    }

    void aLocaleMayCountToTwelve()
    {
        const QLocale before;
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        const auto back = qScopeGuard([&] { QLocale::setDefault(before); });
        const Timestamp time = *fromRfc3339(u"2026-01-02T13:20:59Z");
        QCOMPARE(Format::minute(time), u"1:20 PM"_s);
        QCOMPARE(Format::second(time), u"1:20:59 PM"_s);
        QCOMPARE(Format::secondOfZone(time), u"1:20:59 PM UTC"_s);
        QLocale::setDefault(QLocale(QLocale::Danish));
        QCOMPARE(Format::second(time), u"13.20.59"_s);
    }

    void timesAreUtcOrLocal()
    {
        const QByteArray before = qgetenv("TZ");
        qputenv("TZ", "Europe/Berlin");
        tzset();
        const auto back = qScopeGuard([&] {
            if (before.isNull())
                qunsetenv("TZ");
            else
                qputenv("TZ", before);
            tzset();
            Format::setTimes(Format::Times::Utc);
        });
        const Timestamp winter = *fromRfc3339(u"2026-01-02T23:20:59Z");
        const Timestamp summer = *fromRfc3339(u"2026-07-02T13:20:59Z");
        QCOMPARE(Format::secondOfZone(winter), u"23:20:59 UTC"_s);
        QCOMPARE(Format::daySecond(winter), u"2026-01-02 23:20:59"_s);
        QCOMPARE(Format::zone(), u"UTC"_s);
        Format::setTimes(Format::Times::Local);
        QCOMPARE(Format::minute(winter), u"00:20"_s);
        QCOMPARE(Format::minuteOfZone(winter), u"00:20 CET"_s);
        QCOMPARE(Format::minuteOfZone(summer), u"15:20 CEST"_s);
        QCOMPARE(Format::daySecond(winter), u"2026-01-03 00:20:59"_s);
        QVERIFY(Format::zone() == u"CET" || Format::zone() == u"CEST");
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, FormatterTest)
#include "tst_formatter.moc"

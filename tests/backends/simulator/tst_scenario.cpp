// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/simulator/scenario.h"
#include "backends/simulator/simulation.h"

#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

#include <map>

using namespace Stampdeck;
using namespace Stampdeck::Internal;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const Timestamp start = *fromRfc3339(u"2026-01-02T03:04:05Z");

std::unique_ptr<Simulation> rehearsal(const QString &scenario, double timeScale = 1)
{
    const QVariantMap keys{{u"scenario"_s, scenario},
                           {u"timeScale"_s, timeScale},
                           {u"failureRate"_s, 0.0}};
    const auto settings = SimulatorSettings::fromKeys(keys);
    if (!settings)
        qFatal("%s", qPrintable(settings.error().message));
    auto made = Simulation::create(*settings, start);
    if (!made)
        qFatal("%s", qPrintable(made.error().message));
    return std::move(*made);
}

/// Every stamp, \a after the start.
std::map<QString, StampPtr> fleetAfter(Simulation &simulation, std::chrono::milliseconds after)
{
    simulation.advance(start + after);
    std::map<QString, StampPtr> all;
    for (const StampPtr &stamp : simulation.poll().stamps)
        all[stamp->name] = stamp;
    for (auto &[name, stamp] : all)
        stamp = simulation.stamp(name);
    return all;
}

double errorsOf(const std::map<QString, StampPtr> &fleet, bool (*isMeant)(const Stamp &))
{
    double most = 0;
    for (const auto &[name, stamp] : fleet) {
        if (isMeant(*stamp))
            most = std::max(most, stamp->signalValues.errorRatio.value_or(0));
    }
    return most;
}

} // namespace

class TestScenario : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { strict(); }

    void aRegionBrownsOutAndNoOther()
    {
        const auto quiet = fleetAfter(*rehearsal(u"region-brown-out"_s), 1min);
        const auto sick = fleetAfter(*rehearsal(u"region-brown-out"_s), 20min);
        const auto here = [](const Stamp &stamp) { return stamp.region == u"eu-west"; };
        const auto elsewhere = [](const Stamp &stamp) { return stamp.region != u"eu-west"; };
        QVERIFY(errorsOf(quiet, here) < 0.01);
        QVERIFY(errorsOf(sick, here) > 0.02);
        QVERIFY(errorsOf(sick, elsewhere) < 0.01);
        int down = 0;
        for (const auto &[name, stamp] : sick) {
            const Component &api = stamp->components[1];
            down += api.ready < api.desired;
            QVERIFY(api.ready == api.desired || stamp->region == u"eu-west");
        }
        QCOMPARE(down, 3);
    }

    void aNeighbourIsNoisy()
    {
        const auto quiet = fleetAfter(*rehearsal(u"noisy-neighbour"_s), 1min);
        const auto sick = fleetAfter(*rehearsal(u"noisy-neighbour"_s), 15min);
        int full = 0;
        for (const auto &[name, stamp] : sick) {
            const Resource &cpu = stamp->resources.cpu;
            const Resource &before = quiet.at(name)->resources.cpu;
            if (*cpu.used > 0.95 * *cpu.limit && *before.used < 0.9 * *before.limit) {
                ++full;
                QCOMPARE(stamp->region, u"us-east"_s);
            }
        }
        QCOMPARE(full, 1);
    }

    void aBadVersionReachesItsRing()
    {
        const auto quiet = fleetAfter(*rehearsal(u"bad-version"_s), 1min);
        const auto sick = fleetAfter(*rehearsal(u"bad-version"_s), 12min);
        for (const auto &[name, stamp] : sick) {
            const bool isNew = stamp->version != quiet.at(name)->version;
            QCOMPARE(isNew, stamp->ring == u"1");
        }
        QVERIFY(errorsOf(sick, [](const Stamp &stamp) { return stamp.ring == u"1"; }) > 0.03);
        QVERIFY(errorsOf(sick, [](const Stamp &stamp) { return stamp.ring != u"1"; }) < 0.01);
    }

    void itRunsAtAnySpeed()
    {
        // A minute at twenty times the speed is what twenty minutes are.
        const auto fast = fleetAfter(*rehearsal(u"region-brown-out"_s, 20), 1min);
        QVERIFY(errorsOf(fast, [](const Stamp &stamp) { return stamp.region == u"eu-west"; })
                > 0.02);
    }

    void aFileIsReadAndWhatIsWrongIsNamed_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("why"); // empty: it is good
        const auto part = [](const QByteArray &words) {
            return QByteArray(R"({"parts": [{)" + words + "}]}");
        };
        QTest::newRow("good") << part(R"("what": "latency", "stamps": "eu-*", "severity": 3)")
                              << QString();
        QTest::newRow("no JSON") << QByteArray("parts: [") << u"no JSON"_s;
        QTest::newRow("no parts") << QByteArray("{}") << u"parts"_s;
        QTest::newRow("an unknown kind") << part(R"("what": "flood")") << u"crash-loop"_s;
        QTest::newRow("no kind") << part(R"("severity": 3)") << u"missing"_s;
        QTest::newRow("an unknown key") << part(R"("what": "latency", "who": 1)") << u"\"who\""_s;
        QTest::newRow("a wrong time")
            << part(R"("what": "latency", "from": "soon")") << u"\"from\""_s;
        QTest::newRow("a wrong component")
            << part(R"("what": "crash-loop", "component": "x")") << u"web, api"_s;
        QTest::newRow("a wrong severity")
            << part(R"("what": "latency", "severity": 1e9)") << u"\"severity\""_s;
    }
    void aFileIsReadAndWhatIsWrongIsNamed()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, why);
        QTemporaryDir dir;
        QFile file(dir.filePath(u"mine.json"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(json);
        file.close();
        const QVariantMap keys{{u"scenario"_s, file.fileName()}};
        const auto read = SimulatorSettings::fromKeys(keys);
        QCOMPARE(read.has_value(), why.isEmpty());
        if (read) {
            QVERIFY(read->calm); // nothing else happens
            return;
        }
        QCOMPARE(read.error().kind, ErrorKind::Invalid);
        QVERIFY2(read.error().message.contains(why), qPrintable(read.error().message));
    }

    void oneThatIsNotThereIsNamed()
    {
        const QVariantMap keys{{u"scenario"_s, u"flood"_s}};
        const auto read = SimulatorSettings::fromKeys(keys);
        QVERIFY(!read);
        QVERIFY(read.error().message.contains(u"region-brown-out"_s));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestScenario)
#include "tst_scenario.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleet.h"

#include "models/historyrecorder.h"
#include "models/plugincatalog.h"

#include "tests/support/fakehttpserver.h"
#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QTemporaryDir>
#include <QtCore/QUrlQuery>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const Timestamp from{std::chrono::seconds(1'767'322'800)};

QString parameter(const FakeRequest &request, const QString &name)
{
    return QUrlQuery(QString::fromLatin1(request.body)).queryItemValue(name, QUrl::FullyDecoded);
}

} // namespace

/// Where the values of a stamp come from whose source keeps none: the real runtimes and adapters over
/// scripted servers.
class TestMeasured : public QObject
{
    Q_OBJECT
private:
    void open(const QStringList &feeds = {u"one"_s})
    {
        SourceConfig rest;
        rest.settings.name = u"prod"_s;
        rest.settings.adapter = u"rest"_s;
        rest.settings.keys = {{u"url"_s, m_rest->url().toString()}};
        SourceConfig simulator;
        simulator.settings.name = u"demo"_s;
        simulator.settings.adapter = u"simulator"_s;
        simulator.settings.keys = {{u"stamps"_s, 4}, {u"calm"_s, true}};
        FleetOptions options;
        options.stateDir = m_dir->path();
        for (const QString &name : feeds) {
            FeedConfig feed;
            feed.settings.name = name;
            feed.settings.adapter = u"prometheus"_s;
            feed.settings.keys = {
                {u"url"_s, m_metrics->url(u"/"_s + name).toString()},
                {u"queries"_s, QVariantMap{{u"cpu"_s, u"cpu"_s}, {u"errorRatio"_s, u"errors"_s}}}};
            options.metrics.append(feed);
        }
        auto opened = Fleet::open({rest, simulator}, *m_catalog, options);
        VERIFY_RESULT(opened);
        m_fleet = std::move(*opened);
        VERIFY_RESULT(await(m_fleet->firstPoll()));
        QTRY_VERIFY_WITH_TIMEOUT(
            [&] {
                const auto version = m_fleet->store().current();
                return version->feeds.size() == feeds.size()
                    && std::all_of(version->feeds.begin(), version->feeds.end(),
                                   [](const FeedState &feed) {
                                       return feed.capabilities.testFlag(Capability::History);
                                   });
            }(),
            20'000);
    }
    [[nodiscard]] FutureResult<MetricsRange> ask(const QString &stamp = u"prod/eu-1"_s,
                                                 const QStringList &names = {u"cpu"_s,
                                                                             u"errorRatio"_s})
    {
        return m_fleet->measured(stamp, names, from, from + 2min, 1min);
    }
    [[nodiscard]] QList<FakeRequest> ranges() const
    {
        QList<FakeRequest> all;
        for (const FakeRequest &request : m_metrics->requests()) {
            if (request.path.endsWith("/query_range"))
                all.append(request);
        }
        return all;
    }
    // What the sources of metrics answer to a range of that query.
    static FakeAnswer matrix(const QByteArray &result, const QByteArray &more = {})
    {
        return {200,
                R"({"status":"success",)" + more + R"("data":{"resultType":"matrix","result":[)"
                    + result + "]}}"};
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<PluginCatalog> m_catalog;
    std::unique_ptr<FakeHttpServer> m_rest, m_metrics;
    std::function<FakeAnswer(const FakeRequest &)> m_answer;
    std::unique_ptr<Fleet> m_fleet;

private Q_SLOTS:
    void init()
    {
        strict();
        m_dir = std::make_unique<QTemporaryDir>();
        m_catalog = std::make_unique<PluginCatalog>();
        m_rest = std::make_unique<FakeHttpServer>([](const FakeRequest &request) -> FakeAnswer {
            if (request.path != "/v1/fleet")
                return {404, "{}"};
            return {200,
                    R"({"fleetId":"f1","revision":"1","complete":true,"tenants":[],"stamps":[
                        {"id":"eu-1","name":"eu-1","lifecycle":"active","health":"healthy"}]})"};
        });
        m_answer = [](const FakeRequest &request) {
            // A value, one that is none, and one that is not there.
            return parameter(request, u"query"_s).contains(u"errors"_s)
                ? matrix({})
                : matrix(R"({"metric":{"stamp":"prod/eu-1"},
                             "values":[[1767322800,"5"],[1767322860,"NaN"]]})",
                         R"("warnings":["a store is missing"],)");
        };
        m_metrics = std::make_unique<FakeHttpServer>([this](const FakeRequest &request) -> FakeAnswer {
            if (request.path.endsWith("/query_range"))
                return m_answer(request);
            return {200, R"({"status":"success","data":{"resultType":"vector","result":[]}})"};
        });
    }
    void cleanup()
    {
        m_fleet.reset();
        m_metrics.reset();
        m_rest.reset();
    }

    void aSourceOfMetricsIsAsked()
    {
        open();
        const auto range = await(ask());
        VERIFY_RESULT(range);
        QCOMPARE(range->series.size(), 1U);
        const Series &cpu = range->series.front();
        QCOMPARE(cpu.stamp, u"eu-1"_s);
        QCOMPARE(cpu.signal, u"cpu"_s);
        QCOMPARE(cpu.start, from);
        QCOMPARE(cpu.values.size(), 3U);
        QCOMPARE(cpu.values[0], 5.f);
        QVERIFY(std::isnan(cpu.values[1])); // a gap, not a zero
        QVERIFY(std::isnan(cpu.values[2]));
        QCOMPARE(range->warnings, QStringList{u"a store is missing"_s});
        QVERIFY(range->faults.isEmpty());
        // For this stamp by both of its names, and no other.
        QCOMPARE(ranges().size(), 2);
        for (const FakeRequest &request : ranges()) {
            const QString query = parameter(request, u"query"_s);
            QVERIFY2(query.contains(u"\"prod/eu-1\""_s) && query.contains(u"\"eu-1\""_s),
                     qPrintable(query));
        }
    }

    void itsOwnSourceComesFirst()
    {
        open();
        const auto range = await(ask(u"demo/eu-west-01"_s, {u"cpu"_s}));
        VERIFY_RESULT(range);
        QCOMPARE(range->series.size(), 1U);
        QVERIFY(ranges().isEmpty());
    }

    void theNextFillsWhatTheFirstDoesNotKnow()
    {
        open({u"one"_s, u"two"_s});
        m_answer = [](const FakeRequest &request) {
            const bool isErrors = parameter(request, u"query"_s).contains(u"errors"_s);
            const bool isSecond = request.path.startsWith("/two");
            if (isErrors)
                return isSecond
                    ? matrix(R"({"metric":{"stamp":"eu-1"},"values":[[1767322860,"0.5"]]})")
                    : matrix({});
            return matrix(isSecond ? R"({"metric":{"stamp":"eu-1"},
                                         "values":[[1767322800,"7"],[1767322860,"8"]]})"
                                   : R"({"metric":{"stamp":"eu-1"},"values":[[1767322800,"5"]]})");
        };
        const auto range = await(ask());
        VERIFY_RESULT(range);
        QCOMPARE(range->series.size(), 2U);
        for (const Series &each : range->series) {
            QCOMPARE(each.start, from);
            QCOMPARE(each.values.size(), 3U);
            QVERIFY(std::isnan(each.values[2])); // nobody knows
            if (each.signal == u"cpu") {
                QCOMPARE(each.values[0], 5.f); // the first counts
                QCOMPARE(each.values[1], 8.f);
            } else {
                QVERIFY(std::isnan(each.values[0]));
                QCOMPARE(each.values[1], 0.5f);
            }
        }
    }

    /// A source of metrics that has just begun hides nothing of what was recorded here before.
    void whatWasRecordedHereFillsTheRest()
    {
        {
            ManualClock clock(from);
            FleetStore store(clock);
            SourceState source;
            source.name = u"prod"_s;
            store.addSource(source);
            HistoryRecorder recorder(m_dir->path(), store, clock, {});
            recorder.sync();
            for (int minute = 0; minute < 3; ++minute) {
                Stamp stamp = makeStamp(u"eu-1"_s);
                stamp.resources.cpu = {64, 20.0 + minute, 20.0 + minute};
                store.apply(u"prod"_s, makeUpdate({stamp}, {}));
                for (int turn = 0; turn < 12; ++turn) {
                    clock.advance(5s);
                    store.sync();
                    store.sync();
                    recorder.sync();
                    recorder.sync();
                }
            }
        }
        open();
        m_answer = [](const FakeRequest &request) {
            return parameter(request, u"query"_s).contains(u"errors"_s)
                ? matrix({})
                : matrix(R"({"metric":{"stamp":"eu-1"},"values":[[1767322920,"5"]]})");
        };
        const auto range = await(ask(u"prod/eu-1"_s, {u"cpu"_s}));
        VERIFY_RESULT(range);
        QVERIFY(!range->isPartial());
        QCOMPARE(range->series.size(), 1U);
        const Series &cpu = range->series.front();
        QCOMPARE(cpu.values.size(), 3U);
        QVERIFY2(std::abs(cpu.values[0] - 20) < 2 && std::abs(cpu.values[1] - 21) < 2,
                 qPrintable(u"%1 %2"_s.arg(cpu.values[0]).arg(cpu.values[1])));
        QCOMPARE(cpu.values[2], 5.f);
    }

    void oneThatIsDownIsSaid()
    {
        open();
        m_answer = [](const FakeRequest &) { return FakeAnswer{503, "<html>down</html>"}; };
        const auto range = await(ask());
        VERIFY_RESULT(range);
        QVERIFY(range->isPartial());
        QVERIFY(range->series.empty());
        QCOMPARE(range->faults.size(), 1);
        QCOMPARE(range->faults.first().signal, u"one"_s);
    }

    void nobodyLooksAnyMore()
    {
        open();
        m_answer = [](const FakeRequest &) {
            return FakeAnswer{200, {}, {}, FakeAnswer::Mode::Hang};
        };
        auto asked = ask();
        QTRY_COMPARE(ranges().size(), 2);
        const int open = m_metrics->open();
        asked.cancel();
        QTRY_COMPARE(m_metrics->open(), open - 2);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestMeasured)
#include "tst_measured.moc"

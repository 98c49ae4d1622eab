// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/prometheus/prometheusadapter.h"
#include "tests/support/fakehttpserver.h"
#include "tests/support/manualclock.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QJsonObject>
#include <QtCore/QPluginLoader>
#include <QtCore/QUrlQuery>
#include <QtTest/QSignalSpy>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Mode = FakeAnswer::Mode;

namespace {

QByteArray json(QByteArray text)
{
    return text.replace('\'', '"');
}

/// An instant answer of a value by stamp.
QByteArray vector(const QList<std::pair<QByteArray, QByteArray>> &values,
                  const QByteArray &more = {})
{
    QByteArrayList series;
    for (const auto &[stamp, value] : values)
        series += "{'metric':{'stamp':'" + stamp + "'},'value':[1767322800,'" + value + "']}";
    return json("{'status':'success'," + more + "'data':{'resultType':'vector','result':["
                + series.join(',') + "]}}");
}

QString parameter(const FakeRequest &request, const QString &name)
{
    return QUrlQuery(QString::fromLatin1(request.body)).queryItemValue(name, QUrl::FullyDecoded);
}

const QVariantMap twoQueries{{u"cpu"_s, u"sum by (stamp) (cpu)"_s},
                             {u"latencyP99Ms"_s, u"1e3 * p99"_s}};

} // namespace

class TestPrometheusAdapter : public QObject
{
    Q_OBJECT

    ManualClock m_clock;

    std::unique_ptr<MetricsAdapter> adapter(const FakeHttpServer &server,
                                            const QVariantMap &queries = twoQueries,
                                            const QVariantMap &more = {})
    {
        SourceSettings settings;
        settings.name = u"metrics"_s;
        settings.keys = more;
        settings.keys.insert(u"url"_s, server.url(u"/prom"_s).toString());
        settings.keys.insert(u"queries"_s, queries);
        auto created = PrometheusAdapter::create(settings, m_clock);
        return created ? std::move(*created) : nullptr;
    }

private Q_SLOTS:
    void init() { strict(); }

    void oneQueryForAllStampsAndHowOldItIs()
    {
        FakeHttpServer server([](const FakeRequest &request) -> FakeAnswer {
            const QString query = parameter(request, u"query"_s);
            FakeAnswer answer;
            answer.headers.insert("Date", "Fri, 02 Jan 2026 03:04:05 GMT");
            if (query == u"sum by (stamp) (cpu)"_s)
                answer.body = vector({{"eu-2", "2"}, {"eu-1", "1"}, {"gone", "9"}},
                                     "'warnings':['a store is missing'],");
            else if (query == u"max by (stamp) (timestamp(cpu))"_s)
                answer.body = vector({{"eu-1", "1767322790.5"}, {"eu-2", "1767322000"}});
            else if (query == u"1e3 * p99"_s)
                answer.body = vector({{"eu-1", "NaN"}, {"eu-2", "80"}});
            else // of the other, nobody can say
                answer = {422, json("{'status':'error','errorType':'execution','error':'x'}")};
            return answer;
        });
        const auto adapter =
            this->adapter(server, twoQueries, {{u"token"_s, QVariant::fromValue(Secret(u"t"_s))}});
        QVERIFY(adapter);
        QCOMPARE(adapter->signalNames(), (QStringList{u"cpu"_s, u"latencyP99Ms"_s}));
        QSignalSpy requested(adapter.get(), &MetricsAdapter::requested);
        const auto update = await(adapter->poll());
        VERIFY_RESULT(update);
        QCOMPARE(requested.size(), 4);
        const auto time = [](qint64 millis) {
            return std::optional(Timestamp(std::chrono::milliseconds(millis)));
        };
        QCOMPARE(update->samples,
                 (std::vector<MetricSample>{{u"eu-1"_s, u"cpu"_s, 1, time(1'767'322'790'500)},
                                            {u"eu-2"_s, u"cpu"_s, 2, time(1'767'322'000'000)},
                                            {u"eu-2"_s, u"latencyP99Ms"_s, 80, {}}}));
        QCOMPARE(update->warnings, QStringList{u"a store is missing"_s});
        QVERIFY(update->isPartial());
        QCOMPARE(update->faults.size(), 0);
        QCOMPARE(update->serverTime, std::optional(*fromRfc3339(u"2026-01-02T03:04:05Z")));
        for (const FakeRequest &request : server.requests()) {
            QCOMPARE(request.method, QByteArray("POST"));
            QCOMPARE(request.path, QByteArray("/prom/api/v1/query"));
            QCOMPARE(request.headers.value("content-type"),
                     QByteArray("application/x-www-form-urlencoded"));
            QCOMPARE(request.headers.value("authorization"), QByteArray("Bearer t"));
            QCOMPARE(parameter(request, u"timeout"_s), u"10000ms"_s);
        }
    }

    void aQueryOfTheirOwnForTheAge()
    {
        FakeHttpServer server([](const FakeRequest &request) -> FakeAnswer {
            const bool age = parameter(request, u"query"_s) == u"age"_s;
            return {200, vector({{"eu-1", age ? "1767322000" : "1"}})};
        });
        const auto adapter = this->adapter(server, twoQueries, {{u"freshness"_s, u"age"_s}});
        const auto update = await(adapter->poll());
        VERIFY_RESULT(update);
        QCOMPARE(server.requests().size(), 3);
        QCOMPARE(update->samples.size(), size_t(2));
        QVERIFY(update->samples[0].at && update->samples[1].at);
        QVERIFY(!update->isPartial());
    }

    void aSignalThatFailsIsNamed()
    {
        FakeHttpServer server([](const FakeRequest &request) -> FakeAnswer {
            if (parameter(request, u"query"_s) == u"1e3 * p99"_s)
                return {400,
                        json("{'status':'error','errorType':'bad_data',"
                             "'error':'invalid parameter: parse error'}")};
            return {200, vector({{"eu-1", "1"}})};
        });
        const auto adapter = this->adapter(server);
        const auto update = await(adapter->poll());
        VERIFY_RESULT(update);
        QCOMPARE(update->samples.size(), size_t(1));
        QCOMPARE(update->faults.size(), 1);
        QCOMPARE(update->faults[0].signal, u"latencyP99Ms"_s);
        QCOMPARE(update->faults[0].error.kind, ErrorKind::Invalid);
        QCOMPARE(update->faults[0].error.message, u"metrics: invalid parameter: parse error"_s);
    }

    void errors_data()
    {
        QTest::addColumn<FakeAnswer>("answer");
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<QString>("message");
        const auto envelope = [](const QByteArray &type, const QByteArray &words) {
            return json("{'status':'error','errorType':'" + type + "','error':'" + words + "'}");
        };
        QTest::addRow("bad data") << FakeAnswer{400, envelope("bad_data", "unexpected end")}
                                  << ErrorKind::Invalid << u"metrics: unexpected end"_s;
        QTest::addRow("not to be carried out")
            << FakeAnswer{422, envelope("execution", "too many samples")} << ErrorKind::Invalid
            << u"metrics: too many samples"_s;
        QTest::addRow("too slow") << FakeAnswer{503, envelope("timeout", "query timed out")}
                                  << ErrorKind::Timeout << u"metrics: query timed out"_s;
        QTest::addRow("not now") << FakeAnswer{503, envelope("unavailable", "starting up")}
                                 << ErrorKind::NotNow << u"metrics: starting up"_s;
        QTest::addRow("a proxy's page")
            << FakeAnswer{502, "<html>502</html>"} << ErrorKind::Unreachable
            << u"metrics is in trouble (status 502)"_s;
        QTest::addRow("a page for success")
            << FakeAnswer{200, "<html>Sign in</html>"} << ErrorKind::Malformed
            << u"metrics: the answer is not JSON"_s;
    }
    void errors()
    {
        QFETCH(FakeAnswer, answer);
        QFETCH(ErrorKind, kind);
        QFETCH(QString, message);
        FakeHttpServer server([&](const FakeRequest &) { return answer; });
        const auto adapter = this->adapter(server);
        const auto update = await(adapter->poll());
        QVERIFY(!update);
        QCOMPARE(update.error().kind, kind);
        QCOMPARE(update.error().message, message);
        const auto range =
            await(adapter->range({}, {u"cpu"_s}, m_clock.now() - 1h, m_clock.now(), 15s));
        QVERIFY(!range);
        QCOMPARE(range.error().kind, kind);
        QCOMPARE(range.error().message, message);
    }

    void ranges()
    {
        FakeHttpServer server([](const FakeRequest &) -> FakeAnswer {
            return {200,
                    json("{'status':'success','infos':['rounded'],'data':{'resultType':'matrix',"
                         "'result':[{'metric':{'stamp':'a'},'values':[[1767322860,'5']]},"
                         "{'metric':{'stamp':'b'},'values':[[1767322860,'6']]}]}}")};
        });
        const auto adapter = this->adapter(server);
        const Timestamp from{std::chrono::seconds(1'767'322'805)};
        const auto range =
            await(adapter->range({u"a"_s}, {u"cpu"_s, u"memory"_s}, from, from + 2min, 1min));
        VERIFY_RESULT(range);
        QCOMPARE(server.requests().size(), 1);
        const FakeRequest &request = server.requests().first();
        QCOMPARE(request.path, QByteArray("/prom/api/v1/query_range"));
        QCOMPARE(parameter(request, u"start"_s), u"1767322800.000"_s);
        QCOMPARE(parameter(request, u"end"_s), u"1767322920.000"_s);
        QCOMPARE(parameter(request, u"step"_s), u"60.000"_s);
        QVERIFY(parameter(request, u"query"_s).contains(u"and on (stamp)"_s));
        QCOMPARE(range->series.size(), size_t(1)); // b was not asked for
        QCOMPARE(range->series[0].stamp, u"a"_s);
        QCOMPARE(range->series[0].signal, u"cpu"_s);
        QCOMPARE(range->series[0].values.size(), size_t(3));
        QCOMPARE(range->series[0].values[1], 5.f);
        QCOMPARE(range->warnings, QStringList{u"rounded"_s});
        QCOMPARE(range->faults.size(), 1);
        QCOMPARE(range->faults[0].signal, u"memory"_s);
        QCOMPARE(range->faults[0].error.kind, ErrorKind::Unsupported);

        QCOMPARE(await(adapter->range({}, {u"cpu"_s}, from, from - 1s, 1s)).error().kind,
                 ErrorKind::Invalid);
        QCOMPARE(await(adapter->range({}, {u"memory"_s}, from, from, 1s)).error().kind,
                 ErrorKind::Unsupported);
        QCOMPARE(await(adapter->range({}, {}, from, from, 1s)).value().series.size(), size_t(0));
    }

    void nobodyLooksAnyMore()
    {
        FakeHttpServer server([](const FakeRequest &) {
            return FakeAnswer{200, {}, {}, Mode::Hang};
        });
        const auto adapter = this->adapter(server);
        auto polled = adapter->poll();
        QTRY_COMPARE(server.requests().size(), 4);
        polled.cancel();
        QTRY_COMPARE(server.open(), 0);
        auto range = adapter->range({}, {u"cpu"_s}, m_clock.now() - 1h, m_clock.now(), 15s);
        QTRY_COMPARE(server.requests().size(), 5);
        range.cancel();
        QTRY_COMPARE(server.open(), 0);
    }

    void theEndOfTheAdapterEndsEverything()
    {
        FakeHttpServer server([](const FakeRequest &) {
            return FakeAnswer{200, {}, {}, Mode::Hang};
        });
        auto adapter = this->adapter(server);
        const auto polled = adapter->poll();
        const auto range = adapter->range({}, {u"cpu"_s}, m_clock.now() - 1h, m_clock.now(), 15s);
        QTRY_VERIFY(server.requests().size() >= 4);
        adapter.reset();
        QCOMPARE(await(polled).error().kind, ErrorKind::Cancelled);
        QCOMPARE(await(range).error().kind, ErrorKind::Cancelled);
    }

    void refusesWrongSettings_data()
    {
        QTest::addColumn<QVariantMap>("keys");
        QTest::addColumn<QString>("message");
        const QVariantMap good{{u"url"_s, u"http://m"_s}, {u"queries"_s, twoQueries}};
        const auto row = [&](const char *name, const QString &key, const QVariant &value,
                             const QString &message) {
            QVariantMap keys = good;
            keys.insert(key, value);
            QTest::addRow("%s", name) << keys << message;
        };
        row("no place", u"url"_s, QString(), u"url: where Prometheus is served is missing"_s);
        row("nothing to ask", u"queries"_s, QVariantMap(),
            u"queries: there is nothing to ask for"_s);
        row("a signal of their own", u"queries"_s, QVariantMap{{u"speed"_s, u"x"_s}},
            u"queries: there is no signal “speed”"_s);
        row("no label", u"stampLabel"_s, u"a-b"_s,
            u"stampLabel: expected the name of a label, found “a-b”"_s);
    }
    void refusesWrongSettings()
    {
        QFETCH(QVariantMap, keys);
        QFETCH(QString, message);
        SourceSettings settings;
        settings.keys = keys;
        const auto created = PrometheusAdapter::create(settings, m_clock);
        QVERIFY(!created);
        QCOMPARE(created.error().kind, ErrorKind::Invalid);
        QCOMPARE(created.error().message, message);
    }

    void thePluginMakesIt()
    {
        QPluginLoader loader(QStringLiteral(STAMPDECK_ADAPTER_DIR "/libprometheus.so"));
        auto *const plugin = qobject_cast<MetricsAdapterPlugin *>(loader.instance());
        QVERIFY2(plugin, qPrintable(loader.errorString()));
        SourceSettings settings;
        settings.keys = {{u"url"_s, u"http://127.0.0.1:1"_s}, {u"queries"_s, twoQueries}};
        const auto created = plugin->create(settings, m_clock);
        VERIFY_RESULT(created);
        const QJsonObject metadata = loader.metaData()[u"MetaData"_s].toObject();
        QCOMPARE(toStrings((*created)->capabilities()),
                 metadata[u"capabilities"_s].toVariant().toStringList());
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestPrometheusAdapter)
#include "tst_prometheusadapter.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "oncallengines.h"

#include "backends/alertmanager/alertmanageradapter.h"
#include "backends/prometheus/prometheusadapter.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <cmath>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Testing::await;
using Testing::Engine;

namespace {

const QVariantMap queries{
    {u"cpu"_s, u"sum by (stamp) (stampd_stamp_cpu_limit_cores)"_s},
    {u"requestsPerSecond"_s,
     u"max by (stamp) (max_over_time(stampd_stamp_requests_per_second[5m]))"_s},
    {u"memory"_s, u"sum by (stamp) (recorded)"_s},
    {u"latencyP99Ms"_s, u"sum by (stamp) (up) (nonsense"_s},
    {u"storage"_s, u"stampd_stamp_health * on () stampd_stamp_health"_s}};

/// Two hours of two stamps, a value a minute; eu-1 says nothing in the second half hour, and is no
/// number once.
const qint64 recordedFrom = 1'767'322'800;
QByteArray openMetrics()
{
    QByteArray text = "# TYPE recorded gauge\n";
    for (int stamp = 1; stamp <= 2; ++stamp) {
        for (int minute = 0; minute <= 120; ++minute) {
            if (stamp == 1 && minute > 30 && minute <= 60)
                continue;
            text += "recorded{stamp=\"eu-" + QByteArray::number(stamp) + "\"} "
                + (stamp == 1 && minute == 10 ? QByteArray("NaN")
                                              : QByteArray::number(minute * stamp))
                + ' ' + QByteArray::number(recordedFrom + minute * 60) + '\n';
        }
    }
    return text + "# EOF\n";
}

} // namespace

/// stampd's own figures, scraped by a real Prometheus and read from there; a rule on them fires to
/// a real Alertmanager.
class TestStampdMetrics : public QObject
{
    Q_OBJECT

    Testing::Stampd m_stampd;
    Engine m_prometheus{u"prometheus"_s};
    Engine m_alertmanager{u"alertmanager"_s};

    [[nodiscard]] std::unique_ptr<MetricsAdapter> metrics() const
    {
        SourceSettings settings;
        settings.name = u"metrics"_s;
        settings.keys = {{u"url"_s, m_prometheus.url()}, {u"queries"_s, queries}};
        auto created = PrometheusAdapter::create(settings, Clock::system());
        return created ? std::move(*created) : nullptr;
    }
    static std::vector<MetricSample> samplesOf(const Result<MetricsUpdate> &update,
                                               const QString &signal)
    {
        std::vector<MetricSample> samples;
        if (!update)
            return samples;
        for (const MetricSample &sample : update->samples) {
            if (sample.signal == signal)
                samples.push_back(sample);
        }
        return samples;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_alertmanager.setConfig(Testing::alertmanagerConfig());
        START_ENGINE(m_alertmanager);
        QVERIFY(m_stampd.start({u"--stamps"_s, u"3"_s, u"--tenants-per-stamp"_s, u"6"_s}));
        Testing::watchFleet(m_prometheus, m_stampd, m_alertmanager,
                            u"stampd_stamp_cpu_limit_cores > 0"_s);
        START_ENGINE(m_prometheus,
                     {u"--openmetrics"_s, m_prometheus.fileOf(u"recorded"_s, openMetrics())});
    }
    void init() { Testing::strict(); }

    void oneNumberOfEachStamp()
    {
        const auto adapter = metrics();
        Result<MetricsUpdate> update;
        QTRY_COMPARE_WITH_TIMEOUT(samplesOf(update = await(adapter->poll()), u"cpu"_s).size(),
                                  size_t(3), 20'000);
        QMap<QString, double> limits;
        for (const auto &stamp : m_stampd.get(u"/v1/fleet"_s).json()[u"stamps"_s].toArray()) {
            limits.insert(stamp[u"id"_s].toString(),
                          stamp[u"resources"_s][u"cpu"_s][u"limit"_s].toDouble());
        }
        QCOMPARE(limits.size(), 3);
        for (const MetricSample &sample : samplesOf(update, u"cpu"_s)) {
            QCOMPARE(sample.value, limits.value(sample.stamp));
            QVERIFY(sample.at && *sample.at > Clock::system().now() - 20s);
        }
        QVERIFY(update->serverTime);
        // What can't be asked is named in Prometheus' own words; the rest is there all the same.
        QCOMPARE(update->faults.size(), 2);
        for (const SignalFault &fault : update->faults) {
            QCOMPARE(fault.error.kind, ErrorKind::Invalid);
            const QString words = fault.signal == u"storage"_s
                ? u"many-to-many matching not allowed"_s
                : u"parse error"_s;
            QVERIFY2(fault.error.message.startsWith(u"metrics: "_s)
                         && fault.error.message.contains(words),
                     qPrintable(fault.error.message));
        }
    }

    void aStretchWithGaps()
    {
        const auto adapter = metrics();
        const Timestamp from{std::chrono::seconds(recordedFrom)};
        const auto range = await(adapter->range({u"eu-1"_s}, {u"memory"_s}, from, from + 2h, 1min));
        VERIFY_RESULT(range);
        QCOMPARE(range->series.size(), size_t(1));
        const Series &series = range->series[0];
        QCOMPARE(series.stamp, u"eu-1"_s);
        QCOMPARE(series.start, from);
        QCOMPARE(series.values.size(), size_t(121));
        for (size_t minute = 0; minute <= 120; ++minute) {
            const float value = series.values[minute];
            // A value counts for five minutes in Prometheus.
            const bool isGap = minute == 10 || (minute > 35 && minute <= 60);
            if (isGap)
                QVERIFY2(std::isnan(value), qPrintable(QString::number(minute)));
            else if (minute <= 30 || minute > 60)
                QCOMPARE(value, float(minute));
        }
        const auto all = await(adapter->range({}, {u"memory"_s}, from, from + 2h, 1min));
        VERIFY_RESULT(all);
        QCOMPARE(all->series.size(), size_t(2));
        const auto odd =
            await(adapter->range({u"eu-2"_s, u"e\"u\\$1"_s}, {u"memory"_s}, from, from + 2h, 1min));
        VERIFY_RESULT(odd);
        QCOMPARE(odd->series.size(), size_t(1));
        QCOMPARE(odd->series[0].values[120], 240.f);
    }

    void morePointsThanItAnswers()
    {
        const auto adapter = metrics();
        const Timestamp from{std::chrono::seconds(recordedFrom)};
        const auto range =
            await(adapter->range({u"eu-2"_s}, {u"memory"_s}, from - 48h * 7, from + 2h, 15s));
        VERIFY_RESULT(range); // it refuses more than 11,000
        QCOMPARE(range->series.size(), size_t(1));
        QVERIFY(range->series[0].values.size() <= 11'000);
        QVERIFY(range->series[0].step > 15s);
    }

    void aRuleFires()
    {
        SourceSettings settings;
        settings.name = u"pager"_s;
        settings.keys.insert(u"url"_s, m_alertmanager.url());
        auto created = AlertmanagerAdapter::create(settings, Clock::system());
        VERIFY_RESULT(created);
        IncidentAdapter &pager = **created;
        Result<AlertUpdate> update;
        QTRY_COMPARE_WITH_TIMEOUT(
            (update = await(pager.poll(m_alertmanager.url())), update ? update->alerts.size() : 0),
            size_t(3), 20'000);
        QStringList stamps;
        for (const AlertPtr &alert : update->alerts) {
            QCOMPARE(alert->name, u"Large"_s);
            QCOMPARE(alert->severity, Severity::Critical);
            QCOMPARE(alert->summary, QString(alert->stamp + u" is large"_s));
            QCOMPARE(alert->links.constFirst().url, u"https://runbooks.example/large"_s);
            QVERIFY(m_stampd.get(u"/v1/stamps/"_s + alert->stamp).status == 200);
            stamps.append(alert->stamp);
        }
        QCOMPARE(stamps.removeDuplicates(), 0);
    }

    // The last one: stampd is gone afterwards.
    void whatNobodyMeasuresAnyMoreIsNotTold()
    {
        const auto adapter = metrics();
        QTRY_COMPARE_WITH_TIMEOUT(samplesOf(await(adapter->poll()), u"requestsPerSecond"_s).size(),
                                  size_t(3), 20'000);
        QCOMPARE(m_stampd.end(SIGKILL), -1);
        // The query itself goes on for five minutes.
        QTRY_COMPARE_WITH_TIMEOUT(samplesOf(await(adapter->poll()), u"requestsPerSecond"_s).size(),
                                  size_t(0), 20'000);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestStampdMetrics)
#include "tst_stampdmetrics.moc"

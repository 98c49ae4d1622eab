// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/alertmanager/alertmanageradapter.h"
#include "tests/support/engine.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const QByteArray config = R"(
route: {receiver: nobody, group_by: [stamp], group_wait: 0s, group_interval: 100ms}
receivers: [{name: nobody}]
inhibit_rules:
  - source_matchers: [alertname = RegionDown]
    target_matchers: [alertname = HighLatency]
    equal: [region]
)";

using Labels = QMap<QString, QString>;

} // namespace

/// The adapter against real Alertmanagers: one, and two that gossip.
class TestAlertmanagerEngine : public QObject
{
    Q_OBJECT

    Engine m_one{u"alertmanager"_s};
    Engine m_cluster{u"alertmanager"_s};

    static std::unique_ptr<IncidentAdapter> adapter(const Engine &engine)
    {
        SourceSettings settings;
        settings.name = u"pager"_s;
        QStringList urls;
        for (const Engine::Instance &instance : engine.instances())
            urls.append(instance.url);
        if (urls.size() == 1)
            settings.keys.insert(u"url"_s, urls.constFirst());
        else
            settings.keys.insert(u"urls"_s, urls);
        auto created = AlertmanagerAdapter::create(settings, Clock::system());
        return created ? std::move(*created) : nullptr;
    }

    /// Raises an alert as Prometheus would.
    static Result<HttpAnswer> raise(const QString &url, const Labels &labels,
                                    std::chrono::milliseconds for_ = 1h)
    {
        HttpClient client({}, Clock::system());
        QJsonObject object;
        for (auto label = labels.cbegin(); label != labels.cend(); ++label)
            object.insert(label.key(), *label);
        const QJsonArray body{QJsonObject{{u"labels"_s, object},
                                          {u"endsAt"_s, toRfc3339(Clock::system().now() + for_)}}};
        HttpRequest request;
        request.method = "POST";
        request.url = QUrl(url + u"/api/v2/alerts"_s);
        request.headers.emplaceBack("Content-Type", "application/json");
        request.body = QJsonDocument(body).toJson();
        return await(client.send(std::move(request)));
    }

    static AlertUpdate poll(IncidentAdapter &adapter, int endpoint = 0)
    {
        const auto update = await(adapter.poll(adapter.endpoints().at(endpoint)));
        if (!update)
            qCritical("%s", qPrintable(update.error().message));
        return update.value_or(AlertUpdate());
    }
    /// All peers that answer, together.
    static AlertUpdate pollAll(IncidentAdapter &adapter)
    {
        std::vector<AlertUpdate> peers;
        for (const QString &endpoint : adapter.endpoints()) {
            if (const auto update = await(adapter.poll(endpoint)))
                peers.push_back(*update);
        }
        return mergePeers(peers);
    }
    static AlertPtr find(const AlertUpdate &update, const Labels &labels)
    {
        for (const AlertPtr &alert : update.alerts) {
            if (alert->labels == labels)
                return alert;
        }
        return std::make_shared<const Alert>();
    }
    static Silence silenceOf(const QString &stamp, std::chrono::milliseconds length = 1h)
    {
        Silence silence;
        silence.matchers = {{u"stamp"_s, stamp, false, true},
                            {u"alertname"_s, u"High.*"_s, true, true}};
        silence.endsAt = Clock::system().now() + length;
        silence.createdBy = u"ada"_s;
        silence.comment = u"<b>disk</b> is being replaced"_s;
        return silence;
    }
    static SilenceState stateOf(const AlertUpdate &update, const QString &id)
    {
        for (const Silence &silence : update.silences) {
            if (silence.id == id)
                return silence.state;
        }
        return SilenceState::Pending;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_one.setConfig(config);
        START_ENGINE(m_one);
        m_cluster.setConfig(config);
        START_ENGINE(m_cluster, {u"--peers"_s, u"2"_s});
        QCOMPARE(m_cluster.instances().size(), 2);
    }
    void init() { strict(); }

    void alertsAndGroups()
    {
        const auto adapter = this->adapter(m_one);
        const Labels latency{{u"alertname"_s, u"HighLatency"_s},
                             {u"stamp"_s, u"eu-1"_s},
                             {u"severity"_s, u"critical"_s},
                             {u"tenant"_s, u"acme"_s}};
        const Labels none{{u"alertname"_s, u"Odd"_s}, {u"text"_s, u"<script>\u202e \u0001"_s}};
        VERIFY_RESULT(raise(m_one.url(), latency));
        VERIFY_RESULT(raise(m_one.url(), none));
        AlertUpdate update;
        QTRY_VERIFY((update = poll(*adapter)).groups.size() >= 2
                    && find(update, latency)->state == AlertState::Active);
        const AlertPtr alert = find(update, latency);
        QCOMPARE(alert->name, u"HighLatency"_s);
        QCOMPARE(alert->severity, Severity::Critical);
        QCOMPARE(alert->stamp, u"eu-1"_s);
        QCOMPARE(alert->tenant, u"acme"_s);
        QCOMPARE(alert->receivers, QStringList{u"nobody"_s});
        QVERIFY(alert->startsAt && alert->endsAt && *alert->endsAt > Clock::system().now() + 30min);
        QCOMPARE(find(update, none)->stamp, QString());
        QCOMPARE(find(update, none)->labels, none);
        QVERIFY(!update.version.isEmpty());
        QVERIFY(update.serverTime);
        const auto group =
            std::find_if(update.groups.cbegin(), update.groups.cend(), [](const AlertGroup &one) {
                return one.labels == Labels{{u"stamp"_s, u"eu-1"_s}};
            });
        QVERIFY(group != update.groups.cend());
        QCOMPARE(group->fingerprints, QStringList{alert->fingerprint});
    }

    void whatIsOverIsNoLongerTold()
    {
        const auto adapter = this->adapter(m_one);
        const Labels labels{{u"alertname"_s, u"Brief"_s}};
        VERIFY_RESULT(raise(m_one.url(), labels));
        QTRY_COMPARE(find(poll(*adapter), labels)->name, u"Brief"_s);
        VERIFY_RESULT(raise(m_one.url(), labels, -1s));
        QTRY_COMPARE(find(poll(*adapter), labels)->name, QString());
    }

    void inhibition()
    {
        const auto adapter = this->adapter(m_one);
        const Labels region{{u"alertname"_s, u"RegionDown"_s}, {u"region"_s, u"eu"_s}};
        const Labels latency{
            {u"alertname"_s, u"HighLatency"_s}, {u"region"_s, u"eu"_s}, {u"stamp"_s, u"eu-7"_s}};
        VERIFY_RESULT(raise(m_one.url(), region));
        VERIFY_RESULT(raise(m_one.url(), latency));
        AlertUpdate update;
        QTRY_VERIFY(find(update = poll(*adapter), latency)->state == AlertState::Suppressed);
        QCOMPARE(find(update, latency)->inhibitedBy,
                 QStringList{find(update, region)->fingerprint});
        QCOMPARE(find(update, latency)->silencedBy, QStringList());
    }

    void theLifeOfASilence()
    {
        const auto adapter = this->adapter(m_one);
        const Labels labels{{u"alertname"_s, u"HighLoad"_s}, {u"stamp"_s, u"us-1"_s}};
        VERIFY_RESULT(raise(m_one.url(), labels));
        const auto made = await(adapter->silence(silenceOf(u"us-1"_s)));
        VERIFY_RESULT(made);
        QCOMPARE(made->state, SilenceState::Active);
        QCOMPARE(made->comment, u"<b>disk</b> is being replaced"_s);
        // By the server's clock, whatever ours says.
        QVERIFY(*made->startsAt > Clock::system().now() - 1min);
        AlertUpdate update;
        QTRY_VERIFY(find(update = poll(*adapter), labels)->state == AlertState::Suppressed);
        QCOMPARE(find(update, labels)->silencedBy, QStringList{made->id});
        QVERIFY(matches(made->matchers, labels));

        const Timestamp later = Clock::system().now() + 5h;
        const auto longer = await(adapter->extendSilence(made->id, later));
        VERIFY_RESULT(longer);
        QCOMPARE(longer->id, made->id);
        QCOMPARE(longer->startsAt, made->startsAt);
        QCOMPARE(longer->endsAt, std::optional(later));

        const auto ended = await(adapter->expireSilence(made->id));
        VERIFY_RESULT(ended);
        QCOMPARE(ended->state, SilenceState::Expired);
        QTRY_VERIFY(find(poll(*adapter), labels)->state == AlertState::Active);
        VERIFY_RESULT(await(adapter->expireSilence(made->id)));

        // One that has ended begins anew under another id when it is extended.
        const auto again = await(adapter->extendSilence(made->id, later));
        VERIFY_RESULT(again);
        QVERIFY(again->id != made->id);
        QCOMPARE(again->state, SilenceState::Active);
        VERIFY_RESULT(await(adapter->expireSilence(again->id)));
    }

    void anEditOfTheMatchersIsFollowed()
    {
        const auto adapter = this->adapter(m_one);
        const auto made = await(adapter->silence(silenceOf(u"us-2"_s)));
        VERIFY_RESULT(made);
        Silence other = *made;
        other.matchers[0].value = u"us-3"_s;
        const auto changed = await(adapter->silence(other));
        VERIFY_RESULT(changed);
        QVERIFY(changed->id != made->id);
        QCOMPARE(changed->matchers[0].value, u"us-3"_s);
        const AlertUpdate update = poll(*adapter);
        QCOMPARE(stateOf(update, made->id), SilenceState::Expired);
        QCOMPARE(stateOf(update, changed->id), SilenceState::Active);
        VERIFY_RESULT(await(adapter->expireSilence(changed->id)));
    }

    void aSilenceForLater()
    {
        const auto adapter = this->adapter(m_one);
        Silence silence = silenceOf(u"us-4"_s, 3h);
        silence.startsAt = Clock::system().now() + 1h;
        const auto made = await(adapter->silence(silence));
        VERIFY_RESULT(made);
        QCOMPARE(made->state, SilenceState::Pending);
        QCOMPARE(made->startsAt, silence.startsAt);
        VERIFY_RESULT(await(adapter->expireSilence(made->id)));
    }

    void itsOwnWordsForWhatItRefuses()
    {
        const auto adapter = this->adapter(m_one);
        Silence silence = silenceOf(u"x"_s);
        silence.matchers[0].name = u"not-a-label"_s;
        const auto made = await(adapter->silence(silence));
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::Invalid);
        QVERIFY2(made.error().message.startsWith(u"pager: "_s)
                     && made.error().message.contains(u"not-a-label"_s),
                 qPrintable(made.error().message));
        const auto unknown =
            await(adapter->expireSilence(u"00000000-0000-0000-0000-000000000000"_s));
        QCOMPARE(unknown.error().kind, ErrorKind::NotFound);
    }

    void restarted()
    {
        const auto adapter = this->adapter(m_one);
        VERIFY_RESULT(m_one.kill());
        const auto down = await(adapter->poll(adapter->endpoints().constFirst()));
        QCOMPARE(down.error().kind, ErrorKind::Unreachable);
        VERIFY_RESULT(m_one.restart());
        QVERIFY(await(adapter->poll(adapter->endpoints().constFirst())).has_value());
    }

    void peersOfACluster()
    {
        const auto adapter = this->adapter(m_cluster);
        QCOMPARE(adapter->endpoints().size(), 2);
        const Labels labels{{u"alertname"_s, u"HighLoad"_s}, {u"stamp"_s, u"ap-1"_s}};
        // Prometheus tells every peer, and each of them makes the same of it.
        VERIFY_RESULT(raise(m_cluster.url(0), labels));
        VERIFY_RESULT(raise(m_cluster.url(1), labels));
        QTRY_COMPARE(poll(*adapter, 0).alerts.size(), size_t(1));
        QTRY_COMPARE(poll(*adapter, 1).alerts.size(), size_t(1));
        QCOMPARE(pollAll(*adapter).alerts.size(), size_t(1));
        QCOMPARE(pollAll(*adapter).warnings, QStringList());

        // A silence is made at one peer and holds at once; the other hears of it.
        const auto made = await(adapter->silence(silenceOf(u"ap-1"_s)));
        VERIFY_RESULT(made);
        QTRY_COMPARE(pollAll(*adapter).alerts.front()->state, AlertState::Suppressed);
        QTRY_COMPARE(stateOf(poll(*adapter, 0), made->id), SilenceState::Active);
        QTRY_COMPARE(stateOf(poll(*adapter, 1), made->id), SilenceState::Active);
        QCOMPARE(pollAll(*adapter).silences.size(), 1);

        // One of them goes: the other takes the end of the silence.
        VERIFY_RESULT(m_cluster.kill(0));
        QCOMPARE(await(adapter->poll(adapter->endpoints()[0])).error().kind,
                 ErrorKind::Unreachable);
        QCOMPARE(pollAll(*adapter).alerts.size(), size_t(1));
        const auto ended = await(adapter->expireSilence(made->id));
        VERIFY_RESULT(ended);
        QCOMPARE(ended->state, SilenceState::Expired);
        QTRY_COMPARE(pollAll(*adapter).alerts.front()->state, AlertState::Active);

        // And it comes back, hears what it has missed, and nothing is there twice.
        VERIFY_RESULT(m_cluster.restart(0));
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(poll(*adapter, 0), made->id), SilenceState::Expired,
                                  20'000);
        QCOMPARE(pollAll(*adapter).silences.size(), 1);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestAlertmanagerEngine)
#include "tst_alertmanagerengine.moc"

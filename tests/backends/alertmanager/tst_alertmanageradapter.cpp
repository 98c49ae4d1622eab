// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/alertmanager/alertmanageradapter.h"
#include "tests/support/fakehttpserver.h"
#include "tests/support/manualclock.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QPluginLoader>
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

QByteArray alertOf(const QByteArray &fingerprint)
{
    return json("{'fingerprint':'" + fingerprint + "','labels':{'alertname':'A'}}");
}

QByteArray silenceOf(const QByteArray &id, const QByteArray &state = "active")
{
    return json("{'id':'" + id + "','status':{'state':'" + state
                + "'},'matchers':[{'name':'a','value':'b','isRegex':false,'isEqual':true}],"
                  "'startsAt':'2026-01-02T03:00:00Z','endsAt':'2026-01-02T05:00:00Z',"
                  "'createdBy':'ada','comment':'disk'}");
}

/// Something like an Alertmanager: what a test doesn't say otherwise.
FakeAnswer usual(const FakeRequest &request)
{
    const QByteArray path = request.path.mid(qstrlen("/api/v2"));
    if (path == "/alerts")
        return {200, "[" + alertOf("1") + "," + alertOf("2") + "]"};
    if (path == "/alerts/groups")
        return {200,
                json("[{'alerts':[{'fingerprint':'1'}],'labels':{},'receiver':{'name':'r'}}]")};
    if (path == "/silences" && request.method == "POST")
        return {200, json("{'silenceID':'new'}")};
    if (path == "/silences")
        return {200, "[" + silenceOf("s") + "]"};
    if (path == "/status")
        return {200, json("{'versionInfo':{'version':'0.25.0'},'cluster':{'status':'ready'}}")};
    if (path.startsWith("/silence/") && request.method == "DELETE")
        return {200, {}};
    if (path.startsWith("/silence/"))
        return {200, silenceOf(path.mid(9))};
    return {404, {}};
}

Silence wanted()
{
    Silence silence;
    silence.matchers = {{u"a"_s, u"b"_s}};
    silence.endsAt = *fromRfc3339(u"2026-01-02T05:00:00Z");
    silence.createdBy = u"ada"_s;
    silence.comment = u"disk"_s;
    return silence;
}

QStringList asked(const FakeHttpServer &server)
{
    QStringList asked;
    for (const FakeRequest &request : server.requests())
        asked.append(QString::fromLatin1(request.method + ' ' + request.path.mid(7)));
    return asked;
}

} // namespace

class TestAlertmanagerAdapter : public QObject
{
    Q_OBJECT

    ManualClock m_clock;

    std::unique_ptr<IncidentAdapter> adapter(const QStringList &urls, const QVariantMap &more = {})
    {
        SourceSettings settings;
        settings.name = u"pager"_s;
        settings.keys = more;
        if (urls.size() == 1)
            settings.keys.insert(u"url"_s, urls.constFirst());
        else
            settings.keys.insert(u"urls"_s, urls);
        auto created = AlertmanagerAdapter::create(settings, m_clock);
        return created ? std::move(*created) : nullptr;
    }
    std::unique_ptr<IncidentAdapter> adapter(const FakeHttpServer &server)
    {
        return adapter(QStringList{server.url().toString()});
    }
    static Result<AlertUpdate> poll(IncidentAdapter &adapter, int endpoint = 0)
    {
        return await(adapter.poll(adapter.endpoints().at(endpoint)));
    }

private Q_SLOTS:
    void init() { strict(); }

    void pollsEverything()
    {
        FakeHttpServer server(usual);
        const auto adapter = this->adapter({server.url(u"/am/"_s).toString()},
                                           {{u"token"_s, QVariant::fromValue(Secret(u"t"_s))}});
        QVERIFY(adapter);
        server.setHandler([](const FakeRequest &request) {
            FakeRequest inner = request;
            inner.path = request.path.mid(3);
            FakeAnswer answer = usual(inner);
            answer.headers.insert("Date", "Fri, 02 Jan 2026 03:04:05 GMT");
            return answer;
        });
        QSignalSpy requested(adapter.get(), &IncidentAdapter::requested);
        const auto update = poll(*adapter);
        VERIFY_RESULT(update);
        QCOMPARE(update->endpoint, adapter->endpoints().constFirst());
        QCOMPARE(update->version, u"0.25.0"_s);
        QCOMPARE(update->alerts.size(), size_t(2));
        QCOMPARE(update->groups.size(), 1);
        QCOMPARE(update->silences.size(), 1);
        QCOMPARE(update->warnings, QStringList());
        QCOMPARE(update->serverTime, std::optional(*fromRfc3339(u"2026-01-02T03:04:05Z")));
        QCOMPARE(requested.size(), 4);
        for (const FakeRequest &request : server.requests())
            QCOMPARE(request.headers.value("authorization"), QByteArray("Bearer t"));
        const auto again = poll(*adapter);
        VERIFY_RESULT(again);
        QCOMPARE(again->alerts, update->alerts); // the very same values
    }

    void whatIsMissingBesideTheAlertsIsAWarning()
    {
        FakeHttpServer server(usual);
        const auto adapter = this->adapter(server);
        VERIFY_RESULT(poll(*adapter));
        server.setHandler([](const FakeRequest &request) -> FakeAnswer {
            if (request.path.endsWith("/alerts"))
                return usual(request);
            return {500, json("'gossip is broken'")};
        });
        const auto update = poll(*adapter);
        VERIFY_RESULT(update);
        QCOMPARE(update->alerts.size(), size_t(2));
        QCOMPARE(update->silences.size(), 1); // as they were
        QCOMPARE(update->groups.size(), 1);
        QStringList warnings = update->warnings;
        warnings.sort();
        QCOMPARE(warnings,
                 (QStringList{u"pager: the groups are as they were: pager: gossip is broken"_s,
                              u"pager: the silences are as they were: pager: gossip is broken"_s}));
    }

    void errors_data()
    {
        QTest::addColumn<FakeAnswer>("answer");
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<QString>("message");
        QTest::addRow("its own words") << FakeAnswer{400, json("'bad matcher format: x'\n")}
                                       << ErrorKind::Invalid << u"pager: bad matcher format: x"_s;
        QTest::addRow("its framework's words")
            << FakeAnswer{422, json("{'code':602,'message':'comment in body is required'}")}
            << ErrorKind::Invalid << u"pager: comment in body is required"_s;
        QTest::addRow("a proxy's page")
            << FakeAnswer{502,
                          "<html><body><h1>502 Bad Gateway</h1></body></html>",
                          {{"Content-Type", "text/html"}}}
            << ErrorKind::Unreachable << u"pager is in trouble (status 502)"_s;
        QTest::addRow("a page for success")
            << FakeAnswer{200, "<html>Sign in</html>", {{"Content-Type", "text/html"}}}
            << ErrorKind::Malformed << u"pager: the answer is not JSON"_s;
        QTest::addRow("later") << FakeAnswer{503, {}, {{"Retry-After", "7"}}} << ErrorKind::NotNow
                               << u"pager asks to come back later"_s;
        QTest::addRow("not known")
            << FakeAnswer{401, {}} << ErrorKind::Unauthenticated
            << u"pager does not take our token: it is missing, wrong or expired"_s;
        QTest::addRow("another path") << FakeAnswer{404, "404 page not found"}
                                      << ErrorKind::NotFound << u"pager does not have it"_s;
    }
    void errors()
    {
        QFETCH(FakeAnswer, answer);
        QFETCH(ErrorKind, kind);
        QFETCH(QString, message);
        FakeHttpServer server([&](const FakeRequest &) { return answer; });
        const auto adapter = this->adapter(server);
        const auto update = poll(*adapter);
        QVERIFY(!update);
        QCOMPARE(update.error().kind, kind);
        QCOMPARE(update.error().message, message);
    }

    void aSlowServerIsATimeout()
    {
        FakeHttpServer server([](const FakeRequest &request) -> FakeAnswer {
            FakeAnswer answer = usual(request);
            if (request.path.endsWith("/alerts"))
                answer.mode = Mode::Hang;
            return answer;
        });
        const auto adapter = this->adapter(server);
        const auto future = adapter->poll(adapter->endpoints().constFirst());
        QTRY_COMPARE(server.requests().size(), 4);
        QTRY_VERIFY(m_clock.pending() > 0);
        m_clock.advance(10s);
        const auto update = await(future);
        QVERIFY(!update);
        QCOMPARE(update.error().kind, ErrorKind::Timeout);
    }

    void cancellingAborts()
    {
        FakeHttpServer server([](const FakeRequest &) {
            return FakeAnswer{200, {}, {}, Mode::Hang};
        });
        const auto adapter = this->adapter(server);
        auto future = adapter->poll(adapter->endpoints().constFirst());
        QTRY_COMPARE(server.requests().size(), 4);
        future.cancel();
        QTRY_COMPARE(server.open(), 0);
    }

    void theEndOfTheAdapterEndsEverything()
    {
        FakeHttpServer server([](const FakeRequest &) {
            return FakeAnswer{200, {}, {}, Mode::Hang};
        });
        auto adapter = this->adapter(server);
        const auto polled = adapter->poll(adapter->endpoints().constFirst());
        const auto made = adapter->silence(wanted());
        QTRY_VERIFY(server.requests().size() >= 4);
        adapter.reset();
        QCOMPARE(await(polled).error().kind, ErrorKind::Cancelled);
        QCOMPARE(await(made).error().kind, ErrorKind::Cancelled);
    }

    void makesASilence()
    {
        FakeHttpServer server(usual);
        const auto adapter = this->adapter(server);
        const auto made = await(adapter->silence(wanted()));
        VERIFY_RESULT(made);
        QCOMPARE(made->id, u"new"_s);
        QCOMPARE(asked(server), (QStringList{u"POST /silences"_s, u"GET /silence/new"_s}));
        const QJsonObject sent = QJsonDocument::fromJson(server.requests()[0].body).object();
        QVERIFY(!sent.contains(u"id"_s));
        QCOMPARE(sent[u"createdBy"_s].toString(), u"ada"_s);
        QCOMPARE(sent[u"endsAt"_s].toString(), u"2026-01-02T05:00:00Z"_s);
        // Past by any clock, so that it begins when the server gets it.
        QVERIFY(*fromRfc3339(sent[u"startsAt"_s].toString()) < m_clock.now() - 1h);
        QCOMPARE(server.requests()[0].headers.value("content-type"),
                 QByteArray("application/json"));
    }

    void whatBreaksARuleIsNotSent()
    {
        FakeHttpServer server(usual);
        const auto adapter = this->adapter(server);
        Silence silence = wanted();
        silence.comment.clear();
        const auto made = await(adapter->silence(silence));
        QCOMPARE(made.error().kind, ErrorKind::Invalid);
        QCOMPARE(made.error().message, u"a silence needs a comment"_s);
        const auto extended = await(adapter->extendSilence(u"s"_s, m_clock.now()));
        QCOMPARE(extended.error().message, u"the end of the silence is past"_s);
        QCOMPARE(asked(server), QStringList{u"GET /silence/s"_s});
    }

    void followsANewId()
    {
        FakeHttpServer server(usual);
        const auto adapter = this->adapter(server);
        const auto extended =
            await(adapter->extendSilence(u"s"_s, *fromRfc3339(u"2026-01-02T09:00:00Z")));
        VERIFY_RESULT(extended);
        QCOMPARE(extended->id, u"new"_s);
        QCOMPARE(asked(server),
                 (QStringList{u"GET /silence/s"_s, u"POST /silences"_s, u"GET /silence/new"_s}));
        const QJsonObject sent = QJsonDocument::fromJson(server.requests()[1].body).object();
        QCOMPARE(sent[u"id"_s].toString(), u"s"_s);
        QCOMPARE(sent[u"startsAt"_s].toString(), u"2026-01-02T03:00:00Z"_s); // as it was
        QCOMPARE(sent[u"endsAt"_s].toString(), u"2026-01-02T09:00:00Z"_s);
    }

    void whatWasMadeIsToldEvenIfItCantBeRead()
    {
        FakeHttpServer server([](const FakeRequest &request) -> FakeAnswer {
            return request.method == "POST" ? usual(request) : FakeAnswer{500, {}};
        });
        const auto adapter = this->adapter(server);
        const auto made = await(adapter->silence(wanted()));
        VERIFY_RESULT(made);
        QCOMPARE(made->id, u"new"_s);
        QCOMPARE(made->comment, u"disk"_s);
    }

    void endsASilenceOnce()
    {
        QByteArray state = "expired";
        int deleted = 200;
        FakeHttpServer server([&](const FakeRequest &request) -> FakeAnswer {
            if (request.method == "DELETE")
                return {deleted, json("'silence already expired'")};
            return {200, silenceOf("s", state)};
        });
        const auto adapter = this->adapter(server);
        auto ended = await(adapter->expireSilence(u"s"_s));
        VERIFY_RESULT(ended);
        QCOMPARE(ended->state, SilenceState::Expired);
        deleted = 500;
        VERIFY_RESULT(await(adapter->expireSilence(u"s"_s))); // it has ended, as was wished
        state = "active";
        ended = await(adapter->expireSilence(u"s"_s));
        QCOMPARE(ended.error().message, u"pager: silence already expired"_s);
        QVERIFY(asked(server).contains(u"DELETE /silence/s"_s));
        (void)await(adapter->expireSilence(u"../status"_s));
        QCOMPARE(server.requests().last().path, QByteArray("/api/v2/silence/..%2Fstatus"));
    }

    void aSilenceGoesToAPeerThatAnswers()
    {
        FakeHttpServer dead;
        FakeHttpServer alive(usual);
        const auto adapter = this->adapter({dead.url().toString(), alive.url().toString()});
        QVERIFY(adapter);
        QCOMPARE(adapter->endpoints().size(), 2);
        dead.stopListening();
        const auto made = await(adapter->silence(wanted()));
        VERIFY_RESULT(made);
        QCOMPARE(asked(alive),
                 (QStringList{u"GET /status"_s, u"POST /silences"_s, u"GET /silence/new"_s}));
        const auto polled = poll(*adapter, 0);
        QCOMPARE(polled.error().kind, ErrorKind::Unreachable);
        QVERIFY2(polled.error().message.contains(u"connection refused by 127.0.0.1:"_s),
                 qPrintable(polled.error().message));
        VERIFY_RESULT(poll(*adapter, 1));
        alive.stopListening();
        alive.closeConnections();
        const auto nobody = await(adapter->silence(wanted()));
        QCOMPARE(nobody.error().kind, ErrorKind::Unreachable);
    }

    void saysWhatIsWrongWithTheCluster()
    {
        FakeHttpServer one([](const FakeRequest &request) -> FakeAnswer {
            if (request.path.endsWith("/status"))
                return {200, json("{'cluster':{'status':'disabled','peers':[]}}")};
            return usual(request);
        });
        FakeHttpServer two([](const FakeRequest &request) -> FakeAnswer {
            if (request.path.endsWith("/status"))
                return {200, json("{'cluster':{'status':'settling'}}")};
            return usual(request);
        });
        const auto adapter = this->adapter({one.url().toString(), two.url().toString()});
        const auto first = poll(*adapter, 0);
        VERIFY_RESULT(first);
        QCOMPARE(first->warnings.size(), 1);
        QVERIFY(
            first->warnings[0].endsWith(u"is no peer of a cluster: its silences are its own"_s));
        const auto second = poll(*adapter, 1);
        VERIFY_RESULT(second);
        QVERIFY(second->warnings.constFirst().endsWith(u"is still joining its cluster"_s));
    }

    void refusesWrongSettings_data()
    {
        QTest::addColumn<QVariantMap>("keys");
        QTest::addColumn<QString>("message");
        QTest::addRow("no place") << QVariantMap()
                                  << u"url: where Alertmanager is served is missing"_s;
        QTest::addRow("two ways") << QVariantMap{{u"url"_s, u"http://a"_s},
                                                 {u"urls"_s, QStringList{u"http://b"_s}}}
                                  << u"url and urls: only one of them can be given"_s;
        QTest::addRow("a password")
            << QVariantMap{{u"url"_s, u"http://a:b@c"_s}}
            << u"url: a user or password in an address is refused: use token"_s;
    }
    void refusesWrongSettings()
    {
        QFETCH(QVariantMap, keys);
        QFETCH(QString, message);
        SourceSettings settings;
        settings.keys = keys;
        const auto created = AlertmanagerAdapter::create(settings, m_clock);
        QVERIFY(!created);
        QCOMPARE(created.error().kind, ErrorKind::Invalid);
        QCOMPARE(created.error().message, message);
    }

    void thePluginMakesIt()
    {
        QPluginLoader loader(QStringLiteral(STAMPDECK_ADAPTER_DIR "/libalertmanager.so"));
        auto *const plugin = qobject_cast<IncidentAdapterPlugin *>(loader.instance());
        QVERIFY2(plugin, qPrintable(loader.errorString()));
        SourceSettings settings;
        settings.keys.insert(u"url"_s, u"http://127.0.0.1:1"_s);
        const auto created = plugin->create(settings, m_clock);
        VERIFY_RESULT(created);
        const QJsonObject metadata = loader.metaData()[u"MetaData"_s].toObject();
        QCOMPARE(toStrings((*created)->capabilities()),
                 metadata[u"capabilities"_s].toVariant().toStringList());
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestAlertmanagerAdapter)
#include "tst_alertmanageradapter.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/rest/restadapter.h"
#include "tests/support/fakehttpserver.h"
#include "tests/support/manualclock.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QJsonArray>
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

QByteArray complete(const QByteArray &revision, const QByteArray &stamps,
                    const QByteArray &tenants = {})
{
    return "{\"fleetId\":\"f1\",\"revision\":\"" + revision + "\",\"complete\":true,\"stamps\":["
        + stamps + "],\"tenants\":[" + tenants + "]}";
}

QByteArray difference(const QByteArray &since, const QByteArray &revision, const QByteArray &stamps,
                      const QByteArray &gone = "[]")
{
    return "{\"fleetId\":\"f1\",\"since\":\"" + since + "\",\"revision\":\"" + revision
        + "\",\"complete\":false,\"stamps\":[" + stamps
        + "],\"tenants\":[],\"gone\":{\"stamps\":" + gone + ",\"tenants\":[]}}";
}

QByteArray operation(const QByteArray &state, const QByteArray &error = "null")
{
    return "{\"id\":\"op-1\",\"kind\":\"move\",\"target\":\"acme to eu-2\",\"state\":\"" + state
        + "\",\"progress\":0.5,\"steps\":[{\"title\":\"start on eu-2\",\"state\":\"running\"}],"
          "\"error\":"
        + error + "}";
}

FakeAnswer problem(int status, const QByteArray &members)
{
    return {status,
            "{\"title\":\"x\"," + members + "}",
            {{"Content-Type", "application/problem+json"}},
            Mode::Whole};
}

const QByteArray stampA =
    R"({"id":"a","lifecycle":"active","revision":"7","components":[{"name":"web","desired":3,"ready":3}]})";
const QByteArray stampB = R"({"id":"b"})";
const QByteArray acme = R"({"id":"acme","stamp":"a","revision":"t1"})";

} // namespace

class TestRestAdapter : public QObject
{
    Q_OBJECT

    ManualClock m_clock;

    std::unique_ptr<FleetAdapter> adapter(const QStringList &urls)
    {
        SourceSettings settings;
        settings.name = u"prod"_s;
        settings.adapter = u"rest"_s;
        if (urls.size() == 1)
            settings.keys.insert(u"url"_s, urls.constFirst());
        else
            settings.keys.insert(u"urls"_s, urls);
        settings.keys.insert(u"token"_s, QVariant::fromValue(Secret(u"s3cret"_s)));
        auto created = RestAdapter::create(settings, m_clock);
        return created ? std::move(*created) : nullptr;
    }
    std::unique_ptr<FleetAdapter> adapter(const FakeHttpServer &server)
    {
        return adapter(QStringList{server.url().toString()});
    }
    static Result<FleetUpdate> poll(FleetAdapter &adapter, int endpoint = 0)
    {
        return await(adapter.poll(adapter.endpoints().at(endpoint)));
    }

private Q_SLOTS:
    void init() { strict(); }

    void pollsOnceWholeThenDifferences()
    {
        QList<FakeAnswer> script = {
            {200,
             complete("r1", stampA + "," + stampB, acme),
             {{"ETag", "\"r1\""}, {"Date", "Fri, 02 Jan 2026 03:04:05 GMT"}},
             Mode::Whole},
            {304, {}, {{"ETag", "\"r1\""}}, Mode::Whole},
            {200,
             difference("r1", "r2", R"({"id":"b","region":"x"})", R"(["a"])"),
             {{"ETag", "\"r2\""}},
             Mode::Whole},
            {200, difference("r2", "r3", {}), {}, Mode::Whole},
        };
        FakeHttpServer server([&](const FakeRequest &) { return script.takeFirst(); });
        const auto adapter = this->adapter(server);
        QVERIFY(adapter);
        QCOMPARE(adapter->endpoints(), QStringList{server.url().toString()});

        auto update = poll(*adapter);
        VERIFY_RESULT(update);
        QVERIFY(update->complete);
        QCOMPARE(update->endpoint, server.url().toString());
        QCOMPARE(update->instance, u"f1"_s);
        QCOMPARE(update->stamps.size(), size_t(2));
        QCOMPARE(toRfc3339(*update->serverTime), u"2026-01-02T03:04:05Z"_s);
        FakeRequest seen = server.requests().constLast();
        QCOMPARE(seen.path, "/v1/fleet");
        QCOMPARE(seen.query, "");
        QCOMPARE(seen.headers.value("authorization"), "Bearer s3cret");
        QVERIFY(!seen.headers.contains("if-none-match"));

        update = poll(*adapter);
        VERIFY_RESULT(update);
        QVERIFY(update->unchanged);
        seen = server.requests().constLast();
        QCOMPARE(seen.query, "since=r1");
        QCOMPARE(seen.headers.value("if-none-match"), "\"r1\"");

        update = poll(*adapter);
        VERIFY_RESULT(update);
        QVERIFY(!update->complete && !update->unchanged);
        QCOMPARE(update->goneStamps, QStringList{u"a"_s});

        update = poll(*adapter);
        VERIFY_RESULT(update);
        QVERIFY(update->unchanged);
        QCOMPARE(server.requests().constLast().query, "since=r2");
        QCOMPARE(server.requests().constLast().headers.value("if-none-match"), "\"r2\"");
        QCOMPARE(server.connections(), 1);
    }

    void aSecondWholeAnswerIsNoSecondCopy()
    {
        FakeHttpServer server([](const FakeRequest &) {
            return FakeAnswer{200, complete("r1", stampA + "," + stampB, acme)};
        });
        const auto adapter = this->adapter(server);
        const auto first = poll(*adapter);
        const auto second = poll(*adapter);
        VERIFY_RESULT(first);
        VERIFY_RESULT(second);
        QCOMPARE(first->stamps, second->stamps);
        QCOMPARE(first->tenants, second->tenants);
    }

    void aBadAnswerChangesNothing_data()
    {
        QTest::addColumn<FakeAnswer>("bad");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("message");
        QTest::addRow("garbage") << FakeAnswer{200, "<html>"} << u"malformed"_s
                                 << u"prod: the answer is not JSON: wrong at byte 0"_s;
        QTest::addRow("another fleet")
            << FakeAnswer{200, difference("r1", "r2", {}).replace("f1", "f2")} << u"malformed"_s
            << u"prod: the answer is about another fleet"_s;
        QTest::addRow("another beginning")
            << FakeAnswer{200, difference("r0", "r2", {})} << u"malformed"_s
            << u"prod: the answer begins at another revision than was asked for"_s;
        QTest::addRow("cut off") << FakeAnswer{200, complete("r1", stampA), {}, Mode::Truncate}
                                 << u"unreachable"_s << QString();
        QTest::addRow("unauthenticated")
            << problem(401, R"("code":"unauthenticated")") << u"unauthenticated"_s << QString();
        QTest::addRow("unavailable")
            << problem(503, R"("code":"unavailable")") << u"not-now"_s << QString();
        QTest::addRow("no content") << FakeAnswer{204, {}} << u"malformed"_s << QString();
    }
    void aBadAnswerChangesNothing()
    {
        QFETCH(FakeAnswer, bad);
        QFETCH(QString, kind);
        QFETCH(QString, message);
        int count = 0;
        FakeHttpServer server([&](const FakeRequest &) {
            return ++count == 2 ? bad : FakeAnswer{200, complete("r1", stampA, acme)};
        });
        const auto adapter = this->adapter(server);
        const auto first = poll(*adapter);
        VERIFY_RESULT(first);
        const auto second = poll(*adapter);
        QVERIFY(!second);
        QCOMPARE(toString(second.error().kind), kind);
        if (!message.isEmpty())
            QCOMPARE(second.error().message, message);
        const auto third = poll(*adapter);
        VERIFY_RESULT(third);
        QCOMPARE(third->stamps, first->stamps);
    }

    void asksForEverythingAgainAfterFaults()
    {
        QByteArray answer = complete("r1", stampA + R"(,{"id":"b","ring":7})");
        FakeHttpServer server([&](const FakeRequest &) { return FakeAnswer{200, answer}; });
        const auto adapter = this->adapter(server);
        auto update = poll(*adapter);
        VERIFY_RESULT(update);
        QCOMPARE(update->faults.size(), size_t(1));
        QCOMPARE(update->faults[0].pointer, u"/stamps/1/ring"_s);
        answer = difference("r1", "r1", {});
        VERIFY_RESULT(poll(*adapter));
        QCOMPARE(server.requests().constLast().query, "since=r1");
        m_clock.advance(60s);
        answer = complete("r1", stampA + "," + stampB);
        update = poll(*adapter);
        VERIFY_RESULT(update);
        QCOMPARE(server.requests().constLast().query, "");
        QCOMPARE(update->stamps.size(), size_t(2));
    }

    void onePollAtATime()
    {
        FakeHttpServer server([](const FakeRequest &) {
            return FakeAnswer{200, {}, {}, Mode::Hang};
        });
        const auto adapter = this->adapter(server);
        auto future = adapter->poll(adapter->endpoints().constFirst());
        QVERIFY(!poll(*adapter));
        QVERIFY(!await(adapter->poll(u"elsewhere"_s)));
        QTRY_COMPARE(server.requests().size(), 1);
        future.cancel();
        QTRY_COMPARE(server.open(), 0);
    }

    void theDestructorEndsEverything()
    {
        FakeHttpServer server([](const FakeRequest &) {
            return FakeAnswer{200, {}, {}, Mode::Hang};
        });
        auto adapter = this->adapter(server);
        const auto read = adapter->poll(adapter->endpoints().constFirst());
        const auto written = adapter->perform(CordonStamp{u"a"_s}, {});
        QTRY_COMPARE(server.requests().size(), 2);
        adapter.reset();
        QVERIFY(read.isFinished() && written.isFinished());
        QCOMPARE(toString(read.result().error().kind), u"cancelled"_s);
        QCOMPARE(toString(written.result().error().kind), u"cancelled"_s);
    }

    void readsEvents()
    {
        FakeHttpServer server([](const FakeRequest &request) {
            if (request.path == "/v1/fleet/events")
                return FakeAnswer{200, {}, {{"Content-Type", "text/event-stream"}}, Mode::Stream};
            return FakeAnswer{200, complete("r1", stampA, acme)};
        });
        const auto adapter = this->adapter(server);
        const QString endpoint = adapter->endpoints().constFirst();
        QSignalSpy contact(adapter.get(), &FleetAdapter::contact);
        QSignalSpy updated(adapter.get(), &FleetAdapter::updated);
        QSignalSpy ended(adapter.get(), &FleetAdapter::eventsEnded);
        adapter->startEvents(endpoint);
        // Opened only when there is a revision to go on from.
        QCOMPARE(server.requests().size(), 0);
        VERIFY_RESULT(poll(*adapter));
        QTRY_COMPARE(server.streams(), 1);
        QCOMPARE(server.requests().constLast().headers.value("last-event-id"), "r1");
        QCOMPARE(server.requests().constLast().headers.value("authorization"), "Bearer s3cret");
        server.push(": ping\n\nid: r2\ndata: " + difference("r1", "r2", stampB) + "\n\n");
        QTRY_COMPARE(updated.size(), 1);
        QVERIFY(contact.size() >= 1);
        const auto update = updated[0][0].value<FleetUpdate>();
        QCOMPARE(update.endpoint, endpoint);
        QCOMPARE(update.revision, u"r2"_s);
        QCOMPARE(update.stamps.size(), size_t(1));
        // A poll goes on from there.
        QVERIFY(adapter->capabilities().testFlag(Capability::Events));
        VERIFY_RESULT(poll(*adapter));
        QCOMPARE(server.requests().constLast().query, "since=r2");
        // An event that makes no sense ends the stream, and everything is asked for.
        server.push("data: {\"complete\":false,\n\n");
        QTRY_COMPARE(ended.size(), 1);
        QCOMPARE(toString(ended[0][1].value<Error>().kind), u"malformed"_s);
        QTRY_COMPARE(server.streams(), 0);
        VERIFY_RESULT(poll(*adapter));
        QCOMPARE(server.requests().constLast().query, "");
        adapter->startEvents(endpoint);
        QTRY_COMPARE(server.streams(), 1);
        adapter->stopEvents(endpoint);
        QTRY_COMPARE(server.streams(), 0);
        QCOMPARE(ended.size(), 1);
    }

    void whatAnEventToldIsNotUndoneByASlowerPoll()
    {
        bool hang = false;
        FakeHttpServer server([&](const FakeRequest &request) {
            if (request.path == "/v1/fleet/events")
                return FakeAnswer{200, {}, {{"Content-Type", "text/event-stream"}}, Mode::Stream};
            return FakeAnswer{
                200, complete("r1", stampA, acme), {}, hang ? Mode::Drip : Mode::Whole};
        });
        const auto adapter = this->adapter(server);
        QSignalSpy updated(adapter.get(), &FleetAdapter::updated);
        VERIFY_RESULT(poll(*adapter));
        adapter->startEvents(adapter->endpoints().constFirst());
        QTRY_COMPARE(server.streams(), 1);
        hang = true;
        const auto slow = adapter->poll(adapter->endpoints().constFirst());
        QTRY_COMPARE(server.requests().size(), 3);
        server.push("data: " + difference("r1", "r2", stampB) + "\n\n");
        QTRY_COMPARE(updated.size(), 1);
        while (!slow.isFinished()) {
            server.drip();
            QCoreApplication::processEvents();
        }
        VERIFY_RESULT(slow.result());
        QVERIFY(slow.result()->unchanged);
        QCOMPARE(slow.result()->revision, u"r2"_s);
    }

    void tellsHowFarALongAnswerIsRead()
    {
        QByteArray stamps = stampA;
        for (int i = 0; i < 60; ++i)
            stamps += ",{\"id\":\"s" + QByteArray::number(i) + "\"}";
        FakeHttpServer server([&](const FakeRequest &) {
            return FakeAnswer{200, complete("r1", stamps, acme), {}, Mode::Drip};
        });
        const auto adapter = this->adapter(server);
        QSignalSpy reading(adapter.get(), &FleetAdapter::reading);
        const auto drip = [&](const FutureResult<FleetUpdate> &answer) {
            while (!answer.isFinished()) {
                server.drip();
                m_clock.advance(1ms); // of a slow link
                QCoreApplication::processEvents();
            }
        };
        const auto first = adapter->poll(adapter->endpoints().constFirst());
        QTRY_COMPARE(server.requests().size(), 1);
        // Half of it in a second, a quarter in the next; the rest when that has been told.
        const auto part = [&](qsizetype bytes) {
            m_clock.advance(1s);
            for (; bytes > 0; --bytes)
                server.drip();
        };
        const qsizetype all = complete("r1", stamps, acme).size();
        part(all / 2);
        QTRY_COMPARE(reading.size(), 1);
        part(all / 4);
        QTRY_COMPARE(reading.size(), 2);
        drip(first);
        VERIFY_RESULT(first.result());
        QVERIFY(reading.size() >= 2);
        int before = 0;
        for (const QList<QVariant> &told : std::as_const(reading)) {
            QCOMPARE(told.at(0).toString(), adapter->endpoints().constFirst());
            QVERIFY(told.at(1).toInt() >= before);
            before = told.at(1).toInt();
        }
        QVERIFY(reading.constFirst().at(1).toInt() < 61 && before <= 61);
        // What is known already is on the map: nobody counts it again.
        reading.clear();
        const auto second = adapter->poll(adapter->endpoints().constFirst());
        drip(second);
        QVERIFY(reading.isEmpty());
    }

    void fallsBackToPolling_data()
    {
        QTest::addColumn<FakeAnswer>("answer");
        QTest::addRow("404") << FakeAnswer{404, {}};
        QTest::addRow("405") << FakeAnswer{405, {}};
        QTest::addRow("another type") << FakeAnswer{200, "{}"};
    }
    void fallsBackToPolling()
    {
        QFETCH(FakeAnswer, answer);
        FakeHttpServer server([&](const FakeRequest &request) {
            return request.path == "/v1/fleet/events" ? answer
                                                      : FakeAnswer{200, complete("r1", stampA)};
        });
        const auto adapter = this->adapter(server);
        QSignalSpy ended(adapter.get(), &FleetAdapter::eventsEnded);
        VERIFY_RESULT(poll(*adapter));
        adapter->startEvents(adapter->endpoints().constFirst());
        QTRY_COMPARE(ended.size(), 1);
        QCOMPARE(toString(ended[0][1].value<Error>().kind), u"unsupported"_s);
        QVERIFY(!adapter->capabilities().testFlag(Capability::Events));
        VERIFY_RESULT(poll(*adapter));
    }

    void writes_data()
    {
        QTest::addColumn<Primitive>("primitive");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("body");
        ScaleSetting scale;
        scale.components = {{u"web"_s, 5}};
        scale.cpu = 32;
        scale.memory = 68719476736.0;
        scale.rules = {{u"api"_s, RuleSetting{SignalKind::LatencyP99, 250, 1, 10, 90s}},
                       {u"old"_s, std::nullopt}};
        QTest::addRow("move") << Primitive(MoveTenant{u"acme"_s, u"a"_s, u"eu 2"_s})
                              << QByteArray("/v1/tenants/acme:move")
                              << QByteArray("{\"to\":\"eu 2\"}");
        QTest::addRow("cordon") << Primitive(CordonStamp{u"eu 1"_s})
                                << QByteArray("/v1/stamps/eu%201:cordon") << QByteArray("{}");
        QTest::addRow("uncordon") << Primitive(UncordonStamp{u"a"_s})
                                  << QByteArray("/v1/stamps/a:uncordon") << QByteArray("{}");
        QTest::addRow("scale")
            << Primitive(ScaleStamp{u"a"_s, {}, scale}) << QByteArray("/v1/stamps/a:scale")
            << QByteArray(
                   "{\"components\":{\"web\":5},\"resources\":{\"cpu\":32,\"memory\":68719476736},"
                   "\"rules\":{\"api\":{\"cooldown\":\"90s\",\"max\":10,\"min\":1,"
                   "\"signal\":\"latencyP99\",\"target\":250.0},\"old\":null}}");
    }
    void writes()
    {
        QFETCH(Primitive, primitive);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, body);
        FakeHttpServer server([](const FakeRequest &) {
            return FakeAnswer{202, operation("running")};
        });
        const auto adapter = this->adapter(server);
        const auto outcome = await(adapter->perform(
            primitive, {u"key-1"_s, u"7"_s, u"op"_s, u"anna"_s, u"zu früh, 100%"_s}));
        VERIFY_RESULT(outcome);
        QVERIFY(!outcome->done);
        QCOMPARE(outcome->handle, u"op-1"_s);
        QCOMPARE(outcome->progress, 0.5);
        QCOMPARE(outcome->message, u"start on eu-2"_s);
        const FakeRequest seen = server.requests().constLast();
        QCOMPARE(seen.method, "POST");
        QCOMPARE(seen.path, path);
        QCOMPARE(seen.body, body);
        QCOMPARE(seen.headers.value("if-match"), "\"7\"");
        QCOMPARE(seen.headers.value("idempotency-key"), "key-1");
        QCOMPARE(seen.headers.value("stampdeck-reason"), "zu%20fr%C3%BCh%2C%20100%25");
        QCOMPARE(seen.headers.value("content-type"), "application/json");
        VERIFY_RESULT(await(adapter->perform(primitive, {})));
        QCOMPARE(server.requests().constLast().headers.value("if-match"), "*");
    }

    void whatItCannotIsUnsupported()
    {
        FakeHttpServer server;
        const auto adapter = this->adapter(server);
        const auto outcome = await(adapter->perform(PlaceTenant{u"acme"_s, u"a"_s, u"b"_s}, {}));
        QVERIFY(!outcome);
        QCOMPARE(toString(outcome.error().kind), u"unsupported"_s);
        for (const QString &name : {u""_s, u".."_s, u"a/b"_s}) {
            const auto refused = await(adapter->perform(CordonStamp{name}, {}));
            QCOMPARE(toString(refused.error().kind), u"invalid"_s);
        }
        QVERIFY(server.requests().isEmpty());
    }

    void observes_data()
    {
        QTest::addColumn<QByteArray>("state");
        QTest::addColumn<QString>("outcome");
        QTest::addRow("pending") << QByteArray("pending") << u"going on"_s;
        QTest::addRow("running") << QByteArray("running") << u"going on"_s;
        QTest::addRow("unknown") << QByteArray("hibernating") << u"going on"_s;
        QTest::addRow("rolling back") << QByteArray("rolling-back") << u"going on: taking back"_s;
        QTest::addRow("paused") << QByteArray("paused") << u"going on: paused: eu-2 is sick"_s;
        QTest::addRow("succeeded") << QByteArray("succeeded") << u"done"_s;
        QTest::addRow("failed") << QByteArray("failed") << u"refused"_s;
        QTest::addRow("cancelled") << QByteArray("cancelled") << u"cancelled"_s;
        QTest::addRow("rolled back") << QByteArray("rolled-back") << u"cancelled"_s;
    }
    void observes()
    {
        QFETCH(QByteArray, state);
        QFETCH(QString, outcome);
        FakeHttpServer server([&](const FakeRequest &) {
            return FakeAnswer{200, operation(state, "\"eu-2 is sick\"")};
        });
        const auto adapter = this->adapter(server);
        const auto seen =
            await(adapter->observe(MoveTenant{u"acme"_s, u"a"_s, u"b"_s}, {}, u"op-1"_s));
        QString is;
        if (!seen)
            is = toString(seen.error().kind);
        else if (seen->done)
            is = u"done"_s;
        else
            is = u"going on: "_s + seen->message;
        QVERIFY2(is.startsWith(outcome), qPrintable(is));
        if (!seen)
            QVERIFY(seen.error().message.endsWith(u"eu-2 is sick"_s));
        QCOMPARE(server.requests().constLast().path, "/v1/operations/op-1");
    }

    void cancelsAndControls()
    {
        FakeHttpServer server([](const FakeRequest &request) {
            return request.path.endsWith(":undo")
                ? problem(409, R"("code":"conflict","detail":"held by another process")")
                : FakeAnswer{202, operation("rolling-back")};
        });
        const auto adapter = this->adapter(server);
        const auto outcome =
            await(adapter->cancel(MoveTenant{u"acme"_s, u"a"_s, u"b"_s}, {}, u"op-1"_s));
        VERIFY_RESULT(outcome);
        QVERIFY(!outcome->done);
        QCOMPARE(server.requests().constLast().path, "/v1/operations/op-1:cancel");
        const auto paused = await(adapter->control(u"op-1"_s, OperationVerb::Pause, {}));
        VERIFY_RESULT(paused);
        QCOMPARE((*paused)->id, u"op-1"_s);
        QCOMPARE(server.requests().constLast().path, "/v1/operations/op-1:pause");
        const auto undone = await(adapter->control(u"op-1"_s, OperationVerb::Undo, {}));
        QVERIFY(!undone);
        QCOMPARE(toString(undone.error().kind), u"conflict"_s);
        QCOMPARE(undone.error().message, u"prod: held by another process"_s);
    }

    void handsADrainOver()
    {
        FakeHttpServer server([](const FakeRequest &request) {
            if (request.method == "GET")
                return FakeAnswer{200, complete("r1", stampA, acme)};
            return request.path.endsWith("/b:drain")
                ? problem(412,
                          "\"code\":\"revision-changed\",\"current\":{\"id\":\"a\",\"lifecycle\":"
                          "\"cordoned\",\"revision\":\"8\",\"updatedBy\":\"ben\",\"components\":"
                          "[{\"name\":\"web\",\"desired\":4,\"ready\":3}]}")
                : FakeAnswer{202, operation("running")};
        });
        const auto adapter = this->adapter(server);
        VERIFY_RESULT(poll(*adapter));
        QVERIFY(adapter->capabilities().testFlag(Capability::Drains));
        DrainOrder order;
        order.stamp = u"a"_s;
        order.to = {u"b"_s, u"c"_s};
        order.parallel = 3;
        order.deadline = 90min;
        order.partial = true;
        WriteContext context;
        context.expectedRevision = u"7"_s;
        context.idempotencyKey = u"once"_s;
        const auto begun = await(adapter->drain(order, context));
        VERIFY_RESULT(begun);
        QCOMPARE((*begun)->id, u"op-1"_s);
        const FakeRequest &seen = server.requests().constLast();
        QCOMPARE(seen.path, "/v1/stamps/a:drain");
        QCOMPARE(seen.headers.value("if-match"), "\"7\"");
        QCOMPARE(seen.headers.value("idempotency-key"), "once");
        const QJsonObject body = QJsonDocument::fromJson(seen.body).object();
        QCOMPARE(body["to"_L1].toArray(), (QJsonArray{u"b"_s, u"c"_s}));
        QCOMPARE(body["parallel"_L1].toInt(), 3);
        QCOMPARE(body["deadline"_L1].toString(), u"90m"_s);
        QCOMPARE(body["partial"_L1].toBool(), true);
        // Who comes too late is told by whom.
        order.stamp = u"b"_s;
        const auto late = await(adapter->drain(order, context));
        QVERIFY(!late);
        QCOMPARE(late.error().kind, ErrorKind::Conflict);
    }

    void readsTemplatesPageByPage()
    {
        QList<FakeAnswer> script = {
            {200,
             R"({"templates":[{"name":"small","description":"","parameters":[{"name":"web","type":"integer","default":2,"min":1,"max":4}]},{"name":"broken","parameters":[{"name":"x","type":"colour"}]}],"nextPageToken":"2 a"})"},
            {200, R"({"templates":[{"name":"large","description":"","parameters":[]}],"nextPageToken":null})"},
            {200, R"({"templates":7})"},
            problem(404, "\"code\":\"not-found\""),
        };
        FakeHttpServer server([&](const FakeRequest &) { return script.takeFirst(); });
        const auto adapter = this->adapter(server);
        QVERIFY(adapter->capabilities().testFlag(Capability::Create));
        const auto templates = await(adapter->templates());
        VERIFY_RESULT(templates);
        QCOMPARE(templates->size(), 2); // what nobody could make a stamp of is left out
        QCOMPARE(templates->at(0).name, u"small"_s);
        QCOMPARE(templates->at(0).parameters.at(0).max, std::optional(4.0));
        QCOMPARE(templates->at(1).name, u"large"_s);
        QVERIFY(server.requests().at(1).query.contains("pageToken=2%20a"));
        const auto wrong = await(adapter->templates());
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().kind, ErrorKind::Malformed);
        // A control plane that knows no templates makes no stamps.
        const auto none = await(adapter->templates());
        VERIFY_RESULT(none);
        QVERIFY(none->isEmpty());
        QVERIFY(!adapter->capabilities().testFlag(Capability::Create));
    }

    void createsAndDeletesStamps()
    {
        FakeHttpServer server([](const FakeRequest &request) {
            if (request.method == "GET")
                return FakeAnswer{200, complete("r1", stampA, acme)};
            if (request.method == "DELETE")
                return problem(409,
                               "\"code\":\"refused\",\"refusals\":[{\"code\":\"not-drained\","
                               "\"subject\":\"a\",\"message\":\"m\",\"fix\":\"drain it first\"}]");
            return FakeAnswer{202, operation("running")};
        });
        const auto adapter = this->adapter(server);
        VERIFY_RESULT(poll(*adapter));
        WriteContext context;
        context.idempotencyKey = u"once"_s;
        context.reason = u"full"_s;
        const CreateStamp create{u"west~eu-9"_s, u"west~small"_s, u"eu-west"_s,
                                 {{u"web"_s, 3}, {u"share"_s, 0.5}, {u"spot"_s, true},
                                  {u"ring"_s, u"2"_s}}};
        const auto begun = await(adapter->perform(create, context));
        VERIFY_RESULT(begun);
        QVERIFY(!begun->done);
        QCOMPARE(begun->handle, u"op-1"_s);
        FakeRequest seen = server.requests().constLast();
        QCOMPARE(seen.method, "POST");
        QCOMPARE(seen.path, "/v1/stamps");
        QCOMPARE(seen.headers.value("idempotency-key"), "once");
        QVERIFY(!seen.headers.contains("if-match"));
        const QJsonObject body = QJsonDocument::fromJson(seen.body).object();
        QCOMPARE(body,
                 (QJsonObject{{u"name"_s, u"eu-9"_s},
                              {u"template"_s, u"small"_s},
                              {u"source"_s, u"west"_s},
                              {u"region"_s, u"eu-west"_s},
                              {u"parameters"_s, create.parameters}}));
        context.expectedRevision = u"7"_s;
        const auto refused = await(adapter->perform(DeleteStamp{u"a"_s}, context));
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Refused);
        QCOMPARE(refused.error().refusals.value(0).code, u"not-drained"_s);
        seen = server.requests().constLast();
        QCOMPARE(seen.method, "DELETE");
        QCOMPARE(seen.path, "/v1/stamps/a");
        QCOMPARE(seen.headers.value("if-match"), "\"7\"");
        QVERIFY(seen.body.isEmpty());
    }

    void namesWhatChangedMeanwhile()
    {
        FakeHttpServer server([](const FakeRequest &request) {
            if (request.method == "GET")
                return FakeAnswer{200, complete("r1", stampA, acme)};
            if (request.path.startsWith("/v1/stamps"))
                return problem(
                    412,
                    "\"code\":\"revision-changed\",\"current\":{\"id\":\"a\",\"lifecycle\":"
                    "\"cordoned\",\"revision\":\"8\",\"updatedBy\":\"ben\",\"components\":"
                    "[{\"name\":\"web\",\"desired\":4,\"ready\":3}]}");
            return problem(412,
                           "\"code\":\"revision-changed\",\"current\":{\"id\":\"acme\","
                           "\"stamp\":\"b\",\"revision\":\"t2\",\"updatedBy\":\"ben\"}");
        });
        const auto adapter = this->adapter(server);
        VERIFY_RESULT(poll(*adapter));
        const auto stamp =
            await(adapter->perform(CordonStamp{u"a"_s}, {u"k"_s, u"7"_s, {}, {}, {}}));
        QVERIFY(!stamp);
        QCOMPARE(toString(stamp.error().kind), u"conflict"_s);
        QCOMPARE(stamp.error().message,
                 u"a: lifecycle: active → cordoned; web: 3 → 4 by ben; plan again"_s);
        const auto tenant = await(
            adapter->perform(MoveTenant{u"acme"_s, u"a"_s, u"b"_s}, {u"k"_s, u"t1"_s, {}, {}, {}}));
        QVERIFY(!tenant);
        QVERIFY(tenant.error().message.startsWith(
            u"acme: stamp: a → b"_s));
    }

    void carriesRefusals()
    {
        FakeHttpServer server([](const FakeRequest &) {
            return problem(
                409,
                R"("code":"refused","refusals":[{"code":"capacity","subject":"b","message":"no room for 2 cores","fix":"free 1 core"}])");
        });
        const auto adapter = this->adapter(server);
        const auto outcome = await(adapter->perform(MoveTenant{u"acme"_s, u"a"_s, u"b"_s}, {}));
        QVERIFY(!outcome);
        QCOMPARE(toString(outcome.error().kind), u"refused"_s);
        QCOMPARE(outcome.error().refusals.size(), 1);
        QCOMPARE(outcome.error().refusals[0].fix, u"free 1 core"_s);
    }

    void aWriteThatTimesOutMayBeSentAgain()
    {
        bool hang = true;
        FakeHttpServer server([&](const FakeRequest &) {
            return FakeAnswer{202, operation("running"), {}, hang ? Mode::Hang : Mode::Whole};
        });
        const auto adapter = this->adapter(server);
        const WriteContext context{u"key-1"_s, u"7"_s, {}, {}, {}};
        const auto future = adapter->perform(CordonStamp{u"a"_s}, context);
        QTRY_COMPARE(server.requests().size(), 1);
        QTRY_COMPARE(m_clock.untilNext(), std::optional(10'000ms));
        m_clock.advance(10s);
        const auto outcome = await(future);
        QVERIFY(!outcome);
        QVERIFY(outcome.error().isTransient());
        hang = false;
        VERIFY_RESULT(await(adapter->perform(CordonStamp{u"a"_s}, context)));
        QCOMPARE(server.requests().constLast().headers.value("idempotency-key"), "key-1");
    }

    void manyEndpointsFailAlone()
    {
        FakeHttpServer one([](const FakeRequest &request) {
            return request.method == "GET" ? FakeAnswer{200, complete("r1", stampA, acme)}
                                           : FakeAnswer{202, operation("running")};
        });
        FakeHttpServer two([](const FakeRequest &request) {
            return request.method == "GET" ? FakeAnswer{200, complete("x9", stampB)}
                                           : FakeAnswer{202, operation("running")};
        });
        FakeHttpServer dead;
        dead.stopListening();
        const auto adapter = this->adapter(
            QStringList{one.url().toString(), two.url().toString(), dead.url().toString()});
        QVERIFY(adapter);
        QCOMPARE(adapter->endpoints().size(), 3);
        VERIFY_RESULT(poll(*adapter, 0));
        VERIFY_RESULT(poll(*adapter, 1));
        const auto failed = poll(*adapter, 2);
        QVERIFY(!failed);
        QCOMPARE(failed.error().message,
                 u"connection refused by 127.0.0.1:"_s + QString::number(dead.port()));
        // A write goes to the endpoint that has the object.
        VERIFY_RESULT(await(adapter->perform(CordonStamp{u"b"_s}, {})));
        QCOMPARE(two.requests().constLast().path, "/v1/stamps/b:cordon");
        VERIFY_RESULT(await(adapter->perform(MoveTenant{u"acme"_s, u"a"_s, u"b"_s}, {})));
        QCOMPARE(one.requests().constLast().path, "/v1/tenants/acme:move");
    }

    void checksItsSettings_data()
    {
        QTest::addColumn<QVariantMap>("keys");
        QTest::addColumn<QString>("message");
        QTest::addRow("nothing") << QVariantMap()
                                 << u"url: where the Stamp API is served is missing"_s;
        QTest::addRow("both") << QVariantMap{{u"url"_s, u"http://a"_s},
                                             {u"urls"_s, QStringList{u"http://b"_s}}}
                              << u"url and urls: only one of them can be given"_s;
        QTest::addRow("a file")
            << QVariantMap{{u"url"_s, u"file:///x"_s}}
            << u"url: expected an address of the form https://HOST, not file:///x"_s;
        QTest::addRow("a password")
            << QVariantMap{{u"url"_s, u"https://me:secret@host"_s}}
            << u"url: a user or password in an address is refused: use token"_s;
        QTest::addRow("twice") << QVariantMap{{u"urls"_s,
                                               QStringList{u"http://b"_s, u"http://b"_s}}}
                               << u"urls: an address comes twice"_s;
    }
    void checksItsSettings()
    {
        QFETCH(QVariantMap, keys);
        QFETCH(QString, message);
        SourceSettings settings;
        settings.keys = keys;
        const auto created = RestAdapter::create(settings, m_clock);
        QVERIFY(!created);
        QCOMPARE(toString(created.error().kind), u"invalid"_s);
        QCOMPARE(created.error().message, message);
    }

    void isAPlugin()
    {
        QPluginLoader loader(QStringLiteral(STAMPDECK_ADAPTER_DIR "/librest.so"));
        const QJsonObject metadata = loader.metaData();
        QVERIFY(!loader.isLoaded());
        QCOMPARE(metadata.value("IID"_L1).toString(), QStringLiteral(STAMPDECK_FLEET_ADAPTER_IID));
        const QJsonObject own = metadata.value("MetaData"_L1).toObject();
        QCOMPARE(own.value("kind"_L1).toString(), u"rest"_s);
        QCOMPARE(own.value("location"_L1).toString(), u"url"_s);
        auto *plugin = qobject_cast<FleetAdapterPlugin *>(loader.instance());
        QVERIFY2(plugin, qPrintable(loader.errorString()));
        SourceSettings settings;
        settings.keys.insert(u"url"_s, u"https://stamps.example"_s);
        const auto created = plugin->create(settings, m_clock);
        VERIFY_RESULT(created);
        QStringList words;
        for (const auto &word : own.value("capabilities"_L1).toArray())
            words.append(word.toString());
        QCOMPARE(words, toStrings((*created)->capabilities()));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestRestAdapter)
#include "tst_restadapter.moc"

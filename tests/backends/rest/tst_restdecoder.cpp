// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/rest/restdecoder.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const QByteArray stampText = R"({"id": "eu-1", "name": "eu-1", "region": "eu-west", "ring": "1",
 "version": "1.4.2", "lifecycle": "cordoned", "health": "degraded", "zone": null,
 "healthReasons": [{"code": "latency-p99", "message": "p99 over 400 ms", "since": "2026-01-02T03:04:05Z",
                    "component": "api", "value": 0.84, "limit": 0.4, "unit": "s"}],
 "operation": "op-7", "observedAt": "2026-01-02T03:04:06Z", "revision": "s7", "updatedBy": "anna", "updatedAt": "2026-01-02T03:04:04Z",
 "resources": {"cpu": {"limit": 64, "reserved": 40, "used": 31.5},
               "memory": {"limit": 274877906944, "reserved": null, "used": 0},
               "storage": {"limit": null, "reserved": null, "used": null},
               "tenants": {"limit": 20, "reserved": 1, "used": 1}},
 "signals": {"requestsPerSecond": 1200, "errorRatio": 0.001, "latencyP50Ms": 12, "latencyP99Ms": null},
 "components": [{"name": "web", "desired": 3, "ready": 2, "min": 1, "max": 10, "health": "degraded",
                 "rule": {"signal": "cpu", "target": 0.7, "cooldown": "90s", "by": "backend",
                          "lastAt": "2026-01-02T03:00:00Z", "lastWhy": "2 to 3, cpu 92% over 70%",
                          "last": {"at": "2026-01-02T03:00:00Z", "from": 2, "to": 3, "reason": "2 to 3, cpu 92% over 70%"}},
                 "load": 0.92},
                {"name": "db", "desired": 1, "ready": 1, "min": null, "max": null, "health": "healthy", "rule": null}],
 "tenants": ["acme"], "costPerHour": {"amount": 12.3, "currency": "EUR"}, "labels": {"team": "blue", "a/b": "c"}})";

const QByteArray tenantText =
    R"({"id": "acme", "name": "Acme \u00c4G", "tier": "premium", "stamp": "eu-1",
 "state": "moving", "placements": [{"stamp": "eu-1", "state": "draining", "since": "2026-01-02T03:04:05Z"},
                                    {"stamp": "eu-2", "state": "serving", "since": null}],
 "operation": "op-1", "demand": {"cpu": 2, "memory": 4294967296, "storage": null, "requestsPerSecond": 0},
 "constraints": {"regions": ["eu-*"], "antiAffinity": "banks", "pinned": true, "exclusive": false},
 "revision": "t3", "updatedBy": "ben", "updatedAt": "2026-01-02T03:04:05Z"})";

// No raw string: moc 6.4 loses count of brackets in the strings within one.
const QByteArray unknownText =
    "{\"next\":{\"a\":[1,2,{\"b\":\"]}\"}]},\"n\":-1.5e3,\"t\":true,\"z\":null,\"s\":\"x\","
    "\"stamps\":[{\"id\":\"a\",\"health\":\"sparkling\",\"colour\":{\"r\":[1,{\"x\":\"\\\"}\"}]},"
    "\"n\":-7}],"
    "\"tenants\":[{\"id\":\"t\",\"stamp\":\"a\",\"mood\":[\"good\"]}],\"revision\":\"r\"}";

QByteArray fleet(const QByteArray &stamps, const QByteArray &tenants)
{
    return R"({"fleetId": "f1", "revision": "e1-9", "complete": true, "stamps": [)" + stamps
        + R"(], "tenants": [)" + tenants + "]}";
}

} // namespace

class TestRestDecoder : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void readsEverything()
    {
        const auto update = decodeFleet(fleet(stampText, tenantText));
        VERIFY_RESULT(update);
        QCOMPARE(update->instance, u"f1"_s);
        QCOMPARE(update->revision, u"e1-9"_s);
        QVERIFY(update->complete);
        QVERIFY(update->faults.empty());
        QCOMPARE(update->stamps.size(), size_t(1));
        const Stamp &stamp = *update->stamps[0];
        QCOMPARE(stamp.name, u"eu-1"_s);
        QCOMPARE(stamp.region, u"eu-west"_s);
        QCOMPARE(stamp.ring, u"1"_s);
        QCOMPARE(stamp.version, u"1.4.2"_s);
        QCOMPARE(stamp.zone, QString());
        QCOMPARE(int(stamp.lifecycle), int(Lifecycle::Cordoned));
        QCOMPARE(int(stamp.health), int(Health::Degraded));
        QCOMPARE(stamp.healthReasons.size(), 1);
        QCOMPARE(stamp.healthReasons[0].message, u"p99 over 400 ms"_s);
        QCOMPARE(stamp.healthReasons[0].limit, std::optional(0.4));
        QCOMPARE(toRfc3339(*stamp.observedAt), u"2026-01-02T03:04:06Z"_s);
        QCOMPARE(stamp.revision, u"s7"_s);
        QCOMPARE(stamp.operation, u"op-7"_s);
        QCOMPARE(stamp.updatedBy, u"anna"_s);
        QCOMPARE(stamp.resources.cpu.used, std::optional(31.5));
        // Null is not 0.
        QCOMPARE(stamp.resources.memory.reserved, std::optional<double>());
        QCOMPARE(stamp.resources.memory.used, std::optional(0.0));
        QCOMPARE(stamp.resources.storage, Resource());
        QCOMPARE(stamp.signalValues.requestsPerSecond, std::optional(1200.0));
        QCOMPARE(stamp.signalValues.latencyP99Ms, std::optional<double>());
        QCOMPARE(stamp.components.size(), 2);
        QCOMPARE(stamp.components[0].ready, 2);
        QCOMPARE(stamp.components[0].max, std::optional(10));
        QVERIFY(stamp.components[0].rule);
        QCOMPARE(stamp.components[0].rule->cooldown, 90s);
        QCOMPARE(stamp.components[0].rule->lastWhy, u"2 to 3, cpu 92% over 70%"_s);
        QCOMPARE(stamp.components[0].rule->lastFrom, std::optional(2));
        QCOMPARE(stamp.components[0].rule->lastTo, std::optional(3));
        QCOMPARE(stamp.components[0].load, std::optional(0.92));
        QVERIFY(!stamp.components[1].load);
        QVERIFY(!stamp.components[1].rule);
        QCOMPARE(stamp.components[1].min, std::optional<int>());
        QCOMPARE(*stamp.costPerHour, (Cost{12.3, u"EUR"_s}));
        QCOMPARE(stamp.labels.value(u"a/b"_s), u"c"_s);
        const Tenant &tenant = *update->tenants.at(0);
        QCOMPARE(tenant.name, u"Acme ÄG"_s);
        QCOMPARE(int(tenant.tier), int(Tier::Premium));
        QCOMPARE(int(tenant.state), int(TenantState::Moving));
        QCOMPARE(tenant.placements.size(), size_t(2));
        QCOMPARE(int(tenant.placementOn(u"eu-1")->state), int(PlacementState::Draining));
        QCOMPARE(tenant.placementOn(u"eu-2")->since, std::optional<Timestamp>());
        QCOMPARE(tenant.demand.storage, std::optional<double>());
        QCOMPARE(tenant.demand.requestsPerSecond, std::optional(0.0));
        QCOMPARE(tenant.constraints, (Constraints{{u"eu-*"_s}, u"banks"_s, true, false}));
        QCOMPARE(tenant.operation, u"op-1"_s);
    }

    void takesItInPieces()
    {
        const QByteArray bytes =
            fleet(stampText + "," + QByteArray(stampText).replace("eu-1", "eu-2"), tenantText);
        const auto whole = decodeFleet(bytes);
        VERIFY_RESULT(whole);
        for (const qsizetype step : {1, 2, 3, 17, 64, 1000}) {
            FleetDecoder decoder;
            for (qsizetype at = 0; at < bytes.size(); at += step)
                VERIFY_RESULT(decoder.feed(
                    QByteArrayView(bytes).sliced(at, std::min(step, bytes.size() - at))));
            const auto update = decoder.finish();
            VERIFY_RESULT(update);
            QCOMPARE(update->stamps.size(), size_t(2));
            QCOMPARE(*update->stamps[1], *whole->stamps[1]);
            QCOMPARE(*update->tenants[0], *whole->tenants[0]);
        }
    }

    void asksForLittle()
    {
        const auto update = decodeFleet(fleet(R"({"id":"a"})", R"({"id":"t","stamp":"a"})"));
        VERIFY_RESULT(update);
        QVERIFY(update->faults.empty());
        QCOMPARE(int(update->stamps[0]->lifecycle), int(Lifecycle::Active));
        QCOMPARE(int(update->stamps[0]->health), int(Health::Unknown));
        QCOMPARE(update->tenants[0]->name, u"t"_s);
        QCOMPARE(update->tenants[0]->placements,
                 (std::vector<Placement>{{u"a"_s, PlacementState::Serving, std::nullopt}}));
    }

    void readsADifference()
    {
        FleetDecoder decoder;
        VERIFY_RESULT(
            decoder.feed(R"({"fleetId":"f1","since":"e1-8","revision":"e1-9","complete":false,
            "stamps":[],"tenants":[{"id":"t","stamp":"a"}],"gone":{"stamps":["b"],"tenants":["x","y"]},
            "operations":[{"id":"o","kind":"move","target":"t to a","state":"hibernating","progress":0.4,
              "steps":[{"title":"start","state":"running","startedAt":null,"endedAt":null,"error":null}],
              "error":null,"reason":"why","createdBy":"anna","createdAt":null,"updatedAt":null}]})"));
        const auto update = decoder.finish();
        VERIFY_RESULT(update);
        QCOMPARE(decoder.since(), u"e1-8"_s);
        QVERIFY(!update->complete);
        QCOMPARE(update->goneStamps, QStringList{u"b"_s});
        QCOMPARE(update->goneTenants, (QStringList{u"x"_s, u"y"_s}));
        QCOMPARE(update->operations.size(), size_t(1));
        QCOMPARE(int(update->operations[0]->state), int(OperationState::Unknown));
        QCOMPARE(update->operations[0]->steps[0].title, u"start"_s);
        QCOMPARE(update->operations[0]->progress, 0.4);
    }

    void rejectsTheWholeAnswer_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("where");
        const QByteArray good = fleet(stampText, tenantText);
        QTest::addRow("nothing") << QByteArray() << u"byte 0"_s;
        QTest::addRow("spaces") << QByteArray(" \n ") << u"byte 0"_s;
        QTest::addRow("a web page") << QByteArray("<html></html>") << u"byte 0"_s;
        QTest::addRow("a list") << QByteArray("[]") << u"byte 0"_s;
        QTest::addRow("null") << QByteArray("null") << u"byte 0"_s;
        QTest::addRow("a number") << QByteArray("17") << u"byte 0"_s;
        QTest::addRow("stamps are an object")
            << QByteArray(R"({"complete":true,"stamps":{},"tenants":[]})") << u"/stamps"_s;
        QTest::addRow("stamps are null")
            << QByteArray(R"({"complete":true,"stamps":null,"tenants":[]})") << u"/stamps"_s;
        QTest::addRow("no stamps")
            << QByteArray(R"({"complete":true,"tenants":[]})") << u"/stamps"_s;
        QTest::addRow("no tenants") << QByteArray(R"({"stamps":[]})") << u"/tenants"_s;
        QTest::addRow("stamps twice")
            << QByteArray(R"({"stamps":[],"tenants":[],"stamps":[]})") << u"/stamps"_s;
        QTest::addRow("a revision that is a number")
            << QByteArray(R"({"revision":7,"stamps":[],"tenants":[]})") << u"/revision"_s;
        QTest::addRow("complete is a word")
            << QByteArray(R"({"complete":"yes","stamps":[],"tenants":[]})") << u"/complete"_s;
        QTest::addRow("gone is a list")
            << QByteArray(R"({"complete":false,"gone":[]})") << u"/gone"_s;
        QTest::addRow("gone holds a number")
            << QByteArray(R"({"complete":false,"gone":{"stamps":["a",7]}})") << u"/gone/stamps/1"_s;
        QTest::addRow("no comma") << QByteArray(R"({"stamps":[] "tenants":[]})") << u"byte 13"_s;
        QTest::addRow("no comma between stamps")
            << QByteArray(R"({"stamps":[{"id":"a"} {"id":"b"}],"tenants":[]})") << u"byte 22"_s;
        QTest::addRow("a comma too many")
            << QByteArray(R"({"stamps":[{"id":"a"},],"tenants":[]})") << u"byte 22"_s;
        QTest::addRow("broken inside a stamp")
            << QByteArray(R"({"stamps":[{"id":"a" "name":"b"}],"tenants":[]})") << u"byte 11"_s;
        QTest::addRow("a bare word inside a stamp")
            << QByteArray(R"({"stamps":[{"id":nul}],"tenants":[]})") << u"byte 11"_s;
        QTest::addRow("a number that is none") << QByteArray(
            R"({"stamps":[{"id":"a","resources":{"cpu":{"limit":01}}}],"tenants":[]})")
                                               << u"byte 11"_s;
        QTest::addRow("brackets that don't match")
            << QByteArray(R"({"stamps":[{"id":"a","components":[}]],"tenants":[]})") << u"byte"_s;
        QTest::addRow("broken inside what is unknown")
            << QByteArray(R"({"stamps":[{"id":"a","next":[1 2]}],"tenants":[]})") << u"byte 11"_s;
        QTest::addRow("broken after something wrong")
            << QByteArray(R"({"stamps":[{"id":7,"region":"a" 8}],"tenants":[]})") << u"byte 11"_s;
        QTest::addRow("broken inside an unknown member")
            << QByteArray(R"({"next":{"a":[1,]},"stamps":[],"tenants":[]})") << u"byte 8"_s;
        QTest::addRow("not UTF-8")
            << QByteArray("{\"stamps\":[{\"id\":\"a\xff\"}],\"tenants\":[]}") << u"byte 11"_s;
        QTest::addRow("something after the end")
            << QByteArray(good + "x") << u"byte %1"_s.arg(good.size());
        QTest::addRow("a second fleet after the end")
            << QByteArray(good + good) << u"byte %1"_s.arg(good.size());
    }
    void rejectsTheWholeAnswer()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, where);
        const auto update = decodeFleet(bytes);
        QVERIFY(!update);
        QCOMPARE(toString(update.error().kind), u"malformed"_s);
        QVERIFY2(update.error().detail.startsWith(where), qPrintable(update.error().detail));
    }

    void rejectsWhatIsCutOffAnywhere()
    {
        const QByteArray good = fleet(stampText, tenantText);
        for (qsizetype size = 0; size < good.size(); ++size) {
            const auto update = decodeFleet(QByteArrayView(good).first(size));
            QVERIFY2(!update, qPrintable(QString::number(size)));
            QCOMPARE(toString(update.error().kind), u"malformed"_s);
        }
        VERIFY_RESULT(decodeFleet(good));
    }

    void rejectsOneObjectAlone_data()
    {
        QTest::addColumn<QByteArray>("object");
        QTest::addColumn<bool>("isTenant");
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("message");
        const auto stamp = [](const char *what, const QByteArray &object, const QString &pointer,
                              const QString &message, const QString &id = u"bad"_s) {
            QTest::addRow("stamp: %s", what)
                << object << false << id << QString(u"/stamps/1"_s + pointer) << message;
        };
        const auto tenant = [](const char *what, const QByteArray &object, const QString &pointer,
                               const QString &message, const QString &id = u"bad"_s) {
            QTest::addRow("tenant: %s", what)
                << object << true << id << QString(u"/tenants/1"_s + pointer) << message;
        };
        stamp("a number instead", "17", {}, u"expected an object"_s, {});
        stamp("no id", R"({"region":"x"})", u"/id"_s, u"expected a name"_s, {});
        stamp("an id that is a number", R"({"id":7})", u"/id"_s, u"expected a string"_s, {});
        stamp("an id with a slash", R"({"id":"a/b"})", u"/id"_s,
              u"a name with a slash or a control character"_s, {});
        stamp("a negative number", R"({"id":"bad","resources":{"cpu":{"limit":64,"used":-1}}})",
              u"/resources/cpu/used"_s, u"a negative number"_s);
        stamp("a string for a number", R"({"id":"bad","signals":{"errorRatio":"0.1"}})",
              u"/signals/errorRatio"_s, u"expected a number"_s);
        stamp("a number that is too large", R"({"id":"bad","signals":{"errorRatio":1e999}})",
              u"/signals/errorRatio"_s, u"a number that is too large"_s);
        stamp(
            "half a replica",
            R"({"id":"bad","components":[{"name":"a","desired":1,"ready":1},{"name":"b","desired":1.5,"ready":1}]})",
            u"/components/1/desired"_s, u"expected a whole number"_s);
        stamp("more replicas than fit",
              R"({"id":"bad","components":[{"name":"a","desired":1e12,"ready":1}]})",
              u"/components/0/desired"_s, u"expected a whole number"_s);
        stamp(
            "a component twice",
            R"({"id":"bad","components":[{"name":"a","desired":1,"ready":1},{"name":"a","desired":1,"ready":1}]})",
            u"/components/1/name"_s, u"a duplicate"_s);
        stamp("a member twice", R"({"id":"bad","region":"a","region":"b"})", u"/region"_s,
              u"a duplicate"_s);
        stamp("a label twice", R"({"id":"bad","labels":{"a/b":"1","a/b":"2"}})", u"/labels/a~1b"_s,
              u"a duplicate"_s);
        stamp("an unknown lifecycle", R"({"id":"bad","lifecycle":"sleeping"})", u"/lifecycle"_s,
              u"the unknown word “sleeping”"_s);
        stamp("a time that is none", R"({"id":"bad","observedAt":"yesterday"})", u"/observedAt"_s,
              u"expected a time as 2026-01-02T03:04:05Z"_s);
        stamp(
            "a cooldown that is none",
            R"({"id":"bad","components":[{"name":"a","desired":1,"ready":1,"rule":{"signal":"cpu","cooldown":"soon"}}]})",
            u"/components/0/rule/cooldown"_s, u"expected a duration as 60s"_s);
        stamp("components are an object", R"({"id":"bad","components":{}})", u"/components"_s,
              u"expected a list"_s);
        stamp("resources are a list", R"({"id":"bad","resources":[]})", u"/resources"_s,
              u"expected an object"_s);
        tenant("no owner", R"({"id":"bad"})", u"/stamp"_s, u"expected the stamp that owns it"_s);
        tenant("an unknown tier", R"({"id":"bad","stamp":"a","tier":"gold"})", u"/tier"_s,
               u"the unknown word “gold”"_s);
        tenant(
            "two placements on one stamp",
            R"({"id":"bad","stamp":"a","placements":[{"stamp":"a","state":"serving"},{"stamp":"a","state":"starting"}]})",
            u"/placements/1/stamp"_s, u"a duplicate"_s);
        tenant("pinned is a word", R"({"id":"bad","stamp":"a","constraints":{"pinned":"yes"}})",
               u"/constraints/pinned"_s, u"expected true or false"_s);
        tenant("regions hold a number",
               R"({"id":"bad","stamp":"a","constraints":{"regions":["eu",1]}})",
               u"/constraints/regions/1"_s, u"expected a string"_s);
        tenant("a negative demand", R"({"id":"bad","stamp":"a","demand":{"memory":-0.5}})",
               u"/demand/memory"_s, u"a negative number"_s);
    }
    void rejectsOneObjectAlone()
    {
        QFETCH(QByteArray, object);
        QFETCH(bool, isTenant);
        QFETCH(QString, id);
        QFETCH(QString, pointer);
        QFETCH(QString, message);
        const QByteArray stamps =
            R"({"id":"one"})" + (isTenant ? QByteArray() : ',' + object) + R"(,{"id":"two"})";
        const QByteArray tenants = R"({"id":"three","stamp":"one"})"
            + (isTenant ? ',' + object : QByteArray()) + R"(,{"id":"four","stamp":"one"})";
        const auto update = decodeFleet(fleet(stamps, tenants));
        VERIFY_RESULT(update);
        QCOMPARE(update->stamps.size(), size_t(2));
        QCOMPARE(update->tenants.size(), size_t(2));
        QCOMPARE(update->faults.size(), size_t(1));
        const ObjectFault &fault = update->faults[0];
        QCOMPARE(fault.id, id);
        QCOMPARE(fault.isTenant, isTenant);
        QCOMPARE(fault.pointer, pointer);
        QCOMPARE(fault.message, message);
    }

    void believesNeitherOfTwoWithOneId()
    {
        const auto update =
            decodeFleet(fleet(R"({"id":"a"},{"id":"b"},{"id":"a"},{"id":"a"},{"id":"c"})",
                              R"({"id":"a","stamp":"b"})"));
        VERIFY_RESULT(update);
        QCOMPARE(update->stamps.size(), size_t(2));
        QCOMPARE(update->stamps[0]->name, u"b"_s);
        QCOMPARE(update->stamps[1]->name, u"c"_s);
        QCOMPARE(update->tenants.size(), size_t(1));
        QCOMPARE(update->faults.size(), size_t(2));
        QCOMPARE(update->faults[0].id, u"a"_s);
        QCOMPARE(update->faults[0].pointer, u"/stamps/2/id"_s);
        QCOMPARE(update->faults[1].pointer, u"/stamps/3/id"_s);
    }

    void readsAcknowledgementsAndWhatIsMissing()
    {
        const auto none = decodeFleet(R"({"revision": "1", "stamps": [], "tenants": []})");
        VERIFY_RESULT(none);
        QVERIFY(!none->acknowledgements);
        const auto update = decodeFleet(
            R"({"revision": "1", "stamps": [], "tenants": [],
                "acknowledgements": [{"incident": "a~eu-1:stale", "by": "ada", "until": null, "note": "n"}, {"by": "x"}],
                "missing": [{"source": "b", "message": "no connection"}]})");
        VERIFY_RESULT(update);
        QVERIFY(update->acknowledgements);
        QCOMPARE(*update->acknowledgements,
                 QList({Acknowledgement{u"a~eu-1:stale"_s, u"ada"_s, {}, u"n"_s}}));
        // One that was wrong, and two that say that nothing is gone.
        QCOMPARE(update->faults.size(), size_t(3));
        QCOMPARE(update->faults[1].message, u"b: no connection"_s);
        QVERIFY(update->faults[1].id.isEmpty());
        QVERIFY(!update->faults[1].isTenant);
        QVERIFY(update->faults[2].isTenant);
    }

    void toleratesWhatItDoesNotKnow()
    {
        const auto update = decodeFleet(unknownText);
        VERIFY_RESULT(update);
        QVERIFY(update->faults.empty());
        QCOMPARE(update->stamps.size(), size_t(1));
        QCOMPARE(int(update->stamps[0]->health), int(Health::Unknown));
        QCOMPARE(update->tenants.size(), size_t(1));
    }

    void givesBackWhatItKnows()
    {
        const auto first = decodeFleet(fleet(stampText, tenantText));
        VERIFY_RESULT(first);
        const KnownFleet known = {
            [&](const QString &id) { return id == u"eu-1" ? first->stamps[0] : StampPtr(); },
            [&](const QString &id) { return id == u"acme" ? first->tenants[0] : TenantPtr(); }};
        const auto same = decodeFleet(fleet(stampText, tenantText), known);
        VERIFY_RESULT(same);
        QCOMPARE(same->stamps[0], first->stamps[0]);
        QCOMPARE(same->tenants[0], first->tenants[0]);
        const auto other = decodeFleet(fleet(QByteArray(stampText).replace("31.5", "31.6"),
                                             QByteArray(tenantText).replace("premium", "free")),
                                       known);
        VERIFY_RESULT(other);
        QVERIFY(other->stamps[0] != first->stamps[0]);
        QCOMPARE(other->stamps[0]->resources.cpu.used, std::optional(31.6));
        QVERIFY(other->tenants[0] != first->tenants[0]);
        // What is the same in it is still shared.
        QCOMPARE(other->tenants[0]->name.constData(), first->tenants[0]->name.constData());
    }

    void sharesStrings()
    {
        const auto update =
            decodeFleet(fleet(R"({"id":"a","region":"eu-west"},{"id":"b","region":"eu-west"})",
                              R"({"id":"t","stamp":"a","constraints":{"regions":["eu-*","us-*"]}},
                     {"id":"u","stamp":"a","constraints":{"regions":["eu-*","us-*"]}})"));
        VERIFY_RESULT(update);
        QCOMPARE(update->stamps[0]->region.constData(), update->stamps[1]->region.constData());
        QCOMPARE(update->tenants[0]->stamp.constData(), update->tenants[1]->stamp.constData());
        QCOMPARE(update->tenants[0]->constraints.regions.constData(),
                 update->tenants[1]->constraints.regions.constData());
    }

    void boundsWhatItTakes()
    {
        DecodeLimits limits;
        limits.element = 100'000;
        limits.memory = 1 << 20;
        const auto huge = decodeFleet(
            fleet("{\"id\":\"a\",\"labels\":{\"x\":\"" + QByteArray(400'000, 'x') + "\"}}", {}), {},
            limits);
        QVERIFY(!huge);
        QCOMPARE(toString(huge.error().kind), u"malformed"_s);
        QVERIFY(huge.error().message.contains(u"one object of over"_s));

        QByteArray many;
        for (int i = 0; i < 20'000; ++i)
            many +=
                (i ? ",{\"id\":\"" : "{\"id\":\"") + QByteArray::number(i) + "\",\"stamp\":\"a\"}";
        const auto crowd = decodeFleet(fleet({}, many), {}, limits);
        QVERIFY(!crowd);
        QVERIFY(crowd.error().message.contains(u"takes over 1 MiB"_s));
        VERIFY_RESULT(decodeFleet(fleet({}, many)));
        // Faults are counted too.
        const auto wrong =
            decodeFleet(fleet({}, QByteArray(many).replace("stamp", "stomp")), {}, limits);
        QVERIFY(!wrong);
    }

    void staysCalmWhenNested()
    {
        const QByteArray deep = QByteArray(100'000, '[');
        QVERIFY(!decodeFleet(deep));
        QVERIFY(!decodeFleet(QByteArray(R"({"x":)" + deep + "}")));
        QVERIFY(!decodeFleet(QByteArray(R"({"x":)" + deep + QByteArray(100'000, ']') + "}")));
        const auto inside =
            decodeFleet(fleet(R"({"id":"a","x":)" + deep + QByteArray(100'000, ']') + "}", {}));
        VERIFY_RESULT(inside);
        QCOMPARE(inside->stamps.size(), size_t(1));
    }

    void decodesOneObject()
    {
        const auto stamp = decodeStamp(stampText);
        VERIFY_RESULT(stamp);
        QCOMPARE((*stamp)->name, u"eu-1"_s);
        VERIFY_RESULT(decodeTenant(tenantText));
        const auto operation =
            decodeOperation(R"( {"id":"o","state":"rolling-back","progress":7} )");
        VERIFY_RESULT(operation);
        QCOMPARE(int((*operation)->state), int(OperationState::RollingBack));
        QCOMPARE((*operation)->progress, 1.0);
        QVERIFY(!decodeOperation("{}"));
        QVERIFY(!decodeOperation(""));
        QVERIFY(!decodeOperation("[]"));
        QVERIFY(!decodeOperation(R"({"id":"o","state":"running"} x)"));
        QVERIFY(!decodeOperation(R"({"id":"o","state":"running")"));
        const auto wrong = decodeOperation(R"({"id":"o","state":"running","progress":-1})");
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().detail, u"/progress"_s);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestRestDecoder)
#include "tst_restdecoder.moc"

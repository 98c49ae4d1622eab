// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/stampd/stampdprogram.h"
#include "tests/support/testmain.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QSet>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QNetworkReply>
#include <QtNetwork/QTcpSocket>

#include <csignal>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

namespace {

using Answer = Testing::HttpAnswer;
using Testing::Headers;
using Program = Testing::Stampd;

const QStringList small{u"--stamps"_s, u"6"_s, u"--tenants-per-stamp"_s, u"3"_s, u"--time-scale"_s,
                        u"20"_s};

} // namespace

class TestStampd : public QObject
{
    Q_OBJECT
private:
    /// A tenant and a stamp that its plan allows it on, of another region or the same.
    struct Way
    {
        QJsonObject tenant;
        QString to;
    };
    static Way someWay(Program &stampd)
    {
        const QJsonObject fleet = stampd.get(u"/v1/fleet"_s).json();
        for (const QJsonValue &value : fleet[u"tenants"_s].toArray()) {
            const QJsonObject tenant = value.toObject();
            for (const QJsonValue &stamp : fleet[u"stamps"_s].toArray()) {
                const QString to = stamp[u"id"_s].toString();
                if (to == tenant[u"stamp"_s].toString())
                    continue;
                const Answer plan = stampd.post(u"/v1/tenants/%1:move?dryRun=true"_s.arg(
                                                        tenant[u"id"_s].toString()),
                                                {{"If-Match", "*"}},
                                                "{\"to\": \"" + to.toUtf8() + "\"}");
                if (plan.status == 200 && plan.json()[u"refusals"_s].toArray().isEmpty())
                    return {tenant, to};
            }
        }
        return {};
    }
    static QByteArray tag(const QJsonObject &object)
    {
        return '"' + object[u"revision"_s].toString().toUtf8().toPercentEncoding("+:") + '"';
    }

private Q_SLOTS:
    void init() { Testing::strict(); }

    void whatNeedsNoTokenIsThere()
    {
        Program stampd;
        QTemporaryDir folder;
        QFile tokens(folder.filePath(u"tokens"_s));
        QVERIFY(tokens.open(QIODevice::WriteOnly));
        tokens.write("t ada operator\n");
        tokens.close();
        QVERIFY(stampd.start(small + QStringList{u"--token-file"_s, tokens.fileName()}));
        QVERIFY(stampd.url.startsWith(u"http://127.0.0.1:"_s));
        QCOMPARE(stampd.get(u"/healthz"_s).status, 200);
        QCOMPARE(stampd.get(u"/readyz"_s).status, 200);
        const Answer metrics = stampd.get(u"/metrics"_s);
        QCOMPARE(metrics.status, 200);
        QVERIFY(metrics.body.contains("\nstampd_tenants 18\n"));
        QVERIFY(metrics.body.contains("stampd_http_requests_total{method=\"GET\",route=\"/healthz\","
                                      "status=\"200\"} 1\n"));
        // And of each stamp, by the name that the API has for it.
        QCOMPARE(metrics.body.count("\nstampd_stamp_health{stamp=\""), 6);
        QCOMPARE(metrics.body.count("\nstampd_stamp_cpu_limit_cores{stamp=\""), 6);
        const QJsonObject document = stampd.get(u"/openapi.json"_s).json();
        QCOMPARE(document[u"openapi"_s].toString(), u"3.1.0"_s);
        // Every path of the document is there: no token, so 401 and not 404.
        const QJsonObject paths = document[u"paths"_s].toObject();
        QVERIFY(paths.size() > 20);
        for (auto path = paths.begin(); path != paths.end(); ++path) {
            for (const QString &method : path.value().toObject().keys()) {
                QString real = path.key();
                real.replace(u"{id}"_s, u"x"_s);
                const int status
                        = Program::answerOf(stampd.send(method.toUpper().toLatin1(), real)).status;
                QCOMPARE(status, real.startsWith(u"/v1/"_s) ? 401 : 200);
            }
        }
    }

    void checksComeInTheirOrder()
    {
        Program stampd;
        QTemporaryDir folder;
        QFile tokens(folder.filePath(u"tokens"_s));
        QVERIFY(tokens.open(QIODevice::WriteOnly));
        tokens.write("o ada operator\nv bob viewer\n");
        tokens.close();
        QVERIFY(stampd.start(small + QStringList{u"--token-file"_s, tokens.fileName()}));
        QCOMPARE(stampd.get(u"/v1/nothing"_s).code(), u"unauthenticated"_s);
        QVERIFY(stampd.get(u"/v1/fleet"_s).headers.contains("www-authenticate"));
        stampd.token = "v";
        QCOMPARE(stampd.get(u"/v1/fleet"_s).status, 200);
        QCOMPARE(stampd.post(u"/v1/nothing"_s).code(), u"denied"_s);
        stampd.token = "o";
        const QString id = stampd.get(u"/v1/stamps"_s)
                                   .json()[u"stamps"_s]
                                   .toArray()[0][u"id"_s]
                                   .toString();
        const QString scale = u"/v1/stamps/%1:scale"_s.arg(id);
        QCOMPARE(stampd.get(u"/v1/nothing"_s).code(), u"not-found"_s);
        const Answer method = stampd.get(scale);
        QCOMPARE(method.status, 405);
        QCOMPARE(method.headers.value("allow"), QByteArray("POST"));
        QCOMPARE(stampd.post(u"/v1/stamps/nowhere:scale"_s, {{"Content-Type", "text/plain"}}).status,
                 404);
        QCOMPARE(stampd.post(scale, {}, QByteArray((1 << 20) + 1, ' ')).code(), u"too-large"_s);
        QCOMPARE(stampd.post(scale, {{"Content-Type", "text/plain"}}, "x").code(),
                 u"unsupported-media-type"_s);
        QCOMPARE(stampd.post(scale, {}, "x").status, 400);
        QCOMPARE(stampd.post(scale + u"?x=1"_s).status, 400);
        QCOMPARE(stampd.post(scale, {}, "{\"components\": {\"nothing\": 1}}").status, 422);
        QCOMPARE(stampd.post(scale, {{"If-Match", "17"}}, "{\"resources\": {\"cpu\": 1}}").status,
                 400);
        QCOMPARE(stampd.post(scale, {}, "{\"resources\": {\"cpu\": 1}}").code(),
                 u"precondition-required"_s);
        const Answer changed
                = stampd.post(scale, {{"If-Match", "\"?\""}}, "{\"resources\": {\"cpu\": 1}}");
        QCOMPARE(changed.status, 412);
        QCOMPARE(changed.json()[u"current"_s][u"id"_s].toString(), id);
        const Answer refused
                = stampd.post(scale, {{"If-Match", "*"}}, "{\"resources\": {\"memory\": 1}}");
        QCOMPARE(refused.status, 409);
        QCOMPARE(refused.code(), u"refused"_s);
        QCOMPARE(refused.json()[u"refusals"_s].toArray()[0][u"code"_s].toString(), u"capacity"_s);
        QCOMPARE(stampd.post(u"/v1/stamps/%1:cordon"_s.arg(id),
                             {{"If-Match", "*"}, {"Origin", "https://elsewhere.example"}})
                         .status,
                 403);
    }

    void theFleetIsOneCut()
    {
        Program stampd;
        QVERIFY(stampd.start(small));
        const Answer whole = stampd.get(u"/v1/fleet"_s);
        QCOMPARE(whole.status, 200);
        const QJsonObject fleet = whole.json();
        QCOMPARE(fleet[u"complete"_s].toBool(), true);
        QCOMPARE(whole.headers.value("etag"),
                 QByteArray('"' + fleet[u"revision"_s].toString().toUtf8() + '"'));
        QMap<QString, QString> owners;
        for (const QJsonValue &tenant : fleet[u"tenants"_s].toArray())
            owners.insert(tenant[u"id"_s].toString(), tenant[u"stamp"_s].toString());
        QCOMPARE(owners.size(), 18);
        int listed = 0;
        for (const QJsonValue &stamp : fleet[u"stamps"_s].toArray()) {
            for (const QJsonValue &tenant : stamp[u"tenants"_s].toArray()) {
                QCOMPARE(owners.value(tenant.toString()), stamp[u"id"_s].toString());
                ++listed;
            }
            QVERIFY(!stamp.toObject().contains(u"stale"_s));
        }
        QCOMPARE(listed, 18);
        // A client that has it is told so, until something changes.
        Answer same = stampd.get(u"/v1/fleet"_s, {{"If-None-Match", whole.headers.value("etag")}});
        QVERIFY(same.status == 304 || same.headers.value("etag") != whole.headers.value("etag"));
        const Answer foreign = stampd.get(u"/v1/fleet?since=other.1"_s);
        QCOMPARE(foreign.json()[u"complete"_s].toBool(), true);
        // What changed since, and nothing else.
        const QString id = fleet[u"stamps"_s].toArray()[0][u"id"_s].toString();
        const Answer write
                = stampd.post(u"/v1/stamps/%1:cordon"_s.arg(id), {{"If-Match", "*"}});
        QCOMPARE(write.status, 202);
        QCOMPARE(stampd.finished(write.headers.value("location"))[u"state"_s].toString(),
                 u"succeeded"_s);
        const QJsonObject delta
                = stampd.get(u"/v1/fleet?since="_s + fleet[u"revision"_s].toString()).json();
        QCOMPARE(delta[u"complete"_s].toBool(), false);
        QCOMPARE(delta[u"since"_s], fleet[u"revision"_s]);
        bool isThere = false;
        for (const QJsonValue &stamp : delta[u"stamps"_s].toArray())
            isThere |= stamp[u"id"_s].toString() == id
                    && stamp[u"lifecycle"_s].toString() == u"cordoned"_s;
        QVERIFY(isThere);
        QCOMPARE(delta[u"gone"_s][u"stamps"_s].toArray().size(), 0);
    }

    void eventsFollowAndResume()
    {
        Program stampd;
        QVERIFY(stampd.start(small));
        const auto follow = [&](const QByteArray &last) {
            return std::unique_ptr<QNetworkReply>(stampd.send(
                    "GET", u"/v1/fleet/events"_s,
                    last.isEmpty() ? Headers() : Headers{{"Last-Event-ID", last}}));
        };
        const auto next = [](QNetworkReply &reply, QByteArray &rest, QByteArray *id) {
            if (!QTest::qWaitFor(
                        [&] {
                            rest += reply.readAll();
                            return rest.contains("\n\n");
                        },
                        30'000))
                return QJsonObject();
            const qsizetype end = rest.indexOf("\n\n");
            const QByteArray event = rest.left(end);
            rest.remove(0, end + 2);
            for (const QByteArray &line : event.split('\n')) {
                if (line.startsWith("id: "))
                    *id = line.mid(4);
            }
            return QJsonDocument::fromJson(event.mid(event.indexOf("data: ") + 6)).object();
        };
        QByteArray rest, id;
        auto reply = follow({});
        QJsonObject event = next(*reply, rest, &id);
        QCOMPARE(event[u"complete"_s].toBool(), true);
        QCOMPARE(event[u"stamps"_s].toArray().size(), 6);
        QCOMPARE(event[u"revision"_s].toString().toUtf8(), id);
        const QString stamp = event[u"stamps"_s].toArray()[0][u"id"_s].toString();
        reply.reset();

        const Answer write = stampd.post(u"/v1/stamps/%1:cordon"_s.arg(stamp), {{"If-Match", "*"}});
        QCOMPARE(write.status, 202);
        const QString operation = write.json()[u"id"_s].toString();
        reply = follow(id);
        rest.clear();
        bool sawOperation = false, sawCordon = false;
        for (int i = 0; i < 200 && !(sawOperation && sawCordon); ++i) {
            const QByteArray before = id;
            event = next(*reply, rest, &id);
            QCOMPARE(event[u"complete"_s].toBool(true), false);
            QCOMPARE(event[u"since"_s].toString().toUtf8(), before);
            for (const QJsonValue &each : event[u"operations"_s].toArray())
                sawOperation |= each[u"id"_s].toString() == operation;
            for (const QJsonValue &each : event[u"stamps"_s].toArray())
                sawCordon |= each[u"id"_s].toString() == stamp
                        && each[u"lifecycle"_s].toString() == u"cordoned"_s;
        }
        QVERIFY(sawOperation);
        QVERIFY(sawCordon);
    }

    void pagesShowEverythingOnce_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("count");
        QTest::newRow("stamps") << u"stamps"_s << 6;
        QTest::newRow("tenants") << u"tenants"_s << 18;
    }
    void pagesShowEverythingOnce()
    {
        QFETCH(QString, name);
        QFETCH(int, count);
        Program stampd;
        QVERIFY(stampd.start(small));
        QSet<QString> seen;
        QString token;
        int pages = 0;
        do {
            const Answer page = stampd.get(
                    u"/v1/%1?pageSize=4&pageToken=%2"_s.arg(name, token));
            QCOMPARE(page.status, 200);
            const QJsonArray objects = page.json()[name].toArray();
            QVERIFY(objects.size() <= 4);
            for (const QJsonValue &object : objects) {
                QVERIFY(!seen.contains(object[u"id"_s].toString()));
                seen.insert(object[u"id"_s].toString());
            }
            token = page.json()[u"nextPageToken"_s].toString();
            QVERIFY(++pages < 20);
        } while (!token.isEmpty());
        QCOMPARE(seen.size(), count);
        for (const char *wrong : {"pageSize=0", "pageSize=1001", "pageSize=x", "pageSize=",
                                  "pageSize=1&pageSize=2"})
            QCOMPARE(stampd.get(u"/v1/%1?"_s.arg(name) + QString::fromLatin1(wrong)).status, 400);
        QCOMPARE(stampd.get(u"/v1/%1?pageToken=nobodys"_s.arg(name)).status, 422);
    }

    void ofWritersThatSawTheSameOneWins()
    {
        Program stampd;
        QVERIFY(stampd.start(small));
        const QString id
                = stampd.get(u"/v1/stamps"_s).json()[u"stamps"_s].toArray()[0][u"id"_s].toString();
        const Answer seen = stampd.get(u"/v1/stamps/"_s + id);
        std::vector<QNetworkReply *> replies;
        for (int i = 0; i < 6; ++i) {
            replies.push_back(stampd.send("POST", u"/v1/stamps/%1:cordon"_s.arg(id),
                                          {{"If-Match", seen.headers.value("etag")}}, "{}"));
        }
        int won = 0, lost = 0;
        for (QNetworkReply *reply : replies) {
            const Answer answer = Program::answerOf(reply);
            won += answer.status == 202;
            lost += answer.status == 412;
            if (answer.status == 412) {
                QCOMPARE(answer.code(), u"revision-changed"_s);
                QVERIFY(answer.json()[u"current"_s][u"revision"_s]
                        != seen.json()[u"revision"_s]);
            }
        }
        QCOMPARE(won, 1);
        QCOMPARE(lost, 5);
    }

    void aMoveServesAllTheTimeAndComesBack()
    {
        Program stampd;
        QVERIFY(stampd.start(small));
        const Way way = someWay(stampd);
        QVERIFY(!way.to.isEmpty());
        const QString path = u"/v1/tenants/"_s + way.tenant[u"id"_s].toString();
        const QString from = way.tenant[u"stamp"_s].toString();
        const Answer write
                = stampd.post(path + u":move"_s,
                              {{"If-Match", tag(way.tenant)},
                               {"Stampdeck-Reason", "it%20is%20hot%20%F0%9F%94%A5"}},
                              "{\"to\": \"" + way.to.toUtf8() + "\"}");
        QVERIFY2(write.status == 202, write.body.constData());
        QCOMPARE(write.json()[u"reason"_s].toString(), u"it is hot 🔥"_s);
        QCOMPARE(write.headers.value("location"),
                 QByteArray("/v1/operations/" + write.json()[u"id"_s].toString().toUtf8()));
        bool two = false;
        QJsonObject tenant;
        const auto isThere = [&] {
            tenant = stampd.get(path).json();
            const QJsonArray placements = tenant[u"placements"_s].toArray();
            two |= placements.size() == 2;
            const bool serving = std::any_of(placements.begin(), placements.end(),
                                             [](const QJsonValue &placement) {
                                                 return placement[u"state"_s].toString()
                                                         != u"starting"_s;
                                             });
            if (!serving)
                qWarning("served by none");
            return placements.size() == 1 && tenant[u"stamp"_s].toString() == way.to;
        };
        QVERIFY(QTest::qWaitFor(isThere, 60'000));
        QVERIFY(two);
        QCOMPARE(stampd.finished(write.headers.value("location"))[u"state"_s].toString(),
                 u"succeeded"_s);

        const Answer undo
                = stampd.post(QString::fromLatin1(write.headers.value("location")) + u":undo"_s);
        QVERIFY2(undo.status == 202, undo.body.constData());
        QCOMPARE(stampd.finished(undo.headers.value("location"))[u"state"_s].toString(),
                 u"succeeded"_s);
        QTRY_COMPARE(stampd.get(path).json()[u"stamp"_s].toString(), from);
        const QJsonArray audit = stampd.get(u"/v1/audit"_s).json()[u"audit"_s].toArray();
        QVERIFY(audit.size() >= 2);
        QCOMPARE(audit[1][u"previous"_s], audit[0][u"hash"_s]);
    }

    void aDryRunChangesNothing()
    {
        Program stampd;
        QVERIFY(stampd.start(small));
        const Way way = someWay(stampd);
        const Answer plan = stampd.post(
                u"/v1/tenants/%1:move?dryRun=true"_s.arg(way.tenant[u"id"_s].toString()),
                {{"If-Match", tag(way.tenant)}, {"Idempotency-Key", "k"}},
                "{\"to\": \"" + way.to.toUtf8() + "\"}");
        QCOMPARE(plan.status, 200);
        QCOMPARE(plan.json()[u"moves"_s].toArray()[0][u"to"_s].toString(), way.to);
        QCOMPARE(plan.json()[u"loads"_s].toArray().size(), 2);
        QCOMPARE(stampd.get(u"/v1/operations"_s).json()[u"operations"_s].toArray().size(), 0);
        QCOMPARE(stampd.get(u"/v1/tenants/"_s + way.tenant[u"id"_s].toString())
                         .json()[u"revision"_s],
                 way.tenant[u"revision"_s]);
    }

    void aKeyActsOnceOverRestarts()
    {
        QTemporaryDir state;
        const QStringList options = small + QStringList{u"--state"_s, state.path()};
        auto stampd = std::make_unique<Program>();
        QVERIFY(stampd->start(options));
        const QJsonObject fleet = stampd->get(u"/v1/fleet"_s).json();
        const QString id = fleet[u"stamps"_s].toArray()[0][u"id"_s].toString();
        const QString cordon = u"/v1/stamps/%1:cordon"_s.arg(id);
        const Headers headers{{"If-Match", tag(fleet[u"stamps"_s].toArray()[0].toObject())},
                              {"Idempotency-Key", "once"}};
        // Twice at the same time, and once more.
        QNetworkReply *first = stampd->send("POST", cordon, headers, "{}");
        QNetworkReply *second = stampd->send("POST", cordon, headers, "{ }");
        const Answer one = Program::answerOf(first);
        const Answer two = Program::answerOf(second);
        QVERIFY2(one.status == 202, one.body.constData());
        QCOMPARE(two.status, 202);
        const QJsonValue operation = one.json()[u"id"_s];
        QCOMPARE(two.json()[u"id"_s], operation);
        QCOMPARE(stampd->finished(one.headers.value("location"))[u"state"_s].toString(),
                 u"succeeded"_s);
        QCOMPARE(stampd->end(SIGKILL), -1);

        stampd = std::make_unique<Program>();
        QVERIFY(stampd->start(options));
        const Answer again = stampd->post(cordon, headers);
        QVERIFY2(again.status == 202, again.body.constData());
        QCOMPARE(again.json()[u"id"_s], operation);
        QCOMPARE(again.json()[u"state"_s].toString(), u"succeeded"_s);
        const QString scale = u"/v1/stamps/%1:scale"_s.arg(id);
        // The same key elsewhere is another key; with another body it is a mistake.
        const Headers scaling{{"If-Match", "*"}, {"Idempotency-Key", "once"}};
        QCOMPARE(stampd->post(scale, scaling, "{\"resources\": {\"cpu\": 900}}").status, 202);
        QCOMPARE(stampd->post(scale, scaling, "{\"resources\": {\"cpu\": 901}}").status, 422);
        // Errors are not kept.
        const Headers wrong{{"If-Match", "\"?\""}, {"Idempotency-Key", "wrong"}};
        QCOMPARE(stampd->post(u"/v1/stamps/%1:uncordon"_s.arg(id), wrong).status, 412);
        QCOMPARE(stampd->post(u"/v1/stamps/%1:uncordon"_s.arg(id),
                              {{"If-Match", "*"}, {"Idempotency-Key", "bad key"}})
                         .status,
                 400);
    }

    void aStampIsDrainedByTheServer()
    {
        Program stampd;
        QVERIFY(stampd.start({u"--source"_s, u"edge:simulator=6,tenantsPerStamp=3,calm=true,"
                                            "failureRate=0,startSeconds=1,timeScale=200"_s}));
        QJsonObject stamp;
        QByteArray body = R"({"parallel": 4, "deadline": "1h"})";
        const auto path = [&stamp] {
            return u"/v1/stamps/%1:drain"_s.arg(stamp[u"id"_s].toString());
        };
        QJsonObject plan;
        for (const QJsonValue &each : stampd.get(u"/v1/stamps"_s).json()[u"stamps"_s].toArray()) {
            stamp = each.toObject();
            const Answer dry = stampd.post(path() + u"?dryRun=true"_s, {{"If-Match", "*"}}, body);
            QCOMPARE(dry.status, 200);
            plan = dry.json();
            if (plan[u"refusals"_s].toArray().isEmpty() && !plan[u"moves"_s].toArray().isEmpty())
                break;
            plan = {};
        }
        QVERIFY(!plan.isEmpty());
        QCOMPARE(plan[u"kind"_s].toString(), u"drain"_s);
        const QString id = stamp[u"id"_s].toString();
        QCOMPARE(stampd.post(path(), {}, body).status, 428);
        QCOMPARE(stampd.post(path(), {{"If-Match", "\"other\""}}, body).status, 412);
        QCOMPARE(stampd.post(path(), {{"If-Match", "*"}}, R"({"to": ["nowhere"]})").status, 422);
        QCOMPARE(stampd.post(path(), {{"If-Match", "*"}}, "{\"to\": [\"" + id.toUtf8() + "\"]}").status,
                 422);
        QCOMPARE(stampd.post(path(), {{"If-Match", "*"}}, R"({"parallel": 0})").status, 400);
        QCOMPARE(stampd.post(u"/v1/stamps/nowhere:drain"_s, {{"If-Match", "*"}}).status, 404);

        const Headers headers{{"If-Match", tag(stamp)}, {"Idempotency-Key", "drain-1"}};
        const Answer write = stampd.post(path(), headers, body);
        QCOMPARE(write.status, 202);
        QCOMPARE(write.json()[u"kind"_s].toString(), u"drain"_s);
        const Answer again = stampd.post(path(), headers, body);
        QCOMPARE(again.status, 202);
        QCOMPARE(again.json()[u"id"_s], write.json()[u"id"_s]);
        QCOMPARE(stampd.post(path(), headers, "{}").status, 422);
        const QJsonObject ended = stampd.carriedThrough(write.headers.value("location"));
        QVERIFY2(ended[u"state"_s].toString() == u"succeeded"_s,
                 qPrintable(ended[u"error"_s].toString()));
        QTRY_COMPARE(stampd.get(u"/v1/stamps/"_s + id).json()[u"lifecycle"_s].toString(),
                     u"drained"_s);
        for (const QJsonValue &move : plan[u"moves"_s].toArray()) {
            const QString tenant = move.toObject()[u"tenant"_s].toString();
            const QJsonObject is = stampd.get(u"/v1/tenants/"_s + tenant).json();
            QVERIFY(is[u"stamp"_s].toString() != id);
            QCOMPARE(is[u"placements"_s].toArray().size(), 1);
        }
        const Answer undo = stampd.post(QString::fromLatin1(write.headers.value("location")) + u":undo"_s);
        QCOMPARE(undo.status, 202);
        QCOMPARE(stampd.carriedThrough(undo.headers.value("location"))[u"state"_s].toString(),
                 u"succeeded"_s);
        QTRY_COMPARE(stampd.get(u"/v1/stamps/"_s + id).json()[u"lifecycle"_s].toString(),
                     u"active"_s);
    }

    void aRegionIsEvacuatedByTheServer()
    {
        Program stampd;
        QVERIFY(stampd.start({u"--source"_s, u"edge:simulator=12,tenantsPerStamp=3,calm=true,"
                                            "failureRate=0,startSeconds=1,timeScale=200"_s}));
        QSet<QString> regions;
        for (const QJsonValue &each : stampd.get(u"/v1/stamps"_s).json()[u"stamps"_s].toArray())
            regions.insert(each[u"region"_s].toString());
        const auto path = [](const QString &region) {
            return u"/v1/regions/%1:evacuate"_s.arg(region);
        };
        const QByteArray body = R"({"parallel": 4, "partial": true, "maxLoad": 0.9})";
        QJsonObject plan;
        for (const QString &region : std::as_const(regions)) {
            // No If-Match: a region has no revision; one that is sent along is nobody's.
            const Answer dry
                = stampd.post(path(region) + u"?dryRun=true"_s, {{"If-Match", "\"x\""}}, body);
            QCOMPARE(dry.status, 200);
            if (plan.isEmpty() && dry.json()[u"refusals"_s].toArray().isEmpty()
                && dry.json()[u"moves"_s].toArray().size() > 2)
                plan = dry.json();
        }
        QVERIFY(!plan.isEmpty());
        QCOMPARE(plan[u"kind"_s].toString(), u"evacuate"_s);
        QVERIFY(plan.contains(u"duration"_s) && plan[u"duration"_s].isNull()); // nothing is measured yet
        const QString region = plan[u"target"_s].toString();
        QCOMPARE(stampd.post(path(u"nowhere"_s)).status, 404);
        QCOMPARE(stampd.get(path(region)).status, 405);
        QCOMPARE(stampd.post(path(region), {}, R"({"to": ["nowhere"]})").status, 422);
        const QString within = plan[u"moves"_s][0][u"from"_s].toString();
        QCOMPARE(stampd.post(path(region), {}, "{\"to\": [\"" + within.toUtf8() + "\"]}").status,
                 422);
        QCOMPARE(stampd.post(path(region), {}, R"({"maxLoad": 2})").status, 400);
        const Headers headers{{"Idempotency-Key", "evacuate-1"}};
        const Answer write = stampd.post(path(region), headers, body);
        QCOMPARE(write.status, 202);
        QCOMPARE(stampd.post(path(region), headers, body).json()[u"id"_s], write.json()[u"id"_s]);
        const QJsonObject ended = stampd.carriedThrough(write.headers.value("location"));
        QVERIFY2(ended[u"state"_s].toString() == u"succeeded"_s,
                 qPrintable(ended[u"error"_s].toString()));
        for (const QJsonValue &move : plan[u"moves"_s].toArray()) {
            const QJsonObject is
                = stampd.get(u"/v1/tenants/"_s + move[u"tenant"_s].toString()).json();
            const QString at = is[u"stamp"_s].toString();
            QVERIFY(stampd.get(u"/v1/stamps/"_s + at).json()[u"region"_s].toString() != region);
            QCOMPARE(is[u"placements"_s].toArray().size(), 1);
        }
        const Answer undo = stampd.post(QString::fromLatin1(write.headers.value("location")) + u":undo"_s);
        QCOMPARE(undo.status, 202);
        QCOMPARE(stampd.carriedThrough(undo.headers.value("location"))[u"state"_s].toString(),
                 u"succeeded"_s);
        QTRY_COMPARE(stampd.get(u"/v1/stamps/"_s + within).json()[u"lifecycle"_s].toString(),
                     u"active"_s);
        // By now moves were measured.
        const QJsonObject known
            = stampd.post(path(region) + u"?dryRun=true"_s, {}, body).json();
        QVERIFY(known[u"duration"_s].isString());
        QVERIFY(known[u"movesMeasured"_s].toInt() > 2);
    }

    void stateSurvivesAKillAndAnEnd()
    {
        QTemporaryDir state;
        const QStringList options = small + QStringList{u"--state"_s, state.path()};
        auto stampd = std::make_unique<Program>();
        QVERIFY(stampd->start(options));
        const QJsonObject before = stampd->get(u"/v1/fleet"_s).json();
        const QString id = before[u"stamps"_s].toArray()[0][u"id"_s].toString();
        const Answer write
                = stampd->post(u"/v1/stamps/%1:cordon"_s.arg(id), {{"If-Match", "*"}});
        QCOMPARE(stampd->finished(write.headers.value("location"))[u"state"_s].toString(),
                 u"succeeded"_s);
        QCOMPARE(stampd->end(SIGTERM), 0);

        stampd = std::make_unique<Program>();
        QVERIFY(stampd->start(options));
        const QJsonObject after
                = stampd->get(u"/v1/fleet?since="_s + before[u"revision"_s].toString()).json();
        QCOMPARE(after[u"complete"_s].toBool(), true); // another epoch
        QCOMPARE(after[u"fleetId"_s], before[u"fleetId"_s]);
        QCOMPARE(stampd->get(u"/v1/stamps/"_s + id).json()[u"lifecycle"_s].toString(),
                 u"cordoned"_s);
        QCOMPARE(stampd->get(QString::fromLatin1(write.headers.value("location"))).status, 200);
        const auto auditSize = [&] {
            return stampd->get(u"/v1/audit"_s).json()[u"audit"_s].toArray().size();
        };
        const qsizetype audited = auditSize();
        QVERIFY(audited >= 1);

        Program second;
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"stampd said"_s));
        QVERIFY(!second.start(options)); // the state has one owner
        QCOMPARE(stampd->end(SIGKILL), -1);
        stampd = std::make_unique<Program>();
        QVERIFY(stampd->start(options));
        QVERIFY(auditSize() >= audited);
    }

    void aMoveThatAKillCutOffGoesOn()
    {
        QTemporaryDir state;
        // Slow enough to be killed in the middle.
        const QStringList options{u"--stamps"_s, u"6"_s, u"--tenants-per-stamp"_s, u"3"_s,
                                  u"--time-scale"_s, u"1"_s, u"--state"_s, state.path()};
        auto stampd = std::make_unique<Program>();
        QVERIFY(stampd->start(options));
        const Way way = someWay(*stampd);
        const QString path = u"/v1/tenants/"_s + way.tenant[u"id"_s].toString();
        const Headers headers{{"If-Match", tag(way.tenant)}, {"Idempotency-Key", "m"}};
        const QByteArray body = "{\"to\": \"" + way.to.toUtf8() + "\"}";
        const Answer write = stampd->post(path + u":move"_s, headers, body);
        QVERIFY2(write.status == 202, write.body.constData());
        QTRY_COMPARE_WITH_TIMEOUT(stampd->get(path).json()[u"placements"_s].toArray().size(), 2,
                                  20'000);
        QCOMPARE(stampd->end(SIGKILL), -1);

        stampd = std::make_unique<Program>();
        QVERIFY(stampd->start(options));
        const Answer again = stampd->post(path + u":move"_s, headers, body);
        QVERIFY2(again.status == 202, again.body.constData());
        QCOMPARE(again.json()[u"id"_s], write.json()[u"id"_s]);
        QCOMPARE(again.json()[u"state"_s].toString(), u"paused"_s);
        const QString operation = QString::fromLatin1(write.headers.value("location"));
        QCOMPARE(stampd->post(operation + u":resume"_s).status, 202);
        const auto isOver = [&] {
            return stampd->get(operation).json()[u"state"_s].toString() == u"succeeded"_s;
        };
        QVERIFY(QTest::qWaitFor(isOver, 60'000));
        QCOMPARE(stampd->get(path).json()[u"stamp"_s].toString(), way.to);
        QCOMPARE(stampd->get(path).json()[u"placements"_s].toArray().size(), 1);
    }

    void aKeyActsOnceWhereverAKillComes()
    {
#ifndef STAMPDECK_CRASH_POINTS
        QSKIP("this build has no crash points");
#endif
        const Headers headers{{"If-Match", "*"}, {"Idempotency-Key", "k"}};
        int crashes = 0;
        for (int number = 1;; ++number) {
            QVERIFY(number < 100);
            QTemporaryDir state;
            const QStringList options = small + QStringList{u"--state"_s, state.path()};
            auto stampd = std::make_unique<Program>();
            stampd->crashAt(number);
            bool survived = false;
            QString cordon = u"/v1/stamps/eu-west-01:cordon"_s;
            if (stampd->start(options)) {
                const Answer write = stampd->post(cordon, headers);
                if (write.status == 202)
                    survived = !stampd->finished(write.headers.value("location")).isEmpty();
                survived = survived && stampd->isRunning();
            }
            crashes += !survived;
            stampd = std::make_unique<Program>();
            QVERIFY(stampd->start(options));
            const Answer again = stampd->post(cordon, headers);
            QVERIFY2(again.status == 202, again.body.constData());
            const QString location = QString::fromLatin1(again.headers.value("location"));
            QJsonObject operation = stampd->finished(location.toLatin1());
            if (operation[u"state"_s].toString() == u"paused"_s) {
                QCOMPARE(stampd->post(location + u":resume"_s).status, 202);
                QTRY_COMPARE(stampd->get(location).json()[u"state"_s].toString(), u"succeeded"_s);
            } else {
                QCOMPARE(operation[u"state"_s].toString(), u"succeeded"_s);
            }
            QCOMPARE(stampd->get(u"/v1/operations"_s).json()[u"operations"_s].toArray().size(), 1);
            QCOMPARE(stampd->get(u"/v1/stamps/eu-west-01"_s).json()[u"lifecycle"_s].toString(),
                     u"cordoned"_s);
            if (survived)
                break;
        }
        QVERIFY(crashes >= 6);
    }

    void aStampIsMadeAndDeleted()
    {
        Program stampd;
        QVERIFY(stampd.start(small));
        // What there is to make one of, a page at a time.
        const Answer first = stampd.get(u"/v1/templates?pageSize=2"_s);
        QCOMPARE(first.status, 200);
        QCOMPARE(first.json()[u"templates"_s].toArray().size(), 2);
        QCOMPARE(first.json()[u"templates"_s][0][u"name"_s].toString(), u"small"_s);
        const QString token = first.json()[u"nextPageToken"_s].toString();
        const Answer rest = stampd.get(u"/v1/templates?pageToken="_s + token);
        QCOMPARE(rest.json()[u"templates"_s].toArray().size(), 1);
        QVERIFY(rest.json()[u"nextPageToken"_s].isNull());
        QCOMPARE(stampd.get(u"/v1/templates?pageToken=99"_s).status, 422);

        const QByteArray body = R"({"name": "eu-west-99", "template": "small", "region": "eu-west",
                                    "parameters": {"web": 3, "memory": "96Gi"}})";
        const Answer dry = stampd.post(u"/v1/stamps?dryRun=true"_s, {}, body);
        QCOMPARE(dry.status, 200);
        QCOMPARE(dry.json()[u"refusals"_s].toArray().size(), 0);
        QCOMPARE(stampd.get(u"/v1/stamps/eu-west-99"_s).status, 404);

        // No If-Match: there is nothing yet to have seen.
        const Headers key{{"Idempotency-Key", "make"}};
        const Answer made = stampd.post(u"/v1/stamps"_s, key, body);
        QVERIFY2(made.status == 202, made.body.constData());
        QCOMPARE(made.json()[u"kind"_s].toString(), u"create"_s);
        // Whoever wants the name too is told who has it; the same request is the same operation.
        const Answer other = stampd.post(u"/v1/stamps"_s, {}, body);
        QVERIFY2(other.status == 409 && other.code() == u"conflict", other.body.constData());
        const Answer again = stampd.post(u"/v1/stamps"_s, key, body);
        QCOMPARE(again.status, 202);
        QCOMPARE(again.json()[u"id"_s], made.json()[u"id"_s]);
        QCOMPARE(stampd.finished(made.headers.value("location"))[u"state"_s].toString(),
                 u"succeeded"_s);
        Answer stamp = stampd.get(u"/v1/stamps/eu-west-99"_s);
        QCOMPARE(stamp.json()[u"lifecycle"_s].toString(), u"active"_s);
        QCOMPARE(stamp.json()[u"resources"_s][u"memory"_s][u"limit"_s].toDouble(),
                 96.0 * (1LL << 30));
        const Answer exists = stampd.post(u"/v1/stamps"_s, {}, body);
        QVERIFY2(exists.status == 409 && exists.code() == u"conflict", exists.body.constData());

        // Only a drained one, as it was seen, and once.
        const QString path = u"/v1/stamps/eu-west-99"_s;
        const auto remove = [&](const Headers &headers) {
            return Program::answerOf(stampd.send("DELETE", path, headers));
        };
        QCOMPARE(remove({}).status, 428);
        QCOMPARE(remove({{"If-Match", "\"0\""}}).status, 412);
        const Answer early = remove({{"If-Match", "*"}});
        QCOMPARE(early.status, 409);
        QCOMPARE(early.json()[u"refusals"_s][0][u"code"_s].toString(), u"not-drained"_s);
        QCOMPARE(early.json()[u"refusals"_s][0][u"fix"_s].toString(), u"drain it first"_s);
        const Answer cordon = stampd.post(path + u":drain"_s, {{"If-Match", "*"}});
        QCOMPARE(cordon.status, 202);
        QVERIFY(!stampd.finished(cordon.headers.value("location")).isEmpty());
        QTRY_COMPARE(stampd.get(path).json()[u"lifecycle"_s].toString(), u"drained"_s);
        stamp = stampd.get(path);
        const Headers seen{{"If-Match", tag(stamp.json())}, {"Idempotency-Key", "remove"}};
        const Answer gone = remove(seen);
        QVERIFY2(gone.status == 202, gone.body.constData());
        QCOMPARE(stampd.finished(gone.headers.value("location"))[u"state"_s].toString(),
                 u"succeeded"_s);
        QTRY_COMPARE(stampd.get(path).status, 404);
        QCOMPARE(remove({{"If-Match", "*"}}).status, 404);
        // A client that lost the answer finds it by its key, though the stamp is gone.
        const Answer replayed = remove(seen);
        QCOMPARE(replayed.status, 202);
        QCOMPARE(replayed.json()[u"id"_s], gone.json()[u"id"_s]);
        // What is deleted stays deleted; what was made can't be unmade any more either.
        QCOMPARE(stampd.post(u"/v1/operations/%1:undo"_s.arg(gone.json()[u"id"_s].toString()))
                     .status >= 400,
                 true);
    }

    void aStampThatCantBeMadeSaysWhy_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char *name, const QByteArray &body, int status,
                            const QByteArray &says) {
            QTest::newRow(name) << body << status << says;
        };
        row("no name", R"({"template":"small","region":"eu-west"})", 400, "/name");
        row("a tilde", R"({"name":"a~b","template":"small","region":"eu-west"})", 400, "/name");
        row("a member that nobody knows",
            R"({"name":"a","template":"small","region":"eu-west","size":3})", 400, "size");
        row("a parameter that is a list",
            R"({"name":"a","template":"small","region":"eu-west","parameters":{"web":[1]}})", 400,
            "/parameters/web");
        row("an unknown template", R"({"name":"a","template":"huge","region":"eu-west"})", 422,
            "it has small, standard, large");
        row("a value beyond its range",
            R"({"name":"a","template":"small","region":"eu-west","parameters":{"web":99}})", 422,
            "web takes a whole number from 2 to 16, not 99");
        row("an unknown parameter",
            R"({"name":"a","template":"small","region":"eu-west","parameters":{"wbe":3}})", 422,
            "no parameter wbe");
        row("an unknown source",
            R"({"name":"a","template":"small","region":"eu-west","source":"moon"})", 422,
            "no source moon");
        row("a name that is there",
            R"({"name":"eu-west-01","template":"small","region":"eu-west"})", 409, "exists already");
    }

    void aStampThatCantBeMadeSaysWhy()
    {
        QFETCH(QByteArray, body);
        QFETCH(int, status);
        QFETCH(QByteArray, says);
        Program stampd;
        QVERIFY(stampd.start(small));
        const Answer answer = stampd.post(u"/v1/stamps"_s, {}, body);
        QVERIFY2(answer.status == status, answer.body.constData());
        QVERIFY2(answer.json()[u"detail"_s].toString().toUtf8().contains(says),
                 answer.body.constData());
        QCOMPARE(stampd.get(u"/v1/operations"_s).json()[u"operations"_s].toArray().size(), 0);
    }

    void severalSourcesAreToldApart()
    {
        Program stampd;
        QVERIFY(stampd.start({u"--source"_s, u"a:simulator=2,seed=1,tenantsPerStamp=2"_s,
                              u"--source"_s, u"b:simulator=2,seed=2,tenantsPerStamp=2"_s}));
        QTRY_COMPARE(stampd.get(u"/v1/fleet"_s).json()[u"stamps"_s].toArray().size(), 4);
        const QJsonObject fleet = stampd.get(u"/v1/fleet"_s).json();
        QSet<QString> sources;
        for (const QJsonValue &stamp : fleet[u"stamps"_s].toArray()) {
            const QString id = stamp[u"id"_s].toString();
            sources.insert(id.section(u'~', 0, 0));
            QCOMPARE(stampd.get(u"/v1/stamps/"_s + id).json()[u"id"_s].toString(), id);
        }
        QCOMPARE(sources, (QSet<QString>{u"a"_s, u"b"_s}));
        const QJsonValue tenant = fleet[u"tenants"_s].toArray()[0];
        QCOMPARE(tenant[u"stamp"_s].toString().section(u'~', 0, 0),
                 tenant[u"id"_s].toString().section(u'~', 0, 0));
        const QString id = fleet[u"stamps"_s].toArray()[3][u"id"_s].toString();
        QCOMPARE(stampd.post(u"/v1/stamps/%1:cordon"_s.arg(id), {{"If-Match", "*"}}).status, 202);
        QTRY_COMPARE(stampd.get(u"/v1/stamps/"_s + id).json()[u"lifecycle"_s].toString(),
                     u"cordoned"_s);
        QCOMPARE(stampd.get(u"/v1/stamps/eu-west-01"_s).status, 404);
    }

    void openStreamsEndWithTheServer()
    {
        Program stampd;
        QVERIFY(stampd.start(small));
        const std::unique_ptr<QNetworkReply> stream(stampd.send("GET", u"/v1/fleet/events"_s));
        QTRY_VERIFY(stream->bytesAvailable() > 0);
        QVERIFY(!stream->isFinished());
        QCOMPARE(stampd.end(SIGTERM), 0);
        QTRY_VERIFY(stream->isFinished());
        QCOMPARE(stream->error(), QNetworkReply::NoError);
    }

    void faultsAreSwitchedOn()
    {
        Program stampd;
        QVERIFY(stampd.start(small + QStringList{u"--fault"_s, u"error-rate=1"_s}));
        const Answer answer = stampd.get(u"/v1/fleet"_s);
        QCOMPARE(answer.status, 503);
        QCOMPARE(answer.code(), u"unavailable"_s);
        QVERIFY(answer.headers.contains("retry-after"));
        QCOMPARE(stampd.post(u"/v1/stamps/x:cordon"_s).status, 503);
        QCOMPARE(stampd.get(u"/healthz"_s).status, 200);
    }

    void wrongOptionsAreRefused_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("open to all")
                << QStringList{u"--listen"_s, u"0.0.0.0:0"_s} << QByteArray("--insecure");
        QTest::newRow("no port") << QStringList{u"--listen"_s, u"127.0.0.1"_s} << QByteArray("PORT");
        QTest::newRow("a certificate without its key")
                << QStringList{u"--tls-cert"_s, u"x"_s} << QByteArray("--tls-key");
        QTest::newRow("no such fault")
                << QStringList{u"--fault"_s, u"fire=1"_s} << QByteArray("fire");
        QTest::newRow("no such adapter")
                << QStringList{u"--source"_s, u"nothing=here"_s} << QByteArray("nothing");
        QTest::newRow("no such file")
                << QStringList{u"--token-file"_s, u"/nonexistent"_s} << QByteArray("/nonexistent");
        QTest::newRow("no stamps") << QStringList{u"--stamps"_s, u"0"_s} << QByteArray("stamps");
        QTest::newRow("no such option") << QStringList{u"--nothing"_s} << QByteArray("nothing");
    }
    void wrongOptionsAreRefused()
    {
        QFETCH(QStringList, options);
        QFETCH(QByteArray, says);
        QProcess process;
        process.start(QStringLiteral(STAMPDECK_BIN_DIR "/stampd"), options);
        QVERIFY(process.waitForFinished(60'000));
        QCOMPARE(process.exitCode(), 2);
        const QByteArray text = process.readAllStandardError();
        QVERIFY2(text.contains(says), text.constData());
        QVERIFY(process.readAllStandardOutput().isEmpty());
    }

    void whatIsInsecureIsSaidLoudly()
    {
        Program stampd;
        QVERIFY(stampd.start(small + QStringList{u"--listen"_s, u"0.0.0.0:0"_s, u"--insecure"_s}));
        QVERIFY(stampd.standardError().contains("WARNING"));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestStampd)
#include "tst_stampd.moc"

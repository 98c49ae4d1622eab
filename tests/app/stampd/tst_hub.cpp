// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/stampd/stampdprogram.h"
#include "tests/support/program.h"
#include "tests/support/testmain.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QSet>
#include <QtCore/QTemporaryDir>

#include <csignal>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using Testing::Ended;
using Testing::Headers;

namespace {

using Answer = Testing::HttpAnswer;
using Program = Testing::Stampd;

QStringList simulator(const QString &name, int seed, const QString &more = {})
{
    return {u"--source"_s,
            u"%1:simulator=3,tenantsPerStamp=2,calm=true,failureRate=0,timeScale=20,seed=%2%3"_s
                .arg(name)
                .arg(seed)
                .arg(more)};
}

QStringList rest(const QString &name, const Program &of, const QString &more = {})
{
    return {u"--source"_s, u"%1:rest=%2,pollInterval=1s%3"_s.arg(name, of.url, more)};
}

const Headers anyRevision{{"If-Match", "*"}};

} // namespace

/// stampd in front of several sources: the shared control plane of a team.
class TestHub : public QObject
{
    Q_OBJECT
private:
    QString tokenFile()
    {
        const QString name = m_dir->filePath(u"tokens"_s);
        QFile file(name);
        if (!file.exists() && file.open(QIODevice::WriteOnly))
            file.write("secret-a ada operator\nsecret-b bob operator\nsecret-v vera viewer\n");
        return name;
    }
    Ended ctl(const Program &server, const QStringList &arguments,
              const QString &client = u"client"_s)
    {
        QProcessEnvironment environment = Testing::environmentIn(*m_dir);
        environment.insert(u"STAMPD_TOKEN"_s, QString::fromLatin1(server.token));
        QString source = u"hub:rest=%1,pollInterval=1s"_s.arg(server.url);
        if (!server.token.isEmpty())
            source += u",token.env=STAMPD_TOKEN"_s;
        return Testing::run(QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"),
                            QStringList{u"--source"_s, source, u"--state-dir"_s,
                                        m_dir->filePath(client)}
                                + arguments,
                            environment);
    }
    QJsonArray list(const Program &server, const QStringList &arguments)
    {
        return QJsonDocument::fromJson(
                   ctl(server, QStringList{u"-o"_s, u"json"_s} + arguments).out)
            .array();
    }
    static QJsonArray stampsOf(Program &server)
    {
        return server.get(u"/v1/fleet"_s).json()[u"stamps"_s].toArray();
    }
    static QJsonObject stampOf(Program &server, const QString &id)
    {
        return server.get(u"/v1/stamps/"_s + id).json();
    }
    static QStringList idsOf(const QJsonArray &objects, const QString &prefix = {})
    {
        QStringList ids;
        for (const QJsonValue &value : objects) {
            const QString id = value[u"id"_s].toString();
            if (id.startsWith(prefix))
                ids.append(id);
        }
        return ids;
    }
    static QJsonObject incidentOf(Program &server, const QString &id)
    {
        for (const QJsonValue &value :
             server.get(u"/v1/incidents?pageSize=1000"_s).json()[u"incidents"_s].toArray()) {
            if (value[u"id"_s].toString() == id)
                return value.toObject();
        }
        return {};
    }
    static QJsonArray auditOf(Program &server)
    {
        return server.get(u"/v1/audit?pageSize=1000"_s).json()[u"audit"_s].toArray();
    }
    std::unique_ptr<QTemporaryDir> m_dir;

private Q_SLOTS:
    void init()
    {
        Testing::strict();
        m_dir = std::make_unique<QTemporaryDir>();
    }

    void severalSourcesAreOneFleet()
    {
        Program hub;
        QVERIFY(hub.start(simulator(u"a"_s, 1) + simulator(u"b"_s, 2)
                          + QStringList{u"--token-file"_s, tokenFile()}));
        hub.token = "secret-a";
        const QJsonObject fleet = hub.get(u"/v1/fleet"_s).json();
        QVERIFY(!fleet[u"fleetId"_s].toString().isEmpty());
        const QStringList stamps = idsOf(fleet[u"stamps"_s].toArray());
        QCOMPARE(idsOf(fleet[u"stamps"_s].toArray(), u"a~"_s).size(), 3);
        QCOMPARE(idsOf(fleet[u"stamps"_s].toArray(), u"b~"_s).size(), 3);
        QCOMPARE(QSet<QString>(stamps.begin(), stamps.end()).size(), 6);
        QCOMPARE(idsOf(fleet[u"tenants"_s].toArray(), u"b~"_s).size(), 6);
        for (const QJsonValue &tenant : fleet[u"tenants"_s].toArray()) {
            QVERIFY(stamps.contains(tenant[u"stamp"_s].toString()));
            QCOMPARE(tenant[u"stamp"_s].toString().section(u'~', 0, 0),
                     tenant[u"id"_s].toString().section(u'~', 0, 0));
        }
        // The same seed makes the same names: a write finds the one that is meant.
        const QString b = idsOf(fleet[u"stamps"_s].toArray(), u"b~"_s).first();
        const QJsonObject before = stampOf(hub, b);
        const QByteArray revision = '"' + before[u"revision"_s].toString().toUtf8() + '"';
        const Answer write = hub.post(u"/v1/stamps/%1:cordon"_s.arg(b),
                                      {{"If-Match", revision}, {"Stampdeck-Reason", "hot"}});
        QCOMPARE(write.status, 202);
        QCOMPARE(hub.finished(write.headers.value("location"))[u"state"_s].toString(),
                 u"succeeded"_s);
        QTRY_COMPARE(stampOf(hub, b)[u"lifecycle"_s].toString(), u"cordoned"_s);
        for (const QString &id : stamps)
            QVERIFY(id == b || stampOf(hub, id)[u"lifecycle"_s].toString() == u"active"_s);
        QCOMPARE(stampOf(hub, b)[u"updatedBy"_s].toString(), u"ada"_s);
        // Whoever saw what was before is told what is now.
        const Answer late = hub.post(u"/v1/stamps/%1:uncordon"_s.arg(b), {{"If-Match", revision}});
        QCOMPARE(late.status, 412);
        QCOMPARE(late.json()[u"current"_s][u"id"_s].toString(), b);
        // What changed since, of both.
        const QJsonObject delta =
            hub.get(u"/v1/fleet?since="_s + fleet[u"revision"_s].toString()).json();
        QCOMPARE(delta[u"complete"_s].toBool(), false);
        QCOMPARE(delta[u"fleetId"_s], fleet[u"fleetId"_s]);
        QVERIFY(idsOf(delta[u"stamps"_s].toArray()).contains(b));
        // One trail, with names.
        const QJsonArray audit = auditOf(hub);
        QVERIFY(!audit.isEmpty());
        QCOMPARE(audit.first()[u"actor"_s].toString(), u"ada"_s);
        QCOMPARE(audit.first()[u"reason"_s].toString(), u"hot"_s);
        // From one source to another nothing can be moved.
        const QString tenant = idsOf(fleet[u"tenants"_s].toArray(), u"a~"_s).first();
        const Answer across = hub.post(u"/v1/tenants/%1:move"_s.arg(tenant), anyRevision,
                                       "{\"to\": \"" + b.toUtf8() + "\"}");
        QCOMPARE(across.status, 409);
        QCOMPARE(across.code(), u"refused"_s);
        QStringList codes;
        for (const QJsonValue &refusal : across.json()[u"refusals"_s].toArray())
            codes.append(refusal[u"code"_s].toString());
        QVERIFY2(codes.contains(u"unsupported"_s), across.body.constData());
    }

    void aTildeInANameIsRefused()
    {
        for (const QString &source : {u"a~b:simulator=3"_s, u"a:simulator=3,tenantDomain=x~y"_s}) {
            const Ended ended =
                Testing::run(QStringLiteral(STAMPDECK_BIN_DIR "/stampd"),
                             {u"--listen"_s, u"127.0.0.1:0"_s, u"--source"_s, source});
            VERIFY_STATUS(ended, 2);
            QVERIFY2(ended.err.contains("name of"), ended.text().constData());
        }
    }

    void whatASourceCanNotIsRefused()
    {
        Program hub;
        QVERIFY(hub.start(simulator(u"a"_s, 1) + simulator(u"b"_s, 2, u",readOnly=true"_s)));
        const QString a = idsOf(stampsOf(hub), u"a~"_s).first();
        const QString b = idsOf(stampsOf(hub), u"b~"_s).first();
        const Answer no = hub.post(u"/v1/stamps/%1:cordon"_s.arg(b), anyRevision);
        QCOMPARE(no.code(), u"refused"_s);
        QCOMPARE(no.json()[u"refusals"_s][0][u"code"_s].toString(), u"read-only"_s);
        QCOMPARE(hub.post(u"/v1/stamps/%1:cordon"_s.arg(a), anyRevision).status, 202);
    }

    void aSourceThatDiesMakesNoOtherStale()
    {
        auto good = std::make_unique<Program>(), bad = std::make_unique<Program>();
        QVERIFY(good->start(simulator(u"x"_s, 1)));
        QVERIFY(bad->start(simulator(u"x"_s, 2)));
        const QString state = m_dir->filePath(u"hub"_s);
        const QStringList options = rest(u"a"_s, *good) + rest(u"b"_s, *bad)
            + QStringList{u"--state"_s, state, u"--token-file"_s, tokenFile()};
        auto hub = std::make_unique<Program>();
        QVERIFY(hub->start(options));
        hub->token = "secret-a";
        const QString a = idsOf(stampsOf(*hub), u"a~"_s).first();
        const QString b = idsOf(stampsOf(*hub), u"b~"_s).first();
        QCOMPARE(stampOf(*hub, b)[u"health"_s].toString(), u"healthy"_s);

        bad->end(SIGKILL);
        QTRY_COMPARE_WITH_TIMEOUT(stampOf(*hub, b)[u"health"_s].toString(), u"unknown"_s, 60'000);
        const QJsonArray reasons = stampOf(*hub, b)[u"healthReasons"_s].toArray();
        QCOMPARE(reasons.size(), 1);
        QCOMPARE(reasons[0][u"code"_s].toString(), u"stale"_s);
        for (const QString &id : idsOf(stampsOf(*hub), u"a~"_s))
            QCOMPARE(stampOf(*hub, id)[u"health"_s].toString(), u"healthy"_s);
        // A client sees the same: one source, three of its stamps stale.
        const QJsonArray seen = list(*hub, {u"get"_s, u"stamps"_s});
        QCOMPARE(seen.size(), 6);
        for (const QJsonValue &stamp : seen) {
            const bool isOfBad = stamp[u"name"_s].toString().startsWith(u"b~"_s);
            QCOMPARE(stamp[u"stale"_s].toBool(), isOfBad);
            QCOMPARE(stamp[u"health"_s].toString(), isOfBad ? u"unknown"_s : u"healthy"_s);
        }
        QCOMPARE(list(*hub, {u"get"_s, u"sources"_s}).size(), 1);
        // Nothing is done on what may have changed since.
        const Answer no = hub->post(u"/v1/stamps/%1:cordon"_s.arg(b), anyRevision);
        QCOMPARE(no.json()[u"refusals"_s][0][u"code"_s].toString(), u"stale"_s);
        QCOMPARE(hub->post(u"/v1/stamps/%1:cordon"_s.arg(a), anyRevision).status, 202);

        // Somebody looks after it, and everybody sees that, whoever is killed meanwhile.
        const QString incident = b + u":stale"_s;
        VERIFY_STATUS(ctl(*hub, {u"acknowledge"_s, u"hub/"_s + incident, u"--until"_s, u"2h"_s,
                                 u"--note"_s, u"r\u00e4ck without power"_s}),
                      0);
        hub->end(SIGKILL);
        hub = std::make_unique<Program>();
        QVERIFY(hub->start(options));
        hub->token = "secret-b";
        const QJsonObject missing = hub->get(u"/v1/fleet"_s).json()[u"missing"_s][0].toObject();
        QCOMPARE(missing[u"source"_s].toString(), u"b"_s);
        QVERIFY(!missing[u"message"_s].toString().isEmpty());
        QCOMPARE(incidentOf(*hub, u"b~:no-answer"_s)[u"severity"_s].toString(), u"critical"_s);
        const QJsonArray known = hub->get(u"/v1/fleet"_s).json()[u"acknowledgements"_s].toArray();
        QCOMPARE(known.size(), 1);
        QCOMPARE(known[0][u"incident"_s].toString(), incident);
        QCOMPARE(known[0][u"by"_s].toString(), u"ada"_s);
        QCOMPARE(known[0][u"note"_s].toString(), u"r\u00e4ck without power"_s);
        bool isAudited = false;
        for (const QJsonValue &entry : auditOf(*hub))
            isAudited |= entry[u"action"_s].toString() == u"acknowledged"_s
                && entry[u"actor"_s].toString() == u"ada"_s
                && entry[u"target"_s].toString() == u"b/"_s + incident.section(u'~', 1);
        QVERIFY(isAudited);
    }

    void acknowledgementsAreTold()
    {
        Program hub;
        // What is cut off can't be reached, so there is one incident that lasts.
        QVERIFY(hub.start(simulator(u"a"_s, 1)
                          + QStringList{u"--source"_s,
                                        u"b:rest=http://127.0.0.1:1,pollInterval=1s"_s,
                                        u"--token-file"_s, tokenFile()}));
        hub.token = "secret-a";
        const QString path = u"/v1/incidents/b~%3Ano-answer:acknowledge"_s;
        QVERIFY(incidentOf(hub, u"b~:no-answer"_s)[u"acknowledged"_s].isNull());
        hub.token = "secret-v";
        QCOMPARE(hub.post(path).code(), u"denied"_s);
        hub.token = "secret-a";
        QCOMPARE(hub.post(u"/v1/incidents/nothing:acknowledge"_s).status, 404);
        QCOMPARE(hub.post(path, {}, "{\"until\": \"2020-01-01T00:00:00Z\"}").status, 422);
        QCOMPARE(hub.post(path, {}, "{\"until\": \"soon\"}").status, 400);
        QCOMPARE(hub.post(path, {}, "{\"by\": \"eve\"}").status, 400);
        const QJsonObject before = hub.get(u"/v1/fleet"_s).json();
        const Answer kept =
            hub.post(path, {{"Idempotency-Key", "k"}}, "{\"until\": null, \"note\": \"mine\"}");
        QCOMPARE(kept.status, 200);
        QCOMPARE(kept.json()[u"acknowledged"_s][u"by"_s].toString(), u"ada"_s);
        QCOMPARE(hub.post(path, {{"Idempotency-Key", "k"}}, "{\"until\": null, \"note\": \"mine\"}")
                     .status,
                 200);
        QCOMPARE(hub.post(path, {{"Idempotency-Key", "k"}}, "{}").status, 422);
        QTRY_COMPARE(incidentOf(hub, u"b~:no-answer"_s)[u"acknowledged"_s][u"note"_s].toString(),
                     u"mine"_s);
        const QJsonObject delta =
            hub.get(u"/v1/fleet?since="_s + before[u"revision"_s].toString()).json();
        QCOMPARE(delta[u"acknowledgements"_s].toArray().size(), 1);
        // A page at a time gives every incident once.
        QStringList ids;
        QString token;
        do {
            const QJsonObject page =
                hub.get(u"/v1/incidents?pageSize=1&pageToken="_s + token).json();
            ids += idsOf(page[u"incidents"_s].toArray());
            token = page[u"nextPageToken"_s].toString();
        } while (!token.isEmpty());
        QVERIFY(ids.contains(u"b~:no-answer"_s));
        QCOMPARE(QSet<QString>(ids.begin(), ids.end()).size(), ids.size());
        QCOMPARE(hub.get(u"/v1/incidents?pageToken=%21"_s).status, 422);
        // A backend that keeps none says so.
        const Ended no = Testing::run(
            QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"),
            {u"--source"_s, u"b:rest=http://127.0.0.1:1"_s, u"--source"_s, u"a:simulator=2"_s,
             u"--state-dir"_s, m_dir->filePath(u"alone"_s), u"acknowledge"_s, u"a/x:stale"_s});
        VERIFY_STATUS(no, 1);
    }

    void aHubOverAHub()
    {
        Program inner, hub, outer;
        QVERIFY(inner.start(simulator(u"x"_s, 1)));
        QVERIFY(hub.start(rest(u"a"_s, inner) + simulator(u"b"_s, 2)));
        QVERIFY(outer.start(rest(u"h"_s, hub) + simulator(u"c"_s, 3)));
        const QStringList ids = idsOf(stampsOf(outer), u"h~a~"_s);
        QCOMPARE(ids.size(), 3);
        QCOMPARE(stampsOf(outer).size(), 9);
        const QString id = ids.first();
        const QString name = id.section(u'~', 2);
        VERIFY_STATUS(ctl(outer, {u"cordon"_s, u"hub/"_s + id, u"--yes"_s}), 0);
        QTRY_COMPARE(stampOf(inner, name)[u"lifecycle"_s].toString(), u"cordoned"_s);
        QTRY_COMPARE(stampOf(hub, u"a~"_s + name)[u"lifecycle"_s].toString(), u"cordoned"_s);
        QTRY_COMPARE(stampOf(outer, id)[u"lifecycle"_s].toString(), u"cordoned"_s);
        // The innermost one's own operations are told on both, and take verbs there.
        const Answer own = inner.post(u"/v1/stamps/%1:uncordon"_s.arg(name), anyRevision);
        QCOMPARE(own.status, 202);
        const QString operation = own.json()[u"id"_s].toString();
        for (Program *server : {&hub, &outer}) {
            QTRY_COMPARE(server->get(u"/v1/operations/"_s + operation).json()[u"state"_s].toString(),
                         u"succeeded"_s);
            const QStringList listed = idsOf(
                server->get(u"/v1/operations"_s).json()[u"operations"_s].toArray());
            QVERIFY(listed.contains(operation));
        }
        const Answer undo = outer.post(u"/v1/operations/%1:undo"_s.arg(operation));
        QVERIFY2(undo.status == 202, undo.body.constData());
        QTRY_COMPARE(stampOf(inner, name)[u"lifecycle"_s].toString(), u"cordoned"_s);
        // Who asked is in the trail of the one that he asked.
        const QJsonArray audit = auditOf(outer);
        QVERIFY(!audit.isEmpty());
        QCOMPARE(audit.last()[u"action"_s].toString(), u"undo"_s);
        QCOMPARE(audit.last()[u"operation"_s].toString(), operation);
    }

    void twoClientsSeeEachOther()
    {
        Program hub;
        QVERIFY(hub.start(QStringList{u"--source"_s,
                                      u"a:simulator=3,tenantsPerStamp=4,calm=true,failureRate=0,"
                                      "startSeconds=2"_s}
                          + simulator(u"b"_s, 2)
                          + QStringList{u"--token-file"_s, tokenFile()}));
        hub.token = "secret-b";
        QProcessEnvironment environment = Testing::environmentIn(*m_dir);
        environment.insert(u"STAMPD_TOKEN"_s, u"secret-b"_s);
        QProcess watch;
        watch.setProcessEnvironment(environment);
        watch.start(QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"),
                    {u"--source"_s, u"hub:rest=%1,token.env=STAMPD_TOKEN"_s.arg(hub.url),
                     u"--state-dir"_s, m_dir->filePath(u"watcher"_s), u"watch"_s});
        QVERIFY(watch.waitForStarted());
        // Of ada's operations, as bob is told: her own, by its marks, and the hub's that carries it out.
        QMap<QString, QStringList> states;
        const auto succeeded = [&] {
            for (auto each = states.cbegin(); each != states.cend(); ++each) {
                if (each->last() == u"succeeded")
                    return each.key();
            }
            return QString();
        };
        const auto read = [&] {
            while (watch.canReadLine()) {
                const QJsonObject line = QJsonDocument::fromJson(watch.readLine()).object();
                const QJsonObject value = line[u"value"_s].toObject();
                if (line[u"kind"_s].toString() != u"operation"_s
                    || value[u"createdBy"_s].toString() != u"ada"_s)
                    continue;
                states[line[u"id"_s].toString()].append(value[u"state"_s].toString());
            }
        };
        // It listens once it told of anything.
        QTRY_VERIFY_WITH_TIMEOUT(watch.canReadLine(), 60'000);
        QString tenant, to;
        const QJsonObject fleet = hub.get(u"/v1/fleet"_s).json();
        for (const QJsonValue &each : fleet[u"tenants"_s].toArray()) {
            for (const QString &stamp : idsOf(fleet[u"stamps"_s].toArray(), u"a~"_s)) {
                if (!to.isEmpty() || !each[u"id"_s].toString().startsWith(u"a~"_s)
                    || each[u"stamp"_s].toString() == stamp)
                    continue;
                const Answer dry = hub.post(u"/v1/tenants/%1:move?dryRun=true"_s.arg(
                                                each[u"id"_s].toString()),
                                            anyRevision, "{\"to\": \"" + stamp.toUtf8() + "\"}");
                if (dry.json()[u"refusals"_s].toArray().isEmpty()) {
                    tenant = each[u"id"_s].toString();
                    to = stamp;
                }
            }
        }
        QVERIFY(!to.isEmpty());
        hub.token = "secret-a";
        const Ended moved =
            ctl(hub, {u"move"_s, u"hub/"_s + tenant, u"--to"_s, u"hub/"_s + to, u"--yes"_s});
        VERIFY_STATUS(moved, 0);
        QTRY_VERIFY_WITH_TIMEOUT((read(), !succeeded().isEmpty()), 30'000);
        // As it ran, and not only how it ended.
        const QString id = succeeded();
        QVERIFY2(states[id].contains(u"running"_s), qPrintable(states[id].join(u' ')));
        QCOMPARE(hub.get(u"/v1/operations/"_s + id).status, 200);
        watch.terminate();
        QVERIFY(watch.waitForFinished());
    }

    void rulesAreCarriedOut()
    {
        const QString state = m_dir->filePath(u"state"_s);
        const QStringList options =
            QStringList{u"--source"_s,
                        u"a:simulator=3,tenantsPerStamp=8,calm=true,timeScale=60,"
                        "autoscaler=false,seed=1,state="_s
                            + m_dir->filePath(u"simulator.json"_s)}
            + simulator(u"b"_s, 2) + QStringList{u"--state"_s, state};
        auto hub = std::make_unique<Program>();
        QVERIFY(hub->start(options));
        const QString id = idsOf(stampsOf(*hub), u"a~"_s).first();
        const auto component = [&](const QString &name) {
            for (const QJsonValue &each : stampOf(*hub, id)[u"components"_s].toArray()) {
                if (each[u"name"_s].toString() == name)
                    return each.toObject();
            }
            return QJsonObject();
        };
        const int before = component(u"api"_s)[u"desired"_s].toInt();
        QVERIFY(before > 0);
        // Far below what it carries, so that more are wanted.
        const Answer rule = hub->post(
            u"/v1/stamps/%1:scale"_s.arg(id), anyRevision,
            "{\"rules\": {\"api\": {\"signal\": \"cpu\", \"target\": 0.2, \"min\": 1, "
            "\"max\": "
                + QByteArray::number(before + 3) + ", \"cooldown\": \"1s\"}}}");
        QVERIFY2(rule.status == 202, rule.body.constData());
        QTRY_COMPARE_WITH_TIMEOUT(component(u"api"_s)[u"desired"_s].toInt(), before + 3, 60'000);
        QTRY_VERIFY(!component(u"api"_s)[u"rule"_s][u"last"_s].isNull());
        QJsonObject told = component(u"api"_s)[u"rule"_s].toObject();
        QCOMPARE(told[u"by"_s].toString(), u"stampd"_s);
        QCOMPARE(told[u"last"_s][u"to"_s].toInt(), before + 3);
        QVERIFY2(told[u"last"_s][u"reason"_s].toString().contains(u"of api over 20%"_s),
                 qPrintable(told[u"last"_s][u"reason"_s].toString()));
        // Each change is an operation with its reason, in the trail too.
        int operations = 0, entries = 0;
        for (const QJsonValue &each :
             hub->get(u"/v1/operations?pageSize=1000"_s).json()[u"operations"_s].toArray()) {
            operations += each[u"createdBy"_s].toString() == u"autoscaler"_s
                && each[u"reason"_s].toString().contains(u"of api over 20%"_s);
        }
        for (const QJsonValue &each : auditOf(*hub))
            entries += each[u"actor"_s].toString() == u"autoscaler"_s
                && each[u"action"_s].toString() == u"accepted"_s;
        QVERIFY(operations > 0);
        QCOMPARE(entries, operations);
        // Nobody sets by hand what the rule owns.
        const Answer no = hub->post(u"/v1/stamps/%1:scale"_s.arg(id), anyRevision,
                                    "{\"components\": {\"api\": 1}}");
        QCOMPARE(no.code(), u"refused"_s);
        // On a cordoned stamp it does nothing.
        QVERIFY(hub->finished(hub->post(u"/v1/stamps/%1:cordon"_s.arg(id), anyRevision)
                                  .headers.value("location"))[u"state"_s]
                    .toString()
                == u"succeeded"_s);
        // Only one carries out what is of one state directory.
        const Ended second =
            Testing::run(QStringLiteral(STAMPDECK_BIN_DIR "/stampd"),
                         QStringList{u"--listen"_s, u"127.0.0.1:0"_s} + options);
        QVERIFY2(second.status > 0, second.text().constData());
        // What it did last is known after a kill.
        hub->end(SIGKILL);
        hub = std::make_unique<Program>();
        QVERIFY(hub->start(options));
        QTRY_COMPARE(component(u"api"_s)[u"rule"_s][u"last"_s], told[u"last"_s]);
        // A client is told the same.
        for (const QJsonValue &stamp : list(*hub, {u"get"_s, u"stamps"_s})) {
            if (stamp[u"name"_s].toString() != id)
                continue;
            for (const QJsonValue &each : stamp[u"components"_s].toArray()) {
                if (each[u"name"_s].toString() == u"api"_s)
                    QCOMPARE(each[u"rule"_s][u"last"_s], told[u"last"_s]);
            }
        }
    }

    void aRuleGivesWayToAMark()
    {
        Program hub;
        QVERIFY(hub.start({u"--source"_s,
                           u"a:simulator=2,tenantsPerStamp=8,calm=true,timeScale=60,"
                           "autoscaler=false,seed=1"_s}));
        const QStringList ids = idsOf(stampsOf(hub), {});
        QCOMPARE(ids.size(), 2);
        const QString &held = ids[0], &open = ids[1];
        const auto replicas = [&](const QString &id) {
            for (const QJsonValue &each : stampOf(hub, id)[u"components"_s].toArray()) {
                if (each[u"name"_s].toString() == u"api"_s)
                    return each[u"desired"_s].toInt();
            }
            return -1;
        };
        const auto mark = [&](const QByteArray &method, const QString &query,
                              const QByteArray &body) {
            return Program::answerOf(hub.send(method, u"/v1/marks/op-1"_s + query,
                                              {{"Content-Type", "application/json"}}, body));
        };
        const Answer marked =
            mark("PUT", {},
                 "{\"kind\": \"scale\", \"run\": \"r1\", \"seconds\": 600, \"stamps\": [{\"id\": \""
                     + held.toUtf8() + "\"}]}");
        QVERIFY2(marked.status == 200, marked.body.constData());

        // On both a rule that wants more, set on the first by whoever has marked it.
        const QMap<QString, int> before{{held, replicas(held)}, {open, replicas(open)}};
        for (const QString &id : ids) {
            Headers headers = anyRevision;
            headers["Stampdeck-Operation"] = "op-1;run=r1";
            const Answer rule = hub.post(
                u"/v1/stamps/%1:scale"_s.arg(id), id == held ? headers : anyRevision,
                "{\"rules\": {\"api\": {\"signal\": \"cpu\", \"target\": 0.2, \"min\": 1, \"max\": "
                    + QByteArray::number(before[id] + 3) + ", \"cooldown\": \"1s\"}}}");
            QVERIFY2(rule.status == 202, rule.body.constData());
        }
        QTRY_COMPARE_WITH_TIMEOUT(replicas(open), before[open] + 3, 60'000);
        QCOMPARE(replicas(held), before[held]);
        // Nor was it tried: a rule that gives way leaves nothing that failed.
        for (const QJsonValue &each :
             hub.get(u"/v1/operations?pageSize=1000"_s).json()[u"operations"_s].toArray()) {
            QVERIFY2(each[u"createdBy"_s].toString() != u"autoscaler"_s
                         || !each[u"target"_s].toString().contains(held),
                     qPrintable(each[u"target"_s].toString()));
        }
        QCOMPARE(mark("DELETE", u"?run=r1"_s, {}).status, 200);
        QTRY_COMPARE_WITH_TIMEOUT(replicas(held), before[held] + 3, 60'000);
    }

    void withoutAStampdARuleIsUnsupported()
    {
        const Ended ended = Testing::run(
            QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"),
            {u"--source"_s, u"a:simulator=1,autoscaler=false,seed=1"_s, u"--state-dir"_s,
             m_dir->filePath(u"alone"_s), u"-o"_s, u"name"_s, u"get"_s, u"stamps"_s});
        VERIFY_STATUS(ended, 0);
        const Ended no = Testing::run(
            QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"),
            {u"--source"_s, u"a:simulator=1,autoscaler=false,seed=1"_s, u"--state-dir"_s,
             m_dir->filePath(u"alone"_s), u"scale"_s, QString::fromUtf8(ended.out).trimmed(),
             u"--rule"_s, u"api=cpu:70%,1..10"_s, u"--yes"_s});
        VERIFY_STATUS(no, 3);
        QVERIFY2(no.err.contains("unsupported"), no.text().constData());
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestHub)
#include "tst_hub.moc"

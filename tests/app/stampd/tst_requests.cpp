// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stampd/faults.h"
#include "app/stampd/httpuri.h"
#include "app/stampd/requestbody.h"
#include "app/stampd/router.h"
#include "app/stampd/tokens.h"

#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// What becomes of a request before anybody acts on it.
class TestRequests : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void pathsFindTheirRoute_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<int>("id");
        QTest::addColumn<QByteArray>("parameter");
        QTest::addColumn<QByteArray>("allowed");
        const auto row = [](const char *method, const char *path, int id, const char *parameter,
                            const char *allowed) {
            QTest::addRow("%s %s", method, path)
                    << QByteArray(method) << QByteArray(path) << id << QByteArray(parameter)
                    << QByteArray(allowed);
        };
        row("GET", "/v1/stamps", 1, "", "GET, HEAD");
        row("HEAD", "/v1/stamps", 1, "", "GET, HEAD");
        row("POST", "/v1/stamps", -1, "", "GET, HEAD");
        row("GET", "/v1/stamps/eu-1", 2, "eu-1", "GET, HEAD");
        row("GET", "/v1/stamps/eu%2F1", 2, "eu%2F1", "GET, HEAD");
        row("POST", "/v1/stamps/eu-1:scale", 3, "eu-1", "POST");
        row("POST", "/v1/stamps/a%3Ab:scale", 3, "a%3Ab", "POST");
        row("GET", "/v1/stamps/eu-1:scale", -1, "eu-1", "POST");
        row("POST", "/v1/stamps/eu-1:drain", -1, "", "");
        row("GET", "/v1/stamps/", -1, "", "");
        row("POST", "/v1/stamps/:scale", -1, "", "");
        row("GET", "/v1/stamps/a/b", -1, "", "");
        row("GET", "/v1/stamps//", -1, "", "");
        row("GET", "/V1/stamps", -1, "", "");
        row("GET", "", -1, "", "");
        row("GET", "*", -1, "", "");
    }
    void pathsFindTheirRoute()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, path);
        Router router;
        router.add("GET", "/v1/stamps", 1);
        router.add("GET", "/v1/stamps/{id}", 2);
        router.add("POST", "/v1/stamps/{id}:scale", 3);
        const Router::Match match = router.match(method, path);
        QTEST(match.id, "id");
        QTEST(match.parameters.value("id"), "parameter");
        QTEST(match.allowed.join(", "), "allowed");
    }

    void percentEncodingIsUndone_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("decoded"); // null: refused
        QTest::newRow("plain") << QByteArray("eu-1") << u"eu-1"_s;
        QTest::newRow("slash") << QByteArray("a%2Fb%2fc") << u"a/b/c"_s;
        QTest::newRow("a plus stays") << QByteArray("a+b") << u"a+b"_s;
        QTest::newRow("UTF-8") << QByteArray("%E2%82%AC") << u"€"_s;
        QTest::newRow("four bytes") << QByteArray("%F0%9F%9A%80") << u"🚀"_s;
        QTest::newRow("stray percent") << QByteArray("100%") << QString();
        QTest::newRow("one digit") << QByteArray("%2") << QString();
        QTest::newRow("no hex") << QByteArray("%zz") << QString();
        QTest::newRow("no UTF-8") << QByteArray("%FF") << QString();
        QTest::newRow("cut UTF-8") << QByteArray("%E2%82") << QString();
        QTest::newRow("overlong") << QByteArray("%C0%AF") << QString();
        QTest::newRow("surrogate") << QByteArray("%ED%A0%80") << QString();
        QTest::newRow("NUL") << QByteArray("a%00b") << QString();
        QTest::newRow("line break") << QByteArray("a%0Ab") << QString();
    }
    void percentEncodingIsUndone()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, decoded);
        const auto result = percentDecoded(text);
        QCOMPARE(result.has_value(), !decoded.isNull());
        QCOMPARE(result.value_or(QString()), decoded);
        if (result)
            QCOMPARE(percentDecoded(percentEncoded(decoded)), decoded);
    }

    void queriesAreRead()
    {
        using Parameters = std::vector<std::pair<QString, QString>>;
        QCOMPARE(queryParameters("a=1&b=x+y%26z&&c&d="),
                 (Parameters{{u"a"_s, u"1"_s}, {u"b"_s, u"x y&z"_s}, {u"c"_s, {}}, {u"d"_s, {}}}));
        QCOMPARE(queryParameters(""), Parameters());
        QVERIFY(!queryParameters("a=%FF"));
        QVERIFY(!queryParameters("a%=1"));
    }

    void entityTagsAreRead_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<bool>("valid");
        QTest::addColumn<bool>("strong");
        QTest::addColumn<bool>("weak");
        QTest::newRow("the one") << QByteArray("\"17+op\"") << true << true << true;
        QTest::newRow("another") << QByteArray("\"18\"") << true << false << false;
        QTest::newRow("a list") << QByteArray("\"1\" , \"17+op\"") << true << true << true;
        QTest::newRow("any") << QByteArray("*") << true << true << true;
        QTest::newRow("weak") << QByteArray("W/\"17+op\"") << true << false << true;
        QTest::newRow("empty tag") << QByteArray("\"\"") << true << false << false;
        QTest::newRow("encoded") << QByteArray("\"17%2Bop\"") << true << true << true;
        QTest::newRow("no quotes") << QByteArray("17+op") << false << false << false;
        QTest::newRow("one quote") << QByteArray("\"17") << false << false << false;
        QTest::newRow("two without a comma") << QByteArray("\"1\"\"2\"") << false << false << false;
        QTest::newRow("a comma at the end") << QByteArray("\"1\",") << false << false << false;
        QTest::newRow("empty") << QByteArray() << false << false << false;
    }
    void entityTagsAreRead()
    {
        QFETCH(QByteArray, header);
        QFETCH(bool, valid);
        const auto strong = entityTags(header, false);
        const auto weak = entityTags(header, true);
        QCOMPARE(strong.has_value(), valid);
        QCOMPARE(weak.has_value(), valid);
        if (valid) {
            QTEST(strong->match(u"17+op"_s), "strong");
            QTEST(weak->match(u"17+op"_s), "weak");
        }
    }

    void aRevisionComesBackFromItsTag()
    {
        for (const QString &revision : {u"17"_s, u"a\"b"_s, u"a b%20"_s, u"é€"_s, u"1.2-x"_s}) {
            const auto tags = entityTags(entityTag(revision), false);
            QVERIFY(tags);
            QVERIFY2(tags->match(revision), qPrintable(revision));
        }
    }

    void scalesAreRead()
    {
        const auto body = readScaleRequest(R"({"components": {"web": 5.0}, "resources": {"cpu": 1.5,
            "memory": 1e9}, "rules": {"api": {"signal": "latencyP99", "target": 250, "max": 7,
            "cooldown": "2m"}, "db": null}})");
        QVERIFY(body);
        ScaleSetting expected;
        expected.components = {{u"web"_s, 5}};
        expected.cpu = 1.5;
        expected.memory = 1e9;
        expected.rules = {{u"api"_s, RuleSetting{SignalKind::LatencyP99, 250, 1, 7, 120s}},
                          {u"db"_s, std::nullopt}};
        QCOMPARE(body->value, expected);
        const auto same = readScaleRequest(R"({"components":{"web":5.0},"rules":{"db":null,"api":
            {"target":250,"signal":"latencyP99","cooldown":"2m","max":7}},"resources":{"memory":1e9,
            "cpu":1.5}})");
        QVERIFY(same);
        QCOMPARE(same->canonical, body->canonical);
    }

    void wrongScalesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("says");
        const auto row = [](const QByteArray &body, int status, const QString &says) {
            QTest::addRow("%s", body.left(60).constData()) << body << status << says;
        };
        row("", 400, u"JSON"_s);
        row("{", 400, u"JSON"_s);
        row("{}x", 400, u"JSON"_s);
        row("[]", 400, u"object"_s);
        row("null", 400, u"object"_s);
        row("{}", 400, u"components"_s);
        row("{\"x\": 1}", 400, u"“x”"_s);
        row("{\"components\": {}}", 400, u"/components"_s);
        row("{\"components\": {\"web\": -1}}", 400, u"/components/web"_s);
        row("{\"components\": {\"a/b~\": 1.5}}", 400, u"/components/a~1b~0"_s);
        row("{\"components\": {\"web\": true}}", 400, u"/components/web"_s);
        row("{\"components\": {\"web\": \"5\"}}", 400, u"/components/web"_s);
        row("{\"components\": {\"web\": 99999999999999999999999}}", 400, u"/components/web"_s);
        row("{\"components\": {\"web\": 1e999}}", 400, u"JSON"_s);
        row("{\"components\": {\"web\": 1, \"web\": 2}}", 400, u"twice"_s);
        row("{\"components\": {\"\xff\": 1}}", 400, u"JSON"_s);
        row("{\"components\": {\"web\": 1}, // no\n}", 400, u"JSON"_s);
        row("{\"resources\": {}}", 400, u"/resources"_s);
        row("{\"resources\": {\"cpu\": 0}}", 400, u"/resources/cpu"_s);
        row("{\"resources\": {\"disk\": 1}}", 400, u"“disk”"_s);
        row("{\"resources\": {\"cpu\": null}}", 400, u"/resources/cpu"_s);
        row("{\"rules\": {\"web\": {}}}", 400, u"signal and target"_s);
        row("{\"rules\": {\"web\": {\"signal\": \"x\", \"target\": 1}}}", 400, u"/rules/web/signal"_s);
        row("{\"rules\": {\"web\": {\"signal\": \"cpu\", \"target\": 1, \"cooldown\": \"1\"}}}", 400,
            u"/rules/web/cooldown"_s);
        row("{\"rules\": {\"web\": {\"signal\": \"cpu\", \"target\": 70}}}", 422, u"ratio"_s);
        row("{\"rules\": {\"web\": {\"signal\": \"cpu\", \"target\": 1, \"min\": 3, \"max\": 2}}}",
            422, u"min"_s);
        row(QByteArray(100'000, '['), 400, QString());
        row(QByteArray("{\"rules\":").repeated(50) + "1" + QByteArray("}").repeated(50), 400,
            u"deep"_s);
    }
    void wrongScalesAreRefused()
    {
        QFETCH(QByteArray, body);
        QFETCH(QString, says);
        const auto result = readScaleRequest(body);
        QVERIFY(!result);
        QTEST(result.error().status, "status");
        QVERIFY2(result.error().detail.contains(says), qPrintable(result.error().detail));
    }

    void movesAndNothingAreRead()
    {
        QCOMPARE(readMoveRequest("{\"to\": \"eu-2\"}").value().value, u"eu-2"_s);
        QVERIFY(!readMoveRequest("{}"));
        QVERIFY(!readMoveRequest("{\"to\": \"\"}"));
        QVERIFY(!readMoveRequest("{\"to\": 1}"));
        QVERIFY(!readMoveRequest("{\"to\": \"a\", \"from\": \"b\"}"));
        QVERIFY(!readMoveRequest("{\"to\": \"" + QByteArray(254, 'x') + "\"}"));
        const auto drain = readDrainRequest(
                R"({"to": ["eu-2", "eu-3"], "parallel": 4, "deadline": "1h", "partial": true})");
        QVERIFY(drain.has_value());
        QCOMPARE(drain->value.to, QStringList({u"eu-2"_s, u"eu-3"_s}));
        QCOMPARE(drain->value.parallel, 4);
        QVERIFY(drain->value.deadline == std::chrono::hours(1));
        QVERIFY(drain->value.partial);
        QVERIFY(!drain->value.maxLoad && !drain->value.allowUnknown);
        const auto careful = readDrainRequest(R"({"maxLoad": 0.8, "allowUnknown": true})");
        QVERIFY(careful.has_value());
        QCOMPARE(careful->value.maxLoad, std::optional(0.8));
        QVERIFY(careful->value.allowUnknown);
        for (const char *bad : {R"({"maxLoad": 0})", R"({"maxLoad": 1.1})", R"({"maxLoad": "80%"})",
                                R"({"allowUnknown": 1})"}) {
            const auto refused = readDrainRequest(bad);
            QVERIFY2(!refused && refused.error().status == 400, bad);
        }
        QCOMPARE(readDrainRequest("")->canonical, readDrainRequest(" { } ")->canonical);
        QVERIFY(!readDrainRequest("{}")->value.deadline);
        for (const char *bad :
             {R"({"to": "eu-2"})", R"({"to": []})", R"({"to": [""]})", R"({"to": [1]})",
              R"({"parallel": 0})", R"({"parallel": 65})", R"({"parallel": 1.5})",
              R"({"deadline": "0s"})", R"({"deadline": 60})", R"({"deadline": "-1h"})",
              R"({"deadline": "1 h"})", R"({"partial": "yes"})", R"({"stamp": "eu-1"})", "[]"}) {
            const auto refused = readDrainRequest(bad);
            QVERIFY2(!refused, bad);
            QCOMPARE(refused.error().status, 400);
        }
        QVERIFY(readNothing("{}"));
        QVERIFY(readNothing(""));
        QCOMPARE(readNothing("")->canonical, readNothing(" {} ")->canonical);
        QVERIFY(!readNothing("[]"));
        QVERIFY(!readNothing("{\"a\": 1}"));
    }

    void tokensTellWhoAsks()
    {
        QTemporaryDir folder;
        const QString name = folder.filePath(u"tokens"_s);
        const auto write = [&](const QByteArray &text) {
            QFile file(name);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text);
        };
        write("# who may\n\nsecret1 ada operator\n  secret2\tbob   viewer \n");
        const auto tokens = Tokens::fromFile(name);
        VERIFY_RESULT(tokens);
        const auto who = [&](const QByteArray &header) { return (*tokens)->identify(header); };
        QCOMPARE(who("Bearer secret1")->name, u"ada"_s);
        QCOMPARE(who("bearer secret1")->role, Role::Operator);
        QCOMPARE(who("Bearer  secret2")->name, u"bob"_s);
        QCOMPARE(who("Bearer secret2")->role, Role::Viewer);
        for (const char *wrong : {"", "secret1", "Basic secret1", "Bearer", "Bearer ",
                                  "Bearer secret", "Bearer secret11", "Bearer #"})
            QVERIFY2(!who(wrong), wrong);

        write("secret3 eve viewer\n");
        QTRY_VERIFY(who("Bearer secret3"));
        QVERIFY(!who("Bearer secret1"));

        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(u"tokens:1: expected TOKEN NAME viewer\\|operator"_s));
        write("half a\n");
        QTRY_VERIFY(who("Bearer secret3")); // the last good ones hold
        QVERIFY(!who("Bearer half"));
    }

    void wrongTokenFilesAreRefused()
    {
        QTemporaryDir folder;
        const QString name = folder.filePath(u"tokens"_s);
        QVERIFY(!Tokens::fromFile(name));
        QFile file(name);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("secret1 ada operator\nsecret2 bob admin\n");
        file.close();
        const auto tokens = Tokens::fromFile(name);
        QVERIFY(!tokens);
        QVERIFY(tokens.error().message.endsWith(u":2: expected TOKEN NAME viewer|operator"_s));
        QVERIFY(!tokens.error().message.contains(u"secret"_s));
    }

    void withoutAFileEverybodyIsAnOperator()
    {
        Tokens tokens;
        QCOMPARE(tokens.identify({})->role, Role::Operator);
        QCOMPARE(tokens.identify("Bearer whatever")->name, u"anonymous"_s);
    }

    void faultsAreRead()
    {
        const auto faults = withFault({}, u"latency=250ms"_s)
                                    .and_then([](const Faults &is) {
                                        return withFault(is, u"error-rate=10%"_s);
                                    })
                                    .and_then([](const Faults &is) {
                                        return withFault(is, u"hang=0.5"_s);
                                    });
        VERIFY_RESULT(faults);
        QCOMPARE(*faults, (Faults{250ms, 0.1, 0.5, 0, 0}));
        for (const QString &wrong :
             {u""_s, u"hang"_s, u"hang="_s, u"hang=2"_s, u"hang=-1"_s, u"hang=nan"_s, u"latency=5"_s,
              u"latency=0.5"_s, u"fire=1"_s, u"=1"_s})
            QVERIFY2(!withFault({}, wrong), qPrintable(wrong));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestRequests)
#include "tst_requests.moc"

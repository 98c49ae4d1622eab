// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/net/problem.h"
#include "tests/support/testmain.h"

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestProblem : public QObject
{
    Q_OBJECT

    static HttpAnswer answer(int status, const QByteArray &body = {}, HttpHeaders headers = {})
    {
        HttpAnswer answer;
        answer.status = status;
        answer.body = body;
        answer.headers = std::move(headers);
        return answer;
    }

private Q_SLOTS:
    void init() { Testing::strict(); }

    void typesByStatusAndCode_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("kind");
        QTest::addRow("400") << 400 << QByteArray() << u"invalid"_s;
        QTest::addRow("401") << 401 << QByteArray("<html>") << u"unauthenticated"_s;
        QTest::addRow("403") << 403 << QByteArray() << u"denied"_s;
        QTest::addRow("404") << 404 << QByteArray() << u"not-found"_s;
        QTest::addRow("405") << 405 << QByteArray() << u"unsupported"_s;
        QTest::addRow("409 without a code") << 409 << QByteArray() << u"conflict"_s;
        QTest::addRow("409 conflict")
            << 409 << QByteArray(R"({"code":"conflict"})") << u"conflict"_s;
        QTest::addRow("409 refused")
            << 409 << QByteArray(R"({"code":"refused","refusals":[{"code":"capacity"}]})")
            << u"refused"_s;
        QTest::addRow("412") << 412 << QByteArray(R"({"code":"revision-changed"})")
                             << u"conflict"_s;
        QTest::addRow("413") << 413 << QByteArray(R"({"code":"too-large"})") << u"invalid"_s;
        QTest::addRow("422") << 422 << QByteArray(R"({"code":"invalid"})") << u"invalid"_s;
        QTest::addRow("428") << 428 << QByteArray() << u"invalid"_s;
        QTest::addRow("429") << 429 << QByteArray() << u"not-now"_s;
        QTest::addRow("500") << 500 << QByteArray() << u"unreachable"_s;
        QTest::addRow("502") << 502 << QByteArray() << u"unreachable"_s;
        QTest::addRow("503") << 503 << QByteArray(R"({"code":"unavailable"})") << u"not-now"_s;
        QTest::addRow("504") << 504 << QByteArray() << u"timeout"_s;
        QTest::addRow("302") << 302 << QByteArray() << u"malformed"_s;
        QTest::addRow("a code of another type")
            << 409 << QByteArray(R"({"code":[1]})") << u"conflict"_s;
    }
    void typesByStatusAndCode()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(QString, kind);
        const Error error = errorOf(answer(status, body), u"prod"_s);
        QCOMPARE(toString(error.kind), kind);
        QVERIFY(!error.message.isEmpty() || kind == "refused"_L1);
        QVERIFY(!error.message.endsWith(u'.'));
        QVERIFY(error.detail.contains(QString::number(status)));
    }

    void carriesRefusals()
    {
        const Error error = errorOf(answer(409, R"({"code":"refused","detail":"x","refusals":[
            {"code":"capacity","subject":"eu-2","message":"no room for 4 cores.","fix":"free 2 cores"},
            {"code":"pinned","message":"acme is pinned"}]})"),
                                    u"prod"_s);
        QCOMPARE(error.refusals.size(), 2);
        QCOMPARE(error.refusals[0],
                 (Refusal{u"capacity"_s, u"eu-2"_s, u"no room for 4 cores"_s, u"free 2 cores"_s}));
        QCOMPARE(error.message, u"eu-2: no room for 4 cores"_s);
    }

    void saysWhatTheServerSaid()
    {
        QCOMPARE(errorOf(answer(404, R"({"detail":"there is no stamp eu-9."})"), u"prod"_s).message,
                 u"prod: there is no stamp eu-9"_s);
        QCOMPARE(errorOf(answer(503), u"prod"_s).message, u"prod asks to come back later"_s);
        QCOMPARE(errorOf(answer(401, R"({"detail":"Authorization: Bearer TOKEN"})"), u"prod"_s)
                     .message,
                 u"prod does not take our token: it is missing, wrong or expired"_s);
    }

    void readsRetryAfter()
    {
        const auto wait = [](const QByteArray &value, const QByteArray &date = {}) {
            return errorOf(answer(503, {}, {{"Date", date}, {"retry-after", value}}), u"p"_s)
                .retryAfter;
        };
        QCOMPARE(wait("120"), std::optional<std::chrono::milliseconds>(120s));
        QCOMPARE(wait("-5"), std::optional<std::chrono::milliseconds>(0s));
        QCOMPARE(wait("99999999999"), std::optional<std::chrono::milliseconds>(24h));
        QCOMPARE(wait("Fri, 02 Jan 2026 03:04:35 GMT", "Fri, 02 Jan 2026 03:04:05 GMT"),
                 std::optional<std::chrono::milliseconds>(30s));
        QCOMPARE(wait("soon"), std::nullopt);
        QCOMPARE(errorOf(answer(404, {}, {{"Retry-After", "3"}}), u"p"_s).retryAfter, std::nullopt);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestProblem)
#include "tst_problem.moc"

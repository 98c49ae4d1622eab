// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/alertmanager/alertmanagerdecoder.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QFile>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

namespace {

/// What a real Alertmanager 0.25 answered: the same files feed the fuzz target.
QByteArray recorded(const QString &name)
{
    QFile file(QStringLiteral(STAMPDECK_SOURCE_DIR "/tests/fuzz/corpus/alertmanager/") + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// JSON that is easier to read: with ' for ".
QByteArray json(QByteArray text)
{
    return text.replace('\'', '"');
}

Timestamp at(const QString &time)
{
    return fromRfc3339(time).value_or(Timestamp());
}

} // namespace

class TestAlertmanagerDecoder : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void alerts()
    {
        const auto decoded = decodeAlerts(recorded(u"alerts.json"_s), {});
        VERIFY_RESULT(decoded);
        QVERIFY(decoded->faults.empty());
        QCOMPARE(decoded->alerts.size(), size_t(2));
        const Alert &latency = *decoded->alerts[0];
        QCOMPARE(latency.fingerprint, u"becf0a3e328d380f"_s);
        QCOMPARE(latency.name, u"HighLatency"_s);
        QCOMPARE(latency.severity, Severity::Critical);
        QCOMPARE(latency.summary, u"p99 above 400 ms"_s);
        QCOMPARE(latency.stamp, u"eu-1"_s);
        QCOMPARE(latency.tenant, u"acme"_s);
        QCOMPARE(latency.state, AlertState::Active);
        QCOMPARE(latency.receivers, QStringList{u"nobody"_s});
        QCOMPARE(latency.startsAt, std::optional(at(u"2026-11-28T02:39:27.310Z"_s)));
        QCOMPARE(latency.endsAt, std::optional(at(u"2026-11-28T02:44:27.310Z"_s)));
        QCOMPARE(latency.links,
                 (QList<Link>{{u"Runbook"_s, u"https://runbooks.example/latency"_s},
                              {u"Source"_s, u"http://prometheus:9090/graph?g0.expr=x"_s}}));
        const Alert &disk = *decoded->alerts[1];
        QCOMPARE(disk.severity, Severity::Warning);
        QCOMPARE(disk.state, AlertState::Suppressed);
        QCOMPARE(disk.silencedBy, QStringList{u"2f7bc975-b42a-464a-b058-d81595861556"_s});
        QCOMPARE(disk.inhibitedBy, QStringList{u"becf0a3e328d380f"_s});
        QCOMPARE(disk.mutedBy, QStringList{u"night"_s});
    }

    void whatIsTheSameIsShared()
    {
        const auto first = decodeAlerts(recorded(u"alerts.json"_s), {});
        VERIFY_RESULT(first);
        QByteArray changed = recorded(u"alerts.json"_s);
        changed.replace("DiskFull", "DiskGone");
        const auto second = decodeAlerts(changed, {}, first->alerts);
        VERIFY_RESULT(second);
        QCOMPARE(second->alerts[0], first->alerts[0]);
        QVERIFY(second->alerts[1] != first->alerts[1]);
        QCOMPARE(second->alerts[1]->name, u"DiskGone"_s);
    }

    void labelsOfTheConfiguration()
    {
        const auto decoded = decodeAlerts(
            json("[{'fingerprint':'1','labels':{'cell':'a','customer':'b','level':'page'}}]"),
            {u"cell"_s, u"customer"_s, u"level"_s});
        VERIFY_RESULT(decoded);
        QCOMPARE(decoded->alerts[0]->stamp, u"a"_s);
        QCOMPARE(decoded->alerts[0]->tenant, u"b"_s);
        QCOMPARE(decoded->alerts[0]->severity, Severity::Critical);
    }

    void severities_data()
    {
        QTest::addColumn<QString>("word");
        QTest::addColumn<Severity>("severity");
        QTest::addRow("page") << u"page"_s << Severity::Critical;
        QTest::addRow("capitals") << u"CRITICAL"_s << Severity::Critical;
        QTest::addRow("notice") << u"notice"_s << Severity::Info;
        QTest::addRow("none") << u"none"_s << Severity::Info;
        QTest::addRow("warn") << u"warn"_s << Severity::Warning;
        QTest::addRow("nothing") << QString() << Severity::Warning;
        QTest::addRow("a word of their own") << u"sev-2"_s << Severity::Warning;
    }
    void severities()
    {
        QFETCH(QString, word);
        QFETCH(Severity, severity);
        QCOMPARE(severityOf(word), severity);
    }

    void onlyWebAddressesAreLinks()
    {
        const auto decoded = decodeAlerts(recorded(u"links.json"_s), {});
        VERIFY_RESULT(decoded);
        const QList<Link> links = decoded->alerts[0]->links;
        QCOMPARE(links.size(), 1);
        QCOMPARE(links[0].title, u"e"_s);
        QVERIFY(links[0].url.startsWith(u"HTTPS://ok.example/"));
        const QByteArray endless = "https://x.example/" + QByteArray(20'000, 'x');
        const auto more = decodeAlerts(
            json("[{'fingerprint':'1','annotations':{'dashboard':'http://d/','a':'http://a/',"
                 "'runbook':'http://r/','z':'"
                 + endless + "'},'generatorURL':'http://g/'}]"),
            {});
        VERIFY_RESULT(more);
        QStringList titles;
        for (const Link &link : more->alerts[0]->links)
            titles.append(link.title);
        QCOMPARE(titles, (QStringList{u"Runbook"_s, u"Dashboard"_s, u"a"_s, u"Source"_s}));
    }

    void timesThatAreNone()
    {
        const auto decoded = decodeAlerts(
            json("[{'fingerprint':'a','startsAt':'0001-01-01T00:00:00.000Z','endsAt':null}]"), {});
        VERIFY_RESULT(decoded);
        QVERIFY(decoded->faults.empty());
        QCOMPARE(decoded->alerts[0]->startsAt, std::nullopt);
        QCOMPARE(decoded->alerts[0]->endsAt, std::nullopt);
    }

    void oneWrongAlertIsLeftOut()
    {
        const auto decoded = decodeAlerts(recorded(u"wrong-types.json"_s), {});
        VERIFY_RESULT(decoded);
        QCOMPARE(decoded->alerts.size(), size_t(1));
        QCOMPARE(decoded->alerts[0]->fingerprint, u"e"_s);
        QStringList faults;
        for (const ObjectFault &fault : decoded->faults)
            faults.append(fault.id + u' ' + fault.pointer + u' ' + fault.message);
        QCOMPARE(faults,
                 (QStringList{u" /0 not an object"_s, u" /1/fingerprint not a text"_s,
                              u"a /2/labels not an object"_s, u"b /3/labels/a~1b not a text"_s,
                              u"c /4/startsAt not a time"_s,
                              u"d /5/status/state none of the words that are known"_s,
                              u"e /6/receivers/0 not an object"_s, u"e /8 it comes twice"_s}));
    }

    void aMegabyteIsText()
    {
        const QByteArray big(1 << 20, 'x');
        const auto decoded =
            decodeAlerts(json("[{'fingerprint':'a','labels':{'stamp':'" + big
                              + "'},'annotations':{'summary':'<b>\\u202e\\u0000" + big + "'}}]"),
                         {});
        VERIFY_RESULT(decoded);
        QCOMPARE(decoded->alerts[0]->stamp.size(), 1 << 20);
        QVERIFY(decoded->alerts[0]->summary.startsWith(QString(u"<b>\u202e"_s + QChar(0))));
    }

    void groups()
    {
        const auto groups = decodeAlertGroups(recorded(u"groups.json"_s));
        VERIFY_RESULT(groups);
        QCOMPARE(*groups,
                 (QList<AlertGroup>{{u"nobody"_s,
                                     {{u"stamp"_s, u"eu-1"_s}},
                                     {u"becf0a3e328d380f"_s, u"e14f8536a3561399"_s}}}));
    }

    void silences()
    {
        const auto decoded = decodeSilences(recorded(u"silences.json"_s));
        VERIFY_RESULT(decoded);
        QVERIFY(decoded->faults.empty());
        Silence silence;
        silence.id = u"2f7bc975-b42a-464a-b058-d81595861556"_s;
        silence.matchers = {{u"alertname"_s, u"DiskFull"_s, false, true}};
        silence.startsAt = silence.updatedAt = at(u"2026-11-28T02:39:27.340Z"_s);
        silence.endsAt = at(u"2027-01-01T00:00:00Z"_s);
        silence.createdBy = u"ada"_s;
        silence.comment = u"disk"_s;
        QCOMPARE(decoded->silences, QList{silence});
        const auto one = decodeSilence(recorded(u"silence.json"_s));
        VERIFY_RESULT(one);
        QCOMPARE(*one, silence);
        const auto back = decodeSilence(encodeSilence(silence));
        VERIFY_RESULT(back);
        silence.updatedAt.reset();
        QCOMPARE(*back, silence);
    }

    void wrongSilences()
    {
        const auto decoded = decodeSilences(recorded(u"wrong-silences.json"_s));
        VERIFY_RESULT(decoded);
        QCOMPARE(decoded->silences.size(), 0);
        QStringList faults;
        for (const ObjectFault &fault : decoded->faults)
            faults.append(fault.id + u' ' + fault.pointer + u' ' + fault.message);
        QCOMPARE(faults,
                 (QStringList{u"a /0/matchers/0/name missing"_s, u"b /1/matchers not a list"_s,
                              u" /2/id missing"_s, u"c /3/status/state not a text"_s}));
    }

    void status()
    {
        const auto status = decodeAlertmanagerStatus(recorded(u"status.json"_s));
        VERIFY_RESULT(status);
        QCOMPARE(status->version, u"0.25.0"_s);
        QCOMPARE(status->cluster, u"ready"_s);
        QCOMPARE(status->peers, 1);
        const auto id = decodeSilenceId(recorded(u"silence-id.json"_s));
        VERIFY_RESULT(id);
        QCOMPARE(*id, u"2f7bc975-b42a-464a-b058-d81595861556"_s);
    }

    void errors()
    {
        QCOMPARE(decodeAlertmanagerError(recorded(u"error-text"_s)),
                 u"silence invalid: at least one matcher must not match the empty string"_s);
        QCOMPARE(decodeAlertmanagerError(recorded(u"error-object"_s)),
                 u"comment in body is required"_s);
        QCOMPARE(decodeAlertmanagerError(recorded(u"error-page"_s)), QString());
        QCOMPARE(decodeAlertmanagerError({}), QString());
    }

    void wrongAnswers_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("message");
        QTest::addRow("a page") << recorded(u"error-page"_s) << u"the answer is not JSON"_s;
        QTest::addRow("nothing") << QByteArray() << u"the answer is not JSON"_s;
        QTest::addRow("cut off") << recorded(u"cut-off.json"_s) << u"the answer is not JSON"_s;
        QTest::addRow("too deep") << recorded(u"deep.json"_s) << u"the answer is not JSON"_s;
        QTest::addRow("no UTF-8") << recorded(u"not-utf8"_s) << u"the answer is not JSON"_s;
        QTest::addRow("an object") << QByteArray("{}") << u"the answer is not a list"_s;
    }
    void wrongAnswers()
    {
        QFETCH(QByteArray, body);
        QFETCH(QString, message);
        const Error errors[] = {decodeAlerts(body, {}).error(), decodeAlertGroups(body).error(),
                                decodeSilences(body).error()};
        for (const Error &error : errors) {
            QCOMPARE(error.kind, ErrorKind::Malformed);
            QCOMPARE(error.message, message);
        }
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestAlertmanagerDecoder)
#include "tst_alertmanagerdecoder.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/api/incidentadapter.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const Timestamp start = *fromRfc3339(u"2026-01-02T03:00:00Z");

Silence night()
{
    Silence silence;
    silence.matchers = {{u"stamp"_s, u"eu-1"_s}};
    silence.endsAt = start + 2h;
    silence.createdBy = u"ada"_s;
    silence.comment = u"disk is being replaced"_s;
    return silence;
}

AlertPtr alertOf(const QString &fingerprint, const std::function<void(Alert &)> &change = {})
{
    Alert alert;
    alert.fingerprint = fingerprint;
    alert.startsAt = start;
    alert.updatedAt = start;
    if (change)
        change(alert);
    return std::make_shared<const Alert>(alert);
}

} // namespace

class TestIncident : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void matchers_data()
    {
        QTest::addColumn<QString>("value");
        QTest::addColumn<bool>("isRegex");
        QTest::addColumn<bool>("isEqual");
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("fits");
        QTest::addRow("the same") << u"eu-1"_s << false << true << u"eu-1"_s << true;
        QTest::addRow("another") << u"eu-1"_s << false << true << u"eu-12"_s << false;
        QTest::addRow("not the same") << u"eu-1"_s << false << false << u"eu-1"_s << false;
        QTest::addRow("not another") << u"eu-1"_s << false << false << u""_s << true;
        QTest::addRow("of the whole value")
            << u"eu-1|eu-2"_s << true << true << u"eu-12"_s << false;
        QTest::addRow("one of two") << u"eu-1|eu-2"_s << true << true << u"eu-2"_s << true;
        QTest::addRow("over lines") << u"a.*b"_s << true << true << u"a\nb"_s << true;
        QTest::addRow("none of two") << u"eu-1|eu-2"_s << true << false << u"eu-3"_s << true;
        QTest::addRow("no expression") << u"("_s << true << true << u"("_s << false;
        QTest::addRow("not no expression") << u"("_s << true << false << u"x"_s << false;
    }
    void matchers()
    {
        QFETCH(QString, value);
        QFETCH(bool, isRegex);
        QFETCH(bool, isEqual);
        QFETCH(QString, text);
        QFETCH(bool, fits);
        QCOMPARE((Matcher{u"l"_s, value, isRegex, isEqual}).matches(text), fits);
        QCOMPARE(matches({{u"l"_s, value, isRegex, isEqual}}, {{u"l"_s, text}}), fits);
    }

    void everyMatcherHasToFit()
    {
        const QMap<QString, QString> labels{{u"a"_s, u"1"_s}, {u"b"_s, u"2"_s}};
        QVERIFY(matches({{u"a"_s, u"1"_s}, {u"b"_s, u"2"_s}}, labels));
        QVERIFY(!matches({{u"a"_s, u"1"_s}, {u"b"_s, u"3"_s}}, labels));
        QVERIFY(matches({{u"a"_s, u"1"_s}, {u"c"_s, u""_s}}, labels));
    }

    void matchersAsText()
    {
        QCOMPARE((Matcher{u"a"_s, u"x\"\\\n"_s, false, true}).toString(), u"a=\"x\\\"\\\\\\n\""_s);
        QCOMPARE((Matcher{u"a"_s, u"x"_s, true, true}).toString(), u"a=~\"x\""_s);
        QCOMPARE((Matcher{u"a"_s, u"x"_s, false, false}).toString(), u"a!=\"x\""_s);
        QCOMPARE((Matcher{u"a"_s, u"x"_s, true, false}).toString(), u"a!~\"x\""_s);
    }

    void whatNoBackendTakes_data()
    {
        QTest::addColumn<std::function<void(Silence &)>>("change");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *name, const std::function<void(Silence &)> &change,
                            const QString &message) {
            QTest::addRow("%s", name) << change << message;
        };
        row(
            "nothing to match", [](Silence &s) { s.matchers.clear(); },
            u"a silence needs something to match"_s);
        row(
            "a matcher without a label", [](Silence &s) { s.matchers[0].name.clear(); },
            u"a matcher needs the name of a label"_s);
        row(
            "a broken expression",
            [](Silence &s) {
                s.matchers[0].isRegex = true;
                s.matchers[0].value = u"("_s;
            },
            u"“(” is no regular expression: missing closing parenthesis"_s);
        const QString everything = u"a silence of everything: at least one matcher must not fit an "
                                   "alert that lacks its label"_s;
        row(
            "only what fits an empty label", [](Silence &s) { s.matchers[0].value.clear(); },
            everything);
        row(
            "an expression for everything",
            [](Silence &s) {
                s.matchers = {{u"a"_s, u".*"_s, true, true}, {u"b"_s, u"x"_s, false, false}};
            },
            everything);
        row(
            "no end", [](Silence &s) { s.endsAt.reset(); }, u"a silence needs an end"_s);
        row(
            "an end that is past", [](Silence &s) { s.endsAt = start; },
            u"the end of the silence is past"_s);
        row(
            "an end at its start", [](Silence &s) { s.startsAt = s.endsAt; },
            u"the silence ends before it begins"_s);
        row(
            "nobody", [](Silence &s) { s.createdBy = u" "_s; },
            u"a silence needs to say who made it"_s);
        row(
            "no comment", [](Silence &s) { s.comment.clear(); }, u"a silence needs a comment"_s);
    }
    void whatNoBackendTakes()
    {
        QFETCH(std::function<void(Silence &)>, change);
        QFETCH(QString, message);
        Silence silence = night();
        VERIFY_RESULT(checkSilence(silence, start));
        change(silence);
        const auto checked = checkSilence(silence, start);
        QVERIFY(!checked);
        QCOMPARE(checked.error().kind, ErrorKind::Invalid);
        QCOMPARE(checked.error().message, message);
    }

    void peersTellEachAlertOnce()
    {
        AlertUpdate one;
        one.endpoint = u"a"_s;
        one.alerts = {alertOf(u"1"_s), alertOf(u"2"_s)};
        one.groups = {{u"team"_s, {{u"stamp"_s, u"x"_s}}, {u"1"_s, u"2"_s}}};
        AlertUpdate two;
        two.endpoint = u"b"_s;
        two.alerts = {alertOf(u"2"_s,
                              [](Alert &alert) {
                                  alert.endsAt = start + 1h;
                                  alert.receivers = {u"other"_s};
                              }),
                      alertOf(u"3"_s)};
        two.groups = {{u"team"_s, {{u"stamp"_s, u"x"_s}}, {u"2"_s, u"3"_s}},
                      {u"other"_s, {}, {u"2"_s}}};
        two.warnings = {u"settling"_s};
        const AlertUpdate merged = mergePeers({one, two});
        QCOMPARE(merged.alerts.size(), size_t(3));
        QCOMPARE(merged.alerts[0], one.alerts[0]); // the very same value
        QCOMPARE(merged.alerts[1]->endsAt, std::optional(start + 1h));
        QCOMPARE(merged.alerts[1]->receivers, QStringList{u"other"_s});
        QCOMPARE(merged.alerts[2]->fingerprint, u"3"_s);
        QCOMPARE(merged.groups.size(), 2);
        QCOMPARE(merged.groups[1].fingerprints, (QStringList{u"1"_s, u"2"_s, u"3"_s}));
        QCOMPARE(merged.warnings, QStringList{u"settling"_s});
        QCOMPARE(mergePeers({}).alerts.size(), size_t(0));
    }

    void theNewestWordOfASilenceCounts()
    {
        Silence silence = night();
        silence.id = u"s"_s;
        silence.updatedAt = start;
        AlertUpdate late; // has not heard that it was ended
        late.silences = {silence};
        late.alerts = {alertOf(u"1"_s, [](Alert &alert) {
            alert.silencedBy = {u"s"_s};
            alert.state = AlertState::Suppressed;
        })};
        AlertUpdate first;
        silence.state = SilenceState::Expired;
        silence.updatedAt = start + 1min;
        first.silences = {silence};
        first.alerts = {alertOf(u"1"_s)};
        for (const auto &peers : {std::vector{late, first}, std::vector{first, late}}) {
            const AlertUpdate merged = mergePeers(peers);
            QCOMPARE(merged.silences, QList{silence});
            QCOMPARE(merged.alerts[0]->state, AlertState::Active);
            QCOMPARE(merged.alerts[0]->silencedBy, QStringList());
        }
        // And the other way: one that only one peer knows yet holds.
        first.silences[0].state = SilenceState::Active;
        first.alerts = late.alerts;
        late.silences.clear();
        late.alerts = {alertOf(u"1"_s)};
        for (const auto &peers : {std::vector{late, first}, std::vector{first, late}}) {
            const AlertUpdate merged = mergePeers(peers);
            QCOMPARE(merged.alerts[0]->state, AlertState::Suppressed);
            QCOMPARE(merged.alerts[0]->silencedBy, QStringList{u"s"_s});
        }
    }

    void words()
    {
        QCOMPARE(toString(Severity::Critical), u"critical"_s);
        QCOMPARE(fromString<AlertState>(u"suppressed"), std::optional(AlertState::Suppressed));
        QCOMPARE(fromString<SilenceState>(u"gone"), std::nullopt);
        for (const Capability one :
             {Capability::CreateSilences, Capability::EditSilences, Capability::ExpireSilences}) {
            const QStringList words = toStrings(one);
            QCOMPARE(words.size(), 1);
            QCOMPARE(capabilityFromString(words[0]), std::optional(one));
        }
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestIncident)
#include "tst_incident.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleetconfig.h"
#include "models/secretstore.h"
#include "models/units.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

AdapterKey key(const QString &name, KeyType type, bool required = false)
{
    AdapterKey made;
    made.name = name;
    made.type = type;
    made.required = required;
    return made;
}

/// Two adapters that these tests alone know, and two for metrics and incidents.
std::vector<AdapterInfo> adapters()
{
    AdapterInfo plane;
    plane.kind = u"plane"_s;
    plane.interfaceName = u"fleet"_s;
    plane.location = u"url"_s;
    plane.keys = networkKeys();
    plane.keys += {key(u"url"_s, KeyType::Url, true), key(u"token"_s, KeyType::Secret)};
    AdapterKey urls = key(u"mirrors"_s, KeyType::Url);
    urls.isList = true;
    plane.keys.append(urls);
    AdapterInfo game;
    game.kind = u"game"_s;
    game.interfaceName = u"fleet"_s;
    game.location = u"stamps"_s;
    AdapterKey stamps = key(u"stamps"_s, KeyType::Integer);
    stamps.min = 1;
    stamps.max = 1000;
    stamps.defaultValue = 48.0;
    AdapterKey mood = key(u"mood"_s, KeyType::String);
    mood.choices = {u"calm"_s, u"lively"_s};
    AdapterKey wait = key(u"wait"_s, KeyType::Duration);
    wait.defaultValue = u"250ms"_s;
    game.keys = {stamps,
                 mood,
                 wait,
                 key(u"speed"_s, KeyType::Number),
                 key(u"share"_s, KeyType::Ratio),
                 key(u"room"_s, KeyType::Size),
                 key(u"state"_s, KeyType::Path),
                 key(u"calm"_s, KeyType::Boolean)};
    AdapterInfo metrics;
    metrics.kind = u"prometheus"_s;
    metrics.interfaceName = u"metrics"_s;
    metrics.keys = networkKeys() + QList{key(u"url"_s, KeyType::Url, true)};
    AdapterInfo incidents;
    incidents.kind = u"alertmanager"_s;
    incidents.interfaceName = u"incidents"_s;
    incidents.keys = networkKeys()
        + QList{key(u"url"_s, KeyType::Url), key(u"token"_s, KeyType::Secret)};
    return {plane, game, metrics, incidents};
}

Result<FleetConfig> read(const QString &text)
{
    return readFleetConfig(text.toUtf8(), u"/etc/fleet.yaml"_s, adapters());
}

} // namespace

class TestFleetConfig : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void readsEverything()
    {
        QFile file(QStringLiteral(STAMPDECK_SOURCE_DIR "/tests/models/config/everything.yaml"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto config = readFleetConfig(file.readAll(), u"/etc/fleet.yaml"_s, adapters());
        VERIFY_RESULT(config);
        QCOMPARE(config->sources.size(), 2);
        const SourceSettings &prod = config->sources[0].settings;
        QCOMPARE(prod.name, u"prod"_s);
        QCOMPARE(prod.adapter, u"plane"_s);
        QCOMPARE(prod.production, true);
        QCOMPARE(prod.readOnly, false);
        QCOMPARE(prod.pollInterval, 2000ms);
        QCOMPARE(prod.timeout, 60'000ms);
        QCOMPARE(prod.maxAnswer, 64LL << 20);
        QCOMPARE(prod.keys.value(u"url"_s).toString(), u"https://control.example:8443/a"_s);
        QCOMPARE(prod.keys.value(u"ca"_s).toString(), u"/etc/pki/ca.pem"_s);
        QCOMPARE(prod.keys.value(u"token"_s).value<SecretRef>(),
                 (SecretRef{SecretRef::Kind::Keychain, u"stampdeck/prod"_s}));
        QVERIFY(!prod.keys.contains(u"name"_s));
        QCOMPARE(config->sources[0].place.toString(), u"/etc/fleet.yaml:3:5"_s);

        const SourceSettings &demo = config->sources[1].settings;
        QCOMPARE(demo.readOnly, true);
        QCOMPARE(demo.tenantDomain, u"prod"_s);
        QCOMPARE(demo.pollInterval, 5000ms);
        QCOMPARE(demo.keys.value(u"stamps"_s), QVariant(7LL));
        QCOMPARE(demo.keys.value(u"speed"_s), QVariant(1.5));
        QCOMPARE(demo.keys.value(u"share"_s), QVariant(0.85));
        QCOMPARE(demo.keys.value(u"room"_s), QVariant(16LL << 30));
        QCOMPARE(demo.keys.value(u"state"_s).toString(), QDir::homePath() + u"/state"_s);
        QCOMPARE(demo.keys.value(u"calm"_s), QVariant(true));
        QCOMPARE(demo.keys.value(u"wait"_s), QVariant(250LL)); // its default
        QCOMPARE(config->sources[0].objectives, config->objectives);
        QCOMPARE(config->sources[1].objectives.latencyP99Ms, std::optional(1000.0));
        QCOMPARE(config->sources[1].objectives.load, 0.8);

        QCOMPARE(config->objectives.load, 0.8);
        QCOMPARE(config->objectives.latencyP99Ms, std::optional(250.0));
        QCOMPARE(config->objectives.errorRatio, std::optional(0.02));
        QCOMPARE(config->objectives.hold, 10'000ms);
        QCOMPARE(config->metrics.size(), 1);
        const SourceSettings &metrics = config->metrics[0].settings;
        QCOMPARE(metrics.name, u"prometheus"_s);
        QCOMPARE(metrics.adapter, u"prometheus"_s);
        QCOMPARE(metrics.keys.value(u"url"_s).toString(), u"http://metrics:9090"_s);
        QCOMPARE(metrics.keys.value(u"stampLabel"_s).toString(), u"stamp"_s);
        QCOMPARE(metrics.pollInterval, 30'000ms);
        QCOMPARE(metrics.keys.value(u"queries"_s).toMap(),
                 (QVariantMap{{u"cpu"_s, u"sum by (stamp) (x)"_s}}));
        const SourceSettings &incidents = config->incidents[0].settings;
        QCOMPARE(incidents.pollInterval, 15'000ms);
        QCOMPARE(incidents.keys.value(u"stampLabel"_s).toString(), u"cell"_s);
        QCOMPARE(incidents.keys.value(u"tenantLabel"_s).toString(), u"tenant"_s);
        QCOMPARE(incidents.keys.value(u"severityLabel"_s).toString(), u"severity"_s);
        QVERIFY(!incidents.keys.contains(u"watchdog"_s));
        QVERIFY(incidents.keys.value(u"token"_s).canConvert<SecretRef>());
        QCOMPARE(config->incidents[1].settings.name, u"alertmanager-2"_s);
        QCOMPARE(config->incidents[1].settings.keys.value(u"watchdog"_s).toString(),
                 u"Watchdog"_s);
        QCOMPARE(regionPlace(u"attic"_s, config->regions), (GeoPoint{52.5, 13.4}));
        QCOMPARE(config->templates, u"/etc/templates"_s);
        WindowSettings window;
        window.scheme = WindowSettings::Scheme::Light;
        window.textSize = 1.1;
        window.times = WindowSettings::Times::Local;
        window.language = u"de_DE"_s;
        window.noticeTime = 10'000ms;
        QCOMPARE(config->window, window);
        IncidentRules rules;
        rules[IncidentKind::OverCapacity] = {true, Severity::Critical, 1min, 2min, 0.9};
        rules[IncidentKind::RegionLoss].enabled = false;
        QCOMPARE(config->incidentRules, rules);
    }

    void writesTheWindowAsItIsRead()
    {
        WindowSettings settings;
        const QList<std::pair<QString, QString>> others = {
            {u"theme"_s, u"dark"_s},      {u"contrast"_s, u"high"_s}, {u"textSize"_s, u"125%"_s},
            {u"motion"_s, u"reduced"_s},  {u"times"_s, u"local"_s},   {u"language"_s, u"pt_BR"_s},
            {u"noticeTime"_s, u"20s"_s},  {u"wallTime"_s, u"1m"_s},   {u"notify"_s, u"critical"_s},
            {u"notifyAgain"_s, u"10m"_s}, {u"notifySound"_s, u"off"_s},
            {u"quietHours"_s, u"22:00-07:00"_s},
        };
        QCOMPARE(others.size(), WindowSettings::keys().size());
        QByteArray yaml = "window:\n";
        for (const auto &[key, word] : others) {
            QVERIFY(settings.written(key) != word);
            settings.set(key, word);
            QCOMPARE(settings.written(key), word);
            yaml += "  " + key.toUtf8() + ": " + word.toUtf8() + '\n';
        }
        const auto config = readFleetConfig(yaml, u"/etc/fleet.yaml"_s, {});
        VERIFY_RESULT(config);
        QCOMPARE(config->window, settings);
        for (const AdapterKey &key : WindowSettings::keys())
            QCOMPARE(WindowSettings().written(key.name), key.defaultValue.toString());
    }

    void nothingIsAConfigurationToo_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addRow("no byte") << QString();
        QTest::addRow("a comment") << u"# later\n"_s;
        QTest::addRow("empty keys") << u"sources:\nmetrics:\nincidents:\nobjectives:\nregions:\n"_s;
        QTest::addRow("JSON") << u"{\"sources\": []}"_s;
    }
    void nothingIsAConfigurationToo()
    {
        QFETCH(QString, text);
        const auto config = read(text);
        VERIFY_RESULT(config);
        QVERIFY(config->sources.isEmpty());
        QCOMPARE(config->objectives, Objectives());
        QVERIFY(config->templates.endsWith(u"/stampdeck/templates"_s));
    }

    void anObjectiveCanBeTakenAway()
    {
        const auto config = read(u"objectives: {latencyP99: null, errorRatio: ~}"_s);
        VERIFY_RESULT(config);
        QCOMPARE(config->objectives.latencyP99Ms, std::nullopt);
        QCOMPARE(config->objectives.errorRatio, std::nullopt);
    }

    void namesPlaceAndExpectation_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *name, const QString &text, const QString &message) {
            QTest::addRow("%s", name) << text << u"/etc/fleet.yaml:"_s + message;
        };
        row("an unknown key", u"sources:\n  - {name: a, adapter: game, stmaps: 5}"_s,
            u"2:30: unknown key “stmaps” of a source of the adapter game, did you mean “stamps”?"_s);
        row("an unknown key at the top", u"source: []"_s,
            u"1:1: unknown key “source” of the configuration, did you mean “sources”?"_s);
        row("an unknown adapter", u"sources: [{name: a, adapter: gaem}]"_s,
            u"1:30: adapter: there is no adapter “gaem”, did you mean “game”?"_s);
        row("no adapter", u"sources: [{name: a}]"_s, u"1:11: a source lacks “adapter”, text"_s);
        row("no name", u"sources: [{adapter: game}]"_s,
            u"1:11: a source of the adapter game lacks “name”, text"_s);
        row("no URL", u"sources: [{name: a, adapter: plane}]"_s,
            u"1:11: a source of the adapter plane lacks “url”, a URL such as https://host:8443"_s);
        row("a duration without a unit", u"sources: [{name: a, adapter: game, pollInterval: 5}]"_s,
            u"1:50: pollInterval: expected a duration such as 5s, 2m or 1h from 100ms to 1d, found 5"_s);
        row("a duration that is too short",
            u"sources: [{name: a, adapter: game, pollInterval: 1ms}]"_s,
            u"1:50: pollInterval: expected a duration such as 5s, 2m or 1h from 100ms to 1d, found “1ms”"_s);
        row("text for a number", u"sources: [{name: a, adapter: game, stamps: many}]"_s,
            u"1:44: stamps: expected a whole number from 1 to 1000, found “many”"_s);
        row("a number in quotes", u"sources: [{name: a, adapter: game, stamps: \"5\"}]"_s,
            u"1:44: stamps: expected a whole number from 1 to 1000, found “5”"_s);
        row("a number out of bounds", u"sources: [{name: a, adapter: game, stamps: 0}]"_s,
            u"1:44: stamps: expected a whole number from 1 to 1000, found 0"_s);
        row("a number for text", u"sources: [{name: 5, adapter: game}]"_s,
            u"1:18: name: expected text, found 5; put it in quotes"_s);
        row("a list for text", u"sources: [{name: [a], adapter: game}]"_s,
            u"1:18: name: expected text, found a list"_s);
        row("no value", u"sources: [{name: a, adapter: game, stamps: }]"_s,
            u"1:44: stamps: expected a whole number from 1 to 1000, found nothing"_s);
        row("no such choice", u"sources: [{name: a, adapter: game, mood: livly}]"_s,
            u"1:42: mood: expected one of calm, lively, found “livly”, did you mean “lively”?"_s);
        row("no URL where one is due", u"sources: [{name: a, adapter: plane, url: localhost}]"_s,
            u"1:42: url: expected a URL such as https://host:8443, found “localhost”"_s);
        row("a password in a URL",
            u"sources: [{name: a, adapter: plane, url: \"http://u:pw@h\"}]"_s,
            u"1:42: url: a password is not written here; expected a URL without one"_s);
        row("a literal secret",
            u"sources: [{name: a, adapter: plane, url: \"http://h\", token: hunter2}]"_s,
            u"1:61: token: a secret is not written here; expected {keychain: …}, {env: …} or {file: …}"_s);
        row("a secret in no place",
            u"sources: [{name: a, adapter: plane, url: \"http://h\", token: {value: hunter2}}]"_s,
            u"1:61: token: “value” is no place of secrets; expected {keychain: …}, {env: …} or {file: …}"_s);
        row("a secret in two places",
            u"sources: [{name: a, adapter: plane, url: \"http://h\", token: {env: A, file: b}}]"_s,
            u"1:61: token: expected one of {keychain: …}, {env: …} or {file: …}"_s);
        row("an empty list",
            u"sources: [{name: a, adapter: plane, url: \"http://h\", mirrors: []}]"_s,
            u"1:63: mirrors: expected a list, each a URL such as https://host:8443, found an empty one"_s);
        row("two of a name", u"sources:\n- {name: a, adapter: game}\n- {name: a, adapter: game}"_s,
            u"3:10: name: “a” is the source of line 2 already"_s);
        row("a name with a slash", u"sources: [{name: a/b, adapter: game}]"_s,
            u"1:18: name: expected a name of letters, digits, “.”, “_” and “-”, 63 at most"_s);
        row("a key twice", u"sources: [{name: a, adapter: game, stamps: 1, stamps: 2}]"_s,
            u"1:47: “stamps” is there twice"_s);
        row("a place without longitude", u"regions: {attic: {lat: 5}}"_s,
            u"1:18: the region “attic” lacks “lon”, a number from -180 to 180"_s);
        row("a place off the globe", u"regions: {attic: {lat: 95, lon: 5}}"_s,
            u"1:24: lat: expected a number from -90 to 90, found 95"_s);
        row("an unknown theme", u"window: {theme: drak}"_s,
            u"1:17: theme: expected one of system, dark, light, found “drak”, did you mean “dark”?"_s);
        row("a text that is too large", u"window:\n  textSize: 160%"_s,
            u"2:13: textSize: expected a ratio such as 85% or 0.85 from 90% to 150%, found “160%”"_s);
        row("a language that is none", u"window: {language: de DE}"_s,
            u"1:20: language: expected “system” or the name of a locale such as de_DE, found "
            "“de DE”"_s);
        row("a key of the window that there is not", u"window: {them: dark}"_s,
            u"1:10: unknown key “them” of window, did you mean “theme”?"_s);
        row("an objective over everything", u"objectives: {load: 180%}"_s,
            u"1:20: load: expected a ratio such as 85% or 0.85 from 1% to 100%, found “180%”"_s);
        row("a query per stamp",
            u"metrics: [{adapter: prometheus, url: \"http://m\", queries: {cpu: \"x{s='{{stamp}}'}\"}}]"_s,
            u"1:65: cpu: one query asks for all stamps; expected it to group by the label, sum by "
            "(stamp) (…), instead of {{stamp}}"_s);
        row("metrics of nobody", u"metrics: [{adapter: promtheus, url: \"http://m\"}]"_s,
            u"1:21: adapter: there is no adapter “promtheus”, did you mean “prometheus”?"_s);
        row("a fleet's adapter as a source of metrics",
            u"metrics: [{adapter: game, url: \"http://m\"}]"_s,
            u"1:21: adapter: there is no adapter “game”; known are prometheus"_s);
        row("incidents without an adapter", u"incidents: [{url: \"http://m\"}]"_s,
            u"1:13: a source of incidents lacks “adapter”, text"_s);
        row("metrics without a place", u"metrics: [{adapter: prometheus}]"_s,
            u"1:11: a source of metrics of the adapter prometheus lacks “url”, a URL such as https://host:8443"_s);
        row("two sources of metrics of a name",
            u"metrics:\n- {adapter: prometheus, url: \"http://m\", name: a}\n- {adapter: prometheus, url: \"http://n\", name: a}"_s,
            u"3:48: name: “a” is that of line 2 already"_s);
        row("sources that are no list", u"sources: 5"_s,
            u"1:10: sources: expected a list, found a single value"_s);
        row("a source that is no map", u"sources: [5]"_s,
            u"1:11: expected a source as “key: value” pairs, found a single value"_s);
        row("a list at the top", u"[5]"_s,
            u"1:1: expected the configuration as “key: value” pairs, found a list"_s);
        row("columns count characters", u"regions: {\"ärger ü\": 5}"_s,
            u"1:22: expected the region “ärger ü” as “key: value” pairs, found a single value"_s);
        row("no YAML", u"sources: [\n  {name: a"_s, u"2:1: not YAML: end of map flow not found"_s);
        row("two documents", u"sources: []\n---\nsources: []"_s,
            u"2:1: expected one document, found more"_s);
    }
    void namesPlaceAndExpectation()
    {
        QFETCH(QString, text);
        QFETCH(QString, message);
        const auto config = read(text);
        QVERIFY(!config);
        QCOMPARE(config.error().kind, ErrorKind::Invalid);
        QCOMPARE(config.error().message, message);
        QVERIFY2(!config.error().detail.contains(u"hunter2"_s), "a secret is told");
    }

    void tellsAllMistakes()
    {
        const auto config =
            read(u"sources:\n- {name: a, adapter: game, stamps: x, speed: y}\nfoo: 1"_s);
        QVERIFY(!config);
        QCOMPARE(config.error().detail.split(u'\n').size(), 3);
    }

    void survivesBombs_data()
    {
        QTest::addColumn<QString>("text");
        QString laughs = u"a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"_s;
        for (int i = 1; i < 12; ++i) {
            const QString before = u"*a"_s + QString::number(i - 1);
            laughs += u"a%1: &a%1 ["_s.arg(i) + QStringList(10, before).join(u',') + u"]\n"_s;
        }
        QTest::addRow("a billion laughs") << laughs;
        QTest::addRow("a list that holds itself") << u"sources: &a [*a]\n"_s;
        QTest::addRow("too deep") << u"sources: "_s + QString(20'000, u'[');
        QTest::addRow("deep and closed")
            << u"sources: "_s + QString(300, u'[') + QString(300, u']');
        QTest::addRow("something behind the end") << u"{\"objectives\": {}}\n, \"a\": 5}"_s;
        QTest::addRow("too long") << QString(5 << 20, u'#');
    }
    void survivesBombs()
    {
        QFETCH(QString, text);
        const auto config = read(text);
        QVERIFY(!config);
        QCOMPARE(config.error().kind, ErrorKind::Invalid);
    }

    void aMissingFileIsNotFound()
    {
        const auto config = loadFleetConfig(u"/no/such/fleet.yaml"_s, adapters());
        QVERIFY(!config);
        QCOMPARE(config.error().kind, ErrorKind::NotFound);
    }

    void readsOptions()
    {
        const auto config = readSourceOptions(
            {u"plane=https://a:1/x,token.env=T,production=true,pollInterval=2s"_s,
             u"plane=https://b"_s, u"toy:game=12,mood=calm,wait=3s"_s,
             u"plane=http://c/?a=1\\,2,mirrors=http://d,mirrors=http://e"_s, u"game="_s},
            adapters());
        VERIFY_RESULT(config);
        QStringList names;
        for (const SourceConfig &source : config->sources)
            names.append(source.settings.name);
        QCOMPARE(names, (QStringList{u"plane"_s, u"plane-2"_s, u"toy"_s, u"plane-3"_s, u"game"_s}));
        const SourceSettings &first = config->sources[0].settings;
        QCOMPARE(first.keys.value(u"url"_s).toString(), u"https://a:1/x"_s);
        QCOMPARE(first.keys.value(u"token"_s).value<SecretRef>(),
                 (SecretRef{SecretRef::Kind::Environment, u"T"_s}));
        QCOMPARE(first.production, true);
        QCOMPARE(first.pollInterval, 2000ms);
        QCOMPARE(config->sources[2].settings.keys.value(u"stamps"_s), QVariant(12LL));
        QCOMPARE(config->sources[2].settings.keys.value(u"wait"_s), QVariant(3000LL));
        QCOMPARE(config->sources[3].settings.keys.value(u"url"_s).toString(), u"http://c/?a=1,2"_s);
        QCOMPARE(config->sources[3].settings.keys.value(u"mirrors"_s).toStringList().size(), 2);
        QCOMPARE(config->sources[4].settings.keys.value(u"stamps"_s), QVariant(48LL));
        QCOMPARE(config->sources[4].place.toString(), u"--source"_s);
    }

    void refusesOptions_data()
    {
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("message");
        const auto row = [](const QString &option, const QString &message) {
            QTest::addRow("%s", qPrintable(option)) << option << u"--source: "_s + message;
        };
        row(u"game"_s, u"expected [NAME:]ADAPTER=LOCATION[,KEY=VALUE…], found no “=”"_s);
        row(u"gaem=5"_s, u"there is no adapter “gaem”, did you mean “game”?"_s);
        row(u"game=x"_s, u"stamps: expected a whole number from 1 to 1000, found “x”"_s);
        row(u"game=5,stmaps=6"_s,
            u"unknown key “stmaps” of the adapter game, did you mean “stamps”?"_s);
        row(u"game=5,stamps=6"_s, u"“stamps” is there twice"_s);
        row(u"game=5,name=x"_s, u"the name of a source stands first: NAME:game=…"_s);
        row(u"game=5,calm"_s,
            u"expected KEY=VALUE behind a comma; a comma in a value is written “\\,”"_s);
        row(u"a b:game=5"_s,
            u"before “:” expected a name of letters, digits, “.”, “_” and “-”, 63 at most"_s);
        row(u"plane="_s, u"the adapter plane lacks “url”, a URL such as https://host:8443"_s);
        row(u"plane=http://h,token=hunter2"_s,
            u"token: a secret is not written here; expected token.env=NAME, token.file=PATH or "
            "token.keychain=SERVICE/KEY"_s);
    }
    void refusesOptions()
    {
        QFETCH(QString, option);
        QFETCH(QString, message);
        const auto config = readSourceOptions({option}, adapters());
        QVERIFY(!config);
        QCOMPARE(config.error().message, message);
    }

    void findsSecrets()
    {
        SystemSecretStore store;
        qputenv("STAMPDECK_TEST_TOKEN", "from the environment");
        QTemporaryDir folder;
        QFile file(folder.filePath(u"token"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("from a file\n");
        file.close();
        SourceSettings settings;
        settings.name = u"prod"_s;
        settings.keys = {
            {u"a"_s,
             QVariant::fromValue(
                 SecretRef{SecretRef::Kind::Environment, u"STAMPDECK_TEST_TOKEN"_s})},
            {u"b"_s, QVariant::fromValue(SecretRef{SecretRef::Kind::File, file.fileName()})},
            {u"c"_s, 5}};
        const auto resolved = Testing::await(resolveSecrets(settings, store));
        VERIFY_RESULT(resolved);
        QCOMPARE(resolved->keys.value(u"a"_s).value<Secret>(), Secret(u"from the environment"_s));
        QCOMPARE(resolved->keys.value(u"b"_s).value<Secret>(), Secret(u"from a file"_s));
        QCOMPARE(resolved->keys.value(u"c"_s), QVariant(5));
    }

    void saysWhichSecretIsMissing()
    {
        SystemSecretStore store;
        SourceSettings settings;
        settings.name = u"prod"_s;
        settings.keys = {
            {u"token"_s,
             QVariant::fromValue(SecretRef{SecretRef::Kind::Environment, u"STAMPDECK_NO_SUCH"_s})}};
        auto resolved = Testing::await(resolveSecrets(settings, store));
        QVERIFY(!resolved);
        QCOMPARE(resolved.error().message,
                 u"prod: token: the environment variable STAMPDECK_NO_SUCH is not set"_s);
        settings.keys = {
            {u"token"_s, QVariant::fromValue(SecretRef{SecretRef::Kind::File, u"/no/such"_s})}};
        resolved = Testing::await(resolveSecrets(settings, store));
        QVERIFY(!resolved);
        QCOMPARE(resolved.error().message, u"prod: token: the file /no/such can't be read"_s);
    }

    void sizes()
    {
        QCOMPARE(sizeFromString(u"16Gi"), std::optional(16.0 * (1 << 30)));
        QCOMPARE(sizeFromString(u"16GiB"), std::optional(16.0 * (1 << 30)));
        QCOMPARE(sizeFromString(u"2GB"), std::optional(2e9));
        QCOMPARE(sizeFromString(u"1.5k"), std::optional(1500.0));
        QCOMPARE(sizeFromString(u"7"), std::optional(7.0));
        for (const char *bad :
             {"", "Gi", "-1", "1Xi", "1GiBs", "1.2.3", "1e400", "inf", "nan", "1 G"})
            QVERIFY2(!sizeFromString(QString::fromLatin1(bad)), bad);
        QCOMPARE(ratioFromString(u"85%"), std::optional(0.85));
        QCOMPARE(ratioFromString(u"0.5"), std::optional(0.5));
        for (const char *bad : {"", "%", "-5%", "x", "0x10", "1,5"})
            QVERIFY2(!ratioFromString(QString::fromLatin1(bad)), bad);
    }

    void knowsTheCloudsRegions()
    {
        QVERIFY(regionPlace(u"eu-west-1"_s));
        QVERIFY(regionPlace(u"westeurope"_s));
        QVERIFY(regionPlace(u"europe-west3"_s));
        for (const char *simulated :
             {"eu-west", "eu-central", "eu-north", "us-east", "us-west", "ap-south", "ap-southeast",
              "ap-northeast", "sa-east", "af-south", "me-central", "au-east"})
            QVERIFY2(regionPlace(QString::fromLatin1(simulated)), simulated);
        QCOMPARE(regionPlace(u"attic"_s), std::nullopt);
        QCOMPARE(regionTown(u"eu-west-1"_s), u"Dublin"_s);
        QCOMPARE(regionTown(u"SouthAmerica-East1"_s), u"São Paulo"_s);
        QCOMPARE(regionTown(u"eu"_s), QString()); // more than a town
        QCOMPARE(regionTown(u"attic"_s), QString());
        QCOMPARE(regionTown(u"eu-west-1"_s, {{u"eu-west-1"_s, {52.5, 13.4}}}), QString());
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestFleetConfig)
#include "tst_fleetconfig.moc"

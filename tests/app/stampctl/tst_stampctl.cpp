// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/journal.h"
#include "tests/support/program.h"
#include "tests/support/testmain.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRegularExpression>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>

#include <csignal>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using Testing::Ended;

namespace {

/// What may stand in a field.
enum Kind { Text, Number, Boolean, Time, Object, Array, Nothing = 0x100 };
using Shape = QMap<QString, int>;

bool isA(const QJsonValue &value, int kind)
{
    if (value.isNull())
        return kind & Nothing;
    switch (kind & 0xff) {
    case Text:
        return value.isString();
    case Number:
        return value.isDouble();
    case Boolean:
        return value.isBool();
    case Time: {
        static const QRegularExpression rfc3339(
                u"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$"_s);
        return value.isString() && rfc3339.match(value.toString()).hasMatch();
    }
    case Object:
        return value.isObject();
    default:
        return value.isArray();
    }
}

/// The first field of \a object that is missing, of another kind, or not known; empty when it is as
/// \a shape says.
QString wrongField(const QJsonObject &object, const Shape &shape)
{
    for (auto it = shape.begin(); it != shape.end(); ++it) {
        if (!object.contains(it.key()))
            return u"%1 is missing"_s.arg(it.key());
        if (!isA(object[it.key()], it.value()))
            return u"%1 is another kind"_s.arg(it.key());
    }
    const QStringList keys = object.keys();
    for (const QString &key : keys) {
        if (!shape.contains(key))
            return u"%1 is not known"_s.arg(key);
    }
    return {};
}

// interfaces.md, Commands
Shape stampShape()
{
    return {{u"id"_s, Text}, {u"source"_s, Text}, {u"name"_s, Text}, {u"region"_s, Text | Nothing},
            {u"ring"_s, Text | Nothing}, {u"version"_s, Text | Nothing}, {u"lifecycle"_s, Text},
            {u"health"_s, Text}, {u"lastHealth"_s, Text}, {u"healthReasons"_s, Array},
            {u"stale"_s, Boolean}, {u"staleSince"_s, Time | Nothing}, {u"zone"_s, Text | Nothing},
            {u"observedAt"_s, Time | Nothing}, {u"revision"_s, Text},
            {u"updatedBy"_s, Text | Nothing}, {u"updatedAt"_s, Time | Nothing},
            {u"resources"_s, Object}, {u"signals"_s, Object}, {u"components"_s, Array},
            {u"tenants"_s, Array}, {u"costPerHour"_s, Object | Nothing}, {u"labels"_s, Object}};
}
Shape resourceShape()
{
    return {{u"limit"_s, Number | Nothing}, {u"reserved"_s, Number | Nothing},
            {u"used"_s, Number | Nothing}};
}
Shape signalShape()
{
    return {{u"requestsPerSecond"_s, Number | Nothing}, {u"errorRatio"_s, Number | Nothing},
            {u"latencyP50Ms"_s, Number | Nothing}, {u"latencyP99Ms"_s, Number | Nothing}};
}
Shape componentShape()
{
    return {{u"name"_s, Text}, {u"desired"_s, Number}, {u"ready"_s, Number},
            {u"min"_s, Number | Nothing}, {u"max"_s, Number | Nothing}, {u"health"_s, Text},
            {u"rule"_s, Object | Nothing}, {u"load"_s, Number | Nothing}};
}
Shape tenantShape()
{
    return {{u"id"_s, Text}, {u"name"_s, Text}, {u"tier"_s, Text}, {u"stamp"_s, Text},
            {u"state"_s, Text}, {u"placements"_s, Array}, {u"operation"_s, Text | Nothing},
            {u"demand"_s, Object}, {u"constraints"_s, Object}, {u"revision"_s, Text},
            {u"updatedBy"_s, Text | Nothing}, {u"updatedAt"_s, Time | Nothing}};
}
Shape operationShape()
{
    return {{u"id"_s, Text}, {u"kind"_s, Text}, {u"target"_s, Text}, {u"state"_s, Text},
            {u"progress"_s, Number}, {u"steps"_s, Array}, {u"error"_s, Text | Nothing},
            {u"reason"_s, Text | Nothing}, {u"createdBy"_s, Text | Nothing},
            {u"createdAt"_s, Time | Nothing}, {u"updatedAt"_s, Time | Nothing},
            {u"remaining"_s, Text | Nothing}, {u"blocked"_s, Text | Nothing},
            {u"mend"_s, Text | Nothing}};
}
Shape incidentShape()
{
    return {{u"id"_s, Text}, {u"source"_s, Text}, {u"severity"_s, Text}, {u"state"_s, Text},
            {u"title"_s, Text}, {u"summary"_s, Text}, {u"stamps"_s, Array}, {u"tenants"_s, Array},
            {u"startsAt"_s, Time | Nothing}, {u"endsAt"_s, Time | Nothing},
            {u"acknowledged"_s, Object | Nothing}, {u"silenced"_s, Object | Nothing},
            {u"maintenance"_s, Boolean}, {u"inhibited"_s, Boolean}, {u"reopened"_s, Number},
            {u"lastHeard"_s, Time | Nothing}, {u"links"_s, Array}, {u"labels"_s, Object}};
}
Shape regionShape()
{
    return {{u"region"_s, Text | Nothing}, {u"stamps"_s, Number}, {u"tenants"_s, Number},
            {u"fullest"_s, Text}, {u"load"_s, Number | Nothing}, {u"survives"_s, Boolean | Nothing},
            {u"short"_s, Object | Nothing}};
}
Shape sourceShape()
{
    return {{u"name"_s, Text}, {u"adapter"_s, Text}, {u"instance"_s, Text | Nothing},
            {u"state"_s, Text}, {u"age"_s, Text | Nothing}, {u"interval"_s, Text},
            {u"skew"_s, Text | Nothing}, {u"error"_s, Object | Nothing}, {u"endpoints"_s, Number},
            {u"endpointsFailing"_s, Number}, {u"faults"_s, Number}, {u"fault"_s, Text | Nothing},
            {u"stamps"_s, Number}, {u"production"_s, Boolean}, {u"readOnly"_s, Boolean},
            {u"capabilities"_s, Array}};
}

#define VERIFY_SHAPE(object, shape)                                                               \
    do {                                                                                          \
        const QJsonObject verified = (object);                                                    \
        const QString wrong = wrongField(verified, shape);                                        \
        QVERIFY2(wrong.isEmpty(),                                                                 \
                 qPrintable(wrong + u'\n' + QString::fromUtf8(QJsonDocument(verified).toJson()))); \
    } while (false)

} // namespace

class TestStampctl : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        Testing::strict();
        m_dir = std::make_unique<QTemporaryDir>();
        QVERIFY(m_dir->isValid());
        m_environment = Testing::environmentIn(*m_dir);
        m_environment.remove(u"COLUMNS"_s);
        // A fleet that keeps what is done to it, and in which a tenant starts at once.
        m_simulator = simulatorStarting(u"0.05"_s);
    }

    void helpAndVersionAreNoErrors()
    {
        const Ended help = ctl({u"--help"_s});
        VERIFY_STATUS(help, 0);
        for (const char *command : {"get", "watch", "scale", "cordon", "uncordon", "move", "drain", "pause",
                                    "cancel", "resume", "rollback", "undo", "audit", "adapters"})
            QVERIFY2(help.out.contains(command), command);
        const Ended version = ctl({u"--version"_s});
        VERIFY_STATUS(version, 0);
        QVERIFY(version.out.startsWith("stampctl "));
        VERIFY_STATUS(ctl({u"move"_s, u"--help"_s}), 0);
    }

    void aWrongCommandLineIsExplained_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("nothing") << QStringList() << QByteArray("subcommand");
        QTest::newRow("an unknown command") << QStringList{u"fly"_s} << QByteArray("fly");
        QTest::newRow("an unknown option")
                << QStringList{u"get"_s, u"stamps"_s, u"--fast"_s} << QByteArray("--fast");
        QTest::newRow("an unknown listing")
                << QStringList{u"get"_s, u"cats"_s} << QByteArray("cats");
        QTest::newRow("an unknown format")
                << QStringList{u"-o"_s, u"xml"_s, u"get"_s, u"stamps"_s} << QByteArray("xml");
        QTest::newRow("a move to nowhere")
                << QStringList{u"move"_s, u"acme"_s} << QByteArray("--to");
        QTest::newRow("a drain of nothing") << QStringList{u"drain"_s} << QByteArray("stamp");
        QTest::newRow("a deadline that is none")
                << QStringList{u"drain"_s, u"eu-1"_s, u"--deadline"_s, u"soon"_s}
                << QByteArray("soon is no duration");
        QTest::newRow("a deadline of nothing")
                << QStringList{u"drain"_s, u"eu-1"_s, u"--deadline"_s, u"0s"_s}
                << QByteArray("above 0");
        QTest::newRow("none at a time")
                << QStringList{u"drain"_s, u"eu-1"_s, u"--parallel"_s, u"0"_s}
                << QByteArray("parallel");
        QTest::newRow("no tenant") << QStringList{u"move"_s, u"--to"_s, u"a"_s}
                                   << QByteArray("tenants");
        QTest::newRow("no source") << QStringList{u"get"_s, u"stamps"_s}
                                   << QByteArray("no source is configured");
        QTest::newRow("an unknown adapter")
                << QStringList{u"--source"_s, u"moon=1"_s, u"get"_s, u"stamps"_s}
                << QByteArray("moon");
        QTest::newRow("an unknown key")
                << QStringList{u"--source"_s, u"simulator=4,sed=7"_s, u"get"_s, u"stamps"_s}
                << QByteArray("sed");
        QTest::newRow("a query that ends too early")
                << QStringList{u"--source"_s, u"simulator=4"_s, u"get"_s, u"stamps"_s, u"(cpu>"_s}
                << QByteArray("^");
        QTest::newRow("a stamp that scales nothing")
                << QStringList{u"--source"_s, u"simulator=4"_s, u"scale"_s, u"a"_s}
                << QByteArray("nothing to scale");
    }

    void aWrongCommandLineIsExplained()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, says);
        const Ended ended = ctl(arguments);
        VERIFY_STATUS(ended, 2);
        QVERIFY2(ended.err.contains(says), ended.text().constData());
        QVERIFY(ended.out.isEmpty());
    }

    void aWrongConfigurationNamesItsPlace()
    {
        const QString file = m_dir->filePath(u"fleet.yaml"_s);
        QVERIFY(write(file, "sources:\n  - {name: a, adapter: simulator, stamps: many}\n"));
        const Ended ended = ctl({u"--config"_s, file, u"get"_s, u"stamps"_s});
        VERIFY_STATUS(ended, 2);
        QVERIFY2(ended.err.contains("fleet.yaml:2:"), ended.text().constData());
        VERIFY_STATUS(ctl({u"--config"_s, m_dir->filePath(u"none.yaml"_s), u"get"_s, u"stamps"_s}),
                      2);
    }

    void stampsHaveTheirShape()
    {
        const QJsonArray stamps = json({u"get"_s, u"stamps"_s});
        QCOMPARE(stamps.size(), 6);
        for (const QJsonValue &value : stamps) {
            const QJsonObject stamp = value.toObject();
            VERIFY_SHAPE(stamp, stampShape());
            QCOMPARE(stamp[u"id"_s].toString(), u"sim/"_s + stamp[u"name"_s].toString());
            QCOMPARE(stamp[u"source"_s].toString(), u"sim"_s);
            const QJsonObject resources = stamp[u"resources"_s].toObject();
            const QStringList kinds = resources.keys();
            QCOMPARE(kinds, QStringList({u"cpu"_s, u"memory"_s, u"storage"_s, u"tenants"_s}));
            for (const QString &kind : kinds)
                VERIFY_SHAPE(resources[kind].toObject(), resourceShape());
            VERIFY_SHAPE(stamp[u"signals"_s].toObject(), signalShape());
            const QJsonArray components = stamp[u"components"_s].toArray();
            QVERIFY(!components.isEmpty());
            for (const QJsonValue &component : components)
                VERIFY_SHAPE(component.toObject(), componentShape());
            QCOMPARE(stamp[u"tenants"_s].toArray().size(), 5);
        }
    }

    void tenantsHaveTheirShape()
    {
        const QJsonArray tenants = json({u"get"_s, u"tenants"_s});
        QCOMPARE(tenants.size(), 30);
        for (const QJsonValue &value : tenants) {
            const QJsonObject tenant = value.toObject();
            VERIFY_SHAPE(tenant, tenantShape());
            QVERIFY(tenant[u"id"_s].toString().startsWith(u"sim/"));
            QVERIFY(tenant[u"stamp"_s].toString().startsWith(u"sim/"));
            const QJsonArray placements = tenant[u"placements"_s].toArray();
            QCOMPARE(placements.size(), 1);
            VERIFY_SHAPE(placements[0].toObject(),
                         (Shape{{u"stamp"_s, Text}, {u"state"_s, Text}, {u"since"_s, Time | Nothing}}));
            VERIFY_SHAPE(tenant[u"demand"_s].toObject(),
                         (Shape{{u"cpu"_s, Number | Nothing},
                                {u"memory"_s, Number | Nothing},
                                {u"storage"_s, Number | Nothing},
                                {u"requestsPerSecond"_s, Number | Nothing}}));
            VERIFY_SHAPE(tenant[u"constraints"_s].toObject(),
                         (Shape{{u"regions"_s, Array},
                                {u"antiAffinity"_s, Text},
                                {u"pinned"_s, Boolean},
                                {u"exclusive"_s, Boolean}}));
        }
    }

    void regionsSayWhetherTheySurvive()
    {
        const QJsonArray regions = json({u"get"_s, u"regions"_s});
        QVERIFY(!regions.isEmpty());
        int stamps = 0;
        for (const QJsonValue &value : regions) {
            const QJsonObject region = value.toObject();
            VERIFY_SHAPE(region, regionShape());
            stamps += region[u"stamps"_s].toInt();
            const QJsonObject missing = region[u"short"_s].toObject();
            if (region[u"stamps"_s].toInt() == 1) {
                // What is alone survives nothing, and says what would be needed.
                QCOMPARE(region[u"survives"_s], QJsonValue(false));
                QCOMPARE(missing[u"tenants"_s].toInt(), 5);
                QVERIFY(missing[u"resources"_s].toObject()[u"cpu"_s].toDouble() > 0);
                QVERIFY(!missing[u"message"_s].toString().isEmpty());
            } else if (region[u"survives"_s].toBool()) {
                QVERIFY(region[u"short"_s].isNull());
            }
        }
        QCOMPARE(stamps, 6);
    }

    void sourcesSayHowTheyAre()
    {
        const QJsonArray sources = json({u"get"_s, u"sources"_s});
        QCOMPARE(sources.size(), 1);
        const QJsonObject source = sources[0].toObject();
        VERIFY_SHAPE(source, sourceShape());
        QCOMPARE(source[u"state"_s].toString(), u"live"_s);
        QVERIFY(!source[u"instance"_s].toString().isEmpty());
        QCOMPARE(source[u"stamps"_s].toInt(), 6);
    }

    void aQueryNarrowsWhatIsListed()
    {
        const QStringList all = names({u"get"_s, u"stamps"_s});
        QCOMPARE(all.size(), 6);
        const QString one = all.value(2);
        QCOMPARE(names({u"get"_s, u"stamps"_s, u"id:"_s + one}), QStringList{one});
        QCOMPARE(names({u"get"_s, u"stamps"_s, u"NOT"_s, u"id:"_s + one}).size(), 5);
        QCOMPARE(names({u"get"_s, u"tenants"_s, u"stamp:"_s + one}).size(), 5);
        QVERIFY(names({u"get"_s, u"stamps"_s, u"id:nowhere"_s}).isEmpty());
    }

    void tablesFitTheTerminal_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<int>("columns");
        for (const char *what : {"stamps", "tenants", "regions", "sources"}) {
            for (const int columns : {80, 200})
                QTest::addRow("%s at %d columns", what, columns)
                        << QString::fromLatin1(what) << columns;
        }
    }

    void tablesFitTheTerminal()
    {
        QFETCH(QString, what);
        QFETCH(int, columns);
        m_environment.insert(u"COLUMNS"_s, QString::number(columns));
        const Ended ended = ctl(withSource({u"get"_s, what}));
        VERIFY_STATUS(ended, 0);
        const QStringList lines = QString::fromUtf8(ended.out).split(u'\n', Qt::SkipEmptyParts);
        QVERIFY(lines.size() >= 2);
        for (const QString &line : lines)
            QVERIFY2(line.size() <= columns, qPrintable(line));
        if (columns == 200 && what == u"stamps") {
            for (const char *title : {"STAMP", "REGION", "HEALTH", "LOAD", "CPU", "TENANTS", "P99"})
                QVERIFY2(lines[0].contains(QLatin1StringView(title)), title);
            // Numbers stand at the right: every load ends where its title ends.
            const qsizetype end = lines[0].indexOf(u"LOAD") + 4;
            for (const QString &line : lines.mid(1))
                QVERIFY2(line.at(end - 1) == u'%', qPrintable(line));
            const Ended bare = ctl(withSource({u"--no-headers"_s, u"get"_s, what}));
            QCOMPARE(bare.out.count('\n'), ended.out.count('\n') - 1);
        }
    }

    void aDryRunPrintsThePlanAndChangesNothing()
    {
        const auto [tenant, to] = movable();
        QVERIFY(!tenant.isEmpty());
        const QStringList move{u"move"_s, tenant, u"--to"_s, to, u"--dry-run"_s};
        const Ended plan = ctl(withSource(QStringList{u"-o"_s, u"json"_s} + move));
        VERIFY_STATUS(plan, 0);
        const QJsonObject object = QJsonDocument::fromJson(plan.out).object();
        QCOMPARE(object[u"kind"_s].toString(), u"move"_s);
        QCOMPARE(object[u"steps"_s].toArray().size(), 4);
        QCOMPARE(object[u"loads"_s].toArray().size(), 2);
        QCOMPARE(object[u"blast"_s].toObject()[u"tenants"_s].toInt(), 1);
        QVERIFY(object[u"refusals"_s].toArray().isEmpty());

        const Ended text = ctl(withSource(move));
        VERIFY_STATUS(text, 0);
        for (const QByteArray &word :
             {QByteArray("steps:"), QByteArray("hits: 1 tenant"), QByteArray("LOAD"), to.toUtf8(),
              u"\u2192"_s.toUtf8()})
            QVERIFY2(text.out.contains(word), text.text().constData());
        QVERIFY(ownerOf(tenant) != to);
        QVERIFY(json({u"get"_s, u"operations"_s}).isEmpty());
    }

    void aMoveMovesAndIsUndone()
    {
        const auto [tenant, to] = movable();
        QVERIFY(!tenant.isEmpty());
        const QString from = ownerOf(tenant);
        const Ended moved = ctl(withSource({u"-o"_s, u"json"_s, u"move"_s, tenant, u"--to"_s, to,
                                            u"--yes"_s, u"--reason"_s, u"noisy"_s}));
        VERIFY_STATUS(moved, 0);
        const QJsonObject operation = QJsonDocument::fromJson(moved.out).object();
        VERIFY_SHAPE(operation, operationShape());
        QCOMPARE(operation[u"state"_s].toString(), u"succeeded"_s);
        QCOMPARE(operation[u"reason"_s].toString(), u"noisy"_s);
        QCOMPARE(operation[u"progress"_s].toDouble(), 1.0);
        QVERIFY(!moved.err.contains('\r')); // no progress where there is no terminal
        QCOMPARE(ownerOf(tenant), to);

        const QJsonArray operations = json({u"get"_s, u"operations"_s});
        QCOMPARE(operations.size(), 1);
        VERIFY_SHAPE(operations[0].toObject(), operationShape());

        const QString id = operation[u"id"_s].toString();
        VERIFY_STATUS(ctl(withSource({u"undo"_s, id})), 2); // nobody to ask
        VERIFY_STATUS(ctl(withSource({u"undo"_s, id, u"--yes"_s})), 0);
        QCOMPARE(ownerOf(tenant), from);

        const Ended audit = ctl({u"audit"_s});
        VERIFY_STATUS(audit, 0);
        for (const char *word : {"accepted", "succeeded", "noisy"})
            QVERIFY2(audit.out.contains(word), audit.text().constData());
        const Ended holds = ctl({u"audit"_s, u"verify"_s});
        VERIFY_STATUS(holds, 0);
        QVERIFY(holds.out.contains("holds"));
        QVERIFY(QJsonDocument::fromJson(ctl({u"-o"_s, u"json"_s, u"audit"_s}).out).array().size()
                >= 4);
    }

    void manyMoveAtOnce()
    {
        const QJsonArray tenants = json({u"get"_s, u"tenants"_s});
        const QStringList stamps = names({u"get"_s, u"stamps"_s});
        for (const QString &to : stamps) {
            QStringList some;
            for (const QJsonValue &value : tenants) {
                const QJsonObject tenant = value.toObject();
                if (tenant[u"stamp"_s].toString() != to && some.size() < 3 && isFree(tenant))
                    some += tenant[u"id"_s].toString();
            }
            const QStringList move = QStringList{u"move"_s} + some
                    + QStringList{u"--to"_s, to, u"--parallel"_s, u"2"_s};
            if (some.size() < 3 || ctl(withSource(move + QStringList{u"--dry-run"_s})).status != 0)
                continue;
            VERIFY_STATUS(ctl(withSource(move + QStringList{u"--yes"_s})), 0);
            const QJsonArray after = json({u"get"_s, u"tenants"_s, u"stamp:"_s + to});
            for (const QString &tenant : std::as_const(some)) {
                QVERIFY(std::any_of(after.begin(), after.end(), [&](const QJsonValue &value) {
                    return value.toObject()[u"id"_s].toString() == tenant;
                }));
            }
            return;
        }
        QFAIL("no stamp takes three tenants");
    }

    void whoCannotBeAskedHasToSayYes()
    {
        const QString stamp = names({u"get"_s, u"stamps"_s}).value(0);
        const Ended ended = ctl(withSource({u"cordon"_s, stamp}));
        VERIFY_STATUS(ended, 2);
        QVERIFY2(ended.err.contains("--yes"), ended.text().constData());
        QCOMPARE(lifecycleOf(stamp), u"active"_s);
    }

    void onATerminalItAsks()
    {
        QVERIFY2(!QStandardPaths::findExecutable(u"script"_s).isEmpty(),
                 "script(1), of bsdutils, is not installed");
        const QString stamp = names({u"get"_s, u"stamps"_s}).value(0);
        const Ended no = onTerminal({u"cordon"_s, stamp}, "\n");
        VERIFY_STATUS(no, 1);
        QVERIFY2(no.out.contains("(y/N)"), no.text().constData());
        QVERIFY2(no.out.contains("1. cordon"), no.text().constData()); // the plan comes first
        QCOMPARE(lifecycleOf(stamp), u"active"_s);
        VERIFY_STATUS(onTerminal({u"cordon"_s, stamp}, "y\n"), 0);
        QCOMPARE(lifecycleOf(stamp), u"cordoned"_s);
    }

    void aStampIsCordonedAndScaled()
    {
        const QString stamp = names({u"get"_s, u"stamps"_s}).value(0);
        VERIFY_STATUS(ctl(withSource({u"cordon"_s, stamp, u"--yes"_s})), 0);
        QCOMPARE(lifecycleOf(stamp), u"cordoned"_s);
        VERIFY_STATUS(ctl(withSource({u"cordon"_s, stamp, u"--yes"_s})), 3);
        const QString tenant = names({u"get"_s, u"tenants"_s, u"NOT"_s, u"stamp:"_s + stamp}).value(0);
        const Ended refused = ctl(withSource({u"move"_s, tenant, u"--to"_s, stamp, u"--yes"_s}));
        VERIFY_STATUS(refused, 3);
        QVERIFY2(refused.err.contains("refused (cordoned)"), refused.text().constData());
        QVERIFY2(refused.err.contains("uncordon it first"), refused.text().constData());
        VERIFY_STATUS(ctl(withSource({u"uncordon"_s, stamp, u"--yes"_s})), 0);
        QCOMPARE(lifecycleOf(stamp), u"active"_s);

        const double cpu = limitOf(stamp, u"cpu"_s);
        VERIFY_STATUS(ctl(withSource({u"scale"_s, stamp, u"cpu=%1"_s.arg(cpu * 2), u"--yes"_s})), 0);
        QCOMPARE(limitOf(stamp, u"cpu"_s), cpu * 2);
        const Ended tooSmall = ctl(withSource({u"scale"_s, stamp, u"cpu=0.1"_s, u"--yes"_s}));
        VERIFY_STATUS(tooSmall, 3);
        QVERIFY2(tooSmall.err.contains("refused (capacity)"), tooSmall.text().constData());
        VERIFY_STATUS(ctl(withSource({u"scale"_s, stamp, u"nosuch=3"_s, u"--yes"_s})), 2);
    }

    void aStampIsDrained()
    {
        // The first that can be drained as a whole, and one that can't.
        QString stamp, full;
        for (const QString &each : names({u"get"_s, u"stamps"_s, u"lifecycle:active"_s})) {
            const Ended dry = ctl(withSource({u"drain"_s, each, u"--dry-run"_s}));
            if (dry.status == 0 && stamp.isEmpty())
                stamp = each;
            else if (dry.status == 3 && full.isEmpty())
                full = each;
        }
        QVERIFY(!stamp.isEmpty());
        const QStringList tenants = names({u"get"_s, u"tenants"_s, u"stamp:"_s + stamp});
        QVERIFY(!tenants.isEmpty());
        const Ended dry = ctl(withSource({u"drain"_s, stamp, u"--dry-run"_s}));
        QVERIFY2(dry.out.contains("1. cordon"), dry.text().constData());
        QCOMPARE(lifecycleOf(stamp), u"active"_s); // a dry run changes nothing
        if (!full.isEmpty()) {
            const Ended refused = ctl(withSource({u"drain"_s, full, u"--yes"_s}));
            VERIFY_STATUS(refused, 3);
            QVERIFY2(refused.err.contains("--partial") || refused.err.contains("unpin"),
                     refused.text().constData());
            QCOMPARE(lifecycleOf(full), u"active"_s);
        }
        const Ended handOver = ctl(withSource({u"drain"_s, stamp, u"--yes"_s, u"--no-wait"_s}));
        VERIFY_STATUS(handOver, 3);
        VERIFY_STATUS(ctl(withSource({u"drain"_s, stamp, u"--to"_s, stamp, u"--yes"_s})), 2);
        VERIFY_STATUS(ctl(withSource({u"drain"_s, stamp, u"--to"_s, u"nowhere"_s, u"--yes"_s})), 1);

        Ended drained = ctl(withSource(
                {u"drain"_s, stamp, u"--parallel"_s, u"4"_s, u"--deadline"_s, u"1h"_s, u"--yes"_s}));
        // A person goes on where the health gate paused: at busy hours of the simulated day a move
        // may make its target twice as slow.
        for (int i = 0; i < 20 && drained.err.contains("over twice"); ++i)
            drained = ctl(withSource({u"resume"_s}));
        VERIFY_STATUS(drained, 0);
        QVERIFY2(drained.out.contains("drain "), drained.text().constData());
        QCOMPARE(lifecycleOf(stamp), u"drained"_s);
        QCOMPARE(names({u"get"_s, u"tenants"_s, u"stamp:"_s + stamp}), QStringList());
        for (const QString &tenant : tenants)
            QVERIFY(ownerOf(tenant) != stamp);
        VERIFY_STATUS(ctl(withSource({u"drain"_s, stamp, u"--yes"_s})), 3);
        // By the operation's id, as a later process finds it.
        const QString operation = names({u"get"_s, u"operations"_s}).value(0);
        Ended undone = ctl(withSource({u"undo"_s, operation, u"--yes"_s}));
        for (int i = 0; i < 20 && undone.err.contains("over twice"); ++i)
            undone = ctl(withSource({u"resume"_s}));
        VERIFY_STATUS(undone, 0);
        QCOMPARE(lifecycleOf(stamp), u"active"_s);
        for (const QString &tenant : tenants)
            QCOMPARE(ownerOf(tenant), stamp);
    }

    void aStampIsMadeAndDeleted()
    {
        m_simulator += u",timeScale=100"_s;
        const Ended templates = ctl(withSource({u"get"_s, u"templates"_s}));
        VERIFY_STATUS(templates, 0);
        QVERIFY2(templates.out.contains("standard") && templates.out.contains("TAKES"),
                 templates.text().constData());
        const Ended json = ctl(withSource({u"-o"_s, u"json"_s, u"get"_s, u"templates"_s}));
        const QJsonArray all = QJsonDocument::fromJson(json.out).array();
        QCOMPARE(all.size(), 3);
        QCOMPARE(all[0][u"name"_s].toString(), u"small"_s);
        QVERIFY(!all[0][u"source"_s].toString().isEmpty());
        QCOMPARE(all[0][u"parameters"_s][0][u"type"_s].toString(), u"integer"_s);
        QCOMPARE(names({u"get"_s, u"templates"_s}),
                 QStringList({u"small"_s, u"standard"_s, u"large"_s}));

        const auto create = [&](const QString &name, const QStringList &more) {
            return ctl(withSource(QStringList{u"create"_s, name} + more));
        };
        const QStringList good{u"--template"_s, u"small"_s, u"--region"_s, u"eu-west"_s,
                               u"--set"_s, u"web=3"_s, u"--set"_s, u"memory=96Gi"_s};
        const Ended dry = create(u"eu-west-99"_s, good + QStringList{u"--dry-run"_s});
        VERIFY_STATUS(dry, 0);
        QVERIFY2(dry.out.contains("what will come") && dry.out.contains("96Gi"),
                 dry.text().constData());
        QVERIFY(!names({u"get"_s, u"stamps"_s}).join(u' ').contains(u"eu-west-99"_s));
        VERIFY_STATUS(create(u"eu-west-99"_s, good), 2); // nobody said yes
        const Ended made = create(u"eu-west-99"_s, good + QStringList{u"--yes"_s});
        VERIFY_STATUS(made, 0);
        QVERIFY2(made.out.contains("create "), made.text().constData());
        const QString stamp = names({u"get"_s, u"stamps"_s, u"eu-west-99"_s}).value(0);
        QCOMPARE(lifecycleOf(stamp), u"active"_s);
        QCOMPARE(limitOf(stamp, u"memory"_s), 96.0 * (1LL << 30));

        // It is empty and takes tenants: only a drained one goes.
        const Ended early = ctl(withSource({u"delete"_s, stamp, u"--yes"_s}));
        VERIFY_STATUS(early, 3);
        QVERIFY2(early.err.contains("refused (not-drained)") && early.err.contains("drain it first"),
                 early.text().constData());
        VERIFY_STATUS(ctl(withSource({u"drain"_s, stamp, u"--yes"_s})), 0);
        QCOMPARE(lifecycleOf(stamp), u"drained"_s);
        const Ended unsaid = ctl(withSource({u"delete"_s, stamp}));
        VERIFY_STATUS(unsaid, 2);
        QVERIFY2(unsaid.err.contains("--confirm eu-west-99"), unsaid.text().constData());
        VERIFY_STATUS(ctl(withSource({u"delete"_s, stamp, u"--confirm"_s, u"eu-west-98"_s})), 2);
        const Ended plan = ctl(withSource({u"delete"_s, stamp, u"--dry-run"_s}));
        VERIFY_STATUS(plan, 0);
        QVERIFY2(plan.out.contains("what will go") && plan.out.contains("can't be undone"),
                 plan.text().constData());
        // Without --yes it can be called off for five seconds.
        QProcess waiting;
        waiting.setProcessEnvironment(m_environment);
        waiting.setStandardInputFile(QProcess::nullDevice());
        waiting.start(QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"),
                      withSource({u"delete"_s, stamp, u"--confirm"_s, u"eu-west-99"_s}));
        QByteArray said;
        QTRY_VERIFY_WITH_TIMEOUT((said += waiting.readAllStandardError()).contains("starts in 5 s"),
                                 60'000);
        QCOMPARE(::kill(pid_t(waiting.processId()), SIGINT), 0);
        const Ended calledOff = Testing::endedOf(waiting);
        VERIFY_STATUS(calledOff, 130);
        QVERIFY2(calledOff.err.contains("called off"), calledOff.text().constData());
        QCOMPARE(lifecycleOf(stamp), u"drained"_s);
        const Ended gone = ctl(withSource({u"delete"_s, stamp, u"--yes"_s}));
        VERIFY_STATUS(gone, 0);
        VERIFY_STATUS(ctl(withSource({u"delete"_s, stamp, u"--yes"_s})), 1);
        QVERIFY(!names({u"get"_s, u"stamps"_s}).contains(stamp));
        const QString operation = names({u"get"_s, u"operations"_s}).last();
        const Ended undo = ctl(withSource({u"undo"_s, operation, u"--yes"_s}));
        QVERIFY(undo.status != 0);
        QVERIFY2(undo.err.contains("can't be brought back"), undo.text().constData());
    }

    void aStampThatCantBeMadeSaysWhy_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char *name, const QString &stamp, const QString &from,
                            const QString &region, const QStringList &more, int status,
                            const QByteArray &says) {
            QTest::newRow(name) << QStringList({stamp, u"--template"_s, from, u"--region"_s, region})
                    + more
                                << status << says;
        };
        row("a slash in its name", u"a/b"_s, u"small"_s, u"eu-west"_s, {}, 2, "not \"/\"");
        row("a tilde in its name", u"a~b"_s, u"small"_s, u"eu-west"_s, {}, 2, "not \"~\"");
        row("a name that is there", u"eu-west-01"_s, u"small"_s, u"eu-west"_s, {}, 4,
            "exists already");
        row("an unknown template", u"a"_s, u"huge"_s, u"eu-west"_s, {}, 2,
            "it has small, standard, large");
        row("a value beyond its range", u"a"_s, u"small"_s, u"eu-west"_s,
            {u"--set"_s, u"web=99"_s}, 2, "web takes a whole number from 2 to 16, not 99");
        row("a value of another kind", u"a"_s, u"small"_s, u"eu-west"_s,
            {u"--set"_s, u"autoscale=maybe"_s}, 2, "true or false");
        row("an unknown parameter", u"a"_s, u"small"_s, u"eu-west"_s, {u"--set"_s, u"wbe=3"_s}, 2,
            "no parameter wbe");
        row("a parameter twice", u"a"_s, u"small"_s, u"eu-west"_s,
            {u"--set"_s, u"web=3"_s, u"--set"_s, u"web=4"_s}, 2, "set twice");
        row("no parameter at all", u"a"_s, u"small"_s, u"eu-west"_s, {u"--set"_s, u"web"_s}, 2,
            "KEY=VALUE");
        row("a region that the backend lacks", u"a"_s, u"small"_s, u"mars"_s, {}, 2,
            "no region \"mars\"");
        row("an unknown source", u"a"_s, u"small"_s, u"eu-west"_s, {u"--in"_s, u"moon"_s}, 1,
            "no source moon");
        row("read only", u"a"_s, u"small"_s, u"eu-west"_s, {u"--read-only"_s}, 3, "read-only");
    }

    void aStampThatCantBeMadeSaysWhy()
    {
        QFETCH(QStringList, words);
        QFETCH(int, status);
        QFETCH(QByteArray, says);
        const QStringList before = names({u"get"_s, u"stamps"_s});
        const Ended ended = ctl(withSource(QStringList{u"create"_s} + words + QStringList{u"--yes"_s}));
        VERIFY_STATUS(ended, status);
        QVERIFY2(ended.err.contains(says), ended.text().constData());
        QCOMPARE(names({u"get"_s, u"stamps"_s}), before);
    }

    void guardsRefuse()
    {
        const QString tenant = names({u"get"_s, u"tenants"_s}).value(0);
        const QString here = ownerOf(tenant);
        VERIFY_STATUS(ctl(withSource({u"move"_s, tenant, u"--to"_s, here, u"--yes"_s})), 3);
        const Ended readOnly = ctl(withSource({u"--read-only"_s, u"cordon"_s, here, u"--yes"_s}));
        VERIFY_STATUS(readOnly, 3);
        QVERIFY2(readOnly.err.contains("read-only"), readOnly.text().constData());
        const Ended handOver = ctl(withSource({u"cordon"_s, here, u"--yes"_s, u"--no-wait"_s}));
        VERIFY_STATUS(handOver, 3);
        QVERIFY2(handOver.err.contains("--no-wait"), handOver.text().constData());
        QCOMPARE(lifecycleOf(here), u"active"_s);
    }

    void whatIsNotThereIsNotFound()
    {
        VERIFY_STATUS(ctl(withSource({u"cordon"_s, u"sim/nowhere"_s, u"--yes"_s})), 1);
        VERIFY_STATUS(ctl(withSource({u"move"_s, u"nobody"_s, u"--to"_s, u"nowhere"_s, u"--yes"_s})),
                      1);
        VERIFY_STATUS(ctl(withSource({u"resume"_s, u"op-none"_s, u"--yes"_s})), 1);
        VERIFY_STATUS(ctl(withSource({u"resume"_s, u"--yes"_s})), 1);
        VERIFY_STATUS(ctl(withSource({u"pause"_s})), 1);
    }

    void productionWantsANameAndAReason()
    {
        const QString file = m_dir->filePath(u"fleet.yaml"_s);
        QVERIFY(write(file, u"sources:\n  - {name: prod, adapter: simulator, stamps: 3, calm: true, "
                            "production: true, state: %1}\n"_s.arg(m_dir->filePath(u"prod.json"_s))
                                    .toUtf8()));
        const QStringList base{u"--config"_s, file};
        const Ended listed = ctl(base + QStringList{u"-o"_s, u"name"_s, u"get"_s, u"stamps"_s});
        const QString stamp = QString::fromUtf8(listed.out).section(u'\n', 0, 0);
        const QString name = stamp.section(u'/', 1);
        QVERIFY2(!name.isEmpty(), listed.text().constData());
        const QStringList cordon = base + QStringList{u"cordon"_s, stamp};
        const Ended noReason = ctl(cordon + QStringList{u"--confirm"_s, name});
        VERIFY_STATUS(noReason, 2);
        QVERIFY2(noReason.err.contains("--reason"), noReason.text().constData());
        const QStringList why{u"--reason"_s, u"rack move"_s};
        const Ended onlyYes = ctl(cordon + why + QStringList{u"--yes"_s});
        VERIFY_STATUS(onlyYes, 2);
        QVERIFY2(onlyYes.err.contains("--confirm"), onlyYes.text().constData());
        VERIFY_STATUS(ctl(cordon + why + QStringList{u"--confirm"_s, u"eu-other"_s}), 2);
        VERIFY_STATUS(ctl(cordon + why + QStringList{u"--confirm"_s, name}), 0);
    }

    // Where no server keeps it stampctl does, where a window of this state directory looks too.
    void anIncidentIsAcknowledgedOnThisWorkstation()
    {
        QTemporaryDir state;
        const auto run = [&](const QStringList &arguments) {
            return Testing::run(program(),
                                QStringList{u"--source"_s, u"sim:simulator=2,seed=7,calm=true"_s,
                                            u"--state-dir"_s, state.path()}
                                    + arguments,
                                m_environment);
        };
        const auto incidents = [&] {
            return QJsonDocument::fromJson(run({u"-o"_s, u"json"_s, u"get"_s, u"incidents"_s}).out).array();
        };
        QVERIFY(!incidents().isEmpty()); // a region of one stamp does not survive its loss
        const QString id = incidents()[0][u"id"_s].toString();
        QVERIFY(incidents()[0][u"acknowledged"_s].isNull());
        const Ended would = run({u"acknowledge"_s, id, u"--dry-run"_s});
        VERIFY_STATUS(would, 0);
        QVERIFY2(would.out.contains("would be acknowledged by"), would.text().constData());
        QVERIFY(incidents()[0][u"acknowledged"_s].isNull());
        const Ended kept = run({u"acknowledge"_s, id, u"--note"_s, u"on it"_s, u"--yes"_s});
        QVERIFY2(kept.status == 0, kept.text().constData());
        QVERIFY2(kept.out.contains("on this workstation only"), kept.out.constData());
        QCOMPARE(incidents()[0][u"acknowledged"_s][u"note"_s].toString(), u"on it"_s);
        QFile file(state.filePath(u"acknowledgements.json"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains(id.toUtf8()));
        file.close();
        // Only who acknowledges needs it.
        const QByteArray spoilt = "{";
        QVERIFY(write(file.fileName(), spoilt));
        const QByteArray why("move it away to start anew");
        const Ended got = run({u"get"_s, u"incidents"_s});
        VERIFY_STATUS(got, 0);
        QVERIFY2(got.err.contains(why), got.text().constData());
        QVERIFY(!incidents().isEmpty());
        QVERIFY(incidents()[0][u"acknowledged"_s].isNull());
        const Ended silence
            = run({u"silence"_s, id, u"--for"_s, u"1h"_s, u"--comment"_s, u"known"_s});
        VERIFY_STATUS(silence, 3); // of what it finds itself there is no alert to silence
        QVERIFY2(silence.err.contains("acknowledge it instead"), silence.text().constData());
        QVERIFY2(silence.err.contains(why), silence.text().constData());
        const Ended refused = run({u"acknowledge"_s, id});
        VERIFY_STATUS(refused, 5);
        QVERIFY2(refused.err.count(why) == 1, refused.text().constData()); // said once
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), spoilt);
    }

    void whatAnotherProcessRunsIsItsOwn()
    {
        m_simulator = simulatorStarting(u"3600"_s);
        const auto [tenant, to] = movable();
        QProcess owner;
        const QString id = startMove(owner, tenant, to);
        QVERIFY(!id.isEmpty());
        const Ended resumed = ctl(withSource({u"resume"_s, id, u"--yes"_s}));
        VERIFY_STATUS(resumed, 4);
        QVERIFY2(resumed.err.contains(QByteArray::number(owner.processId())),
                 resumed.text().constData());
        VERIFY_STATUS(ctl(withSource({u"rollback"_s, id, u"--yes"_s})), 4);
        VERIFY_STATUS(ctl({u"cancel"_s, id}), 0);
        const Ended ended = Testing::endedOf(owner);
        VERIFY_STATUS(ended, 1);
        QVERIFY2(ended.out.contains("cancelled"), ended.text().constData());
    }

    void anInterruptTakesBackWhatIsInFlight()
    {
        m_simulator = simulatorStarting(u"3600"_s);
        const auto [tenant, to] = movable();
        const QString from = ownerOf(tenant);
        QProcess owner;
        QVERIFY(!startMove(owner, tenant, to).isEmpty());
        QCOMPARE(::kill(pid_t(owner.processId()), SIGINT), 0);
        VERIFY_STATUS(Testing::endedOf(owner), 130);
        const QJsonObject after = tenantObject(tenant);
        QCOMPARE(after[u"stamp"_s].toString(), from);
        QCOMPARE(after[u"placements"_s].toArray().size(), 1);
    }

    void whatWasCutOffIsNamedAndTakenBack()
    {
        m_simulator = simulatorStarting(u"3600"_s);
        const auto [tenant, to] = movable();
        QProcess owner;
        const QString id = startMove(owner, tenant, to);
        QVERIFY(!id.isEmpty());
        owner.kill();
        owner.waitForFinished();
        m_simulator = simulatorStarting(u"0.05"_s);
        const Ended get = ctl(withSource({u"get"_s, u"stamps"_s}));
        VERIFY_STATUS(get, 0);
        QVERIFY2(get.err.contains("was cut off at"), get.text().constData());
        QVERIFY2(get.err.contains(u"resume %1 or rollback %1"_s.arg(id).toUtf8()),
                 get.text().constData());
        VERIFY_STATUS(ctl(withSource({u"rollback"_s, id, u"--yes"_s})), 0);
        QVERIFY(ownerOf(tenant) != to);
        QVERIFY(!ctl(withSource({u"get"_s, u"stamps"_s})).err.contains("cut off"));
    }

    void anotherFleetOfTheNameResumesNothing()
    {
        m_simulator = simulatorStarting(u"3600"_s);
        const auto [tenant, to] = movable();
        QProcess owner;
        const QString id = startMove(owner, tenant, to);
        QVERIFY(!id.isEmpty());
        owner.kill();
        owner.waitForFinished();
        const Ended other = ctl({u"--source"_s, u"sim:simulator=6,seed=8,calm=true"_s, u"resume"_s,
                                 id, u"--yes"_s});
        VERIFY_STATUS(other, 4);
        QVERIFY2(other.err.contains("another fleet"), other.text().constData());
    }

    void anAuditThatWasChangedIsFound()
    {
        const QString stamp = names({u"get"_s, u"stamps"_s}).value(0);
        VERIFY_STATUS(ctl(withSource({u"cordon"_s, stamp, u"--yes"_s, u"--reason"_s,
                                      u"unmistakable"_s})),
                      0);
        VERIFY_STATUS(ctl({u"audit"_s, u"verify"_s}), 0);
        QFile file(m_dir->filePath(u"state/stampdeck/journal.db"_s));
        QVERIFY(file.open(QFile::ReadOnly));
        QByteArray bytes = file.readAll();
        file.close();
        QVERIFY(bytes.contains("unmistakable"));
        bytes.replace("unmistakable", "unmistakablE");
        QVERIFY(write(file.fileName(), bytes));
        const Ended broken = ctl({u"audit"_s, u"verify"_s});
        VERIFY_STATUS(broken, 1);
        QVERIFY2(broken.err.contains("was changed"), broken.text().constData());
    }

    void adaptersSayWhatTheyCan()
    {
        const Ended ended = ctl({u"-o"_s, u"json"_s, u"adapters"_s});
        VERIFY_STATUS(ended, 0);
        bool simulator = false;
        const QJsonArray adapters = QJsonDocument::fromJson(ended.out).array();
        for (const QJsonValue &value : adapters) {
            const QJsonObject adapter = value.toObject();
            simulator |= adapter[u"kind"_s] == u"simulator"_s
                    && adapter[u"capabilities"_s].toArray().contains(u"primitives"_s);
        }
        QVERIFY(simulator);
    }

    void watchTellsChangesUntilInterrupted()
    {
        QProcess watch;
        watch.setProcessEnvironment(m_environment);
        // Lively, so that something changes by itself.
        watch.start(program(),
                    {u"--source"_s, u"sim:simulator=4,seed=7,pollInterval=1s"_s, u"watch"_s});
        QVERIFY(watch.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(watch.canReadLine(), 60'000);
        VERIFY_SHAPE(QJsonDocument::fromJson(watch.readLine()).object(),
                     (Shape{{u"change"_s, Text},
                            {u"kind"_s, Text},
                            {u"id"_s, Text},
                            {u"value"_s, Object | Nothing}}));
        QCOMPARE(::kill(pid_t(watch.processId()), SIGINT), 0);
        VERIFY_STATUS(Testing::endedOf(watch), 130);
    }

    void incidentsHaveTheirShape()
    {
        // Large and lively enough that something is always wrong somewhere.
        const Ended ended = ctl({u"--source"_s, u"sim:simulator=300,seed=7"_s, u"-o"_s, u"json"_s,
                                 u"get"_s, u"incidents"_s});
        VERIFY_STATUS(ended, 0);
        const QJsonDocument incidents = QJsonDocument::fromJson(ended.out);
        QVERIFY(incidents.isArray());
        for (const QJsonValue &value : incidents.array())
            VERIFY_SHAPE(value.toObject(), incidentShape());
    }

private:
    static QString program() { return QStringLiteral(STAMPDECK_BIN_DIR "/stampctl"); }

    [[nodiscard]] QString simulatorStarting(const QString &seconds) const
    {
        return u"sim:simulator=6,seed=7,calm=true,failureRate=0,tenantsPerStamp=5,startSeconds=%1,"
               "state=%2"_s.arg(seconds, m_dir->filePath(u"fleet.json"_s));
    }
    [[nodiscard]] Ended ctl(const QStringList &arguments) const
    {
        return Testing::run(program(), arguments, m_environment);
    }
    [[nodiscard]] QStringList withSource(const QStringList &arguments) const
    {
        return QStringList{u"--source"_s, m_simulator} + arguments;
    }
    [[nodiscard]] QJsonArray json(const QStringList &arguments) const
    {
        return QJsonDocument::fromJson(
                       ctl(withSource(QStringList{u"-o"_s, u"json"_s} + arguments)).out)
                .array();
    }
    [[nodiscard]] QStringList names(const QStringList &arguments) const
    {
        return QString::fromUtf8(ctl(withSource(QStringList{u"-o"_s, u"name"_s} + arguments)).out)
                .split(u'\n', Qt::SkipEmptyParts);
    }
    [[nodiscard]] Ended onTerminal(const QStringList &arguments, const QByteArray &typed) const
    {
        QStringList words{program()};
        words += withSource(arguments);
        for (QString &word : words)
            word = u'\'' + word + u'\'';
        QProcess process;
        process.setProcessEnvironment(m_environment);
        process.start(u"script"_s, {u"-qec"_s, words.join(u' '), u"/dev/null"_s});
        if (!process.waitForStarted())
            return {};
        QByteArray seen;
        while (!seen.contains("(y/N)") && process.waitForReadyRead(60'000))
            seen += process.readAllStandardOutput();
        process.write(typed);
        Ended ended = Testing::endedOf(process);
        ended.out = seen + ended.out;
        return ended;
    }
    [[nodiscard]] QJsonObject tenantObject(const QString &id) const
    {
        const QJsonArray tenants = json({u"get"_s, u"tenants"_s});
        for (const QJsonValue &value : tenants) {
            if (value.toObject()[u"id"_s].toString() == id)
                return value.toObject();
        }
        return {};
    }
    [[nodiscard]] QString ownerOf(const QString &tenant) const
    {
        return tenantObject(tenant)[u"stamp"_s].toString();
    }
    [[nodiscard]] QJsonObject stampObject(const QString &id) const
    {
        return json({u"get"_s, u"stamps"_s, u"id:"_s + id}).at(0).toObject();
    }
    [[nodiscard]] QString lifecycleOf(const QString &stamp) const
    {
        return stampObject(stamp)[u"lifecycle"_s].toString();
    }
    [[nodiscard]] double limitOf(const QString &stamp, const QString &kind) const
    {
        return stampObject(stamp)[u"resources"_s].toObject()[kind].toObject()[u"limit"_s].toDouble();
    }
    /// Bound by nothing but capacity.
    static bool isFree(const QJsonObject &tenant)
    {
        const QJsonObject binds = tenant[u"constraints"_s].toObject();
        return binds[u"regions"_s].toArray().isEmpty() && !binds[u"pinned"_s].toBool()
                && binds[u"antiAffinity"_s].toString().isEmpty() && !binds[u"exclusive"_s].toBool();
    }
    /// A tenant and a stamp that takes it.
    [[nodiscard]] std::pair<QString, QString> movable() const
    {
        const QJsonArray tenants = json({u"get"_s, u"tenants"_s});
        const QStringList stamps = names({u"get"_s, u"stamps"_s});
        for (const QJsonValue &value : tenants) {
            const QJsonObject tenant = value.toObject();
            const QString id = tenant[u"id"_s].toString();
            for (const QString &stamp : stamps) {
                if (isFree(tenant) && stamp != tenant[u"stamp"_s].toString()
                    && ctl(withSource({u"move"_s, id, u"--to"_s, stamp, u"--dry-run"_s})).status == 0)
                    return {id, stamp};
            }
        }
        return {};
    }
    /// Starts a move that does not end by itself, and gives its operation once it is under way.
    [[nodiscard]] QString startMove(QProcess &process, const QString &tenant, const QString &to) const
    {
        process.setProcessEnvironment(m_environment);
        process.setStandardInputFile(QProcess::nullDevice());
        process.start(program(), withSource({u"move"_s, tenant, u"--to"_s, to, u"--yes"_s}));
        if (!process.waitForStarted())
            return {};
        const auto journal = Journal::open(m_dir->filePath(u"state/stampdeck"_s));
        if (!journal)
            return {};
        QString id;
        // The first step of four has ended: the tenant starts on its target.
        const bool there = QTest::qWaitFor(
                [&] {
                    const auto operations = (*journal)->operations(0);
                    if (!operations || operations->isEmpty())
                        return false;
                    id = operations->last().id;
                    return operations->last().steps.front().state == StepState::Succeeded;
                },
                60'000);
        return there ? id : QString();
    }
    static bool write(const QString &path, const QByteArray &text)
    {
        QFile file(path);
        return file.open(QFile::WriteOnly) && file.write(text) == text.size();
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    QProcessEnvironment m_environment;
    QString m_simulator;
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestStampctl)
#include "tst_stampctl.moc"

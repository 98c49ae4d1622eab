// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleetquery.h"
#include "models/query.h"
#include "models/queryast.h"
#include "models/querycompleter.h"
#include "tests/support/testmain.h"

#include <rapidcheck.h>

using namespace Stampdeck;
using namespace Stampdeck::Internal;
using namespace Qt::StringLiterals;

namespace {

/// A fleet of three stamps and five tenants, with something of everything.
FleetVersion makeFleet()
{
    FleetVersion fleet;
    SourceState source;
    source.name = u"prod"_s;
    source.tenantDomain = u"shop"_s;
    fleet.sources.append(source);

    const auto addStamp = [&](const QString &name,
                              const std::function<void(Stamp &, StampEntry &)> &set) {
        Stamp stamp;
        stamp.name = name;
        StampEntry entry;
        entry.id = u"prod/"_s + name;
        entry.source = 0;
        entry.health = Health::Healthy;
        set(stamp, entry);
        entry.resources = stamp.resources;
        entry.stamp = std::make_shared<const Stamp>(stamp);
        const int slot = fleet.stamps.grow();
        fleet.stamps.edit(slot) = std::make_shared<const StampEntry>(entry);
        fleet.stampIndex.insert(entry.id, slot);
    };
    addStamp(u"eu-1"_s, [](Stamp &stamp, StampEntry &entry) {
        stamp.region = u"eu-west"_s;
        stamp.ring = u"1"_s;
        stamp.version = u"1.4.2"_s;
        stamp.zone = u"a"_s;
        stamp.resources.cpu = {64, 40, 31.5};
        stamp.resources.memory = {double(64LL << 30), double(8LL << 30), std::nullopt};
        stamp.resources.tenants = {20, std::nullopt, 3};
        stamp.signalValues = {1200, 0.001, 12, 80};
        stamp.costPerHour = Cost{12.5, u"EUR"_s};
        stamp.labels = {{u"team"_s, u"core platform"_s}, {u"kubernetes.io/os"_s, u"linux"_s}};
        Component web;
        web.name = u"web"_s;
        stamp.components = {web};
        entry.tenants = {0, 1, 2};
        entry.owned = 3;
    });
    addStamp(u"eu-2"_s, [](Stamp &stamp, StampEntry &entry) {
        stamp.region = u"eu-central"_s;
        stamp.ring = u"10"_s;
        stamp.version = u"1.40.0"_s;
        stamp.lifecycle = Lifecycle::Cordoned;
        stamp.resources.cpu = {10, 9, 9.5};
        entry.health = Health::Degraded;
        HealthReason reason;
        reason.code = u"latency-p99"_s;
        reason.message = u"p99 840 ms over 400 ms"_s;
        entry.reasons = {reason};
        stamp.operation = u"op-7"_s;
        entry.tenants = {3, 4};
        entry.owned = 2;
    });
    addStamp(u"us-1"_s, [](Stamp &stamp, StampEntry &entry) {
        stamp.ring = u"2"_s;
        entry.health = Health::Unknown;
        entry.lastHealth = Health::Unhealthy;
        entry.stale = true;
    });

    const auto addTenant = [&](const QString &id, int owner,
                               const std::function<void(Tenant &)> &set) {
        Tenant tenant;
        tenant.id = id;
        tenant.name = id.toUpper() + u" Ltd"_s;
        tenant.stamp = fleet.stamps[owner]->stamp->name;
        tenant.placements.push_back({tenant.stamp, PlacementState::Serving, {}});
        set(tenant);
        TenantEntry entry;
        entry.tenant = std::make_shared<const Tenant>(tenant);
        entry.source = 0;
        entry.owner = owner;
        const int slot = fleet.tenants.grow();
        fleet.tenants.edit(slot) = entry;
        fleet.tenantIndex.insert(u"shop/"_s + id, slot);
    };
    addTenant(u"acme"_s, 0, [](Tenant &tenant) {
        tenant.tier = Tier::Enterprise;
        tenant.demand.cpu = 4;
        tenant.constraints.pinned = true;
    });
    addTenant(u"globex"_s, 0, [](Tenant &tenant) { tenant.constraints.antiAffinity = u"banks"_s; });
    addTenant(u"initech"_s, 0, [](Tenant &tenant) {
        tenant.state = TenantState::Moving;
        tenant.operation = u"op-7"_s;
        tenant.placements.push_back({u"eu-2"_s, PlacementState::Starting, {}});
    });
    addTenant(u"hooli"_s, 1, [](Tenant &tenant) { tenant.constraints.exclusive = true; });
    addTenant(u"none"_s, 1, [](Tenant &) {});
    return fleet;
}

QStringList stampsOf(const FleetVersion &fleet, const QString &text)
{
    const QueryResult query = Query::parse(text);
    if (!query)
        return {u"error: "_s + query.error().message};
    QStringList names;
    for (const int slot : filterStamps(fleet, *query))
        names.append(fleet.stamps[slot]->stamp->name);
    return names;
}

QStringList tenantsOf(const FleetVersion &fleet, const QString &text)
{
    const QueryResult query = Query::parse(text);
    if (!query)
        return {u"error: "_s + query.error().message};
    QStringList ids;
    for (const int slot : filterTenants(fleet, *query))
        ids.append(fleet.tenants[slot].tenant->id);
    return ids;
}

/// Text with all that means something to the language.
rc::Gen<QString> anyText()
{
    return rc::gen::map(rc::gen::container<std::vector<char32_t>>(rc::gen::element<char32_t>(
                            U'a', U'b', U'1', U'.', U'*', U'?', U' ', U'"', U'\\', U'(', U')', U',',
                            U':', U'=', U'<', U'>', U'!', U'%', U'/', U'\u00e9', U'\n')),
                        [](const std::vector<char32_t> &points) {
                            return QString::fromUcs4(points.data(), qsizetype(points.size()));
                        });
}

rc::Gen<QString> tokens()
{
    const auto token = rc::gen::element<QString>(
        u"AND"_s, u"OR"_s, u"NOT"_s, u"("_s, u")"_s, u"none"_s, u"health:degraded"_s,
        u"region:eu-*"_s, u"cpu>80%"_s, u"cpu > 4"_s, u"version!=1.4"_s, u"tenant:a,b"_s,
        u"label.k:v"_s, u"\"a b\""_s, u"x"_s, u"p99>=1.5s"_s, u"\\("_s, u"stale:true"_s,
        u"name:\"none\""_s, u"name:none"_s, u":"_s, u"cpu>"_s, u"\""_s);
    return rc::gen::map(rc::gen::container<std::vector<QString>>(token),
                        [](const std::vector<QString> &parts) {
                            return QStringList(parts.begin(), parts.end()).join(u' ');
                        });
}

rc::Gen<QueryText> value(bool mayBeNone, bool mayGlob)
{
    return rc::gen::exec([=] {
        QueryText text;
        const int kind = *rc::gen::inRange(0, 4);
        if (kind == 0 && mayBeNone) {
            text.none = true;
        } else if (kind == 1 && mayGlob) {
            const QString prefix = *anyText();
            for (const QChar c : prefix) {
                if (c == u'*' || c == u'?' || c == u'\\')
                    text.pattern += u'\\';
                text.pattern += c;
            }
            text.pattern += *rc::gen::element(u'*', u'?');
        } else {
            text.literal = *rc::gen::oneOf(
                anyText(), rc::gen::element(u"none"_s, u"AND"_s, u"OR"_s, u"NOT"_s, u"plain"_s));
        }
        return text;
    });
}

/// A tree as the parser would make one.
QueryNodePtr makeTree(int depth)
{
    auto node = std::make_shared<QueryNode>();
    const int kind = *rc::gen::inRange(0, depth > 0 ? 5 : 2);
    if (kind == 0) {
        node->kind = QueryNode::Kind::Word;
        node->values = {*value(false, true)};
        return node;
    }
    if (kind == 1) {
        node->kind = QueryNode::Kind::Term;
        const QList<QueryFieldInfo> &fields = queryFields(QueryScope::Fleet);
        do {
            node->field = &fields[*rc::gen::inRange<qsizetype>(0, fields.size())];
        } while (node->field->isNumber() || !node->field->words.isEmpty());
        if (node->field->field == QueryField::Label)
            node->key =
                *rc::gen::suchThat(anyText(), [](const QString &key) { return !key.isEmpty(); });
        node->op = *rc::gen::element(QueryOp::Has, QueryOp::Equal, QueryOp::NotEqual);
        const int count = node->op == QueryOp::Has ? *rc::gen::inRange(1, 4) : 1;
        for (int i = 0; i < count; ++i)
            node->values.push_back(*value(true, node->op == QueryOp::Has));
        return node;
    }
    if (kind == 2) {
        node->kind = QueryNode::Kind::Not;
        node->children = {makeTree(depth - 1)};
        return node;
    }
    node->kind = kind == 3 ? QueryNode::Kind::And : QueryNode::Kind::Or;
    const int count = *rc::gen::inRange(2, 4);
    for (int i = 0; i < count; ++i) {
        QueryNodePtr child = makeTree(depth - 1);
        if (child->kind == node->kind)
            node->children.insert(node->children.end(), child->children.begin(),
                                  child->children.end());
        else
            node->children.push_back(child);
    }
    return node;
}

} // namespace

class TestQuery : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void findsStamps_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("names");
        const QStringList all = {u"eu-1"_s, u"eu-2"_s, u"us-1"_s};
        const auto row = [](const QString &text, const QStringList &names) {
            QTest::addRow("%s", qPrintable(text)) << text << names;
        };
        row(u""_s, all);
        row(u"   "_s, all);
        row(u"health:degraded"_s, {u"eu-2"_s});
        row(u"health:DEGRADED,unknown"_s, {u"eu-2"_s, u"us-1"_s});
        row(u"HEALTH:degraded"_s, {u"eu-2"_s});
        row(u"region:eu-*"_s, {u"eu-1"_s, u"eu-2"_s});
        row(u"region:eu"_s, {});
        row(u"region=eu-*"_s, {});
        row(u"region:none"_s, {u"us-1"_s});
        row(u"region!=none"_s, {u"eu-1"_s, u"eu-2"_s});
        row(u"region:\"none\""_s, {});
        row(u"region!=eu-west"_s, {u"eu-2"_s}); // a null compares false
        row(u"NOT region:eu-west"_s, {u"eu-2"_s, u"us-1"_s});
        row(u"cpu>80%"_s, {u"eu-2"_s}); // max(reserved, used) of limit
        row(u"cpu>62%"_s, {u"eu-1"_s, u"eu-2"_s});
        row(u"cpu > 62%"_s, {u"eu-1"_s, u"eu-2"_s});
        row(u"cpu>39"_s, {u"eu-1"_s}); // cores
        row(u"cpu>=40"_s, {u"eu-1"_s});
        row(u"cpu<9600m"_s, {u"eu-2"_s});
        row(u"cpu:9.5"_s, {u"eu-2"_s});
        row(u"cpu=62.5%"_s, {u"eu-1"_s});
        row(u"cpu:none"_s, {u"us-1"_s});
        row(u"cpu!=40"_s, {u"eu-2"_s});
        row(u"memory>=8Gi"_s, {u"eu-1"_s});
        row(u"memory<13%"_s, {u"eu-1"_s});
        row(u"storage>0"_s, {});
        row(u"tenants>2"_s, {u"eu-1"_s});
        row(u"tenants:0"_s, {u"us-1"_s});
        row(u"tenants=15%"_s, {u"eu-1"_s});
        row(u"requests>1.1k"_s, {u"eu-1"_s});
        row(u"errors<1%"_s, {u"eu-1"_s});
        row(u"errors=0.001"_s, {u"eu-1"_s});
        row(u"p99>79ms"_s, {u"eu-1"_s});
        row(u"p99<0.1s p50=12"_s, {u"eu-1"_s});
        row(u"cost>12"_s, {u"eu-1"_s});
        row(u"version:1.4*"_s, {u"eu-1"_s}); // the family, not 1.40
        row(u"version:1.*"_s, {u"eu-1"_s, u"eu-2"_s});
        row(u"version!=1.4"_s, {u"eu-1"_s, u"eu-2"_s});
        row(u"version:v1.4.2"_s, {u"eu-1"_s});
        row(u"version>1.4.10"_s, {u"eu-2"_s});
        row(u"version<=1.4.2"_s, {u"eu-1"_s});
        row(u"ring>2"_s, {u"eu-2"_s});
        row(u"ring<=2"_s, {u"eu-1"_s, u"us-1"_s});
        row(u"stale:true"_s, {u"us-1"_s});
        row(u"stale:false cpu<=100%"_s, {u"eu-1"_s, u"eu-2"_s});
        row(u"lasthealth:unhealthy"_s, {u"us-1"_s});
        row(u"lifecycle:cordoned"_s, {u"eu-2"_s});
        row(u"reason:latency-*"_s, {u"eu-2"_s});
        row(u"reason:*840*"_s, {u"eu-2"_s});
        row(u"operation:op-7"_s, {u"eu-2"_s});
        row(u"operation:none"_s, {u"eu-1"_s, u"us-1"_s});
        row(u"component:web"_s, {u"eu-1"_s});
        row(u"label.team:core*"_s, {u"eu-1"_s});
        row(u"label.team:\"core platform\""_s, {u"eu-1"_s});
        row(u"label.team:core\\ platform"_s, {u"eu-1"_s});
        row(u"label.kubernetes.io/os:linux"_s, {u"eu-1"_s});
        row(u"label.team:none"_s, {u"eu-2"_s, u"us-1"_s});
        row(u"source:prod"_s, all);
        row(u"stamp:eu-1,prod/us-1"_s, {u"eu-1"_s, u"us-1"_s});
        row(u"id:prod/eu-?"_s, {u"eu-1"_s, u"eu-2"_s});
        row(u"tenant:acme"_s, {u"eu-1"_s});
        row(u"tenant:shop/acme"_s, {u"eu-1"_s});
        row(u"tenant:initech,hooli"_s, {u"eu-1"_s, u"eu-2"_s});
        row(u"tenant:none"_s, {u"us-1"_s});
        row(u"tenant:\"none\""_s, {u"eu-2"_s});
        row(u"tenant!=acme"_s, {u"eu-2"_s});
        row(u"tier:enterprise"_s, {u"eu-1"_s});
        row(u"pinned:true"_s, {u"eu-1"_s});
        row(u"group:banks"_s, {u"eu-1"_s});
        row(u"eu"_s, {u"eu-1"_s, u"eu-2"_s});
        row(u"EU-1"_s, {u"eu-1"_s});
        row(u"platform"_s, {u"eu-1"_s}); // labels are searched too
        row(u"*-1"_s, {u"eu-1"_s, u"us-1"_s});
        row(u"\"eu-1\""_s, {u"eu-1"_s});
        row(u"eu OR us"_s, all);
        row(u"eu AND NOT health:healthy"_s, {u"eu-2"_s});
        row(u"(eu-1 OR us-1) stale:true"_s, {u"us-1"_s});
        row(u"eu-1 OR us-1 stale:true"_s, {u"eu-1"_s, u"us-1"_s});
        row(u"NOT (eu OR us)"_s, {});
        row(u"NOT NOT eu-1"_s, {u"eu-1"_s});
    }
    void findsStamps()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, names);
        QCOMPARE(stampsOf(makeFleet(), text), names);
    }

    void findsTenants_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("ids");
        const auto row = [](const QString &text, const QStringList &ids) {
            QTest::addRow("%s", qPrintable(text)) << text << ids;
        };
        row(u"acme"_s, {u"acme"_s});
        row(u"ltd tier:enterprise"_s, {u"acme"_s});
        row(u"id:shop/hooli"_s, {u"hooli"_s});
        row(u"name:\"ACME Ltd\""_s, {u"acme"_s});
        row(u"region:eu-central"_s, {u"hooli"_s, u"none"_s});
        row(u"health:degraded"_s, {u"hooli"_s, u"none"_s});
        row(u"stamp:eu-2"_s, {u"initech"_s, u"hooli"_s, u"none"_s}); // where it starts, too
        row(u"cpu>3"_s, {u"acme"_s}); // its demand
        row(u"cpu>80%"_s, {u"hooli"_s, u"none"_s}); // the load of its stamp
        row(u"cpu:none"_s, {u"globex"_s, u"initech"_s, u"hooli"_s, u"none"_s});
        row(u"state:moving"_s, {u"initech"_s});
        row(u"operation:op-7"_s, {u"initech"_s});
        row(u"group:none"_s, {u"acme"_s, u"initech"_s, u"hooli"_s, u"none"_s});
        row(u"exclusive:true"_s, {u"hooli"_s});
        row(u"tenant:acme,globex"_s, {u"acme"_s, u"globex"_s});
        row(u"label.team:core*"_s, {u"acme"_s, u"globex"_s, u"initech"_s});
    }
    void findsTenants()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, ids);
        QCOMPARE(tenantsOf(makeFleet(), text), ids);
    }

    void pointsAtTheCharacter_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("position");
        QTest::addColumn<int>("length");
        QTest::addColumn<QString>("message");
        const auto row = [](const QString &text, int position, int length, const QString &message) {
            QTest::addRow("%s", qPrintable(text)) << text << position << length << message;
        };
        row(u"regoin:eu"_s, 0, 6, u"there is no field “regoin”, did you mean “region”?"_s);
        row(u"eu helth:degraded"_s, 3, 5, u"there is no field “helth”, did you mean “health”?"_s);
        row(u"health:degradd"_s, 7, 7,
            u"expected one of unknown, healthy, degraded, unhealthy, none, found “degradd”, did "
            u"you "
            "mean “degraded”?"_s);
        row(u"health>degraded"_s, 6, 1,
            u"expected “:”, “=” or “!=” behind “health”, which has no order"_s);
        row(u"cpu>"_s, 4, 0, u"expected a value behind “>”"_s);
        row(u"cpu> "_s, 5, 0, u"expected a value"_s);
        row(u"region: eu"_s, 7, 1, u"expected a value behind “:”"_s);
        row(u"region:eu,"_s, 10, 0, u"expected a value behind “,”"_s);
        row(u"cpu>lots"_s, 4, 4,
            u"expected cores such as 4 or 500m, or a share such as 80%, found “lots”"_s);
        row(u"memory>16Gb"_s, 7, 4,
            u"expected a size such as 16Gi, or a share such as 80%, found “16Gb”"_s);
        row(u"p99>1h"_s, 4, 2, u"expected a latency such as 400ms or 1.5s, found “1h”"_s);
        row(u"(eu"_s, 0, 1, u"expected a “)” for this “(”"_s);
        row(u"eu)"_s, 2, 1, u"expected a term or the end, found “)” without a “(”"_s);
        row(u"()"_s, 1, 1, u"expected a term behind “(”, found “)”"_s);
        row(u"eu OR"_s, 5, 0, u"expected a term behind OR"_s);
        row(u"OR eu"_s, 0, 2, u"expected a term, found OR"_s);
        row(u"eu AND AND us"_s, 7, 3, u"expected a term behind AND, found AND"_s);
        row(u"NOT"_s, 3, 0, u"expected a term behind NOT"_s);
        row(u"\"eu"_s, 0, 1, u"expected a closing quote for this one"_s);
        row(u"eu\\"_s, 3, 0, u"expected a character behind “\\”"_s);
        row(u":eu"_s, 0, 1, u"expected a field before “:”"_s);
        row(u"label.:x"_s, 6, 0, u"expected the key of a label behind “label.”"_s);
        row(u"a!b"_s, 1, 1, u"expected a space, or quotes around a text with “!”"_s);
    }
    void pointsAtTheCharacter()
    {
        QFETCH(QString, text);
        QFETCH(int, position);
        QFETCH(int, length);
        QFETCH(QString, message);
        const QueryResult query = Query::parse(text);
        QVERIFY(!query);
        QCOMPARE(query.error().message, message);
        QCOMPARE(query.error().position, position);
        QCOMPARE(query.error().length, length);
        QCOMPARE(query.error().toError().message,
                 u"character "_s + QString::number(position + 1) + u": "_s + message);
    }

    void endsEvenWhenItIsEndless()
    {
        QVERIFY(!Query::parse(QString(20'000, u'a')));
        QVERIFY(!Query::parse(QString(8'000, u'(')));
        QString nots;
        for (int i = 0; i < 2'000; ++i)
            nots += u"NOT "_s;
        QVERIFY(!Query::parse(nots + u'a'));
        QVERIFY(Query::parse(QString(50, u'(') + u'a' + QString(50, u')')));
    }

    void versions()
    {
        const QStringList ascending = {
            u"0.9"_s,   u"1.4.0-alpha"_s, u"1.4.0-alpha.1"_s, u"1.4.0-rc2"_s, u"1.4"_s,
            u"1.4.2"_s, u"1.4.10"_s,      u"v1.40"_s,         u"2"_s,         u"2024.10.1"_s};
        for (qsizetype i = 0; i < ascending.size(); ++i) {
            for (qsizetype j = 0; j < ascending.size(); ++j) {
                const int order = compareVersions(ascending[i], ascending[j]);
                QVERIFY2((order < 0) == (i < j) && (order > 0) == (i > j),
                         qPrintable(ascending[i] + u" "_s + ascending[j]));
            }
        }
        QCOMPARE(compareVersions(u"1.4", u"v1.4.0+build7"), 0);
    }

    void otherScopesHaveFieldsOfTheirOwn()
    {
        Operation operation;
        operation.id = u"op-1"_s;
        operation.kind = u"move"_s;
        operation.state = OperationState::Running;
        const auto query = Query::parse(u"state:running kind:move"_s, QueryScope::Operations);
        QVERIFY(query);
        QVERIFY(query->matches(querySubject(operation)));
        QVERIFY(Query::parse(u"op"_s, QueryScope::Operations)->matches(querySubject(operation)));
        QVERIFY(!Query::parse(u"region:eu"_s, QueryScope::Operations));
        SourceState source;
        source.name = u"prod"_s;
        QVERIFY(Query::parse(u"state:connecting"_s, QueryScope::Sources)
                    ->matches(querySubject(source)));
    }

    void printedTreesParseToThemselves()
    {
        QVERIFY(rc::check("print, then parse, is the same", [] {
            const QueryNodePtr tree = makeTree(3);
            const QString text = print(tree);
            const QueryResult parsed = Query::parse(text);
            if (!parsed)
                RC_FAIL(QString(text + u" | "_s + parsed.error().message).toStdString());
            RC_LOG() << text.toStdString();
            RC_ASSERT(parsed->toString() == text);
            // What is parsed prints and parses to an equal one, whatever the text was.
            RC_ASSERT(*Query::parse(parsed->toString()) == *parsed);
        }));
    }

    void anyTextIsUnderstoodOrRefused()
    {
        QVERIFY(rc::check("what is understood means the same when printed", [] {
            const QString text = *rc::gen::oneOf(anyText(), tokens());
            const QueryResult parsed = Query::parse(text);
            if (!parsed) {
                const QueryError &error = parsed.error();
                RC_ASSERT(error.position >= 0 && error.length >= 0);
                RC_ASSERT(error.position + error.length <= text.size());
                RC_ASSERT(!error.message.isEmpty());
                return;
            }
            const QueryResult again = Query::parse(parsed->toString());
            RC_ASSERT(again.has_value());
            RC_ASSERT(*again == *parsed);
        }));
    }

    // What the program asks for finds exactly that, whatever somebody has called it.
    void aTermFindsExactlyItsValue()
    {
        const QStringList names{u"eu-west"_s,  u"acme corp"_s, u"a,b"_s,      u"b"_s,
                                u"eu-*"_s,     u"eu-1"_s,      u"what?"_s,    u"none"_s,
                                u"say \"hi\""_s, u"back\\slash"_s, u"(x)"_s, u"a=b"_s,
                                u"NOT"_s,      u"a"_s,         u"corp"_s,     u"OR"_s};
        for (const QString &wanted : names) {
            const QString text = Query::term(u"region"_s, wanted);
            const QueryResult query = Query::parse(text + u" NOT health:healthy"_s);
            QVERIFY2(query, qPrintable(text));
            for (const QString &name : names) {
                QueryValues subject;
                subject.texts[QueryField::Region] = {name};
                subject.texts[QueryField::Health] = {u"degraded"_s};
                QVERIFY2(query->matches(subject) == (name == wanted), qPrintable(text + u" on "_s + name));
            }
        }
    }

    void whatIsNotUnderstoodMatchesNothing()
    {
        const Query query = Query::notUnderstood(u"expected a term"_s);
        QVERIFY(!query.isEmpty());
        QCOMPARE(query.fault(), u"expected a term"_s);
        QVERIFY(!query.matches(QueryValues()));
        QVERIFY(!(query == Query()));
        QVERIFY(!(query == Query::notUnderstood(u"another"_s)));
        QVERIFY(Query().matches(QueryValues()));
        QVERIFY(Query().fault().isEmpty());
    }

    void completes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("start");
        QTest::addColumn<QStringList>("inserts");
        const auto row = [](const QString &text, int start, const QStringList &inserts) {
            QTest::addRow("%s", qPrintable(text)) << text << start << inserts;
        };
        row(u"re"_s, 0, {u"region:"_s, u"reason:"_s, u"requests>"_s});
        row(u"eu (re"_s, 4, {u"region:"_s, u"reason:"_s, u"requests>"_s});
        row(u"region:eu"_s, 7, {u"eu-central"_s, u"eu-west"_s});
        row(u"region:west"_s, 7, {u"eu-west"_s});
        row(u"region:eu-west,eu-c"_s, 15, {u"eu-central"_s});
        row(u"health:"_s, 7, {u"degraded"_s, u"healthy"_s, u"unhealthy"_s, u"unknown"_s});
        row(u"health:un"_s, 7, {u"unhealthy"_s, u"unknown"_s});
        row(u"tenant:ini"_s, 7, {u"initech"_s});
        row(u"tenant:no"_s, 7, {u"\"none\""_s});
        row(u"label.t"_s, 0, {u"label.team:"_s, u"label.kubernetes.io/os:"_s});
        row(u"label.team:"_s, 11, {u"\"core platform\""_s});
        row(u"label.team:\"core p"_s, 11, {u"\"core platform\""_s});
        row(u"version!=1.4"_s, 9, {u"1.4.2"_s, u"1.40.0"_s});
        row(u"cpu>"_s, 4, {});
        row(u"nothing:"_s, 8, {});
    }
    void completes()
    {
        QFETCH(QString, text);
        QFETCH(int, start);
        QFETCH(QStringList, inserts);
        const QueryVocabulary vocabulary(makeFleet());
        const QueryCompletions found = completeQuery(text, text.size(), vocabulary);
        QStringList got;
        for (const QueryCompletion &completion : found.list)
            got.append(completion.insert);
        QCOMPARE(got, inserts);
        QCOMPARE(found.start, start);
        QCOMPARE(found.start + found.length, text.size());
        // What is offered is understood.
        for (const QString &insert : got) {
            QString whole = text;
            whole.replace(found.start, found.length, insert);
            if (whole.endsWith(u':') || whole.endsWith(u'>') || whole.contains(u'('))
                continue;
            QVERIFY2(Query::parse(whole), qPrintable(whole));
        }
        QVERIFY(completeQuery(text, text.size(), vocabulary, QueryScope::Fleet, 1).list.size()
                <= 1);
    }

    void offersFieldsFirst()
    {
        const QueryCompletions found = completeQuery(QString(), 0, QueryVocabulary());
        QCOMPARE(found.list.size(), 12);
        QCOMPARE(found.list.first().label, u"health"_s);
        QVERIFY(!found.list.first().help.isEmpty());
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestQuery)
#include "tst_query.moc"

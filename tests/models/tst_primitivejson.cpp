// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/primitivejson.h"
#include "tests/support/testmain.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <rapidcheck.h>

#include <cmath>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

namespace {

rc::Gen<QString> text()
{
    // Code points from all over, surrogate pairs and controls included.
    return rc::gen::map(rc::gen::container<std::vector<char32_t>>(rc::gen::element<char32_t>(
                            U'a', U'Z', U'7', U'-', U'_', U'/', U'~', U'"', U'\\', U'\n', U' ',
                            U'\u00e9', U'\u20ac', U'\u4e2d', U'\U0001f4ee')),
                        [](const std::vector<char32_t> &points) {
                            return QString::fromUcs4(points.data(), qsizetype(points.size()));
                        });
}

rc::Gen<double> number()
{
    return rc::gen::oneOf(
        rc::gen::arbitrary<double>(),
        rc::gen::map(rc::gen::arbitrary<qint64>(), [](qint64 i) { return double(i); }),
        rc::gen::map(rc::gen::arbitrary<quint64>(), [](quint64 bits) {
            double d = 0;
            memcpy(&d, &bits, sizeof d);
            return std::isnan(d) ? 0.1 : d; // NaN is unequal to itself
        }));
}

rc::Gen<std::optional<double>> maybeNumber()
{
    return rc::gen::oneOf(rc::gen::just(std::optional<double>()),
                          rc::gen::map(number(), [](double d) { return std::optional(d); }));
}

rc::Gen<RuleSetting> rule()
{
    return rc::gen::exec([] {
        RuleSetting rule;
        rule.signal = SignalKind(*rc::gen::inRange(0, 4));
        rule.target = *number();
        rule.min = *rc::gen::arbitrary<int>();
        rule.max = *rc::gen::arbitrary<int>();
        rule.cooldown = std::chrono::milliseconds(*rc::gen::arbitrary<qint64>());
        return rule;
    });
}

rc::Gen<ScaleSetting> scale()
{
    return rc::gen::exec([] {
        ScaleSetting setting;
        const auto names = *rc::gen::container<std::vector<QString>>(text());
        for (const QString &name : names)
            setting.components.insert(name, *rc::gen::arbitrary<int>());
        setting.cpu = *maybeNumber();
        setting.memory = *maybeNumber();
        setting.storage = *maybeNumber();
        const auto ruled = *rc::gen::container<std::vector<QString>>(text());
        for (const QString &name : ruled) {
            std::optional<RuleSetting> one;
            if (*rc::gen::arbitrary<bool>())
                one = *rule();
            setting.rules.emplace_back(name, one);
        }
        return setting;
    });
}

rc::Gen<Primitive> primitive()
{
    return rc::gen::exec([]() -> Primitive {
        const QString a = *text(), b = *text(), c = *text();
        switch (*rc::gen::inRange(0, 10)) {
        case 0:
            return PlaceTenant{a, b, c};
        case 1:
            return ProbeTenant{a, b};
        case 2:
            return ShiftTenant{a, b, c};
        case 3:
            return RetireTenant{a, b};
        case 4:
            return MoveTenant{a, b, c};
        case 5:
            return CordonStamp{a};
        case 6:
            return UncordonStamp{a};
        case 7:
            return CreateStamp{a, b, c, {{a, b}, {c, *rc::gen::inRange(-5, 5)}, {b, true}}};
        case 8:
            return DeleteStamp{a};
        default:
            return ScaleStamp{a, *scale(), *scale()};
        }
    });
}

/// Through the bytes, as the journal does.
QJsonObject throughText(const QJsonObject &json)
{
    return QJsonDocument::fromJson(QJsonDocument(json).toJson(QJsonDocument::Compact)).object();
}

} // namespace

class TestPrimitiveJson : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void primitivesComeBackAsTheyWere()
    {
        QVERIFY(rc::check([] {
            const Primitive before = *primitive();
            const auto after = primitiveFromJson(throughText(toJson(before)));
            RC_ASSERT(after.has_value());
            RC_ASSERT(bool(*after == before));
        }));
    }

    void requestsComeBackAsTheyWere()
    {
        QVERIFY(rc::check([] {
            ActionRequest before;
            before.kind = ActionKind(*rc::gen::inRange(0, 8));
            const auto tenants = *rc::gen::container<std::vector<QString>>(text());
            before.tenants = QStringList(tenants.begin(), tenants.end());
            before.to = *text();
            before.stamp = *text();
            const auto among = *rc::gen::container<std::vector<QString>>(text());
            before.among = QStringList(among.begin(), among.end());
            before.left = before.among.mid(0, 1);
            before.stamps = before.among.mid(1);
            before.region = *text();
            if (*rc::gen::arbitrary<bool>())
                before.maxLoad = *rc::gen::inRange(1, 100) / 100.0;
            if (*rc::gen::arbitrary<bool>())
                before.deadline = std::chrono::milliseconds(*rc::gen::arbitrary<int>());
            before.partial = *rc::gen::arbitrary<bool>();
            before.source = *text();
            before.fromTemplate = *text();
            before.region = *text();
            before.parameters = {{*text(), *text()}, {*text(), 7}, {*text(), false}};
            before.cordonFirst = *rc::gen::arbitrary<bool>();
            before.scale = *scale();
            before.allowUnknown = *rc::gen::arbitrary<bool>();
            before.parallel = *rc::gen::arbitrary<int>();
            before.actor = *text();
            before.reason = *text();
            before.ifMatch = *text();
            const auto after = actionRequestFromJson(throughText(toJson(before)));
            RC_ASSERT(after.has_value());
            RC_ASSERT(bool(*after == before));
        }));
    }

    /// A journal of before there were drains, and of before stamps could be made.
    void requestsOfOlderVersionsAreRead()
    {
        QJsonObject old = toJson(ActionRequest());
        for (const QString &word : {u"among"_s, u"partial"_s, u"left"_s, u"deadline"_s, u"source"_s,
                                    u"template"_s, u"region"_s, u"parameters"_s, u"cordonFirst"_s})
            old.remove(word);
        const auto request = actionRequestFromJson(old);
        QVERIFY(request.has_value());
        QVERIFY(*request == ActionRequest());
        old[u"among"_s] = u"eu-2"_s;
        QVERIFY(!actionRequestFromJson(old).has_value());
    }

    void notANumberIsKeptToo()
    {
        ScaleSetting setting;
        setting.cpu = std::numeric_limits<double>::quiet_NaN();
        const auto after = scaleSettingFromJson(throughText(toJson(setting)));
        QVERIFY(after.has_value());
        QVERIFY(after->cpu && std::isnan(*after->cpu));
    }

    void aBadRecordNamesItsPlace_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("pointer");
        QTest::newRow("no kind") << QByteArray("{}") << u"/kind"_s;
        QTest::newRow("an unknown kind") << QByteArray(R"({"kind":"teleport"})") << u"/kind"_s;
        QTest::newRow("a tenant that is a number")
            << QByteArray(R"({"kind":"move","tenant":7,"from":"a","to":"b"})") << u"/tenant"_s;
        QTest::newRow("no target")
            << QByteArray(R"({"kind":"place","tenant":"t","from":"a"})") << u"/to"_s;
        QTest::newRow("a fraction of a replica") << QByteArray(
            R"({"kind":"scale","stamp":"a","from":{"components":{},"rules":[]},"to":{"components":{"web":1.5},"rules":[]}})")
                                                 << u"/to/components/web"_s;
        QTest::newRow("a count beyond 32 bits") << QByteArray(
            R"({"kind":"scale","stamp":"a","from":{"components":{"web":5000000000},"rules":[]},"to":{"components":{},"rules":[]}})")
                                                << u"/from/components/web"_s;
        QTest::newRow("a rule on an unknown signal") << QByteArray(
            R"({"kind":"scale","stamp":"a","from":{"components":{},"rules":[]},"to":{"components":{},"rules":[{"component":"web","rule":{"signal":"moon","target":1,"min":1,"max":2,"cooldown":5}}]}})")
                                                     << u"/to/rules/0/rule/signal"_s;
    }

    void aBadRecordNamesItsPlace()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, pointer);
        const auto read = primitiveFromJson(QJsonDocument::fromJson(json).object());
        QVERIFY(!read.has_value());
        QCOMPARE(toString(read.error().kind), toString(ErrorKind::Malformed));
        QCOMPARE(read.error().detail, pointer);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestPrimitiveJson)
#include "tst_primitivejson.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/api/quantity.h"
#include "backends/api/template.h"
#include "tests/support/testmain.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

namespace {

QJsonObject json(const char *text)
{
    return QJsonDocument::fromJson(QByteArray(text)).object();
}

Template sample()
{
    const auto made = templateFromJson(json(R"({
        "name": "standard", "description": "For most", "later": true,
        "parameters": [
            {"name": "replicas", "type": "integer", "default": 3, "min": 1, "max": 16, "help": "Of web"},
            {"name": "memory", "type": "size", "default": "16Gi", "min": "1Gi", "max": "64Gi"},
            {"name": "share", "type": "number", "default": 0.5, "min": 0, "max": 1},
            {"name": "spot", "type": "boolean", "default": false},
            {"name": "ring", "type": "string", "default": "1", "choices": ["0", "1", "2"]},
            {"name": "owner", "type": "string"}
        ]})"));
    return made ? *made : Template();
}

const TemplateParameter &parameter(const Template &of, const QString &name)
{
    for (const TemplateParameter &each : of.parameters) {
        if (each.name == name)
            return each;
    }
    qFatal("no such parameter");
}

} // namespace

class TestTemplate : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void valuesAreChecked_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QJsonValue>("value");
        QTest::addColumn<QJsonValue>("expected"); // undefined: refused
        QTest::addColumn<QString>("message");
        const QJsonValue no(QJsonValue::Undefined);
        const auto good = [&](const char *row, const QString &name, const QJsonValue &value,
                              const QJsonValue &expected) {
            QTest::newRow(row) << name << value << expected << QString();
        };
        const auto bad = [&](const char *row, const QString &name, const QJsonValue &value,
                             const QString &message) {
            QTest::newRow(row) << name << value << no << message;
        };
        good("a count", u"replicas"_s, 5, 5);
        good("a count as a word", u"replicas"_s, u"5"_s, 5);
        good("the lowest count", u"replicas"_s, 1, 1);
        good("the highest count", u"replicas"_s, u"16"_s, 16);
        bad("a count below", u"replicas"_s, 0,
            u"replicas takes a whole number from 1 to 16, not 0"_s);
        bad("a count above, as a word", u"replicas"_s, u"17"_s,
            u"replicas takes a whole number from 1 to 16, not 17"_s);
        bad("half a replica", u"replicas"_s, 1.5,
            u"replicas takes a whole number from 1 to 16, not 1.5"_s);
        bad("a word that is no count", u"replicas"_s, u"many"_s,
            u"replicas takes a whole number from 1 to 16, not many"_s);
        bad("an empty word", u"replicas"_s, QString(u""_s),
            u"replicas takes a whole number from 1 to 16, not nothing"_s);
        bad("null", u"replicas"_s, QJsonValue(QJsonValue::Null),
            u"replicas takes a whole number from 1 to 16, not null"_s);
        bad("a list", u"replicas"_s, QJsonArray{1},
            u"replicas takes a whole number from 1 to 16, not something else"_s);
        bad("true as a count", u"replicas"_s, true,
            u"replicas takes a whole number from 1 to 16, not true"_s);
        good("a size as a word", u"memory"_s, u"2Gi"_s, 2147483648.0);
        good("a size in bytes", u"memory"_s, 2147483648.0, 2147483648.0);
        bad("a size above", u"memory"_s, u"65Gi"_s,
            u"memory takes a size from 1Gi to 64Gi, not 65Gi"_s);
        bad("a size that is none", u"memory"_s, u"16Zi"_s,
            u"memory takes a size from 1Gi to 64Gi, not 16Zi"_s);
        good("a share", u"share"_s, u"0.25"_s, 0.25);
        bad("a share above", u"share"_s, 1.01, u"share takes a number from 0 to 1, not 1.01"_s);
        bad("infinity", u"share"_s, u"inf"_s, u"share takes a number from 0 to 1, not inf"_s);
        good("yes", u"spot"_s, true, true);
        good("yes as a word", u"spot"_s, u"true"_s, true);
        bad("one for yes", u"spot"_s, 1, u"spot takes true or false, not 1"_s);
        good("a choice", u"ring"_s, u"2"_s, u"2"_s);
        bad("no choice", u"ring"_s, u"3"_s, u"ring takes one of 0, 1, 2, not 3"_s);
        bad("a number for a text", u"ring"_s, 2, u"ring takes one of 0, 1, 2, not 2"_s);
        good("a text", u"owner"_s, u"Zoë & co"_s, u"Zoë & co"_s);
        bad("a text that is too long", u"owner"_s, QString(1'025, u'x'),
            u"owner takes a text of at most 1024 characters, not "_s + QString(80, u'x'));
    }

    void valuesAreChecked()
    {
        QFETCH(QString, name);
        QFETCH(QJsonValue, value);
        QFETCH(QJsonValue, expected);
        QFETCH(QString, message);
        const Template of = sample();
        const auto is = checkValue(parameter(of, name), value);
        if (!message.isEmpty()) {
            QVERIFY(!is);
            QCOMPARE(is.error().kind, ErrorKind::Invalid);
            QCOMPARE(is.error().message, message);
            QCOMPARE(is.error().detail, name);
        } else {
            QVERIFY2(is, is ? "" : qPrintable(is.error().message));
            QCOMPARE(*is, expected);
        }
    }

    void whatIsNotGivenHasItsDefault()
    {
        const auto values = checkParameters(
            sample(), {{u"owner"_s, u"ana"_s}, {u"memory"_s, u"32Gi"_s}});
        QVERIFY(values);
        QCOMPARE(*values, json(R"({"replicas": 3, "memory": 34359738368, "share": 0.5,
                                   "spot": false, "ring": "1", "owner": "ana"})"));
    }

    void whatHasToBeGivenIsNamed()
    {
        const auto values = checkParameters(sample(), {});
        QVERIFY(!values);
        QCOMPARE(values.error().message, u"owner has to be given: a text of at most 1024 characters"_s);
        const auto unknown = checkParameters(sample(), {{u"replica"_s, 3}});
        QVERIFY(!unknown);
        QCOMPARE(unknown.error().message,
                 u"template standard has no parameter replica; it has replicas, memory, share, spot, "
                 "ring, owner"_s);
    }

    void aTemplateComesBackAsItWas()
    {
        const auto again = templateFromJson(toJson(sample()));
        QVERIFY(again);
        QVERIFY(*again == sample());
        QCOMPARE(again->parameters.size(), 6);
    }

    void aBadTemplateNamesItsPlace_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("pointer");
        const auto row = [](const char *name, const char *parameters, const char *pointer) {
            QTest::newRow(name) << QByteArray(R"({"name": "a", "parameters": )") + parameters + '}'
                                << QString::fromLatin1(pointer);
        };
        QTest::newRow("no name") << QByteArray("{}") << u"/name"_s;
        row("parameters that are no list", "{}", "/parameters");
        row("a parameter without a name", R"([{"type": "string"}])", "/parameters/0/name");
        row("a name that --set can't say", R"([{"name": "a=b", "type": "string"}])",
            "/parameters/0/name");
        row("an unknown type", R"([{"name": "x", "type": "colour"}])", "/parameters/0/type");
        row("bounds the wrong way round", R"([{"name": "x", "type": "integer", "min": 3, "max": 2}])",
            "/parameters/0/min");
        row("bounds of a text", R"([{"name": "x", "type": "string", "min": 3}])",
            "/parameters/0/min");
        row("a default beyond its bounds",
            R"([{"name": "x", "type": "integer", "max": 2, "default": 3}])",
            "/parameters/0/default");
        row("a default of another type", R"([{"name": "x", "type": "boolean", "default": 1}])",
            "/parameters/0/default");
        row("a choice of another type",
            R"([{"name": "x", "type": "integer", "choices": [1, "two"]}])",
            "/parameters/0/choices/1");
        row("a name twice", R"([{"name": "x", "type": "string"}, {"name": "x", "type": "size"}])",
            "/parameters/1/name");
    }

    void aBadTemplateNamesItsPlace()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, pointer);
        const auto is = templateFromJson(QJsonDocument::fromJson(text).object());
        QVERIFY(!is);
        QCOMPARE(is.error().kind, ErrorKind::Malformed);
        QCOMPARE(is.error().detail, pointer);
    }

    void stampsHaveNames()
    {
        for (const QString &good : {u"eu-1"_s, u"a"_s, u"EU.west_03"_s, QString(63, u'x')})
            QVERIFY2(!wrongStampName(good), qPrintable(good));
        for (const QString &bad : {u""_s, u"a/b"_s, u"a~b"_s, u"a b"_s, u"-a"_s, u"a."_s, u"zoë"_s,
                                   u".."_s, QString(64, u'x')})
            QVERIFY2(wrongStampName(bad), qPrintable(bad));
    }

    void sizesAreSaidExactly()
    {
        QCOMPARE(sizeToString(17179869184.0), u"16Gi"_s);
        QCOMPARE(sizeToString(1610612736.0), u"1536Mi"_s);
        QCOMPARE(sizeToString(1000), u"1000"_s);
        QCOMPARE(sizeToString(0), u"0"_s);
        for (const double bytes : {1.0, 4096.0, 123456789.0, 1099511627776.0, 9007199254740991.0})
            QCOMPARE(sizeFromString(sizeToString(bytes)), std::optional(bytes));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestTemplate)
#include "tst_template.moc"

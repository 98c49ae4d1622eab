// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/rest/jsontext.h"
#include "tests/support/testmain.h"

#include <cmath>
#include <string>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
namespace Json = Stampdeck::Internal::Json;

namespace {

/// Bytes with what must follow them.
std::string padded(const QByteArray &bytes)
{
    return bytes.toStdString() + std::string(Json::padding, '\0');
}

} // namespace

class TestJsonText : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void readsNumbers_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<double>("value");
        QTest::addColumn<int>("size");
        const auto row = [](const char *text, double value, int size = -1) {
            QTest::addRow("%s", text) << QByteArray(text) << value << size;
        };
        row("0", 0);
        row("-0", 0);
        row("-12.5", -12.5);
        row("1234567", 1234567);
        row("12345678", 12345678);
        row("123456789", 123456789);
        row("98765432.5", 98765432.5);
        row("00000000", NAN, 0);
        row("1234567:", 1234567, 7);
        row("1234567/", 1234567, 7);
        row("274877906944", 274877906944.0);
        row("9007199254740993", 9007199254740992.0);
        row("9223372036854775808", 9223372036854775808.0);
        row("123456789012345678901234567890", 123456789012345678901234567890.0);
        row("0.1", 0.1);
        row("0.30000000000000004", 0.30000000000000004);
        row("1E5", 1e5);
        row("1.5e+3", 1500);
        row("1e-320", 1e-320);
        row("1e999", INFINITY);
        row("10e308", INFINITY);
        row("1e99999999999999999999", INFINITY);
        row("1e-999", 0);
        row("1e-99999999999999999999", 0);
        row("0.00001e-400", 0);
        row("0e999", 0);
        row("0.0e-99999999999999999999", 0);
        row("12,", 12, 2);
        row("1.0]", 1, 3);
        row("1 ", 1, 1);
        for (const char *bad : {"", "-", "01", "-01", ".5", "1.", "1.e5", "1e", "1e+", "+1", "x"})
            row(bad, NAN, 0);
    }
    void readsNumbers()
    {
        QFETCH(QByteArray, text);
        QFETCH(double, value);
        QFETCH(int, size);
        const std::string bytes = padded(text);
        double read = NAN;
        const char *end = Json::number(bytes.data(), read);
        if (std::isnan(value)) {
            QVERIFY(!end);
            return;
        }
        QCOMPARE(end - bytes.data(), qsizetype(size < 0 ? text.size() : size));
        QCOMPARE(read == value, true);
    }

    void readsManyDigits()
    {
        const std::string large = padded(QByteArray(400, '9'));
        double read = 0;
        QVERIFY(Json::number(large.data(), read));
        QVERIFY(std::isinf(read));
        const std::string small = padded("0." + QByteArray(400, '0') + "1");
        QVERIFY(Json::number(small.data(), read));
        QCOMPARE(read, 0.0);
        const std::string back = padded("1" + QByteArray(400, '0') + "e-400");
        QVERIFY(Json::number(back.data(), read));
        QCOMPARE(read, 1.0);
    }

    void readsStrings_data()
    {
        QTest::addColumn<QByteArray>("text"); // Between the quotes.
        QTest::addColumn<QString>("value"); // Null where it is no string.
        const auto row = [](const char *name, const QByteArray &text, const QString &value) {
            QTest::addRow("%s", name) << text << value;
        };
        row("empty", "", u""_s);
        row("short", "eu-1", u"eu-1"_s);
        for (const int size : {7, 8, 9, 15, 16, 17, 31, 32, 33, 100})
            QTest::addRow("%d bytes", size)
                << QByteArray(size, 'x') << QString(size, QLatin1Char('x'));
        row("two bytes", "\xc3\x84G", u"ÄG"_s);
        row("three bytes", "\xe2\x82\xac", u"€"_s);
        row("four bytes", "\xf0\x9f\x98\x80", u"😀"_s);
        row("after plain ones", "abcdefghijklmnopqrstuvw\xc3\x84", u"abcdefghijklmnopqrstuvwÄ"_s);
        row("escapes", R"(\"\\\/\b\f\n\r\t)", u"\"\\/\b\f\n\r\t"_s);
        row("escaped code", R"(\u00c4\u20AC)", u"Ä€"_s);
        row("escaped pair", R"(\ud83d\ude00)", u"😀"_s);
        row("escapes and more", "\xc3\x84\\n\xc3\x84", u"Ä\nÄ"_s);
        row("no escape", R"(\x)", {});
        row("half an escape", R"(\u12)", {});
        row("no hexadecimal", R"(\u12g4)", {});
        row("a line break", "a\nb", {});
        row("a zero", QByteArray("a\0b", 3), {});
        row("a byte alone", "\xff", {});
        row("a rest alone", "\x80", {});
        row("cut short", "\xe2\x82", {});
        row("too long", "\xc0\x80", {});
        row("too long in three", "\xe0\x80\x80", {});
        row("too long in four", "\xf0\x80\x80\x80", {});
        row("a surrogate", "\xed\xa0\x80", {});
        row("beyond Unicode", "\xf4\x90\x80\x80", {});
    }
    void readsStrings()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, value);
        const std::string bytes = padded('"' + text + '"');
        Json::Text read;
        const char *end = Json::string(bytes.data(), read);
        if (value.isNull()) {
            QVERIFY(!end);
            return;
        }
        QCOMPARE(end - bytes.data(), text.size() + 2);
        QCOMPARE(Json::toQString(read), value);
        QVERIFY(Json::equals(value, read));
        QVERIFY(!Json::equals(QString(value + u'x'), read));
        for (qsizetype i = 0; i < value.size(); ++i) {
            QString other = value;
            other[i] = u'#';
            QVERIFY(!Json::equals(other, read));
        }
        // Without its end.
        const std::string open = padded('"' + text);
        Json::Text ignored;
        QVERIFY(!Json::string(open.data(), ignored));
    }

    void makesStringsInBlocks()
    {
        std::vector<QString> made;
        std::vector<QString> expected;
        {
            Json::StringBlocks blocks;
            for (int i = 0; i < 500; ++i) {
                const QByteArray text = i % 50 == 49 ? QByteArray(i, 'x')
                    : i % 50 == 48                   ? QByteArray("\xc3\x84")
                                                     : "eu-west-" + QByteArray::number(i);
                const std::string bytes = padded('"' + text + '"');
                Json::Text read;
                QVERIFY(Json::string(bytes.data(), read));
                made.push_back(blocks.make(read));
                expected.push_back(QString::fromUtf8(text));
            }
        }
        // One that is written to, and one that is gone, leave their neighbours alone.
        made[1] += u"and more than that"_s;
        made[3].clear();
        expected[1] += u"and more than that"_s;
        expected[3].clear();
        for (size_t i = 0; i < made.size(); ++i) {
            QCOMPARE(made[i], expected[i]);
            QCOMPARE(made[i].constData()[made[i].size()], QChar());
        }
        const QString last = made.back();
        made.clear();
        QCOMPARE(last, expected.back());
    }

    void makesStringsTogether()
    {
        const std::string first = padded("\"acme\"");
        const std::string second = padded("\"\xc3\x84\"");
        const std::string third = padded("\"a longer one of its own\"");
        std::array<Json::Text, 4> texts;
        QVERIFY(Json::string(first.data(), texts[0]));
        QVERIFY(Json::string(second.data(), texts[1]));
        QVERIFY(Json::string(third.data(), texts[2]));
        std::array<QString, 4> values;
        values[3] = u"stays"_s;
        Json::toQStrings({{&texts[0], &values[0]},
                          {&texts[1], &values[1]},
                          {&texts[2], &values[2]},
                          {&texts[3], &values[3]}});
        values[0] += u" and more than that"_s;
        QCOMPARE(values[0], u"acme and more than that"_s);
        QCOMPARE(values[1], u"Ä"_s);
        values[0].clear();
        QCOMPARE(values[2], u"a longer one of its own"_s);
        values[2] += u'!';
        QCOMPARE(values[2], u"a longer one of its own!"_s);
        QCOMPARE(values[3], u"stays"_s);
    }

    void passesOverValues_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("size"); // 0 where it is no JSON.
        const auto row = [](const char *text, int size = -1) {
            QTest::addRow("%s", text)
                << QByteArray(text) << (size < 0 ? int(std::strlen(text)) : size);
        };
        for (const char *good :
             {"{}", "[]", "[[],{}]", "{\"a\":{\"b\":[1,\"]\",null]},\"c\":true}", "[ 1 , 2 ]",
              "{ \"a\" : false }", "null", "true", "-1.5e3", "\"x\"", "[{},{\"a\":{}}]"})
            row(good);
        row("1,2", 1);
        row("{},{}", 2);
        row("[1]]", 3);
        for (const char *bad : {"",           "[",
                                "{",          "[1",
                                "[1,",        "[1,]",
                                "[,1]",       "[1 2]",
                                "{\"a\"}",    "{\"a\":}",
                                "{\"a\":1,}", "{1:2}",
                                "{\"a\" 1}",  "[}",
                                "{]",         "[1}",
                                "nul",        "tru",
                                "falsy",      "]",
                                "}",          "{\"a\":1 \"b\":2}",
                                "[01]",       "[\"\xff\"]",
                                "[\"\\x\"]"})
            row(bad, 0);
    }
    void passesOverValues()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, size);
        std::string open;
        const std::string bytes = padded(text);
        const char *end = Json::skip(bytes.data(), open);
        QCOMPARE(end ? end - bytes.data() : 0, qsizetype(size));
    }

    void knowsNames()
    {
        for (const char *name : {"", "id", "1234567", "12345678", "requestsPerSec",
                                 "requestsPerSecs", "requestsPerSecond", "requestsPerSeconds"}) {
            const Json::Name known(name);
            const QByteArray quoted = '"' + QByteArray(name) + '"';
            const std::string same = padded(quoted);
            QVERIFY(known.matches(same.data()));
            QCOMPARE(known.end(same.data()) - same.data(), quoted.size());
            const std::string longer = padded('"' + QByteArray(name) + "x\"");
            QVERIFY(!known.matches(longer.data()));
            if (*name == '\0')
                continue;
            const std::string shorter = padded('"' + QByteArray(name).chopped(1) + '"');
            QVERIFY(!known.matches(shorter.data()));
        }
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestJsonText)
#include "tst_jsontext.moc"

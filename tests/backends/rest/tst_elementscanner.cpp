// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/rest/elementscanner.h"
#include "tests/support/testmain.h"

#include <random>
#include <string>

using Stampdeck::Internal::ElementScanner;
using namespace Stampdeck;

class TestElementScanner : public QObject
{
    Q_OBJECT

    // Where the element at the start of \a text ends, byte by byte; 0 when it doesn't.
    static size_t plainly(const std::string &text)
    {
        int depth = 0;
        bool inString = false;
        for (size_t i = 0; i < text.size(); ++i) {
            if (inString) {
                if (text[i] == '\\')
                    ++i;
                else if (text[i] == '"')
                    inString = false;
            } else if (text[i] == '"') {
                inString = true;
            } else if (text[i] == '{' || text[i] == '[') {
                ++depth;
            } else if ((text[i] == '}' || text[i] == ']') && --depth == 0) {
                return i + 1;
            }
        }
        return 0;
    }

    // In pieces of \a step bytes, each followed by padding that must not be looked at.
    static size_t scanned(const std::string &text, size_t step)
    {
        ElementScanner scanner;
        size_t total = 0;
        for (size_t at = 0; at < text.size() && !scanner.isComplete(); at += step) {
            const std::string piece = text.substr(at, step);
            const std::string padded = piece + std::string(ElementScanner::padding, '}');
            total += scanner.scan(padded.data(), piece.size());
        }
        return scanner.isComplete() ? total : 0;
    }

private Q_SLOTS:
    void init() { Testing::strict(); }

    void findsTheEnd_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addRow("empty") << QByteArray("{}");
        QTest::addRow("followed") << QByteArray("{\"a\":1},{\"b\":2}");
        QTest::addRow("brackets in strings") << QByteArray("{\"a\":\"}]{[\",\"b\":[1,2,{}]} tail");
        QTest::addRow("escaped quotes") << QByteArray("{\"a\":\"\\\"}\",\"b\":\"\\\\\"}rest}");
        QTest::addRow("cut off") << QByteArray(R"({"a":[1,2)");
        QTest::addRow("cut off in a string") << QByteArray("{\"a\":\"}}");
        QTest::addRow("deep") << QByteArray(QByteArray(300, '[') + QByteArray(300, ']') + "]]");
        QTest::addRow("ends at a block's end")
            << QByteArray("{\"a\":\"" + QByteArray(56, 'x') + "\"}{}");
    }
    void findsTheEnd()
    {
        QFETCH(QByteArray, text);
        const std::string bytes = text.toStdString();
        for (const size_t step :
             {size_t(1), size_t(7), size_t(63), size_t(64), size_t(65), bytes.size()})
            QCOMPARE(scanned(bytes, step), plainly(bytes));
    }

    void agreesWithThePlainWay()
    {
        std::mt19937 random(1);
        const std::string alphabet = "{}[]\"\\ax, :";
        for (int round = 0; round < 3000; ++round) {
            std::string text = "{";
            const size_t size = random() % 400;
            // Few quotes, so that there are long strings and long stretches without.
            for (size_t i = 0; i < size; ++i)
                text += random() % 4 == 0 ? alphabet[random() % alphabet.size()]
                                          : "{}ax, :"[random() % 7];
            // A backslash outside of a string is no JSON: what both make of it may differ.
            std::string clean;
            bool inString = false;
            for (size_t i = 0; i < text.size(); ++i) {
                if (!inString && text[i] == '\\')
                    continue;
                clean += text[i];
                if (inString && text[i] == '\\' && i + 1 < text.size())
                    clean += text[++i];
                else if (text[i] == '"')
                    inString = !inString;
            }
            const size_t expected = plainly(clean);
            QCOMPARE(scanned(clean, clean.size()), expected);
            QCOMPARE(scanned(clean, 1 + random() % 100), expected);
        }
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestElementScanner)
#include "tst_elementscanner.moc"

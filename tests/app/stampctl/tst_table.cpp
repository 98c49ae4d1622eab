// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stampctl/scalewords.h"
#include "app/stampctl/table.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

using namespace Stampdeck;
using namespace Qt::StringLiterals;

namespace {

Table sample()
{
    Table table({{u"STAMP"_s, TableColumn::Name},
                 {u"REGION"_s, TableColumn::Word, 1},
                 {u"CPU"_s, TableColumn::Number},
                 {u"WHY"_s, TableColumn::Sentence, 2}});
    table.add({u"production/europe-central-frankfurt-06"_s, u"eu-central"_s, u"9.8"_s,
               u"api 1 of 5 ready, p99 840 ms, and the database does not answer"_s});
    table.add({u"production/eu-1"_s, u"eu"_s, u"44.6"_s, u""_s});
    return table;
}

} // namespace

class TestTable : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void aNameLosesItsMiddle()
    {
        QCOMPARE(elidedMiddle(u"eu-central-06"_s, 20), u"eu-central-06"_s);
        QCOMPARE(elidedMiddle(u"eu-central-06"_s, 8), u"eu-c\u2026-06"_s);
        QCOMPARE(elidedMiddle(u"eu-central-06"_s, 1), u"\u2026"_s);
        QCOMPARE(elidedMiddle(u"eu-central-06"_s, 0), QString());
        // Wide letters take two columns, marks none.
        QCOMPARE(terminalWidth(u"\u4e2d\u6587"), 4);
        QCOMPARE(terminalWidth(u"e\u0301"), 1);
        QVERIFY(terminalWidth(elidedMiddle(u"\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587"_s, 7)) <= 7);
    }

    void asWideAsItIsWithoutALimit()
    {
        QCOMPARE(sample().render(0),
                 u"STAMP                                   REGION       CPU  WHY\n"
                 "production/europe-central-frankfurt-06  eu-central   9.8  api 1 of 5 ready, p99 "
                 "840 ms, and the database does not answer\n"
                 "production/eu-1                         eu          44.6\n"_s);
    }

    void sentencesGiveWayBeforeNames()
    {
        const QString text = sample().render(80);
        QVERIFY(text.contains(u"production/europe-central-frankfurt-06"));
        QVERIFY(text.contains(u"\u2026"));
        QVERIFY(text.contains(u"REGION"));
    }

    void fitsWhateverTheWidth()
    {
        for (int width = 20; width < 130; ++width) {
            const QString text = sample().render(width);
            for (const QString &line : text.split(u'\n'))
                QVERIFY2(terminalWidth(line) <= width, qPrintable(line));
            QVERIFY(text.contains(u"44.6")); // numbers stay whole
        }
        QVERIFY(!sample().render(22).contains(u"REGION")); // what is least needed goes
    }

    void numbersStandUnderEachOther()
    {
        const QStringList lines = sample().render(100).split(u'\n');
        QCOMPARE(lines[1].indexOf(u"9.8") + 3, lines[2].indexOf(u"44.6") + 4);
        QCOMPARE(lines[0].indexOf(u"CPU") + 3, lines[2].indexOf(u"44.6") + 4);
    }

    void titlesCanBeLeftOut() { QVERIFY(!sample().render(0, false).contains(u"STAMP")); }

    void nothingThatABackendTellsMovesTheCursor()
    {
        Table table({{u"STAMP"_s, TableColumn::Name}});
        table.add({u"a\x1b[2Jb\nc\rd"_s});
        const QString text = table.render(0);
        QVERIFY(!text.contains(u'\x1b'));
        QVERIFY(!text.contains(u'\r'));
        QCOMPARE(text.count(u'\n'), 2);
    }

    void scaleWordsAreRead()
    {
        const auto scale = scaleFromWords({u"web=5"_s, u"cpu=32"_s, u"memory=16Gi"_s,
                                           u"component:cpu=3"_s, u"storage=2TB"_s},
                                          {u"api=cpu:70%,1..10"_s, u"db=none"_s,
                                           u"jobs=latencyP99:400ms,0..4,90s"_s});
        VERIFY_RESULT(scale);
        QCOMPARE(scale->components, (QMap<QString, int>{{u"web"_s, 5}, {u"cpu"_s, 3}}));
        QVERIFY(scale->cpu == 32.0);
        QVERIFY(scale->memory == 16.0 * (1ull << 30));
        QVERIFY(scale->storage == 2e12);
        QCOMPARE(scale->rules.size(), size_t(3));
        QVERIFY(scale->rules[0].second == (RuleSetting{SignalKind::Cpu, 0.7, 1, 10}));
        QVERIFY(!scale->rules[1].second.has_value());
        QVERIFY(scale->rules[2].second
                == (RuleSetting{SignalKind::LatencyP99, 400, 0, 4, std::chrono::seconds(90)}));
    }

    void aWrongScaleWordIsQuoted_data()
    {
        QTest::addColumn<QString>("setting");
        QTest::addColumn<QString>("rule");
        QTest::newRow("no value") << u"web"_s << QString();
        QTest::newRow("an empty value") << u"web="_s << QString();
        QTest::newRow("a negative count") << u"web=-1"_s << QString();
        QTest::newRow("a fraction") << u"web=1.5"_s << QString();
        QTest::newRow("no component") << u"component:=3"_s << QString();
        QTest::newRow("cores with a unit") << u"cpu=3Gi"_s << QString();
        QTest::newRow("nothing left") << u"memory=0"_s << QString();
        QTest::newRow("a rule without bounds") << QString() << u"web=cpu:70%"_s;
        QTest::newRow("bounds upside down") << QString() << u"web=cpu:70%,9..2"_s;
        QTest::newRow("an unknown signal") << QString() << u"web=moon:70%,1..2"_s;
        QTest::newRow("a target that is none") << QString() << u"web=cpu:much,1..2"_s;
    }

    void aWrongScaleWordIsQuoted()
    {
        QFETCH(QString, setting);
        QFETCH(QString, rule);
        const auto scale = scaleFromWords(setting.isEmpty() ? QStringList() : QStringList{setting},
                                          rule.isEmpty() ? QStringList() : QStringList{rule});
        QVERIFY(!scale.has_value());
        QCOMPARE(toString(scale.error().kind), u"invalid"_s);
        QVERIFY2(scale.error().message.contains(setting + rule), qPrintable(scale.error().message));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestTable)
#include "tst_table.moc"

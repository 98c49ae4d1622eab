// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/configeditor.h"
#include "models/secretstore.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

using namespace Stampdeck;
using namespace Qt::StringLiterals;

namespace {

const QByteArray commented = "# My fleet.\n"
                             "sources:   # all of them\n"
                             "\n"
                             "  # the important one\n"
                             "  - name: prod\n"
                             "    adapter: rest # speaks HTTP\n"
                             "    url: \"https://h\"\n"
                             "\n"
                             "    token: {env: T}   # never written here\n"
                             "  - {name: demo, adapter: simulator, stamps: 48}  # for fun\n"
                             "\n"
                             "# What we promise.\n"
                             "objectives: {load: 85%}\n";

} // namespace

class TestConfigEditor : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void addsASource_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        const QByteArray added =
            "{name: new, adapter: rest, url: \"http://h:1/\", token: {keychain: "
            "stampdeck/new}, production: true}";
        QTest::addRow("to nothing") << QByteArray() << QByteArray("sources:\n  - " + added + "\n");
        QTest::addRow("to a comment")
            << QByteArray("# hi") << QByteArray("# hi\nsources:\n  - " + added + "\n");
        QTest::addRow("to other keys") << QByteArray("templates: x\n")
                                       << QByteArray("templates: x\nsources:\n  - " + added + "\n");
        QTest::addRow("to an empty key")
            << QByteArray("sources: # none yet\ntemplates: x\n")
            << QByteArray("sources: # none yet\n  - " + added + "\ntemplates: x\n");
        QTest::addRow("to an empty list")
            << QByteArray("sources: []\n") << QByteArray("sources: [" + added + "]\n");
        QTest::addRow("to a list in one line")
            << QByteArray("sources: [{name: a, adapter: simulator}] # x\n")
            << QByteArray("sources: [{name: a, adapter: simulator}, " + added + "] # x\n");
        QTest::addRow("to a list without indent")
            << QByteArray("sources:\n- name: a\n  adapter: simulator\nobjectives: {}\n")
            << QByteArray("sources:\n- name: a\n  adapter: simulator\n- " + added
                          + "\nobjectives: {}\n");
        QTest::addRow("to a file without a last line break")
            << QByteArray("sources:\n    - {name: a, adapter: simulator}")
            << QByteArray("sources:\n    - {name: a, adapter: simulator}\n    - " + added + "\n");
        QTest::addRow("to JSON") << QByteArray("{\"templates\": \"x\"}")
                                 << QByteArray("{\"sources\": [" + added
                                               + "], \"templates\": \"x\"}");
        QByteArray after = commented;
        after.replace("# for fun\n", QByteArray("# for fun\n  - " + added + "\n"));
        QTest::addRow("between comments") << commented << after;
    }
    void addsASource()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        const auto text = ConfigEditor::addSource(
            before,
            {{u"name"_s, u"new"_s},
             {u"adapter"_s, u"rest"_s},
             {u"url"_s, u"http://h:1/"_s},
             {u"token"_s,
              QVariant::fromValue(SecretRef{SecretRef::Kind::Keychain, u"stampdeck/new"_s})},
             {u"production"_s, true}});
        VERIFY_RESULT(text);
        QCOMPARE(*text, after);
    }

    void removesASource_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("after");
        QByteArray withoutDemo = commented;
        withoutDemo.replace("  - {name: demo, adapter: simulator, stamps: 48}  # for fun\n", "");
        QTest::addRow("the last") << commented << u"demo"_s << withoutDemo;
        QByteArray withoutProd = commented;
        withoutProd.remove(withoutProd.indexOf("  - name: prod"),
                           withoutProd.indexOf("  - {name: demo")
                               - withoutProd.indexOf("  - name: prod"));
        QTest::addRow("one of several lines") << commented << u"prod"_s << withoutProd;
        QTest::addRow("the only one in a block")
            << QByteArray("sources:\n  - name: a\n    adapter: x\ntemplates: y\n") << u"a"_s
            << QByteArray("sources:\n  []\ntemplates: y\n");
        QTest::addRow("the first in a line") << QByteArray("sources: [{name: a}, {name: b}]\n")
                                             << u"a"_s << QByteArray("sources: [{name: b}]\n");
        QTest::addRow("the last in a line") << QByteArray("sources: [{name: a}, {name: b}]\n")
                                            << u"b"_s << QByteArray("sources: [{name: a}]\n");
        QTest::addRow("the only one in a line") << QByteArray("sources: [{name: a, x: \"}]\"}]\n")
                                                << u"a"_s << QByteArray("sources: []\n");
    }
    void removesASource()
    {
        QFETCH(QByteArray, before);
        QFETCH(QString, name);
        QFETCH(QByteArray, after);
        const auto text = ConfigEditor::removeSource(before, name);
        VERIFY_RESULT(text);
        QCOMPARE(*text, after);
    }

    void setsAKey_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QVariant>("value");
        QTest::addColumn<QByteArray>("was");
        QTest::addColumn<QByteArray>("is");
        QTest::addRow("a text") << u"prod"_s << u"adapter"_s << QVariant(u"swarm"_s)
                                << QByteArray("adapter: rest # speaks")
                                << QByteArray("adapter: swarm # speaks");
        QTest::addRow("a text in quotes")
            << u"prod"_s << u"url"_s << QVariant(u"https://\"x\" \n"_s)
            << QByteArray("\"https://h\"") << QByteArray("\"https://\\\"x\\\" \\u000a\"");
        QTest::addRow("a secret") << u"prod"_s << u"token"_s
                                  << QVariant::fromValue(
                                         SecretRef{SecretRef::Kind::File, u"/a b"_s})
                                  << QByteArray("{env: T}") << QByteArray("{file: \"/a b\"}");
        QTest::addRow("a number in a flow")
            << u"demo"_s << u"stamps"_s << QVariant(7) << QByteArray("stamps: 48}")
            << QByteArray("stamps: 7}");
        QTest::addRow("a new one in a flow")
            << u"demo"_s << u"seed"_s << QVariant(u"7"_s) << QByteArray("stamps: 48}")
            << QByteArray("stamps: 48, seed: \"7\"}");
        QTest::addRow("a new one in a block")
            << u"prod"_s << u"readOnly"_s << QVariant(true) << QByteArray("never written here\n")
            << QByteArray("never written here\n    readOnly: true\n");
        QTest::addRow("a word that looks like a flag")
            << u"demo"_s << u"mood"_s << QVariant(u"yes"_s) << QByteArray("stamps: 48}")
            << QByteArray("stamps: 48, mood: \"yes\"}");
        QTest::addRow("a list") << u"demo"_s << u"urls"_s
                                << QVariant(QVariantList{u"http://a"_s, u"b"_s})
                                << QByteArray("stamps: 48}")
                                << QByteArray("stamps: 48, urls: [\"http://a\", b]}");
    }
    void setsAKey()
    {
        QFETCH(QString, name);
        QFETCH(QString, key);
        QFETCH(QVariant, value);
        QFETCH(QByteArray, was);
        QFETCH(QByteArray, is);
        QByteArray after = commented;
        QCOMPARE(after.count(was), 1);
        after.replace(was, is);
        const auto text = ConfigEditor::setKey(commented, name, key, value);
        VERIFY_RESULT(text);
        QCOMPARE(*text, after);
    }

    void removesAKey_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QByteArray>("was");
        QTest::addColumn<QByteArray>("is");
        QTest::addRow("of a block")
            << u"prod"_s << u"url"_s << QByteArray("    url: \"https://h\"\n") << QByteArray();
        QTest::addRow("the first of a block")
            << u"prod"_s << u"name"_s << QByteArray("- name: prod\n    adapter")
            << QByteArray("- adapter");
        QTest::addRow("of a flow")
            << u"demo"_s << u"adapter"_s << QByteArray("adapter: simulator, ") << QByteArray();
        QTest::addRow("the last of a flow")
            << u"demo"_s << u"stamps"_s << QByteArray(", stamps: 48") << QByteArray();
    }
    void removesAKey()
    {
        QFETCH(QString, name);
        QFETCH(QString, key);
        QFETCH(QByteArray, was);
        QFETCH(QByteArray, is);
        QByteArray after = commented;
        QCOMPARE(after.count(was), 1);
        after.replace(was, is);
        const auto text = ConfigEditor::removeKey(commented, name, key);
        VERIFY_RESULT(text);
        QCOMPARE(*text, after);
    }

    void setsAnOption_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        const QByteArray section = "window:\n  textSize: 110%\n";
        QTest::addRow("in nothing") << QByteArray() << section;
        QTest::addRow("behind everything") << commented << QByteArray(commented + section);
        QTest::addRow("behind a line without an end")
            << QByteArray("sources: []") << QByteArray("sources: []\n" + section);
        QTest::addRow("in a document that is a flow")
            << QByteArray("{sources: []} # all\n")
            << QByteArray("{sources: [], window: {textSize: 110%}} # all\n");
        QTest::addRow("in an indented document")
            << QByteArray("  sources: []\n")
            << QByteArray("  sources: []\n  window:\n    textSize: 110%\n");
        QTest::addRow("where its section is empty")
            << QByteArray("window: # mine\nsources: []\n")
            << QByteArray("window: # mine\n  textSize: 110%\nsources: []\n");
        QTest::addRow("behind the others of a block")
            << QByteArray("window:\n    theme: dark # at night\n\n# next\nsources: []\n")
            << QByteArray("window:\n    theme: dark # at night\n    textSize: 110%\n\n# next\n"
                          "sources: []\n");
        QTest::addRow("in place of what is there")
            << QByteArray("window:\n  textSize: 1.25 # larger\n  theme: dark\n")
            << QByteArray("window:\n  textSize: 110% # larger\n  theme: dark\n");
        QTest::addRow("in a flow") << QByteArray("window: {theme: dark}\n")
                                   << QByteArray("window: {theme: dark, textSize: 110%}\n");
        QTest::addRow("in an empty flow") << QByteArray("window: {} # none\n")
                                          << QByteArray("window: {textSize: 110%} # none\n");
    }
    void setsAnOption()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        const auto text =
            ConfigEditor::setOption(before, u"window"_s, u"textSize"_s, u"110%"_s);
        VERIFY_RESULT(text);
        QCOMPARE(*text, after);
    }

    void saysWhatOptionItCant_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<ErrorKind>("kind");
        QTest::addRow("a list") << QByteArray("[1]") << ErrorKind::Unsupported;
        QTest::addRow("no YAML") << QByteArray("window: [") << ErrorKind::Invalid;
        QTest::addRow("a section that is a word") << QByteArray("window: dark\n")
                                                  << ErrorKind::Unsupported;
        QTest::addRow("a section that another shares")
            << QByteArray("other: &w {theme: dark}\nwindow: *w\n") << ErrorKind::Unsupported;
        QTest::addRow("a document that is closed") << QByteArray("sources: []\n...\n")
                                                   << ErrorKind::Unsupported;
    }
    void saysWhatOptionItCant()
    {
        QFETCH(QByteArray, text);
        QFETCH(ErrorKind, kind);
        const auto after =
            ConfigEditor::setOption(text, u"window"_s, u"theme"_s, u"light"_s);
        QVERIFY(!after);
        QCOMPARE(after.error().kind, kind);
    }

    void keepsLineBreaksOfWindows()
    {
        QByteArray text = commented;
        text.replace("\n", "\r\n");
        const auto after = ConfigEditor::setKey(text, u"demo"_s, u"stamps"_s, 7);
        VERIFY_RESULT(after);
        QCOMPARE(*after, QByteArray(text).replace("48", "7"));
    }

    void saysWhatItCant_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<ErrorKind>("kind");
        QTest::addRow("no such source") << QByteArray("sources: []") << ErrorKind::NotFound;
        QTest::addRow("no configuration") << QByteArray("[1]") << ErrorKind::NotFound;
        QTest::addRow("nothing") << QByteArray() << ErrorKind::NotFound;
        QTest::addRow("no YAML") << QByteArray("sources: [") << ErrorKind::Invalid;
        QTest::addRow("a text over several lines")
            << QByteArray("sources:\n  - name: demo\n    stamps: |\n      a\n      b\n")
            << ErrorKind::Unsupported;
        QTest::addRow("a value that another shares")
            << QByteArray("sources:\n  - {name: demo, stamps: &n 5}\n  - {name: b, stamps: *n}\n")
            << ErrorKind::Unsupported;
    }
    void saysWhatItCant()
    {
        QFETCH(QByteArray, text);
        QFETCH(ErrorKind, kind);
        const auto after = ConfigEditor::setKey(text, u"demo"_s, u"stamps"_s, 7);
        QVERIFY(!after);
        QCOMPARE(after.error().kind, kind);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestConfigEditor)
#include "tst_configeditor.moc"

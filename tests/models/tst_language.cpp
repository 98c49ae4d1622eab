// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/formatter.h"
#include "models/language.h"

#include "tests/support/testmain.h"

#include <QtCore/QDir>
#include <QtCore/QProcess>
#include <QtCore/QScopeGuard>
#include <QtCore/QTemporaryDir>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

/// A language is found where docs/architecture.md says that it may lie.
class TestLanguage final : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_data;

private Q_SLOTS:
    void initTestCase()
    {
        qputenv("XDG_DATA_HOME", m_data.path().toUtf8());
        const QDir dir(m_data.path());
        QVERIFY(dir.mkpath(u"stampdeck/translations"_s));
        QFile words(dir.filePath(u"stampdeck_de.ts"_s));
        QVERIFY(words.open(QIODevice::WriteOnly));
        words.write("<?xml version='1.0'?><TS version='2.1' language='de'>"
                    "<context><name>Format</name><message><source>not known</source>"
                    "<translation>nicht bekannt</translation></message></context></TS>");
        words.close();
        QCOMPARE(QProcess::execute(QStringLiteral(STAMPDECK_LRELEASE),
                                   {u"-silent"_s, words.fileName(), u"-qm"_s,
                                    dir.filePath(u"stampdeck/translations/stampdeck_de.qm"_s)}),
                 0);
    }
    void init() { Testing::strict(); }

    void theOnesThatAreThereAreKnown()
    {
        QVERIFY(Language::known().contains(u"en"_s));
        QVERIFY(Language::known().contains(u"de"_s));
        QVERIFY(!Language::known().contains(u"fr"_s));
    }

    void whatIsNotThereIsSaid()
    {
        QVERIFY(!Language::install(u"fr"_s));
        QVERIFY(!Language::install(u"no language"_s));
        QVERIFY(Language::install(u"en"_s));
        QVERIFY(Language::install({})); // the desktop's, which is C
        QCOMPARE(Format::notKnown(), u"not known"_s);
        QCOMPARE(Format::tenants(1'200), u"1,200 tenants"_s);
    }

    void aNamedOneBringsItsWordsAndNumbers()
    {
        const auto back = qScopeGuard([] { Language::installPlain(); });
        QVERIFY(Language::install(u"de_AT"_s));
        QCOMPARE(Format::notKnown(), u"nicht bekannt"_s);
        QCOMPARE(Format::number(44.6), u"44,6"_s);
        // What it lacks is English.
        QCOMPARE(Format::stamps(1), u"1 stamp"_s);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestLanguage)
#include "tst_language.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "mutants.h"

#include "tests/support/testmain.h"

#include <QtCore/QFile>
#include <QtCore/QRegularExpression>
#include <QtCore/QSet>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

/// Every rule has its section in docs/conformance.md, its check and its mutant, and none of them is
/// there without a rule.
class tst_ConformanceRules : public QObject
{
    Q_OBJECT
private:
    static QStringList ids()
    {
        QStringList ids;
        for (const ConformanceRule &rule : conformanceRules())
            ids += rule.id;
        return ids;
    }

private Q_SLOTS:
    void init() { Testing::strict(); }

    void aRuleHasANumberOfItsOwn()
    {
        const QStringList all = ids();
        QVERIFY(all.size() >= 25);
        QCOMPARE(QSet<QString>(all.begin(), all.end()).size(), all.size());
        for (int i = 0; i < all.size(); ++i)
            QCOMPARE(all[i], u"C%1"_s.arg(i + 1, 2, 10, QChar(u'0')));
    }

    void aRuleHasAMutant()
    {
        QStringList mutated;
        for (const Testing::Mutant &mutant : Testing::mutants())
            mutated += QString::fromLatin1(mutant.rule);
        QCOMPARE(mutated, ids());
    }

    void aRuleHasASection()
    {
        QFile file(QStringLiteral(STAMPDECK_SOURCE_DIR "/docs/conformance.md"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QStringList sections = QString::fromUtf8(file.readAll()).split(u"\n### "_s).mid(1);
        QStringList written;
        QMap<QString, QString> titles;
        for (const QString &section : sections) {
            const QString id = section.left(3);
            written += id;
            titles[id] = section.section(u'\n', 0, 0).mid(4);
            const QString text = section.section(u'\n', 1);
            for (const QString &part : {u"*Why.*"_s, u"*How.*"_s})
                QVERIFY2(text.contains(part), qPrintable(id + u" does not say "_s + part));
        }
        QCOMPARE(written, ids());
        for (const ConformanceRule &rule : conformanceRules())
            QCOMPARE(titles[rule.id], rule.title);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, tst_ConformanceRules)
#include "tst_conformancerules.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "mutanttest.h"

#include "tests/app/stampd/stampdprogram.h"

using namespace Stampdeck;
using namespace Qt::StringLiterals;

/// Each mutant of the rest adapter, before a real stampd and behind the kit's proxy, fails its own
/// rule and no other; the right adapter fails none.
class tst_MutantsNetwork : public QObject
{
    Q_OBJECT
private:
    ConformanceSubject subject() const
    {
        ConformanceSubject subject;
        subject.settings.name = u"server"_s;
        subject.settings.adapter = u"rest"_s;
        subject.settings.keys = {{u"url"_s, m_server.url}};
        subject.network = true;
        subject.location = u"url"_s;
        subject.secretKeys = QStringList{u"token"_s};
        subject.create = [](const SourceSettings &settings, Clock &clock) {
            return Testing::rightAdapter(Testing::Mutant::Base::Rest, settings, clock);
        };
        return subject;
    }
    Testing::Stampd m_server;
    QString m_scratch;

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(
            m_server.start({u"--source"_s,
                            u"simulator=4,tenantsPerStamp=6,scratch=true,calm=true,timeScale=60,"
                            "failureRate=0,pollInterval=200ms"_s}));
        const auto adapter = subject().create(subject().settings, Clock::system());
        VERIFY_RESULT(adapter);
        const auto update = Testing::await((*adapter)->poll((*adapter)->endpoints().front()));
        VERIFY_RESULT(update);
        m_scratch = update->stamps.front()->name;
    }
    void init() { Testing::strict(); }

    void theRightOneKeepsEveryRule()
    {
        auto options = Testing::mutantOptions(m_scratch);
        options.patience = std::chrono::seconds(60);
        const auto report = checkConformance(subject(), options);
        VERIFY_RESULT(report);
        QCOMPARE(Testing::failedOf(*report), QStringList());
        // What the proxy does reached the adapter.
        for (const ConformanceResult &result : report->results) {
            QVERIFY2(!result.rule.network || result.verdict == ConformanceVerdict::Passed,
                     qPrintable(result.rule.id + u": "_s + result.seen));
        }
    }

    void aMutantFailsItsOwnRule_data() { Testing::mutantRows(Testing::Mutant::Base::Rest); }
    void aMutantFailsItsOwnRule()
    {
        QFETCH(int, index);
        const Testing::Mutant &mutant = Testing::mutants().at(size_t(index));
        ConformanceSubject wrong = subject();
        wrong.create = mutant.create;
        auto options = Testing::mutantOptions(m_scratch);
        options.patience = std::chrono::seconds(60);
        const auto report = checkConformance(wrong, options);
        VERIFY_RESULT(report);
        QCOMPARE(Testing::failedOf(*report), QStringList{QString::fromLatin1(mutant.rule)});
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, tst_MutantsNetwork)
#include "tst_mutants_network.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "mutanttest.h"

#include "tests/app/stampd/stampdprogram.h"

#include <array>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

/// Each mutant of the rest adapter, before a real stampd and behind the kit's proxy, fails its own
/// rule and no other; the right adapter fails none.
class tst_MutantsNetwork : public QObject
{
    Q_OBJECT
private:
    static ConformanceSubject subject(const QString &url)
    {
        ConformanceSubject subject;
        subject.settings.name = u"server"_s;
        subject.settings.adapter = u"rest"_s;
        subject.settings.keys = {{u"url"_s, url}};
        subject.network = true;
        subject.location = u"url"_s;
        subject.secretKeys = QStringList{u"token"_s};
        subject.create = [](const SourceSettings &settings, Clock &clock) {
            return Testing::rightAdapter(Testing::Mutant::Base::Rest, settings, clock);
        };
        return subject;
    }
    ConformanceOptions options() const
    {
        ConformanceOptions options = Testing::mutantOptions(m_scratch);
        options.patience = std::chrono::seconds(60);
        return options;
    }

    // One for each place: nobody writes where somebody else looks.
    std::array<Testing::Stampd, 5> m_servers;
    QString m_scratch;
    std::unique_ptr<Testing::MutantRuns> m_runs;

private Q_SLOTS:
    void initTestCase()
    {
        for (Testing::Stampd &server : m_servers) {
            QVERIFY(server.start(
                {u"--source"_s,
                 u"simulator=4,tenantsPerStamp=6,scratch=true,calm=true,timeScale=60,"
                 "failureRate=0,pollInterval=200ms"_s}));
        }
        const ConformanceSubject first = subject(m_servers.front().url);
        const auto adapter = first.create(first.settings, Clock::system());
        VERIFY_RESULT(adapter);
        const auto update = Testing::await((*adapter)->poll((*adapter)->endpoints().front()));
        VERIFY_RESULT(update);
        m_scratch = update->stamps.front()->name;
        m_runs = std::make_unique<Testing::MutantRuns>(
            Testing::Mutant::Base::Rest, int(m_servers.size()),
            [this](const Testing::Mutant &mutant, int place,
                   const std::function<bool()> &isInterrupted) {
                ConformanceSubject wrong = subject(m_servers.at(size_t(place)).url);
                wrong.create = mutant.create;
                ConformanceOptions with = options();
                with.isInterrupted = isInterrupted;
                return checkConformance(wrong, with);
            });
    }
    void cleanupTestCase() { m_runs.reset(); }
    void init() { Testing::strict(); }

    void theRightOneKeepsEveryRule()
    {
        const auto report = checkConformance(subject(m_servers.front().url), options());
        VERIFY_RESULT(report);
        QCOMPARE(Testing::failedOf(*report), QStringList());
        // What the proxy does reached the adapter, and everything that a server can was tried: it
        // has no history, and moves tenants by itself.
        for (const ConformanceResult &result : report->results) {
            static const QStringList others{u"C15"_s, u"C46"_s, u"C47"_s};
            QVERIFY2(result.verdict == ConformanceVerdict::Passed
                         || others.contains(result.rule.id),
                     qPrintable(result.rule.id + u": "_s + result.seen));
        }
    }

    void aMutantFailsItsOwnRule_data() { Testing::mutantRows(Testing::Mutant::Base::Rest); }
    void aMutantFailsItsOwnRule()
    {
        QFETCH(int, index);
        const Testing::Mutant &mutant = Testing::mutants().at(size_t(index));
        const auto report = m_runs->of(size_t(index));
        VERIFY_RESULT(report);
        QCOMPARE(Testing::failedOf(*report), QStringList{QString::fromLatin1(mutant.rule)});
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, tst_MutantsNetwork)
#include "tst_mutants_network.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "mutanttest.h"

using namespace Stampdeck;
using namespace Qt::StringLiterals;

/// Each in-memory mutant fails its own rule and no other; the right adapter fails none.
class tst_Mutants : public QObject
{
    Q_OBJECT
private:
    ConformanceSubject subject() const
    {
        ConformanceSubject subject;
        subject.settings.name = u"sim"_s;
        subject.settings.adapter = u"simulator"_s;
        subject.settings.keys = {{u"stamps"_s, 4},      {u"tenantsPerStamp"_s, 6},
                                 {u"scratch"_s, true},  {u"calm"_s, true},
                                 {u"timeScale"_s, 100}, {u"failureRate"_s, 0}};
        subject.location = u"stamps"_s;
        subject.create = [](const SourceSettings &settings, Clock &clock) {
            return Testing::rightAdapter(Testing::Mutant::Base::Simulator, settings, clock);
        };
        return subject;
    }
    QString m_scratch;
    std::unique_ptr<Testing::MutantRuns> m_runs;

private Q_SLOTS:
    void initTestCase()
    {
        const auto adapter = subject().create(subject().settings, Clock::system());
        VERIFY_RESULT(adapter);
        const auto update = Testing::await((*adapter)->poll({}));
        VERIFY_RESULT(update);
        m_scratch = update->stamps.front()->name;
        // Each has a fleet of its own.
        m_runs = std::make_unique<Testing::MutantRuns>(
            Testing::Mutant::Base::Simulator, 10,
            [this](const Testing::Mutant &mutant, int, const std::function<bool()> &isInterrupted) {
                ConformanceSubject wrong = subject();
                wrong.create = mutant.create;
                ConformanceOptions options = Testing::mutantOptions(m_scratch);
                options.isInterrupted = isInterrupted;
                return checkConformance(wrong, options);
            });
    }
    void cleanupTestCase() { m_runs.reset(); }
    void init() { Testing::strict(); }

    void theRightOneKeepsEveryRule()
    {
        const auto report = checkConformance(subject(), Testing::mutantOptions(m_scratch));
        VERIFY_RESULT(report);
        QCOMPARE(Testing::failedOf(*report), QStringList());
        for (const ConformanceResult &result : report->results) {
            // It has no network, pushes nothing, and does at once what it does.
            static const QStringList others{u"C49"_s, u"C50"_s, u"C67"_s, u"C68"_s};
            const bool isJudged = result.verdict == ConformanceVerdict::Passed;
            QVERIFY2(isJudged || result.rule.network || others.contains(result.rule.id),
                     qPrintable(result.rule.id + u": "_s + result.seen));
        }
    }

    void aMutantFailsItsOwnRule_data() { Testing::mutantRows(Testing::Mutant::Base::Simulator); }
    void aMutantFailsItsOwnRule()
    {
        QFETCH(int, index);
        const Testing::Mutant &mutant = Testing::mutants().at(size_t(index));
        const auto report = m_runs->of(size_t(index));
        VERIFY_RESULT(report);
        QCOMPARE(Testing::failedOf(*report), QStringList{QString::fromLatin1(mutant.rule)});
    }

    void onlyAScratchStampIsWrittenTo()
    {
        ConformanceSubject other = subject();
        other.settings.keys.remove(u"scratch"_s);
        const auto refused = checkConformance(other, Testing::mutantOptions(m_scratch));
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Refused);
        QVERIFY(
            refused.error().refusals.front().message.contains("stampdeck.conformance=scratch"_L1));

        const auto unknown = checkConformance(subject(), Testing::mutantOptions(u"nowhere"_s));
        QVERIFY(!unknown);
        QCOMPARE(unknown.error().kind, ErrorKind::NotFound);

        other.settings.keys[u"scratch"_s] = true;
        other.settings.readOnly = true;
        const auto readOnly = checkConformance(other, Testing::mutantOptions(m_scratch));
        QVERIFY(!readOnly);
        QCOMPARE(readOnly.error().kind, ErrorKind::Refused);
    }

    void withoutOneNothingIsWritten()
    {
        // Whatever writes would show: each fails the test.
        ConformanceSubject watched = subject();
        int writes = 0;
        class Watched final : public FleetAdapter
        {
        public:
            Watched(std::unique_ptr<FleetAdapter> right, int &count)
                : m_right(std::move(right))
                , m_count(count)
            { }
            Capabilities capabilities() const override { return m_right->capabilities(); }
            FutureResult<FleetUpdate> poll(const QString &endpoint) override
            {
                return m_right->poll(endpoint);
            }
            FutureResult<WriteOutcome> perform(const Primitive &p, const WriteContext &c) override
            {
                ++m_count;
                return m_right->perform(p, c);
            }
            FutureResult<WriteOutcome> observe(const Primitive &p, const WriteContext &c,
                                               const QString &handle) override
            {
                ++m_count;
                return m_right->observe(p, c, handle);
            }

        private:
            std::unique_ptr<FleetAdapter> m_right;
            int &m_count;
        };
        watched.create = [&writes](const SourceSettings &settings,
                                   Clock &clock) -> Result<std::unique_ptr<FleetAdapter>> {
            auto right = Testing::rightAdapter(Testing::Mutant::Base::Simulator, settings, clock);
            if (!right)
                return fail(right.error());
            return std::unique_ptr<FleetAdapter>(new Watched(std::move(*right), writes));
        };
        const auto report = checkConformance(watched, Testing::mutantOptions({}));
        VERIFY_RESULT(report);
        QCOMPARE(writes, 0);
        for (const ConformanceResult &result : report->results)
            QCOMPARE(result.verdict == ConformanceVerdict::Skipped, result.rule.writes);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, tst_Mutants)
#include "tst_mutants.moc"

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

private Q_SLOTS:
    void initTestCase()
    {
        const auto adapter = subject().create(subject().settings, Clock::system());
        VERIFY_RESULT(adapter);
        const auto update = Testing::await((*adapter)->poll({}));
        VERIFY_RESULT(update);
        m_scratch = update->stamps.front()->name;
    }
    void init() { Testing::strict(); }

    void theRightOneKeepsEveryRule()
    {
        const auto report = checkConformance(subject(), Testing::mutantOptions(m_scratch));
        VERIFY_RESULT(report);
        QCOMPARE(Testing::failedOf(*report), QStringList());
        for (const ConformanceResult &result : report->results) {
            // It moves nothing by itself, has no network, and pushes nothing.
            const bool isJudged = result.verdict == ConformanceVerdict::Passed;
            QVERIFY2(isJudged || result.rule.network || result.rule.id == "C49"_L1
                         || result.rule.id == "C50"_L1,
                     qPrintable(result.rule.id + u": "_s + result.seen));
        }
    }

    void aMutantFailsItsOwnRule_data() { Testing::mutantRows(Testing::Mutant::Base::Simulator); }
    void aMutantFailsItsOwnRule()
    {
        QFETCH(int, index);
        const Testing::Mutant &mutant = Testing::mutants().at(size_t(index));
        ConformanceSubject wrong = subject();
        wrong.create = mutant.create;
        const auto report = checkConformance(wrong, Testing::mutantOptions(m_scratch));
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

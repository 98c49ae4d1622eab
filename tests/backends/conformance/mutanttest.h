// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mutants.h"

#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QThread>

#include <atomic>
#include <map>
#include <set>

namespace Stampdeck::Testing {

/// How the kit is run here: short limits, and little patience with what never comes.
inline ConformanceOptions mutantOptions(const QString &scratch)
{
    ConformanceOptions options;
    options.scratch = scratch;
    options.limit = std::chrono::milliseconds(700);
    options.patience = std::chrono::milliseconds(5'000);
    options.quiet = std::chrono::milliseconds(300);
    return options;
}

/// Runs the kit on the mutants of one base, each run in a thread of its own and some at a time:
/// most of a run is waiting. The rows ask for them in their order, and those that come next run
/// ahead.
///
/// Lives in the test's thread, and ends what runs when it goes.
class MutantRuns
{
public:
    /// One run, in a thread: the \a place is one of 0 to width - 1, and nobody else's meanwhile.
    using Run = std::function<Result<ConformanceReport>(
        const Mutant &mutant, int place, const std::function<bool()> &isInterrupted)>;

    MutantRuns(Mutant::Base base, int width, Run run)
        : m_run(std::move(run))
    {
        for (size_t i = 0; i < mutants().size(); ++i) {
            if (mutants()[i].base == base)
                m_order.push_back(i);
        }
        for (int place = 0; place < width; ++place)
            m_free.insert(place);
    }
    ~MutantRuns()
    {
        m_ends = true;
        for (const auto &[index, one] : m_runs)
            one->thread->wait();
    }
    Q_DISABLE_COPY_MOVE(MutantRuns)

    /// The report on the mutant \a index, once it is there.
    [[nodiscard]] Result<ConformanceReport> of(size_t index)
    {
        const auto isThere = [&] {
            collect();
            launchFrom(index);
            const auto one = m_runs.find(index);
            return one != m_runs.end() && one->second->place < 0;
        };
        if (!QTest::qWaitFor(isThere, 600'000))
            return fail(ErrorKind::Timeout, QStringLiteral("the test waited for ten minutes"));
        return m_runs.at(index)->report;
    }

private:
    struct One
    {
        std::unique_ptr<QThread> thread;
        int place = -1; // none any more
        Result<ConformanceReport> report;
    };

    void collect()
    {
        for (const auto &[index, one] : m_runs) {
            if (one->place < 0 || !one->thread->isFinished())
                continue;
            m_free.insert(one->place);
            one->place = -1;
        }
    }
    void launchFrom(size_t index)
    {
        for (auto next = std::find(m_order.begin(), m_order.end(), index);
             next != m_order.end() && !m_free.empty(); ++next) {
            if (m_runs.count(*next) > 0)
                continue;
            auto one = std::make_unique<One>();
            one->place = *m_free.begin();
            m_free.erase(m_free.begin());
            one->thread.reset(QThread::create(
                [this, at = one.get(), mutant = mutants()[*next], place = one->place] {
                    at->report = m_run(mutant, place, [this] { return m_ends.load(); });
                }));
            one->thread->start();
            m_runs.emplace(*next, std::move(one));
        }
    }

    Run m_run;
    std::vector<size_t> m_order;
    std::set<int> m_free; // places
    std::map<size_t, std::unique_ptr<One>> m_runs;
    std::atomic<bool> m_ends = false;
};

/// The rules that \a report has as failed, and what was left; what was seen for each goes to the
/// log.
inline QStringList failedOf(const ConformanceReport &report)
{
    QStringList failed;
    for (const ConformanceResult &result : report.results) {
        if (result.verdict != ConformanceVerdict::Failed)
            continue;
        failed += result.rule.id;
        qInfo("%s: saw %s, expected %s", qPrintable(result.rule.id), qPrintable(result.seen),
              qPrintable(result.expected));
    }
    return failed + report.left;
}

/// A row for each mutant of \a base.
inline void mutantRows(Mutant::Base base)
{
    QTest::addColumn<int>("index");
    for (size_t i = 0; i < mutants().size(); ++i) {
        if (mutants()[i].base == base)
            QTest::addRow("%s %s", mutants()[i].rule, mutants()[i].what) << int(i);
    }
}

} // namespace Stampdeck::Testing

// SPDX-License-Identifier: GPL-3.0-or-later
#include "conformance.h"

#include "rules.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QSet>

#include <algorithm>

namespace Stampdeck {

using namespace Internal;

std::vector<ConformanceRule> conformanceRules()
{
    std::vector<ConformanceRule> all;
    for (const RuleEntry &entry : ruleTable())
        all.push_back(publicRule(entry));
    return all;
}

QString toString(ConformanceVerdict verdict)
{
    switch (verdict) {
    case ConformanceVerdict::Passed:
        return u"passed"_s;
    case ConformanceVerdict::Failed:
        return u"failed"_s;
    case ConformanceVerdict::NotApplicable:
        return u"not applicable"_s;
    case ConformanceVerdict::Skipped:
        break;
    }
    return u"skipped"_s;
}

int ConformanceReport::count(ConformanceVerdict verdict) const
{
    return int(std::count_if(results.begin(), results.end(), [&](const ConformanceResult &result) {
        return result.verdict == verdict;
    }));
}

bool ConformanceReport::passed() const
{
    return count(ConformanceVerdict::Failed) == 0 && left.isEmpty() && !interrupted;
}

namespace {

/// Whether there is something to check, and what it is.
Result<void> begin(Bench &bench, const ConformanceSubject &subject,
                   const ConformanceOptions &options, Clock &clock, ConformanceReport &report)
{
    for (const QString &id : options.only) {
        const auto &table = ruleTable();
        if (std::none_of(table.begin(), table.end(),
                         [&](const RuleEntry &entry) { return id == QLatin1StringView(entry.id); }))
            return fail(ErrorKind::Invalid, u"there is no rule “%1”"_s.arg(id));
    }
    auto adapter = subject.create(subject.settings, clock);
    if (!adapter)
        return fail(adapter.error());
    Cut cut;
    for (const QString &endpoint : (*adapter)->endpoints()) {
        const auto update = bench.await((*adapter)->poll(endpoint));
        if (!update)
            return fail(update.error());
        cut.apply(endpoint, *update);
    }
    report.instance = cut.instance;
    report.stamps = qsizetype(cut.stamps().size());
    report.tenants = qsizetype(cut.tenants().size());
    adapter->reset();
    if (options.scratch.isEmpty())
        return {};
    if (subject.settings.readOnly)
        return fail(Error::refused({{u"read-only"_s, options.scratch, u"the source is read only"_s,
                                     u"name it without readOnly"_s}}));
    return bench.remember();
}

/// Every rule in the order in which they are judged.
std::vector<const RuleEntry *> inTurn()
{
    std::vector<const RuleEntry *> all;
    for (const bool last : {false, true}) {
        for (const RuleEntry &entry : ruleTable()) {
            if ((entry.kind == RuleEntry::Ends) == last)
                all.push_back(&entry);
        }
    }
    return all;
}

bool byNumber(const ConformanceResult &a, const ConformanceResult &b)
{
    const auto placeOf = [](const QString &id) {
        const auto &table = ruleTable();
        return std::find_if(table.begin(), table.end(), [&id](const RuleEntry &entry) {
            return id == QLatin1StringView(entry.id);
        });
    };
    return placeOf(a.rule.id) < placeOf(b.rule.id);
}

ConformanceResult judged(Bench &bench, const RuleEntry &entry, const ConformanceOptions &options,
                         const QSet<QString> &failed)
{
    ConformanceResult result;
    result.rule = publicRule(entry);
    if (result.rule.writes && options.scratch.isEmpty()) {
        result.verdict = ConformanceVerdict::Skipped;
        result.seen = u"needs a scratch stamp that may be written to"_s;
        return result;
    }
    for (const QString &needed : QString::fromLatin1(entry.needs).split(u' ', Qt::SkipEmptyParts)) {
        if (failed.contains(needed)) {
            result.verdict = ConformanceVerdict::Skipped;
            result.seen = u"builds on %1, which failed"_s.arg(needed);
            return result;
        }
    }
    QElapsedTimer timer;
    timer.start();
    try {
        entry.check(bench);
    } catch (const Verdict &verdict) {
        result.verdict = verdict.verdict;
        result.seen = verdict.seen;
        result.expected = verdict.expected;
    }
    result.took = std::chrono::milliseconds(timer.elapsed());
    return result;
}

} // namespace

Result<ConformanceReport> checkConformance(const ConformanceSubject &subject,
                                           const ConformanceOptions &options, Clock &clock)
{
    Bench bench(subject, options, clock);
    ConformanceReport report;
    try {
        if (const auto begun = begin(bench, subject, options, clock, report); !begun)
            return fail(begun.error());
    } catch (const Verdict &verdict) {
        return fail(ErrorKind::Unreachable, verdict.seen);
    } catch (const Interrupted &) {
        return fail(Error::cancelled());
    }
    QSet<QString> failed;
    try {
        for (const RuleEntry *each : inTurn()) {
            const RuleEntry &entry = *each;
            if (!options.only.isEmpty() && !options.only.contains(QLatin1StringView(entry.id)))
                continue;
            const ConformanceResult result = judged(bench, entry, options, failed);
            if (result.verdict == ConformanceVerdict::Failed)
                failed.insert(result.rule.id);
            report.results.push_back(result);
            if (options.onResult)
                options.onResult(result);
            // What one rule left behind is none of the next one's business.
            if (result.rule.writes && !bench.restore())
                break;
        }
    } catch (const Interrupted &) {
        report.interrupted = true;
    }
    bench.restore(Bench::Made::Goes);
    report.left = bench.left();
    // Told by their numbers, whichever had to wait for the others.
    std::stable_sort(report.results.begin(), report.results.end(), byNumber);
    return report;
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"

#include "backends/api/adapter.h"

#include <QtCore/QString>
#include <QtCore/QStringList>

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

/// Tells whether a FleetAdapter is right: numbered rules, each with one check. docs/conformance.md
/// says of each what it asks for, why, and how it is checked.
namespace Stampdeck {

/// One rule, without its check.
struct ConformanceRule
{
    QString id; ///< "C01"; never given to another rule.
    QString title; ///< What holds for a right adapter: "An id comes once".
    bool network = false; ///< Its faults come from the proxy: for adapters of a network alone.
    /// It changes the scratch stamp, or makes one beside it: skipped without one.
    bool writes = false;

    friend bool operator==(const ConformanceRule &, const ConformanceRule &) = default;
};

/// All of them in their order.
[[nodiscard]] STAMPDECK_CONFORMANCE_EXPORT std::vector<ConformanceRule> conformanceRules();

/// The label and the value of a stamp that the kit may change.
inline constexpr QLatin1StringView scratchLabel{"stampdeck.conformance"};
inline constexpr QLatin1StringView scratchValue{"scratch"};

/// What is to be checked.
struct ConformanceSubject
{
    using Factory =
        std::function<Result<std::unique_ptr<FleetAdapter>>(const SourceSettings &, Clock &)>;

    SourceSettings settings; ///< As for a source, with its secrets.
    Factory
        create; ///< Makes an adapter in the calling thread, as FleetAdapterPlugin::create() does.
    bool network =
        false; ///< Two adapters of the same settings speak to one backend, over a network.
    QString location; ///< The key that holds its address, of the form http://HOST or https://HOST.
    QStringList secretKeys; ///< The adapter's keys that take a Secret.
};

enum class ConformanceVerdict : quint8 {
    Passed,
    Failed,
    NotApplicable, ///< It asks for something that this adapter has not.
    Skipped, ///< It changes things, and nobody named a scratch stamp; or what it builds on failed.
};

/// "passed", "failed", "not applicable", "skipped".
[[nodiscard]] STAMPDECK_CONFORMANCE_EXPORT QString toString(ConformanceVerdict verdict);

/// How one rule came out.
struct ConformanceResult
{
    ConformanceRule rule;
    ConformanceVerdict verdict = ConformanceVerdict::Passed;
    QString seen; ///< What was seen, of a rule that failed; why, of one that was not judged.
    QString expected; ///< What was expected, of a rule that failed.
    std::chrono::milliseconds took{0};
};

struct ConformanceOptions
{
    QString scratch; ///< The stamp that may be changed, as its source names it; empty: read only.
    /// What is given to the adapter as its time limit where that is checked.
    std::chrono::milliseconds limit{1'500};
    /// How long a write of the backend may take until it shows.
    std::chrono::milliseconds patience{120'000};
    /// How long nothing is to happen where nothing may.
    std::chrono::milliseconds quiet{1'000};
    QStringList only; ///< Ids of the rules to check; empty: all.
    std::function<bool()> isInterrupted; ///< Asked now and then; true ends the run early.
    std::function<void(const ConformanceResult &)> onResult; ///< Called after each rule.
};

struct ConformanceReport
{
    QString instance;
    qsizetype stamps = 0;
    qsizetype tenants = 0;
    std::vector<ConformanceResult> results;
    QStringList left; ///< What could not be put back or taken away, for people.
    bool interrupted = false;

    /// No rule failed, nothing was left, nobody interrupted.
    [[nodiscard]] STAMPDECK_CONFORMANCE_EXPORT bool passed() const;
    [[nodiscard]] STAMPDECK_CONFORMANCE_EXPORT int count(ConformanceVerdict verdict) const;
};

/// Checks \a subject in the calling thread, which needs an event loop's dispatcher; runs event
/// loops of its own until it is through. Reads only, unless a scratch stamp is named; puts that
/// back as it found it, and takes away the marks and the stamps that it made. Errors where there
/// is nothing to check: those of the adapter when it can't be made or its backend doesn't answer;
/// not-found for an unknown scratch stamp; invalid for an unknown rule; refused for a stamp that
/// doesn't carry the label, or isn't active.
[[nodiscard]] STAMPDECK_CONFORMANCE_EXPORT Result<ConformanceReport>
checkConformance(const ConformanceSubject &subject, const ConformanceOptions &options,
                 Clock &clock = Clock::system());

} // namespace Stampdeck

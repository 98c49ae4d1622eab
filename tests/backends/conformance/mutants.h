// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/conformance/conformance.h"

#include <vector>

/// Adapters that are wrong in one thing each: the proof that a rule's check can fail.
namespace Stampdeck::Testing {

/// One of them: keeps every rule but \a rule.
struct Mutant
{
    enum class Base : quint8 {
        Simulator, ///< In memory: for what is told and written.
        Rest, ///< Over the network to a stampd: for what its faults make of it.
    };
    const char *rule;
    Base base;
    const char *what; ///< What is wrong with it.
    /// Makes one around a right adapter.
    Result<std::unique_ptr<FleetAdapter>> (*create)(const SourceSettings &settings, Clock &clock);
};

/// One for each rule.
[[nodiscard]] const std::vector<Mutant> &mutants();

/// A right adapter of \a base.
[[nodiscard]] Result<std::unique_ptr<FleetAdapter>>
rightAdapter(Mutant::Base base, const SourceSettings &settings, Clock &clock);

} // namespace Stampdeck::Testing

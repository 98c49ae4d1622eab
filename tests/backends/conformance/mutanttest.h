// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mutants.h"

#include "tests/support/testmain.h"
#include "tests/support/wait.h"

namespace Stampdeck::Testing {

/// How the kit is run here: short limits, and little patience with what never comes.
inline ConformanceOptions mutantOptions(const QString &scratch)
{
    ConformanceOptions options;
    options.scratch = scratch;
    options.limit = std::chrono::milliseconds(700);
    options.patience = std::chrono::milliseconds(5'000);
    return options;
}

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

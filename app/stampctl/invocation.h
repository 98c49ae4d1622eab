// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "output.h"

#include "app/common/options.h"

#include <variant>

namespace Stampdeck {

/// A command line, read.
struct Invocation
{
    CommonOptions common;
    OutputFormat output = OutputFormat::Table;
    bool headers = true;
    bool csv = false; ///< history: instead of a table.
    QString command; ///< "get", "move", …
    QString what; ///< get: "stamps", …; audit: "verify".
    QString query;
    QStringList tenants;
    QString to;
    int parallel = 2;
    QStringList among; ///< drain, evacuate: --to.
    std::optional<std::chrono::milliseconds> deadline;
    bool partial = false;
    std::optional<double> maxLoad; ///< A ratio.
    QString region; ///< evacuate, create.
    QStringList stamps; ///< drain: several, instead of the one.
    QString stamp;
    QStringList settings; ///< scale: COMPONENT=REPLICAS, cpu=…
    QStringList rules;
    QString fromTemplate; ///< create: --template.
    QString source; ///< create: --in; conformance: ADAPTER=LOCATION[,KEY=VALUE…].
    QStringList parameters; ///< create: KEY=VALUE.
    QString incident;
    std::optional<Timestamp> until;
    QString file; ///< report, rehearse: where it is written.
    QString title; ///< report: empty for one that says what it was.
    std::optional<Timestamp> reportFrom; ///< Nothing: as the incident has it.
    std::optional<Timestamp> reportTo;
    Timestamp since; ///< history: from this moment to that one, in steps of so much.
    Timestamp upTo;
    std::optional<std::chrono::milliseconds> step;
    QString note;
    std::chrono::milliseconds silenceFor{0};
    QString comment; ///< silence.
    QString operation;
    bool all = false;
    bool adopt = false;
    QString bundle; ///< doctor: the file to write.
    QString writes; ///< conformance.
    QStringList only;

    // Of every acting command
    bool dryRun = false;
    bool yes = false;
    bool wait = true;
    bool allowUnknown = false;
    bool allowStale = false;
    QString confirm;
    QString reason;
};

/// Reads the command line. An exit status where there is nothing to do any more: help was printed,
/// or what is wrong was said.
[[nodiscard]] std::variant<Invocation, ExitStatus> readCommandLine(int argc, char **argv);

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/error.h"

#include <QtCore/QByteArray>
#include <QtCore/QString>

/// What stampctl writes, and the numbers that it ends with (interfaces.md, Exit status).
namespace Stampdeck {

enum class ExitStatus : quint8 {
    Done = 0,
    Failed = 1, ///< Failed, not found, finished in part.
    Usage = 2, ///< Usage, configuration.
    Refused = 3, ///< By a guard.
    Conflict = 4, ///< With another writer or another process.
    Unreachable = 5, ///< Unreachable, timeout, unavailable, malformed answer.
    Denied = 6, ///< Unauthenticated, denied.
    Interrupted = 130,
};

[[nodiscard]] ExitStatus statusOf(ErrorKind kind);
/// The same, but a refusal because of another operation is a conflict with its writer: what else is
    /// refused may well be its doing.
[[nodiscard]] ExitStatus statusOf(const Error &error);

enum class OutputFormat : quint8 { Table, Json, Name };

/// To standard output, as it is.
void print(const QString &text);
void print(const QByteArray &utf8);
/// A line to standard error.
void complain(const QString &text);
/// An error with its refusals, each with what would mend it, a line each.
void complain(const Error &error);

[[nodiscard]] bool isTerminal(int descriptor);
/// Columns to lay a table out for: $COLUMNS, else those of the terminal, else 0 for no limit.
[[nodiscard]] int outputWidth();

} // namespace Stampdeck

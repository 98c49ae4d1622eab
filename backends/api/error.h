// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"

#include <QtCore/QList>
#include <QtCore/QString>

#include <chrono>
#include <optional>

namespace Stampdeck {

/// What went wrong, for code. The words are those of interfaces.md.
enum class ErrorKind : quint8 {
    Conflict, ///< Another writer was faster, or the object is in flight.
    Denied, ///< Known, but may not.
    Unauthenticated, ///< Not known: no token, a wrong one, an expired one.
    NotFound,
    NotNow, ///< The backend asks to come back later (429, 503); see Error::retryAfter.
    Invalid, ///< The request is wrong: our caller's mistake.
    Malformed, ///< The answer is wrong: the backend's mistake.
    Refused, ///< A guard said no; see Error::refusals.
    Unreachable, ///< No connection, or it broke.
    Timeout, ///< One of the three time limits passed.
    Unsupported, ///< This backend can't do it.
    Cancelled, ///< The caller took the request back.
};

/// One guard's no: why, and what would mend it.
struct Refusal
{
    QString code; ///< One of interfaces.md: "capacity", "residency", "anti-affinity", …
    QString subject; ///< The stamp or tenant that it is about.
    QString message; ///< A sentence for people, without a full stop.
    QString fix; ///< What would mend it; empty when nothing would.

    friend bool operator==(const Refusal &, const Refusal &) = default;
};

/// A typed error: a kind for code, a sentence for people, a detail for the log.
struct STAMPDECK_API_EXPORT Error
{
    ErrorKind kind = ErrorKind::Invalid;
    QString message; ///< For people: what, why. No full stop, no line breaks.
    QString detail; ///< For the log: JSON pointer, byte offset, library text. Never a secret.
    QList<Refusal> refusals; ///< With ErrorKind::Refused.
    std::optional<std::chrono::milliseconds> retryAfter; ///< With ErrorKind::NotNow.

    [[nodiscard]] static Error of(ErrorKind kind, const QString &message,
                                  const QString &detail = {});
    [[nodiscard]] static Error refused(QList<Refusal> refusals);
    [[nodiscard]] static Error cancelled();

    /// True when the same request may succeed by itself a little later.
    [[nodiscard]] bool isTransient() const;

    friend bool operator==(const Error &, const Error &) = default;
};

/// The word of interfaces.md for \a kind: "conflict", "not-found", …
[[nodiscard]] STAMPDECK_API_EXPORT QString toString(ErrorKind kind);
[[nodiscard]] STAMPDECK_API_EXPORT std::optional<ErrorKind> errorKindFromString(QStringView text);

} // namespace Stampdeck

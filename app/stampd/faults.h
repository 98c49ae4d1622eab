// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/result.h"

#include <chrono>

namespace Stampdeck {

/// What the server does wrong on purpose to requests of the API (`/v1/…`), reads and writes alike.
/// Ratios are of all requests, 0 to 1.
struct Faults
{
    std::chrono::milliseconds latency{0}; ///< Waits before a request is looked at.
    double errorRate = 0; ///< Answers 503 and does nothing.
    double hang = 0; ///< Does what was asked and never answers.
    double garbage = 0; ///< Does what was asked; the answer's body is noise.
    double truncate = 0; ///< Does what was asked; the answer breaks off in the middle.

    [[nodiscard]] bool isNone() const { return *this == Faults(); }
    friend bool operator==(const Faults &, const Faults &) = default;
};

/// Sets one KIND=VALUE in \a faults and gives the result: latency takes a duration ("250ms"), the
/// others a ratio ("0.1" or "10%"). ErrorKind::Invalid names what was expected.
[[nodiscard]] Result<Faults> withFault(Faults faults, const QString &setting);

} // namespace Stampdeck

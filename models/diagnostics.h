// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"

#include "backends/api/breaker.h"
#include "backends/api/requestrecord.h"

namespace Stampdeck {

/// How one endpoint of a source is doing, at SourceDiagnostics::at.
struct EndpointDiagnostics
{
    QString name; ///< As the adapter names it; empty where it has one.
    CircuitBreaker::State breaker = CircuitBreaker::State::Closed;
    int failures = 0; ///< In a row.
    bool polling = false; ///< A poll is on its way.
    bool watching = false; ///< It pushes.
    std::optional<std::chrono::milliseconds> contact; ///< Age of the last proof of contact.
    std::optional<std::chrono::milliseconds> nextAttempt; ///< Until then; nothing while it pushes.
    QString error; ///< Of the last try; empty while all is well.

    friend bool operator==(const EndpointDiagnostics &, const EndpointDiagnostics &) = default;
};

/// What one wants to know of a source that is slow, silent or wrong: for the window's page and
/// `stampctl doctor`. A value without secrets.
struct SourceDiagnostics
{
    static constexpr int maxRequests = 100;

    QString name;
    QString adapter;
    QString instance; ///< Empty until the first answer.
    Timestamp at; ///< When this was put together.
    bool started = false; ///< Its adapter could be made.
    bool production = false;
    bool readOnly = false;
    QStringList capabilities; ///< By their words in metadata.
    std::chrono::milliseconds pollInterval{0}; ///< As configured.
    std::chrono::milliseconds effectiveInterval{0}; ///< In force: it stretches under load.
    std::chrono::milliseconds timeout{0};
    std::optional<std::chrono::milliseconds> skew; ///< The backend's clock minus ours.
    std::optional<Error> error; ///< The last; nothing while all is well.
    int faults = 0; ///< Objects of the last answer that were rejected.
    QString faultMessage;
    QList<EndpointDiagnostics> endpoints;
    quint64 requestsMade = 0; ///< Since the start.
    std::vector<RequestRecord> requests; ///< The last of them, at most maxRequests, newest first.
};

/// "closed", "open", "half open".
[[nodiscard]] QString toString(CircuitBreaker::State state);

} // namespace Stampdeck

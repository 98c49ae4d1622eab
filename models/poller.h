// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics.h"

#include "backends/api/adapter.h"
#include "backends/api/backoff.h"
#include "backends/api/whendone.h"

#include <QtCore/QObject>
#include <QtCore/QRandomGenerator>

#include <deque>
#include <functional>
#include <map>

namespace Stampdeck {

/// When the endpoints of one source are asked, be it of a fleet, of metrics or of incidents: each at
/// the interval with jitter, backed off from where it fails, left alone while its breaker is open,
/// given up where it does not answer. The interval stretches where reading takes too much of a core.
///
/// Lives in the thread of the source, beside its adapter, which dies before it.
class Poller final : public QObject
{
public:
    struct Hooks
    {
        /// Asks an endpoint, and hands the answer to follow().
        std::function<void(const QString &endpoint)> ask;
        /// It failed, and is asked again at that moment of Clock::elapsed().
        std::function<void(const QString &endpoint, const Error &error,
                           std::chrono::milliseconds nextAttempt)>
            failed;
        std::function<void(std::chrono::milliseconds interval)> intervalChanged;
    };
    Poller(const SourceSettings &settings, Clock &clock, Hooks hooks);

    void start(const QStringList &endpoints);
    /// Asks every endpoint now that is not being asked and does not push.
    void refresh();
    /// Gives \a answer of \a endpoint to \a take once it is there and good, which says whether to ask
    /// again after an interval.
    template<typename T, typename Take>
    void follow(const QString &endpoint, const FutureResult<T> &answer, Take take)
    {
        const quint64 attempt
            = begin(endpoint, [future = answer]() mutable { future.cancel(); });
        whenDone(answer, this, [this, endpoint, attempt, take](const Result<T> &result) {
            if (!end(endpoint, attempt))
                return;
            if (!result) {
                fail(endpoint, result.error());
                return;
            }
            succeed(endpoint);
            if (take(*result))
                askLater(endpoint);
        });
    }
    /// After an interval, or at once where somebody asked for it meanwhile.
    void askLater(const QString &endpoint);
    void askIn(const QString &endpoint, std::chrono::milliseconds delay);
    /// A proof of contact beside the answers.
    void noteContact(const QString &endpoint);
    /// What pushes is not asked. True where that is a change.
    bool setWatching(const QString &endpoint, bool watching);
    [[nodiscard]] bool contains(const QString &endpoint) const;
    /// For the page of diagnostics.
    void record(const RequestRecord &request);
    /// \a error: why there is no adapter, and so no endpoint.
    [[nodiscard]] SourceDiagnostics diagnostics(const std::optional<Error> &error) const;

private:
    struct Endpoint;
    [[nodiscard]] quint64 begin(const QString &name, std::function<void()> cancel);
    [[nodiscard]] bool end(const QString &name, quint64 attempt);
    void succeed(const QString &name);
    void fail(const QString &name, const Error &error);
    void poll(const QString &name);
    void watchBudget();

    const SourceSettings m_settings;
    Clock &m_clock;
    const Hooks m_hooks;
    QRandomGenerator m_random;
    std::chrono::milliseconds m_interval;
    bool m_inCompany = false;
    quint64 m_requestsMade = 0;
    std::deque<RequestRecord> m_requests; // the newest first
    std::map<QString, Endpoint> m_endpoints; // its nodes never move: a breaker can't
};

struct Poller::Endpoint
{
    Endpoint(std::chrono::milliseconds interval, size_t seed);
    Backoff backoff;
    CircuitBreaker breaker;
    Clock::TimerId timer = 0;
    Clock::TimerId guard = 0;
    quint64 attempt = 0; // an answer to an older one is dropped
    bool polling = false;
    bool watching = false;
    bool pollAgain = false;
    bool asked = false; // by a person: tried though the breaker is open
    std::chrono::milliseconds due{0}; // of the timer
    std::optional<std::chrono::milliseconds> contact; // the last proof of it
    QString error; // of the last try
};

} // namespace Stampdeck

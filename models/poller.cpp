// SPDX-License-Identifier: GPL-3.0-or-later
#include "poller.h"

#include "threadtime.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

namespace Stampdeck {

using namespace std::chrono_literals;

namespace {

constexpr auto backoffCeiling = 60s;
constexpr int failuresToOpen = 5;
constexpr int intervalsToProbe = 10; // between two tries while the breaker is open
constexpr double jitter = 0.1; // of the interval, either way
// A budget of one core for reading: past it the interval stretches, and says so.
constexpr auto budgetWindow = 10s;
constexpr double budgetCores = 0.8;
constexpr double relaxedCores = 0.4;
constexpr double longestStretch = 12;
// Endpoints of a source with many are asked in company: a thread that waits for thousands of
// connections looks at each of them whenever one wakes it, so the fewer moments, the better.
constexpr int manyEndpoints = 50;
constexpr std::chrono::milliseconds company = 250ms;

// What is asked often is probed often too: nobody wants to wait a minute for a source of a second.
std::chrono::milliseconds probeInterval(std::chrono::milliseconds interval)
{
    return std::clamp<std::chrono::milliseconds>(intervalsToProbe * interval, 1s, backoffCeiling);
}

} // namespace

Poller::Endpoint::Endpoint(std::chrono::milliseconds interval, size_t seed)
    : backoff(interval, std::max<std::chrono::milliseconds>(backoffCeiling, interval), seed)
    , breaker(failuresToOpen, probeInterval(interval))
{ }

Poller::Poller(const SourceSettings &settings, Clock &clock, Hooks hooks)
    : m_settings(settings)
    , m_clock(clock)
    , m_hooks(std::move(hooks))
    , m_random(quint32(qHash(settings.name)))
    , m_interval(settings.pollInterval)
{ }

void Poller::start(const QStringList &endpoints)
{
    m_inCompany = endpoints.size() >= manyEndpoints;
    // Many endpoints are spread over an interval, so that they don't all answer at once for ever;
    // one is asked at once.
    for (int i = 0; i < endpoints.size(); ++i) {
        const QString &name = endpoints[i];
        m_endpoints.emplace(std::piecewise_construct, std::forward_as_tuple(name),
                            std::forward_as_tuple(m_interval, qHash(name)));
        askIn(name, m_interval * i / std::max<qsizetype>(1, endpoints.size()));
    }
    watchBudget();
}

void Poller::refresh()
{
    for (auto &[name, endpoint] : m_endpoints) {
        if (endpoint.polling || endpoint.watching)
            continue;
        // Somebody asks: that is a try, however long the breaker wants to wait.
        endpoint.asked = true;
        askIn(name, 0ms);
    }
}

void Poller::askLater(const QString &endpoint)
{
    const double factor = 1 + jitter * (2 * m_random.generateDouble() - 1);
    const std::chrono::milliseconds next(qint64(double(m_interval.count()) * factor));
    askIn(endpoint, std::exchange(m_endpoints.at(endpoint).pollAgain, false) ? 0ms : next);
}

void Poller::askIn(const QString &name, std::chrono::milliseconds delay)
{
    Endpoint &endpoint = m_endpoints.at(name);
    if (endpoint.timer)
        m_clock.cancel(endpoint.timer);
    if (m_inCompany && delay > 0ms) {
        const auto due = m_clock.elapsed() + delay;
        delay += (company - due % company) % company;
    }
    endpoint.due = m_clock.elapsed() + delay;
    endpoint.timer = m_clock.callLater(delay, this, [this, name] { poll(name); });
}

void Poller::noteContact(const QString &endpoint)
{
    if (const auto found = m_endpoints.find(endpoint); found != m_endpoints.end())
        found->second.contact = m_clock.elapsed();
}

bool Poller::setWatching(const QString &endpoint, bool watching)
{
    const auto found = m_endpoints.find(endpoint);
    return found != m_endpoints.end()
        && std::exchange(found->second.watching, watching) != watching;
}

bool Poller::contains(const QString &endpoint) const
{
    return m_endpoints.contains(endpoint);
}

void Poller::record(const RequestRecord &request)
{
    ++m_requestsMade;
    m_requests.push_front(request);
    if (m_requests.size() > size_t(SourceDiagnostics::maxRequests))
        m_requests.pop_back();
}

SourceDiagnostics Poller::diagnostics(const std::optional<Error> &error) const
{
    SourceDiagnostics all;
    all.name = m_settings.name;
    all.adapter = m_settings.adapter;
    all.at = m_clock.now();
    all.started = !error;
    all.production = m_settings.production;
    all.readOnly = m_settings.readOnly;
    all.pollInterval = m_settings.pollInterval;
    all.effectiveInterval = m_interval;
    all.timeout = m_settings.timeout;
    if (error) {
        EndpointDiagnostics none;
        none.error = error->message;
        all.endpoints.append(none);
    }
    const auto now = m_clock.elapsed();
    for (const auto &[name, endpoint] : m_endpoints) {
        EndpointDiagnostics one;
        one.name = name;
        one.breaker = endpoint.breaker.state();
        one.failures = endpoint.breaker.failures();
        one.polling = endpoint.polling;
        one.watching = endpoint.watching;
        if (endpoint.contact)
            one.contact = now - *endpoint.contact;
        if (endpoint.timer)
            one.nextAttempt = std::max<std::chrono::milliseconds>(endpoint.due - now, 0ms);
        one.error = endpoint.error;
        all.endpoints.append(one);
    }
    all.requestsMade = m_requestsMade;
    all.requests.assign(m_requests.begin(), m_requests.end());
    return all;
}

void Poller::poll(const QString &name)
{
    Endpoint &endpoint = m_endpoints.at(name);
    endpoint.timer = 0;
    if (endpoint.polling) {
        endpoint.pollAgain = true;
        return;
    }
    const auto now = m_clock.elapsed();
    if (!endpoint.breaker.allows(now) && !endpoint.asked) {
        askIn(name,
              std::max<std::chrono::milliseconds>(endpoint.breaker.nextProbe() - now, 100ms));
        return;
    }
    endpoint.asked = false;
    m_hooks.ask(name);
}

quint64 Poller::begin(const QString &name, std::function<void()> cancel)
{
    Endpoint &endpoint = m_endpoints.at(name);
    endpoint.polling = true;
    const quint64 attempt = ++endpoint.attempt;
    // An adapter keeps its time limits itself; one that does not is left behind.
    endpoint.guard = m_clock.callLater(
        2 * m_settings.timeout + 1s, this, [this, name, attempt, cancel = std::move(cancel)] {
            cancel();
            if (!end(name, attempt))
                return;
            fail(name,
                 Error::of(ErrorKind::Timeout,
                           QCoreApplication::translate("Source", "no answer in %1 s")
                               .arg(m_settings.timeout / 1s)));
        });
    return attempt;
}

bool Poller::end(const QString &name, quint64 attempt)
{
    Endpoint &endpoint = m_endpoints.at(name);
    if (attempt != endpoint.attempt || !endpoint.polling)
        return false;
    endpoint.polling = false;
    m_clock.cancel(endpoint.guard);
    return true;
}

void Poller::succeed(const QString &name)
{
    Endpoint &endpoint = m_endpoints.at(name);
    const auto now = m_clock.elapsed();
    endpoint.breaker.onSuccess(now);
    endpoint.backoff.reset();
    endpoint.contact = now;
    endpoint.error.clear();
}

void Poller::fail(const QString &name, const Error &error)
{
    Endpoint &endpoint = m_endpoints.at(name);
    const auto now = m_clock.elapsed();
    endpoint.breaker.onFailure(now);
    endpoint.error = error.message;
    // The back-off grows from the interval on, so a source that hiccups once loses no beat.
    std::chrono::milliseconds wait = std::max(m_interval / 4, endpoint.backoff.next());
    if (error.retryAfter)
        wait = std::max(wait, std::min<std::chrono::milliseconds>(*error.retryAfter, 10min));
    // What is said is what will be done: while the breaker is open nothing is tried.
    wait = std::max(wait, endpoint.breaker.nextProbe() - now);
    endpoint.pollAgain = false;
    m_hooks.failed(name, error, now + wait);
    askIn(name, wait);
}

void Poller::watchBudget()
{
    const auto cpu = threadCpuTime();
    const auto wall = m_clock.elapsed();
    m_clock.callLater(budgetWindow, this, [this, cpu, wall] {
        const auto window = m_clock.elapsed() - wall;
        if (window > 0ms) {
            const double cores = double((threadCpuTime() - cpu).count())
                / double(std::chrono::microseconds(window).count());
            const auto before = m_interval;
            if (cores > budgetCores)
                m_interval = std::chrono::milliseconds(
                    qint64(std::min(double(m_interval.count()) * 1.5,
                                    double(m_settings.pollInterval.count()) * longestStretch)));
            else if (cores < relaxedCores)
                m_interval = std::max(m_settings.pollInterval, m_interval * 4 / 5);
            if (m_interval != before)
                m_hooks.intervalChanged(m_interval);
        }
        watchBudget();
    });
}

} // namespace Stampdeck

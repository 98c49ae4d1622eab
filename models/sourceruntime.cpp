// SPDX-License-Identifier: GPL-3.0-or-later
#include "sourceruntime.h"

#include "threadpriority.h"
#include "threadtime.h"

#include "backends/api/backoff.h"
#include "backends/api/breaker.h"
#include "backends/api/whendone.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QRandomGenerator>

#include <algorithm>
#include <deque>

namespace Stampdeck {

using namespace Qt::StringLiterals;
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
// A history of more stamps than this would cost more than sparklines are worth at the start.
constexpr int historyStamps = 2'000;
// What stamps are made from changes with a release, not with the load.
constexpr auto templatesInterval = 60s;

// What is asked often is probed often too: nobody wants to wait a minute for a source of a second.
std::chrono::milliseconds probeInterval(std::chrono::milliseconds interval)
{
    return std::clamp<std::chrono::milliseconds>(intervalsToProbe * interval, 1s, backoffCeiling);
}

} // namespace

/// Lives in the source's thread.
class SourceRuntime::Worker final : public QObject
{
public:
    Worker(const SourceSettings &settings, AdapterFactory factory, FleetStore &store, Clock &clock)
        : m_settings(settings)
        , m_factory(std::move(factory))
        , m_store(store)
        , m_clock(clock)
        , m_random(quint32(qHash(settings.name)))
        , m_interval(settings.pollInterval)
    {
    }

    void start()
    {
        // An answer may take a second to decode, on a machine of one core too.
        giveWay();
        auto made = m_factory();
        if (!made) {
            m_startError = made.error().message;
            // Configuration, not weather: nothing will mend it by itself.
            m_store.fail(m_settings.name, {}, made.error(), std::nullopt);
            return;
        }
        m_adapter = std::move(*made);
        connect(m_adapter.get(), &FleetAdapter::updated, this, [this](const FleetUpdate &update) {
            m_store.apply(m_settings.name, update);
            noteContact(update.endpoint);
        });
        connect(m_adapter.get(), &FleetAdapter::contact, this, [this](const QString &endpoint) {
            m_store.contact(m_settings.name, endpoint);
            noteContact(endpoint);
        });
        connect(m_adapter.get(), &FleetAdapter::requested, this,
                [this](const RequestRecord &record) {
                    ++m_requestsMade;
                    m_requests.push_front(record);
                    if (m_requests.size() > size_t(SourceDiagnostics::maxRequests))
                        m_requests.pop_back();
                });
        connect(m_adapter.get(), &FleetAdapter::eventsEnded, this, &Worker::eventsEnded);
        m_store.setCapabilities(m_settings.name, m_adapter->capabilities());
        const QStringList endpoints = m_adapter->endpoints();
        m_store.setEndpoints(m_settings.name, endpoints);
        m_inCompany = endpoints.size() >= manyEndpoints;
        // Many endpoints are spread over an interval, so that they don't all answer at once for
        // ever; one is asked at once.
        for (int i = 0; i < endpoints.size(); ++i) {
            const QString &name = endpoints[i];
            m_endpoints.emplace(std::piecewise_construct, std::forward_as_tuple(name),
                                std::forward_as_tuple(m_interval, qHash(name)));
            schedule(name, m_interval * i / std::max<qsizetype>(1, endpoints.size()));
        }
        watchBudget();
    }

    void refresh()
    {
        for (auto &[name, endpoint] : m_endpoints) {
            if (endpoint.polling || endpoint.watching)
                continue;
            // Somebody asks: that is a try, however long the breaker wants to wait.
            endpoint.asked = true;
            schedule(name, 0ms);
        }
    }

    [[nodiscard]] FleetAdapter *adapter() { return m_adapter.get(); }

    [[nodiscard]] SourceDiagnostics diagnostics() const
    {
        SourceDiagnostics all;
        all.name = m_settings.name;
        all.adapter = m_settings.adapter;
        all.at = m_clock.now();
        all.started = m_adapter != nullptr;
        all.production = m_settings.production;
        all.readOnly = m_settings.readOnly;
        all.pollInterval = m_settings.pollInterval;
        all.effectiveInterval = m_interval;
        all.timeout = m_settings.timeout;
        if (m_adapter) {
            all.capabilities = toStrings(m_adapter->capabilities());
        } else {
            EndpointDiagnostics none;
            none.error = m_startError;
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

    /// Asks for the templates, tells the store, and asks again after a while.
    FutureResult<QList<Template>> askTemplates()
    {
        if (m_templatesTimer)
            m_clock.cancel(m_templatesTimer);
        m_templatesTimer = m_clock.callLater(templatesInterval, this, [this] {
            m_templatesTimer = 0;
            if (m_adapter->capabilities().testFlag(Capability::Create))
                std::ignore = askTemplates();
        });
        const FutureResult<QList<Template>> future = m_adapter->templates();
        whenDone(future, this, [this](const Result<QList<Template>> &templates) {
            m_store.setTemplates(m_settings.name, templates);
        });
        return future;
    }

private:
    struct Endpoint
    {
        Endpoint(std::chrono::milliseconds interval, size_t seed)
            : backoff(interval, std::max<std::chrono::milliseconds>(backoffCeiling, interval), seed)
            , breaker(failuresToOpen, probeInterval(interval))
        {
        }
        Backoff backoff;
        CircuitBreaker breaker;
        Clock::TimerId timer = 0;
        Clock::TimerId guard = 0;
        quint64 attempt = 0; // an answer to an older one is dropped
        bool polling = false;
        bool watching = false;
        bool pollAgain = false;
        bool asked = false; // by a person: tried though the breaker is open
        bool servesNoEvents = false;
        std::chrono::milliseconds due{0}; // of the timer
        std::optional<std::chrono::milliseconds> contact; // the last proof of it
        QString error; // of the last try
    };

    void noteContact(const QString &name)
    {
        if (const auto found = m_endpoints.find(name); found != m_endpoints.end())
            found->second.contact = m_clock.elapsed();
    }

    void schedule(const QString &name, std::chrono::milliseconds delay)
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

    std::chrono::milliseconds nextInterval()
    {
        const double factor = 1 + jitter * (2 * m_random.generateDouble() - 1);
        return std::chrono::milliseconds(qint64(double(m_interval.count()) * factor));
    }

    void poll(const QString &name)
    {
        Endpoint &endpoint = m_endpoints.at(name);
        endpoint.timer = 0;
        if (endpoint.polling) {
            endpoint.pollAgain = true;
            return;
        }
        const auto now = m_clock.elapsed();
        if (!endpoint.breaker.allows(now) && !endpoint.asked) {
            schedule(name, std::max<std::chrono::milliseconds>(endpoint.breaker.nextProbe() - now, 100ms));
            return;
        }
        endpoint.asked = false;
        endpoint.polling = true;
        const quint64 attempt = ++endpoint.attempt;
        FutureResult<FleetUpdate> future = m_adapter->poll(name);
        // An adapter keeps its time limits itself; one that does not is left behind.
        endpoint.guard = m_clock.callLater(2 * m_settings.timeout + 1s, this, [this, name, attempt, future]() mutable {
            future.cancel();
            polled(name, attempt,
                   Stampdeck::fail(ErrorKind::Timeout,
                                   QCoreApplication::translate("Source", "no answer in %1 s")
                                           .arg(m_settings.timeout / 1s)));
        });
        whenDone(future, this, [this, name, attempt](const Result<FleetUpdate> &result) {
            polled(name, attempt, result);
        });
    }

    void polled(const QString &name, quint64 attempt, const Result<FleetUpdate> &result)
    {
        Endpoint &endpoint = m_endpoints.at(name);
        if (attempt != endpoint.attempt || !endpoint.polling)
            return;
        endpoint.polling = false;
        m_clock.cancel(endpoint.guard);
        const auto now = m_clock.elapsed();
        if (!result) {
            failed(name, result.error());
            return;
        }
        endpoint.breaker.onSuccess(now);
        endpoint.backoff.reset();
        endpoint.contact = now;
        endpoint.error.clear();
        FleetUpdate update = *result;
        update.endpoint = name;
        if (m_adapter->capabilities() != m_capabilities) {
            m_capabilities = m_adapter->capabilities();
            m_store.setCapabilities(m_settings.name, m_capabilities);
        }
        if (!m_templatesTimer && m_capabilities.testFlag(Capability::Create))
            std::ignore = askTemplates();
        const bool first = update.complete && !update.unchanged && !std::exchange(m_answered, true);
        if (first && m_capabilities.testFlag(Capability::History))
            readHistory(update);
        m_store.apply(m_settings.name, std::move(update));
        if (m_capabilities.testFlag(Capability::Events) && !endpoint.servesNoEvents) {
            endpoint.watching = true;
            m_store.setWatching(m_settings.name, name, true);
            m_adapter->startEvents(name);
            return; // what pushes is not polled
        }
        schedule(name, std::exchange(endpoint.pollAgain, false) ? 0ms : nextInterval());
    }

    void failed(const QString &name, const Error &error)
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
        m_store.fail(m_settings.name, name, error, now + wait);
        schedule(name, wait);
    }

    void eventsEnded(const QString &name, const Error &error)
    {
        const auto found = m_endpoints.find(name);
        if (found == m_endpoints.end() || !std::exchange(found->second.watching, false))
            return;
        m_store.setWatching(m_settings.name, name, false);
        if (error.kind == ErrorKind::Unsupported) {
            // It has no events after all: fall back to polling, for good. Others may have them.
            found->second.servesNoEvents = true;
            m_capabilities = m_adapter->capabilities();
            schedule(name, nextInterval());
            return;
        }
        // A poll tells at once whether it is the stream alone or the whole backend.
        schedule(name, std::chrono::milliseconds(m_random.bounded(500)));
    }

    void readHistory(const FleetUpdate &update)
    {
        QStringList stamps;
        for (const StampPtr &stamp : update.stamps) {
            stamps.append(stamp->name);
            if (stamps.size() >= historyStamps)
                break;
        }
        const Timestamp now = m_clock.now();
        whenDone(m_adapter
                ->history(stamps,
                          {u"requestsPerSecond"_s, u"errorRatio"_s, u"latencyP50Ms"_s,
                           u"latencyP99Ms"_s},
                          now - Sparklines::points * Sparklines::step, now, Sparklines::step), this, [this](const Result<std::vector<Series>> &series) {
                    if (series)
                        m_store.addHistory(m_settings.name, *series);
                });
    }

    void watchBudget()
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
                    m_store.setPollInterval(m_settings.name, m_interval);
            }
            watchBudget();
        });
    }

    SourceSettings m_settings;
    AdapterFactory m_factory;
    FleetStore &m_store;
    Clock &m_clock;
    QRandomGenerator m_random;
    std::chrono::milliseconds m_interval;
    Capabilities m_capabilities;
    bool m_answered = false;
    bool m_inCompany = false;
    QString m_startError;
    quint64 m_requestsMade = 0;
    std::deque<RequestRecord> m_requests; // the newest first
    Clock::TimerId m_templatesTimer = 0; // none until they have been asked for
    std::map<QString, Endpoint> m_endpoints; // its nodes never move: a breaker can't
    std::unique_ptr<FleetAdapter> m_adapter; // dies first: it may still answer the rest
};

SourceRuntime::SourceRuntime(const SourceSettings &settings, AdapterFactory factory,
                             FleetStore &store, Clock &clock)
    : m_name(settings.name)
    , m_worker(new Worker(settings, std::move(factory), store, clock))
{
    m_worker->moveToThread(&m_thread);
    // The thread ends after its worker and not the other way round: what an adapter leaves to be
    // deleted later has its later.
    QObject::connect(
            m_worker, &QObject::destroyed, &m_thread, [this] { m_thread.quit(); },
            Qt::DirectConnection);
    m_thread.setObjectName(u"source "_s + settings.name);
    m_thread.start();
    QMetaObject::invokeMethod(m_worker, [worker = m_worker] { worker->start(); },
                              Qt::QueuedConnection);
}

SourceRuntime::~SourceRuntime()
{
    m_worker->deleteLater();
    m_thread.join();
}

void SourceRuntime::refresh()
{
    QMetaObject::invokeMethod(m_worker, [worker = m_worker] { worker->refresh(); },
                              Qt::QueuedConnection);
}

FutureResult<QList<Template>> SourceRuntime::templates()
{
    const auto answer = std::make_shared<Answer<QList<Template>>>();
    QMetaObject::invokeMethod(
            m_worker,
            [worker = m_worker, answer, name = m_name] {
                if (!worker->adapter()) {
                    answer->give(Stampdeck::fail(
                            ErrorKind::Unreachable,
                            QCoreApplication::translate("Source", "%1 could not be started").arg(name)));
                    return;
                }
                whenDone(worker->askTemplates(), worker,
                         [answer](const Result<QList<Template>> &templates) {
                             answer->give(templates);
                         });
            },
            Qt::QueuedConnection);
    return answer->future();
}

template<typename T, typename Ask>
FutureResult<T> SourceRuntime::ask(Ask ask)
{
    const auto answer = std::make_shared<Answer<T>>();
    QMetaObject::invokeMethod(
            m_worker,
            [worker = m_worker, answer, ask = std::move(ask), name = m_name] {
                if (!worker->adapter()) {
                    answer->give(Stampdeck::fail(
                            ErrorKind::Unreachable,
                            QCoreApplication::translate("Source", "%1 could not be started").arg(name)));
                    return;
                }
                whenDone(ask(*worker->adapter()), worker, [worker, answer](const Result<T> &result) {
                    answer->give(result);
                    // What was just changed should be seen at once.
                    if constexpr (!std::is_same_v<T, std::vector<Series>>) {
                        if (result)
                            worker->refresh();
                    }
                });
            },
            Qt::QueuedConnection);
    return answer->future();
}

FutureResult<WriteOutcome> SourceRuntime::perform(const Primitive &primitive,
                                                  const WriteContext &context)
{
    return ask<WriteOutcome>([primitive, context](FleetAdapter &adapter) {
        return adapter.perform(primitive, context);
    });
}

FutureResult<WriteOutcome> SourceRuntime::observe(const Primitive &primitive,
                                                  const WriteContext &context,
                                                  const QString &handle)
{
    return ask<WriteOutcome>([primitive, context, handle](FleetAdapter &adapter) {
        return adapter.observe(primitive, context, handle);
    });
}

FutureResult<WriteOutcome> SourceRuntime::cancel(const Primitive &primitive,
                                                 const WriteContext &context, const QString &handle)
{
    return ask<WriteOutcome>([primitive, context, handle](FleetAdapter &adapter) {
        return adapter.cancel(primitive, context, handle);
    });
}

FutureResult<OperationPtr> SourceRuntime::control(const QString &operation, OperationVerb verb,
                                                  const WriteContext &context)
{
    return ask<OperationPtr>([operation, verb, context](FleetAdapter &adapter) {
        return adapter.control(operation, verb, context);
    });
}

FutureResult<Timestamp> SourceRuntime::mark(const MarkRequest &request, const WriteContext &context)
{
    return ask<Timestamp>([request, context](FleetAdapter &adapter) {
        return adapter.mark(request, context);
    });
}

FutureResult<Acknowledgement>
SourceRuntime::acknowledge(const Acknowledgement &acknowledgement, const WriteContext &context)
{
    return ask<Acknowledgement>([acknowledgement, context](FleetAdapter &adapter) {
        return adapter.acknowledge(acknowledgement, context);
    });
}

FutureResult<std::vector<Series>>
SourceRuntime::history(const QStringList &stamps, const QStringList &signalNames, Timestamp from,
                       Timestamp to, std::chrono::milliseconds step)
{
    return ask<std::vector<Series>>([=](FleetAdapter &adapter) {
        return adapter.history(stamps, signalNames, from, to, step);
    });
}

FutureResult<OperationPtr> SourceRuntime::drain(const DrainOrder &order,
                                                const WriteContext &context)
{
    return ask<OperationPtr>([order, context](FleetAdapter &adapter) {
        return adapter.drain(order, context);
    });
}

FutureResult<SourceDiagnostics> SourceRuntime::diagnostics()
{
    const auto answer = std::make_shared<Answer<SourceDiagnostics>>();
    QMetaObject::invokeMethod(
            m_worker, [worker = m_worker, answer] { answer->give(worker->diagnostics()); },
            Qt::QueuedConnection);
    return answer->future();
}

} // namespace Stampdeck

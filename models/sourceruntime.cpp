// SPDX-License-Identifier: GPL-3.0-or-later
#include "sourceruntime.h"

#include "adapterthread.h"
#include "poller.h"
#include "threadpriority.h"

#include <QtCore/QRandomGenerator>
#include <QtCore/QSet>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// A history of more stamps than this would cost more than sparklines are worth at the start.
constexpr int historyStamps = 2'000;
// What stamps are made from changes with a release, not with the load.
constexpr auto templatesInterval = 60s;

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
    { }

    void start()
    {
        // An answer may take a second to decode, on a machine of one core too.
        giveWay();
        m_poller = std::make_unique<Poller>(
            m_settings, m_clock,
            Poller::Hooks{[this](const QString &name) { poll(name); },
                          [this](const QString &name, const Error &error,
                                 std::chrono::milliseconds nextAttempt) {
                              m_store.fail(m_settings.name, name, error, nextAttempt);
                          },
                          [this](std::chrono::milliseconds interval) {
                              m_store.setPollInterval(m_settings.name, interval);
                          }});
        auto made = m_factory();
        if (!made) {
            m_startError = made.error();
            // Configuration, not weather: nothing will mend it by itself.
            m_store.fail(m_settings.name, {}, made.error(), std::nullopt);
            return;
        }
        m_adapter = std::move(*made);
        connect(m_adapter.get(), &FleetAdapter::updated, this, [this](const FleetUpdate &update) {
            m_store.apply(m_settings.name, update);
            m_poller->noteContact(update.endpoint);
        });
        connect(m_adapter.get(), &FleetAdapter::contact, this, [this](const QString &endpoint) {
            m_store.contact(m_settings.name, endpoint);
            m_poller->noteContact(endpoint);
        });
        connect(m_adapter.get(), &FleetAdapter::reading, this,
                [this](const QString &endpoint, int stamps) {
                    m_store.setReading(m_settings.name, endpoint, stamps);
                });
        connect(m_adapter.get(), &FleetAdapter::requested, this,
                [this](const RequestRecord &record) { m_poller->record(record); });
        connect(m_adapter.get(), &FleetAdapter::eventsEnded, this, &Worker::eventsEnded);
        m_store.setCapabilities(m_settings.name, m_adapter->capabilities());
        const QStringList endpoints = m_adapter->endpoints();
        m_store.setEndpoints(m_settings.name, endpoints);
        m_poller->start(endpoints);
    }

    void refresh() { m_poller->refresh(); }

    [[nodiscard]] FleetAdapter *adapter() { return m_adapter.get(); }

    [[nodiscard]] SourceDiagnostics diagnostics() const
    {
        SourceDiagnostics all = m_poller->diagnostics(m_startError);
        if (m_adapter)
            all.capabilities = toStrings(m_adapter->capabilities());
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
    void poll(const QString &name)
    {
        m_poller->follow(name, m_adapter->poll(name), [this, name](const FleetUpdate &answered) {
            return polled(name, answered);
        });
    }

    // Whether it is polled on.
    bool polled(const QString &name, const FleetUpdate &answered)
    {
        FleetUpdate update = answered;
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
        if (!m_capabilities.testFlag(Capability::Events) || m_servesNoEvents.contains(name))
            return true;
        m_poller->setWatching(name, true);
        m_store.setWatching(m_settings.name, name, true);
        m_adapter->startEvents(name);
        return false; // what pushes is not polled
    }

    void eventsEnded(const QString &name, const Error &error)
    {
        if (!m_poller->setWatching(name, false))
            return;
        m_store.setWatching(m_settings.name, name, false);
        if (error.kind == ErrorKind::Unsupported) {
            // It has no events after all: fall back to polling, for good. Others may have them.
            m_servesNoEvents.insert(name);
            m_capabilities = m_adapter->capabilities();
            m_poller->askLater(name);
            return;
        }
        // A poll tells at once whether it is the stream alone or the whole backend.
        m_poller->askIn(name, std::chrono::milliseconds(m_random.bounded(500)));
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

    SourceSettings m_settings;
    AdapterFactory m_factory;
    FleetStore &m_store;
    Clock &m_clock;
    QRandomGenerator m_random;
    Capabilities m_capabilities;
    bool m_answered = false;
    std::optional<Error> m_startError;
    Clock::TimerId m_templatesTimer = 0; // none until they have been asked for
    QSet<QString> m_servesNoEvents; // endpoints
    std::unique_ptr<Poller> m_poller; // made in its thread
    std::unique_ptr<FleetAdapter> m_adapter; // dies first: it may still answer the rest
};

SourceRuntime::SourceRuntime(const SourceSettings &settings, AdapterFactory factory,
                             FleetStore &store, Clock &clock)
    : m_name(settings.name)
    , m_thread(std::make_unique<AdapterThread<Worker>>(
          settings.name,
          std::make_unique<Worker>(settings, std::move(factory), store, clock)))
{ }

SourceRuntime::~SourceRuntime() = default;

void SourceRuntime::refresh()
{
    m_thread->post([](Worker &worker) { worker.refresh(); });
}

FutureResult<QList<Template>> SourceRuntime::templates()
{
    return m_thread->ask<QList<Template>>([](Worker &worker) { return worker.askTemplates(); });
}

template<typename T, typename Ask>
FutureResult<T> SourceRuntime::ask(Ask ask)
{
    constexpr bool reads = std::is_same_v<T, std::vector<Series>>;
    return m_thread->ask<T>(
        [ask = std::move(ask)](Worker &worker) { return ask(*worker.adapter()); },
        reads ? AdapterThread<Worker>::After::Nothing : AdapterThread<Worker>::After::Refresh);
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
    return m_thread->ask<std::vector<Series>>(
        [=](Worker &worker) {
            return worker.adapter()->history(stamps, signalNames, from, to, step);
        },
        AdapterThread<Worker>::After::Nothing, AdapterThread<Worker>::Cancel::PassedOn);
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
    m_thread->post([answer](Worker &worker) { answer->give(worker.diagnostics()); });
    return answer->future();
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "feedruntime.h"

#include "adapterthread.h"
#include "incidentwatch.h"
#include "poller.h"
#include "threadpriority.h"

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

/// What the workers of both kinds have in common. Lives in the feed's thread.
template<typename Adapter>
class FeedWorker : public QObject
{
public:
    using Factory = std::function<Result<std::unique_ptr<Adapter>>()>;
    FeedWorker(const SourceSettings &settings, Factory factory, FleetStore &store, Clock &clock)
        : m_settings(settings)
        , m_store(store)
        , m_clock(clock)
        , m_factory(std::move(factory))
    { }

    void start()
    {
        giveWay();
        m_poller = std::make_unique<Poller>(
            m_settings, m_clock,
            Poller::Hooks{[this](const QString &name) { ask(name); },
                          [this](const QString &name, const Error &error,
                                 std::chrono::milliseconds nextAttempt) {
                              failed(name);
                              m_store.fail(m_settings.name, name, error, nextAttempt);
                          },
                          [this](std::chrono::milliseconds interval) {
                              m_store.setPollInterval(m_settings.name, interval);
                          }});
        auto made = m_factory();
        if (!made) {
            m_startError = made.error();
            failed({});
            m_store.fail(m_settings.name, {}, made.error(), std::nullopt);
            return;
        }
        m_adapter = std::move(*made);
        QObject::connect(m_adapter.get(), &Adapter::requested, this,
                         [this](const RequestRecord &record) { m_poller->record(record); });
        m_store.setCapabilities(m_settings.name, m_adapter->capabilities());
        m_store.setEndpoints(m_settings.name, endpoints());
        m_poller->start(endpoints());
    }
    void refresh() { m_poller->refresh(); }
    [[nodiscard]] Adapter *adapter() { return m_adapter.get(); }
    [[nodiscard]] SourceDiagnostics diagnostics() const
    {
        SourceDiagnostics all = m_poller->diagnostics(m_startError);
        if (m_adapter)
            all.capabilities = toStrings(m_adapter->capabilities());
        return all;
    }

protected:
    [[nodiscard]] virtual QStringList endpoints() const = 0;
    virtual void ask(const QString &endpoint) = 0;
    virtual void failed(const QString &endpoint) = 0;
    [[nodiscard]] Poller &poller() { return *m_poller; }

    const SourceSettings m_settings;
    FleetStore &m_store;

private:
    Clock &m_clock;
    Factory m_factory;
    std::optional<Error> m_startError;
    std::unique_ptr<Poller> m_poller; // made in its thread

protected:
    std::unique_ptr<Adapter> m_adapter; // dies first: it may still answer the rest
};

template<typename Thread>
FutureResult<SourceDiagnostics> diagnosticsOf(Thread &thread)
{
    const auto answer = std::make_shared<Answer<SourceDiagnostics>>();
    thread.post([answer](auto &worker) { answer->give(worker.diagnostics()); });
    return answer->future();
}

} // namespace

class IncidentRuntime::Worker final : public FeedWorker<IncidentAdapter>
{
public:
    Worker(const SourceSettings &settings, IncidentAdapterFactory factory, FleetStore &store,
           IncidentWatch &watch, Clock &clock)
        : FeedWorker(settings, std::move(factory), store, clock)
        , m_watch(watch)
    { }
    ~Worker() override { m_adapter.reset(); }

protected:
    QStringList endpoints() const override { return m_adapter->endpoints(); }
    void ask(const QString &endpoint) override
    {
        poller().follow(endpoint, m_adapter->poll(endpoint),
                        [this, endpoint](AlertUpdate update) {
                            update.endpoint = endpoint;
                            FeedNews news;
                            news.endpoint = endpoint;
                            news.instance = update.instance;
                            news.warnings = update.warnings;
                            news.faults = int(update.faults.size());
                            if (!update.faults.empty())
                                news.faultMessage = update.faults.front().pointer + u": "_s
                                    + update.faults.front().message;
                            news.serverTime = update.serverTime;
                            m_watch.tell(m_settings.name, std::move(update));
                            m_store.hear(m_settings.name, news);
                            return true;
                        });
    }
    void failed(const QString &endpoint) override { m_watch.lose(m_settings.name, endpoint); }

private:
    IncidentWatch &m_watch;
};

IncidentRuntime::IncidentRuntime(const SourceSettings &settings, IncidentAdapterFactory factory,
                                 FleetStore &store, IncidentWatch &watch, Clock &clock)
    : FeedRuntime(settings.name)
    , m_thread(std::make_unique<AdapterThread<Worker>>(
          settings.name,
          std::make_unique<Worker>(settings, std::move(factory), store, watch, clock)))
{ }

IncidentRuntime::~IncidentRuntime() = default;

void IncidentRuntime::refresh()
{
    m_thread->post([](Worker &worker) { worker.refresh(); });
}

FutureResult<SourceDiagnostics> IncidentRuntime::diagnostics()
{
    return diagnosticsOf(*m_thread);
}

FutureResult<Silence> IncidentRuntime::silence(const Silence &silence)
{
    return m_thread->ask<Silence>(
        [silence](Worker &worker) { return worker.adapter()->silence(silence); },
        AdapterThread<Worker>::After::Refresh);
}

FutureResult<Silence> IncidentRuntime::extendSilence(const QString &id, Timestamp until)
{
    return m_thread->ask<Silence>(
        [id, until](Worker &worker) { return worker.adapter()->extendSilence(id, until); },
        AdapterThread<Worker>::After::Refresh);
}

FutureResult<Silence> IncidentRuntime::expireSilence(const QString &id)
{
    return m_thread->ask<Silence>(
        [id](Worker &worker) { return worker.adapter()->expireSilence(id); },
        AdapterThread<Worker>::After::Refresh);
}

class MetricsRuntime::Worker final : public FeedWorker<MetricsAdapter>
{
public:
    using FeedWorker::FeedWorker;
    ~Worker() override { m_adapter.reset(); }

protected:
    QStringList endpoints() const override { return {QString()}; }
    void ask(const QString &endpoint) override
    {
        poller().follow(endpoint, m_adapter->poll(), [this](const MetricsUpdate &update) {
            FeedNews news;
            news.instance = update.instance;
            news.warnings = update.warnings;
            for (const SignalFault &fault : update.faults)
                news.warnings.append(fault.signal + u": "_s + fault.error.message);
            news.serverTime = update.serverTime;
            m_store.hear(m_settings.name, news);
            m_store.applyMetrics(m_settings.name, update);
            return true;
        });
    }
    void failed(const QString &) override { } // what it measured last ages in the store
};

MetricsRuntime::MetricsRuntime(const SourceSettings &settings, MetricsAdapterFactory factory,
                               FleetStore &store, Clock &clock)
    : FeedRuntime(settings.name)
    , m_thread(std::make_unique<AdapterThread<Worker>>(
          settings.name, std::make_unique<Worker>(settings, std::move(factory), store, clock)))
{ }

MetricsRuntime::~MetricsRuntime() = default;

void MetricsRuntime::refresh()
{
    m_thread->post([](Worker &worker) { worker.refresh(); });
}

FutureResult<SourceDiagnostics> MetricsRuntime::diagnostics()
{
    return diagnosticsOf(*m_thread);
}

FutureResult<MetricsRange> MetricsRuntime::range(const QStringList &stamps,
                                                 const QStringList &signalNames, Timestamp from,
                                                 Timestamp to, std::chrono::milliseconds step)
{
    return m_thread->ask<MetricsRange>(
        [=](Worker &worker) {
            return worker.adapter()->range(stamps, signalNames, from, to, step);
        },
        AdapterThread<Worker>::After::Nothing, AdapterThread<Worker>::Cancel::PassedOn);
}

} // namespace Stampdeck

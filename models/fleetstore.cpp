// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleetstore.h"

#include "fleetwriter.h"

namespace Stampdeck {

FleetStore::FleetStore(Clock &clock, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_current(std::make_shared<FleetVersion>())
{
    qRegisterMetaType<FleetVersionPtr>();
    qRegisterMetaType<ChangeSetPtr>();
    m_writer = new Writer(*this, clock);
    m_writer->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_writer, &QObject::deleteLater);
    m_thread.setObjectName(QStringLiteral("fleet store"));
    m_thread.start();
    post([this] { m_writer->begin(); });
}

FleetStore::~FleetStore()
{
    m_thread.quit();
    m_thread.join();
}

template<typename Call>
void FleetStore::post(Call call)
{
    QMetaObject::invokeMethod(m_writer, std::move(call), Qt::QueuedConnection);
}

FleetVersionPtr FleetStore::current() const
{
    QMutexLocker lock(&m_mutex);
    return m_current;
}

void FleetStore::publish(const FleetVersionPtr &version, const ChangeSetPtr &changes)
{
    {
        QMutexLocker lock(&m_mutex);
        m_current = version;
    }
    Q_EMIT published(version, changes);
}

void FleetStore::addSource(const SourceState &source)
{
    post([this, source] { m_writer->addSource(source); });
}

void FleetStore::removeSource(const QString &source)
{
    post([this, source] { m_writer->removeSource(source); });
}

void FleetStore::apply(const QString &source, FleetUpdate update)
{
    // It may hold 200,000 pointers, and a functor is copied on its way.
    post([this, source, update = std::make_shared<const FleetUpdate>(std::move(update))] {
        m_writer->apply(source, *update);
    });
}

void FleetStore::addFeed(const FeedState &feed)
{
    post([this, feed] { m_writer->addFeed(feed); });
}

void FleetStore::hear(const QString &feed, const FeedNews &news)
{
    post([this, feed, news] { m_writer->hear(feed, news); });
}

void FleetStore::applyMetrics(const QString &feed, MetricsUpdate update)
{
    post([this, feed, update = std::make_shared<const MetricsUpdate>(std::move(update))] {
        m_writer->applyMetrics(feed, *update);
    });
}

void FleetStore::setIncidents(std::shared_ptr<const IncidentBook> incidents)
{
    post([this, incidents = std::move(incidents)] { m_writer->setIncidents(incidents); });
}

void FleetStore::setEndpoints(const QString &source, const QStringList &endpoints)
{
    post([this, source, endpoints] { m_writer->setEndpoints(source, endpoints); });
}

void FleetStore::restoreClaims(const QList<Claim> &claims)
{
    post([this, claims] { m_writer->restoreClaims(claims); });
}

void FleetStore::contact(const QString &source, const QString &endpoint)
{
    post([this, source, endpoint] { m_writer->contact(source, endpoint); });
}

void FleetStore::fail(const QString &source, const QString &endpoint, const Error &error,
                      std::optional<std::chrono::milliseconds> nextAttempt)
{
    post([this, source, endpoint, error, nextAttempt] {
        m_writer->fail(source, endpoint, error, nextAttempt);
    });
}

void FleetStore::setWatching(const QString &source, const QString &endpoint, bool watching)
{
    post([this, source, endpoint, watching] { m_writer->setWatching(source, endpoint, watching); });
}

void FleetStore::setPollInterval(const QString &source, std::chrono::milliseconds interval)
{
    post([this, source, interval] {
        m_writer->editSource(source, [interval](SourceState &s) { s.pollInterval = interval; });
    });
}

void FleetStore::setCapabilities(const QString &source, Capabilities capabilities)
{
    if (m_carriesRules && capabilities.testFlag(Capability::RuleLabels))
        capabilities |= Capability::ScalingRules;
    post([this, source, capabilities] {
        m_writer->editSource(source,
                             [capabilities](SourceState &s) { s.capabilities = capabilities; });
    });
}

void FleetStore::setTemplates(const QString &source, const Result<QList<Template>> &templates)
{
    post([this, source, templates] {
        m_writer->editSource(source, [&templates](SourceState &s) {
            s.templatesError.reset();
            if (templates)
                s.templates = *templates;
            else
                s.templatesError = templates.error();
        });
    });
}

void FleetStore::addProofs(const QString &source, const std::vector<StampPtr> &stamps)
{
    post([this, source, stamps] { m_writer->addProofs(source, stamps); });
}

void FleetStore::setReading(const QString &source, const QString &endpoint, int stamps)
{
    post([this, source, endpoint, stamps] { m_writer->setReading(source, endpoint, stamps); });
}

void FleetStore::addHistory(const QString &source, const std::vector<Series> &series)
{
    post([this, source, series] { m_writer->addHistory(source, series); });
}

void FleetStore::showOperation(const OperationPtr &operation)
{
    post([this, operation] { m_writer->showOperation(operation, {}); });
}

void FleetStore::addOwnRun(const QString &run)
{
    post([this, run] { m_writer->addOwnRun(run); });
}

void FleetStore::release(const QString &operation)
{
    post([this, operation] { m_writer->release(operation); });
}

void FleetStore::showRuleAct(const QString &stampId, const QString &component, const RuleAct &act)
{
    post([this, stampId, component, act] { m_writer->showRuleAct(stampId, component, act); });
}

void FleetStore::setAcknowledgements(const QList<Acknowledgement> &acknowledgements)
{
    post([this, acknowledgements] { m_writer->setAcknowledgements(acknowledgements); });
}

FutureResult<FleetVersionPtr>
FleetStore::transact(std::function<Result<QList<Claim>>(const FleetVersionPtr &)> decide)
{
    const auto answer = std::make_shared<Answer<FleetVersionPtr>>();
    post([this, answer, decide = std::move(decide)] { answer->give(m_writer->transact(decide)); });
    return answer->future();
}

void FleetStore::watchSamples(const QString &stampId)
{
    post([this, stampId] { m_writer->watchSamples(stampId, +1); });
}

void FleetStore::unwatchSamples(const QString &stampId)
{
    post([this, stampId] { m_writer->watchSamples(stampId, -1); });
}

void FleetStore::sync()
{
    QMetaObject::invokeMethod(m_writer, [this] { m_writer->flush(); }, Qt::BlockingQueuedConnection);
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics.h"
#include "fleetstore.h"

#include "backends/api/incidentadapter.h"
#include "backends/api/metricsadapter.h"

#include <functional>

namespace Stampdeck {

class IncidentWatch;
template<typename Worker>
class AdapterThread;

/// A source of metrics or of incidents at work: a thread with its adapter in it, polled as a
/// SourceRuntime polls its own. All functions are thread-safe; destroy it in the thread that made it.
class FeedRuntime
{
public:
    virtual ~FeedRuntime() = default;

    [[nodiscard]] const QString &name() const { return m_name; }
    /// Polls every endpoint now, but for those that are being polled.
    virtual void refresh() = 0;
    [[nodiscard]] virtual FutureResult<SourceDiagnostics> diagnostics() = 0;

protected:
    explicit FeedRuntime(const QString &name)
        : m_name(name)
    { }

private:
    QString m_name;
};

using IncidentAdapterFactory = std::function<Result<std::unique_ptr<IncidentAdapter>>()>;
using MetricsAdapterFactory = std::function<Result<std::unique_ptr<MetricsAdapter>>()>;

/// Tells \a watch of alerts and silences, and the store of itself.
class IncidentRuntime final : public FeedRuntime
{
public:
    IncidentRuntime(const SourceSettings &settings, IncidentAdapterFactory factory,
                    FleetStore &store, IncidentWatch &watch, Clock &clock);
    ~IncidentRuntime() override;

    void refresh() override;
    [[nodiscard]] FutureResult<SourceDiagnostics> diagnostics() override;
    [[nodiscard]] FutureResult<Silence> silence(const Silence &silence);
    [[nodiscard]] FutureResult<Silence> extendSilence(const QString &id, Timestamp until);
    [[nodiscard]] FutureResult<Silence> expireSilence(const QString &id);

private:
    class Worker;
    std::unique_ptr<AdapterThread<Worker>> m_thread;
};

/// Tells the store what is measured, and of itself.
class MetricsRuntime final : public FeedRuntime
{
public:
    MetricsRuntime(const SourceSettings &settings, MetricsAdapterFactory factory,
                   FleetStore &store, Clock &clock);
    ~MetricsRuntime() override;

    void refresh() override;
    [[nodiscard]] FutureResult<SourceDiagnostics> diagnostics() override;
    /// MetricsAdapter::range(); cancelling the future calls its requests back.
    [[nodiscard]] FutureResult<MetricsRange> range(const QStringList &stamps,
                                                   const QStringList &signalNames, Timestamp from,
                                                   Timestamp to, std::chrono::milliseconds step);

private:
    class Worker;
    std::unique_ptr<AdapterThread<Worker>> m_thread;
};

} // namespace Stampdeck

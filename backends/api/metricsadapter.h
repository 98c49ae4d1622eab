// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "adapter.h"

namespace Stampdeck {

/// What can be asked of metrics, by stamp: "cpu" (cores used), "memory", "storage" (bytes used),
/// "requestsPerSecond", "errorRatio" (0 to 1), "latencyP50Ms", "latencyP99Ms".
[[nodiscard]] STAMPDECK_API_EXPORT const QStringList &metricSignals();

/// One number of one stamp, now.
struct MetricSample
{
    QString stamp; ///< "eu-1" or "prod/eu-1", as its label says.
    QString signal; ///< One of metricSignals().
    double value = 0; ///< Finite.
    std::optional<Timestamp> at; ///< When it was measured, where the backend can tell.

    friend bool operator==(const MetricSample &, const MetricSample &) = default;
};

/// A signal that could not be asked.
struct SignalFault
{
    QString signal;
    Error error;

    friend bool operator==(const SignalFault &, const SignalFault &) = default;
};

/// What one answer tells of all stamps.
struct MetricsUpdate
{
    QString instance; ///< The backend's identity.
    /// By stamp, then in the order of metricSignals(). A number that is none (NaN, infinite), and
    /// one that nobody measures any more, is not there.
    std::vector<MetricSample> samples;
    QList<SignalFault> faults; ///< The others are told all the same.
    QStringList warnings; ///< The backend's own words: data is missing in it.
    std::optional<Timestamp> serverTime; ///< For the clock skew.

    /// True where something that belongs to it may be missing.
    [[nodiscard]] bool isPartial() const { return !faults.isEmpty() || !warnings.isEmpty(); }
};

/// What was recorded of some stamps.
struct MetricsRange
{
    /// One of each stamp and signal for which there is any value, with the same start and step: see
    /// MetricsAdapter::range().
    std::vector<Series> series;
    QList<SignalFault> faults;
    QStringList warnings;

    [[nodiscard]] bool isPartial() const { return !faults.isEmpty() || !warnings.isEmpty(); }
};

/// One configured source of metrics. It knows stamps by name alone.
///
/// Lives in a thread of its own, with its client and its decoders: every call comes from that
/// thread, and everything that it answers is a value. It keeps no schedule: its host polls it, and
/// counts interval, age and back-off. Futures always end with a result, an error included; the
/// destructor ends all of them.
class STAMPDECK_API_EXPORT MetricsAdapter : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    ~MetricsAdapter() override;

    /// Capability::History where range() can be asked.
    [[nodiscard]] virtual Capabilities capabilities() const = 0;
    /// The signals that are configured, of metricSignals().
    [[nodiscard]] virtual QStringList signalNames() const = 0;
    /// Asks all of them for all stamps; at most one poll is in flight. An error where none of them
    /// was answered. Cancelling the future aborts the requests.
    [[nodiscard]] virtual FutureResult<MetricsUpdate> poll() = 0;
    /// Capability::History: what was recorded of \a stamps (empty: of all) between \a from and \a
    /// to, a value each \a step or, where that is more than the backend answers, each multiple of
    /// it that it does; aligned, so that the same stretch asked a little later is the same.
    /// Cancelling the future aborts the requests.
    [[nodiscard]] virtual FutureResult<MetricsRange> range(const QStringList &stamps,
                                                           const QStringList &signalNames,
                                                           Timestamp from, Timestamp to,
                                                           std::chrono::milliseconds step);

Q_SIGNALS:
    /// See FleetAdapter::requested().
    void requested(const Stampdeck::RequestRecord &record);
};

/// What a plug-in's root object offers. Its metadata is that of FleetAdapterPlugin with the
/// interface "metrics". Beside what belongs to every source, these belong to every source of
/// metrics, and arrive in SourceSettings::keys: stampLabel (the label that names a stamp, "stamp"
/// unless written) and queries (a QVariantMap of signals to queries, each for all stamps at once).
class STAMPDECK_API_EXPORT MetricsAdapterPlugin
{
public:
    virtual ~MetricsAdapterPlugin();
    /// A new adapter that \a settings describe, or what is wrong with them. Called in the thread in
    /// which the adapter will live; \a clock outlives it.
    [[nodiscard]] virtual Result<std::unique_ptr<MetricsAdapter>>
    create(const SourceSettings &settings, Clock &clock) = 0;
};

} // namespace Stampdeck

#define STAMPDECK_METRICS_ADAPTER_IID "dev.stampdeck.MetricsAdapter/1"
Q_DECLARE_INTERFACE(Stampdeck::MetricsAdapterPlugin, STAMPDECK_METRICS_ADAPTER_IID)
Q_DECLARE_METATYPE(Stampdeck::MetricsUpdate)

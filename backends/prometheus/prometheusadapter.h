// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "prometheusdecoder.h"

#include "backends/api/metricsadapter.h"
#include "backends/net/httpclient.h"
#include "backends/net/pending.h"

#include <functional>
#include <map>
#include <memory>

namespace Stampdeck {

/// Prometheus, or what serves the same HTTP API: nothing beyond what it documents is asked.
///
/// Lives in its source's thread and owns its HttpClient; its host deletes it. It keeps nothing.
/// Each signal is one query for all stamps. When a sample was measured is another query, over the
/// series that the signal's looks at: an expression's own time is that of its evaluation, and goes
/// on for five minutes after nobody measures any more.
class PrometheusAdapter final : public MetricsAdapter
{
    Q_OBJECT
public:
    /// \a settings hold `url`, `token`, `stampLabel`, `queries`, `freshness` and the network's
    /// keys; errors name the key.
    [[nodiscard]] static Result<std::unique_ptr<MetricsAdapter>>
    create(const SourceSettings &settings, Clock &clock);
    ~PrometheusAdapter() override;

    [[nodiscard]] Capabilities capabilities() const override { return Capability::History; }
    [[nodiscard]] QStringList signalNames() const override;
    [[nodiscard]] FutureResult<MetricsUpdate> poll() override;
    [[nodiscard]] FutureResult<MetricsRange> range(const QStringList &stamps,
                                                   const QStringList &signalNames, Timestamp from,
                                                   Timestamp to,
                                                   std::chrono::milliseconds step) override;

private:
    struct PollRound;
    struct RangeRound;
    using Parameters = QList<std::pair<QByteArray, QString>>;
    using Then = std::function<void(const Result<HttpAnswer> &)>;

    PrometheusAdapter(const SourceSettings &settings, NetworkOptions options, HttpPlace place,
                      Clock &clock);

    /// Asks for \a path as one of the requests of \a round, which is finished with the last of
    /// them.
    template<typename Round>
    void ask(const std::shared_ptr<Round> &round, const QByteArray &path,
             const Parameters &parameters, Then then);
    /// \a error with who says so.
    [[nodiscard]] Error told(Error error) const;

    const HttpPlace m_place;
    const Secret m_token;
    const QString m_stampLabel;
    const QString m_freshness; ///< Of all signals; empty: of each by its own query.
    const std::chrono::milliseconds m_timeout;
    std::map<QString, QString> m_queries; ///< By signal.
    std::unique_ptr<HttpClient> m_client;
};

} // namespace Stampdeck

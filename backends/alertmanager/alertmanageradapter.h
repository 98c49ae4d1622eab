// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "alertmanagerdecoder.h"

#include "backends/api/incidentadapter.h"
#include "backends/net/httpclient.h"
#include "backends/net/pending.h"

#include <functional>
#include <memory>
#include <vector>

namespace Stampdeck {

/// Alertmanager, or the peers of a cluster of it, by its API v2.
///
/// Lives in its source's thread and owns its HttpClient; its host deletes it. Of each peer it keeps
/// the last alerts, shared with everybody whom it gave them to, so that an answer that says the
/// same costs no memory, and its last silences and groups for when only those can't be read. Any
/// peer takes a silence and tells the others: it goes to the first that answers.
class AlertmanagerAdapter final : public IncidentAdapter
{
    Q_OBJECT
public:
    /// \a settings hold `url` or `urls`, `token`, the labels and the network's keys; errors name
    /// the key.
    [[nodiscard]] static Result<std::unique_ptr<IncidentAdapter>>
    create(const SourceSettings &settings, Clock &clock);
    ~AlertmanagerAdapter() override;

    [[nodiscard]] Capabilities capabilities() const override;
    [[nodiscard]] QStringList endpoints() const override;
    [[nodiscard]] FutureResult<AlertUpdate> poll(const QString &endpoint) override;
    [[nodiscard]] FutureResult<Silence> silence(const Silence &silence) override;
    [[nodiscard]] FutureResult<Silence> extendSilence(const QString &id, Timestamp until) override;
    [[nodiscard]] FutureResult<Silence> expireSilence(const QString &id) override;

private:
    struct Peer;
    struct Round;
    using Writing = std::shared_ptr<Pending<Silence>>;
    using Then = std::function<void(const Result<HttpAnswer> &)>;

    AlertmanagerAdapter(const SourceSettings &settings, NetworkOptions options,
                        const std::vector<HttpPlace> &places, Clock &clock);

    /// Gives \a then a success, or the error in Alertmanager's own words.
    HttpClient::CallId send(const Peer &peer, HttpRequest request, const QByteArray &path,
                            Then then);
    /// The same for a part of what \a writing asks for, which it ends when it is taken back.
    void send(const Writing &writing, const Peer &peer, HttpRequest request, const QByteArray &path,
              Then then);
    void ask(const std::shared_ptr<Round> &round, const QByteArray &path, Then then);
    /// Calls \a write with the first peer that answers.
    void write(const Writing &writing, std::function<void(const Peer &)> write);
    void writeToFirst(std::vector<Peer *> peers, const Writing &writing,
                      std::function<void(const Peer &)> write);
    void post(const Writing &writing, const Peer &peer, const Silence &silence);
    void fetch(const Writing &writing, const Peer &peer, const QString &id,
               std::function<void(Result<Silence>)> then);

    const Secret m_token;
    const AlertLabels m_labels;
    Clock &m_clock;
    std::vector<std::unique_ptr<Peer>> m_peers;
    std::unique_ptr<HttpClient> m_client;
};

} // namespace Stampdeck

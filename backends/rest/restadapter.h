// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/adapter.h"
#include "backends/net/httpclient.h"
#include "backends/net/pending.h"

#include <memory>
#include <vector>

namespace Stampdeck {

/// A source that speaks the Stamp API (interfaces.md): one control plane, or many endpoints, each
/// of which is polled, streams and fails by itself.
///
/// Lives in its source's thread and owns its HttpClient; its host deletes it. It keeps the last
/// good objects of every endpoint, shared with everybody whom it gave them to, so that an answer
/// that says the same costs no memory.
class RestAdapter final : public FleetAdapter
{
    Q_OBJECT
public:
    /// \a settings hold `url` or `urls`, `token` and the network's keys; errors name the key.
    [[nodiscard]] static Result<std::unique_ptr<FleetAdapter>>
    create(const SourceSettings &settings, Clock &clock);
    ~RestAdapter() override;

    [[nodiscard]] Capabilities capabilities() const override;
    [[nodiscard]] QStringList endpoints() const override;
    [[nodiscard]] FutureResult<FleetUpdate> poll(const QString &endpoint) override;
    void startEvents(const QString &endpoint) override;
    void stopEvents(const QString &endpoint) override;
    [[nodiscard]] FutureResult<WriteOutcome> perform(const Primitive &primitive,
                                                     const WriteContext &context) override;
    [[nodiscard]] FutureResult<WriteOutcome> observe(const Primitive &primitive,
                                                     const WriteContext &context,
                                                     const QString &handle) override;
    [[nodiscard]] FutureResult<WriteOutcome>
    cancel(const Primitive &primitive, const WriteContext &context, const QString &handle) override;
    [[nodiscard]] FutureResult<OperationPtr> control(const QString &operation, OperationVerb verb,
                                                     const WriteContext &context) override;
    /// Of a source with one url: a drain moves tenants from endpoint to endpoint else.
    [[nodiscard]] FutureResult<OperationPtr> drain(const DrainOrder &order,
                                                   const WriteContext &context) override;
    [[nodiscard]] FutureResult<QList<Template>> templates() override;
    [[nodiscard]] FutureResult<Timestamp> mark(const MarkRequest &request,
                                               const WriteContext &context) override;
    [[nodiscard]] FutureResult<Acknowledgement>
    acknowledge(const Acknowledgement &acknowledgement, const WriteContext &context) override;

private:
    struct Endpoint;

    RestAdapter(const SourceSettings &settings, NetworkOptions options,
                const std::vector<HttpPlace> &places, Clock &clock);

    [[nodiscard]] Endpoint *endpointOf(const QString &name) const;
    [[nodiscard]] Endpoint &endpointFor(const Primitive &primitive) const;
    [[nodiscard]] Endpoint &endpointForOperation(const QString &operation) const;
    [[nodiscard]] HttpRequest request(const Endpoint &endpoint, const QByteArray &method,
                                      const QByteArray &path) const;
    [[nodiscard]] HttpRequest writing(const Endpoint &endpoint, const QByteArray &path,
                                      const WriteContext &context) const;
    [[nodiscard]] Result<FleetUpdate> takeAnswer(Endpoint &endpoint, const HttpAnswer &answer,
                                                 const QString &asked);
    [[nodiscard]] Result<void> take(Endpoint &endpoint, FleetUpdate &update);
    void readTemplates(Endpoint &endpoint, const QString &token, const QList<Template> &before,
                       const std::shared_ptr<Pending<QList<Template>>> &pending);
    void openStream(Endpoint &endpoint);
    void takeEvent(Endpoint &endpoint, const QByteArray &data, const QByteArray &id);
    void send(HttpRequest request, const std::shared_ptr<Pending<WriteOutcome>> &pending,
              const QString &subject, std::function<QString(const HttpAnswer &)> conflict = {});
    [[nodiscard]] QString conflictOf(const Endpoint &endpoint, const Primitive &primitive,
                                     const HttpAnswer &answer) const;

    const QString m_name;
    const Secret m_token;
    Clock &m_clock;
    bool m_hasTemplates = true; ///< Until the backend says that it knows no such path.
    std::vector<std::unique_ptr<Endpoint>> m_endpoints;
    std::unique_ptr<HttpClient> m_client;
    bool m_keepsMarks = true; ///< Until the server says that it knows none.
};

} // namespace Stampdeck

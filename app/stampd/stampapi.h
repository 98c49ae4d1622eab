// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "changelog.h"
#include "httpserver.h"
#include "idempotency.h"
#include "router.h"
#include "servermetrics.h"
#include "tokens.h"

#include "models/acknowledgements.h"
#include "models/fleet.h"

#include <QtCore/QThread>

#include <atomic>

namespace Stampdeck {

class FleetPublisher;

/// The Stamp API v1 over a fleet: what backends/rest/openapi.json says, done.
///
/// Lives in the main thread, where writes are submitted one after the other; reads are answered in
/// the server's I/O threads from the newest version, and a whole fleet is written in a thread of
/// its own. The fleet is the caller's and outlives it; so does the HTTP server end before it.
class StampApi final : public QObject, public HttpHandler
{
    Q_OBJECT
public:
    /// \a fleetId is the identity that clients know the fleet by.
    StampApi(Fleet &fleet, std::shared_ptr<Tokens> tokens, std::unique_ptr<IdempotencyStore> keys,
             std::unique_ptr<Acknowledgements> acknowledgements, const QString &fleetId);
    ~StampApi() override;

    /// From now on the fleet has been read once; before that it is not there to be asked.
    void setReady() { m_ready = true; }
    /// Ends the streams of events: call it before HttpServer::stop().
    void endStreams();
    /// For /metrics.
    void setServer(const HttpServer *server) { m_server = server; }

    // HttpHandler, from the I/O threads
    Admission admit(HttpRequest &request) override;
    void handle(HttpRequest request, HttpResponder responder) override;
    HttpResponse problem(int status, const QString &detail) override;
    void answered(const QByteArray &method, const QByteArray &route, int status,
                  std::chrono::microseconds took) override;

private:
    class Context;
    struct Write;
    struct Marking;

    [[nodiscard]] std::optional<HttpResponse> guard(HttpRequest &request, Context &context);
    [[nodiscard]] std::optional<HttpResponse> lookUp(Context &context) const;
    [[nodiscard]] std::optional<HttpResponse> lookUpRegion(const Context &context) const;
    [[nodiscard]] FleetPublisher *publisherSince(const QString &revision,
                                                 const ChangeLog::Cut &cut) const;
    void read(const HttpRequest &request, const std::shared_ptr<Context> &context,
              const HttpResponder &responder);
    [[nodiscard]] HttpResponse page(const Context &context) const;
    [[nodiscard]] HttpResponse auditPage(const Context &context) const;
    [[nodiscard]] HttpResponse templatesPage(const Context &context) const;
    [[nodiscard]] HttpResponse operationsPage(const Context &context) const;
    [[nodiscard]] HttpResponse incidentsPage(const Context &context) const;
    [[nodiscard]] HttpResponse object(const HttpRequest &request, const Context &context) const;
    void receiveMarks(const HttpRequest &request, const std::shared_ptr<Context> &context,
                      const HttpResponder &responder);
    void receive(const HttpRequest &request, const std::shared_ptr<Context> &context,
                 const HttpResponder &responder);
    [[nodiscard]] std::optional<HttpResponse> prepare(const HttpRequest &request,
                                                      Write &write) const;

    // In the main thread
    void begin(const std::shared_ptr<Write> &write);
    void mark(const QMap<QString, MarkRequest> &bySource, const QString &operation,
              const QString &run, const QString &who, const HttpResponder &responder);
    void markNext(const std::shared_ptr<Marking> &marking);
    void unmark(const std::shared_ptr<Marking> &marking);
    void markEnds(const std::shared_ptr<Marking> &marking);
    void replay(const std::shared_ptr<Write> &write, const IdempotencyStore::Entry &entry);
    void submit(const std::shared_ptr<Write> &write);
    void acknowledge(const std::shared_ptr<Write> &write);
    void acknowledged(const std::shared_ptr<Write> &write, const Result<Incident> &kept);
    void finish(const std::shared_ptr<Write> &write, const Result<OperationPtr> &result);
    [[nodiscard]] Result<QString> cutOff(const Write &write, Timestamp since);
    [[nodiscard]] Result<Operation> operationNow(const QString &id) const;
    [[nodiscard]] std::optional<HttpResponse> precondition(Write &write) const;
    [[nodiscard]] std::optional<HttpResponse> changed(const Write &write) const;
    [[nodiscard]] HttpResponse rejected(Write &write, const Error &error) const;

    Fleet &m_fleet;
    std::shared_ptr<Tokens> m_tokens;
    std::unique_ptr<IdempotencyStore> m_keys;
    std::unique_ptr<Acknowledgements> m_acknowledgements;
    Router m_router;
    QByteArray m_openApi;
    ServerMetrics m_metrics;
    ChangeLog m_log;
    std::atomic<bool> m_ready = false;
    std::atomic<const HttpServer *> m_server = nullptr;
    // Who asks for what changed must not wait while a whole fleet is written for somebody else.
    QThread m_changing;
    FleetPublisher *m_changes = nullptr; // lives in m_changing, dies with it
    QThread m_publishing;
    FleetPublisher *m_publisher = nullptr; // the same for the whole fleet; lives in m_publishing
    QHash<QString, QList<std::shared_ptr<Write>>>
        m_waiting; // By scope, behind one that is underway.
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "stampapi.h"

#include "fleetpublisher.h"
#include "httpuri.h"
#include "problem.h"
#include "requestbody.h"

#include "models/journal.h"
#include "models/marks.h"
#include "models/operationrunner.h"
#include "models/planner.h"
#include "models/threadpriority.h"

#include "backends/api/operationname.h"
#include "backends/api/whendone.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>

#include <nlohmann/json.hpp>

#include <algorithm>

// Outside of any namespace, as the macro wants it.
static void initialiseResources()
{
    Q_INIT_RESOURCE(stampd);
}

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 maxBody = 1 << 20;
constexpr qint64 maxMarks = 32 << 20; // all that an operation touches, as one

constexpr int defaultPage = 100;
constexpr int largestPage = 1'000;
constexpr qsizetype longestReason = 4'096;
constexpr qsizetype longestKey = 255;
constexpr int journalledOperations = 1'000;
constexpr std::chrono::milliseconds markedLimit = std::chrono::seconds(5); // until marks are seen

enum Route {
    FleetRoute,
    EventsRoute,
    StampsRoute,
    TenantsRoute,
    OperationsRoute,
    IncidentsRoute,
    AuditRoute,
    TemplatesRoute,
    StampRoute,
    TenantRoute,
    OperationRoute,
    CreateRoute,
    DeleteRoute,
    ScaleRoute,
    CordonRoute,
    UncordonRoute,
    DrainRoute,
    MoveRoute,
    EvacuateRoute,
    PauseRoute,
    ResumeRoute,
    CancelRoute,
    RollbackRoute,
    UndoRoute,
    AcknowledgeRoute,
    MarkRoute,
    UnmarkRoute,
    HealthzRoute,
    ReadyzRoute,
    MetricsRoute,
    OpenApiRoute,
};

struct RouteText
{
    Route route;
    const char *method;
    const char *path;
};
// Held against the OpenAPI document by a test.
constexpr std::array routes = {
    RouteText{FleetRoute, "GET", "/v1/fleet"},
    RouteText{EventsRoute, "GET", "/v1/fleet/events"},
    RouteText{StampsRoute, "GET", "/v1/stamps"},
    RouteText{TenantsRoute, "GET", "/v1/tenants"},
    RouteText{OperationsRoute, "GET", "/v1/operations"},
    RouteText{IncidentsRoute, "GET", "/v1/incidents"},
    RouteText{AuditRoute, "GET", "/v1/audit"},
    RouteText{TemplatesRoute, "GET", "/v1/templates"},
    RouteText{StampRoute, "GET", "/v1/stamps/{id}"},
    RouteText{TenantRoute, "GET", "/v1/tenants/{id}"},
    RouteText{OperationRoute, "GET", "/v1/operations/{id}"},
    RouteText{CreateRoute, "POST", "/v1/stamps"},
    RouteText{DeleteRoute, "DELETE", "/v1/stamps/{id}"},
    RouteText{ScaleRoute, "POST", "/v1/stamps/{id}:scale"},
    RouteText{CordonRoute, "POST", "/v1/stamps/{id}:cordon"},
    RouteText{UncordonRoute, "POST", "/v1/stamps/{id}:uncordon"},
    RouteText{DrainRoute, "POST", "/v1/stamps/{id}:drain"},
    RouteText{MoveRoute, "POST", "/v1/tenants/{id}:move"},
    RouteText{EvacuateRoute, "POST", "/v1/regions/{region}:evacuate"},
    RouteText{PauseRoute, "POST", "/v1/operations/{id}:pause"},
    RouteText{ResumeRoute, "POST", "/v1/operations/{id}:resume"},
    RouteText{CancelRoute, "POST", "/v1/operations/{id}:cancel"},
    RouteText{RollbackRoute, "POST", "/v1/operations/{id}:rollback"},
    RouteText{UndoRoute, "POST", "/v1/operations/{id}:undo"},
    RouteText{MarkRoute, "PUT", "/v1/marks/{operation}"},
    RouteText{UnmarkRoute, "DELETE", "/v1/marks/{operation}"},
    RouteText{AcknowledgeRoute, "POST", "/v1/incidents/{id}:acknowledge"},
    RouteText{HealthzRoute, "GET", "/healthz"},
    RouteText{ReadyzRoute, "GET", "/readyz"},
    RouteText{MetricsRoute, "GET", "/metrics"},
    RouteText{OpenApiRoute, "GET", "/openapi.json"},
};

bool isPublic(int route)
{
    return route >= HealthzRoute;
}

bool isAlert(const QString &id)
{
    return !id.contains(u'/') && !alertDigest(id).isEmpty();
}

bool isWrite(int route)
{
    return route >= CreateRoute && route <= AcknowledgeRoute;
}

bool isMarking(int route)
{
    return route == MarkRoute || route == UnmarkRoute;
}

bool isOnStamp(int route)
{
    return route == StampRoute || (route >= DeleteRoute && route <= DrainRoute);
}

bool isOnTenant(int route)
{
    return route == TenantRoute || route == MoveRoute;
}

bool isOnOperation(int route)
{
    return route == OperationRoute || (route >= PauseRoute && route <= UndoRoute);
}

std::optional<OperationVerb> verbOf(int route)
{
    switch (route) {
    case PauseRoute:
        return OperationVerb::Pause;
    case ResumeRoute:
        return OperationVerb::Resume;
    case CancelRoute:
        return OperationVerb::Cancel;
    case RollbackRoute:
        return OperationVerb::Rollback;
    case UndoRoute:
        return OperationVerb::Undo;
    default:
        return std::nullopt;
    }
}

QStringList parametersOf(int route)
{
    if (route == FleetRoute)
        return {u"since"_s};
    if (route >= StampsRoute && route <= TemplatesRoute)
        return {u"pageSize"_s, u"pageToken"_s};
    if (route == UnmarkRoute)
        return {u"run"_s};
    if (isWrite(route) && !verbOf(route) && route != AcknowledgeRoute)
        return {u"dryRun"_s};
    return {};
}

HttpResponse jsonResponse(QByteArray body, int status = 200)
{
    HttpResponse response;
    response.status = status;
    response.contentType = "application/json";
    response.headers = {{"Cache-Control", "no-cache"}};
    response.body = std::move(body);
    return response;
}

// 304 where the client has it already (RFC 9110, section 13.1.2).
HttpResponse taggedResponse(const HttpRequest &request, const QString &revision, QByteArray body)
{
    const QByteArray tag = entityTag(revision);
    const auto known = entityTags(request.value("if-none-match"), true);
    HttpResponse response = jsonResponse(std::move(body));
    response.headers.push_back({"ETag", tag});
    if (known && known->match(revision)) {
        response.status = 304;
        response.contentType.clear();
        response.body.clear();
    }
    return response;
}

HttpResponse invalid(const QString &detail, int status = 400)
{
    return problem(status, "invalid", detail);
}

QByteArray written(const Operation &operation)
{
    QByteArray text;
    JsonWriter writer(text);
    writeOperation(writer, operation);
    return text;
}

HttpResponse accepted(const Operation &operation)
{
    HttpResponse response = jsonResponse(written(operation), 202);
    response.headers.push_back({"Location", "/v1/operations/" + percentEncoded(operation.id)});
    return response;
}

// A browser sends along where a page came from: pages of others have no business here.
bool isForeign(const HttpRequest &request)
{
    const QByteArray origin = request.value("origin");
    if (origin.isNull())
        return false;
    const QByteArray host = request.value("host");
    return origin != "http://" + host && origin != "https://" + host;
}

bool isJson(const QByteArray &contentType)
{
    const QList<QByteArray> parts = contentType.toLower().split(';');
    if (parts.first().trimmed() != "application/json")
        return false;
    return std::all_of(parts.begin() + 1, parts.end(), [](const QByteArray &part) {
        const QByteArray parameter = part.trimmed().replace('"', "");
        return parameter.isEmpty() || parameter == "charset=utf-8";
    });
}

bool hasBody(const HttpRequest &request)
{
    const QByteArray length = request.value("content-length");
    return (!length.isNull() && length.toULongLong() != 0)
        || !request.value("transfer-encoding").isNull();
}

// Digits and nothing else; nothing when there are more than fit.
std::optional<qint64> digits(const QString &text)
{
    const bool all = !text.isEmpty() && text.size() <= 18
        && std::all_of(text.begin(), text.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
    return all ? std::optional(text.toLongLong()) : std::nullopt;
}

} // namespace

/// What is known of a request once it was admitted.
class StampApi::Context final : public HttpContext
{
public:
    int route = -1;
    Identity identity;
    QString id; ///< As the path has it, decoded.
    ChangeLog::Cut cut;
    int slot = -1; ///< Of the stamp or the tenant.
    std::optional<Operation> operation;
    bool isIncident = false; ///< `id` is that of one.
    QMap<QString, QString> query;

    [[nodiscard]] int pageSize() const
    {
        return query.contains(u"pageSize"_s) ? query.value(u"pageSize"_s).toInt() : defaultPage;
    }
};

/// A write from its arrival to its answer.
struct StampApi::Write
{
    Write(std::shared_ptr<Context> context_, HttpResponder responder_)
        : context(std::move(context_))
        , responder(std::move(responder_))
    { }
    [[nodiscard]] QString waitingKey() const
    {
        return scope ? QStringList{scope->actor, scope->path, scope->key}.join(QChar(0x1f))
                     : QString();
    }

    std::shared_ptr<Context> context;
    HttpResponder responder;
    ActionRequest request; // Unless there is a verb.
    std::optional<OperationVerb> verb;
    std::optional<Acknowledgement> acknowledgement;
    QString reason;
    std::optional<EntityTags> ifMatch;
    bool dryRun = false;
    std::optional<IdempotencyStore::Scope> scope;
    QByteArray fingerprint;
};

StampApi::StampApi(Fleet &fleet, std::shared_ptr<Tokens> tokens,
                   std::unique_ptr<IdempotencyStore> keys,
                   std::unique_ptr<Acknowledgements> acknowledgements, const QString &fleetId)
    : m_fleet(fleet)
    , m_tokens(std::move(tokens))
    , m_keys(std::move(keys))
    , m_acknowledgements(std::move(acknowledgements))
    , m_log(fleet.store())
{
    initialiseResources();
    QFile document(u":/stampd/openapi.json"_s);
    if (document.open(QIODevice::ReadOnly))
        m_openApi = document.readAll();
    for (const RouteText &route : routes)
        m_router.add(route.method, route.path, route.route);
    const auto publisherIn = [&](QThread &thread, const QString &name) {
        auto *publisher = new FleetPublisher(m_log, fleetId);
        publisher->moveToThread(&thread);
        connect(&thread, &QThread::finished, publisher, &QObject::deleteLater);
        thread.setObjectName(name);
        thread.start();
        return publisher;
    };
    m_changes = publisherIn(m_changing, u"changes"_s);
    m_publisher = publisherIn(m_publishing, u"publisher"_s);
    // It takes a while anyhow; what is short goes first.
    QMetaObject::invokeMethod(m_publisher, [] { giveWay(); });
}

StampApi::~StampApi()
{
    for (QThread *thread : {&m_changing, &m_publishing}) {
        thread->quit();
        thread->wait();
    }
}

void StampApi::endStreams()
{
    for (FleetPublisher *publisher : {m_changes, m_publisher})
        QMetaObject::invokeMethod(publisher, &FleetPublisher::endStreams,
                                  Qt::BlockingQueuedConnection);
}

HttpResponse StampApi::problem(int status, const QString &detail)
{
    switch (status) {
    case 400:
        return Stampdeck::problem(status, "invalid", detail);
    case 413:
    case 431:
        return Stampdeck::problem(status, "too-large", detail);
    case 429:
        return Stampdeck::problem(status, "too-many-requests", detail);
    default:
        return Stampdeck::problem(status, "unavailable", detail);
    }
}

void StampApi::answered(const QByteArray &method, const QByteArray &route, int status,
                        std::chrono::microseconds took)
{
    m_metrics.count(method, route, status, took);
}

// The order of these checks is the contract's: 401, 403, 404 and 405, 413 and 415.
HttpHandler::Admission StampApi::admit(HttpRequest &request)
{
    auto context = std::make_shared<Context>();
    Admission admission;
    admission.refusal = guard(request, *context);
    admission.maxBody = isMarking(context->route) ? maxMarks
        : isWrite(context->route)               ? maxBody
                                                : 0;
    request.context = std::move(context);
    return admission;
}

std::optional<HttpResponse> StampApi::guard(HttpRequest &request, Context &context)
{
    const Router::Match match = m_router.match(request.method, request.path);
    request.route = match.route;
    context.route = match.id;
    const bool isRead = request.method == "GET" || request.method == "HEAD";
    const bool isOpenPath = std::any_of(routes.begin(), routes.end(), [&](const RouteText &route) {
        return isPublic(route.route) && match.route == route.path;
    });
    if (!isOpenPath) {
        const auto identity = m_tokens->identify(request.value("authorization"));
        if (!identity)
            return Stampdeck::problem(
                401, "unauthenticated",
                u"a token of this server is needed: Authorization: Bearer TOKEN"_s);
        context.identity = *identity;
        if (!isRead && request.method != "OPTIONS" && context.identity.role != Role::Operator)
            return Stampdeck::problem(403, "denied",
                                      u"%1 may look and not touch"_s.arg(context.identity.name));
        if (!isRead && isForeign(request))
            return Stampdeck::problem(403, "denied", u"a page of another site may not do this"_s);
    }
    if (match.route.isEmpty())
        return Stampdeck::problem(404, "not-found", u"there is nothing at this path"_s);
    if (match.id < 0) {
        const QByteArray allowed = match.allowed.join(", ");
        HttpResponse response = Stampdeck::problem(
            405, "method-not-allowed",
            u"%1 takes %2"_s.arg(QString::fromLatin1(match.route), QString::fromLatin1(allowed)));
        response.headers.push_back({"Allow", allowed});
        return response;
    }
    if (!isPublic(match.id)) {
        if (!m_ready)
            return Stampdeck::problem(503, "unavailable", u"the fleet has not been read yet"_s);
        context.cut = m_log.cut();
        if (match.parameters.contains("operation"))
            context.id = percentDecoded(match.parameters.value("operation")).value_or(QString());
        if (match.parameters.contains("id")) {
            context.id = percentDecoded(match.parameters.value("id")).value_or(QString());
            // A delete that is asked for again finds its key instead of its stamp.
            const bool isReplay
                = match.id == DeleteRoute && !request.values("idempotency-key").empty();
            if (auto missing = lookUp(context); missing && !isReplay)
                return missing;
        } else if (match.parameters.contains("region")) {
            context.id = percentDecoded(match.parameters.value("region")).value_or(QString());
            if (auto missing = lookUpRegion(context))
                return missing;
        }
    }
    if ((isWrite(match.id) || isMarking(match.id)) && (hasBody(request) || !request.value("content-type").isNull())
        && (!isJson(request.value("content-type")) || !request.value("content-encoding").isNull()))
        return Stampdeck::problem(415, "unsupported-media-type",
                                  u"the body has to be application/json, not compressed"_s);
    return std::nullopt;
}

// Finds what the path names, or says that it isn't there.
std::optional<HttpResponse> StampApi::lookUp(Context &context) const
{
    const FleetVersion &version = *context.cut.version;
    const FleetJson names(context.cut.version, JsonShape::Api);
    QString what;
    if (isOnStamp(context.route)) {
        context.slot = version.stampIndex.value(names.stampId(context.id));
        what = u"stamp"_s;
    } else if (isOnTenant(context.route)) {
        context.slot = version.tenantIndex.value(names.tenantId(context.id));
        what = u"tenant"_s;
    } else if (isOnOperation(context.route)) {
        // What a source does for us is told as ours, whichever of its names somebody heard.
        context.id = version.carried.value(context.id, context.id);
        if (const auto operation = operationNow(context.id))
            context.operation = *operation;
        what = u"operation"_s;
    } else {
        // Alerts are known by their digest alone, those too that only our clients see.
        const QString id = names.stampId(context.id);
        const QList<Incident> incidents = incidentsOf(version);
        context.isIncident = isAlert(context.id)
            || std::any_of(incidents.begin(), incidents.end(),
                           [&id](const Incident &each) { return each.id == id; });
        what = u"incident"_s;
    }
    if (context.id.isEmpty() || (context.slot < 0 && !context.operation && !context.isIncident))
        return Stampdeck::problem(404, "not-found", u"there is no %1 “%2”"_s.arg(what, context.id));
    return std::nullopt;
}

std::optional<HttpResponse> StampApi::lookUpRegion(const Context &context) const
{
    bool isThere = false;
    context.cut.version->eachStamp([&](int, const StampEntry &entry) {
        isThere = isThere || entry.stamp->region == context.id;
    });
    if (context.id.isEmpty() || !isThere)
        return Stampdeck::problem(404, "not-found",
                                  u"there is no stamp in a region “%1”"_s.arg(context.id));
    return std::nullopt;
}

void StampApi::handle(HttpRequest request, HttpResponder responder)
{
    const auto context = std::static_pointer_cast<Context>(request.context);
    const auto parameters = queryParameters(request.query);
    if (!parameters)
        return responder.answer(invalid(u"the query is not encoded well"_s));
    const QStringList known = parametersOf(context->route);
    for (const auto &[name, value] : *parameters) {
        if (!known.contains(name))
            return responder.answer(invalid(u"there is no parameter “%1” here"_s.arg(name)));
        if (context->query.contains(name))
            return responder.answer(invalid(u"the parameter %1 comes twice"_s.arg(name)));
        context->query.insert(name, value);
    }
    if (const auto size = context->query.constFind(u"pageSize"_s); size != context->query.cend()) {
        const auto number = digits(*size);
        if (!number || *number < 1 || *number > largestPage)
            return responder.answer(
                invalid(u"the parameter pageSize has to be a whole number from 1 to %1"_s.arg(
                    largestPage)));
    }
    if (const auto dryRun = context->query.constFind(u"dryRun"_s);
        dryRun != context->query.cend() && *dryRun != u"true" && *dryRun != u"false")
        return responder.answer(invalid(u"the parameter dryRun has to be true or false"_s));
    if (isMarking(context->route))
        receiveMarks(request, context, responder);
    else if (isWrite(context->route))
        receive(request, context, responder);
    else
        read(request, context, responder);
}

// Who writes what \a revision leads to: it may be the whole fleet.
FleetPublisher *StampApi::publisherSince(const QString &revision, const ChangeLog::Cut &cut) const
{
    const auto number = m_log.number(revision);
    return number && m_log.remembers(*number, cut) ? m_changes : m_publisher;
}

void StampApi::read(const HttpRequest &request, const std::shared_ptr<Context> &context,
                    const HttpResponder &responder)
{
    switch (context->route) {
    case FleetRoute: {
        const QString revision = m_log.revision(context->cut.number);
        const auto known = entityTags(request.value("if-none-match"), true);
        if (known && known->match(revision))
            return responder.answer(taggedResponse(request, revision, {}));
        const QString since = context->query.value(u"since"_s);
        FleetPublisher *publisher = publisherSince(since, context->cut);
        QMetaObject::invokeMethod(
            publisher, [publisher, responder, since] { publisher->answer(responder, since); });
        return;
    }
    case EventsRoute: {
        const QString last = QString::fromUtf8(request.value("last-event-id"));
        FleetPublisher *publisher = publisherSince(last, context->cut);
        QMetaObject::invokeMethod(
            publisher, [publisher, responder, last] { publisher->follow(responder, last); });
        return;
    }
    case StampsRoute:
    case TenantsRoute:
        return responder.answer(page(*context));
    case OperationsRoute:
        return responder.answer(operationsPage(*context));
    case IncidentsRoute:
        return responder.answer(incidentsPage(*context));
    case TemplatesRoute:
        return responder.answer(templatesPage(*context));
    case AuditRoute:
        return responder.answer(auditPage(*context));
    case StampRoute:
    case TenantRoute:
    case OperationRoute:
        return responder.answer(object(request, *context));
    case HealthzRoute:
        return responder.answer(jsonResponse("{\"status\":\"ok\"}"));
    case ReadyzRoute:
        return responder.answer(m_ready ? jsonResponse("{\"status\":\"ok\"}")
                                        : problem(503, u"the fleet has not been read yet"_s));
    case MetricsRoute: {
        const HttpServer *server = m_server;
        HttpResponse response =
            jsonResponse(m_metrics.text(m_log.cut().version, server ? server->connections() : 0));
        response.contentType = "text/plain; version=0.0.4; charset=utf-8";
        return responder.answer(std::move(response));
    }
    case OpenApiRoute:
        return responder.answer(jsonResponse(m_openApi));
    default:
        return responder.answer(problem(500, u"this route has no reader"_s));
    }
}

// Objects keep their slot as long as they live, so who walks through all pages meets every one that
// is there all the while once.
HttpResponse StampApi::page(const Context &context) const
{
    const bool isStamps = context.route == StampsRoute;
    const FleetVersion &version = *context.cut.version;
    const FleetJson json(context.cut.version, JsonShape::Api);
    const QString token = context.query.value(u"pageToken"_s);
    int slot = 0;
    if (!token.isEmpty()) {
        const QString prefix = m_log.epoch() + u'-';
        const auto number =
            token.startsWith(prefix) ? digits(token.mid(prefix.size())) : std::nullopt;
        if (!number || *number > std::numeric_limits<int>::max())
            return invalid(u"this pageToken is nobody's, or of before the server's last start"_s,
                           422);
        slot = int(*number);
    }
    QByteArray body;
    JsonWriter writer(body);
    writer.beginObject();
    writer.key(isStamps ? u"stamps" : u"tenants");
    writer.beginArray();
    const int end = isStamps ? version.stamps.size() : version.tenants.size();
    const int most = context.pageSize();
    for (int count = 0; slot < end && count < most; ++slot) {
        if (isStamps && version.stamps[slot]) {
            json.writeStamp(writer, *version.stamps[slot]);
            ++count;
        } else if (!isStamps && version.tenants[slot].tenant) {
            json.writeTenant(writer, slot);
            ++count;
        }
    }
    const auto isThere = [&](int at) {
        return isStamps ? version.stamps[at] != nullptr : version.tenants[at].tenant != nullptr;
    };
    while (slot < end && !isThere(slot))
        ++slot;
    writer.endArray();
    writer.key("nextPageToken");
    if (slot < end)
        writer.value(QString(m_log.epoch() + u'-' + QString::number(slot)));
    else
        writer.null();
    writer.endObject();
    return jsonResponse(std::move(body));
}

HttpResponse StampApi::operationsPage(const Context &context) const
{
    const auto &operations = context.cut.version->operations;
    const QString token = context.query.value(u"pageToken"_s);
    QByteArray body;
    JsonWriter writer(body);
    writer.beginObject();
    writer.key("operations");
    writer.beginArray();
    auto each = token.isEmpty() ? operations.cbegin() : operations.upperBound(token);
    QString last;
    for (int count = 0; each != operations.cend() && count < context.pageSize(); ++each) {
        last = each.key();
        // What somebody else runs is told by its marks, and what of it is done here is here; what
        // nobody runs any more is for everybody to know.
        if (each.value()->fromMarks && each.value()->state != OperationState::Orphaned)
            continue;
        writeOperation(writer, *each.value());
        ++count;
    }
    writer.endArray();
    writer.key("nextPageToken");
    if (each != operations.cend())
        writer.value(last);
    else
        writer.null();
    writer.endObject();
    return jsonResponse(std::move(body));
}

HttpResponse StampApi::templatesPage(const Context &context) const
{
    const FleetJson names(context.cut.version, JsonShape::Api);
    const QString token = context.query.value(u"pageToken"_s);
    const auto first = token.isEmpty() ? std::optional<qint64>(0) : digits(token);
    QList<Template> all;
    for (const SourceState &source : context.cut.version->sources) {
        if (!source.templates || source.readOnly)
            continue;
        for (Template each : *source.templates) {
            each.name = names.named(source.name + u'/' + each.name);
            all.append(each);
        }
    }
    if (!first || (*first > 0 && *first >= all.size()))
        return invalid(u"this pageToken is nobody's"_s, 422);
    const qsizetype end = std::min<qsizetype>(all.size(), *first + context.pageSize());
    QByteArray body;
    JsonWriter writer(body);
    writer.beginObject();
    writer.key("templates");
    writer.beginArray();
    for (qsizetype i = *first; i < end; ++i)
        writer.raw(QJsonDocument(toJson(all[i])).toJson(QJsonDocument::Compact));
    writer.endArray();
    writer.key("nextPageToken");
    if (end < all.size())
        writer.value(QString::number(end));
    else
        writer.null();
    writer.endObject();
    return jsonResponse(std::move(body));
}

HttpResponse StampApi::auditPage(const Context &context) const
{
    const QString token = context.query.value(u"pageToken"_s);
    const auto after = token.isEmpty() ? std::optional<qint64>(0) : digits(token);
    if (!after)
        return invalid(u"this pageToken is nobody's"_s, 422);
    const int most = context.pageSize();
    const auto entries = m_fleet.journal().audit(*after, most + 1);
    if (!entries)
        return Stampdeck::problem(entries.error());
    const qsizetype count = std::min<qsizetype>(most, entries->size());
    QByteArray body;
    JsonWriter writer(body);
    writer.beginObject();
    writer.key("audit");
    writer.beginArray();
    for (qsizetype i = 0; i < count; ++i)
        writeAuditEntry(writer, entries->at(i));
    writer.endArray();
    writer.key("nextPageToken");
    if (entries->size() > count)
        writer.value(QString::number(entries->at(count - 1).sequence));
    else
        writer.null();
    writer.endObject();
    return jsonResponse(std::move(body));
}

// By their ids, each page from where the last one ended, whatever came and went meanwhile.
HttpResponse StampApi::incidentsPage(const Context &context) const
{
    const QString token = context.query.value(u"pageToken"_s);
    const FleetJson json(context.cut.version, JsonShape::Api);
    QList<Incident> incidents = incidentsOf(*context.cut.version);
    std::sort(incidents.begin(), incidents.end(),
              [](const Incident &a, const Incident &b) { return a.id < b.id; });
    auto at = incidents.cbegin();
    if (!token.isEmpty()) {
        const QByteArray::FromBase64Result after = QByteArray::fromBase64Encoding(
            token.toLatin1(), QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals
                | QByteArray::AbortOnBase64DecodingErrors);
        if (!after || !after.decoded.contains('/'))
            return invalid(u"this pageToken is nobody's"_s, 422);
        at = std::upper_bound(incidents.cbegin(), incidents.cend(),
                              QString::fromUtf8(after.decoded),
                              [](const QString &id, const Incident &each) { return id < each.id; });
    }
    QByteArray body;
    JsonWriter writer(body);
    writer.beginObject();
    writer.key("incidents");
    writer.beginArray();
    int count = 0;
    for (; at != incidents.cend() && count < context.pageSize(); ++at, ++count)
        json.writeIncident(writer, *at);
    writer.endArray();
    writer.key("nextPageToken");
    if (at != incidents.cend()) {
        writer.value(QString::fromLatin1(std::prev(at)->id.toUtf8().toBase64(
            QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals)));
    } else {
        writer.null();
    }
    writer.endObject();
    return jsonResponse(std::move(body));
}

HttpResponse StampApi::object(const HttpRequest &request, const Context &context) const
{
    const FleetVersion &version = *context.cut.version;
    const FleetJson json(context.cut.version, JsonShape::Api);
    QByteArray body;
    JsonWriter writer(body);
    if (context.route == StampRoute) {
        json.writeStamp(writer, *version.stamps[context.slot]);
        return taggedResponse(request, version.stamps[context.slot]->stamp->revision, body);
    }
    if (context.route == TenantRoute) {
        json.writeTenant(writer, context.slot);
        return taggedResponse(request, version.tenants[context.slot].tenant->revision, body);
    }
    writeOperation(writer, *context.operation);
    const QByteArray digest = QCryptographicHash::hash(body, QCryptographicHash::Sha256);
    return taggedResponse(request, QString::fromLatin1(digest.first(12).toHex()), body);
}

// What a client's operation touches is marked where it is: at the sources, so that everybody else who
// looks at them sees it too.
void StampApi::receiveMarks(const HttpRequest &request, const std::shared_ptr<Context> &context,
                            const HttpResponder &responder)
{
    const FleetVersion &version = *context->cut.version;
    const FleetJson names(context->cut.version, JsonShape::Api);
    if (!isOperationName(context->id))
        return responder.answer(invalid(
            u"an operation has a name of 1 to 200 letters, digits, dots, hyphens, underscores and "
            "tildes"_s));
    MarkRequest all;
    if (context->route == UnmarkRoute) {
        all.run = context->query.value(u"run"_s);
        if (!isRunName(all.run))
            return responder.answer(
                invalid(u"the parameter run has to say whose marks are cleared"_s));
        if (hasBody(request)) {
            if (const auto body = readNothing(request.body); !body)
                return responder.answer(invalid(body.error().detail, body.error().status));
        }
    } else {
        const auto body = readMarkRequest(request.body);
        if (!body)
            return responder.answer(invalid(body.error().detail, body.error().status));
        all = body->value;
    }
    QMap<QString, MarkRequest> bySource;
    const auto requestOf = [&](const QString &source) -> MarkRequest & {
        auto one = bySource.find(source);
        if (one == bySource.end()) {
            MarkRequest made = all;
            made.operation = context->id;
            made.stamps.clear();
            made.tenants.clear();
            one = bySource.insert(source, made);
        }
        return *one;
    };
    const auto bare = [&](const QString &name) { // as its source names it
        return name.isEmpty() ? QString() : names.stampId(name).section(u'/', 1);
    };
    for (const MarkRequest::Object &stamp : all.stamps) {
        const int slot = version.stampIndex.value(names.stampId(stamp.name));
        if (slot < 0) {
            if (all.mode == MarkMode::Renew)
                continue; // it is gone since
            return responder.answer(invalid(u"there is no stamp “%1”"_s.arg(stamp.name), 422));
        }
        const StampEntry &entry = *version.stamps[slot];
        requestOf(version.sources[entry.source].name)
            .stamps.push_back({entry.stamp->name, stamp.step, bare(stamp.from), bare(stamp.to),
                               stamp.shared});
    }
    for (const MarkRequest::Object &tenant : all.tenants) {
        const int slot = version.tenantIndex.value(names.tenantId(tenant.name));
        if (slot < 0) {
            if (all.mode == MarkMode::Renew)
                continue;
            return responder.answer(invalid(u"there is no tenant “%1”"_s.arg(tenant.name), 422));
        }
        const TenantEntry &entry = version.tenants[slot];
        requestOf(version.sources[entry.source].name)
            .tenants.push_back({entry.tenant->id, tenant.step, bare(tenant.from), bare(tenant.to),
                                tenant.shared});
    }
    if (all.isEmpty()) { // what was marked anywhere goes
        for (const SourceState &source : version.sources) {
            if (!source.name.isEmpty() && source.capabilities.testFlag(Capability::Marks))
                std::ignore = requestOf(source.name);
        }
    }
    QMetaObject::invokeMethod(this, [this, bySource, operation = context->id, run = all.run,
                                     who = context->identity.name, responder] {
        mark(bySource, operation, run, who, responder);
    });
}

// A request for marks on its way through the sources.
struct StampApi::Marking
{
    explicit Marking(const HttpResponder &answer)
        : responder(answer)
    { }

    QList<std::pair<QString, MarkRequest>> open; // sources that have not been asked yet
    qsizetype asked = 0; // those that have not answered yet
    QStringList marked; // those that have said yes
    WriteContext context;
    HttpResponder responder;
    bool clears = true;
    bool shows = false; // by a mark of its own: one on what is shared may stand there already
    std::optional<Error> error;
    std::optional<Timestamp> until; // the earliest
};

void StampApi::mark(const QMap<QString, MarkRequest> &bySource, const QString &operation,
                    const QString &run, const QString &who, const HttpResponder &responder)
{
    const auto marking = std::make_shared<Marking>(responder);
    marking->context.operation = operation;
    marking->context.run = run;
    marking->context.actor = who;
    for (auto one = bySource.cbegin(); one != bySource.cend(); ++one) {
        marking->open.append({one.key(), one.value()});
        marking->clears &= one->isEmpty();
        marking->shows |= !one->tenants.empty()
            || std::any_of(one->stamps.begin(), one->stamps.end(),
                           [](const MarkRequest::Object &object) { return !object.shared; });
    }
    markNext(marking);
}

// One source after the other, for everybody in the same order: of two who want the same objects
// one is refused by the first source that both come to, and holds nothing beyond it. Whatever can
// be cleared is, everywhere at once.
void StampApi::markNext(const std::shared_ptr<Marking> &marking)
{
    if (marking->open.isEmpty())
        return markEnds(marking);
    marking->asked = marking->clears ? marking->open.size() : 1;
    const auto now = marking->open.first(marking->asked);
    marking->open.remove(0, marking->asked);
    for (const auto &[source, request] : now) {
        whenDone(m_fleet.mark(source, request, marking->context), this,
                 [this, marking, source = source,
                  mode = request.mode](const Result<Timestamp> &until) {
                     if (until) {
                         marking->marked.append(source);
                         if (!marking->until || *until < *marking->until)
                             marking->until = *until;
                     } else if (!marking->error) {
                         marking->error = until.error();
                     }
                     if (--marking->asked > 0)
                         return;
                     if (until || marking->clears)
                         return markNext(marking);
                     if (mode == MarkMode::Set)
                         return unmark(marking);
                     markEnds(marking);
                 });
    }
}

// All are marked, or none: what was marked before a source said no is cleared again.
void StampApi::unmark(const std::shared_ptr<Marking> &marking)
{
    marking->clears = true;
    for (const QString &source : std::as_const(marking->marked)) {
        MarkRequest nothing;
        nothing.operation = marking->context.operation;
        nothing.run = marking->context.run;
        marking->open.append({source, nothing});
    }
    marking->shows = !marking->marked.isEmpty();
    markNext(marking);
}

void StampApi::markEnds(const std::shared_ptr<Marking> &marking)
{
    const auto answer = [this, marking](bool seen) {
        const HttpResponder &responder = marking->responder;
        if (marking->error && marking->error->kind == ErrorKind::Conflict) {
            return responder.answer(
                Stampdeck::problem(409, "conflict", marking->error->message,
                                   {{"who", marking->error->detail.toStdString()}}));
        }
        if (marking->error)
            return responder.answer(Stampdeck::problem(*marking->error));
        if (!seen)
            return responder.answer(
                problem(503, u"the marks are set, and the source does not show them yet"_s));
        QByteArray body;
        JsonWriter writer(body);
        writer.beginObject();
        writer.member("operation", marking->context.operation);
        writer.member("until", marking->until.value_or(m_fleet.clock().now()));
        writer.endObject();
        responder.answer(jsonResponse(std::move(body)));
    };
    const bool changed = marking->clears ? !marking->marked.isEmpty()
                                         : marking->shows && !marking->error;
    if (!changed)
        return answer(true);
    // The next write of this client may come at once: it has to be seen as his.
    whenFleet(m_fleet.store(), m_fleet.clock(), this,
              [marking](const FleetVersion &version) {
                  const auto is = version.marked.constFind(marking->context.operation);
                  const bool there = is != version.marked.cend()
                      && is->mark.run == marking->context.run;
                  return there != marking->clears;
              },
              markedLimit, answer);
}

void StampApi::receive(const HttpRequest &request, const std::shared_ptr<Context> &context,
                       const HttpResponder &responder)
{
    auto write = std::make_shared<Write>(context, responder);
    if (auto wrong = prepare(request, *write))
        return responder.answer(std::move(*wrong));
    QMetaObject::invokeMethod(this, [this, write] { begin(write); });
}

// Reads body and headers of a write: everything that can be said without knowing the fleet.
std::optional<HttpResponse> StampApi::prepare(const HttpRequest &request, Write &write) const
{
    const Context &context = *write.context;
    const FleetJson names(context.cut.version, JsonShape::Api);
    ActionRequest &action = write.request;
    const auto refuse = [](const BodyError &error) { return invalid(error.detail, error.status); };
    std::optional<HttpResponse> meaningless; // 422 comes after every 400.
    switch (context.route) {
    case ScaleRoute: {
        const auto body = readScaleRequest(request.body);
        if (!body && body.error().status == 400)
            return refuse(body.error());
        if (!body) {
            meaningless = refuse(body.error());
            break;
        }
        action.kind = ActionKind::Scale;
        action.scale = body->value;
        write.fingerprint = body->canonical;
        break;
    }
    case MoveRoute: {
        const auto body = readMoveRequest(request.body);
        if (!body)
            return refuse(body.error());
        action.kind = ActionKind::Move;
        action.to = names.stampId(body->value);
        if (context.cut.version->stampIndex.value(action.to) < 0)
            meaningless = invalid(u"there is no stamp “%1” to move to"_s.arg(body->value), 422);
        write.fingerprint = body->canonical;
        break;
    }
    case DrainRoute:
    case EvacuateRoute: {
        const auto body = readDrainRequest(request.body);
        if (!body)
            return refuse(body.error());
        const bool ofRegion = context.route == EvacuateRoute;
        action.kind = ofRegion ? ActionKind::Evacuate : ActionKind::Drain;
        if (ofRegion)
            action.region = context.id;
        action.parallel = body->value.parallel;
        action.deadline = body->value.deadline;
        action.partial = body->value.partial;
        action.maxLoad = body->value.maxLoad;
        action.allowUnknown = body->value.allowUnknown;
        for (const QString &name : body->value.to) {
            const QString id = names.stampId(name);
            const int slot = context.cut.version->stampIndex.value(id);
            if (slot < 0)
                meaningless = invalid(u"there is no stamp “%1” to move to"_s.arg(name), 422);
            else if (ofRegion ? context.cut.version->stamps[slot]->stamp->region == context.id
                              : id == names.stampId(context.id))
                meaningless = invalid(u"“%1” can't take the tenants that leave it"_s.arg(name), 422);
            action.among.append(id);
        }
        write.fingerprint = body->canonical;
        break;
    }
    case CreateRoute: {
        const auto body = readCreateRequest(request.body);
        if (!body)
            return refuse(body.error());
        action.kind = ActionKind::Create;
        action.stamp = body->value.name;
        action.source = body->value.source;
        action.fromTemplate = body->value.fromTemplate;
        action.region = body->value.region;
        action.parameters = body->value.parameters;
        // A template's name may say where: "source~name", as it is listed over several sources.
        if (const qsizetype at = action.fromTemplate.indexOf(u'~'); at > 0) {
            const QString source = action.fromTemplate.first(at);
            const bool isKnown = context.cut.version->sourceIndex(source) >= 0;
            if (isKnown && (action.source.isEmpty() || action.source == source)) {
                action.source = source;
                action.fromTemplate = action.fromTemplate.mid(at + 1);
            }
        }
        write.fingerprint = body->canonical;
        break;
    }
    case AcknowledgeRoute: {
        const auto body = readAcknowledgeRequest(request.body);
        if (!body)
            return refuse(body.error());
        write.acknowledgement =
            Acknowledgement{isAlert(context.id) ? context.id : names.stampId(context.id),
                            context.identity.name, body->value.until, body->value.note};
        write.fingerprint = body->canonical;
        break;
    }
    default: {
        const auto body = readNothing(request.body);
        if (!body)
            return refuse(body.error());
        action.kind = context.route == CordonRoute ? ActionKind::Cordon
            : context.route == DeleteRoute         ? ActionKind::Delete
                                                   : ActionKind::Uncordon;
        write.fingerprint = body->canonical;
        break;
    }
    }
    write.verb = verbOf(context.route);
    if (isOnStamp(context.route))
        action.stamp = names.stampId(context.id);
    else if (isOnTenant(context.route))
        action.tenants = {names.tenantId(context.id)};
    write.fingerprint = QCryptographicHash::hash(write.fingerprint, QCryptographicHash::Sha256);
    write.dryRun = context.query.value(u"dryRun"_s) == u"true";

    const QByteArray reason = request.value("stampdeck-reason");
    const auto text = percentDecoded(reason);
    if (!text || reason.size() > longestReason)
        return invalid(
            u"Stampdeck-Reason has to be UTF-8, percent-encoded, of at most %1 bytes"_s.arg(
                longestReason));
    write.reason = *text;
    action.reason = *text;
    action.actor = context.identity.name;

    // Whose step this is: the operation that has marked, and which run of it.
    if (const QByteArray step = request.value("stampdeck-operation"); !step.isNull()) {
        const qsizetype end = step.indexOf(";run=");
        const QString operation = QString::fromLatin1(end < 0 ? step : step.first(end));
        const QString run = end < 0 ? QString() : QString::fromLatin1(step.mid(end + 5));
        if (!isOperationName(operation) || (end >= 0 && !isRunName(run)))
            return invalid(u"Stampdeck-Operation has to be OPERATION or OPERATION;run=RUN"_s);
        action.under = operation;
        action.run = run;
    }
    const auto keys = request.values("idempotency-key");
    if (!keys.empty()) {
        const QByteArray &key = keys.front();
        const bool isVisible =
            std::all_of(key.begin(), key.end(), [](signed char c) { return c > 0x20 && c < 0x7f; });
        if (keys.size() > 1 || key.isEmpty() || key.size() > longestKey || !isVisible)
            return invalid(
                u"Idempotency-Key has to be 1 to %1 visible characters of ASCII"_s.arg(longestKey));
        if (!write.dryRun)
            write.scope = IdempotencyStore::Scope{
                context.identity.name, QString::fromLatin1(request.method),
                QString::fromLatin1(request.route) + u' ' + context.id, QString::fromLatin1(key)};
    }
    const bool isOnObject = context.route != CreateRoute && context.route != EvacuateRoute;
    if (const auto matches = request.values("if-match");
        !matches.empty() && !write.verb && !write.acknowledgement && isOnObject) {
        QByteArray list;
        for (const QByteArray &match : matches)
            list += (list.isEmpty() ? "" : ", ") + match;
        write.ifMatch = entityTags(list, false);
        if (!write.ifMatch)
            return invalid(u"If-Match has to be an entity tag, such as \"17\", or *"_s);
    }
    return meaningless;
}

void StampApi::begin(const std::shared_ptr<Write> &write)
{
    if (!write->scope)
        return submit(write);
    // Whoever comes with a key that is underway waits for what becomes of it.
    if (const auto underway = m_waiting.find(write->waitingKey()); underway != m_waiting.end()) {
        underway->append(write);
        return;
    }
    const auto entry = m_keys->find(*write->scope);
    if (!entry)
        return write->responder.answer(Stampdeck::problem(entry.error()));
    if (entry->has_value())
        return replay(write, **entry);
    submit(write);
}

void StampApi::replay(const std::shared_ptr<Write> &write, const IdempotencyStore::Entry &entry)
{
    if (entry.fingerprint != write->fingerprint)
        return write->responder.answer(
            invalid(u"this Idempotency-Key came with another body before"_s, 422));
    if (write->acknowledgement)
        return acknowledge(write); // It says the same once more.
    QString id = entry.operation;
    if (id.isEmpty()) {
        const auto found = cutOff(*write, entry.startedAt);
        if (!found)
            return write->responder.answer(Stampdeck::problem(found.error()));
        if (found->isEmpty())
            return submit(write);
        id = *found;
        if (const auto done = m_keys->finish(*write->scope, id); !done)
            return write->responder.answer(Stampdeck::problem(done.error()));
    }
    const auto operation = operationNow(id);
    write->responder.answer(operation ? accepted(*operation)
                                      : Stampdeck::problem(operation.error()));
}

// The operation that a kill kept from being written beside its key: the first of its kind that was
// accepted since and belongs to no other key. Empty when the kill came before it was accepted.
Result<QString> StampApi::cutOff(const Write &write, Timestamp since)
{
    const auto operations = m_fleet.journal().operations(journalledOperations);
    if (!operations)
        return fail(operations.error());
    const JournalOperation *first = nullptr;
    for (const JournalOperation &operation : *operations) {
        ActionRequest request = operation.request;
        if (request.kind == ActionKind::Create && write.request.source.isEmpty())
            request.source.clear(); // the one that was found for it
        request.reason = write.request.reason;
        request.ifMatch = write.request.ifMatch;
        if (emptiesStamps(request.kind)) { // Whom it moves was found out when it was accepted.
            request.tenants.clear();
            request.left.clear();
        }
        request.under = write.request.under;
        request.run = write.request.run;
        const bool isIts = write.verb
            ? write.verb == OperationVerb::Undo && operation.undoes == write.context->id
            : operation.undoes.isEmpty() && request == write.request;
        if (!isIts || operation.createdAt < since
            || (first && first->createdAt <= operation.createdAt))
            continue;
        const auto known = m_keys->knows(operation.id);
        if (!known)
            return fail(known.error());
        if (!*known)
            first = &operation;
    }
    return first ? first->id : QString();
}

Result<Operation> StampApi::operationNow(const QString &id) const
{
    if (const OperationPtr operation = m_log.cut().version->operations.value(id))
        return *operation;
    if (id.isEmpty())
        return fail(ErrorKind::NotFound, u"there is no operation without a name"_s);
    const auto journalled = m_fleet.journal().operation(id);
    if (!journalled)
        return fail(journalled.error());
    return journalled->shown();
}

void StampApi::acknowledge(const std::shared_ptr<Write> &write)
{
    if (m_fleet.options().readOnly)
        return write->responder.answer(Stampdeck::problem(
            Error::refused({{u"read-only"_s, write->context->id, u"this server is read only"_s,
                             QString()}})));
    whenDone(m_acknowledgements->acknowledge(*write->acknowledgement), this,
             [this, write](const Result<Incident> &kept) { acknowledged(write, kept); });
}

void StampApi::acknowledged(const std::shared_ptr<Write> &write, const Result<Incident> &kept)
{
    if (!kept)
        return write->responder.answer(Stampdeck::problem(kept.error()));
    if (write->scope) {
        // Known by its key alone: no operation came of it.
        auto noted = m_keys->begin(*write->scope, write->fingerprint);
        if (noted)
            noted = m_keys->finish(*write->scope, write->acknowledgement->incident);
        if (!noted)
            qWarning().noquote() << noted.error().message << noted.error().detail;
    }
    QByteArray body;
    JsonWriter writer(body);
    FleetJson(m_log.cut().version, JsonShape::Api).writeIncident(writer, *kept);
    write->responder.answer(jsonResponse(std::move(body)));
}

void StampApi::submit(const std::shared_ptr<Write> &write)
{
    if (write->acknowledgement)
        return acknowledge(write);
    if (!write->verb) {
        const ChangeLog::Cut cut = m_log.cut();
        const auto planned = plan(cut.version, write->request, m_fleet.clock());
        if (!planned)
            return write->responder.answer(rejected(*write, planned.error()));
        // What is new and a region have no revision: nobody's word is overwritten.
        const bool isOnObject
            = write->context->route != CreateRoute && write->context->route != EvacuateRoute;
        if (auto wrong = isOnObject ? precondition(*write) : std::nullopt)
            return write->responder.answer(std::move(*wrong));
        if (write->dryRun) {
            QByteArray body;
            JsonWriter writer(body);
            FleetJson(cut.version, JsonShape::Api).writePlan(writer, *planned);
            return write->responder.answer(jsonResponse(std::move(body)));
        }
    }
    if (write->scope) {
        if (const auto begun = m_keys->begin(*write->scope, write->fingerprint); !begun)
            return write->responder.answer(Stampdeck::problem(begun.error()));
        m_waiting.insert(write->waitingKey(), {});
    }
    const auto done = [this, write](const Result<OperationPtr> &result) { finish(write, result); };
    OperationRunner &runner = m_fleet.runner();
    if (write->verb) {
        whenDone(runner
            .control(write->context->id, *write->verb,
                     {write->context->identity.name, write->reason}, Adoption::Yes), this, done);
    } else {
        whenDone(runner.submit(write->request), this, done);
    }
}

void StampApi::finish(const std::shared_ptr<Write> &write, const Result<OperationPtr> &result)
{
    if (write->scope) {
        const auto kept =
            result ? m_keys->finish(*write->scope, (*result)->id) : m_keys->forget(*write->scope);
        if (!kept)
            qWarning().noquote() << kept.error().message << kept.error().detail;
    }
    write->responder.answer(result ? accepted(**result) : rejected(*write, result.error()));
    if (write->scope) {
        const auto waiting = m_waiting.take(write->waitingKey());
        for (const std::shared_ptr<Write> &next : waiting)
            begin(next);
    }
}

// 428 without If-Match, 412 when the object has another revision by now. Notes the revision that
// the runner compares once more, in the transaction that reserves.
std::optional<HttpResponse> StampApi::precondition(Write &write) const
{
    if (!write.ifMatch)
        return Stampdeck::problem(
            428, "precondition-required",
            u"If-Match is needed: the object's entity tag as you saw it, or *"_s);
    const FleetVersionPtr version = m_log.cut().version;
    QString revision;
    if (isOnStamp(write.context->route)) {
        const int slot = version->stampIndex.value(write.request.stamp);
        if (slot < 0)
            return std::nullopt; // The runner will say that it is gone.
        revision = version->stamps[slot]->stamp->revision;
    } else {
        const int slot = version->tenantIndex.value(write.request.tenants.constFirst());
        if (slot < 0)
            return std::nullopt;
        revision = version->tenants[slot].tenant->revision;
    }
    if (write.ifMatch->match(revision)) {
        write.request.ifMatch = write.ifMatch->any ? QString() : revision;
        return std::nullopt;
    }
    return changed(write);
}

// 412, with the object as it is now.
std::optional<HttpResponse> StampApi::changed(const Write &write) const
{
    const FleetVersionPtr version = m_log.cut().version;
    const FleetJson json(version, JsonShape::Api);
    QByteArray current;
    JsonWriter writer(current);
    QString by;
    if (isOnStamp(write.context->route)) {
        const int slot = version->stampIndex.value(write.request.stamp);
        if (slot < 0)
            return std::nullopt;
        by = version->stamps[slot]->stamp->updatedBy;
        json.writeStamp(writer, *version->stamps[slot]);
    } else {
        const int slot = version->tenantIndex.value(write.request.tenants.constFirst());
        if (slot < 0)
            return std::nullopt;
        by = version->tenants[slot].tenant->updatedBy;
        json.writeTenant(writer, slot);
    }
    const QString who = by.isEmpty() ? u"somebody"_s : by;
    return Stampdeck::problem(412, "revision-changed",
                              u"%1 changed %2"_s.arg(who, write.context->id),
                              {{"current", nlohmann::json::parse(current)}});
}

HttpResponse StampApi::rejected(Write &write, const Error &error) const
{
    const int route = write.context->route;
    const ChangeLog::Cut cut = m_log.cut();
    if (error.kind == ErrorKind::NotFound || error.kind == ErrorKind::Invalid) {
        const bool isGone = isOnStamp(route)
            ? cut.version->stampIndex.value(write.request.stamp) < 0
            : isOnTenant(route)
            ? cut.version->tenantIndex.value(write.request.tenants.constFirst()) < 0
            : error.kind == ErrorKind::NotFound && route != CreateRoute;
        return isGone ? Stampdeck::problem(404, "not-found", error.message)
                      : invalid(error.message, 422);
    }
    if (error.kind != ErrorKind::Conflict)
        return Stampdeck::problem(error);
    // Another writer was faster: by the revision where one was named, else by an operation. It may
    // be the same again by now, where that operation found nothing to change.
    if (error.detail == "revision-changed"_L1) {
        if (auto answer = changed(write))
            return std::move(*answer);
    }
    QString operation, who;
    const auto look = [&](const auto &object) {
        operation = object.operation;
        if (error.detail == "marked"_L1 && object.mark) {
            operation = object.mark->operation;
            who = object.mark->who;
        } else if (const OperationPtr is = cut.version->findOperation(operation)) {
            who = is->createdBy;
        }
    };
    if (isOnTenant(route)) {
        if (const int slot = cut.version->tenantIndex.value(write.request.tenants.constFirst());
            slot >= 0)
            look(*cut.version->tenants[slot].tenant);
    } else if (isOnStamp(route)) {
        if (const int slot = cut.version->stampIndex.value(write.request.stamp); slot >= 0)
            look(*cut.version->stamps[slot]->stamp);
    } else if (route == CreateRoute) {
        const QString &made = write.request.stamp;
        for (auto it = cut.version->creating.cbegin(); it != cut.version->creating.cend(); ++it) {
            if (it.key().section(u'/', 1) == made)
                operation = it.value();
        }
    }
    nlohmann::json members = nlohmann::json::object();
    if (!operation.isEmpty())
        members["operation"] = operation.toStdString();
    if (!who.isEmpty())
        members["who"] = who.toStdString();
    return Stampdeck::problem(409, "conflict", error.message, members);
}

} // namespace Stampdeck

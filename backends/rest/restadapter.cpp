// SPDX-License-Identifier: GPL-3.0-or-later
#include "restadapter.h"

#include "restdecoder.h"

#include "backends/api/difference.h"
#include "backends/net/eventstream.h"
#include "backends/net/problem.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QHash>
#include <QtCore/QJsonDocument>
#include <QtCore/QSet>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(StampApi)
};

constexpr Capabilities allCapabilities = Capabilities(Capability::Move) | Capability::Cordon
    | Capability::ScaleComponents | Capability::ScaleResources | Capability::ScalingRules
    | Capability::Operations | Capability::Marks | Capability::Create
    | Capability::Acknowledge;
// An answer with faults is asked for as a whole again after this time: a backend that mends an
// object without a new revision would else never be believed again.
constexpr std::chrono::milliseconds faultsAgain = 60s;
constexpr std::chrono::milliseconds tellEvery = 250ms; // how much of an answer has been read
constexpr std::chrono::milliseconds eventSilence = 45s;
constexpr int templatesOfAPage = 100;
constexpr qsizetype mostTemplates = 10'000;

template<typename... Ts>
struct Overloaded : Ts...
{
    using Ts::operator()...;
};
template<typename... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

QByteArray encoded(const QString &id)
{
    return QUrl::toPercentEncoding(id);
}

/// What of \a text names no stamp or tenant of another path.
bool isName(const QString &text)
{
    return !text.isEmpty() && !text.contains(u'/') && text != u"."_s && text != u".."_s;
}

nlohmann::json bodyOf(const ScaleSetting &setting)
{
    nlohmann::json body = nlohmann::json::object();
    for (auto one = setting.components.cbegin(); one != setting.components.cend(); ++one)
        body["components"][one.key().toStdString()] = one.value();
    const auto resource = [&body](const char *name, const std::optional<double> &value) {
        if (value && *value == double(qint64(*value)))
            body["resources"][name] = qint64(*value);
        else if (value)
            body["resources"][name] = *value;
    };
    resource("cpu", setting.cpu);
    resource("memory", setting.memory);
    resource("storage", setting.storage);
    for (const auto &[component, rule] : setting.rules) {
        nlohmann::json &entry = body["rules"][component.toStdString()];
        if (!rule)
            continue; // null takes it away
        entry = {{"signal", toString(rule->signal).toStdString()},
                 {"target", rule->target},
                 {"min", rule->min},
                 {"max", rule->max},
                 {"cooldown", toString(rule->cooldown).toStdString()}};
    }
    return body;
}

/// A control plane over several sources calls stamps and templates "source~name".
nlohmann::json bodyOf(const CreateStamp &create)
{
    const auto part = [](const QString &text) { return text.section(u'~', -1); };
    nlohmann::json body = {{"name", part(create.stamp).toStdString()},
                           {"template", part(create.fromTemplate).toStdString()},
                           {"region", create.region.toStdString()},
                           {"parameters", nlohmann::json::object()}};
    if (create.fromTemplate.contains(u'~'))
        body["source"] = create.fromTemplate.section(u'~', 0, -2).toStdString();
    for (auto it = create.parameters.begin(); it != create.parameters.end(); ++it) {
        nlohmann::json &value = body["parameters"][it.key().toStdString()];
        if (it->isBool())
            value = it->toBool();
        else if (it->isDouble() && it->toDouble() == double(it->toInteger()))
            value = it->toInteger();
        else if (it->isDouble())
            value = it->toDouble();
        else
            value = it->toString().toStdString();
    }
    return body;
}

/// What an operation of the backend means for the primitive that it carries out.
Result<WriteOutcome> outcomeOf(const Operation &operation, const QString &subject)
{
    WriteOutcome outcome;
    outcome.done = false;
    outcome.handle = operation.id;
    outcome.progress = operation.progress;
    for (const OperationStep &step : operation.steps) {
        if (step.state == StepState::Running)
            outcome.message = step.title;
    }
    // What the backend says of it stands behind it, in the backend's words.
    const auto because = [&operation](const QString &what) -> QString {
        return operation.error.isEmpty() ? what : what + u": "_s + operation.error;
    };
    switch (operation.state) {
    case OperationState::Succeeded:
        outcome.done = true;
        outcome.progress = 1;
        break;
    case OperationState::Failed:
        return fail(ErrorKind::Refused, because(Words::tr("%1 gave it up").arg(subject)),
                    u"operation "_s + operation.id);
    case OperationState::Cancelled:
    case OperationState::RolledBack:
        return fail(ErrorKind::Cancelled, because(Words::tr("%1 took it back").arg(subject)),
                    u"operation "_s + operation.id);
    case OperationState::Paused:
        outcome.paused = true;
        outcome.message = because(Words::tr("paused"));
        break;
    case OperationState::RollingBack:
        outcome.message = Words::tr("taking back");
        break;
    case OperationState::Orphaned:
        outcome.paused = true;
        outcome.message = Words::tr("its runner is gone: somebody has to adopt it");
        break;
    case OperationState::Pending:
    case OperationState::Running:
    case OperationState::Unknown:
        break;
    }
    return outcome;
}

/// Text that is no Unicode is replaced: it came from a person or another backend.
QByteArray textOf(const nlohmann::json &body)
{
    return QByteArray::fromStdString(
        body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

QByteArray ifMatchOf(const WriteContext &context)
{
    return context.expectedRevision.isEmpty()
        ? QByteArray("*")
        : QByteArray('"' + context.expectedRevision.toUtf8() + '"');
}

} // namespace

struct RestAdapter::Endpoint : HttpPlace
{
    QString instance;
    QString revision; ///< What was last applied.
    QByteArray etag; ///< Of the answer that gave revision; empty after an event.
    QHash<QString, StampPtr> stamps; ///< The last good ones.
    QHash<QString, TenantPtr> tenants;
    QSet<QString> operations; ///< Seen here.
    bool hasFaults = false;
    std::chrono::milliseconds completeAt{0};

    std::weak_ptr<Pending<FleetUpdate>> polling;
    std::unique_ptr<EventStream> stream;
    bool eventsWanted = false;
    bool servesNoEvents = false; ///< Or is not to be asked for them.
    int events = 0; ///< Applied so far.

    [[nodiscard]] KnownFleet known() const
    {
        return {[this](const QString &id) { return stamps.value(id); },
                [this](const QString &id) { return tenants.value(id); }};
    }
    /// After this the next poll asks for everything.
    void forgetRevision()
    {
        revision.clear();
        etag.clear();
    }
};

Result<std::unique_ptr<FleetAdapter>> RestAdapter::create(const SourceSettings &settings,
                                                          Clock &clock)
{
    auto places = httpPlaces(settings, Words::tr("the Stamp API"));
    if (!places)
        return fail(places.error());
    auto options = networkOptions(settings);
    if (!options)
        return fail(options.error());
    return std::unique_ptr<FleetAdapter>(
        new RestAdapter(settings, std::move(*options), *places, clock));
}

RestAdapter::RestAdapter(const SourceSettings &settings, NetworkOptions options,
                         const std::vector<HttpPlace> &places, Clock &clock)
    : m_name(settings.name)
    , m_token(settings.keys.value(u"token"_s).value<Secret>())
    , m_clock(clock)
{
    for (const HttpPlace &place : places) {
        auto endpoint = std::make_unique<Endpoint>();
        static_cast<HttpPlace &>(*endpoint) = place;
        endpoint->servesNoEvents = !settings.keys.value(u"events"_s, true).toBool();
        m_endpoints.push_back(std::move(endpoint));
    }
    m_client = std::make_unique<HttpClient>(std::move(options), clock);
    connect(m_client.get(), &HttpClient::recorded, this, &RestAdapter::requested);
}

RestAdapter::~RestAdapter()
{
    for (const auto &endpoint : m_endpoints)
        endpoint->stream.reset();
    // Ends every future while their endpoints are still there.
    m_client.reset();
}

Capabilities RestAdapter::capabilities() const
{
    Capabilities result = allCapabilities;
    const bool anyEvents = std::any_of(m_endpoints.cbegin(), m_endpoints.cend(),
                                       [](const auto &one) { return !one->servesNoEvents; });
    result.setFlag(Capability::Drains, m_endpoints.size() == 1);
    // With an endpoint at each stamp there is none that makes them.
    result.setFlag(Capability::Create, m_hasTemplates && m_endpoints.size() == 1);
    result.setFlag(Capability::Marks, m_keepsMarks);
    return result.setFlag(Capability::Events, anyEvents);
}

QStringList RestAdapter::endpoints() const
{
    QStringList names;
    for (const auto &endpoint : m_endpoints)
        names.append(endpoint->name);
    return names;
}

RestAdapter::Endpoint *RestAdapter::endpointOf(const QString &name) const
{
    const auto found = std::find_if(m_endpoints.cbegin(), m_endpoints.cend(),
                                    [&](const auto &one) { return one->name == name; });
    return found == m_endpoints.cend() ? nullptr : found->get();
}

RestAdapter::Endpoint &RestAdapter::endpointFor(const Primitive &primitive) const
{
    const auto holder = [this](auto &&holds) -> Endpoint & {
        for (const auto &endpoint : m_endpoints) {
            if (holds(*endpoint))
                return *endpoint;
        }
        return *m_endpoints.front();
    };
    const auto ofStamp = [&](const QString &stamp) -> Endpoint & {
        return holder([&](const Endpoint &one) { return one.stamps.contains(stamp); });
    };
    const auto ofTenant = [&](const QString &tenant) -> Endpoint & {
        return holder([&](const Endpoint &one) { return one.tenants.contains(tenant); });
    };
    return std::visit(Overloaded{
                          [&](const CordonStamp &p) -> Endpoint & { return ofStamp(p.stamp); },
                          [&](const UncordonStamp &p) -> Endpoint & { return ofStamp(p.stamp); },
                          [&](const ScaleStamp &p) -> Endpoint & { return ofStamp(p.stamp); },
                          [&](const CreateStamp &p) -> Endpoint & { return ofStamp(p.stamp); },
                          [&](const DeleteStamp &p) -> Endpoint & { return ofStamp(p.stamp); },
                          [&](const auto &p) -> Endpoint & { return ofTenant(p.tenant); },
                      },
                      primitive);
}

RestAdapter::Endpoint &RestAdapter::endpointForOperation(const QString &operation) const
{
    for (const auto &endpoint : m_endpoints) {
        if (endpoint->operations.contains(operation))
            return *endpoint;
    }
    return *m_endpoints.front();
}

HttpRequest RestAdapter::request(const Endpoint &endpoint, const QByteArray &method,
                                 const QByteArray &path) const
{
    HttpRequest request;
    request.method = method;
    request.url = QUrl::fromEncoded(endpoint.base + path, QUrl::StrictMode);
    request.subject = endpoint.subject;
    request.headers.emplaceBack("Accept", "application/json, application/problem+json");
    if (!m_token.isEmpty())
        request.headers.emplaceBack("Authorization", "Bearer " + m_token.reveal().toUtf8());
    return request;
}

HttpRequest RestAdapter::writing(const Endpoint &endpoint, const QByteArray &path,
                                 const WriteContext &context) const
{
    HttpRequest write = request(endpoint, "POST", path);
    write.lane = HttpRequest::Lane::Write;
    write.body = "{}";
    if (!context.idempotencyKey.isEmpty())
        write.headers.emplaceBack("Idempotency-Key", encoded(context.idempotencyKey));
    if (!context.reason.isEmpty())
        write.headers.emplaceBack("Stampdeck-Reason", encoded(context.reason));
    if (const QString &whose = context.under.isEmpty() ? context.operation : context.under;
        !whose.isEmpty()) {
        QByteArray step = encoded(whose);
        if (!context.run.isEmpty())
            step += ";run=" + encoded(context.run);
        write.headers.emplaceBack("Stampdeck-Operation", step);
    }
    return write;
}

FutureResult<FleetUpdate> RestAdapter::poll(const QString &endpointName)
{
    Endpoint *endpoint = endpointOf(endpointName);
    if (!endpoint)
        return ready<FleetUpdate>(
            fail(ErrorKind::Invalid, Words::tr("%1 has no endpoint %2").arg(m_name, endpointName)));
    if (const auto earlier = endpoint->polling.lock(); earlier && !earlier->isFinished())
        return ready<FleetUpdate>(fail(
            ErrorKind::Invalid, Words::tr("%1 is being asked already").arg(endpoint->subject)));

    const bool everything = endpoint->revision.isEmpty()
        || (endpoint->hasFaults && m_clock.elapsed() - endpoint->completeAt >= faultsAgain);
    const QString asked = everything ? QString() : endpoint->revision;
    QByteArray path = "/v1/fleet";
    if (!asked.isEmpty())
        path += "?since=" + encoded(asked);
    HttpRequest get = request(*endpoint, "GET", path);
    if (!everything && !endpoint->etag.isEmpty())
        get.headers.emplaceBack("If-None-Match", endpoint->etag);
    const auto decoder = std::make_shared<FleetDecoder>(endpoint->known());
    get.sink = [decoder](QByteArrayView bytes) { return decoder->feed(bytes); };
    if (everything) {
        // A large fleet over a slow link: it is told how far that is.
        const auto told = std::make_shared<std::chrono::milliseconds>(m_clock.elapsed());
        get.sink = [this, decoder, told, name = endpoint->name](QByteArrayView bytes) {
            auto fed = decoder->feed(bytes);
            const std::chrono::milliseconds now = m_clock.elapsed();
            if (fed && decoder->stamps() > 0 && now - *told >= tellEvery) {
                *told = now;
                Q_EMIT reading(name, decoder->stamps());
            }
            return fed;
        };
    }

    const auto pending = Pending<FleetUpdate>::create();
    endpoint->polling = pending;
    const int eventsBefore = endpoint->events;
    const auto id = m_client->send(
        std::move(get),
        [this, endpoint, pending, decoder, asked, eventsBefore](Result<HttpAnswer> answer) {
            if (!answer) {
                Error error = answer.error();
                // The decoder doesn't know whose answer it reads.
                if (error.kind == ErrorKind::Malformed
                    && !error.message.contains(endpoint->subject))
                    error.message = endpoint->subject + u": "_s + error.message;
                return pending->finish(fail(error));
            }
            if (answer->status != 200)
                return pending->finish(takeAnswer(*endpoint, *answer, asked));
            auto update = decoder->finish();
            if (update && eventsBefore != endpoint->events && !endpoint->revision.isEmpty()) {
                // The stream was faster: what it told may be newer than this answer.
                *update = FleetUpdate();
                update->unchanged = true;
                update->endpoint = endpoint->name;
                update->instance = endpoint->instance;
                update->revision = endpoint->revision;
                update->serverTime = dateOf(*answer);
                return pending->finish(std::move(*update));
            }
            const auto reject = [&](Error error) {
                error.message = endpoint->subject + u": "_s + error.message;
                pending->finish(fail(error));
            };
            if (!update)
                return reject(update.error());
            Result<void> taken;
            if (!update->complete && decoder->since() != asked)
                taken = fail(ErrorKind::Malformed,
                             Words::tr("the answer begins at another revision than was asked for"),
                             u"/since"_s);
            else
                taken = take(*endpoint, *update);
            if (!taken) {
                endpoint->forgetRevision();
                return reject(taken.error());
            }
            endpoint->etag = answer->header("ETag");
            update->serverTime = dateOf(*answer);
            update->unchanged = !update->complete && update->stamps.empty()
                && update->tenants.empty() && update->goneStamps.isEmpty()
                && update->goneTenants.isEmpty() && update->operations.empty()
                && update->faults.empty() && !update->acknowledgements;
            pending->finish(std::move(*update));
            if (endpoint->eventsWanted && !endpoint->stream)
                openStream(*endpoint);
        });
    pending->onCancel([this, id] { m_client->abort(id); });
    return pending->future();
}

// Every answer but 200.
Result<FleetUpdate> RestAdapter::takeAnswer(Endpoint &endpoint, const HttpAnswer &answer,
                                            const QString &asked)
{
    if (answer.status == 304 && !asked.isEmpty()) {
        FleetUpdate update;
        update.unchanged = true;
        update.endpoint = endpoint.name;
        update.instance = endpoint.instance;
        update.revision = endpoint.revision;
        update.serverTime = dateOf(answer);
        return update;
    }
    // It may be the revision that it doesn't like: the next time everything is asked for.
    if (answer.status == 304 || answer.status == 400 || answer.status == 410
        || answer.status == 422)
        endpoint.forgetRevision();
    if (answer.isSuccess() || answer.status == 304)
        return fail(ErrorKind::Malformed,
                    Words::tr("%1 answers with status %2 where a fleet was asked for")
                        .arg(endpoint.subject, QString::number(answer.status)));
    return fail(errorOf(answer, endpoint.subject));
}

Result<void> RestAdapter::take(Endpoint &endpoint, FleetUpdate &update)
{
    if (update.instance.isEmpty())
        update.instance = endpoint.name;
    if (!update.complete) {
        if (endpoint.revision.isEmpty())
            return fail(ErrorKind::Malformed,
                        Words::tr("the answer is a difference where everything was asked for"),
                        u"/complete"_s);
        if (update.instance != endpoint.instance)
            return fail(ErrorKind::Malformed, Words::tr("the answer is about another fleet"),
                        u"/fleetId"_s);
    }
    update.endpoint = endpoint.name;
    endpoint.instance = update.instance;
    endpoint.revision = update.revision;
    endpoint.etag.clear();

    for (const StampPtr &stamp : update.stamps)
        endpoint.stamps.insert(stamp->name, stamp);
    for (const TenantPtr &tenant : update.tenants)
        endpoint.tenants.insert(tenant->id, tenant);
    const auto keepOnly = [&update](auto &known, const auto &list, auto idOf, bool tenants) {
        if (size_t(known.size()) == list.size())
            return;
        QSet<QString> there;
        there.reserve(qsizetype(list.size()));
        for (const auto &one : list)
            there.insert(idOf(*one));
        // What was told wrongly is not gone.
        for (const ObjectFault &fault : update.faults) {
            if (fault.isTenant == tenants)
                there.insert(fault.id);
        }
        known.removeIf([&](const auto entry) { return !there.contains(entry.key()); });
    };
    if (update.complete) {
        keepOnly(
            endpoint.stamps, update.stamps, [](const Stamp &one) { return one.name; }, false);
        keepOnly(
            endpoint.tenants, update.tenants, [](const Tenant &one) { return one.id; }, true);
        endpoint.hasFaults = false;
        endpoint.completeAt = m_clock.elapsed();
    }
    for (const QString &gone : std::as_const(update.goneStamps))
        endpoint.stamps.remove(gone);
    for (const QString &gone : std::as_const(update.goneTenants))
        endpoint.tenants.remove(gone);
    endpoint.hasFaults = endpoint.hasFaults || !update.faults.empty();
    if (m_endpoints.size() > 1) {
        if (endpoint.operations.size() > 1'000)
            endpoint.operations.clear();
        for (const OperationPtr &operation : update.operations)
            endpoint.operations.insert(operation->id);
    }
    return {};
}

void RestAdapter::startEvents(const QString &name)
{
    Endpoint *endpoint = endpointOf(name);
    if (!endpoint || endpoint->stream)
        return;
    endpoint->eventsWanted = true;
    // Without a revision there is nothing to go on from: the first good poll opens it.
    if (!endpoint->revision.isEmpty())
        openStream(*endpoint);
}

void RestAdapter::stopEvents(const QString &name)
{
    if (Endpoint *endpoint = endpointOf(name)) {
        endpoint->eventsWanted = false;
        endpoint->stream.reset();
    }
}

void RestAdapter::openStream(Endpoint &endpoint)
{
    endpoint.stream = std::make_unique<EventStream>(*m_client);
    EventStream *stream = endpoint.stream.get();
    connect(stream, &EventStream::opened, this,
            [this, &endpoint] { Q_EMIT contact(endpoint.name); });
    connect(stream, &EventStream::contact, this,
            [this, &endpoint] { Q_EMIT contact(endpoint.name); });
    connect(stream, &EventStream::received, this, [this, &endpoint](const ServerSentEvent &event) {
        takeEvent(endpoint, event.data, event.id);
    });
    connect(stream, &EventStream::ended, this, [this, &endpoint](const Error &error) {
        // This is the stream's own signal: it goes when it has returned.
        endpoint.stream.release()->deleteLater();
        endpoint.eventsWanted = false;
        if (error.kind == ErrorKind::Unsupported)
            endpoint.servesNoEvents = true;
        Q_EMIT eventsEnded(endpoint.name, error);
    });
    HttpRequest get = request(endpoint, "GET", "/v1/fleet/events");
    get.headers.removeIf([](const auto &header) { return header.first == "Accept"; });
    stream->open(std::move(get), endpoint.revision.toUtf8(), eventSilence);
}

void RestAdapter::takeEvent(Endpoint &endpoint, const QByteArray &data, const QByteArray &id)
{
    auto update = decodeFleet(data, endpoint.known());
    Result<void> taken;
    if (!update) {
        taken = fail(update.error());
    } else {
        if (update->revision.isEmpty())
            update->revision = QString::fromUtf8(id);
        // A poll has told it already.
        if (!update->complete && update->revision == endpoint.revision
            && update->operations.empty() && !update->acknowledgements)
            return Q_EMIT contact(endpoint.name);
        taken = take(endpoint, *update);
    }
    if (!taken) {
        Error error = taken.error();
        error.message = Words::tr("%1: an event: %2").arg(endpoint.subject, error.message);
        // The next poll asks for everything, and a new stream goes on from there.
        endpoint.forgetRevision();
        endpoint.stream->close();
        endpoint.stream.release()->deleteLater();
        endpoint.eventsWanted = false;
        Q_EMIT eventsEnded(endpoint.name, error);
        return;
    }
    ++endpoint.events;
    Q_EMIT updated(*update);
}

void RestAdapter::send(HttpRequest request, const std::shared_ptr<Pending<WriteOutcome>> &pending,
                       const QString &subject, std::function<QString(const HttpAnswer &)> conflict)
{
    const auto id = m_client->send(
        std::move(request),
        [pending, subject, conflict = std::move(conflict)](Result<HttpAnswer> answer) {
            if (!answer)
                return pending->finish(fail(answer.error()));
            if (!answer->isSuccess()) {
                Error error = errorOf(*answer, subject);
                if (answer->status == 412 && conflict) {
                    if (const QString words = conflict(*answer); !words.isEmpty())
                        error.message = words;
                }
                return pending->finish(fail(error));
            }
            // A backend that is done at once may answer 200 or 204 without an operation.
            if (answer->status != 202 && answer->body.trimmed().isEmpty())
                return pending->finish(WriteOutcome());
            const auto operation = decodeOperation(answer->body);
            if (!operation) {
                Error error = operation.error();
                error.message = subject + u": "_s + error.message;
                return pending->finish(fail(error));
            }
            pending->finish(outcomeOf(**operation, subject));
        });
    pending->onCancel([this, id] { m_client->abort(id); });
}

FutureResult<WriteOutcome> RestAdapter::perform(const Primitive &primitive,
                                                const WriteContext &context)
{
    Endpoint &endpoint = endpointFor(primitive);
    nlohmann::json body = nlohmann::json::object();
    QByteArray path;
    QString object;
    const auto stampPath = [&](const QString &stamp, const QByteArray &verb) {
        object = stamp;
        path = "/v1/stamps/" + encoded(stamp) + verb;
    };
    std::visit(Overloaded{
                   [&](const MoveTenant &p) {
                       object = p.tenant;
                       path = "/v1/tenants/" + encoded(p.tenant) + ":move";
                       body["to"] = p.to.toStdString();
                   },
                   [&](const CordonStamp &p) { stampPath(p.stamp, ":cordon"); },
                   [&](const UncordonStamp &p) { stampPath(p.stamp, ":uncordon"); },
                   [&](const ScaleStamp &p) {
                       stampPath(p.stamp, ":scale");
                       body = bodyOf(p.to);
                   },
                   [&](const CreateStamp &p) {
                       object = p.stamp;
                       path = "/v1/stamps";
                       body = bodyOf(p);
                   },
                   [&](const DeleteStamp &p) { stampPath(p.stamp, {}); },
                   [&](const auto &) {},
               },
               primitive);
    if (path.isEmpty())
        return ready<WriteOutcome>(
            fail(ErrorKind::Unsupported,
                 Words::tr("%1 has no steps of a move (%2): it moves tenants by itself")
                     .arg(m_name, kindOf(primitive))));
    if (!isName(object))
        return ready<WriteOutcome>(
            fail(ErrorKind::Invalid, Words::tr("not a name: %1").arg(object)));

    HttpRequest write = writing(endpoint, path, context);
    const bool isNew = std::holds_alternative<CreateStamp>(primitive);
    if (std::holds_alternative<DeleteStamp>(primitive)) {
        write.method = "DELETE";
        write.body.clear();
    } else {
        write.body = textOf(body);
    }
    if (!isNew)
        write.headers.emplaceBack("If-Match", ifMatchOf(context));
    const auto pending = Pending<WriteOutcome>::create();
    send(std::move(write), pending, endpoint.subject,
         [this, &endpoint, primitive](const HttpAnswer &answer) {
             return conflictOf(endpoint, primitive, answer);
         });
    return pending->future();
}

QString RestAdapter::conflictOf(const Endpoint &endpoint, const Primitive &primitive,
                                const HttpAnswer &answer) const
{
    const QJsonObject current = problemOf(answer).current;
    if (current.isEmpty())
        return {};
    const QByteArray bytes = QJsonDocument(current).toJson(QJsonDocument::Compact);
    if (std::holds_alternative<MoveTenant>(primitive)) {
        const auto tenant = decodeTenant(bytes);
        return tenant ? differenceInWords(endpoint.tenants.value((*tenant)->id), **tenant)
                      : QString();
    }
    const auto stamp = decodeStamp(bytes);
    return stamp ? differenceInWords(endpoint.stamps.value((*stamp)->name), **stamp) : QString();
}

FutureResult<WriteOutcome> RestAdapter::observe(const Primitive &primitive, const WriteContext &,
                                                const QString &handle)
{
    Endpoint &endpoint = endpointFor(primitive);
    if (!isName(handle))
        return ready<WriteOutcome>(
            fail(ErrorKind::Invalid, Words::tr("not an operation: %1").arg(handle)));
    HttpRequest get = request(endpoint, "GET", "/v1/operations/" + encoded(handle));
    get.lane = HttpRequest::Lane::Write;
    const auto pending = Pending<WriteOutcome>::create();
    send(std::move(get), pending, endpoint.subject);
    return pending->future();
}

FutureResult<WriteOutcome> RestAdapter::cancel(const Primitive &primitive,
                                               const WriteContext &context, const QString &handle)
{
    Endpoint &endpoint = endpointFor(primitive);
    if (!isName(handle))
        return ready<WriteOutcome>(
            fail(ErrorKind::Invalid, Words::tr("not an operation: %1").arg(handle)));
    const auto pending = Pending<WriteOutcome>::create();
    send(writing(endpoint, "/v1/operations/" + encoded(handle) + ":cancel", context), pending,
         endpoint.subject);
    return pending->future();
}

FutureResult<Acknowledgement> RestAdapter::acknowledge(const Acknowledgement &acknowledgement,
                                                       const WriteContext &context)
{
    if (!isName(acknowledgement.incident))
        return ready<Acknowledgement>(fail(
            ErrorKind::Invalid, Words::tr("not an incident: %1").arg(acknowledgement.incident)));
    // Incidents are called as their stamps: "eu-1:stale".
    const QString stamp = acknowledgement.incident.section(u':', 0, -2);
    Endpoint &endpoint = endpointFor(CordonStamp{stamp});
    HttpRequest write = writing(
        endpoint, "/v1/incidents/" + encoded(acknowledgement.incident) + ":acknowledge", context);
    nlohmann::json body = {{"note", acknowledgement.note.toStdString()}, {"until", nullptr}};
    if (acknowledgement.until)
        body["until"] = toRfc3339(*acknowledgement.until).toStdString();
    write.body = textOf(body);
    const auto pending = Pending<Acknowledgement>::create();
    const auto id = m_client->send(
        std::move(write),
        [pending, acknowledgement, subject = endpoint.subject](Result<HttpAnswer> answer) {
            const auto good = successOf(std::move(answer), subject);
            if (!good)
                return pending->finish(fail(good.error()));
            // The server knows by its token who this was.
            Acknowledgement kept = acknowledgement;
            const QJsonObject told =
                QJsonDocument::fromJson(good->body).object()[u"acknowledged"_s].toObject();
            if (!told[u"by"_s].toString().isEmpty())
                kept.by = told[u"by"_s].toString();
            kept.at = fromRfc3339(told[u"at"_s].toString());
            pending->finish(kept);
        });
    pending->onCancel([this, id] { m_client->abort(id); });
    return pending->future();
}

FutureResult<OperationPtr> RestAdapter::control(const QString &operation, OperationVerb verb,
                                                const WriteContext &context)
{
    if (!isName(operation))
        return ready<OperationPtr>(
            fail(ErrorKind::Invalid, Words::tr("not an operation: %1").arg(operation)));
    Endpoint &endpoint = endpointForOperation(operation);
    HttpRequest write =
        writing(endpoint, "/v1/operations/" + encoded(operation) + ':' + toString(verb).toLatin1(),
                context);
    const auto pending = Pending<OperationPtr>::create();
    const auto id = m_client->send(
        std::move(write), [pending, subject = endpoint.subject](Result<HttpAnswer> answer) {
            const auto good = successOf(std::move(answer), subject);
            pending->finish(good ? decodeOperation(good->body)
                                 : Result<OperationPtr>(fail(good.error())));
        });
    pending->onCancel([this, id] { m_client->abort(id); });
    return pending->future();
}

FutureResult<OperationPtr> RestAdapter::drain(const DrainOrder &order, const WriteContext &context)
{
    if (m_endpoints.size() != 1)
        return ready<OperationPtr>(
            fail(ErrorKind::Unsupported,
                 Words::tr("%1 has many endpoints: none runs a drain of all").arg(m_name)));
    Endpoint &endpoint = *m_endpoints.front();
    const bool ofRegion = order.stamp.isEmpty();
    const QString object = ofRegion ? order.region : order.stamp;
    if (!isName(object))
        return ready<OperationPtr>(
            fail(ErrorKind::Invalid, Words::tr("not a name: %1").arg(object)));
    nlohmann::json body = nlohmann::json::object();
    body["parallel"] = order.parallel;
    body["partial"] = order.partial;
    if (!order.to.isEmpty()) {
        body["to"] = nlohmann::json::array();
        for (const QString &stamp : order.to)
            body["to"].push_back(stamp.toStdString());
    }
    if (order.deadline)
        body["deadline"] = toString(*order.deadline).toStdString();
    // Only where they are wanted: an older backend does not know them.
    if (order.maxLoad)
        body["maxLoad"] = *order.maxLoad;
    if (order.allowUnknown)
        body["allowUnknown"] = true;
    HttpRequest write = writing(endpoint,
                                (ofRegion ? "/v1/regions/" : "/v1/stamps/") + encoded(object)
                                    + (ofRegion ? ":evacuate" : ":drain"),
                                context);
    write.body = textOf(body);
    if (!ofRegion) {
        write.headers.emplaceBack("If-Match", ifMatchOf(context));
    }
    const auto pending = Pending<OperationPtr>::create();
    const auto id = m_client->send(
        std::move(write),
        [this, &endpoint, order, pending,
         subject = endpoint.subject](const Result<HttpAnswer> &answer) {
            if (!answer)
                return pending->finish(fail(answer.error()));
            if (!answer->isSuccess()) {
                Error error = errorOf(*answer, subject);
                if (answer->status == 412 && !order.stamp.isEmpty()) {
                    const QString words = conflictOf(endpoint, CordonStamp{order.stamp}, *answer);
                    if (!words.isEmpty())
                        error.message = words;
                }
                return pending->finish(fail(error));
            }
            pending->finish(decodeOperation(answer->body));
        });
    pending->onCancel([this, id] { m_client->abort(id); });
    return pending->future();
}

FutureResult<QList<Template>> RestAdapter::templates()
{
    if (m_endpoints.size() != 1) {
        return ready<QList<Template>>(
            fail(ErrorKind::Unsupported,
                 Words::tr("%1 has an endpoint at each stamp: none makes them").arg(m_name)));
    }
    const auto pending = Pending<QList<Template>>::create();
    readTemplates(*m_endpoints.front(), {}, {}, pending);
    return pending->future();
}

void RestAdapter::readTemplates(Endpoint &endpoint, const QString &token,
                                const QList<Template> &before,
                                const std::shared_ptr<Pending<QList<Template>>> &pending)
{
    QByteArray path = "/v1/templates?pageSize=" + QByteArray::number(templatesOfAPage);
    if (!token.isEmpty())
        path += "&pageToken=" + encoded(token);
    HttpRequest get = request(endpoint, "GET", path);
    get.lane = HttpRequest::Lane::Write; // never behind a poll
    const auto id = m_client->send(
        std::move(get), [this, &endpoint, before, pending](Result<HttpAnswer> answer) {
            if (answer && (answer->status == 404 || answer->status == 405)) {
                // An older control plane: it makes no stamps.
                m_hasTemplates = false;
                return pending->finish(QList<Template>());
            }
            const auto good = successOf(std::move(answer), endpoint.subject);
            if (!good)
                return pending->finish(fail(good.error()));
            const auto page = decodeTemplates(good->body);
            if (!page) {
                Error error = page.error();
                error.message = Words::tr("%1: templates: %2").arg(endpoint.subject, error.message);
                return pending->finish(fail(error));
            }
            m_hasTemplates = true;
            const QList<Template> all = before + page->templates;
            if (page->nextPageToken.isEmpty())
                return pending->finish(all);
            if (all.size() >= mostTemplates || page->templates.isEmpty()) {
                return pending->finish(
                    fail(ErrorKind::Malformed,
                         Words::tr("%1: templates: the pages have no end").arg(endpoint.subject)));
            }
            readTemplates(endpoint, page->nextPageToken, all, pending);
        });
    pending->onCancel([this, id] { m_client->abort(id); });
}

FutureResult<Timestamp> RestAdapter::mark(const MarkRequest &request, const WriteContext &context)
{
    const auto objectsOf = [](const std::vector<MarkRequest::Object> &objects, auto isHere) {
        nlohmann::json list = nlohmann::json::array();
        for (const MarkRequest::Object &object : objects) {
            if (!isHere(object.name))
                continue;
            nlohmann::json entry = {{"id", object.name.toStdString()}, {"step", object.step}};
            if (!object.from.isEmpty())
                entry["from"] = object.from.toStdString();
            if (!object.to.isEmpty())
                entry["to"] = object.to.toStdString();
            if (object.shared)
                entry["shared"] = true;
            list.push_back(std::move(entry));
        }
        return list;
    };
    if (!isName(request.operation))
        return ready<Timestamp>(
            fail(ErrorKind::Invalid, Words::tr("not an operation: %1").arg(request.operation)));
    const QByteArray path = "/v1/marks/" + encoded(request.operation);
    const auto pending = Pending<Timestamp>::create();
    struct Gathered
    {
        int open = 0;
        int all = 0;
        int without = 0; // that know no marks
        std::optional<Error> error;
        std::optional<Timestamp> until; // the earliest
    };
    const auto gathered = std::make_shared<Gathered>();
    std::vector<std::pair<Endpoint *, HttpRequest>> writes;
    for (const auto &endpoint : m_endpoints) {
        HttpRequest write = writing(*endpoint, path, context);
        if (request.isEmpty()) {
            write.method = "DELETE";
            write.url.setQuery(u"run="_s + QString::fromLatin1(encoded(request.run)));
            write.body.clear();
        } else {
            const bool only = m_endpoints.size() == 1;
            const auto stamps = objectsOf(request.stamps, [&](const QString &name) {
                return only || endpoint->stamps.contains(name);
            });
            const auto tenants = objectsOf(request.tenants, [&](const QString &id) {
                return only || endpoint->tenants.contains(id);
            });
            if (stamps.empty() && tenants.empty())
                continue;
            nlohmann::json body = {{"kind", request.kind.toStdString()},
                                   {"run", request.run.toStdString()},
                                   {"mode", toString(request.mode).toStdString()},
                                   {"seconds", double(request.life.count()) / 1000},
                                   {"plan", request.plan.toStdString()},
                                   {"stamps", stamps},
                                   {"tenants", tenants}};
            write.method = "PUT";
            write.body = textOf(body);
        }
        writes.emplace_back(endpoint.get(), std::move(write));
    }
    if (writes.empty())
        return ready<Timestamp>(
            fail(ErrorKind::NotFound, Words::tr("%1 has none of these objects").arg(m_name)));
    gathered->open = gathered->all = int(writes.size());
    for (auto &[endpoint, write] : writes) {
        m_client->send(
            std::move(write),
            [this, pending, gathered, life = request.life,
             subject = endpoint->subject](Result<HttpAnswer> answer) {
                const auto note = [&gathered](const Error &error) {
                    // Somebody else's mark counts whatever else went wrong.
                    if (!gathered->error || gathered->error->kind != ErrorKind::Conflict)
                        gathered->error = error;
                };
                if (!answer) {
                    note(answer.error());
                } else if (answer->status == 404 || answer->status == 405
                           || answer->status == 501) {
                    // A server of before there were marks: it does without.
                    ++gathered->without;
                    if (!gathered->error)
                        gathered->error = Error::of(ErrorKind::Unsupported,
                                                    Words::tr("%1 keeps no marks").arg(subject));
                } else if (!answer->isSuccess()) {
                    Error error = errorOf(*answer, subject);
                    if (error.kind == ErrorKind::Conflict)
                        error.detail = problemOf(*answer).who;
                    note(error);
                } else {
                    const auto until = fromRfc3339(QJsonDocument::fromJson(answer->body)
                                                       .object()
                                                       .value("until"_L1)
                                                       .toString());
                    const Timestamp last = until.value_or(m_clock.now() + life);
                    if (!gathered->until || last < *gathered->until)
                        gathered->until = last;
                }
                if (--gathered->open > 0)
                    return;
                m_keepsMarks = gathered->without < gathered->all;
                if (gathered->error)
                    pending->finish(fail(*gathered->error));
                else
                    pending->finish(*gathered->until);
            });
    }
    return pending->future();
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "listing.h"

#include "app/common/json.h"
#include "models/fleetquery.h"
#include "models/formatter.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

using Column = TableColumn;

QString orNone(const QString &text)
{
    return text.isEmpty() ? Format::none() : text;
}

/// How a source does, in the word of the search language.
QString stateOf(const SourceState &source)
{
    return querySubject(source).texts.value(QueryField::State).value(0);
}

std::optional<std::chrono::milliseconds> ageOf(const SourceState &source,
                                               std::chrono::milliseconds now)
{
    return source.lastContact ? std::optional(now - *source.lastContact) : std::nullopt;
}

void writeDuration(JsonWriter &writer, const std::optional<std::chrono::milliseconds> &duration)
{
    if (duration)
        writer.value(toString(*duration));
    else
        writer.null();
}

template<typename Range, typename Write>
QByteArray jsonArray(const Range &range, Write write)
{
    QByteArray json;
    JsonWriter writer(json);
    writer.beginArray();
    for (const auto &each : range)
        write(writer, each);
    writer.endArray();
    return json;
}

} // namespace

void writeSource(JsonWriter &writer, const FleetVersion &version, const SourceState &source,
                 std::chrono::milliseconds now)
{
    const int index = version.sourceIndex(source.name);
    int stamps = 0;
    version.eachStamp([&](int, const StampEntry &entry) { stamps += entry.source == index; });
    writer.beginObject();
    writer.member("name", source.name);
    writer.member("adapter", source.adapter);
    writer.key("instance");
    writer.valueOrNull(source.instance);
    writer.member("state", stateOf(source));
    writer.key("age");
    writeDuration(writer, ageOf(source, now));
    writer.key("interval");
    writeDuration(writer, source.pollInterval);
    writer.key("skew");
    writeDuration(writer, source.skew);
    writer.key("error");
    if (source.error) {
        writer.beginObject();
        writer.member("code", toString(source.error->kind));
        writer.member("message", source.error->message);
        writer.key("endpoint");
        writer.valueOrNull(source.errorEndpoint);
        writer.endObject();
    } else {
        writer.null();
    }
    writer.member("endpoints", source.endpoints);
    writer.member("endpointsFailing", source.endpointsFailing);
    writer.member("faults", source.faults);
    writer.key("fault");
    writer.valueOrNull(source.faultMessage);
    writer.member("stamps", stamps);
    writer.member("production", source.production);
    writer.member("readOnly", source.readOnly);
    writer.key("capabilities");
    writer.beginArray();
    for (const QString &word : toStrings(source.capabilities))
        writer.value(word);
    writer.endArray();
    writer.endObject();
}

Listing listStamps(const FleetVersionPtr &version, const std::vector<int> &slots)
{
    Listing listing{Table({{u"STAMP"_s, Column::Name},
                           {u"REGION"_s, Column::Word, 1},
                           {u"VERSION"_s, Column::Word, 3},
                           {u"LIFECYCLE"_s, Column::Word, 2},
                           {u"HEALTH"_s, Column::Word},
                           {u"LOAD"_s, Column::Number},
                           {u"CPU"_s, Column::Number, 4},
                           {u"MEMORY"_s, Column::Number, 5},
                           {u"TENANTS"_s, Column::Number, 2},
                           {u"REQUESTS"_s, Column::Number, 6},
                           {u"P99"_s, Column::Number, 7},
                           {u"ERRORS"_s, Column::Number, 8},
                           {u"COST"_s, Column::Number, 9},
                           {u"WHY"_s, Column::Sentence, 10}}),
                    {},
                    {}};
    const FleetJson json(version, JsonShape::CommandLine);
    listing.json = jsonArray(slots, [&](JsonWriter &writer, int slot) {
        json.writeStamp(writer, *version->stamps[slot]);
    });
    for (const int slot : slots) {
        const StampEntry &entry = *version->stamps[slot];
        const Stamp &stamp = *entry.stamp;
        const Resource &tenants = entry.resources.tenants;
        listing.names += entry.id;
        listing.table.add(
                {entry.id, orNone(stamp.region), orNone(stamp.version), toString(stamp.lifecycle),
                 entry.stale ? u"stale"_s : toString(entry.health), Format::percent(entry.load()),
                 Format::ofLimit(ResourceKind::Cpu, entry.resources.cpu),
                 Format::ofLimit(ResourceKind::Memory, entry.resources.memory),
                 tenants.limit ? u"%1 / %2"_s.arg(entry.owned).arg(Format::count(
                                         qRound64(*tenants.limit)))
                               : QString::number(entry.owned),
                 Format::rate(stamp.signalValues.requestsPerSecond),
                 Format::latency(stamp.signalValues.latencyP99Ms),
                 Format::errorPercent(stamp.signalValues.errorRatio),
                 Format::cost(stamp.costPerHour),
                 entry.reasons.isEmpty() ? QString() : entry.reasons.first().message});
    }
    return listing;
}

Listing listTenants(const FleetVersionPtr &version, const std::vector<int> &slots)
{
    Listing listing{Table({{u"TENANT"_s, Column::Name},
                           {u"NAME"_s, Column::Name, 4},
                           {u"TIER"_s, Column::Word, 3},
                           {u"STAMP"_s, Column::Name},
                           {u"STATE"_s, Column::Word},
                           {u"CPU"_s, Column::Number, 2},
                           {u"MEMORY"_s, Column::Number, 2},
                           {u"STORAGE"_s, Column::Number, 5},
                           {u"REQUESTS"_s, Column::Number, 6},
                           {u"OPERATION"_s, Column::Name, 7}}),
                    {},
                    {}};
    const FleetJson json(version, JsonShape::CommandLine);
    listing.json = jsonArray(slots, [&](JsonWriter &writer, int slot) {
        json.writeTenant(writer, slot);
    });
    for (const int slot : slots) {
        const TenantEntry &entry = version->tenants[slot];
        const Tenant &tenant = *entry.tenant;
        const QString id = version->tenantId(slot);
        listing.names += id;
        listing.table.add({id, orNone(tenant.name), toString(tenant.tier),
                           entry.owner >= 0 ? version->stampId(entry.owner)
                                            : version->sources[entry.source].name + u'/'
                                           + tenant.stamp,
                           entry.stale ? u"stale"_s : toString(tenant.state),
                           Format::amount(ResourceKind::Cpu, tenant.demand.cpu),
                           Format::amount(ResourceKind::Memory, tenant.demand.memory),
                           Format::amount(ResourceKind::Storage, tenant.demand.storage),
                           Format::rate(tenant.demand.requestsPerSecond), tenant.operation});
    }
    return listing;
}

Listing listRegions(const std::vector<Survival> &regions)
{
    Listing listing{Table({{u"REGION"_s, Column::Name},
                           {u"STAMPS"_s, Column::Number},
                           {u"TENANTS"_s, Column::Number},
                           {u"FULLEST"_s, Column::Name, 1},
                           {u"LOAD"_s, Column::Number, 2},
                           {u"SURVIVES"_s, Column::Word},
                           {u"WHY"_s, Column::Sentence, 3}}),
                    {},
                    {}};
    listing.json = jsonArray(regions, [](JsonWriter &writer, const Survival &region) {
        writer.beginObject();
        writer.key("region");
        writer.valueOrNull(region.region);
        writer.member("stamps", region.stamps);
        writer.member("tenants", region.tenants);
        writer.member("fullest", region.fullest);
        writer.member("load", region.load);
        writer.member("survives", region.survives);
        writer.key("short");
        if (region.survives == false) {
            writer.beginObject();
            writer.key("resources");
            writer.beginObject();
            for (auto it = region.shortOf.begin(); it != region.shortOf.end(); ++it) {
                writer.key(QStringView(toString(it.key())));
                writer.value(it.value());
            }
            writer.endObject();
            writer.member("tenants", region.unplaced);
            writer.member("message", region.message);
            writer.endObject();
        } else {
            writer.null();
        }
        writer.endObject();
    });
    for (const Survival &region : regions) {
        listing.names += region.region;
        listing.table.add({orNone(region.region), QString::number(region.stamps),
                           Format::count(region.tenants), region.fullest,
                           Format::percent(region.load),
                           region.survives ? (*region.survives ? u"yes"_s : u"no"_s)
                                           : Format::notKnown(),
                           region.message});
    }
    return listing;
}

Listing listSources(const FleetVersion &version, const QList<SourceState> &sources,
                    std::chrono::milliseconds now)
{
    Listing listing{Table({{u"SOURCE"_s, Column::Name},
                           {u"ADAPTER"_s, Column::Word, 1},
                           {u"INSTANCE"_s, Column::Name, 2},
                           {u"STATE"_s, Column::Word},
                           {u"AGE"_s, Column::Number},
                           {u"INTERVAL"_s, Column::Number, 3},
                           {u"SKEW"_s, Column::Number, 4},
                           {u"ERROR"_s, Column::Sentence, 5}}),
                    {},
                    {}};
    listing.json = jsonArray(sources, [&](JsonWriter &writer, const SourceState &source) {
        writeSource(writer, version, source, now);
    });
    for (const SourceState &source : sources) {
        const auto age = ageOf(source, now);
        listing.names += source.name;
        listing.table.add({source.name, source.adapter, orNone(source.instance), stateOf(source),
                           age ? Format::age(*age) : Format::none(), toString(source.pollInterval),
                           source.skew ? toString(*source.skew) : Format::none(),
                           source.error                     ? source.error->message
                                   : source.faults > 0 ? source.faultMessage
                                                       : QString()});
    }
    return listing;
}

Listing listOperations(const QList<OperationPtr> &operations, Timestamp now)
{
    Listing listing{Table({{u"OPERATION"_s, Column::Name},
                           {u"KIND"_s, Column::Word},
                           {u"TARGET"_s, Column::Name},
                           {u"STATE"_s, Column::Word},
                           {u"PROGRESS"_s, Column::Number},
                           {u"AGE"_s, Column::Number, 1},
                           {u"BY"_s, Column::Name, 2},
                           {u"REASON"_s, Column::Sentence, 4},
                           {u"ERROR"_s, Column::Sentence, 3}}),
                    {},
                    {}};
    listing.json = jsonArray(operations, [](JsonWriter &writer, const OperationPtr &operation) {
        writeOperation(writer, *operation);
    });
    for (const OperationPtr &operation : operations) {
        listing.names += operation->id;
        listing.table.add({operation->id, operation->kind, operation->target,
                           toString(operation->state), Format::percent(operation->progress),
                           operation->createdAt ? Format::age(now - *operation->createdAt)
                                                : Format::none(),
                           orNone(operation->createdBy), operation->reason, operation->error});
    }
    return listing;
}

Listing listTemplates(const QList<SourceState> &sources)
{
    Listing listing{Table({{u"TEMPLATE"_s, Column::Name},
                           {u"SOURCE"_s, Column::Name, 3},
                           {u"PARAMETER"_s, Column::Word},
                           {u"DEFAULT"_s, Column::Word},
                           {u"TAKES"_s, Column::Sentence, 1},
                           {u"HELP"_s, Column::Sentence, 2}}),
                    {},
                    {}};
    QJsonArray json;
    for (const SourceState &source : sources) {
        for (const Template &each : source.templates.value_or(QList<Template>())) {
            QJsonObject object = toJson(each);
            object.insert(u"source"_s, source.name);
            json.append(object);
            listing.names += each.name;
            listing.table.add({each.name, source.name, QString(), QString(), QString(),
                               each.description});
            for (const TemplateParameter &parameter : each.parameters) {
                listing.table.add({QString(), QString(), parameter.name,
                                   parameter.isRequired()
                                           ? Format::none()
                                           : wordOf(parameter, parameter.defaultValue),
                                   rangeOf(parameter), parameter.help});
            }
        }
    }
    listing.names.removeDuplicates();
    listing.json = QJsonDocument(json).toJson(QJsonDocument::Compact);
    return listing;
}

namespace {

// Why nobody is called for it, though it goes on.
QString quietOf(const Incident &incident)
{
    if (incident.silenced)
        return incident.silenced->until
            ? u"silenced until "_s + toRfc3339(*incident.silenced->until)
            : u"silenced"_s;
    return incident.maintenance ? u"maintenance"_s
        : incident.inhibited    ? u"inhibited"_s
                                : QString();
}

} // namespace

Listing listIncidents(const FleetVersionPtr &version, const QList<Incident> &incidents)
{
    Listing listing{Table({{u"INCIDENT"_s, Column::Name},
                           {u"SEVERITY"_s, Column::Word},
                           {u"STATE"_s, Column::Word, 3},
                           {u"SINCE"_s, Column::Word, 1},
                           {u"TENANTS"_s, Column::Number, 2},
                           {u"TITLE"_s, Column::Name},
                           {u"ACKNOWLEDGED"_s, Column::Name, 5},
                           {u"QUIET"_s, Column::Word, 5},
                           {u"SUMMARY"_s, Column::Sentence, 4}}),
                    {},
                    {}};
    const FleetJson json(version, JsonShape::CommandLine);
    listing.json = jsonArray(incidents, [&](JsonWriter &writer, const Incident &incident) {
        json.writeIncident(writer, incident);
    });
    for (const Incident &incident : incidents) {
        listing.names += incident.id;
        listing.table.add({incident.id, toString(incident.severity),
                           incident.firing ? u"firing"_s : u"resolved"_s,
                           incident.startsAt ? toRfc3339(*incident.startsAt) : Format::none(),
                           Format::count(incident.tenants.size()), incident.title,
                           incident.acknowledged ? incident.acknowledged->by : QString(),
                           quietOf(incident), incident.summary});
    }
    return listing;
}

} // namespace Stampdeck

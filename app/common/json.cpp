// SPDX-License-Identifier: GPL-3.0-or-later
#include "json.h"

#include <nlohmann/json.hpp>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

void writeResource(JsonWriter &writer, const Resource &resource)
{
    writer.beginObject();
    writer.member("limit", resource.limit);
    writer.member("reserved", resource.reserved);
    writer.member("used", resource.used);
    writer.endObject();
}

void writeResources(JsonWriter &writer, const Resources &resources)
{
    writer.beginObject();
    writer.key("cpu");
    writeResource(writer, resources.cpu);
    writer.key("memory");
    writeResource(writer, resources.memory);
    writer.key("storage");
    writeResource(writer, resources.storage);
    writer.key("tenants");
    writeResource(writer, resources.tenants);
    writer.endObject();
}

void writeReason(JsonWriter &writer, const HealthReason &reason)
{
    writer.beginObject();
    writer.member("code", reason.code);
    writer.member("message", reason.message);
    writer.member("since", reason.since);
    writer.key("component");
    writer.valueOrNull(reason.component);
    writer.member("value", reason.value);
    writer.member("limit", reason.limit);
    writer.key("unit");
    writer.valueOrNull(reason.unit);
    writer.endObject();
}

void writeComponent(JsonWriter &writer, const Component &component)
{
    writer.beginObject();
    writer.member("name", component.name);
    writer.member("desired", component.desired);
    writer.member("ready", component.ready);
    writer.member("min", component.min);
    writer.member("max", component.max);
    writer.member("health", toString(component.health));
    writer.key("rule");
    if (const auto &rule = component.rule) {
        writer.beginObject();
        writer.member("signal", toString(rule->signal));
        writer.member("target", rule->target);
        writer.member("cooldown", toString(rule->cooldown));
        writer.key("by");
        writer.valueOrNull(rule->by);
        writer.member("lastAt", rule->lastAt);
        writer.key("lastWhy");
        writer.valueOrNull(rule->lastWhy);
        writer.key("last");
        if (rule->lastAt) {
            writer.beginObject();
            writer.member("at", rule->lastAt);
            writer.member("from", rule->lastFrom);
            writer.member("to", rule->lastTo);
            writer.key("reason");
            writer.valueOrNull(rule->lastWhy);
            writer.endObject();
        } else {
            writer.null();
        }
        writer.endObject();
    } else {
        writer.null();
    }
    writer.member("load", component.load);
    writer.endObject();
}

void writeDemand(JsonWriter &writer, const Demand &demand)
{
    writer.beginObject();
    writer.member("cpu", demand.cpu);
    writer.member("memory", demand.memory);
    writer.member("storage", demand.storage);
    writer.member("requestsPerSecond", demand.requestsPerSecond);
    writer.endObject();
}

void writeWrite(JsonWriter &writer, const QString &revision, const QString &by,
                const std::optional<Timestamp> &at)
{
    writer.member("revision", revision);
    writer.key("updatedBy");
    writer.valueOrNull(by);
    writer.member("updatedAt", at);
}

} // namespace

FleetJson::FleetJson(FleetVersionPtr version, JsonShape shape)
    : m_version(std::move(version))
    , m_shape(shape)
    , m_bare(shape == JsonShape::Api && m_version->sources.size() == 1)
{ }

QString FleetJson::named(const QString &id) const
{
    if (m_shape == JsonShape::CommandLine)
        return id;
    const qsizetype slash = id.indexOf(u'/');
    if (slash < 0)
        return id;
    // Whoever sees the same alerts calls them so.
    if (const QString digest = alertDigest(id); !digest.isEmpty())
        return digest;
    if (m_bare)
        return id.mid(slash + 1);
    QString name = id;
    name[slash] = u'~';
    return name;
}

QString FleetJson::stampName(int slot) const
{
    return named(m_version->stampId(slot));
}

QString FleetJson::tenantName(int slot) const
{
    return m_bare ? m_version->tenants[slot].tenant->id : named(m_version->tenantId(slot));
}

QString FleetJson::stampId(const QString &name) const
{
    if (m_shape == JsonShape::CommandLine)
        return name;
    if (m_bare)
        return m_version->sources.constFirst().name + u'/' + name;
    const qsizetype tilde = name.indexOf(u'~');
    return tilde < 0 ? QString() : QString(name.left(tilde) + u'/' + name.mid(tilde + 1));
}

QString FleetJson::tenantId(const QString &name) const
{
    if (!m_bare)
        return stampId(name);
    const SourceState &source = m_version->sources.constFirst();
    return (source.tenantDomain.isEmpty() ? source.name : source.tenantDomain) + u'/' + name;
}

// Hardly any object has one: nothing is said of those that have none.
void FleetJson::writeMark(JsonWriter &writer, const OptionalMark &mark, int source) const
{
    if (!mark)
        return;
    writer.key("mark");
    const QString prefix = m_version->sources[source].name + u'/';
    const auto stamp = [&](const QString &name) {
        writer.valueOrNull(name.isEmpty() ? QString() : named(prefix + name));
    };
    writer.beginObject();
    writer.member("operation", mark->operation);
    writer.member("run", mark->run);
    writer.member("kind", mark->kind);
    writer.member("step", mark->step);
    writer.key("from");
    stamp(mark->from);
    writer.key("to");
    stamp(mark->to);
    writer.member("who", mark->who);
    writer.member("plan", mark->plan);
    writer.member("shared", mark->shared);
    writer.member("until", mark->until);
    writer.endObject();
}

void FleetJson::writeStamp(JsonWriter &writer, const StampEntry &entry) const
{
    const Stamp &stamp = *entry.stamp;
    writer.beginObject();
    writer.member("id", named(entry.id));
    if (m_shape == JsonShape::CommandLine)
        writer.member("source", m_version->sources[entry.source].name);
    writer.member("name", m_shape == JsonShape::CommandLine ? stamp.name : named(entry.id));
    writer.key("region");
    writer.valueOrNull(stamp.region);
    writer.key("ring");
    writer.valueOrNull(stamp.ring);
    writer.key("version");
    writer.valueOrNull(stamp.version);
    writer.key("zone");
    writer.valueOrNull(stamp.zone);
    writer.member("lifecycle", toString(stamp.lifecycle));
    writer.member("health", toString(entry.health));
    if (m_shape == JsonShape::CommandLine)
        writer.member("lastHealth", toString(entry.lastHealth));
    writer.key("healthReasons");
    writer.beginArray();
    for (const HealthReason &reason : entry.reasons)
        writeReason(writer, reason);
    writer.endArray();
    if (m_shape == JsonShape::CommandLine) {
        writer.member("stale", entry.stale);
        writer.member("staleSince", entry.staleSince);
    }
    if (m_shape == JsonShape::Api) {
        // Without it a client would offer what the server refuses.
        writer.key("operation");
        writer.valueOrNull(stamp.operation);
        writeMark(writer, stamp.mark, entry.source);
    }
    writer.member("observedAt", stamp.observedAt);
    writeWrite(writer, stamp.revision, stamp.updatedBy, stamp.updatedAt);
    writer.key("resources");
    writeResources(writer, entry.resources);
    writer.key("signals");
    writer.beginObject();
    writer.member("requestsPerSecond", stamp.signalValues.requestsPerSecond);
    writer.member("errorRatio", stamp.signalValues.errorRatio);
    writer.member("latencyP50Ms", stamp.signalValues.latencyP50Ms);
    writer.member("latencyP99Ms", stamp.signalValues.latencyP99Ms);
    writer.endObject();
    writer.key("components");
    writer.beginArray();
    for (const Component &component : stamp.components)
        writeComponent(writer, component);
    writer.endArray();
    writer.key("tenants");
    writer.beginArray();
    const int slot = m_version->stampIndex.value(entry.id);
    for (const int tenant : entry.tenants) {
        const TenantEntry &owned = m_version->tenants[tenant];
        if (owned.tenant && owned.owner == slot)
            writer.value(m_shape == JsonShape::Api ? tenantName(tenant) : owned.tenant->id);
    }
    writer.endArray();
    writer.key("costPerHour");
    if (const auto &cost = stamp.costPerHour) {
        writer.beginObject();
        writer.member("amount", cost->amount);
        writer.member("currency", cost->currency);
        writer.endObject();
    } else {
        writer.null();
    }
    writer.key("labels");
    writer.beginObject();
    for (auto label = stamp.labels.cbegin(); label != stamp.labels.cend(); ++label) {
        writer.key(QStringView(label.key()));
        writer.value(label.value());
    }
    writer.endObject();
    writer.endObject();
}

void FleetJson::writeTenant(JsonWriter &writer, int slot) const
{
    const TenantEntry &entry = m_version->tenants[slot];
    const Tenant &tenant = *entry.tenant;
    const QString prefix = m_version->sources[entry.source].name + u'/';
    const auto stampOf = [&](const QString &name) { return named(prefix + name); };
    writer.beginObject();
    writer.member("id", tenantName(slot));
    writer.member("name", tenant.name);
    writer.member("tier", toString(tenant.tier));
    writer.member("stamp", stampOf(tenant.stamp));
    writer.member("state", toString(tenant.state));
    writer.key("placements");
    writer.beginArray();
    for (const Placement &placement : tenant.placements) {
        writer.beginObject();
        writer.member("stamp", stampOf(placement.stamp));
        writer.member("state", toString(placement.state));
        writer.member("since", placement.since);
        writer.endObject();
    }
    writer.endArray();
    writer.key("operation");
    writer.valueOrNull(tenant.operation);
    if (m_shape == JsonShape::Api)
        writeMark(writer, tenant.mark, entry.source);
    writer.key("demand");
    writeDemand(writer, tenant.demand);
    writer.key("constraints");
    writer.beginObject();
    writer.key("regions");
    writer.beginArray();
    for (const QString &region : tenant.constraints.regions)
        writer.value(region);
    writer.endArray();
    writer.member("antiAffinity", tenant.constraints.antiAffinity);
    writer.member("pinned", tenant.constraints.pinned);
    writer.member("exclusive", tenant.constraints.exclusive);
    writer.endObject();
    writeWrite(writer, tenant.revision, tenant.updatedBy, tenant.updatedAt);
    writer.endObject();
}

void FleetJson::writePlan(JsonWriter &writer, const Plan &plan) const
{
    writer.beginObject();
    writer.member("kind", toString(plan.request.kind));
    writer.member("target", plan.target);
    writer.member("plannedAt", plan.plannedAt);
    writer.member("dataAge", toString(plan.dataAge));
    writer.key("refusals");
    writeRefusals(writer, plan.refusals);
    writer.key("warnings");
    writer.beginArray();
    for (const QString &warning : plan.warnings)
        writer.value(warning);
    writer.endArray();
    writer.key("moves");
    writer.beginArray();
    for (const PlannedMove &move : plan.moves) {
        writer.beginObject();
        writer.member("tenant", named(move.id));
        writer.member("from", named(move.from));
        writer.member("to", named(move.to));
        writer.member("tier", toString(move.tier));
        writer.key("demand");
        writeDemand(writer, move.demand);
        writer.endObject();
    }
    writer.endArray();
    writer.key("steps");
    writer.beginArray();
    for (const PlannedStep &step : plan.steps) {
        writer.beginObject();
        writer.member("title", step.title);
        writer.member("lane", step.lane);
        writer.endObject();
    }
    writer.endArray();
    writer.key("loads");
    writer.beginArray();
    for (const LoadChange &load : plan.loads) {
        writer.beginObject();
        writer.member("stamp", named(load.stamp));
        writer.key("before");
        writeResources(writer, load.before);
        writer.key("after");
        writeResources(writer, load.after);
        writer.endObject();
    }
    writer.endArray();
    writer.key("blast");
    writer.beginObject();
    writer.member("tenants", plan.blast.tenants);
    writer.key("byTier");
    writer.beginObject();
    for (size_t tier = 0; tier < plan.blast.byTier.size(); ++tier) {
        writer.key(QStringView(toString(Tier(tier))));
        writer.value(plan.blast.byTier[tier]);
    }
    writer.endObject();
    writer.member("requestsPerSecond", plan.blast.requestsPerSecond);
    writer.member("stamps", plan.blast.stamps);
    writer.endObject();
    if (!plan.facts.isEmpty()) {
        writer.key("facts");
        writer.beginArray();
        for (const auto &[label, value] : plan.facts) {
            writer.beginObject();
            writer.member("label", label);
            writer.member("value", value);
            writer.endObject();
        }
        writer.endArray();
    }
    writer.key("duration");
    writer.valueOrNull(plan.duration ? toString(*plan.duration) : QString());
    writer.member("movesMeasured", plan.measured);
    writer.member("production", plan.production);
    writer.member("hasInverse", plan.hasInverse);
    writer.member("command", plan.command());
    writer.endObject();
}

void FleetJson::writeIncident(JsonWriter &writer, const Incident &incident) const
{
    const auto texts = [&writer](const QStringList &all) {
        writer.beginArray();
        for (const QString &text : all)
            writer.value(text);
        writer.endArray();
    };
    const auto names = [this](QStringList ids) {
        for (QString &id : ids)
            id = named(id);
        return ids;
    };
    writer.beginObject();
    writer.member("id", named(incident.id));
    writer.member("source", incident.source);
    writer.member("severity", toString(incident.severity));
    writer.member("state", incident.firing ? u"firing"_s : u"resolved"_s);
    writer.member("title", incident.title);
    writer.member("summary", incident.summary);
    writer.key("stamps");
    texts(names(incident.stamps));
    writer.key("tenants");
    texts(names(incident.tenants));
    writer.member("startsAt", incident.startsAt);
    writer.member("endsAt", incident.endsAt);
    writer.key("acknowledged");
    if (const auto &acknowledged = incident.acknowledged) {
        writer.beginObject();
        writer.member("by", acknowledged->by);
        writer.member("until", acknowledged->until);
        writer.member("note", acknowledged->note);
        writer.member("at", acknowledged->at);
        writer.endObject();
    } else {
        writer.null();
    }
    writer.key("silenced");
    if (const auto &silenced = incident.silenced) {
        writer.beginObject();
        writer.member("by", silenced->by);
        writer.member("until", silenced->until);
        writer.member("matchers", silenced->matchers);
        writer.member("comment", silenced->comment);
        writer.member("id", silenced->id);
        writer.endObject();
    } else {
        writer.null();
    }
    writer.member("maintenance", incident.maintenance);
    writer.member("inhibited", incident.inhibited);
    writer.member("reopened", incident.reopened);
    writer.member("lastHeard", incident.lastHeard);
    writer.key("links");
    writer.beginArray();
    for (const Link &link : incident.links) {
        writer.beginObject();
        writer.member("title", link.title);
        writer.member("url", link.url);
        writer.endObject();
    }
    writer.endArray();
    writer.key("labels");
    writer.beginObject();
    for (auto it = incident.labels.begin(); it != incident.labels.end(); ++it) {
        writer.key(QStringView(it.key()));
        writer.value(it.value());
    }
    writer.endObject();
    writer.endObject();
}

void FleetJson::writeAcknowledgements(JsonWriter &writer) const
{
    writer.beginArray();
    for (const Acknowledgement &acknowledgement : m_version->acknowledgements) {
        writer.beginObject();
        writer.member("incident", named(acknowledgement.incident));
        writer.member("by", acknowledgement.by);
        writer.member("until", acknowledgement.until);
        writer.member("note", acknowledgement.note);
        writer.member("at", acknowledgement.at);
        writer.endObject();
    }
    writer.endArray();
}

void writeRefusals(JsonWriter &writer, const QList<Refusal> &refusals)
{
    writer.beginArray();
    for (const Refusal &refusal : refusals) {
        writer.beginObject();
        writer.member("code", refusal.code);
        writer.member("subject", refusal.subject);
        writer.member("message", refusal.message);
        writer.member("fix", refusal.fix);
        writer.endObject();
    }
    writer.endArray();
}

void writeOperation(JsonWriter &writer, const Operation &operation)
{
    writer.beginObject();
    writer.member("id", operation.id);
    writer.member("kind", operation.kind);
    writer.member("target", operation.target);
    writer.member("state", toString(operation.state));
    writer.member("progress", operation.progress);
    writer.key("steps");
    writer.beginArray();
    for (const OperationStep &step : operation.steps) {
        writer.beginObject();
        writer.member("title", step.title);
        writer.member("state", toString(step.state));
        writer.member("startedAt", step.startedAt);
        writer.member("endedAt", step.endedAt);
        writer.key("error");
        writer.valueOrNull(step.error);
        writer.key("tenant");
        writer.valueOrNull(step.tenant);
        writer.endObject();
    }
    writer.endArray();
    writer.key("error");
    writer.valueOrNull(operation.error);
    writer.key("reason");
    writer.valueOrNull(operation.reason);
    writer.key("createdBy");
    writer.valueOrNull(operation.createdBy);
    writer.member("createdAt", operation.createdAt);
    writer.member("updatedAt", operation.updatedAt);
    writer.key("remaining");
    writer.valueOrNull(operation.remaining ? toString(*operation.remaining) : QString());
    writer.key("blocked");
    writer.valueOrNull(operation.blocked);
    writer.key("mend");
    writer.valueOrNull(operation.mend);
    writer.endObject();
}

void writeAuditEntry(JsonWriter &writer, const AuditEntry &entry)
{
    const auto orNull = [&writer](const QString &text) { writer.valueOrNull(text); };
    writer.beginObject();
    writer.member("sequence", entry.sequence);
    writer.member("at", entry.at);
    writer.member("actor", entry.actor);
    writer.member("action", entry.action);
    writer.key("operation");
    orNull(entry.operation);
    writer.member("target", entry.target);
    writer.key("reason");
    orNull(entry.reason);
    writer.key("outcome");
    orNull(entry.outcome);
    writer.key("detail");
    const QByteArray detail = entry.detail.toUtf8();
    if (nlohmann::json::accept(detail.begin(), detail.end()))
        writer.raw(detail);
    else
        orNull(entry.detail);
    writer.member("previous", QString::fromLatin1(entry.previous.toHex()));
    writer.member("hash", QString::fromLatin1(entry.hash.toHex()));
    writer.endObject();
}

} // namespace Stampdeck

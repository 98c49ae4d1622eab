// SPDX-License-Identifier: GPL-3.0-or-later
#include "incidentevent.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QSet>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostTenantsTold = 1'000;

void put(QJsonObject &object, const QString &key, const QString &text)
{
    if (!text.isEmpty())
        object.insert(key, text);
}

void put(QJsonObject &object, const QString &key, const QStringList &list)
{
    if (!list.isEmpty())
        object.insert(key, QJsonArray::fromStringList(list));
}

void put(QJsonObject &object, const QString &key, const QMap<QString, QString> &map)
{
    QJsonObject told;
    for (auto it = map.cbegin(); it != map.cend(); ++it)
        told.insert(it.key(), it.value());
    if (!told.isEmpty())
        object.insert(key, told);
}

void put(QJsonObject &object, const QString &key, const std::optional<Timestamp> &time)
{
    if (time)
        object.insert(key, toRfc3339(*time));
}

QStringList listOf(const QJsonValue &value)
{
    QStringList list;
    for (const QJsonValue &each : value.toArray())
        list.append(each.toString());
    return list;
}

QMap<QString, QString> mapOf(const QJsonValue &value)
{
    QMap<QString, QString> map;
    const QJsonObject told = value.toObject();
    for (auto it = told.begin(); it != told.end(); ++it)
        map.insert(it.key(), it.value().toString());
    return map;
}

template<typename T>
T wordOf(const QJsonValue &value, T otherwise)
{
    return fromString<T>(QStringView(value.toString())).value_or(otherwise);
}

QJsonObject toJson(const Alert &alert)
{
    QJsonObject told{{u"name"_s, alert.name}, {u"severity"_s, toString(alert.severity)}};
    put(told, u"fingerprint"_s, alert.fingerprint);
    put(told, u"summary"_s, alert.summary);
    put(told, u"description"_s, alert.description);
    put(told, u"labels"_s, alert.labels);
    put(told, u"startsAt"_s, alert.startsAt);
    if (alert.state != AlertState::Active)
        told.insert(u"state"_s, toString(alert.state));
    put(told, u"silencedBy"_s, alert.silencedBy);
    put(told, u"inhibitedBy"_s, alert.inhibitedBy);
    put(told, u"mutedBy"_s, alert.mutedBy);
    put(told, u"stamp"_s, alert.stamp);
    put(told, u"tenant"_s, alert.tenant);
    return told;
}

AlertPtr alertOf(const QJsonObject &told)
{
    auto alert = std::make_shared<Alert>();
    alert->name = told.value(u"name"_s).toString();
    alert->severity = wordOf(told.value(u"severity"_s), Severity::Warning);
    alert->fingerprint = told.value(u"fingerprint"_s).toString();
    alert->summary = told.value(u"summary"_s).toString();
    alert->description = told.value(u"description"_s).toString();
    alert->labels = mapOf(told.value(u"labels"_s));
    alert->startsAt = fromRfc3339(told.value(u"startsAt"_s).toString());
    alert->state = wordOf(told.value(u"state"_s), AlertState::Active);
    alert->silencedBy = listOf(told.value(u"silencedBy"_s));
    alert->inhibitedBy = listOf(told.value(u"inhibitedBy"_s));
    alert->mutedBy = listOf(told.value(u"mutedBy"_s));
    alert->stamp = told.value(u"stamp"_s).toString();
    alert->tenant = told.value(u"tenant"_s).toString();
    return alert;
}

} // namespace

bool areToldAlike(const Incident &a, const Incident &b)
{
    return a.severity == b.severity && a.stamps == b.stamps && a.silenced == b.silenced
        && a.inhibited == b.inhibited;
}

QByteArray toEventData(const Incident &incident, bool isFiring, const FleetVersion &version)
{
    QJsonObject data{
        {u"state"_s, isFiring ? u"firing"_s : u"resolved"_s},
        {u"title"_s, incident.title},
        {u"severity"_s, toString(incident.severity)},
        {u"summary"_s, incident.summary},
        {u"stamps"_s, QJsonArray::fromStringList(incident.stamps)},
    };
    put(data, u"from"_s, incident.source);
    if (incident.kind)
        data.insert(u"kind"_s, toString(*incident.kind));
    put(data, u"startsAt"_s, incident.startsAt);
    if (incident.tenants.size() <= mostTenantsTold) {
        const QStringList there = tenantsOn(incident.stamps, version);
        if (QSet<QString>(there.begin(), there.end())
            != QSet<QString>(incident.tenants.begin(), incident.tenants.end()))
            data.insert(u"tenants"_s, QJsonArray::fromStringList(incident.tenants));
    }
    put(data, u"strangers"_s, incident.strangers);
    put(data, u"labels"_s, incident.labels);
    put(data, u"group"_s, incident.group);
    if (const auto &silence = incident.silenced) {
        QJsonObject told{{u"id"_s, silence->id}};
        put(told, u"by"_s, silence->by);
        put(told, u"matchers"_s, silence->matchers);
        put(told, u"comment"_s, silence->comment);
        put(told, u"until"_s, silence->until);
        data.insert(u"silenced"_s, told);
    }
    if (incident.inhibited)
        data.insert(u"inhibited"_s, true);
    QJsonArray links;
    for (const Link &link : incident.links)
        links.append(QJsonObject{{u"title"_s, link.title}, {u"url"_s, link.url}});
    if (!links.isEmpty())
        data.insert(u"links"_s, links);
    QJsonArray alerts;
    for (size_t i = 0; i < std::min(incident.alerts.size(), size_t(mostAlertsTold)); ++i)
        alerts.append(toJson(*incident.alerts[i]));
    if (!alerts.isEmpty())
        data.insert(u"alerts"_s, alerts);
    QJsonArray findings;
    for (const OwnFinding &finding : incident.findings) {
        QJsonObject told{{u"id"_s, finding.id}, {u"title"_s, finding.title}};
        put(told, u"summary"_s, finding.summary);
        put(told, u"since"_s, finding.since);
        findings.append(told);
    }
    if (!findings.isEmpty())
        data.insert(u"findings"_s, findings);
    return QJsonDocument(data).toJson(QJsonDocument::Compact);
}

Incident incidentOf(const HistoryEvent &event, bool *tellsTenants)
{
    const QJsonObject data = QJsonDocument::fromJson(event.data).object();
    Incident is;
    is.id = event.id;
    is.firing = data.value(u"state"_s).toString() != u"resolved";
    is.source = data.value(u"from"_s).toString(event.source);
    is.title = data.value(u"title"_s).toString();
    is.summary = data.value(u"summary"_s).toString();
    is.severity = wordOf(data.value(u"severity"_s), Severity::Warning);
    is.stamps = listOf(data.value(u"stamps"_s));
    if (is.stamps.isEmpty() && !event.subject.isEmpty() && !event.source.isEmpty())
        is.stamps.append(QString(event.source + u'/' + event.subject));
    const QString kind = data.value(u"kind"_s).toString();
    for (const IncidentKind each : allIncidentKinds) {
        if (toString(each) == kind)
            is.kind = each;
    }
    is.startsAt = fromRfc3339(data.value(u"startsAt"_s).toString());
    is.tenants = listOf(data.value(u"tenants"_s));
    if (tellsTenants)
        *tellsTenants = data.contains(u"tenants"_s);
    is.strangers = listOf(data.value(u"strangers"_s));
    is.labels = mapOf(data.value(u"labels"_s));
    is.group = mapOf(data.value(u"group"_s));
    if (const QJsonValue silence = data.value(u"silenced"_s); silence.isObject()) {
        is.silenced = IncidentSilence{silence[u"id"_s].toString(), silence[u"by"_s].toString(),
                                      silence[u"matchers"_s].toString(),
                                      silence[u"comment"_s].toString(),
                                      fromRfc3339(silence[u"until"_s].toString())};
    }
    is.inhibited = data.value(u"inhibited"_s).toBool();
    for (const QJsonValue &link : data.value(u"links"_s).toArray())
        is.links.append({link[u"title"_s].toString(), link[u"url"_s].toString()});
    for (const QJsonValue &alert : data.value(u"alerts"_s).toArray())
        is.alerts.push_back(alertOf(alert.toObject()));
    for (const QJsonValue &finding : data.value(u"findings"_s).toArray()) {
        is.findings.append({finding[u"id"_s].toString(), finding[u"title"_s].toString(),
                            finding[u"summary"_s].toString(),
                            fromRfc3339(finding[u"since"_s].toString())});
    }
    return is;
}

QString silenceKey(const KnownSilence &known)
{
    return known.feed + u'/' + known.silence.id;
}

bool areToldAlike(const Silence &a, const Silence &b)
{
    return a.matchers == b.matchers && a.startsAt == b.startsAt && a.endsAt == b.endsAt
        && a.createdBy == b.createdBy && a.comment == b.comment;
}

QByteArray toEventData(const KnownSilence &known, bool isOver)
{
    const Silence &silence = known.silence;
    QJsonObject data{{u"state"_s, isOver ? u"over"_s : u"there"_s}, {u"from"_s, known.feed}};
    QJsonArray matchers;
    for (const Matcher &matcher : silence.matchers) {
        QJsonObject told{{u"name"_s, matcher.name}, {u"value"_s, matcher.value}};
        if (matcher.isRegex)
            told.insert(u"isRegex"_s, true);
        if (!matcher.isEqual)
            told.insert(u"isEqual"_s, false);
        matchers.append(told);
    }
    data.insert(u"matchers"_s, matchers);
    put(data, u"startsAt"_s, silence.startsAt);
    put(data, u"endsAt"_s, silence.endsAt);
    put(data, u"by"_s, silence.createdBy);
    put(data, u"comment"_s, silence.comment);
    return QJsonDocument(data).toJson(QJsonDocument::Compact);
}

KnownSilence knownSilenceOf(const HistoryEvent &event, bool *isOver)
{
    const QJsonObject data = QJsonDocument::fromJson(event.data).object();
    if (isOver)
        *isOver = data.value(u"state"_s).toString() == u"over";
    KnownSilence known;
    known.feed = data.value(u"from"_s).toString();
    Silence &is = known.silence;
    is.id = event.id.mid(known.feed.size() + 1);
    for (const QJsonValue &matcher : data.value(u"matchers"_s).toArray()) {
        is.matchers.append({matcher[u"name"_s].toString(), matcher[u"value"_s].toString(),
                            matcher[u"isRegex"_s].toBool(), matcher[u"isEqual"_s].toBool(true)});
    }
    is.startsAt = fromRfc3339(data.value(u"startsAt"_s).toString());
    is.endsAt = fromRfc3339(data.value(u"endsAt"_s).toString());
    is.createdBy = data.value(u"by"_s).toString();
    is.comment = data.value(u"comment"_s).toString();
    return known;
}

QStringList tenantsOn(const QStringList &stamps, const FleetVersion &version)
{
    QStringList ids;
    QSet<int> all;
    for (const QString &stamp : stamps) {
        const int slot = version.stampIndex.value(stamp);
        if (slot < 0 || !version.stamps[slot])
            continue;
        for (const int tenant : version.stamps[slot]->tenants) {
            if (version.tenants[tenant].tenant && !all.contains(tenant)) {
                all.insert(tenant);
                ids.append(version.tenantId(tenant));
            }
        }
    }
    return ids;
}

} // namespace Stampdeck

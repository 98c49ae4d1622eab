// SPDX-License-Identifier: GPL-3.0-or-later
#include "incidents.h"

#include "formatter.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Incidents)
};

Incident incidentOf(const FleetVersion &version, const StampEntry &entry, const QString &kind,
                    Severity severity, const QString &title)
{
    Incident incident;
    incident.id = entry.id + u':' + kind;
    incident.source = version.sourceOf(entry).name;
    incident.severity = severity;
    incident.title = title;
    incident.stamps = {entry.id};
    for (const int tenant : entry.tenants)
        incident.tenants += version.tenantId(tenant);
    incident.labels = {{u"kind"_s, kind}};
    if (!entry.stamp->region.isEmpty())
        incident.labels.insert(u"region"_s, entry.stamp->region);
    return incident;
}

// A source of which nothing can be shown is not told by any stamp.
Incident silent(const SourceState &source)
{
    Incident incident;
    incident.id = source.name + u"/:no-answer"_s;
    incident.source = source.name;
    incident.severity = Severity::Critical;
    incident.title = Words::tr("%1 has not answered").arg(source.name);
    incident.summary = source.error ? source.error->message : Words::tr("it was not heard of yet");
    incident.labels = {{u"kind"_s, u"no-answer"_s}};
    return incident;
}

} // namespace

QList<Incident> fleetIncidents(const FleetVersion &version)
{
    QList<Incident> incidents;
    for (const SourceState &source : version.sources) {
        if (!source.name.isEmpty() && !source.answered && source.error && source.sameAs.isEmpty())
            incidents += silent(source);
    }
    version.eachStamp([&](int, const StampEntry &entry) {
        const QString &name = entry.stamp->name;
        if (entry.stale) {
            Incident incident = incidentOf(version, entry, u"stale"_s, Severity::Warning,
                                           Words::tr("%1 is stale").arg(name));
            incident.startsAt = entry.staleSince;
            const QString why = entry.reasons.isEmpty() ? Words::tr("its source does not answer")
                                                        : entry.reasons.constFirst().message;
            incident.summary =
                Words::tr("%1; it was %2 last").arg(why, Format::word(entry.lastHealth));
            incidents += incident;
            return;
        }
        if (entry.health == Health::Unhealthy) {
            Incident incident = incidentOf(version, entry, u"unhealthy"_s, Severity::Critical,
                                           Words::tr("%1 is unhealthy").arg(name));
            incident.startsAt = entry.healthSince;
            QStringList why;
            for (const HealthReason &reason : entry.reasons)
                why += reason.message;
            incident.summary = why.join(u", "_s);
            incidents += incident;
        }
        for (const ResourceKind kind : allResources) {
            const Resource &resource = entry.resources[kind];
            if (resource.load().value_or(0) <= 1 + 1e-9)
                continue;
            Incident incident = incidentOf(
                version, entry, u"over-"_s + toString(kind), Severity::Warning,
                Words::tr("%1 holds more %2 than its limit").arg(name, Format::name(kind)));
            incident.summary = Format::ofLimit(kind, resource);
            incidents += incident;
        }
    });
    for (Incident &incident : incidents) {
        const auto by = version.acknowledgements.constFind(incident.id);
        if (by != version.acknowledgements.cend() && (!by->until || *by->until > version.at))
            incident.acknowledged = *by;
    }
    std::stable_sort(incidents.begin(), incidents.end(), [](const Incident &a, const Incident &b) {
        if (a.severity != b.severity)
            return a.severity < b.severity;
        return a.startsAt.value_or(Timestamp::max()) < b.startsAt.value_or(Timestamp::max());
    });
    return incidents;
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"

#include "app/common/json.h"
#include "models/incidents.h"

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

/// By its id, or by the part of it that follows the source where that is unique.
Result<Incident> incidentOf(const FleetVersion &version, const QString &id)
{
    QList<Incident> found;
    for (const Incident &incident : fleetIncidents(version)) {
        if (incident.id == id)
            return incident;
        if (incident.id.section(u'/', 1) == id)
            found += incident;
    }
    if (found.isEmpty())
        return fail(ErrorKind::NotFound, u"there is no incident %1"_s.arg(id));
    if (found.size() == 1)
        return found.first();
    QStringList candidates;
    for (const Incident &incident : std::as_const(found))
        candidates += incident.id;
    return fail(ErrorKind::Invalid, u"say which %1: %2"_s.arg(id, candidates.join(u", "_s)));
}

} // namespace

ExitStatus acknowledge(Session &session)
{
    const Invocation &invocation = session.invocation();
    auto incident = incidentOf(*session.version(), invocation.incident);
    if (!incident)
        return session.give(session.explained(incident.error(), invocation.incident));
    Acknowledgement wanted{incident->id, userName(), invocation.until, invocation.note};
    const auto kept =
            session.await(session.fleet().acknowledge(wanted), Session::Patience::Stubborn);
    if (!kept)
        return session.give(kept.error());
    incident->acknowledged = *kept;
    switch (invocation.output) {
    case OutputFormat::Json: {
        QByteArray json;
        JsonWriter writer(json);
        FleetJson(session.version(), JsonShape::CommandLine).writeIncident(writer, *incident);
        print(json + '\n');
        break;
    }
    case OutputFormat::Name:
        print(QString(incident->id + u'\n'));
        break;
    case OutputFormat::Table:
        print(u"%1: acknowledged by %2%3\n"_s.arg(
                incident->title, kept->by,
                kept->until ? u" until "_s + toRfc3339(*kept->until) : QString()));
        break;
    }
    return ExitStatus::Done;
}

} // namespace Stampdeck

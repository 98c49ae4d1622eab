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
    for (const Incident &incident : incidentsOf(version)) {
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

void printIncident(Session &session, const Incident &incident, const QString &line)
{
    switch (session.invocation().output) {
    case OutputFormat::Json: {
        QByteArray json;
        JsonWriter writer(json);
        FleetJson(session.version(), JsonShape::CommandLine).writeIncident(writer, incident);
        print(json + '\n');
        break;
    }
    case OutputFormat::Name:
        print(QString(incident.id + u'\n'));
        break;
    case OutputFormat::Table:
        print(QString(line + u'\n'));
        break;
    }
}

} // namespace

ExitStatus acknowledge(Session &session)
{
    const Invocation &invocation = session.invocation();
    auto incident = incidentOf(*session.version(), invocation.incident);
    if (!incident)
        return session.give(session.explained(incident.error(), invocation.incident));
    const bool isHere = session.fleet().acknowledgementKeeper(incident->id).isEmpty();
    Acknowledgement wanted{incident->id, userName(), invocation.until, invocation.note};
    const QString only =
        isHere ? u", on this workstation only: no server keeps it"_s : QString();
    const auto until = [](const std::optional<Timestamp> &end) {
        return end ? u" until "_s + toRfc3339(*end) : QString();
    };
    if (invocation.dryRun) {
        printIncident(session, *incident,
                      u"%1: would be acknowledged by %2%3%4"_s.arg(
                          incident->title, wanted.by, until(wanted.until), only));
        return ExitStatus::Done;
    }
    const auto kept =
            session.await(session.fleet().acknowledge(wanted), Session::Patience::Stubborn);
    if (!kept)
        return session.give(kept.error());
    incident->acknowledged = *kept;
    incident->acknowledgedHere = isHere;
    printIncident(session, *incident,
                  u"%1: acknowledged by %2%3%4"_s.arg(incident->title, kept->by,
                                                      until(kept->until), only));
    return ExitStatus::Done;
}

ExitStatus silence(Session &session)
{
    const Invocation &invocation = session.invocation();
    Fleet &fleet = session.fleet();
    auto incident = incidentOf(*session.version(), invocation.incident);
    if (!incident)
        return session.give(session.explained(incident.error(), invocation.incident));
    const auto wanted = silenceOf(*incident, fleet.clock().now() + invocation.silenceFor,
                                  userName(), invocation.comment);
    if (!wanted)
        return session.give(wanted.error());
    QStringList matchers;
    for (const Matcher &matcher : wanted->matchers)
        matchers.append(matcher.toString());
    const QString what =
        u"%1 alerts, by %2"_s.arg(incident->alerts.size()).arg(matchers.join(u", "_s));
    if (invocation.dryRun) {
        printIncident(session, *incident,
                      u"%1: would silence %2 until %3"_s.arg(incident->title, what,
                                                             toRfc3339(*wanted->endsAt)));
        return ExitStatus::Done;
    }
    const auto made = session.await(fleet.silence(incident->id, invocation.silenceFor, userName(),
                                                  invocation.comment),
                                    Session::Patience::Stubborn);
    if (!made)
        return session.give(made.error());
    incident->silenced = IncidentSilence{made->id, made->createdBy, matchers.join(u", "_s),
                                         made->comment, made->endsAt};
    printIncident(session, *incident,
                  u"%1: silenced %2 until %3"_s.arg(
                      incident->title, what, made->endsAt ? toRfc3339(*made->endsAt) : QString()));
    return ExitStatus::Done;
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"
#include "listing.h"

#include "models/fleetquery.h"
#include "models/incidents.h"

#include <QtCore/QSet>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

/// Slots in the order of their ids, as a person looks for them.
template<typename Id>
std::vector<int> sortedById(const std::vector<int> &slots, Id id)
{
    std::vector<std::pair<QString, int>> keyed;
    keyed.reserve(slots.size());
    for (const int slot : slots)
        keyed.emplace_back(id(slot), slot);
    std::sort(keyed.begin(), keyed.end());
    std::vector<int> sorted;
    sorted.reserve(slots.size());
    for (const auto &[key, slot] : keyed)
        sorted.push_back(slot);
    return sorted;
}

QueryScope scopeOf(const QString &what)
{
    return what == "operations"_L1 ? QueryScope::Operations
            : what == "sources"_L1 ? QueryScope::Sources
            : what == "regions"_L1 ? QueryScope::Regions
                                   : QueryScope::Fleet;
}

Listing list(const QString &what, const Query &query, const FleetVersionPtr &version, Clock &clock)
{
    if (what == "stamps"_L1) {
        return listStamps(version, sortedById(filterStamps(*version, query), [&](int slot) {
                              return version->stampId(slot);
                          }));
    }
    if (what == "tenants"_L1) {
        return listTenants(version, sortedById(filterTenants(*version, query), [&](int slot) {
                               return version->tenantId(slot);
                           }));
    }
    if (what == "regions"_L1) {
        std::vector<Survival> regions;
        for (const Survival &region : survivalOf(version)) {
            if (query.matches(RegionSubject(region)))
                regions.push_back(region);
        }
        return listRegions(regions);
    }
    if (what == "sources"_L1) {
        QList<SourceState> sources;
        for (const SourceState &source : version->sources) {
            // Without a name it is the place of one that was removed.
            if (!source.name.isEmpty() && query.matches(querySubject(source)))
                sources += source;
        }
        for (const FeedState &feed : version->feeds) {
            if (query.matches(querySubject(feed)))
                sources += feed;
        }
        return listSources(*version, sources, clock.elapsed());
    }
    if (what == "operations"_L1) {
        QList<OperationPtr> operations;
        for (const OperationPtr &operation : version->operations) {
            if (query.matches(querySubject(*operation)))
                operations += operation;
        }
        return listOperations(operations, clock.now());
    }
    // An incident is found by the stamps that it hits.
    QSet<QString> stamps;
    for (const int slot : filterStamps(*version, query))
        stamps.insert(version->stampId(slot));
    QList<Incident> incidents;
    for (const Incident &incident : incidentsOf(*version)) {
        // One of a source as a whole hits no stamp that is known.
        if ((incident.stamps.isEmpty() && query.isEmpty())
            || std::any_of(incident.stamps.begin(), incident.stamps.end(),
                        [&](const QString &stamp) { return stamps.contains(stamp); }))
            incidents += incident;
    }
    return listIncidents(version, incidents);
}

} // namespace

Result<Query> queryOf(const Invocation &invocation)
{
    const QueryResult query = Query::parse(invocation.query, scopeOf(invocation.what));
    if (query)
        return *query;
    Error error = query.error().toError();
    // Under the text, an arrow at the place.
    error.message = u"%1\n  %2\n  %3^"_s.arg(error.message, invocation.query,
                                              QString(query.error().position, u' '));
    return fail(error);
}

ExitStatus get(Session &session)
{
    const Invocation &invocation = session.invocation();
    const auto query = queryOf(invocation);
    if (!query)
        return session.give(query.error());
    const bool isTemplates = invocation.what == "templates"_L1;
    if (isTemplates) {
        if (!invocation.query.isEmpty()) {
            complain(u"get templates takes no query"_s);
            return ExitStatus::Usage;
        }
        session.readTemplates();
    }
    const Listing listing = isTemplates ? listTemplates(session.version()->sources)
                                        : list(invocation.what, *query, session.version(),
                                               session.fleet().clock());
    switch (invocation.output) {
    case OutputFormat::Table:
        print(listing.table.render(outputWidth(), invocation.headers));
        break;
    case OutputFormat::Json:
        print(listing.json + '\n');
        break;
    case OutputFormat::Name:
        for (const QString &name : listing.names)
            print(QString(name + u'\n'));
        break;
    }
    ExitStatus status = session.complainAboutSources();
    for (const SourceState &source : session.version()->sources) {
        if (isTemplates && source.templatesError && status == ExitStatus::Done)
            status = session.give(*source.templatesError);
    }
    return status;
}

} // namespace Stampdeck

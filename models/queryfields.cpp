// SPDX-License-Identifier: GPL-3.0-or-later
#include "query.h"

#include "backends/api/fleet.h"
#include "backends/api/operation.h"

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

/// The words of an enumeration, from its first to its last.
template<typename T>
QStringList wordsOf(T last)
{
    QStringList words;
    for (int value = 0; value <= int(last); ++value)
        words.append(toString(T(value)));
    return words;
}

QueryFieldInfo text(QueryField field, const QString &name, const QString &help)
{
    return {field, name, QueryType::Text, help, {}};
}

QueryFieldInfo typed(QueryField field, const QString &name, QueryType type, const QString &help)
{
    return {field, name, type, help, {}};
}

QueryFieldInfo word(QueryField field, const QString &name, const QStringList &words,
                    const QString &help)
{
    return {field, name, QueryType::Word, help, words};
}

QueryFieldInfo flag(QueryField field, const QString &name, const QString &help)
{
    return {field, name, QueryType::Flag, help, {u"true"_s, u"false"_s}};
}

QList<QueryFieldInfo> fleetFields()
{
    return {
        word(QueryField::Health, u"health"_s, wordsOf(Health::Unhealthy), u"How a stamp is"_s),
        text(QueryField::Region, u"region"_s, u"Where a stamp stands"_s),
        text(QueryField::Stamp, u"stamp"_s, u"A stamp by name or source/name"_s),
        text(QueryField::Tenant, u"tenant"_s, u"A tenant by ID or name"_s),
        text(QueryField::Source, u"source"_s, u"The source of a stamp"_s),
        typed(QueryField::Cpu, u"cpu"_s, QueryType::Cores,
              u"Cores taken, or a share of the limit: cpu>80%"_s),
        typed(QueryField::Memory, u"memory"_s, QueryType::Bytes,
              u"Memory taken, or a share of the limit: memory>16Gi"_s),
        typed(QueryField::Storage, u"storage"_s, QueryType::Bytes,
              u"Storage taken, or a share of the limit"_s),
        typed(QueryField::Tenants, u"tenants"_s, QueryType::Count,
              u"How many tenants, or a share of the slots"_s),
        typed(QueryField::Version, u"version"_s, QueryType::Version,
              u"Version of a stamp; 1.4* is the family"_s),
        typed(QueryField::Ring, u"ring"_s, QueryType::Version, u"Ring of a stamp"_s),
        word(QueryField::Lifecycle, u"lifecycle"_s, wordsOf(Lifecycle::Failed),
             u"Where a stamp is in its life"_s),
        flag(QueryField::Stale, u"stale"_s, u"Nothing heard for too long"_s),
        word(QueryField::LastHealth, u"lasthealth"_s, wordsOf(Health::Unhealthy),
             u"Last known health of a stale stamp"_s),
        text(QueryField::Reason, u"reason"_s, u"Why a stamp is not healthy"_s),
        text(QueryField::Component, u"component"_s, u"A component by name"_s),
        typed(QueryField::Requests, u"requests"_s, QueryType::Number, u"Requests per second"_s),
        typed(QueryField::Errors, u"errors"_s, QueryType::Ratio, u"Share of failing requests"_s),
        typed(QueryField::P50, u"p50"_s, QueryType::Latency, u"Median latency: p50>20ms"_s),
        typed(QueryField::P99, u"p99"_s, QueryType::Latency, u"99th percentile of latency"_s),
        typed(QueryField::Cost, u"cost"_s, QueryType::Number, u"Cost of a stamp per hour"_s),
        word(QueryField::Tier, u"tier"_s, wordsOf(Tier::Enterprise), u"Tier of a tenant"_s),
        word(QueryField::State, u"state"_s, wordsOf(TenantState::Failed), u"State of a tenant"_s),
        flag(QueryField::Pinned, u"pinned"_s, u"A tenant that is not to be moved"_s),
        flag(QueryField::Exclusive, u"exclusive"_s, u"A tenant that stands alone"_s),
        text(QueryField::Group, u"group"_s, u"Anti-affinity group of a tenant"_s),
        text(QueryField::Operation, u"operation"_s, u"The operation that changes it now"_s),
        text(QueryField::Zone, u"zone"_s, u"Zone of a stamp"_s),
        text(QueryField::Id, u"id"_s, u"source/name of a stamp, domain/ID of a tenant"_s),
        text(QueryField::Name, u"name"_s, u"Name of a stamp or tenant"_s),
        text(QueryField::Label, u"label."_s, u"A label by its key: label.team:core"_s),
    };
}

QList<QueryFieldInfo> operationFields()
{
    return {
        word(QueryField::State, u"state"_s, wordsOf(OperationState::Orphaned), u"How far it is"_s),
        text(QueryField::Kind, u"kind"_s, u"move, scale, cordon, uncordon, …"_s),
        text(QueryField::Target, u"target"_s, u"What it acts on"_s),
        text(QueryField::By, u"by"_s, u"Who wanted it"_s),
        text(QueryField::Reason, u"reason"_s, u"Why somebody wanted it"_s),
        text(QueryField::Id, u"id"_s, u"Its ID"_s),
    };
}

QList<QueryFieldInfo> sourceFields()
{
    return {
        word(QueryField::State, u"state"_s, {u"live"_s, u"connecting"_s, u"failing"_s, u"stale"_s},
             u"How it is doing"_s),
        text(QueryField::Adapter, u"adapter"_s, u"Its adapter"_s),
        flag(QueryField::Production, u"production"_s, u"Marked as production"_s),
        flag(QueryField::Stale, u"stale"_s, u"Nothing heard for too long"_s),
        text(QueryField::Instance, u"instance"_s, u"The backend's own identity"_s),
        text(QueryField::Name, u"name"_s, u"Its name"_s),
        text(QueryField::Id, u"id"_s, u"Its name"_s),
    };
}

QList<QueryFieldInfo> regionFields()
{
    return {
        text(QueryField::Region, u"region"_s, u"Its name"_s),
        text(QueryField::Name, u"name"_s, u"Its name"_s),
        text(QueryField::Id, u"id"_s, u"Its name"_s),
        typed(QueryField::Stamps, u"stamps"_s, QueryType::Number, u"How many stamps it has"_s),
        typed(QueryField::Tenants, u"tenants"_s, QueryType::Number, u"How many tenants it has"_s),
        typed(QueryField::Cpu, u"cpu"_s, QueryType::Cores,
              u"Cores taken, or a share of the limit"_s),
        typed(QueryField::Memory, u"memory"_s, QueryType::Bytes,
              u"Memory taken, or a share of the limit"_s),
        typed(QueryField::Storage, u"storage"_s, QueryType::Bytes,
              u"Storage taken, or a share of the limit"_s),
    };
}

} // namespace

const QList<QueryFieldInfo> &queryFields(QueryScope scope)
{
    static const QList<QueryFieldInfo> fleet = fleetFields();
    static const QList<QueryFieldInfo> operations = operationFields();
    static const QList<QueryFieldInfo> sources = sourceFields();
    static const QList<QueryFieldInfo> regions = regionFields();
    switch (scope) {
    case QueryScope::Fleet:
        return fleet;
    case QueryScope::Operations:
        return operations;
    case QueryScope::Sources:
        return sources;
    case QueryScope::Regions:
        break;
    }
    return regions;
}

} // namespace Stampdeck

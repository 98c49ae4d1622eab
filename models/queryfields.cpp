// SPDX-License-Identifier: GPL-3.0-or-later
#include "query.h"

#include "backends/api/fleet.h"
#include "backends/api/operation.h"

#include <QtCore/QCoreApplication>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(QueryField)
};

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
        word(QueryField::Health, u"health"_s, wordsOf(Health::Unhealthy),
             Words::tr("How a stamp is")),
        text(QueryField::Region, u"region"_s, Words::tr("Where a stamp stands")),
        text(QueryField::Stamp, u"stamp"_s, Words::tr("A stamp by name or source/name")),
        text(QueryField::Tenant, u"tenant"_s, Words::tr("A tenant by ID or name")),
        text(QueryField::Source, u"source"_s, Words::tr("The source of a stamp")),
        typed(QueryField::Cpu, u"cpu"_s, QueryType::Cores,
              Words::tr("Cores taken, or a share of the limit: cpu>80%")),
        typed(QueryField::Memory, u"memory"_s, QueryType::Bytes,
              Words::tr("Memory taken, or a share of the limit: memory>16Gi")),
        typed(QueryField::Storage, u"storage"_s, QueryType::Bytes,
              Words::tr("Storage taken, or a share of the limit")),
        typed(QueryField::Tenants, u"tenants"_s, QueryType::Count,
              Words::tr("How many tenants, or a share of the slots")),
        typed(QueryField::Version, u"version"_s, QueryType::Version,
              Words::tr("Version of a stamp; 1.4* is the family")),
        typed(QueryField::Ring, u"ring"_s, QueryType::Version, Words::tr("Ring of a stamp")),
        word(QueryField::Lifecycle, u"lifecycle"_s, wordsOf(Lifecycle::Failed),
             Words::tr("Where a stamp is in its life")),
        flag(QueryField::Stale, u"stale"_s, Words::tr("Nothing heard for too long")),
        word(QueryField::LastHealth, u"lasthealth"_s, wordsOf(Health::Unhealthy),
             Words::tr("Last known health of a stale stamp")),
        text(QueryField::Reason, u"reason"_s, Words::tr("Why a stamp is not healthy")),
        text(QueryField::Component, u"component"_s, Words::tr("A component by name")),
        typed(QueryField::Requests, u"requests"_s, QueryType::Number,
              Words::tr("Requests per second")),
        typed(QueryField::Errors, u"errors"_s, QueryType::Ratio,
              Words::tr("Share of failing requests")),
        typed(QueryField::P50, u"p50"_s, QueryType::Latency, Words::tr("Median latency: p50>20ms")),
        typed(QueryField::P99, u"p99"_s, QueryType::Latency,
              Words::tr("99th percentile of latency")),
        typed(QueryField::Cost, u"cost"_s, QueryType::Number,
              Words::tr("Cost of a stamp per hour")),
        word(QueryField::Tier, u"tier"_s, wordsOf(Tier::Enterprise), Words::tr("Tier of a tenant")),
        word(QueryField::State, u"state"_s, wordsOf(TenantState::Failed),
             Words::tr("State of a tenant")),
        flag(QueryField::Pinned, u"pinned"_s, Words::tr("A tenant that is not to be moved")),
        flag(QueryField::Exclusive, u"exclusive"_s, Words::tr("A tenant that stands alone")),
        text(QueryField::Group, u"group"_s, Words::tr("Anti-affinity group of a tenant")),
        text(QueryField::Operation, u"operation"_s, Words::tr("The operation that changes it now")),
        text(QueryField::Zone, u"zone"_s, Words::tr("Zone of a stamp")),
        text(QueryField::Id, u"id"_s, Words::tr("source/name of a stamp, domain/ID of a tenant")),
        text(QueryField::Name, u"name"_s, Words::tr("Name of a stamp or tenant")),
        text(QueryField::Label, u"label."_s, Words::tr("A label by its key: label.team:core")),
    };
}

QList<QueryFieldInfo> operationFields()
{
    return {
        word(QueryField::State, u"state"_s, wordsOf(OperationState::Orphaned),
             Words::tr("How far it is")),
        text(QueryField::Kind, u"kind"_s, Words::tr("move, scale, cordon, uncordon, …")),
        text(QueryField::Target, u"target"_s, Words::tr("What it acts on")),
        text(QueryField::By, u"by"_s, Words::tr("Who wanted it")),
        text(QueryField::Reason, u"reason"_s, Words::tr("Why somebody wanted it")),
        text(QueryField::Id, u"id"_s, Words::tr("Its ID")),
    };
}

QList<QueryFieldInfo> sourceFields()
{
    return {
        word(QueryField::State, u"state"_s, {u"live"_s, u"connecting"_s, u"failing"_s, u"stale"_s},
             Words::tr("How it is doing")),
        text(QueryField::Adapter, u"adapter"_s, Words::tr("Its adapter")),
        flag(QueryField::Production, u"production"_s, Words::tr("Marked as production")),
        flag(QueryField::Stale, u"stale"_s, Words::tr("Nothing heard for too long")),
        text(QueryField::Instance, u"instance"_s, Words::tr("The backend's own identity")),
        text(QueryField::Name, u"name"_s, Words::tr("Its name")),
        text(QueryField::Id, u"id"_s, Words::tr("Its name")),
    };
}

QList<QueryFieldInfo> regionFields()
{
    return {
        text(QueryField::Region, u"region"_s, Words::tr("Its name")),
        text(QueryField::Name, u"name"_s, Words::tr("Its name")),
        text(QueryField::Id, u"id"_s, Words::tr("Its name")),
        typed(QueryField::Stamps, u"stamps"_s, QueryType::Number,
              Words::tr("How many stamps it has")),
        typed(QueryField::Tenants, u"tenants"_s, QueryType::Number,
              Words::tr("How many tenants it has")),
        typed(QueryField::Cpu, u"cpu"_s, QueryType::Cores,
              Words::tr("Cores taken, or a share of the limit")),
        typed(QueryField::Memory, u"memory"_s, QueryType::Bytes,
              Words::tr("Memory taken, or a share of the limit")),
        typed(QueryField::Storage, u"storage"_s, QueryType::Bytes,
              Words::tr("Storage taken, or a share of the limit")),
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

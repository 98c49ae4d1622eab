// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleetquery.h"

#include <algorithm>
#include <array>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

const QString &flagWord(bool value)
{
    static const QString yes = u"true"_s;
    static const QString no = u"false"_s;
    return value ? yes : no;
}

/// The word of an enumeration whose last value is \a Last, made once: filters ask 200,000 times.
template<auto Last>
const QString &wordOf(decltype(Last) value)
{
    static const std::array<QString, size_t(Last) + 1> words = [] {
        std::array<QString, size_t(Last) + 1> all;
        for (size_t i = 0; i < all.size(); ++i)
            all[i] = toString(decltype(Last)(i));
        return all;
    }();
    return words[size_t(value)];
}

/// The fields of one tenant that it has itself. False for a field that is a stamp's.
bool ownText(const FleetVersion &version, const TenantEntry &entry, QueryField field,
             const QuerySubject::Take &take, bool *found)
{
    const Tenant &tenant = *entry.tenant;
    switch (field) {
    case QueryField::Tenant:
        *found = take(tenant.id) || take(tenant.name)
            || (entry.source >= 0
                && take(version.sources[entry.source].tenantDomain + u'/' + tenant.id));
        return true;
    case QueryField::Tier:
        *found = take(wordOf<Tier::Enterprise>(tenant.tier));
        return true;
    case QueryField::State:
        *found = take(wordOf<TenantState::Failed>(tenant.state));
        return true;
    case QueryField::Pinned:
        *found = take(flagWord(tenant.constraints.pinned));
        return true;
    case QueryField::Exclusive:
        *found = take(flagWord(tenant.constraints.exclusive));
        return true;
    case QueryField::Group:
        *found = take(tenant.constraints.antiAffinity);
        return true;
    default:
        return false;
    }
}

/// Taken, or taken of the limit.
std::optional<double> resourceNumber(const Resource &resource, bool ofLimit)
{
    return ofLimit ? resource.load() : resource.taken();
}

} // namespace

bool StampSubject::anyTenant(QueryField field, const Take &take) const
{
    return std::any_of(m_entry.tenants.begin(), m_entry.tenants.end(), [&](int slot) {
        const TenantEntry &tenant = m_version.tenants[slot];
        bool found = false;
        return tenant.tenant && ownText(m_version, tenant, field, take, &found) && found;
    });
}

bool StampSubject::anyText(QueryField field, const QString &key, const Take &take) const
{
    const Stamp &stamp = *m_entry.stamp;
    switch (field) {
    case QueryField::Id:
        return take(m_entry.id);
    case QueryField::Name:
        return take(stamp.name);
    case QueryField::Stamp:
        return take(stamp.name) || take(m_entry.id);
    case QueryField::Source:
        return m_entry.source >= 0 && take(m_version.sources[m_entry.source].name);
    case QueryField::Region:
        return take(stamp.region);
    case QueryField::Ring:
        return take(stamp.ring);
    case QueryField::Version:
        return take(stamp.version);
    case QueryField::Zone:
        return take(stamp.zone);
    case QueryField::Lifecycle:
        return take(wordOf<Lifecycle::Failed>(stamp.lifecycle));
    case QueryField::Health:
        return take(wordOf<Health::Unhealthy>(m_entry.health));
    case QueryField::LastHealth:
        return take(wordOf<Health::Unhealthy>(m_entry.lastHealth));
    case QueryField::Stale:
        return take(flagWord(m_entry.stale));
    case QueryField::Label: {
        const auto label = stamp.labels.constFind(key);
        return label != stamp.labels.cend() && take(*label);
    }
    case QueryField::Component:
        return std::any_of(stamp.components.begin(), stamp.components.end(),
                           [&](const Component &component) { return take(component.name); });
    case QueryField::Reason:
        return std::any_of(
            m_entry.reasons.begin(), m_entry.reasons.end(),
            [&](const HealthReason &reason) { return take(reason.code) || take(reason.message); });
    case QueryField::Operation:
        return take(stamp.operation);
    default:
        return anyTenant(field, take);
    }
}

std::optional<double> StampSubject::number(QueryField field, bool ofLimit) const
{
    const Stamp &stamp = *m_entry.stamp;
    switch (field) {
    case QueryField::Cpu:
        return resourceNumber(m_entry.resources.cpu, ofLimit);
    case QueryField::Memory:
        return resourceNumber(m_entry.resources.memory, ofLimit);
    case QueryField::Storage:
        return resourceNumber(m_entry.resources.storage, ofLimit);
    case QueryField::Tenants:
        if (ofLimit) {
            // Where the backend counts none they are those that it owns.
            Resource tenants = m_entry.resources.tenants;
            if (!tenants.taken())
                tenants.used = m_entry.owned;
            return tenants.load();
        }
        return double(m_entry.owned);
    case QueryField::Requests:
        return stamp.signalValues.requestsPerSecond;
    case QueryField::Errors:
        return stamp.signalValues.errorRatio;
    case QueryField::P50:
        return stamp.signalValues.latencyP50Ms;
    case QueryField::P99:
        return stamp.signalValues.latencyP99Ms;
    case QueryField::Cost:
        return stamp.costPerHour ? std::optional(stamp.costPerHour->amount) : std::nullopt;
    default:
        return std::nullopt;
    }
}

bool StampSubject::anyWord(const Take &take) const
{
    const Stamp &stamp = *m_entry.stamp;
    if (take(m_entry.id) || take(stamp.name))
        return true;
    for (auto label = stamp.labels.cbegin(); label != stamp.labels.cend(); ++label) {
        if (take(label.key()) || take(*label))
            return true;
    }
    return false;
}

TenantSubject::TenantSubject(const FleetVersion &version, const TenantEntry &entry)
    : m_version(version)
    , m_entry(entry)
    , m_owner(entry.owner >= 0 ? version.stamps[entry.owner].get() : nullptr)
{ }

bool TenantSubject::anyText(QueryField field, const QString &key, const Take &take) const
{
    bool found = false;
    if (ownText(m_version, m_entry, field, take, &found))
        return found;
    const Tenant &tenant = *m_entry.tenant;
    switch (field) {
    case QueryField::Id:
        return take(tenant.id)
            || (m_entry.source >= 0
                && take(m_version.sources[m_entry.source].tenantDomain + u'/' + tenant.id));
    case QueryField::Name:
        return take(tenant.name);
    case QueryField::Source:
        return m_entry.source >= 0 && take(m_version.sources[m_entry.source].name);
    case QueryField::Operation:
        return take(tenant.operation);
    case QueryField::Stale:
        return take(flagWord(m_entry.stale));
    case QueryField::Stamp:
        // Where it runs too: a tenant that moves is on two.
        return (m_owner && (take(m_owner->stamp->name) || take(m_owner->id)))
            || std::any_of(tenant.placements.begin(), tenant.placements.end(),
                           [&](const Placement &placement) { return take(placement.stamp); });
    default:
        return m_owner && StampSubject(m_version, *m_owner).anyText(field, key, take);
    }
}

std::optional<double> TenantSubject::number(QueryField field, bool ofLimit) const
{
    if (!ofLimit) {
        switch (field) {
        case QueryField::Cpu:
            return m_entry.tenant->demand.cpu;
        case QueryField::Memory:
            return m_entry.tenant->demand.memory;
        case QueryField::Storage:
            return m_entry.tenant->demand.storage;
        case QueryField::Requests:
            return m_entry.tenant->demand.requestsPerSecond;
        default:
            break;
        }
    }
    return m_owner ? StampSubject(m_version, *m_owner).number(field, ofLimit) : std::nullopt;
}

bool TenantSubject::anyWord(const Take &take) const
{
    return take(m_entry.tenant->id) || take(m_entry.tenant->name);
}

std::vector<int> filterStamps(const FleetVersion &version, const Query &query,
                              const std::atomic<bool> *stop)
{
    std::vector<int> slots;
    for (int slot = 0; slot < version.stamps.size(); ++slot) {
        if (stop && stop->load(std::memory_order_relaxed))
            break;
        const StampEntryPtr &entry = version.stamps[slot];
        if (entry && query.matches(StampSubject(version, *entry)))
            slots.push_back(slot);
    }
    return slots;
}

std::vector<int> filterTenants(const FleetVersion &version, const Query &query,
                               const std::atomic<bool> *stop)
{
    std::vector<int> slots;
    for (int slot = 0; slot < version.tenants.size(); ++slot) {
        if (stop && stop->load(std::memory_order_relaxed))
            break;
        const TenantEntry &entry = version.tenants[slot];
        if (entry.tenant && query.matches(TenantSubject(version, entry)))
            slots.push_back(slot);
    }
    return slots;
}

QueryValues querySubject(const Operation &operation)
{
    QueryValues values;
    values.texts = {
        {QueryField::Id, {operation.id}},         {QueryField::Kind, {operation.kind}},
        {QueryField::Target, {operation.target}}, {QueryField::State, {toString(operation.state)}},
        {QueryField::By, {operation.createdBy}},  {QueryField::Reason, {operation.reason}}};
    return values;
}

QueryValues querySubject(const SourceState &source)
{
    const QString state = source.isStale() ? u"stale"_s
        : source.error                     ? u"failing"_s
        : source.answered                  ? u"live"_s
                                           : u"connecting"_s;
    QueryValues values;
    values.texts = {{QueryField::Id, {source.name}},
                    {QueryField::Name, {source.name}},
                    {QueryField::Adapter, {source.adapter}},
                    {QueryField::Instance, {source.instance}},
                    {QueryField::State, {state}},
                    {QueryField::Stale, {flagWord(source.isStale())}},
                    {QueryField::Production, {flagWord(source.production)}}};
    return values;
}

} // namespace Stampdeck

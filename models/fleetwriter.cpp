// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleetwriter.h"

#include "dataage.h"
#include "disposal.h"
#include "marks.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QTimer>

#include <algorithm>
#include <cmath>
#include <limits>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto tickInterval = 1s;
// Thousands of endpoints answer at any moment: what comes within this time is one version. A change
// that comes alone waits for nothing.
constexpr auto publishGap = 25ms;
constexpr int operationsKept = 500;
// A sample lives longer than three polls, since what is polled is not what measures: Prometheus
// advises to scrape every two minutes at the least.
constexpr auto sampleLife = 150s;
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

float orNan(std::optional<double> value)
{
    return value ? float(*value) : nan;
}

// What a recorded history tells too, so that a chart of both has no step where they meet.
float usedShare(const Resource &resource)
{
    return resource.used && resource.limit && *resource.limit > 0
            ? float(*resource.used / *resource.limit)
            : nan;
}

std::array<std::optional<double>, 4> sparkValues(const SignalValues &values)
{
    return {values.requestsPerSecond, values.errorRatio, values.latencyP50Ms, values.latencyP99Ms};
}

std::array<Sparklines::Line *, 4> sparkLines(Sparklines &lines)
{
    return {&lines.requests, &lines.errors, &lines.latencyP50, &lines.latencyP99};
}

std::shared_ptr<Sparklines> emptySparklines()
{
    auto lines = std::make_shared<Sparklines>();
    for (Sparklines::Line *line : sparkLines(*lines))
        line->fill(nan);
    return lines;
}

qint64 sampleBucket(Timestamp now)
{
    return now.time_since_epoch() / Sparklines::step;
}

// Each slot stands in the list of one endpoint, and its state knows where.
template<typename State>
void enter(std::vector<int> &list, std::vector<State> &states, int slot)
{
    states[size_t(slot)].at = list.size();
    list.push_back(slot);
}

template<typename State>
void leave(std::vector<int> &list, std::vector<State> &states, int slot)
{
    const size_t at = states[size_t(slot)].at;
    list[at] = list.back();
    states[size_t(list[at])].at = at;
    list.pop_back();
}

// What \a told does not say itself, by what was measured, in the order of metricSignals().
StampPtr filled(const StampPtr &told,
                const std::array<std::optional<double>, MeasuredSignals::signalCount> &values)
{
    auto stamp = std::make_shared<Stamp>(*told);
    const std::array<std::optional<double> *, MeasuredSignals::signalCount> fields{
        &stamp->resources.cpu.used,          &stamp->resources.memory.used,
        &stamp->resources.storage.used,      &stamp->signalValues.requestsPerSecond,
        &stamp->signalValues.errorRatio,     &stamp->signalValues.latencyP50Ms,
        &stamp->signalValues.latencyP99Ms};
    for (size_t i = 0; i < fields.size(); ++i) {
        if (!*fields[i])
            *fields[i] = values[i];
    }
    return stamp;
}

bool namesSameStamps(const Tenant &a, const Tenant &b)
{
    return a.stamp == b.stamp
        && std::equal(a.placements.begin(), a.placements.end(), b.placements.begin(),
                      b.placements.end(), [](const Placement &one, const Placement &other) {
                          return one.stamp == other.stamp;
                      });
}

} // namespace

FleetStore::Writer::Writer(FleetStore &store, Clock &clock)
    : m_store(store)
    , m_clock(clock)
{
}

void FleetStore::Writer::begin()
{
    m_clock.callLater(tickInterval, this, [this] { tick(); });
}

void FleetStore::Writer::addSource(const SourceState &source)
{
    m_draft.sources.append(source);
    if (m_draft.sources.last().tenantDomain.isEmpty())
        m_draft.sources.last().tenantDomain = source.name;
    m_sources.emplace_back();
    m_changes.sources = true;
    schedule();
}

// A source keeps its number as long as the store lives, since entries refer to it; a removed one
// stays as a name without stamps.
void FleetStore::Writer::removeSource(const QString &source)
{
    const int index = m_draft.sourceIndex(source);
    if (index < 0)
        return;
    empty(index);
    m_draft.sources[index].name.clear();
    m_changes.sources = true;
    schedule();
}

void FleetStore::Writer::empty(int source)
{
    for (const QString &id : m_sources[size_t(source)].tenants.keys())
        removeTenant(source, id);
    for (const QString &name : m_sources[size_t(source)].stamps.keys())
        removeStamp(source, name);
}

FleetStore::Writer::Party FleetStore::Writer::find(const QString &name)
{
    if (const int index = m_draft.sourceIndex(name); index >= 0)
        return {&m_draft.sources[index], &m_sources[size_t(index)]};
    for (qsizetype index = 0; index < m_draft.feeds.size(); ++index) {
        if (m_draft.feeds[index].name == name)
            return {&m_draft.feeds[index], &m_feeds[size_t(index)]};
    }
    return {};
}

int FleetStore::Writer::endpointOf(Source &of, const QString &name)
{
    const auto found = of.endpointIndex.constFind(name);
    if (found != of.endpointIndex.constEnd())
        return *found;
    const int index = int(of.endpoints.size());
    of.endpointIndex.insert(name, index);
    of.endpoints.push_back({});
    of.endpoints.back().name = name;
    return index;
}

void FleetStore::Writer::touch(int source, int endpoint)
{
    Endpoint &at = m_sources[size_t(source)].endpoints[size_t(endpoint)];
    at.lastContact = m_clock.elapsed();
    at.error.reset();
    at.nextAttempt.reset();
    if (std::exchange(at.stale, false)) {
        m_unassessed.insert(at.stamps);
        for (const int slot : at.tenants)
            showTenant(slot, true);
    }
}

void FleetStore::Writer::endpointsChanged(Source &of)
{
    of.isSummed = false;
    schedule();
}

// Sums the endpoints up into what the window shows of the source.
void FleetStore::Writer::sumUp(Source &of, SourceState &shown)
{
    if (std::exchange(of.isSummed, true))
        return;
    SourceState state = shown;
    state.endpointsFailing = 0;
    state.endpointsStale = 0;
    state.error.reset();
    state.errorEndpoint.clear();
    state.lastContact.reset();
    state.nextAttempt.reset();
    state.endpointsSettled = 0;
    state.reading = 0;
    state.proofs = int(of.proofs.size());
    state.answered = of.answered(state.endpoints);
    state.watching = !of.endpoints.empty();
    for (const Endpoint &endpoint : of.endpoints) {
        state.endpointsStale += endpoint.stale;
        state.endpointsSettled += endpoint.answered || endpoint.error;
        state.watching &= endpoint.watching;
        state.reading += endpoint.reading;
        if (endpoint.error) {
            ++state.endpointsFailing;
            if (!state.error) {
                state.error = endpoint.error;
                state.errorEndpoint = endpoint.name;
                state.nextAttempt = endpoint.nextAttempt;
            }
        }
        if (endpoint.lastContact && (!state.lastContact || *endpoint.lastContact < *state.lastContact))
            state.lastContact = endpoint.lastContact;
    }
    if (state != shown) {
        shown = state;
        m_changes.sources = true;
    }
}

StampEntry &FleetStore::Writer::editStamp(int slot)
{
    if (size_t(slot) >= m_dirty.size())
        m_dirty.resize(m_stampStates.size());
    std::shared_ptr<StampEntry> &dirty = m_dirty[size_t(slot)];
    if (!dirty) {
        const StampEntryPtr &is = std::as_const(m_draft.stamps)[slot];
        dirty = is ? std::make_shared<StampEntry>(*is) : std::make_shared<StampEntry>();
    }
    m_edited.insert(slot);
    m_changedStamps.insert(slot);
    schedule();
    return *dirty;
}

void FleetStore::Writer::apply(const QString &source, const FleetUpdate &update)
{
    const int index = m_draft.sourceIndex(source);
    if (index < 0)
        return;
    const int endpoint = endpointOf(m_sources[size_t(index)], update.endpoint);
    // Two sources of one instance are one: the later configured one shows nothing, whichever
    // answers first.
    if (!update.instance.isEmpty()) {
        const auto isSame = [&](int other) {
            return m_draft.sources[other].instance == update.instance
                && !m_draft.sources[other].name.isEmpty();
        };
        const auto sameAs = [&](int first) {
            return Error::of(ErrorKind::Invalid,
                             QCoreApplication::translate("Fleet", "this is the same fleet as %1")
                                     .arg(m_draft.sources[first].name));
        };
        for (int other = 0; other < index; ++other) {
            if (!isSame(other))
                continue;
            m_draft.sources[index].sameAs = m_draft.sources[other].name;
            fail(source, update.endpoint, sameAs(other), std::nullopt);
            return;
        }
        for (int other = index + 1; other < m_draft.sources.size(); ++other) {
            if (!isSame(other))
                continue;
            empty(other);
            m_draft.sources[other].instance.clear();
            m_draft.sources[other].sameAs = source;
            for (Endpoint &of : m_sources[size_t(other)].endpoints)
                of.answered = false;
            const QString name = m_draft.sources[other].name;
            for (const Endpoint &of : std::vector(m_sources[size_t(other)].endpoints))
                fail(name, of.name, sameAs(index), std::nullopt);
        }
    }
    touch(index, endpoint);
    m_draft.sources[index].sameAs.clear();
    if (!update.unchanged) {
        ++m_update;
        if (Endpoint &at = m_sources[size_t(index)].endpoints[size_t(endpoint)]; update.complete) {
            at.answered = true;
            at.reading = 0;
        }
        // Stamps first: tenants point at them.
        for (const StampPtr &stamp : update.stamps)
            applyStamp(index, endpoint, stamp);
        QHash<QString, int> &tenants = m_sources[size_t(index)].tenants;
        if (const auto size = qsizetype(update.tenants.size()); size > tenants.size())
            tenants.reserve(size);
        int slot = -1;
        for (const TenantPtr &tenant : update.tenants)
            slot = applyTenant(index, endpoint, tenant, slot + 1);
        for (const ObjectFault &fault : update.faults)
            reject(index, fault);
        if (update.complete)
            removeUnseen(index, endpoint, update);
        removeProofs(index);
        for (const QString &id : update.goneTenants)
            removeTenant(index, id);
        for (const QString &name : update.goneStamps)
            removeStamp(index, name);
        for (const OperationPtr &operation : update.operations)
            showOperation(operation, source);
        if (update.acknowledgements) {
            m_sources[size_t(index)].acknowledgements.insert(update.endpoint,
                                                             *update.acknowledgements);
            acknowledgementsChanged();
        }

        SourceState &state = m_draft.sources[index];
        if (!update.instance.isEmpty())
            state.instance = update.instance;
        if (update.complete || !update.faults.empty()) {
            state.faults = int(update.faults.size());
            state.faultMessage = update.faults.empty()
                    ? QString()
                    : QString(update.faults.front().pointer + u": "_s
                              + update.faults.front().message);
        }
        m_changes.sources = true;
    }
    if (update.serverTime)
        m_draft.sources[index].skew = *update.serverTime - m_clock.now();
    endpointsChanged(m_sources[size_t(index)]);
    schedule();
}

// What a complete answer does not name is gone; what it names wrongly is not.
void FleetStore::Writer::removeUnseen(int source, int endpoint, const FleetUpdate &update)
{
    const auto isUnknown = [&update](bool isTenant) {
        // Nobody can tell which object it was: nothing is taken for gone.
        return std::any_of(update.faults.begin(), update.faults.end(),
                           [isTenant](const ObjectFault &fault) {
                               return fault.id.isEmpty() && fault.isTenant == isTenant;
                           });
    };
    const auto unseen = [this](const std::vector<int> &list, const auto &states) {
        std::vector<int> gone;
        std::copy_if(list.begin(), list.end(), std::back_inserter(gone),
                     [&](int slot) { return states[size_t(slot)].seen != m_update; });
        return gone;
    };
    // What nobody can tell about stays as it was last, stale.
    const Endpoint &at = m_sources[size_t(source)].endpoints[size_t(endpoint)];
    for (const int slot : unseen(at.tenants, m_tenantStates)) {
        if (!isUnknown(true)) {
            removeTenant(source, m_tenantStates[size_t(slot)].told->id);
        } else if (!std::exchange(m_tenantStates[size_t(slot)].rejected, true)) {
            showTenant(slot, true);
        }
    }
    for (const int slot : unseen(at.stamps, m_stampStates)) {
        if (!isUnknown(false)) {
            removeStamp(source, m_stampStates[size_t(slot)].told->name);
        } else if (!std::exchange(m_stampStates[size_t(slot)].rejected, true)) {
            m_unassessed.insert(slot);
        }
    }
}

void FleetStore::Writer::addProofs(const QString &source, const std::vector<StampPtr> &stamps)
{
    const int index = m_draft.sourceIndex(source);
    if (index < 0 || !m_draft.sources[index].sameAs.isEmpty())
        return;
    Source &of = m_sources[size_t(index)];
    if (of.answered(m_draft.sources[index].endpoints))
        return;
    for (const StampPtr &stamp : stamps) {
        if (of.stamps.contains(stamp->name))
            continue;
        // Where it will stand and no more: everything else is its source's to tell.
        auto proof = std::make_shared<Stamp>();
        proof->name = stamp->name;
        proof->region = stamp->region;
        proof->zone = stamp->zone;
        proof->ring = stamp->ring;
        proof->version = stamp->version;
        proof->labels = stamp->labels;
        applyStamp(index, -1, proof);
    }
    endpointsChanged(of);
}

void FleetStore::Writer::setReading(const QString &source, const QString &endpoint, int stamps)
{
    Source *const of = find(source).known;
    if (!of)
        return;
    Endpoint &at = of->endpoints[size_t(endpointOf(*of, endpoint))];
    if (at.answered)
        return;
    at.reading = stamps;
    endpointsChanged(*of);
}

// Of endpoint -1: a proof, which is nobody's yet.
void FleetStore::Writer::applyStamp(int source, int endpoint, const StampPtr &told)
{
    Source &of = m_sources[size_t(source)];
    int slot = of.stamps.value(told->name, -1);
    if (slot < 0) {
        if (m_freeStamps.empty()) {
            slot = m_draft.stamps.grow();
            m_stampStates.emplace_back();
        } else {
            slot = m_freeStamps.back();
            m_freeStamps.pop_back();
            m_stampStates[size_t(slot)] = {};
        }
        of.stamps.insert(told->name, slot);
        StampEntry &entry = editStamp(slot);
        entry = {};
        entry.id = m_draft.sources[source].name + u'/' + told->name;
        entry.source = source;
        m_draft.stampIndex.insert(entry.id, slot);
        m_changes.stampsComeOrGo = true;
        // Tenants that named this stamp before it was told.
        const QSet<int> unplaced = of.unplaced;
        for (const int tenant : unplaced) {
            const TenantPtr &known = m_tenantStates[size_t(tenant)].told;
            const bool owned = known->stamp == told->name;
            if (!owned && !known->placementOn(told->name))
                continue;
            entry.owned += owned;
            entry.tenants.push_back(tenant);
            m_reordered.insert(slot);
            showTenant(tenant);
        }
    }
    StampState &state = m_stampStates[size_t(slot)];
    state.seen = m_update;
    if (state.endpoint != endpoint) {
        if (state.endpoint >= 0) {
            leave(of.endpoints[size_t(state.endpoint)].stamps, m_stampStates, slot);
            m_unassessed.insert(slot);
        }
        if (of.proofs.remove(slot))
            m_unassessed.insert(slot);
        state.source = source;
        state.endpoint = endpoint;
        enter(of.endpoints[size_t(endpoint)].stamps, m_stampStates, slot);
    } else if (endpoint < 0) {
        state.source = source;
        of.proofs.insert(slot);
    }
    const bool wasRejected = std::exchange(state.rejected, false);
    if (state.told && !wasRejected && (state.told == told || *state.told == *told))
        return;
    noteMark(m_markedStamps, slot, state.told ? state.told->mark : OptionalMark(), told->mark);
    state.told = told;
    state.filled = state.measured ? filled(told, state.measured->values) : told;
    m_unassessed.insert(slot);
    schedule();
}

// Answers tell tenants in much the same order again, so where one stands can be guessed, which
// saves looking it up.
int FleetStore::Writer::tenantSlot(int source, const QString &id, int guess) const
{
    if (size_t(guess) < m_tenantStates.size()) {
        const TenantState &state = m_tenantStates[size_t(guess)];
        if (state.told && state.source == source && state.told->id == id)
            return guess;
    }
    return m_sources[size_t(source)].tenants.value(id, -1);
}

// Returns its slot.
int FleetStore::Writer::applyTenant(int source, int endpoint, const TenantPtr &told, int guess)
{
    Source &of = m_sources[size_t(source)];
    int slot = tenantSlot(source, told->id, guess);
    if (slot < 0) {
        if (m_freeTenants.empty()) {
            slot = m_draft.tenants.grow();
            m_tenantStates.emplace_back();
        } else {
            slot = m_freeTenants.back();
            m_freeTenants.pop_back();
            m_tenantStates[size_t(slot)] = {};
        }
        of.tenants.insert(told->id, slot);
        const QString id = m_draft.sources[source].tenantDomain + u'/' + told->id;
        if (m_draft.tenantIndex.value(id) < 0)
            m_draft.tenantIndex.insert(id, slot);
        ++m_draft.counts.tenants;
        m_changes.tenantsComeOrGo = true;
        m_draft.tenants.edit(slot).source = source;
        m_tenantStates[size_t(slot)].source = source;
    }
    TenantState &state = m_tenantStates[size_t(slot)];
    state.seen = m_update;
    bool isChanged = std::exchange(state.rejected, false);
    if (state.endpoint != endpoint) {
        if (state.endpoint >= 0)
            leave(of.endpoints[size_t(state.endpoint)].tenants, m_tenantStates, slot);
        state.endpoint = endpoint;
        enter(of.endpoints[size_t(endpoint)].tenants, m_tenantStates, slot);
        isChanged = true;
    }
    if (!isChanged && state.told && (state.told == told || *state.told == *told))
        return slot;
    const TenantPtr before = std::exchange(state.told, told);
    noteMark(m_markedTenants, slot, before ? before->mark : OptionalMark(), told->mark);
    const bool samePlaces = before && namesSameStamps(*before, *told);
    if (!samePlaces || !m_claims.isEmpty())
        place(slot, before.get(), told.get(), source);
    showTenant(slot, samePlaces);
    return slot;
}

// Keeps the lists of who is on which stamp.
void FleetStore::Writer::place(int tenantSlot, const Tenant *before, const Tenant *after, int source)
{
    const Source &of = m_sources[size_t(source)];
    const auto stampsOf = [&of](const Tenant *tenant) {
        QList<int> slots;
        if (!tenant)
            return slots;
        const auto add = [&](const QString &name) {
            const int slot = of.stamps.value(name, -1);
            if (slot >= 0 && !slots.contains(slot))
                slots.append(slot);
        };
        add(tenant->stamp);
        for (const Placement &placement : tenant->placements)
            add(placement.stamp);
        return slots;
    };
    const QList<int> was = stampsOf(before);
    const QList<int> is = stampsOf(after);
    const int ownerBefore = before ? of.stamps.value(before->stamp, -1) : -1;
    const int ownerAfter = after ? of.stamps.value(after->stamp, -1) : -1;
    if (ownerBefore != ownerAfter) {
        if (ownerBefore >= 0)
            --editStamp(ownerBefore).owned;
        if (ownerAfter >= 0)
            ++editStamp(ownerAfter).owned;
    }
    for (const int slot : was) {
        if (!is.contains(slot))
            std::erase(editStamp(slot).tenants, tenantSlot);
    }
    for (const int slot : is) {
        if (was.contains(slot))
            continue;
        editStamp(slot).tenants.push_back(tenantSlot);
        m_reordered.insert(slot);
    }
    // A claim counts until the backend itself counts the placement.
    for (const Claim &claim : std::as_const(m_claims)) {
        if (claim.tenant.isEmpty() || m_draft.tenantIndex.value(claim.tenant) != tenantSlot)
            continue;
        if (const int slot = m_draft.stampIndex.value(claim.to); slot >= 0)
            m_unassessed.insert(slot);
    }
}

// With samePlaces it is known to name the stamps that it named before.
void FleetStore::Writer::showTenant(int slot, bool samePlaces)
{
    const TenantState &state = m_tenantStates[size_t(slot)];
    if (!state.told)
        return;
    TenantEntry &entry = m_draft.tenants.edit(slot);
    Source &of = m_sources[size_t(entry.source)];
    entry.tenant = state.told;
    if (!samePlaces) {
        entry.owner = of.stamps.value(state.told->stamp, -1);
        const bool placed = entry.owner >= 0
                && std::all_of(state.told->placements.begin(), state.told->placements.end(),
                               [&of](const Placement &at) { return of.stamps.contains(at.stamp); });
        if (placed)
            of.unplaced.remove(slot);
        else
            of.unplaced.insert(slot);
    }
    entry.stale = state.rejected || of.endpoints[size_t(state.endpoint)].stale;
    entry.elsewhere = isElsewhere(state.told->mark, entry.source);
    if (!m_claims.isEmpty()) {
        const QString id = m_draft.sources[entry.source].tenantDomain + u'/' + state.told->id;
        for (const Claim &claim : std::as_const(m_claims)) {
            if (claim.tenant != id)
                continue;
            // The loser of a race has to see another revision than the winner had.
            auto claimed = std::make_shared<Tenant>(*state.told);
            claimed->operation = claim.operation;
            claimed->revision = state.told->revision + u'+' + claim.operation;
            entry.tenant = claimed;
            break;
        }
    }
    m_changedTenants.insert(slot);
    schedule();
}

// What an earlier session knew and nobody tells of any more.
void FleetStore::Writer::removeProofs(int source)
{
    const Source &of = m_sources[size_t(source)];
    if (of.proofs.isEmpty() || !of.answered(m_draft.sources[source].endpoints))
        return;
    for (const int slot : QSet(of.proofs))
        removeStamp(source, m_stampStates[size_t(slot)].told->name);
}

void FleetStore::Writer::removeStamp(int source, const QString &name)
{
    Source &of = m_sources[size_t(source)];
    const int slot = of.stamps.value(name, -1);
    if (slot < 0)
        return;
    of.stamps.remove(name);
    of.proofs.remove(slot);
    StampState &state = m_stampStates[size_t(slot)];
    if (state.endpoint >= 0)
        leave(of.endpoints[size_t(state.endpoint)].stamps, m_stampStates, slot);
    const QString id = m_draft.sources[source].name + u'/' + name;
    noteMark(m_markedStamps, slot, state.told ? state.told->mark : OptionalMark(), {});
    const std::vector<int> tenants = editStamp(slot).tenants;
    m_draft.stampIndex.remove(id);
    m_draft.stamps.edit(slot).reset();
    m_dirty[size_t(slot)].reset();
    m_edited.remove(slot);
    m_unassessed.remove(slot);
    m_reordered.remove(slot);
    state = {};
    m_freeStamps.push_back(slot);
    m_changedStamps.insert(slot);
    m_changes.stampsComeOrGo = true;
    m_changes.goneStamps.append(id);
    for (const int tenant : tenants)
        showTenant(tenant);
    schedule();
}

void FleetStore::Writer::removeTenant(int source, const QString &id)
{
    Source &of = m_sources[size_t(source)];
    const int slot = of.tenants.value(id, -1);
    if (slot < 0)
        return;
    place(slot, m_tenantStates[size_t(slot)].told.get(), nullptr, source);
    noteMark(m_markedTenants, slot, m_tenantStates[size_t(slot)].told->mark, {});
    of.tenants.remove(id);
    of.unplaced.remove(slot);
    leave(of.endpoints[size_t(m_tenantStates[size_t(slot)].endpoint)].tenants, m_tenantStates,
          slot);
    const QString fullId = m_draft.sources[source].tenantDomain + u'/' + id;
    if (m_draft.tenantIndex.value(fullId) == slot)
        m_draft.tenantIndex.remove(fullId);
    m_draft.tenants.edit(slot) = {};
    m_tenantStates[size_t(slot)] = {};
    m_freeTenants.push_back(slot);
    --m_draft.counts.tenants;
    m_changedTenants.insert(slot);
    m_changes.tenantsComeOrGo = true;
    m_changes.goneTenants.append(fullId);
    schedule();
}

// The object alone is rejected: its last good state stays, stale.
void FleetStore::Writer::reject(int source, const ObjectFault &fault)
{
    const Source &of = m_sources[size_t(source)];
    if (fault.isTenant) {
        const int slot = of.tenants.value(fault.id, -1);
        if (slot < 0)
            return;
        m_tenantStates[size_t(slot)].rejected = true;
        m_tenantStates[size_t(slot)].seen = m_update;
        showTenant(slot, true);
        return;
    }
    const int slot = of.stamps.value(fault.id, -1);
    if (slot < 0)
        return;
    m_stampStates[size_t(slot)].rejected = true;
    m_stampStates[size_t(slot)].seen = m_update;
    m_unassessed.insert(slot);
}

void FleetStore::Writer::contact(const QString &source, const QString &endpoint)
{
    const int index = m_draft.sourceIndex(source);
    if (index < 0)
        return;
    Source &of = m_sources[size_t(index)];
    touch(index, endpointOf(of, endpoint));
    endpointsChanged(of);
}

void FleetStore::Writer::fail(const QString &source, const QString &endpoint, const Error &error,
                              std::optional<std::chrono::milliseconds> nextAttempt)
{
    Source *const of = find(source).known;
    if (!of)
        return;
    Endpoint &at = of->endpoints[size_t(endpointOf(*of, endpoint))];
    at.error = error;
    at.nextAttempt = nextAttempt;
    at.reading = 0;
    endpointsChanged(*of);
}

void FleetStore::Writer::addFeed(const FeedState &feed)
{
    m_draft.feeds.append(feed);
    m_feeds.emplace_back();
    m_changes.sources = true;
    schedule();
}

void FleetStore::Writer::hear(const QString &feed, const FeedNews &news)
{
    const Party party = find(feed);
    if (!party.known)
        return;
    Endpoint &at = party.known->endpoints[size_t(endpointOf(*party.known, news.endpoint))];
    at.lastContact = m_clock.elapsed();
    at.error.reset();
    at.nextAttempt.reset();
    at.stale = false;
    at.answered = true;
    FeedState &state = *static_cast<FeedState *>(party.state);
    if (!news.instance.isEmpty())
        state.instance = news.instance;
    state.warnings = news.warnings;
    state.faults = news.faults;
    state.faultMessage = news.faultMessage;
    if (news.serverTime)
        state.skew = *news.serverTime - m_clock.now();
    m_changes.sources = true;
    endpointsChanged(*party.known);
}

void FleetStore::Writer::applyMetrics(const QString &feed, const MetricsUpdate &update)
{
    for (qsizetype index = 0; index < m_draft.feeds.size(); ++index) {
        if (m_draft.feeds[index].name == feed)
            measure(int(index), update);
    }
}

// Of two feeds that measure the same, the one that is configured first counts.
void FleetStore::Writer::measure(int feed, const MetricsUpdate &update)
{
    std::vector<Endpoint> &endpoints = m_feeds[size_t(feed)].endpoints;
    if (endpoints.empty())
        return;
    std::vector<int> &known = endpoints.front().stamps;
    QHash<int, MeasuredSignals> now;
    const auto take = [&](int slot) -> MeasuredSignals & {
        const auto found = now.find(slot);
        if (found != now.end())
            return *found;
        MeasuredSignals measured;
        if (const auto &before = m_stampStates[size_t(slot)].measured)
            measured = *before;
        for (size_t i = 0; i < measured.values.size(); ++i) {
            if (measured.by[i] != feed)
                continue;
            measured.values[i].reset();
            measured.at[i].reset();
        }
        return *now.insert(slot, measured);
    };
    for (const int slot : known) {
        if (m_stampStates[size_t(slot)].measured)
            std::ignore = take(slot);
    }
    known.clear();
    const Timestamp answeredAt = update.serverTime.value_or(m_clock.now());
    const auto aged = staleAfter(false, m_draft.feeds[feed].pollInterval);
    for (const MetricSample &sample : update.samples) {
        // Prometheus goes on to answer with the last sample for minutes.
        const auto age = answeredAt - sample.at.value_or(answeredAt);
        if (age > std::max<std::chrono::milliseconds>(aged, sampleLife))
            continue;
        const qsizetype at = metricSignals().indexOf(sample.signal);
        const auto slot = m_draft.findStamp(sample.stamp);
        if (at < 0 || !slot)
            continue;
        MeasuredSignals &measured = take(*slot);
        if (measured.values[size_t(at)] && measured.by[size_t(at)] < feed)
            continue;
        measured.values[size_t(at)] = sample.value;
        measured.by[size_t(at)] = feed;
        // A fresh one is as old as the answer: its own time would make each answer news.
        measured.at[size_t(at)] = age > aged ? sample.at : std::nullopt;
        if (known.empty() || known.back() != *slot)
            known.push_back(*slot);
    }
    for (auto it = now.cbegin(); it != now.cend(); ++it) {
        StampState &state = m_stampStates[size_t(it.key())];
        if (state.measured && *state.measured == *it)
            continue;
        state.measured = std::make_shared<const MeasuredSignals>(*it);
        state.filled = filled(state.told, it->values);
        m_unassessed.insert(it.key());
    }
    if (!m_unassessed.isEmpty())
        schedule();
}

void FleetStore::Writer::setIncidents(const std::shared_ptr<const IncidentBook> &incidents)
{
    m_draft.incidents = incidents;
    m_changes.incidents = true;
    schedule();
}

void FleetStore::Writer::setWatching(const QString &source, const QString &endpoint, bool watching)
{
    const int index = m_draft.sourceIndex(source);
    if (index < 0)
        return;
    Source &of = m_sources[size_t(index)];
    of.endpoints[size_t(endpointOf(of, endpoint))].watching = watching;
    endpointsChanged(of);
}

// Works out again what a stamp shows: resources with claims, health, staleness.
void FleetStore::Writer::showStamp(int slot)
{
    const StampState &state = m_stampStates[size_t(slot)];
    if (!state.told)
        return;
    StampEntry &entry = editStamp(slot);
    entry.stamp = state.filled;
    entry.told = state.told;
    entry.measured = state.measured;
    entry.endpoint = state.endpoint;
    entry.resources = state.filled->resources;
    entry.elsewhere = isElsewhere(state.filled->mark, entry.source);
    entry.incoming.clear();
    for (const Claim &claim : std::as_const(m_claims)) {
        if (claim.tenant.isEmpty()) {
            if (claim.to != entry.id)
                continue;
            auto claimed = std::make_shared<Stamp>(*state.filled);
            claimed->operation = claim.operation;
            claimed->revision = state.filled->revision + u'+' + claim.operation;
            if (claim.drains && claimed->lifecycle == Lifecycle::Cordoned)
                claimed->lifecycle = Lifecycle::Draining;
            if (claim.deletes
                && (claimed->lifecycle == Lifecycle::Cordoned
                    || claimed->lifecycle == Lifecycle::Drained))
                claimed->lifecycle = Lifecycle::Deleting;
            entry.stamp = claimed;
        } else if (claim.to == entry.id) {
            // Counted on the target from acceptance on; once the backend has placed it, the
            // backend counts it itself.
            const int tenantSlot = m_draft.tenantIndex.value(claim.tenant);
            if (tenantSlot < 0)
                continue;
            const Tenant &tenant = *m_tenantStates[size_t(tenantSlot)].told;
            if (tenant.placementOn(state.filled->name))
                continue;
            entry.incoming.push_back(tenantSlot);
            for (const ResourceKind kind : allResources) {
                if (const auto demand = tenant.demand.of(kind))
                    entry.resources[kind].reserved
                            = entry.resources[kind].reserved.value_or(0) + *demand;
            }
        }
    }
    if (const auto acts = m_ruleActs.constFind(entry.id); acts != m_ruleActs.constEnd()) {
        auto acted = std::make_shared<Stamp>(*entry.stamp);
        for (Component &component : acted->components) {
            const auto act = acts->constFind(component.name);
            if (!component.rule || act == acts->constEnd())
                continue;
            component.rule->lastAt = act->at;
            component.rule->lastFrom = act->from;
            component.rule->lastTo = act->to;
            component.rule->lastWhy = act->why;
        }
        entry.stamp = acted;
    }
    assess(slot, entry);
    sample(slot, entry);
}

void FleetStore::Writer::assess(int slot, StampEntry &entry)
{
    StampState &state = m_stampStates[size_t(slot)];
    if (entry.endpoint < 0) {
        entry.proof = entry.stale = true;
        entry.health = entry.lastHealth = Health::Unknown;
        return;
    }
    const Endpoint &endpoint
            = m_sources[size_t(entry.source)].endpoints[size_t(entry.endpoint)];
    const SourceState &source = m_draft.sources[entry.source];
    entry.lastContact = endpoint.lastContact.value_or(0ms);
    entry.proof = false;
    const Health before = entry.health;
    // A control plane that lost sight of a stamp says so by these words (interfaces.md).
    const auto told = state.filled->health != Health::Unknown
            ? state.filled->healthReasons.cend()
            : std::find_if(state.filled->healthReasons.cbegin(), state.filled->healthReasons.cend(),
                           [](const HealthReason &reason) { return reason.code == "stale"_L1; });
    const bool isTold = told != state.filled->healthReasons.cend();
    const bool stale = endpoint.stale || state.rejected || isTold;
    if (stale) {
        if (!entry.stale) {
            entry.staleSince = isTold && told->since ? *told->since : m_clock.now();
            // What its last good word made of it, whether or not anybody saw that.
            entry.lastHealth = scoreHealth(*state.filled, entry.resources, source.objectives,
                                           state.thresholds, m_clock.now(), m_clock.elapsed())
                                       .health;
        }
        entry.stale = true;
        entry.health = Health::Unknown;
        HealthReason reason;
        reason.code = u"stale"_s;
        reason.since = entry.staleSince;
        reason.message = state.rejected
                ? QCoreApplication::translate("Health", "its last answer was wrong")
                : QCoreApplication::translate("Health", "no word from %1").arg(source.name);
        if (isTold && !endpoint.stale && !state.rejected && !told->message.isEmpty())
            reason.message = told->message;
        entry.reasons = {reason};
    } else {
        entry.stale = false;
        entry.staleSince.reset();
        HealthScore score = scoreHealth(*state.filled, entry.resources, source.objectives,
                                        state.thresholds, m_clock.now(), m_clock.elapsed());
        for (HealthReason &reason : score.reasons) {
            // A reason that was there already keeps its moment.
            for (const HealthReason &known : std::as_const(entry.reasons)) {
                if (!reason.since && known.code == reason.code
                    && known.component == reason.component)
                    reason.since = known.since;
            }
            if (!reason.since)
                reason.since = m_clock.now();
        }
        entry.health = score.health;
        entry.lastHealth = score.health;
        entry.reasons = score.reasons;
    }
    if (entry.health != before || !entry.healthSince)
        entry.healthSince = m_clock.now();
}

void FleetStore::Writer::sample(int slot, StampEntry &entry)
{
    StampState &state = m_stampStates[size_t(slot)];
    const Timestamp now = m_clock.now();
    const auto values = sparkValues(state.filled->signalValues);
    const bool known = std::any_of(values.begin(), values.end(),
                                   [](const auto &value) { return value.has_value(); });
    const qint64 bucket = sampleBucket(now);
    if (known && !entry.stale) {
        for (size_t i = 0; i < values.size(); ++i) {
            if (values[i]) {
                state.sampleSum[i] += *values[i];
                ++state.sampleCount[i];
            }
        }
    }
    if (known && bucket != state.sampleBucket) {
        auto lines = entry.sparklines ? std::make_shared<Sparklines>(*entry.sparklines)
                                      : emptySparklines();
        const qint64 steps = state.sampleBucket < 0
                ? 1
                : std::clamp<qint64>(bucket - state.sampleBucket, 1, Sparklines::points);
        const auto each = sparkLines(*lines);
        for (size_t i = 0; i < each.size(); ++i) {
            Sparklines::Line &line = *each[i];
            std::move(line.begin() + steps, line.end(), line.begin());
            std::fill(line.end() - steps, line.end(), nan);
            if (state.sampleCount[i] > 0)
                line.back() = float(state.sampleSum[i] / state.sampleCount[i]);
        }
        lines->count = std::min<int>(Sparklines::points, lines->count + int(steps));
        state.sampleSum = {};
        state.sampleCount = {};
        state.sampleBucket = bucket;
        entry.sparklines = lines;
    }
    if (!m_watched.contains(entry.id))
        return;
    auto series = entry.samples ? std::make_shared<SampleSeries>(*entry.samples)
                                : std::make_shared<SampleSeries>();
    const Timestamp at = state.filled->observedAt.value_or(now);
    if (!series->times.empty() && at <= series->times.back())
        return;
    const auto lists = {std::pair{&series->cpu, usedShare(entry.resources.cpu)},
                        {&series->memory, usedShare(entry.resources.memory)},
                        {&series->storage, usedShare(entry.resources.storage)},
                        {&series->requests, orNan(values[0])},
                        {&series->errors, orNan(values[1])},
                        {&series->latencyP50, orNan(values[2])},
                        {&series->latencyP99, orNan(values[3])}};
    const bool full = series->times.size() >= size_t(SampleSeries::maxPoints);
    if (full)
        series->times.erase(series->times.begin());
    series->times.push_back(at);
    for (const auto &[list, value] : lists) {
        if (full)
            list->erase(list->begin());
        list->push_back(value);
    }
    entry.samples = series;
}

void FleetStore::Writer::addHistory(const QString &source, const std::vector<Series> &series)
{
    const int index = m_draft.sourceIndex(source);
    if (index < 0)
        return;
    const Source &of = m_sources[size_t(index)];
    const Timestamp now = m_clock.now();
    for (const Series &recorded : series) {
        const int slot = of.stamps.value(recorded.stamp, -1);
        const size_t line = recorded.signal == "requestsPerSecond"_L1 ? 0
                : recorded.signal == "errorRatio"_L1                  ? 1
                : recorded.signal == "latencyP50Ms"_L1                ? 2
                : recorded.signal == "latencyP99Ms"_L1                ? 3
                                                                      : 4;
        if (slot < 0 || line > 3)
            continue;
        StampEntry &entry = editStamp(slot);
        auto lines = entry.sparklines ? std::make_shared<Sparklines>(*entry.sparklines)
                                      : emptySparklines();
        Sparklines::Line &to = *sparkLines(*lines)[line];
        for (size_t i = 0; i < recorded.values.size(); ++i) {
            const Timestamp at = recorded.start + recorded.step * qint64(i);
            const qint64 back = sampleBucket(now) - sampleBucket(at);
            if (back < 0 || back >= Sparklines::points)
                continue;
            float &value = to[size_t(Sparklines::points - 1 - back)];
            if (std::isnan(value))
                value = recorded.values[i];
        }
        lines->count = Sparklines::points;
        entry.sparklines = lines;
    }
}

void FleetStore::Writer::watchSamples(const QString &stampId, int by)
{
    int &count = m_watched[stampId];
    count += by;
    if (count > 0) {
        if (const int slot = m_draft.stampIndex.value(stampId); slot >= 0)
            m_unassessed.insert(slot);
    } else {
        m_watched.remove(stampId);
        if (const int slot = m_draft.stampIndex.value(stampId); slot >= 0)
            editStamp(slot).samples.reset();
    }
    schedule();
}

void FleetStore::Writer::showOperation(const OperationPtr &operation, const QString &source)
{
    if (!source.isEmpty() && m_draft.carried.contains(operation->id))
        return;
    const auto known = m_draft.operations.constFind(operation->id);
    // What is ours nobody else tells better.
    if (!source.isEmpty() && known != m_draft.operations.constEnd() && !(*known)->fromMarks
        && m_draft.operationSource.value(operation->id).isEmpty())
        return;
    m_marksChanged |= m_draft.marked.contains(operation->id);
    if (known != m_draft.operations.constEnd() && **known == *operation)
        return;
    m_draft.operations.insert(operation->id, operation);
    m_draft.operationSource.insert(operation->id, source);
    m_changes.operations.append(operation->id);
    // What a backend does for us is not told beside it, whichever was heard of first.
    for (const QString &id : operation->carriedBy) {
        m_draft.carried.insert(id, operation->id);
        if (id != operation->id && !m_draft.operationSource.value(id).isEmpty()) {
            m_draft.operations.remove(id);
            m_draft.operationSource.remove(id);
            m_changes.operations.append(id);
        }
    }
    if (m_draft.operations.size() > operationsKept) {
        // The oldest that is over goes.
        QString oldest;
        std::optional<Timestamp> oldestAt;
        for (const OperationPtr &each : std::as_const(m_draft.operations)) {
            if (isFinal(each->state) && each->updatedAt
                && (!oldestAt || *each->updatedAt < *oldestAt)) {
                oldestAt = each->updatedAt;
                oldest = each->id;
            }
        }
        m_draft.operations.remove(oldest);
        m_draft.carried.removeIf(
                [&](const QMap<QString, QString>::iterator &entry) { return entry.value() == oldest; });
        m_draft.operationSource.remove(oldest);
        m_changes.operations.append(oldest);
    }
    hurry();
}

void FleetStore::Writer::setEndpoints(const QString &source, const QStringList &endpoints)
{
    const Party party = find(source);
    if (!party.known)
        return;
    for (const QString &endpoint : endpoints)
        std::ignore = endpointOf(*party.known, endpoint);
    party.state->endpoints = int(endpoints.size());
    m_changes.sources = true;
    schedule();
}

void FleetStore::Writer::restoreClaims(const QList<Claim> &claims)
{
    for (const Claim &claim : claims) {
        if (!m_claims.contains(claim)) // one that failed half way has kept them
            m_claims.append(claim);
    }
    claimsChanged(claims);
}

// Shows again whatever the claims touch.
void FleetStore::Writer::claimsChanged(const QList<Claim> &claims)
{
    if (std::any_of(claims.begin(), claims.end(), [](const Claim &claim) { return claim.creates; })) {
        m_draft.creating.clear();
        for (const Claim &claim : std::as_const(m_claims)) {
            if (claim.creates)
                m_draft.creating.insert(claim.to, claim.operation);
        }
        m_changes.sources = true;
    }
    for (const Claim &claim : claims) {
        if (!claim.tenant.isEmpty()) {
            if (const int slot = m_draft.tenantIndex.value(claim.tenant); slot >= 0)
                showTenant(slot);
        }
        for (const QString &stamp : {claim.from, claim.to}) {
            if (const int slot = m_draft.stampIndex.value(stamp); slot >= 0)
                m_unassessed.insert(slot);
        }
    }
    hurry();
}

void FleetStore::Writer::addOwnRun(const QString &run)
{
    if (m_ownRuns.contains(run))
        return;
    m_ownRuns.insert(run);
    m_marksChanged = true;
    hurry();
}

void FleetStore::Writer::release(const QString &operation)
{
    QList<Claim> released;
    for (const Claim &claim : std::as_const(m_claims)) {
        if (claim.operation == operation)
            released.append(claim);
    }
    m_claims.removeIf([&](const Claim &claim) { return claim.operation == operation; });
    claimsChanged(released);
}

void FleetStore::Writer::showRuleAct(const QString &stampId, const QString &component,
                                     const RuleAct &act)
{
    m_ruleActs[stampId].insert(component, act);
    if (const int slot = m_draft.stampIndex.value(stampId); slot >= 0)
        m_unassessed.insert(slot);
    hurry();
}

void FleetStore::Writer::setAcknowledgements(const QList<Acknowledgement> &acknowledgements)
{
    m_acknowledgements = acknowledgements;
    acknowledgementsChanged();
    hurry();
}

void FleetStore::Writer::acknowledgementsChanged()
{
    QMap<QString, Acknowledgement> all;
    QSet<QString> here;
    for (size_t source = 0; source < m_sources.size(); ++source) {
        const QString &name = m_draft.sources[qsizetype(source)].name;
        for (const QList<Acknowledgement> &told : std::as_const(m_sources[source].acknowledgements)) {
            for (Acknowledgement acknowledgement : told) {
                acknowledgement.incident = name + u'/' + acknowledgement.incident;
                all.insert(acknowledgement.incident, acknowledgement);
            }
        }
    }
    // Ours is the word of those who look at this fleet.
    for (const Acknowledgement &acknowledgement : std::as_const(m_acknowledgements)) {
        all.insert(acknowledgement.incident, acknowledgement);
        here.insert(acknowledgement.incident);
    }
    if (all == m_draft.acknowledgements && here == m_draft.acknowledgedHere)
        return;
    m_draft.acknowledgements = all;
    m_draft.acknowledgedHere = here;
    m_changes.acknowledgements = true;
    schedule();
}

Result<FleetVersionPtr> FleetStore::Writer::transact(
        const std::function<Result<QList<Claim>>(const FleetVersionPtr &)> &decide)
{
    flush();
    const auto claims = decide(m_store.current());
    if (!claims)
        return Stampdeck::fail(claims.error());
    m_claims.append(*claims);
    claimsChanged(*claims);
    flush();
    return m_store.current();
}

// Ages what is silent, and looks again at thresholds whose hold time may have passed.
void FleetStore::Writer::tick()
{
    const auto now = m_clock.elapsed();
    for (int index = 0; index < m_draft.sources.size(); ++index) {
        const SourceState &state = m_draft.sources[index];
        bool changed = false;
        for (Endpoint &endpoint : m_sources[size_t(index)].endpoints) {
            const std::chrono::milliseconds limit = staleAfter(endpoint.watching,
                                                               state.pollInterval);
            if (endpoint.stale || !endpoint.lastContact || now - *endpoint.lastContact <= limit)
                continue;
            endpoint.stale = true;
            changed = true;
            m_unassessed.insert(endpoint.stamps);
            for (const int slot : endpoint.tenants)
                showTenant(slot, true);
        }
        if (changed)
            endpointsChanged(m_sources[size_t(index)]);
    }
    for (size_t feed = 0; feed < m_feeds.size(); ++feed) {
        const auto limit = staleAfter(false, m_draft.feeds[qsizetype(feed)].pollInterval);
        for (Endpoint &endpoint : m_feeds[feed].endpoints) {
            if (endpoint.stale || !endpoint.lastContact || now - *endpoint.lastContact <= limit)
                continue;
            endpoint.stale = true;
            measure(int(feed), {}); // what was measured is not what is
            endpointsChanged(m_feeds[feed]);
        }
    }
    const Timestamp wallNow = m_clock.now();
    const qint64 bucket = sampleBucket(wallNow);
    for (size_t slot = 0; slot < m_stampStates.size(); ++slot) {
        const StampState &state = m_stampStates[slot];
        if (!state.told)
            continue;
        const ThresholdTimes &times = state.thresholds;
        const bool holding = times.latencyP99 || times.errorRatio || times.load;
        if (holding || state.sampleBucket != bucket) {
            // Shown only when it makes a difference: a hold time that goes on is none.
            const StampEntryPtr &entry = std::as_const(m_draft.stamps)[int(slot)];
            if (!entry)
                continue;
            if (state.sampleBucket != bucket && !entry->stale) {
                m_unassessed.insert(int(slot));
                continue;
            }
            ThresholdTimes copy = times;
            const Objectives &objectives = m_draft.sources[entry->source].objectives;
            if (!entry->stale
                && scoreHealth(*state.filled, entry->resources, objectives, copy, wallNow, now)
                                .health
                        != entry->health)
                m_unassessed.insert(int(slot));
        }
    }
    for (const MarkedOperation &marked : std::as_const(m_draft.marked)) {
        if (m_marksChanged)
            break; // of what is gone since: it is sorted anew anyhow
        const int source = !marked.stamps.empty()
                ? m_stampStates[size_t(marked.stamps.front())].source
                : m_tenantStates[size_t(marked.tenants.front())].source;
        if (marked.live != isLive(marked.mark, source)) {
            m_marksChanged = true;
            schedule();
        }
    }
    if (!m_unassessed.isEmpty())
        schedule();
    m_clock.callLater(tickInterval, this, [this] { tick(); });
}

// Where something is marked, whatever of it changes may change what its operation has done.
void FleetStore::Writer::noteMark(QSet<int> &marked, int slot, const OptionalMark &before,
                                  const OptionalMark &after)
{
    if (!before && !after)
        return;
    m_marksChanged = true;
    if (after)
        marked.insert(slot);
    else
        marked.remove(slot);
}

bool FleetStore::Writer::isLive(const Mark &mark, int source) const
{
    return mark.until > m_clock.now() + m_draft.sources[source].skew.value_or(0ms);
}

// A backend that runs an operation itself says of its objects what may be done there.
bool FleetStore::Writer::isElsewhere(const OptionalMark &mark, int source) const
{
    if (!mark || m_ownRuns.contains(mark->run) || !isLive(*mark, source))
        return false;
    const auto known = m_draft.operations.constFind(mark->operation);
    return known == m_draft.operations.constEnd() || (*known)->fromMarks
            || m_draft.operationSource.value(mark->operation) != m_draft.sources[source].name;
}

void FleetStore::Writer::sortMarks()
{
    QMap<QString, MarkedOperation> marked;
    const auto take = [&](const Mark &mark, int source) -> MarkedOperation & {
        MarkedOperation &of = marked[mark.operation];
        // The run that was seen alive last is the one that counts.
        if (of.mark.operation.isEmpty() || mark.until > of.mark.until)
            of.mark = mark;
        of.live |= isLive(mark, source);
        return of;
    };
    for (const int slot : std::as_const(m_markedStamps)) {
        const StampState &state = m_stampStates[size_t(slot)];
        take(*state.told->mark, state.source).stamps.push_back(slot);
    }
    for (const int slot : std::as_const(m_markedTenants)) {
        const TenantState &state = m_tenantStates[size_t(slot)];
        take(*state.told->mark, state.source).tenants.push_back(slot);
    }
    for (MarkedOperation &of : marked) {
        const auto byStep = [](const auto &states) {
            return [&states](int a, int b) {
                const int stepA = states[size_t(a)].told->mark->step;
                const int stepB = states[size_t(b)].told->mark->step;
                return std::pair(stepA, a) < std::pair(stepB, b);
            };
        };
        std::sort(of.stamps.begin(), of.stamps.end(), byStep(m_stampStates));
        std::sort(of.tenants.begin(), of.tenants.end(), byStep(m_tenantStates));
    }
    // Whose objects are busy, or free again.
    for (const int slot : std::as_const(m_markedStamps))
        m_unassessed.insert(slot);
    for (const int slot : std::as_const(m_markedTenants)) {
        const TenantState &state = m_tenantStates[size_t(slot)];
        if (std::as_const(m_draft.tenants)[slot].elsewhere
            != isElsewhere(state.told->mark, state.source))
            showTenant(slot, true);
    }
    m_draft.marked = marked;
    m_markedChanged = true;
}

void FleetStore::Writer::showMarked()
{
    QStringList gone;
    for (auto it = m_draft.operations.cbegin(); it != m_draft.operations.cend(); ++it) {
        const auto marked = m_draft.marked.constFind(it.key());
        if ((*it)->fromMarks
            && (marked == m_draft.marked.cend() || m_ownRuns.contains(marked->mark.run)))
            gone.append(it.key());
    }
    for (const QString &id : std::as_const(gone)) {
        m_draft.operations.remove(id);
        m_draft.operationSource.remove(id);
        m_changes.operations.append(id);
    }
    for (auto it = m_draft.marked.cbegin(); it != m_draft.marked.cend(); ++it) {
        if (m_ownRuns.contains(it->mark.run))
            continue;
        const auto known = m_draft.operations.constFind(it.key());
        if (known != m_draft.operations.cend() && !(*known)->fromMarks)
            continue; // whoever runs it tells of it
        Operation operation = operationOf(*it, m_draft);
        operation.updatedAt = known != m_draft.operations.cend() ? (*known)->updatedAt
                                                                 : std::optional(m_clock.now());
        if (known != m_draft.operations.cend() && **known == operation)
            continue;
        operation.updatedAt = m_clock.now();
        const int source = !it->stamps.empty() ? m_stampStates[size_t(it->stamps.front())].source
                                               : m_tenantStates[size_t(it->tenants.front())].source;
        m_draft.operations.insert(it.key(), std::make_shared<const Operation>(operation));
        m_draft.operationSource.insert(it.key(), m_draft.sources[source].name);
        m_changes.operations.append(it.key());
    }
}

// Publishes after everything that has been posted already, so that a burst is one version.
void FleetStore::Writer::schedule()
{
    if (m_scheduled)
        return;
    m_scheduled = true;
    const std::chrono::milliseconds since(
            m_published.isValid() ? m_published.elapsed() : publishGap.count());
    QTimer::singleShot(std::max<std::chrono::milliseconds>(publishGap - since, 0ms), this,
                       &Writer::flush);
}

// What somebody did has to be seen as soon as he is told that it is accepted.
void FleetStore::Writer::hurry()
{
    schedule();
    if (!std::exchange(m_hurried, true))
        QMetaObject::invokeMethod(this, &Writer::flush, Qt::QueuedConnection);
}

void FleetStore::Writer::flush()
{
    if (m_scheduled)
        publish();
}

void FleetStore::Writer::publish()
{
    if (std::exchange(m_marksChanged, false))
        sortMarks();
    for (const int slot : m_unassessed.takeAll())
        showStamp(slot);
    for (size_t source = 0; source < m_sources.size(); ++source)
        sumUp(m_sources[source], m_draft.sources[qsizetype(source)]);
    for (size_t feed = 0; feed < m_feeds.size(); ++feed)
        sumUp(m_feeds[feed], m_draft.feeds[qsizetype(feed)]);
    m_scheduled = false;
    m_hurried = false;

    const FleetVersionPtr before = m_store.current();
    for (const int slot : m_reordered.takeAll()) {
        const std::shared_ptr<StampEntry> &dirty = m_dirty[size_t(slot)];
        std::sort(dirty->tenants.begin(), dirty->tenants.end(), [this](int a, int b) {
            return m_tenantStates[size_t(a)].told->id < m_tenantStates[size_t(b)].told->id;
        });
    }
    m_changes.stamps = m_changedStamps.takeAll();
    m_changes.tenants = m_changedTenants.takeAll();
    for (const int slot : m_changes.stamps) {
        if (slot < before->stamps.size() && before->stamps[slot])
            countHealth(m_draft.counts, *before->stamps[slot], -1);
    }
    for (const int slot : m_edited.takeAll())
        m_draft.stamps.edit(slot) = std::move(m_dirty[size_t(slot)]);
    for (const int slot : m_changes.stamps) {
        if (const StampEntryPtr &entry = std::as_const(m_draft.stamps)[slot])
            countHealth(m_draft.counts, *entry, +1);
    }
    if (std::exchange(m_markedChanged, false))
        showMarked();
    if (m_changes.isEmpty())
        return;
    // Whoever keeps what differs takes each for one step from the version before.
    m_changes.operations.removeDuplicates();
    m_changes.from = m_draft.serial;
    m_changes.to = ++m_draft.serial;
    m_draft.at = m_clock.now();
    const auto changes = std::make_shared<const ChangeSet>(std::exchange(m_changes, {}));
    m_published.start();
    m_store.publish(makeDisposable<FleetVersion>(m_draft), changes);
}

} // namespace Stampdeck

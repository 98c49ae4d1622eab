// SPDX-License-Identifier: GPL-3.0-or-later
#include "planner.h"

#include "duration.h"
#include "fleetstore.h"
#include "formatter.h"
#include "glob.h"
#include "loss.h"
#include "placement.h"
#include "whoacts.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QSet>

#include <algorithm>
#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array actionWords = {"move"_L1,  "scale"_L1,    "cordon"_L1, "uncordon"_L1,
                                  "drain"_L1, "evacuate"_L1, "create"_L1, "delete"_L1};
constexpr std::array verdictWords
        = {"cannot"_L1, "unknown"_L1, "tight"_L1, "can"_L1, "best"_L1};
constexpr std::array loadKinds = {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage};
// Sums of many small demands must not be refused for their last bit.
constexpr double tolerance = 1 + 1e-9;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Planner)
};

Refusal refusal(const QString &code, const QString &subject, const QString &message,
                const QString &fix = {})
{
    return {code, subject, message, fix};
}

std::optional<double> plus(std::optional<double> a, std::optional<double> b)
{
    return a && b ? std::optional(*a + *b) : std::nullopt;
}

void add(Demand &sum, const Demand &more)
{
    sum.cpu = plus(sum.cpu, more.cpu);
    sum.memory = plus(sum.memory, more.memory);
    sum.storage = plus(sum.storage, more.storage);
    sum.requestsPerSecond = plus(sum.requestsPerSecond, more.requestsPerSecond);
}

// Counts \a demand \a times times onto what is reserved and used.
void put(Resources &resources, const Demand &demand, int tenants, double sign)
{
    for (const ResourceKind kind : allResources) {
        const auto amount = kind == ResourceKind::Tenants ? std::optional<double>(tenants)
                                                          : demand.of(kind);
        if (!amount)
            continue;
        Resource &resource = resources[kind];
        if (resource.reserved)
            resource.reserved = std::max(0.0, *resource.reserved + sign * *amount);
        if (resource.used)
            resource.used = std::max(0.0, *resource.used + sign * *amount);
    }
}

bool regionAllowed(const QStringList &globs, const QString &region)
{
    return std::any_of(globs.begin(), globs.end(),
                       [&](const QString &glob) { return globMatches(glob, region); });
}

// What an asker may do that others may not.
struct Leave
{
    QString under; // see ActionRequest
    bool stale = false;
};

Leave leaveOf(const ActionRequest &request)
{
    return {request.under, request.allowStale};
}

// Somebody else acts there, who is none of those for whom this is done.
QList<Refusal> elsewhereRefusals(bool elsewhere, const OptionalMark &mark, const QString &subject,
                                 const QString &under)
{
    if (!elsewhere || !mark || mark->operation == under)
        return {};
    return {
        refusal(u"busy"_s, subject,
                Words::tr("%1 by %2 (operation %3)").arg(mark->kind, mark->who, mark->operation),
                Words::tr("wait until it ends, or ask %1").arg(mark->who))};
}

// What forbids that a source be written to at all.
QList<Refusal> sourceRefusals(const SourceState &source, Capabilities oneOf, const QString &subject,
                              const QString &what)
{
    QList<Refusal> refusals;
    if (source.readOnly)
        refusals.append(
            refusal(u"read-only"_s, subject, Words::tr("%1 is read only").arg(source.name)));
    if (!(source.capabilities & oneOf)) {
        refusals.append(
            refusal(u"unsupported"_s, subject, Words::tr("%1 can't %2").arg(source.adapter, what)));
    }
    return refusals;
}

// What the lifecycle and the health of a stamp forbid to those who would move in.
void addTargetRefusals(QList<Refusal> &refusals, const FleetVersion &version,
                       const StampEntry &entry, bool uncordoned = false,
                       const Leave &leave = {})
{
    const QString &id = entry.id;
    if (entry.stale && !leave.stale) {
        refusals.append(refusal(
            u"stale"_s, id,
            entry.staleSince ? Words::tr("stale since %1").arg(Format::minute(*entry.staleSince))
                             : Words::tr("stale"),
            Words::tr("wait until its source answers")));
    }
    const auto uncordon = [] { return Words::tr("uncordon it first"); };
    Lifecycle is = entry.stamp->lifecycle;
    if (uncordoned && (is == Lifecycle::Cordoned || is == Lifecycle::Drained))
        is = Lifecycle::Active;
    switch (is) {
    case Lifecycle::Active:
        break;
    case Lifecycle::Cordoned:
        refusals.append(
            refusal(u"cordoned"_s, id,
                    entry.stamp->updatedAt
                        ? Words::tr("since %1").arg(Format::minute(*entry.stamp->updatedAt))
                        : Words::tr("takes no new tenants"),
                    uncordon()));
        break;
    case Lifecycle::Draining:
        refusals.append(refusal(u"cordoned"_s, id, Words::tr("it is being drained"), uncordon()));
        break;
    case Lifecycle::Drained:
        refusals.append(refusal(u"drained"_s, id, Words::tr("it has been drained"), uncordon()));
        break;
    case Lifecycle::Provisioning:
        refusals.append(refusal(u"busy"_s, id, Words::tr("it is being made"),
                                Words::tr("wait until it is active")));
        break;
    case Lifecycle::Deleting:
        refusals.append(refusal(u"busy"_s, id, Words::tr("it is being deleted")));
        break;
    case Lifecycle::Failed:
        refusals.append(refusal(u"unhealthy"_s, id, Words::tr("it failed")));
        break;
    }
    if (!entry.stale && entry.health >= Health::Degraded) {
        const QString why =
            entry.reasons.isEmpty() ? Words::tr("not well") : entry.reasons.constFirst().message;
        refusals.append(refusal(entry.health == Health::Degraded ? u"degraded"_s : u"unhealthy"_s,
                                id, why, Words::tr("mend it first")));
    }
    if (entry.stamp->mark && !entry.stamp->mark->shared)
        refusals.append(elsewhereRefusals(entry.elsewhere, entry.stamp->mark, id, leave.under));
    if (!entry.stamp->operation.isEmpty()) {
        refusals.append(refusal(u"busy"_s, id, whoActs(version, entry.stamp->operation),
                                Words::tr("wait for it, or cancel it")));
    }
}

// What earlier moves of the same plan have put on a stamp and taken from it.
struct Overlay
{
    Demand added{0, 0, 0, 0};
    int tenants = 0; // put here less taken away
    std::vector<const Tenant *> incoming;
    bool uncordoned = false; // it takes tenants by then
    Leave leave;
};

Evaluation evaluateWith(const Carry &carry, int slot, bool allowUnknown, const Overlay *overlay)
{
    Evaluation result;
    const FleetVersion &version = *carry.version;
    const StampEntryPtr &at = version.stamps[slot];
    if (!at) {
        result.refusals = {refusal(u"unsupported"_s, {}, Words::tr("this stamp is gone"))};
        return result;
    }
    const StampEntry &entry = *at;
    const SourceState &source = version.sourceOf(entry);
    result.load.slot = slot;
    result.load.stamp = entry.id;
    result.load.before = entry.resources;
    result.before = entry.load();

    QList<Refusal> &refusals = result.refusals;
    refusals = carry.always;

    for (const int from : carry.sources) {
        if (from != entry.source) {
            refusals.append(
                refusal(u"unsupported"_s, entry.id,
                        Words::tr("of another source than %1").arg(version.sources[from].name),
                        Words::tr("choose a stamp of %1").arg(version.sources[from].name)));
            break;
        }
    }
    for (const Carry::Item &item : carry.items) {
        if (item.owner == slot) {
            refusals.append(refusal(u"unsupported"_s, item.tenant->id,
                                    Words::tr("%1 is here already").arg(item.tenant->id),
                                    Words::tr("choose another stamp")));
            break;
        }
    }
    addTargetRefusals(refusals, version, entry, overlay && overlay->uncordoned,
                      overlay ? overlay->leave : Leave());

    for (const auto &[regions, tenant] : carry.residency) {
        if (regionAllowed(regions, entry.stamp->region))
            continue;
        refusals.append(refusal(u"residency"_s, tenant,
                                Words::tr("%1 stays in %2").arg(tenant, regions.join(u", "_s)),
                                Words::tr("choose a stamp there")));
        break;
    }

    // Who will be there beside the carry.
    const auto carried = [&carry](const Tenant *tenant) {
        return std::any_of(carry.items.begin(), carry.items.end(),
                           [tenant](const Carry::Item &item) { return item.tenant->id == tenant->id; });
    };
    const Tenant *neighbour = nullptr;
    const Tenant *exclusive = nullptr;
    const Tenant *sameGroup = nullptr;
    const auto meet = [&](const Tenant *tenant) {
        const Constraints &rules = tenant->constraints;
        const bool isSame = !rules.antiAffinity.isEmpty() && carry.groups.contains(rules.antiAffinity);
        // Most bind nobody: those need not be sought among a hundred that are carried.
        if ((!isSame && !rules.exclusive && !carry.anyExclusive) || carried(tenant))
            return;
        neighbour = tenant;
        if (rules.exclusive)
            exclusive = tenant;
        if (isSame)
            sameGroup = tenant;
    };
    if (carry.anyExclusive || !carry.groups.isEmpty() || !entry.tenants.empty()) {
        for (const int tenant : entry.tenants)
            meet(version.tenants[tenant].tenant.get());
        for (const int tenant : entry.incoming)
            meet(version.tenants[tenant].tenant.get());
    }
    if (overlay) {
        for (const Tenant *tenant : overlay->incoming)
            meet(tenant);
    }
    if (sameGroup) {
        refusals.append(refusal(u"anti-affinity"_s, sameGroup->id,
                                Words::tr("%1 is here").arg(sameGroup->id),
                                Words::tr("choose another stamp")));
    } else if (!carry.groupTwice.isEmpty()) {
        refusals.append(refusal(u"anti-affinity"_s, carry.groupTwice,
                                Words::tr("two of group %1 are carried").arg(carry.groupTwice),
                                Words::tr("move them one by one")));
    }
    if (exclusive) {
        refusals.append(refusal(u"exclusive"_s, exclusive->id,
                                Words::tr("%1 is alone here").arg(exclusive->id),
                                Words::tr("choose another stamp")));
    } else if (carry.anyExclusive && (neighbour || carry.items.size() > 1)) {
        refusals.append(refusal(u"exclusive"_s, {}, Words::tr("has to be alone on its stamp"),
                                Words::tr("choose an empty stamp")));
    }

    // Capacity: both placements count for a while, so the target must hold all of it.
    result.load.after = entry.resources;
    if (overlay)
        put(result.load.after, overlay->added, overlay->tenants, +1);
    Resource &slots = result.load.after.tenants;
    if (!slots.taken()) {
        slots.used = double(entry.tenants.size() + entry.incoming.size())
            + (overlay ? overlay->tenants : 0);
    }
    const int count = int(carry.items.size());
    put(result.load.after, carry.demand, count, +1);
    result.after = LoadChange::fullest(result.load.after);
    bool unknown = false;
    for (const ResourceKind kind : allResources) {
        const Resource &after = result.load.after[kind];
        const auto taken = after.taken();
        const bool known = after.limit && taken
                && (kind == ResourceKind::Tenants || carry.demand.of(kind));
        if (!known) {
            unknown = true;
            continue;
        }
        if (kind == ResourceKind::Tenants)
            result.slotsLeft = int(*after.limit - *taken);
        if (kind == ResourceKind::Cpu)
            result.coresLeft = *after.limit - *taken;
        if (*taken <= *after.limit * tolerance)
            continue;
        if (kind == ResourceKind::Tenants) {
            const int now = int(std::lround(*taken)) - count;
            refusals.append(
                refusal(u"tenant-slots"_s, entry.id,
                        Words::tr("%1 of %Ln slot(s) are taken", nullptr, qRound(*after.limit))
                            .arg(Format::count(now)),
                        Words::tr("move %Ln tenant(s) away first", nullptr,
                                  qRound(*taken - *after.limit))));
        } else {
            refusals.append(refusal(u"capacity"_s, entry.id,
                                    Words::tr("%1 %2, short by %3")
                                        .arg(Format::name(kind), Format::percent(after.load()),
                                             Format::amount(kind, *taken - *after.limit)),
                                    source.capabilities.testFlag(Capability::ScaleResources)
                                        ? Words::tr("raise its %1 limit to %2")
                                              .arg(Format::name(kind), Format::amount(kind, *taken))
                                        : Words::tr("choose another stamp")));
        }
    }
    if (unknown && !allowUnknown) {
        refusals.append(refusal(u"unknown-capacity"_s, entry.id,
                                Words::tr("a limit or a demand is not known"),
                                Words::tr("allow it on purpose (--allow-unknown)")));
    }

    if (!refusals.isEmpty()) {
        const bool onlyUnknown = refusals.size() == 1
                && refusals.constFirst().code == "unknown-capacity"_L1;
        result.verdict = onlyUnknown ? VerdictKind::Unknown : VerdictKind::Cannot;
    } else if (unknown) {
        result.verdict = VerdictKind::Unknown;
    } else if (result.after && *result.after > source.objectives.load * tolerance) {
        result.verdict = VerdictKind::Tight;
    } else {
        result.verdict = VerdictKind::Can;
    }
    return result;
}

// The slots of what is named, each once; at least one.
Result<std::vector<int>> findTenants(const FleetVersion &version, const QStringList &ids)
{
    std::vector<int> slots;
    for (const QString &id : ids) {
        const auto slot = version.findTenant(id);
        if (!slot)
            return fail(slot.error());
        if (std::find(slots.begin(), slots.end(), *slot) == slots.end())
            slots.push_back(*slot);
    }
    if (slots.empty())
        return fail(ErrorKind::Invalid, Words::tr("no tenant is named"));
    return slots;
}

Carry carryOf(const FleetVersionPtr &version, const std::vector<int> &slots,
              const Leave &leave = {})
{
    Carry carry;
    carry.version = version;
    carry.demand = {0, 0, 0, 0};
    for (const int slot : slots) {
        const TenantEntry &entry = version->tenants[slot];
        const Tenant &tenant = *entry.tenant;
        const SourceState &source = version->sources[entry.source];
        carry.items.push_back({slot, entry.owner, &tenant});
        add(carry.demand, tenant.demand);
        if (!carry.sources.contains(entry.source)) {
            carry.sources.append(entry.source);
            carry.always.append(sourceRefusals(source, Capability::Move | Capability::Primitives,
                                               tenant.id, Words::tr("move a tenant")));
        }
        const Constraints &constraints = tenant.constraints;
        if (!constraints.regions.isEmpty()) {
            const bool known = std::any_of(carry.residency.begin(), carry.residency.end(),
                                           [&](const auto &each) { return each.first == constraints.regions; });
            if (!known)
                carry.residency.emplace_back(constraints.regions, tenant.id);
            for (const QString &region : constraints.regions) {
                if (!carry.regions.contains(region))
                    carry.regions.append(region);
            }
        }
        if (!constraints.antiAffinity.isEmpty()) {
            if (carry.groups.contains(constraints.antiAffinity))
                carry.groupTwice = constraints.antiAffinity;
            carry.groups.insert(constraints.antiAffinity, tenant.id);
        }
        carry.anyExclusive |= constraints.exclusive;
        if (constraints.pinned) {
            carry.always.append(refusal(u"pinned"_s, tenant.id,
                                        Words::tr("%1 is pinned").arg(tenant.id),
                                        Words::tr("unpin it at its source")));
        }
        if (entry.stale && !leave.stale) {
            carry.always.append(refusal(u"stale"_s, tenant.id,
                                        Words::tr("what is known of %1 is old").arg(tenant.id),
                                        Words::tr("wait until its source answers")));
        }
        if (!tenant.operation.isEmpty()) {
            carry.always.append(
                refusal(u"busy"_s, tenant.id,
                        Words::tr("%1 is in flight: %2")
                            .arg(tenant.id, whoActs(*version, tenant.operation)),
                        Words::tr("wait for operation %1, or cancel it").arg(tenant.operation)));
        }
        carry.always.append(elsewhereRefusals(entry.elsewhere, tenant.mark, tenant.id, leave.under));
        if (entry.owner < 0) {
            carry.always.append(
                refusal(u"stale"_s, tenant.id,
                        Words::tr("nobody told on which stamp %1 is").arg(tenant.id)));
        }
    }
    return carry;
}

QString quoted(const QString &word)
{
    const auto plain = [](QChar c) {
        return c.isLetterOrNumber() || QStringView(u"-_./=:,+%@").contains(c);
    };
    if (!word.isEmpty() && std::all_of(word.begin(), word.end(), plain))
        return word;
    QString text = word;
    return u'\'' + text.replace(u'\'', u"'\\''"_s) + u'\'';
}

void touchSource(Plan &plan, const FleetVersion &version, int index, const Clock &clock)
{
    const SourceState &source = version.sources[index];
    if (!plan.sources.contains(source.name))
        plan.sources.append(source.name);
    plan.production |= source.production;
    if (source.lastContact)
        plan.dataAge = std::max(plan.dataAge, clock.elapsed() - *source.lastContact);
}

// Lanes of one tenant's move: native where the backend can, else of the primitives.
void addMoveSteps(Plan &plan, const FleetVersion &version, const PlannedMove &move, int lane)
{
    const TenantEntry &entry = version.tenants[move.tenant];
    const SourceState &source = version.sources[entry.source];
    const QString tenant = entry.tenant->id;
    const QString from = move.from.section(u'/', 1);
    const QString to = move.to.section(u'/', 1);
    const auto step = [&](const Primitive &primitive, const QString &revision = {}) {
        plan.steps.push_back({stepTitle(primitive), lane, source.name, primitive, revision});
    };
    if (source.capabilities.testFlag(Capability::Move)) {
        step(MoveTenant{tenant, from, to}, entry.tenant->revision);
        return;
    }
    step(PlaceTenant{tenant, from, to}, entry.tenant->revision);
    step(ProbeTenant{tenant, to});
    step(ShiftTenant{tenant, from, to});
    step(RetireTenant{tenant, from});
}

void countBlast(BlastRadius &blast, const Tenant &tenant)
{
    ++blast.tenants;
    ++blast.byTier[size_t(tenant.tier)];
    if (blast.tenants == 1)
        blast.requestsPerSecond = tenant.demand.requestsPerSecond;
    else
        blast.requestsPerSecond = plus(blast.requestsPerSecond, tenant.demand.requestsPerSecond);
}

void addUnique(QList<Refusal> &to, const QList<Refusal> &more)
{
    for (const Refusal &each : more) {
        if (!to.contains(each))
            to.append(each);
    }
}

// The load of a stamp that takes \a in and gives \a out, each null for nothing.
void addLoad(Plan &plan, const FleetVersion &version, int slot, bool isSource, const Overlay *in,
             const Overlay *out)
{
    const StampEntry &entry = *version.stamps[slot];
    LoadChange load;
    load.slot = slot;
    load.stamp = entry.id;
    load.before = entry.resources;
    load.after = load.before;
    load.isSource = isSource;
    if (in)
        put(load.after, in->added, in->tenants, +1);
    if (out)
        put(load.after, out->added, out->tenants, -1);
    plan.loads.append(load);
    const double gate = version.sourceOf(entry).objectives.load;
    const auto before = LoadChange::fullest(load.before);
    const auto after = LoadChange::fullest(load.after);
    if (!isSource && after && *after > gate && (!before || *after > *before)) {
        plan.warnings.append(
            Words::tr("%1 would be at %2, over the gate of %3")
                .arg(entry.stamp->name, Format::percent(after), Format::percent(gate)));
    }
}

Result<Plan> planMove(const FleetVersionPtr &version, const ActionRequest &request,
                      const Clock &clock)
{
    Plan plan;
    QStringList tenants = request.tenants;
    QHash<int, int> targetOfTenant;
    for (const auto &[tenant, to] : request.targets) {
        const auto slot = version->findTenant(tenant);
        const auto stamp = version->findStamp(to);
        if (!slot)
            return fail(slot.error());
        if (!stamp)
            return fail(stamp.error());
        targetOfTenant.insert(*slot, *stamp);
        tenants.append(tenant);
    }
    const auto named = findTenants(*version, tenants);
    if (!named)
        return fail(named.error());
    std::vector<int> slots = *named;
    int target = -1;
    if (!request.to.isEmpty()) {
        const auto slot = version->findStamp(request.to);
        if (!slot)
            return fail(slot.error());
        target = *slot;
    }

    QHash<int, Overlay> overlays;
    int lane = 0;
    for (const QString &id : request.stamps) {
        const auto slot = version->findStamp(id);
        if (!slot)
            return fail(slot.error());
        const StampEntry &entry = *version->stamps[*slot];
        addUnique(plan.refusals,
                  sourceRefusals(version->sourceOf(entry), Capability::Cordon, entry.id,
                                 Words::tr("uncordon")));
        overlays[*slot].uncordoned = true;
        // Whoever lifted it already left nothing to do.
        if (entry.stamp->lifecycle == Lifecycle::Cordoned
            || entry.stamp->lifecycle == Lifecycle::Drained) {
            const Primitive primitive = UncordonStamp{entry.stamp->name};
            plan.steps.push_back({stepTitle(primitive), lane, version->sourceOf(entry).name,
                                  primitive, entry.stamp->revision});
        }
    }
    if (!plan.steps.empty())
        ++lane;
    const auto settle = [&](const Carry &carry, int slot) {
        Overlay &to = overlays[slot];
        add(to.added, carry.demand);
        to.tenants += int(carry.items.size());
        for (const Carry::Item &item : carry.items) {
            to.incoming.push_back(item.tenant);
            plan.moves.push_back({item.slot, version->tenantId(item.slot),
                                  item.owner >= 0 ? version->stampId(item.owner) : QString(),
                                  version->stampId(slot), item.tenant->tier, item.tenant->demand});
        }
    };
    if (target >= 0) {
        const Carry carry = carryOf(version, slots, leaveOf(request));
        Overlay own;
        own.leave = leaveOf(request);
        addUnique(plan.refusals,
                  evaluateWith(carry, target, request.allowUnknown, &own).refusals);
        settle(carry, target);
    } else {
        // The largest first, each to the stamp that it leaves least loaded.
        std::stable_sort(slots.begin(), slots.end(), [&](int a, int b) {
            return version->tenants[a].tenant->demand.cpu.value_or(0)
                    > version->tenants[b].tenant->demand.cpu.value_or(0);
        });
        for (const int tenant : slots) {
            const Carry carry = carryOf(version, {tenant}, leaveOf(request));
            int best = -1;
            double bestLoad = 0;
            VerdictKind bestVerdict = VerdictKind::Cannot;
            const int wanted = targetOfTenant.value(tenant, -1);
            QList<Refusal> refusals;
            version->eachStamp([&](int slot, const StampEntry &) {
                if (wanted >= 0 && slot != wanted)
                    return;
                const auto overlay = overlays.constFind(slot);
                Overlay at = overlay == overlays.constEnd() ? Overlay() : *overlay;
                at.leave = leaveOf(request);
                const Evaluation is = evaluateWith(carry, slot, request.allowUnknown, &at);
                if (!is.refusals.isEmpty()) {
                    refusals = is.refusals;
                    return;
                }
                const double load = is.after.value_or(1);
                if (best < 0 || is.verdict > bestVerdict
                    || (is.verdict == bestVerdict && load < bestLoad)) {
                    best = slot;
                    bestLoad = load;
                    bestVerdict = is.verdict;
                }
            });
            if (best >= 0) {
                settle(carry, best);
            } else if (!carry.always.isEmpty()) {
                addUnique(plan.refusals, carry.always);
            } else if (wanted >= 0) {
                addUnique(plan.refusals, refusals);
            } else {
                const QString id = carry.items.front().tenant->id;
                plan.refusals.append(refusal(u"capacity"_s, id,
                                             Words::tr("no stamp can take %1").arg(id),
                                             Words::tr("scale a stamp, or create one")));
            }
        }
    }

    // Every stamp touched, the sources first.
    QHash<int, Overlay> leaving;
    QList<int> sourceOrder;
    for (const PlannedMove &move : plan.moves) {
        const TenantEntry &entry = version->tenants[move.tenant];
        touchSource(plan, *version, entry.source, clock);
        countBlast(plan.blast, *entry.tenant);
        if (entry.owner >= 0) {
            if (!sourceOrder.contains(entry.owner))
                sourceOrder.append(entry.owner);
            Overlay &from = leaving[entry.owner];
            add(from.added, entry.tenant->demand);
            ++from.tenants;
        }
        addMoveSteps(plan, *version, move, lane++);
    }
    const auto change = [&](int slot, bool isSource) {
        const auto in = overlays.constFind(slot);
        const auto out = leaving.constFind(slot);
        addLoad(plan, *version, slot, isSource, in == overlays.constEnd() ? nullptr : &*in,
                out == leaving.constEnd() ? nullptr : &*out);
    };
    for (const int slot : std::as_const(sourceOrder))
        change(slot, true);
    QList<int> targets = overlays.keys();
    targets.removeIf([&overlays](int slot) { return overlays[slot].tenants == 0; });
    std::sort(targets.begin(), targets.end());
    for (const int slot : std::as_const(targets)) {
        if (!sourceOrder.contains(slot))
            change(slot, false);
    }
    plan.blast.stamps = int(plan.loads.size());

    const QString who = slots.size() == 1 ? version->tenants[slots.front()].tenant->id
                                          : Format::tenants(std::ssize(slots));
    if (target >= 0) {
        plan.target = Words::tr("%1 to %2").arg(who, version->stamps[target]->stamp->name);
        plan.confirmName = version->stamps[target]->stamp->name;
    } else {
        plan.target = targets.size() == 1
            ? Words::tr("%1 to %2").arg(who, version->stamps[targets.front()]->stamp->name)
            : Words::tr("%1 to %Ln stamp(s)", nullptr, int(targets.size())).arg(who);
        if (!sourceOrder.isEmpty())
            plan.confirmName = version->stamps[sourceOrder.front()]->stamp->name;
    }
    return plan;
}

struct StampTarget
{
    int slot = -1;
    const StampEntry *entry = nullptr;
    const SourceState *source = nullptr;
};

// What forbids that a stamp be acted on, whatever is to be done with it.
QList<Refusal> stampRefusals(const FleetVersion &version, const StampEntry &entry,
                             const Leave &leave, Capabilities needs, const QString &what)
{
    QList<Refusal> refusals = sourceRefusals(version.sourceOf(entry), needs, entry.id, what);
    if (entry.stale && !leave.stale) {
        refusals.append(refusal(u"stale"_s, entry.id, Words::tr("what is known of it is old"),
                                Words::tr("wait until its source answers")));
    }
    if (!entry.stamp->operation.isEmpty()) {
        refusals.append(refusal(u"busy"_s, entry.id, whoActs(version, entry.stamp->operation),
                                Words::tr("wait for it, or cancel it")));
    }
    refusals.append(elsewhereRefusals(entry.elsewhere, entry.stamp->mark, entry.id, leave.under));
    return refusals;
}

Result<StampTarget> targetOf(Plan &plan, const FleetVersionPtr &version, const QString &stamp,
                             const Leave &leave, const Clock &clock, Capabilities needs,
                             const QString &what)
{
    const auto slot = version->findStamp(stamp);
    if (!slot)
        return fail(slot.error());
    const StampEntry &entry = *version->stamps[*slot];
    touchSource(plan, *version, entry.source, clock);
    plan.refusals.append(stampRefusals(*version, entry, leave, needs, what));
    plan.target = entry.stamp->name;
    plan.confirmName = entry.stamp->name;
    LoadChange load;
    load.slot = *slot;
    load.stamp = entry.id;
    load.before = load.after = entry.resources;
    load.isSource = true;
    plan.loads.append(load);
    ++plan.blast.stamps;
    for (const int tenant : entry.tenants)
        countBlast(plan.blast, *version->tenants[tenant].tenant);
    return StampTarget{*slot, &entry, &version->sourceOf(entry)};
}

Result<Plan> planCordon(const FleetVersionPtr &version, const ActionRequest &request,
                        const Clock &clock)
{
    Plan plan;
    const bool cordon = request.kind == ActionKind::Cordon;
    const QStringList stamps
            = request.stamps.isEmpty() ? QStringList{request.stamp} : request.stamps;
    int lane = 0;
    for (const QString &id : stamps) {
        const auto target = targetOf(plan, version, id, leaveOf(request), clock, Capability::Cordon,
                                     Words::tr("cordon"));
        if (!target)
            return fail(target.error());
        const StampEntry &entry = *target->entry;
        const QString &name = entry.stamp->name;
        const Lifecycle is = entry.stamp->lifecycle;
        if (is == Lifecycle::Provisioning || is == Lifecycle::Deleting || is == Lifecycle::Failed) {
            plan.refusals.append(
                refusal(u"busy"_s, entry.id, Words::tr("it is %1").arg(Format::word(is))));
        } else if (cordon && is != Lifecycle::Active) {
            plan.refusals.append(refusal(is == Lifecycle::Drained ? u"drained"_s : u"cordoned"_s,
                                         entry.id,
                                         Words::tr("it is %1 already").arg(Format::word(is))));
        } else if (!cordon && is == Lifecycle::Active) {
            plan.refusals.append(
                refusal(u"unsupported"_s, entry.id, Words::tr("it is not cordoned")));
        }
        const Primitive primitive = cordon ? Primitive(CordonStamp{name}) : UncordonStamp{name};
        plan.steps.push_back({stepTitle(primitive), lane++, target->source->name, primitive,
                              entry.stamp->revision});
    }
    if (stamps.size() > 1) {
        plan.target = Format::stamps(std::ssize(stamps));
        if (!request.region.isEmpty())
            plan.target = plan.confirmName = request.region;
    }
    // Nobody is moved: the tenants on them are not hit.
    plan.blast.tenants = 0;
    plan.blast.byTier = {};
    plan.blast.requestsPerSecond.reset();
    return plan;
}

// Whom an evacuation has to find a place for in one source, and where it may look, in numbers.
struct EmptyingProblem
{
    int source = -1;
    std::vector<int> slots; // of the rooms
    std::vector<Internal::Room> rooms;
    std::vector<Carry> carries; // of one tenant each
    std::vector<Internal::Guest> guests;
    std::vector<std::vector<bool>> allowed;
    std::vector<std::vector<int>> distances;
    QHash<QString, int> groups;
    std::vector<QStringList> residencies;
    std::vector<std::pair<QString, QString>> origins; // regions and rings that are left
    double load = 0; // that no room may pass
};

// The index of \a value, which is added where it is not there.
template<typename T>
int indexOf(std::vector<T> &list, const T &value)
{
    const auto known = std::find(list.begin(), list.end(), value);
    const int index = int(known - list.begin());
    if (known == list.end())
        list.push_back(value);
    return index;
}

void addRooms(EmptyingProblem &problem, const FleetVersion &version, const QSet<int> &emptied,
              const std::vector<int> &among, const ActionRequest &request)
{
    // A little less than evaluate() takes, which adds up in another order.
    constexpr double exact = 1 + 5e-10;
    const auto consider = [&](int slot, const StampEntry &entry) {
        if (entry.source != problem.source || emptied.contains(slot))
            return;
        QList<Refusal> closed;
        addTargetRefusals(closed, version, entry, false, leaveOf(request));
        if (!closed.isEmpty())
            return;
        Internal::Room room;
        for (const ResourceKind kind : allResources) {
            const size_t i = size_t(kind);
            const Resource &is = entry.resources[kind];
            auto taken = is.taken();
            if (!taken && kind == ResourceKind::Tenants)
                taken = double(entry.tenants.size() + entry.incoming.size());
            if (!is.limit || !taken) {
                room.unknown = true;
                room.limit[i] = room.most[i] = Internal::Room::unlimited;
                continue;
            }
            room.limit[i] = *is.limit;
            room.taken[i] = *taken;
            room.most[i] = *is.limit * (kind == ResourceKind::Tenants ? 1 : problem.load) * exact;
        }
        if (room.unknown && !request.allowUnknown)
            return;
        for (const std::vector<int> *tenants : {&entry.tenants, &entry.incoming}) {
            for (const int tenant : *tenants) {
                const Constraints &is = version.tenants[tenant].tenant->constraints;
                ++room.residents;
                room.exclusive |= is.exclusive;
                if (const auto group = problem.groups.constFind(is.antiAffinity);
                    !is.antiAffinity.isEmpty() && group != problem.groups.constEnd())
                    room.groups.push_back(*group);
            }
        }
        problem.slots.push_back(slot);
        problem.rooms.push_back(std::move(room));
    };
    if (among.empty()) {
        version.eachStamp(consider);
    } else {
        for (const int slot : among)
            consider(slot, *version.stamps[slot]);
    }
    for (const QStringList &regions : problem.residencies) {
        std::vector<bool> &allowed = problem.allowed.emplace_back();
        QHash<QString, bool> known;
        for (const int slot : problem.slots) {
            const QString &region = version.stamps[slot]->stamp->region;
            auto at = known.constFind(region);
            if (at == known.constEnd())
                at = known.insert(region, regions.isEmpty() || regionAllowed(regions, region));
            allowed.push_back(*at);
        }
    }
    for (const auto &[region, ring] : problem.origins) {
        std::vector<int> &distances = problem.distances.emplace_back();
        for (const int slot : problem.slots) {
            const Stamp &stamp = *version.stamps[slot]->stamp;
            distances.push_back((stamp.region == region ? 0 : 2) + (stamp.ring == ring ? 0 : 1));
        }
    }
}

// Why no stamp takes \a tenant: what most of those that it may be on say.
Refusal noPlace(const EmptyingProblem &problem, size_t guest)
{
    using Internal::Hindrance;
    struct Word
    {
        Hindrance hindrance;
        const char *code;
        const char *text;
    };
    constexpr std::array words = {
        Word{Hindrance::Cpu, "capacity", QT_TRANSLATE_NOOP("Planner", "%1 short of cpu")},
        Word{Hindrance::Memory, "capacity", QT_TRANSLATE_NOOP("Planner", "%1 short of memory")},
        Word{Hindrance::Storage, "capacity", QT_TRANSLATE_NOOP("Planner", "%1 short of storage")},
        Word{Hindrance::Slots, "tenant-slots", QT_TRANSLATE_NOOP("Planner", "%1 without a slot")},
        Word{Hindrance::Group, "anti-affinity",
             QT_TRANSLATE_NOOP("Planner", "%1 with one of its group")},
        Word{Hindrance::Exclusive, "exclusive",
             QT_TRANSLATE_NOOP("Planner", "%1 not free for one alone")},
        Word{Hindrance::Residency, "residency",
             QT_TRANSLATE_NOOP("Planner", "%1 in other regions")},
        Word{Hindrance::None, "capacity", QT_TRANSLATE_NOOP("Planner", "%1 with room in pieces")},
    };
    std::array<int, words.size()> counts{};
    const Internal::Guest &is = problem.guests[guest];
    for (size_t room = 0; room < problem.rooms.size(); ++room) {
        const Hindrance why = hindrance(problem.rooms[room], is,
                                        problem.allowed[size_t(is.residency)][room]);
        for (size_t i = 0; i < words.size(); ++i)
            counts[i] += words[i].hindrance == why;
    }
    const Tenant &tenant = *problem.carries[guest].items.front().tenant;
    QString code = u"capacity"_s;
    int most = 0;
    QStringList details;
    for (size_t i = 0; i < words.size(); ++i) {
        if (counts[i] == 0)
            continue;
        details.append(Words::tr(words[i].text).arg(counts[i]));
        // Another region is no reason while there are stamps in the right one.
        if (counts[i] > most && (words[i].hindrance != Hindrance::Residency || most == 0)) {
            most = counts[i];
            code = QString::fromLatin1(words[i].code);
        }
    }
    const QString message = details.isEmpty()
        ? Words::tr("no stamp is open to %1").arg(tenant.id)
        : Words::tr("no stamp takes %1 within the gate of %2: %3")
              .arg(tenant.id, Format::percent(problem.load), details.join(u", "_s));
    return refusal(code, tenant.id, message,
                   code == u"residency"
                       ? Words::tr("create a stamp in %1, or leave it (--partial)")
                             .arg(Format::either(tenant.constraints.regions))
                       : Words::tr("scale a stamp, create one, or leave it (--partial)"));
}

// What forbids that a stamp be emptied; of itself, not of its tenants.
QList<Refusal> emptyingRefusals(const FleetVersion &version, const StampEntry &entry,
                                const Leave &leave)
{
    const SourceState &source = version.sourceOf(entry);
    QList<Refusal> refusals =
        stampRefusals(version, entry, leave, Capability::Cordon, Words::tr("cordon"));
    if (!(source.capabilities & (Capability::Move | Capability::Primitives))
        && refusals.isEmpty()) {
        refusals.append(refusal(u"unsupported"_s, entry.id,
                                Words::tr("%1 can't move a tenant").arg(source.adapter)));
    }
    const Lifecycle is = entry.stamp->lifecycle;
    if (is == Lifecycle::Provisioning || is == Lifecycle::Deleting)
        refusals.append(refusal(u"busy"_s, entry.id, Words::tr("it is %1").arg(Format::word(is))));
    return refusals;
}

bool isEmptied(const StampEntry &entry)
{
    const Lifecycle is = entry.stamp->lifecycle;
    return entry.tenants.empty() && entry.incoming.empty()
        && (is == Lifecycle::Drained || is == Lifecycle::Cordoned);
}

// The tenants of a stamp: guests who need a place, and those who can't go.
template<typename Stay>
void addGuests(EmptyingProblem &problem, const FleetVersionPtr &version, int from,
               const ActionRequest &request, const Stay &stay, bool isLoss = false)
{
    const StampEntry &entry = *version->stamps[from];
    const int origin = indexOf(problem.origins, std::pair(entry.stamp->region, entry.stamp->ring));
    for (const int slot : entry.tenants) {
        const TenantEntry &tenant = version->tenants[slot];
        if (tenant.owner != from) {
            stay(slot,
                 refusal(u"busy"_s, tenant.tenant->id,
                         Words::tr("%1 has a placement here and belongs to another stamp")
                             .arg(tenant.tenant->id),
                         Words::tr("wait for its move, or roll it back")));
            continue;
        }
        Carry carry = carryOf(version, {slot}, leaveOf(request));
        // What is said of the stamp's source is said already; and who is lost does not wait for
        // leave, or for somebody else to be done with it.
        carry.always.removeIf([isLoss](const Refusal &each) {
            return isLoss ? each.code != "pinned"_L1
                          : each.code == "read-only"_L1 || each.code == "unsupported"_L1;
        });
        if (!carry.always.isEmpty()) {
            stay(slot, carry.always.constFirst());
            continue;
        }
        const Constraints &constraints = tenant.tenant->constraints;
        const Demand &demand = tenant.tenant->demand;
        Internal::Guest guest;
        bool unknown = false;
        for (const ResourceKind kind : allResources) {
            const auto amount = demand.of(kind);
            unknown |= !amount;
            guest.need[size_t(kind)] = amount.value_or(0);
        }
        if (unknown && !request.allowUnknown) {
            stay(slot,
                 refusal(u"unknown-capacity"_s, tenant.tenant->id,
                         Words::tr("what %1 needs is not known").arg(tenant.tenant->id),
                         Words::tr("allow it on purpose (--allow-unknown)")));
            continue;
        }
        if (!constraints.antiAffinity.isEmpty()) {
            const auto known = problem.groups.constFind(constraints.antiAffinity);
            guest.group = known == problem.groups.constEnd() ? int(problem.groups.size()) : *known;
            problem.groups.insert(constraints.antiAffinity, guest.group);
        }
        guest.exclusive = constraints.exclusive;
        guest.residency = indexOf(problem.residencies, constraints.regions);
        guest.origin = origin;
        problem.guests.push_back(guest);
        problem.carries.push_back(std::move(carry));
    }
    for (const int slot : entry.incoming) {
        stay(slot,
             refusal(u"busy"_s, version->tenants[slot].tenant->id,
                     Words::tr("%1 is on its way here").arg(version->tenants[slot].tenant->id),
                     Words::tr("wait for its move, or cancel it")));
    }
}

// Where somebody is to go if that is possible: an undo knows where they were.
void addWishes(EmptyingProblem &problem, const FleetVersion &version,
               const std::vector<std::pair<QString, QString>> &targets)
{
    QHash<QString, QString> wishes(targets.begin(), targets.end());
    if (wishes.isEmpty())
        return;
    QHash<QString, int> rooms;
    for (size_t room = 0; room < problem.slots.size(); ++room)
        rooms.insert(version.stampId(problem.slots[room]), int(room));
    for (size_t guest = 0; guest < problem.guests.size(); ++guest) {
        const QString id = version.tenantId(problem.carries[guest].items.front().slot);
        problem.guests[guest].wish = rooms.value(wishes.value(id), -1);
    }
}

// Where everybody goes: what place() finds, of which each answer is asked of the one function that
// lights the tiles.
struct Settled
{
    QHash<int, Overlay> leaving; // by stamp
    std::vector<std::pair<int, Overlay>> entering;
    std::vector<PlannedMove> moves;
};

template<typename Stay>
void settle(Settled &settled, EmptyingProblem &problem, const FleetVersionPtr &version,
            const ActionRequest &request, const Stay &stay)
{
    const std::vector<int> rooms = Internal::place(problem.rooms, problem.guests, problem.allowed,
                                                   problem.distances);
    std::vector<Overlay> incoming(problem.rooms.size());
    std::vector<size_t> homeless;
    const double most = problem.load * tolerance;
    for (size_t guest = 0; guest < rooms.size(); ++guest) {
        const Carry &carry = problem.carries[guest];
        const Carry::Item &item = carry.items.front();
        if (rooms[guest] < 0) {
            homeless.push_back(guest);
            continue;
        }
        const size_t room = size_t(rooms[guest]);
        Overlay &to = incoming[room];
        to.leave = leaveOf(request);
        const Evaluation answer =
                evaluateWith(carry, problem.slots[room], request.allowUnknown, &to);
        if (!answer.refusals.isEmpty() || answer.after.value_or(0) > most) {
            stay(item.slot, answer.refusals.isEmpty()
                         ? refusal(u"capacity"_s, item.tenant->id,
                                   Words::tr("%1 would be over its gate").arg(answer.load.stamp))
                         : answer.refusals.constFirst());
            continue;
        }
        add(to.added, item.tenant->demand);
        ++to.tenants;
        to.incoming.push_back(item.tenant);
        Overlay &out = settled.leaving[item.owner];
        add(out.added, item.tenant->demand);
        ++out.tenants;
        // What fills up is what the next one's reasons are told of.
        Internal::Room &filled = problem.rooms[room];
        for (size_t i = 0; i < filled.taken.size(); ++i)
            filled.taken[i] += problem.guests[guest].need[i];
        ++filled.residents;
        filled.exclusive |= problem.guests[guest].exclusive;
        if (problem.guests[guest].group >= 0)
            filled.groups.push_back(problem.guests[guest].group);
        settled.moves.push_back({item.slot, version->tenantId(item.slot),
                                 version->stampId(item.owner),
                                 version->stampId(problem.slots[room]), item.tenant->tier,
                                 item.tenant->demand});
    }
    for (const size_t guest : homeless)
        stay(problem.carries[guest].items.front().slot, noPlace(problem, guest));
    for (size_t room = 0; room < incoming.size(); ++room) {
        if (incoming[room].tenants > 0)
            settled.entering.emplace_back(problem.slots[room], std::move(incoming[room]));
    }
}

// A drain or an evacuation: the one is the other of the stamps that are named, mostly a single one.
Result<Plan> planEmptying(const FleetVersionPtr &version, const ActionRequest &request,
                          const Clock &clock)
{
    Plan plan;
    const bool isNamed = request.kind == ActionKind::Drain;
    const bool isDrain = isNamed && request.stamps.size() < 2; // of one stamp
    if (request.deadline && request.deadline->count() <= 0)
        return fail(ErrorKind::Invalid, Words::tr("the deadline has to be above 0"));
    if (request.maxLoad && !(*request.maxLoad > 0 && *request.maxLoad <= 1))
        return fail(ErrorKind::Invalid,
                    Words::tr("the largest load has to be above 0 and at most 100 %"));

    // Which stamps are emptied.
    std::vector<int> named;
    if (isNamed) {
        QStringList names;
        for (const QString &id :
             request.stamps.isEmpty() ? QStringList{request.stamp} : request.stamps) {
            const auto slot = version->findStamp(id);
            if (!slot)
                return fail(slot.error());
            if (std::find(named.begin(), named.end(), *slot) != named.end())
                continue;
            named.push_back(*slot);
            names.append(version->stamps[*slot]->stamp->name);
        }
        plan.target = names.size() <= 3 ? names.join(u", ") : Format::stamps(names.size());
    } else {
        version->eachStamp([&](int slot, const StampEntry &entry) {
            if (entry.stamp->region == request.region)
                named.push_back(slot);
        });
        if (request.region.isEmpty() || named.empty())
            return fail(ErrorKind::NotFound,
                        Words::tr("there is no stamp in region “%1”").arg(request.region));
        plan.target = request.region;
    }
    plan.confirmName = plan.target;
    const QSet<int> emptied(named.begin(), named.end());
    std::vector<int> among;
    QSet<int> amongSources;
    for (const QString &id : request.among) {
        const auto slot = version->findStamp(id);
        if (!slot)
            return fail(slot.error());
        if (emptied.contains(*slot))
            return fail(ErrorKind::Invalid,
                        Words::tr("%1 can't take the tenants that leave it")
                            .arg(isDrain ? plan.target : version->stampId(*slot)));
        among.push_back(*slot);
        amongSources.insert(version->stamps[*slot]->source);
    }

    std::vector<int> from;
    QList<Refusal> stays; // of a tenant each
    const auto stay = [&](int tenant, const Refusal &why) {
        stays.append(why);
        plan.left.append(version->tenantId(tenant));
    };
    QList<Refusal> closed; // what forbids a stamp of an evacuation in part
    for (const int slot : named) {
        const StampEntry &entry = *version->stamps[slot];
        touchSource(plan, *version, entry.source, clock);
        const QList<Refusal> refusals = emptyingRefusals(*version, entry, leaveOf(request));
        if (!isDrain && isEmptied(entry))
            continue;
        if (!isDrain && request.partial && !refusals.isEmpty()) {
            closed.append(refusals);
            plan.warnings.append(
                Words::tr("%1 is left: %2").arg(entry.id, refusals.constFirst().message));
            for (const int tenant : entry.tenants)
                plan.left.append(version->tenantId(tenant));
            continue;
        }
        plan.refusals.append(refusals);
        from.push_back(slot);
    }
    if (isDrain ? isEmptied(*version->stamps[named.front()]) : from.empty() && closed.isEmpty()) {
        const StampEntry &entry = *version->stamps[named.front()];
        plan.refusals.append(refusal(
            u"drained"_s, isDrain ? entry.id : plan.target,
            isDrain
                ? Words::tr("it is %1 and empty already").arg(Format::word(entry.stamp->lifecycle))
                : isNamed ? Words::tr("they are empty already")
                      : Words::tr("its stamps are empty already")));
    }
    if (from.empty())
        plan.refusals.append(closed);

    // Who goes, and who can't; each source by itself, since none takes another's.
    std::vector<EmptyingProblem> problems;
    for (const int slot : from) {
        const int source = version->stamps[slot]->source;
        auto problem = std::find_if(problems.begin(), problems.end(),
                                    [source](const auto &each) { return each.source == source; });
        if (problem == problems.end()) {
            problem = problems.emplace(problems.end());
            problem->source = source;
            problem->load = request.maxLoad.value_or(
                    std::min(version->sources[source].objectives.load, 1.0));
        }
        addGuests(*problem, version, slot, request, stay);
    }
    for (const int source : std::as_const(amongSources)) {
        if (std::any_of(problems.begin(), problems.end(),
                        [source](const auto &each) { return each.source == source; }))
            continue;
        for (const int slot : among) {
            if (version->stamps[slot]->source == source) {
                plan.refusals.append(
                    refusal(u"unsupported"_s, version->stampId(slot),
                            Words::tr("of another source than %1").arg(plan.target),
                            Words::tr("choose stamps of %1").arg(plan.sources.join(u", "_s))));
            }
        }
    }

    Settled settled;
    for (EmptyingProblem &problem : problems) {
        addRooms(problem, *version, emptied, among, request);
        addWishes(problem, *version, request.targets);
        settle(settled, problem, version, request, stay);
    }
    plan.moves = std::move(settled.moves);
    for (const PlannedMove &move : plan.moves)
        countBlast(plan.blast, *version->tenants[move.tenant].tenant);
    const QHash<int, Overlay> &leaving = settled.leaving;
    const auto &entering = settled.entering;
    // Those who pay most are out of harm's way first; of one tier the largest, which make room.
    std::stable_sort(plan.moves.begin(), plan.moves.end(),
                     [](const PlannedMove &a, const PlannedMove &b) {
                         if (a.tier != b.tier)
                             return a.tier > b.tier;
                         return a.demand.cpu.value_or(0) > b.demand.cpu.value_or(0);
                     });
    const bool leavesAll = plan.moves.empty() && !stays.isEmpty();
    if (!request.partial || leavesAll) {
        plan.refusals.append(stays);
    } else {
        for (const Refusal &why : std::as_const(stays))
            plan.warnings.append(Words::tr("%1 is left: %2").arg(why.subject, why.message));
    }

    // All of them are closed before anybody moves: none takes in what another lets go.
    for (const int slot : from) {
        const StampEntry &entry = *version->stamps[slot];
        const Lifecycle is = entry.stamp->lifecycle;
        if (is == Lifecycle::Active || is == Lifecycle::Failed) {
            const Primitive cordon = CordonStamp{entry.stamp->name};
            plan.steps.push_back({stepTitle(cordon), 0, version->sourceOf(entry).name, cordon,
                                  entry.stamp->revision});
        } else if (leaving.contains(slot)) {
            plan.warnings.append(Words::tr("%1 is %2 already: to take this back, uncordon it first")
                                     .arg(entry.stamp->name, Format::word(is)));
        }
    }
    int lane = plan.steps.empty() ? 0 : 1;
    for (const PlannedMove &move : plan.moves)
        addMoveSteps(plan, *version, move, lane++);
    for (const int slot : from) {
        const auto out = leaving.constFind(slot);
        addLoad(plan, *version, slot, true, nullptr, out == leaving.constEnd() ? nullptr : &*out);
    }
    for (const auto &[slot, in] : entering)
        addLoad(plan, *version, slot, false, &in, nullptr);
    plan.blast.stamps = int(plan.loads.size());
    return plan;
}

// The source that a stamp is to be made in: the one named, or the only one that can.
Result<int> sourceFor(const FleetVersion &version, const ActionRequest &request)
{
    QStringList names, able;
    for (const SourceState &source : version.sources) {
        if (source.name.isEmpty())
            continue;
        names.append(source.name);
        const bool has = !source.templates
                || std::any_of(source.templates->cbegin(), source.templates->cend(),
                               [&](const Template &is) { return is.name == request.fromTemplate; });
        if (source.capabilities.testFlag(Capability::Create) && !source.readOnly && has)
            able.append(source.name);
    }
    if (!request.source.isEmpty()) {
        const int index = version.sourceIndex(request.source);
        if (index >= 0)
            return index;
        return fail(ErrorKind::NotFound,
                    Words::tr("there is no source %1; there are %2")
                        .arg(request.source, names.join(u", "_s)));
    }
    if (able.size() == 1)
        return version.sourceIndex(able.constFirst());
    if (able.isEmpty() && names.size() == 1)
        return version.sourceIndex(names.constFirst());
    const QStringList &candidates = able.isEmpty() ? names : able;
    if (candidates.isEmpty())
        return fail(ErrorKind::NotFound, Words::tr("there is no source to make a stamp in"));
    return fail(ErrorKind::Invalid,
                Words::tr("several sources may be meant: %1; name one (--in)")
                    .arg(candidates.join(u", "_s)));
}

Result<Plan> planCreate(const FleetVersionPtr &version, const ActionRequest &request,
                        const Clock &clock)
{
    if (const auto wrong = wrongStampName(request.stamp))
        return fail(ErrorKind::Invalid, *wrong, u"name"_s);
    if (request.fromTemplate.isEmpty())
        return fail(ErrorKind::Invalid, Words::tr("a template has to be named"), u"template"_s);
    const auto index = sourceFor(*version, request);
    if (!index)
        return fail(index.error());
    const SourceState &source = version->sources[*index];
    // A control plane over several sources names what is theirs "source~name" (interfaces.md).
    const QString within = request.fromTemplate.contains(u'~')
            ? QString(request.fromTemplate.section(u'~', 0, 0) + u'~')
            : QString();
    const QString name = within + request.stamp;

    Plan plan;
    touchSource(plan, *version, *index, clock);
    plan.creates = source.name + u'/' + name;
    plan.target = Words::tr("%1 from %2").arg(name, request.fromTemplate);
    plan.confirmName = name;
    plan.refusals =
        sourceRefusals(source, Capability::Create, plan.creates, Words::tr("create a stamp"));
    if (!plan.refusals.isEmpty())
        return plan;
    if (!source.templates) {
        if (source.templatesError)
            return fail(*source.templatesError);
        Error error =
            Error::of(ErrorKind::NotNow,
                      Words::tr("the templates of %1 have not been read yet").arg(source.name));
        error.retryAfter = std::chrono::seconds(1);
        return fail(error);
    }
    const auto known = std::find_if(source.templates->cbegin(), source.templates->cend(),
                                    [&](const Template &is) { return is.name == request.fromTemplate; });
    if (known == source.templates->cend()) {
        QStringList names;
        for (const Template &is : *source.templates)
            names.append(is.name);
        return fail(ErrorKind::Invalid,
                    names.isEmpty()
                        ? Words::tr("%1 has no templates").arg(source.name)
                        : Words::tr("%1 has no template %2; it has %3")
                              .arg(source.name, request.fromTemplate, names.join(u", "_s)),
                    u"template"_s);
    }
    const auto values = checkParameters(*known, request.parameters);
    if (!values)
        return fail(values.error());
    const bool isWord = std::none_of(request.region.cbegin(), request.region.cend(), [](QChar c) {
        return c.isSpace() || c == u'/' || c == u'~' || !c.isPrint();
    });
    if (request.region.isEmpty() || request.region.size() > 63 || !isWord) {
        return fail(
            ErrorKind::Invalid,
            request.region.isEmpty()
                ? Words::tr("a region has to be named")
                : Words::tr("a region's name has 1 to 63 characters, no space, \"/\" or \"~\""),
            u"region"_s);
    }
    if (const int slot = version->stampIndex.value(plan.creates); slot >= 0) {
        const Stamp &is = *version->stamps[slot]->stamp;
        return fail(ErrorKind::Conflict,
                    is.region.isEmpty()
                        ? Words::tr("%1 exists already: it is %2")
                              .arg(plan.creates, Format::word(is.lifecycle))
                        : Words::tr("%1 exists already: it is %2 in %3")
                              .arg(plan.creates, Format::word(is.lifecycle), is.region),
                    u"exists"_s);
    }
    if (const QString operation = version->creating.value(plan.creates); !operation.isEmpty()) {
        return fail(
            ErrorKind::Conflict,
            Words::tr("%1 is being made: %2").arg(plan.creates, whoActs(*version, operation)),
            u"exists"_s);
    }
    if (source.isStale()) {
        plan.refusals.append(refusal(u"stale"_s, plan.creates,
                                     Words::tr("what is known of %1 is old").arg(source.name),
                                     Words::tr("wait until its source answers")));
    }

    plan.facts = {{Words::tr("name"), name},
                  {Words::tr("source"), source.name},
                  {Words::tr("template"), request.fromTemplate},
                  {Words::tr("region"), request.region}};
    for (const TemplateParameter &parameter : known->parameters) {
        plan.facts.emplaceBack(parameter.name,
                               wordOf(parameter, values->value(parameter.name)));
    }
    bool isNewRegion = true;
    version->eachStamp([&](int, const StampEntry &entry) {
        isNewRegion &= entry.source != *index || entry.stamp->region != request.region;
    });
    if (isNewRegion) {
        plan.warnings.append(
            Words::tr("no stamp of %1 stands in %2 yet").arg(source.name, request.region));
    }
    plan.blast.stamps = 1;
    const Primitive primitive = CreateStamp{name, request.fromTemplate, request.region, *values};
    plan.steps.push_back({stepTitle(primitive), 0, source.name, primitive, QString()});
    return plan;
}

// What a person should see before it is gone.
void addDeleteFacts(Plan &plan, const StampEntry &entry, const Clock &clock)
{
    const Stamp &stamp = *entry.stamp;
    const auto fact = [&](const QString &label, const QString &what) {
        if (!what.isEmpty())
            plan.facts.emplaceBack(label, what);
    };
    fact(Words::tr("name"), entry.id);
    fact(Words::tr("region"), stamp.region);
    fact(Words::tr("ring"), stamp.ring);
    fact(Words::tr("version"), stamp.version);
    QStringList components;
    for (const Component &component : stamp.components)
        components.append(Words::tr("%1 × %2").arg(component.name).arg(component.desired));
    fact(Words::tr("components"), components.join(u", "_s));
    QStringList limits;
    for (const ResourceKind kind : allResources) {
        if (const auto &limit = entry.resources[kind].limit)
            limits.append(Words::tr("%1 %2").arg(Format::name(kind), Format::amount(kind, limit)));
    }
    fact(Words::tr("limits"), limits.join(u", "_s));
    if (stamp.costPerHour) {
        fact(Words::tr("cost"),
             Words::tr("%1 %2 per hour")
                 .arg(Format::number(stamp.costPerHour->amount), stamp.costPerHour->currency));
    }
    QStringList labels;
    for (auto it = stamp.labels.cbegin(); it != stamp.labels.cend(); ++it)
        labels.append(it.key() + u'=' + it.value());
    fact(Words::tr("labels"), labels.join(u", "_s));
    if (stamp.updatedAt) {
        const auto age = std::max(std::chrono::milliseconds(0),
                                  std::chrono::milliseconds(clock.now() - *stamp.updatedAt));
        fact(Words::tr("changed"),
             stamp.updatedBy.isEmpty()
                 ? Words::tr("%1 ago").arg(Format::age(age))
                 : Words::tr("%1 ago by %2").arg(Format::age(age), stamp.updatedBy));
    }
}

Result<Plan> planDelete(const FleetVersionPtr &version, const ActionRequest &request,
                        const Clock &clock)
{
    Plan plan;
    const auto target = targetOf(plan, version, request.stamp, leaveOf(request), clock,
                                 Capability::Create, Words::tr("delete a stamp"));
    if (!target)
        return fail(target.error());
    const StampEntry &entry = *target->entry;
    const Stamp &stamp = *entry.stamp;
    plan.hasInverse = false;
    const size_t tenants = entry.tenants.size() + entry.incoming.size();
    bool cordons = false;
    if (tenants > 0) {
        plan.refusals.append(refusal(u"not-drained"_s, entry.id,
                                     Words::tr("%Ln tenant(s) are here", nullptr, int(tenants)),
                                     Words::tr("drain it first")));
    } else {
        switch (stamp.lifecycle) {
        case Lifecycle::Drained:
        case Lifecycle::Cordoned: // and empty: nobody is left, and nobody comes
        case Lifecycle::Failed:
            break;
        case Lifecycle::Active:
            cordons = request.cordonFirst;
            if (!cordons) {
                plan.refusals.append(refusal(u"not-drained"_s, entry.id,
                                             Words::tr("it is empty, but takes tenants"),
                                             Words::tr("drain it first")));
            }
            break;
        case Lifecycle::Draining:
            plan.refusals.append(refusal(u"not-drained"_s, entry.id,
                                         Words::tr("it is being drained"),
                                         Words::tr("wait until it is drained")));
            break;
        case Lifecycle::Provisioning:
            plan.refusals.append(refusal(u"busy"_s, entry.id, Words::tr("it is being made"),
                                         Words::tr("wait for it, or cancel it")));
            break;
        case Lifecycle::Deleting:
            plan.refusals.append(refusal(u"busy"_s, entry.id, Words::tr("it is being deleted")));
            break;
        }
    }
    addDeleteFacts(plan, entry, clock);
    Resources &after = plan.loads.front().after;
    after = {};
    if (cordons) {
        const Primitive primitive = CordonStamp{stamp.name};
        plan.steps.push_back(
                {stepTitle(primitive), 0, target->source->name, primitive, stamp.revision});
    }
    const Primitive primitive = DeleteStamp{stamp.name};
    plan.steps.push_back({stepTitle(primitive), 0, target->source->name, primitive,
                          cordons ? QString() : stamp.revision});
    return plan;
}

QString describe(const RuleSetting &rule)
{
    const QString target = rule.signal == SignalKind::Cpu || rule.signal == SignalKind::Memory
            ? Format::percent(rule.target)
            : Format::number(rule.target);
    return Words::tr("%1 at %2, %3 to %4")
        .arg(Format::word(rule.signal), target)
        .arg(rule.min)
        .arg(rule.max);
}

Result<Plan> planScale(const FleetVersionPtr &version, const ActionRequest &request,
                       const Clock &clock)
{
    const ScaleSetting &to = request.scale;
    if (to.isEmpty())
        return fail(ErrorKind::Invalid, Words::tr("nothing to scale is named"));
    Plan plan;
    const auto target = targetOf(plan, version, request.stamp, leaveOf(request), clock,
                                 Capability::ScaleComponents | Capability::ScaleResources
                                     | Capability::ScalingRules,
                                 Words::tr("scale"));
    if (!target)
        return fail(target.error());
    const StampEntry &entry = *target->entry;
    const Stamp &stamp = *entry.stamp;
    const auto unsupported = [&](Capability needs, const QString &what) {
        if (!target->source->capabilities.testFlag(needs)
            && !std::any_of(plan.refusals.begin(), plan.refusals.end(),
                            [](const Refusal &is) { return is.code == "unsupported"_L1; })) {
            plan.refusals.append(
                refusal(u"unsupported"_s, entry.id,
                        Words::tr("%1 can't %2").arg(target->source->adapter, what)));
        }
    };
    if (stamp.lifecycle == Lifecycle::Deleting || stamp.lifecycle == Lifecycle::Provisioning) {
        plan.refusals.append(
            refusal(u"busy"_s, entry.id, Words::tr("it is %1").arg(Format::word(stamp.lifecycle))));
    }
    const auto component = [&](const QString &name) -> Result<const Component *> {
        for (const Component &each : stamp.components) {
            if (each.name == name)
                return &each;
        }
        QStringList names;
        for (const Component &each : stamp.components)
            names.append(each.name);
        return fail(ErrorKind::Invalid,
                    Words::tr("%1 has no component %2; it has %3")
                        .arg(stamp.name, name, names.join(u", "_s)));
    };
    const auto newRule = [&](const QString &name) -> const std::optional<RuleSetting> * {
        for (const auto &[each, rule] : to.rules) {
            if (each == name)
                return &rule;
        }
        return nullptr;
    };

    ScaleSetting from;
    QStringList titles;
    for (const auto &[name, rule] : to.rules) {
        unsupported(Capability::ScalingRules, Words::tr("carry out a scaling rule"));
        const auto is = component(name);
        if (!is)
            return fail(is.error());
        if (rule) {
            if (rule->min < 0 || rule->max < rule->min || rule->max > ScaleSetting::mostReplicas)
                return fail(ErrorKind::Invalid,
                            Words::tr("the bounds of %1 have to be 0 to %2, the lower one first")
                                .arg(name)
                                .arg(ScaleSetting::mostReplicas));
            if (!(rule->target > 0) || !std::isfinite(rule->target))
                return fail(ErrorKind::Invalid,
                            Words::tr("the target of %1 has to be above 0").arg(name));
            titles.append(Words::tr("%1 by rule: %2").arg(name, describe(*rule)));
        } else {
            titles.append(Words::tr("%1 without a rule").arg(name));
        }
        std::optional<RuleSetting> before;
        if (const auto &known = (*is)->rule) {
            before = RuleSetting{known->signal, known->target, (*is)->min.value_or(1),
                                 (*is)->max.value_or(std::max(1, (*is)->desired)), known->cooldown};
        }
        from.rules.emplace_back(name, before);
    }
    for (auto it = to.components.begin(); it != to.components.end(); ++it) {
        unsupported(Capability::ScaleComponents, Words::tr("scale a component"));
        const auto is = component(it.key());
        if (!is)
            return fail(is.error());
        const int count = it.value();
        if (count < 0 || count > ScaleSetting::mostReplicas)
            return fail(ErrorKind::Invalid,
                        Words::tr("%1 takes 0 to %2 replicas")
                            .arg(it.key())
                            .arg(ScaleSetting::mostReplicas));
        if ((*is)->min && (*is)->max && (count < *(*is)->min || count > *(*is)->max)) {
            return fail(ErrorKind::Invalid,
                        Words::tr("%1 takes %2 to %3 replicas, not %4")
                            .arg(it.key())
                            .arg(*(*is)->min)
                            .arg(*(*is)->max)
                            .arg(count));
        }
        const auto *rule = newRule(it.key());
        const bool owned = rule ? rule->has_value() : (*is)->rule.has_value();
        const bool byRule = request.byRule && !rule && owned && (*is)->rule->by == "stampd"_L1;
        if (owned && !byRule) {
            plan.refusals.append(refusal(u"unsupported"_s, it.key(),
                                         Words::tr("a rule owns the replicas of %1").arg(it.key()),
                                         Words::tr("change the rule's bounds, or take it away "
                                                   "(--rule %1=none)")
                                             .arg(it.key())));
        }
        from.components.insert(it.key(), (*is)->desired);
        titles.append(Words::tr("%1 %2 to %3").arg(it.key()).arg((*is)->desired).arg(count));
    }
    Resources &after = plan.loads.front().after;
    const auto limit = [&](ResourceKind kind, const std::optional<double> &wanted,
                           std::optional<double> &before) -> std::optional<Error> {
        if (!wanted)
            return std::nullopt;
        unsupported(Capability::ScaleResources, Words::tr("change a stamp's limits"));
        if (!(*wanted > 0) || *wanted > ScaleSetting::mostOf(kind)) {
            return Error::of(ErrorKind::Invalid,
                             Words::tr("%1 has to be above 0 and up to %2")
                                 .arg(Format::name(kind),
                                      Format::amount(kind, ScaleSetting::mostOf(kind))));
        }
        const Resource &is = entry.resources[kind];
        before = is.limit;
        if (const auto taken = is.taken(); taken && *taken > *wanted * tolerance) {
            plan.refusals.append(refusal(u"capacity"_s, entry.id,
                                         Words::tr("%1 of %2 are taken")
                                             .arg(Format::amount(kind, taken), Format::name(kind)),
                                         Words::tr("move tenants away first")));
        }
        after[kind].limit = wanted;
        titles.append(Words::tr("%1 %2 to %3")
                          .arg(Format::name(kind), Format::amount(kind, is.limit),
                               Format::amount(kind, wanted)));
        return std::nullopt;
    };
    for (const auto &error : {limit(ResourceKind::Cpu, to.cpu, from.cpu),
                              limit(ResourceKind::Memory, to.memory, from.memory),
                              limit(ResourceKind::Storage, to.storage, from.storage)}) {
        if (error)
            return fail(*error);
    }
    plan.hasInverse = (!to.cpu || from.cpu) && (!to.memory || from.memory)
            && (!to.storage || from.storage);
    plan.target = stamp.name + u": "_s + titles.join(u", "_s);
    const Primitive primitive = ScaleStamp{stamp.name, from, to};
    plan.steps.push_back(
            {stepTitle(primitive), 0, target->source->name, primitive, stamp.revision});
    const double gate = target->source->objectives.load;
    const auto load = LoadChange::fullest(after);
    if (load && *load > gate) {
        plan.warnings.append(Words::tr("%1 would be at %2, over the gate of %3")
                                 .arg(stamp.name, Format::percent(load), Format::percent(gate)));
    }
    return plan;
}

} // namespace

namespace {
struct TitleVisitor
{
    QString operator()(const PlaceTenant &p) const
    {
        return Words::tr("start %1 on %2").arg(p.tenant, p.to);
    }
    QString operator()(const ProbeTenant &p) const
    {
        return Words::tr("verify %1 on %2").arg(p.tenant, p.at);
    }
    QString operator()(const ShiftTenant &p) const
    {
        return Words::tr("switch %1 to %2").arg(p.tenant, p.to);
    }
    QString operator()(const RetireTenant &p) const
    {
        return Words::tr("stop %1 on %2").arg(p.tenant, p.at);
    }
    QString operator()(const MoveTenant &p) const
    {
        return Words::tr("move %1 to %2").arg(p.tenant, p.to);
    }
    QString operator()(const CordonStamp &p) const { return Words::tr("cordon %1").arg(p.stamp); }
    QString operator()(const UncordonStamp &p) const
    {
        return Words::tr("uncordon %1").arg(p.stamp);
    }
    QString operator()(const ScaleStamp &p) const { return Words::tr("scale %1").arg(p.stamp); }
    QString operator()(const CreateStamp &p) const
    {
        return Words::tr("create %1 from %2 in %3").arg(p.stamp, p.fromTemplate, p.region);
    }
    QString operator()(const DeleteStamp &p) const { return Words::tr("delete %1").arg(p.stamp); }
};
} // namespace

QString stepTitle(const Primitive &primitive)
{
    return std::visit(TitleVisitor{}, primitive);
}

QString toString(ActionKind kind)
{
    return actionWords.at(size_t(kind));
}

std::optional<ActionKind> actionKindFromString(QStringView word)
{
    for (size_t i = 0; i < actionWords.size(); ++i) {
        if (actionWords[i] == word)
            return ActionKind(i);
    }
    return std::nullopt;
}

QString toString(VerdictKind verdict)
{
    return verdictWords.at(size_t(verdict));
}

std::optional<double> LoadChange::fullest(const Resources &resources)
{
    std::optional<double> most;
    for (const ResourceKind kind : loadKinds) {
        if (const auto load = resources[kind].load(); load && (!most || *load > *most))
            most = load;
    }
    return most;
}

Result<Carry> makeCarry(const FleetVersionPtr &version, const QStringList &tenants)
{
    const auto slots = findTenants(*version, tenants);
    if (!slots)
        return fail(slots.error());
    return carryOf(version, *slots);
}

Evaluation evaluate(const Carry &carry, int stamp, bool allowUnknown)
{
    return evaluateWith(carry, stamp, allowUnknown, nullptr);
}

std::vector<std::pair<int, Evaluation>> bestOf(const Carry &carry, int count, bool allowUnknown)
{
    std::vector<std::pair<int, Evaluation>> found;
    carry.version->eachStamp([&](int slot, const StampEntry &) {
        Evaluation is = evaluate(carry, slot, allowUnknown);
        if (is.refusals.isEmpty())
            found.emplace_back(slot, std::move(is));
    });
    std::stable_sort(found.begin(), found.end(), [](const auto &a, const auto &b) {
        if (a.second.verdict != b.second.verdict)
            return a.second.verdict > b.second.verdict;
        return a.second.after.value_or(1) < b.second.after.value_or(1);
    });
    if (found.size() > size_t(count))
        found.resize(size_t(count));
    return found;
}

QList<Claim> Plan::claims() const
{
    QList<Claim> claims;
    for (const PlannedMove &move : moves) {
        Claim claim;
        claim.tenant = move.id;
        claim.from = move.from;
        claim.to = move.to;
        claims.append(claim);
    }
    if (request.kind == ActionKind::Create) {
        Claim claim;
        claim.from = claim.to = creates;
        claim.creates = true;
        claims.append(claim);
        return claims;
    }
    const auto onStamp = [&](const QString &stamp) {
        Claim claim;
        claim.from = claim.to = stamp;
        claim.drains = emptiesStamps(request.kind);
        claim.deletes = request.kind == ActionKind::Delete;
        claims.append(claim);
    };
    if (request.kind == ActionKind::Move) {
        for (const PlannedStep &step : steps) {
            if (const auto *opened = std::get_if<UncordonStamp>(&step.primitive))
                onStamp(step.source + u'/' + opened->stamp);
        }
        return claims;
    }
    for (const LoadChange &load : loads) {
        if (load.isSource)
            onStamp(load.stamp);
    }
    return claims;
}

QString Plan::command() const
{
    QStringList words{u"stampctl"_s, toString(request.kind)};
    switch (request.kind) {
    case ActionKind::Move:
        for (const PlannedMove &move : moves)
            words.append(quoted(move.id));
        if (!request.to.isEmpty())
            words.append({u"--to"_s, quoted(request.to)});
        break;
    case ActionKind::Create:
        words.append({quoted(request.stamp), u"--template"_s, quoted(request.fromTemplate),
                      u"--region"_s, quoted(request.region)});
        for (auto it = request.parameters.begin(); it != request.parameters.end(); ++it) {
            words.append({u"--set"_s, quoted(it.key() + u'=' + it->toVariant().toString())});
        }
        words.append({u"--in"_s, quoted(creates.section(u'/', 0, 0))});
        break;
    case ActionKind::Cordon:
    case ActionKind::Uncordon:
    case ActionKind::Delete:
        words.append(quoted(request.stamp));
        for (qsizetype i = 0; i < request.stamps.size(); ++i) {
            // One line for each: the command takes one stamp.
            if (i == 0)
                words.last() = quoted(request.stamps[i]);
            else
                words.append({u"&&"_s, u"stampctl"_s, toString(request.kind),
                              quoted(request.stamps[i])});
        }
        break;
    case ActionKind::Drain:
    case ActionKind::Evacuate:
        if (request.kind == ActionKind::Drain && request.stamps.isEmpty())
            words.append(quoted(request.stamp));
        else if (request.kind == ActionKind::Drain)
            std::transform(request.stamps.begin(), request.stamps.end(), std::back_inserter(words),
                           [](const QString &stamp) { return quoted(stamp); });
        else
            words.append({u"--region"_s, quoted(request.region)});
        if (!request.among.isEmpty())
            words.append({u"--to"_s, quoted(request.among.join(u','))});
        if (request.parallel != ActionRequest().parallel)
            words.append({u"--parallel"_s, QString::number(request.parallel)});
        if (request.deadline)
            words.append({u"--deadline"_s, toString(*request.deadline)});
        if (request.partial)
            words.append(u"--partial"_s);
        if (request.maxLoad)
            words.append({u"--max-load"_s, QString::number(*request.maxLoad * 100, 'g', 12) + u'%'});
        break;
    case ActionKind::Scale: {
        words.append(quoted(request.stamp));
        const ScaleSetting &to = request.scale;
        static const QStringList reserved{u"cpu"_s, u"memory"_s, u"storage"_s};
        for (auto it = to.components.begin(); it != to.components.end(); ++it) {
            const QString name = reserved.contains(it.key()) ? u"component:"_s + it.key() : it.key();
            words.append(quoted(name + u'=' + QString::number(it.value())));
        }
        const auto exact = [](double value) { return QString::number(value, 'g', 17); };
        if (to.cpu)
            words.append(u"cpu="_s + exact(*to.cpu));
        if (to.memory)
            words.append(u"memory="_s + exact(*to.memory));
        if (to.storage)
            words.append(u"storage="_s + exact(*to.storage));
        for (const auto &[name, rule] : to.rules) {
            words.append(u"--rule"_s);
            if (!rule) {
                words.append(quoted(name + u"=none"_s));
                continue;
            }
            const bool ratio = rule->signal == SignalKind::Cpu || rule->signal == SignalKind::Memory;
            const QString goal = ratio ? exact(rule->target * 100) + u'%' : exact(rule->target);
            words.append(quoted(name + u'=' + toString(rule->signal) + u':' + goal + u','
                                + QString::number(rule->min) + u".."_s + QString::number(rule->max)));
        }
        break;
    }
    }
    if (request.allowUnknown)
        words.append(u"--allow-unknown"_s);
    if (request.allowStale)
        words.append(u"--allow-stale"_s);
    if (!request.reason.isEmpty())
        words.append({u"--reason"_s, quoted(request.reason)});
    return words.join(u' ');
}

Loss lossOf(const FleetVersionPtr &version, const std::vector<int> &stamps,
            const std::vector<int> &among)
{
    Loss loss;
    loss.version = version;
    // What is known of the lost may be old: it is all that there is to go by.
    ActionRequest request;
    request.allowStale = true;
    std::vector<EmptyingProblem> problems;
    const auto stay = [&](int tenant, Refusal why) {
        why.subject = version->tenantId(tenant);
        loss.stranded.append(why);
    };
    QSet<int> lost;
    for (const int slot : stamps) {
        if (slot < 0 || slot >= version->stamps.size() || !version->stamps[slot]
            || lost.contains(slot))
            continue;
        lost.insert(slot);
        loss.stamps.push_back(slot);
        const StampEntry &entry = *version->stamps[slot];
        loss.tenants += entry.owned;
        auto problem = std::find_if(problems.begin(), problems.end(), [&](const auto &each) {
            return each.source == entry.source;
        });
        if (problem == problems.end()) {
            problem = problems.emplace(problems.end());
            problem->source = entry.source;
            problem->load = std::min(version->sources[entry.source].objectives.load, 1.0);
        }
        addGuests(*problem, version, slot, request, [&](int tenant, const Refusal &why) {
            // Whoever is only on its way here stays where it is.
            if (version->tenants[tenant].owner == slot)
                stay(tenant, why);
        }, true);
    }
    request.allowStale = false; // but nobody is sent where it is not known how things are
    for (EmptyingProblem &problem : problems) {
        addRooms(problem, *version, lost, among, request);
        Settled settled;
        settle(settled, problem, version, request, stay);
        loss.moves.insert(loss.moves.end(), settled.moves.begin(), settled.moves.end());
        for (const auto &[slot, in] : settled.entering) {
            LoadChange load{slot, version->stampId(slot), version->stamps[slot]->resources,
                            version->stamps[slot]->resources, false};
            put(load.after, in.added, in.tenants, +1);
            loss.loads.append(load);
            loss.taken.insert(slot, in.tenants);
        }
        // What those without a place need, against what is left where anybody may go.
        Internal::Amounts missing{};
        for (const Refusal &why : std::as_const(loss.stranded)) {
            const int tenant = version->findTenant(why.subject).value_or(-1);
            if (tenant < 0 || version->tenants[tenant].source != problem.source
                || (why.code != "capacity"_L1 && why.code != "tenant-slots"_L1))
                continue;
            for (const ResourceKind kind : allResources)
                missing[size_t(kind)] +=
                        version->tenants[tenant].tenant->demand.of(kind).value_or(0);
        }
        for (const ResourceKind kind : allResources) {
            double left = 0;
            for (const Internal::Room &room : problem.rooms) {
                if (!room.unknown)
                    left += std::max(0.0, room.most[size_t(kind)] - room.taken[size_t(kind)]);
            }
            const double amount = missing[size_t(kind)] - left;
            if (!problem.rooms.empty() && amount > 1e-6)
                loss.shortOf[kind] += amount;
        }
    }
    std::sort(loss.loads.begin(), loss.loads.end(), [](const LoadChange &a, const LoadChange &b) {
        return LoadChange::fullest(a.after).value_or(0) > LoadChange::fullest(b.after).value_or(0);
    });
    return loss;
}

Result<Plan> plan(const FleetVersionPtr &version, const ActionRequest &request, const Clock &clock)
{
    Result<Plan> made = request.kind == ActionKind::Move ? planMove(version, request, clock)
            : request.kind == ActionKind::Scale          ? planScale(version, request, clock)
            : emptiesStamps(request.kind)                ? planEmptying(version, request, clock)
            : request.kind == ActionKind::Create         ? planCreate(version, request, clock)
            : request.kind == ActionKind::Delete         ? planDelete(version, request, clock)
                                                         : planCordon(version, request, clock);
    if (!made)
        return made;
    if (request.allowStale) {
        for (const QString &name : std::as_const(made->sources)) {
            const int source = version->sourceIndex(name);
            if (source >= 0 && version->sources[source].isStale())
                made->warnings.append(Words::tr("what is known of %1 is %2 old")
                                          .arg(name, Format::age(made->dataAge)));
        }
    }
    made->request = request;
    made->serial = version->serial;
    made->plannedAt = clock.now();
    if (!made->moves.empty()) {
        QHash<QString, int> moves; // by source
        for (const PlannedMove &move : made->moves)
            ++moves[move.from.section(u'/', 0, 0)];
        const MoveTimes times(*version);
        made->duration = times.estimate(moves, request.parallel);
        for (auto it = moves.cbegin(); it != moves.cend(); ++it)
            made->measured += times.measured(it.key());
        if (made->duration && request.deadline && *made->duration > *request.deadline) {
            made->warnings.append(
                Words::tr("%1 are expected, more than the deadline of %2: not all will be "
                          "moved")
                    .arg(Format::age(*made->duration), toString(*request.deadline)));
        }
    }
    return made;
}

} // namespace Stampdeck

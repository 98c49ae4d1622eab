// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include <QtCore/QDeadlineTimer>

/// The rules of what an adapter changes: C33 to C50, C67 and C68. They write to the scratch stamp,
/// and to names that nobody has. Whatever they leave, Bench::restore() puts back.
namespace Stampdeck::Internal {

namespace {

constexpr Capabilities writing = Capabilities(Capability::Move) | Capability::Primitives
    | Capability::Cordon | Capability::ScaleComponents | Capability::ScaleResources
    | Capability::ScalingRules | Capability::Operations | Capability::Drains | Capability::Create;

const QString &nobody()
{
    static const QString name = u"stampdeck-conformance-nobody"_s;
    return name;
}

/// One try of \a capability on names that nobody has.
Result<void> tried(Bench &bench, Capability capability)
{
    const auto result = [](const auto &answer) -> Result<void> {
        return answer ? Result<void>() : Result<void>(fail(answer.error()));
    };
    const auto perform = [&](const Primitive &primitive) {
        return result(bench.perform(primitive, bench.context()));
    };
    ScaleStamp scale{nobody(), {}, {}};
    switch (capability) {
    case Capability::Move:
        return perform(MoveTenant{nobody(), nobody() + u"-1"_s, nobody() + u"-2"_s});
    case Capability::Primitives:
        return perform(PlaceTenant{nobody(), nobody() + u"-1"_s, nobody() + u"-2"_s});
    case Capability::Cordon:
        return perform(CordonStamp{nobody()});
    case Capability::ScaleComponents:
        scale.to.components[u"web"_s] = 1;
        return perform(scale);
    case Capability::ScaleResources:
        scale.to.cpu = 1;
        return perform(scale);
    case Capability::ScalingRules:
        scale.to.rules.emplace_back(u"web"_s, RuleSetting());
        return perform(scale);
    case Capability::Operations:
        return result(
            bench.await(bench.writer().control(nobody(), OperationVerb::Pause, bench.context())));
    case Capability::Drains: {
        DrainOrder order;
        order.stamp = nobody();
        return result(bench.await(bench.writer().drain(order, bench.context())));
    }
    case Capability::Create:
        return perform(DeleteStamp{nobody()});
    default:
        return {};
    }
}

std::vector<Capability> writingOnes()
{
    std::vector<Capability> all;
    for (quint32 bit = 1; bit != 0; bit <<= 1) {
        if (writing.testFlag(Capability(bit)))
            all.push_back(Capability(bit));
    }
    return all;
}

QString wordOf(Capability capability)
{
    return toStrings(capability).value(0);
}

bool stands(const Tenant &tenant, const QString &at)
{
    return tenant.stamp == at && tenant.placements.size() == 1
        && tenant.placements.front().stamp == at;
}

/// What is wrong with how a tenant is served while it moves; empty when nothing is.
QString unservedTrouble(const Tenant &tenant, const Journey &journey)
{
    if (tenant.stamp != journey.from && tenant.stamp != journey.to)
        return u"it is owned by "_s + tenant.stamp;
    if (!tenant.placementOn(tenant.stamp))
        return u"it is not placed on its owner "_s + tenant.stamp;
    for (const Placement &placement : tenant.placements) {
        if (placement.state == PlacementState::Serving)
            return {};
    }
    return u"none of its %1 placements serves"_s.arg(tenant.placements.size());
}

/// The tenant of a journey as it is seen now; ends the check of one that nobody serves.
TenantPtr watched(Bench &bench, const Journey &journey)
{
    const TenantPtr is = bench.look().tenant(journey.tenant);
    bench.expect(is != nullptr, u"the tenant is not told any more"_s, u"the tenant"_s);
    const QString trouble = unservedTrouble(*is, journey);
    bench.expect(trouble.isEmpty(), u"during the move of %1: %2"_s.arg(is->id, trouble),
                 u"one owner, and a placement that serves, at every instant"_s);
    return is;
}

/// How a move came out.
struct Moved
{
    bool isThere = false;
    QString why; ///< Why it did not come to serve: another tenant may.
};

/// Carries a move that has begun to its end and looks at the tenant all the while.
class Carrier
{
public:
    Carrier(Bench &bench, const Bench::Begun &begun)
        : m_bench(bench)
        , m_begun(begun)
        , m_deadline(bench.options().patience)
    { }

    Moved run()
    {
        return std::holds_alternative<PlaceTenant>(m_begun.primitive) ? step() : follow();
    }

private:
    TenantPtr watch() { return watched(m_bench, m_begun.journey); }

    Result<WriteOutcome> perform(const Primitive &primitive)
    {
        return m_bench.perform(primitive, m_bench.context({}, m_begun.context.operation),
                               Bench::Follow::No);
    }

    // Place, which is done, probe, shift, retire.
    Moved step()
    {
        const Journey &journey = m_begun.journey;
        for (;;) {
            watch();
            const auto probed = perform(ProbeTenant{journey.tenant, journey.to});
            if (!probed)
                return {false, Bench::inWords(probed.error())};
            if (probed->done)
                break;
            if (m_deadline.hasExpired())
                return {false, u"it starts and starts"_s};
            m_bench.pause(30ms);
        }
        watch();
        m_bench.take(perform(ShiftTenant{journey.tenant, journey.from, journey.to}),
                     u"the shift"_s);
        watch();
        m_bench.take(perform(RetireTenant{journey.tenant, journey.from}), u"the retirement"_s);
        return arrive();
    }

    // By the backend itself.
    Moved follow()
    {
        while (!stands(*watch(), m_begun.journey.to)) {
            const auto outcome = m_bench.await(m_bench.writer().observe(
                m_begun.primitive, m_begun.context, m_begun.outcome.handle));
            if (!outcome)
                return {false, Bench::inWords(outcome.error())};
            // A health gate asks a person, and here that is the kit.
            if (outcome->paused && m_bench.can(Capability::Operations))
                (void)m_bench.await(m_bench.writer().control(outcome->handle, OperationVerb::Resume,
                                                             m_bench.context()));
            if (m_deadline.hasExpired())
                return {false, u"it is not through: "_s + outcome->message};
            m_bench.pause(30ms);
        }
        return {true, {}};
    }

    Moved arrive()
    {
        while (!stands(*watch(), m_begun.journey.to)) {
            m_bench.expect(
                !m_deadline.hasExpired(),
                u"%1 does not stand on %2 alone"_s.arg(m_begun.journey.tenant, m_begun.journey.to),
                u"one placement when the move has ended"_s);
            m_bench.pause(30ms);
        }
        return {true, {}};
    }

    Bench &m_bench;
    const Bench::Begun &m_begun;
    QDeadlineTimer m_deadline;
};

/// A component of the scratch stamp that can have another count, and which.
struct Count
{
    QString name;
    int was, to;
};

Count countOf(Bench &bench)
{
    for (const Component &one : bench.scratchStamp()->components) {
        if (one.rule || (one.min && one.max && *one.min == *one.max))
            continue;
        const bool up = !one.max || one.desired < *one.max;
        return {one.name, one.desired, up ? one.desired + 1 : one.desired - 1};
    }
    bench.notApplicable(u"the scratch stamp has no component whose count is free"_s);
}

const Component *componentOf(const Stamp &stamp, const QString &name)
{
    for (const Component &one : stamp.components) {
        if (one.name == name)
            return &one;
    }
    return nullptr;
}

} // namespace

void checkLacks(Bench &bench)
{
    const Capabilities can = bench.writer().capabilities();
    for (const Capability capability : writingOnes()) {
        if (can.testFlag(capability))
            continue;
        const auto answer = tried(bench, capability);
        bench.expectKind(answer, {ErrorKind::Unsupported},
                         u"“%1”, which it has not"_s.arg(wordOf(capability)));
    }
    if (!can.testFlag(Capability::Marks)) {
        MarkRequest request;
        request.operation = request.run = nobody();
        request.stamps.push_back({nobody(), 0, {}, {}, false});
        bench.expectKind(bench.await(bench.writer().mark(request, bench.context())),
                         {ErrorKind::Unsupported}, u"“marks”, which it has not"_s);
    }
    if (!can.testFlag(Capability::History)) {
        const Timestamp now = Clock::system().now();
        bench.expectKind(
            bench.await(bench.writer().history({bench.scratch()}, {}, now - 5min, now, 30s)),
            {ErrorKind::Unsupported}, u"“history”, which it has not"_s);
    }
}

void checkClaims(Bench &bench)
{
    const Capabilities can = bench.writer().capabilities();
    for (const Capability capability : writingOnes()) {
        if (!can.testFlag(capability))
            continue;
        const auto answer = tried(bench, capability);
        bench.expect(answer || answer.error().kind != ErrorKind::Unsupported,
                     answer ? QString()
                            : u"“%1”, which it claims: %2"_s.arg(wordOf(capability),
                                                                 Bench::inWords(answer.error())),
                     u"anything but unsupported"_s);
    }
}

void checkNotFound(Bench &bench)
{
    const Capabilities can = bench.writer().capabilities() & writing;
    if (!can)
        bench.notApplicable(u"it writes nothing"_s);
    for (const Capability capability : writingOnes()) {
        if (can.testFlag(capability))
            bench.expectKind(tried(bench, capability), {ErrorKind::NotFound},
                             u"“%1” of what nobody has"_s.arg(wordOf(capability)));
    }
}

void checkCordon(Bench &bench)
{
    bench.need(Capability::Cordon);
    bench.write(CordonStamp{bench.scratch()}, u"a cordon"_s);
    bench.awaitSeen([](const Stamp &is) { return is.lifecycle != Lifecycle::Active; },
                    u"a stamp that takes no tenants"_s);
    bench.write(UncordonStamp{bench.scratch()}, u"an uncordon"_s);
    bench.awaitSeen([](const Stamp &is) { return is.lifecycle == Lifecycle::Active; },
                    u"an active stamp"_s);
}

void checkScale(Bench &bench)
{
    bench.need(Capability::ScaleComponents);
    const Count count = countOf(bench);
    const auto scale = [&](int from, int to) {
        ScaleStamp is{bench.scratch(), {}, {}};
        is.from.components[count.name] = from;
        is.to.components[count.name] = to;
        bench.write(is, u"%1 %2 to %3"_s.arg(count.name).arg(from).arg(to));
        bench.awaitSeen(
            [&](const Stamp &stamp) {
                const Component *one = componentOf(stamp, count.name);
                return one && one->desired == to;
            },
            u"%1 desired of %2"_s.arg(to).arg(count.name));
    };
    scale(count.was, count.to);
    scale(count.to, count.was);
}

void checkLimits(Bench &bench)
{
    bench.need(Capability::ScaleResources);
    const auto was = bench.scratchStamp()->resources.cpu.limit;
    if (!was)
        bench.notApplicable(u"the scratch stamp's cpu limit is not told"_s);
    const auto scale = [&](double from, double to) {
        ScaleStamp is{bench.scratch(), {}, {}};
        is.from.cpu = from;
        is.to.cpu = to;
        bench.write(is, u"a cpu limit of %1"_s.arg(to));
        bench.awaitSeen([to](const Stamp &stamp) { return stamp.resources.cpu.limit == to; },
                        u"a cpu limit of %1"_s.arg(to));
    };
    scale(*was, *was + 1);
    scale(*was + 1, *was);
}

void checkRules(Bench &bench)
{
    bench.need(Capability::ScalingRules);
    const Count count = countOf(bench);
    const StampPtr stamp = bench.scratchStamp();
    const Component *was = componentOf(*stamp, count.name);
    // Bounds that the component has anyway: they stay when the rule goes.
    RuleSetting rule;
    rule.target = 0.65;
    rule.min = was->min.value_or(was->desired);
    rule.max = was->max.value_or(was->desired);
    ScaleStamp set{bench.scratch(), {}, {}};
    set.to.rules.emplace_back(count.name, rule);
    bench.write(set, u"a rule"_s);
    bench.awaitSeen(
        [&](const Stamp &is) {
            const Component *one = componentOf(is, count.name);
            return one && one->rule && one->rule->signal == rule.signal
                && one->rule->target == rule.target;
        },
        u"a rule of cpu 0.65 on "_s + count.name);
    ScaleStamp unset{bench.scratch(), {}, {}};
    unset.to.rules.emplace_back(count.name, std::nullopt);
    bench.write(unset, u"a rule taken away"_s);
    bench.awaitSeen(
        [&](const Stamp &is) {
            const Component *one = componentOf(is, count.name);
            return one && !one->rule;
        },
        u"no rule on "_s + count.name);
}

void checkRevisionMoves(Bench &bench)
{
    const Nudge nudge = bench.nudge();
    const QString before = bench.scratchStamp()->revision;
    bench.expect(!before.isEmpty(), u"no revision"_s, u"a revision of each stamp"_s);
    bench.write(nudge.there, kindOf(nudge.there));
    bench.awaitSeen(nudge.isThere, u"the write"_s);
    const QString after = bench.scratchStamp()->revision;
    bench.expect(after != before, u"the revision %1 before and after the write"_s.arg(before),
                 u"another revision after a write"_s);
}

void checkStaleRevision(Bench &bench)
{
    const Nudge nudge = bench.nudge();
    const QString read = bench.scratchStamp()->revision;
    bench.take(bench.perform(nudge.there, bench.context(read)),
               u"a write at the revision just read"_s);
    bench.awaitSeen(nudge.isThere, u"the write"_s);
    bench.expectKind(bench.perform(nudge.back, bench.context(read)), {ErrorKind::Conflict},
                     u"a write at the revision before the last write"_s);
}

void checkKeyOnce(Bench &bench)
{
    const Nudge nudge = bench.nudge();
    const WriteContext first = bench.context();
    bench.take(bench.perform(nudge.there, first), u"a write"_s);
    bench.awaitSeen(nudge.isThere, u"the write"_s);
    bench.write(nudge.back, u"its inverse"_s);
    const auto isBack = [&](const Stamp &is) { return !nudge.isThere(is); };
    bench.awaitSeen(isBack, u"the inverse"_s);
    bench.take(bench.perform(nudge.there, first), u"the first write again under its key"_s);
    // What acts a second time would show soon.
    const QDeadlineTimer deadline(bench.options().quiet);
    do {
        bench.pause(50ms);
        bench.expect(isBack(*bench.scratchStamp()), u"the same key acted a second time"_s,
                     u"the outcome of the first time, and no second effect"_s);
    } while (!deadline.hasExpired());
}

void checkKeyOfAnother(Bench &bench)
{
    const Nudge nudge = bench.nudge();
    if (!bench.can(Capability::Cordon) || !bench.can(Capability::ScaleComponents))
        bench.notApplicable(u"it needs two kinds of writes: cordon and scale-components"_s);
    const Count count = countOf(bench);
    ScaleStamp one{bench.scratch(), {}, {}};
    one.to.components[count.name] = count.to;
    const WriteContext key = bench.context();
    bench.take(bench.perform(one, key), u"a write"_s);
    ScaleStamp other = one;
    other.to.components[count.name] = count.was;
    bench.expectKind(bench.perform(other, key), {ErrorKind::Invalid},
                     u"another write of the same kind under the same key"_s);
}

void checkObserve(Bench &bench)
{
    Primitive primitive = bench.nudge().there;
    if (bench.can(Capability::ScaleComponents)) {
        // Replicas take time to start: that is something to observe.
        const Count count = countOf(bench);
        ScaleStamp scale{bench.scratch(), {}, {}};
        scale.from.components[count.name] = count.was;
        scale.to.components[count.name] = count.to;
        primitive = scale;
    }
    const WriteContext context = bench.context();
    WriteOutcome outcome =
        bench.take(bench.perform(primitive, context, Bench::Follow::No), u"a write"_s);
    const QString handle = outcome.handle;
    const QDeadlineTimer deadline(bench.options().patience);
    for (;;) {
        bench.expect(outcome.progress >= 0 && outcome.progress <= 1,
                     u"a progress of %1"_s.arg(outcome.progress), u"a progress from 0 to 1"_s);
        if (outcome.done)
            break;
        bench.expect(!deadline.hasExpired(),
                     u"a write that is not done after "_s + toString(bench.options().patience)
                         + u": "_s + outcome.message,
                     u"its end"_s);
        bench.pause(40ms);
        outcome = bench.take(bench.await(bench.writer().observe(primitive, context, handle)),
                             u"observe()"_s);
    }
    const QString revision = bench.scratchStamp()->revision;
    if (!handle.isEmpty()) {
        for (int i = 0; i < 3; ++i)
            (void)bench.await(bench.writer().observe(primitive, context, handle));
    }
    bench.expect(bench.scratchStamp()->revision == revision, u"another revision after observe()"_s,
                 u"nothing changed by asking"_s);
}

void checkRefusal(Bench &bench)
{
    bench.need(Capability::Cordon);
    std::vector<Journey> journeys = bench.journeys();
    // Into the stamp that is cordoned: the other way round.
    Journey back;
    for (const TenantPtr &tenant : bench.look().tenants()) {
        if (tenant->stamp == journeys.front().to && tenant->placements.size() == 1
            && !tenant->constraints.pinned && tenant->operation.isEmpty()) {
            back = {tenant->id, tenant->stamp, bench.scratch()};
            break;
        }
    }
    if (back.tenant.isEmpty())
        bench.notApplicable(
            u"there is no tenant on %1 that may be moved"_s.arg(journeys.front().to));
    bench.write(CordonStamp{bench.scratch()}, u"a cordon"_s);
    bench.awaitSeen([](const Stamp &is) { return is.lifecycle != Lifecycle::Active; },
                    u"a stamp that takes no tenants"_s);
    const Primitive move = bench.can(Capability::Primitives)
        ? Primitive(PlaceTenant{back.tenant, back.from, back.to})
        : Primitive(MoveTenant{back.tenant, back.from, back.to});
    const Error error = bench.expectKind(bench.perform(move, bench.context()), {ErrorKind::Refused},
                                         u"a tenant for a stamp that is cordoned"_s);
    bench.expect(!error.refusals.isEmpty(), u"a refusal without a reason"_s,
                 u"at least one reason"_s);
    for (const Refusal &refusal : error.refusals)
        bench.expect(!refusal.code.isEmpty() && !refusal.message.isEmpty(),
                     u"the reason “%1: %2”"_s.arg(refusal.code, refusal.message),
                     u"a code and a sentence"_s);
}

void checkOnlyServing(Bench &bench)
{
    bench.need(Capability::Primitives);
    for (const TenantPtr &tenant : bench.look().tenants()) {
        if (tenant->stamp != bench.scratch() || tenant->placements.size() != 1
            || !tenant->operation.isEmpty())
            continue;
        bench.expectKind(bench.perform(RetireTenant{tenant->id, bench.scratch()}, bench.context()),
                         {ErrorKind::Refused},
                         u"the retirement of the only placement of "_s + tenant->id);
        const TenantPtr after = bench.look().tenant(tenant->id);
        bench.expect(after && stands(*after, bench.scratch()),
                     u"%1 is placed no more"_s.arg(tenant->id), u"the placement as it was"_s);
        return;
    }
    bench.notApplicable(u"there is no tenant on the scratch stamp"_s);
}

void checkTakenBack(Bench &bench)
{
    bench.need(Capability::Primitives);
    const Bench::Begun begun = bench.beginJourney();
    const Journey &journey = begun.journey;
    bench.take(bench.perform(RetireTenant{journey.tenant, journey.to},
                             bench.context({}, begun.context.operation)),
               u"the new placement is taken back"_s);
    const bool isBack = bench.pollUntil(bench.watcher(), const_cast<Cut &>(bench.look()),
                                        bench.options().patience, [&](const Cut &cut) {
                                            const TenantPtr is = cut.tenant(journey.tenant);
                                            return is && stands(*is, journey.from);
                                        });
    bench.expect(isBack, u"%1 is still placed on %2"_s.arg(journey.tenant, journey.to),
                 u"the tenant as it was"_s);
}

void checkMove(Bench &bench)
{
    Moved moved;
    // One that does not start on its target is told so, and no fault of the adapter.
    for (int attempt = 0; attempt < 3 && !moved.isThere; ++attempt) {
        if (attempt > 0)
            bench.restore();
        const Bench::Begun begun = bench.beginJourney();
        moved = Carrier(bench, begun).run();
    }
    bench.expect(moved.isThere, u"three moves that did not come through: "_s + moved.why,
                 u"a move that ends on its target"_s);
}

void checkEvents(Bench &bench)
{
    bench.need(Capability::Events);
    const Nudge nudge = bench.nudge();
    const AdapterPtr listener = bench.make();
    bench.read(*listener);
    bool heard = false;
    std::optional<Error> ended;
    QObject::connect(listener.get(), &FleetAdapter::updated, listener.get(),
                     [&](const FleetUpdate &update) {
                         for (const StampPtr &stamp : update.stamps)
                             heard |= stamp->name == bench.scratch() && nudge.isThere(*stamp);
                     });
    QObject::connect(listener.get(), &FleetAdapter::eventsEnded, listener.get(),
                     [&](const QString &, const Error &error) { ended = error; });
    for (const QString &endpoint : listener->endpoints())
        listener->startEvents(endpoint);
    bench.write(nudge.there, kindOf(nudge.there));
    bench.awaitSeen(nudge.isThere, u"the write"_s);
    bench.expect(bench.until(10s, [&] { return heard || ended; }),
                 u"no event within 10 s of what a poll shows"_s,
                 u"updated() with the stamp as it is now"_s);
    bench.expect(heard, ended ? u"eventsEnded(): "_s + Bench::inWords(*ended) : QString(),
                 u"updated()"_s);
}

void checkStopEvents(Bench &bench)
{
    bench.need(Capability::Events);
    const Nudge nudge = bench.nudge();
    const AdapterPtr listener = bench.make();
    bench.read(*listener);
    int signs = 0;
    QObject::connect(listener.get(), &FleetAdapter::contact, listener.get(), [&] { ++signs; });
    QObject::connect(listener.get(), &FleetAdapter::updated, listener.get(), [&] { ++signs; });
    for (const QString &endpoint : listener->endpoints())
        listener->startEvents(endpoint);
    bench.until(5s, [&] { return signs > 0; });
    for (const QString &endpoint : listener->endpoints())
        listener->stopEvents(endpoint);
    signs = 0;
    bench.write(nudge.there, kindOf(nudge.there));
    bench.awaitSeen(nudge.isThere, u"the write"_s);
    bench.pause(bench.options().quiet);
    bench.expect(signs == 0, u"%1 signals after stopEvents()"_s.arg(signs), u"none"_s);
}

void checkCalledOff(Bench &bench)
{
    if (!bench.can(Capability::Move))
        bench.notApplicable(u"it moves no tenants by itself"_s);
    QString late;
    // A move may be through before anybody can call it off: another one may not.
    for (int attempt = 0; attempt < 3; ++attempt) {
        if (attempt > 0)
            bench.restore();
        const Bench::Begun begun = bench.beginJourney(Bench::By::Backend);
        const Journey &journey = begun.journey;
        const QString doing = u"the move of %1 is called off"_s.arg(journey.tenant);
        const auto observed = [&] {
            return bench.await(
                bench.writer().observe(begun.primitive, begun.context, begun.outcome.handle));
        };
        if (begun.outcome.done) {
            late = u"it is done at once"_s;
            continue;
        }
        const auto answer = bench.await(bench.writer().cancel(
            begun.primitive, bench.context({}, begun.context.operation), begun.outcome.handle));
        if (!answer && answer.error().kind == ErrorKind::Unsupported)
            bench.notApplicable(u"it can't take back what it has begun"_s);
        if (!answer) {
            const auto now = observed();
            bench.expect(!now || now->done, doing + u": "_s + Bench::inWords(answer.error()),
                         u"an answer, while the move goes on"_s);
            late = Bench::inWords(answer.error());
            continue;
        }
        const QDeadlineTimer deadline(bench.options().patience);
        for (;;) {
            watched(bench, journey);
            const auto now = observed();
            if (!now) {
                bench.expectKind(now, {ErrorKind::Cancelled}, doing + u", and observed"_s);
                break;
            }
            bench.expect(!now->done, doing + u", and goes on to its end"_s,
                         u"an error of kind cancelled from observe(), once it is taken back"_s);
            bench.expect(!deadline.hasExpired(),
                         doing + u", and has no end: "_s + now->message,
                         u"an error of kind cancelled from observe(), once it is taken back"_s);
            bench.pause(30ms);
        }
        // What was done in the meantime may stay; what was half done may not.
        while (true) {
            const TenantPtr is = watched(bench, journey);
            if (stands(*is, journey.from) || stands(*is, journey.to))
                return;
            bench.expect(!deadline.hasExpired(),
                         u"%1 has %2 placements and is owned by %3"_s.arg(is->id)
                             .arg(is->placements.size())
                             .arg(is->stamp),
                         u"one placement, on %1 or on %2"_s.arg(journey.from, journey.to));
            bench.pause(30ms);
        }
    }
    bench.notApplicable(u"three moves were through before they could be called off: "_s + late);
}

void checkCalledOffLate(Bench &bench)
{
    const Nudge nudge = bench.nudge();
    const WriteContext context = bench.context();
    const WriteOutcome begun = bench.take(
        bench.perform(nudge.there, context, Bench::Follow::No), kindOf(nudge.there));
    bench.follow(nudge.there, context, begun, kindOf(nudge.there));
    bench.awaitSeen(nudge.isThere, u"the write"_s);
    if (begun.handle.isEmpty())
        bench.notApplicable(u"its writes leave nothing that could be called off"_s);
    const auto answer =
        bench.await(bench.writer().cancel(nudge.there, bench.context(), begun.handle));
    if (!answer && answer.error().kind == ErrorKind::Unsupported)
        bench.notApplicable(u"it can't take back what it has begun"_s);
    const QString doing = u"a write that is through is called off"_s;
    if (answer) {
        bench.expect(answer->done, doing + u": it says that it is not done"_s,
                     u"an error, or an outcome that is done"_s);
    } else {
        bench.expectKind(answer, {ErrorKind::Conflict, ErrorKind::Refused}, doing);
    }
    const QDeadlineTimer deadline(bench.options().quiet);
    do {
        bench.pause(50ms);
        bench.expect(nudge.isThere(*bench.scratchStamp()), doing + u", and is taken back"_s,
                     u"what was done stays"_s);
    } while (!deadline.hasExpired());
}

} // namespace Stampdeck::Internal

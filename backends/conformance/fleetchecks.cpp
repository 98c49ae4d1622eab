// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include <QtCore/QSet>

#include <cmath>

/// The rules of what is told: C01 to C15. They read, and nothing else.
namespace Stampdeck::Internal {

namespace {

QString quoted(const QString &text)
{
    return u"“"_s + text + u"”"_s;
}

/// What is wrong with \a name as that of a stamp or tenant; empty when nothing is.
QString nameTrouble(const QString &name)
{
    if (name.isEmpty())
        return u"it is empty"_s;
    if (name.size() > 253)
        return u"it has %1 characters, more than 253"_s.arg(name.size());
    if (name == u"."_s || name == u".."_s || name.contains(u'/'))
        return u"it can't stand in a path"_s;
    if (name.trimmed() != name)
        return u"it begins or ends with a blank"_s;
    for (const QChar c : name) {
        if (c.category() == QChar::Other_Control)
            return u"it holds a control character"_s;
    }
    // A hub serves source~name (interfaces.md, Identity); no other name has one.
    const QStringList parts = name.split(u'~');
    if (parts.size() > 2 || (parts.size() == 2 && (parts[0].isEmpty() || parts[1].isEmpty())))
        return u"a “~” stands between source and name of a hub's ids, and nowhere else"_s;
    return {};
}

} // namespace

void checkFirstPoll(Bench &bench)
{
    const AdapterPtr adapter = bench.make();
    for (const QString &endpoint : adapter->endpoints()) {
        const FleetUpdate update = bench.take(bench.await(adapter->poll(endpoint)), u"a poll"_s);
        bench.expect(update.complete && !update.unchanged,
                     update.unchanged ? u"an unchanged answer"_s : u"a difference"_s,
                     u"a complete answer to the first poll of an adapter"_s);
    }
}

void checkEndpoints(Bench &bench)
{
    const AdapterPtr adapter = bench.make();
    const QStringList endpoints = adapter->endpoints();
    bench.expect(!endpoints.isEmpty()
                     && QSet<QString>(endpoints.begin(), endpoints.end()).size()
                         == endpoints.size(),
                 u"the endpoints "_s + endpoints.join(u", "_s), u"at least one, each once"_s);
    for (const QString &endpoint : endpoints) {
        const FleetUpdate update = bench.take(bench.await(adapter->poll(endpoint)), u"a poll"_s);
        bench.expect(update.endpoint == endpoint, quoted(update.endpoint),
                     u"the endpoint that was asked, "_s + quoted(endpoint));
    }
    bench.expectKind(bench.await(adapter->poll(u"no-such-endpoint"_s)),
                     {ErrorKind::Invalid, ErrorKind::NotFound},
                     u"a poll of an endpoint that it has not"_s);
}

void checkInstance(Bench &bench)
{
    QString first;
    for (int i = 0; i < 2; ++i) {
        const AdapterPtr adapter = bench.make();
        for (int poll = 0; poll < 2; ++poll) {
            const QString instance = bench.read(*adapter).instance;
            bench.expect(!instance.isEmpty(), u"no instance"_s, u"the backend's identity"_s);
            if (first.isEmpty())
                first = instance;
            bench.expect(instance == first, quoted(instance),
                         u"the identity that was told before, "_s + quoted(first));
        }
    }
}

void checkNames(Bench &bench)
{
    const AdapterPtr adapter = bench.make();
    const Cut cut = bench.read(*adapter);
    const auto look = [&](const QString &what, const QString &name) {
        const QString trouble = nameTrouble(name);
        bench.expect(trouble.isEmpty(), u"the %1 %2: %3"_s.arg(what, quoted(name), trouble),
                     u"a name that can stand in a path, a table and a command line"_s);
    };
    for (const StampPtr &stamp : cut.stamps())
        look(u"stamp"_s, stamp->name);
    for (const TenantPtr &tenant : cut.tenants())
        look(u"tenant"_s, tenant->id);
}

void checkUnique(Bench &bench)
{
    const AdapterPtr adapter = bench.make();
    QSet<QString> stamps, tenants;
    for (const QString &endpoint : adapter->endpoints()) {
        const FleetUpdate update = bench.take(bench.await(adapter->poll(endpoint)), u"a poll"_s);
        const auto once = [&](QSet<QString> &seen, const QString &what, const QString &id) {
            bench.expect(!seen.contains(id), u"the %1 %2 twice"_s.arg(what, quoted(id)),
                         u"each id once in an answer"_s);
            seen.insert(id);
        };
        for (const StampPtr &stamp : update.stamps)
            once(stamps, u"stamp"_s, stamp->name);
        for (const TenantPtr &tenant : update.tenants)
            once(tenants, u"tenant"_s, tenant->id);
    }
}

void checkKnownStamps(Bench &bench)
{
    const AdapterPtr adapter = bench.make();
    const Cut cut = bench.read(*adapter);
    const auto known = [&](const Tenant &tenant, const QString &stamp) {
        bench.expect(
            stamp.isEmpty() || cut.stamp(stamp),
            u"tenant %1 is on %2, which is not told"_s.arg(quoted(tenant.id), quoted(stamp)),
            u"one consistent cut of the fleet"_s);
    };
    for (const TenantPtr &tenant : cut.tenants()) {
        known(*tenant, tenant->stamp);
        for (const Placement &placement : tenant->placements)
            known(*tenant, placement.stamp);
    }
}

void checkServed(Bench &bench)
{
    const AdapterPtr adapter = bench.make();
    const Cut cut = bench.read(*adapter);
    for (const TenantPtr &tenant : cut.tenants()) {
        const QString who = u"tenant "_s + quoted(tenant->id);
        bench.expect(!tenant->stamp.isEmpty(), who + u" has no owner"_s, u"exactly one owner"_s);
        QSet<QString> where;
        bool serves = false;
        for (const Placement &placement : tenant->placements) {
            bench.expect(!where.contains(placement.stamp),
                         who + u" is twice on "_s + placement.stamp,
                         u"each placement on a stamp of its own"_s);
            where.insert(placement.stamp);
            serves |= placement.state == PlacementState::Serving;
        }
        bench.expect(where.size() == 1 || where.size() == 2,
                     u"%1 has %2 placements"_s.arg(who).arg(where.size()),
                     u"one placement, or two while it moves"_s);
        bench.expect(where.contains(tenant->stamp),
                     who + u" is not placed on its owner "_s + tenant->stamp,
                     u"a placement on the owner"_s);
        bench.expect(serves || tenant->state == TenantState::Failed,
                     who + u" is served by none of its placements, and not said to have failed"_s,
                     u"at least one placement that serves"_s);
    }
}

void checkNumbers(Bench &bench)
{
    const AdapterPtr adapter = bench.make();
    const Cut cut = bench.read(*adapter);
    const auto look = [&](const QString &who, const QString &what,
                          const std::optional<double> &value) {
        bench.expect(!value || (std::isfinite(*value) && *value >= 0),
                     value ? u"%1 of %2 is %3"_s.arg(what, quoted(who)).arg(*value) : QString(),
                     u"a finite number from 0, or nothing"_s);
    };
    for (const StampPtr &stamp : cut.stamps()) {
        for (const ResourceKind kind : allResources) {
            const Resource &is = stamp->resources[kind];
            look(stamp->name, u"limit of "_s + toString(kind), is.limit);
            look(stamp->name, u"reserved "_s + toString(kind), is.reserved);
            look(stamp->name, u"used "_s + toString(kind), is.used);
        }
        look(stamp->name, u"requestsPerSecond"_s, stamp->signalValues.requestsPerSecond);
        look(stamp->name, u"errorRatio"_s, stamp->signalValues.errorRatio);
        look(stamp->name, u"latencyP50Ms"_s, stamp->signalValues.latencyP50Ms);
        look(stamp->name, u"latencyP99Ms"_s, stamp->signalValues.latencyP99Ms);
        if (stamp->costPerHour)
            look(stamp->name, u"costPerHour"_s, stamp->costPerHour->amount);
        for (const Component &one : stamp->components) {
            look(stamp->name, u"desired of "_s + one.name, one.desired);
            look(stamp->name, u"ready of "_s + one.name, one.ready);
            look(stamp->name, u"min of "_s + one.name, one.min);
            look(stamp->name, u"max of "_s + one.name, one.max);
        }
    }
    for (const TenantPtr &tenant : cut.tenants()) {
        for (const ResourceKind kind : allResources)
            look(tenant->id, u"demand of "_s + toString(kind), tenant->demand.of(kind));
        look(tenant->id, u"requestsPerSecond"_s, tenant->demand.requestsPerSecond);
    }
}

void checkUnits(Bench &bench)
{
    const AdapterPtr adapter = bench.make();
    const Cut cut = bench.read(*adapter);
    constexpr double mebibyte = 1024.0 * 1024;
    for (const StampPtr &stamp : cut.stamps()) {
        const QString who = quoted(stamp->name);
        const SignalValues &are = stamp->signalValues;
        bench.expect(!are.errorRatio || *are.errorRatio <= 1,
                     u"the errorRatio of %1 is %2"_s.arg(who).arg(are.errorRatio.value_or(0)),
                     u"a ratio from 0 to 1"_s);
        bench.expect(!are.latencyP50Ms || !are.latencyP99Ms
                         || *are.latencyP50Ms <= *are.latencyP99Ms,
                     u"the p50 of %1 is over its p99"_s.arg(who), u"percentiles in their order"_s);
        for (const ResourceKind kind : {ResourceKind::Memory, ResourceKind::Storage}) {
            const auto &limit = stamp->resources[kind].limit;
            bench.expect(
                !limit || *limit == 0 || *limit >= mebibyte,
                u"the %1 limit of %2 is %3"_s.arg(toString(kind), who).arg(limit.value_or(0)),
                u"bytes: less than a MiB is another unit"_s);
        }
        const auto &cpu = stamp->resources.cpu.limit;
        bench.expect(!cpu || *cpu < 1e6,
                     u"the cpu limit of %1 is %2"_s.arg(who).arg(cpu.value_or(0)),
                     u"cores: more than a million is another unit"_s);
        if (const auto &cost = stamp->costPerHour) {
            bool isCode = cost->currency.size() == 3;
            for (const QChar c : cost->currency)
                isCode = isCode && c >= u'A' && c <= u'Z';
            bench.expect(isCode, u"the currency of %1 is %2"_s.arg(who, quoted(cost->currency)),
                         u"a code of ISO 4217, such as EUR"_s);
        }
    }
}

void checkComponents(Bench &bench)
{
    const AdapterPtr adapter = bench.make();
    const Cut cut = bench.read(*adapter);
    for (const StampPtr &stamp : cut.stamps()) {
        QSet<QString> names;
        for (const Component &one : stamp->components) {
            const QString who = u"%1 of %2"_s.arg(quoted(one.name), quoted(stamp->name));
            bench.expect(!one.name.isEmpty() && !names.contains(one.name),
                         u"the component %1 is twice there, or has no name"_s.arg(who),
                         u"names that are not empty, each once"_s);
            names.insert(one.name);
            bench.expect(!one.min || !one.max || *one.min <= *one.max,
                         u"%1 takes %2 to %3 replicas"_s.arg(who)
                             .arg(one.min.value_or(0))
                             .arg(one.max.value_or(0)),
                         u"the lower bound first"_s);
            const Health least = componentHealth(one.desired, one.ready);
            bench.expect(one.health == Health::Unknown || one.health >= least,
                         u"%1 has %2 of %3 ready and is %4"_s.arg(who)
                             .arg(one.ready)
                             .arg(one.desired)
                             .arg(toString(one.health)),
                         u"at least "_s + toString(least));
        }
    }
}

void checkServerTime(Bench &bench)
{
    const AdapterPtr adapter = bench.make();
    for (int poll = 0; poll < 2; ++poll) {
        for (const QString &endpoint : adapter->endpoints()) {
            const FleetUpdate update =
                bench.take(bench.await(adapter->poll(endpoint)), u"a poll"_s);
            bench.expect(
                update.serverTime.has_value(), u"no serverTime"_s,
                u"the backend's own time in every answer, from which the clock skew comes"_s);
            bench.expect(*update.serverTime > Timestamp(std::chrono::hours(24 * 365 * 20)),
                         u"the time "_s + toRfc3339(*update.serverTime),
                         u"a time of this century"_s);
        }
    }
}

void checkObservations(Bench &bench)
{
    const AdapterPtr adapter = bench.make();
    const Cut before = bench.read(*adapter);
    Cut after = before;
    // Until something was measured again, or long enough.
    bench.pollUntil(*adapter, after, 2s, [&](const Cut &now) {
        for (const StampPtr &stamp : now.stamps()) {
            const StampPtr was = before.stamp(stamp->name);
            if (was && was->observedAt != stamp->observedAt)
                return true;
        }
        return false;
    });
    bench.pollInto(*adapter, after);
    const auto look = [&](const auto &was, const auto &is, const QString &id) {
        if (!was || was->updatedAt != is->updatedAt || writable(*was) != writable(*is))
            return;
        bench.expect(was->revision == is->revision,
                     u"the revision of %1 was %2 and is %3, and nothing of it was written"_s.arg(
                         quoted(id), was->revision, is->revision),
                     u"a revision that changes only with what a writer can set"_s);
    };
    for (const StampPtr &stamp : after.stamps())
        look(before.stamp(stamp->name), stamp, stamp->name);
    for (const TenantPtr &tenant : after.tenants())
        look(before.tenant(tenant->id), tenant, tenant->id);
}

void checkUnchanged(Bench &bench)
{
    const AdapterPtr adapter = bench.make();
    for (int poll = 0; poll < 4; ++poll) {
        for (const QString &endpoint : adapter->endpoints()) {
            const FleetUpdate update =
                bench.take(bench.await(adapter->poll(endpoint)), u"a poll"_s);
            const auto told =
                qsizetype(update.stamps.size() + update.tenants.size() + update.operations.size())
                + update.goneStamps.size() + update.goneTenants.size();
            bench.expect(!update.unchanged || told == 0,
                         u"an unchanged answer that carries %1 objects"_s.arg(told),
                         u"a proof of contact and nothing else"_s);
        }
    }
}

void checkDifferences(Bench &bench)
{
    AdapterPtr adapter = bench.make();
    Cut added = bench.read(*adapter);
    for (int poll = 0; poll < 2; ++poll)
        bench.pollInto(*adapter, added);
    adapter.reset();
    // Somebody else may just create or delete: then the next look agrees.
    QStringList missing;
    for (int attempt = 0; attempt < 3; ++attempt) {
        const AdapterPtr fresh = bench.make();
        const Cut whole = bench.read(*fresh);
        const QStringList told = added.ids();
        const QStringList are = whole.ids();
        if (told == are)
            return;
        missing.clear();
        for (const QString &id : told) {
            if (!are.contains(id))
                missing += u"+ "_s + id;
        }
        for (const QString &id : are) {
            if (!told.contains(id))
                missing += u"- "_s + id;
        }
        added = whole;
        for (int poll = 0; poll < 2; ++poll)
            bench.pollInto(*fresh, added);
    }
    bench.fail(u"after three polls: "_s + missing.mid(0, 5).join(u", "_s),
               u"the same stamps and tenants as a fresh adapter is told"_s);
}

void checkHistory(Bench &bench)
{
    const AdapterPtr adapter = bench.make();
    const Cut cut = bench.read(*adapter);
    if (!adapter->capabilities().testFlag(Capability::History))
        bench.notApplicable(u"it has not the capability “history”"_s);
    if (cut.stamps().empty())
        bench.notApplicable(u"there is no stamp"_s);
    const QString stamp = cut.stamps().front()->name;
    const Timestamp to = Clock::system().now();
    const Timestamp from = to - 10min;
    constexpr auto step = 30s;
    const auto all = bench.take(bench.await(adapter->history({stamp}, {u"cpu"_s}, from, to, step)),
                                u"the history"_s);
    bench.expect(all.size() <= 1, u"%1 series"_s.arg(all.size()),
                 u"one series for a stamp and a signal"_s);
    for (const Series &series : all) {
        bench.expect(series.stamp == stamp && series.signal == u"cpu"_s,
                     u"%1 of %2"_s.arg(series.signal, series.stamp), u"cpu of "_s + stamp);
        bench.expect(series.step == step, toString(series.step),
                     u"the step that was asked for, 30s"_s);
        bench.expect(
            series.start >= from && series.values.size() <= size_t((to - from) / step) + 1,
            u"%1 values from %2 on"_s.arg(series.values.size()).arg(toRfc3339(series.start)),
            u"values of the ten minutes that were asked for, one for each step"_s);
        for (const float value : series.values)
            bench.expect(std::isnan(value) || value >= 0, QString::number(double(value)),
                         u"numbers from 0, and NaN where nothing was recorded"_s);
    }
}

} // namespace Stampdeck::Internal

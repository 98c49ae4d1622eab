// SPDX-License-Identifier: GPL-3.0-or-later
// planner/drain_1000: the whole plan of a drain of 1,000 tenants over 200 other stamps, in two
// regions and three rings, a fifth of the tenants bound to one region, a quarter in groups that
// keep apart; steps, loads and all.
// Its baseline is the plain way to the same question: each tenant in turn, as it comes, is asked of
// each stamp by evaluate() until one takes it (first fit), what was placed before summed up beside.
// That sees neither headroom for those after nor groups among those who leave, and makes no plan.
#include "models/fleetstore.h"
#include "models/planner.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"

#include <benchmark/benchmark.h>

#include <cstdlib>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

namespace {

FleetVersionPtr drainFleet(ManualClock &clock)
{
    FleetStore store(clock);
    SourceState source;
    source.name = u"bench"_s;
    source.capabilities = Capability::Primitives | Capability::Cordon;
    store.addSource(source);
    const auto [stamps, tenants] = bigDrain();
    store.apply(source.name, makeUpdate(stamps, tenants));
    store.sync();
    return store.current();
}

void drain(benchmark::State &state)
{
    ManualClock clock;
    const FleetVersionPtr version = drainFleet(clock);
    ActionRequest request;
    request.kind = ActionKind::Drain;
    request.stamp = u"full"_s;
    for (auto _ : state) {
        const auto made = plan(version, request, clock);
        if (!made || made->isRefused() || made->moves.size() != 1000)
            std::abort(); // a figure of something else is worse than none
        benchmark::DoNotOptimize(made->steps.data());
    }
}

void firstFit(benchmark::State &state)
{
    ManualClock clock;
    const FleetVersionPtr version = drainFleet(clock);
    for (auto _ : state) {
        std::vector<Demand> added(size_t(version->stamps.size()), Demand{0, 0, 0, 0});
        std::vector<int> count(added.size());
        int placed = 0;
        version->eachTenant([&](int tenant, const TenantEntry &) {
            const auto carry = makeCarry(version, {version->tenantId(tenant)});
            for (int slot = 0; slot < version->stamps.size(); ++slot) {
                const Evaluation is = evaluate(*carry, slot);
                if (!is.refusals.isEmpty())
                    continue;
                bool fits = true;
                for (const ResourceKind kind : allResources) {
                    const Resource &after = is.load.after[kind];
                    const double before = kind == ResourceKind::Tenants
                        ? count[size_t(slot)]
                        : added[size_t(slot)].of(kind).value_or(0);
                    const double share = kind == ResourceKind::Tenants ? 1 : 0.85;
                    fits &= *after.taken() + before <= *after.limit * share;
                }
                if (!fits)
                    continue;
                const Demand &demand = version->tenants[tenant].tenant->demand;
                Demand &to = added[size_t(slot)];
                to.cpu = *to.cpu + *demand.cpu;
                to.memory = *to.memory + *demand.memory;
                to.storage = *to.storage + *demand.storage;
                ++count[size_t(slot)];
                ++placed;
                break;
            }
        });
        benchmark::DoNotOptimize(placed);
    }
}

BENCHMARK(drain)->Name("planner/drain_1000")->Unit(benchmark::kMillisecond);
BENCHMARK(firstFit)->Name("planner/drain_1000_baseline")->Unit(benchmark::kMillisecond);

} // namespace

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleetstore.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"

#include <benchmark/benchmark.h>

#include <QtCore/QStringList>

// store/delta_1pct and store/snapshot: what the single writer takes to apply an answer and publish
// the next version, beside a plain copy of the values that the answer holds.

namespace {

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

constexpr int stamps = 10'000;
constexpr int tenantsPerStamp = 20;

// Every `step`-th stamp and its tenants, with figures that `turn` changes.
FleetUpdate fleetUpdate(int step, int turn)
{
    FleetUpdate update;
    update.instance = u"bench"_s;
    update.complete = step == 1;
    for (int i = 0; i < stamps; i += step) {
        Stamp stamp = makeStamp(QStringLiteral("stamp-%1").arg(i), QStringLiteral("region-%1").arg(i % 12));
        stamp.signalValues.requestsPerSecond = 1000 + turn;
        update.stamps.push_back(std::make_shared<const Stamp>(stamp));
        for (int t = 0; t < tenantsPerStamp; ++t) {
            Tenant tenant = makeTenant(QStringLiteral("t%1-%2").arg(i).arg(t), stamp.name);
            tenant.demand.requestsPerSecond = 10 + turn;
            update.tenants.push_back(std::make_shared<const Tenant>(tenant));
        }
    }
    return update;
}

void applyTurns(benchmark::State &state, int step)
{
    ManualClock clock;
    FleetStore store(clock);
    SourceState source;
    source.name = u"bench"_s;
    store.addSource(source);
    store.apply(source.name, fleetUpdate(1, 0));
    store.sync();
    const std::array turns = {fleetUpdate(step, 1), fleetUpdate(step, 2)};
    size_t turn = 0;
    for (auto _ : state) {
        store.apply(source.name, turns[turn++ % 2]);
        store.sync();
    }
}

void copyTurns(benchmark::State &state, int step)
{
    const FleetUpdate update = fleetUpdate(step, 1);
    for (auto _ : state) {
        std::vector<Stamp> copiedStamps;
        std::vector<Tenant> copiedTenants;
        copiedStamps.reserve(update.stamps.size());
        copiedTenants.reserve(update.tenants.size());
        for (const StampPtr &stamp : update.stamps)
            copiedStamps.push_back(*stamp);
        for (const TenantPtr &tenant : update.tenants)
            copiedTenants.push_back(*tenant);
        benchmark::DoNotOptimize(copiedStamps.data());
        benchmark::DoNotOptimize(copiedTenants.data());
    }
}

// The work is done in the store's thread: the wall clock is what counts.
BENCHMARK_CAPTURE(applyTurns, delta, 100)
        ->Name("store/delta_1pct")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(copyTurns, delta, 100)
        ->Name("store/delta_1pct_baseline")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(applyTurns, snapshot, 1)
        ->Name("store/snapshot")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(copyTurns, snapshot, 1)
        ->Name("store/snapshot_baseline")->UseRealTime()->Unit(benchmark::kMillisecond);

} // namespace

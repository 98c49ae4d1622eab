// SPDX-License-Identifier: GPL-3.0-or-later
// A fleet answer of 10,000 stamps and 200,000 tenants (63 MB): from bytes to values, beside
// nlohmann_json's event parser over the same bytes with a handler that does nothing.
#include "backends/rest/restdecoder.h"
#include "tests/support/bigfleet.h"

#include <QtCore/QHash>

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace {

using namespace Stampdeck;

const QByteArray &fleetBytes()
{
    static const QByteArray bytes = Testing::bigFleet();
    return bytes;
}

void decodeFleetAnswer(benchmark::State &state)
{
    const QByteArray &bytes = fleetBytes();
    for (auto _ : state) {
        auto update = decodeFleet(bytes);
        if (!update || update->stamps.size() != 10'000 || update->tenants.size() != 200'000)
            state.SkipWithError("the answer was not decoded");
        benchmark::DoNotOptimize(update);
        // Who decodes keeps what it got: taking it apart is another matter, and what the allocator
        // puts off until the next large block is asked for is a part of it.
        state.PauseTiming();
        update = FleetUpdate();
#ifdef __GLIBC__
        malloc_trim(0);
#endif
        state.ResumeTiming();
    }
    state.SetBytesProcessed(state.iterations() * bytes.size());
}
BENCHMARK(decodeFleetAnswer)->Name("decode/fleet")->Unit(benchmark::kMillisecond);

/// Takes every event and keeps none.
struct EmptyHandler : nlohmann::json_sax<nlohmann::json>
{
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t &) override { return true; }
    bool string(string_t &) override { return true; }
    bool binary(binary_t &) override { return true; }
    bool start_object(std::size_t) override { return true; }
    bool key(string_t &) override { return true; }
    bool end_object() override { return true; }
    bool start_array(std::size_t) override { return true; }
    bool end_array() override { return true; }
    bool parse_error(std::size_t, const std::string &, const nlohmann::detail::exception &) override
    {
        return false;
    }
};

void parseEvents(benchmark::State &state)
{
    const QByteArray &bytes = fleetBytes();
    for (auto _ : state) {
        EmptyHandler handler;
        if (!nlohmann::json::sax_parse(bytes.begin(), bytes.end(), &handler))
            state.SkipWithError("the answer was not parsed");
    }
    state.SetBytesProcessed(state.iterations() * bytes.size());
}
BENCHMARK(parseEvents)->Name("decode/fleet_baseline")->Unit(benchmark::kMillisecond);

// The same answer once more: every object is known, and none is made anew.
void decodeKnownFleet(benchmark::State &state)
{
    const QByteArray &bytes = fleetBytes();
    const auto first = decodeFleet(bytes);
    if (!first) {
        state.SkipWithError("the answer was not decoded");
        return;
    }
    QHash<QString, StampPtr> stamps;
    QHash<QString, TenantPtr> tenants;
    for (const StampPtr &stamp : first->stamps)
        stamps.insert(stamp->name, stamp);
    for (const TenantPtr &tenant : first->tenants)
        tenants.insert(tenant->id, tenant);
    const KnownFleet known = {[&](const QString &id) { return stamps.value(id); },
                              [&](const QString &id) { return tenants.value(id); }};
    for (auto _ : state) {
        const auto update = decodeFleet(bytes, known);
        if (!update || update->tenants != first->tenants)
            state.SkipWithError("the answer was not recognised");
    }
    state.SetBytesProcessed(state.iterations() * bytes.size());
}
BENCHMARK(decodeKnownFleet)->Name("decode/known_fleet")->Unit(benchmark::kMillisecond);
BENCHMARK(parseEvents)->Name("decode/known_fleet_baseline")->Unit(benchmark::kMillisecond);

} // namespace

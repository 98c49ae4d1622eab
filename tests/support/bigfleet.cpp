// SPDX-License-Identifier: GPL-3.0-or-later
#include "bigfleet.h"

#include <array>
#include <cstdio>
#include <string>
#include <utility>

namespace Stampdeck::Testing {

namespace {

constexpr std::array regions = {"eu-west", "eu-north", "us-east", "us-west", "ap-south", "sa-east"};
constexpr std::array versions = {"1.4.0", "1.4.1", "1.4.2", "1.5.0"};
constexpr std::array tiers = {"free", "standard", "standard", "premium", "enterprise"};
constexpr int turn = 100; // so many generations change every object once
constexpr std::array people = {"anna", "ben", "chidi", "pipeline"};

template<typename... Arguments>
void append(std::string &out, const char *format, Arguments... arguments)
{
    std::array<char, 1024> text;
    const int size = std::snprintf(text.data(), text.size(), format, arguments...);
    out.append(text.data(), size_t(size));
}

template<size_t N>
const char *pick(const std::array<const char *, N> &list, int index)
{
    return list[size_t(index) % N];
}

/// How often object \a index has changed when \a generation has come.
int drift(int index, int generation)
{
    return (generation + turn - index % turn) / turn;
}

/// Writes the stamps and tenants that \a isTold says, as the end of an answer.
template<typename Predicate>
void appendObjects(std::string &out, int stamps, int tenants, int generation, Predicate isTold)
{
    out += R"("stamps":[)";
    bool isFirst = true;
    for (int i = 0; i < stamps; ++i) {
        if (!isTold(i))
            continue;
        const char *region = pick(regions, i);
        const int load = 20 + (i * 7 + drift(i, generation)) % 60;
        append(out,
               R"(%s{"id":"%s-%05d","name":"%s-%05d","region":"%s","ring":"%d","version":"%s",)"
               R"("lifecycle":"%s","health":"%s","healthReasons":[],"zone":null,)"
               R"("observedAt":"2026-01-02T03:04:05Z","revision":"%d","updatedBy":"%s",)"
               R"("updatedAt":"2026-01-02T03:04:05Z",)",
               std::exchange(isFirst, false) ? "" : ",", region, i, region, i, region, i % 4,
               pick(versions, i / 7), i % 97 == 0 ? "cordoned" : "active",
               i % 53 == 0 ? "degraded" : "healthy", i, pick(people, i));
        append(out,
               R"("resources":{"cpu":{"limit":64,"reserved":%d,"used":%.2f},)"
               R"("memory":{"limit":274877906944,"reserved":%lld,"used":%lld},)"
               R"("storage":{"limit":4398046511104,"reserved":%lld,"used":%lld},)"
               R"("tenants":{"limit":40,"reserved":20,"used":20}},)",
               load / 2, load * 0.47, load * 2147483648LL, load * 1987654321LL,
               load * 21474836480LL, load * 19876543210LL);
        append(
            out,
            R"("signals":{"requestsPerSecond":%d,"errorRatio":0.00%d,"latencyP50Ms":%d,"latencyP99Ms":%d},)"
            R"("components":[{"name":"web","desired":4,"ready":4,"min":2,"max":12,"health":"healthy",)"
            R"("rule":{"signal":"cpu","target":0.7,"cooldown":"60s","by":"backend"}},)"
            R"({"name":"api","desired":6,"ready":%d,"min":null,"max":null,"health":"%s","rule":null},)"
            R"({"name":"db","desired":3,"ready":3,"min":null,"max":null,"health":"healthy","rule":null}],)"
            R"("costPerHour":{"amount":%d.5,"currency":"EUR"},"labels":{"team":"t%d"}})",
            load * 31, i % 9, 8 + i % 30, 60 + i % 200, i % 53 == 0 ? 5 : 6,
            i % 53 == 0 ? "degraded" : "healthy", 10 + i % 20, i % 12);
    }
    out += R"(],"tenants":[)";
    isFirst = true;
    for (int i = 0; i < tenants; ++i) {
        if (!isTold(i))
            continue;
        const int home = stamps > 0 ? i % stamps : 0;
        const char *region = pick(regions, home);
        append(
            out,
            R"(%s{"id":"t%06d","name":"Tenant %06d","tier":"%s","stamp":"%s-%05d","state":"serving",)"
            R"("placements":[{"stamp":"%s-%05d","state":"serving"}],)"
            R"("demand":{"cpu":%d.%d,"memory":%lld,"requestsPerSecond":%d},)"
            R"("constraints":{"regions":["%.2s-*"]},"revision":"%d"})",
            std::exchange(isFirst, false) ? "" : ",", i, i, pick(tiers, i), region, home, region,
            home, i % 3, (i + drift(i, generation)) % 10, (1 + i % 7) * 536870912LL, i % 90, region,
            i);
    }
    out += ']';
}

QByteArray bytesOf(const std::string &text)
{
    return QByteArray(text.data(), qsizetype(text.size()));
}

} // namespace

QByteArray bigFleet(int stamps, int tenants, int generation)
{
    std::string out;
    out.reserve(size_t(stamps) * 1'300 + size_t(tenants) * 280);
    append(out, R"({"fleetId":"big","revision":"e1-%d","complete":true,)", generation);
    appendObjects(out, stamps, tenants, generation, [](int) { return true; });
    out += '}';
    return bytesOf(out);
}

QByteArray bigFleetDelta(int stamps, int tenants, int since, int generation)
{
    std::string out;
    append(out, R"({"fleetId":"big","since":"e1-%d","revision":"e1-%d","complete":false,)", since,
           generation);
    appendObjects(out, stamps, tenants, generation, [since, generation](int index) {
        return drift(index, generation) != drift(index, since);
    });
    out += R"(,"gone":{"stamps":[],"tenants":[]}})";
    return bytesOf(out);
}

} // namespace Stampdeck::Testing

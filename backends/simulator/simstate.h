// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/fleet.h"
#include "backends/api/recording.h"

#include <QtCore/QHash>
#include <QtCore/QSet>

/// What a simulation holds. "Written" is what a writer can set, and what a state file keeps; all
/// else follows from it, the seed and the time.
namespace Stampdeck::Internal {

/// A moment of simulated time: milliseconds since 1970 in UTC.
using SimTime = qint64;

inline constexpr SimTime second = 1'000;
inline constexpr SimTime minute = 60 * second;
inline constexpr SimTime hour = 60 * minute;
inline constexpr SimTime day = 24 * hour;
inline constexpr SimTime never = std::numeric_limits<SimTime>::max();
/// So early that nothing was before; far enough from the edge to calculate with.
inline constexpr SimTime always = -(SimTime(1) << 60);

struct Region
{
    QLatin1StringView name;
    double hoursFromUtc;
    int weight; ///< Stamps of 48.
    double price; ///< Factor on the cost.
};

/// The regions in which simulated stamps stand.
[[nodiscard]] const std::vector<Region> &simulatedRegions();

/// Something that goes wrong with a stamp for a while.
struct Incident
{
    enum class Kind : quint8 { CrashLoop, Latency, Errors, StorageGrowth };
    Kind kind = Kind::Latency;
    SimTime start = 0;
    SimTime end = never;
    int component = 0; ///< Of CrashLoop.
    double severity = 0; ///< Share of replicas, added factor on latency, added ratio of errors.
};

/// A limit on its way from one value to another.
struct LimitWritten
{
    double before = 0;
    double wanted = 0;
    SimTime effectiveAt = always;

    [[nodiscard]] double at(SimTime time) const { return time >= effectiveAt ? wanted : before; }
    friend bool operator==(const LimitWritten &, const LimitWritten &) = default;
};

struct RuleWritten
{
    SignalKind signal = SignalKind::Cpu;
    double target = 0.7;
    qint64 cooldownMs = 60'000;
    SimTime lastAt = always;
    QString lastWhy;
    int lastFrom = 0; ///< Replicas; the same twice: not known.
    int lastTo = 0;

    friend bool operator==(const RuleWritten &, const RuleWritten &) = default;
};

struct ComponentWritten
{
    int desired = 1;
    int min = 1;
    int max = 10;
    int before = 1; ///< Ready when desired was last changed.
    SimTime changedAt = always; ///< When desired was last changed.
    SimTime restartedAt = always; ///< When a person last scaled it: a crash loop from before ends.
    std::optional<RuleWritten> rule;

    friend bool operator==(const ComponentWritten &, const ComponentWritten &) = default;
};

/// The components that every simulated stamp has, in order.
inline constexpr std::array<QLatin1StringView, 4> componentNames = {
    QLatin1StringView("web"),
    QLatin1StringView("api"),
    QLatin1StringView("worker"),
    QLatin1StringView("db"),
};
inline constexpr size_t componentCount = componentNames.size();
inline constexpr size_t workerIndex = 2;
inline constexpr size_t databaseIndex = 3;

/// What a stamp was made from, where it does not come with the fleet.
struct StampMade
{
    int ordinal = 0; ///< Its place among all stamps that there ever were.
    SimTime at = 0; ///< When; nothing is recorded of it from before.
    QString fromTemplate;
    int region = 0;
    QString place; ///< The region's name, where it is none of the simulated ones.
    int ring = 0;
    int slotCount = 20;
    QString team;
    double cpu = 0, memory = 0, storage = 0; ///< What it was laid out for.
    std::array<int, componentCount> replicas{};
};

struct StampWritten
{
    Lifecycle lifecycle = Lifecycle::Active;
    SimTime changesAt = never; ///< Provisioning: when it is active. Deleting: when it is gone.
    bool cordonedUnmade = false; ///< Somebody cordoned it while provisioning: it never gets active.
    std::shared_ptr<const StampMade> made; ///< Null for one that comes with the fleet.
    QString cordonOperation; ///< Whose cordon this is: it may still place here to take back.
    LimitWritten cpu, memory, storage; ///< One that is not known has no end.
    std::vector<ComponentWritten> components = std::vector<ComponentWritten>(componentCount);
    int writes = 1;
    QString lastChange; ///< In words, for who wrote at the same time.
    QString updatedBy;
    SimTime updatedAt = 0;

    friend bool operator==(const StampWritten &, const StampWritten &) = default;
};

/// What a stamp's load follows from, from a moment on. The past keeps its own.
struct LoadShape
{
    struct Tenant
    {
        int tenant = 0;
        float weight = 1; ///< Share of its load that it brings here.
    };
    SimTime from = always;
    std::vector<Tenant> tenants;
    std::array<LimitWritten, 3> limits;
    std::vector<ComponentWritten> components;
};

/// What a recording says of a stamp, and how far it has been played.
struct PlayedStamp
{
    /// Cores, bytes, bytes, requests per second.
    using Weights = std::array<double, 4>;
    struct Step
    {
        SimTime at = 0;
        StampPtr told; ///< Null: it is not there.
        Weights base{}; ///< What of its load is of no tenant,
        Weights whole{}; ///< and of it and its tenants together.
    };
    std::vector<Step> steps; ///< Oldest first, one at least.
    const Recording::Measured *measured = nullptr; ///< Null: nothing was. Lives with the recording.
    size_t now = 0; ///< The step that is played.
    std::vector<SimTime> downSince; ///< Of each component; never: none of it is down.
    /// Somebody here has written it: what the recording says was written is his no longer.
    bool taken = false;

    [[nodiscard]] const Step &step() const { return steps.at(now); }
    [[nodiscard]] const Step &stepAt(SimTime time) const;
};

struct SimStamp
{
    QString name;
    std::shared_ptr<PlayedStamp> played; ///< Null for one that lives by itself.
    QStringList parts; ///< Its components; empty: those of componentNames.
    QString place; ///< As in StampMade.
    int region = 0;
    int ring = 0;
    QString zone;
    QMap<QString, QString> labels;
    int slotCount = 20;
    Demand base; ///< What the stamp's own parts reserve.
    double latencyMs = 14; ///< p50 when it has nothing to do.
    double tailFactor = 6; ///< p99 over p50 then.
    double errorRatio = 0.0004;
    std::array<double, componentCount> replicaRate{}; ///< Requests per second that one carries.
    std::vector<Incident> scene; ///< What the story at the start brings here.
    SimTime releaseAt = never; ///< When a scenario brings it the next version.
    StampWritten written;
    bool gone = false; ///< Deleted: its place stays empty.

    std::vector<int> tenants; ///< With a placement here, ascending.
    std::vector<LoadShape> shapes; ///< Ascending; never empty once the fleet is built.
};

struct PlacementWritten
{
    int stamp = 0;
    PlacementState state = PlacementState::Serving;
    SimTime since = 0;
    /// When a starting one is verified, or turns out not to serve; never: when a recording says so.
    SimTime readyAt = always;
    bool fails = false;

    /// When a starting one begins to serve: the rest until readyAt verifies it, while both serve.
    [[nodiscard]] SimTime servesAt() const
    {
        return fails || readyAt == never ? readyAt : readyAt - (readyAt - since) * 2 / 5;
    }

    friend bool operator==(const PlacementWritten &, const PlacementWritten &) = default;
};

struct TenantWritten
{
    int owner = 0;
    std::vector<PlacementWritten> placements;
    QString operation;
    int attempts = 0;
    int writes = 1;
    QString lastChange;
    QString updatedBy;
    SimTime updatedAt = 0;

    [[nodiscard]] PlacementWritten *on(int stamp)
    {
        for (PlacementWritten &placement : placements) {
            if (placement.stamp == stamp)
                return &placement;
        }
        return nullptr;
    }
    [[nodiscard]] const PlacementWritten *on(int stamp) const
    {
        return const_cast<TenantWritten *>(this)->on(stamp);
    }

    friend bool operator==(const TenantWritten &, const TenantWritten &) = default;
};

/// What a recording says of a tenant.
struct PlayedTenant
{
    struct Step
    {
        SimTime at = 0;
        TenantPtr told; ///< Null: it is not there.
        const PlayedStamp *home = nullptr; ///< Whose load is its load.
    };
    std::vector<Step> steps; ///< Oldest first, one at least.
    size_t now = 0;
    bool taken = false; ///< As PlayedStamp has it.

    [[nodiscard]] const Step &stepAt(SimTime time) const;
};

/// What a recording says of an operation, as far as it has been played.
struct PlayedOperation
{
    const Recording::Course *course = nullptr; ///< Lives with the recording.
    bool isOurs = true; ///< Of this source; others may move its tenants too, and tell of it themselves.
    std::optional<Operation> is; ///< As it was recorded; nothing: it has not begun.
    QHash<int, OperationStep> held; ///< Steps that are as they are since somebody here stepped in.
    bool changed = false; ///< Since the last poll.

    /// Whether it holds what it moves.
    [[nodiscard]] bool runs() const
    {
        return is
            && (is->state == OperationState::Pending || is->state == OperationState::Running
                || is->state == OperationState::RollingBack);
    }
};

struct SimTenant
{
    QString id;
    std::shared_ptr<PlayedTenant> played; ///< Null for one that lives by itself.
    bool gone = false;
    QString name;
    Tier tier = Tier::Standard;
    int region = 0; ///< Where its people live: their day makes its load.
    Demand demand;
    Constraints constraints;
    SimTime surgeFrom = never; ///< The story's noisy neighbour.
    SimTime surgeTo = never;
    double surge = 0; ///< Cores on top.
    TenantWritten written;
};

struct FleetState
{
    std::vector<SimStamp> stamps;
    std::vector<SimTenant> tenants;
};

} // namespace Stampdeck::Internal

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "error.h"
#include "export.h"
#include "mark.h"
#include "timestamp.h"

#include <QtCore/QList>
#include <QtCore/QMap>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <array>
#include <memory>
#include <optional>
#include <vector>

/// The values that every backend speaks in. They are plain, immutable once shared, and name
/// stamps and tenants as their source does: "eu-1", never "prod/eu-1".
///
/// Units everywhere: CPU in cores, memory and storage in bytes, ratios 0 to 1. What a backend does
/// not tell is std::nullopt, never 0.
namespace Stampdeck {

enum class Health : quint8 { Unknown, Healthy, Degraded, Unhealthy };

enum class Lifecycle : quint8 {
    Provisioning,
    Active,
    Cordoned, ///< Takes no new tenants.
    Draining,
    Drained,
    Deleting,
    Failed,
};

enum class Tier : quint8 { Free, Standard, Premium, Enterprise };

enum class TenantState : quint8 { Serving, Moving, Failed };

enum class PlacementState : quint8 { Starting, Serving, Draining };

enum class ResourceKind : quint8 { Cpu, Memory, Storage, Tenants };
inline constexpr std::array<ResourceKind, 4> allResources
        = {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage, ResourceKind::Tenants};

enum class SignalKind : quint8 { Cpu, Memory, RequestsPerSecond, LatencyP99 };

/// One resource of a stamp.
struct Resource
{
    std::optional<double> limit;
    std::optional<double> reserved; ///< What the backend has promised.
    std::optional<double> used;

    /// max(reserved, used); nothing when neither is known.
    [[nodiscard]] std::optional<double> taken() const
    {
        if (reserved && used)
            return std::max(*reserved, *used);
        return reserved ? reserved : used;
    }
    /// limit − max(reserved, used).
    [[nodiscard]] std::optional<double> headroom() const
    {
        const auto load = taken();
        return limit && load ? std::optional(*limit - *load) : std::nullopt;
    }
    /// max(reserved, used) / limit.
    [[nodiscard]] std::optional<double> load() const
    {
        const auto is = taken();
        return limit && is && *limit > 0 ? std::optional(*is / *limit) : std::nullopt;
    }

    friend bool operator==(const Resource &, const Resource &) = default;
};

struct Resources
{
    Resource cpu; ///< Cores.
    Resource memory; ///< Bytes.
    Resource storage; ///< Bytes.
    Resource tenants; ///< Slots.

    [[nodiscard]] Resource &operator[](ResourceKind kind)
    {
        switch (kind) {
        case ResourceKind::Cpu:
            return cpu;
        case ResourceKind::Memory:
            return memory;
        case ResourceKind::Storage:
            return storage;
        case ResourceKind::Tenants:
            break;
        }
        return tenants;
    }
    [[nodiscard]] const Resource &operator[](ResourceKind kind) const
    {
        return const_cast<Resources &>(*this)[kind];
    }

    friend bool operator==(const Resources &, const Resources &) = default;
};

/// What a stamp's traffic looks like.
struct SignalValues
{
    std::optional<double> requestsPerSecond;
    std::optional<double> errorRatio;
    std::optional<double> latencyP50Ms;
    std::optional<double> latencyP99Ms;

    friend bool operator==(const SignalValues &, const SignalValues &) = default;
};

struct HealthReason
{
    QString code; ///< "component", "latency-p99", "error-ratio", "load", "backend", "stale", …
    QString message;
    std::optional<Timestamp> since;
    QString component; ///< Empty when it is about the whole stamp.
    std::optional<double> value;
    std::optional<double> limit;
    QString unit;

    friend bool operator==(const HealthReason &, const HealthReason &) = default;
};

/// How a component scales by itself. Its bounds are the component's min and max.
struct ScalingRule
{
    SignalKind signal = SignalKind::Cpu;
    double target = 0.7; ///< A ratio for cpu and memory; per replica and second; milliseconds.
    std::chrono::milliseconds cooldown{60'000};
    QString by; ///< Who carries it out: "backend" or "stampd".
    std::optional<Timestamp> lastAt; ///< When it last acted.
    QString lastWhy; ///< What it did then, and why: "3 to 5, cpu 92% over 70%".
    std::optional<int> lastFrom = {}; ///< Replicas before it last acted, and after.
    std::optional<int> lastTo = {};

    friend bool operator==(const ScalingRule &, const ScalingRule &) = default;
};

/// A scalable part of a stamp.
struct Component
{
    QString name;
    int desired = 0;
    int ready = 0;
    std::optional<int> min;
    std::optional<int> max;
    Health health = Health::Unknown; ///< See componentHealth().
    std::optional<ScalingRule> rule;
    std::optional<double> load = {}; ///< Of what its ready replicas can do: a ratio, over 1 too.

    friend bool operator==(const Component &, const Component &) = default;
};

struct Cost
{
    double amount = 0;
    QString currency; ///< ISO 4217.

    friend bool operator==(const Cost &, const Cost &) = default;
};

/// One isolated copy, as its backend tells it. Which tenants it owns is told by the tenants.
struct Stamp
{
    QString name;
    QString region; ///< Empty when not told.
    QString ring;
    QString version;
    QString zone;
    Lifecycle lifecycle = Lifecycle::Active;
    Health health = Health::Unknown; ///< The backend's own word.
    QList<HealthReason> healthReasons; ///< Why it says so.
    Resources resources;
    SignalValues signalValues;
    QList<Component> components;
    std::optional<Cost> costPerHour;
    QMap<QString, QString> labels;
    QString revision; ///< Opaque; changes only with what a writer can set.
    QString updatedBy; ///< Who wrote it last; empty when not told.
    std::optional<Timestamp> updatedAt;
    std::optional<Timestamp> observedAt; ///< The backend's own time of the measurement.
    QString operation; ///< The one that changes it now; empty for none.
    OptionalMark mark;

    friend bool operator==(const Stamp &, const Stamp &) = default;
};

/// What a tenant needs.
struct Demand
{
    std::optional<double> cpu;
    std::optional<double> memory;
    std::optional<double> storage;
    std::optional<double> requestsPerSecond;

    /// A tenant takes one slot whatever else it needs.
    [[nodiscard]] std::optional<double> of(ResourceKind kind) const
    {
        switch (kind) {
        case ResourceKind::Cpu:
            return cpu;
        case ResourceKind::Memory:
            return memory;
        case ResourceKind::Storage:
            return storage;
        case ResourceKind::Tenants:
            break;
        }
        return 1.0;
    }

    friend bool operator==(const Demand &, const Demand &) = default;
};

struct Constraints
{
    QStringList regions; ///< Globs, data residency; empty allows all.
    QString antiAffinity; ///< Never two of a group on one stamp; empty for none.
    bool pinned = false; ///< Not to be moved.
    bool exclusive = false; ///< Alone on its stamp.

    friend bool operator==(const Constraints &, const Constraints &) = default;
};

struct Placement
{
    QString stamp;
    PlacementState state = PlacementState::Serving;
    std::optional<Timestamp> since;

    friend bool operator==(const Placement &, const Placement &) = default;
};

/// A customer, owned by exactly one stamp at any time.
struct Tenant
{
    QString id;
    QString name;
    Tier tier = Tier::Standard;
    TenantState state = TenantState::Serving;
    QString stamp; ///< The owner.
    std::vector<Placement> placements; ///< Where it runs: one, or two while it moves.
    QString operation; ///< The one that moves it; empty for none.
    Demand demand;
    Constraints constraints;
    QString revision;
    QString updatedBy;
    std::optional<Timestamp> updatedAt;
    OptionalMark mark;

    /// The placement on \a where; null when there is none.
    [[nodiscard]] const Placement *placementOn(QStringView where) const
    {
        for (const Placement &placement : placements) {
            if (placement.stamp == where)
                return &placement;
        }
        return nullptr;
    }

    friend bool operator==(const Tenant &, const Tenant &) = default;
};

using StampPtr = std::shared_ptr<const Stamp>;
using TenantPtr = std::shared_ptr<const Tenant>;

/// Unhealthy at 0 ready of some desired, degraded below desired, else healthy (product.md).
[[nodiscard]] STAMPDECK_API_EXPORT Health componentHealth(int desired, int ready);

[[nodiscard]] STAMPDECK_API_EXPORT QString toString(Health value);
[[nodiscard]] STAMPDECK_API_EXPORT QString toString(Lifecycle value);
[[nodiscard]] STAMPDECK_API_EXPORT QString toString(Tier value);
[[nodiscard]] STAMPDECK_API_EXPORT QString toString(TenantState value);
[[nodiscard]] STAMPDECK_API_EXPORT QString toString(PlacementState value);
[[nodiscard]] STAMPDECK_API_EXPORT QString toString(ResourceKind value);
[[nodiscard]] STAMPDECK_API_EXPORT QString toString(SignalKind value);

/// Reads the word of interfaces.md for \a T, one of the enumerations above.
template<typename T>
[[nodiscard]] std::optional<T> fromString(QStringView text) = delete;
/// The same over Latin-1 bytes, for decoders: no allocation.
template<typename T>
[[nodiscard]] std::optional<T> fromString(QLatin1StringView text) = delete;

#define STAMPDECK_DECLARE_WORDS(T)                                                                \
    template<>                                                                                    \
    STAMPDECK_API_EXPORT std::optional<T> fromString<T>(QStringView text);                        \
    template<>                                                                                    \
    STAMPDECK_API_EXPORT std::optional<T> fromString<T>(QLatin1StringView text);
STAMPDECK_DECLARE_WORDS(Health)
STAMPDECK_DECLARE_WORDS(Lifecycle)
STAMPDECK_DECLARE_WORDS(Tier)
STAMPDECK_DECLARE_WORDS(TenantState)
STAMPDECK_DECLARE_WORDS(PlacementState)
STAMPDECK_DECLARE_WORDS(ResourceKind)
STAMPDECK_DECLARE_WORDS(SignalKind)

/// "set", "renew", "adopt".
[[nodiscard]] STAMPDECK_API_EXPORT QString toString(MarkMode value);
STAMPDECK_DECLARE_WORDS(MarkMode)

} // namespace Stampdeck

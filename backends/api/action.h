// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"
#include "fleet.h"

#include <QtCore/QJsonObject>
#include <QtCore/QMap>
#include <QtCore/QString>

#include <optional>
#include <variant>
#include <vector>

/// The primitives that every operation is made of. Each is one call to a backend, may be repeated
/// under the same idempotency key without a second effect, and names its inverse. They name stamps
/// and tenants as their source does.
namespace Stampdeck {

/// Starts \a tenant on \a to, which is then "starting" there and, in time, "serving"; the owner
/// stays \a from.
struct PlaceTenant
{
    QString tenant, from, to;
    friend bool operator==(const PlaceTenant &, const PlaceTenant &) = default;
};

/// Asks whether \a tenant serves at \a at: in progress until it does, an error when it won't.
struct ProbeTenant
{
    QString tenant, at;
    friend bool operator==(const ProbeTenant &, const ProbeTenant &) = default;
};

/// Makes \a to the owner of \a tenant, which serves on both; the placement on \a from drains.
struct ShiftTenant
{
    QString tenant, from, to;
    friend bool operator==(const ShiftTenant &, const ShiftTenant &) = default;
};

/// Ends the placement of \a tenant on \a at. Refused where \a at is the owner, or the only
/// placement that serves: a backend never leaves a tenant unserved, whoever asks.
struct RetireTenant
{
    QString tenant, at;
    friend bool operator==(const RetireTenant &, const RetireTenant &) = default;
};

/// The whole move by a backend that makes before it breaks (Capability::Move).
struct MoveTenant
{
    QString tenant, from, to;
    friend bool operator==(const MoveTenant &, const MoveTenant &) = default;
};

struct CordonStamp
{
    QString stamp;
    friend bool operator==(const CordonStamp &, const CordonStamp &) = default;
};

struct UncordonStamp
{
    QString stamp;
    friend bool operator==(const UncordonStamp &, const UncordonStamp &) = default;
};

/// A scaling rule to be set; its bounds become the component's min and max.
struct RuleSetting
{
    SignalKind signal = SignalKind::Cpu;
    double target = 0.7;
    int min = 1;
    int max = 10;
    std::chrono::milliseconds cooldown{60'000};
    friend bool operator==(const RuleSetting &, const RuleSetting &) = default;
};

/// What of a stamp is set; what is not named stays.
struct ScaleSetting
{
    /// The most that may be asked for, whatever the backend: beyond it is a slip of the hand.
    static constexpr int mostReplicas = 10'000; ///< Of a component.
    static constexpr double mostCores = 1e6;
    static constexpr double mostBytes = 1e18; ///< Of memory, and of storage.
    [[nodiscard]] static constexpr double mostOf(ResourceKind kind)
    {
        return kind == ResourceKind::Cpu ? mostCores : mostBytes;
    }

    QMap<QString, int> components; ///< Name to desired replicas.
    std::optional<double> cpu; ///< Limits of the stamp.
    std::optional<double> memory;
    std::optional<double> storage;
    /// Component to its rule; std::nullopt takes the rule away.
    std::vector<std::pair<QString, std::optional<RuleSetting>>> rules;

    [[nodiscard]] bool isEmpty() const
    {
        return components.isEmpty() && !cpu && !memory && !storage && rules.empty();
    }
    friend bool operator==(const ScaleSetting &, const ScaleSetting &) = default;
};

/// Sets \a to on \a stamp; \a from holds the same fields as they were, for the inverse.
struct ScaleStamp
{
    QString stamp;
    ScaleSetting from, to;
    friend bool operator==(const ScaleStamp &, const ScaleStamp &) = default;
};

/// Makes \a stamp in \a region from a template of the backend's, with a value for each of its
/// parameters (template.h). Done when the stamp is active. Once it has begun it may be taken back.
struct CreateStamp
{
    QString stamp, fromTemplate, region;
    QJsonObject parameters;
    friend bool operator==(const CreateStamp &, const CreateStamp &) = default;
};

/// Takes \a stamp away for good; done when it is gone. Refused (not-drained) while a tenant has a
/// placement there or it may still take one: a backend never deletes what serves, whoever asks.
struct DeleteStamp
{
    QString stamp;
    friend bool operator==(const DeleteStamp &, const DeleteStamp &) = default;
};

using Primitive = std::variant<PlaceTenant, ProbeTenant, ShiftTenant, RetireTenant, MoveTenant,
                               CordonStamp, UncordonStamp, ScaleStamp, CreateStamp, DeleteStamp>;

/// The primitives that take \a primitive back once it is done, in the order in which to run them;
/// empty for one that changed nothing, and for a delete, which nothing takes back (hasInverse()).
/// What was created is cordoned before it is deleted. A retired placement is placed and probed again.
/// \a movedTo is where a RetireTenant left the tenant (it doesn't know itself).
[[nodiscard]] STAMPDECK_API_EXPORT std::vector<Primitive> inverseOf(const Primitive &primitive,
                                                                    const QString &movedTo = {});

/// False for what can't be taken back once it is done.
[[nodiscard]] STAMPDECK_API_EXPORT bool hasInverse(const Primitive &primitive);

/// "place", "probe", "shift", "retire", "move", "cordon", "uncordon", "scale", "create", "delete".
[[nodiscard]] STAMPDECK_API_EXPORT QString kindOf(const Primitive &primitive);

/// The stamp that \a primitive writes; empty for a tenant's, whose tenantOf() is not.
[[nodiscard]] STAMPDECK_API_EXPORT QString stampOf(const Primitive &primitive);
[[nodiscard]] STAMPDECK_API_EXPORT QString tenantOf(const Primitive &primitive);

/// What goes with every write.
struct WriteContext
{
    QString idempotencyKey; ///< The same key never acts twice, over restarts of either side.
    QString expectedRevision; ///< Of the object written; empty: whatever it is now.
    QString operation; ///< Whose step this is.
    QString actor; ///< For updatedBy and the backend's own audit.
    QString reason;
    /// Whose marks cover what is written, where that is another operation which this one carries
    /// out; empty: its own.
    QString under = {};
    QString run = {}; ///< The run that marked (see Mark); empty: whichever it is.
};

/// How far a write has come.
struct WriteOutcome
{
    bool done = true; ///< False: ask again with FleetAdapter::observe().
    bool paused = false; ///< The backend's own operation waits for a person to resume it.
    QString handle; ///< The backend's own operation, to observe or to cancel.
    QString revision; ///< The object's, after the write; empty when not told.
    double progress = 1; ///< 0 to 1.
    QString message; ///< What it waits for, for people.
};

} // namespace Stampdeck

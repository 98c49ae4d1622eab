// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"

#include "backends/api/action.h"

namespace Stampdeck {

enum class ActionKind : quint8 { Move, Scale, Cordon, Uncordon, Drain, Evacuate, Create, Delete };
[[nodiscard]] QString toString(ActionKind kind);
[[nodiscard]] std::optional<ActionKind> actionKindFromString(QStringView word);
/// Cordons stamps and moves their tenants elsewhere: a drain is the evacuation of one stamp.
[[nodiscard]] constexpr bool emptiesStamps(ActionKind kind)
{
    return kind == ActionKind::Drain || kind == ActionKind::Evacuate;
}

/// What somebody wants, before anything is computed.
struct ActionRequest
{
    ActionKind kind = ActionKind::Move;
    QStringList tenants; ///< Move: "domain/ID" or unique IDs.
    QString to; ///< Move: the target stamp; empty lets the planner spread them.
    /// Move: a target for each tenant, instead of `tenants` and `to`; an undo has these. Drain,
    /// evacuate: where these go if they can, else elsewhere.
    std::vector<std::pair<QString, QString>> targets;
    /// Scale, cordon, uncordon, drain, delete; of a create the new name, without its source.
    QString stamp;
    /// Cordon, uncordon, drain: several, instead of `stamp`; of a move those that are uncordoned
    /// first, as the undo of a drain has them.
    QStringList stamps;
    /// Evacuate; of a move the region that it takes the evacuation of back; of a create where the
    /// stamp will stand.
    QString region;
    QString source; ///< Create: where; empty: the one source that can.
    QString fromTemplate; ///< Create: its template, by name.
    QJsonObject parameters; ///< Create: what is set, as values or as words; see checkParameters().
    /// Delete: an empty stamp that takes tenants still is cordoned first, as the undo of a create
    /// has it; without this it is refused.
    bool cordonFirst = false;
    QStringList among; ///< Drain, evacuate: the only stamps that may take tenants; empty: any may.
    /// Drain, evacuate: no move starts when this has passed since it was accepted, or resumed.
    std::optional<std::chrono::milliseconds> deadline;
    bool partial = false; ///< Drain, evacuate: leave whom no stamp takes, and move the others.
    /// Drain, evacuate: the load that no target may pass, a ratio; nothing: its source's gate.
    std::optional<double> maxLoad;
    QStringList left; ///< Of an accepted drain or evacuation: whom it leaves.
    ScaleSetting scale;
    bool allowUnknown = false; ///< On purpose where a limit or demand is not known.
    bool allowStale = false; ///< On purpose though what is known is old.
    int parallel = 2; ///< Moves at once, at most.
    QString actor;
    QString reason;
    /// The revision (of the tenant for a move of one, else of the stamp) that the asker has seen;
    /// empty: whatever it is.
    QString ifMatch;
    /// The operation elsewhere that this one is a step of: it may act where that one has marked.
    /// Empty for none.
    QString under = {};
    QString run = {}; ///< The run of that operation; empty: whichever has marked.
    /// Scale: a count that the rule of the component, carried out by "stampd", wants itself.
    bool byRule = false;

    friend bool operator==(const ActionRequest &, const ActionRequest &) = default;
};

/// What a stamp's answer to a carry is (product.md: verdict).
enum class VerdictKind : quint8 {
    Cannot,
    Unknown, ///< A limit or demand that nobody told: only on purpose.
    Tight, ///< Fits, but over the gate.
    Can,
    Best,
};
[[nodiscard]] QString toString(VerdictKind verdict);

/// One stamp's load as it is and as it would be.
struct LoadChange
{
    int slot = -1;
    QString stamp; ///< "source/name".
    Resources before;
    Resources after; ///< limit, reserved and used as a plan would leave them.
    bool isSource = false;

    [[nodiscard]] static std::optional<double> fullest(const Resources &resources);
};

/// Several tenants to be moved as one, with what binds them worked out once.
struct Carry
{
    struct Item
    {
        int slot = -1;
        int owner = -1;
        const Tenant *tenant = nullptr; ///< Kept alive by `version`.
    };
    FleetVersionPtr version; ///< The one that it was made from.
    std::vector<Item> items;
    Demand demand; ///< The sum; a field is nothing when any tenant's is.
    QStringList regions; ///< Globs that bind at least one of them.
    /// Each distinct set of regions, with the tenant that brings it.
    std::vector<std::pair<QStringList, QString>> residency;
    QList<Refusal> always; ///< What forbids it everywhere: pinned, in flight, stale, read-only.
    QHash<QString, QString> groups; ///< Anti-affinity group to the tenant that brings it.
    QString groupTwice; ///< A group that two of them share: they can't go to one stamp together.
    bool anyExclusive = false;
    QList<int> sources; ///< Indexes of the sources they come from.
};
[[nodiscard]] Result<Carry> makeCarry(const FleetVersionPtr &version, const QStringList &tenants);

struct Evaluation
{
    VerdictKind verdict = VerdictKind::Cannot;
    QList<Refusal> refusals; ///< Empty unless Cannot, or Unknown without leave.
    std::optional<double> before; ///< The fullest resource's load now, a ratio.
    std::optional<double> after; ///< And with the carry.
    LoadChange load;
    int slotsLeft = -1; ///< Tenant slots free afterwards; -1 when not known.
    double coresLeft = 0;
};
/// What \a stamp (a slot) answers to the carry: the one function behind a tile's light, a plan's
/// refusals and stampd's. Lit means: verdict above Cannot, and Unknown only with \a allowUnknown.
/// Never gives Best; see bestOf().
[[nodiscard]] Evaluation evaluate(const Carry &carry, int stamp, bool allowUnknown = false);
/// The stamps that can take the whole carry, best first (lowest load afterwards, Can before Tight),
/// at most \a count.
[[nodiscard]] std::vector<std::pair<int, Evaluation>> bestOf(const Carry &carry, int count,
                                                             bool allowUnknown = false);

struct PlannedMove
{
    int tenant = -1; ///< Slot.
    QString id; ///< "domain/ID".
    QString from; ///< "source/name".
    QString to;
    Tier tier = Tier::Standard;
    Demand demand;
};

struct PlannedStep
{
    QString title;
    int lane = 0; ///< Steps of one lane run one after the other; lanes run side by side.
    QString source; ///< The source that performs it.
    Primitive primitive;
    QString expectedRevision; ///< Of its first write; empty for the later steps of a lane.
};

struct BlastRadius
{
    int tenants = 0;
    std::array<int, 4> byTier{}; ///< By Tier.
    std::optional<double> requestsPerSecond;
    int stamps = 0;
};

struct Claim;

/// What an action would do, computed from one version of the fleet; changes nothing.
struct Plan
{
    ActionRequest request;
    QString target; ///< For people: "acme to eu-central-06", "3 tenants to eu-2", "eu-1".
    quint64 serial = 0; ///< Of the version it was made from.
    Timestamp plannedAt;
    std::chrono::milliseconds dataAge{0}; ///< Age of the oldest data that it rests on.
    QList<Refusal> refusals; ///< Not empty: it will not run.
    QStringList warnings; ///< "over the gate", "the autoscaler owns web".
    /// Drain, evacuate: "domain/ID" of those that stay where they are, each with a warning.
    QStringList left;
    std::vector<PlannedMove> moves;
    std::vector<PlannedStep> steps;
    QList<LoadChange> loads; ///< Every stamp touched, the source first.
    BlastRadius blast;
    /// How long its moves will take, by those measured before (duration.h); nothing while it moves
    /// nobody, or none of a source was measured.
    std::optional<std::chrono::milliseconds> duration;
    int measured = 0; ///< From how many moves that is.
    QStringList sources; ///< Names of those touched.
    bool production = false; ///< One of them is.
    QString confirmName; ///< What is to be typed in production: the stamp or region acted on.
    bool hasInverse = true;
    /// What a create makes and a delete takes away, as pairs of a label and what stands there.
    QList<std::pair<QString, QString>> facts;
    QString creates; ///< Create: "source/name".
    [[nodiscard]] QList<Claim> claims() const; ///< See FleetStore::transact(); operation and actor to be filled.

    [[nodiscard]] bool isRefused() const { return !refusals.isEmpty(); }
    /// The same as a line for the shell.
    [[nodiscard]] QString command() const;
};

/// How long an action without an inverse waits after "Run", so that it can be called off
/// (product.md). Whoever shows a plan to a person keeps it; a server does not, since it was asked by
/// one that has.
inline constexpr std::chrono::milliseconds callOffTime{5'000};

/// What a step says it does: "start acme on eu-2", "verify acme on eu-2".
[[nodiscard]] QString stepTitle(const Primitive &primitive);

/// Plans \a request over \a version. An error only for what names nothing: an unknown stamp or
/// tenant, a wrong setting; everything else that forbids it is a refusal in the plan.
[[nodiscard]] Result<Plan> plan(const FleetVersionPtr &version, const ActionRequest &request,
                                const Clock &clock);

} // namespace Stampdeck

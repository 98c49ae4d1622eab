// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "chunked.h"

#include "backends/api/adapter.h"

#include <QtCore/QHash>
#include <QtCore/QMap>
#include <QtCore/QSet>

#include <array>
#include <memory>

namespace Stampdeck {

/// What a stamp should keep, and the load it should not pass (product.md: objective, gate).
struct Objectives
{
    double load = 0.85; ///< The gate: a ratio of the limit.
    std::optional<double> latencyP99Ms = 400;
    std::optional<double> errorRatio = 0.01;
    /// How long a value must be beyond before it counts.
    std::chrono::milliseconds hold{30'000};

    friend bool operator==(const Objectives &, const Objectives &) = default;
};

/// How one source is doing. Times are Clock::elapsed(), so that ages survive a clock that is set.
struct SourceState
{
    QString name;
    QString adapter;
    QString instance; ///< Empty until the first answer.
    QString tenantDomain;
    Capabilities capabilities;
    Objectives objectives;
    bool production = false;
    bool readOnly = false;
    bool answered = false; ///< Has given at least one complete answer from every endpoint.
    bool watching = false; ///< Pushes changes: an event stream is open.
    int endpoints = 1;
    int endpointsFailing = 0;
    int endpointsStale = 0;
    int endpointsSettled = 0; ///< Have answered completely, or failed.
    int reading = 0; ///< Stamps read so far of its first answer; 0 once that is there.
    int proofs = 0; ///< Stamps shown as StampEntry::proof.
    std::optional<Error> error; ///< The last, of the endpoint named; nothing while all is well.
    QString errorEndpoint;
    std::optional<std::chrono::milliseconds> lastContact; ///< Of the endpoint that is oldest.
    std::optional<std::chrono::milliseconds> nextAttempt; ///< While failing.
    std::chrono::milliseconds pollInterval{5'000}; ///< The one in force: it stretches under load.
    std::optional<std::chrono::milliseconds> skew; ///< The backend's clock minus ours.
    int faults = 0; ///< Objects of the last answer that were rejected.
    QString faultMessage; ///< The first of them: pointer and what is wrong.
    /// Capability::Create: what stamps are made from here; nothing until it has been told.
    std::optional<QList<Template>> templates;
    std::optional<Error> templatesError; ///< Why the last look at them failed.
    QString sameAs; ///< Another source of the same instance, which shows it all; empty for none.

    /// True when everything that is shown of it may be old.
    [[nodiscard]] bool isStale() const { return endpointsStale > 0 && endpointsStale >= endpoints; }

    friend bool operator==(const SourceState &, const SourceState &) = default;
};

/// How one source of metrics or of incidents is doing.
struct FeedState : SourceState
{
    enum class Kind : quint8 { Metrics, Incidents };
    Kind kind = Kind::Incidents;
    QStringList warnings; ///< The backend's own words of the last answers: something is missing.

    /// Nobody knows by it what is now: all of its endpoints fail, or have been silent for too long.
    [[nodiscard]] bool isSilent() const
    {
        return isStale() || (error && endpointsFailing >= endpoints);
    }

    friend bool operator==(const FeedState &, const FeedState &) = default;
};

struct IncidentBook;

/// The four small series of a tile: 60 values, one each 30 s, the newest last, NaN where unknown.
struct Sparklines
{
    static constexpr int points = 60;
    static constexpr std::chrono::milliseconds step{30'000};
    using Line = std::array<float, points>;
    Line requests, errors, latencyP50, latencyP99;
    int count = 0; ///< How many of the newest are filled.
};

/// The full series of a stamp that somebody looks at: up to 720 samples, oldest first.
struct SampleSeries
{
    static constexpr int maxPoints = 720;
    std::vector<Timestamp> times;
    std::vector<float> cpu, memory, storage; ///< Used of the limit, a ratio, as history() has it.
    std::vector<float> requests, errors, latencyP50, latencyP99;
};

/// What feeds measure of one stamp, in the order of metricSignals(), whatever its source tells.
struct MeasuredSignals
{
    static constexpr size_t signalCount = 7;
    std::array<std::optional<double>, signalCount> values;
    std::array<int, signalCount> by{}; ///< Index into FleetVersion::feeds, of a value.
    /// When, of a value that is older than its feed's staleness; nothing: as of its last contact.
    std::array<std::optional<Timestamp>, signalCount> at;

    friend bool operator==(const MeasuredSignals &, const MeasuredSignals &) = default;
};

/// A stamp in a version of the fleet: what its source told, and what the store made of it.
struct StampEntry
{
    QString id; ///< "source/name".
    /// As told, with what feeds measured where that is silent; its `operation` and revision name an
    /// accepted one at once.
    StampPtr stamp;
    StampPtr told; ///< By its source alone; null in a version of the past.
    std::shared_ptr<const MeasuredSignals> measured; ///< Null where no feed measures it.
    int source = -1; ///< Index into FleetVersion::sources.
    int endpoint = 0;
    Health health = Health::Unknown; ///< As product.md computes it; Unknown while stale.
    Health lastHealth = Health::Unknown; ///< The last word before it went stale.
    QList<HealthReason> reasons;
    std::optional<Timestamp> healthSince; ///< Since when `health` is what it is.
    bool stale = false;
    /// Known by name alone, from an earlier session: its source has not told of it yet. It is stale
    /// too, so that nothing is done with it, but nobody's trouble and counted nowhere.
    bool proof = false;
    /// Somebody else acts here, as in TenantEntry; `stamp->mark` says who does what. Where that mark
    /// is shared, tenants may come and go all the same.
    bool elsewhere = false;
    std::optional<Timestamp> staleSince;
    std::chrono::milliseconds lastContact{0}; ///< Clock::elapsed() of the last proof of contact.
    Resources resources; ///< As told, with what accepted operations will need added to reserved.
    std::vector<int> tenants; ///< Slots of the tenants owned or placed here, by id.
    int owned = 0; ///< How many of them it owns.
    std::vector<int> incoming; ///< Slots of those that accepted operations will place here.
    std::shared_ptr<const Sparklines> sparklines; ///< Null until a sample is there.
    std::shared_ptr<const SampleSeries> samples; ///< Null unless watched.

    /// The largest load of cpu, memory and storage, a ratio: the denomination of the tile.
    [[nodiscard]] std::optional<double> load() const;
    /// Which of them that is.
    [[nodiscard]] ResourceKind fullest() const;
};
using StampEntryPtr = std::shared_ptr<const StampEntry>;

/// An operation as the marks on its objects tell it.
struct MarkedOperation
{
    Mark mark; ///< Of one of its objects; `until` is the latest of all.
    bool live = false; ///< Somebody runs it; else it is orphaned.
    std::vector<int> stamps; ///< Slots, by step.
    std::vector<int> tenants;

    friend bool operator==(const MarkedOperation &, const MarkedOperation &) = default;
};

/// A tenant in a version of the fleet.
struct TenantEntry
{
    TenantPtr tenant; ///< Null in a free slot. Its `operation` names an accepted one at once.
    int source = -1;
    int owner = -1; ///< Slot of the stamp that owns it; -1 when that is not (yet) known.
    bool stale = false;
    /// Somebody else acts here: its mark is live, and of an operation that runs neither here nor at
    /// the backend itself. `tenant->mark` says who does what.
    bool elsewhere = false;
};

/// Where things stand in a version: an index by text whose copies share what did not change.
class SlotIndex
{
public:
    [[nodiscard]] int value(const QString &key) const; ///< -1 when there is none.
    void insert(const QString &key, int slot);
    void remove(const QString &key);
    [[nodiscard]] int size() const { return m_size; }

private:
    static constexpr size_t shards = 256;
    std::array<QHash<QString, int>, shards> m_shards; // implicitly shared, each by itself
    int m_size = 0;
};

/// How many stamps are in which state; a stale one is counted as stale and nowhere else.
struct FleetCounts
{
    int healthy = 0;
    int degraded = 0;
    int unhealthy = 0;
    int unknown = 0;
    int stale = 0;
    int stamps = 0;
    int tenants = 0;

    friend bool operator==(const FleetCounts &, const FleetCounts &) = default;
};

/// The whole fleet at one moment: immutable, shared between threads, cheap to make from the last.
///
/// A stamp and a tenant keep their slot as long as they live; slots of what is gone are used again.
class FleetVersion
{
public:
    quint64 serial = 0; ///< Grows by one with each version.
    Timestamp at; ///< When it was published.
    QList<SourceState> sources;
    QList<FeedState> feeds; ///< Of metrics and of incidents.
    Chunked<StampEntryPtr> stamps; ///< By slot; null where free.
    Chunked<TenantEntry> tenants; ///< By slot; tenant is null where free.
    SlotIndex stampIndex; ///< "source/name" to slot.
    SlotIndex tenantIndex; ///< "domain/ID" to slot.
    /// Ours and the backends', by id; but for the backends' that carry out a step of ours.
    QMap<QString, OperationPtr> operations;
    QMap<QString, QString> operationSource; ///< Whose it is: a source, or empty for ours.
    /// By id, from all sources, ours too. One whose runner is elsewhere is in `operations` as well,
    /// running or orphaned, with Operation::fromMarks.
    QMap<QString, MarkedOperation> marked;
    QMap<QString, QString> creating; ///< "source/name" of a stamp to be made, to the operation.
    QMap<QString, QString> carried; ///< A backend's operation to that of ours which it carries out.
    FleetCounts counts;
    /// By the id of the incident ("source/name:kind"): our own, and what the sources tell.
    QMap<QString, Acknowledgement> acknowledgements;
    QSet<QString> acknowledgedHere; ///< Those of them that no source tells: our own.
    /// What is wrong (models/incidents.h), as whoever watches made it out of an earlier version;
    /// null where nobody does.
    std::shared_ptr<const IncidentBook> incidents;

    /// The operation \a id, or that of ours which it carries out; null when neither is known.
    [[nodiscard]] OperationPtr findOperation(const QString &id) const
    {
        return operations.value(carried.value(id, id));
    }
    /// Slot of the stamp with this id: "source/name", or a bare name where it is unique.
    /// An error of ErrorKind::NotFound, or Invalid that names the candidates.
    [[nodiscard]] Result<int> findStamp(const QString &id) const;
    /// The same for "domain/ID" or a bare ID.
    [[nodiscard]] Result<int> findTenant(const QString &id) const;
    [[nodiscard]] QString stampId(int slot) const { return stamps[slot]->id; }
    /// "domain/ID".
    [[nodiscard]] QString tenantId(int slot) const;
    /// Slot of the stamp \a name of source number \a source; -1 when there is none.
    [[nodiscard]] int stampSlot(int source, const QString &name) const;
    [[nodiscard]] const SourceState &sourceOf(const StampEntry &entry) const
    {
        return sources[entry.source];
    }
    [[nodiscard]] int sourceIndex(QStringView name) const; ///< -1 when there is none.
    /// Sources and feeds, as what they have in common.
    [[nodiscard]] QList<FeedState> everySource() const;

    /// Calls \a visit(slot, const StampEntry &) for every stamp.
    template<typename Visit>
    void eachStamp(Visit visit) const
    {
        for (int slot = 0; slot < stamps.size(); ++slot) {
            if (const StampEntryPtr &entry = stamps[slot])
                visit(slot, *entry);
        }
    }
    /// Calls \a visit(slot, const TenantEntry &) for every tenant.
    template<typename Visit>
    void eachTenant(Visit visit) const
    {
        for (int slot = 0; slot < tenants.size(); ++slot) {
            if (const TenantEntry &entry = tenants[slot]; entry.tenant)
                visit(slot, entry);
        }
    }
};
using FleetVersionPtr = std::shared_ptr<const FleetVersion>;

/// What differs between two versions that follow on each other.
struct ChangeSet
{
    quint64 from = 0;
    quint64 to = 0;
    std::vector<int> stamps; ///< Slots changed, filled or emptied, ascending.
    std::vector<int> tenants;
    QStringList goneStamps; ///< Ids of the stamps that are no more.
    QStringList goneTenants;
    QStringList operations; ///< Ids of those that changed.
    bool stampsComeOrGo = false; ///< Some slot was filled or emptied.
    bool tenantsComeOrGo = false;
    bool sources = false; ///< FleetVersion::sources or feeds changed.
    bool acknowledgements = false; ///< FleetVersion::acknowledgements changed.
    bool incidents = false; ///< FleetVersion::incidents changed.

    [[nodiscard]] bool isEmpty() const
    {
        return stamps.empty() && tenants.empty() && operations.isEmpty() && !sources
            && !acknowledgements && !incidents;
    }
};
using ChangeSetPtr = std::shared_ptr<const ChangeSet>;

} // namespace Stampdeck

Q_DECLARE_METATYPE(Stampdeck::FleetVersionPtr)
Q_DECLARE_METATYPE(Stampdeck::ChangeSetPtr)

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetstore.h"
#include "health.h"
#include "slotset.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QSet>

#include <algorithm>

namespace Stampdeck {

/// The single writer behind FleetStore: owns everything that is mutable about the fleet, and lives
/// in the store's thread. Changes gather in a draft of the next version until publish().
class FleetStore::Writer final : public QObject
{
    Q_OBJECT
public:
    Writer(FleetStore &store, Clock &clock);

    void begin(); ///< Starts the clock that ages what is silent.

    void addSource(const SourceState &source);
    void removeSource(const QString &source);
    void apply(const QString &source, const FleetUpdate &update);
    void addFeed(const FeedState &feed);
    void hear(const QString &feed, const FeedNews &news);
    void applyMetrics(const QString &feed, const MetricsUpdate &update);
    void setIncidents(const std::shared_ptr<const IncidentBook> &incidents);
    void contact(const QString &source, const QString &endpoint);
    void fail(const QString &source, const QString &endpoint, const Error &error,
              std::optional<std::chrono::milliseconds> nextAttempt);
    void setWatching(const QString &source, const QString &endpoint, bool watching);
    void addProofs(const QString &source, const std::vector<StampPtr> &stamps);
    void setReading(const QString &source, const QString &endpoint, int stamps);
    void addHistory(const QString &source, const std::vector<Series> &series);
    void setEndpoints(const QString &source, const QStringList &endpoints);
    void restoreClaims(const QList<Claim> &claims);
    void showOperation(const OperationPtr &operation, const QString &source);
    void addOwnRun(const QString &run);
    void release(const QString &operation);
    void showRuleAct(const QString &stampId, const QString &component, const RuleAct &act);
    void setAcknowledgements(const QList<Acknowledgement> &acknowledgements);
    [[nodiscard]] Result<FleetVersionPtr>
    transact(const std::function<Result<QList<Claim>>(const FleetVersionPtr &)> &decide);
    void watchSamples(const QString &stampId, int by);

    template<typename Edit>
    void editSource(const QString &name, Edit edit)
    {
        const Party party = find(name);
        if (!party.known)
            return;
        edit(*party.state);
        m_changes.sources = true;
        hurry();
    }

    void flush(); ///< Publishes what waits, at once.

private:
    struct Endpoint
    {
        QString name;
        std::optional<std::chrono::milliseconds> lastContact;
        std::optional<std::chrono::milliseconds> nextAttempt;
        std::optional<Error> error;
        int reading = 0; // stamps of the first answer, so far
        bool answered = false;
        bool watching = false;
        bool stale = false;
        std::vector<int> stamps; // slots of those that it told last, in no order
        std::vector<int> tenants;
    };
    struct Source
    {
        std::vector<Endpoint> endpoints;
        QHash<QString, int> endpointIndex;
        QHash<QString, int> stamps; // name to slot
        QHash<QString, int> tenants; // ID to slot
        QHash<QString, QList<Acknowledgement>> acknowledgements; // by endpoint, as it tells them
        QSet<int> unplaced; // tenants that name a stamp which was not told (yet)
        QSet<int> proofs; // stamps of an earlier session that no endpoint has told of yet
        bool isSummed = true; // its SourceState says what its endpoints say

        // Every one of so many endpoints has told all that it has.
        [[nodiscard]] bool answered(int of) const
        {
            return int(endpoints.size()) >= of
                && std::all_of(endpoints.begin(), endpoints.end(),
                               [](const Endpoint &endpoint) { return endpoint.answered; });
        }
    };
    /// A source or a feed, as it is shown and as it is known.
    struct Party
    {
        SourceState *state = nullptr;
        Source *known = nullptr; // null: there is none of that name
    };
    // What the writer keeps of both, and no reader needs.
    struct Known
    {
        int source = -1;
        int endpoint = -1; // the one that told it last
        size_t at = 0; // where it stands in that endpoint's list
        quint64 seen = 0; // the update that told it last
        bool rejected = false; // its last answer was faulty: the last good state stays, stale
    };
    struct StampState : Known
    {
        StampPtr told;
        StampPtr filled; // told, and what it does not tell by what feeds measured
        std::shared_ptr<const MeasuredSignals> measured;
        ThresholdTimes thresholds;
        qint64 sampleBucket = -1; // of the sparklines
        std::array<double, 4> sampleSum{};
        std::array<int, 4> sampleCount{};
    };
    struct TenantState : Known
    {
        TenantPtr told;
    };

    [[nodiscard]] Party find(const QString &name);
    [[nodiscard]] int endpointOf(Source &of, const QString &name);
    void touch(int source, int endpoint);
    void measure(int feed, const MetricsUpdate &update);
    void empty(int source); ///< Nothing of it is shown any more.
    void endpointsChanged(Source &of); // its sum is made when the next version is
    void sumUp(Source &of, SourceState &shown);
    [[nodiscard]] StampEntry &editStamp(int slot);
    [[nodiscard]] int tenantSlot(int source, const QString &id, int guess) const;
    void applyStamp(int source, int endpoint, const StampPtr &told);
    [[nodiscard]] int applyTenant(int source, int endpoint, const TenantPtr &told, int guess);
    void removeUnseen(int source, int endpoint, const FleetUpdate &update);
    void removeProofs(int source);
    void removeStamp(int source, const QString &name);
    void removeTenant(int source, const QString &id);
    void reject(int source, const ObjectFault &fault);
    void place(int tenantSlot, const Tenant *before, const Tenant *after, int source);
    void showTenant(int slot, bool samePlaces = false);
    void showStamp(int slot); // told + claims → entry
    void assess(int slot, StampEntry &entry); // health, staleness
    void sample(int slot, StampEntry &entry);
    void claimsChanged(const QList<Claim> &claims);
    void noteMark(QSet<int> &marked, int slot, const OptionalMark &before,
                  const OptionalMark &after);
    [[nodiscard]] bool isLive(const Mark &mark, int source) const;
    [[nodiscard]] bool isElsewhere(const OptionalMark &mark, int source) const;
    void sortMarks(); // which operations the marks tell of, and whose objects that makes busy
    void showMarked(); // those of them that run elsewhere
    void acknowledgementsChanged();
    void tick();
    void schedule();
    void hurry(); // schedule(), and at once
    void publish();

    FleetStore &m_store;
    Clock &m_clock;
    FleetVersion m_draft;
    ChangeSet m_changes;
    std::vector<Source> m_sources;
    std::vector<Source> m_feeds; // stamps of its endpoints: what it measured
    std::vector<StampState> m_stampStates; // by slot
    std::vector<TenantState> m_tenantStates;
    std::vector<int> m_freeStamps, m_freeTenants;
    std::vector<std::shared_ptr<StampEntry>> m_dirty; // by slot: stamps edited since publish()
    SlotSet m_edited; // which those are
    SlotSet m_reordered; // of them, those whose tenants need sorting
    SlotSet m_changedStamps, m_changedTenants;
    SlotSet m_unassessed; // stamps whose health or resources have to be worked out again
    quint64 m_update = 0; // the one that is applied, or was last
    QElapsedTimer m_published; // when
    QList<Claim> m_claims;
    QSet<QString> m_ownRuns; // of this state directory
    QSet<int> m_markedStamps, m_markedTenants; // slots
    bool m_marksChanged = false; // sortMarks() has something to do
    bool m_markedChanged = false; // and showMarked()
    QHash<QString, QHash<QString, RuleAct>> m_ruleActs; // by stamp id and component
    QList<Acknowledgement> m_acknowledgements; // our own
    QHash<QString, int> m_watched; // stamp id to count
    bool m_scheduled = false;
    bool m_hurried = false;
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics.h"
#include "fleetconfig.h"
#include "fleetstore.h"
#include "historyrecorder.h"
#include "knownchanges.h"
#include "operationrunner.h"

#include "backends/api/adapter.h"

#include <memory>

namespace Stampdeck {

class Acknowledgements;
class FeedRuntime;
class IncidentRuntime;
class IncidentWatch;
class Journal;
class MetricsRuntime;
class PluginCatalog;
class RecordedHistory;
class SourceRuntime;

struct FleetOptions
{
    Clock *clock = &Clock::system();
    QString stateDir; ///< Of the journal.
    bool readOnly = false; ///< Refuses every action, whatever the source says.
    bool carriesRules = false; ///< See FleetStore::carryRules(): a stampd does.
    /// What history is recorded of it there; nothing: none.
    std::optional<HistoryOptions> history;
    QList<FeedConfig> metrics; ///< Whose secrets have been resolved.
    QList<FeedConfig> incidents;
    IncidentRules incidentRules;
    bool watchesIncidents = true; ///< FleetVersion::incidents is filled.
    bool incidentsAtOnce = false; ///< See IncidentKeeper: for whoever looks but once.
    /// Acknowledgements that no source keeps are kept in the state directory. Where its file can't
    /// be read only acknowledge() fails, with the reason, which is a warning too.
    bool keepsAcknowledgements = false;
    bool warnsOfAcknowledgements = true; ///< Not for whoever only acknowledges: the error says it.
    /// What the history had last of a source that has not answered yet stands there as proofs: for
    /// somebody who looks. Whoever serves the fleet on tells what is told alone.
    bool showsProofs = false;
};

/// Everything behind a window, a command line or a server: store, sources, journal and runner,
/// wired together. It is the only place that knows all of them.
///
/// Lives in the thread that made it; its parts have threads of their own, which end with it.
class Fleet final : public QObject, public PrimitiveExecutor
{
    Q_OBJECT
public:
    ~Fleet() override;

    /// Opens the journal, loads the adapters of \a sources (whose secrets have been resolved) and
    /// starts to poll them. A source whose adapter can't be made is shown as failing with the
    /// reason; it stops nobody else. \a catalog outlives the fleet.
    [[nodiscard]] static Result<std::unique_ptr<Fleet>>
    open(const QList<SourceConfig> &sources, const PluginCatalog &catalog,
         const FleetOptions &options);

    [[nodiscard]] FleetStore &store() { return *m_store; }
    [[nodiscard]] OperationRunner &runner() { return *m_runner; }
    [[nodiscard]] Journal &journal() { return *m_journal; }
    [[nodiscard]] Clock &clock() { return *m_options.clock; }
    [[nodiscard]] const FleetOptions &options() const { return m_options; }
    /// Null where no history is recorded.
    [[nodiscard]] HistoryRecorder *recorder() { return m_recorder.get(); }

    /// Ends when every source has answered completely or failed once, with the version then.
    [[nodiscard]] FutureResult<FleetVersionPtr> firstPoll();
    /// Polls \a source now, out of turn; all when empty.
    void refresh(const QString &source = {});
    /// Asks \a source what stamps can be made from. The store knows it then too, and asks by itself
    /// every minute: SourceState::templates.
    [[nodiscard]] FutureResult<QList<Template>> templates(const QString &source);
    /// Capability::Acknowledge: asks the source of the incident to keep \a acknowledgement, whose
    /// incident is called as in FleetVersion::incidents; one of alerts is given to a source of its
    /// stamps, else to any. Where none can it is kept here, or refused (keepsAcknowledgements).
    [[nodiscard]] FutureResult<Acknowledgement> acknowledge(const Acknowledgement &acknowledgement);
    /// The source that would keep it, empty for none: then only this workstation knows.
    [[nodiscard]] QString acknowledgementKeeper(const QString &incident) const;
    /// Capability::CreateSilences of its feed: silences the incident for \a time.
    [[nodiscard]] FutureResult<Silence> silence(const QString &incident,
                                                std::chrono::milliseconds time, const QString &by,
                                                const QString &comment);
    [[nodiscard]] FutureResult<Silence> extendSilence(const QString &feed, const QString &id,
                                                      Timestamp until, const QString &by);
    [[nodiscard]] FutureResult<Silence> expireSilence(const QString &feed, const QString &id,
                                                      const QString &by);
    /// What changed on these stamps in this time: as far back as this process watched by its own
    /// memory, before that by the history of the state directory, whoever recorded it. A history that
    /// can't be read is none: then that time is a gap. To be called in the thread of this object.
    [[nodiscard]] FutureResult<KnownChanges> changes(const QStringList &stamps, Timestamp from,
                                                     Timestamp to);
    /// Ends when every source of incidents has answered or failed once, and what came of it is in
    /// the version.
    [[nodiscard]] FutureResult<FleetVersionPtr> firstIncidents();
    /// What the source itself recorded (Capability::History), else what the history here has of it.
    [[nodiscard]] FutureResult<std::vector<Series>>
    history(const QString &stampId, const QStringList &signalNames, Timestamp from, Timestamp to,
            std::chrono::milliseconds step);
    /// The same, but that each signal which its own source does not keep is asked of the sources of
    /// metrics too, the first that is configured first, whose gaps the history here fills
    /// (MeasuredRound). Where something may be missing, warnings and faults say so. Cancelling the
    /// future calls back what is on its way. To be called in the thread of this object.
    [[nodiscard]] FutureResult<MetricsRange>
    measured(const QString &stampId, const QStringList &signalNames, Timestamp from, Timestamp to,
            std::chrono::milliseconds step);

    /// Gives the drain or evacuation that \a plan shows to its backend, which runs it as an operation of its own
    /// (Capability::Drains): it goes on when this process ends, and everybody sees it. A stamp that
    /// another wrote to since is a Conflict. Unsupported where the plan touches several sources.
    [[nodiscard]] FutureResult<OperationPtr> handOver(const Plan &plan);
    /// How one source is doing: its last requests, breakers, ages. From any thread. NotFound when
    /// there is none of that name.
    [[nodiscard]] FutureResult<SourceDiagnostics> diagnostics(const QString &source);

    // PrimitiveExecutor, from any thread
    FutureResult<WriteOutcome> perform(const QString &source, const Primitive &primitive,
                                       const WriteContext &context) override;
    FutureResult<WriteOutcome> observe(const QString &source, const Primitive &primitive,
                                       const WriteContext &context, const QString &handle) override;
    FutureResult<WriteOutcome> cancel(const QString &source, const Primitive &primitive,
                                      const WriteContext &context, const QString &handle) override;
    FutureResult<OperationPtr> control(const QString &source, const QString &operation,
                                       OperationVerb verb, const WriteContext &context) override;
    FutureResult<Timestamp> mark(const QString &source, const MarkRequest &request,
                                 const WriteContext &context) override;

private:
    explicit Fleet(const FleetOptions &options);
    void showProofs(); // of what the history had of each source last, until it answers
    [[nodiscard]] SourceRuntime *runtime(const QString &source) const;
    /// Who recorded what was measured of a stamp by itself; null where its source does not.
    [[nodiscard]] SourceRuntime *recorder(const QString &stampId) const;
    [[nodiscard]] FeedRuntime *feed(const QString &name) const;
    [[nodiscard]] Result<IncidentRuntime *> silencing(const QString &feed,
                                                      Capability capability) const;
    [[nodiscard]] FutureResult<Silence> audited(const FutureResult<Silence> &silence,
                                                const QString &action, const QString &target,
                                                const QString &by);
    [[nodiscard]] FutureResult<FleetVersionPtr>
    firstVersion(std::function<bool(const FleetVersion &)> isIt);

    /// What the history was last asked for: whoever shows it asks again and again.
    struct AskedChanges
    {
        QStringList stamps;
        Timestamp from;
        Timestamp to;
        RecordedChanges told;
    };

    FleetOptions m_options;
    std::optional<AskedChanges> m_askedChanges;
    std::unique_ptr<FleetStore> m_store;
    std::unique_ptr<HistoryRecorder> m_recorder; // hears what all below do to the end
    std::shared_ptr<RecordedHistory> m_recorded;
    std::unique_ptr<Journal> m_journal;
    std::unique_ptr<IncidentWatch> m_watch;
    std::unique_ptr<Acknowledgements> m_acknowledgements;
    std::vector<std::unique_ptr<IncidentRuntime>> m_incidents;
    std::vector<std::unique_ptr<MetricsRuntime>> m_metrics;
    std::vector<std::unique_ptr<SourceRuntime>> m_runtimes;
    std::unique_ptr<OperationRunner> m_runner; // last made, first gone: it uses all the others
};

} // namespace Stampdeck

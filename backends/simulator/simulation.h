// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "loadmodel.h"
#include "simstate.h"
#include "simulatorsettings.h"
#include "statefile.h"

#include "backends/api/action.h"
#include "backends/api/recording.h"
#include "backends/api/adapter.h"
#include "backends/api/result.h"

#include <QtCore/QHash>

#include <set>

namespace Stampdeck {

/// A fleet that lives: its load follows its people's day, things break and heal, and every write
/// has its consequences. No sockets, no threads, no clock: whoever owns it says what time it is.
///
/// Simulated time is that of the start plus the time that passed times the time scale; what is told
/// to the outside is in the outside's own time. Reads come from functions of seed, state and time,
/// so the same seed and the same writes give the same fleet. Not thread-safe.
class Simulation
{
public:
    /// \a now is the wall clock. Errors: those of a state file (ErrorKind::Invalid).
    [[nodiscard]] static Result<std::unique_ptr<Simulation>>
    create(const SimulatorSettings &settings, Timestamp now);
    ~Simulation();
    Q_DISABLE_COPY_MOVE(Simulation)

    /// Lets the fleet live until \a now; an earlier time than the last one changes nothing.
    void advance(Timestamp now);
    /// Everything the first time, then what changed since the last call.
    [[nodiscard]] FleetUpdate poll();
    /// Tries \a primitive under the rules of action.h, with the guards that a backend has of its
    /// own. On disk before it answers.
    [[nodiscard]] Result<WriteOutcome> perform(const Primitive &primitive,
                                               const WriteContext &context);
    /// How far \a primitive has come; changes nothing.
    [[nodiscard]] Result<WriteOutcome> observe(const Primitive &primitive) const;
    /// Under the rules of mark.h, by the wall clock. On disk before it answers.
    [[nodiscard]] Result<Timestamp> mark(const MarkRequest &request, const WriteContext &context);
    /// What was measured from \a from to \a to, a value every \a step, all signals when
    /// \a signalNames is empty. Errors: not-found, invalid.
    [[nodiscard]] Result<std::vector<Series>> history(const QStringList &stamps,
                                                      const QStringList &signalNames,
                                                      Timestamp from, Timestamp to,
                                                      std::chrono::milliseconds step) const;

    /// What a stamp can be made from.
    [[nodiscard]] const QList<Template> &templates() const { return m_templates; }

    [[nodiscard]] QString instance() const { return m_identity.instance; }
    /// A recording is played whose source was silent then: it must not answer. The first poll does,
    /// so that there is a fleet.
    [[nodiscard]] bool isSilent() const { return m_isSilent && m_polled; }
    /// As they are now; null for an unknown name.
    [[nodiscard]] StampPtr stamp(const QString &name) const;
    [[nodiscard]] TenantPtr tenant(const QString &id) const;
    /// What the stamp's own parts reserve, beside its tenants.
    [[nodiscard]] Demand baseOf(const QString &stamp) const;

private:
    using SimTime = Internal::SimTime;

    Simulation(const SimulatorSettings &settings, Internal::FleetState fleet,
               Internal::LoadModel model);

    [[nodiscard]] SimTime simulated(Timestamp wall) const;
    [[nodiscard]] Timestamp outward(SimTime time) const;

    void buildShapes();
    void reshape(int stamp, SimTime from);
    void settleStarted(SimTime until);
    void settleStamps(SimTime until);
    void forget(int stamp);
    void restore();
    void runRules(SimTime until);
    void runRule(int stamp, size_t component, SimTime time);
    void live(SimTime until);
    void beginPlay();
    void play(SimTime until);
    void playStamp(int index, size_t step);
    void playTenant(int index, size_t step, SimTime at);
    void playOperation(int index, size_t turn);
    static void holdStep(Internal::PlayedOperation &operation, int place);
    void holdTaken();
    void holdMoved(const QString &tenant);
    [[nodiscard]] QStringList takenStamps() const;
    [[nodiscard]] bool isTaken(const OperationStep &step, const QStringList &takenStamps) const;
    [[nodiscard]] QString moverOf(const Tenant &told) const;
    [[nodiscard]] OperationPtr told(const Internal::PlayedOperation &operation) const;
    [[nodiscard]] Timestamp outwardOf(Timestamp recorded) const;
    void put(int tenant, const Internal::TenantWritten &next, SimTime at);
    void publish();
    void publishPlayed(int index);
    void publishStamp(int index);
    [[nodiscard]] ScalingRule ruleTold(const Internal::RuleWritten &rule) const;
    /// Until then a stamp changes with every moment.
    [[nodiscard]] static SimTime settlesAt(const Internal::StampWritten &written);
    void publishTenant(int index);
    void markStamp(int index);
    void markTenant(int index);

    [[nodiscard]] Result<int> findStamp(const QString &name) const;
    [[nodiscard]] Result<int> findTenant(const QString &id) const;
    [[nodiscard]] QString stampRevision(int index, SimTime time) const;
    [[nodiscard]] QString tenantRevision(int index) const;
    [[nodiscard]] Resources resourcesOf(int stamp, const Internal::Measurement &measured) const;
    [[nodiscard]] Demand reservedOn(int stamp) const;
    [[nodiscard]] QList<Refusal> guardsAgainst(int tenant, int to,
                                               const WriteContext &context) const;
    [[nodiscard]] Result<void> checkRevision(const QString &expected, const QString &is,
                                             const QString &name, const QString &lastChange,
                                             const QString &by) const;
    [[nodiscard]] Result<void> checkMover(int tenant, const WriteContext &context) const;

    struct Outcome
    {
        Internal::Transaction transaction;
        WriteOutcome outcome;
    };
    [[nodiscard]] Result<Outcome> place(const PlaceTenant &p, const WriteContext &context) const;
    [[nodiscard]] Result<Outcome> shift(const ShiftTenant &p, const WriteContext &context) const;
    [[nodiscard]] Result<Outcome> retire(const RetireTenant &p, const WriteContext &context) const;
    [[nodiscard]] Result<Outcome> cordon(const CordonStamp &p, const WriteContext &context) const;
    [[nodiscard]] Result<Outcome> uncordon(const UncordonStamp &p,
                                           const WriteContext &context) const;
    [[nodiscard]] Result<Outcome> scale(const ScaleStamp &p, const WriteContext &context) const;
    [[nodiscard]] Result<Outcome> make(const CreateStamp &p, const WriteContext &context) const;
    [[nodiscard]] Result<Outcome> remove(const DeleteStamp &p, const WriteContext &context) const;
    [[nodiscard]] Result<void> checkSettled(int stamp) const;
    [[nodiscard]] WriteOutcome changeProgress(const QString &stamp,
                                              const Internal::StampWritten &written) const;
    [[nodiscard]] Result<WriteOutcome> probe(const ProbeTenant &p) const;
    [[nodiscard]] WriteOutcome scaleProgress(int stamp, const Internal::StampWritten &written,
                                             const ScaleSetting &to) const;
    [[nodiscard]] Result<void> commit(const Internal::Transaction &transaction);
    void takeMark(const Internal::MarkWritten &change);
    [[nodiscard]] Result<void> checkMarks(const Primitive &primitive,
                                          const WriteContext &context) const;
    [[nodiscard]] SimTime startDuration(const Internal::SimTenant &tenant) const;
    [[nodiscard]] Internal::StampWritten written(int stamp, const QString &change,
                                                 const WriteContext &context) const;
    [[nodiscard]] Internal::TenantWritten writtenTenant(int tenant, const QString &change,
                                                        const WriteContext &context) const;

    SimulatorSettings m_settings;
    Internal::FleetState m_fleet;
    Internal::LoadModel m_model;
    Internal::StateIdentity m_identity;
    std::unique_ptr<Internal::StateFile> m_file;
    Timestamp m_wall;
    SimTime m_now = 0;

    QHash<QString, int> m_stampIndex;
    QHash<QString, int> m_tenantIndex;
    QHash<QString, Internal::KeyRecord> m_keys;
    QHash<int, OptionalMark> m_stampMarks, m_tenantMarks; ///< By index; expired ones too.
    SimTime m_keysSweptAt = 0;

    std::set<std::pair<SimTime, int>> m_starting; ///< When, which tenant: placements that start.
    std::set<std::pair<SimTime, int>> m_changing; ///< When, which stamp: those that come or go.
    QStringList m_gone; ///< Stamps, since the last poll.
    QStringList m_goneTenants;

    /// What a recording does next.
    struct PlayStep
    {
        enum class What : quint8 { Operation, Stamp, Tenant, Silent, Answers };
        SimTime at = 0;
        What what = What::Stamp;
        int index = 0; ///< Of the operation, stamp or tenant,
        size_t step = 0; ///< and which of its turns or steps; behind the last turn: the end.
        /// Of what is at the same time: whose doing it is, who comes, who moves, who goes.
        int phase = 0;
    };
    std::shared_ptr<const Recording> m_recording; ///< Null where none is played.
    QString m_source; ///< Which of its sources.
    std::vector<PlayStep> m_play; ///< In order; empty where nothing is played.
    size_t m_nextPlay = 0;
    std::set<int> m_waiting; ///< Tenants whose stamp is not there yet.
    bool m_isSilent = false;
    std::vector<Internal::PlayedOperation> m_operations; ///< In the order of the recording.
    QHash<QString, int> m_operationIndex;
    QSet<QString> m_places; ///< Regions of what is played.
    QList<Template> m_templates;
    std::vector<std::pair<int, size_t>> m_ruled; ///< Stamps and components with a rule.
    SimTime m_rulesUntil = 0;

    /// What of a stamp has been told, and from when.
    struct Published
    {
        StampPtr stamp;
        SimTime measuredAt = 0;
        SimTime settlesAt = 0; ///< Until then it changes with every moment.
        std::vector<std::pair<QString, SimTime>> reasons; ///< Since when each holds.
    };
    std::vector<Published> m_stamps;
    std::vector<TenantPtr> m_tenants;
    std::vector<char> m_stampChanged, m_tenantChanged; ///< Since the last poll.
    std::vector<int> m_changedStamps, m_changedTenants;
    bool m_polled = false;
    quint64 m_revision = 0;
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "duration.h"
#include "fleetstore.h"
#include "journal.h"
#include "operationlanes.h"
#include "operationrunner.h"

#include <map>
#include <set>

namespace Stampdeck {

/// The part of OperationRunner that lives in its thread: accepts, runs, and journals.
///
/// An operation is a list of steps in lanes. Forward, the steps of a lane run one after the other
/// and at most ActionRequest::parallel lanes at once. Backward, the inverses of what succeeded are
/// appended to the journal and run in the same way. A step that was under way when its process
/// ended is tried again under its key first, so that what it did is known before it is taken back.
class OperationRunner::Engine final : public QObject
{
    Q_OBJECT
public:
    Engine(FleetStore &store, Journal &journal, PrimitiveExecutor &executor, Clock &clock);

    using OperationAnswer = std::shared_ptr<Answer<OperationPtr>>;

    [[nodiscard]] Result<QList<OperationPtr>> recover();
    /// \a undoes names the operation that the request takes back; empty for none.
    void submit(const ActionRequest &request, const QString &undoes, const OperationAnswer &answer);
    void control(const QString &operation, OperationVerb verb, const Asker &asker,
                 Adoption adoption, const OperationAnswer &answer);
    void pauseAll(const Asker &asker, PauseScope scope,
                  const std::shared_ptr<Answer<PauseReport>> &answer);
    [[nodiscard]] Result<ActionRequest> undoRequest(const QString &operation);
    void whenFinished(const QString &operation, const OperationAnswer &answer);

Q_SIGNALS:
    void operationChanged(const Stampdeck::OperationPtr &operation);

private:
    // How a target was when its moves were planned, and how it has been since (product.md: the
    // health gate).
    struct TargetWatch
    {
        Health health = Health::Unknown;
        std::optional<double> errorRatio;
        std::optional<double> latencyP99Ms;
        StampPtr last; // the observation looked at last
        int beyond = 0; // how many in a row were too bad
    };
    // What holds a lane up, and what would mend that; for people.
    struct Wait
    {
        QString why, mend;
        friend bool operator==(const Wait &, const Wait &) = default;
    };
    struct Running
    {
        JournalOperation record;
        OperationState endState = OperationState::Succeeded; // when nothing is left to do
        bool starting = true; // lanes that have not begun may begin
        Internal::Lanes lanes; // of the record
        std::set<int> open; // lanes that may have something left to do
        std::set<int> begun; // of those, the ones with a step tried that are not through
        bool held = false; // its marks are set, as far as its sources keep any
        bool holding = false; // they are being set: nothing is tried before
        bool ending = false; // they are being cleared: it is over
        bool isAdopted = false; // from elsewhere: what a backend has under way is watched first
        std::chrono::milliseconds heldAt{0}; // when its marks were set or renewed last
        std::chrono::milliseconds unheldSince{0}; // since when that is tried in vain; 0: it is not
        quint64 renewal = 0; // the one that is due
        std::set<int> active; // lanes with a step under way
        std::set<int> back; // lanes that are taken back
        std::set<int> again; // of those, lanes that go forward again once they are back
        std::set<int> halted; // lanes that wait for a person
        std::set<int> goOn; // lanes whose remote operation has to be told to go on
        std::set<int> giveUp; // lanes whose remote operation was told to give up
        QString failure; // what ended it, for people
        std::optional<ErrorKind> failureKind; // and for code
        QList<OperationAnswer> waiting; // for finished()
        std::optional<std::chrono::milliseconds> deadline; // Clock::elapsed(); no move starts after
        std::map<QString, TargetWatch> targets; // by id, where moves go
        Asker asker; // who asked last, for the audit trail
        std::optional<OperationState> shownState; // as it was shown last
        std::chrono::milliseconds shownAt{0}; // Clock::elapsed()
        bool toBeShown = false; // a timer for that runs
        std::map<int, Wait> waits; // what lanes wait for
        QString mend; // what would mend what it is paused for
    };
    // One try of one step.
    struct Attempt
    {
        QString operation;
        int step = -1;
        int failures = 0;
        std::chrono::milliseconds started{0}; // of this step in this process
        std::chrono::milliseconds firstFailure{0};
        std::chrono::milliseconds wait{0};
        bool isVerified = false; // a conflict was not about who runs the operation
    };
    using Then = std::function<void(const Result<void> &)>;

    void accepted(const ActionRequest &request, const QString &undoes, const QString &id,
                  const Plan &plan, const FleetVersion &version, const OperationAnswer &answer);
    void openLanes(Running &running);
    [[nodiscard]] bool nextOf(Running &running, int lane, int gate, bool gateShut, int *next);
    void pump(const QString &id);
    void tryStep(const Attempt &attempt);
    void observeLater(const Attempt &attempt);
    void observeStep(const Attempt &attempt);
    void observed(const Attempt &attempt, const Result<WriteOutcome> &outcome);
    void stepEnded(Running &running, JournalStep &step, StepState state, const QString &error);
    void stepFailed(Running &running, JournalStep &step, Attempt attempt, const Error &error);
    void turnBack(Running &running, int lane);
    [[nodiscard]] QString goneElsewhere(const Running &running, const JournalStep &step) const;
    [[nodiscard]] bool skipLane(Running &running, int lane, const QString &why);
    [[nodiscard]] bool waitForOthers(Running &running, JournalStep &step, Attempt attempt,
                                     const Error &error);
    void end(Running &running);
    void halt(Running &running, int lane, OperationState state, const QString &why);

    void pause(Running &running);
    [[nodiscard]] Result<void> resume(Running &running);
    void rollBack(Running &running);
    void cancel(Running &running);
    [[nodiscard]] Result<OperationPtr> apply(Running &running, OperationVerb verb,
                                             const Asker &asker);
    void passOn(const QString &source, const QString &operation, OperationVerb verb,
                const Asker &asker, const OperationAnswer &answer);
    [[nodiscard]] Result<Running *> adopt(const JournalOperation &record);
    void applyTo(const JournalOperation &record, OperationVerb verb, const Asker &asker,
                 const OperationAnswer &answer);
    void adoptMarked(const MarkedOperation &marked, const std::optional<JournalOperation> &known,
                     OperationVerb verb, const Asker &asker, const OperationAnswer &answer);

    // Marks: operationmarks.cpp
    [[nodiscard]] bool keepsMarks(const JournalOperation &record) const;
    /// Asks every source of \a record that keeps marks; clears them with an empty \a mode.
    void mark(const JournalOperation &record, std::optional<MarkMode> mode, const Then &then);
    /// Sets the marks of an operation that has none from this process, then pumps it.
    void hold(Running &running);
    void holdFailed(Running &running, const Error &error);
    void renewLater(Running &running, std::chrono::milliseconds delay);
    void renew(const QString &id, const Then &then);
    /// Somebody else runs it: it ends here, and nothing of it is touched any more.
    void lost(Running &running, const QString &who);
    void lookAtMarks(const FleetVersion &version);
    void finish(const QString &id);
    void lookForRequests();
    void setDeadline(Running &running);
    void lookAtDeadline(const QString &id, std::chrono::milliseconds deadline);
    [[nodiscard]] static bool isWaiting(const Running &running);
    void watchTargets(Running &running, const FleetVersion &version);
    void lookAtTargets(const FleetVersion &version);

    [[nodiscard]] Running *find(const QString &operation);
    /// Writes to the journal; an error there halts the operation, since nothing may be tried that
    /// was not written, and answers whoever waits.
    [[nodiscard]] bool enter(Running &running, const std::vector<int> &steps,
                             const QString &action = {}, const QString &outcome = {});
    /// The same, and shows how the operation stands then.
    [[nodiscard]] bool write(Running &running, const std::vector<int> &steps,
                             const QString &action = {}, const QString &outcome = {});
    void show(const JournalOperation &record);
    void show(Running &running);
    [[nodiscard]] OperationPtr shownOf(const Running &running);
    void wait(Running &running, int lane, const Wait &wait);
    void answerWaiting(Running &running);

    FleetStore &m_store;
    Journal &m_journal;
    PrimitiveExecutor &m_executor;
    Clock &m_clock;
    std::map<QString, Running> m_running;
    bool m_looking = false; // for requests of other processes
    std::optional<MoveTimes> m_times; // of the fleet at m_timesAt
    std::chrono::milliseconds m_timesAt{0};
    QHash<QString, QString> m_waitingRuns; // of operations that nobody runs, by id
    QHash<QString, QString> m_endedRuns; // the operation of each: what they left is cleared
    QSet<QString> m_clearing; // runs whose marks are being cleared
};

} // namespace Stampdeck

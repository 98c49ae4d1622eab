// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "joinedthread.h"
#include "planner.h"

#include <QtCore/QObject>

#include <functional>

namespace Stampdeck {

class FleetStore;
class Journal;

/// What the runner needs of the sources: one primitive, one question, one taking back. Thread-safe.
class PrimitiveExecutor
{
public:
    virtual ~PrimitiveExecutor() = default;
    [[nodiscard]] virtual FutureResult<WriteOutcome> perform(const QString &source,
                                                             const Primitive &primitive,
                                                             const WriteContext &context)
            = 0;
    [[nodiscard]] virtual FutureResult<WriteOutcome> observe(const QString &source,
                                                             const Primitive &primitive,
                                                             const WriteContext &context,
                                                             const QString &handle)
            = 0;
    [[nodiscard]] virtual FutureResult<WriteOutcome> cancel(const QString &source,
                                                            const Primitive &primitive,
                                                            const WriteContext &context,
                                                            const QString &handle)
            = 0;
    [[nodiscard]] virtual FutureResult<OperationPtr> control(const QString &source,
                                                             const QString &operation,
                                                             OperationVerb verb,
                                                             const WriteContext &context)
            = 0;
    /// See FleetAdapter::mark(); Unsupported from an executor that has no marks.
    [[nodiscard]] virtual FutureResult<Timestamp>
    mark(const QString &source, const MarkRequest &request, const WriteContext &context);
};

/// Whether an operation whose runner is gone may be taken over.
enum class Adoption : quint8 { No, Yes };

/// Who asks for something, and why.
struct Asker
{
    QString name;
    QString reason;
};

/// Which operations are paused at once.
enum class PauseScope : quint8 {
    Ours, ///< Those of this process.
    Everything, ///< Those of the other processes on this journal and of the backends too.
};

/// What became of a pause of all.
struct PauseReport
{
    QStringList paused; ///< Let no new move start from now on.
    QStringList asked; ///< Run by other processes, who were asked to pause them.
    std::vector<std::pair<QString, Error>> failed; ///< And could not be paused, with why.
};

/// Accepts operations, runs them, and keeps them in the journal: a saga of durable steps.
///
/// Every step is written to the journal before it is tried and after it ended, names its inverse,
/// and may be tried again under its idempotency key. So after a kill the next start finds the
/// operation paused where it was, and resume and rollback are the same lines for every action.
/// Has a thread of its own for the journal and the running; all functions are thread-safe.
class OperationRunner final : public QObject
{
    Q_OBJECT
public:
    OperationRunner(FleetStore &store, Journal &journal, PrimitiveExecutor &executor, Clock &clock,
                    QObject *parent = nullptr);
    ~OperationRunner() override;

    /// Reads the journal: operations that no process runs become Paused ("cut off at 2 of 4") or
    /// stay what they were; none is started. Once, before anything else.
    [[nodiscard]] Result<QList<OperationPtr>> recover();

    /// Plans \a request on the store's newest version, checks If-Match and every guard, reserves,
    /// journals and starts, as one transaction. Errors: Invalid, NotFound, Conflict (another
    /// writer, or a tenant in flight), Refused with refusals.
    [[nodiscard]] FutureResult<OperationPtr> submit(const ActionRequest &request);
    /// Pause, resume, cancel, roll back, undo. One of ours, or a backend's (passed on to it).
    /// Undo answers the new operation that takes the old one back. Resume and rollback take an
    /// orphaned one over with Adoption::Yes, and go on from what is observed: it is then this
    /// journal's. Conflict where another run of the operation holds its marks.
    [[nodiscard]] FutureResult<OperationPtr> control(const QString &operation, OperationVerb verb,
                                                     const Asker &asker,
                                                     Adoption adoption = Adoption::No);
    /// Pauses every operation that runs, and says which could not be.
    FutureResult<PauseReport> pauseAll(const Asker &asker,
                                       PauseScope scope = PauseScope::Everything);
    /// The request that would take \a operation back, for a plan to be shown first.
    [[nodiscard]] FutureResult<ActionRequest> undoRequest(const QString &operation);

    /// Ends when the operation is final or paused, with how it then stands.
    [[nodiscard]] FutureResult<OperationPtr> finished(const QString &operation);

Q_SIGNALS:
    void operationChanged(const Stampdeck::OperationPtr &operation);

private:
    class Engine;
    JoinedThread m_thread;
    Engine *m_engine = nullptr; // lives in m_thread, dies with it
};

} // namespace Stampdeck

Q_DECLARE_METATYPE(Stampdeck::OperationPtr)

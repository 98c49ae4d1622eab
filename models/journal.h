// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "planner.h"

#include <QtCore/QByteArray>

#include <memory>

namespace Stampdeck {

/// A step as the journal keeps it.
struct JournalStep
{
    int index = 0;
    int lane = 0;
    QString title;
    QString source;
    Primitive primitive;
    QString key; ///< Its idempotency key.
    QString expectedRevision;
    StepState state = StepState::Pending;
    QString handle; ///< The backend's operation, once it answered one.
    std::optional<Timestamp> startedAt;
    std::optional<Timestamp> endedAt;
    QString error;
    bool isInverse = false; ///< Added by a rollback.
    int inverseOf = -1; ///< The step that it takes back.
};

/// How an operation holds what it touches: by marks, where the sources keep them.
struct JournalHold
{
    QString run; ///< Of this operation, here: what its marks bear.
    bool marked = false; ///< They have been set, and not cleared.
    QString adoptedFrom; ///< Who ran it before; empty for an operation that began here.
    QString adoptedBy; ///< Who runs it elsewhere now: it has ended here.

    friend bool operator==(const JournalHold &, const JournalHold &) = default;
};

/// An operation as the journal keeps it: everything that a later process needs to go on.
struct JournalOperation
{
    QString id;
    ActionRequest request;
    QString target;
    OperationState state = OperationState::Pending;
    QString error;
    std::optional<ErrorKind> errorKind; ///< Of what made it fail or pause.
    QString undoes; ///< The operation that this one takes back; empty for none.
    QString owner; ///< The process that runs it: "host pid start".
    Timestamp createdAt;
    Timestamp updatedAt;
    QMap<QString, QString> instances; ///< Source name to the backend's identity then.
    std::vector<JournalStep> steps;
    JournalHold hold = {};

    /// As everybody sees it.
    [[nodiscard]] Operation shown() const;
};

/// One entry of the audit trail, chained to the one before by its hash.
struct AuditEntry
{
    qint64 sequence = 0;
    Timestamp at;
    QString actor;
    QString action; ///< "accepted", "paused", "resumed", "cancelled", "rolled-back", "succeeded", …
    QString operation;
    QString target;
    QString reason;
    QString outcome;
    QString detail; ///< JSON: kind, plan, refusals.
    QByteArray previous; ///< SHA-256 of the entry before; 32 zero bytes for the first.
    QByteArray hash; ///< SHA-256 over the fields above, each with its length before it.
};

/// What another process asks of the owner of an operation (interfaces.md: pause and cancel are
/// requests that the owner obeys).
struct JournalRequest
{
    QString operation;
    OperationVerb verb = OperationVerb::Pause;
    QString actor;
    QString reason;
    Timestamp at;

    friend bool operator==(const JournalRequest &, const JournalRequest &) = default;
};

/// The operations and the audit trail of one state directory: journal.db (SQLite, WAL,
/// synchronous=FULL), each append one immediate transaction.
///
/// Any thread may call, one connection for each; several processes may share a directory. An
/// operation belongs to the process that holds operations/ID.lock.
class Journal
{
public:
    ~Journal();
    Journal(const Journal &) = delete;
    Journal &operator=(const Journal &) = delete;

    /// Opens or makes the journal in \a stateDir (made with mode 0700). Errors: Unsupported for the
    /// schema of a newer version, Malformed for a file that is none of ours or broken, Denied where
    /// nothing can be written, NotNow for a full disk.
    [[nodiscard]] static Result<std::unique_ptr<Journal>> open(const QString &stateDir);

    [[nodiscard]] QString stateDir() const;

    /// Writes a new operation with all of its steps, and its audit entry, as one. The sequence and
    /// the hashes of an entry are filled in here. ErrorKind::Conflict when the id is taken.
    [[nodiscard]] Result<void> begin(const JournalOperation &operation, const AuditEntry &entry);
    /// Writes state, error, owner and the steps at \a changed (all when empty), with an audit entry
    /// when there is one. Steps that the journal has not yet are added.
    [[nodiscard]] Result<void> update(const JournalOperation &operation,
                                      const std::vector<int> &changed,
                                      const std::optional<AuditEntry> &entry = {});
    [[nodiscard]] Result<JournalOperation> operation(const QString &id) const;
    /// Every operation that is not final, and the newest \a recent of the final ones; the oldest
    /// first.
    [[nodiscard]] Result<QList<JournalOperation>> operations(int recent = 200) const;

    [[nodiscard]] Result<void> append(AuditEntry entry);
    /// Entries from \a after on, oldest first, at most \a count.
    [[nodiscard]] Result<QList<AuditEntry>> audit(qint64 after = 0, int count = 1000) const;
    [[nodiscard]] Result<qint64> auditCount() const;
    /// Recomputes the chain: how many entries hold, or an error of ErrorKind::Malformed that names
    /// the first that doesn't: changed, missing (at the end too) or out of order.
    [[nodiscard]] Result<qint64> verifyAudit() const;

    /// Takes the lock of an operation; an error of ErrorKind::Conflict names the process that holds
    /// it and since when.
    [[nodiscard]] Result<void> lock(const QString &operation);
    void unlock(const QString &operation);
    /// Who holds it: "host pid start"; empty when nobody that lives does.
    [[nodiscard]] QString holder(const QString &operation) const;

    /// Leaves \a request for the process that holds the lock of its operation.
    [[nodiscard]] Result<void> post(const JournalRequest &request);
    /// Takes the requests for \a operations, oldest first; for their owner, who looks every now
    /// and then. Costs next to nothing while there are none.
    [[nodiscard]] Result<QList<JournalRequest>> takeRequests(const QStringList &operations);

private:
    explicit Journal(const QString &stateDir);
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace Stampdeck

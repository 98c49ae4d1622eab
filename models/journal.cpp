// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal.h"

#include "crashpoint.h"
#include "filelock.h"
#include "primitivejson.h"
#include "sqlite.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QCryptographicHash>
#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonDocument>
#include <QtCore/QMutex>
#include <QtCore/QUrl>
#include <QtCore/QtEndian>

#include <map>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace Internal;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Journal)
};

/// PRAGMA application_id of a journal: "StJ1". A database with another one is not ours.
constexpr int applicationId = 0x53744a31;

/// What brings a journal of version N to N + 1, by N. Never change one that has shipped: add one.
const QList<QStringList> &migrations()
{
    static const QList<QStringList> all = {
        {
            uR"(CREATE TABLE operation (
                          id TEXT PRIMARY KEY, request TEXT NOT NULL, target TEXT NOT NULL,
                          state TEXT NOT NULL, final INTEGER NOT NULL, error TEXT NOT NULL,
                          undoes TEXT NOT NULL, owner TEXT NOT NULL, created_at INTEGER NOT NULL,
                          updated_at INTEGER NOT NULL, instances TEXT NOT NULL,
                          error_kind TEXT NOT NULL) WITHOUT ROWID)"_s,
            u"CREATE INDEX operation_age ON operation (final, created_at)"_s,
            uR"(CREATE TABLE step (
                          operation TEXT NOT NULL, number INTEGER NOT NULL, lane INTEGER NOT NULL,
                          title TEXT NOT NULL, source TEXT NOT NULL, primitive TEXT NOT NULL,
                          key TEXT NOT NULL, expected_revision TEXT NOT NULL, state TEXT NOT NULL,
                          handle TEXT NOT NULL, started_at INTEGER, ended_at INTEGER,
                          error TEXT NOT NULL, is_inverse INTEGER NOT NULL,
                          inverse_of INTEGER NOT NULL,
                          PRIMARY KEY (operation, number)) WITHOUT ROWID)"_s,
            uR"(CREATE TABLE audit (
                          sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL,
                          action TEXT NOT NULL, operation TEXT NOT NULL, target TEXT NOT NULL,
                          reason TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL,
                          previous BLOB NOT NULL, hash BLOB NOT NULL))"_s,
            // How many entries there are and the hash of the last: a tail that was cut off
            // would leave a chain that holds.
            uR"(CREATE TABLE audit_tail (
                          one INTEGER PRIMARY KEY CHECK (one = 1), count INTEGER NOT NULL,
                          hash BLOB NOT NULL))"_s,
            u"INSERT INTO audit_tail VALUES (1, 0, zeroblob(32))"_s,
            uR"(CREATE TABLE request (
                          number INTEGER PRIMARY KEY AUTOINCREMENT, operation TEXT NOT NULL,
                          verb TEXT NOT NULL, actor TEXT NOT NULL, reason TEXT NOT NULL,
                          at INTEGER NOT NULL))"_s,
        },
        {
            // In which order they were accepted: a clock can be set back.
            u"ALTER TABLE operation ADD COLUMN number INTEGER NOT NULL DEFAULT 0"_s,
            uR"(UPDATE operation SET number = (
                          SELECT count(*) FROM operation AS other
                          WHERE (other.created_at, other.id)
                                <= (operation.created_at, operation.id)))"_s,
            u"DROP INDEX operation_age"_s,
            u"CREATE INDEX operation_order ON operation (final, number)"_s,
            u"CREATE UNIQUE INDEX operation_number ON operation (number)"_s,
        },
        {
            // JSON: how it is marked on the objects that it touches, and who else runs it.
            u"ALTER TABLE operation ADD COLUMN hold TEXT NOT NULL DEFAULT '{}'"_s,
        },
    };
    return all;
}

// --- Values

/// As SQLite gives it back: never NULL, and well-formed Unicode, so that a hash over it stays
/// right.
QString clean(const QString &text)
{
    const QString well = QString::fromUtf8(text.toUtf8());
    return well.isNull() ? u""_s : well;
}

qint64 toMs(Timestamp time)
{
    return time.time_since_epoch().count();
}

Timestamp fromMs(qint64 ms)
{
    return Timestamp(std::chrono::milliseconds(ms));
}

QVariant toMs(const std::optional<Timestamp> &time)
{
    return time ? QVariant(toMs(*time)) : QVariant(QMetaType::fromType<qint64>());
}

std::optional<Timestamp> optionalTime(const QVariant &value)
{
    return value.isNull() ? std::nullopt : std::optional(fromMs(value.toLongLong()));
}

QString kindWord(const std::optional<ErrorKind> &kind)
{
    return kind ? toString(*kind) : u""_s;
}

QString compact(const QJsonObject &json)
{
    return QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact));
}

QJsonObject parsed(const QVariant &text)
{
    return QJsonDocument::fromJson(text.toString().toUtf8()).object();
}

QByteArray bigEndian(qint64 number)
{
    QByteArray bytes(8, Qt::Uninitialized);
    qToBigEndian(number, bytes.data());
    return bytes;
}

/// SHA-256 over every field with its length before it, so that no text can slip into the next
/// field.
QByteArray hashOf(const AuditEntry &entry)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    const auto add = [&hash](const QByteArray &bytes) {
        hash.addData(bigEndian(bytes.size()));
        hash.addData(bytes);
    };
    add(bigEndian(entry.sequence));
    add(bigEndian(toMs(entry.at)));
    for (const QString *text : {&entry.actor, &entry.action, &entry.operation, &entry.target,
                                &entry.reason, &entry.outcome, &entry.detail})
        add(text->toUtf8());
    add(entry.previous);
    return hash.result();
}

AuditEntry entryOf(const QSqlQuery &row)
{
    AuditEntry entry;
    entry.sequence = row.value(0).toLongLong();
    entry.at = fromMs(row.value(1).toLongLong());
    entry.actor = row.value(2).toString();
    entry.action = row.value(3).toString();
    entry.operation = row.value(4).toString();
    entry.target = row.value(5).toString();
    entry.reason = row.value(6).toString();
    entry.outcome = row.value(7).toString();
    entry.detail = row.value(8).toString();
    entry.previous = row.value(9).toByteArray();
    entry.hash = row.value(10).toByteArray();
    return entry;
}

constexpr QStringView auditColumns =
    u"sequence, at, actor, action, operation, target, reason, outcome, detail, previous, hash";

/// Appends within the caller's transaction, which has read the last hash.
Result<void> appendEntry(const SqliteConnection &connection, AuditEntry entry)
{
    auto tail = connection.exec(u"SELECT count, hash FROM audit_tail"_s);
    if (!tail)
        return fail(tail.error());
    qint64 count = 0;
    entry.previous = QByteArray(32, '\0');
    if (tail->next()) {
        count = tail->value(0).toLongLong();
        entry.previous = tail->value(1).toByteArray();
    }
    tail->finish();
    const auto last = connection.value(u"SELECT coalesce(max(sequence), 0) FROM audit"_s);
    if (!last)
        return fail(last.error());
    // The two differ only when somebody changed the trail: that is for verifyAudit() to say, and
    // must not keep anybody from rolling a move back.
    entry.sequence = std::max(count, last->toLongLong()) + 1;
    for (QString *text : {&entry.actor, &entry.action, &entry.operation, &entry.target,
                          &entry.reason, &entry.outcome, &entry.detail})
        *text = clean(*text);
    entry.hash = hashOf(entry);
    return connection
        .exec(
            u"INSERT INTO audit (%1) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"_s.arg(auditColumns),
            {entry.sequence, toMs(entry.at), entry.actor, entry.action, entry.operation,
             entry.target, entry.reason, entry.outcome, entry.detail, entry.previous, entry.hash})
        .and_then([&](const QSqlQuery &) {
            return connection.exec(u"INSERT OR REPLACE INTO audit_tail VALUES (1, ?, ?)"_s,
                                   {count + 1, entry.hash});
        })
        .map([](const QSqlQuery &) {});
}

Result<void> writeStep(const SqliteConnection &connection, const QString &operation,
                       const JournalStep &step)
{
    return connection
        .exec(u"INSERT OR REPLACE INTO step VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"_s,
              {operation, step.index, step.lane, clean(step.title), clean(step.source),
               compact(toJson(step.primitive)), clean(step.key), clean(step.expectedRevision),
               toString(step.state), clean(step.handle), toMs(step.startedAt), toMs(step.endedAt),
               clean(step.error), int(step.isInverse), step.inverseOf})
        .map([](const QSqlQuery &) {});
}

QJsonObject holdToJson(const JournalHold &hold)
{
    QJsonObject json;
    const auto add = [&json](const QString &name, const QString &text) {
        if (!text.isEmpty())
            json[name] = text;
    };
    add(u"run"_s, hold.run);
    add(u"adoptedFrom"_s, hold.adoptedFrom);
    add(u"adoptedBy"_s, hold.adoptedBy);
    if (hold.marked)
        json[u"marked"_s] = true;
    return json;
}

JournalHold holdFromJson(const QJsonObject &json)
{
    return {json[u"run"_s].toString(), json[u"marked"_s].toBool(),
            json[u"adoptedFrom"_s].toString(), json[u"adoptedBy"_s].toString()};
}

constexpr QStringView stepColumns =
    u"number, lane, title, source, primitive, key, expected_revision, state, handle, "
    "started_at, ended_at, error, is_inverse, inverse_of";

constexpr QStringView operationColumns =
    u"id, request, target, state, error, undoes, owner, created_at, updated_at, "
          "instances, error_kind, hold";

Error damaged(const QString &operation, const Error &why)
{
    return Error::of(ErrorKind::Malformed,
                     Words::tr("the journal's record of operation %1 is damaged: %2")
                         .arg(operation, why.message),
                     why.detail);
}

Error damaged(const QString &operation, const QString &what)
{
    return damaged(operation, Error::of(ErrorKind::Malformed, what));
}

Result<JournalOperation> operationOf(const SqliteConnection &connection, const QSqlQuery &row)
{
    JournalOperation operation;
    operation.id = row.value(0).toString();
    const auto request = actionRequestFromJson(parsed(row.value(1)));
    if (!request)
        return fail(damaged(operation.id, request.error()));
    operation.request = *request;
    operation.target = row.value(2).toString();
    const auto state = fromString<OperationState>(QStringView(row.value(3).toString()));
    if (!state)
        return fail(damaged(operation.id, Words::tr("an unknown state")));
    operation.state = *state;
    operation.error = row.value(4).toString();
    operation.undoes = row.value(5).toString();
    operation.owner = row.value(6).toString();
    operation.createdAt = fromMs(row.value(7).toLongLong());
    operation.updatedAt = fromMs(row.value(8).toLongLong());
    const QJsonObject instances = parsed(row.value(9));
    for (auto it = instances.begin(); it != instances.end(); ++it)
        operation.instances.insert(it.key(), it.value().toString());
    operation.errorKind = errorKindFromString(row.value(10).toString());
    operation.hold = holdFromJson(parsed(row.value(11)));

    auto steps = connection.exec(
        u"SELECT %1 FROM step WHERE operation = ? ORDER BY number"_s.arg(stepColumns),
        {operation.id});
    if (!steps)
        return fail(steps.error());
    while (steps->next()) {
        JournalStep step;
        step.index = steps->value(0).toInt();
        step.lane = steps->value(1).toInt();
        // A step stands at its index, and no lane begins before its number.
        if (step.index != int(operation.steps.size()) || step.lane < 0 || step.lane > step.index)
            return fail(
                damaged(operation.id, Words::tr("step %1 is out of order").arg(step.index)));
        step.title = steps->value(2).toString();
        step.source = steps->value(3).toString();
        const auto primitive = primitiveFromJson(parsed(steps->value(4)));
        if (!primitive)
            return fail(damaged(operation.id, primitive.error()));
        step.primitive = *primitive;
        step.key = steps->value(5).toString();
        step.expectedRevision = steps->value(6).toString();
        const auto stepState = fromString<StepState>(QStringView(steps->value(7).toString()));
        if (!stepState)
            return fail(
                damaged(operation.id, Words::tr("an unknown state of step %1").arg(step.index)));
        step.state = *stepState;
        step.handle = steps->value(8).toString();
        step.startedAt = optionalTime(steps->value(9));
        step.endedAt = optionalTime(steps->value(10));
        step.error = steps->value(11).toString();
        step.isInverse = steps->value(12).toBool();
        step.inverseOf = steps->value(13).toInt();
        operation.steps.push_back(std::move(step));
    }
    if (auto ended = connection.ended(*steps); !ended)
        return fail(ended.error());
    return operation;
}

} // namespace

class Journal::Private
{
public:
    explicit Private(const QString &dir)
        : stateDir(dir)
        , file(dir + u"/journal.db"_s,
               {u"journal"_s, applicationId,
                {u"journal_mode = WAL"_s, u"synchronous = FULL"_s}, migrations(), {}})
    { }

    [[nodiscard]] Result<SqliteConnection> connection() const { return file.connection(); }
    [[nodiscard]] QString lockPath(const QString &operation) const;
    /// \a write as one immediate transaction, with a crash point before and after.
    template<typename Write>
    [[nodiscard]] Result<void> transact(const char *before, const char *after, Write write) const;

    const QString stateDir;
    const SqliteFile file;
    QMutex mutex; // guards locks
    std::map<QString, FileLock> locks;
};

QString Journal::Private::lockPath(const QString &operation) const
{
    // An id may come from a person: nothing in it may lead out of the folder.
    return stateDir + u"/operations/"_s + QString::fromLatin1(QUrl::toPercentEncoding(operation))
        + u".lock"_s;
}

template<typename Write>
Result<void> Journal::Private::transact(const char *before, const char *after, Write write) const
{
    crashPoint(before);
    if (auto written = file.transact(write); !written)
        return written;
    crashPoint(after);
    return {};
}

Operation JournalOperation::shown() const
{
    Operation shown;
    shown.id = id;
    shown.kind = toString(request.kind);
    shown.target = target;
    shown.state = state;
    shown.error = error;
    shown.errorKind = errorKind;
    shown.reason = request.reason;
    shown.createdBy = request.actor;
    shown.createdAt = createdAt;
    shown.updatedAt = updatedAt;
    shown.steps.reserve(qsizetype(steps.size()));
    int forward = 0;
    int done = 0;
    for (const JournalStep &step : steps) {
        shown.steps.append({step.title, step.state, step.startedAt, step.endedAt, step.error,
                            tenantOf(step.primitive), step.source});
        if (!step.handle.isEmpty())
            shown.carriedBy.append(step.handle);
        if (!step.isInverse) {
            ++forward;
            done += step.state == StepState::Succeeded;
        }
    }
    // Steps that were not needed count where all of it was reached, and nowhere else.
    if (state == OperationState::Paused) {
        shown.blocked = error.isEmpty() ? Words::tr("somebody paused it") : error;
        shown.mend = Words::tr("resume it, or roll it back");
    }
    shown.progress = state == OperationState::Succeeded ? 1 : forward > 0 ? double(done) / forward : 0;
    return shown;
}

Journal::Journal(const QString &stateDir)
    : d(std::make_unique<Private>(stateDir))
{ }

Journal::~Journal() = default;

Result<std::unique_ptr<Journal>> Journal::open(const QString &stateDir)
{
    const QString dir = QDir::cleanPath(QDir(stateDir).absolutePath());
    const QString operations = dir + u"/operations"_s;
    auto made = makeStateFolder(dir);
    if (made && !QFileInfo::exists(operations)) // what stands in the way there a lock will name
        made = makeStateFolder(operations);
    if (!made)
        return fail(made.error());
    std::unique_ptr<Journal> journal(new Journal(dir));
    if (auto opened = journal->d->file.open(); !opened)
        return fail(opened.error());
    return journal;
}

QString Journal::stateDir() const
{
    return d->stateDir;
}

Result<void> Journal::begin(const JournalOperation &operation, const AuditEntry &entry)
{
    return d->transact(
        "journal begin: before", "journal begin: after",
        [&](const SqliteConnection &connection) -> Result<void> {
            QJsonObject instances;
            for (auto it = operation.instances.begin(); it != operation.instances.end(); ++it)
                instances[it.key()] = it.value();
            const auto written = connection.exec(
                u"INSERT INTO operation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                "(SELECT coalesce(max(number), 0) + 1 FROM operation), ?)"_s,
                {operation.id, compact(toJson(operation.request)), clean(operation.target),
                 toString(operation.state), int(isFinal(operation.state)), clean(operation.error),
                 clean(operation.undoes), clean(operation.owner), toMs(operation.createdAt),
                 toMs(operation.updatedAt), compact(instances), kindWord(operation.errorKind),
                 compact(holdToJson(operation.hold))});
            if (!written)
                return fail(written.error());
            for (const JournalStep &step : operation.steps) {
                if (auto done = writeStep(connection, operation.id, step); !done)
                    return done;
            }
            return appendEntry(connection, entry);
        });
}

Result<void> Journal::update(const JournalOperation &operation, const std::vector<int> &changed,
                             const std::optional<AuditEntry> &entry)
{
    return d->transact(
        "journal update: before", "journal update: after",
        [&](const SqliteConnection &connection) -> Result<void> {
            const auto written = connection.exec(
                u"UPDATE operation SET state = ?, final = ?, error = ?, owner = ?, "
                "updated_at = ?, error_kind = ?, hold = ? WHERE id = ?"_s,
                {toString(operation.state), int(isFinal(operation.state)), clean(operation.error),
                 clean(operation.owner), toMs(operation.updatedAt), kindWord(operation.errorKind),
                 compact(holdToJson(operation.hold)), operation.id});
            if (!written)
                return fail(written.error());
            if (written->numRowsAffected() != 1) {
                return fail(ErrorKind::NotFound,
                            Words::tr("the journal has no operation %1").arg(operation.id));
            }
            if (changed.empty()) {
                for (const JournalStep &step : operation.steps) {
                    if (auto done = writeStep(connection, operation.id, step); !done)
                        return done;
                }
            }
            for (const int index : changed) {
                // A step stands at its index; -1 is none.
                if (index < 0 || size_t(index) >= operation.steps.size())
                    continue;
                const JournalStep &step = operation.steps[size_t(index)];
                if (auto done = writeStep(connection, operation.id, step); !done)
                    return done;
            }
            return entry ? appendEntry(connection, *entry) : Result<void>();
        });
}

Result<JournalOperation> Journal::operation(const QString &id) const
{
    return d->file.read([&](const SqliteConnection &connection) -> Result<JournalOperation> {
        auto rows =
            connection.exec(u"SELECT %1 FROM operation WHERE id = ?"_s.arg(operationColumns), {id});
        if (!rows)
            return fail(rows.error());
        if (!rows->next())
            return fail(ErrorKind::NotFound, Words::tr("the journal has no operation %1").arg(id));
        return operationOf(connection, *rows);
    });
}

Result<QList<JournalOperation>> Journal::operations(int recent) const
{
    return d->file.read([&](const SqliteConnection &connection) -> Result<QList<JournalOperation>> {
        auto rows = connection.exec(
            u"SELECT * FROM (SELECT %1, number FROM operation WHERE final = 0 UNION ALL "
            "SELECT * FROM (SELECT %1, number FROM operation WHERE final = 1 "
            "ORDER BY number DESC LIMIT ?)) ORDER BY number"_s.arg(
                operationColumns),
            {recent});
        if (!rows)
            return fail(rows.error());
        QList<JournalOperation> operations;
        while (rows->next()) {
            auto operation = operationOf(connection, *rows);
            if (!operation)
                return fail(operation.error());
            operations.append(std::move(*operation));
        }
        if (auto ended = connection.ended(*rows); !ended)
            return fail(ended.error());
        return operations;
    });
}

Result<void> Journal::append(AuditEntry entry)
{
    return d->transact(
        "journal audit: before", "journal audit: after",
        [&](const SqliteConnection &connection) { return appendEntry(connection, std::move(entry)); });
}

Result<QList<AuditEntry>> Journal::audit(qint64 after, int count) const
{
    const auto connection = d->connection();
    if (!connection)
        return fail(connection.error());
    auto rows = connection->exec(
        u"SELECT %1 FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?"_s.arg(auditColumns),
        {after, count});
    if (!rows)
        return fail(rows.error());
    QList<AuditEntry> entries;
    while (rows->next())
        entries.append(entryOf(*rows));
    if (auto ended = connection->ended(*rows); !ended)
        return fail(ended.error());
    return entries;
}

Result<qint64> Journal::auditCount() const
{
    return d->connection()
        .and_then([](const SqliteConnection &connection) {
            return connection.value(u"SELECT count(*) FROM audit"_s);
        })
        .map([](const QVariant &count) { return count.toLongLong(); });
}

Result<qint64> Journal::verifyAudit() const
{
    return d->file.read([&](const SqliteConnection &connection) -> Result<qint64> {
        const auto broken = [](qint64 sequence, const QString &what) {
            return fail(ErrorKind::Malformed, what.arg(sequence));
        };

        auto rows = connection.exec(
            u"SELECT %1, typeof(sequence) || typeof(at) || typeof(actor) || typeof(action) || "
            "typeof(operation) || typeof(target) || typeof(reason) || typeof(outcome) || "
            "typeof(detail) || typeof(previous) || typeof(hash) FROM audit ORDER BY sequence"_s.arg(
                auditColumns));
        if (!rows)
            return fail(rows.error());
        qint64 count = 0;
        QByteArray last(32, '\0');
        while (rows->next()) {
            const AuditEntry entry = entryOf(*rows);
            if (entry.sequence != count + 1)
                return broken(count + 1, Words::tr("audit entry %1 is missing"));
            if (entry.previous != last)
                return broken(entry.sequence,
                              Words::tr("audit entry %1 does not follow on the one before"));
            if (rows->value(11).toString() != u"integerintegertexttexttexttexttexttexttextblobblob"
                || entry.hash != hashOf(entry)) {
                return broken(entry.sequence, Words::tr("audit entry %1 was changed"));
            }
            last = entry.hash;
            ++count;
        }
        if (auto ended = connection.ended(*rows); !ended)
            return fail(ended.error());

        auto tail = connection.exec(u"SELECT count, hash FROM audit_tail"_s);
        if (!tail)
            return fail(tail.error());
        if (!tail->next())
            return fail(ErrorKind::Malformed,
                        Words::tr("the end of the audit trail is not known any more"));
        const qint64 expected = tail->value(0).toLongLong();
        if (count < expected)
            return broken(count + 1, Words::tr("audit entry %1 is missing"));
        if (count > expected)
            return broken(expected + 1, Words::tr("audit entry %1 was added by somebody else"));
        if (tail->value(1).toByteArray() != last)
            return broken(count, Words::tr("audit entry %1 is not the last that was written"));
        return count;
    });
}

Result<void> Journal::lock(const QString &operation)
{
    auto taken = FileLock::tryAcquire(d->lockPath(operation));
    if (!taken) {
        const Error &error = taken.error();
        if (error.kind != ErrorKind::Conflict)
            return fail(error);
        const QStringList words = error.detail.split(u' ');
        const QString who = words.size() == 3
            ? Words::tr("process %1 on %2, running since %3").arg(words[1], words[0], words[2])
            : Words::tr("another process");
        return fail(ErrorKind::Conflict,
                    Words::tr("operation %1 is held by %2").arg(operation, who), error.detail);
    }
    const QMutexLocker guard(&d->mutex);
    d->locks[operation] = std::move(*taken);
    return {};
}

void Journal::unlock(const QString &operation)
{
    const QMutexLocker guard(&d->mutex);
    d->locks.erase(operation);
}

QString Journal::holder(const QString &operation) const
{
    return FileLock::holder(d->lockPath(operation));
}

Result<void> Journal::post(const JournalRequest &request)
{
    return d->transact(
        "journal request: before", "journal request: after", [&](const SqliteConnection &connection) {
            return connection
                .exec(u"INSERT INTO request (operation, verb, actor, reason, at) "
                      "VALUES (?, ?, ?, ?, ?)"_s,
                      {request.operation, toString(request.verb), clean(request.actor),
                       clean(request.reason), toMs(request.at)})
                .map([](const QSqlQuery &) {});
        });
}

Result<QList<JournalRequest>> Journal::takeRequests(const QStringList &operations)
{
    const auto connection = d->connection();
    if (!connection)
        return fail(connection.error());
    // Looked at without a transaction first: this is asked every now and then, mostly for nothing.
    const auto waiting = connection->value(u"SELECT count(*) FROM request"_s);
    if (!waiting)
        return fail(waiting.error());
    QList<JournalRequest> taken;
    if (waiting->toInt() == 0 || operations.isEmpty())
        return taken;
    const auto done = d->transact(
        "journal take: before", "journal take: after",
        [&](const SqliteConnection &inside) -> Result<void> {
            auto rows = inside.exec(u"SELECT number, operation, verb, actor, reason, at "
                                    "FROM request ORDER BY number"_s);
            if (!rows)
                return fail(rows.error());
            QVariantList numbers;
            while (rows->next()) {
                const QString operation = rows->value(1).toString();
                if (!operations.contains(operation))
                    continue;
                numbers.append(rows->value(0));
                const QString word = rows->value(2).toString();
                if (const auto verb = fromString<OperationVerb>(QStringView(word))) {
                    taken.append({operation, *verb, rows->value(3).toString(),
                                  rows->value(4).toString(), fromMs(rows->value(5).toLongLong())});
                }
            }
            if (auto ended = inside.ended(*rows); !ended)
                return ended;
            rows->finish();
            for (const QVariant &number : numbers) {
                if (auto gone = inside.exec(u"DELETE FROM request WHERE number = ?"_s, {number});
                    !gone)
                    return fail(gone.error());
            }
            return {};
        });
    if (!done)
        return fail(done.error());
    return taken;
}

} // namespace Stampdeck

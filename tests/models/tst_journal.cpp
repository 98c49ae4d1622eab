// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/filelock.h"
#include "models/journal.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtSql/QSqlDatabase>
#include <QtSql/QSqlError>
#include <QtSql/QSqlQuery>

#include <atomic>
#include <csignal>
#include <thread>

#include <sys/resource.h>
#include <unistd.h>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

namespace {

Timestamp at(int second)
{
    return *fromRfc3339(u"2026-01-02T03:04:05Z") + std::chrono::seconds(second);
}

JournalOperation moveOf(const QString &id, int second = 0)
{
    JournalOperation operation;
    operation.id = id;
    operation.request.kind = ActionKind::Move;
    operation.request.tenants = {u"prod/acme"_s};
    operation.request.to = u"prod/eu-2"_s;
    operation.request.actor = u"ann"_s;
    operation.request.reason = u"noisy \u20ac"_s;
    operation.target = u"acme to eu-2"_s;
    operation.state = OperationState::Running;
    operation.owner = processName();
    operation.createdAt = at(second);
    operation.updatedAt = at(second);
    operation.instances = {{u"prod"_s, u"fleet-77"_s}};
    const std::vector<Primitive> primitives = {
        PlaceTenant{u"acme"_s, u"eu-1"_s, u"eu-2"_s}, ProbeTenant{u"acme"_s, u"eu-2"_s},
        ShiftTenant{u"acme"_s, u"eu-1"_s, u"eu-2"_s}, RetireTenant{u"acme"_s, u"eu-1"_s}};
    for (size_t i = 0; i < primitives.size(); ++i) {
        JournalStep step;
        step.index = int(i);
        step.title = u"step %1"_s.arg(i);
        step.source = u"prod"_s;
        step.primitive = primitives[i];
        step.key = u"%1-%2"_s.arg(id).arg(i);
        operation.steps.push_back(step);
    }
    return operation;
}

AuditEntry entryOf(const QString &operation, const QString &action = u"accepted"_s)
{
    AuditEntry entry;
    entry.at = at(0);
    entry.actor = u"ann"_s;
    entry.action = action;
    entry.operation = operation;
    entry.target = u"acme to eu-2"_s;
    entry.reason = u"noisy neighbour"_s;
    entry.outcome = u"running"_s;
    entry.detail = uR"({"kind":"move"})"_s;
    return entry;
}

bool same(const JournalOperation &a, const JournalOperation &b)
{
    if (a.id != b.id || !(a.request == b.request) || a.target != b.target || a.state != b.state
        || a.error != b.error || a.errorKind != b.errorKind || a.undoes != b.undoes || a.owner != b.owner
        || a.createdAt != b.createdAt || a.updatedAt != b.updatedAt || a.instances != b.instances
        || a.steps.size() != b.steps.size())
        return false;
    for (size_t i = 0; i < a.steps.size(); ++i) {
        const JournalStep &s = a.steps[i];
        const JournalStep &t = b.steps[i];
        if (s.index != t.index || s.lane != t.lane || s.title != t.title || s.source != t.source
            || !(s.primitive == t.primitive) || s.key != t.key
            || s.expectedRevision != t.expectedRevision || s.state != t.state
            || s.handle != t.handle || s.startedAt != t.startedAt || s.endedAt != t.endedAt
            || s.error != t.error || s.isInverse != t.isInverse || s.inverseOf != t.inverseOf)
            return false;
    }
    return true;
}

/// Runs \a sql on the file as somebody else would; the journal must be closed.
bool tamper(const QString &file, const QStringList &sql)
{
    bool good = true;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"tamper"_s);
        database.setDatabaseName(file);
        good = database.open();
        for (const QString &one : sql) {
            QSqlQuery query(database);
            good = query.exec(one) && good;
        }
        database.close();
    }
    QSqlDatabase::removeDatabase(u"tamper"_s);
    return good;
}

} // namespace

class TestJournal : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        Testing::strict();
        m_dir = std::make_unique<QTemporaryDir>();
        QVERIFY(m_dir->isValid());
        m_state = m_dir->filePath(u"state"_s);
    }

    void anOperationComesBackAsItWas()
    {
        JournalOperation operation = moveOf(u"op-1"_s);
        {
            auto journal = Journal::open(m_state);
            VERIFY_RESULT(journal);
            VERIFY_RESULT((*journal)->begin(operation, entryOf(operation.id)));
            operation.steps[0].state = StepState::Succeeded;
            operation.steps[0].startedAt = at(1);
            operation.steps[0].endedAt = at(2);
            operation.steps[0].handle = u"backend-9"_s;
            operation.steps[1].error = u"not yet"_s;
            operation.state = OperationState::RollingBack;
            operation.error = u"the target degraded"_s;
            operation.errorKind = ErrorKind::Refused;
            operation.updatedAt = at(3);
            JournalStep inverse;
            inverse.index = 4;
            inverse.title = u"take it back"_s;
            inverse.source = u"prod"_s;
            inverse.primitive = RetireTenant{u"acme"_s, u"eu-2"_s};
            inverse.key = u"op-1-4"_s;
            inverse.isInverse = true;
            inverse.inverseOf = 0;
            operation.steps.push_back(inverse);
            VERIFY_RESULT((*journal)->update(operation, {0, 1, 4}));
        }
        auto journal = Journal::open(m_state);
        VERIFY_RESULT(journal);
        const auto read = (*journal)->operation(u"op-1"_s);
        VERIFY_RESULT(read);
        QVERIFY(same(*read, operation));
        const Operation shown = read->shown();
        QCOMPARE(shown.kind, u"move"_s);
        QCOMPARE(shown.progress, 0.25);
        QCOMPARE(shown.steps.size(), 5);
        QCOMPARE(shown.createdBy, u"ann"_s);
    }

    void onlyTheStepsNamedAreWritten()
    {
        auto journal = Journal::open(m_state);
        VERIFY_RESULT(journal);
        JournalOperation operation = moveOf(u"op-1"_s);
        VERIFY_RESULT((*journal)->begin(operation, entryOf(operation.id)));
        operation.steps[0].state = StepState::Running;
        operation.steps[1].state = StepState::Running;
        VERIFY_RESULT((*journal)->update(operation, {1}));
        const auto read = (*journal)->operation(u"op-1"_s);
        VERIFY_RESULT(read);
        QCOMPARE(toString(read->steps[0].state), toString(StepState::Pending));
        QCOMPARE(toString(read->steps[1].state), toString(StepState::Running));
    }

    void listsWhatIsOpenAndTheNewestOfTheRest()
    {
        auto journal = Journal::open(m_state);
        VERIFY_RESULT(journal);
        for (int i = 0; i < 6; ++i) {
            JournalOperation operation = moveOf(u"op-%1"_s.arg(i), i);
            operation.state = i == 0 ? OperationState::Paused : OperationState::Succeeded;
            VERIFY_RESULT((*journal)->begin(operation, entryOf(operation.id)));
        }
        const auto all = (*journal)->operations(2);
        VERIFY_RESULT(all);
        QStringList ids;
        for (const JournalOperation &operation : *all) {
            ids += operation.id;
            QCOMPARE(operation.steps.size(), size_t(4));
        }
        QCOMPARE(ids, QStringList({u"op-0"_s, u"op-4"_s, u"op-5"_s}));
    }

    void whatIsNotThereIsAnError()
    {
        auto journal = Journal::open(m_state);
        VERIFY_RESULT(journal);
        QCOMPARE(toString((*journal)->operation(u"none"_s).error().kind),
                 toString(ErrorKind::NotFound));
        QCOMPARE(
            toString((*journal)->update(moveOf(u"none"_s), {}, entryOf(u"none"_s)).error().kind),
            toString(ErrorKind::NotFound));
        QCOMPARE(*(*journal)->auditCount(), 0); // and the entry went with it
        VERIFY_RESULT((*journal)->begin(moveOf(u"op"_s), entryOf(u"op"_s)));
        QCOMPARE(toString((*journal)->begin(moveOf(u"op"_s), entryOf(u"op"_s)).error().kind),
                 toString(ErrorKind::Conflict));
        QCOMPARE(*(*journal)->auditCount(), 1);
    }

    void theFolderIsForItsOwnerOnly()
    {
        VERIFY_RESULT(Journal::open(m_state));
        const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup
            | QFile::ReadOther | QFile::WriteOther | QFile::ExeOther;
        QVERIFY(!(QFile::permissions(m_state) & others));
        QVERIFY(QFile::permissions(m_state) & QFile::ExeOwner);
    }

    void aFileThatIsNoJournalIsRefused_data()
    {
        QTest::addColumn<QStringList>("sql");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("says");
        QTest::newRow("of a newer version")
            << QStringList({u"PRAGMA user_version = 99"_s}) << int(ErrorKind::Unsupported)
            << u"newer Stampdeck (its schema is 99"_s;
        QTest::newRow("of another program")
            << QStringList({u"CREATE TABLE cats (name TEXT)"_s, u"PRAGMA application_id = 5"_s})
            << int(ErrorKind::Malformed) << u"another program"_s;
        QTest::newRow("no database")
            << QStringList() << int(ErrorKind::Malformed) << u"is not a database of Stampdeck"_s;
    }

    void aFileThatIsNoJournalIsRefused()
    {
        QFETCH(QStringList, sql);
        QFETCH(int, kind);
        QFETCH(QString, says);
        const QString file = m_state + u"/journal.db"_s;
        if (sql.isEmpty()) {
            QVERIFY(QDir().mkpath(m_state));
            QFile plain(file);
            QVERIFY(plain.open(QFile::WriteOnly));
            plain.write(QByteArray(8192, 'x'));
        } else {
            VERIFY_RESULT(Journal::open(m_state));
            QVERIFY(tamper(file, sql));
        }
        const auto journal = Journal::open(m_state);
        QVERIFY(!journal.has_value());
        QCOMPARE(int(journal.error().kind), kind);
        QVERIFY2(journal.error().message.contains(says), qPrintable(journal.error().message));
    }

    void aPlaceThatCannotBeWrittenIsNamed()
    {
        QFile plain(m_state);
        QVERIFY(plain.open(QFile::WriteOnly));
        plain.close();
        const auto onFile = Journal::open(m_state);
        QVERIFY(!onFile.has_value());
        QCOMPARE(toString(onFile.error().kind), toString(ErrorKind::Denied));
        QVERIFY(onFile.error().message.contains(m_state));
        QVERIFY(plain.remove());

        VERIFY_RESULT(Journal::open(m_state));
        const bool root = ::geteuid() == 0;
        if (root) { // whom no mode keeps out
            QVERIFY(QFile::setPermissions(m_dir->path(), QFile::Permissions(0x7777)));
            QVERIFY(::seteuid(65534) == 0);
        } else {
            QVERIFY(QFile::setPermissions(m_state, QFile::ReadOwner | QFile::ExeOwner));
            QVERIFY(QFile::setPermissions(m_state + u"/journal.db"_s, QFile::ReadOwner));
        }
        const auto readOnly = Journal::open(m_state);
        if (root)
            QVERIFY(::seteuid(0) == 0);
        else
            QVERIFY(QFile::setPermissions(m_state,
                                          QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        QVERIFY(!readOnly.has_value());
        QCOMPARE(toString(readOnly.error().kind), toString(ErrorKind::Denied));
        QVERIFY2(readOnly.error().message.contains(u"no right to write"_s),
                 qPrintable(readOnly.error().message));
    }

    void aDiskThatTakesNoMoreIsAnErrorAndNothingIsHalfWritten()
    {
        auto journal = Journal::open(m_state);
        VERIFY_RESULT(journal);
        VERIFY_RESULT((*journal)->begin(moveOf(u"op-1"_s), entryOf(u"op-1"_s)));
        // A limit on the size of files stands in for the full disk.
        rlimit before = {};
        QVERIFY(::getrlimit(RLIMIT_FSIZE, &before) == 0);
        const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
        rlimit small = before;
        small.rlim_cur = 4096;
        QVERIFY(::setrlimit(RLIMIT_FSIZE, &small) == 0);
        const auto full = (*journal)->begin(moveOf(u"op-2"_s), entryOf(u"op-2"_s));
        QVERIFY(::setrlimit(RLIMIT_FSIZE, &before) == 0);
        std::signal(SIGXFSZ, ignored);
        QVERIFY(!full.has_value());
        QCOMPARE(toString(full.error().kind), toString(ErrorKind::NotNow));
        QVERIFY2(full.error().message.contains(u"disk"_s), qPrintable(full.error().message));
        QCOMPARE(toString((*journal)->operation(u"op-2"_s).error().kind),
                 toString(ErrorKind::NotFound));
        VERIFY_RESULT((*journal)->begin(moveOf(u"op-2"_s), entryOf(u"op-2"_s)));
        QCOMPARE(*(*journal)->verifyAudit(), 2);
    }

    // Wherever a file was cut: a clear error, the file as it was, and never a journal that looks
    // shorter or new.
    void aFileThatWasCutAtAnyByteIsRefused()
    {
        const QString file = m_state + u"/journal.db"_s;
        {
            auto journal = Journal::open(m_state);
            VERIFY_RESULT(journal);
            for (int i = 0; i < 12; ++i)
                VERIFY_RESULT((*journal)->begin(moveOf(u"op-%1"_s.arg(i), i), entryOf(u"op"_s)));
        }
        QFile whole(file);
        QVERIFY(whole.open(QFile::ReadOnly));
        const QByteArray bytes = whole.readAll();
        whole.close();
        QVERIFY(!QFileInfo::exists(file + u"-wal"_s)); // all of it is in the one file
        QVERIFY(bytes.size() > 8 * 4096);
        QList<qint64> cuts;
        for (qint64 n = 0; n < 128; ++n)
            cuts += n;
        for (qint64 n = 128; n < bytes.size(); n += 97)
            cuts += n;
        for (qint64 n = 4096; n < bytes.size(); n += 4096)
            cuts += {n - 1, n, n + 1};
        cuts += bytes.size() - 1;
        for (const qint64 n : std::as_const(cuts)) {
            QFile cut(file);
            QVERIFY(cut.open(QFile::WriteOnly | QFile::Truncate));
            QCOMPARE(cut.write(bytes.first(n)), n);
            cut.close();
            const auto journal = Journal::open(m_state);
            QVERIFY2(!journal.has_value(), qPrintable(QString::number(n)));
            QCOMPARE(toString(journal.error().kind), toString(ErrorKind::Malformed));
            QVERIFY2(journal.error().message.contains(file), qPrintable(journal.error().message));
            QVERIFY(cut.open(QFile::ReadOnly));
            QVERIFY2(cut.readAll() == bytes.first(n), qPrintable(QString::number(n)));
        }
        QVERIFY(QFile::remove(file));
        QVERIFY(whole.open(QFile::WriteOnly | QFile::Truncate));
        whole.write(bytes);
        whole.close();
        auto journal = Journal::open(m_state);
        VERIFY_RESULT(journal);
        QCOMPARE((*journal)->operations()->size(), 12);
        QCOMPARE(*(*journal)->verifyAudit(), 12);
    }

    // What a power cut leaves of SQLite's log: the journal is as it was after one of its writes,
    // never between two.
    void aLogThatWasCutAtAnyByteLeavesWholeWrites()
    {
        const QString file = m_state + u"/journal.db"_s;
        QByteArray bytes;
        QByteArray log;
        QList<qint64> ends; // of the log after each write
        {
            auto journal = Journal::open(m_state);
            VERIFY_RESULT(journal);
            const QFileInfo size(file + u"-wal"_s);
            const auto noteEnd = [&] {
                QFile now(size.filePath());
                QVERIFY(now.open(QFile::ReadOnly));
                ends += now.size();
            };
            for (int i = 0; i < 3; ++i) {
                JournalOperation operation = moveOf(u"op-%1"_s.arg(i), i);
                VERIFY_RESULT((*journal)->begin(operation, entryOf(operation.id)));
                noteEnd();
                for (JournalStep &step : operation.steps)
                    step.state = StepState::Succeeded;
                operation.state = OperationState::Succeeded;
                VERIFY_RESULT((*journal)->update(operation, {}, entryOf(operation.id)));
                noteEnd();
            }
            QFile all(file);
            QVERIFY(all.open(QFile::ReadOnly));
            bytes = all.readAll();
            QFile tail(file + u"-wal"_s);
            QVERIFY(tail.open(QFile::ReadOnly));
            log = tail.readAll();
        }
        QCOMPARE(ends.last(), log.size());
        QList<qint64> cuts;
        for (qint64 n = 0; n < log.size(); n += 211)
            cuts += n;
        for (qint64 n = 32; n <= log.size(); n += 24 + 4096) // a frame: its header and a page
            cuts += {n - 1, n, n + 1, n + 24};
        int longest = 0;
        for (const qint64 n : std::as_const(cuts)) {
            if (n > log.size())
                continue;
            const QString state = m_dir->filePath(u"cut-%1"_s.arg(n));
            QVERIFY(QDir().mkpath(state));
            QFile all(state + u"/journal.db"_s);
            QVERIFY(all.open(QFile::WriteOnly));
            all.write(bytes);
            all.close();
            QFile tail(state + u"/journal.db-wal"_s);
            QVERIFY(tail.open(QFile::WriteOnly));
            tail.write(log.first(n));
            tail.close();
            const int writes = int(std::count_if(ends.begin(), ends.end(),
                                                 [n](qint64 end) { return end <= n; }));
            auto journal = Journal::open(state);
            VERIFY_RESULT(journal);
            QCOMPARE(*(*journal)->verifyAudit(), writes);
            const auto operations = (*journal)->operations();
            VERIFY_RESULT(operations);
            QCOMPARE(operations->size(), (writes + 1) / 2);
            for (int i = 0; i < operations->size(); ++i) {
                const bool isEnded = 2 * i + 2 <= writes;
                QCOMPARE(toString(operations->at(i).state),
                         toString(isEnded ? OperationState::Succeeded : OperationState::Running));
                QCOMPARE(operations->at(i).steps.size(), size_t(4));
                for (const JournalStep &step : operations->at(i).steps)
                    QCOMPARE(step.state == StepState::Succeeded, isEnded);
            }
            longest = std::max(longest, writes);
            journal->reset();
            QVERIFY(QDir(state).removeRecursively());
        }
        QCOMPARE(longest, 6);
    }

    void aJournalThatIsGoneBesideItsLogIsNoNewOne()
    {
        QVERIFY(QDir().mkpath(m_state));
        QFile log(m_state + u"/journal.db-wal"_s);
        QVERIFY(log.open(QFile::WriteOnly));
        log.write("of another life");
        log.close();
        const auto journal = Journal::open(m_state);
        QVERIFY(!journal.has_value());
        QCOMPARE(toString(journal.error().kind), toString(ErrorKind::Malformed));
        QVERIFY2(journal.error().message.contains(u"is gone"_s),
                 qPrintable(journal.error().message));
        QVERIFY(!QFileInfo::exists(m_state + u"/journal.db"_s));
    }

    void aJournalIsThereAsAWholeOrNotAtAll()
    {
        QVERIFY(QDir().mkpath(m_state));
        QFile begun(m_state + u"/journal.db.new"_s); // of a process that was killed in it
        QVERIFY(begun.open(QFile::WriteOnly));
        begun.write(QByteArray(5000, 'x'));
        begun.close();
        auto journal = Journal::open(m_state);
        VERIFY_RESULT(journal);
        VERIFY_RESULT((*journal)->append(entryOf(u"op"_s)));
        QVERIFY(!begun.exists());
    }

    void aJournalOfTheFirstVersionIsBroughtUpToThisOne()
    {
        {
            auto journal = Journal::open(m_state);
            VERIFY_RESULT(journal);
            for (int i = 0; i < 3; ++i)
                VERIFY_RESULT((*journal)->begin(moveOf(u"op-%1"_s.arg(i), 9 - i), entryOf(u"op"_s)));
        }
        QVERIFY(tamper(m_state + u"/journal.db"_s,
                       {u"DROP INDEX operation_order"_s, u"DROP INDEX operation_number"_s,
                        u"ALTER TABLE operation DROP COLUMN number"_s,
                        u"ALTER TABLE operation DROP COLUMN hold"_s,
                        u"CREATE INDEX operation_age ON operation (final, created_at)"_s,
                        u"PRAGMA user_version = 1"_s}));
        auto journal = Journal::open(m_state);
        VERIFY_RESULT(journal);
        VERIFY_RESULT((*journal)->begin(moveOf(u"op-3"_s, 0), entryOf(u"op"_s)));
        const auto operations = (*journal)->operations();
        VERIFY_RESULT(operations);
        QStringList ids;
        for (const JournalOperation &operation : *operations)
            ids += operation.id;
        // It knew of no order but the clock's.
        QCOMPARE(ids, QStringList({u"op-2"_s, u"op-1"_s, u"op-0"_s, u"op-3"_s}));
        QCOMPARE(*(*journal)->verifyAudit(), 4);
    }

    // Order is by what was written, not by what the clock said.
    void aClockThatWasSetBackLosesNothing()
    {
        auto journal = Journal::open(m_state);
        VERIFY_RESULT(journal);
        for (int i = 0; i < 6; ++i) {
            JournalOperation operation = moveOf(u"op-%1"_s.arg(i), i < 3 ? 3600 + i : i);
            operation.state = OperationState::Succeeded;
            AuditEntry entry = entryOf(operation.id);
            entry.at = operation.createdAt;
            VERIFY_RESULT((*journal)->begin(operation, entry));
        }
        QCOMPARE(*(*journal)->verifyAudit(), 6);
        const auto entries = (*journal)->audit();
        VERIFY_RESULT(entries);
        QStringList audited;
        for (const AuditEntry &entry : *entries)
            audited += entry.operation;
        const auto newest = (*journal)->operations(4);
        VERIFY_RESULT(newest);
        QStringList ids;
        for (const JournalOperation &operation : *newest)
            ids += operation.id;
        QCOMPARE(audited, QStringList({u"op-0"_s, u"op-1"_s, u"op-2"_s, u"op-3"_s, u"op-4"_s,
                                       u"op-5"_s}));
        QCOMPARE(ids, QStringList({u"op-2"_s, u"op-3"_s, u"op-4"_s, u"op-5"_s}));
    }

    void theAuditHolds()
    {
        auto journal = Journal::open(m_state);
        VERIFY_RESULT(journal);
        QCOMPARE(*(*journal)->verifyAudit(), 0);
        AuditEntry odd = entryOf(u"op"_s);
        odd.reason = QString(QChar(0xd800)) + QChar(0) + u"after"_s; // half a surrogate pair, NUL
        odd.outcome = QString();
        VERIFY_RESULT((*journal)->append(odd));
        for (int i = 0; i < 50; ++i)
            VERIFY_RESULT((*journal)->append(entryOf(u"op-%1"_s.arg(i))));
        const auto held = (*journal)->verifyAudit();
        VERIFY_RESULT(held);
        QCOMPARE(*held, 51);
        const auto some = (*journal)->audit(10, 5);
        VERIFY_RESULT(some);
        QCOMPARE(some->size(), 5);
        QCOMPARE(some->first().sequence, 11);
        QCOMPARE(some->at(1).previous, some->at(0).hash);
    }

    void whateverIsChangedInTheAuditIsFound_data()
    {
        QTest::addColumn<QStringList>("sql");
        QTest::addColumn<int>("first");
        for (const char *column :
             {"actor", "action", "operation", "target", "reason", "outcome", "detail"}) {
            QTest::newRow(column) << QStringList({u"UPDATE audit SET %1 = %1 || 'x' WHERE "
                                                  "sequence = 3"_s.arg(QLatin1StringView(column))})
                                  << 3;
        }
        QTest::newRow("a text moved to the next field")
            << QStringList({u"UPDATE audit SET actor = '', action = 'annaccepted' WHERE "
                            "sequence = 3"_s})
            << 3;
        QTest::newRow("time") << QStringList({u"UPDATE audit SET at = at + 1 WHERE sequence = 2"_s})
                              << 2;
        QTest::newRow("hash") << QStringList(
            {u"UPDATE audit SET hash = zeroblob(32) WHERE sequence = 2"_s})
                              << 2;
        QTest::newRow("previous") << QStringList(
            {u"UPDATE audit SET previous = zeroblob(32) WHERE sequence = 2"_s})
                                  << 2;
        QTest::newRow("the type of a text")
            << QStringList({u"UPDATE audit SET actor = CAST(actor AS BLOB) WHERE sequence = 4"_s})
            << 4;
        QTest::newRow("the first missing")
            << QStringList({u"DELETE FROM audit WHERE sequence = 1"_s}) << 1;
        QTest::newRow("one missing")
            << QStringList({u"DELETE FROM audit WHERE sequence = 3"_s}) << 3;
        QTest::newRow("one missing, the rest renumbered")
            << QStringList({u"DELETE FROM audit WHERE sequence = 3"_s,
                            u"UPDATE audit SET sequence = 3 WHERE sequence = 4"_s,
                            u"UPDATE audit SET sequence = 4 WHERE sequence = 5"_s})
            << 3;
        QTest::newRow("the last missing")
            << QStringList({u"DELETE FROM audit WHERE sequence = 5"_s}) << 5;
        QTest::newRow("all missing") << QStringList({u"DELETE FROM audit"_s}) << 1;
        QTest::newRow("two swapped")
            << QStringList({u"UPDATE audit SET sequence = 99 WHERE sequence = 2"_s,
                            u"UPDATE audit SET sequence = 2 WHERE sequence = 3"_s,
                            u"UPDATE audit SET sequence = 3 WHERE sequence = 99"_s})
            << 2;
        QTest::newRow("one repeated at the end")
            << QStringList({u"INSERT INTO audit SELECT 6, at, actor, action, operation, "
                            "target, reason, outcome, detail, previous, hash FROM audit WHERE "
                            "sequence = 5"_s})
            << 6;
    }

    void whateverIsChangedInTheAuditIsFound()
    {
        QFETCH(QStringList, sql);
        QFETCH(int, first);
        {
            auto journal = Journal::open(m_state);
            VERIFY_RESULT(journal);
            for (int i = 1; i <= 5; ++i) {
                AuditEntry entry = entryOf(u"op-%1"_s.arg(i));
                entry.at = at(i);
                VERIFY_RESULT((*journal)->append(entry));
            }
            VERIFY_RESULT((*journal)->verifyAudit());
        }
        QVERIFY(tamper(m_state + u"/journal.db"_s, sql));
        auto journal = Journal::open(m_state);
        VERIFY_RESULT(journal);
        const auto broken = (*journal)->verifyAudit();
        QVERIFY(!broken.has_value());
        QCOMPARE(toString(broken.error().kind), toString(ErrorKind::Malformed));
        QVERIFY2(broken.error().message.startsWith(u"audit entry %1 "_s.arg(first)),
                 qPrintable(broken.error().message));
        // A trail that somebody changed keeps nobody from acting, and stays broken.
        VERIFY_RESULT((*journal)->append(entryOf(u"later"_s)));
        QVERIFY(!(*journal)->verifyAudit().has_value());
    }

    void anyByteOfTheFileThatChangesAnEntryIsFound()
    {
        const QString file = m_state + u"/journal.db"_s;
        QList<AuditEntry> before;
        {
            auto journal = Journal::open(m_state);
            VERIFY_RESULT(journal);
            for (int i = 1; i <= 3; ++i)
                VERIFY_RESULT((*journal)->append(entryOf(u"op-%1"_s.arg(i))));
            before = *(*journal)->audit();
        }
        QFile plain(file);
        QVERIFY(plain.open(QFile::ReadOnly));
        const QByteArray bytes = plain.readAll();
        plain.close();
        // The page with the entries, and some of every other.
        const qsizetype entries = bytes.indexOf("noisy neighbour") & ~qsizetype(4095);
        QVERIFY(entries > 0);
        int found = 0;
        const auto check = [&](qsizetype offset) {
            QByteArray changed = bytes;
            changed[offset] = char(changed[offset] ^ 0x04);
            QFile::remove(file + u"-wal"_s);
            QFile::remove(file + u"-shm"_s);
            QVERIFY(plain.open(QFile::WriteOnly));
            plain.write(changed);
            plain.close();
            const auto journal = Journal::open(m_state);
            if (!journal || !(*journal)->verifyAudit()) {
                ++found;
                return;
            }
            const auto after = (*journal)->audit();
            QVERIFY(after.has_value());
            QCOMPARE(after->size(), before.size());
            for (qsizetype i = 0; i < before.size(); ++i) {
                QCOMPARE(after->at(i).hash, before.at(i).hash);
                QCOMPARE(after->at(i).actor, before.at(i).actor);
                QCOMPARE(after->at(i).detail, before.at(i).detail);
                QCOMPARE(after->at(i).at, before.at(i).at);
            }
        };
        const qsizetype first = bytes.indexOf("noisy neighbour") - 60;
        for (qsizetype offset = first; offset < entries + 4096; ++offset)
            check(offset);
        for (qsizetype offset = 0; offset < bytes.size(); offset += 97)
            check(offset);
        QVERIFY2(found > 400, qPrintable(QString::number(found)));
    }

    void manyThreadsWriteOneChain()
    {
        auto opened = Journal::open(m_state);
        VERIFY_RESULT(opened);
        Journal &journal = **opened;
        std::atomic<int> failures{0};
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&, t] {
                for (int i = 0; i < 20; ++i) {
                    const QString id = u"op-%1-%2"_s.arg(t).arg(i);
                    if (!journal.begin(moveOf(id), entryOf(id)) || !journal.operation(id))
                        ++failures;
                }
            });
        }
        // A second process would have a connection of its own as this one has.
        auto other = Journal::open(m_state);
        VERIFY_RESULT(other);
        for (int i = 0; i < 20; ++i)
            VERIFY_RESULT((*other)->append(entryOf(u"other"_s)));
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(failures.load(), 0);
        const auto held = journal.verifyAudit();
        VERIFY_RESULT(held);
        QCOMPARE(*held, 100);
    }

    void anOperationBelongsToOneProcess()
    {
        auto mine = Journal::open(m_state);
        auto other = Journal::open(m_state); // as another process: it has its own descriptions
        VERIFY_RESULT(mine);
        VERIFY_RESULT(other);
        QCOMPARE((*other)->holder(u"op/../1"_s), QString());
        VERIFY_RESULT((*mine)->lock(u"op/../1"_s));
        QCOMPARE((*other)->holder(u"op/../1"_s), processName());
        QCOMPARE((*mine)->holder(u"op/../1"_s), processName());
        const auto held = (*other)->lock(u"op/../1"_s);
        QVERIFY(!held.has_value());
        QCOMPARE(toString(held.error().kind), toString(ErrorKind::Conflict));
        QVERIFY2(
            held.error().message.contains(u"process %1 "_s.arg(QCoreApplication::applicationPid())),
            qPrintable(held.error().message));
        (*mine)->unlock(u"op/../1"_s);
        QCOMPARE((*other)->holder(u"op/../1"_s), QString());
        VERIFY_RESULT((*other)->lock(u"op/../1"_s));
        QCOMPARE(QDir(m_state + u"/operations"_s).entryList(QDir::Files).size(), 1);
        other->reset();
        QCOMPARE((*mine)->holder(u"op/../1"_s), QString());
        QVERIFY(QDir(m_state + u"/operations"_s).entryList(QDir::Files).isEmpty());
    }

    void theLockOfADeadProcessIsFree()
    {
        auto journal = Journal::open(m_state);
        VERIFY_RESULT(journal);
        QProcess child;
        child.start(QCoreApplication::applicationFilePath(), {u"--hold"_s, m_state});
        QVERIFY(child.waitForStarted());
        QTRY_VERIFY(!(*journal)->holder(u"op"_s).isEmpty());
        QTRY_VERIFY((*journal)->holder(u"op"_s).contains(u" %1 "_s.arg(child.processId())));
        QCOMPARE(toString((*journal)->lock(u"op"_s).error().kind), toString(ErrorKind::Conflict));
        child.kill();
        QVERIFY(child.waitForFinished());
        QCOMPARE((*journal)->holder(u"op"_s), QString());
        VERIFY_RESULT((*journal)->lock(u"op"_s));
        QCOMPARE((*journal)->holder(u"op"_s), processName());
    }

    void requestsReachTheOwnerOnce()
    {
        auto owner = Journal::open(m_state);
        auto other = Journal::open(m_state);
        VERIFY_RESULT(owner);
        VERIFY_RESULT(other);
        const JournalRequest pause{u"op-1"_s, OperationVerb::Pause, u"bob"_s, u"lunch"_s, at(1)};
        const JournalRequest cancel{u"op-1"_s, OperationVerb::Cancel, u"bob"_s, {}, at(2)};
        const JournalRequest foreign{u"op-2"_s, OperationVerb::Cancel, u"bob"_s, {}, at(3)};
        for (const JournalRequest &request : {pause, foreign, cancel})
            VERIFY_RESULT((*other)->post(request));
        const auto taken = (*owner)->takeRequests({u"op-1"_s, u"op-9"_s});
        VERIFY_RESULT(taken);
        QCOMPARE(taken->size(), 2);
        QVERIFY(taken->at(0) == pause);
        QCOMPARE(toString(taken->at(1).verb), toString(OperationVerb::Cancel));
        QVERIFY((*owner)->takeRequests({u"op-1"_s})->isEmpty());
        QCOMPARE((*owner)->takeRequests({u"op-2"_s})->size(), 1);
    }

#ifdef STAMPDECK_CRASH_POINTS
    void aProcessEndsAtTheCrashPointThatIsNamed()
    {
        const QString log = m_dir->filePath(u"points"_s);
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"STAMPDECK_CRASH_LOG"_s, log);
        int survived = 0;
        for (int n = 1; n <= 6 && survived == 0; ++n) {
            QFile::remove(log);
            environment.insert(u"STAMPDECK_CRASH_AT"_s, QString::number(n));
            const QString state = m_dir->filePath(u"state-%1"_s.arg(n));
            QProcess child;
            child.setProcessEnvironment(environment);
            child.start(QCoreApplication::applicationFilePath(), {u"--write"_s, state});
            QVERIFY(child.waitForFinished());
            QFile points(log);
            QVERIFY(points.open(QFile::ReadOnly));
            const auto lines = points.readAll().trimmed().split('\n');
            auto journal = Journal::open(state);
            VERIFY_RESULT(journal);
            const auto operation = (*journal)->operation(u"op"_s);
            if (child.exitStatus() == QProcess::NormalExit) {
                QCOMPARE(child.exitCode(), 0);
                survived = n;
                QCOMPARE(lines.size(), n - 1);
                continue;
            }
            QCOMPARE(lines.size(), n);
            // begin, then update: the first is there after point 2, the second after point 4.
            QCOMPARE(operation.has_value(), n >= 2);
            if (operation)
                QCOMPARE(toString(operation->state), n >= 4 ? u"succeeded"_s : u"running"_s);
            QCOMPARE(*(*journal)->verifyAudit(), n >= 4 ? 2 : n >= 2 ? 1 : 0);
        }
        QCOMPARE(survived, 5);
    }
#endif

private:
    std::unique_ptr<QTemporaryDir> m_dir;
    QString m_state;
};

/// What the test starts as another process.
static int child(const QStringList &arguments)
{
    auto journal = Journal::open(arguments.at(2));
    if (!journal)
        return 1;
    if (arguments.at(1) == u"--hold") {
        if (!(*journal)->lock(u"op"_s))
            return 1;
        return QCoreApplication::exec();
    }
    JournalOperation operation = moveOf(u"op"_s);
    if (!(*journal)->begin(operation, entryOf(u"op"_s)))
        return 1;
    operation.state = OperationState::Succeeded;
    return (*journal)->update(operation, {0}, entryOf(u"op"_s, u"succeeded"_s)) ? 0 : 1;
}

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    if (app.arguments().size() == 3 && app.arguments().at(2).startsWith(u'/'))
        return child(app.arguments());
    TestJournal test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_journal.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sqlite.h"

#include "filelock.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QHash>
#include <QtCore/QLocale>
#include <QtCore/QMutex>
#include <QtCore/QtEndian>
#include <QtSql/QSqlError>

#include <atomic>

namespace Stampdeck::Internal {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Database)
};

// --- Connections, one for each thread

// Never destroyed: threads of the pool end after the static objects of this file would have gone.
QMutex &connectionsMutex()
{
    static auto *mutex = new QMutex;
    return *mutex;
}

/// The open connections, by the number of their thread.
QMultiHash<quint64, QString> &openConnections()
{
    static auto *open = new QMultiHash<quint64, QString>;
    return *open;
}

/// Numbers a thread for good (the system uses its ids again) and closes what it opened when it
/// ends.
struct ThreadNumber
{
    quint64 number = 0;

    ThreadNumber()
    {
        static std::atomic<quint64> last{0};
        number = ++last;
    }
    ~ThreadNumber()
    {
        const QMutexLocker guard(&connectionsMutex());
        const QStringList names = openConnections().values(number);
        for (const QString &name : names)
            QSqlDatabase::removeDatabase(name);
        openConnections().remove(number);
    }
};

quint64 threadNumber()
{
    thread_local const ThreadNumber mine;
    return mine.number;
}

Error errorOf(const QSqlError &error, const QString &path)
{
    // https://www.sqlite.org/rescode.html: the low byte is the primary code.
    const int code = error.nativeErrorCode().toInt() & 0xff;
    const QString detail = error.text();
    switch (code) {
    case 5: // SQLITE_BUSY
    case 6: // SQLITE_LOCKED
        return Error::of(
            ErrorKind::Conflict,
            Words::tr("the database %1 is busy: another process writes to it").arg(path), detail);
    case 8: // SQLITE_READONLY
    case 14: // SQLITE_CANTOPEN
        return Error::of(
            ErrorKind::Denied,
            Words::tr("the database %1 can't be written: no right to write there").arg(path),
            detail);
    case 10: // SQLITE_IOERR
        return Error::of(
            ErrorKind::NotNow,
            Words::tr("the database %1 can't be written: the disk does not take it").arg(path),
            detail);
    case 13: // SQLITE_FULL
        return Error::of(ErrorKind::NotNow,
                         Words::tr("the database %1 can't be written: the disk is full").arg(path),
                         detail);
    case 11: // SQLITE_CORRUPT
        return Error::of(ErrorKind::Malformed, Words::tr("the database %1 is damaged").arg(path),
                         detail);
    case 26: // SQLITE_NOTADB
        return Error::of(ErrorKind::Malformed,
                         Words::tr("%1 is not a database of Stampdeck").arg(path), detail);
    case 19: // SQLITE_CONSTRAINT
        return Error::of(ErrorKind::Conflict,
                         Words::tr("the database %1 has such an entry already").arg(path), detail);
    default:
        return Error::of(ErrorKind::Invalid, Words::tr("the database %1 can't be used").arg(path),
                         detail);
    }
}

} // namespace

Result<QSqlQuery> SqliteConnection::exec(const QString &sql, const QVariantList &values) const
{
    auto query = prepare(sql);
    if (!query)
        return query;
    if (auto done = run(*query, values); !done)
        return fail(done.error());
    return query;
}

Result<QSqlQuery> SqliteConnection::prepare(const QString &sql) const
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    if (!query.prepare(sql))
        return fail(errorOf(query.lastError(), m_path));
    return query;
}

Result<void> SqliteConnection::run(QSqlQuery &query, const QVariantList &values) const
{
    for (qsizetype i = 0; i < values.size(); ++i)
        query.bindValue(int(i), values[i]);
    if (!query.exec())
        return fail(errorOf(query.lastError(), m_path));
    return {};
}

Result<QVariant> SqliteConnection::value(const QString &sql, const QVariantList &values) const
{
    auto query = exec(sql, values);
    if (!query)
        return fail(query.error());
    if (!query->next()) {
        return fail(Error::of(ErrorKind::Malformed,
                              Words::tr("the database %1 is damaged").arg(m_path),
                              u"no row: %1"_s.arg(sql)));
    }
    return query->value(0);
}

Result<void> SqliteConnection::ended(const QSqlQuery &query) const
{
    if (query.lastError().isValid())
        return fail(errorOf(query.lastError(), m_path));
    return {};
}

SqliteTransaction::~SqliteTransaction()
{
    if (m_open)
        (void)m_connection.exec(u"ROLLBACK"_s);
}

Result<void> SqliteTransaction::run(const QString &sql, bool open)
{
    if (auto done = m_connection.exec(sql); !done)
        return fail(done.error());
    m_open = open;
    return {};
}

SqliteFile::SqliteFile(const QString &path, const SqliteKind &kind)
    : m_path(path)
    , m_kind(kind)
{
    static std::atomic<quint64> last{0};
    m_number = ++last;
}

SqliteFile::~SqliteFile()
{
    const QMutexLocker guard(&connectionsMutex());
    for (auto it = openConnections().begin(); it != openConnections().end();) {
        if (it.value().startsWith(prefix())) {
            QSqlDatabase::removeDatabase(it.value());
            it = openConnections().erase(it);
        } else {
            ++it;
        }
    }
}

QString SqliteFile::prefix() const
{
    return u"stampdeck-%1-%2-"_s.arg(m_kind.what).arg(m_number);
}

Result<SqliteConnection> SqliteFile::connection() const
{
    const quint64 thread = threadNumber();
    const QString name = prefix() + QString::number(thread);
    if (QSqlDatabase::contains(name))
        return SqliteConnection(QSqlDatabase::database(name, false), m_path);

    Error error;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, name);
        database.setDatabaseName(m_path);
        database.setConnectOptions(u"QSQLITE_BUSY_TIMEOUT=15000"_s);
        if (database.open()) {
            const SqliteConnection made(database, m_path);
            Result<void> set;
            for (const QString &pragma : m_kind.pragmas) {
                if (set)
                    set = made.exec(u"PRAGMA "_s + pragma).map([](const QSqlQuery &) {});
            }
            if (set) {
                const QMutexLocker guard(&connectionsMutex());
                openConnections().insert(thread, name);
                return made;
            }
            error = set.error();
        } else {
            error = errorOf(database.lastError(), m_path);
        }
    }
    QSqlDatabase::removeDatabase(name);
    return fail(error);
}

Result<void> SqliteFile::open() const
{
    // One at a time: to turn WAL on and to migrate are not for two processes at once.
    const QString guardPath = QFileInfo(m_path).path() + u'/' + m_kind.what + u".lock"_s;
    const auto guard = FileLock::acquire(guardPath);
    if (!guard) {
        return fail(
            ErrorKind::Denied,
            Words::tr("the database %1 can't be written: no right to write there").arg(m_path),
            guard.error().message);
    }
    if (auto whole = checkWhole(); !whole)
        return whole;
    if (!QFileInfo::exists(m_path)) {
        // Made beside it and renamed: a file is there as a whole or not at all.
        const QString fresh = m_path + u".new"_s;
        for (const QString &rest : {fresh, QString(fresh + u"-wal"_s), QString(fresh + u"-shm"_s)})
            QFile::remove(rest);
        {
            SqliteKind kind = m_kind;
            kind.pragmas = kind.fresh + kind.pragmas;
            const auto made = std::make_unique<SqliteFile>(fresh, kind)->migrate();
            if (!made)
                return made;
        }
        if (!QFile::rename(fresh, m_path)) {
            return fail(
                ErrorKind::Denied,
                Words::tr("the database %1 can't be made: no right to write there").arg(m_path));
        }
    }
    return migrate();
}

Result<void> SqliteFile::openToRead() const
{
    if (!QFileInfo::exists(m_path))
        return fail(ErrorKind::NotFound, Words::tr("there is no %1 yet").arg(m_path));
    if (auto whole = checkWhole(); !whole)
        return whole;
    const auto made = connection();
    if (!made)
        return fail(made.error());
    const auto is = version(*made);
    if (!is)
        return fail(is.error());
    if (*is < m_kind.migrations.size()) {
        return fail(ErrorKind::Unsupported,
                    Words::tr("the database %1 was written by an older Stampdeck: a program that "
                              "writes it brings "
                              "it up")
                        .arg(m_path));
    }
    return {};
}

Result<int> SqliteFile::version(const SqliteConnection &connection) const
{
    const auto version = connection.value(u"PRAGMA user_version"_s);
    const auto application = connection.value(u"PRAGMA application_id"_s);
    const auto tables = connection.value(u"SELECT count(*) FROM sqlite_master"_s);
    for (const auto *value : {&version, &application, &tables}) {
        if (!*value)
            return fail(value->error());
    }
    if (application->toInt() != m_kind.applicationId
        && (application->toInt() != 0 || tables->toInt() > 0)) {
        return fail(
            ErrorKind::Malformed,
            Words::tr("%1 is a database of another program, not one of Stampdeck").arg(m_path));
    }
    const int is = version->toInt();
    if (is > m_kind.migrations.size()) {
        return fail(
            ErrorKind::Unsupported,
            Words::tr("the database %1 was written by a newer Stampdeck (its schema is %2, "
                      "this one knows %3): use that, or another state directory")
                .arg(m_path, QString::number(is), QString::number(m_kind.migrations.size())));
    }
    return is;
}

Result<void> SqliteFile::migrate() const
{
    const auto made = connection();
    if (!made)
        return fail(made.error());
    SqliteTransaction transaction(*made);
    if (auto begun = transaction.beginWrite(); !begun)
        return begun;
    const auto is = version(*made);
    if (!is)
        return fail(is.error());
    if (*is == m_kind.migrations.size())
        return {}; // the transaction ends without a change
    for (qsizetype from = *is; from < m_kind.migrations.size(); ++from) {
        for (const QString &sql : m_kind.migrations.at(from)) {
            if (auto done = made->exec(sql); !done)
                return fail(done.error());
        }
    }
    for (const QString &sql : {u"PRAGMA user_version = %1"_s.arg(m_kind.migrations.size()),
                               u"PRAGMA application_id = %1"_s.arg(m_kind.applicationId)}) {
        if (auto done = made->exec(sql); !done)
            return fail(done.error());
    }
    return transaction.commit();
}

Result<void> SqliteFile::checkWhole() const
{
    const QString log = m_path + u"-wal"_s; // what SQLite has committed and not yet copied
    QFile file(m_path);
    if (!file.exists() && !QFileInfo::exists(log))
        return {};
    if (!file.exists()) {
        return fail(
            ErrorKind::Malformed,
            Words::tr("the database %1 is gone, but %2 is still there: put it back, or move that "
                      "away too to begin a new one")
                .arg(m_path, log));
    }
    if (file.size() == 0) {
        return fail(
            ErrorKind::Malformed,
            Words::tr("the database %1 is damaged: it is empty. Put a copy of it back, or move it "
                      "away to begin a new one")
                .arg(m_path));
    }
    if (!file.open(QFile::ReadOnly))
        return {}; // SQLite says what is in the way
    // https://www.sqlite.org/fileformat2.html#the_database_header: the size of a page at 16, the
    // change counter at 24, how many pages there are at 28, and at 92 the change counter for which
    // that is true. SQLite itself rounds up to whole pages, and so misses a last one that was cut.
    const QByteArray header = file.read(100);
    const auto cut = [this](qint64 is, std::optional<qint64> whole) {
        const auto bytes = [](qint64 count) -> QString {
            return QLocale().toString(count) + u" B"_s;
        };
        return fail(ErrorKind::Malformed,
                    whole ? Words::tr("the database %1 is damaged: it was cut off after %2 of %3. "
                                      "Put a copy of it back, or move it away to begin a new one")
                                .arg(m_path, bytes(is), bytes(*whole))
                          : Words::tr("the database %1 is damaged: it was cut off after %2. Put a "
                                      "copy of it back, or move it away to begin a new one")
                                .arg(m_path, bytes(is)));
    };
    if (header.size() < 100) // which SQLite would take for an empty one, and write over
        return cut(file.size(), std::nullopt);
    if (!header.startsWith("SQLite format 3"))
        return {}; // SQLite says that this is no database
    const auto field = [&header](int at) {
        return qFromBigEndian<quint32>(header.constData() + at);
    };
    const int word = qFromBigEndian<quint16>(header.constData() + 16);
    const qint64 whole = qint64(word == 1 ? 65536 : word) * field(28);
    if (field(24) != field(92) || file.size() >= whole)
        return {};
    if (QFileInfo(log).size() == 0)
        return cut(file.size(), whole);
    // A process may have died while it copied; then the log has what is missing.
    const auto made = connection();
    if (!made)
        return fail(made.error());
    const auto checked = made->value(u"PRAGMA quick_check(1)"_s);
    if (!checked)
        return fail(checked.error());
    if (checked->toString() != u"ok")
        return cut(file.size(), whole);
    return {};
}

Result<void> makeStateFolder(const QString &folder)
{
    const QFileInfo info(folder);
    if (info.exists() && !info.isDir())
        return fail(ErrorKind::Denied, Words::tr("the state directory %1 is a file").arg(folder));
    constexpr auto ownerOnly = QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner;
    if (info.exists())
        return {};
    if (!QDir().mkpath(info.path())
        || (!QDir().mkdir(folder, ownerOnly) && !QFileInfo::exists(folder))) {
        return fail(
            ErrorKind::Denied,
            Words::tr("the state directory %1 can't be made: no right to write there").arg(folder));
    }
    return {};
}

} // namespace Stampdeck::Internal

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/result.h"

#include <QtCore/QList>
#include <QtCore/QStringList>
#include <QtCore/QVariant>
#include <QtSql/QSqlDatabase>
#include <QtSql/QSqlQuery>

/// How journal and history use SQLite: one file, a connection for each thread, errors that say what
/// to do about them.
namespace Stampdeck::Internal {

/// One thread's way into a file. A value; of no use in another thread.
class SqliteConnection
{
public:
    SqliteConnection(const QSqlDatabase &database, const QString &path)
        : m_database(database)
        , m_path(path)
    { }

    [[nodiscard]] Result<QSqlQuery> exec(const QString &sql, const QVariantList &values = {}) const;
    /// A statement that is run many times: bind() and run() it.
    [[nodiscard]] Result<QSqlQuery> prepare(const QString &sql) const;
    [[nodiscard]] Result<void> run(QSqlQuery &query, const QVariantList &values) const;
    /// The first column of the first row.
    [[nodiscard]] Result<QVariant> value(const QString &sql, const QVariantList &values = {}) const;
    /// After the last row: a file that broke in the middle of a listing says so only here.
    [[nodiscard]] Result<void> ended(const QSqlQuery &query) const;
    [[nodiscard]] const QString &path() const { return m_path; }

private:
    QSqlDatabase m_database;
    QString m_path;
};

/// Taken back at its end unless it was committed.
class SqliteTransaction
{
public:
    explicit SqliteTransaction(const SqliteConnection &connection)
        : m_connection(connection)
    { }
    ~SqliteTransaction();
    SqliteTransaction(const SqliteTransaction &) = delete;
    SqliteTransaction &operator=(const SqliteTransaction &) = delete;

    /// Immediate: has the right to write from the start, so what it reads is still so when it
    /// writes.
    [[nodiscard]] Result<void> beginWrite() { return run(QStringLiteral("BEGIN IMMEDIATE"), true); }
    /// One consistent view over several queries.
    [[nodiscard]] Result<void> beginRead() { return run(QStringLiteral("BEGIN"), true); }
    [[nodiscard]] Result<void> commit() { return run(QStringLiteral("COMMIT"), false); }

private:
    [[nodiscard]] Result<void> run(const QString &sql, bool open);

    const SqliteConnection &m_connection;
    bool m_open = false;
};

/// What kind of database a file is.
struct SqliteKind
{
    QString what; ///< "journal": its lock is called so.
    int applicationId = 0; ///< PRAGMA application_id: a database with another one is not ours.
    QStringList pragmas; ///< Of every connection.
    /// What brings a file of version N to N + 1, by N. Never change one that has shipped: add one.
    QList<QStringList> migrations;
    QStringList fresh; ///< Pragmas that only an empty file takes.
};

/// One database of a state directory, in WAL mode. Any thread may call, one connection for each;
/// closes them all at its end, when no thread may use one any more.
class SqliteFile
{
public:
    SqliteFile(const QString &path, const SqliteKind &kind);
    ~SqliteFile();
    SqliteFile(const SqliteFile &) = delete;
    SqliteFile &operator=(const SqliteFile &) = delete;

    [[nodiscard]] const QString &path() const { return m_path; }
    [[nodiscard]] Result<SqliteConnection> connection() const;
    /// Makes the file where there is none, as a whole or not at all, checks that nothing was cut
    /// off, and brings it up to the newest schema. By one process at a time. Errors: Unsupported
    /// for the schema of a newer version, Malformed for a file that is none of ours or broken,
    /// Denied where nothing can be written, NotNow for a full disk.
    [[nodiscard]] Result<void> open() const;
    /// That it is there, whole, and of this very schema; changes nothing. Errors as open(),
    /// NotFound for none.
    [[nodiscard]] Result<void> openToRead() const;
    /// Runs \a write(connection) as one immediate transaction.
    template<typename Write>
    [[nodiscard]] Result<void> transact(Write write) const
    {
        const auto made = connection();
        if (!made)
            return fail(made.error());
        SqliteTransaction transaction(*made);
        if (auto begun = transaction.beginWrite(); !begun)
            return begun;
        if (Result<void> written = write(*made); !written)
            return written;
        return transaction.commit();
    }
    /// What \a read(connection), a Result, gives over one consistent view of several queries.
    template<typename Read>
    [[nodiscard]] auto read(Read read) const -> decltype(read(std::declval<SqliteConnection &>()))
    {
        const auto made = connection();
        if (!made)
            return fail(made.error());
        SqliteTransaction transaction(*made);
        if (auto begun = transaction.beginRead(); !begun)
            return fail(begun.error());
        return read(*made);
    }

private:
    [[nodiscard]] QString prefix() const;
    /// Nothing that was cut off may pass for a new file, or for a shorter one.
    [[nodiscard]] Result<void> checkWhole() const;
    [[nodiscard]] Result<void> migrate() const;
    /// The version of the schema; an error for what is not of this kind.
    [[nodiscard]] Result<int> version(const SqliteConnection &connection) const;

    const QString m_path;
    const SqliteKind m_kind;
    quint64 m_number = 0;
};

/// Makes \a folder with mode 0700 unless it is there; ErrorKind::Denied where that can't be.
[[nodiscard]] Result<void> makeStateFolder(const QString &folder);

} // namespace Stampdeck::Internal

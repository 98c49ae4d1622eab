// SPDX-License-Identifier: GPL-3.0-or-later
#include "idempotency.h"

#include "models/crashpoint.h"

#include <QtCore/QDir>
#include <QtCore/QUuid>
#include <QtSql/QSqlDatabase>
#include <QtSql/QSqlError>
#include <QtSql/QSqlQuery>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono;

namespace {

constexpr int schemaVersion = 1;
constexpr milliseconds keptFor = hours(24);

QVariantList valuesOf(const IdempotencyStore::Scope &scope)
{
    return {scope.actor, scope.method, scope.path, scope.key};
}

qint64 millis(Timestamp time)
{
    return time.time_since_epoch().count();
}

} // namespace

IdempotencyStore::IdempotencyStore(Clock &clock)
    : m_clock(clock)
    , m_connection(u"idempotency-"_s + QUuid::createUuid().toString(QUuid::WithoutBraces))
{ }

IdempotencyStore::~IdempotencyStore()
{
    QSqlDatabase::database(m_connection, false).close();
    QSqlDatabase::removeDatabase(m_connection);
}

Result<QSqlQuery> IdempotencyStore::run(const QString &statement, const QVariantList &values) const
{
    const bool isWrite = !statement.startsWith(u"SELECT"_s) && !statement.startsWith(u"PRAGMA"_s);
    if (isWrite)
        crashPoint("before a key is written");
    QSqlQuery query(QSqlDatabase::database(m_connection, false));
    bool done = query.prepare(statement);
    for (const QVariant &value : values)
        query.addBindValue(value);
    done = done && query.exec();
    if (!done)
        return fail(ErrorKind::NotNow, u"the idempotency keys can't be read or written"_s,
                    query.lastError().text());
    if (isWrite)
        crashPoint("after a key was written");
    return query;
}

Result<std::unique_ptr<IdempotencyStore>> IdempotencyStore::open(const QString &stateDir,
                                                                 Clock &clock)
{
    std::unique_ptr<IdempotencyStore> store(new IdempotencyStore(clock));
    QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, store->m_connection);
    const QString file = QDir(stateDir).filePath(u"idempotency.db"_s);
    database.setDatabaseName(file);
    if (!database.open())
        return fail(ErrorKind::Invalid, u"cannot open %1"_s.arg(file), database.lastError().text());
    for (const QString &statement : {u"PRAGMA busy_timeout=5000"_s, u"PRAGMA journal_mode=WAL"_s,
                                     u"PRAGMA synchronous=FULL"_s}) {
        if (const auto done = store->run(statement, {}); !done)
            return fail(ErrorKind::Invalid, u"%1 is no database of stampd"_s.arg(file),
                        done.error().detail);
    }
    int version = 0;
    {
        auto query = store->run(u"PRAGMA user_version"_s, {});
        if (!query)
            return fail(query.error());
        version = query->next() ? query->value(0).toInt() : 0;
    }
    if (version > schemaVersion)
        return fail(ErrorKind::Invalid,
                    u"%1 was written by a newer stampd (schema %2, this one knows %3)"_s.arg(file)
                        .arg(version)
                        .arg(schemaVersion));
    if (version < schemaVersion) {
        for (const QString &statement :
             {u"CREATE TABLE IF NOT EXISTS keys (actor TEXT NOT NULL, method TEXT NOT NULL, "
              "path TEXT NOT NULL, key TEXT NOT NULL, fingerprint BLOB NOT NULL, "
              "operation TEXT NOT NULL, started INTEGER NOT NULL, "
              "PRIMARY KEY (actor, method, path, key)) WITHOUT ROWID"_s,
              u"CREATE INDEX IF NOT EXISTS keys_by_time ON keys (started)"_s,
              u"CREATE INDEX IF NOT EXISTS keys_by_operation ON keys (operation)"_s,
              u"PRAGMA user_version=%1"_s.arg(schemaVersion)}) {
            if (const auto done = store->run(statement, {}); !done)
                return fail(done.error());
        }
    }
    return store;
}

Result<std::optional<IdempotencyStore::Entry>> IdempotencyStore::find(const Scope &scope)
{
    const qint64 oldest = millis(m_clock.now() - keptFor);
    if (const auto done = run(u"DELETE FROM keys WHERE started < ?"_s, {oldest}); !done)
        return fail(done.error());
    auto query = run(u"SELECT fingerprint, operation, started FROM keys WHERE actor=? AND method=? "
                     "AND path=? AND key=?"_s,
                     valuesOf(scope));
    if (!query)
        return fail(query.error());
    if (!query->next())
        return std::nullopt;
    return Entry{query->value(0).toByteArray(), query->value(1).toString(),
                 Timestamp(milliseconds(query->value(2).toLongLong()))};
}

Result<void> IdempotencyStore::begin(const Scope &scope, const QByteArray &fingerprint)
{
    const auto done = run(u"INSERT OR REPLACE INTO keys (actor, method, path, key, fingerprint, "
                          "operation, started) VALUES (?, ?, ?, ?, ?, '', ?)"_s,
                          valuesOf(scope) + QVariantList{fingerprint, millis(m_clock.now())});
    if (!done)
        return fail(done.error());
    return {};
}

Result<void> IdempotencyStore::finish(const Scope &scope, const QString &operation)
{
    const auto done =
        run(u"UPDATE keys SET operation=? WHERE actor=? AND method=? AND path=? AND key=?"_s,
            QVariantList{operation} + valuesOf(scope));
    if (!done)
        return fail(done.error());
    return {};
}

Result<void> IdempotencyStore::forget(const Scope &scope)
{
    const auto done =
        run(u"DELETE FROM keys WHERE actor=? AND method=? AND path=? AND key=?"_s, valuesOf(scope));
    if (!done)
        return fail(done.error());
    return {};
}

Result<bool> IdempotencyStore::knows(const QString &operation)
{
    auto query = run(u"SELECT 1 FROM keys WHERE operation=? LIMIT 1"_s, {operation});
    if (!query)
        return fail(query.error());
    return query->next();
}

} // namespace Stampdeck

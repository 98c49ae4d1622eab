// SPDX-License-Identifier: GPL-3.0-or-later
#include "statefile.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtSql/QSqlDatabase>
#include <QtSql/QSqlError>
#include <QtSql/QSqlQuery>

#include <atomic>

namespace Stampdeck::Internal {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Simulator)
};

constexpr int schemaVersion = 1;
constexpr int mostOrdinal = 1'000'000;

[[nodiscard]] QString compact(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

// Milliseconds of this age pass through a double without loss; "always" and "never" as well, being
// a power of two and its neighbour, so they are told as null and -1 to be safe.
[[nodiscard]] QJsonValue timeToJson(SimTime time)
{
    return time == always ? QJsonValue(QJsonValue::Null) : QJsonValue(double(time));
}

[[nodiscard]] SimTime timeFromJson(const QJsonValue &value)
{
    return value.isDouble() ? SimTime(value.toDouble()) : always;
}

[[nodiscard]] QJsonObject toJson(const LimitWritten &limit)
{
    return {{u"before"_s, limit.before},
            {u"wanted"_s, limit.wanted},
            {u"effectiveAt"_s, timeToJson(limit.effectiveAt)}};
}

[[nodiscard]] LimitWritten limitFromJson(const QJsonValue &value)
{
    return {value[u"before"_s].toDouble(), value[u"wanted"_s].toDouble(),
            timeFromJson(value[u"effectiveAt"_s])};
}

[[nodiscard]] QJsonObject toJson(const StampWritten &stamp)
{
    QJsonArray components;
    for (const ComponentWritten &component : stamp.components) {
        QJsonObject object{{u"desired"_s, component.desired},
                           {u"min"_s, component.min},
                           {u"max"_s, component.max},
                           {u"before"_s, component.before},
                           {u"changedAt"_s, timeToJson(component.changedAt)},
                           {u"restartedAt"_s, timeToJson(component.restartedAt)}};
        if (const auto &rule = component.rule) {
            object[u"rule"_s] = QJsonObject{{u"signal"_s, toString(rule->signal)},
                                            {u"target"_s, rule->target},
                                            {u"cooldownMs"_s, double(rule->cooldownMs)},
                                            {u"lastAt"_s, timeToJson(rule->lastAt)},
                                            {u"lastWhy"_s, rule->lastWhy},
                                            {u"lastFrom"_s, rule->lastFrom},
                                            {u"lastTo"_s, rule->lastTo}};
        }
        components.append(object);
    }
    QJsonObject json{
            {u"lifecycle"_s, toString(stamp.lifecycle)},
            {u"cordonOperation"_s, stamp.cordonOperation},
            {u"cpu"_s, toJson(stamp.cpu)},
            {u"memory"_s, toJson(stamp.memory)},
            {u"storage"_s, toJson(stamp.storage)},
            {u"components"_s, components},
            {u"writes"_s, stamp.writes},
            {u"lastChange"_s, stamp.lastChange},
            {u"updatedBy"_s, stamp.updatedBy},
            {u"updatedAt"_s, timeToJson(stamp.updatedAt)}};
    if (stamp.changesAt != never)
        json[u"changesAt"_s] = timeToJson(stamp.changesAt);
    if (stamp.cordonedUnmade)
        json[u"cordonedUnmade"_s] = true;
    if (const auto &made = stamp.made) {
        QJsonArray replicas;
        for (const int count : made->replicas)
            replicas.append(count);
        json[u"made"_s] = QJsonObject{{u"ordinal"_s, made->ordinal},
                                      {u"at"_s, timeToJson(made->at)},
                                      {u"template"_s, made->fromTemplate},
                                      {u"region"_s, made->region},
                                      {u"ring"_s, made->ring},
                                      {u"slots"_s, made->slotCount},
                                      {u"team"_s, made->team},
                                      {u"cpu"_s, made->cpu},
                                      {u"memory"_s, made->memory},
                                      {u"storage"_s, made->storage},
                                      {u"replicas"_s, replicas}};
    }
    return json;
}

[[nodiscard]] std::optional<StampMade> madeFromJson(const QJsonObject &object)
{
    StampMade made;
    made.ordinal = object[u"ordinal"_s].toInt(-1);
    made.at = timeFromJson(object[u"at"_s]);
    made.fromTemplate = object[u"template"_s].toString();
    made.region = object[u"region"_s].toInt(-1);
    made.ring = object[u"ring"_s].toInt();
    made.slotCount = object[u"slots"_s].toInt();
    made.team = object[u"team"_s].toString();
    made.cpu = object[u"cpu"_s].toDouble();
    made.memory = object[u"memory"_s].toDouble();
    made.storage = object[u"storage"_s].toDouble();
    const QJsonArray replicas = object[u"replicas"_s].toArray();
    if (made.ordinal < 0 || made.ordinal > mostOrdinal || made.region < 0 || made.region >= int(simulatedRegions().size())
        || replicas.size() != qsizetype(componentCount))
        return std::nullopt;
    for (size_t i = 0; i < componentCount; ++i)
        made.replicas.at(i) = std::max(1, replicas.at(qsizetype(i)).toInt());
    return made;
}

[[nodiscard]] std::optional<StampWritten> stampFromJson(const QJsonObject &object)
{
    StampWritten stamp;
    const auto lifecycle = fromString<Lifecycle>(QStringView(object[u"lifecycle"_s].toString()));
    const QJsonArray components = object[u"components"_s].toArray();
    if (!lifecycle || components.size() != qsizetype(componentCount))
        return std::nullopt;
    stamp.lifecycle = *lifecycle;
    if (const QJsonValue at = object[u"changesAt"_s]; at.isDouble())
        stamp.changesAt = timeFromJson(at);
    stamp.cordonedUnmade = object[u"cordonedUnmade"_s].toBool();
    if (const QJsonValue value = object[u"made"_s]; value.isObject()) {
        const auto made = madeFromJson(value.toObject());
        if (!made)
            return std::nullopt;
        stamp.made = std::make_shared<const StampMade>(*made);
    }
    stamp.cordonOperation = object[u"cordonOperation"_s].toString();
    stamp.cpu = limitFromJson(object[u"cpu"_s]);
    stamp.memory = limitFromJson(object[u"memory"_s]);
    stamp.storage = limitFromJson(object[u"storage"_s]);
    for (size_t i = 0; i < componentCount; ++i) {
        const QJsonValue from = components.at(qsizetype(i));
        ComponentWritten &component = stamp.components.at(i);
        component.desired = from[u"desired"_s].toInt();
        component.min = from[u"min"_s].toInt();
        component.max = from[u"max"_s].toInt();
        component.before = from[u"before"_s].toInt();
        component.changedAt = timeFromJson(from[u"changedAt"_s]);
        component.restartedAt = timeFromJson(from[u"restartedAt"_s]);
        if (const QJsonValue value = from[u"rule"_s]; value.isObject()) {
            const auto signal = fromString<SignalKind>(QStringView(value[u"signal"_s].toString()));
            if (!signal)
                return std::nullopt;
            RuleWritten rule;
            rule.signal = *signal;
            rule.target = value[u"target"_s].toDouble();
            rule.cooldownMs = qint64(value[u"cooldownMs"_s].toDouble());
            rule.lastAt = timeFromJson(value[u"lastAt"_s]);
            rule.lastWhy = value[u"lastWhy"_s].toString();
            rule.lastFrom = value[u"lastFrom"_s].toInt();
            rule.lastTo = value[u"lastTo"_s].toInt();
            component.rule = rule;
        }
    }
    stamp.writes = object[u"writes"_s].toInt();
    stamp.lastChange = object[u"lastChange"_s].toString();
    stamp.updatedBy = object[u"updatedBy"_s].toString();
    stamp.updatedAt = timeFromJson(object[u"updatedAt"_s]);
    return stamp;
}

[[nodiscard]] QJsonObject toJson(const TenantWritten &tenant, const FleetState &fleet)
{
    QJsonArray placements;
    for (const PlacementWritten &placement : tenant.placements) {
        placements.append(QJsonObject{{u"stamp"_s, fleet.stamps.at(size_t(placement.stamp)).name},
                                      {u"state"_s, toString(placement.state)},
                                      {u"since"_s, timeToJson(placement.since)},
                                      {u"readyAt"_s, timeToJson(placement.readyAt)},
                                      {u"fails"_s, placement.fails}});
    }
    return {{u"owner"_s, fleet.stamps.at(size_t(tenant.owner)).name},
            {u"placements"_s, placements},
            {u"operation"_s, tenant.operation},
            {u"attempts"_s, tenant.attempts},
            {u"writes"_s, tenant.writes},
            {u"lastChange"_s, tenant.lastChange},
            {u"updatedBy"_s, tenant.updatedBy},
            {u"updatedAt"_s, timeToJson(tenant.updatedAt)}};
}

[[nodiscard]] std::optional<TenantWritten> tenantFromJson(const QJsonObject &object,
                                                          const QHash<QString, int> &stamps)
{
    TenantWritten tenant;
    tenant.owner = stamps.value(object[u"owner"_s].toString(), -1);
    if (tenant.owner < 0)
        return std::nullopt;
    const QJsonArray placements = object[u"placements"_s].toArray();
    for (const auto &from : placements) {
        PlacementWritten placement;
        placement.stamp = stamps.value(from[u"stamp"_s].toString(), -1);
        const auto state = fromString<PlacementState>(QStringView(from[u"state"_s].toString()));
        if (placement.stamp < 0 || !state)
            return std::nullopt;
        placement.state = *state;
        placement.since = timeFromJson(from[u"since"_s]);
        placement.readyAt = timeFromJson(from[u"readyAt"_s]);
        placement.fails = from[u"fails"_s].toBool();
        tenant.placements.push_back(placement);
    }
    if (!tenant.on(tenant.owner))
        return std::nullopt;
    tenant.operation = object[u"operation"_s].toString();
    tenant.attempts = object[u"attempts"_s].toInt();
    tenant.writes = object[u"writes"_s].toInt();
    tenant.lastChange = object[u"lastChange"_s].toString();
    tenant.updatedBy = object[u"updatedBy"_s].toString();
    tenant.updatedAt = timeFromJson(object[u"updatedAt"_s]);
    return tenant;
}

[[nodiscard]] QJsonObject toJson(const WriteOutcome &outcome)
{
    return {{u"done"_s, outcome.done},
            {u"handle"_s, outcome.handle},
            {u"revision"_s, outcome.revision},
            {u"progress"_s, outcome.progress},
            {u"message"_s, outcome.message}};
}

[[nodiscard]] WriteOutcome outcomeFromJson(const QJsonObject &object)
{
    WriteOutcome outcome;
    outcome.done = object[u"done"_s].toBool();
    outcome.handle = object[u"handle"_s].toString();
    outcome.revision = object[u"revision"_s].toString();
    outcome.progress = object[u"progress"_s].toDouble();
    outcome.message = object[u"message"_s].toString();
    return outcome;
}

[[nodiscard]] QJsonObject toJson(const Mark &mark)
{
    return {{u"operation"_s, mark.operation},
            {u"run"_s, mark.run},
            {u"kind"_s, mark.kind},
            {u"step"_s, mark.step},
            {u"from"_s, mark.from},
            {u"to"_s, mark.to},
            {u"who"_s, mark.who},
            {u"plan"_s, mark.plan},
            {u"shared"_s, mark.shared},
            {u"until"_s, double(mark.until.time_since_epoch().count())}};
}

[[nodiscard]] Mark markFromJson(const QJsonObject &object)
{
    Mark mark;
    mark.operation = object[u"operation"_s].toString();
    mark.run = object[u"run"_s].toString();
    mark.kind = object[u"kind"_s].toString();
    mark.step = object[u"step"_s].toInt();
    mark.from = object[u"from"_s].toString();
    mark.to = object[u"to"_s].toString();
    mark.who = object[u"who"_s].toString();
    mark.plan = object[u"plan"_s].toString();
    mark.shared = object[u"shared"_s].toBool();
    mark.until = Timestamp(std::chrono::milliseconds(qint64(object[u"until"_s].toDouble())));
    return mark;
}

} // namespace

StateFile::StateFile(QString path, QString connection)
    : m_path(std::move(path))
    , m_connection(std::move(connection))
{ }

StateFile::~StateFile()
{
    QSqlDatabase::database(m_connection, false).close();
    QSqlDatabase::removeDatabase(m_connection);
}

Error StateFile::problem(const QString &what, const QString &detail) const
{
    return Error::of(
        ErrorKind::Invalid,
        Words::tr("the key \"state\" of the simulator takes a state file of this fleet; %1")
            .arg(what),
        detail);
}

Result<std::unique_ptr<StateFile>> StateFile::open(const QString &path, const QString &fingerprint,
                                                   const StateIdentity &fresh,
                                                   const FleetState &fleet)
{
    static std::atomic<quint64> count = 0;
    const QString connection = u"simulator-state-%1"_s.arg(++count);
    std::unique_ptr<StateFile> file(new StateFile(path, connection));
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, connection);
        database.setDatabaseName(path);
        database.setConnectOptions(u"QSQLITE_BUSY_TIMEOUT=2000"_s);
        if (!database.open())
            return fail(file->problem(Words::tr("“%1” can't be opened").arg(path),
                                      database.lastError().text()));
    }
    if (auto prepared = file->prepare(fingerprint, fresh); !prepared)
        return fail(prepared.error());
    if (auto wasRead = file->read(fleet); !wasRead)
        return fail(wasRead.error());
    return file;
}

Result<void> StateFile::prepare(const QString &fingerprint, const StateIdentity &fresh)
{
    QSqlQuery query(QSqlDatabase::database(m_connection, false));
    const auto run = [&](const QString &statement) -> Result<void> {
        if (!query.exec(statement))
            return fail(
                problem(Words::tr("“%1” can't be read").arg(m_path), query.lastError().text()));
        return {};
    };
    // One process at a time: a second one would not see what the first has in memory.
    for (const QString &statement :
         {u"PRAGMA locking_mode=EXCLUSIVE"_s, u"PRAGMA journal_mode=WAL"_s,
          u"PRAGMA synchronous=FULL"_s, u"BEGIN IMMEDIATE"_s,
          u"CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)"_s,
          u"CREATE TABLE IF NOT EXISTS marks (tenant INTEGER NOT NULL, name TEXT NOT NULL, "
          "mark TEXT NOT NULL, PRIMARY KEY (tenant, name))"_s}) {
        if (const auto done = run(statement); !done) {
            const bool busy = done.error().detail.contains(u"locked"_s);
            return fail(problem(busy ? Words::tr("“%1” is open in another program").arg(m_path)
                                     : Words::tr("“%1” is not one").arg(m_path),
                                done.error().detail));
        }
    }
    QMap<QString, QString> meta;
    if (const auto done = run(u"SELECT key, value FROM meta"_s); !done)
        return done;
    while (query.next())
        meta.insert(query.value(0).toString(), query.value(1).toString());
    StateIdentity &is = m_content.identity;
    if (meta.isEmpty()) {
        for (const QString &statement :
             {u"CREATE TABLE stamps (name TEXT PRIMARY KEY, written TEXT NOT NULL)"_s,
              u"CREATE TABLE tenants (id TEXT PRIMARY KEY, written TEXT NOT NULL)"_s,
              u"CREATE TABLE keys (key TEXT PRIMARY KEY, request TEXT NOT NULL, outcome TEXT NOT "
              "NULL, at INTEGER NOT NULL)"_s,
              u"CREATE INDEX keys_at ON keys (at)"_s}) {
            if (const auto done = run(statement); !done)
                return done;
        }
        is = fresh;
        meta = {{u"schema"_s, QString::number(schemaVersion)},
                {u"fleet"_s, fingerprint},
                {u"instance"_s, fresh.instance},
                {u"storyStart"_s, QString::number(fresh.storyStart)}};
        for (auto it = meta.cbegin(); it != meta.cend(); ++it) {
            query.prepare(u"INSERT INTO meta (key, value) VALUES (?, ?)"_s);
            query.addBindValue(it.key());
            query.addBindValue(it.value());
            if (!query.exec())
                return fail(problem(Words::tr("“%1” can't be written").arg(m_path),
                                    query.lastError().text()));
        }
        if (const auto done = run(u"COMMIT"_s); !done)
            return done;
        return writeIdentity(fresh);
    }
    if (const auto done = run(u"COMMIT"_s); !done)
        return done;
    if (meta.value(u"schema"_s).toInt() != schemaVersion) {
        return fail(
            problem(Words::tr("“%1” is of version %2, and this program reads version %3")
                        .arg(m_path, meta.value(u"schema"_s), QString::number(schemaVersion)),
                    {}));
    }
    if (meta.value(u"fleet"_s) != fingerprint) {
        return fail(problem(Words::tr("“%1” holds another one: it was made with %2, not with %3")
                                .arg(m_path, meta.value(u"fleet"_s), fingerprint),
                            {}));
    }
    is.instance = meta.value(u"instance"_s);
    is.storyStart = meta.value(u"storyStart"_s).toLongLong();
    is.epochSim = meta.value(u"epochSim"_s).toLongLong();
    is.epochWall = meta.value(u"epochWall"_s).toLongLong();
    is.timeScale = meta.value(u"timeScale"_s).toDouble();
    if (is.instance.isEmpty() || is.timeScale <= 0)
        return fail(problem(Words::tr("“%1” is damaged").arg(m_path), u"meta"_s));
    return {};
}

Result<void> StateFile::writeIdentity(const StateIdentity &identity)
{
    QSqlDatabase database = QSqlDatabase::database(m_connection, false);
    QSqlQuery query(database);
    if (!database.transaction())
        return fail(
            problem(Words::tr("“%1” can't be written").arg(m_path), database.lastError().text()));
    const std::array<std::pair<QString, QString>, 3> values = {{
        {u"epochSim"_s, QString::number(identity.epochSim)},
        {u"epochWall"_s, QString::number(identity.epochWall)},
        {u"timeScale"_s, QString::number(identity.timeScale, 'g', 17)},
    }};
    for (const auto &[key, value] : values) {
        query.prepare(u"INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)"_s);
        query.addBindValue(key);
        query.addBindValue(value);
        if (!query.exec()) {
            const QString text = query.lastError().text();
            database.rollback();
            return fail(problem(Words::tr("“%1” can't be written").arg(m_path), text));
        }
    }
    if (!database.commit())
        return fail(
            problem(Words::tr("“%1” can't be written").arg(m_path), database.lastError().text()));
    m_content.identity = identity;
    return {};
}

Result<void> StateFile::read(const FleetState &fleet)
{
    QHash<QString, int> stamps;
    for (size_t i = 0; i < fleet.stamps.size(); ++i)
        stamps.insert(fleet.stamps.at(i).name, int(i));
    QSqlQuery query(QSqlDatabase::database(m_connection, false));
    query.setForwardOnly(true);
    const auto object = [&](int column) {
        return QJsonDocument::fromJson(query.value(column).toString().toUtf8()).object();
    };
    if (!query.exec(u"SELECT name, written FROM stamps"_s))
        return fail(problem(Words::tr("“%1” can't be read").arg(m_path), query.lastError().text()));
    while (query.next()) {
        const auto stamp = stampFromJson(object(1));
        const QString name = query.value(0).toString();
        // One that was made is not of the fleet that there was at first, or stands in for one.
        if (stamp && stamp->made && stamp->made->ordinal >= int(fleet.stamps.size()))
            stamps.insert(name, stamp->made->ordinal);
        if (!stamp || !stamps.contains(name))
            return fail(problem(Words::tr("“%1” is damaged").arg(m_path), u"stamp "_s + name));
        m_content.stamps.emplace_back(query.value(0).toString(), *stamp);
    }
    if (!query.exec(u"SELECT id, written FROM tenants"_s))
        return fail(problem(Words::tr("“%1” can't be read").arg(m_path), query.lastError().text()));
    while (query.next()) {
        const auto tenant = tenantFromJson(object(1), stamps);
        if (!tenant)
            return fail(problem(Words::tr("“%1” is damaged").arg(m_path),
                                u"tenant "_s + query.value(0).toString()));
        m_content.tenants.emplace_back(query.value(0).toString(), *tenant);
    }
    if (!query.exec(u"SELECT tenant, name, mark FROM marks"_s))
        return fail(problem(Words::tr("“%1” can't be read").arg(m_path), query.lastError().text()));
    while (query.next()) {
        m_content.marks.push_back(
            {query.value(0).toBool(), query.value(1).toString(), markFromJson(object(2))});
    }
    if (!query.exec(u"SELECT key, request, outcome, at FROM keys"_s))
        return fail(problem(Words::tr("“%1” can't be read").arg(m_path), query.lastError().text()));
    while (query.next()) {
        KeyRecord record;
        record.key = query.value(0).toString();
        record.request = query.value(1).toString();
        record.outcome = outcomeFromJson(object(2));
        record.at = query.value(3).toLongLong();
        m_content.keys.insert(record.key, record);
    }
    return {};
}

Result<void> StateFile::write(const Transaction &transaction, const FleetState &fleet,
                              SimTime forgetKeysBefore)
{
    QSqlDatabase database = QSqlDatabase::database(m_connection, false);
    const auto failed = [&](const QString &detail) -> Result<void> {
        database.rollback();
        Error error = Error::of(
            ErrorKind::NotNow,
            Words::tr("the simulator can't write its state file \"%1\"").arg(m_path), detail);
        error.retryAfter = std::chrono::seconds(2);
        return fail(std::move(error));
    };
    if (!database.transaction())
        return failed(database.lastError().text());
    QSqlQuery query(database);
    for (const auto &[index, written] : transaction.stamps) {
        query.prepare(u"INSERT OR REPLACE INTO stamps (name, written) VALUES (?, ?)"_s);
        query.addBindValue(size_t(index) < fleet.stamps.size()
                               ? fleet.stamps.at(size_t(index)).name
                               : transaction.added->name);
        query.addBindValue(compact(toJson(written)));
        if (!query.exec())
            return failed(query.lastError().text());
    }
    for (const auto &[index, written] : transaction.tenants) {
        query.prepare(u"INSERT OR REPLACE INTO tenants (id, written) VALUES (?, ?)"_s);
        query.addBindValue(fleet.tenants.at(size_t(index)).id);
        query.addBindValue(compact(toJson(written, fleet)));
        if (!query.exec())
            return failed(query.lastError().text());
    }
    for (const MarkWritten &change : transaction.marks) {
        query.prepare(change.mark ? u"INSERT OR REPLACE INTO marks (tenant, name, mark) "
                                    "VALUES (?, ?, ?)"_s
                                  : u"DELETE FROM marks WHERE tenant = ? AND name = ?"_s);
        query.addBindValue(int(change.isTenant));
        query.addBindValue(change.isTenant ? fleet.tenants.at(size_t(change.index)).id
                                           : fleet.stamps.at(size_t(change.index)).name);
        if (change.mark)
            query.addBindValue(compact(toJson(*change.mark)));
        if (!query.exec())
            return failed(query.lastError().text());
    }
    if (const auto &key = transaction.key) {
        query.prepare(u"INSERT INTO keys (key, request, outcome, at) VALUES (?, ?, ?, ?)"_s);
        query.addBindValue(key->key);
        query.addBindValue(key->request);
        query.addBindValue(compact(toJson(key->outcome)));
        query.addBindValue(key->at);
        if (!query.exec())
            return failed(query.lastError().text());
        query.prepare(u"DELETE FROM keys WHERE at < ?"_s);
        query.addBindValue(forgetKeysBefore);
        if (!query.exec())
            return failed(query.lastError().text());
    }
    query.finish();
    if (!database.commit())
        return failed(database.lastError().text());
    return {};
}

} // namespace Stampdeck::Internal

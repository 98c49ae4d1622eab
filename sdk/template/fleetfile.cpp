// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleetfile.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QLockFile>
#include <QtCore/QSaveFile>
#include <QtCore/QSet>

#include <cmath>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

namespace {

constexpr int lockWaitMs = 2'000;
constexpr auto keyLifetime = std::chrono::hours(24);

QString hashOf(const QByteArray &bytes)
{
    return QString::fromLatin1(
        QCryptographicHash::hash(bytes, QCryptographicHash::Sha1).toHex().first(16));
}

/// Reads one object and remembers the first thing that is wrong with it.
class Reader
{
public:
    Reader(const QJsonObject &object, const QString &pointer)
        : m_object(object)
        , m_pointer(pointer)
    { }

    [[nodiscard]] QString text(const QString &key, bool required = false)
    {
        const QJsonValue value = m_object.value(key);
        if (value.isUndefined() || value.isNull()) {
            if (required)
                wrong(key, u"missing"_s);
            return {};
        }
        if (!value.isString())
            wrong(key, u"not a text"_s);
        return value.toString();
    }
    /// Nothing where nothing is told: never 0.
    [[nodiscard]] std::optional<double> number(const QString &key)
    {
        const QJsonValue value = m_object.value(key);
        if (value.isUndefined() || value.isNull())
            return std::nullopt;
        if (!value.isDouble())
            wrong(key, u"not a number"_s);
        else if (value.toDouble() < 0)
            wrong(key, u"a negative number"_s);
        else
            return value.toDouble();
        return std::nullopt;
    }
    [[nodiscard]] std::optional<int> count(const QString &key)
    {
        const auto value = number(key);
        if (value && (*value != std::floor(*value) || *value > 1'000'000)) {
            wrong(key, u"not a count"_s);
            return std::nullopt;
        }
        return value ? std::optional(int(*value)) : std::nullopt;
    }
    template<typename T>
    [[nodiscard]] T word(const QString &key, T preset)
    {
        const QString is = text(key);
        if (is.isEmpty())
            return preset;
        const auto value = fromString<T>(QStringView(is));
        if (!value)
            wrong(key, u"an unknown word"_s);
        return value.value_or(preset);
    }
    [[nodiscard]] Reader inner(const QString &key)
    {
        const QJsonValue value = m_object.value(key);
        if (!value.isUndefined() && !value.isNull() && !value.isObject())
            wrong(key, u"not an object"_s);
        return Reader(value.toObject(), m_pointer + u'/' + key);
    }
    void take(const Reader &inner)
    {
        if (!m_fault)
            m_fault = inner.m_fault;
    }
    [[nodiscard]] const QJsonObject &object() const { return m_object; }
    [[nodiscard]] const QString &pointer() const { return m_pointer; }
    [[nodiscard]] const std::optional<ObjectFault> &fault() const { return m_fault; }
    void wrong(const QString &key, const QString &message)
    {
        if (!m_fault)
            m_fault = ObjectFault{{}, false, m_pointer + u'/' + key, message};
    }

private:
    QJsonObject m_object;
    QString m_pointer;
    std::optional<ObjectFault> m_fault;
};

/// Changes exactly with what a writer can set: with the lifecycle, and with every write.
QString revisionOf(const QJsonObject &stamp)
{
    QJsonObject writable;
    for (const QString &key : {u"lifecycle"_s, u"version"_s, u"labels"_s, u"writes"_s})
        writable[key] = stamp.value(key);
    QJsonArray counts;
    for (const QJsonValue &component : stamp.value(u"components"_s).toArray())
        counts += QJsonArray{component[u"name"_s], component[u"desired"_s], component[u"min"_s],
                             component[u"max"_s]};
    writable[u"components"_s] = counts;
    QJsonArray limits;
    const QJsonObject resources = stamp.value(u"resources"_s).toObject();
    for (const QString &kind : resources.keys())
        limits += QJsonArray{kind, resources[kind].toObject().value(u"limit"_s)};
    writable[u"limits"_s] = limits;
    return hashOf(QJsonDocument(writable).toJson(QJsonDocument::Compact));
}

QString revisionOfTenant(const QJsonObject &tenant)
{
    return hashOf(QJsonDocument(tenant).toJson(QJsonDocument::Compact));
}

Stamp readStamp(Reader &reader)
{
    Stamp stamp;
    stamp.name = reader.text(u"name"_s, true);
    if (stamp.name.isEmpty() || stamp.name.contains(u'/') || stamp.name.contains(u'~')
        || stamp.name.trimmed() != stamp.name)
        reader.wrong(u"name"_s, u"not a name"_s);
    stamp.region = reader.text(u"region"_s);
    stamp.ring = reader.text(u"ring"_s);
    stamp.version = reader.text(u"version"_s);
    stamp.lifecycle = reader.word(u"lifecycle"_s, Lifecycle::Active);
    stamp.health = reader.word(u"health"_s, Health::Unknown);
    stamp.updatedBy = reader.text(u"updatedBy"_s);
    stamp.updatedAt = fromRfc3339(reader.text(u"updatedAt"_s));
    Reader resources = reader.inner(u"resources"_s);
    for (const ResourceKind kind : allResources) {
        Reader one = resources.inner(toString(kind));
        stamp.resources[kind] = {one.number(u"limit"_s), one.number(u"reserved"_s),
                                 one.number(u"used"_s)};
        resources.take(one);
    }
    reader.take(resources);
    const QJsonArray components = reader.object().value(u"components"_s).toArray();
    for (qsizetype i = 0; i < components.size(); ++i) {
        Reader one(components[i].toObject(),
                   reader.pointer() + u"/components/"_s + QString::number(i));
        Component component;
        component.name = one.text(u"name"_s, true);
        component.desired = one.count(u"desired"_s).value_or(0);
        component.ready = one.count(u"ready"_s).value_or(0);
        component.min = one.count(u"min"_s);
        component.max = one.count(u"max"_s);
        component.health = componentHealth(component.desired, component.ready);
        reader.take(one);
        stamp.components.append(component);
    }
    Reader labels = reader.inner(u"labels"_s);
    for (const QString &key : labels.object().keys())
        stamp.labels.insert(key, labels.text(key));
    reader.take(labels);
    stamp.revision = revisionOf(reader.object());
    return stamp;
}

Tenant readTenant(Reader &reader)
{
    Tenant tenant;
    tenant.id = reader.text(u"id"_s, true);
    tenant.name = reader.text(u"name"_s);
    tenant.stamp = reader.text(u"stamp"_s, true);
    tenant.tier = reader.word(u"tier"_s, Tier::Standard);
    // A file knows no moves: a tenant serves where it is owned.
    tenant.placements.push_back({tenant.stamp, PlacementState::Serving, {}});
    Reader demand = reader.inner(u"demand"_s);
    tenant.demand = {demand.number(u"cpu"_s), demand.number(u"memory"_s),
                     demand.number(u"storage"_s), demand.number(u"requestsPerSecond"_s)};
    reader.take(demand);
    tenant.revision = revisionOfTenant(reader.object());
    return tenant;
}

Result<QByteArray> bytesOf(const QString &name)
{
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Unreachable, u"%1 can't be read"_s.arg(name), file.errorString());
    return file.readAll();
}

} // namespace

Result<FleetFile> FleetFile::read(const QString &name)
{
    const auto bytes = bytesOf(name);
    if (!bytes)
        return fail(bytes.error());
    QJsonParseError trouble;
    const QJsonDocument document = QJsonDocument::fromJson(*bytes, &trouble);
    if (!document.isObject()) {
        return fail(ErrorKind::Malformed, u"%1 holds no JSON object"_s.arg(name),
                    u"%1 at byte %2"_s.arg(trouble.errorString()).arg(trouble.offset));
    }
    FleetFile file;
    file.m_root = document.object();
    file.m_name = name;
    file.m_revision = hashOf(*bytes);
    return file;
}

QString FleetFile::instance() const
{
    return m_root.value(u"fleetId"_s).toString(m_name);
}

Result<FleetUpdate> FleetFile::decode() const
{
    if (!m_root.value(u"stamps"_s).isArray())
        return fail(ErrorKind::Malformed, u"%1 holds no list of stamps"_s.arg(m_name),
                    u"/stamps"_s);
    FleetUpdate update;
    update.instance = instance();
    update.revision = m_revision;
    QSet<QString> names;
    const auto fault = [&](const Reader &reader, const QString &id, bool isTenant) {
        ObjectFault one = *reader.fault();
        one.id = id;
        one.isTenant = isTenant;
        update.faults.push_back(one);
    };
    const QJsonArray stamps = m_root.value(u"stamps"_s).toArray();
    for (qsizetype i = 0; i < stamps.size(); ++i) {
        Reader reader(stamps[i].toObject(), u"/stamps/"_s + QString::number(i));
        auto stamp = std::make_shared<Stamp>(readStamp(reader));
        if (names.contains(stamp->name))
            reader.wrong(u"name"_s, u"there already"_s);
        if (reader.fault()) {
            fault(reader, stamp->name, false);
            continue;
        }
        names.insert(stamp->name);
        update.stamps.push_back(std::move(stamp));
    }
    QSet<QString> ids;
    const QJsonArray tenants = m_root.value(u"tenants"_s).toArray();
    for (qsizetype i = 0; i < tenants.size(); ++i) {
        Reader reader(tenants[i].toObject(), u"/tenants/"_s + QString::number(i));
        auto tenant = std::make_shared<Tenant>(readTenant(reader));
        if (ids.contains(tenant->id))
            reader.wrong(u"id"_s, u"there already"_s);
        if (!names.contains(tenant->stamp))
            reader.wrong(u"stamp"_s, u"no stamp of this file"_s);
        if (reader.fault()) {
            fault(reader, tenant->id, true);
            continue;
        }
        ids.insert(tenant->id);
        update.tenants.push_back(std::move(tenant));
    }
    return update;
}

Result<QString> FleetFile::apply(const QString &name, const Change &change)
{
    // Two of us may write at once: read, change and write belong together.
    QLockFile lock(name + u".lock"_s);
    if (!lock.tryLock(lockWaitMs))
        return fail(ErrorKind::NotNow, u"somebody else writes %1"_s.arg(name));
    auto file = read(name);
    if (!file)
        return fail(file.error());
    QJsonObject &root = file->m_root;
    const QString asked = change.stamp + u' ' + toString(change.lifecycle);
    QJsonObject keys = root.value(u"keys"_s).toObject();
    const QJsonObject earlier = keys.value(change.key).toObject();
    if (!change.key.isEmpty() && !earlier.isEmpty()) {
        if (earlier.value(u"asked"_s).toString() != asked)
            return fail(ErrorKind::Invalid, u"the idempotency key belongs to another request"_s);
        return earlier.value(u"revision"_s).toString();
    }
    QJsonArray stamps = root.value(u"stamps"_s).toArray();
    qsizetype index = 0;
    while (index < stamps.size() && stamps[index][u"name"_s].toString() != change.stamp)
        ++index;
    if (index == stamps.size())
        return fail(ErrorKind::NotFound, u"there is no stamp “%1” in %2"_s.arg(change.stamp, name));
    QJsonObject stamp = stamps[index].toObject();
    const QString is = revisionOf(stamp);
    if (!change.expectedRevision.isEmpty() && change.expectedRevision != is) {
        return fail(ErrorKind::Conflict,
                    u"%1 has changed since you read it, by %2"_s.arg(
                        change.stamp, stamp.value(u"updatedBy"_s).toString(u"somebody"_s)),
                    u"expected revision %1, is %2"_s.arg(change.expectedRevision, is));
    }
    stamp[u"lifecycle"_s] = toString(change.lifecycle);
    stamp[u"writes"_s] = stamp.value(u"writes"_s).toInt() + 1;
    stamp[u"updatedBy"_s] = change.by;
    stamp[u"updatedAt"_s] = toRfc3339(change.at);
    stamps[index] = stamp;
    root[u"stamps"_s] = stamps;
    const QString revision = revisionOf(stamp);
    if (!change.key.isEmpty()) {
        for (const QString &key : keys.keys()) {
            const auto at = fromRfc3339(keys[key].toObject().value(u"at"_s).toString());
            if (!at || change.at - *at > keyLifetime)
                keys.remove(key);
        }
        keys[change.key] = QJsonObject{
            {u"asked"_s, asked}, {u"revision"_s, revision}, {u"at"_s, toRfc3339(change.at)}};
        root[u"keys"_s] = keys;
    }
    QSaveFile saved(name);
    if (!saved.open(QIODevice::WriteOnly) || saved.write(QJsonDocument(root).toJson()) < 0
        || !saved.commit())
        return fail(ErrorKind::Unreachable, u"%1 can't be written"_s.arg(name),
                    saved.errorString());
    return revision;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "recording.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRegularExpression>
#include <QtCore/QSet>

#include <cmath>
#include <limits>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using Change = Recording::Change;
using What = Recording::Change::What;
using Course = Recording::Course;
using Turn = Recording::Turn;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Recording)
};

constexpr qsizetype longestText = 4'096;
constexpr qsizetype mostParts = 256; ///< Components, placements, reasons or labels of one object.
constexpr qint64 lettersOfPart = 128; ///< What a part takes beside its texts, more or less.
constexpr double mostReplicas = 1'000'000;
constexpr double mostAmount = 1e18;

// --- Writing

void put(QJsonObject &object, const QString &key, const QString &text)
{
    if (!text.isEmpty())
        object.insert(key, text);
}

void put(QJsonObject &object, const QString &key, const std::optional<double> &value)
{
    if (value && std::isfinite(*value))
        object.insert(key, *value);
}

void put(QJsonObject &object, const QString &key, const std::optional<int> &value)
{
    if (value)
        object.insert(key, *value);
}

void put(QJsonObject &object, const QString &key, const std::optional<Timestamp> &time)
{
    if (time)
        object.insert(key, toRfc3339(*time));
}

QJsonObject toJson(const Resource &resource)
{
    QJsonObject is;
    put(is, u"limit"_s, resource.limit);
    put(is, u"reserved"_s, resource.reserved);
    put(is, u"used"_s, resource.used);
    return is;
}

QJsonObject toJson(const Component &component)
{
    QJsonObject is{{u"name"_s, component.name},
                   {u"desired"_s, component.desired},
                   {u"ready"_s, component.ready},
                   {u"health"_s, toString(component.health)}};
    put(is, u"min"_s, component.min);
    put(is, u"max"_s, component.max);
    put(is, u"load"_s, component.load);
    if (const auto &rule = component.rule) {
        QJsonObject told{{u"signal"_s, toString(rule->signal)},
                         {u"target"_s, rule->target},
                         {u"cooldown"_s, toString(rule->cooldown)}};
        put(told, u"by"_s, rule->by);
        put(told, u"lastAt"_s, rule->lastAt);
        put(told, u"lastWhy"_s, rule->lastWhy);
        put(told, u"lastFrom"_s, rule->lastFrom);
        put(told, u"lastTo"_s, rule->lastTo);
        is.insert(u"rule"_s, told);
    }
    return is;
}

QJsonObject toJson(const Stamp &stamp)
{
    QJsonObject is{{u"name"_s, stamp.name},
                   {u"lifecycle"_s, toString(stamp.lifecycle)},
                   {u"health"_s, toString(stamp.health)}};
    put(is, u"region"_s, stamp.region);
    put(is, u"ring"_s, stamp.ring);
    put(is, u"version"_s, stamp.version);
    put(is, u"zone"_s, stamp.zone);
    put(is, u"updatedBy"_s, stamp.updatedBy);
    put(is, u"updatedAt"_s, stamp.updatedAt);
    QJsonArray reasons;
    for (const HealthReason &reason : stamp.healthReasons) {
        QJsonObject told{{u"code"_s, reason.code}};
        put(told, u"message"_s, reason.message);
        put(told, u"since"_s, reason.since);
        put(told, u"component"_s, reason.component);
        put(told, u"value"_s, reason.value);
        put(told, u"limit"_s, reason.limit);
        put(told, u"unit"_s, reason.unit);
        reasons.append(told);
    }
    if (!reasons.isEmpty())
        is.insert(u"healthReasons"_s, reasons);
    QJsonObject resources;
    for (const ResourceKind kind : allResources) {
        if (const QJsonObject told = toJson(stamp.resources[kind]); !told.isEmpty())
            resources.insert(toString(kind), told);
    }
    is.insert(u"resources"_s, resources);
    QJsonArray components;
    for (const Component &component : stamp.components)
        components.append(toJson(component));
    is.insert(u"components"_s, components);
    if (stamp.costPerHour) {
        is.insert(u"costPerHour"_s,
                  QJsonObject{{u"amount"_s, stamp.costPerHour->amount},
                              {u"currency"_s, stamp.costPerHour->currency}});
    }
    QJsonObject labels;
    for (auto it = stamp.labels.cbegin(); it != stamp.labels.cend(); ++it)
        labels.insert(it.key(), it.value());
    if (!labels.isEmpty())
        is.insert(u"labels"_s, labels);
    return is;
}

QJsonObject toJson(const Tenant &tenant)
{
    QJsonObject is{{u"id"_s, tenant.id},
                   {u"tier"_s, toString(tenant.tier)},
                   {u"stamp"_s, tenant.stamp}};
    put(is, u"name"_s, tenant.name);
    put(is, u"operation"_s, tenant.operation);
    put(is, u"updatedBy"_s, tenant.updatedBy);
    put(is, u"updatedAt"_s, tenant.updatedAt);
    QJsonArray placements;
    for (const Placement &placement : tenant.placements) {
        QJsonObject told{{u"stamp"_s, placement.stamp}, {u"state"_s, toString(placement.state)}};
        put(told, u"since"_s, placement.since);
        placements.append(told);
    }
    is.insert(u"placements"_s, placements);
    QJsonObject demand;
    put(demand, u"cpu"_s, tenant.demand.cpu);
    put(demand, u"memory"_s, tenant.demand.memory);
    put(demand, u"storage"_s, tenant.demand.storage);
    put(demand, u"requestsPerSecond"_s, tenant.demand.requestsPerSecond);
    is.insert(u"demand"_s, demand);
    QJsonObject constraints;
    if (!tenant.constraints.regions.isEmpty())
        constraints.insert(u"regions"_s, QJsonArray::fromStringList(tenant.constraints.regions));
    put(constraints, u"antiAffinity"_s, tenant.constraints.antiAffinity);
    if (tenant.constraints.pinned)
        constraints.insert(u"pinned"_s, true);
    if (tenant.constraints.exclusive)
        constraints.insert(u"exclusive"_s, true);
    if (!constraints.isEmpty())
        is.insert(u"constraints"_s, constraints);
    return is;
}

/// Less its id and its steps.
QJsonObject toJson(const Operation &operation)
{
    QJsonObject is{{u"kind"_s, operation.kind},
                   {u"state"_s, toString(operation.state)},
                   {u"progress"_s, operation.progress}};
    put(is, u"target"_s, operation.target);
    put(is, u"error"_s, operation.error);
    if (operation.errorKind)
        is.insert(u"errorKind"_s, toString(*operation.errorKind));
    put(is, u"reason"_s, operation.reason);
    put(is, u"blocked"_s, operation.blocked);
    put(is, u"mend"_s, operation.mend);
    put(is, u"createdBy"_s, operation.createdBy);
    put(is, u"createdAt"_s, operation.createdAt);
    put(is, u"updatedAt"_s, operation.updatedAt);
    return is;
}

QJsonObject toJson(const OperationStep &step, int place)
{
    QJsonObject is{{u"place"_s, place}, {u"state"_s, toString(step.state)}};
    put(is, u"title"_s, step.title);
    put(is, u"startedAt"_s, step.startedAt);
    put(is, u"endedAt"_s, step.endedAt);
    put(is, u"error"_s, step.error);
    put(is, u"tenant"_s, step.tenant);
    put(is, u"source"_s, step.source);
    return is;
}

/// The members of \a now that \a before has not so; null for those that are no more.
QJsonObject differing(const QJsonObject &before, const QJsonObject &now)
{
    QJsonObject is;
    for (auto it = now.begin(); it != now.end(); ++it) {
        if (before.value(it.key()) != it.value())
            is.insert(it.key(), it.value());
    }
    for (auto it = before.begin(); it != before.end(); ++it) {
        if (!now.contains(it.key()))
            is.insert(it.key(), QJsonValue::Null);
    }
    return is;
}

QJsonObject toJson(const Course &course)
{
    QJsonArray turns;
    QJsonObject known; // as it was last written
    int count = 0;
    for (const Turn &turn : course.turns) {
        QJsonObject now = toJson(turn.is);
        QJsonObject is = differing(known, now);
        QJsonArray steps;
        for (const auto &[place, step] : turn.steps) {
            steps.append(toJson(step, place));
            count = std::max(count, place + 1);
        }
        if (!steps.isEmpty())
            is.insert(u"steps"_s, steps);
        if (turn.stepCount < count)
            is.insert(u"stepCount"_s, turn.stepCount);
        count = turn.stepCount;
        known = std::move(now);
        turns.append(QJsonObject{{u"at"_s, toString(turn.at)}, {u"is"_s, is}});
    }
    return {{u"id"_s, course.id}, {u"turns"_s, turns}};
}

/// \a value to five digits: more would be the unit's, and many times the file.
QJsonValue figure(float value)
{
    if (!std::isfinite(value))
        return QJsonValue::Null;
    return QByteArray::number(double(value), 'g', 5).toDouble();
}

QJsonObject toJson(const Recording::Source &source)
{
    QJsonObject is{{u"name"_s, source.name}};
    put(is, u"tenantDomain"_s, source.tenantDomain);
    if (source.production)
        is.insert(u"production"_s, true);
    QJsonObject objectives{{u"load"_s, source.loadObjective}};
    put(objectives, u"latencyP99Ms"_s, source.latencyObjective);
    put(objectives, u"errorRatio"_s, source.errorObjective);
    is.insert(u"objectives"_s, objectives);
    if (source.silent)
        is.insert(u"silent"_s, true);
    QHash<QString, QJsonObject> known[2]; // stamps, tenants: as they were last written
    QJsonArray stamps;
    for (const StampPtr &stamp : source.stamps) {
        known[0][stamp->name] = toJson(*stamp);
        stamps.append(known[0][stamp->name]);
    }
    is.insert(u"stamps"_s, stamps);
    QJsonArray tenants;
    for (const TenantPtr &tenant : source.tenants) {
        known[1][tenant->id] = toJson(*tenant);
        tenants.append(known[1][tenant->id]);
    }
    is.insert(u"tenants"_s, tenants);
    QJsonArray changes;
    for (const Change &change : source.changes) {
        QJsonObject told{{u"at"_s, toString(change.at)}};
        const bool isStamp = change.what == What::Stamp;
        if (change.what == What::Silent || change.what == What::Answers) {
            told.insert(u"silent"_s, change.what == What::Silent);
        } else {
            told.insert(isStamp ? u"stamp"_s : u"tenant"_s, change.name);
            QJsonObject &before = known[isStamp ? 0 : 1][change.name];
            if (isStamp ? bool(change.stamp) : bool(change.tenant)) {
                const QJsonObject now = isStamp ? toJson(*change.stamp) : toJson(*change.tenant);
                told.insert(u"is"_s, differing(before, now));
                before = now;
            } else {
                told.insert(u"is"_s, QJsonValue::Null);
                before = {};
            }
        }
        changes.append(told);
    }
    is.insert(u"changes"_s, changes);
    QJsonArray operations;
    for (const Course &course : source.operations)
        operations.append(toJson(course));
    if (!operations.isEmpty())
        is.insert(u"operations"_s, operations);
    QJsonObject measured;
    for (auto it = source.measured.cbegin(); it != source.measured.cend(); ++it) {
        QJsonObject series;
        for (size_t i = 0; i < it->size(); ++i) {
            if (it->at(i).empty())
                continue;
            QJsonArray values;
            for (const float value : it->at(i))
                values.append(figure(value));
            series.insert(Recording::signalNames.at(i), values);
        }
        measured.insert(it.key(), series);
    }
    is.insert(u"measured"_s, measured);
    return is;
}

// --- Reading

/// Reads members of objects, and keeps the first thing that is wrong. After that all that it reads
/// is empty.
class Reader
{
public:
    [[nodiscard]] bool isGood() const { return m_wrong.isEmpty(); }
    [[nodiscard]] Error error() const { return Error::of(ErrorKind::Invalid, m_wrong); }

    void wrong(const QString &where, const QString &expected)
    {
        if (isGood())
            m_wrong = Words::tr("the recording is wrong at %1: expected %2").arg(where, expected);
    }
    void tooMany(const QString &what)
    {
        if (isGood())
            m_wrong = what;
    }

    /// Counts what is kept: a small file may say of much that it is as before.
    void keep(qint64 letters)
    {
        m_letters += letters;
        if (m_letters > Recording::mostLetters)
            tooMuch();
    }
    void tooMuch()
    {
        tooMany(Words::tr("what the recording tells of all changes together is too much: take a "
                          "shorter time"));
    }

    QString text(const QJsonObject &of, const QString &key, const QString &where,
                 bool isNeeded = false)
    {
        const QJsonValue value = of.value(key);
        if (value.isUndefined() && !isNeeded)
            return {};
        return text(value, where + u'/' + key, isNeeded);
    }
    QString text(const QJsonValue &value, const QString &where, bool isNeeded)
    {
        if (!isGood())
            return {};
        const QString is = value.toString();
        if (!value.isString() || is.size() > longestText || (isNeeded && is.isEmpty())) {
            wrong(where, Words::tr("a text"));
            return {};
        }
        keep(is.size());
        return shared(is);
    }
    /// \a text as it was read before, where it was: most of what changes stays as it is.
    QString shared(const QString &text) { return *m_texts.insert(text); }
    /// A name as a source of a configuration has: it stands in "source/name" and in options.
    QString sourceName(const QJsonObject &of, const QString &key, const QString &where,
                       bool isNeeded = false)
    {
        static const QRegularExpression pattern(u"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}\\z"_s);
        const QString is = text(of, key, where, isNeeded);
        if (!is.isEmpty() && !pattern.match(is).hasMatch())
            wrong(where + u'/' + key,
                  Words::tr("a name of letters, digits, \".\", \"_\" and \"-\", 63 at most"));
        return is;
    }
    /// A stamp's, which stands behind its source's.
    QString stampName(const QJsonObject &of, const QString &key, const QString &where)
    {
        const QString is = text(of, key, where, true);
        if (is.contains(u'/'))
            wrong(where + u'/' + key, Words::tr("a name without \"/\""));
        return is;
    }
    bool flag(const QJsonObject &of, const QString &key, const QString &where)
    {
        const QJsonValue value = of.value(key);
        if (!value.isUndefined() && !value.isBool())
            wrong(where + u'/' + key, Words::tr("true or false"));
        return value.toBool();
    }
    std::optional<double> amount(const QJsonObject &of, const QString &key, const QString &where,
                                 double most = mostAmount)
    {
        const QJsonValue value = of.value(key);
        if (value.isUndefined())
            return std::nullopt;
        const double is = value.toDouble(-1);
        if (!(is >= 0 && is <= most)) {
            wrong(where + u'/' + key, Words::tr("a number from 0"));
            return std::nullopt;
        }
        return is;
    }
    std::optional<int> count(const QJsonObject &of, const QString &key, const QString &where)
    {
        const auto is = amount(of, key, where, mostReplicas);
        if (is && *is != std::floor(*is))
            wrong(where + u'/' + key, Words::tr("a whole number"));
        return is ? std::optional(int(*is)) : std::nullopt;
    }
    std::optional<Timestamp> time(const QJsonObject &of, const QString &key, const QString &where)
    {
        if (of.value(key).isUndefined())
            return std::nullopt;
        const auto is = fromRfc3339(of.value(key).toString());
        if (!is)
            wrong(where + u'/' + key, Words::tr("a moment, as 2026-01-02T03:04:05Z"));
        return is;
    }
    template<typename T>
    T word(const QJsonObject &of, const QString &key, const QString &where, T otherwise)
    {
        if (of.value(key).isUndefined())
            return otherwise;
        const auto is = fromString<T>(QStringView(of.value(key).toString()));
        if (!is)
            wrong(where + u'/' + key, Words::tr("one of its words"));
        return is.value_or(otherwise);
    }
    QJsonObject object(const QJsonObject &of, const QString &key, const QString &where)
    {
        const QJsonValue value = of.value(key);
        if (!value.isUndefined() && !value.isObject())
            wrong(where + u'/' + key, Words::tr("an object"));
        return value.toObject();
    }
    QJsonArray list(const QJsonObject &of, const QString &key, const QString &where,
                    qsizetype most = mostParts)
    {
        const QJsonValue value = of.value(key);
        if ((!value.isUndefined() && !value.isArray()) || value.toArray().size() > most) {
            wrong(where + u'/' + key, Words::tr("a list of %L1 at the most").arg(most));
            return {};
        }
        return value.toArray();
    }
    /// Of parts of an object, each of which is kept.
    QJsonArray parts(const QJsonObject &of, const QString &key, const QString &where)
    {
        const QJsonArray is = list(of, key, where);
        keep(is.size() * lettersOfPart);
        return isGood() ? is : QJsonArray();
    }

    Stamp stamp(const QJsonObject &of, const QString &where);
    Tenant tenant(const QJsonObject &of, const QString &where);
    /// Less its id and its steps.
    Operation operation(const QJsonObject &of, const QString &where);
    OperationStep step(const QJsonObject &of, const QString &where);
    /// A time after the beginning, no less than \a least.
    std::optional<std::chrono::milliseconds> after(const QJsonObject &of, const QString &where,
                                                   std::chrono::milliseconds least);

private:
    Component component(const QJsonObject &of, const QString &where);

    QString m_wrong;
    qint64 m_letters = 0;
    QSet<QString> m_texts;
};

Component Reader::component(const QJsonObject &of, const QString &where)
{
    Component is;
    is.name = text(of, u"name"_s, where, true);
    is.desired = count(of, u"desired"_s, where).value_or(0);
    is.ready = count(of, u"ready"_s, where).value_or(0);
    is.min = count(of, u"min"_s, where);
    is.max = count(of, u"max"_s, where);
    if (is.min && is.max && *is.max < *is.min)
        wrong(where + u"/max", Words::tr("no less than \"min\""));
    is.load = amount(of, u"load"_s, where);
    is.health = word(of, u"health"_s, where, componentHealth(is.desired, is.ready));
    if (of.value(u"rule"_s).isUndefined())
        return is;
    const QJsonObject told = object(of, u"rule"_s, where);
    const QString there = where + u"/rule";
    ScalingRule rule;
    rule.signal = word(told, u"signal"_s, there, SignalKind::Cpu);
    rule.target = amount(told, u"target"_s, there).value_or(0.7);
    const auto cooldown = durationFromString(told.value(u"cooldown"_s).toString(u"60s"_s));
    if (!cooldown || cooldown->count() < 0)
        wrong(there + u"/cooldown", Words::tr("a time, such as 30s, 5m or 1h"));
    rule.cooldown = cooldown.value_or(rule.cooldown);
    rule.by = text(told, u"by"_s, there);
    rule.lastAt = time(told, u"lastAt"_s, there);
    rule.lastWhy = text(told, u"lastWhy"_s, there);
    rule.lastFrom = count(told, u"lastFrom"_s, there);
    rule.lastTo = count(told, u"lastTo"_s, there);
    is.rule = rule;
    return is;
}

Stamp Reader::stamp(const QJsonObject &of, const QString &where)
{
    Stamp is;
    keep(lettersOfPart);
    is.name = stampName(of, u"name"_s, where);
    is.region = text(of, u"region"_s, where);
    is.ring = text(of, u"ring"_s, where);
    is.version = text(of, u"version"_s, where);
    is.zone = text(of, u"zone"_s, where);
    is.lifecycle = word(of, u"lifecycle"_s, where, Lifecycle::Active);
    is.health = word(of, u"health"_s, where, Health::Unknown);
    is.updatedBy = text(of, u"updatedBy"_s, where);
    is.updatedAt = time(of, u"updatedAt"_s, where);
    for (const QJsonValue each : parts(of, u"healthReasons"_s, where)) {
        const QJsonObject told = each.toObject();
        const QString there = where + u"/healthReasons";
        HealthReason reason;
        reason.code = text(told, u"code"_s, there, true);
        reason.message = text(told, u"message"_s, there);
        reason.since = time(told, u"since"_s, there);
        reason.component = text(told, u"component"_s, there);
        reason.value = amount(told, u"value"_s, there);
        reason.limit = amount(told, u"limit"_s, there);
        reason.unit = text(told, u"unit"_s, there);
        is.healthReasons.append(reason);
    }
    const QJsonObject resources = object(of, u"resources"_s, where);
    for (const ResourceKind kind : allResources) {
        const QString key = toString(kind);
        const QJsonObject told = object(resources, key, where + u"/resources");
        const QString there = where + u"/resources/" + key;
        is.resources[kind] = {amount(told, u"limit"_s, there), amount(told, u"reserved"_s, there),
                              amount(told, u"used"_s, there)};
    }
    QSet<QString> names;
    for (const QJsonValue each : parts(of, u"components"_s, where)) {
        is.components.append(component(each.toObject(), where + u"/components"));
        names.insert(is.components.constLast().name);
    }
    if (names.size() != is.components.size())
        wrong(where + u"/components", Words::tr("each name once"));
    if (const QJsonObject cost = object(of, u"costPerHour"_s, where); !cost.isEmpty()) {
        is.costPerHour = Cost{amount(cost, u"amount"_s, where + u"/costPerHour").value_or(0),
                              text(cost, u"currency"_s, where + u"/costPerHour")};
    }
    const QJsonObject labels = object(of, u"labels"_s, where);
    if (labels.size() > mostParts)
        wrong(where + u"/labels", Words::tr("%L1 labels at the most").arg(mostParts));
    for (auto it = labels.begin(); it != labels.end() && isGood(); ++it) {
        if (it.key().size() > longestText)
            wrong(where + u"/labels", Words::tr("a text"));
        keep(it.key().size() + lettersOfPart);
        is.labels.insert(shared(it.key()), text(labels, it.key(), where + u"/labels"));
    }
    return is;
}

Tenant Reader::tenant(const QJsonObject &of, const QString &where)
{
    Tenant is;
    keep(lettersOfPart);
    is.id = text(of, u"id"_s, where, true);
    is.name = text(of, u"name"_s, where);
    is.tier = word(of, u"tier"_s, where, Tier::Standard);
    is.stamp = text(of, u"stamp"_s, where, true);
    is.operation = text(of, u"operation"_s, where);
    is.updatedBy = text(of, u"updatedBy"_s, where);
    is.updatedAt = time(of, u"updatedAt"_s, where);
    for (const QJsonValue each : parts(of, u"placements"_s, where)) {
        const QJsonObject told = each.toObject();
        const QString there = where + u"/placements";
        Placement placement;
        placement.stamp = text(told, u"stamp"_s, there, true);
        placement.state = word(told, u"state"_s, there, PlacementState::Serving);
        placement.since = time(told, u"since"_s, there);
        if (is.placementOn(placement.stamp))
            wrong(there, Words::tr("each stamp once"));
        is.placements.push_back(placement);
    }
    if (!is.placementOn(is.stamp))
        is.placements.insert(is.placements.begin(), Placement{is.stamp, PlacementState::Serving, {}});
    const QJsonObject demand = object(of, u"demand"_s, where);
    const QString there = where + u"/demand";
    is.demand.cpu = amount(demand, u"cpu"_s, there);
    is.demand.memory = amount(demand, u"memory"_s, there);
    is.demand.storage = amount(demand, u"storage"_s, there);
    is.demand.requestsPerSecond = amount(demand, u"requestsPerSecond"_s, there);
    const QJsonObject constraints = object(of, u"constraints"_s, where);
    const QString rules = where + u"/constraints";
    for (const QJsonValue region : parts(constraints, u"regions"_s, rules))
        is.constraints.regions.append(text(region, rules + u"/regions", true));
    is.constraints.antiAffinity = text(constraints, u"antiAffinity"_s, rules);
    is.constraints.pinned = flag(constraints, u"pinned"_s, rules);
    is.constraints.exclusive = flag(constraints, u"exclusive"_s, rules);
    return is;
}

Operation Reader::operation(const QJsonObject &of, const QString &where)
{
    Operation is;
    keep(lettersOfPart);
    is.kind = text(of, u"kind"_s, where, true);
    is.target = text(of, u"target"_s, where);
    is.state = word(of, u"state"_s, where, OperationState::Running);
    is.progress = amount(of, u"progress"_s, where, 1).value_or(0);
    is.error = text(of, u"error"_s, where);
    if (const QJsonValue kind = of.value(u"errorKind"_s); !kind.isUndefined()) {
        is.errorKind = errorKindFromString(kind.toString());
        if (!is.errorKind)
            wrong(where + u"/errorKind", Words::tr("one of its words"));
    }
    is.reason = text(of, u"reason"_s, where);
    is.blocked = text(of, u"blocked"_s, where);
    is.mend = text(of, u"mend"_s, where);
    is.createdBy = text(of, u"createdBy"_s, where);
    is.createdAt = time(of, u"createdAt"_s, where);
    is.updatedAt = time(of, u"updatedAt"_s, where);
    return is;
}

OperationStep Reader::step(const QJsonObject &of, const QString &where)
{
    OperationStep is;
    keep(lettersOfPart);
    is.title = text(of, u"title"_s, where);
    is.state = word(of, u"state"_s, where, StepState::Pending);
    is.startedAt = time(of, u"startedAt"_s, where);
    is.endedAt = time(of, u"endedAt"_s, where);
    is.error = text(of, u"error"_s, where);
    is.tenant = text(of, u"tenant"_s, where);
    is.source = text(of, u"source"_s, where);
    return is;
}

std::optional<std::chrono::milliseconds> Reader::after(const QJsonObject &of, const QString &where,
                                                       std::chrono::milliseconds least)
{
    const auto at = durationFromString(text(of, u"at"_s, where, true));
    if (at && at->count() >= 0 && *at >= least)
        return at;
    wrong(where + u"/at", Words::tr("a time, such as 30s, and none before the last"));
    return std::nullopt;
}

/// What \a before becomes by the \a members that differ; null: no more.
QJsonObject merged(QJsonObject before, const QJsonObject &members)
{
    for (auto it = members.begin(); it != members.end(); ++it) {
        if (it.value().isNull())
            before.remove(it.key());
        else
            before.insert(it.key(), it.value());
    }
    return before;
}

/// Reads one source after the other, and counts what there is of all.
class SourcesReader
{
public:
    explicit SourcesReader(Reader &reader)
        : m_reader(reader)
    { }

    Recording::Source source(const QJsonObject &of, const QString &where);

private:
    /// Objects as they were last told: a change names what of them differs.
    struct Known
    {
        QHash<QString, QJsonObject> is;
        QSet<QString> all;
    };
    void begin(Recording::Source &source, const QJsonObject &of, const QString &where);
    void change(Recording::Source &source, const QJsonObject &of, const QString &where);
    void operation(Recording::Source &source, const QJsonObject &of, const QString &where);
    void turn(Course &course, const QJsonObject &of, QJsonObject &known, const QString &where);
    void measured(Recording::Source &source, const QJsonObject &of, const QString &where);
    void mustBeKnown(const Tenant &tenant, const QString &where);

    Reader &m_reader;
    Known m_stamps, m_tenants; // of the source in hand
    int m_stampCount = 0;
    int m_tenantCount = 0;
    int m_changeCount = 0;
    qsizetype m_operationCount = 0;
    qsizetype m_turnCount = 0;
    qint64 m_heldCount = 0;
    QSet<QString> m_operations; // of all sources: a fleet knows each by its id
    qint64 m_valueCount = 0;
};

void SourcesReader::mustBeKnown(const Tenant &tenant, const QString &where)
{
    for (const Placement &placement : tenant.placements) {
        if (!m_stamps.all.contains(placement.stamp))
            m_reader.wrong(where, Words::tr("a stamp that there is, not \"%1\"").arg(placement.stamp));
    }
}

void SourcesReader::begin(Recording::Source &source, const QJsonObject &of, const QString &where)
{
    int place = 0;
    for (const QJsonValue each :
         m_reader.list(of, u"stamps"_s, where, Recording::mostStamps)) {
        const QString there = where + u"/stamps/" + QString::number(place++);
        const Stamp stamp = m_reader.stamp(each.toObject(), there);
        if (!m_reader.isGood())
            return;
        if (m_stamps.is.contains(stamp.name))
            m_reader.wrong(there, Words::tr("each name once"));
        m_stamps.is.insert(stamp.name, each.toObject());
        m_stamps.all.insert(stamp.name);
        source.stamps.push_back(std::make_shared<const Stamp>(stamp));
    }
    place = 0;
    for (const QJsonValue each :
         m_reader.list(of, u"tenants"_s, where, Recording::mostTenants)) {
        const QString there = where + u"/tenants/" + QString::number(place++);
        const Tenant tenant = m_reader.tenant(each.toObject(), there);
        if (!m_reader.isGood())
            return;
        mustBeKnown(tenant, there);
        if (m_tenants.is.contains(tenant.id))
            m_reader.wrong(there, Words::tr("each ID once"));
        m_tenants.is.insert(tenant.id, each.toObject());
        m_tenants.all.insert(tenant.id);
        source.tenants.push_back(std::make_shared<const Tenant>(tenant));
    }
}

void SourcesReader::change(Recording::Source &source, const QJsonObject &of, const QString &where)
{
    Change change;
    const auto at = m_reader.after(of, where,
                                   source.changes.isEmpty() ? std::chrono::milliseconds(0)
                                                            : source.changes.last().at);
    if (!at)
        return;
    change.at = *at;
    if (of.contains(u"silent"_s)) {
        change.what = m_reader.flag(of, u"silent"_s, where) ? What::Silent : What::Answers;
        source.changes.append(change);
        return;
    }
    change.what = of.contains(u"stamp"_s) ? What::Stamp : What::Tenant;
    const bool isStamp = change.what == What::Stamp;
    change.name = isStamp ? m_reader.stampName(of, u"stamp"_s, where)
                          : m_reader.text(of, u"tenant"_s, where, true);
    if (!m_reader.isGood())
        return;
    Known &known = isStamp ? m_stamps : m_tenants;
    const QJsonValue now = of.value(u"is"_s);
    if (now.isNull()) {
        known.is.remove(change.name);
        source.changes.append(change);
        return;
    }
    QJsonObject whole =
        merged(known.is.value(change.name), m_reader.object(of, u"is"_s, where));
    whole.insert(isStamp ? u"name"_s : u"id"_s, change.name);
    const QString there = where + u"/is";
    if (isStamp) {
        change.stamp = std::make_shared<const Stamp>(m_reader.stamp(whole, there));
    } else {
        const auto tenant = std::make_shared<const Tenant>(m_reader.tenant(whole, there));
        if (m_reader.isGood())
            mustBeKnown(*tenant, there);
        change.tenant = tenant;
    }
    known.is.insert(change.name, whole);
    known.all.insert(change.name);
    source.changes.append(change);
}

void SourcesReader::turn(Course &course, const QJsonObject &of, QJsonObject &known,
                         const QString &where)
{
    Turn turn;
    const bool isFirst = course.turns.isEmpty();
    const auto at = m_reader.after(of, where, isFirst ? std::chrono::milliseconds(0)
                                                      : course.turns.last().at);
    if (!at)
        return;
    turn.at = *at;
    const QString there = where + u"/is";
    QJsonObject members = m_reader.object(of, u"is"_s, where);
    const int before = isFirst ? 0 : course.turns.last().stepCount;
    turn.stepCount = before;
    QSet<int> places;
    int highest = -1;
    for (const QJsonValue each : m_reader.list(members, u"steps"_s, there, Recording::mostSteps)) {
        const QJsonObject told = each.toObject();
        const QString which = there + u"/steps/" + QString::number(turn.steps.size());
        const int place = m_reader.count(told, u"place"_s, which).value_or(turn.stepCount);
        // Each where one stands, or behind the last.
        if (place > turn.stepCount || place >= Recording::mostSteps || places.contains(place))
            m_reader.wrong(which + u"/place", Words::tr("the place of a step, or the next one"));
        const OperationStep step = m_reader.step(told, which);
        if (!m_reader.isGood())
            return;
        places.insert(place);
        turn.steps.append({place, step});
        turn.stepCount = std::max(turn.stepCount, place + 1);
        highest = std::max(highest, place);
    }
    if (const auto count = m_reader.count(members, u"stepCount"_s, there)) {
        if (*count > turn.stepCount || *count <= highest)
            m_reader.wrong(there + u"/stepCount", Words::tr("no more than there are steps"));
        turn.stepCount = *count;
    }
    members.remove(u"steps"_s);
    members.remove(u"stepCount"_s);
    known = merged(known, members);
    turn.is = m_reader.operation(known, there);
    if (isFirst || turn.is.state != course.turns.last().is.state)
        m_heldCount += turn.stepCount;
    if (m_heldCount > Recording::mostHeld)
        m_reader.tooMuch();
    course.turns.append(std::move(turn));
}

void SourcesReader::operation(Recording::Source &source, const QJsonObject &of,
                              const QString &where)
{
    Course course;
    course.id = m_reader.text(of, u"id"_s, where, true);
    if (m_operations.contains(course.id))
        m_reader.wrong(where + u"/id", Words::tr("each ID once"));
    m_operations.insert(course.id);
    const QJsonArray turns = m_reader.list(of, u"turns"_s, where, Recording::mostTurns);
    if (turns.isEmpty())
        m_reader.wrong(where + u"/turns", Words::tr("what it was, at least"));
    QJsonObject known;
    for (const QJsonValue each : turns) {
        if (!m_reader.isGood())
            return;
        turn(course, each.toObject(), known,
             where + u"/turns/" + QString::number(course.turns.size()));
    }
    m_turnCount += course.turns.size();
    source.operations.append(std::move(course));
}

void SourcesReader::measured(Recording::Source &source, const QJsonObject &of, const QString &where)
{
    const QJsonObject all = m_reader.object(of, u"measured"_s, where);
    for (auto it = all.begin(); it != all.end() && m_reader.isGood(); ++it) {
        const QString there = where + u"/measured/" + it.key();
        const QJsonObject told = it.value().toObject();
        Recording::Measured series;
        for (size_t i = 0; i < series.size(); ++i) {
            const QJsonArray values = m_reader.list(told, Recording::signalNames.at(i), there,
                                                    qsizetype(Recording::mostValues));
            m_valueCount += values.size();
            series.at(i).reserve(size_t(values.size()));
            for (const QJsonValue value : values) {
                const double is = value.isNull() ? std::numeric_limits<double>::quiet_NaN()
                                                 : value.toDouble(-1);
                if (is < 0 || is > mostAmount)
                    m_reader.wrong(there, Words::tr("a number from 0, or null"));
                series.at(i).push_back(float(is));
            }
        }
        source.measured.insert(it.key(), series);
    }
    if (m_valueCount > Recording::mostValues) {
        m_reader.tooMany(Words::tr("the recording has more than %L1 values: take a larger step")
                             .arg(Recording::mostValues));
    }
}

Recording::Source SourcesReader::source(const QJsonObject &of, const QString &where)
{
    Recording::Source source;
    m_stamps = {};
    m_tenants = {};
    source.name = m_reader.sourceName(of, u"name"_s, where, true);
    source.tenantDomain = m_reader.sourceName(of, u"tenantDomain"_s, where);
    source.production = m_reader.flag(of, u"production"_s, where);
    source.silent = m_reader.flag(of, u"silent"_s, where);
    const QJsonObject objectives = m_reader.object(of, u"objectives"_s, where);
    const QString there = where + u"/objectives";
    source.loadObjective =
        m_reader.amount(objectives, u"load"_s, there).value_or(source.loadObjective);
    if (source.loadObjective < 0.01 || source.loadObjective > 1)
        m_reader.wrong(there + u"/load", Words::tr("a number from 0.01 to 1"));
    source.latencyObjective = m_reader.amount(objectives, u"latencyP99Ms"_s, there);
    source.errorObjective = m_reader.amount(objectives, u"errorRatio"_s, there, 1);
    const QJsonArray changes =
        m_reader.list(of, u"changes"_s, where, Recording::mostChanges);
    // Who comes later may be moved to before its own change is read.
    for (const QJsonValue each : changes) {
        if (const QString name = each[u"stamp"_s].toString(); !name.isEmpty())
            m_stamps.all.insert(name);
    }
    begin(source, of, where);
    int place = 0;
    for (const QJsonValue each : changes) {
        if (!m_reader.isGood())
            return source;
        change(source, each.toObject(), where + u"/changes/" + QString::number(place++));
    }
    place = 0;
    for (const QJsonValue each :
         m_reader.list(of, u"operations"_s, where, Recording::mostOperations)) {
        if (!m_reader.isGood())
            return source;
        operation(source, each.toObject(), where + u"/operations/" + QString::number(place++));
    }
    measured(source, of, where);
    m_stampCount += int(m_stamps.all.size());
    m_tenantCount += int(m_tenants.all.size());
    m_changeCount += int(source.changes.size());
    if (m_stampCount > Recording::mostStamps || m_tenantCount > Recording::mostTenants
        || m_changeCount > Recording::mostChanges) {
        m_reader.tooMany(Words::tr("the recording has more than %L1 stamps, %L2 tenants or %L3 "
                                   "changes")
                             .arg(Recording::mostStamps)
                             .arg(Recording::mostTenants)
                             .arg(Recording::mostChanges));
    }
    m_operationCount += source.operations.size();
    if (m_operationCount > Recording::mostOperations || m_turnCount > Recording::mostTurns) {
        m_reader.tooMany(
            Words::tr("the recording has more than %L1 operations, or they change more than %L2 times")
                .arg(Recording::mostOperations)
                .arg(Recording::mostTurns));
    }
    return source;
}

Result<Recording> decode(const QByteArray &json)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (document.isNull()) {
        return fail(ErrorKind::Invalid,
                    Words::tr("the recording is no JSON at byte %1: %2")
                        .arg(error.offset)
                        .arg(error.errorString()));
    }
    Reader reader;
    const QJsonObject object = document.object();
    const QJsonObject recorded = reader.object(object, u"recorded"_s, {});
    Recording is;
    const auto from = reader.time(recorded, u"from"_s, u"/recorded"_s);
    const auto to = reader.time(recorded, u"to"_s, u"/recorded"_s);
    if (!from || !to || *to <= *from)
        reader.wrong(u"/recorded"_s, Words::tr("\"from\", and \"to\" after it"));
    const auto step = durationFromString(object.value(u"step"_s).toString(u"5s"_s));
    if (!step || step->count() < 1)
        reader.wrong(u"/step"_s, Words::tr("a time, such as 30s, 5m or 1h"));
    const QJsonArray sources = reader.list(object, u"sources"_s, {});
    if (sources.isEmpty())
        reader.wrong(u"/sources"_s, Words::tr("one source at least"));
    if (!reader.isGood())
        return fail(reader.error());
    is.from = *from;
    is.to = *to;
    is.step = *step;
    SourcesReader each(reader);
    for (int place = 0; place < sources.size(); ++place) {
        const QString where = u"/sources/"_s + QString::number(place);
        Recording::Source source = each.source(sources.at(place).toObject(), where);
        if (is.source(source.name))
            reader.wrong(where, Words::tr("each name once"));
        if (!reader.isGood())
            return fail(reader.error());
        is.sources.append(std::move(source));
    }
    return is;
}

} // namespace

void Recording::Turn::apply(Operation &operation) const
{
    QString id = std::move(operation.id);
    QList<OperationStep> all = std::move(operation.steps);
    operation = is;
    operation.id = std::move(id);
    // First those that come, since the last may go.
    for (const auto &[place, step] : steps) {
        if (place >= all.size())
            all.resize(place + 1);
        all[place] = step;
    }
    all.resize(stepCount);
    operation.steps = std::move(all);
}

void Recording::Course::turn(std::chrono::milliseconds at, const std::optional<Operation> &before,
                             const Operation &now)
{
    Turn turn;
    turn.at = at;
    turn.is = now;
    turn.is.id.clear();
    turn.is.steps.clear();
    turn.stepCount = int(now.steps.size());
    for (int place = 0; place < turn.stepCount; ++place) {
        if (!before || place >= before->steps.size() || before->steps[place] != now.steps[place])
            turn.steps.append({place, now.steps[place]});
    }
    turns.append(std::move(turn));
}

bool Recording::Course::actsOn(const QString &source) const
{
    return std::any_of(turns.cbegin(), turns.cend(), [&source](const Turn &turn) {
        return std::any_of(turn.steps.cbegin(), turn.steps.cend(),
                           [&source](const auto &step) { return step.second.source == source; });
    });
}

const Recording::Source *Recording::source(const QString &name) const
{
    for (const Source &source : sources) {
        if (source.name == name)
            return &source;
    }
    return nullptr;
}

QByteArray Recording::toJson() const
{
    QJsonArray all;
    for (const Source &source : sources)
        all.append(Stampdeck::toJson(source));
    const QJsonObject document{
        {u"recorded"_s,
         QJsonObject{{u"from"_s, toRfc3339(from)}, {u"to"_s, toRfc3339(to)}}},
        {u"step"_s, toString(step)},
        {u"sources"_s, all}};
    return QJsonDocument(document).toJson(QJsonDocument::Compact) + '\n';
}

bool Recording::isOne(const QByteArray &json)
{
    return json.contains("\"recorded\"") && json.contains("\"sources\"");
}

Result<Recording> Recording::fromJson(const QByteArray &json, const QString &file)
{
    auto is = decode(json);
    if (!is && !file.isEmpty())
        return fail(ErrorKind::Invalid, file + u": " + is.error().message);
    return is;
}

Result<Recording> Recording::read(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::NotFound, Words::tr("there is no file \"%1\"").arg(path));
    if (file.size() > largestFile)
        return fail(ErrorKind::Invalid,
                    Words::tr("%1 is larger than %2 MiB").arg(path).arg(largestFile >> 20));
    return fromJson(file.readAll(), path);
}

} // namespace Stampdeck

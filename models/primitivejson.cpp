// SPDX-License-Identifier: GPL-3.0-or-later
#include "primitivejson.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonArray>

#include <cmath>
#include <limits>
#include <utility>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Journal)
};

/// JSON has no word for what is not a finite number; the journal keeps it all the same.
QJsonValue numberToJson(double number)
{
    if (std::isfinite(number))
        return number;
    return std::isnan(number) ? u"nan"_s : number > 0 ? u"inf"_s : u"-inf"_s;
}

/// Reads the members of one object; the first that is wrong is kept as the error, with its place.
class Reader
{
public:
    Reader(const QJsonObject &json, const QString &place = {})
        : m_json(json)
        , m_place(place)
    { }

    [[nodiscard]] bool isWrong() const { return m_error.has_value(); }
    [[nodiscard]] const Error &error() const { return *m_error; }

    /// \a what names the member as %1.
    void wrong(const QString &name, const QString &what)
    {
        if (!m_error) {
            m_error = Error::of(ErrorKind::Malformed, what.arg(name), pointer(name));
        }
    }
    void adopt(const Error &error)
    {
        if (!m_error)
            m_error = error;
    }

    [[nodiscard]] QString pointer(const QString &name) const { return m_place + u'/' + name; }
    [[nodiscard]] bool has(const QString &name) const { return m_json.contains(name); }

    QString text(const QString &name)
    {
        const QJsonValue value = m_json.value(name);
        if (!value.isString())
            wrong(name, Words::tr("“%1” is not a string"));
        return value.toString();
    }
    double number(const QString &name)
    {
        const QJsonValue value = m_json.value(name);
        if (value.isDouble())
            return value.toDouble();
        const QString word = value.toString();
        if (word == u"nan"_s)
            return std::numeric_limits<double>::quiet_NaN();
        if (word == u"inf"_s)
            return std::numeric_limits<double>::infinity();
        if (word == u"-inf"_s)
            return -std::numeric_limits<double>::infinity();
        wrong(name, Words::tr("“%1” is not a number"));
        return 0;
    }
    std::optional<double> optionalNumber(const QString &name)
    {
        return has(name) ? std::optional(number(name)) : std::nullopt;
    }
    qint64 integer(const QString &name)
    {
        const QJsonValue value = m_json.value(name);
        const qint64 one = value.toInteger(0);
        if (!value.isDouble() || one != value.toInteger(1))
            wrong(name, Words::tr("“%1” is not a whole number"));
        return one;
    }
    int integer32(const QString &name)
    {
        const qint64 value = integer(name);
        if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max()) {
            wrong(name, Words::tr("“%1” is not a number of 32 bits"));
            return 0;
        }
        return int(value);
    }
    bool boolean(const QString &name)
    {
        const QJsonValue value = m_json.value(name);
        if (!value.isBool())
            wrong(name, Words::tr("“%1” is not true or false"));
        return value.toBool();
    }
    QJsonObject object(const QString &name)
    {
        const QJsonValue value = m_json.value(name);
        if (!value.isObject())
            wrong(name, Words::tr("“%1” is not an object"));
        return value.toObject();
    }
    QJsonArray array(const QString &name)
    {
        const QJsonValue value = m_json.value(name);
        if (!value.isArray())
            wrong(name, Words::tr("“%1” is not an array"));
        return value.toArray();
    }
    QStringList texts(const QString &name)
    {
        QStringList result;
        const QJsonArray all = array(name);
        for (const auto &value : all) {
            if (!value.isString())
                wrong(name, Words::tr("“%1” is not an array of strings"));
            result += value.toString();
        }
        return result;
    }

private:
    const QJsonObject m_json;
    const QString m_place;
    std::optional<Error> m_error;
};

QJsonObject ruleToJson(const RuleSetting &rule)
{
    return {{u"signal"_s, toString(rule.signal)},
            {u"target"_s, numberToJson(rule.target)},
            {u"min"_s, rule.min},
            {u"max"_s, rule.max},
            {u"cooldown"_s, qint64(rule.cooldown.count())}};
}

Result<RuleSetting> ruleFromJson(const QJsonObject &json, const QString &place)
{
    Reader reader(json, place);
    RuleSetting rule;
    if (const auto signal = fromString<SignalKind>(reader.text(u"signal"_s)))
        rule.signal = *signal;
    else
        reader.wrong(u"signal"_s, Words::tr("“%1” is not a signal"));
    rule.target = reader.number(u"target"_s);
    rule.min = reader.integer32(u"min"_s);
    rule.max = reader.integer32(u"max"_s);
    rule.cooldown = std::chrono::milliseconds(reader.integer(u"cooldown"_s));
    if (reader.isWrong())
        return fail(reader.error());
    return rule;
}

Result<ScaleSetting> readScale(const QJsonObject &json, const QString &place)
{
    Reader reader(json, place);
    ScaleSetting setting;
    const QJsonObject components = reader.object(u"components"_s);
    Reader counts(components, reader.pointer(u"components"_s));
    for (auto it = components.begin(); it != components.end(); ++it)
        setting.components.insert(it.key(), counts.integer32(it.key()));
    if (counts.isWrong())
        reader.adopt(counts.error());
    setting.cpu = reader.optionalNumber(u"cpu"_s);
    setting.memory = reader.optionalNumber(u"memory"_s);
    setting.storage = reader.optionalNumber(u"storage"_s);
    const QJsonArray rules = reader.array(u"rules"_s);
    for (qsizetype i = 0; i < rules.size(); ++i) {
        const QString where = reader.pointer(u"rules/%1"_s.arg(i));
        Reader entry(rules.at(i).toObject(), where);
        const QString component = entry.text(u"component"_s);
        std::optional<RuleSetting> rule;
        if (entry.has(u"rule"_s)) {
            const auto read = ruleFromJson(entry.object(u"rule"_s), entry.pointer(u"rule"_s));
            if (read)
                rule = *read;
            else
                entry.adopt(read.error());
        }
        if (entry.isWrong())
            reader.adopt(entry.error());
        setting.rules.emplace_back(component, rule);
    }
    if (reader.isWrong())
        return fail(reader.error());
    return setting;
}

struct ToJsonVisitor
{
    QJsonObject &json;

    void operator()(const PlaceTenant &p) const { move(p.tenant, p.from, p.to); }
    void operator()(const ShiftTenant &p) const { move(p.tenant, p.from, p.to); }
    void operator()(const MoveTenant &p) const { move(p.tenant, p.from, p.to); }
    void operator()(const ProbeTenant &p) const { one(p.tenant, p.at); }
    void operator()(const RetireTenant &p) const { one(p.tenant, p.at); }
    void operator()(const CordonStamp &p) const { json[u"stamp"_s] = p.stamp; }
    void operator()(const UncordonStamp &p) const { json[u"stamp"_s] = p.stamp; }
    void operator()(const ScaleStamp &p) const
    {
        json[u"stamp"_s] = p.stamp;
        json[u"from"_s] = toJson(p.from);
        json[u"to"_s] = toJson(p.to);
    }

    void operator()(const CreateStamp &p) const
    {
        json[u"stamp"_s] = p.stamp;
        json[u"template"_s] = p.fromTemplate;
        json[u"region"_s] = p.region;
        json[u"parameters"_s] = p.parameters;
    }
    void operator()(const DeleteStamp &p) const { json[u"stamp"_s] = p.stamp; }

    void move(const QString &tenant, const QString &from, const QString &to) const
    {
        json[u"tenant"_s] = tenant;
        json[u"from"_s] = from;
        json[u"to"_s] = to;
    }
    void one(const QString &tenant, const QString &at) const
    {
        json[u"tenant"_s] = tenant;
        json[u"at"_s] = at;
    }
};

template<typename T>
T readMove(Reader &reader)
{
    return T{reader.text(u"tenant"_s), reader.text(u"from"_s), reader.text(u"to"_s)};
}

template<typename T>
T readOne(Reader &reader)
{
    return T{reader.text(u"tenant"_s), reader.text(u"at"_s)};
}

} // namespace

QJsonObject toJson(const Primitive &primitive)
{
    QJsonObject json{{u"kind"_s, kindOf(primitive)}};
    std::visit(ToJsonVisitor{json}, primitive);
    return json;
}

QJsonObject toJson(const ScaleSetting &setting)
{
    QJsonObject json;
    QJsonObject components;
    for (auto it = setting.components.begin(); it != setting.components.end(); ++it)
        components[it.key()] = it.value();
    json[u"components"_s] = components;
    if (setting.cpu)
        json[u"cpu"_s] = numberToJson(*setting.cpu);
    if (setting.memory)
        json[u"memory"_s] = numberToJson(*setting.memory);
    if (setting.storage)
        json[u"storage"_s] = numberToJson(*setting.storage);
    QJsonArray rules;
    for (const auto &[component, rule] : setting.rules) {
        QJsonObject entry{{u"component"_s, component}};
        if (rule)
            entry[u"rule"_s] = ruleToJson(*rule);
        rules.append(entry);
    }
    json[u"rules"_s] = rules;
    return json;
}

QJsonObject toJson(const ActionRequest &request)
{
    QJsonArray targets;
    for (const auto &[tenant, stamp] : request.targets)
        targets.append(QJsonArray{tenant, stamp});
    QJsonObject json{
            {u"kind"_s, toString(request.kind)},
            {u"tenants"_s, QJsonArray::fromStringList(request.tenants)},
            {u"to"_s, request.to},
            {u"targets"_s, targets},
            {u"stamp"_s, request.stamp},
            {u"stamps"_s, QJsonArray::fromStringList(request.stamps)},
            {u"region"_s, request.region},
            {u"source"_s, request.source},
            {u"template"_s, request.fromTemplate},
            {u"parameters"_s, request.parameters},
            {u"cordonFirst"_s, request.cordonFirst},
            {u"among"_s, QJsonArray::fromStringList(request.among)},
            {u"partial"_s, request.partial},
            {u"left"_s, QJsonArray::fromStringList(request.left)},
            {u"scale"_s, toJson(request.scale)},
            {u"allowUnknown"_s, request.allowUnknown},
            {u"parallel"_s, request.parallel},
            {u"actor"_s, request.actor},
            {u"reason"_s, request.reason},
            {u"ifMatch"_s, request.ifMatch}};
    if (request.allowStale)
        json[u"allowStale"_s] = true;
    if (!request.under.isEmpty()) {
        json[u"under"_s] = request.under;
        json[u"run"_s] = request.run;
    }
    if (request.deadline)
        json[u"deadline"_s] = qint64(request.deadline->count());
    if (request.maxLoad)
        json[u"maxLoad"_s] = *request.maxLoad;
    return json;
}

Result<Primitive> primitiveFromJson(const QJsonObject &json)
{
    Reader reader(json);
    const QString kind = reader.text(u"kind"_s);
    Primitive primitive;
    if (kind == u"place") {
        primitive = readMove<PlaceTenant>(reader);
    } else if (kind == u"shift") {
        primitive = readMove<ShiftTenant>(reader);
    } else if (kind == u"move") {
        primitive = readMove<MoveTenant>(reader);
    } else if (kind == u"probe") {
        primitive = readOne<ProbeTenant>(reader);
    } else if (kind == u"retire") {
        primitive = readOne<RetireTenant>(reader);
    } else if (kind == u"cordon") {
        primitive = CordonStamp{reader.text(u"stamp"_s)};
    } else if (kind == u"uncordon") {
        primitive = UncordonStamp{reader.text(u"stamp"_s)};
    } else if (kind == u"scale") {
        ScaleStamp scale;
        scale.stamp = reader.text(u"stamp"_s);
        for (const auto &[name, setting] :
             {std::pair(u"from"_s, &scale.from), std::pair(u"to"_s, &scale.to)}) {
            const auto read = readScale(reader.object(name), reader.pointer(name));
            if (read)
                *setting = *read;
            else
                reader.adopt(read.error());
        }
        primitive = scale;
    } else if (kind == u"create") {
        primitive = CreateStamp{reader.text(u"stamp"_s), reader.text(u"template"_s),
                                reader.text(u"region"_s), reader.object(u"parameters"_s)};
    } else if (kind == u"delete") {
        primitive = DeleteStamp{reader.text(u"stamp"_s)};
    } else {
        reader.wrong(u"kind"_s, Words::tr("“%1” is not a kind of step"));
    }
    if (reader.isWrong())
        return fail(reader.error());
    return primitive;
}

Result<ScaleSetting> scaleSettingFromJson(const QJsonObject &json)
{
    return readScale(json, {});
}

Result<ActionRequest> actionRequestFromJson(const QJsonObject &json)
{
    Reader reader(json);
    ActionRequest request;
    if (const auto kind = actionKindFromString(reader.text(u"kind"_s)))
        request.kind = *kind;
    else
        reader.wrong(u"kind"_s, Words::tr("“%1” is not a kind of action"));
    request.tenants = reader.texts(u"tenants"_s);
    request.to = reader.text(u"to"_s);
    const QJsonArray targets = json.value(u"targets"_s).toArray();
    for (const auto &target : targets) {
        const QJsonArray pair = target.toArray();
        if (pair.size() != 2 || !pair[0].isString() || !pair[1].isString())
            reader.wrong(u"targets"_s, Words::tr("“%1” is not pairs of tenant and stamp"));
        else
            request.targets.emplace_back(pair[0].toString(), pair[1].toString());
    }
    request.stamp = reader.text(u"stamp"_s);
    // Journals of before there were drains, or evacuations, have none of these.
    if (reader.has(u"stamps"_s))
        request.stamps = reader.texts(u"stamps"_s);
    else if (request.kind == ActionKind::Move && !request.stamp.isEmpty())
        request.stamps = {std::exchange(request.stamp, {})};
    if (reader.has(u"region"_s))
        request.region = reader.text(u"region"_s);
    request.maxLoad = reader.optionalNumber(u"maxLoad"_s);
    if (reader.has(u"among"_s))
        request.among = reader.texts(u"among"_s);
    if (reader.has(u"left"_s))
        request.left = reader.texts(u"left"_s);
    if (reader.has(u"partial"_s))
        request.partial = reader.boolean(u"partial"_s);
    if (reader.has(u"allowStale"_s))
        request.allowStale = reader.boolean(u"allowStale"_s);
    if (reader.has(u"under"_s)) {
        request.under = reader.text(u"under"_s);
        request.run = reader.text(u"run"_s);
    }
    if (reader.has(u"deadline"_s))
        request.deadline = std::chrono::milliseconds(reader.integer(u"deadline"_s));
    // Nor of before stamps could be made.
    if (reader.has(u"source"_s))
        request.source = reader.text(u"source"_s);
    if (reader.has(u"template"_s))
        request.fromTemplate = reader.text(u"template"_s);
    if (reader.has(u"parameters"_s))
        request.parameters = reader.object(u"parameters"_s);
    if (reader.has(u"cordonFirst"_s))
        request.cordonFirst = reader.boolean(u"cordonFirst"_s);
    const auto scale = readScale(reader.object(u"scale"_s), reader.pointer(u"scale"_s));
    if (scale)
        request.scale = *scale;
    else
        reader.adopt(scale.error());
    request.allowUnknown = reader.boolean(u"allowUnknown"_s);
    request.parallel = reader.integer32(u"parallel"_s);
    request.actor = reader.text(u"actor"_s);
    request.reason = reader.text(u"reason"_s);
    request.ifMatch = reader.text(u"ifMatch"_s);
    if (reader.isWrong())
        return fail(reader.error());
    return request;
}

} // namespace Stampdeck

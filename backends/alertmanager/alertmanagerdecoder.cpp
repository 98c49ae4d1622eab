// SPDX-License-Identifier: GPL-3.0-or-later
#include "alertmanagerdecoder.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QUrl>

#include <algorithm>
#include <set>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype longestLink = 8192;
constexpr qsizetype longestTitle = 60;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Alertmanager)
};

/// Of an answer as a whole.
Error malformed(const QString &what, const QString &detail = {})
{
    return Error::of(ErrorKind::Malformed, what, detail);
}

Result<QJsonDocument> parse(const QByteArray &body)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(body, &error);
    if (error.error != QJsonParseError::NoError) {
        return fail(
            malformed(Words::tr("the answer is not JSON"),
                      error.errorString() + u" at byte "_s + QString::number(error.offset)));
    }
    return document;
}

Result<QJsonArray> parseList(const QByteArray &body)
{
    const auto document = parse(body);
    if (!document)
        return fail(document.error());
    if (!document->isArray())
        return fail(malformed(Words::tr("the answer is not a list")));
    return document->array();
}

Result<QJsonObject> parseObject(const QByteArray &body)
{
    const auto document = parse(body);
    if (!document)
        return fail(document.error());
    if (!document->isObject())
        return fail(malformed(Words::tr("the answer is not an object")));
    return document->object();
}

/// A member's name in a JSON pointer (RFC 6901).
QString escaped(QString name)
{
    return name.replace(u'~', u"~0"_s).replace(u'/', u"~1"_s);
}

/// Reads the members of one object of an answer; remembers the first that is wrong. A member that
/// is not there, or null, is empty.
class Members
{
public:
    Members(const QJsonValue &value, const QString &pointer)
        : m_object(value.toObject())
        , m_pointer(pointer)
    {
        if (!value.isObject())
            wrong({}, Words::tr("not an object"));
    }

    [[nodiscard]] bool isWrong() const { return m_fault.has_value(); }
    [[nodiscard]] ObjectFault fault(const QString &id) const
    {
        ObjectFault fault = *m_fault;
        fault.id = id;
        return fault;
    }
    void wrong(const QString &path, const QString &message)
    {
        if (!m_fault)
            m_fault = ObjectFault{{}, false, m_pointer + path, message};
    }

    [[nodiscard]] QString text(const QString &name)
    {
        return text(m_object.value(name), u'/' + name);
    }
    [[nodiscard]] QString needed(const QString &name)
    {
        const QString value = text(name);
        if (value.isEmpty())
            wrong(u'/' + name, Words::tr("missing"));
        return value;
    }
    [[nodiscard]] bool truth(const QString &name, bool preset)
    {
        const QJsonValue value = m_object.value(name);
        if (!isThere(value))
            return preset;
        if (!value.isBool())
            wrong(u'/' + name, Words::tr("neither true nor false"));
        return value.toBool(preset);
    }
    /// Go's zero time says that there is none.
    [[nodiscard]] std::optional<Timestamp> time(const QString &name)
    {
        const QString value = text(name);
        if (value.isEmpty())
            return std::nullopt;
        const auto read = fromRfc3339(value);
        if (!read)
            wrong(u'/' + name, Words::tr("not a time"));
        return read && *read < Timestamp() ? std::nullopt : read;
    }
    [[nodiscard]] QMap<QString, QString> texts(const QString &name)
    {
        QMap<QString, QString> texts;
        const QJsonObject object =
            member(name, QJsonValue::Object, Words::tr("not an object")).toObject();
        for (auto one = object.begin(); one != object.end(); ++one)
            texts.insert(one.key(), text(one.value(), u'/' + name + u'/' + escaped(one.key())));
        return texts;
    }
    /// The texts of a list, or of the \a field of each object in it.
    [[nodiscard]] QStringList list(const QString &name, const QString &field = {})
    {
        QStringList texts;
        each(name, [&](const QJsonValue &value, const QString &path) {
            if (field.isEmpty())
                texts.append(text(value, path));
            else if (value.isObject())
                texts.append(text(value.toObject().value(field), path + u'/' + field));
            else
                wrong(path, Words::tr("not an object"));
        });
        return texts;
    }
    template<typename Read>
    void each(const QString &name, Read read)
    {
        const QJsonArray array = member(name, QJsonValue::Array, Words::tr("not a list")).toArray();
        for (qsizetype i = 0; i < array.size(); ++i)
            read(array.at(i), u'/' + name + u'/' + QString::number(i));
    }
    [[nodiscard]] Members inside(const QString &name)
    {
        return {member(name, QJsonValue::Object, Words::tr("not an object")).toObject(),
                m_pointer + u'/' + name};
    }
    void take(const Members &inner)
    {
        if (inner.m_fault && !m_fault)
            m_fault = inner.m_fault;
    }

private:
    [[nodiscard]] static bool isThere(const QJsonValue &value)
    {
        return !value.isUndefined() && !value.isNull();
    }
    [[nodiscard]] QJsonValue member(const QString &name, QJsonValue::Type type,
                                    const QString &otherwise)
    {
        const QJsonValue value = m_object.value(name);
        if (isThere(value) && value.type() != type)
            wrong(u'/' + name, otherwise);
        return value;
    }
    [[nodiscard]] QString text(const QJsonValue &value, const QString &path)
    {
        if (isThere(value) && !value.isString())
            wrong(path, Words::tr("not a text"));
        return value.toString();
    }

    QJsonObject m_object;
    QString m_pointer;
    std::optional<ObjectFault> m_fault;
};

/// An address that a person may be sent to. A user in one only hides where it leads.
bool isLink(const QString &text)
{
    if (!text.startsWith("http://"_L1, Qt::CaseInsensitive)
        && !text.startsWith("https://"_L1, Qt::CaseInsensitive))
        return false;
    if (text.size() > longestLink)
        return false;
    const QUrl url(text, QUrl::StrictMode);
    return url.isValid() && !url.host().isEmpty() && url.userInfo().isEmpty();
}

/// The runbook first, then dashboards, the others by name, and last where the alert comes from.
QList<Link> linksOf(const Alert &alert, const QString &generator)
{
    QList<Link> runbooks;
    QList<Link> dashboards;
    QList<Link> others;
    for (auto one = alert.annotations.cbegin(); one != alert.annotations.cend(); ++one) {
        if (!isLink(*one))
            continue;
        if (one.key().contains(u"runbook"_s, Qt::CaseInsensitive))
            runbooks.append({Words::tr("Runbook"), *one});
        else if (one.key().contains(u"dashboard"_s, Qt::CaseInsensitive))
            dashboards.append({Words::tr("Dashboard"), *one});
        else
            others.append({one.key().left(longestTitle), *one});
    }
    QList<Link> links = runbooks + dashboards + others;
    if (isLink(generator))
        links.append({Words::tr("Source"), generator});
    return links;
}

/// The first of \a names that is not empty.
QString firstOf(const QMap<QString, QString> &texts, std::initializer_list<QString> names)
{
    for (const QString &name : names) {
        if (const QString text = texts.value(name); !text.isEmpty())
            return text;
    }
    return {};
}

template<typename T>
T wordOf(Members &members, const QString &name, T preset)
{
    const QString word = members.text(name);
    if (word.isEmpty())
        return preset;
    const auto value = fromString<T>(word);
    if (!value)
        members.wrong(u'/' + name, Words::tr("none of the words that are known"));
    return value.value_or(preset);
}

Alert readAlert(Members &members, const AlertLabels &names)
{
    Alert alert;
    alert.fingerprint = members.needed(u"fingerprint"_s);
    alert.labels = members.texts(u"labels"_s);
    alert.annotations = members.texts(u"annotations"_s);
    alert.startsAt = members.time(u"startsAt"_s);
    alert.endsAt = members.time(u"endsAt"_s);
    alert.updatedAt = members.time(u"updatedAt"_s);
    Members status = members.inside(u"status"_s);
    alert.state = wordOf(status, u"state"_s, AlertState::Active);
    alert.silencedBy = status.list(u"silencedBy"_s);
    alert.inhibitedBy = status.list(u"inhibitedBy"_s);
    alert.mutedBy = status.list(u"mutedBy"_s);
    members.take(status);
    alert.receivers = members.list(u"receivers"_s, u"name"_s);
    alert.name = alert.labels.value(u"alertname"_s);
    alert.severity = severityOf(alert.labels.value(names.severity));
    alert.stamp = alert.labels.value(names.stamp);
    alert.tenant = alert.labels.value(names.tenant);
    alert.summary = firstOf(alert.annotations, {u"summary"_s, u"message"_s, u"title"_s});
    alert.description = alert.annotations.value(u"description"_s);
    alert.links = linksOf(alert, members.text(u"generatorURL"_s));
    return alert;
}

Silence readSilence(Members &members)
{
    Silence silence;
    silence.id = members.needed(u"id"_s);
    members.each(u"matchers"_s, [&](const QJsonValue &value, const QString &path) {
        Members matcher(value, path);
        Matcher read;
        read.name = matcher.needed(u"name"_s);
        read.value = matcher.text(u"value"_s);
        read.isRegex = matcher.truth(u"isRegex"_s, false);
        read.isEqual = matcher.truth(u"isEqual"_s, true);
        if (matcher.isWrong()) {
            const ObjectFault fault = matcher.fault({});
            members.wrong(fault.pointer, fault.message);
        }
        silence.matchers.append(read);
    });
    silence.startsAt = members.time(u"startsAt"_s);
    silence.endsAt = members.time(u"endsAt"_s);
    silence.updatedAt = members.time(u"updatedAt"_s);
    silence.createdBy = members.text(u"createdBy"_s);
    silence.comment = members.text(u"comment"_s);
    Members status = members.inside(u"status"_s);
    silence.state = wordOf(status, u"state"_s, SilenceState::Active);
    members.take(status);
    return silence;
}

/// Reads each object of a list by \a read, and gives \a keep those of which nothing is wrong and
/// the \a name was not there before.
template<typename T, typename Read, typename Keep>
std::vector<ObjectFault> eachOnce(const QJsonArray &array, QString T::*name, Read read, Keep keep)
{
    std::vector<ObjectFault> faults;
    std::set<QString> seen;
    for (qsizetype i = 0; i < array.size(); ++i) {
        Members members(array.at(i), u'/' + QString::number(i));
        T object = read(members);
        if (!members.isWrong() && !seen.insert(object.*name).second)
            members.wrong({}, Words::tr("it comes twice"));
        if (members.isWrong())
            faults.push_back(members.fault(object.*name));
        else
            keep(std::move(object));
    }
    return faults;
}

} // namespace

Severity severityOf(const QString &word)
{
    static const QStringList critical = {u"critical"_s, u"crit"_s,  u"page"_s,  u"emergency"_s,
                                         u"fatal"_s,    u"error"_s, u"alert"_s, u"disaster"_s};
    static const QStringList info = {u"info"_s,   u"information"_s, u"informational"_s,
                                     u"notice"_s, u"debug"_s,       u"none"_s};
    if (critical.contains(word, Qt::CaseInsensitive))
        return Severity::Critical;
    return info.contains(word, Qt::CaseInsensitive) ? Severity::Info : Severity::Warning;
}

Result<DecodedAlerts> decodeAlerts(const QByteArray &body, const AlertLabels &labels,
                                   const std::vector<AlertPtr> &known)
{
    const auto array = parseList(body);
    if (!array)
        return fail(array.error());
    DecodedAlerts decoded;
    decoded.alerts.reserve(size_t(array->size()));
    const auto before = [](const AlertPtr &a, const AlertPtr &b) {
        return a->fingerprint < b->fingerprint;
    };
    decoded.faults = eachOnce(
        *array, &Alert::fingerprint, [&](Members &members) { return readAlert(members, labels); },
        [&](Alert &&alert) {
            decoded.alerts.push_back(std::make_shared<const Alert>(std::move(alert)));
        });
    std::sort(decoded.alerts.begin(), decoded.alerts.end(), before);
    auto last = known.begin();
    for (AlertPtr &alert : decoded.alerts) {
        last = std::lower_bound(last, known.end(), alert, before);
        if (last != known.end() && **last == *alert)
            alert = *last;
    }
    return decoded;
}

Result<QList<AlertGroup>> decodeAlertGroups(const QByteArray &body)
{
    const auto array = parseList(body);
    if (!array)
        return fail(array.error());
    QList<AlertGroup> groups;
    for (qsizetype i = 0; i < array->size(); ++i) {
        Members members(array->at(i), u'/' + QString::number(i));
        AlertGroup group;
        group.labels = members.texts(u"labels"_s);
        Members receiver = members.inside(u"receiver"_s);
        group.receiver = receiver.text(u"name"_s);
        members.each(u"alerts"_s, [&](const QJsonValue &alert, const QString &) {
            const QString fingerprint = alert.toObject().value("fingerprint"_L1).toString();
            if (!fingerprint.isEmpty())
                group.fingerprints.append(fingerprint);
        });
        if (!members.isWrong() && !receiver.isWrong() && !group.fingerprints.isEmpty())
            groups.append(group);
    }
    return groups;
}

Result<DecodedSilences> decodeSilences(const QByteArray &body)
{
    const auto array = parseList(body);
    if (!array)
        return fail(array.error());
    DecodedSilences decoded;
    decoded.faults = eachOnce(*array, &Silence::id, readSilence, [&](Silence &&silence) {
        decoded.silences.append(std::move(silence));
    });
    return decoded;
}

Result<Silence> decodeSilence(const QByteArray &body)
{
    const auto object = parseObject(body);
    if (!object)
        return fail(object.error());
    Members members(*object, {});
    Silence silence = readSilence(members);
    if (members.isWrong()) {
        const ObjectFault fault = members.fault({});
        return fail(malformed(
            Words::tr("the silence in the answer is wrong: %1").arg(fault.message), fault.pointer));
    }
    return silence;
}

Result<QString> decodeSilenceId(const QByteArray &body)
{
    const auto object = parseObject(body);
    if (!object)
        return fail(object.error());
    const QString id = object->value("silenceID"_L1).toString();
    if (id.isEmpty())
        return fail(malformed(Words::tr("the answer names no silence"), u"/silenceID"_s));
    return id;
}

Result<AlertmanagerStatus> decodeAlertmanagerStatus(const QByteArray &body)
{
    const auto object = parseObject(body);
    if (!object)
        return fail(object.error());
    AlertmanagerStatus status;
    status.version = object->value("versionInfo"_L1).toObject().value("version"_L1).toString();
    const QJsonObject cluster = object->value("cluster"_L1).toObject();
    status.cluster = cluster.value("status"_L1).toString();
    status.peers = int(cluster.value("peers"_L1).toArray().size());
    return status;
}

QString decodeAlertmanagerError(const QByteArray &body)
{
    // Its own errors are a text, which no document may be; those of its framework an object.
    const QJsonValue value = QJsonDocument::fromJson('[' + body + ']').array().at(0);
    return value.isObject() ? value.toObject().value("message"_L1).toString() : value.toString();
}

QByteArray encodeSilence(const Silence &silence)
{
    QJsonArray matchers;
    for (const Matcher &matcher : silence.matchers) {
        matchers.append(QJsonObject{{u"name"_s, matcher.name},
                                    {u"value"_s, matcher.value},
                                    {u"isRegex"_s, matcher.isRegex},
                                    {u"isEqual"_s, matcher.isEqual}});
    }
    QJsonObject object{{u"matchers"_s, matchers},
                       {u"startsAt"_s, toRfc3339(silence.startsAt.value_or(Timestamp()))},
                       {u"endsAt"_s, toRfc3339(silence.endsAt.value_or(Timestamp()))},
                       {u"createdBy"_s, silence.createdBy},
                       {u"comment"_s, silence.comment}};
    if (!silence.id.isEmpty())
        object.insert(u"id"_s, silence.id);
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

} // namespace Stampdeck

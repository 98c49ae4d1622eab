// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleetconfig.h"

#include "configvalue.h"
#include "formatter.h"
#include "secretstore.h"
#include "suggestion.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QRegularExpression>
#include <QtCore/QStandardPaths>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <functional>
#include <set>
#include <sstream>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using Internal::convert;
using Internal::Scalar;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Configuration)
};

constexpr qint64 largestFile = 4 << 20;
constexpr int mostProblems = 50;
/// How much a document may hold, aliases followed: no configuration is near, a bomb is beyond.
constexpr int mostNodes = 200'000;

AdapterKey makeKey(const QString &name, KeyType type, bool required = false)
{
    AdapterKey key;
    key.name = name;
    key.type = type;
    key.required = required;
    return key;
}

AdapterKey makeKey(const QString &name, KeyType type, double min, double max)
{
    AdapterKey key = makeKey(name, type);
    key.min = min;
    key.max = max;
    return key;
}

constexpr double minute = 60'000;
constexpr double hour = 60 * minute;
/// How often metrics and incidents are asked for unless the configuration says: as often as they are
/// usually measured.
constexpr std::chrono::milliseconds feedInterval{15'000};

/// What every source takes, whatever its adapter.
const QList<AdapterKey> &sourceKeys()
{
    static const QList<AdapterKey> keys = {
        makeKey(u"name"_s, KeyType::String, true),
        makeKey(u"adapter"_s, KeyType::String, true),
        makeKey(u"production"_s, KeyType::Boolean),
        makeKey(u"readOnly"_s, KeyType::Boolean),
        makeKey(u"tenantDomain"_s, KeyType::String),
        makeKey(u"pollInterval"_s, KeyType::Duration, 100, 24 * hour),
        makeKey(u"timeout"_s, KeyType::Duration, 100, hour),
        makeKey(u"maxAnswer"_s, KeyType::Size, 64 << 10, 16.0 * (1 << 30)),
    };
    return keys;
}

const QList<AdapterKey> &objectiveKeys()
{
    static const QList<AdapterKey> keys = {
        makeKey(u"load"_s, KeyType::Ratio, 0.01, 1),
        makeKey(u"latencyP99"_s, KeyType::Duration, 1, hour),
        makeKey(u"errorRatio"_s, KeyType::Ratio, 0, 1),
        makeKey(u"hold"_s, KeyType::Duration, 0, hour),
    };
    return keys;
}

const QList<AdapterKey> &pointKeys()
{
    static const QList<AdapterKey> keys = [] {
        QList<AdapterKey> both = {makeKey(u"lat"_s, KeyType::Number, -90, 90),
                                  makeKey(u"lon"_s, KeyType::Number, -180, 180)};
        both[0].required = both[1].required = true;
        return both;
    }();
    return keys;
}

/// What a source of metrics or of incidents takes, whatever its adapter, beside the queries.
QList<AdapterKey> feedKeys(bool isMetrics)
{
    const auto label = [](const QString &name, const QString &preset) {
        AdapterKey key = makeKey(name, KeyType::String);
        key.defaultValue = preset;
        return key;
    };
    QList<AdapterKey> keys = {
        makeKey(u"name"_s, KeyType::String),
        makeKey(u"adapter"_s, KeyType::String, true),
        label(u"stampLabel"_s, u"stamp"_s),
        makeKey(u"pollInterval"_s, KeyType::Duration, 100, 24 * hour),
        makeKey(u"timeout"_s, KeyType::Duration, 100, hour),
        makeKey(u"maxAnswer"_s, KeyType::Size, 64 << 10, 16.0 * (1 << 30)),
    };
    if (!isMetrics)
        keys += {label(u"tenantLabel"_s, u"tenant"_s), label(u"severityLabel"_s, u"severity"_s),
                 makeKey(u"watchdog"_s, KeyType::String)};
    return keys;
}

const AdapterKey *findKey(const QList<AdapterKey> &keys, const QString &name)
{
    const auto found = std::find_if(keys.cbegin(), keys.cend(),
                                    [&](const AdapterKey &key) { return key.name == name; });
    return found == keys.cend() ? nullptr : &*found;
}

const AdapterInfo *findAdapter(const std::vector<AdapterInfo> &adapters, const QString &kind,
                               const QString &interfaceName)
{
    const auto found = std::find_if(adapters.begin(), adapters.end(), [&](const AdapterInfo &info) {
        return info.kind == kind && info.interfaceName == interfaceName;
    });
    return found == adapters.end() ? nullptr : &*found;
}

QStringList adapterKinds(const std::vector<AdapterInfo> &adapters, const QString &interfaceName)
{
    QStringList kinds;
    for (const AdapterInfo &info : adapters) {
        if (info.interfaceName == interfaceName)
            kinds.append(info.kind);
    }
    return kinds;
}

QString noSuchAdapter(const QString &kind, const QStringList &known)
{
    return Words::tr("there is no adapter “%1”").arg(kind.left(60)) + suggestionFor(kind, known);
}

/// A name that a source may have: it stands in "source/name" and in "source~name".
bool isSourceName(const QString &name)
{
    static const QRegularExpression pattern(u"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"_s);
    return pattern.match(name).hasMatch();
}
QString sourceNameRule()
{
    return Words::tr("expected a name of letters, digits, “.”, “_” and “-”, 63 at most");
}

std::chrono::milliseconds millis(const QVariant &value)
{
    return std::chrono::milliseconds(value.toLongLong());
}

/// What is common to all sources, out of \a values, which has them by key, over \a settings; what is
/// left are the adapter's own keys.
SourceSettings toSettings(QVariantMap values, SourceSettings settings = {})
{
    const auto take = [&](const QString &name, auto set) {
        if (const QVariant value = values.take(name); value.isValid())
            set(value);
    };
    take(u"name"_s, [&](const QVariant &value) { settings.name = value.toString(); });
    take(u"adapter"_s, [&](const QVariant &value) { settings.adapter = value.toString(); });
    take(u"production"_s, [&](const QVariant &value) { settings.production = value.toBool(); });
    take(u"readOnly"_s, [&](const QVariant &value) { settings.readOnly = value.toBool(); });
    take(u"tenantDomain"_s,
         [&](const QVariant &value) { settings.tenantDomain = value.toString(); });
    take(u"pollInterval"_s, [&](const QVariant &value) { settings.pollInterval = millis(value); });
    take(u"timeout"_s, [&](const QVariant &value) { settings.timeout = millis(value); });
    take(u"maxAnswer"_s, [&](const QVariant &value) { settings.maxAnswer = value.toLongLong(); });
    settings.keys = std::move(values);
    return settings;
}

/// Adds the defaults of \a keys to \a values where nothing is written.
void addDefaults(const QList<AdapterKey> &keys, QVariantMap &values, const QString &folder)
{
    for (const AdapterKey &key : keys) {
        if (!key.defaultValue.isValid() || values.contains(key.name) || key.isList)
            continue;
        if (const auto value = convert(key, Scalar::fromJson(key.defaultValue), folder))
            values.insert(key.name, *value);
    }
}

/// Reads one document. Goes on after a mistake, so that all of them are told at once.
class Reader
{
public:
    Reader(const QByteArray &text, const QString &file, const std::vector<AdapterInfo> &adapters)
        : m_file(file)
        , m_folder(QFileInfo(file).absolutePath())
        , m_lines(text.split('\n'))
        , m_adapters(adapters)
    { }

    [[nodiscard]] FleetConfig read(const YAML::Node &root);
    [[nodiscard]] WindowSettings window(const YAML::Node &node);
    void problem(const YAML::Mark &mark, const QString &message)
    {
        if (m_problems.size() < mostProblems)
            m_problems.append(place(mark).toString() + u": "_s + message);
    }
    [[nodiscard]] const QStringList &problems() const { return m_problems; }

private:
    using Values = std::vector<std::pair<QString, YAML::Node>>;

    [[nodiscard]] ConfigPlace place(const YAML::Mark &mark) const;
    [[nodiscard]] QString describe(const YAML::Node &node) const;
    [[nodiscard]] bool isWritten(const YAML::Node &node) const { return node && !node.IsNull(); }

    /// The pairs of a map with keys of text, each once; \a what is "a source".
    [[nodiscard]] std::optional<Values> entries(const YAML::Node &node, const QString &what);
    [[nodiscard]] std::optional<Scalar> scalar(const YAML::Node &node) const;
    [[nodiscard]] std::optional<QVariant> value(const AdapterKey &key, const YAML::Node &node);
    [[nodiscard]] std::optional<QVariant> one(const AdapterKey &key, const YAML::Node &node);
    [[nodiscard]] std::optional<QVariant> secret(const QString &name, const YAML::Node &node);
    /// The values of \a entries by \a keys; \a extra are names that the caller reads itself.
    [[nodiscard]] QVariantMap values(const Values &entries, const QList<AdapterKey> &keys,
                                     const QStringList &extra, const YAML::Node &node,
                                     const QString &what);
    void eachOf(const YAML::Node &list, const QString &name,
                const std::function<void(const YAML::Node &)> &read);
    /// The adapter that \a pairs of \a node name; null, and told, where there is none. \a keys are
    /// those of every such source.
    [[nodiscard]] const AdapterInfo *adapter(const Values &pairs, const YAML::Node &node,
                                             const QString &interfaceName,
                                             const QList<AdapterKey> &keys, const QString &what);

    [[nodiscard]] Objectives objectives(const YAML::Node &node, Objectives base);
    [[nodiscard]] HistoryOptions history(const YAML::Node &node);
    [[nodiscard]] IncidentRules incidentRules(const YAML::Node &node);
    void source(const YAML::Node &node, FleetConfig &config);
    void feed(const YAML::Node &node, const QString &interfaceName, QList<FeedConfig> &feeds);
    [[nodiscard]] QVariantMap queries(const YAML::Node &node);
    [[nodiscard]] QMap<QString, GeoPoint> regions(const YAML::Node &node);
    bool checkName(const QString &key, const QString &name, const YAML::Node &node);

    QString m_file;
    QString m_folder;
    QList<QByteArray> m_lines;
    const std::vector<AdapterInfo> &m_adapters;
    QStringList m_problems;
    QHash<QString, int> m_names; ///< Of sources, metrics and incidents, to their lines.
};

ConfigPlace Reader::place(const YAML::Mark &mark) const
{
    ConfigPlace place;
    place.file = m_file;
    place.line = std::max(0, mark.line) + 1;
    // The library counts bytes; people count characters.
    const QByteArray line = m_lines.value(place.line - 1);
    place.column = int(QString::fromUtf8(line.left(std::max(0, mark.column))).size()) + 1;
    return place;
}

QString Reader::describe(const YAML::Node &node) const
{
    if (!node || node.IsNull())
        return Words::tr("nothing");
    if (node.IsMap())
        return Words::tr("a map");
    return node.IsSequence() ? Words::tr("a list") : Words::tr("a single value");
}

std::optional<Scalar> Reader::scalar(const YAML::Node &node) const
{
    if (!node || node.IsNull())
        return Scalar{{}, Scalar::Written::Null};
    if (!node.IsScalar())
        return std::nullopt;
    const QString text = QString::fromStdString(node.Scalar());
    return node.Tag() == "?" ? Scalar::plain(text) : Scalar{text, Scalar::Written::Text};
}

std::optional<Reader::Values> Reader::entries(const YAML::Node &node, const QString &what)
{
    if (!node.IsMap()) {
        problem(node.Mark(),
                Words::tr("expected %1 as “key: value” pairs, found %2").arg(what, describe(node)));
        return std::nullopt;
    }
    Values values;
    std::set<QString> seen;
    for (const auto &pair : node) {
        if (!pair.first.IsScalar()) {
            problem(pair.first.Mark(),
                    Words::tr("expected a name as key, found %1").arg(describe(pair.first)));
            continue;
        }
        const QString name = QString::fromStdString(pair.first.Scalar());
        if (!seen.insert(name).second)
            problem(pair.first.Mark(), Words::tr("“%1” is there twice").arg(name.left(60)));
        else
            values.emplace_back(name, pair.second);
    }
    return values;
}

std::optional<QVariant> Reader::secret(const QString &name, const YAML::Node &node)
{
    const QString advice = Words::tr("{keychain: …}, {env: …} or {file: …}");
    if (!node.IsMap()) {
        problem(node.Mark(),
                Words::tr("%1: a secret is not written here; expected %2").arg(name, advice));
        return std::nullopt;
    }
    const auto pairs = entries(node, name);
    if (!pairs || pairs->size() != 1) {
        problem(node.Mark(), Words::tr("%1: expected one of %2").arg(name, advice));
        return std::nullopt;
    }
    const auto &[word, where] = pairs->front();
    const auto kind = secretKindFromString(word);
    const auto text = scalar(where);
    if (!kind) {
        problem(node.Mark(),
                Words::tr("%1: “%2” is no place of secrets; expected %3")
                    .arg(name, word.left(60), advice));
        return std::nullopt;
    }
    if (!text || text->written != Scalar::Written::Text || text->text.isEmpty()) {
        problem(where.Mark(), Words::tr("%1: expected a name behind “%2”").arg(name, word));
        return std::nullopt;
    }
    SecretRef ref{*kind, text->text};
    if (*kind == SecretRef::Kind::File)
        ref.name = convert(makeKey(word, KeyType::Path), *text, m_folder)->toString();
    return QVariant::fromValue(ref);
}

std::optional<QVariant> Reader::one(const AdapterKey &key, const YAML::Node &node)
{
    if (key.type == KeyType::Secret)
        return secret(key.name, node);
    const auto written = scalar(node);
    if (!written) {
        problem(node.Mark(),
                Words::tr("%1: expected %2, found %3")
                    .arg(key.name, Internal::expectation(key), describe(node)));
        return std::nullopt;
    }
    const auto read = convert(key, *written, m_folder);
    if (!read) {
        problem(node.Mark(), key.name + u": "_s + read.error().message);
        return std::nullopt;
    }
    return *read;
}

std::optional<QVariant> Reader::value(const AdapterKey &key, const YAML::Node &node)
{
    if (!key.isList)
        return one(key, node);
    if (!node.IsSequence() || node.size() == 0) {
        problem(node.Mark(),
                Words::tr("%1: expected a list, each %2, found %3")
                    .arg(key.name, Internal::expectation(key),
                         node.IsSequence() ? Words::tr("an empty one") : describe(node)));
        return std::nullopt;
    }
    QVariantList list;
    for (const auto &element : node) {
        if (const auto read = one(key, element))
            list.append(*read);
    }
    return list;
}

QVariantMap Reader::values(const Values &entries, const QList<AdapterKey> &keys,
                           const QStringList &extra, const YAML::Node &node, const QString &what)
{
    QVariantMap values;
    std::set<QString> there;
    QStringList known = extra;
    for (const AdapterKey &key : keys)
        known.append(key.name);
    const bool isMap = node.IsMap();
    for (const auto &[name, written] : entries) {
        there.insert(name);
        if (extra.contains(name))
            continue;
        const AdapterKey *key = findKey(keys, name);
        if (!key) {
            // The mark of the value is the value's; the key's own is what people look for.
            YAML::Mark mark = written.Mark();
            if (isMap) {
                for (const auto &pair : node) {
                    if (pair.first.IsScalar() && pair.first.Scalar() == name.toStdString())
                        mark = pair.first.Mark();
                }
            }
            problem(mark,
                    Words::tr("unknown key “%1” of %2").arg(name.left(60), what)
                        + suggestionFor(name, known));
            continue;
        }
        if (const auto read = value(*key, written))
            values.insert(name, *read);
    }
    for (const AdapterKey &key : keys) {
        if (key.required && there.count(key.name) == 0) {
            problem(node.Mark(),
                    Words::tr("%1 lacks “%2”, %3").arg(what, key.name, Internal::expectation(key)));
        }
    }
    return values;
}

void Reader::eachOf(const YAML::Node &list, const QString &name,
                    const std::function<void(const YAML::Node &)> &read)
{
    if (!isWritten(list))
        return;
    if (!list.IsSequence()) {
        problem(list.Mark(), Words::tr("%1: expected a list, found %2").arg(name, describe(list)));
        return;
    }
    for (const auto &element : list)
        read(element);
}

bool Reader::checkName(const QString &key, const QString &name, const YAML::Node &node)
{
    if (isSourceName(name))
        return true;
    problem(node[key.toStdString()].Mark(), key + u": "_s + sourceNameRule());
    return false;
}

Objectives Reader::objectives(const YAML::Node &node, Objectives base)
{
    if (!isWritten(node))
        return base;
    auto pairs = entries(node, u"objectives"_s);
    if (!pairs)
        return base;
    // "latencyP99: null" says that there is none.
    const auto erased = [&](const QString &name) {
        const auto found = std::find_if(pairs->begin(), pairs->end(), [&](const auto &pair) {
            return pair.first == name && pair.second.IsNull();
        });
        if (found == pairs->end())
            return false;
        pairs->erase(found);
        return true;
    };
    if (erased(u"latencyP99"_s))
        base.latencyP99Ms.reset();
    if (erased(u"errorRatio"_s))
        base.errorRatio.reset();
    const QVariantMap read = values(*pairs, objectiveKeys(), {}, node, u"objectives"_s);
    if (read.contains(u"load"_s))
        base.load = read.value(u"load"_s).toDouble();
    if (read.contains(u"latencyP99"_s))
        base.latencyP99Ms = double(read.value(u"latencyP99"_s).toLongLong());
    if (read.contains(u"errorRatio"_s))
        base.errorRatio = read.value(u"errorRatio"_s).toDouble();
    if (read.contains(u"hold"_s))
        base.hold = millis(read.value(u"hold"_s));
    return base;
}

const AdapterInfo *Reader::adapter(const Values &pairs, const YAML::Node &node,
                                   const QString &interfaceName, const QList<AdapterKey> &keys,
                                   const QString &what)
{
    const auto written = std::find_if(
        pairs.begin(), pairs.end(), [](const auto &pair) { return pair.first == u"adapter"_s; });
    if (written == pairs.end()) {
        problem(node.Mark(),
                Words::tr("%1 lacks “%2”, %3").arg(what, u"adapter"_s, Words::tr("text")));
        return nullptr;
    }
    const auto kind = scalar(written->second);
    if (!kind || kind->written != Scalar::Written::Text) {
        (void)value(*findKey(keys, u"adapter"_s), written->second);
        return nullptr;
    }
    const AdapterInfo *info = findAdapter(m_adapters, kind->text, interfaceName);
    if (!info) {
        problem(written->second.Mark(),
                u"adapter: "_s
                    + noSuchAdapter(kind->text, adapterKinds(m_adapters, interfaceName)));
    }
    return info;
}

void Reader::source(const YAML::Node &node, FleetConfig &config)
{
    const auto pairs = entries(node, Words::tr("a source"));
    if (!pairs)
        return;
    const AdapterInfo *info =
        adapter(*pairs, node, u"fleet"_s, sourceKeys(), Words::tr("a source"));
    if (!info)
        return; // Without it nobody knows what its keys mean.
    const QList<AdapterKey> keys = sourceKeys() + info->keys;
    const QString what = Words::tr("a source of the adapter %1").arg(info->kind);
    QVariantMap read = values(*pairs, keys, {u"objectives"_s}, node, what);
    SourceConfig source;
    source.place = place(node.Mark());
    source.objectives = config.objectives;
    for (const auto &[name, written] : *pairs) {
        if (name == u"objectives"_s)
            source.objectives = objectives(written, config.objectives);
    }
    addDefaults(info->keys, read, m_folder);
    source.settings = toSettings(read);
    if (source.settings.name.isEmpty() && !read.contains(u"name"_s))
        return; // has been told
    if (!checkName(u"name"_s, source.settings.name, node))
        return;
    if (read.contains(u"tenantDomain"_s)
        && !checkName(u"tenantDomain"_s, source.settings.tenantDomain, node))
        return;
    if (const int line = m_names.value(source.settings.name); line > 0) {
        problem(node["name"].Mark(),
                Words::tr("%1: “%2” is the source of line %3 already")
                    .arg(u"name"_s, source.settings.name, QString::number(line)));
        return;
    }
    m_names.insert(source.settings.name, source.place.line);
    config.sources.append(source);
}

QVariantMap Reader::queries(const YAML::Node &node)
{
    QVariantMap queries;
    const auto pairs = entries(node, u"queries"_s);
    if (!pairs)
        return queries;
    QList<AdapterKey> keys;
    for (const QString &name : metricSignals())
        keys.append(makeKey(name, KeyType::String));
    const QVariantMap read = values(*pairs, keys, {}, node, u"queries"_s);
    for (auto query = read.cbegin(); query != read.cend(); ++query) {
        if (query->toString().contains(u"{{stamp}}"_s)) {
            problem(
                node[query.key().toStdString()].Mark(),
                Words::tr("%1: one query asks for all stamps; expected it to group by the label, "
                          "%2, instead of %3")
                    .arg(query.key(), u"sum by (stamp) (…)"_s, u"{{stamp}}"_s));
            continue;
        }
        queries.insert(query.key(), *query);
    }
    return queries;
}

void Reader::feed(const YAML::Node &node, const QString &interfaceName, QList<FeedConfig> &feeds)
{
    const bool metrics = interfaceName == u"metrics"_s;
    const QString what =
        metrics ? Words::tr("a source of metrics") : Words::tr("a source of incidents");
    const auto pairs = entries(node, what);
    if (!pairs)
        return;
    const QList<AdapterKey> common = feedKeys(metrics);
    const AdapterInfo *info = adapter(*pairs, node, interfaceName, common, what);
    if (!info)
        return;
    const QList<AdapterKey> keys = common + info->keys;
    const QStringList extra = metrics ? QStringList{u"queries"_s} : QStringList();
    QVariantMap read = values(*pairs, keys, extra, node,
                              (metrics ? Words::tr("a source of metrics of the adapter %1")
                                       : Words::tr("a source of incidents of the adapter %1"))
                                  .arg(info->kind));
    if (read.contains(u"name"_s) && !checkName(u"name"_s, read.value(u"name"_s).toString(), node))
        return;
    addDefaults(keys, read, m_folder);
    for (const auto &[name, written] : *pairs) {
        if (metrics && name == u"queries"_s)
            read.insert(name, queries(written));
    }
    FeedConfig feed;
    feed.place = place(node.Mark());
    feed.settings.pollInterval = feedInterval;
    feed.settings = toSettings(read, feed.settings);
    // They are told apart by their names alone, and from sources too.
    QString &name = feed.settings.name;
    if (name.isEmpty()) {
        name = feed.settings.adapter;
        for (int number = 2; m_names.contains(name); ++number)
            name = feed.settings.adapter + u'-' + QString::number(number);
    } else if (const auto other = m_names.constFind(name); other != m_names.constEnd()) {
        problem(node["name"].Mark(),
                Words::tr("%1: “%2” is that of line %3 already")
                    .arg(u"name"_s, name, QString::number(*other)));
        return;
    }
    m_names.insert(name, feed.place.line);
    feeds.append(feed);
}

QMap<QString, GeoPoint> Reader::regions(const YAML::Node &node)
{
    QMap<QString, GeoPoint> regions;
    if (!isWritten(node))
        return regions;
    const auto pairs = entries(node, u"regions"_s);
    if (!pairs)
        return regions;
    for (const auto &[name, written] : *pairs) {
        const QString what = Words::tr("the region “%1”").arg(name.left(60));
        const auto point = entries(written, what);
        if (!point)
            continue;
        const QVariantMap read = values(*point, pointKeys(), {}, written, what);
        if (read.size() == 2)
            regions.insert(name,
                           {read.value(u"lat"_s).toDouble(), read.value(u"lon"_s).toDouble()});
    }
    return regions;
}

WindowSettings Reader::window(const YAML::Node &node)
{
    if (!isWritten(node))
        return {};
    const auto pairs = entries(node, u"window"_s);
    if (!pairs)
        return {};
    const QVariantMap read = values(*pairs, WindowSettings::keys(), {}, node, u"window"_s);
    if (const QString hours = read.value(u"quietHours"_s).toString();
        read.contains(u"quietHours"_s) && !CallSettings::areHours(hours)) {
        problem(node["quietHours"].Mark(),
                Words::tr("%1 is two times of the day, such as %2, or %3; not “%4”")
                    .arg(u"quietHours"_s, u"22:00-07:00"_s, u"off"_s, hours.left(60)));
    }
    if (const QString language = read.value(u"language"_s).toString();
        read.contains(u"language"_s) && !WindowSettings::isLanguage(language)) {
        problem(node["language"].Mark(),
                Words::tr("%1: expected “%2” or the name of a locale such as %3, found “%4”")
                    .arg(u"language"_s, u"system"_s, u"de_DE"_s, language.left(60)));
    }
    return WindowSettings::fromValues(read);
}

HistoryOptions Reader::history(const YAML::Node &node)
{
    HistoryOptions options;
    if (!isWritten(node))
        return options;
    const auto pairs = entries(node, u"history"_s);
    if (!pairs)
        return options;
    const QList<AdapterKey> keys = {
        makeKey(u"record"_s, KeyType::Boolean),
        makeKey(u"limit"_s, KeyType::Size, 16 << 20, 1024.0 * (1 << 30))};
    const QVariantMap read = values(*pairs, keys, {}, node, u"history"_s);
    if (read.contains(u"record"_s))
        options.record = read.value(u"record"_s).toBool();
    options.maxBytes = read.value(u"limit"_s, options.maxBytes).toLongLong();
    return options;
}

IncidentRules Reader::incidentRules(const YAML::Node &node)
{
    IncidentRules rules;
    if (!isWritten(node))
        return rules;
    const auto pairs = entries(node, u"incidentRules"_s);
    if (!pairs)
        return rules;
    QStringList kinds;
    for (const IncidentKind kind : allIncidentKinds)
        kinds.append(toString(kind));
    std::ignore = values(*pairs, {}, kinds, node, u"incidentRules"_s);
    AdapterKey severity = makeKey(u"severity"_s, KeyType::String);
    severity.choices = {toString(Severity::Critical), toString(Severity::Warning),
                        toString(Severity::Info)};
    const QList<AdapterKey> keys = {makeKey(u"enabled"_s, KeyType::Boolean), severity,
                                    makeKey(u"hold"_s, KeyType::Duration, 0, 24 * hour),
                                    makeKey(u"clear"_s, KeyType::Duration, 0, 24 * hour)};
    for (const auto &[name, written] : *pairs) {
        const qsizetype at = kinds.indexOf(name);
        if (at < 0 || !isWritten(written))
            continue;
        IncidentRule &rule = rules[allIncidentKinds[size_t(at)]];
        const auto rows = entries(written, name);
        if (!rows)
            continue;
        QList<AdapterKey> own = keys;
        if (rule.above)
            own.append(makeKey(u"above"_s, KeyType::Ratio, 0.5, 1));
        const QVariantMap read = values(*rows, own, {}, written, name);
        rule.enabled = read.value(u"enabled"_s, rule.enabled).toBool();
        if (read.contains(u"severity"_s))
            rule.severity = fromString<Severity>(read.value(u"severity"_s).toString())
                                .value_or(rule.severity);
        for (const auto &[key, time] :
             {std::pair(u"hold"_s, &rule.hold), std::pair(u"clear"_s, &rule.clear)}) {
            if (read.contains(key))
                *time = std::chrono::milliseconds(read.value(key).toLongLong());
        }
        if (read.contains(u"above"_s))
            rule.above = read.value(u"above"_s).toDouble();
    }
    return rules;
}

FleetConfig Reader::read(const YAML::Node &root)
{
    FleetConfig config;
    config.file = m_file;
    config.templates = QFileInfo(defaultConfigFile()).absolutePath() + u"/templates"_s;
    if (!isWritten(root))
        return config;
    const auto pairs = entries(root, Words::tr("the configuration"));
    if (!pairs)
        return config;
    const QList<AdapterKey> keys = {makeKey(u"templates"_s, KeyType::Path)};
    const QVariantMap read = values(
        *pairs, keys,
        {u"sources"_s, u"metrics"_s, u"incidents"_s, u"objectives"_s, u"regions"_s, u"window"_s,
         u"history"_s, u"incidentRules"_s},
        root, Words::tr("the configuration"));
    if (read.contains(u"templates"_s))
        config.templates = read.value(u"templates"_s).toString();
    const auto part = [&](const char *name) { return root[name]; };
    config.objectives = objectives(part("objectives"), Objectives());
    eachOf(part("sources"), u"sources"_s, [&](const YAML::Node &node) { source(node, config); });
    eachOf(part("metrics"), u"metrics"_s,
           [&](const YAML::Node &node) { feed(node, u"metrics"_s, config.metrics); });
    eachOf(part("incidents"), u"incidents"_s,
           [&](const YAML::Node &node) { feed(node, u"incidents"_s, config.incidents); });
    config.regions = regions(part("regions"));
    config.window = window(part("window"));
    config.history = history(part("history"));
    config.incidentRules = incidentRules(part("incidentRules"));
    return config;
}

/// Where a second document begins. YAML::LoadAll() would tell too, but never ends where behind the
/// first one stands something that can't begin another.
std::optional<YAML::Mark> secondDocument(const std::string &bytes)
{
    class Starts final : public YAML::EventHandler
    {
    public:
        void OnDocumentStart(const YAML::Mark &mark) override { last = mark; }
        void OnDocumentEnd() override { }
        void OnNull(const YAML::Mark &, YAML::anchor_t) override { }
        void OnAlias(const YAML::Mark &, YAML::anchor_t) override { }
        void OnScalar(const YAML::Mark &, const std::string &, YAML::anchor_t,
                      const std::string &) override
        { }
        void OnSequenceStart(const YAML::Mark &, const std::string &, YAML::anchor_t,
                             YAML::EmitterStyle::value) override
        { }
        void OnSequenceEnd() override { }
        void OnMapStart(const YAML::Mark &, const std::string &, YAML::anchor_t,
                        YAML::EmitterStyle::value) override
        { }
        void OnMapEnd() override { }

        YAML::Mark last;
    };
    std::istringstream stream(bytes);
    YAML::Parser parser(stream);
    Starts starts;
    if (!parser.HandleNextDocument(starts) || !parser.HandleNextDocument(starts))
        return std::nullopt;
    return starts.last;
}

/// How many nodes \a node holds, aliases followed, up to \a limit.
int countNodes(const YAML::Node &node, int limit, int depth = 0)
{
    constexpr int deepest = 64;
    if (depth > deepest)
        return limit;
    int count = 1;
    if (node.IsMap()) {
        for (const auto &pair : node) {
            count += countNodes(pair.first, limit - count, depth + 1);
            if (count < limit)
                count += countNodes(pair.second, limit - count, depth + 1);
            if (count >= limit)
                return limit;
        }
    } else if (node.IsSequence()) {
        for (const auto &element : node) {
            count += countNodes(element, limit - count, depth + 1);
            if (count >= limit)
                return limit;
        }
    }
    return count;
}

} // namespace

QString ConfigPlace::toString() const
{
    if (line == 0)
        return u"--source"_s;
    return file + u':' + QString::number(line) + u':' + QString::number(column);
}

QString defaultConfigFile()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation)
        + u"/stampdeck/fleet.yaml"_s;
}

namespace {

/// One document of bounded size, given to \a read with its reader.
template<typename T>
Result<T> readDocument(const QByteArray &text, const QString &file,
                       const std::vector<AdapterInfo> &adapters,
                       const std::function<T(Reader &, const YAML::Node &)> &read)
{
    if (text.size() > largestFile) {
        return fail(
            ErrorKind::Invalid,
            Words::tr("%1: expected at most %2, found %3")
                .arg(file, Format::bytes(double(largestFile)), Format::bytes(double(text.size()))));
    }
    Reader reader(text, file, adapters);
    T value;
    try {
        const std::string bytes = text.toStdString();
        const YAML::Node root = YAML::Load(bytes);
        if (const auto second = secondDocument(bytes)) {
            reader.problem(*second, Words::tr("expected one document, found more"));
        } else if (countNodes(root, mostNodes) >= mostNodes) {
            reader.problem(root.Mark(),
                           Words::tr("expected a configuration, found something far too large "
                                     "or nested too deeply"));
        } else {
            value = read(reader, root);
        }
    } catch (const YAML::Exception &exception) {
        reader.problem(exception.mark,
                       Words::tr("not YAML: %1").arg(QString::fromStdString(exception.msg)));
    }
    if (!reader.problems().isEmpty()) {
        return fail(ErrorKind::Invalid, reader.problems().constFirst(),
                    reader.problems().join(u'\n'));
    }
    return value;
}

Result<QByteArray> contentOf(const QString &path)
{
    QFile file(path);
    if (!file.exists())
        return fail(ErrorKind::NotFound, Words::tr("there is no %1").arg(path));
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Invalid, Words::tr("%1 can't be read").arg(path),
                    file.errorString());
    return file.read(largestFile + 1);
}

} // namespace

Result<FleetConfig> readFleetConfig(const QByteArray &text, const QString &file,
                                    const std::vector<AdapterInfo> &adapters)
{
    return readDocument<FleetConfig>(
        text, file, adapters,
        [](Reader &reader, const YAML::Node &root) { return reader.read(root); });
}

Result<WindowSettings> loadWindowSettings(const QString &path)
{
    const auto text = contentOf(path);
    if (!text)
        return text.error().kind == ErrorKind::NotFound ? Result<WindowSettings>(WindowSettings())
                                                        : fail(text.error());
    return readDocument<WindowSettings>(*text, path, {}, [](Reader &reader, const YAML::Node &root) {
        return root.IsMap() ? reader.window(root["window"]) : WindowSettings();
    });
}

Result<FleetConfig> loadFleetConfig(const QString &path, const std::vector<AdapterInfo> &adapters)
{
    const auto text = contentOf(path);
    return text ? readFleetConfig(*text, path, adapters) : fail(text.error());
}

Result<FleetConfig> readSourceOptions(const QStringList &options,
                                      const std::vector<AdapterInfo> &adapters)
{
    FleetConfig config;
    config.templates = QFileInfo(defaultConfigFile()).absolutePath() + u"/templates"_s;
    QStringList names;
    for (const QString &option : options) {
        auto source = Internal::readSourceOption(option, adapters);
        if (!source)
            return fail(source.error());
        if (!source->settings.name.isEmpty() && names.contains(source->settings.name)) {
            return fail(ErrorKind::Invalid,
                        Words::tr("%1: there are two sources “%2”")
                            .arg(u"--source"_s, source->settings.name));
        }
        names.append(source->settings.name);
        config.sources.append(*source);
    }
    // Given names are taken first, so that "rest=… rest:rest=…" has a way out.
    for (SourceConfig &source : config.sources) {
        if (!source.settings.name.isEmpty())
            continue;
        QString name = source.settings.adapter;
        for (int number = 2; names.contains(name); ++number)
            name = source.settings.adapter + u'-' + QString::number(number);
        source.settings.name = name;
        names.append(name);
    }
    return config;
}

namespace Internal {

Result<SourceConfig> readSourceOption(const QString &option,
                                      const std::vector<AdapterInfo> &adapters)
{
    const auto wrong = [](const QString &message) {
        return fail(ErrorKind::Invalid, u"--source: "_s + message);
    };
    // Before the first "=" stands no secret; what is behind is never repeated but for known keys.
    const qsizetype equals = option.indexOf(u'=');
    QString kind = equals < 0 ? option : option.left(equals);
    QString name;
    if (const qsizetype colon = kind.indexOf(u':'); colon >= 0) {
        name = kind.left(colon);
        kind = kind.mid(colon + 1);
        if (!isSourceName(name))
            return wrong(Words::tr("before “:” %1").arg(sourceNameRule()));
    }
    if (equals < 0)
        return wrong(
            Words::tr("expected %1, found no “=”").arg(u"[NAME:]ADAPTER=LOCATION[,KEY=VALUE…]"_s));
    const AdapterInfo *info = findAdapter(adapters, kind, u"fleet"_s);
    if (!info)
        return wrong(noSuchAdapter(kind, adapterKinds(adapters, u"fleet"_s)));

    QStringList parts;
    QString part;
    const QString rest = option.mid(equals + 1);
    for (qsizetype at = 0; at < rest.size(); ++at) {
        if (rest[at] == u'\\' && at + 1 < rest.size()
            && (rest[at + 1] == u',' || rest[at + 1] == u'\\')) {
            part += rest[++at];
        } else if (rest[at] == u',') {
            parts.append(std::exchange(part, QString()));
        } else {
            part += rest[at];
        }
    }
    parts.append(part);

    const QString folder = QDir::currentPath();
    QList<AdapterKey> keys = sourceKeys() + info->keys;
    QVariantMap values;
    const auto set = [&](const QString &keyName, const QString &text) -> Result<bool> {
        const QString base = keyName.section(u'.', 0, 0);
        if (base == u"name"_s)
            return wrong(Words::tr("the name of a source stands first: %1")
                             .arg(QString(u"NAME:"_s + kind + u"=…"_s)));
        const AdapterKey *key = findKey(keys, base);
        if (!key || base == u"adapter"_s) {
            QStringList known = info->keyNames();
            for (const AdapterKey &common : sourceKeys()) {
                if (common.name != u"name"_s && common.name != u"adapter"_s)
                    known.append(common.name);
            }
            return wrong(Words::tr("unknown key “%1” of the adapter %2").arg(base.left(60), kind)
                         + suggestionFor(base, known));
        }
        QVariant value;
        if (key->type == KeyType::Secret) {
            const auto place = secretKindFromString(keyName.section(u'.', 1));
            if (!place || text.isEmpty()) {
                return wrong(Words::tr("%1: a secret is not written here; expected %2, %3 or %4")
                                 .arg(base, QString(base + u".env=NAME"_s),
                                      QString(base + u".file=PATH"_s),
                                      QString(base + u".keychain=SERVICE/KEY"_s)));
            }
            SecretRef ref{*place, text};
            if (*place == SecretRef::Kind::File)
                ref.name =
                    convert(makeKey(base, KeyType::Path), Scalar::option(text), folder)->toString();
            value = QVariant::fromValue(ref);
        } else {
            if (base != keyName)
                return wrong(Words::tr("“%1” has no part “%2”")
                                 .arg(base, keyName.section(u'.', 1).left(60)));
            auto read = convert(*key, Scalar::option(text), folder);
            if (!read)
                return wrong(base + u": "_s + read.error().message);
            value = *read;
        }
        if (key->isList) {
            QVariantList list = values.value(base).toList();
            list.append(value);
            values.insert(base, list);
        } else if (values.contains(base)) {
            return wrong(Words::tr("“%1” is there twice").arg(base));
        } else {
            values.insert(base, value);
        }
        return true;
    };

    const QString location = parts.takeFirst();
    if (!location.isEmpty()) {
        if (info->location.isEmpty())
            return wrong(Words::tr("the adapter %1 takes no location").arg(kind));
        if (const auto done = set(info->location, location); !done)
            return fail(done.error());
    }
    for (const QString &pair : parts) {
        const qsizetype middle = pair.indexOf(u'=');
        if (middle < 1)
            return wrong(Words::tr("expected %1 behind a comma; a comma in a value is written “%2”")
                             .arg(u"KEY=VALUE"_s, u"\\,"_s));
        if (const auto done = set(pair.left(middle), pair.mid(middle + 1)); !done)
            return fail(done.error());
    }
    for (const AdapterKey &key : info->keys) {
        if (key.required && !values.contains(key.name)) {
            return wrong(
                Words::tr("the adapter %1 lacks “%2”, %3").arg(kind, key.name, expectation(key)));
        }
    }
    addDefaults(info->keys, values, folder);
    SourceConfig source;
    source.settings = toSettings(values);
    source.settings.name = name;
    source.settings.adapter = kind;
    if (values.contains(u"tenantDomain"_s) && !isSourceName(source.settings.tenantDomain))
        return wrong(u"tenantDomain: "_s + sourceNameRule());
    return source;
}

} // namespace Internal

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario.h"

#include "backends/api/timestamp.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRegularExpression>

#include <algorithm>
#include <iterator>

namespace Stampdeck::Internal {

using namespace Qt::StringLiterals;
using What = Scenario::Part::What;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Simulator)
};

constexpr qint64 largestFile = 1 << 20;
constexpr int mostParts = 1'000;

struct Shipped
{
    QLatin1StringView name;
    const char *json;
};
constexpr std::array<Shipped, 3> shipped = {{
    // A region is slow at first, then half of it loses replicas.
    {"region-brown-out"_L1, R"({
        "parts": [
            {"what": "latency", "region": "eu-west", "from": "2m", "lasts": "30m", "severity": 6},
            {"what": "errors", "region": "eu-west", "from": "5m", "lasts": "25m", "severity": 0.03},
            {"what": "crash-loop", "region": "eu-west", "atMost": 3, "from": "8m", "lasts": "40m",
             "severity": 0.6, "component": "api"}
        ]})"},
    // One tenant takes far more than it asked for, and all others on its stamp suffer.
    {"noisy-neighbour"_L1, R"({
        "parts": [
            {"what": "surge", "region": "us-east", "atMost": 1, "from": "2m", "lasts": "50m",
             "severity": 1.15},
            {"what": "latency", "region": "us-east", "atMost": 1, "from": "4m", "lasts": "45m",
             "severity": 3}
        ]})"},
    // A version that passed ring 0 reaches ring 1, and errors with it.
    {"bad-version"_L1, R"({
        "parts": [
            {"what": "release", "ring": 0, "from": "30s"},
            {"what": "release", "ring": 1, "from": "3m"},
            {"what": "errors", "ring": 1, "from": "4m", "lasts": "60m", "severity": 0.05},
            {"what": "crash-loop", "ring": 1, "atMost": 2, "from": "9m", "lasts": "50m",
             "severity": 0.4, "component": "web"}
        ]})"},
}};

constexpr std::array<QLatin1StringView, 6> kinds = {
    "crash-loop"_L1, "latency"_L1, "errors"_L1, "storage-growth"_L1, "surge"_L1, "release"_L1};

auto wrong(int part, const QString &key, const QString &expected)
{
    return fail(
        ErrorKind::Invalid,
        Words::tr("part %1 of the scenario: \"%2\" takes %3").arg(part + 1).arg(key, expected));
}

std::optional<SimTime> timeOf(const QJsonValue &value)
{
    const auto time = durationFromString(value.toString());
    return time && time->count() >= 0 ? std::optional(SimTime(time->count())) : std::nullopt;
}

Result<Scenario::Part> partOf(const QJsonObject &object, int number)
{
    Scenario::Part part;
    bool hasKind = false;
    for (auto it = object.begin(); it != object.end(); ++it) {
        const QString key = it.key();
        const QJsonValue value = it.value();
        if (key == u"what") {
            const auto found = std::find(kinds.begin(), kinds.end(), value.toString());
            if (found == kinds.end()) {
                QStringList names;
                for (const QLatin1StringView kind : kinds)
                    names.append(kind);
                return wrong(number, key, Words::tr("one of %1").arg(names.join(u", "_s)));
            }
            part.what = What(found - kinds.begin());
            hasKind = true;
        } else if (key == u"region" || key == u"stamps") {
            if (!value.isString() || value.toString().isEmpty())
                return wrong(number, key, Words::tr("a text"));
            (key == u"region" ? part.region : part.stamps) = value.toString();
        } else if (key == u"ring" || key == u"atMost") {
            const int is = value.toInt(-1);
            if (is < (key == u"ring" ? 0 : 1))
                return wrong(number, key, Words::tr("a whole number"));
            if (key == u"ring")
                part.ring = is;
            else
                part.atMost = is;
        } else if (key == u"from" || key == u"lasts") {
            const auto time = timeOf(value);
            if (!time)
                return wrong(number, key, Words::tr("a time, such as 30s, 5m or 1h"));
            (key == u"from" ? part.from : part.lasts) = *time;
        } else if (key == u"severity") {
            part.severity = value.toDouble(-1);
            if (!(part.severity >= 0 && part.severity <= 100))
                return wrong(number, key, Words::tr("a number from 0 to 100"));
        } else if (key == u"component") {
            const auto found =
                std::find(componentNames.begin(), componentNames.end(), value.toString());
            if (found == componentNames.end())
                return wrong(number, key, Words::tr("web, api, worker or db"));
            part.component = int(found - componentNames.begin());
        } else {
            return fail(ErrorKind::Invalid,
                        Words::tr("part %1 of the scenario: there is no key \"%2\"")
                            .arg(number + 1)
                            .arg(key));
        }
    }
    if (!hasKind)
        return wrong(number, u"what"_s, Words::tr("what goes wrong, and is missing"));
    return part;
}

} // namespace

const QStringList &scenarioNames()
{
    static const QStringList names = [] {
        QStringList all;
        for (const Shipped &each : shipped)
            all.append(each.name);
        return all;
    }();
    return names;
}

Result<Scenario> scenarioFromJson(const QByteArray &json)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (document.isNull())
        return fail(ErrorKind::Invalid,
                    Words::tr("the scenario is no JSON at byte %1: %2")
                        .arg(error.offset)
                        .arg(error.errorString()));
    const QJsonObject object = document.object();
    const QJsonArray parts = object.value(u"parts"_s).toArray();
    if (parts.isEmpty() || parts.size() > mostParts)
        return fail(ErrorKind::Invalid,
                    Words::tr("the scenario takes 1 to %1 \"parts\"").arg(mostParts));
    Scenario scenario;
    for (int at = 0; at < parts.size(); ++at) {
        const auto part = partOf(parts.at(at).toObject(), at);
        if (!part)
            return fail(part.error());
        scenario.parts.append(*part);
    }
    return scenario;
}

Result<Scenario> readScenario(const QString &nameOrFile)
{
    for (const Shipped &each : shipped) {
        if (nameOrFile == each.name)
            return scenarioFromJson(each.json);
    }
    QFile file(nameOrFile);
    QString source;
    if (!file.exists() && nameOrFile.contains(u'#')) {
        file.setFileName(nameOrFile.section(u'#', 0, -2));
        source = nameOrFile.section(u'#', -1);
    }
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Invalid,
                    Words::tr("there is no scenario \"%1\": it is one of %2, or a file")
                        .arg(nameOrFile, scenarioNames().join(u", "_s)));
    if (file.size() > Recording::largestFile)
        return fail(ErrorKind::Invalid,
                    Words::tr("%1 is larger than %2 MiB")
                        .arg(nameOrFile)
                        .arg(Recording::largestFile >> 20));
    const QByteArray json = file.readAll();
    if (Recording::isOne(json)) {
        auto recording = Recording::fromJson(json, file.fileName());
        if (!recording)
            return fail(recording.error());
        Scenario scenario;
        scenario.source = source.isEmpty() && recording->sources.size() == 1
            ? recording->sources.first().name
            : source;
        if (!recording->source(scenario.source)) {
            QStringList names;
            for (const Recording::Source &each : recording->sources)
                names.append(each.name);
            return fail(ErrorKind::Invalid,
                        Words::tr("the recording %1 is of %2: add one of them, as in %3")
                            .arg(file.fileName(), names.join(u", "_s),
                                 file.fileName() + u'#' + names.first()));
        }
        // The others have a simulator each, which keeps what it plays. Of theirs only the operations
        // that act here are: they hold tenants here, and are told of there.
        for (Recording::Source &other : recording->sources) {
            if (other.name == scenario.source)
                continue;
            Recording::Source kept;
            kept.name = other.name;
            std::copy_if(other.operations.cbegin(), other.operations.cend(),
                         std::back_inserter(kept.operations),
                         [&scenario](const Recording::Course &course) {
                             return course.actsOn(scenario.source);
                         });
            other = std::move(kept);
        }
        recording->sources.removeIf([&scenario](const Recording::Source &other) {
            return other.name != scenario.source && other.operations.isEmpty();
        });
        scenario.recording = std::make_shared<const Recording>(std::move(*recording));
        return scenario;
    }
    if (json.size() > largestFile)
        return fail(ErrorKind::Invalid,
                    Words::tr("the scenario %1 is larger than 1 MiB").arg(nameOrFile));
    auto scenario = scenarioFromJson(json);
    if (!scenario)
        return fail(ErrorKind::Invalid, file.fileName() + u": " + scenario.error().message);
    return scenario;
}

void stage(const Scenario &scenario, FleetState &fleet, SimTime start)
{
    for (const Scenario::Part &part : scenario.parts) {
        const QRegularExpression pattern(
            QRegularExpression::wildcardToRegularExpression(part.stamps));
        int left = part.atMost;
        for (SimStamp &stamp : fleet.stamps) {
            const bool isMeant =
                (part.region.isEmpty()
                 || simulatedRegions().at(size_t(stamp.region)).name == part.region)
                && (!part.ring || *part.ring == stamp.ring)
                && (part.stamps.isEmpty() || pattern.match(stamp.name).hasMatch());
            if (!isMeant || left-- <= 0)
                continue;
            const SimTime from = start + part.from;
            const SimTime to = part.lasts == never ? never : from + part.lasts;
            if (part.what == What::Release) {
                stamp.releaseAt = std::min(stamp.releaseAt, from);
                continue;
            }
            if (part.what == What::Surge) {
                const auto largest = std::max_element(
                    stamp.tenants.begin(), stamp.tenants.end(), [&fleet](int a, int b) {
                        return fleet.tenants.at(size_t(a)).demand.cpu.value_or(0)
                            < fleet.tenants.at(size_t(b)).demand.cpu.value_or(0);
                    });
                if (largest == stamp.tenants.end())
                    continue;
                SimTenant &tenant = fleet.tenants.at(size_t(*largest));
                tenant.surgeFrom = from;
                tenant.surgeTo = to;
                tenant.surge = part.severity * stamp.written.cpu.wanted;
                continue;
            }
            Incident incident;
            incident.kind = part.what == What::CrashLoop ? Incident::Kind::CrashLoop
                : part.what == What::Latency             ? Incident::Kind::Latency
                : part.what == What::Errors              ? Incident::Kind::Errors
                                                         : Incident::Kind::StorageGrowth;
            incident.start = from;
            incident.end = to;
            incident.severity = part.severity;
            incident.component = part.component;
            stamp.scene.push_back(incident);
        }
    }
}

} // namespace Stampdeck::Internal

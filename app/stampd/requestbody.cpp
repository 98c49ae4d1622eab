// SPDX-License-Identifier: GPL-3.0-or-later
#include "requestbody.h"

#include "backends/api/operationname.h"
#include "backends/api/template.h"
#include "backends/api/timestamp.h"

#include <QtCore/QRegularExpression>

#include <nlohmann/json.hpp>

#include <cmath>
#include <set>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using nlohmann::json;

namespace {

// Nothing that is asked for nests deeper than four; this bounds what a hostile body may cost.
constexpr int deepest = 16;
constexpr qsizetype longestName = 253;
constexpr qsizetype longestRegion = 63;
constexpr qsizetype longestNote = 4'000;
constexpr size_t mostMembers = 100;
constexpr size_t mostTargets = 1'000;
constexpr int mostParallel = 64;
constexpr double mostTarget = 1e9;
constexpr size_t mostMarked = 250'000;
constexpr int mostSteps = 1'000'000;
constexpr double mostMarkSeconds = 3'600;

tl::unexpected<BodyError> wrong(const QString &pointer, const QString &what)
{
    return tl::unexpected(BodyError{400,
                                    pointer.isEmpty() ? u"the body %1"_s.arg(what)
                                                      : u"%1 in the body %2"_s.arg(pointer, what)});
}

tl::unexpected<BodyError> wrongReplicas(const QString &pointer)
{
    return wrong(pointer,
                 u"has to be a whole number from 0 to %1"_s.arg(ScaleSetting::mostReplicas));
}

// A segment of a JSON pointer (RFC 6901, section 3).
QString escaped(const std::string &name)
{
    return QString::fromStdString(name).replace(u'~', u"~0"_s).replace(u'/', u"~1"_s);
}

// Parses what RFC 8259 allows, less a member that comes twice: readers differ in which one counts.
tl::expected<json, BodyError> parse(const QByteArray &text)
{
    std::array<std::set<std::string>, deepest + 2> names;
    QString trouble;
    const json::parser_callback_t watch = [&](int depth, json::parse_event_t event, json &parsed) {
        if (depth > deepest) {
            trouble = u"nests too deep"_s;
            return false;
        }
        if (event == json::parse_event_t::object_start)
            names[size_t(depth) + 1].clear();
        if (event == json::parse_event_t::key) {
            const std::string name = parsed.get<std::string>();
            if (!names[size_t(depth)].insert(name).second)
                trouble = u"has the member “%1” twice"_s.arg(QString::fromStdString(name));
        }
        return true;
    };
    const std::string_view view(text.constData(), size_t(text.size()));
    json value = json::parse(view.begin(), view.end(), watch, false);
    if (value.is_discarded() && trouble.isEmpty())
        return wrong({}, u"is no JSON"_s);
    if (!trouble.isEmpty())
        return wrong({}, trouble);
    return value;
}

std::optional<BodyError> onlyMembers(const json &object, const QString &pointer,
                                     std::initializer_list<std::string_view> known)
{
    if (!object.is_object())
        return wrong(pointer, u"has to be an object"_s).value();
    for (const auto &[name, value] : object.items()) {
        if (std::find(known.begin(), known.end(), name) == known.end())
            return wrong(pointer, u"has no member “%1”"_s.arg(QString::fromStdString(name)))
                .value();
    }
    return std::nullopt;
}

// JSON has one kind of number: 5.0 is a whole one.
std::optional<int> wholeNumber(const json &value, int least, int most)
{
    if (!value.is_number())
        return std::nullopt;
    const double number = value.get<double>();
    if (number != std::floor(number) || number < least || number > most)
        return std::nullopt;
    return int(number);
}

tl::expected<double, BodyError> positive(const json &value, const QString &pointer, double most)
{
    if (value.is_number()) {
        const double number = value.get<double>();
        if (number > 0 && number <= most)
            return number;
    }
    return wrong(pointer, u"has to be a number above 0, at most %1"_s.arg(most));
}

std::optional<BodyError> memberCount(const json &object, const QString &pointer)
{
    if (!object.is_object())
        return wrong(pointer, u"has to be an object"_s).value();
    if (object.empty() || object.size() > mostMembers)
        return wrong(pointer, u"has to have 1 to %1 members"_s.arg(mostMembers)).value();
    return std::nullopt;
}

tl::expected<RuleSetting, BodyError> readRule(const json &value, const QString &pointer)
{
    if (const auto error =
            onlyMembers(value, pointer, {"signal", "target", "min", "max", "cooldown"}))
        return tl::unexpected(*error);
    if (!value.contains("signal") || !value.contains("target"))
        return wrong(pointer, u"needs signal and target"_s);
    RuleSetting rule;
    const json &signal = value["signal"];
    const auto kind = signal.is_string()
        ? fromString<SignalKind>(QString::fromStdString(signal.get<std::string>()))
        : std::nullopt;
    if (!kind)
        return wrong(pointer + u"/signal",
                     u"has to be cpu, memory, requestsPerSecond or latencyP99"_s);
    rule.signal = *kind;
    const auto target = positive(value["target"], pointer + u"/target", mostTarget);
    if (!target)
        return tl::unexpected(target.error());
    rule.target = *target;
    for (const auto &[name, bound] : {std::pair("min", &rule.min), std::pair("max", &rule.max)}) {
        if (!value.contains(name))
            continue;
        const auto number = wholeNumber(value[name], 0, ScaleSetting::mostReplicas);
        if (!number)
            return wrongReplicas(pointer + u'/' + QString::fromLatin1(name));
        *bound = *number;
    }
    if (value.contains("cooldown")) {
        static const QRegularExpression form(u"\\A(?:[0-9]{1,5}(?:ms|s|m|h)|[0-9]{1,4}d)\\z"_s);
        const json &cooldown = value["cooldown"];
        const QString text =
            cooldown.is_string() ? QString::fromStdString(cooldown.get<std::string>()) : QString();
        const auto duration = form.match(text).hasMatch() ? durationFromString(text) : std::nullopt;
        if (!duration)
            return wrong(pointer + u"/cooldown", u"has to be a duration such as 60s"_s);
        rule.cooldown = *duration;
    }
    // What a schema can't say.
    const bool isRatio = rule.signal == SignalKind::Cpu || rule.signal == SignalKind::Memory;
    if (isRatio && rule.target > 1)
        return tl::unexpected(BodyError{422, u"%1/target is a ratio: from 0 to 1"_s.arg(pointer)});
    if (rule.min > rule.max)
        return tl::unexpected(BodyError{422, u"%1: min is above max"_s.arg(pointer)});
    return rule;
}

QByteArray canonicalOf(const json &value)
{
    // Members are sorted by name in nlohmann's own objects.
    const std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
    return QByteArray(text.data(), qsizetype(text.size()));
}

} // namespace

BodyResult<ScaleSetting> readScaleRequest(const QByteArray &text)
{
    const auto body = parse(text);
    if (!body)
        return tl::unexpected(body.error());
    if (const auto error = onlyMembers(*body, {}, {"components", "resources", "rules"}))
        return tl::unexpected(*error);
    if (body->empty())
        return wrong({}, u"has to name components, resources or rules"_s);
    ScaleSetting setting;
    std::optional<BodyError> meaning;
    if (body->contains("components")) {
        const json &components = (*body)["components"];
        if (const auto error = memberCount(components, u"/components"_s))
            return tl::unexpected(*error);
        for (const auto &[name, value] : components.items()) {
            const auto count = wholeNumber(value, 0, ScaleSetting::mostReplicas);
            if (!count)
                return wrongReplicas(u"/components/"_s + escaped(name));
            setting.components.insert(QString::fromStdString(name), *count);
        }
    }
    if (body->contains("resources")) {
        const json &resources = (*body)["resources"];
        if (const auto error =
                onlyMembers(resources, u"/resources"_s, {"cpu", "memory", "storage"}))
            return tl::unexpected(*error);
        if (resources.empty())
            return wrong(u"/resources"_s, u"has to name cpu, memory or storage"_s);
        for (const auto &[name, value] : resources.items()) {
            const auto limit = positive(
                value, u"/resources/"_s + escaped(name),
                ScaleSetting::mostOf(name == "cpu" ? ResourceKind::Cpu : ResourceKind::Memory));
            if (!limit)
                return tl::unexpected(limit.error());
            (name == "cpu"          ? setting.cpu
                 : name == "memory" ? setting.memory
                                    : setting.storage) = *limit;
        }
    }
    if (body->contains("rules")) {
        const json &rules = (*body)["rules"];
        if (const auto error = memberCount(rules, u"/rules"_s))
            return tl::unexpected(*error);
        for (const auto &[name, value] : rules.items()) {
            std::optional<RuleSetting> rule;
            if (!value.is_null()) {
                const auto read = readRule(value, u"/rules/"_s + escaped(name));
                if (read)
                    rule = *read;
                else if (read.error().status == 400)
                    return tl::unexpected(read.error());
                else
                    meaning = read.error(); // Told when the form of the rest is right.
            }
            setting.rules.emplace_back(QString::fromStdString(name), rule);
        }
    }
    if (meaning)
        return tl::unexpected(*meaning);
    return Body<ScaleSetting>{std::move(setting), canonicalOf(*body)};
}

BodyResult<QString> readMoveRequest(const QByteArray &text)
{
    const auto body = parse(text);
    if (!body)
        return tl::unexpected(body.error());
    if (const auto error = onlyMembers(*body, {}, {"to"}))
        return tl::unexpected(*error);
    if (!body->contains("to"))
        return wrong({}, u"has to say where to: {\"to\": STAMP}"_s);
    const json &to = (*body)["to"];
    const QString name = to.is_string() ? QString::fromStdString(to.get<std::string>()) : QString();
    if (name.isEmpty() || name.toUcs4().size() > longestName)
        return wrong(u"/to"_s, u"has to be the name of a stamp"_s);
    return Body<QString>{name, canonicalOf(*body)};
}

BodyResult<DrainSetting> readDrainRequest(const QByteArray &text)
{
    if (text.isEmpty())
        return Body<DrainSetting>{{}, "{}"};
    const auto body = parse(text);
    if (!body)
        return tl::unexpected(body.error());
    if (const auto error = onlyMembers(
            *body, {}, {"to", "parallel", "deadline", "partial", "maxLoad", "allowUnknown"}))
        return tl::unexpected(*error);
    DrainSetting setting;
    if (body->contains("to")) {
        const json &to = (*body)["to"];
        if (!to.is_array() || to.empty() || to.size() > mostTargets)
            return wrong(u"/to"_s, u"has to be a list of 1 to %1 stamps"_s.arg(mostTargets));
        for (size_t i = 0; i < to.size(); ++i) {
            const QString name =
                to[i].is_string() ? QString::fromStdString(to[i].get<std::string>()) : QString();
            if (name.isEmpty() || name.toUcs4().size() > longestName)
                return wrong(u"/to/%1"_s.arg(i), u"has to be the name of a stamp"_s);
            setting.to.append(name);
        }
    }
    if (body->contains("parallel")) {
        const auto number = wholeNumber((*body)["parallel"], 1, mostParallel);
        if (!number)
            return wrong(u"/parallel"_s,
                         u"has to be a whole number from 1 to %1"_s.arg(mostParallel));
        setting.parallel = *number;
    }
    if (body->contains("deadline")) {
        static const QRegularExpression form(
            u"\\A(?:[1-9][0-9]{0,4}(?:ms|s|m|h)|[1-9][0-9]{0,2}d)\\z"_s);
        const json &deadline = (*body)["deadline"];
        const QString word =
            deadline.is_string() ? QString::fromStdString(deadline.get<std::string>()) : QString();
        setting.deadline = form.match(word).hasMatch() ? durationFromString(word) : std::nullopt;
        if (!setting.deadline)
            return wrong(u"/deadline"_s, u"has to be a duration above 0, such as 1h"_s);
    }
    for (const auto &[name, flag] :
         {std::pair("partial", &setting.partial), std::pair("allowUnknown", &setting.allowUnknown)}) {
        if (!body->contains(name))
            continue;
        const json &value = (*body)[name];
        if (!value.is_boolean())
            return wrong(u'/' + QString::fromLatin1(name), u"has to be true or false"_s);
        *flag = value.get<bool>();
    }
    if (body->contains("maxLoad")) {
        const auto load = positive((*body)["maxLoad"], u"/maxLoad"_s, 1);
        if (!load)
            return tl::unexpected(load.error());
        setting.maxLoad = *load;
    }
    return Body<DrainSetting>{std::move(setting), canonicalOf(*body)};
}

BodyResult<CreateSetting> readCreateRequest(const QByteArray &text)
{
    const auto body = parse(text);
    if (!body)
        return tl::unexpected(body.error());
    if (const auto error =
            onlyMembers(*body, {}, {"name", "template", "region", "parameters", "source"}))
        return tl::unexpected(*error);
    CreateSetting setting;
    const auto word = [&](const char *member, QString &to, qsizetype most,
                          const QString &what) -> std::optional<BodyError> {
        const json &value = body->contains(member) ? (*body)[member] : json();
        to = value.is_string() ? QString::fromStdString(value.get<std::string>()) : QString();
        if (to.isEmpty() || to.toUcs4().size() > most)
            return wrong(u'/' + QString::fromLatin1(member), u"has to be "_s + what).value();
        return std::nullopt;
    };
    if (const auto error = word("name", setting.name, longestName, u"the name of the new stamp"_s))
        return tl::unexpected(*error);
    if (const auto why = wrongStampName(setting.name))
        return wrong(u"/name"_s, u"is no name: "_s + *why);
    if (const auto error =
            word("template", setting.fromTemplate, longestName, u"the name of a template"_s))
        return tl::unexpected(*error);
    if (const auto error = word("region", setting.region, longestRegion, u"the name of a region"_s))
        return tl::unexpected(*error);
    const bool isWord = std::none_of(setting.region.cbegin(), setting.region.cend(), [](QChar c) {
        return c.isSpace() || c == u'/' || c == u'~';
    });
    if (!isWord)
        return wrong(u"/region"_s, u"has no space, slash or tilde"_s);
    if (body->contains("source")) {
        if (const auto error = word("source", setting.source, longestName, u"the name of a source"_s))
            return tl::unexpected(*error);
    }
    if (body->contains("parameters")) {
        const json &parameters = (*body)["parameters"];
        if (!parameters.is_object() || parameters.size() > mostMembers)
            return wrong(u"/parameters"_s,
                         u"has to be an object of at most %1 members"_s.arg(mostMembers));
        for (const auto &[name, value] : parameters.items()) {
            QJsonValue is;
            if (value.is_string())
                is = QString::fromStdString(value.get<std::string>());
            else if (value.is_boolean())
                is = value.get<bool>();
            else if (value.is_number())
                is = value.get<double>();
            else
                return wrong(u"/parameters/"_s + escaped(name),
                             u"has to be a string, a number, true or false"_s);
            setting.parameters.insert(QString::fromStdString(name), is);
        }
    }
    return Body<CreateSetting>{std::move(setting), canonicalOf(*body)};
}

BodyResult<MarkRequest> readMarkRequest(const QByteArray &text)
{
    const auto body = parse(text);
    if (!body)
        return tl::unexpected(body.error());
    if (const auto error = onlyMembers(
            *body, {}, {"kind", "run", "mode", "seconds", "plan", "stamps", "tenants"}))
        return tl::unexpected(*error);
    const auto textOf = [](const json &object, const char *name, qsizetype least,
                           qsizetype most) -> std::optional<QString> {
        if (!object.contains(name))
            return least == 0 ? std::optional(QString()) : std::nullopt;
        if (!object[name].is_string())
            return std::nullopt;
        const QString value = QString::fromStdString(object[name].get<std::string>());
        const qsizetype size = value.toUcs4().size();
        return size >= least && size <= most ? std::optional(value) : std::nullopt;
    };
    MarkRequest request;
    for (const auto &[name, most, field] : {std::tuple("kind", 64, &MarkRequest::kind),
                                            std::tuple("run", 128, &MarkRequest::run)}) {
        const auto value = textOf(*body, name, 1, most);
        if (!value)
            return wrong(u'/' + QString::fromLatin1(name),
                         u"has to be a text of 1 to %1 characters"_s.arg(most));
        request.*field = *value;
    }
    if (!isRunName(request.run)) // as it stands in a header
        return wrong(u"/run"_s, u"has to be 1 to 128 letters, digits, dots, hyphens, underscores "
                                "and tildes"_s);
    const auto plan = textOf(*body, "plan", 0, 16'384);
    if (!plan)
        return wrong(u"/plan"_s, u"has to be a text of at most 16384 characters"_s);
    request.plan = *plan;
    if (body->contains("mode")) {
        const json &mode = (*body)["mode"];
        const auto known = mode.is_string()
            ? fromString<MarkMode>(QString::fromStdString(mode.get<std::string>()))
            : std::nullopt;
        if (!known)
            return wrong(u"/mode"_s, u"has to be set, renew or adopt"_s);
        request.mode = *known;
    }
    if (body->contains("seconds")) {
        const auto seconds = positive((*body)["seconds"], u"/seconds"_s, mostMarkSeconds);
        if (!seconds)
            return tl::unexpected(seconds.error());
        request.life = std::max(std::chrono::milliseconds(1),
                                std::chrono::milliseconds(qint64(*seconds * 1000)));
    }
    for (const auto &[name, list] :
         {std::pair("stamps", &request.stamps), std::pair("tenants", &request.tenants)}) {
        if (!body->contains(name))
            continue;
        const QString pointer = u'/' + QString::fromLatin1(name);
        const json &objects = (*body)[name];
        if (!objects.is_array() || objects.size() > mostMarked)
            return wrong(pointer, u"has to be a list of at most %1 objects"_s.arg(mostMarked));
        for (size_t i = 0; i < objects.size(); ++i) {
            const QString at = pointer + u'/' + QString::number(i);
            const json &object = objects[i];
            if (const auto error = onlyMembers(object, at, {"id", "step", "from", "to", "shared"}))
                return tl::unexpected(*error);
            MarkRequest::Object &marked = list->emplace_back();
            const auto id = textOf(object, "id", 1, longestName);
            if (!id)
                return wrong(at + u"/id", u"has to be a name"_s);
            marked.name = *id;
            if (object.contains("step")) {
                const auto step = wholeNumber(object["step"], 0, mostSteps);
                if (!step)
                    return wrong(at + u"/step",
                                 u"has to be a whole number from 0 to %1"_s.arg(mostSteps));
                marked.step = *step;
            }
            for (const auto &[end, stamp] :
                 {std::pair("from", &marked.from), std::pair("to", &marked.to)}) {
                if (!object.contains(end))
                    continue;
                const auto value = textOf(object, end, 1, longestName);
                if (!value)
                    return wrong(at + u'/' + QString::fromLatin1(end), u"has to be a name"_s);
                *stamp = *value;
            }
            if (object.contains("shared")) {
                if (!object["shared"].is_boolean())
                    return wrong(at + u"/shared", u"has to be true or false"_s);
                marked.shared = object["shared"].get<bool>();
            }
        }
    }
    return Body<MarkRequest>{std::move(request), canonicalOf(*body)};
}

BodyResult<AcknowledgeSetting> readAcknowledgeRequest(const QByteArray &text)
{
    if (text.isEmpty())
        return Body<AcknowledgeSetting>{{}, "{}"};
    const auto body = parse(text);
    if (!body)
        return tl::unexpected(body.error());
    if (const auto error = onlyMembers(*body, {}, {"until", "note"}))
        return tl::unexpected(*error);
    AcknowledgeSetting setting;
    if (body->contains("until") && !(*body)["until"].is_null()) {
        const json &until = (*body)["until"];
        if (until.is_string())
            setting.until = fromRfc3339(QString::fromStdString(until.get<std::string>()));
        if (!setting.until)
            return wrong(u"/until"_s, u"has to be a time such as 2026-01-02T03:04:05Z, or null"_s);
    }
    if (body->contains("note")) {
        const json &note = (*body)["note"];
        if (note.is_string())
            setting.note = QString::fromStdString(note.get<std::string>());
        if (!note.is_string() || setting.note.toUcs4().size() > longestNote)
            return wrong(u"/note"_s, u"has to be a text of at most %1 characters"_s.arg(longestNote));
    }
    return Body<AcknowledgeSetting>{std::move(setting), canonicalOf(*body)};
}

BodyResult<std::monostate> readNothing(const QByteArray &text)
{
    if (text.isEmpty())
        return Body<std::monostate>{{}, "{}"};
    const auto body = parse(text);
    if (!body)
        return tl::unexpected(body.error());
    if (const auto error = onlyMembers(*body, {}, {}))
        return tl::unexpected(*error);
    return Body<std::monostate>{{}, canonicalOf(*body)};
}

} // namespace Stampdeck

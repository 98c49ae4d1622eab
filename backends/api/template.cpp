// SPDX-License-Identifier: GPL-3.0-or-later
#include "template.h"

#include "quantity.h"
#include "words.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonArray>

#include <algorithm>
#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array typeWords
        = {"string"_L1, "integer"_L1, "number"_L1, "boolean"_L1, "size"_L1};
constexpr double largestWhole = 9'007'199'254'740'992.0; // that a double holds exactly: 2^53
constexpr qsizetype longestText = 1'024;
constexpr qsizetype longestName = 63;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Template)
};

bool isAmount(ParameterType type)
{
    return type == ParameterType::Integer || type == ParameterType::Number
            || type == ParameterType::Size;
}

bool isWhole(double value)
{
    return std::isfinite(value) && value == std::floor(value) && std::abs(value) <= largestWhole;
}

QString amountWord(ParameterType type, double value)
{
    return type == ParameterType::Size ? sizeToString(value) : QString::number(value, 'g', 15);
}

/// How somebody's value is shown back to them.
QString shown(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::String:
        return value.toString().left(80);
    case QJsonValue::Double:
        return QString::number(value.toDouble(), 'g', 15);
    case QJsonValue::Bool:
        return value.toBool() ? u"true"_s : u"false"_s;
    case QJsonValue::Null:
        return u"null"_s;
    default:
        return Words::tr("something else");
    }
}

/// The typed value that \a value stands for; nothing when it stands for none.
std::optional<QJsonValue> typed(ParameterType type, const QJsonValue &value)
{
    const bool isWord = value.isString();
    const QString word = value.toString();
    switch (type) {
    case ParameterType::String:
        if (!isWord || word.size() > longestText)
            return std::nullopt;
        return value;
    case ParameterType::Boolean:
        if (value.isBool())
            return value;
        if (word == "true"_L1 || word == "false"_L1)
            return QJsonValue(word == "true"_L1);
        return std::nullopt;
    case ParameterType::Integer:
    case ParameterType::Number:
    case ParameterType::Size:
        break;
    }
    std::optional<double> number;
    if (value.isDouble())
        number = value.toDouble();
    else if (isWord)
        number = type == ParameterType::Size ? sizeFromString(word) : numberFromString(word);
    if (!number || !std::isfinite(*number))
        return std::nullopt;
    if (type == ParameterType::Number)
        return QJsonValue(*number);
    if (!isWhole(*number) || (type == ParameterType::Size && *number < 0))
        return std::nullopt;
    return QJsonValue(qint64(*number));
}

bool isWithin(const TemplateParameter &parameter, const QJsonValue &value)
{
    if (isAmount(parameter.type)) {
        const double is = value.toDouble();
        if ((parameter.min && is < *parameter.min) || (parameter.max && is > *parameter.max))
            return false;
    }
    return parameter.choices.isEmpty() || parameter.choices.contains(value);
}

tl::unexpected<Error> malformed(const QString &what, const QString &pointer)
{
    return fail(ErrorKind::Malformed, what, pointer);
}

Result<QString> textOf(const QJsonObject &json, const QString &name, const QString &place)
{
    const QJsonValue value = json.value(name);
    if (value.isUndefined() || value.isNull())
        return QString();
    if (!value.isString())
        return malformed(Words::tr("\"%1\" is not a string").arg(name), place + u'/' + name);
    return value.toString();
}

Result<TemplateParameter> parameterFromJson(const QJsonObject &json, const QString &place)
{
    TemplateParameter parameter;
    const auto name = textOf(json, u"name"_s, place);
    if (!name)
        return fail(name.error());
    if (name->isEmpty() || name->contains(u'='))
        return malformed(Words::tr("a parameter has no name that can be set"), place + u"/name"_s);
    parameter.name = *name;
    const auto type = fromString<ParameterType>(QStringView(json.value(u"type"_s).toString()));
    if (!type)
        return malformed(Words::tr("%1 has no type that is known").arg(*name), place + u"/type"_s);
    parameter.type = *type;
    const auto help = textOf(json, u"help"_s, place);
    if (!help)
        return fail(help.error());
    parameter.help = *help;
    for (const auto &[key, bound] : {std::pair(u"min"_s, &parameter.min),
                                     std::pair(u"max"_s, &parameter.max)}) {
        const QJsonValue value = json.value(key);
        if (value.isUndefined() || value.isNull())
            continue;
        const auto is = isAmount(*type) ? typed(*type, value) : std::nullopt;
        if (!is)
            return malformed(Words::tr("the bounds of %1 are wrong").arg(*name),
                             place + u'/' + key);
        *bound = is->toDouble();
    }
    if (parameter.min && parameter.max && *parameter.min > *parameter.max)
        return malformed(Words::tr("the bounds of %1 are wrong").arg(*name), place + u"/min"_s);
    const QJsonValue choices = json.value(u"choices"_s);
    if (!choices.isUndefined() && !choices.isNull() && !choices.isArray())
        return malformed(Words::tr("the choices of %1 are no list").arg(*name),
                         place + u"/choices"_s);
    QList<QJsonValue> all;
    const QJsonArray list = choices.toArray();
    for (qsizetype i = 0; i < list.size(); ++i) {
        const auto is = typed(*type, list.at(i));
        if (!is || !isWithin(parameter, *is)) {
            return malformed(Words::tr("a choice of %1 is wrong").arg(*name),
                             place + u"/choices/"_s + QString::number(i));
        }
        all.append(*is);
    }
    parameter.choices = all;
    if (const QJsonValue is = json.value(u"default"_s); !is.isUndefined() && !is.isNull()) {
        const auto value = typed(*type, is);
        if (!value || !isWithin(parameter, *value))
            return malformed(Words::tr("the default of %1 is wrong").arg(*name),
                             place + u"/default"_s);
        parameter.defaultValue = *value;
    }
    return parameter;
}

} // namespace

STAMPDECK_DEFINE_WORDS(ParameterType, typeWords)

Result<Template> templateFromJson(const QJsonObject &json)
{
    Template is;
    const auto name = textOf(json, u"name"_s, {});
    if (!name)
        return fail(name.error());
    if (name->isEmpty())
        return malformed(Words::tr("a template has no name"), u"/name"_s);
    is.name = *name;
    const auto description = textOf(json, u"description"_s, {});
    if (!description)
        return fail(description.error());
    is.description = *description;
    const QJsonValue parameters = json.value(u"parameters"_s);
    if (!parameters.isUndefined() && !parameters.isArray())
        return malformed(Words::tr("the parameters of %1 are no list").arg(*name),
                         u"/parameters"_s);
    const QJsonArray list = parameters.toArray();
    for (qsizetype i = 0; i < list.size(); ++i) {
        const QString place = u"/parameters/"_s + QString::number(i);
        auto parameter = parameterFromJson(list.at(i).toObject(), place);
        if (!parameter)
            return fail(parameter.error());
        const bool twice = std::any_of(
                is.parameters.cbegin(), is.parameters.cend(),
                [&](const TemplateParameter &other) { return other.name == parameter->name; });
        if (twice)
            return malformed(Words::tr("%1 has %2 twice").arg(*name, parameter->name),
                             place + u"/name"_s);
        is.parameters.append(std::move(*parameter));
    }
    return is;
}

QJsonObject toJson(const Template &value)
{
    QJsonArray parameters;
    for (const TemplateParameter &parameter : value.parameters) {
        QJsonObject json{{u"name"_s, parameter.name}, {u"type"_s, toString(parameter.type)}};
        if (!parameter.isRequired())
            json[u"default"_s] = parameter.defaultValue;
        const auto bound = [&](const QString &name, const std::optional<double> &limit) {
            if (limit)
                json[name] = isWhole(*limit) ? QJsonValue(qint64(*limit)) : QJsonValue(*limit);
        };
        bound(u"min"_s, parameter.min);
        bound(u"max"_s, parameter.max);
        if (!parameter.choices.isEmpty()) {
            QJsonArray choices;
            for (const QJsonValue &choice : parameter.choices)
                choices.append(choice);
            json[u"choices"_s] = choices;
        }
        if (!parameter.help.isEmpty())
            json[u"help"_s] = parameter.help;
        parameters.append(json);
    }
    return {{u"name"_s, value.name},
            {u"description"_s, value.description},
            {u"parameters"_s, parameters}};
}

QString rangeOf(const TemplateParameter &parameter)
{
    if (!parameter.choices.isEmpty()) {
        QStringList words;
        for (const QJsonValue &choice : parameter.choices)
            words.append(wordOf(parameter, choice));
        return words.size() == 1 ? words.constFirst()
                                 : QString(Words::tr("one of %1").arg(words.join(u", "_s)));
    }
    const auto bound = [&](double value) { return amountWord(parameter.type, value); };
    const auto kind = [&]() -> QString {
        switch (parameter.type) {
        case ParameterType::String:
            return Words::tr("a text of at most %1 characters").arg(longestText);
        case ParameterType::Integer:
            return Words::tr("a whole number");
        case ParameterType::Number:
            return Words::tr("a number");
        case ParameterType::Boolean:
            return Words::tr("true or false");
        case ParameterType::Size:
            return Words::tr("a size");
        }
        return {};
    }();
    if (parameter.min && parameter.max)
        return Words::tr("%1 from %2 to %3")
            .arg(kind, bound(*parameter.min), bound(*parameter.max));
    if (parameter.min)
        return Words::tr("%1 of at least %2").arg(kind, bound(*parameter.min));
    if (parameter.max)
        return Words::tr("%1 of at most %2").arg(kind, bound(*parameter.max));
    return kind;
}

QString wordOf(const TemplateParameter &parameter, const QJsonValue &value)
{
    if (isAmount(parameter.type) && value.isDouble())
        return amountWord(parameter.type, value.toDouble());
    return shown(value);
}

Result<QJsonValue> checkValue(const TemplateParameter &parameter, const QJsonValue &value)
{
    const auto is = typed(parameter.type, value);
    if (is && isWithin(parameter, *is))
        return *is;
    const QString word = is ? wordOf(parameter, *is) : shown(value);
    return fail(
        ErrorKind::Invalid,
        word.isEmpty()
            ? Words::tr("%1 takes %2, not nothing").arg(parameter.name, rangeOf(parameter))
            : Words::tr("%1 takes %2, not %3").arg(parameter.name, rangeOf(parameter), word),
        parameter.name);
}

Result<QJsonObject> checkParameters(const Template &from, const QJsonObject &given)
{
    QStringList names;
    for (const TemplateParameter &parameter : from.parameters)
        names.append(parameter.name);
    for (auto it = given.begin(); it != given.end(); ++it) {
        if (names.contains(it.key()))
            continue;
        return fail(ErrorKind::Invalid,
                    names.isEmpty() ? Words::tr("template %1 has no parameters, so not %2 either")
                                          .arg(from.name, it.key())
                                    : Words::tr("template %1 has no parameter %2; it has %3")
                                          .arg(from.name, it.key(), names.join(u", "_s)),
                    it.key());
    }
    QJsonObject values;
    for (const TemplateParameter &parameter : from.parameters) {
        const auto it = given.find(parameter.name);
        if (it == given.end()) {
            if (parameter.isRequired()) {
                return fail(
                    ErrorKind::Invalid,
                    Words::tr("%1 has to be given: %2").arg(parameter.name, rangeOf(parameter)),
                    parameter.name);
            }
            values.insert(parameter.name, parameter.defaultValue);
            continue;
        }
        const auto value = checkValue(parameter, *it);
        if (!value)
            return fail(value.error());
        values.insert(parameter.name, *value);
    }
    return values;
}

std::optional<QString> wrongStampName(QStringView name)
{
    if (name.isEmpty())
        return Words::tr("a stamp has to have a name");
    const auto isPlain = [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9');
    };
    for (const QChar c : name) {
        if (isPlain(c) || c == u'-' || c == u'_' || c == u'.')
            continue;
        return Words::tr("a stamp's name has letters, digits, \"-\", \"_\" and \".\", not \"%1\"")
            .arg(c);
    }
    if (name.size() > longestName)
        return Words::tr("a stamp's name has at most %1 characters").arg(longestName);
    if (!isPlain(name.front()) || !isPlain(name.back()))
        return Words::tr("a stamp's name begins and ends with a letter or a digit");
    return std::nullopt;
}

} // namespace Stampdeck

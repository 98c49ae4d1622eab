// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"
#include "fleet.h"
#include "result.h"

#include <QtCore/QJsonObject>
#include <QtCore/QJsonValue>
#include <QtCore/QList>
#include <QtCore/QString>

#include <optional>

/// What a backend can make a stamp from: TEMPLATE of the Stamp API.
namespace Stampdeck {

enum class ParameterType : quint8 {
    String,
    Integer,
    Number,
    Boolean,
    Size, ///< Bytes.
};
[[nodiscard]] STAMPDECK_API_EXPORT QString toString(ParameterType value);
STAMPDECK_DECLARE_WORDS(ParameterType)

/// A hole in a template. Values are a JSON string, number or boolean by the type; a size is a
/// number of bytes.
struct TemplateParameter
{
    QString name;
    ParameterType type = ParameterType::String;
    QJsonValue defaultValue = QJsonValue(QJsonValue::Undefined); ///< Undefined: has to be given.
    std::optional<double> min, max; ///< Of an integer, a number or a size; inclusive.
    QList<QJsonValue> choices; ///< Empty: any value.
    QString help; ///< A sentence for people, without a full stop.

    [[nodiscard]] bool isRequired() const { return defaultValue.isUndefined(); }
    friend bool operator==(const TemplateParameter &, const TemplateParameter &) = default;
};

struct Template
{
    QString name;
    QString description;
    QList<TemplateParameter> parameters;

    friend bool operator==(const Template &, const Template &) = default;
};

/// Reads a template and checks it: names, types, a default and choices that keep their own rules.
/// Unknown fields are ignored. ErrorKind::Malformed with the JSON pointer in the detail.
[[nodiscard]] STAMPDECK_API_EXPORT Result<Template> templateFromJson(const QJsonObject &json);
[[nodiscard]] STAMPDECK_API_EXPORT QJsonObject toJson(const Template &value);

/// What \a parameter takes, for people: "1 to 16", "one of a, b", "a size from 1Gi to 64Gi",
/// "true or false".
[[nodiscard]] STAMPDECK_API_EXPORT QString rangeOf(const TemplateParameter &parameter);
/// A value as people write it: "16Gi", "true", "1.42.3".
[[nodiscard]] STAMPDECK_API_EXPORT QString wordOf(const TemplateParameter &parameter,
                                                  const QJsonValue &value);

/// \a value as \a parameter has it: typed, and within its range. A word stands for any type, as
/// --set and a text field have it ("3", "16Gi", "true"); a value of the type itself is taken as it
/// is. ErrorKind::Invalid that names parameter, value and what it takes.
[[nodiscard]] STAMPDECK_API_EXPORT Result<QJsonValue> checkValue(const TemplateParameter &parameter,
                                                                 const QJsonValue &value);
/// A value for every parameter of \a from: those of \a given, checked, and the defaults. The one
/// check behind the command line, the window, a plan, and a server. ErrorKind::Invalid also for a
/// name that the template lacks, and for one that has to be given.
[[nodiscard]] STAMPDECK_API_EXPORT Result<QJsonObject> checkParameters(const Template &from,
                                                                       const QJsonObject &given);

/// Why a new stamp can't be called \a name; nothing when it can: 1 to 63 letters, digits, "-", "_"
/// and ".", the first and the last a letter or a digit. Never "/" or "~", which ids are made with.
[[nodiscard]] STAMPDECK_API_EXPORT std::optional<QString> wrongStampName(QStringView name);

} // namespace Stampdeck

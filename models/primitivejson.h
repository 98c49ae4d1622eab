// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "planner.h"

#include <QtCore/QJsonObject>

/// Primitives and requests as JSON, for the journal: what is written is read back as exactly the
/// same value. Not the shapes of the Stamp API.
namespace Stampdeck {

[[nodiscard]] QJsonObject toJson(const Primitive &primitive);
[[nodiscard]] QJsonObject toJson(const ScaleSetting &setting);
[[nodiscard]] QJsonObject toJson(const ActionRequest &request);

/// Errors of ErrorKind::Malformed; their detail is the JSON pointer to what is wrong.
[[nodiscard]] Result<Primitive> primitiveFromJson(const QJsonObject &json);
[[nodiscard]] Result<ScaleSetting> scaleSettingFromJson(const QJsonObject &json);
[[nodiscard]] Result<ActionRequest> actionRequestFromJson(const QJsonObject &json);

} // namespace Stampdeck

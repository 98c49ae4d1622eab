// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/action.h"
#include "backends/api/mark.h"

#include <QtCore/QByteArray>

#include <tl/expected.hpp>

namespace Stampdeck {

/// What is wrong with the body of a request.
struct BodyError
{
    int status = 400; ///< 400: not as the OpenAPI document has it; 422: it is, and means nothing.
    QString detail; ///< With the JSON pointer of the place.
};

/// DrainRequest of the OpenAPI document: stamps by their names in the API.
struct DrainSetting
{
    QStringList to; ///< Empty: any stamp.
    int parallel = 2;
    std::optional<std::chrono::milliseconds> deadline;
    bool partial = false;
    std::optional<double> maxLoad; ///< A ratio.
    bool allowUnknown = false;
};

/// CreateRequest of the OpenAPI document.
struct CreateSetting
{
    QString name, fromTemplate, region;
    QJsonObject parameters; ///< Not yet held against the template.
    QString source; ///< Empty: the one that can.
};

/// AcknowledgeRequest of the OpenAPI document.
struct AcknowledgeSetting
{
    std::optional<Timestamp> until;
    QString note;
};

/// A body that was understood.
template<typename T>
struct Body
{
    T value;
    QByteArray canonical; ///< The same for every body that says the same.
};

template<typename T>
using BodyResult = tl::expected<Body<T>, BodyError>;

/// ScaleRequest, MoveRequest, CreateRequest and Nothing of the OpenAPI document. JSON is taken strictly: UTF-8, no
/// member twice or unknown, no comments. An empty body is Nothing too.
[[nodiscard]] BodyResult<ScaleSetting> readScaleRequest(const QByteArray &json);
[[nodiscard]] BodyResult<QString> readMoveRequest(const QByteArray &json);
/// MarkRequest: names of stamps and IDs of tenants as the API has them; `operation` is left empty.
[[nodiscard]] BodyResult<MarkRequest> readMarkRequest(const QByteArray &json);
/// An empty body is {}.
[[nodiscard]] BodyResult<DrainSetting> readDrainRequest(const QByteArray &json);
[[nodiscard]] BodyResult<CreateSetting> readCreateRequest(const QByteArray &json);
[[nodiscard]] BodyResult<AcknowledgeSetting> readAcknowledgeRequest(const QByteArray &json);
[[nodiscard]] BodyResult<std::monostate> readNothing(const QByteArray &json);

} // namespace Stampdeck

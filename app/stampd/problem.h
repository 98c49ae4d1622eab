// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "httpserver.h"

#include <nlohmann/json_fwd.hpp>

namespace Stampdeck {

/// The problem document (RFC 9457) for \a status with the word of interfaces.md for \a code.
[[nodiscard]] HttpResponse problem(int status, const QByteArray &code, const QString &detail);
/// The same with members of its own, which \a members holds as an object.
[[nodiscard]] HttpResponse problem(int status, const QByteArray &code, const QString &detail,
                                   const nlohmann::json &members);

/// The problem that \a error is for a client: its kind decides status and code.
[[nodiscard]] HttpResponse problem(const Error &error);

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"

#include <QtCore/QStringView>

/// What an operation and its run (Mark::operation, Mark::run) may be called: letters, digits, ".",
/// "-", "_" and "~" of ASCII, so that the name stands in a header, a path and a label as it is.
namespace Stampdeck {

/// 1 to 200 of them.
[[nodiscard]] STAMPDECK_API_EXPORT bool isOperationName(QStringView text);
/// 1 to 128 of them.
[[nodiscard]] STAMPDECK_API_EXPORT bool isRunName(QStringView text);

} // namespace Stampdeck

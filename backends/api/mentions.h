// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"

#include <QtCore/QString>

namespace Stampdeck {

/// Whether \a text, the target of an operation or the title of a step, names the stamp \a name: "acme to
/// eu-1" and "eu-1: api 3 to 5" name eu-1, "eu-10" and "acme to eu-1-b" do not. Pure.
[[nodiscard]] STAMPDECK_API_EXPORT bool mentions(const QString &text, const QString &name);

} // namespace Stampdeck

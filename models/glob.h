// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QStringView>

namespace Stampdeck {

/// True when \a text matches \a pattern, in which `*` stands for any run of characters and `?` for
/// one. Case counts not. Linear in practice, never exponential.
[[nodiscard]] bool globMatches(QStringView pattern, QStringView text);

} // namespace Stampdeck

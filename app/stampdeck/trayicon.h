// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/incident.h"

#include <QtGui/QIcon>

#include <optional>

namespace Stampdeck {

/// The stamp of the tray: with the glyph of the worst that is open, and how many there are when it is
/// more than one.
[[nodiscard]] QIcon trayIcon(std::optional<Severity> worst, int count);

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace Stampdeck {

/// How much larger than usual everything is painted for the sake of its text: part of the device's
/// ratio. Cells of the map without paper are not: TilePainter::snap() takes it back for them. Not
/// below 1: Qt 6.4 cuts widgets off there. Set before the first window is made; GUI thread.
void setTextSize(double factor);
[[nodiscard]] double textSize();

} // namespace Stampdeck

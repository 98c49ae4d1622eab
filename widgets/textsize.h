// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace Stampdeck {

/// The size of text that a person has set, 0.9 to 1.5, and what is done about it: look.md, section 12.
///
/// From 1 up it is part of the device's ratio, so that text, rows and panels become larger together;
/// only the cells of the map without paper do not, TilePainter::snap() takes it back for them. Qt 6.4
/// paints nothing right where that ratio falls below 1 (QPainter takes 1 there, and the clipping does
/// not): what is painted takes up a size below 1 by itself, text in Text::font() and Text::draw(), rows
/// and panels by withText(). GUI thread.
///
/// Set before the first window is made.
void setTextSize(double factor, bool byDevice = true);
/// The part of it that is in the device's ratio.
[[nodiscard]] double textSizeOfDevice();
/// The part that what is painted takes up: 1, or 0.9 to 1.
[[nodiscard]] double textSizeOfPainting();
/// \a pixels of a row or a panel beside text of that size.
[[nodiscard]] int withText(int pixels);

} // namespace Stampdeck

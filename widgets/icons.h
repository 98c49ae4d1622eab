// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme.h"

#include <QtGui/QIcon>
#include <QtGui/QPixmap>

class QPainter;

/// The icons of bootstrap-icons that resources/CMakeLists.txt names, by their file name. GUI
/// thread.
namespace Stampdeck::Icons {

/// Square, \a size logical pixels, in one colour; cached by all four. An unknown name is a warning
/// and an empty pixmap of that size.
[[nodiscard]] QPixmap pixmap(const QString &name, int size, const QColor &color, double ratio = 1);
/// The same, drawn with its top left corner at \a at.
void draw(QPainter &painter, QPointF at, const QString &name, int size, const QColor &color);

/// For actions and buttons: takes its colour from the theme that is current when it is painted.
[[nodiscard]] QIcon icon(const QString &name, Token normal = Token::TextPrimary);

} // namespace Stampdeck::Icons

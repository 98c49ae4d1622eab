// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGui/QImage>

class QWidget;

namespace Stampdeck {

/// \a window as it is on the screen, with the dialogs that are open over it. GUI thread.
[[nodiscard]] QImage pictureOf(QWidget &window);

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/deck.h"
#include "widgets/framedialog.h"

#include <QtCore/QSet>

namespace Stampdeck {

/// Asks what becomes of what runs in this process when its window is closed. GUI thread.
class ClosingDialog final : public FrameDialog
{
    Q_OBJECT
public:
    /// \a running: the operations.
    ClosingDialog(const Deck &deck, const QSet<QString> &running, QWidget *window);

Q_SIGNALS:
    void keepChosen(); ///< In the tray.
    void endChosen(bool rollBack); ///< Else it is paused.
};

} // namespace Stampdeck

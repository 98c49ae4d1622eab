// SPDX-License-Identifier: GPL-3.0-or-later
#include "disposal.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QThreadPool>

namespace Stampdeck {

void disposeElsewhere(std::function<void()> dispose)
{
    // Behind what somebody waits for.
    constexpr int priority = -1;
    if (QCoreApplication::instance() && !QCoreApplication::closingDown())
        QThreadPool::globalInstance()->start(std::move(dispose), priority);
    else
        dispose();
}

} // namespace Stampdeck

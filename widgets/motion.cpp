// SPDX-License-Identifier: GPL-3.0-or-later
#include "motion.h"

#include <QtWidgets/QApplication>
#include <QtWidgets/QStyle>

namespace Stampdeck::Motion {

namespace {

Choice &choice()
{
    static Choice chosen = Choice::System;
    return chosen;
}

} // namespace

void setChoice(Choice chosen)
{
    choice() = chosen;
}

bool isReduced()
{
    if (choice() != Choice::System)
        return choice() == Choice::Reduced;
    return QApplication::style()->styleHint(QStyle::SH_Widget_Animation_Duration) <= 0;
}

int duration(milliseconds full)
{
    return isReduced() ? 0 : int(full.count());
}

} // namespace Stampdeck::Motion

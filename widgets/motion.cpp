// SPDX-License-Identifier: GPL-3.0-or-later
#include "motion.h"

#include <QtCore/QPropertyAnimation>
#include <QtWidgets/QApplication>
#include <QtWidgets/QStyle>
#include <QtWidgets/QWidget>

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

void place(QWidget *widget, QRect rect, std::optional<QPoint> from, milliseconds full)
{
    const QString name = QStringLiteral("placing");
    auto *running = widget->findChild<QPropertyAnimation *>(name, Qt::FindDirectChildrenOnly);
    if (from && duration(full) > 0) {
        delete running;
        widget->setGeometry({*from, rect.size()});
        auto *moves = new QPropertyAnimation(widget, "pos", widget);
        moves->setObjectName(name);
        moves->setDuration(duration(full));
        moves->setEasingCurve(curve);
        moves->setEndValue(rect.topLeft());
        moves->start(QAbstractAnimation::DeleteWhenStopped);
    } else if (running && !isReduced()) {
        widget->resize(rect.size());
        running->setEndValue(rect.topLeft());
    } else {
        delete running;
        widget->setGeometry(rect);
    }
}

} // namespace Stampdeck::Motion

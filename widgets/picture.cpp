// SPDX-License-Identifier: GPL-3.0-or-later
#include "picture.h"

#include <QtGui/QPainter>
#include <QtWidgets/QApplication>
#include <QtWidgets/QWidget>

namespace Stampdeck {

QImage pictureOf(QWidget &window)
{
    // What was put into a layout just now is shown, and has its place, only after these.
    QCoreApplication::sendPostedEvents();
    QImage picture = window.grab().toImage();
    QPainter painter(&picture);
    for (QWidget *other : QApplication::topLevelWidgets()) {
        if (other->isVisible() && other != &window && other->parentWidget())
            painter.drawPixmap(window.mapFromGlobal(other->mapToGlobal(QPoint())), other->grab());
    }
    return picture;
}

} // namespace Stampdeck

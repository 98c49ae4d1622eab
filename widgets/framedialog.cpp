// SPDX-License-Identifier: GPL-3.0-or-later
#include "framedialog.h"

#include "theme.h"

#include <QtGui/QPainter>

namespace Stampdeck {

FrameDialog::FrameDialog(const QString &name, const QString &title, QWidget *parent)
    : QDialog(parent, Qt::Dialog | Qt::FramelessWindowHint)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(name);
    setWindowTitle(title);
    setAccessibleName(title);
    setModal(true);
}

void FrameDialog::placeOverWindow(const QSize &wanted, const QSize &least)
{
    resize(wanted);
    if (!parentWidget())
        return;
    const QWidget *window = parentWidget()->window();
    resize(wanted.boundedTo(window->size() - QSize(48, 40)).expandedTo(least));
    move(window->mapToGlobal(window->rect().center()) - QPoint(width() / 2, height() / 2));
}

void FrameDialog::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), theme[Token::BgPanel]);
    paintContent(painter);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme[Token::LineStrong], 1));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
}

void FrameDialog::paintContent(QPainter &) { }

} // namespace Stampdeck

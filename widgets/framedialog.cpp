// SPDX-License-Identifier: GPL-3.0-or-later
#include "framedialog.h"

#include "theme.h"

#include <QtCore/QEvent>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>
#include <QtGui/QPainterPath>

namespace Stampdeck {

namespace {

QPainterPath shapeOf(const QWidget &dialog)
{
    QPainterPath shape;
    shape.addRoundedRect(QRectF(dialog.rect()), FrameDialog::radius, FrameDialog::radius);
    return shape;
}

} // namespace

FrameDialog::FrameDialog(const QString &name, const QString &title, QWidget *parent)
    : QDialog(parent, Qt::Dialog | Qt::FramelessWindowHint)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(name);
    setWindowTitle(title);
    setAccessibleName(title);
    setModal(true);
    // What lies outside the round corners is not ours.
    setAttribute(Qt::WA_TranslucentBackground);
}

bool FrameDialog::event(QEvent *event)
{
    // For screens that nothing composes: there they would be black.
    if (event->type() == QEvent::Resize && QGuiApplication::platformName() == QLatin1StringView("xcb"))
        setMask(QRegion(shapeOf(*this).toFillPolygon().toPolygon()));
    // The window below paints our shadow.
    switch (event->type()) {
    case QEvent::Show:
    case QEvent::Hide:
    case QEvent::Move:
    case QEvent::Resize:
        if (parentWidget())
            parentWidget()->window()->update();
        break;
    default:
        break;
    }
    return QDialog::event(event);
}

void FrameDialog::placeOverWindow(const QSize &wanted, const QSize &least)
{
    m_wanted = wanted;
    m_least = least;
    if (parentWidget())
        parentWidget()->window()->installEventFilter(this);
    place();
}

void FrameDialog::place()
{
    resize(m_wanted);
    if (!parentWidget())
        return;
    const QWidget *window = parentWidget()->window();
    resize(m_wanted.boundedTo(window->size() - QSize(48, 40)).expandedTo(m_least));
    move(window->mapToGlobal(window->rect().center()) - QPoint(width() / 2, height() / 2));
}

bool FrameDialog::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize && watched == parentWidget()->window())
        place();
    return QDialog::eventFilter(watched, event);
}

void FrameDialog::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setClipPath(shapeOf(*this));
    painter.fillRect(rect(), theme[Token::BgPanel]);
    paintContent(painter);
    painter.setClipping(false);
    painter.setBrush(Qt::NoBrush);
    const double half = theme.frameWidth() / 2.0;
    painter.setPen(QPen(theme[Token::LineStrong], theme.frameWidth()));
    painter.drawRoundedRect(QRectF(rect()).adjusted(half, half, -half, -half), radius, radius);
}

void FrameDialog::paintContent(QPainter &) { }

} // namespace Stampdeck

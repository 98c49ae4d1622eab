// SPDX-License-Identifier: GPL-3.0-or-later
#include "dockwindow.h"

#include "widgets/theme.h"

#include <QtGui/QCloseEvent>
#include <QtGui/QContextMenuEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QApplication>

namespace Stampdeck {

DockWindow::DockWindow(const QString &name, const QString &title, QWidget *mainWindow)
    : QWidget(mainWindow, Qt::Tool)
{
    setObjectName(name);
    setWindowTitle(title);
    setAccessibleName(title);
}

void DockWindow::take(QWidget *part)
{
    part->setParent(this);
    part->setGeometry(rect());
}

void DockWindow::closeEvent(QCloseEvent *event)
{
    event->ignore();
    Q_EMIT closed();
}

void DockWindow::resizeEvent(QResizeEvent *)
{
    for (QObject *child : children()) {
        if (auto *part = qobject_cast<QWidget *>(child))
            part->setGeometry(rect());
    }
}

void DockWindow::keyPressEvent(QKeyEvent *event)
{
    // Escape takes back here what it takes back there.
    QApplication::sendEvent(parentWidget(), event);
}

void DockWindow::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), Theme::current()[Token::BgPanel]);
}

TearHandle::TearHandle(QWidget *part, int height)
    : QObject(part)
    , m_part(part)
    , m_height(height)
{
    part->installEventFilter(this);
    for (QWidget *child : part->findChildren<QWidget *>())
        child->installEventFilter(this);
}

bool TearHandle::isHead(QObject *watched, const QPointF &global) const
{
    return !qobject_cast<QAbstractButton *>(watched)
        && m_part->mapFromGlobal(global).y() < m_height;
}

bool TearHandle::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::MouseButtonPress: {
        const auto *press = static_cast<QMouseEvent *>(event);
        m_down = press->button() == Qt::LeftButton && isHead(watched, press->globalPosition());
        m_pressed = press->globalPosition();
        break;
    }
    case QEvent::MouseButtonRelease:
        m_down = false;
        break;
    case QEvent::MouseMove: {
        const auto *move = static_cast<QMouseEvent *>(event);
        // Farther than a hand trembles, so that a click stays one.
        if (m_down
            && (move->globalPosition() - m_pressed).manhattanLength()
                > 2 * QApplication::startDragDistance()) {
            m_down = false;
            Q_EMIT torn(move->globalPosition().toPoint());
            return true;
        }
        break;
    }
    case QEvent::ContextMenu: {
        const auto *menu = static_cast<QContextMenuEvent *>(event);
        if (isHead(watched, menu->globalPos())) {
            Q_EMIT menuWanted(menu->globalPos());
            return true;
        }
        break;
    }
    default:
        break;
    }
    return QObject::eventFilter(watched, event);
}

} // namespace Stampdeck

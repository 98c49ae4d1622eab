// SPDX-License-Identifier: GPL-3.0-or-later
#include "refresher.h"

#include <QtCore/QEvent>
#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

#include <utility>

namespace Stampdeck {

Refresher::Refresher(QWidget *shownBy, std::function<void()> run)
    : m_shownBy(shownBy)
    , m_run(std::move(run))
{
}

// A window that was never shown is one that a picture is taken of.
bool Refresher::isUnseen() const
{
    const QWidget *window = m_shownBy->window();
    return window->testAttribute(Qt::WA_WState_ExplicitShowHide) && window->isHidden();
}

void Refresher::ask()
{
    m_isAsked = m_isBusy || isUnseen();
    if (m_isAsked) {
        m_shownBy->window()->installEventFilter(this); // it may be another window by now
        return;
    }
    m_isBusy = true;
    m_run();
}

void Refresher::done(std::chrono::milliseconds pause)
{
    QTimer::singleShot(pause, this, [this] {
        m_isBusy = false;
        if (m_isAsked)
            ask();
    });
}

bool Refresher::eventFilter(QObject *object, QEvent *event)
{
    if (event->type() == QEvent::Show && m_isAsked)
        QTimer::singleShot(0, this, &Refresher::ask); // when it is visible
    return QObject::eventFilter(object, event);
}

} // namespace Stampdeck

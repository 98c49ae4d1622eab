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
    shownBy->installEventFilter(this);
}

void Refresher::ask()
{
    m_isAsked = m_isBusy || !m_shownBy->isVisible();
    if (m_isAsked)
        return;
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

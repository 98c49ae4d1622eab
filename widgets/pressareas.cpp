// SPDX-License-Identifier: GPL-3.0-or-later
#include "pressareas.h"

#include <QtGui/QKeyEvent>
#include <QtWidgets/QAbstractButton>

namespace Stampdeck {

namespace {

constexpr QSize least(24, 24);

} // namespace

class PressAreas::Button final : public QAbstractButton
{
public:
    explicit Button(QWidget *over)
        : QAbstractButton(over)
    {
        setFocusPolicy(Qt::TabFocus);
        setAttribute(Qt::WA_TransparentForMouseEvents);
    }

protected:
    void paintEvent(QPaintEvent *) override { }
    void keyPressEvent(QKeyEvent *event) override
    {
        if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
            click();
        else
            QAbstractButton::keyPressEvent(event);
    }
};

PressAreas::PressAreas(QWidget *over, const std::function<void(int)> &pressed)
    : QObject(over)
    , m_over(over)
    , m_pressed(pressed)
{
}

void PressAreas::set(const QList<Area> &areas)
{
    if (areas == m_areas)
        return;
    m_areas = areas;
    while (m_buttons.size() < areas.size()) {
        auto *button = new Button(m_over);
        connect(button, &QAbstractButton::clicked, this,
                [this, at = int(m_buttons.size())] { m_pressed(at); });
        m_buttons.append(button);
    }
    for (qsizetype at = 0; at < m_buttons.size(); ++at) {
        QAbstractButton *button = m_buttons[at];
        button->setVisible(at < areas.size());
        if (at >= areas.size())
            continue;
        const Area &area = areas[at];
        QRect box = area.box;
        box.setSize(box.size().expandedTo(least));
        box.moveCenter(area.box.center());
        button->setGeometry(box);
        button->setText(area.name);
        button->setAccessibleName(area.name);
        button->setAccessibleDescription(area.description);
    }
}

void PressAreas::setLater(const QList<Area> &areas)
{
    m_later = areas;
    if (areas == m_areas || m_isAsked)
        return;
    m_isAsked = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_isAsked = false;
            set(m_later);
        },
        Qt::QueuedConnection);
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QRect>
#include <QtCore/QString>

#include <functional>

class QAbstractButton;
class QWidget;

namespace Stampdeck {

/// What a widget paints and takes clicks on, for the keyboard and for assistive technology: a button
/// without a look for each place, which Tab reaches and Space, Return and an accessible action press.
/// The pointer goes through to the widget itself. Owned by the widget, GUI thread.
class PressAreas final : public QObject
{
    Q_OBJECT
public:
    struct Area
    {
        QRect box; ///< In the widget's coordinates; never less than 24 × 24 is taken.
        QString name;
        QString description;

        friend bool operator==(const Area &, const Area &) = default;
    };

    /// \a pressed is given the index of the area.
    PressAreas(QWidget *over, const std::function<void(int)> &pressed);

    /// The focus stays at its index while there is one.
    void set(const QList<Area> &areas);
    /// The same when control is back in the event loop: for who learns of it while painting.
    void setLater(const QList<Area> &areas);

private:
    class Button;

    QWidget *m_over;
    std::function<void(int)> m_pressed;
    QList<Area> m_areas;
    QList<Area> m_later;
    bool m_isAsked = false;
    QList<QAbstractButton *> m_buttons;
};

} // namespace Stampdeck

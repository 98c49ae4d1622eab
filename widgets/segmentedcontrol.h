// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QWidget>

class QAbstractButton;
class QButtonGroup;

namespace Stampdeck {

/// One of a few, side by side in one frame, 28 high: World / Sheet, 15 m / 1 h / 6 h. Arrow keys
/// walk it. Each segment is a button with its text as accessible name.
class SegmentedControl final : public QWidget
{
    Q_OBJECT

public:
    explicit SegmentedControl(QWidget *parent = nullptr);

    /// Gives its index; the first one added is the current one. \a icon: a name of Icons, or empty.
    int addSegment(const QString &text, const QString &icon = {});
    [[nodiscard]] int current() const;
    void setCurrent(int index);
    [[nodiscard]] QAbstractButton *segment(int index) const;

Q_SIGNALS:
    /// By the person or by setCurrent().
    void currentChanged(int index);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QButtonGroup *m_group;
};

} // namespace Stampdeck

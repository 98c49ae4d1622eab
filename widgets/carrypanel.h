// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "carrycontroller.h"
#include "controls.h"

namespace Stampdeck {

/// What is carried, the best stamps for it, and why the others cannot (look.md, section 7).
class CarryPanel final : public Surface
{
    Q_OBJECT
public:
    explicit CarryPanel(CarryController &carry, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;

private:
    CarryController &m_carry;
    QList<std::pair<QRectF, int>> m_places; // where a stamp is painted, and its slot
};

/// The tool bar while something is carried: what, and that nothing changes before Run.
class CarryBanner final : public Surface
{
    Q_OBJECT
public:
    explicit CarryBanner(CarryController &carry, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void refresh();
    CarryController &m_carry;
    QString m_line;
    Button *m_back;
};

} // namespace Stampdeck

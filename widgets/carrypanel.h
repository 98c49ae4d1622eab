// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "carrycontroller.h"
#include "controls.h"

namespace Stampdeck {

class PressAreas;

/// What is carried, the best stamps for it, and why the others cannot (look.md, section 7).
class CarryPanel final : public Surface
{
    Q_OBJECT
public:
    explicit CarryPanel(CarryController &carry, QWidget *parent = nullptr);

Q_SIGNALS:
    /// What the pointer carries came over the panel, \a at in its coordinates. It takes no drop.
    void dragEntered(const QPoint &at);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;

private:
    void drop(int place);
    CarryController &m_carry;
    PressAreas *m_areas;
    QList<std::pair<QRectF, int>> m_places; // where a stamp is painted, and its slot
};

/// The tool bar while something is carried: what, and that nothing changes before Run.
class CarryBanner final : public Surface
{
    Q_OBJECT
public:
    explicit CarryBanner(CarryController &carry, QWidget *parent = nullptr);

Q_SIGNALS:
    /// Somebody wants to mend why \a stamp refused.
    void mendRequested(const QString &stamp, const Stampdeck::Refusal &refusal);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void refresh();
    [[nodiscard]] QString hint() const;
    void refuse(const QString &stamp, const Refusal &refusal);
    CarryController &m_carry;
    QString m_line;
    QString m_refusedBy; // the stamp that the last drop was on, and could not take it
    Refusal m_refusal;
    Button *m_mend;
    Button *m_back;
};

} // namespace Stampdeck

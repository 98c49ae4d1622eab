// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controls.h"
#include "whatif.h"

namespace Stampdeck {

/// What is switched off, where everybody would go, and who has no place.
class WhatIfPanel final : public Surface
{
    Q_OBJECT
public:
    explicit WhatIfPanel(WhatIf &whatIf, QWidget *parent = nullptr);

Q_SIGNALS:
    /// A stamp that would take somebody in is to be seen.
    void stampActivated(const QString &id);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;

private:
    void describe();
    WhatIf &m_whatIf;
    QList<std::pair<QRectF, QString>> m_places; // where a stamp is painted, and its id
};

/// The tool bar while stamps are switched off: which, and that nothing is touched.
class WhatIfBanner final : public Surface
{
    Q_OBJECT
public:
    explicit WhatIfBanner(WhatIf &whatIf, QWidget *parent = nullptr);
    /// Whether the real thing is offered.
    void setActs(bool acts);

Q_SIGNALS:
    /// The real plan is to be seen: of the whole region, or else of one of the stamps.
    void evacuateRequested(const QString &region);
    void drainRequested(const QString &stamp);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void refresh();
    void act();
    [[nodiscard]] QString hint() const;
    WhatIf &m_whatIf;
    Button *m_act;
    Button *m_end;
    bool m_acts = true;
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mapfacts.h"

#include <QtWidgets/QWidget>

namespace Stampdeck {

/// What the colours of the map stand for, and how many stamps have each: shapes and words of health,
/// letters of categories, or the nine steps of the ramp with a bar over each. A click on one asks
/// for what shows these stamps alone. GUI thread.
class MapLegendView final : public QWidget
{
    Q_OBJECT
public:
    explicit MapLegendView(QWidget *parent = nullptr);

    void show(const MapLegend &legend);
    /// What stands beside the shapes: with little room the words rather than the numbers, which
    /// the top bar has too.
    enum class Detail : quint8 { All, Words, Counts };
    /// Its width in pixels.
    [[nodiscard]] int wanted(Detail detail) const;
    [[nodiscard]] int wanted() const { return wanted(m_detail); }
    /// Shows what fits into so many pixels: the least where nothing does.
    void fitInto(int width);
    [[nodiscard]] Detail detail() const { return m_detail; }
    [[nodiscard]] QSize sizeHint() const override { return {wanted() + 16, 28}; }
    /// Where each entry stands.
    [[nodiscard]] QList<QRectF> entryRects() const;

Q_SIGNALS:
    /// To be added to the search.
    void queryRequested(const QString &query);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    bool event(QEvent *event) override;

private:
    [[nodiscard]] int entryAt(QPointF point) const;
    [[nodiscard]] QString describe(int entry) const;
    void ask(int entry);
    [[nodiscard]] QList<QRectF> rectsOf(Detail detail) const;
    MapLegend m_legend;
    Detail m_detail = Detail::All;
    int m_hovered = -1;
    int m_current = -1; // of the keyboard
};

} // namespace Stampdeck

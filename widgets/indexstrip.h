// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "maplayout.h"

#include "backends/api/fleet.h"

#include <QtCore/QElapsedTimer>
#include <QtGui/QPixmap>

#include <functional>

class QPainter;

namespace Stampdeck {

/// The whole sheet in small cells at the right of the map: its scroll bar (look.md, section 6).
/// Keeps its picture, and draws that of a large fleet four times a second at the most.
class IndexStrip
{
public:
    /// What of a stamp is seen here, by its position.
    struct Cell
    {
        Health health = Health::Unknown;
        bool stale = false;
        bool faded = false;
    };
    /// How the content and a window of a height over it relate to the strip.
    [[nodiscard]] static double at(const MapLayout &layout, double height, double contentY);
    [[nodiscard]] static double contentAt(const MapLayout &layout, double height, double strip);

    void invalidate() { m_isDirty = true; }
    /// How often its picture was drawn, for tests.
    [[nodiscard]] int drawn() const { return m_drawn; }
    /// Paints it at \a strip, with a frame for the content from \a top to \a bottom. True when
    /// something waits to be drawn later.
    [[nodiscard]] bool paint(QPainter &painter, const QRectF &strip, const MapLayout &layout,
                             double ratio, double top, double bottom,
                             const std::function<Cell(int position)> &cellOf);

private:
    void render(QSizeF size, const MapLayout &layout, double ratio,
                const std::function<Cell(int position)> &cellOf);

    QPixmap m_picture;
    QSizeF m_size; // it was drawn for
    double m_ratio = 0;
    int m_drawn = 0;
    bool m_isDirty = true;
    QElapsedTimer m_age;
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "maplayout.h"

#include "backends/api/fleet.h"

#include <QtCore/QSet>
#include <QtGui/QColor>
#include <QtGui/QImage>

#include <functional>
#include <vector>

namespace Stampdeck {

class TilePainter;

/// The parts of a cell's look, packed: health 2, stale 1, mark 1, faded 1, verdict 3, tint 2,
/// fill 5.
struct CellLook
{
    static constexpr size_t count = 1U << 15U;
    static constexpr int firstCategory = 10; ///< Fills: 0 none, 1 to 9 the ramp, then categories.

    static quint32 pack(int health, bool stale, bool mark, bool faded, int verdict, int tint,
                        int fill)
    {
        return quint32(health) | quint32(stale) << 2U | quint32(mark) << 3U | quint32(faded) << 4U
            | quint32(verdict) << 5U | quint32(tint) << 8U | quint32(fill) << 10U;
    }
    static Health health(quint32 look) { return Health(look & 3U); }
    static bool stale(quint32 look) { return look & 4U; }
    static bool mark(quint32 look) { return look & 8U; }
    static bool faded(quint32 look) { return look & 16U; }
    static int verdict(quint32 look) { return int(look >> 5U & 7U); }
    static int tint(quint32 look) { return int(look >> 8U & 3U); }
    static int fill(quint32 look) { return int(look >> 10U & 31U); }
    /// Reaches beyond its cell, and is painted after its neighbours.
    static bool overhangs(quint32 look)
    {
        return !stale(look) && !faded(look) && verdict(look) == 0
            && health(look) == Health::Unhealthy;
    }
    static bool second(quint32 look)
    {
        return !stale(look) && !faded(look) && verdict(look) == 0
            && health(look) == Health::Degraded;
    }
};

/// The whole window at the far stops as one image, in device pixels: a cell is copied from a sprite
/// of its look, and a change repaints only its cell and the neighbours that reach into it.
///
/// Knows looks by slot and places by a layout; what lies below the cells is painted by its owner.
class FarImage
{
public:
    FarImage();

    /// What is drawn, and where; all of it stays for the length of a call only.
    struct Scene
    {
        const MapLayout &layout;
        const std::vector<int> &order; ///< Position to slot.
        TilePainter &tiles;
        QPointF corner; ///< Of the window in content coordinates.
        QSize size; ///< Of the window.
        double ratio = 1;
        QColor ground; ///< Below the cells.
    };

    [[nodiscard]] bool hasLooks() const { return m_hasLooks; }
    void resetLooks(size_t slots_);
    void setLook(int slot, quint32 look) { m_looks[size_t(slot)] = quint16(look); }
    void forgetLooks() { m_hasLooks = false; }
    /// Another stop or theme: the sprites are of no use any more, nor what was drawn.
    void dropSprites();

    [[nodiscard]] bool isValid() const { return m_isValid; }
    void invalidate() { m_isValid = false; }
    /// What was drawn is right after all, as is what was touched since.
    void revalidate() { m_isValid = true; }
    /// The cell there looks otherwise; gives how many do by now.
    qsizetype touch(int position);

    /// Repaints the touched cells, where that makes the image right; false: all is to be drawn.
    [[nodiscard]] bool refresh(const Scene &scene);
    /// Begins a new image; what is below the cells is painted into image().
    void begin(const Scene &scene);
    [[nodiscard]] QImage &image() { return m_image; }
    /// Draws the cells in sight of the blocks that \a isWanted, the worst last.
    void drawCells(const Scene &scene, const std::function<bool(const MapBlock &)> &isWanted);
    void end();

private:
    const QImage &sprite(const Scene &scene, quint32 look);
    void drawCell(const Scene &scene, quint32 look, QPointF corner);
    void repaintCell(const Scene &scene, int position);

    QImage m_image;
    uchar *m_bits = nullptr;
    std::vector<quint16> m_looks; // by slot
    bool m_hasLooks = false;
    bool m_isValid = false;
    QSet<int> m_touched; // positions
    std::vector<qint16> m_spriteOf; // by look
    std::vector<QImage> m_sprites;
    QColor m_ground; // below them
};

} // namespace Stampdeck

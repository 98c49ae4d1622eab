// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tilepainter.h"

#include <QtCore/QRectF>

#include <vector>

namespace Stampdeck {

/// Which tiles stand together, in which order. A tile is known by its position: the groups' tiles
/// are numbered through, group after group.
struct MapGroupSize
{
    int first = 0; ///< Position of its first tile.
    int count = 0;
    int ghosts = 0; ///< Places kept free behind the last: a stamp that a region lacks.
};

/// A grid of tiles with what belongs to it; in content coordinates.
struct MapBlock
{
    int group = 0;
    QRectF frame; ///< All of it.
    QRectF head; ///< The selvage at the left, or the line above.
    QPointF origin; ///< Of the first tile.
    int columns = 1;
    int first = 0;
    int count = 0;
    int ghosts = 0;
};

/// Where every tile is: one grid for each group. Finding tiles in a rectangle costs the blocks, not
/// the tiles.
class MapLayout
{
public:
    Stop stop = Stop::Medium;
    QSizeF tile; ///< Of one tile, and from one to the next; snapped to device pixels.
    QSizeF pitch;
    QSizeF content;
    bool selvage = false; ///< The heads stand at the left.
    std::vector<MapBlock> blocks;

    [[nodiscard]] QRectF tileRect(int position) const;
    [[nodiscard]] QRectF ghostRect(const MapBlock &block, int ghost) const;
    /// The tile under a point; -1 in a gap or outside.
    [[nodiscard]] int tileAt(QPointF point) const;
    /// The block under a point; -1 for none.
    [[nodiscard]] int blockAt(QPointF point) const;
    [[nodiscard]] int blockOf(int position) const;
    /// Calls \a visit(position) for every tile that touches \a rect, in reading order by block.
    template<typename Visit>
    void eachTileIn(const QRectF &rect, Visit visit) const
    {
        for (const MapBlock &block : blocks) {
            int fromRow = 0;
            int toRow = 0;
            int fromColumn = 0;
            int toColumn = 0;
            if (!range(block, rect, fromRow, toRow, fromColumn, toColumn))
                continue;
            for (int row = fromRow; row <= toRow; ++row) {
                for (int column = fromColumn; column <= toColumn; ++column) {
                    const int index = row * block.columns + column;
                    if (index < block.count)
                        visit(block.first + index);
                }
            }
        }
    }

    enum class Step : quint8 { Left, Right, Up, Down };
    /// The tile next to \a position in reading order (left, right) or in sight above or below it,
    /// into the next group at the edge; \a position itself where there is none.
    [[nodiscard]] int next(int position, Step step) const;
    /// The first tile of the next or previous group.
    [[nodiscard]] int nextGroup(int position, bool forward) const;
    [[nodiscard]] int count() const;

private:
    [[nodiscard]] bool range(const MapBlock &block, const QRectF &rect, int &fromRow, int &toRow,
                             int &fromColumn, int &toColumn) const;
};

/// A way to lay a fleet out: the sheet, later the world. Has no state between calls but what keeps
/// places stable.
class Arrangement
{
public:
    virtual ~Arrangement();

    struct Request
    {
        std::vector<MapGroupSize> groups;
        Stop stop = Stop::Medium;
        QSizeF viewport;
        double ratio = 1; ///< Device pixels per logical pixel.
    };
    [[nodiscard]] virtual MapLayout layout(const Request &request) const = 0;
    /// The largest stop at which everything is in sight; the smallest when none is.
    [[nodiscard]] Stop fitting(Request request) const;
};

/// Groups one below the other with a selvage or a head; farther out as blocks in rows (look.md,
/// section 6).
class SheetArrangement final : public Arrangement
{
public:
    [[nodiscard]] MapLayout layout(const Request &request) const override;

    static constexpr double selvageFrom = 1200; ///< A narrower canvas has heads.
    static constexpr double stripWidth = 60; ///< Of the index strip at the right.
    [[nodiscard]] static bool hasStrip(Stop stop) { return stop >= Stop::Medium; }
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tilepainter.h"

#include <QtCore/QRectF>

#include <optional>
#include <vector>

namespace Stampdeck {

/// Which tiles stand together, in which order. A tile is known by its position: the groups' tiles
/// are numbered through, group after group.
struct MapGroupSize
{
    int first = 0; ///< Position of its first tile.
    int count = 0;
    int ghosts = 0; ///< Places kept free behind the last: a stamp that a region lacks.
    QString key = {}; ///< By which its place is remembered.
    int trouble = 0; ///< How bad its worst stamp is: 0 well, and up.
    std::optional<QPointF> place = {}; ///< On the plane of the world (Miller::toPlane()).
    double head = 0; ///< A frame of the far stops is at least so wide, for what stands above it.
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
    bool folded = false; ///< Only the head is there, for want of room: its tiles are not in sight.
    bool pinned = false; ///< Stays where it is in the window when that moves over the map.
    std::optional<QPointF> anchor = {}; ///< The place on Earth that it belongs to.

    friend bool operator==(const MapBlock &, const MapBlock &) = default;
};

/// Where every tile is: one grid for each group. Finding tiles in a rectangle costs the blocks, not
/// the tiles.
class MapLayout
{
public:
    Stop stop = Stop::Medium;
    double scale = 0; ///< Pixels per unit of the plane that blocks are anchored to; 0 without one.
    QRectF sight; ///< What of the content the window showed when things were put where they are.
    QRectF shelf; ///< Pinned, behind the groups that have no place on the plane; empty without any.
    QSizeF tile; ///< Of one tile, and from one to the next; snapped to device pixels.
    QSizeF pitch;
    QSizeF content;
    bool selvage = false; ///< The heads stand at the left.
    double strip = 0; ///< How wide the index strip at the right is; 0 without one.
    std::vector<MapBlock> blocks;

    /// Of a tile that is not in sight because its block is folded: the head.
    [[nodiscard]] QRectF tileRect(int position) const;
    [[nodiscard]] bool isFolded(int position) const;
    [[nodiscard]] QRectF ghostRect(const MapBlock &block, int ghost) const;
    /// The tile under a point; -1 in a gap, outside, or where the shelf hides it.
    [[nodiscard]] int tileAt(QPointF point) const;
    /// The block under a point; -1 for none.
    [[nodiscard]] int blockAt(QPointF point) const;
    [[nodiscard]] int blockOf(int position) const;
    /// Calls \a visit(position) for every tile that touches \a rect, in reading order by block.
    template<typename Visit>
    void eachTileIn(const QRectF &rect, Visit visit) const
    {
        for (const MapBlock &block : blocks)
            eachTileOf(block, rect, [&](int position, QPointF) { visit(position); });
    }
    /// Of one block: \a visit(position, its upper left corner).
    template<typename Visit>
    void eachTileOf(const MapBlock &block, const QRectF &rect, Visit visit) const
    {
        int fromRow = 0;
        int toRow = 0;
        int fromColumn = 0;
        int toColumn = 0;
        if (!range(block, rect, fromRow, toRow, fromColumn, toColumn))
            return;
        for (int row = fromRow; row <= toRow; ++row) {
            const double y = block.origin.y() + row * pitch.height();
            for (int column = fromColumn; column <= toColumn; ++column) {
                const int index = row * block.columns + column;
                if (index < block.count)
                    visit(block.first + index,
                          QPointF(block.origin.x() + column * pitch.width(), y));
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

/// A way to lay a fleet out: the sheet, or the world. Has no state between calls but what keeps
/// places stable.
class Arrangement
{
public:
    virtual ~Arrangement();

    struct Request
    {
        std::vector<MapGroupSize> groups;
        Stop stop = Stop::Medium; ///< What is wanted, or where the zoom is free what it was.
        QSizeF viewport;
        double ratio = 1; ///< Device pixels per logical pixel.
        double scale = 0; ///< Of a plane that is zoomed freely, and what of it is in sight.
        QRectF sight = {};
        bool keepsStop = false; ///< Nobody zoomed: the stop stays while everything has its place.
        bool forgets = false; ///< Where things stood before does not matter.
        bool isTrial = false; ///< Nor where they would stand now later.
    };
    [[nodiscard]] virtual MapLayout layout(const Request &request) const = 0;
    /// The largest stop at which everything is in sight; the smallest when none is.
    [[nodiscard]] Stop fitting(Request request) const;

    /// A part of the plane: pixels per unit, and the upper left corner in content coordinates.
    struct View
    {
        double scale = 0;
        QPointF corner;
    };
    /// The zoom is free, not in stops, and the window moves over a plane in both directions.
    [[nodiscard]] virtual bool isFree() const { return false; }
    /// A view of everything.
    [[nodiscard]] virtual View overview(const Request &request) const;
    /// The nearest scale that there is, in whole device pixels for the whole plane.
    [[nodiscard]] virtual double allowedScale(double scale, QSizeF viewport, double ratio) const;
    /// How large the plane is at a scale.
    [[nodiscard]] virtual QSizeF planeSize(double scale) const;
    /// The nearest corner that the window may have over so much content, below which so much more
    /// may be seen.
    [[nodiscard]] virtual QPointF allowedCorner(QSizeF content, QPointF corner, QSizeF viewport,
                                                double beyond = 0) const;
    /// Takes along what does not stay when the window moves to \a sight.
    virtual void follow(MapLayout &layout, const QRectF &sight) const;
};

/// Groups one below the other with a selvage or a head; farther out as blocks in rows (look.md,
/// section 6).
class SheetArrangement final : public Arrangement
{
public:
    [[nodiscard]] MapLayout layout(const Request &request) const override;

    static constexpr double selvageFrom = 1200; ///< A narrower canvas has heads.
    static constexpr double selvageLeast = 104; ///< How high one is at medium, whatever its tiles are.
    static constexpr double stripWidth = 60; ///< Of the index strip at the right.
    /// Where the whole strip would cost a column of tiles: one cell for each row of them.
    static constexpr double slimStrip = 16;
};

} // namespace Stampdeck

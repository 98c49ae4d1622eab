// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "maplayout.h"

#include <QtCore/QHash>

namespace Stampdeck {

/// Each group in a box near its place on Earth (look.md, section 6, "World").
///
/// Content coordinates are those of Miller's plane times the scale; they go round in x, and a box
/// is at the turn that is nearest to the window. Remembers where each group's box stood, so that it
/// stays there as long as it can. GUI thread.
class WorldArrangement final : public Arrangement
{
public:
    [[nodiscard]] MapLayout layout(const Request &request) const override;
    [[nodiscard]] bool isFree() const override { return true; }
    [[nodiscard]] View overview(const Request &request) const override;
    [[nodiscard]] double allowedScale(double scale, QSizeF viewport, double ratio) const override;
    [[nodiscard]] QSizeF planeSize(double scale) const override;
    [[nodiscard]] QPointF allowedCorner(QSizeF content, QPointF corner, QSizeF viewport,
                                        double beyond) const override;
    void follow(MapLayout &layout, const QRectF &sight) const override;

    static constexpr double padding = 8;
    static constexpr double headHeight = 30;
    static constexpr QSizeF foldedSize{120, 30};
    static constexpr double leastWidth = 152; ///< Of a box: a name such as ap-northeast and N+1.
    static constexpr double anchorRadius = 3.5;
    static constexpr std::array<double, 4> distances{12, 48, 96, 160}; ///< Tried for a box, in eight directions.
    static constexpr int mostColumns = 8; ///< Of tiles with paper.
    static constexpr double mostScale = 64; ///< The coasts are told no finer.
    /// ⌈√(1.5 n)⌉, and of tiles with paper no more than mostColumns; fewer where the rows do not
    /// become more by that.
    [[nodiscard]] static int columnsOf(int count, Stop stop);
    /// Of a box with \a count tiles, and what lies round them.
    [[nodiscard]] static QSizeF boxSize(int count, const MapLayout &measures);
    /// The scale at which the window is as wide as the plane: nothing is there twice.
    [[nodiscard]] static double leastScale(QSizeF viewport);

private:
    struct Box;
    struct Attempt;
    [[nodiscard]] static bool isEmptySight(const Request &request);
    [[nodiscard]] static bool mayFit(const Request &request, Stop stop);
    [[nodiscard]] Attempt attempt(const Request &request, Stop stop, int rounds) const;
    [[nodiscard]] Attempt place(const std::vector<Box> &boxes, const std::vector<size_t> &order,
                                const Request &request, const MapLayout &measures,
                                bool remembers) const;

    /// Where a box stood: the number of its try (the eight directions, nearest first), and how far
    /// its corner was from its place.
    struct Kept
    {
        int attempt = 0;
        QPointF offset;
        QSizeF size;
    };
    mutable QHash<QString, Kept> m_kept;
    mutable size_t m_missing = 0; ///< So many of those in sight had no room.
};

} // namespace Stampdeck

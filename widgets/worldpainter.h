// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "maplayout.h"

#include "backends/api/fleet.h"

#include <QtGui/QColor>
#include <QtGui/QPainterPath>
#include <QtGui/QPixmap>
#include <QtGui/QRegion>

class QPainter;

namespace Stampdeck {

/// What the head of a cluster says.
struct ClusterFacts
{
    QString title;
    QString count; ///< "6 stamps".
    QString load; ///< "75%"; empty when not known.
    double used = 0; ///< Of the fullest resource, for the ring: 0 to 1.
    double reserved = 0;
    std::optional<bool> survives; ///< N+1.
    std::optional<double> afterLoss; ///< What the ring would come to without the fullest stamp.
    double gate = 0;
    bool evacuates = false; ///< Evacuate… is offered,
    bool isHovered = false; ///< and the pointer is on it.
    QString carry; ///< While something is carried, in its place: "2 of 6 can".
    QString carryBrief; ///< Where the name leaves less room: "2/6".
    bool lit = false; ///< And some of it can.
    /// For the head alone: how many are unhealthy, degraded, unknown, stale, healthy.
    std::array<int, 5> buckets{};
    bool isUnhealthy = false;
};

/// Tenants on their way from one group to another.
struct ClusterMove
{
    int from = 0; ///< Groups.
    int to = 0;
    int count = 0;
    friend bool operator==(const ClusterMove &, const ClusterMove &) = default;
};

/// Paints what the world arrangement has beside its tiles: land and sea from one cached layer,
/// leaders, clusters, arcs of moves. GUI thread; holds the theme that was current when it was made
/// or reset. Coordinates are the window's, \a scroll its corner in content coordinates.
class WorldPainter
{
public:
    static constexpr double fineFrom = 10; ///< Pixels per degree at which the finer coasts are taken.
    static constexpr int graticule = 30; ///< Degrees.

    /// Forgets the layer, for another theme.
    void reset() { m_ground = {}; }

    /// Sea, land, coast and graticule. The layer reaches beyond the window, so that panning paints
    /// none of it again most of the time.
    void paintGround(QPainter &painter, const QRegion &region, const MapLayout &layout,
                     QPointF scroll, QSize window);
    /// The leaders and the anchors.
    static void paintPlaces(QPainter &painter, const MapLayout &layout, QPointF scroll,
                            const std::vector<char> &unhealthy);
    static void paintShelf(QPainter &painter, const MapLayout &layout, QPointF scroll);
    /// The box behind a cluster's tiles, or behind a head alone.
    static void paintBox(QPainter &painter, const QRectF &frame, const ClusterFacts &facts,
                         bool fills);
    static void paintHead(QPainter &painter, const QRectF &frame, bool isFolded,
                          const ClusterFacts &facts);
    /// Where Evacuate… stands in it, 24 high; empty where there is no room beside the name.
    [[nodiscard]] static QRectF evacuateRect(const QRectF &frame, bool isFolded,
                                             const ClusterFacts &facts);
    [[nodiscard]] static QColor boxFill();

    /// The arc of a move between two places, on the side where boxes hide less of it; empty when
    /// there is none.
    [[nodiscard]] static QPainterPath arc(const MapLayout &layout, const ClusterMove &move,
                                          QPointF scroll);
    /// Dashes, the words, and where \a phase is not negative a dot for each tenant in parallel.
    static void paintMove(QPainter &painter, const MapLayout &layout, QPointF scroll,
                          const QPainterPath &arc, const ClusterMove &move, double phase);
    /// Where those dots are.
    [[nodiscard]] static std::vector<QPointF> dots(const QPainterPath &arc, const ClusterMove &move,
                                                   double phase);

    [[nodiscard]] int layersMade() const { return m_layersMade; }

private:
    void render(const MapLayout &layout, QPointF scroll, QSize window, double ratio);

    QPixmap m_ground;
    QPointF m_corner; // of the layer, in content coordinates
    double m_scale = 0;
    double m_ratio = 0;
    int m_layersMade = 0;
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme.h"

#include "backends/api/fleet.h"

#include <QtCore/QRectF>
#include <QtGui/QBrush>
#include <QtGui/QPainterPath>

class QPainter;

/// What Stampdeck draws by itself: the shapes of health and tier, postmarks, hatching, perforated
/// paper (look.md, sections 2.2 and 5). GUI thread.
namespace Stampdeck::Glyphs {

/// The shape of a health in a square box: circle, triangle, square, ring. \a color fills it, \a
/// mark draws the sign in it.
void health(QPainter &painter, const QRectF &box, Health health, const QColor &color,
            const QColor &mark);
/// The same in the theme's colours, on a surface of the colour \a ground.
void health(QPainter &painter, const QRectF &box, Health health, const QColor &ground);
/// The hatched rectangle of what is stale, for legends and lists: 16 × 10.
void stale(QPainter &painter, const QRectF &box);
/// The hatching of a stale print.
[[nodiscard]] QBrush hatching();
/// The stripes of production.
[[nodiscard]] QBrush productionStripes();
/// What says that a dialog acts on production: stripes along the top of \a dialog, and the word.
void production(QPainter &painter, const QRect &dialog);

/// ○ free, ◐ standard, ● premium, ◆ enterprise.
void tier(QPainter &painter, const QRectF &box, Tier tier, const QColor &color);

/// A sheet of \a size with half circles of radius \a radius cut in along its sides, \a pitch apart.
[[nodiscard]] QPainterPath perforation(const QSizeF &size, double pitch, double radius);

struct Postmark
{
    QPointF centre;
    double radius = 19;
    QString word; ///< "CORDONED".
    QString line; ///< Below the word, or empty.
    int wordPx = 8;
    QColor ground; ///< The colour of the print below it.
    std::optional<double> progress; ///< Fills the ring clockwise, 0 to 1.
};
void postmark(QPainter &painter, const Postmark &mark);
/// Four wavy lines: (x, y) is the start of the first; each period is 12 long.
void waves(QPainter &painter, QPointF from, int lines, int periods, double pitch = 5);

/// A ring of \a radius and \a width: reserved pale, used strong, clockwise from the top, 0 to 1.
/// \a after is what all of it would come to after a loss; beyond 1 there is no room for it. \a gate
/// is marked by a tick where \a after is known.
void capacityRing(QPainter &painter, QPointF centre, double radius, double width, double used,
                  double reserved, std::optional<double> after = {}, double gate = 0);

/// The logo: a stamp with an S.
void logo(QPainter &painter, const QRectF &box);

[[nodiscard]] Token fillToken(Health health);
[[nodiscard]] Token edgeToken(Health health);
[[nodiscard]] Token cellToken(Health health);
[[nodiscard]] Token glyphToken(Health health);
[[nodiscard]] Token textToken(Health health);
[[nodiscard]] Token inkToken(Health health);
/// "healthy", for people.
[[nodiscard]] QString word(Health health);
/// The icon of a lifecycle in menus and lists; empty for active.
[[nodiscard]] QString lifecycleIcon(Lifecycle lifecycle);

} // namespace Stampdeck::Glyphs

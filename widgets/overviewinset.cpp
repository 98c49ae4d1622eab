// SPDX-License-Identifier: GPL-3.0-or-later
#include "overviewinset.h"

#include "glyphs.h"
#include "worldland.h"

#include <QtGui/QPainter>
#include <QtGui/QPainterPath>

#include <cmath>

namespace Stampdeck {

namespace {

constexpr double unit = OverviewInset::size.width() / Miller::width; ///< Pixels per degree.

} // namespace

QPointF OverviewInset::toPlane(QPointF point)
{
    return point / unit;
}

void OverviewInset::paint(QPainter &painter, QPointF corner, const QRectF &sight, double scale,
                          const std::vector<Place> &places)
{
    const Theme &theme = Theme::current();
    const double ratio = painter.device() ? painter.device()->devicePixelRatioF() : 1;
    if (m_land.isNull() || m_land.devicePixelRatio() != ratio) {
        m_land = QPixmap((size * ratio).toSize());
        m_land.setDevicePixelRatio(ratio);
        m_land.fill(theme[Token::BgCanvas]);
        QPainter on(&m_land);
        on.setRenderHint(QPainter::Antialiasing);
        on.scale(unit, unit);
        QPainterPath land;
        for (const LandRing &ring : Land::builtIn().rings(Land::Detail::Coarse)) {
            for (const double turn : {0.0, -Miller::width}) {
                QPolygonF line;
                for (const QPointF &point : ring.points)
                    line.append(point + QPointF(turn, 0));
                land.addPolygon(line);
                land.closeSubpath();
            }
        }
        on.setPen(Qt::NoPen);
        on.setBrush(theme[Token::LandFill]);
        on.drawPath(land);
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF all(corner, size);
    painter.drawPixmap(corner, m_land);
    for (const Place &place : places) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme[Glyphs::cellToken(place.worst)]);
        const double radius = place.worst == Health::Unhealthy ? 2.5 : 1.75;
        painter.drawEllipse(corner + place.at * unit, radius, radius);
    }
    painter.setPen(QPen(theme[Token::LineDefault], 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(all.adjusted(0.5, 0.5, -0.5, -0.5));
    // What is in sight goes round: it may stand at both ends.
    painter.setClipRect(all);
    painter.setPen(QPen(theme[Token::AccentLine], 2));
    const double turn = Miller::width * scale;
    const double first = sight.left() - std::floor(sight.left() / turn) * turn;
    for (const double x : {first, first - turn}) {
        const QRectF frame(QPointF(x, sight.top()) / scale * unit + corner,
                           sight.size() / scale * unit);
        if (frame.intersects(all))
            painter.drawRect(frame.adjusted(1, 1, -1, -1) & frame);
    }
    painter.restore();
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "worldpainter.h"

#include "glyphs.h"
#include "icons.h"
#include "text.h"
#include "worldland.h"
#include "worldlayout.h"

#include "models/formatter.h"

#include <QtCore/QCoreApplication>
#include <QtGui/QPainter>

#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using Text::Align;
using Text::Face;

namespace {

constexpr int layerMargin = 160;
constexpr double dotRadius = 3.2;
constexpr int arcSamples = 24;
constexpr int mostDots = 8; ///< On one arc; more would touch.

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::WorldPainter)
};

constexpr double evacuateIcon = 24;
constexpr Text::Style evacuateStyle{Text::Face::Ui, 11, 500};

void write(QPainter &painter, QPointF at, const QString &text, const Text::Style &style,
           const QColor &color, Align align = Align::Left)
{
    painter.setPen(color);
    Text::draw(painter, at, text, style, align);
}

/// The part of \a ring within one side of a rectangle (Sutherland and Hodgman). What is cut off
/// becomes a line along that side.
template<typename Inside, typename Cross>
void clip(std::vector<QPointF> &points, Inside inside, Cross cross)
{
    std::vector<QPointF> kept;
    kept.reserve(points.size());
    if (points.empty())
        return;
    QPointF from = points.back();
    for (const QPointF &to : points) {
        if (inside(to)) {
            if (!inside(from))
                kept.push_back(cross(from, to));
            kept.push_back(to);
        } else if (inside(from)) {
            kept.push_back(cross(from, to));
        }
        from = to;
    }
    points.swap(kept);
}

void clipTo(std::vector<QPointF> &points, const QRectF &rect)
{
    const auto atX = [](double x) {
        return [x](QPointF a, QPointF b) {
            return QPointF(x, a.y() + (x - a.x()) / (b.x() - a.x()) * (b.y() - a.y()));
        };
    };
    const auto atY = [](double y) {
        return [y](QPointF a, QPointF b) {
            return QPointF(a.x() + (y - a.y()) / (b.y() - a.y()) * (b.x() - a.x()), y);
        };
    };
    clip(
        points, [&](QPointF p) { return p.x() >= rect.left(); }, atX(rect.left()));
    clip(
        points, [&](QPointF p) { return p.x() <= rect.right(); }, atX(rect.right()));
    clip(
        points, [&](QPointF p) { return p.y() >= rect.top(); }, atY(rect.top()));
    clip(
        points, [&](QPointF p) { return p.y() <= rect.bottom(); }, atY(rect.bottom()));
}

/// At a part of an arc's way: it is one cubic curve.
QPointF pointOn(const QPainterPath &arc, double t)
{
    const double u = 1 - t;
    return u * u * u * QPointF(arc.elementAt(0)) + 3 * u * u * t * QPointF(arc.elementAt(1))
        + 3 * u * t * t * QPointF(arc.elementAt(2)) + t * t * t * QPointF(arc.elementAt(3));
}

/// Whether a box or the shelf lies over part of it; in content coordinates.
bool isHidden(const MapLayout &layout, const QRectF &rect)
{
    return layout.shelf.intersects(rect)
        || std::any_of(layout.blocks.begin(), layout.blocks.end(), [&](const MapBlock &block) {
               return block.count > 0 && block.frame.intersects(rect);
           });
}

QPointF nearestOf(const QRectF &rect, QPointF point)
{
    return {std::clamp(point.x(), rect.left(), rect.right()),
            std::clamp(point.y(), rect.top(), rect.bottom())};
}

} // namespace

void WorldPainter::render(const MapLayout &layout, QPointF scroll, QSize window, double ratio)
{
    const Theme &theme = Theme::current();
    // While somebody zooms the next one is of another scale: what is in sight is enough.
    const int margin = !m_ground.isNull() && m_scale != layout.scale ? 0 : layerMargin;
    const QSize size(window.width() + 2 * margin, window.height() + 2 * margin);
    m_corner = scroll - QPointF(margin, margin);
    m_scale = layout.scale;
    m_ratio = ratio;
    ++m_layersMade;
    if (m_ground.size() != size * ratio)
        m_ground = QPixmap(size * ratio);
    m_ground.setDevicePixelRatio(ratio);
    m_ground.fill(theme[Token::BgCanvas]);
    QPainter painter(&m_ground);
    const QRectF covers(m_corner, QSizeF(size));

    // The graticule lies under the land.
    for (int lon = -180; lon < 180; lon += graticule) {
        const double at = Miller::toPlane(0, lon).x() * m_scale;
        const double turn = Miller::width * m_scale;
        for (int n = int(std::ceil((covers.left() - at) / turn)); at + n * turn < covers.right();
             ++n)
            painter.fillRect(QRectF(std::round(at + n * turn - covers.left()), 0, 1, size.height()),
                             theme[Token::LandGrid]);
    }
    for (int lat = -60; lat <= 60; lat += graticule) {
        const double y = Miller::toPlane(lat, 0).y() * m_scale - covers.top();
        painter.fillRect(QRectF(0, std::round(y), size.width(), 1), theme[Token::LandGrid]);
    }

    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF seen(covers.topLeft() / m_scale, covers.size() / m_scale);
    // What is cut runs along a line that is out of sight.
    const double beyond = 8 / m_scale;
    const QRectF cut = seen.adjusted(-beyond, -beyond, beyond, beyond);
    QPainterPath land;
    land.setFillRule(Qt::OddEvenFill);
    std::vector<QPointF> points;
    for (const LandRing &ring :
         Land::builtIn().rings(m_scale < fineFrom ? Land::Detail::Coarse : Land::Detail::Fine)) {
        const double first = std::ceil((cut.left() - ring.bounds.right()) / Miller::width);
        for (double turn = first; ring.bounds.left() + turn * Miller::width < cut.right(); ++turn) {
            const double shift = turn * Miller::width;
            const QRectF there = ring.bounds.translated(shift, 0);
            if (there.bottom() < cut.top() || there.top() > cut.bottom()
                || std::max(there.width(), there.height()) * m_scale < 0.7)
                continue;
            points.assign(ring.points.begin(), ring.points.end());
            for (QPointF &point : points)
                point.rx() += shift;
            if (!cut.contains(there))
                clipTo(points, cut);
            if (points.size() < 3)
                continue;
            QPolygonF line;
            line.reserve(qsizetype(points.size()) + 1);
            QPointF last(1e9, 1e9);
            for (const QPointF &point : points) {
                const QPointF at = (point - seen.topLeft()) * m_scale;
                // No finer than can be seen.
                if (std::abs(at.x() - last.x()) + std::abs(at.y() - last.y()) < 0.6)
                    continue;
                line.append(at);
                last = at;
            }
            if (line.size() < 3)
                continue;
            land.addPolygon(line);
            land.closeSubpath();
        }
    }
    QPen coast(theme[Token::LandEdge], 1);
    coast.setJoinStyle(Qt::RoundJoin);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme[Token::LandFill]);
    painter.drawPath(land);
    painter.strokePath(land, coast);
}

void WorldPainter::paintGround(QPainter &painter, const QRegion &region, const MapLayout &layout,
                               QPointF scroll, QSize window)
{
    const double ratio = painter.device() ? painter.device()->devicePixelRatioF() : 1;
    const QSizeF layer = m_ground.deviceIndependentSize();
    const bool covers = !m_ground.isNull() && m_scale == layout.scale && m_ratio == ratio
        && QRectF(m_corner, layer).contains(QRectF(scroll, QSizeF(window)));
    if (!covers)
        render(layout, scroll, window, ratio);
    for (const QRect &part : region)
        painter.drawPixmap(QRectF(part), m_ground,
                           QRectF((QPointF(part.topLeft()) + scroll - m_corner) * ratio,
                                  QSizeF(part.size()) * ratio));
}

QColor WorldPainter::boxFill()
{
    const Theme &theme = Theme::current();
    return mixed(theme[Token::BgPanel], theme[Token::BgCanvas], 0.5);
}

void WorldPainter::paintPlaces(QPainter &painter, const MapLayout &layout, QPointF scroll,
                               const std::vector<char> &unhealthy)
{
    const Theme &theme = Theme::current();
    painter.setRenderHint(QPainter::Antialiasing);
    const auto isBad = [&](const MapBlock &block) {
        return size_t(block.group) < unhealthy.size() && unhealthy[size_t(block.group)];
    };
    for (const MapBlock &block : layout.blocks) {
        if (!block.anchor || block.count == 0)
            continue;
        const QPointF from = *block.anchor - scroll;
        const QPointF to = nearestOf(block.frame.translated(-scroll), from);
        painter.setPen(QPen(theme[isBad(block) ? Token::UnhealthyEdge : Token::LineStrong], 1));
        painter.drawLine(from, to);
    }
    for (const MapBlock &block : layout.blocks) {
        if (!block.anchor || block.count == 0)
            continue;
        const QPointF at = *block.anchor - scroll;
        const QColor ink = theme[isBad(block) ? Token::UnhealthyEdge : Token::TextSecondary];
        painter.setPen(QPen(theme[Token::BgCanvas], 1));
        painter.setBrush(ink);
        painter.drawEllipse(at, WorldArrangement::anchorRadius, WorldArrangement::anchorRadius);
        if (isBad(block)) {
            painter.setPen(QPen(ink, 1.5));
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(at, 8, 8);
        }
    }
}

void WorldPainter::paintShelf(QPainter &painter, const MapLayout &layout, QPointF scroll)
{
    const Theme &theme = Theme::current();
    const QRectF shelf = layout.shelf.translated(-scroll);
    painter.fillRect(shelf, theme[Token::BgWindow]);
    painter.fillRect(QRectF(shelf.left(), shelf.top(), shelf.width(), 1),
                     theme[Token::LineDefault]);
    const Text::Style style{Face::Ui, 11, 600};
    const QString title = Words::tr("Somewhere");
    write(painter, shelf.topLeft() + QPointF(10, 15), title, style, theme[Token::TextSecondary]);
    const QString why =
        Words::tr("no place is known for these; name one under regions: in fleet.yaml");
    const double x = 10 + Text::width(title, style) + 8;
    const Text::Style plain{Face::Ui, 11, 400};
    write(painter, shelf.topLeft() + QPointF(x, 15),
          Text::elided(why, plain, shelf.width() - x - 10), plain, theme[Token::TextTertiary]);
}

void WorldPainter::paintBox(QPainter &painter, const QRectF &frame, const ClusterFacts &facts,
                            bool fills)
{
    const Theme &theme = Theme::current();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme[facts.isUnhealthy ? Token::UnhealthyEdge : Token::LandEdge], 1));
    painter.setBrush(fills ? QBrush(boxFill()) : QBrush(Qt::NoBrush));
    painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), 3.5, 3.5);
}

void WorldPainter::paintHead(QPainter &painter, const QRectF &frame, bool isFolded,
                             const ClusterFacts &facts)
{
    const Theme &theme = Theme::current();
    painter.setRenderHint(QPainter::Antialiasing);
    const double line = frame.top() + 19.5;
    double right = frame.right() - 8;
    Glyphs::capacityRing(painter, {frame.left() + 15, frame.top() + 15}, 7, 3, facts.used,
                         facts.reserved, facts.afterLoss, facts.gate);
    const double left = frame.left() + 28;
    const Text::Style name{Face::Ui, 12, 700};
    const Text::Style strong{Face::Ui, 12, 600};
    const Text::Style plain{Face::Ui, 11, 400};
    const double nameWidth = Text::width(facts.title, name);

    if (!facts.carry.isEmpty()) {
        const Text::Style style{Face::Ui, 11, facts.lit ? 600 : 400};
        const double room = right - left - std::min(nameWidth, 40.0) - 8;
        const bool isWhole = left + nameWidth + 8 + Text::width(facts.carry, style) <= right;
        const QString carry = Text::elided(isWhole ? facts.carry : facts.carryBrief, style, room);
        write(painter, {right, line}, carry, style,
              theme[facts.lit ? Token::AccentText : Token::TextTertiary], Align::Right);
        right -= Text::width(carry, style) + 8;
    } else if (isFolded) {
        // The worst that there is, and how many; all of it where all is well.
        static constexpr std::array<Health, 3> shapes = {Health::Unhealthy, Health::Degraded,
                                                         Health::Unknown};
        bool isWell = true;
        const double least = left + std::min(nameWidth, 30.0) + 8;
        const auto count = [&](int number, auto draw, const QColor &ink) {
            const double wide = 15 + Text::width(Format::count(number), strong);
            if (number == 0)
                return;
            isWell = false;
            if (right - wide < least)
                return;
            right -= wide;
            draw(QRectF(right, line - 10, 11, 11));
            write(painter, {right + 15, line}, Format::count(number), strong, ink);
            right -= 7;
        };
        for (size_t i = 0; i < shapes.size(); ++i) {
            count(
                facts.buckets[i],
                [&](const QRectF &box) { Glyphs::health(painter, box, shapes[i], boxFill()); },
                theme[Glyphs::textToken(shapes[i])]);
        }
        count(
            facts.buckets[3],
            [&](const QRectF &box) {
                Glyphs::stale(painter, {box.left() - 3, box.top() + 1, 14, 9});
            },
            theme[Token::TextSecondary]);
        if (isWell) {
            const QString number = Format::count(facts.buckets[4]);
            write(painter, {right, line}, number, plain, theme[Token::TextSecondary], Align::Right);
            right -= Text::width(number, plain) + 7;
        }
    } else if (facts.survives) {
        const QString text = *facts.survives ? u"N+1"_s : u"N+0"_s;
        const QColor ink = theme[*facts.survives ? Token::HealthyText : Token::DegradedText];
        write(painter, {right, line}, text, strong, ink, Align::Right);
        right -= Text::width(text, strong) + 4;
        // The name comes before the shape.
        if (left + nameWidth <= right - 13 - 4) {
            right -= 13;
            Icons::draw(painter, {right, line - 11},
                        *facts.survives ? u"shield-check"_s : u"exclamation-triangle"_s, 13, ink);
        }
        right -= 4;
    }
    const QString shown = Text::elided(facts.title, name, right - left);
    write(painter, {left, line}, shown, name, theme[Token::TextPrimary]);
    if (isFolded)
        return;
    const double after = left + Text::width(shown, name) + 8;
    if (const QRectF there = evacuateRect(frame, isFolded, facts); !there.isEmpty()) {
        const QColor ink = theme[facts.isHovered ? Token::AccentText : Token::TextTertiary];
        if (there.width() > evacuateIcon)
            write(painter, {there.left() + 4, line}, Words::tr("Evacuate…"), evacuateStyle, ink);
        else
            Icons::draw(painter, {there.left() + 5, line - 11}, u"arrow-up-right"_s, 13, ink);
        right = there.left() - 2;
    }
    const QString full = facts.load.isEmpty() ? facts.count : facts.count + u" · "_s + facts.load;
    for (const QString &say : {full, facts.load}) {
        if (!say.isEmpty() && after + Text::width(say, plain) <= right) {
            write(painter, {after, line}, say, plain, theme[Token::TextSecondary]);
            break;
        }
    }
}

QRectF WorldPainter::evacuateRect(const QRectF &frame, bool isFolded, const ClusterFacts &facts)
{
    if (!facts.evacuates || isFolded || !facts.carry.isEmpty())
        return {};
    // Beside N+1: in words where the counts have their room too, else as a shape alone.
    double right = frame.right() - 8;
    if (facts.survives) {
        right -= Text::width(*facts.survives ? u"N+1"_s : u"N+0"_s, {Face::Ui, 12, 600}) + 4;
        right -= 13 + 4;
    }
    const double name = frame.left() + 28 + Text::width(facts.title, {Face::Ui, 12, 700});
    const double words = Text::width(Words::tr("Evacuate…"), evacuateStyle) + 8;
    const QString full = facts.load.isEmpty() ? facts.count : facts.count + u" · "_s + facts.load;
    const double counts = Text::width(full, {Face::Ui, 11, 400}) + 8;
    for (const double wide : {words, evacuateIcon}) {
        if (name + (wide == words ? counts : 0) + wide + 4 <= right)
            return {right - wide, frame.top() + 3, wide, 24};
    }
    return {};
}

QPainterPath WorldPainter::arc(const MapLayout &layout, const ClusterMove &move, QPointF scroll)
{
    const auto placeOf = [&](int group) -> std::optional<QPointF> {
        for (const MapBlock &block : layout.blocks) {
            if (block.group == group && block.count > 0)
                return (block.anchor ? *block.anchor : block.frame.center()) - scroll;
        }
        return std::nullopt;
    };
    const std::optional<QPointF> from = placeOf(move.from);
    const std::optional<QPointF> to = placeOf(move.to);
    QPainterPath path;
    if (!from || !to || *from == *to)
        return path;
    // Over the northern side, as on a globe, unless there is more to be seen of it elsewhere.
    const QPointF way = *to - *from;
    const double length = std::hypot(way.x(), way.y());
    QPointF up(way.y() / length, -way.x() / length);
    if (up.y() > 0)
        up = -up;
    int least = arcSamples + 1;
    for (const double bend : {0.3, -0.3, 0.6, -0.6}) {
        const double rise = std::copysign(std::clamp(length * std::abs(bend), 24.0, 220.0), bend);
        QPainterPath candidate(*from);
        candidate.cubicTo(*from + way * 0.25 + up * rise, *from + way * 0.75 + up * rise, *to);
        int hidden = 0;
        for (int i = 1; i < arcSamples; ++i)
            hidden += isHidden(
                layout, QRectF(pointOn(candidate, double(i) / arcSamples) + scroll, QSizeF(1, 1)));
        if (hidden < least) {
            least = hidden;
            path = candidate;
        }
    }
    return path;
}

std::vector<QPointF> WorldPainter::dots(const QPainterPath &arc, const ClusterMove &move,
                                        double phase)
{
    std::vector<QPointF> found;
    if (phase < 0 || arc.isEmpty())
        return found;
    const int count = std::min(move.count, mostDots);
    for (int i = 0; i < count; ++i)
        found.push_back(pointOn(arc, std::fmod(phase + double(i) / count, 1.0)));
    return found;
}

void WorldPainter::paintMove(QPainter &painter, const MapLayout &layout, QPointF scroll,
                             const QPainterPath &arc, const ClusterMove &move, double phase)
{
    const Theme &theme = Theme::current();
    painter.setRenderHint(QPainter::Antialiasing);
    QPen dashes(theme[Token::AccentLine], 1.5);
    dashes.setDashPattern({5 / 1.5, 4 / 1.5});
    painter.setPen(dashes);
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(arc);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme[Token::AccentLine]);
    for (const QPointF &dot : dots(arc, move, phase))
        painter.drawEllipse(dot, dotRadius, dotRadius);
    const QString say = Words::tr("moving %Ln tenant(s)", nullptr, int(move.count));
    // Where there is room for it, as near to the middle as can be; on the outer side of the arc.
    const Text::Style style{Face::Ui, 11, 600};
    const double wide = Text::width(say, style);
    const bool isUp = pointOn(arc, 0.5).y() < (pointOn(arc, 0).y() + pointOn(arc, 1).y()) / 2;
    for (int i = 0; i < arcSamples - 4; ++i) {
        const int step = i % 2 == 0 ? i / 2 : -(i + 1) / 2;
        const QPointF at =
            pointOn(arc, 0.5 + double(step) / arcSamples) + QPointF(0, isUp ? -9 : 19);
        const QRectF there(at.x() - wide / 2, at.y() - 11, wide, 14);
        if (isHidden(layout, there.translated(scroll)))
            continue;
        write(painter, at, say, style, theme[Token::AccentText], Align::Center);
        break;
    }
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "glyphs.h"

#include "text.h"

#include "models/formatter.h"

#include <QtGui/QPainter>

#include <cmath>
#include <numbers>

namespace Stampdeck::Glyphs {

using namespace Qt::StringLiterals;

namespace {

QPen stroke(const QColor &color, double width)
{
    return {color, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin};
}

/// One of four tokens by health, in the order of the enumeration.
Token pick(Health health, Token unknown, Token healthy, Token degraded, Token unhealthy)
{
    switch (health) {
    case Health::Healthy:
        return healthy;
    case Health::Degraded:
        return degraded;
    case Health::Unhealthy:
        return unhealthy;
    case Health::Unknown:
        break;
    }
    return unknown;
}

QPixmap tiled(const QSize &size, const QColor &ground, const QColor &stripe,
              const std::vector<QPolygonF> &stripes, double ratio)
{
    QPixmap pixmap(size * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(ground);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(stripe);
    for (const QPolygonF &polygon : stripes)
        painter.drawPolygon(polygon);
    return pixmap;
}

} // namespace

Token fillToken(Health health)
{
    return pick(health, Token::UnknownFill, Token::HealthyFill, Token::DegradedFill,
                Token::UnhealthyFill);
}
Token edgeToken(Health health)
{
    return pick(health, Token::UnknownEdge, Token::HealthyEdge, Token::DegradedEdge,
                Token::UnhealthyEdge);
}
Token cellToken(Health health)
{
    return pick(health, Token::UnknownCell, Token::HealthyCell, Token::DegradedCell,
                Token::UnhealthyCell);
}
Token glyphToken(Health health)
{
    return pick(health, Token::UnknownGlyph, Token::HealthyGlyph, Token::DegradedGlyph,
                Token::UnhealthyGlyph);
}
Token textToken(Health health)
{
    return pick(health, Token::UnknownText, Token::HealthyText, Token::DegradedText,
                Token::UnhealthyText);
}
Token inkToken(Health health)
{
    return pick(health, Token::UnknownInk, Token::HealthyInk, Token::DegradedInk,
                Token::UnhealthyInk);
}

QString word(Health health)
{
    return Format::word(health);
}

QString lifecycleIcon(Lifecycle lifecycle)
{
    switch (lifecycle) {
    case Lifecycle::Provisioning:
        return u"hourglass-split"_s;
    case Lifecycle::Active:
        return {};
    case Lifecycle::Cordoned:
        return u"slash-circle"_s;
    case Lifecycle::Draining:
        return u"arrow-up-right"_s;
    case Lifecycle::Drained:
        return u"check-circle"_s;
    case Lifecycle::Deleting:
        return u"trash"_s;
    case Lifecycle::Failed:
        return u"exclamation-triangle"_s;
    }
    return {};
}

void health(QPainter &painter, const QRectF &box, Health health, const QColor &color,
            const QColor &mark)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(box.topLeft());
    painter.scale(box.width() / 12, box.height() / 12);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    switch (health) {
    case Health::Healthy: {
        painter.drawEllipse(QPointF(6, 6), 5.25, 5.25);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(stroke(mark, 1.5));
        painter.drawPolyline(QPolygonF{{3.6, 6.2}, {5.3, 7.9}, {8.5, 4.5}});
        break;
    }
    case Health::Degraded: {
        painter.setPen(stroke(color, 0.8));
        painter.drawPolygon(QPolygonF{{6, 0.7}, {11.7, 10.9}, {0.3, 10.9}});
        painter.setPen(stroke(mark, 1.5));
        painter.drawLine(QPointF(6, 4.1), QPointF(6, 7.3));
        painter.drawLine(QPointF(6, 9.1), QPointF(6, 9.3));
        break;
    }
    case Health::Unhealthy: {
        painter.drawRoundedRect(QRectF(0.6, 0.6, 10.8, 10.8), 1.6, 1.6);
        painter.setPen(stroke(mark, 1.7));
        painter.drawLine(QPointF(3.6, 3.6), QPointF(8.4, 8.4));
        painter.drawLine(QPointF(8.4, 3.6), QPointF(3.6, 8.4));
        break;
    }
    case Health::Unknown: {
        painter.setBrush(Qt::NoBrush);
        QPen ring(color, 1.4, Qt::CustomDashLine, Qt::FlatCap);
        ring.setDashPattern({2.4 / 1.4, 1.45 / 1.4});
        painter.setPen(ring);
        painter.drawEllipse(QPointF(6, 6), 4.9, 4.9);
        QPainterPath hook(QPointF(4.7, 5));
        hook.arcTo(QRectF(6.02 - 1.35, 5 - 1.35, 2.7, 2.7), 180, -245);
        hook.quadTo(QPointF(6, 6.5), QPointF(6, 7.2));
        hook.moveTo(6, 8.9);
        hook.lineTo(6, 9);
        painter.setPen(stroke(color, 1.2));
        painter.drawPath(hook);
        break;
    }
    }
    painter.restore();
}

void health(QPainter &painter, const QRectF &box, Health value, const QColor &ground)
{
    health(painter, box, value, Theme::current()[glyphToken(value)], ground);
}

QBrush hatching()
{
    // 2 px in 6 at 45°: along an axis that is 6·√2, so the tile is 17 px with two stripes.
    static quint64 key = 0;
    static QBrush brush;
    const Theme &theme = Theme::current();
    const quint64 now = quint64(theme.rgb(Token::StaleFill)) << 32U | theme.rgb(Token::StaleHatch);
    if (key != now) {
        constexpr double size = 17;
        constexpr double step = size / 2;
        const double width = 2 * std::numbers::sqrt2;
        std::vector<QPolygonF> stripes;
        for (int i = -3; i < 5; ++i) {
            const double x = i * step;
            stripes.push_back({QPointF(x, 0), QPointF(x + width, 0),
                               QPointF(x + width - size, size), QPointF(x - size, size)});
        }
        brush = QBrush(tiled({int(size), int(size)}, theme[Token::StaleFill],
                             theme[Token::StaleHatch], stripes, 1));
        key = now;
    }
    return brush;
}

void production(QPainter &painter, const QRect &dialog)
{
    const Theme &theme = Theme::current();
    painter.fillRect(QRect(dialog.topLeft(), QSize(dialog.width(), 7)), productionStripes());
    const QRectF frame(dialog.right() + 1 - 24 - 118, dialog.top() + 27, 118, 26);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme[Token::ProdText], 1));
    painter.drawRect(frame.adjusted(0.5, 0.5, -0.5, -0.5));
    painter.drawRect(frame.adjusted(2.5, 2.5, -2.5, -2.5));
    QFont font = Text::font({Text::Face::Ui, 11, 700});
    font.setLetterSpacing(QFont::AbsoluteSpacing, 0.9);
    painter.setFont(font);
    painter.drawText(frame, Qt::AlignCenter, QObject::tr("PRODUCTION"));
}

QBrush productionStripes()
{
    const Theme &theme = Theme::current();
    static quint64 key = 0;
    static QBrush brush;
    const quint64 now = quint64(theme.rgb(Token::ProdA)) << 32U | theme.rgb(Token::ProdB);
    if (key != now) {
        const double skew = std::tan(35 * std::numbers::pi / 180) * 7;
        std::vector<QPolygonF> stripes;
        for (const double x : {-16.0, 0.0, 16.0})
            stripes.push_back(
                {QPointF(x, 0), QPointF(x + 7, 0), QPointF(x + 7 - skew, 7), QPointF(x - skew, 7)});
        brush = QBrush(tiled({16, 7}, theme[Token::ProdB], theme[Token::ProdA], stripes, 1));
        key = now;
    }
    return brush;
}

void stale(QPainter &painter, const QRectF &box)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setBrushOrigin(box.topLeft());
    painter.fillRect(box, hatching());
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(Theme::current()[Token::StaleEdge], 1));
    painter.drawRect(box.adjusted(0, 0, -1, -1));
    painter.restore();
}

void tier(QPainter &painter, const QRectF &box, Tier value, const QColor &color)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QPointF centre = box.center();
    const double radius = box.width() / 2 - 0.6;
    if (value == Tier::Enterprise) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawPolygon(QPolygonF{{centre.x(), box.top()},
                                      {box.right(), centre.y()},
                                      {centre.x(), box.bottom()},
                                      {box.left(), centre.y()}});
    } else {
        painter.setPen(QPen(color, 1.2));
        painter.setBrush(value == Tier::Premium ? QBrush(color) : QBrush());
        painter.drawEllipse(centre, radius, radius);
        if (value == Tier::Standard) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(color);
            painter.drawPie(
                QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius), 90 * 16,
                180 * 16);
        }
    }
    painter.restore();
}

QPainterPath perforation(const QSizeF &size, double pitch, double radius)
{
    const double w = size.width();
    const double h = size.height();
    const int across = int(std::lround(w / pitch));
    const int down = int(std::lround(h / pitch));
    const auto hole = [radius](double x, double y) {
        return QRectF(x - radius, y - radius, 2 * radius, 2 * radius);
    };
    QPainterPath path(QPointF(0, 0));
    for (int i = 0; i < across; ++i) {
        const double x = i * pitch + pitch / 2;
        path.lineTo(x - radius, 0);
        path.arcTo(hole(x, 0), 180, 180);
    }
    path.lineTo(w, 0);
    for (int i = 0; i < down; ++i) {
        const double y = i * pitch + pitch / 2;
        path.lineTo(w, y - radius);
        path.arcTo(hole(w, y), 90, 180);
    }
    path.lineTo(w, h);
    for (int i = across - 1; i >= 0; --i) {
        const double x = i * pitch + pitch / 2;
        path.lineTo(x + radius, h);
        path.arcTo(hole(x, h), 0, 180);
    }
    path.lineTo(0, h);
    for (int i = down - 1; i >= 0; --i) {
        const double y = i * pitch + pitch / 2;
        path.lineTo(0, y + radius);
        path.arcTo(hole(0, y), -90, 180);
    }
    path.closeSubpath();
    return path;
}

void waves(QPainter &painter, QPointF from, int lines, int periods, double pitch)
{
    QPainterPath path;
    for (int i = 0; i < lines; ++i) {
        double x = from.x();
        const double y = from.y() + i * pitch;
        path.moveTo(x, y);
        for (int k = 0; k < periods; ++k, x += 12) {
            path.quadTo(x + 3, y - 3.4, x + 6, y);
            path.quadTo(x + 9, y + 3.4, x + 12, y);
        }
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(Theme::current()[Token::StampPostmark], 1.1));
    painter.drawPath(path);
    painter.restore();
}

void postmark(QPainter &painter, const Postmark &mark)
{
    const Theme &theme = Theme::current();
    const QColor ink = theme[Token::StampPostmark];
    const Text::Style style{Text::Face::Ui, mark.wordPx, 700};
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(mark.centre);
    painter.rotate(-8);
    const double r = mark.radius;
    painter.setPen(QPen(ink, 1.4));
    painter.setBrush(mark.ground);
    painter.drawEllipse(QPointF(0, 0), r, r);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(ink, 0.8));
    painter.drawEllipse(QPointF(0, 0), r - 3.4, r - 3.4);
    if (mark.progress) {
        const double q = r - 1.6;
        painter.setPen(QPen(theme[Token::AccentLine], 3.4, Qt::SolidLine, Qt::FlatCap));
        painter.drawArc(QRectF(-q, -q, 2 * q, 2 * q), 90 * 16,
                        -int(std::lround(std::clamp(*mark.progress, 0.0, 1.0) * 360 * 16)));
    }
    const double wide = std::round(Text::width(mark.word, style) + 0.4 * mark.word.size() + 10);
    const double high = mark.wordPx + 6;
    painter.setPen(QPen(ink, 1.2));
    painter.setBrush(mark.ground);
    painter.drawRoundedRect(QRectF(-wide / 2 + 0.6, -high / 2 + 0.6, wide - 1.2, high - 1.2), 1.5,
                            1.5);
    painter.setPen(ink);
    Text::draw(painter, {0, mark.wordPx * 0.36}, mark.word, style, Text::Align::Center);
    if (!mark.line.isEmpty())
        Text::draw(painter, {0, high / 2 + 9}, mark.line, {Text::Face::Ui, 9, 600},
                   Text::Align::Center);
    painter.restore();
}

void capacityRing(QPainter &painter, QPointF centre, double radius, double width, double used,
                  double reserved, std::optional<double> after, double gate)
{
    const Theme &theme = Theme::current();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    const QRectF box(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius);
    const auto arc = [&](double share, Token token) {
        if (share <= 0)
            return;
        painter.setPen(QPen(theme[token], width, Qt::SolidLine, Qt::FlatCap));
        painter.drawArc(box, 90 * 16, -int(std::lround(std::min(share, 1.0) * 360 * 16)));
    };
    arc(1, Token::BgPressed);
    // What a plan or a loss adds is cream; where even all of it is too little the ring is full, and
    // amber.
    if (after)
        arc(*after, *after > 1 ? Token::DegradedEdge : Token::ResAfter);
    arc(reserved, Token::ResReserved);
    arc(used, Token::ResUsed);
    if (after && gate > 0 && gate < 1) {
        const double angle = (0.25 - gate) * 2 * std::numbers::pi;
        const QPointF out(std::cos(angle), -std::sin(angle));
        const double reach = width / 2 + (radius > 12 ? 2 : 1);
        painter.setPen(QPen(theme[Token::ResLimit], radius > 12 ? 2 : 1.5));
        painter.drawLine(centre + out * (radius - reach), centre + out * (radius + reach));
    }
    painter.restore();
}

void logo(QPainter &painter, const QRectF &box)
{
    const Theme &theme = Theme::current();
    const double z = box.width();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(box.topLeft());
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme[Token::LogoPaper]);
    painter.drawPath(perforation({z, z}, z / 6, z / 6 * 0.29));
    painter.fillRect(QRectF(z * 0.16, z * 0.16, z * 0.68, z * 0.68), theme[Token::LogoPrint]);
    painter.setPen(theme[Token::LogoInk]);
    Text::draw(painter, {z / 2, z * 0.685}, u"S"_s,
               {Text::Face::Display, int(std::lround(z * 0.52)), 800}, Text::Align::Center);
    painter.restore();
}

} // namespace Stampdeck::Glyphs

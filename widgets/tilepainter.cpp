// SPDX-License-Identifier: GPL-3.0-or-later
#include "tilepainter.h"

#include "glyphs.h"
#include "icons.h"
#include "text.h"
#include "textsize.h"

#include "models/formatter.h"

#include <QtCore/QCoreApplication>
#include <QtGui/QPainter>

#include <cmath>
#include <type_traits>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using Text::Align;
using Text::Face;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::TilePainter)
};

constexpr std::array<ResourceKind, 3> barKinds = {ResourceKind::Cpu, ResourceKind::Memory,
                                                  ResourceKind::Storage};

constexpr Text::Style mediumName = Text::tileNameMedium;
constexpr Text::Style nearName = Text::tileNameNear;
constexpr Text::Style small10 = Text::caption;
constexpr Text::Style line11 = Text::axis;
constexpr Text::Style strong11{Face::Ui, 11, 600};
constexpr Text::Style chipText{Face::Ui, 11, 500};

/// What a cache finds a picture by.
template<typename Key>
QByteArray bytesOf(const Key &key)
{
    static_assert(std::has_unique_object_representations_v<Key>);
    return QByteArray(reinterpret_cast<const char *>(&key), sizeof key);
}

void write(QPainter &painter, QPointF at, const QString &text, const Text::Style &style,
           const QColor &color, Align align = Align::Left)
{
    painter.setPen(color);
    Text::draw(painter, at, text, style, align);
}

/// The number in the corner: its unit is half as large and 34 % of the size higher.
void denomination(QPainter &painter, QPointF right, const TileFacts &facts,
                  const Text::Style &large, const QColor &color)
{
    const int px = large.px;
    if (facts.measure.isEmpty()) {
        write(painter, right, Format::none(), large, color, Align::Right);
        return;
    }
    if (facts.measureUnit.isEmpty()) {
        write(painter, right, facts.measure, large, color, Align::Right);
        return;
    }
    const Text::Style unit{Face::Display, px / 2, 600};
    const double wide = Text::width(facts.measureUnit, unit);
    write(painter, {right.x() - wide - 1, right.y()}, facts.measure, large, color, Align::Right);
    write(painter, {right.x(), right.y() - px * 0.34}, facts.measureUnit, unit, color,
          Align::Right);
}

double denominationWidth(const TileFacts &facts, int px)
{
    if (facts.measure.isEmpty())
        return px * 0.7;
    const double number = Text::width(facts.measure, {Face::Display, px, 700});
    return facts.measureUnit.isEmpty()
        ? number
        : number + Text::width(facts.measureUnit, {Face::Display, px / 2, 600}) + 1;
}

/// \a text in its room: of "globex-media stays in eu-*" the name loses its end, not the sentence.
QString elidedSubject(const QString &text, const Text::Style &style, double room)
{
    constexpr double least = 30;
    const qsizetype end = text.indexOf(u' ');
    const double rest = end > 0 ? room - Text::width(text.mid(end), style) : 0;
    if (rest < least || Text::width(text, style) <= room)
        return Text::elided(text, style, room);
    return Text::elided(text.left(end), style, rest) + text.mid(end);
}

void fillBar(QPainter &painter, const QRectF &rect, const QColor &color)
{
    if (rect.width() <= 0)
        return;
    if (rect.height() > 4) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawRoundedRect(rect, 1.5, 1.5);
    } else {
        painter.fillRect(rect, color);
    }
}

/// Draws \a line, which goes from left to right, \a width wide. Its outline is worked out here: Qt's own
/// takes two arc tangents for each join, a third of what a near tile cost.
void drawGraph(QPainter &painter, const QPolygonF &line, double width, const QColor &color)
{
    constexpr double sharpest = 2; // of half the width: so far a join sticks out
    if (line.size() < 2)
        return;
    const qsizetype count = line.size();
    QPolygonF outline(2 * count);
    QPointF normal;
    for (qsizetype i = 0; i < count; ++i) {
        QPointF next = normal;
        if (i + 1 < count) {
            const QPointF way = line[i + 1] - line[i];
            const double length = std::sqrt(QPointF::dotProduct(way, way));
            next = length > 0 ? QPointF(-way.y(), way.x()) / length : normal;
        }
        const QPointF sum = i == 0 ? 2 * next : normal + next;
        // Half the sum of two unit vectors, divided by its own square: the miter.
        const double square = QPointF::dotProduct(sum, sum) / 4;
        QPointF reach = square > 0 ? sum / 2 / square : next;
        if (square < 1 / (sharpest * sharpest))
            reach = square > 0 ? sum / 2 / std::sqrt(square) * sharpest : next;
        reach *= width / 2;
        outline[i] = line[i] + reach;
        outline[2 * count - 1 - i] = line[i] - reach;
        normal = next;
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawPolygon(outline, Qt::WindingFill);
}

void sparkline(QPainter &painter, const QRectF &box, std::span<const float> values, bool fromZero,
               const QColor &color, bool dot)
{
    constexpr double thick = 1.25;
    double least = qInf();
    double most = -qInf();
    for (const float value : values) {
        if (std::isfinite(value)) {
            least = std::min(least, double(value));
            most = std::max(most, double(value));
        }
    }
    if (values.size() < 2 || !std::isfinite(least))
        return;
    const double low = fromZero ? 0 : least * 0.85;
    double high = most * 1.08;
    if (high <= low)
        high = low + 1;
    QPolygonF line;
    QPointF last;
    line.reserve(qsizetype(values.size()));
    for (size_t i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i])) {
            drawGraph(painter, line, thick, color);
            line.clear();
            continue;
        }
        last = {box.left() + double(i) * box.width() / double(values.size() - 1),
                box.bottom() - (double(values[i]) - low) / (high - low) * box.height()};
        line.append(last);
    }
    drawGraph(painter, line, thick, color);
    if (dot) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawEllipse(last, 1.8, 1.8);
    }
}

void arrow(QPainter &painter, QPointF left, double size, const QColor &color)
{
    const double head = size * 0.36;
    painter.setPen(
        QPen(color, std::max(1.6, size / 8), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    const QPointF tip(left.x() + size, left.y());
    painter.drawLine(left, tip);
    painter.drawPolyline(QPolygonF{tip + QPointF(-head, -head), tip, tip + QPointF(-head, head)});
}

/// Is drawn by its own rules: a proof, a failure or what is on its way out.
bool isProof(const TileFacts &facts)
{
    return facts.proof || facts.lifecycle == Lifecycle::Provisioning
        || facts.lifecycle == Lifecycle::Failed || facts.lifecycle == Lifecycle::Deleting;
}

QString capitalised(QString word)
{
    if (!word.isEmpty())
        word[0] = word[0].toUpper();
    return word;
}

} // namespace

const StopGeometry &geometry(Stop stop)
{
    static const std::array<StopGeometry, 11> table = {{
        {{2, 2}, 1},
        {{3, 3}, 1},
        {{5, 5}, 1},
        {{7, 7}, 1},
        {{10, 10}, 1},
        {{16, 16}, 2},
        {{24, 24}, 2},
        {{36, 36}, 2},
        {{72, 48}, 4, 6, 1.8, 5},
        {{160, 96}, 10, 8, 2.4, 7},
        {{300, 216}, 16, 12, 3.6, 11},
    }};
    return table[size_t(stop)];
}

int stopWidth(Stop stop)
{
    static constexpr std::array<int, 11> widths = {3, 4, 6, 8, 11, 16, 24, 36, 72, 160, 300};
    return widths[size_t(stop)];
}

/// The colours of one tile, and what they depend on.
struct TilePainter::Look
{
    Health health = Health::Unknown;
    bool hatched = false;
    bool nothing = false; ///< Unknown and not stale: no number is known.
    bool postmark = false;
    QColor fill, edge, ink, sub, glyph, glyphGround, paper, body;
    QColor track, reserved, used;
    double edgeWidth = 1;
    int dash = 0; ///< Length of the dashes of its frame, 3 apart; 0: drawn through.
    int outline = 0; ///< 1: white, 2.5 wide, along the paper; 2: dashed along it.
};

TilePainter::Look TilePainter::lookOf(const TileFacts &facts, Stop stop) const
{
    const Theme &theme = Theme::current();
    Look look;
    look.health = facts.stale ? Health::Unknown : facts.health;
    look.nothing = facts.health == Health::Unknown && !facts.stale;
    look.postmark = !postmarkWord(facts.lifecycle).isEmpty();
    look.paper = theme[Token::StampPaper];
    look.body = theme[Token::StampBody];
    look.track = theme[Token::ResTrack];
    look.reserved = theme[Token::ResReserved];
    look.used = theme[Token::ResUsed];
    if (facts.stale) {
        look.hatched = true;
        look.fill = theme[Token::StaleFill];
        look.edge = theme[Token::StaleEdge];
        look.ink = look.sub = look.glyph = theme[Token::StaleInk];
        look.glyphGround = look.fill;
        look.reserved = theme[Token::StaleHatch];
        look.used = theme[Token::StaleEdge];
        look.body = theme[Token::StaleFill];
    } else {
        const Health health = facts.health;
        look.fill = theme[Glyphs::fillToken(health)];
        look.edge =
            theme[health == Health::Healthy ? Token::HealthyFrame : Glyphs::edgeToken(health)];
        look.ink = theme[Glyphs::inkToken(health)];
        look.sub = theme[health == Health::Healthy         ? Token::HealthySub
                             : health == Health::Unhealthy ? Token::UnhealthySub
                                                           : Glyphs::inkToken(health)];
        look.glyph = theme[Glyphs::glyphToken(health)];
        look.glyphGround = look.fill;
        if (health == Health::Unhealthy) {
            look.glyph = theme[Token::UnhealthyInk];
            look.track = theme[Token::UnhealthyTrack];
            look.reserved = theme[Token::UnhealthyRes];
            look.used = theme[Token::UnhealthyUsed];
        } else if (health == Health::Degraded) {
            look.track = theme[Token::DegradedTrack];
            look.reserved = theme[Token::DegradedRes];
            look.used = theme[Token::DegradedUsed];
        }
        look.dash = health == Health::Unknown ? 4 : 0;
        if (health != Health::Healthy)
            look.edgeWidth = stop == Stop::Near ? 2 : 1.5;
        if (facts.fill) {
            look.fill = QColor(*facts.fill);
            look.ink = look.sub = look.glyph = QColor(facts.fillInk);
            look.glyphGround = look.fill;
            look.edge = theme[Glyphs::edgeToken(health)];
            look.track = mixed(look.fill, look.ink, 0.15);
            look.reserved = mixed(look.fill, look.ink, 0.45);
            look.used = look.ink;
            if (health == Health::Unhealthy)
                look.edgeWidth = 2.5;
        }
    }
    if (theme.isHighContrast())
        look.edgeWidth = 2;

    switch (facts.verdict.kind) {
    case TileVerdict::Kind::None:
        break;
    case TileVerdict::Kind::Best:
        look.paper = theme[Token::VerdictBestPaper];
        look.fill = theme[Token::VerdictBest];
        look.edge = theme[Token::VerdictBestSub];
        look.ink = look.sub = theme[Token::VerdictBestSub];
        look.used = mixed(look.fill, look.ink, 0.6);
        look.track = mixed(look.fill, theme[Token::Dim], 0.4);
        break;
    case TileVerdict::Kind::Can:
        look.paper = theme[Token::VerdictCanPaper];
        look.fill = theme[Token::VerdictCanFill];
        look.edge = theme[Token::VerdictCanEdge];
        look.ink = theme[Token::StampInk];
        look.sub = theme[Token::VerdictCanSub];
        break;
    case TileVerdict::Kind::Tight:
        look.fill = theme[Token::BgPanel];
        look.edge = theme[Token::VerdictTightEdge];
        look.ink = theme[Token::StampInk];
        look.sub = theme[Token::TextSecondary];
        break;
    case TileVerdict::Kind::Cannot:
        look.paper = mixed(theme[Token::StampPaper], theme[Token::BgCanvas], 0.42);
        look.fill = theme[Token::VerdictNoFill];
        look.edge = theme[Token::VerdictNoEdge];
        look.ink = look.sub = theme[Token::VerdictNoText];
        break;
    case TileVerdict::Kind::Source:
        look.paper = theme[Token::BgCanvas];
        look.fill = mixed(look.fill, theme[Token::BgCanvas], 0.5);
        look.outline = 2;
        look.body = look.fill;
        if (look.health == Health::Unhealthy || look.health == Health::Degraded) {
            look.track = theme[Token::BgCanvas];
            look.reserved = mixed(look.edge, theme[Token::BgCanvas], 0.55);
        }
        if (!theme.isDark())
            look.ink = look.sub = theme[Token::StampInk];
        break;
    case TileVerdict::Kind::Lost:
        // Hollow: what would not be there any more.
        look.paper = look.fill = theme[Token::BgCanvas];
        look.outline = 2;
        look.edge = theme[Token::AccentLine];
        look.ink = theme[Token::AccentText];
        look.sub = theme[Token::TextSecondary];
        break;
    }
    if (facts.verdict.kind != TileVerdict::Kind::None
        && facts.verdict.kind != TileVerdict::Kind::Source) {
        look.hatched = false;
        look.dash = facts.verdict.kind == TileVerdict::Kind::Tight ? 5
            : facts.verdict.kind == TileVerdict::Kind::Lost        ? 4
                                                                   : 0;
        look.edgeWidth = facts.verdict.kind == TileVerdict::Kind::Cannot ? 1 : 1.5;
        look.body = look.fill;
    }
    return look;
}

void TilePainter::reset()
{
    m_pixmaps.clear();
}

QString TilePainter::postmarkWord(Lifecycle lifecycle)
{
    switch (lifecycle) {
    case Lifecycle::Cordoned:
        return Words::tr("CORDONED");
    case Lifecycle::Draining:
        return Words::tr("DRAINING");
    case Lifecycle::Drained:
        return Words::tr("DRAINED");
    case Lifecycle::Provisioning:
    case Lifecycle::Active:
    case Lifecycle::Deleting:
    case Lifecycle::Failed:
        break;
    }
    return {};
}

double TilePainter::snap(Stop stop, double ratio)
{
    const StopGeometry &at = geometry(stop);
    const double pitch = at.holePitch > 0 ? at.holePitch : at.pitch().width();
    // Cells stay as large as they are without the size of the text.
    const double own = hasPaper(stop) ? ratio * textSizeOfPainting() : ratio / textSizeOfDevice();
    return std::max(1.0, std::round(pitch * own)) / (pitch * ratio);
}

void TilePainter::paint(QPainter &painter, QPointF at, Stop stop, const TileFacts &facts,
                        const TileState &state)
{
    const Text::LookSizes lookSizes;
    const double ratio = painter.device() ? painter.device()->devicePixelRatioF() : 1;
    const double scale = snap(stop, ratio);
    const bool scaled = std::abs(scale - 1) > 1e-6;
    if (scaled) {
        painter.save();
        painter.translate(at);
        painter.scale(scale, scale);
        at = {0, 0};
    }
    painter.setRenderHint(QPainter::Antialiasing);
    if (isFar(stop)) {
        paintFar(painter, at, stop, facts, state);
    } else if (!hasPaper(stop)) {
        paintSmall(painter, at, stop, facts, state);
    } else if (state.faded) {
        const StopGeometry &sizes = geometry(stop);
        painter.save();
        painter.translate(at);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(Theme::current()[Token::StampPaper], 1));
        painter.drawPath(Glyphs::perforation(sizes.size, sizes.holePitch, sizes.holeRadius));
        painter.restore();
        const double inset = sizes.inset;
        const Text::Style style = stop == Stop::Near ? Text::Style{Face::Ui, 15, 600}
            : stop == Stop::Medium                   ? mediumName
                                                     : small10;
        write(painter, {at.x() + inset + 7, at.y() + inset + (stop == Stop::Near ? 21 : 18)},
              Text::elidedName(facts.name, style, sizes.size.width() - 2 * inset - 14), style,
              Theme::current()[Token::TextDisabled]);
    } else {
        const Look look = lookOf(facts, stop);
        const bool verdict = facts.verdict.kind != TileVerdict::Kind::None;
        if (!verdict && isProof(facts)) {
            paintProof(painter, at, stop, facts, look);
        } else {
            drawBase(painter, at, stop, look, state.hover && !verdict);
            if (verdict)
                paintVerdict(painter, at, stop, facts, look);
            else if (stop == Stop::Near)
                paintNear(painter, at, facts, look);
            else if (stop == Stop::Medium)
                paintMedium(painter, at, facts, look);
            else
                paintCompact(painter, at, facts, look);
        }
    }
    frames(painter, QRectF(at, geometry(stop).size), stop, state, facts.verdict);
    if (scaled)
        painter.restore();
}

void TilePainter::paintFrames(QPainter &painter, QPointF at, Stop stop, const TileState &state)
{
    const double ratio = painter.device() ? painter.device()->devicePixelRatioF() : 1;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    frames(painter, QRectF(at, geometry(stop).size * snap(stop, ratio)), stop, state, {});
    painter.restore();
}

void TilePainter::frames(QPainter &painter, const QRectF &tile, Stop stop, const TileState &state,
                         const TileVerdict &verdict)
{
    const Theme &theme = Theme::current();
    painter.setBrush(Qt::NoBrush);
    if (hasPaper(stop) && (state.flash || state.changed)) {
        const double inset = geometry(stop).inset + 1.5;
        painter.setPen(QPen(theme[state.flash ? Token::TextOnAccent : Token::TextPrimary], 3));
        painter.drawRect(tile.adjusted(inset, inset, -inset, -inset));
    }
    if (hasPaper(stop) && verdict.kind == TileVerdict::Kind::Best && state.hover) {
        const StopGeometry &sizes = geometry(stop);
        painter.save();
        painter.translate(tile.topLeft());
        painter.setPen(QPen(theme[Token::VerdictBestSub], 2.5));
        painter.drawPath(Glyphs::perforation(sizes.size, sizes.holePitch, sizes.holeRadius));
        painter.restore();
    }
    if (!state.selected && !state.focused)
        return;
    // 2 px wide, and its outer edge 3 px outside the tile.
    const double reach = isFar(stop) ? 1 : 2;
    const QRectF frame = tile.adjusted(-reach, -reach, reach, reach);
    if (state.focused && !isFar(stop)) {
        painter.setPen(QPen(theme[Token::BgCanvas], 1));
        const QRectF gap = tile.adjusted(-0.5, -0.5, 0.5, 0.5);
        painter.drawRoundedRect(gap, 2, 2);
        if (state.selected) {
            // Both: the focus lies round the selection, apart by the same gap.
            painter.setPen(QPen(theme[Token::AccentLine], 2));
            painter.drawRoundedRect(frame.adjusted(-3, -3, 3, 3), 6, 6);
        }
    }
    painter.setPen(QPen(theme[Token::AccentLine], isFar(stop) ? 1 : 2));
    painter.drawRoundedRect(frame, isFar(stop) ? 1 : 4, isFar(stop) ? 1 : 4);
}

// Draws what \a paint draws of a tile of this look, with its corner in the origin, once, and then from
// the cache. It may reach 1 beyond the edges, 2 below.
template<typename Paint>
void TilePainter::drawKept(QPainter &painter, QPointF at, Stop stop, const QByteArray &look,
                           Paint paint)
{
    auto found = m_pixmaps.constFind(look);
    if (found == m_pixmaps.constEnd()) {
        const double ratio = painter.device() ? painter.device()->devicePixelRatioF() : 1;
        const double scale = snap(stop, ratio);
        const QSizeF size = geometry(stop).size;
        QPixmap pixmap(int(std::ceil((size.width() + 2) * scale * ratio)),
                       int(std::ceil((size.height() + 3) * scale * ratio)));
        pixmap.fill(Qt::transparent);
        QPainter kept(&pixmap);
        kept.setRenderHint(QPainter::Antialiasing);
        kept.scale(scale * ratio, scale * ratio);
        kept.translate(1, 1);
        paint(kept);
        kept.end();
        pixmap.setDevicePixelRatio(ratio * scale);
        if (m_pixmaps.size() > 400)
            m_pixmaps.clear();
        found = m_pixmaps.insert(look, pixmap);
    }
    painter.drawPixmap(at - QPointF(1, 1), *found);
}

void TilePainter::drawBase(QPainter &painter, QPointF at, Stop stop, const Look &look, bool hover)
{
    const Theme &theme = Theme::current();
    const double ratio = painter.device() ? painter.device()->devicePixelRatioF() : 1;
    const QColor paper = hover ? theme[Token::StampPaperHover] : look.paper;
    struct Key
    {
        QRgb fill, edge, paper, body;
        qint32 ratio, edgeWidth;
        quint8 stop, hatched, dash, outline;
    };
    const Key key{look.fill.rgb(),
                  look.edge.rgb(),
                  paper.rgb(),
                  stop == Stop::Near ? look.body.rgb() : 0,
                  qint32(std::lround(ratio * 1000)),
                  qint32(std::lround(look.edgeWidth * 10)),
                  quint8(stop),
                  quint8(look.hatched),
                  quint8(look.dash),
                  quint8(look.outline)};
    drawKept(painter, at, stop, bytesOf(key), [&](QPainter &base) {
        const StopGeometry &sizes = geometry(stop);
        const QPainterPath path =
            Glyphs::perforation(sizes.size, sizes.holePitch, sizes.holeRadius);
        if (look.outline == 2) {
            base.fillPath(path, paper);
            QPen dashes(look.edge, 1.2);
            dashes.setDashPattern({3, 2.5});
            base.setPen(dashes);
            base.setBrush(Qt::NoBrush);
            base.drawPath(path);
        } else {
            base.fillPath(path.translated(0, 1), theme[Token::StampShadow]);
            base.fillPath(path, paper);
        }
        const double inset = sizes.inset + 0.5;
        const QRectF print(inset, inset, sizes.size.width() - 2 * inset,
                           sizes.size.height() - 2 * inset);
        const QBrush fill = look.hatched ? Glyphs::hatching() : QBrush(look.fill);
        if (stop == Stop::Near && look.body != look.fill) {
            base.fillRect(print, look.body);
            base.fillRect(QRectF(11.5, 11.5, 277, 58), fill);
        } else if (stop == Stop::Near && look.hatched) {
            base.fillRect(print, look.body);
            base.fillRect(QRectF(11.5, 11.5, 277, 58), fill);
        } else {
            base.fillRect(print, fill);
        }
        QPen frame(look.edge, look.edgeWidth, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin);
        if (look.dash > 0)
            frame.setDashPattern({look.dash / look.edgeWidth, 3 / look.edgeWidth});
        base.setPen(frame);
        base.setBrush(Qt::NoBrush);
        base.drawRect(print);
    });
}

void TilePainter::bars(QPainter &painter, QPointF at, double width, double height, double pitch,
                       const TileFacts &facts, const Look &look)
{
    for (size_t i = 0; i < barKinds.size(); ++i) {
        const QRectF track(at.x(), at.y() + double(i) * pitch, width, height);
        fillBar(painter, track, look.track);
        if (look.nothing)
            continue;
        const Resource &resource = facts.resources[barKinds[i]];
        if (!resource.limit || *resource.limit <= 0)
            continue;
        const auto part = [&](std::optional<double> value, const QColor &color) {
            if (value)
                fillBar(painter,
                        QRectF(track.left(), track.top(),
                               width * std::clamp(*value / *resource.limit, 0.0, 1.0), height),
                        color);
        };
        part(resource.reserved, look.reserved);
        part(resource.used, look.used);
    }
}

void TilePainter::paintFar(QPainter &painter, QPointF at, Stop stop, const TileFacts &facts,
                           const TileState &state)
{
    const Theme &theme = Theme::current();
    const double w = geometry(stop).size.width();
    const int width = stopWidth(stop);
    const QRectF cell(at, QSizeF(w, w));
    painter.setRenderHint(QPainter::Antialiasing, false);
    const QColor canvas = facts.fill ? theme[Token::Mount] : theme[Token::BgCanvas];
    if (state.faded) {
        painter.fillRect(cell, mixed(canvas, theme[Token::StampPaper], 0.6));
        painter.setRenderHint(QPainter::Antialiasing);
        return;
    }
    if (facts.verdict.kind != TileVerdict::Kind::None) {
        switch (facts.verdict.kind) {
        case TileVerdict::Kind::Best:
            painter.fillRect(cell, theme[Token::VerdictBestSub]);
            if (!theme.isDark()) {
                painter.setPen(theme[Token::VerdictBest]);
                painter.drawRect(cell.adjusted(0, 0, -1, -1));
            }
            break;
        case TileVerdict::Kind::Can:
        case TileVerdict::Kind::Tight:
            painter.fillRect(
                cell,
                theme[facts.verdict.kind == TileVerdict::Kind::Can ? Token::VerdictCanEdge
                                                                   : Token::VerdictTightEdge]);
            break;
        case TileVerdict::Kind::Source:
            painter.setPen(theme[Token::AccentText]);
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(cell.adjusted(0, 0, -1, -1));
            break;
        case TileVerdict::Kind::Lost:
            painter.setPen(theme[Token::AccentLine]);
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(cell.adjusted(0, 0, -1, -1));
            if (w >= 5)
                painter.drawLine(cell.topLeft(), cell.bottomRight() - QPointF(1, 1));
            break;
        case TileVerdict::Kind::Cannot:
        case TileVerdict::Kind::None:
            painter.fillRect(cell, theme[Token::VerdictNoFill]);
            break;
        }
        painter.setRenderHint(QPainter::Antialiasing);
        return;
    }
    const auto corner = [&](bool top, const QColor &color) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        if (top)
            painter.drawPolygon(QPolygonF{cell.topLeft(), cell.topLeft() + QPointF(w * 0.6, 0),
                                          cell.topLeft() + QPointF(0, w * 0.6)});
        else
            painter.drawPolygon(QPolygonF{cell.bottomRight(),
                                          cell.bottomRight() - QPointF(w * 0.6, 0),
                                          cell.bottomRight() - QPointF(0, w * 0.6)});
    };
    if (facts.stale) {
        painter.fillRect(cell, theme[Token::StaleFill]);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme[Token::StaleEdge], 1));
        painter.drawLine(cell.bottomLeft(), cell.topRight());
        return;
    }
    switch (facts.health) {
    case Health::Unknown:
        painter.setPen(facts.fill ? QColor(*facts.fill) : theme[Token::UnknownCell]);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(cell.adjusted(0, 0, -1, -1));
        break;
    case Health::Unhealthy:
        painter.fillRect(cell.adjusted(-1, -1, 1, 1), theme[Token::UnhealthyCell]);
        if (facts.fill)
            painter.fillRect(cell, QColor(*facts.fill));
        if (width >= 8) {
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(QPen(theme[Token::UnhealthyInk], 1.2));
            painter.drawLine(cell.topLeft() + QPointF(1.5, 1.5),
                             cell.bottomRight() - QPointF(1.5, 1.5));
            painter.drawLine(cell.topRight() + QPointF(-1.5, 1.5),
                             cell.bottomLeft() + QPointF(1.5, -1.5));
        }
        break;
    case Health::Degraded:
        painter.fillRect(stop == Stop::S3 ? cell.adjusted(0, 0, 1, 1) : cell,
                         facts.fill ? QColor(*facts.fill) : theme[Token::DegradedCell]);
        if (width >= 6)
            corner(true, facts.fill ? theme[Token::DegradedCell] : canvas);
        break;
    case Health::Healthy: {
        Token token = Token::HealthyCell;
        if (width < 6) {
            const double load = std::max({facts.resources.cpu.load().value_or(0),
                                          facts.resources.memory.load().value_or(0),
                                          facts.resources.storage.load().value_or(0)});
            token = load < 0.5 ? Token::HealthyCellLow
                : load > 0.8   ? Token::HealthyCellHigh
                               : Token::HealthyCell;
        }
        painter.fillRect(cell, facts.fill ? QColor(*facts.fill) : theme[token]);
        break;
    }
    }
    if (width >= 8 && !postmarkWord(facts.lifecycle).isEmpty())
        corner(false, canvas);
    painter.setRenderHint(QPainter::Antialiasing);
}

void TilePainter::paintSmall(QPainter &painter, QPointF at, Stop stop, const TileFacts &facts,
                             const TileState &state)
{
    struct Key
    {
        QRgb fill;
        qint32 ratio;
        quint8 stop, health, stale, lifecycle, verdict, hover, faded, hasFill;
    };
    const double ratio = painter.device() ? painter.device()->devicePixelRatioF() : 1;
    const Key key{facts.fill.value_or(0),
                  qint32(std::lround(ratio * 1000)),
                  quint8(stop),
                  quint8(facts.health),
                  quint8(facts.stale),
                  quint8(facts.lifecycle),
                  quint8(facts.verdict.kind),
                  quint8(state.hover),
                  quint8(state.faded),
                  quint8(facts.fill.has_value())};
    drawKept(painter, at, stop, bytesOf(key),
             [&](QPainter &kept) { drawSmall(kept, stop, facts, state); });
    const double z = geometry(stop).size.width();
    if (z < 28 || state.faded || facts.verdict.kind != TileVerdict::Kind::None)
        return;
    const Look look = lookOf(facts, stop);
    write(painter, {at.x() + z / 2, at.y() + z - 5},
          facts.stale                                   ? facts.staleAge
              : facts.measure.isEmpty() || look.nothing ? Format::none()
                                                        : facts.measure,
          {Face::Ui, z >= 36 ? 13 : 11, 700}, look.ink, Align::Center);
}

// All but the number.
void TilePainter::drawSmall(QPainter &painter, Stop stop, const TileFacts &facts,
                            const TileState &state) const
{
    const Theme &theme = Theme::current();
    const QPointF at;
    const double z = geometry(stop).size.width();
    const bool big = z >= 24;
    const QRectF cell(at, QSizeF(z, z));
    if (state.faded) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme[Token::StampPaper], 1));
        painter.drawRoundedRect(cell.adjusted(0.5, 0.5, -0.5, -0.5), 1, 1);
        return;
    }
    if (facts.verdict.kind != TileVerdict::Kind::None) {
        const TileVerdict::Kind kind = facts.verdict.kind;
        const bool lit = kind == TileVerdict::Kind::Best || kind == TileVerdict::Kind::Can
            || kind == TileVerdict::Kind::Tight;
        const QColor fill = theme[kind == TileVerdict::Kind::Best        ? Token::VerdictBest
                                      : kind == TileVerdict::Kind::Can   ? Token::VerdictCanEdge
                                      : kind == TileVerdict::Kind::Tight ? Token::VerdictTightEdge
                                                                         : Token::VerdictNoFill];
        const QColor edge = theme[kind == TileVerdict::Kind::Best         ? Token::VerdictBestSub
                                      : kind == TileVerdict::Kind::Source
                                          || kind == TileVerdict::Kind::Lost
                                      ? Token::AccentLine
                                      : lit                               ? Token::VerdictCanEdge
                                                                          : Token::VerdictNoEdge];
        const bool isLost = kind == TileVerdict::Kind::Lost;
        QPen pen(edge, kind == TileVerdict::Kind::Best ? 2 : 1);
        if (isLost)
            pen.setDashPattern({3, 2});
        painter.setPen(pen);
        painter.setBrush(kind == TileVerdict::Kind::Source || isLost ? QBrush() : QBrush(fill));
        painter.drawRoundedRect(cell.adjusted(0.5, 0.5, -0.5, -0.5), 1, 1);
        if (isLost)
            Icons::draw(painter, at + QPointF(z / 2 - (big ? 6 : 5), z / 2 - (big ? 6 : 5)),
                        u"power"_s, big ? 12 : 10, theme[Token::AccentText]);
        else if (big)
            Icons::draw(painter, at + QPointF(z / 2 - 6, z / 2 - 6),
                        lit ? u"check-lg"_s : u"slash-circle"_s, 12,
                        lit ? theme[Token::VerdictBestSub] : theme[Token::VerdictNoText]);
        return;
    }
    const Look look = lookOf(facts, stop);
    const Health health = look.health;
    QColor ground = look.fill;
    if (facts.stale)
        painter.fillRect(cell, Glyphs::hatching());
    else if (health == Health::Unknown)
        ground = theme[Token::BgCanvas];
    else if (!big && health != Health::Healthy && !facts.fill)
        ground = theme[Glyphs::cellToken(health)];
    if (!facts.stale) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(ground);
        painter.drawRoundedRect(cell, 1, 1);
    }
    const double width = facts.stale || health == Health::Healthy || health == Health::Unknown ? 1
        : big || facts.fill                                                                    ? 1.5
                                                                                               : 1;
    QPen frame(look.edge, width, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin);
    if (health == Health::Unknown && !facts.stale)
        frame.setDashPattern({3, 2});
    painter.setPen(frame);
    QColor lit = theme[Token::TextOnAccent];
    lit.setAlphaF(0.094F);
    painter.setBrush(state.hover ? QBrush(lit) : QBrush());
    painter.drawRoundedRect(cell.adjusted(width / 2, width / 2, -width / 2, -width / 2), 1, 1);
    if (big) {
        Glyphs::health(painter, QRectF(at.x() + 3, at.y() + 3, 9, 9), health,
                       health == Health::Unknown && !facts.stale ? theme[Token::UnknownGlyph]
                                                                 : look.glyph,
                       look.glyphGround);
    } else if (health != Health::Healthy && !facts.stale) {
        const double g = std::min(10.0, z - 4);
        const QRectF box(at.x() + (z - g) / 2, at.y() + (z - g) / 2, g, g);
        if (health == Health::Unknown)
            Glyphs::health(painter, box, health, theme[Token::UnknownGlyph], ground);
        else
            Glyphs::health(
                painter, box, health,
                theme[health == Health::Degraded ? Token::DegradedOnCell : Token::UnhealthyOnCell],
                theme[Glyphs::cellToken(health)]);
    }
    if (look.postmark) {
        const QColor ink = theme[Token::StampPostmark];
        painter.setBrush(Qt::NoBrush);
        if (!big) {
            painter.setPen(QPen(ink, 1));
            for (int i = 0; i < 2; ++i) {
                const double y = at.y() + z - 7 + i * 3.5;
                QPainterPath wave(QPointF(at.x() + 3, y));
                wave.quadTo(at.x() + 5.5, y - 2.8, at.x() + 8, y);
                wave.quadTo(at.x() + 10.5, y + 2.8, at.x() + 13, y);
                painter.drawPath(wave);
            }
        } else {
            painter.setPen(QPen(ink, 1.1));
            painter.setBrush(look.fill);
            painter.drawEllipse(QPointF(at.x() + z - 8, at.y() + 8), 4.6, 4.6);
            painter.setPen(QPen(ink, 1.6));
            painter.drawLine(QPointF(at.x() + z - 14, at.y() + 9.5),
                             QPointF(at.x() + z - 2, at.y() + 7.1));
        }
    }
    // Of an unknown one the frame is dashed as it is.
    if (isProof(facts) && !facts.proof) {
        painter.setBrush(Qt::NoBrush);
        QPen dash(theme[facts.lifecycle == Lifecycle::Failed         ? Token::UnhealthyEdge
                            : facts.lifecycle == Lifecycle::Deleting ? Token::TextTertiary
                                                                     : Token::AccentLine],
                  1.5);
        dash.setDashPattern({2, 1.5});
        painter.setPen(dash);
        painter.drawRoundedRect(cell.adjusted(0.75, 0.75, -0.75, -0.75), 1, 1);
    }
}

void TilePainter::paintCompact(QPainter &painter, QPointF at, const TileFacts &facts,
                               const Look &look)
{
    const Theme &theme = Theme::current();
    const double x = at.x();
    const double y = at.y();
    Glyphs::health(painter, QRectF(x + 9, y + 10, 9, 9), look.health, look.glyph, look.glyphGround);
    const bool noNumber = facts.stale || facts.measure.isEmpty() || look.nothing;
    double free = 64 - 21 - 1;
    if (facts.stale) {
        write(painter, {x + 63, y + 21}, facts.staleAge, {Face::Ui, 11, 600}, look.ink,
              Align::Right);
        free -= Text::width(facts.staleAge, {Face::Ui, 11, 600});
    } else if (noNumber) {
        write(painter, {x + 63, y + 21}, Format::none(), {Face::Ui, 11, 600}, look.ink,
              Align::Right);
        free -= 8;
    } else {
        denomination(painter, {x + 64, y + 21}, facts, Text::denominationCompact, look.ink);
        free -= denominationWidth(facts, 14);
    }
    const QString last = facts.letter.isEmpty() ? facts.name.section(u'-', -1) : facts.letter;
    if (free > 10)
        write(painter, {x + 21, y + 18.5}, Text::elided(last, small10, free), small10, look.sub);
    if (look.postmark) {
        const QColor ink = theme[Token::StampPostmark];
        Glyphs::waves(painter, {x + 9, y + 35}, 2, 3, 4);
        painter.setPen(QPen(ink, 1.3));
        painter.setBrush(look.fill);
        painter.drawEllipse(QPointF(x + 55, y + 33), 7.5, 7.5);
        if (facts.lifecycle == Lifecycle::Draining)
            Icons::draw(painter, {x + 51, y + 29}, u"arrow-right"_s, 8, ink);
        else
            write(painter, {x + 55, y + 36},
                  facts.lifecycle == Lifecycle::Cordoned ? Words::tr("C") : u"0"_s,
                  {Face::Ui, 9, 700}, ink, Align::Center);
    } else {
        bars(painter, {x + 9, y + 27}, 54, 2.5, 4.5, facts, look);
    }
}

void TilePainter::paintMedium(QPainter &painter, QPointF at, const TileFacts &facts,
                              const Look &look)
{
    const double x = at.x();
    const double y = at.y();
    const bool noNumber = look.nothing || facts.measure.isEmpty();
    TileFacts const &number = facts;
    if (noNumber)
        write(painter, {x + 147, y + 29}, Format::none(), Text::denominationMedium, look.ink,
              Align::Right);
    else
        denomination(painter, {x + 147, y + 29}, number, Text::denominationMedium, look.ink);
    const double taken = noNumber ? 14 : denominationWidth(facts, 20);
    write(painter, {x + 14, y + 25}, Text::elidedName(facts.name, mediumName, 133 - 8 - taken),
          mediumName, look.ink);

    Glyphs::health(painter, QRectF(x + 14, y + 33, 10.5, 10.5), look.health, look.glyph,
                   look.glyphGround);
    QString say;
    bool strong = false;
    if (facts.stale) {
        say = Words::tr("last seen %1 ago").arg(facts.staleAge);
        strong = true;
    } else if (!facts.reason.isEmpty()) {
        say = facts.reason;
        strong = true;
    } else if (facts.lifecycle == Lifecycle::Draining) {
        say = facts.lifecycleAt.isEmpty() ? facts.lifecycleSay
            : facts.actBy.isEmpty()       ? Words::tr("%1 moved").arg(facts.lifecycleAt)
                                          : facts.lifecycleAt;
        if (!facts.actBy.isEmpty())
            say = Words::tr("%1, by %2").arg(say, facts.actBy);
    } else if (!facts.act.isEmpty()) {
        say = facts.act;
    } else if (look.postmark) {
        say = facts.lifecycleAt.isEmpty() ? postmarkWord(facts.lifecycle).toLower()
                                          : Words::tr("since %1").arg(facts.lifecycleAt);
    } else {
        QStringList parts;
        if (!facts.letter.isEmpty())
            parts << facts.letter;
        if (!facts.version.isEmpty())
            parts << facts.version;
        if (!facts.ring.isEmpty())
            parts << Words::tr("ring %1").arg(facts.ring);
        say = parts.join(u" · "_s);
    }
    const Text::Style &style = strong ? strong11 : line11;
    write(painter, {x + 29, y + 42.5}, Text::elided(say, style, 117), style,
          strong ? look.ink : look.sub);

    Icons::draw(painter, {x + 14, y + 49}, u"people"_s, 12, look.sub);
    const auto limit = facts.resources.tenants.limit;
    write(painter, {x + 29, y + 59},
          look.nothing ? Format::notKnown()
              : limit  ? QString(Format::count(facts.tenants) + u'/' + Format::number(*limit))
                       : Format::count(facts.tenants),
          line11, look.sub);
    if (!look.postmark && !look.nothing && facts.signalValues.requestsPerSecond)
        write(painter, {x + 146, y + 59}, Format::rate(facts.signalValues.requestsPerSecond),
              line11, look.sub, Align::Right);
    bars(painter, {x + 14, y + 67}, look.postmark ? 64 : 132, 4, 6, facts, look);
    if (look.postmark) {
        if (facts.lifecycle == Lifecycle::Drained) {
            painter.save();
            painter.translate(x + 118, y + 66);
            painter.rotate(-8);
            Glyphs::waves(painter, {-78, -2}, 4, 5);
            painter.restore();
        }
        Glyphs::Postmark mark;
        mark.centre = {x + 118, y + 67};
        mark.radius = 19;
        mark.word = postmarkWord(facts.lifecycle);
        mark.wordPx = 8;
        mark.ground = look.fill;
        if (facts.lifecycle == Lifecycle::Draining)
            mark.progress = facts.progress;
        Glyphs::postmark(painter, mark);
    }
}

double TilePainter::chipWidth(const TileChip &chip)
{
    return std::round(Text::width(chip.name, chipText) + 22);
}

double TilePainter::chip(QPainter &painter, QPointF at, const TileChip &chip, const QColor &ground,
                         const QColor &ink, const QColor &frame)
{
    const double width = chipWidth(chip);
    painter.setPen(QPen(frame, 1));
    painter.setBrush(ground);
    painter.drawRoundedRect(QRectF(at.x() + 0.5, at.y() + 0.5, width - 1, 17), 2.5, 2.5);
    Glyphs::tier(painter, QRectF(at.x() + 6, at.y() + 5, 8, 8), chip.tier, ink);
    write(painter, at + QPointF(17, 13), chip.name, chipText, ink);
    return width;
}

std::vector<QRectF> TilePainter::chipRects(const TileFacts &facts)
{
    const Text::LookSizes lookSizes;
    std::vector<QRectF> rects;
    double x = 20;
    for (const TileChip &chip : facts.chips) {
        const double width = chipWidth(chip);
        if (x + width > 208)
            break;
        rects.emplace_back(x, 182, width, 18);
        x += width + 4;
    }
    return rects;
}

void TilePainter::paintNear(QPainter &painter, QPointF at, const TileFacts &facts, const Look &look)
{
    const Theme &theme = Theme::current();
    const double x = at.x();
    const double y = at.y();
    const QColor secondary = theme[Token::TextSecondary];
    const QColor tertiary = theme[Token::TextTertiary];

    Glyphs::health(painter, QRectF(x + 20, y + 20, 14, 14), look.health, look.glyph,
                   look.glyphGround);
    const bool noNumber = look.nothing || facts.measure.isEmpty();
    if (noNumber)
        write(painter, {x + 281, y + 45}, Format::none(), {Face::Display, 32, 700}, look.ink,
              Align::Right);
    else
        denomination(painter, {x + 281, y + 46}, facts, Text::denominationNear, look.ink);
    const double taken = noNumber ? 24 : denominationWidth(facts, 34);
    write(painter, {x + 41, y + 32}, Text::elidedName(facts.name, nearName, 232 - taken), nearName,
          look.ink);
    QStringList about;
    if (!facts.letter.isEmpty())
        about << facts.letter;
    if (!facts.version.isEmpty())
        about << facts.version;
    if (!facts.ring.isEmpty())
        about << Words::tr("ring %1").arg(facts.ring);
    if (!facts.cost.isEmpty())
        about << facts.cost;
    write(painter, {x + 20, y + 48}, Text::elided(about.join(u" · "_s), line11, 253 - taken),
          line11, look.sub);
    QString say;
    if (facts.stale)
        say = Words::tr("Stale: last seen %1 ago").arg(facts.staleAge);
    else if (!facts.reason.isEmpty())
        say = capitalised(Glyphs::word(facts.health)) + u": " + facts.reason;
    else if (facts.lifecycle == Lifecycle::Draining)
        say = facts.lifecycleAt.isEmpty() ? Words::tr("Draining: %1").arg(facts.lifecycleSay)
            : facts.actBy.isEmpty()
            ? Words::tr("Draining: %1 tenants moved").arg(facts.lifecycleAt)
            : Words::tr("Draining: %1 moved, by %2").arg(facts.lifecycleAt, facts.actBy);
    else if (!facts.act.isEmpty())
        say = capitalised(facts.act);
    else if (look.postmark)
        say = facts.lifecycleAt.isEmpty()
            ? capitalised(postmarkWord(facts.lifecycle).toLower())
            : Words::tr("%1 since %2")
                  .arg(capitalised(postmarkWord(facts.lifecycle).toLower()), facts.lifecycleAt);
    else if (facts.healthyFor.isEmpty())
        say = capitalised(Glyphs::word(facts.health));
    else
        say = Words::tr("%1 for %2").arg(capitalised(Glyphs::word(facts.health)), facts.healthyFor);
    const Text::Style stateStyle{Face::Ui, 12, 500};
    write(painter, {x + 20, y + 63}, Text::elided(say, stateStyle, 205), stateStyle, look.ink);
    write(painter, {x + 281, y + 63}, facts.measureName, small10, look.sub, Align::Right);

    const Text::Style label{Face::Ui, 11, 500};
    const double barWidth = look.postmark ? 54 : 122;
    for (size_t i = 0; i < barKinds.size(); ++i) {
        const double row = y + 80 + double(i) * 15;
        const Resource &resource = facts.resources[barKinds[i]];
        write(painter, {x + 20, row + 8}, Format::name(barKinds[i]), label, secondary);
        const QRectF track(x + 68, row, barWidth, 8);
        fillBar(painter, track, theme[Token::ResTrack]);
        if (!look.nothing && resource.limit && *resource.limit > 0) {
            const auto part = [&](std::optional<double> value, const QColor &color) {
                if (value)
                    fillBar(painter,
                            QRectF(track.left(), row,
                                   barWidth * std::clamp(*value / *resource.limit, 0.0, 1.0), 8),
                            color);
            };
            part(resource.reserved, facts.stale ? look.reserved : theme[Token::ResReserved]);
            part(resource.used, facts.stale ? look.used : theme[Token::ResUsed]);
            painter.fillRect(QRectF(track.right() - 1, row - 1, 1, 10), tertiary);
        }
        const QString text =
            look.nothing ? Format::notKnown() : Format::ofLimit(barKinds[i], resource);
        if (look.postmark)
            write(painter, {x + 130, row + 8}, Text::elided(text, line11, 90), line11, secondary);
        else
            write(painter, {x + 281, row + 8}, text, line11, secondary, Align::Right);
    }
    painter.fillRect(QRectF(x + 20, y + 128, 261, 1), theme[Token::LineSubtle]);

    const SignalValues &values = facts.signalValues;
    const struct
    {
        QString name;
        QString value;
        bool beyond;
        bool zero;
    } signs[4] = {
        {Words::tr("req/s"),
         values.requestsPerSecond ? Format::compact(*values.requestsPerSecond) : Format::none(),
         false, false},
        {Words::tr("errors"), Format::errorPercent(values.errorRatio),
         values.errorRatio && facts.gateErrors && *values.errorRatio > *facts.gateErrors, true},
        {Words::tr("p50"), Format::latency(values.latencyP50Ms), false, false},
        {Words::tr("p99"), Format::latency(values.latencyP99Ms),
         values.latencyP99Ms && facts.gateLatencyMs && *values.latencyP99Ms > *facts.gateLatencyMs,
         false},
    };
    const Health tone = look.health == Health::Unhealthy ? Health::Unhealthy : Health::Degraded;
    for (int i = 0; i < 4; ++i) {
        const double left = x + 20 + i * 67;
        write(painter, {left, y + 141}, signs[i].name, small10, tertiary);
        const Text::Style valueStyle{Face::Ui, 12, 600};
        write(painter, {left, y + 155},
              look.nothing ? Format::none() : Text::elided(signs[i].value, valueStyle, 62),
              valueStyle,
              facts.stale           ? theme[Token::StaleInk]
                  : signs[i].beyond ? theme[Glyphs::textToken(tone)]
                                    : theme[Token::TextPrimary]);
        if (!look.nothing)
            sparkline(painter, QRectF(left, y + 159, 56, 13), facts.series[size_t(i)],
                      signs[i].zero,
                      facts.stale           ? theme[Token::StaleEdge]
                          : signs[i].beyond ? theme[Glyphs::glyphToken(tone)]
                                            : theme[Token::Chart1],
                      !facts.stale);
    }
    painter.fillRect(QRectF(x + 20, y + 177, 261, 1), theme[Token::LineSubtle]);

    const std::vector<QRectF> rects = chipRects(facts);
    const QColor chipInk = facts.stale ? theme[Token::StaleInk] : secondary;
    double end = x + 20;
    for (size_t i = 0; i < rects.size(); ++i) {
        chip(painter, rects[i].topLeft() + at, facts.chips[i], theme[Token::StampChip], chipInk,
             theme[Token::LineDefault]);
        end = x + rects[i].right() + 4;
    }
    if (facts.tenants > int(rects.size()))
        write(painter, {end + 2, y + 195},
              u'+' + Format::count(facts.tenants - qint64(rects.size())), chipText, tertiary);
    if (facts.tenants > 0) {
        Icons::draw(painter, {x + 266, y + 184}, u"grip-vertical"_s, 14, tertiary);
        write(painter, {x + 265, y + 195}, Words::tr("drain"), label, tertiary, Align::Right);
    }
    if (facts.lifecycle == Lifecycle::Drained && facts.tenants == 0)
        Glyphs::waves(painter, {x + 24, y + 184}, 4, 13);
    if (look.postmark) {
        Glyphs::Postmark mark;
        mark.centre = {x + 249, y + 99};
        mark.radius = 26;
        mark.word = postmarkWord(facts.lifecycle);
        mark.line = facts.postmarkLine;
        mark.wordPx = 9;
        mark.ground = look.body;
        if (facts.lifecycle == Lifecycle::Draining)
            mark.progress = facts.progress;
        Glyphs::postmark(painter, mark);
    }
}

void TilePainter::paintProof(QPainter &painter, QPointF at, Stop stop, const TileFacts &facts,
                             const Look &)
{
    const Theme &theme = Theme::current();
    const StopGeometry &sizes = geometry(stop);
    const bool failed = facts.lifecycle == Lifecycle::Failed;
    const bool going = facts.lifecycle == Lifecycle::Deleting;
    const QColor canvas = theme[Token::BgCanvas];
    const bool isUnread = facts.proof;
    const bool isQuiet = going || isUnread;
    const QColor line = theme[failed        ? Token::UnhealthyGlyph
                                  : going    ? Token::TextTertiary
                                  : isUnread ? Token::UnknownEdge
                                             : Token::AccentLine];
    const QColor paper = mixed(canvas, theme[Token::StampPaper], isQuiet ? 0.45 : 0.6);
    const double w = sizes.size.width();
    const double h = sizes.size.height();
    const double x = at.x();
    const double y = at.y();

    painter.save();
    painter.translate(at);
    const QPainterPath path = Glyphs::perforation(sizes.size, sizes.holePitch, sizes.holeRadius);
    painter.fillPath(path, paper);
    painter.setBrush(Qt::NoBrush);
    if (going) {
        QPen dash(theme[Token::TextTertiary], 1);
        dash.setDashPattern({3, 3});
        painter.setPen(dash);
        painter.drawPath(path);
    }
    const double inset = sizes.inset + 0.5;
    const QRectF print(inset, inset, w - 2 * inset, h - 2 * inset);
    painter.setBrush(mixed(paper, canvas, 0.55));
    const double width = failed ? 1.5 : 1;
    QPen frame(line, width, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin);
    frame.setDashPattern({5 / width, 3 / width});
    painter.setPen(frame);
    painter.drawRect(print);
    if (!isQuiet) {
        painter.setPen(QPen(line, 1));
        const double c = sizes.inset + 1;
        const double arm = stop == Stop::Compact ? 3 : 4;
        for (const QPointF corner :
             {QPointF(c, c), QPointF(w - c, c), QPointF(c, h - c), QPointF(w - c, h - c)}) {
            painter.drawLine(corner - QPointF(arm, 0), corner + QPointF(arm, 0));
            painter.drawLine(corner - QPointF(0, arm), corner + QPointF(0, arm));
        }
    }
    painter.restore();

    const QColor name = theme[isQuiet ? Token::TextSecondary : Token::TextPrimary];
    const QColor state = theme[failed        ? Token::UnhealthyText
                                   : isQuiet ? Token::TextSecondary
                                             : Token::AccentText];
    const QString word = failed ? Words::tr("failed")
        : going                 ? Words::tr("going")
        : isUnread              ? Format::none()
                                : Words::tr("new");
    if (stop == Stop::Compact) {
        write(painter, {x + 10, y + 19}, Text::elided(facts.name.section(u'-', -1), small10, 24),
              small10, name);
        write(painter, {x + 63, y + 19}, word, small10, state, Align::Right);
        if (isUnread)
            return;
        fillBar(painter, QRectF(x + 9, y + 32, 54, 4), theme[Token::ResTrack]);
        fillBar(painter, QRectF(x + 9, y + 32, 54 * std::clamp(facts.progress, 0.0, 1.0), 4), line);
        return;
    }
    const bool large = stop == Stop::Near;
    const double left = large ? 20 : 14;
    const Text::Style nameStyle = large ? nearName : mediumName;
    const Text::Style wordStyle{Face::Display, large ? 20 : 12, 700};
    const double wordWidth = Text::width(word, wordStyle);
    write(painter, {x + left, y + (large ? 36 : 25)},
          Text::elidedName(facts.name, nameStyle, w - 2 * left - wordWidth - 8), nameStyle, name);
    write(painter, {x + w - left + 1, y + (large ? 36 : 25)}, word, wordStyle, state, Align::Right);
    const double row = large ? 64 : 36;
    if (isUnread) {
        write(painter, {x + left, y + row + 9.5},
              Text::elided(facts.lifecycleSay, line11, w - 2 * left), line11,
              theme[Token::TextSecondary]);
        return;
    }
    if (failed)
        Glyphs::health(painter, QRectF(x + left, y + row, 10.5, 10.5), Health::Unhealthy, canvas);
    else
        Icons::draw(painter, {x + left - 1, y + row - 1}, Glyphs::lifecycleIcon(facts.lifecycle),
                    12, line);
    write(painter, {x + left + 16, y + row + 9.5},
          Text::elided(facts.lifecycleSay, strong11, w - 2 * left - 16), strong11,
          theme[failed ? Token::UnhealthyText : Token::TextPrimary]);
    write(painter, {x + left + 16, y + row + 25},
          Text::elided(facts.lifecycleSay2, line11, w - 2 * left - 16), line11,
          theme[Token::TextSecondary]);
    const QRectF bar(x + left, y + (large ? 110 : 74), w - 2 * left, 5);
    fillBar(painter, bar, theme[Token::ResTrack]);
    QRectF done = bar;
    done.setWidth(bar.width() * std::clamp(facts.progress, 0.0, 1.0));
    fillBar(painter, done,
            theme[failed      ? Token::UnhealthyGlyph
                      : going ? Token::TextTertiary
                              : Token::Accent]);
}

void TilePainter::paintVerdict(QPainter &painter, QPointF at, Stop stop, const TileFacts &facts,
                               const Look &look)
{
    using Kind = TileVerdict::Kind;
    const Theme &theme = Theme::current();
    const TileVerdict &verdict = facts.verdict;
    const double x = at.x();
    const double y = at.y();
    const QColor after = verdict.kind == Kind::Tight ? theme[Token::ResAfter] : look.ink;
    const bool lit =
        verdict.kind == Kind::Best || verdict.kind == Kind::Can || verdict.kind == Kind::Tight;
    if (stop == Stop::Compact) {
        const QString last = facts.name.section(u'-', -1);
        write(painter, {x + 10, y + 19}, Text::elided(last, small10, 28), small10, look.sub);
        if (verdict.kind == Kind::Source) {
            write(painter, {x + 63, y + 21}, Format::percent(verdict.after),
                  Text::denominationCompact, look.ink, Align::Right);
            return;
        }
        Icons::draw(painter, {x + 10, y + 26},
                    lit                              ? u"check-lg"_s
                        : verdict.kind == Kind::Lost ? u"power"_s
                                                     : u"slash-circle"_s,
                    12, lit || verdict.kind == Kind::Lost ? look.ink : look.sub);
        if (verdict.kind == Kind::Lost)
            write(painter, {x + 63, y + 37}, Words::tr("off"), {Face::Display, 14, 700}, look.ink,
                  Align::Right);
        if (lit)
            write(painter, {x + 63, y + 38}, Format::percent(verdict.after),
                  Text::denominationCompact, after, Align::Right);
        return;
    }
    // The medium rectangles of look.md; near takes them larger.
    const bool large = stop == Stop::Near;
    const double k = large ? 1.75 : 1;
    const double left = large ? 22 : 14;
    const double right = geometry(stop).size.width() - left;
    const Text::Style name = large ? nearName : mediumName;
    const Text::Style reason{Face::Ui, large ? 15 : 12, 600};
    const Text::Style detail{Face::Ui, large ? 13 : 11, 400};
    const Text::Style big{Face::Display, large ? 34 : 20, 700};
    const Text::Style old{Face::Ui, large ? 17 : 13, 600};
    const double nameLine = y + (large ? 38 : 25);

    if (verdict.kind == Kind::Cannot || verdict.kind == Kind::Lost) {
        const bool bad = facts.health == Health::Degraded || facts.health == Health::Unhealthy;
        write(painter, {x + left, nameLine},
              Text::elidedName(facts.name, {Face::Ui, name.px, 500}, right - left - (bad ? 18 : 0)),
              {Face::Ui, name.px, 500}, look.ink);
        if (bad && !facts.stale)
            Glyphs::health(painter, QRectF(x + right - 11, nameLine - 10, 11, 11), facts.health,
                           mixed(theme[Glyphs::glyphToken(facts.health)], look.fill, 0.35),
                           look.fill);
        const int icon = large ? 18 : 13;
        Icons::draw(painter, {x + left, y + (large ? 70 : 40)},
                    verdict.kind == Kind::Lost ? u"power"_s : u"slash-circle"_s, icon, look.ink);
        const double column = left + icon + 5;
        write(painter, {x + column, y + (large ? 84 : 50)},
              Text::elided(verdict.reason, reason, right - column), reason, look.ink);
        write(painter, {x + column, y + (large ? 106 : 66)},
              elidedSubject(verdict.detail, detail, right - column), detail, look.sub);
        return;
    }

    double nameLeft = left;
    double nameEnd = right;
    if (verdict.kind == Kind::Source) {
        const double box = large ? 14 : 10.5;
        Glyphs::health(painter, QRectF(x + left, nameLine - box, box, box), look.health, look.glyph,
                       look.glyphGround);
        nameLeft += box + 5.5;
    } else if (verdict.kind == Kind::Best) {
        const double plateWidth = 45 * (large ? 1.3 : 1);
        const double plateHeight = large ? 20 : 16;
        const QRectF plate(x + right + 2 - plateWidth, nameLine - plateHeight + 5, plateWidth,
                           plateHeight);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme[Token::VerdictBestSub]);
        painter.drawRoundedRect(plate, 2, 2);
        const int star = large ? 12 : 10;
        Icons::draw(painter, {plate.left() + 4, plate.center().y() - star / 2.0}, u"star"_s, star,
                    theme[Token::VerdictBest]);
        write(painter, {plate.left() + star + 7, plate.center().y() + (large ? 4.5 : 4)},
              Words::tr("best"), {Face::Ui, large ? 13 : 11, 700}, theme[Token::VerdictBest]);
        nameEnd = right - plateWidth - 2;
    } else if (verdict.rank > 0) {
        const double box = large ? 22 : 18;
        const QRectF key(x + right + 1 - box, nameLine - (large ? 16 : 12), box, large ? 20 : 16);
        const QColor color =
            verdict.kind == Kind::Tight ? theme[Token::ResAfter] : theme[Token::AccentText];
        painter.setPen(QPen(look.edge, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(key.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
        write(painter, {key.center().x(), key.center().y() + (large ? 4.5 : 4)},
              QString::number(verdict.rank), {Face::Ui, large ? 13 : 11, 600}, color,
              Align::Center);
        nameEnd = right - box - 6;
    }
    write(painter, {x + nameLeft, nameLine}, Text::elidedName(facts.name, name, nameEnd - nameLeft),
          name, look.ink);

    const double loads = y + (large ? 82 : 48.5);
    const QString before = Format::percent(verdict.before);
    const QColor beforeInk =
        verdict.kind == Kind::Can || verdict.kind == Kind::Tight ? look.sub : look.ink;
    write(painter, {x + left, loads}, before, old, beforeInk);
    double column = x + left + Text::width(before, old) + 6 * k;
    const double arrowSize = large ? 15 : 9;
    arrow(painter, {column, loads - (large ? 6 : 4.5)}, arrowSize, beforeInk);
    column += arrowSize + 6 * k;
    write(painter, {column, loads}, Format::percent(verdict.after), big, after);
    if (verdict.kind == Kind::Tight)
        write(painter, {x + right, loads}, Words::tr("tight"), {Face::Ui, large ? 15 : 12, 700},
              theme[Token::ResAfter], Align::Right);
    const QString say = verdict.kind == Kind::Tight ? Words::tr("fits, but over the gate")
        : verdict.kind == Kind::Source              ? verdict.reason
                                                    : verdict.detail;
    write(painter, {x + left, y + (large ? 112 : 66)}, Text::elided(say, detail, right - left),
          detail, look.sub);

    const double barHeight = large ? 8 : 4;
    const double pitch = large ? 14 : 5;
    for (size_t i = 0; i < 3; ++i) {
        const QRectF track(x + left, y + (large ? 132 : 71) + double(i) * pitch, right - left,
                           barHeight);
        fillBar(painter, track, look.track);
        const double now = std::clamp(verdict.beforeLoads[i].value_or(0), 0.0, 1.0);
        const double then = std::clamp(verdict.afterLoads[i].value_or(now), 0.0, 1.0);
        const auto part = [&](double from, double to, const QColor &color) {
            fillBar(painter,
                    QRectF(track.left() + from * track.width(), track.top(),
                           (to - from) * track.width(), barHeight),
                    color);
        };
        if (verdict.kind == Kind::Source) {
            part(0, then, look.used);
            part(then, now, look.reserved); // what leaves
        } else {
            part(0, now, look.used);
            part(now, then, theme[Token::ResAfter]);
        }
    }
}

void TilePainter::paintGhost(QPainter &painter, QPointF at, Stop stop, const QString &title,
                             const QString &line1, const QString &line2, bool hover)
{
    if (!hasPaper(stop))
        return;
    const Theme &theme = Theme::current();
    const StopGeometry &sizes = geometry(stop);
    const Text::LookSizes lookSizes;
    const double scale = snap(stop, painter.device() ? painter.device()->devicePixelRatioF() : 1);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(at);
    painter.scale(scale, scale);
    const auto dashed = [&](Token token) {
        QPen pen(theme[token], 1);
        pen.setDashPattern({4, 3});
        return pen;
    };
    painter.setPen(dashed(hover ? Token::AccentLine : Token::LineStrong));
    painter.setBrush(mixed(theme[Token::BgCanvas], theme[Token::StampPaper], 0.5));
    painter.drawPath(Glyphs::perforation(sizes.size, sizes.holePitch, sizes.holeRadius));
    const double inset = sizes.inset + 0.5;
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(
        QRectF(inset, inset, sizes.size.width() - 2 * inset, sizes.size.height() - 2 * inset));
    const double middle = sizes.size.width() / 2;
    if (stop == Stop::Near) {
        Icons::draw(painter, {middle - 11, 46}, u"plus-circle"_s, 22, theme[Token::AccentLine]);
        write(painter, {middle, 96}, Text::elided(title, {Face::Ui, 15, 700}, 262),
              {Face::Ui, 15, 700}, theme[Token::TextPrimary], Align::Center);
        write(painter, {middle, 116}, Text::elided(line1, {Face::Ui, 12, 400}, 262),
              {Face::Ui, 12, 400}, theme[Token::TextSecondary], Align::Center);
        write(painter, {middle, 132}, Text::elided(line2, {Face::Ui, 12, 400}, 262),
              {Face::Ui, 12, 400}, theme[Token::TextSecondary], Align::Center);
        const QString act = Words::tr("Create from…");
        const Text::Style words{Face::Ui, 13, 600};
        const double wide = Text::width(act, words) + 24;
        const QRectF button(middle - wide / 2, 152, wide, 28);
        painter.setPen(QPen(theme[Token::LineDefault], 1));
        painter.setBrush(theme[hover ? Token::BgHover : Token::BgRaised]);
        painter.drawRoundedRect(button.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
        write(painter, {middle, button.center().y() + 4.5}, act, words, theme[Token::AccentText],
              Align::Center);
    } else if (stop == Stop::Medium) {
        Icons::draw(painter, {middle - 8, 14}, u"plus-circle"_s, 16, theme[Token::AccentLine]);
        write(painter, {middle, 46}, Text::elided(title, {Face::Ui, 12, 600}, 136),
              {Face::Ui, 12, 600}, theme[Token::TextPrimary], Align::Center);
        write(painter, {middle, 62}, Text::elided(line1, line11, 136), line11,
              theme[Token::TextSecondary], Align::Center);
        write(painter, {middle, 80}, Words::tr("Create from…"), {Face::Ui, 11, 600},
              theme[Token::AccentText], Align::Center);
    } else {
        Icons::draw(painter, {middle - 7, sizes.size.height() / 2 - 7}, u"plus-lg"_s, 14,
                    theme[Token::AccentLine]);
    }
    painter.restore();
}

} // namespace Stampdeck

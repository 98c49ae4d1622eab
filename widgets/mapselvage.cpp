// SPDX-License-Identifier: GPL-3.0-or-later
// What of MapWidget the selvages of the sheet need: what there is room for, and painting it.
#include "mapwidget.h"

#include "glyphs.h"
#include "icons.h"
#include "mapparts.h"

#include "models/formatter.h"

#include <QtGui/QPainter>

#include <algorithm>
#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace Internal;
using Text::Align;
using Text::Face;

namespace {

constexpr Text::Style plain{Face::Ui, 12, 400};
constexpr Text::Style small{Face::Ui, 11, 400};
constexpr Text::Style smallest{Face::Ui, 10, 500};
constexpr double ringRadius = 34;
constexpr double ringWidth = 8;
constexpr double shapeSide = 24; ///< Of Evacuate… where there is no room for the button.
constexpr double buttonHeight = 28;

/// How many there are of one state, and where that is written.
struct Count
{
    std::optional<Health> health; ///< Nothing: stale.
    int count = 0;
    QPointF at;
    /// The shape of what is stale is wider.
    [[nodiscard]] double indent(double usual) const { return health ? usual : usual + 4; }
};

/// Counts in rows: how many they are, and each from the first row's beginning on.
struct CountRows
{
    QList<Count> counts;
    int rows = 0;
    Text::Style style;
    double afterGlyph = 17;
};

struct Room
{
    double width;
    int rows;
    double pitch; ///< From one row to the next.
    double afterGlyph; ///< From the beginning of a shape to its number.
    int px;
};

CountRows inRows(const FleetCounts &counts, bool withHealthy, const Room &room, double gap)
{
    CountRows made{{}, 1, {Face::Ui, room.px, 600}, room.afterGlyph};
    double x = 0;
    for (const auto &[health, count] :
         {std::pair(std::optional(Health::Healthy), withHealthy ? counts.healthy : 0),
          std::pair(std::optional(Health::Degraded), counts.degraded),
          std::pair(std::optional(Health::Unhealthy), counts.unhealthy),
          std::pair(std::optional(Health::Unknown), counts.unknown),
          std::pair(std::optional<Health>(), counts.stale)}) {
        if (count == 0)
            continue;
        Count one{health, count, {}};
        const double wide =
            one.indent(room.afterGlyph) + Text::width(Format::count(count), made.style);
        if (x > 0 && x + wide > room.width) {
            x = 0;
            ++made.rows;
        }
        one.at = {x, (made.rows - 1) * room.pitch};
        made.counts.append(one);
        x += wide + gap;
    }
    return made;
}

/// Nearer to each other rather than in more rows; where there are more states than fit, how many are
/// well is left out, which the others and the sum tell. Trouble never is.
CountRows countsIn(const FleetCounts &counts, const Room &room)
{
    for (const double gap : {room.width > 100 ? 16.0 : 8.0, 8.0}) { // narrow ones begin nearer
        if (const CountRows made = inRows(counts, true, room, gap); made.rows == 1)
            return made;
    }
    for (const bool withHealthy : {true, false}) {
        if (const CountRows made = inRows(counts, withHealthy, room, 8); made.rows <= room.rows)
            return made;
    }
    Room tight = room;
    tight.px = 11;
    return inRows(counts, false, tight, 6);
}

} // namespace

/// Everything from the selvage's upper left corner on. A baseline of 0: left out.
struct MapWidget::Selvage
{
    Text::Style title{Face::Display, 20, 700};
    double titleRoom = 0;
    double titleLine = 0;
    double placeLine = 0;
    Text::Style placeStyle = plain;
    QPointF ring;
    double beside = 0; ///< Where what stands beside the ring begins,
    double column = 0; ///< and where place, survival and figure do: there, or at the edge.
    double sumsLine = 0; ///< Stamps and tenants in one line; near has them beside the ring.
    double costLine = 0;
    double survivalLine = 0;
    double figureLine = 0;
    CountRows counts;
    QPointF countsAt;
    double rule = 0;
    struct Pair
    {
        QString label;
        QString value;
        double line = 0;
    };
    QList<Pair> pairs;
    QRectF evacuate; ///< A button, or where there is no room for it a shape.
    bool isButton = false;
};

MapWidget::Selvage MapWidget::selvageOf(const MapBlock &block) const
{
    const Group &group = m_groups[size_t(block.group)];
    const bool near = m_layout.stop == Stop::Near;
    const MapGroupNote note = m_notes.value(group.key);
    const double width = block.head.width();
    const bool evacuates = m_evacuates && m_grouping.by == MapGroupBy::Region && !isCarrying()
        && !group.key.isEmpty();
    Selvage parts;
    double end = 0; // of what always stands there
    if (near) {
        parts.titleLine = 19;
        parts.placeLine = 37;
        parts.ring = {38, 94};
        parts.beside = 88;
        parts.survivalLine = note.survives ? 161 : 0;
        parts.countsAt = {0, note.survives ? 191.0 : 161.0};
        parts.counts = countsIn(group.counts, {width, 2, 20, 17, 13});
        end = parts.countsAt.y() + 20 * (parts.counts.rows - 1);
    } else {
        // Beside the ring, so that one row of tiles is enough. Where there are more states than that
        // has room for, the figure goes first, then the place.
        parts.titleLine = 17;
        parts.ring = {38, 64};
        parts.beside = 82;
        constexpr double first = 37;
        constexpr double pitch = 16;
        constexpr int most = 5;
        bool hasPlace = true;
        bool hasFigure = note.survives && !note.figure.isEmpty();
        const int survival = note.survives ? 1 : 0;
        Room room{width - parts.beside, 0, pitch, 15, 12};
        const auto left = [&] { return most - hasPlace - survival - hasFigure; };
        while (true) {
            room.rows = left();
            parts.counts = countsIn(group.counts, room);
            const bool isAll = parts.counts.rows <= room.rows
                && (group.counts.healthy == 0
                    || std::any_of(parts.counts.counts.cbegin(), parts.counts.counts.cend(),
                                   [](const Count &one) { return one.health == Health::Healthy; }));
            if (isAll || (!hasFigure && !hasPlace))
                break;
            (hasFigure ? hasFigure : hasPlace) = false;
        }
        double line = first;
        const auto take = [&](bool is) {
            const double at = is ? line : 0;
            line += is ? pitch : 0;
            return at;
        };
        parts.column = parts.beside;
        parts.placeStyle = small;
        parts.placeLine = take(hasPlace);
        parts.survivalLine = take(survival > 0);
        parts.figureLine = take(hasFigure);
        parts.countsAt = {parts.beside, line};
        end = SheetArrangement::selvageLeast;
        if (block.head.height() >= end + 44) {
            parts.sumsLine = end + 20;
            end = parts.sumsLine;
            if (!sumsOf(group).currency.isEmpty()) {
                parts.costLine = end + 16;
                end = parts.costLine;
            }
        }
    }

    // Then as much as there is room for: what will be full goes last, Evacuate… first, which is then
    // a shape beside the name.
    QStringList versions;
    const QMap<QString, int> &has = sumsOf(group).versions;
    for (auto it = has.cend(); it != has.cbegin() && versions.size() < 3;) {
        --it;
        versions << tr("%1 on %2").arg(it.key()).arg(it.value());
    }
    QList<Selvage::Pair> all{{tr("Version"), versions.join(u", "_s)},
                             {tr("Next full"), note.nextFull},
                             {tr("Create takes"), note.createTakes}};
    const QList<Selvage::Pair> byWeight{all[2], all[0], all[1]};
    all.removeIf([](const Selvage::Pair &pair) { return pair.value.isEmpty(); });
    const double ruleGap = near ? 23 : 12;
    const auto pairsEnd = [&] {
        return all.isEmpty() ? end : end + ruleGap + (near ? 24 : 18) + 40 * double(all.size()) - 24;
    };
    // Below a near one the gap between groups is large enough for the button.
    const double room = block.head.height() + (near ? 16 : 0);
    const auto buttonTop = [&] { return pairsEnd() + (!near ? 12 : all.isEmpty() ? 13 : 19); };
    for (const Selvage::Pair &pair : byWeight) {
        if ((near ? buttonTop() + buttonHeight : pairsEnd() + 4) <= room)
            break;
        all.removeIf([&](const Selvage::Pair &one) { return one.label == pair.label; });
    }
    if (!all.isEmpty()) {
        parts.rule = end + ruleGap;
        double line = parts.rule + (near ? 24 : 18);
        for (Selvage::Pair pair : std::as_const(all)) {
            pair.line = line;
            parts.pairs.append(pair);
            line += 40;
        }
    }
    if (evacuates) {
        const double top = buttonTop();
        parts.isButton = (near || !all.isEmpty()) && top + buttonHeight <= room;
        const double words = std::ceil(Text::width(tr("Evacuate…"), Text::buttonWords));
        parts.evacuate = parts.isButton // padding 12, icon 15, gap 5
            ? QRectF(0, top, 12 + 15 + 5 + words + 12, buttonHeight)
            : QRectF(width - shapeSide, near ? 0 : -1, shapeSide, shapeSide);
    }
    parts.titleRoom = width - (evacuates && !parts.isButton ? shapeSide : 0);
    // Rather small than cut off.
    while (parts.title.px > 15 && Text::width(group.title, parts.title) > parts.titleRoom)
        --parts.title.px;
    return parts;
}

QRectF MapWidget::selvageEvacuateRect(const MapBlock &block) const
{
    return selvageOf(block).evacuate.translated(block.head.topLeft() - m_scroll);
}

namespace {

/// "N+1" with its glyph; gives how wide it was.
double writeSurvival(QPainter &painter, QPointF at, bool survives, double afterGlyph)
{
    const Theme &theme = Theme::current();
    const QColor ink = theme[survives ? Token::HealthyText : Token::DegradedText];
    Icons::draw(painter, at + QPointF(0, -12),
                survives ? u"shield-check"_s : u"exclamation-triangle"_s, 14, ink);
    const QString text = survives ? u"N+1"_s : u"N+0"_s;
    const Text::Style style{Face::Ui, 13, 600};
    write(painter, at + QPointF(afterGlyph, 0), text, style, ink);
    return afterGlyph + Text::width(text, style);
}

} // namespace

void MapWidget::paintSelvage(QPainter &painter, const MapBlock &block, const Group &group)
{
    const Theme &theme = Theme::current();
    const QPointF at = block.head.topLeft() - m_scroll;
    const double width = block.head.width();
    const bool near = m_layout.stop == Stop::Near;
    const Selvage parts = selvageOf(block);
    const MapGroupNote note = m_notes.value(group.key);
    bool lit = false;
    const QString carry = isCarrying() ? carrySummary(group, lit) : whatIfSummary(block.group);
    lit = lit || (!isCarrying() && !carry.isEmpty());
    const bool dim = isCarrying() && !lit;
    const QColor primary = theme[dim ? Token::TextTertiary : Token::TextPrimary];
    const QColor secondary = theme[dim ? Token::TextTertiary : Token::TextSecondary];
    // Whatever it says, it does not stand on a tile; rather small than cut off.
    const auto line = [&](double x, double y, const QString &text, Text::Style style,
                          const QColor &ink) {
        for (const Text::Style &next : {small, smallest}) {
            if (style.weight <= 500 && style.px > next.px && Text::width(text, style) > width - x)
                style = next;
        }
        write(painter, at + QPointF(x, y), Text::elided(text, style, width - x), style, ink);
    };

    write(painter, at + QPointF(0, parts.titleLine),
          Text::elidedName(group.title, parts.title, parts.titleRoom), parts.title, primary);
    const QString town = townOf(group);
    paintEvacuate(painter, block);
    if (isCarrying() || !carry.isEmpty()) {
        line(0, near ? 37 : 34, town.isEmpty() ? Format::stamps(group.counts.stamps) : town, plain,
             secondary);
        const double y = near ? 62 : 58;
        const QColor ink = lit ? theme[Token::AccentText] : theme[Token::TextTertiary];
        if (!carry.isEmpty()) {
            Icons::draw(painter, at + QPointF(0, y - 11.5),
                        !isCarrying() ? u"power"_s : lit ? u"check-lg"_s : u"slash-circle"_s, 13,
                        ink);
            line(19, y, carry, {Face::Ui, 12, lit ? 600 : 400}, ink);
        }
        return;
    }

    const Group::Sums &sums = sumsOf(group);
    ResourceKind fullest = ResourceKind::Cpu;
    for (const ResourceKind kind : {ResourceKind::Memory, ResourceKind::Storage}) {
        if (sums.resources[kind].load().value_or(-1)
            > sums.resources[fullest].load().value_or(-1))
            fullest = kind;
    }
    const Resource &most = sums.resources[fullest];
    const auto share = [&](std::optional<double> value) {
        return value && most.limit && *most.limit > 0 ? *value / *most.limit : 0.0;
    };
    const QPointF centre = at + parts.ring;
    Glyphs::capacityRing(painter, centre, ringRadius, ringWidth, share(most.used),
                         share(most.reserved), note.afterLoss, note.gate);
    write(painter, centre + QPointF(0, 2), Format::percent(most.load()), {Face::Display, 16, 700},
          theme[Token::TextPrimary], Align::Center);
    write(painter, centre + QPointF(0, 15), Format::name(fullest), {Face::Ui, 10, 500},
          theme[Token::TextTertiary], Align::Center);

    const QString stamps = Format::stamps(group.counts.stamps);
    const QString tenants = Format::tenants(sums.tenants);
    const QString cost =
        sums.currency.isEmpty() ? QString() : Format::cost(Cost{sums.cost, sums.currency});
    if (near) {
        line(parts.beside, 82, stamps, {Face::Ui, 12, 600}, theme[Token::TextPrimary]);
        line(parts.beside, 99, tenants, plain, secondary);
        line(parts.beside, 116, cost, plain, secondary);
    }
    if (parts.placeLine > 0)
        line(parts.column, parts.placeLine, town.isEmpty() && !near ? stamps : town,
             parts.placeStyle, secondary);
    if (parts.sumsLine > 0)
        line(0, parts.sumsLine, tr("%1, %2", "6 stamps, 81 tenants").arg(stamps, tenants), plain,
             theme[Token::TextPrimary]);
    if (parts.costLine > 0)
        line(0, parts.costLine, cost, plain, secondary);
    if (parts.survivalLine > 0) {
        const double used = writeSurvival(painter, at + QPointF(parts.column, parts.survivalLine),
                                          *note.survives, near ? 21 : 19);
        if (near)
            line(used + 8, parts.survivalLine, note.brief, plain, secondary);
    }
    if (parts.figureLine > 0)
        line(parts.column, parts.figureLine, note.figure, small, secondary);
    for (const Count &one : parts.counts.counts) {
        const QPointF there = at + parts.countsAt + one.at;
        if (one.health) {
            writeCount(painter, there, *one.health, one.count, theme[Token::BgCanvas], primary,
                       parts.counts.style, parts.counts.afterGlyph);
            continue;
        }
        Glyphs::stale(painter, QRectF(there.x(), there.y() - 9.5, 16, 10));
        write(painter, there + QPointF(one.indent(parts.counts.afterGlyph), 0),
              Format::count(one.count), parts.counts.style, primary);
    }
    if (parts.pairs.isEmpty())
        return;
    painter.fillRect(QRectF(at + QPointF(0, parts.rule), QSizeF(width, 1)), theme[Token::LineDefault]);
    for (const Selvage::Pair &pair : parts.pairs) {
        line(0, pair.line, pair.label, small, theme[Token::TextTertiary]);
        const bool isSoon = note.isFullSoon && pair.value == note.nextFull;
        line(0, pair.line + 16, pair.value, plain,
             theme[isSoon ? Token::DegradedText : Token::TextPrimary]);
    }
}

} // namespace Stampdeck

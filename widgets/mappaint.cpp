// SPDX-License-Identifier: GPL-3.0-or-later
// What of MapWidget paints: the frame as a whole, tiles, what hangs on the pointer.
#include "mapwidget.h"

#include "carrycontroller.h"
#include "glyphs.h"
#include "icons.h"
#include "mapparts.h"
#include "whatif.h"

#include "backends/api/clock.h"
#include "models/formatter.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QVariantAnimation>
#include <QtGui/QNativeGestureEvent>
#include <QtGui/QPaintEvent>
#include <QtWidgets/QGestureEvent>
#include <QtGui/QPainter>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace Internal;
using Text::Align;
using Text::Face;

void MapWidget::resetTheme()
{
    m_tiles.reset();
    m_worldPainter.reset();
    m_overviewInset.reset();
    m_far.dropSprites();
    m_strip.invalidate();
    update();
    Q_EMIT legendChanged();
}

void MapWidget::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::EnabledChange)
        update();
    QWidget::changeEvent(event);
}

bool MapWidget::event(QEvent *event)
{
    // Tab stays in the order of focus; tool tips are ours.
    if (event->type() == QEvent::ToolTip)
        return true;
    if (event->type() == QEvent::NativeGesture) {
        const auto *gesture = static_cast<QNativeGestureEvent *>(event);
        if (gesture->gestureType() == Qt::BeginNativeGesture)
            m_pinched = 1;
        if (gesture->gestureType() == Qt::ZoomNativeGesture) {
            pinch(1 + gesture->value(), gesture->position());
            return true;
        }
    }
    if (event->type() == QEvent::Gesture && gestureEvent(static_cast<QGestureEvent *>(event)))
        return true;
    if (event->type() == QEvent::ScreenChangeInternal && m_version) {
        m_tiles.reset();
        m_far.dropSprites();
        relayout();
    }
    return QWidget::event(event);
}

void MapWidget::resizeEvent(QResizeEvent *event)
{
    if (!m_version)
        return;
    // The panel of what is selected has come, and has made the map narrower: nothing jumps under the hand.
    const bool isHeld = !m_selected.isEmpty() && event->oldSize().height() == height();
    const QRectF before = isHeld && m_current >= 0 ? tileRect(m_current) : QRectF();
    const bool isFitted = m_fitted;
    m_fitted = m_fitted && !isHeld;
    relayout();
    m_fitted = isFitted;
    if (!isWorld() && before.intersects(QRectF(QPointF(0, 0), QSizeF(event->oldSize()))))
        scrollTo(m_scroll.y() + tileRect(m_current).top() - before.top());
}

TileState MapWidget::stateOf(int slot) const
{
    TileState state;
    state.hover = slot == m_hovered || (isCarrying() && slot == m_dropTarget);
    state.selected = m_selected.contains(slot);
    state.focused = slot == m_current && m_keyboard && hasFocus();
    state.faded = isFaded(slot) && !isCarrying();
    if (!m_changedAt.isEmpty()) {
        const auto changed = m_changedAt.constFind(slot);
        if (changed != m_changedAt.constEnd()) {
            const qint64 since = m_clock->elapsed().count() - *changed;
            state.flash = !Motion::isReduced() && since >= 0 && since < Motion::flashTime.count();
            state.changed = since >= 0 && since < changeRest;
        }
    }
    return state;
}

void MapWidget::updateSlot(int slot)
{
    const int position = positionOf(slot);
    if (position < 0)
        return;
    if (m_far.hasLooks())
        m_far.setLook(slot, cellLook(slot));
    const bool isFolded = m_layout.isFolded(position);
    if (isFar(m_layout.stop)) {
        if (isFolded)
            return;
        const QRectF cell = m_layout.tileRect(position).translated(-m_scroll);
        if (m_far.isValid() && cell.intersects(QRectF(rect()))) {
            // Many small parts cost more than the whole.
            const qsizetype touched = m_far.touch(position);
            if (touched < 200)
                update(cell.adjusted(-7, -7, 7, 7).toAlignedRect());
            else if (touched == 200)
                update();
        }
        return;
    }
    if (isFolded)
        return; // its head tells of it when its counts change
    const QRectF tile = m_layout.tileRect(position).translated(-m_scroll);
    if (tile.intersects(QRectF(rect())))
        update(tile.adjusted(-frameReach - 2, -frameReach - 2, frameReach + 2, frameReach + 3)
                   .toAlignedRect());
}

void MapWidget::paintEvent(QPaintEvent *event)
{
    QPainter painter(this);
    const Theme &theme = Theme::current();
    if (!m_version || m_order.empty()) {
        painter.fillRect(rect(), theme[Token::BgCanvas]);
        paintEmpty(painter);
        return;
    }
    // Paused too: that is how a moment of a flight is looked at.
    if (m_zoom->state() != QAbstractAnimation::Stopped && !m_zoomFrom.isNull()) {
        paintFlight(painter);
        return;
    }
    if (isFar(m_layout.stop)) {
        ensureFar();
        const double ratio = devicePixelRatioF();
        for (const QRect &part : event->region())
            painter.drawImage(QRectF(part), m_far.image(),
                              QRectF(QPointF(part.topLeft()) * ratio, QSizeF(part.size()) * ratio));
        paintHeads(painter, event->region());
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(Qt::NoBrush);
        const auto ring = [&](int slot, const QColor &color, double reach) {
            const QRectF cell = tileRect(slot);
            if (cell.isEmpty() || !cell.intersects(QRectF(rect())))
                return;
            painter.setPen(QPen(color, 1.5));
            painter.drawRoundedRect(cell.adjusted(-reach, -reach, reach, reach), 1.5, 1.5);
        };
        if (m_selected.size() < 2'000) {
            for (const int slot : std::as_const(m_selected))
                ring(slot, theme[Token::AccentLine], 2);
        }
        if (m_hovered >= 0)
            ring(m_hovered, theme[Token::TextPrimary], 2);
        if (isCarrying() && m_dropTarget >= 0)
            ring(m_dropTarget, theme[Token::TextPrimary], 3);
        if (m_current >= 0 && m_keyboard && hasFocus())
            ring(m_current, theme[Token::AccentLine], 3.5);
    } else {
        if (m_arrived >= height()) { // what a flight made ready
            painter.drawPixmap(0, 0, m_arrival);
            dropArrival();
        } else {
            paintNearby(painter, event->region());
        }
    }
    if (!m_moves.empty())
        paintMoves(painter, event->region());
    if (m_gesture == Gesture::Band) {
        QColor fill = theme[Token::AccentLine];
        fill.setAlpha(40);
        painter.setPen(theme[Token::AccentLine]);
        painter.setBrush(fill);
        painter.drawRect(m_band.translated(-m_scroll).adjusted(0.5, 0.5, -0.5, -0.5));
    }
    paintOverview(painter);
    paintLens(painter);
    if (isCarrying())
        paintCarry(painter);
}

// All that lies on the canvas at a stop that is not far.
void MapWidget::paintNearby(QPainter &painter, const QRegion &region)
{
    paintGround(painter, region);
    if (m_layout.shelf.isEmpty()) {
        paintHeads(painter, region);
        paintTiles(painter, region);
    } else {
        paintClusters(painter, region, Part::Plane);
        paintTiles(painter, region, Part::Plane);
        WorldPainter::paintShelf(painter, m_layout, m_scroll);
        paintClusters(painter, region, Part::Shelf);
        paintTiles(painter, region, Part::Shelf);
    }
    const QRectF strip = stripRect();
    if (!strip.isEmpty() && region.intersects(strip.toAlignedRect()))
        paintStrip(painter);
}

// The picture of where it came from flies, and that of where it goes comes through at the end of the
// way: what stands elsewhere there does not jump.
void MapWidget::paintFlight(QPainter &painter)
{
    constexpr double comesThrough = 0.5; // of the way
    painter.fillRect(rect(), Theme::current()[Token::BgCanvas]);
    const double at = m_zoom->currentValue().toDouble();
    const double scale = 1 + (m_zoomScale - 1) * at;
    painter.save();
    painter.translate(m_zoomEnd * at);
    painter.scale(scale, scale);
    painter.drawPixmap(0, 0, m_zoomFrom);
    painter.restore();
    if (m_zoom->currentTime() > 0) // the first frame took the picture that flies
        prepareArrival();
    if (at <= comesThrough)
        return;
    painter.setOpacity((at - comesThrough) / (1 - comesThrough));
    if (isFar(m_layout.stop)) {
        painter.drawImage(0, 0, m_far.image());
        paintHeads(painter, rect());
    } else if (m_arrived >= height()) {
        painter.drawPixmap(0, 0, m_arrival);
    }
}

// While one picture flies, that of where it goes is painted, a slice with each frame, so that the last
// frame is no longer than the others.
void MapWidget::prepareArrival()
{
    constexpr qint64 slice = 4; // ms
    if (isFar(m_layout.stop)) {
        ensureFar();
        return;
    }
    if (m_arrived >= height())
        return;
    const double ratio = devicePixelRatioF();
    if (m_arrived == 0) {
        m_arrival = QPixmap((QSizeF(size()) * ratio).toSize());
        m_arrival.setDevicePixelRatio(ratio);
    }
    QPainter painter(&m_arrival);
    const int step = std::max(48, int(m_layout.pitch.height()));
    QElapsedTimer spent;
    spent.start();
    while (m_arrived < height() && spent.elapsed() < slice) {
        const QRect part(0, m_arrived, width(), step);
        painter.save();
        painter.setClipRect(part);
        paintNearby(painter, part);
        painter.restore();
        m_arrived += step;
    }
}

void MapWidget::dropArrival()
{
    m_arrival = {};
    m_arrived = 0;
}

void MapWidget::update()
{
    dropArrival();
    QWidget::update();
}

void MapWidget::update(const QRegion &part)
{
    dropArrival();
    QWidget::update(part);
}

// A round sign on the upper left corner, half of it outside, so that it hides nothing.
void MapWidget::paintMark(QPainter &painter, const QRectF &tile, const MapMark &mark) const
{
    if (tile.width() < 40)
        return;
    const Theme &theme = Theme::current();
    const double radius = tile.width() < 100 ? 7 : 9;
    const QPointF centre = tile.topLeft() + QPointF(2, 2);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme[Token::BgCanvas], 2));
    painter.setBrush(theme[Glyphs::cellToken(mark.health)]);
    painter.drawEllipse(centre, radius, radius);
    const int size = int(radius) + 2;
    Icons::draw(painter, centre - QPointF(size / 2.0, size / 2.0), mark.icon, size,
                theme[Token::BgCanvas]);
    painter.restore();
}

void MapWidget::paintTiles(QPainter &painter, const QRegion &region, Part part)
{
    std::vector<int> positions;
    for (const QRect &exposed : region) {
        const QRectF grown = QRectF(exposed).translated(m_scroll).adjusted(-frameReach, -frameReach,
                                                                           frameReach, frameReach);
        m_layout.eachTileIn(grown, [&](int position) { positions.push_back(position); });
    }
    if (region.rectCount() > 1) {
        std::sort(positions.begin(), positions.end());
        positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
    }
    if (part != Part::All) {
        std::erase_if(positions, [&](int position) {
            return !isOn(m_layout.blocks[size_t(m_layout.blockOf(position))], part);
        });
    }
    TileFacts facts;
    std::vector<std::pair<int, TileState>> framed;
    for (const int position : positions) {
        const int slot = m_order[size_t(position)];
        TileState state = stateOf(slot);
        if (state.selected || state.focused)
            framed.emplace_back(position, state);
        fillFacts(facts, *m_version, slot, m_layout.stop, m_colours, m_carry, *m_clock);
        if (isWhatIf())
            fillVerdict(facts.verdict, *m_whatIf, slot);
        if (slot == m_reasonSlot)
            facts.verdict.reason = m_carry ? m_carry->reasonHead(slot) : facts.verdict.reason;
        state.selected = false;
        state.focused = false;
        m_tiles.paint(painter, m_layout.tileRect(position).topLeft() - m_scroll, m_layout.stop,
                      facts, state);
    }
    for (const auto &[position, state] : framed)
        m_tiles.paintFrames(painter, m_layout.tileRect(position).topLeft() - m_scroll,
                            m_layout.stop, state);
    if (!m_marks.isEmpty()) {
        for (const int position : positions) {
            const auto mark = m_marks.constFind(m_order[size_t(position)]);
            if (mark != m_marks.cend())
                paintMark(painter, m_layout.tileRect(position).translated(-m_scroll), *mark);
        }
    }
    // Their place stays free while something is carried, which they take nothing of.
    if (isCarrying())
        return;
    for (const MapBlock &block : m_layout.blocks) {
        const Group &group = m_groups[size_t(block.group)];
        for (int i = 0; i < block.ghosts; ++i) {
            const QRectF ghost = m_layout.ghostRect(block, i).translated(-m_scroll);
            if (block.folded || !isOn(block, part) || !region.intersects(ghost.toAlignedRect()))
                continue;
            const MapGroupNote note = m_notes.value(group.key);
            m_tiles.paintGhost(
                painter, ghost.topLeft(), m_layout.stop,
                m_layout.stop == Stop::Near ? tr("One more stamp: N+1") : tr("one more: N+1"),
                note.survival,
                note.createTakes.isEmpty() ? QString()
                                           : tr("Creating one takes %1.").arg(note.createTakes),
                m_hoveredRegion == ghostKey + group.key);
        }
    }
}

void MapWidget::paintEmpty(QPainter &painter)
{
    if (!m_version)
        return;
    const Theme &theme = Theme::current();
    const QPointF middle = QRectF(rect()).center();
    write(painter, middle, m_version->sources.isEmpty() ? tr("No source yet") : tr("No stamp yet"),
          {Face::Display, 20, 700}, theme[Token::TextSecondary], Align::Center);
}

void MapWidget::paintCarry(QPainter &painter)
{
    const Theme &theme = Theme::current();
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF spread = spreadRect();
    if (!isWorld()) // half a tile below it would be neither one nor the other
        painter.fillRect(spreadGround(), theme[Token::BgCanvas]);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme[m_overSpread ? Token::AccentSoft : Token::VerdictCanFill]);
    painter.drawRoundedRect(spread, 4, 4);
    QPen dashes(theme[Token::AccentLine], m_overSpread ? 2 : 1.25);
    dashes.setDashPattern({5, 3});
    painter.setPen(dashes);
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(spread.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    const Text::Style strong{Face::Ui, 13, 600};
    const Text::Style plain{Face::Ui, 12, 400};
    const Text::Style keyStyle{Face::Ui, 11, 500};
    const QString say = tr("Drop here to let the planner spread them");
    const double sayWidth = Text::width(say, strong);
    const QString would = Text::elided(m_carry->spreadSummary(), plain,
                                       std::max(40.0, spread.width() - sayWidth - 120));
    const double all = 24 + sayWidth + 22 + Text::width(would, plain) + 30;
    double x = spread.center().x() - all / 2;
    const double line = spread.center().y() + 4.5;
    Icons::draw(painter, {x, line - 13}, u"layers"_s, 16, theme[Token::AccentText]);
    write(painter, {x + 26, line}, say, strong, theme[Token::TextPrimary]);
    x += 26 + sayWidth + 22;
    write(painter, {x, line}, would, plain, theme[Token::TextSecondary]);
    x += Text::width(would, plain) + 14;
    painter.setPen(theme[Token::LineDefault]);
    painter.setBrush(theme[Token::BgRaised]);
    painter.drawRoundedRect(QRectF(x + 0.5, line - 12.5, 17, 17), 2.5, 2.5);
    write(painter, {x + 9, line}, u"P"_s, keyStyle, theme[Token::TextSecondary], Align::Center);

    if (!m_dragInside)
        return;
    // The card hangs 32 px below the pointer, left or right of it as room allows.
    const QSizeF size(236, 118);
    QPointF at = m_dragAt + QPointF(-size.width() / 2, 32);
    const double least = 4.0 + m_coveredLeft;
    at.setX(std::clamp(at.x(), least,
                       std::max(least, width() - m_coveredRight - size.width() - 12)));
    if (at.y() + size.height() + 8 > height())
        at.setY(m_dragAt.y() - size.height() - 20);
    const QRectF card(at, size);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme[Token::StampShadow]);
    painter.drawRoundedRect(card.translated(6, 6), 4, 4);
    painter.setPen(QPen(theme[Token::AccentLine], 1.5));
    painter.setBrush(theme[Token::BgRaised]);
    painter.drawRoundedRect(card.adjusted(0.75, 0.75, -0.75, -0.75), 4, 4);
    const Carry &carry = m_carry->carry();
    const int count = int(carry.items.size());
    const Text::Style head{Face::Ui, 13, 700};
    const QString number = Format::tenants(count);
    write(painter, at + QPointF(12, 21), number, head, theme[Token::TextPrimary]);
    const bool onTile = m_dropTarget >= 0 && !m_overSpread;
    const bool lit = onTile && m_carry->isLit(m_dropTarget);
    QString to;
    if (m_overSpread)
        to = tr("spread by the planner");
    else if (onTile)
        to = tr("to %1").arg(m_version->stamps[m_dropTarget]->stamp->name);
    const Text::Style toStyle{Face::Ui, 12, 600};
    write(painter, at + QPointF(size.width() - 12, 21),
          Text::elidedName(to, toStyle, size.width() - 32 - Text::width(number, head)), toStyle,
          theme[lit || m_overSpread ? Token::AccentText : Token::TextTertiary], Align::Right);
    double column = at.x() + 12;
    int shown = 0;
    for (const Carry::Item &item : carry.items) {
        TileChip chip{item.tenant->id,
                      item.tenant->name.isEmpty() ? item.tenant->id : item.tenant->name,
                      item.tenant->tier};
        const double wide = TilePainter::chipWidth(chip);
        const double end = at.x() + size.width() - (count - shown > 1 ? 32 : 12);
        if (shown == 4 || column + wide > end)
            break;
        TilePainter::chip(painter, {column, at.y() + 32}, chip, theme[Token::BgRaised],
                          theme[Token::TextPrimary], theme[Token::LineStrong]);
        column += wide + 4;
        ++shown;
    }
    if (shown < count)
        write(painter, {column + 2, at.y() + 45}, u'+' + QString::number(count - shown), keyStyle,
              theme[Token::TextTertiary]);
    const auto value = [&](double dx, double dy, const QString &label, const QString &text) {
        write(painter, at + QPointF(dx, dy), label, plain, theme[Token::TextTertiary]);
        write(painter, at + QPointF(dx + (dx > 60 ? 58 : 50), dy), text, plain,
              theme[Token::TextPrimary]);
    };
    value(12, 72, Format::name(ResourceKind::Cpu), Format::cores(carry.demand.cpu));
    value(126, 72, Format::name(ResourceKind::Memory), Format::bytes(carry.demand.memory));
    value(12, 90, Format::name(ResourceKind::Storage), Format::bytes(carry.demand.storage));
    value(126, 90, tr("requests"), Format::rate(carry.demand.requestsPerSecond));
    QString hint = tr("Drop on a lit stamp to see the plan");
    QColor hintInk = theme[Token::TextSecondary];
    if (m_reasonSlot >= 0) {
        hint = m_carry->reasonHead(m_reasonSlot) + u": " + m_carry->reasonLine(m_reasonSlot);
        hintInk = theme[Token::DegradedText];
    } else if (lit || m_overSpread) {
        hint = m_carry->mode() == CarryController::Mode::Drag ? tr("Release to open the plan")
                                                              : tr("Click to open the plan");
    } else if (onTile && m_carry->leaving(m_dropTarget) == 0) {
        hint = m_carry->reasonHead(m_dropTarget) + u": " + m_carry->reasonLine(m_dropTarget);
    }
    write(painter, at + QPointF(12, 107), Text::elided(hint, {Face::Ui, 11, 400}, 212),
          {Face::Ui, 11, 400}, hintInk);
}

} // namespace Stampdeck

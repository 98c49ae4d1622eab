// SPDX-License-Identifier: GPL-3.0-or-later
// What of MapWidget listens to the hand: pointer, wheel, keys.
#include "mapwidget.h"

#include "carrycontroller.h"
#include "glyphs.h"
#include "mapaccessible.h"
#include "mapparts.h"
#include "whatif.h"

#include "backends/api/clock.h"
#include "models/dataage.h"
#include "models/formatter.h"

#include <QtCore/QLineF>
#include <QtGui/QWheelEvent>
#include <QtWidgets/QToolTip>

#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace Internal;

namespace {

constexpr double keyPan = 80; ///< Alt and an arrow.

} // namespace

void MapWidget::setHovered(int slot)
{
    if (m_tipTimer != 0) {
        killTimer(m_tipTimer);
        m_tipTimer = 0;
    }
    if (slot >= 0 || !m_spotTip.isEmpty())
        m_tipTimer = startTimer(400);
    if (slot == m_hovered)
        return;
    const int before = std::exchange(m_hovered, slot);
    if (QToolTip::isVisible())
        QToolTip::hideText();
    if (isFar(m_layout.stop)) {
        update();
        return;
    }
    updateSlot(before);
    updateSlot(slot);
}

void MapWidget::showTip()
{
    if (m_hovered < 0) {
        if (!m_spotTip.isEmpty())
            QToolTip::showText(QCursor::pos(), m_spotTip, this);
        return;
    }
    const StampEntry &entry = *m_version->stamps[m_hovered];
    QStringList lines{entry.id};
    if (isCarrying()) {
        lines << m_carry->spoken(m_hovered);
    } else if (isWhatIf() && !m_whatIf->spoken(m_hovered).isEmpty()) {
        lines << m_whatIf->spoken(m_hovered);
    } else if (entry.stale) {
        lines << tr("stale, last %1").arg(Glyphs::word(entry.lastHealth));
    } else {
        lines << Glyphs::word(entry.health);
        for (const HealthReason &reason : entry.reasons)
            lines << reason.message;
        lines << oldFigures(entry, m_clock->now());
    }
    lines << tr("seen %1 ago").arg(Format::age(m_clock->elapsed() - entry.lastContact));
    const QRect tile = tileRect(m_hovered).toAlignedRect();
    QToolTip::showText(QCursor::pos(), lines.join(u'\n'), this, tile);
}

void MapWidget::select(int position, Qt::KeyboardModifiers modifiers)
{
    const int slot = m_order[size_t(position)];
    QSet<int> wanted;
    if ((modifiers & Qt::ShiftModifier) && positionOf(m_anchor) >= 0) {
        if (modifiers & Qt::ControlModifier)
            wanted = m_selected;
        const int other = positionOf(m_anchor);
        for (int i = std::min(position, other); i <= std::max(position, other); ++i)
            wanted.insert(m_order[size_t(i)]);
    } else if (modifiers & Qt::ControlModifier) {
        wanted = m_selected;
        if (!wanted.remove(slot))
            wanted.insert(slot);
        m_anchor = slot;
    } else {
        wanted = {slot};
        m_anchor = slot;
    }
    setSelection(QList<int>(wanted.cbegin(), wanted.cend()));
    setCurrent(slot);
}

// The panel that opens with a press may move the tiles: what was pressed counts, not what is there now.
int MapWidget::slotPressedAt(const QPointF &at) const
{
    const bool isThere = (at - m_pressedAt).manhattanLength() < dragFrom;
    return isThere && positionOf(m_pressedSlot) >= 0 ? m_pressedSlot : slotAt(at);
}

void MapWidget::mousePressEvent(QMouseEvent *event)
{
    setHovered(-1);
    stopThrow();
    if (!m_version || m_order.empty())
        return;
    const QPointF at = event->position();
    m_pressedAt = at;
    m_scrollAtPress = m_scroll;
    m_pressedTenant.clear();
    m_pressedHandle = -1;
    m_pressedEvacuation.clear();
    m_keyboard = false;
    updateSlot(m_current);
    if (event->button() == Qt::MiddleButton) {
        m_gesture = Gesture::Pan;
        return;
    }
    const int slot = slotAt(at);
    m_pressedSlot = slot;
    const int under = slot < 0 ? m_layout.blockAt(at + m_scroll) : -1;
    m_hasPressedFold = under >= 0 && m_layout.blocks[size_t(under)].folded;
    if (m_hasPressedFold)
        m_pressedFold = m_groups[size_t(m_layout.blocks[size_t(under)].group)].key;
    if (event->button() == Qt::RightButton) {
        if (slot >= 0 && !m_selected.contains(slot) && !isCarrying() && !isWhatIf())
            select(positionOf(slot), {});
        return;
    }
    if (event->button() != Qt::LeftButton)
        return;
    if (isCarrying()) {
        m_dragAt = at;
        if (spreadRect().contains(at))
            m_carry->dropAnywhere();
        else if (slot >= 0)
            dropOn(slot);
        else if (m_hasPressedFold)
            openGroup(m_pressedFold);
        return;
    }
    if (overviewRect().contains(at)) {
        m_gesture = Gesture::Overview;
        goThereOnOverview(at);
        return;
    }
    if (stripRect().contains(at)) {
        m_gesture = Gesture::Strip;
        setScroll(IndexStrip::contentAt(m_layout, height(), at.y()) - height() / 2.0);
        return;
    }
    m_gesture = Gesture::Press;
    // While stamps are switched a click does that, when it is let go; a pull moves the map.
    if (slot >= 0 && isWhatIf())
        return;
    if (slot >= 0) {
        m_pressedTenant = tenantAt(at);
        if (drainHandleRect(slot).contains(at))
            m_pressedHandle = slot;
        // A press on a chip or handle may become a carry: it leaves the selection alone.
        if (m_pressedTenant.isEmpty() && m_pressedHandle < 0)
            select(positionOf(slot), event->modifiers());
        return;
    }
    // A click shows the plan, a pull carries all of them.
    m_pressedEvacuation = evacuationAt(at);
    if (!m_pressedEvacuation.isEmpty())
        return;
    if (const QString key = ghostAt(at); !key.isEmpty()) {
        m_gesture = Gesture::None;
        create(key);
        return;
    }
    if (event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier)) {
        m_gesture = Gesture::Band;
        m_bandBase = event->modifiers() & Qt::ControlModifier ? m_selected : QSet<int>();
        m_band = {at + m_scroll, QSizeF()};
    }
}

void MapWidget::mouseMoveEvent(QMouseEvent *event)
{
    const QPointF at = event->position();
    if (!m_version)
        return;
    if (isCarrying()) {
        m_dragAt = at;
        m_dragInside = true;
        m_overSpread = spreadRect().contains(at);
        const int target = m_overSpread ? -1 : slotAt(at);
        m_dropTarget = target;
        m_keyboard = false;
        setHovered(-1);
        update();
        return;
    }
    switch (m_gesture) {
    case Gesture::None:
        break;
    case Gesture::Strip:
        setScroll(IndexStrip::contentAt(m_layout, height(), at.y()) - height() / 2.0);
        return;
    case Gesture::Overview:
        goThereOnOverview(at);
        return;
    case Gesture::Press:
        if ((at - m_pressedAt).manhattanLength() < dragFrom)
            return;
        if (!m_pressedTenant.isEmpty()) {
            m_gesture = Gesture::None;
            startDrag({std::exchange(m_pressedTenant, {})});
            return;
        }
        if (m_pressedHandle >= 0) {
            m_gesture = Gesture::None;
            startDrain(std::exchange(m_pressedHandle, -1));
            return;
        }
        if (!m_pressedEvacuation.isEmpty()) {
            m_gesture = Gesture::None;
            startEvacuation(std::exchange(m_pressedEvacuation, {}));
            return;
        }
        m_gesture = Gesture::Pan;
        setCursor(Qt::ClosedHandCursor);
        [[fallthrough]];
    case Gesture::Pan:
        trackThrow(at);
        setScroll(m_scrollAtPress - (at - m_pressedAt));
        return;
    case Gesture::Band: {
        const QPointF start = m_pressedAt + m_scrollAtPress;
        const QPointF end = at + m_scroll;
        m_band = QRectF(start, end).normalized();
        QSet<int> wanted = m_bandBase;
        m_layout.eachTileIn(m_band,
                            [&](int position) { wanted.insert(m_order[size_t(position)]); });
        setSelection(QList<int>(wanted.cbegin(), wanted.cend()));
        update();
        return;
    }
    }
    m_keyboard = m_keyboard && !m_lens; // the lens follows whoever moved last
    const int slot = slotAt(at);
    if (slot != m_hovered)
        setHovered(slot);
    const bool grab = slot >= 0 && !isWhatIf() && (drainHandleRect(slot).contains(at) || !tenantAt(at).isEmpty());
    QString region = slot < 0 ? evacuationAt(at) : QString();
    if (slot < 0 && region.isEmpty()) {
        if (const QString key = ghostAt(at); !key.isEmpty())
            region = ghostKey + key;
    }
    if (const QString tip = slot < 0 ? tipAt(at) : QString(); tip != m_spotTip) {
        m_spotTip = tip;
        setHovered(slot);
    }
    if (region != m_hoveredRegion) {
        m_hoveredRegion = region;
        update();
    }
    const int under = slot < 0 ? m_layout.blockAt(at + m_scroll) : -1;
    const bool press = !region.isEmpty() || (under >= 0 && m_layout.blocks[size_t(under)].folded);
    setCursor(grab ? Qt::OpenHandCursor : press ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void MapWidget::mouseReleaseEvent(QMouseEvent *event)
{
    const Gesture gesture = std::exchange(m_gesture, Gesture::None);
    if (event->button() == Qt::LeftButton && gesture == Gesture::Press) {
        // What was pressed counts and not what is there now: the panel that opened with the press
        // may have moved the tiles.
        const int position = positionOf(m_pressedSlot);
        if (!m_pressedEvacuation.isEmpty())
            evacuate(m_pressedEvacuation);
        else if (position >= 0 && isWhatIf())
            m_whatIf->toggle(m_version->stampId(m_pressedSlot));
        else if (position >= 0 && m_pressedHandle == m_pressedSlot
            && (event->position() - m_pressedAt).manhattanLength() < dragFrom)
            Q_EMIT drainRequested(m_pressedHandle);
        else if (position >= 0 && (!m_pressedTenant.isEmpty() || m_pressedHandle >= 0))
            select(position, event->modifiers());
        else if (m_hasPressedFold)
            openGroup(m_pressedFold);
        else if (m_pressedSlot < 0 && !isWhatIf())
            setSelection({});
    }
    m_pressedTenant.clear();
    m_pressedHandle = -1;
    m_pressedEvacuation.clear();
    if (gesture == Gesture::Band)
        update();
    if (gesture == Gesture::Pan) {
        setCursor(Qt::ArrowCursor);
        startThrow();
    }
}

void MapWidget::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || isCarrying() || !m_version)
        return;
    const int slot = slotPressedAt(event->position());
    if (slot >= 0) {
        if (isWhatIf()) // two clicks, and not one that opens
            m_whatIf->toggle(m_version->stampId(slot));
        else
            Q_EMIT activated(slot);
        return;
    }
    if (overviewRect().contains(event->position()))
        return;
    // The head of a group, or its place on Earth.
    for (const MapBlock &block : m_layout.blocks) {
        const bool isAnchor = block.anchor && block.count > 0
            && QLineF(*block.anchor - m_scroll, event->position()).length() <= 10;
        if (isAnchor || block.head.translated(-m_scroll).contains(event->position())) {
            openGroup(m_groups[size_t(block.group)].key);
            return;
        }
    }
}

void MapWidget::leaveEvent(QEvent *)
{
    m_spotTip.clear();
    setHovered(-1);
    if (m_dragInside) {
        m_dragInside = false;
        m_dropTarget = -1;
        m_overSpread = false;
        update();
    }
}

void MapWidget::wheelEvent(QWheelEvent *event)
{
    // Fingers that leave the pad while they push throw the map, where the system does not do that.
    if (event->phase() == Qt::ScrollUpdate && !(event->modifiers() & Qt::ControlModifier)) {
        m_wheelWay += QPointF(event->pixelDelta());
        trackThrow(m_wheelWay);
    } else if (event->phase() == Qt::ScrollEnd) {
        startThrow();
        event->accept();
        return;
    } else {
        stopThrow();
    }
    if (m_arrangement->isFree()) {
        m_wheel = 0;
        // Two fingers push the map; a wheel, or the fingers with Ctrl, zoom at the pointer.
        if (!event->pixelDelta().isNull() && !(event->modifiers() & Qt::ControlModifier))
            setScroll(m_scroll - QPointF(event->pixelDelta()));
        else
            setScale(m_scale * std::pow(1.0018, event->angleDelta().y()), event->position());
        event->accept();
        return;
    }
    const bool zoom = (event->modifiers() & Qt::ControlModifier) || maxScroll() <= 0;
    if (zoom) {
        m_wheel += event->angleDelta().y();
        while (m_wheel >= 120) {
            m_wheel -= 120;
            zoomIn(event->position());
        }
        while (m_wheel <= -120) {
            m_wheel += 120;
            zoomOut(event->position());
        }
    } else {
        m_wheel = 0;
        const double by = !event->pixelDelta().isNull() ? event->pixelDelta().y()
                                                        : event->angleDelta().y() * 0.75;
        setScroll(m_scroll.y() - by);
    }
    event->accept();
}

void MapWidget::walk(MapLayout::Step step, Qt::KeyboardModifiers modifiers)
{
    const bool all = modifiers & Qt::ShiftModifier;
    int position = positionOf(walksFrom());
    if (position < 0) {
        // Begin with the first in sight.
        const std::vector<int> sight = slotsInSight();
        position = sight.empty() ? 0 : positionOf(sight.front());
    } else {
        // While something is carried, only what is lit is walked, but with Shift everything.
        int at = position;
        for (int steps = 0; steps < 5'000; ++steps) {
            const int next = m_layout.next(at, step);
            if (next == at)
                break;
            at = next;
            if (!isCarrying() || all || m_carry->isLit(m_order[size_t(at)])) {
                position = at;
                break;
            }
        }
    }
    const int slot = m_order[size_t(position)];
    if (isCarrying() || isWhatIf()) {
        setCurrent(slot);
        return;
    }
    if (modifiers & Qt::ShiftModifier) {
        if (m_anchor < 0)
            m_anchor = m_current;
        select(position, Qt::ShiftModifier);
    } else {
        select(position, {});
    }
}

int MapWidget::walksFrom() const
{
    return isCarrying() && m_dropTarget >= 0 ? m_dropTarget : m_current;
}

int MapWidget::firstLit(int from, int to) const
{
    const int by = from <= to ? 1 : -1;
    for (int at = from; at != to; at += by) {
        if (m_carry->isLit(m_order[size_t(at)]))
            return at;
    }
    return -1;
}

// As walk() does: what is lit while something is carried, with Shift everything; else it selects.
void MapWidget::leap(int position, bool forward, Qt::KeyboardModifiers modifiers)
{
    if (!isCarrying() && !isWhatIf()) {
        select(position, modifiers & Qt::ShiftModifier);
        return;
    }
    if (isCarrying() && !(modifiers & Qt::ShiftModifier))
        position = firstLit(position, forward ? int(m_order.size()) : -1);
    if (position >= 0)
        setCurrent(m_order[size_t(position)]);
}

void MapWidget::leapGroup(bool forward, Qt::KeyboardModifiers modifiers)
{
    const int from = positionOf(walksFrom());
    if (from < 0)
        return;
    int at = m_layout.nextGroup(from, forward);
    if (at == from)
        return;
    if (forward || !isCarrying() || (modifiers & Qt::ShiftModifier)) {
        leap(at, true, isCarrying() ? modifiers : Qt::KeyboardModifiers());
        return;
    }
    for (int end = from; at < end; end = std::exchange(at, m_layout.nextGroup(at, false))) {
        if (const int lit = firstLit(at, end); lit >= 0) {
            setCurrent(m_order[size_t(lit)]);
            return;
        }
    }
}

void MapWidget::dropWhereShown()
{
    if (m_overSpread)
        m_carry->dropAnywhere();
    else if (m_dropTarget >= 0)
        dropOn(m_dropTarget);
    else
        setCurrent(m_current); // which shows it first
}

bool MapWidget::carryKey(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Paste)) {
        dropWhereShown();
        return true;
    }
    switch (event->key()) {
    case Qt::Key_Escape:
        m_carry->putBack();
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        dropWhereShown();
        return true;
    case Qt::Key_P:
        m_carry->dropAnywhere();
        return true;
    default:
        break;
    }
    if (event->key() >= Qt::Key_1 && event->key() <= Qt::Key_9) {
        const auto &ranking = m_carry->ranking();
        const auto index = size_t(event->key() - Qt::Key_1);
        if (index < ranking.size()) {
            setCurrent(ranking[index].first);
        }
        return true;
    }
    return false;
}

void MapWidget::keyPressEvent(QKeyEvent *event)
{
    if (!m_version || m_order.empty()) {
        QWidget::keyPressEvent(event);
        return;
    }
    // What asks for the lens says nothing of where the hand is.
    const bool isLens = isFar(m_layout.stop)
        && (event->key() == Qt::Key_Alt
            || (event->key() == Qt::Key_Space && !(event->modifiers() & Qt::ControlModifier)));
    m_keyboard = m_keyboard || !isLens;
    if (isCarrying() && carryKey(event))
        return;
    if (isWhatIf()) {
        if (event->key() == Qt::Key_Escape) {
            m_whatIf->end();
            return;
        }
        const bool isPress = event->key() == Qt::Key_Space || event->key() == Qt::Key_Return
            || event->key() == Qt::Key_Enter;
        if (isPress && m_current >= 0) {
            m_whatIf->toggle(m_version->stampId(m_current));
            return;
        }
    }
    const Qt::KeyboardModifiers modifiers = event->modifiers() & ~Qt::KeypadModifier;
    const bool control = modifiers & Qt::ControlModifier;
    if (event->matches(QKeySequence::Cut) && m_carry) {
        cutSelected();
        return;
    }
    if (event->matches(QKeySequence::SelectAll)) {
        if (!isCarrying() && !isWhatIf())
            setSelection(QList<int>(m_order.cbegin(), m_order.cend()));
        return;
    }
    using Step = MapLayout::Step;
    if (modifiers & Qt::AltModifier) {
        const std::optional<QPointF> by = event->key() == Qt::Key_Left ? QPointF(-1, 0)
            : event->key() == Qt::Key_Right                            ? QPointF(1, 0)
            : event->key() == Qt::Key_Up                               ? QPointF(0, -1)
            : event->key() == Qt::Key_Down ? std::optional(QPointF(0, 1))
                                           : std::nullopt;
        if (by) {
            setScroll(m_scroll + *by * keyPan);
            return;
        }
    }
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Up:
        if (control) {
            leapGroup(false, modifiers);
        } else {
            walk(event->key() == Qt::Key_Left ? Step::Left : Step::Up, modifiers);
        }
        return;
    case Qt::Key_Right:
    case Qt::Key_Down:
        if (control) {
            leapGroup(true, modifiers);
        } else {
            walk(event->key() == Qt::Key_Right ? Step::Right : Step::Down, modifiers);
        }
        return;
    case Qt::Key_Home:
        leap(0, true, modifiers);
        return;
    case Qt::Key_End:
        leap(int(m_order.size()) - 1, false, modifiers);
        return;
    case Qt::Key_PageUp:
        setScroll(m_scroll.y() - height() * 0.9);
        return;
    case Qt::Key_PageDown:
        setScroll(m_scroll.y() + height() * 0.9);
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomIn();
        return;
    case Qt::Key_Minus:
        zoomOut();
        return;
    case Qt::Key_0:
        fit();
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current >= 0)
            Q_EMIT activated(m_current);
        return;
    case Qt::Key_Space:
        if (m_current >= 0 && control) {
            if (!isCarrying())
                select(positionOf(m_current), Qt::ControlModifier);
        } else if (isFar(m_layout.stop) && !event->isAutoRepeat())
            setLens(true);
        return;
    case Qt::Key_Alt:
        if (isFar(m_layout.stop) && !event->isAutoRepeat())
            setLens(true);
        break;
    case Qt::Key_Escape:
        if (!m_selected.isEmpty()) {
            setSelection({});
            return;
        }
        break;
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

void MapWidget::keyReleaseEvent(QKeyEvent *event)
{
    if ((event->key() == Qt::Key_Space || event->key() == Qt::Key_Alt) && !event->isAutoRepeat())
        setLens(false);
    QWidget::keyReleaseEvent(event);
}

void MapWidget::focusInEvent(QFocusEvent *event)
{
    m_keyboard = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason
        || event->reason() == Qt::ShortcutFocusReason;
    if (m_keyboard && m_current < 0) {
        if (const std::vector<int> sight = slotsInSight(); !sight.empty())
            setCurrent(sight.front());
    }
    updateSlot(m_current);
    tellFocus(this);
}

void MapWidget::focusOutEvent(QFocusEvent *)
{
    setLens(false);
    updateSlot(m_current);
    if (isFar(m_layout.stop))
        update();
}

void MapWidget::contextMenuEvent(QContextMenuEvent *event)
{
    int slot = slotPressedAt(event->pos());
    QPoint at = event->globalPos();
    if (event->reason() == QContextMenuEvent::Keyboard) {
        slot = m_current;
        at = mapToGlobal(tileRect(slot).center().toPoint());
    }
    // It acts on what is selected, and while something is carried or switched off nothing new is.
    if (isCarrying() || (isWhatIf() && slot >= 0 && !m_selected.contains(slot)))
        return;
    if (slot >= 0) {
        Q_EMIT menuRequested(slot, at);
        return;
    }
    if (!m_evacuates || grouping() != MapGroupBy::Region)
        return;
    for (const MapBlock &block : m_layout.blocks) {
        const QString &key = m_groups[size_t(block.group)].key;
        if (!key.isEmpty() && block.head.translated(-m_scroll).contains(QPointF(event->pos()))) {
            Q_EMIT regionMenuRequested(key, at);
            return;
        }
    }
}

} // namespace Stampdeck

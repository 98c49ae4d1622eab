// SPDX-License-Identifier: GPL-3.0-or-later
// What of MapWidget carries tenants: picking them up, dragging, dropping, verdicts of far cells.
#include "mapwidget.h"

#include "carrycontroller.h"
#include "mapaccessible.h"
#include "mapparts.h"
#include "whatif.h"

#include <QtCore/QMimeData>
#include <QtGui/QDrag>
#include <QtGui/QDragEnterEvent>
#include <QtWidgets/QToolTip>

#include <utility>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace Internal;

void MapWidget::carryChanged()
{
    m_carrySums.clear();
    // Until they answer no cell looks otherwise than before.
    const bool isFarKept = m_far.isValid() && isAsking() && !m_wasCarrying;
    if (!isFarKept) {
        m_far.forgetLooks();
        m_far.invalidate();
    }
    m_reasonSlot = -1;
    if (!isCarrying()) {
        m_dropTarget = -1;
        m_overSpread = false;
        m_dragInside = false;
        m_broughtIn = false;
        if (m_panTimer != 0) {
            killTimer(m_panTimer);
            m_panTimer = 0;
        }
        updateGhosts();
    }
    if (std::exchange(m_wasCarrying, isCarrying()) != isCarrying() && m_version) {
        const bool fitted = std::exchange(m_fitted, false); // nothing jumps under the hand
        const QPointF corner = m_scroll;
        const std::vector<MapBlock> blocks = m_layout.blocks;
        relayout();
        if (isFarKept && m_scroll == corner && m_layout.blocks == blocks)
            m_far.revalidate();
        m_fitted = fitted && !isCarrying();
    }
    update();
    ++m_layoutSerial;
    tellVerdicts(this);
}

void MapWidget::takeVerdicts(const std::vector<int> &slots_)
{
    if (slots_.empty()) {
        carryChanged();
        return;
    }
    m_carrySums.clear();
    for (const int slot : slots_)
        updateSlot(slot);
    for (const MapBlock &block : m_layout.blocks)
        updateBlock(block);
    ++m_layoutSerial;
    tellVerdicts(this);
}

bool MapWidget::isWhatIf() const
{
    return m_whatIf && m_whatIf->isActive() && !isCarrying();
}

void MapWidget::whatIfChanged()
{
    m_offAndTaken.reset();
    m_far.forgetLooks();
    m_far.invalidate();
    update();
    ++m_layoutSerial;
    tellVerdicts(this);
}

QString MapWidget::whatIfSummary(int group) const
{
    if (!isWhatIf())
        return {};
    if (!m_offAndTaken) {
        m_offAndTaken.emplace();
        const auto groupOf = [this](int slot) {
            const int block = m_layout.blockOf(positionOf(slot));
            return block < 0 ? -1 : m_layout.blocks[size_t(block)].group;
        };
        for (const QString &stamp : m_whatIf->stamps())
            ++(*m_offAndTaken)[groupOf(m_version->stampIndex.value(stamp))].first;
        if (const Loss *loss = m_whatIf->loss()) {
            for (auto it = loss->taken.cbegin(); it != loss->taken.cend(); ++it)
                (*m_offAndTaken)[groupOf(it.key())].second += it.value();
        }
    }
    const auto found = m_offAndTaken->constFind(group);
    if (found == m_offAndTaken->constEnd())
        return {};
    QStringList parts;
    if (found->first > 0)
        parts << tr("%1 off").arg(found->first);
    if (found->second > 0)
        parts << tr("takes %1").arg(found->second);
    return parts.join(u", "_s);
}

bool MapWidget::isAsking() const
{
    return isCarrying() && !m_carry->hasAnswered();
}

void MapWidget::cutSelected()
{
    // All of one stamp's leave it for good; of several they are moved.
    if (m_selected.size() == 1) {
        cutAll(*m_selected.cbegin());
        return;
    }
    QStringList tenants;
    for (const int slot : selection())
        tenants << tenantsOf(slot);
    cut(tenants);
}

void MapWidget::startDrag(const QStringList &tenants)
{
    if (!tenants.isEmpty())
        dragAway(tenants,
                 m_carry ? m_carry->pickUp(tenants, CarryController::Mode::Drag) : Result<void>());
}

void MapWidget::startDrain(int slot)
{
    const QStringList tenants = tenantsOf(slot);
    if (!tenants.isEmpty())
        dragAway(tenants,
                 m_carry
                     ? m_carry->pickUpAll(m_version->stamps[slot]->id, CarryController::Mode::Drag)
                     : Result<void>());
}

void MapWidget::startEvacuation(const QString &region)
{
    if (!m_carry)
        return;
    const Result<void> isPickedUp = m_carry->pickUpRegion(region, CarryController::Mode::Drag);
    dragAway(m_carry->tenants(), isPickedUp);
}

void MapWidget::dragAway(const QStringList &tenants, const Result<void> &isPickedUp)
{
    if (!isPickedUp) {
        QToolTip::showText(QCursor::pos(), isPickedUp.error().message, this);
        return;
    }
    Q_EMIT pickedUp(tenants);
    auto *drag = new QDrag(this);
    drag->setMimeData(tenantsToMime(*m_version, tenants).release());
    QPixmap nothing(1, 1); // the card is painted by the map, which knows the target
    nothing.fill(Qt::transparent);
    drag->setPixmap(nothing);
    drag->exec(Qt::MoveAction | Qt::CopyAction, Qt::MoveAction);
    // Let go outside: put back. A drop was taken, or stays on the pointer, before.
    if (isCarrying() && m_carry->mode() == CarryController::Mode::Drag)
        m_carry->putBack();
}

void MapWidget::dragEnterEvent(QDragEnterEvent *event)
{
    if (!m_carry || !m_version)
        return;
    const QStringList tenants = tenantsFromMime(*m_version, event->mimeData());
    if (tenants.isEmpty())
        return;
    if (!m_carry->isActive()) { // from another window
        if (!m_carry->pickUp(tenants, CarryController::Mode::Drag))
            return;
        m_broughtIn = true;
    } else if (m_carry->pickedUp() != tenants) { // something else is carried here
        return;
    }
    m_dragInside = true;
    event->acceptProposedAction();
}

void MapWidget::dragMoveEvent(QDragMoveEvent *event)
{
    if (!isCarrying())
        return;
    m_dragAt = event->position();
    m_dragInside = true;
    m_overSpread = spreadRect().contains(m_dragAt);
    m_dropTarget = m_overSpread ? -1 : slotAt(m_dragAt);
    const bool edge = m_dragAt.y() < edgePan || (m_dragAt.y() > height() - edgePan && !m_overSpread)
        || (m_arrangement->isFree()
            && (m_dragAt.x() < edgePan || m_dragAt.x() > width() - edgePan));
    if (edge && m_panTimer == 0) {
        m_panTimer = startTimer(16);
    } else if (!edge && m_panTimer != 0) {
        killTimer(m_panTimer);
        m_panTimer = 0;
    }
    event->acceptProposedAction();
    update();
    Q_EMIT handMoved(m_dragAt);
}

void MapWidget::holdOver(int slot)
{
    ensureVisible(slot);
    if (arrangement() == MapArrangement::Sheet) // not under the box for the planner
        scrollTo(m_scroll.y() + tileRect(slot).center().y() - height() / 2.0);
    m_dragAt = tileRect(slot).center();
    m_dragInside = true;
    m_overSpread = false;
    m_dropTarget = slot;
    update();
    Q_EMIT handMoved(m_dragAt);
}

void MapWidget::dragLeaveEvent(QDragLeaveEvent *)
{
    m_dragInside = false;
    m_dropTarget = -1;
    m_overSpread = false;
    if (m_panTimer != 0) {
        killTimer(m_panTimer);
        m_panTimer = 0;
    }
    // Where it is let go outside is not heard of here.
    if (std::exchange(m_broughtIn, false) && m_carry
        && m_carry->mode() == CarryController::Mode::Drag)
        m_carry->putBack();
    update();
}

void MapWidget::dropEvent(QDropEvent *event)
{
    if (!isCarrying())
        return;
    m_dragAt = event->position();
    m_broughtIn = false;
    if (m_panTimer != 0) {
        killTimer(m_panTimer);
        m_panTimer = 0;
    }
    event->acceptProposedAction();
    if (spreadRect().contains(m_dragAt)) {
        m_carry->dropAnywhere();
        return;
    }
    const int slot = slotAt(m_dragAt);
    if (slot >= 0)
        dropOn(slot);
    else
        m_carry->putBack();
}

bool MapWidget::dropOn(int slot)
{
    if (!isCarrying() || positionOf(slot) < 0)
        return false;
    if (m_carry->drop(slot))
        return true;
    // It cannot: the reason is shown, and what is carried stays on the pointer.
    if (m_carry->mode() == CarryController::Mode::Drag) {
        m_carry->hold();
        m_dragInside = true;
    }
    flashReason(slot);
    return false;
}

void MapWidget::flashReason(int slot)
{
    if (m_carry->leaving(slot) > 0)
        return;
    m_reasonSlot = slot;
    m_dropTarget = slot;
    if (m_reasonTimer != 0)
        killTimer(m_reasonTimer);
    m_reasonTimer = startTimer(reasonTime);
    const QRectF tile = tileRect(slot);
    QToolTip::showText(mapToGlobal(tile.center().toPoint()), m_carry->spoken(slot), this,
                       tile.toAlignedRect(), int(std::chrono::milliseconds(reasonTime).count()));
    update();
}

} // namespace Stampdeck

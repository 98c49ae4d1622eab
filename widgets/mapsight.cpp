// SPDX-License-Identifier: GPL-3.0-or-later
// What of MapWidget tells where things stand in the window, and does without a pointer what the
// pointer does.
#include "mapwidget.h"

#include "carrycontroller.h"
#include "mapparts.h"

#include "models/formatter.h"

#include <QtWidgets/QToolTip>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace Internal;

QRectF MapWidget::tileRect(int slot) const
{
    const int position = positionOf(slot);
    return position < 0 || m_layout.isFolded(position)
        ? QRectF()
        : m_layout.tileRect(position).translated(-m_scroll);
}

int MapWidget::slotAt(QPointF point) const
{
    if (!QRectF(rect()).contains(point) || stripRect().contains(point))
        return -1;
    const int position = m_layout.tileAt(point + m_scroll);
    return position < 0 ? -1 : m_order[size_t(position)];
}

std::vector<int> MapWidget::slotsInSight() const
{
    std::vector<int> found;
    m_layout.eachTileIn(viewport(),
                        [&](int position) { found.push_back(m_order[size_t(position)]); });
    return found;
}

std::vector<std::pair<QString, QRectF>> MapWidget::chipsInSight() const
{
    std::vector<std::pair<QString, QRectF>> chips;
    if (m_layout.stop != Stop::Near || isCarrying())
        return chips;
    const double scale = TilePainter::snap(Stop::Near, devicePixelRatioF());
    for (const int slot : slotsInSight()) {
        TileFacts facts;
        fillFacts(facts, *m_version, slot, Stop::Near, m_colours, nullptr, *m_clock);
        const QPointF corner = tileRect(slot).topLeft();
        const auto rects = TilePainter::chipRects(facts);
        for (size_t i = 0; i < rects.size(); ++i)
            chips.emplace_back(
                facts.chips[i].id,
                QRectF(rects[i].topLeft() * scale + corner, rects[i].size() * scale));
    }
    return chips;
}

QString MapWidget::tenantAt(QPointF point) const
{
    if (m_layout.stop != Stop::Near || isCarrying())
        return {};
    const int slot = slotAt(point);
    if (slot < 0 || isFaded(slot))
        return {};
    TileFacts facts;
    fillFacts(facts, *m_version, slot, Stop::Near, m_colours, nullptr, *m_clock);
    const double scale = TilePainter::snap(Stop::Near, devicePixelRatioF());
    const QPointF inside = (point - tileRect(slot).topLeft()) / scale;
    const auto rects = TilePainter::chipRects(facts);
    for (size_t i = 0; i < rects.size(); ++i) {
        // 24 px high to the hand.
        if (rects[i].adjusted(0, -3, 0, 3).contains(inside))
            return facts.chips[i].id;
    }
    return {};
}

QRectF MapWidget::drainHandleRect(int slot) const
{
    if (m_layout.stop != Stop::Near || positionOf(slot) < 0 || isCarrying() || isFaded(slot)
        || m_version->stamps[slot]->owned == 0)
        return {};
    const double scale = TilePainter::snap(Stop::Near, devicePixelRatioF());
    const QRectF handle = TilePainter::drainHandle();
    return {tileRect(slot).topLeft() + handle.topLeft() * scale, handle.size() * scale};
}

QRectF MapWidget::spreadRect() const
{
    if (!isCarrying())
        return {};
    const double right = stripRect().isEmpty() ? width() - 20 : stripRect().left() - 12;
    return {20, height() - spreadHeight - 14.0, right - 20, spreadHeight};
}

std::vector<MapWidget::GroupInSight> MapWidget::groupsInSight() const
{
    std::vector<GroupInSight> found;
    for (const MapBlock &block : m_layout.blocks) {
        const QRectF there = block.frame.translated(-m_scroll);
        if (!there.intersects(QRectF(rect())) || block.count == 0)
            continue;
        const Group &group = m_groups[size_t(block.group)];
        const FleetCounts &counts = group.counts;
        QStringList parts{stampCount(counts.stamps)};
        const auto part = [&](int number, const QString &word) {
            if (number > 0)
                parts << QString::number(number) + u' ' + word;
        };
        part(counts.unhealthy, tr("unhealthy"));
        part(counts.degraded, tr("degraded"));
        part(counts.unknown, tr("unknown"));
        part(counts.stale, tr("stale"));
        part(counts.healthy, tr("healthy"));
        found.push_back({group.title, parts.join(u", "_s), there, group.key, block.folded});
    }
    return found;
}

QString MapWidget::slotDescription(int slot) const
{
    if (positionOf(slot) < 0)
        return {};
    if (isCarrying())
        return m_carry->spoken(slot);
    return describeStamp(*m_version, slot, *m_clock);
}

QStringList MapWidget::tenantsOf(int slot) const
{
    QStringList ids;
    for (const int tenant : m_version->stamps[slot]->tenants) {
        const TenantEntry &entry = m_version->tenants[tenant];
        if (entry.tenant && entry.owner == slot)
            ids << m_version->tenantId(tenant);
    }
    return ids;
}

QString MapWidget::spreadDescription() const
{
    return isCarrying() ? m_carry->spreadSummary() : QString();
}

void MapWidget::press(int slot)
{
    if (positionOf(slot) < 0)
        return;
    if (isCarrying())
        dropOn(slot);
    else
        select(positionOf(slot), {});
}

void MapWidget::cut(const QStringList &tenants)
{
    if (!m_carry || tenants.isEmpty())
        return;
    if (const auto done = m_carry->pickUp(tenants, CarryController::Mode::Cut); !done)
        QToolTip::showText(mapToGlobal(rect().center()), done.error().message, this);
}

void MapWidget::cutAll(int slot)
{
    if (positionOf(slot) < 0 || !m_carry)
        return;
    const QString &id = m_version->stamps[slot]->id;
    if (const auto done = m_carry->pickUpAll(id, CarryController::Mode::Cut); !done)
        QToolTip::showText(mapToGlobal(tileRect(slot).center().toPoint()), done.error().message,
                           this);
}

void MapWidget::drain(int slot)
{
    if (positionOf(slot) >= 0 && !isCarrying())
        Q_EMIT drainRequested(slot);
}

void MapWidget::spread()
{
    if (isCarrying())
        m_carry->dropAnywhere();
}

} // namespace Stampdeck

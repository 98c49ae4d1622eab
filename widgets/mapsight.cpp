// SPDX-License-Identifier: GPL-3.0-or-later
// What of MapWidget tells where things stand in the window, and does without a pointer what the
// pointer does.
#include "mapwidget.h"

#include "carrycontroller.h"
#include "mapparts.h"
#include "whatif.h"

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
    if (!QRectF(rect()).contains(point) || stripRect().contains(point)
        || overviewRect().contains(point) || spreadGround().contains(point))
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
    const double left = 20.0 + m_coveredLeft;
    const double right = std::min(stripRect().isEmpty() ? width() - 20 : stripRect().left() - 12,
                                  width() - m_coveredRight - 20.0);
    return {left, height() - spreadHeight - 14.0, right - left, spreadHeight};
}

void MapWidget::setCovered(int left, int right)
{
    if (left == m_coveredLeft && right == m_coveredRight)
        return;
    m_coveredLeft = left;
    m_coveredRight = right;
    ++m_layoutSerial;
    update();
}

QRectF MapWidget::spreadGround() const
{
    const QRectF spread = spreadRect();
    if (spread.isEmpty() || isWorld())
        return spread;
    const double right = stripRect().isEmpty() ? width() : stripRect().left();
    return {0, spread.top() - 10, right, height() - spread.top() + 10};
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
        QStringList parts{placeAndCount(group)};
        const auto part = [&](int number, const QString &word) {
            if (number > 0)
                parts << QString::number(number) + u' ' + word;
        };
        part(counts.unhealthy, tr("unhealthy"));
        part(counts.degraded, tr("degraded"));
        part(counts.unknown, tr("unknown"));
        part(counts.stale, tr("stale"));
        part(counts.healthy, tr("healthy"));
        const MapGroupNote note = m_notes.value(group.key);
        parts += note.losses;
        if (!note.nextFull.isEmpty())
            parts << tr("next full %1").arg(note.nextFull);
        found.push_back({group.title, parts.join(u", "_s), there, group.key, block.folded});
    }
    return found;
}

std::vector<std::pair<QString, QRectF>> MapWidget::ghostsInSight() const
{
    std::vector<std::pair<QString, QRectF>> found;
    if (!hasPaper(m_layout.stop) || isCarrying())
        return found;
    for (const MapBlock &block : m_layout.blocks) {
        for (int i = 0; i < (block.folded ? 0 : block.ghosts); ++i) {
            const QRectF there = m_layout.ghostRect(block, i).translated(-m_scroll);
            if (there.intersects(QRectF(rect())))
                found.emplace_back(m_groups[size_t(block.group)].key, there);
        }
    }
    return found;
}

QString MapWidget::ghostAt(QPointF point) const
{
    for (const auto &[key, there] : ghostsInSight()) {
        if (there.contains(point))
            return key;
    }
    return {};
}

QString MapWidget::ghostDescription(const QString &groupKey) const
{
    const MapGroupNote note = m_notes.value(groupKey);
    QStringList lines{tr("One more stamp makes %1 N+1").arg(groupKey)};
    if (!note.survival.isEmpty())
        lines << note.survival;
    lines << (note.createTakes.isEmpty() ? tr("How long it takes to create one is not known: none was "
                                              "measured yet")
                                         : tr("Creating one takes %1").arg(note.createTakes));
    if (!note.template_.isEmpty())
        lines << tr("From template %1").arg(note.template_);
    return lines.join(u'\n');
}

void MapWidget::create(const QString &groupKey)
{
    if (!isCarrying())
        Q_EMIT createRequested(groupKey);
}

QString MapWidget::tipAt(QPointF point) const
{
    if (!m_version || slotAt(point) >= 0)
        return {};
    if (const QString key = ghostAt(point); !key.isEmpty())
        return ghostDescription(key);
    for (const MapBlock &block : m_layout.blocks) {
        if (block.count == 0 || !block.head.translated(-m_scroll).contains(point))
            continue;
        const Group &group = m_groups[size_t(block.group)];
        QStringList lines{group.title + u": "_s + placeAndCount(group)};
        lines += m_notes.value(group.key).losses;
        return lines.size() > 1 ? lines.join(u'\n') : QString();
    }
    return {};
}

QString MapWidget::slotDescription(int slot) const
{
    if (positionOf(slot) < 0)
        return {};
    if (isCarrying())
        return m_carry->spoken(slot);
    if (isWhatIf()) {
        if (const QString say = m_whatIf->spoken(slot); !say.isEmpty())
            return say + u", "_s + describeStamp(*m_version, slot, *m_clock);
    }
    const auto mark = m_marks.constFind(slot);
    return mark == m_marks.cend()
        ? describeStamp(*m_version, slot, *m_clock)
        : QString(describeStamp(*m_version, slot, *m_clock) + u", "_s + mark->words);
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
    else if (isWhatIf())
        m_whatIf->toggle(m_version->stampId(slot));
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

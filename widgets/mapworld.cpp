// SPDX-License-Identifier: GPL-3.0-or-later
// What of MapWidget the world arrangement needs: going over a plane, clusters, moves in flight.
#include "mapwidget.h"

#include "carrycontroller.h"
#include "glyphs.h"
#include "worldland.h"
#include "worldlayout.h"

#include "models/formatter.h"

#include <QtCore/QVariantAnimation>
#include <QtGui/QPainter>

#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr int legTime = int(Motion::legTime.count());
constexpr int dotTime = 66; ///< 15 pictures a second.

} // namespace

void MapWidget::setArrangement(MapArrangement arrangement)
{
    if (m_kind == arrangement)
        return;
    const bool wasRegion = grouping() == MapGroupBy::Region;
    ArrangementState &left = m_arrangements[size_t(m_kind)];
    left.stop = m_layout.stop;
    left.scale = m_scale;
    left.scroll = m_scroll;
    left.fitted = m_fitted;
    left.zoomed = m_zoomed;
    left.chosenFor = m_chosenFor;
    m_kind = arrangement;
    const ArrangementState &found = m_arrangements[size_t(m_kind)];
    m_arrangement = found.arrangement.get();
    forgetLateSums();
    m_layout = {};
    m_layout.stop = found.stop;
    m_scale = found.scale;
    m_scroll = found.scroll;
    m_fitted = found.fitted;
    m_zoomed = found.zoomed;
    m_chosenFor = found.chosenFor;
    m_zoomFrom = {};
    m_far.dropSprites();
    if (m_version) {
        if (!wasRegion || grouping() != MapGroupBy::Region)
            rebuildOrder(true);
        chooseStop();
        relayout(true);
        if (m_current >= 0 && !m_layout.isFolded(positionOf(m_current)) && !isWorld())
            ensureVisible(m_current);
    }
    Q_EMIT zoomChanged();
    Q_EMIT arrangementChanged();
}

void MapWidget::setRegionPlaces(const QMap<QString, GeoPoint> &places)
{
    if (places == m_regionPlaces)
        return;
    m_regionPlaces = places;
    if (m_version && isWorld())
        relayout(true);
    update(); // the sheet's heads name towns
}

QPointF MapWidget::cornerAt(double scale, QPointF corner) const
{
    const double ratio = devicePixelRatioF();
    // The shelf makes room to go farther south.
    const QPointF allowed = m_arrangement->allowedCorner(
        m_arrangement->planeSize(scale), corner, size(), beyond() + m_layout.shelf.height());
    return {std::round(allowed.x() * ratio) / ratio, std::round(allowed.y() * ratio) / ratio};
}

bool MapWidget::isAnimating() const
{
    return m_animated && isVisible() && !Motion::isReduced();
}

void MapWidget::glide(const std::function<void()> &change, int duration)
{
    const bool animate = isAnimating();
    const double scale = m_scale;
    const QPointF corner = m_scroll;
    m_zoom->stop();
    const QPixmap before = animate ? grab() : QPixmap();
    setHovered(-1);
    change();
    if (animate && scale > 0 && (scale != m_scale || corner != m_scroll)) {
        m_zoomFrom = before;
        m_zoomScale = m_scale / scale;
        m_zoomEnd = corner * m_zoomScale - m_scroll;
        m_zoom->setDuration(duration);
        m_zoom->start();
    }
}

void MapWidget::setScale(double scale, QPointF anchor)
{
    if (!m_version || m_scale <= 0)
        return;
    const double allowed = m_arrangement->allowedScale(scale, size(), devicePixelRatioF());
    if (anchor.isNull())
        anchor = QPointF(rect().center());
    if (allowed == m_scale)
        return;
    m_zoom->stop();
    m_zoomFrom = {};
    m_scroll = (m_scroll + anchor) * (allowed / m_scale) - anchor;
    m_scale = allowed;
    m_fitted = false;
    m_zoomed = true;
    relayout(true);
}

void MapWidget::zoomTo(double scale, QPointF anchor)
{
    glide([&] { setScale(scale, anchor); }, zoomTime);
}

// Painting -------------------------------------------------------------------------------------

void MapWidget::updateBlock(const MapBlock &block)
{
    QRectF there = block.head;
    if (isWorld() && isShownUnhealthy(block.group) != isUnhealthy(m_groups[size_t(block.group)])) {
        // Frame, leader and anchor change their colour too.
        there = block.frame;
        if (block.anchor)
            there |= QRectF(*block.anchor - QPointF(10, 10), QSizeF(20, 20));
        m_far.invalidate();
    }
    update(there.translated(-m_scroll).adjusted(-1, -1, 1, 1).toAlignedRect());
}

void MapWidget::paintGround(QPainter &painter, const QRegion &region)
{
    if (!isWorld()) {
        for (const QRect &part : region)
            painter.fillRect(part, Theme::current()[Token::BgCanvas]);
        return;
    }
    m_worldPainter.paintGround(painter, region, m_layout, m_scroll, size());
    m_shownUnhealthy.clear();
    for (const Group &group : m_groups)
        m_shownUnhealthy.push_back(isUnhealthy(group));
    WorldPainter::paintPlaces(painter, m_layout, m_scroll, m_shownUnhealthy);
}

bool MapWidget::isUnhealthy(const Group &group) const
{
    return group.counts.unhealthy > 0 && !isCarrying();
}

bool MapWidget::isShownUnhealthy(int group) const
{
    return size_t(group) < m_shownUnhealthy.size() && m_shownUnhealthy[size_t(group)];
}

ClusterFacts MapWidget::clusterFacts(const MapBlock &block) const
{
    const Group &group = m_groups[size_t(block.group)];
    const FleetCounts &counts = group.counts;
    ClusterFacts facts = headFacts(block);
    facts.buckets = {counts.unhealthy, counts.degraded, counts.unknown, counts.stale,
                     counts.healthy};
    facts.isUnhealthy = isUnhealthy(group);
    if (isCarrying()) {
        const CarrySum sum = carrySum(group);
        facts.carry = sum.said;
        facts.carryBrief = sum.brief;
        facts.lit = sum.lit;
    } else {
        facts.carry = facts.carryBrief = whatIfSummary(block.group);
        facts.lit = !facts.carry.isEmpty();
    }
    return facts;
}

void MapWidget::paintClusters(QPainter &painter, const QRegion &region, Part part, bool fills)
{
    for (const MapBlock &block : m_layout.blocks) {
        const QRectF frame = block.frame.translated(-m_scroll);
        if (block.count == 0 || !isOn(block, part) || !region.intersects(frame.toAlignedRect()))
            continue;
        const ClusterFacts facts = clusterFacts(block);
        WorldPainter::paintBox(painter, frame, facts, fills);
        WorldPainter::paintHead(painter, frame, block.folded, facts);
    }
}

// Moves in flight ------------------------------------------------------------------------------

void MapWidget::trackMoves(const ChangeSet *changes)
{
    const QHash<int, std::pair<int, int>> before = m_moving;
    const auto track = [this](int slot) {
        const TenantEntry &entry = m_version->tenants[slot];
        if (!entry.tenant || entry.tenant->placements.size() < 2) {
            m_moving.remove(slot);
            return;
        }
        // From where it is put down, or else from its owner; to the other.
        const std::vector<Placement> &places = entry.tenant->placements;
        int from = entry.owner;
        for (const Placement &place : places) {
            if (place.state == PlacementState::Draining)
                from = m_version->stampSlot(entry.source, place.stamp);
        }
        for (const Placement &place : places) {
            const int to = m_version->stampSlot(entry.source, place.stamp);
            if (to != from && to >= 0 && from >= 0) {
                m_moving.insert(slot, {from, to});
                return;
            }
        }
        m_moving.remove(slot);
    };
    if (changes) {
        for (const int slot : changes->tenants)
            track(slot);
        if (changes->tenants.empty())
            return;
    } else {
        m_moving.clear();
        for (int slot = 0; slot < m_version->tenants.size(); ++slot) {
            if (const TenantEntry &entry = m_version->tenants[slot];
                entry.tenant && entry.tenant->placements.size() > 1)
                track(slot);
        }
    }
    if (m_moving != before)
        sumMoves();
}

void MapWidget::sumMoves()
{
    std::vector<ClusterMove> moves;
    if (isWorld()) {
        QMap<std::pair<int, int>, int> counts;
        for (const auto &[from, to] : std::as_const(m_moving)) {
            const int one = m_layout.blockOf(positionOf(from));
            const int other = m_layout.blockOf(positionOf(to));
            if (one >= 0 && other >= 0 && one != other)
                ++counts[{m_layout.blocks[size_t(one)].group,
                          m_layout.blocks[size_t(other)].group}];
        }
        for (auto it = counts.cbegin(); it != counts.cend(); ++it)
            moves.push_back({it.key().first, it.key().second, it.value()});
    }
    if (moves == m_moves)
        return;
    m_moves = std::move(moves);
    update();
}

void MapWidget::paintMoves(QPainter &painter, const QRegion &region)
{
    // Below the boxes.
    QRegion open = region;
    for (const MapBlock &block : m_layout.blocks)
        open -= block.frame.translated(-m_scroll).toAlignedRect();
    open -= m_layout.shelf.translated(-m_scroll).toAlignedRect();
    if (open.isEmpty())
        return;
    const bool goes = isAnimating();
    if (!m_moveAge.isValid())
        m_moveAge.start();
    const double phase = goes ? double(m_moveAge.elapsed() % legTime) / legTime : -1;
    painter.save();
    painter.setClipRegion(open);
    for (const ClusterMove &move : m_moves) {
        const QPainterPath arc = WorldPainter::arc(m_layout, move, m_scroll);
        if (!arc.isEmpty() && arc.controlPointRect().intersects(QRectF(rect())))
            WorldPainter::paintMove(painter, m_layout, m_scroll, arc, move, phase);
    }
    painter.restore();
    if (goes && m_moveTimer == 0)
        m_moveTimer = startTimer(dotTime);
}

} // namespace Stampdeck

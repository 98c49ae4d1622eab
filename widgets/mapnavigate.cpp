// SPDX-License-Identifier: GPL-3.0-or-later
// What of MapWidget goes to places: selection, region, trouble; and the hand that throws and pinches.
#include "mapwidget.h"

#include "carrycontroller.h"
#include "mapaccessible.h"
#include "mapparts.h"
#include "worldland.h"
#include "worldlayout.h"

#include "backends/api/clock.h"

#include <QtCore/QVariantAnimation>
#include <QtWidgets/QGestureEvent>

#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace Internal;

namespace {

constexpr double pinchStep = 1.3; ///< So far apart the fingers go for one stop of the sheet.
constexpr qint64 throwWithin = 100; ///< Milliseconds of the hand's last way that tell how fast it was.
constexpr double leastThrow = 0.25; ///< Pixels a millisecond; slower is put down, not thrown.
constexpr double leastGlide = 0.02;
constexpr double friction = 325; ///< Milliseconds in which it loses all but 1/e.
constexpr double roundIt = 24; ///< Pixels that are left round what is zoomed to.

} // namespace

// Going to places ------------------------------------------------------------------------------

QRectF MapWidget::boundsOf(const QList<int> &slots_, const MapLayout &layout) const
{
    QRectF all;
    for (const int slot : slots_) {
        const int position = positionOf(slot);
        if (position >= 0 && !layout.isFolded(position))
            all |= layout.tileRect(position);
    }
    return all;
}

void MapWidget::zoomTo(const QList<int> &slots_)
{
    if (!m_version || slots_.isEmpty())
        return;
    if (m_arrangement->isFree())
        zoomToOnWorld(slots_);
    else
        zoomToOnSheet(slots_);
}

void MapWidget::zoomToSelection()
{
    QList<int> wanted = selection();
    if (wanted.isEmpty() && m_current >= 0)
        wanted = {m_current};
    zoomTo(wanted);
}

void MapWidget::zoomToOnSheet(const QList<int> &slots_)
{
    // The largest stop at which all of them are in sight.
    Arrangement::Request request = layoutRequest();
    Stop wanted = allStops.front();
    for (size_t i = allStops.size(); i-- > 0;) {
        request.stop = allStops[i];
        const QRectF all = boundsOf(slots_, m_arrangement->layout(request));
        if (all.isEmpty())
            return;
        if (all.height() + 2 * roundIt <= height()) {
            wanted = allStops[i];
            break;
        }
    }
    const bool animate = isAnimating();
    const QPixmap before = animate ? grab() : QPixmap();
    const QPointF from = boundsOf(slots_, m_layout).center() - m_scroll;
    const double was = m_layout.tile.width();
    m_zoom->stop();
    m_zoomed = true;
    m_fitted = false;
    if (m_layout.stop != wanted) {
        m_layout.stop = wanted;
        m_far.dropSprites();
        relayout();
    }
    setScroll(boundsOf(slots_, m_layout).center().y() - height() / 2.0);
    if (animate && was > 0) {
        const QPointF to = boundsOf(slots_, m_layout).center() - m_scroll;
        m_zoomFrom = before;
        m_zoomScale = m_layout.tile.width() / was;
        m_zoomEnd = to - from * m_zoomScale;
        m_zoom->setDuration(flyTime);
        m_zoom->start();
    }
    Q_EMIT zoomChanged();
}

void MapWidget::zoomToOnWorld(const QList<int> &slots_)
{
    Arrangement::Request request = layoutRequest();
    request.isTrial = true;
    QList<size_t> groups;
    QRectF anchors;
    for (const int slot : slots_) {
        const int block = m_layout.blockOf(positionOf(slot));
        if (block < 0)
            continue;
        const auto group = size_t(m_layout.blocks[size_t(block)].group);
        if (groups.contains(group) || !request.groups[group].place)
            continue; // those on the shelf are always in sight
        groups.append(group);
        const QRectF dot(*request.groups[group].place, QSizeF(0.001, 0.001));
        anchors = anchors.isNull() ? dot : anchors | dot;
    }
    if (groups.isEmpty())
        return;
    if (groups.size() == 1) {
        goToGroup(groups.first(), slots_.size() == 1 ? Stop::Medium : Stop::Compact);
        return;
    }
    const double scale = m_arrangement->allowedScale(
        std::min((width() - 320) / std::max(1.0, anchors.width()),
                 (height() - 220) / std::max(1.0, anchors.height())),
        size(), request.ratio);
    glide(
        [&] {
            m_scale = scale;
            m_scroll = anchors.center() * scale - QPointF(width(), height()) / 2;
            m_fitted = false;
            m_zoomed = true;
            relayout(true);
        },
        flyTime);
}

// Zooms in on a region of the world until its tiles are in sight, and as large as that.
void MapWidget::goToGroup(size_t index, Stop least)
{
    Arrangement::Request request = layoutRequest();
    if (!request.groups[index].place)
        return; // on the shelf, which is always in sight
    const QPointF place = *request.groups[index].place;
    const QPointF half(width() / 2.0, height() / 2.0);
    request.isTrial = true;
    double scale = m_scale;
    while (true) {
        request.scale = scale;
        request.sight = QRectF(cornerAt(scale, place * scale - half), QSizeF(size()));
        const MapLayout trial = m_arrangement->layout(request);
        if (!trial.blocks[index].folded && trial.stop >= least)
            break;
        const double next = m_arrangement->allowedScale(scale * 1.2, size(), request.ratio);
        if (next <= scale)
            break;
        scale = next;
    }
    glide(
        [&] {
            m_scale = scale;
            m_scroll = place * scale - half;
            m_fitted = false;
            m_zoomed = true;
            relayout(true);
        },
        flyTime);
}

void MapWidget::openGroup(const QString &key)
{
    const auto group = std::find_if(m_groups.begin(), m_groups.end(),
                                    [&](const Group &one) { return one.key == key; });
    if (group == m_groups.end())
        return;
    if (isWorld()) {
        goToGroup(size_t(group - m_groups.begin()), Stop::S3);
        return;
    }
    QList<int> slots_;
    for (int i = 0; i < group->counts.stamps; ++i)
        slots_.append(m_order[size_t(group->first + i)]);
    zoomTo(slots_);
}

int MapWidget::troubleBeside(int slot, bool forward) const
{
    // The worst first; of one kind in reading order.
    std::vector<std::pair<int, int>> all;
    for (size_t position = 0; position < m_order.size(); ++position) {
        const int bucket = m_buckets[size_t(m_order[position])];
        const int rank = bucket == int(Health::Unhealthy) ? 0
            : bucket == int(Health::Degraded)             ? 1
            : bucket == int(Health::Healthy)              ? -1
                                                          : 2;
        if (rank >= 0)
            all.emplace_back(rank, int(position));
    }
    if (all.empty())
        return -1;
    std::sort(all.begin(), all.end());
    const int position = positionOf(slot);
    const auto at = std::find_if(all.begin(), all.end(),
                                 [&](const auto &one) { return one.second == position; });
    const auto count = std::ptrdiff_t(all.size());
    const auto index = at == all.end() ? (forward ? 0 : count - 1)
                                       : (at - all.begin() + (forward ? 1 : count - 1)) % count;
    return m_order[size_t(all[size_t(index)].second)];
}

bool MapWidget::goToTrouble(bool forward)
{
    if (!m_version)
        return false;
    const int slot = troubleBeside(m_current, forward);
    if (slot < 0)
        return false;
    m_keyboard = true;
    setSelection({slot});
    if (slot != m_current) {
        const int before = std::exchange(m_current, slot);
        updateSlot(before);
        Q_EMIT currentChanged(slot);
        tellFocus(this);
    }
    m_anchor = slot;
    // Where tiles say what is wrong the zoom stays as it is.
    if (m_layout.stop >= Stop::Medium && !m_layout.isFolded(positionOf(slot)))
        ensureVisible(slot);
    else
        zoomTo({slot});
    return true;
}

// Throwing and pinching ------------------------------------------------------------------------

void MapWidget::trackThrow(QPointF at)
{
    const qint64 now = m_clock->elapsed().count();
    std::erase_if(m_throwWay, [now](const auto &one) { return now - one.first > throwWithin; });
    m_throwWay.emplace_back(now, at);
}

void MapWidget::startThrow()
{
    const qint64 now = m_clock->elapsed().count();
    std::erase_if(m_throwWay, [now](const auto &one) { return now - one.first > throwWithin; });
    const auto way = std::exchange(m_throwWay, {});
    if (way.size() < 2 || !isAnimating())
        return;
    const double time = double(std::max<qint64>(1, now - way.front().first));
    m_throw = (way.back().second - way.front().second) / time;
    if (!m_arrangement->isFree())
        m_throw.setX(0);
    if (std::hypot(m_throw.x(), m_throw.y()) < leastThrow)
        return;
    m_thrownAt = now;
    m_throwTimer = startTimer(16, Qt::PreciseTimer);
}

void MapWidget::stopThrow()
{
    m_throwWay.clear();
    if (m_throwTimer != 0)
        killTimer(std::exchange(m_throwTimer, 0));
}

void MapWidget::throwOn()
{
    const qint64 now = m_clock->elapsed().count();
    const double time = double(std::clamp<qint64>(now - m_thrownAt, 1, 100));
    m_thrownAt = now;
    const QPointF before = m_scroll;
    setScroll(m_scroll - m_throw * time);
    m_throw *= std::exp(-time / friction);
    // Slow, or at the edge.
    if (std::hypot(m_throw.x(), m_throw.y()) < leastGlide || m_scroll == before)
        stopThrow();
}

void MapWidget::pinch(double factor, QPointF at)
{
    if (!m_version || !(factor > 0) || !std::isfinite(factor))
        return;
    stopThrow();
    if (m_arrangement->isFree()) {
        setScale(m_scale * factor, at);
        return;
    }
    m_pinched *= factor;
    while (m_pinched >= pinchStep) {
        m_pinched /= pinchStep;
        zoomIn(at);
    }
    while (m_pinched <= 1 / pinchStep) {
        m_pinched *= pinchStep;
        zoomOut(at);
    }
}

bool MapWidget::gestureEvent(QGestureEvent *event)
{
    auto *gesture = static_cast<QPinchGesture *>(event->gesture(Qt::PinchGesture));
    if (!gesture)
        return false;
    if (gesture->state() == Qt::GestureStarted)
        m_pinched = 1;
    if (gesture->changeFlags() & QPinchGesture::ScaleFactorChanged)
        pinch(gesture->scaleFactor(), mapFromGlobal(gesture->centerPoint()));
    event->accept(gesture);
    return true;
}

// The overview ---------------------------------------------------------------------------------

QRectF MapWidget::overviewRect() const
{
    if (!isWorld() || m_fitted || m_scale <= 0 || m_order.empty() || width() < 560 || height() < 360)
        return {};
    const QSizeF plane = m_arrangement->planeSize(m_scale);
    if (plane.width() <= width() + 1 && plane.height() <= height() + 1)
        return {}; // all is in sight
    const double foot = isCarrying() ? spreadHeight + 14 : 0;
    return {QPointF(12, height() - m_layout.shelf.height() - foot - 12
                        - OverviewInset::size.height()),
            OverviewInset::size};
}

void MapWidget::paintOverview(QPainter &painter)
{
    const QRectF there = overviewRect();
    if (there.isEmpty())
        return;
    std::vector<OverviewInset::Place> places;
    for (const MapBlock &block : m_layout.blocks) {
        if (!block.anchor || block.count == 0)
            continue;
        const FleetCounts &counts = m_groups[size_t(block.group)].counts;
        QPointF at = *block.anchor / m_layout.scale;
        at.setX(at.x() - std::floor(at.x() / Miller::width) * Miller::width);
        places.push_back({at, counts.unhealthy > 0    ? Health::Unhealthy
                                  : counts.degraded > 0 ? Health::Degraded
                                                        : Health::Healthy});
    }
    // What is worst is painted last.
    std::stable_sort(places.begin(), places.end(), [](const auto &a, const auto &b) {
        const auto rank = [](Health health) {
            return health == Health::Unhealthy ? 2 : health == Health::Degraded ? 1 : 0;
        };
        return rank(a.worst) < rank(b.worst);
    });
    QRectF sight = viewport();
    sight.setHeight(sight.height() - m_layout.shelf.height());
    m_overviewInset.paint(painter, there.topLeft(), sight, m_scale, places);
}

void MapWidget::goThereOnOverview(QPointF point)
{
    const QPointF place = OverviewInset::toPlane(point - overviewRect().topLeft());
    setScroll(place * m_scale - QPointF(width(), height()) / 2);
}

} // namespace Stampdeck

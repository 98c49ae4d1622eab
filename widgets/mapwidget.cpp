// SPDX-License-Identifier: GPL-3.0-or-later
#include "mapwidget.h"

#include "carrycontroller.h"
#include "mapaccessible.h"
#include "mapparts.h"
#include "themes.h"
#include "whatif.h"
#include "worldland.h"
#include "worldlayout.h"

#include "backends/api/clock.h"

#include <QtCore/QTimerEvent>
#include <QtCore/QVariantAnimation>

#include <cmath>
#include <numeric>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace Internal;

namespace {

/// In which of the five buckets a stamp is counted.
int bucketOf(const StampEntry &entry)
{
    return entry.stale && !entry.proof ? MapWidget::staleBucket : int(entry.health);
}

int &bucket(FleetCounts &counts, int which)
{
    switch (which) {
    case int(Health::Healthy):
        return counts.healthy;
    case int(Health::Degraded):
        return counts.degraded;
    case int(Health::Unhealthy):
        return counts.unhealthy;
    case MapWidget::staleBucket:
        return counts.stale;
    default:
        return counts.unknown;
    }
}

constexpr double zoomStep = 1.4; ///< Of a key or a button where the zoom is free.
constexpr size_t manyTiles = 300;
constexpr std::chrono::milliseconds orderRest{1'000};
constexpr std::chrono::milliseconds legendRest{500}; ///< It is not told of every change.

} // namespace

MapWidget::MapWidget(QWidget *parent)
    : QWidget(parent)
    , m_clock(&Clock::system())
    , m_zoom(new QVariantAnimation(this))
{
    m_arrangements[size_t(MapArrangement::World)].arrangement =
        std::make_unique<WorldArrangement>();
    m_arrangements[size_t(MapArrangement::Sheet)].arrangement =
        std::make_unique<SheetArrangement>();
    m_arrangement = m_arrangements[size_t(m_kind)].arrangement.get();
    installMapAccessibility();
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAcceptDrops(true);
    grabGesture(Qt::PinchGesture);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("map"));
    m_zoom->setStartValue(0.0);
    m_zoom->setEndValue(1.0);
    m_zoom->setEasingCurve(QEasingCurve::OutCubic);
    connect(m_zoom, &QVariantAnimation::valueChanged, this, [this] { QWidget::update(); });
    connect(m_zoom, &QVariantAnimation::finished, this, [this] {
        m_zoomFrom = {};
        QWidget::update(); // what was made ready is shown
    });
    connect(&Themes::instance(), &Themes::changed, this, &MapWidget::resetTheme);
    m_ageTimer = startTimer(1000);
}

MapWidget::~MapWidget() = default;

void MapWidget::setClock(const Clock &clock)
{
    m_clock = &clock;
    // What it said before is of another time.
    m_changedAt.clear();
    m_ordered.reset();
}

void MapWidget::setCarry(CarryController *carry)
{
    if (m_carry)
        m_carry->disconnect(this);
    m_carry = carry;
    if (carry) {
        connect(carry, &CarryController::changed, this, &MapWidget::carryChanged);
        connect(carry, &CarryController::verdictsChanged, this, &MapWidget::takeVerdicts);
        connect(carry, &CarryController::spreadChanged, this, qOverload<>(&QWidget::update));
        connect(carry, &QObject::destroyed, this, [this] { m_carry = nullptr; });
    }
    carryChanged();
}

void MapWidget::setWhatIf(WhatIf *whatIf)
{
    if (m_whatIf)
        m_whatIf->disconnect(this);
    m_whatIf = whatIf;
    if (whatIf) {
        connect(whatIf, &WhatIf::changed, this, &MapWidget::whatIfChanged);
        connect(whatIf, &WhatIf::answered, this, &MapWidget::whatIfChanged);
        connect(whatIf, &QObject::destroyed, this, [this] { m_whatIf = nullptr; });
    }
    whatIfChanged();
}

bool MapWidget::isCarrying() const
{
    return m_carry && m_carry->isActive();
}

// Order and layout -----------------------------------------------------------------------------

void MapWidget::setVersion(const FleetVersionPtr &version)
{
    m_version = version;
    m_colours.learn(*version);
    countColours();
    m_changedAt.clear();
    rebuildOrder(false);
    chooseStop();
    relayout(true);
    trackMoves(nullptr);
    Q_EMIT legendChanged();
}

void MapWidget::applyChanges(const FleetVersionPtr &version, const ChangeSet &changes)
{
    if (!m_version) {
        setVersion(version);
        return;
    }
    const FleetVersionPtr before = m_version;
    m_version = version;
    // A source of thousands of endpoints tells of its stamps one after the other: a place for those
    // that come is made once a second, so that the window is not busy with nothing else.
    const std::chrono::milliseconds rest =
        m_ordered ? *m_ordered + orderRest - m_clock->elapsed() : std::chrono::milliseconds(0);
    const bool canWait = m_order.size() >= manyTiles && rest.count() > 0;
    const bool isMore = changes.stampsComeOrGo || version->stamps.size() > int(m_positions.size());
    bool moved = isMore && (!canWait || !changes.goneStamps.isEmpty());
    bool waits = isMore && !moved;
    bool counted = false;
    QSet<int> heads; // blocks whose head says something else now
    bool recoloured = before->counts != version->counts;
    for (const int slot : changes.stamps) {
        const StampEntryPtr &now = version->stamps[slot];
        recoloured = m_histogram.change(slot, now.get(), m_colours) || recoloured;
    }
    if (recoloured && m_legendTimer == 0)
        m_legendTimer = startTimer(legendRest);
    for (const int slot : changes.stamps) {
        const StampEntryPtr &now = version->stamps[slot];
        const int position = positionOf(slot);
        if (now && position < 0 && canWait) {
            waits = true;
            continue;
        }
        if (!now || position < 0) {
            moved = true;
            continue;
        }
        if (moved)
            continue;
        const int block = m_layout.blockOf(position);
        Group &group = m_groups[size_t(m_layout.blocks[size_t(block)].group)];
        if (isWorld() || m_layout.stop >= Stop::Medium) {
            // Its sums are worked out once a second at the most.
            m_lateHeads.insert(block);
            if (m_headTimer == 0)
                m_headTimer = startTimer(1'000);
        } else {
            group.sums.reset();
        }
        if (groupKey(*version, *now, shownGrouping()) != group.key) {
            moved = true;
            continue;
        }
        const StampEntryPtr &was = before->stamps[slot];
        quint8 &is = m_buckets[size_t(slot)];
        const int bucketNow = bucketOf(*now);
        if (is != bucketNow) {
            --bucket(group.counts, is);
            ++bucket(group.counts, bucketNow);
            is = quint8(bucketNow);
            counted = true;
            heads.insert(block);
            if (was && !was->proof && m_layout.stop >= Stop::Compact) {
                m_changedAt.insert(slot, m_clock->elapsed().count());
                if (m_changedTimer == 0)
                    m_changedTimer = startTimer(Motion::flashTime);
            }
        }
        updateSlot(slot);
    }
    if (moved) {
        if (m_order.empty()) {
            m_colours.learn(*version);
            countColours();
        }
        rebuildOrder(true);
        chooseStop();
        relayout();
    } else {
        if (waits && m_orderTimer == 0)
            m_orderTimer = startTimer(rest);
        for (const int block : std::as_const(heads))
            updateBlock(m_layout.blocks[size_t(block)]);
    }
    trackMoves(&changes);
    if (moved || counted) {
        m_strip.invalidate();
        update(stripRect().toAlignedRect());
    }
}

void MapWidget::chooseStop()
{
    // Until somebody zooms, and not for every stamp that comes: nothing jumps.
    const auto count = m_order.size();
    if (m_arrangement->isFree()) {
        m_fitted = m_fitted || !m_zoomed;
        return;
    }
    if (m_zoomed || count == 0 || (m_chosenFor > 0 && count < 2 * m_chosenFor))
        return;
    m_chosenFor = count;
    m_fitted = count > 400;
    m_layout.stop = count <= 60 ? Stop::Medium : count <= 400 ? Stop::Compact : m_layout.stop;
    m_far.dropSprites();
    Q_EMIT zoomChanged();
}

void MapWidget::rebuildOrder(bool keepOrder)
{
    m_ordered = m_clock->elapsed();
    if (m_orderTimer != 0)
        killTimer(std::exchange(m_orderTimer, 0));
    const FleetVersion &version = *m_version;
    QHash<QString, size_t> groupOf;
    std::vector<QString> keys;
    std::vector<std::vector<int>> old; // still sorted
    std::vector<std::vector<int>> fresh;
    const auto place = [&](int slot, bool isOld) {
        const QString key = groupKey(version, *version.stamps[slot], shownGrouping());
        auto found = groupOf.constFind(key);
        if (found == groupOf.constEnd()) {
            found = groupOf.insert(key, keys.size());
            keys.push_back(key);
            old.emplace_back();
            fresh.emplace_back();
        }
        (isOld ? old : fresh)[*found].push_back(slot);
    };
    std::vector<char> seen(size_t(version.stamps.size()), 0);
    if (keepOrder) {
        for (const int slot : m_order) {
            // A slot that is used again may have another name now.
            if (slot < version.stamps.size() && version.stamps[slot]
                && m_names[size_t(slot)] == version.stamps[slot]->id) {
                seen[size_t(slot)] = 1;
                place(slot, true);
            }
        }
    }
    version.eachStamp([&](int slot, const StampEntry &) {
        if (!seen[size_t(slot)])
            place(slot, false);
    });

    const auto before = [&](int a, int b) {
        const StampEntry &x = *version.stamps[a];
        const StampEntry &y = *version.stamps[b];
        const int order = naturalCompare(x.stamp->name, y.stamp->name);
        return order != 0 ? order < 0 : x.id < y.id;
    };
    std::vector<size_t> order(keys.size());
    std::iota(order.begin(), order.end(), size_t(0));
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        if (keys[a].isEmpty() != keys[b].isEmpty())
            return keys[b].isEmpty(); // what is not told stands last
        return naturalCompare(keys[a], keys[b]) < 0;
    });

    m_order.clear();
    m_groups.clear();
    m_positions.assign(size_t(version.stamps.size()), -1);
    m_buckets.assign(size_t(version.stamps.size()), 0);
    m_names.assign(size_t(version.stamps.size()), QString());
    for (const size_t index : order) {
        std::vector<int> &all = old[index];
        std::vector<int> &added = fresh[index];
        // Most backends tell them in this order.
        if (!std::is_sorted(added.begin(), added.end(), before))
            std::sort(added.begin(), added.end(), before);
        if (all.empty()) {
            all = std::move(added);
        } else if (!added.empty()) {
            const auto middle = std::ptrdiff_t(all.size());
            all.insert(all.end(), added.begin(), added.end());
            std::inplace_merge(all.begin(), all.begin() + middle, all.end(), before);
        }
        Group group;
        group.key = keys[index];
        group.title = groupTitle(group.key, shownGrouping());
        group.first = int(m_order.size());
        group.counts.stamps = int(all.size());
        for (const int slot : all) {
            const StampEntry &entry = *version.stamps[slot];
            m_positions[size_t(slot)] = int(m_order.size());
            m_order.push_back(slot);
            m_names[size_t(slot)] = entry.id;
            m_buckets[size_t(slot)] = quint8(bucketOf(entry));
            ++bucket(group.counts, bucketOf(entry));
        }
        m_groups.push_back(std::move(group));
    }

    const auto gone = [&](int slot) { return positionOf(slot) < 0; };
    const auto selected = m_selected.size();
    m_selected.removeIf([&](const int &slot) { return gone(slot); });
    if (m_current >= 0 && gone(m_current)) {
        m_current = -1;
        Q_EMIT currentChanged(-1);
    }
    if (gone(m_anchor))
        m_anchor = -1;
    if (gone(m_hovered))
        m_hovered = -1;
    if (selected != m_selected.size())
        Q_EMIT selectionChanged();
    m_far.forgetLooks();
}

Arrangement::Request MapWidget::layoutRequest() const
{
    Arrangement::Request request;
    for (const Group &group : m_groups) {
        MapGroupSize size{group.first, group.counts.stamps, 0, group.key};
        if (!isWorld())
            size.head = farHeadWidth(group.title);
        if (isWorld()) {
            const FleetCounts &counts = group.counts;
            size.trouble = counts.unhealthy > 0          ? 3
                : counts.degraded > 0                    ? 2
                : counts.unknown > 0 || counts.stale > 0 ? 1
                                                         : 0;
            if (const auto place = regionPlace(group.key, m_regionPlaces))
                size.place = Miller::toPlane(place->lat, place->lon);
        }
        size.ghosts = grouping() == MapGroupBy::Region && m_ghosts.contains(group.key);
        request.groups.push_back(size);
    }
    request.viewport = size();
    request.ratio = devicePixelRatioF();
    request.stop = m_layout.stop;
    return request;
}

void MapWidget::relayout(bool zoomed, bool forgets)
{
    Arrangement::Request request = layoutRequest();
    request.forgets = forgets;
    const Stop before = m_layout.stop;
    if (m_arrangement->isFree()) {
        const QSizeF was = m_layout.sight.size();
        const double wasScale = m_scale;
        const Arrangement::View view = m_arrangement->overview(request);
        m_overview = view.scale;
        if (m_fitted || m_scale <= 0) {
            m_scale = view.scale;
            m_scroll = view.corner;
        } else if (!was.isEmpty() && was != request.viewport) {
            // What was in the middle stays there.
            const QPointF middle = m_layout.sight.center() / m_layout.scale;
            m_scale = m_arrangement->allowedScale(m_scale, request.viewport, request.ratio);
            m_scroll = middle * m_scale - QPointF(width(), height()) / 2;
        }
        m_scroll = cornerAt(m_scale, m_scroll);
        request.scale = m_scale;
        request.sight = viewport();
        request.keepsStop = !zoomed && !m_fitted && was == request.viewport && wasScale == m_scale;
    } else if (m_fitted) {
        request.stop = m_arrangement->fitting(request);
    }
    forgetLateSums(); // no others: those are of stamps and their order
    m_layout = m_arrangement->layout(request);
    if (isCarrying() && !m_arrangement->isFree())
        m_layout.content.rheight() += spreadHeight + 24;
    m_scroll = m_arrangement->allowedCorner(m_layout.content, m_scroll, size(), beyond());
    m_arrangement->follow(m_layout, viewport());
    m_far.invalidate();
    m_strip.invalidate();
    m_offAndTaken.reset();
    m_carrySums.clear();
    if (before != m_layout.stop)
        m_far.dropSprites();
    if (before != m_layout.stop || m_arrangement->isFree())
        Q_EMIT zoomChanged();
    sumMoves();
    update();
    ++m_layoutSerial;
    tellLayout(this);
}

void MapWidget::forgetLateSums()
{
    for (const int block : std::as_const(m_lateHeads)) {
        // Where the order is another by now, its groups are new and have none.
        if (const size_t group = size_t(m_layout.blocks[size_t(block)].group); group < m_groups.size())
            m_groups[group].sums.reset();
    }
    m_lateHeads.clear();
}

// Below a plane there is room to bring out what the drop area covers.
double MapWidget::beyond() const
{
    return isCarrying() && m_arrangement->isFree() ? spreadHeight + 24 : 0;
}

QRectF MapWidget::viewport() const
{
    return {m_scroll, QSizeF(size())};
}

double MapWidget::maxScroll() const
{
    return std::max(0.0, m_layout.content.height() - height());
}

void MapWidget::setScroll(QPointF corner)
{
    const double ratio = devicePixelRatioF();
    const QPointF allowed =
        m_arrangement->allowedCorner(m_layout.content, corner, size(), beyond());
    const QPointF at(std::round(allowed.x() * ratio) / ratio,
                     std::round(allowed.y() * ratio) / ratio);
    if (at == m_scroll)
        return;
    m_scroll = at;
    if (m_arrangement->isFree()) {
        m_fitted = false;
        m_zoomed = true;
    }
    m_arrangement->follow(m_layout, viewport());
    m_far.invalidate();
    setHovered(-1);
    update();
    ++m_layoutSerial;
    tellLayout(this);
}

void MapWidget::scrollTo(double y)
{
    setScroll(y);
}

int MapWidget::positionOf(int slot) const
{
    return slot >= 0 && size_t(slot) < m_positions.size() ? m_positions[size_t(slot)] : -1;
}

MapLegend MapWidget::legend() const
{
    MapLegend legend = m_colours.legend();
    if (legend.colour == MapColourBy::Health) {
        if (m_version) {
            const FleetCounts &counts = m_version->counts;
            const std::array<int, 5> all = {counts.healthy, counts.degraded, counts.unhealthy,
                                            counts.unknown, counts.stale};
            for (size_t i = 0; i < all.size(); ++i)
                legend.entries[qsizetype(i)].count = all[i];
        }
        return legend;
    }
    const std::vector<int> &counts = m_histogram.counts();
    for (size_t i = 0; i < counts.size() && qsizetype(i) < legend.entries.size(); ++i)
        legend.entries[qsizetype(i)].count = counts[i];
    legend.untold = m_histogram.untold();
    return legend;
}

void MapWidget::countColours()
{
    if (m_version)
        m_histogram.rebuild(*m_version, m_colours);
}

void MapWidget::setGrouping(const MapGrouping &grouping)
{
    if (m_grouping == grouping)
        return;
    m_grouping = grouping;
    if (m_version && !isWorld()) {
        rebuildOrder(false);
        relayout();
    }
    Q_EMIT legendChanged();
}

void MapWidget::setColour(MapColourBy colour)
{
    if (m_colours.colour() == colour)
        return;
    m_colours.setColour(colour);
    if (m_version)
        m_colours.learn(*m_version);
    countColours();
    m_far.forgetLooks();
    m_far.dropSprites();
    update();
    Q_EMIT legendChanged();
}

void MapWidget::setGroupNotes(const QHash<QString, MapGroupNote> &notes)
{
    if (notes == m_notes)
        return;
    m_notes = notes;
    if (updateGhosts() && m_version)
        relayout();
    update();
}

bool MapWidget::updateGhosts()
{
    if (isCarrying()) // no place comes or goes under the hand
        return false;
    QSet<QString> missing;
    for (auto it = m_notes.cbegin(); it != m_notes.cend(); ++it) {
        if (it->survives == false && !it->template_.isEmpty())
            missing.insert(it.key());
    }
    return std::exchange(m_ghosts, missing) != missing;
}

void MapWidget::setMarks(const QHash<int, MapMark> &marks)
{
    if (marks == m_marks)
        return;
    const QHash<int, MapMark> before = std::exchange(m_marks, marks);
    if (isFar(m_layout.stop))
        return;
    const auto differs = [](const QHash<int, MapMark> &a, const QHash<int, MapMark> &b, int slot) {
        const auto one = a.constFind(slot);
        const auto other = b.constFind(slot);
        return (one == a.cend()) != (other == b.cend()) || (one != a.cend() && *one != *other);
    };
    for (const QHash<int, MapMark> *from : {&before, &std::as_const(m_marks)}) {
        for (auto it = from->cbegin(); it != from->cend(); ++it) {
            if (differs(before, m_marks, it.key()))
                updateSlot(it.key());
        }
    }
    ++m_layoutSerial; // what assistive technology is told of them
}

void MapWidget::setMatches(std::optional<QSet<int>> matches)
{
    if (matches == m_matches)
        return;
    m_matches = std::move(matches);
    m_far.forgetLooks();
    m_far.invalidate();
    m_strip.invalidate();
    update();
}

int MapWidget::zoomPercent() const
{
    if (isWorld())
        return m_overview > 0 ? int(std::lround(m_scale / m_overview * 100)) : 100;
    return int(std::lround(stopWidth(m_layout.stop) / 1.5));
}

void MapWidget::setStop(Stop stop, QPointF anchor)
{
    m_zoomed = true;
    m_fitted = false;
    changeStop(stop, anchor);
}

void MapWidget::zoomIn(QPointF anchor)
{
    if (m_arrangement->isFree())
        zoomTo(m_scale * zoomStep, anchor);
    else if (m_layout.stop < allStops.back())
        setStop(Stop(int(m_layout.stop) + 1), anchor);
}

void MapWidget::zoomOut(QPointF anchor)
{
    if (m_arrangement->isFree())
        zoomTo(m_scale / zoomStep, anchor);
    else if (m_layout.stop > allStops.front())
        setStop(Stop(int(m_layout.stop) - 1), anchor);
}

void MapWidget::fit()
{
    if (m_arrangement->isFree()) {
        const auto overview = [this] {
            m_fitted = true;
            relayout(true, true);
        };
        if (m_version)
            glide(overview, flyTime);
        m_fitted = true;
        m_zoomed = true;
        return;
    }
    Arrangement::Request request = layoutRequest();
    for (MapGroupSize &group : request.groups)
        group.ghosts = 0;
    m_zoomed = true;
    m_fitted = false;
    changeStop(m_arrangement->fitting(request), {});
    m_fitted = true;
    setScroll(0);
}

void MapWidget::changeStop(Stop stop, QPointF anchor)
{
    if (m_arrangement->isFree()) {
        if (!m_version) {
            m_layout.stop = stop;
            return;
        }
        if (anchor.isNull())
            anchor = QPointF(rect().center());
        // The least scale at which it is reached.
        Arrangement::Request request = layoutRequest();
        request.isTrial = true;
        const QPointF there = (m_scroll + anchor) / m_scale;
        double scale = m_arrangement->allowedScale(0, size(), request.ratio);
        while (true) {
            request.scale = scale;
            request.sight = QRectF(cornerAt(scale, there * scale - anchor), QSizeF(size()));
            if (m_arrangement->layout(request).stop >= stop)
                break;
            const double next = m_arrangement->allowedScale(scale * 1.12, size(), request.ratio);
            if (next <= scale)
                break;
            scale = next;
        }
        zoomTo(scale, anchor);
        return;
    }
    if (stop == m_layout.stop || !m_version) {
        m_layout.stop = stop;
        return;
    }
    if (anchor.isNull()) {
        const QRectF current = m_current >= 0 ? tileRect(m_current) : QRectF();
        anchor = !current.isEmpty() && QRectF(rect()).contains(current.center())
            ? current.center()
            : QPointF(rect().center());
    }
    // The tile nearest to the anchor stays there.
    int nearest = -1;
    double distance = 1e18;
    const QPointF at = anchor + m_scroll;
    m_layout.eachTileIn(viewport(), [&](int position) {
        const QPointF off = m_layout.tileRect(position).center() - at;
        const double is = off.x() * off.x() + off.y() * off.y();
        if (is < distance) {
            distance = is;
            nearest = position;
        }
    });
    const bool animate = isAnimating();
    const QPointF from = nearest < 0 ? anchor : m_layout.tileRect(nearest).center() - m_scroll;
    if (animate) {
        m_zoomFrom = grab();
        m_zoomScale = double(stopWidth(stop)) / stopWidth(m_layout.stop);
    }
    m_layout.stop = stop;
    m_far.dropSprites();
    relayout();
    if (nearest >= 0) {
        m_scroll.setY(m_scroll.y() - 1); // whatever it was, setScroll() is to act
        setScroll(m_layout.tileRect(nearest).center().y() - anchor.y());
        m_scroll.setY(std::clamp(m_scroll.y(), 0.0, maxScroll()));
        m_far.invalidate();
    }
    setHovered(-1);
    if (animate) {
        // The columns are others now: the tile under the pointer flies to where it stands then.
        const QPointF to = nearest < 0 ? anchor : m_layout.tileRect(nearest).center() - m_scroll;
        m_zoomEnd = to - from * m_zoomScale;
        m_zoom->stop();
        m_zoom->setDuration(zoomTime);
        m_zoom->start();
    }
    Q_EMIT zoomChanged();
    update();
    ++m_layoutSerial;
    tellLayout(this);
}

QList<int> MapWidget::selection() const
{
    QList<int> slots_(m_selected.cbegin(), m_selected.cend());
    std::sort(slots_.begin(), slots_.end(),
              [this](int a, int b) { return positionOf(a) < positionOf(b); });
    return slots_;
}

void MapWidget::setSelection(const QList<int> &slots_)
{
    QSet<int> wanted;
    for (const int slot : slots_) {
        if (positionOf(slot) >= 0)
            wanted.insert(slot);
    }
    if (wanted == m_selected)
        return;
    const QSet<int> before = std::exchange(m_selected, wanted);
    for (const int slot : (before - wanted) + (wanted - before))
        updateSlot(slot);
    Q_EMIT selectionChanged();
}

int MapWidget::currentSlot() const
{
    return m_current;
}

void MapWidget::setCurrent(int slot)
{
    if (positionOf(slot) < 0)
        return;
    if (isCarrying()) { // there is one goal, which card and frame show and keys drop on
        m_dropTarget = slot;
        m_overSpread = false;
        update();
    }
    if (slot == m_current) {
        if (isCarrying())
            Q_EMIT handMoved(tileRect(slot).center());
        return;
    }
    const int before = std::exchange(m_current, slot);
    updateSlot(before);
    updateSlot(slot);
    ensureVisible(slot);
    if (isCarrying())
        Q_EMIT handMoved(tileRect(slot).center());
    Q_EMIT currentChanged(slot);
    tellFocus(this);
}

void MapWidget::ensureVisible(int slot)
{
    const int position = positionOf(slot);
    if (position < 0)
        return;
    if (m_layout.isFolded(position)) {
        openGroup(m_groups[size_t(m_layout.blocks[size_t(m_layout.blockOf(position))].group)].key);
        return;
    }
    const QRectF tile = m_layout.tileRect(position);
    // How far the window has to go so that what lies between two edges is in it.
    const auto moved = [](double corner, double room, double from, double to) {
        const double margin = std::min(30.0, std::max(0.0, (room - (to - from)) / 2));
        return from - margin < corner     ? from - margin
            : to + margin > corner + room ? to + margin - room
                                          : corner;
    };
    if (m_layout.blocks[size_t(m_layout.blockOf(position))].pinned)
        return;
    const double x = m_arrangement->isFree()
        ? moved(m_scroll.x(), width(), tile.left(), tile.right())
        : m_scroll.x();
    const double foot = isWorld() ? m_layout.shelf.height() : spreadGround().height();
    setScroll(QPointF(x, moved(m_scroll.y(), height() - foot, tile.top(), tile.bottom())));
}

void MapWidget::timerEvent(QTimerEvent *event)
{
    const int id = event->timerId();
    if (id == m_tipTimer) {
        killTimer(id);
        m_tipTimer = 0;
        showTip();
    } else if (id == m_panTimer) {
        // The farther out, the faster.
        const auto by = [](double at, double room) {
            return at < edgePan ? at - edgePan : std::max(0.0, at - (room - edgePan));
        };
        setScroll(m_scroll
                  + QPointF(m_arrangement->isFree() ? by(m_dragAt.x(), width()) : 0,
                            m_overSpread ? 0 : by(m_dragAt.y(), height()))
                      / 3);
        m_dropTarget = slotAt(m_dragAt);
    } else if (id == m_headTimer) {
        killTimer(id);
        m_headTimer = 0;
        for (const int block : std::as_const(m_lateHeads))
            updateBlock(m_layout.blocks[size_t(block)]);
        forgetLateSums();
    } else if (id == m_orderTimer) {
        rebuildOrder(true);
        chooseStop();
        relayout();
    } else if (id == m_stripTimer) {
        killTimer(id);
        m_stripTimer = 0;
        update(stripRect().toAlignedRect());
    } else if (id == m_legendTimer) {
        killTimer(std::exchange(m_legendTimer, 0));
        Q_EMIT legendChanged();
    } else if (id == m_throwTimer) {
        throwOn();
    } else if (id == m_reasonTimer) {
        killTimer(id);
        m_reasonTimer = 0;
        m_reasonSlot = -1;
        update();
    } else if (id == m_moveTimer) {
        // Only where dots were and are.
        const bool goes = isVisible() && isWorld() && !m_moves.empty() && isAnimating();
        QRegion dots;
        for (const ClusterMove &move : m_moves) {
            const QPainterPath arc = WorldPainter::arc(m_layout, move, m_scroll);
            if (arc.controlPointRect().intersects(QRectF(rect())))
                dots += arc.boundingRect().adjusted(-5, -5, 5, 5).toAlignedRect();
        }
        for (const MapBlock &block : m_layout.blocks)
            dots -= block.frame.translated(-m_scroll).toAlignedRect();
        if (!goes || dots.isEmpty()) {
            killTimer(id);
            m_moveTimer = 0;
        }
        update(dots);
    } else if (id == m_ageTimer) {
        ageStale();
    } else if (id == m_changedTimer) {
        const qint64 now = m_clock->elapsed().count();
        const QList<int> changed = m_changedAt.keys();
        for (const int slot : changed) {
            updateSlot(slot);
            const qint64 since = now - m_changedAt.value(slot);
            if (since < 0 || since >= changeRest) // before: a replay went back
                m_changedAt.remove(slot);
        }
        if (m_changedAt.isEmpty()) {
            killTimer(id);
            m_changedTimer = 0;
        }
    } else {
        QWidget::timerEvent(event);
    }
}

// Where a source is silent nothing else would make its tiles say how long.
void MapWidget::ageStale()
{
    using namespace std::chrono_literals;
    if (!isVisible() || !m_version || m_version->counts.stale == 0 || isFar(m_layout.stop))
        return;
    for (const int slot : slotsInSight()) {
        const StampEntry &entry = *m_version->stamps[slot];
        if (!entry.stale)
            continue;
        // In seconds for two minutes, then in minutes.
        const std::chrono::milliseconds age = staleFor(entry, *m_clock);
        if (age < 122s || age % 1min < 2s)
            updateSlot(slot);
    }
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "mapwidget.h"

#include "carrycontroller.h"
#include "glyphs.h"
#include "icons.h"
#include "mapaccessible.h"
#include "text.h"
#include "themes.h"
#include "worldland.h"
#include "worldlayout.h"

#include "backends/api/clock.h"
#include "models/formatter.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QMimeData>
#include <QtCore/QVariantAnimation>
#include <QtGui/QDrag>
#include <QtGui/QNativeGestureEvent>
#include <QtGui/QPainter>
#include <QtGui/QWheelEvent>
#include <QtWidgets/QApplication>
#include <QtWidgets/QStyle>
#include <QtWidgets/QToolTip>

#include <cmath>
#include <cstring>
#include <numeric>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using Text::Align;
using Text::Face;

namespace {

constexpr Text::Style evacuateStyle{Text::Face::Ui, 12, 500};
constexpr double frameReach = 5; ///< How far a frame lies outside its tile.
constexpr int dragFrom = 6;
constexpr double spreadHeight = 56;
constexpr double edgePan = 40;
constexpr qint64 changeRest = 2'000; ///< Milliseconds that a changed tile keeps its thick frame.

void write(QPainter &painter, QPointF at, const QString &text, const Text::Style &style,
           const QColor &color, Align align = Align::Left)
{
    painter.setPen(color);
    Text::draw(painter, at, text, style, align);
}

/// In which of the five buckets a stamp is counted.
int bucketOf(const StampEntry &entry)
{
    return entry.stale ? 4 : int(entry.health);
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
    case 4:
        return counts.stale;
    default:
        return counts.unknown;
    }
}

/// The parts of a cell's look, packed: health 2, stale 1, mark 1, faded 1, verdict 3, tint 2,
/// fill 5.
struct Look
{
    static quint32 pack(int health, bool stale, bool mark, bool faded, int verdict, int tint,
                        int fill)
    {
        return quint32(health) | quint32(stale) << 2U | quint32(mark) << 3U | quint32(faded) << 4U
            | quint32(verdict) << 5U | quint32(tint) << 8U | quint32(fill) << 10U;
    }
    static constexpr size_t count = 1U << 15U;
    static Health health(quint32 look) { return Health(look & 3U); }
    static bool stale(quint32 look) { return look & 4U; }
    static bool mark(quint32 look) { return look & 8U; }
    static bool faded(quint32 look) { return look & 16U; }
    static int verdict(quint32 look) { return int(look >> 5U & 7U); }
    static int tint(quint32 look) { return int(look >> 8U & 3U); }
    static int fill(quint32 look) { return int(look >> 10U & 31U); }
    /// Reaches beyond its cell, and is painted after its neighbours.
    static bool overhangs(quint32 look)
    {
        return !stale(look) && !faded(look) && verdict(look) == 0
            && health(look) == Health::Unhealthy;
    }
    static bool second(quint32 look)
    {
        return !stale(look) && !faded(look) && verdict(look) == 0
            && health(look) == Health::Degraded;
    }
};

constexpr double keyPan = 80; ///< Alt and an arrow.
constexpr double zoomStep = 1.4; ///< Of a key or a button where the zoom is free.
constexpr size_t manyTiles = 300;
constexpr std::chrono::milliseconds orderRest{1'000};
constexpr int firstCategory = 10; ///< Fills: 0 none, 1 to 9 the ramp, from 10 the categories.

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
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("map"));
    m_zoom->setStartValue(0.0);
    m_zoom->setEndValue(1.0);
    m_zoom->setEasingCurve(QEasingCurve::OutCubic);
    connect(m_zoom, &QVariantAnimation::valueChanged, this, [this] { update(); });
    connect(m_zoom, &QVariantAnimation::finished, this, [this] {
        m_zoomFrom = {};
        update();
    });
    connect(&Themes::instance(), &Themes::changed, this, &MapWidget::resetTheme);
    m_spriteOf.assign(Look::count, -1);
    m_ageTimer = startTimer(1000);
}

MapWidget::~MapWidget() = default;

void MapWidget::setClock(const Clock &clock)
{
    m_clock = &clock;
}

void MapWidget::setCarry(CarryController *carry)
{
    if (m_carry)
        m_carry->disconnect(this);
    m_carry = carry;
    if (carry) {
        connect(carry, &CarryController::changed, this, &MapWidget::carryChanged);
        connect(carry, &CarryController::verdictsChanged, this, &MapWidget::carryChanged);
        connect(carry, &QObject::destroyed, this, [this] { m_carry = nullptr; });
    }
    carryChanged();
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
    const bool isMore
        = changes.stampsComeOrGo || version->stamps.size() > int(m_positions.size());
    bool moved = isMore && (!canWait || !changes.goneStamps.isEmpty());
    bool waits = isMore && !moved;
    bool counted = false;
    QSet<int> heads; // blocks whose head says something else now
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
        if (isWorld() || (m_layout.stop == Stop::Near && m_layout.selvage)) {
            // Its sums are worked out once a second at the most.
            m_lateHeads.insert(block);
            if (m_headTimer == 0)
                m_headTimer = startTimer(1'000);
        } else {
            group.counted = false;
        }
        if (groupKey(*version, *now, grouping()) != group.key) {
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
            if (was && m_layout.stop >= Stop::Compact) {
                m_changedAt.insert(slot, m_clock->elapsed().count());
                if (m_changedTimer == 0)
                    m_changedTimer = startTimer(150);
            }
        }
        updateSlot(slot);
    }
    if (moved) {
        if (m_order.empty())
            m_colours.learn(*version);
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
        m_stripDirty = true;
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
    dropSprites();
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
        const QString key = groupKey(version, *version.stamps[slot], grouping());
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
        group.title = groupTitle(group.key, grouping());
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
    m_looksValid = false;
}

Arrangement::Request MapWidget::layoutRequest() const
{
    Arrangement::Request request;
    for (const Group &group : m_groups) {
        MapGroupSize size{group.first, group.counts.stamps, 0, group.key};
        if (isWorld()) {
            const FleetCounts &counts = group.counts;
            size.trouble = counts.unhealthy > 0          ? 3
                : counts.degraded > 0                    ? 2
                : counts.unknown > 0 || counts.stale > 0 ? 1
                                                         : 0;
            if (const auto place = regionPlace(group.key, m_regionPlaces))
                size.place = Miller::toPlane(place->lat, place->lon);
        } else {
            const MapGroupNote note = m_notes.value(group.key);
            size.ghosts = m_grouping == MapGroupBy::Region && note.survives == false
                && !note.template_.isEmpty() && !isCarrying();
        }
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
        request.keepsStop =
            !zoomed && !m_fitted && was == request.viewport && wasScale == m_scale;
    } else if (m_fitted) {
        request.stop = m_arrangement->fitting(request);
    }
    m_layout = m_arrangement->layout(request);
    if (isCarrying() && !m_arrangement->isFree())
        m_layout.content.rheight() += spreadHeight + 24;
    m_scroll = m_arrangement->allowedCorner(m_layout.content, m_scroll, size(), beyond());
    m_arrangement->follow(m_layout, viewport());
    m_farValid = false;
    m_stripDirty = true;
    m_lateHeads.clear();
    for (Group &group : m_groups)
        group.counted = false;
    if (before != m_layout.stop)
        dropSprites();
    if (before != m_layout.stop || m_arrangement->isFree())
        Q_EMIT zoomChanged();
    sumMoves();
    update();
    ++m_layoutSerial;
    tellLayout(this);
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
    m_farValid = false;
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

void MapWidget::setGrouping(MapGroupBy grouping)
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
    dropSprites();
    m_looksValid = false;
    m_farValid = false;
    update();
    Q_EMIT legendChanged();
}

void MapWidget::setGroupNotes(const QHash<QString, MapGroupNote> &notes)
{
    if (notes == m_notes)
        return;
    const auto ghosts = [&](const QHash<QString, MapGroupNote> &all) {
        QSet<QString> keys;
        for (auto it = all.cbegin(); it != all.cend(); ++it) {
            if (it->survives == false && !it->template_.isEmpty())
                keys.insert(it.key());
        }
        return keys;
    };
    const bool places = ghosts(notes) != ghosts(m_notes);
    m_notes = notes;
    if (places && m_version)
        relayout();
    update();
}

void MapWidget::setMatches(std::optional<QSet<int>> matches)
{
    if (matches == m_matches)
        return;
    m_matches = std::move(matches);
    m_looksValid = false;
    m_farValid = false;
    m_stripDirty = true;
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
    if (animate) {
        m_zoomFrom = grab();
        m_zoomScale = double(stopWidth(stop)) / stopWidth(m_layout.stop);
        m_zoomEnd = anchor * (1 - m_zoomScale);
    }
    m_layout.stop = stop;
    dropSprites();
    m_looksValid = false;
    relayout();
    if (nearest >= 0) {
        m_scroll.setY(m_scroll.y() - 1); // whatever it was, setScroll() is to act
        setScroll(m_layout.tileRect(nearest).center().y() - anchor.y());
        m_scroll.setY(std::clamp(m_scroll.y(), 0.0, maxScroll()));
        m_farValid = false;
    }
    setHovered(-1);
    if (animate) {
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
    if (slot == m_current || positionOf(slot) < 0)
        return;
    const int before = std::exchange(m_current, slot);
    updateSlot(before);
    updateSlot(slot);
    ensureVisible(slot);
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
    setScroll(QPointF(
        x, moved(m_scroll.y(), height() - m_layout.shelf.height(), tile.top(), tile.bottom())));
}

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

void MapWidget::setEvacuates(bool on)
{
    m_evacuates = on;
    ++m_layoutSerial;
    update();
}

void MapWidget::evacuate(const QString &region)
{
    if (!isCarrying())
        Q_EMIT evacuateRequested(region);
}

QRectF MapWidget::evacuateRect(const MapBlock &block) const
{
    if (isWorld())
        return {}; // no room beside the counts: its menu has it
    const Group &group = m_groups[size_t(block.group)];
    if (!m_evacuates || m_grouping != MapGroupBy::Region || !hasPaper(m_layout.stop)
        || isCarrying() || group.key.isEmpty())
        return {};
    const QRectF head = block.head.translated(-m_scroll);
    const double wide = Text::width(tr("Evacuate…"), evacuateStyle) + 8;
    if (m_layout.selvage) // under all that it says: beside that there is no room
        return {head.left() - 4, head.top() + selvageEnd(block) - 16, wide, 24};
    // Behind the name and the place; where there is no room for it the menu has it.
    const MapGroupNote note = m_notes.value(group.key);
    const QString place = note.place.isEmpty() ? stampCount(group.counts.stamps) : note.place;
    const double left = head.left() + Text::width(group.title, {Face::Display, 15, 700}) + 9
        + Text::width(place, {Face::Ui, 12, 400}) + 10;
    if (left + wide > head.right() - 130)
        return {};
    return {left, head.top(), wide, 24};
}

// What the near selvage has below the counts, where there is room.
QList<std::pair<QString, QString>> MapWidget::selvagePairs(const MapBlock &block) const
{
    const Group &group = m_groups[size_t(block.group)];
    const MapGroupNote note = m_notes.value(group.key);
    QStringList versions;
    for (auto it = group.versions.cend(); it != group.versions.cbegin() && versions.size() < 3;) {
        --it;
        versions << tr("%1 on %2").arg(it.key()).arg(it.value());
    }
    QList<std::pair<QString, QString>> pairs;
    double end = selvageCounts(block) + 23 + 24;
    for (const auto &[label, value] : {std::pair(tr("Version"), versions.join(u", "_s)),
                                       std::pair(tr("Next full"), note.nextFull),
                                       std::pair(tr("Create takes"), note.createTakes)}) {
        if (value.isEmpty() || end + 18 > block.head.height())
            continue;
        pairs.append({label, value});
        end += 40;
    }
    return pairs;
}

double MapWidget::selvageCounts(const MapBlock &block) const
{
    const bool survives = m_notes.value(m_groups[size_t(block.group)].key).survives.has_value();
    return m_layout.stop == Stop::Near ? (survives ? 191 : 161) : survives ? 81 : 57;
}

double MapWidget::selvageEnd(const MapBlock &block) const
{
    const double counts = selvageCounts(block);
    if (m_layout.stop != Stop::Near)
        return counts + 23;
    const qsizetype pairs = selvagePairs(block).size();
    return pairs > 0 ? counts + 23 + 24 + 40 * double(pairs) + 2 : counts + 27;
}

std::vector<std::pair<QString, QRectF>> MapWidget::evacuationsInSight() const
{
    std::vector<std::pair<QString, QRectF>> found;
    if (!m_version || !m_evacuates)
        return found;
    for (const MapBlock &block : m_layout.blocks) {
        const QRectF there = evacuateRect(block);
        if (!there.isEmpty() && there.intersects(QRectF(rect())))
            found.emplace_back(m_groups[size_t(block.group)].key, there);
    }
    return found;
}

QString MapWidget::evacuationAt(QPointF point) const
{
    for (const auto &[region, there] : evacuationsInSight()) {
        if (there.contains(point))
            return region;
    }
    return {};
}

void MapWidget::paintEvacuate(QPainter &painter, const MapBlock &block)
{
    const QRectF there = evacuateRect(block);
    if (there.isEmpty())
        return;
    const bool isHovered = m_hoveredRegion == m_groups[size_t(block.group)].key;
    write(painter, {there.left() + 4, there.top() + (m_layout.selvage ? 16 : 17)},
          tr("Evacuate…"), evacuateStyle,
          Theme::current()[isHovered ? Token::AccentText : Token::TextTertiary]);
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

// Painting -------------------------------------------------------------------------------------

void MapWidget::resetTheme()
{
    m_tiles.reset();
    m_worldPainter.reset();
    dropSprites();
    m_farValid = false;
    m_stripDirty = true;
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
    if (event->type() == QEvent::NativeGesture && m_arrangement->isFree()) {
        const auto *gesture = static_cast<QNativeGestureEvent *>(event);
        if (gesture->gestureType() == Qt::ZoomNativeGesture) {
            setScale(m_scale * (1 + gesture->value()), gesture->position());
            return true;
        }
    }
    if (event->type() == QEvent::ScreenChangeInternal && m_version) {
        m_tiles.reset();
        dropSprites();
        relayout();
    }
    return QWidget::event(event);
}

void MapWidget::resizeEvent(QResizeEvent *)
{
    if (m_version)
        relayout();
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
            state.flash = since < 150;
            state.changed = since < changeRest;
        }
    }
    return state;
}

void MapWidget::updateSlot(int slot)
{
    const int position = positionOf(slot);
    if (position < 0)
        return;
    const bool isFolded = m_layout.isFolded(position);
    if (isFar(m_layout.stop)) {
        if (m_looksValid)
            m_looks[size_t(slot)] = quint16(cellLook(slot));
        if (isFolded)
            return;
        const QRectF cell = m_layout.tileRect(position).translated(-m_scroll);
        if (m_farValid && cell.intersects(QRectF(rect()))) {
            m_farDirty.insert(position);
            // Many small parts cost more than the whole.
            if (m_farDirty.size() < 200)
                update(cell.adjusted(-7, -7, 7, 7).toAlignedRect());
            else if (m_farDirty.size() == 200)
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
    if (m_zoom->state() == QAbstractAnimation::Running && !m_zoomFrom.isNull()) {
        painter.fillRect(rect(), theme[Token::BgCanvas]);
        const double at = m_zoom->currentValue().toDouble();
        const double scale = 1 + (m_zoomScale - 1) * at;
        painter.translate(m_zoomEnd * at);
        painter.scale(scale, scale);
        painter.drawPixmap(0, 0, m_zoomFrom);
        return;
    }
    if (isFar(m_layout.stop)) {
        ensureFar();
        const double ratio = devicePixelRatioF();
        for (const QRect &part : event->region())
            painter.drawImage(QRectF(part), m_far,
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
        paintGround(painter, event->region());
        if (m_layout.shelf.isEmpty()) {
            paintHeads(painter, event->region());
            paintTiles(painter, event->region());
        } else {
            paintClusters(painter, event->region(), Part::Plane);
            paintTiles(painter, event->region(), Part::Plane);
            WorldPainter::paintShelf(painter, m_layout, m_scroll);
            paintClusters(painter, event->region(), Part::Shelf);
            paintTiles(painter, event->region(), Part::Shelf);
        }
        const QRectF strip = stripRect();
        if (!strip.isEmpty() && event->region().intersects(strip.toAlignedRect()))
            paintStrip(painter);
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
    if (isCarrying())
        paintCarry(painter);
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
    for (const MapBlock &block : m_layout.blocks) {
        const Group &group = m_groups[size_t(block.group)];
        for (int i = 0; i < block.ghosts; ++i) {
            const QRectF ghost = m_layout.ghostRect(block, i).translated(-m_scroll);
            if (!region.intersects(ghost.toAlignedRect()))
                continue;
            const MapGroupNote note = m_notes.value(group.key);
            m_tiles.paintGhost(
                painter, ghost.topLeft(), m_layout.stop,
                m_layout.stop == Stop::Near ? tr("One more stamp makes %1 N+1").arg(group.title)
                                            : tr("one more: N+1"),
                note.survival,
                note.createTakes.isEmpty() ? QString()
                                           : tr("Creating one takes %1.").arg(note.createTakes));
        }
    }
}

void MapWidget::countGroup(Group &group, int)
{
    if (group.counted)
        return;
    group.counted = true;
    group.counts.tenants = 0;
    group.cost = 0;
    group.currency.clear();
    group.resources = {};
    group.versions.clear();
    const auto add = [](std::optional<double> &sum, std::optional<double> value) {
        if (value)
            sum = sum.value_or(0) + *value;
    };
    for (int i = 0; i < group.counts.stamps; ++i) {
        const StampEntry &entry = *m_version->stamps[m_order[size_t(group.first + i)]];
        group.counts.tenants += entry.owned;
        if (entry.stamp->costPerHour) {
            group.cost += entry.stamp->costPerHour->amount;
            group.currency = entry.stamp->costPerHour->currency;
        }
        for (const ResourceKind kind :
             {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage}) {
            const Resource &is = entry.resources[kind];
            if (!is.limit)
                continue;
            add(group.resources[kind].limit, is.limit);
            add(group.resources[kind].reserved, is.reserved);
            add(group.resources[kind].used, is.used);
        }
        if (!entry.stamp->version.isEmpty())
            ++group.versions[entry.stamp->version];
    }
}

QString MapWidget::carrySummary(const Group &group, bool &lit) const
{
    // Only where few enough are asked for it.
    lit = false;
    if (group.counts.stamps > 64)
        return {};
    int can = 0;
    QString reason;
    bool same = true;
    for (int i = 0; i < group.counts.stamps; ++i) {
        const int slot = m_order[size_t(group.first + i)];
        if (m_carry->leaving(slot) > 0)
            continue;
        if (m_carry->isLit(slot)) {
            ++can;
            continue;
        }
        const QString why = m_carry->reasonHead(slot);
        if (reason.isEmpty())
            reason = why;
        same = same && why == reason;
    }
    lit = can > 0;
    if (can == 0 && same && !reason.isEmpty())
        return reason;
    return tr("%1 of %2 can").arg(can).arg(group.counts.stamps);
}

void MapWidget::paintHeads(QPainter &painter, const QRegion &region)
{
    if (isWorld()) {
        if (!isFar(m_layout.stop)) {
            paintClusters(painter, region, Part::All);
            return;
        }
        // The boxes and their cells are there already.
        const QRegion shelf(m_layout.shelf.translated(-m_scroll).toAlignedRect());
        painter.save();
        painter.setClipRegion(region - shelf);
        paintClusters(painter, region - shelf, Part::Plane, false);
        painter.restore();
        paintClusters(painter, region, Part::Shelf, false);
        return;
    }
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF exposed = QRectF(region.boundingRect()).translated(m_scroll);
    for (size_t i = 0; i < m_layout.blocks.size(); ++i) {
        const MapBlock &block = m_layout.blocks[i];
        if (block.frame.top() > exposed.bottom() || block.frame.bottom() + 60 < exposed.top())
            continue;
        const bool head = region.intersects(block.head.translated(-m_scroll).toAlignedRect());
        if (m_layout.stop < Stop::Medium) {
            const QRectF frame = block.frame.translated(-m_scroll);
            if (!region.intersects(frame.toAlignedRect()))
                continue;
            paintFarFrame(painter, frame, m_groups[size_t(block.group)]);
            if (head)
                paintFarHead(painter, frame, m_groups[size_t(block.group)]);
            continue;
        }
        if (head) {
            Group &group = m_groups[size_t(block.group)];
            if (m_layout.selvage)
                paintSelvage(painter, block, group);
            else
                paintHead(painter, block, group);
        }
        if (m_layout.selvage && m_layout.stop == Stop::Near && i + 1 < m_layout.blocks.size()) {
            const double y = block.frame.bottom() + 26 - m_scroll.y();
            painter.fillRect(
                QRectF(block.frame.left() + 4, std::round(y), block.frame.width() + 8, 1),
                Theme::current()[Token::LineDefault]);
        }
    }
}

namespace {

/// "N+1" with its glyph; gives how wide it was.
double writeSurvival(QPainter &painter, QPointF at, bool survives)
{
    const Theme &theme = Theme::current();
    const QColor ink = theme[survives ? Token::HealthyText : Token::DegradedText];
    Icons::draw(painter, at + QPointF(0, -12),
                survives ? u"shield-check"_s : u"exclamation-triangle"_s, 14, ink);
    const QString text = survives ? u"N+1"_s : u"N+0"_s;
    const Text::Style style{Face::Ui, 13, 600};
    write(painter, at + QPointF(21, 0), text, style, ink);
    return 21 + Text::width(text, style);
}

double writeCount(QPainter &painter, QPointF at, Health health, int count, const QColor &ground,
                  const QColor &ink, const Text::Style &style)
{
    Glyphs::health(painter, QRectF(at.x(), at.y() - 10.5, 12, 12), health, ground);
    const QString text = Format::count(count);
    write(painter, at + QPointF(17, 0), text, style, ink);
    return 17 + Text::width(text, style);
}

} // namespace

void MapWidget::paintSelvage(QPainter &painter, const MapBlock &block, Group &group)
{
    const Theme &theme = Theme::current();
    const QRectF head = block.head.translated(-m_scroll);
    const bool near = m_layout.stop == Stop::Near;
    const double x = head.left();
    const double y = head.top();
    const double width = head.width();
    const MapGroupNote note = m_notes.value(group.key);
    countGroup(group, 0);
    bool lit = false;
    const QString carry = isCarrying() ? carrySummary(group, lit) : QString();
    const bool dim = isCarrying() && !lit;
    const QColor primary = theme[dim ? Token::TextTertiary : Token::TextPrimary];
    const QColor secondary = theme[dim ? Token::TextTertiary : Token::TextSecondary];

    const Text::Style title{Face::Display, near ? 20 : 15, 700};
    write(painter, {x, y + (near ? 19 : 17)}, Text::elidedName(group.title, title, width), title,
          primary);
    const FleetCounts &counts = group.counts;
    const QString place = note.place.isEmpty() ? stampCount(counts.stamps) : note.place;
    write(painter, {x, y + (near ? 37 : 33)}, Text::elided(place, {Face::Ui, 12, 400}, width),
          {Face::Ui, 12, 400}, secondary);
    paintEvacuate(painter, block);

    if (isCarrying()) {
        const double line = y + (near ? 62 : 57);
        const QColor ink = lit ? theme[Token::AccentText] : theme[Token::TextTertiary];
        if (!carry.isEmpty()) {
            Icons::draw(painter, {x, line - 11.5}, lit ? u"check-lg"_s : u"slash-circle"_s, 13,
                        ink);
            const Text::Style style{Face::Ui, 12, lit ? 600 : 400};
            write(painter, {x + 19, line}, Text::elided(carry, style, width - 19), style, ink);
        }
        return;
    }
    const auto countsLine = [&](double at) {
        double column = x;
        const struct
        {
            Health health;
            int count;
        } parts[] = {{Health::Healthy, counts.healthy},
                     {Health::Degraded, counts.degraded},
                     {Health::Unhealthy, counts.unhealthy},
                     {Health::Unknown, counts.unknown}};
        for (const auto &part : parts) {
            if (part.count == 0)
                continue;
            column += writeCount(painter, {column, at}, part.health, part.count,
                                 theme[Token::BgCanvas], primary, {Face::Ui, 13, 600})
                + 16;
        }
        if (counts.stale > 0) {
            Glyphs::stale(painter, QRectF(column, at - 9.5, 16, 10));
            write(painter, {column + 21, at}, Format::count(counts.stale), {Face::Ui, 13, 600},
                  primary);
        }
    };
    if (!near) {
        if (note.survives) {
            const double used = writeSurvival(painter, {x, y + 57}, *note.survives);
            const Text::Style style{Face::Ui, 11, 400};
            write(painter, {x + used + 8, y + 57},
                  Text::elided(note.survival, style, width - used - 8), style, secondary);
        }
        countsLine(y + selvageCounts(block));
        return;
    }

    ResourceKind fullest = ResourceKind::Cpu;
    for (const ResourceKind kind : {ResourceKind::Memory, ResourceKind::Storage}) {
        if (group.resources[kind].load().value_or(-1)
            > group.resources[fullest].load().value_or(-1))
            fullest = kind;
    }
    const Resource &most = group.resources[fullest];
    const auto share = [&](std::optional<double> value) {
        return value && most.limit && *most.limit > 0 ? *value / *most.limit : 0.0;
    };
    const QPointF centre(x + 38, y + 94);
    Glyphs::capacityRing(painter, centre, 34, 8, share(most.used), share(most.reserved));
    write(painter, centre + QPointF(0, 2), Format::percent(most.load()), {Face::Display, 16, 700},
          theme[Token::TextPrimary], Align::Center);
    write(painter, centre + QPointF(0, 15), Format::name(fullest), {Face::Ui, 10, 500},
          theme[Token::TextTertiary], Align::Center);
    const Text::Style plain{Face::Ui, 12, 400};
    write(painter, {x + 88, y + 82}, stampCount(counts.stamps), {Face::Ui, 12, 600},
          theme[Token::TextPrimary]);
    write(painter, {x + 88, y + 99}, tenantCount(counts.tenants), plain, secondary);
    if (!group.currency.isEmpty())
        write(painter, {x + 88, y + 116}, Format::cost(Cost{group.cost, group.currency}), plain,
              secondary);
    double line = y + selvageCounts(block);
    if (note.survives) {
        const double used = writeSurvival(painter, {x, y + 161}, *note.survives);
        write(painter, {x + used + 8, y + 161},
              Text::elided(note.survival, plain, width - used - 8), plain, secondary);
    }
    countsLine(line);
    line += 23;
    const auto pairs = selvagePairs(block);
    if (pairs.isEmpty())
        return;
    painter.fillRect(QRectF(x, line, width, 1), theme[Token::LineDefault]);
    line += 24;
    for (const auto &[label, value] : pairs) {
        write(painter, {x, line}, label, {Face::Ui, 11, 400}, theme[Token::TextTertiary]);
        write(painter, {x, line + 16}, Text::elided(value, plain, width), plain,
              theme[Token::TextPrimary]);
        line += 40;
    }
}

void MapWidget::paintHead(QPainter &painter, const MapBlock &block, Group &group)
{
    const Theme &theme = Theme::current();
    const QRectF head = block.head.translated(-m_scroll);
    const MapGroupNote note = m_notes.value(group.key);
    const FleetCounts &counts = group.counts;
    const double line = head.top() + 17;
    double right = head.right();
    if (isCarrying()) {
        bool lit = false;
        const QString carry = carrySummary(group, lit);
        const Text::Style style{Face::Ui, 12, lit ? 600 : 400};
        write(painter, {right, line}, carry, style,
              theme[lit ? Token::AccentText : Token::TextTertiary], Align::Right);
        right -= Text::width(carry, style) + 12;
    } else {
        if (note.survives) {
            const Text::Style style{Face::Ui, 12, 600};
            const QString text = *note.survives ? u"N+1"_s : u"N+0"_s;
            write(painter, {right, line}, text, style,
                  theme[*note.survives ? Token::HealthyText : Token::DegradedText], Align::Right);
            right -= Text::width(text, style) + 16;
        }
        const struct
        {
            Health health;
            int count;
        } parts[] = {{Health::Unhealthy, counts.unhealthy}, {Health::Degraded, counts.degraded}};
        for (const auto &part : parts) {
            if (part.count == 0)
                continue;
            const Text::Style style{Face::Ui, 12, 600};
            right -= 17 + Text::width(Format::count(part.count), style);
            writeCount(painter, {right, line}, part.health, part.count, theme[Token::BgCanvas],
                       theme[Glyphs::textToken(part.health)], style);
            right -= 14;
        }
    }
    const Text::Style title{Face::Display, 15, 700};
    const QString name = Text::elidedName(group.title, title, right - head.left() - 8);
    write(painter, {head.left(), line}, name, title, theme[Token::TextPrimary]);
    const double after = head.left() + Text::width(name, title) + 9;
    const Text::Style plain{Face::Ui, 12, 400};
    const QString place = note.place.isEmpty() ? stampCount(counts.stamps) : note.place;
    if (right - after > 30)
        write(painter, {after, line}, Text::elided(place, plain, right - after), plain,
              theme[Token::TextTertiary]);
    paintEvacuate(painter, block);
}

void MapWidget::paintFarFrame(QPainter &painter, const QRectF &frame, const Group &group)
{
    const FleetCounts &counts = group.counts;
    const bool bad = counts.unhealthy * 100 > counts.stamps && counts.stamps > 0;
    painter.setPen(QPen(
        Theme::current()[bad && !isCarrying() ? Token::UnhealthyEdge : Token::LineDefault], 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(frame.adjusted(0.5, 0.5, -0.5, -0.5));
}

void MapWidget::paintFarHead(QPainter &painter, const QRectF &frame, const Group &group)
{
    const Theme &theme = Theme::current();
    const FleetCounts &counts = group.counts;
    const double line = frame.top() + 16;
    double right = frame.right() - 7;
    const Text::Style title{Face::Display, 13, 700};
    const double left = frame.left() + 7 + Text::width(group.title, title) + 10; // the name first
    if (isCarrying()) {
        bool lit = false;
        const QString carry = carrySummary(group, lit);
        const Text::Style style{Face::Ui, 11, lit ? 600 : 400};
        if (right - Text::width(carry, style) > left) {
            write(painter, {right, line}, carry, style,
                  theme[lit ? Token::AccentText : Token::TextTertiary], Align::Right);
            right -= Text::width(carry, style) + 8;
        }
    } else {
        const struct
        {
            Health health;
            int count;
        } parts[] = {{Health::Unhealthy, counts.unhealthy}, {Health::Degraded, counts.degraded}};
        const Text::Style style{Face::Ui, 12, 600};
        for (const auto &part : parts) {
            const double wide = 15 + Text::width(Format::count(part.count), style);
            if (part.count == 0 || right - wide < left)
                continue;
            right -= wide;
            Glyphs::health(painter, QRectF(right, line - 10, 11, 11), part.health,
                           theme[Token::BgCanvas]);
            write(painter, {right + 15, line}, Format::count(part.count), style,
                  theme[Glyphs::textToken(part.health)]);
            right -= 10;
        }
    }
    const QString name = Text::elided(group.title, title, frame.width() - 14);
    write(painter, {frame.left() + 7, line}, name, title, theme[Token::TextPrimary]);
    const double after = frame.left() + 7 + Text::width(name, title) + 8;
    const QString count = Format::count(counts.stamps);
    const Text::Style plain{Face::Ui, 12, 400};
    if (after + Text::width(count, plain) < right)
        write(painter, {after, line}, count, plain, theme[Token::TextSecondary]);
}

QRectF MapWidget::stripRect() const
{
    if (!m_arrangement->hasStrip(m_layout.stop) || m_order.empty())
        return {};
    return {width() - SheetArrangement::stripWidth, 0, SheetArrangement::stripWidth,
            double(height())};
}

namespace {

constexpr double stripTop = 10;
constexpr double stripGap = 8;

int stripRows(const MapBlock &block)
{
    return std::max(1, (block.count + block.ghosts + block.columns - 1) / block.columns);
}

/// The size of a cell, 8 unless more rows must fit; below 1 rows share a pixel.
double stripPitch(const MapLayout &layout, double height)
{
    double rows = 0;
    int columns = 1;
    for (const MapBlock &block : layout.blocks) {
        rows += stripRows(block);
        columns = std::max(columns, block.columns);
    }
    const double room = height - 2 * stripTop - stripGap * double(layout.blocks.size());
    return std::min({8.0, std::max(room, height / 2) / std::max(1.0, rows), 44.0 / columns});
}

double stripGapOf(const MapLayout &layout, double height)
{
    const double blocks = double(layout.blocks.size());
    return std::min(stripGap, (height / 2 - 2 * stripTop) / std::max(1.0, blocks));
}

} // namespace

double MapWidget::stripAt(double contentY) const
{
    const double pitch = stripPitch(m_layout, height());
    const double gap = stripGapOf(m_layout, height());
    double y = stripTop;
    double from = 0;
    for (const MapBlock &block : m_layout.blocks) {
        const double high = stripRows(block) * pitch + gap;
        const double to = block.frame.bottom();
        if (contentY <= to || &block == &m_layout.blocks.back())
            return y + high * std::clamp((contentY - from) / std::max(1.0, to - from), 0.0, 1.0);
        y += high;
        from = to;
    }
    return y;
}

double MapWidget::contentAt(double strip) const
{
    const double pitch = stripPitch(m_layout, height());
    const double gap = stripGapOf(m_layout, height());
    double y = stripTop;
    double from = 0;
    for (const MapBlock &block : m_layout.blocks) {
        const double high = stripRows(block) * pitch + gap;
        const double to = block.frame.bottom();
        if (strip <= y + high || &block == &m_layout.blocks.back())
            return from + (to - from) * std::clamp((strip - y) / high, 0.0, 1.0);
        y += high;
        from = to;
    }
    return 0;
}

void MapWidget::renderStrip()
{
    const Theme &theme = Theme::current();
    const QRectF strip = stripRect();
    const double ratio = devicePixelRatioF();
    m_strip = QPixmap((strip.size() * ratio).toSize());
    m_strip.setDevicePixelRatio(ratio);
    m_strip.fill(theme[Token::BgWindow]);
    QPainter painter(&m_strip);
    painter.fillRect(QRectF(0, 0, 1, strip.height()), theme[Token::LineSubtle]);
    const double pitch = stripPitch(m_layout, height());
    const double gap = stripGapOf(m_layout, height());
    const double cell = pitch >= 3 ? std::max(1.0, pitch - 1) : std::max(1.0, pitch);
    double y = stripTop;
    // The worst last, so that it is seen where rows share a pixel.
    struct Bad
    {
        QRectF cell;
        Health health;
    };
    std::vector<Bad> worse;
    std::vector<Bad> worst;
    for (const MapBlock &block : m_layout.blocks) {
        for (int i = 0; i < block.count; ++i) {
            const int slot = m_order[size_t(block.first + i)];
            const QRectF there(10 + (i % block.columns) * pitch, y + (i / block.columns) * pitch,
                               cell, cell);
            const int is = m_buckets[size_t(slot)];
            if (isFaded(slot)) {
                painter.fillRect(there, theme[Token::LineSubtle]);
            } else if (is == 4) {
                painter.fillRect(there, theme[Token::StaleHatch]);
                if (pitch >= 6) {
                    painter.setPen(QPen(theme[Token::StaleEdge], 1));
                    painter.drawLine(there.bottomLeft(), there.topRight());
                }
            } else if (Health(is) == Health::Healthy) {
                painter.fillRect(there, theme[Token::HealthyCell]);
            } else if (Health(is) == Health::Unknown) {
                painter.setPen(theme[Token::UnknownCell]);
                painter.setBrush(Qt::NoBrush);
                painter.drawRect(there.adjusted(0.5, 0.5, -0.5, -0.5));
            } else {
                (Health(is) == Health::Unhealthy ? worst : worse).push_back({there, Health(is)});
            }
        }
        y += stripRows(block) * pitch + gap;
    }
    for (const auto *list : {&worse, &worst}) {
        for (const Bad &bad : *list) {
            painter.fillRect(bad.health == Health::Unhealthy ? bad.cell.adjusted(-1, -1, 1, 1)
                                                             : bad.cell,
                             theme[Glyphs::cellToken(bad.health)]);
            if (bad.health == Health::Degraded && pitch >= 6) {
                painter.setRenderHint(QPainter::Antialiasing);
                painter.setPen(Qt::NoPen);
                painter.setBrush(theme[Token::BgWindow]);
                painter.drawPolygon(QPolygonF{bad.cell.topLeft(),
                                              bad.cell.topLeft() + QPointF(cell * 0.6, 0),
                                              bad.cell.topLeft() + QPointF(0, cell * 0.6)});
                painter.setRenderHint(QPainter::Antialiasing, false);
            }
        }
    }
    m_stripDirty = false;
    m_stripAge.start();
}

void MapWidget::paintStrip(QPainter &painter)
{
    const QRectF strip = stripRect();
    // That of more than a few is drawn four times a second at the most.
    if (m_strip.isNull() || m_strip.deviceIndependentSize() != strip.size()
        || (m_stripDirty && (m_order.size() < 300 || m_stripAge.elapsed() > 250)))
        renderStrip();
    else if (m_stripDirty && m_stripTimer == 0)
        m_stripTimer = startTimer(260);
    painter.drawPixmap(strip.topLeft(), m_strip);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(Theme::current()[Token::AccentLine], 2));
    const double top = stripAt(m_scroll.y());
    const double bottom = std::max(top + 6, stripAt(m_scroll.y() + height()));
    painter.drawRoundedRect(QRectF(strip.left() + 5, top - 3, strip.width() - 10, bottom - top + 2),
                            3, 3);
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
    at.setX(std::clamp(at.x(), 4.0, std::max(4.0, width() - size.width() - 12)));
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
    const QString number = tenantCount(count);
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
        const double end = at.x() + size.width() - (count - shown > 1 ? 40 : 12);
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

// Far cells ------------------------------------------------------------------------------------

quint32 MapWidget::cellLook(int slot) const
{
    const StampEntry &entry = *m_version->stamps[slot];
    int verdict = 0;
    bool faded = isFaded(slot);
    if (isCarrying()) {
        faded = false;
        if (m_carry->leaving(slot) > 0) {
            verdict = int(TileVerdict::Kind::Source);
        } else if (m_asked.contains(slot)) {
            verdict = int(TileVerdict::Kind::Cannot);
            if (m_carry->isLit(slot)) {
                switch (m_carry->evaluation(slot).verdict) {
                case VerdictKind::Best:
                    verdict = int(TileVerdict::Kind::Best);
                    break;
                case VerdictKind::Tight:
                    verdict = int(TileVerdict::Kind::Tight);
                    break;
                default:
                    verdict = int(TileVerdict::Kind::Can);
                    break;
                }
            }
        } else {
            faded = true; // not asked yet
        }
    }
    const Health health = entry.stale ? Health::Unknown : entry.health;
    int tint = 0;
    int fill = 0;
    if (isRamp(m_colours.colour())) {
        if (const auto heat = m_colours.heat(entry))
            fill = 1 + Theme::rampStep(*heat);
    } else if (isCategory(m_colours.colour())) {
        if (const int category = m_colours.category(entry); category >= 0)
            fill = firstCategory + std::min(category, Theme::categories);
    } else if (health == Health::Healthy && m_layout.stop <= Stop::S4) {
        const double load = entry.load().value_or(0);
        tint = load < 0.5 ? 0 : load > 0.8 ? 2 : 1;
    }
    const bool mark =
        m_layout.stop >= Stop::S8 && !TilePainter::postmarkWord(entry.stamp->lifecycle).isEmpty();
    return Look::pack(int(health), entry.stale, mark, faded, verdict, tint, fill);
}

void MapWidget::dropSprites()
{
    std::fill(m_spriteOf.begin(), m_spriteOf.end(), qint16(-1));
    m_sprites.clear();
    m_farValid = false;
    m_looksValid = false;
}

const QImage &MapWidget::sprite(quint32 look)
{
    qint16 &index = m_spriteOf[look];
    if (index >= 0)
        return m_sprites[size_t(index)];
    const Theme &theme = Theme::current();
    TileFacts facts;
    facts.health = Look::health(look);
    facts.stale = Look::stale(look);
    facts.lifecycle = Look::mark(look) ? Lifecycle::Cordoned : Lifecycle::Active;
    facts.verdict.kind = TileVerdict::Kind(Look::verdict(look));
    facts.resources.cpu = {1.0, std::nullopt,
                           Look::tint(look) == 0       ? 0.3
                               : Look::tint(look) == 1 ? 0.65
                                                       : 0.9};
    const int fill = Look::fill(look);
    if (fill >= firstCategory)
        facts.fill = theme.category(fill - firstCategory);
    else if (fill > 0)
        facts.fill = theme.ramp(fill - 1);
    TileState state;
    state.faded = Look::faded(look);
    const double ratio = devicePixelRatioF();
    const double size = m_layout.tile.width();
    QImage image((QSizeF(size + 2, size + 2) * ratio).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    image.fill(farGround());
    QPainter painter(&image);
    m_tiles.paint(painter, {1, 1}, m_layout.stop, facts, state);
    painter.end();
    index = qint16(m_sprites.size());
    m_sprites.push_back(std::move(image));
    return m_sprites.back();
}

QColor MapWidget::farGround() const
{
    if (m_colours.colour() != MapColourBy::Health && !isCarrying())
        return Theme::current()[Token::Mount];
    return isWorld() ? WorldPainter::boxFill() : Theme::current()[Token::BgCanvas];
}

void MapWidget::drawFarCell(int position)
{
    const quint32 look = m_looks[size_t(m_order[size_t(position)])];
    const QImage &image = sprite(look);
    const double ratio = devicePixelRatioF();
    const QPointF at = (m_layout.tileRect(position).topLeft() - m_scroll) * ratio;
    const int margin = int(std::lround(ratio));
    int from = margin;
    int size = image.width() - 2 * margin;
    if (Look::overhangs(look)) {
        from = 0;
        size = image.width();
    } else if (m_layout.stop == Stop::S3 && Look::second(look)) {
        size += margin;
    }
    int x = int(std::lround(at.x())) - margin + from;
    int y = int(std::lround(at.y())) - margin + from;
    int sourceX = from;
    int sourceY = from;
    int w = size;
    int h = size;
    if (x < 0) {
        sourceX -= x;
        w += x;
        x = 0;
    }
    if (y < 0) {
        sourceY -= y;
        h += y;
        y = 0;
    }
    w = std::min(w, m_far.width() - x);
    h = std::min(h, m_far.height() - y);
    if (w <= 0 || h <= 0)
        return;
    const auto stride = size_t(m_far.bytesPerLine());
    const auto sourceStride = size_t(image.bytesPerLine());
    uchar *to = m_farBits + size_t(y) * stride + size_t(x) * 4;
    const uchar *source = image.constBits() + size_t(sourceY) * sourceStride + size_t(sourceX) * 4;
    for (int row = 0; row < h; ++row, to += stride, source += sourceStride)
        std::memcpy(to, source, size_t(w) * 4);
}

void MapWidget::repaintFarCell(int position)
{
    // Its own place and the gap round it, then the neighbours that reach into that.
    const double ratio = devicePixelRatioF();
    const MapBlock &block = m_layout.blocks[size_t(m_layout.blockOf(position))];
    if (!block.pinned && m_layout.shelf.intersects(m_layout.tileRect(position)))
        return;
    const QRectF cell = m_layout.tileRect(position).translated(-m_scroll).adjusted(-1, -1, 1, 1);
    const QRect clear =
        QRect(int(std::lround(cell.left() * ratio)), int(std::lround(cell.top() * ratio)),
              int(std::lround(cell.width() * ratio)), int(std::lround(cell.height() * ratio)))
        & m_far.rect();
    if (clear.isEmpty())
        return;
    const QRgb ground = farGround().rgb();
    for (int y = clear.top(); y <= clear.bottom(); ++y) {
        auto *line = reinterpret_cast<QRgb *>(m_farBits + size_t(y) * size_t(m_far.bytesPerLine()));
        std::fill(line + clear.left(), line + clear.right() + 1, ground);
    }
    const int index = position - block.first;
    const int row = index / block.columns;
    const int column = index % block.columns;
    for (int pass = 0; pass < 3; ++pass) {
        const int reach = pass == 2 ? 2 : 1;
        for (int r = row - reach; r <= row + reach; ++r) {
            for (int c = column - reach; c <= column + reach; ++c) {
                if (r < 0 || c < 0 || c >= block.columns)
                    continue;
                const int other = r * block.columns + c;
                if (other >= block.count)
                    continue;
                const quint32 look = m_looks[size_t(m_order[size_t(block.first + other)])];
                const int its = Look::overhangs(look) ? 2 : Look::second(look) ? 1 : 0;
                if (its == pass)
                    drawFarCell(block.first + other);
            }
        }
    }
}

void MapWidget::ensureFar()
{
    const QSize size = (QSizeF(this->size()) * devicePixelRatioF()).toSize();
    if (!m_looksValid) {
        m_looks.assign(m_positions.size(), 0);
        for (const int slot : m_order)
            m_looks[size_t(slot)] = quint16(cellLook(slot));
        m_looksValid = true;
        m_farValid = false;
    }
    if (m_farValid && m_far.size() == size) {
        for (const int position : std::as_const(m_farDirty))
            repaintFarCell(position);
        m_farDirty.clear();
        return;
    }
    if (m_far.size() != size)
        m_far = QImage(size, QImage::Format_RGB32);
    m_far.setDevicePixelRatio(devicePixelRatioF());
    m_farBits = m_far.bits();
    if (m_layout.shelf.isEmpty()) {
        paintFarGround(Part::All);
        drawFarCells(Part::All);
    } else {
        paintFarGround(Part::Plane);
        drawFarCells(Part::Plane);
        paintFarGround(Part::Shelf);
        drawFarCells(Part::Shelf);
    }
    m_farDirty.clear();
    m_farValid = true;
    if (isCarrying() && m_askTimer == 0)
        m_askTimer = startTimer(0);
}

// What lies below the cells.
void MapWidget::paintFarGround(Part part)
{
    QPainter painter(&m_far);
    if (part != Part::Shelf)
        paintGround(painter, QRegion(rect()));
    else
        WorldPainter::paintShelf(painter, m_layout, m_scroll);
    const QColor ground = farGround();
    if (isWorld())
        paintClusters(painter, QRegion(rect()), part);
    else if (ground == Theme::current()[Token::BgCanvas])
        return;
    for (const MapBlock &block : m_layout.blocks) {
        if (!isOn(block, part) || block.folded)
            continue;
        QRectF mount = block.frame.adjusted(1, block.head.height(), -1, -1);
        if (isWorld()) {
            const int rows = (block.count + block.columns - 1) / block.columns;
            mount &= QRectF(block.origin,
                            QSizeF(block.columns * m_layout.pitch.width(),
                                   rows * m_layout.pitch.height()))
                         .adjusted(-3, -3, 3, 3);
        }
        painter.fillRect(mount.translated(-m_scroll), ground);
    }
}

void MapWidget::drawFarCells(Part part)
{
    std::vector<int> second;
    std::vector<int> last;
    m_layout.eachTileIn(viewport(), [&](int position) {
        if (part != Part::All && !isOn(m_layout.blocks[size_t(m_layout.blockOf(position))], part))
            return;
        const quint32 look = m_looks[size_t(m_order[size_t(position)])];
        if (Look::overhangs(look))
            last.push_back(position);
        else if (Look::second(look))
            second.push_back(position);
        else
            drawFarCell(position);
    });
    for (const int position : second)
        drawFarCell(position);
    for (const int position : last)
        drawFarCell(position);
}

// Input ----------------------------------------------------------------------------------------

void MapWidget::setHovered(int slot)
{
    if (m_tipTimer != 0) {
        killTimer(m_tipTimer);
        m_tipTimer = 0;
    }
    if (slot >= 0)
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
    if (m_hovered < 0)
        return;
    const StampEntry &entry = *m_version->stamps[m_hovered];
    QStringList lines{entry.id};
    if (isCarrying()) {
        lines << m_carry->spoken(m_hovered);
    } else if (entry.stale) {
        lines << tr("stale, last %1").arg(Glyphs::word(entry.lastHealth));
    } else {
        lines << Glyphs::word(entry.health);
        for (const HealthReason &reason : entry.reasons)
            lines << reason.message;
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

void MapWidget::mousePressEvent(QMouseEvent *event)
{
    setHovered(-1);
    if (!m_version || m_order.empty())
        return;
    const QPointF at = event->position();
    m_pressedAt = at;
    m_scrollAtPress = m_scroll;
    m_pressedTenant.clear();
    m_pressedHandle = -1;
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
        if (slot >= 0 && !m_selected.contains(slot))
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
    if (stripRect().contains(at)) {
        m_gesture = Gesture::Strip;
        setScroll(contentAt(at.y()) - height() / 2.0);
        return;
    }
    m_gesture = Gesture::Press;
    if (slot >= 0) {
        m_pressedTenant = tenantAt(at);
        if (drainHandleRect(slot).contains(at))
            m_pressedHandle = slot;
        // A press on a chip or handle may become a carry: it leaves the selection alone.
        if (m_pressedTenant.isEmpty() && m_pressedHandle < 0)
            select(positionOf(slot), event->modifiers());
        return;
    }
    if (const QString region = evacuationAt(at); !region.isEmpty()) {
        m_gesture = Gesture::None;
        evacuate(region);
        return;
    }
    for (const MapBlock &block : m_layout.blocks) {
        for (int i = 0; i < block.ghosts; ++i) {
            if (m_layout.ghostRect(block, i).translated(-m_scroll).contains(at)) {
                Q_EMIT createRequested(m_groups[size_t(block.group)].key);
                m_gesture = Gesture::None;
                return;
            }
        }
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
        if (target != m_dropTarget)
            m_dropTarget = target;
        setHovered(-1);
        update();
        return;
    }
    switch (m_gesture) {
    case Gesture::None:
        break;
    case Gesture::Strip:
        setScroll(contentAt(at.y()) - height() / 2.0);
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
        m_gesture = Gesture::Pan;
        setCursor(Qt::ClosedHandCursor);
        [[fallthrough]];
    case Gesture::Pan:
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
    const int slot = slotAt(at);
    if (slot != m_hovered)
        setHovered(slot);
    const bool grab = slot >= 0 && (drainHandleRect(slot).contains(at) || !tenantAt(at).isEmpty());
    const QString region = slot < 0 ? evacuationAt(at) : QString();
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
        if (position >= 0 && m_pressedHandle == m_pressedSlot
            && (event->position() - m_pressedAt).manhattanLength() < dragFrom)
            Q_EMIT drainRequested(m_pressedHandle);
        else if (position >= 0 && (!m_pressedTenant.isEmpty() || m_pressedHandle >= 0))
            select(position, event->modifiers());
        else if (m_hasPressedFold)
            openGroup(m_pressedFold);
        else if (m_pressedSlot < 0)
            setSelection({});
    }
    m_pressedTenant.clear();
    m_pressedHandle = -1;
    if (gesture == Gesture::Band)
        update();
    if (gesture == Gesture::Pan)
        setCursor(Qt::ArrowCursor);
}

void MapWidget::mouseDoubleClickEvent(QMouseEvent *event)
{
    const int slot = slotAt(event->position());
    if (slot >= 0 && event->button() == Qt::LeftButton && !isCarrying())
        Q_EMIT activated(slot);
}

void MapWidget::leaveEvent(QEvent *)
{
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
    int position = positionOf(m_current);
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
    if (isCarrying()) {
        setCurrent(slot);
        m_dropTarget = slot;
        update();
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

bool MapWidget::carryKey(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Paste)) {
        dropOn(m_current);
        return true;
    }
    switch (event->key()) {
    case Qt::Key_Escape:
        m_carry->putBack();
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        dropOn(m_current);
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
            m_dropTarget = m_current;
            update();
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
    m_keyboard = true;
    if (isCarrying() && carryKey(event))
        return;
    const Qt::KeyboardModifiers modifiers = event->modifiers() & ~Qt::KeypadModifier;
    const bool control = modifiers & Qt::ControlModifier;
    if (event->matches(QKeySequence::Cut) && m_carry) {
        // All of one stamp's leave it for good; of several they are moved.
        if (m_selected.size() == 1) {
            cutAll(*m_selected.cbegin());
            return;
        }
        QStringList tenants;
        for (const int slot : selection())
            tenants << tenantsOf(slot);
        cut(tenants);
        return;
    }
    if (event->matches(QKeySequence::SelectAll)) {
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
            if (m_current >= 0)
                select(m_layout.nextGroup(positionOf(m_current), false), {});
        } else {
            walk(event->key() == Qt::Key_Left ? Step::Left : Step::Up, modifiers);
        }
        return;
    case Qt::Key_Right:
    case Qt::Key_Down:
        if (control) {
            if (m_current >= 0)
                select(m_layout.nextGroup(positionOf(m_current), true), {});
        } else {
            walk(event->key() == Qt::Key_Right ? Step::Right : Step::Down, modifiers);
        }
        return;
    case Qt::Key_Home:
        select(0, modifiers & Qt::ShiftModifier);
        return;
    case Qt::Key_End:
        select(int(m_order.size()) - 1, modifiers & Qt::ShiftModifier);
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
        if (m_current >= 0 && control)
            select(positionOf(m_current), Qt::ControlModifier);
        return;
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
    updateSlot(m_current);
    if (isFar(m_layout.stop))
        update();
}

void MapWidget::contextMenuEvent(QContextMenuEvent *event)
{
    int slot = slotAt(event->pos());
    QPoint at = event->globalPos();
    if (event->reason() == QContextMenuEvent::Keyboard) {
        slot = m_current;
        at = mapToGlobal(tileRect(slot).center().toPoint());
    }
    if (slot >= 0) {
        Q_EMIT menuRequested(slot, at);
        return;
    }
    if (!m_evacuates || grouping() != MapGroupBy::Region || isCarrying())
        return;
    for (const MapBlock &block : m_layout.blocks) {
        const QString &key = m_groups[size_t(block.group)].key;
        if (!key.isEmpty()
            && block.head.translated(-m_scroll).contains(QPointF(event->pos()))) {
            Q_EMIT regionMenuRequested(key, at);
            return;
        }
    }
}

// Carrying -------------------------------------------------------------------------------------

void MapWidget::carryChanged()
{
    m_asked.clear();
    m_looksValid = false;
    m_farValid = false;
    m_reasonSlot = -1;
    if (!isCarrying()) {
        m_dropTarget = -1;
        m_overSpread = false;
        m_dragInside = false;
        if (m_panTimer != 0) {
            killTimer(m_panTimer);
            m_panTimer = 0;
        }
    }
    if (m_version) {
        dropSprites();
        const bool fitted = std::exchange(m_fitted, false); // nothing jumps under the hand
        relayout();
        m_fitted = fitted && !isCarrying();
    }
    ++m_layoutSerial;
    tellVerdicts(this);
}

void MapWidget::askVerdicts()
{
    if (!isCarrying() || !isFar(m_layout.stop) || !m_looksValid) {
        killTimer(m_askTimer);
        m_askTimer = 0;
        return;
    }
    QElapsedTimer spent;
    spent.start();
    bool more = false;
    m_layout.eachTileIn(viewport(), [&](int position) {
        const int slot = m_order[size_t(position)];
        if (more || m_asked.contains(slot))
            return;
        if (spent.elapsed() >= 6) {
            more = true;
            return;
        }
        m_asked.insert(slot);
        m_looks[size_t(slot)] = quint16(cellLook(slot));
        if (m_farValid)
            m_farDirty.insert(position);
    });
    update();
    if (!more) {
        killTimer(m_askTimer);
        m_askTimer = 0;
    }
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
                 m_carry ? m_carry->pickUpAll(m_version->stamps[slot]->id,
                                              CarryController::Mode::Drag)
                         : Result<void>());
}

void MapWidget::dragAway(const QStringList &tenants, const Result<void> &isPickedUp)
{
    if (!isPickedUp) {
        QToolTip::showText(QCursor::pos(), isPickedUp.error().message, this);
        return;
    }
    Q_EMIT pickedUp(tenants);
    auto *drag = new QDrag(this);
    drag->setMimeData(tenantsToMime(tenants).release());
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
    const QStringList tenants = tenantsFromMime(event->mimeData());
    if (tenants.isEmpty() || !m_carry)
        return;
    // All of a stamp's may have changed on the way.
    const bool isDrain = m_carry->isActive() && !m_carry->drained().isEmpty();
    if (!isDrain && (!m_carry->isActive() || m_carry->tenants() != tenants)) {
        if (!m_carry->pickUp(tenants, CarryController::Mode::Drag))
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
    update();
}

void MapWidget::dropEvent(QDropEvent *event)
{
    if (!isCarrying())
        return;
    m_dragAt = event->position();
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
    m_reasonTimer = startTimer(2'000);
    const QRectF tile = tileRect(slot);
    QToolTip::showText(mapToGlobal(tile.center().toPoint()), m_carry->spoken(slot), this,
                       tile.toAlignedRect(), 2'000);
    update();
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
        for (const int block : std::as_const(m_lateHeads)) {
            m_groups[size_t(m_layout.blocks[size_t(block)].group)].counted = false;
            updateBlock(m_layout.blocks[size_t(block)]);
        }
        m_lateHeads.clear();
    } else if (id == m_orderTimer) {
        rebuildOrder(true);
        chooseStop();
        relayout();
    } else if (id == m_stripTimer) {
        killTimer(id);
        m_stripTimer = 0;
        update(stripRect().toAlignedRect());
    } else if (id == m_askTimer) {
        askVerdicts();
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
            if (now - m_changedAt.value(slot) >= changeRest)
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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "worldlayout.h"

#include "worldland.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace Stampdeck {

namespace {

constexpr auto &distances = WorldArrangement::distances;
/// Beside and below first: a box above its place hides the north, where there is little room.
constexpr std::array<std::array<int, 2>, 8> directions = {
    {{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {1, 1}, {-1, 1}, {1, -1}, {-1, -1}}};
constexpr int tries = int(distances.size() * directions.size());
constexpr double edge = 8; ///< Between a box and the edge of the window.
constexpr double apart = 4; ///< Between two boxes.
constexpr double shelfCaption = 22;
constexpr QSizeF overviewMargin{56, 96}; ///< Of the places in a view of everything.
constexpr double closestOverview = 24; ///< Pixels per degree, where all are near each other.
constexpr int mostRounds = 6;
constexpr int mostPasses = 4;
constexpr size_t mostOrders = 24;
constexpr double crossing = 120; ///< A leader behind a box is as bad as one so much longer.

/// The box of \a size that lies in direction and distance number \a attempt of \a anchor. One
/// above, below or beside it slides along to stay within \a inside, as far as it still lies there.
QRectF candidate(QPointF anchor, QSizeF size, int attempt, const QRectF &inside)
{
    const double distance = distances[size_t(attempt) / directions.size()];
    const auto [dx, dy] = directions[size_t(attempt) % directions.size()];
    const double reach = dx != 0 && dy != 0 ? distance * M_SQRT1_2 : distance;
    const double x = dx > 0 ? anchor.x() + reach
        : dx < 0            ? anchor.x() - reach - size.width()
                            : anchor.x() - size.width() / 2;
    const double y = dy > 0 ? anchor.y() + reach
        : dy < 0            ? anchor.y() - reach - size.height()
                            : anchor.y() - size.height() / 2;
    const auto slid = [](double at, double length, double anchorAt, double from, double to) {
        const double most = length / 2 - 16;
        const double wanted = std::clamp(at, from, std::max(from, to - length));
        return most > 0 && from < to
            ? std::clamp(wanted, anchorAt - length / 2 - most, anchorAt - length / 2 + most)
            : at;
    };
    return {
        QPointF(
            std::round(dx == 0 ? slid(x, size.width(), anchor.x(), inside.left(), inside.right())
                               : x),
            std::round(dy == 0 ? slid(y, size.height(), anchor.y(), inside.top(), inside.bottom())
                               : y)),
        size};
}

/// Whether two rectangles come nearer than \a gap on a plane that goes round every \a turn.
bool meet(const QRectF &a, const QRectF &b, double gap, double turn)
{
    if (a.top() >= b.bottom() + gap || b.top() >= a.bottom() + gap)
        return false;
    const double shift = std::round((a.center().x() - b.center().x()) / turn) * turn;
    return a.left() < b.right() + shift + gap && b.left() + shift < a.right() + gap;
}

QPointF nearestOf(const QRectF &rect, QPointF point)
{
    return {std::clamp(point.x(), rect.left(), rect.right()),
            std::clamp(point.y(), rect.top(), rect.bottom())};
}

/// Whether the line from \a a to \a b goes through \a rect.
bool crosses(QPointF a, QPointF b, const QRectF &rect)
{
    double from = 0;
    double to = 1;
    const auto cut = [&](double start, double step, double low, double high) {
        if (std::abs(step) < 1e-9)
            return start > low && start < high;
        const double one = (low - start) / step;
        const double other = (high - start) / step;
        from = std::max(from, std::min(one, other));
        to = std::min(to, std::max(one, other));
        return from < to;
    };
    return cut(a.x(), b.x() - a.x(), rect.left(), rect.right())
        && cut(a.y(), b.y() - a.y(), rect.top(), rect.bottom());
}

/// Where a place of the plane is in content coordinates, at the turn nearest to the window.
QPointF anchorOf(QPointF place, const Arrangement::Request &request)
{
    const double turn = Miller::width * request.scale;
    const QPointF at = place * request.scale;
    return {at.x() - std::round((at.x() - request.sight.center().x()) / turn) * turn, at.y()};
}

MapLayout measuresOf(const Arrangement::Request &request, Stop stop)
{
    MapLayout layout;
    layout.stop = stop;
    const StopGeometry &sizes = geometry(stop);
    layout.tile = sizes.size * TilePainter::snap(stop, request.ratio);
    const auto whole = [&](double length) {
        return std::round(length * request.ratio) / request.ratio;
    };
    layout.pitch = {whole(layout.tile.width() + sizes.gap),
                    whole(layout.tile.height() + sizes.gap)};
    layout.scale = request.scale;
    return layout;
}

} // namespace

namespace {

/// So many tiles have their place in a group's box: a stamp that is missing too, where it can be
/// told from the others.
int placesOf(const MapGroupSize &group, Stop stop)
{
    return group.count + (hasPaper(stop) ? group.ghosts : 0);
}

} // namespace

/// What is to be placed.
struct WorldArrangement::Box
{
    size_t group = 0;
    QPointF anchor;
    QSizeF size; ///< Unfolded.
    bool inSight = false;
};

/// How it went at one stop.
struct WorldArrangement::Attempt
{
    Stop stop = Stop::S3;
    std::vector<QRectF> frames; ///< By group.
    std::vector<char> folded;
    std::vector<int> tryOf; ///< Which of the candidates it became; -1 for none.
    QRectF shelf;
    size_t open = 0; ///< How many of those in sight are unfolded.
    size_t wanted = 0; ///< Of so many.
    double cost = 0; ///< How long the leaders are, and what stands in their way.
};

int WorldArrangement::columnsOf(int count, Stop stop)
{
    if (count < 1)
        return 1;
    const int wanted = int(std::ceil(std::sqrt(1.5 * count)));
    const int columns = hasPaper(stop) ? std::min(wanted, mostColumns) : wanted;
    const int rows = (count + columns - 1) / columns;
    return (count + rows - 1) / rows;
}

QSizeF WorldArrangement::boxSize(int count, const MapLayout &measures)
{
    const int columns = columnsOf(count, measures.stop);
    const int rows = (count + columns - 1) / columns;
    const double wide =
        (columns - 1) * measures.pitch.width() + measures.tile.width() + 2 * padding;
    const double high =
        headHeight + (rows - 1) * measures.pitch.height() + measures.tile.height() + padding;
    return {std::ceil(std::max(wide, leastWidth)), std::ceil(high)};
}

double WorldArrangement::leastScale(QSizeF viewport)
{
    return std::max(0.1, viewport.width() / Miller::width);
}

double WorldArrangement::allowedScale(double scale, QSizeF viewport, double ratio) const
{
    const double least = leastScale(viewport);
    // A whole turn in whole device pixels: what goes round stays sharp.
    const double turn =
        std::clamp(scale, least, std::max(least, mostScale)) * Miller::width * ratio;
    return std::ceil(turn - 1e-6) / (Miller::width * ratio);
}

QSizeF WorldArrangement::planeSize(double scale) const
{
    return QSizeF(Miller::width, Miller::height) * scale;
}

QPointF WorldArrangement::allowedCorner(QSizeF content, QPointF corner, QSizeF viewport,
                                        double beyond) const
{
    // Where the window is higher there is sea on both sides.
    const double most = content.height() - viewport.height();
    const double from = most < 0 ? std::round(most / 2) : 0;
    return {corner.x(), std::clamp(corner.y(), from, std::max(from, most) + beyond)};
}

Arrangement::View WorldArrangement::overview(const Request &request) const
{
    const QSizeF size = request.viewport;
    std::vector<double> xs;
    double top = 1e9;
    double bottom = -1e9;
    for (const MapGroupSize &group : request.groups) {
        if (!group.place)
            continue;
        xs.push_back(group.place->x());
        top = std::min(top, group.place->y());
        bottom = std::max(bottom, group.place->y());
    }
    View view;
    if (xs.empty()) {
        view.scale = allowedScale(0, size, request.ratio);
        view.corner = allowedCorner(
            planeSize(view.scale), {Miller::width / 2 * view.scale - size.width() / 2, 0}, size, 0);
        return view;
    }
    // The shortest arc that holds all: what lies opposite is the widest gap between neighbours.
    std::sort(xs.begin(), xs.end());
    double left = xs.front();
    double gap = xs.front() + Miller::width - xs.back();
    for (size_t i = 1; i < xs.size(); ++i) {
        if (xs[i] - xs[i - 1] > gap) {
            gap = xs[i] - xs[i - 1];
            left = xs[i];
        }
    }
    const double across = Miller::width - gap;
    const double roomX = std::max(size.width() / 2, size.width() - 2 * overviewMargin.width());
    const double roomY = std::max(size.height() / 2, size.height() - 2 * overviewMargin.height());
    const double scale = std::min(
        {closestOverview, roomX / std::max(1.0, across), roomY / std::max(1.0, bottom - top)});
    view.scale = allowedScale(scale, size, request.ratio);
    view.corner = QPointF((left + across / 2) * view.scale - size.width() / 2,
                          (top + bottom) / 2 * view.scale - size.height() / 2);
    view.corner = allowedCorner(planeSize(view.scale), view.corner, size, 0);
    return view;
}

WorldArrangement::Attempt WorldArrangement::place(const std::vector<Box> &boxes,
                                                  const std::vector<size_t> &order,
                                                  const Request &request, const MapLayout &measures,
                                                  bool remembers) const
{
    const double turn = Miller::width * request.scale;
    const double high = Miller::height * request.scale;
    Attempt made;
    made.stop = measures.stop;
    made.frames.resize(request.groups.size());
    made.folded.assign(request.groups.size(), 0);
    made.tryOf.assign(request.groups.size(), -1);

    // The shelf first: its groups have nowhere else to go.
    std::vector<size_t> homeless;
    size_t placed = 0;
    for (size_t i = 0; i < request.groups.size(); ++i) {
        if (request.groups[i].count > 0 && !request.groups[i].place)
            homeless.push_back(i);
        placed += request.groups[i].count > 0 && request.groups[i].place ? 1 : 0;
    }
    QRectF sight = request.sight;
    if (!homeless.empty()) {
        const double most = placed > 0 ? sight.height() * 0.4 : sight.height();
        std::vector<QSizeF> sizes;
        sizes.reserve(homeless.size());
        for (const size_t group : homeless)
            sizes.push_back(boxSize(placesOf(request.groups[group], measures.stop), measures));
        std::vector<QRectF> rects(homeless.size());
        const auto fill = [&] {
            double x = edge;
            double y = shelfCaption;
            double row = 0;
            for (size_t i = 0; i < homeless.size(); ++i) {
                if (x > edge && x + sizes[i].width() > sight.width() - edge) {
                    x = edge;
                    y += row + edge;
                    row = 0;
                }
                rects[i] = {QPointF(x, y), sizes[i]};
                x += sizes[i].width() + edge;
                row = std::max(row, sizes[i].height());
            }
            return y + row + edge;
        };
        double wants = fill();
        // The largest fold first.
        std::vector<size_t> bySize(homeless.size());
        std::iota(bySize.begin(), bySize.end(), size_t(0));
        std::stable_sort(bySize.begin(), bySize.end(), [&](size_t a, size_t b) {
            return sizes[a].width() * sizes[a].height() > sizes[b].width() * sizes[b].height();
        });
        for (const size_t i : bySize) {
            if (wants <= most)
                break;
            sizes[i] = foldedSize;
            made.folded[homeless[i]] = 1;
            wants = fill();
        }
        const double top = std::round(sight.bottom() - wants);
        made.shelf = QRectF(sight.left(), top, sight.width(), sight.bottom() - top);
        for (size_t i = 0; i < homeless.size(); ++i) {
            made.frames[homeless[i]] = rects[i].translated(sight.left(), top);
            ++made.wanted;
            made.open += made.folded[homeless[i]] ? 0 : 1;
        }
        sight.setBottom(top);
    }

    const QRectF inside = sight.adjusted(edge, edge, -edge, -edge);
    const auto slideOf = [&](const Box &box) {
        return box.inSight ? inside : QRectF(box.anchor.x() - 1e6, edge, 2e6, high - 2 * edge);
    };
    std::vector<size_t> done;
    const auto isFree = [&](const Box &box, const QRectF &frame, bool atFirst) {
        if (box.inSight && atFirst ? !inside.contains(frame)
                                   : frame.top() < edge || frame.bottom() > high - edge)
            return false;
        for (const size_t other : done) {
            if (&boxes[other] != &box && meet(frame, made.frames[boxes[other].group], apart, turn))
                return false;
        }
        for (const Box &other : boxes) {
            const QRectF dot(other.anchor.x() - anchorRadius, other.anchor.y() - anchorRadius,
                             2 * anchorRadius, 2 * anchorRadius);
            if (other.group != box.group && meet(frame, dot, 2, turn))
                return false;
        }
        return true;
    };
    const auto take = [&](size_t index, const QRectF &frame, int attempt, bool isFolded) {
        const Box &box = boxes[index];
        made.frames[box.group] = frame;
        made.tryOf[box.group] = attempt;
        made.folded[box.group] = isFolded;
        if (box.inSight && !isFolded)
            ++made.open;
        done.push_back(index);
    };
    std::vector<char> settled(boxes.size(), 0);
    for (const Box &box : boxes)
        made.wanted += box.inSight ? 1 : 0;
    if (remembers) {
        // Who has a place keeps it, whoever is worse off now.
        for (const size_t index : order) {
            const Box &box = boxes[index];
            const auto was = m_kept.constFind(request.groups[box.group].key);
            if (was == m_kept.cend())
                continue;
            const QPointF corner = box.anchor + was->offset;
            const QRectF frame = was->size == box.size
                ? QRectF(QPointF(std::round(corner.x()), std::round(corner.y())), box.size)
                : candidate(box.anchor, box.size, was->attempt, slideOf(box));
            // Panned half out of sight it is still where it was.
            if (isFree(box, frame, !request.keepsStop)) {
                take(index, frame, was->attempt, false);
                settled[index] = 1;
            }
        }
    }
    for (const size_t index : order) {
        if (settled[index])
            continue;
        const Box &box = boxes[index];
        bool isPlaced = false;
        for (const bool isFolded : {false, true}) {
            const QSizeF size = isFolded ? foldedSize : box.size;
            for (int attempt = 0; attempt < tries && !isPlaced; ++attempt) {
                const QRectF frame = candidate(box.anchor, size, attempt, slideOf(box));
                if (isFree(box, frame, true)) {
                    take(index, frame, attempt, isFolded);
                    isPlaced = true;
                }
            }
        }
        if (isPlaced)
            continue;
        // Not even its head has room: where it covers least of the others.
        double least = 1e18;
        QRectF best;
        for (int attempt = 0; attempt < tries; ++attempt) {
            const QRectF frame = candidate(box.anchor, foldedSize, attempt, slideOf(box));
            double covers = box.inSight && !inside.contains(frame) ? 1e6 : 0;
            for (const size_t other : done) {
                const QRectF common = frame & made.frames[boxes[other].group];
                covers += common.width() * common.height();
            }
            if (covers < least) {
                least = covers;
                best = frame;
            }
        }
        take(index, best, -1, true);
    }

    // Who came first took what was nearest to it. Now that all stand somewhere, each goes nearer
    // where that became free, and out of the way of leaders.
    const auto cost = [&](const Box &box, const QRectF &frame) {
        const QPointF end = nearestOf(frame, box.anchor);
        double sum = std::hypot(end.x() - box.anchor.x(), end.y() - box.anchor.y());
        for (const size_t other : done) {
            if (&boxes[other] == &box)
                continue;
            const QRectF &its = made.frames[boxes[other].group];
            if (crosses(box.anchor, end, its))
                sum += crossing;
            if (crosses(boxes[other].anchor, nearestOf(its, boxes[other].anchor), frame))
                sum += crossing;
        }
        return sum;
    };
    bool hasMoved = made.open == made.wanted;
    for (int pass = 0; pass < mostPasses && hasMoved; ++pass) {
        hasMoved = false;
        for (const size_t index : order) {
            const Box &box = boxes[index];
            if (settled[index] || made.folded[box.group])
                continue;
            double least = cost(box, made.frames[box.group]) - 1;
            for (int attempt = 0; attempt < tries; ++attempt) {
                const QRectF frame = candidate(box.anchor, box.size, attempt, slideOf(box));
                if (!isFree(box, frame, true))
                    continue;
                if (const double is = cost(box, frame); is < least) {
                    least = is;
                    made.frames[box.group] = frame;
                    made.tryOf[box.group] = attempt;
                    hasMoved = true;
                }
            }
        }
    }
    for (const Box &box : boxes) {
        // Those in trouble have the better places.
        const int weight = 1 + request.groups[box.group].trouble;
        made.cost += box.inSight ? weight * cost(box, made.frames[box.group]) : 0;
    }
    return made;
}

WorldArrangement::Attempt WorldArrangement::attempt(const Request &request, Stop stop,
                                                    int rounds) const
{
    const MapLayout measures = measuresOf(request, stop);
    std::vector<Box> boxes;
    for (size_t i = 0; i < request.groups.size(); ++i) {
        const MapGroupSize &group = request.groups[i];
        if (!group.place || group.count == 0)
            continue;
        Box box;
        box.group = i;
        box.anchor = anchorOf(*group.place, request);
        box.size = boxSize(placesOf(group, stop), measures);
        box.inSight = request.sight.contains(box.anchor);
        boxes.push_back(box);
    }
    std::vector<size_t> order(boxes.size());
    std::iota(order.begin(), order.end(), size_t(0));
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        const MapGroupSize &one = request.groups[boxes[a].group];
        const MapGroupSize &other = request.groups[boxes[b].group];
        if (boxes[a].inSight != boxes[b].inSight)
            return boxes[a].inSight;
        return one.trouble != other.trouble ? one.trouble > other.trouble : one.count > other.count;
    });

    Attempt best = place(boxes, order, request, measures, !request.forgets);
    if (request.keepsStop)
        return best;
    // From nothing; and then those first that found no room.
    for (int round = 0; round < rounds && best.open < best.wanted; ++round) {
        Attempt made = place(boxes, order, request, measures, false);
        const auto isFolded = [&](size_t index) {
            return boxes[index].inSight && made.folded[boxes[index].group];
        };
        const bool isHopeless = order.empty() || isFolded(order.front());
        std::stable_partition(order.begin(), order.end(), isFolded);
        if (made.open > best.open)
            best = std::move(made);
        if (isHopeless)
            break;
    }
    const bool isFresh =
        request.forgets || std::none_of(boxes.begin(), boxes.end(), [&](const Box &box) {
            return m_kept.contains(request.groups[box.group].key);
        });
    if (best.open < best.wanted || !isFresh)
        return best;
    // Nobody has seen them elsewhere: other orders may leave the leaders shorter.
    const size_t orders = std::clamp<size_t>(mostOrders * 12 / (boxes.size() + 1), 2, mostOrders);
    quint32 random = 1;
    for (size_t i = 0; i < orders; ++i) {
        for (size_t k = order.size(); k > 1; --k) {
            random = random * 1664525U + 1013904223U;
            std::swap(order[k - 1], order[(random >> 8U) % k]);
        }
        Attempt made = place(boxes, order, request, measures, false);
        if (made.open == made.wanted && made.cost < best.cost)
            best = std::move(made);
    }
    return best;
}

bool WorldArrangement::isEmptySight(const Request &request)
{
    return std::none_of(request.groups.begin(), request.groups.end(), [&](const auto &group) {
        if (!group.place || group.count == 0)
            return group.count > 0; // on the shelf
        return request.sight.contains(anchorOf(*group.place, request));
    });
}

// The boxes in sight are no larger together than what they have to stand in, nor is any of them.
bool WorldArrangement::mayFit(const Request &request, Stop stop)
{
    const MapLayout measures = measuresOf(request, stop);
    const QSizeF room = request.sight.size();
    double area = 0;
    for (const MapGroupSize &group : request.groups) {
        if (group.count == 0)
            continue;
        if (group.place && !request.sight.contains(anchorOf(*group.place, request)))
            continue;
        const QSizeF size = boxSize(placesOf(group, stop), measures);
        area += size.width() * size.height();
        if (size.width() > room.width() || size.height() > room.height())
            return false;
    }
    return area <= room.width() * room.height();
}

MapLayout WorldArrangement::layout(const Request &request) const
{
    Attempt best;
    bool isDone = false;
    if (request.keepsStop || isEmptySight(request)) {
        // Nobody zoomed, or there is nothing in sight that would say how large.
        best = attempt(request, request.stop, mostRounds);
        isDone = best.wanted - best.open <= m_missing;
    }
    if (!isDone) {
        // The largest at which all in sight have their place, else at which most of them have.
        Request fresh = request;
        fresh.keepsStop = false;
        for (size_t i = allStops.size(); i-- > 0 && !isDone;) {
            if (!mayFit(request, allStops[i]))
                continue;
            best = attempt(fresh, allStops[i], mostRounds);
            isDone = best.open == best.wanted;
        }
        bool isFirst = true;
        for (size_t i = allStops.size(); i-- > 0 && !isDone;) {
            Attempt made = attempt(fresh, allStops[i], 1);
            if (isFirst || made.open > best.open)
                best = std::move(made);
            isFirst = false;
        }
    }

    if (!request.isTrial)
        m_missing = best.wanted - best.open;
    MapLayout layout = measuresOf(request, best.stop);
    layout.sight = request.sight;
    layout.shelf = best.shelf;
    layout.content = {Miller::width * request.scale,
                      Miller::height * request.scale + best.shelf.height()};
    for (size_t i = 0; i < request.groups.size(); ++i) {
        const MapGroupSize &group = request.groups[i];
        MapBlock block;
        block.group = int(i);
        block.first = group.first;
        block.count = group.count;
        block.ghosts = hasPaper(best.stop) ? group.ghosts : 0;
        block.frame = best.frames[i];
        block.folded = best.folded[i];
        block.pinned = !group.place;
        block.columns = columnsOf(placesOf(group, best.stop), best.stop);
        block.head = QRectF(block.frame.topLeft(), QSizeF(block.frame.width(), headHeight));
        block.origin = block.frame.topLeft() + QPointF(padding, headHeight);
        if (group.place) {
            const QPointF anchor = anchorOf(*group.place, request);
            block.anchor = anchor;
            if (best.tryOf[i] >= 0 && !block.folded && !request.isTrial)
                m_kept.insert(group.key,
                              {best.tryOf[i], block.frame.topLeft() - anchor, block.frame.size()});
        }
        layout.blocks.push_back(block);
    }
    return layout;
}

void WorldArrangement::follow(MapLayout &layout, const QRectF &sight) const
{
    const QPointF moved = sight.topLeft() - layout.sight.topLeft();
    const double turn = Miller::width * layout.scale;
    layout.sight = sight;
    layout.shelf.translate(moved);
    for (MapBlock &block : layout.blocks) {
        QPointF by = moved;
        if (!block.pinned) {
            by = {block.anchor ? -std::round((block.anchor->x() - sight.center().x()) / turn) * turn
                               : 0,
                  0};
            if (by.isNull())
                continue;
            *block.anchor += by;
        }
        block.frame.translate(by);
        block.head.translate(by);
        block.origin += by;
    }
}

} // namespace Stampdeck

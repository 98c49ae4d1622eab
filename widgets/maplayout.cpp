// SPDX-License-Identifier: GPL-3.0-or-later
#include "maplayout.h"

#include <cmath>

namespace Stampdeck {

QRectF MapLayout::tileRect(int position) const
{
    const int index = blockOf(position);
    if (index < 0)
        return {};
    const MapBlock &block = blocks[size_t(index)];
    if (block.folded)
        return block.frame;
    const int at = position - block.first;
    return {QPointF(block.origin.x() + (at % block.columns) * pitch.width(),
                    block.origin.y() + (at / block.columns) * pitch.height()),
            tile};
}

bool MapLayout::isFolded(int position) const
{
    const int index = blockOf(position);
    return index >= 0 && blocks[size_t(index)].folded;
}

QRectF MapLayout::ghostRect(const MapBlock &block, int ghost) const
{
    const int at = block.count + ghost;
    return {QPointF(block.origin.x() + (at % block.columns) * pitch.width(),
                    block.origin.y() + (at / block.columns) * pitch.height()),
            tile};
}

int MapLayout::blockOf(int position) const
{
    // Blocks are in the order of their first tile; empty ones hold no position.
    auto after = std::upper_bound(blocks.begin(), blocks.end(), position,
                                  [](int at, const MapBlock &block) { return at < block.first; });
    while (after != blocks.begin()) {
        --after;
        if (position < after->first + after->count)
            return position >= after->first ? int(after - blocks.begin()) : -1;
        if (after->count > 0)
            break;
    }
    return -1;
}

int MapLayout::blockAt(QPointF point) const
{
    int found = -1;
    for (size_t i = 0; i < blocks.size(); ++i) {
        if (blocks[i].frame.contains(point) && (found < 0 || blocks[i].pinned))
            found = int(i);
    }
    return found >= 0 && shelf.contains(point) && !blocks[size_t(found)].pinned ? -1 : found;
}

int MapLayout::tileAt(QPointF point) const
{
    int found = -1;
    eachTileIn(QRectF(point, QSizeF(0.01, 0.01)), [&](int position) {
        if (tileRect(position).contains(point)
            && (!shelf.contains(point) || blocks[size_t(blockOf(position))].pinned))
            found = position;
    });
    return found;
}

bool MapLayout::range(const MapBlock &block, const QRectF &rect, int &fromRow, int &toRow,
                      int &fromColumn, int &toColumn) const
{
    if (block.count == 0 || block.folded || block.frame.top() > rect.bottom()
        || block.frame.bottom() < rect.top())
        return false;
    const int rows = (block.count + block.columns - 1) / block.columns;
    const auto span = [](double from, double to, double origin, double step, double size, int count,
                         int &first, int &last) {
        first = std::max(0, int(std::floor((from - origin) / step)));
        if (from >= origin + first * step + size)
            ++first; // it lies in the gap behind that one
        last = std::min(count - 1, int(std::ceil((to - origin) / step)) - 1);
        return first <= last;
    };
    return span(rect.top(), rect.bottom(), block.origin.y(), pitch.height(), tile.height(), rows,
                fromRow, toRow)
        && span(rect.left(), rect.right(), block.origin.x(), pitch.width(), tile.width(),
                block.columns, fromColumn, toColumn);
}

int MapLayout::count() const
{
    int count = 0;
    for (const MapBlock &block : blocks)
        count += block.count;
    return count;
}

int MapLayout::next(int position, Step step) const
{
    const int index = blockOf(position);
    if (index < 0)
        return count() > 0 ? 0 : -1;
    const int last = count() - 1;
    if (step == Step::Left || step == Step::Right) {
        // Over what is folded.
        for (int i = index; i >= 0 && i < int(blocks.size()); i += step == Step::Left ? -1 : 1) {
            const MapBlock &one = blocks[size_t(i)];
            if (one.folded || one.count == 0)
                continue;
            if (i != index)
                return step == Step::Left ? one.first + one.count - 1 : one.first;
            const int to = step == Step::Left ? position - 1 : position + 1;
            if (to >= one.first && to < one.first + one.count)
                return to;
        }
        return std::clamp(position, 0, last);
    }
    const MapBlock &block = blocks[size_t(index)];
    if (block.folded)
        return position;
    const int at = position - block.first;
    const int target = step == Step::Up ? at - block.columns : at + block.columns;
    if (target >= 0 && target < block.count)
        return block.first + target;
    if (step == Step::Down && at / block.columns < (block.count - 1) / block.columns)
        return block.first + block.count - 1; // the last row is shorter
    // Into the nearest tile of another block in that direction.
    const QPointF from = tileRect(position).center();
    int best = position;
    double bestCost = 1e18;
    for (size_t i = 0; i < blocks.size(); ++i) {
        const MapBlock &other = blocks[i];
        if (int(i) == index || other.count == 0 || other.folded)
            continue;
        const int rows = (other.count + other.columns - 1) / other.columns;
        const int row = step == Step::Up ? rows - 1 : 0;
        const int inRow = row < rows - 1 ? other.columns : other.count - row * other.columns;
        const int column = std::clamp(
            int(std::lround((from.x() - tile.width() / 2 - other.origin.x()) / pitch.width())), 0,
            inRow - 1);
        const int candidate = other.first + row * other.columns + column;
        const QPointF to = tileRect(candidate).center();
        const double down = step == Step::Down ? to.y() - from.y() : from.y() - to.y();
        if (down <= 0)
            continue;
        const double cost = down + 2 * std::abs(to.x() - from.x());
        if (cost < bestCost) {
            bestCost = cost;
            best = candidate;
        }
    }
    return best;
}

int MapLayout::nextGroup(int position, bool forward) const
{
    int index = blockOf(position);
    if (index < 0)
        return position;
    if (!forward && position > blocks[size_t(index)].first)
        return blocks[size_t(index)].first;
    for (index += forward ? 1 : -1; index >= 0 && index < int(blocks.size());
         index += forward ? 1 : -1) {
        if (blocks[size_t(index)].count > 0)
            return blocks[size_t(index)].first;
    }
    return position;
}

Arrangement::~Arrangement() = default;

Stop Arrangement::fitting(Request request) const
{
    for (size_t i = allStops.size(); i-- > 0;) {
        request.stop = allStops[i];
        const MapLayout made = layout(request);
        if (made.content.height() <= request.viewport.height()
            && made.content.width() <= request.viewport.width())
            return request.stop;
    }
    return allStops[0];
}

Arrangement::View Arrangement::overview(const Request &) const
{
    return {};
}

double Arrangement::allowedScale(double, QSizeF, double) const
{
    return 0;
}

QSizeF Arrangement::planeSize(double) const
{
    return {};
}

QPointF Arrangement::allowedCorner(QSizeF content, QPointF corner, QSizeF viewport,
                                   double beyond) const
{
    const double most = std::max(0.0, content.height() + beyond - viewport.height());
    return {0, std::clamp(corner.y(), 0.0, most)};
}

void Arrangement::follow(MapLayout &layout, const QRectF &sight) const
{
    layout.sight = sight;
}

namespace {

constexpr double farHead = 23;
constexpr double farLeast = 112; ///< No frame is narrower inside, however few cells it has.

/// What lies round the cells; tighter where 100,000 of them have to fit.
struct BlockMeasures
{
    double margin;
    double gap;
    double pad;
};
BlockMeasures measuresOf(Stop stop)
{
    return isFar(stop) ? BlockMeasures{10, 6, 2} : BlockMeasures{12, 8, 5};
}

/// So many cells side by side in the frame of a group that has \a rows of them: all of what its head
/// needs, so that no stripe beside them stays blank.
int columnsOf(const MapGroupSize &group, int rows, double pitch, const BlockMeasures &measures)
{
    const double least = std::max(farLeast, group.head - 2 * measures.pad);
    return std::max(int(std::ceil(least / pitch)), (group.count + rows - 1) / rows);
}

/// One row of blocks of equal height from the groups \a from to \a to: how many rows of cells it
/// needs so that it is no wider than \a width.
int cellRows(const std::vector<MapGroupSize> &groups, size_t from, size_t to, double width,
             double pitch, const BlockMeasures &measures)
{
    const auto wide = [&](int rows) {
        double sum = 0;
        for (size_t i = from; i < to; ++i)
            sum += columnsOf(groups[i], rows, pitch, measures) * pitch + 2 * measures.pad
                + (i > from ? measures.gap : 0);
        return sum;
    };
    int low = 1;
    int high = 1;
    for (size_t i = from; i < to; ++i)
        high = std::max(high, groups[i].count);
    while (low < high) {
        const int middle = (low + high) / 2;
        if (wide(middle) <= width)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

struct FarRows
{
    std::vector<std::pair<size_t, size_t>> parts;
    std::vector<int> rows;
    double height = 0;
};

FarRows farRows(const std::vector<MapGroupSize> &groups, size_t bands, double width, double pitch,
                double down, const BlockMeasures &measures)
{
    FarRows result;
    double total = 0;
    for (const MapGroupSize &group : groups)
        total += std::max(1, group.count);
    size_t from = 0;
    double sum = 0;
    double done = 0;
    double least = -measures.gap;
    const auto leastOf = [&](const MapGroupSize &group) {
        return columnsOf(group, std::max(1, group.count), pitch, measures) * pitch + 2 * measures.pad
            + measures.gap;
    };
    for (size_t i = 0; i < groups.size(); ++i) {
        sum += std::max(1, groups[i].count);
        least += leastOf(groups[i]);
        const size_t left = bands - result.parts.size();
        const bool last = i + 1 == groups.size();
        const double half = i + 1 < groups.size() ? std::max(1, groups[i + 1].count) / 2.0 : 0;
        const bool isFull = !last && least + leastOf(groups[i + 1]) > width;
        if (last || (left > 1 && sum + half >= (total - done) / double(left)) || isFull) {
            result.parts.emplace_back(from, i + 1);
            done += sum;
            sum = 0;
            least = -measures.gap;
            from = i + 1;
        }
    }
    result.height = 2 * measures.margin - measures.gap;
    for (const auto &[first, end] : result.parts) {
        result.rows.push_back(cellRows(groups, first, end, width, pitch, measures));
        result.height += farHead + result.rows.back() * down + 2 * measures.pad + measures.gap;
    }
    return result;
}

void layoutBlocks(MapLayout &layout, const Arrangement::Request &request)
{
    const BlockMeasures measures = measuresOf(request.stop);
    const double width = request.viewport.width() - 2 * measures.margin;
    const double pitch = layout.pitch.width();
    const double down = layout.pitch.height();
    if (request.groups.empty())
        return;
    // As few bands as make the blocks about square and leave little of them blank; where that is too
    // high, what is lowest.
    constexpr double blankCost = 10; // of a whole block
    FarRows best;
    double bestCost = 1e18;
    const size_t most = std::min<size_t>(request.groups.size(), 24);
    for (size_t bands = 1; bands <= most; ++bands) {
        const FarRows rows = farRows(request.groups, bands, width, pitch, down, measures);
        double shape = 0;
        double blank = 0;
        for (size_t b = 0; b < rows.parts.size(); ++b) {
            const double high = rows.rows[b] * down;
            for (size_t i = rows.parts[b].first; i < rows.parts[b].second; ++i) {
                const int columns = columnsOf(request.groups[i], rows.rows[b], pitch, measures);
                shape += std::abs(std::log(columns * pitch / std::max(high, down)));
                blank += 1 - double(request.groups[i].count) / columns / rows.rows[b];
            }
        }
        const double over = std::max(0.0, rows.height - request.viewport.height());
        const double cost = over * 1000 + shape + blankCost * blank;
        if (cost < bestCost) {
            bestCost = cost;
            best = rows;
        }
    }
    const auto whole = [&](double at) { return std::round(at * request.ratio) / request.ratio; };
    double y = measures.margin;
    for (size_t b = 0; b < best.parts.size(); ++b) {
        const auto [first, end] = best.parts[b];
        std::vector<int> columns;
        double wanted = -measures.gap;
        double sum = 0;
        for (size_t i = first; i < end; ++i) {
            columns.push_back(columnsOf(request.groups[i], best.rows[b], pitch, measures));
            sum += columns.back();
            wanted += columns.back() * pitch + 2 * measures.pad + measures.gap;
        }
        // Where there is more than one row of cells all bands end at one edge: what is left of the width
        // becomes columns, and what is less than one of them is shared out between the frames.
        double spare = best.rows[b] > 1 ? std::max(0.0, width - wanted) : 0;
        const double more = std::floor(spare / pitch);
        spare -= more * pitch;
        int rows = 1;
        double done = 0;
        for (size_t i = first; i < end; ++i) {
            int &own = columns[i - first];
            const double given = std::floor(more * done / sum);
            done += own;
            own += int(std::floor(more * done / sum) - given);
            rows = std::max(rows, (request.groups[i].count + own - 1) / own);
        }
        const double height = farHead + rows * down + 2 * measures.pad;
        const double between = end - first > 1 ? spare / double(end - first - 1) : 0;
        double x = measures.margin;
        for (size_t i = first; i < end; ++i) {
            const MapGroupSize &group = request.groups[i];
            MapBlock block;
            block.group = int(i);
            block.first = group.first;
            block.count = group.count;
            block.columns = columns[i - first];
            const double left = whole(x);
            const double outer = block.columns * pitch + 2 * measures.pad
                + (end - first == 1 ? spare : 0);
            block.frame = QRectF(left, y, outer, height);
            block.head = QRectF(left, y, outer, farHead);
            block.origin = {whole(left + measures.pad), whole(y + farHead + measures.pad)};
            layout.blocks.push_back(block);
            x += outer + measures.gap + between;
        }
        x -= between;
        layout.content.setWidth(
            std::max(layout.content.width(), x - measures.gap + measures.margin));
        y += height + measures.gap;
    }
    layout.content.setHeight(y - measures.gap + measures.margin);
}

} // namespace

MapLayout SheetArrangement::layout(const Request &request) const
{
    MapLayout layout;
    layout.stop = request.stop;
    const StopGeometry &sizes = geometry(request.stop);
    const double snap = TilePainter::snap(request.stop, request.ratio);
    const bool medium = request.stop == Stop::Medium;
    const bool near = request.stop == Stop::Near;
    layout.selvage = (medium || near) && request.viewport.width() >= selvageFrom;
    layout.tile = sizes.size * snap;
    // A pitch of whole device pixels.
    const auto whole = [&](double length) {
        return std::round(length * request.ratio) / request.ratio;
    };
    const double gapX = medium && layout.selvage ? 12 : sizes.gap;
    const double gapY = sizes.gap;
    layout.pitch = {whole(layout.tile.width() + gapX), whole(layout.tile.height() + gapY)};
    if (request.stop < Stop::Medium) {
        layoutBlocks(layout, request);
        return layout;
    }

    const double margin = layout.selvage ? 20 : 16;
    const double left = !layout.selvage ? margin : near ? 212 : 168;
    const auto rightOf = [&](double strip) {
        return request.viewport.width() - strip - (strip < stripWidth ? 4 : 8);
    };
    const auto columnsOf = [&](double strip) {
        return std::max(1,
                        int(std::floor((rightOf(strip) - left + gapX) / layout.pitch.width())));
    };
    layout.strip = columnsOf(slimStrip) > columnsOf(stripWidth) ? slimStrip : stripWidth;
    const double right = rightOf(layout.strip);
    const int columns = columnsOf(layout.strip);
    double y = layout.selvage ? (near ? 22 : 20) : 8;
    for (size_t i = 0; i < request.groups.size(); ++i) {
        const MapGroupSize &group = request.groups[i];
        MapBlock block;
        block.group = int(i);
        block.first = group.first;
        block.count = group.count;
        block.ghosts = hasPaper(request.stop) ? group.ghosts : 0;
        block.columns = columns;
        const int places = block.count + block.ghosts;
        const int rows = (places + columns - 1) / columns;
        const double tiles =
            rows > 0 ? (rows - 1) * layout.pitch.height() + layout.tile.height() : 0;
        if (layout.selvage) {
            // At medium the ring and what stands beside it need more than one row of tiles gives:
            // they take it from the gap, so that groups of one row stand no farther apart.
            const double row = near ? 216 : 96;
            const double height = std::max(tiles, near ? row : selvageLeast);
            block.head = QRectF(margin, y, left - margin - (near ? 24 : 4), height);
            block.origin = {whole(left), whole(y)};
            block.frame = QRectF(margin, y, right - margin, height);
            y += std::max(tiles, row) + (near ? 60 : 16);
        } else {
            block.head = QRectF(margin, y, right - margin, 24);
            block.origin = {whole(margin), whole(y + 30)};
            block.frame = QRectF(margin, y, right - margin, 30 + tiles);
            y += 30 + tiles + 14;
        }
        layout.blocks.push_back(block);
    }
    layout.content = {request.viewport.width(), y};
    return layout;
}

} // namespace Stampdeck

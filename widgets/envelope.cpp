// SPDX-License-Identifier: GPL-3.0-or-later
#include "envelope.h"

#include <algorithm>
#include <cmath>

namespace Stampdeck {

namespace {

/// What stays of one column.
struct Column
{
    const QPointF *least = nullptr;
    const QPointF *most = nullptr;

    void take(const QPointF &point)
    {
        if (!least || point.y() < least->y())
            least = &point;
        if (!most || point.y() > most->y())
            most = &point;
    }
    void appendTo(QList<QPointF> &line)
    {
        if (!least)
            return;
        // Pointers into one list: their order is that of time.
        const auto [earlier, later] = std::minmax(least, most);
        line.append(*earlier);
        if (later != earlier)
            line.append(*later);
        *this = {};
    }
};

} // namespace

QList<QPointF> envelope(const QList<QPointF> &points, double from, double to, int columns)
{
    const auto isBefore = [](const QPointF &point, double at) { return point.x() < at; };
    auto begin = std::lower_bound(points.cbegin(), points.cend(), from, isBefore);
    auto end = std::lower_bound(begin, points.cend(), to, isBefore);
    if (begin != points.cbegin())
        --begin;
    if (end != points.cend())
        ++end;
    const bool few = end - begin <= std::max(1, columns);
    const double width = (to - from) / std::max(1, columns);
    QList<QPointF> line;
    line.reserve(std::min<qsizetype>(end - begin, 2 * qsizetype(columns) + 8));
    Column column;
    double columnAt = 0;
    for (auto point = begin; point != end; ++point) {
        if (!std::isfinite(point->y()))
            continue;
        if (few || line.isEmpty() || point == end - 1) {
            column.appendTo(line);
            line.append(*point);
            continue;
        }
        const double at = std::floor((point->x() - from) / width);
        if (at != columnAt)
            column.appendTo(line);
        columnAt = at;
        column.take(*point);
    }
    column.appendTo(line);
    return line;
}

} // namespace Stampdeck

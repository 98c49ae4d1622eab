// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexstrip.h"

#include "glyphs.h"
#include "theme.h"

#include <QtGui/QPainter>

#include <algorithm>
#include <cmath>

namespace Stampdeck {

namespace {

constexpr double stripTop = 10;
constexpr double stripGap = 8;
constexpr int manyCells = 300;
constexpr int redrawTime = 250; ///< Milliseconds between two pictures of many cells.

int rowsOf(const MapBlock &block)
{
    return std::max(1, (block.count + block.ghosts + block.columns - 1) / block.columns);
}

/// So narrow that a row of tiles is one cell.
bool isSlim(const MapLayout &layout)
{
    return layout.strip < SheetArrangement::stripWidth;
}

/// The size of a cell, 8 unless more rows must fit; below 1 rows share a pixel.
double pitchOf(const MapLayout &layout, double height)
{
    double rows = 0;
    int columns = 1;
    for (const MapBlock &block : layout.blocks) {
        rows += rowsOf(block);
        // How many a row could hold says nothing of how wide a group is.
        columns = std::max(columns, std::min(block.columns, block.count + block.ghosts));
    }
    const double room = height - 2 * stripTop - stripGap * double(layout.blocks.size());
    const double wide = isSlim(layout) ? 8.0 : 44.0 / columns;
    return std::min({8.0, std::max(room, height / 2) / std::max(1.0, rows), wide});
}

double gapOf(const MapLayout &layout, double height)
{
    const double blocks = double(layout.blocks.size());
    return std::min(stripGap, (height / 2 - 2 * stripTop) / std::max(1.0, blocks));
}

/// What of a row is told where it is one cell: the worst of it.
int rankOf(const IndexStrip::Cell &cell)
{
    if (cell.faded)
        return 0;
    switch (cell.health) {
    case Health::Unhealthy:
        return 5;
    case Health::Degraded:
        return 4;
    case Health::Unknown:
        return cell.stale ? 2 : 3;
    case Health::Healthy:
        break;
    }
    return 1;
}

/// As QPainter::fillRect() without antialiasing.
void fill(QImage &picture, const QRectF &there, QRgb color)
{
    const double ratio = picture.devicePixelRatio();
    const auto pixel = [&](double at, int most) {
        return std::clamp(int(std::lround(at * ratio)), 0, most);
    };
    const int left = pixel(there.left(), picture.width());
    const int right = pixel(there.right(), picture.width());
    const int bottom = pixel(there.bottom(), picture.height());
    for (int y = pixel(there.top(), picture.height()); y < bottom; ++y) {
        auto *line = reinterpret_cast<QRgb *>(picture.scanLine(y));
        std::fill(line + left, line + right, color);
    }
}

} // namespace

double IndexStrip::at(const MapLayout &layout, double height, double contentY)
{
    const double pitch = pitchOf(layout, height);
    const double gap = gapOf(layout, height);
    double y = stripTop;
    double from = 0;
    for (const MapBlock &block : layout.blocks) {
        const double high = rowsOf(block) * pitch + gap;
        const double to = block.frame.bottom();
        if (contentY <= to || &block == &layout.blocks.back())
            return y + high * std::clamp((contentY - from) / std::max(1.0, to - from), 0.0, 1.0);
        y += high;
        from = to;
    }
    return y;
}

double IndexStrip::contentAt(const MapLayout &layout, double height, double strip)
{
    const double pitch = pitchOf(layout, height);
    const double gap = gapOf(layout, height);
    double y = stripTop;
    double from = 0;
    for (const MapBlock &block : layout.blocks) {
        const double high = rowsOf(block) * pitch + gap;
        const double to = block.frame.bottom();
        if (strip <= y + high || &block == &layout.blocks.back())
            return from + (to - from) * std::clamp((strip - y) / high, 0.0, 1.0);
        y += high;
        from = to;
    }
    return 0;
}

void IndexStrip::render(QSizeF size, const MapLayout &layout, double ratio,
                        const std::function<Cell(int position)> &cellOf)
{
    const Theme &theme = Theme::current();
    QImage picture((size * ratio).toSize(), QImage::Format_RGB32);
    picture.setDevicePixelRatio(ratio);
    picture.fill(theme[Token::BgWindow]);
    const double pitch = pitchOf(layout, size.height());
    const double gap = gapOf(layout, size.height());
    const double side = pitch >= 3 ? std::max(1.0, pitch - 1) : std::max(1.0, pitch);
    // The plain ones, of which there may be a hundred thousand, without a painter. The worst are
    // painted last, so that they are seen where rows share a pixel.
    std::vector<QRectF> stale;
    std::vector<QRectF> unknown;
    struct Bad
    {
        QRectF cell;
        Health health;
    };
    std::vector<Bad> worse;
    std::vector<Bad> worst;
    const QRgb faded = theme[Token::LineSubtle].rgb();
    const QRgb hatch = theme[Token::StaleHatch].rgb();
    const QRgb healthy = theme[Token::HealthyCell].rgb();
    const auto put = [&](const Cell &cell, const QRectF &there) {
        if (cell.faded) {
            fill(picture, there, faded);
        } else if (cell.stale) {
            fill(picture, there, hatch);
            if (pitch >= 6)
                stale.push_back(there);
        } else if (cell.health == Health::Healthy) {
            fill(picture, there, healthy);
        } else if (cell.health == Health::Unknown) {
            unknown.push_back(there);
        } else {
            (cell.health == Health::Unhealthy ? worst : worse).push_back({there, cell.health});
        }
    };
    const bool slim = isSlim(layout);
    double y = stripTop;
    for (const MapBlock &block : layout.blocks) {
        Cell ofRow;
        for (int i = 0; i < block.count; ++i) {
            const Cell cell = cellOf(block.first + i);
            const int row = i / block.columns;
            const int column = i % block.columns;
            if (!slim) {
                put(cell, {10 + column * pitch, y + row * pitch, side, side});
                continue;
            }
            if (column == 0 || rankOf(cell) > rankOf(ofRow))
                ofRow = cell;
            if (column + 1 == block.columns || i + 1 == block.count)
                put(ofRow, {5, y + row * pitch, 7, side});
        }
        y += rowsOf(block) * pitch + gap;
    }
    QPainter painter(&picture);
    painter.fillRect(QRectF(0, 0, 1, size.height()), theme[Token::LineSubtle]);
    painter.setPen(QPen(theme[Token::StaleEdge], 1));
    for (const QRectF &cell : stale)
        painter.drawLine(cell.bottomLeft(), cell.topRight());
    painter.setPen(theme[Token::UnknownCell]);
    painter.setBrush(Qt::NoBrush);
    for (const QRectF &cell : unknown)
        painter.drawRect(cell.adjusted(0.5, 0.5, -0.5, -0.5));
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
                                              bad.cell.topLeft() + QPointF(side * 0.6, 0),
                                              bad.cell.topLeft() + QPointF(0, side * 0.6)});
                painter.setRenderHint(QPainter::Antialiasing, false);
            }
        }
    }
    painter.end();
    m_picture = QPixmap::fromImage(std::move(picture));
    m_isDirty = false;
    m_age.start();
}

bool IndexStrip::paint(QPainter &painter, const QRectF &strip, const MapLayout &layout,
                       double ratio, double top, double bottom,
                       const std::function<Cell(int position)> &cellOf)
{
    // By what it was asked for: a picture has whole pixels, and so another size at 125 %.
    const bool isOther = m_picture.isNull() || m_size != strip.size() || m_ratio != ratio;
    if (isOther || (m_isDirty && (layout.count() < manyCells || m_age.elapsed() > redrawTime))) {
        render(strip.size(), layout, ratio, cellOf);
        m_size = strip.size();
        m_ratio = ratio;
        ++m_drawn;
    }
    painter.drawPixmap(strip.topLeft(), m_picture);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(Theme::current()[Token::AccentLine], 2));
    const double from = at(layout, strip.height(), top);
    const double to = std::max(from + 6, at(layout, strip.height(), bottom));
    const QRectF frame = isSlim(layout) ? strip.adjusted(2, 0, -1, 0) : strip.adjusted(5, 0, -5, 0);
    painter.drawRoundedRect(QRectF(frame.left(), from - 3, frame.width(), to - from + 2), 3, 3);
    return m_isDirty;
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "farimage.h"

#include "theme.h"
#include "tilepainter.h"

#include <QtGui/QPainter>

#include <cmath>
#include <cstring>
#include <utility>

namespace Stampdeck {

FarImage::FarImage()
    : m_spriteOf(CellLook::count, qint16(-1))
{ }

void FarImage::resetLooks(size_t slots_)
{
    m_looks.assign(slots_, 0);
    m_hasLooks = true;
    m_isValid = false;
}

void FarImage::dropSprites()
{
    std::fill(m_spriteOf.begin(), m_spriteOf.end(), qint16(-1));
    m_sprites.clear();
    m_isValid = false;
}

qsizetype FarImage::touch(int position)
{
    m_touched.insert(position);
    return m_touched.size();
}

bool FarImage::refresh(const Scene &scene)
{
    const QSize size = (QSizeF(scene.size) * scene.ratio).toSize();
    if (!m_isValid || m_image.size() != size)
        return false;
    m_bits = m_image.bits(); // a picture of it may be held by somebody
    for (const int position : std::as_const(m_touched))
        repaintCell(scene, position);
    m_touched.clear();
    return true;
}

void FarImage::begin(const Scene &scene)
{
    const QSize size = (QSizeF(scene.size) * scene.ratio).toSize();
    if (m_image.size() != size)
        m_image = QImage(size, QImage::Format_RGB32);
    m_image.setDevicePixelRatio(scene.ratio);
    if (std::exchange(m_ground, scene.ground) != scene.ground)
        dropSprites();
}

void FarImage::end()
{
    m_touched.clear();
    m_isValid = true;
}

const QImage &FarImage::sprite(const Scene &scene, quint32 look)
{
    qint16 &index = m_spriteOf[look];
    if (index >= 0)
        return m_sprites[size_t(index)];
    const Theme &theme = Theme::current();
    TileFacts facts;
    facts.health = CellLook::health(look);
    facts.stale = CellLook::stale(look);
    facts.lifecycle = CellLook::mark(look) ? Lifecycle::Cordoned : Lifecycle::Active;
    facts.verdict.kind = TileVerdict::Kind(CellLook::verdict(look));
    facts.resources.cpu = {1.0, std::nullopt,
                           CellLook::tint(look) == 0       ? 0.3
                               : CellLook::tint(look) == 1 ? 0.65
                                                           : 0.9};
    const int fill = CellLook::fill(look);
    if (fill >= CellLook::firstCategory)
        facts.fill = theme.category(fill - CellLook::firstCategory);
    else if (fill > 0)
        facts.fill = theme.ramp(fill - 1);
    TileState state;
    state.faded = CellLook::faded(look);
    const double size = scene.layout.tile.width();
    QImage image((QSizeF(size + 2, size + 2) * scene.ratio).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(scene.ratio);
    image.fill(scene.ground);
    QPainter painter(&image);
    scene.tiles.paint(painter, {1, 1}, scene.layout.stop, facts, state);
    painter.end();
    index = qint16(m_sprites.size());
    m_sprites.push_back(std::move(image));
    return m_sprites.back();
}

void FarImage::drawCell(const Scene &scene, quint32 look, QPointF corner)
{
    const QImage &image = sprite(scene, look);
    const double ratio = scene.ratio;
    const QPointF at = (corner - scene.corner) * ratio;
    const int margin = int(std::lround(ratio));
    int from = margin;
    int size = image.width() - 2 * margin;
    if (CellLook::overhangs(look)) {
        from = 0;
        size = image.width();
    } else if (scene.layout.stop == Stop::S3 && CellLook::second(look)) {
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
    w = std::min(w, m_image.width() - x);
    h = std::min(h, m_image.height() - y);
    if (w <= 0 || h <= 0)
        return;
    const auto stride = size_t(m_image.bytesPerLine());
    const auto sourceStride = size_t(image.bytesPerLine());
    uchar *to = m_bits + size_t(y) * stride + size_t(x) * 4;
    const uchar *source = image.constBits() + size_t(sourceY) * sourceStride + size_t(sourceX) * 4;
    if (w <= 8) { // to call somebody for so little takes longer
        for (int row = 0; row < h; ++row, to += stride, source += sourceStride)
            std::copy_n(reinterpret_cast<const QRgb *>(source), w, reinterpret_cast<QRgb *>(to));
        return;
    }
    for (int row = 0; row < h; ++row, to += stride, source += sourceStride)
        std::memcpy(to, source, size_t(w) * 4);
}

void FarImage::repaintCell(const Scene &scene, int position)
{
    // Its own place and the gap round it, then the neighbours that reach into that.
    const double ratio = scene.ratio;
    const MapLayout &layout = scene.layout;
    const MapBlock &block = layout.blocks[size_t(layout.blockOf(position))];
    if (!block.pinned && layout.shelf.intersects(layout.tileRect(position)))
        return;
    const QRectF cell = layout.tileRect(position).translated(-scene.corner).adjusted(-1, -1, 1, 1);
    const QRect clear =
        QRect(int(std::lround(cell.left() * ratio)), int(std::lround(cell.top() * ratio)),
              int(std::lround(cell.width() * ratio)), int(std::lround(cell.height() * ratio)))
        & m_image.rect();
    if (clear.isEmpty())
        return;
    const QRgb ground = scene.ground.rgb();
    for (int y = clear.top(); y <= clear.bottom(); ++y) {
        auto *line = reinterpret_cast<QRgb *>(m_bits + size_t(y) * size_t(m_image.bytesPerLine()));
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
                const quint32 look = m_looks[size_t(scene.order[size_t(block.first + other)])];
                const int its = CellLook::overhangs(look) ? 2 : CellLook::second(look) ? 1 : 0;
                if (its == pass)
                    drawCell(scene, look, layout.tileRect(block.first + other).topLeft());
            }
        }
    }
}

void FarImage::drawCells(const Scene &scene, const std::function<bool(const MapBlock &)> &isWanted)
{
    struct Cell
    {
        quint32 look;
        QPointF at;
    };
    m_bits = m_image.bits();
    std::vector<Cell> second;
    std::vector<Cell> last;
    const QRectF sight(scene.corner, QSizeF(scene.size));
    for (const MapBlock &block : scene.layout.blocks) {
        if (!isWanted(block))
            continue;
        scene.layout.eachTileOf(block, sight, [&](int position, QPointF at) {
            const quint32 look = m_looks[size_t(scene.order[size_t(position)])];
            if (CellLook::overhangs(look))
                last.push_back({look, at});
            else if (CellLook::second(look))
                second.push_back({look, at});
            else
                drawCell(scene, look, at);
        });
    }
    for (const Cell &cell : second)
        drawCell(scene, cell.look, cell.at);
    for (const Cell &cell : last)
        drawCell(scene, cell.look, cell.at);
}

} // namespace Stampdeck

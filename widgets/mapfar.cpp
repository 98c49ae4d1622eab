// SPDX-License-Identifier: GPL-3.0-or-later
// What of MapWidget the far stops and the index strip need: how a cell looks, and what lies below.
#include "mapwidget.h"

#include "carrycontroller.h"
#include "theme.h"
#include "whatif.h"

#include <QtGui/QPainter>

namespace Stampdeck {

// The same at every stop, so that all are there when the stop changes: a sprite shows of it what its
// stop has room for.
quint32 MapWidget::cellLook(int slot) const
{
    const StampEntry &entry = *m_version->stamps[slot];
    int verdict = 0;
    // Until they have answered they look as before: all of them do in a frame or two.
    const bool isAnswered = isCarrying() && m_carry->hasAnswered();
    const bool faded = !isAnswered && isFaded(slot);
    if (isAnswered) {
        if (m_carry->leaving(slot) > 0) {
            verdict = int(TileVerdict::Kind::Source);
        } else {
            const VerdictKind is = *m_carry->verdict(slot);
            verdict = int(is == VerdictKind::Best    ? TileVerdict::Kind::Best
                          : is == VerdictKind::Can   ? TileVerdict::Kind::Can
                          : is == VerdictKind::Tight ? TileVerdict::Kind::Tight
                                                     : TileVerdict::Kind::Cannot);
        }
    }
    if (isWhatIf()) {
        if (m_whatIf->isOff(slot))
            verdict = int(TileVerdict::Kind::Lost);
        else if (m_whatIf->takenBy(slot) > 0)
            verdict = int(TileVerdict::Kind::Can);
    }
    const Health health = entry.stale ? Health::Unknown : entry.health;
    int tint = 0;
    int fill = 0;
    if (isRamp(m_colours.colour())) {
        if (const auto heat = m_colours.heat(entry))
            fill = 1 + Theme::rampStep(*heat);
    } else if (isCategory(m_colours.colour())) {
        if (const int category = m_colours.category(entry); category >= 0)
            fill = CellLook::firstCategory + std::min(category, Theme::categories);
    } else if (health == Health::Healthy) {
        const double load = entry.load().value_or(0);
        tint = load < 0.5 ? 0 : load > 0.8 ? 2 : 1;
    }
    const bool mark = !TilePainter::postmarkWord(entry.stamp->lifecycle).isEmpty();
    return CellLook::pack(int(health), entry.stale && !entry.proof, mark, faded, verdict, tint, fill);
}

QColor MapWidget::farGround() const
{
    if (m_colours.colour() != MapColourBy::Health && !isCarrying())
        return Theme::current()[Token::Mount];
    return isWorld() ? WorldPainter::boxFill() : Theme::current()[Token::BgCanvas];
}

FarImage::Scene MapWidget::farScene()
{
    return {m_layout, m_order, m_tiles, m_scroll, size(), devicePixelRatioF(), farGround()};
}

void MapWidget::ensureFar()
{
    if (!m_far.hasLooks()) {
        m_far.resetLooks(m_positions.size());
        for (const int slot : m_order)
            m_far.setLook(slot, cellLook(slot));
    }
    const FarImage::Scene scene = farScene();
    if (m_far.refresh(scene))
        return;
    m_far.begin(scene);
    const auto draw = [&](Part part) {
        paintFarGround(part);
        m_far.drawCells(scene, [&](const MapBlock &block) { return isOn(block, part); });
    };
    if (m_layout.shelf.isEmpty()) {
        draw(Part::All);
    } else {
        draw(Part::Plane);
        draw(Part::Shelf);
    }
    m_far.end();
}

// What lies below the cells.
void MapWidget::paintFarGround(Part part)
{
    QPainter painter(&m_far.image());
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

QRectF MapWidget::stripRect() const
{
    if (m_layout.strip <= 0 || m_order.empty())
        return {};
    return {width() - m_layout.strip, 0, m_layout.strip, double(height())};
}

void MapWidget::paintStrip(QPainter &painter)
{
    const bool isLate =
        m_strip.paint(painter, stripRect(), m_layout, devicePixelRatioF(), m_scroll.y(),
                      m_scroll.y() + height(), [this](int position) {
                          const int slot = m_order[size_t(position)];
                          const int is = m_buckets[size_t(slot)];
                          return IndexStrip::Cell{is == staleBucket ? Health::Unknown : Health(is),
                                                  is == staleBucket, isFaded(slot)};
                      });
    if (isLate && m_stripTimer == 0)
        m_stripTimer = startTimer(260);
}

} // namespace Stampdeck

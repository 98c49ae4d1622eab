// SPDX-License-Identifier: GPL-3.0-or-later
// What of MapWidget the lens needs: at the far stops, what is under the pointer or the keyboard's
// cursor, large (look.md, section 6).
#include "mapwidget.h"

#include "carrycontroller.h"
#include "mapparts.h"

#include "backends/api/clock.h"

#include <QtGui/QPainter>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace Internal;
using Text::Face;

namespace {

constexpr QSizeF lensFrame(24, 18);
constexpr QSizeF lensBox(404, 290);
constexpr int lensColumns = 9;
constexpr int lensRows = 3;
constexpr double lensPitch = 42; ///< Of cells of 38.
constexpr double lensMargin = 14;

/// What all of \a bad are, and not all of \a well: "version 1.42.3".
template<typename Value>
void addShared(QStringList &shared, const std::vector<const StampEntry *> &bad,
               const std::vector<const StampEntry *> &well, const QString &words,
               const Value &value)
{
    const QString first = value(*bad.front());
    const auto is = [&](const StampEntry *entry) { return value(*entry) == first; };
    if (first.isEmpty() || !std::all_of(bad.begin(), bad.end(), is))
        return;
    if (well.empty() || !std::all_of(well.begin(), well.end(), is))
        shared << words.arg(first);
}

} // namespace

void MapWidget::setLens(bool on)
{
    if (on == m_lens)
        return;
    m_lens = on;
    update();
}

int MapWidget::lensSlot() const
{
    if (!m_lens || !m_version || !isFar(m_layout.stop) || isCarrying())
        return -1;
    return m_keyboard || m_hovered < 0 ? m_current : m_hovered;
}

QRectF MapWidget::lensRect() const
{
    const int slot = lensSlot();
    if (slot < 0)
        return {};
    const QRectF cell = tileRect(slot);
    if (cell.isEmpty())
        return {};
    // Beside it, where there is room.
    const double right = cell.center().x() + 60;
    const double x = right + lensBox.width() + 8 <= width()
        ? right
        : std::max(4.0, cell.center().x() - 60 - lensBox.width());
    const double y = std::clamp(cell.center().y() - lensBox.height() / 2, 4.0,
                                std::max(4.0, height() - lensBox.height() - 10.0));
    return {QPointF(x, y), lensBox};
}

void MapWidget::paintLens(QPainter &painter)
{
    const QRectF box = lensRect();
    if (box.isEmpty())
        return;
    const Theme &theme = Theme::current();
    const int slot = lensSlot();
    const int position = positionOf(slot);
    const MapBlock &block = m_layout.blocks[size_t(m_layout.blockOf(position))];
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QPointF centre = tileRect(slot).center();
    const QRectF frame(centre - QPointF(lensFrame.width(), lensFrame.height()) / 2, lensFrame);
    const bool isRight = box.left() > centre.x();
    painter.setPen(QPen(theme[Token::LineStrong], 1));
    painter.drawLine(isRight ? frame.topRight() : frame.topLeft(),
                     isRight ? box.topLeft() : box.topRight());
    painter.drawLine(isRight ? frame.bottomRight() : frame.bottomLeft(),
                     isRight ? box.bottomLeft() : box.bottomRight());
    painter.setPen(QPen(theme[Token::TextPrimary], 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(frame);

    painter.setPen(Qt::NoPen);
    painter.setBrush(theme[Token::StampShadow]);
    painter.drawRect(box.translated(6, 6));
    painter.setPen(QPen(theme[Token::LineStrong], 1));
    painter.setBrush(theme[Token::BgPanel]);
    painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5));
    const Group &group = m_groups[size_t(block.group)];
    const Text::Style title{Face::Display, 13, 700};
    const Text::Style plain{Face::Ui, 11, 400};
    const Text::Style strong{Face::Ui, 11, 600};
    write(painter, box.topLeft() + QPointF(lensMargin, 22),
          Text::elided(group.title, title, box.width() - 2 * lensMargin), title,
          theme[Token::TextPrimary]);

    const int index = position - block.first;
    const int row = index / block.columns;
    const int column = index % block.columns;
    std::vector<const StampEntry *> bad;
    std::vector<const StampEntry *> well;
    TileFacts facts;
    for (int r = 0; r < lensRows; ++r) {
        for (int c = 0; c < lensColumns; ++c) {
            const int atRow = row + r - lensRows / 2;
            const int atColumn = column + c - lensColumns / 2;
            const int other = atRow * block.columns + atColumn;
            if (atRow < 0 || atColumn < 0 || atColumn >= block.columns || other >= block.count)
                continue;
            const int its = m_order[size_t(block.first + other)];
            const StampEntry &entry = *m_version->stamps[its];
            (entry.stale || entry.health != Health::Healthy ? bad : well).push_back(&entry);
            fillFacts(facts, *m_version, its, Stop::S36, m_colours, nullptr, *m_clock);
            TileState state;
            state.selected = its == slot;
            state.faded = isFaded(its);
            m_tiles.paint(painter,
                          box.topLeft()
                              + QPointF(lensMargin + c * lensPitch + 1, 34 + r * lensPitch + 1),
                          Stop::S36, facts, state);
        }
    }
    fillFacts(facts, *m_version, slot, Stop::Medium, m_colours, nullptr, *m_clock);
    m_tiles.paint(painter, box.topLeft() + QPointF(lensMargin, 178), Stop::Medium, facts, {});

    const double x = box.left() + lensMargin + 160 + 14;
    const double room = box.right() - lensMargin - x;
    double y = box.top() + 192;
    const auto line = [&](const QString &words, const Text::Style &style, Token token) {
        if (y > box.bottom() - 6)
            return;
        write(painter, {x, y}, Text::elided(words, style, room), style, theme[token]);
        y += 16;
    };
    line(m_version->stamps[slot]->id, strong, Token::TextPrimary);
    if (bad.empty()) {
        line(tr("All is well around it."), plain, Token::TextSecondary);
    } else {
        line(tr("%1 of %2 here are not well.").arg(bad.size()).arg(bad.size() + well.size()), plain,
             Token::DegradedText);
        QStringList shared;
        if (bad.size() > 1) {
            addShared(shared, bad, well, tr("version %1"),
                      [](const StampEntry &entry) { return entry.stamp->version; });
            addShared(shared, bad, well, tr("ring %1"),
                      [](const StampEntry &entry) { return entry.stamp->ring; });
            addShared(shared, bad, well, tr("zone %1"),
                      [](const StampEntry &entry) { return entry.stamp->zone; });
            addShared(shared, bad, well, tr("source %1"), [this](const StampEntry &entry) {
                return m_version->sourceOf(entry).name;
            });
        }
        if (!shared.isEmpty()) {
            line(tr("What they share:"), strong, Token::TextSecondary);
            for (const QString &words : std::as_const(shared))
                line(words, plain, Token::TextPrimary);
        } else if (bad.size() > 1) {
            line(tr("They share nothing that others lack."), plain, Token::TextSecondary);
        }
    }
    painter.restore();
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "maplegend.h"

#include "glyphs.h"
#include "text.h"

#include "models/formatter.h"

#include <QtGui/QHelpEvent>
#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QToolTip>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr Text::Style wordStyle{Text::Face::Ui, 12, 400};
constexpr Text::Style countStyle{Text::Face::Ui, 11, 500};
constexpr double stepWidth = 18;
constexpr double barsHeight = 13; ///< Of the bars over the steps.

} // namespace

MapLegendView::MapLegendView(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(u"legendView"_s);
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
}

void MapLegendView::show(const MapLegend &legend)
{
    if (legend.colour != m_legend.colour)
        m_hovered = m_current = -1;
    m_legend = legend;
    setAccessibleName(tr("Legend: %1").arg(title(legend.colour)));
    QStringList parts;
    for (int i = 0; i < m_legend.entries.size(); ++i)
        parts.append(describe(i));
    if (legend.untold > 0)
        parts.append(tr("not told: %Ln stamp(s)", nullptr, legend.untold));
    setAccessibleDescription(parts.join(u"; "_s));
    updateGeometry();
    update();
}

QString MapLegendView::describe(int entry) const
{
    const MapLegend::Entry &is = m_legend.entries[entry];
    return tr("%1: %Ln stamp(s)", nullptr, is.count).arg(is.text);
}

void MapLegendView::fitInto(int width)
{
    Detail detail = Detail::Counts;
    for (const Detail more : {Detail::Words, Detail::All}) {
        if (wanted(more) <= width)
            detail = more;
    }
    if (detail == m_detail)
        return;
    m_detail = detail;
    updateGeometry();
    update();
}

QList<QRectF> MapLegendView::entryRects() const
{
    return rectsOf(m_detail);
}

QList<QRectF> MapLegendView::rectsOf(Detail detail) const
{
    QList<QRectF> rects;
    double x = 0;
    if (isRamp(m_legend.colour)) {
        x += Text::width(m_legend.low, wordStyle) + 8;
        for (int i = 0; i < m_legend.entries.size(); ++i) {
            rects.append({x, 0, stepWidth, double(height())});
            x += stepWidth;
        }
        return rects;
    }
    for (const MapLegend::Entry &entry : m_legend.entries) {
        const double shape = m_legend.colour == MapColourBy::Health ? 17 : 20;
        double wide = shape;
        if (detail != Detail::Counts)
            wide += Text::width(entry.text, wordStyle) + (detail == Detail::All ? 5 : 0);
        if (detail != Detail::Words)
            wide += Text::width(Format::count(entry.count), countStyle);
        rects.append({x, 0, wide, double(height())});
        x += wide + (detail == Detail::Counts ? 11 : 14);
    }
    return rects;
}

int MapLegendView::wanted(Detail detail) const
{
    const QList<QRectF> rects = rectsOf(detail);
    double wide = rects.isEmpty() ? 0 : rects.constLast().right();
    if (isRamp(m_legend.colour))
        wide += 8 + Text::width(m_legend.high, wordStyle);
    return int(std::ceil(wide)) + 3;
}

void MapLegendView::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double middle = height() / 2.0;
    const double base = middle + 4.5;
    const QList<QRectF> rects = entryRects();
    const auto text = [&](QPointF at, const QString &words, Token token,
                          const Text::Style &style = wordStyle,
                          Text::Align align = Text::Align::Left) {
        painter.setPen(theme[token]);
        Text::draw(painter, at, words, style, align);
    };
    const bool ramp = isRamp(m_legend.colour);
    int most = 1;
    for (const MapLegend::Entry &entry : m_legend.entries)
        most = std::max(most, entry.count);
    if (ramp) {
        text({0, base + 3}, m_legend.low, Token::TextSecondary);
        if (!rects.isEmpty())
            text({rects.constLast().right() + 8, base + 3}, m_legend.high, Token::TextSecondary);
    }
    for (int i = 0; i < rects.size(); ++i) {
        const MapLegend::Entry &entry = m_legend.entries[i];
        const QRectF &there = rects[i];
        const bool isHovered = i == m_hovered;
        if (ramp) {
            const double from = height() - 10.0;
            painter.fillRect(QRectF(there.left(), from, stepWidth, 8), QColor::fromRgb(entry.color));
            // The square root: a few stamps beside thousands are still to be seen.
            const double high = entry.count == 0
                ? 0
                : std::max(1.0, std::round(barsHeight * std::sqrt(double(entry.count) / most)));
            painter.fillRect(QRectF(there.left() + 2, from - 1 - high, stepWidth - 4, high),
                             theme[isHovered ? Token::TextPrimary : Token::TextTertiary]);
        } else if (m_legend.colour == MapColourBy::Health) {
            if (entry.health)
                Glyphs::health(painter, {there.left(), middle - 6, 12, 12}, *entry.health,
                               theme[Token::BgWindow]);
            else
                Glyphs::stale(painter, {there.left() - 2, middle - 5, 16, 10});
        } else {
            painter.fillRect(QRectF(there.left(), middle - 7, 14, 14), QColor::fromRgb(entry.color));
            painter.setPen(QColor::fromRgb(
                entry.letter.isEmpty()
                    ? theme.rgb(Token::TextPrimary)
                    : theme.categoryInk(entry.letter.front().unicode() - u'A')));
            Text::draw(painter, {there.left() + 7, middle + 4}, entry.letter,
                       {Text::Face::Ui, 10, 700}, Text::Align::Center);
        }
        if (!ramp) {
            const double x = there.left() + (m_legend.colour == MapColourBy::Health ? 17 : 20);
            if (m_detail != Detail::Counts)
                text({x, base}, entry.text, isHovered ? Token::TextPrimary : Token::TextSecondary);
            if (m_detail != Detail::Words)
                text({there.right(), base}, Format::count(entry.count),
                     isHovered ? Token::TextSecondary : Token::TextTertiary, countStyle,
                     Text::Align::Right);
        }
        if (hasFocus() && i == m_current) {
            painter.setPen(QPen(theme[Token::AccentLine], 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(there.adjusted(ramp ? 0 : -3, 2, ramp ? 0 : 3, -2), 4, 4);
        }
    }
}

int MapLegendView::entryAt(QPointF point) const
{
    const QList<QRectF> rects = entryRects();
    for (int i = 0; i < rects.size(); ++i) {
        if (rects[i].contains(point))
            return i;
    }
    return -1;
}

void MapLegendView::ask(int entry)
{
    if (entry >= 0 && entry < m_legend.entries.size() && !m_legend.entries[entry].query.isEmpty())
        Q_EMIT queryRequested(m_legend.entries[entry].query);
}

void MapLegendView::mouseMoveEvent(QMouseEvent *event)
{
    const int entry = entryAt(event->position());
    if (entry == m_hovered)
        return;
    m_hovered = entry;
    setCursor(entry >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void MapLegendView::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        ask(entryAt(event->position()));
}

void MapLegendView::leaveEvent(QEvent *)
{
    m_hovered = -1;
    update();
}

void MapLegendView::keyPressEvent(QKeyEvent *event)
{
    const int last = int(m_legend.entries.size()) - 1;
    switch (event->key()) {
    case Qt::Key_Left:
        m_current = std::max(0, m_current - 1);
        break;
    case Qt::Key_Right:
        m_current = std::min(last, m_current + 1);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        ask(m_current);
        return;
    default:
        QWidget::keyPressEvent(event);
        return;
    }
    update();
}

void MapLegendView::focusInEvent(QFocusEvent *)
{
    m_current = std::max(0, m_current);
    update();
}

void MapLegendView::focusOutEvent(QFocusEvent *)
{
    update();
}

bool MapLegendView::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const int entry = entryAt(QPointF(help->pos()));
        if (entry >= 0)
            QToolTip::showText(help->globalPos(),
                               describe(entry) + u'\n' + tr("Click to show only these."), this);
        else
            QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

} // namespace Stampdeck

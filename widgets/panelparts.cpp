// SPDX-License-Identifier: GPL-3.0-or-later
#include "panelparts.h"

#include "icons.h"

#include "models/formatter.h"

#include <QtCore/QCoreApplication>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr Text::Style keyStyle{Text::Face::Ui, 11, 500};

} // namespace

void PanelColumn::head(const QString &title, const QString &aside)
{
    const Theme &theme = Theme::current();
    m_painter.setPen(theme[Token::TextPrimary]);
    const double room = m_right - m_left - (aside.isEmpty() ? 0 : Text::width(aside, small) + 10);
    Text::draw(m_painter, {m_left, m_y + 16}, Text::elided(title, section, room), section);
    m_painter.setPen(theme[Token::TextSecondary]);
    Text::draw(m_painter, {m_right, m_y + 16}, aside, small, Text::Align::Right);
    m_y += 28;
}

void PanelColumn::line(const QString &text, Token token)
{
    m_painter.setPen(Theme::current()[token]);
    Text::draw(m_painter, {m_left, m_y + 14}, Text::elided(text, small, m_right - m_left), small);
    m_y += 21;
}

QRectF PanelColumn::load(const Load &load)
{
    const Theme &theme = Theme::current();
    const QRectF box(m_left - 12, m_y, m_right - m_left + 24, 40);
    if (load.first)
        m_painter.fillRect(box, theme[Token::AccentSoft]);
    const double wide = std::max(17.0, Text::width(load.mark, keyStyle) + 8);
    m_painter.setPen(QPen(theme[Token::LineDefault], 1));
    m_painter.setBrush(theme[Token::BgRaised]);
    m_painter.drawRoundedRect(QRectF(m_left + 0.5, m_y + 10.5, wide, 17), 3, 3);
    m_painter.setPen(theme[Token::TextSecondary]);
    Text::draw(m_painter, {m_left + wide / 2 + 0.5, m_y + 23}, load.mark, keyStyle,
               Text::Align::Center);
    const double column = m_left + wide + 11;
    const QString loads =
        u"%1 → %2"_s.arg(Format::percent(load.before), Format::percent(load.after));
    const QString tight = load.tight ? QCoreApplication::translate("PanelColumn", "tight")
                                     : QString();
    double room = m_right - Text::width(loads, name) - 10;
    m_painter.setPen(
        theme[load.tight ? Token::ResAfter : load.first ? Token::AccentText : Token::TextPrimary]);
    Text::draw(m_painter, {m_right, m_y + 17}, loads, name, Text::Align::Right);
    if (load.tight) {
        Text::draw(m_painter, {room, m_y + 17}, tight, small, Text::Align::Right);
        room -= Text::width(tight, small) + 10;
    }
    m_painter.setPen(theme[Token::TextPrimary]);
    Text::draw(m_painter, {column, m_y + 17}, Text::elidedName(load.name, name, room - column),
               name);
    LoadBar bar;
    bar.used = load.before;
    if (load.before && load.after)
        bar.added = std::max(0.0, *load.after - *load.before);
    bar.gate = load.gate;
    drawLoadBar(m_painter, {column, m_y + 25, m_right - column, 6}, bar);
    m_y += 42;
    return box;
}

void PanelColumn::counted(const QString &icon, const QString &words, const QString &number,
                          Token ink)
{
    const Theme &theme = Theme::current();
    Icons::draw(m_painter, {m_left, m_y + 3}, icon, 12, theme[ink]);
    const double wide = Text::width(number, name);
    m_painter.setPen(theme[Token::TextSecondary]);
    Text::draw(m_painter, {m_left + 20, m_y + 14},
               Text::elided(words, small, m_right - m_left - 30 - wide), small);
    m_painter.setPen(theme[Token::TextPrimary]);
    Text::draw(m_painter, {m_right, m_y + 14}, number, name, Text::Align::Right);
    m_y += 21;
}

void PanelColumn::key(const QString &key, const QString &what)
{
    const Theme &theme = Theme::current();
    const double wide = Text::width(key, keyStyle) + 12;
    m_painter.setPen(QPen(theme[Token::LineDefault], 1));
    m_painter.setBrush(theme[Token::BgRaised]);
    m_painter.drawRoundedRect(QRectF(m_left + 0.5, m_y + 0.5, wide, 17), 3, 3);
    m_painter.setPen(theme[Token::TextSecondary]);
    Text::draw(m_painter, {m_left + wide / 2 + 0.5, m_y + 13}, key, keyStyle, Text::Align::Center);
    Text::draw(m_painter, {m_left + 76, m_y + 13}, what, small);
    m_y += 22;
}

} // namespace Stampdeck

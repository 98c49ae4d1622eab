// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controls.h"

#include <QtGui/QPainter>

namespace Stampdeck {

/// What the panels of a carry and of a what-if are written with: one line below the other.
class PanelColumn
{
public:
    static constexpr Text::Style section{Text::Face::Ui, 15, 700};
    static constexpr Text::Style name{Text::Face::Ui, 13, 600};
    static constexpr Text::Style small{Text::Face::Ui, 12, 400};

    PanelColumn(QPainter &painter, double left, double right, double y)
        : m_painter(painter)
        , m_left(left)
        , m_right(right)
        , m_y(y)
    { }

    [[nodiscard]] double y() const { return m_y; }
    void skip(double by) { m_y += by; }
    void head(const QString &title, const QString &aside = {});
    void line(const QString &text, Token token = Token::TextSecondary);
    /// How full a stamp is and would be, over 40 px; gives the rectangle to be clicked.
    struct Load
    {
        QString mark; ///< In the box at the left: its key, or how many it takes.
        QString name;
        std::optional<double> before, after, gate;
        bool tight = false;
        bool first = false; ///< The best one.
    };
    QRectF load(const Load &load);
    /// An icon, words and a number at the right.
    void counted(const QString &icon, const QString &words, const QString &number,
                 Token ink = Token::TextTertiary);
    void key(const QString &key, const QString &what);

private:
    QPainter &m_painter;
    double m_left;
    double m_right;
    double m_y;
};

} // namespace Stampdeck

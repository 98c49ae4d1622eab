// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "glyphs.h"
#include "motion.h"
#include "text.h"

#include "models/formatter.h"

#include <QtGui/QPainter>

// What the files of MapWidget share, and nobody else.
namespace Stampdeck::Internal {

constexpr double frameReach = 5; ///< How far a frame lies outside its tile.
constexpr double spreadHeight = 56; ///< Of the empty drop area.
constexpr double edgePan = 40; ///< So near the edge a drag moves the map.
constexpr auto ghostKey = QLatin1StringView("ghost "); ///< Of one that the pointer is on.
constexpr qint64 changeRest = Motion::restTime.count(); ///< In milliseconds.

inline void write(QPainter &painter, QPointF at, const QString &text, const Text::Style &style,
                  const QColor &color, Text::Align align = Text::Align::Left)
{
    painter.setPen(color);
    Text::draw(painter, at, text, style, align);
}

/// The shape of a health and how many there are of it, on \a ground.
inline void writeCount(QPainter &painter, QPointF at, Health health, int count,
                       const QColor &ground, const QColor &ink, const Text::Style &style,
                       double indent = 17)
{
    Glyphs::health(painter, QRectF(at.x(), at.y() - 10.5, 12, 12), health, ground);
    write(painter, at + QPointF(indent, 0), Format::count(count), style, ink);
}

} // namespace Stampdeck::Internal

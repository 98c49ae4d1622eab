// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "motion.h"
#include "text.h"

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

} // namespace Stampdeck::Internal

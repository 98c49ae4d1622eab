// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QEasingCurve>
#include <QtCore/QPoint>
#include <QtCore/QRect>

#include <chrono>
#include <optional>

class QWidget;

/// How long things take to move: look.md, section 13. Every animation asks duration(), which is 0
/// where motion is reduced; what has no end (dots on their way) asks isReduced(). GUI thread.
namespace Stampdeck::Motion {

using std::chrono::milliseconds;

inline constexpr milliseconds zoomTime{120}; ///< From one stop of the map to the next.
inline constexpr milliseconds panelTime{140}; ///< Panel and drawer.
inline constexpr milliseconds toastTime{120};
inline constexpr milliseconds flyTime{220}; ///< To another part of the map.
inline constexpr milliseconds flashTime{150}; ///< A tile whose state changed: once, white.
inline constexpr milliseconds restTime{2'000}; ///< That its frame stays thick.
inline constexpr milliseconds legTime{1'200}; ///< A dot from place to place.
inline constexpr int dotsPerSecond = 15;
inline constexpr QEasingCurve::Type curve = QEasingCurve::OutCubic;

/// What the person chose; nothing chosen: as the desktop.
enum class Choice : quint8 { System, Full, Reduced };
void setChoice(Choice choice);

/// Chosen, or the style's SH_Widget_Animation_Duration is 0, or the desktop wants none.
[[nodiscard]] bool isReduced();
/// \a full in milliseconds, or 0.
[[nodiscard]] int duration(milliseconds full);

/// Gives \a widget its place \a rect; where \a from is told it moves there from that corner, and a move
/// that is still on its way goes on to the new place.
void place(QWidget *widget, QRect rect, std::optional<QPoint> from = {},
           milliseconds full = panelTime);

} // namespace Stampdeck::Motion

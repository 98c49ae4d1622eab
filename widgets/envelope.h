// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QPointF>

namespace Stampdeck {

/// Of \a points (ascending in x) what a line of them shows on \a columns columns of pixels between
/// \a from and \a to: in each column the smallest and the largest, in their order, and the neighbours
/// just outside, so that the line runs to the edges. A peak of a single point stays, no point is made
/// up, and those whose y is not finite are left out. Where there is at most one for each column all
/// of them come back.
[[nodiscard]] QList<QPointF> envelope(const QList<QPointF> &points, double from, double to,
                                      int columns);

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/result.h"

#include <QtCore/QByteArray>
#include <QtCore/QPointF>
#include <QtCore/QRectF>

#include <vector>

namespace Stampdeck {

/// Miller's cylindrical projection onto the plane of the world, whose unit is a degree of
/// longitude: x from 180° west to the east, y from the northern edge to the south. Times a scale in
/// pixels per degree these are content coordinates of the map.
namespace Miller {

inline constexpr double width = 360;
/// From 83.7° north, where Greenland ends, to 62° south: no stamp stands beyond.
inline constexpr double northern = 114;
inline constexpr double height = 184;

[[nodiscard]] QPointF toPlane(double latitude, double longitude);
[[nodiscard]] double latitude(double y);
[[nodiscard]] double longitude(double x); ///< Within -180 and 180.

} // namespace Miller

/// A closed line on the plane of the world; it may go beyond 360 where it crosses 180° east. One
/// within another is a lake.
struct LandRing
{
    std::vector<QPointF> points;
    QRectF bounds;
};

/// The coasts of the Earth, coarse and fine. Holds what resources/world/land.bin does; immutable.
class Land
{
public:
    enum class Detail : quint8 { Coarse, Fine };

    /// Reads what scripts/make-land writes; names what is wrong with other bytes.
    [[nodiscard]] static Result<Land> parse(const QByteArray &bytes);
    /// The one that is compiled in; read at the first call. GUI thread.
    [[nodiscard]] static const Land &builtIn();

    [[nodiscard]] const std::vector<LandRing> &rings(Detail detail) const
    {
        return m_rings[detail == Detail::Coarse ? 0 : 1];
    }
    /// Whether there is land at a place, not water.
    [[nodiscard]] bool isLand(double latitude, double longitude, Detail detail) const;

private:
    std::vector<LandRing> m_rings[2];
};

} // namespace Stampdeck

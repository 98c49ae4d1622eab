// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "maplayout.h"

#include <QtGui/QPixmap>

class QPainter;

namespace Stampdeck {

/// The whole Earth in a corner of the world arrangement, with a frame round what is in sight. Keeps
/// a picture of the land in the theme that is current. GUI thread.
class OverviewInset
{
public:
    static constexpr QSizeF size{180, 92};

    void reset() { m_land = {}; } ///< For another theme.
    struct Place
    {
        QPointF at; ///< On the plane of the world.
        Health worst = Health::Healthy;
    };
    /// \a sight is what of the content the window shows, at \a scale pixels per degree.
    void paint(QPainter &painter, QPointF corner, const QRectF &sight, double scale,
               const std::vector<Place> &places);
    /// Where a point of the inset, from its corner, is on the plane.
    [[nodiscard]] static QPointF toPlane(QPointF point);

private:
    QPixmap m_land;
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "trayicon.h"

#include "widgets/glyphs.h"
#include "widgets/text.h"

#include <QtCore/QLocale>
#include <QtGui/QPainter>

namespace Stampdeck {

QIcon trayIcon(std::optional<Severity> worst, int count)
{
    QIcon icon;
    for (const int size : {22, 24, 32, 48, 64}) {
        QPixmap picture(size, size);
        picture.fill(Qt::transparent);
        QPainter painter(&picture);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.scale(size / 24.0, size / 24.0);
        Glyphs::logo(painter, {0, 0, 24, 24});
        if (worst) {
            const Theme &theme = Theme::current();
            const QRectF corner(11, 11, 13, 13);
            // A rim, so that it stands off from the print.
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme[Token::LogoPaper]);
            painter.drawEllipse(corner.adjusted(-1, -1, 1, 1));
            const bool isCritical = *worst == Severity::Critical;
            if (count <= 1) {
                Glyphs::health(painter, corner,
                               isCritical                     ? Health::Unhealthy
                                   : *worst == Severity::Info ? Health::Unknown
                                                              : Health::Degraded,
                               theme[Token::LogoPaper]);
            } else {
                painter.setBrush(theme[isCritical ? Token::UnhealthyGlyph
                                           : *worst == Severity::Info
                                               ? Token::UnknownGlyph
                                               : Token::DegradedGlyph]);
                painter.drawRoundedRect(corner, 3, 3);
                painter.setFont(Text::font({Text::Face::Ui, count > 9 ? 8 : 10, 700}));
                painter.setPen(theme[Token::LogoPaper]);
                painter.drawText(corner, Qt::AlignCenter,
                                 count > 99 ? QStringLiteral("99+") : QLocale().toString(count));
            }
        }
        painter.end();
        icon.addPixmap(picture);
    }
    return icon;
}

} // namespace Stampdeck

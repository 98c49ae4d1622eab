// SPDX-License-Identifier: GPL-3.0-or-later
#include "icons.h"

#include <QtCore/QFile>
#include <QtCore/QHash>
#include <QtGui/QIconEngine>
#include <QtGui/QPainter>
#include <QtSvg/QSvgRenderer>

#include <cmath>

namespace Stampdeck::Icons {

using namespace Qt::StringLiterals;

namespace {

QPixmap rendered(const QString &name, int size, const QColor &color, double ratio)
{
    const int pixels = int(std::ceil(size * ratio));
    QPixmap pixmap(pixels, pixels);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QFile file(u":/stampdeck/icons/%1.svg"_s.arg(name));
    if (!file.open(QIODevice::ReadOnly)) {
        qWarning("No icon %s", qPrintable(name));
        return pixmap;
    }
    // QtSvg draws currentColor black.
    QSvgRenderer renderer(file.readAll().replace("currentColor", color.name().toLatin1()));
    QPainter painter(&pixmap);
    renderer.render(&painter, QRectF(0, 0, size, size));
    return pixmap;
}

class Engine final : public QIconEngine
{
public:
    Engine(const QString &name, Token normal)
        : m_name(name)
        , m_normal(normal)
    { }
    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override
    {
        const double ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1;
        const QPixmap image = scaledPixmap(rect.size() * ratio, mode, state, ratio);
        painter->drawPixmap(
            rect.x() + (rect.width() - int(image.deviceIndependentSize().width())) / 2,
            rect.y() + (rect.height() - int(image.deviceIndependentSize().height())) / 2, image);
    }
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        return scaledPixmap(size, mode, state, 1);
    }
    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State, qreal scale) override
    {
        const Theme &theme = Theme::current();
        const QColor color = theme[mode == QIcon::Disabled ? Token::TextDisabled : m_normal];
        return Icons::pixmap(m_name, int(std::min(size.width(), size.height()) / scale), color,
                             scale);
    }
    [[nodiscard]] QIconEngine *clone() const override { return new Engine(*this); }

private:
    QString m_name;
    Token m_normal;
};

} // namespace

QPixmap pixmap(const QString &name, int size, const QColor &color, double ratio)
{
    static QHash<std::pair<QString, quint64>, QPixmap> cache;
    if (cache.size() > 2'000)
        cache.clear();
    const quint64 look =
        quint64(color.rgb()) << 32U | quint64(size) << 16U | quint64(std::lround(ratio * 1000));
    QPixmap &pixmap = cache[{name, look}];
    if (pixmap.isNull())
        pixmap = rendered(name, size, color, ratio);
    return pixmap;
}

void draw(QPainter &painter, QPointF at, const QString &name, int size, const QColor &color)
{
    const double ratio = painter.device() ? painter.device()->devicePixelRatioF() : 1;
    painter.drawPixmap(at, pixmap(name, size, color, ratio));
}

QIcon icon(const QString &name, Token normal)
{
    return QIcon(new Engine(name, normal));
}

} // namespace Stampdeck::Icons

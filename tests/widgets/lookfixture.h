// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/widgets/tilefixture.h"

#include "widgets/text.h"
#include "widgets/themes.h"
#include "widgets/tilepainter.h"

#include <QtGui/QPainter>
#include <QtTest/QTest>

#include <cmath>
#include <functional>

namespace Stampdeck::Testing {

/// The smallest rectangle round what has \a color in \a image, \a within a box.
inline QRect inkOf(const QImage &image, const QColor &color, const QRect &within,
                   int tolerance = 60)
{
    const QRect box = within & image.rect();
    QRect found;
    for (int y = box.top(); y <= box.bottom(); ++y) {
        for (int x = box.left(); x <= box.right(); ++x) {
            const QColor is(image.pixel(x, y));
            const int off = std::abs(is.red() - color.red()) + std::abs(is.green() - color.green())
                + std::abs(is.blue() - color.blue());
            if (off <= tolerance)
                found |= QRect(x, y, 1, 1);
        }
    }
    return found;
}

/// How often \a color begins from left to right along a row of one pixel, or down a column of one.
inline int runsOf(const QImage &image, const QColor &color, const QRect &line, int tolerance = 60)
{
    int begun = 0;
    bool was = false;
    for (int at = 0; at < std::max(line.width(), line.height()); ++at) {
        const QPoint point = line.topLeft() + (line.width() > 1 ? QPoint(at, 0) : QPoint(0, at));
        const bool is = inkOf(image, color, QRect(point, QSize(1, 1)), tolerance).isValid();
        begun += is && !was;
        was = is;
    }
    return begun;
}

constexpr int border = 10; ///< Round a painted tile.

inline QImage paintTile(Stop stop, const TileFacts &facts, double ratio = 1,
                        const TileState &state = {})
{
    const QSizeF size = geometry(stop).size + QSizeF(2 * border, 2 * border);
    QImage image((size * ratio).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    image.fill(Theme::current()[Token::BgCanvas]);
    QPainter painter(&image);
    TilePainter tiles;
    tiles.paint(painter, {border, border}, stop, facts, state);
    return image;
}

/// The same in coordinates of the tile.
inline QRect inkIn(Stop stop, const TileFacts &facts, Token token, const QRect &box,
                   int tolerance = 60)
{
    return inkOf(paintTile(stop, facts), Theme::current()[token], box.translated(border, border),
                 tolerance)
        .translated(-border, -border);
}

/// What is drawn ten times as large, so that a tenth of a pixel can be measured.
inline QImage tenfold(const QSize &size, const std::function<void(QPainter &)> &paint)
{
    QImage image(size * 10, QImage::Format_RGB32);
    image.fill(Theme::current()[Token::BgCanvas]);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(10, 10);
    paint(painter);
    return image;
}

/// Every line of text that is drawn while it lives, in the coordinates of what it is drawn on.
class Lines final : public Text::Recorder
{
public:
    struct Line
    {
        QString text;
        QPointF left;
        double width = 0;
        Text::Style style;
        QColor ink;

        [[nodiscard]] double right() const { return left.x() + width; }
        [[nodiscard]] double middle() const { return left.x() + width / 2; }
    };

    Lines() { Text::setRecorder(this); }
    ~Lines() override { Text::setRecorder(nullptr); }
    Lines(const Lines &) = delete;
    Lines &operator=(const Lines &) = delete;

    void drawn(const QPainter &painter, QPointF left, double width, const QString &text,
               const Text::Style &style) override
    {
        all.append({text, painter.worldTransform().map(left), width, style, painter.pen().color()});
    }
    /// The last one that says so, or begins so where \a text ends in "…".
    [[nodiscard]] static Line find(const QList<Line> &lines, const QString &text)
    {
        const bool isBeginning = text.endsWith(u'…');
        for (auto it = lines.crbegin(); it != lines.crend(); ++it) {
            if (it->text == text || (isBeginning && it->text.startsWith(text.chopped(1))))
                return *it;
        }
        QStringList there;
        for (const Line &one : lines)
            there.append(one.text);
        qWarning("no line says %s, but: %s", qPrintable(text),
                 qPrintable(there.join(QStringLiteral(" | "))));
        return {};
    }
    [[nodiscard]] static bool has(const QList<Line> &lines, const QString &text)
    {
        return std::any_of(lines.begin(), lines.end(),
                           [&](const Line &line) { return line.text == text; });
    }
    [[nodiscard]] Line line(const QString &text) const { return find(all, text); }
    [[nodiscard]] bool has(const QString &text) const { return has(all, text); }

    QList<Line> all;
};

inline bool isNear(double is, double wanted, double within = 1.5)
{
    return std::abs(is - wanted) <= within;
}

} // namespace Stampdeck::Testing

#define NEAR(is, wanted) \
    QVERIFY2(isNear(is, wanted), \
             qPrintable(QString::fromUtf8("%1 instead of %2").arg(is).arg(wanted)))
#define WITHIN(is, wanted, off) \
    QVERIFY2(isNear(is, wanted, off), \
             qPrintable(QString::fromUtf8("%1 instead of %2").arg(is).arg(wanted)))

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QProxyStyle>

class QWidget;

namespace Stampdeck {

/// What a button is for; without one it is an ordinary, framed button.
enum class ControlRole : quint8 {
    Normal,
    Primary, ///< The one that goes on: filled with the accent.
    Danger, ///< Deletes.
    Flat, ///< No frame until the pointer is on it: icon buttons in bars.
};
void setControlRole(QWidget *button, ControlRole role);
/// Controls in the foot of a dialog are 32 high in place of 28.
void setTall(QWidget *control, bool tall = true);

/// Ordinary Qt controls as look.md, section 3 and 12, has them, over Fusion. Paints with the theme
/// that is current, so a change of theme needs no new style. Owned by the application.
class Style final : public QProxyStyle
{
    Q_OBJECT

public:
    Style();

    using QProxyStyle::polish;
    void polish(QApplication *application) override;
    void polish(QWidget *widget) override;
    [[nodiscard]] int pixelMetric(PixelMetric metric, const QStyleOption *option,
                                  const QWidget *widget) const override;
    [[nodiscard]] int styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                                QStyleHintReturn *data) const override;
    [[nodiscard]] QSize sizeFromContents(ContentsType type, const QStyleOption *option,
                                         const QSize &contents,
                                         const QWidget *widget) const override;
    [[nodiscard]] QRect subControlRect(ComplexControl control, const QStyleOptionComplex *option,
                                       SubControl part, const QWidget *widget) const override;
    [[nodiscard]] QRect subElementRect(SubElement element, const QStyleOption *option,
                                       const QWidget *widget) const override;
    void drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                       const QWidget *widget) const override;
    void drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                     const QWidget *widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex *option,
                            QPainter *painter, const QWidget *widget) const override;
    [[nodiscard]] QPalette standardPalette() const override;
};

} // namespace Stampdeck

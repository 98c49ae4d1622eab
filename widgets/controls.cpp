// SPDX-License-Identifier: GPL-3.0-or-later
#include "controls.h"

#include "icons.h"
#include "themes.h"

#include <QtCore/QEvent>
#include <QtGui/QPainter>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr Text::Style buttonStyle = Text::buttonWords;
constexpr Text::Style keyStyle{Text::Face::Ui, 11, 400};

} // namespace

Button::Button(Kind kind, const QString &text, const QString &icon, QWidget *parent)
    : QAbstractButton(parent)
    , m_kind(kind)
    , m_icon(icon)
{
    setText(text);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setCheckable(kind == Kind::Segment);
    if (kind == Kind::Link)
        setCursor(Qt::PointingHandCursor);
    connect(&Themes::instance(), &Themes::changed, this, qOverload<>(&QWidget::update));
}

Button *Button::iconOnly(const QString &icon, const QString &name, QWidget *parent)
{
    auto *button = new Button(Kind::Flat, {}, icon, parent);
    button->setAccessibleName(name);
    button->setToolTip(name);
    return button;
}

void Button::setKind(Kind kind)
{
    m_kind = kind;
    setCheckable(kind == Kind::Segment);
    updateGeometry();
    update();
}

void Button::setIconName(const QString &icon)
{
    m_icon = icon;
    updateGeometry();
    update();
}

void Button::setKey(const QString &key)
{
    m_key = key;
    updateGeometry();
}

void Button::setDrop(bool drop)
{
    m_drop = drop;
    updateGeometry();
}

void Button::setTall(bool tall)
{
    m_tall = tall;
    updateGeometry();
}

void Button::setBadge(bool badge)
{
    if (m_badge == badge)
        return;
    m_badge = badge;
    update();
}

void Button::setInk(std::optional<QColor> ink)
{
    m_ink = ink;
    update();
}

QSize Button::sizeHint() const
{
    const int height = m_tall ? 32 : 28;
    if (m_kind == Kind::Link)
        return {int(std::ceil(Text::width(text(), {Text::Face::Ui, 13, 600}))) + 2, 24};
    if (text().isEmpty())
        return {30, height};
    double width = Text::width(text(), buttonStyle) + 24;
    if (!m_icon.isEmpty())
        width += 20;
    if (!m_key.isEmpty())
        width += Text::width(m_key, keyStyle) + 10;
    if (m_drop)
        width += 16;
    return {int(std::ceil(width)), height};
}

bool Button::event(QEvent *event)
{
    if (event->type() == QEvent::HoverEnter || event->type() == QEvent::HoverLeave)
        update();
    return QAbstractButton::event(event);
}

void Button::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    const bool isOn = m_kind == Kind::Segment && isChecked();
    const bool isHovered = underMouse() && isEnabled();

    QColor ink = theme[Token::TextPrimary];
    std::optional<QColor> fill;
    std::optional<QColor> frame;
    switch (m_kind) {
    case Kind::Primary:
        fill = theme[isHovered || isDown() ? Token::AccentHover : Token::Accent];
        ink = theme[Token::TextOnAccent];
        break;
    case Kind::Danger:
        fill = theme[isHovered || isDown() ? Token::DangerHover : Token::Danger];
        ink = theme[Token::TextOnAccent];
        break;
    case Kind::Plain:
        fill = theme[isDown() ? Token::BgPressed : isHovered ? Token::BgHover : Token::BgRaised];
        frame = theme[Token::LineDefault];
        break;
    case Kind::Segment:
        fill = theme[isOn ? Token::AccentSoft : isHovered ? Token::BgHover : Token::BgInput];
        frame = theme[isOn ? Token::AccentLine : Token::LineDefault];
        ink = theme[isOn ? Token::AccentText : Token::TextSecondary];
        break;
    case Kind::Flat:
        if (isHovered || isDown() || (isCheckable() && isChecked()))
            fill = theme[isDown() ? Token::BgPressed : Token::BgHover];
        break;
    case Kind::Link:
        ink = theme[Token::AccentText];
        break;
    }
    if (!isEnabled()) {
        ink = theme[Token::TextDisabled];
        if (m_kind == Kind::Primary || m_kind == Kind::Danger) {
            fill = theme[Token::BgRaised];
            frame = theme[Token::LineDefault];
        }
    } else if (m_ink) {
        ink = *m_ink;
        if (m_kind == Kind::Flat)
            fill.reset();
    }
    if (theme.isHighContrast() && fill && m_kind != Kind::Flat)
        frame = theme[isEnabled() ? Token::LineStrong : Token::TextDisabled];
    if (fill || frame) {
        const int wide = theme.frameWidth();
        if (wide > 1)
            box.adjust(0.5, 0.5, -0.5, -0.5);
        painter.setBrush(fill ? QBrush(*fill) : QBrush(Qt::NoBrush));
        painter.setPen(QPen(frame ? *frame : *fill, frame ? wide : 1));
        // The path runs in the middle of the frame.
        painter.drawRoundedRect(box, 4 - wide / 2.0, 4 - wide / 2.0);
    }

    if (m_kind == Kind::Link) {
        painter.setPen(ink);
        Text::draw(painter, {0, height() / 2.0 + 4.5}, text(), buttonStyle);
        if (isHovered)
            painter.drawLine(QPointF(0, height() / 2.0 + 7.5),
                             QPointF(width() - 2, height() / 2.0 + 7.5));
        return;
    }

    double inner = Text::width(text(), buttonStyle);
    if (!m_icon.isEmpty())
        inner += text().isEmpty() ? 15 : 20;
    if (!m_key.isEmpty())
        inner += Text::width(m_key, keyStyle) + 10;
    if (m_drop)
        inner += 16;
    double x = std::round((width() - inner) / 2);
    const double middle = height() / 2.0;
    if (!m_icon.isEmpty()) {
        Icons::draw(painter, {x, std::round(middle - 7.5)}, m_icon, 15, ink);
        x += 20;
    }
    painter.setPen(ink);
    if (!text().isEmpty()) {
        Text::draw(painter, {x, middle + 4.5}, text(), buttonStyle);
        x += Text::width(text(), buttonStyle);
    }
    if (m_drop) {
        Icons::draw(painter, {x + 4, std::round(middle - 6)}, u"chevron-down"_s, 12,
                    isEnabled() ? theme[Token::TextSecondary] : ink);
        x += 16;
    }
    if (!m_key.isEmpty()) {
        painter.setPen(m_kind == Kind::Primary || m_kind == Kind::Danger ? ink : theme[Token::TextTertiary]);
        Text::draw(painter, {x + 10, middle + 4}, m_key, keyStyle);
    }
    if (m_badge) {
        painter.setBrush(theme[Token::UnhealthyCell]);
        painter.setPen(QPen(theme[Token::BgWindow], 1.5));
        painter.drawEllipse(QPointF(width() - 8, 7), 4, 4);
    }
}

TextLine::TextLine(const QString &text, const Text::Style &style, Token token, QWidget *parent)
    : QLabel(text, parent)
    , m_style(style)
    , m_token(token)
{
    setTextFormat(Qt::PlainText);
    setFont(Text::font(style));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(&Themes::instance(), &Themes::changed, this, qOverload<>(&QWidget::update));
}

void TextLine::setToken(Token token)
{
    m_token = token;
    update();
}

void TextLine::setInk(std::optional<QColor> ink)
{
    m_ink = ink;
    update();
}

void TextLine::setStyle(const Text::Style &style)
{
    m_style = style;
    setFont(Text::font(style));
    updateGeometry();
}

QSize TextLine::sizeHint() const
{
    return {int(std::ceil(Text::width(text(), m_style))) + 1, int(std::ceil(m_style.px * 1.45))};
}

QSize TextLine::minimumSizeHint() const
{
    return {0, sizeHint().height()};
}

void TextLine::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setPen(m_ink.value_or(Theme::current()[m_token]));
    const QString line = m_isName ? Text::elidedName(text(), m_style, width())
                                  : Text::elided(text(), m_style, width());
    const double base = std::round(height() / 2.0 + m_style.px * 0.36);
    if (alignment() & Qt::AlignRight)
        Text::draw(painter, {double(width()), base}, line, m_style, Text::Align::Right);
    else if (alignment() & Qt::AlignHCenter)
        Text::draw(painter, {width() / 2.0, base}, line, m_style, Text::Align::Center);
    else
        Text::draw(painter, {0, base}, line, m_style);
}

Surface::Surface(Token fill, Qt::Edges lines, QWidget *parent)
    : QWidget(parent)
    , m_fill(fill)
    , m_lines(lines)
{
    connect(&Themes::instance(), &Themes::changed, this, qOverload<>(&QWidget::update));
}

void Surface::setFill(Token fill)
{
    m_fill = fill;
    update();
}

void Surface::setLines(Qt::Edges lines)
{
    m_lines = lines;
    update();
}

void Surface::setFrame(std::optional<Token> frame, int radius)
{
    m_frame = frame;
    m_radius = radius;
    update();
}

void Surface::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    if (m_frame) {
        painter.setRenderHint(QPainter::Antialiasing);
        const double half = theme.frameWidth() / 2.0;
        painter.setPen(QPen(theme[*m_frame], theme.frameWidth()));
        painter.setBrush(theme[m_fill]);
        painter.drawRoundedRect(QRectF(rect()).adjusted(half, half, -half, -half), m_radius - half,
                                m_radius - half);
        return;
    }
    painter.fillRect(rect(), theme[m_fill]);
    const QColor line = theme[Token::LineSubtle];
    if (m_lines & Qt::TopEdge)
        painter.fillRect(0, 0, width(), 1, line);
    if (m_lines & Qt::BottomEdge)
        painter.fillRect(0, height() - 1, width(), 1, line);
    if (m_lines & Qt::LeftEdge)
        painter.fillRect(0, 0, 1, height(), line);
    if (m_lines & Qt::RightEdge)
        painter.fillRect(width() - 1, 0, 1, height(), line);
}

void drawLoadBar(QPainter &painter, const QRectF &box, const LoadBar &bar)
{
    const Theme &theme = Theme::current();
    const auto part = [&box](double ratio) { return box.width() * std::clamp(ratio, 0.0, 1.0); };
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const double round = box.height() > 4 ? 1.5 : 0;
    const auto fill = [&](double from, double to, const QColor &color) {
        if (to <= from)
            return;
        painter.setBrush(color);
        painter.drawRoundedRect(QRectF(box.x() + from, box.y(), to - from, box.height()), round,
                                round);
    };
    fill(0, box.width(), theme[Token::ResTrack]);
    const double now = std::max(bar.reserved.value_or(0), bar.used.value_or(0));
    if (bar.added > 0)
        fill(0, part(now + bar.added), theme[Token::ResAfter]);
    const double stays = std::max(0.0, now - bar.freed);
    if (bar.added > 0 || bar.freed > 0) {
        // Of a plan only the fullest counts: one bar in one colour.
        fill(0, part(stays), theme[Token::ResUsed]);
    } else {
        fill(0, part(bar.reserved.value_or(0)), theme[Token::ResReserved]);
        fill(0, part(bar.used.value_or(0)), theme[Token::ResUsed]);
    }
    if (bar.freed > 0) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme[Token::ResUsed], 1));
        painter.drawRect(QRectF(box.x() + part(stays), box.y(), part(now) - part(stays),
                                box.height())
                                 .adjusted(0, 0.5, -0.5, -0.5));
        painter.setPen(Qt::NoPen);
    }
    if (bar.gate)
        painter.fillRect(QRectF(box.x() + part(*bar.gate) - 0.75, box.y() - 3, 1.5,
                                box.height() + 6),
                         theme[Token::ResLimit]);
    if (bar.limitTick)
        painter.fillRect(QRectF(box.right() - 1.5, box.y() - 3, 1.5, box.height() + 6),
                         theme[Token::ResLimit]);
    painter.restore();
}

} // namespace Stampdeck

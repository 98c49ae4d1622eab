// SPDX-License-Identifier: GPL-3.0-or-later
#include "style.h"

#include "icons.h"
#include "text.h"
#include "theme.h"

#include <QtGui/QPainter>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QAbstractSpinBox>
#include <QtWidgets/QApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QSlider>
#include <QtWidgets/QStyleFactory>
#include <QtWidgets/QStyleOption>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QToolTip>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr auto roleProperty = "stampdeckRole";
constexpr auto tallProperty = "stampdeckTall";

ControlRole roleOf(const QWidget *widget)
{
    return widget ? ControlRole(widget->property(roleProperty).toInt()) : ControlRole::Normal;
}

int heightOf(const QWidget *widget)
{
    return widget && widget->property(tallProperty).toBool() ? 32 : 28;
}

/// A filled rectangle with a frame of 1 px inside it.
void box(QPainter &painter, const QRectF &rect, const QColor &fill, const QColor &frame,
         double radius = 4, double width = 1)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(frame.isValid() ? QPen(frame, width) : QPen(Qt::NoPen));
    painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush());
    const double in = frame.isValid() ? width / 2 : 0;
    painter.drawRoundedRect(rect.adjusted(in, in, -in, -in), radius - in, radius - in);
    painter.restore();
}

struct Plate
{
    QColor fill, frame, text;
};

Plate plateOf(const QStyleOption &option, ControlRole role)
{
    const Theme &theme = Theme::current();
    const bool enabled = option.state & QStyle::State_Enabled;
    const bool down = option.state & QStyle::State_Sunken;
    const bool checked = option.state & QStyle::State_On;
    const bool hover = enabled && (option.state & QStyle::State_MouseOver);
    if (!enabled) {
        if (role == ControlRole::Flat)
            return {{}, {}, theme[Token::TextDisabled]};
        return {theme[Token::BgWindow], theme[Token::LineDefault], theme[Token::TextDisabled]};
    }
    switch (role) {
    case ControlRole::Primary: {
        const QColor fill = theme[hover || down ? Token::AccentHover : Token::Accent];
        return {fill, fill, theme[Token::TextOnAccent]};
    }
    case ControlRole::Danger: {
        const QColor fill = theme[hover || down ? Token::DangerHover : Token::Danger];
        return {fill, fill, theme[Token::TextOnAccent]};
    }
    case ControlRole::Flat:
        if (checked)
            return {theme[Token::AccentSoft], {}, theme[Token::AccentText]};
        return {down        ? theme[Token::BgPressed]
                    : hover ? theme[Token::BgHover]
                            : QColor(),
                {},
                theme[Token::TextPrimary]};
    case ControlRole::Normal:
        break;
    }
    if (checked)
        return {theme[Token::AccentSoft], theme[Token::AccentLine], theme[Token::AccentText]};
    return {theme[down        ? Token::BgPressed
                      : hover ? Token::BgHover
                              : Token::BgRaised],
            theme[Token::LineDefault], theme[Token::TextPrimary]};
}

void chevron(QPainter &painter, const QRect &rect, const QString &direction, const QColor &color)
{
    Icons::draw(painter, QPointF(rect.center()) - QPointF(5.5, 5.5), u"chevron-" + direction, 12,
                color);
}

} // namespace

void setControlRole(QWidget *button, ControlRole role)
{
    button->setProperty(roleProperty, int(role));
    button->update();
}

void setTall(QWidget *control, bool tall)
{
    control->setProperty(tallProperty, tall);
    QEvent event(QEvent::StyleChange); // buttons remember their size until then
    QApplication::sendEvent(control, &event);
}

Style::Style()
    : QProxyStyle(QStyleFactory::create(u"Fusion"_s))
{ }

void Style::polish(QApplication *application)
{
    QProxyStyle::polish(application);
    QApplication::setFont(Text::font({Text::Face::Ui, 13, 400}));
    QToolTip::setFont(Text::font({Text::Face::Ui, 12, 400}));
}

void Style::polish(QWidget *widget)
{
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton *>(widget) || qobject_cast<QComboBox *>(widget)
        || qobject_cast<QAbstractSpinBox *>(widget) || qobject_cast<QScrollBar *>(widget)
        || qobject_cast<QSlider *>(widget) || qobject_cast<QTabBar *>(widget)
        || qobject_cast<QLineEdit *>(widget) || qobject_cast<QHeaderView *>(widget))
        widget->setAttribute(Qt::WA_Hover);
    if (auto *view = qobject_cast<QAbstractItemView *>(widget))
        view->viewport()->setAttribute(Qt::WA_Hover);
}

QPalette Style::standardPalette() const
{
    return Theme::current().palette();
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    switch (metric) {
    case PM_ButtonIconSize:
    case PM_SmallIconSize:
        return 15;
    case PM_ToolBarIconSize:
        return 18;
    case PM_ScrollBarExtent:
        return 12;
    case PM_ScrollBarSliderMin:
        return 28;
    case PM_FocusFrameHMargin:
    case PM_FocusFrameVMargin:
        return 3;
    case PM_MenuPanelWidth:
        return 1;
    case PM_MenuVMargin:
        return 4;
    case PM_MenuHMargin:
        return 0;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    case PM_HeaderMargin:
        return 10; // as its cells
    case PM_DefaultFrameWidth:
        return 1;
    case PM_ToolTipLabelFrameWidth:
        return 6;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return 16;
    case PM_SliderThickness:
    case PM_SliderLength:
        return 16;
    case PM_TabBarTabHSpace:
        return 24;
    case PM_TabBarTabVSpace:
        return 16;
    case PM_TabBarBaseOverlap:
        return 0;
    case PM_SplitterWidth:
        return 5;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                     QStyleHintReturn *data) const
{
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_UnderlineShortcut:
    case SH_ItemView_ShowDecorationSelected:
        return hint == SH_ItemView_ShowDecorationSelected;
    case SH_FocusFrame_AboveWidget:
        return 1;
    case SH_Table_GridLineColor:
        return int(Theme::current().rgb(Token::LineSubtle));
    case SH_ComboBox_Popup:
        return 0;
    case SH_ToolTip_WakeUpDelay:
        return 400;
    case SH_ToolTipLabel_Opacity:
        return 255;
    case SH_ScrollBar_LeftClickAbsolutePosition:
    case SH_Slider_AbsoluteSetButtons:
        return hint == SH_Slider_AbsoluteSetButtons ? int(Qt::LeftButton) : 1;
    default:
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &contents,
                              const QWidget *widget) const
{
    QSize size = QProxyStyle::sizeFromContents(type, option, contents, widget);
    switch (type) {
    case CT_PushButton:
        if (const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option)) {
            int width = button->fontMetrics.horizontalAdvance(button->text);
            if (!button->icon.isNull())
                width += button->iconSize.width() + (button->text.isEmpty() ? 0 : 5);
            if (button->features & QStyleOptionButton::HasMenu)
                width += 16;
            return {button->text.isEmpty() ? std::max(30, width + 14) : width + 26,
                    heightOf(widget)};
        }
        break;
    case CT_ToolButton:
        size.setHeight(heightOf(widget));
        size.setWidth(std::max(size.width(), 30));
        break;
    case CT_LineEdit:
        size.setHeight(widget && qobject_cast<const QLineEdit *>(widget)
                               && !qobject_cast<QAbstractSpinBox *>(widget->parentWidget())
                           ? 32
                           : 26);
        break;
    case CT_ComboBox:
    case CT_SpinBox:
        size.setHeight(heightOf(widget));
        break;
    case CT_HeaderSection:
        size.setHeight(28);
        break;
    case CT_ItemViewItem:
        size.setHeight(std::max(28, contents.height()));
        break;
    case CT_MenuItem:
        if (const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option)) {
            if (item->menuItemType == QStyleOptionMenuItem::Separator)
                return {size.width(), 9};
            size.setHeight(28);
            size.rwidth() += 24;
        }
        break;
    case CT_TabBarTab:
        size.setHeight(40);
        break;
    default:
        break;
    }
    return size;
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex *option,
                            SubControl part, const QWidget *widget) const
{
    if (control == CC_ScrollBar) {
        if (const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option)) {
            // No arrows: the groove is the whole bar.
            const bool across = bar->orientation == Qt::Horizontal;
            const int length = across ? bar->rect.width() : bar->rect.height();
            const int range = bar->maximum - bar->minimum;
            int handle = length;
            if (range > 0)
                handle = std::clamp(int(qint64(length) * bar->pageStep / (range + bar->pageStep)),
                                    std::min(28, length), length);
            const int at = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition,
                                                   length - handle, bar->upsideDown);
            const auto rect = [&](int from, int size) {
                const QRect local = across ? QRect(from, 0, size, bar->rect.height())
                                           : QRect(0, from, bar->rect.width(), size);
                return visualRect(bar->direction, bar->rect, local.translated(bar->rect.topLeft()));
            };
            switch (part) {
            case SC_ScrollBarSlider:
                return rect(at, handle);
            case SC_ScrollBarGroove:
                return rect(0, length);
            case SC_ScrollBarSubPage:
                return rect(0, at);
            case SC_ScrollBarAddPage:
                return rect(at + handle, length - at - handle);
            default:
                return {};
            }
        }
    }
    if (control == CC_ComboBox) {
        if (part == SC_ComboBoxEditField)
            return option->rect.adjusted(12, 1, -24, -1);
        if (part == SC_ComboBoxArrow)
            return {option->rect.right() - 24, option->rect.top(), 24, option->rect.height()};
    }
    return QProxyStyle::subControlRect(control, option, part, widget);
}

QRect Style::subElementRect(SubElement element, const QStyleOption *option,
                            const QWidget *widget) const
{
    const QRect rect = QProxyStyle::subElementRect(element, option, widget);
    const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
    // What is typed keeps off the frame; a field inside another control has none.
    return element == SE_LineEditContents && frame && frame->lineWidth > 0
        ? rect.adjusted(6, 0, -6, 0)
        : rect;
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                          const QWidget *widget) const
{
    const Theme &theme = Theme::current();
    const bool enabled = option->state & State_Enabled;
    switch (element) {
    case PE_FrameFocusRect:
        return; // the ring outside says it
    case PE_IndicatorHeaderArrow:
        return; // beside the words
    case PE_PanelScrollAreaCorner: // between two scroll bars, whose ground is that of what scrolls
        painter->fillRect(option->rect, option->palette.brush(QPalette::Base));
        return;
    case PE_PanelLineEdit:
    case PE_FrameLineEdit: {
        if (const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
            frame && frame->lineWidth <= 0) {
            painter->fillRect(option->rect, option->palette.brush(QPalette::Base));
            return;
        }
        const bool focus = option->state & State_HasFocus;
        box(*painter, option->rect, theme[Token::BgInput],
            theme[!enabled    ? Token::LineDefault
                      : focus ? Token::AccentLine
                              : Token::LineStrong]);
        return;
    }
    case PE_PanelButtonCommand:
    case PE_PanelButtonTool:
    case PE_PanelButtonBevel: {
        ControlRole role = roleOf(widget);
        if (element == PE_PanelButtonTool && (option->state & State_AutoRaise)
            && role == ControlRole::Normal)
            role = ControlRole::Flat;
        const Plate plate = plateOf(*option, role);
        if (plate.fill.isValid() || plate.frame.isValid())
            box(*painter, option->rect, plate.fill, plate.frame);
        return;
    }
    case PE_FrameButtonTool:
    case PE_FrameDefaultButton:
        return;
    case PE_IndicatorCheckBox: {
        const bool on = option->state & (State_On | State_NoChange);
        const QRectF rect = QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5);
        box(*painter, rect, theme[on && enabled ? Token::Accent : Token::BgInput],
            theme[on && enabled ? Token::Accent
                      : enabled ? Token::LineStrong
                                : Token::LineDefault],
            3);
        if (on)
            Icons::draw(*painter, rect.center() - QPointF(6, 6),
                        option->state & State_NoChange ? u"dash-lg"_s : u"check-lg"_s, 12,
                        theme[enabled ? Token::TextOnAccent : Token::TextDisabled]);
        return;
    }
    case PE_IndicatorRadioButton: {
        const bool on = option->state & State_On;
        const QRectF rect = QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5);
        box(*painter, rect, theme[on && enabled ? Token::Accent : Token::BgInput],
            theme[on && enabled ? Token::Accent : Token::LineStrong], rect.width() / 2);
        if (on)
            box(*painter, rect.adjusted(4.5, 4.5, -4.5, -4.5),
                theme[enabled ? Token::TextOnAccent : Token::TextDisabled], {}, 3);
        return;
    }
    case PE_PanelMenu:
    case PE_FrameMenu:
        painter->fillRect(option->rect, theme[Token::LineDefault]);
        painter->fillRect(option->rect.adjusted(1, 1, -1, -1), theme[Token::BgPanel]);
        return;
    case PE_PanelTipLabel:
        painter->fillRect(option->rect, theme[Token::LineDefault]);
        painter->fillRect(option->rect.adjusted(1, 1, -1, -1), theme[Token::BgRaised]);
        return;
    case PE_PanelItemViewRow:
    case PE_PanelItemViewItem: {
        const auto *item = qstyleoption_cast<const QStyleOptionViewItem *>(option);
        if (!item)
            break;
        const bool selected = item->state & State_Selected;
        if (element == PE_PanelItemViewRow && !selected)
            return;
        if (item->backgroundBrush.style() != Qt::NoBrush)
            painter->fillRect(item->rect, item->backgroundBrush);
        if (selected) {
            painter->fillRect(item->rect, theme[Token::AccentSoft]);
            if (item->viewItemPosition == QStyleOptionViewItem::Beginning
                || item->viewItemPosition == QStyleOptionViewItem::OnlyOne
                || item->viewItemPosition == QStyleOptionViewItem::Invalid)
                painter->fillRect(
                    QRect(item->rect.left(), item->rect.top(), 3, item->rect.height()),
                    theme[Token::AccentLine]);
        } else if (item->state & State_MouseOver) {
            painter->fillRect(item->rect, theme[Token::BgHover]);
        }
        return;
    }
    case PE_FrameTabBarBase:
        painter->fillRect(
            QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1),
            theme[Token::LineSubtle]);
        return;
    case PE_Frame:
    case PE_FrameGroupBox:
        painter->save();
        painter->setPen(theme[Token::LineDefault]);
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        painter->restore();
        return;
    case PE_IndicatorArrowDown:
        chevron(*painter, option->rect, u"down"_s,
                theme[enabled ? Token::TextSecondary : Token::TextDisabled]);
        return;
    case PE_IndicatorArrowUp:
        chevron(*painter, option->rect, u"up"_s,
                theme[enabled ? Token::TextSecondary : Token::TextDisabled]);
        return;
    case PE_IndicatorArrowRight:
        chevron(*painter, option->rect, u"right"_s,
                theme[enabled ? Token::TextSecondary : Token::TextDisabled]);
        return;
    case PE_IndicatorArrowLeft:
        chevron(*painter, option->rect, u"left"_s,
                theme[enabled ? Token::TextSecondary : Token::TextDisabled]);
        return;
    default:
        break;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void Style::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                        const QWidget *widget) const
{
    const Theme &theme = Theme::current();
    const bool enabled = option->state & State_Enabled;
    switch (element) {
    case CE_PushButtonBevel:
        proxy()->drawPrimitive(PE_PanelButtonCommand, option, painter, widget);
        return;
    case CE_PushButtonLabel: {
        const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
        if (!button)
            break;
        const Plate plate = plateOf(*option, roleOf(widget));
        const bool menu = button->features & QStyleOptionButton::HasMenu;
        painter->save();
        QFont font =
            painter->font().pixelSize() > 0 ? painter->font() : Text::font(Text::buttonWords);
        font.setWeight(QFont::DemiBold);
        painter->setFont(font);
        const QFontMetrics metrics(font);
        const int icon = button->icon.isNull() ? 0 : button->iconSize.width();
        const int gap = icon > 0 && !button->text.isEmpty() ? 5 : 0;
        const int most = button->rect.width() - 12 - icon - gap - (menu ? 16 : 0);
        const QString text =
            metrics.elidedText(button->text, Qt::ElideRight, most, Qt::TextShowMnemonic);
        const int wide = metrics.size(Qt::TextShowMnemonic, text).width();
        int x =
            button->rect.left() + (button->rect.width() - icon - gap - wide - (menu ? 16 : 0)) / 2;
        if (icon > 0) {
            const double ratio = painter->device()->devicePixelRatioF();
            QImage image =
                button->icon
                    .pixmap(button->iconSize, ratio, enabled ? QIcon::Normal : QIcon::Disabled)
                    .toImage();
            if (roleOf(widget) == ControlRole::Primary || roleOf(widget) == ControlRole::Danger
                || (option->state & State_On)) {
                QPainter tint(&image);
                tint.setCompositionMode(QPainter::CompositionMode_SourceIn);
                tint.fillRect(image.rect(), plate.text);
            }
            painter->drawImage(
                QPointF(x,
                        button->rect.top()
                            + (button->rect.height() - button->iconSize.height()) / 2),
                image);
            x += icon + gap;
        }
        painter->setPen(plate.text);
        painter->drawText(QRect(x, button->rect.top(), wide + 2, button->rect.height()),
                          int(Qt::AlignVCenter | Qt::AlignLeft)
                              | int(styleHint(SH_UnderlineShortcut, option, widget, nullptr)
                                        ? Qt::TextShowMnemonic
                                        : Qt::TextHideMnemonic),
                          text);
        if (menu)
            chevron(*painter,
                    QRect(button->rect.right() - 24, button->rect.top(), 20, button->rect.height()),
                    u"down"_s, theme[enabled ? Token::TextSecondary : Token::TextDisabled]);
        painter->restore();
        return;
    }
    case CE_FocusFrame:
        box(*painter, option->rect, {}, theme[Token::AccentLine], 7, 2);
        return;
    case CE_HeaderSection:
        painter->fillRect(option->rect, theme[Token::BgWindow]);
        painter->fillRect(
            QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1),
            theme[Token::LineSubtle]);
        return;
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, theme[Token::BgWindow]);
        painter->fillRect(
            QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1),
            theme[Token::LineSubtle]);
        return;
    case CE_HeaderLabel: {
        const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option);
        if (!header)
            break;
        painter->save();
        const QFont font = Text::font({Text::Face::Ui, 11, 600});
        painter->setFont(font);
        painter->setPen(
            theme[header->sortIndicator != QStyleOptionHeader::None ? Token::TextPrimary
                                                                    : Token::TextTertiary]);
        const bool isSorted = header->sortIndicator != QStyleOptionHeader::None;
        constexpr int arrow = 9;
        const QFontMetrics metrics(font);
        QRect rect = header->rect; // without the margins, which are for the sides
        rect.setTop(rect.center().y() - metrics.height());
        rect.setHeight(2 * metrics.height());
        const QString text = metrics.elidedText(header->text, Qt::ElideRight,
                                                rect.width() - (isSorted ? arrow + 4 : 0));
        if (isSorted) {
            // Beside the words, on the side where there is room.
            const bool isRight = header->textAlignment & Qt::AlignRight;
            const double wide = metrics.horizontalAdvance(text);
            const double x = isRight ? rect.right() - wide - arrow - 4 : rect.left() + wide + 5;
            Icons::draw(*painter, {x, rect.center().y() - arrow / 2.0 + 1},
                        header->sortIndicator == QStyleOptionHeader::SortUp ? u"chevron-down"_s
                                                                            : u"chevron-up"_s,
                        arrow, theme[Token::TextPrimary]);
        }
        painter->drawText(rect, int(header->textAlignment | Qt::AlignVCenter), text);
        painter->restore();
        return;
    }
    case CE_MenuItem: {
        const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option);
        if (!item)
            break;
        if (item->menuItemType == QStyleOptionMenuItem::Separator) {
            painter->fillRect(
                QRect(item->rect.left() + 8, item->rect.center().y(), item->rect.width() - 16, 1),
                theme[Token::LineSubtle]);
            return;
        }
        if (enabled && (item->state & State_Selected))
            painter->fillRect(item->rect, theme[Token::BgHover]);
        painter->save();
        const QColor ink = theme[enabled ? Token::TextPrimary : Token::TextDisabled];
        const QRect row = item->rect;
        int x = row.left() + 12;
        if (item->checked) {
            Icons::draw(*painter, QPointF(x, row.center().y() - 6), u"check-lg"_s, 13,
                        theme[Token::AccentText]);
        } else if (!item->icon.isNull()) {
            item->icon.paint(painter, QRect(x, row.top() + (row.height() - 15) / 2, 15, 15),
                             Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled);
        }
        x += 23;
        painter->setFont(Text::font({Text::Face::Ui, 13, 400}));
        painter->setPen(ink);
        const qsizetype tab = item->text.indexOf(u'\t');
        const QString label = tab < 0 ? item->text : item->text.left(tab);
        painter->drawText(QRect(x, row.top(), row.right() - x - 12, row.height()),
                          int(Qt::AlignVCenter) | int(Qt::TextHideMnemonic), label);
        if (tab >= 0) {
            painter->setFont(Text::font({Text::Face::Ui, 11, 400}));
            painter->setPen(theme[enabled ? Token::TextTertiary : Token::TextDisabled]);
            painter->drawText(row.adjusted(0, 0, -14, 0), int(Qt::AlignVCenter | Qt::AlignRight),
                              item->text.mid(tab + 1));
        }
        if (item->menuItemType == QStyleOptionMenuItem::SubMenu)
            chevron(*painter, QRect(row.right() - 22, row.top(), 16, row.height()), u"right"_s,
                    ink);
        painter->restore();
        return;
    }
    case CE_ProgressBarGroove:
        box(*painter, option->rect, theme[Token::ResTrack], {}, 2);
        return;
    case CE_ProgressBarContents:
        if (const auto *bar = qstyleoption_cast<const QStyleOptionProgressBar *>(option)) {
            const double range = std::max(1, bar->maximum - bar->minimum);
            QRectF done = bar->rect;
            done.setWidth(done.width()
                          * std::clamp((bar->progress - bar->minimum) / range, 0.0, 1.0));
            if (done.width() > 0)
                box(*painter, done, theme[Token::Accent], {}, 2);
        }
        return;
    case CE_TabBarTabShape: {
        const auto *tab = qstyleoption_cast<const QStyleOptionTab *>(option);
        if (tab && (tab->state & State_Selected))
            painter->fillRect(
                QRect(tab->rect.left() + 4, tab->rect.bottom() - 2, tab->rect.width() - 8, 3),
                theme[Token::AccentLine]);
        return;
    }
    case CE_TabBarTabLabel: {
        const auto *tab = qstyleoption_cast<const QStyleOptionTab *>(option);
        if (!tab)
            break;
        painter->save();
        const bool selected = tab->state & State_Selected;
        painter->setFont(Text::font({Text::Face::Ui, 13, selected ? 600 : 400}));
        painter->setPen(theme[!enabled       ? Token::TextDisabled
                                  : selected ? Token::AccentText
                                             : Token::TextSecondary]);
        painter->drawText(tab->rect, int(Qt::AlignCenter) | int(Qt::TextHideMnemonic), tab->text);
        painter->restore();
        return;
    }
    case CE_ComboBoxLabel: {
        const auto *combo = qstyleoption_cast<const QStyleOptionComboBox *>(option);
        if (!combo || combo->editable)
            break;
        painter->save();
        painter->setFont(Text::font({Text::Face::Ui, 13, 600}));
        painter->setPen(theme[enabled ? Token::TextPrimary : Token::TextDisabled]);
        const QRect rect = subControlRect(CC_ComboBox, combo, SC_ComboBoxEditField, widget);
        painter->drawText(
            rect, int(Qt::AlignVCenter),
            painter->fontMetrics().elidedText(combo->currentText, Qt::ElideRight, rect.width()));
        painter->restore();
        return;
    }
    case CE_Splitter:
        return;
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option,
                               QPainter *painter, const QWidget *widget) const
{
    const Theme &theme = Theme::current();
    const bool enabled = option->state & State_Enabled;
    switch (control) {
    case CC_ScrollBar: {
        const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option);
        if (!bar)
            break;
        if (bar->maximum <= bar->minimum)
            return;
        const QRect slider = subControlRect(control, bar, SC_ScrollBarSlider, widget);
        const bool hot = (bar->state & State_MouseOver) || (bar->state & State_Sunken);
        const int in = hot ? 2 : 4;
        const QRectF handle = bar->orientation == Qt::Horizontal
            ? QRectF(slider).adjusted(1, in, -1, -in + 1)
            : QRectF(slider).adjusted(in, 1, -in + 1, -1);
        box(*painter, handle, theme[hot ? Token::LineStrong : Token::LineDefault], {},
            std::min(handle.width(), handle.height()) / 2);
        return;
    }
    case CC_ComboBox: {
        const auto *combo = qstyleoption_cast<const QStyleOptionComboBox *>(option);
        if (!combo)
            break;
        QStyleOption plain = *combo;
        plain.state &= ~State_On;
        if (combo->editable) {
            box(*painter, combo->rect, theme[Token::BgInput],
                theme[combo->state & State_HasFocus ? Token::AccentLine : Token::LineStrong]);
        } else {
            const Plate plate = plateOf(plain, roleOf(widget));
            box(*painter, combo->rect, plate.fill, plate.frame);
        }
        chevron(*painter, subControlRect(control, combo, SC_ComboBoxArrow, widget), u"down"_s,
                theme[enabled ? Token::TextSecondary : Token::TextDisabled]);
        return;
    }
    case CC_SpinBox: {
        const auto *spin = qstyleoption_cast<const QStyleOptionSpinBox *>(option);
        if (!spin)
            break;
        box(*painter, spin->rect, theme[Token::BgInput],
            theme[!enabled                           ? Token::LineDefault
                      : spin->state & State_HasFocus ? Token::AccentLine
                                                     : Token::LineStrong]);
        const auto button = [&](SubControl part, const QString &direction, bool can) {
            chevron(*painter, subControlRect(control, spin, part, widget), direction,
                    theme[enabled && can ? Token::TextSecondary : Token::TextDisabled]);
        };
        button(SC_SpinBoxUp, u"up"_s, spin->stepEnabled & QAbstractSpinBox::StepUpEnabled);
        button(SC_SpinBoxDown, u"down"_s, spin->stepEnabled & QAbstractSpinBox::StepDownEnabled);
        return;
    }
    case CC_Slider: {
        const auto *slider = qstyleoption_cast<const QStyleOptionSlider *>(option);
        if (!slider)
            break;
        const QRect groove = subControlRect(control, slider, SC_SliderGroove, widget);
        const QRect handle = subControlRect(control, slider, SC_SliderHandle, widget);
        const bool across = slider->orientation == Qt::Horizontal;
        const QRectF line = across
            ? QRectF(groove.left(), groove.center().y() - 2, groove.width(), 4)
            : QRectF(groove.center().x() - 2, groove.top(), 4, groove.height());
        box(*painter, line, theme[Token::BgPressed], {}, 2);
        QRectF done = line;
        if (across)
            done.setRight(handle.center().x());
        else
            done.setTop(handle.center().y());
        box(*painter, done, theme[enabled ? Token::Accent : Token::LineDefault], {}, 2);
        box(*painter, QRectF(handle).adjusted(1, 1, -1, -1), theme[Token::BgRaised],
            theme[enabled ? Token::AccentLine : Token::LineDefault], 7, 2);
        return;
    }
    default:
        break;
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

} // namespace Stampdeck

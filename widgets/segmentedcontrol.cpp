// SPDX-License-Identifier: GPL-3.0-or-later
#include "segmentedcontrol.h"

#include "icons.h"
#include "text.h"
#include "theme.h"

#include <QtGui/QPainter>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QHBoxLayout>

#include <cmath>

namespace Stampdeck {

namespace {

constexpr Text::Style segmentText = Text::buttonWords;

class Segment final : public QAbstractButton
{
public:
    Segment(const QString &text, const QString &icon, QWidget *parent)
        : QAbstractButton(parent)
        , m_icon(icon)
    {
        setText(text);
        setAccessibleName(text);
        setCheckable(true);
        setAttribute(Qt::WA_Hover);
        setFocusPolicy(Qt::StrongFocus);
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    }
    [[nodiscard]] QSize sizeHint() const override
    {
        return {int(std::round(Text::width(text(), segmentText))) + (m_icon.isEmpty() ? 0 : 20)
                    + 22,
                28};
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        if (isChecked()) {
            painter.setPen(theme[Token::AccentLine]);
            painter.setBrush(theme[Token::AccentSoft]);
            painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3.5, 3.5);
        }
        const QColor ink = theme[!isEnabled()       ? Token::TextDisabled
                                     : isChecked()  ? Token::AccentText
                                     : underMouse() ? Token::TextPrimary
                                                    : Token::TextSecondary];
        double x = 11;
        if (!m_icon.isEmpty()) {
            Icons::draw(painter, {x, 6.5}, m_icon, 15, ink);
            x += 20;
        }
        painter.setPen(ink);
        Text::draw(painter, {x, 18.5}, text(), segmentText);
    }

private:
    QString m_icon;
};

} // namespace

SegmentedControl::SegmentedControl(QWidget *parent)
    : QWidget(parent)
    , m_group(new QButtonGroup(this))
{
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(m_group, &QButtonGroup::idToggled, this, [this](int index, bool on) {
        if (on)
            Q_EMIT currentChanged(index);
    });
}

int SegmentedControl::addSegment(const QString &text, const QString &icon)
{
    auto *segment = new Segment(text, icon, this);
    const int index = int(m_group->buttons().size());
    m_group->addButton(segment, index);
    layout()->addWidget(segment);
    if (index == 0)
        segment->setChecked(true);
    return index;
}

int SegmentedControl::current() const
{
    return m_group->checkedId();
}

void SegmentedControl::setCurrent(int index)
{
    if (QAbstractButton *button = m_group->button(index))
        button->setChecked(true);
}

QAbstractButton *SegmentedControl::segment(int index) const
{
    return m_group->button(index);
}

void SegmentedControl::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double half = theme.frameWidth() / 2.0;
    painter.setPen(QPen(theme[Token::LineDefault], theme.frameWidth()));
    painter.setBrush(theme[Token::BgInput]);
    painter.drawRoundedRect(QRectF(rect()).adjusted(half, half, -half, -half), 3.5, 3.5);
}

} // namespace Stampdeck

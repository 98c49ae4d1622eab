// SPDX-License-Identifier: GPL-3.0-or-later
#include "emptyview.h"

#include "glyphs.h"

#include <QtGui/QPainter>

using namespace Qt::StringLiterals;

namespace Stampdeck {

EmptyView::EmptyView(QWidget *parent)
    : Surface(Token::BgCanvas, {}, parent)
    , m_add(new Button(Button::Kind::Primary, tr("Add a source…"), u"plus-lg"_s, this))
    , m_demo(new Button(Button::Kind::Plain, tr("Open demo fleet"), {}, this))
    , m_edit(new Button(Button::Kind::Plain, tr("Edit fleet.yaml"), {}, this))
{
    setObjectName(u"empty"_s);
    m_add->setObjectName(u"addSource"_s);
    connect(m_add, &Button::clicked, this, &EmptyView::sourceRequested);
    m_demo->setObjectName(u"openDemo"_s);
    m_edit->setObjectName(u"editConfiguration"_s);
    connect(m_demo, &Button::clicked, this, &EmptyView::demoRequested);
    connect(m_edit, &Button::clicked, this, &EmptyView::configurationRequested);
}

void EmptyView::show(const QString &head, const QString &line, Offer offer)
{
    m_head = head;
    m_line = line;
    setAccessibleName(head);
    setAccessibleDescription(line);
    m_add->setVisible(offer == Offer::DemoAndConfiguration);
    m_demo->setVisible(offer == Offer::DemoAndConfiguration);
    m_edit->setVisible(offer != Offer::Nothing);
    place();
    setVisible(true);
    update();
}

void EmptyView::resizeEvent(QResizeEvent *event)
{
    Surface::resizeEvent(event);
    place();
}

void EmptyView::place()
{
    QList<Button *> shown;
    int room = 0;
    for (Button *button : {m_add, m_demo, m_edit}) {
        if (button->isHidden())
            continue;
        shown.append(button);
        room += button->sizeHint().width() + 8;
    }
    int left = (width() - room + 8) / 2;
    for (Button *button : std::as_const(shown)) {
        const int wide = button->sizeHint().width();
        button->setGeometry(left, height() / 2 + 66, wide, 28);
        left += wide + 8;
    }
}

void EmptyView::paintEvent(QPaintEvent *event)
{
    Surface::paintEvent(event);
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QPointF middle = QRectF(rect()).center();
    // A ghost stamp: the place where one would be.
    painter.save();
    painter.translate(middle - QPointF(80, 96));
    QPen dashed(theme[Token::TextTertiary], 1);
    dashed.setDashPattern({3, 3});
    painter.setPen(dashed);
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(Glyphs::perforation({160, 96}, 8, 2.4));
    dashed.setDashPattern({5, 3});
    painter.setPen(dashed);
    painter.drawRect(QRectF(7.5, 7.5, 145, 81));
    painter.restore();
    painter.setPen(theme[Token::TextPrimary]);
    Text::draw(painter, middle + QPointF(0, 32), m_head, {Text::Face::Display, 22, 700},
               Text::Align::Center);
    painter.setPen(theme[Token::TextSecondary]);
    Text::draw(painter, middle + QPointF(0, 54),
               Text::elided(m_line, {Text::Face::Ui, 13, 400}, width() - 40.0),
               {Text::Face::Ui, 13, 400}, Text::Align::Center);
}

} // namespace Stampdeck

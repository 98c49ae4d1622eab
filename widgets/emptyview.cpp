// SPDX-License-Identifier: GPL-3.0-or-later
#include "emptyview.h"

#include "glyphs.h"

#include <QtGui/QPainter>

using namespace Qt::StringLiterals;

namespace Stampdeck {

EmptyView::EmptyView(QWidget *parent)
    : Surface(Token::BgCanvas, {}, parent)
    , m_demo(new Button(Button::Kind::Primary, tr("Open demo fleet"), {}, this))
    , m_edit(new Button(Button::Kind::Plain, tr("Edit fleet.yaml"), {}, this))
{
    setObjectName(u"empty"_s);
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
    const int demo = m_demo->isHidden() ? 0 : m_demo->sizeHint().width() + 8;
    const int edit = m_edit->sizeHint().width();
    const int left = (width() - demo - edit) / 2;
    const int top = height() / 2 + 66;
    m_demo->setGeometry(left, top, demo - 8, 28);
    m_edit->setGeometry(left + demo, top, edit, 28);
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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "maptoolbar.h"

#include "actionregistry.h"
#include "maplegend.h"
#include "mapwidget.h"
#include "segmentedcontrol.h"

#include "models/formatter.h"

#include <QtGui/QActionGroup>
#include <QtGui/QPainter>
#include <QtWidgets/QMenu>
#include <QtWidgets/QWidgetAction>

#include <cmath>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr Text::Style wordStyle{Text::Face::Ui, 12, 400};

} // namespace

MapToolBar::MapToolBar(MapWidget &map, ActionRegistry &actions, QWidget *parent)
    : Surface(Token::BgWindow, Qt::BottomEdge, parent)
    , m_map(map)
    , m_arrangement(new SegmentedControl(this))
    , m_group(new Button(Button::Kind::Plain, {}, {}, this))
    , m_colour(new Button(Button::Kind::Plain, {}, {}, this))
    , m_groups(new QMenu(this))
    , m_colours(new QMenu(this))
    , m_legend(new MapLegendView(this))
    , m_legendButton(new Button(Button::Kind::Plain, tr("Legend"), {}, this))
    , m_counts(new TextLine({}, wordStyle, Token::TextSecondary, this))
    , m_clear(new Button(Button::Kind::Plain, tr("Clear"), u"x-lg"_s, this))
    , m_out(new Button(Button::Kind::Plain, {}, u"dash-lg"_s, this))
    , m_zoom(new TextLine({}, wordStyle, Token::TextSecondary, this))
    , m_in(new Button(Button::Kind::Plain, {}, u"plus-lg"_s, this))
    , m_fit(new Button(Button::Kind::Plain, tr("Fit"), {}, this))
{
    setObjectName(u"toolBar"_s);
    m_arrangement->setObjectName(u"arrangement"_s);
    m_arrangement->addSegment(tr("World"), u"globe"_s);
    m_arrangement->addSegment(tr("Sheet"), u"grid"_s);
    m_arrangement->setCurrent(int(map.arrangement()));
    m_group->setObjectName(u"group"_s);
    m_group->setDrop(true);
    m_colour->setObjectName(u"colour"_s);
    m_colour->setDrop(true);
    connect(m_legend, &MapLegendView::queryRequested, this, &MapToolBar::queryRequested);
    m_legendButton->setObjectName(u"legend"_s);
    m_legendButton->setDrop(true);
    m_out->setAccessibleName(tr("Zoom out"));
    m_out->setToolTip(tr("Zoom out"));
    m_in->setAccessibleName(tr("Zoom in"));
    m_in->setToolTip(tr("Zoom in"));
    m_counts->setObjectName(u"counts"_s);
    m_counts->setAlignment(Qt::AlignRight);
    m_clear->setObjectName(u"clearSearch"_s);
    m_clear->setAccessibleName(tr("Clear the search"));
    m_clear->hide();
    connect(m_clear, &Button::clicked, this, &MapToolBar::clearRequested);
    m_zoom->setObjectName(u"zoom"_s);
    m_zoom->setAlignment(Qt::AlignHCenter);
    m_fit->setObjectName(u"fit"_s);

    m_groupChoice = new QActionGroup(this);
    for (const MapGroupBy grouping : allMapGroupings) {
        QAction *action = m_groups->addAction(title(grouping));
        action->setCheckable(true);
        action->setChecked(grouping == map.grouping());
        m_groupChoice->addAction(action);
        action->setData(toString(grouping));
        connect(action, &QAction::triggered, this, [this, grouping] { choose(grouping); });
    }
    auto *colourChoice = new QActionGroup(this);
    for (const MapColourBy colour : allMapColours) {
        QAction *action = m_colours->addAction(title(colour));
        action->setCheckable(true);
        action->setChecked(colour == map.colour());
        colourChoice->addAction(action);
        connect(action, &QAction::triggered, this, [this, colour] {
            m_map.setColour(colour);
            refresh();
        });
    }
    const auto drop = [](Button *button, QMenu *menu) {
        connect(button, &Button::clicked, menu, [button, menu] {
            menu->popup(button->mapToGlobal(QPoint(0, button->height() + 2)));
        });
    };
    drop(m_group, m_groups);
    drop(m_colour, m_colours);
    connect(m_legendButton, &Button::clicked, this, [this] {
        auto *menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        auto *item = new QWidgetAction(menu);
        auto *legend = new MapLegendView;
        connect(legend, &MapLegendView::queryRequested, this, [this, menu](const QString &query) {
            menu->close();
            Q_EMIT queryRequested(query);
        });
        legend->show(m_map.legend());
        legend->setFixedSize(legend->sizeHint());
        item->setDefaultWidget(legend);
        menu->addAction(item);
        menu->popup(m_legendButton->mapToGlobal(QPoint(0, m_legendButton->height() + 2)));
    });
    connect(m_out, &Button::clicked, actions.action(u"map.zoomOut"_s), &QAction::trigger);
    connect(m_in, &Button::clicked, actions.action(u"map.zoomIn"_s), &QAction::trigger);
    connect(m_fit, &Button::clicked, actions.action(u"map.fit"_s), &QAction::trigger);
    connect(m_arrangement, &SegmentedControl::currentChanged, this,
            [this](int index) { m_map.setArrangement(MapArrangement(index)); });
    connect(&map, &MapWidget::arrangementChanged, this, &MapToolBar::refresh);
    connect(&map, &MapWidget::zoomChanged, this, &MapToolBar::refresh);
    connect(&map, &MapWidget::legendChanged, this, &MapToolBar::refresh);
    refresh();
}

void MapToolBar::choose(const MapGrouping &grouping)
{
    // The world stands by regions: any other order is one of the sheet.
    if (grouping.by != MapGroupBy::Region)
        m_map.setArrangement(MapArrangement::Sheet);
    m_map.setGrouping(grouping);
    refresh();
}

void MapToolBar::setLabelKeys(const QStringList &keys)
{
    constexpr int most = 24; // that a menu may be read
    QStringList known = keys.mid(0, most);
    if (known == m_labelKeys)
        return;
    m_labelKeys = known;
    const QList<QAction *> before = m_groups->actions();
    for (QAction *action : before.mid(qsizetype(allMapGroupings.size()))) {
        m_groups->removeAction(action);
        action->deleteLater();
    }
    if (!known.isEmpty())
        m_groups->addSection(tr("Labels"));
    for (const QString &key : std::as_const(known)) {
        const MapGrouping grouping = MapGrouping::label(key);
        QAction *action = m_groups->addAction(title(grouping));
        action->setCheckable(true);
        action->setData(toString(grouping));
        m_groupChoice->addAction(action);
        connect(action, &QAction::triggered, this, [this, grouping] { choose(grouping); });
    }
    refresh();
}

void MapToolBar::setMatches(const QString &words, bool isNoHit)
{
    m_matches = words;
    m_counts->setToolTip(isNoHit ? words : QString());
    m_clear->setVisible(isNoHit);
    refresh();
}

void MapToolBar::refresh()
{
    m_arrangement->setCurrent(int(m_map.arrangement()));
    const QString grouping = toString(m_map.shownGrouping());
    for (QAction *action : m_groups->actions())
        action->setChecked(action->data().toString() == grouping);
    m_group->setText(tr("Group: %1").arg(title(m_map.shownGrouping())));
    m_colour->setText(tr("Colour: %1").arg(title(m_map.colour())));
    m_legend->show(m_map.legend());
    m_zoom->setText(u"%1%"_s.arg(m_map.zoomPercent()));
    m_counts->setText(m_matches);
    arrange();
}

void MapToolBar::resizeEvent(QResizeEvent *event)
{
    Surface::resizeEvent(event);
    arrange();
}

void MapToolBar::arrange()
{
    int x = 16;
    const auto put = [&](QWidget *widget, int width, int gap) {
        widget->setGeometry(x, 8, width, 28);
        x += width + gap;
    };
    put(m_arrangement, m_arrangement->sizeHint().width(), 12);
    put(m_group, m_group->sizeHint().width(), 8);
    put(m_colour, m_colour->sizeHint().width(), 18);
    int right = width() - 16;
    const auto putRight = [&](QWidget *widget, int width, int gap) {
        right -= width;
        widget->setGeometry(right, 8, width, 28);
        right -= gap;
    };
    putRight(m_fit, m_fit->sizeHint().width(), 6);
    putRight(m_in, 30, 0);
    putRight(m_zoom, 48, 0);
    putRight(m_out, 30, 10);
    if (!m_clear->isHidden())
        putRight(m_clear, m_clear->sizeHint().width(), 8);
    const int counts = std::min(m_counts->sizeHint().width() + 4, std::max(0, right - x - 90));
    putRight(m_counts, counts, 14);
    m_legend->fitInto(right - x);
    const bool fits = m_legend->wanted() <= right - x;
    m_legend->setVisible(fits);
    m_legendButton->setVisible(!fits && right - x >= m_legendButton->sizeHint().width());
    m_legend->setGeometry(x, 8, std::max(0, right - x), 28);
    m_legendButton->setGeometry(x, 8, m_legendButton->sizeHint().width(), 28);
}

} // namespace Stampdeck

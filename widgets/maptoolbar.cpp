// SPDX-License-Identifier: GPL-3.0-or-later
#include "maptoolbar.h"

#include "actionregistry.h"
#include "glyphs.h"
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

/// Shapes and words of health, the letters of categories, or the steps of the ramp.
class MapToolBar::Legend final : public QWidget
{
public:
    using QWidget::QWidget;

    void show(const MapLegend &legend)
    {
        m_legend = legend;
        updateGeometry();
        update();
    }
    [[nodiscard]] int wanted() const
    {
        double width = 0;
        if (m_legend.colour == MapColourBy::Health) {
            for (const auto &[health, word] : words())
                width += 17 + Text::width(word, wordStyle) + 15;
        } else if (isRamp(m_legend.colour)) {
            width = Text::width(m_legend.low, wordStyle) + 8 + 9 * 18 + 8
                + Text::width(m_legend.high, wordStyle);
        } else {
            for (const MapLegend::Entry &entry : m_legend.entries)
                width += 20 + Text::width(entry.text, wordStyle) + 12;
        }
        return int(std::ceil(width));
    }
    QSize sizeHint() const override { return {wanted() + 16, 28}; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        double x = 0;
        const double base = height() / 2.0 + 4.5;
        const double middle = height() / 2.0;
        const QPen pen(theme[Token::TextSecondary]);
        if (m_legend.colour == MapColourBy::Health) {
            for (const auto &[health, word] : words()) {
                if (health)
                    Glyphs::health(painter, {x, middle - 6, 12, 12}, *health,
                                   theme[Token::BgWindow]);
                else
                    Glyphs::stale(painter, {x - 2, middle - 5, 16, 10});
                x += 17;
                painter.setPen(pen);
                Text::draw(painter, {x, base}, word, wordStyle);
                x += Text::width(word, wordStyle) + 15;
            }
        } else if (isRamp(m_legend.colour)) {
            painter.setPen(pen);
            Text::draw(painter, {x, base}, m_legend.low, wordStyle);
            x += Text::width(m_legend.low, wordStyle) + 8;
            for (int step = 0; step < Theme::rampSteps; ++step) {
                painter.fillRect(QRectF(x, middle - 6, 18, 12), QColor::fromRgb(theme.ramp(step)));
                x += 18;
            }
            painter.setPen(pen);
            Text::draw(painter, {x + 8, base}, m_legend.high, wordStyle);
        } else {
            for (const MapLegend::Entry &entry : m_legend.entries) {
                painter.fillRect(QRectF(x, middle - 7, 14, 14), QColor::fromRgb(entry.color));
                painter.setPen(QColor::fromRgb(
                    entry.letter.isEmpty()
                        ? theme.rgb(Token::TextPrimary)
                        : theme.categoryInk(entry.letter.front().unicode() - u'A')));
                Text::draw(painter, {x + 7, middle + 4}, entry.letter, {Text::Face::Ui, 10, 700},
                           Text::Align::Center);
                painter.setPen(pen);
                Text::draw(painter, {x + 20, base}, entry.text, wordStyle);
                x += 20 + Text::width(entry.text, wordStyle) + 12;
            }
        }
    }

private:
    /// Without a health: stale.
    [[nodiscard]] static QList<std::pair<std::optional<Health>, QString>> words()
    {
        QList<std::pair<std::optional<Health>, QString>> all;
        for (const Health health :
             {Health::Healthy, Health::Degraded, Health::Unhealthy, Health::Unknown})
            all.append({health, Format::word(health)});
        all.append({std::nullopt, MapToolBar::tr("stale")});
        return all;
    }
    MapLegend m_legend;
};

MapToolBar::MapToolBar(MapWidget &map, ActionRegistry &actions, QWidget *parent)
    : Surface(Token::BgWindow, Qt::BottomEdge, parent)
    , m_map(map)
    , m_arrangement(new SegmentedControl(this))
    , m_group(new Button(Button::Kind::Plain, {}, {}, this))
    , m_colour(new Button(Button::Kind::Plain, {}, {}, this))
    , m_groups(new QMenu(this))
    , m_colours(new QMenu(this))
    , m_legend(new Legend(this))
    , m_legendButton(new Button(Button::Kind::Plain, tr("Legend"), {}, this))
    , m_counts(new TextLine({}, wordStyle, Token::TextSecondary, this))
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
    m_legendButton->setObjectName(u"legend"_s);
    m_legendButton->setDrop(true);
    m_out->setAccessibleName(tr("Zoom out"));
    m_out->setToolTip(tr("Zoom out"));
    m_in->setAccessibleName(tr("Zoom in"));
    m_in->setToolTip(tr("Zoom in"));
    m_counts->setObjectName(u"counts"_s);
    m_counts->setAlignment(Qt::AlignRight);
    m_zoom->setObjectName(u"zoom"_s);
    m_zoom->setAlignment(Qt::AlignHCenter);
    m_fit->setObjectName(u"fit"_s);

    auto *groupChoice = new QActionGroup(this);
    for (const MapGroupBy grouping : allMapGroupings) {
        QAction *action = m_groups->addAction(title(grouping));
        action->setCheckable(true);
        action->setChecked(grouping == map.grouping());
        groupChoice->addAction(action);
        connect(action, &QAction::triggered, this, [this, grouping] {
            // The world stands by regions: any other order is one of the sheet.
            if (grouping != MapGroupBy::Region)
                m_map.setArrangement(MapArrangement::Sheet);
            m_map.setGrouping(grouping);
            refresh();
        });
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
        auto *legend = new Legend;
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

void MapToolBar::setMatches(const QString &words)
{
    m_matches = words;
    refresh();
}

void MapToolBar::refresh()
{
    m_arrangement->setCurrent(int(m_map.arrangement()));
    const QList<QAction *> groupings = m_groups->actions();
    for (size_t i = 0; i < allMapGroupings.size(); ++i)
        groupings[qsizetype(i)]->setChecked(allMapGroupings[i] == m_map.grouping());
    m_group->setText(tr("Group: %1").arg(title(m_map.grouping())));
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
    const int counts = std::min(m_counts->sizeHint().width() + 4, std::max(0, right - x - 90));
    putRight(m_counts, counts, 14);
    const bool fits = m_legend->wanted() <= right - x;
    m_legend->setVisible(fits);
    m_legendButton->setVisible(!fits && right - x >= m_legendButton->sizeHint().width());
    m_legend->setGeometry(x, 8, std::max(0, right - x), 28);
    m_legendButton->setGeometry(x, 8, m_legendButton->sizeHint().width(), 28);
}

} // namespace Stampdeck

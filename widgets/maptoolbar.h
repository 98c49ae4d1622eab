// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controls.h"
#include "deck.h"
#include "mapfacts.h"

class QActionGroup;
class QMenu;

namespace Stampdeck {

class ActionRegistry;
class MapLegendView;
class MapWidget;
class SegmentedControl;

/// How the map is grouped and coloured, what the colours mean, how much is shown, and the zoom.
class MapToolBar final : public Surface
{
    Q_OBJECT
public:
    MapToolBar(MapWidget &map, ActionRegistry &actions, QWidget *parent = nullptr);
    /// "12 of 48 stamps match"; \a isNoHit offers to clear the search, which has none.
    void setMatches(const QString &words, bool isNoHit = false);
    /// The labels of the fleet, to be grouped by.
    void setLabelKeys(const QStringList &keys);

Q_SIGNALS:
    /// A click on the legend: to be added to the search.
    void queryRequested(const QString &query);
    void clearRequested(); ///< The search, which nothing matches.

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void refresh();
    void arrange();
    void choose(const MapGrouping &grouping);
    MapWidget &m_map;
    QString m_matches;
    SegmentedControl *m_arrangement;
    Button *m_group;
    Button *m_colour;
    QMenu *m_groups;
    QActionGroup *m_groupChoice;
    QStringList m_labelKeys;
    QMenu *m_colours;
    MapLegendView *m_legend;
    Button *m_legendButton;
    TextLine *m_counts;
    Button *m_clear;
    Button *m_out;
    TextLine *m_zoom;
    Button *m_in;
    Button *m_fit;
};

} // namespace Stampdeck

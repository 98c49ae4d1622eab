// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controls.h"
#include "deck.h"
#include "mapfacts.h"

class QMenu;

namespace Stampdeck {

class ActionRegistry;
class MapWidget;
class SegmentedControl;

/// How the map is grouped and coloured, what the colours mean, how much is shown, and the zoom.
class MapToolBar final : public Surface
{
    Q_OBJECT
public:
    MapToolBar(MapWidget &map, ActionRegistry &actions, QWidget *parent = nullptr);
    /// "12 of 48 stamps match"; empty shows the counts.
    void setMatches(const QString &words);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    class Legend;
    void refresh();
    void arrange();
    MapWidget &m_map;
    QString m_matches;
    SegmentedControl *m_arrangement;
    Button *m_group;
    Button *m_colour;
    QMenu *m_groups;
    QMenu *m_colours;
    Legend *m_legend;
    Button *m_legendButton;
    TextLine *m_counts;
    Button *m_out;
    TextLine *m_zoom;
    Button *m_in;
    Button *m_fit;
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "carrycontroller.h"
#include "controls.h"
#include "deck.h"
#include "outcome.h"

#include "models/forecast.h"

class QBoxLayout;
class QStackedWidget;

namespace Stampdeck {

class ActionRegistry;
class AuditModel;
class AuditView;
class CapacityView;
class ComponentsView;
class MetricCharts;
class OperationsView;
class SegmentedControl;
class TenantsView;

/// Everything about one stamp (look.md, section 10): head, tabs, actions. 320 to 828 wide, by
/// dragging its left edge.
class StampPanel final : public Surface
{
    Q_OBJECT
public:
    static constexpr int minWidth = 320;
    static constexpr int maxWidth = 828;
    static constexpr int usualWidth = 380;
    static constexpr int headHeight = 84;
    static constexpr int tabsHeight = 40;
    enum class Tab : quint8 { Overview, Components, Capacity, Charts, Tenants, Operations, Events };

    StampPanel(Deck &deck, CarryController &carry, ActionRegistry &actions, AuditModel &audit,
               QWidget *parent = nullptr);
    ~StampPanel() override;

    /// "source/name"; empty for none.
    void setStamp(const QString &id);
    [[nodiscard]] const QString &stamp() const { return m_stamp; }
    void setTab(Tab tab);
    /// When its resources are full, as it was worked out elsewhere.
    void setForecast(const FleetForecast &forecast);
    /// Where it is dragged wider; none in a window of its own.
    void setResizeEdge(Qt::Edges edge);
    [[nodiscard]] ComponentsView *components() const { return m_components; }
    [[nodiscard]] TenantsView *tenants() const { return m_tenants; }

    [[nodiscard]] MetricCharts *charts() const { return m_charts; }

Q_SIGNALS:
    void closed();
    void planRequested(const Stampdeck::ActionRequest &request);
    void verbRequested(const QString &operation, Stampdeck::OperationVerb verb);
    void stampActivated(const QString &id);
    /// The edge is dragged: this wide beside text of the look's size, if the window has room.
    void widthWanted(int width);
    void told(const QString &text, Outcome outcome = Outcome::Done);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    class Head;
    class Edge;
    class Tabs;
    void refresh();
    void askLoss();
    void showTab();

    Deck &m_deck;
    QString m_stamp;
    FleetForecast m_forecast;
    QString m_loss; // what its loss would do, in words; empty until that is worked out
    bool m_lossRuns = false; // it is worked out, or was just now
    quint64 m_lossAsked = 0; // grows with the stamp
    Head *m_head;
    Edge *m_edge;
    Qt::Edges m_resizeEdge = Qt::LeftEdge;
    Tabs *m_tabs;
    QStackedWidget *m_pages;
    QWidget *m_actionRow;
    QLabel *m_reasons;
    MetricCharts *m_charts;
    SegmentedControl *m_range;
    ComponentsView *m_components;
    CapacityView *m_capacity;
    QBoxLayout *m_both; // components beside capacity, or above it
    TenantsView *m_tenants;
    OperationsView *m_operations;
    AuditView *m_events;
    Button *m_drain;
    Button *m_cordon;
    Button *m_scale;
    Button *m_delete;
    TextLine *m_gone;
};

} // namespace Stampdeck

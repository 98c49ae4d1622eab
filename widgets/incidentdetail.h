// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controls.h"
#include "deck.h"

#include "models/incidentstory.h"

class QLabel;
class QVBoxLayout;

namespace Stampdeck {

class ActionRegistry;

/// The right of the incident view: what one incident is, whom it hits, what changed before it, what
/// happened since, what each observer says, and what can be done. Texts of alerts are shown as text,
/// never as markup. GUI thread.
class IncidentDetail final : public Surface
{
    Q_OBJECT
public:
    static constexpr int usualWidth = 360;
    static constexpr std::chrono::minutes before{30}; ///< How far back it looks for what changed.

    /// \a actions: "incident.acknowledge", "incident.silence", "incident.dim", and those of stamps.
    IncidentDetail(Deck &deck, ActionRegistry &actions, QWidget *parent = nullptr);
    ~IncidentDetail() override;

    void setIncident(const QString &id); ///< Empty: nothing is selected.
    [[nodiscard]] IncidentPtr incident() const { return m_incident; }

Q_SIGNALS:
    void stampActivated(const QString &id);
    /// An action of stamps ("stamp.drain"), for those that it hits.
    void stampActionRequested(const QString &action);
    /// All that can be done to them, as a menu at \a at of the screen.
    void stampMenuRequested(const QPoint &at);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    class Head;
    class Reach;
    class Story;
    class Observers;
    class WorstSeries;
    void refresh();
    void lookUp();
    void fill();
    void updateActs();
    [[nodiscard]] QString unwatchedBefore() const;

    Deck &m_deck;
    ActionRegistry &m_actions;
    QString m_id;
    IncidentPtr m_incident;
    std::optional<KnownChanges> m_known; // of its stamps, since before it began; nothing: not told yet
    quint64 m_asked = 0;

    Head *m_head;
    QWidget *m_inner;
    Button *m_acknowledge;
    Button *m_silence;
    Button *m_runbook;
    QLabel *m_summary;
    QLabel *m_state;
    Reach *m_reach;
    QWidget *m_acts; // on its stamps
    Button *m_scale; // where it is one
    Button *m_open;
    Story *m_before;
    Story *m_timeline;
    QWidget *m_observersPart;
    Observers *m_observers;
    TextLine *m_observersHead;
    TextLine *m_disagree;
    QWidget *m_seriesPart;
    WorstSeries *m_series;
    QWidget *m_linksPart;
    QVBoxLayout *m_links;
    QList<Link> m_shownLinks;
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controls.h"
#include "deck.h"

#include "models/fleetsummary.h"
#include "models/forecast.h"
#include "models/survival.h"

#include <memory>

class QVBoxLayout;

namespace Stampdeck {

class Refresher;

/// What is shown while nothing is selected: what needs attention, what changed, how full it all is.
/// Works it out away from the GUI thread, once a second at most.
class AttentionPanel final : public Surface
{
    Q_OBJECT
public:
    explicit AttentionPanel(Deck &deck, QWidget *parent = nullptr);
    ~AttentionPanel() override;
    [[nodiscard]] const FleetSummary &summary() const { return m_summary; }
    /// Which regions survive the loss of their fullest stamp, as it was worked out elsewhere.
    void setSurvival(const std::vector<Survival> &regions);
    /// What is full first, as it was worked out elsewhere.
    void setForecast(const FleetForecast &forecast);

Q_SIGNALS:
    void stampActivated(const QString &id);
    void queryRequested(const QString &query);
    void refreshed();

private:
    class TroubleRow;
    class GatheredRow;
    class ByRegion;
    class Changes;
    class Load;
    class NextFull;
    class Survives;
    void refresh();
    void take(const FleetSummary &summary);

    Deck &m_deck;
    FleetSummary m_summary;
    std::unique_ptr<Refresher> m_refresher;
    TextLine *m_title;
    TextLine *m_count;
    QWidget *m_troubles;
    QVBoxLayout *m_rows;
    Button *m_more;
    TextLine *m_calm;
    QWidget *m_regionPart; // hidden while the troubles are few
    ByRegion *m_byRegion;
    QWidget *m_survivalPart; // hidden while nothing is known of it
    TextLine *m_surviveCount;
    Survives *m_survives;
    Changes *m_changes;
    TextLine *m_cost;
    Load *m_load;
    NextFull *m_nextFull; // hidden while nothing is known of it
};

} // namespace Stampdeck

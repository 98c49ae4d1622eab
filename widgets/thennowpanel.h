// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controls.h"
#include "deck.h"
#include "refresher.h"

#include "models/thennow.h"

class QVBoxLayout;

namespace Stampdeck {

/// The fleet at the moment of a replay beside the fleet as it is: of one stamp every field, else
/// the counts and every stamp that is another one now. Worked out away from the GUI thread.
class ThenNowPanel final : public Surface
{
    Q_OBJECT
public:
    explicit ThenNowPanel(Deck &deck, QWidget *parent = nullptr);
    ~ThenNowPanel() override;

    /// Of one stamp ("source/name"), or, empty, of the fleet.
    void setStamp(const QString &id);
    [[nodiscard]] const FleetThenNow &fleet() const { return m_fleet; }

Q_SIGNALS:
    void stampActivated(const QString &id);
    void closed();
    void refreshed();

private:
    class Fields;
    class ChangeRow;
    void refresh();
    void take(const FleetThenNow &fleet);
    void showStamp();

    Deck &m_deck;
    QString m_stamp;
    FleetThenNow m_fleet;
    std::unique_ptr<Refresher> m_refresher;
    TextLine *m_title;
    TextLine *m_aside;
    Fields *m_fields;
    TextLine *m_head;
    QVBoxLayout *m_rows;
    TextLine *m_more;
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/deck.h"
#include "widgets/outcome.h"

#include <QtCore/QObject>
#include <QtCore/QSet>

#include <functional>
#include <optional>

class QWidget;

namespace Stampdeck {

class ActionRegistry;
class FrameDialog;
class IncidentDetail;
class IncidentList;
class MapWidget;

/// The incident view: its list, its detail, the map between them, and what they have to do with each
/// other. The window gives them their places. GUI thread; parts belong to the window.
class IncidentDesk final : public QObject
{
    Q_OBJECT
public:
    IncidentDesk(Deck &deck, ActionRegistry &actions, MapWidget &map, QWidget *window);

    [[nodiscard]] IncidentList *list() const { return m_list; }
    [[nodiscard]] IncidentDetail *detail() const { return m_detail; }
    /// The view is in sight: what is selected is framed, and may dim the rest.
    void setActive(bool active);
    /// The stamps that are not dimmed; nothing: none is.
    [[nodiscard]] std::optional<QSet<int>> lit() const;
    /// Shows one as if it had been clicked.
    void open(const QString &incident);
    void acknowledge();
    void silence();
    void openSilences();

Q_SIGNALS:
    void told(const QString &text, Outcome outcome = Outcome::Done);
    void litChanged();
    void openCountChanged(int count);
    void stampActivated(const QString &id);
    /// Of the stamps that are selected, the first of which is at \a slot.
    void stampMenuRequested(int slot, const QPoint &at);
    /// A dialog stands over the window, or does not any more.
    void dialogShown(bool shown);

private:
    void addActions();
    void updateActions();
    void updateMarks();
    void frame();
    void show(FrameDialog *dialog);
    void extend(const QString &feed, const QString &silence, Timestamp endsAt);
    [[nodiscard]] QList<int> slotsHit() const;

    Deck &m_deck;
    ActionRegistry &m_actions;
    MapWidget &m_map;
    QWidget *m_window;
    IncidentList *m_list;
    IncidentDetail *m_detail;
    bool m_active = false;
    bool m_dims = false;
};

} // namespace Stampdeck

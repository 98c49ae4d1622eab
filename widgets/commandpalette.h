// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deck.h"

#include <QtCore/QPointer>
#include <QtWidgets/QFrame>

class QLineEdit;
class QListView;
class QAction;

namespace Stampdeck {

class ActionRegistry;

/// Every action, stamp and tenant by name: 640 × 420, its top at 120. Actions that cannot run stay in
/// the list, grey, with the reason. Looks stamps and tenants up away from the GUI thread.
class CommandPalette final : public QFrame
{
    Q_OBJECT
public:
    CommandPalette(Deck &deck, ActionRegistry &actions, QWidget *parent);

    void open();

Q_SIGNALS:
    void stampChosen(const QString &id);
    void tenantChosen(const QString &id);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    class Model;
    class Delegate;
    void look();
    void choose(int row);
    void close(bool giveBack);

    Deck &m_deck;
    ActionRegistry &m_actions;
    QLineEdit *m_field;
    QListView *m_list;
    Model *m_model;
    QPointer<QWidget> m_before; // what had the focus
    quint64 m_asked = 0;
};

} // namespace Stampdeck

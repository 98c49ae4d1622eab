// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/deck.h"
#include "widgets/outcome.h"

#include <QtCore/QObject>
#include <QtCore/QPointer>
#include <QtCore/QSet>

#include <functional>

class QDialog;
class QWidget;

namespace Stampdeck {

class ActionRegistry;
class CreateWizard;
class OperationsDrawer;
class PlanDialog;

/// What is done to the fleet from the window: plans and their dialogs, the verbs of operations, undo, and
/// what becomes of what was started here. GUI thread; dialogs belong to the window.
class OperationDesk final : public QObject
{
    Q_OBJECT
public:
    /// What the verbs of the keyboard, the palette and a stamp's menu are about.
    struct Meant
    {
        OperationPtr chosen; ///< In the list of operations, where that is in sight.
        QString stamp; ///< The one that is selected.
    };

    /// \a meant is asked whenever that matters.
    OperationDesk(Deck &deck, ActionRegistry &actions, OperationsDrawer &drawer,
                  const std::function<Meant()> &meant, QWidget *window);

    /// The operation that is chosen; else of the selected stamp, or the only one there is. Null for none.
    [[nodiscard]] OperationPtr meantOperation() const;
    /// Gives the actions of operations their targets and reasons.
    void updateActions();

    /// Shows what an action would do; nothing is changed by that. Null where nothing may be done.
    PlanDialog *openPlan(const ActionRequest &request);
    /// Asks for a new stamp in \a region; its plan comes after. Null where nothing may be done.
    CreateWizard *openWizardIn(const QString &region);
    /// Asks a verb of an operation; where it touches production, for its name and a reason first.
    void ask(const QString &operation, OperationVerb verb);
    /// At once, where nothing asks for more: for as long as the notice of it is in sight.
    void undo(const QString &operation);
    /// Shows what the undo would do.
    void planUndo(const QString &operation);
    /// \a noticed is the operation whose notice is in sight; empty for none.
    void setNoticed(const std::function<QString()> &noticed) { m_noticed = noticed; }
    /// Pauses all that runs: what runs here, and what the backends run.
    void pauseEverything();

    /// Operations that an earlier process left behind.
    void setCutOff(const QStringList &operations);
    [[nodiscard]] const QStringList &cutOff() const { return m_cutOff; }
    /// Those of this process that run.
    [[nodiscard]] const QSet<QString> &running() const { return m_running; }
    /// Pauses what runs here, or takes it back, and says ended() when that is done; at once where
    /// nothing runs any more. Never where something can't be paused or taken back, which is told, or
    /// where another is started meanwhile.
    void endAll(bool rollBack);
    /// Tells what has become of what was started here.
    void follow(const ChangeSet &slice);

Q_SIGNALS:
    /// \a undoable: the operation that can be undone on the spot; empty for none.
    void told(const QString &text, const QString &undoable, Outcome outcome = Outcome::Done);
    void dialogShown(bool shown); ///< One stands over the window, or does not any more.
    void planClosed();
    void planStarted();
    void fixRequested(const Refusal &refusal);
    void cutOffChanged();
    void changed(); ///< What can be asked for is another.
    void ended();

private:
    void addActions();
    void openVerb(const QString &operation, OperationVerb verb, const QString &confirmName);
    void tellFailure(const QString &why);
    enum class Undo : quint8 { AtOnce, Planned };
    void beginUndo(const QString &operation, Undo how);
    void undoLast();
    void openUndo(const QString &operation, const ActionRequest &request);
    void undone(const QString &operation, const OperationPtr &by);
    /// Says so where the past is shown, and nothing can be done.
    [[nodiscard]] bool isBarred();
    void show(QDialog *dialog);

    Deck &m_deck;
    ActionRegistry &m_actions;
    OperationsDrawer &m_drawer;
    std::function<Meant()> m_meant;
    std::function<QString()> m_noticed;
    QWidget *m_window;
    QSet<QString> m_mine; // operations started from here, not yet told of
    QSet<QString> m_running; // of this process
    bool m_isEnding = false; // ended() is said when nothing runs
    QStringList m_cutOff; // by a kill, and not resumed since
    QString m_last; // the last operation that can be undone
    QPointer<PlanDialog> m_plan;
};

} // namespace Stampdeck

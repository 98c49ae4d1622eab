// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deck.h"
#include "framedialog.h"

class QAction;
class QCheckBox;
class QHBoxLayout;
class QLineEdit;
class QSpinBox;
class QTimer;
class QVBoxLayout;

namespace Stampdeck {

class Button;
class StepTable;
class TextLine;
class LoadTable;

/// What an action would do, step by step, before anything is done (look.md, section 8).
///
/// Plans again by itself when the fleet moves, and asks to be looked at again where that matters.
/// Nothing has changed before Run; Run hands the request to the runner, and the dialog ends with
/// accepted() when that took it. What can't be undone wants the name typed, and waits after Run for
/// as long as it can be called off. GUI thread; deletes itself when it is closed.
class PlanDialog final : public FrameDialog
{
    Q_OBJECT
public:
    /// How Run is carried out, when not by OperationRunner::submit(): an undo.
    using Submit = std::function<FutureResult<OperationPtr>(const ActionRequest &request)>;

    /// \a title overrides the one made from the request ("Undo: …").
    PlanDialog(Deck &deck, const ActionRequest &request, QWidget *parent = nullptr,
               const QString &title = {}, Submit submit = {});
    ~PlanDialog() override;

    [[nodiscard]] const ActionRequest &request() const { return m_request; }
    [[nodiscard]] const std::optional<Plan> &shownPlan() const { return m_plan; }
    /// Calls off what waits. What was handed over cannot be: that is still heard of.
    void leave() override;

Q_SIGNALS:
    /// The runner took it.
    void started(const Stampdeck::OperationPtr &operation);
    /// The runner did not, when the dialog had left already: why.
    void failedUnseen(const QString &why);
    /// Somebody clicked on what would mend a refusal.
    void fixRequested(const Stampdeck::Refusal &refusal);

public Q_SLOTS:
    /// Takes back what was pressed last, else closes. Does nothing once it is handed over, which
    /// cannot be taken back from here.
    void reject() override;

protected:
    void paintContent(QPainter &painter) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void build();
    [[nodiscard]] bool wantsName() const; ///< To be typed before Run.
    void buildOptions();
    void readOptions();
    void place();
    void replan();
    /// Fills everything from m_plan.
    void showPlan();
    void showWhyNot(); ///< Instead, where none could be made from the start.
    void offerHandOver(const Plan &plan);
    [[nodiscard]] QList<std::pair<QString, QString>> cardsOf(const Plan &plan) const;
    void addSteps(QVBoxLayout &box, const Plan &plan);
    void addFacts(QVBoxLayout &box, const Plan &plan);
    void addRefusals(QVBoxLayout &box, const Plan &plan);
    [[nodiscard]] QHBoxLayout *rowOf(const Refusal &refusal);
    void addBlast(QVBoxLayout &box, const Plan &plan);
    void addLoads(QVBoxLayout &box, const Plan &plan);
    void addWarnings(QVBoxLayout &box, const Plan &plan);
    void askForName(const Plan &plan);
    void focusWhatIsNext(const Plan &plan);
    void updateRun();
    void run();
    void submit();
    void countDown();
    void callOff(const QString &why);
    void lookAgain();
    void compare(const Result<Plan> &now, const FleetVersionPtr &version);
    void updateAge();
    [[nodiscard]] bool isHandedOver() const;
    [[nodiscard]] QString actionTitle() const;
    [[nodiscard]] QString whyNot() const; ///< Why Run cannot be pressed now; empty when it can.
    /// What of \a now differs from the shown plan so that it must be looked at; empty for nothing.
    [[nodiscard]] QString whatMoved(const Plan &now) const;
    /// Who wrote since to what the plan touches, and what; empty for nobody.
    [[nodiscard]] QString whoWrote(const FleetVersion &version) const;

    Deck &m_deck;
    ActionRequest m_request;
    QString m_title;
    Submit m_submit;
    std::optional<Plan> m_plan; // the one that is shown
    FleetVersionPtr m_planned; // and what it was made from
    QString m_error; // instead of a plan
    bool m_isBare = false; // there is nothing but that
    bool m_moved = false;
    bool m_running = false;
    bool m_hasLeft = false; // and only waits for what becomes of it
    int m_secondsLeft = 0; // until it starts; 0 when nothing waits
    std::chrono::milliseconds m_startsAt{0}; // Clock::elapsed()
    Clock::TimerId m_timer = 0;
    bool m_looking = false; // a large plan is made again on another thread
    QString m_optionError; // what is wrong with the options; empty for nothing
    FutureResult<OperationPtr> m_submission;

    TextLine *m_head = nullptr;
    TextLine *m_sub = nullptr;
    QWidget *m_left = nullptr;
    QWidget *m_right = nullptr;
    QWidget *m_foot = nullptr;
    StepTable *m_steps = nullptr;
    LoadTable *m_loads = nullptr;
    QLineEdit *m_confirm = nullptr;
    QAction *m_isRight = nullptr; // a tick in it
    QLineEdit *m_reason = nullptr;
    Button *m_copy = nullptr;
    Button *m_cancel = nullptr;
    Button *m_run = nullptr;
    TextLine *m_barred = nullptr; // why Run is not there at all
    QWidget *m_options = nullptr; // of a drain; null for others
    QLineEdit *m_to = nullptr;
    QSpinBox *m_parallel = nullptr;
    QLineEdit *m_deadline = nullptr;
    QCheckBox *m_partial = nullptr;
    QCheckBox *m_handOver = nullptr;
    QTimer *m_typing = nullptr;
    QWidget *m_oldBox = nullptr; // holds m_old: shown while the data is older than it should be
    QCheckBox *m_old = nullptr;
};

} // namespace Stampdeck

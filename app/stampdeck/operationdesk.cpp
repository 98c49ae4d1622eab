// SPDX-License-Identifier: GPL-3.0-or-later
#include "operationdesk.h"

#include "widgets/actionregistry.h"
#include "widgets/createwizard.h"
#include "widgets/guard.h"
#include "widgets/operationsdrawer.h"
#include "widgets/plandialog.h"
#include "widgets/verbdialog.h"

#include "backends/api/whendone.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace Stampdeck {

OperationDesk::OperationDesk(Deck &deck, ActionRegistry &actions, OperationsDrawer &drawer,
                             const std::function<Meant()> &meant, QWidget *window)
    : QObject(window)
    , m_deck(deck)
    , m_actions(actions)
    , m_drawer(drawer)
    , m_meant(meant)
    , m_window(window)
{
    addActions();
    connect(&drawer, &OperationsDrawer::verbRequested, this, &OperationDesk::ask);
    connect(&deck.runner, &OperationRunner::operationChanged, this,
            [this](const OperationPtr &operation) {
                if (isFinal(operation->state) || operation->state == OperationState::Paused) {
                    m_running.remove(operation->id);
                    if (m_running.isEmpty() && std::exchange(m_isEnding, false))
                        Q_EMIT ended();
                } else if (!m_running.contains(operation->id)) {
                    m_running.insert(operation->id);
                    m_isEnding = false; // whoever starts another goes on working
                }
                if (operation->state != OperationState::Paused && m_cutOff.removeOne(operation->id))
                    setCutOff(m_cutOff);
            });
}

void OperationDesk::addActions()
{
    const auto add = [this](OperationVerb verb, const QString &id, const QString &text,
                            const QString &icon, const QKeySequence &keys) {
        m_actions.add(id, text, icon, keys, [this, verb] {
            if (const OperationPtr operation = meantOperation())
                ask(operation->id, verb);
        });
    };
    add(OperationVerb::Pause, u"operation.pause"_s, tr("Pause the operation"), u"pause"_s,
        QKeySequence(Qt::CTRL | Qt::Key_P));
    add(OperationVerb::Resume, u"operation.resume"_s, tr("Resume the operation"), u"play"_s,
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P));
    add(OperationVerb::Cancel, u"operation.cancel"_s, tr("Cancel the operation"), u"x-lg"_s,
        QKeySequence(Qt::CTRL | Qt::Key_Period));
    add(OperationVerb::Rollback, u"operation.rollBack"_s, tr("Roll back the operation"),
        u"arrow-counterclockwise"_s, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_U));
    m_actions.add(u"operation.undo"_s, tr("Undo the last operation"), u"arrow-90deg-left"_s,
                  QKeySequence(Qt::Key_U), [this] { undoLast(); });
    m_actions.add(u"operation.pauseAll"_s, tr("Pause everything"), u"pause"_s,
                  QKeySequence(Qt::Key_Pause), [this] { pauseEverything(); });
    for (const QString &id :
         {u"operation.pause"_s, u"operation.resume"_s, u"operation.cancel"_s,
          u"operation.rollBack"_s, u"operation.undo"_s, u"operation.pauseAll"_s})
        m_actions.setActing(id);
}

OperationPtr OperationDesk::meantOperation() const
{
    const auto [chosen, stamp] = m_meant();
    if (chosen)
        return chosen;
    OperationPtr ofStamp;
    OperationPtr only;
    int others = 0;
    // What is over stands behind what is not, and the newest comes first.
    const auto isBefore = [](const OperationPtr &a, const OperationPtr &b) {
        return isFinal(a->state) != isFinal(b->state) ? isFinal(b->state)
                                                      : a->createdAt > b->createdAt;
    };
    for (const OperationPtr &operation : m_deck.fleet().operations) {
        const QList<OperationVerb> verbs = verbsOf(*operation);
        if (verbs.isEmpty() || verbs.first() == OperationVerb::Undo)
            continue;
        if (!isFinal(operation->state)) {
            ++others;
            only = operation;
        }
        if (!stamp.isEmpty() && (!ofStamp || isBefore(operation, ofStamp))
            && isAbout(*operation, stamp))
            ofStamp = operation;
    }
    return ofStamp && (!isFinal(ofStamp->state) || others != 1) ? ofStamp
        : others == 1                                           ? only
                                                                : nullptr;
}

void OperationDesk::updateActions()
{
    const QString barred = Guard::whyReadOnly(m_deck, nullptr);
    const OperationPtr operation = meantOperation();
    const QString why = !operation ? tr("no operation is selected, nor one of the selected stamp")
                                   : Guard::whyNotControlled(m_deck, operation->id);
    const QList<OperationVerb> verbs = operation ? verbsOf(*operation) : QList<OperationVerb>();
    for (const auto &[id, verb] : {std::pair(u"operation.pause"_s, OperationVerb::Pause),
                                   std::pair(u"operation.resume"_s, OperationVerb::Resume),
                                   std::pair(u"operation.cancel"_s, OperationVerb::Cancel),
                                   std::pair(u"operation.rollBack"_s, OperationVerb::Rollback)}) {
        m_actions.setTarget(id, operation ? titleOf(*operation) : QString());
        m_actions.setReason(id, !barred.isEmpty()           ? barred
                                 : !why.isEmpty()            ? why
                                 : verbs.contains(verb)      ? QString()
                                                             : stateLineOf(*operation,
                                                                           m_deck.clock.now()));
    }
    const OperationPtr last = m_deck.fleet().operations.value(m_last);
    m_actions.setTarget(u"operation.undo"_s, last ? titleOf(*last) : QString());
    m_actions.setReason(u"operation.undo"_s,
                        !barred.isEmpty()      ? barred
                            : m_last.isEmpty() ? tr("nothing was done from here yet")
                                               : QString());
    const auto &operations = m_deck.fleet().operations;
    const bool runs = !m_running.isEmpty()
        || std::any_of(operations.begin(), operations.end(), [](const OperationPtr &each) {
               return verbsOf(*each).contains(OperationVerb::Pause);
           });
    m_actions.setReason(u"operation.pauseAll"_s,
                        !barred.isEmpty() ? barred
                            : runs      ? QString()
                                        : tr("nothing runs"));
}

PlanDialog *OperationDesk::openPlan(const ActionRequest &request)
{
    if (isBarred())
        return nullptr;
    if (m_plan)
        m_plan->leave();
    auto *dialog = new PlanDialog(m_deck, request, m_window);
    m_plan = dialog;
    connect(dialog, &PlanDialog::started, this, [this](const OperationPtr &operation) {
        m_mine.insert(operation->id);
        m_drawer.setOpen(true);
        Q_EMIT planStarted();
    });
    connect(dialog, &PlanDialog::failedUnseen, this, &OperationDesk::tellFailure);
    connect(dialog, &PlanDialog::fixRequested, this, &OperationDesk::fixRequested);
    show(dialog);
    connect(dialog, &QDialog::finished, this, &OperationDesk::planClosed);
    return dialog;
}

CreateWizard *OperationDesk::openWizardIn(const QString &region)
{
    if (isBarred())
        return nullptr;
    auto *wizard = new CreateWizard(m_deck, region, m_window);
    connect(wizard, &CreateWizard::planRequested, this,
            [this, wizard](const ActionRequest &request) {
                wizard->hide();
                PlanDialog *dialog = openPlan(request);
                if (!dialog)
                    return;
                connect(dialog, &QDialog::finished, wizard, [this, wizard](int result) {
                    // In the past both have gone for good.
                    if (result == QDialog::Accepted || m_deck.feed.isPast()) {
                        wizard->deleteLater();
                        return;
                    }
                    // What was filled in is there again.
                    Q_EMIT dialogShown(true);
                    wizard->open();
                });
            });
    connect(wizard, &QDialog::rejected, this, [this] {
        Q_EMIT dialogShown(false);
        Q_EMIT planClosed();
    });
    Q_EMIT dialogShown(true);
    wizard->open();
    return wizard;
}

void OperationDesk::ask(const QString &operation, OperationVerb verb)
{
    if (const QString why = Guard::whyNotControlled(m_deck, operation); !why.isEmpty()) {
        Q_EMIT told(tr("Not done: %1").arg(why), {}, Outcome::Failed);
        return;
    }
    if (verb == OperationVerb::Undo) {
        planUndo(operation);
        return;
    }
    // To stop something is asked for at once; to go on where it was cut off, or to take it back,
    // acts on tenants again.
    const OperationPtr known = m_deck.fleet().operations.value(operation);
    const bool isOthers = !known || known->createdBy != m_deck.actor;
    const bool acts = verb == OperationVerb::Rollback
        || (verb == OperationVerb::Resume
            && (isOthers || m_cutOff.contains(operation)
                || known->state == OperationState::Orphaned));
    if (acts) {
        const Guard::Production production = Guard::productionOf(m_deck, operation);
        if (!production.source.isEmpty()) {
            openVerb(operation, verb, production.confirmName);
            return;
        }
    }
    m_drawer.ask(operation, verb);
}

void OperationDesk::openVerb(const QString &operation, OperationVerb verb, const QString &confirmName)
{
    auto *dialog = new VerbDialog(m_deck, operation, verb, confirmName, m_window);
    connect(dialog, &VerbDialog::started, this, [this, verb](const OperationPtr &started) {
        if (verb == OperationVerb::Undo)
            m_mine.insert(started->id);
        m_drawer.setOpen(true);
    });
    connect(dialog, &VerbDialog::failedUnseen, this, &OperationDesk::tellFailure);
    show(dialog);
}

void OperationDesk::tellFailure(const QString &why)
{
    Q_EMIT told(tr("Not done: %1").arg(why), {});
}

void OperationDesk::pauseEverything()
{
    if (!m_deck.acts())
        return;
    m_drawer.pauseAll();
    m_drawer.setOpen(true);
}

void OperationDesk::undo(const QString &operation)
{
    beginUndo(operation, Undo::AtOnce);
}

void OperationDesk::planUndo(const QString &operation)
{
    beginUndo(operation, Undo::Planned);
}

// What was done long ago is not taken back by a key that was pressed unawares.
void OperationDesk::undoLast()
{
    const QString noticed = m_noticed ? m_noticed() : QString();
    if (noticed.isEmpty())
        planUndo(m_last);
    else
        undo(noticed);
}

void OperationDesk::beginUndo(const QString &operation, Undo how)
{
    if (operation.isEmpty())
        return;
    if (const QString why = Guard::whyNotControlled(m_deck, operation); !why.isEmpty()) {
        Q_EMIT told(tr("Not undone: %1").arg(why), {}, Outcome::Failed);
        return;
    }
    const QString source = m_deck.fleet().operationSource.value(operation);
    if (!source.isEmpty()) {
        const OperationPtr known = m_deck.fleet().operations.value(operation);
        if (known && known->kind == toString(ActionKind::Create)) {
            // A deletion like any other: what will go is shown, and its name is to be typed.
            ActionRequest request;
            request.kind = ActionKind::Delete;
            request.stamp = source + u'/' + Guard::confirmNameOf(known->target);
            request.cordonFirst = true;
            openUndo(operation, request);
            return;
        }
        // A backend's own: only it knows how, so no plan can be shown first.
        const Guard::Production production = Guard::productionOf(m_deck, operation);
        if (how == Undo::Planned || !production.source.isEmpty())
            openVerb(operation, OperationVerb::Undo, production.confirmName);
        else
            m_drawer.ask(operation, OperationVerb::Undo);
        return;
    }
    whenDone(
        m_deck.runner.undoRequest(operation), this,
        [this, operation, how](const Result<ActionRequest> &request) {
            if (!request) {
                Q_EMIT told(tr("Not undone: %1").arg(request.error().message), {}, Outcome::Failed);
                return;
            }
            const Result<Plan> planned = plan(m_deck.feed.version(), *request, m_deck.clock);
            // Production asks for a name and a reason, what is deleted for its name, and a
            // refusal is to be seen whole.
            if (how == Undo::Planned || !planned || planned->production || planned->isRefused() || !planned->hasInverse) {
                openUndo(operation, *request);
                return;
            }
            whenDone(m_deck.runner.control(operation, OperationVerb::Undo, m_deck.asker()), this,
                     [this, operation](const Result<OperationPtr> &answer) {
                         if (answer)
                             undone(operation, *answer);
                         else
                             Q_EMIT told(tr("Not undone: %1").arg(answer.error().message), {}, Outcome::Failed);
                     });
        });
}

void OperationDesk::openUndo(const QString &operation, const ActionRequest &request)
{
    const OperationPtr known = m_deck.fleet().operations.value(operation);
    auto *dialog = new PlanDialog(m_deck, request, m_window,
                                  tr("Undo: %1").arg(known ? titleOf(*known) : operation),
                                  [this, operation](const ActionRequest &wanted) {
                                      return m_deck.runner.control(operation, OperationVerb::Undo,
                                                                   {wanted.actor, wanted.reason});
                                  });
    connect(dialog, &PlanDialog::started, this,
            [this, operation](const OperationPtr &started) { undone(operation, started); });
    connect(dialog, &PlanDialog::failedUnseen, this, &OperationDesk::tellFailure);
    show(dialog);
}

void OperationDesk::undone(const QString &operation, const OperationPtr &by)
{
    m_mine.insert(by->id);
    if (m_last == operation)
        m_last.clear();
    m_drawer.setOpen(true);
    Q_EMIT changed();
}

void OperationDesk::setCutOff(const QStringList &operations)
{
    m_cutOff = operations;
    m_drawer.setCutOff(operations);
    Q_EMIT cutOffChanged();
}

void OperationDesk::follow(const ChangeSet &slice)
{
    if (m_deck.feed.isPast())
        return; // told when it is over
    for (const QString &id : slice.operations) {
        const OperationPtr operation = m_deck.fleet().operations.value(id);
        if (!operation || !m_mine.contains(id))
            continue;
        if (operation->state == OperationState::Succeeded) {
            m_mine.remove(id);
            const bool isFinalWord = operation->kind == toString(ActionKind::Delete);
            if (!isFinalWord)
                m_last = id;
            Q_EMIT told(tr("Done: %1").arg(titleOf(*operation)), isFinalWord ? QString() : id);
        } else if (isFinal(operation->state)) {
            m_mine.remove(id);
        }
    }
}

void OperationDesk::endAll(bool rollBack)
{
    if (m_running.isEmpty()) { // the last one ended while the person was asked
        Q_EMIT ended();
        return;
    }
    // The runner says when each is paused or taken back. What can't be goes on: not to close long
    // after, when it has ended by itself, that is said, and the person asks again.
    m_isEnding = true;
    const auto stay = [this](const QString &operation, const Error &error) {
        if (m_running.contains(operation) && std::exchange(m_isEnding, false))
            Q_EMIT told(tr("The window stays open: %1").arg(error.message), {});
    };
    if (!rollBack) {
        whenDone(m_deck.runner.pauseAll(m_deck.asker(), PauseScope::Ours), this,
                 [stay](const Result<PauseReport> &report) {
                     if (!report)
                         return; // the program ends
                     for (const auto &[operation, error] : report->failed)
                         stay(operation, error);
                 });
        return;
    }
    const QSet<QString> running = m_running;
    for (const QString &operation : running) {
        whenDone(m_drawer.ask(operation, OperationVerb::Rollback), this,
                 [stay, operation](const Result<OperationPtr> &answer) {
                     if (!answer)
                         stay(operation, answer.error());
                 });
    }
}

bool OperationDesk::isBarred()
{
    if (!m_deck.feed.isPast())
        return false;
    Q_EMIT told(tr("Not done: %1").arg(Guard::whyReadOnly(m_deck, nullptr)), {}, Outcome::Failed);
    return true;
}

void OperationDesk::show(QDialog *dialog)
{
    connect(dialog, &QDialog::finished, this, [this] { Q_EMIT dialogShown(false); });
    Q_EMIT dialogShown(true);
    dialog->open();
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow.h"

#include "incidentdesk.h"
#include "operationdesk.h"

#include "app/report/reportfile.h"

// The past in the window: what enters and leaves it, and what may not be done there.

#include "widgets/componentsview.h"
#include "widgets/framedialog.h"
#include "widgets/incidentdetail.h"
#include "widgets/mapwidget.h"
#include "widgets/metricchart.h"
#include "widgets/operationsdrawer.h"
#include "widgets/rehearsedialog.h"
#include "widgets/replaybar.h"
#include "widgets/segmentedcontrol.h"
#include "widgets/stamppanel.h"
#include "widgets/table.h"
#include "widgets/themes.h"
#include "widgets/thennowpanel.h"
#include "widgets/topbar.h"
#include "widgets/whatif.h"
#include "widgets/whatifpanel.h"

#include "models/formatter.h"

#include "backends/api/whendone.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QFile>
#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtGui/QKeyEvent>
#include <QtWidgets/QAbstractSpinBox>
#include <QtWidgets/QApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace Stampdeck {

namespace {

/// What has the focus uses that key by itself, so that it is none of the slider's.
bool keepsKey(const QWidget *focus, int key)
{
    if (!focus)
        return false;
    if (key == Qt::Key_Space)
        return qobject_cast<const QAbstractButton *>(focus)
            || qobject_cast<const QComboBox *>(focus)
            || qobject_cast<const QAbstractItemView *>(focus);
    if (const auto *map = qobject_cast<const MapWidget *>(focus))
        return map->isWalked();
    return qobject_cast<const QTabBar *>(focus) || qobject_cast<const QComboBox *>(focus)
        || qobject_cast<const QAbstractSpinBox *>(focus) || qobject_cast<const MetricChart *>(focus)
        || qobject_cast<const Stepper *>(focus)
        || qobject_cast<const SegmentedControl *>(focus->parentWidget());
}

} // namespace

void MainWindow::addReplayActions()
{
    const auto add = [this](const QString &id, const QString &text, const QString &icon,
                            const QKeySequence &keys, const std::function<void()> &run) {
        m_actions->add(id, text, icon, keys, run);
    };
    add(u"replay.open"_s, tr("Look at the past"), u"clock-history"_s, QKeySequence(Qt::Key_R),
        [this] { m_replay->open(); });
    add(u"replay.live"_s, tr("Back to live"), u"clock"_s, QKeySequence(Qt::Key_L),
        [this] { m_replay->close(); });
    add(u"replay.play"_s, tr("Play or pause the past"), u"play"_s, QKeySequence(Qt::Key_Space),
        [this] { m_replay->setPlaying(!m_replay->isPlaying()); });
    add(u"replay.back"_s, tr("To the change before"), u"skip-start"_s, QKeySequence(Qt::Key_Left),
        [this] { m_replay->step(false, m_stampPanel->stamp()); });
    add(u"replay.forward"_s, tr("To the next change"), u"skip-end"_s, QKeySequence(Qt::Key_Right),
        [this] { m_replay->step(true, m_stampPanel->stamp()); });
    add(u"replay.minuteBack"_s, tr("A minute back"), u"skip-start"_s,
        QKeySequence(Qt::SHIFT | Qt::Key_Left), [this] { m_replay->seekBy(-1min); });
    add(u"replay.minuteForward"_s, tr("A minute on"), u"skip-end"_s,
        QKeySequence(Qt::SHIFT | Qt::Key_Right), [this] { m_replay->seekBy(1min); });
    add(u"replay.troubleBefore"_s, tr("To what went wrong before"), u"exclamation-octagon"_s,
        QKeySequence(Qt::Key_BracketLeft), [this] { m_replay->goToTrouble(false); });
    add(u"replay.trouble"_s, tr("To what went wrong next"), u"exclamation-octagon"_s,
        QKeySequence(Qt::Key_BracketRight), [this] { m_replay->goToTrouble(true); });
    add(u"replay.compare"_s, tr("Then and now"), u"layers"_s, QKeySequence(Qt::Key_T),
        [this] { setComparing(!m_comparing); });
    add(u"report"_s, tr("Report…"), u"file-text"_s, {}, [this] { chooseReport(); });
    add(u"rehearse"_s, tr("Rehearse…"), u"play"_s, {}, [this] { openRehearse(); });
    add(u"handOver"_s, tr("Hand over…"), u"clipboard-check"_s,
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), [this] { openHandOver(); });
    add(u"replay.operation"_s, tr("Look at when the operation began"), u"clock-history"_s, {},
        [this] {
            const OperationPtr operation = m_operationDesk->meantOperation();
            if (!operation)
                return;
            if (m_replay->isOpen())
                m_replay->goToOperation(operation->id);
            else if (operation->createdAt)
                lookAt(*operation->createdAt);
        });
    add(u"replay.stamp"_s, tr("Look at when its health changed"), u"clock-history"_s, {}, [this] {
        const StampEntry *entry = m_deck.stamp(selectedStamp());
        if (entry && entry->healthSince)
            lookAt(*entry->healthSince);
    });
}

void MainWindow::updateReplayActions()
{
    const bool isPast = m_replay->isOpen();
    const QString live = isPast ? QString() : tr("the fleet is shown as it is");
    for (const QString &id :
         {u"replay.live"_s, u"replay.play"_s, u"replay.back"_s, u"replay.forward"_s,
          u"replay.minuteBack"_s, u"replay.minuteForward"_s, u"replay.trouble"_s,
          u"replay.troubleBefore"_s, u"replay.compare"_s})
        m_actions->setReason(id, live);
    m_actions->setReason(u"rehearse"_s, !m_deck.rehearsal.isEmpty()
                                 ? tr("this is one already")
                                 : m_deck.rehearse ? QString()
                                                   : tr("no other window can be opened here"));
    m_actions->setReason(u"handOver"_s, isPast ? tr("you look at the past") : QString());
    m_actions->setReason(u"replay.open"_s, isPast ? tr("it is looked at already") : QString());
    const OperationPtr operation = m_operationDesk->meantOperation();
    m_actions->setReason(u"replay.operation"_s,
                         operation ? QString() : tr("no operation is selected"));
    m_actions->setTarget(u"replay.operation"_s, operation ? titleOf(*operation) : QString());
    const StampEntry *entry = m_deck.stamp(selectedStamp());
    m_actions->setReason(u"replay.stamp"_s,
                         !entry                   ? tr("no stamp is selected")
                             : entry->healthSince ? QString()
                                                  : tr("nothing is known of when"));
    const QString stamp = m_stampPanel->stamp();
    m_replayBar->setSteps(stamp.isEmpty() ? QString() : nameOfStamp(stamp));
    if (m_comparing)
        m_thenNow->setStamp(stamp);
}

void MainWindow::connectReplay()
{
    connect(&m_deck.feed, &FleetFeed::pastChanged, this, &MainWindow::showPast);
    connect(m_replay, &ReplayController::failed, this, &MainWindow::sayWhyNoPast);
    connect(m_replay, &ReplayController::moved, this,
            [this] { m_audit->setUntil(m_replay->moment()); });
    connect(m_replay, &ReplayController::closed, this, [this] { m_audit->setUntil({}); });
    connect(m_replayBar, &ReplayBar::stepRequested, this, [this](bool forward) {
        m_actions->action(forward ? u"replay.forward"_s : u"replay.back"_s)->trigger();
    });
    connect(m_pastBanner, &PastBanner::liveRequested, m_replay, &ReplayController::close);
    connect(m_pastBanner, &PastBanner::compareRequested, this,
            [this] { setComparing(!m_comparing); });
    connect(m_pastBanner, &PastBanner::rehearsalRequested, m_actions->action(u"rehearse"_s),
            &QAction::trigger);
    connect(m_pastBanner, &PastBanner::linkRequested, m_actions->action(u"view.copyLink"_s),
            &QAction::trigger);
    connect(m_top->clock(), &LiveClock::pressed, this, [this] {
        if (m_replay->isOpen())
            m_replay->close();
        else
            m_replay->open();
    });
    connect(m_thenNow, &ThenNowPanel::closed, this, [this] { setComparing(false); });
    connect(m_thenNow, &ThenNowPanel::stampActivated, this, &MainWindow::openStamp);
}

void MainWindow::showPast(bool past)
{
    Themes::instance().setReplay(past);
    // What was begun of the fleet as it is would act on what it was.
    if (past) {
        m_carry->putBack();
        m_whatIf->end();
        const QList<QDialog *> dialogs = findChildren<QDialog *>();
        for (QDialog *dialog : dialogs) {
            if (auto *ours = qobject_cast<FrameDialog *>(dialog))
                ours->leave();
            else
                dialog->reject();
        }
        m_toast->hide();
    } else {
        m_comparing = false;
        m_pastBanner->setComparing(false);
    }
    m_map->setClock(m_deck.clock);
    m_map->setEvacuates(m_deck.acts());
    m_whatIfBanner->setActs(m_deck.acts());
    updateActions();
    updateNotice();
    arrange();
    if (past)
        m_replayBar->track()->setFocus(Qt::OtherFocusReason);
    else if (m_map->isVisible())
        m_map->setFocus(Qt::OtherFocusReason);
}

void MainWindow::setComparing(bool comparing)
{
    m_comparing = comparing && m_replay->isOpen();
    m_pastBanner->setComparing(m_comparing);
    if (m_comparing) {
        m_thenNow->setStamp(m_stampPanel->stamp());
        if (isNarrow())
            m_panelShown = true;
    }
    arrange();
}

// Of the incident that is in sight, or of the stamp whose panel is open, else of what the slider has in
// sight, or the last hour.
void MainWindow::chooseReport()
{
    QString stamp = m_stampPanel->stamp();
    QString incident = stamp.isEmpty() ? QString() : QString(stamp + u":unhealthy"_s);
    if (const IncidentPtr shown = m_rail->current() == ViewRail::View::Incidents
            ? m_incidents->detail()->incident()
            : nullptr) {
        incident = shown->id;
        stamp = shown->stamps.value(0);
    }
    const QString name = stamp.isEmpty() ? tr("report") : nameOfStamp(stamp);
    auto *dialog = fileDialog(tr("Write a report"), name, this);
    dialog->setObjectName(u"reportFile"_s);
    // Of the past that was shown when it was asked for: replay goes on below the dialog.
    const auto at = m_replay->isOpen() ? std::optional(m_replay->moment()) : std::nullopt;
    connect(dialog, &QFileDialog::fileSelected, this, [this, incident, at](const QString &path) {
        writeReportOf(incident, path, at);
    });
    dialog->open();
}

// Of the incident that is in sight, or around the moment that is shown, else the last hour.
void MainWindow::openRehearse()
{
    const Timestamp now = m_replay->now();
    Timestamp from = now - 1h;
    Timestamp to = now;
    const IncidentPtr shown = m_rail->current() == ViewRail::View::Incidents
        ? m_incidents->detail()->incident()
        : nullptr;
    const bool isMeant = (shown && shown->startsAt) || m_replay->isOpen();
    if (shown && shown->startsAt) {
        from = *shown->startsAt - 10min;
        to = std::min(now, shown->endsAt.value_or(now) + 10min);
    } else if (m_replay->isOpen()) {
        from = m_replay->moment() - 10min;
        to = std::min(now, m_replay->moment() + 20min);
    }
    const QString why =
        m_deck.historyDir.isEmpty() || !QFile::exists(m_deck.historyDir + u"/history.db"_s)
        ? tr("Nothing is recorded in the state directory of this window.")
        : QString();
    auto *dialog = new RehearseDialog(from, to, isMeant, why, m_deck.rehearse, this);
    connect(dialog, &RehearseDialog::told, this, [this](const QString &text) { tell(text); });
    connect(dialog, &QDialog::finished, this, [this] { dim(false); });
    dim(true);
    dialog->open();
}

void MainWindow::writeReportOf(const QString &incident, const QString &path,
                               std::optional<Timestamp> at)
{
    ReportRequest request;
    request.incident = incident;
    request.at = at;
    request.now = m_replay->now();
    if (incident.isEmpty()) {
        request.query = m_query;
        if (m_replay->isOpen()) {
            request.from = m_replay->viewFrom();
            request.to = std::min(m_replay->viewTo(), request.now);
        }
    }
    whenDone(QtConcurrent::run([dir = m_deck.historyDir, request, path]() -> Result<void> {
                 const auto made = makeReport(dir, request);
                 return made ? writeReport(*made, path) : fail(made.error());
             }),
             this, [this, path](const Result<void> &written) {
                 tell(written ? tr("Written: %1").arg(path)
                              : tr("No report: %1").arg(written.error().message),
                      written ? Outcome::Done : Outcome::Failed);
             });
}

HandOverDialog *MainWindow::openHandOver()
{
    auto *dialog = new HandOverDialog(m_deck, m_operationDesk->cutOff(), m_handOver, this);
    // Typed notes outlive whatever ends the program.
    auto *keep = new QTimer(dialog);
    keep->setSingleShot(true);
    keep->setInterval(1s);
    connect(keep, &QTimer::timeout, this, &MainWindow::remember);
    connect(dialog, &HandOverDialog::noted, this, [this, dialog, keep] {
        m_handOver = dialog->memory();
        if (!keep->isActive())
            keep->start();
    });
    connect(dialog, &QDialog::finished, this, [this] {
        dim(false);
        remember();
    });
    connect(dialog, &HandOverDialog::saveRequested, this, [this, dialog] {
        auto *files = fileDialog(tr("Save the hand-over"), tr("hand-over"), dialog);
        files->setObjectName(u"handOverFile"_s);
        connect(files, &QFileDialog::fileSelected, dialog, [this, dialog](const QString &path) {
            writeHandOverTo(dialog->sheet(), path,
                            [this, to = QPointer(dialog)](const QString &text, Outcome outcome) {
                                if (to && to->isVisible())
                                    to->say(text);
                                else
                                    tell(text, outcome);
                            });
        });
        files->open();
    });
    dim(true);
    dialog->open();
    return dialog;
}

void MainWindow::writeHandOverTo(const HandOver &sheet, const QString &path,
                                 const std::function<void(const QString &, Outcome)> &told)
{
    whenDone(QtConcurrent::run([sheet, path, dir = m_deck.historyDir,
                                version = m_deck.feed.version()]() -> Result<void> {
                 HandOver with = sheet;
                 if (!with.shift) { // it was not read yet
                     const auto shift = readShift(dir, sheet.from, sheet.made);
                     with.shift = shift ? *shift
                                        : shiftOf(*version, sheet.from, sheet.made, shift.error());
                 }
                 return writeHandOver(with, path);
             }),
             this, [told, path](const Result<void> &written) {
                 told(written ? tr("Written: %1").arg(path)
                              : tr("Not written: %1").arg(written.error().message),
                      written ? Outcome::Done : Outcome::Failed);
             });
}

QFileDialog *MainWindow::fileDialog(const QString &title, const QString &name, QWidget *parent)
{
    auto *dialog = new QFileDialog(parent, title, {}, tr("A page (*.html);;A document (*.pdf)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(u"html"_s);
    dialog->selectFile(name + u".html"_s);
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString &filter) {
        dialog->setDefaultSuffix(filter.contains(u"*.pdf") ? u"pdf"_s : u"html"_s);
    });
    return dialog;
}

void MainWindow::sayWhyNoPast(const Error &error)
{
    if (m_replay->isOpen()) {
        tell(error.message, Outcome::Failed);
        return;
    }
    auto *dialog = new FrameDialog(u"noPast"_s, tr("No past to look at"), this);
    auto *all = new QVBoxLayout(dialog);
    all->setContentsMargins(24, 20, 24, 16);
    all->setSpacing(12);
    all->addWidget(new TextLine(tr("No past to look at"), Text::dialogTitle));
    const bool isNone = error.kind == ErrorKind::NotFound;
    auto *words = new QLabel(
        isNone ? tr("Nothing is recorded in the state directory of this window. stampd records "
                    "the fleet that it serves; this window does when fleet.yaml says so:")
               : tr("The history cannot be read: %1").arg(error.message));
    words->setTextFormat(Qt::PlainText);
    words->setWordWrap(true);
    words->setMinimumWidth(440);
    all->addWidget(words);
    if (isNone)
        all->addWidget(new TextLine(u"history: {record: true}"_s, Text::query));
    auto *foot = new QHBoxLayout;
    foot->setSpacing(8);
    foot->addStretch(1);
    if (isNone) {
        auto *edit = new Button(Button::Kind::Plain, tr("Edit fleet.yaml"), u"file-text"_s);
        edit->setTall(true);
        connect(edit, &Button::clicked, this, [this, dialog] {
            dialog->accept();
            Q_EMIT configurationRequested();
        });
        foot->addWidget(edit);
    }
    auto *close = new Button(Button::Kind::Primary, tr("Close"));
    close->setTall(true);
    connect(close, &Button::clicked, dialog, &QDialog::reject);
    foot->addWidget(close);
    all->addLayout(foot);
    connect(dialog, &QDialog::finished, this, [this] { dim(false); });
    dim(true);
    dialog->open();
}

// While the past is shown arrows and Space are the slider's, but where the focus needs them itself.
bool MainWindow::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride && m_replay && m_replay->isOpen()) {
        auto *key = static_cast<QKeyEvent *>(event);
        const bool isArrow = key->key() == Qt::Key_Left || key->key() == Qt::Key_Right;
        if ((isArrow || key->key() == Qt::Key_Space)
            && keepsKey(QApplication::focusWidget(), key->key())) {
            key->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

} // namespace Stampdeck

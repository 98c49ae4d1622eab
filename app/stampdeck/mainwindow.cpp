// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow.h"

#include "closingdialog.h"
#include "incidentdesk.h"
#include "operationdesk.h"
#include "survey.h"
#include "trayicon.h"

#include "widgets/attentionpanel.h"
#include "widgets/carrypanel.h"
#include "widgets/commandpalette.h"
#include "widgets/componentsview.h"
#include "widgets/createwizard.h"
#include "widgets/diagnosticsdialog.h"
#include "widgets/emptyview.h"
#include "widgets/framedialog.h"
#include "widgets/guard.h"
#include "widgets/incidentlist.h"
#include "widgets/maptoolbar.h"
#include "widgets/mapwidget.h"
#include "widgets/metriccharts.h"
#include "widgets/operationsdrawer.h"
#include "widgets/plandialog.h"
#include "widgets/rehearsedialog.h"
#include "widgets/replaybar.h"
#include "widgets/stamppanel.h"
#include "widgets/tablesview.h"
#include "widgets/themes.h"
#include "widgets/thennowpanel.h"
#include "widgets/topbar.h"
#include "widgets/whatif.h"
#include "widgets/whatifpanel.h"

#include "models/disposal.h"
#include "models/fleetquery.h"
#include "models/forecaster.h"
#include "models/formatter.h"

#include "backends/api/whendone.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QSettings>
#include <QtCore/QTimer>
#include <QtGui/QCloseEvent>
#include <QtGui/QDrag>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QDialog>
#include <QtWidgets/QListView>
#include <QtWidgets/QMenu>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QSystemTrayIcon>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int shadowOffset = 6;
constexpr float dimming = 0.66F; ///< Of the window below a dialog.

/// The window below a dialog: 66% black, one fill, and on it the dialog's shadow, which lies outside of
/// the dialog's own window.
class Dimmer final : public QWidget
{
public:
    using QWidget::QWidget;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QColor dim = Theme::current()[Token::Dim];
        dim.setAlphaF(dimming);
        QPainter painter(this);
        painter.fillRect(rect(), dim);
        const QList<FrameDialog *> dialogs = window()->findChildren<FrameDialog *>();
        for (const FrameDialog *dialog : dialogs) {
            if (!dialog->isVisible())
                continue;
            const QRect box(mapFromGlobal(dialog->mapToGlobal(QPoint())), dialog->size());
            painter.fillRect(box.translated(shadowOffset, shadowOffset), Theme::current()[Token::Dim]);
        }
    }
};

} // namespace

MainWindow::MainWindow(const Deck &deck)
    : m_clock(deck.clock)
    , m_deck(deck.with(m_clock))
    , m_actions(new ActionRegistry(this))
    , m_carry(new CarryController(m_deck.feed, this))
    , m_whatIf(new WhatIf(m_deck.feed, this))
    , m_replay(new ReplayController(m_deck, m_clock, deck.clock, this))
    , m_audit(new AuditModel(m_deck.journal, this))
    , m_survivalLook(this, [this] { lookAtSurvival(); })
    , m_wordsLook(this, [this] { learnWords(); })
{
    setObjectName(u"window"_s);
    setWindowTitle(u"Stampdeck"_s);
    setMinimumSize(1024, 700);
    resize(1600, 1000);
    addActions();

    m_top = new TopBar(m_deck, *m_actions, this);
    m_map = new MapWidget(this);
    m_map->setObjectName(u"map"_s);
    m_map->setClock(m_deck.clock);
    m_map->setCarry(m_carry);
    m_map->setWhatIf(m_whatIf);
    m_map->setVersion(m_deck.feed.version());
    m_tools = new MapToolBar(*m_map, *m_actions, this);
    m_banner = new CarryBanner(*m_carry, this);
    m_whatIfBanner = new WhatIfBanner(*m_whatIf, this);
    m_whatIfBanner->setActs(m_deck.acts());
    m_fault = new NoticeStrip(this);
    m_fault->setObjectName(u"configurationFault"_s);
    m_notice = new NoticeStrip(this);
    m_empty = new EmptyView(this);
    m_views = new QStackedWidget(this);
    m_tenants = new TenantsView(m_deck, *m_carry);
    m_operations = new OperationsView(m_deck);
    m_stamps = new StampsView(m_deck, *m_carry);
    m_views->addWidget(m_stamps);
    m_views->addWidget(m_tenants);
    m_views->addWidget(new QWidget); // incidents stand beside the map
    m_views->addWidget(m_operations);
    m_auditView = new AuditView(*m_audit);
    m_views->addWidget(m_auditView);
    m_incidents = new IncidentDesk(m_deck, *m_actions, *m_map, this);
    m_attention = new AttentionPanel(m_deck, this);
    m_carryPanel = new CarryPanel(*m_carry, this);
    m_whatIfPanel = new WhatIfPanel(*m_whatIf, this);
    m_thenNow = new ThenNowPanel(m_deck, this);
    m_pastBanner = new PastBanner(*m_replay, this);
    m_replayBar = new ReplayBar(*m_replay, this);
    m_pastFrame = new PastFrame(this);
    if (!m_deck.rehearsal.isEmpty()) {
        m_rehearsalBanner = new RehearsalBanner(m_deck.rehearsal, this);
        setWindowTitle(tr("Rehearsal: %1").arg(m_deck.rehearsal) + u" — Stampdeck"_s);
    }
    m_stampPanel = new StampPanel(m_deck, *m_carry, *m_actions, *m_audit, this);
    m_forecaster = new Forecaster(
        m_deck.clock, [this] { return m_deck.feed.version(); }, m_deck.history, this);
    m_drawer = new OperationsDrawer(m_deck, this);
    m_operationDesk = new OperationDesk(
        m_deck, *m_actions, *m_drawer,
        [this] {
            const bool isInSight = m_rail->current() == View::Operations;
            return OperationDesk::Meant{isInSight ? m_operations->current() : nullptr,
                                        selectedStamp()};
        },
        this);
    m_rail = new ViewRail(this);
    m_status = new StatusBar(m_deck, this);
    m_toast = new UndoToast(this);
    m_palette = new CommandPalette(m_deck, *m_actions, this);
    m_dimmer = new Dimmer(this);
    m_dimmer->setObjectName(u"dimmer"_s);
    m_dimmer->hide();
    addDocks();

    // Order of focus: search, tool bar, canvas, panel, drawer. The map was made before its bar.
    setTabOrder(m_tools->findChild<Button *>(u"fit"_s), m_map);

    connectParts();
    connectReplay();
    m_wordsLook.ask();
    m_survivalLook.ask();
    m_audit->verify();
    addSourceActions();
    updateActions();
    updateNotice();
    applyQuery();
    showView(View::Map);
    m_map->setFocus();
}

MainWindow::~MainWindow()
{
    remember();
    m_replay->disconnect();
    if (m_replay->isOpen()) { // feed and themes outlive the window
        m_replay->close();
        Themes::instance().setReplay(false);
    }
    m_map->setCarry(nullptr);
    m_map->setWhatIf(nullptr);
    // Whatever window comes after this one ends the program when it is closed.
    if (isInTray())
        QGuiApplication::setQuitOnLastWindowClosed(true);
}

void MainWindow::connectParts()
{
    FleetFeed &feed = m_deck.feed;
    connect(&feed, &FleetFeed::changed, m_map,
            [this](const ChangeSet &slice) { m_map->applyChanges(m_deck.feed.version(), slice); });
    connect(&feed, &FleetFeed::changed, this, [this](const ChangeSet &slice) {
        if (slice.sources || slice.stampsComeOrGo)
            updateNotice();
        if (slice.sources)
            addSourceActions();
        if (slice.stampsComeOrGo) {
            arrange(); // the panel of a large fleet is slim
            applyQuery();
        } else if (isLookedUp() && (!slice.stamps.empty() || !slice.tenants.empty())) {
            lookUpMatches();
        }
        if (slice.stampsComeOrGo || slice.tenantsComeOrGo)
            m_wordsLook.ask();
        if (slice.sources || slice.stampsComeOrGo || slice.tenantsComeOrGo)
            openWanted();
        if (!slice.stamps.empty() && m_deck.fleet().counts.stamps <= mostSurveyed)
            m_survivalLook.ask();
        if (!slice.operations.isEmpty())
            m_operationDesk->follow(slice);
        updateActions();
    });
    auto *ages = new QTimer(this);
    connect(ages, &QTimer::timeout, this, &MainWindow::updateNotice);
    ages->start(1000);

    connect(m_forecaster, &Forecaster::changed, this, &MainWindow::takeForecast);
    connect(m_rail, &ViewRail::currentChanged, this, &MainWindow::showView);
    // Whoever does something else meanwhile is not called back by a link.
    connect(m_rail, &ViewRail::currentChanged, this, &MainWindow::dropWanted);
    connect(m_top->search(), &QLineEdit::textEdited, this, &MainWindow::dropWanted);
    connect(m_map, &MapWidget::selectionChanged, this, &MainWindow::dropWanted);
    connect(m_operationDesk, &OperationDesk::dialogShown, this, [this](bool isShown) {
        if (isShown)
            dropWanted();
    });
    connect(m_carry, &CarryController::changed, this, &MainWindow::dropWanted);
    connect(m_whatIf, &WhatIf::changed, this, &MainWindow::dropWanted);
    connect(m_rail, &ViewRail::settingsPressed, this,
            &MainWindow::settingsRequested);
    connect(m_top->search(), &SearchBox::queryChanged, this, [this](const Query &query) {
        m_query = query;
        m_tenants->setQuery(query);
        m_stamps->setQuery(query);
        applyQuery();
    });
    connect(m_top, &TopBar::bellPressed, this, [this] {
        m_map->setSelection({});
        m_panelShown = true;
        arrange();
    });
    connect(m_attention, &AttentionPanel::stampActivated, this, &MainWindow::openStamp);
    connect(m_attention, &AttentionPanel::queryRequested, this, &MainWindow::narrowSearch);
    connect(m_attention, &AttentionPanel::refreshed, this, [this] {
        const FleetCounts &counts = m_deck.fleet().counts;
        m_top->setNews(counts.unhealthy > 0 || counts.stale > 0);
    });

    connect(m_incidents, &IncidentDesk::told, this, &MainWindow::tell);
    connect(m_incidents, &IncidentDesk::litChanged, this, &MainWindow::applyQuery);
    connect(m_incidents, &IncidentDesk::dialogShown, this, &MainWindow::dim);
    connect(m_incidents, &IncidentDesk::openCountChanged, this,
            [this](int count) { m_rail->setBadge(View::Incidents, count); });
    connect(m_incidents, &IncidentDesk::stampMenuRequested, this, &MainWindow::showStampMenu);
    connect(m_incidents, &IncidentDesk::stampActivated, this, [this](const QString &id) {
        m_rail->setCurrent(View::Map);
        openStamp(id);
    });
    connect(m_tools, &MapToolBar::queryRequested, this, &MainWindow::addToSearch);
    connect(m_tools, &MapToolBar::clearRequested, this, &MainWindow::clearSearch);
    for (const Table *table : {m_stamps->table(), m_tenants->table()})
        connect(table, &Table::emptyOfferTaken, this, &MainWindow::clearSearch);
    connect(m_map, &MapWidget::selectionChanged, this, [this] {
        const QList<int> selected = m_map->selection();
        if (selected.size() == 1) {
            m_stampPanel->setStamp(m_map->version()->stampId(selected.first()));
            m_panelShown = true;
        } else {
            m_stampPanel->setStamp({});
            m_panelShown = m_panelShown && !isNarrow();
        }
        updateActions();
        arrange();
    });
    connect(m_map, &MapWidget::activated, this,
            [this](int slot) { openStamp(m_map->version()->stampId(slot)); });
    connect(m_map, &MapWidget::menuRequested, this, &MainWindow::showStampMenu);
    connect(m_map, &MapWidget::drainRequested, this, [this](int slot) {
        ActionRequest request;
        request.kind = ActionKind::Drain;
        request.stamp = m_map->version()->stampId(slot);
        openPlan(request);
    });
    m_map->setEvacuates(m_deck.acts());
    connect(m_map, &MapWidget::evacuateRequested, this, &MainWindow::evacuate);
    connect(m_map, &MapWidget::regionMenuRequested, this, &MainWindow::showRegionMenu);
    connect(m_map, &MapWidget::createRequested, this, &MainWindow::openWizardIn);
    connect(m_status, &StatusBar::sourceActivated, this, &MainWindow::openDiagnostics);
    connect(m_status, &StatusBar::sourcesWanted, this, &MainWindow::showSourcesMenu);
    connect(m_stampPanel, &StampPanel::closed, this, [this] { m_map->setSelection({}); });
    connect(m_stampPanel, &StampPanel::planRequested, this, &MainWindow::openPlan);
    connect(m_stampPanel, &StampPanel::told, this, &MainWindow::tell);
    connect(m_stampPanel, &StampPanel::verbRequested, m_operationDesk, &OperationDesk::ask);
    connect(m_stampPanel, &StampPanel::widthWanted, this, [this](int width) {
        m_panelWidth = std::min(width, std::max(StampPanel::minWidth, this->width() - 480));
        arrange();
    });
    connect(m_stamps, &StampsView::stampsSelected, this, [this](const QStringList &ids) {
        QList<int> chosen;
        for (const QString &id : ids) {
            if (const int slot = m_deck.fleet().stampIndex.value(id); slot >= 0)
                chosen.append(slot);
        }
        m_map->setSelection(chosen);
    });
    connect(m_stamps, &StampsView::stampActivated, this, [this](const QString &id) {
        m_rail->setCurrent(View::Map);
        openStamp(id);
        if (const int slot = m_deck.fleet().stampIndex.value(id); slot >= 0)
            m_map->ensureVisible(slot);
    });
    connect(m_stamps->table(), &Table::menuWanted, this, [this](QMenu *menu, const QModelIndex &index) {
        const QString id = m_stamps->model().idAt(index.row());
        // Of several that are selected it is about the one that was pointed at.
        if (const int slot = m_deck.fleet().stampIndex.value(id); slot >= 0)
            m_map->setCurrent(slot);
        updateActions();
        addStampActions(*menu, id);
    });
    for (TenantsView *view : {m_tenants, m_stampPanel->tenants()}) {
        connect(view->table(), &Table::menuWanted, this, [this, view](QMenu *menu) {
            QAction *cut = menu->addAction(m_actions->action(u"tenants.cut"_s)->icon(),
                                           tr("Move…"), QKeySequence(QKeySequence::Cut));
            cut->setEnabled(m_deck.acts());
            connect(cut, &QAction::triggered, view, &TenantsView::cut);
        });
    }
    for (Table *table : tables())
        connect(table, &Table::told, this, &MainWindow::tell);
    connect(m_tenants, &TenantsView::stampActivated, this, [this](const QString &id) {
        m_rail->setCurrent(View::Map);
        openStamp(id);
    });
    connect(m_operations, &OperationsView::verbRequested, m_operationDesk, &OperationDesk::ask);
    connect(m_operations, &OperationsView::currentChanged, this, &MainWindow::updateActions);
    connect(m_operations->table(), &Table::menuWanted, this, [this](QMenu *menu) {
        for (const QString &id : {u"operation.pause"_s, u"operation.resume"_s,
                                  u"operation.cancel"_s, u"operation.rollBack"_s,
                                  u"replay.operation"_s})
            m_actions->addTo(*menu, id);
        const OperationPtr chosen = m_operations->current();
        QAction *undo = menu->addAction(m_actions->action(u"operation.undo"_s)->icon(),
                                        tr("Undo the operation"));
        undo->setEnabled(chosen && verbsOf(*chosen).contains(OperationVerb::Undo)
                         && Guard::whyNotControlled(m_deck, chosen->id).isEmpty());
        connect(undo, &QAction::triggered, this, [this, chosen] {
            m_operationDesk->ask(chosen->id, OperationVerb::Undo);
        });
    });

    connect(m_carry, &CarryController::changed, this, [this] {
        // From a table one goes to where it can be put.
        if (m_carry->isActive())
            m_rail->setCurrent(View::Map);
        if (m_carry->mode() == CarryController::Mode::Cut)
            m_map->setFocus();
        const bool begins = m_carry->isActive() && m_carryPanel->isHidden() && !m_carryHidden;
        m_carryHidden = m_carryHidden && m_carry->isActive();
        m_dodges = m_dodges && m_carry->isActive();
        updateActions();
        arrange();
        const int slot = m_map->currentSlot();
        if (begins && m_carry->mode() == CarryController::Mode::Drag)
            dodge(m_map->mapFromGlobal(QPointF(QCursor::pos())));
        else if (begins && slot >= 0)
            dodge(m_map->tileRect(slot).center());
    });
    connect(m_map, &MapWidget::handMoved, this, &MainWindow::dodge);
    // A quick hand is there before it is seen to come.
    connect(m_carryPanel, &CarryPanel::dragEntered, this, [this](const QPoint &at) {
        dodge(m_map->mapFromGlobal(QPointF(m_carryPanel->mapToGlobal(at))));
    });
    connect(m_carry, &CarryController::lost, this,
            [this](const QString &text) { tell(text, Outcome::Failed); });
    connect(m_operationDesk, &OperationDesk::told, m_toast, &UndoToast::show);
    connect(m_operationDesk, &OperationDesk::dialogShown, this, &MainWindow::dim);
    connect(m_operationDesk, &OperationDesk::changed, this, &MainWindow::updateActions);
    connect(m_operationDesk, &OperationDesk::planClosed, m_map, [this] { m_map->setFocus(); });
    // It happens now.
    connect(m_operationDesk, &OperationDesk::planStarted, m_whatIf, &WhatIf::end);
    connect(m_operationDesk, &OperationDesk::fixRequested, this,
            [this](const Refusal &refusal) { mend(refusal.subject, refusal); });
    connect(m_operationDesk, &OperationDesk::cutOffChanged, this, [this] {
        const int count = int(m_operationDesk->cutOff().size());
        m_status->setJournal(count == 0 ? tr("journal clean")
                                        : tr("%Ln operation(s) cut off", nullptr, count));
    });
    connect(m_operationDesk, &OperationDesk::ended, this, [this] {
        m_closing = true;
        close();
    });
    connectWhatIf();
    connect(m_banner, &CarryBanner::mendRequested, this, &MainWindow::mend);
    // A drop comes from inside the drag's own event loop: the plan opens when that has ended.
    connect(m_carry, &CarryController::dropped, this, &MainWindow::openPlan, Qt::QueuedConnection);

    connect(m_drawer, &OperationsDrawer::heightChanged, this, &MainWindow::arrange);
    m_operationDesk->setNoticed(
        [this] { return m_toast->isVisible() ? m_toast->operation() : QString(); });
    connect(m_toast, &UndoToast::undoPressed, this, [this](const QString &operation) {
        m_map->setFocus(); // the button that asked is gone
        m_operationDesk->undo(operation);
    });
    connect(m_palette, &CommandPalette::stampChosen, this, [this](const QString &id) {
        m_rail->setCurrent(View::Map);
        openStamp(id);
    });
    connect(m_palette, &CommandPalette::tenantChosen, this, [this](const QString &id) {
        m_rail->setCurrent(View::Tenants);
        m_top->search()->setText(Query::term(u"tenant"_s, nameOfStamp(id)));
    });
    connect(m_notice, &NoticeStrip::retryPressed, this, [this] {
        if (m_refresh)
            m_refresh({});
    });
    connect(m_empty, &EmptyView::demoRequested, this, &MainWindow::demoRequested);
    connect(m_empty, &EmptyView::sourceRequested, this, &MainWindow::sourcesRequested);
    connect(m_empty, &EmptyView::configurationRequested, this, &MainWindow::configurationRequested);

    connect(&m_deck.runner, &OperationRunner::operationChanged, this,
            [this] { m_audit->refresh(); });
    const auto chain = [this] {
        if (!m_audit->chain())
            return;
        const bool isBroken = !*m_audit->chain();
        m_status->setAudit(isBroken ? tr("Audit chain broken") : tr("Audit chain verified"),
                           isBroken);
    };
    connect(m_audit, &AuditModel::verified, this, chain);
}

void MainWindow::setConfigurationFault(const QString &message)
{
    m_fault->setNotice(
        message.isEmpty() ? QString() : tr("%1. The last good fleet stays.").arg(message), message);
    arrange();
}

void MainWindow::setTrouble(const QString &name, const QString &line, const QString &details)
{
    if (line.isEmpty())
        m_troubles.remove(name);
    else
        m_troubles.insert(name, {line, details});
    updateNotice();
}

void MainWindow::setNoticeTime(std::chrono::milliseconds time)
{
    m_toast->setTime(time);
}

void MainWindow::tell(const QString &text, Outcome outcome)
{
    m_toast->show(text, {}, outcome);
}

void MainWindow::setRefresh(const std::function<void(const QString &)> &refresh)
{
    m_refresh = refresh;
}

// The map's slots are those of the version that it shows: a newer one may have come that it has not
// been told of yet.
QString MainWindow::selectedStamp() const
{
    const QList<int> selected = m_map->selection();
    if (selected.size() == 1)
        return m_map->version()->stampId(selected.first());
    const int current = m_map->currentSlot();
    return current >= 0 ? m_map->version()->stampId(current) : m_stampPanel->stamp();
}

void MainWindow::updateNotice()
{
    const std::chrono::milliseconds now = m_deck.clock.elapsed();
    QString worst;
    QString details;
    int count = 0;
    const QList<FeedState> sources = m_deck.fleet().everySource();
    for (const FeedState &source : sources) {
        const QString line = noticeOf(source, now);
        if (line.isEmpty())
            continue;
        ++count;
        if (worst.isEmpty()) {
            worst = line;
            details = noticeDetailsOf(source);
        } else {
            details += u"\n\n" + noticeDetailsOf(source);
        }
    }
    if (count > 1)
        worst += u' ' + tr("And %Ln more source(s).", nullptr, count - 1);
    for (const auto &[line, more] : std::as_const(m_troubles)) {
        worst += worst.isEmpty() ? line : u' ' + line;
        details += details.isEmpty() ? more : u"\n\n" + more;
    }
    const bool wasHidden = m_notice->isHidden();
    m_notice->setNotice(worst, details, count > 0 && m_refresh != nullptr && !m_deck.feed.isPast());

    const FleetVersion &fleet = m_deck.fleet();
    const bool isMap = m_rail->current() == View::Map;
    const auto isNamed = [](const SourceState &source) { return !source.name.isEmpty(); };
    if (std::none_of(fleet.sources.begin(), fleet.sources.end(), isNamed)) {
        m_empty->show(tr("No source yet"),
                      tr("Name one in fleet.yaml, or look around in a fleet that lives in this "
                         "program only."),
                      EmptyView::Offer::DemoAndConfiguration);
    } else if (fleet.stampIndex.size() == 0) {
        QStringList reading;
        QStringList failing;
        QString advice;
        for (const SourceState &source : fleet.sources) {
            if (!isNamed(source))
                continue;
            if (source.error) {
                failing.append(source.name);
                if (advice.isEmpty())
                    advice = noticeDetailsOf(source).section(u'\n', -1);
            } else if (!source.answered) {
                reading.append(source.name);
            }
        }
        if (!reading.isEmpty()) {
            m_empty->show(tr("Reading"), tr("%1 has not answered yet.").arg(reading.join(u", ")),
                          EmptyView::Offer::Nothing);
        } else if (!failing.isEmpty()) {
            m_empty->show(tr("%1 cannot be read").arg(failing.join(u", ")), advice,
                          EmptyView::Offer::Configuration);
        } else {
            m_empty->show(tr("No stamp yet"), tr("No source tells of a stamp."),
                          EmptyView::Offer::Nothing);
        }
    } else {
        m_empty->hide();
    }
    m_empty->setVisible(isMap && fleet.stampIndex.size() == 0);
    if (wasHidden != m_notice->isHidden())
        arrange();
}

void MainWindow::applyQuery()
{
    const FleetCounts &counts = m_deck.fleet().counts;
    if (m_query.isEmpty()) {
        ++m_asked;
        m_map->setMatches(m_incidents->lit());
        m_top->search()->setHits({});
        QSet<QString> regions;
        // The group heads say the rest; of a large fleet regions are not counted at each change.
        if (counts.stamps <= 5000) {
            m_deck.fleet().eachStamp(
                [&regions](int, const StampEntry &entry) { regions.insert(entry.stamp->region); });
        }
        m_tools->setMatches(regions.isEmpty()
                                ? Format::stamps(counts.stamps)
                                //: %1 is “48 stamps”
                                : tr("%1, %Ln region(s)", nullptr, int(regions.size()))
                                      .arg(Format::stamps(counts.stamps)));
        return;
    }
    if (!m_query.fault().isEmpty()) {
        ++m_asked;
        m_map->setMatches(QSet<int>());
        m_top->search()->setHits(Format::count(0));
        m_tools->setMatches(noHitText(m_query), true);
        return;
    }
    lookUpMatches();
}

void MainWindow::lookUpMatches()
{
    if (m_looking) {
        m_lookAgain = true;
        return;
    }
    m_looking = true;
    m_lookAgain = false;
    const quint64 mine = ++m_asked;
    whenDone(QtConcurrent::run([version = m_deck.feed.version(), query = m_query] {
                 return filterStamps(*version, query);
             }),
             this, [this, mine](const std::vector<int> &slots_) {
                 m_looking = false;
                 if (mine == m_asked && isLookedUp()) {
                     m_map->setMatches(QSet<int>(slots_.begin(), slots_.end()));
                     const QString hits = Format::count(qint64(slots_.size()));
                     m_top->search()->setHits(hits);
                     m_tools->setMatches(
                         slots_.empty()
                             ? noHitText(m_query)
                             : tr("%1 of %Ln stamp(s)", nullptr, m_deck.fleet().counts.stamps)
                                   .arg(hits),
                         slots_.empty());
                 }
                 if (m_lookAgain || mine != m_asked) {
                     m_lookAgain = false;
                     if (isLookedUp())
                         lookUpMatches();
                 }
             });
}

// Which regions would survive the loss of their fullest stamp: beside the names of the groups.
void MainWindow::lookAtSurvival()
{
    const FleetVersionPtr of = m_deck.feed.version();
    whenDone(QtConcurrent::run([of] { return surveyOf(of); }),
             this, [this, serial = of->serial](const Survey &survey) {
                 m_surveyed = serial;
                 QHash<QString, MapGroupNote> notes = survey.notes;
                 addForecast(notes, m_forecaster->forecast());
                 m_map->setGroupNotes(notes);
                 m_attention->setSurvival(survey.regions);
                 Q_EMIT surveyed();
                 // At the most a twentieth of the time goes into it. Of an empty fleet more will be known soon.
                 m_survivalLook.done(
                     survey.regions.empty()
                         ? std::chrono::milliseconds(0)
                         : std::max(std::chrono::milliseconds(2'000), survey.took * 20));
             });
}

void MainWindow::takeForecast()
{
    const FleetForecast &forecast = m_forecaster->forecast();
    QHash<QString, MapGroupNote> notes = m_map->groupNotes();
    addForecast(notes, forecast);
    m_map->setGroupNotes(notes);
    m_attention->setForecast(forecast);
    m_stampPanel->setForecast(forecast);
}

// It reads the whole fleet, of which more may come at any moment.
void MainWindow::learnWords()
{
    whenDone(QtConcurrent::run([version = m_deck.feed.version()] {
                 return makeDisposable<QueryVocabulary>(*version);
             }),
             this, [this](const std::shared_ptr<const QueryVocabulary> &words) {
                 m_top->search()->setVocabulary(words);
                 QStringList labels = words->labelKeys();
                 if (!words->values(QueryField::Zone).isEmpty() && !labels.contains(u"zone"_s))
                     labels.prepend(u"zone"_s);
                 m_tools->setLabelKeys(labels);
                 listRegions(words->values(QueryField::Region));
                 m_wordsLook.done(std::chrono::seconds(1));
             });
}

void MainWindow::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), Theme::current()[Token::BgWindow]);
}

void MainWindow::keyPressEvent(QKeyEvent *event)
{
    if (event->key() != Qt::Key_Escape) {
        QWidget::keyPressEvent(event);
        return;
    }
    if (m_carry->isActive())
        m_carry->putBack();
    else if (m_whatIf->isActive())
        m_whatIf->end();
    else if (!m_stampPanel->stamp().isEmpty())
        m_map->setSelection({});
    else if (isNarrow() && m_panelShown) {
        m_panelShown = false; // it lay over the map; where there is room beside it, it comes back
        arrange();
    }
}

void MainWindow::showView(View view)
{
    if (view != View::Map) {
        m_views->setCurrentIndex(int(view) - 1);
        if (Table *table = tableInSight())
            table->setFocus();
        else if (view == View::Incidents)
            m_incidents->list()->view()->setFocus();
    }
    m_actions->setReason(u"table.export"_s, tableInSight() ? QString() : tr("no table is in sight"));
    updateActions();
    updateNotice();
    arrange();
    m_incidents->setActive(view == View::Incidents);
}

QList<Table *> MainWindow::tables() const
{
    return {m_stamps->table(), m_tenants->table(), m_operations->table(), m_auditView->table()};
}

Table *MainWindow::tableInSight() const
{
    const QList<Table *> all = tables();
    const auto seen = std::find_if(all.begin(), all.end(), [this](Table *table) {
        return m_rail->current() != View::Map && m_views->currentWidget()->isAncestorOf(table);
    });
    return seen == all.end() ? nullptr : *seen;
}

void MainWindow::evacuate(const QString &region)
{
    ActionRequest request;
    request.kind = ActionKind::Evacuate;
    request.region = region;
    openPlan(request);
}

void MainWindow::addToSearch(const QString &query)
{
    const QString before = m_top->search()->text().trimmed();
    if (before == query || before.endsWith(u' ' + query))
        return;
    // What was alternatives stays so.
    const QString kept = before.contains(u" OR "_s) ? u'(' + before + u')' : before;
    m_top->search()->setText(kept.isEmpty() ? query : kept + u' ' + query);
}

void MainWindow::narrowSearch(const QString &query)
{
    // What an earlier press there has added gives way: no stamp is in two regions.
    const QString text = m_top->search()->text().trimmed();
    if (!m_narrowedBy.isEmpty() && text.endsWith(m_narrowedBy))
        m_top->search()->setText(text.chopped(m_narrowedBy.size()).trimmed());
    m_narrowedBy = query;
    addToSearch(query);
}

void MainWindow::clearSearch()
{
    m_top->search()->clear();
    // The button that asked is gone.
    if (Table *table = tableInSight())
        table->setFocus();
    else
        m_map->setFocus();
}

void MainWindow::zoomToRegion(const QString &region)
{
    m_rail->setCurrent(View::Map);
    if (m_map->grouping() != MapGroupBy::Region)
        m_map->setGrouping(MapGroupBy::Region);
    m_map->openGroup(region);
}

void MainWindow::connectWhatIf()
{
    connect(m_whatIf, &WhatIf::changed, this, [this] {
        if (m_whatIf->isActive() && m_carry->isActive())
            m_carry->putBack();
        updateActions();
        arrange();
    });
    connect(m_carry, &CarryController::changed, this, [this] {
        if (m_carry->isActive())
            m_whatIf->end();
    });
    connect(m_whatIfPanel, &WhatIfPanel::stampActivated, this, [this](const QString &id) {
        if (const int slot = m_deck.fleet().stampIndex.value(id); slot >= 0) {
            m_map->setFocus();
            m_map->setCurrent(slot);
            m_map->ensureVisible(slot);
        }
    });
    connect(m_whatIfBanner, &WhatIfBanner::evacuateRequested, this, &MainWindow::evacuate);
    connect(m_whatIfBanner, &WhatIfBanner::drainRequested, this, [this](const QString &stamp) {
        ActionRequest request;
        request.kind = ActionKind::Drain;
        request.stamp = stamp;
        openPlan(request);
    });
}

void MainWindow::whatIfSelected(bool wholeRegion)
{
    if (wholeRegion) {
        if (const StampEntry *entry = m_deck.stamp(selectedStamp()))
            whatIfRegion(entry->stamp->region);
        return;
    }
    QStringList stamps;
    for (const int slot : m_map->selection())
        stamps.append(m_map->version()->stampId(slot));
    if (stamps.isEmpty())
        stamps.append(selectedStamp());
    m_rail->setCurrent(View::Map);
    m_whatIf->start(stamps);
    m_map->setFocus();
}

void MainWindow::whatIfRegion(const QString &region)
{
    QStringList stamps;
    m_deck.fleet().eachStamp([&](int, const StampEntry &entry) {
        if (entry.stamp->region == region)
            stamps.append(entry.id);
    });
    m_rail->setCurrent(View::Map);
    m_whatIf->start(stamps);
    m_map->setFocus();
}

void MainWindow::openDiagnostics(const QString &source)
{
    auto *dialog = new DiagnosticsDialog(m_deck, source, this);
    connect(dialog, &DiagnosticsDialog::refreshRequested, this, [this](const QString &name) {
        if (m_refresh)
            m_refresh(name);
    });
    connect(dialog, &QDialog::finished, this, [this] { dim(false); });
    dim(true);
    dialog->open();
}

void MainWindow::compareSelected()
{
    QStringList ids;
    for (const int slot : m_map->selection())
        ids.append(m_map->version()->stampId(slot));
    if (ids.size() < 2)
        return;
    m_stampPanel->setStamp(ids.first());
    m_stampPanel->charts()->setCompared(ids.mid(1));
    m_stampPanel->setTab(StampPanel::Tab::Charts);
    m_panelShown = true;
    arrange();
}

void MainWindow::openIncident(const QString &id)
{
    if (m_deck.feed.isPast())
        m_replay->close();
    m_rail->setCurrent(View::Incidents);
    m_incidents->open(id);
}

void MainWindow::openStamp(const QString &id)
{
    const int slot = m_deck.fleet().stampIndex.value(id);
    if (slot < 0)
        return;
    m_map->setSelection({slot});
    m_map->setCurrent(slot);
    m_stampPanel->setStamp(id);
    m_panelShown = true;
    if (m_rail->current() == View::Stamps)
        m_stamps->select(id);
    arrange();
}

void MainWindow::cutSelection()
{
    if (m_rail->current() == View::Tenants) {
        m_tenants->cut();
        return;
    }
    if (!m_map->hasFocus() && !m_stampPanel->stamp().isEmpty()
        && !m_stampPanel->tenants()->table()->selectedIds().isEmpty()) {
        m_stampPanel->tenants()->cut();
        return;
    }
    const bool hasStamps =
        m_rail->current() == View::Map || m_rail->current() == View::Stamps;
    if (hasStamps && !m_map->selection().isEmpty()) {
        m_map->cutSelected();
        return;
    }
    // Nothing is selected: this is where one does it.
    m_rail->setCurrent(View::Tenants);
}

void MainWindow::dim(bool on)
{
    // One that goes may have brought up another.
    const QList<FrameDialog *> dialogs = findChildren<FrameDialog *>();
    m_dimmer->setVisible(on
                         || std::any_of(dialogs.begin(), dialogs.end(), [](const QDialog *dialog) {
                                return !dialog->isHidden();
                            }));
    if (on)
        m_dimmer->raise();
}

PlanDialog *MainWindow::openPlan(const ActionRequest &request)
{
    return m_operationDesk->openPlan(request);
}

CreateWizard *MainWindow::openWizard()
{
    const StampEntry *near = m_deck.stamp(selectedStamp());
    return openWizardIn(near ? near->stamp->region : QString());
}

CreateWizard *MainWindow::openWizardIn(const QString &region)
{
    return m_operationDesk->openWizardIn(region);
}

void MainWindow::setCutOff(const QStringList &operations)
{
    m_operationDesk->setCutOff(operations);
}

bool MainWindow::hasRunningOperations() const
{
    return !m_operationDesk->running().isEmpty();
}

WindowHold MainWindow::hold() const
{
    // A drag of a table's rows carries nothing before it comes over the map.
    if (m_carry->isActive() || findChild<QDrag *>())
        return WindowHold::Carry;
    const QList<QDialog *> dialogs = findChildren<QDialog *>();
    if (std::any_of(dialogs.begin(), dialogs.end(),
                    [](const QDialog *dialog) { return !dialog->isHidden(); }))
        return WindowHold::Dialog;
    return hasRunningOperations() ? WindowHold::Operation : WindowHold::Nothing;
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (!hasRunningOperations() || m_closing) {
        event->accept();
        Q_EMIT closed();
        return;
    }
    event->ignore();
    auto *dialog = new ClosingDialog(m_deck, m_operationDesk->running(), this);
    connect(dialog, &ClosingDialog::keepChosen, this, &MainWindow::keepInTray);
    connect(dialog, &ClosingDialog::endChosen, m_operationDesk, &OperationDesk::endAll);
    connect(dialog, &QDialog::finished, this, [this] { dim(false); });
    dim(true);
    dialog->open();
}

void MainWindow::openSources(const SourcesAccess &access)
{
    auto *dialog = new SourcesDialog(access, this);
    connect(dialog, &QDialog::finished, this, [this] { dim(false); });
    dim(true);
    dialog->open();
}

void MainWindow::openSettings(SettingsAccess access)
{
    access.views = m_saved.keys();
    auto *dialog = new SettingsDialog(access, this);
    connect(dialog, &SettingsDialog::sourcesWanted, this, &MainWindow::sourcesRequested);
    connect(dialog, &SettingsDialog::keysWanted, m_actions->action(u"keys"_s), &QAction::trigger);
    connect(dialog, &SettingsDialog::fileWanted, this, &MainWindow::configurationRequested);
    connect(dialog, &SettingsDialog::viewForgotten, this, &MainWindow::forgetView);
    connect(dialog, &QDialog::finished, this, [this] { dim(false); });
    dim(true);
    dialog->open();
}

void MainWindow::mend(const QString &stamp, const Refusal &refusal)
{
    m_carry->putBack();
    m_map->setFocus(); // the button that asked is gone
    openStamp(stamp);
    // The dialog that asked is still on its way out.
    if (refusal.code == u"not-drained") {
        ActionRequest drain;
        drain.kind = ActionKind::Drain;
        drain.stamp = stamp;
        QTimer::singleShot(0, this, [this, drain] { openPlan(drain); });
    } else if (refusal.code == u"capacity")
        m_stampPanel->setTab(StampPanel::Tab::Components);
    else
        QTimer::singleShot(0, this, [this] { m_actions->action(u"stamp.uncordon"_s)->trigger(); });
}

void MainWindow::changeEvent(QEvent *event)
{
    // Whoever ends the session may not let the window end by itself.
    if (event->type() == QEvent::ActivationChange && !isActiveWindow())
        remember();
    QWidget::changeEvent(event);
}

QSystemTrayIcon &MainWindow::tray()
{
    if (!m_tray) {
        m_tray = new QSystemTrayIcon(trayIcon({}, 0), this);
        auto *menu = new QMenu(this);
        connect(menu->addAction(tr("Open Stampdeck")), &QAction::triggered, this,
                &MainWindow::comeBack);
        connect(m_tray, &QSystemTrayIcon::activated, this, &MainWindow::comeBack);
        m_tray->setContextMenu(menu);
    }
    return *m_tray;
}

void MainWindow::setTray(const QIcon &icon, const QString &words)
{
    if (!QSystemTrayIcon::isSystemTrayAvailable())
        return;
    m_trayStays = true;
    tray().setIcon(icon);
    tray().setToolTip(words);
    tray().show();
}

void MainWindow::keepInTray()
{
    if (!m_trayStays)
        tray().setToolTip(tr("Stampdeck: operations run"));
    tray().show();
    // Without a window the program would end.
    QGuiApplication::setQuitOnLastWindowClosed(false);
    hide();
}

bool MainWindow::isInTray() const
{
    return m_tray && m_tray->isVisible() && !isVisible();
}

void MainWindow::comeBack()
{
    show();
    raise();
    activateWindow();
    QGuiApplication::setQuitOnLastWindowClosed(true);
    if (m_tray && !m_trayStays)
        m_tray->hide();
}

} // namespace Stampdeck

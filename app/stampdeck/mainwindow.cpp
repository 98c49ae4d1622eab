// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow.h"

#include "dockwindow.h"
#include "incidentdesk.h"
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
#include "widgets/icons.h"
#include "widgets/incidentdetail.h"
#include "widgets/incidentlist.h"
#include "widgets/maptoolbar.h"
#include "widgets/mapwidget.h"
#include "widgets/metriccharts.h"
#include "widgets/motion.h"
#include "widgets/namedialog.h"
#include "widgets/operationsdrawer.h"
#include "widgets/plandialog.h"
#include "widgets/rehearsedialog.h"
#include "widgets/replaybar.h"
#include "widgets/shortcutsdialog.h"
#include "widgets/stamppanel.h"
#include "widgets/tablesview.h"
#include "widgets/thennowpanel.h"
#include "widgets/textsize.h"
#include "widgets/themes.h"
#include "widgets/topbar.h"
#include "widgets/verbdialog.h"
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
#include <QtGui/QClipboard>
#include <QtGui/QCloseEvent>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtGui/QWindow>
#include <QtWidgets/QApplication>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QListView>
#include <QtWidgets/QMenu>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QSystemTrayIcon>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int topHeight = 52;
constexpr int railWidth = 64;
constexpr int toolHeight = 44;
constexpr int statusHeight = 26;
constexpr int noticeHeight = 36;
constexpr int attentionWidth = 320;
constexpr int slimWidth = 252; ///< Of a large fleet, whose map needs all the room.
constexpr int largeFleet = 10'000; ///< Stamps.
constexpr int overlayWidth = 360;
constexpr int thenNowWidth = 400;
constexpr float dimming = 0.66F; ///< Of the window below a dialog.
constexpr int mostAtOnce = 200; ///< Stamps that are cordoned or drained by one plan.
constexpr int mostSurveyed = 20'000; ///< Stamps; of more it would never be up to date.

using View = ViewRail::View;

bool canHaveFocus(const QWidget *widget)
{
    return (widget->focusPolicy() & Qt::TabFocus) && widget->isVisible() && widget->isEnabled();
}

} // namespace

/// The window below a dialog: 66% black, one fill.
class MainWindow::Dimmer final : public QWidget
{
public:
    using QWidget::QWidget;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QColor dim = Theme::current()[Token::Dim];
        dim.setAlphaF(dimming);
        QPainter(this).fillRect(rect(), dim);
    }
};

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
    m_rail = new ViewRail(this);
    m_status = new StatusBar(m_deck, this);
    m_toast = new UndoToast(this);
    m_palette = new CommandPalette(m_deck, *m_actions, this);
    m_dimmer = new Dimmer(this);
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

void MainWindow::rememberIn(const QString &file)
{
    m_memory = std::make_unique<QSettings>(file, QSettings::IniFormat);
    restoreGeometry(m_memory->value(u"window/geometry"_s).toByteArray());
    m_panelWidth = std::clamp(m_memory->value(u"window/panel"_s, m_panelWidth).toInt(),
                              StampPanel::minWidth, 4'000);
    m_panelWindow->restoreGeometry(m_memory->value(u"window/panelWindow"_s).toByteArray());
    m_drawerWindow->restoreGeometry(m_memory->value(u"window/drawerWindow"_s).toByteArray());
    const QString side = m_memory->value(u"window/panelSide"_s).toString();
    m_panelSide = side == u"left" ? PanelPlace::Left : PanelPlace::Right;
    setPanelPlace(m_memory->value(u"window/panelFloats"_s).toBool() ? PanelPlace::Window
                                                                   : m_panelSide);
    setDrawerFloats(m_memory->value(u"window/drawerFloats"_s).toBool());
    if (const auto grouping = mapGroupingFromString(m_memory->value(u"map/group"_s).toString()))
        m_map->setGrouping(*grouping);
    if (const auto arrangement =
            mapArrangementFromString(m_memory->value(u"map/arrangement"_s).toString()))
        m_map->setArrangement(*arrangement);
    if (const auto colour = mapColourFromString(m_memory->value(u"map/colour"_s).toString()))
        m_map->setColour(*colour);
    for (int at = m_memory->beginReadArray(u"views"_s); at > 0; --at) {
        m_memory->setArrayIndex(at - 1);
        const QString name = m_memory->value(u"name"_s).toString();
        const auto link = viewLinkFromString(m_memory->value(u"link"_s).toString());
        if (link && !name.isEmpty()) {
            m_saved.insert(name, *link);
            listView(name);
        }
    }
    m_memory->endArray();
    for (Table *table : tables())
        table->setLayout(m_memory->value(u"tables/"_s + table->objectName()).toByteArray());
    m_handOver = {m_memory->value(u"handOver/notes"_s).toString(),
                  m_memory->value(u"handOver/hours"_s, m_handOver.hours).toInt()};
    m_memory->beginGroup(u"keys"_s);
    for (const QString &id : m_memory->childKeys())
        m_actions->setKeys(id, QKeySequence::fromString(m_memory->value(id).toString(),
                                                        QKeySequence::PortableText));
    m_memory->endGroup();
    arrange();
}

void MainWindow::remember()
{
    if (!m_memory)
        return;
    m_memory->setValue(u"window/geometry"_s, saveGeometry());
    m_memory->setValue(u"window/panel"_s, m_panelWidth);
    m_memory->setValue(u"window/panelSide"_s,
                       m_panelSide == PanelPlace::Left ? u"left"_s : u"right"_s);
    m_memory->setValue(u"window/panelFloats"_s, m_panelPlace == PanelPlace::Window);
    m_memory->setValue(u"window/panelWindow"_s, m_panelWindow->saveGeometry());
    m_memory->setValue(u"window/drawerFloats"_s, m_drawerFloats);
    m_memory->setValue(u"window/drawerWindow"_s, m_drawerWindow->saveGeometry());
    m_memory->setValue(u"map/arrangement"_s, toString(m_map->arrangement()));
    m_memory->setValue(u"map/group"_s, toString(m_map->sheetGrouping()));
    m_memory->setValue(u"map/colour"_s, toString(m_map->colour()));
    for (const Table *table : tables())
        m_memory->setValue(u"tables/"_s + table->objectName(), table->layout());
    m_memory->setValue(u"handOver/notes"_s, m_handOver.notes);
    m_memory->setValue(u"handOver/hours"_s, m_handOver.hours);
    m_memory->remove(u"keys"_s);
    for (const QAction *action : m_actions->actions()) {
        if (action->shortcut() != ActionRegistry::firstKeysOf(action))
            m_memory->setValue(u"keys/"_s + ActionRegistry::idOf(action),
                               action->shortcut().toString(QKeySequence::PortableText));
    }
    m_memory->remove(u"views"_s);
    m_memory->beginWriteArray(u"views"_s, int(m_saved.size()));
    int at = 0;
    for (auto view = m_saved.cbegin(); view != m_saved.cend(); ++view) {
        m_memory->setArrayIndex(at++);
        m_memory->setValue(u"name"_s, view.key());
        m_memory->setValue(u"link"_s, toString(*view));
    }
    m_memory->endArray();
}

ViewLink MainWindow::link() const
{
    ViewLink link;
    link.view = viewNames()[int(m_rail->current())];
    link.query = m_top->search()->text().trimmed();
    link.arrangement = toString(m_map->arrangement());
    link.group = toString(m_map->shownGrouping());
    link.colour = toString(m_map->colour());
    link.stamp = m_stampPanel->stamp();
    if (m_replay->isOpen())
        link.at = toRfc3339(m_replay->moment());
    return link;
}

void MainWindow::openLink(const ViewLink &link)
{
    m_rail->setCurrent(View(std::max(0, int(viewNames().indexOf(link.view)))));
    QStringList unknown;
    if (const auto arrangement = mapArrangementFromString(link.arrangement))
        m_map->setArrangement(*arrangement);
    else if (!link.arrangement.isEmpty())
        unknown.append(link.arrangement);
    if (const auto grouping = mapGroupingFromString(link.group))
        m_map->setGrouping(*grouping);
    else if (!link.group.isEmpty())
        unknown.append(link.group);
    if (const auto colour = mapColourFromString(link.colour))
        m_map->setColour(*colour);
    else if (!link.colour.isEmpty())
        unknown.append(link.colour);
    m_top->search()->setText(link.query);
    const auto stop = std::find_if(allStops.begin(), allStops.end(), [&link](Stop each) {
        return QString::number(stopWidth(each)) == link.zoom;
    });
    m_zoomChosen = stop != allStops.end();
    if (m_zoomChosen)
        m_map->setStop(*stop);
    else if (!link.zoom.isEmpty())
        unknown.append(link.zoom);
    m_wanted = link;
    if (m_wanted.stamp.isEmpty())
        m_map->setSelection({});
    if (!link.plan.isEmpty()
        && (!actionKindFromString(link.plan) || link.stamp.isEmpty())) {
        unknown.append(link.plan);
        m_wanted.plan.clear();
    }
    openWanted();
    if (const auto moment = fromRfc3339(link.at))
        lookAt(*moment);
    else
        m_replay->close();
    if (!unknown.isEmpty())
        m_toast->show(tr("The link asks for %1, which is not known here").arg(unknown.join(u", "_s)),
                      {});
}

void MainWindow::openLink(const QString &text)
{
    const Result<ViewLink> link = viewLinkFromString(text);
    if (link)
        openLink(*link);
    else
        m_toast->show(tr("The link cannot be opened: %1").arg(link.error().message), {});
    if (isHidden())
        comeBack();
    setWindowState(windowState() & ~Qt::WindowMinimized);
    raise();
    activateWindow();
}

// A stamp or a tenant may be told of later than the link was opened.
void MainWindow::openWanted()
{
    if (!m_wanted.stamp.isEmpty()) {
        const int slot = m_deck.fleet().stampIndex.value(m_wanted.stamp);
        if (slot < 0)
            return;
        const QString id = std::exchange(m_wanted.stamp, {});
        openStamp(id);
        m_map->ensureVisible(slot);
        if (const auto kind = actionKindFromString(std::exchange(m_wanted.plan, {}))) {
            ActionRequest request;
            request.kind = *kind;
            request.stamp = id;
            openPlan(request);
        }
    }
    if (!m_wanted.carry.isEmpty()) {
        const QStringList tenants = m_wanted.carry.split(u',', Qt::SkipEmptyParts);
        const bool areKnown =
            std::all_of(tenants.begin(), tenants.end(), [this](const QString &tenant) {
                return m_deck.fleet().tenantIndex.value(tenant) >= 0;
            });
        if (!areKnown)
            return;
        m_wanted.carry.clear();
        if (const auto carried = m_carry->pickUp(tenants, CarryController::Mode::Cut); !carried)
            m_toast->show(carried.error().message, {});
    }
}

void MainWindow::saveView(const QString &name)
{
    m_saved.insert(name, link());
    listView(name);
    remember();
    m_toast->show(tr("Saved as %1: it is in Ctrl+K").arg(name), {});
}

void MainWindow::forgetView(const QString &name)
{
    m_saved.remove(name);
    m_actions->remove(u"saved."_s + name);
    remember();
}

void MainWindow::listView(const QString &name)
{
    if (!m_actions->action(u"saved."_s + name))
        m_actions->add(u"saved."_s + name, tr("View: %1").arg(name), u"star"_s, {},
                       [this, name] { openLink(m_saved.value(name)); });
}

void MainWindow::askForViewName()
{
    auto *dialog = new NameDialog(tr("Save this view"),
                                  tr("View, search, arrangement and colour come back by this name, "
                                     "in Ctrl+K and in the settings."),
                                  m_saved.keys(), this);
    connect(dialog, &NameDialog::chosen, this, &MainWindow::saveView);
    connect(dialog, &QDialog::finished, this, [this] { dim(false); });
    dim(true);
    dialog->open();
}

void MainWindow::addActions()
{
    const auto add = [this](const QString &id, const QString &text, const QString &icon,
                            const QKeySequence &keys, const std::function<void()> &run) {
        m_actions->add(id, text, icon, keys, run);
    };
    const auto view = [this](View which) { return [this, which] { m_rail->setCurrent(which); }; };
    add(u"palette"_s, tr("Actions"), u"command"_s, QKeySequence(Qt::CTRL | Qt::Key_K),
        [this] { m_palette->open(); });
    add(u"search"_s, tr("Search"), u"search"_s, QKeySequence(Qt::Key_Slash), [this] {
        m_top->search()->setFocus();
        m_top->search()->selectAll();
    });
    add(u"view.map"_s, tr("Show the map"), u"map"_s, QKeySequence(Qt::CTRL | Qt::Key_1),
        view(View::Map));
    add(u"view.stamps"_s, tr("Show stamps"), u"table"_s, QKeySequence(Qt::CTRL | Qt::Key_2),
        view(View::Stamps));
    add(u"view.tenants"_s, tr("Show tenants"), u"people"_s, QKeySequence(Qt::CTRL | Qt::Key_3),
        view(View::Tenants));
    add(u"view.incidents"_s, tr("Show incidents"), u"exclamation-octagon"_s,
        QKeySequence(Qt::CTRL | Qt::Key_4), view(View::Incidents));
    add(u"view.operations"_s, tr("Show operations"), u"list-check"_s,
        QKeySequence(Qt::CTRL | Qt::Key_5), view(View::Operations));
    add(u"view.audit"_s, tr("Show the audit trail"), u"journal-text"_s,
        QKeySequence(Qt::CTRL | Qt::Key_6), view(View::Audit));
    add(u"view.save"_s, tr("Save this view…"), u"star"_s, QKeySequence(Qt::CTRL | Qt::Key_S),
        [this] { askForViewName(); });
    add(u"view.copyLink"_s, tr("Copy a link to this view"), u"box-arrow-up-right"_s,
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), [this] {
            QGuiApplication::clipboard()->setText(toString(link()));
            m_toast->show(tr("Copied: %1").arg(toString(link())), {});
        });
    add(u"map.zoomIn"_s, tr("Zoom in"), u"plus-lg"_s, QKeySequence(Qt::CTRL | Qt::Key_Plus),
        [this] { m_map->zoomIn(); });
    add(u"map.zoomOut"_s, tr("Zoom out"), u"dash-lg"_s, QKeySequence(Qt::CTRL | Qt::Key_Minus),
        [this] { m_map->zoomOut(); });
    add(u"map.fit"_s, tr("Fit the whole fleet"), u"arrows-fullscreen"_s,
        QKeySequence(Qt::CTRL | Qt::Key_0), [this] { m_map->fit(); });
    add(u"map.zoomSelection"_s, tr("Zoom to what is selected"), u"zoom-in"_s,
        QKeySequence(Qt::Key_Z), [this] {
            m_rail->setCurrent(View::Map);
            m_map->zoomToSelection();
        });
    add(u"map.zoomRegion"_s, tr("Zoom to its region"), u"geo-alt"_s,
        QKeySequence(Qt::SHIFT | Qt::Key_Z), [this] {
            if (const StampEntry *entry = m_deck.stamp(selectedStamp()))
                zoomToRegion(entry->stamp->region);
        });
    const auto trouble = [this](bool forward) {
        m_rail->setCurrent(View::Map);
        m_map->setFocus();
        if (!m_map->goToTrouble(forward))
            m_toast->show(tr("All is well: there is no trouble to go to"), {});
    };
    add(u"map.trouble"_s, tr("Go to the next trouble"), u"exclamation-triangle"_s,
        QKeySequence(Qt::Key_N), [trouble] { trouble(true); });
    add(u"map.troubleBefore"_s, tr("Go to the trouble before"), u"exclamation-triangle"_s,
        QKeySequence(Qt::SHIFT | Qt::Key_N), [trouble] { trouble(false); });
    add(u"map.selectMatches"_s, tr("Select what matches"), u"filter"_s,
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_A), [this] {
            const auto &matches = m_map->matches();
            QList<int> chosen;
            if (matches) {
                chosen = QList<int>(matches->cbegin(), matches->cend());
            } else {
                m_deck.fleet().eachStamp([&](int slot, const StampEntry &) { chosen << slot; });
            }
            m_rail->setCurrent(View::Map);
            m_map->setSelection(chosen);
            m_map->setFocus();
        });
    const auto stand = [this](MapArrangement arrangement) {
        m_rail->setCurrent(View::Map);
        m_map->setArrangement(arrangement);
    };
    add(u"map.arrangement"_s, tr("World or sheet"), u"globe"_s, QKeySequence(Qt::Key_M),
        [this, stand] {
            stand(m_map->arrangement() == MapArrangement::World ? MapArrangement::Sheet
                                                                : MapArrangement::World);
        });
    add(u"map.world"_s, tr("Show stamps on the world"), u"globe"_s, {},
        [stand] { stand(MapArrangement::World); });
    add(u"map.sheet"_s, tr("Show stamps on the sheet"), u"grid"_s, {},
        [stand] { stand(MapArrangement::Sheet); });
    add(u"stamp.open"_s, tr("Open the stamp"), u"layout-sidebar-inset-reverse"_s, {},
        [this] { openStamp(selectedStamp()); });
    add(u"stamp.cordon"_s, tr("Cordon…"), u"slash-circle"_s, QKeySequence(Qt::CTRL | Qt::Key_D),
        [this] { requestOf(ActionKind::Cordon); });
    add(u"stamp.uncordon"_s, tr("Uncordon…"), u"check-circle"_s,
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_D),
        [this] { requestOf(ActionKind::Uncordon); });
    add(u"stamp.drain"_s, tr("Drain…"), u"arrow-up-right"_s, QKeySequence(Qt::CTRL | Qt::Key_E),
        [this] { requestOf(ActionKind::Drain); });
    add(u"region.evacuate"_s, tr("Evacuate its region…"), u"arrow-up-right"_s,
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E), [this] {
            if (const StampEntry *entry = m_deck.stamp(selectedStamp()))
                evacuate(entry->stamp->region);
        });
    add(u"stamp.scale"_s, tr("Scale…"), u"sliders"_s, QKeySequence(Qt::CTRL | Qt::Key_R), [this] {
        openStamp(selectedStamp());
        m_stampPanel->setTab(StampPanel::Tab::Components);
        // Up and Down scale from here on.
        const QList<Stepper *> steppers = m_stampPanel->findChildren<Stepper *>();
        const auto first = std::find_if(steppers.begin(), steppers.end(), &canHaveFocus);
        if (first != steppers.end())
            (*first)->setFocus(Qt::OtherFocusReason);
    });
    addWhatIfActions();
    addReplayActions();
    add(u"stamp.create"_s, tr("New stamp…"), u"plus-lg"_s, QKeySequence(Qt::CTRL | Qt::Key_N),
        [this] { openWizard(); });
    add(u"stamp.delete"_s, tr("Delete stamp…"), u"trash"_s,
        QKeySequence(Qt::CTRL | Qt::Key_Delete), [this] {
        ActionRequest request;
        request.kind = ActionKind::Delete;
        request.stamp = selectedStamp();
        openPlan(request);
    });
    add(u"tenants.cut"_s, tr("Move tenants…"), u"scissors"_s,
        QKeySequence(QKeySequence::Cut), [this] { cutSelection(); });
    add(u"carry.back"_s, tr("Put back what is carried"), u"hand-index"_s, {},
        [this] { m_carry->putBack(); });
    add(u"carry.spread"_s, tr("Let the planner spread what is carried"), u"shuffle"_s, {},
        [this] { m_carry->dropAnywhere(); });
    add(u"operation.undo"_s, tr("Undo the last operation"), u"arrow-90deg-left"_s,
        QKeySequence(Qt::Key_U), [this] { undo(m_last); });
    addOperationActions();
    add(u"operation.pauseAll"_s, tr("Pause everything"), u"pause"_s, QKeySequence(Qt::Key_Pause),
        [this] { pauseEverything(); });
    add(u"drawer.toggle"_s, tr("Open or close operations"), u"list-check"_s,
        QKeySequence(Qt::CTRL | Qt::Key_J), [this] { m_drawer->setOpen(!m_drawer->isOpen()); });
    add(u"panel.toggle"_s, tr("Show or hide the panel"), u"layout-sidebar-inset-reverse"_s,
        QKeySequence(Qt::CTRL | Qt::Key_B), [this] {
            m_panelShown = !m_panelShown;
            arrange();
        });
    add(u"panel.float"_s, tr("Panel in a window of its own, or back"), u"box-arrow-up-right"_s,
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_B), [this] {
            setPanelPlace(m_panelPlace == PanelPlace::Window ? m_panelSide : PanelPlace::Window);
        });
    add(u"panel.left"_s, tr("Panel at the left"), u"layout-sidebar-inset-reverse"_s, {},
        [this] { setPanelPlace(PanelPlace::Left); });
    add(u"panel.right"_s, tr("Panel at the right"), u"layout-sidebar-inset-reverse"_s, {},
        [this] { setPanelPlace(PanelPlace::Right); });
    add(u"drawer.float"_s, tr("Operations in a window of their own, or back"),
        u"box-arrow-up-right"_s, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_J),
        [this] { setDrawerFloats(!m_drawerFloats); });
    add(u"table.export"_s, tr("Export the table…"), u"download"_s, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S),
        [this] {
            if (Table *table = tableInSight())
                table->chooseExport();
        });
    add(u"keys"_s, tr("Keys…"), u"keyboard"_s, QKeySequence(Qt::Key_Question), [this] {
        auto *dialog = new ShortcutsDialog(*m_actions, this);
        connect(dialog, &QDialog::finished, this, [this] {
            dim(false);
            remember();
        });
        dim(true);
        dialog->open();
    });
    add(u"settings"_s, tr("Settings…"), u"gear"_s, QKeySequence(Qt::CTRL | Qt::Key_Comma),
        [this] { Q_EMIT settingsRequested(); });
    add(u"configuration"_s, tr("Edit fleet.yaml"), u"file-text"_s, {},
        [this] { Q_EMIT configurationRequested(); });
    add(u"sources"_s, tr("Sources…"), u"server"_s, {}, [this] { Q_EMIT sourcesRequested(); });
    add(u"stamp.compare"_s, tr("Compare the selected stamps"), u"graph-up-arrow"_s,
        QKeySequence(Qt::SHIFT | Qt::Key_C), [this] { compareSelected(); });
    add(u"charts.export"_s, tr("Export the charts…"), u"download"_s, {},
        [this] { m_stampPanel->charts()->chooseExport(); });
    add(u"theme.toggle"_s, tr("Dark or light"), u"moon"_s,
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L), [this] {
            Q_EMIT settingChosen(u"theme"_s, Theme::current().isDark() ? u"light"_s : u"dark"_s);
        });
    add(u"refresh"_s, tr("Ask every source again"), u"arrow-repeat"_s, QKeySequence(Qt::Key_F5),
        [this] {
            if (m_refresh)
                m_refresh({});
        });
    add(u"audit.verify"_s, tr("Verify the audit trail"), u"shield-check"_s, {},
        [this] { m_audit->verify(); });
    add(u"focus.next"_s, tr("Go to the next part of the window"), u"keyboard"_s,
        QKeySequence(Qt::Key_F6), [this] { goRound(false); });
    add(u"focus.previous"_s, tr("Go to the part before"), u"keyboard"_s,
        QKeySequence(Qt::SHIFT | Qt::Key_F6), [this] { goRound(true); });
    add(u"quit"_s, tr("Quit"), u"x-lg"_s, QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); });
    for (const QString &id :
         {u"stamp.cordon"_s, u"stamp.uncordon"_s, u"stamp.drain"_s, u"stamp.scale"_s,
          u"stamp.create"_s, u"stamp.delete"_s, u"region.evacuate"_s, u"tenants.cut"_s,
          u"carry.spread"_s, u"operation.pause"_s, u"operation.resume"_s, u"operation.cancel"_s,
          u"operation.rollBack"_s, u"operation.undo"_s, u"operation.pauseAll"_s})
        m_actions->setActing(id);
}

void MainWindow::addOperationActions()
{
    const auto add = [this](OperationVerb verb, const QString &id, const QString &text,
                            const QString &icon, const QKeySequence &keys) {
        m_actions->add(id, text, icon, keys, [this, verb] {
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
}

OperationPtr MainWindow::meantOperation() const
{
    if (m_rail->current() == View::Operations) {
        if (const OperationPtr chosen = m_operations->current())
            return chosen;
    }
    const QString stamp = selectedStamp();
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

void MainWindow::updateOperationActions()
{
    const OperationPtr operation = meantOperation();
    const QString why = !operation ? tr("no operation is selected, nor one of the selected stamp")
                                   : Guard::whyNotControlled(m_deck, operation->id);
    const QList<OperationVerb> verbs = operation ? verbsOf(*operation) : QList<OperationVerb>();
    for (const auto &[id, verb] : {std::pair(u"operation.pause"_s, OperationVerb::Pause),
                                   std::pair(u"operation.resume"_s, OperationVerb::Resume),
                                   std::pair(u"operation.cancel"_s, OperationVerb::Cancel),
                                   std::pair(u"operation.rollBack"_s, OperationVerb::Rollback)}) {
        m_actions->setTarget(id, operation ? titleOf(*operation) : QString());
        const QString barred = Guard::whyReadOnly(m_deck, nullptr);
        m_actions->setReason(id, !barred.isEmpty()           ? barred
                                 : !why.isEmpty()            ? why
                                 : verbs.contains(verb)      ? QString()
                                                             : stateLineOf(*operation,
                                                                           m_deck.clock.now()));
    }
    const OperationPtr last = m_deck.fleet().operations.value(m_last);
    m_actions->setTarget(u"operation.undo"_s, last ? titleOf(*last) : QString());
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
        } else if (!m_query.isEmpty() && (!slice.stamps.empty() || !slice.tenants.empty())) {
            lookUpMatches();
        }
        if (slice.stampsComeOrGo || slice.tenantsComeOrGo)
            m_wordsLook.ask();
        if (slice.stampsComeOrGo)
            openWanted();
        if (!slice.stamps.empty() && m_deck.fleet().counts.stamps <= mostSurveyed)
            m_survivalLook.ask();
        if (!slice.operations.isEmpty())
            followOperations(slice);
        updateActions();
    });
    auto *ages = new QTimer(this);
    connect(ages, &QTimer::timeout, this, &MainWindow::updateNotice);
    ages->start(1000);

    connect(m_forecaster, &Forecaster::changed, this, &MainWindow::takeForecast);
    connect(m_rail, &ViewRail::currentChanged, this, &MainWindow::showView);
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
    connect(m_attention, &AttentionPanel::queryRequested, m_top->search(), &QLineEdit::setText);
    connect(m_attention, &AttentionPanel::refreshed, this, [this] {
        const FleetCounts &counts = m_deck.fleet().counts;
        m_top->setNews(counts.unhealthy > 0 || counts.stale > 0);
    });

    connect(m_incidents, &IncidentDesk::told, this, &MainWindow::tell);
    connect(m_incidents, &IncidentDesk::litChanged, this, &MainWindow::applyQuery);
    connect(m_incidents, &IncidentDesk::dialogShown, this, &MainWindow::dim);
    connect(m_incidents, &IncidentDesk::openCountChanged, this,
            [this](int count) { m_rail->setBadge(View::Incidents, count); });
    connect(m_incidents, &IncidentDesk::stampActivated, this, [this](const QString &id) {
        m_rail->setCurrent(View::Map);
        openStamp(id);
    });
    connect(m_tools, &MapToolBar::queryRequested, this, &MainWindow::addToSearch);
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
    connect(m_stampPanel, &StampPanel::told, this,
            [this](const QString &text) { m_toast->show(text, {}); });
    connect(m_stampPanel, &StampPanel::verbRequested, this, &MainWindow::ask);
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
    for (Table *table : tables()) {
        connect(table, &Table::told, this, [this](const QString &text) { m_toast->show(text, {}); });
    }
    connect(m_tenants, &TenantsView::stampActivated, this, [this](const QString &id) {
        m_rail->setCurrent(View::Map);
        openStamp(id);
    });
    connect(m_operations, &OperationsView::verbRequested, this, &MainWindow::ask);
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
            ask(chosen->id, OperationVerb::Undo);
        });
    });

    connect(m_carry, &CarryController::changed, this, [this] {
        // From a table one goes to where it can be put.
        if (m_carry->isActive())
            m_rail->setCurrent(View::Map);
        if (m_carry->mode() == CarryController::Mode::Cut)
            m_map->setFocus();
        updateActions();
        arrange();
    });
    connectWhatIf();
    connect(m_banner, &CarryBanner::mendRequested, this, &MainWindow::mend);
    // A drop comes from inside the drag's own event loop: the plan opens when that has ended.
    connect(m_carry, &CarryController::dropped, this, &MainWindow::openPlan, Qt::QueuedConnection);

    connect(m_drawer, &OperationsDrawer::heightChanged, this, &MainWindow::arrange);
    connect(m_drawer, &OperationsDrawer::verbRequested, this, &MainWindow::ask);
    connect(m_toast, &UndoToast::undoPressed, this, [this](const QString &operation) {
        m_map->setFocus(); // the button that asked is gone
        undo(operation);
    });
    connect(m_palette, &CommandPalette::stampChosen, this, [this](const QString &id) {
        m_rail->setCurrent(View::Map);
        openStamp(id);
    });
    connect(m_palette, &CommandPalette::tenantChosen, this, [this](const QString &id) {
        m_rail->setCurrent(View::Tenants);
        m_top->search()->setText(u"tenant:"_s + nameOfStamp(id));
    });
    connect(m_notice, &NoticeStrip::retryPressed, this, [this] {
        if (m_refresh)
            m_refresh({});
    });
    connect(m_empty, &EmptyView::demoRequested, this, &MainWindow::demoRequested);
    connect(m_empty, &EmptyView::sourceRequested, this, &MainWindow::sourcesRequested);
    connect(m_empty, &EmptyView::configurationRequested, this, &MainWindow::configurationRequested);

    connect(&m_deck.runner, &OperationRunner::operationChanged, this,
            [this](const OperationPtr &operation) {
                if (isFinal(operation->state) || operation->state == OperationState::Paused)
                    m_running.remove(operation->id);
                else
                    m_running.insert(operation->id);
                if (operation->state != OperationState::Paused && m_cutOff.removeOne(operation->id))
                    setCutOff(m_cutOff);
                m_audit->refresh();
            });
    const auto chain = [this] {
        if (!m_audit->chain())
            return;
        const bool isBroken = !*m_audit->chain();
        m_status->setAudit(isBroken ? tr("Audit chain broken") : tr("Audit chain verified"),
                           isBroken);
    };
    connect(m_audit, &AuditModel::verified, this, chain);
}

void MainWindow::setCutOff(const QStringList &operations)
{
    m_cutOff = operations;
    m_drawer->setCutOff(operations);
    m_status->setJournal(operations.isEmpty()
                             ? tr("journal clean")
                             : tr("%Ln operation(s) cut off", nullptr, int(operations.size())));
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

void MainWindow::tell(const QString &text)
{
    m_toast->show(text, {});
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

void MainWindow::updateActions()
{
    const QString id = selectedStamp();
    const StampEntry *entry = m_deck.stamp(id);
    const QString none = entry ? QString() : tr("no stamp is selected");
    const auto why = [&](ActionKind kind) {
        return entry ? Guard::whyNot(m_deck, kind, *entry) : none;
    };
    m_actions->setReason(u"stamp.open"_s, none);
    const qsizetype chosen = m_map->selection().size();
    m_actions->setReason(u"stamp.compare"_s, chosen < 2 ? tr("fewer than two stamps are selected")
                             : chosen > MetricCharts::mostStamps
                             ? tr("more than %Ln stamp(s) are selected", nullptr,
                                  MetricCharts::mostStamps)
                             : QString());
    m_actions->setReason(u"charts.export"_s,
                         m_stampPanel->stamp().isEmpty() ? tr("no stamp is open") : QString());
    for (const auto &[action, kind] : {std::pair(u"stamp.cordon"_s, ActionKind::Cordon),
                                       std::pair(u"stamp.uncordon"_s, ActionKind::Uncordon),
                                       std::pair(u"stamp.drain"_s, ActionKind::Drain)}) {
        // Of several that are selected those of which it can be asked.
        const QStringList stamps = stampsFor(kind);
        m_actions->setReason(action, chosen > mostAtOnce
                                 ? tr("more than %Ln stamp(s) are selected", nullptr, mostAtOnce)
                                 : stamps.isEmpty() ? why(kind)
                                                    : QString());
        m_actions->setTarget(action, stamps.size() > 1 ? Format::stamps(stamps.size())
                                 : stamps.size() == 1  ? nameOfStamp(stamps.constFirst())
                                 : entry               ? nameOfStamp(id)
                                                       : QString());
    }
    m_actions->setReason(u"region.evacuate"_s, why(ActionKind::Evacuate));
    m_actions->setReason(u"stamp.scale"_s, why(ActionKind::Scale));
    m_actions->setReason(u"stamp.delete"_s, why(ActionKind::Delete));
    const auto &sources = m_deck.fleet().sources;
    const bool isMaker = std::any_of(sources.begin(), sources.end(), [](const SourceState &each) {
        return each.capabilities.testFlag(Capability::Create) && !each.readOnly;
    });
    const QString barred = Guard::whyReadOnly(m_deck, nullptr);
    m_actions->setReason(u"stamp.create"_s, !barred.isEmpty() ? barred
                             : isMaker ? QString() : tr("no source makes stamps"));
    for (const QString &action : {u"stamp.open"_s, u"stamp.scale"_s, u"stamp.delete"_s})
        m_actions->setTarget(action, entry ? nameOfStamp(id) : QString());
    m_actions->setReason(u"panel.left"_s, m_panelPlace == PanelPlace::Left
                             ? tr("it is there") : QString());
    m_actions->setReason(u"panel.right"_s, m_panelPlace == PanelPlace::Right
                             ? tr("it is there") : QString());
    m_actions->setReason(u"stamp.whatIf"_s, m_map->selection().isEmpty() ? none : QString());
    m_actions->setReason(u"region.whatIf"_s, entry && !entry->stamp->region.isEmpty() ? QString()
                             : entry ? tr("its region is not known") : none);
    m_actions->setReason(u"map.zoomSelection"_s, none);
    m_actions->setReason(u"map.zoomRegion"_s, entry && !entry->stamp->region.isEmpty() ? QString()
                             : entry ? tr("its region is not known") : none);
    m_actions->setReason(u"whatIf.end"_s,
                         m_whatIf->isActive() ? QString() : tr("nothing is switched off"));
    m_actions->setTarget(u"tenants.cut"_s, entry && chosen == 1 ? nameOfStamp(id) : QString());
    m_actions->setReason(u"tenants.cut"_s, barred);
    const QString carry = m_carry->isActive() ? QString() : tr("nothing is carried");
    m_actions->setReason(u"carry.back"_s, carry);
    m_actions->setReason(u"carry.spread"_s, carry);
    m_actions->setReason(u"operation.undo"_s,
                         !barred.isEmpty()      ? barred
                             : m_last.isEmpty() ? tr("nothing was done from here yet")
                                                : QString());
    const auto &operations = m_deck.fleet().operations;
    const bool runs = !m_running.isEmpty()
        || std::any_of(operations.begin(), operations.end(), [](const OperationPtr &operation) {
               return verbsOf(*operation).contains(OperationVerb::Pause);
           });
    m_actions->setReason(u"operation.pauseAll"_s,
                         !barred.isEmpty() ? barred
                             : runs      ? QString()
                                         : tr("nothing runs"));
    updateOperationActions();
    updateReplayActions();
    m_rail->setBadge(
        View::Operations,
        int(std::count_if(
            m_deck.fleet().operations.begin(), m_deck.fleet().operations.end(),
            [](const OperationPtr &operation) { return !isFinal(operation->state); })));
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
                 if (mine == m_asked && !m_query.isEmpty()) {
                     m_map->setMatches(QSet<int>(slots_.begin(), slots_.end()));
                     const QString hits = Format::count(qint64(slots_.size()));
                     m_top->search()->setHits(hits);
                     m_tools->setMatches(
                         slots_.empty()
                             ? tr("Nothing matches %1").arg(m_query.toString())
                             : tr("%1 of %Ln stamp(s)", nullptr, m_deck.fleet().counts.stamps)
                                   .arg(hits));
                 }
                 if (m_lookAgain || mine != m_asked) {
                     m_lookAgain = false;
                     if (!m_query.isEmpty())
                         lookUpMatches();
                 }
             });
}

// Which regions would survive the loss of their fullest stamp: beside the names of the groups.
void MainWindow::lookAtSurvival()
{
    whenDone(QtConcurrent::run([version = m_deck.feed.version()] { return surveyOf(version); }),
             this, [this](const Survey &survey) {
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

void MainWindow::followOperations(const ChangeSet &slice)
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
            m_toast->show(tr("Done: %1").arg(titleOf(*operation)), isFinalWord ? QString() : id);
        } else if (isFinal(operation->state)) {
            m_mine.remove(id);
        }
    }
}

QWidget *MainWindow::panel() const
{
    const View view = m_rail->current();
    if (view != View::Map && view != View::Stamps)
        return nullptr;
    if (m_comparing)
        return m_thenNow;
    if (view == View::Map && m_whatIf->isActive() && !m_carry->isActive())
        return m_whatIfPanel;
    // Stamp before carry before attention: what is open stays, so that no tile moves under the
    // hand.
    if (m_panelShown && !m_stampPanel->stamp().isEmpty())
        return m_stampPanel;
    if (view != View::Map)
        return nullptr;
    if (m_carry->isActive())
        return m_carryPanel;
    return m_panelShown ? m_attention : nullptr;
}

void MainWindow::addDocks()
{
    m_panelWindow = new DockWindow(u"panelWindow"_s, tr("Panel"), this);
    m_panelWindow->resize(m_panelWidth, 720);
    m_panelWindow->setMinimumSize(StampPanel::minWidth, 240);
    m_drawerWindow = new DockWindow(u"drawerWindow"_s, tr("Operations"), this);
    m_drawerWindow->resize(960, OperationsDrawer::maxHeight);
    m_drawerWindow->setMinimumSize(640, OperationsDrawer::openHeight);
    connect(m_panelWindow, &DockWindow::closed, this, [this] { setPanelPlace(m_panelSide); });
    connect(m_drawerWindow, &DockWindow::closed, this, [this] { setDrawerFloats(false); });
    // Where the hand is; a window manager that can goes on with the drag from there.
    const auto bringTo = [](QWidget *window, const QPoint &pointer) {
        window->move(pointer - QPoint(window->width() / 2, 12));
        if (QWindow *handle = window->windowHandle())
            handle->startSystemMove();
    };
    for (QWidget *panel : {static_cast<QWidget *>(m_attention),
                           static_cast<QWidget *>(m_carryPanel),
                           static_cast<QWidget *>(m_whatIfPanel),
                           static_cast<QWidget *>(m_thenNow),
                           static_cast<QWidget *>(m_stampPanel)}) {
        auto *handle = new TearHandle(panel, panel == m_stampPanel ? StampPanel::headHeight : 44);
        connect(handle, &TearHandle::torn, this, [this, bringTo](const QPoint &pointer) {
            if (m_panelPlace == PanelPlace::Window)
                return;
            setPanelPlace(PanelPlace::Window);
            bringTo(m_panelWindow, pointer);
        });
        connect(handle, &TearHandle::menuWanted, this,
                [this](const QPoint &at) { showDockMenu(at, false); });
    }
    auto *handle = new TearHandle(m_drawer, OperationsDrawer::closedHeight);
    connect(handle, &TearHandle::torn, this, [this, bringTo](const QPoint &pointer) {
        if (m_drawerFloats)
            return;
        setDrawerFloats(true);
        bringTo(m_drawerWindow, pointer);
    });
    connect(handle, &TearHandle::menuWanted, this,
            [this](const QPoint &at) { showDockMenu(at, true); });
}

void MainWindow::showDockMenu(const QPoint &at, bool ofDrawer)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"dockMenu"_s);
    if (ofDrawer) {
        m_actions->addTo(*menu, u"drawer.float"_s);
    } else {
        for (const QString &id : {u"panel.float"_s, u"panel.left"_s, u"panel.right"_s})
            m_actions->addTo(*menu, id);
    }
    menu->popup(at);
}

void MainWindow::setPanelPlace(PanelPlace place)
{
    if (place != PanelPlace::Window)
        m_panelSide = place;
    const bool wasFloating = m_panelPlace == PanelPlace::Window;
    const bool floats = place == PanelPlace::Window;
    m_panelPlace = place;
    const Qt::Edges edge = floats ? Qt::Edges()
        : place == PanelPlace::Left ? Qt::RightEdge
                                    : Qt::LeftEdge;
    for (Surface *panel : {static_cast<Surface *>(m_attention),
                           static_cast<Surface *>(m_carryPanel),
                           static_cast<Surface *>(m_whatIfPanel),
                           static_cast<Surface *>(m_thenNow),
                           static_cast<Surface *>(m_stampPanel)}) {
        panel->setLines(edge);
        if (floats == wasFloating)
            continue;
        if (floats)
            m_panelWindow->take(panel);
        else
            panel->setParent(this);
    }
    m_stampPanel->setResizeEdge(edge);
    if (floats && !wasFloating)
        m_panelShown = true;
    updateActions();
    arrange();
}

void MainWindow::setDrawerFloats(bool floats)
{
    if (m_drawerFloats == floats)
        return;
    m_drawerFloats = floats;
    if (floats)
        m_drawerWindow->take(m_drawer);
    else
        m_drawer->setParent(this);
    m_drawer->setOpen(true);
    m_drawer->show();
    arrange();
}

void MainWindow::arrange()
{
    const int w = width();
    const int h = height();
    const bool isPast = m_deck.feed.isPast();
    m_top->setGeometry(0, 0, w, topHeight);
    m_rail->setGeometry(0, topHeight, railWidth, h - topHeight - statusHeight);
    // The past is said over the whole width, and its slider takes the place of the drawer.
    int head = topHeight;
    if (m_rehearsalBanner) {
        m_rehearsalBanner->setGeometry(railWidth, head, w - railWidth,
                                       RehearsalBanner::bannerHeight);
        head += RehearsalBanner::bannerHeight;
    }
    m_pastBanner->setGeometry(railWidth, head, w - railWidth, PastBanner::bannerHeight);
    head += isPast ? PastBanner::bannerHeight : 0;
    const int foot = statusHeight + (isPast ? ReplayBar::barHeight : 0);
    m_replayBar->setGeometry(railWidth, h - foot, w - railWidth, ReplayBar::barHeight);
    m_pastFrame->setGeometry(rect());
    for (QWidget *each : {static_cast<QWidget *>(m_pastBanner),
                          static_cast<QWidget *>(m_replayBar),
                          static_cast<QWidget *>(m_pastFrame)})
        each->setVisible(isPast);
    m_status->setGeometry(0, h - statusHeight, w, statusHeight);
    m_dimmer->setGeometry(rect());

    QWidget *shown = panel();
    const bool isDocked = shown && m_panelPlace != PanelPlace::Window;
    const int usual = shown == m_stampPanel
        ? (isNarrow() ? std::min(m_panelWidth, overlayWidth) : m_panelWidth)
        : shown == m_thenNow                 ? thenNowWidth
        : isNarrow() && shown == m_attention ? overlayWidth
        : shown == m_attention && m_deck.fleet().counts.stamps > largeFleet ? slimWidth
                                                                            : attentionWidth;
    const int panelWidth = isDocked ? withText(usual) : 0;
    // On a small window the panel lies over the map; beside it there is no room. What is carried
    // is put on the map, so its panel covers none of it.
    const bool isLeft = m_panelPlace == PanelPlace::Left;
    const bool isBeside = shown == m_carryPanel || shown == m_whatIfPanel;
    const int beside = !shown || (isNarrow() && !isBeside) ? 0 : panelWidth;
    for (QWidget *each : {static_cast<QWidget *>(m_attention), static_cast<QWidget *>(m_carryPanel),
                          static_cast<QWidget *>(m_whatIfPanel),
                          static_cast<QWidget *>(m_thenNow),
                          static_cast<QWidget *>(m_stampPanel)})
        each->setVisible(each == shown);
    m_panelWindow->setVisible(shown && !isDocked && isVisible());
    m_drawerWindow->setVisible(m_drawerFloats && isVisible() && !isPast);
    if (!m_drawerFloats)
        m_drawer->setVisible(!isPast);
    if (isDocked) {
        const QRect place(isLeft ? railWidth : w - panelWidth, head, panelWidth, h - head - foot);
        const bool comes = !m_lastPanel && isVisible();
        Motion::place(shown, place,
                      comes ? std::optional(place.topLeft()
                                            + QPoint(isLeft ? -panelWidth : panelWidth, 0))
                            : std::nullopt);
    }
    m_lastPanel = isDocked ? shown : nullptr;

    // Incidents stand on both sides of the map, and in its place where there is no room.
    const bool isIncidents = m_rail->current() == View::Incidents;
    IncidentList *const list = m_incidents->list();
    IncidentDetail *const detail = m_incidents->detail();
    list->setVisible(isIncidents);
    detail->setVisible(isIncidents);
    if (isIncidents) {
        // Notices stand above all of it: in a small window there is nothing between list and detail.
        const int notices = noticeHeight * (int(!m_fault->isHidden()) + int(!m_notice->isHidden()));
        const int high = h - head - notices - foot;
        list->setGeometry(railWidth, head + notices, withText(IncidentList::usualWidth), high);
        const int room = w - railWidth - list->width();
        const int wide = isNarrow() ? room : withText(IncidentDetail::usualWidth);
        detail->setGeometry(w - wide, head + notices, wide, high);
    }
    const int left = railWidth
        + (isIncidents ? list->width() : isLeft ? beside : 0);
    const int right = w
        - (isIncidents  ? detail->width()
               : isLeft ? 0
                        : beside);
    const int drawer = m_drawerFloats || isPast ? 0 : m_drawer->wantedHeight();
    const int bottom = h - foot - drawer;
    if (!m_drawerFloats && !isPast) {
        const QRect place(left, bottom, right - left, drawer);
        const bool moves = isVisible() && m_drawer->height() != drawer && m_drawer->height() > 0
            && m_drawer->width() == place.width();
        Motion::place(m_drawer, place,
                      moves ? std::optional(QPoint(left, h - statusHeight - m_drawer->height()))
                            : std::nullopt);
    }

    int top = head;
    const bool isMap = m_rail->current() == View::Map;
    const bool hasMap = isMap || (isIncidents && !isNarrow());
    const bool isWhatIf = m_whatIf->isActive() && !m_carry->isActive();
    m_tools->setVisible(isMap && !m_carry->isActive() && !isWhatIf);
    m_whatIfBanner->setVisible(isMap && isWhatIf);
    m_banner->setVisible(isMap && m_carry->isActive());
    m_map->setVisible(hasMap);
    m_views->setVisible(!isMap && !isIncidents);
    if (isMap) {
        m_tools->setGeometry(left, top, right - left, toolHeight);
        m_banner->setGeometry(left, top, right - left, toolHeight);
        m_whatIfBanner->setGeometry(left, top, right - left, toolHeight);
        top += toolHeight;
    }
    for (NoticeStrip *strip : {m_fault, m_notice}) {
        if (strip->isHidden())
            continue;
        // Where the panel lies over the map it does not lie over the buttons.
        strip->setGeometry(railWidth + (isLeft && !isIncidents ? panelWidth : 0), top,
                           w - railWidth - (isIncidents ? 0 : panelWidth), noticeHeight);
        top += noticeHeight;
    }
    const QRect canvas(left, top, right - left, bottom - top);
    m_map->setGeometry(canvas);
    m_empty->setGeometry(canvas);
    m_views->setGeometry(canvas);
    // Never over the place where what is carried may be dropped.
    const int dropArea = isMap && m_carry->isActive() ? int(m_map->spreadRect().height()) + 14 : 0;
    const QPoint toast(right - m_toast->width() - UndoToast::margin,
                       bottom - dropArea - m_toast->height() - UndoToast::margin);
    Motion::place(m_toast, {toast, m_toast->size()});
    // What slides comes from behind these.
    m_status->raise();
    m_rail->raise();
    if (isDocked)
        shown->raise();
    m_pastBanner->raise();
    if (m_rehearsalBanner)
        m_rehearsalBanner->raise();
    m_replayBar->raise();
    m_top->raise();
    m_toast->raise();
    m_palette->raise();
    if (m_dimmer->isVisible())
        m_dimmer->raise();
    m_pastFrame->raise();
}

void MainWindow::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    arrange(); // what is torn off comes too
}

void MainWindow::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_panelWindow->hide();
    m_drawerWindow->hide();
}

void MainWindow::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    if (isNarrow() && (event->oldSize().width() >= 1280 || !event->oldSize().isValid())) {
        // What was cut off stays in sight: Resume and Roll back are offered there.
        m_drawer->setOpen(!m_cutOff.isEmpty());
        m_panelShown = !m_stampPanel->stamp().isEmpty();
    } else if (!isNarrow() && event->oldSize().width() < 1280) {
        m_panelShown = true;
    }
    arrange();
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
    else if (isNarrow() && m_panelShown)
        m_actions->action(u"panel.toggle"_s)->trigger();
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

void MainWindow::showStampMenu(int slot, const QPoint &at)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    addStampActions(*menu, m_map->version()->stampId(slot));
    menu->popup(at);
}

void MainWindow::addStampActions(QMenu &menu, const QString &id)
{
    const bool several = m_map->selection().size() > 1;
    for (const QString &action :
         {u"stamp.open"_s, QString(), u"tenants.cut"_s, u"stamp.drain"_s, u"region.evacuate"_s,
          u"stamp.scale"_s, u"stamp.cordon"_s, u"stamp.uncordon"_s, u"stamp.delete"_s, QString(),
          u"stamp.create"_s, u"operation.undo"_s}) {
        if (action.isEmpty()) {
            menu.addSeparator();
            continue;
        }
        QAction *shown = m_actions->addTo(menu, action);
        // Of several: how many, or which of them.
        if (const QString target = ActionRegistry::targetOf(m_actions->action(action));
            several && !target.isEmpty())
            shown->setText(shown->text() + u"  "_s + target);
    }
    const OperationPtr operation = meantOperation();
    QMenu *verbs = menu.addMenu(operation ? titleOf(*operation) : tr("Operation"));
    verbs->setToolTipsVisible(true);
    for (const QString &action : {u"operation.pause"_s, u"operation.resume"_s,
                                  u"operation.cancel"_s, u"operation.rollBack"_s})
        m_actions->addTo(*verbs, action);
    menu.addSeparator();
    for (const QString &action : {u"stamp.compare"_s, u"stamp.whatIf"_s, u"replay.stamp"_s})
        m_actions->addTo(menu, action);
    menu.setToolTipsVisible(true);
    menu.addSeparator();
    QAction *copy = menu.addAction(tr("Copy the name"));
    connect(copy, &QAction::triggered, this, [id] { QGuiApplication::clipboard()->setText(id); });
    QAction *tenants = menu.addAction(tr("Show its tenants"));
    connect(tenants, &QAction::triggered, this, [this, id] {
        openStamp(id);
        m_stampPanel->setTab(StampPanel::Tab::Tenants);
    });
}

void MainWindow::showRegionMenu(const QString &region, const QPoint &at)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction *out = menu->addAction(tr("Evacuate %1…").arg(region));
    out->setEnabled(m_deck.acts());
    connect(out, &QAction::triggered, this, [this, region] { evacuate(region); });
    QAction *zoom = menu->addAction(tr("Zoom to %1").arg(region));
    connect(zoom, &QAction::triggered, this, [this, region] { zoomToRegion(region); });
    QAction *lost = menu->addAction(tr("What if %1 were lost?").arg(region));
    connect(lost, &QAction::triggered, this, [this, region] { whatIfRegion(region); });
    QAction *made = menu->addAction(tr("New stamp in %1…").arg(region));
    made->setEnabled(m_actions->action(u"stamp.create"_s)->isEnabled());
    connect(made, &QAction::triggered, this, [this, region] { openWizardIn(region); });
    menu->addSeparator();
    QAction *copy = menu->addAction(tr("Copy the name"));
    connect(copy, &QAction::triggered, this,
            [region] { QGuiApplication::clipboard()->setText(region); });
    menu->popup(at);
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

void MainWindow::zoomToRegion(const QString &region)
{
    m_rail->setCurrent(View::Map);
    if (m_map->grouping() != MapGroupBy::Region)
        m_map->setGrouping(MapGroupBy::Region);
    m_map->openGroup(region);
}

void MainWindow::listRegions(const QStringList &regions)
{
    constexpr int most = 200; // that a palette may be read
    const QStringList shown = regions.mid(0, most);
    for (const QString &gone : std::as_const(m_regions)) {
        if (!shown.contains(gone))
            m_actions->remove(u"zoom."_s + gone);
    }
    for (const QString &region : shown) {
        if (!region.isEmpty() && !m_actions->action(u"zoom."_s + region))
            m_actions->add(u"zoom."_s + region, tr("Zoom to %1").arg(region), u"geo-alt"_s, {},
                           [this, region] { zoomToRegion(region); });
    }
    m_regions = shown;
}

void MainWindow::addWhatIfActions()
{
    m_actions->add(u"stamp.whatIf"_s, tr("What if what is selected were lost?"), u"power"_s,
                   QKeySequence(Qt::Key_W), [this] { whatIfSelected(false); });
    m_actions->add(u"region.whatIf"_s, tr("What if its region were lost?"), u"power"_s,
                   QKeySequence(Qt::SHIFT | Qt::Key_W), [this] { whatIfSelected(true); });
    m_actions->add(u"whatIf.end"_s, tr("Switch everything on again"), u"power"_s, {},
                   [this] { m_whatIf->end(); });
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

void MainWindow::showSourcesMenu(const QPoint &at)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const FeedState &source : m_deck.fleet().everySource())
        m_actions->addTo(*menu, u"diagnostics."_s + source.name);
    menu->popup(at - QPoint(0, menu->sizeHint().height()));
}

void MainWindow::addSourceActions()
{
    if (!m_deck.diagnostics)
        return;
    for (const FeedState &source : m_deck.fleet().everySource()) {
        const QString id = u"diagnostics."_s + source.name;
        if (!source.name.isEmpty() && !m_actions->action(id)) {
            m_actions->add(id, tr("Diagnostics of %1").arg(source.name), u"activity"_s, {},
                           [this, name = source.name] { openDiagnostics(name); });
        }
    }
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

void MainWindow::requestOf(ActionKind kind)
{
    ActionRequest request;
    request.kind = kind;
    const QStringList stamps = stampsFor(kind);
    if (stamps.size() > 1)
        request.stamps = stamps;
    else
        request.stamp = stamps.isEmpty() ? selectedStamp() : stamps.constFirst();
    openPlan(request);
}

// All that are selected and of which it can be asked; else the one that is meant.
QStringList MainWindow::stampsFor(ActionKind kind) const
{
    QStringList stamps;
    const QList<int> selected = m_map->selection();
    if (selected.size() < 2 || selected.size() > mostAtOnce)
        return stamps;
    for (const int slot : selected) {
        const StampEntryPtr &entry = m_deck.fleet().stamps[slot];
        if (entry && Guard::whyNot(m_deck, kind, *entry).isEmpty())
            stamps.append(entry->id);
    }
    return stamps;
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

void MainWindow::goRound(bool backwards)
{
    QWidgetList parts{m_top->search()};
    const bool isMap = m_rail->current() == View::Map;
    parts.append(isMap ? static_cast<QWidget *>(m_tools) : nullptr);
    if (m_rail->current() == View::Incidents) {
        parts.append(m_incidents->list());
        if (m_map->isVisible())
            parts.append(m_map);
        parts.append(m_incidents->detail());
    } else {
        parts.append(isMap ? static_cast<QWidget *>(m_map) : m_views->currentWidget());
        parts.append(panel());
    }
    if (m_replay->isOpen())
        parts.append(QWidgetList{m_pastBanner, m_replayBar});
    else
        parts.append(m_drawer);
    parts.append(m_rail);
    parts.removeAll(nullptr);
    int at = -1;
    for (int part = 0; part < parts.size(); ++part) {
        QWidget *focus = QApplication::focusWidget();
        if (focus && (parts[part] == focus || parts[part]->isAncestorOf(focus)))
            at = part;
    }
    for (int tries = 0; tries < parts.size(); ++tries) {
        at = (at + (backwards ? int(parts.size()) - 1 : 1)) % int(parts.size());
        QWidget *part = parts[at];
        QWidget *target = part->focusPolicy() & Qt::TabFocus ? part : nullptr;
        if (!target) {
            const QWidgetList children = part->findChildren<QWidget *>();
            const auto first = std::find_if(children.begin(), children.end(), &canHaveFocus);
            target = first == children.end() ? nullptr : *first;
        }
        if (target) {
            if (!target->isActiveWindow())
                target->window()->activateWindow();
            target->setFocus(Qt::TabFocusReason);
            return;
        }
    }
}

void MainWindow::dim(bool on)
{
    m_dimmer->setVisible(on);
    if (on)
        m_dimmer->raise();
}

PlanDialog *MainWindow::openPlan(const ActionRequest &request)
{
    if (isBarred())
        return nullptr;
    if (m_plan)
        m_plan->reject();
    auto *dialog = new PlanDialog(m_deck, request, this);
    m_plan = dialog;
    connect(dialog, &PlanDialog::started, this, [this](const OperationPtr &operation) {
        m_mine.insert(operation->id);
        m_drawer->setOpen(true);
        m_whatIf->end(); // it happens now
    });
    connect(dialog, &PlanDialog::fixRequested, this,
            [this](const Refusal &refusal) { mend(refusal.subject, refusal); });
    connect(dialog, &QDialog::finished, this, [this] {
        dim(false);
        m_map->setFocus();
    });
    dim(true);
    dialog->open();
    return dialog;
}

CreateWizard *MainWindow::openWizard()
{
    const StampEntry *near = m_deck.stamp(selectedStamp());
    return openWizardIn(near ? near->stamp->region : QString());
}

CreateWizard *MainWindow::openWizardIn(const QString &region)
{
    if (isBarred())
        return nullptr;
    auto *wizard = new CreateWizard(m_deck, region, this);
    connect(wizard, &CreateWizard::planRequested, this,
            [this, wizard](const ActionRequest &request) {
                wizard->hide();
                PlanDialog *dialog = openPlan(request);
                connect(dialog, &QDialog::finished, wizard, [this, wizard](int result) {
                    if (result == QDialog::Accepted) {
                        wizard->deleteLater();
                        return;
                    }
                    // What was filled in is there again.
                    dim(true);
                    wizard->open();
                });
            });
    connect(wizard, &QDialog::rejected, this, [this] {
        dim(false);
        m_map->setFocus();
    });
    dim(true);
    wizard->open();
    return wizard;
}

void MainWindow::ask(const QString &operation, OperationVerb verb)
{
    if (const QString why = Guard::whyNotControlled(m_deck, operation); !why.isEmpty()) {
        m_toast->show(tr("Not done: %1").arg(why), {});
        return;
    }
    if (verb == OperationVerb::Undo) {
        undo(operation);
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
    m_drawer->ask(operation, verb);
}

void MainWindow::openVerb(const QString &operation, OperationVerb verb, const QString &confirmName)
{
    auto *dialog = new VerbDialog(m_deck, operation, verb, confirmName, this);
    connect(dialog, &VerbDialog::started, this, [this, verb](const OperationPtr &started) {
        if (verb == OperationVerb::Undo)
            m_mine.insert(started->id);
        m_drawer->setOpen(true);
    });
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

void MainWindow::pauseEverything()
{
    if (!m_deck.acts())
        return;
    m_drawer->pauseAll();
    m_drawer->setOpen(true);
}

void MainWindow::mend(const QString &stamp, const Refusal &refusal)
{
    m_carry->putBack();
    m_map->setFocus(); // the button that asked is gone
    openStamp(stamp);
    if (refusal.code == u"not-drained") {
        ActionRequest drain;
        drain.kind = ActionKind::Drain;
        drain.stamp = stamp;
        // The dialog that asked is still on its way out.
        QTimer::singleShot(0, this, [this, drain] { openPlan(drain); });
    } else if (refusal.code == u"capacity")
        m_stampPanel->setTab(StampPanel::Tab::Components);
    else
        m_actions->action(u"stamp.uncordon"_s)->trigger();
}

void MainWindow::undo(const QString &operation)
{
    if (operation.isEmpty() || !Guard::whyNotControlled(m_deck, operation).isEmpty())
        return;
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
        if (!production.source.isEmpty())
            openVerb(operation, OperationVerb::Undo, production.confirmName);
        else
            m_drawer->ask(operation, OperationVerb::Undo);
        return;
    }
    whenDone(
        m_deck.runner.undoRequest(operation), this,
        [this, operation](const Result<ActionRequest> &request) {
            if (!request) {
                m_toast->show(tr("Not undone: %1").arg(request.error().message), {});
                return;
            }
            const Result<Plan> planned = plan(m_deck.feed.version(), *request, m_deck.clock);
            // Production asks for a name and a reason, what is deleted for its name, and a
            // refusal is to be seen whole.
            if (!planned || planned->production || planned->isRefused() || !planned->hasInverse) {
                openUndo(operation, *request);
                return;
            }
            whenDone(m_deck.runner.control(operation, OperationVerb::Undo, m_deck.asker()), this,
                     [this, operation](const Result<OperationPtr> &answer) {
                         if (answer)
                             undone(operation, *answer);
                         else
                             m_toast->show(tr("Not undone: %1").arg(answer.error().message), {});
                     });
        });
}

void MainWindow::changeEvent(QEvent *event)
{
    // Whoever ends the session may not let the window end by itself.
    if (event->type() == QEvent::ActivationChange && !isActiveWindow())
        remember();
    QWidget::changeEvent(event);
}

void MainWindow::openUndo(const QString &operation, const ActionRequest &request)
{
    const OperationPtr known = m_deck.fleet().operations.value(operation);
    auto *dialog = new PlanDialog(m_deck, request, this,
                                  tr("Undo: %1").arg(known ? titleOf(*known) : operation),
                                  [this, operation](const ActionRequest &wanted) {
                                      return m_deck.runner.control(operation, OperationVerb::Undo,
                                                                   {wanted.actor, wanted.reason});
                                  });
    connect(dialog, &PlanDialog::started, this,
            [this, operation](const OperationPtr &started) { undone(operation, started); });
    connect(dialog, &QDialog::finished, this, [this] { dim(false); });
    dim(true);
    dialog->open();
}

void MainWindow::undone(const QString &operation, const OperationPtr &by)
{
    m_mine.insert(by->id);
    if (m_last == operation)
        m_last.clear();
    m_drawer->setOpen(true);
    updateActions();
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (m_running.isEmpty() || m_closing) {
        event->accept();
        Q_EMIT closed();
        return;
    }
    event->ignore();
    auto *dialog = new FrameDialog(u"closing"_s, tr("Operations are running"), this);
    auto *all = new QVBoxLayout(dialog);
    all->setContentsMargins(24, 20, 24, 16);
    all->setSpacing(12);
    const int count = int(m_running.size());
    all->addWidget(new TextLine(tr("%Ln operation(s) still run", nullptr, count),
                                {Text::Face::Display, 20, 700}));
    all->addWidget(new TextLine(tr("They run in this program, so they stop with it. No tenant is "
                                   "left unserved either way."),
                                {Text::Face::Ui, 13, 400}, Token::TextSecondary));
    auto *foot = new QHBoxLayout;
    foot->setSpacing(8);
    foot->addStretch(1);
    auto *cancel = new Button(Button::Kind::Plain, tr("Cancel"));
    auto *rollBack =
        new Button(Button::Kind::Plain, tr("Roll back and close"), u"arrow-counterclockwise"_s);
    rollBack->setObjectName(u"rollBackAndClose"_s);
    // Each asks for its own name: that is done one by one.
    for (const QString &operation : std::as_const(m_running)) {
        if (!Guard::productionOf(m_deck, operation).source.isEmpty()) {
            rollBack->setEnabled(false);
            rollBack->setToolTip(tr("Production asks for a name and a reason: pause, and roll back "
                                    "from the list of operations"));
        }
    }
    auto *pause = new Button(Button::Kind::Primary, tr("Pause and close"), u"pause"_s);
    pause->setObjectName(u"pauseAndClose"_s);
    auto *keep = new Button(Button::Kind::Plain, tr("Keep in the tray"), u"dash-lg"_s);
    keep->setObjectName(u"keepInTray"_s);
    keep->setVisible(QSystemTrayIcon::isSystemTrayAvailable());
    for (Button *button : {cancel, keep, rollBack, pause}) {
        button->setTall(true);
        foot->addWidget(button);
    }
    all->addLayout(foot);
    connect(keep, &Button::clicked, this, [this, dialog] {
        dialog->accept();
        keepInTray();
    });
    connect(cancel, &Button::clicked, dialog, &QDialog::reject);
    connect(rollBack, &Button::clicked, this, [this, dialog] {
        dialog->accept();
        endThenClose(true);
    });
    connect(pause, &Button::clicked, this, [this, dialog] {
        dialog->accept();
        endThenClose(false);
    });
    connect(dialog, &QDialog::finished, this, [this] { dim(false); });
    dim(true);
    dialog->open();
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

void MainWindow::endThenClose(bool rollBack)
{
    // The runner says when each is paused or taken back; then the window goes.
    const auto closeWhenDone = [this] {
        if (m_running.isEmpty()) {
            m_closing = true;
            close();
        }
    };
    connect(&m_deck.runner, &OperationRunner::operationChanged, this, closeWhenDone);
    if (!rollBack) {
        m_deck.runner.pauseAll(m_deck.asker(), PauseScope::Ours);
        return;
    }
    const QSet<QString> running = m_running;
    for (const QString &operation : running)
        m_drawer->ask(operation, OperationVerb::Rollback);
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow.h"

// The actions of the window: what each does, when it can be asked for, and the menus that offer it.

#include "operationdesk.h"

#include "widgets/carrypanel.h"
#include "widgets/commandpalette.h"
#include "widgets/componentsview.h"
#include "widgets/guard.h"
#include "widgets/mapwidget.h"
#include "widgets/metriccharts.h"
#include "widgets/operationsdrawer.h"
#include "widgets/shortcutsdialog.h"
#include "widgets/stamppanel.h"
#include "widgets/themes.h"
#include "widgets/table.h"
#include "widgets/topbar.h"
#include "widgets/whatif.h"

#include "models/formatter.h"

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QMenu>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int mostAtOnce = 200; ///< Stamps that are cordoned or drained by one plan.

} // namespace

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
            tell(tr("Copied: %1").arg(toString(link())));
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
            tell(tr("All is well: there is no trouble to go to"));
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
    add(u"drawer.toggle"_s, tr("Open or close operations"), u"list-check"_s,
        QKeySequence(Qt::CTRL | Qt::Key_J), [this] { m_drawer->setOpen(!m_drawer->isOpen()); });
    add(u"panel.toggle"_s, tr("Show or hide the panel"), u"layout-sidebar-inset-reverse"_s,
        QKeySequence(Qt::CTRL | Qt::Key_B), [this] {
            if (m_carry->isActive() && (m_carryHidden || panel() == m_carryPanel)) {
                m_carryHidden = !m_carryHidden; // until it is put down
            } else {
                m_panelShown = !m_panelShown;
                m_panelWanted = m_panelShown;
            }
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
          u"carry.spread"_s})
        m_actions->setActing(id);
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
    m_operationDesk->updateActions();
    updateReplayActions();
    m_rail->setBadge(
        View::Operations,
        int(std::count_if(
            m_deck.fleet().operations.begin(), m_deck.fleet().operations.end(),
            [](const OperationPtr &operation) { return !isFinal(operation->state); })));
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
    const OperationPtr operation = m_operationDesk->meantOperation();
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

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/actionregistry.h"
#include "widgets/bars.h"
#include "widgets/carrycontroller.h"
#include "widgets/deck.h"
#include "widgets/handoverdialog.h"
#include "widgets/outcome.h"
#include "widgets/refresher.h"
#include "widgets/replaycontroller.h"
#include "widgets/settingsdialog.h"
#include "widgets/sourcesdialog.h"

#include "models/auditmodel.h"
#include "models/querycompleter.h"
#include "models/viewlink.h"

#include <QtWidgets/QWidget>

class QFileDialog;
class QMenu;
class QSettings;
class QStackedWidget;
class QSystemTrayIcon;

namespace Stampdeck {

class AttentionPanel;
class AuditView;
class CarryBanner;
class CarryPanel;
class CommandPalette;
class CreateWizard;
class DockWindow;
class EmptyView;
class Forecaster;
class IncidentDesk;
class MapToolBar;
class MapWidget;
class OperationDesk;
class OperationsDrawer;
class OperationsView;
class PastBanner;
class PastFrame;
class PlanDialog;
class RehearsalBanner;
class ReplayBar;
class StampPanel;
class StampsView;
class Table;
class TenantsView;
class ThenNowPanel;
class TopBar;
class UndoToast;
class WhatIf;
class WhatIfBanner;
class WhatIfPanel;

/// What would be lost with a window.
enum class WindowHold : quint8 {
    Nothing,
    Operation, ///< One of this process runs.
    Carry, ///< Something hangs on the pointer, whose drag is on the stack, or was cut.
    Dialog, ///< One is open, with what was typed into it.
};

/// The window: its parts in the rectangles of look.md, section 4, and what connects them.
///
/// Owns every view and the models that only they use; everything in the deck outlives it. GUI thread.
class MainWindow final : public QWidget
{
    Q_OBJECT
public:
    /// Stamps of which losses are worked out; of more it would never be up to date.
    static constexpr int mostSurveyed = 20'000;

    explicit MainWindow(const Deck &deck);
    ~MainWindow() override;

    /// Operations that an earlier process left behind: shown first, with Resume and Roll back.
    void setCutOff(const QStringList &operations);
    /// What is wrong with the configuration: file, line, what was expected. Empty: nothing.
    void setConfigurationFault(const QString &message);
    /// Something of this program that is not as it should be, by a name of its own: a line, and what
    /// can be done about it. An empty line: it is well again.
    void setTrouble(const QString &name, const QString &line, const QString &details);
    /// Some operation of this process runs.
    [[nodiscard]] bool hasRunningOperations() const;
    /// What forbids that another window takes the place of this one now.
    [[nodiscard]] WindowHold hold() const;
    /// Takes up how the window was left, and keeps in \a file how it is when it goes: its place and
    /// size, the panel, what the map groups and colours by, the columns of every table.
    void rememberIn(const QString &file);
    /// A link has said how near the map is to be looked at.
    [[nodiscard]] bool isZoomChosen() const { return m_zoomChosen; }
    /// What is looked at now, and how somebody else comes to look at it.
    [[nodiscard]] ViewLink link() const;
    /// Shows what a link says. What it names and nobody knows yet is waited for, until its source has
    /// answered (then it is said) or somebody does something else.
    void openLink(const ViewLink &link);
    /// The same of anybody's text: what cannot be read is said.
    void openLink(const QString &text);
    /// Keeps what is looked at by \a name; one of that name is replaced.
    void saveView(const QString &name);
    void forgetView(const QString &name);
    [[nodiscard]] const QMap<QString, ViewLink> &savedViews() const { return m_saved; }
    void setNoticeTime(std::chrono::milliseconds time);
    /// Says something that needs no answer.
    void tell(const QString &text, Outcome outcome = Outcome::Done);
    /// Polls a source out of turn; empty: all.
    void setRefresh(const std::function<void(const QString &source)> &refresh);

    /// Where the panel of a stamp (or what stands in its place) is, and where the operations are.
    enum class PanelPlace : quint8 { Right, Left, Window };
    void setPanelPlace(PanelPlace place);
    [[nodiscard]] PanelPlace panelPlace() const { return m_panelPlace; }
    void setDrawerFloats(bool floats);
    [[nodiscard]] bool drawerFloats() const { return m_drawerFloats; }

    [[nodiscard]] MapWidget *map() const { return m_map; }
    [[nodiscard]] CarryController &carry() { return *m_carry; }
    [[nodiscard]] WhatIf &whatIf() { return *m_whatIf; }
    [[nodiscard]] ActionRegistry &actions() { return *m_actions; }
    [[nodiscard]] StampPanel *stampPanel() const { return m_stampPanel; }
    [[nodiscard]] AttentionPanel *attention() const { return m_attention; }
    [[nodiscard]] const Forecaster &forecaster() const { return *m_forecaster; }
    /// The serial of the version whose losses are shown; 0 before there is any.
    [[nodiscard]] quint64 surveyedSerial() const { return m_surveyed; }
    [[nodiscard]] ReplayController &replay() { return *m_replay; }
    /// Shows the fleet at that moment, from the history; see ReplayController::open().
    void lookAt(Timestamp moment) { m_replay->open(moment); }
    /// Writes what became of the fleet, or of \a incident, where one is named: HTML or PDF by the end
    /// of the file's name. Says when it is there, or why not. \a at is a moment of the incident, since
    /// ids recur; without one it is of the last time that it came.
    void writeReportOf(const QString &incident, const QString &path,
                       std::optional<Timestamp> at = {});
    /// The sheet for who comes on call next.
    HandOverDialog *openHandOver();
    /// Writes \a sheet: HTML or PDF by the end of the file's name. Says to \a told when it is there,
    /// or why not.
    void writeHandOverTo(const HandOver &sheet, const QString &path,
                         const std::function<void(const QString &, Outcome)> &told);
    /// The moment of a replay beside the fleet as it is, in place of the panel.
    void setComparing(bool comparing);
    [[nodiscard]] IncidentDesk *incidents() const { return m_incidents; }
    [[nodiscard]] OperationDesk *operations() const { return m_operationDesk; }

    /// Shows the panel of a stamp and selects it on the map.
    void openStamp(const QString &id);
    /// Shows an incident in its view, as it is now.
    void openIncident(const QString &id);
    /// Shows what an action would do; nothing is changed by that.
    PlanDialog *openPlan(const ActionRequest &request);
    /// Asks for a new stamp; its plan comes after.
    CreateWizard *openWizard();
    CreateWizard *openWizardIn(const QString &region);
    /// How a source is doing: its last requests, breakers, ages.
    void openDiagnostics(const QString &source);
    void openSources(const SourcesAccess &access);
    /// The saved views are added to it.
    void openSettings(SettingsAccess access);
    /// Hides the window; what runs goes on, and an icon in the tray brings it back.
    void keepInTray();
    QSystemTrayIcon &tray();
    [[nodiscard]] bool isInTray() const;
    /// What the tray shows from now on, where there is one.
    void setTray(const QIcon &icon, const QString &words);
    void comeBack();

Q_SIGNALS:
    void surveyed(); ///< What losses would do has been worked out.
    void demoRequested();
    /// The sources are to be seen, and one to be added where there is none.
    void sourcesRequested();
    void configurationRequested();
    void settingsRequested();
    /// A person wants it so from now on: a key of WindowSettings, and what is written behind it.
    void settingChosen(const QString &key, const QString &written);
    /// The window may go: what ran is paused or rolled back, or nothing ran.
    void closed();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;
    void changeEvent(QEvent *event) override;
    void closeEvent(QCloseEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    using View = ViewRail::View;

    void remember();
    void openWanted();
    void dropWanted();
    [[nodiscard]] bool hasAnswered(const QString &id) const; ///< Whoever could tell of that.
    void askForViewName();
    void listView(const QString &name);
    void addActions();
    void addDocks();
    void showDockMenu(const QPoint &at, bool ofDrawer);
    void connectParts();
    void arrange();
    void updateActions();
    void updateNotice();
    void applyQuery();
    void lookUpMatches();
    void learnWords();
    void takeForecast();
    void lookAtSurvival();
    void showView(View view);
    void showStampMenu(int slot, const QPoint &at);
    void addStampActions(QMenu &menu, const QString &id);
    void addReplayActions();
    void connectReplay();
    void updateReplayActions();
    void showPast(bool past);
    void sayWhyNoPast(const Error &error);
    void chooseReport();
    void openRehearse();
    /// Asks where a page or a document is to be; to be opened.
    [[nodiscard]] QFileDialog *fileDialog(const QString &title, const QString &name, QWidget *parent);
    [[nodiscard]] QList<Table *> tables() const;
    [[nodiscard]] Table *tableInSight() const; ///< Null on the map.
    void showRegionMenu(const QString &region, const QPoint &at);
    void evacuate(const QString &region);
    void addToSearch(const QString &query);
    void narrowSearch(const QString &query); ///< By what the attention panel names.
    void clearSearch();
    [[nodiscard]] bool isLookedUp() const { return !m_query.isEmpty() && m_query.fault().isEmpty(); }
    void zoomToRegion(const QString &region);
    void listRegions(const QStringList &regions); ///< In the palette.
    void addWhatIfActions();
    void connectWhatIf();
    /// Switches off what is selected; or the whole region of it.
    void whatIfSelected(bool wholeRegion);
    void whatIfRegion(const QString &region);
    void showSourcesMenu(const QPoint &at);
    void addSourceActions();
    void requestOf(ActionKind kind);
    [[nodiscard]] QStringList stampsFor(ActionKind kind) const;
    void compareSelected();
    void mend(const QString &stamp, const Refusal &refusal);
    void goRound(bool backwards);
    void cutSelection();
    void dim(bool on);
    [[nodiscard]] static bool canHaveFocus(const QWidget *widget);
    [[nodiscard]] bool isNarrow() const { return width() < 1280; }
    [[nodiscard]] QWidget *panel() const; ///< The one that is to be shown; null for none.
    /// Covers a part of the map rather than stand beside it.
    [[nodiscard]] bool liesOver(const QWidget *panel) const;
    /// Brings the panel of what is carried out from under the hand, to the other side.
    void dodge(const QPointF &hand);
    [[nodiscard]] bool isUnder(const QRect &panel, const QPointF &hand) const;
    [[nodiscard]] QString selectedStamp() const;

    ReplayClock m_clock; // of what is shown
    Deck m_deck;
    std::function<void(const QString &)> m_refresh;
    ActionRegistry *m_actions;
    CarryController *m_carry;
    WhatIf *m_whatIf;
    ReplayController *m_replay;
    bool m_comparing = false;
    AuditModel *m_audit;
    Query m_query;
    quint64 m_asked = 0; // the newest look-up of matches
    bool m_looking = false;
    bool m_lookAgain = false;
    Refresher m_survivalLook;
    quint64 m_surveyed = 0;
    Forecaster *m_forecaster = nullptr;
    Refresher m_wordsLook;
    bool m_closing = false;
    std::unique_ptr<QSettings> m_memory; // null: nothing is remembered
    QMap<QString, ViewLink> m_saved; // by name
    QMap<QString, std::pair<QString, QString>> m_troubles; // lines with details, by name
    ViewLink m_wanted; // what a link names that is not known yet
    bool m_opening = false; // what it wants is being shown
    QString m_narrowedBy; // what the attention panel has last added to the search
    QSystemTrayIcon *m_tray = nullptr; // made when it is first needed
    bool m_trayStays = false; // while the window is shown, too
    bool m_zoomChosen = false;
    QStringList m_regions; // that the palette lists
    DockWindow *m_panelWindow = nullptr; // what is torn off stands there
    DockWindow *m_drawerWindow = nullptr;
    PanelPlace m_panelPlace = PanelPlace::Right;
    PanelPlace m_panelSide = PanelPlace::Right; // where it goes back to
    bool m_drawerFloats = false;
    QWidget *m_lastPanel = nullptr; // that was shown at the last arrange()
    bool m_panelShown = true;
    bool m_carryHidden = false; // somebody closed the panel of what is carried
    bool m_dodges = false; // that stands on the other side, where the hand is not
    bool m_panelWanted = true; // in a window that has room for it beside the map
    int m_panelWidth = 380;
    HandOverDialog::Memory m_handOver;

    TopBar *m_top;
    ViewRail *m_rail;
    MapWidget *m_map;
    MapToolBar *m_tools;
    CarryBanner *m_banner;
    WhatIfBanner *m_whatIfBanner;
    NoticeStrip *m_notice;
    NoticeStrip *m_fault;
    EmptyView *m_empty;
    QStackedWidget *m_views; // all but the map
    StampsView *m_stamps;
    TenantsView *m_tenants;
    OperationsView *m_operations;
    AuditView *m_auditView;
    IncidentDesk *m_incidents;
    AttentionPanel *m_attention;
    CarryPanel *m_carryPanel;
    WhatIfPanel *m_whatIfPanel;
    ThenNowPanel *m_thenNow;
    PastBanner *m_pastBanner;
    RehearsalBanner *m_rehearsalBanner = nullptr; ///< Null in a window on a real fleet.
    ReplayBar *m_replayBar;
    PastFrame *m_pastFrame;
    StampPanel *m_stampPanel;
    OperationsDrawer *m_drawer;
    OperationDesk *m_operationDesk;
    StatusBar *m_status;
    UndoToast *m_toast;
    CommandPalette *m_palette;
    QWidget *m_dimmer;
};

} // namespace Stampdeck

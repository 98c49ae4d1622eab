// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow.h"

// Where the parts of the window stand, and how the focus goes round them.

#include "dockwindow.h"
#include "incidentdesk.h"
#include "operationdesk.h"

#include "widgets/attentionpanel.h"
#include "widgets/carrypanel.h"
#include "widgets/commandpalette.h"
#include "widgets/emptyview.h"
#include "widgets/incidentdetail.h"
#include "widgets/incidentlist.h"
#include "widgets/maptoolbar.h"
#include "widgets/mapwidget.h"
#include "widgets/motion.h"
#include "widgets/operationsdrawer.h"
#include "widgets/rehearsedialog.h"
#include "widgets/replaybar.h"
#include "widgets/stamppanel.h"
#include "widgets/textsize.h"
#include "widgets/thennowpanel.h"
#include "widgets/topbar.h"
#include "widgets/whatif.h"
#include "widgets/whatifpanel.h"

#include <QtGui/QResizeEvent>
#include <QtGui/QWindow>
#include <QtWidgets/QApplication>
#include <QtWidgets/QMenu>
#include <QtWidgets/QStackedWidget>

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

} // namespace

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
        return m_carryHidden ? nullptr : m_carryPanel;
    return m_panelShown ? m_attention : nullptr;
}

bool MainWindow::liesOver(const QWidget *panel) const
{
    if (!panel || m_panelPlace == PanelPlace::Window)
        return false;
    // Picking something up moves no tile under the hand: only where a panel stood beside the map before
    // does another take its place there.
    if (panel == m_carryPanel)
        return isNarrow() || !m_panelShown;
    // On a small window there is no room beside the map.
    return isNarrow() && panel != m_whatIfPanel;
}

bool MainWindow::isUnder(const QRect &panel, const QPointF &hand) const
{
    constexpr int reach = 48; // before it is there
    return panel.adjusted(-reach, 0, reach, 0).contains(m_map->pos() + hand.toPoint());
}

void MainWindow::dodge(const QPointF &hand)
{
    if (panel() != m_carryPanel || !liesOver(m_carryPanel))
        return;
    const int wide = m_carryPanel->width();
    const bool isLeft = (m_panelPlace == PanelPlace::Left) != m_dodges;
    const QRect left(railWidth, 0, wide, height());
    const QRect right(width() - wide, 0, wide, height());
    if (!isUnder(isLeft ? left : right, hand) || isUnder(isLeft ? right : left, hand))
        return;
    m_dodges = !m_dodges;
    arrange();
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
        : shown == m_thenNow ? thenNowWidth
        : isNarrow() && (shown == m_attention || shown == m_carryPanel) ? overlayWidth
        : (shown == m_attention || shown == m_carryPanel)
                && m_deck.fleet().counts.stamps > largeFleet
            ? slimWidth
            : attentionWidth;
    const int panelWidth = isDocked ? withText(usual) : 0;
    // What is carried is put on the map: where its panel lies over it, it goes out of the hand's way.
    const bool isOver = liesOver(shown);
    const int beside = isOver ? 0 : panelWidth;
    const bool isLeft = (m_panelPlace == PanelPlace::Left)
        != (isOver && shown == m_carryPanel && m_dodges);
    if (isDocked)
        static_cast<Surface *>(shown)->setLines(isLeft ? Qt::RightEdge : Qt::LeftEdge);
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
        const int covered = isOver && shown == m_carryPanel ? panelWidth : 0;
        m_map->setCovered(isLeft ? covered : 0, isLeft ? 0 : covered);
        m_banner->setGeometry(left + (isLeft ? covered : 0), top, right - left - covered, toolHeight);
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
        m_drawer->setOpen(!m_operationDesk->cutOff().isEmpty());
        m_panelShown = !m_stampPanel->stamp().isEmpty();
    } else if (!isNarrow() && event->oldSize().width() < 1280) {
        m_panelShown = m_panelShown || m_panelWanted;
    }
    arrange();
}

bool MainWindow::canHaveFocus(const QWidget *widget)
{
    return (widget->focusPolicy() & Qt::TabFocus) && widget->isVisible() && widget->isEnabled();
}

void MainWindow::goRound(bool backwards)
{
    // The top bar begins with its search; whatever stands above the canvas comes before it.
    QWidgetList parts{m_top};
    const bool isMap = m_rail->current() == View::Map;
    if (isMap)
        parts.append(QWidgetList{m_tools, m_banner, m_whatIfBanner}); // one of them is shown
    parts.append(QWidgetList{m_fault, m_notice});
    if (m_rail->current() == View::Incidents) {
        parts.append(m_incidents->list());
        if (m_map->isVisible())
            parts.append(m_map);
        parts.append(m_incidents->detail());
    } else {
        parts.append(!isMap                ? m_views->currentWidget()
                         : m_empty->isHidden() ? static_cast<QWidget *>(m_map)
                                               : m_empty);
        parts.append(panel());
    }
    if (m_replay->isOpen())
        parts.append(QWidgetList{m_pastBanner, m_replayBar});
    else
        parts.append(m_drawer);
    parts.append(QWidgetList{m_toast, m_status, m_rail});
    parts.removeAll(nullptr);
    parts.removeIf([](const QWidget *part) { return !part->isVisible(); });
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

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow.h"

// What is looked at: links to it, views that are saved, and how the window was left.

#include "dockwindow.h"

#include "widgets/mapwidget.h"
#include "widgets/namedialog.h"
#include "widgets/operationsdrawer.h"
#include "widgets/stamppanel.h"
#include "widgets/table.h"
#include "widgets/topbar.h"

#include <QtCore/QScopedValueRollback>
#include <QtCore/QSettings>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Stampdeck {

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
    // As values, not as keys of the file as they were before: there "/" makes a group.
    m_memory->beginGroup(u"keys"_s);
    for (const QString &id : m_memory->childKeys()) {
        if (id != u"size")
            m_actions->setKeys(id, QKeySequence::fromString(m_memory->value(id).toString(),
                                                            QKeySequence::PortableText));
    }
    m_memory->endGroup();
    for (int at = m_memory->beginReadArray(u"keys"_s); at > 0; --at) {
        m_memory->setArrayIndex(at - 1);
        m_actions->setKeys(m_memory->value(u"action"_s).toString(),
                           QKeySequence::fromString(m_memory->value(u"keys"_s).toString(),
                                                    QKeySequence::PortableText));
    }
    m_memory->endArray();
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
    const QMap<QString, QKeySequence> own = m_actions->ownKeys();
    m_memory->beginWriteArray(u"keys"_s, int(own.size()));
    for (auto key = own.cbegin(); key != own.cend(); ++key) {
        m_memory->setArrayIndex(int(std::distance(own.cbegin(), key)));
        m_memory->setValue(u"action"_s, key.key());
        m_memory->setValue(u"keys"_s, key->toString(QKeySequence::PortableText));
    }
    m_memory->endArray();
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
    m_wanted = {};
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
    if (link.stamp.isEmpty())
        m_map->setSelection({});
    QStringList said;
    m_wanted = link;
    if (!link.plan.isEmpty()) {
        const auto kind = actionKindFromString(link.plan);
        if (!kind) {
            unknown.append(link.plan);
            m_wanted.plan.clear();
        } else if (link.stamp.isEmpty()) {
            said.append(tr("The link asks for a plan to %1 and names no stamp").arg(link.plan));
            m_wanted.plan.clear();
        } else if (*kind == ActionKind::Move || *kind == ActionKind::Scale
                   || *kind == ActionKind::Create) {
            said.append(tr("No link can ask for a plan to %1: it needs more than a stamp").arg(link.plan));
            m_wanted.plan.clear();
        }
    }
    if (!unknown.isEmpty())
        said.prepend(
            tr("The link asks for %1, which is not known here").arg(unknown.join(u", "_s)));
    if (!said.isEmpty())
        tell(said.join(u". "_s), Outcome::Failed);
    {
        // What goes with another moment is not what somebody does.
        const QScopedValueRollback opening(m_opening, true);
        if (const auto moment = fromRfc3339(link.at))
            lookAt(*moment);
        else
            m_replay->close();
    }
    openWanted();
}

void MainWindow::openLink(const QString &text)
{
    const Result<ViewLink> link = viewLinkFromString(text);
    if (link)
        openLink(*link);
    else
        tell(tr("The link cannot be opened: %1").arg(link.error().message), Outcome::Failed);
    if (isHidden())
        comeBack();
    setWindowState(windowState() & ~Qt::WindowMinimized);
    raise();
    activateWindow();
}

// A stamp or a tenant may be told of later than the link was opened.
void MainWindow::openWanted()
{
    if (m_opening)
        return;
    // It is about a moment that is still being read.
    if (!m_wanted.at.isEmpty() && !m_deck.feed.isPast() && !m_replay->isSettled())
        return;
    const QScopedValueRollback opening(m_opening, true);
    QStringList missing;
    if (!m_wanted.stamp.isEmpty()) {
        const StampEntry *entry = m_deck.stamp(m_wanted.stamp);
        // Of a proof no plan can be made: its source has not told of it yet.
        const bool isReady = entry && (m_wanted.plan.isEmpty() || !entry->proof);
        if (isReady) {
            const QString id = std::exchange(m_wanted.stamp, {});
            openStamp(id);
            m_map->ensureVisible(m_deck.fleet().stampIndex.value(id));
            if (const auto kind = actionKindFromString(std::exchange(m_wanted.plan, {}))) {
                ActionRequest request;
                request.kind = *kind;
                if (*kind == ActionKind::Evacuate)
                    request.region = entry->stamp->region;
                else
                    request.stamp = id;
                openPlan(request);
            }
        } else if (hasAnswered(m_wanted.stamp)) {
            m_wanted.plan.clear();
            missing.append(std::exchange(m_wanted.stamp, {}));
        } else {
            return;
        }
    }
    if (!m_wanted.carry.isEmpty()) {
        const QStringList tenants = m_wanted.carry.split(u',', Qt::SkipEmptyParts);
        QStringList unknown;
        for (const QString &tenant : tenants) {
            if (m_deck.fleet().tenantIndex.value(tenant) < 0)
                unknown.append(tenant);
        }
        const bool isAnswered = std::all_of(unknown.begin(), unknown.end(),
                                            [this](const QString &id) { return hasAnswered(id); });
        if (unknown.isEmpty()) {
            m_wanted.carry.clear();
            if (const auto carried = m_carry->pickUp(tenants, CarryController::Mode::Cut); !carried)
                tell(carried.error().message, Outcome::Failed);
        } else if (isAnswered) {
            m_wanted.carry.clear();
            missing += unknown;
        }
    }
    if (!missing.isEmpty())
        tell(tr("The link asks for %1, which is not known here").arg(missing.join(u", "_s)),
             Outcome::Failed);
}

void MainWindow::dropWanted()
{
    if (!m_opening)
        m_wanted = {};
}

bool MainWindow::hasAnswered(const QString &id) const
{
    const QString prefix = id.section(u'/', 0, 0);
    const auto &sources = m_deck.fleet().sources;
    const auto named = [](const SourceState &source) { return !source.name.isEmpty(); };
    const auto tells = [&](const SourceState &source) {
        return named(source) && (source.name == prefix || source.tenantDomain == prefix);
    };
    // Of a name that no source has any of them might tell, by the domain of its tenants.
    const bool isTold = std::any_of(sources.begin(), sources.end(), tells);
    bool isAny = false;
    for (const SourceState &source : sources) {
        if (!(isTold ? tells(source) : named(source)))
            continue;
        isAny = true;
        if (!source.answered)
            return false;
    }
    return isAny;
}

void MainWindow::saveView(const QString &name)
{
    m_saved.insert(name, link());
    listView(name);
    remember();
    tell(tr("Saved as %1: it is in Ctrl+K").arg(name));
}

void MainWindow::forgetView(const QString &name)
{
    m_saved.remove(name);
    m_actions->remove(u"saved."_s + name);
    m_actions->forgetKeys(u"saved."_s + name);
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

} // namespace Stampdeck

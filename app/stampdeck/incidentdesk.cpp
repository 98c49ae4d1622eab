// SPDX-License-Identifier: GPL-3.0-or-later
#include "incidentdesk.h"

#include "widgets/actionregistry.h"
#include "widgets/incidentdetail.h"
#include "widgets/incidentdialogs.h"
#include "widgets/incidentlist.h"
#include "widgets/mapwidget.h"

#include "models/formatter.h"

#include "backends/api/whendone.h"

#include <QtGui/QAction>
#include <QtWidgets/QMenu>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace Stampdeck {

namespace {

constexpr auto extension = 2h;

} // namespace

IncidentDesk::IncidentDesk(Deck &deck, ActionRegistry &actions, MapWidget &map, QWidget *window)
    : QObject(window)
    , m_deck(deck)
    , m_actions(actions)
    , m_map(map)
    , m_window(window)
{
    addActions();
    m_list = new IncidentList(deck, window);
    m_detail = new IncidentDetail(deck, actions, window);
    connect(m_list, &IncidentList::selectionChanged, this, [this](const QString &id) {
        m_detail->setIncident(id);
        updateActions();
        frame();
        Q_EMIT litChanged();
    });
    connect(m_list, &IncidentList::extendRequested, this, &IncidentDesk::extend);
    connect(m_list, &IncidentList::silencesRequested, this, &IncidentDesk::openSilences);
    connect(m_list, &IncidentList::handOverRequested, this, [this] {
        if (QAction *handOver = m_actions.action(u"handOver"_s))
            handOver->trigger();
    });
    connect(m_list, &IncidentList::menuRequested, this, [this](const QPoint &at) {
        auto *menu = new QMenu(m_window);
        menu->setObjectName(u"incidentMenu"_s);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->setToolTipsVisible(true);
        for (const QString &action :
             {u"incident.acknowledge"_s, u"incident.silence"_s, u"incident.silences"_s,
              u"incident.dim"_s, u"report"_s, u"handOver"_s}) {
            if (m_actions.action(action))
                m_actions.addTo(*menu, action);
        }
        menu->popup(at);
    });
    connect(m_detail, &IncidentDetail::stampActivated, this, &IncidentDesk::stampActivated);
    connect(m_detail, &IncidentDetail::stampActionRequested, this, [this](const QString &action) {
        // Of its own stamp, whatever was selected on the map meanwhile.
        m_map.setSelection(slotsHit());
        QAction *run = m_actions.action(action);
        if (run && run->isEnabled())
            run->trigger();
        else if (run)
            Q_EMIT told(ActionRegistry::reasonOf(run), Outcome::Failed);
    });
    connect(m_detail, &IncidentDetail::stampMenuRequested, this, [this](const QPoint &at) {
        const QList<int> hit = slotsHit();
        m_map.setSelection(hit);
        if (!hit.isEmpty())
            Q_EMIT stampMenuRequested(hit.constFirst(), at);
    });
    connect(&deck.feed, &FleetFeed::changed, this, [this](const ChangeSet &slice) {
        if (slice.incidents || slice.stampsComeOrGo)
            updateMarks();
        if (slice.incidents || slice.sources)
            updateActions();
        if (slice.incidents && m_dims)
            Q_EMIT litChanged();
        if (slice.incidents && m_active && m_list->selected().isEmpty())
            m_list->selectNext(true);
    });
    connect(&deck.feed, &FleetFeed::pastChanged, this, [this] {
        updateMarks();
        updateActions();
    });
    updateMarks();
    updateActions();
}

void IncidentDesk::addActions()
{
    m_actions.add(u"incident.acknowledge"_s, tr("Acknowledge the incident…"), u"check-lg"_s,
                  QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_K), [this] { acknowledge(); });
    m_actions.add(u"incident.silence"_s, tr("Silence the incident…"), u"bell-slash"_s,
                  QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_M), [this] { silence(); });
    m_actions.add(u"incident.silences"_s, tr("Silences…"), u"bell-slash"_s, {},
                  [this] { openSilences(); });
    m_actions.add(u"incident.dim"_s, tr("Dim what the incident does not hit"), u"eye"_s,
                  QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_H), [this] {
                      m_dims = !m_dims;
                      Q_EMIT litChanged();
                  });
}

void IncidentDesk::setActive(bool active)
{
    if (m_active == active)
        return;
    m_active = active;
    if (active && m_list->selected().isEmpty())
        m_list->selectNext(true);
    else if (active)
        frame();
    updateActions();
    Q_EMIT litChanged();
}

QList<int> IncidentDesk::slotsHit() const
{
    QList<int> hit;
    if (const IncidentPtr incident = m_detail->incident()) {
        for (const QString &stamp : incident->stamps) {
            if (const int slot = m_deck.fleet().stampIndex.value(stamp); slot >= 0)
                hit.append(slot);
        }
    }
    return hit;
}

std::optional<QSet<int>> IncidentDesk::lit() const
{
    if (!m_active || !m_dims || !m_detail->incident())
        return std::nullopt;
    const QList<int> hit = slotsHit();
    return QSet<int>(hit.begin(), hit.end());
}

// Marks on the map what is hit, and brings it into sight.
void IncidentDesk::frame()
{
    if (!m_active)
        return;
    const QList<int> hit = slotsHit();
    m_map.setSelection(hit);
    if (!hit.isEmpty() && m_map.isVisible())
        m_map.ensureVisible(hit.constFirst());
}

void IncidentDesk::open(const QString &incident)
{
    m_list->select(incident);
}

void IncidentDesk::updateActions()
{
    const IncidentPtr incident = m_active ? m_detail->incident() : nullptr;
    const QString none = !incident   ? tr("no incident is selected")
        : m_deck.readOnly            ? tr("started read only")
        : m_deck.feed.isPast()       ? tr("you look at the past")
        : !incident->firing          ? tr("it is over")
                                     : QString();
    m_actions.setReason(u"incident.acknowledge"_s,
                        none.isEmpty() && !m_deck.acknowledge ? tr("nobody keeps it") : none);
    m_actions.setReason(u"incident.silence"_s,
                        !none.isEmpty()           ? none
                            : !m_deck.silence     ? tr("nobody takes silences")
                            : !incident->isAlert() ? tr("no alert tells of this")
                                                   : QString());
    m_actions.setReason(u"incident.dim"_s, incident ? QString() : tr("no incident is selected"));
    for (const QString &action : {u"incident.acknowledge"_s, u"incident.silence"_s})
        m_actions.setTarget(action, incident ? incident->title.left(40) : QString());
    Q_EMIT openCountChanged(int(bookOf(m_deck.fleet())->open.size()));
}

// What the health of a tile does not say: that there is an alert, and who looks after it.
void IncidentDesk::updateMarks()
{
    QHash<int, MapMark> marks;
    const FleetVersion &fleet = m_deck.fleet();
    if (const IncidentBookPtr book = fleet.incidents) {
        for (const IncidentPtr &incident : book->open) {
            const bool isTold = incident->isAlert() || incident->acknowledged
                || incident->silenced || incident->maintenance;
            if (!isTold || incident->kind == IncidentKind::RegionLoss)
                continue;
            for (const QString &stamp : incident->stamps) {
                const int slot = fleet.stampIndex.value(stamp);
                // The worst one comes first.
                if (slot >= 0 && !marks.contains(slot))
                    marks.insert(slot, {healthOf(incident->severity), stateIconOf(*incident),
                                        //: %1 is an incident, %2 “not acknowledged”
                                        tr("%1, %2").arg(incident->title.left(80),
                                                         stateOf(*incident))});
            }
        }
    }
    m_map.setMarks(marks);
}

void IncidentDesk::show(FrameDialog *dialog)
{
    connect(dialog, &QDialog::finished, this, [this] { Q_EMIT dialogShown(false); });
    Q_EMIT dialogShown(true);
    dialog->open();
}

void IncidentDesk::acknowledge()
{
    const IncidentPtr incident = m_detail->incident();
    if (!incident)
        return;
    auto *dialog = new AcknowledgeDialog(m_deck, *incident, m_window);
    connect(dialog, &AcknowledgeDialog::told, this, [this](const QString &text) { Q_EMIT told(text); });
    show(dialog);
}

void IncidentDesk::silence()
{
    const IncidentPtr incident = m_detail->incident();
    if (!incident)
        return;
    auto *dialog = new SilenceDialog(m_deck, *incident, m_window);
    connect(dialog, &SilenceDialog::told, this, [this](const QString &text) { Q_EMIT told(text); });
    show(dialog);
}

void IncidentDesk::openSilences()
{
    auto *dialog = new SilencesDialog(m_deck, m_window);
    connect(dialog, &SilencesDialog::extendRequested, this, &IncidentDesk::extend);
    connect(dialog, &SilencesDialog::endRequested, this,
            [this](const QString &feed, const QString &id) {
                whenDone(m_deck.expireSilence(feed, id), this, [this](const Result<Silence> &ended) {
                    Q_EMIT told(ended ? tr("The silence has ended") : ended.error().message,
                                ended ? Outcome::Done : Outcome::Failed);
                });
            });
    show(dialog);
}

void IncidentDesk::extend(const QString &feed, const QString &silence, Timestamp endsAt)
{
    if (!m_deck.extendSilence)
        return;
    // One that has just ended begins anew from now.
    const Timestamp until = std::max(endsAt, m_deck.clock.now()) + extension;
    whenDone(m_deck.extendSilence(feed, silence, until), this, [this](const Result<Silence> &is) {
        Q_EMIT told(is ? tr("The silence lasts until %1")
                             .arg(is->endsAt ? Format::minuteOfZone(*is->endsAt) : Format::none())
                       : is.error().message,
                    is ? Outcome::Done : Outcome::Failed);
    });
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "caller.h"

#include "notifications.h"

#include "backends/api/clock.h"
#include "backends/api/whendone.h"
#include "models/fleetfeed.h"
#include "models/fleetstore.h"
#include "widgets/controls.h"

#include <QtCore/QDateTime>
#include <QtWidgets/QApplication>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int mostNamed = 3; ///< Incidents of a call; the others are counted.
constexpr int titleLength = 120;
constexpr int lineLength = 240;

} // namespace

Caller::Caller(const Deck &deck, Notifications &notifications, QObject *parent)
    : QObject(parent)
    , m_deck(deck)
    , m_notifications(notifications)
    , m_bell(deck.clock, this)
{
    // Not by the feed: that may show the past.
    connect(&deck.store, &FleetStore::published, this,
            [this](const FleetVersionPtr &, const ChangeSetPtr &changes) {
                if (changes->incidents)
                    look();
            });
    connect(&notifications, &Notifications::chosen, this, &Caller::choose);
    connect(&notifications, &Notifications::answered, this, [this] {
        if (std::exchange(m_isUnheard, false))
            Q_EMIT unheard({});
    });
    connect(&notifications, &Notifications::failed, this, [this](const QString &why) {
        m_isUnheard = true;
        Q_EMIT unheard(why.isEmpty() ? tr("it does not say why") : why);
        if (m_settings.sound)
            ring();
    });
    connect(&notifications, &Notifications::shown, this, [this](bool isMute) {
        if (isMute)
            ring();
        else
            setSoundless({});
    });
    connect(&m_bell, &Bell::sounded, this, [this] {
        setSoundless({});
        if (const auto tried = std::exchange(m_try, nullptr))
            tried->give({});
    });
    connect(&m_bell, &Bell::failed, this, [this](const QString &why) {
        QApplication::beep(); // most desktops mute it: nothing is left to try
        setSoundless(why);
        if (const auto tried = std::exchange(m_try, nullptr))
            tried->give(fail(ErrorKind::NotNow, why));
    });
    look();
}

Caller::~Caller()
{
    if (m_timer != 0)
        m_deck.clock.cancel(m_timer);
    m_notifications.close();
}

void Caller::setSettings(const CallSettings &settings)
{
    m_settings = settings;
    if (!settings.sound)
        setSoundless({});
    look();
}

void Caller::look()
{
    const IncidentBookPtr book = m_deck.store.current()->incidents;
    std::optional<Severity> worst;
    int count = 0;
    for (const IncidentPtr &incident : book ? book->open : std::vector<IncidentPtr>()) {
        if (incident->acknowledged || incident->silenced || incident->inhibited
            || incident->maintenance)
            continue;
        worst = std::min(worst.value_or(Severity::Info), incident->severity);
        ++count;
    }
    if (worst != m_worst || count != m_count) {
        m_worst = worst;
        m_count = count;
        Q_EMIT changed();
    }

    if (m_timer != 0)
        m_deck.clock.cancel(std::exchange(m_timer, 0));
    const QDateTime now =
        QDateTime::fromMSecsSinceEpoch(m_deck.clock.now().time_since_epoch().count());
    const CallPolicy::Decision decision =
        m_policy.look(book, m_settings, m_deck.clock.elapsed(), now.toLocalTime().time());
    if (decision.call)
        call(*decision.call);
    if (decision.isOver)
        m_notifications.close();
    if (decision.next) {
        m_timer = m_deck.clock.callLater(*decision.next, this, [this] {
            m_timer = 0;
            look();
        });
    }
}

void Caller::call(const CallPolicy::Call &call)
{
    Notifications::Notification notification;
    m_called.clear();
    QStringList lines;
    int critical = 0;
    for (const IncidentPtr &incident : call.incidents) {
        m_called.append(incident->id);
        critical += incident->severity == Severity::Critical;
    }
    const Incident &first = *call.incidents.front();
    if (call.incidents.size() == 1) {
        notification.title = plainLine(first.title, titleLength);
        if (const QString text = plainLine(first.summary, lineLength); !text.isEmpty())
            lines.append(text);
    } else {
        const int count = int(call.incidents.size());
        notification.title = critical > 0
            ? tr("%Ln incident(s), %1 critical", nullptr, count)
                  .arg(QLocale().toString(critical))
            : tr("%Ln incident(s)", nullptr, count);
        for (int i = 0; i < std::min(count, mostNamed); ++i)
            lines.append(plainLine(call.incidents[size_t(i)]->title, titleLength));
        if (count > mostNamed)
            lines.append(tr("and %Ln more", nullptr, count - mostNamed));
    }
    if (call.again)
        lines.append(tr("Nobody has acknowledged."));
    // It comes to the same desktop as those of the real fleet do.
    if (!m_deck.rehearsal.isEmpty())
        notification.title = tr("Rehearsal: %1").arg(notification.title);
    notification.text = lines.join(u'\n');
    notification.isCritical = critical > 0;
    m_sound = critical > 0 ? u"alarm-clock-elapsed"_s : u"dialog-warning"_s;
    if (m_settings.sound)
        notification.sound = m_sound;
    notification.actions = {{u"default"_s, tr("Open")}, {u"open"_s, tr("Open")}};
    if (m_deck.acknowledge && !m_deck.readOnly) {
        // Of all of them, named or counted.
        notification.actions.append(
            {u"acknowledge"_s, m_called.size() == 1
                 ? tr("Acknowledge")
                 : tr("Acknowledge all %Ln", nullptr, int(m_called.size()))});
    }
    m_notifications.show(notification);
}

FutureResult<void> Caller::trySound()
{
    m_try = std::make_shared<Answer<void>>();
    m_bell.ring(u"dialog-warning"_s);
    return m_try->future();
}

// Whoever hears nothing from the service must hear something.
void Caller::ring()
{
    m_bell.ring(m_sound);
    Q_EMIT rang();
}

void Caller::setSoundless(const QString &why)
{
    if (why != std::exchange(m_whySoundless, why))
        Q_EMIT soundless(why);
}

void Caller::choose(const QString &action)
{
    if (action != "acknowledge"_L1) {
        Q_EMIT opened(m_called);
        return;
    }
    for (const QString &id : std::as_const(m_called)) {
        Acknowledgement acknowledgement;
        acknowledgement.incident = id;
        acknowledgement.by = m_deck.actor;
        acknowledgement.at = m_deck.clock.now();
        whenDone(m_deck.acknowledge(acknowledgement), this,
                 [this, id](const Result<Acknowledgement> &answer) {
                     // Where it was refused the incident stays open, and calls again.
                     if (!answer)
                         Q_EMIT opened({id});
                 });
    }
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "pastincidents.h"

#include "disposal.h"
#include "incidentkeeper.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QSet>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

// One that an earlier program recorded has no alerts, and no digest that is checked.
bool isOfAlerts(const Incident &incident)
{
    return incident.isAlert() || incident.id.section(u'/', -1).startsWith(u"alert:");
}

// As the book of now has them.
bool endsBefore(const KnownSilence &a, const KnownSilence &b)
{
    return std::pair(a.silence.endsAt, a.silence.id) < std::pair(b.silence.endsAt, b.silence.id);
}

} // namespace

void PastIncidents::add(qint64 number, const HistoryEvent &event)
{
    if (event.kind == silenceEvent || event.kind == silenceChangeEvent) {
        addSilence(number, event);
        return;
    }
    const QJsonObject data = QJsonDocument::fromJson(event.data).object();
    auto life = m_lifeOf.constFind(event.id);
    if (life == m_lifeOf.cend()) {
        life = m_lifeOf.insert(event.id, int(m_lives.size()));
        m_lives.emplace_back();
    }
    m_told.push_back({number, event.at, *life,
                      data.value(u"state"_s).toString() != u"resolved",
                      !data.value(u"title"_s).toString().isEmpty()});
}

void PastIncidents::set(int life, const Life &is)
{
    Life &was = m_lives[size_t(life)];
    if (was.ended)
        m_closed.erase({*was.ended, life});
    else
        m_open.erase(life);
    was = is;
    if (is.told < 0)
        return;
    if (is.ended)
        m_closed.insert({*is.ended, life});
    else
        m_open.insert(life);
}

void PastIncidents::goTo(Timestamp moment)
{
    while (m_next > 0 && m_told[m_next - 1].at > moment) {
        set(m_told[--m_next].life, m_before.back());
        m_before.pop_back();
        ++m_steps;
    }
    for (; m_next < m_told.size() && m_told[m_next].at <= moment; ++m_next) {
        const Told &told = m_told[m_next];
        Life is = m_lives[size_t(told.life)];
        const bool isNew = is.told < 0;
        m_before.push_back(is);
        if (told.firing && (isNew || is.ended)) {
            is.reopened += int(!isNew);
            is.began = told.at;
            is.ended.reset();
        } else if (!told.firing) {
            if (isNew)
                is.began = told.at; // its begin is older than what is kept
            is.ended = told.at;
        }
        // One whose end alone an earlier process knew has no words of its own.
        if (isNew || told.hasWords)
            is.told = int(m_next);
        set(told.life, is);
        ++m_steps;
    }
}

Result<PastIncidents::Words> PastIncidents::words(const Life &life, const Read &read)
{
    const qint64 number = m_told[size_t(life.told)].number;
    if (!m_words.contains(number)) {
        const auto event = read(number);
        if (!event)
            return fail(event.error());
        auto fresh = std::make_unique<Words>();
        fresh->incident = incidentOf(*event, &fresh->tellsTenants);
        m_words.insert(number, fresh.release());
    }
    Words words = *m_words.object(number);
    Incident &is = words.incident;
    is.firing = !life.ended;
    // The events say when it came back; what it says of its begin may be from before somebody recorded.
    if (!is.startsAt || life.reopened > 0)
        is.startsAt = life.began;
    is.endsAt = life.ended;
    is.reopened = life.reopened;
    if (life.reopened > 0)
        is.reopenedAt = life.began;
    return words;
}

// What the events tell, and what nobody told of: since it had not held for long yet, or nobody recorded
// incidents then.
Result<std::vector<Incident>> PastIncidents::open(Timestamp moment, const FleetVersion &version,
                                                  const Read &read)
{
    std::vector<Incident> all;
    const QHash<QString, QString> ofAlerts = alertAcknowledgements(version);
    for (const int life : m_open) {
        auto told = words(m_lives[size_t(life)], read);
        if (!told)
            return fail(told.error());
        Incident *is = &told->incident;
        if (!told->tellsTenants)
            is->tenants = tenantsOn(is->stamps, version);
        const auto by =
            version.acknowledgements.constFind(ofAlerts.value(alertDigest(is->id), is->id));
        if (by != version.acknowledgements.cend() && (!by->until || *by->until > moment))
            is->acknowledged = *by;
        all.push_back(std::move(*is));
    }
    std::sort(all.begin(), all.end(), isBefore);
    QSet<QString> known;
    QHash<QString, size_t> about; // the worst alert of a stamp
    for (size_t i = 0; i < all.size(); ++i) {
        known.insert(all[i].id);
        for (const OwnFinding &finding : std::as_const(all[i].findings))
            known.insert(finding.id);
        if (!isOfAlerts(all[i]))
            continue;
        for (const QString &stamp : std::as_const(all[i].stamps)) {
            if (!about.contains(stamp))
                about.insert(stamp, i);
        }
    }
    QList<Incident> findings = fleetIncidents(version);
    all.reserve(all.size() + size_t(findings.size()));
    for (Incident &own : findings) {
        if (known.contains(own.id))
            continue;
        const auto with = about.constFind(own.stamps.value(0));
        if (own.kind && isMergedIntoAlerts(*own.kind) && with != about.cend()) {
            all[*with].severity = std::min(all[*with].severity, own.severity);
            all[*with].findings.append({own.id, own.title, own.summary, own.startsAt});
        } else {
            all.push_back(std::move(own));
        }
    }
    for (Incident &incident : all)
        incident.maintenance = isMaintenance(incident.stamps, version);
    std::sort(all.begin(), all.end(), isBefore);
    return all;
}

void PastIncidents::addSilence(qint64 number, const HistoryEvent &event)
{
    bool isOver = false;
    const KnownSilence is = knownSilenceOf(event, &isOver);
    if (const auto last = m_lastSilence.constFind(event.id); last != m_lastSilence.cend()) {
        ToldSilence &before = m_silences[*last];
        before.to = std::min(before.to, event.at);
    }
    if (isOver) {
        m_lastSilence.remove(event.id);
        return;
    }
    m_lastSilence.insert(event.id, m_silences.size());
    // It ends by itself too, whether or not somebody was there to tell.
    m_silences.push_back({number, event.at, is.silence.endsAt.value_or(Timestamp::max())});
}

// Those that were there then. How many alerts one kept quiet is what the incidents of then say.
Result<QList<KnownSilence>> PastIncidents::silences(Timestamp moment,
                                                    const std::vector<IncidentPtr> &open,
                                                    const Read &read)
{
    QList<KnownSilence> all;
    for (const ToldSilence &told : m_silences) {
        if (told.from > moment || told.to <= moment)
            continue;
        if (!m_silenceWords.contains(told.number)) {
            const auto event = read(told.number);
            if (!event)
                return fail(event.error());
            m_silenceWords.insert(told.number, new KnownSilence(knownSilenceOf(*event)));
        }
        KnownSilence known = *m_silenceWords.object(told.number);
        if (known.silence.id.isEmpty())
            continue; // its event is no more there
        known.silence.state = known.silence.startsAt && *known.silence.startsAt > moment
            ? SilenceState::Pending
            : SilenceState::Active;
        for (const IncidentPtr &incident : open) {
            if (incident->source != known.feed)
                continue;
            for (const AlertPtr &alert : incident->alerts)
                known.alerts += int(alert->silencedBy.contains(known.silence.id));
        }
        all.append(std::move(known));
    }
    std::sort(all.begin(), all.end(), endsBefore);
    return all;
}

Result<IncidentBookPtr> PastIncidents::at(Timestamp moment, const FleetVersion &version,
                                          const Read &read)
{
    goTo(moment);
    IncidentBook book;
    book.settled = true;
    auto all = open(moment, version, read);
    if (!all)
        return fail(all.error());
    QSet<QString> ids;
    for (Incident &incident : *all) {
        ids.insert(incident.id);
        book.open.push_back(std::make_shared<const Incident>(std::move(incident)));
    }
    QHash<int, Closed> shown;
    for (auto at = m_closed.crbegin();
         at != m_closed.crend() && book.closed.size() < size_t(IncidentBook::closedKept); ++at) {
        const Life &life = m_lives[size_t(at->second)];
        Closed closed = m_shown.value(at->second);
        if (!closed.incident || closed.life != life) {
            auto is = words(life, read);
            if (!is)
                return fail(is.error());
            closed = {life, std::make_shared<const Incident>(std::move(is->incident))};
        }
        shown.insert(at->second, closed);
        if (!ids.contains(closed.incident->id)) // the fleet shows it again
            book.closed.push_back(closed.incident);
    }
    m_shown = std::move(shown);
    auto quiet = silences(moment, book.open, read);
    if (!quiet)
        return fail(quiet.error());
    book.silences = std::move(*quiet);
    if (book.open.empty() && !book.closed.empty())
        book.quietSince = book.closed.front()->endsAt;
    const auto areSame = [](const std::vector<IncidentPtr> &a, const std::vector<IncidentPtr> &b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                          [](const IncidentPtr &x, const IncidentPtr &y) {
                              return x == y || *x == *y;
                          });
    };
    if (!m_last || !areSame(m_last->open, book.open) || !areSame(m_last->closed, book.closed)
        || m_last->silences != book.silences)
        m_last = makeDisposable<IncidentBook>(std::move(book)); // of an ill fleet it is large
    return m_last;
}

} // namespace Stampdeck

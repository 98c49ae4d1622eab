// SPDX-License-Identifier: GPL-3.0-or-later
#include "incidentkeeper.h"

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

bool counts(const Acknowledgement &acknowledgement, const Incident &incident, Timestamp now)
{
    if (acknowledgement.until && *acknowledgement.until <= now)
        return false;
    // It came back: that is news. When the fleet's own began, every process tells by itself.
    return !incident.isAlert() || !acknowledgement.at || !incident.startsAt
        || *acknowledgement.at >= *incident.startsAt;
}

} // namespace

bool isMergedIntoAlerts(IncidentKind kind)
{
    return kind == IncidentKind::Stale || kind == IncidentKind::Unhealthy
        || kind == IncidentKind::OverCapacity;
}

IncidentKeeper::IncidentKeeper(const IncidentRules &rules, bool atOnce)
    : m_rules(rules)
    , m_atOnce(atOnce)
{ }

void IncidentKeeper::addFeed(const AlertFeed &feed)
{
    m_feeds.push_back({});
    m_feeds.back().is = feed;
}

void IncidentKeeper::tell(const QString &feed, const AlertUpdate &update, Timestamp now)
{
    for (Feed &each : m_feeds) {
        if (each.is.name != feed)
            continue;
        each.endpoints[update.endpoint] = {update, true, false};
        each.heardAt = now;
        each.changed = each.answered = true;
    }
}

void IncidentKeeper::lose(const QString &feed, const QString &endpoint)
{
    for (Feed &each : m_feeds) {
        if (each.is.name != feed)
            continue;
        Endpoint &at = each.endpoints[endpoint];
        each.changed |= !std::exchange(at.lost, true);
        each.answered = true;
    }
}

// What all endpoints of a feed say together.
void IncidentKeeper::sum(Feed &feed)
{
    if (!std::exchange(feed.changed, false))
        return;
    const bool allLost = std::all_of(feed.endpoints.begin(), feed.endpoints.end(),
                                     [](const auto &each) { return each.second.lost; });
    std::vector<AlertUpdate> peers;
    for (const auto &[name, endpoint] : feed.endpoints) {
        if (endpoint.answered && (allLost || !endpoint.lost))
            peers.push_back(endpoint.update);
    }
    const AlertUpdate all = mergePeers(peers);
    feed.incidents =
        alertIncidents(feed.is.name, all, feed.is.stampLabel, feed.is.tenantLabel,
                       feed.is.watchdog);
    feed.hasWatchdog = allLost
        || std::any_of(all.alerts.begin(), all.alerts.end(), [&feed](const AlertPtr &alert) {
               return alert->name == feed.is.watchdog;
           });
    feed.silences.clear();
    for (const Silence &silence : all.silences) {
        if (silence.state != SilenceState::Expired)
            feed.silences += silence;
    }
    feed.silenced.clear();
    for (const AlertPtr &alert : all.alerts) {
        for (const QString &id : alert->silencedBy)
            ++feed.silenced[id];
    }
}

void IncidentKeeper::see(Condition condition, Timestamp now, std::chrono::milliseconds elapsed)
{
    const auto [at, fresh] = m_tracks.try_emplace(condition.incident.id);
    Track &track = at->second;
    if (fresh) {
        track.firstSeen = elapsed;
        track.startedAt = condition.incident.startsAt.value_or(now);
    }
    track.lastSeen = elapsed;
    track.look = m_look;
    track.lastSeenAt = now;
    Incident &incident = condition.incident;
    // One that flaps began when it first did.
    if (!incident.startsAt || !incident.isAlert())
        incident.startsAt = track.startedAt;
    if (!track.open) {
        const bool isAlert = incident.isAlert();
        // Since before we looked, where that is told.
        const auto held = std::max(elapsed - track.firstSeen,
                                   std::chrono::duration_cast<std::chrono::milliseconds>(
                                       now - *incident.startsAt));
        const bool isStuck = incident.kind == IncidentKind::OperationStuck;
        track.open = isAlert || (m_atOnce && !isStuck) || held >= m_rules[condition.kind].hold;
        if (track.open) {
            const auto before =
                std::find_if(m_closed.begin(), m_closed.end(),
                             [&](const IncidentPtr &each) { return each->id == incident.id; });
            if (before != m_closed.end()) {
                track.reopened = (*before)->reopened + 1;
                track.reopenedAt = now;
                m_closed.erase(before);
            }
        }
    }
    incident.reopened = track.reopened;
    incident.reopenedAt = track.reopenedAt;
    track.last = std::move(incident);
}

void IncidentKeeper::close(const Track &track)
{
    auto ended = std::make_shared<Incident>(track.last);
    ended->firing = false;
    ended->endsAt = track.lastSeenAt;
    m_closed.insert(m_closed.begin(), std::move(ended));
    if (m_closed.size() > size_t(IncidentBook::closedKept))
        m_closed.pop_back();
}

// All that is open, with what is merged, and what people and silences say of it.
std::vector<Incident> IncidentKeeper::shown(const FleetVersion &version, Timestamp now,
                                            std::chrono::milliseconds elapsed)
{
    std::vector<Incident> all;
    std::vector<Track *> merged;
    for (auto at = m_tracks.begin(); at != m_tracks.end();) {
        Track &track = at->second;
        const Incident &last = track.last;
        const bool isOver = track.look != m_look
            && (!track.open || last.isAlert() || !last.kind
                || elapsed - track.lastSeen >= m_rules[*last.kind].clear);
        if (isOver) {
            if (track.open && !track.merged)
                close(track);
            at = m_tracks.erase(at);
            continue;
        }
        if (track.open) {
            if (last.kind && isMergedIntoAlerts(*last.kind))
                merged.push_back(&track);
            else
                all.push_back(last);
        }
        ++at;
    }
    std::sort(all.begin(), all.end(), isBefore);
    QHash<QString, size_t> about; // the worst alert of a stamp, by its id
    for (size_t i = 0; i < all.size(); ++i) {
        if (!all[i].isAlert())
            continue;
        for (const QString &stamp : std::as_const(all[i].stamps)) {
            if (!about.contains(stamp))
                about.insert(stamp, i);
        }
    }
    QHash<QString, QString> alone; // the own incident that an alert's acknowledgement may be of
    for (Track *track : merged) {
        const Incident &own = track->last;
        const auto with = about.constFind(own.stamps.value(0));
        track->merged = with != about.cend();
        if (!track->merged) {
            all.push_back(own);
            continue;
        }
        Incident &incident = all[*with];
        incident.severity = std::min(incident.severity, own.severity);
        incident.findings.append({own.id, own.title, own.summary, own.startsAt});
        if (incident.stamps.size() == 1) {
            alone.insert(incident.id, own.id);
            for (const QString &tenant : own.tenants) {
                if (!incident.tenants.contains(tenant))
                    incident.tenants.append(tenant);
            }
        }
    }
    const QHash<QString, QString> alertKeys = alertAcknowledgements(version);
    for (Incident &incident : all) {
        if (!incident.isAlert())
            incident.maintenance = isMaintenance(incident.stamps, version);
        const QString digest = alertDigest(incident.id);
        for (const QString &key : {digest.isEmpty() ? incident.id : alertKeys.value(digest),
                                   alone.value(incident.id)}) {
            const auto by = version.acknowledgements.constFind(key);
            if (by == version.acknowledgements.cend() || !counts(*by, incident, now))
                continue;
            incident.acknowledged = *by;
            incident.acknowledgedHere = version.acknowledgedHere.contains(key);
            break;
        }
        for (const Feed &feed : m_feeds) {
            if (feed.is.name != incident.source)
                continue;
            const auto state = std::find_if(
                version.feeds.begin(), version.feeds.end(),
                [&feed](const FeedState &each) { return each.name == feed.is.name; });
            if (state != version.feeds.end() && incident.isAlert()
                && (state->isStale()
                    || (state->error && state->endpointsFailing >= state->endpoints)))
                incident.lastHeard = feed.heardAt;
        }
    }
    std::sort(all.begin(), all.end(), isBefore);
    return all;
}

// What was shown last, where it is the same.
IncidentPtr IncidentKeeper::kept(Incident incident) const
{
    const IncidentPtr before = m_shown.value(incident.id);
    if (before && *before == incident)
        return before;
    return std::make_shared<const Incident>(std::move(incident));
}

IncidentBookPtr IncidentKeeper::look(const FleetVersion &version, Timestamp now,
                                     std::chrono::milliseconds elapsed)
{
    auto book = std::make_shared<IncidentBook>();
    book->settled = true;
    ++m_look;
    for (Feed &feed : m_feeds) {
        sum(feed);
        book->settled &= feed.answered;
        for (const Incident &each : feed.incidents) {
            Condition condition;
            condition.incident = each;
            tie(condition.incident, version);
            see(std::move(condition), now, elapsed);
        }
        for (const Silence &silence : std::as_const(feed.silences))
            book->silences.append({feed.is.name, silence, feed.silenced.value(silence.id)});
        if (!feed.is.watchdog.isEmpty() && feed.heardAt && !feed.hasWatchdog
            && m_rules[IncidentKind::WatchdogMissing].enabled)
            see(missingWatchdog(feed.is.name, feed.is.watchdog, m_rules), now, elapsed);
    }
    for (Condition &condition : conditionsOf(version, m_rules, now, m_suspects))
        see(std::move(condition), now, elapsed);
    for (Condition &condition : conditionsOf(m_regions, version, m_rules))
        see(std::move(condition), now, elapsed);
    std::sort(book->silences.begin(), book->silences.end(),
              [](const KnownSilence &a, const KnownSilence &b) {
                  return std::pair(a.silence.endsAt, a.silence.id)
                      < std::pair(b.silence.endsAt, b.silence.id);
              });

    bool same = m_book != nullptr;
    const std::vector<Incident> all = shown(version, now, elapsed);
    for (const Incident &each : all)
        book->open.push_back(kept(each));
    book->closed = m_closed;
    if (!book->open.empty())
        m_quietSince.reset();
    else if (!m_quietSince)
        m_quietSince = now;
    book->quietSince = m_quietSince;
    same = same && book->open == m_book->open && book->closed == m_book->closed
        && book->silences == m_book->silences && book->settled == m_book->settled
        && book->quietSince == m_book->quietSince;
    if (same)
        return m_book;
    m_shown.clear();
    for (const IncidentPtr &each : book->open)
        m_shown.insert(each->id, each);
    m_book = book;
    return m_book;
}

} // namespace Stampdeck

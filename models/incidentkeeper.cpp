// SPDX-License-Identifier: GPL-3.0-or-later
#include "incidentkeeper.h"

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

bool isOver(const Acknowledgement &acknowledgement, Timestamp now)
{
    return acknowledgement.until && *acknowledgement.until <= now;
}

// Whether it was said of \a incident as it is, and not of one before. When the fleet's own began,
// every process tells by itself.
bool isSince(const Acknowledgement &acknowledgement, const Incident &incident,
             std::chrono::milliseconds skew)
{
    return !incident.isAlert() || !acknowledgement.at || !incident.startsAt
        || *acknowledgement.at + skew >= *incident.startsAt;
}

// Whether some alert of \a before still fires, so that there was no moment without any.
bool goesOn(const Incident &before, const Incident &now)
{
    const auto isSame = [](const AlertPtr &a, const AlertPtr &b) {
        return a == b || (a->fingerprint == b->fingerprint && a->startsAt == b->startsAt);
    };
    return std::any_of(now.alerts.begin(), now.alerts.end(), [&](const AlertPtr &alert) {
        const auto was = std::lower_bound(before.alerts.begin(), before.alerts.end(), alert,
                                          [](const AlertPtr &a, const AlertPtr &b) {
                                              return a->fingerprint < b->fingerprint;
                                          });
        return was != before.alerts.end() && isSame(*was, alert);
    });
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
    } else if (track.open && condition.incident.isAlert()
               && !goesOn(track.last, condition.incident)) {
        // It ended and came back between two answers.
        spend(track);
        ++track.reopened;
        track.reopenedAt = now;
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

// What it was acknowledged with is of no later one.
void IncidentKeeper::spend(Track &track)
{
    if (track.held)
        m_spent.insert(track.heldKey, *track.held);
    track.held.reset();
}

bool IncidentKeeper::counts(const QString &key, const Acknowledgement &by, Track &track,
                            Timestamp now)
{
    if (isOver(by, now))
        return false;
    if (track.held == by)
        return true;
    const auto spent = m_spent.constFind(key);
    if (spent != m_spent.cend() && *spent == by)
        return false;
    // Of what is open here already it is news, by whichever clock.
    if (!isSince(by, track.last, track.wasShown ? skew : 0ms)) {
        m_spent.insert(key, by);
        return false;
    }
    track.held = by;
    track.heldKey = key;
    return true;
}

// What people and the state of its feed say of \a incident.
void IncidentKeeper::describe(Incident &incident, const FleetVersion &version,
                              const QHash<QString, QString> &alertKeys, Timestamp now)
{
    if (!incident.isAlert())
        incident.maintenance = isMaintenance(incident.stamps, version);
    const QString digest = alertDigest(incident.id);
    const QString key = digest.isEmpty() ? incident.id : alertKeys.value(digest);
    const auto by = version.acknowledgements.constFind(key);
    if (by != version.acknowledgements.cend()
        && counts(key, *by, m_tracks.at(incident.id), now)) {
        incident.acknowledged = *by;
        incident.acknowledgedHere = version.acknowledgedHere.contains(key);
    }
    if (!incident.isAlert())
        return;
    for (const Feed &feed : m_feeds) {
        if (feed.is.name != incident.source)
            continue;
        const auto state =
            std::find_if(version.feeds.begin(), version.feeds.end(),
                         [&feed](const FeedState &each) { return each.name == feed.is.name; });
        if (state != version.feeds.end() && state->isSilent())
            incident.lastHeard = feed.heardAt;
    }
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
            if (track.open && track.mergedInto.isEmpty())
                close(track);
            // Alerts tell by themselves whether they began anew, or were only lost sight of.
            if (!last.isAlert())
                spend(track);
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
    m_spent.removeIf([&version](const QHash<QString, Acknowledgement>::iterator &spent) {
        const auto is = version.acknowledgements.constFind(spent.key());
        return is == version.acknowledgements.cend() || *is != spent.value();
    });
    const QHash<QString, QString> alertKeys = alertAcknowledgements(version);
    QHash<QString, std::vector<size_t>> about; // the alerts of a stamp, the worst first
    for (size_t i = 0; i < all.size(); ++i) {
        describe(all[i], version, alertKeys, now);
        if (!all[i].isAlert() || merged.empty())
            continue;
        for (const QString &stamp : std::as_const(all[i].stamps))
            about[stamp].push_back(i);
    }
    for (Track *track : merged) {
        const Incident &own = track->last;
        const auto takes = [&](size_t at) {
            const Incident &alert = all[at];
            if (const auto &by = alert.acknowledged) {
                return track->mergedInto == alert.id
                    || (by->at && own.startsAt && *own.startsAt <= *by->at);
            }
            return !alert.silenced && !alert.inhibited && !alert.lastHeard;
        };
        const std::vector<size_t> &candidates = about[own.stamps.value(0)];
        const auto with = std::find_if(candidates.begin(), candidates.end(), takes);
        if (with == candidates.end()) {
            track->mergedInto.clear();
            all.push_back(own);
            describe(all.back(), version, alertKeys, now);
            continue;
        }
        Incident &incident = all[*with];
        track->mergedInto = incident.id;
        incident.severity = std::min(incident.severity, own.severity);
        incident.findings.append({own.id, own.title, own.summary, own.startsAt});
        if (incident.stamps.size() != 1)
            continue;
        for (const QString &tenant : own.tenants) {
            if (!incident.tenants.contains(tenant))
                incident.tenants.append(tenant);
        }
        // They are one: what is said of the finding is said of it all.
        const auto by = version.acknowledgements.constFind(own.id);
        if (!incident.acknowledged && by != version.acknowledgements.cend() && !isOver(*by, now)
            && isSince(*by, incident, 0ms)) {
            incident.acknowledged = *by;
            incident.acknowledgedHere = version.acknowledgedHere.contains(own.id);
        }
    }
    for (auto &[id, track] : m_tracks)
        track.wasShown = track.open;
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
    bool isHeard = true; // each feed, at least once: before that nobody knows whether it is quiet
    ++m_look;
    for (Feed &feed : m_feeds) {
        sum(feed);
        book->settled &= feed.answered;
        isHeard &= feed.heardAt.has_value();
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
    if (!book->open.empty() || !isHeard)
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

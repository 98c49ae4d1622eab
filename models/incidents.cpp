// SPDX-License-Identifier: GPL-3.0-or-later
#include "incidents.h"

#include "formatter.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QCryptographicHash>
#include <QtConcurrent/QtConcurrentMap>

#include <algorithm>
#include <functional>
#include <map>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype linksShown = 6;
constexpr int digestSize = 16;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Incidents)
};

Condition made(const IncidentRules &rules, IncidentKind kind, const QString &id,
               const QString &source, const QString &title)
{
    Condition condition;
    condition.kind = kind;
    Incident &incident = condition.incident;
    incident.id = id;
    incident.source = source;
    incident.kind = kind;
    incident.severity = rules[kind].severity;
    incident.title = title;
    incident.labels = {{u"kind"_s, id.section(u':', -1)}};
    return condition;
}

void hit(Incident &incident, const FleetVersion &version, const StampEntry &entry)
{
    incident.stamps += entry.id;
    incident.tenants.reserve(incident.tenants.size() + qsizetype(entry.tenants.size()));
    for (const int tenant : entry.tenants)
        incident.tenants += version.tenantId(tenant);
}

Condition ofStamp(const FleetVersion &version, const IncidentRules &rules, const StampEntry &entry,
                  IncidentKind kind, const QString &word, const QString &title)
{
    Condition condition = made(rules, kind, entry.id + u':' + word, version.sourceOf(entry).name,
                               title);
    hit(condition.incident, version, entry);
    if (!entry.stamp->region.isEmpty())
        condition.incident.labels.insert(u"region"_s, entry.stamp->region);
    return condition;
}

// A source of which nothing can be shown is not told by any stamp.
Condition silent(const IncidentRules &rules, const SourceState &source)
{
    Condition condition = made(rules, IncidentKind::NoAnswer, source.name + u"/:no-answer"_s,
                               source.name, Words::tr("%1 has not answered").arg(source.name));
    condition.incident.summary =
        source.error ? source.error->message : Words::tr("it was not heard of yet");
    return condition;
}

// What a feed told stays; it is that nobody hears of anything new.
Condition silentFeed(const IncidentRules &rules, const FeedState &feed)
{
    Condition condition = made(rules, IncidentKind::NoAnswer, feed.name + u"/:no-answer"_s,
                               feed.name, Words::tr("%1 does not answer").arg(feed.name));
    Incident &incident = condition.incident;
    incident.severity = std::max(incident.severity, Severity::Warning);
    const QString why = feed.error ? feed.error->message : Words::tr("it was not heard of lately");
    incident.summary = feed.kind == FeedState::Kind::Incidents
        ? Words::tr("%1; alerts are shown as they were last").arg(why)
        : Words::tr("%1; what it measures is not known").arg(why);
    return condition;
}

bool isOver(const IncidentRules &rules, const StampEntry &entry, ResourceKind kind)
{
    const IncidentRule &over = rules[IncidentKind::OverCapacity];
    return over.enabled && entry.resources[kind].load().value_or(0) > over.above.value_or(1) + 1e-9;
}

bool isOverCapacity(const IncidentRules &rules, const StampEntry &entry)
{
    return std::any_of(allResources.begin(), allResources.end(),
                       [&](ResourceKind kind) { return isOver(rules, entry, kind); });
}

void addStamp(std::vector<Condition> &found, const FleetVersion &version,
              const IncidentRules &rules, const StampEntry &entry)
{
    const QString &name = entry.stamp->name;
    if (entry.proof)
        return;
    if (entry.stale) {
        if (!rules[IncidentKind::Stale].enabled)
            return;
        Condition condition = ofStamp(version, rules, entry, IncidentKind::Stale, u"stale"_s,
                                      Words::tr("%1 is stale").arg(name));
        condition.incident.startsAt = entry.staleSince;
        const QString why = entry.reasons.isEmpty() ? Words::tr("its source does not answer")
                                                    : entry.reasons.constFirst().message;
        condition.incident.summary =
            Words::tr("%1; it was %2 last").arg(why, Format::word(entry.lastHealth));
        found.push_back(std::move(condition));
        return;
    }
    if (entry.health == Health::Unhealthy && rules[IncidentKind::Unhealthy].enabled) {
        Condition condition = ofStamp(version, rules, entry, IncidentKind::Unhealthy,
                                      u"unhealthy"_s, Words::tr("%1 is unhealthy").arg(name));
        condition.incident.startsAt = entry.healthSince;
        QStringList why;
        for (const HealthReason &reason : entry.reasons)
            why += reason.message;
        condition.incident.summary = why.join(u", "_s);
        found.push_back(std::move(condition));
    }
    for (const ResourceKind kind : allResources) {
        if (!isOver(rules, entry, kind))
            continue;
        Condition condition = ofStamp(
            version, rules, entry, IncidentKind::OverCapacity, u"over-"_s + toString(kind),
            Words::tr("%1 holds more %2 than its limit").arg(name, Format::name(kind)));
        condition.incident.summary = Format::ofLimit(kind, entry.resources[kind]);
        found.push_back(std::move(condition));
    }
}

// Of a fleet that is ill there are many, with many words: in parts, on all cores.
void addStamps(std::vector<Condition> &found, const FleetVersion &version,
               const IncidentRules &rules, const std::vector<std::vector<int>> &suspects)
{
    constexpr size_t stampsOfPart = 100; // a millisecond or two
    struct Part
    {
        std::vector<const StampEntry *> stamps;
        std::vector<Condition> found;
    };
    std::vector<Part> parts(1);
    for (const std::vector<int> &slots : suspects) {
        for (const int slot : slots) {
            if (parts.back().stamps.size() == stampsOfPart)
                parts.emplace_back();
            parts.back().stamps.push_back(version.stamps[slot].get());
        }
    }
    const auto look = [&](Part &part) {
        for (const StampEntry *entry : part.stamps)
            addStamp(part.found, version, rules, *entry);
    };
    if (parts.size() == 1)
        look(parts.front());
    else
        QtConcurrent::blockingMap(parts, look);
    for (Part &part : parts)
        std::move(part.found.begin(), part.found.end(), std::back_inserter(found));
}

void addOperation(std::vector<Condition> &found, const FleetVersion &version,
                  const IncidentRules &rules, const Operation &operation, Timestamp now)
{
    const bool isOrphaned = operation.state == OperationState::Orphaned;
    // One that somebody paused waits for him; one that paused by itself for anybody.
    const bool isHeld = operation.state == OperationState::Paused
        && (!operation.error.isEmpty() || !operation.blocked.isEmpty());
    const bool runs = operation.state == OperationState::Running
        || operation.state == OperationState::RollingBack || isHeld;
    const IncidentKind kind =
        isOrphaned ? IncidentKind::OperationOrphaned : IncidentKind::OperationStuck;
    if ((!isOrphaned && !runs) || !rules[kind].enabled)
        return;
    if (!isOrphaned && operation.updatedAt && now - *operation.updatedAt < rules[kind].hold)
        return; // which stamps it is about costs a look at all of them
    QString source = version.operationSource.value(operation.id);
    Incident hits;
    version.eachStamp([&](int, const StampEntry &entry) {
        if (entry.stamp->operation != operation.id
            && !(entry.stamp->mark && entry.stamp->mark->operation == operation.id))
            return;
        hit(hits, version, entry);
        if (source.isEmpty())
            source = version.sourceOf(entry).name;
    });
    if (source.isEmpty() && !version.sources.isEmpty())
        source = version.sources.constFirst().name;
    const QString what = operation.kind + u' ' + operation.target;
    Condition condition =
        made(rules, kind,
             source + u'/' + operation.id + (isOrphaned ? u":orphaned"_s : u":stuck"_s), source,
             isOrphaned ? Words::tr("Nobody runs %1 any more").arg(what)
                        : Words::tr("%1 does not get on").arg(what));
    Incident &incident = condition.incident;
    incident.stamps = hits.stamps;
    incident.tenants = hits.tenants;
    incident.startsAt = operation.updatedAt;
    incident.labels.insert(u"operation"_s, operation.id);
    incident.summary = !operation.blocked.isEmpty() ? operation.blocked
        : !operation.error.isEmpty()                ? operation.error
        : isOrphaned ? Words::tr("resume it with --adopt, or roll it back")
                     : Words::tr("nothing has moved");
    found.push_back(std::move(condition));
}

void addSplit(std::vector<Condition> &found, const FleetVersion &version,
              const IncidentRules &rules, int slot, const QStringList &stamps,
              std::optional<Timestamp> since)
{
    const TenantEntry &entry = version.tenants[slot];
    const QString &source = version.sources[entry.source].name;
    Condition condition =
        made(rules, IncidentKind::SplitTenant,
             source + u'/' + entry.tenant->id + u":split"_s, source,
             Words::tr("%1 is served on two stamps").arg(entry.tenant->id));
    condition.incident.stamps = stamps;
    condition.incident.tenants = {version.tenantId(slot)};
    condition.incident.startsAt = since;
    condition.incident.summary =
        Words::tr("on %1, and no operation moves it").arg(stamps.join(u", "_s));
    found.push_back(std::move(condition));
}

// A move is what an operation does, and what is stale may be over.
bool mayBeSplit(const TenantEntry &entry)
{
    return entry.tenant && entry.tenant->operation.isEmpty() && !entry.tenant->mark && !entry.stale;
}

void addPlacedTwice(std::vector<Condition> &found, const FleetVersion &version,
                    const IncidentRules &rules, int slot)
{
    const TenantEntry &entry = version.tenants[slot];
    QStringList stamps;
    std::optional<Timestamp> since;
    for (const Placement &placement : entry.tenant->placements) {
        if (placement.state != PlacementState::Serving)
            continue;
        stamps += version.sources[entry.source].name + u'/' + placement.stamp;
        since = std::max(since, placement.since);
    }
    if (stamps.size() > 1)
        addSplit(found, version, rules, slot, stamps, since);
}

// One ID that two sources serve.
void addTenantsOfTwoSources(std::vector<Condition> &found, const FleetVersion &version,
                            const IncidentRules &rules)
{
    QHash<QString, int> domains;
    for (const SourceState &source : version.sources) {
        if (!source.name.isEmpty())
            ++domains[source.tenantDomain];
    }
    if (std::none_of(domains.cbegin(), domains.cend(), [](int sources) { return sources > 1; }))
        return;
    std::vector<bool> isShared; // by source
    for (const SourceState &source : version.sources)
        isShared.push_back(domains.value(source.tenantDomain) > 1);
    QHash<QString, int> first; // where sources share a domain
    version.eachTenant([&](int slot, const TenantEntry &entry) {
        if (!isShared[size_t(entry.source)] || !mayBeSplit(entry))
            return;
        const QString key = version.sources[entry.source].tenantDomain + u'/' + entry.tenant->id;
        const auto other = first.constFind(key);
        if (other == first.cend()) {
            first.insert(key, slot);
            return;
        }
        const TenantEntry &one = version.tenants[*other];
        if (one.source == entry.source || one.owner < 0 || entry.owner < 0)
            return;
        addSplit(found, version, rules, *other,
                 {version.stampId(one.owner), version.stampId(entry.owner)}, std::nullopt);
    });
}

QString digestOf(const QMap<QString, QString> &labels)
{
    QCryptographicHash hash(QCryptographicHash::Sha1);
    for (auto label = labels.cbegin(); label != labels.cend(); ++label) {
        for (const QString &text : {label.key(), label.value()})
            hash.addData(QByteArray(text.toUtf8() + '\0'));
    }
    return QString::fromLatin1(hash.result().toHex().left(digestSize));
}

/// The alerts that are one incident.
struct Together
{
    QMap<QString, QString> labels;
    std::vector<AlertPtr> alerts;
};

bool isWorse(const Alert &a, const Alert &b)
{
    if (a.severity != b.severity)
        return a.severity < b.severity;
    return a.startsAt.value_or(Timestamp::max()) < b.startsAt.value_or(Timestamp::max());
}

Incident madeOf(const QString &feed, const QString &digest, Together together,
                const QHash<QString, const Silence *> &silences)
{
    Incident incident;
    incident.id = feed + u"/alert:"_s + digest;
    incident.source = feed;
    incident.group = std::move(together.labels);
    incident.alerts = std::move(together.alerts);
    const Alert *worst = incident.alerts.front().get();
    incident.labels = worst->labels;
    incident.inhibited = true;
    const Silence *first = nullptr; // to end
    bool isSilenced = true;
    for (const AlertPtr &alert : incident.alerts) {
        if (isWorse(*alert, *worst))
            worst = alert.get();
        if (alert->startsAt && (!incident.startsAt || *alert->startsAt < *incident.startsAt))
            incident.startsAt = alert->startsAt;
        if (alert->labels != incident.labels) {
            incident.labels.removeIf([&](const QMap<QString, QString>::iterator &label) {
                return alert->labels.value(label.key()) != label.value();
            });
        }
        for (const Link &link : alert->links) {
            if (incident.links.size() < linksShown && !incident.links.contains(link))
                incident.links += link;
        }
        incident.inhibited &= !alert->inhibitedBy.isEmpty() || !alert->mutedBy.isEmpty();
        // Quiet until the last of those that keep it so.
        const Silence *last = nullptr;
        for (const QString &id : alert->silencedBy) {
            const Silence *const silence = silences.value(id);
            if (silence && (!last || silence->endsAt > last->endsAt))
                last = silence;
        }
        isSilenced &= last != nullptr;
        if (last && (!first || last->endsAt < first->endsAt))
            first = last;
    }
    incident.severity = worst->severity;
    incident.title = worst->name.isEmpty() ? Words::tr("an alert without a name") : worst->name;
    incident.summary = worst->summary.isEmpty() ? worst->description : worst->summary;
    if (isSilenced && first) {
        QStringList matchers;
        for (const Matcher &matcher : first->matchers)
            matchers += matcher.toString();
        incident.silenced = IncidentSilence{first->id, first->createdBy, matchers.join(u", "_s),
                                            first->comment, first->endsAt};
    }
    return incident;
}

} // namespace

IncidentPtr IncidentBook::find(const QString &id) const
{
    for (const auto *list : {&open, &closed}) {
        for (const IncidentPtr &each : *list) {
            if (each->id == id)
                return each;
        }
    }
    return nullptr;
}

std::vector<Condition> conditionsOf(const FleetVersion &version, const IncidentRules &rules,
                                    Timestamp now, Suspects &suspects)
{
    std::vector<Condition> found;
    const bool tellsSilence = rules[IncidentKind::NoAnswer].enabled;
    for (const SourceState &source : version.sources) {
        if (tellsSilence && !source.name.isEmpty() && !source.answered && source.error
            && source.sameAs.isEmpty())
            found.push_back(silent(rules, source));
    }
    for (const FeedState &feed : version.feeds) {
        if (tellsSilence && feed.isSilent())
            found.push_back(silentFeed(rules, feed));
    }
    const auto &stamps = suspects.stamps.in(
        version.stamps, std::equal_to<>(), [&rules](const StampEntryPtr &entry) {
            return entry && (entry->stale || entry->health == Health::Unhealthy
                             || isOverCapacity(rules, *entry));
        });
    addStamps(found, version, rules, stamps);
    for (const OperationPtr &operation : version.operations)
        addOperation(found, version, rules, *operation, now);
    if (rules[IncidentKind::SplitTenant].enabled) {
        const auto isSame = [](const TenantEntry &a, const TenantEntry &b) {
            return a.tenant == b.tenant && a.stale == b.stale;
        };
        const auto &tenants =
            suspects.tenants.in(version.tenants, isSame, [](const TenantEntry &entry) {
                return mayBeSplit(entry) && entry.tenant->placements.size() > 1;
            });
        for (const std::vector<int> &slots : tenants) {
            for (const int slot : slots)
                addPlacedTwice(found, version, rules, slot);
        }
        addTenantsOfTwoSources(found, version, rules);
    }
    return found;
}

std::vector<Condition> conditionsOf(const std::vector<Survival> &regions,
                                    const FleetVersion &version, const IncidentRules &rules)
{
    std::vector<Condition> found;
    if (!rules[IncidentKind::RegionLoss].enabled)
        return found;
    for (const Survival &region : regions) {
        const int slot = version.stampIndex.value(region.fullest);
        if (region.survives.value_or(true) || region.region.isEmpty() || slot < 0
            || !version.stamps[slot])
            continue;
        const StampEntry &entry = *version.stamps[slot];
        // Not by the fullest, which now one source has and now another.
        const QString &source = version.sources[region.source].name;
        Condition condition =
            made(rules, IncidentKind::RegionLoss, source + u'/' + region.region + u":loss"_s,
                 source, Words::tr("%1 would not survive a loss").arg(region.region));
        hit(condition.incident, version, entry);
        condition.incident.labels.insert(u"region"_s, region.region);
        condition.incident.summary = region.message;
        found.push_back(std::move(condition));
    }
    return found;
}

Condition missingWatchdog(const QString &feed, const QString &alert, const IncidentRules &rules)
{
    Condition condition = made(rules, IncidentKind::WatchdogMissing,
                               feed + u'/' + alert + u":watchdog"_s, feed,
                               Words::tr("%1 is missing").arg(alert));
    condition.incident.summary =
        Words::tr("it is always there while alerts reach %1: now nobody may be told of any")
            .arg(feed);
    return condition;
}

bool isBefore(const Incident &a, const Incident &b)
{
    if (a.severity != b.severity)
        return a.severity < b.severity;
    const Timestamp atA = a.startsAt.value_or(Timestamp::max());
    const Timestamp atB = b.startsAt.value_or(Timestamp::max());
    return atA != atB ? atA < atB : a.id < b.id;
}

QList<Incident> fleetIncidents(const FleetVersion &version)
{
    QList<Incident> incidents;
    Suspects suspects;
    for (Condition &condition : conditionsOf(version, IncidentRules(), version.at, suspects)) {
        if (condition.kind != IncidentKind::OperationStuck) // that takes time
            incidents += std::move(condition.incident);
    }
    for (Incident &incident : incidents) {
        const auto by = version.acknowledgements.constFind(incident.id);
        if (by != version.acknowledgements.cend() && (!by->until || *by->until > version.at))
            incident.acknowledged = *by;
    }
    std::stable_sort(incidents.begin(), incidents.end(), [](const Incident &a, const Incident &b) {
        if (a.severity != b.severity)
            return a.severity < b.severity;
        return a.startsAt.value_or(Timestamp::max()) < b.startsAt.value_or(Timestamp::max());
    });
    return incidents;
}

IncidentBookPtr bookOf(const FleetVersion &version)
{
    if (version.incidents)
        return version.incidents;
    auto book = std::make_shared<IncidentBook>();
    for (const Incident &incident : fleetIncidents(version))
        book->open.push_back(std::make_shared<const Incident>(incident));
    return book;
}

QList<Incident> incidentsOf(const FleetVersion &version)
{
    if (!version.incidents)
        return fleetIncidents(version);
    QList<Incident> incidents;
    for (const IncidentPtr &incident : version.incidents->open)
        incidents += *incident;
    return incidents;
}

QString alertDigest(const QString &incidentId)
{
    static constexpr QLatin1StringView prefix("alert:");
    const QString name = incidentId.section(u'/', -1);
    return name.startsWith(prefix) && name.size() == prefix.size() + digestSize ? name : QString();
}

QString acknowledgedAs(const QString &incidentId)
{
    const QString digest = alertDigest(incidentId);
    return digest.isEmpty() ? incidentId : digest;
}

QHash<QString, QString> alertAcknowledgements(const FleetVersion &version)
{
    QHash<QString, QString> keys;
    for (auto it = version.acknowledgements.cbegin(); it != version.acknowledgements.cend(); ++it) {
        const QString digest = alertDigest(it.key());
        if (digest.isEmpty())
            continue;
        // What everybody sees comes before what only we do.
        const auto known = keys.constFind(digest);
        if (known == keys.cend() || version.acknowledgedHere.contains(*known))
            keys.insert(digest, it.key());
    }
    return keys;
}

std::vector<Incident> alertIncidents(const QString &feed, const AlertUpdate &update,
                                     const QString &stampLabel, const QString &tenantLabel,
                                     const QString &watchdog)
{
    // Of the groups that one alert is in, because several receivers are told, the narrowest.
    std::vector<const AlertGroup *> groups;
    for (const AlertGroup &group : update.groups) {
        if (group.labels.contains(u"alertname"_s)) // else it is everything that is wrong
            groups.push_back(&group);
    }
    std::stable_sort(groups.begin(), groups.end(), [](const AlertGroup *a, const AlertGroup *b) {
        if (a->labels.size() != b->labels.size())
            return a->labels.size() > b->labels.size();
        return std::lexicographical_compare(
            a->labels.constKeyValueBegin(), a->labels.constKeyValueEnd(),
            b->labels.constKeyValueBegin(), b->labels.constKeyValueEnd());
    });
    QHash<QString, const AlertGroup *> groupOf;
    for (const AlertGroup *group : groups) {
        for (const QString &fingerprint : group->fingerprints) {
            if (!groupOf.contains(fingerprint))
                groupOf.insert(fingerprint, group);
        }
    }
    std::map<QString, Together> all; // by digest
    QHash<const AlertGroup *, QString> digests;
    for (const AlertPtr &alert : update.alerts) {
        if (!watchdog.isEmpty() && alert->name == watchdog)
            continue;
        if (const AlertGroup *const group = groupOf.value(alert->fingerprint)) {
            QString &digest = digests[group];
            if (digest.isEmpty())
                digest = digestOf(group->labels);
            Together &together = all[digest];
            if (together.alerts.empty())
                together.labels = group->labels;
            together.alerts.push_back(alert);
            continue;
        }
        QMap<QString, QString> labels{{u"alertname"_s, alert->name}};
        for (const auto &[label, value] :
             {std::pair(stampLabel, alert->stamp), std::pair(tenantLabel, alert->tenant)}) {
            if (!value.isEmpty())
                labels.insert(label, value);
        }
        Together &together = all[digestOf(labels)];
        together.labels = labels;
        together.alerts.push_back(alert);
    }
    QHash<QString, const Silence *> silences;
    for (const Silence &silence : update.silences) {
        if (silence.state == SilenceState::Active)
            silences.insert(silence.id, &silence);
    }
    std::vector<Incident> incidents;
    incidents.reserve(all.size());
    for (auto &[digest, together] : all)
        incidents.push_back(madeOf(feed, digest, std::move(together), silences));
    return incidents;
}

void tie(Incident &incident, const FleetVersion &version)
{
    QSet<int> stamps;
    QSet<int> tenants;
    incident.stamps.clear();
    incident.tenants.clear();
    incident.strangers.clear();
    const auto addTenant = [&](int slot) {
        if (tenants.contains(slot))
            return;
        tenants.insert(slot);
        incident.tenants += version.tenantId(slot);
    };
    const auto addStranger = [&](const QString &name) {
        if (!incident.strangers.contains(name))
            incident.strangers += name;
    };
    for (const AlertPtr &alert : incident.alerts) {
        int stamp = -1;
        if (!alert->stamp.isEmpty()) {
            if (const auto found = version.findStamp(alert->stamp))
                stamp = *found;
            else
                addStranger(alert->stamp);
        }
        int tenant = -1;
        if (!alert->tenant.isEmpty()) {
            if (const auto found = version.findTenant(alert->tenant)) {
                tenant = *found;
                addTenant(tenant);
                if (stamp < 0 && alert->stamp.isEmpty())
                    stamp = version.tenants[tenant].owner;
            } else {
                addStranger(alert->tenant);
            }
        }
        if (stamp < 0)
            continue;
        const StampEntry &entry = *version.stamps[stamp];
        if (!stamps.contains(stamp)) {
            stamps.insert(stamp);
            incident.stamps += entry.id;
        }
        // What is said of a stamp as a whole hits everybody there.
        if (alert->tenant.isEmpty()) {
            for (const int slot : entry.tenants)
                addTenant(slot);
        }
    }
    incident.stamps.sort();
    incident.maintenance = isMaintenance(incident.stamps, version);
}

bool isMaintenance(const QStringList &stamps, const FleetVersion &version)
{
    return !stamps.isEmpty()
        && std::all_of(stamps.begin(), stamps.end(), [&version](const QString &id) {
               const int slot = version.stampIndex.value(id);
               if (slot < 0 || !version.stamps[slot])
                   return false;
               const Lifecycle is = version.stamps[slot]->stamp->lifecycle;
               return is == Lifecycle::Draining || is == Lifecycle::Drained
                   || is == Lifecycle::Deleting;
           });
}

Result<Silence> silenceOf(const Incident &incident, Timestamp until, const QString &by,
                          const QString &comment)
{
    if (!incident.isAlert())
        return fail(ErrorKind::Unsupported,
                    Words::tr("no alert tells of this, so there is none to silence; acknowledge "
                              "it instead"));
    Silence silence;
    silence.endsAt = until;
    silence.createdBy = by;
    silence.comment = comment;
    for (auto label = incident.group.cbegin(); label != incident.group.cend(); ++label)
        silence.matchers.append({label.key(), label.value()});
    return silence;
}

} // namespace Stampdeck

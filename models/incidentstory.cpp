// SPDX-License-Identifier: GPL-3.0-or-later
#include "incidentstory.h"

#include "formatter.h"

#include "backends/api/metricsadapter.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QRegularExpression>

#include <algorithm>
#include <limits>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype namesShown = 50;
constexpr qsizetype stampsCompared = 8;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(IncidentStory)
};

QString nameOf(const QString &id)
{
    return id.mid(id.indexOf(u'/') + 1);
}

const StampEntry *stampOf(const FleetVersion &version, const QString &id)
{
    const int slot = version.stampIndex.value(id);
    return slot < 0 ? nullptr : version.stamps[slot].get();
}

// Whether an operation touches one of the stamps or tenants that are hit.
bool touches(const Operation &operation, const Incident &incident, const QSet<QString> &tenants)
{
    static const QRegularExpression breaks(u"[\\s,]+"_s);
    const QStringList words = operation.target.split(breaks);
    for (const QString &stamp : incident.stamps) {
        if (words.contains(nameOf(stamp)) || words.contains(stamp))
            return true;
    }
    return std::any_of(operation.steps.begin(), operation.steps.end(),
                       [&tenants](const OperationStep &step) {
                           return !step.tenant.isEmpty() && tenants.contains(step.tenant);
                       });
}

Health healthFrom(const QString &word)
{
    return fromString<Health>(QStringView(word)).value_or(Health::Unknown);
}

StoryLine lineOf(const FleetChange &change, bool ofSeveral)
{
    using Kind = FleetChange::Kind;
    StoryLine line;
    line.at = change.at;
    line.detail = ofSeveral ? nameOf(change.stamp) : QString();
    switch (change.kind) {
    case Kind::Health:
        line.kind = StoryLine::Kind::Health;
        line.health = healthFrom(change.now);
        line.title = Words::tr("%1 turned %2")
                         .arg(nameOf(change.stamp), Format::word(line.health));
        line.detail.clear();
        break;
    case Kind::Version:
        line.kind = StoryLine::Kind::Version;
        line.title = change.before.isEmpty()
            ? Words::tr("version %1").arg(change.now)
            : Words::tr("version %1, was %2").arg(change.now, change.before);
        break;
    case Kind::Scale:
        line.kind = StoryLine::Kind::Scale;
        line.title =
            Words::tr("%1 scaled from %2 to %3")
                .arg(change.what, change.before.isEmpty() ? Format::none() : change.before,
                     change.now.isEmpty() ? Format::none() : change.now);
        break;
    case Kind::Move:
        line.kind = StoryLine::Kind::Move;
        line.title = change.now.isEmpty() ? Words::tr("%1 moved away").arg(nameOf(change.what))
                                          : Words::tr("%1 moved in").arg(nameOf(change.what));
        break;
    case Kind::Lifecycle:
        line.kind = StoryLine::Kind::Lifecycle;
        line.title =
            Words::tr("%1 is %2").arg(
                nameOf(change.stamp),
                Format::word(fromString<Lifecycle>(QStringView(change.now))
                                 .value_or(Lifecycle::Active)));
        line.detail.clear();
        break;
    }
    if (!change.by.isEmpty() && change.kind != Kind::Health && change.kind != Kind::Move) {
        line.detail = line.detail.isEmpty() ? Words::tr("by %1").arg(change.by)
                                            : Words::tr("%1, by %2").arg(line.detail, change.by);
    }
    return line;
}

StoryLine lineOf(const Operation &operation, Timestamp at)
{
    StoryLine line;
    line.at = at;
    line.kind = StoryLine::Kind::Operation;
    line.title =
        Words::tr("%1 %2").arg(Format::capitalised(Format::action(operation.kind)),
                               operation.target);
    QStringList detail{Format::word(operation.state)};
    if (!operation.createdBy.isEmpty())
        detail.append(Words::tr("by %1").arg(operation.createdBy));
    line.detail = detail.join(u", "_s);
    return line;
}

// What one observer has of how a stamp answers; nothing where it has none.
struct Figures
{
    std::optional<double> errorRatio;
    std::optional<double> latencyP99Ms;

    [[nodiscard]] QString words() const
    {
        QStringList told;
        if (errorRatio)
            told.append(Words::tr("errors %1").arg(Format::errorPercent(errorRatio)));
        if (latencyP99Ms)
            told.append(Words::tr("p99 %1").arg(Format::latency(latencyP99Ms)));
        return told.join(u", "_s);
    }
    [[nodiscard]] std::optional<bool> keeps(const Objectives &objectives) const
    {
        if (!errorRatio && !latencyP99Ms)
            return std::nullopt;
        return errorRatio.value_or(0) <= objectives.errorRatio.value_or(1)
            && latencyP99Ms.value_or(0)
            <= objectives.latencyP99Ms.value_or(std::numeric_limits<double>::max());
    }
};

Vantage ownWord(const StampEntry &entry, const SourceState &source, std::chrono::milliseconds now)
{
    Vantage own;
    own.who = source.name;
    own.age = now - entry.lastContact;
    if (entry.stale) {
        own.says = Words::tr("no word; it was %1").arg(Format::word(entry.lastHealth));
        return own;
    }
    Figures figures;
    if (entry.told) // what is measured elsewhere is no word of its own
        figures = {entry.told->signalValues.errorRatio, entry.told->signalValues.latencyP99Ms};
    own.says = Format::word(entry.stamp->health);
    if (!entry.stamp->healthReasons.isEmpty())
        own.says += u": "_s + entry.stamp->healthReasons.constFirst().message;
    else if (const QString words = figures.words(); !words.isEmpty())
        own.says += u", "_s + words;
    own.isWell = entry.stamp->health != Health::Unknown
        ? std::optional(entry.stamp->health == Health::Healthy)
        : figures.keeps(source.objectives);
    return own;
}

// Nothing where it measures something else.
std::optional<Vantage> measuredBy(int feed, const StampEntry &entry, const FleetVersion &version,
                                  std::chrono::milliseconds now)
{
    Vantage vantage;
    const FeedState &state = version.feeds[feed];
    vantage.who = state.name;
    if (state.lastContact)
        vantage.age = now - *state.lastContact;
    if (!state.lastContact || state.isSilent()) {
        vantage.says = Words::tr("not known: it does not answer");
        return vantage;
    }
    Figures figures;
    const auto take = [&](std::optional<double> &into, QLatin1StringView signal) {
        const auto at = size_t(metricSignals().indexOf(signal));
        if (!entry.measured || !entry.measured->values[at] || entry.measured->by[at] != feed)
            return;
        into = entry.measured->values[at];
        if (const auto &when = entry.measured->at[at])
            vantage.age = std::max(*vantage.age, std::chrono::milliseconds(version.at - *when));
    };
    take(figures.errorRatio, "errorRatio"_L1);
    take(figures.latencyP99Ms, "latencyP99Ms"_L1);
    vantage.says = figures.words();
    vantage.isWell = figures.keeps(version.sourceOf(entry).objectives);
    return vantage.isWell ? std::optional(vantage) : std::nullopt;
}

Vantage alertsOf(const FeedState &feed, const StampEntry &entry, const FleetVersion &version,
                 std::chrono::milliseconds now)
{
    Vantage vantage;
    vantage.who = feed.name;
    if (feed.lastContact)
        vantage.age = now - *feed.lastContact;
    int firing = 0;
    if (version.incidents) {
        for (const IncidentPtr &each : version.incidents->open) {
            firing += each->isAlert() && each->source == feed.name
                && each->stamps.contains(entry.id);
        }
    }
    if (!feed.lastContact || feed.isSilent()) {
        vantage.says = firing
            ? Words::tr("not known: %Ln alert(s) fired when it answered last", nullptr, firing)
            : Words::tr("not known: it does not answer");
        return vantage;
    }
    vantage.says = firing ? Words::tr("%Ln alert(s) fire(s)", nullptr, firing)
                          : Words::tr("no alert");
    vantage.isWell = firing == 0;
    return vantage;
}

QList<Vantage> vantagesOf(const StampEntry &entry, const FleetVersion &version,
                          std::chrono::milliseconds now)
{
    QList<Vantage> all;
    all.append(ownWord(entry, version.sourceOf(entry), now));
    // What we make of the figures by the objectives, where the stamp says otherwise.
    if (!entry.stale && entry.health != entry.stamp->health) {
        Vantage ours;
        ours.who = Words::tr("our look at it");
        ours.says = Format::word(entry.health);
        if (!entry.reasons.isEmpty())
            ours.says += u": "_s + Format::shortReason(entry.reasons.constFirst());
        ours.isWell = entry.health == Health::Healthy;
        all.append(ours);
    }
    for (int feed = 0; feed < version.feeds.size(); ++feed) {
        const FeedState &state = version.feeds[feed];
        if (state.kind == FeedState::Kind::Incidents)
            all.append(alertsOf(state, entry, version, now));
        else if (const auto measured = measuredBy(feed, entry, version, now))
            all.append(*measured);
    }
    return all;
}

} // namespace

QString wordOf(Severity severity)
{
    switch (severity) {
    case Severity::Critical:
        return Words::tr("critical");
    case Severity::Warning:
        return Words::tr("warning");
    case Severity::Info:
        break;
    }
    return Words::tr("info");
}

QString cameBack(const Incident &incident)
{
    if (incident.reopened <= 0)
        return {};
    const QString often = Words::tr("came back %Ln time(s)", nullptr, incident.reopened);
    //: %1 “came back 2 times”
    return incident.reopenedAt ? Words::tr("%1, last at %2")
                                     .arg(often, Format::minute(*incident.reopenedAt))
                               : often;
}

QString whereOf(const Incident &incident)
{
    if (incident.stamps.size() == 1)
        return nameOf(incident.stamps.constFirst());
    if (!incident.stamps.isEmpty())
        return Format::stamps(incident.stamps.size());
    if (!incident.strangers.isEmpty())
        return Words::tr("not of this fleet: %1").arg(incident.strangers.join(u", "_s));
    return incident.kind == IncidentKind::NoAnswer || incident.kind == IncidentKind::WatchdogMissing
        ? incident.source
        : Words::tr("no stamp");
}

IncidentReach reachOf(const Incident &incident, const FleetVersion &version)
{
    IncidentReach blast;
    blast.stamps = int(incident.stamps.size());
    blast.tenants = int(incident.tenants.size());
    double requests = 0;
    bool isTold = blast.stamps > 0;
    for (const QString &id : incident.stamps) {
        const StampEntry *const entry = stampOf(version, id);
        if (!entry)
            continue;
        ++blast.rings[entry->stamp->ring];
        const auto &rate = entry->stamp->signalValues.requestsPerSecond;
        requests += rate.value_or(0);
        isTold &= rate.has_value();
    }
    if (isTold)
        blast.requests = requests;
    QMap<int, QStringList> byTier;
    for (const QString &id : incident.tenants) {
        const int slot = version.tenantIndex.value(id);
        if (slot < 0 || !version.tenants[slot].tenant)
            continue;
        const Tier tier = version.tenants[slot].tenant->tier;
        ++blast.tiers[-int(tier)];
        blast.topTiers += tier >= Tier::Premium;
        if (QStringList &names = byTier[-int(tier)]; names.size() < namesShown)
            names.append(id);
    }
    for (const QStringList &names : std::as_const(byTier))
        blast.names += names;
    blast.names = blast.names.mid(0, namesShown);
    return blast;
}

QList<StoryLine> changesBefore(const Incident &incident, const FleetVersion &version,
                               const std::vector<FleetChange> &changes,
                               std::chrono::milliseconds time)
{
    QList<StoryLine> lines;
    if (!incident.startsAt)
        return lines;
    const Timestamp to = *incident.startsAt;
    const Timestamp from = to - time;
    const auto isThen = [&](Timestamp at) { return at >= from && at <= to; };
    const QSet<QString> hit(incident.stamps.begin(), incident.stamps.end());
    for (const FleetChange &change : changes) {
        // That it turned unwell is what began, not what came before.
        const bool isItself = change.kind == FleetChange::Kind::Health && change.at > to
                - std::chrono::seconds(1) && change.now != toString(Health::Healthy);
        if (!isThen(change.at) || isItself || !hit.contains(change.stamp))
            continue;
        StoryLine line = lineOf(change, incident.stamps.size() > 1);
        line.isClose = change.kind != FleetChange::Kind::Move;
        lines.append(line);
    }
    QSet<QString> tenants;
    for (const QString &tenant : incident.tenants)
        tenants.insert(nameOf(tenant));
    for (const OperationPtr &operation : version.operations) {
        const auto at = operation->createdAt ? operation->createdAt : operation->updatedAt;
        if (!at || !isThen(*at))
            continue;
        StoryLine line = lineOf(*operation, *at);
        line.isClose = touches(*operation, incident, tenants);
        lines.append(line);
    }
    if (version.incidents) {
        for (const KnownSilence &known : version.incidents->silences) {
            const auto &began = known.silence.startsAt;
            if (!began || !isThen(*began))
                continue;
            QStringList matchers;
            for (const Matcher &matcher : known.silence.matchers)
                matchers.append(matcher.toString());
            StoryLine line;
            line.at = *began;
            line.kind = StoryLine::Kind::Silence;
            line.title = Words::tr("silence by %1").arg(known.silence.createdBy);
            line.detail = matchers.join(u", "_s);
            line.isClose = matches(known.silence.matchers, incident.labels);
            lines.append(line);
        }
    }
    std::stable_sort(lines.begin(), lines.end(), [](const StoryLine &a, const StoryLine &b) {
        return a.at > b.at;
    });
    return lines;
}

QList<StoryLine> timelineOf(const Incident &incident, const FleetVersion &version,
                            const std::vector<FleetChange> &changes)
{
    QList<StoryLine> lines;
    const auto add = [&lines](const std::optional<Timestamp> &at, StoryLine::Kind kind,
                              const QString &title, Health health, const QString &detail = {}) {
        if (!at)
            return;
        StoryLine line;
        line.at = *at;
        line.kind = kind;
        line.title = title;
        line.detail = detail;
        line.health = health;
        lines.append(line);
    };
    const auto healthOf = [](Severity severity) {
        return severity == Severity::Critical ? Health::Unhealthy
            : severity == Severity::Warning   ? Health::Degraded
                                              : Health::Unknown;
    };
    if (incident.isAlert()) {
        // Each alert as it began: those of one moment and name are one line.
        QMap<std::pair<qint64, QString>, QStringList> began;
        for (const AlertPtr &alert : incident.alerts) {
            if (alert->startsAt)
                began[{alert->startsAt->time_since_epoch().count(), alert->name}].append(
                    alert->stamp);
        }
        for (auto it = began.cbegin(); it != began.cend(); ++it) {
            const QString where = it->size() == 1 ? nameOf(it->first())
                                                  : Words::tr("%Ln alert(s)", nullptr,
                                                              int(it->size()));
            add(Timestamp(std::chrono::milliseconds(it.key().first)), StoryLine::Kind::Alert,
                Words::tr("%1 fires (%2)").arg(it.key().second, incident.source),
                healthOf(incident.severity), where);
        }
    } else {
        add(incident.startsAt, StoryLine::Kind::Alert, incident.title,
            healthOf(incident.severity));
    }
    for (const OwnFinding &finding : incident.findings)
        add(finding.since, StoryLine::Kind::Health, finding.title, Health::Unhealthy,
            finding.summary);
    const Timestamp from = incident.startsAt.value_or(Timestamp::min());
    const Timestamp to = incident.endsAt.value_or(Timestamp::max());
    const QSet<QString> hit(incident.stamps.begin(), incident.stamps.end());
    for (const FleetChange &change : changes) {
        const bool isTold = change.kind == FleetChange::Kind::Health && !incident.findings.isEmpty()
            && change.now == toString(Health::Unhealthy);
        if (change.at > from && change.at <= to && hit.contains(change.stamp) && !isTold)
            lines.append(lineOf(change, incident.stamps.size() > 1));
    }
    QSet<QString> tenants;
    for (const QString &tenant : incident.tenants)
        tenants.insert(nameOf(tenant));
    for (const OperationPtr &operation : version.operations) {
        const auto at = operation->createdAt ? operation->createdAt : operation->updatedAt;
        if (at && *at > from && *at <= to && touches(*operation, incident, tenants))
            lines.append(lineOf(*operation, *at));
    }
    if (const auto &by = incident.acknowledged)
        add(by->at, StoryLine::Kind::Acknowledgement,
            Words::tr("acknowledged by %1").arg(by->by), Health::Unknown, by->note);
    if (const auto &by = incident.silenced; by && version.incidents) {
        for (const KnownSilence &known : version.incidents->silences) {
            if (known.silence.id == by->id)
                add(known.silence.startsAt, StoryLine::Kind::Silence,
                    Words::tr("silenced by %1").arg(by->by), Health::Unknown, by->comment);
        }
    }
    add(incident.endsAt, StoryLine::Kind::Closed, Words::tr("it is over"), Health::Healthy);
    std::stable_sort(lines.begin(), lines.end(), [](const StoryLine &a, const StoryLine &b) {
        return a.at < b.at;
    });
    return lines;
}

Vantages vantagesOf(const Incident &incident, const FleetVersion &version,
                    std::chrono::milliseconds now)
{
    Vantages first;
    for (const QString &id : incident.stamps.mid(0, stampsCompared)) {
        const StampEntry *const entry = stampOf(version, id);
        if (!entry)
            continue;
        Vantages is{nameOf(id), vantagesOf(*entry, version, now)};
        if (disagree(is.all))
            return is;
        if (first.stamp.isEmpty())
            first = std::move(is);
    }
    return first;
}

bool disagree(const QList<Vantage> &vantages)
{
    std::optional<bool> first;
    for (const Vantage &each : vantages) {
        if (!each.isWell)
            continue;
        if (first && *first != *each.isWell)
            return true;
        first = each.isWell;
    }
    return false;
}

} // namespace Stampdeck

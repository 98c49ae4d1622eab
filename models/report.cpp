// SPDX-License-Identifier: GPL-3.0-or-later
#include "report.h"

#include "fleetquery.h"
#include "formatter.h"
#include "incidentevent.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using Happening = HistoryTimeline::Mark;
using What = HistoryTimeline::What;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Report)
};

constexpr auto lead = 30min; ///< What changed before it began is looked for so long.
constexpr auto trail = 10min;
constexpr int mostChanges = 2'000'000; ///< That are looked at one by one.
constexpr int mostCharts = 4;
constexpr int mostCharted = 12; ///< Stamps of which series are looked at.

bool isHealthMark(const Happening &mark)
{
    return mark.what == What::Unhealthy || mark.what == What::Degraded || mark.what == What::Stale
        || mark.what == What::Recovered || mark.what == What::Gone || mark.what == What::Came;
}

enum class Condition : quint8 { Well, Silent, Degraded, Unhealthy };

Condition conditionOf(const StampEntry &entry)
{
    if (entry.stale)
        return Condition::Silent;
    switch (entry.health) {
    case Health::Healthy:
        return Condition::Well;
    case Health::Degraded:
        return Condition::Degraded;
    case Health::Unhealthy:
        return Condition::Unhealthy;
    case Health::Unknown:
        break;
    }
    return Condition::Silent;
}

Condition conditionOf(const Happening &mark)
{
    switch (mark.what) {
    case What::Unhealthy:
        return Condition::Unhealthy;
    case What::Degraded:
        return Condition::Degraded;
    case What::Stale:
        return Condition::Silent;
    default:
        return Condition::Well;
    }
}

Health healthOf(Condition condition)
{
    return condition == Condition::Unhealthy ? Health::Unhealthy
        : condition == Condition::Degraded   ? Health::Degraded
        : condition == Condition::Well       ? Health::Healthy
                                             : Health::Unknown;
}

/// "source/name" of "source/name:kind".
QString stampOf(const QString &incident)
{
    const qsizetype colon = incident.lastIndexOf(u':');
    return colon > 0 && incident.contains(u'/') ? incident.left(colon) : QString();
}

/// Makes one report: reads, then sums up.
class Maker
{
public:
    Maker(QString stateDir, const ReportRequest &request)
        : m_stateDir(std::move(stateDir))
        , m_request(request)
    {
        m_report.made = request.now;
        m_report.incident = request.incident;
    }
    [[nodiscard]] Result<Report> make();

private:
    /// A time that an incident came.
    struct Life
    {
        Timestamp began;
        std::optional<Timestamp> ended;
        QList<HistoryEvent> told;
    };
    /// From when to when an incident named a stamp.
    struct Span
    {
        Timestamp from;
        std::optional<Timestamp> to;
    };
    [[nodiscard]] const Life *meant(const std::vector<Life> &lives) const;
    [[nodiscard]] Result<void> findIncident();
    [[nodiscard]] Result<void> addLives(std::vector<Life> &lives, const QString &stamp);
    [[nodiscard]] Result<void> hear(const Life &life);
    [[nodiscard]] Result<void> findScope();
    [[nodiscard]] Result<void> follow();
    [[nodiscard]] Result<void> rank();
    [[nodiscard]] Result<void> count();
    void addAcknowledgements();
    [[nodiscard]] bool isAsked(const Happening &acknowledged) const;
    [[nodiscard]] Result<void> addActions();
    [[nodiscard]] Result<void> addCharts();
    [[nodiscard]] Result<FleetVersionPtr> fleetAt(Timestamp moment);
    void name();

    QString m_stateDir;
    ReportRequest m_request;
    std::unique_ptr<HistoryReader> m_reader;
    Report m_report;
    std::optional<Timestamp> m_began; // as events tell it
    std::optional<Timestamp> m_ended;
    std::map<QString, Span> m_spans; // of the stamps that events of the incident name
    QSet<QString> m_named; // the tenants that they name, which are all
    bool m_namesTenants = false; // or are those of its stamps
    std::set<QString> m_scope; // "source/name"
    std::map<qint64, FleetVersionPtr> m_fleets;
};

Result<FleetVersionPtr> Maker::fleetAt(Timestamp moment)
{
    FleetVersionPtr &known = m_fleets[moment.time_since_epoch().count()];
    if (!known) {
        const auto is = m_reader->at(moment);
        if (!is)
            return fail(is.error());
        known = is->version;
    }
    return known;
}

// Which of the times that it came is meant; null where none is.
const Maker::Life *Maker::meant(const std::vector<Life> &lives) const
{
    const Timestamp at = m_request.at.value_or(m_request.to.value_or(Timestamp::max()));
    const Life *found = nullptr;
    for (const Life &life : lives) {
        if (life.began <= at)
            found = &life;
    }
    if (m_request.at) // its moment may be a little before it was written down
        return found || lives.empty() ? found : &lives.front();
    if (found && m_request.from && found->ended && *found->ended < *m_request.from)
        return nullptr;
    return found;
}

// The times that it came, by its events where somebody recorded any; else by the stamp whose health it
// was.
Result<void> Maker::findIncident()
{
    const QString &id = m_request.incident;
    const auto events = m_reader->events(Timestamp(0ms), Timestamp::max(), incidentEvent);
    if (!events)
        return fail(events.error());
    std::vector<Life> lives;
    for (const HistoryEvent &event : *events) {
        if (event.id != id)
            continue;
        const Incident is = incidentOf(event);
        if (lives.empty() || (is.firing && lives.back().ended))
            lives.push_back({is.firing ? event.at : is.startsAt.value_or(event.at), {}, {}});
        lives.back().told.append(event);
        if (!is.firing)
            lives.back().ended = event.at;
    }
    const bool isTold = !lives.empty();
    QString stamp;
    if (!isTold) {
        const QString ofIt = stampOf(id);
        const auto known = m_reader->findStamp(ofIt.isEmpty() ? id : ofIt);
        if (!known)
            return fail(ErrorKind::NotFound,
                        Words::tr("the history knows no incident %1").arg(m_request.incident));
        stamp = *known;
        if (auto found = addLives(lives, stamp); !found)
            return found;
        if (lives.empty())
            return fail(ErrorKind::NotFound,
                        Words::tr("the history knows no time at which %1 was not well").arg(stamp));
    }
    const Life *const life = meant(lives);
    if (!life)
        return fail(ErrorKind::NotFound,
                    Words::tr("the history knows %1, but not in this time: it last came at %2")
                        .arg(id, toRfc3339(lives.back().began)));
    m_began = life->began;
    m_ended = life->ended;
    if (!isTold) {
        m_scope.insert(stamp);
        return {};
    }
    return hear(*life);
}

// The times at which a stamp was not well.
Result<void> Maker::addLives(std::vector<Life> &lives, const QString &stamp)
{
    const auto changes = m_reader->changes(stamp, Timestamp(0ms), m_request.now);
    if (!changes)
        return fail(changes.error());
    for (const HistoryChange &change : *changes) {
        const bool isGone = change.field == u"stamp" && change.now != u"there";
        if (!isGone && change.field != u"health")
            continue;
        // Why it is what it is stands behind it.
        const bool isWell = isGone || change.now.section(u' ', 0, 0) == u"healthy";
        const bool isOpen = !lives.empty() && !lives.back().ended;
        if (!isWell && !isOpen)
            lives.push_back({change.at, {}, {}});
        else if (isWell && isOpen)
            lives.back().ended = change.at;
    }
    return {};
}

// What its events say of it: what it is, and whom it hit from when to when.
Result<void> Maker::hear(const Life &life)
{
    auto events = m_reader->events(life.began, life.ended.value_or(m_request.now),
                                   incidentChangeEvent);
    if (!events)
        return fail(events.error());
    events->removeIf([this](const HistoryEvent &event) { return event.id != m_request.incident; });
    events->append(life.told);
    std::stable_sort(events->begin(), events->end(),
                     [](const auto &a, const auto &b) { return a.at < b.at; });
    bool tellsTenants = true;
    for (const HistoryEvent &event : std::as_const(*events)) {
        bool tells = false;
        const Incident is = incidentOf(event, &tells);
        if (is.title.isEmpty() && !is.firing)
            continue; // an end without words
        if (!is.title.isEmpty())
            m_report.title = is.title;
        if (event.data.contains("\"severity\""))
            m_report.severity = toString(is.severity);
        if (!is.summary.isEmpty())
            m_report.summary = is.summary;
        tellsTenants &= tells;
        m_named.unite(QSet<QString>(is.tenants.begin(), is.tenants.end()));
        for (auto &[stamp, span] : m_spans) {
            if (!is.stamps.contains(stamp) && !span.to)
                span.to = event.at;
        }
        for (const QString &stamp : is.stamps) {
            const auto [span, isNew] = m_spans.try_emplace(stamp, Span{event.at, {}});
            if (!isNew)
                span->second.to.reset();
            m_scope.insert(stamp);
        }
    }
    m_namesTenants = tellsTenants && !m_named.isEmpty();
    m_report.namesStamps = !m_scope.empty();
    return {};
}

Result<void> Maker::findScope()
{
    std::set<QString> found;
    const bool isOfTime = m_request.incident.isEmpty();
    if (isOfTime || !m_request.query.isEmpty()) {
        for (const Timestamp at : {m_report.from, m_report.startsAt, m_report.to}) {
            const auto fleet = fleetAt(at);
            if (!fleet) {
                if (fleet.error().kind == ErrorKind::NotFound)
                    continue; // before the first that was recorded
                return fail(fleet.error());
            }
            for (const int slot : filterStamps(**fleet, m_request.query)) {
                const QString &id = (*fleet)->stamps[slot]->id;
                if (isOfTime || m_scope.contains(id))
                    found.insert(id);
            }
        }
        m_scope = std::move(found);
    }
    m_report.stamps = int(m_scope.size());
    return {};
}

// How long each was what, from one change of its health to the next.
Result<void> Maker::follow()
{
    struct Track
    {
        Condition is = Condition::Well;
        Timestamp since;
        Report::Hit hit;
        bool isHit = false;
    };
    std::map<QString, Track> tracks;
    const auto begin = [&](Track &track, const QString &id, Condition is, Timestamp at,
                           const QString &reason) {
        track.is = is;
        track.since = at;
        if (is == Condition::Well) {
            if (track.isHit && !track.hit.until)
                track.hit.until = at;
            return;
        }
        if (!track.isHit) {
            track.isHit = true;
            track.hit.stamp = id;
            track.hit.since = at;
            track.hit.worst = healthOf(is);
            track.hit.reason = reason;
        }
        track.hit.until.reset();
        const auto rank = [](Health health) {
            return health == Health::Unhealthy ? 2 : health == Health::Degraded ? 1 : 0;
        };
        if (rank(healthOf(is)) > rank(track.hit.worst)) {
            track.hit.worst = healthOf(is);
            track.hit.reason = reason;
        }
        if (track.hit.reason.isEmpty())
            track.hit.reason = reason;
    };
    const auto end = [](Track &track, Timestamp at) {
        const milliseconds time = std::max<milliseconds>(0ms, at - track.since);
        switch (track.is) {
        case Condition::Unhealthy:
            track.hit.unhealthy += time;
            break;
        case Condition::Degraded:
            track.hit.degraded += time;
            break;
        case Condition::Silent:
            track.hit.silent += time;
            break;
        case Condition::Well:
            break;
        }
    };
    if (const auto fleet = fleetAt(m_report.from)) {
        (*fleet)->eachStamp([&](int, const StampEntry &entry) {
            if (!m_scope.contains(entry.id))
                return;
            begin(tracks[entry.id], entry.id, conditionOf(entry), m_report.from,
                  entry.reasons.isEmpty() ? QString() : Format::shortReason(entry.reasons.first()));
        });
    }
    for (const Happening &mark : m_report.timeline.marks) {
        if (!isHealthMark(mark) || !m_scope.contains(mark.subject))
            continue;
        Track &track = tracks[mark.subject];
        end(track, mark.at);
        Condition is = conditionOf(mark);
        QString reason = mark.detail;
        if (mark.what == What::Came) {
            if (const auto fleet = fleetAt(mark.at)) {
                const int slot = (*fleet)->stampIndex.value(mark.subject);
                if (slot >= 0)
                    is = conditionOf(*(*fleet)->stamps[slot]);
            }
        }
        begin(track, mark.subject, is, mark.at, reason);
    }
    for (auto &[id, track] : tracks) {
        end(track, m_report.to);
        if (track.isHit)
            m_report.hits.append(track.hit);
    }
    // Whom an alert names is hit, whatever it says of itself.
    for (const auto &[id, span] : m_spans) {
        const auto track = tracks.find(id);
        if (!m_scope.contains(id) || (track != tracks.end() && track->second.isHit))
            continue;
        Report::Hit hit;
        hit.stamp = id;
        hit.worst = Health::Healthy;
        hit.since = std::max(span.from, m_report.from);
        hit.until = span.to ? span.to : m_ended;
        m_report.hits.append(hit);
    }
    m_report.isQuiet = m_report.hits.isEmpty() && m_request.incident.isEmpty();
    if (m_report.hits.isEmpty())
        return {};
    // An incident has its own beginning; a stretch of time that of the first stamp that was hit.
    if (!m_began) {
        m_report.startsAt =
            std::min_element(m_report.hits.begin(), m_report.hits.end(),
                             [](const auto &a, const auto &b) { return a.since < b.since; })
                ->since;
        std::optional<Timestamp> last;
        bool isOver = true;
        for (const Report::Hit &hit : std::as_const(m_report.hits)) {
            isOver = isOver && hit.until;
            if (hit.until && (!last || *hit.until > *last))
                last = hit.until;
        }
        if (isOver)
            m_report.endsAt = last;
    }
    return {};
}

// The worst first: by how long they were what, else by how far they were from what they should be when it
// began, in the middle and at its end.
Result<void> Maker::rank()
{
    if (m_report.hits.size() < 2)
        return {};
    const Timestamp end = std::max(m_report.startsAt, m_report.endsAt.value_or(m_report.to) - 1ms);
    std::map<QString, double> most;
    for (const Timestamp at :
         {m_report.startsAt, m_report.startsAt + (end - m_report.startsAt) / 2, end}) {
        const auto fleet = fleetAt(at);
        if (!fleet)
            return fail(fleet.error());
        for (const Report::Hit &hit : std::as_const(m_report.hits)) {
            const int slot = (*fleet)->stampIndex.value(hit.stamp);
            if (slot < 0)
                continue;
            const StampEntry &entry = *(*fleet)->stamps[slot];
            const Objectives &objectives = (*fleet)->sourceOf(entry).objectives;
            const SignalValues &values = entry.stamp->signalValues;
            double &far = most[hit.stamp];
            const auto compare = [&far](const std::optional<double> &is,
                                        const std::optional<double> &limit) {
                if (is && limit && *limit > 0)
                    far = std::max(far, *is / *limit);
            };
            compare(values.errorRatio, objectives.errorRatio);
            compare(values.latencyP99Ms, objectives.latencyP99Ms);
        }
    }
    std::stable_sort(
        m_report.hits.begin(), m_report.hits.end(), [&most](const auto &a, const auto &b) {
            return std::tuple(-a.unhealthy.count(), -a.degraded.count(), -a.silent.count(),
                              -most[a.stamp])
                < std::tuple(-b.unhealthy.count(), -b.degraded.count(), -b.silent.count(),
                             -most[b.stamp]);
        });
    return {};
}

// Who was on a stamp when it began.
Result<void> Maker::count()
{
    constexpr int eachBy = 60; // of more one look at the fleet has to do
    for (Report::Hit &hit : m_report.hits) {
        const auto fleet = fleetAt(m_report.hits.size() <= eachBy ? hit.since : m_report.startsAt);
        if (!fleet)
            return fail(fleet.error());
        const int slot = (*fleet)->stampIndex.value(hit.stamp);
        if (slot < 0)
            continue;
        const StampEntry &entry = *(*fleet)->stamps[slot];
        hit.region = entry.stamp->region;
        hit.ring = entry.stamp->ring;
        hit.version = entry.stamp->version;
        hit.requests = entry.stamp->signalValues.requestsPerSecond;
        ++m_report.rings[hit.ring];
        if (hit.requests)
            m_report.requests = m_report.requests.value_or(0) + *hit.requests;
        for (const int tenant : entry.tenants) {
            const TenantEntry &is = (*fleet)->tenants[tenant];
            const bool isNamed = !m_namesTenants || m_named.contains((*fleet)->tenantId(tenant));
            if (is.owner != slot || !isNamed)
                continue;
            ++hit.tenants;
            ++m_report.tiers[is.tenant->tier];
        }
        m_report.tenants += hit.tenants;
    }
    for (const Happening &mark : std::as_const(m_report.timeline.marks)) {
        if (mark.at > m_report.startsAt || mark.at < m_report.startsAt - lead)
            continue;
        const bool isChange = mark.what == What::Lifecycle || mark.what == What::Version
            || mark.what == What::Scaled || mark.what == What::Came || mark.what == What::Gone
            || mark.what == What::Moved || mark.what == What::Began;
        if (isChange)
            m_report.before.append(mark);
    }
    return {};
}

// Each with how long it was to hold, and when it was over.
void Maker::addAcknowledgements()
{
    QHash<QString, qsizetype> open; // by the incident: which action
    for (const Happening &mark : std::as_const(m_report.timeline.marks)) {
        if (mark.what != What::Acknowledged || !isAsked(mark))
            continue;
        if (mark.isOver) {
            if (open.contains(mark.subject))
                m_report.actions[open.take(mark.subject)].ended = mark.at;
            continue;
        }
        Report::Action action;
        action.at = mark.at;
        action.id = mark.subject;
        action.title = Words::tr("Acknowledge");
        if (m_request.incident.isEmpty()) // of one of many
            action.title += u' ' + (mark.title.isEmpty() ? mark.subject : mark.title);
        action.by = mark.by;
        action.reason = mark.detail;
        const auto until = fromRfc3339(mark.now);
        action.outcome = until ? Words::tr("held until %1").arg(Format::secondOfZone(*until))
                               : Words::tr("held while it lasted");
        open.insert(mark.subject, m_report.actions.size());
        m_report.actions.append(action);
    }
}

// Of a stretch of time are all acknowledgements, of an incident its own.
bool Maker::isAsked(const Happening &acknowledged) const
{
    return m_request.incident.isEmpty()
        || acknowledgedAs(acknowledged.subject) == acknowledgedAs(m_request.incident);
}

Result<void> Maker::addActions()
{
    // Each as it was last seen: at the end, or where it ended and was cleared away.
    std::map<QString, Timestamp> seen;
    for (const Happening &mark : std::as_const(m_report.timeline.marks)) {
        if (mark.what == What::Began || mark.what == What::Ended)
            seen[mark.subject] = mark.at;
    }
    addAcknowledgements();
    const auto last = fleetAt(m_report.to);
    if (!last)
        return fail(last.error());
    for (const auto &[id, at] : seen) {
        OperationPtr operation = (*last)->operations.value(id);
        if (!operation) {
            const auto then = fleetAt(at);
            if (!then)
                return fail(then.error());
            operation = (*then)->operations.value(id);
        }
        if (!operation)
            continue;
        Report::Action action;
        action.at = operation->createdAt.value_or(at);
        action.id = id;
        action.title =
            Format::capitalised(Format::action(operation->kind)) + u' ' + operation->target;
        action.by = operation->createdBy;
        action.reason = operation->reason;
        action.state = operation->state;
        if (isFinal(operation->state))
            action.ended = operation->updatedAt;
        action.steps = int(operation->steps.size());
        for (const OperationStep &step : operation->steps)
            action.done += step.state == StepState::Succeeded || step.state == StepState::Skipped;
        action.error = operation->error;
        m_report.actions.append(action);
    }
    std::stable_sort(m_report.actions.begin(), m_report.actions.end(),
                     [](const auto &a, const auto &b) { return a.at < b.at; });
    return {};
}

// Those series that went farthest beyond what they should be.
Result<void> Maker::addCharts()
{
    struct Found
    {
        double score;
        Report::Chart chart;
    };
    std::vector<Found> found;
    const auto step = std::max<milliseconds>(5s, (m_report.to - m_report.from) / 240);
    for (const Report::Hit &hit : m_report.hits.mid(0, mostCharted)) {
        const auto fleet = fleetAt(hit.since);
        if (!fleet)
            return fail(fleet.error());
        const int slot = (*fleet)->stampIndex.value(hit.stamp);
        if (slot < 0)
            continue;
        const StampEntry &entry = *(*fleet)->stamps[slot];
        const Objectives &objectives = (*fleet)->sourceOf(entry).objectives;
        auto all = m_reader->series(hit.stamp, {allSampleKinds.begin(), allSampleKinds.end()},
                                    m_report.from, m_report.to, step);
        if (!all)
            return fail(all.error());
        for (SummarySeries &series : *all) {
            Report::Chart chart;
            chart.stamp = hit.stamp;
            chart.kind = series.kind;
            switch (series.kind) {
            case SampleKind::Errors:
                chart.limit = objectives.errorRatio;
                break;
            case SampleKind::LatencyP99:
                chart.limit = objectives.latencyP99Ms;
                break;
            case SampleKind::Cpu:
                chart.limit = entry.resources.cpu.limit;
                break;
            case SampleKind::Memory:
                chart.limit = entry.resources.memory.limit;
                break;
            case SampleKind::Storage:
                chart.limit = entry.resources.storage.limit;
                break;
            case SampleKind::Requests:
            case SampleKind::LatencyP50:
                break;
            }
            double most = 0;
            double before = 0;
            int known = 0;
            for (size_t at = 0; at < series.values.size(); ++at) {
                const SampleSummary &value = series.values[at];
                if (std::isnan(value.mean))
                    continue;
                most = std::max(most, value.max);
                if (series.start + series.step * qint64(at) < hit.since) {
                    before += value.mean;
                    ++known;
                }
            }
            if (most <= 0)
                continue;
            const double usual = known > 0 ? before / known : 0;
            const double score = chart.limit && *chart.limit > 0 ? most / *chart.limit
                : usual > 0                                      ? 0.4 * most / usual
                                                                 : 0.1;
            chart.series = std::move(series);
            found.push_back({score, std::move(chart)});
        }
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Found &a, const Found &b) { return a.score > b.score; });
    for (size_t at = 0; at < std::min<size_t>(found.size(), mostCharts); ++at)
        m_report.charts.append(found[at].chart);
    return {};
}

void Maker::name()
{
    if (!m_request.title.isEmpty()) {
        m_report.title = m_request.title;
        return;
    }
    if (!m_report.title.isEmpty())
        return;
    if (m_report.hits.isEmpty()) {
        m_report.title = m_report.isQuiet ? Words::tr("Nothing was the matter") : m_request.incident;
        return;
    }
    const Report::Hit &first = m_report.hits.first();
    const QString name = first.stamp.section(u'/', 1);
    m_report.title = m_report.hits.size() > 1
        ? Words::tr("%Ln stamp(s) were not well", nullptr, int(m_report.hits.size()))
        : first.worst == Health::Unhealthy ? Words::tr("%1 was unhealthy").arg(name)
        : first.worst == Health::Degraded  ? Words::tr("%1 was degraded").arg(name)
                                           : Words::tr("%1 was not heard of").arg(name);
}

Result<Report> Maker::make()
{
    auto reader = HistoryReader::open(m_stateDir);
    if (!reader)
        return fail(reader.error());
    m_reader = std::move(*reader);
    const auto recorded = m_reader->recorded();
    if (!recorded)
        return fail(recorded.error());
    if (recorded->isEmpty())
        return fail(ErrorKind::NotFound, Words::tr("nothing was recorded yet"));
    if (!m_request.incident.isEmpty()) {
        if (auto found = findIncident(); !found)
            return fail(found.error());
    }
    const Timestamp end = m_ended.value_or(m_request.now);
    m_report.to = m_request.to.value_or(std::min(m_request.now, end + (m_began ? trail : 0min)));
    m_report.from = m_request.from.value_or(m_began ? *m_began - lead : m_report.to - 1h);
    if (m_report.to <= m_report.from) {
        return fail(ErrorKind::Invalid,
                    Words::tr("a report from %1 to %2 is of no time")
                        .arg(toRfc3339(m_report.from), toRfc3339(m_report.to)));
    }
    m_report.from = std::max(m_report.from, recorded->first().from);
    m_report.to = std::max(m_report.to, m_report.from + 1ms);
    m_report.startsAt = m_began.value_or(m_report.from);
    m_report.endsAt = m_ended;
    m_report.query = m_request.query.toString();
    m_report.gaps = gapsOf(*recorded, m_report.from, m_report.to);
    auto timeline = readTimeline(m_stateDir, m_report.from, m_report.to, mostChanges);
    if (!timeline)
        return fail(timeline.error());
    m_report.timeline = std::move(*timeline);
    for (const auto step : {&Maker::findScope, &Maker::follow, &Maker::rank, &Maker::count, &Maker::addActions,
                            &Maker::addCharts}) {
        if (auto done = (this->*step)(); !done)
            return fail(done.error());
    }
    // What happened to others is none of it; operations and events stay.
    m_report.timeline.marks.removeIf([this](const Happening &mark) {
        const bool isOfStamp = mark.what != What::Began && mark.what != What::Ended
            && mark.what != What::Event && mark.what != What::Moved
            && mark.what != What::Acknowledged;
        return (isOfStamp && !m_scope.contains(mark.subject))
            || (mark.what == What::Acknowledged && !isAsked(mark));
    });
    if (m_report.severity.isEmpty() && !m_report.hits.isEmpty())
        m_report.severity =
            m_report.hits.first().worst == Health::Unhealthy ? u"critical"_s : u"warning"_s;
    name();
    return m_report;
}

} // namespace

Result<Report> makeReport(const QString &stateDir, const ReportRequest &request)
{
    return Maker(stateDir, request).make();
}

} // namespace Stampdeck

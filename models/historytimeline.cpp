// SPDX-License-Identifier: GPL-3.0-or-later
#include "historytimeline.h"

#include "health.h"
#include "historywalk.h"
#include "incidentevent.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <algorithm>
#include <unordered_map>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace Internal;
using What = HistoryTimeline::What;

namespace {

constexpr int fewMoments = 240; ///< At which a long stretch is looked at.

/// Makes marks and counts of what a stretch has.
class Marker
{
public:
    Marker(const SqliteConnection &connection, HistoryTimeline &timeline)
        : m_connection(connection)
        , m_timeline(timeline)
        , m_walk(connection, timeline.from, timeline.to,
                 [this](qint64 number, const KnownObject &known, const QByteArray &state,
                        const std::optional<Timestamp> &at) {
                     return take(known, m_is[number], state, at);
                 })
    { }

    [[nodiscard]] Result<void> begin();
    [[nodiscard]] Result<void> walk();
    [[nodiscard]] Result<void> sample();

private:
    struct Is
    {
        QByteArray state;
        std::optional<RecordedStamp> stamp;
        QString owner; ///< Of a tenant.
        OperationPtr operation;
        std::optional<Acknowledgement> acknowledgement;
    };
    [[nodiscard]] Result<void> take(const KnownObject &known, Is &is, const QByteArray &state,
                                    const std::optional<Timestamp> &at);
    [[nodiscard]] QString idOf(const KnownObject &known) const;
    void tell(Timestamp at, const QString &id, const RecordedStamp *was, const RecordedStamp *now);
    void add(const HistoryTimeline::Mark &mark) { m_timeline.marks.append(mark); }
    void countAt(Timestamp at);

    const SqliteConnection &m_connection;
    HistoryTimeline &m_timeline;
    HistoryWalk m_walk;
    std::unordered_map<qint64, Is> m_is;
    FleetCounts m_counts;
    bool m_isWalking = false; // through every change
    std::optional<Timestamp> m_last; // change of these
};

QString Marker::idOf(const KnownObject &known) const
{
    const auto &sources = m_walk.sources();
    const auto of = std::find_if(sources.begin(), sources.end(), [&known](const auto &each) {
        return each.number == known.source;
    });
    return of == sources.end() ? known.name : QString(of->name + u'/' + known.name);
}

void Marker::countAt(Timestamp at)
{
    auto &all = m_timeline.counts;
    if (!all.empty() && all.back().counts == m_counts)
        return;
    if (!all.empty() && all.back().at == at)
        all.back().counts = m_counts;
    else
        all.push_back({at, m_counts});
}

void Marker::tell(Timestamp at, const QString &id, const RecordedStamp *was,
                    const RecordedStamp *now)
{
    if (!was || !now) {
        if (was || now)
            add({at, now ? What::Came : What::Gone, id, {}, {}, {}});
        return;
    }
    const StampEntry &old = was->entry;
    const StampEntry &fresh = now->entry;
    if (old.health != fresh.health || old.stale != fresh.stale) {
        const QString why = fresh.reasons.isEmpty()   ? QString()
            : fresh.reasons.first().message.isEmpty() ? fresh.reasons.first().code
                                                      : fresh.reasons.first().message;
        const What what = fresh.stale           ? What::Stale
            : fresh.health == Health::Unhealthy ? What::Unhealthy
            : fresh.health == Health::Degraded  ? What::Degraded
            : fresh.health == Health::Healthy   ? What::Recovered
                                                : What::Stale;
        add({at, what, id, why, toString(old.health), toString(fresh.health)});
    }
    if (old.stamp->lifecycle != fresh.stamp->lifecycle)
        add({at,
             What::Lifecycle,
             id,
             {},
             toString(old.stamp->lifecycle),
             toString(fresh.stamp->lifecycle)});
    if (old.stamp->version != fresh.stamp->version)
        add({at, What::Version, id, {}, old.stamp->version, fresh.stamp->version});
    for (const Component &component : fresh.stamp->components) {
        for (const Component &before : old.stamp->components) {
            if (before.name == component.name && before.desired != component.desired)
                add({at, What::Scaled, id, component.name, QString::number(before.desired),
                     QString::number(component.desired)});
        }
    }
}

Result<void> Marker::take(const KnownObject &known, Is &is, const QByteArray &state,
                          const std::optional<Timestamp> &at)
{
    // What came at one moment is one change.
    if (m_isWalking && m_last && at && *m_last != *at)
        countAt(*m_last);
    m_last = at;
    switch (known.kind) {
    case ObjectKind::Stamp: {
        std::optional<RecordedStamp> now;
        if (!state.isEmpty()) {
            auto decoded = decodeStamp(state, known.name);
            if (!decoded)
                return fail(decoded.error());
            now = std::move(*decoded);
        }
        if (is.stamp)
            countHealth(m_counts, is.stamp->entry, -1);
        if (now)
            countHealth(m_counts, now->entry, +1);
        if (at)
            tell(*at, idOf(known), is.stamp ? &*is.stamp : nullptr, now ? &*now : nullptr);
        is.stamp = std::move(now);
        break;
    }
    case ObjectKind::Tenant: {
        m_counts.tenants += int(!state.isEmpty()) - int(!is.state.isEmpty());
        QString owner;
        if (!state.isEmpty()) {
            auto decoded = decodeTenant(state, known.name);
            if (!decoded)
                return fail(decoded.error());
            owner = decoded->tenant->stamp;
        }
        if (at && !is.owner.isEmpty() && !owner.isEmpty() && owner != is.owner)
            add({*at, What::Moved, idOf(known), {}, is.owner, owner});
        is.owner = owner;
        break;
    }
    case ObjectKind::Operation: {
        OperationPtr now;
        if (!state.isEmpty()) {
            auto decoded = decodeOperation(state, known.name);
            if (!decoded)
                return fail(decoded.error());
            now = decoded->first;
        }
        const auto title = [](const Operation &operation) {
            return QString(operation.kind + u' ' + operation.target);
        };
        if (at && now) {
            const QString before = is.operation ? toString(is.operation->state) : QString();
            const QString word = toString(now->state);
            if (!is.operation && !isFinal(now->state))
                add({*at, What::Began, known.name, title(*now), {}, word, now->createdBy});
            else if (isFinal(now->state) && (!is.operation || !isFinal(is.operation->state)))
                add({*at, What::Ended, known.name, title(*now), before, word, now->createdBy});
        }
        is.operation = now;
        break;
    }
    case ObjectKind::Acknowledgement: {
        std::optional<Acknowledgement> now;
        if (!state.isEmpty()) {
            auto decoded = decodeAcknowledgement(state, known.name);
            if (!decoded)
                return fail(decoded.error());
            now = std::move(*decoded);
        }
        if (const auto &told = now ? now : is.acknowledgement; at && told && now != is.acknowledgement)
            add({*at, What::Acknowledged, known.name, told->note, {},
                 told->until ? toRfc3339(*told->until) : QString(), told->by, {}, !now});
        is.acknowledgement = now;
        break;
    }
    case ObjectKind::Source:
        break;
    }
    is.state = state;
    return {};
}

Result<void> Marker::begin()
{
    if (auto begun = m_walk.begin(); !begun)
        return begun;
    countAt(m_timeline.from);
    return {};
}

Result<void> Marker::walk()
{
    m_isWalking = true;
    if (auto done = m_walk.changes(); !done)
        return done;
    if (m_last)
        countAt(*m_last);
    return {};
}

// Too many changes to look at each: how it was at some moments, and the operations.
Result<void> Marker::sample()
{
    m_timeline.isComplete = false;
    const qint64 from = toMs(m_timeline.from);
    const qint64 step = std::max<qint64>(1, (toMs(m_timeline.to) - from) / fewMoments);
    auto frames = m_connection.exec(u"SELECT at, state FROM keyframe WHERE change IN (SELECT "
                                    "max(change) FROM keyframe WHERE at > ? AND at <= ? GROUP BY "
                                    "(at - ?) / ?) ORDER BY at"_s,
                                    {from, toMs(m_timeline.to), from, step});
    if (!frames)
        return fail(frames.error());
    while (frames->next()) {
        const auto states = decodeKeyframe(frames->value(1).toByteArray());
        if (!states)
            return fail(states.error());
        m_counts = {};
        for (const auto &[number, bytes] : *states) {
            const KnownObject *const known = m_walk.known(number);
            if (!known)
                continue;
            if (known->kind == ObjectKind::Tenant) {
                ++m_counts.tenants;
            } else if (known->kind == ObjectKind::Stamp) {
                Is &is = m_is[number];
                if (is.state != bytes || !is.stamp) {
                    auto decoded = decodeStamp(bytes, known->name);
                    if (!decoded)
                        return fail(decoded.error());
                    is.stamp = std::move(*decoded);
                    is.state = bytes;
                }
                countHealth(m_counts, is.stamp->entry, +1);
            }
        }
        countAt(fromMs(frames->value(0).toLongLong()));
    }
    if (auto ended = m_connection.ended(*frames); !ended)
        return fail(ended.error());
    return m_walk.changesOf(ObjectKind::Operation).and_then([this] {
        return m_walk.changesOf(ObjectKind::Acknowledgement);
    });
}

} // namespace

const FleetCounts *HistoryTimeline::at(Timestamp moment) const
{
    const auto after =
        std::upper_bound(counts.begin(), counts.end(), moment,
                         [](Timestamp time, const Counts &each) { return time < each.at; });
    return after == counts.begin() ? nullptr : &std::prev(after)->counts;
}

bool HistoryTimeline::isRecorded(Timestamp moment) const
{
    return std::any_of(recorded.begin(), recorded.end(), [moment](const RecordedRange &range) {
        return range.from <= moment && moment <= range.to;
    });
}

Result<HistoryTimeline> readTimeline(const QString &stateDir, Timestamp from, Timestamp to,
                                     int most)
{
    const auto reader = HistoryReader::open(stateDir);
    if (!reader)
        return fail(reader.error());
    HistoryTimeline timeline;
    timeline.from = from;
    timeline.to = to;
    auto recorded = (*reader)->recorded();
    if (!recorded)
        return fail(recorded.error());
    timeline.recorded = std::move(*recorded);
    const auto events = (*reader)->events(from, to);
    if (!events)
        return fail(events.error());
    // Before the first moment there is nothing to begin with.
    if (!timeline.recorded.isEmpty())
        timeline.from = std::max(from, timeline.recorded.first().from);
    const auto marked = HistoryFile::read(
        stateDir, [&](const SqliteConnection &connection) -> Result<void> {
            Marker marker(connection, timeline);
            if (auto done = marker.begin(); !done)
                return done;
            const auto changes = connection.value(
                u"SELECT count(*) FROM (SELECT 1 FROM change WHERE at > ? AND at <= ? LIMIT ?)"_s,
                {toMs(from), toMs(to), most + 1});
            if (!changes)
                return fail(changes.error());
            return changes->toInt() > most ? marker.sample() : marker.walk();
        });
    if (!marked)
        return fail(marked.error());
    QHash<QString, QString> titles; // of incidents
    for (const HistoryEvent &event : *events) {
        if (event.kind == incidentChangeEvent || event.kind == silenceChangeEvent)
            continue; // its begin and its end are marks
        const QString subject =
            event.source.isEmpty() ? event.subject : event.source + u'/' + event.subject;
        HistoryTimeline::Mark mark{event.at, What::Event, subject, event.kind, {}, event.id};
        if (event.kind == incidentEvent) {
            const QJsonObject data = QJsonDocument::fromJson(event.data).object();
            mark.title = data.value(u"title"_s).toString();
            mark.isOver = data.value(u"state"_s).toString() == u"resolved";
            if (!mark.title.isEmpty())
                titles.insert(acknowledgedAs(event.id), mark.title);
        } else if (event.kind == silenceEvent) {
            const KnownSilence known = knownSilenceOf(event, &mark.isOver);
            QStringList matchers;
            for (const Matcher &matcher : known.silence.matchers)
                matchers.append(matcher.toString());
            mark.title = matchers.join(u", "_s);
            mark.by = known.silence.createdBy;
        }
        timeline.marks.append(mark);
    }
    for (HistoryTimeline::Mark &mark : timeline.marks) {
        if (mark.what == What::Acknowledged)
            mark.title = titles.value(acknowledgedAs(mark.subject));
    }
    std::stable_sort(timeline.marks.begin(), timeline.marks.end(),
                     [](const auto &a, const auto &b) { return a.at < b.at; });
    timeline.from = from;
    return timeline;
}

} // namespace Stampdeck

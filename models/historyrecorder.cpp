// SPDX-License-Identifier: GPL-3.0-or-later
#include "historyrecorder.h"

#include "filelock.h"
#include "formatter.h"
#include "historyfile.h"
#include "incidentevent.h"
#include "samplecodec.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QSet>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <unordered_map>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace Internal;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(History)
};

constexpr auto flushAfter = 500ms; ///< So that a kill loses a second at the most.
constexpr auto tickInterval = 1s;
constexpr auto retryInterval = 5s;
/// A sample that changes nothing is recorded again after this time: a value holds no longer than
/// holdMs.
constexpr qint64 repeatMs = 55'000;
constexpr qint64 longestPause = 90'000; ///< Longer, and nobody recorded meanwhile.
/// How far a moment may be from a keyframe: so many changes, or half as many as there are objects,
/// which take as long to read as the keyframe.
constexpr qint64 keyframeChanges = 4'000;
constexpr qint64 keyframeBytes = 256 << 10;
constexpr qsizetype batchBytes = 4 << 20; ///< Of a fleet that is seen the first time.
constexpr size_t rollupBatch = 100; ///< Stamps in a second.
constexpr qsizetype mostWaiting = 64 << 20; ///< Bytes, while nothing can be written.
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// A text that was never set is an empty one, not NULL.
QString text(const QString &value)
{
    return value.isNull() ? u""_s : value;
}

/// What follows on each other in one hour, and what of it is not the whole.
struct HourSeries
{
    TimeEncoder times;
    std::array<SampleEncoder, RecordedPoint::values> values;
    std::array<double, RecordedPoint::values> limits{}; ///< 4096 times the last unit.
};

double orNan(const std::optional<double> &value)
{
    return value.value_or(nan);
}

/// What is measured of a stamp at \a at.
std::array<RecordedPoint::Value, RecordedPoint::values> measured(const StampEntry &entry, qint64 at)
{
    std::array<RecordedPoint::Value, RecordedPoint::values> values;
    const auto set = [&values](int index, double value, double unit) {
        RecordedPoint::Value &to = values[size_t(index)];
        to.step = sampleStep(value, unit);
        to.unit = to.step ? unit : 0;
    };
    int index = 0;
    for (const ResourceKind kind :
         {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage}) {
        const Resource &resource = entry.stamp->resources[kind];
        const double used = orNan(resource.used);
        set(index++, used, sampleUnit(orNan(resource.limit), used));
    }
    const SignalValues &told = entry.stamp->signalValues;
    for (const std::optional<double> &value :
         {told.requestsPerSecond, told.errorRatio, told.latencyP50Ms, told.latencyP99Ms})
        set(index++, orNan(value), 0);
    if (const auto &observed = entry.stamp->observedAt)
        set(index, double(at - toMs(*observed)), RecordedPoint::ageUnit);
    return values;
}

/// Whether anything but the age differs.
bool differs(const std::array<RecordedPoint::Value, RecordedPoint::values> &a,
             const std::array<RecordedPoint::Value, RecordedPoint::values> &b)
{
    return !std::equal(a.begin(), a.begin() + RecordedPoint::age, b.begin());
}

/// Minutes of an hour out of what was measured in it: each value holds until the next one.
std::vector<SampleSummary> minutesOf(const std::vector<qint64> &times,
                                     const std::vector<double> &values)
{
    struct Sum
    {
        double weighted = 0;
        double weight = 0;
        double min = std::numeric_limits<double>::infinity();
        double max = -std::numeric_limits<double>::infinity();
    };
    std::array<Sum, 60> sums;
    for (size_t i = 0; i < times.size(); ++i) {
        if (std::isnan(values[i]))
            continue;
        const qint64 next = i + 1 < times.size() ? times[i + 1] : hourMs;
        const qint64 end = std::min({next, times[i] + holdMs, hourMs});
        for (qint64 from = times[i]; from < end;) {
            Sum &sum = sums[size_t(from / minuteMs)];
            const qint64 to = std::min(end, (from / minuteMs + 1) * minuteMs);
            sum.weighted += values[i] * double(to - from);
            sum.weight += double(to - from);
            sum.min = std::min(sum.min, values[i]);
            sum.max = std::max(sum.max, values[i]);
            from = to;
        }
    }
    std::vector<SampleSummary> minutes;
    minutes.reserve(sums.size());
    for (const Sum &sum : sums) {
        if (sum.weight > 0) {
            minutes.push_back(
                {std::clamp(sum.weighted / sum.weight, sum.min, sum.max), sum.min, sum.max});
        } else {
            minutes.push_back({nan, nan, nan});
        }
    }
    return minutes;
}

/// One of all of \a series.
SampleSummary summaryOf(const std::vector<SampleSummary> &series)
{
    SampleSummary all{0, std::numeric_limits<double>::infinity(),
                      -std::numeric_limits<double>::infinity()};
    int count = 0;
    for (const SampleSummary &each : series) {
        if (std::isnan(each.mean))
            continue;
        all.mean += each.mean;
        all.min = std::min(all.min, each.min);
        all.max = std::max(all.max, each.max);
        ++count;
    }
    if (count == 0)
        return {nan, nan, nan};
    all.mean = std::clamp(all.mean / count, all.min, all.max);
    return all;
}

} // namespace

/// Everything that recording needs, in the recorder's thread. What has to be written gathers until
/// flush(), which is one transaction.
class HistoryRecorder::Worker final : public QObject
{
public:
    Worker(HistoryRecorder &recorder, const QString &stateDir, FleetStore &store, Clock &clock,
           const HistoryOptions &options)
        : m_recorder(recorder)
        , m_stateDir(stateDir)
        , m_store(store)
        , m_clock(clock)
        , m_options(options)
    { }

    void begin();
    void end();
    void receive(const FleetVersionPtr &version, const ChangeSetPtr &changes);
    void add(const HistoryEvent &event);
    void flush();

private:
    struct SourceTrack
    {
        qint64 number = 0; // 0: not known yet whose it is
        qint64 object = 0;
        QByteArray discrete;
        QByteArray whole;
        bool settled = false; // what it had before and has no more is gone
    };
    struct StampTrack
    {
        qint64 object = 0;
        QByteArray discrete;
        QByteArray whole;
        qint64 pointAt = 0;
        std::array<RecordedPoint::Value, RecordedPoint::values> point;
    };
    struct Change
    {
        qint64 number = 0;
        qint64 at = 0;
        qint64 object = 0;
        QByteArray state; // null: gone
    };
    struct Event
    {
        qint64 at = 0;
        QString kind;
        qint64 source = 0;
        QString subject;
        QString id;
        QByteArray data;
    };
    struct Key
    {
        qint64 source;
        ObjectKind kind;
        QString name;
        friend bool operator==(const Key &, const Key &) = default;
        friend size_t qHash(const Key &key, size_t seed)
        {
            return qHashMulti(seed, key.source, int(key.kind), key.name);
        }
    };
    struct Rollup
    {
        qint64 day = 0;
        std::vector<qint64> objects; // still to be done
        std::vector<std::tuple<qint64, int, QByteArray>> blocks; // made of the others
    };

    void tryOpen();
    [[nodiscard]] Result<void> load();
    void stop(const Error &error);
    void forget();
    void tick();
    void tock(qint64 now);
    void hurry();

    [[nodiscard]] qint64 objectOf(qint64 source, ObjectKind kind, const QString &name);
    [[nodiscard]] QByteArray takeInitial(qint64 object);
    void change(qint64 object, const QByteArray &before, const QByteArray &state);
    void gone(qint64 object);
    [[nodiscard]] qint64 sourceNumber(const SourceState &state);
    void recordSources(const FleetVersion &version);
    void recordStamp(const FleetVersion &version, int slot);
    void recordTenant(const FleetVersion &version, int slot);
    void recordOperation(const FleetVersion &version, const QString &id);
    void recordAcknowledgements(const FleetVersion &version);
    void recordIncidents(const FleetVersion &version);
    void recordSilences(const IncidentBook &book);
    void settle(const FleetVersion &version);
    void point(StampTrack &track, const StampEntry &entry, bool again);
    void pushPoint(qint64 at, qint64 object,
                   const std::array<RecordedPoint::Value, RecordedPoint::values> &values);
    void enter(qint64 at, const RecordedPoint &recorded);
    void rollHour(qint64 at);
    void noteTime(qint64 now);
    [[nodiscard]] Result<void> seal(const SqliteConnection &connection);
    [[nodiscard]] Result<void> keyframe(const SqliteConnection &connection);
    template<typename More>
    [[nodiscard]] Result<void> writeAnd(More more);
    [[nodiscard]] Result<void> write(const SqliteConnection &connection);
    void stopIfFailed();
    [[nodiscard]] Result<void> maintain();
    [[nodiscard]] Result<void> rollUp(const SqliteConnection &connection);
    [[nodiscard]] Result<void> expire(const SqliteConnection &connection);
    [[nodiscard]] Result<bool> isBeyondLimit(const SqliteConnection &connection);
    void setOverLimit(bool isOver);
    [[nodiscard]] Result<void> bound(const SqliteConnection &connection);
    [[nodiscard]] std::optional<Timestamp> wallOf(std::chrono::milliseconds elapsed) const;

    HistoryRecorder &m_recorder;
    const QString m_stateDir;
    FleetStore &m_store;
    Clock &m_clock;
    const HistoryOptions m_options;

    std::unique_ptr<HistoryFile> m_file; // null while it does not record
    FileLock m_lock;
    FleetVersionPtr m_last; // as recorded last
    qint64 m_at = 0; // the latest moment
    qint64 m_session = 0;
    qint64 m_sessionTo = 0; // as written
    qint64 m_beat = 0; // the last tick
    qint64 m_lastChange = 0;
    qint64 m_lastObject = 0;
    qint64 m_lastSource = 0;
    qint64 m_sinceKeyframe = 0;
    qint64 m_bytesSinceKeyframe = 0;
    qint64 m_keyframeSize = 0;
    std::map<qint64, QByteArray> m_initial; // of earlier processes, by object; what was seen since is taken out
    std::unordered_map<qint64, KnownObject> m_initialObjects; // those that m_initial has
    QHash<Key, qint64> m_numbers;
    std::vector<KnownSource> m_knownSources;
    std::vector<SourceTrack> m_sources; // by index
    std::vector<StampTrack> m_stamps; // by slot
    std::vector<qint64> m_tenants; // by slot: the object
    struct Fire
    {
        IncidentPtr is; // as it was told last
        bool isEarlier = false; // an earlier process saw it, and this one has not yet
    };
    QHash<QString, Fire> m_incidents; // by id
    struct Quiet
    {
        KnownSilence is; // as it was told last
        bool isEarlier = false; // told by an earlier process
    };
    QHash<QString, Quiet> m_silences; // by silenceKey()
    qint64 m_hour = -1; // its start
    std::map<qint64, HourSeries> m_series; // by object: of that hour
    Rollup m_rollup;
    bool m_isDirty =
        false; // an hour has ended: something may be too old, too large, or to be rolled up
    bool m_hurried = false;
    bool m_isTooLarge = false; // more stamps than it is to record
    qint64 m_repeatedAt = 0;
    std::optional<Error> m_failed; // nothing more can be written
    std::optional<Error> m_broken; // the file is
    bool m_complained = false;
    qint64 m_mostPages = 0; // of the file; 0: not known yet
    bool m_isOverLimit = false; // though no sample is left that may go

    // To be written
    std::vector<KnownSource> m_newSources;
    std::vector<std::pair<qint64, Key>> m_newObjects;
    std::vector<Change> m_newChanges;
    std::vector<RecordedPoints> m_newPoints;
    std::vector<Event> m_newEvents;
    qsizetype m_waiting = 0; // about so many bytes
};

// --- Beginning and end

void HistoryRecorder::Worker::begin()
{
    connect(&m_store, &FleetStore::published, this, &Worker::receive);
    tryOpen();
    m_clock.callLater(tickInterval, this, [this] { tick(); });
}

void HistoryRecorder::Worker::tryOpen()
{
    if (m_isTooLarge)
        return;
    if (auto made = makeStateFolder(m_stateDir); !made)
        return stop(made.error());
    auto lock = FileLock::tryAcquire(m_stateDir + u"/recorder.lock"_s);
    if (!lock)
        return stop(lock.error());
    m_lock = std::move(*lock);
    // What turns out to be broken only when it is read is set aside too, once.
    for (const bool isLast : {false, true}) {
        auto file = HistoryFile::openToWrite(m_stateDir, m_clock.now(), m_broken);
        if (!file)
            return stop(file.error());
        m_broken.reset();
        m_file = std::move(*file);
        const auto loaded = load();
        if (loaded)
            break;
        if (isLast || loaded.error().kind != ErrorKind::Malformed)
            return stop(loaded.error());
        forget();
        m_file.reset();
        m_broken = loaded.error();
    }
    m_recorder.setStatus({true, m_file->setAside()});
    // What is known already.
    if (const FleetVersionPtr version = m_store.current(); version->serial > 0)
        receive(version, std::make_shared<const ChangeSet>());
}

void HistoryRecorder::Worker::stop(const Error &error)
{
    forget();
    m_file.reset();
    m_lock.release();
    if (error.kind == ErrorKind::Malformed)
        m_broken = error;
    m_recorder.setStatus({false, error});
    // A file of a newer version stays one.
    if (error.kind != ErrorKind::Unsupported)
        m_clock.callLater(retryInterval, this, [this] { tryOpen(); });
}

void HistoryRecorder::Worker::forget()
{
    m_last.reset();
    m_session = 0;
    m_initial.clear();
    m_initialObjects.clear();
    m_numbers.clear();
    m_knownSources.clear();
    m_sources.clear();
    m_stamps.clear();
    m_tenants.clear();
    m_incidents.clear();
    m_silences.clear();
    m_hour = -1;
    m_series.clear();
    m_rollup = {};
    m_newSources.clear();
    m_newObjects.clear();
    m_newChanges.clear();
    m_newPoints.clear();
    m_newEvents.clear();
    m_waiting = 0;
    m_failed.reset();
    m_complained = false;
    m_mostPages = 0;
    m_isOverLimit = false;
}

/// What an earlier process left: numbers, states, and the samples of an hour that it did not end.
Result<void> HistoryRecorder::Worker::load()
{
    const auto made = m_file->connection();
    if (!made)
        return fail(made.error());
    const auto number = [&made](const QString &sql) {
        return made->value(sql).map([](const QVariant &value) { return value.toLongLong(); });
    };
    const auto lastChange = number(u"SELECT coalesce(max(number), 0) FROM change"_s);
    const auto lastObject = number(u"SELECT coalesce(max(number), 0) FROM object"_s);
    const auto lastSource = number(u"SELECT coalesce(max(number), 0) FROM source"_s);
    const auto lastAt = number(u"SELECT max(coalesce((SELECT max(at) FROM change), 0), "
                               "coalesce((SELECT max(to_at) FROM tail), 0), "
                               "coalesce((SELECT max(to_at) FROM session), 0))"_s);
    const auto keyframeSize = number(u"SELECT coalesce((SELECT length(state) FROM keyframe "
                                     "ORDER BY change DESC LIMIT 1), 0)"_s);
    for (const auto *value : {&lastChange, &lastObject, &lastSource, &lastAt, &keyframeSize}) {
        if (!*value)
            return fail(value->error());
    }
    m_lastChange = *lastChange;
    m_lastObject = *lastObject;
    m_lastSource = *lastSource;
    m_at = std::max(*lastAt, toMs(m_clock.now()));
    m_keyframeSize = *keyframeSize;
    auto sources = HistoryFile::sources(*made);
    if (!sources)
        return fail(sources.error());
    m_knownSources = std::move(*sources);
    auto states = HistoryFile::statesAt(*made, std::numeric_limits<qint64>::max());
    if (!states)
        return fail(states.error());
    m_sinceKeyframe = states->sinceKeyframe;
    m_bytesSinceKeyframe = states->bytesSinceKeyframe;
    m_initial = {std::make_move_iterator(states->states.begin()),
                 std::make_move_iterator(states->states.end())};
    auto objects = HistoryFile::objects(*made);
    if (!objects)
        return fail(objects.error());
    for (auto &[object, known] : *objects) {
        m_numbers.insert({known.source, known.kind, known.name}, object);
        if (m_initial.contains(object))
            m_initialObjects.emplace(object, std::move(known));
    }
    // What was told last of each.
    const auto eachLast = [&made](QLatin1StringView kind, QLatin1StringView changeKind,
                                  const auto &visit) -> Result<void> {
        auto rows = made->exec(
            u"SELECT id, data FROM event WHERE number IN (SELECT max(number) FROM event "
            "WHERE kind IN (SELECT number FROM event_kind WHERE name IN (?, ?)) GROUP BY id)"_s,
            {QString(kind), QString(changeKind)});
        if (!rows)
            return fail(rows.error());
        while (rows->next()) {
            HistoryEvent event;
            event.id = rows->value(0).toString();
            event.data = rows->value(1).toByteArray();
            visit(event);
        }
        return made->ended(*rows);
    };
    const auto told =
        eachLast(incidentEvent, incidentChangeEvent, [this](const HistoryEvent &event) {
            Incident last = incidentOf(event);
            if (last.firing)
                m_incidents.insert(event.id,
                                   {std::make_shared<const Incident>(std::move(last)), true});
        }).and_then([&] {
            return eachLast(silenceEvent, silenceChangeEvent, [this](const HistoryEvent &event) {
                bool isOver = false;
                KnownSilence last = knownSilenceOf(event, &isOver);
                if (!isOver)
                    m_silences.insert(event.id, {std::move(last), true});
            });
        });
    if (!told)
        return told;
    auto tail = made->exec(u"SELECT points FROM tail ORDER BY number"_s);
    if (!tail)
        return fail(tail.error());
    std::vector<RecordedPoints> left;
    while (tail->next()) {
        auto groups = decodePoints(tail->value(0).toByteArray());
        if (!groups)
            return fail(groups.error());
        std::move(groups->begin(), groups->end(), std::back_inserter(left));
    }
    if (auto ended = made->ended(*tail); !ended)
        return ended;
    tail->finish();
    for (const RecordedPoints &group : left) {
        rollHour(group.at);
        for (const RecordedPoint &recorded : group.points)
            enter(group.at, recorded);
    }
    m_isDirty = true;
    m_beat = m_at;
    return m_failed ? Result<void>(fail(*m_failed)) : Result<void>();
}

void HistoryRecorder::Worker::end()
{
    flush();
    m_file.reset();
    m_lock.release();
}

// --- What was learnt

void HistoryRecorder::Worker::receive(const FleetVersionPtr &version, const ChangeSetPtr &changes)
{
    if (!m_file || (m_last && version->serial <= m_last->serial))
        return;
    if (const int most = m_options.mostStamps;
        most > 0 && !m_options.record && version->counts.stamps > most) {
        m_isTooLarge = true;
        return stop(Error::of(ErrorKind::NotNow,
                              Words::tr("a fleet of more than %Ln stamp(s) is recorded only where "
                                        "fleet.yaml says history: {record: true}",
                                        nullptr, most)));
    }
    noteTime(toMs(version->at));
    const bool first = !m_last;
    if (first || changes->sources)
        recordSources(*version);
    const auto each = [&](const std::vector<int> &changed, int size, const auto &record) {
        if (!first) {
            for (const int slot : changed)
                record(slot);
            return;
        }
        for (int slot = 0; slot < size; ++slot) {
            record(slot);
            if (m_waiting > batchBytes && !m_complained)
                flush();
        }
    };
    m_stamps.resize(std::max(m_stamps.size(), size_t(version->stamps.size())));
    m_tenants.resize(std::max(m_tenants.size(), size_t(version->tenants.size())));
    each(changes->stamps, version->stamps.size(), [&](int slot) { recordStamp(*version, slot); });
    each(changes->tenants, version->tenants.size(),
         [&](int slot) { recordTenant(*version, slot); });
    if (first) {
        for (auto it = version->operations.cbegin(); it != version->operations.cend(); ++it)
            recordOperation(*version, it.key());
    } else {
        for (const QString &id : changes->operations)
            recordOperation(*version, id);
    }
    if (first || changes->acknowledgements)
        recordAcknowledgements(*version);
    if (first || changes->incidents)
        recordIncidents(*version);
    if (first || changes->sources)
        settle(*version);
    m_last = version;
    hurry();
    stopIfFailed();
}

// A long time of which nobody told anything is one in which nobody recorded: the machine slept.
void HistoryRecorder::Worker::noteTime(qint64 now)
{
    const qint64 before = std::max(m_at, m_beat);
    if (m_session != 0 && now - before > longestPause) {
        flush();
        m_session = 0;
    }
    m_at = std::max(m_at, now);
}

void HistoryRecorder::Worker::stopIfFailed()
{
    if (m_failed)
        stop(*std::exchange(m_failed, {}));
}

std::optional<Timestamp> HistoryRecorder::Worker::wallOf(std::chrono::milliseconds elapsed) const
{
    if (elapsed.count() == 0)
        return std::nullopt;
    return m_clock.now() - (m_clock.elapsed() - elapsed);
}

qint64 HistoryRecorder::Worker::objectOf(qint64 source, ObjectKind kind, const QString &name)
{
    const Key key{source, kind, name};
    qint64 &number = m_numbers[key];
    if (number == 0) {
        number = ++m_lastObject;
        m_newObjects.emplace_back(number, key);
        m_waiting += name.size() + 32;
    }
    return number;
}

QByteArray HistoryRecorder::Worker::takeInitial(qint64 object)
{
    const auto known = m_initial.find(object);
    if (known == m_initial.end())
        return {};
    QByteArray state = std::move(known->second);
    m_initial.erase(known);
    m_initialObjects.erase(object);
    return state;
}

void HistoryRecorder::Worker::change(qint64 object, const QByteArray &before,
                                     const QByteArray &state)
{
    m_newChanges.push_back({++m_lastChange, m_at, object, changeOf(before, state)});
    const qsizetype size = m_newChanges.back().state.size();
    m_waiting += size + 32;
    ++m_sinceKeyframe;
    m_bytesSinceKeyframe += size;
}

void HistoryRecorder::Worker::gone(qint64 object)
{
    m_newChanges.push_back({++m_lastChange, m_at, object, {}});
    m_waiting += 32;
    ++m_sinceKeyframe;
}

// Which source this is, by its instance; 0 while that is not known, and its name was never seen.
qint64 HistoryRecorder::Worker::sourceNumber(const SourceState &state)
{
    KnownSource *byName = nullptr;
    for (KnownSource &known : m_knownSources) {
        if (!state.instance.isEmpty() && known.instance == state.instance) {
            if (known.name != state.name) {
                known.name = state.name;
                m_newSources.push_back(known);
            }
            return known.number;
        }
        if (known.name == state.name && (state.instance.isEmpty() || known.instance.isEmpty()))
            byName = &known; // the newest of that name
    }
    if (byName) {
        if (byName->instance.isEmpty() && !state.instance.isEmpty()) {
            byName->instance = state.instance;
            m_newSources.push_back(*byName);
        }
        return byName->number;
    }
    m_knownSources.push_back({++m_lastSource, state.instance, state.name});
    m_newSources.push_back(m_knownSources.back());
    return m_lastSource;
}

void HistoryRecorder::Worker::recordSources(const FleetVersion &version)
{
    m_sources.resize(size_t(version.sources.size()));
    for (int index = 0; index < version.sources.size(); ++index) {
        const SourceState &state = version.sources[index];
        SourceTrack &track = m_sources[size_t(index)];
        if (state.name.isEmpty()) { // removed
            if (track.object != 0)
                gone(track.object);
            track = {};
            track.settled = true;
            continue;
        }
        const qint64 number = sourceNumber(state);
        const qint64 object = objectOf(number, ObjectKind::Source, {});
        if (object != track.object) {
            if (track.object != 0)
                gone(track.object);
            track = {};
            track.number = number;
            track.object = object;
            track.whole = takeInitial(object);
            if (!track.whole.isEmpty()) {
                if (const auto known = decodeSource(track.whole))
                    track.discrete =
                        encodeSource(known->state, known->order, {}, RecordedPart::Discrete);
            }
        }
        QByteArray discrete = encodeSource(state, index, {}, RecordedPart::Discrete);
        if (discrete == track.discrete)
            continue;
        QByteArray whole = encodeSource(
            state, index, state.lastContact ? wallOf(*state.lastContact) : std::nullopt,
            RecordedPart::Whole);
        change(object, track.whole, whole);
        track.discrete = std::move(discrete);
        track.whole = std::move(whole);
    }
}

void HistoryRecorder::Worker::recordStamp(const FleetVersion &version, int slot)
{
    StampTrack &track = m_stamps[size_t(slot)];
    const StampEntryPtr &entry = version.stamps[slot];
    if (entry && size_t(entry->source) >= m_sources.size())
        recordSources(version);
    // A proof is what was recorded before, and says nothing of now.
    const qint64 object = entry && entry->stamp && !entry->proof
        ? objectOf(m_sources[size_t(entry->source)].number, ObjectKind::Stamp, entry->stamp->name)
        : 0;
    if (object != track.object) {
        if (track.object != 0)
            gone(track.object);
        track = {};
        track.object = object;
        if (object != 0)
            track.whole = takeInitial(object);
        if (!track.whole.isEmpty()) {
            if (const auto known = decodeStamp(track.whole, entry->stamp->name))
                track.discrete = encodeStamp(known->entry, {}, RecordedPart::Discrete);
        }
    }
    if (object == 0)
        return;
    QByteArray discrete = encodeStamp(*entry, {}, RecordedPart::Discrete);
    if (discrete != track.discrete) {
        QByteArray whole = encodeStamp(*entry, wallOf(entry->lastContact), RecordedPart::Whole);
        change(object, track.whole, whole);
        track.discrete = std::move(discrete);
        track.whole = std::move(whole);
    }
    point(track, *entry, false);
}

void HistoryRecorder::Worker::recordTenant(const FleetVersion &version, int slot)
{
    qint64 &track = m_tenants[size_t(slot)];
    const TenantEntry &entry = version.tenants[slot];
    const qint64 object = entry.tenant
        ? objectOf(m_sources[size_t(entry.source)].number, ObjectKind::Tenant, entry.tenant->id)
        : 0;
    QByteArray before;
    if (object != track) {
        if (track != 0)
            gone(track);
        track = object;
        if (object != 0)
            before = takeInitial(object);
    } else if (object != 0) {
        const TenantEntry &last = m_last->tenants[slot];
        if (last.tenant == entry.tenant && last.stale == entry.stale
            && last.elsewhere == entry.elsewhere)
            return;
        before = encodeTenant(last); // nothing of it is measured
    }
    if (object == 0)
        return;
    const QByteArray state = encodeTenant(entry);
    if (state != before)
        change(object, before, state);
}

void HistoryRecorder::Worker::recordOperation(const FleetVersion &version, const QString &id)
{
    const qint64 object = objectOf(0, ObjectKind::Operation, id);
    QByteArray before = takeInitial(object);
    if (before.isEmpty() && m_last) {
        if (const OperationPtr &known = m_last->operations.value(id))
            before = encodeOperation(*known, m_last->operationSource.value(id));
    }
    const OperationPtr operation = version.operations.value(id);
    if (!operation) {
        if (!before.isEmpty())
            gone(object);
        return;
    }
    const QByteArray state = encodeOperation(*operation, version.operationSource.value(id));
    if (state != before)
        change(object, before, state);
}

void HistoryRecorder::Worker::recordAcknowledgements(const FleetVersion &version)
{
    const auto before = m_last ? m_last->acknowledgements : QMap<QString, Acknowledgement>();
    for (const Acknowledgement &is : version.acknowledgements) {
        const qint64 object = objectOf(0, ObjectKind::Acknowledgement, is.incident);
        QByteArray known = takeInitial(object);
        if (const auto at = before.constFind(is.incident); at != before.cend())
            known = encodeAcknowledgement(*at);
        if (const QByteArray state = encodeAcknowledgement(is); state != known)
            change(object, known, state);
    }
    for (const Acknowledgement &was : before) {
        if (!version.acknowledgements.contains(was.incident))
            gone(objectOf(0, ObjectKind::Acknowledgement, was.incident));
    }
}

// Each that begins, changes or ends, as an event: what the fleet was meanwhile is recorded anyway.
void HistoryRecorder::Worker::recordIncidents(const FleetVersion &version)
{
    if (!version.incidents)
        return;
    const IncidentBook &book = *version.incidents;
    const auto tell = [this, &version](QLatin1StringView kind, const Incident &incident,
                                       bool isFiring) {
        const QString stamp = incident.stamps.value(0); // "source/name"
        const qsizetype slash = stamp.indexOf(u'/');
        add({fromMs(m_at), kind, slash > 0 ? stamp.left(slash) : incident.source,
             slash > 0 ? stamp.mid(slash + 1) : QString(), incident.id,
             toEventData(incident, isFiring, version)});
    };
    QHash<QString, Fire> fire;
    for (const IncidentPtr &incident : book.open) {
        const auto known = m_incidents.constFind(incident->id);
        fire.insert(incident->id, {incident, false});
        if (known == m_incidents.cend())
            tell(incidentEvent, *incident, true);
        else if (known->is != incident && !areToldAlike(*known->is, *incident))
            tell(incidentChangeEvent, *incident, true);
    }
    for (auto it = m_incidents.begin(); it != m_incidents.end();) {
        if (fire.contains(it.key())) {
            ++it;
            continue;
        }
        // One of an earlier process may just not have been looked at yet.
        if (it->isEarlier && !book.settled) {
            fire.insert(it.key(), *it);
            ++it;
            continue;
        }
        Incident over = it->isEarlier ? Incident() : *it->is;
        over.id = it.key();
        tell(incidentEvent, over, false);
        it = m_incidents.erase(it);
    }
    m_incidents = std::move(fire);
    recordSilences(book);
}

// The same of silences.
void HistoryRecorder::Worker::recordSilences(const IncidentBook &book)
{
    const auto tell = [this](QLatin1StringView kind, const KnownSilence &known, const QString &key,
                             bool isOver) {
        add({fromMs(m_at), kind, known.feed, {}, key, toEventData(known, isOver)});
    };
    QHash<QString, Quiet> quiet;
    for (const KnownSilence &known : book.silences) {
        const QString key = silenceKey(known);
        const auto before = m_silences.constFind(key);
        if (before == m_silences.cend())
            tell(silenceEvent, known, key, false);
        else if (!areToldAlike(before->is.silence, known.silence))
            tell(silenceChangeEvent, known, key, false);
        quiet.insert(key, {known, false});
    }
    for (auto it = m_silences.cbegin(); it != m_silences.cend(); ++it) {
        if (quiet.contains(it.key()))
            continue;
        if (it->isEarlier && !book.settled) // not looked at yet
            quiet.insert(it.key(), *it);
        else
            tell(silenceEvent, it->is, it.key(), true);
    }
    m_silences = std::move(quiet);
}

// What an earlier process knew and is no more: of a source, once that has told all that it has.
void HistoryRecorder::Worker::settle(const FleetVersion &version)
{
    if (m_initial.empty())
        return;
    QSet<qint64> settled;
    QStringList names;
    bool everySettled = true;
    for (int index = 0; index < version.sources.size(); ++index) {
        const SourceState &state = version.sources[index];
        SourceTrack &track = m_sources[size_t(index)];
        everySettled &= state.name.isEmpty() || state.endpointsSettled >= state.endpoints;
        if (track.settled || !state.answered)
            continue;
        track.settled = true;
        settled.insert(track.number);
        names.append(state.name);
    }
    if (everySettled) { // a source that is not there by now has been removed
        for (const KnownSource &known : m_knownSources) {
            const bool isThere =
                std::any_of(m_sources.begin(), m_sources.end(), [&known](const SourceTrack &track) {
                    return track.number == known.number;
                });
            if (!isThere)
                settled.insert(known.number);
        }
    }
    if (settled.isEmpty())
        return;
    std::vector<qint64> over;
    for (const auto &[object, known] : m_initialObjects) {
        switch (known.kind) {
        case ObjectKind::Source:
        case ObjectKind::Stamp:
        case ObjectKind::Tenant:
            if (settled.contains(known.source))
                over.push_back(object);
            break;
        case ObjectKind::Operation: {
            const auto is = decodeOperation(m_initial[object], known.name);
            if (!is || is->second.isEmpty() || names.contains(is->second))
                over.push_back(object);
            break;
        }
        case ObjectKind::Acknowledgement:
            if (names.contains(known.name.section(u'/', 0, 0)))
                over.push_back(object);
            break;
        }
    }
    std::sort(over.begin(), over.end());
    for (const qint64 object : over) {
        std::ignore = takeInitial(object);
        gone(object);
    }
}

void HistoryRecorder::Worker::add(const HistoryEvent &event)
{
    if (!m_file)
        return;
    qint64 source = 0;
    for (const KnownSource &known : m_knownSources) {
        if (!event.source.isEmpty() && known.name == event.source)
            source = known.number;
    }
    m_newEvents.push_back(
        {toMs(event.at), event.kind, source, event.subject, event.id, event.data});
    m_waiting += event.data.size() + 100;
    hurry();
}

// --- Samples

// Records what is measured of a stamp when it differs; \a again when it holds for long already.
void HistoryRecorder::Worker::point(StampTrack &track, const StampEntry &entry, bool again)
{
    const auto values = measured(entry, m_at);
    const bool known =
        std::any_of(values.begin(), values.begin() + RecordedPoint::age,
                    [](const RecordedPoint::Value &value) { return bool(value.step); });
    if (track.pointAt == 0 && !known)
        return;
    if (!again && track.pointAt != 0 && !differs(values, track.point)
        && m_at - track.pointAt < repeatMs)
        return;
    // A moment has one value: the last one.
    if (m_at == track.pointAt && !differs(values, track.point))
        return;
    pushPoint(m_at, track.object, values);
    track.point = values;
    track.pointAt = m_at;
}

void HistoryRecorder::Worker::pushPoint(
    qint64 at, qint64 object, const std::array<RecordedPoint::Value, RecordedPoint::values> &values)
{
    rollHour(at);
    if (m_newPoints.empty() || m_newPoints.back().at != at)
        m_newPoints.push_back({at, {}});
    m_newPoints.back().points.push_back({object, values});
    m_waiting += 40;
    enter(at, m_newPoints.back().points.back());
}

// Takes a point into the hour's series. Two of one moment: the later comes a millisecond later.
void HistoryRecorder::Worker::enter(qint64 at, const RecordedPoint &recorded)
{
    HourSeries &series = m_series[recorded.object];
    series.times.append(std::max(at - m_hour, series.times.last() + 1));
    for (int i = 0; i < RecordedPoint::values; ++i) {
        const RecordedPoint::Value &value = recorded.value[size_t(i)];
        series.values[size_t(i)].append(recorded.at(i), value.unit);
        if (value.step)
            series.limits[size_t(i)] = value.unit * 4096;
    }
}

// Ends the hour before that of \a at, and begins that one with what goes on.
void HistoryRecorder::Worker::rollHour(qint64 at)
{
    const qint64 hour = at / hourMs * hourMs;
    if (hour == m_hour)
        return;
    if (m_hour >= 0 && !m_series.empty()) {
        const auto sealed =
            writeAnd([this](const SqliteConnection &connection) { return seal(connection); });
        if (!sealed) // what is written is found again when the file is opened the next time
            m_failed = sealed.error();
    }
    m_series.clear();
    m_hour = hour;
    m_isDirty = true;
    for (StampTrack &track : m_stamps) {
        if (track.object == 0 || track.pointAt == 0 || hour - track.pointAt > holdMs
            || track.pointAt >= hour)
            continue;
        track.pointAt = hour;
        pushPoint(hour, track.object, track.point);
    }
}

Result<void> HistoryRecorder::Worker::seal(const SqliteConnection &connection)
{
    auto insert = connection.prepare(u"INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?, ?)"_s);
    if (!insert)
        return fail(insert.error());
    const auto put = [&](BlockLevel level, qint64 object, int signal, const QByteArray &block) {
        return connection.run(*insert, {int(level), m_hour, object, signal, block});
    };
    std::vector<std::tuple<qint64, int, QByteArray>> minutes;
    for (const auto &[object, series] : m_series) {
        const QByteArray timeBlock = series.times.block();
        const auto times = decodeTimes(timeBlock);
        if (!times)
            return fail(times.error());
        if (auto done = put(BlockLevel::Raw, object, timesSignal, timeBlock); !done)
            return done;
        for (int signal = 0; signal < RecordedPoint::values; ++signal) {
            const QByteArray block = series.values[size_t(signal)].block();
            const auto values = decodeSamples(block);
            if (!values)
                return fail(values.error());
            if (std::all_of(values->begin(), values->end(), [](double v) { return std::isnan(v); }))
                continue;
            if (auto done = put(BlockLevel::Raw, object, signal, block); !done)
                return done;
            if (signal < sampleKinds) {
                minutes.emplace_back(
                    object, signal,
                    encodeSummaries(minutesOf(*times, *values), series.limits[size_t(signal)]));
            }
        }
    }
    for (const auto &[object, signal, block] : minutes) {
        if (auto done = put(BlockLevel::Minute, object, signal, block); !done)
            return done;
    }
    return connection.exec(u"DELETE FROM tail WHERE to_at < ?"_s, {m_hour + hourMs})
        .map([](const QSqlQuery &) {});
}

// --- Writing

void HistoryRecorder::Worker::hurry()
{
    if (!std::exchange(m_hurried, true)) {
        m_clock.callLater(flushAfter, this, [this] {
            m_hurried = false;
            flush();
        });
    }
}

void HistoryRecorder::Worker::flush()
{
    if (!m_file)
        return;
    bool isFar = false;
    const auto written = writeAnd([&](const SqliteConnection &connection) {
        const auto objects = qint64(m_stamps.size()) + qint64(m_tenants.size());
        isFar = m_last
            && (m_sinceKeyframe >= std::max(keyframeChanges, objects / 2)
                || m_bytesSinceKeyframe >= std::max(keyframeBytes, 4 * m_keyframeSize));
        return isFar ? keyframe(connection) : Result<void>();
    });
    if (written) {
        if (isFar)
            m_sinceKeyframe = m_bytesSinceKeyframe = 0;
        if (std::exchange(m_complained, false)) {
            m_isOverLimit = false;
            m_recorder.setStatus({true, {}});
        }
        return;
    }
    // It is tried again with the next tick, unless that helps nobody.
    if (written.error().kind == ErrorKind::Malformed || m_waiting > mostWaiting) {
        m_failed = written.error();
        return;
    }
    m_complained = true;
    m_recorder.setStatus({true, written.error()});
}

// What waits, and \a more, as one. What waits is kept where that fails.
template<typename More>
Result<void> HistoryRecorder::Worker::writeAnd(More more)
{
    const qint64 session = m_session;
    const qint64 sessionTo = m_sessionTo;
    const auto written = m_file->file().transact([&](const SqliteConnection &connection) {
        return write(connection).and_then([&] { return more(connection); });
    });
    if (!written) {
        m_session = session;
        m_sessionTo = sessionTo;
        return written;
    }
    m_newSources.clear();
    m_newObjects.clear();
    m_newChanges.clear();
    m_newPoints.clear();
    m_newEvents.clear();
    m_waiting = 0;
    return {};
}

Result<void> HistoryRecorder::Worker::write(const SqliteConnection &connection)
{
    const qint64 now = std::max(m_at, m_beat);
    if (m_session == 0) {
        auto begun =
            connection.exec(u"INSERT INTO session (from_at, to_at, process) VALUES (?, ?, ?)"_s,
                            {now, now, processName()});
        if (!begun)
            return fail(begun.error());
        m_session = begun->lastInsertId().toLongLong();
    } else if (now > m_sessionTo) {
        if (auto beaten = connection.exec(u"UPDATE session SET to_at = ? WHERE number = ?"_s,
                                          {now, m_session});
            !beaten)
            return fail(beaten.error());
    }
    m_sessionTo = now;
    for (const KnownSource &source : m_newSources) {
        if (auto done = connection.exec(u"INSERT OR REPLACE INTO source VALUES (?, ?, ?)"_s,
                                        {source.number, text(source.instance), text(source.name)});
            !done)
            return fail(done.error());
    }
    auto objects = connection.prepare(u"INSERT INTO object VALUES (?, ?, ?, ?)"_s);
    if (!objects)
        return fail(objects.error());
    for (const auto &[number, key] : m_newObjects) {
        if (auto done =
                connection.run(*objects, {number, key.source, int(key.kind), text(key.name)});
            !done)
            return done;
    }
    auto changes = connection.prepare(u"INSERT INTO change VALUES (?, ?, ?, ?)"_s);
    if (!changes)
        return fail(changes.error());
    for (const Change &is : m_newChanges) {
        const QVariant state =
            is.state.isNull() ? QVariant(QMetaType::fromType<QByteArray>()) : QVariant(is.state);
        if (auto done = connection.run(*changes, {is.number, is.at, is.object, state}); !done)
            return done;
    }
    if (!m_newPoints.empty()) {
        if (auto done = connection.exec(
                u"INSERT INTO tail (from_at, to_at, points) VALUES (?, ?, ?)"_s,
                {m_newPoints.front().at, m_newPoints.back().at, encodePoints(m_newPoints)});
            !done)
            return fail(done.error());
    }
    for (const Event &event : m_newEvents) {
        auto done =
            connection
                .exec(u"INSERT OR IGNORE INTO event_kind (name) VALUES (?)"_s, {text(event.kind)})
                .and_then([&](const QSqlQuery &) {
                    return connection.exec(
                        u"INSERT INTO event (at, kind, source, subject, id, data) VALUES "
                        "(?, (SELECT number FROM event_kind WHERE name = ?), ?, ?, ?, ?)"_s,
                        {event.at, text(event.kind), event.source, text(event.subject),
                         text(event.id), event.data.isNull() ? QByteArray("") : event.data});
                });
        if (!done)
            return fail(done.error());
    }
    return {};
}

Result<void> HistoryRecorder::Worker::keyframe(const SqliteConnection &connection)
{
    // Which objects, and where the state of each stands.
    enum class Place : quint8 { Initial, Source, Stamp, Tenant, Operation, Acknowledgement };
    struct Part
    {
        qint64 object;
        Place place;
        int index;
    };
    std::vector<Part> parts;
    parts.reserve(m_initial.size() + m_sources.size() + m_stamps.size() + m_tenants.size());
    const auto add = [&parts](qint64 object, Place place, size_t index) {
        if (object != 0)
            parts.push_back({object, place, int(index)});
    };
    for (const auto &[object, state] : m_initial)
        add(object, Place::Initial, 0);
    for (size_t index = 0; index < m_sources.size(); ++index)
        add(m_sources[index].object, Place::Source, index);
    for (size_t slot = 0; slot < m_stamps.size(); ++slot)
        add(m_stamps[slot].object, Place::Stamp, slot);
    for (size_t slot = 0; slot < m_tenants.size(); ++slot)
        add(m_tenants[slot], Place::Tenant, slot);
    std::vector<OperationPtr> operations;
    for (auto it = m_last->operations.cbegin(); it != m_last->operations.cend(); ++it) {
        add(objectOf(0, ObjectKind::Operation, it.key()), Place::Operation, operations.size());
        operations.push_back(*it);
    }
    const QList<Acknowledgement> acknowledgements = m_last->acknowledgements.values();
    for (qsizetype index = 0; index < acknowledgements.size(); ++index) {
        add(objectOf(0, ObjectKind::Acknowledgement, acknowledgements[index].incident),
            Place::Acknowledgement, size_t(index));
    }
    std::sort(parts.begin(), parts.end(),
              [](const Part &a, const Part &b) { return a.object < b.object; });
    KeyframeEncoder encoder(qsizetype(parts.size()));
    for (const Part &part : parts) {
        const auto index = size_t(part.index);
        switch (part.place) {
        case Place::Initial:
            encoder.append(part.object, m_initial[part.object]);
            break;
        case Place::Source:
            encoder.append(part.object, m_sources[index].whole);
            break;
        case Place::Stamp:
            encoder.append(part.object, m_stamps[index].whole);
            break;
        case Place::Tenant:
            encoder.append(part.object, encodeTenant(m_last->tenants[part.index]));
            break;
        case Place::Operation: {
            const OperationPtr &is = operations[index];
            encoder.append(part.object,
                           encodeOperation(*is, m_last->operationSource.value(is->id)));
            break;
        }
        case Place::Acknowledgement:
            encoder.append(part.object, encodeAcknowledgement(acknowledgements[part.index]));
            break;
        }
    }
    const QByteArray bytes = encoder.finished();
    if (bytes.isEmpty()) // no memory for it: the one before serves
        return {};
    m_keyframeSize = bytes.size();
    return connection
        .exec(u"INSERT OR REPLACE INTO keyframe VALUES (?, ?, ?)"_s, {m_lastChange, m_at, bytes})
        .map([](const QSqlQuery &) {});
}

// --- Once in a while

void HistoryRecorder::Worker::tick()
{
    m_clock.callLater(tickInterval, this, [this] { tick(); });
    // Versions that wait here are of an earlier moment: they come first.
    QMetaObject::invokeMethod(
        this, [this, now = toMs(m_clock.now())] { tock(now); }, Qt::QueuedConnection);
}

void HistoryRecorder::Worker::tock(qint64 now)
{
    if (!m_file)
        return;
    noteTime(now);
    m_beat = std::max(m_beat, now);
    rollHour(m_at);
    if (m_last && m_at - m_repeatedAt >= 5'000) {
        m_repeatedAt = m_at;
        for (size_t slot = 0; slot < m_stamps.size(); ++slot) {
            StampTrack &track = m_stamps[slot];
            if (track.object == 0 || track.pointAt == 0 || m_at - track.pointAt < repeatMs)
                continue;
            if (const StampEntryPtr &entry = m_last->stamps[int(slot)]; entry && !entry->stale)
                point(track, *entry, true);
        }
    }
    flush();
    if (!m_failed) {
        if (const auto done = maintain(); !done)
            m_failed = done.error();
    }
    stopIfFailed();
}

Result<void> HistoryRecorder::Worker::maintain()
{
    const auto made = m_file->connection();
    if (!made)
        return fail(made.error());
    if (!m_rollup.objects.empty())
        return rollUp(*made);
    const auto isFull = isBeyondLimit(*made);
    if (!isFull)
        return fail(isFull.error());
    if (!std::exchange(m_isDirty, false))
        return *isFull ? bound(*made) : Result<void>();
    return expire(*made).and_then([&] { return bound(*made); }).and_then([&]() -> Result<void> {
        // The first day of which every hour has ended and none was rolled up.
        const auto first =
            made->value(u"SELECT coalesce(min(start), -1) FROM block WHERE level = 1 AND start >= "
                        "(SELECT coalesce(max(start), -1) + ? FROM block WHERE level = 2)"_s,
                        {dayMs});
        if (!first)
            return fail(first.error());
        const qint64 start = first->toLongLong();
        const qint64 day = start / dayMs * dayMs;
        if (start < 0 || day + dayMs > m_at / hourMs * hourMs)
            return {};
        auto rows = made->exec(u"SELECT DISTINCT object FROM block WHERE level = 1 "
                               "AND start >= ? AND start < ?"_s,
                               {day, day + dayMs});
        if (!rows)
            return fail(rows.error());
        m_rollup = {day, {}, {}};
        while (rows->next())
            m_rollup.objects.push_back(rows->value(0).toLongLong());
        return made->ended(*rows);
    });
}

// A few stamps of the day at a time; what comes of it is written as one.
Result<void> HistoryRecorder::Worker::rollUp(const SqliteConnection &connection)
{
    QStringList starts;
    for (int hour = 0; hour < 24; ++hour)
        starts.append(QString::number(m_rollup.day + hour * hourMs));
    auto rows = connection.prepare(u"SELECT signal, start, data FROM block WHERE level = 1 "
                                   "AND object = ? AND start IN (%1)"_s.arg(starts.join(u',')));
    if (!rows)
        return fail(rows.error());
    for (size_t i = 0; i < rollupBatch && !m_rollup.objects.empty(); ++i) {
        const qint64 object = m_rollup.objects.back();
        m_rollup.objects.pop_back();
        if (auto done = connection.run(*rows, {object}); !done)
            return done;
        std::map<int, std::vector<SampleSummary>> days;
        while (rows->next()) {
            const auto minutes = decodeSummaries(rows->value(2).toByteArray());
            if (!minutes)
                return fail(minutes.error());
            auto &day = days[rows->value(0).toInt()];
            day.resize(24, {nan, nan, nan});
            const qint64 hour = (rows->value(1).toLongLong() - m_rollup.day) / hourMs;
            day[size_t(std::clamp<qint64>(hour, 0, 23))] = summaryOf(*minutes);
        }
        if (auto ended = connection.ended(*rows); !ended)
            return ended;
        for (const auto &[signal, hours] : days) {
            // At the precision that the minutes were kept with: of their largest value.
            double largest = 0;
            for (const SampleSummary &hour : hours) {
                if (!std::isnan(hour.max))
                    largest = std::max(largest, std::abs(hour.max));
            }
            const bool isResource = signal <= int(SampleKind::Storage);
            m_rollup.blocks.emplace_back(object, signal,
                                         encodeSummaries(hours, isResource ? largest : 0));
        }
    }
    rows->finish();
    if (!m_rollup.objects.empty())
        return {};
    const Rollup done = std::exchange(m_rollup, {});
    m_isDirty = true; // there may be another day
    return m_file->file().transact([&](const SqliteConnection &at) -> Result<void> {
        auto insert = at.prepare(u"INSERT OR REPLACE INTO block VALUES (2, ?, ?, ?, ?)"_s);
        if (!insert)
            return fail(insert.error());
        for (const auto &[object, signal, block] : done.blocks) {
            if (auto put = at.run(*insert, {done.day, object, signal, block}); !put)
                return put;
        }
        return {};
    });
}

// Samples that are too old for their level; minutes stay until their day is rolled up.
Result<void> HistoryRecorder::Worker::expire(const SqliteConnection &connection)
{
    for (size_t level = 0; level < levelLife.size(); ++level) {
        if (auto done = connection.exec(u"DELETE FROM block WHERE level = ? AND start < ?"_s,
                                        {int(level), m_at - levelLife[level]});
            !done)
            return fail(done.error());
    }
    return {};
}

// Whether the file takes more than it may: it is asked each second.
Result<bool> HistoryRecorder::Worker::isBeyondLimit(const SqliteConnection &connection)
{
    if (m_mostPages == 0) {
        const auto pageSize = connection.value(u"PRAGMA page_size"_s);
        if (!pageSize)
            return fail(pageSize.error());
        m_mostPages = std::max<qint64>(1, m_options.maxBytes / std::max(1, pageSize->toInt()));
    }
    const auto pages = connection.value(u"PRAGMA page_count"_s);
    if (!pages)
        return fail(pages.error());
    return pages->toLongLong() > m_mostPages;
}

// What is kept for ever may be more than the limit: whoever set it hears of that.
void HistoryRecorder::Worker::setOverLimit(bool isOver)
{
    if (std::exchange(m_isOverLimit, isOver) == isOver)
        return;
    std::optional<Error> error;
    if (isOver) {
        error = Error::of(ErrorKind::Invalid,
                          Words::tr("it is larger than its limit of %1: what the fleet was, what "
                                    "happened, and the hour that goes on are kept all the same, and "
                                    "nothing older that was measured")
                              .arg(Format::bytes(double(m_options.maxBytes))));
    }
    m_recorder.setStatus({true, error});
}

// Where the file is too large the oldest samples go, whatever their level.
Result<void> HistoryRecorder::Worker::bound(const SqliteConnection &connection)
{
    const qint64 most = m_mostPages;
    for (bool isFirst = true;; isFirst = false) {
        const auto pages = connection.value(u"PRAGMA page_count"_s);
        const auto free = connection.value(u"PRAGMA freelist_count"_s);
        for (const auto *value : {&pages, &free}) {
            if (!*value)
                return fail(value->error());
        }
        if (pages->toLongLong() - free->toLongLong() <= most) {
            setOverLimit(false);
            if (isFirst && pages->toLongLong() <= most)
                return {};
            return connection.exec(u"PRAGMA incremental_vacuum"_s).and_then([&](QSqlQuery query) {
                while (query.next()) { } // it frees a page with each step
                return connection.ended(query);
            });
        }
        const auto oldest =
            connection.value(u"SELECT coalesce(min(first), -1) FROM ("
                             "SELECT min(start) AS first FROM block WHERE level = 0 "
                             "UNION ALL SELECT min(start) FROM block WHERE level = 1 "
                             "UNION ALL SELECT min(start) FROM block WHERE level = 2)"_s);
        if (!oldest)
            return fail(oldest.error());
        if (oldest->toLongLong() < 0) { // what is left is no sample, or goes on
            setOverLimit(true);
            return {};
        }
        for (int level = 0; level < int(levelLife.size()); ++level) {
            if (auto done = connection.exec(u"DELETE FROM block WHERE level = ? AND start <= ?"_s,
                                            {level, *oldest});
                !done)
                return fail(done.error());
        }
    }
}

// --- The recorder itself

HistoryRecorder::HistoryRecorder(const QString &stateDir, FleetStore &store, Clock &clock,
                                 const HistoryOptions &options, QObject *parent)
    : QObject(parent)
{
    m_worker = new Worker(*this, stateDir, store, clock, options);
    m_worker->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    m_thread.setObjectName(u"history"_s);
    m_thread.start(QThread::LowPriority);
    QMetaObject::invokeMethod(
        m_worker, [this] { m_worker->begin(); }, Qt::QueuedConnection);
}

HistoryRecorder::~HistoryRecorder()
{
    QMetaObject::invokeMethod(
        m_worker, [this] { m_worker->end(); }, Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.join();
}

HistoryRecorder::Status HistoryRecorder::status() const
{
    const QMutexLocker guard(&m_mutex);
    return m_status;
}

void HistoryRecorder::setStatus(const Status &status)
{
    {
        const QMutexLocker guard(&m_mutex);
        m_status = status;
    }
    Q_EMIT statusChanged();
}

void HistoryRecorder::add(const HistoryEvent &event)
{
    QMetaObject::invokeMethod(
        m_worker, [this, event] { m_worker->add(event); }, Qt::QueuedConnection);
}

void HistoryRecorder::sync()
{
    QMetaObject::invokeMethod(
        m_worker, [this] { m_worker->flush(); }, Qt::BlockingQueuedConnection);
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "historyreader.h"

#include "disposal.h"
#include "health.h"
#include "historyfile.h"
#include "pastincidents.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QHash>
#include <QtCore/QMutex>
#include <QtCore/QSet>
#include <QtCore/QThreadPool>
#include <QtConcurrent/QtConcurrentMap>
#include <QtConcurrent/QtConcurrentRun>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <unordered_map>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace Internal;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(History)
};

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
/// Versions of the past and of now are never the same one.
constexpr quint64 firstSerial = quint64(1) << 40;
/// So many reads a disk is asked for at once; each thread has a connection of its own.
constexpr int readersAtOnce = 4;

std::optional<double> orNothing(double value)
{
    return std::isnan(value) ? std::nullopt : std::optional(value);
}

/// What was measured of a stamp last.
struct Measured
{
    qint64 at = 0;
    std::array<double, RecordedPoint::values> value;

    // NaN is the same as NaN here.
    friend bool operator==(const Measured &a, const Measured &b)
    {
        return a.at == b.at
            && std::equal(a.value.begin(), a.value.end(), b.value.begin(), [](double x, double y) {
                   return x == y || (std::isnan(x) && std::isnan(y));
               });
    }
};
using MeasuredByObject = std::unordered_map<qint64, Measured>;

/// One row of the table of blocks.
struct BlockRow
{
    qint64 object = 0;
    int signal = 0;
    QByteArray data;
};

/// What was measured, by some of a span's blocks. An object's stand together, ascending by signal.
using MeasuredList = std::vector<std::pair<qint64, Measured>>;

/// Of one hour's raw blocks: the last sample of each object that still held at \a moment.
Result<MeasuredList> lastSamples(const std::vector<BlockRow> &rows, qint64 hour, qint64 moment)
{
    MeasuredList all;
    int last = -1; // the sample's place in its series
    qint64 object = 0;
    for (const BlockRow &row : rows) {
        if (row.signal == timesSignal) {
            const auto times = decodeTimes(row.data, moment - hour);
            if (!times)
                return fail(times.error());
            object = row.object;
            last = int(times->size()) - 1;
            if (last < 0 || times->back() + holdMs < moment - hour) {
                last = -1;
                continue;
            }
            Measured is;
            is.at = hour + times->back();
            is.value.fill(nan);
            all.emplace_back(object, is);
        } else if (last >= 0 && row.object == object && row.signal >= 0
                   && row.signal < RecordedPoint::values) {
            const auto value = sampleOf(row.data, last);
            if (!value)
                return fail(value.error());
            all.back().second.value[size_t(row.signal)] = *value;
        }
    }
    return all;
}

/// Of blocks of summaries from \a start in steps of \a step: the one that \a moment falls into.
Result<MeasuredList> summariesAt(const std::vector<BlockRow> &rows, qint64 start, qint64 step,
                                 qint64 moment)
{
    MeasuredList all;
    const auto place = size_t((moment - start) / step);
    for (const BlockRow &row : rows) {
        if (row.signal < 0 || row.signal >= sampleKinds)
            continue;
        const auto values = decodeSummaries(row.data, int(place) + 1);
        if (!values)
            return fail(values.error());
        if (place >= values->size())
            continue;
        if (all.empty() || all.back().first != row.object) {
            Measured is;
            is.at = start + qint64(place) * step;
            is.value.fill(nan);
            all.emplace_back(row.object, is);
        }
        all.back().second.value[size_t(row.signal)] = (*values)[place].mean;
    }
    // A minute of which nothing is known says nothing.
    std::erase_if(all, [](const auto &each) {
        return std::all_of(each.second.value.begin(), each.second.value.end(),
                           [](double value) { return std::isnan(value); });
    });
    return all;
}

/// A stretch of a series at one value.
struct Segment
{
    qint64 from = 0;
    qint64 to = 0;
    SampleSummary value;
};

/// A stamp as it was built last, so that what did not change stays the same object.
struct BuiltStamp
{
    int slot = -1; // once it is given, for good
    int source = -1;
    QString id;
    QByteArray state;
    Measured measured;
    RecordedStamp recorded;
    StampEntryPtr entry;
    std::vector<int> tenants; // by ID, their slots
    int owned = 0;
};

struct BuiltTenant
{
    QByteArray state;
    RecordedTenant recorded;
    int slot = -1; // once it is given, for good
};

/// What stood where in the version that was built last. As long as no stamp, tenant or source comes or
/// goes, the next one differs from it by what changed alone.
struct BuiltPlaces
{
    std::vector<qint64> stamps; // the objects
    std::vector<qint64> tenants;
    std::vector<std::pair<QString, QString>> sources; // names and domains

    friend bool operator==(const BuiltPlaces &, const BuiltPlaces &) = default;
};

/// Gives each stamp, or tenant, a slot of its own.
class SlotPlan
{
public:
    /// \a wanted, unless that is none, or given already.
    [[nodiscard]] int take(int wanted)
    {
        if (wanted < 0 || m_taken.contains(wanted))
            return m_next++;
        m_taken.insert(wanted);
        return wanted;
    }
    /// Those that may be wanted are below \a next.
    void begin(int next) { m_next = next; }

private:
    QSet<int> m_taken;
    int m_next = 0;
};

void applyMeasured(const Measured &measured, Stamp &stamp)
{
    const auto set = [&measured](std::optional<double> &to, SampleKind kind) {
        to = orNothing(measured.value[size_t(kind)]);
    };
    set(stamp.resources.cpu.used, SampleKind::Cpu);
    set(stamp.resources.memory.used, SampleKind::Memory);
    set(stamp.resources.storage.used, SampleKind::Storage);
    set(stamp.signalValues.requestsPerSecond, SampleKind::Requests);
    set(stamp.signalValues.errorRatio, SampleKind::Errors);
    set(stamp.signalValues.latencyP50Ms, SampleKind::LatencyP50);
    set(stamp.signalValues.latencyP99Ms, SampleKind::LatencyP99);
    stamp.observedAt.reset();
    if (const double age = measured.value[RecordedPoint::age]; !std::isnan(age))
        stamp.observedAt = fromMs(measured.at - std::llround(age));
}

// --- What changed, in words of files and interfaces

QString numberText(const std::optional<double> &value)
{
    return value ? QString::number(*value, 'g', 15) : QString();
}

QString numberText(const std::optional<int> &value)
{
    return value ? QString::number(*value) : QString();
}

QString reasonsText(const QList<HealthReason> &reasons)
{
    QStringList texts;
    for (const HealthReason &reason : reasons)
        texts.append(reason.message.isEmpty() ? reason.code : reason.message);
    return texts.join(u", "_s);
}

/// Every discrete field of a stamp as a text, in the order in which they are told.
std::vector<std::pair<QString, QString>> fieldsOf(const StampEntry &entry)
{
    const Stamp &stamp = *entry.stamp;
    std::vector<std::pair<QString, QString>> fields = {
        {u"health"_s, entry.stale ? u"stale"_s : toString(entry.health)},
        {u"lifecycle"_s, toString(stamp.lifecycle)},
        {u"version"_s, stamp.version},
        {u"ring"_s, stamp.ring},
        {u"region"_s, stamp.region},
        {u"zone"_s, stamp.zone},
        {u"operation"_s, stamp.operation},
    };
    for (const ResourceKind kind : allResources) {
        fields.emplace_back(toString(kind) + u" limit"_s, numberText(stamp.resources[kind].limit));
        fields.emplace_back(toString(kind) + u" reserved"_s,
                            numberText(entry.resources[kind].reserved));
    }
    for (const Component &component : stamp.components) {
        fields.emplace_back(component.name + u" desired"_s, QString::number(component.desired));
        fields.emplace_back(component.name + u" ready"_s, QString::number(component.ready));
        fields.emplace_back(component.name + u" min"_s, numberText(component.min));
        fields.emplace_back(component.name + u" max"_s, numberText(component.max));
        if (component.rule) {
            fields.emplace_back(
                component.name + u" rule"_s,
                u"%1:%2"_s.arg(toString(component.rule->signal)).arg(component.rule->target));
        }
    }
    for (auto it = stamp.labels.begin(); it != stamp.labels.end(); ++it)
        fields.emplace_back(u"label "_s + it.key(), it.value());
    return fields;
}

void addChanges(QList<HistoryChange> &changes, Timestamp at, const StampEntry *before,
                const StampEntry *now)
{
    if (!before || !now) {
        if (before != now)
            changes.append(
                {at, u"stamp"_s, before ? u"there"_s : QString(), now ? u"there"_s : u"gone"_s});
        return;
    }
    const auto old = fieldsOf(*before);
    const auto fresh = fieldsOf(*now);
    const auto valueIn = [](const auto &fields, const QString &name) {
        const auto found = std::find_if(fields.begin(), fields.end(),
                                        [&name](const auto &field) { return field.first == name; });
        return found == fields.end() ? QString() : found->second;
    };
    for (const auto &[name, value] : fresh) {
        const QString was = valueIn(old, name);
        if (was == value)
            continue;
        HistoryChange change{at, name, was, value};
        // Why it is so, where somebody said.
        if (const QString why = reasonsText(now->reasons); name == "health"_L1 && !why.isEmpty())
            change.now += u" ("_s + why + u')';
        changes.append(change);
    }
    for (const auto &[name, value] : old) {
        const bool isGone =
            std::none_of(fresh.begin(), fresh.end(),
                         [&name = name](const auto &field) { return field.first == name; });
        if (isGone && !value.isEmpty())
            changes.append({at, name, value, {}});
    }
}

/// Whether there is any of the span from \a start.
Result<bool> hasBlocks(const SqliteConnection &connection, BlockLevel level, qint64 start)
{
    const auto is = connection.value(
        u"SELECT EXISTS (SELECT 1 FROM block WHERE level = ? AND start = ?)"_s,
        {int(level), start});
    if (!is)
        return fail(is.error());
    return is->toBool();
}

/// Of the hour that goes on, as far as it still held at \a moment.
Result<MeasuredList> measuredInTail(const SqliteConnection &connection, qint64 moment, qint64 hour)
{
    auto tail = connection.exec(
        u"SELECT points FROM tail WHERE to_at >= ? AND from_at <= ? ORDER BY number"_s,
        {std::max(hour, moment - holdMs), moment});
    if (!tail)
        return fail(tail.error());
    MeasuredByObject all;
    while (tail->next()) {
        const auto groups = decodePoints(tail->value(0).toByteArray());
        if (!groups)
            return fail(groups.error());
        for (const RecordedPoints &group : *groups) {
            if (group.at > moment || group.at + holdMs < moment)
                continue;
            for (const RecordedPoint &point : group.points) {
                Measured &to = all[point.object];
                to.at = group.at;
                for (int i = 0; i < RecordedPoint::values; ++i)
                    to.value[size_t(i)] = point.at(i);
            }
        }
    }
    if (auto ended = connection.ended(*tail); !ended)
        return fail(ended.error());
    return MeasuredList(all.begin(), all.end());
}

} // namespace

class HistoryReader::Private
{
public:
    std::unique_ptr<HistoryFile> file;
    FleetVersionPtr like;
    QThreadPool readers; // of blocks: threads that may all be waiting for the disk
    QMutex mutex; // guards all below; one call at a time
    std::vector<std::pair<qint64, KnownObject>> objects; // by number, ascending
    std::vector<qint64> stampNumbers; // of those objects that are stamps, ascending
    RecordedAt::Frame frame; // the keyframe that was unpacked last, and what is in it
    std::shared_ptr<const RecordedStates> frameStates;
    std::vector<KnownSource> sources;
    SlotPlan stampSlots;
    SlotPlan tenantSlots;
    std::unordered_map<qint64, BuiltStamp> builtStamps;
    std::vector<BuiltTenant> builtTenants; // by their places among the objects
    BuiltPlaces builtPlaces;
    Chunked<TenantEntry> lastTenants;
    SlotIndex lastTenantIndex;
    SlotIndex lastStampIndex;
    QHash<std::pair<int, QString>, int> stampSlot; // of a source, by name
    quint64 serial = firstSerial;
    PastIncidents incidents;
    qint64 lastEvent = 0; // of an incident or a silence

    struct Stand
    {
        RecordedStates states;
        RecordedAt::Frame frame;
        std::shared_ptr<const RecordedStates> frameStates;
    };
    [[nodiscard]] QFuture<Result<Stand>> decodeStates(RecordedAt recorded) const;
    [[nodiscard]] Result<void> hear(const SqliteConnection &connection);
    [[nodiscard]] Result<HistoryEvent> event(const SqliteConnection &connection, qint64 number);
    [[nodiscard]] Result<void> refresh(const SqliteConnection &connection);
    [[nodiscard]] const KnownSource *source(qint64 number) const;
    /// One of those that find() gave.
    [[nodiscard]] const KnownObject &object(qint64 number) const;
    [[nodiscard]] Result<FleetVersionPtr> build(const RecordedStates &states,
                                                const MeasuredByObject &measured, qint64 moment);
    /// What is being read and decoded; a part has nothing where its span's blocks are no more there.
    using Parts = std::vector<FutureResult<std::optional<MeasuredList>>>;
    [[nodiscard]] Result<Parts> beginMeasured(const SqliteConnection &connection, qint64 moment);
    /// Nothing where a part was made coarser while the others were read.
    [[nodiscard]] Result<std::optional<HistoryMoment>> moment(const SqliteConnection &connection,
                                                              Timestamp moment);
    [[nodiscard]] Result<std::vector<qint64>> find(const SqliteConnection &connection,
                                                   const QString &stamp);
    [[nodiscard]] Result<void> segments(const SqliteConnection &connection, qint64 object,
                                        SampleKind kind, qint64 from, qint64 to, qint64 step,
                                        const std::vector<RecordedPoints> &tail,
                                        std::vector<Segment> &all);
    /// Runs \a read(connection) over one consistent view of the file.
    template<typename T, typename Read>
    [[nodiscard]] Result<T> reading(Read read)
    {
        const QMutexLocker guard(&mutex);
        return file->file().read([&](const SqliteConnection &connection) -> Result<T> {
            return read(connection);
        });
    }
    [[nodiscard]] Result<std::optional<Timestamp>> change(const QString &stamp, Timestamp at,
                                                          bool next);
};

QList<RecordedRange> gapsOf(const QList<RecordedRange> &recorded, Timestamp from, Timestamp to)
{
    constexpr std::chrono::seconds late{5};
    QList<RecordedRange> gaps;
    Timestamp known = from;
    for (const RecordedRange &range : recorded) {
        if (range.from > known && known < to)
            gaps.append({known, std::min(range.from, to)});
        known = std::max(known, range.to);
    }
    if (to - known > late)
        gaps.append({known, to});
    return gaps;
}

HistoryReader::HistoryReader()
    : d(std::make_unique<Private>())
{
    d->readers.setMaxThreadCount(readersAtOnce);
}

HistoryReader::~HistoryReader() = default;

Result<std::unique_ptr<HistoryReader>> HistoryReader::open(const QString &stateDir,
                                                           const FleetVersionPtr &like)
{
    auto file = HistoryFile::openToRead(stateDir);
    if (!file)
        return fail(file.error());
    std::unique_ptr<HistoryReader> reader(new HistoryReader);
    reader->d->file = std::move(*file);
    reader->d->like = like;
    if (like) {
        reader->d->stampSlots.begin(like->stamps.size());
        reader->d->tenantSlots.begin(like->tenants.size());
    }
    return reader;
}

Result<void> HistoryReader::Private::refresh(const SqliteConnection &connection)
{
    auto known = HistoryFile::sources(connection);
    if (!known)
        return fail(known.error());
    sources = std::move(*known);
    auto fresh = HistoryFile::objects(connection, objects.empty() ? 0 : objects.back().first);
    if (!fresh)
        return fail(fresh.error());
    if (objects.empty())
        objects = std::move(*fresh);
    else
        std::move(fresh->begin(), fresh->end(), std::back_inserter(objects));
    return {};
}

const KnownObject &HistoryReader::Private::object(qint64 number) const
{
    return std::lower_bound(objects.begin(), objects.end(), number,
                            [](const auto &each, qint64 wanted) { return each.first < wanted; })
        ->second;
}

const KnownSource *HistoryReader::Private::source(qint64 number) const
{
    for (const KnownSource &each : sources) {
        if (each.number == number)
            return &each;
    }
    return nullptr;
}

// --- A moment

Result<HistoryMoment> HistoryReader::at(Timestamp moment)
{
    constexpr int most = 3; // of what happens once in an hour, at the end of what is kept so finely
    for (int tries = 0; tries < most; ++tries) {
        auto is = d->reading<std::optional<HistoryMoment>>(
            [&](const SqliteConnection &connection) { return d->moment(connection, moment); });
        if (!is)
            return fail(is.error());
        if (*is)
            return std::move(**is);
    }
    return fail(ErrorKind::NotNow,
                Words::tr("the history at %1 changes while it is read").arg(toRfc3339(moment)));
}

Result<std::optional<HistoryMoment>>
HistoryReader::Private::moment(const SqliteConnection &connection, Timestamp moment)
{
    const qint64 ms = toMs(moment);
    auto session = connection.exec(
        u"SELECT to_at FROM session WHERE from_at <= ? ORDER BY from_at DESC LIMIT 1"_s, {ms});
    if (!session)
        return fail(session.error());
    if (!session->next()) {
        return fail(ErrorKind::NotFound,
                    Words::tr("nothing was recorded before %1").arg(toRfc3339(moment)));
    }
    HistoryMoment is;
    is.at = moment;
    is.isRecorded = session->value(0).toLongLong() >= ms;
    session->finish();

    // What was measured is the longest part of a seek: it is read beside all that this thread reads.
    auto parts = beginMeasured(connection, ms);
    if (!parts)
        return fail(parts.error());
    auto recorded = HistoryFile::recordedAt(connection, ms, frame);
    if (!recorded)
        return fail(recorded.error());
    auto states = decodeStates(std::move(*recorded));
    if (auto done = refresh(connection); !done)
        return fail(done.error());
    if (auto heard = hear(connection); !heard)
        return fail(heard.error());
    const auto stand = states.takeResult();
    if (!stand)
        return fail(stand.error());
    frame = stand->frame;
    frameStates = stand->frameStates;
    MeasuredByObject measured;
    bool isWhole = true;
    for (auto &part : *parts) {
        const auto list = part.takeResult();
        if (!list)
            return fail(list.error());
        isWhole &= list->has_value();
        if (*list)
            measured.insert((*list)->begin(), (*list)->end());
    }
    if (!isWhole)
        return std::nullopt;
    auto version = build(stand->states, measured, ms);
    if (!version)
        return fail(version.error());
    auto book = incidents.at(moment, **version,
                             [&](qint64 number) { return event(connection, number); });
    if (!book)
        return fail(book.error());
    auto with = std::make_shared<FleetVersion>(**version);
    with->incidents = std::move(*book);
    is.version = std::move(with);
    return is;
}

// What has been told of incidents and silences since the last time.
Result<void> HistoryReader::Private::hear(const SqliteConnection &connection)
{
    auto rows = connection.exec(
        u"SELECT event.number, at, id, data, name FROM event "
        "JOIN event_kind ON event_kind.number = event.kind "
        "WHERE event.number > ? AND name IN (?, ?, ?, ?) ORDER BY event.number"_s,
        {lastEvent, QString(incidentEvent), QString(incidentChangeEvent), QString(silenceEvent),
         QString(silenceChangeEvent)});
    if (!rows)
        return fail(rows.error());
    while (rows->next()) {
        lastEvent = rows->value(0).toLongLong();
        HistoryEvent event;
        event.at = fromMs(rows->value(1).toLongLong());
        event.id = rows->value(2).toString();
        event.data = rows->value(3).toByteArray();
        event.kind = rows->value(4).toString();
        incidents.add(lastEvent, event);
    }
    return connection.ended(*rows);
}

// What one event says; nothing where it is no more there.
Result<HistoryEvent> HistoryReader::Private::event(const SqliteConnection &connection, qint64 number)
{
    auto rows = connection.exec(
        u"SELECT at, source, subject, id, data FROM event WHERE number = ?"_s, {number});
    if (!rows)
        return fail(rows.error());
    HistoryEvent event;
    if (rows->next()) {
        const KnownSource *of = source(rows->value(1).toLongLong());
        event = {fromMs(rows->value(0).toLongLong()), incidentEvent,
                 of ? of->name : QString(), rows->value(2).toString(), rows->value(3).toString(),
                 rows->value(4).toByteArray()};
    }
    if (auto ended = connection.ended(*rows); !ended)
        return fail(ended.error());
    return event;
}

QFuture<Result<HistoryReader::Private::Stand>>
HistoryReader::Private::decodeStates(RecordedAt recorded) const
{
    const bool isKnown = frameStates && recorded.frame == frame;
    return QtConcurrent::run(
        [recorded = std::move(recorded),
         known = isKnown ? frameStates : nullptr]() -> Result<Stand> {
            Stand stand{{}, recorded.frame, known};
            if (!known) {
                RecordedStates unpacked;
                if (recorded.frame != RecordedAt::Frame()) {
                    auto decoded = decodeKeyframe(recorded.packed);
                    if (!decoded)
                        return fail(decoded.error());
                    unpacked = std::move(*decoded);
                }
                stand.frameStates = std::make_shared<const RecordedStates>(std::move(unpacked));
            }
            auto states = statesAfter(*stand.frameStates, recorded.changes);
            if (!states)
                return fail(states.error());
            stand.states = std::move(*states);
            return stand;
        });
}

namespace {

/// Of the span from \a start the blocks of the objects from \a first to before \a end, decoded; nothing
/// where none of the span is left.
template<typename Decode>
Result<std::optional<MeasuredList>> readBlocks(const SqliteConnection &connection,
                                               BlockLevel level, qint64 start, qint64 first,
                                               qint64 end, Decode decode)
{
    auto rows = connection.exec(
        u"SELECT object, signal, data FROM block WHERE level = ? AND start = ? "
        "AND object >= ? AND object < ? ORDER BY object, signal"_s,
        {int(level), start, first, end});
    if (!rows)
        return fail(rows.error());
    std::vector<BlockRow> some;
    while (rows->next()) {
        some.push_back({rows->value(0).toLongLong(), rows->value(1).toInt(),
                        rows->value(2).toByteArray()});
    }
    if (auto ended = connection.ended(*rows); !ended)
        return fail(ended.error());
    if (some.empty()) {
        const auto is = hasBlocks(connection, level, start);
        if (!is)
            return fail(is.error());
        if (!*is)
            return std::nullopt;
    }
    auto all = decode(some);
    if (!all)
        return fail(all.error());
    return std::move(*all);
}

} // namespace

// The last value of each stamp: of the hour that goes on from the tail, of an earlier one from its
// blocks, the finest that are left.
Result<HistoryReader::Private::Parts>
HistoryReader::Private::beginMeasured(const SqliteConnection &connection, qint64 moment)
{
    // Not refresh(), which takes ten times as long for a reader that has seen nothing yet.
    auto fresh = connection.exec(
        u"SELECT number FROM object WHERE kind = ? AND number > ? ORDER BY number"_s,
        {int(ObjectKind::Stamp), stampNumbers.empty() ? 0 : stampNumbers.back()});
    if (!fresh)
        return fail(fresh.error());
    while (fresh->next())
        stampNumbers.push_back(fresh->value(0).toLongLong());
    if (auto ended = connection.ended(*fresh); !ended)
        return fail(ended.error());
    Parts parts;
    for (const BlockLevel level : {BlockLevel::Raw, BlockLevel::Minute, BlockLevel::Hour}) {
        const qint64 span = level == BlockLevel::Hour ? dayMs : hourMs;
        const qint64 step = level == BlockLevel::Hour ? hourMs : minuteMs;
        const qint64 start = moment / span * span;
        const auto is = hasBlocks(connection, level, start);
        if (!is)
            return fail(is.error());
        if (*is) {
            const size_t each = stampNumbers.size() / size_t(readers.maxThreadCount()) + 1;
            for (size_t first = 0; first < stampNumbers.size(); first += each) {
                const qint64 from = stampNumbers[first];
                const qint64 end = first + each < stampNumbers.size() ? stampNumbers[first + each]
                                                                     : stampNumbers.back() + 1;
                const auto decode = [=](const std::vector<BlockRow> &rows) {
                    return level == BlockLevel::Raw ? lastSamples(rows, start, moment)
                                                    : summariesAt(rows, start, step, moment);
                };
                // Not QtConcurrent::run(): whoever waits for what has not begun yet would run it itself,
                // and this thread is in the middle of a transaction.
                auto answer = std::make_shared<Answer<std::optional<MeasuredList>>>();
                parts.push_back(answer->future());
                readers.start([=, this] {
                    answer->give(file->file().read([=](const SqliteConnection &on) {
                        return readBlocks(on, level, start, from, end, decode);
                    }));
                });
            }
            return parts;
        }
        if (level != BlockLevel::Raw)
            continue;
        auto ofTail = measuredInTail(connection, moment, start);
        if (!ofTail)
            return fail(ofTail.error());
        if (!ofTail->empty()) {
            parts.push_back(ready<std::optional<MeasuredList>>(std::move(*ofTail)));
            return parts;
        }
    }
    return parts;
}

Result<FleetVersionPtr> HistoryReader::Private::build(const RecordedStates &states,
                                                      const MeasuredByObject &measured,
                                                      qint64 moment)
{
    FleetVersion version;
    version.serial = ++serial;
    version.at = fromMs(moment);
    const std::chrono::milliseconds now(moment);
    const auto ageOf = [](const std::optional<Timestamp> &contact) {
        return contact ? std::optional(contact->time_since_epoch()) : std::nullopt;
    };

    struct Of
    {
        qint64 number;
        size_t place; // among the objects
        const QByteArray *bytes;
        const KnownObject *known;
    };
    std::map<ObjectKind, std::vector<Of>> found;
    size_t place = 0;
    for (const auto &[number, bytes] : states) {
        while (place < objects.size() && objects[place].first < number)
            ++place;
        if (place < objects.size() && objects[place].first == number) {
            const KnownObject &known = objects[place].second;
            found[known.kind].push_back({number, place, &bytes, &known});
        }
    }

    // Sources first: the others stand in them.
    std::vector<std::pair<RecordedSource, qint64>> foundSources;
    for (const Of &of : found[ObjectKind::Source]) {
        auto recorded = decodeSource(*of.bytes);
        if (!recorded)
            return fail(recorded.error());
        SourceState &state = recorded->state;
        const bool isSilent = state.error || state.isStale();
        state.lastContact = isSilent ? ageOf(recorded->lastContact)
            : state.answered         ? std::optional(now)
                                     : std::nullopt;
        foundSources.emplace_back(std::move(*recorded), of.known->source);
    }
    std::sort(foundSources.begin(), foundSources.end(), [](const auto &a, const auto &b) {
        return std::pair(a.first.order, a.second) < std::pair(b.first.order, b.second);
    });
    QHash<qint64, int> sourceIndex;
    BuiltPlaces places;
    for (const auto &[recorded, number] : foundSources) {
        sourceIndex.insert(number, int(version.sources.size()));
        version.sources.append(recorded.state);
        places.sources.emplace_back(recorded.state.name, recorded.state.tenantDomain);
    }
    const auto isOfNone = [&sourceIndex](const Of &of) {
        return !sourceIndex.contains(of.known->source);
    };
    for (const auto &[kind, numbers] : {std::pair(ObjectKind::Stamp, &places.stamps),
                                        std::pair(ObjectKind::Tenant, &places.tenants)}) {
        std::vector<Of> &all = found[kind];
        std::erase_if(all, isOfNone);
        numbers->reserve(all.size());
        for (const Of &of : all)
            numbers->push_back(of.number);
    }
    // It holds for nothing until all is built.
    const bool samePlaces = places == std::exchange(builtPlaces, {});

    // The states that differ from what was built last, decoded, by their places in \a all. The first seek
    // of a reader, and one that goes far, has to decode everything: on all cores.
    const auto decodedAnew = [](const std::vector<Of> &all, auto builtOf, auto decode) {
        using Decoded = decltype(decode(QByteArray(), QString()));
        std::vector<std::pair<size_t, std::optional<Decoded>>> fresh;
        for (size_t i = 0; i < all.size(); ++i) {
            const QByteArray &is = *all[i].bytes;
            const QByteArray *before = builtOf(all[i]);
            // What did not change since the keyframe mostly is the same object.
            if (!before || (before->constData() != is.constData() && *before != is))
                fresh.emplace_back(i, std::nullopt);
        }
        QtConcurrent::blockingMap(fresh, [&](auto &each) {
            each.second = decode(*all[each.first].bytes, all[each.first].known->name);
        });
        return fresh;
    };
    const auto grown = [](auto &list, int slot) {
        while (list.size() <= slot)
            list.grow();
    };
    struct PlacedStamp
    {
        BuiltStamp *built;
        const Measured *measured; // null: nothing was then
    };
    const std::vector<Of> &allStamps = found[ObjectKind::Stamp];
    std::vector<PlacedStamp> placed;
    placed.reserve(allStamps.size());
    auto freshStamps = decodedAnew(
        allStamps,
        [this](const Of &of) {
            const auto built = builtStamps.find(of.number);
            return built == builtStamps.end() ? nullptr : &built->second.state;
        },
        &decodeStamp);
    for (auto &[i, recorded] : freshStamps) {
        if (!*recorded)
            return fail(recorded->error());
        BuiltStamp &built = builtStamps[allStamps[i].number];
        built.recorded = std::move(**recorded);
        built.state = *allStamps[i].bytes;
        built.entry.reset();
    }
    if (samePlaces)
        version.stampIndex = lastStampIndex;
    else
        stampSlot.clear();
    for (const Of &of : allStamps) {
        BuiltStamp &built = builtStamps[of.number];
        if (!samePlaces) {
            built.source = sourceIndex.value(of.known->source);
            built.id = version.sources[built.source].name + u'/' + of.known->name;
            if (built.slot < 0)
                built.slot = stampSlots.take(like ? like->stampIndex.value(built.id) : -1);
            stampSlot.insert({built.source, of.known->name}, built.slot);
            version.stampIndex.insert(built.id, built.slot);
        }
        grown(version.stamps, built.slot);
        const auto last = measured.find(of.number);
        placed.push_back({&built, last != measured.end() ? &last->second : nullptr});
    }

    // Who is where: what the tenants say. Looked at again for stamps of which one came or left.
    const auto eachPlace = [this](const TenantEntry &entry, auto visit) {
        if (entry.owner >= 0)
            visit(entry.owner);
        for (const Placement &placement : entry.tenant->placements) {
            if (placement.stamp == entry.tenant->stamp)
                continue;
            const int slot = stampSlot.value({entry.source, placement.stamp}, -1);
            if (slot >= 0 && slot != entry.owner)
                visit(slot);
        }
    };
    QSet<int> touched; // stamps,
    QSet<int> freshSlots; // and the tenants that are not to be looked for there any more
    if (samePlaces) {
        version.tenants = lastTenants;
        version.tenantIndex = lastTenantIndex;
    }
    if (builtTenants.size() < objects.size())
        builtTenants.resize(objects.size());
    const std::vector<Of> &allTenants = found[ObjectKind::Tenant];
    auto freshTenants = decodedAnew(
        allTenants,
        [this](const Of &of) {
            const BuiltTenant &built = builtTenants[of.place];
            return built.recorded.tenant ? &built.state : nullptr;
        },
        &decodeTenant);
    for (auto &[i, recorded] : freshTenants) {
        if (!*recorded)
            return fail(recorded->error());
        BuiltTenant &built = builtTenants[allTenants[i].place];
        built.recorded = std::move(**recorded);
        built.state = *allTenants[i].bytes;
    }
    // Those to be put in: what differs, or all of them where others are there than before.
    struct PlacedTenant
    {
        const Of *of;
        TenantEntry entry;
        QString id; // where others are there than before
        int wanted = -1;
        int slot = -1;
    };
    std::vector<PlacedTenant> placedTenants;
    placedTenants.reserve(samePlaces ? freshTenants.size() : allTenants.size());
    if (samePlaces) {
        for (const auto &[i, recorded] : freshTenants)
            placedTenants.push_back({&allTenants[i], {}, {}});
    } else {
        for (const Of &of : allTenants)
            placedTenants.push_back({&of, {}, {}});
    }
    QtConcurrent::blockingMap(placedTenants, [&](PlacedTenant &tenant) {
        const BuiltTenant &built = builtTenants[tenant.of->place];
        TenantEntry &entry = tenant.entry;
        entry.tenant = built.recorded.tenant;
        entry.source = sourceIndex.value(tenant.of->known->source);
        entry.owner = stampSlot.value({entry.source, entry.tenant->stamp}, -1);
        entry.stale = built.recorded.stale;
        entry.elsewhere = built.recorded.elsewhere;
        if (samePlaces)
            return;
        tenant.id = version.sources[entry.source].tenantDomain + u'/' + entry.tenant->id;
        if (like && built.slot < 0)
            tenant.wanted = like->tenantIndex.value(tenant.id);
    });
    std::vector<std::vector<std::pair<QStringView, int>>> tenantsOf( // IDs and slots, by stamp
        size_t(version.stamps.size()));
    for (PlacedTenant &tenant : placedTenants) {
        BuiltTenant &built = builtTenants[tenant.of->place];
        if (samePlaces) {
            const auto touch = [&touched](int stamp) { touched.insert(stamp); };
            eachPlace(lastTenants[built.slot], touch);
            eachPlace(tenant.entry, touch);
            freshSlots.insert(built.slot);
        } else {
            if (built.slot < 0)
                built.slot = tenantSlots.take(tenant.wanted);
            grown(version.tenants, built.slot);
            tenant.slot = built.slot;
        }
        eachPlace(tenant.entry, [&](int stamp) {
            tenantsOf[size_t(stamp)].emplace_back(tenant.entry.tenant->id, built.slot);
        });
        version.tenants.edit(built.slot) = std::move(tenant.entry);
    }
    // Beside what follows here.
    QFuture<SlotIndex> tenantIndex;
    if (!samePlaces) {
        tenantIndex = QtConcurrent::run([tenants = std::move(placedTenants)] {
            SlotIndex index;
            for (const PlacedTenant &tenant : tenants)
                index.insert(tenant.id, tenant.slot);
            return index;
        });
    }
    version.counts.tenants = int(allTenants.size());

    // What a stamp is now. Each for itself: on all cores.
    QtConcurrent::blockingMap(placed, [&](const PlacedStamp &stamp) {
        BuiltStamp &built = *stamp.built;
        if (!samePlaces || touched.contains(built.slot)) {
            std::vector<std::pair<QStringView, int>> all =
                std::move(tenantsOf[size_t(built.slot)]);
            if (samePlaces) {
                for (const int slot : built.tenants) {
                    if (!freshSlots.contains(slot))
                        all.emplace_back(version.tenants[slot].tenant->id, slot);
                }
            }
            std::sort(all.begin(), all.end());
            built.tenants.clear();
            built.owned = 0;
            for (const auto &[id, slot] : all) {
                built.tenants.push_back(slot);
                built.owned += int(version.tenants[slot].owner == built.slot);
            }
        }
        const Measured is = stamp.measured ? *stamp.measured : Measured();
        if (built.entry && built.entry->source == built.source && built.entry->id == built.id
            && built.measured == is && built.entry->tenants == built.tenants
            && built.entry->owned == built.owned)
            return;
        built.measured = is;
        StampEntry entry = built.recorded.entry;
        entry.id = built.id;
        entry.source = built.source;
        entry.tenants = built.tenants;
        entry.owned = built.owned;
        if (stamp.measured) {
            auto measuredStamp = std::make_shared<Stamp>(*entry.stamp);
            applyMeasured(is, *measuredStamp);
            for (const ResourceKind kind :
                 {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage})
                entry.resources[kind].used = measuredStamp->resources[kind].used;
            if (!entry.stale)
                refreshMeasured(entry.reasons, *measuredStamp, entry.resources);
            entry.stamp = std::move(measuredStamp);
        }
        entry.lastContact = entry.stale ? ageOf(built.recorded.lastContact).value_or(now) : now;
        built.entry = std::make_shared<const StampEntry>(std::move(entry));
    });
    for (const PlacedStamp &stamp : placed) {
        version.stamps.edit(stamp.built->slot) = stamp.built->entry;
        countHealth(version.counts, *stamp.built->entry, +1);
    }
    if (!samePlaces)
        version.tenantIndex = tenantIndex.takeResult();
    builtPlaces = std::move(places);
    lastTenants = version.tenants;
    lastTenantIndex = version.tenantIndex;
    lastStampIndex = version.stampIndex;

    for (const auto &[number, objectPlace, bytes, known] : found[ObjectKind::Operation]) {
        const auto operation = decodeOperation(*bytes, known->name);
        if (!operation)
            return fail(operation.error());
        version.operations.insert(known->name, operation->first);
        version.operationSource.insert(known->name, operation->second);
        for (const QString &carried : operation->first->carriedBy)
            version.carried.insert(carried, known->name);
    }
    for (const auto &[number, objectPlace, bytes, known] : found[ObjectKind::Acknowledgement]) {
        const auto acknowledgement = decodeAcknowledgement(*bytes, known->name);
        if (!acknowledgement)
            return fail(acknowledgement.error());
        version.acknowledgements.insert(known->name, *acknowledgement);
    }
    return makeDisposable<FleetVersion>(std::move(version));
}

// --- From change to change

Result<std::vector<qint64>> HistoryReader::Private::find(const SqliteConnection &connection,
                                                         const QString &stamp)
{
    if (auto done = refresh(connection); !done)
        return fail(done.error());
    const bool isFull = stamp.contains(u'/');
    const QString sourceName = isFull ? stamp.section(u'/', 0, 0) : QString();
    const QString name = isFull ? stamp.section(u'/', 1) : stamp;
    // By the source's name several instances may have had a stamp of this name, one after the
    // other.
    std::map<QString, std::vector<qint64>> found;
    for (const auto &[number, object] : objects) {
        if (object.kind != ObjectKind::Stamp || object.name != name)
            continue;
        const KnownSource *of = source(object.source);
        if (of && (!isFull || of->name == sourceName))
            found[of->name].push_back(number);
    }
    if (found.empty()) {
        return fail(ErrorKind::NotFound, Words::tr("the history knows no stamp %1").arg(stamp));
    }
    if (found.size() > 1) {
        QStringList candidates;
        for (const auto &[of, numbers] : found)
            candidates.append(of + u'/' + name);
        return fail(
            ErrorKind::Invalid,
            Words::tr("%1 is the name of several stamps: %2").arg(stamp, candidates.join(u", "_s)));
    }
    std::vector<qint64> numbers = found.begin()->second;
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

Result<QString> HistoryReader::findStamp(const QString &stamp)
{
    return d->reading<QString>([&](const SqliteConnection &connection) -> Result<QString> {
        const auto numbers = d->find(connection, stamp);
        if (!numbers)
            return fail(numbers.error());
        const KnownObject &object = d->object(numbers->back());
        return QString(d->source(object.source)->name + u'/' + object.name);
    });
}

Result<Timestamp> HistoryReader::operationBegan(const QString &id)
{
    return d->reading<Timestamp>([&](const SqliteConnection &connection) -> Result<Timestamp> {
        const auto at = connection.value(
            u"SELECT min(at) FROM change JOIN object ON object.number = change.object "
            "WHERE object.source = 0 AND object.kind = ? AND object.name = ?"_s,
            {int(ObjectKind::Operation), id});
        if (!at)
            return fail(at.error());
        if (at->isNull()) {
            return fail(ErrorKind::NotFound,
                        Words::tr("the history knows no operation %1").arg(id));
        }
        return fromMs(at->toLongLong());
    });
}

Result<std::optional<Timestamp>> HistoryReader::Private::change(const QString &stamp, Timestamp at,
                                                                bool next)
{
    return reading<std::optional<Timestamp>>(
        [&](const SqliteConnection &connection) -> Result<std::optional<Timestamp>> {
            std::vector<std::optional<qint64>> wanted = {std::nullopt};
            if (!stamp.isEmpty()) {
                const auto numbers = find(connection, stamp);
                if (!numbers)
                    return fail(numbers.error());
                wanted.assign(numbers->begin(), numbers->end());
            }
            const QString where = next ? u"min(at) FROM change WHERE at > ?"_s
                                       : u"max(at) FROM change WHERE at < ?"_s;
            std::optional<Timestamp> nearest;
            for (const std::optional<qint64> &object : wanted) {
                const auto found = object
                    ? connection.value(u"SELECT "_s + where + u" AND object = ?"_s,
                                       {toMs(at), *object})
                    : connection.value(u"SELECT "_s + where, {toMs(at)});
                if (!found)
                    return fail(found.error());
                if (found->isNull())
                    continue;
                const Timestamp is = fromMs(found->toLongLong());
                if (!nearest || (next ? is < *nearest : is > *nearest))
                    nearest = is;
            }
            return nearest;
        });
}

Result<std::optional<Timestamp>> HistoryReader::nextChange(Timestamp after, const QString &stamp)
{
    return d->change(stamp, after, true);
}

Result<std::optional<Timestamp>> HistoryReader::previousChange(Timestamp before,
                                                               const QString &stamp)
{
    return d->change(stamp, before, false);
}

Result<QList<RecordedRange>> HistoryReader::recorded()
{
    return d->reading<QList<RecordedRange>>(
        [](const SqliteConnection &connection) -> Result<QList<RecordedRange>> {
            auto rows = connection.exec(u"SELECT from_at, to_at FROM session ORDER BY from_at"_s);
            if (!rows)
                return fail(rows.error());
            QList<RecordedRange> ranges;
            while (rows->next()) {
                const RecordedRange range{fromMs(rows->value(0).toLongLong()),
                                          fromMs(rows->value(1).toLongLong())};
                // One that began where the last one ended goes on.
                if (!ranges.isEmpty() && range.from - ranges.last().to <= std::chrono::seconds(2))
                    ranges.last().to = std::max(ranges.last().to, range.to);
                else
                    ranges.append(range);
            }
            if (auto ended = connection.ended(*rows); !ended)
                return fail(ended.error());
            return ranges;
        });
}

Result<QList<RecordedStampSpan>> HistoryReader::stamps()
{
    return d->reading<QList<RecordedStampSpan>>(
        [this](const SqliteConnection &connection) -> Result<QList<RecordedStampSpan>> {
            if (auto done = d->refresh(connection); !done)
                return fail(done.error());
            auto row = connection.prepare(
                u"SELECT min(at), (SELECT at FROM change WHERE object = ? AND state IS NULL AND "
                "number = (SELECT max(number) FROM change WHERE object = ?)) "
                "FROM change WHERE object = ?"_s);
            if (!row)
                return fail(row.error());
            QList<RecordedStampSpan> spans;
            for (const auto &[number, object] : d->objects) {
                const KnownSource *of = d->source(object.source);
                if (object.kind != ObjectKind::Stamp || !of)
                    continue;
                if (auto done = connection.run(*row, {number, number, number}); !done)
                    return fail(done.error());
                if (!row->next() || row->value(0).isNull())
                    continue;
                RecordedStampSpan span;
                span.id = of->name + u'/' + object.name;
                span.from = fromMs(row->value(0).toLongLong());
                if (!row->value(1).isNull())
                    span.goneAt = fromMs(row->value(1).toLongLong());
                spans.append(span);
                row->finish();
            }
            std::sort(spans.begin(), spans.end(), [](const auto &a, const auto &b) {
                return std::pair(a.id, a.from) < std::pair(b.id, b.from);
            });
            return spans;
        });
}

Result<QList<HistoryChange>> HistoryReader::changes(const QString &stamp, Timestamp from,
                                                    Timestamp to)
{
    return d->reading<QList<HistoryChange>>(
        [&](const SqliteConnection &connection) -> Result<QList<HistoryChange>> {
            const auto numbers = d->find(connection, stamp);
            if (!numbers)
                return fail(numbers.error());
            const auto states = HistoryFile::statesAt(connection, toMs(from));
            if (!states)
                return fail(states.error());
            QList<HistoryChange> all;
            for (const qint64 object : *numbers) {
                const QString name = d->object(object).name;
                QByteArray state;
                std::optional<RecordedStamp> is;
                if (state = stateIn(states->states, object); !state.isNull()) {
                    auto decoded = decodeStamp(state, name);
                    if (!decoded)
                        return fail(decoded.error());
                    is = std::move(*decoded);
                }
                auto rows = connection.exec(u"SELECT at, state FROM change WHERE object = ? "
                                            "AND at > ? AND at <= ? ORDER BY at, number"_s,
                                            {object, toMs(from), toMs(to)});
                if (!rows)
                    return fail(rows.error());
                while (rows->next()) {
                    const Timestamp at = fromMs(rows->value(0).toLongLong());
                    std::optional<RecordedStamp> next;
                    if (rows->value(1).isNull()) {
                        state.clear();
                    } else {
                        auto bytes = stateOf(state, rows->value(1).toByteArray());
                        if (!bytes)
                            return fail(bytes.error());
                        state = std::move(*bytes);
                        auto decoded = decodeStamp(state, name);
                        if (!decoded)
                            return fail(decoded.error());
                        next = std::move(*decoded);
                    }
                    addChanges(all, at, is ? &is->entry : nullptr, next ? &next->entry : nullptr);
                    is = std::move(next);
                }
                if (auto ended = connection.ended(*rows); !ended)
                    return fail(ended.error());
            }
            std::stable_sort(all.begin(), all.end(),
                             [](const auto &a, const auto &b) { return a.at < b.at; });
            return all;
        });
}

// --- Series

// What is known of a series from \a from to \a to, of each hour at the level that fits \a step
// best.
Result<void> HistoryReader::Private::segments(const SqliteConnection &connection, qint64 object,
                                              SampleKind kind, qint64 from, qint64 to, qint64 step,
                                              const std::vector<RecordedPoints> &tail,
                                              std::vector<Segment> &all)
{
    auto block = connection.prepare(
        u"SELECT data FROM block WHERE level = ? AND start = ? AND object = ? AND signal = ?"_s);
    if (!block)
        return fail(block.error());
    const auto read = [&](BlockLevel level, qint64 start, int signal) -> Result<QByteArray> {
        if (auto done = connection.run(*block, {int(level), start, object, signal}); !done)
            return fail(done.error());
        QByteArray data = block->next() ? block->value(0).toByteArray() : QByteArray();
        if (auto ended = connection.ended(*block); !ended)
            return fail(ended.error());
        block->finish();
        return data;
    };
    const auto add = [&all](const std::vector<SampleSummary> &values, qint64 start, qint64 each) {
        for (size_t i = 0; i < values.size(); ++i) {
            if (!std::isnan(values[i].mean))
                all.push_back({start + qint64(i) * each, start + qint64(i + 1) * each, values[i]});
        }
    };
    const auto summaries = [&](BlockLevel level, qint64 start, qint64 each) -> Result<bool> {
        const auto data = read(level, start, int(kind));
        if (!data)
            return fail(data.error());
        if (data->isEmpty())
            return false;
        const auto values = decodeSummaries(*data);
        if (!values)
            return fail(values.error());
        add(*values, start, each);
        return true;
    };
    const auto raw = [&](qint64 hour) -> Result<bool> {
        const auto timeBlock = read(BlockLevel::Raw, hour, timesSignal);
        const auto valueBlock = read(BlockLevel::Raw, hour, int(kind));
        if (!timeBlock || !valueBlock)
            return fail(!timeBlock ? timeBlock.error() : valueBlock.error());
        if (timeBlock->isEmpty() || valueBlock->isEmpty())
            return false;
        const auto times = decodeTimes(*timeBlock);
        const auto values = decodeSamples(*valueBlock);
        if (!times || !values)
            return fail(!times ? times.error() : values.error());
        for (size_t i = 0; i < std::min(times->size(), values->size()); ++i) {
            const double value = (*values)[i];
            if (std::isnan(value))
                continue;
            const qint64 next = i + 1 < times->size() ? (*times)[i + 1] : hourMs;
            all.push_back({hour + (*times)[i],
                           hour + std::min(next, (*times)[i] + holdMs),
                           {value, value, value}});
        }
        return true;
    };

    const qint64 firstTail = tail.empty() ? std::numeric_limits<qint64>::max() : tail.front().at;
    for (qint64 hour = from / hourMs * hourMs; hour < to; hour += hourMs) {
        const qint64 day = hour / dayMs * dayMs;
        if (step >= hourMs && hour == day) {
            const auto isThere = summaries(BlockLevel::Hour, day, hourMs);
            if (!isThere)
                return fail(isThere.error());
            if (*isThere) {
                hour = day + dayMs - hourMs;
                continue;
            }
        }
        Result<bool> isThere =
            step < minuteMs ? raw(hour) : summaries(BlockLevel::Minute, hour, minuteMs);
        if (isThere && !*isThere)
            isThere = step < minuteMs ? summaries(BlockLevel::Minute, hour, minuteMs) : raw(hour);
        if (!isThere)
            return fail(isThere.error());
        if (*isThere || hour + hourMs > firstTail)
            continue;
        // What is left of long ago are hours.
        const auto data = read(BlockLevel::Hour, day, int(kind));
        if (!data)
            return fail(data.error());
        if (data->isEmpty())
            continue;
        const auto values = decodeSummaries(*data);
        if (!values)
            return fail(values.error());
        const auto place = size_t((hour - day) / hourMs);
        if (place < values->size() && !std::isnan((*values)[place].mean))
            all.push_back({hour, hour + hourMs, (*values)[place]});
    }
    std::optional<Segment> open;
    for (const RecordedPoints &group : tail) {
        for (const RecordedPoint &point : group.points) {
            if (point.object != object)
                continue;
            if (open) {
                open->to = std::min(open->to, group.at);
                all.push_back(*open);
                open.reset();
            }
            if (const double value = point.at(int(kind)); !std::isnan(value))
                open = Segment{group.at, group.at + holdMs, {value, value, value}};
        }
    }
    if (open)
        all.push_back(*open);
    return {};
}

Result<std::vector<SummarySeries>> HistoryReader::series(const QString &stamp,
                                                         const std::vector<SampleKind> &kinds,
                                                         Timestamp from, Timestamp to,
                                                         std::chrono::milliseconds step)
{
    constexpr qint64 mostPoints = 1'000'000;
    if (step.count() <= 0 || to < from || (to - from) / step >= mostPoints) {
        return fail(ErrorKind::Invalid,
                    Words::tr("a series from %1 to %2 in steps of %3 is none")
                        .arg(toRfc3339(from), toRfc3339(to), toString(step)));
    }
    return d->reading<std::vector<SummarySeries>>(
        [&](const SqliteConnection &connection) -> Result<std::vector<SummarySeries>> {
            const auto numbers = d->find(connection, stamp);
            if (!numbers)
                return fail(numbers.error());
            // Nobody recorded before the first and after the last moment.
            const auto first = connection.value(u"SELECT coalesce(min(from_at), 0) FROM session"_s);
            const auto last = connection.value(u"SELECT coalesce(max(to_at), 0) FROM session"_s);
            const auto oldest = connection.value(
                u"SELECT coalesce(min(start), 9e18) FROM block WHERE level IN (0, 1, 2)"_s);
            for (const auto *value : {&first, &last, &oldest}) {
                if (!*value)
                    return fail(value->error());
            }
            const qint64 known = std::min(first->toLongLong(), oldest->toLongLong());
            const qint64 begin = std::max(toMs(from), known);
            const qint64 end = std::min(toMs(to), last->toLongLong() + holdMs);
            std::vector<RecordedPoints> tail;
            auto rows = connection.exec(
                u"SELECT points FROM tail WHERE to_at >= ? AND from_at <= ? ORDER BY number"_s,
                {begin - holdMs, end});
            if (!rows)
                return fail(rows.error());
            while (rows->next()) {
                auto groups = decodePoints(rows->value(0).toByteArray());
                if (!groups)
                    return fail(groups.error());
                std::move(groups->begin(), groups->end(), std::back_inserter(tail));
            }
            if (auto ended = connection.ended(*rows); !ended)
                return fail(ended.error());

            const size_t count = size_t((to - from + step - std::chrono::milliseconds(1)) / step);
            std::vector<SummarySeries> all;
            for (const SampleKind kind : kinds) {
                std::vector<Segment> segments;
                for (const qint64 object : *numbers) {
                    if (begin >= end)
                        break;
                    if (auto done = d->segments(connection, object, kind, begin, end, step.count(),
                                                tail, segments);
                        !done)
                        return fail(done.error());
                }
                SummarySeries series;
                series.kind = kind;
                series.start = from;
                series.step = step;
                series.values.assign(count, {nan, nan, nan});
                std::vector<double> weight(count, 0);
                for (const Segment &segment : segments) {
                    for (qint64 at = std::max(segment.from, toMs(from));
                         at < std::min(segment.to, toMs(to));) {
                        const auto place = size_t((at - toMs(from)) / step.count());
                        const qint64 next = std::min(
                            {segment.to, toMs(to), toMs(from) + qint64(place + 1) * step.count()});
                        SampleSummary &value = series.values[place];
                        const auto part = double(next - at);
                        if (weight[place] == 0) {
                            value = segment.value;
                        } else {
                            value.mean = (value.mean * weight[place] + segment.value.mean * part)
                                / (weight[place] + part);
                            value.min = std::min(value.min, segment.value.min);
                            value.max = std::max(value.max, segment.value.max);
                        }
                        weight[place] += part;
                        at = next;
                    }
                }
                all.push_back(std::move(series));
            }
            return all;
        });
}

Result<std::vector<Series>> HistoryReader::means(const QString &stamp, const QStringList &names,
                                                 Timestamp from, Timestamp to,
                                                 std::chrono::milliseconds step)
{
    std::vector<SampleKind> kinds;
    for (const SampleKind kind : allSampleKinds) {
        if (names.isEmpty() || names.contains(toString(kind)))
            kinds.push_back(kind);
    }
    const auto all = series(stamp, kinds, from, to, step);
    if (!all)
        return fail(all.error());
    std::vector<Series> means;
    for (const SummarySeries &each : *all) {
        Series series{stamp.section(u'/', -1), toString(each.kind), each.start, each.step, {}};
        for (const SampleSummary &value : each.values)
            series.values.push_back(float(value.mean));
        means.push_back(std::move(series));
    }
    return means;
}

Result<QList<HistoryEvent>> HistoryReader::events(Timestamp from, Timestamp to, const QString &kind)
{
    return d->reading<QList<HistoryEvent>>(
        [&](const SqliteConnection &connection) -> Result<QList<HistoryEvent>> {
            if (auto done = d->refresh(connection); !done)
                return fail(done.error());
            auto rows = connection.exec(
                u"SELECT at, name, source, subject, id, data FROM event "
                "JOIN event_kind ON event_kind.number = event.kind "
                "WHERE at >= ? AND at <= ? AND (? = '' OR name = ?) ORDER BY at, event.number"_s,
                {toMs(from), toMs(to), kind.isNull() ? u""_s : kind, kind});
            if (!rows)
                return fail(rows.error());
            QList<HistoryEvent> events;
            while (rows->next()) {
                const KnownSource *of = d->source(rows->value(2).toLongLong());
                events.append({fromMs(rows->value(0).toLongLong()), rows->value(1).toString(),
                               of ? of->name : QString(), rows->value(3).toString(),
                               rows->value(4).toString(), rows->value(5).toByteArray()});
            }
            if (auto ended = connection.ended(*rows); !ended)
                return fail(ended.error());
            return events;
        });
}

} // namespace Stampdeck

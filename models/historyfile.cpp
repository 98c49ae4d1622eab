// SPDX-License-Identifier: GPL-3.0-or-later
#include "historyfile.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>

#include <algorithm>
#include <limits>

namespace Stampdeck::Internal {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(History)
};

constexpr char wholeState = 1;
constexpr char patchOfState = 2;

SqliteKind kind()
{
    return {u"history"_s,
            0x53744831, // "StH1"
            {u"journal_mode = WAL"_s, u"synchronous = NORMAL"_s, u"cache_size = -16000"_s},
            {
                {
                    u"CREATE TABLE source (number INTEGER PRIMARY KEY, instance TEXT NOT NULL, "
                    "name TEXT NOT NULL)"_s,
                    u"CREATE TABLE object (number INTEGER PRIMARY KEY, source INTEGER NOT NULL, "
                    "kind INTEGER NOT NULL, name TEXT NOT NULL)"_s,
                    u"CREATE UNIQUE INDEX object_name ON object (source, kind, name)"_s,
                    // What each object became, and when; gone where there is no state.
                    u"CREATE TABLE change (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, "
                    "object INTEGER NOT NULL, state BLOB)"_s,
                    u"CREATE INDEX change_at ON change (at)"_s,
                    u"CREATE INDEX change_object ON change (object, at)"_s,
                    // Everything at once, so that no moment is far from one.
                    u"CREATE TABLE keyframe (change INTEGER PRIMARY KEY, at INTEGER NOT NULL, "
                    "state BLOB NOT NULL)"_s,
                    u"CREATE INDEX keyframe_at ON keyframe (at)"_s,
                    // When somebody recorded.
                    u"CREATE TABLE session (number INTEGER PRIMARY KEY, from_at INTEGER NOT NULL, "
                    "to_at INTEGER NOT NULL, process TEXT NOT NULL)"_s,
                    // Samples of the hour that goes on, in the order in which they came.
                    u"CREATE TABLE tail (number INTEGER PRIMARY KEY, from_at INTEGER NOT NULL, "
                    "to_at INTEGER NOT NULL, points BLOB NOT NULL)"_s,
                    u"CREATE INDEX tail_at ON tail (to_at)"_s,
                    // One series, one hour (of level 2: one day).
                    u"CREATE TABLE block (level INTEGER NOT NULL, start INTEGER NOT NULL, "
                    "object INTEGER NOT NULL, signal INTEGER NOT NULL, data BLOB NOT NULL, "
                    "PRIMARY KEY (level, start, object, signal)) WITHOUT ROWID"_s,
                    u"CREATE TABLE event_kind (number INTEGER PRIMARY KEY, "
                    "name TEXT NOT NULL UNIQUE)"_s,
                    u"CREATE TABLE event (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, "
                    "kind INTEGER NOT NULL, source INTEGER NOT NULL, subject TEXT NOT NULL, "
                    "id TEXT NOT NULL, data BLOB NOT NULL)"_s,
                    u"CREATE INDEX event_at ON event (at)"_s,
                },
            },
            {u"auto_vacuum = INCREMENTAL"_s}};
}

} // namespace

HistoryFile::HistoryFile(const QString &stateDir)
    : m_file(QDir::cleanPath(QDir(stateDir).absolutePath()) + u"/history.db"_s, kind())
{ }

Result<std::unique_ptr<HistoryFile>>
HistoryFile::openToWrite(const QString &stateDir, Timestamp now, const std::optional<Error> &broken)
{
    const QString dir = QDir::cleanPath(QDir(stateDir).absolutePath());
    if (auto made = makeStateFolder(dir); !made)
        return fail(made.error());
    std::optional<Error> wrong = broken;
    if (!wrong) {
        auto file = std::make_unique<HistoryFile>(dir);
        const auto opened = file->m_file.open();
        if (opened)
            return file;
        if (opened.error().kind != ErrorKind::Malformed)
            return fail(opened.error());
        wrong = opened.error();
    }

    // Whoever wants to look at it, or mend it, finds it; what happens from now on is kept all the
    // same.
    auto file = std::make_unique<HistoryFile>(dir);
    const QString path = file->m_file.path();
    const QString moment = toRfc3339(now).remove(u':');
    QString aside = path + u".broken-"_s + moment;
    for (int i = 2; QFile::exists(aside) || QFile::exists(aside + u"-wal"_s); ++i)
        aside = path + u".broken-%1-%2"_s.arg(moment).arg(i);
    for (const QString &part : {QString(), u"-wal"_s, u"-shm"_s}) {
        if (QFile::exists(path + part) && !QFile::rename(path + part, aside + part)) {
            return fail(
                ErrorKind::Denied,
                Words::tr("the history %1 can't be set aside: no right to write there").arg(path),
                wrong->message);
        }
    }
    if (auto again = file->m_file.open(); !again)
        return fail(again.error());
    file->m_setAside = Error::of(
        ErrorKind::Malformed,
        Words::tr("%1. It lies at %2 now, and a new one has begun").arg(wrong->message, aside),
        wrong->detail);
    return file;
}

Result<std::unique_ptr<HistoryFile>> HistoryFile::openToRead(const QString &stateDir)
{
    auto file = std::make_unique<HistoryFile>(stateDir);
    if (auto opened = file->m_file.openToRead(); !opened)
        return fail(opened.error());
    return file;
}

Result<std::vector<KnownSource>> HistoryFile::sources(const SqliteConnection &connection)
{
    auto rows = connection.exec(u"SELECT number, instance, name FROM source ORDER BY number"_s);
    if (!rows)
        return fail(rows.error());
    std::vector<KnownSource> sources;
    while (rows->next())
        sources.push_back(
            {rows->value(0).toLongLong(), rows->value(1).toString(), rows->value(2).toString()});
    if (auto ended = connection.ended(*rows); !ended)
        return fail(ended.error());
    return sources;
}

Result<std::vector<std::pair<qint64, KnownObject>>>
HistoryFile::objects(const SqliteConnection &connection, qint64 after)
{
    auto rows = connection.exec(
        u"SELECT number, source, kind, name FROM object WHERE number > ? ORDER BY number"_s,
        {after});
    if (!rows)
        return fail(rows.error());
    std::vector<std::pair<qint64, KnownObject>> objects;
    while (rows->next()) {
        const int word = rows->value(2).toInt();
        if (word < 0 || word > int(ObjectKind::Acknowledgement))
            continue;
        objects.emplace_back(
            rows->value(0).toLongLong(),
            KnownObject{rows->value(1).toLongLong(), ObjectKind(word), rows->value(3).toString()});
    }
    if (auto ended = connection.ended(*rows); !ended)
        return fail(ended.error());
    return objects;
}

Result<RecordedAt> HistoryFile::recordedAt(const SqliteConnection &connection, qint64 moment,
                                           const RecordedAt::Frame &known)
{
    RecordedAt is;
    auto keyframe = connection.exec(
        u"SELECT change, at, iif(change = ? AND at = ?, NULL, state) FROM keyframe WHERE at <= ? "
        "ORDER BY at DESC, change DESC LIMIT 1"_s,
        {known.change, known.at, moment});
    if (!keyframe)
        return fail(keyframe.error());
    if (keyframe->next()) {
        is.frame = {keyframe->value(0).toLongLong(), keyframe->value(1).toLongLong()};
        is.change = is.frame.change;
        is.packed = keyframe->value(2).toByteArray();
    }
    if (auto ended = connection.ended(*keyframe); !ended)
        return fail(ended.error());
    keyframe->finish();

    // Moments never go back from one change to the next (see HistoryRecorder).
    const auto last = connection.value(u"SELECT coalesce((SELECT number FROM change WHERE at <= ? "
                                       "ORDER BY at DESC, number DESC LIMIT 1), 0)"_s,
                                       {moment});
    if (!last)
        return fail(last.error());
    auto changes = connection.exec(u"SELECT number, object, state FROM change "
                                   "WHERE number > ? AND number <= ? ORDER BY number"_s,
                                   {is.change, *last});
    if (!changes)
        return fail(changes.error());
    while (changes->next()) {
        is.change = changes->value(0).toLongLong();
        const QVariant state = changes->value(2);
        QByteArray change = state.toByteArray();
        if (!state.isNull() && change.isNull())
            change = QByteArray(""); // which is damaged, and not gone
        is.changes.push_back({changes->value(1).toLongLong(), std::move(change)});
    }
    if (auto ended = connection.ended(*changes); !ended)
        return fail(ended.error());
    return is;
}

Result<StatesAt> HistoryFile::statesAt(const SqliteConnection &connection, qint64 moment)
{
    const auto recorded = recordedAt(connection, moment);
    if (!recorded)
        return fail(recorded.error());
    RecordedStates frame;
    if (recorded->frame != RecordedAt::Frame()) {
        auto decoded = decodeKeyframe(recorded->packed);
        if (!decoded)
            return fail(decoded.error());
        frame = std::move(*decoded);
    }
    auto states = statesAfter(frame, recorded->changes);
    if (!states)
        return fail(states.error());
    StatesAt is;
    is.states = std::move(*states);
    is.change = recorded->change;
    is.sinceKeyframe = qint64(recorded->changes.size());
    for (const RecordedAt::Change &each : recorded->changes)
        is.bytesSinceKeyframe += each.change.size();
    return is;
}

QByteArray changeOf(const QByteArray &before, const QByteArray &state)
{
    if (!before.isEmpty()) {
        QByteArray patch = patchOf(before, state);
        if (patch.size() < state.size())
            return patch.prepend(patchOfState);
    }
    return wholeState + state;
}

Result<QByteArray> stateOf(const QByteArray &before, const QByteArray &change)
{
    if (change.startsWith(wholeState))
        return change.mid(1);
    if (change.startsWith(patchOfState))
        return patched(before, change.mid(1));
    return fail(ErrorKind::Malformed, Words::tr("a record of the history is damaged"));
}

Result<RecordedStates> statesAfter(const RecordedStates &frame,
                                   const std::vector<RecordedAt::Change> &changes)
{
    // Those of one object together, in their order.
    std::vector<const RecordedAt::Change *> sorted;
    sorted.reserve(changes.size());
    for (const RecordedAt::Change &each : changes)
        sorted.push_back(&each);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto *a, const auto *b) { return a->object < b->object; });
    RecordedStates states;
    states.reserve(frame.size() + sorted.size());
    auto next = frame.begin();
    for (auto change = sorted.begin(); change != sorted.end();) {
        const qint64 object = (*change)->object;
        for (; next != frame.end() && next->first < object; ++next)
            states.push_back(*next);
        QByteArray state;
        bool isThere = next != frame.end() && next->first == object;
        if (isThere)
            state = (next++)->second;
        for (; change != sorted.end() && (*change)->object == object; ++change) {
            isThere = !(*change)->change.isNull();
            if (!isThere) {
                state.clear();
                continue;
            }
            auto is = stateOf(state, (*change)->change);
            if (!is)
                return fail(is.error());
            state = std::move(*is);
        }
        if (isThere)
            states.emplace_back(object, std::move(state));
    }
    states.insert(states.end(), next, frame.end());
    return states;
}

QByteArray stateIn(const RecordedStates &states, qint64 object)
{
    const auto found =
        std::lower_bound(states.begin(), states.end(), object,
                         [](const auto &state, qint64 number) { return state.first < number; });
    return found != states.end() && found->first == object ? found->second : QByteArray();
}

} // namespace Stampdeck::Internal

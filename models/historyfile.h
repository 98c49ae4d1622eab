// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "historycodec.h"
#include "sqlite.h"

#include <memory>

/// history.db, as recorder and readers share it. Beside it lies the journal, which is another file:
/// a history may be lost, or moved away, without harm to what runs.
namespace Stampdeck::Internal {

/// Milliseconds since 1970, as the tables have moments.
[[nodiscard]] inline qint64 toMs(Timestamp time)
{
    return time.time_since_epoch().count();
}
[[nodiscard]] inline Timestamp fromMs(qint64 ms)
{
    return Timestamp(std::chrono::milliseconds(ms));
}

/// What an object of the history is. The numbers stand in the file.
enum class ObjectKind : int {
    Source = 0,
    Stamp = 1,
    Tenant = 2,
    Operation = 3,
    Acknowledgement = 4
};

/// Which of the three a block of samples is. The numbers stand in the file.
enum class BlockLevel : int {
    Raw = 0, ///< Every sample of an hour.
    Minute = 1, ///< Minutes of an hour.
    Hour = 2, ///< Hours of a day.
};
inline constexpr qint64 minuteMs = 60'000;
inline constexpr qint64 hourMs = 60 * minuteMs;
inline constexpr qint64 dayMs = 24 * hourMs;
/// How long samples of each level stay.
inline constexpr std::array<qint64, 3> levelLife = {48 * hourMs, 30 * dayMs, 400 * dayMs};
/// The number under which the moments of a raw block stand, beside those of RecordedPoint.
inline constexpr int timesSignal = -1;
/// How long a value holds that no other one follows.
inline constexpr qint64 holdMs = 90'000;

/// A source as the history numbers it.
struct KnownSource
{
    qint64 number = 0;
    QString instance;
    QString name; ///< The last one.
};

/// An object as the history numbers it.
struct KnownObject
{
    qint64 source = 0; ///< 0: of the fleet as a whole.
    ObjectKind kind = ObjectKind::Source;
    QString name;
};

/// What the states of a moment are made of: the newest keyframe that is not after it, and what changed
/// from there.
struct RecordedAt
{
    struct Change
    {
        qint64 object = 0;
        QByteArray change; ///< See changeOf(); null: it was gone.
    };
    /// A keyframe: the last change in it, and when it was made.
    struct Frame
    {
        qint64 change = 0; ///< 0: there is none yet.
        qint64 at = 0;

        friend bool operator==(const Frame &, const Frame &) = default;
    };
    Frame frame;
    QByteArray packed; ///< The keyframe; empty for the one that the asker has.
    std::vector<Change> changes; ///< Oldest first.
    qint64 change = 0; ///< The last one; that of the keyframe where none follows.
};

struct StatesAt
{
    RecordedStates states;
    qint64 change = 0; ///< The last change in it.
    qint64 sinceKeyframe = 0; ///< How many changes follow on the keyframe,
    qint64 bytesSinceKeyframe = 0; ///< of how many bytes.
};

class HistoryFile
{
public:
    /// Opens or makes the file of \a stateDir to write. One that is broken or none of ours is moved
    /// aside, to a name with \a now in it, and a new one begun: see setAside(). Errors: Unsupported
    /// for the schema of a newer version, Denied where nothing can be written, NotNow for a full
    /// disk. \a broken is what is known to be wrong with it already.
    [[nodiscard]] static Result<std::unique_ptr<HistoryFile>>
    openToWrite(const QString &stateDir, Timestamp now, const std::optional<Error> &broken = {});
    /// Errors: NotFound for none, Unsupported, Malformed.
    [[nodiscard]] static Result<std::unique_ptr<HistoryFile>> openToRead(const QString &stateDir);
    /// Opens the file of \a stateDir for what \a read(connection), a Result, gives over one consistent
    /// view. Errors: as openToRead(), and its own.
    template<typename Read>
    [[nodiscard]] static auto read(const QString &stateDir, Read read)
        -> decltype(read(std::declval<SqliteConnection &>()))
    {
        const auto file = openToRead(stateDir);
        if (!file)
            return fail(file.error());
        return (*file)->file().read(read);
    }

    [[nodiscard]] const SqliteFile &file() const { return m_file; }
    [[nodiscard]] Result<SqliteConnection> connection() const { return m_file.connection(); }
    /// What was wrong with the file that was there, and where it lies now; nothing when all was
    /// well.
    [[nodiscard]] const std::optional<Error> &setAside() const { return m_setAside; }

    /// Reads what the states at \a moment (milliseconds since 1970) are made of; of the keyframe \a known
    /// not its bytes.
    [[nodiscard]] static Result<RecordedAt> recordedAt(const SqliteConnection &connection,
                                                       qint64 moment,
                                                       const RecordedAt::Frame &known = {});
    /// Every object's state at \a moment.
    [[nodiscard]] static Result<StatesAt> statesAt(const SqliteConnection &connection,
                                                   qint64 moment);
    [[nodiscard]] static Result<std::vector<KnownSource>>
    sources(const SqliteConnection &connection);
    /// Objects with a number above \a after, ascending.
    [[nodiscard]] static Result<std::vector<std::pair<qint64, KnownObject>>>
    objects(const SqliteConnection &connection, qint64 after = 0);

    explicit HistoryFile(const QString &stateDir);

private:
    SqliteFile m_file;
    std::optional<Error> m_setAside;
};

/// How a state stands in a row of the table of changes: whole, or as a patch of the one before.
[[nodiscard]] QByteArray changeOf(const QByteArray &before, const QByteArray &state);
[[nodiscard]] Result<QByteArray> stateOf(const QByteArray &before, const QByteArray &change);

/// What \a changes, oldest first, make of \a frame. A state that did not change shares its bytes with it.
[[nodiscard]] Result<RecordedStates> statesAfter(const RecordedStates &frame,
                                                 const std::vector<RecordedAt::Change> &changes);
/// The state of \a object; null where there is none.
[[nodiscard]] QByteArray stateIn(const RecordedStates &states, qint64 object);

} // namespace Stampdeck::Internal

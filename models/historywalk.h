// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "historyfile.h"

#include <functional>
#include <unordered_map>

namespace Stampdeck::Internal {

/// Goes through a stretch of a history: what every object was when it began, then each change of one in
/// the order in which they came. Keeps the states on the way, of which a change may be a patch.
///
/// In the thread of its connection, in a transaction of whoever made that.
class HistoryWalk
{
public:
    /// An object as it is from \a at on, or as it was at the beginning, where that is nothing; an empty
    /// \a state: it is gone. An error ends the walk.
    using Take = std::function<Result<void>(qint64 number, const KnownObject &known,
                                            const QByteArray &state,
                                            const std::optional<Timestamp> &at)>;
    /// \a connection outlives it.
    HistoryWalk(const SqliteConnection &connection, Timestamp from, Timestamp to, Take take);

    /// Takes everything as it was at the beginning; sources() and known() are there from the call on.
    [[nodiscard]] Result<void> begin();
    /// Takes every change up to the end.
    [[nodiscard]] Result<void> changes();
    /// The same of one kind of object alone.
    [[nodiscard]] Result<void> changesOf(ObjectKind kind);

    [[nodiscard]] const std::vector<KnownSource> &sources() const { return m_sources; }
    /// Null where the history does not know it.
    [[nodiscard]] const KnownObject *known(qint64 number) const;

private:
    [[nodiscard]] Result<void> takeRows(Result<QSqlQuery> rows);

    const SqliteConnection &m_connection;
    const Timestamp m_from;
    const Timestamp m_to;
    const Take m_take;
    std::vector<KnownSource> m_sources;
    std::unordered_map<qint64, KnownObject> m_objects;
    std::unordered_map<qint64, QByteArray> m_states;
    qint64 m_last = 0; // the last change that is in what was at the beginning
};

} // namespace Stampdeck::Internal

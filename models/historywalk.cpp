// SPDX-License-Identifier: GPL-3.0-or-later
#include "historywalk.h"

namespace Stampdeck::Internal {

using namespace Qt::StringLiterals;

HistoryWalk::HistoryWalk(const SqliteConnection &connection, Timestamp from, Timestamp to, Take take)
    : m_connection(connection)
    , m_from(from)
    , m_to(to)
    , m_take(std::move(take))
{ }

const KnownObject *HistoryWalk::known(qint64 number) const
{
    const auto found = m_objects.find(number);
    return found == m_objects.end() ? nullptr : &found->second;
}

Result<void> HistoryWalk::begin()
{
    auto sources = HistoryFile::sources(m_connection);
    if (!sources)
        return fail(sources.error());
    m_sources = std::move(*sources);
    auto objects = HistoryFile::objects(m_connection);
    if (!objects)
        return fail(objects.error());
    for (auto &[number, object] : *objects)
        m_objects.insert_or_assign(number, std::move(object));
    const auto states = HistoryFile::statesAt(m_connection, toMs(m_from));
    if (!states)
        return fail(states.error());
    m_last = states->change;
    for (const auto &[number, bytes] : states->states) {
        const KnownObject *const object = known(number);
        if (!object)
            continue;
        m_states[number] = bytes;
        if (auto done = m_take(number, *object, bytes, {}); !done)
            return done;
    }
    return {};
}

Result<void> HistoryWalk::changes()
{
    return takeRows(m_connection.exec(u"SELECT at, object, state FROM change WHERE number > ? "
                                      "AND at <= ? ORDER BY number"_s,
                                      {m_last, toMs(m_to)}));
}

Result<void> HistoryWalk::changesOf(ObjectKind kind)
{
    return takeRows(m_connection.exec(
        u"SELECT at, change.object, state FROM change JOIN object ON object.number = change.object "
        "WHERE kind = ? AND change.number > ? AND at <= ? ORDER BY change.number"_s,
        {int(kind), m_last, toMs(m_to)}));
}

Result<void> HistoryWalk::takeRows(Result<QSqlQuery> rows)
{
    if (!rows)
        return fail(rows.error());
    while (rows->next()) {
        const qint64 number = rows->value(1).toLongLong();
        const KnownObject *const object = known(number);
        if (!object)
            continue;
        QByteArray &is = m_states[number];
        QByteArray state;
        if (!rows->value(2).isNull()) {
            auto next = stateOf(is, rows->value(2).toByteArray());
            if (!next)
                return fail(next.error());
            state = std::move(*next);
        }
        is = state;
        if (auto done = m_take(number, *object, state, fromMs(rows->value(0).toLongLong())); !done)
            return done;
    }
    return m_connection.ended(*rows);
}

} // namespace Stampdeck::Internal

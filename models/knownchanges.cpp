// SPDX-License-Identifier: GPL-3.0-or-later
#include "knownchanges.h"

#include "historywalk.h"

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace Internal;
using namespace std::chrono_literals;

namespace {

// Where nobody watched for less than that nothing is missing: a recorder that begins again, and a
// window that does, tell what became different meanwhile, as of then.
constexpr std::chrono::milliseconds shortGap = 1min;

/// The stamps that a tenant is on, or comes to, by their names.
QStringList placesOf(const Tenant &tenant)
{
    QStringList places;
    if (!tenant.stamp.isEmpty())
        places.append(tenant.stamp);
    for (const Placement &placement : tenant.placements) {
        if (!places.contains(placement.stamp))
            places.append(placement.stamp);
    }
    return places;
}

/// Tells what becomes of some stamps, and who comes to them and goes.
class ChangeReader
{
public:
    ChangeReader(const SqliteConnection &connection, const QStringList &stamps, Timestamp from,
                 Timestamp to)
        : m_asked(stamps.begin(), stamps.end())
        , m_walk(connection, from, to,
                 [this](qint64 number, const KnownObject &known, const QByteArray &state,
                        const std::optional<Timestamp> &at) {
                     return take(number, known, state, at);
                 })
    { }
    [[nodiscard]] Result<void> read()
    {
        return m_walk.begin().and_then([this] { return m_walk.changes(); });
    }
    [[nodiscard]] std::vector<FleetChange> takeChanges() { return std::move(m_changes); }

private:
    [[nodiscard]] Result<void> take(qint64 number, const KnownObject &known,
                                    const QByteArray &state, const std::optional<Timestamp> &at)
    {
        if (known.kind == ObjectKind::Stamp)
            return takeStamp(number, known, state, at);
        if (known.kind == ObjectKind::Tenant)
            return takeTenant(number, known, state, at);
        return {};
    }
    Result<void> takeStamp(qint64 number, const KnownObject &known, const QByteArray &state,
                           const std::optional<Timestamp> &at)
    {
        const QString id = idOf(known, known.name);
        if (!m_asked.contains(id))
            return {};
        std::optional<StampEntry> now;
        if (!state.isEmpty()) {
            auto decoded = decodeStamp(state, known.name);
            if (!decoded)
                return fail(decoded.error());
            now = std::move(decoded->entry);
            now->id = id;
        }
        std::optional<StampEntry> &was = m_stamps[number];
        if (at && was && now)
            tellChanges(m_changes, *was, *now, *at);
        was = std::move(now);
        return {};
    }
    // Of most tenants nothing is told: they are only decoded when they change.
    Result<void> takeTenant(qint64 number, const KnownObject &known, const QByteArray &state,
                            const std::optional<Timestamp> &at)
    {
        const QByteArray was = std::exchange(m_tenants[number], state);
        if (!at)
            return {};
        QStringList places[2];
        for (const auto &[bytes, to] : {std::pair(was, &places[0]), std::pair(state, &places[1])}) {
            if (bytes.isEmpty())
                continue;
            const auto decoded = decodeTenant(bytes, known.name);
            if (!decoded)
                return fail(decoded.error());
            *to = placesOf(*decoded->tenant);
        }
        const auto tell = [&](const QStringList &some, const QStringList &others, bool came) {
            for (const QString &place : some) {
                const QString stamp = idOf(known, place);
                if (others.contains(place) || !m_asked.contains(stamp))
                    continue;
                m_changes.push_back({*at, stamp, FleetChange::Kind::Move, idOf(known, known.name),
                                     came ? QString() : stamp, came ? stamp : QString(), {}});
            }
        };
        tell(places[1], places[0], true);
        tell(places[0], places[1], false);
        return {};
    }
    [[nodiscard]] QString idOf(const KnownObject &known, const QString &name) const
    {
        const auto &sources = m_walk.sources();
        const auto of = std::find_if(sources.begin(), sources.end(), [&known](const auto &each) {
            return each.number == known.source;
        });
        return of == sources.end() ? name : QString(of->name + u'/' + name);
    }

    const QSet<QString> m_asked;
    HistoryWalk m_walk;
    std::unordered_map<qint64, std::optional<StampEntry>> m_stamps;
    std::unordered_map<qint64, QByteArray> m_tenants;
    std::vector<FleetChange> m_changes;
};

} // namespace

std::optional<RecordedRange> KnownChanges::gapIn(Timestamp from, Timestamp to) const
{
    for (auto gap = gaps.crbegin(); gap != gaps.crend(); ++gap) {
        if (gap->from < to && gap->to > from)
            return *gap;
    }
    return std::nullopt;
}

Result<RecordedChanges> readChanges(const QString &stateDir, const QStringList &stamps,
                                    Timestamp from, Timestamp to)
{
    const auto reader = HistoryReader::open(stateDir);
    if (!reader)
        return fail(reader.error());
    RecordedChanges all;
    auto recorded = (*reader)->recorded();
    if (!recorded)
        return fail(recorded.error());
    all.recorded = std::move(*recorded);
    return HistoryFile::read(
        stateDir, [&](const SqliteConnection &connection) -> Result<RecordedChanges> {
            ChangeReader changes(connection, stamps, from, to);
            if (auto done = changes.read(); !done)
                return fail(done.error());
            all.changes = changes.takeChanges();
            return std::move(all);
        });
}

KnownChanges joinedChanges(const RecordedChanges &recorded, const TrailedChanges &trailed,
                           Timestamp from, Timestamp to)
{
    KnownChanges known;
    for (const FleetChange &change : recorded.changes) {
        if (change.at >= from && change.at <= to && (!trailed.since || change.at < *trailed.since))
            known.changes.push_back(change);
    }
    known.changes.insert(known.changes.end(), trailed.changes.begin(), trailed.changes.end());
    QList<RecordedRange> watched = recorded.recorded;
    if (trailed.since)
        watched.append({*trailed.since, std::max(to, *trailed.since)});
    std::stable_sort(watched.begin(), watched.end(),
                     [](const auto &a, const auto &b) { return a.from < b.from; });
    known.gaps = gapsOf(watched, from, to);
    known.gaps.removeIf([](const RecordedRange &gap) { return gap.to - gap.from < shortGap; });
    return known;
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "rehearsal.h"

#include "historyfile.h"
#include "historyreader.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QSaveFile>

#include <algorithm>
#include <unordered_map>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace Internal;
using Change = Recording::Change;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Rehearsal)
};

constexpr std::chrono::milliseconds finestStep{5'000};

qint64 toMs(Timestamp time)
{
    return time.time_since_epoch().count();
}

/// What the source told and the store made of it, less what only held then: who was changing it,
/// revisions, and that nobody knew (the source itself is silent again when it is played).
StampPtr playable(const RecordedStamp &recorded, const StampPtr &before)
{
    Stamp stamp = *recorded.entry.stamp;
    stamp.mark = {};
    stamp.operation.clear();
    stamp.revision.clear();
    stamp.observedAt.reset();
    stamp.signalValues = {};
    for (const ResourceKind kind : allResources)
        stamp.resources[kind].used.reset();
    for (Component &component : stamp.components)
        component.load.reset();
    if (recorded.entry.stale && before) {
        stamp.health = before->health;
        stamp.healthReasons = before->healthReasons;
    } else {
        stamp.health = recorded.entry.stale ? recorded.entry.lastHealth : recorded.entry.health;
        stamp.healthReasons = recorded.entry.reasons;
    }
    stamp.healthReasons.removeIf(
        [](const HealthReason &reason) { return reason.code == "stale"_L1; });
    return std::make_shared<const Stamp>(std::move(stamp));
}

TenantPtr playable(const RecordedTenant &recorded)
{
    Tenant tenant = *recorded.tenant;
    tenant.mark = {};
    tenant.operation.clear();
    tenant.revision.clear();
    return std::make_shared<const Tenant>(std::move(tenant));
}

/// Follows the states of a stretch, and makes sources of them.
class Follower
{
public:
    Follower(const SqliteConnection &connection, Recording &recording)
        : m_connection(connection)
        , m_recording(recording)
    { }

    [[nodiscard]] Result<void> run();

private:
    struct Is
    {
        QByteArray state;
        StampPtr stamp;
        TenantPtr tenant;
    };
    struct Of
    {
        Recording::Source source;
        bool silent = false;
        int order = 0;
        bool isKnown = false; ///< It has told something.
        QSet<QString> stamps; ///< That there ever were.
    };
    [[nodiscard]] Result<void> take(const KnownObject &known, Is &is, const QByteArray &state,
                                    std::optional<std::chrono::milliseconds> at);
    [[nodiscard]] Result<void> add(Of &of, const Change &change);
    void finish();

    const SqliteConnection &m_connection;
    Recording &m_recording;
    std::unordered_map<qint64, KnownObject> m_objects;
    std::unordered_map<qint64, Is> m_is;
    std::map<qint64, Of> m_sources;
    int m_changes = 0;
};

Result<void> Follower::add(Of &of, const Change &change)
{
    if (++m_changes > Recording::mostChanges) {
        return fail(ErrorKind::Invalid,
                    Words::tr("more than %L1 changes are recorded from %2 to %3: take a shorter time")
                        .arg(Recording::mostChanges)
                        .arg(toRfc3339(m_recording.from), toRfc3339(m_recording.to)));
    }
    of.source.changes.append(change);
    return {};
}

// A state as it became, \a at after the beginning, or as it was then; an empty one: it is gone.
Result<void> Follower::take(const KnownObject &known, Is &is, const QByteArray &state,
                            std::optional<std::chrono::milliseconds> at)
{
    is.state = state;
    const auto found = m_sources.find(known.source);
    if (found == m_sources.end())
        return {};
    Of &of = found->second;
    Change change;
    change.at = at.value_or(std::chrono::milliseconds(0));
    change.name = known.name;
    switch (known.kind) {
    case ObjectKind::Stamp: {
        StampPtr now;
        if (!state.isEmpty()) {
            const auto decoded = decodeStamp(state, known.name);
            if (!decoded)
                return fail(decoded.error());
            now = playable(*decoded, is.stamp);
            of.stamps.insert(known.name);
        }
        const bool isSame = now && is.stamp ? *now == *is.stamp : now == is.stamp;
        is.stamp = now;
        change.stamp = now;
        return isSame || !at ? Result<void>() : add(of, change);
    }
    case ObjectKind::Tenant: {
        TenantPtr now;
        if (!state.isEmpty()) {
            const auto decoded = decodeTenant(state, known.name);
            if (!decoded)
                return fail(decoded.error());
            now = playable(*decoded);
        }
        const bool isSame = now && is.tenant ? *now == *is.tenant : now == is.tenant;
        is.tenant = now;
        change.what = Change::What::Tenant;
        change.tenant = now;
        return isSame || !at ? Result<void>() : add(of, change);
    }
    case ObjectKind::Source: {
        if (state.isEmpty())
            return {};
        const auto decoded = decodeSource(state);
        if (!decoded)
            return fail(decoded.error());
        const SourceState &told = decoded->state;
        of.order = decoded->order;
        of.isKnown = true;
        of.source.tenantDomain = told.tenantDomain;
        of.source.production = told.production;
        of.source.loadObjective = told.objectives.load;
        of.source.latencyObjective = told.objectives.latencyP99Ms;
        of.source.errorObjective = told.objectives.errorRatio;
        const bool silent = told.endpoints > 0 && told.endpointsFailing >= told.endpoints;
        if (silent == std::exchange(of.silent, silent))
            return {};
        change.what = silent ? Change::What::Silent : Change::What::Answers;
        return at ? add(of, change) : Result<void>();
    }
    case ObjectKind::Operation:
    case ObjectKind::Acknowledgement:
        break;
    }
    return {};
}

Result<void> Follower::run()
{
    auto sources = HistoryFile::sources(m_connection);
    if (!sources)
        return fail(sources.error());
    for (const KnownSource &source : *sources)
        m_sources[source.number].source.name = source.name;
    auto objects = HistoryFile::objects(m_connection);
    if (!objects)
        return fail(objects.error());
    for (auto &[number, object] : *objects)
        m_objects.insert_or_assign(number, std::move(object));
    const auto states = HistoryFile::statesAt(m_connection, toMs(m_recording.from));
    if (!states)
        return fail(states.error());
    for (const auto &[number, bytes] : states->states) {
        const auto known = m_objects.find(number);
        if (known == m_objects.end())
            continue;
        if (auto done = take(known->second, m_is[number], bytes, {}); !done)
            return done;
    }
    for (const auto &[number, is] : m_is) {
        const auto of = m_sources.find(m_objects[number].source);
        if (of == m_sources.end())
            continue;
        if (is.stamp)
            of->second.source.stamps.push_back(is.stamp);
        if (is.tenant)
            of->second.source.tenants.push_back(is.tenant);
    }
    for (auto &[number, of] : m_sources)
        of.source.silent = of.silent;
    auto rows = m_connection.exec(u"SELECT at, object, state FROM change WHERE number > ? "
                                  "AND at <= ? ORDER BY number"_s,
                                  {states->change, toMs(m_recording.to)});
    if (!rows)
        return fail(rows.error());
    while (rows->next()) {
        const qint64 number = rows->value(1).toLongLong();
        const auto known = m_objects.find(number);
        if (known == m_objects.end())
            continue;
        Is &is = m_is[number];
        QByteArray state;
        if (!rows->value(2).isNull()) {
            auto next = stateOf(is.state, rows->value(2).toByteArray());
            if (!next)
                return fail(next.error());
            state = std::move(*next);
        }
        const std::chrono::milliseconds at(rows->value(0).toLongLong() - toMs(m_recording.from));
        if (auto done = take(known->second, is, state, at); !done)
            return done;
    }
    if (auto ended = m_connection.ended(*rows); !ended)
        return fail(ended.error());
    finish();
    return {};
}

// In the order in which they were configured, what there was by name, and no tenant on a stamp that
// nobody told of.
void Follower::finish()
{
    std::vector<Of> all;
    for (auto &[number, of] : m_sources) {
        if (!of.stamps.isEmpty())
            all.push_back(std::move(of));
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Of &a, const Of &b) { return a.order < b.order; });
    for (Of &of : all) {
        const auto isLost = [&of](const TenantPtr &tenant) {
            return tenant
                && (!of.stamps.contains(tenant->stamp)
                    || std::any_of(tenant->placements.begin(), tenant->placements.end(),
                                   [&of](const Placement &placement) {
                                       return !of.stamps.contains(placement.stamp);
                                   }));
        };
        Recording::Source &source = of.source;
        std::sort(source.stamps.begin(), source.stamps.end(),
                  [](const StampPtr &a, const StampPtr &b) { return a->name < b->name; });
        std::sort(source.tenants.begin(), source.tenants.end(),
                  [](const TenantPtr &a, const TenantPtr &b) { return a->id < b->id; });
        std::erase_if(source.tenants, isLost);
        source.changes.removeIf([&](const Change &change) { return isLost(change.tenant); });
        m_recording.sources.append(std::move(source));
    }
}

} // namespace

Result<Recording> recordedStretch(const QString &stateDir, Timestamp from, Timestamp to)
{
    if (to <= from)
        return fail(ErrorKind::Invalid, Words::tr("a stretch of time ends after it begins"));
    const auto reader = HistoryReader::open(stateDir);
    if (!reader)
        return fail(reader.error());
    const auto recorded = (*reader)->recorded();
    if (!recorded)
        return fail(recorded.error());
    const auto first =
        std::find_if(recorded->begin(), recorded->end(),
                     [from](const RecordedRange &range) { return range.to > from; });
    if (first == recorded->end() || first->from >= to) {
        return fail(ErrorKind::NotFound,
                    Words::tr("nobody recorded from %1 to %2").arg(toRfc3339(from), toRfc3339(to)));
    }
    Recording recording;
    recording.from = std::max(from, first->from);
    recording.to = std::min(to, std::max(recorded->last().to, recording.from + finestStep));
    {
        const auto file = HistoryFile::openToRead(stateDir);
        if (!file)
            return fail(file.error());
        const auto connection = (*file)->connection();
        if (!connection)
            return fail(connection.error());
        SqliteTransaction transaction(*connection);
        if (auto begun = transaction.beginRead(); !begun)
            return fail(begun.error());
        Follower follower(*connection, recording);
        if (auto done = follower.run(); !done)
            return fail(done.error());
    }
    // Who is in it: each stamp has its series.
    QList<QSet<QString>> names;
    qint64 stamps = 0;
    qint64 tenants = 0;
    for (const Recording::Source &source : recording.sources) {
        QSet<QString> all;
        QSet<QString> ids;
        for (const StampPtr &stamp : source.stamps)
            all.insert(stamp->name);
        for (const TenantPtr &tenant : source.tenants)
            ids.insert(tenant->id);
        for (const Change &change : source.changes) {
            if (change.what == Change::What::Stamp)
                all.insert(change.name);
            else if (change.what == Change::What::Tenant)
                ids.insert(change.name);
        }
        stamps += all.size();
        tenants += ids.size();
        names.append(all);
    }
    if (stamps == 0)
        return fail(ErrorKind::NotFound,
                    Words::tr("there was no stamp from %1 to %2")
                        .arg(toRfc3339(from), toRfc3339(to)));
    if (stamps > Recording::mostStamps || tenants > Recording::mostTenants) {
        return fail(ErrorKind::Invalid,
                    Words::tr("%L1 stamps and %L2 tenants are more than a rehearsal plays: %L3 and "
                              "%L4")
                        .arg(stamps)
                        .arg(tenants)
                        .arg(Recording::mostStamps)
                        .arg(Recording::mostTenants));
    }
    // As fine as there is room for, in whole seconds.
    const qint64 points = std::max<qint64>(1, Recording::mostValues / (stamps * sampleKinds) - 1);
    recording.step = std::max<std::chrono::milliseconds>(
        finestStep,
        std::chrono::ceil<std::chrono::seconds>((recording.to - recording.from) / points));
    for (int i = 0; i < recording.sources.size(); ++i) {
        Recording::Source &source = recording.sources[i];
        for (const QString &name : names.at(i)) {
            const auto measured =
                (*reader)->series(source.name + u'/' + name,
                                  {allSampleKinds.begin(), allSampleKinds.end()}, recording.from,
                                  recording.to, recording.step);
            if (!measured)
                return fail(measured.error());
            Recording::Measured &series = source.measured[name];
            for (const SummarySeries &each : *measured) {
                std::vector<float> &values = series.at(size_t(each.kind));
                for (const SampleSummary &value : each.values)
                    values.push_back(float(value.mean));
                if (std::all_of(values.begin(), values.end(),
                                [](float value) { return std::isnan(value); }))
                    values.clear();
            }
        }
    }
    return recording;
}

Result<void> writeRecordedStretch(const QString &stateDir, Timestamp from, Timestamp to,
                                  const QString &path)
{
    const auto recording = recordedStretch(stateDir, from, to);
    if (!recording)
        return fail(recording.error());
    const QByteArray json = recording->toJson();
    if (json.size() > Recording::largestFile) {
        return fail(ErrorKind::Invalid,
                    Words::tr("from %1 to %2 more is recorded than the %3 MiB that a rehearsal "
                              "takes: take a shorter time")
                        .arg(toRfc3339(from), toRfc3339(to))
                        .arg(Recording::largestFile >> 20));
    }
    // What is written can be played.
    if (const auto again = Recording::fromJson(json); !again)
        return fail(again.error());
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(json) != json.size() || !file.commit())
        return fail(ErrorKind::Denied,
                    Words::tr("%1 cannot be written: %2").arg(path, file.errorString()));
    return {};
}

Result<QString> keepRecordedStretch(const QString &stateDir, Timestamp from, Timestamp to)
{
    const auto digits = [](Timestamp time) { return toRfc3339(time).remove(u':'); };
    const QDir folder(stateDir + u"/rehearsals"_s);
    folder.mkpath(u"."_s);
    const QString name = digits(from) + u'_' + digits(to) + u".json"_s;
    if (auto written = writeRecordedStretch(stateDir, from, to, folder.filePath(name)); !written)
        return fail(written.error());
    const QFileInfoList all =
        folder.entryInfoList({u"*_*.json"_s}, QDir::Files | QDir::NoSymLinks, QDir::Time);
    for (const QFileInfo &old : all.mid(rehearsalsKept)) {
        if (old.fileName() != name)
            QFile::remove(old.filePath());
    }
    return folder.filePath(name);
}

Result<void> checkRehearsalDir(const QString &stateDir)
{
    for (const QString &name : {u"history.db"_s, u"journal.db"_s}) {
        if (QFile::exists(QDir(stateDir).filePath(name))) {
            return fail(ErrorKind::Conflict,
                        Words::tr("%1 is of a fleet already, and a rehearsal of it would stand in its "
                                  "history and its audit trail: name a new directory, or none")
                            .arg(stateDir));
        }
    }
    return {};
}

Result<FleetConfig> rehearsalConfig(const QString &scenario, double speed,
                                    const std::vector<AdapterInfo> &adapters)
{
    const auto option = [speed](const QString &name, QString text) {
        text.replace(u'\\', u"\\\\"_s).replace(u',', u"\\,"_s);
        return QString(name + u":simulator=48,scenario="_s + text + u",timeScale="_s
                       + QString::number(speed));
    };
    QFile file(scenario);
    const bool isFile = file.open(QIODevice::ReadOnly) && file.size() <= Recording::largestFile;
    const QByteArray json = isFile ? file.readAll() : QByteArray();
    FleetConfig config;
    if (Recording::isOne(json)) {
        const auto recording = Recording::fromJson(json, scenario);
        if (!recording)
            return fail(recording.error());
        QStringList options;
        for (const Recording::Source &source : recording->sources)
            options.append(option(source.name, scenario + u'#' + source.name));
        auto read = readSourceOptions(options, adapters);
        if (!read)
            return fail(read.error());
        config = std::move(*read);
        for (int i = 0; i < config.sources.size(); ++i) {
            const Recording::Source &from = recording->sources.at(i);
            SourceConfig &source = config.sources[i];
            source.settings.production = from.production;
            source.settings.tenantDomain = from.tenantDomain;
            source.objectives.load = from.loadObjective;
            source.objectives.latencyP99Ms = from.latencyObjective;
            source.objectives.errorRatio = from.errorObjective;
        }
    } else {
        auto read = readSourceOptions({option(u"rehearsal"_s, scenario)}, adapters);
        if (!read)
            return fail(read.error());
        config = std::move(*read);
    }
    config.history.record = true; // so that it can be looked at afterwards
    return config;
}

} // namespace Stampdeck

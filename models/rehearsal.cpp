// SPDX-License-Identifier: GPL-3.0-or-later
#include "rehearsal.h"

#include "historyreader.h"
#include "historywalk.h"

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
/// An operation that was over for longer when the stretch began is not of it.
constexpr std::chrono::hours recent{1};
constexpr qsizetype longestText = 4'096; // that a recording takes

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

/// \a carried: the backends' operations, to those of ours that they carry out.
TenantPtr playable(const RecordedTenant &recorded)
{
    Tenant tenant = *recorded.tenant;
    tenant.mark = {};
    tenant.revision.clear();
    // Whose move it is, while it moves: nobody else's, and nothing that has gone wrong.
    if (tenant.placements.size() < 2)
        tenant.operation.clear();
    return std::make_shared<const Tenant>(std::move(tenant));
}

/// As it is told to whoever rehearses: he does not run it, and can't be told of what he can't see.
Operation playable(const Operation &recorded)
{
    Operation operation = recorded;
    operation.fromMarks = false;
    operation.carriedBy.clear();
    operation.remaining.reset();
    operation.progress = std::clamp(operation.progress, 0.0, 1.0);
    if (operation.steps.size() > Recording::mostSteps)
        operation.steps.clear();
    for (QString *text : {&operation.kind, &operation.target, &operation.error, &operation.reason,
                          &operation.createdBy, &operation.blocked, &operation.mend})
        text->truncate(longestText);
    for (OperationStep &step : operation.steps) {
        for (QString *text : {&step.title, &step.error, &step.tenant, &step.source})
            text->truncate(longestText);
    }
    return operation;
}

/// Makes sources of what a stretch has.
class Collector
{
public:
    Collector(const SqliteConnection &connection, Recording &recording)
        : m_recording(recording)
        , m_walk(connection, recording.from, recording.to,
                 [this](qint64 number, const KnownObject &known, const QByteArray &state,
                        const std::optional<Timestamp> &at) {
                     return take(known, m_is[number], state, at);
                 })
    { }

    [[nodiscard]] Result<void> run();

private:
    struct Is
    {
        StampPtr stamp;
        TenantPtr tenant;
        std::optional<Operation> operation; // as its course has it
        Recording::Course course;
        QString source; // of the operation; empty: it was run where the history is
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
                                    const std::optional<Timestamp> &moment);
    [[nodiscard]] Result<void> takeOperation(const KnownObject &known, Is &is,
                                             const QByteArray &state,
                                             std::optional<std::chrono::milliseconds> at);
    [[nodiscard]] Result<void> add(Of &of, const Change &change);
    [[nodiscard]] Of *of(qint64 source); // null where the history does not know it
    void finish();

    Recording &m_recording;
    HistoryWalk m_walk;
    std::map<qint64, Is> m_is; // by number, so in the order in which they came
    std::map<qint64, Of> m_sources;
    QHash<QString, QString> m_carried; // a backend's operation to that of ours that it carries
    int m_changes = 0;
    int m_operations = 0;
    int m_turns = 0;
};

Result<void> Collector::add(Of &of, const Change &change)
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

Collector::Of *Collector::of(qint64 source)
{
    const auto known = m_sources.find(source);
    if (known != m_sources.end())
        return &known->second;
    for (const KnownSource &each : m_walk.sources()) {
        if (each.number != source)
            continue;
        Of &of = m_sources[source];
        of.source.name = each.name;
        return &of;
    }
    return nullptr;
}

// An operation is no source's own: in which of them it is shown is seen at the end.
Result<void> Collector::takeOperation(const KnownObject &known, Is &is, const QByteArray &state,
                                      std::optional<std::chrono::milliseconds> at)
{
    Operation now;
    if (state.isEmpty()) {
        // Told by marks alone, which its runner takes away in the end; or long over, and forgotten.
        if (!at || !is.operation || isFinal(is.operation->state))
            return {};
        now = *is.operation;
        now.state = OperationState::Cancelled;
        now.error = Words::tr("it ended, and nobody told how");
        now.updatedAt = m_recording.from + *at;
    } else {
        const auto decoded = decodeOperation(state, known.name);
        if (!decoded)
            return fail(decoded.error());
        is.source = decoded->second;
        for (const QString &id : decoded->first->carriedBy)
            m_carried.insert(id, known.name);
        now = playable(*decoded->first);
        if (!at && isFinal(now.state) && now.updatedAt
            && *now.updatedAt < m_recording.from - recent)
            return {};
    }
    if (is.operation && *is.operation == now)
        return {};
    m_operations += is.course.turns.isEmpty();
    if (++m_turns > Recording::mostTurns || m_operations > Recording::mostOperations) {
        return fail(ErrorKind::Invalid,
                    Words::tr("from %1 to %2 operations change more often than a rehearsal plays: "
                              "take a shorter time")
                        .arg(toRfc3339(m_recording.from), toRfc3339(m_recording.to)));
    }
    is.course.id = known.name;
    is.course.turn(at.value_or(std::chrono::milliseconds(0)), is.operation, now);
    is.operation = std::move(now);
    return {};
}

// A state as it became at a moment, or as it was at the beginning; an empty one: it is gone.
Result<void> Collector::take(const KnownObject &known, Is &is, const QByteArray &state,
                             const std::optional<Timestamp> &moment)
{
    std::optional<std::chrono::milliseconds> at;
    if (moment)
        at = *moment - m_recording.from;
    if (known.kind == ObjectKind::Operation)
        return takeOperation(known, is, state, at);
    Of *const source = this->of(known.source);
    if (!source)
        return {};
    Of &of = *source;
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

Result<void> Collector::run()
{
    if (auto begun = m_walk.begin(); !begun)
        return begun;
    for (const auto &[number, is] : m_is) {
        const auto of = m_sources.find(m_walk.known(number)->source);
        if (of == m_sources.end())
            continue;
        if (is.stamp)
            of->second.source.stamps.push_back(is.stamp);
        if (is.tenant)
            of->second.source.tenants.push_back(is.tenant);
    }
    for (auto &[number, of] : m_sources)
        of.source.silent = of.silent;
    if (auto done = m_walk.changes(); !done)
        return done;
    finish();
    return {};
}

// In the order in which they were configured, what there was by name, no tenant on a stamp that
// nobody told of, and each held by the operation that is told: what carries it may become known late.
void Collector::finish()
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
        const auto holdByOurs = [this](TenantPtr &tenant) {
            const QString ours = tenant ? m_carried.value(tenant->operation) : QString();
            if (ours.isEmpty())
                return;
            auto told = std::make_shared<Tenant>(*tenant);
            told->operation = ours;
            tenant = std::move(told);
        };
        std::for_each(source.tenants.begin(), source.tenants.end(), holdByOurs);
        for (Change &change : source.changes)
            holdByOurs(change.tenant);
        std::sort(source.stamps.begin(), source.stamps.end(),
                  [](const StampPtr &a, const StampPtr &b) { return a->name < b->name; });
        std::sort(source.tenants.begin(), source.tenants.end(),
                  [](const TenantPtr &a, const TenantPtr &b) { return a->id < b->id; });
        std::erase_if(source.tenants, isLost);
        source.changes.removeIf([&](const Change &change) { return isLost(change.tenant); });
        m_recording.sources.append(std::move(source));
    }
    for (auto &[number, is] : m_is) {
        // One that ours carries is told as ours; an operation may carry itself.
        const QString ours = m_carried.value(is.course.id);
        if (is.course.turns.isEmpty() || m_recording.sources.isEmpty()
            || (!ours.isEmpty() && ours != is.course.id))
            continue;
        QStringList names{is.source};
        for (const OperationStep &step : is.operation->steps)
            names.append(step.source);
        // Where it was told, else where its first step was done.
        auto at = m_recording.sources.end();
        for (auto name = names.cbegin(); name != names.cend() && at == m_recording.sources.end(); ++name)
            at = std::find_if(m_recording.sources.begin(), m_recording.sources.end(),
                              [name](const auto &source) { return source.name == *name; });
        (at == m_recording.sources.end() ? m_recording.sources.first() : *at)
            .operations.append(std::move(is.course));
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
    const auto collected = HistoryFile::read(stateDir, [&](const SqliteConnection &connection) {
        return Collector(connection, recording).run();
    });
    if (!collected)
        return fail(collected.error());
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

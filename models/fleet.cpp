// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleet.h"

#include "historyreader.h"
#include "journal.h"
#include "plugincatalog.h"
#include "sourceruntime.h"

#include "backends/api/whendone.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QMutex>
#include <QtCore/QUuid>
#include <QtConcurrent/QtConcurrentRun>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Fleet)
};

bool isSettled(const FleetVersion &version)
{
    return std::all_of(version.sources.begin(), version.sources.end(), [](const SourceState &source) {
        return source.name.isEmpty() || source.endpointsSettled >= source.endpoints;
    });
}

} // namespace

/// The history of a state directory for whoever asks, opened when somebody does. Thread-safe; shared with
/// the threads that read from it.
class RecordedHistory
{
public:
    explicit RecordedHistory(const QString &stateDir)
        : m_stateDir(stateDir)
    { }

    [[nodiscard]] Result<std::vector<Series>> means(const QString &stamp, const QStringList &names,
                                                    Timestamp from, Timestamp to,
                                                    std::chrono::milliseconds step)
    {
        const QMutexLocker guard(&m_mutex);
        if (!m_reader) {
            auto opened = HistoryReader::open(m_stateDir);
            if (!opened)
                return fail(opened.error());
            m_reader = std::move(*opened);
        }
        auto series = m_reader->means(stamp, names, from, to, step);
        // One that has been set aside meanwhile is another file.
        if (!series && series.error().kind == ErrorKind::Malformed)
            m_reader.reset();
        return series;
    }

private:
    const QString m_stateDir;
    QMutex m_mutex; // guards m_reader
    std::unique_ptr<HistoryReader> m_reader;
};

Fleet::Fleet(const FleetOptions &options)
    : m_options(options)
    , m_recorded(std::make_shared<RecordedHistory>(options.stateDir))
{ }

// The runner goes first (see m_runner): an adapter that ends answers all that was asked of it, with
// errors, which nobody may take for failures.
Fleet::~Fleet() = default;

Result<std::unique_ptr<Fleet>> Fleet::open(const QList<SourceConfig> &sources,
                                           const PluginCatalog &catalog,
                                           const FleetOptions &options)
{
    std::unique_ptr<Fleet> fleet(new Fleet(options));
    auto journal = Journal::open(options.stateDir);
    if (!journal)
        return fail(journal.error());
    fleet->m_journal = std::move(*journal);
    fleet->m_store = std::make_unique<FleetStore>(*options.clock);
    if (options.carriesRules)
        fleet->m_store->carryRules();
    if (options.history && options.history->record.value_or(true)) {
        fleet->m_recorder = std::make_unique<HistoryRecorder>(options.stateDir, *fleet->m_store,
                                                              *options.clock, *options.history);
    }
    for (const SourceConfig &source : sources) {
        const SourceSettings &settings = source.settings;
        SourceState state;
        state.name = settings.name;
        state.adapter = settings.adapter;
        state.tenantDomain = settings.tenantDomain;
        state.objectives = source.objectives;
        state.production = settings.production;
        state.readOnly = settings.readOnly || options.readOnly;
        state.pollInterval = settings.pollInterval;
        fleet->m_store->addSource(state);
    }
    fleet->m_runner = std::make_unique<OperationRunner>(*fleet->m_store, *fleet->m_journal, *fleet,
                                                        *options.clock);
    if (const auto recovered = fleet->m_runner->recover(); !recovered)
        return fail(recovered.error());
    for (const SourceConfig &source : sources) {
        const SourceSettings &settings = source.settings;
        fleet->m_runtimes.push_back(std::make_unique<SourceRuntime>(
                settings,
                [&catalog, settings, clock = options.clock] { return catalog.create<FleetAdapter>(settings, *clock); },
                *fleet->m_store, *options.clock));
    }
    return fleet;
}

SourceRuntime *Fleet::runtime(const QString &source) const
{
    for (const auto &runtime : m_runtimes) {
        if (runtime->name() == source)
            return runtime.get();
    }
    return nullptr;
}

FutureResult<FleetVersionPtr> Fleet::firstPoll()
{
    const auto answer = std::make_shared<Answer<FleetVersionPtr>>();
    // Its own context, so that it can be ended from inside.
    auto *watcher = new QObject(this);
    connect(m_store.get(), &FleetStore::published, watcher,
            [answer, watcher](const FleetVersionPtr &version) {
                if (isSettled(*version)) {
                    answer->give(version);
                    watcher->deleteLater();
                }
            });
    if (const FleetVersionPtr version = m_store->current();
        version->sources.size() >= qsizetype(m_runtimes.size()) && isSettled(*version)) {
        answer->give(version);
        watcher->deleteLater();
    }
    return answer->future();
}

void Fleet::refresh(const QString &source)
{
    for (const auto &runtime : m_runtimes) {
        if (source.isEmpty() || runtime->name() == source)
            runtime->refresh();
    }
}

FutureResult<QList<Template>> Fleet::templates(const QString &source)
{
    if (SourceRuntime *const at = runtime(source))
        return at->templates();
    return ready<QList<Template>>(
        fail(ErrorKind::NotFound, Words::tr("there is no source %1").arg(source)));
}

FutureResult<std::vector<Series>> Fleet::history(const QString &stampId,
                                                 const QStringList &signalNames, Timestamp from,
                                                 Timestamp to, std::chrono::milliseconds step)
{
    const QString source = stampId.section(u'/', 0, 0);
    const FleetVersionPtr version = m_store->current();
    const int index = version->sourceIndex(source);
    SourceRuntime *const at = runtime(source);
    if (at && index >= 0
        && version->sources[index].capabilities.testFlag(Capability::History))
        return at->history({stampId.section(u'/', 1)}, signalNames, from, to, step);
    return QtConcurrent::run([recorded = m_recorded, stampId, signalNames, from, to, step] {
        return recorded->means(stampId, signalNames, from, to, step);
    });
}

FutureResult<OperationPtr> Fleet::handOver(const Plan &plan)
{
    if (plan.isRefused())
        return ready<OperationPtr>(fail(Error::refused(plan.refusals)));
    if (!emptiesStamps(plan.request.kind) || plan.sources.size() != 1)
        return ready<OperationPtr>(
            fail(ErrorKind::Unsupported,
                 Words::tr("only a drain or an evacuation within one source is handed over")));
    const QString &source = plan.sources.constFirst();
    const FleetVersionPtr version = m_store->current();
    const int index = version->sourceIndex(source);
    if (index >= 0 && (m_options.readOnly || version->sources[index].readOnly))
        return ready<OperationPtr>(
            fail(Error::refused({{u"read-only"_s, plan.request.stamp,
                                  Words::tr("%1 is read only").arg(source), QString()}})));
    SourceRuntime *const at = runtime(source);
    if (!at)
        return ready<OperationPtr>(
            fail(ErrorKind::NotFound, Words::tr("there is no source %1").arg(source)));
    if (plan.request.stamps.size() > 1)
        return ready<OperationPtr>(fail(
            ErrorKind::Unsupported, Words::tr("%1 drains one stamp at a time").arg(source)));
    DrainOrder order;
    if (plan.request.kind == ActionKind::Drain)
        order.stamp = plan.loads.constFirst().stamp.section(u'/', 1);
    else
        order.region = plan.request.region;
    for (const QString &stamp : plan.request.among)
        order.to.append(stamp.section(u'/', -1));
    order.parallel = plan.request.parallel;
    order.deadline = plan.request.deadline;
    order.partial = plan.request.partial;
    order.maxLoad = plan.request.maxLoad;
    order.allowUnknown = plan.request.allowUnknown;
    WriteContext context;
    context.idempotencyKey = QUuid::createUuid().toString(QUuid::WithoutBraces);
    context.actor = plan.request.actor;
    context.reason = plan.request.reason;
    // Of the stamp; one that is cordoned already is not written to.
    if (plan.request.kind == ActionKind::Drain && !plan.steps.empty()
        && std::holds_alternative<CordonStamp>(plan.steps.front().primitive))
        context.expectedRevision = plan.steps.front().expectedRevision;
    return at->drain(order, context);
}

FutureResult<SourceDiagnostics> Fleet::diagnostics(const QString &source)
{
    SourceRuntime *const at = runtime(source);
    if (!at)
        return ready<SourceDiagnostics>(
            fail(ErrorKind::NotFound, Words::tr("there is no source %1").arg(source)));
    const auto answer = std::make_shared<Answer<SourceDiagnostics>>();
    whenDone(at->diagnostics(), this, [this, source, answer](const Result<SourceDiagnostics> &known) {
        if (!known) {
            answer->give(fail(known.error()));
            return;
        }
        // The store is asked when the source has answered: it may have been told meanwhile.
        SourceDiagnostics all = *known;
        const FleetVersionPtr version = m_store->current();
        if (const int index = version->sourceIndex(source); index >= 0) {
            const SourceState &state = version->sources[index];
            all.instance = state.instance;
            all.readOnly = state.readOnly;
            all.skew = state.skew;
            all.error = state.error;
            all.faults = state.faults;
            all.faultMessage = state.faultMessage;
        }
        answer->give(all);
    });
    return answer->future();
}

FutureResult<Acknowledgement> Fleet::acknowledge(const Acknowledgement &acknowledgement)
{
    const QString name = acknowledgement.incident.section(u'/', 0, 0);
    const FleetVersionPtr version = m_store->current();
    const int index = version->sourceIndex(name);
    SourceRuntime *const at = runtime(name);
    if (index < 0 || !at || !acknowledgement.incident.contains(u'/'))
        return ready<Acknowledgement>(
            fail(ErrorKind::NotFound,
                 Words::tr("there is no incident %1").arg(acknowledgement.incident)));
    const SourceState &source = version->sources[index];
    const auto refuse = [&](const QString &code, const QString &message) {
        return ready<Acknowledgement>(
                fail(Error::refused({{code, acknowledgement.incident, message, QString()}})));
    };
    if (source.readOnly)
        return refuse(u"read-only"_s, Words::tr("%1 is read only").arg(name));
    if (!source.capabilities.testFlag(Capability::Acknowledge))
        return refuse(u"unsupported"_s,
                      Words::tr("%1 keeps no acknowledgements: a stampd in front of it does")
                          .arg(source.adapter));
    Acknowledgement there = acknowledgement;
    there.incident = acknowledgement.incident.section(u'/', 1);
    WriteContext context;
    context.actor = acknowledgement.by;
    context.reason = acknowledgement.note;
    return at->acknowledge(there, context);
}

FutureResult<WriteOutcome> Fleet::perform(const QString &source, const Primitive &primitive,
                                          const WriteContext &context)
{
    if (SourceRuntime *const at = runtime(source))
        return at->perform(primitive, context);
    return ready<WriteOutcome>(
        fail(ErrorKind::NotFound, Words::tr("there is no source %1").arg(source)));
}

FutureResult<WriteOutcome> Fleet::observe(const QString &source, const Primitive &primitive,
                                          const WriteContext &context, const QString &handle)
{
    if (SourceRuntime *const at = runtime(source))
        return at->observe(primitive, context, handle);
    return ready<WriteOutcome>(
        fail(ErrorKind::NotFound, Words::tr("there is no source %1").arg(source)));
}

FutureResult<WriteOutcome> Fleet::cancel(const QString &source, const Primitive &primitive,
                                         const WriteContext &context, const QString &handle)
{
    if (SourceRuntime *const at = runtime(source))
        return at->cancel(primitive, context, handle);
    return ready<WriteOutcome>(
        fail(ErrorKind::NotFound, Words::tr("there is no source %1").arg(source)));
}

FutureResult<OperationPtr> Fleet::control(const QString &source, const QString &operation,
                                          OperationVerb verb, const WriteContext &context)
{
    const FleetVersionPtr version = m_store->current();
    const int index = version->sourceIndex(source);
    if (index >= 0 && version->sources[index].readOnly)
        return ready<OperationPtr>(fail(Error::refused(
            {{u"read-only"_s, operation, Words::tr("%1 is read only").arg(source), QString()}})));
    if (SourceRuntime *const at = runtime(source))
        return at->control(operation, verb, context);
    return ready<OperationPtr>(
        fail(ErrorKind::NotFound, Words::tr("there is no source %1").arg(source)));
}

FutureResult<Timestamp> Fleet::mark(const QString &source, const MarkRequest &request,
                                    const WriteContext &context)
{
    const FleetVersionPtr version = m_store->current();
    const int index = version->sourceIndex(source);
    if (index >= 0 && version->sources[index].readOnly)
        return ready<Timestamp>(
            fail(Error::refused({{u"read-only"_s, request.operation,
                                  Words::tr("%1 is read only").arg(source), QString()}})));
    if (SourceRuntime *const at = runtime(source))
        return at->mark(request, context);
    return ready<Timestamp>(
        fail(ErrorKind::NotFound, Words::tr("there is no source %1").arg(source)));
}

} // namespace Stampdeck

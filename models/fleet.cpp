// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleet.h"

#include "acknowledgements.h"
#include "feedruntime.h"
#include "historyreader.h"
#include "incidentwatch.h"
#include "journal.h"
#include "measuredround.h"
#include "plugincatalog.h"
#include "sourceruntime.h"

#include "backends/api/whendone.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDebug>
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

FeedState stateOf(const SourceSettings &settings, FeedState::Kind kind)
{
    FeedState state;
    state.name = settings.name;
    state.adapter = settings.adapter;
    state.kind = kind;
    state.pollInterval = settings.pollInterval;
    return state;
}

AlertFeed alertFeedOf(const SourceSettings &settings)
{
    AlertFeed feed;
    feed.name = settings.name;
    for (const auto &[key, to] : {std::pair(u"stampLabel"_s, &feed.stampLabel),
                                  std::pair(u"tenantLabel"_s, &feed.tenantLabel),
                                  std::pair(u"watchdog"_s, &feed.watchdog)})
        *to = settings.keys.value(key, *to).toString();
    return feed;
}

/// Whether each of \a count sources has answered completely or failed: those that the store has not
/// heard of yet have not.
template<typename State>
bool areSettled(const QList<State> &sources, size_t count)
{
    return size_t(sources.size()) >= count
        && std::all_of(sources.begin(), sources.end(), [](const SourceState &source) {
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
        return ask([&](HistoryReader &reader) { return reader.means(stamp, names, from, to, step); });
    }
    [[nodiscard]] Result<HistoryMoment> at(Timestamp moment)
    {
        return ask([&](HistoryReader &reader) { return reader.at(moment); });
    }

private:
    template<typename Ask>
    [[nodiscard]] std::invoke_result_t<Ask, HistoryReader &> ask(Ask ask)
    {
        const QMutexLocker guard(&m_mutex);
        if (!m_reader) {
            auto opened = HistoryReader::open(m_stateDir);
            if (!opened)
                return fail(opened.error());
            m_reader = std::move(*opened);
        }
        auto answer = ask(*m_reader);
        // One that has been set aside meanwhile is another file.
        if (!answer && answer.error().kind == ErrorKind::Malformed)
            m_reader.reset();
        return answer;
    }

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
    if (options.watchesIncidents) {
        fleet->m_watch = std::make_unique<IncidentWatch>(
            *fleet->m_store, *options.clock, options.incidentRules, options.incidentsAtOnce);
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
    for (const FeedConfig &feed : options.metrics)
        fleet->m_store->addFeed(stateOf(feed.settings, FeedState::Kind::Metrics));
    if (fleet->m_watch) {
        for (const FeedConfig &feed : options.incidents) {
            fleet->m_store->addFeed(stateOf(feed.settings, FeedState::Kind::Incidents));
            fleet->m_watch->addFeed(alertFeedOf(feed.settings));
        }
    }
    if (options.showsProofs)
        fleet->showProofs();
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
    for (const FeedConfig &feed : options.metrics) {
        const SourceSettings &settings = feed.settings;
        fleet->m_metrics.push_back(std::make_unique<MetricsRuntime>(
            settings,
            [&catalog, settings, clock = options.clock] {
                return catalog.create<MetricsAdapter>(settings, *clock);
            },
            *fleet->m_store, *options.clock));
    }
    if (fleet->m_watch) {
        for (const FeedConfig &feed : options.incidents) {
            const SourceSettings &settings = feed.settings;
            fleet->m_incidents.push_back(std::make_unique<IncidentRuntime>(
                settings,
                [&catalog, settings, clock = options.clock] {
                    return catalog.create<IncidentAdapter>(settings, *clock);
                },
                *fleet->m_store, *fleet->m_watch, *options.clock));
        }
    }
    if (options.keepsAcknowledgements) {
        fleet->m_acknowledgements = Acknowledgements::openAnyway(
            options.stateDir, *fleet->m_store, *fleet->m_journal, *options.clock,
            options.readOnly ? Acknowledgements::Access::ReadOnly
                             : Acknowledgements::Access::Write,
            options.warnsOfAcknowledgements ? Acknowledgements::Unread::Warned
                                            : Acknowledgements::Unread::Silent);
    }
    return fleet;
}

FeedRuntime *Fleet::feed(const QString &name) const
{
    for (const auto &each : m_incidents) {
        if (each->name() == name)
            return each.get();
    }
    for (const auto &each : m_metrics) {
        if (each->name() == name)
            return each.get();
    }
    return nullptr;
}

void Fleet::showProofs()
{
    const FutureResult<HistoryMoment> last = QtConcurrent::run(
        [recorded = m_recorded, now = m_options.clock->now()] { return recorded->at(now); });
    whenDone(last, this, [this](const Result<HistoryMoment> &moment) {
        if (!moment)
            return; // nothing was ever recorded, or nobody can read it, which its recorder says
        const FleetVersion &version = *moment->version;
        QHash<int, std::vector<StampPtr>> known; // by source
        version.eachStamp([&known](int, const StampEntry &entry) {
            known[entry.source].push_back(entry.stamp);
        });
        for (auto it = known.cbegin(); it != known.cend(); ++it)
            m_store->addProofs(version.sources[it.key()].name, *it);
    });
}

SourceRuntime *Fleet::runtime(const QString &source) const
{
    for (const auto &runtime : m_runtimes) {
        if (runtime->name() == source)
            return runtime.get();
    }
    return nullptr;
}

FutureResult<FleetVersionPtr>
Fleet::firstVersion(std::function<bool(const FleetVersion &)> isIt)
{
    const auto answer = std::make_shared<Answer<FleetVersionPtr>>();
    // Its own context, so that it can be ended from inside.
    auto *watcher = new QObject(this);
    const auto look = [answer, watcher, isIt = std::move(isIt)](const FleetVersionPtr &version) {
        if (isIt(*version)) {
            answer->give(version);
            watcher->deleteLater();
        }
    };
    connect(m_store.get(), &FleetStore::published, watcher, look);
    look(m_store->current());
    return answer->future();
}

FutureResult<FleetVersionPtr> Fleet::firstPoll()
{
    auto first = firstVersion([count = m_runtimes.size()](const FleetVersion &version) {
        return areSettled(version.sources, count);
    });
    if (!m_watch)
        return first;
    // What is wrong with it is in that version too.
    const auto answer = std::make_shared<Answer<FleetVersionPtr>>();
    whenDone(first, this, [this, answer](const Result<FleetVersionPtr> &) {
        m_watch->sync();
        answer->give(m_store->current());
    });
    return answer->future();
}

FutureResult<KnownChanges> Fleet::changes(const QStringList &stamps, Timestamp from, Timestamp to)
{
    const auto answer = std::make_shared<Answer<KnownChanges>>();
    const auto add = [this, answer, stamps, from, to](const TrailedChanges &trailed) {
        if (trailed.since && *trailed.since <= from) {
            answer->give(joinedChanges({}, trailed, from, to));
            return;
        }
        // A recorder writes what it has heard a second later at the most.
        constexpr std::chrono::seconds late{5};
        const Timestamp needed = std::min(trailed.since.value_or(to), to) + late;
        if (const auto &asked = m_askedChanges; asked && asked->stamps == stamps
            && asked->from == from && asked->to >= needed) {
            answer->give(joinedChanges(asked->told, trailed, from, to));
            return;
        }
        // More than is needed, for whoever replays it and asks again a little later.
        constexpr std::chrono::minutes ahead{10};
        const Timestamp upTo = std::min(to + ahead, m_options.clock->now());
        const FutureResult<RecordedChanges> recorded =
            QtConcurrent::run([dir = m_options.stateDir, stamps, from, upTo] {
                return readChanges(dir, stamps, from, upTo);
            });
        whenDone(recorded, this, [=, this](const Result<RecordedChanges> &told) {
            if (told)
                m_askedChanges = {stamps, from, upTo, *told};
            answer->give(joinedChanges(told ? *told : RecordedChanges(), trailed, from, to));
        });
    };
    if (!m_watch) {
        add({});
        return answer->future();
    }
    whenDone(m_watch->changes(stamps, from, to), this, [add](const Result<TrailedChanges> &trailed) {
        add(trailed ? *trailed : TrailedChanges());
    });
    return answer->future();
}

FutureResult<FleetVersionPtr> Fleet::firstIncidents()
{
    if (!m_watch)
        return ready<FleetVersionPtr>(m_store->current());
    const auto answer = std::make_shared<Answer<FleetVersionPtr>>();
    const size_t feeds = m_metrics.size() + m_incidents.size();
    whenDone(firstVersion([count = m_runtimes.size(), feeds](const FleetVersion &version) {
                 return areSettled(version.sources, count) && areSettled(version.feeds, feeds);
             }),
             this, [this, answer](const Result<FleetVersionPtr> &) {
                 m_watch->sync();
                 answer->give(m_store->current());
             });
    return answer->future();
}

void Fleet::refresh(const QString &source)
{
    for (const auto &runtime : m_runtimes) {
        if (source.isEmpty() || runtime->name() == source)
            runtime->refresh();
    }
    const auto refreshFeed = [&source](FeedRuntime &feed) {
        if (source.isEmpty() || feed.name() == source)
            feed.refresh();
    };
    for (const auto &feed : m_incidents)
        refreshFeed(*feed);
    for (const auto &feed : m_metrics)
        refreshFeed(*feed);
}

FutureResult<QList<Template>> Fleet::templates(const QString &source)
{
    if (SourceRuntime *const at = runtime(source))
        return at->templates();
    return ready<QList<Template>>(
        fail(ErrorKind::NotFound, Words::tr("there is no source %1").arg(source)));
}

SourceRuntime *Fleet::recorder(const QString &stampId) const
{
    const QString source = stampId.section(u'/', 0, 0);
    const FleetVersionPtr version = m_store->current();
    const int index = version->sourceIndex(source);
    return index >= 0 && version->sources[index].capabilities.testFlag(Capability::History)
        ? runtime(source)
        : nullptr;
}

FutureResult<std::vector<Series>> Fleet::history(const QString &stampId,
                                                 const QStringList &signalNames, Timestamp from,
                                                 Timestamp to, std::chrono::milliseconds step)
{
    if (SourceRuntime *const at = recorder(stampId))
        return at->history({stampId.section(u'/', 1)}, signalNames, from, to, step);
    return QtConcurrent::run([recorded = m_recorded, stampId, signalNames, from, to, step] {
        return recorded->means(stampId, signalNames, from, to, step);
    });
}

FutureResult<MetricsRange> Fleet::measured(const QString &stampId, const QStringList &signalNames,
                                           Timestamp from, Timestamp to,
                                           std::chrono::milliseconds step)
{
    const FleetVersionPtr version = m_store->current();
    const QString name = stampId.section(u'/', 1);
    MeasuredRound::Question question{name, signalNames, from, to, step, {}};
    std::optional<MeasuredRound::Party> own;
    if (SourceRuntime *const at = recorder(stampId)) {
        own = {stampId.section(u'/', 0, 0), [=](const QStringList &asked) {
                   return at->history({name}, asked, from, to, step);
               }};
    }
    // By its bare name where that is no other's.
    QStringList names{stampId};
    if (const auto slot = version->findStamp(name); slot && version->stampId(*slot) == stampId)
        names.append(name);
    QList<MeasuredRound::Feed> feeds;
    for (const auto &each : m_metrics) {
        for (const FeedState &state : version->feeds) {
            if (state.name != each->name() || !state.capabilities.testFlag(Capability::History))
                continue;
            if (state.error) // nobody waits for one that does not answer
                question.faults.append({state.name, *state.error});
            else
                feeds.append({state.name, [=, feed = each.get()](const QStringList &asked) {
                                  return feed->range(names, asked, from, to, step);
                              }});
        }
    }
    const auto recorded = [=, history = m_recorded](const QStringList &asked) {
        return QtConcurrent::run(
            [=] { return history->means(stampId, asked, from, to, step); });
    };
    return (new MeasuredRound(std::move(question), std::move(own), std::move(feeds), recorded,
                              this))
        ->answer();
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
    FeedRuntime *const fed = at ? nullptr : feed(source);
    if (!at && !fed)
        return ready<SourceDiagnostics>(
            fail(ErrorKind::NotFound, Words::tr("there is no source %1").arg(source)));
    const auto answer = std::make_shared<Answer<SourceDiagnostics>>();
    whenDone(at ? at->diagnostics() : fed->diagnostics(), this,
             [this, source, answer](const Result<SourceDiagnostics> &known) {
                 if (!known) {
                     answer->give(fail(known.error()));
                     return;
                 }
                 // The store is asked when the source has answered: it may have been told meanwhile.
                 SourceDiagnostics all = *known;
                 const FleetVersionPtr version = m_store->current();
                 const auto take = [&all](const SourceState &state) {
                     all.instance = state.instance;
                     all.readOnly = state.readOnly;
                     all.skew = state.skew;
                     all.error = state.error;
                     all.faults = state.faults;
                     all.faultMessage = state.faultMessage;
                 };
                 if (const int index = version->sourceIndex(source); index >= 0)
                     take(version->sources[index]);
                 for (const FeedState &feed : version->feeds) {
                     if (feed.name == source)
                         take(feed);
                 }
                 answer->give(all);
             });
    return answer->future();
}

QString Fleet::acknowledgementKeeper(const QString &incident) const
{
    const FleetVersionPtr version = m_store->current();
    const auto keeps = [&](const QString &source) {
        const int index = version->sourceIndex(source);
        return index >= 0 && !version->sources[index].readOnly
            && version->sources[index].capabilities.testFlag(Capability::Acknowledge);
    };
    if (alertDigest(incident).isEmpty()) {
        const QString source = incident.section(u'/', 0, 0);
        return keeps(source) ? source : QString();
    }
    QStringList sources;
    if (version->incidents) {
        if (const IncidentPtr is = version->incidents->find(incident)) {
            for (const QString &stamp : is->stamps)
                sources.append(stamp.section(u'/', 0, 0));
        }
    }
    for (const SourceState &source : version->sources)
        sources.append(source.name);
    const auto found = std::find_if(sources.cbegin(), sources.cend(), keeps);
    return found == sources.cend() ? QString() : *found;
}

FutureResult<Acknowledgement> Fleet::acknowledge(const Acknowledgement &acknowledgement)
{
    const QString &incident = acknowledgement.incident;
    const QString name = incident.section(u'/', 0, 0);
    const QString digest = alertDigest(incident);
    const FleetVersionPtr version = m_store->current();
    const int index = version->sourceIndex(name);
    if (!incident.contains(u'/') || (index < 0 && !feed(name)))
        return ready<Acknowledgement>(
            fail(ErrorKind::NotFound, Words::tr("there is no incident %1").arg(incident)));
    const auto refuse = [&](const QString &code, const QString &message) {
        return ready<Acknowledgement>(
            fail(Error::refused({{code, incident, message, QString()}})));
    };
    if (m_options.readOnly || (index >= 0 && version->sources[index].readOnly))
        return refuse(u"read-only"_s, Words::tr("%1 is read only").arg(name));
    const QString keeper = acknowledgementKeeper(incident);
    if (keeper.isEmpty() && m_acknowledgements) {
        const auto answer = std::make_shared<Answer<Acknowledgement>>();
        whenDone(m_acknowledgements->acknowledge(acknowledgement), this,
                 [answer](const Result<Incident> &kept) {
                     answer->give(kept.map([](const Incident &it) { return *it.acknowledged; }));
                 });
        return answer->future();
    }
    SourceRuntime *const at = runtime(keeper);
    if (!at)
        return refuse(u"unsupported"_s,
                      Words::tr("%1 keeps no acknowledgements: a stampd in front of it does")
                          .arg(index < 0 ? name : version->sources[index].adapter));
    Acknowledgement there = acknowledgement;
    there.incident = digest.isEmpty() ? incident.section(u'/', 1) : digest;
    WriteContext context;
    context.actor = acknowledgement.by;
    context.reason = acknowledgement.note;
    return at->acknowledge(there, context);
}

Result<IncidentRuntime *> Fleet::silencing(const QString &feed, Capability capability) const
{
    const FleetVersionPtr version = m_store->current();
    const auto found = std::find_if(m_incidents.begin(), m_incidents.end(),
                                    [&feed](const auto &each) { return each->name() == feed; });
    if (found == m_incidents.end())
        return fail(ErrorKind::NotFound,
                    Words::tr("there is no source of incidents %1").arg(feed));
    const auto refuse = [&](const QString &code, const QString &message) {
        return fail(Error::refused({{code, feed, message, QString()}}));
    };
    if (m_options.readOnly)
        return refuse(u"read-only"_s, Words::tr("%1 is read only").arg(feed));
    const bool can = std::any_of(version->feeds.begin(), version->feeds.end(),
                                 [&](const FeedState &each) {
                                     return each.name == feed
                                         && each.capabilities.testFlag(capability);
                                 });
    if (!can)
        return refuse(u"unsupported"_s, Words::tr("%1 takes no silences").arg(feed));
    return found->get();
}

FutureResult<Silence> Fleet::audited(const FutureResult<Silence> &silence, const QString &action,
                                     const QString &target, const QString &by)
{
    const auto answer = std::make_shared<Answer<Silence>>();
    whenDone(silence, this, [this, answer, action, target, by](const Result<Silence> &made) {
        AuditEntry entry;
        entry.at = m_options.clock->now();
        entry.actor = by;
        entry.action = action;
        entry.target = target;
        entry.reason = made ? made->comment : QString();
        entry.outcome = !made ? made.error().message
            : made->endsAt    ? Words::tr("until %1").arg(toRfc3339(*made->endsAt))
                              : QString();
        if (const auto written = m_journal->append(entry); !written)
            qWarning().noquote() << written.error().message;
        answer->give(made);
    });
    return answer->future();
}

FutureResult<Silence> Fleet::silence(const QString &incident, std::chrono::milliseconds time,
                                     const QString &by, const QString &comment)
{
    const FleetVersionPtr version = m_store->current();
    const IncidentPtr is = version->incidents ? version->incidents->find(incident) : nullptr;
    if (!is)
        return ready<Silence>(
            fail(ErrorKind::NotFound, Words::tr("there is no incident %1").arg(incident)));
    const auto wanted = silenceOf(*is, m_options.clock->now() + time, by, comment);
    if (!wanted)
        return ready<Silence>(fail(wanted.error()));
    const auto at = silencing(is->source, Capability::CreateSilences);
    if (!at)
        return ready<Silence>(fail(at.error()));
    return audited((*at)->silence(*wanted), u"silenced"_s, incident, by);
}

FutureResult<Silence> Fleet::extendSilence(const QString &feed, const QString &id,
                                           Timestamp until, const QString &by)
{
    const auto at = silencing(feed, Capability::EditSilences);
    if (!at)
        return ready<Silence>(fail(at.error()));
    return audited((*at)->extendSilence(id, until), u"silence-extended"_s, feed + u'/' + id, by);
}

FutureResult<Silence> Fleet::expireSilence(const QString &feed, const QString &id,
                                           const QString &by)
{
    const auto at = silencing(feed, Capability::ExpireSilences);
    if (!at)
        return ready<Silence>(fail(at.error()));
    return audited((*at)->expireSilence(id), u"silence-ended"_s, feed + u'/' + id, by);
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

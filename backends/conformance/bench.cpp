// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QUuid>

#include <algorithm>

namespace Stampdeck::Internal {

namespace {

// Between two polls while something is waited for.
constexpr auto pollPause = 40ms;
constexpr size_t manyJourneys = 40;

QString number(const std::optional<double> &value)
{
    return value ? QString::number(*value, 'g', 17) : u"-"_s;
}

QString number(const std::optional<int> &value)
{
    return value ? QString::number(*value) : u"-"_s;
}

QString inWords(const std::optional<ScalingRule> &rule)
{
    return rule ? u"%1 %2 %3"_s.arg(toString(rule->signal), QString::number(rule->target))
                      .arg(rule->cooldown.count())
                : u"-"_s;
}

const Component *componentOf(const Stamp &stamp, const QString &name)
{
    const auto found = std::find_if(stamp.components.cbegin(), stamp.components.cend(),
                                    [&](const Component &one) { return one.name == name; });
    return found == stamp.components.cend() ? nullptr : &*found;
}

} // namespace

bool isScratch(const Stamp &stamp)
{
    return stamp.labels.value(scratchLabel) == scratchValue;
}

// ---- What was told

void Cut::apply(const QString &endpoint, const FleetUpdate &update)
{
    Part &part = parts[endpoint];
    if (!update.instance.isEmpty())
        instance = update.instance;
    faults = update.faults;
    if (update.complete && !update.unchanged) {
        Part next;
        // What was told wrongly is not gone: its last good state stays.
        for (const ObjectFault &fault : update.faults) {
            if (fault.isTenant && part.tenants.contains(fault.id))
                next.tenants.insert(fault.id, part.tenants.value(fault.id));
            else if (!fault.isTenant && part.stamps.contains(fault.id))
                next.stamps.insert(fault.id, part.stamps.value(fault.id));
        }
        part = next;
    }
    for (const StampPtr &stamp : update.stamps)
        part.stamps.insert(stamp->name, stamp);
    for (const TenantPtr &tenant : update.tenants)
        part.tenants.insert(tenant->id, tenant);
    for (const QString &gone : update.goneStamps)
        part.stamps.remove(gone);
    for (const QString &gone : update.goneTenants)
        part.tenants.remove(gone);
}

StampPtr Cut::stamp(const QString &name) const
{
    for (const Part &part : parts) {
        if (const StampPtr found = part.stamps.value(name))
            return found;
    }
    return nullptr;
}

TenantPtr Cut::tenant(const QString &id) const
{
    for (const Part &part : parts) {
        if (const TenantPtr found = part.tenants.value(id))
            return found;
    }
    return nullptr;
}

std::vector<StampPtr> Cut::stamps() const
{
    std::vector<StampPtr> all;
    for (const Part &part : parts)
        all.insert(all.end(), part.stamps.cbegin(), part.stamps.cend());
    return all;
}

std::vector<TenantPtr> Cut::tenants() const
{
    std::vector<TenantPtr> all;
    for (const Part &part : parts)
        all.insert(all.end(), part.tenants.cbegin(), part.tenants.cend());
    return all;
}

QStringList Cut::ids() const
{
    QStringList ids;
    for (const Part &part : parts) {
        for (const QString &name : part.stamps.keys())
            ids.append(u"stamp "_s + name);
        for (const QString &id : part.tenants.keys())
            ids.append(u"tenant "_s + id);
    }
    ids.sort();
    return ids;
}

QString writable(const Stamp &stamp)
{
    QStringList words = {toString(stamp.lifecycle), stamp.version};
    for (const ResourceKind kind : allResources)
        words += number(stamp.resources[kind].limit);
    for (const Component &one : stamp.components) {
        words += u"%1 %2 %3..%4 %5"_s.arg(one.name)
                     .arg(one.desired)
                     .arg(number(one.min), number(one.max), inWords(one.rule));
    }
    for (auto label = stamp.labels.cbegin(); label != stamp.labels.cend(); ++label)
        words += label.key() + u'=' + label.value();
    return words.join(u'\n');
}

QString writable(const Tenant &tenant)
{
    const Constraints &rules = tenant.constraints;
    QStringList words = {tenant.stamp,
                         toString(tenant.tier),
                         rules.regions.join(u','),
                         rules.antiAffinity,
                         QString::number(int(rules.pinned)),
                         QString::number(int(rules.exclusive))};
    for (const ResourceKind kind : allResources)
        words += number(tenant.demand.of(kind));
    for (const Placement &placement : tenant.placements)
        words += placement.stamp + u' ' + toString(placement.state);
    return words.join(u'\n');
}

// ---- Verdicts

Bench::Bench(const ConformanceSubject &subject, const ConformanceOptions &options, Clock &clock)
    : m_subject(subject)
    , m_options(options)
    , m_clock(clock)
{ }

Bench::~Bench() = default;

void Bench::fail(const QString &seen, const QString &expected) const
{
    throw Verdict{ConformanceVerdict::Failed, seen, expected};
}

void Bench::notApplicable(const QString &why) const
{
    throw Verdict{ConformanceVerdict::NotApplicable, why, {}};
}

QString Bench::inWords(const Error &error)
{
    return toString(error.kind) + u" (“"_s + error.message + u"”)"_s;
}

QString Bench::kitDetail()
{
    return u"conformance kit"_s;
}

std::chrono::milliseconds Bench::slack() const
{
    return limit() + 2s;
}

// ---- Adapters

AdapterPtr Bench::make(const SourceSettings &settings)
{
    return take(m_subject.create(settings, m_clock), u"the adapter is made"_s);
}

AdapterPtr Bench::make()
{
    return make(m_subject.settings);
}

FaultProxy &Bench::proxy()
{
    if (!m_subject.network)
        notApplicable(u"this adapter has no network"_s);
    if (!m_proxy) {
        const QUrl url(m_subject.settings.keys.value(m_subject.location).toString());
        if (!url.isValid() || url.host().isEmpty()
            || (url.scheme() != "http"_L1 && url.scheme() != "https"_L1))
            notApplicable(u"its address is not of the form http://HOST: no proxy stands there"_s);
        m_proxy = std::make_unique<FaultProxy>(url);
        if (!m_proxy->isUp()) {
            m_proxy.reset();
            notApplicable(u"the kit's proxy could not listen on 127.0.0.1"_s);
        }
    }
    m_proxy->set({});
    return *m_proxy;
}

FaultProxy &Bench::plainProxy()
{
    FaultProxy &is = proxy();
    if (is.url().scheme() != "http"_L1)
        notApplicable(
            u"over TLS the kit's proxy can't change an answer: name an http:// address"_s);
    return is;
}

SourceSettings Bench::proxied(const QUrl &address)
{
    SourceSettings settings = m_subject.settings;
    const QUrl own(settings.keys.value(m_subject.location).toString());
    settings.keys[m_subject.location] = (address.isEmpty() ? m_proxy->url() : address).toString();
    if (own.scheme() == "https"_L1 && !settings.keys.contains(u"serverName"_s))
        settings.keys[u"serverName"_s] = own.host();
    settings.keys.remove(u"proxy"_s);
    settings.timeout = limit();
    return settings;
}

FleetAdapter &Bench::writer()
{
    if (!m_writer) {
        m_writer = make();
        // Before its first answer it may not know what it can.
        Cut cut;
        pollInto(*m_writer, cut);
        if (!m_subject.network)
            m_seen = cut;
    }
    return *m_writer;
}

FleetAdapter &Bench::watcher()
{
    if (!m_subject.network)
        return writer();
    if (!m_watcher)
        m_watcher = make();
    return *m_watcher;
}

// ---- Time

bool Bench::until(std::chrono::milliseconds limit, const std::function<bool()> &holds)
{
    const QDeadlineTimer deadline(limit);
    QEventLoop loop;
    QTimer tick;
    QObject::connect(&tick, &QTimer::timeout, &loop, [] {});
    tick.start(5);
    while (!holds()) {
        if (deadline.hasExpired())
            return false;
        if (!m_restoring && m_options.isInterrupted && m_options.isInterrupted())
            throw Interrupted();
        loop.processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
    }
    return true;
}

// ---- Reading

void Bench::pollInto(FleetAdapter &adapter, Cut &cut)
{
    for (const QString &endpoint : adapter.endpoints()) {
        const FleetUpdate update = take(await(adapter.poll(endpoint)), u"a poll"_s);
        cut.apply(endpoint, update);
    }
}

Cut Bench::read(FleetAdapter &adapter)
{
    Cut cut;
    pollInto(adapter, cut);
    return cut;
}

bool Bench::pollUntil(FleetAdapter &adapter, Cut &cut, std::chrono::milliseconds limit,
                      const std::function<bool(const Cut &)> &holds)
{
    const QDeadlineTimer deadline(limit);
    for (;;) {
        pollInto(adapter, cut);
        if (holds(cut))
            return true;
        if (deadline.hasExpired())
            return false;
        pause(pollPause);
    }
}

// ---- Writing

bool Bench::can(Capability capability)
{
    return writer().capabilities().testFlag(capability);
}

void Bench::need(Capability capability)
{
    if (!can(capability))
        notApplicable(u"it has not the capability “%1”"_s.arg(toStrings(capability).join(u' ')));
}

WriteContext Bench::context(const QString &expectedRevision, const QString &operation) const
{
    WriteContext context;
    context.idempotencyKey = QUuid::createUuid().toString(QUuid::WithoutBraces);
    context.expectedRevision = expectedRevision;
    context.operation = operation.isEmpty()
        ? QString(u"conformance-"_s + QUuid::createUuid().toString(QUuid::WithoutBraces))
        : operation;
    context.actor = u"conformance"_s;
    context.reason = u"conformance kit"_s;
    return context;
}

Result<WriteOutcome> Bench::perform(const Primitive &primitive, const WriteContext &context,
                                    Follow follow)
{
    const QDeadlineTimer deadline(m_options.patience);
    const auto isBusy = [](const Result<WriteOutcome> &outcome) {
        if (outcome || outcome.error().kind != ErrorKind::Refused)
            return !outcome && outcome.error().kind == ErrorKind::NotNow;
        return std::any_of(outcome.error().refusals.begin(), outcome.error().refusals.end(),
                           [](const Refusal &refusal) {
                               return refusal.code == "busy"_L1 || refusal.code == "stale"_L1;
                           });
    };
    auto outcome = await(writer().perform(primitive, context));
    while (isBusy(outcome) && !deadline.hasExpired()) {
        pause(pollPause);
        outcome = await(writer().perform(primitive, context));
    }
    if (!outcome || outcome->done || follow == Follow::No)
        return outcome;
    const QDeadlineTimer enough(std::min<std::chrono::milliseconds>(m_options.patience / 4, 5s));
    while (!enough.hasExpired()) {
        pause(pollPause);
        const auto now = await(writer().observe(primitive, context, outcome->handle));
        if (!now)
            return now;
        if (now->done)
            break;
    }
    return outcome;
}

void Bench::write(const Primitive &primitive, const QString &doing)
{
    // An autoscaler may write at the same moment: whoever loses to it reads again.
    constexpr int tries = 5;
    for (int i = 1;; ++i) {
        auto outcome = perform(primitive, context());
        const bool isLost = !outcome
            && (outcome.error().kind == ErrorKind::Conflict
                || outcome.error().kind == ErrorKind::Refused);
        if (!isLost || i == tries) {
            take(std::move(outcome), doing);
            return;
        }
        pause(pollPause);
    }
}

const Cut &Bench::look()
{
    pollInto(watcher(), m_seen);
    return m_seen;
}

StampPtr Bench::scratchStamp()
{
    const StampPtr is = look().stamp(scratch());
    if (!is)
        fail(u"%1 is not told any more"_s.arg(scratch()), u"the scratch stamp"_s);
    return is;
}

void Bench::awaitSeen(const std::function<bool(const Stamp &)> &holds, const QString &expected)
{
    const bool seen = pollUntil(watcher(), m_seen, m_options.patience, [&](const Cut &cut) {
        const StampPtr is = cut.stamp(scratch());
        return is && holds(*is);
    });
    expect(seen, u"no poll within %1 shows it"_s.arg(toString(m_options.patience)), expected);
}

void Bench::awaitTenant(const QString &id, const std::function<bool(const TenantPtr &)> &holds,
                        const QString &expected)
{
    const bool seen = pollUntil(watcher(), m_seen, m_options.patience,
                                [&](const Cut &cut) { return holds(cut.tenant(id)); });
    expect(seen, u"no poll within %1 shows it"_s.arg(toString(m_options.patience)), expected);
}

Nudge Bench::nudge()
{
    if (can(Capability::Cordon)) {
        return {CordonStamp{scratch()}, UncordonStamp{scratch()},
                [](const Stamp &is) { return is.lifecycle != Lifecycle::Active; }};
    }
    if (can(Capability::ScaleComponents)) {
        for (const Component &one : scratchStamp()->components) {
            if (one.rule || (one.min && one.max && *one.min == *one.max))
                continue;
            const int to = one.max && one.desired >= *one.max ? one.desired - 1 : one.desired + 1;
            ScaleSetting was, is;
            was.components[one.name] = one.desired;
            is.components[one.name] = to;
            return {ScaleStamp{scratch(), was, is}, ScaleStamp{scratch(), is, was},
                    [name = one.name, to](const Stamp &stamp) {
                        const Component *component = componentOf(stamp, name);
                        return component && component->desired == to;
                    }};
        }
    }
    notApplicable(u"it neither cordons nor scales: there is nothing small to write"_s);
}

std::vector<Journey> Bench::journeys()
{
    if (!can(Capability::Move) && !can(Capability::Primitives))
        notApplicable(u"it moves no tenants"_s);
    const Cut &cut = look();
    QStringList targets;
    for (const StampPtr &stamp : cut.stamps()) {
        if (stamp->name != scratch() && isScratch(*stamp) && stamp->lifecycle == Lifecycle::Active)
            targets += stamp->name;
    }
    if (targets.isEmpty())
        notApplicable(
            u"a move needs a second stamp with the label %1=%2"_s.arg(scratchLabel, scratchValue));
    std::vector<TenantPtr> there;
    for (const TenantPtr &tenant : cut.tenants()) {
        if (tenant->stamp == scratch() && tenant->placements.size() == 1
            && !tenant->constraints.pinned && tenant->operation.isEmpty())
            there.push_back(tenant);
    }
    if (there.empty())
        notApplicable(u"there is no tenant on the scratch stamp that may be moved"_s);
    std::stable_partition(there.begin(), there.end(), [](const TenantPtr &tenant) {
        return !tenant->constraints.exclusive && tenant->constraints.antiAffinity.isEmpty();
    });
    std::vector<Journey> journeys;
    for (const TenantPtr &tenant : there) {
        for (const QString &target : std::as_const(targets)) {
            if (journeys.size() < manyJourneys)
                journeys.push_back({tenant->id, scratch(), target});
        }
    }
    return journeys;
}

Bench::Begun Bench::beginJourney(By by)
{
    QString last;
    for (const Journey &journey : journeys()) {
        Begun begun{journey, context(), {}, {}};
        if (by == By::Any && can(Capability::Primitives))
            begun.primitive = PlaceTenant{journey.tenant, journey.from, journey.to};
        else
            begun.primitive = MoveTenant{journey.tenant, journey.from, journey.to};
        const auto outcome = perform(begun.primitive, begun.context, Follow::No);
        if (outcome) {
            begun.outcome = *outcome;
            return begun;
        }
        if (outcome.error().kind != ErrorKind::Refused)
            take(outcome, u"%1 goes from %2 to %3"_s.arg(journey.tenant, journey.from, journey.to));
        last = inWords(outcome.error());
    }
    notApplicable(u"every move between the scratch stamps is refused: "_s + last);
}

void Bench::follow(const Primitive &primitive, const WriteContext &context, WriteOutcome outcome,
                   const QString &doing)
{
    const QString handle = outcome.handle;
    const QDeadlineTimer deadline(m_options.patience);
    while (!outcome.done) {
        expect(!deadline.hasExpired(),
               u"%1: it is not through after %2: "_s.arg(doing, toString(m_options.patience))
                   + outcome.message,
               u"its end"_s);
        pause(pollPause);
        outcome = take(await(writer().observe(primitive, context, handle)), doing);
    }
}

// ---- Marks

QString Bench::operationName()
{
    return u"conformance-"_s + QUuid::createUuid().toString(QUuid::WithoutBraces);
}

Result<Timestamp> Bench::mark(const MarkRequest &request)
{
    if (const auto both = std::pair(request.operation, request.run); !m_marked.contains(both))
        m_marked.append(both);
    WriteContext with = context({}, request.operation);
    with.run = request.run;
    return await(writer().mark(request, with));
}

Result<Timestamp> Bench::clearMarks(const QString &operation, const QString &run)
{
    MarkRequest nothing;
    nothing.operation = operation;
    nothing.run = run;
    WriteContext with = context({}, operation);
    with.run = run;
    return await(writer().mark(nothing, with));
}

void Bench::clearOwnMarks()
{
    // A run that marked nothing, or lost its marks, is refused: what counts is what stands.
    for (const auto &[operation, run] : std::as_const(m_marked))
        (void)clearMarks(operation, run);
}

// ---- Templates

QList<Template> Bench::templates()
{
    // A server that has just begun may not have read them yet.
    const QDeadlineTimer deadline(std::min<std::chrono::milliseconds>(m_options.patience, 3s));
    for (;;) {
        const auto all = take(await(writer().templates()), u"the templates"_s);
        if (!all.isEmpty() || deadline.hasExpired())
            return all;
        pause(pollPause);
    }
}

Blueprint Bench::blueprint()
{
    need(Capability::Create);
    // Nothing is deleted but what takes nobody any more.
    if (!can(Capability::Cordon))
        notApplicable(u"what is made could not be cordoned, and so not be deleted"_s);
    Blueprint is;
    is.region = scratchStamp()->region;
    if (is.region.isEmpty())
        notApplicable(u"the region of the scratch stamp is not told"_s);
    const auto sourceOf = [](const QString &name) {
        return name.contains(u'~') ? name.section(u'~', 0, 0) : QString();
    };
    for (const Template &from : templates()) {
        if (sourceOf(from.name) != sourceOf(scratch()))
            continue;
        is.from = from;
        is.parameters = {};
        for (const TemplateParameter &one : from.parameters) {
            if (!one.isRequired())
                continue;
            const double number = one.min.value_or(one.max.value_or(1));
            is.parameters[one.name] = !one.choices.isEmpty() ? one.choices.constFirst()
                : one.type == ParameterType::String          ? QJsonValue(u"conformance"_s)
                : one.type == ParameterType::Boolean         ? QJsonValue(false)
                                                             : QJsonValue(number);
        }
        if (checkParameters(from, is.parameters))
            return is;
    }
    notApplicable(u"there is no template that the kit can fill in"_s);
}

CreateStamp Blueprint::stamp() const
{
    const QString of
        = from.name.contains(u'~') ? QString(from.name.section(u'~', 0, 0) + u'~') : QString();
    const QString name = u"conformance-"_s + QUuid::createUuid().toString(QUuid::Id128).left(12);
    return {of + name, from.name, region, parameters};
}

Result<WriteOutcome> Bench::create(const CreateStamp &stamp)
{
    if (!m_created.contains(stamp.stamp))
        m_created.insert(stamp.stamp, false);
    auto outcome = perform(stamp, context(), Follow::No);
    if (outcome)
        m_created[stamp.stamp] = true;
    return outcome;
}

CreateStamp Bench::made()
{
    if (m_made)
        return *m_made;
    const CreateStamp stamp = blueprint().stamp();
    const QString doing = u"a new stamp"_s;
    m_created.insert(stamp.stamp, false);
    const WriteContext with = context();
    const WriteOutcome begun = take(perform(stamp, with, Follow::No), doing);
    m_created[stamp.stamp] = true;
    follow(stamp, with, begun, doing);
    awaitStamp(
        stamp.stamp, [](const StampPtr &is) { return is && is->lifecycle == Lifecycle::Active; },
        u"an active stamp "_s + stamp.stamp);
    m_made = stamp;
    return stamp;
}

void Bench::forgetMade()
{
    if (m_made)
        m_created.remove(m_made->stamp);
    m_made.reset();
}

void Bench::awaitStamp(const QString &name, const std::function<bool(const StampPtr &)> &holds,
                       const QString &expected)
{
    const bool seen = pollUntil(watcher(), m_seen, m_options.patience,
                                [&](const Cut &cut) { return holds(cut.stamp(name)); });
    const StampPtr is = m_seen.stamp(name);
    expect(seen,
           u"within %1 every poll shows %2 %3"_s.arg(
               toString(m_options.patience), is ? toString(is->lifecycle) : u"no"_s, name),
           expected);
}

void Bench::removeMade(const QString &name)
{
    const auto limit = m_options.patience / 4;
    // What was taken may not show yet.
    const bool isThere = pollUntil(watcher(), m_seen,
                                   m_created.value(name) ? limit : std::chrono::milliseconds(0),
                                   [&](const Cut &cut) { return cut.stamp(name) != nullptr; });
    if (!isThere)
        return;
    if (m_seen.stamp(name)->lifecycle == Lifecycle::Provisioning) {
        pollUntil(watcher(), m_seen, m_options.patience, [&](const Cut &cut) {
            const StampPtr is = cut.stamp(name);
            return !is || is->lifecycle != Lifecycle::Provisioning;
        });
    }
    const auto isOpen = [&](const Cut &cut) {
        const StampPtr is = cut.stamp(name);
        return is && is->lifecycle == Lifecycle::Active;
    };
    if (isOpen(m_seen)) {
        (void)perform(CordonStamp{name}, context());
        pollUntil(watcher(), m_seen, limit, [&](const Cut &cut) { return !isOpen(cut); });
    }
    if (!perform(DeleteStamp{name}, context(), Follow::No))
        return;
    pollUntil(watcher(), m_seen, m_options.patience,
              [&](const Cut &cut) { return !cut.stamp(name); });
}

// ---- Putting back

Result<void> Bench::remember()
{
    AdapterPtr own = make();
    const Cut cut = read(*own);
    const StampPtr stamp = cut.stamp(scratch());
    if (!stamp) {
        return Stampdeck::fail(ErrorKind::NotFound,
                               u"there is no stamp “%1” to write to"_s.arg(scratch()));
    }
    if (!isScratch(*stamp)) {
        return Stampdeck::fail(
            Error::refused({{u"denied"_s, scratch(),
                             u"%1 is not labelled %2=%3, so nothing is written to it"_s.arg(
                                 scratch(), scratchLabel, scratchValue),
                             u"label a stamp so that nobody needs"_s}}));
    }
    if (stamp->lifecycle != Lifecycle::Active) {
        return Stampdeck::fail(
            Error::refused({{u"cordoned"_s, scratch(),
                             u"%1 is %2, and the kit begins with an active stamp"_s.arg(
                                 scratch(), toString(stamp->lifecycle)),
                             u"uncordon it first"_s}}));
    }
    m_found = stamp;
    for (const TenantPtr &tenant : cut.tenants()) {
        if (tenant->stamp == scratch())
            m_foundTenants.push_back(tenant);
    }
    return {};
}

QStringList Bench::differences(const Cut &now) const
{
    const StampPtr is = now.stamp(scratch());
    if (!is)
        return {u"%1 is gone"_s.arg(scratch())};
    QStringList all;
    const auto compare = [&](const QString &what, const QString &was, const QString &has) {
        if (was != has)
            all += u"%1 of %2 was %3 and is %4"_s.arg(what, scratch(), was, has);
    };
    compare(u"lifecycle"_s, toString(m_found->lifecycle), toString(is->lifecycle));
    for (const ResourceKind kind : {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage})
        compare(u"the limit of "_s + toString(kind), number(m_found->resources[kind].limit),
                number(is->resources[kind].limit));
    for (const Component &was : m_found->components) {
        const Component *has = componentOf(*is, was.name);
        compare(u"the rule of "_s + was.name, Internal::inWords(was.rule),
                has ? Internal::inWords(has->rule) : u"gone"_s);
        if (has && !was.rule) // A rule changes the count by itself.
            compare(u"the count of "_s + was.name, QString::number(was.desired),
                    QString::number(has->desired));
    }
    for (const TenantPtr &was : m_foundTenants) {
        const TenantPtr has = now.tenant(was->id);
        if (!has)
            all += u"tenant %1 is gone"_s.arg(was->id);
        else if (has->stamp != was->stamp)
            all += u"tenant %1 was on %2 and is on %3"_s.arg(was->id, was->stamp, has->stamp);
        else if (has->placements.size() != was->placements.size())
            all += u"tenant %1 is still in flight"_s.arg(was->id);
    }
    for (auto made = m_created.cbegin(); made != m_created.cend(); ++made) {
        const bool stays = m_made && m_made->stamp == made.key();
        if (now.stamp(made.key()) && !stays)
            all += u"the stamp %1 was made and is there still"_s.arg(made.key());
    }
    const auto look = [&](const OptionalMark &mark, const QString &name) {
        const bool isOwn = mark
            && std::any_of(m_marked.cbegin(), m_marked.cend(),
                           [&](const auto &both) { return both.first == mark->operation; });
        if (isOwn)
            all += u"%1 bears the mark of %2 still"_s.arg(name, mark->operation);
    };
    if (!m_marked.isEmpty()) {
        for (const StampPtr &stamp : now.stamps())
            look(stamp->mark, stamp->name);
        for (const TenantPtr &tenant : now.tenants())
            look(tenant->mark, u"tenant "_s + tenant->id);
    }
    return all;
}

void Bench::putBack(const Cut &now)
{
    const StampPtr is = now.stamp(scratch());
    if (!is)
        return;
    ScaleSetting to;
    const auto limit = [&](ResourceKind kind, std::optional<double> &target) {
        const auto &was = m_found->resources[kind].limit;
        if (was != is->resources[kind].limit)
            target = was;
    };
    limit(ResourceKind::Cpu, to.cpu);
    limit(ResourceKind::Memory, to.memory);
    limit(ResourceKind::Storage, to.storage);
    for (const Component &was : m_found->components) {
        const Component *has = componentOf(*is, was.name);
        if (!has)
            continue;
        if (Internal::inWords(was.rule) != Internal::inWords(has->rule)) {
            std::optional<RuleSetting> rule;
            if (was.rule) {
                rule =
                    RuleSetting{was.rule->signal, was.rule->target, was.min.value_or(was.desired),
                                was.max.value_or(was.desired), was.rule->cooldown};
            }
            to.rules.emplace_back(was.name, rule);
        }
        if (!was.rule && was.desired != has->desired)
            to.components[was.name] = was.desired;
    }
    // What does not succeed shows in the differences that are left.
    if (!to.isEmpty())
        (void)perform(ScaleStamp{scratch(), {}, to}, context());
    if (is->lifecycle != m_found->lifecycle)
        (void)perform(UncordonStamp{scratch()}, context());
    for (const TenantPtr &was : m_foundTenants) {
        const TenantPtr has = now.tenant(was->id);
        if (has && (has->stamp != was->stamp || has->placements.size() != was->placements.size()))
            putBack(*was, *has);
    }
}

void Bench::putBack(const Tenant &was, const Tenant &now)
{
    const WriteContext first = context({}, now.operation);
    const auto step = [&](const Primitive &primitive) {
        return perform(primitive, context({}, first.operation), Follow::No);
    };
    if (!can(Capability::Primitives)) {
        if (now.stamp != was.stamp && now.placements.size() == 1)
            (void)step(MoveTenant{was.id, now.stamp, was.stamp});
        return; // Else it is on its way.
    }
    if (now.stamp != was.stamp) {
        if (!now.placementOn(was.stamp) && !step(PlaceTenant{was.id, now.stamp, was.stamp}))
            return;
        const QDeadlineTimer deadline(m_options.patience);
        for (;;) {
            const auto probed = step(ProbeTenant{was.id, was.stamp});
            if (!probed || deadline.hasExpired())
                return;
            if (probed->done)
                break;
            pause(pollPause);
        }
        if (!step(ShiftTenant{was.id, now.stamp, was.stamp}))
            return;
        (void)step(RetireTenant{was.id, now.stamp});
        return;
    }
    for (const Placement &placement : now.placements) {
        if (placement.stamp != was.stamp)
            (void)step(RetireTenant{was.id, placement.stamp});
    }
}

bool Bench::restore(Made made)
{
    m_left.clear();
    if (!m_found || !m_writer)
        return true;
    m_restoring = true;
    if (made == Made::Goes)
        m_made.reset();
    try {
        for (int i = 0; i < 3; ++i) {
            // Before anything else: they would keep the kit itself out.
            clearOwnMarks();
            for (auto one = m_created.cbegin(); one != m_created.cend(); ++one) {
                if (!m_made || m_made->stamp != one.key())
                    removeMade(one.key());
            }
            m_left = differences(look());
            if (m_left.isEmpty())
                break;
            putBack(m_seen);
            pollUntil(watcher(), m_seen, i < 2 ? m_options.patience / 4 : m_options.patience / 2,
                      [this](const Cut &cut) { return differences(cut).isEmpty(); });
            m_left = differences(m_seen);
        }
    } catch (const Verdict &verdict) {
        m_left = {u"the scratch stamp could not be looked at: "_s + verdict.seen};
    }
    m_restoring = false;
    if (m_left.isEmpty()) {
        m_marked.clear();
        m_created.removeIf([&](const auto &one) { return !m_made || m_made->stamp != one.key(); });
    }
    return m_left.isEmpty();
}

} // namespace Stampdeck::Internal

// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"
#include "plantext.h"

#include "models/journal.h"
#include "models/marks.h"

#include <QtCore/QUuid>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

OperationVerb verbOf(const Invocation &invocation)
{
    return *fromString<OperationVerb>(QStringView(invocation.command));
}

bool isOpen(OperationState state)
{
    return !isFinal(state) && state != OperationState::Paused;
}

/// The operation that is meant where none is named: the only one that the verb could be for.
Result<QString> onlyOne(const QMap<QString, OperationPtr> &operations, OperationVerb verb)
{
    QStringList candidates;
    for (const OperationPtr &operation : operations) {
        const bool fits = verb == OperationVerb::Pause
                ? operation->state == OperationState::Running
                        || operation->state == OperationState::Pending
                : operation->state == OperationState::Paused;
        if (fits)
            candidates += operation->id;
    }
    if (candidates.size() == 1)
        return candidates.first();
    if (candidates.isEmpty()) {
        return fail(ErrorKind::NotFound, verb == OperationVerb::Pause
                                                 ? u"no operation is running"_s
                                                 : u"no operation is waiting to be resumed"_s);
    }
    return fail(ErrorKind::Invalid,
                u"say which operation: %1"_s.arg(candidates.join(u", "_s)));
}

/// Waits until \a good of the operation in the newest version, or the user interrupts.
template<typename Good>
Result<OperationPtr> awaitState(Session &session, const QString &id, Good good)
{
    const auto now = [&] { return session.version()->operations.value(id); };
    OperationPtr operation = now();
    if (operation && good(*operation))
        return operation;
    QEventLoop loop;
    QObject::connect(&session.fleet().store(), &FleetStore::published, &loop,
                     [&](const FleetVersionPtr &version) {
                         operation = version->operations.value(id);
                         if (operation && good(*operation))
                             loop.quit();
                     });
    QObject::connect(&session.interrupt(), &Interrupt::interrupted, &loop, &QEventLoop::quit);
    operation = now();
    if (!operation || !good(*operation))
        loop.exec();
    operation = now();
    if (!operation || !good(*operation))
        return fail(Error::cancelled());
    return operation;
}

/// A plan made of what is left of an operation, for the question.
Plan planOf(const FleetVersion &version, const JournalOperation &operation, OperationVerb verb)
{
    Plan plan;
    plan.request = operation.request;
    plan.target = operation.target;
    plan.hasInverse = true;
    for (const JournalStep &step : operation.steps) {
        const int source = version.sourceIndex(step.source);
        if (!plan.sources.contains(step.source))
            plan.sources += step.source;
        if (source >= 0)
            plan.production |= version.sources[source].production;
        if (verb == OperationVerb::Rollback) {
            if (step.isInverse || step.state == StepState::Pending)
                continue;
            for (const Primitive &primitive : inverseOf(step.primitive)) {
                plan.steps.insert(plan.steps.begin(),
                                  {u"take back: %1"_s.arg(step.title), step.lane, step.source,
                                   primitive, {}});
            }
        } else if (step.state == StepState::Pending || step.state == StepState::Running) {
            plan.steps.push_back({step.title, step.lane, step.source, step.primitive, {}});
        }
    }
    const QString stamp = operation.request.kind == ActionKind::Move ? operation.request.to
                                                                     : operation.request.stamp;
    plan.confirmName = operation.request.kind == ActionKind::Evacuate ? operation.request.region
            : stamp.contains(u'/')                                    ? stamp.section(u'/', 1)
                                                                      : stamp;
    for (const QString &tenant : operation.request.tenants) {
        if (const auto slot = version.findTenant(tenant)) {
            ++plan.blast.tenants;
            ++plan.blast.byTier[size_t(version.tenants[*slot].tenant->tier)];
        }
    }
    if (const auto slot = version.findStamp(stamp)) {
        plan.loads.append({*slot, version.stampId(*slot), version.stamps[*slot]->resources,
                           version.stamps[*slot]->resources, false});
        plan.blast.stamps = 1;
    }
    return plan;
}

/// The same of one that a backend runs, whose steps only it knows.
Plan planOfTheirs(const FleetVersion &version, const QString &id, OperationVerb verb)
{
    Plan plan;
    const OperationPtr operation = version.operations.value(id);
    const QString source = version.operationSource.value(id);
    const int index = version.sourceIndex(source);
    if (index < 0 || !operation)
        return plan;
    plan.sources = {source};
    plan.production = version.sources[index].production;
    plan.target = u"%1 of %2 %3"_s.arg(toString(verb), operation->kind, operation->target);
    // "eu-1" of "acme to eu-1", and of "eu-1: api 3 to 5".
    plan.confirmName = operation->target.section(u": "_s, 0, 0);
    if (const qsizetype at = plan.confirmName.lastIndexOf(u" to "); at >= 0)
        plan.confirmName = plan.confirmName.mid(at + 4);
    return plan;
}

/// States in which an operation waits for nobody but a person.
bool isAtRest(OperationState state)
{
    return isFinal(state) || state == OperationState::Paused;
}

QList<OperationState> wantedOf(OperationVerb verb)
{
    switch (verb) {
    case OperationVerb::Pause:
        return {OperationState::Paused};
    case OperationVerb::Resume:
    case OperationVerb::Undo:
        return {OperationState::Succeeded};
    case OperationVerb::Cancel:
        return {OperationState::Cancelled};
    case OperationVerb::Rollback:
        break;
    }
    return {OperationState::RolledBack};
}

/// What became of a backend's own operation that took \a verb and answered \a first.
ExitStatus followBackend(Session &session, const OperationPtr &first, OperationVerb verb)
{
    OperationPtr end = first;
    if (session.invocation().wait && !isAtRest(first->state)) {
        // What was known of it before is no answer to what was just asked.
        const auto ended = awaitState(session, first->id, [&first](const Operation &operation) {
            const bool isOlder = first->updatedAt && operation.updatedAt
                    && *operation.updatedAt < *first->updatedAt;
            return !isOlder && isAtRest(operation.state);
        });
        if (!ended)
            return session.give(ended.error());
        end = *ended;
    }
    printOperation(session.invocation(), *end);
    if (!session.invocation().wait)
        return ExitStatus::Done;
    if (!end->error.isEmpty())
        complain(end->error);
    return wantedOf(verb).contains(end->state) && !isInPart(*end) ? ExitStatus::Done
                                                                  : ExitStatus::Failed;
}

ExitStatus controlUnseen(Session &session, const QString &id, OperationVerb verb)
{
    const FleetVersionPtr version = session.version();
    QStringList names; // of those that would be asked, one after the other
    for (const SourceState &source : version->sources) {
        if (!source.answered || source.readOnly
            || !source.capabilities.testFlag(Capability::Operations))
            continue;
        if (session.invocation().dryRun) {
            names.append(source.name);
            continue;
        }
        WriteContext context;
        context.idempotencyKey = QUuid::createUuid().toString(QUuid::WithoutBraces);
        context.actor = session.asker().name;
        context.reason = session.asker().reason;
        const auto answer = session.await(session.fleet().control(source.name, id, verb, context),
                                          Session::Patience::Stubborn);
        if (answer)
            return followBackend(session, *answer, verb);
        if (answer.error().kind != ErrorKind::NotFound)
            return session.give(answer.error());
    }
    if (!names.isEmpty()) {
        print(u"would ask %1 to %2 operation %3\n"_s.arg(names.join(u", then "_s), toString(verb), id));
        return ExitStatus::Done;
    }
    return session.give(session.explained(
            Error::of(ErrorKind::NotFound, u"there is no operation %1"_s.arg(id)), {}));
}

QString questionOf(OperationVerb verb, const Plan &plan)
{
    return u"%1: %2\n"_s.arg(toString(verb), titleOf(plan));
}

ExitStatus dryRun(const Invocation &invocation, OperationVerb verb, const Plan &plan)
{
    Q_UNUSED(invocation)
    print(QString(questionOf(verb, plan) + planText(plan, outputWidth())));
    return plan.isRefused() ? ExitStatus::Refused : ExitStatus::Done;
}

ExitStatus pauseAll(Session &session)
{
    // The other processes on this journal have been asked by controlForeign(), and the backends'
    // operations are asked here.
    const FleetVersionPtr version = session.version();
    if (session.invocation().dryRun) {
        for (const OperationPtr &operation : version->operations) {
            const bool runs = operation->state == OperationState::Running
                    || operation->state == OperationState::Pending;
            // Of those that others hold controlForeign() has told.
            if (runs && session.fleet().journal().holder(operation->id).isEmpty())
                print(u"would pause %1: %2 %3\n"_s.arg(operation->id, operation->kind,
                                                      operation->target));
        }
        return ExitStatus::Done;
    }
    const auto report = session.await(session.fleet().runner().pauseAll(session.asker()),
                                      Session::Patience::Stubborn);
    if (!report)
        return session.give(report.error());
    for (const QString &id : report->paused + report->asked) {
        if (const OperationPtr operation = session.version()->operations.value(id))
            printOperation(session.invocation(), *operation);
        else
            print(QString(id + u'\n'));
    }
    ExitStatus status = ExitStatus::Done;
    for (const auto &[id, error] : report->failed) {
        complain(u"%1 could not be paused"_s.arg(id.isEmpty() ? u"what others run"_s : id));
        status = session.give(error);
    }
    if (report->paused.isEmpty() && report->asked.isEmpty() && report->failed.empty()
        && session.invocation().output == OutputFormat::Table)
        complain(u"no other operation is running"_s);
    return status;
}

/// Leaves \a verb for the owner and waits until it obeyed, or is gone.
ExitStatus requestOf(Journal &journal, const JournalOperation &operation, OperationVerb verb,
                     const Invocation &invocation)
{
    const JournalRequest request{operation.id, verb, userName(), invocation.reason,
                                 Clock::system().now()};
    if (const auto posted = journal.post(request); !posted) {
        complain(posted.error());
        return statusOf(posted.error().kind);
    }
    if (!invocation.wait) {
        printOperation(invocation, operation.shown());
        return ExitStatus::Done;
    }
    Interrupt interrupt;
    QEventLoop loop;
    QObject::connect(&interrupt, &Interrupt::interrupted, &loop, &QEventLoop::quit);
    Result<JournalOperation> now = operation;
    bool gone = false;
    const std::function<void()> look = [&] {
        now = journal.operation(operation.id);
        gone = journal.holder(operation.id).isEmpty();
        if (!now || !isOpen(now->state) || gone)
            loop.quit();
        else
            Clock::system().callLater(std::chrono::milliseconds(100), &loop, look);
    };
    Clock::system().callLater(std::chrono::milliseconds(0), &loop, look);
    loop.exec();
    if (interrupt.count() > 0) {
        complain(u"interrupted: the request stays with its owner"_s);
        return ExitStatus::Interrupted;
    }
    if (!now) {
        complain(now.error());
        return statusOf(now.error().kind);
    }
    printOperation(invocation, now->shown());
    if (isOpen(now->state)) {
        complain(u"its process ended before it obeyed: resume %1 or rollback %1"_s.arg(operation.id));
        return ExitStatus::Failed;
    }
    const bool good = verb == OperationVerb::Pause ? now->state == OperationState::Paused
                                                   : now->state == OperationState::Cancelled;
    if (!good)
        complain(u"it had ended before it could be asked"_s);
    return good ? ExitStatus::Done : ExitStatus::Failed;
}

} // namespace

std::optional<ExitStatus> controlForeign(const Invocation &invocation)
{
    const OperationVerb verb = verbOf(invocation);
    const QString stateDir = invocation.common.stateDir.empty()
            ? defaultStateDir()
            : QString::fromStdString(invocation.common.stateDir);
    const auto journal = Journal::open(stateDir);
    if (!journal) {
        complain(journal.error());
        return ExitStatus::Usage;
    }
    const auto operations = (*journal)->operations(0);
    if (!operations) {
        complain(operations.error());
        return statusOf(operations.error().kind);
    }
    const bool isRequest = verb == OperationVerb::Pause || verb == OperationVerb::Cancel;
    QList<JournalOperation> held;
    for (const JournalOperation &operation : *operations) {
        const bool meant = invocation.operation.isEmpty() ? verb == OperationVerb::Pause
                                                          : operation.id == invocation.operation;
        if (meant && !(*journal)->holder(operation.id).isEmpty())
            held += operation;
    }
    if (held.isEmpty())
        return std::nullopt;
    if (!isRequest) {
        // Says who holds it and since when.
        const auto locked = (*journal)->lock(held.first().id);
        if (locked) // it was freed this moment
            return std::nullopt;
        complain(locked.error());
        return statusOf(locked.error().kind);
    }
    if (held.size() > 1 && !invocation.all) {
        QStringList ids;
        for (const JournalOperation &operation : std::as_const(held))
            ids += operation.id;
        complain(u"say which operation, or --all: %1"_s.arg(ids.join(u", "_s)));
        return ExitStatus::Usage;
    }
    if (invocation.common.readOnly) {
        complain(u"refused (read-only): --read-only was given"_s);
        return ExitStatus::Refused;
    }
    if (invocation.dryRun) {
        for (const JournalOperation &operation : std::as_const(held))
            print(u"would ask the owner of %1 (%2) to %3\n"_s.arg(
                    operation.id, (*journal)->holder(operation.id), toString(verb)));
        return ExitStatus::Done;
    }
    ExitStatus status = ExitStatus::Done;
    for (const JournalOperation &operation : std::as_const(held)) {
        const ExitStatus one = requestOf(**journal, operation, verb, invocation);
        if (one != ExitStatus::Done)
            status = one;
    }
    return status;
}

ExitStatus control(Session &session)
{
    const Invocation &invocation = session.invocation();
    const OperationVerb verb = verbOf(invocation);
    OperationRunner &runner = session.fleet().runner();
    if (session.fleet().options().readOnly) {
        return session.give(Error::refused(
                {{u"read-only"_s, {}, u"--read-only was given"_s, u"leave it out"_s}}));
    }
    if (invocation.all)
        return pauseAll(session);

    QString id = invocation.operation;
    if (id.isEmpty()) {
        const auto one = onlyOne(session.version()->operations, verb);
        if (!one)
            return session.give(one.error());
        id = *one;
    }
    const OperationPtr operation = session.version()->operations.value(id);
    auto journalled = session.fleet().journal().operation(id);
    if (!operation && !journalled) {
        // A backend that pushes tells of its operations as they change: one that did not since we
        // listen is asked for by its name.
        return controlUnseen(session, id, verb);
    }
    if (operation && operation->state == OperationState::Orphaned && !invocation.adopt) {
        return session.give(Error::refused(
                {{u"busy"_s, id, u"its runner is gone"_s, u"take it over with --adopt"_s}}));
    }

    // One that others began, and that nobody runs any more.
    const FleetVersionPtr version = session.version();
    const auto marked = version->marked.constFind(id);
    const bool adopts = invocation.adopt && marked != version->marked.cend()
            && (verb == OperationVerb::Resume || verb == OperationVerb::Rollback)
            && (journalled ? !journalled->hold.adoptedBy.isEmpty()
                           : !operation || operation->fromMarks);
    if (adopts) {
        if (marked->live) {
            return session.give(Error::of(ErrorKind::Conflict,
                                          u"operation %1 is run by %2"_s.arg(id, marked->mark.who)));
        }
        const auto orphan = adoptedOperation(*marked, *version);
        if (!orphan)
            return session.give(orphan.error());
        const Plan rest = planOf(*version, *orphan, verb);
        if (invocation.dryRun)
            return dryRun(invocation, verb, rest);
        if (const auto no = confirmed(session, rest))
            return *no;
    } else if (verb == OperationVerb::Undo && journalled) {
        const auto request = session.await(runner.undoRequest(id));
        if (!request)
            return session.give(request.error());
        const auto made = plan(session.version(), *request, session.fleet().clock());
        if (!made)
            return session.give(session.explained(made.error(), request->stamp));
        if (invocation.dryRun)
            return dryRun(invocation, verb, *made);
        if (made->isRefused())
            return session.give(Error::refused(made->refusals));
        if (const auto no = confirmed(session, *made))
            return *no;
        if (!mayStart(session, *made)) {
            complain(u"called off: nothing was done"_s);
            return ExitStatus::Interrupted;
        }
    } else if (journalled) {
        const Plan rest = planOf(*session.version(), *journalled, verb);
        if (invocation.dryRun)
            return dryRun(invocation, verb, rest);
        // To stop something is not asked twice.
        if (verb == OperationVerb::Resume || verb == OperationVerb::Rollback) {
            if (const auto no = confirmed(session, rest))
                return *no;
        }
    } else if (invocation.dryRun) {
        print(u"would ask the backend to %1 operation %2\n"_s.arg(toString(verb), id));
        return ExitStatus::Done;
    } else if (verb != OperationVerb::Pause && verb != OperationVerb::Cancel) {
        const Plan rest = planOfTheirs(*session.version(), id, verb);
        if (rest.production) {
            if (const auto no = confirmed(session, rest))
                return *no;
        }
    }

    const auto answer = session.await(
            runner.control(id, verb, session.asker(),
                           invocation.adopt ? Adoption::Yes : Adoption::No),
            Session::Patience::Stubborn);
    if (!answer)
        return session.give(answer.error());
    if (journalled || adopts)
        return follow(session, *answer, wantedOf(verb));
    return followBackend(session, *answer, verb);
}

} // namespace Stampdeck

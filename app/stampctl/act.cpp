// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"
#include "plantext.h"
#include "progress.h"
#include "scalewords.h"

#include "app/common/json.h"
#include "backends/api/difference.h"
#include "models/formatter.h"
#include "models/journal.h"
#include "models/marks.h"

#include <QtCore/QUuid>

#include <unistd.h>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

Result<ActionRequest> requestOf(const Invocation &invocation)
{
    ActionRequest request;
    request.kind = *actionKindFromString(invocation.command);
    request.tenants = invocation.tenants;
    request.to = invocation.to;
    request.stamp = invocation.stamp;
    request.stamps = invocation.stamps;
    request.allowUnknown = invocation.allowUnknown;
    request.allowStale = invocation.allowStale;
    request.parallel = invocation.parallel;
    request.among = invocation.among;
    request.deadline = invocation.deadline;
    request.partial = invocation.partial;
    request.maxLoad = invocation.maxLoad;
    request.region = invocation.region;
    request.actor = userName();
    request.reason = invocation.reason;
    if (request.kind == ActionKind::Scale) {
        const auto scale = scaleFromWords(invocation.settings, invocation.rules);
        if (!scale)
            return fail(scale.error());
        request.scale = *scale;
    }
    if (request.kind == ActionKind::Create) {
        request.source = invocation.source;
        request.fromTemplate = invocation.fromTemplate;
        request.region = invocation.region;
        for (const QString &word : invocation.parameters) {
            const qsizetype at = word.indexOf(u'=');
            if (at <= 0)
                return fail(ErrorKind::Invalid, u"--set takes KEY=VALUE, not %1"_s.arg(word));
            const QString key = word.first(at);
            if (request.parameters.contains(key))
                return fail(ErrorKind::Invalid, u"%1 is set twice"_s.arg(key));
            request.parameters.insert(key, word.mid(at + 1));
        }
    }
    return request;
}

/// What the asker has seen of what is written, so that nobody's later word is overwritten.
QString revisionOf(const FleetVersion &version, const Plan &plan)
{
    if (plan.request.kind == ActionKind::Move) {
        return plan.moves.size() == 1 ? version.tenants[plan.moves.front().tenant].tenant->revision
                                      : QString();
    }
    if (plan.request.kind == ActionKind::Evacuate || plan.request.stamps.size() > 1)
        return {}; // of many
    return plan.loads.isEmpty() ? QString() : version.stamps[plan.loads.first().slot]->stamp->revision;
}

void printPlan(Session &session, const Plan &plan)
{
    switch (session.invocation().output) {
    case OutputFormat::Json: {
        QByteArray json;
        JsonWriter writer(json);
        FleetJson(session.version(), JsonShape::CommandLine).writePlan(writer, plan);
        print(json + '\n');
        return;
    }
    case OutputFormat::Name:
        for (const LoadChange &load : plan.loads)
            print(QString(load.stamp + u'\n'));
        if (!plan.creates.isEmpty())
            print(QString(plan.creates + u'\n'));
        return;
    case OutputFormat::Table:
        print(planText(plan, outputWidth()));
        return;
    }
}

/// --no-wait: each write goes to a backend that runs it by itself, and is not followed.
ExitStatus handOver(Session &session, const Plan &plan)
{
    const FleetVersionPtr version = session.version();
    const bool empties = emptiesStamps(plan.request.kind);
    const auto no = [&](const QString &subject, const QString &why) {
        return session.give(Error::refused(
                {{u"unsupported"_s, subject, why, u"leave --no-wait out"_s}}));
    };
    if (empties && plan.sources.size() > 1)
        return no(plan.target, u"it is in several sources, none of which runs it all"_s);
    for (const QString &name : plan.sources) {
        const SourceState &source = version->sources[version->sourceIndex(name)];
        if (!source.capabilities.testFlag(Capability::Operations))
            return no(name, u"%1 runs no operations itself"_s.arg(source.adapter));
        // Its moves come one after the other once the cordon is there; no single write says that.
        if (empties && !source.capabilities.testFlag(Capability::Drains))
            return no(name, u"%1 drains nothing by itself"_s.arg(source.adapter));
    }
    const QString id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    ExitStatus status = ExitStatus::Done;
    QStringList handles;
    int number = 0;
    if (empties) {
        const auto operation = session.await(session.fleet().handOver(plan));
        if (operation)
            handles += (*operation)->id;
        else
            status = session.give(operation.error());
    }
    for (const PlannedStep &step : plan.steps) {
        if (empties)
            break;
        WriteContext context;
        context.idempotencyKey = u"%1-%2"_s.arg(id).arg(number++);
        context.expectedRevision = step.expectedRevision;
        context.operation = id;
        context.actor = plan.request.actor;
        context.reason = plan.request.reason;
        const auto outcome = session.await(
                session.fleet().perform(step.source, step.primitive, context));
        if (!outcome) {
            status = session.give(outcome.error());
            break;
        }
        handles += outcome->handle.isEmpty() ? step.title : outcome->handle;
    }
    AuditEntry entry;
    entry.at = session.fleet().clock().now();
    entry.actor = plan.request.actor;
    entry.action = u"handed-over"_s;
    entry.operation = id;
    entry.target = plan.target;
    entry.reason = plan.request.reason;
    entry.outcome = status == ExitStatus::Done ? u"accepted"_s : u"failed"_s;
    entry.detail = handles.join(u' ');
    if (const auto written = session.fleet().journal().append(entry); !written)
        complain(written.error());
    for (const QString &handle : std::as_const(handles))
        print(QString(handle + u'\n'));
    return status;
}

/// The question on a terminal: anything but a clear yes is a no.
std::optional<ExitStatus> ask(Session &session, const QString &question, const QString &yes)
{
    const QByteArray text = question.toUtf8();
    std::fwrite(text.constData(), 1, size_t(text.size()), stderr);
    const auto answer = session.interrupt().readLine();
    if (!answer && session.interrupt().count() > 0) {
        std::fputs("\n", stderr);
        return session.give(Error::cancelled());
    }
    const QString word = answer.value_or(QString()).trimmed();
    const bool good = yes.isEmpty() ? word.compare("y"_L1, Qt::CaseInsensitive) == 0
                    || word.compare("yes"_L1, Qt::CaseInsensitive) == 0
                                    : word == yes;
    if (good)
        return std::nullopt;
    complain(u"nothing was done"_s);
    return ExitStatus::Failed;
}

} // namespace

std::optional<ExitStatus> confirmed(Session &session, const Plan &plan)
{
    const Invocation &invocation = session.invocation();
    const bool terminal = isTerminal(STDIN_FILENO) && isTerminal(STDERR_FILENO);
    if (!invocation.confirm.isEmpty() && invocation.confirm != plan.confirmName) {
        complain(u"--confirm says “%1”, but %2 is acted on"_s.arg(invocation.confirm,
                                                                   plan.confirmName));
        return ExitStatus::Usage;
    }
    if (plan.production && invocation.reason.isEmpty()) {
        complain(u"%1 is marked production: say why with --reason"_s.arg(plan.sources.join(u", "_s)));
        return ExitStatus::Usage;
    }
    if (!invocation.confirm.isEmpty() || (invocation.yes && !plan.production))
        return std::nullopt;
    if (!terminal && !plan.production && !plan.hasInverse) {
        complain(u"this can't be undone and this is no terminal to ask on: say --confirm %1"_s.arg(
                plan.confirmName));
        return ExitStatus::Usage;
    }
    if (!terminal) {
        complain(plan.production
                         ? u"%1 is marked production and this is no terminal to ask on: say "
                           "--confirm %2"_s.arg(plan.sources.join(u", "_s), plan.confirmName)
                         : u"this is no terminal to ask on: say --yes"_s);
        return ExitStatus::Usage;
    }
    const QByteArray text = planText(plan, outputWidth()).toUtf8();
    std::fwrite(text.constData(), 1, size_t(text.size()), stderr);
    if (!plan.production && !plan.hasInverse) {
        return ask(session, u"This can't be undone. Type %1 to run it: "_s.arg(plan.confirmName),
                   plan.confirmName);
    }
    return plan.production
            ? ask(session, u"This is production. Type %1 to run it: "_s.arg(plan.confirmName),
                  plan.confirmName)
            : ask(session, u"Run it? (y/N) "_s, {});
}

namespace {

} // namespace

bool mayStart(Session &session, const Plan &plan)
{
    if (plan.hasInverse || session.invocation().yes)
        return true;
    complain(u"%1 starts in %2 s; Ctrl+C calls it off"_s.arg(titleOf(plan))
                     .arg(callOffTime / std::chrono::seconds(1)));
    const auto answer = std::make_shared<Answer<bool>>();
    QObject context;
    session.fleet().clock().callLater(callOffTime, &context, [answer] { answer->give(true); });
    return session.interrupt().count() == 0 && session.await(answer->future()).has_value();
}

void printOperation(const Invocation &invocation, const Operation &operation)
{
    switch (invocation.output) {
    case OutputFormat::Json: {
        QByteArray json;
        JsonWriter writer(json);
        writeOperation(writer, operation);
        print(json + '\n');
        return;
    }
    case OutputFormat::Name:
        print(QString(operation.id + u'\n'));
        return;
    case OutputFormat::Table:
        print(u"%1 %2: %3 (operation %4)\n"_s.arg(operation.kind, operation.target,
                                                  toString(operation.state), operation.id));
        return;
    }
}

bool isInPart(const Operation &operation)
{
    return operation.state == OperationState::Succeeded && !operation.error.isEmpty();
}

ExitStatus follow(Session &session, const OperationPtr &operation,
                  const QList<OperationState> &wanted)
{
    OperationRunner &runner = session.fleet().runner();
    Progress progress;
    QObject context;
    QObject::connect(&runner, &OperationRunner::operationChanged, &context,
                     [&](const OperationPtr &changed) {
                         if (changed->id == operation->id)
                             progress.show(*changed);
                     });
    auto ended = session.interrupt().count() > 0 // while it was accepted
            ? Result<OperationPtr>(fail(Error::cancelled()))
            : session.await(runner.finished(operation->id));
    bool interrupted = false;
    if (!ended && ended.error().kind == ErrorKind::Cancelled) {
        interrupted = true;
        progress.clear();
        complain(u"interrupted: no new step starts, what is in flight is taken back; again to leave "
                 "it as it is"_s);
        const auto cancelled = session.await(
                runner.control(operation->id, OperationVerb::Cancel, session.asker()),
                Session::Patience::Stubborn);
        if (!cancelled && cancelled.error().kind != ErrorKind::Cancelled)
            complain(cancelled.error());
        ended = session.await(runner.finished(operation->id));
        if (!ended && ended.error().kind == ErrorKind::Cancelled) {
            complain(u"left in the middle: resume %1 or rollback %1"_s.arg(operation->id));
            return ExitStatus::Interrupted;
        }
    }
    progress.clear();
    if (!ended)
        return session.give(ended.error());
    const Operation &end = **ended;
    printOperation(session.invocation(), end);
    if (!end.error.isEmpty())
        complain(end.error);
    if (interrupted && end.state != OperationState::Succeeded)
        return ExitStatus::Interrupted;
    if (wanted.contains(end.state))
        return isInPart(end) ? ExitStatus::Failed : ExitStatus::Done;
    if (end.state == OperationState::Paused)
        complain(u"it waits: resume %1 or rollback %1"_s.arg(end.id));
    return end.errorKind ? statusOf(*end.errorKind) : ExitStatus::Failed;
}

namespace {

bool hasTerminal()
{
    return isTerminal(STDIN_FILENO) && isTerminal(STDERR_FILENO);
}

/// The same request on purpose, where nothing but the age of what is known forbids it and a person
/// says so; --yes is no such word.
std::optional<ActionRequest> onOldData(Session &session, const ActionRequest &request,
                                       const Plan &made)
{
    const bool onlyOld = made.isRefused()
            && std::all_of(made.refusals.begin(), made.refusals.end(),
                           [](const Refusal &refusal) { return refusal.code == "stale"_L1; });
    if (!onlyOld || !hasTerminal())
        return std::nullopt;
    complain(Error::refused(made.refusals));
    if (ask(session,
            u"What is known is %1 old. Act on it all the same? (y/N) "_s.arg(
                    Format::age(made.dataAge)),
            {}))
        return std::nullopt;
    ActionRequest anyway = request;
    anyway.allowStale = true;
    return anyway;
}

/// Tells the loser of a race field, old and new value, and by whom.
void tellChanges(const FleetVersion &then, const FleetVersion &now, const Plan &made)
{
    if (made.request.kind != ActionKind::Move && !made.loads.isEmpty()) {
        const QString &id = made.loads.constFirst().stamp;
        const int before = then.stampIndex.value(id);
        const int after = now.stampIndex.value(id);
        if (before >= 0 && after >= 0
            && then.stamps[before]->stamp->revision != now.stamps[after]->stamp->revision)
            complain(differenceInWords(then.stamps[before]->stamp, *now.stamps[after]->stamp));
    }
    for (const PlannedMove &move : made.moves) {
        const int before = then.tenantIndex.value(move.id);
        const int after = now.tenantIndex.value(move.id);
        if (before >= 0 && after >= 0
            && then.tenants[before].tenant->revision != now.tenants[after].tenant->revision)
            complain(differenceInWords(then.tenants[before].tenant, *now.tenants[after].tenant));
    }
}

/// A version that was read after \a then, if one comes within a moment.
FleetVersionPtr newerVersion(Session &session, const FleetVersionPtr &then)
{
    session.fleet().refresh();
    const auto answer = std::make_shared<Answer<FleetVersionPtr>>();
    QObject context;
    whenFleet(session.fleet().store(), session.fleet().clock(), &context,
              [serial = then->serial](const FleetVersion &version) {
                  return version.serial > serial;
              },
              std::chrono::seconds(2),
              [answer, &session](bool) { answer->give(session.version()); });
    return session.await(answer->future()).value_or(session.version());
}

} // namespace

ExitStatus act(Session &session)
{
    const Invocation &invocation = session.invocation();
    auto request = requestOf(invocation);
    if (!request)
        return session.give(request.error());
    if (request->kind == ActionKind::Create) {
        session.readTemplates(request->source);
        if (session.interrupt().count() > 0)
            return session.give(Error::cancelled());
    }
    bool isAsked = false; // that is, once more
    for (;;) {
        const FleetVersionPtr version = session.version();
        auto made = plan(version, *request, session.fleet().clock());
        if (!made) {
            const QString id = request->kind == ActionKind::Move ? request->tenants.value(0)
                    : request->kind == ActionKind::Create        ? QString(request->source + u'/')
                                                                 : request->stamp;
            return session.give(session.explained(made.error(), id));
        }
        for (Refusal &refusal : made->refusals) {
            if (refusal.code == "stale"_L1)
                refusal.fix += u", or say --allow-stale"_s;
        }
        if (invocation.dryRun) {
            printPlan(session, *made);
            return made->isRefused() ? statusOf(Error::refused(made->refusals)) : ExitStatus::Done;
        }
        if (made->isRefused()) {
            const auto anyway = onOldData(session, *request, *made);
            if (!anyway)
                return session.give(Error::refused(made->refusals));
            *request = *anyway;
            continue;
        }
        for (const QString &warning : std::as_const(made->warnings))
            complain(u"warning: "_s + warning);
        if (!isAsked || made->production) {
            if (const auto no = confirmed(session, *made))
                return *no;
        }
        if (!mayStart(session, *made)) {
            complain(u"called off: nothing was done"_s);
            return ExitStatus::Interrupted;
        }
        if (!invocation.wait)
            return handOver(session, *made);
        made->request.ifMatch = revisionOf(*version, *made);
        const auto operation = session.await(session.fleet().runner().submit(made->request),
                                             Session::Patience::Stubborn);
        const ExitStatus status = operation
                ? follow(session, *operation, {OperationState::Succeeded})
                : session.give(operation.error());
        if (status != ExitStatus::Conflict)
            return status;
        // Somebody was faster: what did he do, and what would it be now?
        const FleetVersionPtr now = newerVersion(session, version);
        if (!operation)
            tellChanges(*version, *now, *made);
        const auto again = plan(now, *request, session.fleet().clock());
        if (!again) {
            complain(again.error());
            return status;
        }
        if (again->isRefused()) {
            complain(Error::refused(again->refusals));
            return status;
        }
        if (!hasTerminal()) {
            complain(u"as it is now, this would be done:"_s);
            printPlan(session, *again);
            return status;
        }
        const QByteArray text = planText(*again, outputWidth()).toUtf8();
        std::fwrite(text.constData(), 1, size_t(text.size()), stderr);
        if (ask(session, u"It would be this now. Run it? (y/N) "_s, {}))
            return status;
        isAsked = true;
    }
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"
#include "plantext.h"
#include "progress.h"
#include "scalewords.h"

#include "app/common/json.h"
#include "models/journal.h"

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
    request.allowUnknown = invocation.allowUnknown;
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
    if (plan.request.kind == ActionKind::Evacuate)
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

/// What can't be undone can be called off for a while (product.md); false when it was.
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

} // namespace

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

ExitStatus act(Session &session)
{
    const Invocation &invocation = session.invocation();
    const auto request = requestOf(invocation);
    if (!request)
        return session.give(request.error());
    if (request->kind == ActionKind::Create) {
        session.readTemplates(request->source);
        if (session.interrupt().count() > 0)
            return session.give(Error::cancelled());
    }
    const FleetVersionPtr version = session.version();
    auto made = plan(version, *request, session.fleet().clock());
    if (!made) {
        const QString id = request->kind == ActionKind::Move ? request->tenants.value(0)
                : request->kind == ActionKind::Create        ? QString(request->source + u'/')
                                                             : request->stamp;
        return session.give(session.explained(made.error(), id));
    }
    if (invocation.dryRun) {
        printPlan(session, *made);
        return made->isRefused() ? statusOf(Error::refused(made->refusals)) : ExitStatus::Done;
    }
    if (made->isRefused())
        return session.give(Error::refused(made->refusals));
    for (const QString &warning : std::as_const(made->warnings))
        complain(u"warning: "_s + warning);
    if (const auto no = confirmed(session, *made))
        return *no;
    if (!mayStart(session, *made)) {
        complain(u"called off: nothing was done"_s);
        return ExitStatus::Interrupted;
    }
    if (!invocation.wait)
        return handOver(session, *made);
    made->request.ifMatch = revisionOf(*version, *made);
    const auto operation = session.await(session.fleet().runner().submit(made->request),
                                         Session::Patience::Stubborn);
    if (!operation)
        return session.give(operation.error());
    return follow(session, *operation, {OperationState::Succeeded});
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "operationengine.h"

#include "crashpoint.h"
#include "formatter.h"

#include "backends/api/whendone.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRandomGenerator>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto observeInterval = 200ms;
constexpr auto firstRetry = 250ms;
constexpr auto longestRetry = 5s;
constexpr auto patience = 30s; // with a backend that does not answer, before a person has to look
constexpr auto probeLimit = 10min; // for a target to serve
constexpr auto requestInterval = 1s;

QString say(const char *text)
{
    return QCoreApplication::translate("Operation", text);
}

// Sorts by time, and is unique without asking anybody.
QString newId(Timestamp now)
{
    const QString time = QString::number(now.time_since_epoch().count(), 36);
    const QString random = QString::number(QRandomGenerator::system()->generate64() >> 16, 36);
    return u"op-"_s + time + u'-' + random;
}

bool isForwardDone(const JournalStep &step)
{
    return step.state == StepState::Succeeded || step.state == StepState::Skipped;
}

std::set<int> lanesOf(const JournalOperation &record)
{
    std::set<int> lanes;
    for (const JournalStep &step : record.steps)
        lanes.insert(step.lane);
    return lanes;
}

// A lane that did something, or may have.
bool laneBegan(const JournalOperation &record, int lane)
{
    return std::any_of(record.steps.begin(), record.steps.end(), [lane](const JournalStep &step) {
        return step.lane == lane
                && (step.isInverse ? step.state == StepState::Pending
                                           || step.state == StepState::Running
                                   : step.state == StepState::Succeeded
                                           || step.state == StepState::Running);
    });
}

bool laneDone(const JournalOperation &record, int lane)
{
    return std::all_of(record.steps.begin(), record.steps.end(), [lane](const JournalStep &step) {
        return step.lane != lane || step.isInverse || isForwardDone(step);
    });
}

// The step that a lane has to try now; -1 when nothing is left. A forward step that was under way
// comes first, backward too: what it did has to be known before it is taken back.
int nextStep(const JournalOperation &record, int lane, bool back)
{
    for (const JournalStep &step : record.steps) {
        if (step.lane == lane && !step.isInverse && step.state == StepState::Running)
            return step.index;
    }
    for (const JournalStep &step : record.steps) {
        if (step.lane == lane && step.isInverse == back
            && (step.state == StepState::Pending || step.state == StepState::Running))
            return step.index;
    }
    return -1;
}

// Where a lane takes its tenant; for the inverse of a retire.
QString destination(const JournalOperation &record, int lane)
{
    for (const JournalStep &step : record.steps) {
        if (step.lane != lane || step.isInverse)
            continue;
        if (const auto *place = std::get_if<PlaceTenant>(&step.primitive))
            return place->to;
    }
    return {};
}

bool isOver(const JournalStep &inverse)
{
    return inverse.state == StepState::Succeeded || inverse.state == StepState::Skipped;
}

QString keyOf(const QString &operation, int step, int attempt)
{
    return QStringLiteral("%1/%2/%3").arg(operation).arg(step).arg(attempt);
}

QString nextKey(const JournalStep &step, const QString &operation)
{
    return keyOf(operation, step.index, step.key.section(u'/', -1).toInt() + 1);
}

// Makes what a lane failed at, or took back, ready to be tried anew; gives the steps changed.
std::vector<int> resetLane(JournalOperation &record, int lane)
{
    std::vector<int> changed;
    for (JournalStep &step : record.steps) {
        if (step.lane != lane || step.isInverse
            || (step.state != StepState::Failed && step.state != StepState::RolledBack
                && step.state != StepState::Skipped))
            continue;
        step.state = StepState::Pending;
        step.error.clear();
        step.handle.clear();
        step.key = nextKey(step, record.id);
        step.expectedRevision.clear(); // it has been changed by ourselves since
        changed.push_back(step.index);
    }
    return changed;
}

// The lane that has to be through before the moves of the others begin, forward and backward: the
// cordon of a drain, and what lifts it. -1 when there is none.
int gateLane(const JournalOperation &record)
{
    const bool gated = !record.steps.empty()
            && (std::holds_alternative<CordonStamp>(record.steps.front().primitive)
                || std::holds_alternative<UncordonStamp>(record.steps.front().primitive))
            && std::any_of(record.steps.begin(), record.steps.end(),
                           [](const JournalStep &step) { return step.lane != 0; });
    return gated ? record.steps.front().lane : -1;
}

// The move that a lane is; empty names for a lane that is none.
MoveTenant moveOf(const JournalOperation &record, int lane)
{
    for (const JournalStep &step : record.steps) {
        if (step.lane != lane || step.isInverse)
            continue;
        if (const auto *place = std::get_if<PlaceTenant>(&step.primitive))
            return {place->tenant, place->from, place->to};
        if (const auto *move = std::get_if<MoveTenant>(&step.primitive))
            return *move;
    }
    return {};
}

// A lane has not begun yet.
bool isWaiting(const JournalOperation &record)
{
    const std::set<int> lanes = lanesOf(record);
    return std::any_of(lanes.begin(), lanes.end(), [&record](int lane) {
        return !laneBegan(record, lane) && !laneDone(record, lane);
    });
}

// How many tenants there are to move, and how many are moved.
std::pair<int, int> movedOf(const JournalOperation &record)
{
    int moves = 0, moved = 0;
    for (const int lane : lanesOf(record)) {
        if (moveOf(record, lane).tenant.isEmpty())
            continue;
        ++moves;
        moved += laneDone(record, lane);
    }
    return {moves, moved};
}

// The full id of a tenant that a step names as its source does.
QString tenantId(const ActionRequest &request, const QString &tenant)
{
    for (const QString &id : request.tenants) {
        if (id.section(u'/', -1) == tenant)
            return id;
    }
    for (const auto &[id, target] : request.targets) {
        if (id.section(u'/', -1) == tenant)
            return id;
    }
    return tenant;
}

QList<Claim> claimsOf(const JournalOperation &record)
{
    QList<Claim> claims;
    const bool drains = record.request.kind == ActionKind::Drain;
    if (drains) {
        Claim claim;
        claim.operation = record.id;
        claim.actor = record.request.actor;
        claim.from = claim.to = record.request.stamp;
        claim.drains = true;
        claims.append(claim);
    }
    // The tenants' domain is in the request; steps name them as their source does.
    std::set<int> seen;
    for (const JournalStep &step : record.steps) {
        if (!seen.insert(step.lane).second)
            continue;
        Claim claim;
        claim.operation = record.id;
        claim.actor = record.request.actor;
        const auto tenantMove = [&](const QString &tenant, const QString &from, const QString &to) {
            claim.tenant = tenantId(record.request, tenant);
            claim.from = step.source + u'/' + from;
            claim.to = step.source + u'/' + to;
        };
        const auto onStamp = [&](const QString &stamp) {
            claim.from = claim.to = step.source + u'/' + stamp;
        };
        if (const auto *place = std::get_if<PlaceTenant>(&step.primitive))
            tenantMove(place->tenant, place->from, place->to);
        else if (const auto *move = std::get_if<MoveTenant>(&step.primitive))
            tenantMove(move->tenant, move->from, move->to);
        else if (drains)
            continue; // the stamp's own: above
        else if (const auto *cordon = std::get_if<CordonStamp>(&step.primitive))
            onStamp(cordon->stamp);
        else if (const auto *uncordon = std::get_if<UncordonStamp>(&step.primitive))
            onStamp(uncordon->stamp);
        else if (const auto *scale = std::get_if<ScaleStamp>(&step.primitive))
            onStamp(scale->stamp);
        else if (const auto *create = std::get_if<CreateStamp>(&step.primitive)) {
            onStamp(create->stamp);
            claim.creates = true;
        } else if (const auto *gone = std::get_if<DeleteStamp>(&step.primitive)) {
            onStamp(gone->stamp);
            claim.deletes = true;
        }
        claims.append(claim);
    }
    return claims;
}

// The loser of a race is told what changed and by whom.
std::optional<Error> revisionError(const FleetVersion &version, const ActionRequest &request,
                                   const Plan &plan)
{
    if (request.ifMatch.isEmpty() || request.ifMatch == u'*' || !plan.creates.isEmpty())
        return std::nullopt;
    QString what, is, by;
    std::optional<Timestamp> at;
    if (request.kind == ActionKind::Move) {
        if (plan.moves.empty())
            return std::nullopt;
        const Tenant &tenant = *version.tenants[plan.moves.front().tenant].tenant;
        what = tenant.id;
        is = tenant.revision;
        by = tenant.updatedBy;
        at = tenant.updatedAt;
    } else {
        const Stamp &stamp = *version.stamps[plan.loads.constFirst().slot]->stamp;
        what = stamp.name;
        is = stamp.revision;
        by = stamp.updatedBy;
        at = stamp.updatedAt;
    }
    if (is == request.ifMatch)
        return std::nullopt;
    QString message = say("%1 is not as it was seen: it was changed").arg(what);
    if (!by.isEmpty())
        message += say(" by %1").arg(by);
    if (at)
        message += say(" at %1").arg(Format::second(*at));
    return Error::of(ErrorKind::Conflict, message, u"revision-changed"_s);
}

// What a backend that runs operations itself carries out, and takes back, as a whole.
bool isWhole(const Primitive &primitive)
{
    return std::holds_alternative<MoveTenant>(primitive)
            || std::holds_alternative<CreateStamp>(primitive);
}

// A step that nothing takes back has begun, or is done.
bool isPastReturn(const JournalOperation &record)
{
    return std::any_of(record.steps.begin(), record.steps.end(), [](const JournalStep &step) {
        return !step.isInverse && !hasInverse(step.primitive)
                && (step.state == StepState::Running || step.state == StepState::Succeeded);
    });
}

std::optional<Error> inFlightError(const FleetVersion &version, const Plan &plan)
{
    for (const PlannedMove &move : plan.moves) {
        const Tenant &tenant = *version.tenants[move.tenant].tenant;
        if (!tenant.operation.isEmpty()) {
            return Error::of(ErrorKind::Conflict,
                             say("%1 is in flight: operation %2").arg(tenant.id, tenant.operation),
                             u"in-flight"_s);
        }
    }
    return std::nullopt;
}

} // namespace

OperationRunner::Engine::Engine(FleetStore &store, Journal &journal, PrimitiveExecutor &executor,
                                Clock &clock)
    : m_store(store)
    , m_journal(journal)
    , m_executor(executor)
    , m_clock(clock)
{
    connect(&m_store, &FleetStore::published, this,
            [this](const FleetVersionPtr &version) { lookAtTargets(*version); });
}

OperationRunner::Engine::Running *OperationRunner::Engine::find(const QString &operation)
{
    const auto found = m_running.find(operation);
    return found == m_running.end() ? nullptr : &found->second;
}

void OperationRunner::Engine::show(const JournalOperation &record)
{
    const auto shown = std::make_shared<const Operation>(record.shown());
    m_store.showOperation(shown);
    Q_EMIT operationChanged(shown);
}

Result<QList<OperationPtr>> OperationRunner::Engine::recover()
{
    auto known = m_journal.operations();
    if (!known)
        return fail(known.error());
    QList<OperationPtr> shown;
    for (JournalOperation &record : *known) {
        const bool open = !isFinal(record.state);
        const bool cutOff = open && record.state != OperationState::Paused
                && m_journal.holder(record.id).isEmpty() && m_journal.lock(record.id).has_value();
        if (cutOff) {
            const auto done = std::count_if(record.steps.begin(), record.steps.end(),
                                            [](const JournalStep &step) {
                                                return !step.isInverse && isForwardDone(step);
                                            });
            const auto all = std::count_if(record.steps.begin(), record.steps.end(),
                                           [](const JournalStep &step) { return !step.isInverse; });
            record.state = OperationState::Paused;
            record.error = say("cut off at %1 of %2 steps").arg(done).arg(all);
            record.updatedAt = m_clock.now();
            AuditEntry entry;
            entry.at = record.updatedAt;
            entry.actor = record.request.actor;
            entry.action = u"cut-off"_s;
            entry.operation = record.id;
            entry.target = record.target;
            entry.outcome = record.error;
            const auto written = m_journal.update(record, {-1}, entry);
            m_journal.unlock(record.id);
            if (!written)
                return fail(written.error());
        }
        if (open)
            m_store.restoreClaims(claimsOf(record));
        show(record);
        shown.append(std::make_shared<const Operation>(record.shown()));
    }
    return shown;
}

void OperationRunner::Engine::submit(const ActionRequest &request, const QString &undoes,
                                     const OperationAnswer &answer)
{
    const QString id = newId(m_clock.now());
    const auto made = std::make_shared<Plan>();
    const auto seen = std::make_shared<FleetVersionPtr>();
    whenDone(m_store.transact([request, id, made, seen, &clock = m_clock](
                             const FleetVersionPtr &version) -> Result<QList<Claim>> {
                auto planned = plan(version, request, clock);
                if (!planned)
                    return fail(planned.error());
                if (const auto error = revisionError(*version, request, *planned))
                    return fail(*error);
                if (const auto error = inFlightError(*version, *planned))
                    return fail(*error);
                if (planned->isRefused())
                    return fail(Error::refused(planned->refusals));
                QList<Claim> claims = planned->claims();
                for (Claim &claim : claims) {
                    claim.operation = id;
                    claim.actor = request.actor;
                }
                *made = std::move(*planned);
                *seen = version;
                return claims;
            }), this, [=, this](const Result<FleetVersionPtr> &result) {
                if (!result)
                    answer->give(fail(result.error()));
                else
                    accepted(request, undoes, id, *made, **seen, answer);
            });
}

void OperationRunner::Engine::accepted(const ActionRequest &request, const QString &undoes,
                                       const QString &id, const Plan &plan,
                                       const FleetVersion &version, const OperationAnswer &answer)
{
    Running running;
    JournalOperation &record = running.record;
    record.id = id;
    record.request = request;
    // Full ids, so that a later process finds the same tenants whatever else it knows.
    record.request.tenants.clear();
    if (record.request.targets.empty()) {
        for (const PlannedMove &move : plan.moves)
            record.request.tenants.append(move.id);
    }
    if (request.kind == ActionKind::Drain)
        record.request.stamp = plan.loads.constFirst().stamp;
    if (request.kind == ActionKind::Create)
        record.request.source = plan.creates.section(u'/', 0, 0);
    record.request.left = plan.left;
    record.target = plan.target;
    record.state = OperationState::Running;
    record.undoes = undoes;
    record.createdAt = record.updatedAt = m_clock.now();
    for (const QString &source : plan.sources)
        record.instances.insert(source, version.sources[version.sourceIndex(source)].instance);
    for (const PlannedStep &planned : plan.steps) {
        JournalStep step;
        step.index = int(record.steps.size());
        step.lane = planned.lane;
        step.title = planned.title;
        step.source = planned.source;
        step.primitive = planned.primitive;
        step.expectedRevision = planned.expectedRevision;
        step.key = keyOf(id, step.index, 1);
        record.steps.push_back(step);
    }
    running.asker = {request.actor, request.reason};

    AuditEntry entry;
    entry.at = record.createdAt;
    entry.actor = request.actor;
    entry.action = u"accepted"_s;
    entry.operation = id;
    entry.target = record.target;
    entry.reason = request.reason;
    entry.outcome = say("running");
    QJsonObject detail{{u"kind"_s, toString(request.kind)},
                       {u"command"_s, plan.command()},
                       {u"tenants"_s, plan.blast.tenants}};
    if (!undoes.isEmpty())
        detail.insert(u"undoes"_s, undoes);
    entry.detail = QString::fromUtf8(QJsonDocument(detail).toJson(QJsonDocument::Compact));

    Result<void> written = m_journal.lock(id);
    if (written)
        written = m_journal.begin(record, entry);
    if (!written) {
        // Nothing was tried yet, so nothing has to be taken back.
        m_journal.unlock(id);
        m_store.release(id);
        answer->give(fail(written.error()));
        return;
    }
    watchTargets(running, version);
    m_running.emplace(id, std::move(running));
    setDeadline(m_running.at(id));
    show(m_running.at(id).record);
    answer->give(std::make_shared<const Operation>(m_running.at(id).record.shown()));
    lookForRequests();
    pump(id);
}

bool OperationRunner::Engine::enter(Running &running, const std::vector<int> &steps,
                                    const QString &action, const QString &outcome)
{
    JournalOperation &record = running.record;
    record.updatedAt = m_clock.now();
    std::optional<AuditEntry> entry;
    if (!action.isEmpty()) {
        entry.emplace();
        entry->at = record.updatedAt;
        entry->actor = running.asker.name;
        entry->action = action;
        entry->operation = record.id;
        entry->target = record.target;
        entry->reason = running.asker.reason;
        entry->outcome = outcome;
    }
    const auto written = m_journal.update(record, steps, entry);
    if (written)
        return true;
    // What can't be written must not be tried. The backend is as it is; the journal's last word
    // still tells a later process what to try again.
    record.state = OperationState::Paused;
    record.error = say("the journal can't be written: %1").arg(written.error().message);
    running.starting = false;
    for (const int lane : lanesOf(record))
        running.halted.insert(lane);
    show(record);
    if (running.active.empty())
        answerWaiting(running);
    return false;
}

bool OperationRunner::Engine::write(Running &running, const std::vector<int> &steps,
                                    const QString &action, const QString &outcome)
{
    if (!enter(running, steps, action, outcome))
        return false;
    show(running.record);
    return true;
}

// Starts what may start, and ends the operation when nothing is left to do.
void OperationRunner::Engine::pump(const QString &id)
{
    Running *running = find(id);
    if (!running)
        return;
    const JournalOperation &record = running->record;
    const int parallel = std::max(1, record.request.parallel);
    const std::set<int> all = lanesOf(record);
    std::vector<int> order(all.begin(), all.end());
    if (running->endState == OperationState::RolledBack)
        std::reverse(order.begin(), order.end());
    const int gate = gateLane(record);
    if (gate >= 0) // it comes first both ways: what is emptied takes back only once it is open
        std::stable_partition(order.begin(), order.end(),
                              [gate](int lane) { return lane == gate; });
    std::optional<bool> gateShut;
    std::vector<Attempt> attempts;
    for (const int lane : order) {
        if (running->active.contains(lane) || running->halted.contains(lane))
            continue;
        if (running->again.contains(lane) && nextStep(record, lane, true) < 0) {
            // It has been taken back to where it began, and goes forward from there.
            running->again.erase(lane);
            running->back.erase(lane);
            const std::vector<int> reset = resetLane(running->record, lane);
            if (!reset.empty() && !write(*running, reset))
                return;
        }
        const bool back = running->back.contains(lane);
        const bool began = laneBegan(record, lane);
        if (!back && !began && !running->starting)
            continue;
        const int step = nextStep(record, lane, back);
        if (step < 0)
            continue;
        if (gate >= 0 && lane != gate) {
            if (!gateShut) {
                gateShut = running->active.contains(gate) || running->halted.contains(gate)
                        || nextStep(record, gate, running->back.contains(gate)) >= 0;
            }
            if (*gateShut && (back ? record.steps[size_t(step)].isInverse : !began))
                continue;
        }
        // What has begun goes on whatever the limit: a tenant on two stamps is not left there.
        if (!(began && !back) && int(running->active.size()) >= parallel)
            continue;
        running->active.insert(lane);
        Attempt attempt;
        attempt.operation = id;
        attempt.step = step;
        attempts.push_back(attempt);
    }
    for (const Attempt &attempt : attempts) {
        tryStep(attempt);
        running = find(id);
        if (!running)
            return;
    }
    if (!running->active.empty())
        return;
    if (running->record.state == OperationState::Paused || !running->halted.empty()) {
        answerWaiting(*running);
        return;
    }
    end(*running);
}

void OperationRunner::Engine::tryStep(const Attempt &first)
{
    Attempt attempt = first;
    Running *running = find(attempt.operation);
    if (!running)
        return;
    JournalStep &step = running->record.steps[size_t(attempt.step)];
    // A probe changes nothing: backward there is nothing to be known from it.
    if (!step.isInverse && running->back.contains(step.lane)
        && std::holds_alternative<ProbeTenant>(step.primitive)) {
        stepEnded(*running, step, StepState::Pending, {});
        return;
    }
    if (attempt.started == 0ms)
        attempt.started = m_clock.elapsed();
    if (step.state != StepState::Running) {
        step.state = StepState::Running;
        step.startedAt = m_clock.now();
        step.endedAt.reset();
        step.error.clear();
        if (!write(*running, {step.index})) {
            running->active.erase(step.lane);
            return;
        }
    }
    WriteContext context;
    context.idempotencyKey = step.key;
    context.expectedRevision = step.expectedRevision;
    context.operation = running->record.id;
    context.actor = running->record.request.actor;
    context.reason = running->record.request.reason;
    whenDone(m_executor.perform(step.source, step.primitive, context), this, [this, attempt](const Result<WriteOutcome> &outcome) {
                crashPoint("backend perform");
                observed(attempt, outcome);
            });
}

void OperationRunner::Engine::observeLater(const Attempt &attempt)
{
    m_clock.callLater(observeInterval, this, [this, attempt] { observeStep(attempt); });
}

void OperationRunner::Engine::observeStep(const Attempt &attempt)
{
    Running *running = find(attempt.operation);
    if (!running)
        return;
    JournalStep &step = running->record.steps[size_t(attempt.step)];
    WriteContext context;
    context.idempotencyKey = step.key;
    context.operation = running->record.id;
    context.actor = running->record.request.actor;
    const bool back = running->back.contains(step.lane) && !step.isInverse;
    if (back && std::holds_alternative<ProbeTenant>(step.primitive)) {
        stepEnded(*running, step, StepState::Pending, {});
        return;
    }
    const auto then = [this, attempt](const Result<WriteOutcome> &outcome) {
        crashPoint("backend observe");
        observed(attempt, outcome);
    };
    // The backend's own operation gives up when ours does.
    if (back && isWhole(step.primitive) && !step.handle.isEmpty()
        && running->giveUp.insert(step.lane).second) {
        whenDone(m_executor.cancel(step.source, step.primitive, context, step.handle), this, [this, attempt](const Result<WriteOutcome> &) {
                    crashPoint("backend cancel");
                    // Whether it took it or had ended before: the next look tells.
                    observeLater(attempt);
                });
        return;
    }
    whenDone(m_executor.observe(step.source, step.primitive, context, step.handle), this, then);
}

void OperationRunner::Engine::observed(const Attempt &attempt, const Result<WriteOutcome> &outcome)
{
    Running *running = find(attempt.operation);
    if (!running)
        return;
    JournalStep &step = running->record.steps[size_t(attempt.step)];
    if (!outcome) {
        stepFailed(*running, step, attempt, outcome.error());
        return;
    }
    Attempt next = attempt;
    next.failures = 0;
    const bool isNewHandle = !outcome->handle.isEmpty() && step.handle != outcome->handle;
    if (isNewHandle)
        step.handle = outcome->handle;
    if (outcome->done) {
        stepEnded(*running, step, StepState::Succeeded, {});
        return;
    }
    if (isNewHandle) {
        if (!write(*running, {step.index})) {
            running->active.erase(step.lane);
            return;
        }
    }
    const bool back = running->back.contains(step.lane) && !step.isInverse;
    if (back
        && (std::holds_alternative<PlaceTenant>(step.primitive)
            || (std::holds_alternative<CreateStamp>(step.primitive) && step.handle.isEmpty()))) {
        // Begun is enough to know what has to be taken back.
        stepEnded(*running, step, StepState::Succeeded, {});
        return;
    }
    if (outcome->paused && !back && !step.handle.isEmpty()) {
        if (running->goOn.erase(step.lane)) {
            WriteContext context;
            context.operation = running->record.id;
            context.actor = running->asker.name;
            context.reason = running->asker.reason;
            whenDone(m_executor.control(step.source, step.handle, OperationVerb::Resume, context), this, [this, next](const Result<OperationPtr> &) {
                        crashPoint("backend resume");
                        observeLater(next);
                    });
            return;
        }
        halt(*running, step.lane, OperationState::Paused,
             outcome->message.isEmpty() ? say("the backend paused it") : outcome->message);
        return;
    }
    if (std::holds_alternative<ProbeTenant>(step.primitive)
        && m_clock.elapsed() - attempt.started > probeLimit) {
        stepFailed(*running, step, attempt,
                   Error::of(ErrorKind::Refused,
                             say("it does not serve after %1").arg(Format::age(probeLimit))));
        return;
    }
    observeLater(next);
}

// A step is through, one way or the other; goes on with its lane.
void OperationRunner::Engine::stepEnded(Running &running, JournalStep &step, StepState state,
                                        const QString &error)
{
    const QString id = running.record.id;
    const int lane = step.lane;
    step.state = state;
    step.endedAt = m_clock.now();
    step.error = error;
    std::vector<int> changed{step.index};
    if (step.isInverse && state == StepState::Succeeded && step.inverseOf >= 0) {
        // Taken back once all of its inverses are through.
        const bool through = std::all_of(
                running.record.steps.begin(), running.record.steps.end(),
                [&step](const JournalStep &other) {
                    return !other.isInverse || other.inverseOf != step.inverseOf || isOver(other);
                });
        if (through) {
            running.record.steps[size_t(step.inverseOf)].state = StepState::RolledBack;
            changed.push_back(step.inverseOf);
        }
    }
    running.active.erase(lane);
    if (running.endState == OperationState::Cancelled && gateLane(running.record) >= 0
        && laneDone(running.record, lane)) {
        // It ended before it could be taken back, and where it came from takes nobody: it stays.
        running.back.erase(lane);
    }
    const bool turn = !step.isInverse && running.back.contains(lane);
    if (!write(running, changed))
        return;
    if (turn)
        turnBack(running, lane);
    pump(id);
}

void OperationRunner::Engine::stepFailed(Running &running, JournalStep &step, Attempt attempt,
                                         const Error &error)
{
    const QString id = running.record.id;
    const int lane = step.lane;
    // What was just cordoned may be told as active for a moment still.
    const bool isSoon = step.isInverse && std::holds_alternative<DeleteStamp>(step.primitive)
            && error.kind == ErrorKind::Refused && error.refusals.size() == 1
            && error.refusals.constFirst().code == "not-drained"_L1;
    if (error.isTransient() || isSoon) {
        if (attempt.failures++ == 0)
            attempt.firstFailure = m_clock.elapsed();
        if (m_clock.elapsed() - attempt.firstFailure > patience) {
            running.record.errorKind = error.kind;
            halt(running, lane, OperationState::Paused, error.message);
            return;
        }
        attempt.wait = attempt.failures == 1
                ? firstRetry
                : std::min<std::chrono::milliseconds>(2 * attempt.wait, longestRetry);
        const auto wait = std::max(attempt.wait, error.retryAfter.value_or(0ms));
        // Under the same key: whatever the lost answer was, nothing happens twice.
        m_clock.callLater(wait, this, [this, attempt] { tryStep(attempt); });
        return;
    }
    if (step.isInverse) {
        if (error.kind == ErrorKind::NotFound
            && (std::holds_alternative<RetireTenant>(step.primitive)
                || (running.record.request.kind == ActionKind::Create
                    && (std::holds_alternative<CordonStamp>(step.primitive)
                        || std::holds_alternative<DeleteStamp>(step.primitive))))) {
            // It is not there: that is what was wanted.
            stepEnded(running, step, StepState::Succeeded, {});
            return;
        }
        step.error = error.message;
        step.state = StepState::Failed;
        running.active.erase(lane);
        running.halted.insert(lane);
        running.record.state = OperationState::Failed;
        running.record.error = say("%1 could not be taken back: %2").arg(step.title, error.message);
        running.record.errorKind = error.kind;
        if (write(running, {step.index}, u"failed"_s, running.record.error))
            pump(id);
        return;
    }
    if (error.kind == ErrorKind::NotFound && std::holds_alternative<DeleteStamp>(step.primitive)) {
        // It is gone: that is what was wanted, whether this try or one before did it.
        stepEnded(running, step, StepState::Succeeded, {});
        return;
    }
    const bool back = running.back.contains(lane);
    const bool takenBack = back && error.kind == ErrorKind::Cancelled;
    if (!back) {
        // The lane is taken back, those in flight end, and no other begins.
        running.failure = step.title + u": "_s + error.message;
        running.failureKind = error.kind;
        running.starting = false;
        running.back.insert(lane);
    }
    stepEnded(running, step, takenBack ? StepState::RolledBack : StepState::Failed, error.message);
}

// Appends the inverses of what the lane did, the last first.
void OperationRunner::Engine::turnBack(Running &running, int lane)
{
    running.back.insert(lane);
    JournalOperation &record = running.record;
    const size_t count = record.steps.size();
    std::vector<int> changed;
    for (size_t i = 0; i < count; ++i) {
        // Known only once it has been tried again; see nextStep().
        if (record.steps[i].lane == lane && !record.steps[i].isInverse
            && record.steps[i].state == StepState::Running)
            return;
        if (record.steps[i].lane == lane && record.steps[i].isInverse
            && record.steps[i].state == StepState::Failed) {
            record.steps[i].state = StepState::Pending;
            record.steps[i].key = nextKey(record.steps[i], record.id);
            changed.push_back(int(i));
        }
    }
    // Behind what nothing takes back there is nothing to take back.
    const bool isFinalLane = std::any_of(record.steps.begin(), record.steps.end(),
                                   [lane](const JournalStep &step) {
                                       return step.lane == lane && !step.isInverse
                                               && step.state == StepState::Succeeded
                                               && !hasInverse(step.primitive);
                                   });
    for (size_t i = isFinalLane ? 0 : count; i-- > 0;) {
        if (record.steps[i].lane != lane || record.steps[i].isInverse
            || record.steps[i].state != StepState::Succeeded)
            continue;
        const bool known = std::any_of(record.steps.begin(), record.steps.end(),
                                       [i](const JournalStep &other) {
                                           return other.isInverse && other.inverseOf == int(i)
                                                   && !isOver(other);
                                       });
        if (known)
            continue;
        const auto inverses = inverseOf(record.steps[i].primitive, destination(record, lane));
        if (inverses.empty()) {
            record.steps[i].state = StepState::RolledBack;
            changed.push_back(int(i));
            continue;
        }
        for (const Primitive &primitive : inverses) {
            JournalStep step;
            step.index = int(record.steps.size());
            step.lane = lane;
            step.title = stepTitle(primitive);
            step.source = record.steps[i].source;
            step.primitive = primitive;
            step.isInverse = true;
            step.inverseOf = int(i);
            step.key = keyOf(record.id, step.index, 1);
            changed.push_back(step.index);
            record.steps.push_back(step);
        }
    }
    if (!changed.empty())
        std::ignore = write(running, changed);
}

void OperationRunner::Engine::halt(Running &running, int lane, OperationState state,
                                   const QString &why)
{
    const QString id = running.record.id;
    running.active.erase(lane);
    running.halted.insert(lane);
    running.starting = false;
    running.record.state = state;
    running.record.error = why;
    if (write(running, {-1}, u"paused"_s, why))
        pump(id);
}

void OperationRunner::Engine::answerWaiting(Running &running)
{
    const auto shown = std::make_shared<const Operation>(running.record.shown());
    for (const OperationAnswer &answer : std::exchange(running.waiting, {}))
        answer->give(shown);
}

void OperationRunner::Engine::end(Running &running)
{
    const QString id = running.record.id;
    JournalOperation &record = running.record;
    OperationState state = running.endState;
    QString error;
    record.errorKind.reset();
    std::vector<int> changed;
    if (state == OperationState::Succeeded && !running.failure.isEmpty()) {
        state = OperationState::Failed;
        error = running.failure;
        record.errorKind = running.failureKind;
    }
    const std::set<int> lanes = lanesOf(record);
    if (state == OperationState::Cancelled
        && std::all_of(lanes.begin(), lanes.end(),
                       [&record](int lane) { return laneDone(record, lane); })) {
        // All of it was done when it was asked for: whoever waits has to know that it stays.
        state = OperationState::Succeeded;
    }
    if (record.request.kind == ActionKind::Drain) {
        const auto [moves, moved] = movedOf(record);
        if (state == OperationState::Failed)
            error = say("%1 (%2 of %3 tenants are moved)").arg(error).arg(moved).arg(moves);
        else if (state == OperationState::Succeeded && !record.request.left.isEmpty())
            error = say("done in part: %1 stay where they are")
                            .arg(record.request.left.join(u", "_s));
    }
    if (state == OperationState::Cancelled) {
        for (JournalStep &step : record.steps) {
            if (!step.isInverse && step.state == StepState::Pending) {
                step.state = StepState::Skipped;
                changed.push_back(step.index);
            }
        }
    }
    if (changed.empty())
        changed.push_back(-1); // no step
    record.state = state;
    record.error = error;
    if (!enter(running, changed, toString(state), error))
        return;
    // Before it is shown, so that nobody who sees that it ended still finds its stamps and tenants
    // busy.
    m_store.release(id);
    show(record);
    m_journal.unlock(id);
    answerWaiting(running);
    m_running.erase(id);
}

void OperationRunner::Engine::whenFinished(const QString &operation, const OperationAnswer &answer)
{
    if (Running *running = find(operation)) {
        running->waiting.append(answer);
        if (running->active.empty() && running->record.state == OperationState::Paused)
            answerWaiting(*running);
        return;
    }
    const auto record = m_journal.operation(operation);
    if (!record)
        answer->give(fail(record.error()));
    else
        answer->give(std::make_shared<const Operation>(record->shown()));
}

void OperationRunner::Engine::pause(Running &running)
{
    if (running.record.state != OperationState::Running)
        return;
    running.starting = false;
    running.record.state = OperationState::Paused;
    running.record.error.clear();
    running.record.errorKind.reset();
    if (write(running, {-1}, u"paused"_s))
        pump(running.record.id);
}

Result<void> OperationRunner::Engine::resume(Running &running)
{
    JournalOperation &record = running.record;
    running.halted.clear();
    running.failure.clear();
    running.failureKind.reset();
    running.back.clear();
    running.again.clear();
    if (isFinal(record.state))
        m_store.restoreClaims(claimsOf(record));
    std::vector<int> changed;
    for (const int lane : lanesOf(record)) {
        // A lane that was on its way back may not turn in the middle: what its inverse did has to
        // be known, and a tenant that is half back is taken all the way first.
        bool tried = false, waiting = false, partly = false;
        for (const JournalStep &step : record.steps) {
            if (step.lane != lane)
                continue;
            if (step.isInverse) {
                tried |= step.state == StepState::Running || step.state == StepState::Failed;
                waiting |= step.state == StepState::Pending;
            } else {
                partly |= step.state == StepState::RolledBack;
            }
        }
        if (tried || (waiting && partly)) {
            running.again.insert(lane);
            turnBack(running, lane);
            continue;
        }
        for (JournalStep &step : record.steps) {
            if (step.lane == lane && step.isInverse && step.state == StepState::Pending) {
                step.state = StepState::Skipped;
                changed.push_back(step.index);
            }
            if (step.lane == lane && !step.isInverse && step.state == StepState::Running)
                running.goOn.insert(lane);
        }
        const std::vector<int> reset = resetLane(record, lane);
        changed.insert(changed.end(), reset.begin(), reset.end());
    }
    running.starting = true;
    running.endState = OperationState::Succeeded;
    record.state = OperationState::Running;
    record.error.clear();
    record.errorKind.reset();
    if (changed.empty())
        changed.push_back(-1);
    if (!write(running, changed, u"resumed"_s))
        return fail(ErrorKind::Denied, record.error);
    watchTargets(running, *m_store.current()); // whoever resumes takes them as they are
    setDeadline(running);
    pump(record.id);
    return {};
}

void OperationRunner::Engine::rollBack(Running &running)
{
    running.starting = false;
    running.halted.clear();
    running.failure.clear();
    running.failureKind.reset();
    running.again.clear();
    running.endState = OperationState::RolledBack;
    running.record.state = OperationState::RollingBack;
    running.record.error.clear();
    running.record.errorKind.reset();
    if (!write(running, {-1}, u"rolling-back"_s))
        return;
    for (const int lane : lanesOf(running.record)) {
        running.back.insert(lane);
        if (!running.active.contains(lane))
            turnBack(running, lane);
    }
    pump(running.record.id);
}

// No move starts, those in flight are taken back, finished ones stay.
void OperationRunner::Engine::cancel(Running &running)
{
    running.starting = false;
    running.halted.clear();
    running.again.clear();
    running.endState = OperationState::Cancelled;
    running.record.state = OperationState::RollingBack;
    running.record.error.clear();
    running.record.errorKind.reset();
    if (!write(running, {-1}, u"cancelling"_s))
        return;
    for (const int lane : lanesOf(running.record)) {
        if (laneDone(running.record, lane) || !laneBegan(running.record, lane))
            continue;
        running.back.insert(lane);
        if (!running.active.contains(lane))
            turnBack(running, lane);
    }
    pump(running.record.id);
}

// Takes up an operation that no process runs.
Result<OperationRunner::Engine::Running *>
OperationRunner::Engine::adopt(const JournalOperation &known)
{
    const FleetVersionPtr version = m_store.current();
    for (auto it = known.instances.begin(); it != known.instances.end(); ++it) {
        const int source = version->sourceIndex(it.key());
        if (source < 0)
            return fail(ErrorKind::NotFound, say("there is no source %1 here").arg(it.key()));
        const QString &instance = version->sources[source].instance;
        if (instance.isEmpty()) {
            return fail(ErrorKind::Unreachable,
                        say("%1 has not answered yet, so nobody knows whether it is the fleet of "
                            "this operation")
                                .arg(it.key()));
        }
        if (!it.value().isEmpty() && instance != it.value()) {
            return fail(ErrorKind::Conflict,
                        say("%1 is another fleet than the one of this operation").arg(it.key()));
        }
    }
    const auto locked = m_journal.lock(known.id);
    if (!locked)
        return fail(locked.error());
    // Another process may have moved it on between our look and our lock.
    auto record = m_journal.operation(known.id);
    if (!record) {
        m_journal.unlock(known.id);
        return fail(record.error());
    }
    Running running;
    running.record = std::move(*record);
    running.starting = false;
    const auto [at, isNew] = m_running.emplace(known.id, std::move(running));
    lookForRequests();
    return &at->second;
}

Result<OperationPtr> OperationRunner::Engine::apply(Running &running, OperationVerb verb,
                                                    const Asker &asker)
{
    const QString id = running.record.id;
    running.asker = asker;
    const OperationState state = running.record.state;
    const auto no = [&](const QString &why) -> Result<OperationPtr> {
        return fail(ErrorKind::Conflict, why, u"state"_s);
    };
    switch (verb) {
    case OperationVerb::Pause:
        if (state != OperationState::Running && state != OperationState::Paused)
            return no(say("it is %1 and can't be paused").arg(toString(state)));
        pause(running);
        break;
    case OperationVerb::Resume:
        if (state == OperationState::Paused || state == OperationState::Failed
            || state == OperationState::Orphaned) {
            if (const auto resumed = resume(running); !resumed)
                return fail(resumed.error());
        }
        break;
    case OperationVerb::Cancel:
        if (isFinal(state) && state != OperationState::Failed)
            return no(say("it is %1 already").arg(toString(state)));
        cancel(running);
        break;
    case OperationVerb::Rollback:
        if (isPastReturn(running.record))
            return no(say("what is deleted can't be brought back"));
        if (state != OperationState::RolledBack)
            rollBack(running);
        break;
    case OperationVerb::Undo:
        return no(say("undo is an operation of its own"));
    }
    if (const Running *still = find(id))
        return std::make_shared<const Operation>(still->record.shown());
    const auto record = m_journal.operation(id);
    if (!record)
        return fail(record.error());
    return std::make_shared<const Operation>(record->shown());
}

void OperationRunner::Engine::control(const QString &operation, OperationVerb verb,
                                      const Asker &asker, Adoption adoption,
                                      const OperationAnswer &answer)
{
    Q_UNUSED(adoption)
    if (verb == OperationVerb::Undo) {
        const FleetVersionPtr version = m_store.current();
        const QString source = version->operationSource.value(operation);
        if (!source.isEmpty()) {
            passOn(source, operation, verb, asker, answer);
            return;
        }
        auto request = undoRequest(operation);
        if (!request) {
            answer->give(fail(request.error()));
            return;
        }
        request->actor = asker.name;
        request->reason = asker.reason;
        submit(*request, operation, answer);
        return;
    }
    if (Running *running = find(operation)) {
        answer->give(apply(*running, verb, asker));
        return;
    }
    const auto record = m_journal.operation(operation);
    if (!record) {
        const QString source = m_store.current()->operationSource.value(operation);
        if (record.error().kind == ErrorKind::NotFound && !source.isEmpty())
            passOn(source, operation, verb, asker, answer);
        else
            answer->give(fail(record.error()));
        return;
    }
    if (!m_journal.holder(operation).isEmpty()
        && (verb == OperationVerb::Pause || verb == OperationVerb::Cancel)) {
        const auto posted
                = m_journal.post({operation, verb, asker.name, asker.reason, m_clock.now()});
        if (posted)
            answer->give(std::make_shared<const Operation>(record->shown()));
        else
            answer->give(fail(posted.error()));
        return;
    }
    const auto taken = adopt(*record);
    if (!taken) {
        answer->give(fail(taken.error()));
        return;
    }
    const auto applied = apply(**taken, verb, asker);
    // Nothing to do with it after all: it is free again.
    if (const Running *running = find(operation);
        running && running->active.empty()
        && (!applied || isFinal(running->record.state))) {
        m_journal.unlock(operation);
        m_running.erase(operation);
    }
    answer->give(applied);
}

void OperationRunner::Engine::passOn(const QString &source, const QString &operation,
                                     OperationVerb verb, const Asker &asker,
                                     const OperationAnswer &answer)
{
    WriteContext context;
    context.idempotencyKey = newId(m_clock.now());
    context.actor = asker.name;
    context.reason = asker.reason;
    whenDone(m_executor.control(source, operation, verb, context), this, [answer](const Result<OperationPtr> &result) { answer->give(result); });
}

void OperationRunner::Engine::pauseAll(const Asker &asker)
{
    QStringList ids;
    for (const auto &[id, running] : m_running)
        ids.append(id);
    for (const QString &id : ids) {
        if (Running *running = find(id))
            std::ignore = apply(*running, OperationVerb::Pause, asker);
    }
}

Result<ActionRequest> OperationRunner::Engine::undoRequest(const QString &operation)
{
    const Running *running = find(operation);
    auto stored = running ? Result<JournalOperation>(running->record)
                          : m_journal.operation(operation);
    if (!stored)
        return fail(stored.error());
    if (!isFinal(stored->state)) {
        return fail(ErrorKind::Conflict,
                    say("it is %1: cancel it or roll it back").arg(toString(stored->state)),
                    u"state"_s);
    }
    if (stored->request.kind == ActionKind::Delete) {
        return fail(ErrorKind::Unsupported,
                    say("what is deleted can't be brought back: create it anew"));
    }
    ActionRequest request;
    request.kind = stored->request.kind;
    request.parallel = stored->request.parallel;
    request.allowUnknown = stored->request.allowUnknown;
    std::map<int, std::pair<QString, QString>> moved; // by lane
    for (const Claim &claim : claimsOf(*stored)) {
        if (claim.tenant.isEmpty())
            request.stamp = claim.to;
    }
    for (const JournalStep &step : stored->steps) {
        if (const MoveTenant move = moveOf(*stored, step.lane); !move.tenant.isEmpty()) {
            moved[step.lane] = {tenantId(stored->request, move.tenant),
                                step.source + u'/' + move.from};
        }
    }
    bool done = false;
    std::set<int> undone;
    for (const JournalStep &step : stored->steps) {
        if (step.isInverse || step.state != StepState::Succeeded)
            continue;
        done = true;
        undone.insert(step.lane);
        if (const auto *scale = std::get_if<ScaleStamp>(&step.primitive))
            request.scale = scale->from;
    }
    if (!done)
        return fail(ErrorKind::Conflict, say("it changed nothing that is left"), u"state"_s);
    // What was taken back already stays out.
    for (const auto &[lane, target] : moved) {
        if (undone.contains(lane))
            request.targets.push_back(target);
    }
    if (request.kind == ActionKind::Create) {
        request.kind = ActionKind::Delete;
        request.cordonFirst = true;
    } else if (request.kind == ActionKind::Move) {
        if (!request.stamp.isEmpty())
            return fail(ErrorKind::Unsupported,
                        say("it took a drain back: drain %1 again instead").arg(request.stamp));
    } else if (request.kind == ActionKind::Drain) {
        // What it cordoned takes tenants again, and then its own come back.
        const bool cordoned = gateLane(*stored) >= 0 || request.targets.empty();
        request.kind = request.targets.empty() ? ActionKind::Uncordon : ActionKind::Move;
        if (!cordoned)
            request.stamp.clear();
    } else if (request.kind == ActionKind::Cordon) {
        request.kind = ActionKind::Uncordon;
    } else if (request.kind == ActionKind::Uncordon) {
        request.kind = ActionKind::Cordon;
    } else if (request.scale.isEmpty()) {
        return fail(ErrorKind::Unsupported, say("nobody told what it was before"));
    }
    return request;
}

// While something runs here: what other processes ask of it.
void OperationRunner::Engine::lookForRequests()
{
    if (m_looking || m_running.empty())
        return;
    m_looking = true;
    m_clock.callLater(requestInterval, this, [this] {
        m_looking = false;
        QStringList ids;
        for (const auto &[id, running] : m_running)
            ids.append(id);
        if (!ids.isEmpty()) {
            if (const auto requests = m_journal.takeRequests(ids)) {
                for (const JournalRequest &request : *requests) {
                    if (Running *running = find(request.operation))
                        std::ignore = apply(*running, request.verb, {request.actor, request.reason});
                }
            }
        }
        lookForRequests();
    });
}

// At the deadline no move starts, and those in flight end (product.md).
void OperationRunner::Engine::setDeadline(Running &running)
{
    if (!running.record.request.deadline)
        return;
    running.deadline = m_clock.elapsed() + *running.record.request.deadline;
    lookAtDeadline(running.record.id);
}

void OperationRunner::Engine::lookAtDeadline(const QString &id)
{
    Running *running = find(id);
    if (!running || !running->deadline)
        return;
    const auto left = *running->deadline - m_clock.elapsed();
    if (left > 0ms) {
        // In days at the most: a timer counts no more than 24.
        m_clock.callLater(std::min<std::chrono::milliseconds>(left, 24h), this,
                          [this, id] { lookAtDeadline(id); });
        return;
    }
    running->deadline.reset();
    if (!running->starting || running->record.state != OperationState::Running
        || !isWaiting(running->record))
        return;
    running->starting = false;
    running->failure = say("the deadline of %1 has passed")
                               .arg(toString(*running->record.request.deadline));
    running->failureKind.reset();
    if (write(*running, {-1}, u"deadline"_s, running->failure))
        pump(id);
}

void OperationRunner::Engine::watchTargets(Running &running, const FleetVersion &version)
{
    running.targets.clear();
    for (const JournalStep &step : running.record.steps) {
        const MoveTenant move = moveOf(running.record, step.lane);
        if (move.tenant.isEmpty())
            continue;
        const QString id = step.source + u'/' + move.to;
        const int slot = version.stampIndex.value(id);
        if (slot < 0 || running.targets.contains(id))
            continue;
        const StampEntry &entry = *version.stamps[slot];
        TargetWatch watch;
        watch.health = entry.health;
        watch.errorRatio = entry.stamp->signalValues.errorRatio;
        watch.latencyP99Ms = entry.stamp->signalValues.latencyP99Ms;
        watch.last = entry.stamp;
        running.targets.emplace(id, std::move(watch));
    }
}

// The health gate: new moves wait for a person when a target is worse than when they were planned,
// stale, or over twice its error ratio or p99 of then for two observations.
void OperationRunner::Engine::lookAtTargets(const FleetVersion &version)
{
    // Below a thousandth of errors, twice as many are no sign of anything.
    constexpr double leastErrors = 0.001;
    std::vector<std::pair<QString, QString>> paused; // with why
    for (auto &[id, running] : m_running) {
        if (running.targets.empty() || running.record.state != OperationState::Running
            || !running.starting || !isWaiting(running.record))
            continue;
        QString why;
        for (auto &[name, watch] : running.targets) {
            const int slot = version.stampIndex.value(name);
            if (slot < 0)
                continue;
            const StampEntry &entry = *version.stamps[slot];
            // Its load is what the plan said it would be.
            const auto reason = std::find_if(
                    entry.reasons.begin(), entry.reasons.end(),
                    [](const HealthReason &each) { return each.code != "load"_L1; });
            if (entry.stale) {
                why = say("%1 is stale").arg(name);
            } else if (entry.health > watch.health && entry.health >= Health::Degraded
                       && reason != entry.reasons.end()) {
                why = say("%1 is %2: %3").arg(name, toString(entry.health), reason->message);
            } else if (entry.stamp->observedAt != watch.last->observedAt
                       || entry.stamp->signalValues != watch.last->signalValues) {
                // Not the stamp's pointer: a claim on it makes another one of the same observation.
                watch.last = entry.stamp;
                const SignalValues &is = entry.stamp->signalValues;
                const auto doubled = [](std::optional<double> now, std::optional<double> then,
                                        double least) {
                    return now && then && *now > 2 * std::max(*then, least);
                };
                const bool errors = doubled(is.errorRatio, watch.errorRatio, leastErrors);
                const bool slow = doubled(is.latencyP99Ms, watch.latencyP99Ms, 0);
                watch.beyond = errors || slow ? watch.beyond + 1 : 0;
                if (watch.beyond >= 2) {
                    why = (errors ? say("the error ratio of %1 is over twice what it was")
                                  : say("the p99 of %1 is over twice what it was"))
                                  .arg(name);
                }
            }
            if (!why.isEmpty())
                break;
        }
        if (!why.isEmpty())
            paused.emplace_back(id, why);
    }
    for (const auto &[id, why] : paused) {
        Running *running = find(id);
        if (!running)
            continue;
        running->starting = false;
        running->record.state = OperationState::Paused;
        running->record.error = why;
        running->record.errorKind.reset();
        if (write(*running, {-1}, u"paused"_s, why))
            pump(id);
    }
}

} // namespace Stampdeck

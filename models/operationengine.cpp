// SPDX-License-Identifier: GPL-3.0-or-later
#include "operationengine.h"

#include "crashpoint.h"
#include "formatter.h"
#include "marks.h"

#include "backends/api/whendone.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDebug>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRandomGenerator>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace Internal;

namespace {

constexpr auto observeInterval = 200ms;
constexpr auto firstRetry = 250ms;
constexpr auto longestRetry = 5s;
constexpr auto patience = 30s; // with a backend that does not answer, before a person has to look
constexpr auto probeLimit = 10min; // for a target to serve
constexpr auto requestInterval = 1s;
constexpr auto measureInterval = 1s; // of how long moves take
constexpr auto longStep = 10s; // worth to be told that it waits
constexpr int stepsPerMillisecond = 32; // of an operation that is shown anew
constexpr auto adoptionLimit = 20s; // until marks that were taken over are seen
constexpr auto clearingLimit = 3s; // for a backend to clear marks, before the end is told anyway

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Operation)
};

// Sorts by time, and is unique without asking anybody.
QString newId(Timestamp now)
{
    const QString time = QString::number(now.time_since_epoch().count(), 36);
    const QString random = QString::number(QRandomGenerator::system()->generate64() >> 16, 36);
    return u"op-"_s + time + u'-' + random;
}

// Where a lane takes its tenant; for the inverse of a retire.
QString destination(const JournalOperation &record, const std::vector<int> &lane)
{
    for (const int index : lane) {
        const JournalStep &step = record.steps[size_t(index)];
        if (const auto *place = std::get_if<PlaceTenant>(&step.primitive); place && !step.isInverse)
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

// An adopted operation's keys are not those of whoever began it, whose steps were others.
QString firstKey(const JournalOperation &record, int step)
{
    return keyOf(record.hold.adoptedFrom.isEmpty() ? record.id
                                                   : QString(record.id + u'~' + record.hold.run),
                 step, 1);
}

QString nextKey(const JournalStep &step)
{
    return step.key.section(u'/', 0, -2) + u'/'
        + QString::number(step.key.section(u'/', -1).toInt() + 1);
}

// Makes what a lane failed at, or took back, ready to be tried anew; gives the steps changed.
std::vector<int> resetLane(JournalOperation &record, const std::vector<int> &lane)
{
    std::vector<int> changed;
    for (const int index : lane) {
        JournalStep &step = record.steps[size_t(index)];
        // What was skipped for a reason, such as another's move, stays so.
        const bool skipped = step.state == StepState::Skipped && step.error.isEmpty();
        if (step.isInverse
            || (step.state != StepState::Failed && step.state != StepState::RolledBack && !skipped))
            continue;
        step.state = StepState::Pending;
        step.error.clear();
        step.handle.clear();
        step.key = nextKey(step);
        step.expectedRevision.clear(); // it has been changed by ourselves since
        changed.push_back(step.index);
    }
    return changed;
}

// Whom the lane of \a step moves; null for a step that is not the first of a move.
struct MoveStart
{
    QString tenant, from;
};
std::optional<MoveStart> moveStart(const JournalStep &step)
{
    if (step.isInverse)
        return std::nullopt;
    if (const auto *place = std::get_if<PlaceTenant>(&step.primitive))
        return MoveStart{place->tenant, place->from};
    if (const auto *move = std::get_if<MoveTenant>(&step.primitive))
        return MoveStart{move->tenant, move->from};
    return std::nullopt;
}

// The loser of a race is told what changed and by whom.
std::optional<Error> revisionError(const FleetVersion &version, const ActionRequest &request,
                                   const Plan &plan)
{
    if (request.ifMatch.isEmpty() || request.ifMatch == u'*' || !plan.creates.isEmpty()
        || request.kind == ActionKind::Evacuate || request.stamps.size() > 1)
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
    const QString message = by.isEmpty() && !at
        ? Words::tr("%1 is not as it was seen: it was changed").arg(what)
        : by.isEmpty()
        ? Words::tr("%1 is not as it was seen: it was changed at %2").arg(what, Format::second(*at))
        : !at ? Words::tr("%1 is not as it was seen: it was changed by %2").arg(what, by)
              : Words::tr("%1 is not as it was seen: it was changed by %2 at %3")
                    .arg(what, by, Format::second(*at));
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

WriteContext contextOf(const JournalOperation &record)
{
    WriteContext context;
    context.operation = record.id;
    context.actor = record.request.actor;
    context.under = record.request.under;
    if (context.under.isEmpty())
        context.run = record.hold.run;
    return context;
}

std::optional<Error> inFlightError(const FleetVersion &version, const Plan &plan)
{
    for (const PlannedMove &move : plan.moves) {
        const Tenant &tenant = *version.tenants[move.tenant].tenant;
        if (!tenant.operation.isEmpty()) {
            return Error::of(
                ErrorKind::Conflict,
                Words::tr("%1 is in flight: operation %2").arg(tenant.id, tenant.operation),
                u"in-flight"_s);
        }
    }
    return std::nullopt;
}

// Another operation has marked what the plan would write.
std::optional<Error> heldElsewhereError(const FleetVersion &version, const ActionRequest &request,
                                        const Plan &plan)
{
    const auto held = [&](const OptionalMark &mark, bool elsewhere,
                          const QString &name) -> std::optional<Error> {
        if (!mark)
            return std::nullopt;
        if (mark->operation == request.under) {
            if (request.run.isEmpty() || request.run == mark->run)
                return std::nullopt;
            return Error::of(ErrorKind::Conflict,
                             Words::tr("operation %1 is run by %2").arg(mark->operation, mark->who),
                             u"marked"_s);
        }
        if (!elsewhere)
            return std::nullopt;
        return Error::of(ErrorKind::Conflict,
                         Words::tr("%1 is being changed by operation %2: %3 by %4")
                             .arg(name, mark->operation, mark->kind, mark->who),
                         u"marked"_s);
    };
    for (const PlannedMove &move : plan.moves) {
        const TenantEntry &entry = version.tenants[move.tenant];
        if (const auto error = held(entry.tenant->mark, entry.elsewhere, entry.tenant->id))
            return error;
    }
    for (const PlannedStep &step : plan.steps) {
        const QString name = stampOf(step.primitive);
        const int slot = name.isEmpty()
                ? -1
                : version.stampIndex.value(step.source + u'/' + name);
        if (slot < 0)
            continue;
        const StampEntry &entry = *version.stamps[slot];
        if (const auto error = held(entry.stamp->mark, entry.elsewhere, entry.stamp->name))
            return error;
    }
    return std::nullopt;
}

// Whether the operation that a request is a step of has marked what it would write.
bool isCovered(const FleetVersion &version, const Plan &plan)
{
    const QString &under = plan.request.under;
    if (under.isEmpty())
        return false;
    const auto covers = [&under](const OptionalMark &mark) {
        return mark && mark->operation == under;
    };
    for (const PlannedMove &move : plan.moves) {
        if (!covers(version.tenants[move.tenant].tenant->mark))
            return false;
    }
    return !plan.moves.empty() || plan.loads.isEmpty()
            || covers(version.stamps[plan.loads.constFirst().slot]->stamp->mark);
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
            [this](const FleetVersionPtr &version) {
                lookAtTargets(*version);
                lookAtMarks(*version);
            });
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

// A large operation is not shown at each of its steps: all of them together would cost the square of
// what they are.
void OperationRunner::Engine::show(Running &running)
{
    const JournalOperation &record = running.record;
    const std::chrono::milliseconds interval(record.steps.size() / stepsPerMillisecond);
    const auto now = m_clock.elapsed();
    const bool isSoon = running.shownState == record.state && interval > 0ms
            && now < running.shownAt + interval;
    if (isSoon) {
        if (!std::exchange(running.toBeShown, true)) {
            m_clock.callLater(running.shownAt + interval - now, this, [this, id = record.id] {
                if (Running *later = find(id); later && later->toBeShown) {
                    later->shownState.reset();
                    show(*later);
                }
            });
        }
        return;
    }
    running.toBeShown = false;
    running.shownState = record.state;
    running.shownAt = now;
    const OperationPtr shown = shownOf(running);
    m_store.showOperation(shown);
    Q_EMIT operationChanged(shown);
}

OperationPtr OperationRunner::Engine::shownOf(const Running &running)
{
    const auto shown = std::make_shared<Operation>(running.record.shown());
    if (!running.mend.isEmpty() && shown->state == OperationState::Paused)
        shown->mend = running.mend;
    if (shown->state != OperationState::Running)
        return shown;
    // What keeps all of it from going on comes before what holds one step up.
    if (!running.starting && !running.failure.isEmpty()) {
        shown->blocked = running.failure;
        shown->mend = Words::tr("what is in flight ends; then it can be resumed or rolled back");
    } else if (!running.waits.empty()) {
        shown->blocked = running.waits.begin()->second.why;
        shown->mend = running.waits.begin()->second.mend;
    }
    QHash<QString, int> left; // moves, by source
    for (const int lane : running.open) {
        const std::vector<int> &steps = running.lanes[lane];
        if (steps.empty())
            continue;
        const JournalStep &first = running.record.steps[size_t(steps.front())];
        if (moveStart(first) && !laneDone(running.record, steps))
            ++left[first.source];
    }
    if (!left.isEmpty()) {
        if (!m_times || m_clock.elapsed() - m_timesAt >= measureInterval) {
            m_times.emplace(*m_store.current());
            m_timesAt = m_clock.elapsed();
        }
        shown->remaining = m_times->estimate(left, running.record.request.parallel);
    }
    return shown;
}

void OperationRunner::Engine::wait(Running &running, int lane, const Wait &wait)
{
    const auto [at, isNew] = running.waits.try_emplace(lane, wait);
    if (!isNew && at->second == wait)
        return;
    at->second = wait;
    show(running);
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
            record.error = Words::tr("cut off at %1 of %2 steps").arg(done).arg(all);
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
        if (!record.hold.run.isEmpty() && record.hold.adoptedBy.isEmpty()) {
            m_store.addOwnRun(record.hold.run);
            // A rollback that failed half way is final and still holds what it has marked.
            if (open || record.hold.marked)
                m_waitingRuns.insert(record.id, record.hold.run);
            else
                m_endedRuns.insert(record.hold.run, record.id);
        }
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
                if (const auto error = heldElsewhereError(*version, request, *planned))
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
    if (request.kind == ActionKind::Move && !request.targets.empty()) {
        record.request.targets.clear();
        for (const PlannedMove &move : plan.moves)
            record.request.targets.emplace_back(move.id, move.to);
    } else {
        record.request.targets.clear();
        for (const PlannedMove &move : plan.moves)
            record.request.tenants.append(move.id);
    }
    if (request.kind == ActionKind::Drain && request.stamps.size() < 2)
        record.request.stamp = plan.loads.constFirst().stamp;
    if (request.kind == ActionKind::Create)
        record.request.source = plan.creates.section(u'/', 0, 0);
    record.request.left = plan.left;
    record.hold.run = newRun();
    if (!isCovered(version, plan)) {
        record.request.under.clear();
        record.request.run.clear();
    }
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
        step.key = firstKey(record, step.index);
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
    entry.outcome = toString(OperationState::Running);
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
    m_store.addOwnRun(record.hold.run);
    watchTargets(running, version);
    openLanes(running);
    m_running.emplace(id, std::move(running));
    setDeadline(m_running.at(id));
    show(m_running.at(id));
    answer->give(shownOf(m_running.at(id)));
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
    record.error = Words::tr("the journal can't be written: %1").arg(written.error().message);
    running.starting = false;
    for (int lane = 0; lane < running.lanes.count(); ++lane)
        running.halted.insert(lane);
    show(running);
    if (running.active.empty())
        answerWaiting(running);
    return false;
}

bool OperationRunner::Engine::write(Running &running, const std::vector<int> &steps,
                                    const QString &action, const QString &outcome)
{
    if (!enter(running, steps, action, outcome))
        return false;
    show(running);
    return true;
}

// All lanes may have something to do; for when their direction changes.
void OperationRunner::Engine::openLanes(Running &running)
{
    running.lanes = Lanes(running.record);
    running.open.clear();
    running.begun.clear();
    for (int lane = 0; lane < running.lanes.count(); ++lane) {
        running.open.insert(running.open.end(), lane);
        if (laneBegan(running.record, running.lanes[lane])
            && !laneDone(running.record, running.lanes[lane]))
            running.begun.insert(lane);
    }
}

// What \a lane may start now; -1 when nothing. False when the journal can't be written.
bool OperationRunner::Engine::nextOf(Running &running, int lane, int gate, bool gateShut, int *next)
{
    *next = -1;
    const JournalOperation &record = running.record;
    if (running.active.contains(lane) || running.halted.contains(lane))
        return true;
    const std::vector<int> &steps = running.lanes[lane];
    if (running.again.contains(lane) && nextStep(record, steps, true) < 0) {
        // It has been taken back to where it began, and goes forward from there.
        running.again.erase(lane);
        running.back.erase(lane);
        const std::vector<int> reset = resetLane(running.record, steps);
        if (!reset.empty() && !write(running, reset))
            return false;
    }
    const bool back = running.back.contains(lane);
    const bool began = laneBegan(record, steps);
    const int step = nextStep(record, steps, back);
    if (step < 0) {
        running.open.erase(lane);
        running.begun.erase(lane);
        return true;
    }
    if (!back && !began && !running.starting)
        return true;
    if (gateShut && lane != gate && (back ? record.steps[size_t(step)].isInverse : !began))
        return true;
    // What has begun goes on whatever the limit: a tenant on two stamps is not left there.
    const int parallel = std::max(1, record.request.parallel);
    if (!(began && !back) && int(running.active.size()) >= parallel)
        return true;
    // Not asked of a step that was tried before: that may have been what moved it.
    if (record.steps[size_t(step)].state == StepState::Pending) {
        if (const QString why = goneElsewhere(running, record.steps[size_t(step)]); !why.isEmpty())
            return skipLane(running, lane, why);
    }
    *next = step;
    return true;
}

// Starts what may start, and ends the operation when nothing is left to do.
void OperationRunner::Engine::pump(const QString &id)
{
    Running *running = find(id);
    if (!running || running->holding || running->ending)
        return;
    const int parallel = std::max(1, running->record.request.parallel);
    const int gate = gateLane(running->record);
    const bool unheld = !running->held && keepsMarks(running->record);
    std::vector<Attempt> attempts;
    // Changes `open` and `begun`: give it copies.
    const auto start = [&](int lane) {
        const bool gateShut = gate >= 0
                && (running->active.contains(gate) || running->halted.contains(gate)
                    || nextStep(running->record, running->lanes[gate],
                                running->back.contains(gate))
                            >= 0);
        int step = -1;
        if (!nextOf(*running, lane, gate, gateShut, &step))
            return false;
        if (step >= 0 && unheld) {
            hold(*running); // before the first write
            return false;
        }
        if (step >= 0) {
            running->active.insert(lane);
            running->begun.insert(lane);
            Attempt attempt;
            attempt.operation = id;
            attempt.step = step;
            attempts.push_back(attempt);
        }
        return true;
    };
    // The gate first, both ways: what is emptied takes back only once it is open.
    if (gate >= 0 && running->open.contains(gate) && !start(gate))
        return;
    const std::vector<int> begun(running->begun.begin(), running->begun.end());
    for (const int lane : begun) {
        if (!start(lane))
            return;
    }
    const bool mayBegin = running->starting || !running->back.empty();
    int lane = running->endState == OperationState::RolledBack ? running->lanes.count() : -1;
    const bool backward = lane >= 0;
    while (mayBegin && int(running->active.size()) < parallel) {
        // The next that is open, wherever the last one went.
        if (backward) {
            auto at = running->open.lower_bound(lane);
            if (at == running->open.begin())
                break;
            lane = *--at;
        } else {
            const auto at = running->open.upper_bound(lane);
            if (at == running->open.end())
                break;
            lane = *at;
        }
        if (!start(lane))
            return;
        if (gate >= 0 && running->active.contains(gate))
            break; // the others wait for it
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
    if (running->held && keepsMarks(running->record)
        && m_clock.elapsed() - running->heldAt > markDuration()) {
        // What looks done may have been done by somebody who adopted it while this process slept.
        running->holding = true;
        renew(id, [this, id](const Result<void> &) {
            if (Running *still = find(id)) {
                still->holding = false;
                end(*still);
            }
        });
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
    if (running->held && keepsMarks(running->record)
        && m_clock.elapsed() - running->heldAt > markDuration()) {
        // They have expired: somebody may have adopted it meanwhile.
        renew(attempt.operation, [this, attempt](const Result<void> &renewed) {
            Running *still = find(attempt.operation);
            if (still && renewed)
                tryStep(attempt);
            else if (still)
                stepFailed(*still, still->record.steps[size_t(attempt.step)], attempt,
                           renewed.error());
        });
        return;
    }
    if ((running->isAdopted || !running->record.hold.adoptedFrom.isEmpty()) && step.state == StepState::Running && !step.handle.isEmpty()
        && std::holds_alternative<MoveTenant>(step.primitive)) {
        observeStep(attempt); // the backend has it under way, for whoever ran it before
        return;
    }
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
    WriteContext context = contextOf(running->record);
    context.idempotencyKey = step.key;
    context.expectedRevision = step.expectedRevision;
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
    WriteContext context = contextOf(running->record);
    context.idempotencyKey = step.key;
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
        if (outcome.error().kind == ErrorKind::Conflict && running->held && !attempt.isVerified
            && keepsMarks(running->record)) {
            // Is it about the object, or does somebody else run the operation?
            renew(attempt.operation, [this, attempt, outcome](const Result<void> &) {
                Attempt verified = attempt;
                verified.isVerified = true;
                observed(verified, outcome); // nothing, where it was
            });
            return;
        }
        if (!waitForOthers(*running, step, attempt, outcome.error()))
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
             outcome->message.isEmpty() ? Words::tr("the backend paused it") : outcome->message);
        return;
    }
    if (std::holds_alternative<ProbeTenant>(step.primitive)
        && m_clock.elapsed() - attempt.started > probeLimit) {
        stepFailed(*running, step, attempt,
                   Error::of(ErrorKind::Refused,
                             Words::tr("it does not serve after %1").arg(Format::age(probeLimit))));
        return;
    }
    if (m_clock.elapsed() - attempt.started > longStep && !back) {
        wait(*running, step.lane,
             {outcome->message.isEmpty()
                  ? Words::tr("%1: for %2").arg(step.title, Format::age(longStep))
                  : QString(step.title + u": "_s + outcome->message),
              Words::tr("it goes on once that is done; cancel takes the move back")});
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
    running.waits.erase(lane);
    std::vector<int> changed{step.index};
    if (step.isInverse && state == StepState::Succeeded && step.inverseOf >= 0) {
        // Taken back once all of its inverses are through.
        const std::vector<int> &steps = running.lanes[lane];
        const bool through = std::all_of(steps.begin(), steps.end(), [&](int index) {
            const JournalStep &other = running.record.steps[size_t(index)];
            return !other.isInverse || other.inverseOf != step.inverseOf || isOver(other);
        });
        if (through) {
            running.record.steps[size_t(step.inverseOf)].state = StepState::RolledBack;
            changed.push_back(step.inverseOf);
        }
    }
    running.active.erase(lane);
    if (running.endState == OperationState::Cancelled && gateLane(running.record) >= 0
        && laneDone(running.record, running.lanes[lane])) {
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
        const auto pause = std::max(attempt.wait, error.retryAfter.value_or(0ms));
        wait(running, lane,
             {step.title + u": "_s + error.message,
              Words::tr("it goes on by itself once %1 answers, and pauses after %2")
                  .arg(step.source, Format::age(patience))});
        // Under the same key: whatever the lost answer was, nothing happens twice.
        m_clock.callLater(pause, this, [this, attempt] { tryStep(attempt); });
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
        running.record.error =
            Words::tr("%1 could not be taken back: %2").arg(step.title, error.message);
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
    running.open.insert(lane);
    JournalOperation &record = running.record;
    const std::vector<int> steps = running.lanes[lane];
    std::vector<int> changed;
    for (const int index : steps) {
        JournalStep &step = record.steps[size_t(index)];
        // Known only once it has been tried again; see nextStep().
        if (!step.isInverse && step.state == StepState::Running)
            return;
        if (step.isInverse && step.state == StepState::Failed) {
            step.state = StepState::Pending;
            step.key = nextKey(step);
            changed.push_back(index);
        }
    }
    // Behind what nothing takes back there is nothing to take back.
    const bool isFinalLane = std::any_of(steps.begin(), steps.end(), [&record](int index) {
        const JournalStep &step = record.steps[size_t(index)];
        return !step.isInverse && step.state == StepState::Succeeded && !hasInverse(step.primitive);
    });
    for (auto each = isFinalLane ? steps.rend() : steps.rbegin(); each != steps.rend(); ++each) {
        const int done = *each;
        if (record.steps[size_t(done)].isInverse
            || record.steps[size_t(done)].state != StepState::Succeeded)
            continue;
        const bool known = std::any_of(steps.begin(), steps.end(), [&](int index) {
            const JournalStep &other = record.steps[size_t(index)];
            return other.isInverse && other.inverseOf == done && !isOver(other);
        });
        if (known)
            continue;
        const auto inverses
                = inverseOf(record.steps[size_t(done)].primitive, destination(record, steps));
        if (inverses.empty()) {
            record.steps[size_t(done)].state = StepState::RolledBack;
            changed.push_back(done);
            continue;
        }
        for (const Primitive &primitive : inverses) {
            JournalStep step;
            step.index = int(record.steps.size());
            step.lane = lane;
            step.title = stepTitle(primitive);
            step.source = record.steps[size_t(done)].source;
            step.primitive = primitive;
            step.isInverse = true;
            step.inverseOf = done;
            step.key = firstKey(record, step.index);
            changed.push_back(step.index);
            record.steps.push_back(step);
            running.lanes.add(step);
        }
    }
    if (!changed.empty())
        std::ignore = write(running, changed);
}

// Why the tenant that \a step would begin to move is no longer there to be moved: somebody else took
// it elsewhere, or it is gone. Empty where it is as planned, and for what empties no stamp: who
// named a tenant has to know that it did not go where it was wanted.
QString OperationRunner::Engine::goneElsewhere(const Running &running, const JournalStep &step) const
{
    const auto start = moveStart(step);
    if (!start || !emptiesStamps(running.record.request.kind))
        return {};
    const FleetVersionPtr version = m_store.current();
    const int source = version->sourceIndex(step.source);
    if (source < 0 || !version->sources[source].answered)
        return {};
    const QString id = version->sources[source].tenantDomain + u'/' + start->tenant;
    const int slot = version->tenantIndex.value(id);
    if (slot < 0)
        return Words::tr("%1 is gone").arg(start->tenant);
    const Tenant &tenant = *version->tenants[slot].tenant;
    if (tenant.stamp == start->from || tenant.placementOn(start->from))
        return {};
    return tenant.updatedBy.isEmpty()
        ? Words::tr("already moved to %1").arg(tenant.stamp)
        : Words::tr("already moved to %1 by %2").arg(tenant.stamp, tenant.updatedBy);
}

bool OperationRunner::Engine::skipLane(Running &running, int lane, const QString &why)
{
    std::vector<int> changed;
    for (const int index : running.lanes[lane]) {
        JournalStep &step = running.record.steps[size_t(index)];
        if (step.isInverse || isForwardDone(step))
            continue;
        step.state = StepState::Skipped;
        step.endedAt = m_clock.now();
        step.error = why;
        changed.push_back(index);
    }
    running.active.erase(lane);
    running.waits.erase(lane);
    return write(running, changed);
}

// Another writer was faster with a tenant that is to leave. Until the fleet tells what became of it
// (moved elsewhere, gone, or still there under a newer revision) the lane waits; the others go on.
// False where that is no answer to \a error, or took too long.
bool OperationRunner::Engine::waitForOthers(Running &running, JournalStep &step, Attempt attempt,
                                            const Error &error)
{
    const auto start = moveStart(step);
    if (!start || !emptiesStamps(running.record.request.kind) || !step.handle.isEmpty()
        || running.back.contains(step.lane)
        || (error.kind != ErrorKind::Conflict && error.kind != ErrorKind::NotFound))
        return false;
    if (const QString why = goneElsewhere(running, step); !why.isEmpty()) {
        const QString id = running.record.id;
        if (skipLane(running, step.lane, why))
            pump(id);
        return true;
    }
    if (attempt.failures++ == 0)
        attempt.firstFailure = m_clock.elapsed();
    const FleetVersionPtr version = m_store.current();
    const int source = version->sourceIndex(step.source);
    const int slot = source < 0 ? -1
                                : version->tenantIndex.value(version->sources[source].tenantDomain
                                                             + u'/' + start->tenant);
    const Tenant *tenant = slot < 0 ? nullptr : version->tenants[slot].tenant.get();
    const bool isMoving = tenant && tenant->placements.size() > 1;
    if (m_clock.elapsed() - attempt.firstFailure > (isMoving ? probeLimit : patience))
        return false;
    if (tenant && !isMoving && tenant->stamp == start->from) {
        // It is here still: what is known of it by now is what is moved.
        step.expectedRevision = tenant->revision;
        const QString mark = u'+' + running.record.id; // our claim's
        if (step.expectedRevision.endsWith(mark))
            step.expectedRevision.chop(mark.size());
    }
    attempt.wait = attempt.failures == 1
            ? firstRetry
            : std::min<std::chrono::milliseconds>(2 * attempt.wait, longestRetry);
    wait(running, step.lane,
         {step.title + u": "_s + error.message,
          isMoving
              ? Words::tr("it goes on once that move has ended")
              : Words::tr("it goes on once the fleet tells what became of %1").arg(start->tenant)});
    m_clock.callLater(attempt.wait, this, [this, attempt] { tryStep(attempt); });
    return true;
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
    const OperationPtr shown = shownOf(running);
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
    if (state == OperationState::Cancelled
        && std::all_of(record.steps.begin(), record.steps.end(), [](const JournalStep &step) {
               return step.isInverse || isForwardDone(step);
           })) {
        // All of it was done when it was asked for: whoever waits has to know that it stays.
        state = OperationState::Succeeded;
    }
    if (emptiesStamps(record.request.kind)) {
        const auto moves = movesOf(record);
        const auto moved = std::count_if(moves.begin(), moves.end(), [&](const LaneMove &move) {
            return laneDone(record, running.lanes[move.lane]);
        });
        if (state == OperationState::Failed)
            error = Words::tr("%1 (%2 of %3 tenants are moved)")
                        .arg(error)
                        .arg(moved)
                        .arg(moves.size());
        else if (state == OperationState::Succeeded && !record.request.left.isEmpty())
            error = Words::tr("done in part: %1 stay where they are")
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
    const bool marked = std::exchange(record.hold.marked, false) || running.held;
    if (!enter(running, changed, toString(state), error))
        return;
    if (!marked || !keepsMarks(record)) {
        finish(id);
        return;
    }
    // The journal says first that it is over: marks that are left over are cleared whenever they
    // are seen, see lookAtMarks().
    running.ending = true;
    const auto end = [this, id] {
        if (const Running *still = find(id); still && still->ending)
            finish(id);
    };
    mark(record, std::nullopt, [end](const Result<void> &) { end(); });
    m_clock.callLater(clearingLimit, this, end);
}

// What it held is free before it is shown, so that nobody who sees that it ended still finds its
// stamps and tenants busy.
void OperationRunner::Engine::finish(const QString &id)
{
    Running *running = find(id);
    if (!running)
        return;
    m_endedRuns.insert(running->record.hold.run, id);
    m_store.release(id);
    show(running->record);
    m_journal.unlock(id);
    answerWaiting(*running);
    m_running.erase(id);
}

void OperationRunner::Engine::whenFinished(const QString &operation, const OperationAnswer &answer)
{
    if (Running *running = find(operation)) {
        running->waiting.append(answer);
        if (running->active.empty()
            && (running->record.state == OperationState::Paused || !running->halted.empty()))
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
    openLanes(running);
    std::vector<int> changed;
    for (int lane = 0; lane < running.lanes.count(); ++lane) {
        // A lane that was on its way back may not turn in the middle: what its inverse did has to
        // be known, and a tenant that is half back is taken all the way first.
        bool tried = false, waiting = false, partly = false;
        for (const int index : running.lanes[lane]) {
            const JournalStep &step = record.steps[size_t(index)];
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
        for (const int index : running.lanes[lane]) {
            JournalStep &step = record.steps[size_t(index)];
            if (step.isInverse && step.state == StepState::Pending) {
                step.state = StepState::Skipped;
                changed.push_back(step.index);
            }
            if (!step.isInverse && step.state == StepState::Running)
                running.goOn.insert(lane);
        }
        const std::vector<int> reset = resetLane(record, running.lanes[lane]);
        changed.insert(changed.end(), reset.begin(), reset.end());
    }
    running.starting = true;
    running.waits.clear();
    running.mend.clear();
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
    openLanes(running);
    for (int lane = 0; lane < running.lanes.count(); ++lane) {
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
    openLanes(running);
    for (int lane = 0; lane < running.lanes.count(); ++lane) {
        if (laneDone(running.record, running.lanes[lane])
            || !laneBegan(running.record, running.lanes[lane]))
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
            return fail(ErrorKind::NotFound, Words::tr("there is no source %1 here").arg(it.key()));
        const QString &instance = version->sources[source].instance;
        if (instance.isEmpty()) {
            return fail(
                ErrorKind::Unreachable,
                Words::tr("%1 has not answered yet, so nobody knows whether it is the fleet of "
                          "this operation")
                    .arg(it.key()));
        }
        if (!it.value().isEmpty() && instance != it.value()) {
            return fail(
                ErrorKind::Conflict,
                Words::tr("%1 is another fleet than the one of this operation").arg(it.key()));
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
    openLanes(running);
    const auto [at, isNew] = m_running.emplace(known.id, std::move(running));
    lookForRequests();
    return &at->second;
}

Result<OperationPtr> OperationRunner::Engine::apply(Running &running, OperationVerb verb,
                                                    const Asker &asker)
{
    const QString id = running.record.id;
    if (running.ending)
        return std::make_shared<const Operation>(running.record.shown());
    running.asker = asker;
    const OperationState state = running.record.state;
    const auto no = [&](const QString &why) -> Result<OperationPtr> {
        return fail(ErrorKind::Conflict, why, u"state"_s);
    };
    switch (verb) {
    case OperationVerb::Pause:
        if (state != OperationState::Running && state != OperationState::Paused)
            return no(Words::tr("it is %1 and can't be paused").arg(Format::word(state)));
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
            return no(Words::tr("it is %1 already").arg(Format::word(state)));
        cancel(running);
        break;
    case OperationVerb::Rollback:
        if (isPastReturn(running.record))
            return no(Words::tr("what is deleted can't be brought back"));
        if (state != OperationState::RolledBack)
            rollBack(running);
        break;
    case OperationVerb::Undo:
        return no(Words::tr("undo is an operation of its own"));
    }
    if (const Running *still = find(id))
        return shownOf(*still);
    const auto record = m_journal.operation(id);
    if (!record)
        return fail(record.error());
    return std::make_shared<const Operation>(record->shown());
}

void OperationRunner::Engine::control(const QString &operation, OperationVerb verb,
                                      const Asker &asker, Adoption adoption,
                                      const OperationAnswer &answer)
{
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
    if (!record && record.error().kind != ErrorKind::NotFound) {
        answer->give(fail(record.error()));
        return;
    }
    const FleetVersionPtr version = m_store.current();
    if (!record || !record->hold.adoptedBy.isEmpty()) {
        const OperationPtr shown = version->operations.value(operation);
        const QString source = version->operationSource.value(operation);
        if (!record && !source.isEmpty() && (!shown || !shown->fromMarks)) {
            passOn(source, operation, verb, asker, answer);
            return;
        }
        const auto marked = version->marked.constFind(operation);
        if (marked == version->marked.cend()) {
            answer->give(record
                             ? fail(ErrorKind::Conflict,
                                    Words::tr("it was adopted by %1").arg(record->hold.adoptedBy),
                                    u"adopted"_s)
                             : fail(record.error()));
        } else if (marked->live) {
            answer->give(fail(ErrorKind::Conflict, Words::tr("%1 runs it").arg(marked->mark.who),
                              u"adopted"_s));
        } else if (adoption == Adoption::No
                   || (verb != OperationVerb::Resume && verb != OperationVerb::Rollback)) {
            answer->give(
                fail(ErrorKind::Conflict,
                     Words::tr("nobody runs it any more: adopt it, to resume it or to roll it "
                               "back (--adopt)"),
                     u"orphaned"_s));
        } else {
            adoptMarked(*marked, record ? std::optional(*record) : std::nullopt, verb, asker, answer);
        }
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
    const auto marked = version->marked.constFind(operation);
    if (isFinal(record->state) && marked != version->marked.cend()
        && marked->mark.run == record->hold.run) {
        // It was killed after its last word: nothing is left to be marked.
        mark(*record, std::nullopt, [=, this, is = *record](const Result<void> &) {
            applyTo(is, verb, asker, answer);
        });
        return;
    }
    applyTo(*record, verb, asker, answer);
}

void OperationRunner::Engine::applyTo(const JournalOperation &record, OperationVerb verb,
                                      const Asker &asker, const OperationAnswer &answer)
{
    const QString &operation = record.id;
    const auto taken = adopt(record);
    if (!taken) {
        answer->give(fail(taken.error()));
        return;
    }
    const auto applied = apply(**taken, verb, asker);
    // Nothing to do with it after all: it is free again.
    if (const Running *running = find(operation);
        running && running->active.empty() && !running->holding && !running->ending
        && (!applied || isFinal(running->record.state))) {
        m_journal.unlock(operation);
        m_running.erase(operation);
    }
    answer->give(applied);
}

// Goes on, here, with what somebody else began: first its marks are taken over, so that nobody else
// does the same, and what is seen after that is what it goes on from.
void OperationRunner::Engine::adoptMarked(const MarkedOperation &marked,
                                          const std::optional<JournalOperation> &known,
                                          OperationVerb verb, const Asker &asker,
                                          const OperationAnswer &answer)
{
    const QString id = marked.mark.operation;
    const FleetVersionPtr version = m_store.current();
    const auto rebuilt = adoptedOperation(marked, *version);
    if (!rebuilt) {
        answer->give(fail(rebuilt.error()));
        return;
    }
    for (auto it = rebuilt->instances.begin(); it != rebuilt->instances.end(); ++it) {
        if (version->sources[version->sourceIndex(it.key())].readOnly) {
            answer->give(fail(Error::refused(
                {{u"read-only"_s, id, Words::tr("%1 is read only").arg(it.key()), QString()}})));
            return;
        }
    }
    if (const auto locked = m_journal.lock(id); !locked) {
        answer->give(fail(locked.error()));
        return;
    }
    JournalOperation taken = *rebuilt;
    taken.hold = {newRun(), false, marked.mark.who, {}};
    taken.request.actor = asker.name;
    m_store.addOwnRun(taken.hold.run);
    const auto giveUp = [this, id, answer](const Error &error) {
        m_journal.unlock(id);
        answer->give(fail(error));
    };
    const auto goOn = [=, this](bool seen) {
        const FleetVersionPtr now = m_store.current();
        const auto is = now->marked.constFind(id);
        if (!seen || is == now->marked.cend()) {
            giveUp(Error::of(ErrorKind::Timeout,
                             Words::tr("its objects do not show that it was adopted, try again")));
            return;
        }
        const auto observed = adoptedOperation(*is, *now);
        if (!observed) {
            giveUp(observed.error());
            return;
        }
        JournalOperation record = known ? *known : *observed;
        record.hold = taken.hold;
        record.hold.marked = true;
        record.request.actor = asker.name;
        record.state = OperationState::Paused;
        record.error = Words::tr("adopted from %1").arg(taken.hold.adoptedFrom);
        record.errorKind.reset();
        record.updatedAt = m_clock.now();
        observeSteps(record, *now);
        for (JournalStep &step : record.steps)
            step.key = firstKey(record, step.index);
        AuditEntry entry;
        entry.at = record.updatedAt;
        entry.actor = asker.name;
        entry.action = u"adopted"_s;
        entry.operation = id;
        entry.target = record.target;
        entry.reason = asker.reason;
        entry.outcome = record.error;
        entry.detail = QString::fromUtf8(
                QJsonDocument(QJsonObject{{u"from"_s, taken.hold.adoptedFrom},
                                          {u"kind"_s, toString(record.request.kind)},
                                          {u"tenants"_s, int(is->tenants.size())}})
                        .toJson(QJsonDocument::Compact));
        const auto written = known ? m_journal.update(record, {}, entry)
                                   : m_journal.begin(record, entry);
        if (!written) {
            giveUp(written.error());
            return;
        }
        m_store.restoreClaims(claimsOf(record));
        m_waitingRuns.remove(id);
        Running running;
        running.record = std::move(record);
        running.starting = false;
        running.isAdopted = true;
        running.held = true;
        running.heldAt = m_clock.elapsed();
        running.asker = asker;
        openLanes(running);
        Running &at = m_running.emplace(id, std::move(running)).first->second;
        show(at.record);
        renewLater(at, markDuration() / 3);
        lookForRequests();
        answer->give(apply(at, verb, asker));
    };
    mark(taken, MarkMode::Adopt, [=, this](const Result<void> &marks) {
        if (!marks) {
            giveUp(marks.error());
            return;
        }
        whenFleet(m_store, m_clock, this,
                  [id, run = taken.hold.run](const FleetVersion &now) {
                      const auto is = now.marked.constFind(id);
                      return is != now.marked.cend() && is->mark.run == run;
                  },
                  adoptionLimit, goOn);
    });
}

void OperationRunner::Engine::passOn(const QString &source, const QString &operation,
                                     OperationVerb verb, const Asker &asker,
                                     const OperationAnswer &answer)
{
    WriteContext context;
    context.idempotencyKey = newId(m_clock.now());
    context.actor = asker.name;
    context.reason = asker.reason;
    whenDone(m_executor.control(source, operation, verb, context), this,
             [=, this](const Result<OperationPtr> &result) {
                 if (result) {
                     // The backend's own trail knows no more of him than our token.
                     AuditEntry entry;
                     entry.at = m_clock.now();
                     entry.actor = asker.name;
                     entry.action = toString(verb);
                     entry.operation = operation;
                     entry.target = (*result)->target;
                     entry.reason = asker.reason;
                     entry.outcome = Words::tr("passed on to %1").arg(source);
                     if (const auto written = m_journal.append(entry); !written)
                         qWarning().noquote() << written.error().message;
                 }
                 answer->give(result);
             });
}

void OperationRunner::Engine::pauseAll(const Asker &asker, PauseScope scope,
                                       const std::shared_ptr<Answer<PauseReport>> &answer)
{
    const auto report = std::make_shared<PauseReport>();
    QStringList ids;
    for (const auto &[id, running] : m_running) {
        if (running.record.state == OperationState::Running)
            ids.append(id);
    }
    for (const QString &id : std::as_const(ids)) {
        Running *running = find(id);
        if (!running)
            continue;
        if (const auto paused = apply(*running, OperationVerb::Pause, asker))
            report->paused.append(id);
        else
            report->failed.emplace_back(id, paused.error());
    }
    if (scope == PauseScope::Ours) {
        answer->give(*report);
        return;
    }
    // Those of other processes: their owners look for what is asked of them.
    if (const auto known = m_journal.operations(0)) {
        for (const JournalOperation &record : *known) {
            if (m_running.contains(record.id) || record.state != OperationState::Running
                || m_journal.holder(record.id).isEmpty())
                continue;
            const auto posted = m_journal.post({record.id, OperationVerb::Pause, asker.name,
                                                asker.reason, m_clock.now()});
            if (posted)
                report->asked.append(record.id);
            else
                report->failed.emplace_back(record.id, posted.error());
        }
    } else {
        report->failed.emplace_back(QString(), known.error());
    }
    // And those of the backends; one that does not answer keeps nobody else waiting.
    const FleetVersionPtr version = m_store.current();
    QList<std::pair<QString, QString>> theirs;
    for (auto it = version->operationSource.cbegin(); it != version->operationSource.cend(); ++it) {
        const OperationPtr operation = version->operations.value(it.key());
        if (!it.value().isEmpty() && operation && !operation->fromMarks
            && (operation->state == OperationState::Running
                || operation->state == OperationState::Pending))
            theirs.append({it.key(), it.value()});
    }
    const auto left = std::make_shared<qsizetype>(theirs.size());
    if (theirs.isEmpty())
        answer->give(*report);
    for (const auto &[id, source] : std::as_const(theirs)) {
        const auto one = std::make_shared<Answer<OperationPtr>>();
        whenDone(one->future(), this,
                 [report, left, answer, id = id](const Result<OperationPtr> &result) {
                     if (result)
                         report->paused.append(id);
                     else
                         report->failed.emplace_back(id, result.error());
                     if (--*left == 0)
                         answer->give(*report);
                 });
        passOn(source, id, OperationVerb::Pause, asker, one);
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
        return fail(
            ErrorKind::Conflict,
            Words::tr("it is %1: cancel it or roll it back").arg(Format::word(stored->state)),
            u"state"_s);
    }
    if (!stored->hold.adoptedBy.isEmpty()) {
        return fail(ErrorKind::Conflict,
                    Words::tr("it was adopted by %1").arg(stored->hold.adoptedBy), u"adopted"_s);
    }
    if (stored->request.kind == ActionKind::Delete) {
        return fail(ErrorKind::Unsupported,
                    Words::tr("what is deleted can't be brought back: create it anew"));
    }
    // What was taken back already stays out.
    const Lanes lanes(*stored);
    const auto isLeft = [&](int lane) {
        return std::any_of(lanes[lane].begin(), lanes[lane].end(), [&](int index) {
            const JournalStep &step = stored->steps[size_t(index)];
            return !step.isInverse && step.state == StepState::Succeeded;
        });
    };
    ActionRequest request;
    request.kind = stored->request.kind;
    request.parallel = stored->request.parallel;
    request.allowUnknown = stored->request.allowUnknown;
    request.region = stored->request.region;
    // For the undo of an undo, which is the drain or the evacuation again.
    request.among = stored->request.among;
    request.partial = stored->request.partial;
    request.maxLoad = stored->request.maxLoad;
    bool done = false;
    QStringList stamps; // cordoned or opened, and still so
    for (const JournalStep &step : stored->steps) {
        if (step.isInverse || step.state != StepState::Succeeded)
            continue;
        done = true;
        if (const auto *scale = std::get_if<ScaleStamp>(&step.primitive)) {
            request.scale = scale->from;
            request.stamp = step.source + u'/' + scale->stamp;
        } else if (const auto *cordon = std::get_if<CordonStamp>(&step.primitive)) {
            stamps.append(step.source + u'/' + cordon->stamp);
        } else if (const auto *uncordon = std::get_if<UncordonStamp>(&step.primitive)) {
            stamps.append(step.source + u'/' + uncordon->stamp);
        } else if (const auto *create = std::get_if<CreateStamp>(&step.primitive)) {
            request.stamp = step.source + u'/' + create->stamp;
        }
    }
    if (!done)
        return fail(ErrorKind::Conflict, Words::tr("it changed nothing that is left"), u"state"_s);
    for (const LaneMove &move : movesOf(*stored)) {
        if (isLeft(move.lane))
            request.targets.emplace_back(move.tenant, move.from);
    }
    const auto onStamps = [&](ActionKind kind) {
        request.kind = kind;
        if (stamps.size() == 1)
            request.stamp = stamps.constFirst();
        else
            request.stamps = stamps;
    };
    if (stored->request.kind == ActionKind::Create) {
        request.kind = ActionKind::Delete;
        request.region.clear();
        request.cordonFirst = true;
    } else if (emptiesStamps(stored->request.kind)) {
        // What it cordoned takes tenants again, and then its own come back.
        if (request.targets.empty()) {
            onStamps(ActionKind::Uncordon);
        } else {
            request.kind = ActionKind::Move;
            request.stamps = stamps;
        }
    } else if (stored->request.kind == ActionKind::Move && !stored->request.stamps.isEmpty()) {
        // It took a drain or an evacuation back, even where somebody else had lifted the cordon.
        const bool region = !request.region.isEmpty();
        request.kind = region ? ActionKind::Evacuate : ActionKind::Drain;
        if (!region && stored->request.stamps.size() == 1)
            request.stamp = stored->request.stamps.constFirst();
        else if (!region)
            request.stamps = stored->request.stamps;
    } else if (stored->request.kind == ActionKind::Cordon) {
        onStamps(ActionKind::Uncordon);
    } else if (stored->request.kind == ActionKind::Uncordon) {
        onStamps(ActionKind::Cordon);
    } else if (stored->request.kind == ActionKind::Scale && request.scale.isEmpty()) {
        return fail(ErrorKind::Unsupported, Words::tr("nobody told what it was before"));
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
    lookAtDeadline(running.record.id, *running.deadline);
}

// A timer of before the operation was resumed, or adopted again, has another \a deadline: it ends.
void OperationRunner::Engine::lookAtDeadline(const QString &id, std::chrono::milliseconds deadline)
{
    Running *running = find(id);
    if (!running || running->deadline != deadline)
        return;
    const auto left = deadline - m_clock.elapsed();
    if (left > 0ms) {
        // In days at the most: a timer counts no more than 24.
        m_clock.callLater(std::min<std::chrono::milliseconds>(left, 24h), this,
                          [this, id, deadline] { lookAtDeadline(id, deadline); });
        return;
    }
    if (running->holding) { // the cordon is no move: it starts all the same
        m_clock.callLater(10ms, this, [this, id, deadline] { lookAtDeadline(id, deadline); });
        return;
    }
    running->deadline.reset();
    if (!running->starting || running->record.state != OperationState::Running
        || !isWaiting(*running))
        return;
    running->starting = false;
    running->failure =
        Words::tr("the deadline of %1 has passed").arg(toString(*running->record.request.deadline));
    running->failureKind.reset();
    if (write(*running, {-1}, u"deadline"_s, running->failure))
        pump(id);
}

// A lane has not begun yet.
bool OperationRunner::Engine::isWaiting(const Running &running)
{
    return std::any_of(running.open.begin(), running.open.end(), [&running](int lane) {
        const std::vector<int> &steps = running.lanes[lane];
        return !laneBegan(running.record, steps) && !laneDone(running.record, steps);
    });
}

void OperationRunner::Engine::watchTargets(Running &running, const FleetVersion &version)
{
    running.targets.clear();
    for (const LaneMove &move : movesOf(running.record)) {
        const int slot = version.stampIndex.value(move.to);
        if (slot < 0 || running.targets.contains(move.to))
            continue;
        const StampEntry &entry = *version.stamps[slot];
        TargetWatch watch;
        watch.health = entry.health;
        watch.errorRatio = entry.stamp->signalValues.errorRatio;
        watch.latencyP99Ms = entry.stamp->signalValues.latencyP99Ms;
        watch.last = entry.stamp;
        running.targets.emplace(move.to, std::move(watch));
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
            || !running.starting || !isWaiting(running))
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
                why = Words::tr("%1 is stale").arg(name);
            } else if (entry.health > watch.health && entry.health >= Health::Degraded
                       && reason != entry.reasons.end()) {
                why = Words::tr("%1 is %2: %3")
                          .arg(name, Format::word(entry.health), reason->message);
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
                    why = (errors ? Words::tr("the error ratio of %1 is over twice what it was")
                                  : Words::tr("the p99 of %1 is over twice what it was"))
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
        running->mend =
            Words::tr("look at that stamp; resume takes it as it is then, rollback takes all "
                      "moves back");
        if (write(*running, {-1}, u"paused"_s, why))
            pump(id);
    }
}

} // namespace Stampdeck

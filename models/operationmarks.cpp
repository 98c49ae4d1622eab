// SPDX-License-Identifier: GPL-3.0-or-later
#include "operationengine.h"

#include "crashpoint.h"
#include "marks.h"

#include "backends/api/whendone.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

/// The part of the engine that marks what an operation touches, and finds out when somebody else
/// runs it.
namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto holdRetry = 500ms;
constexpr auto holdPatience = 30s; // with a backend that does not answer
constexpr auto clearAgain = 5s;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Operation)
};

bool anyBegan(const JournalOperation &record)
{
    return std::any_of(record.steps.begin(), record.steps.end(), [](const JournalStep &step) {
        return step.state != StepState::Pending;
    });
}

} // namespace

bool OperationRunner::Engine::keepsMarks(const JournalOperation &record) const
{
    if (!record.request.under.isEmpty())
        return false; // the operation that it is a step of has marked
    const FleetVersionPtr version = m_store.current();
    return std::any_of(record.steps.begin(), record.steps.end(), [&](const JournalStep &step) {
        const int source = version->sourceIndex(step.source);
        return source >= 0
                && version->sources[source].capabilities.testFlag(Capability::Marks);
    });
}

void OperationRunner::Engine::mark(const JournalOperation &record, std::optional<MarkMode> mode,
                                   const Then &then)
{
    const FleetVersionPtr version = m_store.current();
    QMap<QString, MarkRequest> requests = marksOf(record);
    for (auto it = requests.begin(); it != requests.end();) {
        const int source = version->sourceIndex(it.key());
        const bool asks = source >= 0
                && version->sources[source].capabilities.testFlag(Capability::Marks);
        it = asks && !it->isEmpty() ? std::next(it) : requests.erase(it);
    }
    if (requests.isEmpty()) {
        then({});
        return;
    }
    struct Gathered
    {
        qsizetype open = 0;
        Result<void> result;
    };
    const auto gathered = std::make_shared<Gathered>();
    gathered->open = requests.size();
    WriteContext context;
    context.operation = record.id;
    context.run = record.hold.run;
    context.actor = record.request.actor;
    for (auto it = requests.begin(); it != requests.end(); ++it) {
        if (mode) {
            it->mode = *mode;
        } else {
            it->stamps.clear();
            it->tenants.clear();
        }
        whenDone(m_executor.mark(it.key(), *it, context), this,
                 [gathered, then](const Result<Timestamp> &until) {
                     crashPoint("backend mark");
                     // A backend that has lost the right to keep them does not keep us from acting.
                     if (!until && until.error().kind != ErrorKind::Unsupported
                         && (gathered->result || until.error().kind == ErrorKind::Conflict))
                         gathered->result = fail(until.error());
                     if (--gathered->open == 0)
                         then(gathered->result);
                 });
    }
}

void OperationRunner::Engine::hold(Running &running)
{
    JournalOperation &record = running.record;
    const QString id = record.id;
    if (record.hold.run.isEmpty()) {
        record.hold.run = newRun(); // of a journal of before there were marks
        m_store.addOwnRun(record.hold.run);
    }
    MarkMode mode = MarkMode::Set;
    if (record.hold.marked) {
        const FleetVersionPtr version = m_store.current();
        const auto is = version->marked.constFind(id);
        if (is != version->marked.cend() && is->mark.run != record.hold.run) {
            lost(running, is->mark.who);
            return;
        }
        if (is != version->marked.cend()) {
            mode = MarkMode::Renew;
        } else if (const auto who = wentOnElsewhere(record, *version)) {
            lost(running, *who);
            return;
        }
    }
    running.holding = true;
    mark(record, mode, [this, id](const Result<void> &marked) {
        Running *still = find(id);
        if (!still)
            return;
        still->holding = false;
        if (!marked) {
            holdFailed(*still, marked.error());
            return;
        }
        still->held = true;
        still->heldAt = m_clock.elapsed();
        still->unheldSince = 0ms;
        if (!std::exchange(still->record.hold.marked, true) && !enter(*still, {-1}))
            return;
        renewLater(*still, markDuration() / 3);
        pump(id);
    });
}

void OperationRunner::Engine::holdFailed(Running &running, const Error &error)
{
    const QString id = running.record.id;
    if (error.isTransient()) {
        if (running.unheldSince == 0ms)
            running.unheldSince = m_clock.elapsed();
        if (m_clock.elapsed() - running.unheldSince <= holdPatience) {
            m_clock.callLater(std::max<std::chrono::milliseconds>(
                                      holdRetry, error.retryAfter.value_or(0ms)),
                              this, [this, id] { pump(id); });
            return;
        }
    }
    if (error.kind == ErrorKind::Conflict && running.record.hold.marked) {
        lost(running, error.detail);
        return;
    }
    running.unheldSince = 0ms;
    running.starting = false;
    if (!anyBegan(running.record)) {
        running.failure = error.message;
        running.failureKind = error.kind;
        running.endState = OperationState::Succeeded; // which a failure makes a failed one
        pump(id);
        return;
    }
    for (const JournalStep &step : running.record.steps)
        running.halted.insert(step.lane);
    running.record.state = OperationState::Paused;
    running.record.error = error.message;
    running.record.errorKind = error.kind;
    if (write(running, {-1}, u"paused"_s, error.message))
        pump(id);
}

void OperationRunner::Engine::renewLater(Running &running, std::chrono::milliseconds delay)
{
    const QString id = running.record.id;
    const quint64 turn = ++running.renewal;
    m_clock.callLater(delay, this, [this, id, turn] {
        const Running *still = find(id);
        if (still && still->held && !still->ending && still->renewal == turn)
            renew(id, [](const Result<void> &) {});
    });
}

void OperationRunner::Engine::renew(const QString &id, const Then &then)
{
    const Running *running = find(id);
    if (!running)
        return;
    mark(running->record, MarkMode::Renew, [this, id, then](const Result<void> &renewed) {
        Running *still = find(id);
        if (!still || still->ending)
            return;
        if (renewed) {
            still->heldAt = m_clock.elapsed();
            renewLater(*still, markDuration() / 3);
        } else if (renewed.error().kind == ErrorKind::Conflict) {
            lost(*still, renewed.error().detail);
        } else {
            renewLater(*still, markDuration() / 12);
        }
        then(renewed);
    });
}

void OperationRunner::Engine::lost(Running &running, const QString &who)
{
    const QString id = running.record.id;
    JournalOperation &record = running.record;
    record.hold.marked = false;
    record.hold.adoptedBy = who.isEmpty() ? Words::tr("somebody") : who;
    record.state = OperationState::Cancelled;
    record.error = Words::tr("adopted by %1").arg(record.hold.adoptedBy);
    record.errorKind = ErrorKind::Conflict;
    running.held = false;
    if (!enter(running, {-1}, u"adopted-elsewhere"_s, record.error))
        return;
    finish(id);
}

void OperationRunner::Engine::lookAtMarks(const FleetVersion &version)
{
    for (auto it = version.marked.cbegin(); it != version.marked.cend(); ++it) {
        const QString &id = it.key();
        const QString run = it->mark.run;
        if (find(id) || m_clearing.contains(run))
            continue;
        if (m_endedRuns.value(run) == id) {
            // Left by a process that was killed after its last word.
            const auto record = m_journal.operation(id);
            if (!record || !isFinal(record->state) || record->hold.marked || record->hold.run != run)
                continue;
            const bool isReadOnly = std::any_of(
                    version.sources.begin(), version.sources.end(), [&](const SourceState &source) {
                        return source.readOnly && record->instances.contains(source.name);
                    });
            if (isReadOnly)
                continue;
            m_clearing.insert(run);
            mark(*record, std::nullopt, [this, run](const Result<void> &) {
                m_clock.callLater(clearAgain, this, [this, run] { m_clearing.remove(run); });
            });
        } else if (const QString own = m_waitingRuns.value(id); !own.isEmpty() && own != run) {
            // Somebody adopted it while no process here ran it.
            m_waitingRuns.remove(id);
            if (!m_journal.lock(id))
                continue;
            const auto record = m_journal.operation(id);
            if (!record || isFinal(record->state) || record->hold.run != own) {
                m_journal.unlock(id);
                continue;
            }
            Running running;
            running.record = *record;
            running.asker = {record->request.actor, {}};
            openLanes(running);
            lost(m_running.emplace(id, std::move(running)).first->second, it->mark.who);
        }
    }
}

} // namespace Stampdeck

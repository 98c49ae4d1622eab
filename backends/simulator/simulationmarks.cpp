// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulation.h"

#include "backends/api/operationname.h"
#include "backends/api/spoken.h"

#include <QtCore/QCoreApplication>

#include <set>

namespace Stampdeck {

using namespace Internal;
using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Simulator)
};

constexpr std::chrono::milliseconds longestLife = std::chrono::hours(1);

Error heldBy(const QString &name, const Mark &mark)
{
    return Error::of(ErrorKind::Conflict,
                     Words::tr("%1 is being changed by operation %2: %3 by %4")
                         .arg(name, mark.operation, Spoken::action(mark.kind), mark.who),
                     mark.who);
}

Error runElsewhere(const Mark &mark)
{
    return Error::of(ErrorKind::Conflict,
                     Words::tr("operation %1 is run by %2").arg(mark.operation, mark.who),
                     mark.who);
}

} // namespace

Result<Timestamp> Simulation::mark(const MarkRequest &request, const WriteContext &context)
{
    if (!isOperationName(request.operation) || !isRunName(request.run)) {
        return fail(ErrorKind::Invalid,
                    Words::tr("a mark names its operation and the run of it, in letters, digits, "
                              "dots, hyphens, underscores and tildes"));
    }
    if (request.life <= std::chrono::milliseconds(0) || request.life > longestLife)
        return fail(ErrorKind::Invalid, Words::tr("a mark lasts up to an hour"));
    // Whoever renews or clears finds out first whether the operation is still his.
    std::vector<MarkWritten> changes;
    for (const bool isTenant : {false, true}) {
        const auto &marks = isTenant ? m_tenantMarks : m_stampMarks;
        for (auto it = marks.cbegin(); it != marks.cend(); ++it) {
            const Mark &known = *it.value();
            if (known.operation != request.operation)
                continue;
            if (known.run == request.run) {
                changes.push_back({isTenant, it.key(), {}}); // unless it is named below
                continue;
            }
            if (request.mode == MarkMode::Adopt && !request.isEmpty() && known.until < m_wall) {
                changes.push_back({isTenant, it.key(), {}});
                continue;
            }
            return fail(runElsewhere(known));
        }
    }
    // One that somebody else took out of it does not end it: only when nothing bears its mark any
    // more was it adopted, and ended.
    const bool bears = !changes.empty();
    const Timestamp until = request.isEmpty() ? m_wall : m_wall + request.life;
    std::set<std::pair<bool, int>> named;
    for (const bool isTenant : {false, true}) {
        const auto &marks = isTenant ? m_tenantMarks : m_stampMarks;
        for (const MarkRequest::Object &object : isTenant ? request.tenants : request.stamps) {
            const auto index = isTenant ? findTenant(object.name) : findStamp(object.name);
            if (!index) {
                if (request.mode == MarkMode::Renew)
                    continue; // it is gone since
                return fail(index.error());
            }
            const OptionalMark known = marks.value(*index);
            const bool isOwn = known && known->operation == request.operation;
            if (known && !isOwn && known->until > m_wall) {
                if (object.shared || (request.mode == MarkMode::Renew && bears))
                    continue; // one of them stands there for both
                if (!known->shared)
                    return fail(heldBy(object.name, *known));
            }
            if (request.mode == MarkMode::Renew && !object.shared && !isOwn) {
                if (bears)
                    continue;
                return fail(
                    ErrorKind::Conflict,
                    Words::tr("operation %1 is no longer marked on %2: it was adopted, and ended")
                        .arg(request.operation, object.name));
            }
            Mark mark;
            mark.operation = request.operation;
            mark.run = request.run;
            mark.kind = request.kind;
            mark.step = object.step;
            mark.from = object.from;
            mark.to = object.to;
            mark.who = context.actor.isEmpty() ? u"somebody"_s : context.actor;
            mark.plan = request.plan;
            mark.shared = object.shared;
            mark.until = until;
            named.insert({isTenant, *index});
            changes.push_back({isTenant, *index, mark});
        }
    }
    std::erase_if(changes, [&](const MarkWritten &change) {
        return !change.mark && named.contains({change.isTenant, change.index});
    });
    if (changes.empty())
        return until;
    Transaction transaction;
    transaction.marks = changes;
    if (m_file) {
        if (const auto done = m_file->write(transaction, m_fleet, 0); !done)
            return fail(done.error());
    }
    for (const MarkWritten &change : changes)
        takeMark(change);
    return until;
}

void Simulation::takeMark(const MarkWritten &change)
{
    auto &marks = change.isTenant ? m_tenantMarks : m_stampMarks;
    if (change.mark)
        marks.insert(change.index, change.mark);
    else
        marks.remove(change.index);
    if (change.isTenant) {
        markTenant(change.index);
        publishTenant(change.index);
    } else if (m_stampIndex.value(m_fleet.stamps.at(size_t(change.index)).name, -1)
               == change.index) { // what is gone is told no more
        markStamp(change.index);
        publishStamp(change.index);
    }
}

// A stamp that only gives or takes tenants may be written by others; a tenant never.
Result<void> Simulation::checkMarks(const Primitive &primitive, const WriteContext &context) const
{
    OptionalMark mark;
    QString name = tenantOf(primitive);
    if (!name.isEmpty()) {
        if (const auto index = m_tenantIndex.constFind(name); index != m_tenantIndex.cend())
            mark = m_tenantMarks.value(*index);
    } else {
        name = stampOf(primitive);
        if (const auto index = m_stampIndex.constFind(name); index != m_stampIndex.cend())
            mark = m_stampMarks.value(*index);
    }
    if (!mark || mark->shared)
        return {};
    const QString &holder = context.under.isEmpty() ? context.operation : context.under;
    if (mark->operation == holder) {
        // An expired one too: a run that was adopted has lost its right for good.
        if (context.run.isEmpty() || context.run == mark->run)
            return {};
        return fail(runElsewhere(*mark));
    }
    return mark->until > m_wall ? Result<void>(fail(heldBy(name, *mark))) : Result<void>();
}

} // namespace Stampdeck

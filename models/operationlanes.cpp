// SPDX-License-Identifier: GPL-3.0-or-later
#include "operationlanes.h"

#include <algorithm>

namespace Stampdeck::Internal {

namespace {

// The full id of a tenant that a step names as its source does. The moves of an operation stand in
// the order of its request; a bare ID may be that of several domains.
QString tenantId(const ActionRequest &request, size_t move, const QString &tenant)
{
    const auto isIt = [&tenant](const QString &id) {
        return id.endsWith(tenant) && id.section(u'/', -1) == tenant;
    };
    if (request.targets.empty()) {
        if (move < size_t(request.tenants.size()) && isIt(request.tenants[qsizetype(move)]))
            return request.tenants[qsizetype(move)];
        const auto known = std::find_if(request.tenants.begin(), request.tenants.end(), isIt);
        return known == request.tenants.end() ? tenant : *known;
    }
    if (move < request.targets.size() && isIt(request.targets[move].first))
        return request.targets[move].first;
    const auto known = std::find_if(request.targets.begin(), request.targets.end(),
                                    [&](const auto &each) { return isIt(each.first); });
    return known == request.targets.end() ? tenant : known->first;
}

} // namespace

Lanes::Lanes(const JournalOperation &operation)
{
    for (const JournalStep &step : operation.steps)
        add(step);
}

void Lanes::add(const JournalStep &step)
{
    if (size_t(step.lane) >= m_steps.size())
        m_steps.resize(size_t(step.lane) + 1);
    m_steps[size_t(step.lane)].push_back(step.index);
}

bool isForwardDone(const JournalStep &step)
{
    return step.state == StepState::Succeeded || step.state == StepState::Skipped;
}

bool laneBegan(const JournalOperation &operation, const std::vector<int> &lane)
{
    return std::any_of(lane.begin(), lane.end(), [&operation](int index) {
        const JournalStep &step = operation.steps[size_t(index)];
        return step.isInverse ? step.state == StepState::Pending || step.state == StepState::Running
                              : step.state == StepState::Succeeded
                        || step.state == StepState::Running;
    });
}

bool laneDone(const JournalOperation &operation, const std::vector<int> &lane)
{
    return std::all_of(lane.begin(), lane.end(), [&operation](int index) {
        const JournalStep &step = operation.steps[size_t(index)];
        return step.isInverse || isForwardDone(step);
    });
}

int nextStep(const JournalOperation &operation, const std::vector<int> &lane, bool back)
{
    for (const int index : lane) {
        const JournalStep &step = operation.steps[size_t(index)];
        if (!step.isInverse && step.state == StepState::Running)
            return index;
    }
    for (const int index : lane) {
        const JournalStep &step = operation.steps[size_t(index)];
        if (step.isInverse == back
            && (step.state == StepState::Pending || step.state == StepState::Running))
            return index;
    }
    return -1;
}

int gateLane(const JournalOperation &operation)
{
    if (operation.steps.empty())
        return -1;
    const JournalStep &first = operation.steps.front();
    const bool gated = (std::holds_alternative<CordonStamp>(first.primitive)
                        || std::holds_alternative<UncordonStamp>(first.primitive))
            && std::any_of(operation.steps.begin(), operation.steps.end(),
                           [&first](const JournalStep &step) {
                               return step.lane != first.lane
                                       && !std::holds_alternative<CordonStamp>(step.primitive)
                                       && !std::holds_alternative<UncordonStamp>(step.primitive);
                           });
    return gated ? first.lane : -1;
}

std::vector<LaneMove> movesOf(const JournalOperation &operation)
{
    std::vector<LaneMove> moves;
    int last = -1;
    for (const JournalStep &step : operation.steps) {
        if (step.isInverse || step.lane == last)
            continue;
        const auto add = [&](const auto &move) {
            last = step.lane;
            moves.push_back({step.lane, step.source,
                             tenantId(operation.request, moves.size(), move.tenant),
                             step.source + u'/' + move.from, step.source + u'/' + move.to});
        };
        if (const auto *place = std::get_if<PlaceTenant>(&step.primitive))
            add(*place);
        else if (const auto *move = std::get_if<MoveTenant>(&step.primitive))
            add(*move);
    }
    return moves;
}

QList<Claim> claimsOf(const JournalOperation &operation)
{
    QList<Claim> claims;
    const bool drains = emptiesStamps(operation.request.kind);
    const auto add = [&](const QString &tenant, const QString &from, const QString &to) {
        Claim claim;
        claim.operation = operation.id;
        claim.actor = operation.request.actor;
        claim.tenant = tenant;
        claim.from = from;
        claim.to = to;
        claim.drains = drains && tenant.isEmpty();
        claims.append(claim);
    };
    QStringList stamps;
    const auto onStamp = [&stamps](const QString &stamp) {
        if (!stamps.contains(stamp))
            stamps.append(stamp);
    };
    for (const JournalStep &step : operation.steps) {
        if (step.isInverse)
            continue;
        if (const auto *cordon = std::get_if<CordonStamp>(&step.primitive))
            onStamp(step.source + u'/' + cordon->stamp);
        else if (const auto *uncordon = std::get_if<UncordonStamp>(&step.primitive))
            onStamp(step.source + u'/' + uncordon->stamp);
        else if (const auto *scale = std::get_if<ScaleStamp>(&step.primitive))
            onStamp(step.source + u'/' + scale->stamp);
    }
    const std::vector<LaneMove> moves = movesOf(operation);
    if (drains) {
        // One that was cordoned before is left by its tenants alone.
        for (const LaneMove &move : moves)
            onStamp(move.from);
    }
    for (const QString &stamp : std::as_const(stamps))
        add({}, stamp, stamp);
    for (const JournalStep &step : operation.steps) {
        if (step.isInverse)
            continue;
        if (const auto *create = std::get_if<CreateStamp>(&step.primitive)) {
            const QString stamp = step.source + u'/' + create->stamp;
            add({}, stamp, stamp);
            claims.last().creates = true;
        } else if (const auto *gone = std::get_if<DeleteStamp>(&step.primitive)) {
            const QString stamp = step.source + u'/' + gone->stamp;
            claims.removeIf([&](const Claim &claim) { return claim.to == stamp; });
            add({}, stamp, stamp);
            claims.last().deletes = true;
        }
    }
    for (const LaneMove &move : moves)
        add(move.tenant, move.from, move.to);
    return claims;
}

} // namespace Stampdeck::Internal

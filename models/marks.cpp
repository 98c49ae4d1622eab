// SPDX-License-Identifier: GPL-3.0-or-later
#include "marks.h"

#include "formatter.h"
#include "primitivejson.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QRandomGenerator>

#include <algorithm>
#include <cstdlib>
#include <map>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Operation)
};

QString sourceOf(const MarkedOperation &marked, const FleetVersion &version)
{
    if (!marked.stamps.empty())
        return version.sources[version.stamps[marked.stamps.front()]->source].name;
    if (!marked.tenants.empty())
        return version.sources[version.tenants[marked.tenants.front()].source].name;
    return {};
}

// What the objects themselves don't tell: the request less what stands on them, and less what is as
// it is by default.
QString planText(const JournalOperation &operation)
{
    ActionRequest rest = operation.request;
    rest.tenants.clear();
    rest.targets.clear();
    rest.left.clear();
    rest.among.clear();
    rest.to.clear();
    rest.stamp.clear();
    rest.actor.clear();
    rest.ifMatch.clear();
    rest.under.clear();
    rest.run.clear();
    const QJsonObject plain = toJson(ActionRequest());
    const QJsonObject all = toJson(rest);
    QJsonObject plan;
    for (auto it = all.begin(); it != all.end(); ++it) {
        if (it.key() == u"kind" || plain.value(it.key()) != it.value())
            plan[it.key()] = it.value();
    }
    // Stamps' own steps: whether it was this operation that cordoned, and how it was before.
    QJsonArray steps;
    for (const JournalStep &step : operation.steps) {
        if (step.isInverse)
            continue;
        if (stampOf(step.primitive).isEmpty())
            continue;
        QJsonObject json = toJson(step.primitive);
        json[u"lane"_s] = step.lane;
        steps.append(json);
    }
    if (!steps.isEmpty())
        plan[u"steps"_s] = steps;
    plan[u"createdAt"_s] = qint64(operation.createdAt.time_since_epoch().count());
    return QString::fromUtf8(QJsonDocument(plan).toJson(QJsonDocument::Compact));
}

QJsonObject planOf(const Mark &mark)
{
    return QJsonDocument::fromJson(mark.plan.toUtf8()).object();
}

// Where a tenant of an operation stands.
enum class Place : quint8 {
    Before, ///< As it was: on the stamp that it leaves, alone.
    Placed, ///< There too, and still owned where it was.
    Shifted, ///< Owned by the stamp that it goes to, and still on the other.
    After, ///< Where it goes, alone.
    Elsewhere, ///< Somebody took it to a stamp that the operation does not know.
};

Place placeOf(const Tenant &tenant, const QString &from, const QString &to)
{
    const bool isThere = tenant.placementOn(to) != nullptr;
    const bool isHere = tenant.placementOn(from) != nullptr;
    if (tenant.stamp == from)
        return isThere && to != from ? Place::Placed : Place::Before;
    if (tenant.stamp == to)
        return isHere ? Place::Shifted : Place::After;
    return Place::Elsewhere;
}

bool isOpen(Lifecycle lifecycle)
{
    return lifecycle == Lifecycle::Active || lifecycle == Lifecycle::Failed;
}

struct TenantMove
{
    QString tenant, from, to;
};

// The move that each lane is; a lane that is none is not in it.
std::map<int, TenantMove> movesOf(const JournalOperation &operation)
{
    std::map<int, TenantMove> moves;
    for (const JournalStep &step : operation.steps) {
        if (step.isInverse)
            continue;
        if (const auto *place = std::get_if<PlaceTenant>(&step.primitive))
            moves.try_emplace(step.lane, TenantMove{place->tenant, place->from, place->to});
        else if (const auto *move = std::get_if<MoveTenant>(&step.primitive))
            moves.try_emplace(step.lane, TenantMove{move->tenant, move->from, move->to});
    }
    return moves;
}

TenantPtr tenantIn(const FleetVersion &version, const QString &source, const QString &id)
{
    const int index = version.sourceIndex(source);
    if (index < 0)
        return {};
    const int slot = version.tenantIndex.value(version.sources[index].tenantDomain + u'/' + id);
    return slot < 0 ? TenantPtr() : version.tenants[slot].tenant;
}

StampPtr stampIn(const FleetVersion &version, const QString &source, const QString &name)
{
    const int slot = version.stampIndex.value(source + u'/' + name);
    return slot < 0 ? StampPtr() : version.stamps[slot]->stamp;
}

// How far a step of a tenant's move is, by where the tenant stands.
StepState tenantStep(const Primitive &primitive, Place place)
{
    if (place == Place::Elsewhere)
        return StepState::Skipped; // it is not for this operation any more
    const auto from = [place](Place first) {
        return place >= first ? StepState::Succeeded : StepState::Pending;
    };
    if (std::holds_alternative<PlaceTenant>(primitive))
        return from(Place::Placed);
    if (std::holds_alternative<ProbeTenant>(primitive)
        || std::holds_alternative<ShiftTenant>(primitive))
        return from(Place::Shifted);
    if (std::holds_alternative<MoveTenant>(primitive)
        && (place == Place::Placed || place == Place::Shifted))
        return StepState::Running;
    return from(Place::After);
}

StepState stampStep(const Primitive &primitive, const Stamp &stamp)
{
    if (std::holds_alternative<CordonStamp>(primitive))
        return isOpen(stamp.lifecycle) ? StepState::Pending : StepState::Succeeded;
    if (std::holds_alternative<UncordonStamp>(primitive))
        return isOpen(stamp.lifecycle) ? StepState::Succeeded : StepState::Pending;
    if (const auto *scale = std::get_if<ScaleStamp>(&primitive)) {
        for (auto it = scale->to.components.begin(); it != scale->to.components.end(); ++it) {
            const bool is = std::any_of(stamp.components.begin(), stamp.components.end(),
                                        [&](const Component &component) {
                                            return component.name == it.key()
                                                    && component.desired == it.value();
                                        });
            if (!is)
                return StepState::Pending;
        }
        const auto reached = [](const std::optional<double> &wanted, const Resource &is) {
            return !wanted || is.limit == wanted;
        };
        // A rule is set anew: that it is there already changes nothing.
        return scale->to.rules.empty() && reached(scale->to.cpu, stamp.resources.cpu)
                        && reached(scale->to.memory, stamp.resources.memory)
                        && reached(scale->to.storage, stamp.resources.storage)
                ? StepState::Succeeded
                : StepState::Pending;
    }
    return StepState::Pending;
}

QString targetText(const MarkedOperation &marked, const FleetVersion &version)
{
    QStringList tenants, to, own;
    for (const int slot : marked.tenants) {
        const Tenant &tenant = *version.tenants[slot].tenant;
        tenants.append(tenant.id);
        if (tenant.mark && !to.contains(tenant.mark->to))
            to.append(tenant.mark->to);
    }
    for (const int slot : marked.stamps) {
        const Stamp &stamp = *version.stamps[slot]->stamp;
        if (stamp.mark && !stamp.mark->shared)
            own.append(stamp.name);
    }
    if (!own.isEmpty())
        return own.join(u", "_s);
    const QString who =
        tenants.size() == 1 ? tenants.constFirst() : Format::tenants(tenants.size());
    return to.size() == 1 ? Words::tr("%1 to %2").arg(who, to.constFirst()) : who;
}

} // namespace

std::chrono::milliseconds markDuration()
{
#ifdef STAMPDECK_CRASH_POINTS
    static const char *const set = std::getenv("STAMPDECK_MARK_MS");
    static const long shorter = set ? std::strtol(set, nullptr, 10) : 0;
    if (shorter > 0)
        return std::chrono::milliseconds(shorter);
#endif
    return markLife;
}

QString newRun()
{
    return u"r-"_s + QString::number(QRandomGenerator::system()->generate64(), 36);
}

QMap<QString, MarkRequest> marksOf(const JournalOperation &operation)
{
    QMap<QString, MarkRequest> all;
    const QString plan = planText(operation);
    const auto requestFor = [&](const QString &source) -> MarkRequest & {
        MarkRequest &request = all[source];
        request.operation = operation.id;
        request.run = operation.hold.run;
        request.kind = toString(operation.request.kind);
        request.plan = plan;
        request.life = markDuration();
        return request;
    };
    const auto object = [](std::vector<MarkRequest::Object> &list,
                           const QString &name) -> MarkRequest::Object & {
        const auto known = std::find_if(list.begin(), list.end(), [&](const auto &each) {
            return each.name == name;
        });
        if (known != list.end())
            return *known;
        list.push_back({name, 0, {}, {}, true});
        return list.back();
    };
    std::map<int, TenantMove> moves = movesOf(operation);
    for (const JournalStep &step : operation.steps) {
        // What is not there yet can't be marked.
        if (step.isInverse || kindOf(step.primitive) == "create"_L1)
            continue;
        MarkRequest &request = requestFor(step.source);
        if (const QString stamp = stampOf(step.primitive); !stamp.isEmpty()) {
            MarkRequest::Object &own = object(request.stamps, stamp);
            own.shared = false;
            own.step = step.lane;
            continue;
        }
        const auto lane = moves.extract(step.lane); // once for each lane
        if (lane.empty())
            continue;
        const TenantMove &move = lane.mapped();
        request.tenants.push_back({move.tenant, step.lane, move.from, move.to, false});
        object(request.stamps, move.from).from = move.from;
        object(request.stamps, move.to).to = move.to;
    }
    // What is emptied is the operation's own though it was cordoned before.
    if (emptiesStamps(operation.request.kind)) {
        for (MarkRequest &request : all) {
            for (const MarkRequest::Object &tenant : request.tenants) {
                MarkRequest::Object &own = object(request.stamps, tenant.from);
                own.shared = false;
                own.from = tenant.from;
            }
        }
    }
    return all;
}

Operation operationOf(const MarkedOperation &marked, const FleetVersion &version)
{
    Operation shown;
    shown.id = marked.mark.operation;
    shown.kind = marked.mark.kind;
    shown.createdBy = marked.mark.who;
    shown.fromMarks = true;
    if (const auto record = adoptedOperation(marked, version)) {
        Operation all = record->shown();
        shown.target = all.target;
        shown.steps = all.steps;
        shown.progress = all.progress;
        shown.reason = all.reason;
        shown.createdAt = all.createdAt;
        shown.carriedBy = all.carriedBy;
    } else {
        shown.target = targetText(marked, version);
    }
    shown.state = marked.live ? OperationState::Running : OperationState::Orphaned;
    if (!marked.live)
        shown.error = Words::tr("nobody runs it any more: %1 did, until %2")
                          .arg(marked.mark.who, toRfc3339(marked.mark.until));
    return shown;
}

Result<JournalOperation> adoptedOperation(const MarkedOperation &marked,
                                          const FleetVersion &version)
{
    const QJsonObject plan = planOf(marked.mark);
    QJsonObject json = toJson(ActionRequest());
    for (auto it = plan.begin(); it != plan.end(); ++it) {
        if (it.key() != u"steps" && it.key() != u"createdAt")
            json[it.key()] = it.value();
    }
    const auto request = actionRequestFromJson(json);
    const QString source = sourceOf(marked, version);
    if (!request || source.isEmpty() || plan.isEmpty()
        || toString(request->kind) != marked.mark.kind) {
        return fail(ErrorKind::Unsupported,
                    Words::tr("the marks of operation %1 do not tell enough to go on with it")
                        .arg(marked.mark.operation));
    }
    JournalOperation record;
    record.id = marked.mark.operation;
    record.request = *request;
    record.request.actor = marked.mark.who;
    record.state = OperationState::Paused;
    record.target = targetText(marked, version);
    record.createdAt = Timestamp(std::chrono::milliseconds(plan[u"createdAt"_s].toInteger()));
    record.hold.run = marked.mark.run;

    // What each has, by lane; stamps' own steps come before the moves of the same lane.
    std::map<int, std::vector<JournalStep>> lanes;
    const auto add = [&](int lane, const QString &at, const Primitive &primitive) {
        JournalStep step;
        step.lane = lane;
        step.source = at;
        step.primitive = primitive;
        step.title = stepTitle(primitive);
        lanes[lane].push_back(step);
    };
    const bool isOnOneStamp = request->kind != ActionKind::Move
        && request->kind != ActionKind::Evacuate && request->stamps.isEmpty();
    const QJsonArray own = plan[u"steps"_s].toArray();
    for (const auto &each : own) {
        const auto primitive = primitiveFromJson(each.toObject());
        if (!primitive)
            return fail(primitive.error());
        const QString name = stampOf(*primitive);
        // In the source where that stamp bears the mark.
        QString at = source;
        for (const int slot : marked.stamps) {
            if (version.stamps[slot]->stamp->name == name)
                at = version.sources[version.stamps[slot]->source].name;
        }
        add(each[u"lane"_s].toInt(), at, *primitive);
        if (isOnOneStamp)
            record.request.stamp = at + u'/' + name;
    }
    for (const int slot : marked.stamps) {
        const StampEntry &entry = *version.stamps[slot];
        record.instances.insert(version.sources[entry.source].name,
                                version.sources[entry.source].instance);
        if (isOnOneStamp && entry.stamp->mark && !entry.stamp->mark->shared
            && record.request.stamp.isEmpty())
            record.request.stamp = entry.id;
    }
    for (const int slot : marked.tenants) {
        const TenantEntry &entry = version.tenants[slot];
        const SourceState &state = version.sources[entry.source];
        const Mark &mark = *entry.tenant->mark;
        const QString &id = entry.tenant->id;
        record.instances.insert(state.name, state.instance);
        record.request.tenants.append(version.tenantId(slot));
        if (state.capabilities.testFlag(Capability::Move)) {
            add(mark.step, state.name, MoveTenant{id, mark.from, mark.to});
        } else {
            add(mark.step, state.name, PlaceTenant{id, mark.from, mark.to});
            add(mark.step, state.name, ProbeTenant{id, mark.to});
            add(mark.step, state.name, ShiftTenant{id, mark.from, mark.to});
            add(mark.step, state.name, RetireTenant{id, mark.from});
        }
    }
    int next = 0; // a journal's lanes have no gap, whatever somebody took out of the middle
    for (auto &[lane, steps] : lanes) {
        const int here = next++;
        for (JournalStep &step : steps) {
            step.lane = here;
            step.index = int(record.steps.size());
            record.steps.push_back(std::move(step));
        }
    }
    observeSteps(record, version);
    return record;
}

void observeSteps(JournalOperation &operation, const FleetVersion &version)
{
    const std::map<int, TenantMove> moves = movesOf(operation);
    for (JournalStep &step : operation.steps) {
        if (step.isInverse) {
            if (step.state == StepState::Pending || step.state == StepState::Running
                || step.state == StepState::Failed)
                step.state = StepState::Skipped;
            continue;
        }
        const StepState before = step.state;
        if (const QString name = stampOf(step.primitive); !name.isEmpty()) {
            const StampPtr stamp = stampIn(version, step.source, name);
            step.state = stamp ? stampStep(step.primitive, *stamp)
                : std::holds_alternative<DeleteStamp>(step.primitive) ? StepState::Succeeded
                                                                      : StepState::Skipped;
        } else {
            const auto lane = moves.find(step.lane);
            const TenantMove move = lane == moves.end() ? TenantMove() : lane->second;
            const TenantPtr tenant = tenantIn(version, step.source, move.tenant);
            if (!tenant) {
                step.state = StepState::Skipped;
            } else {
                step.state = tenantStep(step.primitive, placeOf(*tenant, move.from, move.to));
                const bool isMoving = std::holds_alternative<MoveTenant>(step.primitive)
                        && !tenant->operation.isEmpty() && tenant->operation != operation.id;
                if (isMoving) {
                    // The backend moves it, under an operation of its own: that goes on.
                    step.state = StepState::Running;
                    step.handle = tenant->operation;
                }
            }
        }
        if (step.state != before) {
            step.error.clear();
            step.expectedRevision.clear();
        }
        if (step.state != StepState::Running)
            step.handle.clear();
    }
}

std::optional<QString> wentOnElsewhere(const JournalOperation &operation, const FleetVersion &version)
{
    if (!operation.hold.marked || version.marked.contains(operation.id))
        return std::nullopt;
    const auto isLater = [&operation](const std::optional<Timestamp> &at) {
        return at && *at > operation.createdAt;
    };
    struct Lane
    {
        QString source;
        bool touched = false, done = true, back = false;
    };
    std::map<int, Lane> lanes;
    for (const JournalStep &step : operation.steps) {
        Lane &lane = lanes[step.lane];
        lane.touched |= step.state != StepState::Pending;
        lane.done &= step.isInverse || step.state == StepState::Succeeded;
        lane.back |= step.isInverse;
        if (!step.isInverse)
            lane.source = step.source;
    }
    for (const auto &[at, move] : movesOf(operation)) {
        const Lane &lane = lanes[at];
        const TenantPtr tenant = tenantIn(version, lane.source, move.tenant);
        if (!tenant)
            continue;
        const Place place = placeOf(*tenant, move.from, move.to);
        const bool contradicts = !lane.touched ? place != Place::Before
                : lane.done && !lane.back      ? place != Place::After
                                               : false;
        if (contradicts && isLater(tenant->updatedAt))
            return tenant->updatedBy;
    }
    return std::nullopt;
}

void whenFleet(FleetStore &store, Clock &clock, QObject *context,
               std::function<bool(const FleetVersion &)> holds, std::chrono::milliseconds limit,
               std::function<void(bool)> then)
{
    if (holds(*store.current())) {
        then(true);
        return;
    }
    auto *waiting = new QObject(context);
    const auto isSo = std::make_shared<const decltype(holds)>(std::move(holds));
    const auto done = std::make_shared<bool>(false);
    const auto end = [waiting, done, then = std::move(then)](bool good) {
        if (std::exchange(*done, true))
            return;
        waiting->deleteLater();
        then(good);
    };
    QObject::connect(&store, &FleetStore::published, waiting,
                     [isSo, end](const FleetVersionPtr &version) {
                         if ((*isSo)(*version))
                             end(true);
                     });
    clock.callLater(limit, waiting, [end] { end(false); });
    // What was published between the look and the connection.
    if ((*isSo)(*store.current()))
        end(true);
}

} // namespace Stampdeck

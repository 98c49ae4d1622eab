// SPDX-License-Identifier: GPL-3.0-or-later
#include "rulekeeper.h"

#include "models/journal.h"

#include "backends/api/whendone.h"

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto lookInterval = 1s;
// Values that stay the same are a wish too, and a cooldown ends without a word from anybody.
constexpr auto longestPause = 15s;
constexpr auto afterFailure = 30s; // before the same is tried again
constexpr int remembered = 1'000; // operations
QString autoscaler()
{
    return u"autoscaler"_s;
}

} // namespace

RuleKeeper::RuleKeeper(Fleet &fleet)
    : m_fleet(fleet)
{ }

Result<void> RuleKeeper::start()
{
    const auto operations = m_fleet.journal().operations(remembered);
    if (!operations)
        return fail(operations.error());
    for (const JournalOperation &operation : *operations) {
        if (operation.request.actor != autoscaler())
            continue;
        // What a person paused stays so.
        if (operation.state == OperationState::Paused && operation.error.startsWith("cut off"_L1))
            m_cutOff.append(operation.id);
        if (operation.state != OperationState::Succeeded)
            continue;
        for (const JournalStep &step : operation.steps) {
            const auto *scale = std::get_if<ScaleStamp>(&step.primitive);
            if (!scale || step.isInverse || scale->to.components.size() != 1)
                continue;
            const QString component = scale->to.components.firstKey();
            const QString stamp = step.source + u'/' + scale->stamp;
            m_fleet.store().showRuleAct(stamp, component,
                                        {operation.updatedAt,
                                         scale->from.components.value(component),
                                         scale->to.components.value(component),
                                         operation.request.reason});
            m_earlier[stamp][component] = operation.updatedAt;
        }
    }
    look();
    return {};
}

// A decision that was made is carried through: nobody else would, and the stamp would stay busy.
void RuleKeeper::resumeCutOff()
{
    const QStringList ids = std::exchange(m_cutOff, {});
    for (const QString &id : ids) {
        whenDone(m_fleet.runner().control(id, OperationVerb::Resume,
                                          {autoscaler(), u"the server was started again"_s}),
                 this, [this, id](const Result<OperationPtr> &resumed) {
                     if (!resumed && resumed.error().isTransient())
                         m_cutOff.append(id); // Its source has not answered yet.
                 });
    }
}

void RuleKeeper::look()
{
    Clock &clock = m_fleet.clock();
    const FleetVersionPtr version = m_fleet.store().current();
    const auto now = clock.elapsed();
    const bool any =
        std::any_of(version->sources.begin(), version->sources.end(), [](const SourceState &is) {
            return is.capabilities.testFlag(Capability::RuleLabels);
        });
    if (any && (version->serial != m_serial || now - m_lookedAt >= longestPause)) {
        m_serial = version->serial;
        m_lookedAt = now;
        resumeCutOff();
        version->eachStamp([&](int, const StampEntry &entry) {
            const SourceState &source = version->sourceOf(entry);
            const QList<Component> &components = entry.stamp->components;
            if (std::none_of(components.begin(), components.end(), [&](const Component &each) {
                    return isCarriedHere(source, each);
                })) {
                m_histories.remove(entry.id);
                return;
            }
            StampRuleHistory &history = m_histories[entry.id];
            if (const auto earlier = m_earlier.find(entry.id); earlier != m_earlier.end()) {
                // The rest of its cooldown, whatever a clock that was set makes of it.
                for (const Component &each : components) {
                    if (!each.rule || !earlier->contains(each.name))
                        continue;
                    const std::chrono::milliseconds cooldown = each.rule->cooldown;
                    const auto left = cooldown - (clock.now() - earlier->value(each.name));
                    history[each.name].heldUntil =
                        now + std::clamp<std::chrono::milliseconds>(left, 0ms, cooldown);
                }
                m_earlier.erase(earlier);
            }
            const auto decision = decideScaling(entry, source, history, now);
            if (decision && !m_underway.contains(entry.id))
                submit(entry, *decision);
        });
    }
    clock.callLater(lookInterval, this, [this] { look(); });
}

void RuleKeeper::submit(const StampEntry &entry, const ScalingDecision &decision)
{
    const QString stamp = entry.id;
    const auto component =
        std::find_if(entry.stamp->components.begin(), entry.stamp->components.end(),
                     [&](const Component &each) { return each.name == decision.component; });
    const std::chrono::milliseconds cooldown = component->rule->cooldown;
    ActionRequest request;
    request.kind = ActionKind::Scale;
    request.stamp = stamp;
    request.scale.components.insert(decision.component, decision.to);
    request.byRule = true;
    request.actor = autoscaler();
    request.reason = decision.reason;
    request.ifMatch = entry.stamp->revision;
    m_underway.insert(stamp);
    const auto ended = [this, stamp, decision, cooldown,
                        measured = entry.stamp->observedAt](const Result<OperationPtr> &result) {
        m_underway.remove(stamp);
        RuleHistory &history = m_histories[stamp][decision.component];
        const auto now = m_fleet.clock().elapsed();
        if (!result || (*result)->state != OperationState::Succeeded) {
            history.heldUntil = now + std::max<std::chrono::milliseconds>(cooldown, afterFailure);
            return;
        }
        history.heldUntil = now + cooldown;
        history.measuredAt = measured;
        history.desired = decision.to;
        m_fleet.store().showRuleAct(
            stamp, decision.component,
            {(*result)->updatedAt.value_or(m_fleet.clock().now()), decision.from, decision.to,
             decision.reason});
    };
    whenDone(m_fleet.runner().submit(request), this,
             [this, ended, stamp](const Result<OperationPtr> &accepted) {
                 if (accepted)
                     return whenDone(m_fleet.runner().finished((*accepted)->id), this, ended);
                 // Somebody else was faster: the next look sees what he did.
                 if (accepted.error().kind == ErrorKind::Conflict)
                     m_underway.remove(stamp);
                 else
                     ended(accepted);
             });
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "autoscaler.h"

#include "formatter.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Autoscaler)
};

// What a rule looks at, per ready replica or of the stamp as a whole; nothing when nobody tells.
std::optional<double> valueOf(const StampEntry &entry, const Component &component)
{
    const Stamp &stamp = *entry.stamp;
    const auto used = [](const Resource &resource) -> std::optional<double> {
        return resource.used && resource.limit && *resource.limit > 0
                ? std::optional(*resource.used / *resource.limit)
                : std::nullopt;
    };
    switch (component.rule->signal) {
    case SignalKind::Cpu:
        return component.load ? component.load : used(stamp.resources.cpu);
    case SignalKind::Memory:
        return used(stamp.resources.memory);
    case SignalKind::RequestsPerSecond:
        return stamp.signalValues.requestsPerSecond && component.ready > 0
                ? std::optional(*stamp.signalValues.requestsPerSecond / component.ready)
                : std::nullopt;
    case SignalKind::LatencyP99:
        return stamp.signalValues.latencyP99Ms;
    }
    return std::nullopt;
}

QString inWords(SignalKind signal, double value)
{
    switch (signal) {
    case SignalKind::Cpu:
    case SignalKind::Memory:
        return Format::percent(value);
    case SignalKind::RequestsPerSecond:
        return Format::rate(value);
    case SignalKind::LatencyP99:
        break;
    }
    return Format::latency(value);
}

QString reasonOf(const Component &component, double value, int to)
{
    const ScalingRule &rule = *component.rule;
    const QString of = rule.signal == SignalKind::LatencyP99 ? u"p99"_s
        : rule.signal == SignalKind::RequestsPerSecond       ? Words::tr("requests")
                                                             : Format::word(rule.signal);
    const QString text = value > rule.target ? Words::tr("%1 %2 of %3 over %4: %5 to %6")
                                             : Words::tr("%1 %2 of %3 under %4: %5 to %6");
    return text.arg(of, inWords(rule.signal, value), component.name,
                    inWords(rule.signal, rule.target))
            .arg(component.desired)
            .arg(to);
}

// How many replicas the target wants, before any caution but the tolerance.
int wishOf(const Component &component, double value, const ScalingPolicy &policy)
{
    const double target = component.rule->target;
    const int is = component.desired;
    const double ratio = value / target;
    if (component.rule->signal == SignalKind::LatencyP99) {
        if (ratio > 1 + policy.tolerance)
            return is + 1;
        // One fewer only where it would still be on its target if it got slower in proportion.
        const bool spare = is > 1 && ratio * is / (is - 1) < 1 - policy.tolerance;
        return spare ? is - 1 : is;
    }
    if (std::abs(ratio - 1) <= policy.tolerance)
        return is;
    if (ratio < 1)
        return std::max(0, int(std::ceil(component.ready * ratio - 1e-9)));
    // Those that are not ready yet are taken for idle: they may be enough.
    const double damped = ratio * std::min(component.ready, is) / is;
    if (damped <= 1 + policy.tolerance)
        return is;
    return int(std::min(std::ceil(is * damped - 1e-9), 1e6));
}

} // namespace

bool isCarriedHere(const SourceState &source, const Component &component)
{
    return component.rule && component.rule->by == "stampd"_L1
        && source.capabilities.testFlag(Capability::RuleLabels);
}

std::optional<ScalingDecision> decideScaling(const StampEntry &entry, const SourceState &source,
                                             StampRuleHistory &history,
                                             std::chrono::milliseconds now,
                                             const ScalingPolicy &policy)
{
    const Stamp &stamp = *entry.stamp;
    // Whoever has marked it acts there, another keeper of its rules too.
    const bool mayAct = !entry.stale && !entry.elsewhere && !source.readOnly
        && stamp.operation.isEmpty()
        && stamp.lifecycle == Lifecycle::Active
        && source.capabilities.testFlag(Capability::ScaleComponents);
    std::optional<ScalingDecision> best;
    double urgency = 0;
    for (const Component &component : stamp.components) {
        if (!isCarriedHere(source, component)) {
            history.erase(component.name);
            continue;
        }
        RuleHistory &known = history[component.name];
        // Somebody else carried the rule out: his cooldown is everybody's.
        if (known.desired && *known.desired != component.desired) {
            known.heldUntil = std::max(known.heldUntil.value_or(now),
                                       now + std::chrono::milliseconds(component.rule->cooldown));
            known.measuredAt = stamp.observedAt;
        }
        known.desired = component.desired;
        std::erase_if(known.wishes, [&](const RuleHistory::Wish &wish) {
            return now - wish.at > policy.downWindow;
        });
        // Whoever wants none of a component wants no rule to start it.
        if (entry.stale || component.desired < 1)
            continue;
        const int min = component.min.value_or(1);
        const int max = std::max(min, component.max.value_or(component.desired));
        const auto value = valueOf(entry, component);
        const bool isNew =
                !known.measuredAt || !stamp.observedAt || *stamp.observedAt > *known.measuredAt;
        int wish = component.desired;
        if (value && isNew && std::isfinite(*value)) {
            wish = std::clamp(wishOf(component, *value, policy), min, max);
            known.wishes.push_back({now, wish});
        }
        int to = std::clamp(wish, min, max);
        QString reason;
        if (component.desired < min || component.desired > max) {
            to = std::clamp(component.desired, min, max);
            reason = Words::tr("%1 has to be within %2 and %3: %4 to %5")
                         .arg(component.name)
                         .arg(min)
                         .arg(max)
                         .arg(component.desired)
                         .arg(to);
        } else if (to > component.desired) {
            to = std::min(to, std::max(2 * component.desired, component.desired + policy.upAtOnce));
            reason = reasonOf(component, *value, to);
        } else if (to < component.desired) {
            // Not before it is known for the whole window how many were wanted.
            const bool isFull = now - known.wishes.front().at >= policy.downWindow * 9 / 10;
            for (const RuleHistory::Wish &earlier : known.wishes)
                to = std::max(to, earlier.replicas);
            if (to >= component.desired || !isFull || component.ready < component.desired)
                continue;
            reason = reasonOf(component, *value, to);
        } else {
            continue;
        }
        if (!mayAct || (known.heldUntil && now < *known.heldUntil))
            continue;
        // More is more urgent than fewer, and much more than a little more.
        const double is = to > component.desired ? 1 + double(to) / component.desired
                                                 : double(component.desired - to) / component.desired;
        if (!best || is > urgency) {
            best = ScalingDecision{component.name, component.desired, to, reason};
            urgency = is;
        }
    }
    return best;
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "health.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Health)
};

QString percent(double ratio)
{
    const double value = ratio * 100;
    return QString::number(value, 'f', value < 10 ? 1 : 0) + u'%';
}

// Unknown says nothing; among the others the later one is the worse.
Health worse(Health a, Health b)
{
    return std::max(a, b);
}

std::optional<double> fullestLoad(const Resources &resources)
{
    std::optional<double> most;
    for (const ResourceKind kind :
         {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage}) {
        if (const auto load = resources[kind].load(); load && (!most || *load > *most))
            most = load;
    }
    return most;
}

HealthReason latencyReason(const Stamp &stamp)
{
    HealthReason reason;
    reason.code = u"latency-p99"_s;
    reason.unit = u"ms"_s;
    reason.value = stamp.signalValues.latencyP99Ms;
    if (reason.value)
        reason.message = Words::tr("p99 %1 ms").arg(qRound(*reason.value));
    return reason;
}

HealthReason errorReason(const Stamp &stamp)
{
    HealthReason reason;
    reason.code = u"error-ratio"_s;
    reason.unit = u"ratio"_s;
    reason.value = stamp.signalValues.errorRatio;
    if (reason.value)
        reason.message = Words::tr("errors %1").arg(percent(*reason.value));
    return reason;
}

HealthReason loadReason(const Resources &resources)
{
    HealthReason reason;
    reason.code = u"load"_s;
    reason.unit = u"ratio"_s;
    reason.value = fullestLoad(resources);
    if (reason.value)
        reason.message = Words::tr("load %1").arg(percent(*reason.value));
    return reason;
}

class Scorer
{
public:
    Scorer(const Objectives &objectives, Timestamp wall, std::chrono::milliseconds elapsed)
        : m_objectives(objectives)
        , m_wall(wall)
        , m_elapsed(elapsed)
    { }

    void threshold(std::optional<ThresholdTimes::Since> &since, std::optional<double> value,
                   std::optional<double> limit, HealthReason reason)
    {
        if (!value || !limit) {
            since.reset();
            return;
        }
        score.health = worse(score.health, Health::Healthy);
        if (*value <= *limit) {
            since.reset();
            return;
        }
        if (!since)
            since = ThresholdTimes::Since{m_elapsed, m_wall};
        if (m_elapsed - since->elapsed < m_objectives.hold)
            return;
        score.health = worse(score.health, Health::Degraded);
        reason.since = since->wall;
        reason.value = value;
        reason.limit = limit;
        add(reason);
    }

    void add(const HealthReason &reason)
    {
        // The backend may have said the same already: its words know more ("crash loop, exit 137"),
        // our figures are in one unit.
        for (HealthReason &known : score.reasons) {
            if (known.code == reason.code && known.component == reason.component) {
                if (!known.since || (reason.since && *reason.since < *known.since))
                    known.since = reason.since;
                if (known.message.isEmpty())
                    known.message = reason.message;
                known.value = reason.value;
                known.limit = reason.limit;
                known.unit = reason.unit;
                return;
            }
        }
        score.reasons.append(reason);
    }

    HealthScore score;

private:
    const Objectives &m_objectives;
    Timestamp m_wall;
    std::chrono::milliseconds m_elapsed;
};

} // namespace

double componentScore(const QList<Component> &components)
{
    double score = 1;
    for (const Component &component : components) {
        switch (componentHealth(component.desired, component.ready)) {
        case Health::Degraded:
            score -= 0.25;
            break;
        case Health::Unhealthy:
            score -= 0.5;
            break;
        case Health::Unknown:
        case Health::Healthy:
            break;
        }
    }
    return std::max(0.0, score);
}

Health healthOfScore(double score)
{
    if (score >= 1)
        return Health::Healthy;
    return score > 0.5 ? Health::Degraded : Health::Unhealthy;
}

HealthScore scoreHealth(const Stamp &stamp, const Resources &resources,
                        const Objectives &objectives, ThresholdTimes &times, Timestamp wall,
                        std::chrono::milliseconds elapsed)
{
    Scorer scorer(objectives, wall, elapsed);
    HealthScore &score = scorer.score;

    // The backend's own word, with its reasons.
    score.health = stamp.health;
    score.reasons = stamp.healthReasons;
    if (stamp.health >= Health::Degraded && score.reasons.isEmpty()) {
        HealthReason reason;
        reason.code = u"backend"_s;
        reason.message = Words::tr("its backend says so");
        score.reasons.append(reason);
    }

    if (!stamp.components.isEmpty()) {
        score.health = worse(score.health, healthOfScore(componentScore(stamp.components)));
        for (const Component &component : stamp.components) {
            if (componentHealth(component.desired, component.ready) == Health::Healthy)
                continue;
            HealthReason reason;
            reason.code = u"component"_s;
            reason.component = component.name;
            reason.message = Words::tr("%1 %2 of %3 ready")
                                 .arg(component.name)
                                 .arg(component.ready)
                                 .arg(component.desired);
            reason.value = component.ready;
            reason.limit = component.desired;
            scorer.add(reason);
        }
    }

    scorer.threshold(times.latencyP99, stamp.signalValues.latencyP99Ms, objectives.latencyP99Ms,
                     latencyReason(stamp));
    scorer.threshold(times.errorRatio, stamp.signalValues.errorRatio, objectives.errorRatio,
                     errorReason(stamp));
    scorer.threshold(times.load, fullestLoad(resources), objectives.load, loadReason(resources));
    return score;
}

void refreshMeasured(QList<HealthReason> &reasons, const Stamp &stamp, const Resources &resources)
{
    const std::array<HealthReason, 3> all = {latencyReason(stamp), errorReason(stamp),
                                             loadReason(resources)};
    for (qsizetype i = 0; i < reasons.size(); ++i) {
        for (const HealthReason &is : all) {
            const HealthReason &reason = std::as_const(reasons)[i];
            if (reason.code != is.code || !reason.component.isEmpty() || !is.value)
                continue;
            const bool isTold =
                std::any_of(stamp.healthReasons.begin(), stamp.healthReasons.end(),
                            [&is](const HealthReason &told) {
                                return told.code == is.code && told.component.isEmpty();
                            });
            if (isTold)
                continue;
            reasons[i].value = is.value;
            reasons[i].message = is.message;
        }
    }
}

void countHealth(FleetCounts &counts, const StampEntry &entry, int by)
{
    if (entry.proof)
        return;
    counts.stamps += by;
    if (entry.stale)
        counts.stale += by;
    else if (entry.health == Health::Healthy)
        counts.healthy += by;
    else if (entry.health == Health::Degraded)
        counts.degraded += by;
    else if (entry.health == Health::Unhealthy)
        counts.unhealthy += by;
    else
        counts.unknown += by;
}

} // namespace Stampdeck

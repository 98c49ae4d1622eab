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

class Scorer
{
public:
    Scorer(const Objectives &objectives, Timestamp wall, std::chrono::milliseconds elapsed)
        : m_objectives(objectives)
        , m_wall(wall)
        , m_elapsed(elapsed)
    {
    }

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

    HealthReason latency;
    latency.code = u"latency-p99"_s;
    latency.unit = u"ms"_s;
    if (stamp.signalValues.latencyP99Ms)
        latency.message = Words::tr("p99 %1 ms").arg(qRound(*stamp.signalValues.latencyP99Ms));
    scorer.threshold(times.latencyP99, stamp.signalValues.latencyP99Ms, objectives.latencyP99Ms,
                     latency);

    HealthReason errors;
    errors.code = u"error-ratio"_s;
    errors.unit = u"ratio"_s;
    if (stamp.signalValues.errorRatio)
        errors.message = Words::tr("errors %1").arg(percent(*stamp.signalValues.errorRatio));
    scorer.threshold(times.errorRatio, stamp.signalValues.errorRatio, objectives.errorRatio,
                     errors);

    HealthReason load;
    load.code = u"load"_s;
    load.unit = u"ratio"_s;
    const auto fullest = fullestLoad(resources);
    if (fullest)
        load.message = Words::tr("load %1").arg(percent(*fullest));
    scorer.threshold(times.load, fullest, objectives.load, load);
    return score;
}

} // namespace Stampdeck

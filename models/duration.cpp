// SPDX-License-Identifier: GPL-3.0-or-later
#include "duration.h"

#include "formatter.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Duration)
};

// The newest say best how long it takes now; more of them make the median no better.
constexpr size_t mostMeasured = 200;

// From the first step that moved somebody to the last, of those that went through.
struct Span
{
    QString source;
    std::optional<Timestamp> from, to;
    bool good = true;
};

void add(Span &span, const OperationStep &step)
{
    span.good = span.good && step.state == StepState::Succeeded && step.startedAt && step.endedAt
            && *step.endedAt >= *step.startedAt;
    if (!span.good)
        return;
    span.from = span.from ? std::min(*span.from, *step.startedAt) : *step.startedAt;
    span.to = span.to ? std::max(*span.to, *step.endedAt) : *step.endedAt;
}

std::vector<Span> spansOf(const Operation &operation, const QString &source)
{
    std::vector<Span> spans;
    QHash<QString, size_t> known; // by source and tenant
    for (const OperationStep &step : operation.steps) {
        if (step.tenant.isEmpty())
            continue;
        const QString at = step.source.isEmpty() ? source : step.source;
        const QString key = at + u'/' + step.tenant;
        const auto found = known.constFind(key);
        const size_t index = found == known.constEnd() ? spans.size() : *found;
        if (index == spans.size()) {
            known.insert(key, index);
            spans.push_back({at, {}, {}});
        }
        add(spans[index], step);
    }
    // One that does not tell whom its steps move moves one tenant by all of them.
    if (spans.empty() && operation.kind == u"move" && operation.state == OperationState::Succeeded
        && !operation.steps.isEmpty()) {
        Span whole{source, {}, {}};
        for (const OperationStep &step : operation.steps)
            add(whole, step);
        spans.push_back(whole);
    }
    return spans;
}

} // namespace

MoveTimes::MoveTimes(const FleetVersion &version)
{
    size_t count = 0;
    for (auto it = version.operations.end(); it != version.operations.begin() && count < mostMeasured;) {
        --it;
        for (const Span &span : spansOf(**it, version.operationSource.value(it.key()))) {
            if (!span.good || !span.from || span.source.isEmpty())
                continue;
            m_times[span.source].push_back(*span.to - *span.from);
            ++count;
        }
    }
    for (auto &times : m_times)
        std::sort(times.begin(), times.end());
}

int MoveTimes::measured(const QString &source) const
{
    const auto found = m_times.constFind(source);
    return found == m_times.constEnd() ? 0 : int(found->size());
}

std::optional<std::chrono::milliseconds> MoveTimes::median(const QString &source) const
{
    const auto found = m_times.constFind(source);
    if (found == m_times.constEnd())
        return std::nullopt;
    const size_t middle = found->size() / 2;
    return found->size() % 2 ? (*found)[middle] : ((*found)[middle - 1] + (*found)[middle]) / 2;
}

std::optional<std::chrono::milliseconds> MoveTimes::estimate(const QHash<QString, int> &moves,
                                                             int parallel) const
{
    qint64 count = 0;
    std::chrono::milliseconds all{0};
    for (auto it = moves.cbegin(); it != moves.cend(); ++it) {
        if (it.value() <= 0)
            continue;
        const auto one = median(it.key());
        if (!one)
            return std::nullopt;
        all += *one * it.value();
        count += it.value();
    }
    if (count == 0)
        return 0ms;
    const qint64 waves = (count + std::max(1, parallel) - 1) / std::max(1, parallel);
    return all * waves / count;
}

QHash<QString, CreateTime> createTimes(const FleetVersion &version)
{
    QHash<QString, std::vector<std::chrono::milliseconds>> times;
    for (auto it = version.operations.cbegin(); it != version.operations.cend(); ++it) {
        const Operation &operation = **it;
        if (operation.kind != u"create" || operation.state != OperationState::Succeeded)
            continue;
        Span span{version.operationSource.value(it.key()), {}, {}};
        for (const OperationStep &step : operation.steps) {
            if (span.source.isEmpty())
                span.source = step.source;
            add(span, step);
        }
        if (span.good && span.from && !span.source.isEmpty())
            times[span.source].push_back(*span.to - *span.from);
    }
    QHash<QString, CreateTime> all;
    for (auto it = times.begin(); it != times.end(); ++it) {
        std::sort(it->begin(), it->end());
        all.insert(it.key(), {(*it)[it->size() / 2], int(it->size())});
    }
    return all;
}

QString durationText(std::optional<std::chrono::milliseconds> duration, int measured)
{
    if (!duration)
        return Words::tr("not known: no move measured yet");
    return *duration < 1s ? Words::tr("less than 1 s, from %Ln move(s) measured", nullptr, measured)
                          : Words::tr("about %1, from %Ln move(s) measured", nullptr, measured)
                                .arg(Format::age(*duration));
}

} // namespace Stampdeck

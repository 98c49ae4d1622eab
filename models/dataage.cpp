// SPDX-License-Identifier: GPL-3.0-or-later
#include "dataage.h"

#include "formatter.h"

#include <QtCore/QCoreApplication>

namespace Stampdeck {

using namespace std::chrono_literals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(DataAge)
};

} // namespace

std::chrono::milliseconds staleAfter(bool watching, std::chrono::milliseconds pollInterval)
{
    return watching ? std::chrono::milliseconds(45s) : 3 * pollInterval;
}

std::chrono::milliseconds oldAfter(const SourceState &source)
{
    return staleAfter(source.watching, source.pollInterval);
}

std::optional<std::chrono::milliseconds> oldData(const Plan &plan, const FleetVersion &version,
                                                 std::chrono::milliseconds now)
{
    std::optional<std::chrono::milliseconds> oldest;
    for (const QString &name : plan.sources) {
        const int index = version.sourceIndex(name);
        if (index < 0)
            continue;
        const SourceState &source = version.sources[index];
        if (!source.lastContact)
            continue;
        const auto age = now - *source.lastContact;
        if (age > oldAfter(source) && (!oldest || age > *oldest))
            oldest = age;
    }
    return oldest;
}

QStringList oldFigures(const StampEntry &entry, Timestamp now)
{
    QStringList old;
    if (!entry.measured || !entry.told)
        return old;
    const Stamp &told = *entry.told;
    const SignalValues &values = told.signalValues;
    // In the order of metricSignals().
    const std::array<std::pair<bool, QString>, MeasuredSignals::signalCount> figures{{
        {told.resources.cpu.used.has_value(), Format::name(ResourceKind::Cpu)},
        {told.resources.memory.used.has_value(), Format::name(ResourceKind::Memory)},
        {told.resources.storage.used.has_value(), Format::name(ResourceKind::Storage)},
        {values.requestsPerSecond.has_value(), Words::tr("requests")},
        {values.errorRatio.has_value(), Words::tr("errors")},
        {values.latencyP50Ms.has_value(), Words::tr("p50")},
        {values.latencyP99Ms.has_value(), Words::tr("p99")},
    }};
    for (size_t i = 0; i < figures.size(); ++i) {
        const auto &at = entry.measured->at[i];
        if (at && !figures[i].first) {
            //: %1 “cpu”, %2 “2 min”
            old.append(Words::tr("%1 of %2 ago")
                           .arg(figures[i].second,
                                Format::age(std::chrono::milliseconds(now - *at))));
        }
    }
    return old;
}

} // namespace Stampdeck

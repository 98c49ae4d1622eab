// SPDX-License-Identifier: GPL-3.0-or-later
#include "forecaster.h"

#include "backends/api/whendone.h"

#include <QtConcurrent/QtConcurrentRun>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

using namespace std::chrono_literals;

constexpr auto empty = 2s; // until a fleet without stamps is looked at again
constexpr std::chrono::milliseconds step = std::chrono::milliseconds(24h) / Forecaster::perDay;
constexpr std::array kinds = {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage};

/// The name that history() has for it.
QString signalOf(ResourceKind kind)
{
    return kind == ResourceKind::Cpu   ? u"cpu"_s
        : kind == ResourceKind::Memory ? u"memory"_s
                                       : u"storage"_s;
}

/// Its means over each step before \a to, the last of them there.
std::vector<double> meansOf(const Series &series, Timestamp to)
{
    constexpr int steps = Forecaster::days * Forecaster::perDay + 1;
    std::vector<double> sums(steps, 0);
    std::vector<int> counts(steps, 0);
    Timestamp at = series.start;
    for (const float value : series.values) {
        const double back = double((to - at).count()) / double(step.count());
        const int slot = steps - 1 - int(std::lround(back));
        if (std::isfinite(value) && slot >= 0 && slot < steps) {
            sums[size_t(slot)] += double(value);
            ++counts[size_t(slot)];
        }
        at += series.step;
    }
    for (size_t slot = 0; slot < sums.size(); ++slot)
        sums[slot] = counts[slot] > 0 ? sums[slot] / counts[slot] : qQNaN();
    return sums;
}

} // namespace

Forecaster::Forecaster(Clock &clock, Fleet fleet, History history, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_fleet(std::move(fleet))
    , m_history(std::move(history))
{
    if (m_history)
        lookLater(0ms);
}

void Forecaster::lookLater(std::chrono::milliseconds delay)
{
    m_clock.callLater(delay, this, [this] { look(); });
}

void Forecaster::look()
{
    const FleetVersionPtr version = m_fleet();
    std::vector<const StampEntry *> stamps;
    version->eachStamp([&](int, const StampEntry &entry) {
        if (!entry.proof)
            stamps.push_back(&entry);
    });
    if (stamps.empty()) {
        lookLater(empty);
        return;
    }
    m_regions.clear();
    for (const StampEntry *entry : stamps)
        m_regions.insert(entry->stamp->region);
    m_regions.remove({}); // those whose region nobody told are none
    if (stamps.size() > size_t(mostStamps)) {
        const auto rest = stamps.begin() + mostStamps;
        std::nth_element(stamps.begin(), rest, stamps.end(),
                         [](const StampEntry *a, const StampEntry *b) {
                             return a->load().value_or(0) > b->load().value_or(0);
                         });
        for (auto it = rest; it != stamps.end(); ++it)
            m_regions.remove((*it)->stamp->region);
        stamps.erase(rest, stamps.end());
    }
    m_asked.clear();
    for (const StampEntry *entry : stamps) {
        UsedHistory history{entry->id, entry->stamp->region, {}};
        for (const ResourceKind kind : kinds) {
            if (const auto limit = entry->resources[kind].limit; limit && *limit > 0)
                history.used.push_back({kind, *limit, {}});
        }
        if (!history.used.empty())
            m_asked.push_back(std::move(history));
    }
    m_to = m_clock.now();
    m_next = 0;
    m_waiting = 0;
    askNext();
}

void Forecaster::askNext()
{
    while (m_waiting < mostAsked && m_next < m_asked.size()) {
        const size_t at = m_next++;
        QStringList names;
        for (const UsedHistory::Used &used : m_asked[at].used)
            names.append(signalOf(used.kind));
        ++m_waiting;
        whenDone(m_history(m_asked[at].stamp, names, m_to - std::chrono::days(days), m_to, step),
                 this, [this, at](const Result<std::vector<Series>> &answer) {
                     --m_waiting;
                     // Who does not answer, or has nothing, is not known.
                     for (const Series &series : answer ? *answer : std::vector<Series>()) {
                         for (UsedHistory::Used &used : m_asked[at].used) {
                             if (series.signal == signalOf(used.kind))
                                 used.means = meansOf(series, m_to);
                         }
                     }
                     askNext();
                 });
    }
    if (m_waiting == 0 && m_next >= m_asked.size())
        workOut();
}

void Forecaster::workOut()
{
    whenDone(QtConcurrent::run([histories = std::move(m_asked), regions = m_regions] {
                 return forecastOf(histories, perDay, regions);
             }),
             this, [this](const FleetForecast &forecast) {
                 m_forecast = forecast;
                 m_hasLooked = true;
                 Q_EMIT changed();
                 lookLater(interval);
             });
    m_asked.clear();
}

} // namespace Stampdeck

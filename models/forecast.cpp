// SPDX-License-Identifier: GPL-3.0-or-later
#include "forecast.h"

#include "formatter.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace Stampdeck {

namespace {

constexpr int leastDays = 3;
constexpr double significant = 1.645; // one-sided 5 % of the normal distribution

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::Forecast)
};

/// Whole days: it is rather too early than too late.
int daysOf(std::chrono::milliseconds time)
{
    return int(time / std::chrono::milliseconds(std::chrono::days(1)));
}

double medianOf(std::vector<double> &values)
{
    const auto middle = values.begin() + qsizetype(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1)
        return *middle;
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

} // namespace

std::optional<Trend> trendOf(const std::vector<double> &means, int perDay)
{
    // Of each time of the day the values, by how many days ago.
    std::vector<std::vector<std::pair<double, double>>> times{size_t(perDay)};
    for (size_t back = 0; back < means.size(); ++back) {
        const double value = means[means.size() - 1 - back];
        if (std::isfinite(value))
            times[back % size_t(perDay)].emplace_back(double(back) / perDay, value);
    }
    int known = 0;
    for (const auto &values : times)
        known += int(values.size()) >= leastDays
            && values.back().first - values.front().first >= leastDays - 1;
    if (known * 2 < perDay)
        return std::nullopt;

    std::vector<double> slopes;
    double sum = 0; // Kendall's S
    double variance = 0;
    for (const auto &values : times) {
        const auto n = double(values.size());
        variance += n * (n - 1) * (2 * n + 5) / 18;
        for (size_t later = 0; later < values.size(); ++later) {
            for (size_t earlier = later + 1; earlier < values.size(); ++earlier) {
                const double rise = values[later].second - values[earlier].second;
                slopes.push_back(rise / (values[earlier].first - values[later].first));
                sum += rise > 0 ? 1 : rise < 0 ? -1 : 0;
            }
        }
    }
    Trend trend;
    const double rate = medianOf(slopes);
    if (rate > 0 && variance > 0 && (sum - 1) / std::sqrt(variance) > significant)
        trend.perDay = rate;
    for (const auto &values : times) {
        if (values.empty())
            continue;
        std::vector<double> now;
        now.reserve(values.size());
        for (const auto &[ago, value] : values)
            now.push_back(value + rate * ago);
        trend.peak = std::max(trend.peak, medianOf(now));
    }
    return trend;
}

Outlook Outlook::of(ResourceKind kind, const Trend &trend)
{
    using namespace std::chrono;
    Outlook outlook{kind, std::nullopt};
    if (trend.peak >= 1) {
        outlook.full = milliseconds(0);
    } else if (trend.perDay > 0) {
        const double days = (1 - trend.peak) / trend.perDay;
        if (days * 24 <= double(farthest.count()))
            outlook.full = milliseconds(qint64(days * double(milliseconds(24h).count())));
    }
    return outlook;
}

QString fullText(const Outlook &outlook)
{
    if (!outlook.full)
        return Words::tr("not full within %Ln day(s)", nullptr, daysOf(Outlook::farthest));
    if (outlook.full->count() == 0)
        return Words::tr("full");
    const int days = daysOf(*outlook.full);
    return days == 0 ? Words::tr("full within a day")
                     : Words::tr("full in %Ln day(s)", nullptr, days);
}

QString nextFullText(const Outlook &outlook)
{
    if (!outlook.full)
        return {};
    const QString name = Format::name(outlook.kind);
    if (outlook.full->count() == 0)
        return Words::tr("%1 is full").arg(name);
    const int days = daysOf(*outlook.full);
    return days == 0 ? Words::tr("%1 within a day").arg(name)
                     : Words::tr("%1 in %Ln day(s)", nullptr, days).arg(name);
}

std::optional<Outlook> nextFull(const Outlooks &outlooks)
{
    std::optional<Outlook> first;
    for (const Outlook &outlook : outlooks) {
        if (outlook.full && (!first || *outlook.full < *first->full))
            first = outlook;
    }
    return first;
}

QList<FleetForecast::Next> FleetForecast::next(int most) const
{
    QList<Next> all;
    for (auto it = stamps.cbegin(); it != stamps.cend(); ++it) {
        if (const auto first = nextFull(*it))
            all.append({it.key(), {}, *first});
    }
    for (auto it = regions.cbegin(); it != regions.cend(); ++it) {
        if (const auto first = nextFull(*it))
            all.append({{}, it.key(), *first});
    }
    // One name a line, and always in the same order.
    std::sort(all.begin(), all.end(), [](const Next &a, const Next &b) {
        return std::tie(*a.outlook.full, a.stamp, a.region)
            < std::tie(*b.outlook.full, b.stamp, b.region);
    });
    if (all.size() > most)
        all.resize(most);
    return all;
}

FleetForecast forecastOf(const std::vector<UsedHistory> &histories, int perDay,
                         const QSet<QString> &regions)
{
    struct Sum
    {
        std::vector<double> used;
        std::vector<double> limit; // of those that tell, at each step
    };
    FleetForecast forecast;
    QHash<QString, std::array<Sum, 3>> sums; // cpu, memory, storage
    for (const UsedHistory &history : histories) {
        Outlooks outlooks;
        for (const UsedHistory::Used &used : history.used) {
            if (!(used.limit > 0) || size_t(used.kind) >= 3)
                continue;
            std::vector<double> shares;
            shares.reserve(used.means.size());
            for (const double mean : used.means)
                shares.push_back(mean / used.limit);
            if (const auto trend = trendOf(shares, perDay))
                outlooks.append(Outlook::of(used.kind, *trend));
            if (!regions.contains(history.region))
                continue;
            // The newest value is the last of each, whatever they begin with.
            Sum &sum = sums[history.region][size_t(used.kind)];
            if (const size_t more = used.means.size(); more > sum.used.size()) {
                sum.used.insert(sum.used.begin(), more - sum.used.size(), 0);
                sum.limit.insert(sum.limit.begin(), more - sum.limit.size(), 0);
            }
            const size_t from = sum.used.size() - used.means.size();
            for (size_t step = 0; step < used.means.size(); ++step) {
                if (!std::isfinite(used.means[step]))
                    continue;
                sum.used[from + step] += used.means[step];
                sum.limit[from + step] += used.limit;
            }
        }
        if (!outlooks.isEmpty())
            forecast.stamps.insert(history.stamp, outlooks);
    }
    for (auto it = sums.cbegin(); it != sums.cend(); ++it) {
        Outlooks outlooks;
        for (size_t kind = 0; kind < it->size(); ++kind) {
            const Sum &sum = (*it)[kind];
            std::vector<double> shares;
            for (size_t step = 0; step < sum.used.size(); ++step)
                shares.push_back(sum.limit[step] > 0 ? sum.used[step] / sum.limit[step] : qQNaN());
            if (const auto trend = trendOf(shares, perDay))
                outlooks.append(Outlook::of(ResourceKind(kind), *trend));
        }
        if (!outlooks.isEmpty())
            forecast.regions.insert(it.key(), outlooks);
    }
    return forecast;
}

} // namespace Stampdeck

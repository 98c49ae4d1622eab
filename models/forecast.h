// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/fleet.h"

#include <QtCore/QHash>
#include <QtCore/QSet>

#include <array>
#include <chrono>
#include <optional>
#include <vector>

/// When resources run out at the rate at which they have been growing. Pure.
///
/// The rate is the seasonal Kendall slope (Hirsch, Slack and Smith 1982, after Theil 1950 and Sen
/// 1968): the median of (y_j − y_i) / (t_j − t_i) over all pairs of the same time of the day, so
/// that neither the daily rise and fall nor a few wild days make a trend. It counts as growth where
/// the seasonal Kendall test says so: with S the sum over the pairs of sign(y_j − y_i), and Var S =
/// Σ n(n − 1)(2n + 5) / 18 over the times of the day with n values each, (S − 1) / √Var S > 1.645,
/// one chance in twenty to see growth where there is none. What is used at the day's peak now is
/// the highest, over the times of the day, of the median of y_i + rate · (now − t_i); from there it
/// goes on at that rate until the limit.
namespace Stampdeck {

/// How a resource has been developing: as ratios of its limit.
struct Trend
{
    double peak = 0; ///< Now, at the busiest time of the day.
    double perDay = 0; ///< 0 where there is no growth.
};

/// Of means over equal steps, \a perDay of them a day, the last one ending now; NaN where nothing
/// is known. Nothing where less than three days are known of at least half the times of the day.
[[nodiscard]] std::optional<Trend> trendOf(const std::vector<double> &means, int perDay);

/// When a resource is full.
struct Outlook
{
    static constexpr std::chrono::hours farthest{90 * 24}; ///< No farther ahead is anything said.

    ResourceKind kind = ResourceKind::Cpu;
    /// At the day's peak; nothing: not within that time.
    std::optional<std::chrono::milliseconds> full;

    static constexpr std::chrono::hours soon{7 * 24}; ///< Somebody should see to it.
    [[nodiscard]] bool isSoon() const { return full && *full <= soon; }
    [[nodiscard]] static Outlook of(ResourceKind kind, const Trend &trend);
    friend bool operator==(const Outlook &, const Outlook &) = default;
};
/// "full in 9 days", "full within a day", "full", "not full within 90 days".
[[nodiscard]] QString fullText(const Outlook &outlook);
/// "cpu in 9 days", "cpu within a day", "cpu is full"; empty where it is not full in time.
[[nodiscard]] QString nextFullText(const Outlook &outlook);

/// What is known of each resource.
using Outlooks = QList<Outlook>;
/// The one that is full first; nothing where none is within Outlook::farthest.
[[nodiscard]] std::optional<Outlook> nextFull(const Outlooks &outlooks);

/// What one stamp used, as amounts.
struct UsedHistory
{
    QString stamp; ///< "source/name".
    QString region;
    struct Used
    {
        ResourceKind kind = ResourceKind::Cpu;
        double limit = 0; ///< Now.
        std::vector<double> means; ///< As trendOf() takes them.
    };
    std::vector<Used> used;
};

/// Of the whole fleet: by stamp's id and by region's name.
struct FleetForecast
{
    QHash<QString, Outlooks> stamps;
    QHash<QString, Outlooks> regions;

    struct Next
    {
        QString stamp; ///< Or empty,
        QString region;
        Outlook outlook;
    };
    /// Stamps and regions, the first to be full first; at most so many.
    [[nodiscard]] QList<Next> next(int most) const;
};

/// A region is what its stamps used of all their limits together, at each step of those of which it
/// is known; only \a regions are told, those all of whose stamps were asked.
[[nodiscard]] FleetForecast forecastOf(const std::vector<UsedHistory> &histories, int perDay,
                                       const QSet<QString> &regions);

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "changetrail.h"
#include "incidents.h"

namespace Stampdeck {

/// Which stamp an incident hits, or how many, or what else it is about: "eu-1", "3 stamps", "no stamp".
[[nodiscard]] QString whereOf(const Incident &incident);

/// "critical", "warning", "info", for people.
[[nodiscard]] QString wordOf(Severity severity);

/// "came back 2 times, last at 03:40"; empty for one that did not.
[[nodiscard]] QString cameBack(const Incident &incident);

/// Who and what an incident hits.
struct IncidentReach
{
    int stamps = 0;
    int tenants = 0;
    int topTiers = 0; ///< Tenants of the two highest tiers.
    std::optional<double> requests; ///< A second, of those stamps; nothing where any does not tell.
    QMap<int, int> tiers; ///< Tenants by Tier, the highest first.
    QMap<QString, int> rings; ///< Stamps by ring.
    QStringList names; ///< Of tenants ("domain/ID"), the highest tiers first.
};
[[nodiscard]] IncidentReach reachOf(const Incident &incident, const FleetVersion &version);

/// A line of what happened around an incident.
struct StoryLine
{
    enum class Kind : quint8 {
        Operation,
        Move,
        Version,
        Scale,
        Health,
        Lifecycle,
        Alert,
        Silence,
        Acknowledgement,
        Closed,
    };
    Timestamp at;
    Kind kind = Kind::Alert;
    QString title;
    QString detail;
    Health health = Health::Unknown; ///< Of its dot.
    bool isClose = false; ///< Of the same component, or of one of its stamps: likely why.

    friend bool operator==(const StoryLine &, const StoryLine &) = default;
};

/// What changed in the time before \a incident began, the latest first: operations on its stamps or on
/// the whole fleet, moves, versions, scale, health, silences. \a changes: of its stamps.
[[nodiscard]] QList<StoryLine> changesBefore(const Incident &incident, const FleetVersion &version,
                                             const std::vector<FleetChange> &changes,
                                             std::chrono::milliseconds time);
/// What happened since \a incident began, oldest first, its beginning included.
[[nodiscard]] QList<StoryLine> timelineOf(const Incident &incident, const FleetVersion &version,
                                          const std::vector<FleetChange> &changes);

/// What one observer says of a stamp.
struct Vantage
{
    QString who; ///< "prod", "alertmanager".
    QString says;
    std::optional<bool> isWell; ///< Nothing where it can't tell.
    std::optional<std::chrono::milliseconds> age;

    friend bool operator==(const Vantage &, const Vantage &) = default;
};
/// Whether two of them that can tell say otherwise.
[[nodiscard]] bool disagree(const QList<Vantage> &vantages);

/// What all observers say of one stamp that is hit.
struct Vantages
{
    QString stamp; ///< Its name; empty where no stamp that is known is hit.
    QList<Vantage> all;
};
/// The stamp's own word, ours, each source of alerts, and what each other measures, of one of the
/// first stamps that are hit: the first of which two say otherwise, else the first. \a now:
/// Clock::elapsed().
[[nodiscard]] Vantages vantagesOf(const Incident &incident, const FleetVersion &version,
                                  std::chrono::milliseconds now);

} // namespace Stampdeck

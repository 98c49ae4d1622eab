// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "simstate.h"

#include "backends/api/recording.h"
#include "backends/api/result.h"

namespace Stampdeck::Internal {

/// What goes wrong in a rehearsal, and when: nothing else does. It is a recording, which has a fleet of
/// its own, or parts, read from JSON:
///
///     {"parts": [{"what": "crash-loop", "region": "eu-west", "ring": 1,
///      "stamps": "eu-west-0*", "atMost": 3, "from": "2m", "lasts": "20m", "severity": 0.6,
///      "component": "api"}]}
///
/// What of `region`, `ring` and `stamps` (a pattern) is left out holds for all. `severity` is the
/// share of replicas of a crash-loop, the added factor of latency, the added ratio of errors, the
/// share of the limit a day of storage-growth, and the load that the largest tenant brings its stamp
/// to by a surge. A release has none. Times are simulated ones, from the start on.
struct Scenario
{
    struct Part
    {
        enum class What : quint8 { CrashLoop, Latency, Errors, StorageGrowth, Surge, Release };
        What what = What::Latency;
        QString region;
        std::optional<int> ring;
        QString stamps;
        int atMost = std::numeric_limits<int>::max();
        SimTime from = 0;
        SimTime lasts = never;
        double severity = 0;
        int component = 1; ///< Of a crash-loop: its place among componentNames.
    };
    QList<Part> parts;
    /// Of the source that was chosen alone; null where there are parts.
    std::shared_ptr<const Recording> recording;
    QString source; ///< Its name.
};

/// The names of those that are compiled in: "region-brown-out", "noisy-neighbour", "bad-version".
[[nodiscard]] const QStringList &scenarioNames();
/// One of these by its name, else a file; of a recording with several sources, "FILE#SOURCE". Errors:
/// Invalid, which says what is wrong, where, and in which file.
[[nodiscard]] Result<Scenario> readScenario(const QString &nameOrFile);
[[nodiscard]] Result<Scenario> scenarioFromJson(const QByteArray &json);

/// Puts it on a fleet whose story begins at \a start. A surge is what its stamp's load is to be: see
/// Simulation::create().
void stage(const Scenario &scenario, FleetState &fleet, SimTime start);

} // namespace Stampdeck::Internal

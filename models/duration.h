// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"

#include <vector>

namespace Stampdeck {

/// How long one tenant's move takes in each source: the median of those that the operations of a
/// version of the fleet tell of, ours and the backends', the newest first. A value.
class MoveTimes
{
public:
    explicit MoveTimes(const FleetVersion &version);

    /// How many moves of \a source were measured.
    [[nodiscard]] int measured(const QString &source) const;
    /// Nothing while none was.
    [[nodiscard]] std::optional<std::chrono::milliseconds> median(const QString &source) const;
    /// How long so many moves of each source take, \a parallel of them at once: as many waves as it
    /// needs. Nothing where a source has moves and none of it was measured.
    [[nodiscard]] std::optional<std::chrono::milliseconds>
    estimate(const QHash<QString, int> &moves, int parallel) const;

private:
    QHash<QString, std::vector<std::chrono::milliseconds>> m_times; // by source, sorted
};

/// How long it takes to make a stamp in a source: the median of the creations that a version of the
/// fleet tells of, from when they were asked for until the stamp was there.
struct CreateTime
{
    std::chrono::milliseconds median{0};
    int measured = 0;
};
/// By source; without those where none was made.
[[nodiscard]] QHash<QString, CreateTime> createTimes(const FleetVersion &version);

/// "about 4 min, from 37 moves measured", or "not known: no move measured yet".
[[nodiscard]] QString durationText(std::optional<std::chrono::milliseconds> duration, int measured);

} // namespace Stampdeck

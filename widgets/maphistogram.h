// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mapfacts.h"

#include <vector>

namespace Stampdeck {

/// How many stamps have which colour: by step of the ramp, or by category. Counted once for a fleet
/// and a measure, and from there by what changes.
class MapHistogram
{
public:
    void rebuild(const FleetVersion &version, const MapColours &colours);
    /// The stamp in \a slot is another now; null when it is gone. True when a count changed.
    bool change(int slot, const StampEntry *entry, const MapColours &colours);

    [[nodiscard]] const std::vector<int> &counts() const { return m_counts; }
    [[nodiscard]] int untold() const { return m_untold; } ///< That don't tell the measure.

private:
    [[nodiscard]] static qint16 binOf(const StampEntry &entry, const MapColours &colours);
    void count(qint16 bin, int by);

    std::vector<qint16> m_bins; // by slot: -1 where it is not told, -2 for no stamp
    std::vector<int> m_counts;
    int m_untold = 0;
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "maphistogram.h"

#include <limits>

namespace Stampdeck {

namespace {

constexpr qint16 untoldBin = -1;
constexpr qint16 noStamp = -2;

} // namespace

qint16 MapHistogram::binOf(const StampEntry &entry, const MapColours &colours)
{
    if (isCategory(colours.colour()))
        return qint16(std::min(colours.category(entry), int(std::numeric_limits<qint16>::max())));
    if (!isRamp(colours.colour()))
        return untoldBin;
    const auto heat = colours.heat(entry);
    return heat ? qint16(Theme::rampStep(*heat)) : untoldBin;
}

void MapHistogram::count(qint16 bin, int by)
{
    if (bin == noStamp)
        return;
    if (bin < 0) {
        m_untold += by;
        return;
    }
    if (size_t(bin) >= m_counts.size())
        m_counts.resize(size_t(bin) + 1, 0);
    m_counts[size_t(bin)] += by;
}

void MapHistogram::rebuild(const FleetVersion &version, const MapColours &colours)
{
    m_bins.assign(size_t(version.stamps.size()), noStamp);
    m_counts.assign(isRamp(colours.colour()) ? size_t(Theme::rampSteps) : 0, 0);
    m_untold = 0;
    if (colours.colour() == MapColourBy::Health)
        return; // the fleet counts that itself
    version.eachStamp([&](int slot, const StampEntry &entry) {
        count(m_bins[size_t(slot)] = binOf(entry, colours), 1);
    });
}

bool MapHistogram::change(int slot, const StampEntry *entry, const MapColours &colours)
{
    if (colours.colour() == MapColourBy::Health || slot < 0)
        return false;
    if (size_t(slot) >= m_bins.size())
        m_bins.resize(size_t(slot) + 1, noStamp);
    const qint16 is = entry ? binOf(*entry, colours) : noStamp;
    qint16 &was = m_bins[size_t(slot)];
    if (is == was)
        return false;
    count(was, -1);
    count(is, 1);
    was = is;
    return true;
}

} // namespace Stampdeck

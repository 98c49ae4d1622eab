// SPDX-License-Identifier: GPL-3.0-or-later
#include "dataage.h"

namespace Stampdeck {

using namespace std::chrono_literals;

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

} // namespace Stampdeck

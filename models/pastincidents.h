// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "historyrecorder.h"
#include "incidents.h"

#include <map>
#include <vector>

namespace Stampdeck {

/// The incidents of past moments, as the history's events tell their begins and ends. Not
/// thread-safe.
class PastIncidents
{
public:
    /// An event of the kind "incident" that is later than those before, or at the same moment.
    void add(const HistoryEvent &event);

    /// What was open then, and what was over by then, with the acknowledgements of \a version, which is
    /// the fleet of that moment. What came later is not in it. Null where nothing had been told yet. The
    /// same one again while nothing of it differs.
    [[nodiscard]] IncidentBookPtr at(Timestamp moment, const FleetVersion &version);

private:
    struct Told
    {
        Timestamp at;
        QString id;
        bool firing = true;
        Incident incident;
    };
    struct Life
    {
        size_t told = 0; ///< The last event of it.
        Timestamp began;
        std::optional<Timestamp> ended;
        int reopened = 0;
    };
    void goTo(Timestamp moment);

    std::vector<Told> m_told;
    std::map<QString, Life> m_lives; ///< After the first m_next events.
    size_t m_next = 0;
    IncidentBookPtr m_last;
};

} // namespace Stampdeck

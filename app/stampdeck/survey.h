// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/forecast.h"
#include "models/survival.h"
#include "widgets/mapwidget.h"

#include <chrono>

namespace Stampdeck {

/// What the loss of a stamp or of a region would do, for the heads of the map and the panel.
struct Survey
{
    std::vector<Survival> regions;
    QHash<QString, MapGroupNote> notes; ///< By region.
    std::chrono::milliseconds took{0};
};
/// Asks the planner; for a thread that may take its time.
[[nodiscard]] Survey surveyOf(const FleetVersionPtr &version);

/// What of \a notes says when each region is full.
void addForecast(QHash<QString, MapGroupNote> &notes, const FleetForecast &forecast);

} // namespace Stampdeck

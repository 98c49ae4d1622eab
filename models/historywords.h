// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "historytimeline.h"

/// What happened as people read it, the same on the slider of a replay and in a report.
namespace Stampdeck::HistoryWords {

/// "eu-west-03 is unhealthy: api 1 of 5 ready", "eu-1: api from 8 to 5", "drain us-east-05 began".
[[nodiscard]] QString sentence(const HistoryTimeline::Mark &mark);
/// The same in a few words, without the reason.
[[nodiscard]] QString brief(const HistoryTimeline::Mark &mark);
/// A name of look.md's icons; empty for what a health's own glyph stands for.
[[nodiscard]] QString icon(const HistoryTimeline::Mark &mark);
/// That of a stamp which became so; nothing for all else.
[[nodiscard]] std::optional<Health> health(const HistoryTimeline::Mark &mark);
/// Whether something went wrong: a stamp that is unhealthy, an operation that failed, an incident.
[[nodiscard]] bool isTrouble(const HistoryTimeline::Mark &mark);
/// Whether it is worth a place on the slider, where the counts say how many are degraded.
[[nodiscard]] bool isNotable(const HistoryTimeline::Mark &mark);

} // namespace Stampdeck::HistoryWords

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QtGlobal>

#include <optional>

namespace Stampdeck {

/// What a person says of the history: the key `history` of fleet.yaml.
struct HistoryOptions
{
    std::optional<bool> record; ///< Nothing: up to mostStamps.
    /// A fleet of more is not recorded unless \a record says so; 0: however many. A window has
    /// mostStampsInWindow, stampd none.
    int mostStamps = 0;
    /// Of the whole file, but for what a second brings; beyond it the oldest samples go. What the fleet
    /// was, what happened, and the samples of the hour that goes on stay: where these alone are more,
    /// HistoryRecorder::Status::error says so.
    qint64 maxBytes = qint64(4) << 30;
};

/// What a window records without being asked. Recording takes a window of 10,000 stamps, of which a
/// hundredth changes every second with all of its tenants, 0.06 cores beside 0.05 for all else that
/// it does while nobody looks, and 120 MB (tests/bench/large).
inline constexpr int mostStampsInWindow = 2'000;

} // namespace Stampdeck

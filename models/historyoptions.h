// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QtGlobal>

#include <optional>

namespace Stampdeck {

/// What a person says of the history: the key `history` of fleet.yaml.
struct HistoryOptions
{
    /// Unless somebody says so stampd records and a window does not: it costs a window of 10,000 stamps
    /// more than all the rest that it does (measured: 0.31 cores, 560 MB).
    std::optional<bool> record;
    /// Of the whole file; beyond it the oldest samples go. What the fleet was stays.
    qint64 maxBytes = qint64(4) << 30;
};

} // namespace Stampdeck

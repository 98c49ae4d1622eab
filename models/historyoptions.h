// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QtGlobal>

namespace Stampdeck {

/// What a person says of the history: the key `history` of fleet.yaml.
struct HistoryOptions
{
    bool record = true;
    /// Of the whole file; beyond it the oldest samples go. What the fleet was stays.
    qint64 maxBytes = qint64(4) << 30;
};

} // namespace Stampdeck

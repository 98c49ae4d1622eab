// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QtGlobal>

namespace Stampdeck {

/// How that came out of which a person is told.
enum class Outcome : quint8 {
    Done,
    Failed, ///< Not done, or only in part; why is said.
};

} // namespace Stampdeck

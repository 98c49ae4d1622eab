// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "timestamp.h"

#include <QtCore/QString>

#include <optional>

namespace Stampdeck {

/// Somebody says that he looks after an incident, for everybody to see.
struct Acknowledgement
{
    QString incident; ///< As whoever tells it calls it.
    QString by;
    std::optional<Timestamp> until; ///< Then it counts no more; nothing: as long as the incident lasts.
    QString note;

    friend bool operator==(const Acknowledgement &, const Acknowledgement &) = default;
};

} // namespace Stampdeck

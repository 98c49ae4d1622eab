// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"

namespace Stampdeck {

/// A field of a stamp at two moments, in words for people; "–" where it was not known.
struct FieldThenNow
{
    QString field;
    QString then;
    QString now;

    [[nodiscard]] bool differs() const { return then != now; }
    friend bool operator==(const FieldThenNow &, const FieldThenNow &) = default;
};

/// What a person compares of a stamp: each of the fields, whether or not it differs. Null: it was
/// not there.
[[nodiscard]] QList<FieldThenNow> compareStamps(const StampEntry *then, const StampEntry *now);

/// How a fleet was, and is.
struct FleetThenNow
{
    struct StampChange
    {
        QString id; ///< "source/name".
        std::optional<Health> then; ///< Nothing where it was not there; Unknown while stale.
        std::optional<Health> now;
        QStringList words; ///< "api from 5 to 8", "cordoned since": what else became of it.
    };
    FleetCounts then;
    FleetCounts now;
    QList<StampChange> stamps; ///< The worst of now first, at most as many as were asked for.
    int differing = 0; ///< Of all stamps.
};

/// Discrete state only: load is another at every moment. Walks all stamps, so not in the GUI
/// thread.
[[nodiscard]] FleetThenNow compareFleets(const FleetVersion &then, const FleetVersion &now,
                                         int most = 40);

} // namespace Stampdeck

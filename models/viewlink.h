// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/result.h"

#include <QtCore/QString>

namespace Stampdeck {

/// What somebody looks at, as a saved view keeps it and a link carries it to somebody else:
/// "stampdeck://map?group=ring&query=health:degraded&stamp=prod/eu-1". What is empty is left as it is,
/// but for the query: a link without one shows everything.
struct ViewLink
{
    QString view = QStringLiteral("map"); ///< One of viewNames().
    QString query; ///< In the search language.
    QString group; ///< What the map groups by: "region".
    QString colour; ///< What the map colours by: "health".
    QString stamp; ///< The stamp whose panel is open, "source/name".
    QString arrangement = {}; ///< Of the map: "world" or "sheet".
    QString zoom = {}; ///< How wide a tile is on the sheet: one of "3" to "300", as look.md has them.
    QString carry = {}; ///< Tenants that are picked up, with commas between: "prod/acme,prod/globex".
    QString plan = {}; ///< What is to be planned for the stamp: "drain". Nothing runs by a link.
    QString at = {}; ///< A moment of the past, as RFC 3339 has it; empty: as it is.

    friend bool operator==(const ViewLink &, const ViewLink &) = default;
};

/// "map", "stamps", "tenants", "incidents", "operations", "audit": in the order of the rail.
[[nodiscard]] const QStringList &viewNames();

[[nodiscard]] QString toString(const ViewLink &link);
/// ErrorKind::Invalid names what of it cannot be read; a link is anybody's text.
[[nodiscard]] Result<ViewLink> viewLinkFromString(const QString &text);

} // namespace Stampdeck

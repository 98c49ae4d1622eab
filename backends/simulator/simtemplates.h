// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "simstate.h"

#include "backends/api/template.h"

namespace Stampdeck::Internal {

/// What a simulated stamp can be made from: "small", "standard" and "large". \a team is the default
/// of their label.
[[nodiscard]] QList<Template> simulatedTemplates(const QString &team);

/// An empty stamp of that description; it is made at \a now and active at StampWritten::changesAt.
[[nodiscard]] SimStamp madeStamp(const QString &name, const StampMade &made, quint64 seed);

/// What is written of it at first: \a values are checked (checkParameters()).
[[nodiscard]] StampWritten writtenFrom(const QJsonObject &values, StampMade &made, SimTime now);

} // namespace Stampdeck::Internal

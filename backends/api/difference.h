// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleet.h"

#include <variant>

namespace Stampdeck {

/// What a field holds; nothing where it is not set.
using FieldValue = std::variant<std::monostate, QString, bool, int, double>;

/// A field that a writer can set (interfaces.md, Revisions), before and now.
struct FieldChange
{
    QString field; ///< In the language of the program: "lifecycle", "web min", "limit of memory".
    FieldValue before, now;
    std::optional<ResourceKind> amountOf; ///< Both are amounts of this, in its unit.
};

/// What differs of what a writer can set; empty when nothing does.
[[nodiscard]] STAMPDECK_API_EXPORT std::vector<FieldChange> differences(const Stamp &before,
                                                                        const Stamp &now);
[[nodiscard]] STAMPDECK_API_EXPORT std::vector<FieldChange> differences(const Tenant &before,
                                                                        const Tenant &now);

/// What somebody else changed meanwhile, in words: "eu-1: lifecycle: active → cordoned; web: 3 → 5 by
/// anna at 2026-01-02T03:04:05Z; plan again". \a before may be null.
[[nodiscard]] STAMPDECK_API_EXPORT QString differenceInWords(const StampPtr &before,
                                                             const Stamp &now);
[[nodiscard]] STAMPDECK_API_EXPORT QString differenceInWords(const TenantPtr &before,
                                                             const Tenant &now);

} // namespace Stampdeck

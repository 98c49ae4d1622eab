// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"

#include <QtCore/QVariant>

#include <functional>
#include <memory>
#include <vector>

/// Order and filter of a large table, computed away from the GUI thread: a list of slots, and how
/// a view gets there from the list that it shows.
namespace Stampdeck {

enum class RowKind : quint8 { Stamps, Tenants };

/// The raw value of a column: what is sorted by and tested; invalid where nobody told it.
using RowValue = QVariant (*)(const FleetVersion &version, int slot, int column);
/// Whether a slot is shown. Called from another thread than the GUI's: captures values only.
using RowFilter = std::function<bool(const FleetVersion &version, int slot)>;

struct RowRequest
{
    FleetVersionPtr version;
    RowKind kind = RowKind::Stamps;
    RowValue value = nullptr;
    int column = 0;
    Qt::SortOrder order = Qt::AscendingOrder;
    RowFilter filter; ///< Null shows all.
    /// What stays keeps its place; only what is new is put where it belongs. False: the person
    /// asked for another order.
    bool keepOrder = false;
    FleetVersionPtr shownVersion; ///< Of `shown`; a slot that was given to another one is new.
    std::vector<int> shown;
};

struct RowRange
{
    int first = 0;
    int last = 0; ///< Included.

    friend bool operator==(const RowRange &, const RowRange &) = default;
};

struct RowResult
{
    enum class Change : quint8 {
        None, ///< The same rows in the same order.
        Layout, ///< The same rows in another order.
        Ranges, ///< Take `removals` out, then put `insertions` in.
        Reset, ///< Too much for either.
    };
    static constexpr int maxRanges = 64;

    Change change = Change::None;
    std::vector<int> rows; ///< Slots, in the order of the rows.
    std::vector<int> rowOf; ///< By slot; -1 where it is not shown.
    std::vector<RowRange> removals; ///< Rows of the old list, last first.
    std::vector<RowRange> insertions; ///< Rows of the new list, first first.
};

/// Pure, and as slow as sorting is: 200,000 rows take some tenths of a second.
[[nodiscard]] RowResult arrangeRows(const RowRequest &request);

/// The id in \a slot, "source/name" or "domain/ID"; empty where the slot is free.
[[nodiscard]] QString rowId(const FleetVersion &version, RowKind kind, int slot);

} // namespace Stampdeck

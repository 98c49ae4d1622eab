// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleettablemodel.h"

namespace Stampdeck {

/// Every stamp of the fleet, one a row.
class StampModel final : public FleetTableModel
{
    Q_OBJECT
public:
    enum Column {
        Name,
        Source,
        Region,
        Ring,
        Version,
        State, ///< Lifecycle.
        HealthColumn, ///< Raw: the severity, 0 healthy to 3 unhealthy, 4 stale.
        Load, ///< Raw: a ratio of the limit.
        Cpu, ///< Raw: max(reserved, used), cores.
        Memory, ///< Raw: bytes.
        Storage, ///< Raw: bytes.
        Tenants, ///< Raw: how many it owns.
        Requests, ///< Raw: per second.
        Errors, ///< Raw: a ratio.
        LatencyP50, ///< Raw: milliseconds.
        LatencyP99, ///< Raw: milliseconds.
        CostColumn, ///< Raw: per hour, in its own currency.
        ColumnCount,
    };
    Q_ENUM(Column)

    explicit StampModel(FleetFeed &feed, QObject *parent = nullptr);

    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override; ///< A row can be dragged away.
    [[nodiscard]] static QVariant raw(const FleetVersion &version, int slot, int column);
    /// The health that a raw value of HealthColumn is; nothing for stale.
    [[nodiscard]] static std::optional<Health> healthOf(const QVariant &raw);
    [[nodiscard]] static QVariant plain(const FleetVersion &version, int slot, int column);

protected:
    [[nodiscard]] QVariant shown(int slot, int column, int role) const override;
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleettablemodel.h"

namespace Stampdeck {

/// Every tenant of the fleet, one a row.
class TenantModel final : public FleetTableModel
{
    Q_OBJECT
public:
    enum Column {
        Id,
        Name,
        TierColumn, ///< Raw: 0 free to 3 enterprise.
        StampColumn, ///< Of the owner.
        Region,
        State, ///< "serving", "moving", "failed".
        Cpu, ///< Raw: cores.
        Memory, ///< Raw: bytes.
        Storage, ///< Raw: bytes.
        Requests, ///< Raw: per second.
        Rules, ///< What binds it: pinned, exclusive, regions, group.
        Differs, ///< What is not as its owner says: a second placement, an operation.
        Changed, ///< Raw: when it was written last, milliseconds since 1970.
        ColumnCount,
    };
    Q_ENUM(Column)

    explicit TenantModel(FleetFeed &feed, QObject *parent = nullptr);

    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QStringList mimeTypes() const override;
    QMimeData *mimeData(const QModelIndexList &indexes) const override;
    Qt::DropActions supportedDragActions() const override { return Qt::MoveAction; }

    [[nodiscard]] static QVariant raw(const FleetVersion &version, int slot, int column);
    [[nodiscard]] static QVariant plain(const FleetVersion &version, int slot, int column);
    /// "on eu-2 too, starting", "moving"; empty while all is as it should be.
    /// Names who acts on it where \a version is given.
    [[nodiscard]] static QString difference(const TenantEntry &entry,
                                            const FleetVersion *version = nullptr);
    /// "pinned, stays in eu-*"; empty when nothing binds it.
    [[nodiscard]] static QString rules(const Constraints &constraints);

protected:
    [[nodiscard]] QVariant shown(int slot, int column, int role) const override;
};

} // namespace Stampdeck

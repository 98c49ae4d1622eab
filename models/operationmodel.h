// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetfeed.h"
#include "tablecontent.h"

#include <QtCore/QAbstractTableModel>

namespace Stampdeck {

/// The operations of the fleet, ours and the backends', the newest first. There are hundreds at the
/// most: a plain list. Lives in the GUI thread, beside its feed, which outlives it.
class OperationModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column {
        Kind,
        Target,
        State, ///< Raw: OperationState as a number.
        Progress, ///< Raw: 0 to 1.
        By,
        Started, ///< Raw: milliseconds since 1970.
        Reason,
        ErrorColumn,
        ColumnCount,
    };
    Q_ENUM(Column)
    enum Role {
        RawRole = Qt::UserRole,
        IdRole,
    };
    Q_ENUM(Role)

    explicit OperationModel(FleetFeed &feed, QObject *parent = nullptr);

    [[nodiscard]] const OperationPtr &operationAt(int row) const { return m_rows[size_t(row)]; }
    [[nodiscard]] int rowOf(const QString &id) const;
    [[nodiscard]] TableContent content() const;
    /// How many are not final and not orphaned.
    [[nodiscard]] int liveCount() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

private:
    void receive(const ChangeSet &slice);
    void reload();

    FleetFeed &m_feed;
    std::vector<OperationPtr> m_rows;
};

} // namespace Stampdeck

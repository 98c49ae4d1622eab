// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetfeed.h"
#include "rowpermutation.h"
#include "tablecontent.h"

#include <QtCore/QAbstractTableModel>

namespace Stampdeck {

/// A large table over the fleet: its rows are a permutation of slots, computed off the GUI thread.
///
/// Order and filter change when the person asks; new data changes values in place, and rows come
/// and go where they must. Lives in the GUI thread, beside its feed, which outlives it.
class FleetTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Role {
        RawRole = Qt::UserRole, ///< What is sorted by; invalid where not known.
        IdRole, ///< "source/name" or "domain/ID".
        SlotRole,
    };
    Q_ENUM(Role)

    [[nodiscard]] const FleetVersionPtr &version() const { return m_feed.version(); }
    [[nodiscard]] RowKind kind() const { return m_kind; }
    [[nodiscard]] int slotAt(int row) const { return m_rows[size_t(row)]; }
    [[nodiscard]] QString idAt(int row) const;
    /// -1 when it is not shown.
    [[nodiscard]] int rowOfSlot(int slot) const;
    [[nodiscard]] int rowOfId(const QString &id) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QHash<int, QByteArray> roleNames() const override;

    /// Takes effect when it is computed: see arranged().
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    void setFilter(const RowFilter &filter);
    [[nodiscard]] int sortColumn() const { return m_column; }
    [[nodiscard]] Qt::SortOrder sortOrder() const { return m_order; }
    /// True until what was asked for last is shown.
    [[nodiscard]] bool isArranging() const { return m_running || m_wanted; }
    /// The rows that are shown, as a file has them.
    [[nodiscard]] TableContent content() const;

Q_SIGNALS:
    /// The rows are those that were asked for last.
    void arranged();

protected:
    /// \a plain is what a file has of a column where that differs from what is sorted by.
    FleetTableModel(FleetFeed &feed, RowKind kind, RowValue value, RowValue plain, int columns,
                    QObject *parent);

    /// Every other role than the raw ones, of a slot that is filled.
    [[nodiscard]] virtual QVariant shown(int slot, int column, int role) const = 0;

private:
    void receive(const ChangeSet &slice);
    void arrange(bool keepOrder);
    void start();
    void take(const RowResult &result, const FleetVersionPtr &version);

    FleetFeed &m_feed;
    RowKind m_kind;
    RowValue m_value;
    RowValue m_plain;
    int m_columns;
    int m_column = 0;
    Qt::SortOrder m_order = Qt::AscendingOrder;
    RowFilter m_filter;
    std::vector<int> m_rows;
    std::vector<int> m_rowOf;
    FleetVersionPtr m_shownVersion;
    bool m_running = false;
    bool m_wanted = false;
    bool m_keepOrder = true; // of what is wanted
};

} // namespace Stampdeck

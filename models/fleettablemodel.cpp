// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleettablemodel.h"

#include "backends/api/whendone.h"

#include <QtConcurrent/QtConcurrentRun>

#include <algorithm>

namespace Stampdeck {

FleetTableModel::FleetTableModel(FleetFeed &feed, RowKind kind, RowValue value, RowValue plain,
                                 int columns, QObject *parent)
    : QAbstractTableModel(parent)
    , m_feed(feed)
    , m_kind(kind)
    , m_value(value)
    , m_plain(plain)
    , m_columns(columns)
{
    connect(&feed, &FleetFeed::changed, this, &FleetTableModel::receive);
    arrange(false);
}

TableContent FleetTableModel::content() const
{
    return {columnKeys(*metaObject()), int(m_rows.size()),
            [version = version(), rows = m_rows, plain = m_plain, kind = m_kind](int row, int column) {
                const int slot = rows[size_t(row)];
                // Emptied since: its row goes when that has been worked out.
                return rowId(*version, kind, slot).isEmpty() ? QVariant()
                                                             : plain(*version, slot, column);
            }};
}

QString FleetTableModel::idAt(int row) const
{
    return rowId(*version(), m_kind, slotAt(row));
}

int FleetTableModel::rowOfSlot(int slot) const
{
    return slot >= 0 && slot < int(m_rowOf.size()) ? m_rowOf[size_t(slot)] : -1;
}

int FleetTableModel::rowOfId(const QString &id) const
{
    const SlotIndex &index = m_kind == RowKind::Stamps ? version()->stampIndex
                                                       : version()->tenantIndex;
    return rowOfSlot(index.value(id));
}

int FleetTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int FleetTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : m_columns;
}

QVariant FleetTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const int slot = slotAt(index.row());
    if (role == SlotRole)
        return slot;
    // A slot may have been emptied since: its row goes when that has been worked out.
    const QString id = rowId(*version(), m_kind, slot);
    if (id.isEmpty())
        return {};
    if (role == IdRole)
        return id;
    if (role == RawRole)
        return m_value(*version(), slot, index.column());
    return shown(slot, index.column(), role);
}

QHash<int, QByteArray> FleetTableModel::roleNames() const
{
    QHash<int, QByteArray> names = QAbstractTableModel::roleNames();
    names.insert(RawRole, "raw");
    names.insert(IdRole, "id");
    names.insert(SlotRole, "slot");
    return names;
}

void FleetTableModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= m_columns || (column == m_column && order == m_order))
        return;
    m_column = column;
    m_order = order;
    arrange(false);
}

void FleetTableModel::setFilter(const RowFilter &filter)
{
    m_filter = filter;
    arrange(false);
}

void FleetTableModel::receive(const ChangeSet &slice)
{
    const std::vector<int> &changed = m_kind == RowKind::Stamps ? slice.stamps : slice.tenants;
    const bool comeOrGo = m_kind == RowKind::Stamps ? slice.stampsComeOrGo
                                                    : slice.tenantsComeOrGo;
    int first = -1;
    int last = -1;
    for (const int slot : changed) {
        const int row = rowOfSlot(slot);
        if (row < 0)
            continue;
        first = first < 0 ? row : std::min(first, row);
        last = std::max(last, row);
    }
    // One signal for all: a view asks again for what is in sight and nothing else.
    if (first >= 0)
        Q_EMIT dataChanged(index(first, 0), index(last, m_columns - 1));
    if (comeOrGo || (m_filter && !changed.empty()))
        arrange(true);
    else if (!m_running)
        m_shownVersion = version(); // the same rows; an old one would keep the whole fleet of then
}

void FleetTableModel::arrange(bool keepOrder)
{
    m_keepOrder = m_wanted ? m_keepOrder && keepOrder : keepOrder;
    m_wanted = true;
    if (!m_running)
        start();
}

void FleetTableModel::start()
{
    m_wanted = false;
    m_running = true;
    RowRequest request;
    request.version = version();
    request.kind = m_kind;
    request.value = m_value;
    request.column = m_column;
    request.order = m_order;
    request.filter = m_filter;
    request.keepOrder = m_keepOrder;
    request.shownVersion = m_shownVersion;
    request.shown = m_rows;
    const FleetVersionPtr seen = request.version;
    whenDone(QtConcurrent::run([request = std::move(request)] { return arrangeRows(request); }), this, [this, seen](const RowResult &result) { take(result, seen); });
}

void FleetTableModel::take(const RowResult &result, const FleetVersionPtr &seen)
{
    switch (result.change) {
    case RowResult::Change::None:
        m_rowOf = result.rowOf;
        break;
    case RowResult::Change::Layout: {
        Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
        const QModelIndexList before = persistentIndexList();
        QModelIndexList after;
        after.reserve(before.size());
        for (const QModelIndex &old : before) {
            const int slot = m_rows[size_t(old.row())];
            after.append(createIndex(result.rowOf[size_t(slot)], old.column()));
        }
        m_rows = result.rows;
        m_rowOf = result.rowOf;
        changePersistentIndexList(before, after);
        Q_EMIT layoutChanged({}, VerticalSortHint);
        break;
    }
    case RowResult::Change::Ranges:
        for (const RowRange &range : result.removals) {
            beginRemoveRows({}, range.first, range.last);
            for (int row = range.first; row <= range.last; ++row)
                m_rowOf[size_t(m_rows[size_t(row)])] = -1;
            m_rows.erase(m_rows.begin() + range.first, m_rows.begin() + range.last + 1);
            endRemoveRows();
        }
        for (const RowRange &range : result.insertions) {
            beginInsertRows({}, range.first, range.last);
            m_rows.insert(m_rows.begin() + range.first, result.rows.begin() + range.first,
                          result.rows.begin() + range.last + 1);
            endInsertRows();
        }
        m_rowOf = result.rowOf;
        break;
    case RowResult::Change::Reset:
        beginResetModel();
        m_rows = result.rows;
        m_rowOf = result.rowOf;
        endResetModel();
        break;
    }
    m_shownVersion = seen;
    m_running = false;
    if (m_wanted)
        start();
    else
        Q_EMIT arranged();
}

} // namespace Stampdeck

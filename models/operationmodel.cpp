// SPDX-License-Identifier: GPL-3.0-or-later
#include "operationmodel.h"

#include "formatter.h"

#include <algorithm>

namespace Stampdeck {

namespace {

/// The newest first; what has no time of its own stands last, by id.
bool isNewer(const OperationPtr &a, const OperationPtr &b)
{
    if (a->createdAt != b->createdAt)
        return a->createdAt > b->createdAt;
    return a->id < b->id;
}

} // namespace

OperationModel::OperationModel(FleetFeed &feed, QObject *parent)
    : QAbstractTableModel(parent)
    , m_feed(feed)
{
    connect(&feed, &FleetFeed::changed, this, &OperationModel::receive);
    reload();
}

int OperationModel::rowOf(const QString &id) const
{
    const auto at = std::find_if(m_rows.begin(), m_rows.end(),
                                 [&](const OperationPtr &one) { return one->id == id; });
    return at == m_rows.end() ? -1 : int(at - m_rows.begin());
}

int OperationModel::liveCount() const
{
    return int(std::count_if(m_rows.begin(), m_rows.end(), [](const OperationPtr &one) {
        return !isFinal(one->state) && one->state != OperationState::Orphaned;
    }));
}

int OperationModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int OperationModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

namespace {

// As a file has it, and as it is shown where that is the same.
QVariant plain(const Operation &operation, int column)
{
    switch (OperationModel::Column(column)) {
    case OperationModel::Kind:
        return operation.kind;
    case OperationModel::Target:
        return operation.target;
    case OperationModel::State:
        return toString(operation.state);
    case OperationModel::Progress:
        return operation.progress;
    case OperationModel::By:
        return operation.createdBy;
    case OperationModel::Started:
        return operation.createdAt ? QVariant(toRfc3339(*operation.createdAt)) : QVariant();
    case OperationModel::Reason:
        return operation.reason;
    case OperationModel::ErrorColumn:
        return operation.error;
    case OperationModel::ColumnCount:
        break;
    }
    return {};
}

} // namespace

QVariant OperationModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Operation &operation = *m_rows[size_t(index.row())];
    const bool isRaw = role == RawRole;
    if (role == IdRole)
        return operation.id;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
                Qt::AlignVCenter | (index.column() == Progress ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole && !isRaw)
        return {};
    switch (Column(index.column())) {
    case State:
        return isRaw ? QVariant(int(operation.state)) : QVariant(Format::word(operation.state));
    case Kind:
        return isRaw ? operation.kind : Format::action(operation.kind);
    case Progress:
        return isRaw ? QVariant(operation.progress) : QVariant(Format::percent(operation.progress));
    case Started:
        if (isRaw)
            return operation.createdAt
                ? QVariant(qlonglong(operation.createdAt->time_since_epoch().count()))
                : QVariant();
        return operation.createdAt ? Format::second(*operation.createdAt) : Format::none();
    default:
        return plain(operation, index.column());
    }
}

TableContent OperationModel::content() const
{
    return {columnKeys(staticMetaObject), rowCount(),
            [rows = m_rows](int row, int column) { return plain(*rows[size_t(row)], column); }};
}

QVariant OperationModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (Column(section)) {
    case Kind:
        return tr("Action");
    case Target:
        return tr("On");
    case State:
        return tr("State");
    case Progress:
        return tr("Progress");
    case By:
        return tr("By");
    case Started:
        return tr("Started (%1)").arg(Format::zone());
    case Reason:
        return tr("Reason");
    case ErrorColumn:
        return tr("What went wrong");
    case ColumnCount:
        break;
    }
    return {};
}

void OperationModel::receive(const ChangeSet &slice)
{
    const QMap<QString, OperationPtr> &all = m_feed.version()->operations;
    for (const QString &id : slice.operations) {
        const OperationPtr operation = all.value(id);
        const int row = rowOf(id);
        if (operation && row >= 0) {
            m_rows[size_t(row)] = operation;
            Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
        } else if (operation) {
            const auto at = std::lower_bound(m_rows.begin(), m_rows.end(), operation, isNewer);
            const int place = int(at - m_rows.begin());
            beginInsertRows({}, place, place);
            m_rows.insert(m_rows.begin() + place, operation);
            endInsertRows();
        } else if (row >= 0) {
            beginRemoveRows({}, row, row);
            m_rows.erase(m_rows.begin() + row);
            endRemoveRows();
        }
    }
}

void OperationModel::reload()
{
    beginResetModel();
    m_rows.clear();
    for (const OperationPtr &operation : m_feed.version()->operations)
        m_rows.push_back(operation);
    std::sort(m_rows.begin(), m_rows.end(), isNewer);
    endResetModel();
}

} // namespace Stampdeck

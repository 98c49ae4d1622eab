// SPDX-License-Identifier: GPL-3.0-or-later
#include "tenantmodel.h"

#include "formatter.h"
#include "tenantmime.h"
#include "whoacts.h"

#include <QtCore/QMimeData>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

QVariant orNothing(const std::optional<double> &value)
{
    return value ? QVariant(*value) : QVariant();
}

bool isNumber(int column)
{
    return column >= TenantModel::Cpu && column <= TenantModel::Requests;
}

} // namespace

TenantModel::TenantModel(FleetFeed &feed, QObject *parent)
    : FleetTableModel(feed, RowKind::Tenants, &TenantModel::raw, &TenantModel::plain, ColumnCount, parent)
{
}

QVariant TenantModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter
                                   | (isNumber(section) ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    switch (Column(section)) {
    case Id:
        return tr("Tenant");
    case Name:
        return tr("Name");
    case TierColumn:
        return tr("Tier");
    case StampColumn:
        return tr("Stamp");
    case Region:
        return tr("Region");
    case State:
        return tr("State");
    case Cpu:
        return tr("Cores");
    case Memory:
        return tr("Memory");
    case Storage:
        return tr("Storage");
    case Requests:
        return tr("Requests");
    case Rules:
        return tr("Rules");
    case Differs:
        return tr("Differs");
    case Changed:
        return tr("Changed (%1)").arg(Format::zone());
    case ColumnCount:
        break;
    }
    return {};
}

Qt::ItemFlags TenantModel::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags flags = FleetTableModel::flags(index);
    return index.isValid() ? flags | Qt::ItemIsDragEnabled : flags;
}

QStringList TenantModel::mimeTypes() const
{
    return {QString::fromLatin1(tenantsMimeType)};
}

QMimeData *TenantModel::mimeData(const QModelIndexList &indexes) const
{
    QStringList ids;
    for (const QModelIndex &index : indexes) {
        const QString id = idAt(index.row());
        if (!id.isEmpty() && !ids.contains(id))
            ids.append(id);
    }
    if (ids.isEmpty())
        return nullptr;
    return tenantsToMime(*version(), ids).release(); // the drag deletes it
}

namespace {

/// With its day, unless that is the day of \a now. The head of the column names the zone.
QString timeOf(Timestamp time, Timestamp now)
{
    return Format::dateTime(time).date() == Format::dateTime(now).date() ? Format::second(time)
                                                                        : Format::daySecond(time);
}

} // namespace

QVariant TenantModel::plain(const FleetVersion &version, int slot, int column)
{
    const TenantEntry entry = version.tenants[slot];
    if (column == TierColumn)
        return toString(entry.tenant->tier);
    if (column == Changed)
        return entry.tenant->updatedAt ? QVariant(toRfc3339(*entry.tenant->updatedAt)) : QVariant();
    return raw(version, slot, column);
}

QVariant TenantModel::raw(const FleetVersion &version, int slot, int column)
{
    const TenantEntry entry = version.tenants[slot];
    const Tenant &tenant = *entry.tenant;
    const StampEntry *owner = entry.owner >= 0 ? version.stamps[entry.owner].get() : nullptr;
    switch (Column(column)) {
    case Id:
        return tenant.id;
    case Name:
        return tenant.name.isEmpty() ? QVariant() : QVariant(tenant.name);
    case TierColumn:
        return int(tenant.tier);
    case StampColumn:
        return tenant.stamp.isEmpty() ? QVariant() : QVariant(tenant.stamp);
    case Region:
        return owner && !owner->stamp->region.isEmpty() ? QVariant(owner->stamp->region)
                                                        : QVariant();
    case State:
        return toString(tenant.state);
    case Cpu:
        return orNothing(tenant.demand.cpu);
    case Memory:
        return orNothing(tenant.demand.memory);
    case Storage:
        return orNothing(tenant.demand.storage);
    case Requests:
        return orNothing(tenant.demand.requestsPerSecond);
    case Rules: {
        const QString text = rules(tenant.constraints);
        return text.isEmpty() ? QVariant() : QVariant(text);
    }
    case Differs: {
        const QString text = difference(entry, &version);
        return text.isEmpty() ? QVariant() : QVariant(text);
    }
    case Changed:
        return tenant.updatedAt ? QVariant(qlonglong(tenant.updatedAt->time_since_epoch().count()))
                                : QVariant();
    case ColumnCount:
        break;
    }
    return {};
}

QString TenantModel::difference(const TenantEntry &entry, const FleetVersion *version)
{
    const Tenant &tenant = *entry.tenant;
    QStringList parts;
    for (const Placement &placement : tenant.placements) {
        if (placement.stamp != tenant.stamp)
            parts.append(tr("on %1 too, %2").arg(placement.stamp, Format::word(placement.state)));
    }
    const Placement *own = tenant.placementOn(tenant.stamp);
    if (!tenant.placements.empty() && !own)
        parts.append(tr("not on its stamp"));
    else if (own && own->state != PlacementState::Serving)
        parts.append(Format::word(own->state));
    if (version && !tenant.operation.isEmpty())
        parts.append(whoActs(*version, tenant.operation));
    else if (parts.isEmpty() && !tenant.operation.isEmpty())
        parts.append(tr("being changed"));
    if (entry.stale)
        parts.append(tr("stale"));
    return parts.join(u", ");
}

QString TenantModel::rules(const Constraints &constraints)
{
    QStringList parts;
    if (constraints.pinned)
        parts.append(tr("pinned"));
    if (constraints.exclusive)
        parts.append(tr("alone on its stamp"));
    if (!constraints.regions.isEmpty())
        parts.append(tr("stays in %1").arg(constraints.regions.join(u", ")));
    if (!constraints.antiAffinity.isEmpty())
        parts.append(tr("apart from %1").arg(constraints.antiAffinity));
    return parts.join(u", ");
}

QVariant TenantModel::shown(int slot, int column, int role) const
{
    const TenantEntry entry = version()->tenants[slot];
    const Tenant &tenant = *entry.tenant;
    switch (role) {
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter
                                   | (isNumber(column) ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::AccessibleTextRole:
        // The names that interfaces.md promises: the row is found by its first cell.
        return column == Id ? QVariant(tr("tenant %1").arg(tenant.id)) : QVariant();
    case Qt::DisplayRole:
        break;
    default:
        return {};
    }
    switch (Column(column)) {
    case TierColumn:
        return Format::word(tenant.tier);
    case State:
        return Format::word(tenant.state);
    case Cpu:
        return tenant.demand.cpu ? Format::number(*tenant.demand.cpu) : Format::none();
    case Memory:
        return Format::bytes(tenant.demand.memory);
    case Storage:
        return Format::bytes(tenant.demand.storage);
    case Requests:
        return Format::rate(tenant.demand.requestsPerSecond);
    case Rules:
    case Differs: {
        const QVariant value = raw(*version(), slot, column);
        return value.isValid() ? value : QVariant(QString());
    }
    case Changed:
        if (!tenant.updatedAt)
            return Format::none();
        return QString(timeOf(*tenant.updatedAt, version()->at) + u' ' + tenant.updatedBy).trimmed();
    case Id:
    case Name:
    case StampColumn:
    case Region:
    case ColumnCount:
        break;
    }
    const QVariant value = raw(*version(), slot, column);
    return value.isValid() ? value : QVariant(Format::none());
}

} // namespace Stampdeck

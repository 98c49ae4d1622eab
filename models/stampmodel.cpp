// SPDX-License-Identifier: GPL-3.0-or-later
#include "stampmodel.h"

#include "formatter.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

QVariant orNothing(const std::optional<double> &value)
{
    return value ? QVariant(*value) : QVariant();
}

QVariant orNothing(const QString &text)
{
    return text.isEmpty() ? QVariant() : QVariant(text);
}

// By severity: the worst comes last, or first.
constexpr std::array bySeverity = {Health::Healthy, Health::Unknown, Health::Degraded,
                                   Health::Unhealthy};

int severity(const StampEntry &entry)
{
    if (entry.stale)
        return int(bySeverity.size());
    return int(std::find(bySeverity.begin(), bySeverity.end(), entry.health) - bySeverity.begin());
}

QString ofLimit(ResourceKind kind, const StampEntry &entry)
{
    const Resource &resource = entry.resources[kind];
    return resource.taken() ? Format::ofLimit(kind, resource) : Format::none();
}

bool isNumber(int column)
{
    return column >= StampModel::Load;
}

} // namespace

StampModel::StampModel(FleetFeed &feed, QObject *parent)
    : FleetTableModel(feed, RowKind::Stamps, &StampModel::raw, &StampModel::plain, ColumnCount, parent)
{
}

Qt::ItemFlags StampModel::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags flags = FleetTableModel::flags(index);
    return index.isValid() ? flags | Qt::ItemIsDragEnabled : flags;
}

QVariant StampModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter
                                   | (isNumber(section) ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    switch (Column(section)) {
    case Name:
        return tr("Stamp");
    case Source:
        return tr("Source");
    case Region:
        return tr("Region");
    case Ring:
        return tr("Ring");
    case Version:
        return tr("Version");
    case State:
        return tr("State");
    case HealthColumn:
        return tr("Health");
    case Load:
        return tr("Load");
    case Cpu:
        return tr("Cores");
    case Memory:
        return tr("Memory");
    case Storage:
        return tr("Storage");
    case Tenants:
        return tr("Tenants");
    case Requests:
        return tr("Requests");
    case Errors:
        return tr("Errors");
    case LatencyP50:
        return tr("p50");
    case LatencyP99:
        return tr("p99");
    case CostColumn:
        return tr("Cost");
    case ColumnCount:
        break;
    }
    return {};
}

std::optional<Health> StampModel::healthOf(const QVariant &raw)
{
    const int at = raw.toInt();
    return at >= 0 && at < int(bySeverity.size()) ? std::optional(bySeverity[size_t(at)])
                                                  : std::nullopt;
}

QVariant StampModel::plain(const FleetVersion &version, int slot, int column)
{
    const StampEntry &entry = *version.stamps[slot];
    if (column == HealthColumn)
        return entry.proof ? toString(Health::Unknown)
            : entry.stale  ? u"stale"_s
                           : toString(entry.health);
    return raw(version, slot, column);
}

QVariant StampModel::raw(const FleetVersion &version, int slot, int column)
{
    const StampEntry &entry = *version.stamps[slot];
    const Stamp &stamp = *entry.stamp;
    switch (Column(column)) {
    case Name:
        return stamp.name;
    case Source:
        return version.sourceOf(entry).name;
    case Region:
        return orNothing(stamp.region);
    case Ring:
        return orNothing(stamp.ring);
    case Version:
        return orNothing(stamp.version);
    case State:
        return toString(stamp.lifecycle);
    case HealthColumn:
        return severity(entry);
    case Load:
        return orNothing(entry.load());
    case Cpu:
        return orNothing(entry.resources.cpu.taken());
    case Memory:
        return orNothing(entry.resources.memory.taken());
    case Storage:
        return orNothing(entry.resources.storage.taken());
    case Tenants:
        return entry.owned;
    case Requests:
        return orNothing(stamp.signalValues.requestsPerSecond);
    case Errors:
        return orNothing(stamp.signalValues.errorRatio);
    case LatencyP50:
        return orNothing(stamp.signalValues.latencyP50Ms);
    case LatencyP99:
        return orNothing(stamp.signalValues.latencyP99Ms);
    case CostColumn:
        return stamp.costPerHour ? QVariant(stamp.costPerHour->amount) : QVariant();
    case ColumnCount:
        break;
    }
    return {};
}

QVariant StampModel::shown(int slot, int column, int role) const
{
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter
                                   | (isNumber(column) ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    const StampEntry &entry = *version()->stamps[slot];
    const Stamp &stamp = *entry.stamp;
    const SignalValues &values = stamp.signalValues;
    switch (Column(column)) {
    case State:
        return Format::word(stamp.lifecycle);
    case HealthColumn:
        return entry.proof ? tr("not read yet")
            : entry.stale  ? tr("stale")
                           : Format::word(entry.health);
    case Load:
        return Format::percent(entry.load());
    case Cpu:
        return ofLimit(ResourceKind::Cpu, entry);
    case Memory:
        return ofLimit(ResourceKind::Memory, entry);
    case Storage:
        return ofLimit(ResourceKind::Storage, entry);
    case Tenants:
        return ofLimit(ResourceKind::Tenants, entry);
    case Requests:
        return Format::rate(values.requestsPerSecond);
    case Errors:
        return Format::errorPercent(values.errorRatio);
    case LatencyP50:
        return Format::latency(values.latencyP50Ms);
    case LatencyP99:
        return Format::latency(values.latencyP99Ms);
    case CostColumn:
        return Format::cost(stamp.costPerHour);
    case Name:
    case Source:
    case Region:
    case Ring:
    case Version:
    case ColumnCount:
        break;
    }
    const QVariant value = raw(*version(), slot, column);
    return value.isValid() ? value : QVariant(Format::none());
}

} // namespace Stampdeck

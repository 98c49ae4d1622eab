// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/adapter.h"

namespace Stampdeck::Testing {

/// A fleet of even stamps: "s-000" to "s-NNN" in regions "r0" to "r3", each with tenants "t-SSS-T" of
/// one core, and room for more.
struct SampleFleet
{
    int stamps = 4;
    int tenantsPerStamp = 5;
    Timestamp at = *fromRfc3339(u"2026-01-02T03:04:05Z");

    [[nodiscard]] static QString stampName(int stamp)
    {
        return QStringLiteral("s-%1").arg(stamp, 3, 10, QLatin1Char('0'));
    }
    [[nodiscard]] static QString tenantName(int stamp, int tenant)
    {
        return QStringLiteral("t-%1-%2").arg(stamp, 3, 10, QLatin1Char('0')).arg(tenant);
    }

    [[nodiscard]] Stamp stamp(int index) const
    {
        Stamp stamp;
        stamp.name = stampName(index);
        stamp.region = QStringLiteral("r%1").arg(index % 4);
        stamp.ring = QString::number(index % 3);
        stamp.version = QStringLiteral("1.4.%1").arg(index % 2);
        stamp.health = Health::Healthy;
        const double used = 10 + index % 20;
        stamp.resources.cpu = {64, used, used - 2};
        stamp.resources.memory = {256.0 * (1LL << 30), used * 4 * (1LL << 30), used * 3 * (1LL << 30)};
        stamp.resources.storage = {4096.0 * (1LL << 30), used * 40 * (1LL << 30), {}};
        stamp.resources.tenants = {20, {}, double(tenantsPerStamp)};
        stamp.signalValues = {100.0 + index, 0.001, 12, 80};
        stamp.components = {{QStringLiteral("api"), 3, 3, 1, 10, Health::Healthy, {}},
                            {QStringLiteral("db"), 2, 2, 2, 2, Health::Healthy, {}}};
        stamp.costPerHour = Cost{10.0 + index, QStringLiteral("EUR")};
        stamp.revision = QStringLiteral("1");
        stamp.observedAt = at;
        return stamp;
    }
    [[nodiscard]] Tenant tenant(int index, int number) const
    {
        Tenant tenant;
        tenant.id = tenantName(index, number);
        tenant.name = QStringLiteral("Tenant %1").arg(number);
        tenant.tier = Tier(number % 4);
        tenant.stamp = stampName(index);
        tenant.placements = {{tenant.stamp, PlacementState::Serving, at}};
        tenant.demand = {1.0, 4.0 * (1LL << 30), 10.0 * (1LL << 30), 20.0};
        tenant.revision = QStringLiteral("1");
        return tenant;
    }
    [[nodiscard]] FleetUpdate update() const
    {
        FleetUpdate update;
        update.instance = QStringLiteral("sample");
        update.revision = QStringLiteral("1");
        for (int index = 0; index < stamps; ++index) {
            update.stamps.push_back(std::make_shared<const Stamp>(stamp(index)));
            for (int number = 0; number < tenantsPerStamp; ++number)
                update.tenants.push_back(std::make_shared<const Tenant>(tenant(index, number)));
        }
        return update;
    }
    /// What changes alone: a delta.
    [[nodiscard]] static FleetUpdate delta()
    {
        FleetUpdate update;
        update.instance = QStringLiteral("sample");
        update.revision = QStringLiteral("2");
        update.complete = false;
        return update;
    }
};

} // namespace Stampdeck::Testing

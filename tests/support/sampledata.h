// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/adapter.h"

/// Small fleets for tests: values that make sense, to be changed where a test needs another.
namespace Stampdeck::Testing {

/// An active, healthy stamp of 64 cores, 256 GiB, 4 TiB and 20 slots, a quarter of each taken.
[[nodiscard]] inline Stamp makeStamp(const QString &name,
                                     const QString &region = QStringLiteral("eu-west"))
{
    constexpr double GiB = 1024.0 * 1024 * 1024;
    Stamp stamp;
    stamp.name = name;
    stamp.region = region;
    stamp.ring = QStringLiteral("1");
    stamp.version = QStringLiteral("1.4.2");
    stamp.health = Health::Healthy;
    stamp.resources.cpu = {64, 16, 16};
    stamp.resources.memory = {256 * GiB, 64 * GiB, 64 * GiB};
    stamp.resources.storage = {4096 * GiB, 1024 * GiB, 1024 * GiB};
    stamp.resources.tenants = {20, 5, 5};
    stamp.signalValues = {1200, 0.001, 12, 80};
    Component web;
    web.name = QStringLiteral("web");
    web.desired = web.ready = 3;
    web.min = 1;
    web.max = 10;
    web.health = Health::Healthy;
    stamp.components = {web};
    stamp.revision = QStringLiteral("1");
    return stamp;
}

/// A tenant of 2 cores, 8 GiB and 100 GiB that serves on \a stamp.
[[nodiscard]] inline Tenant makeTenant(const QString &id, const QString &stamp)
{
    constexpr double GiB = 1024.0 * 1024 * 1024;
    Tenant tenant;
    tenant.id = id;
    tenant.name = id;
    tenant.stamp = stamp;
    tenant.placements = {{stamp, PlacementState::Serving, std::nullopt}};
    tenant.demand = {2, 8 * GiB, 100 * GiB, 50};
    tenant.revision = QStringLiteral("1");
    return tenant;
}

[[nodiscard]] inline FleetUpdate makeUpdate(const QList<Stamp> &stamps,
                                            const QList<Tenant> &tenants)
{
    FleetUpdate update;
    update.instance = QStringLiteral("instance");
    update.revision = QStringLiteral("1");
    for (const Stamp &stamp : stamps)
        update.stamps.push_back(std::make_shared<const Stamp>(stamp));
    for (const Tenant &tenant : tenants)
        update.tenants.push_back(std::make_shared<const Tenant>(tenant));
    return update;
}

/// The stamp "full" with a thousand tenants, and two hundred stamps in two regions and three rings that
/// may take them.
[[nodiscard]] inline std::pair<QList<Stamp>, QList<Tenant>> bigDrain()
{
    QList<Stamp> stamps{makeStamp(QStringLiteral("full"))};
    stamps[0].resources.tenants = {1000, 1000, 1000};
    for (int i = 0; i < 200; ++i) {
        Stamp stamp = makeStamp(QStringLiteral("s%1").arg(i), i % 2 ? QStringLiteral("eu-west") : QStringLiteral("eu-north"));
        stamp.ring = QString::number(i % 3);
        stamp.resources.cpu.reserved = stamp.resources.cpu.used = 10 + i % 30;
        stamps.append(stamp);
    }
    QList<Tenant> tenants;
    for (int i = 0; i < 1000; ++i) {
        Tenant tenant = makeTenant(QStringLiteral("t%1").arg(i), QStringLiteral("full"));
        tenant.demand.cpu = 1 + i % 9;
        tenant.tier = Tier(i % 4);
        if (i % 5 == 0)
            tenant.constraints.regions = {QStringLiteral("eu-w*")};
        if (i % 4 == 0)
            tenant.constraints.antiAffinity = QStringLiteral("g%1").arg(i % 50);
        tenants.append(tenant);
    }
    return {stamps, tenants};
}

} // namespace Stampdeck::Testing

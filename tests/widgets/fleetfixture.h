// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleetfeed.h"
#include "models/fleetstore.h"
#include "tests/support/manualclock.h"

#include <QtCore/QDir>
#include <QtCore/QRandomGenerator>
#include <QtGui/QImage>
#include <QtTest/QTest>

namespace Stampdeck::Testing {

/// A store with one source "demo" and stamps in regions, the same for the same numbers.
class FleetFixture
{
public:
    explicit FleetFixture(int regions, int perRegion, int tenantsPerStamp = 3)
        : store(clock)
        , feed(store)
    {
        static const char *const names[] = {"eu-west", "eu-central", "eu-north",     "us-east",
                                            "us-west", "ap-south",   "ap-southeast", "ap-northeast",
                                            "sa-east", "af-south"};
        SourceState source;
        source.name = QStringLiteral("demo");
        source.adapter = QStringLiteral("simulator");
        source.tenantDomain = QStringLiteral("demo");
        source.capabilities = Capability::Move | Capability::Cordon;
        store.addSource(source);
        QRandomGenerator random(7);
        const auto between = [&](double low, double high) {
            return low + (high - low) * random.generateDouble();
        };
        constexpr double gib = 1024.0 * 1024 * 1024;
        for (int r = 0; r < regions; ++r) {
            const QString region =
                QString::fromLatin1(names[r % 10]) + (r >= 10 ? QString::number(r) : QString());
            for (int i = 1; i <= perRegion; ++i) {
                Stamp stamp;
                stamp.name = QStringLiteral("%1-%2").arg(region).arg(i, 2, 10, QChar(u'0'));
                stamp.region = region;
                stamp.ring = QString::number(i % 3);
                stamp.version = i % 4 == 0 ? QStringLiteral("1.42.2") : QStringLiteral("1.42.3");
                stamp.health = Health::Healthy;
                const double load = between(0.35, 0.78);
                stamp.resources.cpu = {64, 64 * load, 64 * load * 0.9};
                stamp.resources.memory = {256 * gib, 256 * gib * load * 0.8,
                                          256 * gib * load * 0.7};
                stamp.resources.storage = {8192 * gib, 8192 * gib * 0.4, 8192 * gib * 0.3};
                stamp.resources.tenants = {20, std::nullopt, std::nullopt};
                stamp.signalValues = {between(300, 2500), between(0, 0.001), between(10, 24),
                                      between(80, 150)};
                stamp.components = {{QStringLiteral("api"), 5, 5, {}, {}, Health::Healthy, {}}};
                stamp.costPerHour = Cost{between(4, 18), QStringLiteral("EUR")};
                stamp.revision = QStringLiteral("1");
                stamp.updatedAt = clock.now();
                stamps.push_back(stamp);
                for (int t = 0; t < tenantsPerStamp; ++t) {
                    static const char *const words[] = {"acme",  "globex", "initech",  "hooli",
                                                        "wonka", "stark",  "cyberdyne"};
                    Tenant tenant;
                    tenant.id = QStringLiteral("%1-%2-%3")
                                    .arg(QString::fromLatin1(words[size_t(t + i) % 7]), stamp.name)
                                    .arg(t);
                    tenant.name = QString::fromLatin1(words[size_t(t + i) % 7]);
                    tenant.tier = Tier(random.bounded(4));
                    tenant.stamp = stamp.name;
                    tenant.placements = {{stamp.name, PlacementState::Serving, {}}};
                    tenant.demand = {2.0, 6 * gib, 40 * gib, 80.0};
                    tenant.revision = QStringLiteral("1");
                    tenants.push_back(tenant);
                }
            }
        }
    }

    [[nodiscard]] Stamp &stamp(const QString &name)
    {
        return *std::find_if(stamps.begin(), stamps.end(),
                             [&](const Stamp &one) { return one.name == name; });
    }

    /// Tells the store everything, and waits until the feed has it.
    void publish()
    {
        FleetUpdate update;
        update.instance = QStringLiteral("fixture");
        update.revision = QString::number(++m_revision);
        for (const Stamp &one : stamps)
            update.stamps.push_back(std::make_shared<Stamp>(one));
        for (const Tenant &one : tenants)
            update.tenants.push_back(std::make_shared<Tenant>(one));
        store.apply(QStringLiteral("demo"), update);
        settle();
    }
    void settle()
    {
        store.sync();
        QTRY_COMPARE(feed.version()->serial, store.current()->serial);
    }
    [[nodiscard]] int slot(const QString &name) const
    {
        return feed.version()->stampIndex.value(QStringLiteral("demo/") + name);
    }

    ManualClock clock;
    FleetStore store;
    FleetFeed feed;
    std::vector<Stamp> stamps;
    std::vector<Tenant> tenants;

private:
    int m_revision = 0;
};

} // namespace Stampdeck::Testing

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/tilepainter.h"

#include <QtCore/QDir>
#include <QtGui/QImage>

#include <cmath>

namespace Stampdeck::Testing {

inline constexpr double gib = 1024.0 * 1024 * 1024;

/// A healthy stamp with numbers in every field.
inline TileFacts healthyTile()
{
    static const auto lines = [] {
        std::array<std::array<float, 60>, 4> all{};
        for (size_t k = 0; k < 4; ++k) {
            for (size_t i = 0; i < 60; ++i)
                all[k][i] = float(20 + 3 * std::sin(double(i) * (0.3 + 0.1 * double(k))));
        }
        return all;
    }();
    TileFacts facts;
    facts.name = QStringLiteral("eu-central-02");
    facts.health = Health::Healthy;
    facts.version = QStringLiteral("1.42.3");
    facts.ring = QStringLiteral("0");
    facts.cost = QStringLiteral("€4.55/h");
    facts.healthyFor = QStringLiteral("24 d");
    facts.measure = QStringLiteral("72");
    facts.measureUnit = QStringLiteral("%");
    facts.measureName = QStringLiteral("memory");
    facts.resources.cpu = {64, 28, 20.5};
    facts.resources.memory = {256 * gib, 183 * gib, 159 * gib};
    facts.resources.storage = {12 * 1024 * gib, 7.9 * 1024 * gib, 6.2 * 1024 * gib};
    facts.resources.tenants = {20, std::nullopt, 11};
    facts.signalValues = {1300, 0.0006, 24, 146};
    facts.gateErrors = 0.01;
    facts.gateLatencyMs = 400;
    for (size_t k = 0; k < 4; ++k)
        facts.series[k] = lines[k];
    facts.tenants = 11;
    facts.chips = {
        {QStringLiteral("default/kramerica"), QStringLiteral("kramerica"), Tier::Premium},
        {QStringLiteral("default/initech"), QStringLiteral("initech"), Tier::Enterprise},
        {QStringLiteral("default/acme"), QStringLiteral("acme"), Tier::Free}};
    return facts;
}

inline TileFacts unhealthyTile()
{
    TileFacts facts = healthyTile();
    facts.name = QStringLiteral("eu-west-03");
    facts.health = Health::Unhealthy;
    facts.reason = QStringLiteral("api 1 of 5 ready");
    facts.measure = QStringLiteral("93");
    facts.measureName = QStringLiteral("cpu");
    facts.resources.cpu = {48, 43.2, 44.6};
    facts.signalValues = {310, 0.142, 11, 4100};
    return facts;
}

inline TileFacts degradedTile()
{
    TileFacts facts = healthyTile();
    facts.name = QStringLiteral("eu-west-05");
    facts.health = Health::Degraded;
    facts.reason = QStringLiteral("p99 840 ms");
    facts.measure = QStringLiteral("88");
    facts.measureName = QStringLiteral("cpu");
    facts.resources.cpu = {32, 28, 26.9};
    facts.signalValues.latencyP99Ms = 840;
    return facts;
}

inline TileFacts unknownTile()
{
    TileFacts facts;
    facts.name = QStringLiteral("af-south-02");
    facts.reason = QStringLiteral("source answers 403");
    return facts;
}

inline TileFacts staleTile()
{
    TileFacts facts = healthyTile();
    facts.name = QStringLiteral("sa-east-02");
    facts.stale = true;
    facts.staleAge = QStringLiteral("42 s");
    facts.measure = QStringLiteral("74");
    return facts;
}

inline TileFacts lifecycleTile(Lifecycle lifecycle)
{
    TileFacts facts = healthyTile();
    facts.lifecycle = lifecycle;
    facts.lifecycleAt = facts.postmarkLine = QStringLiteral("13:20");
    facts.name = QStringLiteral("eu-central-04");
    if (lifecycle == Lifecycle::Draining) {
        facts.lifecycleAt = QStringLiteral("9 of 14");
        facts.postmarkLine = QStringLiteral("9/14");
        facts.progress = 9.0 / 14;
    } else if (lifecycle == Lifecycle::Drained) {
        facts.tenants = 0;
        facts.chips.clear();
        facts.measure = QStringLiteral("8");
    } else if (lifecycle == Lifecycle::Provisioning) {
        facts.lifecycleSay = QStringLiteral("step 3 of 7");
        facts.lifecycleSay2 = QStringLiteral("about 4 min left");
        facts.progress = 0.45;
    } else if (lifecycle == Lifecycle::Failed) {
        facts.lifecycleSay = QStringLiteral("quota refused");
        facts.lifecycleSay2 = QStringLiteral("retry or delete");
        facts.progress = 0.6;
    } else if (lifecycle == Lifecycle::Deleting) {
        facts.lifecycleSay = QStringLiteral("4 of 6 removed");
        facts.lifecycleSay2 = QStringLiteral("started 14:02");
        facts.progress = 0.7;
    }
    return facts;
}

inline TileFacts verdictTile(TileVerdict::Kind kind)
{
    TileFacts facts = kind == TileVerdict::Kind::Source ? unhealthyTile() : healthyTile();
    facts.verdict.kind = kind;
    facts.verdict.before = 0.58;
    facts.verdict.after = kind == TileVerdict::Kind::Tight ? 0.95 : 0.79;
    facts.verdict.beforeLoads = {0.58, 0.45, 0.5};
    facts.verdict.afterLoads = {0.79, 0.66, 0.58};
    switch (kind) {
    case TileVerdict::Kind::Cannot:
        facts.verdict.reason = QStringLiteral("residency");
        facts.verdict.detail = QStringLiteral("globex stays in eu-*");
        break;
    case TileVerdict::Kind::Source:
        facts.verdict.reason = QStringLiteral("3 of 15 tenants leave");
        facts.verdict.before = 0.93;
        facts.verdict.after = 0.72;
        facts.verdict.beforeLoads = {0.93, 0.59, 0.55};
        facts.verdict.afterLoads = {0.72, 0.38, 0.4};
        break;
    default:
        facts.verdict.detail = QStringLiteral("10 cores, 1 slot left");
        facts.verdict.rank = 3;
        break;
    }
    return facts;
}

/// Keeps \a image as NAME.png in $STAMPDECK_GRABS, for people; nothing without it.
inline void keep(const QImage &image, const QString &name)
{
    const QString folder = qEnvironmentVariable("STAMPDECK_GRABS");
    if (!folder.isEmpty())
        image.save(QDir(folder).filePath(name + QStringLiteral(".png")));
}

} // namespace Stampdeck::Testing

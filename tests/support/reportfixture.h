// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/historyrecorder.h"
#include "models/report.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"

#include <QtCore/QTemporaryDir>

namespace Stampdeck::Testing {

/// A history to report of: eu-1 is scaled, gets unhealthy five minutes later with errors of 20 %,
/// for 4 min 10 s; meanwhile a drain of it fails, and a tenant moves.
struct ReportFixture
{
    static inline const QString hostile =
        QStringLiteral("<script>alert(1)</script> & \"x\" \u202Egnp.exe");

    explicit ReportFixture(const QString &reason = QStringLiteral("api 1 of 5 ready"))
    {
        using namespace std::chrono_literals;
        SourceState source;
        source.name = QStringLiteral("prod");
        source.tenantDomain = QStringLiteral("prod");
        source.pollInterval = 1h; // nothing gets stale here
        store.addSource(source);
        recorder = std::make_unique<HistoryRecorder>(dir.path(), store, clock);
        recorder->sync();
        sick = makeStamp(QStringLiteral("eu-1"));
        start = clock.now();
        pass(10min);
        scaled = clock.now();
        sick.components[0].desired = sick.components[0].ready = 2;
        pass(5min);
        began = clock.now();
        sick.health = Health::Unhealthy;
        sick.healthReasons = {{QStringLiteral("backend"), reason, {}, {}, {}, {}, {}}};
        sick.signalValues.errorRatio = 0.2;
        pass(1min);
        Operation operation;
        operation.id = QStringLiteral("op-1");
        operation.kind = QStringLiteral("drain");
        operation.target = QStringLiteral("eu-1");
        operation.state = OperationState::Running;
        operation.createdBy = QStringLiteral("ada");
        operation.reason = reason;
        operation.createdAt = clock.now();
        operation.steps = {{QStringLiteral("move acme"), StepState::Succeeded, {}, {}, {}},
                           {QStringLiteral("move globex"), StepState::Failed, {}, {}, {}}};
        show(operation);
        owner = QStringLiteral("eu-2");
        pass(1min);
        operation.state = OperationState::Failed;
        operation.error = QStringLiteral("globex has no place");
        operation.updatedAt = clock.now();
        show(operation);
        pass(2min + 10s);
        ended = clock.now();
        sick.health = Health::Healthy;
        sick.healthReasons.clear();
        sick.signalValues.errorRatio = 0.001;
        pass(12min);
    }

    void show(const Operation &operation)
    {
        store.showOperation(std::make_shared<const Operation>(operation));
        store.sync();
        recorder->sync();
    }
    void pass(std::chrono::milliseconds time)
    {
        using namespace std::chrono_literals;
        const auto apply = [this] {
            sick.observedAt = clock.now();
            Tenant acme = makeTenant(QStringLiteral("acme"), owner);
            acme.tier = Tier::Enterprise;
            store.apply(
                QStringLiteral("prod"),
                makeUpdate({sick, makeStamp(QStringLiteral("eu-2"))},
                           {acme, makeTenant(QStringLiteral("globex"), QStringLiteral("eu-1"))}));
            store.sync();
        };
        apply();
        for (; time > 0ms; time -= 10s) {
            clock.advance(10s);
            apply();
        }
        recorder->sync();
        recorder->sync();
    }
    [[nodiscard]] Result<Report>
    report(const QString &incident = QStringLiteral("prod/eu-1:unhealthy"))
    {
        ReportRequest request;
        request.incident = incident;
        request.now = clock.now();
        return makeReport(dir.path(), request);
    }

    QTemporaryDir dir;
    ManualClock clock;
    FleetStore store{clock};
    std::unique_ptr<HistoryRecorder> recorder;
    Stamp sick;
    QString owner = QStringLiteral("eu-1");
    Timestamp start, scaled, began, ended;
};

} // namespace Stampdeck::Testing

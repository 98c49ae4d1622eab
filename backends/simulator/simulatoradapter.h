// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/adapter.h"

namespace Stampdeck {

class Simulation;

/// Offers a Simulation as a source: gives it the time, and answers at once.
///
/// Lives in its source's thread and owns its simulation; the source deletes it.
class SimulatorAdapter final : public FleetAdapter
{
    Q_OBJECT
public:
    /// Errors: ErrorKind::Invalid for a bad key, or a state file that is not this fleet's.
    [[nodiscard]] static Result<std::unique_ptr<FleetAdapter>>
    create(const SourceSettings &settings, Clock &clock);
    ~SimulatorAdapter() override;

    [[nodiscard]] Capabilities capabilities() const override;
    [[nodiscard]] FutureResult<FleetUpdate> poll(const QString &endpoint) override;
    [[nodiscard]] FutureResult<WriteOutcome> perform(const Primitive &primitive,
                                                     const WriteContext &context) override;
    [[nodiscard]] FutureResult<WriteOutcome> observe(const Primitive &primitive,
                                                     const WriteContext &context,
                                                     const QString &handle) override;
    [[nodiscard]] FutureResult<Timestamp> mark(const MarkRequest &request,
                                               const WriteContext &context) override;
    [[nodiscard]] FutureResult<OperationPtr> control(const QString &operation, OperationVerb verb,
                                                     const WriteContext &context) override;
    [[nodiscard]] FutureResult<std::vector<Series>>
    history(const QStringList &stamps, const QStringList &signalNames, Timestamp from, Timestamp to,
            std::chrono::milliseconds step) override;
    [[nodiscard]] FutureResult<QList<Template>> templates() override;

private:
    SimulatorAdapter(Clock &clock, std::unique_ptr<Simulation> simulation, Timestamp start,
                     bool autoscaler);
    void catchUp();
    [[nodiscard]] Result<void> answers();

    Clock &m_clock;
    std::unique_ptr<Simulation> m_simulation;
    Timestamp m_start; ///< The wall clock at m_startElapsed.
    std::chrono::milliseconds m_startElapsed;
    const bool m_autoscaler;
};

} // namespace Stampdeck

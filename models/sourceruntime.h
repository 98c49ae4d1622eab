// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics.h"
#include "fleetstore.h"

#include <QtCore/QObject>

#include <functional>

namespace Stampdeck {

template<typename Worker>
class AdapterThread;

/// Makes the adapter of a source, in the thread in which it will live.
using AdapterFactory = std::function<Result<std::unique_ptr<FleetAdapter>>()>;

/// One source at work: a thread with its adapter in it, which is polled at its interval with
/// jitter, listened to where it pushes, backed off from where it fails, and asked to act.
///
/// Endpoints fail each alone. Everything learnt is posted to the store. All functions are
/// thread-safe; destroy it in the thread that made it. Whatever the adapter does, the caller's
/// thread never waits for it, but for the end of the thread in the destructor.
class SourceRuntime final
{
public:
    SourceRuntime(const SourceSettings &settings, AdapterFactory factory, FleetStore &store,
                  Clock &clock);
    ~SourceRuntime();

    [[nodiscard]] const QString &name() const { return m_name; }

    /// Polls every endpoint now, but for those that are being polled.
    void refresh();

    [[nodiscard]] FutureResult<WriteOutcome> perform(const Primitive &primitive,
                                                     const WriteContext &context);
    [[nodiscard]] FutureResult<WriteOutcome> observe(const Primitive &primitive,
                                                     const WriteContext &context,
                                                     const QString &handle);
    [[nodiscard]] FutureResult<WriteOutcome> cancel(const Primitive &primitive,
                                                    const WriteContext &context,
                                                    const QString &handle);
    [[nodiscard]] FutureResult<OperationPtr> control(const QString &operation, OperationVerb verb,
                                                     const WriteContext &context);
    [[nodiscard]] FutureResult<Timestamp> mark(const MarkRequest &request,
                                               const WriteContext &context);
    /// Asks for the templates now; the store is told too.
    [[nodiscard]] FutureResult<QList<Template>> templates();
    [[nodiscard]] FutureResult<Acknowledgement>
    acknowledge(const Acknowledgement &acknowledgement, const WriteContext &context);
    [[nodiscard]] FutureResult<std::vector<Series>>
    history(const QStringList &stamps, const QStringList &signalNames, Timestamp from, Timestamp to,
            std::chrono::milliseconds step);

    [[nodiscard]] FutureResult<OperationPtr> drain(const DrainOrder &order,
                                                   const WriteContext &context);
    /// How its endpoints are doing and what it asked last. What only the store knows (instance,
    /// skew, faults) is left for Fleet::diagnostics().
    [[nodiscard]] FutureResult<SourceDiagnostics> diagnostics();

private:
    class Worker;
    template<typename T, typename Ask>
    [[nodiscard]] FutureResult<T> ask(Ask ask);

    QString m_name;
    std::unique_ptr<AdapterThread<Worker>> m_thread;
};

} // namespace Stampdeck

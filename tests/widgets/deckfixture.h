// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/deck.h"

#include "tests/support/manualclock.h"
#include "tests/support/samplefleet.h"

#include <QtCore/QMutex>
#include <QtCore/QTemporaryDir>

namespace Stampdeck::Testing {

/// Backends that do at once whatever they are asked, and remember it.
class ObedientExecutor final : public PrimitiveExecutor
{
public:
    FutureResult<WriteOutcome> perform(const QString &, const Primitive &primitive,
                                       const WriteContext &context) override
    {
        const QMutexLocker lock(&m_mutex);
        m_kinds.append(kindOf(primitive));
        m_last = primitive;
        m_context = context;
        return ready<WriteOutcome>(outcomeOf(primitive));
    }
    FutureResult<WriteOutcome> observe(const QString &, const Primitive &primitive,
                                       const WriteContext &, const QString &) override
    {
        const QMutexLocker lock(&m_mutex);
        return ready<WriteOutcome>(outcomeOf(primitive));
    }
    FutureResult<WriteOutcome> cancel(const QString &, const Primitive &, const WriteContext &,
                                      const QString &) override
    {
        return ready<WriteOutcome>(fail(Error::cancelled()));
    }
    FutureResult<OperationPtr> control(const QString &, const QString &operation,
                                       OperationVerb verb, const WriteContext &context) override
    {
        const QMutexLocker lock(&m_mutex);
        m_controls.append(toString(verb) + u' ' + operation + u": " + context.reason);
        return ready<OperationPtr>(fail(ErrorKind::NotFound, QStringLiteral("no such operation")));
    }

    /// What is of one of \a kinds is not done until they are others.
    void setBusyWith(const QStringList &kinds)
    {
        const QMutexLocker lock(&m_mutex);
        m_busyWith = kinds;
    }
    [[nodiscard]] QStringList kinds() const
    {
        const QMutexLocker lock(&m_mutex);
        return m_kinds;
    }
    /// "rollback op-1: because" for each verb that was passed on.
    [[nodiscard]] QStringList controls() const
    {
        const QMutexLocker lock(&m_mutex);
        return m_controls;
    }
    [[nodiscard]] Primitive last() const
    {
        const QMutexLocker lock(&m_mutex);
        return m_last;
    }
    [[nodiscard]] WriteContext context() const
    {
        const QMutexLocker lock(&m_mutex);
        return m_context;
    }

private:
    [[nodiscard]] WriteOutcome outcomeOf(const Primitive &primitive) const
    {
        WriteOutcome outcome;
        outcome.done = !m_busyWith.contains(kindOf(primitive));
        return outcome;
    }

    mutable QMutex m_mutex;
    QStringList m_busyWith;
    QStringList m_kinds;
    QStringList m_controls;
    Primitive m_last;
    WriteContext m_context;
};

/// A deck over a sample fleet of one source, "prod".
struct DeckFixture
{
    explicit DeckFixture(const SampleFleet &fleet = {},
                         Capabilities capabilities = Capability::Move | Capability::Cordon
                             | Capability::ScaleComponents | Capability::ScaleResources
                             | Capability::ScalingRules,
                         bool production = false)
        : journal(std::move(*Journal::open(dir.path())))
    {
        SourceState source;
        source.name = QStringLiteral("prod");
        source.adapter = QStringLiteral("sample");
        source.instance = QStringLiteral("sample");
        source.tenantDomain = QStringLiteral("prod");
        source.capabilities = capabilities;
        source.production = production;
        store.addSource(source);
        store.apply(QStringLiteral("prod"), fleet.update());
        store.sync();
        feed = std::make_unique<FleetFeed>(store);
        runner = std::make_unique<OperationRunner>(store, *journal, executor, clock);
        deck = std::unique_ptr<Deck>(new Deck{*feed, store, *runner, *journal, clock,
                                              QStringLiteral("ada"), false, {}});
        deck->historyDir = dir.path();
    }

    void apply(const FleetUpdate &update)
    {
        store.apply(QStringLiteral("prod"), update);
        store.sync();
    }

    QTemporaryDir dir;
    ManualClock clock;
    FleetStore store{clock};
    std::unique_ptr<Journal> journal;
    ObedientExecutor executor;
    std::unique_ptr<FleetFeed> feed;
    std::unique_ptr<OperationRunner> runner;
    std::unique_ptr<Deck> deck;
};

} // namespace Stampdeck::Testing

// SPDX-License-Identifier: GPL-3.0-or-later
#include "mutants.h"

#include "backends/api/operationname.h"
#include "backends/api/whendone.h"
#include "backends/net/pending.h"
#include "backends/rest/restadapter.h"
#include "backends/simulator/simulatoradapter.h"

#include <QtCore/QSet>
#include <QtCore/QThread>
#include <QtCore/QTimer>

#include <cmath>
#include <limits>

namespace Stampdeck::Testing {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

using Base = Mutant::Base;

/// A right adapter, and what it says passed on. A mutant overrides the one thing that it gets
/// wrong.
///
/// Owns the right one, and lives with it in one thread.
class Wrapper : public FleetAdapter
{
public:
    Wrapper(std::unique_ptr<FleetAdapter> right, const SourceSettings &settings, Clock &clock)
        : m_right(std::move(right))
        , m_settings(settings)
        , m_clock(clock)
    {
        connect(m_right.get(), &FleetAdapter::contact, this, &FleetAdapter::contact);
        connect(m_right.get(), &FleetAdapter::updated, this, [this](const FleetUpdate &update) {
            if (tellsUpdates())
                Q_EMIT updated(update);
        });
        connect(m_right.get(), &FleetAdapter::eventsEnded, this,
                [this](const QString &endpoint, const Error &error) {
                    if (tellsEnds())
                        Q_EMIT eventsEnded(endpoint, error);
                });
    }

    /// Changes the settings from which the right adapter is made.
    static void prepare(SourceSettings &) { }

    [[nodiscard]] Capabilities capabilities() const override { return m_right->capabilities(); }
    [[nodiscard]] QStringList endpoints() const override { return m_right->endpoints(); }

    [[nodiscard]] FutureResult<FleetUpdate> poll(const QString &endpoint) override
    {
        ++m_polls;
        const auto pending = Pending<FleetUpdate>::create();
        FutureResult<FleetUpdate> asked = m_right->poll(endpoint);
        whenDone(asked, this, [this, pending](Result<FleetUpdate> result) {
            if (result) {
                onUpdate(*result);
                for (const TenantPtr &tenant : result->tenants)
                    m_owners[tenant->id] = tenant->stamp;
                for (const StampPtr &stamp : result->stamps)
                    m_lifecycles[stamp->name] = stamp->lifecycle;
            } else {
                onPollError(result.error());
            }
            const auto delay = result ? 0ms : delayOf(result.error());
            m_failed = !result;
            if (delay == 0ms)
                return pending->finish(std::move(result));
            QTimer::singleShot(delay, this, [pending, result] { pending->finish(result); });
        });
        if (passesCancelOn())
            pending->onCancel([asked]() mutable { asked.cancel(); });
        return pending->future();
    }

    void startEvents(const QString &endpoint) override { m_right->startEvents(endpoint); }
    void stopEvents(const QString &endpoint) override { m_right->stopEvents(endpoint); }

    [[nodiscard]] FutureResult<WriteOutcome> perform(const Primitive &primitive,
                                                     const WriteContext &given) override
    {
        WriteContext context = given;
        if (swallows(primitive))
            return ready<WriteOutcome>(WriteOutcome());
        onWrite(primitive, context);
        if (const auto *shift = std::get_if<ShiftTenant>(&primitive))
            m_shifted.insert(shift->tenant);
        const auto pending = Pending<WriteOutcome>::create();
        whenDone(m_right->perform(primitive, context), this,
                 [this, pending](Result<WriteOutcome> result) {
                     if (result)
                         return pending->finish(std::move(result));
                     onWriteError(result.error());
                     const auto delay = writeDelayOf(result.error());
                     if (delay == 0ms)
                         return pending->finish(std::move(result));
                     QTimer::singleShot(delay, this,
                                        [pending, result] { pending->finish(result); });
                 });
        return pending->future();
    }
    [[nodiscard]] FutureResult<WriteOutcome>
    observe(const Primitive &primitive, const WriteContext &context, const QString &handle) override
    {
        return m_right->observe(primitive, context, handle);
    }
    [[nodiscard]] FutureResult<WriteOutcome>
    cancel(const Primitive &primitive, const WriteContext &context, const QString &handle) override
    {
        return m_right->cancel(primitive, context, handle);
    }
    [[nodiscard]] FutureResult<OperationPtr> control(const QString &operation, OperationVerb verb,
                                                     const WriteContext &context) override
    {
        return m_right->control(operation, verb, context);
    }
    [[nodiscard]] FutureResult<std::vector<Series>> history(const QStringList &stamps,
                                                            const QStringList &signalNames,
                                                            Timestamp from, Timestamp to,
                                                            std::chrono::milliseconds step) override
    {
        return m_right->history(stamps, signalNames, from, to, step);
    }
    [[nodiscard]] FutureResult<Timestamp> mark(const MarkRequest &request,
                                               const WriteContext &context) override
    {
        return m_right->mark(request, context);
    }
    [[nodiscard]] FutureResult<OperationPtr> drain(const DrainOrder &order,
                                                   const WriteContext &context) override
    {
        return m_right->drain(order, context);
    }
    [[nodiscard]] FutureResult<QList<Template>> templates() override
    {
        return m_right->templates();
    }

protected:
    virtual void onUpdate(FleetUpdate &) { }
    virtual void onPollError(Error &) { }
    [[nodiscard]] virtual std::chrono::milliseconds delayOf(const Error &) { return 0ms; }
    [[nodiscard]] virtual bool passesCancelOn() const { return true; }
    [[nodiscard]] virtual bool tellsUpdates() const { return true; }
    [[nodiscard]] virtual bool tellsEnds() const { return true; }
    [[nodiscard]] virtual bool swallows(const Primitive &) { return false; }
    virtual void onWrite(const Primitive &, WriteContext &) { }
    virtual void onWriteError(Error &) { }
    [[nodiscard]] virtual std::chrono::milliseconds writeDelayOf(const Error &) { return 0ms; }

    [[nodiscard]] bool isFirst() const { return m_polls == 1; }
    [[nodiscard]] QString ownerOf(const QString &tenant) const { return m_owners.value(tenant); }

    std::unique_ptr<FleetAdapter> m_right;
    const SourceSettings m_settings;
    Clock &m_clock;
    int m_polls = 0;
    bool m_failed = false; ///< The poll before.
    QMap<QString, QString> m_owners; ///< Tenant to owner, as told.
    QMap<QString, Lifecycle> m_lifecycles; ///< Of stamps, as told last.
    QSet<QString> m_shifted;
};

// More than the kit waits for anything.
constexpr auto tooLong = 8s;

template<typename M, Base base>
Result<std::unique_ptr<FleetAdapter>> create(const SourceSettings &settings, Clock &clock)
{
    SourceSettings prepared = settings;
    M::prepare(prepared);
    auto right = rightAdapter(base, prepared, clock);
    if (!right)
        return fail(right.error());
    return std::unique_ptr<FleetAdapter>(new M(std::move(*right), settings, clock));
}

/// Changes a copy of the last stamp of \a update: never the one that the kit writes to, which is
/// the first.
template<typename Change>
void changeLast(FleetUpdate &update, const QString &name, Change change)
{
    for (StampPtr &stamp : update.stamps) {
        if (stamp->name != name)
            continue;
        auto copy = std::make_shared<Stamp>(*stamp);
        change(*copy);
        stamp = copy;
    }
}

/// One that knows the last stamp of the first answer, and a tenant of it.
class LastStamp : public Wrapper
{
public:
    using Wrapper::Wrapper;

protected:
    void onUpdate(FleetUpdate &update) override
    {
        if (isFirst()) {
            m_last = update.stamps.back()->name;
            m_lastStamp = update.stamps.back();
            for (const TenantPtr &tenant : update.tenants) {
                if (tenant->stamp == m_last)
                    m_tenant = tenant->id;
            }
        }
        change(update);
    }
    virtual void change(FleetUpdate &update) = 0;
    template<typename Change>
    void changeTenant(FleetUpdate &update, Change changeOne)
    {
        for (TenantPtr &tenant : update.tenants) {
            if (tenant->id != m_tenant)
                continue;
            auto copy = std::make_shared<Tenant>(*tenant);
            changeOne(*copy);
            tenant = copy;
        }
    }

    QString m_last;
    StampPtr m_lastStamp;
    QString m_tenant;
};

// ---- What is told

class TellsDifferenceFirst final : public Wrapper
{
    using Wrapper::Wrapper;
    void onUpdate(FleetUpdate &update) override { update.complete = false; }
};

class NamesAnotherEndpoint final : public Wrapper
{
    using Wrapper::Wrapper;
    void onUpdate(FleetUpdate &update) override { update.endpoint = u"elsewhere"_s; }
};

class ChangesIdentity final : public Wrapper
{
    using Wrapper::Wrapper;
    void onUpdate(FleetUpdate &update) override
    {
        static int last = 0;
        update.instance += QString::number(++last);
    }
};

class NamesWithSlash final : public LastStamp
{
    using LastStamp::LastStamp;
    void change(FleetUpdate &update) override
    {
        if (!isFirst())
            return;
        auto copy = std::make_shared<Stamp>(*m_lastStamp);
        copy->name = u"eu/1"_s;
        copy->labels.clear();
        update.stamps.push_back(copy);
    }
};

class TellsTwice final : public LastStamp
{
    using LastStamp::LastStamp;
    void change(FleetUpdate &update) override
    {
        if (isFirst())
            update.stamps.push_back(m_lastStamp);
    }
};

class PlacesNowhere final : public LastStamp
{
    using LastStamp::LastStamp;
    void change(FleetUpdate &update) override
    {
        changeTenant(update, [](Tenant &tenant) {
            tenant.placements.push_back({u"nowhere"_s, PlacementState::Starting, {}});
        });
    }
};

class LeavesUnserved final : public LastStamp
{
    using LastStamp::LastStamp;
    void change(FleetUpdate &update) override
    {
        changeTenant(update, [](Tenant &tenant) {
            for (Placement &placement : tenant.placements)
                placement.state = PlacementState::Starting;
        });
    }
};

class TellsNaN final : public LastStamp
{
    using LastStamp::LastStamp;
    void change(FleetUpdate &update) override
    {
        changeLast(update, m_last, [](Stamp &stamp) {
            stamp.resources.cpu.used = std::numeric_limits<double>::quiet_NaN();
        });
    }
};

class TellsGibibytes final : public LastStamp
{
    using LastStamp::LastStamp;
    void change(FleetUpdate &update) override
    {
        changeLast(update, m_last, [](Stamp &stamp) {
            for (auto *value : {&stamp.resources.memory.limit, &stamp.resources.memory.reserved,
                                &stamp.resources.memory.used})
                *value = **value / (1 << 30);
        });
    }
};

class PraisesTheDead final : public LastStamp
{
    using LastStamp::LastStamp;
    void change(FleetUpdate &update) override
    {
        changeLast(update, m_last, [](Stamp &stamp) {
            stamp.components.front().ready = 0;
            stamp.components.front().health = Health::Healthy;
        });
    }
};

class HasNoTime final : public Wrapper
{
    using Wrapper::Wrapper;
    void onUpdate(FleetUpdate &update) override { update.serverTime.reset(); }
};

class CountsPolls final : public LastStamp
{
    using LastStamp::LastStamp;
    void change(FleetUpdate &update) override
    {
        if (isFirst())
            return;
        std::erase_if(update.stamps,
                      [this](const StampPtr &stamp) { return stamp->name == m_last; });
        auto copy = std::make_shared<Stamp>(*m_lastStamp);
        copy->revision += u'@' + QString::number(m_polls);
        update.stamps.push_back(copy);
        update.unchanged = false;
    }
};

class ChangesUnchanged final : public LastStamp
{
    using LastStamp::LastStamp;
    void change(FleetUpdate &update) override
    {
        if (isFirst())
            return;
        update.unchanged = true;
        if (update.stamps.empty())
            update.stamps.push_back(m_lastStamp);
    }
};

class LosesStamp final : public LastStamp
{
    using LastStamp::LastStamp;
    void change(FleetUpdate &update) override
    {
        if (isFirst())
            return;
        std::erase_if(update.stamps,
                      [this](const StampPtr &stamp) { return stamp->name == m_last; });
        update.goneStamps += m_last;
        update.unchanged = false;
    }
};

class RemembersTwice final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] FutureResult<std::vector<Series>> history(const QStringList &stamps,
                                                            const QStringList &signalNames,
                                                            Timestamp from, Timestamp to,
                                                            std::chrono::milliseconds step) override
    {
        const auto pending = Pending<std::vector<Series>>::create();
        whenDone(Wrapper::history(stamps, signalNames, from, to, step), this,
                 [pending](Result<std::vector<Series>> all) {
                     if (all) {
                         for (Series &series : *all) {
                             const std::vector<float> values = series.values;
                             series.values.insert(series.values.end(), values.begin(),
                                                  values.end());
                         }
                     }
                     pending->finish(std::move(all));
                 });
        return pending->future();
    }
};

class Blocks final : public Wrapper
{
    using Wrapper::Wrapper;
    void onUpdate(FleetUpdate &) override
    {
        if (m_polls == 3)
            QThread::msleep(1'300);
    }
};

class EndsWithoutResult final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] FutureResult<FleetUpdate> poll(const QString &endpoint) override
    {
        const auto promise = std::make_shared<QPromise<Result<FleetUpdate>>>();
        promise->start();
        whenDone(m_right->poll(endpoint), this, [promise](const Result<FleetUpdate> &result) {
            promise->addResult(result);
            promise->finish();
        });
        return promise->future();
    }
};

class ShoutsErrors final : public Wrapper
{
    using Wrapper::Wrapper;
    void onPollError(Error &error) override { error.message += u".\n"_s; }
};

// ---- What comes of the network's faults

class CallsItMalformed final : public Wrapper
{
    using Wrapper::Wrapper;
    void onPollError(Error &error) override
    {
        if (error.kind == ErrorKind::Unreachable)
            error.kind = ErrorKind::Malformed;
    }
};

class CallsSilenceUnreachable final : public Wrapper
{
    using Wrapper::Wrapper;
    void onPollError(Error &error) override
    {
        if (error.kind == ErrorKind::Timeout)
            error.kind = ErrorKind::Unreachable;
    }
};

class WaitsForTheSlow final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] std::chrono::milliseconds delayOf(const Error &error) override
    {
        return error.message.contains("too slowly"_L1) ? std::chrono::milliseconds(tooLong) : 0ms;
    }
};

class WaitsForConnections final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] std::chrono::milliseconds delayOf(const Error &error) override
    {
        const bool unsent = error.detail.contains("connect limit"_L1)
            || (error.detail.contains("whole answer limit"_L1)
                && !error.message.contains("too slowly"_L1));
        return unsent ? std::chrono::milliseconds(tooLong) : 0ms;
    }
};

class TakesEverything final : public Wrapper
{
public:
    using Wrapper::Wrapper;
    static void prepare(SourceSettings &settings) { settings.maxAnswer = 1LL << 40; }
};

class ForgetsAfterAnError final : public Wrapper
{
    using Wrapper::Wrapper;
    void onUpdate(FleetUpdate &update) override
    {
        if (!m_failed)
            return;
        update.unchanged = false;
        update.complete = true;
        if (!update.stamps.empty())
            update.stamps.resize(update.stamps.size() / 2);
    }
};

class CallsGarbageUnreachable final : public Wrapper
{
    using Wrapper::Wrapper;
    void onPollError(Error &error) override
    {
        if (error.kind == ErrorKind::Malformed)
            error.kind = ErrorKind::Unreachable;
    }
};

class MixesRights final : public Wrapper
{
    using Wrapper::Wrapper;
    void onPollError(Error &error) override
    {
        if (error.kind == ErrorKind::Denied)
            error.kind = ErrorKind::Unauthenticated;
    }
};

class ForgetsWhen final : public Wrapper
{
    using Wrapper::Wrapper;
    void onPollError(Error &error) override { error.retryAfter.reset(); }
};

class HidesFaults final : public Wrapper
{
    using Wrapper::Wrapper;
    void onUpdate(FleetUpdate &update) override { update.faults.clear(); }
};

class TellsSecrets final : public Wrapper
{
    using Wrapper::Wrapper;
    void onPollError(Error &error) override
    {
        const Secret token = m_settings.keys.value(u"token"_s).value<Secret>();
        error.detail += u" with Authorization: Bearer "_s + token.reveal();
    }
};

class KeepsRequests final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] bool passesCancelOn() const override { return false; }
};

class AsksByItself final : public Wrapper
{
    using Wrapper::Wrapper;
    void onUpdate(FleetUpdate &) override
    {
        QTimer::singleShot(200ms, this, [this] {
            if (!m_shadow) {
                auto made = rightAdapter(Base::Rest, m_settings, m_clock);
                if (made)
                    m_shadow = std::move(*made);
            }
            if (m_shadow)
                m_asked = m_shadow->poll(m_shadow->endpoints().value(0));
        });
    }
    std::unique_ptr<FleetAdapter> m_shadow;
    FutureResult<FleetUpdate> m_asked;
};

class WaitsForWrites final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] std::chrono::milliseconds writeDelayOf(const Error &error) override
    {
        return error.kind == ErrorKind::Timeout ? std::chrono::milliseconds(tooLong) : 0ms;
    }
};

class HidesEnds final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] bool tellsEnds() const override { return false; }
};

// ---- What is written

class HidesCordon final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] Capabilities capabilities() const override
    {
        return Wrapper::capabilities().setFlag(Capability::Cordon, false);
    }
};

class BoastsOfOperations final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] Capabilities capabilities() const override
    {
        return Wrapper::capabilities() | Capability::Operations;
    }
};

class CallsTheUnknownInvalid final : public Wrapper
{
    using Wrapper::Wrapper;
    void onWriteError(Error &error) override
    {
        if (error.kind == ErrorKind::NotFound)
            error.kind = ErrorKind::Invalid;
    }
};

class ForgetsCordons final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] bool swallows(const Primitive &primitive) override
    {
        const auto *cordon = std::get_if<CordonStamp>(&primitive);
        return cordon && m_owners.values().contains(cordon->stamp);
    }
};

/// One that does not carry out what is scaled of a kind.
template<typename Holds>
class ForgetsScaling : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] bool swallows(const Primitive &primitive) override
    {
        const auto *scale = std::get_if<ScaleStamp>(&primitive);
        return scale && m_owners.values().contains(scale->stamp) && Holds()(scale->to);
    }
};
struct HoldsCounts
{
    bool operator()(const ScaleSetting &to) const { return !to.components.isEmpty(); }
};
struct HoldsLimits
{
    bool operator()(const ScaleSetting &to) const { return to.cpu || to.memory || to.storage; }
};
struct HoldsRules
{
    bool operator()(const ScaleSetting &to) const { return !to.rules.empty(); }
};

class KeepsRevisions final : public Wrapper
{
    using Wrapper::Wrapper;
    void onUpdate(FleetUpdate &update) override
    {
        for (StampPtr &stamp : update.stamps) {
            if (stamp->lifecycle == Lifecycle::Active) {
                m_revisions[stamp->name] = stamp->revision;
                continue;
            }
            auto copy = std::make_shared<Stamp>(*stamp);
            copy->revision = m_revisions.value(stamp->name, stamp->revision);
            stamp = copy;
        }
    }
    QMap<QString, QString> m_revisions; ///< Of the last time at which each was active.
};

class OverwritesAnything final : public Wrapper
{
    using Wrapper::Wrapper;
    void onWrite(const Primitive &, WriteContext &context) override
    {
        context.expectedRevision.clear();
    }
};

class CordonsTwice final : public Wrapper
{
    using Wrapper::Wrapper;
    void onWrite(const Primitive &primitive, WriteContext &context) override
    {
        if (std::holds_alternative<CordonStamp>(primitive))
            context.idempotencyKey.clear();
    }
};

class TakesAnyKey final : public Wrapper
{
    using Wrapper::Wrapper;
    void onWrite(const Primitive &primitive, WriteContext &context) override
    {
        const auto *scale = std::get_if<ScaleStamp>(&primitive);
        if (scale && !scale->to.components.isEmpty())
            context.idempotencyKey += QString::number(scale->to.components.first());
    }
};

class NeverThrough final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] FutureResult<WriteOutcome> observe(const Primitive &, const WriteContext &,
                                                     const QString &handle) override
    {
        WriteOutcome outcome;
        outcome.done = false;
        outcome.progress = 0.5;
        outcome.handle = handle;
        return ready<WriteOutcome>(outcome);
    }
};

class RefusesWithoutReason final : public Wrapper
{
    using Wrapper::Wrapper;
    void onWriteError(Error &error) override { error.refusals.clear(); }
};

class RetiresAnything final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] bool swallows(const Primitive &primitive) override
    {
        const auto *retire = std::get_if<RetireTenant>(&primitive);
        return retire && !m_shifted.contains(retire->tenant)
            && ownerOf(retire->tenant) == retire->at;
    }
};

class KeepsPlacements final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] bool swallows(const Primitive &primitive) override
    {
        const auto *retire = std::get_if<RetireTenant>(&primitive);
        if (!retire || m_shifted.contains(retire->tenant) || ownerOf(retire->tenant) == retire->at)
            return false;
        return !std::exchange(m_once, true); // The kit has to be able to mend it.
    }
    bool m_once = false;
};

class BreaksBeforeItMakes final : public Wrapper
{
    using Wrapper::Wrapper;
    void onUpdate(FleetUpdate &update) override
    {
        for (TenantPtr &tenant : update.tenants) {
            if (tenant->placements.size() < 2)
                continue;
            auto copy = std::make_shared<Tenant>(*tenant);
            for (Placement &placement : copy->placements)
                placement.state = PlacementState::Starting;
            tenant = copy;
        }
    }
};

// ---- What is marked

class HidesTenantsMarks final : public Wrapper
{
    using Wrapper::Wrapper;
    void onUpdate(FleetUpdate &update) override
    {
        for (TenantPtr &tenant : update.tenants) {
            auto copy = std::make_shared<Tenant>(*tenant);
            copy->mark.reset();
            tenant = copy;
        }
    }
};

class CountsMarks final : public Wrapper
{
    using Wrapper::Wrapper;
    void onUpdate(FleetUpdate &update) override
    {
        for (StampPtr &stamp : update.stamps) {
            if (!stamp->mark)
                continue;
            auto copy = std::make_shared<Stamp>(*stamp);
            copy->revision += u"+mark"_s;
            stamp = copy;
        }
    }
};

class KeepsMarks final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] FutureResult<Timestamp> mark(const MarkRequest &request,
                                               const WriteContext &context) override
    {
        if (!request.tenants.empty())
            m_wide.insert(request.operation);
        else if (!request.isEmpty())
            m_narrowed |= m_wide.contains(request.operation);
        // Once, of an operation that had named more: the kit has to be able to mend it.
        else if (m_narrowed && !std::exchange(m_once, true))
            return ready<Timestamp>(m_clock.now());
        return Wrapper::mark(request, context);
    }
    QSet<QString> m_wide; ///< Operations that have marked a tenant.
    bool m_narrowed = false;
    bool m_once = false;
};

/// One that asks for marks in another way when the right one says no.
class MarksAgain : public Wrapper
{
public:
    using Wrapper::Wrapper;

    [[nodiscard]] FutureResult<Timestamp> mark(const MarkRequest &request,
                                               const WriteContext &context) override
    {
        const auto pending = Pending<Timestamp>::create();
        whenDone(Wrapper::mark(request, context), this,
                 [this, pending, request, context](const Result<Timestamp> &result) {
                     if (result) {
                         if (!request.isEmpty())
                             m_last = request;
                         return pending->finish(result);
                     }
                     again(request, context, result.error(), pending);
                 });
        return pending->future();
    }

protected:
    using Answer = std::shared_ptr<Pending<Timestamp>>;
    virtual void again(const MarkRequest &request, const WriteContext &context, const Error &error,
                       const Answer &answer) = 0;
    void clearLast(const WriteContext &context, const std::function<void()> &then)
    {
        MarkRequest nothing;
        nothing.operation = m_last.operation;
        nothing.run = m_last.run;
        whenDone(m_right->mark(nothing, context), this,
                 [then](const Result<Timestamp> &) { then(); });
    }
    void pass(const MarkRequest &request, const WriteContext &context, const Answer &answer)
    {
        whenDone(m_right->mark(request, context), this,
                 [answer](const Result<Timestamp> &result) { answer->finish(result); });
    }

    MarkRequest m_last; ///< That was taken.
};

class OverwritesMarks final : public MarksAgain
{
    using MarksAgain::MarksAgain;
    void again(const MarkRequest &request, const WriteContext &context, const Error &error,
               const Answer &answer) override
    {
        if (error.kind != ErrorKind::Conflict || request.operation == m_last.operation)
            return answer->finish(fail(error));
        clearLast(context, [=, this] { pass(request, context, answer); });
    }
};

class MarksWhatItCan final : public MarksAgain
{
    using MarksAgain::MarksAgain;
    void again(const MarkRequest &request, const WriteContext &context, const Error &error,
               const Answer &answer) override
    {
        if (request.stamps.size() + request.tenants.size() < 2 || request.stamps.empty())
            return answer->finish(fail(error));
        MarkRequest first = request;
        first.stamps.resize(1);
        first.tenants.clear();
        whenDone(m_right->mark(first, context), this,
                 [answer, error](const Result<Timestamp> &) { answer->finish(fail(error)); });
    }
};

class LetsAnybodyWrite final : public MarksAgain
{
    using MarksAgain::MarksAgain;
    void again(const MarkRequest &, const WriteContext &, const Error &error,
               const Answer &answer) override
    {
        answer->finish(fail(error));
    }
    void onWrite(const Primitive &, WriteContext &context) override
    {
        context.under = m_last.operation;
        context.run = m_last.run;
    }
};

class SharesNothing final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] FutureResult<Timestamp> mark(const MarkRequest &request,
                                               const WriteContext &context) override
    {
        if (m_shared && m_shared != request.operation && !request.stamps.empty()
            && request.stamps.front().shared)
            return ready<Timestamp>(fail(ErrorKind::Conflict, u"somebody else takes tenants"_s));
        if (!request.stamps.empty() && request.stamps.front().shared)
            m_shared = request.operation;
        return Wrapper::mark(request, context);
    }
    std::optional<QString> m_shared;
};

class LetsTheLivingBeAdopted final : public MarksAgain
{
    using MarksAgain::MarksAgain;
    void again(const MarkRequest &request, const WriteContext &context, const Error &error,
               const Answer &answer) override
    {
        if (request.mode != MarkMode::Adopt)
            return answer->finish(fail(error));
        clearLast(context, [=, this] { pass(request, context, answer); });
    }
};

class TakesAnyName final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] FutureResult<Timestamp> mark(const MarkRequest &request,
                                               const WriteContext &context) override
    {
        MarkRequest plain = request;
        if (!isOperationName(request.operation))
            plain.operation = u"x"_s + QString::fromLatin1(request.operation.toUtf8().toHex());
        return Wrapper::mark(plain, context);
    }
};

// ---- What is made and deleted

class TellsAWrongDefault final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] FutureResult<QList<Template>> templates() override
    {
        const auto pending = Pending<QList<Template>>::create();
        whenDone(Wrapper::templates(), this, [pending](Result<QList<Template>> all) {
            if (all) {
                for (Template &one : *all) {
                    for (TemplateParameter &parameter : one.parameters) {
                        if (parameter.max)
                            parameter.defaultValue = *parameter.max + 1;
                    }
                }
            }
            pending->finish(std::move(all));
        });
        return pending->future();
    }
};

/// One that makes stamps in its own way.
class MakesOtherwise : public Wrapper
{
public:
    using Wrapper::Wrapper;

    [[nodiscard]] FutureResult<WriteOutcome> perform(const Primitive &primitive,
                                                     const WriteContext &context) override
    {
        const auto *create = std::get_if<CreateStamp>(&primitive);
        return Wrapper::perform(create ? Primitive(instead(*create)) : primitive, context);
    }

protected:
    [[nodiscard]] virtual CreateStamp instead(CreateStamp stamp) const = 0;
};

class LeavesOutWhatIsWrong final : public MakesOtherwise
{
    using MakesOtherwise::MakesOtherwise;
    [[nodiscard]] CreateStamp instead(CreateStamp stamp) const override
    {
        stamp.parameters = {};
        return stamp;
    }
};

class MakesItElsewhere final : public MakesOtherwise
{
    using MakesOtherwise::MakesOtherwise;
    void onUpdate(FleetUpdate &update) override
    {
        for (const StampPtr &stamp : update.stamps)
            m_regions.insert(stamp->region);
    }
    [[nodiscard]] CreateStamp instead(CreateStamp stamp) const override
    {
        for (const QString &other : m_regions) {
            if (other != stamp.region) {
                stamp.region = other;
                break;
            }
        }
        return stamp;
    }
    QSet<QString> m_regions;
};

class AnswersForWhatIsThere final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] bool swallows(const Primitive &primitive) override
    {
        const auto *create = std::get_if<CreateStamp>(&primitive);
        return create && m_lifecycles.contains(create->stamp);
    }
};

class DeletesWhatServes final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] bool swallows(const Primitive &primitive) override
    {
        const auto *gone = std::get_if<DeleteStamp>(&primitive);
        return gone
            && (m_owners.values().contains(gone->stamp)
                || m_lifecycles.value(gone->stamp, Lifecycle::Drained) == Lifecycle::Active);
    }
};

class DeletesNothing final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] bool swallows(const Primitive &primitive) override
    {
        const auto *gone = std::get_if<DeleteStamp>(&primitive);
        // Once: the kit has to be able to mend it.
        return gone && m_lifecycles.value(gone->stamp, Lifecycle::Active) == Lifecycle::Drained
            && !std::exchange(m_once, true);
    }
    bool m_once = false;
};

// ---- What is called off

class GoesOn final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] FutureResult<WriteOutcome> cancel(const Primitive &primitive,
                                                    const WriteContext &context,
                                                    const QString &handle) override
    {
        if (!std::holds_alternative<MoveTenant>(primitive))
            return Wrapper::cancel(primitive, context, handle);
        return observe(primitive, context, handle);
    }
};

class CallsOffWhatIsThrough final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] FutureResult<WriteOutcome> cancel(const Primitive &primitive,
                                                    const WriteContext &context,
                                                    const QString &handle) override
    {
        if (std::holds_alternative<MoveTenant>(primitive))
            return Wrapper::cancel(primitive, context, handle);
        WriteOutcome outcome;
        outcome.done = false;
        outcome.handle = handle;
        outcome.progress = 0;
        return ready<WriteOutcome>(outcome);
    }
};

class HearsNothing final : public Wrapper
{
    using Wrapper::Wrapper;
    [[nodiscard]] bool tellsUpdates() const override { return false; }
};

class NeverStops final : public Wrapper
{
    using Wrapper::Wrapper;
    void stopEvents(const QString &) override { }
};

template<typename M>
Mutant inMemory(const char *rule, const char *what)
{
    return {rule, Base::Simulator, what, &create<M, Base::Simulator>};
}

template<typename M>
Mutant networked(const char *rule, const char *what)
{
    return {rule, Base::Rest, what, &create<M, Base::Rest>};
}

} // namespace

Result<std::unique_ptr<FleetAdapter>> rightAdapter(Base base, const SourceSettings &settings,
                                                   Clock &clock)
{
    return base == Base::Simulator ? SimulatorAdapter::create(settings, clock)
                                   : RestAdapter::create(settings, clock);
}

const std::vector<Mutant> &mutants()
{
    static const std::vector<Mutant> all = {
        inMemory<TellsDifferenceFirst>("C01", "tells a difference first"),
        inMemory<NamesAnotherEndpoint>("C02", "names another endpoint"),
        inMemory<ChangesIdentity>("C03", "is somebody else each time"),
        inMemory<NamesWithSlash>("C04", "has a name with a slash"),
        inMemory<TellsTwice>("C05", "tells a stamp twice"),
        inMemory<PlacesNowhere>("C06", "places a tenant on a stamp that is not told"),
        inMemory<LeavesUnserved>("C07", "has a tenant that nobody serves"),
        inMemory<TellsNaN>("C08", "tells what it doesn't know as NaN"),
        inMemory<TellsGibibytes>("C09", "tells memory in GiB"),
        inMemory<PraisesTheDead>("C10", "calls a component without replicas healthy"),
        inMemory<HasNoTime>("C11", "tells no time"),
        inMemory<CountsPolls>("C12", "moves a revision with every poll"),
        inMemory<ChangesUnchanged>("C13", "calls an answer with objects unchanged"),
        inMemory<LosesStamp>("C14", "tells a stamp gone that is there"),
        inMemory<RemembersTwice>("C15", "gives twice the values"),
        inMemory<Blocks>("C16", "blocks its thread in the third poll"),
        inMemory<EndsWithoutResult>("C17", "lets a future end without a result"),
        networked<CallsItMalformed>("C18", "calls no connection malformed"),
        networked<CallsSilenceUnreachable>("C19", "calls silence unreachable"),
        networked<WaitsForTheSlow>("C20", "waits for who answers slowly"),
        networked<WaitsForConnections>("C21", "waits for a connection"),
        networked<TakesEverything>("C22", "takes an answer of any size"),
        networked<ForgetsAfterAnError>("C23", "forgets what it knew after an error"),
        networked<CallsGarbageUnreachable>("C24", "calls garbage unreachable"),
        networked<MixesRights>("C25", "calls who may not unknown"),
        networked<ForgetsWhen>("C26", "forgets when to come back"),
        networked<HidesFaults>("C27", "hides faults"),
        networked<TellsSecrets>("C28", "tells its token in an error"),
        networked<KeepsRequests>("C29", "goes on with a poll that was cancelled"),
        networked<AsksByItself>("C30", "asks by itself"),
        networked<WaitsForWrites>("C31", "waits for a write"),
        networked<HidesEnds>("C32", "does not say that a stream ended"),
        inMemory<HidesCordon>("C33", "does what it says that it can't"),
        inMemory<BoastsOfOperations>("C34", "claims operations"),
        inMemory<CallsTheUnknownInvalid>("C35", "calls an unknown stamp invalid"),
        inMemory<ForgetsCordons>("C36", "forgets a cordon"),
        inMemory<ForgetsScaling<HoldsCounts>>("C37", "forgets a count"),
        inMemory<ForgetsScaling<HoldsLimits>>("C38", "forgets a limit"),
        inMemory<ForgetsScaling<HoldsRules>>("C39", "forgets a rule"),
        inMemory<KeepsRevisions>("C40", "keeps the revision of a stamp that is cordoned"),
        inMemory<OverwritesAnything>("C41", "overwrites what it has not read"),
        inMemory<CordonsTwice>("C42", "cordons twice under a key"),
        inMemory<TakesAnyKey>("C43", "takes another request under a key"),
        inMemory<NeverThrough>("C44", "never tells the end of a write"),
        inMemory<RefusesWithoutReason>("C45", "refuses without a reason"),
        inMemory<RetiresAnything>("C46", "says that it retired the only placement"),
        inMemory<KeepsPlacements>("C47", "keeps a placement that was taken back"),
        inMemory<BreaksBeforeItMakes>("C48", "leaves a tenant unserved while it moves"),
        networked<HearsNothing>("C49", "pushes no changes"),
        networked<NeverStops>("C50", "goes on after stopEvents"),
        inMemory<ShoutsErrors>("C51", "ends its errors with a full stop and a line break"),
        inMemory<HidesTenantsMarks>("C52", "does not tell the marks of tenants"),
        inMemory<CountsMarks>("C53", "moves the revision of a stamp that is marked"),
        inMemory<KeepsMarks>("C54", "keeps marks that are cleared"),
        inMemory<OverwritesMarks>("C55", "overwrites somebody else's marks"),
        inMemory<MarksWhatItCan>("C56", "marks what it can of what it can't mark as a whole"),
        inMemory<LetsAnybodyWrite>("C57", "lets anybody write what somebody has marked"),
        inMemory<SharesNothing>("C58", "lets nobody share a stamp"),
        inMemory<LetsTheLivingBeAdopted>("C59", "lets an operation be adopted that is alive"),
        inMemory<TakesAnyName>("C60", "takes any name of an operation"),
        inMemory<TellsAWrongDefault>("C61", "has templates with defaults out of range"),
        inMemory<LeavesOutWhatIsWrong>("C62", "leaves out a value that is out of range"),
        inMemory<MakesItElsewhere>("C63", "makes a stamp in another region"),
        inMemory<AnswersForWhatIsThere>("C64", "says that it made a stamp that was there"),
        inMemory<DeletesWhatServes>("C65", "says that it deleted what serves"),
        inMemory<DeletesNothing>("C66", "says that it deleted a stamp that stays"),
        networked<GoesOn>("C67", "goes on with a move that is called off"),
        networked<CallsOffWhatIsThrough>("C68", "says that it calls off what is through"),
    };
    return all;
}

} // namespace Stampdeck::Testing

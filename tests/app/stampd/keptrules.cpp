// SPDX-License-Identifier: GPL-3.0-or-later
#include "backends/api/adapter.h"

#include <QtCore/QMutex>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// A backend of one stamp with one component, which is always too busy: whoever carries its rule
/// out acts again after every cooldown. Its revision counts the writes. Thread-safe.
class Backend
{
public:
    static Backend &instance()
    {
        static Backend is;
        return is;
    }

    StampPtr told(Timestamp now)
    {
        const QMutexLocker lock(&m_mutex);
        Stamp stamp;
        stamp.name = u"eu-1"_s;
        stamp.health = Health::Healthy;
        stamp.resources.cpu = {64, 8, 8};
        stamp.observedAt = now;
        stamp.revision = QString::number(m_writes);
        stamp.updatedBy = m_by;
        stamp.updatedAt = m_at;
        stamp.mark = m_mark;
        Component web;
        web.name = u"web"_s;
        web.desired = web.ready = m_replicas;
        web.min = 1;
        web.max = 1'000;
        web.health = Health::Healthy;
        web.load = 0.91;
        web.rule = ScalingRule{SignalKind::Cpu, 0.7, 2s, u"stampd"_s, {}, {}};
        stamp.components = {web};
        return std::make_shared<const Stamp>(stamp);
    }
    Result<WriteOutcome> write(const ScaleStamp &scale, const WriteContext &context, Timestamp now)
    {
        const QMutexLocker lock(&m_mutex);
        if (m_mark && m_mark->until > now && m_mark->operation != context.operation)
            return fail(held());
        if (!context.expectedRevision.isEmpty()
            && context.expectedRevision != QString::number(m_writes))
            return fail(ErrorKind::Conflict, u"eu-1 has changed since"_s);
        m_replicas = scale.to.components.value(u"web"_s, m_replicas);
        ++m_writes;
        m_by = context.actor;
        m_at = now;
        return WriteOutcome();
    }
    Result<Timestamp> mark(const MarkRequest &request, const WriteContext &context, Timestamp now)
    {
        const QMutexLocker lock(&m_mutex);
        const bool isOwn = m_mark && m_mark->operation == request.operation;
        if (request.isEmpty()) {
            if (isOwn)
                m_mark.reset();
            return now;
        }
        if (m_mark && !isOwn && m_mark->until > now)
            return fail(held());
        Mark mark;
        mark.operation = request.operation;
        mark.run = request.run;
        mark.kind = request.kind;
        mark.plan = request.plan;
        mark.who = context.actor;
        mark.until = now + request.life;
        m_mark = mark;
        return mark.until;
    }

private:
    Error held() const
    {
        return Error::of(ErrorKind::Conflict,
                         u"eu-1 is being changed by %1: %2"_s.arg(m_mark->operation, m_mark->who),
                         m_mark->who);
    }

    QMutex m_mutex;
    int m_replicas = 2;
    int m_writes = 1;
    QString m_by;
    std::optional<Timestamp> m_at;
    OptionalMark m_mark;
};

class KeptRules final : public FleetAdapter
{
public:
    explicit KeptRules(Clock &clock)
        : m_clock(clock)
    { }

    Capabilities capabilities() const override
    {
        return Capabilities(Capability::ScaleComponents) | Capability::RuleLabels
            | Capability::Marks;
    }
    FutureResult<FleetUpdate> poll(const QString &endpoint) override
    {
        FleetUpdate update;
        update.endpoint = endpoint;
        update.instance = u"kept-rules"_s;
        update.serverTime = m_clock.now();
        update.stamps = {Backend::instance().told(m_clock.now())};
        update.revision = update.stamps.front()->revision;
        return ready<FleetUpdate>(std::move(update));
    }
    FutureResult<WriteOutcome> perform(const Primitive &primitive,
                                       const WriteContext &context) override
    {
        const auto *scale = std::get_if<ScaleStamp>(&primitive);
        if (!scale) {
            return ready<WriteOutcome>(
                fail(ErrorKind::Unsupported, u"it can't "_s + kindOf(primitive)));
        }
        return ready<WriteOutcome>(Backend::instance().write(*scale, context, m_clock.now()));
    }
    FutureResult<WriteOutcome> observe(const Primitive &, const WriteContext &,
                                       const QString &) override
    {
        return ready<WriteOutcome>(WriteOutcome());
    }
    FutureResult<Timestamp> mark(const MarkRequest &request, const WriteContext &context) override
    {
        return ready<Timestamp>(Backend::instance().mark(request, context, m_clock.now()));
    }

private:
    Clock &m_clock;
};

} // namespace

class KeptRulesPlugin final : public QObject, public FleetAdapterPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID STAMPDECK_FLEET_ADAPTER_IID FILE "keptrules.json")
    Q_INTERFACES(Stampdeck::FleetAdapterPlugin)
public:
    Result<std::unique_ptr<FleetAdapter>> create(const SourceSettings &, Clock &clock) override
    {
        return std::make_unique<KeptRules>(clock);
    }
};

#include "keptrules.moc"

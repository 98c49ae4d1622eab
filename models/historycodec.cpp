// SPDX-License-Identifier: GPL-3.0-or-later
#include "historycodec.h"

#include "samplecodec.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QHash>
#include <QtCore/QtEndian>

#include <bit>
#include <cmath>
#include <limits>

#include <zlib.h>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(History)
};

/// The first byte of each object's bytes. Another layout is another number, and the old one is read
/// on.
constexpr quint8 layout = 1;
constexpr qsizetype largestKeyframe = qsizetype(1) << 30;

Error malformed(const QString &what)
{
    return Error::of(ErrorKind::Malformed, Words::tr("a record of the history is damaged"), what);
}

class ByteWriter
{
public:
    QByteArray bytes;

    void byte(quint8 value) { bytes += char(value); }
    void flag(bool value) { byte(value ? 1 : 0); }
    void number(quint64 value)
    {
        while (value >= 0x80) {
            bytes += char(value | 0x80);
            value >>= 7;
        }
        bytes += char(value);
    }
    void integer(qint64 value) { number((quint64(value) << 1) ^ quint64(value >> 63)); }
    void real(double value)
    {
        char raw[8];
        qToLittleEndian(std::bit_cast<quint64>(value), raw);
        bytes.append(raw, sizeof(raw));
    }
    void text(const QString &value)
    {
        const QByteArray utf8 = value.toUtf8();
        number(quint64(utf8.size()));
        bytes += utf8;
    }
    void time(Timestamp value) { integer(value.time_since_epoch().count()); }
    void time(const std::optional<Timestamp> &value)
    {
        flag(value.has_value());
        if (value)
            time(*value);
    }
    /// Whole numbers, as most limits are, take few bytes.
    void real(const std::optional<double> &value)
    {
        if (!value) {
            byte(0);
        } else if (std::abs(*value) < 1e15 && double(qint64(*value)) == *value
                   && !std::signbit(*value)) {
            byte(1);
            number(quint64(*value));
        } else {
            byte(2);
            real(*value);
        }
    }
    void integer(const std::optional<int> &value)
    {
        flag(value.has_value());
        if (value)
            integer(qint64(*value));
    }
    void texts(const QStringList &values)
    {
        number(quint64(values.size()));
        for (const QString &value : values)
            text(value);
    }
};

/// Reads what a ByteWriter wrote. After the first mistake all that it reads is empty.
class ByteReader
{
public:
    explicit ByteReader(const QByteArray &bytes)
        : m_at(bytes.constData())
        , m_end(m_at + bytes.size())
    { }

    [[nodiscard]] bool isGood() const { return m_good; }
    [[nodiscard]] bool isDone() const { return m_good && m_at == m_end; }
    void spoil() { m_good = false; }

    quint8 byte()
    {
        if (!m_good || m_at == m_end) {
            m_good = false;
            return 0;
        }
        return quint8(*m_at++);
    }
    bool flag()
    {
        const quint8 value = byte();
        m_good &= value < 2;
        return value == 1;
    }
    quint64 number()
    {
        quint64 value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            const quint8 next = byte();
            value |= quint64(next & 0x7f) << shift;
            if ((next & 0x80) == 0)
                return value;
        }
        m_good = false;
        return 0;
    }
    qint64 integer()
    {
        const quint64 value = number();
        return qint64(value >> 1) ^ -qint64(value & 1);
    }
    /// \a from and an integer, unless that is far beyond all that is counted here.
    qint64 next(qint64 from)
    {
        const qint64 step = integer();
        constexpr qint64 most = qint64(1) << 52;
        m_good &= step >= -most && step <= most && from + step >= -most && from + step <= most;
        return m_good ? from + step : 0;
    }
    int small()
    {
        const qint64 value = integer();
        m_good &=
            value >= std::numeric_limits<int>::min() && value <= std::numeric_limits<int>::max();
        return m_good ? int(value) : 0;
    }
    double real()
    {
        if (m_end - m_at < 8)
            m_good = false;
        if (!m_good)
            return 0;
        const auto value = std::bit_cast<double>(qFromLittleEndian<quint64>(m_at));
        m_at += 8;
        return value;
    }
    QByteArrayView raw(quint64 size)
    {
        if (size > quint64(m_end - m_at))
            m_good = false;
        if (!m_good)
            return {};
        const QByteArrayView view(m_at, qsizetype(size));
        m_at += size;
        return view;
    }
    QString text() { return QString::fromUtf8(raw(number())); }
    Timestamp time() { return Timestamp(std::chrono::milliseconds(integer())); }
    std::optional<Timestamp> optionalTime()
    {
        return flag() ? std::optional(time()) : std::nullopt;
    }
    std::optional<double> optionalReal()
    {
        switch (byte()) {
        case 0:
            return std::nullopt;
        case 1:
            return double(number());
        case 2:
            return real();
        default:
            m_good = false;
            return std::nullopt;
        }
    }
    std::optional<int> optionalInteger() { return flag() ? std::optional(small()) : std::nullopt; }
    /// Of things of which each takes a byte at least.
    qsizetype count()
    {
        const quint64 value = number();
        if (value > quint64(m_end - m_at))
            m_good = false;
        return m_good ? qsizetype(value) : 0;
    }
    QStringList texts()
    {
        QStringList values;
        const qsizetype size = count();
        for (qsizetype i = 0; i < size && m_good; ++i)
            values.append(text());
        return values;
    }
    template<typename T>
    T word(T last)
    {
        const quint8 value = byte();
        m_good &= value <= quint8(last);
        return m_good ? T(value) : T();
    }

private:
    const char *m_at;
    const char *m_end;
    bool m_good = true;
};

// --- Parts of objects

/// What a reason says in figures that are measured all the time.
bool isMeasured(const HealthReason &reason)
{
    return reason.unit == "ms"_L1 || reason.unit == "ratio"_L1;
}

void writeReasons(ByteWriter &out, const QList<HealthReason> &reasons, RecordedPart part)
{
    out.number(quint64(reasons.size()));
    for (const HealthReason &reason : reasons) {
        const bool measured = part == RecordedPart::Discrete && isMeasured(reason);
        out.text(reason.code);
        out.text(measured ? QString() : reason.message);
        out.time(reason.since);
        out.text(reason.component);
        out.real(measured ? std::nullopt : reason.value);
        out.real(reason.limit);
        out.text(reason.unit);
    }
}

QList<HealthReason> readReasons(ByteReader &in)
{
    QList<HealthReason> reasons;
    const qsizetype size = in.count();
    for (qsizetype i = 0; i < size && in.isGood(); ++i) {
        HealthReason reason;
        reason.code = in.text();
        reason.message = in.text();
        reason.since = in.optionalTime();
        reason.component = in.text();
        reason.value = in.optionalReal();
        reason.limit = in.optionalReal();
        reason.unit = in.text();
        reasons.append(reason);
    }
    return reasons;
}

// What an adopter alone needs (its plan) is not kept, and how long it lasts goes on all the time.
void writeMark(ByteWriter &out, const OptionalMark &mark)
{
    out.flag(bool(mark));
    if (!mark)
        return;
    for (const QString *text :
         {&mark->operation, &mark->run, &mark->kind, &mark->from, &mark->to, &mark->who})
        out.text(*text);
    out.integer(qint64(mark->step));
    out.flag(mark->shared);
}

OptionalMark readMark(ByteReader &in)
{
    if (!in.flag())
        return {};
    Mark mark;
    for (QString *text : {&mark.operation, &mark.run, &mark.kind, &mark.from, &mark.to, &mark.who})
        *text = in.text();
    mark.step = in.small();
    mark.shared = in.flag();
    return mark;
}

void writeComponents(ByteWriter &out, const QList<Component> &components, RecordedPart part)
{
    out.number(quint64(components.size()));
    for (const Component &component : components) {
        out.text(component.name);
        out.integer(qint64(component.desired));
        out.integer(qint64(component.ready));
        out.integer(component.min);
        out.integer(component.max);
        out.byte(quint8(component.health));
        out.real(part == RecordedPart::Whole ? component.load : std::nullopt);
        out.flag(component.rule.has_value());
        if (!component.rule)
            continue;
        const ScalingRule &rule = *component.rule;
        out.byte(quint8(rule.signal));
        out.real(std::optional(rule.target));
        out.integer(qint64(rule.cooldown.count()));
        out.text(rule.by);
        out.time(rule.lastAt);
        out.text(rule.lastWhy);
        out.integer(rule.lastFrom);
        out.integer(rule.lastTo);
    }
}

QList<Component> readComponents(ByteReader &in)
{
    QList<Component> components;
    const qsizetype size = in.count();
    for (qsizetype i = 0; i < size && in.isGood(); ++i) {
        Component component;
        component.name = in.text();
        component.desired = in.small();
        component.ready = in.small();
        component.min = in.optionalInteger();
        component.max = in.optionalInteger();
        component.health = in.word(Health::Unhealthy);
        component.load = in.optionalReal();
        if (in.flag()) {
            ScalingRule rule;
            rule.signal = in.word(SignalKind::LatencyP99);
            rule.target = in.optionalReal().value_or(0);
            rule.cooldown = std::chrono::milliseconds(in.integer());
            rule.by = in.text();
            rule.lastAt = in.optionalTime();
            rule.lastWhy = in.text();
            rule.lastFrom = in.optionalInteger();
            rule.lastTo = in.optionalInteger();
            component.rule = rule;
        }
        components.append(component);
    }
    return components;
}

std::array<std::optional<double> SignalValues::*, 4> signalFields()
{
    return {&SignalValues::requestsPerSecond, &SignalValues::errorRatio,
            &SignalValues::latencyP50Ms, &SignalValues::latencyP99Ms};
}

void writeError(ByteWriter &out, const std::optional<Error> &error)
{
    out.flag(error.has_value());
    if (!error)
        return;
    out.byte(quint8(error->kind));
    out.text(error->message);
    out.text(error->detail);
}

std::optional<Error> readError(ByteReader &in)
{
    if (!in.flag())
        return std::nullopt;
    Error error;
    error.kind = in.word(ErrorKind::Cancelled);
    error.message = in.text();
    error.detail = in.text();
    return error;
}

// \a what it is, and whose.
template<typename T>
Result<T> finished(const ByteReader &in, T value, const QString &what, const QString &of = {})
{
    if (!in.isDone())
        return fail(malformed(of.isEmpty() ? what : QString(what + u' ' + of)));
    return value;
}

ByteWriter begun()
{
    ByteWriter out;
    out.bytes.reserve(256);
    out.byte(layout);
    return out;
}

void begin(ByteReader &in)
{
    if (in.byte() != layout)
        in.spoil();
}

} // namespace

// --- Objects

QByteArray encodeStamp(const StampEntry &entry, const std::optional<Timestamp> &contact,
                       RecordedPart part)
{
    const bool whole = part == RecordedPart::Whole;
    const Stamp &stamp = *entry.stamp;
    ByteWriter out = begun();
    out.byte(quint8(entry.stale) | quint8(entry.elsewhere) << 1);
    out.byte(quint8(entry.health));
    out.byte(quint8(entry.lastHealth));
    out.time(entry.healthSince);
    out.time(entry.staleSince);
    out.time(whole && entry.stale ? contact : std::nullopt);
    writeReasons(out, entry.reasons, part);
    out.byte(quint8(stamp.lifecycle));
    out.byte(quint8(stamp.health));
    for (const QString *text : {&stamp.region, &stamp.ring, &stamp.version, &stamp.zone})
        out.text(*text);
    // Some backends count what is measured too (Kubernetes' resourceVersion).
    out.text(whole ? stamp.revision : QString());
    out.text(stamp.updatedBy);
    out.text(stamp.operation);
    writeReasons(out, stamp.healthReasons, part);
    for (const ResourceKind kind : allResources) {
        const Resource &told = stamp.resources[kind];
        out.real(told.limit);
        out.real(told.reserved);
        out.real(whole || kind == ResourceKind::Tenants ? told.used : std::nullopt);
        // What accepted operations will need is counted in addition.
        const std::optional<double> &claimed = entry.resources[kind].reserved;
        out.flag(claimed != told.reserved);
        if (claimed != told.reserved)
            out.real(claimed);
    }
    for (const auto field : signalFields())
        out.real(whole ? stamp.signalValues.*field : std::nullopt);
    writeComponents(out, stamp.components, part);
    out.flag(stamp.costPerHour.has_value());
    if (stamp.costPerHour) {
        out.real(std::optional(stamp.costPerHour->amount));
        out.text(stamp.costPerHour->currency);
    }
    out.number(quint64(stamp.labels.size()));
    for (auto it = stamp.labels.begin(); it != stamp.labels.end(); ++it) {
        out.text(it.key());
        out.text(it.value());
    }
    out.time(stamp.updatedAt);
    out.time(whole ? stamp.observedAt : std::nullopt);
    writeMark(out, stamp.mark);
    return out.bytes;
}

Result<RecordedStamp> decodeStamp(const QByteArray &bytes, const QString &name)
{
    ByteReader in(bytes);
    begin(in);
    RecordedStamp recorded;
    StampEntry &entry = recorded.entry;
    Stamp stamp;
    stamp.name = name;
    const quint8 flags = in.byte();
    entry.stale = (flags & 1) != 0;
    entry.elsewhere = (flags & 2) != 0;
    entry.health = in.word(Health::Unhealthy);
    entry.lastHealth = in.word(Health::Unhealthy);
    entry.healthSince = in.optionalTime();
    entry.staleSince = in.optionalTime();
    recorded.lastContact = in.optionalTime();
    entry.reasons = readReasons(in);
    stamp.lifecycle = in.word(Lifecycle::Failed);
    stamp.health = in.word(Health::Unhealthy);
    for (QString *text : {&stamp.region, &stamp.ring, &stamp.version, &stamp.zone, &stamp.revision,
                          &stamp.updatedBy, &stamp.operation})
        *text = in.text();
    stamp.healthReasons = readReasons(in);
    for (const ResourceKind kind : allResources) {
        Resource &told = stamp.resources[kind];
        told.limit = in.optionalReal();
        told.reserved = in.optionalReal();
        told.used = in.optionalReal();
        entry.resources[kind] = told;
        if (in.flag())
            entry.resources[kind].reserved = in.optionalReal();
    }
    for (const auto field : signalFields())
        stamp.signalValues.*field = in.optionalReal();
    stamp.components = readComponents(in);
    if (in.flag()) {
        Cost cost;
        cost.amount = in.optionalReal().value_or(0);
        cost.currency = in.text();
        stamp.costPerHour = cost;
    }
    const qsizetype labels = in.count();
    for (qsizetype i = 0; i < labels && in.isGood(); ++i) {
        const QString key = in.text();
        stamp.labels.insert(key, in.text());
    }
    stamp.updatedAt = in.optionalTime();
    stamp.observedAt = in.optionalTime();
    stamp.mark = readMark(in);
    entry.stamp = std::make_shared<const Stamp>(std::move(stamp));
    return finished(in, std::move(recorded), u"stamp"_s, name);
}

QByteArray encodeTenant(const TenantEntry &entry)
{
    const Tenant &tenant = *entry.tenant;
    ByteWriter out = begun();
    out.byte(quint8(entry.stale) | quint8(entry.elsewhere) << 1);
    out.byte(quint8(tenant.tier));
    out.byte(quint8(tenant.state));
    for (const QString *text : {&tenant.name, &tenant.stamp, &tenant.operation, &tenant.revision,
                                &tenant.updatedBy, &tenant.constraints.antiAffinity})
        out.text(*text);
    out.number(tenant.placements.size());
    for (const Placement &placement : tenant.placements) {
        out.text(placement.stamp);
        out.byte(quint8(placement.state));
        out.time(placement.since);
    }
    const Demand &demand = tenant.demand;
    for (const std::optional<double> *value :
         {&demand.cpu, &demand.memory, &demand.storage, &demand.requestsPerSecond})
        out.real(*value);
    out.texts(tenant.constraints.regions);
    out.byte(quint8(tenant.constraints.pinned) | quint8(tenant.constraints.exclusive) << 1);
    out.time(tenant.updatedAt);
    writeMark(out, tenant.mark);
    return out.bytes;
}

Result<RecordedTenant> decodeTenant(const QByteArray &bytes, const QString &id)
{
    ByteReader in(bytes);
    begin(in);
    RecordedTenant recorded;
    Tenant tenant;
    tenant.id = id;
    const quint8 flags = in.byte();
    recorded.stale = (flags & 1) != 0;
    recorded.elsewhere = (flags & 2) != 0;
    tenant.tier = in.word(Tier::Enterprise);
    tenant.state = in.word(TenantState::Failed);
    tenant.name = in.text();
    const QByteArrayView owner = in.raw(in.number());
    tenant.stamp = QString::fromUtf8(owner);
    for (QString *text : {&tenant.operation, &tenant.revision, &tenant.updatedBy,
                          &tenant.constraints.antiAffinity})
        *text = in.text();
    const qsizetype placements = in.count();
    for (qsizetype i = 0; i < placements && in.isGood(); ++i) {
        Placement placement;
        // Nearly always where it is owned: one text for both, of tens of thousands.
        const QByteArrayView at = in.raw(in.number());
        placement.stamp = at == owner ? tenant.stamp : QString::fromUtf8(at);
        placement.state = in.word(PlacementState::Draining);
        placement.since = in.optionalTime();
        tenant.placements.push_back(placement);
    }
    Demand &demand = tenant.demand;
    for (std::optional<double> *value :
         {&demand.cpu, &demand.memory, &demand.storage, &demand.requestsPerSecond})
        *value = in.optionalReal();
    tenant.constraints.regions = in.texts();
    const quint8 constraints = in.byte();
    tenant.constraints.pinned = (constraints & 1) != 0;
    tenant.constraints.exclusive = (constraints & 2) != 0;
    tenant.updatedAt = in.optionalTime();
    tenant.mark = readMark(in);
    recorded.tenant = std::make_shared<const Tenant>(std::move(tenant));
    return finished(in, std::move(recorded), u"tenant"_s, id);
}

QByteArray encodeSource(const SourceState &state, int order,
                        const std::optional<Timestamp> &contact, RecordedPart part)
{
    const bool whole = part == RecordedPart::Whole;
    ByteWriter out = begun();
    out.integer(qint64(order));
    for (const QString *text : {&state.name, &state.adapter, &state.instance, &state.tenantDomain,
                                &state.errorEndpoint, &state.faultMessage, &state.sameAs})
        out.text(*text);
    out.number(quint64(state.capabilities.toInt()));
    out.real(std::optional(state.objectives.load));
    out.real(state.objectives.latencyP99Ms);
    out.real(state.objectives.errorRatio);
    out.integer(qint64(state.objectives.hold.count()));
    out.byte(quint8(state.production) | quint8(state.readOnly) << 1 | quint8(state.answered) << 2
             | quint8(state.watching) << 3);
    for (const int count : {state.endpoints, state.endpointsFailing, state.endpointsStale,
                            state.endpointsSettled, state.faults})
        out.integer(qint64(count));
    writeError(out, state.error);
    out.integer(qint64(state.pollInterval.count()));
    out.flag(whole && state.skew);
    if (whole && state.skew)
        out.integer(qint64(state.skew->count()));
    out.time(whole ? contact : std::nullopt);
    return out.bytes;
}

Result<RecordedSource> decodeSource(const QByteArray &bytes)
{
    ByteReader in(bytes);
    begin(in);
    RecordedSource recorded;
    SourceState &state = recorded.state;
    recorded.order = in.small();
    for (QString *text : {&state.name, &state.adapter, &state.instance, &state.tenantDomain,
                          &state.errorEndpoint, &state.faultMessage, &state.sameAs})
        *text = in.text();
    state.capabilities = Capabilities::fromInt(Capabilities::Int(in.number()));
    state.objectives.load = in.optionalReal().value_or(0);
    state.objectives.latencyP99Ms = in.optionalReal();
    state.objectives.errorRatio = in.optionalReal();
    state.objectives.hold = std::chrono::milliseconds(in.integer());
    const quint8 flags = in.byte();
    state.production = (flags & 1) != 0;
    state.readOnly = (flags & 2) != 0;
    state.answered = (flags & 4) != 0;
    state.watching = (flags & 8) != 0;
    for (int *count : {&state.endpoints, &state.endpointsFailing, &state.endpointsStale,
                       &state.endpointsSettled, &state.faults})
        *count = in.small();
    state.error = readError(in);
    state.pollInterval = std::chrono::milliseconds(in.integer());
    if (in.flag())
        state.skew = std::chrono::milliseconds(in.integer());
    recorded.lastContact = in.optionalTime();
    return finished(in, std::move(recorded), u"a source"_s);
}

// Its remaining time goes on all the time, and is of no use afterwards.
QByteArray encodeOperation(const Operation &operation, const QString &source)
{
    ByteWriter out = begun();
    out.text(source);
    for (const QString *text :
         {&operation.kind, &operation.target, &operation.reason, &operation.createdBy,
          &operation.error, &operation.blocked, &operation.mend})
        out.text(*text);
    out.byte(quint8(operation.state));
    out.flag(operation.errorKind.has_value());
    if (operation.errorKind)
        out.byte(quint8(*operation.errorKind));
    out.time(operation.createdAt);
    out.time(operation.updatedAt);
    out.real(std::optional(operation.progress));
    out.flag(operation.fromMarks);
    out.texts(operation.carriedBy);
    out.number(quint64(operation.steps.size()));
    for (const OperationStep &step : operation.steps) {
        for (const QString *text : {&step.title, &step.tenant, &step.source, &step.error})
            out.text(*text);
        out.byte(quint8(step.state));
        out.time(step.startedAt);
        out.time(step.endedAt);
    }
    return out.bytes;
}

Result<std::pair<OperationPtr, QString>> decodeOperation(const QByteArray &bytes, const QString &id)
{
    ByteReader in(bytes);
    begin(in);
    Operation operation;
    operation.id = id;
    const QString source = in.text();
    for (QString *text :
         {&operation.kind, &operation.target, &operation.reason, &operation.createdBy,
          &operation.error, &operation.blocked, &operation.mend})
        *text = in.text();
    operation.state = in.word(OperationState::Unknown);
    if (in.flag())
        operation.errorKind = in.word(ErrorKind::Cancelled);
    operation.createdAt = in.optionalTime();
    operation.updatedAt = in.optionalTime();
    operation.progress = in.optionalReal().value_or(0);
    operation.fromMarks = in.flag();
    operation.carriedBy = in.texts();
    const qsizetype steps = in.count();
    for (qsizetype i = 0; i < steps && in.isGood(); ++i) {
        OperationStep step;
        for (QString *text : {&step.title, &step.tenant, &step.source, &step.error})
            *text = in.text();
        step.state = in.word(StepState::Skipped);
        step.startedAt = in.optionalTime();
        step.endedAt = in.optionalTime();
        operation.steps.append(step);
    }
    return finished(in,
                    std::pair<OperationPtr, QString>(
                        std::make_shared<const Operation>(std::move(operation)), source),
                    u"operation"_s, id);
}

QByteArray encodeAcknowledgement(const Acknowledgement &acknowledgement)
{
    ByteWriter out = begun();
    out.text(acknowledgement.by);
    out.time(acknowledgement.until);
    out.text(acknowledgement.note);
    return out.bytes;
}

Result<Acknowledgement> decodeAcknowledgement(const QByteArray &bytes, const QString &incident)
{
    ByteReader in(bytes);
    begin(in);
    Acknowledgement acknowledgement;
    acknowledgement.incident = incident;
    acknowledgement.by = in.text();
    acknowledgement.until = in.optionalTime();
    acknowledgement.note = in.text();
    return finished(in, std::move(acknowledgement), u"an acknowledgement"_s);
}

// --- Patches: so many bytes as they were, so many left out, so many new ones

namespace {

constexpr qsizetype window = 64; ///< How far apart what is the same again may be.
constexpr qsizetype sure = 6; ///< So many bytes that are the same are no accident.

/// The nearest places after \a a and \a b from which both go on alike; nothing where there are
/// none.
std::optional<std::pair<qsizetype, qsizetype>> resumed(QByteArrayView a, QByteArrayView b)
{
    const auto isSame = [&](qsizetype i, qsizetype j) {
        return i + sure <= a.size() && j + sure <= b.size()
            && std::equal(a.begin() + i, a.begin() + i + sure, b.begin() + j);
    };
    for (qsizetype sum = 1; sum <= 2 * window; ++sum) {
        for (qsizetype i = std::max<qsizetype>(0, sum - window); i <= std::min(sum, window); ++i) {
            if (isSame(i, sum - i))
                return std::pair(i, sum - i);
        }
    }
    return std::nullopt;
}

} // namespace

QByteArray patchOf(const QByteArray &from, const QByteArray &to)
{
    QByteArrayView a(from);
    QByteArrayView b(to);
    const auto end = std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend());
    const qsizetype tail = end.first - a.rbegin();
    a = a.first(a.size() - tail);
    b = b.first(b.size() - tail);
    ByteWriter out;
    while (!a.isEmpty() || !b.isEmpty()) {
        const qsizetype same =
            std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin();
        a = a.sliced(same);
        b = b.sliced(same);
        const auto next = resumed(a, b).value_or(std::pair(a.size(), b.size()));
        out.number(quint64(same));
        out.number(quint64(next.first));
        out.number(quint64(next.second));
        out.bytes.append(b.data(), next.second);
        a = a.sliced(next.first);
        b = b.sliced(next.second);
    }
    return out.bytes;
}

Result<QByteArray> patched(const QByteArray &from, const QByteArray &patch)
{
    ByteReader in(patch);
    QByteArrayView rest(from);
    QByteArray to;
    to.reserve(from.size() + patch.size());
    while (in.isGood() && !in.isDone()) {
        const quint64 same = in.number();
        const quint64 left = in.number();
        const QByteArrayView fresh = in.raw(in.number());
        if (!in.isGood() || same > quint64(rest.size()) || left > quint64(rest.size()) - same)
            return fail(malformed(u"a change fits nothing"_s));
        to.append(rest.data(), qsizetype(same));
        to.append(fresh.data(), fresh.size());
        rest = rest.sliced(qsizetype(same + left));
    }
    if (!in.isGood())
        return fail(malformed(u"a change ends too early"_s));
    return to.append(rest.data(), rest.size());
}

// --- Everything at once

/// zlib's stream, fed in pieces.
class KeyframeEncoder::Deflater
{
public:
    Deflater()
    {
        // Its fastest level: the others take several times as long for a tenth less.
        m_isGood = ::deflateInit(&m_stream, 1) == Z_OK;
        m_packed.resize(4); // the size of what is packed, once that is known
    }
    ~Deflater() { ::deflateEnd(&m_stream); }
    Q_DISABLE_COPY_MOVE(Deflater)

    ByteWriter waiting;

    void pack(int flush)
    {
        constexpr qsizetype piece = 64 << 10;
        if (flush == Z_NO_FLUSH && waiting.bytes.size() < piece)
            return;
        m_size += waiting.bytes.size();
        m_stream.next_in = reinterpret_cast<Bytef *>(waiting.bytes.data());
        m_stream.avail_in = uInt(waiting.bytes.size());
        do {
            const qsizetype before = m_packed.size();
            m_packed.resize(before + piece);
            m_stream.next_out = reinterpret_cast<Bytef *>(m_packed.data() + before);
            m_stream.avail_out = uInt(piece);
            m_isGood = m_isGood && ::deflate(&m_stream, flush) != Z_STREAM_ERROR;
            m_packed.resize(before + piece - qsizetype(m_stream.avail_out));
        } while (m_isGood && m_stream.avail_out == 0);
        waiting.bytes.resize(0); // keeps its room
    }
    [[nodiscard]] QByteArray packed()
    {
        pack(Z_FINISH);
        qToBigEndian(quint32(m_size), m_packed.data());
        return m_isGood ? std::move(m_packed) : QByteArray(); // empty where memory ran out
    }

private:
    z_stream m_stream{};
    QByteArray m_packed;
    qsizetype m_size = 0;
    bool m_isGood = false;
};

KeyframeEncoder::KeyframeEncoder(qsizetype count)
    : m_deflater(std::make_unique<Deflater>())
{
    m_deflater->waiting.number(quint64(count));
}

KeyframeEncoder::~KeyframeEncoder() = default;

void KeyframeEncoder::append(qint64 object, const QByteArray &state)
{
    ByteWriter &out = m_deflater->waiting;
    out.integer(object - std::exchange(m_last, object));
    out.number(quint64(state.size()));
    out.bytes += state;
    m_deflater->pack(Z_NO_FLUSH);
}

QByteArray KeyframeEncoder::finished()
{
    return m_deflater->packed();
}

QByteArray encodeKeyframe(const RecordedStates &states)
{
    KeyframeEncoder encoder(qsizetype(states.size()));
    for (const auto &[object, state] : states)
        encoder.append(object, state);
    return encoder.finished();
}

Result<RecordedStates> decodeKeyframe(const QByteArray &bytes)
{
    // Its first four bytes say how large it will be; deflate makes at most 1032 of one.
    const qsizetype size = bytes.size() < 5 ? 0 : qFromBigEndian<quint32>(bytes.constData());
    if (size == 0 || size > std::min(largestKeyframe, bytes.size() * 1100))
        return fail(malformed(u"a keyframe is cut off"_s));
    QByteArray all(size, Qt::Uninitialized);
    uLongf made = uLongf(size);
    if (::uncompress(reinterpret_cast<Bytef *>(all.data()), &made,
                     reinterpret_cast<const Bytef *>(bytes.constData() + 4),
                     uLong(bytes.size() - 4))
            != Z_OK
        || made != uLongf(size))
        return fail(malformed(u"a keyframe is cut off"_s));
    ByteReader in(all);
    RecordedStates states;
    const qsizetype count = in.count();
    states.reserve(size_t(count));
    qint64 number = 0;
    for (qsizetype i = 0; i < count && in.isGood(); ++i) {
        const qint64 before = std::exchange(number, in.next(number));
        if (number < 0 || (i > 0 && number <= before))
            return fail(malformed(u"a keyframe is out of order"_s));
        states.emplace_back(number, in.raw(in.number()).toByteArray());
    }
    return finished(in, std::move(states), u"a keyframe"_s);
}

double RecordedPoint::at(int index) const
{
    const Value &is = value[size_t(index)];
    return is.step ? sampleValue(*is.step, is.unit) : std::numeric_limits<double>::quiet_NaN();
}

QByteArray encodePoints(const std::vector<RecordedPoints> &groups)
{
    // Few units for many values: limits repeat.
    ByteWriter units;
    QHash<quint64, int> known;
    ByteWriter out;
    out.number(groups.size());
    qint64 last = 0;
    for (const RecordedPoints &group : groups) {
        out.integer(group.at - last);
        last = group.at;
        out.number(group.points.size());
        qint64 object = 0;
        for (const RecordedPoint &point : group.points) {
            out.integer(point.object - object);
            object = point.object;
            for (const RecordedPoint::Value &value : point.value) {
                if (!value.step) {
                    out.number(0);
                    continue;
                }
                const auto bits = std::bit_cast<quint64>(value.unit);
                auto at = known.constFind(bits);
                if (at == known.constEnd()) {
                    units.real(value.unit);
                    at = known.insert(bits, int(known.size()) + 1);
                }
                out.number(quint64(*at));
                out.integer(*value.step);
            }
        }
    }
    ByteWriter all;
    all.byte(layout);
    all.number(quint64(known.size()));
    return all.bytes + units.bytes + out.bytes;
}

Result<std::vector<RecordedPoints>> decodePoints(const QByteArray &bytes)
{
    ByteReader in(bytes);
    begin(in);
    std::vector<double> units;
    const qsizetype size = in.count();
    for (qsizetype i = 0; i < size && in.isGood(); ++i) {
        units.push_back(in.real());
        if (!std::isfinite(units.back()) || units.back() < 0)
            in.spoil();
    }
    std::vector<RecordedPoints> groups;
    const qsizetype count = in.count();
    qint64 last = 0;
    for (qsizetype i = 0; i < count && in.isGood(); ++i) {
        RecordedPoints group;
        group.at = last = in.next(last);
        const qsizetype points = in.count();
        qint64 object = 0;
        for (qsizetype j = 0; j < points && in.isGood(); ++j) {
            RecordedPoint point;
            point.object = object = in.next(object);
            for (RecordedPoint::Value &value : point.value) {
                const quint64 unit = in.number();
                if (unit == 0)
                    continue;
                if (unit > units.size()) {
                    in.spoil();
                    break;
                }
                value.unit = units[size_t(unit - 1)];
                value.step = in.integer();
                if (!isSampleStep(*value.step, value.unit))
                    in.spoil();
            }
            group.points.push_back(point);
        }
        groups.push_back(std::move(group));
    }
    return finished(in, std::move(groups), u"samples"_s);
}

} // namespace Stampdeck

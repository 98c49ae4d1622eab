// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "action.h"
#include "clock.h"
#include "export.h"
#include "fleet.h"
#include "incident.h"
#include "operation.h"
#include "requestrecord.h"
#include "result.h"
#include "secret.h"
#include "template.h"

#include <QtCore/QObject>
#include <QtCore/QVariantMap>
#include <QtCore/QtPlugin>

#include <memory>

namespace Stampdeck {

/// The version of this contract that is built here. A plug-in states the one it was built against
/// in its metadata: the same major, a minor no newer than the host's.
inline constexpr int adapterMajor = 1;
inline constexpr int adapterMinor = 0;

/// What an adapter can do. What it can't is said by the window and the command line, never tried.
enum class Capability : quint32 {
    Move = 1u << 0, ///< Moves a tenant by itself, make before break: MoveTenant.
    Primitives = 1u << 1, ///< PlaceTenant, ProbeTenant, ShiftTenant, RetireTenant.
    Cordon = 1u << 2,
    ScaleComponents = 1u << 3,
    ScaleResources = 1u << 4, ///< The stamp's cpu, memory and storage limits.
    ScalingRules = 1u << 5,
    Events = 1u << 6, ///< Pushes changes; polls are then a check.
    Operations = 1u << 7, ///< Runs operations itself, lists them and takes verbs.
    Audit = 1u << 8,
    History = 1u << 9, ///< Answers history().
    Drains = 1u << 10, ///< Takes a drain as one operation and runs it: drain().
    Marks = 1u << 11, ///< Keeps marks on its objects: mark().
    Create = 1u << 12, ///< CreateStamp from its templates(), and DeleteStamp.
    Acknowledge = 1u << 13, ///< Keeps acknowledgements of incidents, for everybody: acknowledge().
    /// Keeps scaling rules and carries none out: a stampd in front does (rule.by "stampd").
    RuleLabels = 1u << 14,
    CreateSilences = 1u << 15, ///< Of incidents: IncidentAdapter::silence() and the two behind it.
    EditSilences = 1u << 16,
    ExpireSilences = 1u << 17,
};
Q_DECLARE_FLAGS(Capabilities, Capability)
Q_DECLARE_OPERATORS_FOR_FLAGS(Capabilities)

/// The words of capabilities in metadata and in `stampctl adapters`.
[[nodiscard]] STAMPDECK_API_EXPORT QStringList toStrings(Capabilities capabilities);
[[nodiscard]] STAMPDECK_API_EXPORT std::optional<Capability> capabilityFromString(QStringView word);

/// Everything that one source is configured with. Values of the adapter's own keys have been checked
/// against the schema in its metadata; secrets are Secret values.
struct SourceSettings
{
    QString name; ///< "prod".
    QString adapter; ///< "rest".
    QVariantMap keys; ///< The adapter's own and the network keys, by their configuration names.
    std::chrono::milliseconds pollInterval{5'000};
    std::chrono::milliseconds timeout{10'000}; ///< For a whole answer.
    qint64 maxAnswer = 128LL << 20; ///< Bytes after decompression.
    bool production = false;
    bool readOnly = false;
    QString tenantDomain; ///< Empty: the name.

    friend bool operator==(const SourceSettings &, const SourceSettings &) = default;
};

/// One object of an answer that was wrong: it alone is rejected, its last good state stays, stale.
struct ObjectFault
{
    QString id; ///< Name of the stamp or ID of the tenant; empty when even that was unreadable.
    bool isTenant = false;
    QString pointer; ///< JSON pointer (RFC 6901) to what is wrong.
    QString message; ///< What is wrong there: "a negative number".

    friend bool operator==(const ObjectFault &, const ObjectFault &) = default;
};

/// What one answer or event tells about the fleet.
struct FleetUpdate
{
    QString endpoint; ///< Which of FleetAdapter::endpoints(); what it doesn't own is left alone.
    QString instance; ///< The backend's identity: fleetId, cluster ID.
    QString revision; ///< Of the fleet, opaque.
    bool unchanged = false; ///< A proof of contact and nothing else (304, bookmark, comment).
    bool complete = true; ///< Everything that the endpoint has: what is missing is gone.
    std::vector<StampPtr> stamps;
    std::vector<TenantPtr> tenants;
    QStringList goneStamps;
    QStringList goneTenants;
    std::vector<OperationPtr> operations; ///< The backend's own; each replaces that of its id.
    std::vector<ObjectFault> faults;
    /// All that hold now, of incidents called "NAME OF A STAMP:KIND"; nothing when not told.
    std::optional<QList<Acknowledgement>> acknowledgements;
    std::optional<Timestamp> serverTime; ///< For the clock skew.
};

/// A drain that a backend is to run by itself, as one operation of its own.
struct DrainOrder
{
    QString stamp; ///< To be emptied; or, where it is empty,
    QString region; ///< every stamp of this region.
    QStringList to; ///< The only stamps that may take the tenants; empty: the backend chooses.
    int parallel = 2; ///< Moves at once, at most.
    std::optional<std::chrono::milliseconds> deadline; ///< No move starts after it.
    bool partial = false; ///< Leave whom no stamp takes.
    std::optional<double> maxLoad; ///< That no target may pass, a ratio; nothing: the gate.
    bool allowUnknown = false; ///< On purpose where a limit or demand is not known.

    friend bool operator==(const DrainOrder &, const DrainOrder &) = default;
};

/// A recorded series: one value per step, NaN where nothing was recorded.
struct Series
{
    QString stamp;
    QString signal; ///< "cpu", "memory", "storage", "requestsPerSecond", "errorRatio",
                    ///< "latencyP50Ms", "latencyP99Ms".
    Timestamp start;
    std::chrono::milliseconds step{30'000};
    std::vector<float> values;
};

/// One configured source, as its backend lets it be seen and changed.
///
/// Lives in a thread of its own, with its client and its decoders: every call comes from that
/// thread, and everything that it answers is a value. It keeps no schedule: its host polls it, and
/// counts interval, age and back-off. Futures always end with a result, an error included; the
/// destructor ends all of them.
class STAMPDECK_API_EXPORT FleetAdapter : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    ~FleetAdapter() override;

    /// What the backend can do; may grow or shrink at the first answer (rights, version).
    [[nodiscard]] virtual Capabilities capabilities() const = 0;
    /// Each is polled, fails and goes stale by itself. One, unless a source is made of many.
    [[nodiscard]] virtual QStringList endpoints() const { return {QString()}; }
    /// Asks \a endpoint once; at most one poll is in flight for each. Cancelling the future aborts
    /// the request.
    [[nodiscard]] virtual FutureResult<FleetUpdate> poll(const QString &endpoint) = 0;
    /// Starts to push updated() and contact() for \a endpoint, where Capability::Events; a stream
    /// that ends says so with eventsEnded() and is started again by the host.
    virtual void startEvents(const QString &endpoint);
    virtual void stopEvents(const QString &endpoint);

    /// Tries one primitive. Errors of ErrorKind::Unsupported for what capabilities() lacks.
    [[nodiscard]] virtual FutureResult<WriteOutcome> perform(const Primitive &primitive,
                                                             const WriteContext &context) = 0;
    /// How far a primitive that was accepted has come. \a handle is that of the first outcome.
    /// Changes nothing.
    [[nodiscard]] virtual FutureResult<WriteOutcome> observe(const Primitive &primitive,
                                                             const WriteContext &context,
                                                             const QString &handle) = 0;
    /// Asks the backend to give up \a handle and to take back what it did; observe() then tells
    /// when that is through (an error of ErrorKind::Cancelled).
    [[nodiscard]] virtual FutureResult<WriteOutcome> cancel(const Primitive &primitive,
                                                            const WriteContext &context,
                                                            const QString &handle);
    /// Capability::Operations: a verb to one of the backend's own operations.
    [[nodiscard]] virtual FutureResult<OperationPtr>
    control(const QString &operation, OperationVerb verb, const WriteContext &context);
    /// Capability::Marks: marks what \a request names, or clears what its run has marked; answers
    /// until when the marks last, by the backend's clock. ErrorKind::Conflict where somebody else
    /// holds one of the objects; its detail is who. Such a backend refuses a write on an object with
    /// a live mark of another operation, or with one of another run, than WriteContext names:
    /// ErrorKind::Conflict, with a message that names operation and who.
    [[nodiscard]] virtual FutureResult<Timestamp> mark(const MarkRequest &request,
                                                       const WriteContext &context);
    /// Capability::History: what the backend recorded.
    [[nodiscard]] virtual FutureResult<std::vector<Series>>
    history(const QStringList &stamps, const QStringList &signalNames, Timestamp from, Timestamp to,
            std::chrono::milliseconds step);
    /// Capability::Drains: hands a drain over, and answers the backend's operation. Whoever asked
    /// may go away: the backend runs it.
    [[nodiscard]] virtual FutureResult<OperationPtr> drain(const DrainOrder &order,
                                                           const WriteContext &context);
    /// Capability::Create: what a stamp can be made from, as it is now; in the order to be shown.
    [[nodiscard]] virtual FutureResult<QList<Template>> templates();
    /// Capability::Acknowledge: keeps it, by whoever \a context or the backend's own token names.
    [[nodiscard]] virtual FutureResult<Acknowledgement>
    acknowledge(const Acknowledgement &acknowledgement, const WriteContext &context);

Q_SIGNALS:
    void updated(const Stampdeck::FleetUpdate &update);
    /// A proof of life that carries nothing: a comment, a bookmark.
    void contact(const QString &endpoint);
    /// So many stamps of the answer that poll() waits for have been read, a few times a second.
    /// Only where an answer takes long enough for somebody to wonder.
    void reading(const QString &endpoint, int stamps);
    void eventsEnded(const QString &endpoint, const Stampdeck::Error &error);
    /// A request has ended, for the page of diagnostics. Tell what went over the network; an
    /// adapter in this process has nothing to tell.
    void requested(const Stampdeck::RequestRecord &record);
};

/// What a plug-in's root object offers. Its metadata JSON holds: "kind", "interface" ("fleet"),
/// "version" ("1.0"), "location" (what LOCATION of --source means: the key that it sets),
/// "description", "capabilities", "network" (true: takes ca, clientCertificate, clientKey, serverName,
/// proxy and insecure too), "keys" (name to {type, required, default, min, max, choices, help}).
///
/// A key's type says how its value arrives in SourceSettings::keys, where it is written or has a
/// default: "string", "path" (absolute), "url" as QString; "integer" as qlonglong; "number",
/// "ratio" as double; "boolean" as bool; "duration" as qlonglong milliseconds; "size" as qlonglong
/// bytes; "secret" as Secret; "list" with an "of" as QVariantList. A default is spelled as in the
/// configuration ("5s"). name, adapter, production, readOnly, tenantDomain, pollInterval, timeout,
/// maxAnswer and objectives belong to every source and are no adapter's keys.
class STAMPDECK_API_EXPORT FleetAdapterPlugin
{
public:
    virtual ~FleetAdapterPlugin();
    /// A new adapter that \a settings describe, or what is wrong with them. Called in the thread in
    /// which the adapter will live; \a clock outlives it.
    [[nodiscard]] virtual Result<std::unique_ptr<FleetAdapter>> create(const SourceSettings &settings,
                                                                       Clock &clock)
            = 0;
};

} // namespace Stampdeck

#define STAMPDECK_FLEET_ADAPTER_IID "dev.stampdeck.FleetAdapter/1"
Q_DECLARE_INTERFACE(Stampdeck::FleetAdapterPlugin, STAMPDECK_FLEET_ADAPTER_IID)
Q_DECLARE_METATYPE(Stampdeck::FleetUpdate)
Q_DECLARE_METATYPE(Stampdeck::Error)

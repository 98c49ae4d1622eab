// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "adapter.h"
#include "incident.h"

namespace Stampdeck {

/// All that one endpoint of a source of incidents says now: what is missing is over.
struct AlertUpdate
{
    QString endpoint; ///< Which of IncidentAdapter::endpoints().
    QString instance; ///< The backend's identity.
    QString version; ///< The backend's own; empty when not told.
    std::vector<AlertPtr> alerts; ///< In the order of their fingerprints, each once.
    QList<AlertGroup> groups;
    QList<Silence> silences; ///< Expired ones too, as long as the backend keeps them.
    std::vector<ObjectFault> faults; ///< Alerts and silences that were wrong, and are left out.
    QStringList warnings; ///< What is not as it should be, or missing, for people.
    std::optional<Timestamp> serverTime; ///< For the clock skew.
};

/// What the peers of one cluster say together: each alert once by its fingerprint, each silence by
/// its id. Peers learn from each other a little later, so the newest word counts: an alert is
/// suppressed by what still is a silence somewhere. Endpoints that did not answer are the caller's
/// to name; they are no part of \a peers.
[[nodiscard]] STAMPDECK_API_EXPORT AlertUpdate mergePeers(const std::vector<AlertUpdate> &peers);

/// One configured source of incidents, as its backend lets it be seen and changed.
///
/// Lives in a thread of its own, with its client and its decoders: every call comes from that
/// thread, and everything that it answers is a value. It keeps no schedule: its host polls it, and
/// counts interval, age and back-off. Futures always end with a result, an error included; the
/// destructor ends all of them. It keeps no past: an alert that is over is no longer told.
class STAMPDECK_API_EXPORT IncidentAdapter : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    ~IncidentAdapter() override;

    /// Of those of silences.
    [[nodiscard]] virtual Capabilities capabilities() const = 0;
    /// The peers of the cluster, each polled and failing by itself: see mergePeers().
    [[nodiscard]] virtual QStringList endpoints() const { return {QString()}; }
    /// Asks \a endpoint once; at most one poll is in flight for each. Cancelling the future aborts
    /// the request.
    [[nodiscard]] virtual FutureResult<AlertUpdate> poll(const QString &endpoint) = 0;

    /// Capability::CreateSilences: makes \a silence, which has no id; with Capability::EditSilences
    /// changes the one of its id. Answers it as the backend has it then, which may be under another
    /// id: where the backend can't change the old one, it ends that and begins anew. What
    /// checkSilence() refuses is not tried.
    [[nodiscard]] virtual FutureResult<Silence> silence(const Silence &silence);
    /// Capability::EditSilences: lets the silence \a id last until \a until, all else as it is now.
    [[nodiscard]] virtual FutureResult<Silence> extendSilence(const QString &id, Timestamp until);
    /// Capability::ExpireSilences: ends the silence \a id now; fine where it has ended.
    [[nodiscard]] virtual FutureResult<Silence> expireSilence(const QString &id);

Q_SIGNALS:
    /// See FleetAdapter::requested().
    void requested(const Stampdeck::RequestRecord &record);
};

/// What a plug-in's root object offers. Its metadata is that of FleetAdapterPlugin with the
/// interface "incidents". Beside what belongs to every source, these belong to every source of
/// incidents, and arrive in SourceSettings::keys: stampLabel and tenantLabel (the labels that name
/// a stamp and a tenant, "stamp" and "tenant" unless written), severityLabel ("severity"), and
/// watchdog (the name of an alert that is always there, and whose absence is what is wrong; for the
/// host).
class STAMPDECK_API_EXPORT IncidentAdapterPlugin
{
public:
    virtual ~IncidentAdapterPlugin();
    /// A new adapter that \a settings describe, or what is wrong with them. Called in the thread in
    /// which the adapter will live; \a clock outlives it.
    [[nodiscard]] virtual Result<std::unique_ptr<IncidentAdapter>>
    create(const SourceSettings &settings, Clock &clock) = 0;
};

} // namespace Stampdeck

#define STAMPDECK_INCIDENT_ADAPTER_IID "dev.stampdeck.IncidentAdapter/1"
Q_DECLARE_INTERFACE(Stampdeck::IncidentAdapterPlugin, STAMPDECK_INCIDENT_ADAPTER_IID)
Q_DECLARE_METATYPE(Stampdeck::AlertUpdate)

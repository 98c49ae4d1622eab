// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleetversion.h"
#include "incidentrules.h"
#include "picked.h"
#include "survival.h"

#include "backends/api/incidentadapter.h"

namespace Stampdeck {

/// Who is told nothing of an incident, by which silence, until when.
struct IncidentSilence
{
    QString id; ///< The feed's.
    QString by;
    QString matchers; ///< As the engines write them.
    QString comment;
    std::optional<Timestamp> until; ///< The first moment at which some alert of it is told again.

    friend bool operator==(const IncidentSilence &, const IncidentSilence &) = default;
};

/// What the fleet itself says of a stamp that an alert tells about too.
struct OwnFinding
{
    QString id; ///< Of the incident that it would be alone.
    QString title;
    QString summary;
    std::optional<Timestamp> since;

    friend bool operator==(const OwnFinding &, const OwnFinding &) = default;
};

/// Something that is wrong with stamps or tenants, with a life of its own: alerts that their system
/// groups together, or what the fleet itself finds, or both at once.
struct Incident
{
    QString id; ///< "source/name:kind"; of alerts "feed/alert:DIGEST".
    QString source; ///< Or the feed.
    Severity severity = Severity::Warning;
    bool firing = true;
    QString title;
    QString summary;
    QStringList stamps; ///< "source/name".
    QStringList tenants; ///< "domain/ID": those that are hit.
    QStringList strangers; ///< What alerts call a stamp or tenant, and the fleet does not know.
    std::optional<Timestamp> startsAt;
    std::optional<Timestamp> endsAt;
    QMap<QString, QString> labels; ///< Those that all of its alerts have.
    std::optional<IncidentKind> kind; ///< What the fleet found; nothing for alerts.

    // Four separate things, beside `firing`:
    std::optional<Acknowledgement> acknowledged; ///< While it counts.
    bool acknowledgedHere = false; ///< On this workstation only: no server keeps it.
    std::optional<IncidentSilence> silenced; ///< All of it.
    bool inhibited = false; ///< Nobody is told, since another alert or a time says so.
    bool maintenance = false; ///< All of its stamps are being emptied, or are empty.

    /// Its feed is silent: so it was at that moment, and nobody knows what is now.
    std::optional<Timestamp> lastHeard;
    int reopened = 0; ///< How often it came back since it was first told.
    std::optional<Timestamp> reopenedAt; ///< When it last did.
    QList<Link> links;
    std::vector<AlertPtr> alerts;
    QMap<QString, QString> group; ///< What makes its alerts one incident: names a silence of it.
    QList<OwnFinding> findings; ///< What is merged into it.

    [[nodiscard]] bool isAlert() const { return !alerts.empty(); }

    friend bool operator==(const Incident &, const Incident &) = default;
};
using IncidentPtr = std::shared_ptr<const Incident>;

struct KnownSilence
{
    QString feed;
    Silence silence;
    int alerts = 0; ///< How many it keeps quiet now.

    friend bool operator==(const KnownSilence &, const KnownSilence &) = default;
};

/// All that is wrong at one moment, and what was until a while ago. Immutable.
struct IncidentBook
{
    static constexpr int closedKept = 500;
    std::vector<IncidentPtr> open; ///< The worst first, then the oldest.
    std::vector<IncidentPtr> closed; ///< The last one to end first.
    QList<KnownSilence> silences; ///< Those that are not over, the first to end first.
    std::optional<Timestamp> quietSince; ///< Nothing while something is open.
    bool settled = false; ///< Every source of incidents has answered or failed.

    [[nodiscard]] IncidentPtr find(const QString &id) const; ///< Null when there is none.
};
using IncidentBookPtr = std::shared_ptr<const IncidentBook>;

/// Something that is wrong right now by a rule, whether or not it has been so for long.
struct Condition
{
    Incident incident; ///< startsAt: since when, where that is known.
    IncidentKind kind = IncidentKind::NoAnswer;
};

/// What may be wrong by the rules, of the version that was looked at last.
struct Suspects
{
    Picked<StampEntryPtr> stamps;
    Picked<TenantEntry> tenants;
};

/// What \a rules find in \a version, but for regions, which need survivalOf(), and alerts that are
/// missing. In no order. \a suspects are those of the version before by the same rules, or new.
[[nodiscard]] std::vector<Condition> conditionsOf(const FleetVersion &version,
                                                  const IncidentRules &rules, Timestamp now,
                                                  Suspects &suspects);
[[nodiscard]] std::vector<Condition> conditionsOf(const std::vector<Survival> &regions,
                                                  const FleetVersion &version,
                                                  const IncidentRules &rules);
[[nodiscard]] Condition missingWatchdog(const QString &feed, const QString &alert,
                                        const IncidentRules &rules);

/// Puts the worst first, then the oldest.
[[nodiscard]] bool isBefore(const Incident &a, const Incident &b);

/// What the fleet itself says is wrong, at once and by the rules' defaults: sources that never
/// answered, stamps that are stale, unhealthy, or hold more than their limit, operations that are
/// orphaned, tenants that are split. The worst first, then the oldest. The id of one stays while it lasts.
[[nodiscard]] QList<Incident> fleetIncidents(const FleetVersion &version);
/// The book of \a version; of one that nobody watched, such as one of the past, what fleetIncidents()
/// says.
[[nodiscard]] IncidentBookPtr bookOf(const FleetVersion &version);
/// What is wrong at \a version: as its book has it, else fleetIncidents().
[[nodiscard]] QList<Incident> incidentsOf(const FleetVersion &version);

/// The acknowledgements of alerts, by "alert:DIGEST": kept by any source for everybody, or here.
[[nodiscard]] QHash<QString, QString> alertAcknowledgements(const FleetVersion &version);
/// "alert:DIGEST" of such an incident's id; empty for another.
[[nodiscard]] QString alertDigest(const QString &incidentId);
/// By what an incident and its acknowledgement are the same: of alerts, whose acknowledgement may be
/// kept by any source, "alert:DIGEST"; else the id.
[[nodiscard]] QString acknowledgedAs(const QString &incidentId);

/// The alerts that \a update tells, as incidents that say nothing of stamps and tenants yet: one of
/// each group that is of one name of alerts, and one of each name, stamp and tenant of those in none.
/// \a stampLabel and \a tenantLabel name those labels. \a watchdog is none.
[[nodiscard]] std::vector<Incident> alertIncidents(const QString &feed, const AlertUpdate &update,
                                                   const QString &stampLabel,
                                                   const QString &tenantLabel,
                                                   const QString &watchdog);
/// Ties \a incident to the fleet by what its alerts name.
void tie(Incident &incident, const FleetVersion &version);
/// Whether all of \a stamps (ids, at least one) are being emptied, or are empty.
[[nodiscard]] bool isMaintenance(const QStringList &stamps, const FleetVersion &version);

/// A silence of all alerts of \a incident and of no other group, until \a until. Errors: Unsupported
/// for what no alert tells.
[[nodiscard]] Result<Silence> silenceOf(const Incident &incident, Timestamp until,
                                        const QString &by, const QString &comment);

} // namespace Stampdeck

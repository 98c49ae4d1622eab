// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "incidents.h"

#include "backends/api/incidentadapter.h"

#include <map>

namespace Stampdeck {

/// A source of incidents, as far as its alerts have to be understood.
struct AlertFeed
{
    QString name;
    QString stampLabel = QStringLiteral("stamp");
    QString tenantLabel = QStringLiteral("tenant");
    QString watchdog; ///< The alert that is always there; empty: none.
};

/// Whether what the fleet finds is a part of the alerts about the same stamp: they say it too.
[[nodiscard]] bool isMergedIntoAlerts(IncidentKind kind);

/// Gives incidents their life: what alerts and the fleet itself say is wrong begins once it has held,
/// is merged where it is about the same stamp, ends once it has been over for long enough, and is
/// reopened when it comes back. Holds the last word of every feed, and what has ended.
///
/// What the fleet finds is merged into the worst alert about its stamp of which somebody is told: none
/// that is silenced, inhibited, or of a silent feed, since those words are the alert's alone; and into
/// an acknowledged one only if it was a part of it, or had begun, when somebody acknowledged. Else it
/// is an incident of its own.
///
/// An acknowledgement counts as long as its incident stays open, whichever of its alerts fire. It is
/// of no later one: of alerts that began after it, or of the fleet's own that this keeper saw end and
/// come back. One that comes while its incident is open is of that, though clocks differ by \ref skew.
///
/// No thread of its own and no clock: whoever has one asks it to look.
class IncidentKeeper
{
public:
    /// So far apart are the clocks of who acknowledges and of who tells when an alert began.
    static constexpr std::chrono::milliseconds skew{2 * 60'000};

    /// \a atOnce: nothing has to hold before it counts, for whoever looks but once.
    IncidentKeeper(const IncidentRules &rules, bool atOnce);

    void addFeed(const AlertFeed &feed);
    /// What one endpoint of \a feed says now.
    void tell(const QString &feed, const AlertUpdate &update, Timestamp now);
    /// An endpoint of \a feed does not answer: its last word counts only while no other's does.
    void lose(const QString &feed, const QString &endpoint);
    /// What survivalOf() says of a version of late.
    void setRegions(std::vector<Survival> regions) { m_regions = std::move(regions); }

    /// All that is wrong now; the last answer itself where nothing differs. \a elapsed is
    /// Clock::elapsed().
    [[nodiscard]] IncidentBookPtr look(const FleetVersion &version, Timestamp now,
                                       std::chrono::milliseconds elapsed);

private:
    struct Endpoint
    {
        AlertUpdate update;
        bool answered = false;
        bool lost = false;
    };
    struct Feed
    {
        AlertFeed is;
        std::map<QString, Endpoint> endpoints;
        std::vector<Incident> incidents; // not tied yet
        QList<Silence> silences;
        QHash<QString, int> silenced; // alerts, by the silence
        bool hasWatchdog = false;
        bool changed = false;
        bool answered = false;
        std::optional<Timestamp> heardAt;
    };
    /// The life of one incident, or of what may become one.
    struct Track
    {
        std::chrono::milliseconds firstSeen{0};
        std::chrono::milliseconds lastSeen{0};
        quint64 look = 0; // that saw it last
        Timestamp startedAt;
        Timestamp lastSeenAt;
        bool open = false;
        bool wasShown = false; // it was open at the look before
        QString mergedInto; // what it was last shown as a part of
        std::optional<Acknowledgement> held; // counts, as long as this is open and its time lasts
        QString heldKey; // of FleetVersion::acknowledgements
        int reopened = 0;
        std::optional<Timestamp> reopenedAt;
        Incident last;
    };
    void sum(Feed &feed);
    void see(Condition condition, Timestamp now, std::chrono::milliseconds elapsed);
    void close(const Track &track);
    void spend(Track &track);
    [[nodiscard]] bool counts(const QString &key, const Acknowledgement &by, Track &track,
                              Timestamp now);
    void describe(Incident &incident, const FleetVersion &version,
                  const QHash<QString, QString> &alertKeys, Timestamp now);
    [[nodiscard]] std::vector<Incident> shown(const FleetVersion &version, Timestamp now,
                                              std::chrono::milliseconds elapsed);
    [[nodiscard]] IncidentPtr kept(Incident incident) const;

    const IncidentRules m_rules;
    const bool m_atOnce;
    std::vector<Feed> m_feeds;
    std::vector<Survival> m_regions;
    Suspects m_suspects;
    std::map<QString, Track> m_tracks;
    std::vector<IncidentPtr> m_closed; // the last one to end first
    /// Acknowledgements of what has ended since, by their keys, while the fleet tells them.
    QHash<QString, Acknowledgement> m_spent;
    std::optional<Timestamp> m_quietSince;
    QHash<QString, IncidentPtr> m_shown; // of the last book
    IncidentBookPtr m_book;
    quint64 m_look = 0;
};

} // namespace Stampdeck

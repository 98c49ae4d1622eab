// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "historytimeline.h"
#include "query.h"

namespace Stampdeck {

/// What a report is asked to be of: an incident, or all that the query finds in a stretch of time.
struct ReportRequest
{
    /// As fleetIncidents() and the history's events call it: "source/name:kind". Empty: of a time.
    QString incident;
    /// A moment of it: ids recur. Nothing: the last time within \ref from and \ref to, or of all.
    std::optional<Timestamp> at;
    std::optional<Timestamp> from; ///< Nothing: half an hour before the incident, or the last hour.
    std::optional<Timestamp> to; ///< Nothing: ten minutes after it, or now.
    Query query; ///< Of the stamps that it is about; empty: all.
    QString title; ///< Empty: one that says what it was.
    Timestamp now; ///< When it is made.
};

/// What became of a fleet, as somebody hands it on the next morning: every figure is the history's.
struct Report
{
    /// A stamp that was not well, or that the incident names.
    struct Hit
    {
        QString stamp; ///< "source/name".
        Health worst = Health::Unknown; ///< Healthy: by its own word it was well all the time.
        Timestamp since; ///< When it began, or the report does; of one that was well, the incident.
        std::optional<Timestamp> until; ///< Nothing: it lasts.
        std::chrono::milliseconds unhealthy{0};
        std::chrono::milliseconds degraded{0};
        std::chrono::milliseconds silent{0}; ///< Stale, or of no known health.
        QString reason;
        QString region;
        QString ring;
        QString version;
        int tenants = 0; ///< That it owned when it began; of an incident that names tenants, those.
        std::optional<double> requests; ///< A second, then.
    };
    /// What somebody did: an operation, or that he acknowledged it.
    struct Action
    {
        Timestamp at;
        QString id;
        QString title; ///< "drain us-east-05".
        QString by;
        QString reason;
        OperationState state = OperationState::Unknown; ///< As it was last seen in this time.
        QString outcome = {}; ///< Of what is no operation, in words.
        std::optional<Timestamp> ended;
        int done = 0;
        int steps = 0;
        QString error;
    };
    struct Chart
    {
        QString stamp;
        SampleKind kind = SampleKind::Cpu;
        SummarySeries series;
        std::optional<double> limit; ///< What it should not pass.
    };

    QString title;
    QString incident;
    QString severity; ///< "critical", "warning", "info"; empty where nobody said.
    QString summary; ///< What the incident itself says.
    bool namesStamps = true; ///< False: an incident that names none.
    Timestamp made;
    Timestamp from;
    Timestamp to;
    Timestamp startsAt; ///< When the first of what it is about began; \ref from where nothing did.
    std::optional<Timestamp> endsAt; ///< Nothing: it lasts.
    bool isQuiet = true; ///< Nothing was the matter.
    QString query; ///< Of what; empty: of all stamps.
    int stamps = 0; ///< How many it is about.
    QList<Hit> hits; ///< The worst first.
    int tenants = 0; ///< Of all that were hit,
    QMap<Tier, int> tiers; ///< by tier,
    QMap<QString, int> rings; ///< and the stamps by ring.
    std::optional<double> requests;
    QList<HistoryTimeline::Mark> before; ///< What changed in the half hour before.
    HistoryTimeline timeline;
    QList<Action> actions; ///< Oldest first.
    QList<Chart> charts; ///< The worst first: of a few stamps, if many are hit.
    QList<RecordedRange> gaps; ///< In which nobody recorded.
};

/// Reads it from the history of \a stateDir. Takes as long as it takes. Errors: NotFound for no
/// history, or an incident that it does not know, or not in that time; Invalid for a time of no length.
[[nodiscard]] Result<Report> makeReport(const QString &stateDir, const ReportRequest &request);

/// Where the pictures of its charts come from: in one file, or by a name that whoever draws knows.
enum class ReportCharts : quint8 {
    Inline, ///< As SVG in the page.
    Named, ///< <img src="chart:0">, …: for QTextDocument, which knows less of CSS too.
};

/// A document of its own: no script, nothing that is loaded, every text escaped.
[[nodiscard]] QByteArray toHtml(const Report &report, ReportCharts charts = ReportCharts::Inline);
/// One chart as an SVG document.
[[nodiscard]] QByteArray toSvg(const Report &report, const Report::Chart &chart);

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "report.h"

// How a report looks: one HTML file, or what QTextDocument makes pages of.

#include "formatter.h"
#include "historywords.h"
#include "reportpage.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <cmath>
#include <set>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace ReportPage;
using std::chrono::milliseconds;
using Happening = HistoryTimeline::Mark;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Report)
};

constexpr int chartWidth = 640;
constexpr int chartHeight = 228;
constexpr int mostShown = 100; ///< Stamps with a row of their own; the others are named.

QString when(const Report &report, Timestamp time)
{
    // The day where the report is of more than one.
    const bool isOneDay =
        Format::dateTime(report.from).date() == Format::dateTime(report.to).date();
    return isOneDay ? Format::second(time) : Format::daySecond(time);
}

QString lasted(milliseconds time)
{
    return time < 1s ? Format::none() : Format::exactAge(time);
}

QString valueOf(SampleKind kind, double value)
{
    switch (kind) {
    case SampleKind::Cpu:
        return Format::cores(value);
    case SampleKind::Memory:
    case SampleKind::Storage:
        return Format::bytes(value);
    case SampleKind::Requests:
        return Format::rate(value);
    case SampleKind::Errors:
        return Format::errorPercent(value);
    case SampleKind::LatencyP50:
    case SampleKind::LatencyP99:
        break;
    }
    return Format::latency(value);
}

QString nameOf(SampleKind kind)
{
    switch (kind) {
    case SampleKind::Cpu:
        return Words::tr("CPU in use");
    case SampleKind::Memory:
        return Words::tr("Memory in use");
    case SampleKind::Storage:
        return Words::tr("Storage in use");
    case SampleKind::Requests:
        return Words::tr("Requests");
    case SampleKind::Errors:
        return Words::tr("Errors, of requests");
    case SampleKind::LatencyP50:
        return Words::tr("Latency, p50");
    case SampleKind::LatencyP99:
        break;
    }
    return Words::tr("Latency, p99");
}

QString nameOfStamp(const QString &id)
{
    return id.section(u'/', 1);
}

// --- Parts

QString summary(const Report &report)
{
    QStringList all;
    if (report.isQuiet) {
        all.append(
            Words::tr("Every stamp was healthy from %1 to %2 %3.")
                .arg(when(report, report.from), when(report, report.to), Format::zone(report.to)));
    } else if (report.hits.isEmpty()) {
        all.append(report.namesStamps ? Words::tr("It hit none of these stamps.")
                                      : Words::tr("It names no stamp: whom it hit is not known."));
    } else if (report.hits.first().worst == Health::Healthy) {
        all.append(Words::tr("It names %Ln stamp(s). By their own word they were well all the time.",
                             nullptr, int(report.hits.size())));
    } else {
        const Report::Hit &worst = report.hits.first();
        const QString name = nameOfStamp(worst.stamp);
        const QString word = Format::word(worst.worst);
        const QString since = when(report, worst.since);
        all.append(worst.until ? Words::tr("%1 was %2 from %3 to %4 %5, for %6.")
                                     .arg(name, word, since, when(report, *worst.until),
                                          Format::zone(worst.since),
                                          Format::exactAge(*worst.until - worst.since))
                               : Words::tr("%1 has been %2 since %3 %4, for %5 when this was made.")
                                     .arg(name, word, since, Format::zone(worst.since),
                                          Format::exactAge(report.to - worst.since)));
        if (!worst.reason.isEmpty())
            all.append(Words::tr("It said: %1.").arg(worst.reason));
        const int well =
            int(std::count_if(report.hits.begin(), report.hits.end(), [](const Report::Hit &each) {
                return each.worst == Health::Healthy;
            }));
        if (const int others = int(report.hits.size()) - well - 1; others > 0)
            all.append(
                Words::tr("%Ln other stamp(s) were not well in this time.", nullptr, others));
        if (well > 0)
            all.append(Words::tr("%Ln more that it names were well by their own word.", nullptr,
                                 well));
    }
    if (!report.hits.isEmpty()) {
        const int top = report.tiers.value(Tier::Premium) + report.tiers.value(Tier::Enterprise);
        all.append(top > 0 ? Words::tr("%1 were on them, of which %2 of the top tiers.")
                                 .arg(Format::tenants(report.tenants), Format::count(top))
                           : Words::tr("%1 were on them.").arg(Format::tenants(report.tenants)));
        if (!report.before.isEmpty())
            all.append(Words::tr("%Ln change(s) were made in the half hour before.", nullptr,
                                 int(report.before.size())));
    }
    const auto failed =
        std::count_if(report.actions.begin(), report.actions.end(), [](const Report::Action &each) {
            return each.state == OperationState::Failed;
        });
    const auto operations =
        std::count_if(report.actions.begin(), report.actions.end(),
                      [](const Report::Action &each) { return each.outcome.isEmpty(); });
    if (operations > 0)
        all.append(Words::tr("%Ln operation(s) ran.", nullptr, int(operations)));
    if (failed > 0)
        all.append(Words::tr("%Ln of them failed.", nullptr, int(failed)));
    QStringList shown;
    for (const QString &sentence : std::as_const(all))
        shown.append(plain(sentence));
    return element(u"p"_s, shown.join(u' '), u"summary"_s);
}

QString figuresOf(const Report &report)
{
    const milliseconds time = report.endsAt.value_or(report.to) - report.startsAt;
    const int top = report.tiers.value(Tier::Premium) + report.tiers.value(Tier::Enterprise);
    const auto known = [&report](qint64 count) {
        return report.namesStamps ? Format::count(count) : Format::none();
    };
    return figures({{report.isQuiet ? Format::none() : Format::exactAge(time),
                     report.endsAt ? Words::tr("long") : Words::tr("so far")},
                    {known(report.hits.size()), Words::tr("stamps hit")},
                    {known(report.tenants), Words::tr("tenants hit")},
                    {known(top), Words::tr("of the top tiers")},
                    {Format::rate(report.requests), Words::tr("requests, when it began")}});
}

QString blastRadius(const Report &report)
{
    QString text = element(u"h2"_s, Words::tr("Who was hit"));
    if (report.isQuiet)
        return text + element(u"p"_s, Words::tr("Nobody."));
    if (report.hits.isEmpty())
        return text
            + element(u"p"_s, report.namesStamps
                          ? Words::tr("None of these stamps.")
                          : Words::tr("It names no stamp: whom it hit is not known."));
    QStringList tiers;
    for (const Tier tier : {Tier::Enterprise, Tier::Premium, Tier::Standard, Tier::Free}) {
        if (const int count = report.tiers.value(tier); count > 0)
            tiers.append(row(
                {cell(Format::word(tier).toHtmlEscaped()), cell(Format::count(count), u"n"_s)}));
    }
    QStringList rings;
    for (auto it = report.rings.cbegin(); it != report.rings.cend(); ++it)
        rings.append(row({cell(it.key().isEmpty() ? Format::none() : plain(it.key())),
                          cell(Format::count(it.value()), u"n"_s)}));
    text += u"<table class=\"two\" width=\"100%\" cellspacing=\"10\"><tr><td width=\"50%\">\n"_s
        + table({Words::tr("Tenants by tier"), {QString(), true}}, tiers, u"list"_s)
        + u"</td><td width=\"50%\">\n"_s
        + table({Words::tr("Stamps by ring"), {QString(), true}}, rings, u"list"_s)
        + u"</td></tr></table>\n"_s;
    QStringList stamps;
    for (const Report::Hit &hit : report.hits.mid(0, mostShown)) {
        stamps.append(row(
            {cell(titled(plain(nameOfStamp(hit.stamp)), plain(hit.reason)), u"name"_s),
             cell(Format::word(hit.worst).toHtmlEscaped(), toString(hit.worst) + u" word"_s),
             cell(when(report, hit.since), u"word"_s),
             cell(hit.until ? when(report, *hit.until) : Words::tr("lasts"), u"word"_s),
             cell(lasted(hit.unhealthy), u"n"_s), cell(lasted(hit.degraded), u"n"_s),
             cell(lasted(hit.silent), u"n"_s), cell(Format::count(hit.tenants), u"n"_s)}));
    }
    QString rest;
    if (report.hits.size() > mostShown) {
        QStringList names;
        for (const Report::Hit &hit : report.hits.mid(mostShown))
            names.append(plain(nameOfStamp(hit.stamp)));
        rest = element(u"p"_s,
                       Words::tr("And %Ln more: %1.", nullptr, int(names.size()))
                           .arg(names.join(u", "_s)),
                       u"note"_s);
    }
    return text
        + table({Words::tr("Stamp"), Words::tr("Worst"), Words::tr("From"), Words::tr("To"),
                 {Words::tr("Unhealthy"), true}, {Words::tr("Degraded"), true},
                 {Words::tr("Not known"), true}, {Words::tr("Tenants"), true}},
                stamps, u"list"_s)
        + rest;
}

QString changesBefore(const Report &report)
{
    QString text = element(u"h2"_s, Words::tr("What changed in the half hour before"));
    if (report.before.isEmpty())
        return text + element(u"p"_s, Words::tr("Nothing that was recorded."));
    std::set<QString> hit;
    for (const Report::Hit &each : report.hits)
        hit.insert(each.stamp);
    QStringList rows;
    for (const Happening &mark : report.before) {
        const QString sentence = plain(HistoryWords::sentence(mark));
        const bool isSame = hit.contains(mark.subject);
        rows.append(row({cell(when(report, mark.at), u"time"_s),
                         cell(Words::tr("%1 before")
                                  .arg(Format::exactAge(report.startsAt - mark.at))
                                  .toHtmlEscaped()),
                         cell(isSame ? element(u"b"_s, sentence) : sentence)}));
    }
    return text
        + table({Format::zone(report.from), QString(),
                 Words::tr("What (bold: of a stamp that was "
                           "hit)")},
                rows, u"list"_s);
}

QString timelineOf(const Report &report)
{
    QString text = element(u"h2"_s, Words::tr("Timeline"));
    QStringList rows;
    for (const Happening &mark : report.timeline.marks) {
        rows.append(
            row({cell(when(report, mark.at), u"time"_s), cell(plain(HistoryWords::sentence(mark)))},
                HistoryWords::isTrouble(mark) ? u"trouble"_s : QString()));
    }
    if (rows.isEmpty())
        return text + element(u"p"_s, Words::tr("Nothing happened that was recorded."));
    return text + table({Format::zone(report.from), Words::tr("What")}, rows, u"list"_s);
}

QString chartsOf(const Report &report, ReportCharts charts)
{
    if (report.charts.isEmpty())
        return {};
    QString text = element(u"h2"_s, Words::tr("What was measured"));
    std::set<QString> charted;
    for (const Report::Chart &chart : report.charts)
        charted.insert(chart.stamp);
    if (report.hits.size() > qsizetype(charted.size()))
        text += element(u"p"_s,
                        Words::tr("Of %1 of the %2 that were hit: those that were farthest from what "
                                  "they should be.")
                            .arg(Format::count(qint64(charted.size())),
                                 Format::stamps(report.hits.size()))
                            .toHtmlEscaped(),
                        u"note"_s);
    int number = 0;
    for (const Report::Chart &chart : report.charts) {
        const QString picture = charts == ReportCharts::Inline
            ? QString::fromUtf8(toSvg(report, chart))
            : u"<img src=\"chart:%1\" width=\"%2\" height=\"%3\">"_s.arg(number)
                  .arg(chartWidth)
                  .arg(chartHeight);
        text += element(charts == ReportCharts::Inline ? u"figure"_s : u"p"_s, picture);
        ++number;
    }
    return text;
}

QString actionsOf(const Report &report)
{
    QString text = element(u"h2"_s, Words::tr("What was done"));
    if (report.actions.isEmpty())
        return text
            + element(u"p"_s,
                      Words::tr("Nobody ran an operation or acknowledged anything in this time."));
    QStringList rows;
    for (const Report::Action &action : report.actions) {
        QString outcome = action.outcome.isEmpty() ? Format::word(action.state).toHtmlEscaped()
                                                   : plain(action.outcome);
        if (action.steps > 1)
            outcome += u", "_s
                + Words::tr("%1 of %2 steps").arg(action.done).arg(action.steps).toHtmlEscaped();
        if (!action.error.isEmpty())
            outcome += element(u"div"_s, plain(action.error), u"note"_s);
        const bool isBad = action.state == OperationState::Failed;
        rows.append(row({cell(when(report, action.at), u"time"_s),
                         cell(titled(plain(action.title), plain(action.reason)), u"name"_s),
                         cell(action.by.isEmpty() ? Format::notKnown() : plain(action.by)),
                         cell(outcome, isBad ? u"unhealthy"_s : QString()),
                         cell(action.ended ? when(report, *action.ended) : Format::none(), u"word"_s)}));
    }
    return text
        + table({Format::zone(report.from), Words::tr("What and why"), Words::tr("Who"),
                 Words::tr("Outcome"), Words::tr("Ended")},
                rows, u"list"_s);
}

QString questions()
{
    QString text = element(u"h2"_s, Words::tr("Open questions"))
        + element(u"p"_s, Words::tr("What follows is for people to write."), u"note"_s);
    for (const QString &question :
         {Words::tr("What was the cause?"), Words::tr("What did users see of it?"),
          Words::tr("Why was it not seen earlier?"), Words::tr("What made it better?"),
          Words::tr("What keeps it from coming back, who does it, and by when?")}) {
        text += element(u"h3"_s, question.toHtmlEscaped());
        for (int line = 0; line < 3; ++line)
            text += u"<p class=\"line\">&nbsp;</p><hr>\n"_s;
    }
    return text;
}

} // namespace

QByteArray toSvg(const Report &report, const Report::Chart &chart)
{
    constexpr double left = 66;
    constexpr double right = 12;
    constexpr double top = 34; // the caption is a part of the picture, so that no page parts them
    constexpr double bottom = 26;
    constexpr double w = chartWidth - left - right;
    constexpr double h = chartHeight - top - bottom;
    const auto &values = chart.series.values;
    double most = 0;
    for (const SampleSummary &value : values) {
        if (!std::isnan(value.mean))
            most = std::max(most, value.mean);
    }
    // A limit that is far away would press the line flat.
    if (chart.limit && *chart.limit <= most * 3)
        most = std::max(most, *chart.limit * 1.05);
    if (most <= 0)
        most = 1;
    const auto span = double((report.to - report.from).count());
    const auto xOf = [&](Timestamp time) {
        return left + std::clamp(double((time - report.from).count()) / span, 0.0, 1.0) * w;
    };
    const auto yOf = [&](double value) { return top + h - value / most * h; };
    const auto n = [](double value) { return QString::number(value, 'f', 1); };

    QString svg = u"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1 %2\" width=\"%1\" "
                  "height=\"%2\" role=\"img\" font-family=\"Inter, 'Noto Sans', 'DejaVu Sans', "
                  "sans-serif\" font-size=\"11\">\n"_s.arg(chartWidth)
                      .arg(chartHeight);
    const auto line = [&](double x1, double y1, double x2, double y2, const QString &style) {
        svg += u"<line x1=\"%1\" y1=\"%2\" x2=\"%3\" y2=\"%4\" %5/>\n"_s.arg(n(x1), n(y1), n(x2),
                                                                             n(y2), style);
    };
    const auto words = [&](double x, double y, const QString &text, const QString &style) {
        svg += u"<text x=\"%1\" y=\"%2\" %3>%4</text>\n"_s.arg(n(x), n(y), style,
                                                               text.toHtmlEscaped());
    };
    words(0, 13, Words::tr("%1 of %2").arg(nameOf(chart.kind), nameOfStamp(chart.stamp)).left(90),
          u"font-size=\"13\" font-weight=\"700\" fill=\"#1a222d\""_s);
    svg += u"<rect x=\"%1\" y=\"%2\" width=\"%3\" height=\"%4\" fill=\"#fdfcf9\"/>\n"_s.arg(
        n(left), n(top), n(w), n(h));
    // While it lasted.
    if (!report.isQuiet) {
        const double from = xOf(report.startsAt);
        const double to = xOf(report.endsAt.value_or(report.to));
        svg +=
            u"<rect x=\"%1\" y=\"%2\" width=\"%3\" height=\"%4\" fill=\"#b9202e\" "
            "fill-opacity=\"0.08\"/>\n"_s.arg(n(from), n(top), n(std::max(1.0, to - from)), n(h));
    }
    for (const RecordedRange &gap : report.gaps) {
        svg += u"<rect x=\"%1\" y=\"%2\" width=\"%3\" height=\"%4\" fill=\"#e2dccf\"/>\n"_s.arg(
            n(xOf(gap.from)), n(top), n(std::max(1.0, xOf(gap.to) - xOf(gap.from))), n(h));
    }
    for (int tick = 0; tick <= 4; ++tick) {
        const double value = most * tick / 4;
        line(left, yOf(value), left + w, yOf(value),
             tick == 0 ? u"stroke=\"#8a8270\""_s : u"stroke=\"#e7e2d6\""_s);
        words(left - 6, yOf(value) + 4, tick == 0 ? u"0"_s : valueOf(chart.kind, value),
              u"text-anchor=\"end\" fill=\"#5e6878\""_s);
    }
    for (int tick = 0; tick <= 4; ++tick) {
        const Timestamp at = report.from + (report.to - report.from) * tick / 4;
        words(xOf(at), chartHeight - 8,
              report.to - report.from > 36h ? Format::daySecond(at) : Format::minute(at),
              tick == 0       ? u"text-anchor=\"start\" fill=\"#5e6878\""_s
                  : tick == 4 ? u"text-anchor=\"end\" fill=\"#5e6878\""_s
                              : u"text-anchor=\"middle\" fill=\"#5e6878\""_s);
    }
    // Parts, since what is not known is not drawn.
    QString part;
    int points = 0;
    double last = 0;
    const auto flush = [&] {
        if (points == 1)
            svg += u"<circle cx=\"%1\" cy=\"%2\" r=\"1.5\" fill=\"#2b78b5\"/>\n"_s.arg(
                n(last), part.section(u',', -1));
        else if (points > 1)
            svg += u"<polyline points=\"%1\" fill=\"none\" stroke=\"#2b78b5\" "
                   "stroke-width=\"1.75\" stroke-linejoin=\"round\"/>\n"_s.arg(part);
        part.clear();
        points = 0;
    };
    for (size_t at = 0; at < values.size(); ++at) {
        if (std::isnan(values[at].mean)) {
            flush();
            continue;
        }
        last = xOf(chart.series.start + chart.series.step * qint64(at) + chart.series.step / 2);
        part += (points > 0 ? u" "_s : QString()) + n(last) + u',' + n(yOf(values[at].mean));
        ++points;
    }
    flush();
    if (chart.limit && *chart.limit <= most) {
        line(left, yOf(*chart.limit), left + w, yOf(*chart.limit),
             u"stroke=\"#a66a00\" stroke-dasharray=\"5 3\""_s);
        words(left + 6, yOf(*chart.limit) - 4,
              Words::tr("limit %1").arg(valueOf(chart.kind, *chart.limit)), u"fill=\"#7a4d00\""_s);
    }
    for (const Happening &mark : report.timeline.marks) {
        if (mark.subject != chart.stamp || !HistoryWords::isNotable(mark))
            continue;
        const double x = xOf(mark.at);
        const bool isBad = HistoryWords::isTrouble(mark);
        line(x, top, x, top + h,
             isBad ? u"stroke=\"#b9202e\" stroke-width=\"1.5\""_s
                   : u"stroke=\"#1b50b5\" stroke-dasharray=\"3 3\""_s);
        svg += isBad
            ? u"<rect x=\"%1\" y=\"%2\" width=\"8\" height=\"8\" rx=\"1.5\" fill=\"#b9202e\"/>\n"_s
                  .arg(n(x - 4), n(top - 8))
            : u"<path d=\"M%1 %2l4 4-4 4-4-4z\" fill=\"#1b50b5\"/>\n"_s.arg(n(x), n(top - 8));
    }
    return (svg + u"</svg>"_s).toUtf8();
}

QByteArray toHtml(const Report &report, ReportCharts charts)
{
    const bool isPage = charts == ReportCharts::Inline;
    const Medium medium = isPage ? Medium::Browser : Medium::Paper;
    const auto meta = [](const QString &name, const QString &value) {
        return row({cell(name.toHtmlEscaped()), cell(value)});
    };
    const QString zone = Format::zone(report.from);
    const QString span = Format::daySecond(report.startsAt) + u" – "_s
        + (report.endsAt ? Format::daySecond(*report.endsAt) : Words::tr("lasts"));
    QString head;
    if (!report.severity.isEmpty())
        head += badge(report.severity, medium);
    head += element(u"h1"_s, plain(report.title, 200));
    QString facts = meta(Words::tr("When"), QString(span + u' ' + zone).toHtmlEscaped());
    if (!report.isQuiet)
        facts += meta(
            Words::tr("How long"),
            Format::exactAge(report.endsAt.value_or(report.to) - report.startsAt).toHtmlEscaped());
    if (!report.incident.isEmpty())
        facts += meta(Words::tr("Incident"), plain(report.incident, 200));
    if (!report.summary.isEmpty())
        facts += meta(Words::tr("It says"), plain(report.summary, 1'000));
    facts += meta(Words::tr("Looked at"),
                  Words::tr("%1 to %2 %3, %4")
                      .arg(Format::daySecond(report.from), Format::daySecond(report.to), zone,
                           Format::stamps(report.stamps))
                      .toHtmlEscaped());
    if (!report.query.isEmpty())
        facts += meta(Words::tr("Stamps"), plain(report.query, 300));
    for (const RecordedRange &gap : report.gaps.mid(0, 5))
        facts += meta(Words::tr("Not recorded"),
                      Words::tr("%1 to %2: what happened then is not here")
                          .arg(Format::daySecond(gap.from), Format::daySecond(gap.to))
                          .toHtmlEscaped());
    head +=
        u"<table class=\"meta\" cellspacing=\"0\" cellpadding=\"2\">"_s + facts + u"</table>\n"_s;

    QString body = head + summary(report) + figuresOf(report) + blastRadius(report)
        + changesBefore(report) + timelineOf(report) + chartsOf(report, charts) + actionsOf(report)
        + questions();
    body += element(isPage ? u"footer"_s : u"p"_s,
                    Words::tr("Made by Stampdeck on %1 %2 from what it had recorded.")
                        .arg(Format::daySecond(report.made), Format::zone(report.made))
                        .toHtmlEscaped(),
                    isPage ? QString() : u"note"_s);
    return document(report.title, body, medium);
}

} // namespace Stampdeck

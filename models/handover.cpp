// SPDX-License-Identifier: GPL-3.0-or-later
#include "handover.h"

#include "formatter.h"
#include "incidentstory.h"
#include "operationwords.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using std::chrono::milliseconds;
using Part = HandOverPart;
using ReportPage::Medium;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(HandOver)
};

constexpr int mostTitle = 200; ///< Characters of what others wrote.
constexpr int mostDetail = 400;

/// Takes what is told of incidents and operations, in its order.
class Gatherer
{
public:
    explicit Gatherer(ShiftRecord &record)
        : m_record(record)
    { }
    void began(const QString &id, const QString &title, std::optional<Severity> severity,
               Timestamp at)
    {
        m_open.insert(id, int(m_record.incidents.size()));
        m_record.incidents.append({id, title, severity.value_or(Severity::Warning), at, {}});
    }
    void ended(const QString &id, const QString &title, std::optional<Severity> severity,
               Timestamp at)
    {
        if (const auto known = m_open.constFind(id); known != m_open.cend()) {
            m_record.incidents[*known].to = at;
            m_open.erase(known);
        } else { // it is older than the shift
            m_record.incidents.append({id, title, severity.value_or(Severity::Warning), {}, at});
        }
    }
    ShiftRecord::Action &operation(const QString &id)
    {
        const auto known = std::find_if(m_record.operations.begin(), m_record.operations.end(),
                                        [&id](const auto &each) { return each.id == id; });
        if (known != m_record.operations.end())
            return *known;
        m_record.operations.append({id, {}, {}, OperationState::Unknown, {}, {}});
        return m_record.operations.last();
    }

private:
    ShiftRecord &m_record;
    QHash<QString, int> m_open;
};

bool isKeptQuiet(const Incident &incident)
{
    return incident.silenced || incident.inhibited;
}

// Those that nobody runs wait for a person; then those that are held up.
int rankOf(const Operation &operation, const QStringList &cutOff)
{
    return operation.state == OperationState::Orphaned || cutOff.contains(operation.id) ? 0
        : operation.state == OperationState::Paused                                     ? 1
                                                                                        : 2;
}

/// Writes the rows of one sheet.
class Writer
{
public:
    explicit Writer(const HandOver &sheet)
        : m_sheet(sheet)
    { }
    [[nodiscard]] QString timeOf(Timestamp at) const
    {
        const bool isToday = Format::dateTime(at).date() == Format::dateTime(m_sheet.made).date();
        return isToday ? Format::minute(at) : Format::day(at) + u' ' + Format::minute(at);
    }
    [[nodiscard]] Part::Row row(const Incident &incident) const;
    [[nodiscard]] Part::Row row(const KnownSilence &known) const;
    [[nodiscard]] Part::Row row(const Operation &operation) const;
    [[nodiscard]] Part::Row row(const FeedState &source) const;
    [[nodiscard]] Part::Row row(const ShiftRecord::Spell &spell) const;
    [[nodiscard]] Part::Row row(const ShiftRecord::Action &action) const;
    [[nodiscard]] Part shift() const;

private:
    [[nodiscard]] QString span(std::optional<Timestamp> from, std::optional<Timestamp> to) const;

    const HandOver &m_sheet;
};

QString joined(const QStringList &parts)
{
    return parts.join(u" · "_s);
}

Part::Row Writer::row(const Incident &incident) const
{
    Part::Row row;
    row.what = incident.title;
    row.severity = incident.severity;
    row.isPressing = !incident.acknowledged && !isKeptQuiet(incident) && !incident.maintenance;
    if (incident.startsAt)
        row.when = Words::tr("since %1").arg(timeOf(*incident.startsAt));
    QStringList parts{whereOf(incident)};
    if (!incident.tenants.isEmpty())
        parts.append(Format::tenants(incident.tenants.size()));
    if (const auto &is = incident.acknowledged) {
        parts.append(is->until
                         ? Words::tr("acknowledged by %1 until %2").arg(is->by, timeOf(*is->until))
                         : Words::tr("acknowledged by %1").arg(is->by));
        if (incident.acknowledgedHere)
            parts.append(Words::tr("on this workstation only"));
        if (!is->note.isEmpty())
            parts.append(Words::tr("“%1”").arg(is->note));
    }
    if (incident.maintenance)
        parts.append(Words::tr("in maintenance"));
    if (const auto &is = incident.silenced) {
        parts.append(is->until
                         ? Words::tr("silenced by %1 until %2").arg(is->by, timeOf(*is->until))
                         : Words::tr("silenced by %1").arg(is->by));
        if (!is->comment.isEmpty())
            parts.append(Words::tr("“%1”").arg(is->comment));
    } else if (incident.inhibited) {
        parts.append(Words::tr("kept quiet by another alert"));
    }
    if (const QString again = cameBack(incident); !again.isEmpty())
        parts.append(again);
    if (incident.lastHeard)
        parts.append(Words::tr("as of %1: its source is silent").arg(timeOf(*incident.lastHeard)));
    if (!incident.summary.isEmpty())
        parts.append(incident.summary);
    row.detail = joined(parts);
    return row;
}

Part::Row Writer::row(const KnownSilence &known) const
{
    const Silence &silence = known.silence;
    QStringList matchers;
    for (const Matcher &matcher : silence.matchers)
        matchers.append(matcher.toString());
    QStringList parts{Words::tr("by %1").arg(silence.createdBy),
                      Words::tr("%Ln alert(s)", nullptr, known.alerts)};
    if (!silence.comment.isEmpty())
        parts.append(Words::tr("“%1”").arg(silence.comment));
    return {silence.endsAt ? Words::tr("until %1").arg(timeOf(*silence.endsAt)) : QString(),
            matchers.join(u", "_s), joined(parts), {}, false};
}

Part::Row Writer::row(const Operation &operation) const
{
    Part::Row row;
    row.what = Stampdeck::titleOf(operation);
    row.isPressing = rankOf(operation, m_sheet.cutOff) < 2;
    if (operation.createdAt)
        row.when = Words::tr("since %1").arg(timeOf(*operation.createdAt));
    QStringList parts;
    if (m_sheet.cutOff.contains(operation.id)) {
        const auto [done, all] = stepsDone(operation);
        parts.append(
            Words::tr("cut off at %1 of %2 steps: resume it or roll it back").arg(done).arg(all));
    } else {
        parts.append(stateLineOf(operation, m_sheet.made));
    }
    if (!operation.createdBy.isEmpty())
        parts.append(Words::tr("by %1").arg(operation.createdBy));
    if (!operation.reason.isEmpty())
        parts.append(Words::tr("“%1”").arg(operation.reason));
    row.detail = joined(parts);
    return row;
}

Part::Row Writer::row(const FeedState &source) const
{
    Part::Row row;
    row.what = source.name;
    row.isPressing = true;
    row.detail = source.error ? source.error->message : Words::tr("no answer");
    if (source.lastContact) {
        const auto age = std::max(m_sheet.elapsed - *source.lastContact, milliseconds(0));
        row.when = Words::tr("heard at %1").arg(timeOf(m_sheet.made - age));
    } else {
        row.when = Words::tr("never heard");
    }
    return row;
}

QString Writer::span(std::optional<Timestamp> from, std::optional<Timestamp> to) const
{
    return !to ? Words::tr("since %1").arg(timeOf(*from))
        : from ? Words::tr("%1 to %2").arg(timeOf(*from), timeOf(*to))
               : Words::tr("until %1").arg(timeOf(*to));
}

Part::Row Writer::row(const ShiftRecord::Spell &spell) const
{
    QString detail;
    if (!spell.to)
        detail = Words::tr("began, and lasts");
    else if (spell.from)
        detail = Words::tr("is over after %1").arg(Format::exactAge(*spell.to - *spell.from));
    else
        detail = Words::tr("is over");
    return {span(spell.from, spell.to), spell.title.isEmpty() ? spell.id : spell.title, detail,
            spell.severity, false};
}

Part::Row Writer::row(const ShiftRecord::Action &action) const
{
    QStringList parts{Format::word(action.state)};
    if (!action.by.isEmpty())
        parts.append(Words::tr("by %1").arg(action.by));
    return {span(action.from, action.to), action.title, joined(parts), {}, false};
}

Part Writer::shift() const
{
    Part part{u"shift"_s, Words::tr("What happened in this shift"), {}, {}, {}};
    if (!m_sheet.shift) {
        part.none = Words::tr("The history is still being read.");
        return part;
    }
    const ShiftRecord &record = *m_sheet.shift;
    QStringList counts{Words::tr("%Ln incident(s) began.", nullptr, record.began()),
                       Words::tr("%Ln ended.", nullptr, record.ended()),
                       Words::tr("%Ln operation(s) ran.", nullptr, int(record.operations.size()))};
    if (record.failed() > 0)
        counts.append(Words::tr("%Ln of them failed.", nullptr, record.failed()));
    part.lead.append(counts.join(u' '));
    if (!record.isRecorded)
        part.lead.append(record.why.isEmpty()
                             ? Words::tr("Nothing is recorded here: this is what this window saw.")
                             : Words::tr("The history cannot be read: %1. This is what this window "
                                         "saw.")
                                   .arg(record.why));
    for (const RecordedRange &gap : record.gaps.mid(0, 3))
        part.lead.append(
            Words::tr("Nobody recorded from %1 to %2.").arg(timeOf(gap.from), timeOf(gap.to)));
    for (const ShiftRecord::Spell &spell : record.incidents)
        part.rows.append(row(spell));
    for (const ShiftRecord::Action &action : record.operations)
        part.rows.append(row(action));
    return part;
}

// Marks of CommonMark lose their meaning; '<' and '&' as HTML has them.
QString escaped(const QString &text, int most)
{
    QString shown;
    for (const QChar c : ReportPage::tame(text, most)) {
        if (c == u'<')
            shown += u"&lt;"_s;
        else if (c == u'&')
            shown += u"&amp;"_s;
        else if (u"\\`*_[]>|~#"_s.contains(c))
            shown += QString(u'\\') + c;
        else
            shown += c;
    }
    return shown;
}

} // namespace

int ShiftRecord::began() const
{
    return int(std::count_if(incidents.begin(), incidents.end(),
                             [](const Spell &spell) { return spell.from.has_value(); }));
}

int ShiftRecord::ended() const
{
    return int(std::count_if(incidents.begin(), incidents.end(),
                             [](const Spell &spell) { return spell.to.has_value(); }));
}

int ShiftRecord::failed() const
{
    return int(std::count_if(operations.begin(), operations.end(), [](const Action &action) {
        return action.state == OperationState::Failed;
    }));
}

Result<ShiftRecord> readShift(const QString &stateDir, Timestamp from, Timestamp to)
{
    if (stateDir.isEmpty())
        return fail(ErrorKind::NotFound, Words::tr("nothing is recorded here"));
    // Operations and events stand in it however much else has changed.
    constexpr int fewChanges = 0;
    const auto timeline = readTimeline(stateDir, from, to, fewChanges);
    if (!timeline)
        return fail(timeline.error());
    const auto reader = HistoryReader::open(stateDir);
    if (!reader)
        return fail(reader.error());
    const auto events = (*reader)->events(from, to, u"incident"_s);
    if (!events)
        return fail(events.error());
    ShiftRecord record;
    record.from = from;
    record.to = to;
    record.isRecorded = true;
    record.gaps = gapsOf(timeline->recorded, from, to);
    Gatherer gatherer(record);
    for (const HistoryEvent &event : *events) {
        const QJsonObject data = QJsonDocument::fromJson(event.data).object();
        const QString title = data.value(u"title"_s).toString();
        const auto severity = fromString<Severity>(QStringView(data.value(u"severity"_s).toString()));
        if (data.value(u"state"_s).toString() == u"resolved")
            gatherer.ended(event.id, title, severity, event.at);
        else
            gatherer.began(event.id, title, severity, event.at);
    }
    for (const HistoryTimeline::Mark &mark : timeline->marks) {
        const bool isEnd = mark.what == HistoryTimeline::What::Ended;
        if (!isEnd && mark.what != HistoryTimeline::What::Began)
            continue;
        ShiftRecord::Action &action = gatherer.operation(mark.subject);
        action.title = Format::capitalised(Format::action(mark.detail.section(u' ', 0, 0))) + u' '
            + mark.detail.section(u' ', 1);
        if (!mark.by.isEmpty())
            action.by = mark.by;
        action.state =
            fromString<OperationState>(QStringView(mark.now)).value_or(OperationState::Unknown);
        (isEnd ? action.to : action.from) = mark.at;
    }
    return record;
}

ShiftRecord shiftOf(const FleetVersion &version, Timestamp from, Timestamp to, const Error &error)
{
    ShiftRecord record;
    if (error.kind != ErrorKind::NotFound)
        record.why = error.message;
    record.from = from;
    record.to = to;
    const auto isIn = [&](const std::optional<Timestamp> &at) {
        return at && *at >= from && *at <= to;
    };
    if (const IncidentBookPtr book = version.incidents) {
        std::vector<IncidentPtr> all = book->closed;
        all.insert(all.end(), book->open.begin(), book->open.end());
        for (const IncidentPtr &incident : all) {
            if (!isIn(incident->startsAt) && !isIn(incident->endsAt))
                continue;
            record.incidents.append(
                {incident->id, incident->title, incident->severity,
                 isIn(incident->startsAt) ? incident->startsAt : std::nullopt,
                 incident->firing ? std::nullopt : incident->endsAt});
        }
    }
    for (const OperationPtr &operation : version.operations) {
        const bool isOver = isFinal(operation->state);
        if (!isIn(operation->createdAt) && !(isOver && isIn(operation->updatedAt)))
            continue;
        record.operations.append({operation->id, titleOf(*operation), operation->createdBy,
                                  operation->state,
                                  isIn(operation->createdAt) ? operation->createdAt : std::nullopt,
                                  isOver ? operation->updatedAt : std::nullopt});
    }
    const auto first = [](const auto &each) { return each.from.value_or(each.to.value_or(Timestamp())); };
    const auto isBefore = [first](const auto &a, const auto &b) { return first(a) < first(b); };
    std::stable_sort(record.incidents.begin(), record.incidents.end(), isBefore);
    std::stable_sort(record.operations.begin(), record.operations.end(), isBefore);
    return record;
}

HandOver handOverOf(const FleetVersion &version, const HandOverRequest &request)
{
    HandOver sheet;
    sheet.made = request.now;
    sheet.from = request.now - request.shift;
    sheet.next = request.now + request.shift;
    sheet.by = request.by;
    sheet.notes = request.notes;
    sheet.elapsed = request.elapsed;
    sheet.isWatched = version.incidents && version.incidents->settled;
    if (const IncidentBookPtr book = version.incidents) {
        for (const IncidentPtr &incident : book->open) {
            QList<IncidentPtr> &list = incident->acknowledged ? sheet.acknowledged
                : incident->maintenance                      ? sheet.maintenance
                : isKeptQuiet(*incident)                     ? sheet.silenced
                                                             : sheet.open;
            list.append(incident);
        }
        for (const KnownSilence &known : book->silences) {
            if (known.silence.endsAt && *known.silence.endsAt <= sheet.next)
                sheet.ending.append(known);
        }
        std::stable_sort(sheet.ending.begin(), sheet.ending.end(),
                         [](const KnownSilence &a, const KnownSilence &b) {
                             return *a.silence.endsAt < *b.silence.endsAt;
                         });
    }
    for (const OperationPtr &operation : version.operations) {
        if (isFinal(operation->state) && operation->state != OperationState::Orphaned)
            continue;
        sheet.operations.append(operation);
        if (request.cutOff.contains(operation->id))
            sheet.cutOff.append(operation->id);
    }
    std::stable_sort(sheet.operations.begin(), sheet.operations.end(),
                     [&sheet](const OperationPtr &a, const OperationPtr &b) {
                         const int ranks[] = {rankOf(*a, sheet.cutOff), rankOf(*b, sheet.cutOff)};
                         return ranks[0] != ranks[1] ? ranks[0] < ranks[1]
                                                     : a->createdAt < b->createdAt;
                     });
    for (const FeedState &source : version.everySource()) {
        if (source.error || source.endpointsStale > 0)
            sheet.deaf.append(source);
    }
    return sheet;
}

QList<HandOverPart> partsOf(const HandOver &sheet)
{
    const Writer writer(sheet);
    QList<Part> parts;
    const auto add = [&](const QString &name, const QString &title, const QString &none,
                         const auto &list) {
        Part part{name, title, {}, none, {}};
        for (const auto &each : list) {
            if constexpr (requires { each->id; })
                part.rows.append(writer.row(*each));
            else
                part.rows.append(writer.row(each));
        }
        parts.append(part);
    };
    add(u"open"_s, Words::tr("Open, and nobody looks after it"),
        sheet.isWatched ? Words::tr("Nothing.")
                        : Words::tr("Not known: not every source of incidents has answered."),
        sheet.open);
    if (!sheet.deaf.isEmpty())
        add(u"deaf"_s, Words::tr("Does not answer, so that nobody knows"), {}, sheet.deaf);
    add(u"acknowledged"_s, Words::tr("Acknowledged"), Words::tr("Nothing."), sheet.acknowledged);
    add(u"silenced"_s, Words::tr("Silenced"), Words::tr("Nothing."), sheet.silenced);
    add(u"ending"_s, Words::tr("Silences that end in the next shift"), Words::tr("None."),
        sheet.ending);
    add(u"maintenance"_s, Words::tr("In maintenance"), Words::tr("Nothing."), sheet.maintenance);
    add(u"operations"_s, Words::tr("Operations that are not over"), Words::tr("None."),
        sheet.operations);
    parts.append(writer.shift());
    return parts;
}

QString titleOf(const HandOver &sheet)
{
    //: %1 a person, %2 a day, a time and its zone
    return Words::tr("Hand-over by %1, %2")
        .arg(ReportPage::tame(sheet.by, mostTitle),
             Format::day(sheet.made) + u' ' + Format::minuteOfZone(sheet.made));
}

QString spanOf(const HandOver &sheet)
{
    const Writer writer(sheet);
    return Words::tr("The shift: %1 to %2. The next one: until %3.")
        .arg(writer.timeOf(sheet.from), writer.timeOf(sheet.made), writer.timeOf(sheet.next));
}

QString toText(const HandOver &sheet)
{
    QStringList lines{titleOf(sheet), spanOf(sheet), {}};
    const auto head = [&lines](const QString &title) {
        lines.append(title);
        lines.append(QString(title.size(), u'-'));
    };
    if (!sheet.notes.trimmed().isEmpty()) {
        head(Words::tr("Notes"));
        for (const QString &line : sheet.notes.trimmed().split(u'\n'))
            lines.append(ReportPage::tame(line, int(line.size())));
        lines.append(QString());
    }
    for (const Part &part : partsOf(sheet)) {
        head(part.rows.isEmpty() ? part.title
                                 : Words::tr("%1 (%2)").arg(part.title,
                                                            Format::count(part.rows.size())));
        lines += part.lead;
        if (part.rows.isEmpty() && !part.none.isEmpty())
            lines.append(part.none);
        for (const Part::Row &row : part.rows) {
            QStringList first;
            if (row.severity)
                first.append(wordOf(*row.severity));
            if (!row.when.isEmpty())
                first.append(row.when);
            lines.append(u"* "_s + ReportPage::tame(row.what, mostTitle)
                         + (first.isEmpty() ? QString() : u" ("_s + first.join(u", "_s) + u')'));
            if (!row.detail.isEmpty())
                lines.append(u"  "_s + ReportPage::tame(row.detail, mostDetail));
        }
        lines.append(QString());
    }
    return lines.join(u'\n');
}

QString toMarkdown(const HandOver &sheet)
{
    QStringList lines{u"# "_s + escaped(titleOf(sheet), mostTitle), {}, spanOf(sheet), {}};
    const auto head = [&lines](const QString &title) {
        lines.append(u"## "_s + title);
        lines.append(QString());
    };
    if (!sheet.notes.trimmed().isEmpty()) {
        head(Words::tr("Notes"));
        // A backslash at its end breaks a line; what stands at its beginning is never a mark.
        for (const QString &line : sheet.notes.trimmed().split(u'\n')) {
            static const QString marks = u"+-=0123456789"_s;
            QString shown = escaped(line.trimmed(), int(line.size()));
            if (!shown.isEmpty() && marks.contains(shown[0]))
                shown.prepend(shown[0].isDigit() ? u"\u200b"_s : u"\\"_s);
            lines.append(shown.isEmpty() ? QString() : shown + u'\\');
        }
        lines.append(QString());
    }
    for (const Part &part : partsOf(sheet)) {
        head(part.rows.isEmpty() ? part.title
                                 : Words::tr("%1 (%2)").arg(part.title,
                                                            Format::count(part.rows.size())));
        for (const QString &line : part.lead)
            lines += {line, QString()};
        if (part.rows.isEmpty() && !part.none.isEmpty())
            lines.append(part.none);
        for (const Part::Row &row : part.rows) {
            QStringList line{u"**"_s + escaped(row.what, mostTitle) + u"**"_s};
            if (row.severity)
                line.append(wordOf(*row.severity));
            if (!row.when.isEmpty())
                line.append(row.when);
            if (!row.detail.isEmpty())
                line.append(escaped(row.detail, mostDetail));
            lines.append(u"- "_s + line.join(u" · "_s));
        }
        lines.append(QString());
    }
    return lines.join(u'\n');
}

QByteArray toHtml(const HandOver &sheet, Medium medium)
{
    using namespace ReportPage;
    const bool isPage = medium == Medium::Browser;
    QString body = element(u"h1"_s, plain(titleOf(sheet), mostTitle * 2))
        + element(u"p"_s, spanOf(sheet).toHtmlEscaped(), u"summary"_s);
    body += figures({{Format::count(sheet.open.size()), Words::tr("open")},
                     {Format::count(sheet.acknowledged.size()), Words::tr("acknowledged")},
                     {Format::count(sheet.silenced.size()), Words::tr("silenced")},
                     {Format::count(sheet.ending.size()), Words::tr("silences that end")},
                     {Format::count(sheet.operations.size()), Words::tr("operations")}});
    if (!sheet.notes.trimmed().isEmpty()) {
        body += element(u"h2"_s, Words::tr("Notes"));
        for (const QString &line : sheet.notes.trimmed().split(u'\n'))
            body += element(u"p"_s, line.trimmed().isEmpty() ? u"&nbsp;"_s
                                                             : plain(line, int(line.size())));
    }
    for (const Part &part : partsOf(sheet)) {
        body += element(u"h2"_s, part.title.toHtmlEscaped());
        for (const QString &line : part.lead)
            body += element(u"p"_s, line.toHtmlEscaped());
        if (part.rows.isEmpty()) {
            if (!part.none.isEmpty())
                body += element(u"p"_s, part.none.toHtmlEscaped(), u"note"_s);
            continue;
        }
        QStringList rows;
        for (const Part::Row &each : part.rows) {
            const QString word = each.severity ? wordOf(*each.severity) : QString();
            const QString kind = !each.isPressing            ? QString()
                : each.severity == Severity::Critical        ? u"unhealthy"_s
                : each.severity == Severity::Info            ? QString()
                                                             : u"degraded"_s;
            rows.append(row({cell(titled(plain(each.what, mostTitle), plain(each.detail, mostDetail)),
                                  u"name"_s),
                             cell(word, kind + u" word"_s), cell(each.when.toHtmlEscaped(), u"n"_s)}));
        }
        body += table({}, rows, u"list"_s, int(rows.size())); // nothing is left out of it
    }
    body += element(isPage ? u"footer"_s : u"p"_s,
                    Words::tr("Made by Stampdeck on %1 %2.")
                        .arg(Format::daySecond(sheet.made), Format::zone(sheet.made))
                        .toHtmlEscaped(),
                    isPage ? QString() : u"note"_s);
    return document(titleOf(sheet), body, medium);
}

} // namespace Stampdeck

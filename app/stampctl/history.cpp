// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"
#include "table.h"

#include "app/common/json.h"
#include "models/historyreader.h"

#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

ExitStatus give(const Error &error)
{
    complain(error);
    return statusOf(error.kind);
}

QByteArray numberText(double value)
{
    return std::isnan(value) ? QByteArray() : QByteArray::number(value, 'g', 12);
}

/// Without the last digits, which are of the unit and of no value.
double rounded(double value)
{
    return numberText(value).toDouble();
}

QByteArray csvOf(const std::vector<SummarySeries> &series)
{
    QByteArray text = "time";
    for (const SummarySeries &each : series) {
        const QByteArray name = toString(each.kind).toLatin1();
        text += ',' + name + ',' + name + "_min," + name + "_max";
    }
    text += '\n';
    for (size_t i = 0; !series.empty() && i < series.front().values.size(); ++i) {
        text += toRfc3339(series.front().start + series.front().step * qint64(i)).toLatin1();
        for (const SummarySeries &each : series) {
            const SampleSummary &value = each.values[i];
            for (const double figure : {value.mean, value.min, value.max})
                text += ',' + numberText(figure);
        }
        text += '\n';
    }
    return text;
}

void writeRange(JsonWriter &writer, const RecordedRange &range)
{
    writer.beginObject();
    writer.member("from", toRfc3339(range.from));
    writer.member("to", toRfc3339(range.to));
    writer.endObject();
}

QByteArray jsonOf(const Invocation &invocation, const QString &stamp,
                  std::chrono::milliseconds step, const QList<HistoryChange> &changes,
                  const std::vector<SummarySeries> &series, const QList<RecordedRange> &gaps)
{
    QByteArray json;
    JsonWriter writer(json);
    writer.beginObject();
    writer.member("stamp", stamp);
    writer.member("from", toRfc3339(invocation.since));
    writer.member("to", toRfc3339(invocation.upTo));
    writer.member("step", toString(step));
    writer.key("changes");
    writer.beginArray();
    for (const HistoryChange &change : changes) {
        writer.beginObject();
        writer.member("at", toRfc3339(change.at));
        writer.member("field", change.field);
        writer.key("before");
        writer.valueOrNull(change.before);
        writer.key("now");
        writer.valueOrNull(change.now);
        writer.endObject();
    }
    writer.endArray();
    writer.key("samples");
    writer.beginArray();
    for (size_t i = 0; !series.empty() && i < series.front().values.size(); ++i) {
        writer.beginObject();
        writer.member("at", toRfc3339(series.front().start + step * qint64(i)));
        for (const SummarySeries &each : series) {
            const SampleSummary &value = each.values[i];
            writer.key(QStringView(toString(each.kind)));
            if (std::isnan(value.mean)) {
                writer.null();
                continue;
            }
            writer.beginObject();
            writer.member("mean", rounded(value.mean));
            writer.member("min", rounded(value.min));
            writer.member("max", rounded(value.max));
            writer.endObject();
        }
        writer.endObject();
    }
    writer.endArray();
    writer.key("gaps");
    writer.beginArray();
    for (const RecordedRange &gap : gaps)
        writeRange(writer, gap);
    writer.endArray();
    writer.endObject();
    return json + '\n';
}

} // namespace

ExitStatus history(const Invocation &invocation)
{
    const auto reader = HistoryReader::open(
        invocation.common.stateDir.empty() ? defaultStateDir()
                                           : QString::fromStdString(invocation.common.stateDir));
    if (!reader)
        return give(reader.error());
    const auto stamp = (*reader)->findStamp(invocation.stamp);
    if (!stamp)
        return give(stamp.error());
    const auto changes = (*reader)->changes(*stamp, invocation.since, invocation.upTo);
    if (!changes)
        return give(changes.error());
    const auto recorded = (*reader)->recorded();
    if (!recorded)
        return give(recorded.error());
    const QList<RecordedRange> gaps = gapsOf(*recorded, invocation.since, invocation.upTo);

    const std::chrono::milliseconds step =
        invocation.step.value_or(std::max<std::chrono::milliseconds>(
            5s, std::chrono::ceil<std::chrono::seconds>((invocation.upTo - invocation.since) / 100)));
    std::vector<SummarySeries> series;
    if (invocation.output == OutputFormat::Json || invocation.csv) {
        auto measured = (*reader)->series(*stamp, {allSampleKinds.begin(), allSampleKinds.end()},
                                          invocation.since, invocation.upTo, step);
        if (!measured)
            return give(measured.error());
        series = std::move(*measured);
    }
    switch (invocation.output) {
    case OutputFormat::Json:
        print(jsonOf(invocation, *stamp, step, *changes, series, gaps));
        return ExitStatus::Done;
    case OutputFormat::Name: {
        QByteArray text;
        for (const HistoryChange &change : *changes)
            text += change.field.toUtf8() + '\n';
        print(text);
        break;
    }
    case OutputFormat::Table: {
        if (invocation.csv) {
            print(csvOf(series));
            break;
        }
        Table table({{u"TIME"_s, TableColumn::Word},
                     {u"WHAT"_s, TableColumn::Name},
                     {u"BEFORE"_s, TableColumn::Sentence, 1},
                     {u"NOW"_s, TableColumn::Sentence}});
        for (const HistoryChange &change : *changes)
            table.add({toRfc3339(change.at), change.field, change.before, change.now});
        print(table.render(outputWidth(), invocation.headers));
        break;
    }
    }
    for (const RecordedRange &gap : gaps)
        complain(u"nobody recorded from %1 to %2"_s.arg(toRfc3339(gap.from), toRfc3339(gap.to)));
    return ExitStatus::Done;
}

} // namespace Stampdeck

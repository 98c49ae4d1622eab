// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands.h"
#include "table.h"

#include "app/common/interrupt.h"
#include "app/common/jsonwriter.h"
#include "backends/conformance/conformance.h"

#include <cstdio>
#include <unistd.h>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

/// One line on a terminal that says which rule comes next, and goes when it is through.
class Progress
{
public:
    void show(const QString &text) const
    {
        if (!m_isShown)
            return;
        std::fprintf(stderr, "\r\033[K%s", qUtf8Printable(text));
        std::fflush(stderr);
    }

private:
    bool m_isShown = isTerminal(STDERR_FILENO);
};

QString sentenceOf(const ConformanceResult &result)
{
    if (result.verdict == ConformanceVerdict::Failed)
        return u"saw: %1; expected: %2"_s.arg(result.seen, result.expected);
    return result.seen;
}

QByteArray jsonOf(const ConformanceReport &report, const QString &adapter)
{
    QByteArray json;
    JsonWriter writer(json);
    writer.beginObject();
    writer.member("adapter", adapter);
    writer.member("instance", report.instance);
    writer.member("stamps", int(report.stamps));
    writer.member("tenants", int(report.tenants));
    writer.member("passed", report.passed());
    writer.key("rules");
    writer.beginArray();
    for (const ConformanceResult &result : report.results) {
        writer.beginObject();
        writer.member("rule", result.rule.id);
        writer.member("title", result.rule.title);
        writer.member("result", toString(result.verdict));
        writer.key("seen");
        writer.valueOrNull(result.seen);
        writer.key("expected");
        writer.valueOrNull(result.expected);
        writer.member("milliseconds", int(result.took.count()));
        writer.endObject();
    }
    writer.endArray();
    writer.key("left");
    writer.beginArray();
    for (const QString &left : report.left)
        writer.value(left);
    writer.endArray();
    writer.endObject();
    return json + '\n';
}

ConformanceSubject subjectOf(const SourceSettings &settings, const PluginCatalog &catalog)
{
    ConformanceSubject subject;
    subject.settings = settings;
    subject.create = [&catalog](const SourceSettings &made, Clock &clock) {
        return catalog.create<FleetAdapter>(made, clock);
    };
    if (const AdapterInfo *info = catalog.find(settings.adapter)) {
        subject.network = info->network;
        subject.location = info->location;
        for (const AdapterKey &key : info->keys) {
            if (key.type == KeyType::Secret && !key.isList)
                subject.secretKeys += key.name;
        }
    }
    return subject;
}

} // namespace

ExitStatus conformance(const Invocation &invocation, const PluginCatalog &catalog)
{
    CommonOptions common = invocation.common;
    common.sources = {invocation.source.toStdString()};
    const auto setup = setupOf(common, catalog);
    if (!setup) {
        complain(setup.error());
        return ExitStatus::Usage;
    }
    SourceSettings settings = setup->config.sources.front().settings;
    settings.readOnly |= setup->readOnly;

    ConformanceOptions options;
    options.scratch = invocation.writes;
    if (const QString prefix = settings.name + u'/'; options.scratch.startsWith(prefix))
        options.scratch = options.scratch.mid(prefix.size());
    options.only = invocation.only;
    Interrupt interrupt;
    options.isInterrupted = [&interrupt] { return interrupt.count() > 0; };
    const Progress progress;
    options.onResult = [&progress](const ConformanceResult &result) {
        progress.show(result.rule.id + u' ' + toString(result.verdict));
    };
    const auto report = checkConformance(subjectOf(settings, catalog), options);
    progress.show({});
    if (!report) {
        complain(report.error());
        return statusOf(report.error());
    }

    switch (invocation.output) {
    case OutputFormat::Json:
        print(jsonOf(*report, settings.adapter));
        break;
    case OutputFormat::Name:
        for (const ConformanceResult &result : report->results) {
            if (result.verdict == ConformanceVerdict::Failed)
                print(QString(result.rule.id + u'\n'));
        }
        break;
    case OutputFormat::Table: {
        Table table({{u"RULE"_s, TableColumn::Word},
                     {u"RESULT"_s, TableColumn::Word},
                     {u"WHAT"_s, TableColumn::Name},
                     {u"WHY"_s, TableColumn::Sentence}});
        for (const ConformanceResult &result : report->results)
            table.add(
                {result.rule.id, toString(result.verdict), result.rule.title, sentenceOf(result)});
        print(table.render(outputWidth(), invocation.headers));
        break;
    }
    }
    complain(u"%1 passed, %2 failed, %3 not applicable, %4 skipped, on %5 with %6 stamps"_s
                 .arg(report->count(ConformanceVerdict::Passed))
                 .arg(report->count(ConformanceVerdict::Failed))
                 .arg(report->count(ConformanceVerdict::NotApplicable))
                 .arg(report->count(ConformanceVerdict::Skipped))
                 .arg(report->instance)
                 .arg(report->stamps));
    for (const QString &left : report->left)
        complain(u"could not be put back: "_s + left);
    if (report->interrupted)
        return ExitStatus::Interrupted;
    return report->passed() ? ExitStatus::Done : ExitStatus::Failed;
}

} // namespace Stampdeck

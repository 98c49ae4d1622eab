// SPDX-License-Identifier: GPL-3.0-or-later
#include "invocation.h"

#include "backends/api/clock.h"
#include "backends/api/timestamp.h"
#include "models/suggestion.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <sstream>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

/// What CLI11 fills in: it knows std::string only.
struct Words
{
    CommonOptions common;
    std::string output = "table";
    bool noHeaders = false;
    std::string what;
    std::vector<std::string> query;
    std::vector<std::string> tenants;
    std::string to;
    int parallel = 2;
    std::vector<std::string> among;
    std::string deadline;
    bool partial = false;
    std::string maxLoad;
    std::string region;
    std::string stamp;
    std::vector<std::string> stamps;
    std::vector<std::string> settings;
    std::vector<std::string> rules;
    std::string fromTemplate;
    std::string source;
    std::vector<std::string> parameters;
    std::string incident;
    std::string until;
    std::string from = "-1h";
    std::string historyTo = "now";
    std::string step;
    std::string file;
    std::string title;
    std::string reportFrom;
    std::string reportTo;
    std::vector<std::string> reportQuery;
    std::string note;
    std::string silenceFor;
    std::string comment;
    std::string operation;
    bool all = false;
    bool adopt = false;
    std::string writes;
    std::vector<std::string> only;
    std::string bundle;
    bool dryRun = false;
    bool yes = false;
    bool wait = true;
    bool allowUnknown = false;
    bool allowStale = false;
    std::string confirm;
    std::string reason;
};

QStringList texts(const std::vector<std::string> &words)
{
    QStringList all;
    for (const std::string &word : words)
        all += QString::fromStdString(word);
    return all;
}

/// "80%", or a ratio; nothing for what is neither, or not above 0 and at most all of it.
std::optional<double> shareOf(const std::string &text)
{
    QString word = QString::fromStdString(text);
    const bool percent = word.endsWith(u'%');
    if (percent)
        word.chop(1);
    bool good = false;
    const double share = word.toDouble(&good) / (percent ? 100 : 1);
    return good && share > 0 && share <= 1 ? std::optional(share) : std::nullopt;
}

/// A moment: "now", so long before it ("-2h"), or RFC 3339.
std::optional<Timestamp> momentOf(const std::string &text)
{
    const QString word = QString::fromStdString(text);
    const Timestamp now = Clock::system().now();
    if (word == "now"_L1)
        return now;
    if (!word.startsWith(u'-'))
        return fromRfc3339(word);
    const auto before = durationFromString(QStringView(word).mid(1));
    return before ? std::optional(now - *before) : std::nullopt;
}

CLI::Validator isMoment()
{
    return CLI::Validator(
            [](const std::string &text) {
                return momentOf(text) ? std::string()
                                      : text + " is neither a time, such as 2026-01-02T03:04:05Z, "
                                               "nor so long ago, such as -2h, nor now";
            },
            "");
}

/// What drain and evacuate have in common.
void addEmptying(CLI::App *command, Words &words)
{
    command->add_option("--to", words.among,
                        "Only these stamps may take tenants; else the planner chooses among all")
            ->type_name("STAMP,...")
            ->delimiter(',')
            ->allow_extra_args(false);
    command->add_option("--parallel", words.parallel, "How many tenants at once")
            ->type_name("N")
            ->check(CLI::Range(1, 64).description(""));
    command->add_option("--deadline", words.deadline,
                        "Start no move when this has passed; those in flight end")
            ->type_name("1h")
            ->check(CLI::Validator(
                    [](const std::string &text) {
                        const auto duration = durationFromString(QString::fromStdString(text));
                        return duration && duration->count() > 0
                                ? std::string()
                                : text + " is no duration above 0, such as 90s, 30m or 1h";
                    },
                    ""));
    command->add_flag("--partial", words.partial,
                      "Leave tenants that no stamp takes, and move the others");
    command->add_option("--max-load", words.maxLoad,
                        "The load that no target may pass; its source's gate unless given")
            ->type_name("80%")
            ->check(CLI::Validator(
                    [](const std::string &text) {
                        return shareOf(text) ? std::string()
                                             : text + " is no load, such as 80% or 0.8";
                    },
                    ""));
}

void addActing(CLI::App *command, Words &words)
{
    command->add_flag("--dry-run", words.dryRun, "Print the plan, change nothing");
    command->add_flag("--yes", words.yes, "Do not ask");
    command->add_option("--confirm", words.confirm,
                        "Instead of being asked: the name of what is acted on, demanded for a source "
                        "marked production")
            ->type_name("NAME");
    command->add_option("--reason", words.reason, "Why; demanded on production")->type_name("TEXT");
    command->add_flag("--allow-unknown", words.allowUnknown,
                      "Act although a limit or a demand is not known");
    command->add_flag("--allow-stale", words.allowStale,
                      "Act although what is known is old; --yes alone does not");
    command->add_flag("--wait,!--no-wait", words.wait,
                      "Wait for the end (default), or hand over to a backend that runs operations "
                      "itself");
}

} // namespace

std::variant<Invocation, ExitStatus> readCommandLine(int argc, char **argv)
{
    Words words;
    CLI::App app("The fleet from a shell: the same models and adapters as the window.", "stampctl");
    app.require_subcommand(1);
    app.fallthrough();
    app.option_defaults()->always_capture_default(false);
    words.common.addTo(app);
    app.add_option("-o,--output", words.output, "How to print: table, json or name; csv of a history")
            ->type_name("FORMAT")
            ->check(CLI::IsMember({"table", "json", "name", "csv"}).description(""));
    app.add_flag("--no-headers", words.noHeaders, "Tables without their titles");

    CLI::App *get = app.add_subcommand("get", "List stamps, tenants, regions, sources, operations, "
                                              "incidents or templates");
    get->add_option("what", words.what, "What to list")
            ->required()
            ->type_name("stamps|tenants|regions|sources|operations|incidents|templates")
            ->check(CLI::IsMember({"stamps", "tenants", "regions", "sources", "operations",
                                   "incidents", "templates"})
                            .description(""));
    get->add_option("query", words.query, "In the search language: health:degraded cpu>80%")
            ->type_name("QUERY");

    CLI::App *watch = app.add_subcommand("watch", "Print each change as a line of JSON until "
                                                  "interrupted");
    watch->add_option("query", words.query, "In the search language")->type_name("QUERY");

    CLI::App *scale = app.add_subcommand("scale", "Scale components or limits of a stamp");
    scale->add_option("stamp", words.stamp, "The stamp")->required()->type_name("STAMP");
    scale->add_option("settings", words.settings,
                      "COMPONENT=REPLICAS, cpu=CORES, memory=SIZE, storage=SIZE; component:NAME=... "
                      "for a component called so")
            ->type_name("SETTING");
    scale->add_option("--rule", words.rules,
                      "COMPONENT=SIGNAL:TARGET,MIN..MAX[,COOLDOWN] scales it by itself; "
                      "COMPONENT=none takes the rule away")
            ->type_name("RULE")
            ->allow_extra_args(false);
    addActing(scale, words);

    for (const auto &[name, help] : {std::pair("cordon", "Keep new tenants off a stamp"),
                                     std::pair("uncordon", "Let a stamp take tenants again")}) {
        CLI::App *command = app.add_subcommand(name, help);
        command->add_option("stamp", words.stamp, "The stamp")->required()->type_name("STAMP");
        addActing(command, words);
    }

    CLI::App *move = app.add_subcommand("move", "Move tenants to another stamp");
    move->add_option("tenants", words.tenants, "The tenants")->required()->type_name("TENANT");
    move->add_option("--to", words.to, "The stamp to move them to")->required()->type_name("STAMP");
    move->add_option("--parallel", words.parallel, "How many at once")
            ->type_name("N")
            ->check(CLI::Range(1, 64).description(""));
    addActing(move, words);

    CLI::App *drain = app.add_subcommand(
            "drain", "Cordon a stamp, or several, and move its tenants elsewhere");
    drain->add_option("stamp", words.stamps, "The stamps: none takes what another lets go")
            ->required()
            ->type_name("STAMP");
    addEmptying(drain, words);
    addActing(drain, words);

    CLI::App *create = app.add_subcommand("create", "Make a stamp from a template");
    create->add_option("stamp", words.stamp, "The name of the new stamp")
            ->required()
            ->type_name("STAMP");
    create->add_option("--template", words.fromTemplate, "What it is made from: see get templates")
            ->required()
            ->type_name("NAME");
    create->add_option("--region", words.region, "Where it will stand")
            ->required()
            ->type_name("REGION");
    create->add_option("--set", words.parameters,
                       "A parameter of the template that differs from its default")
            ->type_name("KEY=VALUE")
            ->allow_extra_args(false);
    create->add_option("--in", words.source, "The source; needed where several can make it")
            ->type_name("SOURCE");
    addActing(create, words);

    CLI::App *remove = app.add_subcommand("delete", "Take a drained stamp away for good; 5 s to call "
                                                    "it off with Ctrl+C, unless --yes");
    remove->add_option("stamp", words.stamp, "The stamp")->required()->type_name("STAMP");
    addActing(remove, words);

    CLI::App *evacuate = app.add_subcommand(
            "evacuate", "Cordon every stamp of a region and move its tenants elsewhere");
    evacuate->add_option("--region", words.region, "The region")
            ->required()
            ->type_name("REGION");
    addEmptying(evacuate, words);
    addActing(evacuate, words);

    struct Verb
    {
        const char *name;
        const char *help;
        bool optional;
    };
    for (const Verb &verb : {Verb{"pause", "Let no new move of an operation start", true},
                             Verb{"cancel", "End an operation; what is in flight is taken back", false},
                             Verb{"resume", "Go on with an operation that was cut off or paused", true},
                             Verb{"rollback", "Take an unfinished operation back", false},
                             Verb{"undo", "Take a finished operation back, as a new one", false}}) {
        CLI::App *command = app.add_subcommand(verb.name, verb.help);
        CLI::Option *operation = command->add_option("operation", words.operation, "The operation")
                                         ->type_name("OPERATION");
        if (!verb.optional)
            operation->required();
        if (std::string_view(verb.name) == "pause") {
            command->add_flag("--all", words.all, "Every operation that runs")->excludes(operation);
        } else if (std::string_view(verb.name) != "cancel") {
            command->add_flag("--adopt", words.adopt, "Take over an orphaned operation");
        }
        addActing(command, words);
    }

    CLI::App *acknowledge =
            app.add_subcommand("acknowledge", "Say that you look after an incident: for everybody "
                                              "who looks through a stampd, without one on this "
                                              "workstation only");
    acknowledge->add_option("incident", words.incident, "The incident")
            ->required()
            ->type_name("INCIDENT");
    acknowledge->add_option("--until", words.until,
                            "When it counts no more: a time, or in how long; without it as long as "
                            "the incident lasts")
            ->type_name("2026-01-02T03:04:05Z|2h")
            ->check(CLI::Validator(
                    [](const std::string &text) {
                        const QString until = QString::fromStdString(text);
                        return fromRfc3339(until) || durationFromString(until)
                                ? std::string()
                                : text + " is neither a time, such as 2026-01-02T03:04:05Z, nor a "
                                         "duration, such as 2h";
                    },
                    ""));
    acknowledge->add_option("--note", words.note, "For whoever sees it")->type_name("TEXT");

    CLI::App *silence = app.add_subcommand(
        "silence", "Let nobody be told of an incident for a while, at the system that tells of it");
    silence->add_option("incident", words.incident, "The incident")
        ->required()
        ->type_name("INCIDENT");
    silence->add_option("--for", words.silenceFor, "For how long")
        ->required()
        ->type_name("2h")
        ->check(CLI::Validator(
            [](const std::string &text) {
                const auto time = durationFromString(QString::fromStdString(text));
                return time && *time > std::chrono::milliseconds(0)
                    ? std::string()
                    : text + " is no duration, such as 2h";
            },
            ""));
    silence->add_option("--comment", words.comment, "Why, for whoever sees it")
        ->required()
        ->type_name("TEXT");
    for (CLI::App *command : {acknowledge, silence}) {
        command->add_flag("--dry-run", words.dryRun, "Say what would be done, change nothing");
        command->add_flag("--yes", words.yes, "Do not ask: as it is here, for nothing is asked");
    }

    CLI::App *history =
            app.add_subcommand("history", "What was recorded of a stamp, gone ones too: what changed, "
                                          "and with -o csv or json what was measured");
    history->add_option("stamp", words.stamp, "The stamp")->required()->type_name("STAMP");
    history->add_option("--from", words.from, "From when on; an hour ago unless given")
            ->type_name("2026-01-02T03:04:05Z|-2h")
            ->check(isMoment());
    history->add_option("--to", words.historyTo, "Until when; now unless given")
            ->type_name("2026-01-02T03:04:05Z|-1h|now")
            ->check(isMoment());
    history->add_option("--step", words.step, "One value for so much time; a hundredth of all unless given")
            ->type_name("1m")
            ->check(CLI::Validator(
                    [](const std::string &text) {
                        const auto step = durationFromString(QString::fromStdString(text));
                        return step && step->count() > 0
                                ? std::string()
                                : text + " is no duration above 0, such as 10s, 1m or 1h";
                    },
                    ""));

    CLI::App *report = app.add_subcommand(
            "report", "What became of an incident, or of all stamps in a stretch of time, as a document");
    report->add_option("incident", words.incident,
                       "As get incidents lists it, or a stamp; without one the last hour")
            ->type_name("INCIDENT");
    report->add_option("-o,--output", words.file, "The file, by whose name it is HTML or PDF")
            ->required()
            ->type_name("FILE.html|FILE.pdf");
    report->add_option("--from", words.reportFrom,
                       "From when on; half an hour before the incident unless given")
            ->type_name("2026-01-02T03:04:05Z|-2h")
            ->check(isMoment());
    report->add_option("--to", words.reportTo, "Until when; ten minutes after it unless given")
            ->type_name("2026-01-02T03:04:05Z|-1h|now")
            ->check(isMoment());
    report->add_option("--query", words.reportQuery, "Only of these stamps")->type_name("QUERY");
    report->add_option("--title", words.title, "What it is called")->type_name("TEXT");

    CLI::App *rehearse = app.add_subcommand(
            "rehearse", "What was recorded of the fleet, as a file to practise on: stampdeck --rehearse FILE");
    rehearse->add_option("-o,--output", words.file, "The file, a scenario of the simulator")
            ->required()
            ->type_name("FILE.json");
    rehearse->add_option("--from", words.reportFrom, "From when on; an hour ago unless given")
            ->type_name("2026-01-02T03:04:05Z|-2h")
            ->check(isMoment());
    rehearse->add_option("--to", words.reportTo, "Until when; now unless given")
            ->type_name("2026-01-02T03:04:05Z|-1h|now")
            ->check(isMoment());

    CLI::App *audit = app.add_subcommand("audit", "Who did what, and whether the trail still holds");
    audit->add_option("what", words.what, "Recompute the chain")
            ->type_name("verify")
            ->check(CLI::IsMember({"verify"}).description(""));
    app.add_subcommand("adapters", "What is installed and can do what");
    app.add_subcommand("doctor", "What is configured, reachable, slow or wrong, and what mends it")
            ->add_option("--bundle", words.bundle, "Write all of it to a file to send, without secrets")
            ->type_name("FILE");

    CLI::App *conformance =
            app.add_subcommand("conformance", "Check an adapter against the rules that each must keep");
    conformance->add_option("adapter", words.source, "The adapter, and a backend to check it on")
            ->required()
            ->type_name("ADAPTER=LOCATION[,KEY=VALUE...]");
    conformance->add_option("--writes", words.writes,
                            "Change this stamp too, and put it back; it must carry the label "
                            "stampdeck.conformance=scratch. Without it the kit only reads")
            ->type_name("STAMP");
    conformance->add_option("--only", words.only, "Only these rules")
            ->type_name("C01,...")
            ->delimiter(',')
            ->allow_extra_args(false);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        std::ostringstream out;
        std::ostringstream wrong;
        const int status = app.exit(error, out, wrong);
        print(QByteArray::fromStdString(out.str()));
        if (status == 0)
            return ExitStatus::Done;
        // CLI11 misses the command before it looks at what stands in its place.
        if (const auto extra = app.remaining(); app.get_subcommands().empty() && !extra.empty()) {
            QStringList commands;
            for (const CLI::App *command : app.get_subcommands([](const CLI::App *) { return true; }))
                commands += QString::fromStdString(command->get_name());
            const QString word = QString::fromStdString(extra.front());
            complain(u"there is no command “%1”%2"_s.arg(word, suggestionFor(word, commands)));
            return ExitStatus::Usage;
        }
        QString text = QString::fromStdString(wrong.str()).trimmed();
        text.replace(u"Run with --help for more information."_s, u"see --help"_s);
        for (const QString &line : text.split(u'\n', Qt::SkipEmptyParts))
            complain(line);
        return ExitStatus::Usage;
    }

    Invocation invocation;
    invocation.common = words.common;
    invocation.output = words.output == "json" ? OutputFormat::Json
            : words.output == "name"           ? OutputFormat::Name
                                               : OutputFormat::Table;
    invocation.headers = !words.noHeaders;
    invocation.command = QString::fromStdString(app.get_subcommands().front()->get_name());
    invocation.csv = words.output == "csv";
    if (invocation.csv && invocation.command != "history"_L1) {
        complain(u"--output csv is for history alone"_s);
        return ExitStatus::Usage;
    }
    invocation.since = momentOf(words.from).value_or(Timestamp());
    invocation.upTo = momentOf(words.historyTo).value_or(Timestamp());
    if (invocation.command == "history"_L1 && invocation.upTo <= invocation.since) {
        complain(u"--to has to be after --from"_s);
        return ExitStatus::Usage;
    }
    invocation.file = QString::fromStdString(words.file);
    invocation.title = QString::fromStdString(words.title);
    invocation.reportFrom = momentOf(words.reportFrom);
    invocation.reportTo = momentOf(words.reportTo);
    if (!words.step.empty())
        invocation.step = durationFromString(QString::fromStdString(words.step));
    invocation.what = QString::fromStdString(words.what);
    invocation.query = (texts(words.query) + texts(words.reportQuery)).join(u' ');
    invocation.tenants = texts(words.tenants);
    invocation.to = QString::fromStdString(words.to);
    invocation.parallel = words.parallel;
    invocation.among = texts(words.among);
    invocation.deadline = durationFromString(QString::fromStdString(words.deadline));
    invocation.partial = words.partial;
    invocation.maxLoad = shareOf(words.maxLoad);
    invocation.region = QString::fromStdString(words.region);
    invocation.stamp = QString::fromStdString(words.stamp);
    invocation.stamps = texts(words.stamps);
    if (invocation.stamps.size() == 1)
        invocation.stamp = invocation.stamps.takeFirst();
    invocation.settings = texts(words.settings);
    invocation.rules = texts(words.rules);
    invocation.fromTemplate = QString::fromStdString(words.fromTemplate);
    invocation.source = QString::fromStdString(words.source);
    invocation.parameters = texts(words.parameters);
    invocation.incident = QString::fromStdString(words.incident);
    if (const QString until = QString::fromStdString(words.until); !until.isEmpty()) {
        invocation.until = fromRfc3339(until);
        if (const auto in = durationFromString(until))
            invocation.until = Clock::system().now() + *in;
    }
    invocation.note = QString::fromStdString(words.note);
    invocation.silenceFor = durationFromString(QString::fromStdString(words.silenceFor))
                                .value_or(std::chrono::milliseconds(0));
    invocation.comment = QString::fromStdString(words.comment);
    invocation.operation = QString::fromStdString(words.operation);
    invocation.all = words.all;
    invocation.adopt = words.adopt;
    invocation.writes = QString::fromStdString(words.writes);
    invocation.only = texts(words.only);
    invocation.bundle = QString::fromStdString(words.bundle);
    invocation.dryRun = words.dryRun;
    invocation.yes = words.yes;
    invocation.wait = words.wait;
    invocation.allowUnknown = words.allowUnknown;
    invocation.allowStale = words.allowStale;
    invocation.confirm = QString::fromStdString(words.confirm);
    invocation.reason = QString::fromStdString(words.reason);
    return invocation;
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop.h"
#include "linkserver.h"
#include "mainwindow.h"
#include "program.h"
#include "wallwindow.h"

#include "app/common/hugepages.h"
#include "app/common/openfiles.h"
#include "app/common/options.h"
#include "models/language.h"
#include "models/rehearsal.h"
#include "widgets/textsize.h"
#include "widgets/themes.h"

#include "backends/api/whendone.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QEventLoop>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QTemporaryDir>
#include <QtWidgets/QApplication>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;

namespace {

constexpr int usage = 2; // exit status: interfaces.md, Commands

/// Who sits here, for the audit trail.
QString personName()
{
    for (const char *name : {"USER", "LOGNAME", "USERNAME"}) {
        if (const QString value = qEnvironmentVariable(name); !value.isEmpty())
            return value;
    }
    return QStringLiteral("operator");
}

int complain(const QString &message, int status)
{
    std::fprintf(stderr, "stampdeck: %s\n", qPrintable(message));
    return status;
}

} // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): what nobody catches ends the program.
int main(int argc, char **argv)
{
    using namespace Stampdeck;

    startWithHugePages(argv);
    CLI::App cli("Stampdeck: the control room for deployment stamps", "stampdeck");
    CommonOptions common;
    common.addTo(cli);
    std::string demo;
    CLI::Option *demoOption =
        cli.add_option("--demo", demo, "A fleet of N stamps (48) that lives in this program")
            ->expected(0, 1)
            ->type_name("[=N]");
    std::string rehearsal;
    auto *rehearsalOption =
        cli.add_option("--rehearse", rehearsal,
                       "A fleet to practise on, in a state directory that goes with it: "
                       "region-brown-out, noisy-neighbour, bad-version, a file of what goes wrong, "
                       "or one that stampctl rehearse wrote")
            ->type_name("SCENARIO")
            ->excludes(demoOption);
    double speed = 1;
    cli.add_option("--speed", speed, "Of a rehearsal: simulated seconds in a second")
        ->check(CLI::Range(0.001, 10'000.0).description(""))
        ->type_name("N")
        ->needs(rehearsalOption);
    bool wall = false;
    // On a wall nothing would say that it is a rehearsal.
    cli.add_flag("--wall", wall, "Only the fleet, full screen, for a wall: Esc ends it")
        ->excludes(rehearsalOption);
    std::string arrangement;
    cli.add_option("--arrangement", arrangement,
                   "Stamps on the world, or in a grid; without it as it was left, sheet at first")
        ->type_name("world|sheet")
        ->check(CLI::IsMember({"world", "sheet"}));
    std::string group;
    cli.add_option("--group", group,
                   "What the sheet groups by: region, ring, version, health, source or label:KEY")
        ->type_name("WHAT")
        ->check([](const std::string &word) {
            return mapGroupingFromString(QString::fromStdString(word))
                ? std::string()
                : "expected region, ring, version, health, source or label:KEY, found " + word;
        });
    std::string snapshot;
    cli.add_option("--snapshot", snapshot,
                   "Wait for one complete poll, write a picture of the window, and exit")
        ->type_name("FILE.png");
    std::string link;
    cli.add_option("link", link, "What to look at: stampdeck://…, as Ctrl+Shift+C copies it")
        ->type_name("LINK");
    std::string theme;
    cli.add_option("--theme", theme, "dark or light; without it as the desktop")
        ->check(CLI::IsMember({"dark", "light"}));
    std::string size;
    cli.add_option("--size", size, "The window's size in pixels")->type_name("WxH");
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        return cli.exit(error) == 0 ? 0 : usage;
    }

    // A picture needs no display.
    if (!snapshot.empty() && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")
        && qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    // A picture is the same wherever it is made.
    QString settingsFile;
    if (snapshot.empty() || !common.config.empty())
        settingsFile =
            common.config.empty() ? defaultConfigFile() : QString::fromStdString(common.config);
    const Result<WindowSettings> settings = loadWindowSettings(settingsFile);
    // Text, rows and panels are larger, or smaller, together. A scale that somebody else has set stays.
    const double textSize = settings ? settings->textSize : 1;
    const double magnified = textSize * (wall ? WallWindow::magnification : 1);
    const bool byDevice = magnified >= 1 && qEnvironmentVariableIsEmpty("QT_SCALE_FACTOR");
    if (byDevice && magnified != 1)
        qputenv("QT_SCALE_FACTOR", QByteArray::number(magnified));
    setTextSize(byDevice ? textSize : std::min(textSize, 1.0), byDevice);
    raiseOpenFiles(); // a source may be thousands of endpoints
    QApplication app(argc, argv);
    QApplication::setApplicationName(u"stampdeck"_s);
    QApplication::setApplicationDisplayName(u"Stampdeck"_s);
    Language::install();
    Themes::instance().install();

    const PluginCatalog catalog;
    WindowOptions options;
    options.readOnly = common.readOnly;
    options.wall = wall;
    options.snapshot = QString::fromStdString(snapshot);
    options.actor = personName();
    if (!arrangement.empty())
        options.arrangement =
            arrangement == "world" ? MapArrangement::World : MapArrangement::Sheet;
    if (!group.empty())
        options.grouping = mapGroupingFromString(QString::fromStdString(group));
    options.stateDir =
        common.stateDir.empty() ? defaultStateDir() : QString::fromStdString(common.stateDir);

    const QString shownAt = QString::fromStdString(link);
    if (!shownAt.isEmpty()) {
        if (const Result<ViewLink> read = viewLinkFromString(shownAt); !read)
            return complain(read.error().message, usage);
        // In the window that is there, if there is one.
        if (LinkServer::handOver(options.stateDir, shownAt))
            return 0;
    }

    FleetConfig config;
    QString fault;
    QTemporaryDir practice; // of a rehearsal, unless it is to be kept
    if (*rehearsalOption) {
        if (common.stateDir.empty())
            options.stateDir = practice.path();
        else if (const auto apart = checkRehearsalDir(options.stateDir); !apart)
            return complain(apart.error().message, usage);
        const QString scenario = QString::fromStdString(rehearsal);
        // Its file may be large, and this thread parses none.
        Result<FleetConfig> read = fail(Error::cancelled());
        QEventLoop reading;
        whenDone(QtConcurrent::run([scenario, speed, adapters = catalog.adapters()] {
                     return rehearsalConfig(scenario, speed, adapters);
                 }),
                 &reading, [&](const Result<FleetConfig> &done) {
                     read = done;
                     reading.quit();
                 });
        reading.exec();
        if (!read)
            return complain(read.error().message, usage);
        config = *read;
        options.rehearsal = QFileInfo(scenario).completeBaseName();
    } else if (*demoOption) {
        QString count = QString::fromStdString(demo);
        if (count.isEmpty())
            count = u"48"_s;
        const Result<FleetConfig> read =
            readSourceOptions({u"demo:simulator="_s + count}, catalog.adapters());
        if (!read)
            return complain(read.error().message, usage);
        config = *read;
    } else if (common.sources.empty() && common.config.empty()
               && !QFile::exists(defaultConfigFile())) {
        options.configFile = defaultConfigFile(); // nothing yet: the window offers it
    } else {
        const Result<FleetSetup> setup = setupOf(common, catalog);
        if (setup)
            config = setup->config;
        else if (!common.sources.empty())
            return complain(setup.error().message, usage);
        else
            fault = setup.error().message;
        options.configFile = common.sources.empty()
            ? (common.config.empty() ? defaultConfigFile() : QString::fromStdString(common.config))
            : QString();
    }

    options.settingsFile = settingsFile;
    if (settings)
        options.settings = *settings;
    else if (fault.isEmpty())
        fault = settings.error().message;
    // Once for the whole run: another language needs another start.
    if (!options.settings.language.isEmpty()
        && !Language::install(options.settings.language))
        qWarning("There is no catalogue of the language %s",
                 qPrintable(options.settings.language));
    if (!theme.empty())
        options.scheme =
            theme == "dark" ? WindowSettings::Scheme::Dark : WindowSettings::Scheme::Light;

    Desktop desktop(snapshot.empty() ? QDBusConnection::sessionBus()
                                     : QDBusConnection(QString()));
    Program program(catalog, options);
    program.follow(desktop);
    if (snapshot.empty() && !wall)
        program.notifyBy(QDBusConnection::sessionBus());
    if (const Result<void> opened = program.open(config, fault); !opened)
        return complain(opened.error().message, 1);
    if (!size.empty()) {
        const QStringList parts = QString::fromStdString(size).split(u'x');
        const QSize wanted =
            parts.size() == 2 ? QSize(parts[0].toInt(), parts[1].toInt()) : QSize();
        if (wanted.width() < 1 || wanted.height() < 1)
            return complain(u"--size is WIDTHxHEIGHT, as 1600x1000"_s, usage);
        program.shown()->resize(wanted);
    }
    program.show();
    if (!shownAt.isEmpty())
        program.window()->openLink(shownAt);
    if (!snapshot.empty()) {
        program.takeSnapshot();
        return QApplication::exec();
    }
    LinkServer links(options.stateDir);
    QObject::connect(&links, &LinkServer::received, &program,
                     [&program](const QString &text) { program.window()->openLink(text); });
    return QApplication::exec();
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "options.h"

#include "models/secretstore.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QEventLoop>
#include <QtCore/QFutureWatcher>

#include <CLI/CLI.hpp>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Configuration)
};

} // namespace

void CommonOptions::addTo(CLI::App &app, bool withStateDir)
{
    app.add_option("--config", config,
                   "The configuration; without it " + defaultConfigFile().toStdString())
            ->type_name("FILE");
    app.add_option("--source", sources,
                   "A source instead of the configured ones: [NAME:]ADAPTER=LOCATION[,KEY=VALUE...]; "
                   "may be given several times")
            ->type_name("SOURCE")
            ->allow_extra_args(false);
    if (withStateDir) {
        app.add_option("--state-dir", stateDir,
                       "Where operations are kept; without it " + defaultStateDir().toStdString())
                ->type_name("DIR");
    }
    app.add_flag("--read-only", readOnly, "Refuse every action");
    app.set_version_flag("--version", versionText(QString::fromStdString(app.get_name())).toStdString());
}

Result<FleetConfig> configOf(const CommonOptions &options, const PluginCatalog &catalog)
{
    Result<FleetConfig> config;
    if (!options.sources.empty()) {
        QStringList texts;
        for (const std::string &source : options.sources)
            texts += QString::fromStdString(source);
        config = readSourceOptions(texts, catalog.adapters());
    } else {
        const QString file = options.config.empty() ? defaultConfigFile()
                                                    : QString::fromStdString(options.config);
        config = loadFleetConfig(file, catalog.adapters());
        if (!config && config.error().kind == ErrorKind::NotFound && options.config.empty()) {
            return fail(ErrorKind::Invalid,
                        Words::tr("no source is configured: write %1, or name one with %2")
                            .arg(file, u"--source"_s));
        }
    }
    if (config && config->sources.isEmpty()) {
        return fail(ErrorKind::Invalid,
                    Words::tr("%1 names no source")
                        .arg(config->file.isEmpty() ? u"--source"_s : config->file));
    }
    return config;
}

Result<SourceSettings> withSecrets(const SourceSettings &settings)
{
    SystemSecretStore store;
    const FutureResult<SourceSettings> future = resolveSecrets(settings, store);
    QEventLoop loop;
    QFutureWatcher<Result<SourceSettings>> watcher;
    QObject::connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
    watcher.setFuture(future);
    if (!future.isFinished())
        loop.exec();
    return future.result();
}

Result<FleetSetup> setupOf(const CommonOptions &options, const PluginCatalog &catalog)
{
    auto config = configOf(options, catalog);
    if (!config)
        return fail(config.error());
    FleetSetup setup;
    setup.config = std::move(*config);
    setup.readOnly = options.readOnly;
    setup.stateDir = options.stateDir.empty() ? defaultStateDir()
                                              : QString::fromStdString(options.stateDir);
    for (SourceConfig &source : setup.config.sources) {
        const auto settings = withSecrets(source.settings);
        if (!settings)
            return fail(settings.error());
        source.settings = *settings;
    }
    for (QList<FeedConfig> *feeds : {&setup.config.metrics, &setup.config.incidents}) {
        for (FeedConfig &feed : *feeds) {
            const auto settings = withSecrets(feed.settings);
            if (!settings)
                return fail(settings.error());
            feed.settings = *settings;
        }
    }
    return setup;
}

QString defaultStateDir()
{
    const QString base = qEnvironmentVariable("XDG_STATE_HOME");
    return (QDir::isAbsolutePath(base) ? base : QString(QDir::homePath() + u"/.local/state"_s))
            + u"/stampdeck"_s;
}

QString versionText(const QString &program)
{
    return program + u' ' + QLatin1StringView(STAMPDECK_VERSION);
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "rulekeeper.h"
#include "stampapi.h"

#include "app/common/interrupt.h"
#include "app/common/openfiles.h"
#include "app/common/options.h"

#include "models/filelock.h"
#include "models/language.h"

#include "backends/api/whendone.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QEventLoop>
#include <QtCore/QSaveFile>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTimer>
#include <QtCore/QUuid>
#include <QtNetwork/QHostAddress>

#include <CLI/CLI.hpp>

#include <cstdio>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int failed = 1;
constexpr int usage = 2;
// How long a slow source may keep the server from listening; it shows as not ready afterwards.
constexpr auto firstPollTime = 15s;

struct Options
{
    CommonOptions common;
    std::string listen = "127.0.0.1:8470";
    int stamps = 48;
    std::optional<int> tenantsPerStamp;
    qint64 seed = 7;
    double timeScale = 1;
    std::string state;
    std::string tokenFile;
    std::string certificate;
    std::string key;
    std::vector<std::string> faults;
    bool insecure = false;

    void addTo(CLI::App &app)
    {
        common.addTo(app, false);
        app.add_option("--listen", listen, "Where to listen; port 0 picks a free one")
            ->type_name("ADDRESS:PORT")
            ->capture_default_str();
        app.add_option("--stamps", stamps,
                       "Of the simulator, which is served unless there is a source")
            ->type_name("N")
            ->check(CLI::Range(1, 100'000))
            ->capture_default_str();
        app.add_option("--tenants-per-stamp", tenantsPerStamp,
                       "Of the simulator; without it about 12")
            ->type_name("N")
            ->check(CLI::Range(0, 1'000));
        app.add_option("--seed", seed, "Of the simulator")
            ->type_name("N")
            ->check(CLI::NonNegativeNumber)
            ->capture_default_str();
        app.add_option("--time-scale", timeScale, "Simulated seconds in a second")
            ->type_name("X")
            ->check(CLI::Range(0.001, 10'000.0))
            ->capture_default_str();
        app.add_option("--state", state,
                       "Keeps operations, audit trail and fleet over restarts; without it all is "
                       "forgotten at the end")
            ->type_name("DIR");
        app.add_option(
               "--token-file", tokenFile,
               "Who may: a line each, TOKEN NAME viewer|operator; read again when it changes")
            ->type_name("FILE");
        app.add_option("--tls-cert", certificate, "The certificate with its chain, PEM")
            ->type_name("FILE");
        app.add_option("--tls-key", key, "Its private key, PEM")->type_name("FILE");
        app.add_option("--fault", faults,
                       "What goes wrong on purpose: latency=250ms, or error-rate, hang, garbage, "
                       "truncate as a ratio; may be given several times")
            ->type_name("KIND=VALUE")
            ->allow_extra_args(false);
        app.add_flag("--insecure", insecure, "Listen beyond this machine without tokens or TLS");
    }
};

void complain(const Error &error)
{
    const QString detail = error.detail.isEmpty() || error.detail.contains(error.message)
        ? QString()
        : QString(u" ("_s + error.detail + u')');
    std::fprintf(stderr, "stampd: %s%s\n", qUtf8Printable(error.message), qUtf8Printable(detail));
}

Result<HttpServerSettings> serverSettings(const Options &options)
{
    HttpServerSettings settings;
    const QString listen = QString::fromStdString(options.listen);
    const qsizetype colon = listen.lastIndexOf(u':');
    bool ok = false;
    settings.port = QStringView(listen).mid(colon + 1).toUShort(&ok);
    settings.address = listen.left(colon);
    if (settings.address.startsWith(u'[') && settings.address.endsWith(u']'))
        settings.address = settings.address.mid(1, settings.address.size() - 2);
    if (colon < 1 || !ok || settings.address.isEmpty())
        return fail(ErrorKind::Invalid,
                    u"--listen takes ADDRESS:PORT, such as 127.0.0.1:8470, not “%1”"_s.arg(listen));
    if (options.certificate.empty() != options.key.empty())
        return fail(ErrorKind::Invalid, u"--tls-cert and --tls-key belong together"_s);
    settings.certificateFile = QString::fromStdString(options.certificate);
    settings.keyFile = QString::fromStdString(options.key);

    const bool isLocal =
        settings.address == u"localhost" || QHostAddress(settings.address).isLoopback();
    const bool isSafe = !options.tokenFile.empty() && !options.certificate.empty();
    if (!isLocal && !isSafe && !options.insecure)
        return fail(
            ErrorKind::Invalid,
            u"%1 is beyond this machine: that needs --token-file, --tls-cert and --tls-key, "
            "or --insecure"_s.arg(settings.address));
    if (!isLocal && !isSafe)
        std::fprintf(stderr, "stampd: WARNING: everybody who reaches %s can %s\n",
                     qUtf8Printable(settings.address),
                     options.tokenFile.empty() ? "change this fleet"
                                               : "read the tokens on the wire");
    for (const std::string &fault : options.faults) {
        const auto faults = withFault(settings.faults, QString::fromStdString(fault));
        if (!faults)
            return fail(faults.error());
        settings.faults = *faults;
    }
    if (!settings.faults.isNone())
        std::fprintf(stderr, "stampd: faults are on\n");
    return settings;
}

// The simulator as a source, with its own state beside the server's.
QString simulatorOption(const Options &options, const QString &stateDir)
{
    QString text = u"simulator=%1,seed=%2,timeScale=%3"_s.arg(options.stamps)
                       .arg(options.seed)
                       .arg(options.timeScale, 0, 'g', 17);
    if (options.tenantsPerStamp)
        text += u",tenantsPerStamp=%1"_s.arg(*options.tenantsPerStamp);
    if (!options.state.empty())
        text += u",state="_s
            + QDir(stateDir).absoluteFilePath(u"simulator.json"_s).replace(u',', u"\\,"_s);
    return text;
}

// The identity of the fleet that is served, kept with its state.
Result<QString> fleetIdOf(const QString &stateDir)
{
    const QString name = QDir(stateDir).filePath(u"fleet-id"_s);
    QFile file(name);
    if (file.open(QIODevice::ReadOnly)) {
        const QString id = QString::fromUtf8(file.readAll()).trimmed();
        if (!QUuid::fromString(id).isNull())
            return id;
        return fail(ErrorKind::Invalid, u"%1 holds no identity of a fleet"_s.arg(name));
    }
    const QString id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    QSaveFile created(name);
    if (!created.open(QIODevice::WriteOnly) || created.write(id.toUtf8() + '\n') < 0
        || !created.commit())
        return fail(ErrorKind::Invalid, u"cannot write %1: %2"_s.arg(name, created.errorString()));
    return id;
}

/// Everything that runs, in the order in which it is made; it ends in the other one.
struct Stampd
{
    std::unique_ptr<QTemporaryDir> temporary;
    FileLock lock;
    PluginCatalog catalog;
    std::unique_ptr<Fleet> fleet;
    std::unique_ptr<RuleKeeper> rules;
    std::unique_ptr<StampApi> api;
    std::unique_ptr<HttpServer> server;

    [[nodiscard]] Result<QString> start(const Options &options);
};

Result<QString> Stampd::start(const Options &options)
{
    auto settings = serverSettings(options);
    if (!settings)
        return fail(settings.error());
    auto tokens = std::make_shared<Tokens>();
    if (!options.tokenFile.empty()) {
        auto read = Tokens::fromFile(QString::fromStdString(options.tokenFile));
        if (!read)
            return fail(read.error());
        tokens = std::move(*read);
    }

    QString stateDir = QString::fromStdString(options.state);
    if (stateDir.isEmpty()) {
        temporary = std::make_unique<QTemporaryDir>();
        stateDir = temporary->path();
    }
    if (!QDir().mkpath(stateDir))
        return fail(ErrorKind::Invalid, u"cannot make the folder %1"_s.arg(stateDir));
    auto locked = FileLock::tryAcquire(QDir(stateDir).filePath(u"stampd.lock"_s));
    if (!locked)
        return fail(locked.error());
    lock = std::move(*locked);

    CommonOptions common = options.common;
    if (common.sources.empty() && common.config.empty())
        common.sources = {simulatorOption(options, stateDir).toStdString()};
    const auto setup = setupOf(common, catalog);
    if (!setup)
        return fail(setup.error());
    for (const SourceConfig &source : setup->config.sources) {
        for (const QString &name : {source.settings.name, source.settings.tenantDomain}) {
            if (name.contains(u'~'))
                return fail(ErrorKind::Invalid,
                            u"the name of a source, or of its tenants' domain, can't hold a “~” "
                            "here: %1"_s.arg(name));
        }
    }
    const auto fleetId = fleetIdOf(stateDir);
    if (!fleetId)
        return fail(fleetId.error());
    auto keys = IdempotencyStore::open(stateDir, Clock::system());
    if (!keys)
        return fail(keys.error());

    FleetOptions fleetOptions;
    fleetOptions.stateDir = stateDir;
    fleetOptions.readOnly = setup->readOnly;
    fleetOptions.carriesRules = true;
    if (!options.state.empty()) // else there is nobody who could read it
        fleetOptions.history = setup->config.history;
    fleetOptions.metrics = setup->config.metrics;
    fleetOptions.incidents = setup->config.incidents;
    fleetOptions.incidentRules = setup->config.incidentRules;
    auto opened = Fleet::open(setup->config.sources, catalog, fleetOptions);
    if (!opened)
        return fail(opened.error());
    fleet = std::move(*opened);
    auto acknowledgements = Acknowledgements::open(stateDir, fleet->store(), fleet->journal(),
                                                   Clock::system());
    if (!acknowledgements)
        return fail(acknowledgements.error());
    api = std::make_unique<StampApi>(*fleet, tokens, std::move(*keys),
                                     std::move(*acknowledgements), *fleetId);

    // Shared: the poll may end long after the wait for it did.
    const auto waiting = std::make_shared<QEventLoop>();
    whenDone(fleet->firstPoll(), api.get(), [this, waiting](const Result<FleetVersionPtr> &) {
        api->setReady();
        waiting->quit();
    });
    QTimer::singleShot(firstPollTime, waiting.get(), &QEventLoop::quit);
    waiting->exec();
    rules = std::make_unique<RuleKeeper>(*fleet);
    if (const auto started = rules->start(); !started)
        return fail(started.error());

    server = std::make_unique<HttpServer>(*settings, *api);
    auto url = server->start();
    if (url)
        api->setServer(server.get());
    return url;
}

} // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): what nobody catches ends the program.
int main(int argc, char **argv)
{
    // Debian's Qt runs on GLib, which spends much of the processor on many sockets.
    qputenv("QT_NO_GLIB", "1");
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"stampd"_s);
    Language::installPlain();
    QCoreApplication::setApplicationVersion(QStringLiteral(STAMPDECK_VERSION));
    CLI::App app("Serves a fleet over the Stamp API.", "stampd");
    Options options;
    options.addTo(app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        return app.exit(error) == 0 ? 0 : usage;
    }
    raiseOpenFiles();

    Interrupt interrupt;
    Stampd stampd;
    const auto url = stampd.start(options);
    if (!url) {
        complain(url.error());
        return url.error().kind == ErrorKind::Invalid ? usage : failed;
    }
    std::printf("listening on %s\n", qUtf8Printable(*url));
    std::fflush(stdout);

    // Open answers may need this thread: stopping waits for them in another one.
    std::unique_ptr<QThread> stopping;
    const auto stop = [&] {
        if (stopping)
            return std::_Exit(failed); // Asked twice: somebody is in a hurry.
        stampd.api->endStreams();
        stopping.reset(QThread::create([&stampd] { stampd.server->stop(); }));
        QObject::connect(stopping.get(), &QThread::finished, &application, &QCoreApplication::quit);
        stopping->start();
    };
    QObject::connect(&interrupt, &Interrupt::interrupted, &application, stop);
    if (interrupt.count() > 0)
        stop();
    const int status = QCoreApplication::exec();
    if (stopping)
        stopping->wait();
    return status;
}

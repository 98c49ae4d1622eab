// SPDX-License-Identifier: GPL-3.0-or-later
#include "program.h"

#include "caller.h"
#include "desktop.h"
#include "mainwindow.h"
#include "notifications.h"
#include "trayicon.h"
#include "wallwindow.h"

#include "models/configeditor.h"
#include "models/forecaster.h"
#include "models/formatter.h"
#include "models/journal.h"
#include "models/language.h"
#include "models/rehearsal.h"
#include "models/secretstore.h"
#include "widgets/attentionpanel.h"
#include "widgets/mapwidget.h"
#include "widgets/motion.h"
#include "widgets/picture.h"
#include "widgets/rehearsedialog.h"
#include "widgets/themes.h"

#include "backends/api/whendone.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QProcess>
#include <QtCore/QSaveFile>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTextStream>
#include <QtCore/QTimer>
#include <QtConcurrent/QtConcurrentRun>
#include <QtGui/QDesktopServices>
#include <QtWidgets/QApplication>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr auto newConfiguration =
    R"(# Stampdeck: where the fleet is. A source can be any installed adapter.
sources:
  - {name: demo, adapter: simulator, stamps: 48, seed: 7}
)";

bool isSame(const FleetConfig &a, const FleetConfig &b)
{
    const auto areSame = [](const QList<FeedConfig> &one, const QList<FeedConfig> &other) {
        return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                          [](const FeedConfig &is, const FeedConfig &was) {
                              return is.settings == was.settings;
                          });
    };
    return std::equal(a.sources.begin(), a.sources.end(), b.sources.begin(), b.sources.end(),
                      [](const SourceConfig &one, const SourceConfig &other) {
                          return one.settings == other.settings
                              && one.objectives == other.objectives;
                      })
        && areSame(a.metrics, b.metrics) && areSame(a.incidents, b.incidents)
        && a.incidentRules == b.incidentRules;
}

// A source that is asked once, in a state directory that goes with it.
struct Trial
{
    QTemporaryDir state;
    SystemSecretStore secrets;
    std::unique_ptr<Fleet> fleet;
};

Result<void> writeFile(const QString &path, const QByteArray &text)
{
    QDir().mkpath(QFileInfo(path).path());
    QSaveFile out(path);
    if (!out.open(QIODevice::WriteOnly) || out.write(text) != text.size() || !out.commit())
        return fail(ErrorKind::Denied, path + u": "_s + out.errorString());
    return {};
}

QString foundIn(const FleetVersion &version)
{
    return Program::tr("%1 answers: %2, %3")
        .arg(version.sources[0].name, Format::stamps(version.counts.stamps),
             Format::tenants(version.counts.tenants));
}

} // namespace

Program::Program(const PluginCatalog &catalog, const WindowOptions &options)
    : m_catalog(catalog)
    , m_options(options)
{
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, &Program::readConfigurationAgain);
    // A file that an editor replaces is another one: its folder tells of the new one.
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this,
            &Program::readConfigurationAgain);
    m_rereading.setSingleShot(true);
    m_rereading.setInterval(std::chrono::seconds(1));
    connect(&m_rereading, &QTimer::timeout, this, &Program::readWhenFree);
    applySettings(m_options.settings);
}

Program::~Program() = default;

Result<void> Program::open(const FleetConfig &config, const QString &fault)
{
    FleetOptions options;
    options.stateDir = m_options.stateDir;
    options.readOnly = m_options.readOnly;
    if (m_options.snapshot.isEmpty()) {
        options.history = config.history;
        options.history->mostStamps = mostStampsInWindow;
        options.showsProofs = true;
    }
    options.metrics = config.metrics;
    options.incidents = config.incidents;
    options.incidentRules = config.incidentRules;
    options.keepsAcknowledgements = true;
    Result<std::unique_ptr<Fleet>> fleet = Fleet::open(config.sources, m_catalog, options);
    if (!fleet)
        return fail(fleet.error());
    const bool isFirst = !m_window;
    const QRect place = isFirst ? QRect() : shown()->geometry();
    const bool isInTray = m_window && m_window->isInTray();
    m_caller.reset();
    m_wall.reset();
    m_window.reset();
    m_feed.reset();
    m_fleet = *std::move(fleet);
    m_shown = config;
    m_feed = std::make_unique<FleetFeed>(m_fleet->store());

    Deck deck{*m_feed,          m_fleet->store(), m_fleet->runner(),  m_fleet->journal(),
              m_fleet->clock(), m_options.actor,  m_options.readOnly, {}};
    deck.history = [this](const QString &stamp, const QStringList &names, Timestamp from,
                          Timestamp to, std::chrono::milliseconds step) {
        return m_fleet->history(stamp, names, from, to, step);
    };
    deck.measured = [this](const QString &stamp, const QStringList &names, Timestamp from,
                           Timestamp to, std::chrono::milliseconds step) {
        return m_fleet->measured(stamp, names, from, to, step);
    };
    deck.readTemplates = [this](const QString &source) {
        std::ignore = m_fleet->templates(source);
    };
    deck.acknowledge = [this](const Acknowledgement &acknowledgement) {
        return m_fleet->acknowledge(acknowledgement);
    };
    deck.acknowledgementKeeper = [this](const QString &incident) {
        return m_fleet->acknowledgementKeeper(incident);
    };
    deck.silence = [this](const QString &incident, std::chrono::milliseconds time,
                          const QString &comment) {
        return m_fleet->silence(incident, time, m_options.actor, comment);
    };
    deck.extendSilence = [this](const QString &feed, const QString &id, Timestamp until) {
        return m_fleet->extendSilence(feed, id, until, m_options.actor);
    };
    deck.expireSilence = [this](const QString &feed, const QString &id) {
        return m_fleet->expireSilence(feed, id, m_options.actor);
    };
    deck.changes = [this](const QStringList &stamps, Timestamp from, Timestamp to) {
        return m_fleet->changes(stamps, from, to);
    };
    deck.handOver = [this](const Plan &plan) { return m_fleet->handOver(plan); };
    deck.diagnostics = [this](const QString &source) { return m_fleet->diagnostics(source); };
    deck.historyDir = m_options.stateDir;
    deck.rehearsal = m_options.rehearsal;
    deck.rehearse = [this](const RehearsalWish &wish) { return rehearse(wish); };
    m_window = std::make_unique<MainWindow>(deck);
    m_window->setConfigurationFault(fault);
    // A picture is the same wherever it is made.
    if (m_options.snapshot.isEmpty())
        m_window->rememberIn(m_options.stateDir + u"/window.ini"_s);
    if (isFirst && m_options.arrangement) // after that it is as it was left
        m_window->map()->setArrangement(*m_options.arrangement);
    if (isFirst && m_options.grouping)
        m_window->map()->setGrouping(*m_options.grouping);
    connectWindow();
    // The window stays hidden behind it: it knows the saved views, and the faults.
    if (m_options.wall)
        m_wall = std::make_unique<WallWindow>(deck, m_window->savedViews());
    if (m_notifications)
        beginCalling(deck);
    tellSettings();
    if (HistoryRecorder *recorder = m_fleet->recorder()) {
        connect(recorder, &HistoryRecorder::statusChanged, m_window.get(),
                [this] { tellOfHistory(); });
        tellOfHistory();
    }
    setRegionPlaces(config.regions);
    if (m_wall && m_options.arrangement)
        m_wall->setArrangement(*m_options.arrangement);
    if (!isFirst) {
        shown()->setGeometry(place);
        if (isInTray)
            m_window->keepInTray();
        else
            show();
    }
    watchConfiguration();
    return {};
}

// Not that another process records, nor that a large fleet is recorded where it was told to only.
void Program::tellOfHistory()
{
    const HistoryRecorder *recorder = m_fleet->recorder();
    if (!recorder)
        return;
    const HistoryRecorder::Status status = recorder->status();
    const bool isUsual = !status.error
        || (!status.recording
            && (status.error->kind == ErrorKind::Conflict
                || status.error->kind == ErrorKind::NotNow));
    if (isUsual) {
        m_window->setTrouble(u"history"_s, {}, {});
        return;
    }
    QString details = tr("The past, reports and the shift of a hand-over lack what is not recorded. "
                         "See that there is room on the disk, and that %1 can be written.")
                          .arg(m_options.stateDir);
    if (status.recording && status.error->kind == ErrorKind::Invalid) {
        details = tr("Give it more room in fleet.yaml (history: {limit: 8Gi}), or move history.db in %1 "
                     "away while nobody records.")
                      .arg(m_options.stateDir);
    }
    if (!status.error->detail.isEmpty())
        details += u'\n' + tr("Told: %1").arg(status.error->detail);
    m_window->setTrouble(u"history"_s, tr("History: %1.").arg(status.error->message), details);
}

void Program::notifyBy(const QDBusConnection &bus)
{
    m_notifications = std::make_unique<Notifications>(bus);
}

void Program::beginCalling(const Deck &deck)
{
    m_caller = std::make_unique<Caller>(deck, *m_notifications);
    m_caller->setSettings(m_options.settings.calls);
    const auto showInTray = [this] {
        const int count = m_caller->count();
        const QString words = count > 0 ? tr("Stampdeck: %Ln open incident(s)", nullptr, count)
                                        : tr("Stampdeck: all quiet");
        m_window->setTray(trayIcon(m_caller->worst(), count),
                          m_options.rehearsal.isEmpty() ? words : tr("Rehearsal: %1").arg(words));
    };
    connect(m_caller.get(), &Caller::changed, m_window.get(), showInTray);
    showInTray();
    connect(m_caller.get(), &Caller::unheard, m_window.get(), [this](const QString &why) {
        m_window->setTrouble(
            u"calls"_s,
            why.isEmpty() ? QString()
                          : tr("Nobody is called: no notification service answers on this desktop."),
            tr("Told: %1\nStart a notification service, such as the desktop's own, dunst or mako. "
               "Until then incidents are shown in this window and in the tray, and nowhere else.")
                .arg(why));
    });
    connect(m_caller.get(), &Caller::soundless, m_window.get(), [this](const QString &why) {
        m_window->setTrouble(
            u"sound"_s, why.isEmpty() ? QString() : tr("A call makes no sound but a beep."),
            tr("Told: %1\nSee that this desktop plays sounds, and that the sound theme freedesktop is "
               "installed and, with PulseAudio or PipeWire, libcanberra's module for them. Until then "
               "a call is seen, and heard only where the desktop lets programs beep.")
                .arg(why));
    });
    connect(m_caller.get(), &Caller::opened, m_window.get(), [this](const QStringList &incidents) {
        m_window->comeBack();
        if (!incidents.isEmpty())
            m_window->openIncident(incidents.first());
    });
}

// A process of its own: whatever is done there, this window's fleet and journal are out of its reach.
FutureResult<void> Program::rehearse(const RehearsalWish &wish)
{
    const auto launch = m_options.launch ? m_options.launch : [](const QStringList &arguments) {
        return QProcess::startDetached(QCoreApplication::applicationFilePath(), arguments);
    };
    const auto begin = [launch, speed = wish.speed](const QString &scenario) -> Result<void> {
        if (!launch({u"--rehearse"_s, scenario, u"--speed"_s, QString::number(speed)}))
            return fail(ErrorKind::Denied, tr("Stampdeck cannot be started a second time"));
        return {};
    };
    const auto promise = std::make_shared<Answer<void>>();
    if (!wish.scenario.isEmpty()) {
        promise->give(begin(wish.scenario));
        return promise->future();
    }
    const auto future = promise->future();
    whenDone(QtConcurrent::run([stateDir = m_options.stateDir, wish] {
                 return keepRecordedStretch(stateDir, wish.from, wish.to);
             }),
             this, [promise, begin](const Result<QString> &written) {
                 if (promise->isCanceled()) // whoever asked has gone on to something else
                     promise->give(fail(Error::cancelled()));
                 else
                     promise->give(written ? begin(*written) : fail(written.error()));
             });
    return future;
}

QWidget *Program::shown() const
{
    return m_wall ? static_cast<QWidget *>(m_wall.get()) : m_window.get();
}

void Program::show()
{
    if (m_wall && m_options.snapshot.isEmpty())
        m_wall->showFullScreen();
    else
        shown()->show();
}

void Program::connectWindow()
{
    MainWindow *window = m_window.get();
    window->setRefresh([this](const QString &source) { m_fleet->refresh(source); });
    // The window that asks goes away: not before it has returned from its own code.
    connect(window, &MainWindow::demoRequested, this, &Program::openDemo, Qt::QueuedConnection);
    connect(window, &MainWindow::configurationRequested, this, &Program::editConfiguration);
    connect(window, &MainWindow::sourcesRequested, this, &Program::openSources);
    connect(window, &MainWindow::settingsRequested, this, &Program::openSettings);
    connect(window, &MainWindow::settingChosen, this, &Program::choose);

    // What an earlier process left behind: paused, and nobody runs it.
    const Result<QList<JournalOperation>> known = m_fleet->journal().operations();
    QStringList cutOff;
    if (known) {
        for (const JournalOperation &operation : *known) {
            if (operation.state == OperationState::Paused
                && m_fleet->journal().holder(operation.id).isEmpty())
                cutOff.append(operation.id);
        }
    } else {
        window->setConfigurationFault(known.error().message);
    }
    window->setCutOff(cutOff);
}

void Program::setRegionPlaces(const QMap<QString, GeoPoint> &places)
{
    m_window->map()->setRegionPlaces(places);
    if (m_wall)
        m_wall->map()->setRegionPlaces(places);
}

void Program::openDemo()
{
    const Result<FleetConfig> demo =
        readSourceOptions({u"demo:simulator=48"_s}, m_catalog.adapters());
    const Result<void> opened = demo ? open(*demo) : fail(demo.error());
    if (!opened)
        m_window->setConfigurationFault(opened.error().message);
}

void Program::editConfiguration()
{
    const QString file =
        m_options.configFile.isEmpty() ? defaultConfigFile() : m_options.configFile;
    if (!QFile::exists(file)) {
        QDir().mkpath(QFileInfo(file).path());
        QFile fresh(file);
        if (!fresh.open(QIODevice::WriteOnly | QIODevice::NewOnly)
            || fresh.write(newConfiguration) < 0) {
            m_window->setConfigurationFault(
                tr("%1 cannot be written: %2").arg(file, fresh.errorString()));
            return;
        }
    }
    m_options.configFile = file;
    watchConfiguration();
    if (!QDesktopServices::openUrl(QUrl::fromLocalFile(file)))
        m_window->setConfigurationFault(tr("No editor is known here; edit %1").arg(file));
}

void Program::openSources()
{
    SourcesAccess access;
    access.file = m_options.configFile.isEmpty() ? defaultConfigFile() : m_options.configFile;
    access.adapters = m_catalog.adapters();
    QFile file(access.file);
    if (file.open(QIODevice::ReadOnly))
        access.text = file.readAll();
    else if (file.exists()) {
        m_window->setConfigurationFault(
            tr("%1 cannot be read: %2").arg(access.file, file.errorString()));
        return;
    }
    access.save = [this, path = access.file](const QByteArray &text) -> Result<void> {
        if (Result<void> written = writeFile(path, text); !written)
            return written;
        m_options.configFile = path;
        watchConfiguration();
        // The watcher tells of a change, not of a file that was not there.
        QTimer::singleShot(0, this, &Program::readConfigurationAgain);
        return {};
    };
    access.test = [this](const SourceConfig &source) { return testSource(source); };
    m_window->openSources(access);
}

FutureResult<QString> Program::testSource(const SourceConfig &source)
{
    const auto promise = std::make_shared<Answer<QString>>();
    const auto trial = std::make_shared<Trial>();
    whenDone(resolveSecrets(source.settings, trial->secrets), this,
             [this, source, trial, promise](const Result<SourceSettings> &settings) {
                 if (!settings)
                     return promise->give(fail(settings.error()));
                 SourceConfig with = source;
                 with.settings = *settings;
                 FleetOptions options;
                 options.stateDir = trial->state.path();
                 options.readOnly = true;
                 auto fleet = Fleet::open({with}, m_catalog, options);
                 if (!fleet)
                     return promise->give(fail(fleet.error()));
                 trial->fleet = *std::move(fleet);
                 whenDone(trial->fleet->firstPoll(), this,
                          [trial, promise](const Result<FleetVersionPtr> &version) {
                              if (!version)
                                  promise->give(fail(version.error()));
                              else if (const auto &error = (*version)->sources[0].error)
                                  promise->give(fail(*error));
                              else
                                  promise->give(foundIn(**version));
                              // Not inside of its own answer.
                              QTimer::singleShot(0, qApp, [trial] { trial->fleet.reset(); });
                          });
             });
    return promise->future();
}

void Program::follow(const Desktop &desktop)
{
    m_desktop = &desktop;
    connect(m_desktop, &Desktop::changed, this, [this] { applySettings(m_options.settings); });
    applySettings(m_options.settings);
}

void Program::applySettings(const WindowSettings &settings)
{
    m_options.settings = settings;
    if (m_caller)
        m_caller->setSettings(settings.calls);
    const auto scheme = m_options.scheme.value_or(settings.scheme);
    Themes &themes = Themes::instance();
    themes.setChoice(scheme == WindowSettings::Scheme::System
                         ? (m_desktop ? m_desktop->scheme() : std::nullopt)
                         : std::optional(scheme == WindowSettings::Scheme::Dark
                                             ? Theme::Scheme::Dark
                                             : Theme::Scheme::Light));
    themes.setHighContrast(settings.contrast == WindowSettings::Contrast::High
                           || (settings.contrast == WindowSettings::Contrast::System && m_desktop
                               && m_desktop->wantsContrast()));
    const bool still = settings.motion == WindowSettings::Motion::Reduced
        || (settings.motion == WindowSettings::Motion::System && m_desktop
            && m_desktop->wantsStillness());
    Motion::setChoice(still ? Motion::Choice::Reduced
                          : settings.motion == WindowSettings::Motion::Full
                          ? Motion::Choice::Full
                          : Motion::Choice::System);
    const auto times = settings.times == WindowSettings::Times::Local ? Format::Times::Local
                                                                      : Format::Times::Utc;
    if (times != Format::times()) {
        Format::setTimes(times);
        for (QWidget *widget : QApplication::allWidgets())
            widget->update();
    }
    tellSettings();
}

// What only the windows act by, which may be others than when they were applied.
void Program::tellSettings()
{
    if (m_window)
        m_window->setNoticeTime(m_options.settings.noticeTime);
    if (m_wall)
        m_wall->setPageTime(m_options.settings.wallTime);
}

void Program::choose(const QString &key, const QString &written)
{
    const WindowSettings before = m_options.settings;
    WindowSettings settings = before;
    settings.set(key, written);
    if (key == u"theme")
        m_options.scheme.reset(); // a person's word is newer than the command line's
    if (const Result<void> saved = saveSettings(settings, before); !saved) {
        applySettings(settings);
        m_window->tell(tr("For now only: %1").arg(saved.error().message), Outcome::Failed);
    }
}

void Program::openSettings()
{
    if (m_options.scheme)
        m_options.settings.scheme = *std::exchange(m_options.scheme, std::nullopt);
    SettingsAccess access;
    access.settings = m_options.settings;
    access.file = m_options.settingsFile;
    access.languages = Language::known();
    access.preview = [this](const WindowSettings &settings) { applySettings(settings); };
    access.save = [this, before = access.settings](const WindowSettings &settings) {
        return saveSettings(settings, before);
    };
    access.trySound = [this] {
        return m_caller ? m_caller->trySound()
                        : ready<void>(fail(ErrorKind::NotNow, tr("nobody is called yet")));
    };
    m_window->openSettings(access);
}

Result<void> Program::saveSettings(const WindowSettings &settings, const WindowSettings &before)
{
    const QString &path = m_options.settingsFile;
    if (path.isEmpty())
        return fail(ErrorKind::Unsupported, tr("this run has no file for settings"));
    const Result<WindowSettings> kept = loadWindowSettings(path);
    if (!kept)
        return fail(kept.error());
    QByteArray text;
    if (QFile file(path); file.open(QIODevice::ReadOnly))
        text = file.readAll();
    else if (file.exists())
        return fail(ErrorKind::Denied, path + u": "_s + file.errorString());
    const QByteArray old = text;
    for (const AdapterKey &key : WindowSettings::keys()) {
        const QString word = settings.written(key.name);
        if (word == before.written(key.name) || word == kept->written(key.name))
            continue;
        const auto edited = ConfigEditor::setOption(text, u"window"_s, key.name, word);
        if (!edited)
            return fail(edited.error());
        text = *edited;
    }
    if (text != old) {
        if (Result<void> written = writeFile(path, text); !written)
            return written;
    }
    applySettings(settings);
    watchConfiguration();
    return {};
}

void Program::watchConfiguration()
{
    const QString file =
        m_options.configFile.isEmpty() ? m_options.settingsFile : m_options.configFile;
    if (file.isEmpty())
        return;
    const QString folder = QFileInfo(file).path();
    for (const QString &path : {file, folder}) {
        if (QFile::exists(path) && !m_watcher.files().contains(path)
            && !m_watcher.directories().contains(path))
            m_watcher.addPath(path);
    }
}

void Program::readConfigurationAgain()
{
    watchConfiguration();
    m_rereading.stop();
    m_waitsFor = {};
    if (m_options.configFile.isEmpty()) {
        // The sources are the command line's; what the file says of the window holds all the same.
        const Result<WindowSettings> settings = loadWindowSettings(m_options.settingsFile);
        m_window->setConfigurationFault(settings ? QString() : settings.error().message);
        if (settings && *settings != m_options.settings)
            applySettings(*settings);
        return;
    }
    if (!QFile::exists(m_options.configFile))
        return; // between the old file and the new one
    const Result<FleetConfig> config = loadFleetConfig(m_options.configFile, m_catalog.adapters());
    if (!config) {
        m_window->setConfigurationFault(config.error().message);
        return;
    }
    m_window->setConfigurationFault({});
    if (config->window != m_options.settings)
        applySettings(config->window);
    SystemSecretStore store;
    FleetConfig resolved = *config;
    QList<SourceSettings *> all;
    for (SourceConfig &source : resolved.sources)
        all.append(&source.settings);
    for (QList<FeedConfig> *feeds : {&resolved.metrics, &resolved.incidents}) {
        for (FeedConfig &feed : *feeds)
            all.append(&feed.settings);
    }
    for (SourceSettings *of : all) {
        FutureResult<SourceSettings> settings = resolveSecrets(*of, store);
        // A keychain may ask a person: the fleet that is open stays until everything is there.
        if (!settings.isFinished()) {
            whenDone(settings, this, [this](const Result<SourceSettings> &) {
                m_window->setConfigurationFault(
                    tr("The configuration changed; open Stampdeck again to take it"));
            });
            return;
        }
        const Result<SourceSettings> value = settings.result();
        if (!value) {
            m_window->setConfigurationFault(value.error().message);
            return;
        }
        *of = *value;
    }
    setRegionPlaces(resolved.regions);
    if (isSame(resolved, m_shown))
        return;
    if (const WindowHold hold = m_window->hold(); hold != WindowHold::Nothing) {
        sayItWaits(hold);
        return;
    }
    if (const Result<void> opened = open(resolved); !opened)
        m_window->setConfigurationFault(opened.error().message);
}

void Program::readWhenFree()
{
    const WindowHold hold = m_window->hold();
    if (hold == WindowHold::Nothing)
        readConfigurationAgain();
    else
        sayItWaits(hold);
}

void Program::sayItWaits(WindowHold hold)
{
    m_rereading.start();
    const WindowHold said = std::exchange(m_waitsFor, hold);
    if (hold == WindowHold::Carry) {
        // Not in a strip: nothing moves under the hand.
        if (said != hold)
            m_window->tell(tr("The configuration changed; it is taken when nothing is carried"));
        return;
    }
    m_window->setConfigurationFault(
        hold == WindowHold::Dialog ? tr("The configuration changed; it is taken when no dialog is open")
                             : tr("The configuration changed; it is taken when no operation runs"));
}

void Program::takeSnapshot()
{
    whenDone(m_fleet->firstPoll(), this, [this](const Result<FleetVersionPtr> &first) {
        const quint64 serial = first ? (*first)->serial : 0;
        // Its summary is the last to be ready: it is worked out on another thread.
        const auto whenSummed = [this, serial](auto *view, auto signal) {
            const auto shoot = [this, serial, view, signal] {
                if (view->summary().serial < serial)
                    return;
                // A link may name a moment of the past: then it is of that one.
                ReplayController &replay = m_window->replay();
                if (!replay.isSettled()
                    || (replay.isOpen() && view->summary().serial < m_feed->version()->serial)) {
                    QTimer::singleShot(std::chrono::milliseconds(20), view, [view, signal] {
                        Q_EMIT(view->*signal)();
                    });
                    return;
                }
                disconnect(view, signal, this, nullptr);
                awaitOutlook();
            };
            connect(view, signal, this, shoot);
            shoot();
        };
        if (m_wall)
            whenSummed(m_wall.get(), &WallWindow::refreshed);
        else
            whenSummed(m_window->attention(), &AttentionPanel::refreshed);
    });
}

// What a picture tells of losses and of the future; it does not wait long for that.
void Program::awaitOutlook()
{
    const Forecaster &forecaster = m_window->forecaster();
    const int stamps = m_feed->version()->counts.stamps;
    const bool waits = !m_wall && stamps > 0;
    auto *limit = new QTimer(this);
    limit->setSingleShot(true);
    connect(limit, &QTimer::timeout, this, &Program::writeSnapshot);
    // Long enough for a machine that is busy: what is drawn may not depend on how fast it is.
    limit->start(waits ? std::chrono::seconds(15) : std::chrono::seconds(0));
    const quint64 surveyed = stamps <= MainWindow::mostSurveyed ? m_feed->version()->serial : 0;
    const auto look = [this, limit, surveyed, &forecaster] {
        if (forecaster.hasLooked() && m_window->surveyedSerial() >= surveyed)
            limit->start(0);
    };
    connect(&forecaster, &Forecaster::changed, limit, look);
    connect(m_window.get(), &MainWindow::surveyed, limit, look);
    look();
}

void Program::writeSnapshot()
{
    MapWidget *map = m_wall ? m_wall->map() : m_window->map();
    map->setAnimated(false); // nothing is on its way in a picture
    if (m_wall || !m_window->isZoomChosen())
        map->fit();
    const auto &best = m_window->carry().ranking();
    if (m_window->carry().isActive() && !best.empty())
        map->holdOver(best.front().first);
    // Painting is what asks for the verdicts of a far sight: the first picture is for that.
    (void)pictureOf(*shown());
    shootSettled(std::chrono::steady_clock::now() + std::chrono::seconds(15));
}

void Program::shootSettled(std::chrono::steady_clock::time_point latest)
{
    const MapWidget *map = m_wall ? m_wall->map() : m_window->map();
    if (map->isAsking() && std::chrono::steady_clock::now() < latest) {
        QTimer::singleShot(std::chrono::milliseconds(10), this, [this, latest] { shootSettled(latest); });
        return;
    }
    const bool isWritten = pictureOf(*shown()).save(m_options.snapshot, "PNG");
    if (!isWritten)
        QTextStream(stderr) << "stampdeck: " << m_options.snapshot << " cannot be written\n";
    QApplication::exit(isWritten ? 0 : 1);
}

} // namespace Stampdeck

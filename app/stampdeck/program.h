// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet.h"
#include "models/fleetconfig.h"
#include "models/fleetfeed.h"
#include "models/plugincatalog.h"
#include "widgets/mapfacts.h"

#include <QtCore/QFileSystemWatcher>
#include <QtCore/QObject>
#include <QtCore/QTimer>
#include <QtDBus/QDBusConnection>

#include <chrono>
#include <functional>
#include <memory>

namespace Stampdeck {

struct Deck;
class Caller;
class Desktop;
class MainWindow;
class Notifications;
struct RehearsalWish;
enum class WindowHold : quint8;
class WallWindow;

/// What the command line asks of the window.
struct WindowOptions
{
    QString configFile; ///< Empty when sources were named otherwise.
    /// What a person chooses is kept there; empty: nowhere.
    QString settingsFile;
    WindowSettings settings; ///< As that file has them at the start.
    std::optional<WindowSettings::Scheme> scheme; ///< For this run, whatever the settings say.
    QString stateDir;
    QString actor;
    bool readOnly = false;
    bool wall = false; ///< Only the fleet, full screen; see WallWindow.
    std::optional<MapArrangement> arrangement; ///< Nothing: as it was left.
    std::optional<MapGrouping> grouping = {}; ///< The same.
    QString rehearsal = {}; ///< What is practised, in words; empty: the fleet is a real one.
    /// Starts this program once more with these arguments; false where it can't be. Null: as a
    /// process of its own.
    std::function<bool(const QStringList &arguments)> launch = {};
    QString snapshot; ///< A picture is written there, and the program ends.
};

/// A fleet that is open, and the window on it: it can be another fleet later (the demo, a changed
/// configuration). Owns fleet, feed and window; GUI thread.
class Program final : public QObject
{
    Q_OBJECT
public:
    Program(const PluginCatalog &catalog, const WindowOptions &options);
    ~Program() override;

    /// Calls whoever sits here by the notifications of \a bus, from the next open() on.
    void notifyBy(const QDBusConnection &bus);
    /// Writes what was recorded, where that is wanted, and starts a second program on it. Errors: those
    /// of keepRecordedStretch(), and Denied where none can be started. One that is cancelled before it
    /// is started never is.
    [[nodiscard]] FutureResult<void> rehearse(const RehearsalWish &wish);
    /// Opens the sources of \a config; \a fault is what is wrong with the configuration, shown above
    /// the map. An error when the journal cannot be opened.
    [[nodiscard]] Result<void> open(const FleetConfig &config, const QString &fault = {});
    [[nodiscard]] MainWindow *window() const { return m_window.get(); }
    /// What is to be seen: the wall where that was asked for, else the window.
    [[nodiscard]] QWidget *shown() const;
    void show();
    /// Writes the picture when every source has answered or failed once. Ends the program.
    void takeSnapshot();
    [[nodiscard]] const WindowSettings &settings() const { return m_options.settings; }
    /// What a person leaves to the desktop is as \a desktop says, which outlives this.
    void follow(const Desktop &desktop);
    /// Looks by them from now on; keeps nothing.
    void applySettings(const WindowSettings &settings);
    /// Writes what of \a settings differs from \a before into the file, and looks by them.
    [[nodiscard]] Result<void> saveSettings(const WindowSettings &settings,
                                            const WindowSettings &before);

private:
    void openDemo();
    void editConfiguration();
    void openSources();
    void openSettings();
    [[nodiscard]] FutureResult<QString> testSource(const SourceConfig &source);
    void watchConfiguration();
    void readConfigurationAgain();
    /// The same, once the window may be replaced.
    void readWhenFree();
    void sayItWaits(WindowHold hold);
    void choose(const QString &key, const QString &written);
    void tellSettings();
    void connectWindow();
    void awaitOutlook();
    void writeSnapshot();
    void shootSettled(std::chrono::steady_clock::time_point latest);
    void beginCalling(const Deck &deck);
    void tellOfHistory();
    void setRegionPlaces(const QMap<QString, GeoPoint> &places);

    const PluginCatalog &m_catalog;
    WindowOptions m_options;
    FleetConfig m_shown; ///< Whose sources, metrics and incidents are open.
    QFileSystemWatcher m_watcher;
    QTimer m_rereading; ///< Runs while a changed configuration waits.
    WindowHold m_waitsFor{};
    const Desktop *m_desktop = nullptr;
    std::unique_ptr<Fleet> m_fleet;
    std::unique_ptr<FleetFeed> m_feed;
    std::unique_ptr<MainWindow> m_window;
    std::unique_ptr<WallWindow> m_wall;
    std::unique_ptr<Notifications> m_notifications; // null: nobody is called
    std::unique_ptr<Caller> m_caller; // last made, first gone
};

} // namespace Stampdeck

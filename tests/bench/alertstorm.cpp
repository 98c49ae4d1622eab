// SPDX-License-Identifier: GPL-3.0-or-later
// stampdeck-alertstorm: the real window on a fleet of the simulator, its incident view in sight, and another
// process that speaks as Alertmanager does and as the desktop's notification service. Nothing fires; then
// 5,000 alerts in 500 groups do; then a thousand of them change every second, and whole groups end and come
// back. Prints how long it took from the answer until the list was painted, what the GUI thread spent on each
// frame and on each turn of its loop (its own CPU time, beside those of the same window while nothing fires),
// and how often somebody was called.
#include "app/common/hugepages.h"
#include "app/stampdeck/incidentdesk.h"
#include "app/stampdeck/mainwindow.h"
#include "app/stampdeck/program.h"
#include "models/incidents.h"
#include "models/threadtime.h"
#include "widgets/actionregistry.h"
#include "widgets/incidentlist.h"
#include "widgets/mapwidget.h"
#include "widgets/themes.h"

#include "tests/support/fakehttpserver.h"

#include <QtCore/QAbstractEventDispatcher>
#include <QtCore/QDateTime>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QSocketNotifier>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTimer>
#include <QtDBus/QDBusConnection>
#include <QtWidgets/QApplication>
#include <QtWidgets/QListView>

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <vector>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

struct StormOptions
{
    int stamps = 1'000;
    int alerts = 5'000;
    int groups = 500;
    int changes = 1'000; ///< A second.
    int rest = 15; ///< Seconds, of the window with nothing and with all that fires.
    int seconds = 60; ///< Of the storm.
    bool trace = false;
};

/// The desktop's notification service, which counts.
class StormService final : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")
public:
    int calls = 0;

public Q_SLOTS:
    QStringList GetCapabilities() { return {u"actions"_s, u"body"_s}; }
    uint Notify(const QString &, uint, const QString &, const QString &, const QString &,
                const QStringList &, const QVariantMap &, int)
    {
        ++calls;
        return 7;
    }
    void CloseNotification(uint) { }
};

namespace {

qint64 nowNs()
{
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

/// What the other process says: alerts that change as the time goes.
class Alerts
{
public:
    explicit Alerts(const StormOptions &options)
        : m_options(options)
        , m_start(QDateTime::currentDateTimeUtc().addSecs(-60).toString(Qt::ISODate))
    { }
    void setStamps(const QStringList &stamps) { m_stamps = stamps; }
    void fire()
    {
        m_fires = true;
        m_generation.assign(size_t(m_options.alerts), 0);
    }
    void storm()
    {
        m_stormFrom = nowNs();
        m_changed = 0;
    }
    [[nodiscard]] bool fires() const { return m_fires; }

    [[nodiscard]] QByteArray answer(const QByteArray &path)
    {
        goOn();
        if (path == "/api/v2/alerts") {
            QJsonArray all;
            for (int at = 0; at < int(m_generation.size()); ++at) {
                if (isThere(at))
                    all.append(alert(at));
            }
            return QJsonDocument(all).toJson(QJsonDocument::Compact);
        }
        if (path == "/api/v2/alerts/groups") {
            QJsonArray groups;
            for (int group = 0; m_fires && group < m_options.groups; ++group) {
                QJsonArray alerts;
                for (int at = group; at < m_options.alerts; at += m_options.groups) {
                    if (isThere(at))
                        alerts.append(alert(at));
                }
                if (alerts.isEmpty())
                    continue;
                groups.append(QJsonObject{{u"labels"_s, QJsonObject{{u"alertname"_s, nameOf(group)}}},
                                          {u"receiver"_s, QJsonObject{{u"name"_s, u"ops"_s}}},
                                          {u"alerts"_s, alerts}});
            }
            return QJsonDocument(groups).toJson(QJsonDocument::Compact);
        }
        if (path == "/api/v2/status")
            return R"({"cluster": {"status": "ready", "peers": []}, "versionInfo": {"version": "0.27.0"}})";
        return "[]";
    }

private:
    // So many more have changed as the time that passed wants.
    void goOn()
    {
        if (m_stormFrom == 0)
            return;
        const qint64 due = (nowNs() - m_stormFrom) * m_options.changes / 1'000'000'000;
        for (; m_changed < due; ++m_changed)
            ++m_generation[size_t(m_changed * 7 % m_options.alerts)]; // 7: all over the groups
    }
    // In a storm one in ten comes and goes, and one in ten groups as a whole: its incident ends and
    // comes back. The first of the other groups stays.
    [[nodiscard]] bool isThere(int at) const
    {
        const int group = at % m_options.groups;
        if (group % 10 == 3)
            return m_generation[size_t(group)] % 2 == 0;
        return at < m_options.groups || at % 10 != 3 || m_generation[size_t(at)] % 2 == 0;
    }
    static QString nameOf(int group) { return u"Alert-%1"_s.arg(group, 3, 10, QLatin1Char('0')); }
    [[nodiscard]] QJsonObject alert(int at) const
    {
        static const QStringList severities{u"critical"_s, u"warning"_s, u"info"_s};
        const int generation = m_generation[size_t(at)];
        const QString stamp = m_stamps.value(at % std::max<qsizetype>(1, m_stamps.size()));
        return {{u"fingerprint"_s, u"%1"_s.arg(at, 16, 16, QLatin1Char('0'))},
                {u"labels"_s, QJsonObject{{u"alertname"_s, nameOf(at % m_options.groups)},
                                          {u"severity"_s, severities[at % m_options.groups % 3]},
                                          {u"stamp"_s, stamp},
                                          {u"number"_s, QString::number(at)}}},
                {u"annotations"_s,
                 QJsonObject{{u"summary"_s, u"value %1 of %2"_s.arg(generation).arg(stamp)}}},
                {u"startsAt"_s, m_start},
                {u"updatedAt"_s, m_start},
                {u"endsAt"_s, u"2099-01-01T00:00:00Z"_s},
                {u"generatorURL"_s, u"http://prometheus.example/graph"_s},
                {u"receivers"_s, QJsonArray{QJsonObject{{u"name"_s, u"ops"_s}}}},
                {u"status"_s, QJsonObject{{u"state"_s, u"active"_s},
                                          {u"silencedBy"_s, QJsonArray()},
                                          {u"inhibitedBy"_s, QJsonArray()}}}};
    }

    const StormOptions m_options;
    const QString m_start;
    QStringList m_stamps;
    bool m_fires = false;
    std::vector<int> m_generation; // of each alert: how often it has changed
    qint64 m_stormFrom = 0;
    qint64 m_changed = 0;
};

void say(const QByteArray &line)
{
    std::puts(line.constData());
    std::fflush(stdout);
}

/// The other process: orders by lines on its standard input, "stamps A,B,…", "fire", "storm", "calls".
int serve(int argc, char **argv, const StormOptions &options)
{
    QCoreApplication app(argc, argv);
    StormService desktop;
    const QDBusConnection bus = QDBusConnection::sessionBus();
    QDBusConnection(bus).registerObject(u"/org/freedesktop/Notifications"_s, &desktop,
                                        QDBusConnection::ExportAllSlots);
    const bool isCalled = QDBusConnection(bus).registerService(u"org.freedesktop.Notifications"_s);
    Alerts alerts(options);
    bool isTold = false;
    Testing::FakeHttpServer server([&](const Testing::FakeRequest &request) {
        Testing::FakeAnswer answer;
        answer.body = alerts.answer(request.path);
        if (alerts.fires() && request.path == "/api/v2/alerts" && !std::exchange(isTold, true))
            say("answered " + QByteArray::number(nowNs()));
        return answer;
    });
    QByteArray orders;
    QSocketNotifier input(STDIN_FILENO, QSocketNotifier::Read);
    QObject::connect(&input, &QSocketNotifier::activated, &app, [&] {
        char buffer[65'536];
        const ssize_t size = ::read(STDIN_FILENO, buffer, sizeof buffer);
        if (size <= 0)
            return QCoreApplication::quit();
        orders.append(buffer, size);
        for (qsizetype end = orders.indexOf('\n'); end >= 0; end = orders.indexOf('\n')) {
            const QByteArray order = orders.left(end);
            orders.remove(0, end + 1);
            if (order.startsWith("stamps "))
                alerts.setStamps(QString::fromUtf8(order.mid(7)).split(u','));
            else if (order == "fire")
                alerts.fire();
            else if (order == "storm")
                alerts.storm();
            else if (order == "calls")
                say("calls " + QByteArray::number(isCalled ? desktop.calls : -1));
        }
    });
    say("port " + QByteArray::number(server.port()));
    return QCoreApplication::exec();
}

/// Milliseconds of one kind in one phase.
class Times
{
public:
    void add(std::chrono::microseconds spent) { m_ms.push_back(double(spent.count()) / 1e3); }
    [[nodiscard]] size_t count() const { return m_ms.size(); }
    [[nodiscard]] double at(double share)
    {
        std::sort(m_ms.begin(), m_ms.end());
        if (m_ms.empty())
            return 0;
        const auto rank = size_t(std::ceil(share * double(m_ms.size())));
        return m_ms[std::clamp<size_t>(rank, 1, m_ms.size()) - 1];
    }

private:
    std::vector<double> m_ms;
};

struct Phase
{
    Times frames;
    Times turns;
};

/// Counts what the GUI thread spends in its outermost paintEvents, and in each turn of its loop.
class StormApplication final : public QApplication
{
public:
    StormApplication(int &argc, char **argv)
        : QApplication(argc, argv)
    { }
    void watchTurns()
    {
        connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::aboutToBlock, this,
                [this] {
                    const auto now = threadCpuTime();
                    // What waits and finds nothing to do is none.
                    if (phase && m_turnBegan && now - *m_turnBegan > 20us)
                        phase->turns.add(now - *m_turnBegan);
                    m_turnBegan = now;
                });
    }
    bool notify(QObject *receiver, QEvent *event) override
    {
        if (event->type() != QEvent::Paint) {
            if (!trace || m_events++ > 0) {
                const bool taken = QApplication::notify(receiver, event);
                m_events -= trace;
                return taken;
            }
            const QByteArray name = receiver->metaObject()->className();
            const auto began = threadCpuTime();
            const bool taken = QApplication::notify(receiver, event);
            m_events = 0;
            if (const auto spent = threadCpuTime() - began; spent > 8ms && phase)
                std::fprintf(stderr, "%6.1f ms: %s, event %d\n", double(spent.count()) / 1e3,
                             name.constData(), int(event->type()));
            return taken;
        }
        const auto before = threadCpuTime();
        ++m_depth;
        const bool taken = QApplication::notify(receiver, event);
        if (--m_depth == 0 && phase)
            phase->frames.add(threadCpuTime() - before);
        if (painted)
            painted(receiver);
        return taken;
    }
    Phase *phase = nullptr;
    bool trace = false; ///< Names what takes more than 8 ms.
    std::function<void(QObject *)> painted;

private:
    int m_depth = 0;
    int m_events = 0; // within each other, while traced
    std::optional<std::chrono::microseconds> m_turnBegan;
};

void print(const char *name, Phase &phase, Phase &baseline)
{
    const auto line = [&](const char *what, Times &times, Times &idle) {
        std::printf("%-16s %-6s %7zu  p50 %7.2f ms  p99 %7.2f ms  max %7.2f ms   idle: p99 %6.2f ms  "
                    "max %6.2f ms\n",
                    name, what, times.count(), times.at(0.5), times.at(0.99), times.at(1),
                    idle.at(0.99), idle.at(1));
    };
    line("frames", phase.frames, baseline.frames);
    line("turns", phase.turns, baseline.turns);
    std::fflush(stdout);
}

int measure(StormApplication &app, const StormOptions &options)
{
    QProcess bus;
    bus.start(u"dbus-daemon"_s,
              {u"--session"_s, u"--nofork"_s, u"--print-address"_s, u"--nopidfile"_s});
    if (!bus.waitForStarted() || !bus.waitForReadyRead()) {
        std::fputs("stampdeck-alertstorm: dbus-daemon is needed\n", stderr);
        return 1;
    }
    const QString address = QString::fromUtf8(bus.readLine()).trimmed();
    QProcess server;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"DBUS_SESSION_BUS_ADDRESS"_s, address);
    server.setProcessEnvironment(environment);
    server.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    server.start(QCoreApplication::applicationFilePath(),
                 {u"--serve"_s, u"--alerts"_s, QString::number(options.alerts), u"--groups"_s,
                  QString::number(options.groups), u"--changes"_s, QString::number(options.changes)});
    if (!server.waitForStarted() || !server.waitForReadyRead())
        return 1;
    const QByteArray port = server.readLine().trimmed().mid(5);

    QTemporaryDir dir;
    const PluginCatalog catalog;
    WindowOptions window;
    window.stateDir = dir.path();
    window.actor = u"storm"_s;
    const QString file = dir.filePath(u"fleet.yaml"_s);
    QFile yaml(file);
    std::ignore = yaml.open(QIODevice::WriteOnly);
    yaml.write(u"sources: [{name: prod, adapter: simulator, stamps: %1, tenantsPerStamp: 20, calm: true}]\n"
               "incidents: [{name: alerts, adapter: alertmanager, url: \"http://127.0.0.1:%2\", "
               "pollInterval: 1s}]\n"_s.arg(options.stamps)
                   .arg(QString::fromLatin1(port))
                   .toUtf8());
    yaml.close();
    const auto config = loadFleetConfig(file, catalog.adapters());
    Program program(catalog, window);
    program.notifyBy(QDBusConnection::connectToBus(address, u"storm"_s));
    const Result<void> opened = config ? program.open(*config) : fail(config.error());
    if (!opened) {
        std::fprintf(stderr, "stampdeck-alertstorm: %s\n", qPrintable(opened.error().message));
        return 1;
    }
    MainWindow &shown = *program.window();
    shown.resize(1600, 1000);
    shown.show();
    app.watchTurns();
    app.trace = options.trace;

    Phase idle, arrival, rest, storm;
    qint64 answeredAt = 0;
    qint64 shownAt = 0;
    QListView *list = shown.incidents()->list()->view();
    const auto isShown = [&] {
        const IncidentBookPtr book = bookOf(*shown.map()->version());
        return book && int(book->open.size()) >= options.groups
            && list->model()->rowCount() >= options.groups;
    };
    app.painted = [&](QObject *receiver) {
        if (shownAt == 0 && answeredAt != 0 && receiver == list->viewport() && isShown())
            shownAt = nowNs();
    };
    QByteArray told;
    QObject::connect(&server, &QProcess::readyRead, &shown, [&] {
        told = server.readLine().trimmed();
        if (told.startsWith("answered "))
            answeredAt = told.mid(9).toLongLong();
    });
    const auto order = [&server](const QByteArray &line) { server.write(line + '\n'); };
    const auto wait = [](std::chrono::milliseconds time) {
        QEventLoop loop;
        QTimer::singleShot(time, &loop, &QEventLoop::quit);
        loop.exec();
    };
    const auto until = [&](const std::function<bool()> &isSo) {
        for (int i = 0; i < 600 && !isSo(); ++i)
            wait(100ms);
        return isSo();
    };
    if (!until([&] { return shown.map()->version()->counts.stamps >= options.stamps; })) {
        std::fputs("stampdeck-alertstorm: the fleet does not come\n", stderr);
        return 1;
    }
    shown.actions().action(u"view.incidents"_s)->trigger();
    QStringList names;
    shown.map()->version()->eachStamp(
        [&](int, const StampEntry &entry) { names.append(entry.stamp->name); });
    order("stamps " + names.join(u',').toUtf8());
    wait(3s);

    const auto calls = [&] {
        told.clear();
        order("calls");
        until([&] { return told.startsWith("calls "); });
        return told.mid(6).toInt();
    };
    app.phase = &idle;
    wait(std::chrono::seconds(options.rest));
    const int before = calls(); // what the fleet says of itself
    app.phase = &arrival;
    order("fire");
    if (!until([&] { return shownAt != 0; })) {
        std::fputs("stampdeck-alertstorm: the alerts are not shown\n", stderr);
        return 1;
    }
    wait(3s);
    app.phase = &rest;
    wait(std::chrono::seconds(options.rest));
    const int first = calls();
    app.phase = &storm;
    order("storm");
    wait(std::chrono::seconds(options.seconds));
    app.phase = nullptr;
    const int last = calls();

    std::printf("%d alerts in %d groups over %d stamps, then %d changes a second for %d s\n",
                options.alerts, options.groups, options.stamps, options.changes, options.seconds);
    std::printf("shown %.0f ms after the answer (wanted: 1000); somebody was called %d times for the alerts "
                "(wanted: 1) and %d times in the storm (wanted: 0)\n",
                double(shownAt - answeredAt) / 1e6, first - before, last - first);
    print("as they come", arrival, idle);
    print("at rest", rest, idle);
    print("in the storm", storm, idle);
    server.closeWriteChannel();
    server.waitForFinished();
    bus.terminate();
    bus.waitForFinished();
    return 0;
}

} // namespace
} // namespace Stampdeck

int main(int argc, char **argv)
{
    using namespace Stampdeck;
    startWithHugePages(argv);
    CLI::App cli("A storm of alerts over the window", "stampdeck-alertstorm");
    StormOptions options;
    bool serves = false;
    cli.add_option("--stamps", options.stamps, "Of the fleet");
    cli.add_option("--alerts", options.alerts, "That fire");
    cli.add_option("--groups", options.groups, "Of them");
    cli.add_option("--changes", options.changes, "Of them a second, in the storm");
    cli.add_option("--seconds", options.seconds, "How long it lasts");
    cli.add_option("--rest", options.rest, "Seconds without, and with what fires but does not change");
    cli.add_flag("--trace", options.trace, "Name every event that takes more than 8 ms");
    cli.add_flag("--serve", serves, "Be the other process");
    CLI11_PARSE(cli, argc, argv)
    if (serves)
        return serve(argc, argv, options);
    StormApplication app(argc, argv);
    QApplication::setApplicationName(u"stampdeck"_s);
    Themes::instance().install();
    return measure(app, options);
}

#include "alertstorm.moc"

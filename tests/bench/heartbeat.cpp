// SPDX-License-Identifier: GPL-3.0-or-later
// stampdeck-heartbeat: the real window on the sources that are named, and in its thread a timer of
// 10 ms: how late each beat is while the fleet arrives, and for some seconds after that. Prints one
// line of JSON; tests/bench/large sets it beside an idle window's and the limits.
#include "app/common/hugepages.h"
#include "app/common/openfiles.h"
#include "app/common/options.h"
#include "app/stampdeck/mainwindow.h"
#include "app/stampdeck/program.h"
#include "models/threadtime.h"
#include "widgets/mapwidget.h"
#include "widgets/themes.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QTimer>
#include <QtWidgets/QApplication>

#include <CLI/CLI.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace {

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds beat = 10ms;

std::chrono::microseconds processCpuTime()
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/// VmHWM, in MB (10^6 bytes); -1 when this system does not tell.
double largestMegabytes()
{
    QFile status(u"/proc/self/status"_s);
    if (!status.open(QIODevice::ReadOnly))
        return -1;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("VmHWM:"))
            return double(line.mid(6, line.size() - 8).trimmed().toLongLong()) * 1024 / 1e6;
    }
    return -1;
}

/// Beats of one phase: how late each came. A beat that fell out because the one before came too
/// late is counted with what it would have waited, or the worst moments would count once only.
class Beats
{
public:
    void add(std::chrono::nanoseconds late)
    {
        for (; late.count() >= 0; late -= beat)
            m_late.push_back(double(late.count()) / 1e6);
    }
    [[nodiscard]] QJsonObject figures()
    {
        std::sort(m_late.begin(), m_late.end());
        const auto share = [this](double part) {
            return m_late.empty() ? 0.0 : m_late[size_t(part * double(m_late.size() - 1))];
        };
        return {{u"beats"_s, qint64(m_late.size())},
                {u"p50"_s, share(0.5)},
                {u"p99"_s, share(0.99)},
                {u"p999"_s, share(0.999)},
                {u"max"_s, share(1)}};
    }

private:
    std::vector<double> m_late; // milliseconds
};

/// Beats until the fleet is there and a while longer, then says what it saw and ends the program.
class Heartbeat final : public QObject
{
public:
    struct Options
    {
        int stamps = 0; ///< There, the fleet has arrived; 0: an idle window.
        std::chrono::seconds duration = 60s; ///< From then on.
        std::chrono::seconds patience = 120s; ///< Until then.
        bool trace = false;
        /// Nobody looks, once the fleet has arrived, and nobody feels how late it is: the beats end,
        /// which would cost as much as the rest of a window that has nothing to do.
        bool hidden = false;
    };

    Heartbeat(MainWindow &window, const Options &options)
        : m_window(window)
        , m_options(options)
    {
        window.map()->installEventFilter(this);
        m_timer.setTimerType(Qt::PreciseTimer);
        connect(&m_timer, &QTimer::timeout, this, &Heartbeat::tick);
        m_start.start();
        m_cpuAtStart = processCpuTime();
        m_timer.start(std::chrono::duration_cast<std::chrono::milliseconds>(beat));
        m_next = beat;
    }

protected:
    bool eventFilter(QObject *, QEvent *event) override
    {
        m_paints += event->type() == QEvent::Paint;
        return false;
    }

private:
    void tick()
    {
        const std::chrono::nanoseconds now(m_start.nsecsElapsed());
        if (now < m_next - beat / 2)
            return; // between two beats
        // Qt rounds to milliseconds, so one may come a little early.
        const std::chrono::nanoseconds late = std::max(now - m_next, 0ns);
        m_all.add(late);
        if (!m_arrivedAt)
            m_arrival.add(late);
        if (m_options.trace && late > 16ms)
            std::fprintf(stderr, "%8.3f s: %6.1f ms late, version %llu\n",
                         double(now.count()) / 1e9, double(late.count()) / 1e6,
                         m_window.map()->version()->serial);
        do
            m_next += beat;
        while (m_next <= now);
        if (!m_arrivedAt) {
            if (m_window.map()->version()->counts.stamps >= m_options.stamps) {
                m_arrivedAt = now;
                if (m_options.hidden) {
                    m_window.hide();
                    m_timer.stop();
                    QTimer::singleShot(m_options.duration, this, [this] {
                        finish(std::chrono::nanoseconds(m_start.nsecsElapsed()));
                    });
                }
                m_cpuAtArrival = processCpuTime();
                m_guiAtArrival = threadCpuTime();
                m_serialAtArrival = m_window.map()->version()->serial;
                m_paintsAtArrival = m_paints;
            } else if (now > m_options.patience) {
                std::fprintf(stderr, "only %d of %d stamps came\n",
                             m_window.map()->version()->counts.stamps, m_options.stamps);
                QApplication::exit(1);
            }
        } else if (now - *m_arrivedAt >= m_options.duration) {
            finish(now);
        }
    }

    void finish(std::chrono::nanoseconds now)
    {
        m_timer.stop();
        const FleetVersion &version = *m_window.map()->version();
        const double wall = double((now - *m_arrivedAt).count()) / 1e9;
        const auto seconds = [](std::chrono::microseconds time) {
            return double(time.count()) / 1e6;
        };
        const QJsonObject figures{
            {u"stamps"_s, version.counts.stamps},
            {u"tenants"_s, version.counts.tenants},
            {u"arrivalSeconds"_s, double(m_arrivedAt->count()) / 1e9},
            {u"arrivalCpu"_s, seconds(m_cpuAtArrival - m_cpuAtStart)},
            {u"arrival"_s, m_arrival.figures()},
            {u"seconds"_s, wall},
            {u"lag"_s, m_all.figures()},
            {u"versions"_s, qint64(version.serial - m_serialAtArrival)},
            {u"paints"_s, m_paints - m_paintsAtArrival},
            {u"cores"_s, seconds(processCpuTime() - m_cpuAtArrival) / wall},
            {u"guiCores"_s, seconds(threadCpuTime() - m_guiAtArrival) / wall},
            {u"largestMB"_s, largestMegabytes()},
        };
        std::puts(QJsonDocument(figures).toJson(QJsonDocument::Compact).constData());
        std::fflush(stdout);
        QApplication::exit(0);
    }

    MainWindow &m_window;
    Options m_options;
    QTimer m_timer;
    QElapsedTimer m_start;
    std::chrono::nanoseconds m_next{0};
    std::optional<std::chrono::nanoseconds> m_arrivedAt;
    Beats m_arrival;
    Beats m_all;
    std::chrono::microseconds m_cpuAtStart{0};
    std::chrono::microseconds m_cpuAtArrival{0};
    std::chrono::microseconds m_guiAtArrival{0};
    quint64 m_serialAtArrival = 0;
    int m_paints = 0;
    int m_paintsAtArrival = 0;
};

} // namespace

int main(int argc, char **argv)
{
    startWithHugePages(argv);
    CLI::App cli("How late a timer of 10 ms is in the window", "stampdeck-heartbeat");
    CommonOptions common;
    common.addTo(cli);
    int stamps = 0;
    int duration = 60;
    bool trace = false;
    bool hidden = false;
    cli.add_option("--stamps", stamps, "When so many are there, the fleet has arrived");
    cli.add_option("--seconds", duration, "How long from then on");
    cli.add_flag("--trace", trace, "Name every beat that is more than 16 ms late");
    cli.add_flag("--hidden", hidden, "Hide the window when the fleet has arrived");
    CLI11_PARSE(cli, argc, argv)

    raiseOpenFiles();
    QApplication app(argc, argv);
    QApplication::setApplicationName(u"stampdeck"_s);
    Themes::instance().install();
    const PluginCatalog catalog;
    WindowOptions options;
    options.stateDir = QString::fromStdString(common.stateDir);
    options.actor = u"heartbeat"_s;
    FleetConfig config;
    if (!common.config.empty() || !common.sources.empty()) {
        const Result<FleetSetup> setup = setupOf(common, catalog);
        if (!setup) {
            std::fprintf(stderr, "stampdeck-heartbeat: %s\n", qPrintable(setup.error().message));
            return 2;
        }
        config = setup->config;
    }

    // As the program does it; but the first picture of an empty window is not what is measured.
    Program program(catalog, options);
    if (const Result<void> opened = program.open({}); !opened) {
        std::fprintf(stderr, "stampdeck-heartbeat: %s\n", qPrintable(opened.error().message));
        return 1;
    }
    program.window()->show();
    std::optional<Heartbeat> heartbeat;
    QTimer::singleShot(2s, &program, [&] {
        if (!config.sources.isEmpty()) {
            if (const Result<void> opened = program.open(config); !opened) {
                std::fprintf(stderr, "stampdeck-heartbeat: %s\n",
                             qPrintable(opened.error().message));
                return QApplication::exit(1);
            }
        }
        // After the events that show the window.
        QTimer::singleShot(0, &program, [&] {
            heartbeat.emplace(*program.window(),
                              Heartbeat::Options{.stamps = stamps,
                                                 .duration = std::chrono::seconds(duration),
                                                 .trace = trace,
                                                 .hidden = hidden});
        });
    });
    const int status = QApplication::exec();
    heartbeat.reset();
    return status;
}

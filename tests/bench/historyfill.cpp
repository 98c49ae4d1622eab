// SPDX-License-Identifier: GPL-3.0-or-later
// stampdeck-historyfill [--days N] [--stamps N] [--folder DIR]: the history of a fleet that is polled every 5 s, every
// stamp of which is measured anew each time, written as fast as it goes (the clock is moved by hand).
// Prints what recording costs beside what the store takes for the same without it, how large the file is,
// and how long it takes to read the fleet of a moment, each beside its limit. 30 days of 1,000 stamps are
// 518,400 answers and take the better part of an hour. What lies in DIR already is only read.
#include "models/fleetstore.h"
#include "models/historyreader.h"
#include "models/historyrecorder.h"

#include "tests/support/manualclock.h"
#include "tests/support/sampledata.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDirIterator>
#include <QtCore/QElapsedTimer>
#include <QtCore/QRandomGenerator>
#include <QtCore/QTemporaryDir>

#include <CLI/CLI.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>

namespace {

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

constexpr auto pollInterval = 5s;
constexpr int pollsOfDay = int(24h / pollInterval);
constexpr int pollsOfMinute = int(1min / pollInterval);
constexpr int tenantsPerStamp = 20;
constexpr double coresLimit = 0.03;
constexpr double bytesLimit = 2e9; // of 1,000 stamps in 30 days
constexpr double seekLimit = 100; // ms

double processCpuSeconds()
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval &time) {
        return double(time.tv_sec) + double(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double bytesIn(const QString &folder)
{
    double bytes = 0;
    for (QDirIterator files(folder, QDir::Files); files.hasNext();) {
        files.next();
        bytes += double(files.fileInfo().size());
    }
    return bytes;
}

/// A fleet whose figures wander. Once a minute another stamp's health changes, every ten a tenant moves.
class WanderingFleet
{
public:
    WanderingFleet(int stamps, Clock &clock)
        : m_clock(clock)
    {
        for (int i = 0; i < stamps; ++i) {
            m_stamps.append(makeStamp(u"stamp-%1"_s.arg(i), u"region-%1"_s.arg(i % 12)));
            for (int t = 0; t < tenantsPerStamp; ++t)
                m_tenants.append(makeTenant(u"t%1-%2"_s.arg(i).arg(t), m_stamps.last().name));
        }
    }

    [[nodiscard]] FleetUpdate all() const
    {
        FleetUpdate update = makeUpdate(m_stamps, m_tenants);
        update.complete = true;
        return update;
    }

    [[nodiscard]] FleetUpdate next()
    {
        ++m_poll;
        QList<Tenant> moved;
        for (Stamp &stamp : m_stamps) {
            auto &resources = stamp.resources;
            wander(*resources.cpu.used, *resources.cpu.limit);
            wander(*resources.memory.used, *resources.memory.limit / 5);
            wander(*resources.storage.used, *resources.storage.limit / 100);
            SignalValues &is = stamp.signalValues;
            wander(*is.requestsPerSecond, 4000);
            wander(*is.errorRatio, 0.02);
            wander(*is.latencyP50Ms, 40);
            wander(*is.latencyP99Ms, 400);
            stamp.observedAt = m_clock.now();
            stamp.revision = QString::number(m_poll); // as Kubernetes does
        }
        if (m_poll % pollsOfMinute == 0) {
            Stamp &stamp = m_stamps[m_random.bounded(int(m_stamps.size()))];
            stamp.health =
                stamp.health == Health::Healthy ? Health::Degraded : Health::Healthy;
        }
        if (m_poll % (10 * pollsOfMinute) == 0) {
            Tenant &tenant = m_tenants[m_random.bounded(int(m_tenants.size()))];
            tenant.stamp = m_stamps[m_random.bounded(int(m_stamps.size()))].name;
            tenant.placements = {{tenant.stamp, PlacementState::Serving, m_clock.now()}};
            tenant.revision = QString::number(m_poll);
            moved.append(tenant);
        }
        FleetUpdate update = makeUpdate(m_stamps, moved);
        update.complete = false;
        return update;
    }

private:
    // By up to a hundredth of \a scale.
    void wander(double &value, double scale)
    {
        value = std::max(value + (m_random.generateDouble() - 0.5) * scale / 50, 0.0);
    }

    Clock &m_clock;
    QRandomGenerator m_random{7};
    QList<Stamp> m_stamps;
    QList<Tenant> m_tenants;
    int m_poll = 0;
};

/// Polls \a polls times; the CPU time that it took but for making the answers, in seconds.
double run(int polls, int stamps, const QString &stateDir)
{
    ManualClock clock;
    FleetStore store(clock);
    SourceState source;
    source.name = u"bench"_s;
    store.addSource(source);
    std::unique_ptr<HistoryRecorder> recorder;
    if (!stateDir.isEmpty())
        recorder = std::make_unique<HistoryRecorder>(stateDir, store, clock);
    WanderingFleet fleet(stamps, clock);
    const auto apply = [&](FleetUpdate update) {
        store.apply(source.name, std::move(update));
        store.sync();
        if (recorder)
            recorder->sync();
    };
    apply(fleet.all());
    double cpu = 0;
    for (int poll = 1; poll <= polls; ++poll) {
        clock.advance(pollInterval);
        FleetUpdate update = fleet.next();
        const double before = processCpuSeconds();
        apply(std::move(update));
        cpu += processCpuSeconds() - before;
        if (recorder && poll % pollsOfDay == 0) {
            std::fprintf(stderr, "day %d: %.1f MB, %.2f ms of CPU for each answer\n",
                         poll / pollsOfDay, bytesIn(stateDir) / 1e6, cpu / poll * 1e3);
        }
    }
    if (recorder && !recorder->status().recording) {
        std::fprintf(stderr, "stampdeck-historyfill: nothing is recorded\n");
        std::exit(1);
    }
    return cpu;
}

void row(const char *name, double figure, double limit, const char *unit)
{
    std::printf("%-36s %10.3f %-6s limit %10.3f %8.3f\n", name, figure, unit, limit,
                figure / limit);
}

} // namespace

int main(int argc, char **argv)
{
    CLI::App cli("What it costs to record, to keep, and to seek", "stampdeck-historyfill");
    int days = 30;
    int stamps = 1000;
    cli.add_option("--days", days, "How long the fleet is recorded");
    cli.add_option("--stamps", stamps, "How many there are");
    std::string kept;
    cli.add_option("--folder", kept, "Where the history is made, and stays");
    CLI11_PARSE(cli, argc, argv)
    const QCoreApplication app(argc, argv);
    const QTemporaryDir temporary;
    const QString folder = kept.empty() ? temporary.path() : QString::fromStdString(kept);

    if (!QFile::exists(folder + u"/history.db"_s)) {
        constexpr int baselinePolls = pollsOfDay / 24;
        const double plain = run(baselinePolls, stamps, {}) / baselinePolls;
        const int polls = days * pollsOfDay;
        const double recorded = run(polls, stamps, folder) / polls;
        std::printf("%d stamps, %d days, an answer each %d s; the store alone takes %.2f ms for one, "
                    "with a recorder %.2f (%.2f times as much)\n",
                    stamps, days, int(pollInterval.count()), plain * 1e3, recorded * 1e3,
                    recorded / plain);
        row("recording, of a core", (recorded - plain) / double(pollInterval.count()), coresLimit,
            "cores");
    }
    row("history.db", bytesIn(folder) / 1e6, bytesLimit * stamps / 1000 / 1e6, "MB");

    QElapsedTimer timer;
    timer.start();
    auto reader = HistoryReader::open(folder);
    if (!reader) {
        std::fprintf(stderr, "stampdeck-historyfill: %s\n", qPrintable(reader.error().message));
        return 1;
    }
    const double opened = double(timer.nsecsElapsed()) / 1e6;
    const auto ranges = (*reader)->recorded();
    if (!ranges || ranges->isEmpty()) {
        std::fprintf(stderr, "stampdeck-historyfill: nothing is recorded\n");
        return 1;
    }
    const Timestamp from = ranges->first().from + 1s;
    const Timestamp to = ranges->last().to;
    std::vector<double> seeks;
    QRandomGenerator random(11);
    for (int i = 0; i < 200; ++i) {
        const Timestamp moment = from
            + std::chrono::milliseconds(
                                     qint64(random.generateDouble() * double((to - from).count())));
        timer.restart();
        const auto is = (*reader)->at(moment);
        seeks.push_back(double(timer.nsecsElapsed()) / 1e6);
        if (!is || is->version->counts.stamps != stamps) {
            std::fprintf(stderr, "stampdeck-historyfill: no fleet at %s\n",
                         qPrintable(toRfc3339(moment)));
            return 1;
        }
    }
    row("to open it", opened, seekLimit, "ms");
    row("to seek, the first", seeks.front(), seekLimit, "ms");
    row("to open it and seek first", opened + seeks.front(), seekLimit, "ms");
    std::sort(seeks.begin(), seeks.end());
    row("to seek, the median of 200", seeks[seeks.size() / 2], seekLimit, "ms");
    row("to seek, the longest", seeks.back(), seekLimit, "ms");
    return 0;
}

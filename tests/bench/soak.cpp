// SPDX-License-Identifier: GPL-3.0-or-later
// stampdeck-soak [--polls N] [--stamps N]: the window on a fleet of which another hundredth changes with
// each of N answers (100,000), as fast as it takes them. Prints what the process holds after each tenth
// of them, in MB (10^6 bytes) beside the limit of 500; the last beside that after the first tenth is its
// growth. The clock is moved by hand, 5 s for each answer: N answers are six days.
#include "app/stampdeck/mainwindow.h"
#include "widgets/themes.h"

#include "tests/widgets/deckfixture.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtWidgets/QApplication>

#include <CLI/CLI.hpp>

#include <cstdio>

#include <malloc.h>

namespace {

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

constexpr double limit = 500;

/// What is in memory now, in MB; what the allocator keeps for later is given back first.
double heldMegabytes()
{
    ::malloc_trim(0);
    QFile status(u"/proc/self/status"_s);
    if (!status.open(QIODevice::ReadOnly))
        return -1;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("VmRSS:"))
            return double(line.mid(6, line.size() - 8).trimmed().toLongLong()) * 1024 / 1e6;
    }
    return -1;
}

/// Another hundredth of \a fleet, with other signals.
FleetUpdate nextAnswer(const SampleFleet &fleet, int poll, Timestamp now)
{
    FleetUpdate update = SampleFleet::delta();
    update.revision = QString::number(poll + 2);
    for (int index = poll % 100; index < fleet.stamps; index += 100) {
        Stamp stamp = fleet.stamp(index);
        stamp.signalValues.requestsPerSecond = 100 + (poll * 37 + index) % 900;
        stamp.signalValues.latencyP99Ms = 80 + (poll * 11 + index) % 400;
        *stamp.resources.cpu.used += (poll + index) % 7;
        stamp.revision = update.revision;
        stamp.observedAt = now;
        update.stamps.push_back(std::make_shared<const Stamp>(std::move(stamp)));
    }
    return update;
}

} // namespace

int main(int argc, char **argv)
{
    CLI::App cli("What the window holds after many answers", "stampdeck-soak");
    int polls = 100'000;
    int stamps = 10'000;
    cli.add_option("--polls", polls, "So many answers");
    cli.add_option("--stamps", stamps, "In the fleet, with five tenants each");
    CLI11_PARSE(cli, argc, argv)

    QApplication app(argc, argv);
    Themes::instance().install();
    const SampleFleet fleet{stamps, 5};
    DeckFixture fixture(fleet);
    MainWindow window(*fixture.deck);
    window.resize(1600, 1000);
    window.show();
    QElapsedTimer time;
    time.start();
    std::printf("%10s %10s %10s %10s\n", "answers", "MB", "limit", "s");
    double first = 0;
    double last = 0;
    for (int poll = 0; poll < polls; ++poll) {
        fixture.clock.advance(5s);
        fixture.apply(nextAnswer(fleet, poll, fixture.clock.now()));
        QApplication::processEvents();
        if ((poll + 1) % std::max(1, polls / 10) == 0) {
            last = heldMegabytes();
            if (first == 0)
                first = last;
            std::printf("%10d %10.0f %10.0f %10.1f\n", poll + 1, last, limit,
                        double(time.elapsed()) / 1e3);
            std::fflush(stdout);
        }
    }
    std::printf("growth since the first tenth: %.2f\n", last / first);
    return 0;
}

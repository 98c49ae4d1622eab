// SPDX-License-Identifier: GPL-3.0-or-later
// Runs every benchmark with Google Benchmark's flags. Without any it also prints a table of the
// ratios of each benchmark NAME to its baseline NAME_baseline.
#include "app/common/hugepages.h"

#include "paintclock.h"

#include <QtWidgets/QApplication>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

struct Figure
{
    std::string name; ///< As "GROUP/NAME/ARGS".
    double seconds = 0;
};

/// Prints as usual, and keeps the CPU time of each benchmark, which on a busy machine tells more than
/// the wall's, or the time that it chose.
class Recorder final : public benchmark::ConsoleReporter
{
public:
    Recorder()
        : ConsoleReporter(isatty(STDOUT_FILENO) != 0 ? OO_ColorTabular : OO_Tabular)
    {
    }

    void ReportRuns(const std::vector<Run> &runs) override
    {
        ConsoleReporter::ReportRuns(runs);
        for (const Run &run : runs) {
            if (run.error_occurred || run.run_type != Run::RT_Iteration)
                continue;
            // One whose work is in other threads, or that measures by itself, says so.
            const bool manual = !run.run_name.time_type.empty();
            const double scale = benchmark::GetTimeUnitMultiplier(run.time_unit);
            std::string name = run.run_name.function_name;
            if (!run.run_name.args.empty())
                name += '/' + run.run_name.args;
            figures.push_back(
                {name, (manual ? run.GetAdjustedRealTime() : run.GetAdjustedCPUTime()) / scale});
        }
    }

    std::vector<Figure> figures;
};

// "decode/fleet_baseline" for "decode/fleet", "map/frame_baseline/1000/all" for "map/frame/1000/all".
bool isBaselineOf(const std::string &candidate, const std::string &name)
{
    static const std::string mark = "_baseline";
    const size_t at = candidate.find(mark);
    return at != std::string::npos && std::string(candidate).erase(at, mark.size()) == name;
}

void printRatios(const std::vector<Figure> &figures)
{
    std::printf("\n%-44s %14s %14s %8s\n", "benchmark", "time", "baseline", "ratio");
    for (const Figure &figure : figures) {
        const auto baseline = std::find_if(figures.begin(), figures.end(), [&](const Figure &other) {
            return isBaselineOf(other.name, figure.name);
        });
        if (baseline != figures.end())
            std::printf("%-44s %11.3f ms %11.3f ms %8.3f\n", figure.name.c_str(),
                        figure.seconds * 1e3, baseline->seconds * 1e3,
                        figure.seconds / baseline->seconds);
    }
}

} // namespace

int main(int argc, char **argv)
{
    Stampdeck::startWithHugePages(argv); // as the window
    // Figures of the map are of the same software renderer everywhere.
    if (qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")
        && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    const bool plain = argc == 1;
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;
    const Stampdeck::PaintClock app(argc, argv);
    if (!plain) {
        benchmark::RunSpecifiedBenchmarks();
        return 0;
    }
    Recorder recorder;
    benchmark::RunSpecifiedBenchmarks(&recorder);
    printRatios(recorder.figures);
    return 0;
}

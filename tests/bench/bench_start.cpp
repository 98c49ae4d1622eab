// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stampdeck/mainwindow.h"
#include "app/stampdeck/program.h"

#include "models/fleetconfig.h"
#include "models/plugincatalog.h"
#include "widgets/mapwidget.h"
#include "widgets/themes.h"

#include <QtCore/QEventLoop>
#include <QtCore/QTemporaryDir>
#include <QtWidgets/QApplication>
#include <QtWidgets/QMainWindow>

#include <benchmark/benchmark.h>

// start/first_fleet: from nothing to a window that has painted a thousand stamps (plug-ins found,
// journal opened, source asked, fleet stored, laid out and drawn), beside an empty QMainWindow up to
// its first paint.

namespace {

using namespace Stampdeck;
using namespace Qt::StringLiterals;

constexpr QSize size(1600, 1000);

/// Tells when a widget has been painted.
class PaintWatch final : public QObject
{
public:
    explicit PaintWatch(QWidget *widget) { widget->installEventFilter(this); }
    bool painted = false;

protected:
    bool eventFilter(QObject *, QEvent *event) override
    {
        painted = painted || event->type() == QEvent::Paint;
        return false;
    }
};

void firstFleet(benchmark::State &state)
{
    Themes::instance().install();
    for (auto _ : state) {
        QTemporaryDir folder;
        const PluginCatalog catalog;
        WindowOptions options;
        options.stateDir = folder.path();
        options.actor = u"bench"_s;
        auto program = std::make_unique<Program>(catalog, options);
        const auto config = readSourceOptions({u"demo:simulator=1000"_s}, catalog.adapters());
        if (!config || !program->open(*config)) {
            state.SkipWithError("the fleet could not be opened");
            break;
        }
        program->window()->resize(size);
        program->window()->show();
        MapWidget *map = program->window()->map();
        while (!map->version() || map->version()->counts.stamps < 1'000)
            QApplication::processEvents(QEventLoop::WaitForMoreEvents);
        PaintWatch watch(map);
        map->update();
        while (!watch.painted)
            QApplication::processEvents(QEventLoop::WaitForMoreEvents);
        state.PauseTiming();
        program.reset();
        state.ResumeTiming();
    }
}

void emptyWindow(benchmark::State &state)
{
    for (auto _ : state) {
        QMainWindow window;
        window.resize(size);
        PaintWatch watch(&window);
        window.show();
        while (!watch.painted)
            QApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
}

// Sources and store work in threads of their own: the wall clock is what somebody waits.
BENCHMARK(firstFleet)->Name("start/first_fleet")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(emptyWindow)
    ->Name("start/first_fleet_baseline")->UseRealTime()->Unit(benchmark::kMillisecond);

} // namespace

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/threadtime.h"
#include "widgets/carrycontroller.h"
#include "widgets/table.h"
#include "widgets/tablesview.h"
#include "widgets/themes.h"

#include "models/tenantmodel.h"

#include "tests/widgets/deckfixture.h"

#include <QtCore/QSortFilterProxyModel>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QTableView>

#include <benchmark/benchmark.h>

// table/scroll/ROWS: a page of the table of tenants, from the turn of the wheel to the painted rows,
// beside a plain QTableView of the same model. table/sort/ROWS: what the GUI thread has to do from the
// click on a head to the rows in their new order, beside a QSortFilterProxyModel that sorts there.

namespace {

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

constexpr QSize size(1500, 900);

struct Tenants
{
    explicit Tenants(int rows)
        : fixture(SampleFleet{rows / 20, 20})
        , carry(*fixture.feed)
        , view(*fixture.deck, carry)
    {
        Themes::instance().setChoice(Theme::Scheme::Dark);
        view.resize(size);
        view.show();
        if (!QTest::qWaitFor([&] { return view.model().rowCount() == rows; }, 60'000))
            qFatal("the rows have not come");
    }
    DeckFixture fixture;
    CarryController carry;
    TenantsView view;
};

void scroll(benchmark::State &state, QAbstractItemView &view)
{
    QScrollBar *bar = view.verticalScrollBar();
    QApplication::processEvents();
    int at = 0;
    for (auto _ : state) {
        at = (at + bar->pageStep() * 97) % std::max(1, bar->maximum());
        bar->setValue(at);
        view.viewport()->repaint();
    }
}

void tableScroll(benchmark::State &state)
{
    Tenants tenants(int(state.range(0)));
    scroll(state, *tenants.view.table());
}

void plainScroll(benchmark::State &state)
{
    Tenants tenants(int(state.range(0)));
    QTableView plain;
    plain.setModel(&tenants.view.model());
    plain.resize(size);
    plain.show();
    scroll(state, plain);
}

double seconds(std::chrono::microseconds time)
{
    return double(time.count()) / 1e6;
}

void tableSort(benchmark::State &state)
{
    Tenants tenants(int(state.range(0)));
    int turn = 0;
    for (auto _ : state) {
        const auto before = threadCpuTime();
        tenants.view.model().sort(turn % 4, turn % 2 ? Qt::DescendingOrder : Qt::AscendingOrder);
        ++turn;
        while (tenants.view.model().isArranging())
            QApplication::processEvents(QEventLoop::WaitForMoreEvents);
        tenants.view.table()->viewport()->repaint();
        state.SetIterationTime(seconds(threadCpuTime() - before));
    }
}

void proxySort(benchmark::State &state)
{
    Tenants tenants(int(state.range(0)));
    QSortFilterProxyModel proxy;
    proxy.setSourceModel(&tenants.view.model());
    proxy.setSortRole(FleetTableModel::RawRole);
    int turn = 0;
    for (auto _ : state) {
        const auto before = threadCpuTime();
        proxy.sort(turn % 4, turn % 2 ? Qt::DescendingOrder : Qt::AscendingOrder);
        ++turn;
        state.SetIterationTime(seconds(threadCpuTime() - before));
    }
}

BENCHMARK(tableScroll)->Name("table/scroll")->Arg(200'000)->Unit(benchmark::kMillisecond);
BENCHMARK(plainScroll)->Name("table/scroll_baseline")->Arg(200'000)->Unit(benchmark::kMillisecond);
BENCHMARK(tableSort)
    ->Name("table/sort")
    ->Arg(200'000)
    ->UseManualTime()
    ->Iterations(12)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(proxySort)
    ->Name("table/sort_baseline")
    ->Arg(200'000)
    ->UseManualTime()
    ->Iterations(4)
    ->Unit(benchmark::kMillisecond);

} // namespace

// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/metricchart.h"
#include "widgets/themes.h"

#include <QtCharts/QChart>
#include <QtCharts/QDateTimeAxis>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>
#include <QtCore/QDateTime>
#include <QtCore/QTimeZone>
#include <QtWidgets/QApplication>

#include <benchmark/benchmark.h>

#include <cmath>

// chart/update: a day of samples, one each second, gets one more: the points and their frame, beside
// the same points in a plain line of Qt Charts.

namespace {

using namespace Stampdeck;
using namespace Qt::StringLiterals;

constexpr int samples = 86'400;
constexpr QSize size(620, 190);

QPointF sample(qint64 second)
{
    return {double(second) * 1e3,
            0.5 + 0.4 * std::sin(double(second) / 9'000) + double(second * 7919 % 101) / 1'000};
}

QList<QPointF> day()
{
    QList<QPointF> points;
    points.reserve(samples + 1);
    for (qint64 second = 0; second < samples; ++second)
        points.append(sample(second));
    return points;
}

void update(benchmark::State &state)
{
    Themes::instance().setChoice(Theme::Scheme::Dark);
    MetricChart chart(u"cpu"_s, MetricChart::Unit::Share, {{u"used"_s}});
    chart.resize(size);
    chart.show();
    QList<QPointF> points = day();
    qint64 second = samples;
    for (auto _ : state) {
        points.removeFirst();
        points.append(sample(second++));
        chart.setPoints(0, points);
        chart.setRange(points.first().x(), points.last().x());
        QApplication::processEvents();
    }
}

void updateBaseline(benchmark::State &state)
{
    auto *series = new QLineSeries;
    auto *times = new QDateTimeAxis;
    auto *values = new QValueAxis;
    QChartView view(new QChart);
    view.setRenderHint(QPainter::Antialiasing);
    view.chart()->legend()->hide();
    view.chart()->addSeries(series);
    view.chart()->addAxis(times, Qt::AlignBottom);
    view.chart()->addAxis(values, Qt::AlignLeft);
    series->attachAxis(times);
    series->attachAxis(values);
    values->setRange(0, 1);
    view.resize(size);
    view.show();
    QList<QPointF> points = day();
    qint64 second = samples;
    for (auto _ : state) {
        points.removeFirst();
        points.append(sample(second++));
        times->setRange(QDateTime::fromMSecsSinceEpoch(qint64(points.first().x()), Qt::UTC),
                        QDateTime::fromMSecsSinceEpoch(qint64(points.last().x()), Qt::UTC));
        series->replace(points);
        QApplication::processEvents();
    }
}

BENCHMARK(update)->Name("chart/update")->Unit(benchmark::kMillisecond);
BENCHMARK(updateBaseline)->Name("chart/update_baseline")->Unit(benchmark::kMillisecond);

} // namespace

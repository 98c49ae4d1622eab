// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/envelope.h"

#include "tests/support/testmain.h"

#include <QtCore/QCoreApplication>

#include <cmath>
#include <limits>

#include <rapidcheck.h>

using namespace Stampdeck;

/// What is left of a line of many points on few pixels.
class TestEnvelope : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { Testing::strict(); }

    void fewPointsStay()
    {
        const QList<QPointF> points{{0, 1}, {1, 2}, {2, 3}};
        QCOMPARE(envelope(points, 0, 3, 100), points);
        QCOMPARE(envelope({}, 0, 3, 100), QList<QPointF>());
    }
    void onePeakOfADayStays()
    {
        QList<QPointF> points;
        for (int second = 0; second < 86'400; ++second)
            points.append({double(second), second == 43'210 ? 9.0 : 1.0});
        const QList<QPointF> line = envelope(points, 0, 86'400, 300);
        QVERIFY(line.size() <= 2 * 300 + 8);
        QVERIFY(line.contains(QPointF(43'210, 9)));
        QCOMPARE(line.first(), points.first());
        QCOMPARE(line.last(), points.last());
    }
    void theLineRunsToTheEdges()
    {
        QList<QPointF> points;
        for (int i = 0; i < 10'000; ++i)
            points.append({double(i), double(i % 7)});
        const QList<QPointF> line = envelope(points, 5'000.5, 6'000.5, 50);
        QCOMPARE(line.first().x(), 5'000.0);
        QCOMPARE(line.last().x(), 6'001.0);
        QVERIFY(line.size() <= 2 * 50 + 8);
    }
    void holesAreLeftOut()
    {
        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        QCOMPARE(envelope({{0, 1}, {1, nan}, {2, 3}}, 0, 2, 100),
                 (QList<QPointF>{{0, 1}, {2, 3}}));
    }
    void everyColumnKeepsItsExtremes()
    {
        const bool held = rc::check("a column keeps its least and its most", [] {
            QList<QPointF> points;
            double x = 0;
            const int count = *rc::gen::inRange(0, 400);
            for (int i = 0; i < count; ++i) {
                x += *rc::gen::inRange(0, 5);
                points.append({x, double(*rc::gen::inRange(-50, 50))});
            }
            const int columns = *rc::gen::inRange(1, 40);
            const double to = std::max(1.0, x);
            const QList<QPointF> line = envelope(points, 0, to, columns);
            RC_ASSERT(line.size() <= std::max<qsizetype>(columns, 2 * columns + 8));
            // In order, and nothing made up.
            auto from = points.cbegin();
            for (const QPointF &point : line) {
                from = std::find(from, points.cend(), point);
                RC_ASSERT(from != points.cend());
                ++from;
            }
            for (int column = 0; column < columns; ++column) {
                const auto extremes = [&](const QList<QPointF> &of) {
                    std::pair<double, double> found{1e9, -1e9};
                    for (const QPointF &point : of) {
                        if (point.x() < to && std::floor(point.x() / (to / columns)) == column)
                            found = {std::min(found.first, point.y()),
                                     std::max(found.second, point.y())};
                    }
                    return found;
                };
                RC_ASSERT(extremes(points) == extremes(line));
            }
        });
        QVERIFY(held);
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestEnvelope)
#include "tst_envelope.moc"

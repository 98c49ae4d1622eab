// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testmain.h"
#include "tests/widgets/fleetfixture.h"
#include "tests/widgets/lookfixture.h"
#include "tests/widgets/tilefixture.h"
#include "models/fleetquery.h"
#include "models/formatter.h"
#include "widgets/carrycontroller.h"
#include "widgets/indexstrip.h"
#include "widgets/maplegend.h"
#include "widgets/mapwidget.h"
#include "widgets/motion.h"
#include "widgets/themes.h"

#include <QtCore/QMimeData>
#include <QtCore/QRegularExpression>
#include <QtCore/QScopeGuard>
#include <QtCore/QVariantAnimation>
#include <QtGui/QDrag>
#include <QtGui/QWheelEvent>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QAccessibleWidget>
#include <QtWidgets/QApplication>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

namespace {

/// Of two pictures, how far apart their pixels are in grey, on the average: 0 to 255.
double difference(const QImage &one, const QImage &other)
{
    if (one.size() != other.size())
        return 255;
    double sum = 0;
    for (int y = 0; y < one.height(); ++y) {
        for (int x = 0; x < one.width(); ++x)
            sum += std::abs(qGray(one.pixel(x, y)) - qGray(other.pixel(x, y)));
    }
    return sum / (double(one.width()) * one.height());
}

class PaintCounter final : public QObject
{
public:
    explicit PaintCounter(QWidget *widget) { widget->installEventFilter(this); }
    bool eventFilter(QObject *, QEvent *event) override
    {
        paints += event->type() == QEvent::Paint;
        return false;
    }
    int paints = 0;
};

} // namespace

class MapTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        Themes::instance().install();
        QAccessible::setActive(true);
    }
    void init()
    {
        strict();
        Themes::instance().setChoice(Theme::Scheme::Dark);
    }

    void aStaleTileSaysHowLongItWasNotSeen()
    {
        FleetFixture fixture(1, 2, 0);
        fixture.publish();
        // Stale after 15 s, and 42 s ago seen.
        for (int step = 0; step < 21; ++step) {
            fixture.clock.advance(std::chrono::seconds(2));
            fixture.store.sync();
            fixture.store.sync();
        }
        fixture.settle();
        const FleetVersionPtr version = fixture.feed.version();
        QCOMPARE(version->counts.stale, 2);
        TileFacts facts;
        MapColours colours;
        fillFacts(facts, *version, 0, Stop::Near, colours, nullptr, fixture.clock);
        QCOMPARE(facts.staleAge, u"42 s"_s);

        // Nothing is heard of it, and it goes on counting.
        MapWidget map;
        map.setClock(fixture.clock);
        map.resize(800, 600);
        map.setVersion(version);
        map.show();
        QVERIFY(QTest::qWaitForWindowExposed(&map));
        QCoreApplication::processEvents();
        PaintCounter counter(&map);
        fixture.clock.advance(std::chrono::seconds(5));
        QTRY_VERIFY(counter.paints >= 1);
    }

    void aDrainCountsTenantsAndNotSteps()
    {
        FleetFixture fixture(1, 2, 3);
        Stamp &stamp = fixture.stamp(u"eu-west-01"_s);
        stamp.lifecycle = Lifecycle::Draining;
        stamp.operation = u"op-1"_s;
        fixture.publish();
        const auto shown = [&] {
            TileFacts facts;
            MapColours colours;
            fillFacts(facts, *fixture.feed.version(), fixture.slot(u"eu-west-01"_s), Stop::Near,
                      colours, nullptr, fixture.clock);
            return facts;
        };
        // Nobody tells how it goes.
        QCOMPARE(shown().lifecycleAt, QString());
        QCOMPARE(shown().lifecycleSay, u"3 left"_s);

        Operation drain;
        drain.id = u"op-1"_s;
        drain.kind = u"drain"_s;
        drain.state = OperationState::Running;
        drain.createdBy = u"grace"_s;
        drain.steps = {{u"cordon"_s, StepState::Succeeded, {}, {}, {}}};
        for (const StepState verified : {StepState::Succeeded, StepState::Running}) {
            const QString tenant = QString::number(drain.steps.size());
            drain.steps.append({u"place"_s, StepState::Succeeded, {}, {}, {}, tenant});
            drain.steps.append({u"probe"_s, verified, {}, {}, {}, tenant});
        }
        FleetUpdate update;
        update.instance = u"fixture"_s;
        update.revision = u"9"_s;
        update.complete = false;
        update.operations.push_back(std::make_shared<const Operation>(drain));
        fixture.store.apply(u"demo"_s, update);
        fixture.settle();
        QCOMPARE(shown().lifecycleAt, u"1 of 2"_s);
        QCOMPARE(shown().actBy, u"grace"_s);
    }

    void naturalOrder()
    {
        QVERIFY(naturalCompare(u"eu-2", u"eu-10") < 0);
        QVERIFY(naturalCompare(u"eu-10", u"eu-2") > 0);
        QVERIFY(naturalCompare(u"eu-02", u"eu-2") != 0);
        QCOMPARE(naturalCompare(u"eu-2", u"eu-2"), 0);
        QVERIFY(naturalCompare(u"eu", u"eu-2") < 0);
        QVERIFY(naturalCompare(u"1.9.0", u"1.42.3") < 0);
    }

    void layoutFindsEveryTileWhereItIs_data()
    {
        QTest::addColumn<int>("stop");
        QTest::addColumn<double>("ratio");
        for (const Stop stop : allStops) {
            for (const double ratio : {1.0, 1.25, 2.0})
                QTest::addRow("%d at %g", stopWidth(stop), ratio) << int(stop) << ratio;
        }
    }
    void layoutFindsEveryTileWhereItIs()
    {
        QFETCH(int, stop);
        QFETCH(double, ratio);
        Arrangement::Request request;
        request.stop = Stop(stop);
        request.viewport = {1216, 800};
        request.ratio = ratio;
        int first = 0;
        for (const int count : {6, 0, 1, 40, 17}) {
            request.groups.push_back({first, count, count == 6 ? 1 : 0});
            first += count;
        }
        const MapLayout layout = SheetArrangement().layout(request);
        QCOMPARE(layout.count(), 64);
        std::vector<QRectF> all;
        for (int position = 0; position < 64; ++position) {
            const QRectF tile = layout.tileRect(position);
            QCOMPARE(layout.tileAt(tile.center()), position);
            QVERIFY(QRectF(QPointF(), layout.content).adjusted(-1, -1, 1, 1).contains(tile));
            QCOMPARE(std::fmod(tile.left() * ratio + 1e-6, 1.0) < 1e-4, true);
            for (const QRectF &other : all)
                QVERIFY(!other.intersects(tile));
            all.push_back(tile);
        }
        QCOMPARE(layout.tileAt({-5, -5}), -1);
        QCOMPARE(layout.blockOf(64), -1);
        std::vector<int> seen;
        const QRectF part(0, 0, 600, 300);
        layout.eachTileIn(part, [&](int position) { seen.push_back(position); });
        for (int position = 0; position < 64; ++position) {
            const bool in = layout.tileRect(position).intersects(part);
            QCOMPARE(std::find(seen.begin(), seen.end(), position) != seen.end(), in);
        }
        // Walking right visits all, walking back too.
        int at = 0;
        for (int i = 0; i < 63; ++i)
            at = layout.next(at, MapLayout::Step::Right);
        QCOMPARE(at, 63);
        QCOMPARE(layout.next(at, MapLayout::Step::Right), 63);
        QCOMPARE(layout.nextGroup(3, true), 6);
        QCOMPARE(layout.nextGroup(8, false), 7);
        // Down and up cross from group to group and come to an end.
        at = 0;
        for (int i = 0; i < 200; ++i)
            at = layout.next(at, MapLayout::Step::Down);
        QCOMPARE(layout.next(at, MapLayout::Step::Down), at);
    }

    void hundredThousandFitTheSheet()
    {
        Arrangement::Request request;
        request.viewport = {1284, 880};
        int first = 0;
        for (const int count : {17'200, 15'400, 13'800, 12'100, 9'400, 8'300, 7'600, 5'200, 4'300,
                                3'100, 2'000, 1'600}) {
            request.groups.push_back({first, count, 0});
            first += count;
        }
        const SheetArrangement sheet;
        QCOMPARE(sheet.fitting(request), Stop::S3);
        request.stop = Stop::S3;
        const MapLayout layout = sheet.layout(request);
        QVERIFY2(layout.content.height() <= 880,
                 qPrintable(QString::number(layout.content.height())));
        QVERIFY(layout.content.width() <= 1284);
        QCOMPARE(layout.count(), 100'000);
    }

    void showsTheFleetInGroupsByName()
    {
        FleetFixture fleet(3, 12);
        fleet.publish();
        MapWidget map;
        map.setClock(fleet.clock);
        map.resize(1216, 818);
        map.setVersion(fleet.feed.version());
        QCOMPARE(map.stop(), Stop::Medium);
        const auto groups = map.groupsInSight();
        QCOMPARE(groups.front().title, u"eu-central"_s);
        QVERIFY2(groups.front().description.contains(u"12 stamp"),
                 qPrintable(groups.front().description));
        const std::vector<int> sight = map.slotsInSight();
        QCOMPARE(fleet.feed.version()->stamps[sight[0]]->stamp->name, u"eu-central-01"_s);
        QCOMPARE(fleet.feed.version()->stamps[sight[9]]->stamp->name, u"eu-central-10"_s);
        // Places do not move when health and load change.
        const QRectF before = map.tileRect(fleet.slot(u"eu-west-07"_s));
        fleet.stamp(u"eu-west-07"_s).components[0].ready = 0;
        const FleetVersionPtr old = map.version();
        connectFeed(fleet, map);
        fleet.publish();
        QTRY_COMPARE(map.version()->serial, fleet.feed.version()->serial);
        QCOMPARE(map.tileRect(fleet.slot(u"eu-west-07"_s)), before);
        QTRY_VERIFY(groupText(map, u"eu-west"_s).contains(u"1 unhealthy"));
        // One that goes closes its gap, one that comes takes its place by name.
        std::erase_if(fleet.stamps, [](const Stamp &one) { return one.name == u"eu-central-03"; });
        std::erase_if(fleet.tenants,
                      [](const Tenant &one) { return one.stamp == u"eu-central-03"; });
        fleet.publish();
        QTRY_VERIFY(groupText(map, u"eu-central"_s).contains(u"11 stamp"));
        QCOMPARE(map.slotsInSight()[2], fleet.slot(u"eu-central-04"_s));
        Stamp back = fleet.stamp(u"eu-central-01"_s);
        back.name = u"eu-central-03"_s;
        fleet.stamps.push_back(back);
        fleet.publish();
        QTRY_VERIFY(groupText(map, u"eu-central"_s).contains(u"12 stamp"));
        QCOMPARE(map.slotsInSight()[2], fleet.slot(u"eu-central-03"_s));
        map.setGrouping(MapGroupBy::Ring);
        QCOMPARE(map.groupsInSight().front().title, u"ring 0"_s);
        map.setGrouping(MapGroupBy::Source);
        QCOMPARE(map.groupsInSight().size(), size_t(1));
        map.setGrouping(MapGroupBy::Health);
        QCOMPARE(map.groupsInSight().front().title, u"unhealthy"_s);
    }

    /// A source of thousands of endpoints tells of its stamps one by one: those that come wait a
    /// little for their place; one that goes leaves at once.
    void makesPlaceForManyOnceASecond()
    {
        FleetFixture fleet(3, 400, 0);
        fleet.publish();
        MapWidget map;
        map.setClock(fleet.clock);
        map.setAnimated(false);
        map.resize(1200, 800);
        map.setVersion(fleet.feed.version());
        connectFeed(fleet, map);
        Stamp fresh = fleet.stamp(u"eu-west-01"_s);
        fresh.name = u"eu-west-0a"_s;
        fleet.stamps.push_back(fresh);
        fleet.publish();
        QTRY_COMPARE(map.version()->counts.stamps, 1'201);
        QVERIFY(map.tileRect(fleet.slot(fresh.name)).isEmpty());
        QVERIFY(!map.grab().isNull());
        QTRY_VERIFY(!map.tileRect(fleet.slot(fresh.name)).isEmpty());

        const int second = map.placeOf(fleet.slot(u"eu-west-02"_s));
        std::erase_if(fleet.stamps, [](const Stamp &one) { return one.name == u"eu-west-01"; });
        fleet.publish();
        QTRY_COMPARE(map.version()->counts.stamps, 1'200);
        QCOMPARE(map.placeOf(fleet.slot(u"eu-west-02"_s)), second - 1);
        QVERIFY(!map.grab().isNull());
    }

    void zoomHasNoVisibleJump_data()
    {
        QTest::addColumn<int>("from");
        QTest::addColumn<int>("to");
        for (const auto &[from, to] :
             {std::pair(Stop::S8, Stop::S11), std::pair(Stop::S11, Stop::S16),
              std::pair(Stop::S24, Stop::S16), std::pair(Stop::S36, Stop::Compact),
              std::pair(Stop::Medium, Stop::Compact), std::pair(Stop::Medium, Stop::Near)})
            QTest::addRow("%d to %d", stopWidth(from), stopWidth(to)) << int(from) << int(to);
    }
    // The flight begins with what was seen and ends with what is seen then, where the hand is.
    void zoomHasNoVisibleJump()
    {
        QFETCH(const int, from);
        QFETCH(const int, to);
        FleetFixture fleet(6, 60);
        fleet.publish();
        MapWidget map;
        map.resize(800, 600);
        map.setVersion(fleet.feed.version());
        map.setAnimated(false);
        map.setStop(Stop(from));
        map.show();
        QVERIFY(QTest::qWaitForWindowExposed(&map));
        auto *flight = map.findChild<QVariantAnimation *>();
        QVERIFY(flight);
        const int slot = map.slotsInSight()[map.slotsInSight().size() / 2];
        const QPointF anchor = map.tileRect(slot).center();
        const QImage before = map.grab().toImage();

        map.setAnimated(true);
        map.setStop(Stop(to), anchor);
        QCOMPARE(flight->state(), QAbstractAnimation::Running);
        flight->pause();
        flight->setCurrentTime(0);
        QVERIFY(difference(before, map.grab().toImage()) < 0.5);
        flight->setCurrentTime(flight->duration() - 1);
        QImage last;
        for (int slice = 0; slice * 48 <= map.height(); ++slice) // each frame prepares one at least
            last = map.grab().toImage();
        flight->setCurrentTime(flight->duration());
        QCOMPARE(flight->state(), QAbstractAnimation::Stopped);
        const QImage after = map.grab().toImage();
        QVERIFY2(difference(last, after) < 0.5, qPrintable(QString::number(difference(last, after))));
        QVERIFY(difference(before, after) > 2); // it did go somewhere
        QVERIFY(std::abs(map.tileRect(slot).center().y() - anchor.y()) < 2
                || map.corner().y() == 0 || map.layoutOfTiles().content.height() <= 600);
    }

    void zoomsAroundThePointer()
    {
        FleetFixture fleet(6, 12);
        fleet.publish();
        MapWidget map;
        map.setAnimated(false);
        map.resize(1216, 818);
        map.setVersion(fleet.feed.version());
        map.setStop(Stop::Medium);
        QSignalSpy zoomed(&map, &MapWidget::zoomChanged);
        const int slot = map.slotsInSight()[30];
        const QPointF anchor = map.tileRect(slot).center();
        map.zoomIn(anchor);
        QCOMPARE(map.stop(), Stop::Near);
        QCOMPARE(map.zoomPercent(), 200);
        QVERIFY(zoomed.count() >= 1);
        QVERIFY(std::abs(map.tileRect(slot).center().y() - anchor.y()) < 2);
        map.zoomIn(anchor);
        QCOMPARE(map.stop(), Stop::Near);
        for (int i = 0; i < 20; ++i)
            map.zoomOut();
        QCOMPARE(map.stop(), Stop::S3);
        QCOMPARE(map.zoomPercent(), 2);
        map.fit();
        QVERIFY(map.layoutOfTiles().content.height() <= 818);
        QWheelEvent wheel({600, 400}, map.mapToGlobal(QPointF(600, 400)), {}, {0, 120}, {},
                          Qt::ControlModifier, Qt::NoScrollPhase, false);
        const Stop before = map.stop();
        QApplication::sendEvent(&map, &wheel);
        QCOMPARE(int(map.stop()), int(before) + 1);
    }

    void selectsByPointerAndKeyboard()
    {
        FleetFixture fleet(3, 12);
        fleet.publish();
        MapWidget map;
        map.setAnimated(false);
        map.resize(1216, 818);
        map.setVersion(fleet.feed.version());
        map.setStop(Stop::Medium);
        const std::vector<int> sight = map.slotsInSight();
        const auto at = [&](int index) {
            return map.tileRect(sight[size_t(index)]).center().toPoint();
        };
        QSignalSpy changed(&map, &MapWidget::selectionChanged);
        QTest::mouseClick(&map, Qt::LeftButton, {}, at(2));
        QCOMPARE(map.selection(), QList<int>{sight[2]});
        QTest::mouseClick(&map, Qt::LeftButton, Qt::ShiftModifier, at(5));
        QCOMPARE(map.selection().size(), 4);
        QTest::mouseClick(&map, Qt::LeftButton, Qt::ControlModifier, at(3));
        QCOMPARE(map.selection().size(), 3);
        QVERIFY(!map.isSelected(sight[3]));
        QCOMPARE(changed.count(), 3);

        map.setSelection({});
        QTest::mouseClick(&map, Qt::LeftButton, {}, at(0));
        QTest::keyClick(&map, Qt::Key_Right);
        QCOMPARE(map.currentSlot(), sight[1]);
        QTest::keyClick(&map, Qt::Key_Down);
        QCOMPARE(map.currentSlot(), sight[size_t(1 + map.layoutOfTiles().blocks[0].columns)]);
        QTest::keyClick(&map, Qt::Key_Home);
        QTest::keyClick(&map, Qt::Key_Right, Qt::ShiftModifier);
        QTest::keyClick(&map, Qt::Key_Right, Qt::ShiftModifier);
        QCOMPARE(map.selection().size(), 3);
        QTest::keyClick(&map, Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(map.version()->stamps[map.currentSlot()]->stamp->name, u"eu-north-01"_s);
        QSignalSpy activated(&map, &MapWidget::activated);
        QTest::keyClick(&map, Qt::Key_Return);
        QCOMPARE(activated.count(), 1);
        QTest::keyClick(&map, Qt::Key_Escape);
        QVERIFY(map.selection().isEmpty());

        // A rubber band with Shift; a drag without it moves the sheet.
        map.setStop(Stop::Near);
        map.scrollTo(0);
        const double scroll = map.scrollPosition();
        QTest::mousePress(&map, Qt::LeftButton, {}, QPoint(600, 500));
        QTest::mouseMove(&map, QPoint(600, 460));
        QTest::mouseMove(&map, QPoint(600, 400));
        QTest::mouseRelease(&map, Qt::LeftButton, {}, QPoint(600, 400));
        QVERIFY(map.scrollPosition() > scroll + 50);
        map.setStop(Stop::Medium);
        map.scrollTo(0);
        const QRectF first = map.tileRect(map.slotsInSight()[0]);
        const QPoint gap = (first.topLeft() - QPointF(4, 4)).toPoint();
        QTest::mousePress(&map, Qt::LeftButton, Qt::ShiftModifier, gap);
        moveWith(&map, gap + QPoint(200, 60), Qt::ShiftModifier);
        moveWith(&map, gap + QPoint(400, 60), Qt::ShiftModifier);
        QTest::mouseRelease(&map, Qt::LeftButton, Qt::ShiftModifier, gap + QPoint(400, 60));
        QVERIFY2(map.selection().size() >= 2, qPrintable(QString::number(map.selection().size())));
    }

    void searchFadesAndMovesNothing()
    {
        FleetFixture fleet(2, 8);
        fleet.publish();
        MapWidget map;
        map.resize(900, 600);
        map.setVersion(fleet.feed.version());
        const int hit = fleet.slot(u"eu-west-02"_s);
        const int other = fleet.slot(u"eu-west-03"_s);
        const QRectF before = map.tileRect(other);
        map.setMatches(QSet<int>{hit});
        QCOMPARE(map.tileRect(other), before);
        const QImage image = map.grab().toImage();
        const auto print = [&](int slot) {
            return QColor(image.pixel((map.tileRect(slot).topLeft() + QPointF(10, 14)).toPoint()));
        };
        QCOMPARE(print(hit), Theme::current()[Token::HealthyFill]);
        QCOMPARE(print(other), Theme::current()[Token::BgCanvas]);
        map.setMatches(std::nullopt);
        QCOMPARE(QColor(map.grab().toImage().pixel((before.topLeft() + QPointF(10, 14)).toPoint())),
                 Theme::current()[Token::HealthyFill]);
    }

    /// The image that is mended cell by cell is the one that is painted at once.
    void farCellsAreMendedInPlace_data()
    {
        QTest::addColumn<int>("stop");
        for (const Stop stop : {Stop::S3, Stop::S4, Stop::S6, Stop::S8, Stop::S11})
            QTest::addRow("%d", stopWidth(stop)) << int(stop);
    }
    void farCellsAreMendedInPlace()
    {
        QFETCH(int, stop);
        FleetFixture fleet(3, 150, 0);
        fleet.publish();
        MapWidget map;
        map.setAnimated(false);
        map.resize(700, 500);
        map.setVersion(fleet.feed.version());
        map.setStop(Stop(stop));
        map.grab();
        connectFeed(fleet, map);
        QRandomGenerator random(3);
        for (int round = 0; round < 6; ++round) {
            for (int i = 0; i < 40; ++i) {
                Stamp &one = fleet.stamps[size_t(random.bounded(int(fleet.stamps.size())))];
                one.components[0].ready = random.bounded(6);
                one.lifecycle = random.bounded(4) == 0 ? Lifecycle::Cordoned : Lifecycle::Active;
                one.resources.cpu.used = random.bounded(64);
            }
            fleet.publish();
            QTRY_COMPARE(map.version()->serial, fleet.feed.version()->serial);
            MapWidget other;
            other.setAnimated(false);
            other.resize(700, 500);
            other.setVersion(fleet.feed.version());
            other.setStop(Stop(stop));
            // The feed tells of many changes in several slices.
            const QImage whole = other.grab().toImage();
            QTRY_COMPARE(map.grab().toImage(), whole);
        }
    }

    // Cells take all of the width that their frame has, and frames all of the window's.
    void farBlocksLeaveNoStripe()
    {
        QRandomGenerator random(11);
        const SheetArrangement sheet;
        for (int round = 0; round < 60; ++round) {
            Arrangement::Request request;
            const int groups = 1 + random.bounded(14);
            int first = 0;
            for (int i = 0; i < groups; ++i) {
                MapGroupSize group{first, 1 + random.bounded(round % 2 == 0 ? 300 : 9'000)};
                group.head = random.bounded(173);
                first += group.count;
                request.groups.push_back(group);
            }
            request.viewport = {500.0 + random.bounded(1'100), 400.0 + random.bounded(600)};
            request.stop = std::array{Stop::S3, Stop::S11, Stop::S16}[size_t(random.bounded(3))];
            const MapLayout layout = sheet.layout(request);
            const double pitch = layout.pitch.width();
            const double margin = layout.blocks.front().frame.left();
            for (size_t i = 0; i < layout.blocks.size(); ++i) {
                const MapBlock &block = layout.blocks[i];
                const double pad = block.origin.x() - block.frame.left();
                const double blank = block.frame.right() - pad - block.origin.x() - block.columns * pitch;
                QVERIFY2(blank > -0.5 && blank < pitch, qPrintable(QString::number(blank)));
                const int rows = (block.count + block.columns - 1) / block.columns;
                QVERIFY(block.origin.y() + rows * layout.pitch.height() <= block.frame.bottom() + 0.5);
                QVERIFY(block.frame.width() >= request.groups[i].head);
                // The last of its row, where any of that has more than one row of cells.
                const bool isLast = i + 1 == layout.blocks.size()
                    || layout.blocks[i + 1].frame.top() > block.frame.top();
                if (!isLast)
                    QCOMPARE(layout.blocks[i + 1].frame.height(), block.frame.height());
                if (isLast && rows > 1)
                    WITHIN(block.frame.right(), request.viewport.width() - margin, 0.5);
            }
        }
    }

    // The name stands there whole, and what troubles it or can take what is carried.
    void farHeadsAreNotCut_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::addRow("beside a panel") << QSize(1216, 818);
        QTest::addRow("beside a wide one") << QSize(708, 818);
        QTest::addRow("in the smallest window") << QSize(960, 560);
    }
    void farHeadsAreNotCut()
    {
        QFETCH(QSize, size);
        FleetFixture fleet(10, 125, 1);
        for (Stamp &stamp : fleet.stamps) {
            const int number = stamp.name.section(u'-', -1).toInt();
            stamp.health = number <= 2 ? Health::Unhealthy
                : number <= 13        ? Health::Degraded
                                      : Health::Healthy;
        }
        fleet.publish();
        CarryController carry(fleet.feed);
        MapWidget map;
        map.setAnimated(false);
        map.setClock(fleet.clock);
        map.resize(size);
        map.setVersion(fleet.feed.version());
        map.setCarry(&carry);
        for (const Stop stop : {Stop::S3, Stop::S6, Stop::S11}) {
            map.setStop(stop);
            const auto count = [](const Lines &lines, const auto &is) {
                return std::count_if(lines.all.begin(), lines.all.end(), is);
            };
            const auto isName = [](const Lines::Line &line) {
                return line.style.face == Text::Face::Display && !line.text.endsWith(u'…');
            };
            int heads = 0;
            for (const MapBlock &block : map.layoutOfTiles().blocks)
                heads += block.head.top() + 12 < map.height() ? 1 : 0;
            {
                Lines lines;
                (void)map.grab();
                QCOMPARE(count(lines, isName), heads);
                for (const QString &number : {u"2"_s, u"11"_s})
                    QCOMPARE(count(lines, [&](const Lines::Line &line) { return line.text == number; }),
                             heads);
            }
            QVERIFY(carry.pickUp({u"demo/"_s + fleet.tenants[0].id}, CarryController::Mode::Cut));
            Lines lines;
            static const QRegularExpression said(u"^\\d+( of 125 can|/125)$"_s);
            QTRY_COMPARE((lines.all.clear(), (void)map.grab(), count(lines, [](const Lines::Line &line) {
                              return said.match(line.text).hasMatch();
                          })),
                         heads);
            QCOMPARE(count(lines, isName), heads);
            carry.putBack();
        }
    }

    // However narrow its frame: trouble is never left out, the name and the count are.
    void farHeadsTellTrouble()
    {
        FleetFixture fleet(8, 260, 0);
        for (Stamp &stamp : fleet.stamps) {
            const int number = stamp.name.section(u'-', -1).toInt();
            if (number <= 137) // with its numbers wider than the name leaves room for
                stamp.health = number <= 59 ? Health::Unhealthy : Health::Degraded;
        }
        fleet.publish();
        MapWidget map;
        map.setAnimated(false);
        map.setVersion(fleet.feed.version());
        for (const QSize size : {QSize(1400, 800), QSize(700, 620), QSize(500, 700)}) {
            map.resize(size);
            map.setStop(Stop::S3);
            Lines lines;
            (void)map.grab();
            const auto said = [&](const QString &text) {
                return std::count_if(lines.all.begin(), lines.all.end(),
                                     [&](const Lines::Line &line) { return line.text == text; });
            };
            QCOMPARE(said(u"59"_s), 8);
            QCOMPARE(said(u"78"_s), 8);
            // And nothing of a head lies over the rest of it.
            for (const Lines::Line &one : lines.all) {
                for (const Lines::Line &other : lines.all) {
                    if (&one != &other && one.left.y() == other.left.y() && one.left.x() <= other.left.x())
                        QVERIFY2(one.right() <= other.left.x(), qPrintable(one.text + u'/' + other.text));
                }
            }
        }
    }

    void aLargeGroupSaysHowManyCan()
    {
        FleetFixture fleet(2, 70, 1);
        fleet.tenants[0].constraints.regions = {u"eu-west"_s};
        fleet.stamp(u"eu-west-03"_s).lifecycle = Lifecycle::Cordoned;
        fleet.publish();
        CarryController carry(fleet.feed);
        MapWidget map;
        map.setAnimated(false);
        map.setClock(fleet.clock);
        map.resize(1200, 900);
        map.setVersion(fleet.feed.version());
        map.setCarry(&carry);
        map.setStop(Stop::S16);
        QVERIFY(carry.pickUp({u"demo/"_s + fleet.tenants[0].id}, CarryController::Mode::Cut).has_value());
        Lines lines;
        (void)map.grab();
        QVERIFY(lines.has(u"68 of 70 can"_s)); // neither where it is nor where nothing may go
        QVERIFY(lines.has(u"residency"_s)); // the one reason of all others
        // And again when the fleet is another.
        fleet.stamp(u"eu-west-04"_s).lifecycle = Lifecycle::Cordoned;
        connectFeed(fleet, map);
        fleet.publish();
        QTRY_VERIFY((lines.all.clear(), (void)map.grab(), lines.has(u"67 of 70 can"_s)));
    }

    // Far out each cell says what its plan would, and until all can nothing is promised.
    void farCellsShowWhatPlansSay()
    {
        FleetFixture fleet(4, 300, 1);
        for (size_t i = 1; i < fleet.stamps.size(); ++i) {
            Stamp &stamp = fleet.stamps[i];
            if (i % 5 == 0)
                stamp.lifecycle = Lifecycle::Cordoned;
            if (i % 7 == 0)
                stamp.resources.cpu = {64, 55, 50}; // a move may, a drain leaves headroom
            if (i % 11 == 0)
                stamp.resources.memory = {10e9, 9e9, 8e9};
        }
        fleet.publish();
        CarryController carry(fleet.feed);
        MapWidget map;
        map.setAnimated(false);
        map.setClock(fleet.clock);
        map.resize(1200, 900);
        map.setVersion(fleet.feed.version());
        map.setCarry(&carry);
        map.setStop(Stop::S8);
        const QImage before = map.grab().toImage();
        const auto cell = [&](const QImage &image, int slot) {
            const QPointF at = map.tileRect(slot).topLeft() + QPointF(3, 3);
            return image.pixelColor((at * image.devicePixelRatio()).toPoint());
        };
        std::vector<int> shown;
        const auto source = fleet.slot(u"eu-west-01"_s);
        const auto look = [&] {
            shown = map.slotsInSight();
            const QRectF foot = map.spreadRect().adjusted(-1200, -20, 1200, 40);
            std::erase_if(shown, [&](int slot) {
                return slot == source || foot.intersects(map.tileRect(slot));
            });
        };
        const Theme &theme = Theme::current();
        const auto differing = [&](bool drains) {
            const QImage image = map.grab().toImage();
            QStringList wrong;
            int best = 0;
            for (const int slot : shown) {
                const QString id = fleet.feed.version()->stampId(slot);
                ActionRequest request;
                if (drains) {
                    request.kind = ActionKind::Drain;
                    request.stamp = u"demo/eu-west-01"_s;
                    request.among = {id};
                } else {
                    request.tenants = carry.tenants();
                    request.to = id;
                }
                const Result<Plan> made = plan(fleet.feed.version(), request, fleet.clock);
                const QColor is = cell(image, slot);
                best += is == theme[Token::VerdictBestSub];
                if ((is == theme[Token::VerdictNoFill]) != (!made || made->isRefused()))
                    wrong << id + u' ' + is.name();
            }
            if (best > 1)
                wrong << u"%1 are best"_s.arg(best);
            return wrong.join(u'\n');
        };
        for (const bool drains : {false, true}) {
            QVERIFY(drains ? carry.pickUpAll(u"demo/eu-west-01"_s, CarryController::Mode::Cut)
                           : carry.pickUp({u"demo/"_s + fleet.tenants[0].id},
                                          CarryController::Mode::Cut));
            look();
            QVERIFY(shown.size() > 1'000);
            QVERIFY(map.isAsking());
            const QImage asking = map.grab().toImage();
            for (const int slot : shown)
                QCOMPARE(cell(asking, slot), cell(before, slot));
            QTRY_VERIFY_WITH_TIMEOUT(!map.isAsking(), 60'000);
            QCOMPARE(differing(drains), QString());
        } // the second is picked up while the first is: its verdicts are gone at once
        connectFeed(fleet, map);
        const int best = carry.ranking().front().first;
        fleet.stamp(fleet.feed.version()->stamps[best]->stamp->name).lifecycle = Lifecycle::Cordoned;
        fleet.publish();
        QTRY_VERIFY_WITH_TIMEOUT(carry.carry().version == fleet.feed.version() && carry.isSettled()
                                     && map.version() == fleet.feed.version(),
                                 60'000);
        QVERIFY(!carry.isLit(best));
        QCOMPARE(differing(true), QString());
    }

    void theIndexStripIsDrawnOnceForASize()
    {
        MapLayout layout;
        layout.strip = SheetArrangement::stripWidth;
        MapBlock block;
        block.columns = 20; // as many as a row could hold
        block.count = 6;
        block.frame = {0, 0, 900, 120};
        layout.blocks = {block};
        IndexStrip strip;
        QImage image(200, 1000, QImage::Format_RGB32);
        const auto paint = [&](double ratio, double height) {
            QPainter painter(&image);
            (void)strip.paint(painter, {0, 0, layout.strip, height}, layout, ratio, 0, 100,
                              [](int) { return IndexStrip::Cell{Health::Healthy, false, false}; });
        };
        // Where no whole number of pixels is as high as that.
        for (int time = 0; time < 3; ++time)
            paint(1.25, 701);
        QCOMPARE(strip.drawn(), 1);
        paint(1.5, 701);
        QCOMPARE(strip.drawn(), 2);
        paint(1.5, 703);
        paint(1.5, 703);
        QCOMPARE(strip.drawn(), 3);
        // A cell is as wide as the widest group has room for.
        QVERIFY(IndexStrip::at(layout, 701, 120) >= 10 + 44.0 / 6);
    }

    void coloursByEveryMeasure()
    {
        FleetFixture fleet(3, 8);
        fleet.stamp(u"eu-west-01"_s).resources = {};
        fleet.stamp(u"eu-west-01"_s).signalValues = {};
        fleet.stamp(u"eu-west-01"_s).costPerHour.reset();
        fleet.stamp(u"eu-west-02"_s).resources.cpu = {64, 64, 63};
        fleet.publish();
        MapWidget map;
        map.setAnimated(false);
        map.resize(1000, 700);
        map.setVersion(fleet.feed.version());
        QSignalSpy legend(&map, &MapWidget::legendChanged);
        for (const MapColourBy colour : allMapColours) {
            map.setColour(colour);
            QCOMPARE(map.legend().colour, colour);
            if (isRamp(colour))
                QCOMPARE(map.legend().entries.size(), Theme::rampSteps);
            for (const Stop stop : {Stop::S4, Stop::S16, Stop::S36, Stop::Medium, Stop::Near}) {
                map.setStop(stop);
                QVERIFY(!map.grab().isNull());
            }
        }
        QCOMPARE(legend.count(), int(allMapColours.size()) - 1);
        map.setStop(Stop::Medium);
        map.setColour(MapColourBy::Load);
        map.scrollTo(1e9);
        const int full = fleet.slot(u"eu-west-02"_s);
        const QRectF tile = map.tileRect(full);
        QCOMPARE(map.grab().toImage().pixel((tile.topLeft() + QPointF(10, 14)).toPoint()),
                 Theme::current().ramp(8));
        map.setColour(MapColourBy::Version);
        QCOMPARE(map.legend().entries.size(), 2);
        QCOMPARE(map.legend().entries[0].letter, u"A"_s);
        QCOMPARE(map.legend().entries[1].text, u"1.42.3"_s);
    }

    void everyVisibleTileAnswersACarry()
    {
        FleetFixture fleet(3, 6);
        fleet.stamp(u"eu-west-02"_s).lifecycle = Lifecycle::Cordoned;
        fleet.tenants[0].constraints.regions = {u"eu-*"_s};
        fleet.publish();
        CarryController carry(fleet.feed);
        MapWidget map;
        map.setAnimated(false);
        map.setClock(fleet.clock);
        map.resize(1216, 818);
        map.setVersion(fleet.feed.version());
        map.setCarry(&carry);
        map.setStop(Stop::Medium);
        const QString tenant = u"demo/"_s + fleet.tenants[0].id;
        QVERIFY(map.spreadRect().isEmpty());
        QVERIFY(carry.pickUp({tenant}, CarryController::Mode::Cut).has_value());
        QVERIFY(!map.spreadRect().isEmpty());
        const QImage image = map.grab().toImage();
        const auto print = [&](const QString &name) {
            return QColor(image.pixel(
                (map.tileRect(fleet.slot(name)).topLeft() + QPointF(10, 14)).toPoint()));
        };
        int best = 0;
        int can = 0;
        for (const int slot : map.slotsInSight()) {
            const QColor fill = print(fleet.feed.version()->stamps[slot]->stamp->name);
            best += fill == Theme::current()[Token::VerdictBest];
            can += fill == Theme::current()[Token::VerdictCanFill];
        }
        QCOMPARE(best, 1);
        QVERIFY(can > 3);
        QCOMPARE(print(u"eu-west-02"_s), Theme::current()[Token::VerdictNoFill]);
        QVERIFY(map.slotDescription(fleet.slot(u"eu-west-02"_s)).startsWith(u"cannot"));
        keep(image, u"map-carry"_s);

        // By keyboard: 1 jumps to the best, arrows walk lit tiles only, Enter drops.
        QSignalSpy dropped(&carry, &CarryController::dropped);
        QTest::keyClick(&map, Qt::Key_1);
        QCOMPARE(map.currentSlot(), carry.ranking().front().first);
        QTest::keyClick(&map, Qt::Key_Home);
        map.setCurrent(fleet.slot(u"eu-west-01"_s));
        QTest::keyClick(&map, Qt::Key_Right);
        QCOMPARE(map.currentSlot(), fleet.slot(u"eu-west-03"_s));
        QTest::keyClick(&map, Qt::Key_Left, Qt::ShiftModifier);
        QCOMPARE(map.currentSlot(), fleet.slot(u"eu-west-02"_s));
        QTest::keyClick(&map, Qt::Key_Return);
        QCOMPARE(dropped.count(), 0); // it cannot: still carried
        QVERIFY(carry.isActive());
        QTest::keyClick(&map, Qt::Key_Right);
        QTest::keyClick(&map, Qt::Key_Return);
        QCOMPARE(dropped.count(), 1);
        QCOMPARE(dropped[0][0].value<ActionRequest>().to, u"demo/eu-west-03"_s);
        QVERIFY(!carry.isActive());

        map.setSelection({fleet.slot(u"eu-west-01"_s)});
        QTest::keyClick(&map, Qt::Key_X, Qt::ControlModifier);
        QCOMPARE(carry.mode(), CarryController::Mode::Cut);
        QCOMPARE(carry.tenants().size(), 3);
        QTest::keyClick(&map, Qt::Key_P);
        QCOMPARE(dropped.count(), 2);
        QVERIFY(carry.pickUp({tenant}, CarryController::Mode::Cut).has_value());
        QTest::keyClick(&map, Qt::Key_Escape);
        QVERIFY(!carry.isActive());
        QCOMPARE(dropped.count(), 2);
    }

    void takesTenantsThatAreDraggedIn()
    {
        FleetFixture fleet(2, 6);
        fleet.stamp(u"eu-west-02"_s).lifecycle = Lifecycle::Cordoned;
        fleet.publish();
        CarryController carry(fleet.feed);
        MapWidget map;
        map.setAnimated(false);
        map.resize(1216, 818);
        map.setVersion(fleet.feed.version());
        map.setCarry(&carry);
        const QString tenant = u"demo/"_s + fleet.tenants[0].id;
        const auto mime = tenantsToMime(*fleet.feed.version(), {tenant});
        QSignalSpy dropped(&carry, &CarryController::dropped);
        QMimeData strange;
        strange.setText(u"hello"_s);
        QDragEnterEvent foreign({10, 10}, Qt::MoveAction, &strange, Qt::LeftButton, {});
        QApplication::sendEvent(&map, &foreign);
        QVERIFY(!carry.isActive());

        QDragEnterEvent enter({10, 10}, Qt::MoveAction, mime.get(), Qt::LeftButton, {});
        QApplication::sendEvent(&map, &enter);
        QVERIFY(enter.isAccepted());
        QVERIFY(carry.isActive());
        const auto over = [&](QPointF at) {
            QDragMoveEvent move(at.toPoint(), Qt::MoveAction, mime.get(), Qt::LeftButton, {});
            QApplication::sendEvent(&map, &move);
            QVERIFY(!map.grab().isNull());
        };
        const auto drop = [&](QPointF at) {
            QDropEvent event(at, Qt::MoveAction, mime.get(), Qt::LeftButton, {});
            QApplication::sendEvent(&map, &event);
        };
        const QPointF no = map.tileRect(fleet.slot(u"eu-west-02"_s)).center();
        over(no);
        drop(no);
        QCOMPARE(dropped.count(), 0);
        QCOMPARE(carry.mode(), CarryController::Mode::Cut); // stays on the pointer
        const QPointF yes = map.tileRect(fleet.slot(u"eu-west-03"_s)).center();
        QApplication::sendEvent(&map, &enter); // the next one
        over(yes);
        keep(map.grab().toImage(), u"map-drag"_s);
        drop(yes);
        QCOMPARE(dropped.count(), 1);

        QApplication::sendEvent(&map, &enter);
        over(map.spreadRect().center());
        drop(map.spreadRect().center());
        QCOMPARE(dropped.count(), 2);
        QVERIFY(dropped[1][0].value<ActionRequest>().to.isEmpty());
    }

    void whatComesFromAnotherWindowGoesBackThere()
    {
        FleetFixture fleet(2, 6);
        fleet.publish();
        CarryController carry(fleet.feed);
        MapWidget map;
        map.setAnimated(false);
        map.resize(1216, 818);
        map.setVersion(fleet.feed.version());
        map.setCarry(&carry);
        const QString tenant = u"demo/"_s + fleet.tenants[0].id;
        const auto mime = tenantsToMime(*fleet.feed.version(), {tenant});
        const auto enters = [&map](const QMimeData *what) {
            QDragEnterEvent enter({10, 10}, Qt::MoveAction, what, Qt::LeftButton, {});
            enter.ignore();
            QApplication::sendEvent(&map, &enter);
            return enter.isAccepted();
        };
        const auto leaves = [&map] {
            QDragLeaveEvent leave;
            QApplication::sendEvent(&map, &leave);
        };
        QVERIFY(enters(mime.get()));
        QVERIFY(carry.isActive());
        leaves();
        QVERIFY(!carry.isActive());
        // What was picked up here hangs on the pointer wherever that goes.
        QVERIFY(carry.pickUp({tenant}, CarryController::Mode::Drag));
        QVERIFY(enters(mime.get()));
        leaves();
        QCOMPARE(carry.tenants(), QStringList{tenant});
        // Something else takes no place of that, not even of a drain.
        const auto other =
            tenantsToMime(*fleet.feed.version(), {u"demo/"_s + fleet.tenants[5].id});
        QVERIFY(!enters(other.get()));
        QCOMPARE(carry.tenants(), QStringList{tenant});
        QVERIFY(carry.pickUpAll(u"demo/eu-west-01"_s, CarryController::Mode::Cut));
        QVERIFY(!enters(other.get()));
        QCOMPARE(carry.drained(), u"demo/eu-west-01"_s);
        carry.putBack();
        // Nor is a rehearsal's taken for the real one.
        FleetVersion rehearsal = *fleet.feed.version();
        rehearsal.sources[0].instance = u"rehearsal"_s;
        const auto practised = tenantsToMime(rehearsal, {tenant});
        QVERIFY(!enters(practised.get()));
        QVERIFY(!carry.isActive());
    }

    void aCarryHasOneGoal()
    {
        FleetFixture fleet(3, 6);
        for (const auto &dim : {u"eu-west-01"_s, u"eu-west-02"_s, u"eu-west-06"_s})
            fleet.stamp(dim).lifecycle = Lifecycle::Cordoned;
        fleet.publish();
        CarryController carry(fleet.feed);
        MapWidget map;
        map.setAnimated(false);
        map.setClock(fleet.clock);
        map.resize(1216, 818);
        map.setVersion(fleet.feed.version());
        map.setCarry(&carry);
        map.setStop(Stop::Medium);
        map.setSelection({fleet.slot(u"eu-west-01"_s)});
        QSignalSpy selected(&map, &MapWidget::selectionChanged);
        QSignalSpy dropped(&carry, &CarryController::dropped);
        const QString tenant = u"demo/"_s + fleet.tenants[0].id;
        const auto place = [&](const QString &stamp) {
            return map.tileRect(fleet.slot(stamp)).center();
        };
        const auto nudge = [&](const QString &stamp) {
            QMouseEvent move(QEvent::MouseMove, place(stamp), map.mapToGlobal(place(stamp)),
                             Qt::NoButton, Qt::NoButton, {});
            QApplication::sendEvent(&map, &move);
        };
        const auto goal = [&] { return dropped.takeLast().at(0).value<ActionRequest>().to; };

        // What the pointer shows is what Enter and Ctrl+V drop on, and where arrows go on.
        for (const auto &[key, modifiers] : {std::pair(Qt::Key_Return, Qt::NoModifier),
                                             std::pair(Qt::Key_V, Qt::ControlModifier)}) {
            QVERIFY(carry.pickUp({tenant}, CarryController::Mode::Cut));
            map.setCurrent(fleet.slot(u"eu-west-03"_s));
            nudge(u"eu-west-05"_s);
            QTest::keyClick(&map, key, modifiers);
            QCOMPARE(dropped.count(), 1);
            QCOMPARE(goal(), u"demo/eu-west-05"_s);
        }
        QVERIFY(carry.pickUp({tenant}, CarryController::Mode::Cut));
        map.setCurrent(fleet.slot(u"eu-west-03"_s));
        nudge(u"eu-west-04"_s);
        QTest::keyClick(&map, Qt::Key_Right);
        QCOMPARE(map.currentSlot(), fleet.slot(u"eu-west-05"_s));
        // Where the pointer shows none, the tile of the keys is shown first.
        QEvent leave(QEvent::Leave);
        nudge(u"eu-west-04"_s);
        QApplication::sendEvent(&map, &leave);
        QTest::keyClick(&map, Qt::Key_Return);
        QCOMPARE(dropped.count(), 0);
        QTest::keyClick(&map, Qt::Key_Return);
        QCOMPARE(goal(), u"demo/eu-west-05"_s);

        // Home, End and Ctrl with arrows go to lit tiles, with Shift to all, and select nothing.
        QVERIFY(carry.pickUp({tenant}, CarryController::Mode::Cut));
        const auto at = [&] { return map.version()->stamps[map.currentSlot()]->stamp->name; };
        const auto goesTo = [&](Qt::Key key, Qt::KeyboardModifiers modifiers) {
            QTest::keyClick(&map, key, modifiers);
            return at();
        };
        std::vector<QString> names; // as the map has them
        fleet.feed.version()->eachStamp([&](int, const StampEntry &entry) {
            names.push_back(entry.stamp->name);
        });
        std::sort(names.begin(), names.end());
        QVERIFY(names.front() != u"eu-west-01"); // another region comes first
        QCOMPARE(goesTo(Qt::Key_Home, Qt::ShiftModifier), names.front());
        QCOMPARE(goesTo(Qt::Key_End, Qt::ShiftModifier), names.back());
        map.setCurrent(fleet.slot(u"eu-west-04"_s));
        QCOMPARE(goesTo(Qt::Key_Left, Qt::ControlModifier), u"eu-west-03"_s);
        QCOMPARE(goesTo(Qt::Key_Left, Qt::ControlModifier | Qt::ShiftModifier), u"eu-west-01"_s);
        const QString before = goesTo(Qt::Key_Left, Qt::ControlModifier);
        QVERIFY(before < u"eu-west"_s);
        QVERIFY(carry.isLit(map.currentSlot()));
        QCOMPARE(goesTo(Qt::Key_Right, Qt::ControlModifier), u"eu-west-03"_s);
        goesTo(Qt::Key_Home, {});
        QVERIFY(carry.isLit(map.currentSlot()));
        goesTo(Qt::Key_End, {});
        QVERIFY(carry.isLit(map.currentSlot()));
        for (const Qt::Key key : {Qt::Key_A, Qt::Key_Space})
            QTest::keyClick(&map, key, Qt::ControlModifier);
        // Nor does a press of the right button, nor does it bring up a menu.
        QSignalSpy menu(&map, &MapWidget::menuRequested);
        QTest::mouseClick(&map, Qt::RightButton, {}, place(u"eu-west-05"_s).toPoint());
        const QPoint under = place(u"eu-west-05"_s).toPoint();
        QContextMenuEvent context(QContextMenuEvent::Mouse, under, map.mapToGlobal(under), {});
        QApplication::sendEvent(&map, &context);
        QCOMPARE(menu.count(), 0);
        QCOMPARE(selected.count(), 0);
        QCOMPARE(map.selection(), QList<int>{fleet.slot(u"eu-west-01"_s)});
        QCOMPARE(dropped.count(), 0);
    }

    void chipsAndHandlesAreWhereTheyAreDrawn()
    {
        FleetFixture fleet(1, 4);
        fleet.publish();
        CarryController carry(fleet.feed);
        MapWidget map;
        map.setAnimated(false);
        map.resize(1300, 600);
        map.setVersion(fleet.feed.version());
        map.setCarry(&carry);
        map.setStop(Stop::Near);
        const auto chips = map.chipsInSight();
        QVERIFY(chips.size() >= 6);
        for (const auto &[id, rect] : chips)
            QCOMPARE(map.tenantAt(rect.center()), id);
        const int slot = fleet.slot(u"eu-west-01"_s);
        const QRectF handle = map.drainHandleRect(slot);
        QCOMPARE(handle.size(), QSizeF(56, 24));
        QVERIFY(map.tileRect(slot).contains(handle));
        // A click on the handle asks for the plan of a drain, and selects nothing.
        QSignalSpy drain(&map, &MapWidget::drainRequested);
        QTest::mouseClick(&map, Qt::LeftButton, {}, handle.center().toPoint());
        QCOMPARE(drain.count(), 1);
        QCOMPARE(drain.first().first().toInt(), slot);
        QVERIFY(map.selection().isEmpty());
        // Let go elsewhere it is none.
        QTest::mousePress(&map, Qt::LeftButton, {}, handle.center().toPoint());
        QTest::mouseRelease(&map, Qt::LeftButton, {}, QPoint(5, 5));
        QCOMPARE(drain.count(), 1);
        map.setSelection({});
        // Cut by keyboard, all of one stamp's wait to be drained.
        map.setSelection({slot});
        QTest::keyClick(&map, Qt::Key_X, Qt::ControlModifier);
        QCOMPARE(carry.mode(), CarryController::Mode::Cut);
        QCOMPARE(carry.drained(), fleet.feed.version()->stampId(slot));
        carry.putBack();
        map.setSelection({});
        // A press on a chip does not select before it is let go.
        QTest::mousePress(&map, Qt::LeftButton, {}, chips[0].second.center().toPoint());
        QVERIFY(map.selection().isEmpty());
        QTest::mouseRelease(&map, Qt::LeftButton, {}, chips[0].second.center().toPoint());
        QCOMPARE(map.selection().size(), 1);
    }

    void aRegionsHeadOffersToEvacuateIt_data()
    {
        QTest::addColumn<int>("perRegion");
        QTest::addColumn<int>("width");
        QTest::addColumn<Stop>("stop");
        QTest::addColumn<bool>("survives");
        QTest::addRow("a head") << 4 << 900 << Stop::Medium << false;
        QTest::addRow("a selvage") << 4 << 1400 << Stop::Medium << false;
        QTest::addRow("a selvage that tells of survival") << 4 << 1400 << Stop::Medium << true;
        QTest::addRow("a near one") << 2 << 1400 << Stop::Near << false;
        QTest::addRow("a near one that tells of survival") << 2 << 1400 << Stop::Near << true;
        QTest::addRow("one with room for more lines") << 9 << 1400 << Stop::Near << false;
        QTest::addRow("one with room for all lines") << 9 << 1400 << Stop::Near << true;
    }
    void aRegionsHeadOffersToEvacuateIt()
    {
        QFETCH(int, perRegion);
        QFETCH(int, width);
        QFETCH(Stop, stop);
        QFETCH(bool, survives);
        FleetFixture fleet(2, perRegion);
        fleet.publish();
        MapWidget map;
        map.setAnimated(false);
        map.setVersion(fleet.feed.version());
        map.resize(width, 700);
        map.setStop(stop);
        if (survives) {
            MapGroupNote note;
            note.survives = true;
            note.nextFull = u"cpu in 9 days"_s;
            note.createTakes = u"9 min"_s;
            map.setGroupNotes({{u"eu-west"_s, note}, {u"eu-central"_s, note}});
        }
        QVERIFY(map.evacuationsInSight().empty());
        const QImage without = map.grab().toImage();
        map.setEvacuates(true);
        const auto links = map.evacuationsInSight();
        QVERIFY(!links.empty());
        const auto &[region, there] = links.front();
        for (const int slot : map.slotsInSight())
            QVERIFY(!map.tileRect(slot).intersects(there));
        // Nothing else stands where it is written.
        const QRect written = there.toAlignedRect().adjusted(4, 5, -4, -5);
        QVERIFY(map.rect().contains(written));
        for (int y = written.top(); y <= written.bottom(); ++y) {
            for (int x = written.left(); x <= written.right(); ++x)
                QCOMPARE(without.pixel(x, y), without.pixel(written.topLeft()));
        }
        QVERIFY(map.grab().toImage() != without);
        QSignalSpy asked(&map, &MapWidget::evacuateRequested);
        QTest::mouseClick(&map, Qt::LeftButton, {}, there.center().toPoint());
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked.first().first().toString(), region);
        // Only a region is evacuated.
        map.setGrouping(MapGroupBy::Ring);
        QVERIFY(map.evacuationsInSight().empty());
    }

    // What has no room is left out, the least worth knowing first; nothing lies over the rest.
    void aSelvageSaysAsMuchAsItsHeightHolds_data()
    {
        QTest::addColumn<Stop>("stop");
        QTest::addColumn<int>("perRegion");
        QTest::addColumn<QList<int>>("trouble"); // unhealthy, degraded, stale
        QTest::addColumn<QStringList>("says");
        QTest::addColumn<QStringList>("leavesOut");
        const QString next = u"cpu in 9 days"_s;
        const QString create = u"9 min (last 5)"_s;
        const QString evacuate = u"Evacuate…"_s; // a shape says it where the word is left out
        const QString versions = u"Version"_s;
        QTest::addRow("medium, one row")
            << Stop::Medium << 6 << QList{0, 0, 0}
            << QStringList{u"N+1"_s, u"+71 cores"_s, u"Dublin"_s, u"6"_s}
            << QStringList{next, versions, create, evacuate};
        QTest::addRow("medium, one row, three states")
            << Stop::Medium << 6 << QList{1, 2, 3}
            << QStringList{u"N+1"_s, u"+71 cores"_s, u"Dublin"_s, u"1"_s, u"2"_s, u"3"_s}
            << QStringList{next, versions, create, evacuate};
        QTest::addRow("medium, all states")
            << Stop::Medium << 60 << QList{11, 12, 13}
            << QStringList{u"N+1"_s, u"11"_s, u"12"_s, u"13"_s, u"24"_s, next, versions, create, evacuate}
            << QStringList{u"+71 cores"_s, u"Dublin"_s};
        QTest::addRow("medium, many of all states")
            << Stop::Medium << 1'300 << QList{11, 1'012, 13}
            << QStringList{u"N+1"_s, u"11"_s, u"1,012"_s, u"13"_s, u"264"_s}
            << QStringList{u"+71 cores"_s, u"Dublin"_s};
        QTest::addRow("medium, two rows")
            << Stop::Medium << 12 << QList{0, 0, 0}
            << QStringList{u"N+1"_s, u"+71 cores"_s, u"12 stamps, 12 tenants"_s, next}
            << QStringList{versions, create, evacuate};
        QTest::addRow("medium, three rows")
            << Stop::Medium << 18 << QList{0, 0, 0}
            << QStringList{u"N+1"_s, u"18 stamps, 18 tenants"_s, next, versions, create, evacuate}
            << QStringList{};
        QTest::addRow("near, one row")
            << Stop::Near << 3 << QList{0, 0, 0}
            << QStringList{u"N+1"_s, u"71 cores to spare"_s, u"3 stamps"_s, u"3 tenants"_s, evacuate}
            << QStringList{next, versions, create};
        QTest::addRow("near, one row, all states")
            << Stop::Near << 3 << QList{1, 1, 1} << QStringList{u"N+1"_s, u"3 tenants"_s, evacuate}
            << QStringList{next};
        QTest::addRow("near, two rows")
            << Stop::Near << 6 << QList{0, 0, 0}
            << QStringList{u"N+1"_s, u"6 stamps"_s, next, versions, create, evacuate} << QStringList{};
        QTest::addRow("near, two rows, all states")
            << Stop::Near << 6 << QList{1, 2, 3}
            << QStringList{u"N+1"_s, u"1"_s, u"2"_s, u"3"_s, next, versions, create, evacuate}
            << QStringList{};
    }
    void aSelvageSaysAsMuchAsItsHeightHolds()
    {
        QFETCH(Stop, stop);
        QFETCH(int, perRegion);
        QFETCH(QList<int>, trouble);
        QFETCH(QStringList, says);
        QFETCH(QStringList, leavesOut);
        FleetFixture fleet(2, perRegion, 1);
        for (Stamp &stamp : fleet.stamps) {
            const int number = stamp.name.section(u'-', -1).toInt();
            stamp.health = number <= trouble[0]            ? Health::Unhealthy
                : number <= trouble[0] + trouble[1]              ? Health::Degraded
                : number <= trouble[0] + trouble[1] + trouble[2] ? Health::Unknown
                                                                 : Health::Healthy;
            if (stamp.health == Health::Unknown)
                stamp.healthReasons = {{u"stale"_s, u"lost"_s, {}, {}, {}, {}, {}}};
        }
        fleet.publish();
        MapWidget map;
        map.setAnimated(false);
        map.resize(1400, perRegion > 100 ? 800 : 2'600);
        map.setVersion(fleet.feed.version());
        map.setStop(stop);
        map.setEvacuates(true);
        MapGroupNote note;
        note.survives = true;
        note.brief = u"71 cores to spare"_s;
        note.figure = u"+71 cores"_s;
        note.nextFull = u"cpu in 9 days"_s;
        note.createTakes = u"9 min (last 5)"_s;
        QHash<QString, MapGroupNote> notes;
        for (const Stamp &stamp : fleet.stamps)
            notes.insert(stamp.region, note);
        map.setGroupNotes(notes);
        const std::vector<MapBlock> &blocks = map.layoutOfTiles().blocks;
        map.scrollTo(0);
        Lines lines;
        (void)map.grab();
        for (size_t i = 0; i < blocks.size() && blocks[i].head.top() < map.height(); ++i) {
            const QRectF head = blocks[i].head;
            const double next = i + 1 < blocks.size() ? blocks[i + 1].head.top() : map.height();
            QCOMPARE(head.width(), stop == Stop::Near ? 168.0 : 144.0);
            QList<Lines::Line> own;
            std::copy_if(lines.all.cbegin(), lines.all.cend(), std::back_inserter(own),
                         [&](const Lines::Line &line) {
                             return line.left.x() < head.right() && line.left.y() >= head.top()
                                 && line.left.y() < next;
                         });
            for (const QString &text : std::as_const(says)) {
                if (text != u"Dublin"_s || i == 1) // of eu-west
                    QVERIFY2(Lines::has(own, text), qPrintable(text));
            }
            for (const QString &text : std::as_const(leavesOut))
                QVERIFY2(!Lines::has(own, text), qPrintable(text));
            for (const Lines::Line &one : std::as_const(own)) {
                QVERIFY2(one.right() <= head.right() + 0.5, qPrintable(one.text));
                QVERIFY2(one.left.y() + 3 < next, qPrintable(one.text));
                QVERIFY2(perRegion > 50 || !one.text.endsWith(u'…') || one.text == u"Evacuate…"_s,
                         qPrintable(one.text));
                for (const Lines::Line &other : std::as_const(own)) {
                    if (&one != &other && std::abs(one.left.y() - other.left.y()) < 12
                        && one.left.x() <= other.left.x())
                        QVERIFY2(one.right() <= other.left.x(),
                                 qPrintable(one.text + u'/' + other.text));
                }
                // Beside the ring or in the middle of it, and not on it.
                const bool isNear = stop == Stop::Near;
                const QPointF ring = head.topLeft() + (isNear ? QPointF(38, 94) : QPointF(38, 64));
                if (std::abs(one.left.y() - ring.y()) < 36)
                    QVERIFY2(one.left.x() >= ring.x() + 38 || one.right() <= ring.x() + 30,
                             qPrintable(one.text));
            }
        }
        QVERIFY(!map.evacuationsInSight().empty()); // as a word or as a shape
    }

    // Nor where a stamp is missing: its place stays free.
    void pickingUpMovesNoTile()
    {
        FleetFixture fleet(4, 6, 1);
        fleet.publish();
        CarryController carry(fleet.feed);
        MapGroupNote note;
        note.survives = false;
        note.template_ = u"web"_s;
        for (const MapArrangement arrangement : {MapArrangement::Sheet, MapArrangement::World}) {
            MapWidget map;
            map.setAnimated(false);
            map.setClock(fleet.clock);
            map.resize(1216, 818);
            map.setRegionPlaces({{u"eu-west"_s, {53, -6}}, {u"eu-central"_s, {50, 8}},
                                 {u"eu-north"_s, {59, 18}}, {u"us-east"_s, {38, -78}}});
            map.setArrangement(arrangement);
            map.setVersion(fleet.feed.version());
            map.setGroupNotes({{u"eu-west"_s, note}, {u"eu-north"_s, note}});
            map.setCarry(&carry);
            QCOMPARE(map.ghostsInSight().size(), 2U);
            const auto places = [&] {
                QList<QRectF> all;
                for (int slot = 0; slot < int(fleet.stamps.size()); ++slot)
                    all.append(map.tileRect(slot));
                return all;
            };
            const QList<QRectF> before = places();
            QVERIFY(carry.pickUp({u"demo/"_s + fleet.tenants[0].id}, CarryController::Mode::Cut));
            QCOMPARE(places(), before);
            // Whatever lies over the map hears where the hand is.
            QSignalSpy moved(&map, &MapWidget::handMoved);
            const std::unique_ptr<QMimeData> mime =
                tenantsToMime(*fleet.feed.version(), {u"demo/"_s + fleet.tenants[0].id});
            QDragEnterEvent enter({10, 10}, Qt::MoveAction, mime.get(), Qt::LeftButton, {});
            QApplication::sendEvent(&map, &enter);
            QDragMoveEvent move({300, 200}, Qt::MoveAction, mime.get(), Qt::LeftButton, {});
            QApplication::sendEvent(&map, &move);
            QCOMPARE(moved.count(), 1);
            QCOMPARE(moved.takeFirst().at(0).toPointF(), QPointF(300, 200));
            map.setCurrent(fleet.slot(u"eu-west-02"_s));
            QCOMPARE(moved.count(), 1);
            QCOMPARE(moved.takeFirst().at(0).toPointF(),
                     map.tileRect(fleet.slot(u"eu-west-02"_s)).center());
            QCOMPARE(places(), before);
            QVERIFY(map.ghostsInSight().empty()); // it takes nothing of what is carried
            // One that is found to be missing then has its place when the hand is free.
            map.setGroupNotes({{u"eu-west"_s, note}, {u"eu-north"_s, note}, {u"eu-central"_s, note}});
            QCOMPARE(places(), before);
            carry.putBack();
            QCOMPARE(map.ghostsInSight().size(), 3U);
        }
    }

    void assistiveTechnologySeesWhatIsInSight()
    {
        FleetFixture fleet(2, 6);
        fleet.stamp(u"eu-west-02"_s).lifecycle = Lifecycle::Cordoned;
        fleet.stamp(u"eu-west-03"_s).components[0].ready = 1;
        fleet.publish();
        CarryController carry(fleet.feed);
        MapWidget map;
        map.setAnimated(false);
        map.setClock(fleet.clock);
        map.resize(1216, 900);
        map.setVersion(fleet.feed.version());
        map.setCarry(&carry);
        map.setStop(Stop::Medium);
        map.show();
        QVERIFY(QTest::qWaitForWindowExposed(&map));
        QAccessibleInterface *face = QAccessible::queryAccessibleInterface(&map);
        QVERIFY(face);
        QCOMPARE(face->childCount(), 12);
        const auto find = [&](const QString &name) -> QAccessibleInterface * {
            for (int i = 0; i < face->childCount(); ++i) {
                if (face->child(i)->text(QAccessible::Name) == name)
                    return face->child(i);
            }
            return nullptr;
        };
        QAccessibleInterface *tile = find(u"stamp demo/eu-west-02"_s);
        QVERIFY(tile);
        const QString text = tile->text(QAccessible::Description);
        QVERIFY2(text.contains(u"load ") && text.contains(u"3 of 20 tenants")
                     && text.contains(u"cordoned") && text.endsWith(u"ago"),
                 qPrintable(text));
        const int slot = fleet.slot(u"eu-west-02"_s);
        QCOMPARE(tile->rect(),
                 QRect(map.mapToGlobal(map.tileRect(slot).toAlignedRect().topLeft()),
                       map.tileRect(slot).toAlignedRect().size()));
        QCOMPARE(face->childAt(tile->rect().center().x(), tile->rect().center().y()), tile);
        QCOMPARE(face->indexOfChild(tile) >= 0, true);
        QCOMPARE(tile->parent(), face);
        auto *actions = static_cast<QAccessibleActionInterface *>(
            tile->interface_cast(QAccessible::ActionInterface));
        actions->doAction(QAccessibleActionInterface::pressAction());
        QCOMPARE(map.selection(), QList<int>{slot});
        QVERIFY(tile->state().selected);

        map.setStop(Stop::Near);
        map.scrollTo(0);
        const auto chips = map.chipsInSight();
        QAccessibleInterface *chip = find(u"tenant "_s + chips[0].first);
        QVERIFY(chip);
        const QString handle = u"drain "_s + map.version()->stamps[map.slotsInSight()[0]]->id;
        QVERIFY(find(handle));
        QVERIFY(!find(u"spread"_s));
        auto *onHandle = static_cast<QAccessibleActionInterface *>(
            find(handle)->interface_cast(QAccessible::ActionInterface));
        QSignalSpy drain(&map, &MapWidget::drainRequested);
        onHandle->doAction(QAccessibleActionInterface::pressAction());
        QCOMPARE(drain.count(), 1);
        onHandle->doAction(u"cut"_s);
        QVERIFY(carry.isActive());
        QVERIFY(!carry.drained().isEmpty());
        QVERIFY(find(u"spread"_s));
        QVERIFY(!find(u"tenant "_s + chips[0].first));
        carry.putBack();

        map.setStop(Stop::S8);
        QAccessibleInterface *group = find(u"eu-west"_s);
        QVERIFY(group);
        const QString counts = group->text(QAccessible::Description);
        QVERIFY2(counts.contains(u"6 stamp"), qPrintable(counts));
        QVERIFY(!find(u"stamp demo/eu-west-02"_s));
    }

    void survivesOddFleets()
    {
        MapWidget map;
        map.setAnimated(false);
        map.resize(400, 300);
        QVERIFY(!map.grab().isNull());
        QTest::keyClick(&map, Qt::Key_Right);
        QTest::mouseClick(&map, Qt::LeftButton, {}, QPoint(50, 50));
        FleetFixture fleet(1, 1, 0);
        Stamp bare;
        bare.name = QString(40, u'x');
        fleet.stamps.push_back(bare);
        fleet.publish();
        map.setVersion(fleet.feed.version());
        for (const Stop stop : allStops) {
            map.setStop(stop);
            QVERIFY(!map.grab().isNull());
        }
        map.resize(60, 40);
        QVERIFY(!map.grab().isNull());
        connectFeed(fleet, map);
        fleet.stamps.clear();
        fleet.publish();
        QTRY_COMPARE(map.slotsInSight().size(), size_t(0));
        QVERIFY(!map.grab().isNull());
        QTest::keyClick(&map, Qt::Key_Right);
        map.fit();
    }

    void labelsGroup()
    {
        QCOMPARE(toString(MapGrouping::label(u"team"_s)), u"label:team"_s);
        QVERIFY(*mapGroupingFromString(u"label:team"_s) == MapGrouping::label(u"team"_s));
        QVERIFY(*mapGroupingFromString(u"ring"_s) == MapGrouping(MapGroupBy::Ring));
        QVERIFY(!mapGroupingFromString(u"label:"_s));
        QVERIFY(!mapGroupingFromString(u"label"_s));
        FleetFixture fleet(2, 4);
        fleet.stamp(u"eu-west-01"_s).labels = {{u"team"_s, u"core"_s}};
        fleet.stamp(u"eu-central-02"_s).labels = {{u"team"_s, u"core"_s}};
        fleet.stamp(u"eu-central-03"_s).labels = {{u"team"_s, u"apps"_s}};
        fleet.stamp(u"eu-west-02"_s).zone = u"a"_s;
        fleet.publish();
        MapWidget map;
        map.setAnimated(false);
        map.resize(1216, 900);
        map.setVersion(fleet.feed.version());
        map.setGrouping(MapGrouping::label(u"team"_s));
        const auto titles = [&] {
            QStringList all;
            for (const auto &group : map.groupsInSight())
                all << group.title;
            return all;
        };
        QCOMPARE(titles(), (QStringList{u"apps"_s, u"core"_s, u"no label team"_s}));
        QVERIFY(groupText(map, u"core"_s).startsWith(u"2 stamps"));
        // A stamp that gets the label goes there.
        connectFeed(fleet, map);
        fleet.stamp(u"eu-west-04"_s).labels = {{u"team"_s, u"apps"_s}};
        fleet.publish();
        QTRY_VERIFY(groupText(map, u"apps"_s).startsWith(u"2 stamps"));
        // What is told as a zone is one without a label of that name too.
        map.setGrouping(MapGrouping::label(u"zone"_s));
        QCOMPARE(titles(), (QStringList{u"a"_s, u"no label zone"_s}));
        map.setArrangement(MapArrangement::World);
        QVERIFY(map.shownGrouping() == MapGrouping(MapGroupBy::Region));
        QVERIFY(map.sheetGrouping() == MapGrouping::label(u"zone"_s));
    }

    void theLegendCounts_data()
    {
        QTest::addColumn<MapColourBy>("colour");
        for (const MapColourBy colour : allMapColours)
            QTest::addRow("%s", qPrintable(toString(colour))) << colour;
    }
    void theLegendCounts()
    {
        QFETCH(MapColourBy, colour);
        FleetFixture fleet(3, 12);
        fleet.stamp(u"eu-west-02"_s).components[0].ready = 0;
        fleet.stamp(u"eu-west-03"_s).resources = {};
        fleet.publish();
        MapWidget map;
        map.resize(1216, 900);
        map.setVersion(fleet.feed.version());
        map.setColour(colour);
        connectFeed(fleet, map);
        // Every entry finds by its query exactly those that it counts.
        const auto holds = [&] {
            const MapLegend legend = map.legend();
            int all = legend.untold;
            for (const MapLegend::Entry &entry : legend.entries) {
                all += entry.count;
                const auto query = Query::parse(entry.query);
                if (!query) {
                    qWarning("%s: %s", qPrintable(entry.query), qPrintable(query.error().message));
                    return false;
                }
                const auto found = filterStamps(*fleet.feed.version(), *query).size();
                if (int(found) != entry.count) {
                    qWarning("%s: %d, counted %d", qPrintable(entry.query), int(found), entry.count);
                    return false;
                }
            }
            return all == 36;
        };
        QVERIFY(holds());
        QSignalSpy told(&map, &MapWidget::legendChanged);
        QRandomGenerator random(5);
        for (int i = 0; i < 20; ++i) {
            Stamp &one = fleet.stamps[size_t(random.bounded(36))];
            one.components[0].ready = random.bounded(6);
            one.resources.cpu.used = random.bounded(64);
            one.resources.cpu.reserved = one.resources.cpu.used;
            one.resources.tenants.limit = 5 + random.bounded(20);
            one.ring = QString::number(random.bounded(3));
            one.version = random.bounded(2) ? u"1.42.2"_s : u"1.42.3"_s;
        }
        fleet.publish();
        if (colour != MapColourBy::Cost && colour != MapColourBy::Latency)
            QTRY_COMPARE_GT(told.count(), 0);
        QTRY_COMPARE(map.version()->serial, fleet.feed.version()->serial);
        QTRY_VERIFY(holds());
    }

    void aClickOnTheLegendAsksForIt()
    {
        FleetFixture fleet(2, 8);
        fleet.publish();
        MapWidget map;
        map.setVersion(fleet.feed.version());
        MapLegendView legend;
        QSignalSpy asked(&legend, &MapLegendView::queryRequested);
        for (const MapColourBy colour : {MapColourBy::Health, MapColourBy::Cpu, MapColourBy::Ring}) {
            map.setColour(colour);
            legend.show(map.legend());
            legend.resize(legend.sizeHint());
            QVERIFY(!legend.grab().isNull());
            const QList<QRectF> rects = legend.entryRects();
            QCOMPARE(rects.size(), map.legend().entries.size());
            QVERIFY(rects.constLast().right() <= legend.width());
            QTest::mouseClick(&legend, Qt::LeftButton, {}, rects[1].center().toPoint());
            QCOMPARE(asked.takeLast().first().toString(), map.legend().entries[1].query);
            // Its numbers are told to those who do not see the bars.
            const MapLegend shown = map.legend();
            for (const MapLegend::Entry &entry : shown.entries)
                QVERIFY(legend.accessibleDescription().contains(entry.text + u": "_s
                                                                + Format::count(entry.count)));
        }
        legend.show(map.legend());
        // With less room there are shapes and words, as in the pictures, and with least shapes and
        // numbers.
        using Detail = MapLegendView::Detail;
        QVERIFY(legend.wanted(Detail::Counts) < legend.wanted(Detail::Words));
        QVERIFY(legend.wanted(Detail::Words) < legend.wanted(Detail::All));
        for (const auto &[width, detail] :
             {std::pair(legend.wanted(Detail::All) - 1, Detail::Words),
              std::pair(legend.wanted(Detail::Words), Detail::Words),
              std::pair(legend.wanted(Detail::Words) - 1, Detail::Counts),
              std::pair(legend.wanted(Detail::All), Detail::All)}) {
            legend.fitInto(width);
            QCOMPARE(legend.detail(), detail);
            QVERIFY(legend.entryRects().constLast().right() <= legend.wanted());
            QCOMPARE(legend.wanted(), legend.wanted(detail));
            Lines lines;
            (void)legend.grab();
            const MapLegend::Entry one = map.legend().entries[0];
            QCOMPARE(lines.has(one.text), detail != Detail::Counts);
            QCOMPARE(lines.has(Format::count(one.count)), detail != Detail::Words);
        }
        legend.setFocus();
        QFocusEvent in(QEvent::FocusIn, Qt::TabFocusReason);
        QApplication::sendEvent(&legend, &in);
        QTest::keyClick(&legend, Qt::Key_Right);
        QTest::keyClick(&legend, Qt::Key_Return);
        QCOMPARE(asked.takeLast().first().toString(), map.legend().entries[1].query);
    }

    void oneGoesToWhatIsSelected()
    {
        FleetFixture fleet(8, 12, 0);
        fleet.publish();
        MapWidget map;
        map.setAnimated(false);
        map.resize(1216, 700);
        map.setVersion(fleet.feed.version());
        map.setStop(Stop::S11);
        const int one = fleet.slot(u"us-west-12"_s);
        map.setSelection({one});
        map.zoomToSelection();
        QCOMPARE(map.stop(), Stop::Near);
        QVERIFY(QRectF(map.rect()).contains(map.tileRect(one)));
        const QList<int> several{fleet.slot(u"us-west-01"_s), fleet.slot(u"us-west-12"_s)};
        map.zoomTo(several);
        for (const int slot : several)
            QVERIFY(QRectF(map.rect()).contains(map.tileRect(slot)));
        // The largest at which they are: the next one has no room for both.
        const Stop stop = map.stop();
        QVERIFY(stop < Stop::Near);
        map.setStop(Stop(int(stop) + 1));
        QVERIFY((map.tileRect(several[0]) | map.tileRect(several[1])).height() > 700 - 2 * 24);
        map.openGroup(u"eu-north"_s);
        for (int i = 1; i <= 12; ++i) {
            const int slot = fleet.slot(u"eu-north-%1"_s.arg(i, 2, 10, QChar(u'0')));
            QVERIFY(QRectF(map.rect()).contains(map.tileRect(slot)));
        }
        map.zoomTo({});
        map.zoomTo({-1, 9'999});
    }

    void oneGoesFromTroubleToTrouble()
    {
        FleetFixture fleet(4, 30, 0);
        fleet.stamp(u"us-east-07"_s).components[0].ready = 0;
        fleet.stamp(u"eu-west-03"_s).components[0].ready = 4;
        fleet.stamp(u"eu-central-20"_s).components[0].ready = 4;
        fleet.publish();
        MapWidget map;
        map.setAnimated(false);
        map.resize(1216, 700);
        map.setVersion(fleet.feed.version());
        map.setStop(Stop::S6);
        // The worst first, then in reading order, and round again.
        for (const QString &name : {u"us-east-07"_s, u"eu-central-20"_s, u"eu-west-03"_s,
                                    u"us-east-07"_s}) {
            QVERIFY(map.goToTrouble());
            QCOMPARE(map.currentSlot(), fleet.slot(name));
            QCOMPARE(map.selection(), QList<int>{fleet.slot(name)});
            QVERIFY(map.stop() >= Stop::Medium);
            QVERIFY(QRectF(map.rect()).contains(map.tileRect(fleet.slot(name)).center()));
        }
        QVERIFY(map.goToTrouble(false));
        QCOMPARE(map.currentSlot(), fleet.slot(u"eu-west-03"_s));
        FleetFixture well(1, 3);
        well.publish();
        map.setVersion(well.feed.version());
        QVERIFY(!map.goToTrouble());
    }

    void aThrownMapGoesOnAndIsCaught()
    {
        Motion::setChoice(Motion::Choice::Full);
        const auto asBefore = qScopeGuard([] { Motion::setChoice(Motion::Choice::System); });
        FleetFixture fleet(8, 20, 0);
        fleet.publish();
        MapWidget map;
        map.setClock(fleet.clock);
        map.resize(1000, 500);
        map.setVersion(fleet.feed.version());
        map.setStop(Stop::Near);
        map.setAnimated(true);
        map.show();
        QVERIFY(QTest::qWaitForWindowExposed(&map));
        const auto pull = [&](int by) {
            const QPoint from(4, 300); // between selvage and edge
            QTest::mousePress(&map, Qt::LeftButton, {}, from);
            for (int i = 1; i <= 6; ++i) {
                fleet.clock.advance(std::chrono::milliseconds(10));
                moveWith(&map, from + QPoint(0, by * i), {});
            }
            QTest::mouseRelease(&map, Qt::LeftButton, {}, from + QPoint(0, by * 6));
        };
        map.scrollTo(400);
        pull(-30);
        QVERIFY(map.isThrown());
        const double from = map.scrollPosition();
        fleet.clock.advance(std::chrono::milliseconds(50));
        QTRY_COMPARE_GT(map.scrollPosition(), from + 20);
        QTest::mousePress(&map, Qt::LeftButton, {}, {4, 300});
        QVERIFY(!map.isThrown());
        QTest::mouseRelease(&map, Qt::LeftButton, {}, {4, 300});
        // It comes to rest by itself.
        pull(-30);
        QVERIFY(map.isThrown());
        QTRY_VERIFY((fleet.clock.advance(std::chrono::milliseconds(100)), !map.isThrown()));
        // A hand that rests before it lets go puts the map down.
        QTest::mousePress(&map, Qt::LeftButton, {}, {4, 300});
        moveWith(&map, {4, 260}, {});
        fleet.clock.advance(std::chrono::milliseconds(500));
        QTest::mouseRelease(&map, Qt::LeftButton, {}, {4, 260});
        QVERIFY(!map.isThrown());
        // Not where motion is off.
        map.setAnimated(false);
        pull(30);
        QVERIFY(!map.isThrown());
    }

    void twoFingersZoomTheSheet()
    {
        FleetFixture fleet(4, 20, 0);
        fleet.publish();
        MapWidget map;
        map.setAnimated(false);
        map.resize(1000, 600);
        map.setVersion(fleet.feed.version());
        map.setStop(Stop::Compact);
        for (int i = 0; i < 4; ++i)
            map.pinch(1.08, {500, 300});
        QCOMPARE(map.stop(), Stop::Medium);
        for (int i = 0; i < 10; ++i)
            map.pinch(0.93, {500, 300});
        QVERIFY(map.stop() < Stop::Medium);
        const Stop stop = map.stop();
        map.pinch(0, {500, 300});
        map.pinch(qQNaN(), {500, 300});
        QCOMPARE(map.stop(), stop);
    }

    void theLensShowsWhatIsUnderIt()
    {
        FleetFixture fleet(4, 200, 0);
        fleet.publish();
        MapWidget map;
        map.setAnimated(false);
        map.resize(1000, 700);
        map.setVersion(fleet.feed.version());
        map.setStop(Stop::S6);
        map.show();
        QVERIFY(QTest::qWaitForWindowExposed(&map));
        map.setFocus();
        QVERIFY(map.lensRect().isEmpty());
        const QImage before = map.grab().toImage();
        const int slot = fleet.slot(u"eu-north-100"_s);
        QTest::mouseMove(&map, map.tileRect(slot).center().toPoint());
        QTest::keyPress(&map, Qt::Key_Alt);
        QCOMPARE(map.lensRect().size(), QSizeF(404, 290));
        QVERIFY(QRectF(map.rect()).contains(map.lensRect()));
        QVERIFY(!map.lensRect().contains(map.tileRect(slot).center()));
        const QRect inside = map.lensRect().toAlignedRect();
        QVERIFY(map.grab(inside).toImage() != before.copy(inside));
        QTest::keyRelease(&map, Qt::Key_Alt);
        QVERIFY(map.lensRect().isEmpty());
        // Space does it too, for the keyboard's cursor; and not where tiles say their names.
        map.setCurrent(fleet.slot(u"us-east-001"_s));
        QTest::keyClick(&map, Qt::Key_Right);
        QTest::keyPress(&map, Qt::Key_Space);
        QVERIFY(!map.lensRect().isEmpty());
        QTest::keyRelease(&map, Qt::Key_Space);
        map.setStop(Stop::Medium);
        QTest::keyPress(&map, Qt::Key_Alt);
        QVERIFY(map.lensRect().isEmpty());
        QTest::keyRelease(&map, Qt::Key_Alt);
    }

    /// For people, and a smoke test in both themes.
    void pictures()
    {
        FleetFixture fleet(8, 6, 5);
        fleet.stamp(u"eu-west-03"_s).components[0].ready = 0;
        fleet.stamp(u"eu-west-05"_s).components[0].ready = 4;
        fleet.stamp(u"eu-central-04"_s).lifecycle = Lifecycle::Cordoned;
        fleet.stamp(u"us-east-05"_s).lifecycle = Lifecycle::Drained;
        fleet.stamp(u"us-west-02"_s).resources = {};
        fleet.publish();
        MapWidget map;
        map.setAnimated(false);
        map.setClock(fleet.clock);
        QHash<QString, MapGroupNote> notes;
        MapGroupNote west;
        west.survives = false;
        west.survival = west.brief = u"short by 38 cores"_s;
        west.nextFull = u"cpu in 9 days"_s;
        west.createTakes = u"9 min (last 5)"_s;
        west.template_ = u"web-standard"_s;
        west.afterLoss = 1.04;
        west.gate = 0.85;
        MapGroupNote central;
        central.survives = true;
        central.brief = u"71 cores to spare"_s;
        central.afterLoss = 0.79;
        central.gate = 0.85;
        notes = {{u"eu-west"_s, west}, {u"eu-central"_s, central}};
        map.setVersion(fleet.feed.version());
        map.setGroupNotes(notes);
        for (const auto scheme : {Theme::Scheme::Dark, Theme::Scheme::Light}) {
            Themes::instance().setChoice(scheme);
            const QString theme = Theme::current().isDark() ? u"dark"_s : u"light"_s;
            map.resize(1536, 878);
            map.setSelection({fleet.slot(u"eu-west-03"_s)});
            for (const Stop stop :
                 {Stop::Near, Stop::Medium, Stop::Compact, Stop::S36, Stop::S16, Stop::S11}) {
                map.setStop(stop);
                map.ensureVisible(fleet.slot(u"eu-west-03"_s));
                const QImage image = map.grab().toImage();
                QVERIFY(!image.isNull());
                keep(image, u"map-%1-%2"_s.arg(theme).arg(stopWidth(stop)));
            }
            map.resize(712, 878);
            map.setStop(Stop::Medium);
            map.scrollTo(0);
            keep(map.grab().toImage(), u"map-narrow-"_s + theme);
        }
    }

private:
    static void connectFeed(FleetFixture &fleet, MapWidget &map)
    {
        connect(&fleet.feed, &FleetFeed::changed, &map,
                [&](const ChangeSet &changes) { map.applyChanges(fleet.feed.version(), changes); });
    }
    static QString groupText(const MapWidget &map, const QString &title)
    {
        for (const auto &group : map.groupsInSight()) {
            if (group.title == title)
                return group.description;
        }
        return {};
    }
    static void moveWith(QWidget *widget, QPoint to, Qt::KeyboardModifiers modifiers)
    {
        QMouseEvent move(QEvent::MouseMove, to, widget->mapToGlobal(to), Qt::NoButton,
                         Qt::LeftButton, modifiers);
        QApplication::sendEvent(widget, &move);
    }
};

STAMPDECK_TEST_MAIN(QApplication, MapTest)
#include "tst_map.moc"

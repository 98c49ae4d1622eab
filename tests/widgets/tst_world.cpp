// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testmain.h"
#include "tests/widgets/fleetfixture.h"
#include "tests/widgets/tilefixture.h"
#include "widgets/carrycontroller.h"
#include "widgets/mapwidget.h"
#include "widgets/themes.h"
#include "widgets/worldland.h"
#include "widgets/worldlayout.h"

#include <QtCore/QFile>
#include <QtCore/QMimeData>
#include <QtGui/QDragMoveEvent>
#include <QtGui/QPainter>
#include <QtGui/QWheelEvent>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QAccessibleWidget>
#include <QtWidgets/QApplication>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

namespace {

struct Spot
{
    const char *name;
    double lat, lon;
    int count;
};

/// The fleet of the pictures.
constexpr Spot spots[] = {{"eu-west", 53.3, -6.3, 6},       {"eu-central", 50.1, 8.7, 6},
                          {"eu-north", 59.3, 18.1, 4},      {"us-east", 39.0, -77.5, 6},
                          {"us-west", 45.6, -121.2, 5},     {"ap-south", 19.1, 72.9, 4},
                          {"ap-southeast", 1.35, 103.8, 4}, {"ap-northeast", 35.7, 139.7, 4},
                          {"sa-east", -23.5, -46.6, 3},     {"af-south", -33.9, 18.4, 2},
                          {"me-central", 24.5, 54.4, 2},    {"au-east", -33.9, 151.2, 2}};

Arrangement::Request requestOf(QSizeF viewport, int times = 1)
{
    Arrangement::Request request;
    request.viewport = viewport;
    int first = 0;
    for (const Spot &spot : spots) {
        MapGroupSize group{first, spot.count * times, 0, QString::fromLatin1(spot.name)};
        group.place = Miller::toPlane(spot.lat, spot.lon);
        request.groups.push_back(group);
        first += group.count;
    }
    return request;
}

void lookAtAll(const Arrangement &world, Arrangement::Request &request)
{
    const Arrangement::View view = world.overview(request);
    request.scale = view.scale;
    request.sight = QRectF(view.corner, request.viewport);
}

void renumber(Arrangement::Request &request)
{
    int first = 0;
    for (MapGroupSize &group : request.groups) {
        group.first = first;
        first += group.count;
    }
}

const MapBlock &blockOf(const MapLayout &layout, const Arrangement::Request &request,
                        const QString &key)
{
    for (size_t i = 0; i < request.groups.size(); ++i) {
        if (request.groups[i].key == key)
            return layout.blocks[i];
    }
    qFatal("no such group");
}

} // namespace

class WorldTest : public QObject
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

    void theProjectionGoesThereAndBack()
    {
        QCOMPARE(Miller::toPlane(0, -180), QPointF(0, Miller::northern));
        QCOMPARE(Miller::toPlane(0, 180).x(), Miller::width);
        for (double lat = -85; lat <= 85; lat += 7.5) {
            for (double lon = -179; lon <= 179; lon += 16) {
                const QPointF at = Miller::toPlane(lat, lon);
                QVERIFY(std::abs(Miller::latitude(at.y()) - lat) < 1e-9);
                QVERIFY(std::abs(Miller::longitude(at.x()) - lon) < 1e-9);
            }
        }
        // The known height of its pole, in radians.
        QVERIFY(std::abs((Miller::northern - Miller::toPlane(90, 0).y()) * M_PI / 180 - 2.303412543)
                < 1e-6);
        // It goes round.
        QVERIFY(std::abs(Miller::longitude(370) + 170) < 1e-9);
        QVERIFY(std::abs(Miller::longitude(-10) - 170) < 1e-9);
    }

    void theCoastsAreThose()
    {
        const Land &land = Land::builtIn();
        QCOMPARE(land.rings(Land::Detail::Coarse).size(), size_t(118));
        QCOMPARE(land.rings(Land::Detail::Fine).size(), size_t(1227));
        for (const auto detail : {Land::Detail::Coarse, Land::Detail::Fine}) {
            QRectF bounds;
            size_t points = 0;
            for (const LandRing &ring : land.rings(detail)) {
                bounds |= ring.bounds;
                points += ring.points.size();
            }
            QVERIFY(points > 4'000);
            // From the west of Alaska's islands to Chukotka, which is beyond 180° east; from
            // Greenland's north to Cape Horn, without Antarctica.
            QVERIFY(bounds.left() > -10 && bounds.left() < 30);
            QVERIFY(bounds.right() > 365 && bounds.right() < 375);
            QVERIFY(Miller::latitude(bounds.top()) > 83 && Miller::latitude(bounds.top()) < 84);
            QVERIFY(Miller::latitude(bounds.bottom()) < -54);
            QVERIFY(Miller::latitude(bounds.bottom()) > -60);
        }
    }

    void landAndSea_data()
    {
        QTest::addColumn<double>("lat");
        QTest::addColumn<double>("lon");
        QTest::addColumn<bool>("land");
        QTest::newRow("Frankfurt") << 50.1 << 8.7 << true;
        QTest::newRow("Kansas") << 38.5 << -98.0 << true;
        QTest::newRow("São Paulo") << -23.0 << -47.5 << true;
        QTest::newRow("Alice Springs") << -23.7 << 133.9 << true;
        QTest::newRow("Chukotka, beyond 180°") << 66.5 << -175.0 << true;
        QTest::newRow("Greenland") << 72.0 << -40.0 << true;
        QTest::newRow("the Atlantic") << 30.0 << -45.0 << false;
        QTest::newRow("the Pacific") << 0.0 << -150.0 << false;
        QTest::newRow("the Caspian Sea") << 42.0 << 50.5 << false;
        QTest::newRow("the Mediterranean") << 34.5 << 18.0 << false;
        QTest::newRow("off the Cape") << -38.0 << 18.4 << false;
        QTest::newRow("Antarctica is left out") << -80.0 << 0.0 << false;
    }
    void landAndSea()
    {
        QFETCH(double, lat);
        QFETCH(double, lon);
        QFETCH(bool, land);
        for (const auto detail : {Land::Detail::Coarse, Land::Detail::Fine})
            QCOMPARE(Land::builtIn().isLand(lat, lon, detail), land);
    }

    void brokenLandIsNamed_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        QFile file(u":/stampdeck/world/land.bin"_s);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray good = file.readAll();
        QVERIFY(good.size() < 200'000);
        QVERIFY(Land::parse(good));
        QTest::newRow("nothing") << QByteArray() << u"no land"_s;
        QTest::newRow("something else") << QByteArray(good).replace(0, 6, "FOREST") << u"no land"_s;
        QTest::newRow("one level") << QByteArray(good).replace(8, 1, "\1") << u"2 levels"_s;
        QTest::newRow("cut off") << good.chopped(5) << u"ends in the middle"_s;
        QTest::newRow("too long") << QByteArray(good + '\1') << u"behind its end"_s;
        QTest::newRow("no units") << QByteArray(good).replace(9, 2, QByteArray(2, '\0'))
                                  << u"units"_s;
        QTest::newRow("a huge ring")
            << QByteArray(good).replace(15, 4, QByteArray("\xff\xff\xff\x7f")) << u"points"_s;
    }
    void brokenLandIsNamed()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        const Result<Land> read = Land::parse(bytes);
        QVERIFY(!read);
        QVERIFY2(read.error().message.contains(says), qPrintable(read.error().message));
    }

    // Geometry --------------------------------------------------------------------------------

    void theMeasuresAreThoseOfTheLook()
    {
        Arrangement::Request request = requestOf({1216, 842});
        const WorldArrangement world;
        lookAtAll(world, request);
        const MapLayout layout = world.layout(request);
        QCOMPARE(layout.stop, Stop::Compact);
        QCOMPARE(blockOf(layout, request, u"eu-west"_s).frame.size(), QSizeF(240, 138));
        QCOMPARE(blockOf(layout, request, u"af-south"_s).frame.size(), QSizeF(164, 86));
        for (const MapBlock &block : layout.blocks) {
            QVERIFY(!block.folded);
            QCOMPARE(block.origin - block.frame.topLeft(), QPointF(8, 30));
            QCOMPARE(block.head.height(), 30);
        }
        QCOMPARE(WorldArrangement::columnsOf(1, Stop::Compact), 1);
        QCOMPARE(WorldArrangement::columnsOf(2, Stop::Compact), 2);
        QCOMPARE(WorldArrangement::columnsOf(5, Stop::Compact), 3);
        QCOMPARE(WorldArrangement::columnsOf(6, Stop::Compact), 3);
        QCOMPARE(WorldArrangement::columnsOf(40, Stop::Compact), 8);
        QCOMPARE(WorldArrangement::columnsOf(400, Stop::Medium), 8);
        // Two rows of two, and not one of three with one below.
        QCOMPARE(WorldArrangement::columnsOf(4, Stop::Compact), 2);
    }

    void boxesStandFreeNearTheirPlaces_data()
    {
        QTest::addColumn<QSizeF>("viewport");
        QTest::addColumn<int>("times");
        QTest::newRow("as drawn") << QSizeF(1216, 842) << 1;
        QTest::newRow("the smallest window") << QSizeF(960, 542) << 1;
        QTest::newRow("wide") << QSizeF(2176, 1282) << 1;
        QTest::newRow("tall") << QSizeF(700, 1000) << 1;
        QTest::newRow("ten times as many") << QSizeF(1216, 842) << 10;
        QTest::newRow("a hundred times as many") << QSizeF(1216, 842) << 100;
    }
    void boxesStandFreeNearTheirPlaces()
    {
        QFETCH(QSizeF, viewport);
        QFETCH(int, times);
        Arrangement::Request request = requestOf(viewport, times);
        const WorldArrangement world;
        lookAtAll(world, request);
        const MapLayout layout = world.layout(request);
        const double turn = Miller::width * layout.scale;
        QCOMPARE(layout.count(), 48 * times);
        for (size_t i = 0; i < layout.blocks.size(); ++i) {
            const MapBlock &block = layout.blocks[i];
            QVERIFY(!block.folded);
            QVERIFY(request.sight.contains(block.frame));
            QVERIFY(request.sight.contains(*block.anchor));
            const QPointF there = *request.groups[i].place * layout.scale;
            QVERIFY(std::abs(std::remainder(block.anchor->x() - there.x(), turn)) < 1e-6);
            QCOMPARE(block.anchor->y(), there.y());
            // As far from its place as the look says.
            const double dx = std::max({block.frame.left() - block.anchor->x(),
                                        block.anchor->x() - block.frame.right(), 0.0});
            const double dy = std::max({block.frame.top() - block.anchor->y(),
                                        block.anchor->y() - block.frame.bottom(), 0.0});
            const double off = std::hypot(dx, dy);
            QVERIFY2(std::abs(off - 12) < 1.5 || std::abs(off - 48) < 1.5
                         || std::abs(off - 96) < 1.5 || std::abs(off - 160) < 1.5,
                     qPrintable(QString::number(off)));
            for (size_t k = 0; k < layout.blocks.size(); ++k) {
                if (k == i)
                    continue;
                QVERIFY(!block.frame.intersects(layout.blocks[k].frame));
                QVERIFY(!block.frame.contains(*layout.blocks[k].anchor));
            }
        }
        for (int position = 0; position < layout.count(); ++position) {
            const QRectF tile = layout.tileRect(position);
            QCOMPARE(layout.tileAt(tile.center()), position);
            QVERIFY(layout.blocks[size_t(layout.blockOf(position))].frame.contains(tile));
        }
    }

    void placesAreKeptWhenDataComes()
    {
        Arrangement::Request request = requestOf({1216, 842});
        const WorldArrangement world;
        lookAtAll(world, request);
        const MapLayout before = world.layout(request);
        request.stop = before.stop;
        request.keepsStop = true;
        // Another is the worst now: by itself it would be placed first.
        request.groups[2].trouble = 3;
        request.groups[11].trouble = 2;
        const MapLayout worse = world.layout(request);
        for (size_t i = 0; i < before.blocks.size(); ++i)
            QCOMPARE(worse.blocks[i].frame, before.blocks[i].frame);
        // One more in a row that was not full, and one that needs another row.
        ++request.groups[4].count; // us-west, 5
        ++request.groups[9].count; // af-south, 2
        renumber(request);
        const MapLayout more = world.layout(request);
        QCOMPARE(more.stop, before.stop);
        QCOMPARE(more.blocks[4].frame, before.blocks[4].frame);
        for (const size_t i : {0, 1, 2, 3, 5, 6, 7, 8, 10, 11})
            QCOMPARE(more.blocks[i].frame, before.blocks[i].frame);
        // Panned, and told something new: nothing moves on the map.
        request.sight.translate(150, 0);
        const MapLayout panned = world.layout(request);
        for (size_t i = 0; i < before.blocks.size(); ++i)
            QCOMPARE(panned.blocks[i].frame, more.blocks[i].frame);
    }

    void whatFitsNowhereFolds()
    {
        Arrangement::Request request;
        request.viewport = {700, 400};
        for (int i = 0; i < 40; ++i) {
            MapGroupSize group{0, 30, 0, QString::number(i)};
            group.place = Miller::toPlane(45 + (i % 5), 5 + i / 5.0);
            group.trouble = i == 33 ? 3 : 0;
            request.groups.push_back(group);
        }
        renumber(request);
        const WorldArrangement world;
        lookAtAll(world, request);
        const MapLayout layout = world.layout(request);
        QCOMPARE(layout.blocks.size(), size_t(40));
        int folded = 0;
        for (const MapBlock &block : layout.blocks) {
            if (!block.folded)
                continue;
            ++folded;
            QCOMPARE(block.frame.size(), QSizeF(120, 30));
            QCOMPARE(block.head, block.frame);
            QVERIFY(layout.isFolded(block.first));
            QCOMPARE(layout.tileRect(block.first + 3), block.frame);
            QCOMPARE(layout.tileAt(block.frame.center()), -1);
        }
        QVERIFY(folded > 0 && folded < 40);
        QVERIFY(!layout.blocks[33].folded); // the worst is placed first
        std::vector<int> seen;
        layout.eachTileIn(request.sight, [&](int position) { seen.push_back(position); });
        QCOMPARE(seen.size(), size_t((40 - folded) * 30));
        // Walking visits what is in sight alone.
        int at = seen.front();
        size_t visited = 1;
        for (int next = layout.next(at, MapLayout::Step::Right); next != at;
             next = layout.next(at, MapLayout::Step::Right)) {
            at = next;
            QVERIFY(!layout.isFolded(at));
            ++visited;
        }
        QCOMPARE(visited, seen.size());
        for (int i = 0; i < 500; ++i)
            at = layout.next(at, i % 3 == 0 ? MapLayout::Step::Up : MapLayout::Step::Left);
        QVERIFY(!layout.isFolded(at));
    }

    void withoutAPlaceTheyStandOnAShelf()
    {
        Arrangement::Request request = requestOf({1216, 842});
        request.groups.push_back({48, 3, 0, u"attic"_s});
        request.groups.push_back({51, 5, 0, u"cellar"_s});
        const WorldArrangement world;
        lookAtAll(world, request);
        MapLayout layout = world.layout(request);
        QVERIFY(!layout.shelf.isEmpty());
        QCOMPARE(layout.shelf.bottom(), request.sight.bottom());
        for (size_t i = 0; i < 14; ++i) {
            const MapBlock &block = layout.blocks[i];
            QCOMPARE(block.pinned, i >= 12);
            QCOMPARE(layout.shelf.contains(block.frame), i >= 12);
            QCOMPARE(layout.shelf.intersects(block.frame), i >= 12);
            QVERIFY(!block.folded);
        }
        // It stays where it is in the window; the rest stays where it is on the map.
        const MapLayout before = layout;
        world.follow(layout, request.sight.translated(100, -30));
        QCOMPARE(layout.shelf, before.shelf.translated(100, -30));
        QCOMPARE(layout.blocks[13].frame, before.blocks[13].frame.translated(100, -30));
        QCOMPARE(layout.tileAt(layout.tileRect(52).center()), 52);
        QCOMPARE(layout.blocks[0].frame, before.blocks[0].frame);
        // Of what lies below it nothing can be hit.
        const QRectF below = layout.tileRect(layout.blocks[9].first);
        world.follow(layout, layout.sight.translated(0, below.bottom() - layout.shelf.bottom()));
        QCOMPARE(layout.tileAt(below.center()) >= 48 || layout.tileAt(below.center()) == -1, true);
        // All of them: then there is nothing but the shelf.
        for (MapGroupSize &group : request.groups)
            group.place.reset();
        lookAtAll(world, request);
        const MapLayout shelved = world.layout(request);
        for (const MapBlock &block : shelved.blocks) {
            QVERIFY(!block.folded);
            QVERIFY(request.sight.contains(block.frame));
        }
    }

    void itGoesRound()
    {
        Arrangement::Request request = requestOf({1216, 842});
        const WorldArrangement world;
        lookAtAll(world, request);
        MapLayout layout = world.layout(request);
        const MapLayout before = layout;
        const double turn = Miller::width * layout.scale;
        QCOMPARE(turn, std::round(turn)); // so that what went round is as sharp as before
        world.follow(layout, request.sight.translated(turn, 0));
        for (size_t i = 0; i < layout.blocks.size(); ++i) {
            QCOMPARE(layout.blocks[i].frame, before.blocks[i].frame.translated(turn, 0));
            QCOMPARE(layout.tileAt(layout.tileRect(before.blocks[i].first).center()),
                     before.blocks[i].first);
        }
        // Half round, Japan is in the west of Ireland.
        world.follow(layout, request.sight.translated(turn / 2, 0));
        QVERIFY(layout.blocks[7].anchor->x() < layout.blocks[4].anchor->x());
        QVERIFY(std::abs(layout.blocks[4].anchor->x() - before.blocks[4].anchor->x() - turn)
                < 1e-6);
        // A fleet on both sides of 180° is looked at from there, not from around the other way.
        Arrangement::Request pacific;
        pacific.viewport = {1216, 842};
        pacific.groups = {{0, 2, 0, u"nz"_s}, {2, 2, 0, u"us"_s}};
        pacific.groups[0].place = Miller::toPlane(-36.8, 174.8);
        pacific.groups[1].place = Miller::toPlane(37.8, -122.4);
        lookAtAll(world, pacific);
        QVERIFY(pacific.scale > 6);
        for (const MapBlock &block : world.layout(pacific).blocks)
            QVERIFY(pacific.sight.contains(*block.anchor) && pacific.sight.contains(block.frame));
    }

    // The widget ------------------------------------------------------------------------------

    void changesBetweenWorldAndSheet()
    {
        FleetFixture fleet(10, 4);
        fleet.publish();
        MapWidget map;
        map.setAnimated(false);
        map.setClock(fleet.clock);
        map.resize(1216, 842);
        map.setVersion(fleet.feed.version());
        map.setGrouping(MapGroupBy::Ring);
        map.setStop(Stop::Medium);
        map.scrollTo(40);
        const QRectF onSheet = map.tileRect(fleet.slot(u"eu-west-01"_s));
        const double scroll = map.scrollPosition();
        QSignalSpy changed(&map, &MapWidget::arrangementChanged);
        map.setArrangement(MapArrangement::World);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(map.grouping(), MapGroupBy::Region);
        QCOMPARE(map.groupsInSight().size(), size_t(10));
        QCOMPARE(map.slotsInSight().size(), size_t(40));
        QCOMPARE(map.zoomPercent(), 100);
        QVERIFY(map.scale() > 3);
        QCOMPARE(map.stop(), Stop::Compact);
        for (const int slot : map.slotsInSight()) {
            QVERIFY(QRectF(map.rect()).contains(map.tileRect(slot)));
            QCOMPARE(map.slotAt(map.tileRect(slot).center()), slot);
        }
        map.zoomIn();
        const double scale = map.scale();
        const QPointF corner = map.corner();
        // Each is as it was left.
        map.setArrangement(MapArrangement::Sheet);
        QCOMPARE(map.grouping(), MapGroupBy::Ring);
        QCOMPARE(map.stop(), Stop::Medium);
        QCOMPARE(map.scrollPosition(), scroll);
        QCOMPARE(map.tileRect(fleet.slot(u"eu-west-01"_s)), onSheet);
        QCOMPARE(map.scale(), 0.0);
        map.setArrangement(MapArrangement::World);
        QCOMPARE(map.scale(), scale);
        QCOMPARE(map.corner(), corner);
    }

    void zoomsFreelyAroundThePointer()
    {
        FleetFixture fleet(10, 4);
        fleet.publish();
        MapWidget map;
        worldOf(map, fleet);
        const QPointF pointer(500, 300);
        const auto under = [&] { return (map.corner() + pointer) / map.scale(); };
        const auto wheel = [&](int delta) {
            QWheelEvent event(pointer, map.mapToGlobal(pointer), {}, {0, delta}, {}, {},
                              Qt::NoScrollPhase, false);
            QApplication::sendEvent(&map, &event);
        };
        const double whole = map.scale();
        wheel(120);
        wheel(120); // now there is more of the plane than fits, to all sides
        const QPointF before = under();
        for (int i = 0; i < 4; ++i)
            wheel(120);
        QVERIFY(map.scale() > whole * 2);
        QVERIFY(map.zoomPercent() > 200);
        // To a pixel: the map stands on whole ones.
        QVERIFY((under() - before).manhattanLength() * map.scale() < 2);
        Stop largest = map.stop();
        for (int i = 0; i < 20; ++i) {
            wheel(120);
            largest = std::max(largest, map.stop());
        }
        QCOMPARE(map.scale(), WorldArrangement::mostScale);
        QVERIFY(largest > Stop::Compact);
        for (int i = 0; i < 60; ++i)
            wheel(-120);
        QVERIFY(std::abs(map.scale() - 1216 / 360.0) < 0.01);
        map.fit();
        QCOMPARE(map.scale(), whole);
        // As far as a stop needs.
        map.setStop(Stop::Medium, map.tileRect(fleet.slot(u"eu-north-01"_s)).center());
        QVERIFY(map.stop() >= Stop::Medium);
        QVERIFY(map.scale() > whole);
    }

    void goesOverThePlane()
    {
        FleetFixture fleet(10, 4);
        fleet.publish();
        MapWidget map;
        worldOf(map, fleet);
        map.setStop(Stop::Medium);
        const int slot = map.slotsInSight().front();
        const QRectF before = map.tileRect(slot);
        // Between the boxes, and beside the overview.
        QPoint sea(220, map.height() - 20);
        const auto isBox = [&] {
            const auto groups = map.groupsInSight();
            return std::any_of(groups.begin(), groups.end(), [&](const auto &group) {
                return group.rect.adjusted(-4, -4, 4, 4).contains(sea);
            });
        };
        while (isBox() && sea.x() < map.width() - 100)
            sea.rx() += 10;
        QVERIFY(map.slotAt(sea) < 0);
        QTest::mousePress(&map, Qt::LeftButton, {}, sea);
        QTest::mouseMove(&map, sea + QPoint(30, -20));
        QTest::mouseMove(&map, sea + QPoint(70, -50));
        QTest::mouseRelease(&map, Qt::LeftButton, {}, sea + QPoint(70, -50));
        QCOMPARE(map.tileRect(slot), before.translated(70, -50));
        QCOMPARE(map.slotAt(map.tileRect(slot).center()), slot);
        QTest::keyClick(&map, Qt::Key_Right, Qt::AltModifier);
        QCOMPARE(map.tileRect(slot), before.translated(-10, -50));
        QTest::keyClick(&map, Qt::Key_Up, Qt::AltModifier);
        QCOMPARE(map.tileRect(slot), before.translated(-10, 30));
        // Two fingers.
        QWheelEvent fingers({300, 300}, map.mapToGlobal(QPointF(300, 300)), {-25, 10}, {-50, 20},
                            {}, {}, Qt::NoScrollPhase, false);
        QApplication::sendEvent(&map, &fingers);
        QCOMPARE(map.tileRect(slot), before.translated(-35, 40));
        // The place under the hand comes back after a turn.
        const double turn = 360 * map.scale();
        for (double gone = 0; gone < turn; gone += 100) {
            QWheelEvent more({300, 300}, map.mapToGlobal(QPointF(300, 300)), {-100, 0}, {-200, 0},
                             {}, {}, Qt::NoScrollPhase, false);
            QApplication::sendEvent(&map, &more);
        }
        QVERIFY(std::abs(map.tileRect(slot).left() - before.left() + 35) <= 100);
        QVERIFY(!map.grab().isNull());
    }

    void selectsWalksAndBands()
    {
        FleetFixture fleet(10, 4);
        fleet.publish();
        MapWidget map;
        worldOf(map, fleet);
        const int first = fleet.slot(u"eu-west-01"_s);
        QTest::mouseClick(&map, Qt::LeftButton, {}, map.tileRect(first).center().toPoint());
        QCOMPARE(map.selection(), QList<int>{first});
        QTest::keyClick(&map, Qt::Key_Right);
        QCOMPARE(map.currentSlot(), fleet.slot(u"eu-west-02"_s));
        QTest::keyClick(&map, Qt::Key_Down);
        QCOMPARE(map.currentSlot(), fleet.slot(u"eu-west-04"_s));
        QTest::keyClick(&map, Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(map.currentSlot(), fleet.slot(u"sa-east-01"_s));
        const QRectF box = map.tileRect(first) | map.tileRect(fleet.slot(u"eu-west-04"_s));
        const QPoint from = box.topLeft().toPoint() - QPoint(3, 3);
        QTest::mousePress(&map, Qt::LeftButton, Qt::ShiftModifier, from);
        for (const QPoint &to : {from + QPoint(30, 30), box.bottomRight().toPoint()}) {
            QMouseEvent move(QEvent::MouseMove, to, map.mapToGlobal(to), Qt::NoButton,
                             Qt::LeftButton, Qt::ShiftModifier);
            QApplication::sendEvent(&map, &move);
        }
        QTest::mouseRelease(&map, Qt::LeftButton, Qt::ShiftModifier, box.bottomRight().toPoint());
        QCOMPARE(map.selection().size(), 4);
        // What is out of sight is brought there.
        map.setStop(Stop::Medium, map.tileRect(first).center());
        const int far = fleet.slot(u"af-south-02"_s);
        map.setCurrent(far);
        QVERIFY(QRectF(map.rect()).contains(map.tileRect(far)));
    }

    void aFoldedHeadOpens()
    {
        FleetFixture fleet(10, 300, 0);
        fleet.publish();
        MapWidget map;
        worldOf(map, fleet);
        map.resize(320, 240);
        QVERIFY(!map.grab().isNull()); // a hidden window hears of its size when it is painted
        QString key;
        QRectF head;
        for (const auto &group : map.groupsInSight()) {
            if (group.folded) {
                key = group.key;
                head = group.rect;
            }
        }
        QVERIFY(!key.isEmpty());
        QCOMPARE(head.size(), QSizeF(120, 30));
        const int slot = fleet.slot(key + u"-01");
        QVERIFY(map.tileRect(slot).isEmpty());
        QVERIFY(!map.grab().isNull());
        QAccessibleInterface *face = QAccessible::queryAccessibleInterface(&map);
        const auto find = [&](const QString &name) -> QAccessibleInterface * {
            for (int i = 0; i < face->childCount(); ++i) {
                if (face->child(i)->text(QAccessible::Name) == name)
                    return face->child(i);
            }
            return nullptr;
        };
        QAccessibleInterface *group = find(key);
        QVERIFY(group);
        auto *actions = static_cast<QAccessibleActionInterface *>(
            group->interface_cast(QAccessible::ActionInterface));
        QCOMPARE(actions->actionNames(), QStringList{QAccessibleActionInterface::pressAction()});
        const double whole = map.scale();
        QTest::mouseClick(&map, Qt::LeftButton, {}, head.center().toPoint());
        QVERIFY(map.scale() > whole);
        QVERIFY(!map.tileRect(slot).isEmpty());
        QVERIFY(QRectF(map.rect()).intersects(map.tileRect(slot)));
        // So does whoever is sent to a stamp in it.
        map.fit();
        QVERIFY(map.tileRect(slot).isEmpty());
        map.setCurrent(slot);
        QVERIFY(!map.tileRect(slot).isEmpty());
        map.fit();
        actions = static_cast<QAccessibleActionInterface *>(
            find(key)->interface_cast(QAccessible::ActionInterface));
        actions->doAction(QAccessibleActionInterface::pressAction());
        QVERIFY(!map.tileRect(slot).isEmpty());
    }

    void assistiveTechnologySeesTheTiles()
    {
        FleetFixture fleet(10, 4);
        fleet.publish();
        MapWidget map;
        worldOf(map, fleet);
        map.show();
        QVERIFY(QTest::qWaitForWindowExposed(&map));
        QAccessibleInterface *face = QAccessible::queryAccessibleInterface(&map);
        QCOMPARE(face->childCount(), 40);
        const int slot = fleet.slot(u"ap-south-03"_s);
        const auto find = [&](const QString &name) -> QAccessibleInterface * {
            for (int i = 0; i < face->childCount(); ++i) {
                if (face->child(i)->text(QAccessible::Name) == name)
                    return face->child(i);
            }
            return nullptr;
        };
        const auto isThere = [&] {
            QAccessibleInterface *tile = find(u"stamp demo/ap-south-03"_s);
            return tile
                && tile->rect()
                == QRect(map.mapToGlobal(map.tileRect(slot).toAlignedRect().topLeft()),
                         map.tileRect(slot).toAlignedRect().size());
        };
        QVERIFY(isThere());
        QTest::keyClick(&map, Qt::Key_Left, Qt::AltModifier);
        QVERIFY(isThere());
    }

    void tilesAnswerWhatIsCarried()
    {
        FleetFixture fleet(10, 4);
        fleet.publish();
        CarryController carry(fleet.feed);
        MapWidget map;
        worldOf(map, fleet);
        map.setCarry(&carry);
        const int from = fleet.slot(u"eu-west-01"_s);
        map.setSelection({from});
        const QRectF before = map.tileRect(from);
        QTest::keyClick(&map, Qt::Key_X, Qt::ControlModifier);
        QVERIFY(carry.isActive());
        QCOMPARE(map.tileRect(from), before); // nothing jumps under the hand
        QVERIFY(!map.spreadRect().isEmpty());
        keep(map.grab().toImage(), u"world-carry"_s);
        int lit = -1;
        for (const int slot : map.slotsInSight()) {
            if (carry.isLit(slot) && !map.spreadRect().intersects(map.tileRect(slot)))
                lit = slot;
        }
        QVERIFY(lit >= 0);
        QVERIFY(map.slotDescription(lit).contains(u"can take"));
        QSignalSpy dropped(&carry, &CarryController::dropped);
        QTest::mouseClick(&map, Qt::LeftButton, {}, map.tileRect(lit).center().toPoint());
        QCOMPARE(dropped.count(), 1);
        map.setCarry(nullptr);
    }

    void whatIsDraggedToAnEdgePansTheMap()
    {
        FleetFixture fleet(10, 4);
        fleet.publish();
        CarryController carry(fleet.feed);
        MapWidget map;
        worldOf(map, fleet);
        map.setCarry(&carry);
        map.setStop(Stop::Medium);
        const auto mime = tenantsToMime(*fleet.feed.version(), {u"demo/"_s + fleet.tenants[0].id});
        QDragEnterEvent enter({300, 300}, Qt::MoveAction, mime.get(), Qt::LeftButton, {});
        QApplication::sendEvent(&map, &enter);
        QVERIFY(carry.isActive());
        const auto over = [&](QPoint at) {
            QDragMoveEvent move(at, Qt::MoveAction, mime.get(), Qt::LeftButton, {});
            QApplication::sendEvent(&map, &move);
        };
        // The stamp to the west and that to the north come towards the hand.
        const QPointF start = map.corner();
        over({8, 300});
        QTRY_VERIFY(map.corner().x() < start.x() - 20);
        QCOMPARE(map.corner().y(), start.y());
        over({300, 300});
        const QPointF rests = map.corner();
        over({300, 8});
        QTRY_VERIFY(map.corner().y() < rests.y() - 20);
        QCOMPARE(map.corner().x(), rests.x());
        over({map.width() - 8, 300});
        QTRY_VERIFY(map.corner().x() > rests.x() + 20);
        over({300, 300});
        QDragLeaveEvent leave;
        QApplication::sendEvent(&map, &leave);
        carry.putBack();
        map.setCarry(nullptr);
    }

    /// While everything that had room has it still, and for what had none already.
    void nothingJumpsWhereSomeAreFolded()
    {
        Arrangement::Request request;
        request.viewport = {700, 400};
        for (int i = 0; i < 40; ++i) {
            MapGroupSize group{0, 30, 0, QString::number(i)};
            group.place = Miller::toPlane(45 + (i % 5), 5 + i / 5.0);
            request.groups.push_back(group);
        }
        renumber(request);
        const WorldArrangement world;
        lookAtAll(world, request);
        const MapLayout before = world.layout(request);
        request.stop = before.stop;
        request.keepsStop = true;
        // One goes, and the rows stay as they are.
        --request.groups[7].count;
        renumber(request);
        const MapLayout after = world.layout(request);
        QCOMPARE(after.stop, before.stop);
        for (size_t i = 0; i < before.blocks.size(); ++i) {
            if (!before.blocks[i].folded)
                QCOMPARE(after.blocks[i].frame, before.blocks[i].frame);
        }
    }

    void aTileIsDrainedByItsHandle()
    {
        FleetFixture fleet(10, 4);
        fleet.publish();
        MapWidget map;
        worldOf(map, fleet);
        const int slot = fleet.slot(u"sa-east-01"_s);
        map.setStop(Stop::Near, map.tileRect(slot).center());
        map.ensureVisible(slot);
        QCOMPARE(map.stop(), Stop::Near);
        const QRectF handle = map.drainHandleRect(slot);
        QVERIFY(map.tileRect(slot).contains(handle));
        QSignalSpy drain(&map, &MapWidget::drainRequested);
        QTest::mouseClick(&map, Qt::LeftButton, {}, handle.center().toPoint());
        QCOMPARE(drain.count(), 1);
        QCOMPARE(drain.first().first().toInt(), slot);
        for (const auto &[id, rect] : map.chipsInSight()) {
            if (QRectF(map.rect()).contains(rect))
                QCOMPARE(map.tenantAt(rect.center()), id);
        }
    }

    void movesAreArcs()
    {
        FleetFixture fleet(10, 4);
        fleet.publish();
        MapWidget map;
        worldOf(map, fleet);
        QObject::connect(&fleet.feed, &FleetFeed::changed, &map, [&](const ChangeSet &changes) {
            map.applyChanges(fleet.feed.version(), changes);
        });
        QVERIFY(map.moves().empty());
        const QImage still = map.grab().toImage();
        for (int i = 0; i < 2; ++i) {
            Tenant &tenant = fleet.tenants[size_t(4 * 3 * 4 + i)]; // of us-west-01
            QCOMPARE(tenant.stamp, u"us-west-01"_s);
            tenant.placements = {{u"us-west-01"_s, PlacementState::Serving, {}},
                                 {u"us-east-02"_s, PlacementState::Starting, {}}};
        }
        fleet.publish();
        QTRY_COMPARE(map.moves().size(), size_t(1));
        QCOMPARE(map.moves()[0].count, 2);
        QVERIFY(map.grab().toImage() != still);
        keep(map.grab().toImage(), u"world-move"_s);
        // The owner has changed, what it leaves drains: the way is the same.
        for (int i = 0; i < 2; ++i) {
            Tenant &tenant = fleet.tenants[size_t(4 * 3 * 4 + i)];
            tenant.stamp = u"us-east-02"_s;
            tenant.placements = {{u"us-west-01"_s, PlacementState::Draining, {}},
                                 {u"us-east-02"_s, PlacementState::Serving, {}}};
        }
        const ClusterMove before = map.moves()[0];
        fleet.publish();
        QTRY_COMPARE(map.version()->serial, fleet.feed.version()->serial);
        QCOMPARE(map.moves().size(), size_t(1));
        QCOMPARE(map.moves()[0], before);
        for (int i = 0; i < 2; ++i)
            fleet.tenants[size_t(4 * 3 * 4 + i)].placements.erase(
                fleet.tenants[size_t(4 * 3 * 4 + i)].placements.begin());
        fleet.publish();
        QTRY_VERIFY(map.moves().empty());
        // A dot for each, an equal way apart, and none where nothing is to move.
        QPainterPath arc({0, 0});
        arc.cubicTo(30, -40, 70, -40, 100, 0);
        QVERIFY(WorldPainter::dots(arc, {0, 1, 4}, -1).empty());
        QCOMPARE(WorldPainter::dots(arc, {0, 1, 4}, 0.1).size(), size_t(4));
    }

    void theConfigurationTellsPlaces()
    {
        FleetFixture fleet(12, 2, 0); // two have names that no cloud has
        fleet.publish();
        MapWidget map;
        worldOf(map, fleet);
        QCOMPARE(map.layoutOfTiles().shelf.isEmpty(), false);
        keep(map.grab().toImage(), u"world-shelf"_s);
        map.setRegionPlaces({{u"eu-west10"_s, {64.1, -21.9}}, {u"eu-central11"_s, {38.7, -9.1}}});
        QVERIFY(map.layoutOfTiles().shelf.isEmpty());
        QCOMPARE(map.groupsInSight().size(), size_t(12));
    }

    void theGroundIsPaintedOnceAZoom()
    {
        FleetFixture fleet(10, 4);
        fleet.publish();
        const Theme &theme = Theme::current();
        MapLayout layout;
        WorldPainter painter;
        layout.scale = 8;
        const QSize window(800, 500);
        QImage image(window, QImage::Format_RGB32);
        const auto paint = [&](QPointF corner) {
            QPainter on(&image);
            painter.paintGround(on, QRegion(QRect(QPoint(), window)), layout, corner, window);
        };
        const QPointF corner = Miller::toPlane(60, 5) * 8;
        paint(corner);
        QCOMPARE(painter.layersMade(), 1);
        // Land is land, and the sea is the canvas.
        const auto colorAt = [&](double lat, double lon, QPointF at) {
            return QColor(image.pixel((Miller::toPlane(lat, lon) * 8 - at).toPoint()));
        };
        QCOMPARE(colorAt(50.1, 8.7, corner), theme[Token::LandFill]);
        QCOMPARE(colorAt(34.5, 18, corner), theme[Token::BgCanvas]);
        paint(corner + QPointF(120, -90));
        QCOMPARE(painter.layersMade(), 1);
        QCOMPARE(colorAt(50.1, 30, corner + QPointF(120, -90)), theme[Token::LandFill]);
        paint(corner + QPointF(400, 0));
        QCOMPARE(painter.layersMade(), 2);
        // The same one turn on, and in finer lines.
        paint(corner + QPointF(400 + 8 * 360, 0));
        const QImage round = image;
        paint(corner + QPointF(400, 0));
        QCOMPARE(image, round);
        layout.scale = 20;
        paint(Miller::toPlane(60, 5) * 20);
        QCOMPARE(painter.layersMade(), 5);
    }

    void theOverviewShowsWhatIsInSight()
    {
        FleetFixture fleet(10, 4);
        fleet.publish();
        MapWidget map;
        worldOf(map, fleet);
        map.fit();
        QVERIFY(map.overviewRect().isEmpty()); // all is in sight
        map.openGroup(u"eu-west"_s);
        map.setStop(Stop::Near);
        const QRectF there = map.overviewRect();
        QVERIFY(!there.isEmpty());
        QVERIFY(QRectF(map.rect()).contains(there));
        // It hides what is below it from the hand.
        QCOMPARE(map.slotAt(there.center()), -1);
        // A press goes there: to Sydney, and a pull on from there.
        const auto on = [&](double latitude, double longitude) {
            return (there.topLeft()
                    + Miller::toPlane(latitude, longitude) * (there.width() / Miller::width))
                .toPoint();
        };
        const auto middle = [&] {
            QPointF place = (map.corner() + QPointF(map.width(), map.height()) / 2) / map.scale();
            return QPointF(Miller::longitude(place.x()), Miller::latitude(place.y()));
        };
        QTest::mousePress(&map, Qt::LeftButton, {}, on(-30, 140));
        QVERIFY(std::abs(middle().x() - 140) < 3);
        QVERIFY(std::abs(middle().y() + 30) < 5);
        QVERIFY(map.selection().isEmpty());
        QMouseEvent move(QEvent::MouseMove, on(40, -100), map.mapToGlobal(on(40, -100)),
                         Qt::NoButton, Qt::LeftButton, {});
        QApplication::sendEvent(&map, &move);
        QVERIFY(std::abs(middle().x() + 100) < 3);
        QTest::mouseRelease(&map, Qt::LeftButton, {}, on(40, -100));
        const QRectF frame = map.overviewRect();
        const QImage here = map.grab(frame.toAlignedRect()).toImage();
        QTest::mouseClick(&map, Qt::LeftButton, {}, on(0, 20));
        QVERIFY(map.grab(frame.toAlignedRect()).toImage() != here);
    }

    void aDoubleClickOpensARegion()
    {
        FleetFixture fleet(10, 6);
        fleet.publish();
        MapWidget map;
        worldOf(map, fleet);
        map.fit();
        const double before = map.scale();
        const auto groups = map.groupsInSight();
        const auto eu = std::find_if(groups.begin(), groups.end(),
                                     [](const auto &group) { return group.key == u"us-east"; });
        QVERIFY(eu != groups.end());
        QTest::mouseDClick(&map, Qt::LeftButton, {}, (eu->rect.topLeft() + QPointF(60, 14)).toPoint());
        QVERIFY(map.scale() >= before);
        const int slot = fleet.slot(u"us-east-01"_s);
        QVERIFY(QRectF(map.rect()).contains(map.tileRect(slot).center()));
        // Fingers zoom at what is between them.
        const QPointF at(400, 300);
        const QPointF place = (map.corner() + at) / map.scale();
        map.pinch(1.5, at);
        const QPointF now = (map.corner() + at) / map.scale();
        QVERIFY(std::abs(now.x() - place.x()) < 0.2);
        QVERIFY(map.scale() > before);
        map.zoomTo({fleet.slot(u"us-east-01"_s), fleet.slot(u"eu-west-01"_s)});
        int inSight = 0;
        for (const auto &group : map.groupsInSight())
            inSight += group.key == u"us-east" || group.key == u"eu-west";
        QCOMPARE(inSight, 2);
    }

    void whereAStampIsMissingItsGhostStands()
    {
        FleetFixture fleet(4, 3);
        fleet.publish();
        MapWidget map;
        worldOf(map, fleet);
        map.show();
        QVERIFY(QTest::qWaitForWindowExposed(&map));
        QVERIFY(map.ghostsInSight().empty());
        MapGroupNote lacks;
        lacks.survives = false;
        lacks.survival = u"short of 12 cores"_s;
        lacks.losses = {u"Without eu-west-01: short of 12 cores"_s};
        map.setGroupNotes({{u"eu-west"_s, lacks}});
        QVERIFY(map.ghostsInSight().empty()); // nothing to make it from
        lacks.template_ = u"web-standard"_s;
        lacks.createTakes = u"9 min (last 5)"_s;
        MapGroupNote has;
        has.survives = true;
        has.template_ = u"web-standard"_s;
        map.setGroupNotes({{u"eu-west"_s, lacks}, {u"us-east"_s, has}});
        const auto ghosts = map.ghostsInSight();
        QCOMPARE(ghosts.size(), size_t(1));
        const auto &[key, there] = ghosts.front();
        QCOMPARE(key, u"eu-west"_s);
        // In the region's box, on none of its stamps.
        for (const auto &group : map.groupsInSight())
            QCOMPARE(group.rect.contains(there), group.key == key);
        for (const int slot : map.slotsInSight())
            QVERIFY(!map.tileRect(slot).intersects(there));
        const QString tip = map.tipAt(there.center());
        QVERIFY2(tip.contains(u"short of 12 cores") && tip.contains(u"9 min (last 5)"),
                 qPrintable(tip));
        QSignalSpy asked(&map, &MapWidget::createRequested);
        QTest::mouseClick(&map, Qt::LeftButton, {}, there.center().toPoint());
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked.first().first().toString(), key);
        QAccessibleInterface *face = QAccessible::queryAccessibleInterface(&map);
        QAccessibleInterface *ghost = nullptr;
        for (int i = 0; i < face->childCount(); ++i) {
            if (face->child(i)->text(QAccessible::Name) == u"create a stamp in eu-west")
                ghost = face->child(i);
        }
        QVERIFY(ghost);
        QVERIFY(ghost->text(QAccessible::Description).contains(u"short of 12 cores"));
        ghost->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
        QCOMPARE(asked.count(), 2);
        // Farther out tiles are too small to tell them apart from a place that is kept free.
        FleetFixture many(4, 200, 0);
        many.publish();
        map.setVersion(many.feed.version());
        QVERIFY(!hasPaper(map.stop()));
        QVERIFY(map.ghostsInSight().empty());
    }

    void aHeadTellsOfALossAndOffersToEvacuate()
    {
        FleetFixture fleet(4, 6);
        fleet.publish();
        MapWidget map;
        worldOf(map, fleet);
        MapGroupNote note;
        note.survives = true;
        note.losses = {u"Without eu-west-01: everybody finds a place here"_s};
        map.setGroupNotes({{u"eu-west"_s, note}});
        QVERIFY(map.evacuationsInSight().empty());
        const QImage plain = map.grab().toImage();
        map.setEvacuates(true);
        const auto links = map.evacuationsInSight();
        QCOMPARE(links.size(), size_t(4));
        QVERIFY(map.grab().toImage() != plain);
        QSignalSpy asked(&map, &MapWidget::evacuateRequested);
        for (const auto &[region, there] : links) {
            QCOMPARE(there.height(), 24.0);
            QTest::mouseClick(&map, Qt::LeftButton, {}, there.center().toPoint());
            QCOMPARE(asked.last().first().toString(), region);
        }
        // The gauge: what it would come to is to be seen in the head, and said in words.
        const QImage before = map.grab().toImage();
        note.afterLoss = 0.8;
        note.gate = 0.85;
        map.setGroupNotes({{u"eu-west"_s, note}});
        QVERIFY(map.grab().toImage() != before);
        for (const auto &group : map.groupsInSight()) {
            const QString tip = map.tipAt(group.rect.topLeft() + QPointF(15, 15));
            QCOMPARE(tip.contains(note.losses.front()), group.key == u"eu-west");
            QCOMPARE(group.description.contains(note.losses.front()), group.key == u"eu-west");
        }
    }

    /// For people, in every theme and at every size; and nothing may warn.
    void pictures()
    {
        for (const auto scheme : {Theme::Scheme::Dark, Theme::Scheme::Light}) {
            Themes::instance().setChoice(scheme);
            const QString name = scheme == Theme::Scheme::Dark ? u"dark"_s : u"light"_s;
            FleetFixture fleet(10, 6);
            fleet.stamp(u"eu-west-03"_s).components[0].ready = 1;
            fleet.publish();
            MapWidget map;
            worldOf(map, fleet);
            MapGroupNote lacks;
            lacks.survives = false;
            lacks.survival = u"short of 12 cores"_s;
            lacks.template_ = u"web-standard"_s;
            lacks.afterLoss = 1.1;
            lacks.gate = 0.85;
            MapGroupNote has;
            has.survives = true;
            has.afterLoss = 0.78;
            has.gate = 0.85;
            map.setEvacuates(true);
            map.setGroupNotes({{u"eu-west"_s, lacks}, {u"us-east"_s, has}});
            keep(map.grab().toImage(), u"world-"_s + name);
            map.setStop(Stop::Near, map.tileRect(fleet.slot(u"eu-west-03"_s)).center());
            keep(map.grab().toImage(), u"world-near-"_s + name);
            map.fit();
            map.setColour(MapColourBy::Load);
            keep(map.grab().toImage(), u"world-load-"_s + name);
            FleetFixture many(10, 300, 0);
            many.stamp(u"us-east-03"_s).components[0].ready = 0;
            many.publish();
            MapWidget far;
            worldOf(far, many);
            QVERIFY(isFar(far.stop()));
            keep(far.grab().toImage(), u"world-far-"_s + name);
            far.setColour(MapColourBy::Load);
            QVERIFY(!far.grab().isNull());
            far.resize(520, 340);
            keep(far.grab().toImage(), u"world-folded-"_s + name);
        }
    }

private:
    static void worldOf(MapWidget &map, FleetFixture &fleet)
    {
        map.setAnimated(false);
        map.setClock(fleet.clock);
        map.resize(1216, 842);
        map.setArrangement(MapArrangement::World);
        map.setVersion(fleet.feed.version());
    }
};

STAMPDECK_TEST_MAIN(QApplication, WorldTest)
#include "tst_world.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testmain.h"
#include "widgets/worldland.h"

#include <QtCore/QFile>
#include <QtWidgets/QApplication>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

class WorldTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Testing::strict(); }

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
        QTest::newRow("no units") << QByteArray(good).replace(9, 2, QByteArray(2, '\0')) << u"units"_s;
        QTest::newRow("a huge ring") << QByteArray(good).replace(15, 4, QByteArray("\xff\xff\xff\x7f"))
                                     << u"points"_s;
    }
    void brokenLandIsNamed()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        const Result<Land> read = Land::parse(bytes);
        QVERIFY(!read);
        QVERIFY2(read.error().message.contains(says), qPrintable(read.error().message));
    }
};

STAMPDECK_TEST_MAIN(QApplication, WorldTest)
#include "tst_world.moc"

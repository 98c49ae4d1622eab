// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stampdeck/wallwindow.h"

#include "widgets/mapwidget.h"
#include "widgets/themes.h"

#include "tests/support/testmain.h"
#include "tests/widgets/deckfixture.h"
#include "tests/widgets/lookfixture.h"

#include <QtTest/QSignalSpy>
#include <QtWidgets/QApplication>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// What hangs on the wall turns by itself, and not away from trouble.
class TestWall : public QObject
{
    Q_OBJECT
private:
    void tell(int index, Health health)
    {
        FleetUpdate delta = SampleFleet::delta();
        Stamp stamp = SampleFleet().stamp(index);
        stamp.health = health;
        stamp.revision = QString::number(++m_revision);
        if (health != Health::Healthy)
            stamp.healthReasons = {{u"replicas"_s, u"api 1 of 3 ready"_s, {}, u"api"_s, 1, 3, {}}};
        delta.stamps.push_back(std::make_shared<const Stamp>(stamp));
        m_fixture->apply(delta);
    }
    void turn()
    {
        // The source goes on answering meanwhile, or all would be stale.
        for (auto left = WallWindow::pageTime; left > 0s; left -= 5s) {
            m_fixture->clock.advance(5s);
            m_fixture->apply(SampleFleet::delta());
        }
    }

    std::unique_ptr<DeckFixture> m_fixture;
    int m_revision = 1;

private Q_SLOTS:
    void initTestCase() { Themes::instance().install(); }
    void init()
    {
        strict();
        m_fixture = std::make_unique<DeckFixture>();
    }
    void cleanup() { m_fixture.reset(); }

    void turnsToEachRegionWithTrouble()
    {
        WallWindow wall(*m_fixture->deck, {});
        wall.resize(1280, 720);
        wall.show();
        QCOMPARE(wall.page(), u"All stamps"_s);
        turn();
        QCOMPARE(wall.page(), u"All stamps"_s); // there is nowhere to turn to
        tell(2, Health::Degraded);
        QTRY_VERIFY((turn(), wall.page() == u"r2"));
        QTRY_VERIFY((turn(), wall.page() == u"All stamps"));
    }

    void standsStillWhileSomethingIsUnhealthy()
    {
        WallWindow wall(*m_fixture->deck, {});
        wall.resize(1280, 720);
        wall.show();
        tell(1, Health::Degraded);
        QTRY_COMPARE(m_fixture->deck->fleet().counts.degraded, 1);
        QTRY_VERIFY((turn(), wall.page() == u"r1"));
        tell(3, Health::Unhealthy);
        QTRY_COMPARE(m_fixture->deck->fleet().counts.unhealthy, 1);
        for (int i = 0; i < 4; ++i) {
            turn();
            QCOMPARE(wall.page(), u"All stamps"_s);
        }
        tell(3, Health::Healthy);
        QTRY_COMPARE(m_fixture->deck->fleet().counts.unhealthy, 0);
        QTRY_VERIFY((turn(), wall.page() == u"r1"));
    }

    void savedViewsOfTheMapAreThePages()
    {
        ViewLink ring{u"map"_s, u"ring:0"_s, u"ring"_s, u"load"_s, {}};
        ViewLink whole{u"map"_s, {}, u"region"_s, u"health"_s, {}};
        const ViewLink table{u"tenants"_s, {}, {}, {}, {}};
        WallWindow wall(*m_fixture->deck,
                        {{u"a ring"_s, ring}, {u"b table"_s, table}, {u"c whole"_s, whole}});
        wall.resize(1280, 720);
        wall.show();
        QCOMPARE(wall.page(), u"a ring"_s);
        QCOMPARE(int(wall.map()->grouping()), int(MapGroupBy::Ring));
        QCOMPARE(int(wall.map()->colour()), int(MapColourBy::Load));
        turn();
        QCOMPARE(wall.page(), u"c whole"_s);
        QCOMPARE(int(wall.map()->grouping()), int(MapGroupBy::Region));
        turn();
        QCOMPARE(wall.page(), u"a ring"_s);
    }

    void itHasTheMeasuresOfTheLook()
    {
        QCOMPARE(WallWindow::pageTime, 20s);
        QCOMPARE(WallWindow::magnification, 1.5);
        WallWindow wall(*m_fixture->deck, {});
        wall.resize(1280, 720);
        wall.show();
        for (int bad = 0; bad < 4; ++bad)
            tell(bad, bad == 2 ? Health::Unhealthy : Health::Degraded);
        QTRY_COMPARE(m_fixture->deck->fleet().counts.degraded, 3);
        QTRY_VERIFY((m_fixture->clock.advance(100ms), wall.summary().troubleCount == 4));
        // No rail, tool bar or drawer: top 72, the map, foot 56.
        QCOMPARE(wall.map()->geometry(), QRect(0, 72, 1280, 720 - 72 - 56));
        for (const QObject *child : wall.children())
            QVERIFY(!child->isWidgetType() || child == wall.map());
        wall.map()->hide(); // its words are not those of the wall
        Lines lines;
        const QImage image = wall.grab().toImage();
        QCOMPARE(QColor(image.pixel(640, 71)), Theme::current()[Token::LineSubtle]);
        QCOMPARE(QColor(image.pixel(640, 720 - 56)), Theme::current()[Token::LineSubtle]);
        // Counts 34/700, clock 34.
        QVERIFY((lines.line(u"3"_s).style == Text::Style{Text::Face::Display, 34, 700}));
        QVERIFY(lines.has(u"unhealthy"_s) && lines.has(u"degraded"_s));
        bool hasClock = false;
        for (const Lines::Line &line : lines.all)
            hasClock = hasClock || (line.style == Text::Style{Text::Face::Mono, 34, 400});
        QVERIFY(hasClock);
        // The worst three, with their reason, 20 px; the worst first.
        QStringList names;
        for (const Lines::Line &line : lines.all) {
            if (line.left.y() < 720 - 56)
                continue;
            QCOMPARE(line.style.px, 20);
            if (line.style.weight == 700)
                names.append(line.text);
        }
        QCOMPARE(names.size(), 3);
        QCOMPARE(names.first(), u"s-002"_s);
        QVERIFY(lines.has(u"api 1 of 3 ready"_s));
    }

    void nothingCanBeDoneThere()
    {
        WallWindow wall(*m_fixture->deck, {});
        wall.resize(1280, 720);
        wall.show();
        QTest::mouseClick(&wall, Qt::LeftButton, {}, QPoint(300, 200));
        QTest::mouseDClick(&wall, Qt::LeftButton, {}, QPoint(300, 200));
        QVERIFY(wall.map()->selection().isEmpty());
        QCOMPARE(wall.cursor().shape(), Qt::BlankCursor);
        QTest::keyClick(&wall, Qt::Key_Escape);
        QVERIFY(!wall.isVisible());
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestWall)
#include "tst_wall.moc"

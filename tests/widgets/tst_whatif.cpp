// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleetfixture.h"
#include "tilefixture.h"

#include "widgets/mapwidget.h"
#include "widgets/themes.h"
#include "widgets/whatif.h"
#include "widgets/whatifpanel.h"

#include "tests/support/testmain.h"

#include <QtGui/QAccessible>
#include <QtTest/QSignalSpy>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

/// Stamps that are switched off to see what that would do: on the map, in banner and panel.
class WhatIfTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        strict();
        Themes::instance().setChoice(Theme::Scheme::Dark);
    }

    void whatWouldBeIsWorkedOutAndKeptUpToDate()
    {
        FleetFixture fleet(2, 4);
        fleet.publish();
        WhatIf whatIf(fleet.feed);
        QSignalSpy answered(&whatIf, &WhatIf::answered);
        QVERIFY(!whatIf.isActive());
        whatIf.start({u"demo/eu-west-01"_s, u"demo/nowhere"_s});
        QCOMPARE(whatIf.stamps(), QStringList(u"demo/eu-west-01"_s));
        QCOMPARE(whatIf.title(), u"eu-west-01"_s);
        QVERIFY(whatIf.region().isEmpty());
        QTRY_COMPARE(answered.count(), 1);
        const int lost = fleet.slot(u"eu-west-01"_s);
        QVERIFY(whatIf.isOff(lost));
        QCOMPARE(whatIf.loss()->tenants, 3);
        QCOMPARE(whatIf.loss()->moves.size(), size_t(3));
        QVERIFY2(whatIf.spoken(lost).contains(u"switched off"), qPrintable(whatIf.spoken(lost)));
        int taken = 0;
        for (const LoadChange &load : whatIf.loss()->loads) {
            QVERIFY(!whatIf.isOff(load.slot));
            QCOMPARE(whatIf.changeOf(load.slot), &load);
            QVERIFY(whatIf.spoken(load.slot).contains(u"percent"));
            taken += whatIf.takenBy(load.slot);
        }
        QCOMPARE(taken, 3);

        // One of its tenants is pinned now: it has no place any more.
        fleet.tenants[0].constraints.pinned = true;
        fleet.publish();
        QTRY_COMPARE(whatIf.strandedOf(lost), 1);
        QCOMPARE(whatIf.loss()->rules().first().first, u"pinned"_s);
        QVERIFY2(whatIf.spoken(lost).contains(u"1 of 3"), qPrintable(whatIf.spoken(lost)));

        // The whole region is one.
        for (int i = 2; i <= 4; ++i)
            whatIf.toggle(u"demo/eu-west-0%1"_s.arg(i));
        QCOMPARE(whatIf.region(), u"eu-west"_s);
        QCOMPARE(whatIf.title(), u"eu-west"_s);
        QTRY_COMPARE(whatIf.loss()->tenants, 12);
        // A stamp that goes is not asked about any more.
        std::erase_if(fleet.stamps, [](const Stamp &one) { return one.name == u"eu-west-04"; });
        std::erase_if(fleet.tenants, [](const Tenant &one) { return one.stamp == u"eu-west-04"; });
        fleet.publish();
        QTRY_COMPARE(whatIf.stamps().size(), 3);
        // The last that is switched on again ends it.
        QSignalSpy changed(&whatIf, &WhatIf::changed);
        for (int i = 1; i <= 3; ++i)
            whatIf.toggle(u"demo/eu-west-0%1"_s.arg(i));
        QVERIFY(!whatIf.isActive());
        QCOMPARE(changed.count(), 3);
        QVERIFY(!whatIf.loss());
    }

    void theMapSwitchesByClickAndKey()
    {
        FleetFixture fleet(2, 4);
        fleet.publish();
        WhatIf whatIf(fleet.feed);
        MapWidget map;
        map.setAnimated(false);
        map.setClock(fleet.clock);
        map.resize(1216, 700);
        map.setVersion(fleet.feed.version());
        map.setWhatIf(&whatIf);
        map.setStop(Stop::Medium);
        map.show();
        QVERIFY(QTest::qWaitForWindowExposed(&map));
        const int one = fleet.slot(u"eu-west-01"_s);
        const int other = fleet.slot(u"eu-west-02"_s);
        const QImage before = map.grab(map.tileRect(one).toAlignedRect()).toImage();
        whatIf.start({u"demo/eu-west-01"_s});
        QTRY_VERIFY(whatIf.loss());
        // Hollow: what was its print is canvas now.
        const QImage off = map.grab(map.tileRect(one).toAlignedRect()).toImage();
        QVERIFY(off != before);
        QCOMPARE(QColor(off.pixel(150, 48)), Theme::current()[Token::BgCanvas]);
        // A click switches, and selects nothing.
        const QPoint there = map.tileRect(other).center().toPoint();
        QTest::mouseClick(&map, Qt::LeftButton, {}, there);
        QVERIFY(whatIf.isOff(other));
        QVERIFY(map.selection().isEmpty());
        // Nor does a key that goes far, nor the right button.
        for (const auto &[key, modifiers] :
             {std::pair(Qt::Key_Home, Qt::KeyboardModifiers()),
              std::pair(Qt::Key_End, Qt::KeyboardModifiers(Qt::ShiftModifier)),
              std::pair(Qt::Key_Left, Qt::KeyboardModifiers(Qt::ControlModifier)),
              std::pair(Qt::Key_Right, Qt::KeyboardModifiers(Qt::ControlModifier)),
              std::pair(Qt::Key_A, Qt::KeyboardModifiers(Qt::ControlModifier))}) {
            QTest::keyClick(&map, key, modifiers);
            QVERIFY(map.selection().isEmpty());
        }
        QSignalSpy menu(&map, &MapWidget::menuRequested);
        QTest::mouseClick(&map, Qt::RightButton, {}, there);
        QContextMenuEvent context(QContextMenuEvent::Mouse, there, map.mapToGlobal(there), {});
        QApplication::sendEvent(&map, &context);
        QVERIFY(map.selection().isEmpty());
        QCOMPARE(menu.count(), 0);
        QTest::mouseClick(&map, Qt::LeftButton, {}, there);
        QVERIFY(!whatIf.isOff(other));
        // By keyboard the same.
        map.setFocus();
        map.setCurrent(other);
        QTest::keyClick(&map, Qt::Key_Space);
        QVERIFY(whatIf.isOff(other));
        QTest::keyClick(&map, Qt::Key_Right);
        QCOMPARE(map.currentSlot(), fleet.slot(u"eu-west-03"_s));
        QVERIFY(map.selection().isEmpty());
        QVERIFY(map.slotDescription(other).startsWith(u"switched off"));
        // And by assistive technology.
        map.press(other);
        QVERIFY(!whatIf.isOff(other));
        QTest::keyClick(&map, Qt::Key_Escape);
        QVERIFY(!whatIf.isActive());
        QCOMPARE(map.grab(map.tileRect(one).toAlignedRect()).toImage(), before);
    }

    void everyStopShowsWhatIsOff_data()
    {
        QTest::addColumn<Stop>("stop");
        for (const Stop stop : allStops)
            QTest::addRow("%d", stopWidth(stop)) << stop;
    }
    void everyStopShowsWhatIsOff()
    {
        QFETCH(Stop, stop);
        FleetFixture fleet(2, 8);
        fleet.publish();
        WhatIf whatIf(fleet.feed);
        MapWidget map;
        map.setAnimated(false);
        map.setClock(fleet.clock);
        map.resize(1400, 900);
        map.setVersion(fleet.feed.version());
        map.setWhatIf(&whatIf);
        map.setStop(stop);
        const QRect tile = map.tileRect(fleet.slot(u"eu-west-01"_s)).toAlignedRect();
        const QImage before = map.grab(tile).toImage();
        whatIf.start({u"demo/eu-west-01"_s});
        QTRY_VERIFY(whatIf.loss());
        const QImage off = map.grab(tile).toImage();
        QVERIFY(off != before);
        const LoadChange &taker = whatIf.loss()->loads.first();
        const QRect its = map.tileRect(taker.slot).toAlignedRect();
        if (map.rect().contains(its)) {
            const QImage takes = map.grab(its).toImage();
            whatIf.end();
            QVERIFY(map.grab(its).toImage() != takes);
        }
    }

    void bannerAndPanelSayIt()
    {
        FleetFixture fleet(2, 3);
        fleet.tenants[0].constraints.pinned = true;
        fleet.publish();
        WhatIf whatIf(fleet.feed);
        WhatIfBanner banner(whatIf);
        WhatIfPanel panel(whatIf);
        banner.resize(1200, 44);
        panel.resize(320, 800);
        whatIf.start({u"demo/eu-west-01"_s});
        QTRY_VERIFY(whatIf.loss());
        QVERIFY2(banner.accessibleDescription().contains(u"What if eu-west-01 were lost?"),
                 qPrintable(banner.accessibleDescription()));
        QVERIFY(banner.accessibleDescription().contains(u"Nothing is touched"));
        QVERIFY2(panel.accessibleDescription().contains(u"pinned 1"),
                 qPrintable(panel.accessibleDescription()));
        auto *act = banner.findChild<Button *>(u"whatIfAct"_s);
        QVERIFY(!act->isHidden());
        QSignalSpy drains(&banner, &WhatIfBanner::drainRequested);
        act->click();
        QCOMPARE(drains.first().first().toString(), u"demo/eu-west-01"_s);
        whatIf.toggle(u"demo/eu-west-02"_s);
        whatIf.toggle(u"demo/eu-west-03"_s);
        QSignalSpy evacuates(&banner, &WhatIfBanner::evacuateRequested);
        act->click();
        QCOMPARE(evacuates.first().first().toString(), u"eu-west"_s);
        banner.setActs(false); // read only
        QVERIFY(act->isHidden());
        // A click on whom the panel names goes there.
        QTRY_COMPARE(whatIf.loss()->stamps.size(), size_t(3));
        panel.grab();
        QSignalSpy gone(&panel, &WhatIfPanel::stampActivated);
        QTest::mouseClick(&panel, Qt::LeftButton, {}, {40, 54});
        QCOMPARE(gone.first().first().toString(), u"demo/eu-west-01"_s);
        banner.findChild<Button *>(u"whatIfEnd"_s)->click();
        QVERIFY(!whatIf.isActive());
    }

    /// For people, and a smoke test in both themes.
    void pictures()
    {
        FleetFixture fleet(8, 6, 5);
        fleet.tenants[2].constraints.pinned = true;
        fleet.publish();
        WhatIf whatIf(fleet.feed);
        whatIf.start({u"demo/eu-west-01"_s, u"demo/eu-west-02"_s, u"demo/us-east-03"_s});
        QTRY_VERIFY(whatIf.loss());
        MapWidget map;
        map.setAnimated(false);
        map.setClock(fleet.clock);
        map.setVersion(fleet.feed.version());
        map.setWhatIf(&whatIf);
        map.resize(1216, 818);
        WhatIfPanel panel(whatIf);
        panel.resize(320, 818);
        for (const auto scheme : {Theme::Scheme::Dark, Theme::Scheme::Light}) {
            Themes::instance().setChoice(scheme);
            const QString theme = Theme::current().isDark() ? u"dark"_s : u"light"_s;
            for (const Stop stop : {Stop::Near, Stop::Medium, Stop::S36, Stop::S11}) {
                map.setStop(stop);
                keep(map.grab().toImage(), u"whatif-%1-%2"_s.arg(theme).arg(stopWidth(stop)));
            }
            keep(panel.grab().toImage(), u"whatif-panel-"_s + theme);
        }
    }
};

STAMPDECK_TEST_MAIN(QApplication, WhatIfTest)
#include "tst_whatif.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stampdeck/linkserver.h"
#include "app/stampdeck/mainwindow.h"
#include "app/stampdeck/operationdesk.h"
#include "app/stampdeck/program.h"

#include "widgets/actionregistry.h"
#include "widgets/handoverdialog.h"
#include "widgets/maplegend.h"
#include "widgets/mapwidget.h"
#include "widgets/motion.h"
#include "widgets/operationsdrawer.h"
#include "widgets/plandialog.h"
#include "widgets/rehearsedialog.h"
#include "widgets/segmentedcontrol.h"
#include "widgets/stamppanel.h"
#include "widgets/tablesview.h"
#include "widgets/themes.h"
#include "widgets/topbar.h"

#include "models/rehearsal.h"

#include "tests/support/sounddevice.h"
#include "tests/support/testmain.h"
#include "tests/support/wait.h"
#include "tests/widgets/lookfixture.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QMimeData>
#include <QtCore/QRegularExpression>
#include <QtCore/QSaveFile>
#include <QtCore/QTemporaryDir>
#include <QtGui/QAccessible>
#include <QtGui/QClipboard>
#include <QtGui/QDrag>
#include <QtGui/QDragEnterEvent>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QApplication>
#include <QtWidgets/QListView>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QTabBar>

using namespace Stampdeck;
using Testing::inkOf;
using Testing::isNear;
using Testing::Lines;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// A window on a fleet of eight quiet stamps.
struct Fixture
{
    Fixture()
        : program(catalog, options())
    {
        open();
        window->resize(1600, 1000);
        window->show();
    }
    /// Opens the fleet, once more too.
    void open()
    {
        const Result<FleetConfig> config = readSourceOptions(
                {u"demo:simulator=8,tenantsPerStamp=4,calm=true,failureRate=0,startSeconds=1,"
                 "timeScale=10"_s},
                catalog.adapters());
        if (!config)
            qFatal("%s", qPrintable(config.error().message));
        if (const Result<void> opened = program.open(*config); !opened)
            qFatal("%s", qPrintable(opened.error().message));
        window = program.window();
    }
    [[nodiscard]] WindowOptions options() const
    {
        WindowOptions options;
        options.stateDir = dir.path();
        options.actor = u"ada"_s;
        return options;
    }
    [[nodiscard]] const FleetVersion &fleet() const { return *window->map()->version(); }
    template<typename T>
    [[nodiscard]] T *child(const QString &name) const
    {
        return window->findChild<T *>(name);
    }

    QTemporaryDir dir;
    PluginCatalog catalog;
    Program program;
    MainWindow *window = nullptr;
};

} // namespace

class TestWindow : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Themes::instance().install(); }
    void init() { Testing::strict(); }

    void partsStandWhereTheLookHasThem()
    {
        Fixture fixture;
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.stamps, 8, 30'000);
        MainWindow *window = fixture.window;
        QCOMPARE(fixture.child<QWidget>(u"topBar"_s)->geometry(), QRect(0, 0, 1600, 52));
        QCOMPARE(fixture.child<QWidget>(u"search"_s)->geometry(), QRect(76, 10, 404, 32));
        QCOMPARE(fixture.child<QWidget>(u"rail"_s)->x(), 0);
        QCOMPARE(fixture.child<QWidget>(u"toolBar"_s)->geometry(), QRect(64, 52, 1216, 44));
        QCOMPARE(fixture.child<QWidget>(u"statusBar"_s)->geometry(), QRect(0, 974, 1600, 26));
        QCOMPARE(fixture.child<QWidget>(u"attentionPanel"_s)->geometry(),
                 QRect(1280, 52, 320, 922));
        QCOMPARE(window->map()->y(), 96);

        // Section 4 of the look, part by part.
        QCOMPARE(fixture.child<QWidget>(u"actionsButton"_s)->x(), 490);
        QCOMPARE(fixture.child<QWidget>(u"clock"_s)->x(), 652);
        QCOMPARE(fixture.child<QWidget>(u"fleetStrip"_s)->geometry(), QRect(858, 12, 500, 28));
        QCOMPARE(fixture.child<QWidget>(u"bell"_s)->x(), 1392);
        QCOMPARE(fixture.child<QWidget>(u"panelToggle"_s)->geometry().right() + 1, 1494);
        QCOMPARE(fixture.child<QWidget>(u"rail"_s)->geometry(), QRect(0, 52, 64, 922));
        {
            // The logo 30 × 30 at 17, 11; who it is behind a lock at 1515.
            Lines lines;
            const QImage bar = fixture.child<QWidget>(u"topBar"_s)->grab().toImage();
            const QRect paper = inkOf(bar, Theme::current()[Token::LogoPaper], {0, 0, 70, 51}, 40);
            NEAR(paper.left(), 17);
            NEAR(paper.top(), 11);
            NEAR(paper.width(), 30);
            NEAR(paper.height(), 30);
            const QRect lock = inkOf(bar, Theme::current()[Token::TextSecondary], {1508, 12, 22, 28}, 200);
            QVERIFY(QRect(1515, 19, 14, 14).contains(lock));
            NEAR(lines.line(u"ada"_s).left.x(), 1535);
        }
        // Whatever can be pressed can be hit.
        for (const auto *button : window->findChildren<QAbstractButton *>()) {
            if (button->isVisible())
                QVERIFY2(button->width() >= 24 && button->height() >= 24,
                         qPrintable(button->objectName() + u' ' + button->text()));
        }
        const QRect drawer = fixture.child<QWidget>(u"drawer"_s)->geometry();
        QCOMPARE(drawer, QRect(64, 974 - OperationsDrawer::closedHeight, 1216,
                               OperationsDrawer::closedHeight));
        QCOMPARE(window->map()->geometry(), QRect(64, 96, 1216, drawer.top() - 96));
        fixture.child<OperationsDrawer>(u"drawer"_s)->setOpen(true);
        QTRY_COMPARE(fixture.child<QWidget>(u"drawer"_s)->geometry(), QRect(64, 974 - 142, 1216, 142));
        window->tell(u"Done"_s);
        // Left of the panel, 16 above the drawer; its shadow is 5 wide.
        QTRY_COMPARE(fixture.child<QWidget>(u"toast"_s)->geometry(),
                     QRect(1280 - 16 - 425, 974 - 142 - 16 - 69, 425, 69));
        window->openStamp(fixture.fleet().stampId(0));
        QTRY_COMPARE(fixture.child<QWidget>(u"stampPanel"_s)->geometry(),
                     QRect(1600 - 380, 52, 380, 922));
        window->map()->setSelection({});
        window->actions().action(u"palette"_s)->trigger();
        // With its shadow of 6.
        QCOMPARE(fixture.child<QWidget>(u"palette"_s)->geometry(),
                 QRect(480, 120, 640 + 6, 420 + 6));
        QCOMPARE(fixture.child<QWidget>(u"paletteField"_s)->height(), 40);
        QCOMPARE(fixture.child<QListView>(u"paletteList"_s)->sizeHintForRow(0), 36);
        QTest::keyClick(fixture.child<QWidget>(u"paletteField"_s), Qt::Key_Escape);
        fixture.child<OperationsDrawer>(u"drawer"_s)->setOpen(false);

        window->resize(1024, 700);
        QCOMPARE(fixture.child<QWidget>(u"search"_s)->width(), 240);
        QCOMPARE(fixture.child<QWidget>(u"drawer"_s)->height(), OperationsDrawer::closedHeight);
        // Actions is an icon, the strip without words, the clock without seconds, and the legend, where
        // its shapes have no room either, behind a button.
        QVERIFY(fixture.child<Button>(u"actionsButton"_s)->text().isEmpty());
        QVERIFY(fixture.child<Button>(u"legend"_s)->isVisible()
                != window->findChild<MapLegendView *>()->isVisible());
        {
            Lines lines;
            (void)fixture.child<QWidget>(u"topBar"_s)->grab();
            QVERIFY(!lines.has(u"healthy"_s));
            static const QRegularExpression time(u"^\\d\\d:\\d\\d$"_s);
            QVERIFY(std::any_of(lines.all.begin(), lines.all.end(), [](const Lines::Line &line) {
                return time.match(line.text).hasMatch();
            }));
            // Of sources that are well only how many.
            (void)fixture.child<QWidget>(u"statusBar"_s)->grab();
            QVERIFY(lines.has(u"1 well"_s));
        }
        // The panel lies over the map, 360 wide, and Esc closes it.
        const QRect map = window->map()->geometry();
        QCOMPARE(map.right() + 1, 1024);
        window->openStamp(fixture.fleet().stampId(0));
        QTRY_COMPARE(fixture.child<QWidget>(u"stampPanel"_s)->geometry(),
                     QRect(1024 - 360, 52, 360, 700 - 52 - 26));
        QCOMPARE(window->map()->geometry(), map);
        QTest::keyClick(window, Qt::Key_Escape);
        QVERIFY(!fixture.child<QWidget>(u"stampPanel"_s)->isVisible());
        // Nothing in the top bar lies over its neighbour.
        QList<QRect> boxes;
        for (const QString &name : {u"search"_s, u"actionsButton"_s, u"clock"_s, u"fleetStrip"_s,
                                    u"bell"_s, u"themeToggle"_s, u"panelToggle"_s})
            boxes.append(fixture.child<QWidget>(name)->geometry());
        for (int at = 1; at < boxes.size(); ++at)
            QVERIFY2(boxes[at].left() > boxes[at - 1].right(), qPrintable(QString::number(at)));
    }

    // The hand is over the map then: only where a panel stood beside the map does another take its
    // place, else what is carried is told over the map, and out of the hand's way.
    void pickingUpMovesNothing_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<QString>("arrangement");
        QTest::addColumn<bool>("hasPanel");
        QTest::addColumn<bool>("isOver");
        for (const QString &arrangement : {u"world"_s, u"sheet"_s}) {
            const auto row = [&](const char *name, const QSize &size, bool hasPanel, bool isOver) {
                QTest::addRow("%s, %s", name, qPrintable(arrangement))
                    << size << arrangement << hasPanel << isOver;
            };
            row("beside a panel", {1600, 1000}, true, false);
            row("without a panel", {1600, 1000}, false, true);
            row("in the smallest window", {1024, 700}, false, true);
        }
    }
    void pickingUpMovesNothing()
    {
        QFETCH(QSize, size);
        QFETCH(QString, arrangement);
        QFETCH(bool, hasPanel);
        QFETCH(bool, isOver);
        Fixture fixture;
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.stamps, 8, 30'000);
        MainWindow *window = fixture.window;
        MapWidget *map = window->map();
        map->setAnimated(false);
        window->resize(size);
        window->openLink(u"stampdeck://map?arrangement="_s + arrangement);
        auto *attention = fixture.child<QWidget>(u"attentionPanel"_s);
        if (attention->isVisible() != hasPanel)
            window->actions().action(u"panel.toggle"_s)->trigger();
        QCOMPARE(attention->isVisible(), hasPanel);
        const auto state = [&] {
            QList<QRectF> all{map->geometry()};
            for (int slot = 0; slot < 8; ++slot)
                all.append(map->tileRect(slot));
            return all;
        };
        const QList<QRectF> before = state();
        const Stop stop = map->stop();
        CarryController &carry = window->carry();
        QVERIFY(carry.pickUp({fixture.fleet().tenantId(0)}, CarryController::Mode::Cut));
        auto *panel = fixture.child<QWidget>(u"carryPanel"_s);
        QVERIFY(panel->isVisible());
        QCOMPARE(map->stop(), stop);
        QCOMPARE(state(), before);
        QTRY_COMPARE(panel->geometry().right(), size.width() - 1); // it slides in
        QCOMPARE(panel->geometry().intersects(map->geometry()), isOver);
        if (isOver) {
            // Out of the way of a hand at the right, and back again from one at the left.
            const int right = size.width() - panel->width();
            Q_EMIT map->handMoved(QPointF(map->width() - 100, 200));
            QCOMPARE(panel->x(), 64);
            Q_EMIT map->handMoved(QPointF(map->width() / 2.0, 200));
            QCOMPARE(panel->x(), 64);
            // Nothing that is needed then lies under it.
            const QRect drop = map->spreadRect().toAlignedRect().translated(map->pos());
            QVERIFY(drop.isValid() && !panel->geometry().intersects(drop));
            QVERIFY(!panel->geometry().intersects(fixture.child<QWidget>(u"carry"_s)->geometry()));
            Q_EMIT map->handMoved(QPointF(100, 200));
            QCOMPARE(panel->x(), right);
            QVERIFY(!panel->geometry().intersects(
                map->spreadRect().toAlignedRect().translated(map->pos())));
            // A quick hand is over it at once.
            const QMimeData something;
            QDragEnterEvent enter(panel->rect().center(), Qt::MoveAction, &something,
                                  Qt::LeftButton, {});
            QApplication::sendEvent(panel, &enter);
            QVERIFY(!enter.isAccepted());
            QCOMPARE(panel->x(), 64);
            // By keys too.
            for (const int slot : {0, 7, 3, 5}) {
                map->setCurrent(slot);
                const QPoint hand = map->tileRect(slot).center().toPoint() + map->pos();
                QVERIFY(!panel->geometry().contains(hand));
            }
            // Somebody closes it, and the next carry has it again.
            window->actions().action(u"panel.toggle"_s)->trigger();
            QVERIFY(!panel->isVisible());
            carry.putBack();
            QVERIFY(carry.pickUp({fixture.fleet().tenantId(0)}, CarryController::Mode::Cut));
            QVERIFY(panel->isVisible());
        }
        const QList<QRectF> carried = state(); // keys may have brought another part into sight
        carry.putBack();
        QVERIFY(!panel->isVisible());
        QCOMPARE(map->geometry(), carried.first().toRect());
    }

    void aDialogDarkensTheWindow()
    {
        Fixture fixture;
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.stamps, 8, 30'000);
        const QPoint at(200, 985); // in the status bar, where nothing is written
        const QColor before(fixture.window->grab().toImage().pixel(at));
        fixture.window->openStamp(fixture.fleet().stampId(0));
        fixture.window->actions().action(u"stamp.drain"_s)->trigger();
        QTRY_VERIFY(fixture.window->findChild<PlanDialog *>());
        // 66 % black.
        QTRY_VERIFY(inkOf(fixture.window->grab().toImage(),
                          mixed(before, Theme::current()[Token::Dim], 0.66), QRect(at, QSize(1, 1)), 5)
                        .isValid());
        delete fixture.window->findChild<PlanDialog *>();
    }

    void panelsDockFloatAndComeBack()
    {
        Fixture fixture;
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.stamps, 8, 30'000);
        MainWindow *window = fixture.window;
        QVERIFY(QTest::qWaitForWindowActive(window));
        window->openStamp(fixture.fleet().stampId(0));
        auto *panel = fixture.child<QWidget>(u"stampPanel"_s);
        auto *panelWindow = fixture.child<QWidget>(u"panelWindow"_s);
        QVERIFY(panelWindow->isHidden());
        QCOMPARE(panel->window(), window);

        // Torn off by its action: the map takes the room, and the panel fills its own window.
        QAction *floats = window->actions().action(u"panel.float"_s);
        floats->trigger();
        QCOMPARE(panel->window(), panelWindow);
        QVERIFY(panelWindow->isVisible() && panel->isVisible());
        QCOMPARE(panel->geometry(), panelWindow->rect());
        QCOMPARE(window->map()->width(), 1600 - 64);
        panelWindow->resize(500, 600);
        QCOMPARE(panel->size(), QSize(500, 600));
        // F6 goes there too, and on from there.
        window->map()->setFocus();
        QTest::keyClick(window->map(), Qt::Key_F6);
        QTRY_VERIFY(QApplication::focusWidget() && panel->isAncestorOf(QApplication::focusWidget()));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_F6);
        QTRY_VERIFY(fixture.child<QWidget>(u"drawer"_s)->isAncestorOf(QApplication::focusWidget()));
        // What stands in the place of the panel does so there.
        window->map()->setSelection({});
        auto *attention = fixture.child<QWidget>(u"attentionPanel"_s);
        QVERIFY(attention->isVisible() && attention->window() == panelWindow);
        QVERIFY(!panel->isVisible());
        // Closed, it is docked again where it was.
        panelWindow->close();
        QCOMPARE(attention->window(), window);
        QVERIFY(panelWindow->isHidden());
        QTRY_COMPARE(attention->geometry(), QRect(1280, 52, 320, 922));

        window->actions().action(u"panel.left"_s)->trigger();
        QTRY_COMPARE(attention->geometry(), QRect(64, 52, 320, 922));
        QCOMPARE(window->map()->geometry().left(), 64 + 320);
        QCOMPARE(window->map()->geometry().right() + 1, 1600);
        QVERIFY(!window->actions().action(u"panel.left"_s)->isEnabled());

        auto *drawer = fixture.child<OperationsDrawer>(u"drawer"_s);
        auto *drawerWindow = fixture.child<QWidget>(u"drawerWindow"_s);
        const int before = window->map()->height();
        window->actions().action(u"drawer.float"_s)->trigger();
        QVERIFY(drawerWindow->isVisible() && drawer->window() == drawerWindow && drawer->isOpen());
        QCOMPARE(window->map()->height(), before + OperationsDrawer::closedHeight);
        // Dragged by its head while docked it comes off as well; not by a click.
        drawerWindow->close();
        QVERIFY(drawer->window() == window);
        QTest::mouseClick(attention, Qt::LeftButton, {}, {100, 10});
        QVERIFY(attention->window() == window);
        QTest::mousePress(attention, Qt::LeftButton, {}, {100, 10});
        QTest::mouseMove(attention, {160, 60});
        QVERIFY(attention->window() == panelWindow);
        QTest::mouseRelease(attention, Qt::LeftButton);
    }

    void whereThePanelsAreIsRemembered()
    {
        const QTemporaryDir dir;
        WindowOptions options;
        options.stateDir = dir.path();
        const PluginCatalog catalog;
        const auto config = readSourceOptions({u"demo:simulator=8,calm=true"_s}, catalog.adapters());
        QVERIFY(config);
        const auto open = [&](const auto &with) {
            Program program(catalog, options);
            QVERIFY(program.open(*config));
            program.window()->show();
            with(program.window());
        };
        open([](MainWindow *window) {
            window->setPanelPlace(MainWindow::PanelPlace::Left);
            window->setPanelPlace(MainWindow::PanelPlace::Window);
            window->findChild<QWidget *>(u"panelWindow"_s)->resize(444, 555);
            window->setDrawerFloats(true);
        });
        open([](MainWindow *window) {
            QCOMPARE(window->panelPlace(), MainWindow::PanelPlace::Window);
            auto *floating = window->findChild<QWidget *>(u"panelWindow"_s);
            QVERIFY(floating->isVisible());
            QCOMPARE(floating->size(), QSize(444, 555));
            QVERIFY(window->drawerFloats());
            QVERIFY(window->findChild<QWidget *>(u"drawerWindow"_s)->isVisible());
            floating->close(); // to the side where it was before
            QCOMPARE(window->panelPlace(), MainWindow::PanelPlace::Left);
            window->setDrawerFloats(false);
            // With the window go those that belong to it.
            window->setPanelPlace(MainWindow::PanelPlace::Window);
            window->hide();
            QVERIFY(floating->isHidden());
            window->show();
            QVERIFY(floating->isVisible());
            window->setPanelPlace(MainWindow::PanelPlace::Right);
        });
        open([](MainWindow *window) {
            QCOMPARE(window->panelPlace(), MainWindow::PanelPlace::Right);
            QVERIFY(!window->drawerFloats());
        });
    }

    void aWindowIsFoundAsItWasLeft()
    {
        QTemporaryDir dir;
        WindowOptions options;
        options.stateDir = dir.path();
        options.actor = u"ada"_s;
        const PluginCatalog catalog;
        const Result<FleetConfig> config
            = readSourceOptions({u"demo:simulator=8,calm=true"_s}, catalog.adapters());
        QVERIFY(config);
        {
            Program program(catalog, options);
            QVERIFY(program.open(*config));
            MainWindow *window = program.window();
            window->resize(1300, 800);
            window->map()->setGrouping(MapGroupBy::Version);
            window->map()->setColour(MapColourBy::Cost);
            window->findChild<Table *>(u"stamps"_s)->setColumnShown(StampModel::Ring, false);
        }
        {
            Program program(catalog, options);
            QVERIFY(program.open(*config));
            MainWindow *window = program.window();
            QCOMPARE(window->size(), QSize(1300, 800));
            QCOMPARE(int(window->map()->grouping()), int(MapGroupBy::Version));
            QCOMPARE(int(window->map()->colour()), int(MapColourBy::Cost));
            QVERIFY(window->findChild<Table *>(u"stamps"_s)->isColumnHidden(StampModel::Ring));
        }
        // A file of another program, or a broken one, is as none.
        QFile file(dir.filePath(u"window.ini"_s));
        QVERIFY(file.open(QFile::WriteOnly));
        file.write("[map]\ngroup=99\ncolour=red\n[window]\ngeometry=x\npanel=-4\n\0\xff");
        file.close();
        {
            Program program(catalog, options);
            QVERIFY(program.open(*config));
            QCOMPARE(int(program.window()->map()->grouping()), int(MapGroupBy::Region));
        }
    }

    void aRehearsalIsAnotherProgram()
    {
        const QTemporaryDir dir;
        const PluginCatalog catalog;
        WindowOptions options;
        options.stateDir = dir.path();
        QList<QStringList> launched;
        bool starts = true;
        options.launch = [&](const QStringList &arguments) {
            launched.append(arguments);
            return starts;
        };
        auto config = readSourceOptions({u"demo:simulator=8"_s}, catalog.adapters());
        QVERIFY(config);
        config->history.record = true;
        Program program(catalog, options);
        QVERIFY(program.open(*config));
        QVERIFY(program.window()->actions().action(u"rehearse"_s)->isEnabled());
        QCOMPARE(program.window()->findChild<QWidget *>(u"rehearsalBanner"_s), nullptr);
        RehearsalWish wish;
        wish.scenario = u"bad-version"_s;
        wish.speed = 16;
        VERIFY_RESULT(Testing::await(program.rehearse(wish)));
        QCOMPARE(launched.takeFirst(),
                 (QStringList{u"--rehearse"_s, u"bad-version"_s, u"--speed"_s, u"16"_s}));
        // Nobody recorded then: nothing is started.
        wish.scenario.clear();
        wish.from = *fromRfc3339(u"2001-01-01T00:00:00Z");
        wish.to = wish.from + std::chrono::hours(1);
        const auto none = Testing::await(program.rehearse(wish));
        QVERIFY(!none);
        QCOMPARE(none.error().kind, ErrorKind::NotFound);
        QVERIFY(launched.isEmpty());
        // What was recorded is written to a file, which the program plays.
        wish.from = Clock::system().now() - std::chrono::minutes(10);
        QTRY_VERIFY_WITH_TIMEOUT(
            (wish.to = Clock::system().now(), Testing::await(program.rehearse(wish)).has_value()), 30'000);
        const QString file = launched.takeFirst().at(1);
        const auto played = rehearsalConfig(file, 16, catalog.adapters());
        VERIFY_RESULT(played);
        QCOMPARE(played->sources.first().settings.name, u"demo"_s);
        // Whoever no longer wants it before it is written gets no second window.
        launched.clear();
        FutureResult<void> cancelled = program.rehearse(wish);
        cancelled.cancel();
        VERIFY_RESULT(Testing::await(program.rehearse(wish))); // one after the other
        QTRY_VERIFY(cancelled.isFinished());
        QCOMPARE(launched.size(), 1);
        launched.clear();
        starts = false;
        QVERIFY(!Testing::await(program.rehearse(wish)));

        // Such a window can't be taken for one on a real fleet.
        WindowOptions practice = options;
        const QTemporaryDir other;
        practice.stateDir = other.path();
        practice.rehearsal = u"last month"_s;
        Program rehearsal(catalog, practice);
        QVERIFY(rehearsal.open(*played));
        MainWindow *window = rehearsal.window();
        window->show();
        QVERIFY(window->windowTitle().startsWith(u"Rehearsal: last month"_s));
        const auto *banner = window->findChild<RehearsalBanner *>(u"rehearsalBanner"_s);
        QVERIFY(banner && banner->isVisible());
        QVERIFY(banner->accessibleDescription().contains(u"last month"_s));
        QCOMPARE(banner->y(), 52);
        QCOMPARE(window->map()->y(), 96 + RehearsalBanner::bannerHeight);
        QVERIFY(!window->actions().action(u"rehearse"_s)->isEnabled());
        QTRY_COMPARE_WITH_TIMEOUT(window->map()->version()->counts.stamps, 8, 30'000);
        QCOMPARE(window->map()->version()->sources.first().name, u"demo"_s);
    }

    void aCallThatIsNeitherSeenNorHeardIsSaid()
    {
        const Testing::SoundDevice device(Testing::SoundDevice::Kind::None);
        QTemporaryDir dir;
        const PluginCatalog catalog;
        // Nobody answers there: that is an incident.
        const Result<FleetConfig> config
            = readSourceOptions({u"gone:rest=http://127.0.0.1:1"_s}, catalog.adapters());
        QVERIFY(config);
        WindowOptions options;
        options.stateDir = dir.path();
        options.settings.calls.again = 1s; // what was there at the start calls then
        Program program(catalog, options);
        program.notifyBy(QDBusConnection(QString())); // nobody is there
        QVERIFY(program.open(*config));
        program.window()->show();
        const auto isSaid = [&program](const QString &words) {
            const auto strips = program.window()->findChildren<NoticeStrip *>();
            return std::any_of(strips.begin(), strips.end(), [&words](const NoticeStrip *strip) {
                return strip->isVisible() && strip->text().contains(words);
            });
        };
        QTRY_VERIFY_WITH_TIMEOUT(isSaid(u"A call makes no sound but a beep."_s), 30'000);
        QVERIFY(isSaid(u"Nobody is called: no notification service answers on this desktop."_s));
        WindowSettings silent = options.settings;
        silent.calls.sound = false;
        program.applySettings(silent);
        QVERIFY(!isSaid(u"A call makes no sound but a beep."_s));
    }

    void whatOfItsOwnDoesNotWorkIsSaid()
    {
        const PluginCatalog catalog;
        const Result<FleetConfig> config
            = readSourceOptions({u"demo:simulator=8,calm=true"_s}, catalog.adapters());
        QVERIFY(config);
        const auto said = [](const MainWindow *window) {
            QStringList all;
            for (const NoticeStrip *strip : window->findChildren<NoticeStrip *>()) {
                if (strip->isVisible())
                    all.append(strip->text());
            }
            return all.join(u'\n');
        };
        QTemporaryDir dir;
        WindowOptions options;
        options.stateDir = dir.path();
        QVERIFY(QDir(dir.path()).mkdir(u"recorder.lock"_s)); // where no file can be made
        Program program(catalog, options);
        QVERIFY(program.open(*config));
        MainWindow *window = program.window();
        window->show();
        QTRY_VERIFY2(said(window).startsWith(u"History: "_s), qPrintable(said(window)));
        // Beside it another, and each goes by itself.
        window->setTrouble(u"calls"_s, u"Nobody is called."_s, u"Start one."_s);
        QVERIFY(said(window).startsWith(u"Nobody is called. History: "_s));
        window->setTrouble(u"history"_s, {}, {});
        QCOMPARE(said(window), u"Nobody is called."_s);
        window->setTrouble(u"calls"_s, {}, {});
        QVERIFY(said(window).isEmpty());
    }

    void whatIsNotedForTheNextShiftIsKept()
    {
        QTemporaryDir dir;
        WindowOptions options;
        options.stateDir = dir.path();
        options.actor = u"ada"_s;
        const PluginCatalog catalog;
        const Result<FleetConfig> config
            = readSourceOptions({u"demo:simulator=8,calm=true"_s}, catalog.adapters());
        QVERIFY(config);
        const QString notes = u"The disks of <b>eu-1</b>\ncome at 16:00; 100 % sure, \"by rail\""_s;
        const auto opened = [](MainWindow *window) -> HandOverDialog * {
            for (auto *dialog : window->findChildren<HandOverDialog *>()) {
                if (dialog->isVisible())
                    return dialog;
            }
            return nullptr;
        };
        const auto notesOf = [](HandOverDialog *dialog) {
            return dialog->findChild<QPlainTextEdit *>(u"handOverNotes"_s);
        };
        {
            Program program(catalog, options);
            QVERIFY(program.open(*config));
            MainWindow *window = program.window();
            window->show();
            QVERIFY(!opened(window));
            window->actions().action(u"handOver"_s)->trigger();
            HandOverDialog *dialog = opened(window);
            QVERIFY(dialog);
            QVERIFY(notesOf(dialog)->toPlainText().isEmpty());
            QVERIFY(window->findChild<QWidget *>(u"incidentList"_s));
            QTest::keyClicks(notesOf(dialog), u"typed"_s);
            QCOMPARE(dialog->memory().notes, u"typed"_s);
            // Kept while the sheet is open: whatever ends the program loses nothing.
            const auto isKept = [&dir] {
                QFile file(dir.filePath(u"window.ini"_s));
                return file.open(QFile::ReadOnly) && file.readAll().contains("typed");
            };
            QTRY_VERIFY(isKept());
            notesOf(dialog)->setPlainText(notes);
            dialog->findChild<SegmentedControl *>(u"handOverHours"_s)->setCurrent(1);
            const HandOver sheet = dialog->sheet();
            QCOMPARE(sheet.by, u"ada"_s);
            QCOMPARE(sheet.notes, notes);
            QCOMPARE(sheet.made - sheet.from, std::chrono::milliseconds(std::chrono::hours(12)));
            // What the history has of the shift, or that there is none.
            QTRY_VERIFY(dialog->sheet().shift);
            dialog->findChild<Button *>(u"copyText"_s)->click();
            QVERIFY(QGuiApplication::clipboard()->text().contains(u"The disks of <b>eu-1</b>"_s));
            dialog->findChild<Button *>(u"copyMarkdown"_s)->click();
            QVERIFY(QGuiApplication::clipboard()->text().contains(u"&lt;b"_s));
            const QString path = dir.filePath(u"sheet.html"_s);
            QString told;
            Outcome outcome{};
            const auto hear = [&](const QString &text, Outcome how) {
                told = text;
                outcome = how;
            };
            window->writeHandOverTo(dialog->sheet(), path, hear);
            QTRY_COMPARE(told, u"Written: "_s + path);
            QFile file(path);
            QVERIFY(file.open(QFile::ReadOnly));
            QVERIFY(file.readAll().contains("The disks of &lt;b&gt;eu-1&lt;/b&gt;"));
            QVERIFY(outcome == Outcome::Done);
            window->writeHandOverTo(dialog->sheet(), dir.filePath(u"sheet.doc"_s), hear);
            QTRY_VERIFY2(told.startsWith(u"Not written: "_s), qPrintable(told));
            QVERIFY(outcome == Outcome::Failed);
            dialog->reject();
            // From the incident view, by its button.
            window->actions().action(u"view.incidents"_s)->trigger();
            window->findChild<Button *>(u"handOverIncidents"_s)->click();
            QVERIFY(opened(window));
            QCOMPARE(notesOf(opened(window))->toPlainText(), notes);
            // It goes with the window, open as it is.
        }
        {
            Program program(catalog, options);
            QVERIFY(program.open(*config));
            MainWindow *window = program.window();
            window->show();
            HandOverDialog *dialog = window->openHandOver();
            QCOMPARE(notesOf(dialog)->toPlainText(), notes);
            QCOMPARE(dialog->memory().hours, 12);
        }
    }

    void whatIsChosenIsKeptInTheFile()
    {
        const QTemporaryDir dir;
        const QString path = dir.filePath(u"fleet.yaml"_s);
        const auto write = [&path](const QByteArray &text) {
            QSaveFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text);
            QVERIFY(file.commit());
        };
        const auto read = [&path] {
            QFile file(path);
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        write("# mine\nwindow:\n  theme: light # by day\n\nsources: []\n");
        WindowOptions options;
        options.stateDir = dir.path();
        options.settingsFile = path;
        const PluginCatalog catalog;
        const auto settings = loadWindowSettings(path);
        QVERIFY(settings);
        options.settings = *settings;
        const auto config = readSourceOptions({u"demo:simulator=8,calm=true"_s}, catalog.adapters());
        QVERIFY(config);
        Program program(catalog, options);
        const auto asBefore = qScopeGuard([&program] { program.applySettings({}); });
        QVERIFY(program.open(*config));
        MainWindow *window = program.window();
        window->show();
        QVERIFY(QTest::qWaitForWindowActive(window));
        QVERIFY(!Theme::current().isDark());

        // By hand in the window: the file is written, and nothing else in it.
        window->actions().action(u"theme.toggle"_s)->trigger();
        QVERIFY(Theme::current().isDark());
        QCOMPARE(read(), QByteArray("# mine\nwindow:\n  theme: dark # by day\n\nsources: []\n"));

        // In the dialog: seen at once, taken back by Escape, kept by Enter.
        const auto dialog = [window] { return window->findChild<SettingsDialog *>(); };
        QTest::keyClick(window, Qt::Key_Comma, Qt::ControlModifier);
        QTRY_VERIFY(dialog());
        dialog()->findChild<SegmentedControl *>(u"setting contrast"_s)->segment(2)->click();
        QVERIFY(Theme::current().isHighContrast());
        QTest::keyClick(dialog(), Qt::Key_Escape);
        QTRY_VERIFY(!dialog());
        QVERIFY(!Theme::current().isHighContrast());
        window->findChild<Button *>(u"settings"_s)->click();
        QTRY_VERIFY(dialog());
        dialog()->findChild<SegmentedControl *>(u"setting motion"_s)->segment(1)->click();
        QTest::keyClick(dialog(), Qt::Key_Return);
        QTRY_VERIFY(!dialog());
        QCOMPARE(read(),
                 QByteArray("# mine\nwindow:\n  theme: dark # by day\n  motion: full\n\nsources: []\n"));

        // By hand in the file: the window looks by it, without a new start.
        write("window: {theme: light, contrast: high, motion: reduced, noticeTime: 9s}\n");
        QTRY_VERIFY(!Theme::current().isDark());
        QVERIFY(Theme::current().isHighContrast());
        QVERIFY(Motion::isReduced());
        QCOMPARE(program.settings().noticeTime, std::chrono::milliseconds(9'000));

        // A mistake is said with its place; what holds is kept.
        write("window: {theme: lite}\n");
        auto *fault = window->findChild<QWidget *>(u"configurationFault"_s);
        QTRY_VERIFY(fault->accessibleName().contains(u"fleet.yaml:1:17: theme: expected one of"_s));
        QVERIFY(Theme::current().isHighContrast());
        // A strip of 36 right above the map, as wide; file, line, what was expected, what holds.
        QVERIFY(fault->accessibleName().endsWith(u" The last good fleet stays."_s));
        QVERIFY(fault->isVisible());
        QCOMPARE(fault->height(), 36);
        const QWidget *map = window->map();
        QTRY_COMPARE(fault->mapTo(window, QPoint(0, fault->height())), map->mapTo(window, QPoint(0, 0)));
        QCOMPARE(fault->width(), map->width());
        // What cannot be kept holds for now, and says so; the file is not touched.
        window->actions().action(u"theme.toggle"_s)->trigger();
        QVERIFY(Theme::current().isDark());
        QCOMPARE(read(), QByteArray("window: {theme: lite}\n"));
        auto *toast = window->findChild<UndoToast *>();
        QVERIFY2(toast->accessibleName().startsWith(u"For now only: "),
                 qPrintable(toast->accessibleName()));
    }

    void whatFailedIsSaidWholeAndNotByATick()
    {
        Fixture fixture;
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.stamps, 8, 30'000);
        auto *toast = fixture.child<UndoToast>(u"toast"_s);
        const auto inkOfGlyph = [toast](Token token) {
            return inkOf(toast->grab().toImage(), Theme::current()[token], {14, 20, 22, 24}, 30).isValid();
        };
        fixture.window->tell(u"Written: report.html"_s);
        QVERIFY(toast->outcome() == Outcome::Done);
        QVERIFY(inkOfGlyph(Token::HealthyGlyph));
        QVERIFY(!inkOfGlyph(Token::DegradedGlyph));

        fixture.window->openLink(u"stampdeck://map?arrangement=whirl&group=moons&colour=taste&zoom=7"_s);
        QVERIFY(toast->outcome() == Outcome::Failed);
        // Where the focus is elsewhere it is said all the same.
        QVERIFY(QAccessible::queryAccessibleInterface(toast)->role() == QAccessible::AlertMessage);
        const QString whole = toast->accessibleName();
        QVERIFY2(whole.contains(u"whirl, moons, taste, 7"_s), qPrintable(whole));
        QCOMPARE(toast->toolTip(), whole);
        QVERIFY(!inkOfGlyph(Token::HealthyGlyph));
        QVERIFY(inkOfGlyph(Token::DegradedGlyph));
        {
            // Two lines, one below the other, which are the whole of it.
            Lines lines;
            (void)toast->grab();
            QStringList said;
            QList<double> baselines;
            for (const Lines::Line &line : lines.all) {
                if (line.text == u"Undo" || line.text == u"U")
                    continue;
                said.append(line.text);
                baselines.append(line.left.y());
                QVERIFY(line.right() <= UndoToast::boxSize.width() - 12);
            }
            QCOMPARE(said.size(), 2);
            QCOMPARE(said.join(u' '), whole);
            QVERIFY(baselines[1] - baselines[0] >= 14);
        }
        // Whoever may not act reads why not.
        Q_EMIT fixture.window->operations()->told(u"Not done: x"_s, {}, Outcome::Failed);
        QVERIFY(toast->outcome() == Outcome::Failed);
    }

    void aLinkShowsWhatItSays()
    {
        Fixture fixture;
        MainWindow *window = fixture.window;
        // Before anything is known of the fleet: the stamp is waited for.
        window->openLink(u"stampdeck://stamps?group=ring&colour=cost&query=ring:0"
                         "&stamp=demo/eu-central-01"_s);
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.stamps, 8, 30'000);
        const QString id = fixture.fleet().stampId(0);
        ViewLink link = window->link();
        QCOMPARE(link.view, u"stamps"_s);
        QCOMPARE(link.query, u"ring:0"_s);
        QCOMPARE(int(window->map()->grouping()), int(MapGroupBy::Ring));
        QCOMPARE(int(window->map()->colour()), int(MapColourBy::Cost));
        if (fixture.fleet().stampIndex.value(u"demo/eu-central-01"_s) >= 0)
            QTRY_COMPARE(window->stampPanel()->stamp(), u"demo/eu-central-01"_s);
        link.view = u"map"_s;
        link.query.clear();
        link.stamp = id;
        window->openLink(toString(link));
        QCOMPARE(window->stampPanel()->stamp(), id);
        QVERIFY(window->stampPanel()->isVisible());
        QVERIFY(window->link() == link);
        // What cannot be read changes nothing and is said.
        window->openLink(u"stampdeck://moon"_s);
        QVERIFY(window->link() == link);
        QVERIFY(window->findChild<QWidget *>(u"toast"_s)->isVisible());
    }

    void aLinkToAStampSelectsItsRow()
    {
        Fixture fixture;
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.stamps, 8, 30'000);
        const QString id = fixture.fleet().stampId(5);
        fixture.window->openLink(u"stampdeck://stamps?stamp="_s + id);
        const auto *table = fixture.child<Table>(u"stamps"_s);
        QTRY_COMPARE(table->selectedIds(), QStringList{id});
        QCOMPARE(fixture.window->stampPanel()->stamp(), id);
    }

    void aViewIsKeptByItsName()
    {
        Fixture fixture;
        MainWindow *window = fixture.window;
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.stamps, 8, 30'000);
        const ViewLink before = window->link();
        window->openLink(u"stampdeck://tenants?query=tier:premium"_s);
        const ViewLink kept = window->link();
        window->saveView(u"the premium/ones"_s);
        window->openLink(before);
        QVERIFY(window->link() == before);
        window->actions().action(u"saved.the premium/ones"_s)->trigger();
        QVERIFY(window->link() == kept);
        {
            Program again(fixture.catalog, fixture.options());
            QVERIFY(again.open(*readSourceOptions({u"demo:simulator=8"_s},
                                                  fixture.catalog.adapters())));
            QCOMPARE(again.window()->savedViews().keys(), QStringList{u"the premium/ones"_s});
            again.window()->forgetView(u"the premium/ones"_s);
            QVERIFY(!again.window()->actions().action(u"saved.the premium/ones"_s));
        }
        Program once(fixture.catalog, fixture.options());
        QVERIFY(once.open(*readSourceOptions({u"demo:simulator=8"_s}, fixture.catalog.adapters())));
        QVERIFY(once.window()->savedViews().isEmpty());
    }

    void aLinkGoesToTheProgramThatRuns()
    {
        QTemporaryDir dir;
        QVERIFY(!LinkServer::handOver(dir.path(), u"stampdeck://map"_s)); // nobody is there
        LinkServer first(dir.path());
        QSignalSpy received(&first, &LinkServer::received);
        // It waits for the answer: from another thread, as from another program.
        const auto given = QtConcurrent::run([path = dir.path()] {
            return LinkServer::handOver(path, u"stampdeck://map?query=ü"_s);
        });
        QVERIFY(QTest::qWaitFor([&given] { return given.isFinished(); }));
        QVERIFY(given.result());
        QCOMPARE(received.size(), 1);
        QCOMPARE(received[0][0].toString(), u"stampdeck://map?query=ü"_s);
        // A second on the same directory leaves the first its place.
        const auto second = QtConcurrent::run([path = dir.path()] {
            const LinkServer late(path);
            return LinkServer::handOver(path, u"stampdeck://audit"_s);
        });
        QVERIFY(QTest::qWaitFor([&second] { return second.isFinished(); }));
        QVERIFY(second.result());
        QCOMPARE(received.size(), 2);
    }

    void aStampIsOpenedAndClosed()
    {
        Fixture fixture;
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.stamps, 8, 30'000);
        const QString id = fixture.fleet().stampId(0);
        fixture.window->openStamp(id);
        QVERIFY(fixture.window->stampPanel()->isVisible());
        QCOMPARE(fixture.window->stampPanel()->stamp(), id);
        QCOMPARE(fixture.window->map()->selection(), QList<int>{0});
        QTest::keyClick(fixture.window, Qt::Key_Escape);
        QVERIFY(!fixture.window->stampPanel()->isVisible());
        QVERIFY(fixture.child<QWidget>(u"attentionPanel"_s)->isVisible());
    }

    void worldAndSheetTakeTurns()
    {
        Fixture fixture;
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.stamps, 8, 30'000);
        MapWidget *map = fixture.window->map();
        auto *choice = fixture.child<SegmentedControl>(u"arrangement"_s);
        auto *group = fixture.child<Button>(u"group"_s);
        QCOMPARE(map->arrangement(), MapArrangement::Sheet);
        QCOMPARE(choice->current(), int(MapArrangement::Sheet));
        choice->segment(int(MapArrangement::World))->click();
        QCOMPARE(map->arrangement(), MapArrangement::World);
        fixture.window->actions().action(u"map.sheet"_s)->trigger();
        QCOMPARE(choice->current(), int(MapArrangement::Sheet));
        QCOMPARE(map->arrangement(), MapArrangement::Sheet);
        fixture.window->actions().action(u"map.arrangement"_s)->trigger();
        QCOMPARE(choice->current(), int(MapArrangement::World));
        // The world stands by regions: another order is one of the sheet.
        QVERIFY(group->text().endsWith(u"Region"));
        QMenu *groups = nullptr;
        for (QMenu *menu : fixture.child<QWidget>(u"toolBar"_s)->findChildren<QMenu *>()) {
            if (menu->actions().size() == qsizetype(allMapGroupings.size()))
                groups = menu;
        }
        QVERIFY(groups);
        groups->actions().at(1)->trigger();
        QCOMPARE(map->arrangement(), MapArrangement::Sheet);
        QCOMPARE(map->grouping(), MapGroupBy::Ring);
        QVERIFY(group->text().endsWith(u"Ring"));
        map->setArrangement(MapArrangement::World);

        // A link and a saved view carry it along.
        ViewLink link = fixture.window->link();
        QCOMPARE(link.arrangement, u"world"_s);
        fixture.window->openLink(u"stampdeck://map?arrangement=sheet"_s);
        QCOMPARE(map->arrangement(), MapArrangement::Sheet);
        QCOMPARE(map->grouping(), MapGroupBy::Ring);
        fixture.window->openLink(toString(link));
        QCOMPARE(map->arrangement(), MapArrangement::World);
    }

    void theArrangementIsAsItWasLeft()
    {
        QTemporaryDir dir;
        const PluginCatalog catalog;
        WindowOptions options;
        options.stateDir = dir.path();
        const auto arrangement = [&](std::optional<MapArrangement> told,
                                     std::optional<MapArrangement> then) {
            options.arrangement = told;
            Program program(catalog, options);
            if (!program.open({}))
                return MapArrangement::Sheet;
            const MapArrangement found = program.window()->map()->arrangement();
            if (then)
                program.window()->map()->setArrangement(*then);
            return found;
        };
        QCOMPARE(arrangement({}, MapArrangement::World), MapArrangement::Sheet);
        QCOMPARE(arrangement({}, {}), MapArrangement::World);
        // The command line comes before.
        QCOMPARE(arrangement(MapArrangement::Sheet, {}), MapArrangement::Sheet);
    }

    void whichRegionsSurviveIsSaid()
    {
        Fixture fixture;
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.stamps, 8, 30'000);
        MapWidget *map = fixture.window->map();
        const auto isKnown = [&] {
            const auto &notes = map->groupNotes();
            return !notes.isEmpty()
                && std::any_of(notes.begin(), notes.end(),
                               [](const MapGroupNote &note) { return note.survives.has_value(); });
        };
        QTRY_VERIFY_WITH_TIMEOUT(isKnown(), 30'000);
    }

    void whatWasCutOffIsOffered()
    {
        Fixture fixture;
        auto *drawer = fixture.child<OperationsDrawer>(u"drawer"_s);
        fixture.window->setCutOff({});
        QVERIFY(!drawer->isOpen());
        fixture.window->setCutOff({u"op-1"_s});
        QVERIFY(drawer->isOpen());
        fixture.window->resize(1024, 700);
        QVERIFY(drawer->isOpen());
    }

    void cordonAndUndoByKeyboard()
    {
        Fixture fixture;
        fixture.window->setNoticeTime(std::chrono::hours(1));
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.stamps, 8, 30'000);
        const QString id = fixture.fleet().stampId(0);
        fixture.window->openStamp(id);
        fixture.window->actions().action(u"stamp.cordon"_s)->trigger();
        auto *dialog = fixture.window->findChild<PlanDialog *>(u"plan"_s);
        QVERIFY(dialog);
        auto *run = dialog->findChild<Button *>(u"Run"_s);
        QVERIFY2(run->isEnabled(), qPrintable(run->toolTip()));
        run->click();
        const auto lifecycle = [&] { return fixture.fleet().stamps[0]->stamp->lifecycle; };
        QTRY_COMPARE_WITH_TIMEOUT(lifecycle(), Lifecycle::Cordoned, 30'000);
        auto *toast = fixture.child<UndoToast>(u"toast"_s);
        QTRY_VERIFY_WITH_TIMEOUT(toast->isVisible(), 30'000);
        QTRY_VERIFY(fixture.window->actions().action(u"operation.undo"_s)->isEnabled());
        fixture.window->actions().action(u"operation.undo"_s)->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(lifecycle(), Lifecycle::Active, 30'000);
    }

    // A key that is pressed unawares takes back nothing that was done long ago.
    void anUndoThatIsNotOfJustNowIsPlanned()
    {
        Fixture fixture;
        fixture.window->setNoticeTime(std::chrono::hours(1));
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.stamps, 8, 30'000);
        ActionRequest request;
        request.kind = ActionKind::Cordon;
        request.stamp = fixture.fleet().stampId(0);
        const auto plan = [&] {
            QPointer<PlanDialog> shown;
            for (PlanDialog *each : fixture.window->findChildren<PlanDialog *>()) {
                if (each->isVisible())
                    shown = each;
            }
            return shown;
        };
        fixture.window->openPlan(request)->findChild<Button *>(u"Run"_s)->click();
        const auto lifecycle = [&] { return fixture.fleet().stamps[0]->stamp->lifecycle; };
        auto *toast = fixture.child<UndoToast>(u"toast"_s);
        QTRY_VERIFY_WITH_TIMEOUT(toast->isVisible(), 30'000);
        QTRY_COMPARE(lifecycle(), Lifecycle::Cordoned);
        const QString operation = toast->operation();
        toast->hide(); // as its time is over
        fixture.window->actions().action(u"operation.undo"_s)->trigger();
        QTRY_VERIFY(plan());
        QVERIFY(plan()->findChild<TextLine *>(u"planTitle"_s)->text().startsWith(u"Undo: "_s));
        plan()->reject();
        QTRY_VERIFY(!plan());
        // Nor does a button of the list.
        fixture.window->operations()->ask(operation, OperationVerb::Undo);
        QTRY_VERIFY(plan());
        QCOMPARE(lifecycle(), Lifecycle::Cordoned);
        plan()->findChild<Button *>(u"Run"_s)->click();
        QTRY_COMPARE_WITH_TIMEOUT(lifecycle(), Lifecycle::Active, 30'000);
    }

    // The plan that mends opens under the one that asked, which goes only then.
    void whatMendsARefusedPlanStandsBeforeADarkWindow()
    {
        Fixture fixture;
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.stamps, 8, 30'000);
        ActionRequest request;
        request.kind = ActionKind::Cordon;
        request.stamp = fixture.fleet().stampId(0);
        fixture.window->openPlan(request)->findChild<Button *>(u"Run"_s)->click();
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().stamps[0]->stamp->lifecycle, Lifecycle::Cordoned,
                                  30'000);
        QTRY_VERIFY(!fixture.window->hasRunningOperations());
        ActionRequest move;
        move.kind = ActionKind::Move;
        move.to = request.stamp;
        fixture.fleet().eachTenant([&](int slot, const TenantEntry &entry) {
            if (entry.owner > 0 && move.tenants.isEmpty())
                move.tenants = {fixture.fleet().tenantId(slot)};
        });
        const QPointer<PlanDialog> refused = fixture.window->openPlan(move);
        Button *link = nullptr;
        for (Button *each : refused->findChildren<Button *>()) {
            if (each->text().startsWith(u"Uncordon"_s))
                link = each;
        }
        QVERIFY(link);
        link->click();
        QTRY_VERIFY(!refused);
        PlanDialog *uncordon = nullptr;
        QTRY_VERIFY((uncordon = fixture.window->findChild<PlanDialog *>()));
        QCOMPARE(uncordon->request().kind, ActionKind::Uncordon);
        QCOMPARE(uncordon->request().stamp, request.stamp);
        auto *dimmer = fixture.child<QWidget>(u"dimmer"_s);
        QVERIFY(dimmer->isVisible());
        uncordon->reject();
        QVERIFY(!dimmer->isVisible());
    }

    void tenantsAreCutWalkedAndMoved()
    {
        Fixture fixture;
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.tenants, 32, 30'000);
        MainWindow *window = fixture.window;
        window->actions().action(u"view.tenants"_s)->trigger();
        auto *view = window->findChild<TenantsView *>();
        Table *table = nullptr;
        for (TenantsView *each : window->findChildren<TenantsView *>()) {
            if (each->table()->isVisible())
                view = each;
        }
        table = view->table();
        QTRY_COMPARE(view->model().rowCount(), 32);
        // One that some stamp can take.
        CarryController &carry = window->carry();
        int target = -1;
        QString tenant;
        for (int row = 0; row < view->model().rowCount() && target < 0; ++row) {
            table->selectRow(row);
            QTest::keyClick(table, Qt::Key_X, Qt::ControlModifier);
            QCOMPARE(carry.mode(), CarryController::Mode::Cut);
            tenant = carry.tenants().first();
            if (!carry.ranking().empty())
                target = carry.ranking().front().first;
            else
                carry.putBack();
            if (target < 0)
                window->actions().action(u"view.tenants"_s)->trigger();
        }
        QVERIFY(target >= 0);
        QVERIFY(window->map()->isVisible()); // it went to the map
        QVERIFY(fixture.child<QWidget>(u"carry"_s)->isVisible());
        QVERIFY(fixture.child<QWidget>(u"carryPanel"_s)->isVisible());
        QVERIFY(!fixture.child<QWidget>(u"carryPanel"_s)->grab().isNull());
        QVERIFY(carry.drop(target));
        QTRY_VERIFY(window->findChild<PlanDialog *>(u"plan"_s));
        auto *dialog = window->findChild<PlanDialog *>(u"plan"_s);
        auto *run = dialog->findChild<Button *>(u"Run"_s);
        QVERIFY2(run->isEnabled(), qPrintable(run->toolTip()));
        run->click();
        const auto owner = [&] {
            const int slot = fixture.fleet().tenantIndex.value(tenant);
            return slot < 0 ? -1 : fixture.fleet().tenants[slot].owner;
        };
        QTRY_COMPARE_WITH_TIMEOUT(owner(), target, 60'000);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.child<UndoToast>(u"toast"_s)->isVisible(), 30'000);
    }

    void aRefusedDropIsMended()
    {
        Fixture fixture;
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.tenants, 32, 30'000);
        const QString goal = fixture.fleet().stampId(0);
        CarryController &carry = fixture.window->carry();
        auto *mend = fixture.child<Button>(u"mend"_s);
        // As many as it has no room for, though it has the slots.
        QStringList tenants;
        fixture.fleet().eachTenant([&](int slot, const TenantEntry &entry) {
            const Constraints &rules = entry.tenant->constraints;
            if (entry.owner != 0 && !rules.pinned && !rules.exclusive && rules.regions.isEmpty()
                && rules.antiAffinity.isEmpty() && tenants.size() < 16)
                tenants.append(fixture.fleet().tenantId(slot));
        });
        QVERIFY(carry.pickUp(tenants, CarryController::Mode::Cut));
        QVERIFY(!mend->isVisible());
        QVERIFY(!carry.drop(0));
        QVERIFY(mend->isVisible());
        QCOMPARE(mend->text(), u"Scale %1…"_s.arg(nameOfStamp(goal)));
        // The head of the reason is not said twice.
        const QString head = carry.reasonHead(0);
        QVERIFY2(!carry.reasonLine(0).startsWith(head), qPrintable(carry.reasonLine(0)));
        QVERIFY(!fixture.window->stampPanel()->isVisible());

        mend->click();
        QVERIFY(!carry.isActive());
        QVERIFY(fixture.window->stampPanel()->isVisible());
        QCOMPARE(fixture.window->stampPanel()->stamp(), goal);
        QCOMPARE(fixture.child<QTabBar>(u"stampTabs"_s)->currentIndex(),
                 int(StampPanel::Tab::Components));
    }

    // A changed configuration opens another window in the place of one that is in the tray.
    void theProgramEndsWithTheWindowAfterOneInTheTray()
    {
        for (int tray = 0; tray < 4; ++tray) { // which this platform has not
            QTest::ignoreMessage(QtWarningMsg,
                                 "QObject::connect: No such signal "
                                 "QPlatformNativeInterface::systemTrayWindowChanged(QScreen*)");
        }
        {
            Fixture gone;
            QVERIFY(QGuiApplication::quitOnLastWindowClosed());
            gone.window->keepInTray();
            QVERIFY(!QGuiApplication::quitOnLastWindowClosed());
        }
        QVERIFY(QGuiApplication::quitOnLastWindowClosed());
        Fixture fixture;
        fixture.window->keepInTray();
        QVERIFY(!fixture.window->isVisible());
        QVERIFY(!QGuiApplication::quitOnLastWindowClosed());
        fixture.open();
        QVERIFY(!fixture.window->isVisible());
        QVERIFY(fixture.window->isInTray());
        QVERIFY(!QGuiApplication::quitOnLastWindowClosed());
        fixture.window->comeBack();
        QVERIFY(fixture.window->isVisible());
        QVERIFY(QGuiApplication::quitOnLastWindowClosed());
        fixture.window->keepInTray();
        fixture.open();
        fixture.window->comeBack();
        fixture.open();
        QVERIFY(fixture.window->isVisible());
        QVERIFY(QGuiApplication::quitOnLastWindowClosed());
    }

    void aChangedConfigurationWaitsForTheHand_data()
    {
        QTest::addColumn<QString>("hold");
        for (const auto *hold : {"a drag of the map", "a drag of a table", "a cut", "a dialog"})
            QTest::addRow("%s", hold) << QString::fromLatin1(hold);
    }
    // The window that is replaced would go from under a drag, or with what was typed.
    void aChangedConfigurationWaitsForTheHand()
    {
        QFETCH(QString, hold);
        const QTemporaryDir dir;
        WindowOptions options;
        options.stateDir = dir.path();
        options.configFile = dir.filePath(u"fleet.yaml"_s);
        const auto write = [&options](int stamps) {
            QSaveFile file(options.configFile);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write("sources:\n  - {name: demo, adapter: simulator, calm: true, stamps: "
                       + QByteArray::number(stamps) + "}\n");
            QVERIFY(file.commit());
        };
        write(8);
        const PluginCatalog catalog;
        const auto config = loadFleetConfig(options.configFile, catalog.adapters());
        QVERIFY(config);
        Program program(catalog, options);
        QVERIFY(program.open(*config));
        const QPointer<MainWindow> window = program.window();
        window->resize(1600, 1000);
        window->show();
        MapWidget *map = window->map();
        QTRY_COMPARE_WITH_TIMEOUT(map->version()->counts.stamps, 8, 30'000);
        const auto waits = [&](const QString &for_) {
            const auto *toast = window->findChild<UndoToast *>();
            const auto *fault = window->findChild<QWidget *>(u"configurationFault"_s);
            const QString what = u"The configuration changed; it is taken when %1"_s.arg(for_);
            return toast->accessibleName().contains(what) || fault->accessibleName().contains(what);
        };
        const auto replaced = [&] {
            return !window && program.window()->map()->version()->counts.stamps == 9;
        };

        if (hold == u"a drag of the map") {
            map->setStop(Stop::Near);
            const auto chips = map->chipsInSight();
            QVERIFY(!chips.empty());
            bool hasWaited = false;
            // From here to the end of the drag the map is on the stack.
            connect(map, &MapWidget::pickedUp, this, [&] {
                write(9);
                QTRY_VERIFY(!window || waits(u"nothing is carried"_s));
                hasWaited = window;
            });
            const QPoint at = chips.front().second.center().toPoint();
            QTest::mousePress(map, Qt::LeftButton, {}, at);
            QTest::mouseMove(map, at + QPoint(20, 20));
            QVERIFY(hasWaited);
        } else if (hold == u"a drag of a table") {
            const auto drag = std::make_unique<QDrag>(window->findChild<TenantsView *>()->table());
            write(9);
            QTRY_VERIFY(waits(u"nothing is carried"_s));
            QVERIFY(window);
        } else if (hold == u"a cut") {
            CarryController &carry = window->carry();
            QVERIFY(carry.pickUp({map->version()->tenantId(0)}, CarryController::Mode::Cut));
            write(9);
            QTRY_VERIFY(waits(u"nothing is carried"_s));
            QVERIFY(window);
            carry.putBack();
        } else {
            ActionRequest request;
            request.kind = ActionKind::Cordon;
            request.stamp = map->version()->stampId(0);
            const QPointer<PlanDialog> dialog = window->openPlan(request);
            write(9);
            QTRY_VERIFY(waits(u"no dialog is open"_s));
            QVERIFY(dialog);
            dialog->reject();
        }
        // And then by itself.
        QTRY_VERIFY_WITH_TIMEOUT(replaced(), 30'000);
    }

    void aSearchFadesWhatDoesNotMatch()
    {
        Fixture fixture;
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.stamps, 8, 30'000);
        auto *search = fixture.child<SearchBox>(u"search"_s);
        const QString name = fixture.fleet().stamps[3]->stamp->name;
        search->setText(u"name:"_s + name);
        QTRY_COMPARE(fixture.child<TextLine>(u"counts"_s)->text(), u"1 of 8 stamps"_s);
        search->clear();
        QTRY_VERIFY(fixture.child<TextLine>(u"counts"_s)->text().startsWith(u"8 stamps"_s));
    }

    void severalStampsAreDrainedByOnePlan()
    {
        Fixture fixture;
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.stamps, 8, 30'000);
        MainWindow *window = fixture.window;
        window->map()->setSelection({1, 3, 4});
        const QAction *drain = window->actions().action(u"stamp.drain"_s);
        QVERIFY(drain->isEnabled());
        QCOMPARE(ActionRegistry::targetOf(drain), u"3 stamps"_s);
        window->actions().action(u"stamp.drain"_s)->trigger();
        auto *dialog = window->findChild<PlanDialog *>();
        QVERIFY(dialog);
        const auto &plan = dialog->shownPlan();
        QTRY_VERIFY(plan);
        QCOMPARE(plan->request.stamps.size(), 3);
        QVERIFY(plan->request.stamp.isEmpty());
        QCOMPARE(std::count_if(plan->loads.begin(), plan->loads.end(),
                               [](const LoadChange &load) { return load.isSource; }),
                 3);
        dialog->reject();
        // One alone is meant by its name.
        window->map()->setSelection({3});
        QCOMPARE(ActionRegistry::targetOf(drain), nameOfStamp(fixture.fleet().stampId(3)));
    }

    void everyActingActionIsInReach_data()
    {
        QTest::addColumn<QString>("where");
        for (const auto *where : {"map", "stamps"})
            QTest::addRow("%s", where) << QString::fromLatin1(where);
    }
    // By a tile or a row of the table, by the palette, by keys.
    void everyActingActionIsInReach()
    {
        QFETCH(QString, where);
        Fixture fixture;
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.stamps, 8, 30'000);
        MainWindow *window = fixture.window;
        window->actions().action(u"view."_s + where)->trigger();
        QWidget *from = window->map();
        if (where == u"map") {
            window->map()->setSelection({0});
            window->map()->setCurrent(0);
        } else {
            auto *table = fixture.child<Table>(u"stamps"_s);
            QTRY_COMPARE(table->model()->rowCount(), 8);
            table->selectRow(0);
            from = table->viewport();
        }
        // The menu key, as a person without a mouse opens it.
        const QPoint middle = from->rect().center();
        QContextMenuEvent key(QContextMenuEvent::Keyboard, middle, from->mapToGlobal(middle), {});
        QTest::ignoreMessage(QtWarningMsg, "This plugin does not support grabbing the keyboard");
        QApplication::sendEvent(from, &key);
        auto *menu = qobject_cast<QMenu *>(QApplication::activePopupWidget());
        QVERIFY(menu);
        QStringList offered;
        std::function<void(const QMenu *)> collect = [&](const QMenu *of) {
            for (QAction *each : of->actions()) {
                offered.append(ActionRegistry::idOf(each));
                if (each->menu())
                    collect(each->menu());
            }
        };
        collect(menu);
        menu->close();
        window->actions().action(u"palette"_s)->trigger();
        const auto *palette = fixture.child<QListView>(u"paletteList"_s);
        QStringList listed;
        for (int row = 0; row < palette->model()->rowCount(); ++row)
            listed.append(palette->model()->index(row, 0).data().toString());

        // About all stamps, or about what hangs on the pointer and not about a stamp.
        const QSet<QString> elsewhere{u"operation.pauseAll"_s, u"carry.spread"_s};
        QSet<QKeySequence> keys;
        int acting = 0;
        for (QAction *action : window->actions().actions()) {
            const QString id = ActionRegistry::idOf(action);
            if (!action->shortcut().isEmpty()) {
                QVERIFY2(!keys.contains(action->shortcut()), qPrintable(id));
                keys.insert(action->shortcut());
            }
            if (!ActionRegistry::isActing(action))
                continue;
            ++acting;
            QVERIFY2(elsewhere.contains(id) || offered.contains(id), qPrintable(id));
            QVERIFY2(id == u"carry.spread" || !action->shortcut().isEmpty(), qPrintable(id));
            QVERIFY2(std::any_of(listed.begin(), listed.end(),
                                 [action](const QString &text) {
                                     return text.startsWith(action->text());
                                 }),
                     qPrintable(id));
        }
        QCOMPARE(acting, 15);
    }

    void f6GoesRound()
    {
        Fixture fixture;
        QTRY_COMPARE_WITH_TIMEOUT(fixture.fleet().counts.stamps, 8, 30'000);
        fixture.window->activateWindow();
        QTRY_VERIFY(fixture.window->isActiveWindow());
        // From wherever it begins, and with whatever part is there, such as a notice.
        QWidgetList round;
        QWidget *last = nullptr;
        for (int press = 0; press < 20 && !round.contains(last); ++press) {
            round.append(last);
            fixture.window->actions().action(u"focus.next"_s)->trigger();
            last = fixture.window->focusWidget();
        }
        round.removeFirst(); // none
        QCOMPARE(last, round.value(0));
        QVERIFY2(round.size() >= 5, qPrintable(QString::number(round.size())));
        QVERIFY(round.contains(fixture.window->map()));
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestWindow)
#include "tst_window.moc"

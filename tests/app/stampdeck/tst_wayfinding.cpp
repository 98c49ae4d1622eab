// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/stampdeck/mainwindow.h"

#include "widgets/attentionpanel.h"
#include "widgets/controls.h"
#include "widgets/mapwidget.h"
#include "widgets/operationsdrawer.h"
#include "widgets/plandialog.h"
#include "widgets/stamppanel.h"
#include "widgets/table.h"
#include "widgets/themes.h"
#include "widgets/topbar.h"
#include "widgets/whatif.h"

#include "models/forecast.h"

#include "tests/support/testmain.h"
#include "tests/widgets/deckfixture.h"

#include <QtGui/QAccessible>
#include <QtTest/QTest>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLineEdit>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

namespace {

/// A window on "prod", which has answered, and on "late", which has not.
struct Fixture
{
    Fixture()
        : deck(SampleFleet{4, 3})
    {
        SourceState late;
        late.name = u"late"_s;
        late.adapter = u"sample"_s;
        late.tenantDomain = u"elsewhere"_s;
        late.capabilities = Capability::Move | Capability::Cordon;
        deck.store.addSource(late);
        deck.store.sync();
        window = std::make_unique<MainWindow>(*deck.deck);
        window->resize(1600, 1000);
        window->show();
        toast = window->findChild<UndoToast *>(u"toast"_s);
    }
    [[nodiscard]] bool start() const
    {
        return QTest::qWaitFor([this] {
            const FleetVersion &fleet = *window->map()->version();
            return fleet.counts.stamps == 4 && fleet.sources.size() == 2;
        });
    }
    void answerLate(int stamps = 2)
    {
        FleetUpdate update = SampleFleet{stamps, 3}.update();
        update.instance = u"elsewhere"_s;
        deck.store.apply(u"late"_s, update);
        deck.store.sync();
    }
    [[nodiscard]] bool hasLate() const
    {
        return QTest::qWaitFor(
            [this] { return window->map()->version()->stampIndex.value(u"late/s-000"_s) >= 0; });
    }
    [[nodiscard]] PlanDialog *plan() const { return window->findChild<PlanDialog *>(u"plan"_s); }
    [[nodiscard]] SearchBox *search() const { return window->findChild<SearchBox *>(u"search"_s); }
    [[nodiscard]] QString said() const
    {
        return toast->isVisible() ? toast->accessibleName() : QString();
    }
    [[nodiscard]] QString counts() const
    {
        return window->findChild<TextLine *>(u"counts"_s)->text();
    }

    DeckFixture deck;
    std::unique_ptr<MainWindow> window;
    UndoToast *toast = nullptr;
};

} // namespace

/// How one gets to things: by links, the search, the panel, and without a pointer.
class TestWayfinding : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Themes::instance().install(); }
    void init() { Testing::strict(); }

    void whatIsNotThereIsSaidOnceItsSourceHasAnswered()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        // Of a source that has answered, at once.
        fixture.window->openLink(u"stampdeck://map?stamp=prod/nothere&plan=drain"_s);
        QVERIFY2(fixture.said().contains(u"prod/nothere"_s), qPrintable(fixture.said()));
        QVERIFY(fixture.toast->outcome() == Outcome::Failed);
        fixture.window->openLink(u"stampdeck://map?carry=prod/t-000-0,prod/nobody"_s);
        QVERIFY2(fixture.said().contains(u"prod/nobody"_s), qPrintable(fixture.said()));
        QVERIFY2(!fixture.said().contains(u"t-000-0"_s), qPrintable(fixture.said()));
        fixture.toast->hide();

        // Of one that has not, when it has.
        fixture.window->openLink(u"stampdeck://map?stamp=late/s-003&plan=drain"_s);
        QCOMPARE(fixture.said(), QString());
        fixture.answerLate();
        QTRY_VERIFY2(fixture.said().contains(u"late/s-003"_s), qPrintable(fixture.said()));

        // And then nothing is waited for: what comes later moves nothing.
        fixture.answerLate(4);
        QTRY_VERIFY(fixture.window->map()->version()->stampIndex.value(u"late/s-003"_s) >= 0);
        QVERIFY(fixture.window->map()->selection().isEmpty());
        QVERIFY(!fixture.plan());
    }

    void whatIsToldOfLaterIsPickedUp()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        fixture.window->openLink(u"stampdeck://map?stamp=late/s-001"_s);
        fixture.answerLate();
        QTRY_COMPARE(fixture.window->stampPanel()->stamp(), u"late/s-001"_s);
        QCOMPARE(fixture.said(), QString());
    }

    // A tenant that comes to stamps which are known.
    void aTenantToldOfLaterIsPickedUp()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        FleetUpdate stamps = SampleFleet{2, 0}.update();
        stamps.instance = u"elsewhere"_s;
        stamps.complete = false; // its tenants are still being read
        fixture.deck.store.apply(u"late"_s, stamps);
        fixture.deck.store.sync();
        QVERIFY(fixture.hasLate());
        fixture.window->openLink(u"stampdeck://map?carry=elsewhere/t-000-1"_s);
        QVERIFY(!fixture.window->carry().isActive());
        FleetUpdate tenants = SampleFleet{2, 3}.update();
        tenants.instance = u"elsewhere"_s;
        tenants.stamps.clear();
        tenants.complete = false;
        fixture.deck.store.apply(u"late"_s, tenants);
        fixture.deck.store.sync();
        QTRY_VERIFY2(fixture.window->carry().isActive(), qPrintable(fixture.said()));
        QCOMPARE(fixture.window->carry().tenants(), QStringList{u"elsewhere/t-000-1"_s});
    }

    void whoeverDoesSomethingElseIsNotCalledBack_data()
    {
        QTest::addColumn<int>("what");
        QTest::newRow("another view") << 0;
        QTest::newRow("another stamp") << 1;
        QTest::newRow("a search") << 2;
        QTest::newRow("a plan") << 3;
        QTest::newRow("something is carried") << 4;
        QTest::newRow("a what-if") << 5;
    }
    void whoeverDoesSomethingElseIsNotCalledBack()
    {
        QFETCH(int, what);
        Fixture fixture;
        QVERIFY(fixture.start());
        MainWindow *window = fixture.window.get();
        window->openLink(u"stampdeck://map?stamp=late/s-000&plan=cordon"_s);
        const int slot = window->map()->version()->stampIndex.value(u"prod/s-002"_s);
        switch (what) {
        case 0:
            window->actions().action(u"view.tenants"_s)->trigger();
            break;
        case 1:
            window->map()->setSelection({slot});
            break;
        case 2:
            // Without the list of what completes it, which wants the keyboard for itself.
            QObject::disconnect(fixture.search(), &QLineEdit::textEdited, fixture.search(), nullptr);
            QTest::keyClicks(fixture.search(), u"s-002"_s);
            break;
        case 3: {
            ActionRequest request;
            request.kind = ActionKind::Cordon;
            request.stamp = u"prod/s-002"_s;
            window->openPlan(request)->reject();
            break;
        }
        case 4:
            QVERIFY(window->carry().pickUp({u"prod/t-000-0"_s}, CarryController::Mode::Cut));
            break;
        default:
            window->whatIf().start({u"prod/s-002"_s});
            break;
        }
        QTRY_VERIFY(!fixture.plan());
        const QList<int> chosen = window->map()->selection();
        fixture.answerLate();
        QVERIFY(fixture.hasLate());
        QVERIFY(!fixture.plan());
        QCOMPARE(window->map()->selection(), chosen);
        QVERIFY(window->stampPanel()->stamp() != u"late/s-000"_s);
        QCOMPARE(fixture.said(), QString());
    }

    void plansByALink()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        MainWindow *window = fixture.window.get();
        // The region is that of the stamp.
        window->openLink(u"stampdeck://map?stamp=prod/s-001&plan=evacuate"_s);
        QVERIFY(fixture.plan());
        QCOMPARE(fixture.plan()->request().region, u"r1"_s);
        QVERIFY(fixture.plan()->shownPlan());
        fixture.plan()->reject();
        QTRY_VERIFY(!fixture.plan());
        window->openLink(u"stampdeck://map?stamp=prod/s-001&plan=cordon"_s);
        QVERIFY(fixture.plan());
        QCOMPARE(fixture.plan()->request().stamp, u"prod/s-001"_s);
        fixture.plan()->reject();
        QTRY_VERIFY(!fixture.plan());
        // What needs more than a stamp is refused as that; the stamp is shown all the same.
        for (const QString &kind : {u"move"_s, u"scale"_s, u"create"_s}) {
            window->openLink(u"stampdeck://map?stamp=prod/s-002&plan="_s + kind);
            QVERIFY2(!fixture.plan(), qPrintable(kind));
            QVERIFY2(fixture.said().contains(kind) && fixture.said().contains(u"more than a stamp"_s),
                     qPrintable(fixture.said()));
            QCOMPARE(window->stampPanel()->stamp(), u"prod/s-002"_s);
        }
        window->openLink(u"stampdeck://map?plan=drain"_s);
        QVERIFY(!fixture.plan());
        QVERIFY2(fixture.said().contains(u"names no stamp"_s), qPrintable(fixture.said()));
    }

    // Nobody acts on stamps that the text does not name.
    void aSearchThatCannotBeReadNamesNothing()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        MainWindow *window = fixture.window.get();
        window->openLink(u"stampdeck://map?query=region:r1"_s);
        QTRY_VERIFY(window->map()->matches() && window->map()->matches()->size() == 1);
        window->openLink(u"stampdeck://map?query=region:r1%20cpu%3Emuch"_s);
        QVERIFY(fixture.search()->fault());
        QTRY_VERIFY(window->map()->matches() && window->map()->matches()->isEmpty());
        QVERIFY2(fixture.counts().contains(fixture.search()->fault()->message),
                 qPrintable(fixture.counts()));
        QVERIFY(window->findChild<Button *>(u"clearSearch"_s)->isVisible());
        window->actions().action(u"map.selectMatches"_s)->trigger();
        QVERIFY(window->map()->selection().isEmpty());
        // The tables say so too, and what changes in the fleet changes nothing of it.
        auto *table = window->findChild<Table *>(u"stamps"_s);
        window->actions().action(u"view.stamps"_s)->trigger();
        QTRY_COMPARE(table->model()->rowCount(), 0);
        FleetUpdate delta = SampleFleet::delta();
        Stamp stamp = SampleFleet{4, 3}.stamp(1);
        stamp.health = Health::Degraded;
        stamp.revision = u"2"_s;
        delta.stamps.push_back(std::make_shared<const Stamp>(stamp));
        fixture.deck.apply(delta);
        QTRY_COMPARE(window->map()->version()->counts.degraded, 1);
        QVERIFY(window->map()->matches() && window->map()->matches()->isEmpty());
        QCOMPARE(table->model()->rowCount(), 0);
        // Read again, it filters again.
        fixture.search()->setText(u"region:r1"_s);
        QTRY_COMPARE(table->model()->rowCount(), 1);
        QTRY_VERIFY(window->map()->matches()->size() == 1);
        QVERIFY(!window->findChild<Button *>(u"clearSearch"_s)->isVisible());
    }

    void whereNothingMatchesTheSearchCanBeCleared()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        MainWindow *window = fixture.window.get();
        auto *clear = window->findChild<Button *>(u"clearSearch"_s);
        QVERIFY(!clear->isVisible());
        fixture.search()->setText(u"region:nowhere"_s);
        QTRY_VERIFY(clear->isVisible());
        QCOMPARE(fixture.counts(), u"Nothing matches region:nowhere"_s);
        QVERIFY(clear->geometry().left() > window->findChild<TextLine *>(u"counts"_s)->geometry().right());
        clear->click();
        QCOMPARE(fixture.search()->text(), QString());
        QTRY_VERIFY(!window->map()->matches());
        QVERIFY(!clear->isVisible());
        // In the tables below what they say.
        for (const QString &view : {u"stamps"_s, u"tenants"_s}) {
            window->actions().action(u"view."_s + view)->trigger();
            fixture.search()->setText(u"region:nowhere"_s);
            Table *table = nullptr;
            for (Table *each : window->findChildren<Table *>(view)) {
                if (each->isVisible())
                    table = each;
            }
            QVERIFY(table);
            QTRY_COMPARE(table->model()->rowCount(), 0);
            auto *offer = table->findChild<Button *>(u"emptyOffer"_s);
            QTRY_VERIFY(offer && offer->isVisible());
            offer->click();
            QCOMPARE(fixture.search()->text(), QString());
            QTRY_VERIFY(table->model()->rowCount() > 0);
            QVERIFY(!offer->isVisible());
        }
    }

    void whatThePanelNamesIsAddedToWhatIsTyped()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        AttentionPanel *panel = fixture.window->attention();
        fixture.search()->setText(u"tier:premium"_s);
        Q_EMIT panel->queryRequested(u"region:r1"_s);
        QCOMPARE(fixture.search()->text(), u"tier:premium region:r1"_s);
        // No stamp is in two regions.
        Q_EMIT panel->queryRequested(u"region:r2"_s);
        QCOMPARE(fixture.search()->text(), u"tier:premium region:r2"_s);
        // What was typed since stays.
        fixture.search()->setText(u"tier:free OR tier:premium"_s);
        Q_EMIT panel->queryRequested(u"region:r1"_s);
        QCOMPARE(fixture.search()->text(), u"(tier:free OR tier:premium) region:r1"_s);
    }

    void aPanelThatWasHiddenStaysSo()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        MainWindow *window = fixture.window.get();
        QAction *toggle = window->actions().action(u"panel.toggle"_s);
        QVERIFY(window->attention()->isVisible());
        toggle->trigger();
        QVERIFY(!window->attention()->isVisible());
        window->resize(1100, 800);
        window->resize(1600, 1000);
        QVERIFY(!window->attention()->isVisible());
        toggle->trigger();
        window->resize(1100, 800);
        QVERIFY(!window->attention()->isVisible());
        window->resize(1600, 1000);
        QVERIFY(window->attention()->isVisible());
    }

    void keysOfWhatComesLaterAreKept()
    {
        const QTemporaryDir dir;
        const QString file = dir.filePath(u"window.ini"_s);
        const QKeySequence keys(Qt::CTRL | Qt::ALT | Qt::Key_R);
        const QKeySequence others(Qt::CTRL | Qt::ALT | Qt::Key_V);
        {
            Fixture fixture;
            fixture.window->rememberIn(file);
            QVERIFY(fixture.start());
            QTRY_VERIFY(fixture.window->actions().action(u"zoom.r1"_s));
            fixture.window->actions().setKeys(u"zoom.r1"_s, keys);
            fixture.window->saveView(u"mine/the best"_s);
            fixture.window->actions().setKeys(u"saved.mine/the best"_s, others);
        }
        for (int start = 0; start < 2; ++start) {
            // The first one ends before the region is known.
            Fixture fixture;
            fixture.window->rememberIn(file);
            QCOMPARE(fixture.window->actions().action(u"saved.mine/the best"_s)->shortcut(), others);
            if (start == 0)
                continue;
            QVERIFY(fixture.start());
            QTRY_VERIFY(fixture.window->actions().action(u"zoom.r1"_s));
            QCOMPARE(fixture.window->actions().action(u"zoom.r1"_s)->shortcut(), keys);
            // A view that is forgotten takes its keys along.
            fixture.window->forgetView(u"mine/the best"_s);
            fixture.window->saveView(u"mine/the best"_s);
            QVERIFY(fixture.window->actions().action(u"saved.mine/the best"_s)->shortcut().isEmpty());
        }
    }

    // As they were written before.
    void keysOfAnEarlierFileAreRead()
    {
        const QTemporaryDir dir;
        const QString file = dir.filePath(u"window.ini"_s);
        QFile out(file);
        QVERIFY(out.open(QFile::WriteOnly));
        QVERIFY(out.write("[keys]\nmap.fit=Ctrl+Alt+F\n") > 0);
        out.close();
        Fixture fixture;
        fixture.window->rememberIn(file);
        QCOMPARE(fixture.window->actions().action(u"map.fit"_s)->shortcut(),
                 QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_F));
    }

    // Whatever takes a click is reached by Tab and pressed by a key, and told of by name.
    void whatTakesAClickTakesAKey()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        MainWindow *window = fixture.window.get();
        QApplication::setActiveWindow(window);
        QVERIFY(QTest::qWaitForWindowActive(window));
        const auto areasOf = [window](const QString &name) {
            QList<QAbstractButton *> shown;
            const auto *part = window->findChild<QWidget *>(name);
            for (QAbstractButton *each : part->findChildren<QAbstractButton *>()) {
                if (each->isVisible())
                    shown.append(each);
            }
            return shown;
        };
        const auto press = [](QAbstractButton *area) {
            area->setFocus(Qt::TabFocusReason);
            QTest::keyClick(area, Qt::Key_Return);
        };
        for (const QString &name : {u"fleetStrip"_s, u"survives"_s, u"statusBar"_s}) {
            QTRY_VERIFY2(!areasOf(name).isEmpty(), qPrintable(name));
            for (const QAbstractButton *area : areasOf(name)) {
                QVERIFY2(area->focusPolicy() & Qt::TabFocus, qPrintable(name));
                const QAccessibleInterface *spoken = QAccessible::queryAccessibleInterface(
                    const_cast<QAbstractButton *>(area));
                QVERIFY2(!spoken->text(QAccessible::Name).isEmpty(), qPrintable(name));
                QVERIFY2(const_cast<QAccessibleInterface *>(spoken)->actionInterface()->actionNames().contains(
                             QAccessibleActionInterface::pressAction()),
                         qPrintable(name));
            }
        }
        QCOMPARE(areasOf(u"fleetStrip"_s).first()->accessibleName(), u"4 healthy"_s);
        press(areasOf(u"fleetStrip"_s).first());
        QCOMPARE(fixture.search()->text(), u"health:healthy"_s);
        fixture.search()->clear();

        QAbstractButton *region = areasOf(u"survives"_s).first();
        const QString name = region->accessibleName();
        QVERIFY2(name.startsWith(u'r') && !region->accessibleDescription().isEmpty(), qPrintable(name));
        press(region);
        QCOMPARE(fixture.search()->text(), QString(u"region:"_s + name));
        fixture.search()->clear();

        FleetForecast forecast;
        const Outlook storage{ResourceKind::Storage, std::chrono::hours(24 * 3)};
        forecast.stamps.insert(u"prod/s-001"_s, {storage});
        window->attention()->setForecast(forecast);
        QTRY_COMPARE(areasOf(u"nextFull"_s).size(), 1);
        press(areasOf(u"nextFull"_s).first());
        QCOMPARE(window->stampPanel()->stamp(), u"prod/s-001"_s);
        window->map()->setSelection({});

        const auto *changes = window->attention()->findChild<QWidget *>(u"changes"_s);
        QVERIFY(!changes->accessibleName().isEmpty());
        QVERIFY(!changes->accessibleDescription().isEmpty());

        QVERIFY(window->carry().pickUp({u"prod/t-000-0"_s}, CarryController::Mode::Cut));
        QTRY_VERIFY(!areasOf(u"carryPanel"_s).isEmpty());
        const QString best = areasOf(u"carryPanel"_s).first()->accessibleName();
        press(areasOf(u"carryPanel"_s).first());
        QTRY_VERIFY(fixture.plan());
        QCOMPARE(fixture.plan()->request().to, QString(u"prod/"_s + best));
    }

    void f6GoesRoundAllThatIsShown_data()
    {
        QTest::addColumn<int>("what");
        QTest::addColumn<QStringList>("parts");
        QTest::newRow("the map") << 0
                                 << QStringList{u"toolBar"_s, u"map"_s, u"attentionPanel"_s,
                                                u"drawer"_s, u"statusBar"_s, u"rail"_s, u"topBar"_s};
        QTest::newRow("what is carried")
            << 1
            << QStringList{u"carry"_s, u"map"_s, u"carryPanel"_s, u"drawer"_s, u"statusBar"_s,
                           u"rail"_s, u"topBar"_s};
        QTest::newRow("a what-if") << 2
                                   << QStringList{u"whatIf"_s, u"map"_s, u"drawer"_s, u"statusBar"_s,
                                                  u"rail"_s, u"topBar"_s};
        QTest::newRow("a fault and an undo")
            << 3
            << QStringList{u"toolBar"_s, u"configurationFault"_s, u"map"_s, u"attentionPanel"_s,
                           u"drawer"_s, u"toast"_s, u"statusBar"_s, u"rail"_s, u"topBar"_s};
    }
    void f6GoesRoundAllThatIsShown()
    {
        QFETCH(int, what);
        QFETCH(QStringList, parts);
        Fixture fixture;
        QVERIFY(fixture.start());
        MainWindow *window = fixture.window.get();
        window->setNoticeTime(std::chrono::hours(1));
        QVERIFY(QTest::qWaitForWindowActive(window));
        if (what == 1) {
            QVERIFY(window->carry().pickUp({u"prod/t-000-0"_s}, CarryController::Mode::Cut));
        } else if (what == 2) {
            window->whatIf().start({u"prod/s-002"_s});
        } else if (what == 3) {
            window->setConfigurationFault(u"fleet.yaml:1:1: expected a list"_s);
            fixture.toast->show(u"Done: cordon s-001"_s, u"op-1"_s);
        }
        (void)window->grab(); // what is painted is there
        QCoreApplication::processEvents();
        fixture.search()->setFocus();
        QStringList gone;
        for (int step = 0; step < 12; ++step) {
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_F6);
            const QWidget *focus = QApplication::focusWidget();
            while (focus && focus->parentWidget() && focus->parentWidget() != window)
                focus = focus->parentWidget();
            QVERIFY(focus);
            gone.append(focus->objectName());
            if (gone.last() == u"topBar")
                break;
        }
        QVERIFY2(gone == parts, qPrintable(gone.join(u' ')));
        QCOMPARE(QApplication::focusWidget(), fixture.search());
        // And back the other way.
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_F6, Qt::ShiftModifier);
        QVERIFY(window->findChild<QWidget *>(parts[parts.size() - 2])
                    ->isAncestorOf(QApplication::focusWidget()));
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestWayfinding)
#include "tst_wayfinding.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "pseudolanguage.h"
#include "windowreader.h"

#include "app/stampdeck/mainwindow.h"
#include "app/stampdeck/program.h"
#include "app/stampdeck/wallwindow.h"

#include "models/language.h"
#include "widgets/attentionpanel.h"
#include "widgets/commandpalette.h"
#include "widgets/controls.h"
#include "widgets/createwizard.h"
#include "widgets/mapwidget.h"
#include "widgets/operationsdrawer.h"
#include "widgets/plandialog.h"
#include "widgets/stamppanel.h"
#include "widgets/tablesview.h"
#include "widgets/themes.h"
#include "widgets/topbar.h"
#include "widgets/whatif.h"

#include "tests/support/testmain.h"

#include <QtCore/QTemporaryDir>
#include <QtGui/QPainter>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QGroupBox>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QTabBar>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

namespace {

} // namespace

/// Shows the whole window in a language that is made up, and looks for words that are not in it and
/// for words that have no room.
class TestPseudoLocale final : public QObject
{
    Q_OBJECT

private:
    void look(const QString &where) { m_reader.look(where); }

    /// Looks at the menu that is open, and closes it.
    void lookAtMenu(const QString &where)
    {
        auto *menu = qobject_cast<QMenu *>(QApplication::activePopupWidget());
        QVERIFY2(menu, qPrintable(where));
        look(where);
        menu->close();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }

    void lookAtDialog(const QString &where)
    {
        QTRY_VERIFY2(QApplication::activeModalWidget(), qPrintable(where));
        look(where);
        closeDialog();
    }

    void closeDialog()
    {
        while (auto *dialog = qobject_cast<QDialog *>(QApplication::activeModalWidget())) {
            dialog->reject();
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        }
        QCoreApplication::processEvents();
    }

    void lookAtPlan(const QString &where, const ActionRequest &request)
    {
        PlanDialog *dialog = m_window->openPlan(request);
        QTRY_VERIFY2(dialog->findChild<QWidget *>(u"steps"_s), qPrintable(where));
        lookAtDialog(where);
    }

    void open()
    {
        WindowOptions options;
        options.stateDir = m_dir->path();
        options.actor = u"ada"_s;
        m_program = std::make_unique<Program>(*m_catalog, options);
        const Result<FleetConfig> config = readSourceOptions(
            {u"demo:simulator=24,tenantsPerStamp=6,seed=7,timeScale=10,startSeconds=1"_s},
            m_catalog->adapters());
        QVERIFY(config);
        QVERIFY(m_program->open(*config));
        m_window = m_program->window();
        m_window->resize(1600, 1000);
        m_window->show();
        QTRY_COMPARE_WITH_TIMEOUT(m_window->map()->version()->counts.stamps, 24, 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->map()->groupNotes().isEmpty(), 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->map()->version()->sources[0].templates, 30'000);
        m_reader.names.add(*m_window->map()->version());
        m_reader.names.add(m_catalog->adapters());
    }

    void trigger(const QString &action) { m_window->actions().action(action)->trigger(); }

    QTemporaryDir m_words;
    std::unique_ptr<QTranslator> m_language;
    std::unique_ptr<QTemporaryDir> m_dir;
    std::optional<PluginCatalog> m_catalog; // what it reads is said in a language
    std::unique_ptr<Program> m_program;
    MainWindow *m_window = nullptr;
    WindowReader m_reader;

private Q_SLOTS:
    void initTestCase()
    {
        QString error;
        m_language = pseudoLanguage(m_words.path(), &error);
        QVERIFY2(m_language, qPrintable(error));
        QVERIFY(QCoreApplication::installTranslator(m_language.get()));
        Themes::instance().install();
        m_catalog.emplace();
    }
    void init()
    {
        // As strict(), but a menu that opens asks for the keyboard.
        QTest::failOnWarning(QRegularExpression(
            u"^(?!This plugin does not support (propagateSizeHints|raise|grabbing)).*"_s));
        m_dir = std::make_unique<QTemporaryDir>();
        m_reader.start();
    }
    void cleanup()
    {
        m_window = nullptr;
        m_program.reset();
        m_dir.reset();
    }

    void theLanguageIsOne()
    {
        QCOMPARE(pseudo(u"Move %1 of %Ln tenant(s) to <b>%2</b>"_s),
                 u"⟦Ḿóṽéé %1 óƒ %Ln ťééńááńť(ś) ťóó <b>%2</b>⟧"_s);
        Names names;
        names.add(u"eu-west-03 acme"_s);
        QCOMPARE(names.foreignWord(u"⟦%1⟧ eu-west-03 p99"_s), QString());
        QCOMPARE(names.foreignWord(pseudo(u"Everything in another language"_s)), QString());
        QCOMPARE(names.foreignWord(u"⟦ťó⟧ acme draining"_s), u"draining"_s);
    }

    /// The test itself can fail: a word that is not translated, and one without room.
    void whatIsWrongIsFound()
    {
        QWidget window;
        Button button(Button::Kind::Plain, u"Cancel"_s, {}, &window);
        button.setFixedWidth(20);
        window.resize(200, 100);
        window.show();
        look(u"a window"_s);
        QCOMPARE(m_reader.untranslated().size(),
                 2); // as a widget's word, and as a line that is drawn
        QVERIFY(!m_reader.cramped().isEmpty());
    }

    void everyWordIsTranslatedAndHasRoom_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::newRow("1600 × 1000") << QSize(1600, 1000);
        QTest::newRow("1024 × 700") << QSize(1024, 700);
    }

    void everyWordIsTranslatedAndHasRoom()
    {
        QFETCH(QSize, size);
        open();
        m_window->resize(size);
        MapWidget *map = m_window->map();
        const FleetVersionPtr version = map->version();
        const FleetVersion &fleet = *version;
        const QString first = fleet.stampId(0);
        look(u"sheet"_s);
        trigger(u"map.world"_s);
        look(u"world"_s);
        trigger(u"map.sheet"_s);
        for (const MapGroupBy grouping : allMapGroupings) {
            map->setGrouping(grouping);
            look(u"grouped by "_s + toString(grouping));
        }
        map->setGrouping(MapGroupBy::Region);
        for (const MapColourBy colour : allMapColours) {
            map->setColour(colour);
            look(u"coloured by "_s + toString(colour));
        }
        map->setColour(MapColourBy::Health);

        for (const QString &view :
             {u"stamps"_s, u"tenants"_s, u"incidents"_s, u"operations"_s, u"audit"_s}) {
            trigger(u"view."_s + view);
            look(u"view "_s + view);
        }
        trigger(u"view.map"_s);
        m_window->openStamp(first);
        for (int tab = 0; tab < m_window->findChild<QTabBar *>(u"stampTabs"_s)->count(); ++tab) {
            m_window->stampPanel()->setTab(StampPanel::Tab(tab));
            look(u"stamp panel, tab %1"_s.arg(tab));
        }
        for (int step = 0; step < 6; ++step) { // from far to near
            trigger(u"map.zoomIn"_s);
            QTest::qWait(0);
            look(u"nearer %1"_s.arg(step));
        }
        trigger(u"map.fit"_s);
        map->setSelection({});

        // Carrying
        CarryController &carry = m_window->carry();
        QVERIFY(carry.pickUpAll(first, CarryController::Mode::Cut));
        look(u"carry a stamp's tenants"_s);
        carry.putBack();
        QStringList few;
        fleet.eachTenant([&](int slot, const TenantEntry &) {
            if (few.size() < 3)
                few.append(fleet.tenantId(slot));
        });
        QVERIFY(carry.pickUp(few, CarryController::Mode::Cut));
        look(u"carry three tenants"_s);
        carry.putBack();

        // Menus
        const QPoint middle = m_window->mapToGlobal(m_window->rect().center());
        Q_EMIT m_window->findChild<ViewRail *>(u"rail"_s)->settingsPressed();
        lookAtDialog(u"settings"_s);
        Q_EMIT map->menuRequested(0, middle);
        lookAtMenu(u"stamp menu"_s);
        Q_EMIT map->regionMenuRequested(fleet.stamps[0]->stamp->region, middle);
        lookAtMenu(u"region menu"_s);
        Q_EMIT m_window->findChild<StatusBar *>(u"statusBar"_s)->sourcesWanted(middle);
        lookAtMenu(u"sources menu"_s);
        for (Button *button :
             m_window->findChild<QWidget *>(u"toolBar"_s)->findChildren<Button *>()) {
            if (!button->isVisible())
                continue;
            button->click();
            if (QApplication::activePopupWidget())
                lookAtMenu(u"menu of "_s + button->objectName());
        }
        trigger(u"palette"_s);
        look(u"palette"_s);
        QTest::keyClick(m_window->findChild<QWidget *>(u"paletteField"_s), Qt::Key_Escape);
        m_window->findChild<SearchBox *>(u"search"_s)->setText(u"region:("_s);
        look(u"a search with a mistake"_s);
        m_window->findChild<SearchBox *>(u"search"_s)->clear();

        // Dialogs
        for (const QString &dialog : {u"keys"_s, u"view.save"_s}) {
            trigger(dialog);
            lookAtDialog(u"dialog "_s + dialog);
        }
        m_window->openDiagnostics(u"demo"_s);
        lookAtDialog(u"diagnostics"_s);
        SourcesAccess access;
        access.adapters = m_catalog->adapters();
        m_window->openSources(access);
        lookAtDialog(u"sources"_s);
        CreateWizard *wizard = m_window->openWizard();
        for (int page = 0; page < 3; ++page) {
            look(u"wizard, page %1"_s.arg(page));
            wizard->findChild<Button *>(u"next"_s)->click();
        }
        look(u"plan to create"_s);
        closeDialog();

        ActionRequest request;
        request.stamp = first;
        request.region = fleet.stamps[0]->stamp->region;
        for (const ActionKind kind :
             {ActionKind::Cordon, ActionKind::Uncordon, ActionKind::Drain, ActionKind::Delete}) {
            request.kind = kind;
            ActionRequest one = request;
            one.region.clear();
            lookAtPlan(u"plan to "_s + toString(kind), one);
        }
        ActionRequest out;
        out.kind = ActionKind::Evacuate;
        out.region = request.region;
        lookAtPlan(u"plan to evacuate"_s, out);

        // What if
        map->setSelection({0});
        trigger(u"stamp.whatIf"_s);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->whatIf().loss(), 30'000);
        look(u"what if a stamp were lost"_s);
        trigger(u"map.world"_s);
        look(u"what if, on the world"_s);
        trigger(u"whatIf.end"_s);
        trigger(u"map.sheet"_s);
        map->setSelection({});

        // An operation and what is said of it
        request.kind = ActionKind::Cordon;
        for (int slot = 0; slot < fleet.counts.stamps; ++slot) {
            if (fleet.stamps[slot]->stamp->lifecycle == Lifecycle::Active)
                request.stamp = fleet.stampId(slot);
        }
        PlanDialog *plan = m_window->openPlan(request);
        QTRY_VERIFY(plan->findChild<Button *>(u"Run"_s)->isEnabled());
        plan->findChild<Button *>(u"Run"_s)->click();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->findChild<UndoToast *>(u"toast"_s)->isVisible(), 30'000);
        closeDialog();
        m_reader.names.add(*map->version());
        look(u"toast"_s);
        m_window->findChild<OperationsDrawer *>(u"drawer"_s)->setOpen(true);
        look(u"drawer"_s);
        trigger(u"view.operations"_s);
        m_window->findChild<OperationsView *>()->table()->selectRow(0);
        look(u"an operation"_s);
        trigger(u"view.audit"_s);
        QTRY_VERIFY(m_window->findChild<AuditView *>());
        look(u"the audit trail"_s);
        trigger(u"view.map"_s);
        m_window->setConfigurationFault(u"1"_s);
        m_window->setCutOff({u"op-1"_s});
        look(u"a fault, and what was cut off"_s);
        report();
    }

    void anEmptyWindow()
    {
        WindowOptions options;
        options.stateDir = m_dir->path();
        options.actor = u"ada"_s;
        options.configFile = m_dir->filePath(u"fleet.yaml"_s);
        m_program = std::make_unique<Program>(*m_catalog, options);
        QVERIFY(m_program->open({}));
        for (const QSize size : {QSize(1600, 1000), QSize(1024, 700)}) {
            m_program->window()->resize(size);
            m_program->window()->show();
            look(u"nothing configured, %1"_s.arg(size.width()));
        }
        report();
    }

    void theWall()
    {
        WindowOptions options;
        options.stateDir = m_dir->path();
        options.actor = u"ada"_s;
        options.wall = true;
        m_program = std::make_unique<Program>(*m_catalog, options);
        const Result<FleetConfig> config =
            readSourceOptions({u"demo:simulator=24,seed=7"_s}, m_catalog->adapters());
        QVERIFY(config);
        QVERIFY(m_program->open(*config));
        m_program->shown()->resize(1600, 900);
        m_program->shown()->show();
        const MapWidget *map = qobject_cast<WallWindow *>(m_program->shown())->map();
        QTRY_COMPARE_WITH_TIMEOUT(map->version()->counts.stamps, 24, 30'000);
        m_reader.names.add(*map->version());
        look(u"wall"_s);
        report();
    }

private:
    void report()
    {
        for (const QString &line : m_reader.untranslated())
            qInfo("not translated: %s", qPrintable(line));
        for (const QString &line : m_reader.cramped())
            qInfo("no room: %s", qPrintable(line));
        QVERIFY2(
            m_reader.untranslated().isEmpty(),
            qPrintable(u"not translated: %1, see above"_s.arg(m_reader.untranslated().size())));
        QVERIFY2(m_reader.cramped().isEmpty(),
                 qPrintable(u"without room: %1, see above"_s.arg(m_reader.cramped().size())));
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestPseudoLocale)
#include "tst_pseudolocale.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/actionregistry.h"
#include "widgets/attentionpanel.h"
#include "widgets/bars.h"
#include "widgets/commandpalette.h"
#include "widgets/componentsview.h"
#include "widgets/metriccharts.h"
#include "widgets/operationsdrawer.h"
#include "widgets/stamppanel.h"
#include "widgets/tablesview.h"
#include "widgets/themes.h"
#include "widgets/topbar.h"

#include "models/auditmodel.h"

#include "tests/support/testmain.h"
#include "tests/widgets/deckfixture.h"

#include <QtCharts/QChart>
#include <QtGui/QAccessible>
#include <QtGui/QWheelEvent>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLabel>
#include <QtWidgets/QTabBar>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using Testing::DeckFixture;
using Testing::SampleFleet;

class TestStampPanel : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Themes::instance().install(); }
    void init() { Testing::strict(); }

    void draftsHoldOnlyWhatDiffers()
    {
        const Stamp stamp = SampleFleet().stamp(0);
        ScaleDraft draft;
        draft.setReplicas(stamp, u"api"_s, 5);
        QCOMPARE(draft.summary(stamp), u"api 3 to 5"_s);
        draft.setReplicas(stamp, u"api"_s, 3);
        QVERIFY(draft.isEmpty());
        draft.setLimit(stamp, ResourceKind::Cpu, 96);
        QCOMPARE(draft.setting().cpu, 96.0);
        draft.setLimit(stamp, ResourceKind::Cpu, 64);
        QVERIFY(draft.isEmpty());
        RuleSetting rule;
        draft.setReplicas(stamp, u"api"_s, 5);
        draft.setRule(stamp, u"api"_s, rule);
        QVERIFY(draft.setting().components.isEmpty()); // the rule owns the count now
        QCOMPARE(draft.setting().rules.size(), size_t(1));
        draft.setRule(stamp, u"api"_s, {});
        QVERIFY(draft.isEmpty()); // there was none before
        // What has been carried out is wanted no more.
        draft.setReplicas(stamp, u"api"_s, 5);
        draft.setLimit(stamp, ResourceKind::Cpu, 96);
        Stamp scaled = stamp;
        const auto api = std::find_if(scaled.components.begin(), scaled.components.end(),
                                      [](const Component &one) { return one.name == u"api"; });
        api->desired = 5;
        draft.dropReached(scaled);
        QVERIFY(draft.setting().components.isEmpty());
        QCOMPARE(draft.setting().cpu, 96.0);
    }

    void steppersCollectChangesForOnePlan()
    {
        DeckFixture fixture;
        ComponentsView view(*fixture.deck);
        view.resize(400, 500);
        view.setStamp(u"prod/s-001"_s);
        view.show();
        auto *api = view.findChild<Stepper *>(u"stepper api"_s);
        auto *db = view.findChild<Stepper *>(u"stepper db"_s);
        QVERIFY(api && db);
        QVERIFY(!db->isEnabled()); // min = max
        QTest::mouseClick(api, Qt::LeftButton, {}, QPoint(85, 14));
        QTest::keyClick(api, Qt::Key_Up);
        QCOMPARE(view.draft().setting().components.value(u"api"_s), 5);
        auto *bar = view.findChild<QWidget *>(u"changes"_s);
        QVERIFY(bar->isVisible());
        QSignalSpy plan(&view, &ComponentsView::planRequested);
        view.findChild<Button *>(u"planChanges"_s)->click();
        QCOMPARE(plan.count(), 1);
        const auto request = plan.first().first().value<ActionRequest>();
        QCOMPARE(request.kind, ActionKind::Scale);
        QCOMPARE(request.stamp, u"prod/s-001"_s);
        QCOMPARE(request.scale.components.value(u"api"_s), 5);
        view.findChild<Button *>(u"discard"_s)->click();
        QVERIFY(view.draft().isEmpty());
        QVERIFY(!bar->isVisible());
    }

    void whatABackendCannotIsSaidAndNotOffered()
    {
        DeckFixture fixture({}, Capability::Cordon);
        QWidget window;
        ActionRegistry actions(&window);
        for (const QString &id : {u"stamp.cordon"_s, u"stamp.uncordon"_s})
            actions.add(id, id, {}, {}, [] {});
        AuditModel audit(*fixture.journal);
        CarryController carry(*fixture.feed);
        StampPanel panel(*fixture.deck, carry, actions, audit);
        panel.resize(380, 800);
        panel.setStamp(u"prod/s-001"_s);
        panel.show();
        QVERIFY(panel.findChild<Button *>(u"cordon"_s)->isVisible());
        QVERIFY(!panel.findChild<Button *>(u"scale"_s)->isVisible());
        QVERIFY(panel.findChild<QLabel *>(u"reasons"_s)
                        ->text()
                        .contains(u"prod cannot scale or move tenants"_s));
        QVERIFY(!panel.findChild<Stepper *>(u"stepper api"_s)->isVisible());
        QCOMPARE(panel.findChild<TextLine *>(u"scaleNote"_s)->text(), u"prod cannot scale."_s);
    }

    void aStampThatGoesIsSaidToBeGone()
    {
        DeckFixture fixture;
        QWidget window;
        ActionRegistry actions(&window);
        AuditModel audit(*fixture.journal);
        CarryController carry(*fixture.feed);
        StampPanel panel(*fixture.deck, carry, actions, audit);
        panel.resize(828, 900);
        panel.setStamp(u"prod/s-003"_s);
        panel.show();
        QTRY_COMPARE(panel.tenants()->model().rowCount(), 5);
        FleetUpdate delta = SampleFleet::delta();
        delta.goneStamps = {u"s-003"_s};
        for (int number = 0; number < 5; ++number)
            delta.goneTenants.append(SampleFleet::tenantName(3, number));
        fixture.apply(delta);
        QTRY_VERIFY(panel.findChild<TextLine *>(u"stampGone"_s)->isVisible());
        panel.setStamp(u"prod/s-001"_s);
        QVERIFY(!panel.findChild<TextLine *>(u"stampGone"_s)->isVisible());
    }

    void whatItsLossWouldDoIsSaid()
    {
        DeckFixture fixture;
        QWidget window;
        ActionRegistry actions(&window);
        AuditModel audit(*fixture.journal);
        CarryController carry(*fixture.feed);
        StampPanel panel(*fixture.deck, carry, actions, audit);
        panel.resize(380, 800);
        panel.setStamp(u"prod/s-001"_s);
        panel.show();
        const auto *reasons = panel.findChild<QLabel *>(u"reasons"_s);
        QTRY_VERIFY2(reasons->text().contains(u"If it were lost: all 5 tenants find a place"_s),
                     qPrintable(reasons->text()));
        // One that stays in this region has no other stamp there.
        FleetUpdate delta = SampleFleet::delta();
        Tenant bound = SampleFleet().tenant(2, 0);
        bound.constraints.regions = QStringList{u"r2"_s};
        delta.tenants.push_back(std::make_shared<const Tenant>(bound));
        fixture.apply(delta);
        QTRY_VERIFY(!fixture.deck->fleet().tenants[fixture.deck->fleet().tenantIndex.value(
                                                       u"prod/t-002-0"_s)]
                         .tenant->constraints.regions.isEmpty());
        panel.setStamp(u"prod/s-002"_s);
        QTRY_VERIFY2(reasons->text().contains(u"If it were lost: 1 of 5 stranded: residency 1"_s),
                     qPrintable(reasons->text()));
    }

    void tabsNeverScroll_data()
    {
        QTest::addColumn<int>("width");
        QTest::addColumn<bool>("namesFit");
        QTest::addRow("narrowest") << StampPanel::minWidth << false;
        QTest::addRow("small window") << 360 << false;
        QTest::addRow("usual") << StampPanel::usualWidth << false;
        QTest::addRow("widest") << StampPanel::maxWidth << true;
    }

    void tabsNeverScroll()
    {
        QFETCH(int, width);
        QFETCH(bool, namesFit);
        DeckFixture fixture;
        QWidget window;
        ActionRegistry actions(&window);
        AuditModel audit(*fixture.journal);
        CarryController carry(*fixture.feed);
        StampPanel panel(*fixture.deck, carry, actions, audit);
        panel.resize(width, 900);
        panel.setStamp(u"prod/s-001"_s);
        panel.show();
        auto *tabs = panel.findChild<QTabBar *>(u"stampTabs"_s);
        QCOMPARE(tabs->width(), width);
        for (int shown = 0; shown < tabs->count(); ++shown) {
            panel.setTab(StampPanel::Tab(shown));
            int end = 0;
            for (int tab = 0; tab < tabs->count(); ++tab) {
                const QRect box = tabs->tabRect(tab);
                QVERIFY2(box.left() >= end, qPrintable(tabs->tabText(tab)));
                end = box.right();
                // Where there is an icon alone, its name is told all the same.
                QCOMPARE(tabs->tabToolTip(tab), tabs->tabText(tab));
                const double name = Text::width(tabs->tabText(tab), {Text::Face::Ui, 13, 600});
                if (namesFit || tab == shown)
                    QVERIFY2(box.width() >= name, qPrintable(tabs->tabText(tab)));
                QVERIFY(box.width() >= 24);
            }
            QVERIFY2(end < width, qPrintable(QString::number(end)));
        }
        QVERIFY(!panel.grab().isNull());
    }

    void everyTabCanBePainted()
    {
        DeckFixture fixture;
        QWidget window;
        ActionRegistry actions(&window);
        AuditModel audit(*fixture.journal);
        CarryController carry(*fixture.feed);
        StampPanel panel(*fixture.deck, carry, actions, audit);
        panel.setStamp(u"prod/s-001"_s);
        panel.show();
        for (const int width : {320, 828}) {
            panel.resize(width, 800);
            for (int tab = 0; tab <= int(StampPanel::Tab::Events); ++tab) {
                panel.setTab(StampPanel::Tab(tab));
                QVERIFY(!panel.grab().isNull());
            }
        }
    }

    void tenantsInSightAreNamedForAssistiveTechnology()
    {
        DeckFixture fixture;
        CarryController carry(*fixture.feed);
        TenantsView view(*fixture.deck, carry);
        view.resize(1200, 600);
        view.show();
        QTRY_COMPARE(view.model().rowCount(), 20);
        QAccessibleInterface *table = QAccessible::queryAccessibleInterface(view.table());
        QVERIFY(table && table->tableInterface());
        QAccessibleInterface *cell = table->tableInterface()->cellAt(0, 0);
        QCOMPARE(cell->text(QAccessible::Name), u"tenant t-000-0"_s);
        // Cut carries what is selected.
        view.table()->selectRow(0);
        QTest::keyClick(view.table(), Qt::Key_X, Qt::ControlModifier);
        QCOMPARE(carry.mode(), CarryController::Mode::Cut);
        QCOMPARE(carry.tenants(), QStringList({u"prod/t-000-0"_s}));
    }

    void theSearchBoxPointsAtWhatIsWrong()
    {
        SearchBox box;
        box.resize(404, 32);
        box.show();
        QSignalSpy queries(&box, &SearchBox::queryChanged);
        box.setText(u"health:degraded"_s);
        QCOMPARE(queries.count(), 1);
        QVERIFY(!box.fault());
        box.setText(u"health:purple"_s);
        QVERIFY(box.fault());
        // What was searched before is not what the text says.
        QCOMPARE(queries.count(), 2);
        QCOMPARE(box.query().fault(), box.fault()->message);
        QVERIFY(!box.accessibleDescription().isEmpty());
        QVERIFY(!box.grab().isNull());
        QTest::keyClick(&box, Qt::Key_Escape);
        QVERIFY(box.text().isEmpty());
        QCOMPARE(queries.count(), 3);
        QVERIFY(box.query().isEmpty());
    }

    void actionsSayWhyTheyCannotRun()
    {
        DeckFixture fixture;
        QWidget window;
        window.resize(1000, 700);
        ActionRegistry actions(&window);
        int runs = 0;
        actions.add(u"one"_s, u"Do the first thing"_s, u"play"_s, {}, [&] { ++runs; });
        actions.add(u"two"_s, u"Do the second thing"_s, u"pause"_s, {}, [&] { ++runs; });
        actions.setReason(u"two"_s, u"nothing runs"_s);
        QVERIFY(!actions.action(u"two"_s)->isEnabled());
        QCOMPARE(actions.action(u"two"_s)->toolTip(), u"nothing runs"_s);

        CommandPalette palette(*fixture.deck, actions, &window);
        window.show();
        palette.open();
        auto *field = palette.findChild<QLineEdit *>(u"paletteField"_s);
        auto *list = palette.findChild<QAbstractItemView *>(u"paletteList"_s);
        QAbstractItemModelTester tester(list->model(),
                                        QAbstractItemModelTester::FailureReportingMode::Fatal);
        QCOMPARE(list->model()->rowCount(), 2);
        field->setText(u"second"_s);
        QCOMPARE(list->model()->rowCount(), 1);
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(runs, 0); // it stays, with its reason
        QVERIFY(palette.isVisible());
        field->setText(u"first"_s);
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(runs, 1);
        QVERIFY(!palette.isVisible());
        QSignalSpy stamps(&palette, &CommandPalette::stampChosen);
        palette.open();
        field->setText(u"s-002"_s);
        QTRY_VERIFY(list->model()->rowCount() > 0);
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(stamps.count(), 1);
        QCOMPARE(stamps.first().first().toString(), u"prod/s-002"_s);
    }

    void theDrawerOffersWhatAnOperationAllows()
    {
        DeckFixture fixture;
        OperationsDrawer drawer(*fixture.deck);
        drawer.resize(1000, 200);
        drawer.setOpen(true);
        drawer.show();
        Operation operation;
        operation.id = u"op-1"_s;
        operation.kind = u"move"_s;
        operation.target = u"acme to eu-2"_s;
        operation.state = OperationState::Running;
        operation.createdAt = fixture.clock.now();
        operation.updatedAt = fixture.clock.now();
        fixture.store.showOperation(std::make_shared<const Operation>(operation));
        QTRY_VERIFY(drawer.findChild<QWidget *>(u"operation op-1"_s));
        auto *row = drawer.findChild<QWidget *>(u"operation op-1"_s);
        QCOMPARE(row->accessibleName(), u"Move acme to eu-2"_s);
        QVERIFY(row->findChild<Button *>(u"pause"_s));
        QVERIFY(!row->findChild<Button *>(u"undo"_s));
        operation.state = OperationState::Succeeded;
        fixture.store.showOperation(std::make_shared<const Operation>(operation));
        QTRY_VERIFY(row->findChild<Button *>(u"undo"_s)
                    && row->findChild<Button *>(u"undo"_s)->isVisible());
        QSignalSpy asked(&drawer, &OperationsDrawer::verbRequested);
        row->findChild<Button *>(u"undo"_s)->click();
        QCOMPARE(asked.first().first().toString(), u"op-1"_s);
        QCOMPARE(asked.first().at(1).value<OperationVerb>(), OperationVerb::Undo);
        QVERIFY(!drawer.grab().isNull());
    }

    void sourcesSayHowTheyAre()
    {
        DeckFixture fixture;
        StatusBar bar(*fixture.deck);
        SourceState source = fixture.feed->version()->sources.first();
        source.answered = false;
        QCOMPARE(bar.lineOf(source), u"reading"_s);
        source.reading = 240;
        QCOMPARE(bar.lineOf(source), u"reading 240"_s);
        source.proofs = 400; // it had so many last
        QCOMPARE(bar.lineOf(source), u"reading 240 of 400"_s);
        source.reading = 401;
        QCOMPARE(bar.lineOf(source), u"reading 401"_s);
        source.reading = source.proofs = 0;
        source.answered = true;
        source.lastContact = fixture.clock.elapsed() - std::chrono::seconds(42);
        QCOMPARE(bar.lineOf(source), u"42 s"_s);
        source.watching = true;
        QCOMPARE(bar.lineOf(source), u"watching"_s);
        source.endpointsStale = 1;
        QCOMPARE(bar.lineOf(source), u"stale 42 s"_s);
        source.error = Error::of(ErrorKind::Unreachable, u"connection refused"_s);
        source.endpointsFailing = 1;
        source.nextAttempt = fixture.clock.elapsed() + std::chrono::milliseconds(7'001);
        const auto notice = [&] { return noticeOf(source, fixture.clock.elapsed()); };
        QCOMPARE(notice(), u"prod: connection refused. Showing what was seen 42 s ago. Trying again "
                           "in 8 s."_s);
        // Who names the source is not named again.
        source.error->message = u"prod does not answer"_s;
        source.nextAttempt = fixture.clock.elapsed();
        QCOMPARE(notice(), u"prod does not answer. Showing what was seen 42 s ago. Trying again "
                           "now."_s);
        source.error->message = u"production is another one"_s;
        QVERIFY2(notice().startsWith(u"prod: production"), qPrintable(notice()));
        source.endpoints = 3;
        source.errorEndpoint = u"http://b"_s;
        QCOMPARE(notice(), u"prod: http://b: production is another one. 1 of 3 endpoints fails. "
                           "Trying again now."_s);
        source.nextAttempt.reset();
        QVERIFY2(notice().endsWith(u"It stays so until its configuration changes."),
                 qPrintable(notice()));
        bar.resize(1000, 26);
        QVERIFY(!bar.grab().isNull());
    }

    void troubleComesFirst()
    {
        SampleFleet sample;
        DeckFixture fixture(sample);
        FleetUpdate delta = SampleFleet::delta();
        Stamp sick = sample.stamp(2);
        sick.components[0].ready = 0;
        sick.components[0].health = Health::Unhealthy;
        sick.health = Health::Unhealthy;
        Stamp poorly = sample.stamp(1);
        poorly.health = Health::Degraded;
        delta.stamps.push_back(std::make_shared<const Stamp>(poorly));
        delta.stamps.push_back(std::make_shared<const Stamp>(sick));
        fixture.apply(delta);
        AttentionPanel panel(*fixture.deck);
        panel.resize(320, 800);
        panel.show();
        QTRY_COMPARE(panel.summary().troubleCount, 2);
        QCOMPARE(panel.summary().troubles.first().stamp, u"prod/s-002"_s);
        QSignalSpy activated(&panel, &AttentionPanel::stampActivated);
        panel.findChild<QAbstractButton *>(u"trouble prod/s-002"_s)->click();
        QCOMPARE(activated.first().first().toString(), u"prod/s-002"_s);
        QVERIFY(!panel.grab().isNull());
    }

    void chartsAreWrittenAsPicturesAndValues()
    {
        DeckFixture fixture;
        MetricCharts charts(*fixture.deck);
        charts.resize(380, 1'100);
        charts.setStamp(u"prod/s-001"_s);
        charts.show();
        QTRY_VERIFY(fixture.deck->stamp(u"prod/s-001"_s)->samples);
        FleetUpdate delta = SampleFleet::delta();
        Stamp stamp = SampleFleet().stamp(1);
        stamp.signalValues.requestsPerSecond = 222;
        fixture.clock.advance(std::chrono::seconds(5));
        stamp.observedAt = fixture.clock.now();
        delta.stamps.push_back(std::make_shared<const Stamp>(stamp));
        fixture.apply(delta);
        QTRY_COMPARE(charts.content().rowCount, 2);

        QTemporaryDir folder;
        const auto written = [&](const QString &name) {
            const QString path = folder.filePath(name);
            QFile file(path);
            const Result<void> is = charts.writeTo(path);
            return is && file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
        };
        const QByteArray csv = written(u"charts.csv"_s);
        QVERIFY2(csv.startsWith("time,cpu,requestsPerSecond,errorRatio,latencyP99Ms,latencyP50Ms,"
                                "memory,storage\r\n"),
                 csv.constData());
        QVERIFY2(csv.contains(",0.140625,222,0.001,"), csv.constData());
        QImage image;
        QVERIFY(image.loadFromData(written(u"charts.png"_s), "PNG"));
        QCOMPARE(image.size(), charts.size() * 2);
        const QByteArray svg = written(u"charts.svg"_s);
        QVERIFY2(svg.contains("<polyline") || svg.contains("<path"), svg.left(400).constData());
        QVERIFY(!svg.contains("data:image")); // lines stay lines
        QVERIFY(!charts.writeTo(folder.filePath(u"charts.gif"_s)));
        QVERIFY(!charts.writeTo(u"/nowhere/charts.csv"_s));
    }

    void whatHappenedIsMarkedOnTheCharts()
    {
        MetricChart chart(u"CPU"_s, MetricChart::Unit::Share, {{u"of limit"_s}});
        chart.resize(380, 202);
        chart.setPoints(0, {{0, 0.5}, {100'000, 0.5}});
        chart.setRange(0, 100'000);
        const QImage before = chart.grab().toImage();
        chart.setEvents({{150'000, std::nullopt}}); // not in sight
        QVERIFY(chart.grab().toImage() == before);
        chart.setEvents({{50'000, std::nullopt}});
        const QImage change = chart.grab().toImage();
        QVERIFY(change != before);
        chart.setEvents({{50'000, Health::Unhealthy}});
        const QImage trouble = chart.grab().toImage();
        QVERIFY(trouble != before && trouble != change);
    }

    void aGapIsNoLine()
    {
        MetricChart chart(u"CPU"_s, MetricChart::Unit::Share, {{u"of limit"_s}});
        chart.resize(380, MetricChart::usualHeight);
        const double minute = 60e3;
        QList<QPointF> points;
        for (int at = 10; at <= 20; ++at)
            points.append({at * minute, 0.5});
        points.append({25 * minute, qQNaN()});
        for (int at = 30; at <= 55; ++at)
            points.append({at * minute, 0.5});
        chart.setPoints(0, points);
        chart.setRange(0, 60 * minute);
        QCOMPARE(chart.gaps(),
                 (QList<std::pair<double, double>>{{0, 10 * minute},
                                                   {20 * minute, 30 * minute},
                                                   {55 * minute, 60 * minute}}));
        // Nothing of the line's colour stands in the middle of the gap.
        const QImage image = chart.grab().toImage();
        const QRectF plot = chart.chart()->plotArea();
        const auto inkAt = [&](double time) {
            const int x = int(plot.x() + time / (60 * minute) * plot.width());
            const QRgb ink = Theme::current().rgb(Token::Chart1);
            for (int y = int(plot.y()) + 1; y < int(plot.bottom()) - 1; ++y) {
                const QRgb pixel = image.pixel(x, y);
                if (std::abs(qRed(pixel) - qRed(ink)) + std::abs(qGreen(pixel) - qGreen(ink))
                        + std::abs(qBlue(pixel) - qBlue(ink))
                    < 24)
                    return true;
            }
            return false;
        };
        QVERIFY(inkAt(15 * minute));
        QVERIFY(!inkAt(25 * minute));
        chart.setPoints(0, {});
        chart.setRange(0, 60 * minute);
        QCOMPARE(chart.gaps(), (QList<std::pair<double, double>>{{0, 60 * minute}}));
    }

    void stampsAreComparedOnTheSameCharts()
    {
        DeckFixture fixture;
        MetricCharts charts(*fixture.deck);
        charts.resize(828, 800);
        charts.setStamp(u"prod/s-001"_s);
        charts.show();
        QCOMPARE(charts.charts().at(3)->lines().size(), 2); // p99 and p50
        charts.setCompared({u"prod/s-002"_s, u"prod/s-001"_s, u"prod/nobody"_s, u"prod/s-003"_s,
                            u"prod/s-002"_s});
        QCOMPARE(charts.compared(), (QStringList{u"prod/s-002"_s, u"prod/s-003"_s}));
        QTRY_VERIFY(fixture.deck->stamp(u"prod/s-003"_s)->samples);
        for (const MetricChart *chart : charts.charts()) {
            // p50 beside p99, dashed and in the same colour.
            const int each = chart == charts.charts().at(3) ? 2 : 1;
            QCOMPARE(chart->lines().size(), 3 * each);
            QCOMPARE(chart->lines().at(each).category, 1);
            QVERIFY(!chart->lines().at(each).dashed);
            QCOMPARE(chart->lines().last().category, 2);
            QCOMPARE(chart->lines().last().dashed, each == 2);
            QVERIFY(chart->isComparison());
        }
        FleetUpdate delta = SampleFleet::delta();
        fixture.clock.advance(std::chrono::seconds(5));
        for (const int number : {1, 2, 3}) {
            Stamp stamp = SampleFleet().stamp(number);
            stamp.signalValues.requestsPerSecond = 100 * number;
            stamp.signalValues.latencyP50Ms = 10 * number;
            stamp.signalValues.latencyP99Ms = 90 * number;
            stamp.observedAt = fixture.clock.now();
            delta.stamps.push_back(std::make_shared<const Stamp>(stamp));
        }
        fixture.apply(delta);
        const double now = double(fixture.clock.now().time_since_epoch().count());
        QTRY_COMPARE(charts.charts().at(1)->valueAt(2, now), 300.0);
        QCOMPARE(charts.charts().at(1)->valueAt(0, now), 100.0);
        const TableContent content = charts.content();
        QVERIFY(content.keys.contains(u"prod/s-002 requestsPerSecond"_s));
        QVERIFY(content.keys.contains(u"prod/s-002 latencyP50Ms"_s));
        QCOMPARE(charts.charts().at(3)->valueAt(2, now), 180.0);
        QCOMPARE(charts.charts().at(3)->valueAt(3, now), 20.0);
        for (MetricChart *chart : charts.charts())
            chart->setHover(now, chart == charts.charts().first());
        QVERIFY(!charts.grab().isNull());

        // A stamp is taken out by its button, and the comparison ends with its first.
        const auto button = [&charts](const QString &id) {
            return charts.findChild<Button *>(u"compared "_s + id);
        };
        button(u"prod/s-002"_s)->click();
        QTRY_COMPARE(charts.compared(), QStringList{u"prod/s-003"_s});
        QTRY_VERIFY(!fixture.deck->stamp(u"prod/s-002"_s)->samples);
        button(u"prod/s-001"_s)->click();
        QTRY_VERIFY(charts.compared().isEmpty());
        QCOMPARE(charts.charts().at(3)->lines().size(), 2);
        QVERIFY(!button(u"prod/s-001"_s));
    }

    void chartsReachAsFarBackAsTheSource()
    {
        DeckFixture fixture({}, Capability::History);
        struct Asked
        {
            double from, to;
            std::chrono::milliseconds step;
        };
        QList<Asked> asked;
        fixture.deck->measured = [&asked](const QString &stamp, const QStringList &names,
                                         Timestamp from, Timestamp to,
                                         std::chrono::milliseconds step) {
            asked.append({double(from.time_since_epoch().count()),
                          double(to.time_since_epoch().count()), step});
            Series series;
            series.stamp = stamp;
            series.signal = names.first();
            series.start = from;
            series.step = step;
            series.values.assign(size_t((to - from) / step), 9.0F);
            MetricsRange range;
            range.series = {series};
            return ready<MetricsRange>(std::move(range));
        };
        MetricCharts charts(*fixture.deck);
        charts.resize(380, 1'300);
        charts.setStamp(u"prod/s-001"_s);
        charts.setRange(std::chrono::hours(1));
        QCOMPARE(asked.size(), 0); // nobody sees it
        charts.show();
        MetricChart *cpu = charts.charts().first();
        QTRY_VERIFY(!cpu->points(0).isEmpty());
        QCOMPARE(asked.size(), 1);
        const double hour = 3600e3;
        const double now = double(fixture.clock.now().time_since_epoch().count());
        QCOMPARE(asked.first().from, now - 2 * hour);
        // What is asked for already is not asked for again; beyond it, it is.
        Q_EMIT cpu->panned(-hour / 2);
        Q_EMIT cpu->panned(-5 * hour);
        QTRY_COMPARE(asked.size(), 2);
        QVERIFY(asked.last().from <= now - 6.5 * hour);
        QTRY_VERIFY(!cpu->points(0).isEmpty()
                    && cpu->points(0).first().x() <= now - 6.5 * hour);
        QVERIFY(cpu->gaps().isEmpty());
        // A day's steps are too coarse for ten minutes of it.
        charts.setRange(std::chrono::hours(24));
        QCOMPARE(asked.last().step, std::chrono::minutes(4));
        const qsizetype before = asked.size();
        Q_EMIT cpu->zoomed(now - hour, now - hour + 600e3);
        QTRY_VERIFY(asked.size() > before);
        QCOMPARE(asked.last().step, std::chrono::seconds(10));
    }

    void chartsSayWhatIsMissing()
    {
        DeckFixture fixture;
        bool isPartial = true;
        bool fails = false;
        fixture.deck->measured = [&](const QString &, const QStringList &, Timestamp, Timestamp,
                                     std::chrono::milliseconds) {
            if (fails) {
                return ready<MetricsRange>(
                    fail(ErrorKind::Malformed, u"the history is no database"_s));
            }
            MetricsRange range;
            if (isPartial) {
                range.warnings = {u"a store is <b>missing</b>\n"_s + QString(5'000, u'x')};
                range.faults = {{u"errorRatio"_s, Error::of(ErrorKind::Timeout, u"too slow"_s)}};
            }
            return ready<MetricsRange>(std::move(range));
        };
        MetricCharts charts(*fixture.deck);
        charts.resize(380, 1'300);
        charts.setStamp(u"prod/s-001"_s);
        charts.show();
        const auto *words = charts.findChild<TextLine *>(u"partialData"_s);
        QTRY_VERIFY(words->isVisible());
        QVERIFY(words->text().contains(u"a store is <b>missing</b> xxx"_s)); // text, on one line
        QVERIFY(words->text().contains(u"errorRatio: too slow"_s));
        QVERIFY(words->text().size() < 400);
        isPartial = false;
        charts.setRange(std::chrono::hours(6));
        QTRY_VERIFY(!words->isVisible());
        // And why there is nothing at all.
        fails = true;
        charts.setRange(std::chrono::hours(24));
        QTRY_VERIFY(words->isVisible());
        QVERIFY(words->text().contains(u"the history is no database"_s));
    }

    void chartsCallBackWhatNobodyLooksAt()
    {
        DeckFixture fixture;
        QList<std::shared_ptr<Answer<MetricsRange>>> asked;
        fixture.deck->measured = [&asked](const QString &, const QStringList &, Timestamp, Timestamp,
                                          std::chrono::milliseconds) {
            asked.append(std::make_shared<Answer<MetricsRange>>());
            return asked.last()->future();
        };
        const auto isCancelled = [&asked](int at) { return asked[at]->future().isCanceled(); };
        MetricCharts charts(*fixture.deck);
        charts.resize(380, 1'300);
        charts.setStamp(u"prod/s-001"_s);
        charts.show();
        QTRY_COMPARE(asked.size(), 1);
        QVERIFY(!isCancelled(0));
        charts.setRange(std::chrono::hours(6)); // another question
        QTRY_COMPARE(asked.size(), 2);
        QVERIFY(isCancelled(0));
        charts.hide();
        QVERIFY(isCancelled(1));
        charts.show(); // it is asked again
        QTRY_COMPARE(asked.size(), 3);
        QVERIFY(!isCancelled(2));
        charts.setStamp({});
        QVERIFY(isCancelled(2));
    }

    void aChartTakesTheWheelAfterAClick()
    {
        MetricChart chart(u"CPU"_s, MetricChart::Unit::Share, {{u"of limit"_s}});
        chart.resize(380, 202);
        chart.setRange(0, 120'000);
        chart.show();
        QVERIFY(QTest::qWaitForWindowActive(&chart));
        QSignalSpy panned(&chart, &MetricChart::panned);
        const QPoint at = chart.chart()->plotArea().center().toPoint();
        const auto wheel = [&] {
            QWheelEvent event(at, chart.mapToGlobal(QPointF(at)), {}, {0, 120}, {}, {},
                              Qt::NoScrollPhase, false);
            QApplication::sendEvent(chart.viewport(), &event);
            return event.isAccepted();
        };
        // Who scrolls past is not held up.
        QVERIFY(!wheel());
        QCOMPARE(panned.count(), 0);
        QTest::mouseClick(chart.viewport(), Qt::LeftButton, {}, at);
        QVERIFY(wheel());
        QCOMPARE(panned.count(), 1);
        QCOMPARE(panned.last().first().toDouble(), -12'000.0); // up is back in time
        QEvent leave(QEvent::Leave);
        QApplication::sendEvent(&chart, &leave);
        QVERIFY(!wheel());
        // And by the keyboard.
        QVERIFY(chart.hasFocus());
        QTest::keyClick(&chart, Qt::Key_Right);
        QCOMPARE(panned.last().first().toDouble(), 12'000.0);
        QSignalSpy zoomed(&chart, &MetricChart::zoomed);
        QTest::keyClick(&chart, Qt::Key_Plus);
        QCOMPARE(zoomed.last().at(1).toDouble() - zoomed.last().at(0).toDouble(), 72'000.0);
        QSignalSpy reset(&chart, &MetricChart::resetRequested);
        QTest::keyClick(&chart, Qt::Key_Home);
        QCOMPARE(reset.count(), 1);
    }

    void chartsFindTheValueUnderTheLine()
    {
        MetricChart chart(u"CPU"_s, MetricChart::Unit::Share, {{u"of limit"_s}});
        chart.resize(380, 202);
        chart.setPoints(0, {{0, 0.5}, {30'000, 0.6}, {60'000, qQNaN()}});
        chart.setRange(0, 100'000);
        QCOMPARE(chart.valueAt(0, 1'000), 0.5);
        QCOMPARE(chart.valueAt(0, 29'000), 0.6);
        QVERIFY(!chart.valueAt(0, 59'000)); // not known is not 0
        chart.setLevels({{0.85, u"gate 85%"_s}});
        chart.setHover(30'000, true);
        QVERIFY(!chart.grab().isNull());
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestStampPanel)
#include "tst_stamppanel.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/guard.h"

#include "widgets/controls.h"
#include "widgets/diagnosticsdialog.h"
#include "widgets/operationsdrawer.h"
#include "widgets/stamppanel.h"
#include "widgets/actionregistry.h"
#include "widgets/themes.h"
#include "widgets/verbdialog.h"

#include "models/auditmodel.h"

#include "tests/support/testmain.h"
#include "tests/widgets/deckfixture.h"

#include <QtTest/QSignalSpy>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLineEdit>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using Testing::DeckFixture;
using Testing::SampleFleet;

namespace {

Operation drainBy(const QString &who)
{
    Operation operation;
    operation.id = u"op-1"_s;
    operation.kind = u"drain"_s;
    operation.target = u"s-001"_s;
    operation.state = OperationState::Paused;
    operation.createdBy = who;
    operation.steps = {{u"cordon s-001"_s, StepState::Succeeded, {}, {}, {}},
                       {u"move t-001-0 to s-002"_s, StepState::Pending, {}, {}, {}}};
    return operation;
}

void tell(DeckFixture &fixture, const Operation &operation)
{
    FleetUpdate delta = SampleFleet::delta();
    delta.operations.push_back(std::make_shared<const Operation>(operation));
    fixture.apply(delta);
    QTRY_VERIFY(fixture.feed->version()->operations.contains(operation.id));
}

} // namespace

class TestGuard : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Themes::instance().install(); }
    void init() { Testing::strict(); }

    void theNameToTypeIsThatOfTheStamp_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("name");
        QTest::newRow("a stamp") << u"eu-1"_s << u"eu-1"_s;
        QTest::newRow("a move") << u"acme to eu-1"_s << u"eu-1"_s;
        QTest::newRow("a scale") << u"eu-1: api 3 to 5, cpu 32 to 48 cores"_s << u"eu-1"_s;
        QTest::newRow("a creation") << u"eu-9 from small"_s << u"eu-9"_s;
        QTest::newRow("many stamps") << u"3 tenants to 2 stamps"_s << u"3 tenants to 2 stamps"_s;
        QTest::newRow("nothing") << QString() << QString();
    }
    void theNameToTypeIsThatOfTheStamp()
    {
        QFETCH(QString, target);
        QFETCH(QString, name);
        QCOMPARE(Guard::confirmNameOf(target), name);
    }

    void aVerbToProductionAsksForTheNameAndAReason()
    {
        DeckFixture fixture({}, Capability::Move | Capability::Cordon | Capability::Operations, true);
        tell(fixture, drainBy(u"grace"_s));
        const Guard::Production production = Guard::productionOf(*fixture.deck, u"op-1"_s);
        QCOMPARE(production.source, u"prod"_s);
        QCOMPARE(production.confirmName, u"s-001"_s);

        QPointer<VerbDialog> dialog = new VerbDialog(*fixture.deck, u"op-1"_s,
                                                     OperationVerb::Rollback, u"s-001"_s);
        dialog->show();
        auto *run = dialog->findChild<Button *>(u"Run"_s);
        auto *name = dialog->findChild<QLineEdit *>(u"confirmName"_s);
        auto *reason = dialog->findChild<QLineEdit *>(u"reason"_s);
        QVERIFY(!run->isEnabled());
        name->setText(u"s-00"_s);
        reason->setText(u"because"_s);
        QTest::keyClick(reason, Qt::Key_Return);
        QVERIFY(!run->isEnabled());
        name->setText(u"s-001"_s);
        reason->setText(u" "_s);
        QCOMPARE(run->toolTip(), u"Production asks for a reason"_s);
        QVERIFY(fixture.executor.controls().isEmpty());
        reason->setText(u"because"_s);
        QVERIFY(run->isEnabled());
        QVERIFY(!dialog->grab().isNull());
        run->click();
        // It is on its way: nothing here takes it back.
        QVERIFY(!dialog->findChild<Button *>(u"Cancel"_s)->isEnabled());
        QTest::keyClick(dialog, Qt::Key_Escape);
        QVERIFY(dialog && dialog->isVisible());
        QTRY_COMPARE(fixture.executor.controls(), QStringList{u"rollback op-1: because"_s});
        // The backend refused: it says so, and stays.
        QTRY_COMPARE(dialog->findChild<TextLine *>(u"planState"_s)->text(),
                     u"Not done: no such operation."_s);
        // Somebody was faster: what it had become is said, and it can't be asked any more.
        Operation gone = drainBy(u"grace"_s);
        gone.state = OperationState::RolledBack;
        tell(fixture, gone);
        QTRY_VERIFY(!run->isEnabled());
        QVERIFY(dialog->findChild<TextLine *>(u"planState"_s)->text().contains(u"rolled-back"_s));
        dialog->close();
    }

    // What the journal cannot say where it acted may have acted in production.
    void anOperationThatCannotBeReadIsTakenForProduction()
    {
        DeckFixture fixture({}, Capability::Move, true);
        const Guard::Production production = Guard::productionOf(*fixture.deck, u"op-9"_s);
        QCOMPARE(production.source, u"prod"_s);
        QCOMPARE(production.confirmName, u"op-9"_s);
        DeckFixture other;
        QVERIFY(Guard::productionOf(*other.deck, u"op-9"_s).source.isEmpty());
    }

    void aVerbElsewhereIsShownAndAsksForNothing()
    {
        DeckFixture fixture({}, Capability::Move | Capability::Cordon | Capability::Operations);
        tell(fixture, drainBy(u"grace"_s));
        QPointer<VerbDialog> dialog =
            new VerbDialog(*fixture.deck, u"op-1"_s, OperationVerb::Rollback, {});
        dialog->show();
        QVERIFY(!dialog->findChild<QLineEdit *>(u"confirmName"_s)->isVisible());
        auto *run = dialog->findChild<Button *>(u"Run"_s);
        QVERIFY2(run->isEnabled(), qPrintable(run->toolTip()));
        QVERIFY(fixture.executor.controls().isEmpty());
        run->click();
        QTRY_COMPARE(fixture.executor.controls(), QStringList{u"rollback op-1: "_s});
        QTRY_VERIFY(dialog->findChild<TextLine *>(u"planState"_s)->text().startsWith(u"Not done"_s));
        dialog->close();
        QTRY_VERIFY(!dialog);
    }

    void aSourceThatOnlyTellsOfOperationsTakesNoOrders()
    {
        DeckFixture fixture; // which runs none itself
        tell(fixture, drainBy(u"grace"_s));
        QCOMPARE(Guard::whyNotControlled(*fixture.deck, u"op-1"_s),
                 u"prod takes no orders for its operations"_s);
        fixture.deck->rehearsal = u"what was recorded"_s;
        QCOMPARE(Guard::whyNotControlled(*fixture.deck, u"op-1"_s),
                 u"it goes as it was recorded: act on the stamps and tenants themselves"_s);
        // One that marks tell of is adopted: nobody there is asked.
        Operation marked = drainBy(u"grace"_s);
        marked.id = u"op-2"_s;
        marked.fromMarks = true;
        tell(fixture, marked);
        QCOMPARE(Guard::whyNotControlled(*fixture.deck, u"op-2"_s), QString());
        DeckFixture runner({}, Capability::Operations);
        tell(runner, drainBy(u"grace"_s));
        QCOMPARE(Guard::whyNotControlled(*runner.deck, u"op-1"_s), QString());
    }

    // It is taken back by a plan of ours, which deletes the stamp: nobody is asked for a verb.
    void aCreationIsTakenBackWhereverItIsOver()
    {
        DeckFixture fixture; // which runs no operation itself
        Operation creation = drainBy(u"grace"_s);
        creation.kind = u"create"_s;
        const QString takesNone = u"prod takes no orders for its operations"_s;
        tell(fixture, creation);
        QCOMPARE(Guard::whyNotControlled(*fixture.deck, u"op-1"_s), takesNone);
        creation.state = OperationState::Succeeded;
        tell(fixture, creation);
        QTRY_COMPARE(Guard::whyNotControlled(*fixture.deck, u"op-1"_s), QString());
        fixture.deck->rehearsal = u"what was recorded"_s;
        QCOMPARE(Guard::whyNotControlled(*fixture.deck, u"op-1"_s),
                 u"it goes as it was recorded: act on the stamps and tenants themselves"_s);
        fixture.deck->rehearsal.clear();
        Operation scaling = creation;
        scaling.id = u"op-2"_s;
        scaling.kind = u"scale"_s;
        tell(fixture, scaling);
        QCOMPARE(Guard::whyNotControlled(*fixture.deck, u"op-2"_s), takesNone);
    }

    void readOnlySaysWhyEverywhere()
    {
        DeckFixture fixture;
        fixture.deck->readOnly = true;
        tell(fixture, drainBy(u"grace"_s));
        CarryController carry(*fixture.feed);
        QWidget window;
        ActionRegistry actions(&window);
        AuditModel audit(*fixture.journal);
        StampPanel panel(*fixture.deck, carry, actions, audit);
        panel.resize(380, 800);
        panel.show();
        panel.setStamp(u"prod/s-001"_s);
        for (const QString &name : {u"drain"_s, u"cordon"_s, u"scale"_s}) {
            auto *each = panel.findChild<Button *>(name);
            QVERIFY2(each->isVisible() && !each->isEnabled(), qPrintable(name));
            QCOMPARE(each->toolTip(), u"started read only"_s);
        }
        OperationsDrawer drawer(*fixture.deck);
        drawer.resize(1000, 200);
        drawer.setOpen(true);
        drawer.show();
        QTRY_VERIFY(drawer.findChild<QWidget *>(u"operation op-1"_s));
        auto *resume = drawer.findChild<Button *>(u"resume"_s);
        QVERIFY(resume && !resume->isEnabled());
        QCOMPARE(resume->toolTip(), u"started read only"_s);
        for (const ActionKind kind : {ActionKind::Move, ActionKind::Scale, ActionKind::Cordon,
                                      ActionKind::Uncordon, ActionKind::Drain})
            QCOMPARE(Guard::whyNot(*fixture.deck, kind, *fixture.deck->stamp(u"prod/s-001"_s)),
                     u"started read only"_s);
    }

    void diagnosticsShowRequestsAndBreakers()
    {
        DeckFixture fixture;
        SourceDiagnostics is;
        is.name = u"prod"_s;
        is.adapter = u"rest"_s;
        is.instance = u"fleet-7"_s;
        is.at = fixture.clock.now();
        is.started = true;
        is.pollInterval = std::chrono::seconds(5);
        is.effectiveInterval = std::chrono::seconds(12);
        is.skew = std::chrono::seconds(-9);
        EndpointDiagnostics ill;
        ill.name = u"http://127.0.0.1:1"_s;
        ill.breaker = CircuitBreaker::State::Open;
        ill.failures = 7;
        ill.error = u"connection refused"_s;
        ill.nextAttempt = std::chrono::milliseconds(31'400);
        is.endpoints = {ill};
        for (int request = 0; request < 100; ++request) {
            RequestRecord record;
            record.method = u"GET"_s;
            record.url = u"http://127.0.0.1:1/v1/fleet?since=%1"_s.arg(request);
            record.status = request % 2 ? 200 : 0;
            record.error = request % 2 ? QString() : u"connection refused"_s;
            is.requests.push_back(record);
        }
        is.requestsMade = 2'345;
        fixture.deck->diagnostics = [&is](const QString &) {
            return ready<SourceDiagnostics>(is);
        };
        QPointer<DiagnosticsDialog> dialog = new DiagnosticsDialog(*fixture.deck, u"prod"_s);
        dialog->show();
        QTRY_VERIFY(dialog->shown());
        const QString facts = dialog->findChild<QWidget *>(u"facts"_s)->accessibleName();
        QVERIFY2(facts.contains(u"fleet-7"_s), qPrintable(facts));
        QVERIFY2(facts.contains(u"5s, stretched to 12 s"_s), qPrintable(facts));
        QVERIFY2(facts.contains(u"9 s behind"_s), qPrintable(facts));
        const QString endpoints = dialog->findChild<QWidget *>(u"endpoints"_s)->accessibleName();
        QVERIFY2(endpoints.contains(u"open, probe in 32 s, connection refused"_s),
                 qPrintable(endpoints));
        QVERIFY(!dialog->grab().isNull());
        QSignalSpy refresh(dialog, &DiagnosticsDialog::refreshRequested);
        dialog->findChild<Button *>(u"refreshNow"_s)->click();
        QCOMPARE(refresh.first().first().toString(), u"prod"_s);
        dialog->close();
        QTRY_VERIFY(!dialog);
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestGuard)
#include "tst_guard.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls.h"
#include "widgets/plandialog.h"
#include "widgets/themes.h"

#include "tests/support/testmain.h"
#include "tests/widgets/deckfixture.h"

#include <QtGui/QAccessible>
#include <QtGui/QClipboard>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QApplication>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QSpinBox>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using Testing::DeckFixture;
using Testing::SampleFleet;

namespace {

ActionRequest moveTo(const QString &stamp)
{
    ActionRequest request;
    request.kind = ActionKind::Move;
    request.tenants = {u"prod/t-000-0"_s};
    request.to = stamp;
    return request;
}

ActionRequest cordon(const QString &stamp)
{
    ActionRequest request;
    request.kind = ActionKind::Cordon;
    request.stamp = stamp;
    return request;
}

ActionRequest drain(const QString &stamp)
{
    ActionRequest request;
    request.kind = ActionKind::Drain;
    request.stamp = stamp;
    return request;
}

/// The dialog deletes itself when it is closed.
QPointer<PlanDialog> open(DeckFixture &fixture, const ActionRequest &request)
{
    auto *dialog = new PlanDialog(*fixture.deck, request);
    dialog->show();
    return dialog;
}

Button *button(PlanDialog *dialog, const QString &name)
{
    return dialog->findChild<Button *>(name);
}

QString stateLine(PlanDialog *dialog)
{
    return dialog->findChild<TextLine *>(u"planState"_s)->text();
}

} // namespace

class TestPlanDialog : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Themes::instance().install(); }
    void init() { Testing::strict(); }

    // A sentence in a small dialog: nothing to type, nothing to run.
    void whatCannotBePlannedIsSaid()
    {
        DeckFixture fixture({}, Capability::Move | Capability::Cordon, true);
        ActionRequest nowhere;
        nowhere.kind = ActionKind::Evacuate;
        for (const ActionRequest &request : {drain(u"prod/nobody"_s), nowhere}) {
            QPointer<PlanDialog> dialog = open(fixture, request);
            QVERIFY(!dialog->shownPlan());
            const auto *why = dialog->findChild<QLabel *>(u"whyNoPlan"_s);
            QVERIFY(why && why->isVisible());
            QVERIFY2(why->text().startsWith(u"No plan: "), qPrintable(why->text()));
            QVERIFY2(dialog->width() <= 600 && dialog->height() <= 280,
                     qPrintable(QString::number(dialog->height())));
            QVERIFY(why->height() >= why->heightForWidth(why->width()));
            for (const QString &name : {u"confirmName"_s, u"reason"_s})
                QVERIFY2(!dialog->findChild<QLineEdit *>(name)->isVisible(), qPrintable(name));
            QVERIFY(!button(dialog, u"Run"_s)->isVisible());
            QVERIFY(!button(dialog, u"copyPlan"_s)->isVisible());
            if (const auto *options = dialog->findChild<QWidget *>(u"options"_s))
                QVERIFY(!options->isVisible());
            QTRY_COMPARE(dialog->focusWidget(), button(dialog, u"Cancel"_s));
            QTest::keyClick(button(dialog, u"Cancel"_s), Qt::Key_Space);
            QTRY_VERIFY(!dialog);
        }
    }

    // While somebody still chooses the dialog stays as large; a name is asked for when there is a plan.
    void noNameIsAskedForWithoutAPlan()
    {
        DeckFixture fixture({}, Capability::Move | Capability::Cordon, true);
        QPointer<PlanDialog> dialog = open(fixture, drain(u"prod/s-000"_s));
        auto *confirm = dialog->findChild<QLineEdit *>(u"confirmName"_s);
        QVERIFY(confirm->isVisible());
        const QSize size = dialog->size();
        auto *to = dialog->findChild<QLineEdit *>(u"drainTo"_s);
        to->setFocus();
        QTest::keyClicks(to, u"nobody"_s);
        QTRY_VERIFY(!dialog->shownPlan());
        QVERIFY(!confirm->isVisible());
        QVERIFY(!dialog->findChild<QLineEdit *>(u"reason"_s)->isVisible());
        QCOMPARE(dialog->size(), size);
        QVERIFY2(stateLine(dialog).contains(u"there is no stamp nobody"_s), qPrintable(stateLine(dialog)));
        to->selectAll();
        QTest::keyClick(to, Qt::Key_Backspace);
        QTRY_VERIFY(dialog->shownPlan());
        QVERIFY(confirm->isVisible());
        QVERIFY(dialog->findChild<QLineEdit *>(u"reason"_s)->isVisible());
        dialog->reject();
        QTRY_VERIFY(!dialog);
    }

    void itIsNamedForAssistiveTechnology()
    {
        DeckFixture fixture;
        QPointer<PlanDialog> dialog = open(fixture, moveTo(u"prod/s-002"_s));
        QAccessibleInterface *plan = QAccessible::queryAccessibleInterface(dialog);
        QCOMPARE(plan->text(QAccessible::Name), u"plan"_s);
        QCOMPARE(plan->role(), QAccessible::Dialog);
        QAccessibleInterface *run = QAccessible::queryAccessibleInterface(button(dialog, u"Run"_s));
        QCOMPARE(run->text(QAccessible::Name), u"Run"_s);
        QCOMPARE(run->role(), QAccessible::PushButton);
        QCOMPARE(QAccessible::queryAccessibleInterface(button(dialog, u"Cancel"_s))
                         ->text(QAccessible::Name),
                 u"Cancel"_s);
        dialog->close();
        QTRY_VERIFY(!dialog);
    }

    void nothingHappensBeforeRunAndTheRunnerGetsItThen()
    {
        DeckFixture fixture;
        QPointer<PlanDialog> dialog = open(fixture, cordon(u"prod/s-001"_s));
        QVERIFY(dialog->shownPlan());
        QVERIFY(!dialog->shownPlan()->isRefused());
        QVERIFY(fixture.executor.kinds().isEmpty());
        QVERIFY(button(dialog, u"Run"_s)->isEnabled());
        QSignalSpy started(dialog, &PlanDialog::started);
        dialog->findChild<QLineEdit *>(u"reason"_s)->setText(u"roll-out"_s);
        button(dialog, u"Run"_s)->click();
        QTRY_VERIFY2(started.count() == 1, dialog ? qPrintable(stateLine(dialog)) : "closed");
        QTRY_COMPARE(fixture.executor.kinds(), QStringList({u"cordon"_s}));
        QCOMPARE(fixture.executor.context().actor, u"ada"_s);
        QCOMPARE(fixture.executor.context().reason, u"roll-out"_s);
        QTRY_VERIFY(!dialog);
    }

    void cancelChangesNothing()
    {
        DeckFixture fixture;
        QPointer<PlanDialog> dialog = open(fixture, moveTo(u"prod/s-002"_s));
        button(dialog, u"Cancel"_s)->click();
        QTRY_VERIFY(!dialog);
        QVERIFY(fixture.executor.kinds().isEmpty());
    }

    // Once it is handed over nothing here can take it back, and what becomes of it is heard.
    void whatIsHandedOverIsNotCancelled_data()
    {
        QTest::addColumn<bool>("leaves");
        QTest::addColumn<bool>("succeeds");
        QTest::addRow("taken") << false << true;
        QTest::addRow("not taken") << false << false;
        QTest::addRow("taken, when the past is shown") << true << true;
        QTest::addRow("not taken, when the past is shown") << true << false;
    }
    void whatIsHandedOverIsNotCancelled()
    {
        QFETCH(bool, leaves);
        QFETCH(bool, succeeds);
        DeckFixture fixture;
        Answer<OperationPtr> answer;
        const QPointer<PlanDialog> dialog =
            new PlanDialog(*fixture.deck, cordon(u"prod/s-001"_s), nullptr, {},
                           [&answer](const ActionRequest &) { return answer.future(); });
        dialog->show();
        QSignalSpy started(dialog, &PlanDialog::started);
        QSignalSpy failed(dialog, &PlanDialog::failedUnseen);
        button(dialog, u"Run"_s)->click();
        QVERIFY(!button(dialog, u"Cancel"_s)->isEnabled());
        QVERIFY(stateLine(dialog).startsWith(u"It is being handed over."_s));
        QTest::keyClick(dialog, Qt::Key_Escape);
        QVERIFY(dialog && dialog->isVisible());
        dialog->close();
        QVERIFY(dialog && dialog->isVisible());
        if (leaves) {
            dialog->leave();
            QVERIFY(dialog && !dialog->isVisible());
        }
        answer.give(succeeds ? Result<OperationPtr>(std::make_shared<const Operation>())
                             : Result<OperationPtr>(fail(ErrorKind::Refused, u"it is cordoned"_s)));
        if (succeeds) {
            QTRY_COMPARE(started.count(), 1);
            QTRY_VERIFY(!dialog);
        } else if (leaves) {
            QTRY_COMPARE(failed.count(), 1);
            QCOMPARE(failed.first().first().toString(), u"it is cordoned"_s);
            QTRY_VERIFY(!dialog);
        } else {
            QTRY_COMPARE(stateLine(dialog), u"Not done: it is cordoned. Nothing was changed."_s);
            QVERIFY(button(dialog, u"Cancel"_s)->isEnabled());
            button(dialog, u"Cancel"_s)->click();
            QTRY_VERIFY(!dialog);
        }
        QCOMPARE(failed.count(), leaves && !succeeds ? 1 : 0);
    }

    void aRefusedPlanSaysWhyAndDoesNotRun()
    {
        SampleFleet sample;
        DeckFixture fixture(sample);
        Stamp full = sample.stamp(2);
        full.lifecycle = Lifecycle::Cordoned;
        FleetUpdate delta = SampleFleet::delta();
        delta.stamps.push_back(std::make_shared<const Stamp>(full));
        fixture.apply(delta);
        QTRY_COMPARE(fixture.deck->stamp(u"prod/s-002"_s)->stamp->lifecycle, Lifecycle::Cordoned);
        QPointer<PlanDialog> dialog = open(fixture, moveTo(u"prod/s-002"_s));
        QVERIFY(dialog->shownPlan()->isRefused());
        QVERIFY(!button(dialog, u"Run"_s)->isEnabled());
        QVERIFY(button(dialog, u"Run"_s)->toolTip().startsWith(u"Refused"_s));
        QVERIFY(dialog->findChild<QWidget *>(u"refusals"_s));
        QSignalSpy fix(dialog, &PlanDialog::fixRequested);
        for (Button *link : dialog->findChildren<Button *>()) {
            if (link->text() == u"Uncordon s-002…")
                link->click();
        }
        QCOMPARE(fix.count(), 1);
        QTRY_VERIFY(!dialog);
    }

    void aRefusedPlanSaysWhatRefusesItByNow()
    {
        SampleFleet sample;
        DeckFixture fixture(sample);
        const auto become = [&](Lifecycle lifecycle) {
            Stamp stamp = sample.stamp(2);
            stamp.lifecycle = lifecycle;
            stamp.updatedBy = u"grace"_s;
            stamp.revision = toString(lifecycle);
            FleetUpdate delta = SampleFleet::delta();
            delta.stamps.push_back(std::make_shared<const Stamp>(stamp));
            fixture.apply(delta);
            QTRY_COMPARE(fixture.deck->stamp(u"prod/s-002"_s)->stamp->lifecycle, lifecycle);
        };
        become(Lifecycle::Cordoned);
        QPointer<PlanDialog> dialog = open(fixture, moveTo(u"prod/s-002"_s));
        QCOMPARE(dialog->shownPlan()->refusals.first().code, u"cordoned"_s);
        become(Lifecycle::Drained);
        QTRY_COMPARE(dialog->shownPlan()->refusals.first().code, u"drained"_s);
        QCOMPARE(button(dialog, u"Run"_s)->text(), u"Run"_s);
        QVERIFY(!button(dialog, u"Run"_s)->isEnabled());
        become(Lifecycle::Active);
        QTRY_COMPARE(button(dialog, u"Run"_s)->text(), u"Plan again"_s);
        dialog->close();
    }

    void productionAsksForTheNameAndAReason()
    {
        DeckFixture fixture({}, Capability::Move | Capability::Cordon, true);
        QPointer<PlanDialog> dialog = open(fixture, cordon(u"prod/s-001"_s));
        Button *run = button(dialog, u"Run"_s);
        auto *name = dialog->findChild<QLineEdit *>(u"confirmName"_s);
        auto *reason = dialog->findChild<QLineEdit *>(u"reason"_s);
        QVERIFY(name->isVisible());
        QVERIFY(!run->isEnabled());
        QCOMPARE(run->toolTip(), u"Type s-001 first"_s);
        name->setText(u"s-00"_s);
        reason->setText(u"because"_s);
        QVERIFY(!run->isEnabled());
        QTest::keyClick(name, Qt::Key_Return);
        QVERIFY(fixture.executor.kinds().isEmpty());
        name->setText(u"s-001"_s);
        QVERIFY(run->isEnabled());
        reason->clear();
        QVERIFY(!run->isEnabled());
        reason->setText(u"because"_s);
        QTest::keyClick(reason, Qt::Key_Return);
        QTRY_COMPARE(fixture.executor.kinds(), QStringList({u"cordon"_s}));
        QTRY_VERIFY(!dialog);
    }

    void readOnlyHasNoRun()
    {
        DeckFixture fixture;
        fixture.deck->readOnly = true;
        QPointer<PlanDialog> dialog = open(fixture, cordon(u"prod/s-001"_s));
        QVERIFY(!button(dialog, u"Run"_s)->isVisible());
        QVERIFY(dialog->findChild<TextLine *>(u"barred"_s)->isVisible());
        dialog->close();
    }

    void aStampThatSomebodyChangesIsPlannedAgain()
    {
        SampleFleet sample;
        DeckFixture fixture(sample);
        QPointer<PlanDialog> dialog = open(fixture, moveTo(u"prod/s-002"_s));
        // Loads drift: that alone asks for nothing.
        Stamp drifted = sample.stamp(2);
        drifted.resources.cpu.used = 20;
        FleetUpdate drift = SampleFleet::delta();
        drift.stamps.push_back(std::make_shared<const Stamp>(drifted));
        fixture.apply(drift);
        QTRY_COMPARE(fixture.deck->stamp(u"prod/s-002"_s)->resources.cpu.used, 20.0);
        QCOMPARE(button(dialog, u"Run"_s)->text(), u"Run"_s);

        Stamp cordoned = drifted;
        cordoned.lifecycle = Lifecycle::Cordoned;
        cordoned.revision = u"2"_s;
        cordoned.updatedBy = u"grace"_s;
        FleetUpdate change = SampleFleet::delta();
        change.stamps.push_back(std::make_shared<const Stamp>(cordoned));
        fixture.apply(change);
        QTRY_COMPARE(button(dialog, u"Run"_s)->text(), u"Plan again"_s);
        QVERIFY(stateLine(dialog).startsWith(u"grace made s-002 cordoned"_s));
        button(dialog, u"Run"_s)->click();
        QCOMPARE(button(dialog, u"Run"_s)->text(), u"Run"_s);
        QVERIFY(dialog->shownPlan()->isRefused());
        QVERIFY(fixture.executor.kinds().isEmpty());
        dialog->close();
    }

    void anEvacuationSaysWhatItIsAndHowLongItTakes()
    {
        DeckFixture fixture;
        ActionRequest request;
        request.kind = ActionKind::Evacuate;
        request.region = fixture.feed->version()->stamps[0]->stamp->region;
        request.partial = true;
        QPointer<PlanDialog> dialog = open(fixture, request);
        bool isNamed = false;
        for (const TextLine *line : dialog->findChildren<TextLine *>())
            isNamed |= line->text() == u"Evacuate "_s + request.region;
        QVERIFY(isNamed);
        const auto *takes = dialog->findChild<QWidget *>(u"duration"_s);
        QVERIFY(takes);
        QCOMPARE(takes->findChild<QLabel *>()->text(), u"How long it takes is not known: no move measured yet."_s);
        dialog->close();
        QTRY_VERIFY(!dialog);
        // A move of this source was measured.
        Operation moved;
        moved.id = u"op-1"_s;
        moved.kind = u"move"_s;
        moved.state = OperationState::Succeeded;
        const Timestamp at = fixture.clock.now();
        moved.steps = {{u"move"_s, StepState::Succeeded, at, at + std::chrono::minutes(2), {}, u"x"_s}};
        FleetUpdate update;
        update.complete = false;
        update.operations.push_back(std::make_shared<const Operation>(moved));
        fixture.store.apply(u"prod"_s, update);
        QTRY_VERIFY(fixture.feed->version()->operations.contains(u"op-1"_s));
        dialog = open(fixture, request);
        const QString text = dialog->findChild<QWidget *>(u"duration"_s)->findChild<QLabel *>()->text();
        QVERIFY2(text.startsWith(u"Takes about ") && text.endsWith(u"from one move measured."),
                 qPrintable(text));
        dialog->close();
        QTRY_VERIFY(!dialog);
    }

    void whoLosesARaceIsToldFieldOldAndNewValueAndByWhom()
    {
        SampleFleet sample;
        DeckFixture fixture(sample);
        QPointer<PlanDialog> dialog = open(fixture, cordon(u"prod/s-001"_s));
        // The store knows it, and the window not yet: Run is pressed on what was.
        Stamp scaled = sample.stamp(1);
        scaled.components[0].desired = 7;
        scaled.revision = u"2"_s;
        scaled.updatedBy = u"grace"_s;
        FleetUpdate change = SampleFleet::delta();
        change.stamps.push_back(std::make_shared<const Stamp>(scaled));
        fixture.apply(change);
        QVERIFY(!button(dialog, u"Run"_s)->text().startsWith(u"Plan"_s));
        button(dialog, u"Run"_s)->click();
        QTRY_VERIFY2(stateLine(dialog).startsWith(
                         u"grace changed s-001: api 3, now 7. Nothing was changed. This is a fresh"_s)
                         || stateLine(dialog).startsWith(
                             u"grace changed s-001: api 3, now 7. Nothing was changed by you"_s),
                     qPrintable(stateLine(dialog)));
        QVERIFY(fixture.executor.kinds().isEmpty());
        dialog->close();
    }

    void aDrainIsPlannedAgainAsOneChooses()
    {
        DeckFixture fixture;
        QPointer<PlanDialog> dialog = open(fixture, drain(u"prod/s-000"_s));
        QVERIFY(dialog->findChild<QWidget *>(u"options"_s)->isVisible());
        QCOMPARE(dialog->shownPlan()->moves.size(), 5u);
        QVERIFY(dialog->shownPlan()->loads.size() >= 2);
        auto *to = dialog->findChild<QLineEdit *>(u"drainTo"_s);
        to->setFocus();
        QTest::keyClicks(to, u"s-002"_s);
        QTRY_COMPARE(dialog->request().among, QStringList{u"prod/s-002"_s});
        QCOMPARE(dialog->shownPlan()->loads.size(), 2);
        QVERIFY(button(dialog, u"Run"_s)->isEnabled());
        QTest::keyClicks(to, u", s-009"_s);
        QTRY_VERIFY2(stateLine(dialog).contains(u"there is no stamp s-009"_s),
                     qPrintable(stateLine(dialog)));
        QVERIFY(!button(dialog, u"Run"_s)->isEnabled());
        to->clear();
        QTest::keyClicks(to, u"s-001 s-002"_s);
        auto *deadline = dialog->findChild<QLineEdit *>(u"drainDeadline"_s);
        QTest::keyClicks(deadline, u"soon"_s);
        QTRY_VERIFY(stateLine(dialog).contains(u"30m or 1h"_s));
        deadline->clear();
        QTest::keyClicks(deadline, u"30m"_s);
        dialog->findChild<QSpinBox *>(u"drainParallel"_s)->setValue(3);
        dialog->findChild<QCheckBox *>(u"drainPartial"_s)->setChecked(true);
        QTRY_VERIFY(dialog->request().deadline.has_value());
        QCOMPARE(dialog->request().parallel, 3);
        QVERIFY(dialog->request().partial);
        QCOMPARE(dialog->request().among.size(), 2);
        QCOMPARE(dialog->shownPlan()->command(),
                 u"stampctl drain prod/s-000 --to prod/s-001,prod/s-002 --parallel 3 "
                 "--deadline 30m --partial"_s);
        // Nobody here runs drains by itself.
        QVERIFY(!dialog->findChild<QCheckBox *>(u"drainHandOver"_s)->isVisible());
        QSignalSpy started(dialog, &PlanDialog::started);
        button(dialog, u"Run"_s)->click();
        QTRY_COMPARE(started.count(), 1);
        QTRY_COMPARE(fixture.executor.kinds().value(0), u"cordon"_s);
    }

    void aDrainIsGivenToABackendThatRunsIt()
    {
        DeckFixture fixture({}, Capability::Move | Capability::Cordon | Capability::Drains
                                    | Capability::Operations);
        QList<ActionRequest> given;
        Result<OperationPtr> answer = fail(ErrorKind::Conflict, u"lifecycle is cordoned now, active "
                                                                "before, by grace"_s);
        fixture.deck->handOver = [&](const Plan &plan) {
            given.append(plan.request);
            return ready<OperationPtr>(answer);
        };
        QPointer<PlanDialog> dialog = open(fixture, drain(u"prod/s-000"_s));
        auto *box = dialog->findChild<QCheckBox *>(u"drainHandOver"_s);
        QVERIFY(box->isVisible() && box->isChecked());
        dialog->findChild<QLineEdit *>(u"reason"_s)->setText(u"fire"_s);
        // Who loses a race is told what became what and by whom, and sees a fresh plan.
        button(dialog, u"Run"_s)->click();
        QTRY_VERIFY(stateLine(dialog).contains(u"by grace. Nothing was changed. This is a fresh"_s));
        QVERIFY(button(dialog, u"Run"_s)->isEnabled());
        answer = std::make_shared<const Operation>();
        QSignalSpy started(dialog, &PlanDialog::started);
        button(dialog, u"Run"_s)->click();
        QTRY_COMPARE(started.count(), 1);
        QCOMPARE(given.size(), 2);
        QCOMPARE(given[1].stamp, u"prod/s-000"_s);
        QCOMPARE(given[1].reason, u"fire"_s);
        QCOMPARE(given[1].actor, u"ada"_s);
        QVERIFY(fixture.executor.kinds().isEmpty()); // nothing is run from here
    }

    void aThousandMovesDoNotStallTheWindow()
    {
        SampleFleet sample;
        sample.stamps = 201;
        sample.tenantsPerStamp = 1;
        DeckFixture fixture(sample);
        FleetUpdate delta = SampleFleet::delta();
        for (int number = 1; number < 1000; ++number) {
            Tenant tenant = sample.tenant(0, number);
            tenant.demand = {0.01, 1 << 20, 1 << 20, 1};
            delta.tenants.push_back(std::make_shared<const Tenant>(tenant));
        }
        fixture.apply(delta);
        QTRY_COMPARE(fixture.deck->stamp(u"prod/s-000"_s)->owned, 1000);
        QPointer<PlanDialog> dialog = open(fixture, drain(u"prod/s-000"_s));
        QCOMPARE(dialog->shownPlan()->moves.size(), 1000u);
        QVERIFY(!dialog->grab().isNull());
        // The fleet moves: the plan is made again elsewhere, and the window goes on meanwhile.
        for (int beat = 1; beat <= 3; ++beat) {
            FleetUpdate drift = SampleFleet::delta();
            Stamp drifted = sample.stamp(5);
            drifted.resources.cpu.used = 20 + beat;
            drift.stamps.push_back(std::make_shared<const Stamp>(drifted));
            fixture.apply(drift);
        }
        const quint64 newest = fixture.store.current()->serial;
        QTRY_COMPARE(fixture.feed->version()->serial, newest);
        QCOMPARE(button(dialog, u"Run"_s)->text(), u"Run"_s);
        // No widget for a move.
        QVERIFY(dialog->findChildren<QWidget *>().size() < 200);
        const QString name = nameOfStamp(dialog->shownPlan()->loads.constLast().stamp);
        Stamp taken = sample.stamp(name.section(u'-', 1).toInt());
        taken.lifecycle = Lifecycle::Cordoned;
        taken.revision = u"2"_s;
        taken.updatedBy = u"grace"_s;
        FleetUpdate change = SampleFleet::delta();
        change.stamps.push_back(std::make_shared<const Stamp>(taken));
        fixture.apply(change);
        QTRY_VERIFY2_WITH_TIMEOUT(
            stateLine(dialog).startsWith(u"grace made %1 cordoned"_s.arg(name)),
            qPrintable(stateLine(dialog)), 30'000);
        dialog->close();
    }

    void oldDataIsAskedAboutTwice()
    {
        SampleFleet sample;
        DeckFixture fixture(sample);
        // Two endpoints: one is silent, so what is known of the source is old, and not of the other.
        fixture.store.setEndpoints(u"prod"_s, {QString(), u"b"_s});
        const FleetUpdate here = sample.update();
        FleetUpdate there;
        there.instance = u"sample"_s;
        there.endpoint = u"b"_s;
        there.stamps.push_back(std::make_shared<const Stamp>(sample.stamp(8)));
        fixture.apply(here);
        fixture.apply(there);
        fixture.clock.advance(std::chrono::seconds(14));
        fixture.apply(here);
        fixture.clock.advance(std::chrono::seconds(14));
        fixture.apply(here);
        QTRY_COMPARE(fixture.feed->version()->serial, fixture.store.current()->serial);
        QVERIFY(!fixture.deck->stamp(u"prod/s-001"_s)->stale);

        QPointer<PlanDialog> dialog = open(fixture, cordon(u"prod/s-001"_s));
        QVERIFY(!dialog->shownPlan()->isRefused());
        auto *box = dialog->findChild<QCheckBox *>(u"oldData"_s);
        QVERIFY(box->isVisible());
        QCOMPARE(box->text(), u"The data is 28 s old. Run all the same"_s);
        QVERIFY(!button(dialog, u"Run"_s)->isEnabled());
        QVERIFY(button(dialog, u"Run"_s)->toolTip().contains(u"old"_s));
        box->setChecked(true);
        QVERIFY(button(dialog, u"Run"_s)->isEnabled());
        // It speaks again: nothing is to be asked any more.
        fixture.apply(there);
        fixture.clock.advance(std::chrono::seconds(1));
        QTRY_VERIFY(!box->isVisible());
        QVERIFY(button(dialog, u"Run"_s)->isEnabled());
        dialog->close();
    }

    void thePlanCanBeCopied()
    {
        DeckFixture fixture;
        QPointer<PlanDialog> dialog = open(fixture, moveTo(u"prod/s-002"_s));
        button(dialog, u"copyPlan"_s)->click();
        QVERIFY(QGuiApplication::clipboard()->text().startsWith(u"stampctl move"_s));
        dialog->close();
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestPlanDialog)
#include "tst_plandialog.moc"

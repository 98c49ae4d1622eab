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
#include <QtWidgets/QLineEdit>

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
        QCOMPARE(takes->findChild<TextLine *>()->text(), u"Takes: not known: no move measured yet."_s);
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
        const QString text = dialog->findChild<QWidget *>(u"duration"_s)->findChild<TextLine *>()->text();
        QVERIFY2(text.startsWith(u"Takes: about ") && text.endsWith(u"from one move measured."),
                 qPrintable(text));
        dialog->close();
        QTRY_VERIFY(!dialog);
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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls.h"
#include "widgets/createwizard.h"
#include "widgets/plandialog.h"
#include "widgets/themes.h"

#include "tests/support/testmain.h"
#include "tests/widgets/deckfixture.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QJsonDocument>
#include <QtGui/QAccessible>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QAbstractSpinBox>
#include <QtWidgets/QApplication>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QStyle>
#include <QtWidgets/QStyleOptionSpinBox>

using namespace Stampdeck;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Testing::DeckFixture;
using Testing::SampleFleet;

namespace {

constexpr Capabilities maker = Capabilities(Capability::Create) | Capability::Cordon
    | Capability::Move;

QList<Template> templates()
{
    QList<Template> all;
    for (const char *text :
         {R"({"name": "small", "description": "For a few", "parameters": [
               {"name": "web", "type": "integer", "default": 2, "min": 1, "max": 4, "help": "Replicas"},
               {"name": "memory", "type": "size", "default": "16Gi", "min": "8Gi", "max": "64Gi"},
               {"name": "ring", "type": "string", "default": "1", "choices": ["0", "1", "2"]},
               {"name": "spot", "type": "boolean", "default": false, "help": "On spare machines"},
               {"name": "owner", "type": "string", "help": "Who pays"}]})",
          R"({"name": "large", "description": "For many", "parameters": []})"}) {
        auto made = templateFromJson(QJsonDocument::fromJson(QByteArray(text)).object());
        if (!made)
            qFatal("%s", qPrintable(made.error().message));
        all.append(*made);
    }
    return all;
}

struct Fixture : DeckFixture
{
    Fixture()
        : DeckFixture({}, maker)
    {
        store.setTemplates(u"prod"_s, templates());
        store.sync();
        // The feed swaps it in the event loop.
        const bool told = QTest::qWaitFor(
            [this] { return deck->fleet().sources.first().templates.has_value(); });
        if (!told)
            qFatal("the feed does not tell");
    }
};

void press(QWidget *widget)
{
    QVERIFY2(widget->isVisible() && widget->isEnabled(), qPrintable(widget->objectName()));
    QTest::mouseClick(widget, Qt::LeftButton);
}

template<typename T>
T *part(QWidget *of, const QString &name)
{
    T *found = of->findChild<T *>(name);
    if (!found)
        qFatal("there is no %s", qPrintable(name));
    return found;
}

void pressStep(QAbstractSpinBox *box, QStyle::SubControl which)
{
    QStyleOptionSpinBox option;
    option.initFrom(box);
    option.subControls = QStyle::SC_All;
    option.buttonSymbols = box->buttonSymbols();
    option.stepEnabled = QAbstractSpinBox::StepUpEnabled | QAbstractSpinBox::StepDownEnabled;
    const QRect at = box->style()->subControlRect(QStyle::CC_SpinBox, &option, which, box);
    QTest::mouseClick(box, Qt::LeftButton, {}, at.center());
}

QString says(QWidget *of, const QString &name)
{
    return part<TextLine>(of, u"says "_s + name)->text();
}

} // namespace

class TestCreateWizard : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Themes::instance().install(); }
    void init() { Testing::strict(); }

    void withTheMouseAlone()
    {
        Fixture fixture;
        CreateWizard wizard(*fixture.deck, u"r1"_s);
        wizard.show();
        auto *next = part<Button>(&wizard, u"next"_s);
        press(part<QAbstractButton>(&wizard, u"template large"_s));
        QCOMPARE(wizard.request().fromTemplate, u"large"_s);
        press(part<QAbstractButton>(&wizard, u"template small"_s));
        press(next);
        QCOMPARE(wizard.page(), 1);
        // One thing has to be given, and the mouse can't; the rest it can.
        QVERIFY(!next->isEnabled());
        QCOMPARE(says(&wizard, u"owner"_s), u"owner has to be given"_s);
        part<QLineEdit>(&wizard, u"parameter owner"_s)->setText(u"ana"_s);
        QVERIFY(next->isEnabled());
        auto *web = part<QAbstractSpinBox>(&wizard, u"parameter web"_s);
        pressStep(web, QStyle::SC_SpinBoxUp);
        QCOMPARE(web->text(), u"3"_s);
        auto *memory = part<QAbstractSpinBox>(&wizard, u"parameter memory"_s);
        pressStep(memory, QStyle::SC_SpinBoxUp);
        QCOMPARE(memory->text(), u"18Gi"_s);
        part<QComboBox>(&wizard, u"parameter ring"_s)->setCurrentIndex(2);
        press(part<QCheckBox>(&wizard, u"parameter spot"_s));
        press(next);
        QCOMPARE(wizard.page(), 2);
        QCOMPARE(part<QComboBox>(&wizard, u"region"_s)->currentText(), u"r1"_s);
        QCOMPARE(part<QLineEdit>(&wizard, u"name"_s)->text(), u"r1-01"_s);
        QSignalSpy wanted(&wizard, &CreateWizard::planRequested);
        press(next);
        QCOMPARE(wanted.count(), 1);
        const auto request = wanted.first().first().value<ActionRequest>();
        QCOMPARE(request.kind, ActionKind::Create);
        QCOMPARE(request.source, u"prod"_s);
        QCOMPARE(request.stamp, u"r1-01"_s);
        QCOMPARE(request.region, u"r1"_s);
        QCOMPARE(request.parameters,
                 (QJsonObject{{u"web"_s, 3}, {u"memory"_s, 18.0 * (1LL << 30)}, {u"ring"_s, u"2"_s},
                              {u"spot"_s, true}, {u"owner"_s, u"ana"_s}}));
        // Its plan is run with the mouse too.
        auto *dialog = new PlanDialog(*fixture.deck, request);
        const QPointer<PlanDialog> plan = dialog;
        dialog->show();
        QVERIFY(dialog->findChild<QWidget *>(u"facts"_s));
        press(part<Button>(dialog, u"Run"_s));
        QTRY_COMPARE(fixture.executor.kinds(), QStringList{u"create"_s});
        QVERIFY(fixture.executor.last()
                == Primitive(CreateStamp{u"r1-01"_s, u"small"_s, u"r1"_s, request.parameters}));
        QTRY_VERIFY(!plan);
    }

    void withTheKeyboardAlone()
    {
        Fixture fixture;
        CreateWizard wizard(*fixture.deck, {});
        wizard.show();
        QVERIFY(QTest::qWaitForWindowActive(&wizard));
        const auto type = [&](Qt::Key key, Qt::KeyboardModifiers with = {}) {
            QTest::keyClick(wizard.focusWidget(), key, with);
        };
        QCOMPARE(wizard.focusWidget()->objectName(), u"template small"_s);
        type(Qt::Key_Down);
        QCOMPARE(wizard.focusWidget()->objectName(), u"template large"_s);
        type(Qt::Key_Space);
        QCOMPARE(wizard.request().fromTemplate, u"large"_s);
        type(Qt::Key_Return);
        QCOMPARE(wizard.page(), 1);
        type(Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(wizard.page(), 0);
        type(Qt::Key_Return);
        type(Qt::Key_Return);
        QCOMPARE(wizard.page(), 2);
        QCOMPARE(wizard.focusWidget()->objectName(), u"name"_s);
        QTest::keyClick(wizard.focusWidget(), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(wizard.focusWidget(), u"new-1"_s);
        QSignalSpy wanted(&wizard, &CreateWizard::planRequested);
        type(Qt::Key_Return);
        QCOMPARE(wanted.count(), 1);
        QCOMPARE(wanted.first().first().value<ActionRequest>().stamp, u"new-1"_s);
    }

    void badValuesAreRefusedInPlace()
    {
        Fixture fixture;
        CreateWizard wizard(*fixture.deck, {});
        wizard.show();
        auto *next = part<Button>(&wizard, u"next"_s);
        press(next);
        part<QLineEdit>(&wizard, u"parameter owner"_s)->setText(u"ana"_s);
        QVERIFY(next->isEnabled());
        auto *web = part<QAbstractSpinBox>(&wizard, u"parameter web"_s);
        QCOMPARE(says(&wizard, u"web"_s), u"Replicas"_s);
        auto *edit = web->findChild<QLineEdit *>();
        for (const QString &bad : {u"9"_s, u"many"_s, u""_s, u"1.5"_s}) {
            edit->setText(bad);
            QVERIFY2(!next->isEnabled(), qPrintable(bad));
            QVERIFY(says(&wizard, u"web"_s).startsWith(u"web takes a whole number from 1 to 4"_s));
        }
        // Nor by the key that goes on.
        QTest::keyClick(edit, Qt::Key_Return);
        QCOMPARE(wizard.page(), 1);
        pressStep(web, QStyle::SC_SpinBoxUp); // from there it is back in its range
        QCOMPARE(web->text(), u"3"_s);
        edit->setText(u"4"_s);
        QVERIFY(next->isEnabled());
        part<QAbstractSpinBox>(&wizard, u"parameter memory"_s)
            ->findChild<QLineEdit *>()
            ->setText(u"1Ti"_s);
        QCOMPARE(says(&wizard, u"memory"_s), u"memory takes a size from 8Gi to 64Gi, not 1Ti"_s);
        part<QAbstractSpinBox>(&wizard, u"parameter memory"_s)
            ->findChild<QLineEdit *>()
            ->setText(u"8Gi"_s);
        press(next);
        auto *name = part<QLineEdit>(&wizard, u"name"_s);
        for (const auto &[bad, why] : {std::pair(u"a/b"_s, u"not \"/\""_s),
                                       std::pair(u"s-001"_s, u"exists already"_s)}) {
            name->setText(bad);
            QVERIFY(!next->isEnabled());
            QVERIFY2(says(&wizard, u"name"_s).contains(why), qPrintable(says(&wizard, u"name"_s)));
        }
        name->setText(u"fine"_s);
        QVERIFY(next->isEnabled());
        // What was filled in stays when one goes back.
        press(part<Button>(&wizard, u"back"_s));
        QCOMPARE(web->text(), u"4"_s);
        QCOMPARE(wizard.request().parameters.value(u"memory"_s).toDouble(), 8.0 * (1LL << 30));
    }

    void assistiveTechnologyFindsItsFields()
    {
        Fixture fixture;
        CreateWizard wizard(*fixture.deck, {});
        wizard.show();
        QCOMPARE(QAccessible::queryAccessibleInterface(&wizard)->text(QAccessible::Name),
                 u"create"_s);
        const auto nameOf = [&](const QString &object) {
            return QAccessible::queryAccessibleInterface(part<QWidget>(&wizard, object))
                ->text(QAccessible::Name);
        };
        QCOMPARE(nameOf(u"template small"_s), u"template small"_s);
        press(part<Button>(&wizard, u"next"_s));
        QCOMPARE(nameOf(u"parameter web"_s), u"web"_s);
        QCOMPARE(nameOf(u"parameter spot"_s), u"spot"_s);
        QVERIFY(QAccessible::queryAccessibleInterface(part<QWidget>(&wizard, u"parameter memory"_s))
                    ->text(QAccessible::Description)
                    .contains(u"8Gi to 64Gi"_s));
    }

    void aTemplateThatChangesIsLookedAtAgain()
    {
        Fixture fixture;
        CreateWizard wizard(*fixture.deck, {});
        wizard.show();
        press(part<Button>(&wizard, u"next"_s));
        QCOMPARE(wizard.page(), 1);
        QList<Template> changed = templates();
        changed[0].parameters[0].max = 3;
        fixture.store.setTemplates(u"prod"_s, changed);
        QTRY_COMPARE(wizard.page(), 0);
        QVERIFY(part<TextLine>(&wizard, u"createState"_s)->text().contains(u"has changed"_s));
    }

    void whoMakesNoStampsIsNotOffered()
    {
        DeckFixture fixture({}, Capability::Cordon);
        CreateWizard wizard(*fixture.deck, {});
        wizard.show();
        QCOMPARE(part<QComboBox>(&wizard, u"source"_s)->count(), 0);
        QVERIFY(!part<Button>(&wizard, u"next"_s)->isEnabled());
    }

    void aStampIsDeletedByItsTypedNameAndCanBeCalledOff()
    {
        DeckFixture fixture({}, maker);
        Stamp drained = SampleFleet().stamp(1);
        drained.lifecycle = Lifecycle::Drained;
        FleetUpdate delta = SampleFleet::delta();
        delta.stamps.push_back(std::make_shared<const Stamp>(drained));
        for (int i = 0; i < SampleFleet().tenantsPerStamp; ++i)
            delta.goneTenants.append(SampleFleet::tenantName(1, i));
        fixture.apply(delta);
        QTRY_COMPARE(fixture.deck->stamp(u"prod/s-001"_s)->stamp->lifecycle, Lifecycle::Drained);
        QTRY_VERIFY(fixture.deck->stamp(u"prod/s-001"_s)->tenants.empty());
        ActionRequest request;
        request.kind = ActionKind::Delete;
        request.stamp = u"prod/s-001"_s;
        const QPointer<PlanDialog> dialog = new PlanDialog(*fixture.deck, request);
        dialog->show();
        auto *run = part<Button>(dialog, u"Run"_s);
        auto *name = part<QLineEdit>(dialog, u"confirmName"_s);
        QVERIFY(dialog->findChild<QWidget *>(u"facts"_s)->accessibleName().contains(u"api × 3"_s));
        QVERIFY(name->isVisible());
        QVERIFY(!run->isEnabled());
        QTest::keyClicks(name, u"s-00"_s);
        QTest::keyClick(name, Qt::Key_Return);
        QVERIFY(!run->isEnabled());
        QTest::keyClicks(name, u"1"_s);
        QVERIFY(run->isEnabled());
        const auto state = [&] { return part<TextLine>(dialog, u"planState"_s)->text(); };

        press(run);
        QCOMPARE(run->text(), u"Call off (5)"_s);
        QVERIFY(state().startsWith(u"Starts in 5 s"_s));
        fixture.clock.advance(3s);
        QTRY_COMPARE(run->text(), u"Call off (2)"_s);
        press(run);
        QCOMPARE(run->text(), u"Run"_s);
        QVERIFY(state().startsWith(u"Called off"_s));
        fixture.clock.advance(6s); // the source goes stale at 15
        QTest::qWait(0);
        QVERIFY(fixture.executor.kinds().isEmpty());
        // Esc calls off too, and leaves the plan open.
        press(run);
        QTest::keyClick(dialog, Qt::Key_Escape);
        QVERIFY(dialog && dialog->isVisible());
        QCOMPARE(run->text(), u"Run"_s);
        // Where it has to go, it goes, and what waits is called off.
        {
            const QPointer<PlanDialog> other = new PlanDialog(*fixture.deck, request);
            other->show();
            part<QLineEdit>(other, u"confirmName"_s)->setText(u"s-001"_s);
            press(part<Button>(other, u"Run"_s));
            QCOMPARE(part<Button>(other, u"Run"_s)->text(), u"Call off (5)"_s);
            other->leave();
            QTRY_VERIFY(!other);
        }

        press(run);
        fixture.clock.advance(5s);
        QTRY_COMPARE(fixture.executor.kinds(), QStringList{u"delete"_s});
        QTRY_VERIFY(!dialog);
    }

    void whatIsNotDrainedIsRefusedWithTheMend()
    {
        DeckFixture fixture({}, maker);
        ActionRequest request;
        request.kind = ActionKind::Delete;
        request.stamp = u"prod/s-001"_s;
        const QPointer<PlanDialog> dialog = new PlanDialog(*fixture.deck, request);
        dialog->show();
        QVERIFY(dialog->shownPlan()->isRefused());
        part<QLineEdit>(dialog, u"confirmName"_s)->setText(u"s-001"_s);
        QVERIFY(!part<Button>(dialog, u"Run"_s)->isEnabled());
        QSignalSpy fix(dialog, &PlanDialog::fixRequested);
        for (Button *link : dialog->findChildren<Button *>()) {
            if (link->text() == u"Drain s-001…")
                link->click();
        }
        QCOMPARE(fix.count(), 1);
        QCOMPARE(fix.first().first().value<Refusal>().code, u"not-drained"_s);
        QTRY_VERIFY(!dialog);
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestCreateWizard)
#include "tst_createwizard.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rehearsedialog.h"

#include "widgets/segmentedcontrol.h"
#include "widgets/themes.h"

#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <QtCore/QTemporaryFile>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLineEdit>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const Timestamp then = *fromRfc3339(u"2026-11-01T03:00:00Z");

struct Fixture
{
    explicit Fixture(bool stretchFirst = false, const QString &whyNoStretch = {})
    {
        window.resize(1024, 700);
        window.show();
        dialog = new RehearseDialog(
            then, then + 30min, stretchFirst, whyNoStretch,
            [this](const RehearsalWish &wish) {
                wishes.append(wish);
                return ready<void>(answer);
            },
            &window);
        dialog->open();
    }
    void choose(int what) const
    {
        dialog->findChild<SegmentedControl *>(u"rehearsalWhat"_s)->setCurrent(what);
    }
    [[nodiscard]] Button *run() const { return dialog->findChild<Button *>(u"beginRehearsal"_s); }
    [[nodiscard]] QLineEdit *field(const QString &name) const
    {
        return dialog->findChild<QLineEdit *>(name);
    }
    [[nodiscard]] QString words() const
    {
        return dialog->findChild<TextLine *>(u"rehearsalWords"_s)->text();
    }

    QWidget window;
    QPointer<RehearseDialog> dialog;
    QList<RehearsalWish> wishes;
    Result<void> answer;
};

} // namespace

class TestRehearseDialog : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Themes::instance().install(); }
    void init() { strict(); }

    void eachThatShipsIsBegunByItsName()
    {
        for (int i = 0; i < RehearseDialog::scenarios().size(); ++i) {
            Fixture fixture;
            fixture.choose(i);
            fixture.dialog->findChild<SegmentedControl *>(u"rehearsalSpeed"_s)->setCurrent(2);
            QSignalSpy told(fixture.dialog, &RehearseDialog::told);
            QTest::mouseClick(fixture.run(), Qt::LeftButton);
            QTRY_COMPARE(told.size(), 1);
            QCOMPARE(fixture.wishes.size(), 1);
            QCOMPARE(fixture.wishes.first().scenario, RehearseDialog::scenarios().at(i));
            QCOMPARE(fixture.wishes.first().speed, 16);
            QTRY_VERIFY(!fixture.dialog);
        }
    }

    void aStretchHasTwoMoments()
    {
        Fixture fixture(true);
        QVERIFY(fixture.field(u"rehearsalFrom"_s)->isVisible());
        QVERIFY(!fixture.field(u"rehearsalFile"_s)->isVisible());
        QVERIFY(fixture.run()->isEnabled());
        for (const QString &wrong : {u"yesterday"_s, u""_s, u"2026-11-01T04:00:00Z"_s}) {
            fixture.field(u"rehearsalFrom"_s)->setText(wrong); // the last is after the end
            QVERIFY(!fixture.run()->isEnabled());
            QVERIFY(!fixture.words().isEmpty());
            QTest::keyClick(fixture.field(u"rehearsalFrom"_s), Qt::Key_Return);
        }
        QVERIFY(fixture.wishes.isEmpty());
        fixture.field(u"rehearsalFrom"_s)->setText(u"2026-11-01T03:10:00Z"_s);
        QVERIFY(fixture.words().isEmpty());
        fixture.answer = fail(ErrorKind::NotFound, u"nobody recorded then"_s);
        QTest::mouseClick(fixture.run(), Qt::LeftButton);
        QTRY_COMPARE(fixture.words(), u"nobody recorded then"_s);
        QVERIFY(fixture.dialog);
        QVERIFY(fixture.run()->isEnabled());
        QCOMPARE(fixture.wishes.first().from, then + 10min);
        QCOMPARE(fixture.wishes.first().to, then + 30min);
        QVERIFY(fixture.wishes.first().scenario.isEmpty());
    }

    void theKeyboardIsEnough()
    {
        Fixture fixture;
        QVERIFY(QTest::qWaitForWindowActive(fixture.dialog));
        // From the first to what was recorded, to its first moment, and begun.
        for (int i = 0; i < 3; ++i)
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Right);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        QCOMPARE(QApplication::focusWidget(), fixture.field(u"rehearsalFrom"_s));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        QTRY_COMPARE(fixture.wishes.size(), 1);
        QCOMPARE(fixture.wishes.first().from, then);
    }

    /// Who closes it while the history is read wants no window any more.
    void closingItCancels()
    {
        QWidget window;
        window.show();
        Answer<void> answer;
        const auto begin = [&answer](const RehearsalWish &) { return answer.future(); };
        const QPointer dialog(
            new RehearseDialog(then, then + 30min, true, {}, begin, &window));
        QSignalSpy told(dialog, &RehearseDialog::told);
        dialog->open();
        QTest::mouseClick(dialog->findChild<Button *>(u"beginRehearsal"_s), Qt::LeftButton);
        QVERIFY(!answer.isCanceled());
        QTest::keyClick(dialog, Qt::Key_Escape);
        QVERIFY(answer.isCanceled());
        QTRY_VERIFY(!dialog);
        QCOMPARE(told.size(), 0);
    }

    void withoutAHistoryThereIsNone()
    {
        Fixture fixture(true, u"nothing is recorded here"_s);
        QVERIFY(!fixture.run()->isEnabled());
        QCOMPARE(fixture.dialog->findChild<TextLine *>(u"rehearsalAbout"_s)->text(),
                 u"nothing is recorded here"_s);
        fixture.choose(0);
        QVERIFY(fixture.run()->isEnabled());
    }

    void aFileMustBeThere()
    {
        Fixture fixture;
        fixture.choose(4);
        QVERIFY(fixture.field(u"rehearsalFile"_s)->isVisible());
        QVERIFY(!fixture.run()->isEnabled());
        fixture.field(u"rehearsalFile"_s)->setText(u"/no/such.json"_s);
        QVERIFY(!fixture.run()->isEnabled());
        QTemporaryFile file;
        QVERIFY(file.open());
        fixture.field(u"rehearsalFile"_s)->setText(file.fileName());
        QVERIFY(fixture.run()->isEnabled());
        QTest::mouseClick(fixture.run(), Qt::LeftButton);
        QTRY_COMPARE(fixture.wishes.size(), 1);
        QCOMPARE(fixture.wishes.first().scenario, file.fileName());
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestRehearseDialog)
#include "tst_rehearsedialog.moc"

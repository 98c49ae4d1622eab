// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testmain.h"
#include "tests/widgets/tilefixture.h"
#include "widgets/icons.h"
#include "widgets/segmentedcontrol.h"
#include "widgets/style.h"
#include "widgets/themes.h"

#include <QtTest/QSignalSpy>
#include <QtWidgets/QApplication>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFocusFrame>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QProgressBar>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QRadioButton>
#include <QtWidgets/QSlider>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QTableWidget>
#include <QtWidgets/QToolButton>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

class StyleTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Themes::instance().install(); }
    void init()
    {
        Testing::strict();
        Themes::instance().setChoice(Theme::Scheme::Dark);
    }

    void controlsHaveTheMeasuresOfTheLook()
    {
        QPushButton button(u"Drain…"_s);
        QCOMPARE(button.sizeHint().height(), 28);
        setTall(&button);
        QCOMPARE(button.sizeHint().height(), 32);
        QLineEdit field;
        QCOMPARE(field.sizeHint().height(), 32);
        QComboBox combo;
        combo.addItem(u"Group: Region"_s);
        QCOMPARE(combo.sizeHint().height(), 28);
        QSpinBox spin;
        QCOMPARE(spin.sizeHint().height(), 28);
        QTableWidget table(1, 1);
        table.setHorizontalHeaderLabels({u"Tenant"_s});
        QCOMPARE(table.horizontalHeader()->sizeHint().height(), 28);
        SegmentedControl segments;
        segments.addSegment(u"World"_s, u"globe"_s);
        QCOMPARE(segments.sizeHint().height(), 28);
    }

    void primaryButtonIsFilledWithTheAccent()
    {
        for (const auto scheme : {Theme::Scheme::Dark, Theme::Scheme::Light}) {
            Themes::instance().setChoice(scheme);
            QPushButton button(u"Run"_s);
            button.resize(132, 32);
            const auto fill = [&] { return QColor(button.grab().toImage().pixel(6, 16)); };
            QCOMPARE(fill(), Theme::current()[Token::BgRaised]);
            setControlRole(&button, ControlRole::Primary);
            QCOMPARE(fill(), Theme::current()[Token::Accent]);
            setControlRole(&button, ControlRole::Danger);
            QCOMPARE(fill(), Theme::current()[Token::Danger]);
            button.setEnabled(false);
            QCOMPARE(fill(), Theme::current()[Token::BgWindow]);
        }
    }

    void segmentsChangeByKey()
    {
        SegmentedControl segments;
        segments.addSegment(u"World"_s, u"globe"_s);
        segments.addSegment(u"Sheet"_s, u"grid"_s);
        QSignalSpy spy(&segments, &SegmentedControl::currentChanged);
        QCOMPARE(segments.current(), 0);
        segments.setCurrent(1);
        QCOMPARE(spy.count(), 1);
        segments.show();
        segments.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&segments));
        segments.segment(1)->setFocus();
        QTest::keyClick(segments.segment(1), Qt::Key_Left);
        QCOMPARE(segments.current(), 0);
        QCOMPARE(segments.segment(0)->accessibleName(), u"World"_s);
    }

    void focusRingIsShownForTheKeyboardOnly()
    {
        QWidget window;
        auto *layout = new QGridLayout(&window);
        auto *first = new QPushButton(u"One"_s);
        auto *second = new QPushButton(u"Two"_s);
        layout->addWidget(first, 0, 0);
        layout->addWidget(second, 1, 0);
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        const auto ringOn = [&]() -> QWidget * {
            for (QFocusFrame *frame : window.findChildren<QFocusFrame *>()) {
                if (frame->isVisible())
                    return frame->widget();
            }
            return nullptr;
        };
        first->setFocus(Qt::MouseFocusReason);
        QCOMPARE(ringOn(), nullptr);
        second->setFocus(Qt::TabFocusReason);
        QCOMPARE(ringOn(), second);
        first->setFocus(Qt::MouseFocusReason);
        QCOMPARE(ringOn(), nullptr);
    }

    /// For people; and everything must paint in both themes without a warning.
    void aWindowOfEverything()
    {
        for (const auto scheme : {Theme::Scheme::Dark, Theme::Scheme::Light}) {
            Themes::instance().setChoice(scheme);
            QWidget window;
            window.resize(760, 480);
            auto *grid = new QGridLayout(&window);
            const auto button = [&](const QString &text, const QString &icon, ControlRole role) {
                auto *made = new QPushButton(text);
                if (!icon.isEmpty())
                    made->setIcon(Icons::icon(icon));
                setControlRole(made, role);
                return made;
            };
            grid->addWidget(button(u"Cordon"_s, u"slash-circle"_s, ControlRole::Normal), 0, 0);
            grid->addWidget(button(u"Drain…"_s, u"arrow-up-right"_s, ControlRole::Primary), 0, 1);
            grid->addWidget(button(u"Delete"_s, u"trash"_s, ControlRole::Danger), 0, 2);
            grid->addWidget(button({}, u"plus-lg"_s, ControlRole::Flat), 0, 3);
            auto *off = button(u"Scale…"_s, u"sliders"_s, ControlRole::Normal);
            off->setEnabled(false);
            grid->addWidget(off, 0, 4);
            auto *segments = new SegmentedControl;
            segments->addSegment(u"World"_s, u"globe"_s);
            segments->addSegment(u"Sheet"_s, u"grid"_s);
            grid->addWidget(segments, 1, 0, 1, 2);
            auto *combo = new QComboBox;
            combo->addItem(u"Group: Region"_s);
            grid->addWidget(combo, 1, 2);
            auto *spin = new QSpinBox;
            grid->addWidget(spin, 1, 3);
            grid->addWidget(new QLineEdit(u"health:degraded"_s), 2, 0, 1, 2);
            auto *hint = new QLineEdit;
            hint->setPlaceholderText(u"Search"_s);
            grid->addWidget(hint, 2, 2);
            auto *check = new QCheckBox(u"Read only"_s);
            check->setChecked(true);
            grid->addWidget(check, 3, 0);
            auto *radio = new QRadioButton(u"Now"_s);
            radio->setChecked(true);
            grid->addWidget(radio, 3, 1);
            auto *slider = new QSlider(Qt::Horizontal);
            slider->setValue(40);
            grid->addWidget(slider, 3, 2);
            auto *progress = new QProgressBar;
            progress->setTextVisible(false);
            progress->setFixedHeight(8);
            progress->setValue(64);
            grid->addWidget(progress, 3, 3);
            auto *tabs = new QTabBar;
            tabs->addTab(u"Overview"_s);
            tabs->addTab(u"Components"_s);
            grid->addWidget(tabs, 4, 0, 1, 4);
            auto *table = new QTableWidget(12, 3);
            table->setHorizontalHeaderLabels({u"Tenant"_s, u"Stamp"_s, u"cpu"_s});
            table->setSelectionBehavior(QAbstractItemView::SelectRows);
            table->setShowGrid(false);
            table->verticalHeader()->hide();
            for (int i = 0; i < 12; ++i) {
                table->setItem(i, 0, new QTableWidgetItem(u"acme-%1"_s.arg(i)));
                table->setItem(i, 1, new QTableWidgetItem(u"eu-1"_s));
                table->setItem(i, 2, new QTableWidgetItem(u"4.2"_s));
            }
            table->selectRow(1);
            grid->addWidget(table, 5, 0, 1, 5);
            window.show();
            const QImage image = window.grab().toImage();
            QCOMPARE(QColor(image.pixel(2, 2)), Theme::current()[Token::BgWindow]);
            Testing::keep(image,
                          u"style-"_s + (Theme::current().isDark() ? u"dark"_s : u"light"_s));
            QMenu menu;
            menu.addAction(Icons::icon(u"search"_s), u"Search"_s, QKeySequence(u"/"_s), &menu,
                           [] {});
            menu.addSeparator();
            auto *checked = menu.addAction(u"Colour: Health"_s);
            checked->setCheckable(true);
            checked->setChecked(true);
            menu.addMenu(u"More"_s)->addAction(u"x"_s);
            menu.addAction(u"Not now"_s)->setEnabled(false);
            menu.resize(menu.sizeHint());
            Testing::keep(menu.grab().toImage(),
                          u"menu-"_s + (Theme::current().isDark() ? u"dark"_s : u"light"_s));
        }
    }
};

STAMPDECK_TEST_MAIN(QApplication, StyleTest)
#include "tst_style.moc"

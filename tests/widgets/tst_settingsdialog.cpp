// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls.h"
#include "widgets/segmentedcontrol.h"
#include "widgets/settingsdialog.h"

#include "tests/support/testmain.h"

#include <QtTest/QSignalSpy>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QSpinBox>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

/// What is chosen is seen at once, taken back by Cancel, and written by OK alone.
class TestSettingsDialog : public QObject
{
    Q_OBJECT
private:
    std::unique_ptr<SettingsDialog> m_dialog;
    QList<WindowSettings> m_previews;
    QList<WindowSettings> m_saves;
    Result<void> m_answer;
    std::shared_ptr<Answer<void>> m_try;

    void open(const WindowSettings &settings = {}, const QStringList &views = {})
    {
        m_previews.clear();
        m_saves.clear();
        SettingsAccess access;
        access.settings = settings;
        access.file = u"/home/ada/.config/stampdeck/fleet.yaml"_s;
        access.languages = {u"de"_s, u"pt_BR"_s};
        access.views = views;
        access.preview = [this](const WindowSettings &now) { m_previews.append(now); };
        access.save = [this](const WindowSettings &now) {
            m_saves.append(now);
            return m_answer;
        };
        access.trySound = [this] {
            m_try = std::make_shared<Answer<void>>();
            return m_try->future();
        };
        m_dialog = std::make_unique<SettingsDialog>(access, nullptr);
        m_dialog->setAttribute(Qt::WA_DeleteOnClose, false);
        m_dialog->show();
    }
    template<typename T>
    [[nodiscard]] T *control(const QString &key) const
    {
        return m_dialog->findChild<T *>(u"setting "_s + key);
    }
    void press(const QString &button)
    {
        m_dialog->findChild<Button *>(button)->click();
    }
    [[nodiscard]] QString words() const
    {
        return m_dialog->findChild<TextLine *>(u"settingsWords"_s)->text();
    }

private Q_SLOTS:
    void init()
    {
        Testing::strict();
        m_answer = {};
    }
    void cleanup() { m_dialog.reset(); }

    void theSoundOfACallCanBeTried()
    {
        open();
        auto *play = m_dialog->findChild<Button *>(u"trySound"_s);
        QVERIFY(play);
        QVERIFY(control<QWidget>(u"notifySound"_s)->isVisible());
        press(u"trySound"_s);
        QVERIFY(m_try);
        QVERIFY(!play->isEnabled());
        m_try->give(fail(ErrorKind::NotNow, u"no device"_s));
        QTRY_VERIFY(play->isEnabled());
        QCOMPARE(words(), u"Nothing can be played: no device"_s);
        press(u"trySound"_s);
        m_try->give({});
        QTRY_COMPARE(words(), u"It was played. If you heard nothing, look at the volume."_s);
        QVERIFY(m_saves.isEmpty() && m_previews.isEmpty());
    }

    void everyKeyHasARowWithItsSentence()
    {
        open();
        for (const AdapterKey &key : WindowSettings::keys()) {
            auto *row = control<QWidget>(key.name);
            QVERIFY2(row, qPrintable(key.name));
            QVERIFY2(!row->accessibleName().isEmpty() && row->accessibleName() != key.name,
                     qPrintable(key.name));
            QCOMPARE(row->accessibleDescription(), key.help);
            if (auto *choices = qobject_cast<SegmentedControl *>(row)) {
                for (int i = 0; i < key.choices.size(); ++i) {
                    QVERIFY(choices->segment(i));
                    QVERIFY(choices->segment(i)->text() != key.choices[i]); // words for people
                }
            }
        }
    }

    void everyRowShowsAndSetsItsKey_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("written");
        QTest::addRow("theme") << u"theme"_s << u"light"_s;
        QTest::addRow("contrast") << u"contrast"_s << u"high"_s;
        QTest::addRow("textSize") << u"textSize"_s << u"125%"_s;
        QTest::addRow("motion") << u"motion"_s << u"reduced"_s;
        QTest::addRow("times") << u"times"_s << u"local"_s;
        QTest::addRow("language") << u"language"_s << u"pt_BR"_s;
        QTest::addRow("noticeTime") << u"noticeTime"_s << u"30s"_s;
        QTest::addRow("wallTime") << u"wallTime"_s << u"45s"_s;
        QTest::addRow("notify") << u"notify"_s << u"critical"_s;
        QTest::addRow("notifyAgain") << u"notifyAgain"_s << u"45s"_s;
        QTest::addRow("notifySound") << u"notifySound"_s << u"off"_s;
        QTest::addRow("quietHours") << u"quietHours"_s << u"21:30-06:00"_s;
    }
    void everyRowShowsAndSetsItsKey()
    {
        QFETCH(QString, key);
        QFETCH(QString, written);
        open();
        const AdapterKey &is =
            *std::find_if(WindowSettings::keys().begin(), WindowSettings::keys().end(),
                          [&key](const AdapterKey &each) { return each.name == key; });
        if (auto *choices = control<SegmentedControl>(key)) {
            QCOMPARE(choices->current(), 0);
            choices->segment(int(is.choices.indexOf(written)))->click();
        } else if (auto *number = control<QSpinBox>(key)) {
            number->setValue(QString(written).remove(u'%').remove(u's').toInt());
        } else if (auto *line = control<QLineEdit>(key)) {
            line->setText(u"soon"_s); // neither taken nor kept
            QVERIFY(m_previews.isEmpty() || m_previews.last() == WindowSettings());
            line->setText(written);
        } else {
            control<QComboBox>(key)->setCurrentText(written);
        }
        QVERIFY(!m_previews.isEmpty());
        QCOMPARE(m_previews.last().written(key), written);
        QVERIFY(m_saves.isEmpty()); // seen, not kept
        press(u"settingsOk"_s);
        QCOMPARE(m_saves.size(), 1);
        QCOMPARE(m_saves.last().written(key), written);
        QVERIFY(m_dialog->isHidden());

        // And opened again it shows what was chosen.
        open(m_saves.last());
        if (auto *choices = control<SegmentedControl>(key))
            QCOMPARE(is.choices.value(choices->current()), written);
        else if (auto *number = control<QSpinBox>(key))
            QVERIFY(written.startsWith(QString::number(number->value())));
        else if (auto *line = control<QLineEdit>(key))
            QCOMPARE(line->text(), written);
        else
            QCOMPARE(control<QComboBox>(key)->currentText(), written);
        press(u"settingsOk"_s);
        QVERIFY(m_saves.isEmpty()); // nothing to keep
    }

    void cancelTakesBack()
    {
        WindowSettings settings;
        settings.scheme = WindowSettings::Scheme::Light;
        open(settings);
        control<SegmentedControl>(u"theme"_s)->segment(1)->click();
        QCOMPARE(m_previews.last().written(u"theme"_s), u"dark"_s);
        QTest::keyClick(m_dialog.get(), Qt::Key_Escape);
        QCOMPARE(m_previews.last(), settings);
        QVERIFY(m_saves.isEmpty());
        QVERIFY(m_dialog->isHidden());
    }

    void whatCannotBeWrittenIsSaidAndNotLost()
    {
        open();
        m_answer = fail(ErrorKind::Denied, u"fleet.yaml: Permission denied"_s);
        control<SegmentedControl>(u"motion"_s)->segment(2)->click();
        press(u"settingsOk"_s);
        QVERIFY(m_dialog->isVisible());
        QCOMPARE(words(), u"Not written: fleet.yaml: Permission denied"_s);
        QCOMPARE(m_dialog->settings().written(u"motion"_s), u"reduced"_s);
        m_answer = {};
        press(u"settingsOk"_s);
        QCOMPARE(m_saves.size(), 2);
        QVERIFY(m_dialog->isHidden());
    }

    void aLanguageThatIsNoneIsRefused()
    {
        open();
        control<QComboBox>(u"language"_s)->setCurrentText(u"no such one"_s);
        QVERIFY(!words().isEmpty());
        QVERIFY(!m_dialog->findChild<Button *>(u"settingsOk"_s)->isEnabled());
        QCOMPARE(m_dialog->settings().language, QString());
        control<QComboBox>(u"language"_s)->setCurrentText(u"fr_CA"_s);
        QVERIFY2(words().contains(u"opened again"_s), qPrintable(words()));
        QVERIFY(m_dialog->findChild<Button *>(u"settingsOk"_s)->isEnabled());
        QCOMPARE(m_dialog->settings().language, u"fr_CA"_s);
    }

    void goesOnToTheOthersWithWhatWasChosen()
    {
        open({}, {u"trouble"_s, u"europe"_s});
        QSignalSpy sources(m_dialog.get(), &SettingsDialog::sourcesWanted);
        QSignalSpy forgotten(m_dialog.get(), &SettingsDialog::viewForgotten);
        control<SegmentedControl>(u"times"_s)->segment(1)->click();
        press(u"forgetView"_s);
        QVERIFY(forgotten.isEmpty());
        press(u"settingsSources"_s);
        QCOMPARE(m_saves.size(), 1);
        QCOMPARE(sources.size(), 1);
        QCOMPARE(forgotten.size(), 1);
        QCOMPARE(forgotten[0][0].toString(), u"trouble"_s);
        QVERIFY(m_dialog->isHidden());
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestSettingsDialog)
#include "tst_settingsdialog.moc"

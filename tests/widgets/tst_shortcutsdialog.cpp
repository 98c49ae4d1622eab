// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/actionregistry.h"
#include "widgets/controls.h"
#include "widgets/shortcutsdialog.h"
#include "widgets/table.h"

#include "tests/support/testmain.h"

#include <QtWidgets/QKeySequenceEdit>
#include <QtWidgets/QLineEdit>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

/// Keys are found, changed, and never taken from another action unawares.
class TestShortcutsDialog : public QObject
{
    Q_OBJECT
private:
    std::unique_ptr<QWidget> m_window;
    std::unique_ptr<ActionRegistry> m_actions;
    std::unique_ptr<ShortcutsDialog> m_dialog;

    [[nodiscard]] Table *table() const { return m_dialog->findChild<Table *>(); }
    [[nodiscard]] Button *button(const QString &name) const
    {
        return m_dialog->findChild<Button *>(name);
    }
    [[nodiscard]] QString words() const
    {
        QStringList all;
        for (const auto *line : m_dialog->findChildren<TextLine *>())
            all.append(line->text());
        return all.join(u'\n');
    }
    void choose(const QString &text, const QKeySequence &keys)
    {
        m_dialog->findChild<QLineEdit *>(u"shortcutFilter"_s)->setText(text);
        table()->selectRow(0);
        m_dialog->findChild<QKeySequenceEdit *>()->setKeySequence(keys);
    }
    [[nodiscard]] QString keysOf(const QString &id) const
    {
        return m_actions->action(id)->shortcut().toString(QKeySequence::PortableText);
    }

private Q_SLOTS:
    void init()
    {
        Testing::strict();
        m_window = std::make_unique<QWidget>();
        m_actions = std::make_unique<ActionRegistry>(m_window.get());
        m_actions->add(u"cordon"_s, u"Cordon…"_s, {}, QKeySequence(Qt::CTRL | Qt::Key_D), [] {});
        m_actions->add(u"drain"_s, u"Drain…"_s, {}, QKeySequence(Qt::CTRL | Qt::Key_E), [] {});
        m_actions->add(u"quit"_s, u"Quit"_s, {}, {}, [] {});
        m_dialog = std::make_unique<ShortcutsDialog>(*m_actions, nullptr);
        m_dialog->setAttribute(Qt::WA_DeleteOnClose, false);
    }
    void cleanup()
    {
        m_dialog.reset();
        m_actions.reset();
        m_window.reset();
    }

    void findsByNameAndByKeys()
    {
        auto *filter = m_dialog->findChild<QLineEdit *>(u"shortcutFilter"_s);
        QCOMPARE(table()->model()->rowCount(), 3);
        filter->setText(u"drai"_s);
        QCOMPARE(table()->model()->rowCount(), 1);
        filter->setText(u"ctrl+d"_s);
        QCOMPARE(table()->model()->rowCount(), 1);
        QCOMPARE(table()->model()->index(0, 0).data().toString(), u"Cordon…"_s);
        filter->setText(u"nothing like it"_s);
        QCOMPARE(table()->model()->rowCount(), 0);
        QVERIFY(!button(u"setKeys"_s)->isEnabled());
    }

    void freeKeysAreSetAndTakenBack()
    {
        choose(u"Quit"_s, QKeySequence(Qt::CTRL | Qt::Key_Q));
        button(u"setKeys"_s)->click();
        QCOMPARE(keysOf(u"quit"_s), u"Ctrl+Q"_s);
        table()->selectRow(0);
        button(u"firstKeys"_s)->click();
        QCOMPARE(keysOf(u"quit"_s), QString());
    }

    void aConflictIsNamedBeforeItIsTakenOver()
    {
        choose(u"Drain"_s, QKeySequence(Qt::CTRL | Qt::Key_D));
        QVERIFY2(words().contains(u"Cordon…"), qPrintable(words()));
        QCOMPARE(button(u"setKeys"_s)->text(), u"Take over"_s);
        QCOMPARE(keysOf(u"cordon"_s), u"Ctrl+D"_s); // not yet
        button(u"setKeys"_s)->click();
        QCOMPARE(keysOf(u"drain"_s), u"Ctrl+D"_s);
        QCOMPARE(keysOf(u"cordon"_s), QString());
    }

    void aBeginningOfOtherKeysIsAConflictToo()
    {
        choose(u"Quit"_s, QKeySequence(Qt::CTRL | Qt::Key_D, Qt::Key_Q));
        QVERIFY2(words().contains(u"Cordon…"), qPrintable(words()));
    }

    void noneIsAllowed()
    {
        choose(u"Drain"_s, QKeySequence(Qt::CTRL | Qt::Key_E));
        QVERIFY(!button(u"setKeys"_s)->isEnabled()); // they are its own
        button(u"noKeys"_s)->click();
        QCOMPARE(keysOf(u"drain"_s), QString());
    }
};

STAMPDECK_TEST_MAIN(QApplication, TestShortcutsDialog)
#include "tst_shortcutsdialog.moc"

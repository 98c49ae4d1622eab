// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "framedialog.h"

class QKeySequenceEdit;
class QLineEdit;
class QStandardItemModel;

namespace Stampdeck {

class ActionRegistry;
class Button;
class Table;
class TextLine;

/// Every action and its keys, to be found and to be changed: keys that another action has are named,
/// and taken from it only on purpose. Takes effect at once. Deletes itself when it is closed.
class ShortcutsDialog final : public FrameDialog
{
    Q_OBJECT
public:
    ShortcutsDialog(ActionRegistry &actions, QWidget *parent);

private:
    void list();
    void showChosen();
    void judge();
    void set(const QKeySequence &keys);
    [[nodiscard]] QString chosen() const; ///< Its id; empty for none.
    /// Another action with these keys; empty for none.
    [[nodiscard]] QString ownerOf(const QKeySequence &keys) const;

    ActionRegistry &m_actions;
    QLineEdit *m_filter;
    QStandardItemModel *m_model;
    Table *m_table;
    TextLine *m_words;
    QKeySequenceEdit *m_keys;
    Button *m_set;
    Button *m_none;
    Button *m_first;
};

} // namespace Stampdeck

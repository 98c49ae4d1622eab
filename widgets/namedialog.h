// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "framedialog.h"

class QLineEdit;

namespace Stampdeck {

class Button;
class TextLine;

/// Asks for the name under which something is kept. Deletes itself when it is closed.
class NameDialog final : public FrameDialog
{
    Q_OBJECT
public:
    /// \a taken are the names that are there: to take one of them replaces it, which is said.
    NameDialog(const QString &title, const QString &line, const QStringList &taken, QWidget *parent);

Q_SIGNALS:
    void chosen(const QString &name);

private:
    void refresh();
    QString m_line;
    QStringList m_taken;
    TextLine *m_words;
    QLineEdit *m_name;
    Button *m_save;
};

} // namespace Stampdeck

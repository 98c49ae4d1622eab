// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deck.h"
#include "framedialog.h"

class QLineEdit;

namespace Stampdeck {

class Button;
class TextLine;

/// What a verb to an operation would do: resume, roll back, or undo of what a backend runs, whose plan
/// only it knows; with the name and the reason that production asks for. Named and worked as the plan dialog is. GUI thread; deletes itself when it is closed.
class VerbDialog final : public FrameDialog
{
    Q_OBJECT
public:
    /// \a confirmName is to be typed first; empty where production is not touched.
    VerbDialog(Deck &deck, const QString &operation, OperationVerb verb,
               const QString &confirmName, QWidget *parent = nullptr);
    ~VerbDialog() override;
    void leave() override;

Q_SIGNALS:
    /// The runner took it; of an undo \a operation is the new one.
    void started(const Stampdeck::OperationPtr &operation);
    /// The runner did not, when the dialog had left already: why.
    void failedUnseen(const QString &why);

public Q_SLOTS:
    /// Closes, but not once it is handed over.
    void reject() override;

protected:
    void paintContent(QPainter &painter) override;

private:
    class StepList;
    void refresh();
    void run();
    [[nodiscard]] QString whyNot() const;

    Deck &m_deck;
    QString m_operation;
    OperationVerb m_verb;
    QString m_name;
    bool m_running = false;
    bool m_hasLeft = false; // and only waits for what becomes of it
    OperationState m_state; // as it was when this opened
    TextLine *m_line;
    StepList *m_steps;
    QLineEdit *m_confirm;
    QLineEdit *m_reason;
    Button *m_cancel;
    Button *m_run;
};

} // namespace Stampdeck

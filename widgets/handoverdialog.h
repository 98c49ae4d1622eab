// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deck.h"
#include "framedialog.h"
#include "refresher.h"

#include "models/handover.h"

class QPlainTextEdit;
class QTimer;
class QVBoxLayout;

namespace Stampdeck {

class SegmentedControl;
class TextLine;

/// The sheet that somebody who goes off call leaves for who comes, as it is now: it follows the fleet
/// while it is open. Has room for notes. Deletes itself when it is closed. GUI thread.
class HandOverDialog final : public FrameDialog
{
    Q_OBJECT
public:
    /// What is kept from one hand-over to the next.
    struct Memory
    {
        QString notes;
        int hours = 8; ///< Of a shift.
    };

    /// \a cutOff: operations that a kill of this program has left behind.
    HandOverDialog(Deck &deck, const QStringList &cutOff, const Memory &memory, QWidget *parent);

    [[nodiscard]] HandOver sheet() const;
    [[nodiscard]] Memory memory() const;
    /// Says what became of saving it.
    void say(const QString &text);

Q_SIGNALS:
    /// The sheet is wanted as a file.
    void saveRequested();
    /// memory() is another.
    void noted();

private:
    class Line;
    struct Part
    {
        HandOverPart shown;
        QWidget *body = nullptr;
        TextLine *head = nullptr;
    };
    void refresh();
    void readHistory();
    void fill(Part &part, const HandOverPart &with);

    Deck &m_deck;
    const QStringList m_cutOff;
    std::optional<ShiftRecord> m_shift; // nothing: not read yet
    QPlainTextEdit *m_notes;
    SegmentedControl *m_hours;
    TextLine *m_span;
    TextLine *m_words;
    QVBoxLayout *m_parts;
    QList<Part> m_shown;
    QTimer *m_soon; // to refresh: changes come in numbers
    Refresher m_history;
    quint64 m_asked = 0;
};

} // namespace Stampdeck

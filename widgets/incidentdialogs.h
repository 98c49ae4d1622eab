// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deck.h"
#include "framedialog.h"

#include "models/incidents.h"

class QAbstractButton;
class QLabel;
class QLineEdit;
class QVBoxLayout;

namespace Stampdeck {

class Button;
class SegmentedControl;
class TextLine;

/// Says that one looks after an incident: until when, with a note, and who will see it. Deletes
/// itself when it is closed.
class AcknowledgeDialog final : public FrameDialog
{
    Q_OBJECT
public:
    AcknowledgeDialog(Deck &deck, const Incident &incident, QWidget *parent);

Q_SIGNALS:
    void told(const QString &text);

private:
    void run();
    Deck &m_deck;
    QString m_incident;
    QString m_title;
    SegmentedControl *m_until;
    QLineEdit *m_note;
    TextLine *m_words;
    Button *m_run;
};

/// Silences an incident where its alerts come from: for how long, why; it shows what would be kept
/// quiet. Deletes itself when it is closed.
class SilenceDialog final : public FrameDialog
{
    Q_OBJECT
public:
    SilenceDialog(Deck &deck, const Incident &incident, QWidget *parent);

Q_SIGNALS:
    void told(const QString &text);

private:
    void refresh();
    void run();
    Deck &m_deck;
    QString m_incident;
    QString m_title;
    bool m_running = false;
    SegmentedControl *m_time;
    QLineEdit *m_comment;
    TextLine *m_words;
    Button *m_run;
};

/// Every silence that is not over: whose, what, until when, how many alerts; each may be extended or
/// ended. In the past those of the moment that is shown, and nothing can be done. Deletes itself when it
/// is closed.
class SilencesDialog final : public FrameDialog
{
    Q_OBJECT
public:
    SilencesDialog(Deck &deck, QWidget *parent);

Q_SIGNALS:
    void extendRequested(const QString &feed, const QString &silence,
                         Stampdeck::Timestamp endsAt);
    void endRequested(const QString &feed, const QString &silence);

private:
    void refresh();
    /// What a row says below its matchers.
    void tell(TextLine *words, const KnownSilence &known) const;
    Deck &m_deck;
    QVBoxLayout *m_rows;
    TextLine *m_when; ///< Of what moment they are, in the past.
    TextLine *m_none;
    QList<KnownSilence> m_shown;
    QList<TextLine *> m_words; ///< By row.
    bool m_acts = false; ///< Whether the rows' buttons do something.
};

} // namespace Stampdeck

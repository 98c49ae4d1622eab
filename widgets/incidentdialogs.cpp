// SPDX-License-Identifier: GPL-3.0-or-later
#include "incidentdialogs.h"

#include "controls.h"
#include "guard.h"
#include "incidentlist.h"
#include "segmentedcontrol.h"

#include "models/formatter.h"

#include "backends/api/whendone.h"

#include <QtCore/QTimer>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QVBoxLayout>

#include <array>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace Stampdeck {

namespace {

constexpr std::array<std::chrono::milliseconds, 4> times{30min, 2h, 8h, 24h};
constexpr int usualTime = 1;
constexpr int wide = 560;

QString matchersOf(const Silence &silence)
{
    QStringList all;
    for (const Matcher &matcher : silence.matchers)
        all.append(matcher.toString());
    return all.join(u", "_s);
}

SegmentedControl *timesOf(const QString &name)
{
    auto *control = new SegmentedControl;
    control->setAccessibleName(name);
    for (const std::chrono::milliseconds time : times)
        control->addSegment(Format::age(time));
    return control;
}

QLineEdit *fieldOf(const QString &name, const QString &hint)
{
    auto *field = new QLineEdit;
    field->setAccessibleName(name);
    field->setPlaceholderText(hint);
    field->setMaxLength(1'000);
    field->setFixedHeight(32);
    field->setMinimumWidth(wide - 48);
    return field;
}

// Cancel and what is done, at the right.
void addFoot(QVBoxLayout *all, FrameDialog *dialog, Button *run)
{
    auto *foot = new QHBoxLayout;
    foot->setSpacing(8);
    foot->addStretch(1);
    auto *cancel = new Button(Button::Kind::Plain, AcknowledgeDialog::tr("Cancel"));
    for (Button *button : {cancel, run}) {
        button->setTall(true);
        foot->addWidget(button);
    }
    all->addSpacing(4);
    all->addLayout(foot);
    QObject::connect(cancel, &Button::clicked, dialog, &QDialog::reject);
}

} // namespace

AcknowledgeDialog::AcknowledgeDialog(Deck &deck, const Incident &incident, QWidget *parent)
    : FrameDialog(u"acknowledge"_s, tr("Acknowledge"), parent)
    , m_deck(deck)
    , m_incident(incident.id)
    , m_title(incident.title)
    , m_until(new SegmentedControl)
    , m_note(fieldOf(tr("Note"), tr("A note, as: rolling 1.42.3 back")))
    , m_words(new TextLine({}, Text::secondLine, Token::TextSecondary))
    , m_run(new Button(Button::Kind::Primary, tr("Acknowledge"), u"check-lg"_s))
{
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(24, 20, 24, 16);
    all->setSpacing(12);
    all->addWidget(new TextLine(tr("Acknowledge %1").arg(m_title), Text::dialogTitle));
    m_until->setObjectName(u"acknowledgeUntil"_s);
    m_until->setAccessibleName(tr("Until when"));
    m_until->addSegment(tr("As long as it lasts"));
    for (const std::chrono::milliseconds time : times)
        m_until->addSegment(Format::age(time));
    auto *row = new QHBoxLayout;
    row->addWidget(m_until);
    row->addStretch(1);
    all->addLayout(row);
    m_note->setObjectName(u"acknowledgeNote"_s);
    all->addWidget(m_note);
    const QString keeper =
        deck.acknowledgementKeeper ? deck.acknowledgementKeeper(m_incident) : QString();
    m_words->setObjectName(u"acknowledgeWords"_s);
    m_words->setText(keeper.isEmpty()
                         ? tr("No server keeps it: it holds on this workstation only.")
                         : tr("%1 keeps it: everybody who looks at it sees who looks after this.")
                               .arg(keeper));
    m_words->setToken(keeper.isEmpty() ? Token::DegradedText : Token::TextSecondary);
    all->addWidget(m_words);
    m_run->setObjectName(u"runAcknowledge"_s);
    addFoot(all, this, m_run);
    connect(m_run, &Button::clicked, this, &AcknowledgeDialog::run);
    connect(m_note, &QLineEdit::returnPressed, this, &AcknowledgeDialog::run);
    m_note->setFocus();
    placeOverWindow(sizeHint());
}

void AcknowledgeDialog::run()
{
    if (!m_deck.acknowledge || !m_run->isEnabled())
        return;
    m_run->setEnabled(false);
    Acknowledgement wanted;
    wanted.incident = m_incident;
    wanted.by = m_deck.actor;
    wanted.note = m_note->text().simplified();
    if (const int at = m_until->current(); at > 0)
        wanted.until = m_deck.clock.now() + times[size_t(at - 1)];
    whenDone(m_deck.acknowledge(wanted), this, [this](const Result<Acknowledgement> &kept) {
        if (!kept) {
            m_words->setText(kept.error().message);
            m_words->setToken(Token::UnhealthyText);
            m_run->setEnabled(true);
            return;
        }
        Q_EMIT told(tr("%1: acknowledged by %2").arg(m_title, kept->by));
        accept();
    });
}

SilenceDialog::SilenceDialog(Deck &deck, const Incident &incident, QWidget *parent)
    : FrameDialog(u"silence"_s, tr("Silence"), parent)
    , m_deck(deck)
    , m_incident(incident.id)
    , m_title(incident.title)
    , m_time(timesOf(tr("For how long")))
    , m_comment(fieldOf(tr("Why"), tr("Why, for whoever sees it")))
    , m_words(new TextLine({}, Text::secondLine, Token::TextSecondary))
    , m_run(new Button(Button::Kind::Primary, tr("Silence"), u"bell-slash"_s))
{
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(24, 20, 24, 16);
    all->setSpacing(12);
    all->addWidget(new TextLine(tr("Silence %1").arg(m_title), Text::dialogTitle));
    const auto silence = silenceOf(incident, deck.clock.now(), deck.actor, {});
    auto *what = new TextLine(silence ? matchersOf(*silence) : silence.error().message,
                              {Text::Face::Mono, 12, 400});
    what->setObjectName(u"silenceMatchers"_s);
    all->addWidget(what);
    m_words->setObjectName(u"silenceWords"_s);
    m_words->setText(tr("%Ln alert(s) on %1: nobody is told of them at %2.", nullptr,
                        int(incident.alerts.size()))
                         .arg(Format::stamps(incident.stamps.size()), incident.source));
    all->addWidget(m_words);
    m_time->setObjectName(u"silenceTime"_s);
    m_time->setCurrent(usualTime);
    auto *row = new QHBoxLayout;
    row->addWidget(m_time);
    row->addStretch(1);
    all->addLayout(row);
    m_comment->setObjectName(u"silenceComment"_s);
    all->addWidget(m_comment);
    m_run->setObjectName(u"runSilence"_s);
    addFoot(all, this, m_run);
    connect(m_run, &Button::clicked, this, &SilenceDialog::run);
    connect(m_comment, &QLineEdit::returnPressed, this, &SilenceDialog::run);
    connect(m_comment, &QLineEdit::textChanged, this, &SilenceDialog::refresh);
    refresh();
    m_comment->setFocus();
    placeOverWindow(sizeHint());
}

void SilenceDialog::refresh()
{
    const bool hasReason = !m_comment->text().simplified().isEmpty();
    m_run->setEnabled(hasReason && !m_running && m_deck.silence);
    m_run->setToolTip(hasReason ? QString() : tr("say why first"));
}

void SilenceDialog::run()
{
    if (!m_run->isEnabled())
        return;
    m_running = true;
    refresh();
    const std::chrono::milliseconds time = times[size_t(std::max(0, m_time->current()))];
    whenDone(m_deck.silence(m_incident, time, m_comment->text().simplified()), this,
             [this](const Result<Silence> &made) {
                 m_running = false;
                 if (!made) {
                     m_words->setText(made.error().message);
                     m_words->setToken(Token::UnhealthyText);
                     refresh();
                     return;
                 }
                 Q_EMIT told(made->endsAt ? tr("%1: silenced until %2")
                                                .arg(m_title, Format::minuteOfZone(*made->endsAt))
                                          : tr("%1: silenced").arg(m_title));
                 accept();
             });
}

SilencesDialog::SilencesDialog(Deck &deck, QWidget *parent)
    : FrameDialog(u"silences"_s, tr("Silences"), parent)
    , m_deck(deck)
    , m_when(new TextLine({}, Text::secondLine, Token::TextSecondary))
    , m_none(new TextLine({}, Text::body, Token::TextSecondary))
{
    m_when->setObjectName(u"silencesWhen"_s);
    m_none->setObjectName(u"noSilences"_s);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(24, 20, 24, 16);
    all->setSpacing(12);
    all->addWidget(new TextLine(tr("Silences"), Text::dialogTitle));
    all->addWidget(m_when);
    all->addWidget(m_none);
    auto *area = new QScrollArea;
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setAccessibleName(tr("Silences"));
    area->setFocusPolicy(Qt::NoFocus);
    auto *inner = new Surface(Token::BgPanel);
    m_rows = new QVBoxLayout(inner);
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setSpacing(0);
    m_rows->addStretch(1);
    area->setWidget(inner);
    all->addWidget(area, 1);
    auto *foot = new QHBoxLayout;
    foot->addStretch(1);
    auto *close = new Button(Button::Kind::Plain, tr("Close"));
    close->setTall(true);
    foot->addWidget(close);
    all->addLayout(foot);
    connect(close, &Button::clicked, this, &QDialog::reject);
    connect(&deck.feed, &FleetFeed::changed, this, [this](const ChangeSet &slice) {
        // Each moment of the past has its own time left.
        if (slice.incidents || m_deck.feed.isPast())
            refresh();
    });
    connect(&deck.feed, &FleetFeed::pastChanged, this, &SilencesDialog::refresh);
    auto *ages = new QTimer(this);
    connect(ages, &QTimer::timeout, this, &SilencesDialog::refresh);
    ages->start(10'000);
    refresh();
    placeOverWindow({760, 480}, {560, 320});
}

void SilencesDialog::refresh()
{
    const IncidentBookPtr book = bookOf(m_deck.fleet());
    const QList<KnownSilence> silences = book ? book->silences : QList<KnownSilence>();
    const bool isPast = m_deck.feed.isPast();
    m_when->setVisible(isPast);
    if (isPast) {
        //: %1 a day and a time: “As they were at 2026-01-02 13:20:05 UTC; …”
        m_when->setText(tr("As they were at %1 %2; you look at the past, so nothing can be done.")
                            .arg(Format::daySecond(m_deck.clock.now()),
                                 Format::zone(m_deck.clock.now())));
    }
    m_none->setText(isPast ? tr("Nothing was silenced, or nobody recorded it.")
                           : tr("Nothing is silenced."));
    m_none->setVisible(silences.isEmpty());
    if (silences == m_shown && m_acts == m_deck.acts()) {
        // In place: whoever stands on a button stays there.
        for (qsizetype i = 0; i < m_words.size(); ++i)
            tell(m_words[i], silences[i]);
        return;
    }
    m_shown = silences;
    m_acts = m_deck.acts();
    m_words.clear();
    const QString barred = Format::capitalised(Guard::whyReadOnly(m_deck, nullptr));
    while (m_rows->count() > 1) {
        const std::unique_ptr<QLayoutItem> item(m_rows->takeAt(0));
        item->widget()->deleteLater();
    }
    for (const KnownSilence &each : silences) {
        const Silence &silence = each.silence;
        auto *row = new Surface(Token::BgPanel, Qt::BottomEdge);
        row->setAccessibleName(matchersOf(silence));
        auto *box = new QHBoxLayout(row);
        box->setContentsMargins(0, 8, 0, 8);
        box->setSpacing(8);
        auto *words = new QVBoxLayout;
        words->setSpacing(2);
        words->addWidget(new TextLine(matchersOf(silence), {Text::Face::Mono, 12, 400}));
        auto *line = new TextLine({}, Text::secondLine);
        tell(line, each);
        m_words.append(line);
        words->addWidget(line);
        box->addLayout(words, 1);
        auto *extend = new Button(Button::Kind::Plain, tr("Extend by 2 h"));
        auto *end = new Button(Button::Kind::Flat, tr("End now"));
        extend->setEnabled(m_deck.acts() && silence.endsAt && m_deck.extendSilence);
        end->setEnabled(m_deck.acts() && m_deck.expireSilence);
        for (Button *button : {extend, end})
            button->setToolTip(barred);
        connect(extend, &Button::clicked, this, [this, each] {
            Q_EMIT extendRequested(each.feed, each.silence.id, *each.silence.endsAt);
        });
        connect(end, &Button::clicked, this,
                [this, each] { Q_EMIT endRequested(each.feed, each.silence.id); });
        box->addWidget(extend);
        box->addWidget(end);
        m_rows->insertWidget(m_rows->count() - 1, row);
    }
}

void SilencesDialog::tell(TextLine *words, const KnownSilence &known) const
{
    const Silence &silence = known.silence;
    QStringList line;
    std::optional<std::chrono::milliseconds> left;
    if (silence.endsAt) {
        left = std::chrono::duration_cast<std::chrono::milliseconds>(*silence.endsAt
                                                                     - m_deck.clock.now());
        line.append(tr("until %1").arg(Format::minuteOfZone(*silence.endsAt)));
        //: %1 a time such as “12 min”, until a silence ends
        line.append(tr("%1 left").arg(Format::age(*left)));
    }
    line.append(tr("by %1").arg(silence.createdBy));
    // The past tells few of an incident's alerts, and of those that were told at all.
    if (!m_deck.feed.isPast() || known.alerts > 0)
        line.append(tr("%Ln alert(s)", nullptr, known.alerts));
    if (!silence.comment.isEmpty())
        line.append(tr("“%1”").arg(silence.comment));
    words->setText(line.join(u" · "_s));
    words->setToken(left && *left <= silenceWarning ? Token::DegradedText : Token::TextSecondary);
}

} // namespace Stampdeck

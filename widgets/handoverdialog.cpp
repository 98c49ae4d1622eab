// SPDX-License-Identifier: GPL-3.0-or-later
#include "handoverdialog.h"

#include "controls.h"
#include "glyphs.h"
#include "incidentlist.h"
#include "segmentedcontrol.h"
#include "themes.h"

#include "models/formatter.h"
#include "models/incidentstory.h"

#include "backends/api/whendone.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QTimer>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QVBoxLayout>

#include <array>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace Stampdeck {

namespace {

constexpr std::array shifts{8, 12, 24}; ///< Hours.
constexpr int mostLines = 25; ///< Of a part; the file has more.
constexpr auto refreshTime = 300ms;
constexpr auto historyTime = 3s; ///< Between two looks at it.
constexpr int lineHeight = 46;
constexpr int notesHeight = 92;

} // namespace

/// What, since or until when, and why; drawn, since it is anybody's text.
class HandOverDialog::Line final : public QWidget
{
public:
    Line(const HandOverPart::Row &row, QWidget *parent)
        : QWidget(parent)
        , m_row(row)
    {
        m_row.what = ReportPage::tame(row.what, 200);
        m_row.detail = ReportPage::tame(row.detail, 400);
        setFixedHeight(lineHeight);
        setAccessibleName(m_row.what);
        QStringList said;
        if (row.severity)
            said.append(wordOf(*row.severity));
        for (const QString &part : {m_row.when, m_row.detail}) {
            if (!part.isEmpty())
                said.append(part);
        }
        setAccessibleDescription(said.join(u", "_s));
        setToolTip(u"<qt>"_s + QString(m_row.what + u": "_s + m_row.detail).toHtmlEscaped()
                   + u"</qt>"_s);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const double right = width() - 2;
        constexpr double left = 24;
        if (m_row.severity) {
            Glyphs::health(painter, {0, 7, 14, 14}, healthOf(*m_row.severity),
                           theme[Token::BgPanel]);
        } else {
            painter.setPen(Qt::NoPen);
            painter.setBrush(
                theme[m_row.isPressing ? Token::DegradedGlyph : Token::LineStrong]);
            painter.drawEllipse(QPointF(7, 14), 3, 3);
        }
        painter.setPen(theme[Token::TextSecondary]);
        Text::draw(painter, {right, 19}, m_row.when, Text::secondLine, Text::Align::Right);
        painter.setPen(theme[Token::TextPrimary]);
        Text::draw(painter, {left, 19},
                   Text::elided(m_row.what, Text::rowTitle,
                                right - left - Text::width(m_row.when, Text::secondLine) - 12),
                   Text::rowTitle);
        painter.setPen(
            theme[m_row.isPressing && !m_row.severity ? Token::DegradedText : Token::TextSecondary]);
        Text::draw(painter, {left, 37}, Text::elided(m_row.detail, Text::secondLine, right - left),
                   Text::secondLine);
        painter.fillRect(QRectF(left, height() - 1, right - left, 1), theme[Token::LineSubtle]);
    }

private:
    HandOverPart::Row m_row;
};

HandOverDialog::HandOverDialog(Deck &deck, const QStringList &cutOff, const Memory &memory,
                               QWidget *parent)
    : FrameDialog(u"handOver"_s, tr("Hand over"), parent)
    , m_deck(deck)
    , m_cutOff(cutOff)
    , m_notes(new QPlainTextEdit)
    , m_hours(new SegmentedControl)
    , m_span(new TextLine({}, Text::secondLine, Token::TextSecondary))
    , m_words(new TextLine({}, Text::secondLine, Token::TextSecondary))
    , m_soon(new QTimer(this))
    , m_history(this, [this] { readHistory(); })
{
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(24, 20, 24, 16);
    all->setSpacing(10);
    auto *head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(new TextLine(tr("Hand over"), Text::dialogTitle), 1);
    head->addWidget(new TextLine(tr("A shift is"), Text::secondLine, Token::TextSecondary));
    m_hours->setObjectName(u"handOverHours"_s);
    m_hours->setAccessibleName(tr("How long a shift is"));
    for (const int hours : shifts)
        m_hours->addSegment(Format::age(std::chrono::hours(hours)));
    const auto kept = std::find(shifts.begin(), shifts.end(), memory.hours);
    m_hours->setCurrent(kept == shifts.end() ? 0 : int(kept - shifts.begin()));
    head->addWidget(m_hours);
    all->addLayout(head);
    m_span->setObjectName(u"handOverSpan"_s);
    all->addWidget(m_span);

    all->addWidget(new TextLine(tr("Notes"), Text::sectionHead));
    auto *frame = new Surface(Token::BgInput);
    frame->setFrame(Token::LineStrong);
    auto *inside = new QVBoxLayout(frame);
    inside->setContentsMargins(6, 2, 2, 2);
    m_notes->setObjectName(u"handOverNotes"_s);
    m_notes->setAccessibleName(tr("Notes"));
    m_notes->setPlaceholderText(
        tr("What who comes should know, as: eu-west-03 waits for its disks until 16:00"));
    m_notes->setPlainText(memory.notes);
    m_notes->setFrameShape(QFrame::NoFrame);
    m_notes->viewport()->setAutoFillBackground(false);
    m_notes->setTabChangesFocus(true);
    m_notes->setFixedHeight(notesHeight);
    inside->addWidget(m_notes);
    all->addWidget(frame);

    auto *area = new QScrollArea;
    area->setObjectName(u"handOverSheet"_s);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setAccessibleName(tr("The sheet"));
    auto *inner = new Surface(Token::BgPanel);
    m_parts = new QVBoxLayout(inner);
    m_parts->setContentsMargins(0, 4, 8, 8);
    m_parts->setSpacing(4);
    m_parts->addStretch(1);
    area->setWidget(inner);
    all->addWidget(area, 1);

    auto *foot = new QHBoxLayout;
    foot->setSpacing(8);
    auto *text = new Button(Button::Kind::Plain, tr("Copy as text"), u"clipboard"_s);
    text->setObjectName(u"copyText"_s);
    auto *markdown = new Button(Button::Kind::Plain, tr("Copy as Markdown"), u"clipboard"_s);
    markdown->setObjectName(u"copyMarkdown"_s);
    m_words->setObjectName(u"handOverWords"_s);
    auto *close = new Button(Button::Kind::Plain, tr("Close"));
    auto *save = new Button(Button::Kind::Primary, tr("Save…"), u"download"_s);
    save->setObjectName(u"saveHandOver"_s);
    for (Button *button : {text, markdown, close, save})
        button->setTall(true);
    foot->addWidget(text);
    foot->addWidget(markdown);
    foot->addWidget(m_words, 1);
    foot->addWidget(close);
    foot->addWidget(save);
    all->addLayout(foot);

    connect(text, &Button::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(toText(sheet()));
        say(tr("Copied as text"));
    });
    connect(markdown, &Button::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(toMarkdown(sheet()));
        say(tr("Copied as Markdown"));
    });
    connect(close, &Button::clicked, this, &QDialog::reject);
    connect(save, &Button::clicked, this, &HandOverDialog::saveRequested);
    connect(m_notes, &QPlainTextEdit::textChanged, this, &HandOverDialog::noted);
    connect(m_hours, &SegmentedControl::currentChanged, this, [this] {
        m_shift.reset();
        ++m_asked; // what is being read is of another shift
        refresh();
        m_history.ask();
        Q_EMIT noted();
    });
    m_soon->setSingleShot(true);
    connect(m_soon, &QTimer::timeout, this, &HandOverDialog::refresh);
    connect(&deck.feed, &FleetFeed::changed, this, [this](const ChangeSet &slice) {
        if (!slice.incidents && slice.operations.isEmpty() && !slice.sources)
            return;
        if (!m_soon->isActive())
            m_soon->start(refreshTime);
        if (slice.incidents || !slice.operations.isEmpty())
            m_history.ask();
    });
    refresh();
    m_history.ask();
    m_notes->setFocus();
    placeOverWindow({860, 820}, {640, 420});
}

HandOver HandOverDialog::sheet() const
{
    HandOverRequest request;
    request.now = m_deck.clock.now();
    request.elapsed = m_deck.clock.elapsed();
    request.shift = std::chrono::hours(memory().hours);
    request.by = m_deck.actor;
    request.notes = m_notes->toPlainText();
    request.cutOff = m_cutOff;
    HandOver sheet = handOverOf(m_deck.fleet(), request);
    sheet.shift = m_shift;
    return sheet;
}

HandOverDialog::Memory HandOverDialog::memory() const
{
    return {m_notes->toPlainText(), shifts[size_t(std::max(0, m_hours->current()))]};
}

void HandOverDialog::say(const QString &text)
{
    m_words->setText(text);
}

void HandOverDialog::readHistory()
{
    const quint64 mine = ++m_asked;
    const Timestamp to = m_deck.clock.now();
    const Timestamp from = to - std::chrono::hours(memory().hours);
    whenDone(QtConcurrent::run([dir = m_deck.historyDir, from, to]() -> Result<ShiftRecord> {
                 if (dir.isEmpty())
                     return fail(ErrorKind::NotFound, QString());
                 return readShift(dir, from, to);
             }),
             this, [this, mine, from, to](const Result<ShiftRecord> &record) {
                 m_history.done(historyTime);
                 if (mine != m_asked) {
                     m_history.ask();
                     return;
                 }
                 m_shift = record ? *record : shiftOf(m_deck.fleet(), from, to);
                 refresh();
             });
}

void HandOverDialog::refresh()
{
    const HandOver is = sheet();
    m_span->setText(spanOf(is) + u' ' + tr("Times are %1.").arg(Format::zone(is.made)));
    const QList<HandOverPart> parts = partsOf(is);
    for (qsizetype at = 0; at < parts.size(); ++at) {
        // A part may come in between; what it pushes on is written anew.
        if (at == m_shown.size()) {
            Part part;
            part.head = new TextLine({}, Text::sectionHead);
            m_parts->insertWidget(m_parts->count() - 1, part.head);
            part.body = new QWidget;
            m_parts->insertWidget(m_parts->count() - 1, part.body);
            m_shown.append(part);
            fill(m_shown.last(), parts[at]);
        } else if (m_shown[at].shown != parts[at]) {
            fill(m_shown[at], parts[at]);
        }
    }
    while (m_shown.size() > parts.size()) {
        const Part last = m_shown.takeLast();
        delete last.head;
        delete last.body;
    }
}

void HandOverDialog::fill(Part &part, const HandOverPart &with)
{
    part.shown = with;
    part.head->setText(with.rows.isEmpty()
                           ? with.title
                           //: %1 a list, %2 how many are in it
                           : tr("%1 (%2)").arg(with.title, Format::count(with.rows.size())));
    auto *body = new QWidget;
    body->setObjectName(u"handOver-"_s + with.name);
    body->setAccessibleName(with.title);
    auto *box = new QVBoxLayout(body);
    box->setContentsMargins(0, 0, 0, 12);
    box->setSpacing(0);
    const auto words = [box](const QString &text) {
        box->addWidget(new TextLine(text, Text::secondLine, Token::TextSecondary));
    };
    for (const QString &line : with.lead)
        words(line);
    if (with.rows.isEmpty() && !with.none.isEmpty())
        words(with.none);
    for (const HandOverPart::Row &row : with.rows.mid(0, mostLines))
        box->addWidget(new Line(row, body));
    if (const int more = int(with.rows.size()) - mostLines; more > 0)
        words(tr("And %Ln more: in the file and in what is copied.", nullptr, more));
    delete m_parts->replaceWidget(part.body, body);
    delete part.body;
    part.body = body;
}

} // namespace Stampdeck

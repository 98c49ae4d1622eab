// SPDX-License-Identifier: GPL-3.0-or-later
#include "verbdialog.h"

#include "controls.h"
#include "glyphs.h"
#include "guard.h"
#include "icons.h"
#include "operationsdrawer.h"

#include "models/formatter.h"

#include "backends/api/whendone.h"

#include <QtCore/QCoreApplication>
#include <QtGui/QPaintEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int margin = 24;
constexpr int headHeight = 80;
constexpr int footHeight = 76;
constexpr int stepRow = 24;
constexpr Text::Style bodyStyle = Text::body;
constexpr Text::Style smallStyle = Text::secondLine;

} // namespace

/// The steps that the verb is about, in their order.
class VerbDialog::StepList final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::VerbDialog)

public:
    void show(const Operation &operation, OperationVerb verb)
    {
        m_titles.clear();
        for (const OperationStep &step : operation.steps) {
            const bool isDone = step.state == StepState::Succeeded
                || step.state == StepState::Skipped;
            if (verb == OperationVerb::Resume ? !isDone : isDone)
                m_titles.append(step.title);
        }
        setFixedHeight(std::max(1, int(m_titles.size())) * stepRow + 4);
        setAccessibleDescription(m_titles.mid(0, 20).join(u", "_s));
        update();
    }

protected:
    void paintEvent(QPaintEvent *event) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        if (m_titles.isEmpty()) {
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {0, 16}, tr("No step is left to show."), bodyStyle);
        }
        for (int row = std::max(0, event->rect().top() / stepRow);
             row < m_titles.size() && row * stepRow <= event->rect().bottom(); ++row) {
            const double base = row * stepRow + 16;
            painter.fillRect(QRectF(0, (row + 1) * stepRow - 1, width(), 1),
                             theme[Token::LineSubtle]);
            painter.setPen(theme[Token::TextTertiary]);
            Text::draw(painter, {24, base}, QString::number(row + 1), smallStyle,
                       Text::Align::Right);
            painter.setPen(theme[Token::TextPrimary]);
            Text::draw(painter, {36, base}, Text::elided(m_titles[row], bodyStyle, width() - 44),
                       bodyStyle);
        }
    }

private:
    QStringList m_titles;
};

VerbDialog::VerbDialog(Deck &deck, const QString &operation, OperationVerb verb,
                       const QString &confirmName, QWidget *parent)
    : FrameDialog(u"plan"_s, tr("plan"), parent)
    , m_deck(deck)
    , m_operation(operation)
    , m_verb(verb)
    , m_name(confirmName)
{
    const OperationPtr known = deck.fleet().operations.value(operation);
    m_state = known ? known->state : OperationState::Unknown;
    const QString title = known ? titleOf(*known) : operation;
    const QString head = verb == OperationVerb::Resume ? tr("Resume: %1").arg(title)
        : verb == OperationVerb::Rollback              ? tr("Roll back: %1").arg(title)
                                                       : tr("Undo: %1").arg(title);

    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(1, 0, 1, 1); // the frame
    all->setSpacing(0);
    auto *top = new QVBoxLayout;
    top->setContentsMargins(60, 20, margin + 130, 6);
    top->setSpacing(2);
    auto *headLine = new TextLine(head, Text::dialogTitle);
    headLine->setObjectName(u"planTitle"_s);
    headLine->setFixedHeight(28);
    top->addWidget(headLine);
    m_line = new TextLine({}, bodyStyle, Token::TextSecondary);
    m_line->setObjectName(u"planState"_s);
    m_line->setFixedHeight(20);
    top->addWidget(m_line);
    auto *topBox = new QWidget;
    topBox->setFixedHeight(headHeight);
    topBox->setLayout(top);
    all->addWidget(topBox);

    auto *middle = new QVBoxLayout;
    middle->setContentsMargins(margin, 12, margin, 8);
    middle->setSpacing(8);
    middle->addWidget(new TextLine(
        verb == OperationVerb::Resume ? tr("Steps that are left")
                                      : tr("Steps that are taken back, the last one first"),
        {Text::Face::Ui, 15, 700}));
    auto *area = new QScrollArea;
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setFocusPolicy(Qt::NoFocus);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_steps = new StepList;
    m_steps->setObjectName(u"steps"_s);
    auto *inner = new Surface(Token::BgPanel);
    auto *box = new QVBoxLayout(inner);
    box->setContentsMargins(0, 0, 8, 0);
    box->addWidget(m_steps);
    box->addStretch(1);
    area->setWidget(inner);
    middle->addWidget(area, 1);
    all->addLayout(middle, 1);

    auto *footBox = new QWidget;
    footBox->setFixedHeight(footHeight);
    auto *foot = new QHBoxLayout(footBox);
    foot->setContentsMargins(margin, 8, margin, 12);
    foot->setSpacing(12);
    const auto field = [foot](const QString &label, const QString &name, int width) {
        auto *part = new QWidget;
        auto *column = new QVBoxLayout(part);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(4);
        column->addWidget(new TextLine(label, smallStyle, Token::TextSecondary));
        auto *edit = new QLineEdit;
        edit->setObjectName(name);
        edit->setAccessibleName(label);
        edit->setFixedHeight(32);
        edit->setMinimumWidth(width);
        column->addWidget(edit);
        foot->addWidget(part, 1);
        return edit;
    };
    m_confirm = field(tr("Type %1 to do this in production").arg(confirmName), u"confirmName"_s,
                      200);
    m_confirm->setFont(Text::font({Text::Face::Mono, 13, 400}));
    m_confirm->setPlaceholderText(confirmName);
    if (confirmName.isEmpty())
        m_confirm->parentWidget()->hide();
    m_reason = field(confirmName.isEmpty() ? tr("Reason, for the audit trail (as you like)")
                                           : tr("Reason, for the audit trail"),
                     u"reason"_s, 160);
    m_reason->setMaxLength(500);
    m_cancel = new Button(Button::Kind::Plain, tr("Cancel"));
    m_cancel->setObjectName(u"Cancel"_s);
    m_cancel->setAccessibleName(tr("Cancel"));
    m_run = new Button(Button::Kind::Primary, tr("Run"), u"play"_s);
    m_run->setObjectName(u"Run"_s);
    m_run->setAccessibleName(tr("Run"));
    for (Button *button : {m_cancel, m_run}) {
        button->setTall(true);
        foot->addWidget(button, 0, Qt::AlignBottom);
    }
    m_run->setFixedWidth(132);
    all->addWidget(footBox);

    connect(m_cancel, &Button::clicked, this, &VerbDialog::reject);
    connect(m_run, &Button::clicked, this, &VerbDialog::run);
    for (QLineEdit *edit : {m_confirm, m_reason}) {
        connect(edit, &QLineEdit::textChanged, this, &VerbDialog::refresh);
        connect(edit, &QLineEdit::returnPressed, this, &VerbDialog::run);
    }
    connect(&deck.feed, &FleetFeed::changed, this, [this](const ChangeSet &slice) {
        if (slice.operations.contains(m_operation))
            refresh();
    });
    placeOverWindow({820, 520});
    if (known)
        m_steps->show(*known, verb);
    refresh();
    if (confirmName.isEmpty())
        m_run->setFocus();
    else
        m_confirm->setFocus();
}

VerbDialog::~VerbDialog() = default;

void VerbDialog::refresh()
{
    const OperationPtr known = m_deck.fleet().operations.value(m_operation);
    if (known && !m_running) {
        if (known->state != m_state) {
            m_line->setToken(Token::DegradedText);
            m_line->setText(tr("Meanwhile it became %1.").arg(Format::word(known->state)));
            m_steps->show(*known, m_verb);
            m_state = known->state;
        } else if (m_line->text().isEmpty()) {
            m_line->setText(tr("Begun by %1. Nothing has changed yet.")
                                .arg(known->createdBy.isEmpty() ? tr("somebody")
                                                                : known->createdBy));
        }
    }
    const QString why = whyNot();
    m_run->setEnabled(why.isEmpty());
    m_run->setToolTip(why);
    m_cancel->setEnabled(!m_running);
    m_cancel->setToolTip(m_running ? why : QString());
    update();
}

QString VerbDialog::whyNot() const
{
    if (m_running)
        return tr("It is being handed over");
    const OperationPtr known = m_deck.fleet().operations.value(m_operation);
    if (!known || !verbsOf(*known).contains(m_verb))
        return tr("It does not allow that any more");
    if (const QString why = Guard::whyNotControlled(m_deck, m_operation); !why.isEmpty())
        return why;
    if (m_confirm->text() != m_name)
        return tr("Type %1 first").arg(m_name);
    if (!m_name.isEmpty() && m_reason->text().trimmed().isEmpty())
        return tr("Production asks for a reason");
    return {};
}

void VerbDialog::reject()
{
    if (!m_running)
        QDialog::reject();
}

void VerbDialog::leave()
{
    m_hasLeft = m_running;
    if (m_running)
        hide(); // what becomes of it is told all the same
    else
        QDialog::reject();
}

void VerbDialog::run()
{
    if (!whyNot().isEmpty())
        return;
    m_running = true;
    refresh();
    whenDone(m_deck.runner.control(m_operation, m_verb,
                                   m_deck.asker(m_reason->text().trimmed()), Adoption::Yes),
             this, [this](const Result<OperationPtr> &answer) {
                 m_running = false;
                 if (m_hasLeft)
                     deleteLater();
                 if (answer) {
                     Q_EMIT started(*answer);
                     accept();
                     return;
                 }
                 if (m_hasLeft) {
                     Q_EMIT failedUnseen(answer.error().message);
                     QDialog::reject();
                     return;
                 }
                 m_line->setToken(Token::DegradedText);
                 m_line->setText(tr("Not done: %1.").arg(answer.error().message));
                 refresh();
             });
}

void VerbDialog::paintContent(QPainter &painter)
{
    const Theme &theme = Theme::current();
    painter.fillRect(0, headHeight - 1, width(), 1, theme[Token::LineSubtle]);
    painter.fillRect(0, height() - footHeight, width(), 1, theme[Token::LineSubtle]);
    Icons::draw(painter, {24, 28},
                m_verb == OperationVerb::Resume         ? u"play"_s
                    : m_verb == OperationVerb::Rollback ? u"arrow-counterclockwise"_s
                                                        : u"arrow-90deg-left"_s,
                26, theme[Token::AccentText]);
    if (!m_name.isEmpty())
        Glyphs::production(painter, rect());
}

} // namespace Stampdeck

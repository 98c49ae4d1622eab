// SPDX-License-Identifier: GPL-3.0-or-later
#include "rehearsedialog.h"

#include "icons.h"
#include "segmentedcontrol.h"
#include "text.h"
#include "theme.h"

#include "models/formatter.h"

#include "backends/api/whendone.h"

#include <QtCore/QFileInfo>
#include <QtGui/QPainter>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int wide = 640;
constexpr int usualSpeed = 1; ///< Its place among the speeds.

QLineEdit *fieldOf(const QString &objectName, const QString &name, const QString &hint)
{
    auto *field = new QLineEdit;
    field->setObjectName(objectName);
    field->setAccessibleName(name);
    field->setPlaceholderText(hint);
    field->setMaxLength(4'000);
    field->setFixedHeight(32);
    return field;
}

} // namespace

QStringList RehearseDialog::scenarios()
{
    return {u"region-brown-out"_s, u"noisy-neighbour"_s, u"bad-version"_s};
}

RehearseDialog::RehearseDialog(Timestamp from, Timestamp to, bool stretchFirst,
                               const QString &whyNoStretch, Begin begin, QWidget *parent)
    : FrameDialog(u"rehearse"_s, tr("Rehearse"), parent)
    , m_begin(std::move(begin))
    , m_whyNoStretch(whyNoStretch)
    , m_what(new SegmentedControl)
    , m_about(new TextLine({}, Text::secondLine, Token::TextSecondary))
    , m_fileRow(new QWidget)
    , m_file(fieldOf(u"rehearsalFile"_s, tr("File"), tr("A scenario, or what stampctl rehearse wrote")))
    , m_stretchRow(new QWidget)
    , m_from(fieldOf(u"rehearsalFrom"_s, tr("From"), u"2026-01-02T03:04:05Z"_s))
    , m_to(fieldOf(u"rehearsalTo"_s, tr("To"), u"2026-01-02T04:04:05Z"_s))
    , m_speed(new SegmentedControl)
    , m_words(new TextLine({}, Text::secondLine, Token::TextSecondary))
    , m_run(new Button(Button::Kind::Primary, tr("Begin"), u"play"_s))
{
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(24, 20, 24, 16);
    all->setSpacing(12);
    all->addWidget(new TextLine(tr("Rehearse"), Text::dialogTitle));
    auto *intent = new TextLine(tr("Opens a second window, on a fleet that nothing real depends on."),
                                Text::secondLine, Token::TextSecondary);
    intent->setMinimumWidth(wide - 48);
    all->addWidget(intent);

    m_what->setObjectName(u"rehearsalWhat"_s);
    m_what->setAccessibleName(tr("What to practise"));
    m_what->addSegment(tr("Region brown-out"));
    m_what->addSegment(tr("Noisy neighbour"));
    m_what->addSegment(tr("Bad version"));
    m_what->addSegment(tr("What was recorded"));
    m_what->addSegment(tr("A file"));
    const auto row = [all](QWidget *widget) {
        auto *line = new QHBoxLayout;
        line->addWidget(widget);
        line->addStretch(1);
        all->addLayout(line);
    };
    row(m_what);
    m_about->setObjectName(u"rehearsalAbout"_s);
    all->addWidget(m_about);

    auto *stretch = new QHBoxLayout(m_stretchRow);
    stretch->setContentsMargins({});
    stretch->setSpacing(8);
    m_from->setText(toRfc3339(std::chrono::floor<std::chrono::seconds>(from)));
    m_to->setText(toRfc3339(std::chrono::floor<std::chrono::seconds>(to)));
    stretch->addWidget(m_from, 1);
    stretch->addWidget(m_to, 1);
    all->addWidget(m_stretchRow);
    auto *file = new QHBoxLayout(m_fileRow);
    file->setContentsMargins({});
    file->setSpacing(8);
    auto *browse = new Button(Button::Kind::Plain, tr("Browse…"));
    browse->setObjectName(u"browseRehearsal"_s);
    browse->setTall(true);
    file->addWidget(m_file, 1);
    file->addWidget(browse);
    all->addWidget(m_fileRow);

    m_speed->setObjectName(u"rehearsalSpeed"_s);
    m_speed->setAccessibleName(tr("Speed"));
    for (const int speed : speeds)
        m_speed->addSegment(u"×"_s + QString::number(speed));
    m_speed->setCurrent(usualSpeed);
    row(m_speed);
    m_words->setObjectName(u"rehearsalWords"_s);
    all->addWidget(m_words);

    m_run->setObjectName(u"beginRehearsal"_s);
    auto *foot = new QHBoxLayout;
    foot->setSpacing(8);
    foot->addStretch(1);
    auto *cancel = new Button(Button::Kind::Plain, tr("Cancel"));
    for (Button *button : {cancel, m_run}) {
        button->setTall(true);
        foot->addWidget(button);
    }
    all->addSpacing(4);
    all->addLayout(foot);

    connect(cancel, &Button::clicked, this, &QDialog::reject);
    connect(this, &QDialog::finished, this, [this] { m_beginning.cancel(); });
    connect(m_run, &Button::clicked, this, &RehearseDialog::run);
    connect(m_what, &SegmentedControl::currentChanged, this, &RehearseDialog::refresh);
    for (QLineEdit *field : {m_file, m_from, m_to}) {
        connect(field, &QLineEdit::textChanged, this, &RehearseDialog::refresh);
        connect(field, &QLineEdit::returnPressed, this, &RehearseDialog::run);
    }
    connect(browse, &Button::clicked, this, [this] {
        const QString path = QFileDialog::getOpenFileName(this, tr("A file to practise on"), {},
                                                          tr("Scenarios (*.json);;All files (*)"));
        if (!path.isEmpty())
            m_file->setText(path);
    });
    // Wide enough for either row, whichever is shown.
    m_stretchRow->setFixedHeight(32);
    m_fileRow->setFixedHeight(32);
    m_what->setCurrent(stretchFirst ? int(scenarios().size()) : 0);
    refresh();
    m_what->segment(m_what->current())->setFocus();
    placeOverWindow({std::max(wide, sizeHint().width()), sizeHint().height() + 44});
}

RehearseDialog::~RehearseDialog()
{
    m_beginning.cancel();
}

bool RehearseDialog::isStretch() const
{
    return m_what->current() == scenarios().size();
}

bool RehearseDialog::isFile() const
{
    return m_what->current() > scenarios().size();
}

std::optional<RehearsalWish> RehearseDialog::wish() const
{
    RehearsalWish wish;
    wish.speed = speeds.at(size_t(std::max(0, m_speed->current())));
    if (isStretch()) {
        const auto from = fromRfc3339(m_from->text().trimmed());
        const auto to = fromRfc3339(m_to->text().trimmed());
        if (!m_whyNoStretch.isEmpty() || !from || !to || *to <= *from)
            return std::nullopt;
        wish.from = *from;
        wish.to = *to;
    } else if (isFile()) {
        wish.scenario = m_file->text().trimmed();
        if (!QFileInfo(wish.scenario).isFile())
            return std::nullopt;
    } else {
        wish.scenario = scenarios().at(m_what->current());
    }
    return wish;
}

void RehearseDialog::refresh()
{
    m_stretchRow->setVisible(isStretch());
    m_fileRow->setVisible(isFile());
    const std::array<QString, 5> about = {
        tr("A region is slow at first, then half of it loses replicas."),
        tr("One tenant takes far more than it asked for, and all others on its stamp suffer."),
        tr("A version that passed ring 0 reaches ring 1, and errors with it."),
        m_whyNoStretch.isEmpty()
            ? tr("The fleet as it stood then, and what became of it, until you step in.")
            : m_whyNoStretch,
        tr("A scenario of your own, or a stretch that somebody gave you."),
    };
    m_about->setText(about.at(size_t(std::clamp(m_what->current(), 0, 4))));
    const bool isWrong = !wish();
    m_words->setToken(Token::TextSecondary);
    m_words->setText(!isWrong || (isStretch() && !m_whyNoStretch.isEmpty()) ? QString()
                         : isStretch() ? tr("Two moments, as 2026-01-02T03:04:05Z, the earlier first")
                                       : tr("There is no such file"));
    m_run->setEnabled(!isWrong && !m_isRunning);
}

void RehearseDialog::run()
{
    const auto wanted = wish();
    if (!wanted || m_isRunning)
        return;
    m_isRunning = true;
    m_run->setEnabled(false);
    m_words->setToken(Token::TextSecondary);
    m_words->setText(isStretch() ? tr("Reading what was recorded…") : QString());
    m_beginning = m_begin(*wanted);
    whenDone(m_beginning, this, [this](const Result<void> &begun) {
        m_isRunning = false;
        if (begun) {
            Q_EMIT told(tr("The rehearsal begins in a window of its own"));
            accept();
            return;
        }
        refresh();
        m_words->setText(begun.error().message);
        m_words->setToken(Token::UnhealthyText);
    });
}

RehearsalBanner::RehearsalBanner(const QString &name, QWidget *parent)
    : Surface(Token::Accent, {}, parent)
    , m_name(name)
{
    setObjectName(u"rehearsalBanner"_s);
    setAccessibleName(tr("Rehearsal"));
    setAccessibleDescription(words());
    setFixedHeight(bannerHeight);
}

QString RehearsalBanner::words() const
{
    return tr("Rehearsal: %1. Nothing that is done here touches a real fleet.").arg(m_name);
}

void RehearsalBanner::paintEvent(QPaintEvent *event)
{
    Surface::paintEvent(event);
    const Theme &theme = Theme::current();
    QPainter painter(this);
    Icons::draw(painter, {16, 6}, u"play"_s, 16, theme[Token::TextOnAccent]);
    painter.setPen(theme[Token::TextOnAccent]);
    const Text::Style style{Text::Face::Ui, 13, 700};
    Text::draw(painter, {44, 19}, Text::elided(words(), style, width() - 44 - 16), style);
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "plandialog.h"

#include "controls.h"
#include "glyphs.h"
#include "icons.h"
#include "planparts.h"

#include "models/duration.h"
#include "models/dataage.h"
#include "models/difference.h"
#include "models/formatter.h"

#include "backends/api/whendone.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QCoreApplication>
#include <QtCore/QRegularExpression>
#include <QtCore/QTimer>
#include <QtGui/QAction>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QPaintEvent>
#include <QtGui/QPainter>
#include <QtGui/QPainterPath>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QCompleter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int headHeight = 80;
constexpr int footHeight = 76;
constexpr int margin = 24;
constexpr int leftWidth = 604;
constexpr int rightWidth = 436;
constexpr int optionsHeight = 92;
constexpr int oldHeight = 36;
constexpr QSize bareSize{560, 220}; // where there is no plan, only why
constexpr int shownAtMost = 24; // refusals and warnings
constexpr int mostParallel = 64; // as stampd takes
constexpr size_t plannedAside = 50; // moves: more are planned again on another thread

using Face = Text::Face;
constexpr Text::Style sectionStyle = Text::sectionHead;
constexpr Text::Style bodyStyle = Text::body;
constexpr Text::Style nameStyle = Text::rowTitle;
constexpr Text::Style smallStyle = Text::secondLine;

void clear(QLayout *layout)
{
    while (QLayoutItem *item = layout->takeAt(0)) {
        if (QWidget *widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        if (QLayout *inner = item->layout())
            clear(inner);
        delete item;
    }
}

} // namespace

PlanDialog::PlanDialog(Deck &deck, const ActionRequest &request, QWidget *parent,
                       const QString &title, Submit submit)
    : FrameDialog(u"plan"_s, tr("plan"), parent)
    , m_deck(deck)
    , m_request(request)
    , m_title(title)
    , m_submit(std::move(submit))
{
    m_request.actor = deck.actor;
    if (!m_submit) {
        m_submit = [this](const ActionRequest &wanted) { return m_deck.runner.submit(wanted); };
    }
    build();
    if (emptiesStamps(request.kind))
        buildOptions();
    replan();
    // What cannot be planned from the start is a sentence, not a plan that is empty.
    m_isBare = !m_plan;
    if (m_isBare)
        showWhyNot();
    auto *ages = new QTimer(this);
    connect(ages, &QTimer::timeout, this, &PlanDialog::updateAge);
    ages->start(1000);
    connect(&deck.feed, &FleetFeed::changed, this, &PlanDialog::lookAgain);
    if (m_isBare)
        placeOverWindow(bareSize);
    else
        placeOverWindow({1120, 770}, {900, 620});
}

PlanDialog::~PlanDialog() = default;

void PlanDialog::build()
{
    m_head = new TextLine({}, Text::dialogTitle, Token::TextPrimary, this);
    m_head->setObjectName(u"planTitle"_s);
    m_sub = new TextLine({}, bodyStyle, Token::TextSecondary, this);
    m_sub->setObjectName(u"planState"_s);

    const auto column = [this](QWidget *&inner) {
        auto *area = new QScrollArea(this);
        area->setWidgetResizable(true);
        area->setFrameShape(QFrame::NoFrame);
        area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        area->setFocusPolicy(Qt::NoFocus);
        inner = new Surface(Token::BgPanel);
        auto *layout = new QVBoxLayout(inner);
        layout->setContentsMargins(0, 12, 8, 12);
        layout->setSpacing(8);
        area->setWidget(inner);
        return area;
    };
    column(m_left);
    column(m_right);

    m_oldBox = new QWidget(this);
    auto *oldRow = new QHBoxLayout(m_oldBox);
    oldRow->setContentsMargins(margin + 22, 0, margin, 0);
    m_old = new QCheckBox(m_oldBox);
    m_old->setObjectName(u"oldData"_s);
    m_old->setFont(Text::font(bodyStyle));
    oldRow->addWidget(m_old);
    oldRow->addStretch(1);
    m_oldBox->hide();
    connect(m_old, &QCheckBox::toggled, this, &PlanDialog::updateRun);

    m_foot = new QWidget(this);
    auto *foot = new QHBoxLayout(m_foot);
    foot->setContentsMargins(margin, 8, margin, 12);
    foot->setSpacing(12);
    const auto field = [foot, this](const QString &label, const QString &name, bool mono) {
        // A pair that is hidden takes no room, as a layout would.
        auto *pair = new QWidget(this);
        auto *box = new QVBoxLayout(pair);
        box->setContentsMargins(0, 0, 0, 0);
        box->setSpacing(4);
        auto *words = new TextLine(label, smallStyle, Token::TextSecondary, this);
        words->setObjectName(name + u"Label");
        auto *edit = new QLineEdit(this);
        edit->setObjectName(name);
        edit->setAccessibleName(label);
        edit->setFixedHeight(32);
        edit->setMinimumWidth(200);
        edit->setMaximumWidth(mono ? 336 : 280);
        if (mono)
            edit->setFont(Text::font({Face::Mono, 13, 400}));
        box->addWidget(words);
        box->addWidget(edit);
        pair->setMaximumWidth(edit->maximumWidth());
        foot->addWidget(pair, 10, Qt::AlignBottom);
        return edit;
    };
    m_confirm = field(tr("Type the name of the stamp to run this in production"),
                      u"confirmName"_s, true);
    m_isRight = m_confirm->addAction(
        QIcon(Icons::pixmap(u"check-lg"_s, 16, Theme::current()[Token::HealthyGlyph],
                            devicePixelRatioF())),
        QLineEdit::TrailingPosition);
    m_isRight->setVisible(false);
    m_reason = field(tr("Reason, for the audit trail"), u"reason"_s, false);
    m_reason->setMaxLength(500);
    foot->addStretch(1);
    m_copy = new Button(Button::Kind::Flat, tr("Copy plan"), u"file-text"_s, this);
    m_copy->setObjectName(u"copyPlan"_s);
    m_cancel = new Button(Button::Kind::Plain, tr("Cancel"), {}, this);
    m_cancel->setObjectName(u"Cancel"_s);
    m_cancel->setAccessibleName(tr("Cancel"));
    m_run = new Button(Button::Kind::Primary, tr("Run"), u"play"_s, this);
    m_run->setObjectName(u"Run"_s);
    m_run->setAccessibleName(tr("Run"));
    m_run->setFixedWidth(132);
    m_barred = new TextLine({}, bodyStyle, Token::DegradedText, this);
    m_barred->setObjectName(u"barred"_s);
    foot->addWidget(m_barred);
    for (Button *button : {m_copy, m_cancel, m_run}) {
        button->setTall(true);
        foot->addWidget(button, 0, Qt::AlignBottom);
    }
    m_run->setFixedHeight(32);
    setTabOrder(m_confirm, m_reason);
    setTabOrder(m_reason, m_copy);
    setTabOrder(m_copy, m_cancel);
    setTabOrder(m_cancel, m_run);

    connect(m_confirm, &QLineEdit::textChanged, this, &PlanDialog::updateRun);
    connect(m_reason, &QLineEdit::textChanged, this, &PlanDialog::updateRun);
    connect(m_cancel, &Button::clicked, this, &PlanDialog::reject);
    connect(m_run, &Button::clicked, this, &PlanDialog::run);
    connect(m_copy, &Button::clicked, this, [this] {
        if (!m_plan)
            return;
        QGuiApplication::clipboard()->setText(m_plan->command());
        m_copy->setText(tr("Copied"));
    });
    // Enter runs only when there is nothing left to be typed.
    const auto enter = [this] {
        if (m_run->isVisible() && m_run->isEnabled())
            run();
    };
    connect(m_confirm, &QLineEdit::returnPressed, this, enter);
    connect(m_reason, &QLineEdit::returnPressed, this, enter);
}

void PlanDialog::buildOptions()
{
    m_options = new QWidget(this);
    m_options->setObjectName(u"options"_s);
    auto *all = new QVBoxLayout(m_options);
    all->setContentsMargins(0, 10, 0, 4);
    all->setSpacing(6);
    auto *fields = new QHBoxLayout;
    fields->setSpacing(12);
    const auto add = [fields](const QString &label, QWidget *field, int stretch) {
        auto *column = new QVBoxLayout;
        column->setSpacing(3);
        column->addWidget(new TextLine(label, smallStyle, Token::TextSecondary));
        field->setAccessibleName(label);
        field->setFixedHeight(28);
        column->addWidget(field);
        fields->addLayout(column, stretch);
    };
    m_to = new QLineEdit;
    m_to->setObjectName(u"drainTo"_s);
    m_to->setPlaceholderText(tr("any, the planner chooses"));
    QStringList names;
    for (const QString &id : m_request.among)
        names.append(nameOfStamp(id));
    m_to->setText(names.join(u", "_s));
    add(tr("Only to these stamps"), m_to, 1);
    m_parallel = new QSpinBox;
    m_parallel->setObjectName(u"drainParallel"_s);
    m_parallel->setRange(1, mostParallel);
    m_parallel->setValue(m_request.parallel);
    m_parallel->setFixedWidth(76);
    add(tr("At once"), m_parallel, 0);
    m_deadline = new QLineEdit;
    m_deadline->setObjectName(u"drainDeadline"_s);
    m_deadline->setPlaceholderText(tr("none"));
    if (m_request.deadline)
        m_deadline->setText(toString(*m_request.deadline));
    m_deadline->setFixedWidth(96);
    m_deadline->setToolTip(tr("No move starts after it: 30m, 1h"));
    add(tr("Deadline"), m_deadline, 0);
    all->addLayout(fields);
    auto *checks = new QHBoxLayout;
    checks->setSpacing(20);
    m_partial = new QCheckBox(tr("Leave those nobody takes"));
    m_partial->setObjectName(u"drainPartial"_s);
    m_partial->setChecked(m_request.partial);
    checks->addWidget(m_partial);
    m_handOver = new QCheckBox;
    m_handOver->setObjectName(u"drainHandOver"_s);
    m_handOver->setChecked(true);
    m_handOver->hide();
    checks->addWidget(m_handOver);
    checks->addStretch(1);
    all->addLayout(checks);
    for (QCheckBox *check : {m_partial, m_handOver})
        check->setFont(Text::font(bodyStyle));

    m_typing = new QTimer(this);
    m_typing->setSingleShot(true);
    m_typing->setInterval(150);
    connect(m_typing, &QTimer::timeout, this, &PlanDialog::readOptions);
    for (QLineEdit *edit : {m_to, m_deadline})
        connect(edit, &QLineEdit::textEdited, m_typing, qOverload<>(&QTimer::start));
    connect(m_parallel, &QSpinBox::valueChanged, m_typing, qOverload<>(&QTimer::start));
    connect(m_partial, &QCheckBox::toggled, this, &PlanDialog::readOptions);
    connect(m_handOver, &QCheckBox::toggled, this, &PlanDialog::updateRun);
    setTabOrder(m_handOver, m_confirm);
}

void PlanDialog::readOptions()
{
    m_typing->stop();
    m_optionError.clear();
    static const QRegularExpression between(u"[,\\s]+"_s);
    const QStringList wanted = m_to->text().split(between, Qt::SkipEmptyParts);
    // A bare name means one of the same source.
    const QString source = m_request.stamp.section(u'/', 0, 0);
    m_request.among.clear();
    for (const QString &name : wanted) {
        QString id = name.contains(u'/') ? name : QString(source + u'/' + name);
        if (source.isEmpty()) { // of several, which may be of several sources
            if (const auto slot = m_deck.fleet().findStamp(name))
                id = m_deck.fleet().stampId(*slot);
        }
        if (!m_deck.stamp(id))
            m_optionError = tr("there is no stamp %1").arg(name);
        m_request.among.append(id);
    }
    m_request.parallel = m_parallel->value();
    m_request.partial = m_partial->isChecked();
    m_request.deadline.reset();
    if (const QString text = m_deadline->text().trimmed(); !text.isEmpty()) {
        m_request.deadline = durationFromString(text);
        if (!m_request.deadline)
            m_optionError = tr("a deadline is a number with its unit, as 30m or 1h");
    }
    replan();
}

bool PlanDialog::isHandedOver() const
{
    return m_handOver && !m_handOver->isHidden() && m_handOver->isChecked();
}

void PlanDialog::updateAge()
{
    if (!m_plan)
        return;
    const auto age = oldData(*m_plan, *m_deck.feed.version(), m_deck.clock.elapsed());
    const bool isShown = age && !m_plan->isRefused();
    if (age)
        m_old->setText(tr("The data is %1 old. Run all the same").arg(Format::age(*age)));
    if (isShown == m_oldBox->isHidden()) {
        m_oldBox->setVisible(isShown);
        if (!isShown)
            m_old->setChecked(false);
        place();
        updateRun();
        update();
    }
}

void PlanDialog::resizeEvent(QResizeEvent *event)
{
    QDialog::resizeEvent(event);
    place();
    if (QGuiApplication::platformName() == u"offscreen")
        return; // has no masks
    QPainterPath outline;
    outline.addRoundedRect(rect(), 6, 6);
    setMask(QRegion(outline.toFillPolygon().toPolygon()));
}

void PlanDialog::place()
{
    const int w = width();
    const int h = height();
    m_head->setGeometry(60, 22, w - 60 - 160, 28);
    m_sub->setGeometry(60, 48, w - 60 - margin, 20);
    const int right = std::min(rightWidth, (w - 3 * margin) * rightWidth / (rightWidth + leftWidth));
    const int left = w - right - 2 * margin - 32;
    QWidget *leftArea = m_left->parentWidget()->parentWidget();
    QWidget *rightArea = m_right->parentWidget()->parentWidget();
    const int old = m_oldBox->isHidden() ? 0 : oldHeight;
    const int bottom = h - footHeight - old;
    int top = headHeight;
    if (m_options) {
        m_options->setGeometry(margin, top, left, optionsHeight);
        top += optionsHeight;
    }
    leftArea->setGeometry(margin, top, left + 8, bottom - top);
    rightArea->setGeometry(w - margin - right, headHeight, right + 8, bottom - headHeight);
    m_oldBox->setGeometry(0, bottom, w, old);
    m_foot->setGeometry(0, h - footHeight, w, footHeight);
    if (m_isBare)
        leftArea->setGeometry(60, headHeight, w - 60 - margin + 8, h - headHeight - footHeight);
}

void PlanDialog::showWhyNot()
{
    for (QWidget *each : {m_right->parentWidget()->parentWidget(), m_options, m_oldBox,
                          static_cast<QWidget *>(m_copy), static_cast<QWidget *>(m_run)}) {
        if (each)
            each->hide();
    }
    m_sub->setText(tr("Nothing has changed."));
    m_sub->setToken(Token::TextSecondary);
    auto *why = new QLabel(tr("No plan: %1.").arg(m_error));
    why->setObjectName(u"whyNoPlan"_s);
    why->setWordWrap(true);
    why->setFont(Text::font(bodyStyle));
    QPalette palette = why->palette();
    palette.setColor(QPalette::WindowText, Theme::current()[Token::DegradedText]);
    why->setPalette(palette);
    auto *left = static_cast<QVBoxLayout *>(m_left->layout());
    left->addWidget(why);
    left->addStretch(1);
    m_cancel->setText(tr("Close"));
    m_cancel->setAccessibleName(tr("Close"));
    m_cancel->setFocus();
}

void PlanDialog::paintContent(QPainter &painter)
{
    const Theme &theme = Theme::current();
    const int right = m_right->parentWidget()->parentWidget()->x() - 16;
    painter.fillRect(0, headHeight - 1, width(), 1, theme[Token::LineSubtle]);
    painter.fillRect(0, height() - footHeight, width(), 1, theme[Token::LineSubtle]);
    if (!m_isBare)
        painter.fillRect(right, headHeight, 1, height() - headHeight - footHeight,
                         theme[Token::LineSubtle]);
    if (m_options && !m_isBare)
        painter.fillRect(margin, headHeight + optionsHeight - 1, right - margin, 1,
                         theme[Token::LineSubtle]);
    if (!m_oldBox->isHidden()) {
        painter.fillRect(m_oldBox->geometry(),
                         mixed(theme[Token::BgPanel], theme[Token::DegradedFill], 0.7));
        painter.fillRect(0, m_oldBox->y(), width(), 1, theme[Token::DegradedEdge]);
        Glyphs::health(painter, {double(margin), m_oldBox->y() + 11.0, 14, 14}, Health::Degraded,
                       theme[Token::BgPanel]);
    }
    QString icon = u"arrow-right"_s;
    switch (m_request.kind) {
    case ActionKind::Move:
        break;
    case ActionKind::Scale:
        icon = u"sliders"_s;
        break;
    case ActionKind::Cordon:
        icon = u"slash-circle"_s;
        break;
    case ActionKind::Uncordon:
        icon = u"check-circle"_s;
        break;
    case ActionKind::Drain:
    case ActionKind::Evacuate:
        icon = u"arrow-up-right"_s;
        break;
    case ActionKind::Create:
        icon = u"plus-lg"_s;
        break;
    case ActionKind::Delete:
        icon = u"trash"_s;
        break;
    }
    Icons::draw(painter, {24, 28}, icon, 26, theme[Token::AccentText]);
    if (m_plan && m_plan->production)
        Glyphs::production(painter, rect());
}

QString PlanDialog::actionTitle() const
{
    if (!m_title.isEmpty())
        return m_title;
    const QString target = m_plan             ? m_plan->target
            : !m_request.stamps.isEmpty() ? Format::stamps(m_request.stamps.size())
            : m_request.region.isEmpty()  ? nameOfStamp(m_request.stamp)
                                          : m_request.region;
    switch (m_request.kind) {
    case ActionKind::Move:
        return tr("Move %1").arg(target);
    case ActionKind::Scale:
        return tr("Scale %1").arg(target);
    case ActionKind::Cordon:
        return tr("Cordon %1").arg(target);
    case ActionKind::Drain:
        return tr("Drain %1").arg(target);
    case ActionKind::Create:
        return tr("Create %1").arg(target);
    case ActionKind::Delete:
        return tr("Delete %1").arg(target);
    case ActionKind::Evacuate:
        return tr("Evacuate %1").arg(target);
    case ActionKind::Uncordon:
        break;
    }
    return tr("Uncordon %1").arg(target);
}

void PlanDialog::replan()
{
    m_planned = m_deck.feed.version();
    m_moved = false;
    m_error.clear();
    Result<Plan> made = m_optionError.isEmpty()
        ? plan(m_planned, m_request, m_deck.clock)
        : Result<Plan>(fail(ErrorKind::Invalid, m_optionError));
    if (made)
        m_plan = *std::move(made);
    else {
        m_plan.reset();
        m_error = made.error().message;
    }
    showPlan();
}

void PlanDialog::showPlan()
{
    m_head->setText(actionTitle());
    QLayout *left = m_left->layout();
    QLayout *right = m_right->layout();
    clear(left);
    clear(right);
    m_steps = nullptr;
    m_loads = nullptr;
    if (!m_plan) {
        m_sub->setText(tr("No plan: %1. Nothing has changed.").arg(m_error));
        m_sub->setToken(Token::DegradedText);
        m_sub->setToolTip(m_sub->text());
        m_oldBox->hide();
        // There is nothing to be run by a name.
        m_confirm->parentWidget()->hide();
        m_reason->parentWidget()->hide();
        place();
        updateRun();
        return;
    }
    const Plan &plan = *m_plan;
    m_sub->setToolTip({});
    m_reason->parentWidget()->show();
    if (m_handOver)
        offerHandOver(plan);
    m_sub->setToken(Token::TextSecondary);
    m_sub->setText(tr("Planned at %1 from live state, %2 old. Nothing has changed yet.")
                       .arg(Format::secondOfZone(plan.plannedAt), Format::age(plan.dataAge)));

    auto *leftBox = static_cast<QVBoxLayout *>(left);
    auto *rightBox = static_cast<QVBoxLayout *>(right);

    addSteps(*leftBox, plan);
    if (plan.isRefused()) // before what may be long
        addRefusals(*leftBox, plan);
    if (!plan.facts.isEmpty())
        addFacts(*leftBox, plan);
    leftBox->addStretch(1);

    addBlast(*rightBox, plan);
    if (!plan.loads.isEmpty() && m_request.kind != ActionKind::Delete)
        addLoads(*rightBox, plan);
    addWarnings(*rightBox, plan);
    rightBox->addStretch(1);

    askForName(plan);
    updateAge();
    updateRun();
    focusWhatIsNext(plan);
    update();
}

void PlanDialog::offerHandOver(const Plan &plan)
{
    const int at =
        plan.sources.size() == 1 ? m_planned->sourceIndex(plan.sources.constFirst()) : -1;
    const bool can = at >= 0 && m_deck.handOver && m_request.stamps.isEmpty()
        && m_planned->sources[at].capabilities.testFlag(Capability::Drains);
    m_handOver->setVisible(can);
    if (can) {
        m_handOver->setText(tr("%1 runs it").arg(m_planned->sources[at].name));
        m_handOver->setToolTip(tr("It goes on when this window is closed, and everybody sees it "
                                  "as one operation."));
    }
}

// What happens, in a few words each.
QList<std::pair<QString, QString>> PlanDialog::cardsOf(const Plan &plan) const
{
    QSet<QString> targets;
    for (const PlannedMove &move : plan.moves)
        targets.insert(move.to);
    switch (m_request.kind) {
    case ActionKind::Move:
        return {{tr("Move %Ln tenant(s)", nullptr, int(plan.moves.size())),
                 tr("to %Ln stamp(s)", nullptr, int(targets.size()))},
                {tr("Check"), tr("each serves on one stamp")},
                {tr("Record"), tr("in the audit trail")}};
    case ActionKind::Scale:
        return {{tr("Scale"), nameOfStamp(m_request.stamp)},
                {tr("Record"), tr("in the audit trail")}};
    case ActionKind::Cordon:
        return {{tr("Cordon"), plan.target},
                {tr("Stay cordoned"), tr("until you act")}};
    case ActionKind::Uncordon:
        return {{tr("Uncordon"), plan.target},
                {tr("Take tenants"), tr("again, from then on")}};
    case ActionKind::Drain:
    case ActionKind::Evacuate:
        return {{tr("Cordon"),
                 m_request.kind == ActionKind::Drain && m_request.stamps.isEmpty()
                     ? nameOfStamp(m_request.stamp)
                     : Format::stamps(std::count_if(
                         plan.loads.begin(), plan.loads.end(),
                         [](const LoadChange &load) { return load.isSource; }))},
                {tr("Move %Ln tenant(s)", nullptr, int(plan.moves.size())),
                 tr("to %Ln stamp(s)", nullptr, int(targets.size()))},
                {tr("Stay cordoned"), tr("until you act")}};
    case ActionKind::Create:
        return {{tr("Create"), nameOfStamp(plan.creates)},
                {tr("Wait"), tr("until it is active")},
                {tr("Take tenants"), tr("from then on")}};
    case ActionKind::Delete:
        return {{tr("Wait %1 s").arg(callOffTime / std::chrono::seconds(1)),
                 tr("it can be called off")},
                {tr("Delete"), nameOfStamp(m_request.stamp)},
                {tr("Record"), tr("in the audit trail")}};
    }
    return {};
}

void PlanDialog::addSteps(QVBoxLayout &box, const Plan &plan)
{
    auto *stepsHead = new QHBoxLayout;
    stepsHead->addWidget(new TextLine(tr("Steps"), sectionStyle));
    if (!plan.moves.empty()) {
        auto *pace = new TextLine(tr("%Ln at a time", nullptr, m_request.parallel), smallStyle,
                                  Token::TextSecondary);
        pace->setAlignment(Qt::AlignRight);
        stepsHead->addWidget(pace, 1);
    }
    box.addLayout(stepsHead);
    auto *cards = new StepCards;
    cards->setFixedHeight(46);
    cards->cards = cardsOf(plan);
    box.addWidget(cards);
    m_steps = new StepTable;
    m_steps->setObjectName(u"steps"_s);
    m_steps->show(plan, *m_planned);
    box.addWidget(m_steps);
    if (!plan.moves.empty()) {
        auto *takes = new IconLine(u"clock"_s, Token::TextSecondary,
                                   (plan.duration ? tr("Takes %1.") : tr("How long it takes is %1."))
                                       .arg(durationText(plan.duration, plan.measured)),
                                   Token::TextPrimary);
        takes->setObjectName(u"duration"_s);
        box.addWidget(takes);
        box.addWidget(new IconLine(
                u"shield-check"_s, Token::HealthyGlyph,
                tr("Every tenant serves on its target, verified, before it stops where it is "
                   "(blue: both serve)."),
                Token::TextPrimary));
        if (!plan.sources.isEmpty() && m_planned->sourceIndex(plan.sources.first()) >= 0) {
            box.addWidget(new IconLine(
                    u"pause"_s, Token::TextSecondary,
                    tr("Pauses by itself when a target gets worse, goes stale, or doubles its "
                       "errors or p99."),
                    Token::TextSecondary));
        }
    } else if (plan.hasInverse) {
        box.addWidget(new IconLine(u"arrow-counterclockwise"_s, Token::TextSecondary,
                                   tr("Undo takes it back."), Token::TextSecondary));
    }
    if (!plan.hasInverse) {
        box.addWidget(new IconLine(u"exclamation-octagon"_s, Token::DegradedGlyph,
                                   tr("This can't be undone."), Token::TextPrimary));
    }
}

void PlanDialog::addFacts(QVBoxLayout &box, const Plan &plan)
{
    box.addSpacing(4);
    box.addWidget(new TextLine(m_request.kind == ActionKind::Delete ? tr("What will go")
                                                                    : tr("What will come"),
                               sectionStyle));
    auto *facts = new FactList(plan.facts);
    facts->setObjectName(u"facts"_s);
    box.addWidget(facts);
}

// Who, why, and what would mend it.
QHBoxLayout *PlanDialog::rowOf(const Refusal &refusal)
{
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    const QString subject = nameOfStamp(refusal.subject);
    // Many reasons begin with the name.
    const QString why = !subject.isEmpty() && refusal.message.startsWith(subject + u' ')
        ? refusal.message.mid(subject.size() + 1)
        : refusal.message;
    auto *line = new QLabel(
        subject.isEmpty()
            ? QString(why)
            : QString(u"<b>%1</b> %2"_s.arg(subject.toHtmlEscaped(), why.toHtmlEscaped())));
    line->setFont(Text::font(bodyStyle));
    line->setWordWrap(true);
    row->addWidget(line, 1);
    QString link;
    if (refusal.code == u"capacity" && m_request.kind == ActionKind::Move)
        link = tr("Scale %1…").arg(subject);
    else if (refusal.code == u"cordoned" && m_request.kind == ActionKind::Move)
        link = tr("Uncordon %1…").arg(subject);
    else if (refusal.code == u"not-drained")
        link = tr("Drain %1…").arg(subject);
    if (!link.isEmpty() && m_deck.stamp(refusal.subject)) {
        auto *button = new Button(Button::Kind::Link, link);
        connect(button, &Button::clicked, this, [this, refusal] {
            Q_EMIT fixRequested(refusal);
            reject();
        });
        row->addWidget(button);
    } else if (!refusal.fix.isEmpty()) {
        // What the command line calls an option is a box or a field here.
        static const QRegularExpression option(u"\\s*\\(--[^)]*\\)"_s);
        auto *fix = new QLabel(QString(refusal.fix).remove(option));
        fix->setFont(Text::font(smallStyle));
        fix->setWordWrap(true);
        row->addWidget(fix, 1);
    }
    return row;
}

void PlanDialog::addRefusals(QVBoxLayout &box, const Plan &plan)
{
    auto *frame = new RefusalBox;
    frame->setObjectName(u"refusals"_s);
    auto *rows = new QVBoxLayout(frame);
    rows->setContentsMargins(38, 10, 14, 10);
    rows->setSpacing(6);
    rows->addWidget(new TextLine(
            m_request.kind == ActionKind::Move
                    ? tr("Not moved: this plan is refused")
                    : tr("Not done: this plan is refused"),
            nameStyle, Token::DegradedText));
    int shown = 0;
    for (const Refusal &refusal : plan.refusals) {
        if (++shown > shownAtMost) {
            rows->addWidget(new TextLine(
                tr("and %Ln more", nullptr, int(plan.refusals.size()) - shownAtMost), bodyStyle,
                Token::TextSecondary));
            break;
        }
        rows->addLayout(rowOf(refusal));
    }
    box.addWidget(frame);
}

void PlanDialog::addBlast(QVBoxLayout &box, const Plan &plan)
{
    box.addWidget(new TextLine(tr("Blast radius"), sectionStyle));
    auto *blast = new BlastRow;
    blast->setFixedHeight(44);
    if (plan.blast.tenants > 0) {
        const int top = plan.blast.byTier[size_t(Tier::Premium)]
            + plan.blast.byTier[size_t(Tier::Enterprise)];
        const bool isMove = m_request.kind == ActionKind::Move || emptiesStamps(m_request.kind);
        blast->cells = {
            {Format::count(plan.blast.tenants),
             isMove ? tr("tenant(s) move", "the number stands above", plan.blast.tenants)
                    : tr("tenant(s) on it", "the number stands above", plan.blast.tenants)},
            {QString::number(top), tr("of top tiers")},
            {Format::rate(plan.blast.requestsPerSecond),
             isMove ? tr("requests move") : tr("requests")}};
    }
    blast->cells.append({Format::count(plan.blast.stamps),
                         tr("stamp(s) touched", "the number stands above", plan.blast.stamps)});
    if (blast->cells.size() == 1)
        blast->cells.prepend({u"0"_s, tr("tenant(s) move", "the number stands above", 0)});
    QStringList spoken;
    for (const auto &[value, what] : std::as_const(blast->cells))
        spoken.append(value + u' ' + what);
    blast->setAccessibleName(spoken.join(u", "));
    box.addWidget(blast);
}

void PlanDialog::addLoads(QVBoxLayout &box, const Plan &plan)
{
    box.addSpacing(8);
    auto *loadsHead = new QHBoxLayout;
    loadsHead->setSpacing(8);
    loadsHead->addWidget(new TextLine(tr("Load before and after"), sectionStyle));
    std::optional<double> gate;
    if (const int at = plan.sources.isEmpty() ? -1 : m_planned->sourceIndex(plan.sources.first());
        at >= 0)
        gate = m_planned->sources[at].objectives.load;
    loadsHead->addWidget(new LoadLegend(gate), 1);
    box.addLayout(loadsHead);
    m_loads = new LoadTable;
    m_loads->setObjectName(u"loads"_s);
    m_loads->setAccessibleName(tr("Load before and after"));
    m_loads->show(plan, *m_planned);
    box.addWidget(m_loads);
}

void PlanDialog::addWarnings(QVBoxLayout &box, const Plan &plan)
{
    int told = 0;
    for (const QString &warning : plan.warnings) {
        if (++told > shownAtMost) {
            box.addWidget(
                new TextLine(tr("and %Ln more", nullptr, int(plan.warnings.size()) - shownAtMost),
                             smallStyle, Token::DegradedText));
            break;
        }
        auto *line = new QLabel(warning);
        line->setWordWrap(true);
        line->setFont(Text::font(smallStyle));
        QPalette palette = line->palette();
        palette.setColor(QPalette::WindowText, Theme::current()[Token::DegradedText]);
        line->setPalette(palette);
        box.addWidget(line);
    }
}

void PlanDialog::askForName(const Plan &plan)
{
    auto *confirmLabel = findChild<TextLine *>(u"confirmNameLabel"_s);
    confirmLabel->setText(plan.production
                              ? tr("Type %1 to run this in production").arg(plan.confirmName)
                              : tr("Type %1 to run this").arg(plan.confirmName));
    m_confirm->setAccessibleName(confirmLabel->text());
    m_confirm->parentWidget()->setVisible(wantsName());
    findChild<TextLine *>(u"reasonLabel"_s)
            ->setText(plan.production ? tr("Reason, for the audit trail")
                                      : tr("Reason, for the audit trail (as you like)"));
    m_confirm->setPlaceholderText(plan.confirmName);
}

void PlanDialog::focusWhatIsNext(const Plan &plan)
{
    // Who is still choosing keeps the keyboard.
    const bool isChoosing = m_options && focusWidget() && m_options->isAncestorOf(focusWidget());
    if (isChoosing)
        focusWidget()->setFocus();
    else if (wantsName() && !plan.isRefused())
        m_confirm->setFocus();
    else if (m_run->isEnabled())
        m_run->setFocus();
    else
        m_cancel->setFocus();
}

bool PlanDialog::wantsName() const
{
    return m_plan && (m_plan->production || !m_plan->hasInverse);
}

QString PlanDialog::whyNot() const
{
    if (m_running)
        return tr("It is being handed over");
    if (!m_plan)
        return m_error;
    if (m_plan->isRefused())
        return tr("Refused: %1").arg(m_plan->refusals.first().message);
    if (wantsName() && m_confirm->text() != m_plan->confirmName)
        return tr("Type %1 first").arg(m_plan->confirmName);
    if (m_plan->production && m_reason->text().trimmed().isEmpty())
        return tr("Production asks for a reason");
    if (!m_oldBox->isHidden() && !m_old->isChecked())
        return tr("The data is old: tick that you run it all the same");
    return {};
}

void PlanDialog::updateRun()
{
    m_isRight->setVisible(wantsName() && m_confirm->text() == m_plan->confirmName);
    QString barred;
    if (m_deck.feed.isPast())
        barred = tr("You look at the past: nothing can be run from here.");
    else if (m_deck.readOnly)
        barred = tr("Started read only: nothing can be run from here.");
    m_barred->setText(barred);
    m_barred->setVisible(!barred.isEmpty());
    m_run->setVisible(barred.isEmpty() && !m_isBare);
    m_copy->setEnabled(m_plan.has_value());
    m_cancel->setEnabled(!m_running);
    m_cancel->setToolTip(m_running ? whyNot() : QString());
    if (m_moved) {
        m_run->setText(tr("Plan again"));
        m_run->setAccessibleName(tr("Plan again"));
        m_run->setIconName(u"arrow-repeat"_s);
        m_run->setEnabled(!m_running);
        m_run->setToolTip({});
        return;
    }
    if (m_secondsLeft > 0) {
        m_run->setText(tr("Call off (%1)").arg(m_secondsLeft));
        m_run->setAccessibleName(tr("Call off"));
        m_run->setIconName(u"x-lg"_s);
        m_run->setKind(Button::Kind::Primary);
        m_run->setEnabled(true);
        m_run->setToolTip({});
        return;
    }
    m_run->setText(tr("Run"));
    m_run->setAccessibleName(tr("Run"));
    m_run->setIconName(u"play"_s);
    m_run->setKind(m_plan && !m_plan->hasInverse ? Button::Kind::Danger : Button::Kind::Primary);
    const QString why = whyNot();
    m_run->setEnabled(why.isEmpty());
    m_run->setToolTip(why);
    update();
}

QString PlanDialog::whatMoved(const Plan &now) const
{
    if (const QString what = whoWrote(*m_deck.feed.version()); !what.isEmpty())
        return what;
    if (now.refusals.size() != m_plan->refusals.size() && now.isRefused())
        return tr("Now it is refused: %1.").arg(now.refusals.first().message);
    if (now.isRefused() != m_plan->isRefused())
        return tr("It is not refused any more.");
    return {};
}

QString PlanDialog::whoWrote(const FleetVersion &version) const
{
    const auto by = [](const QString &who) {
        return who.isEmpty() ? tr("Someone else") : who;
    };
    const auto changed = [](const QString &who, const QString &what, const QString &difference) {
        return difference.isEmpty() ? tr("%1 changed %2.").arg(who, what)
                                    : tr("%1 changed %2: %3.").arg(who, what, difference);
    };
    // What a writer can set, of all that the plan touches.
    for (const LoadChange &load : m_plan->loads) {
        const StampEntryPtr before = m_planned->stamps[load.slot];
        const int slot = version.stampIndex.value(load.stamp);
        if (slot < 0)
            return tr("%1 is gone.").arg(nameOfStamp(load.stamp));
        const StampEntryPtr after = version.stamps[slot];
        if (!before || before == after)
            continue;
        if (before->stamp->lifecycle != after->stamp->lifecycle)
            return tr("%1 made %2 %3.")
                .arg(by(after->stamp->updatedBy), nameOfStamp(load.stamp),
                     Format::word(after->stamp->lifecycle));
        if (before->stamp->revision != after->stamp->revision)
            return changed(by(after->stamp->updatedBy), nameOfStamp(load.stamp),
                           inWords(differences(*before->stamp, *after->stamp)));
    }
    for (const PlannedMove &move : m_plan->moves) {
        const TenantPtr before = m_planned->tenants[move.tenant].tenant;
        const int slot = version.tenantIndex.value(move.id);
        if (slot < 0)
            return tr("%1 is gone.").arg(move.id);
        const TenantPtr after = version.tenants[slot].tenant;
        if (before && after && before->revision != after->revision)
            return changed(by(after->updatedBy), after->id, inWords(differences(*before, *after)));
    }
    return {};
}

void PlanDialog::lookAgain()
{
    if (m_running || m_moved || m_looking || !m_plan || m_deck.feed.version() == m_planned)
        return;
    updateAge();
    const FleetVersionPtr version = m_deck.feed.version();
    if (m_plan->moves.size() <= plannedAside) {
        compare(plan(version, m_request, m_deck.clock), version);
        return;
    }
    // One of a thousand moves takes some 50 ms, and the fleet changes all the time.
    m_looking = true;
    whenDone(QtConcurrent::run([version, request = m_request, &clock = m_deck.clock] {
                 return plan(version, request, clock);
             }),
             this, [this, version, request = m_request](const Result<Plan> &now) {
                 m_looking = false;
                 if (m_running || m_moved || !m_plan)
                     return;
                 if (request == m_request)
                     compare(now, version);
                 if (m_deck.feed.version() != version)
                     QTimer::singleShot(250, this, &PlanDialog::lookAgain);
             });
}

void PlanDialog::compare(const Result<Plan> &now, const FleetVersionPtr &version)
{
    // Nothing of a refused plan can be run: what refuses it is shown as it is now.
    if (now && now->isRefused() && m_plan->isRefused()) {
        const auto isSame = [](const Refusal &a, const Refusal &b) {
            return a.code == b.code && a.subject == b.subject;
        };
        if (!std::equal(now->refusals.begin(), now->refusals.end(), m_plan->refusals.begin(),
                        m_plan->refusals.end(), isSame))
            replan();
        return;
    }
    const QString what = now ? whatMoved(*now) : QString(now.error().message + u'.');
    if (what.isEmpty()) {
        // Loads drift all the time: they are shown as they are now, and nothing need be asked.
        if (m_loads && now->loads.size() == m_plan->loads.size()) {
            m_plan->loads = now->loads;
            m_loads->show(*m_plan, *version);
        }
        return;
    }
    callOff({});
    m_moved = true;
    m_sub->setText(tr("%1 Nothing was changed by you. Plan again.").arg(what));
    m_sub->setToken(Token::DegradedText);
    if (m_steps) {
        QSet<QString> ids;
        for (const PlannedMove &move : m_plan->moves) {
            const int slot = m_deck.fleet().tenantIndex.value(move.id);
            const TenantPtr before = m_planned->tenants[move.tenant].tenant;
            if (before && (slot < 0 || m_deck.fleet().tenants[slot].tenant != before))
                ids.insert(before->id);
        }
        m_steps->flash(ids);
    }
    updateRun();
}

void PlanDialog::run()
{
    if (m_moved) {
        m_old->setChecked(false);
        replan();
        return;
    }
    if (m_secondsLeft > 0) {
        callOff(tr("Called off. Nothing was changed."));
        return;
    }
    if (m_typing && m_typing->isActive()) {
        readOptions(); // what is run is what is shown
        return;
    }
    if (!whyNot().isEmpty() || !m_deck.acts())
        return;
    if (m_plan->hasInverse) {
        submit();
        return;
    }
    m_startsAt = m_deck.clock.elapsed() + callOffTime;
    m_confirm->setEnabled(false);
    m_reason->setEnabled(false);
    m_run->setFocus();
    countDown();
}

// What can't be undone can be called off for a while.
void PlanDialog::countDown()
{
    const auto left = m_startsAt - m_deck.clock.elapsed();
    if (left <= std::chrono::milliseconds(0)) {
        m_secondsLeft = 0;
        submit();
        return;
    }
    m_secondsLeft = int((left + std::chrono::milliseconds(999)) / std::chrono::seconds(1));
    m_sub->setText(tr("Starts in %Ln s. Nothing has changed yet.", nullptr, m_secondsLeft));
    m_sub->setToken(Token::DegradedText);
    updateRun();
    m_timer = m_deck.clock.callLater(std::min<std::chrono::milliseconds>(left, std::chrono::seconds(1)),
                                     this, [this] {
                                         m_timer = 0;
                                         countDown();
                                     });
}

void PlanDialog::callOff(const QString &why)
{
    if (m_secondsLeft == 0)
        return;
    m_deck.clock.cancel(m_timer);
    m_timer = 0;
    m_secondsLeft = 0;
    m_confirm->setEnabled(true);
    m_reason->setEnabled(true);
    m_sub->setText(why);
    m_sub->setToken(Token::TextSecondary);
    updateRun();
}

void PlanDialog::reject()
{
    if (m_running)
        return;
    if (m_secondsLeft > 0) // Esc and Cancel take back what was pressed last
        callOff(tr("Called off. Nothing was changed."));
    else
        QDialog::reject();
}

void PlanDialog::leave()
{
    callOff({});
    m_hasLeft = m_running;
    if (m_running)
        hide(); // what becomes of it is told all the same
    else
        QDialog::reject();
}

void PlanDialog::submit()
{
    m_running = true;
    m_sub->setText(tr("It is being handed over. Once it runs it can be cancelled in Operations."));
    m_sub->setToken(Token::TextSecondary);
    m_confirm->setEnabled(true);
    m_reason->setEnabled(true);
    updateRun();
    ActionRequest request = m_request;
    request.reason = m_reason->text().trimmed();
    // What was looked at is what is done: a plan of one object names its revision.
    if (m_request.kind != ActionKind::Evacuate && m_request.stamps.isEmpty()
        && (m_request.kind != ActionKind::Move || m_plan->moves.size() == 1)) {
        if (!m_plan->steps.empty())
            request.ifMatch = m_plan->steps.front().expectedRevision;
    }
    if (isHandedOver()) {
        Plan given = *m_plan;
        given.request = request;
        m_submission = m_deck.handOver(given);
    } else {
        m_submission = m_submit(request);
    }
    whenDone(m_submission, this, [this](const Result<OperationPtr> &answer) {
        m_running = false;
        if (m_hasLeft)
            deleteLater();
        if (answer) {
            Q_EMIT started(*answer);
            accept();
            return;
        }
        Error error = answer.error();
        // Who was too late is told field, old and new value; the store knows them first.
        if (error.kind == ErrorKind::Conflict && m_plan) {
            if (QString what = whoWrote(*m_deck.store.current()); !what.isEmpty()) {
                what.chop(1); // the full stop
                error.message = what;
            }
        }
        if (m_hasLeft) {
            Q_EMIT failedUnseen(error.message);
            QDialog::reject();
            return;
        }
        replan();
        // A backend that has no such verb after all: the next try is run from here.
        if (isHandedOver() && error.kind == ErrorKind::Unsupported)
            m_handOver->setChecked(false);
        m_sub->setText(error.kind == ErrorKind::Conflict
                               ? tr("%1. Nothing was changed. This is a fresh plan.").arg(error.message)
                               : tr("Not done: %1. Nothing was changed.").arg(error.message));
        m_sub->setToken(Token::DegradedText);
    });
}

} // namespace Stampdeck

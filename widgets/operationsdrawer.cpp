// SPDX-License-Identifier: GPL-3.0-or-later
#include "operationsdrawer.h"

#include "glyphs.h"
#include "guard.h"
#include "icons.h"
#include "motion.h"
#include "textsize.h"
#include "themes.h"

#include "models/formatter.h"

#include "backends/api/mentions.h"
#include "backends/api/whendone.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QTimer>
#include <QtCore/QTimerEvent>
#include <QtGui/QAccessible>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QAccessibleWidget>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr auto shownFor = std::chrono::minutes(10); // of what has ended
constexpr int maxFinished = 5;

QString iconOf(const Operation &operation)
{
    if (operation.kind == u"drain" || operation.kind == u"evacuate")
        return u"arrow-up-right"_s;
    if (operation.kind == u"scale")
        return u"sliders"_s;
    if (operation.kind == u"cordon")
        return u"slash-circle"_s;
    if (operation.kind == u"uncordon")
        return u"check-circle"_s;
    if (operation.kind == u"drain" || operation.kind == u"evacuate")
        return u"arrow-up-right"_s;
    if (operation.kind == u"create")
        return u"plus-lg"_s;
    if (operation.kind == u"delete")
        return u"trash"_s;
    return u"arrow-right"_s;
}

bool isLive(OperationState state)
{
    return !isFinal(state);
}

QString verbText(OperationVerb verb)
{
    switch (verb) {
    case OperationVerb::Pause:
        return QObject::tr("Pause");
    case OperationVerb::Resume:
        return QObject::tr("Resume");
    case OperationVerb::Cancel:
        return QObject::tr("Cancel");
    case OperationVerb::Rollback:
        return QObject::tr("Roll back");
    case OperationVerb::Undo:
        break;
    }
    return QObject::tr("Undo");
}

QString verbIcon(OperationVerb verb)
{
    switch (verb) {
    case OperationVerb::Pause:
        return u"pause"_s;
    case OperationVerb::Resume:
        return u"play"_s;
    case OperationVerb::Cancel:
        return u"x-lg"_s;
    case OperationVerb::Rollback:
        return u"arrow-counterclockwise"_s;
    case OperationVerb::Undo:
        break;
    }
    return u"arrow-90deg-left"_s;
}

} // namespace

QList<OperationVerb> verbsOf(const Operation &operation)
{
    switch (operation.state) {
    case OperationState::Pending:
    case OperationState::Running:
        if (operation.fromMarks)
            return {}; // somebody else's
        return {OperationVerb::Pause, OperationVerb::Cancel};
    case OperationState::Paused:
        return {OperationVerb::Resume, OperationVerb::Rollback};
    case OperationState::Failed:
        return {OperationVerb::Resume, OperationVerb::Rollback};
    case OperationState::Succeeded:
        if (operation.kind == toString(ActionKind::Delete))
            return {}; // nothing brings it back
        return {OperationVerb::Undo};
    case OperationState::Cancelled: {
        // What was done before stays; it can still be taken back.
        if (stepsDone(operation).first > 0)
            return {OperationVerb::Rollback};
        return {};
    }
    case OperationState::Orphaned:
        if (operation.fromMarks)
            return {OperationVerb::Resume, OperationVerb::Rollback};
        break;
    case OperationState::RollingBack:
    case OperationState::RolledBack:
    case OperationState::Unknown:
        break;
    }
    return {};
}

bool isAbout(const Operation &operation, const QString &stamp)
{
    // Without its source.
    const QString name = nameOfStamp(stamp);
    return mentions(operation.target, name)
        || std::any_of(operation.steps.begin(), operation.steps.end(),
                       [&name](const OperationStep &step) { return mentions(step.title, name); });
}

/// One operation: icon, name, scope, bar, state, and what one can do.
class OperationRow final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::OperationRow)

public:
    explicit OperationRow(OperationsDrawer *drawer)
        : m_drawer(drawer)
        , m_buttons(new QHBoxLayout(this))
    {
        setFixedHeight(withText(OperationsDrawer::rowHeight));
        const int margin = (height() - 28) / 2;
        m_buttons->setContentsMargins(0, margin, 16, margin);
        m_buttons->setSpacing(8);
        m_buttons->addStretch(1);
    }

    /// \a why: why nothing may be asked of it from here; empty when it may.
    void show(const OperationPtr &operation, bool isCutOff, const QString &complaint,
              const QString &why, Timestamp now)
    {
        const bool sameVerbs = m_operation && verbsOf(*m_operation) == verbsOf(*operation);
        m_operation = operation;
        m_cutOff = isCutOff;
        m_complaint = complaint;
        m_state = stateLineOf(*operation, now);
        setObjectName(u"operation "_s + operation->id);
        setAccessibleName(titleOf(*operation));
        setAccessibleDescription(complaint.isEmpty() ? m_state : complaint);
        if (!sameVerbs || m_buttons->count() == 1)
            setVerbs(verbsOf(*operation));
        for (int at = 1; at < m_buttons->count(); ++at) {
            QWidget *button = m_buttons->itemAt(at)->widget();
            button->setEnabled(why.isEmpty());
            button->setToolTip(why);
        }
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        if (!m_operation)
            return;
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Operation &operation = *m_operation;
        const bool isAmber = operation.state == OperationState::Paused || m_cutOff;
        const bool hasFailed = operation.state == OperationState::Failed;
        const Text::Scaled scaled(painter);
        const double width = Text::Scaled::toLook(this->width());
        const double height = Text::Scaled::toLook(this->height());
        painter.fillRect(QRectF(16, 0, width - 32, 1), theme[Token::LineSubtle]);
        if (m_cutOff) {
            painter.setPen(QPen(theme[Token::DegradedEdge], 1));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(QRectF(0, 0, width, height).adjusted(8.5, 2.5, -8.5, -2.5), 4, 4);
        }
        if (hasFailed)
            Glyphs::health(painter, {19, 15, 15, 15}, Health::Unhealthy, theme[Token::BgWindow]);
        else
            Icons::draw(painter, {18, 15}, iconOf(operation), 16, theme[Token::AccentText]);

        const double buttons = Text::Scaled::toLook(buttonsWidth());
        const bool isNarrow = width < 900;
        const double nameWidth = isNarrow ? width * 0.3 : 290;
        painter.setPen(theme[Token::TextPrimary]);
        Text::draw(painter, {44, 19},
                   Text::elided(titleOf(operation), {Text::Face::Ui, 13, 600}, nameWidth),
                   {Text::Face::Ui, 13, 600});
        painter.setPen(theme[Token::TextSecondary]);
        QString scope = tr("by %1").arg(operation.createdBy.isEmpty() ? tr("somebody")
                                                                      : operation.createdBy);
        if (!operation.reason.isEmpty())
            scope += u": " + operation.reason;
        Text::draw(painter, {44, 36}, Text::elided(scope, {Text::Face::Ui, 12, 400}, nameWidth),
                   {Text::Face::Ui, 12, 400});

        const double barX = 44 + nameWidth + 18;
        const double barWidth = isNarrow ? 120 : 300;
        const QRectF bar(barX, 19, barWidth, 8);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme[Token::ResTrack]);
        painter.drawRoundedRect(bar, 2, 2);
        const double progress = std::clamp(operation.progress, 0.0, 1.0);
        painter.setBrush(theme[isAmber             ? Token::DegradedEdge
                                   : hasFailed     ? Token::UnhealthyGlyph
                                   : isFinal(operation.state) ? Token::HealthyGlyph
                                                   : Token::Accent]);
        if (progress > 0)
            painter.drawRoundedRect(QRectF(bar.x(), bar.y(), bar.width() * progress, 8), 2, 2);
        const int steps = int(operation.steps.size());
        if (steps > 1 && steps <= 60) {
            for (int step = 1; step < steps; ++step)
                painter.fillRect(QRectF(bar.x() + bar.width() * step / steps - 0.5, bar.y(), 1, 8),
                                 theme[Token::BgWindow]);
        }

        double x = bar.right() + 14;
        if (operation.state == OperationState::Paused) {
            Icons::draw(painter, {x, 17}, u"pause"_s, 13, theme[Token::DegradedText]);
            x += 18;
        }
        const QString line = m_complaint.isEmpty() ? m_state : m_complaint;
        painter.setPen(theme[!m_complaint.isEmpty() || isAmber ? Token::DegradedText
                                 : hasFailed ? Token::UnhealthyText
                                             : Token::TextPrimary]);
        Text::draw(painter, {x, 27.5},
                   Text::elided(line, {Text::Face::Ui, 13, 400}, width - x - buttons - 28),
                   {Text::Face::Ui, 13, 400});
    }

    bool event(QEvent *event) override
    {
        if (event->type() == QEvent::ToolTip)
            setToolTip(m_complaint.isEmpty() ? m_state : m_complaint);
        return QWidget::event(event);
    }

private:
    [[nodiscard]] double buttonsWidth() const
    {
        double sum = 0;
        for (int at = 1; at < m_buttons->count(); ++at)
            sum += m_buttons->itemAt(at)->sizeHint().width() + 8;
        return sum;
    }
    void setVerbs(const QList<OperationVerb> &verbs)
    {
        while (m_buttons->count() > 1) {
            QLayoutItem *item = m_buttons->takeAt(1);
            if (item->widget()->hasFocus())
                m_drawer->takeFocus(); // it would go to the next field, and keys be typed there
            item->widget()->hide();
            item->widget()->deleteLater();
            delete item;
        }
        for (const OperationVerb verb : verbs) {
            auto *button = new Button(Button::Kind::Plain, verbText(verb), verbIcon(verb), this);
            button->setObjectName(toString(verb));
            button->setAccessibleDescription(titleOf(*m_operation));
            connect(button, &Button::clicked, this, [this, verb] {
                Q_EMIT m_drawer->verbRequested(m_operation->id, verb);
            });
            m_buttons->addWidget(button);
        }
    }

    OperationsDrawer *m_drawer;
    QHBoxLayout *m_buttons;
    OperationPtr m_operation;
    QString m_state;
    QString m_complaint;
    bool m_cutOff = false;
};

OperationsDrawer::OperationsDrawer(Deck &deck, QWidget *parent)
    : Surface(Token::BgWindow, Qt::TopEdge, parent)
    , m_deck(deck)
    , m_title(new TextLine(tr("Operations"), {Text::Face::Ui, 15, 700}, Token::TextPrimary, this))
    , m_summary(new TextLine({}, {Text::Face::Ui, 13, 400}, Token::TextSecondary, this))
    , m_toggle(Button::iconOnly(u"chevron-up"_s, tr("Open operations"), this))
{
    setObjectName(u"drawer"_s);
    setAccessibleName(tr("Operations"));
    m_toggle->setObjectName(u"drawerToggle"_s);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    auto *headRow = new QWidget(this);
    headRow->setFixedHeight(closedHeight);
    auto *head = new QHBoxLayout(headRow);
    head->setContentsMargins(16, 4, 12, 4);
    head->setSpacing(12);
    head->addWidget(m_title);
    head->addWidget(m_summary, 1);
    head->addWidget(m_toggle);
    all->addWidget(headRow);
    auto *area = new QScrollArea(this);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFocusPolicy(Qt::NoFocus);
    area->viewport()->setAutoFillBackground(false);
    m_list = new QWidget;
    m_list->setAutoFillBackground(false);
    m_layout = new QVBoxLayout(m_list);
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(0);
    m_layout->addStretch(1);
    area->setWidget(m_list);
    all->addWidget(area, 1);
    area->hide(); // until it is opened
    m_area = area;
    all->addStretch();
    connect(m_toggle, &Button::clicked, this, [this] { setOpen(!m_open); });
    connect(&deck.feed, &FleetFeed::changed, this, [this](const ChangeSet &slice) {
        if (!slice.operations.isEmpty())
            refresh();
    });
    auto *ages = new QTimer(this);
    connect(ages, &QTimer::timeout, this, &OperationsDrawer::refresh);
    ages->start(1000);
    refresh();
}

void OperationsDrawer::setOpen(bool open)
{
    if (m_open == open)
        return;
    m_open = open;
    m_area->setVisible(open);
    m_toggle->setIconName(open ? u"chevron-down"_s : u"chevron-up"_s);
    m_toggle->setAccessibleName(open ? tr("Close operations") : tr("Open operations"));
    m_toggle->setToolTip(m_toggle->accessibleName());
    refresh();
    Q_EMIT heightChanged();
}

void OperationsDrawer::takeFocus()
{
    m_toggle->setFocus();
}

int OperationsDrawer::wantedHeight() const
{
    if (!m_open)
        return closedHeight;
    return std::clamp(closedHeight + withText(rowHeight) * int(m_order.size()) + 8, openHeight,
                      maxHeight);
}

void OperationsDrawer::setCutOff(const QStringList &operations)
{
    m_cutOff = operations;
    refresh();
    if (!operations.isEmpty())
        setOpen(true);
}

FutureResult<OperationPtr> OperationsDrawer::ask(const QString &operation, OperationVerb verb)
{
    m_complaints.remove(operation);
    // Whoever takes an orphaned one up adopts it: its row says so.
    const auto asked = m_deck.runner.control(operation, verb, m_deck.asker(), Adoption::Yes);
    whenDone(asked, this, [this, operation](const Result<OperationPtr> &answer) {
        if (!answer)
            m_complaints.insert(operation, tr("Not done: %1").arg(answer.error().message));
        else
            m_cutOff.removeAll(operation);
        refresh();
    });
    return asked;
}

void OperationsDrawer::pauseAll()
{
    whenDone(m_deck.runner.pauseAll(m_deck.asker()), this, [this](const Result<PauseReport> &report) {
        if (!report)
            return;
        for (const QString &id : report->paused)
            m_complaints.remove(id);
        for (const auto &[id, error] : report->failed)
            m_complaints.insert(id, tr("Not paused: %1").arg(error.message));
        refresh();
    });
}

void OperationsDrawer::refresh()
{
    const Timestamp now = m_deck.clock.now();
    std::vector<OperationPtr> live;
    std::vector<OperationPtr> ended;
    for (const OperationPtr &operation : m_deck.fleet().operations) {
        if (isLive(operation->state) || m_cutOff.contains(operation->id))
            live.push_back(operation);
        else if (operation->updatedAt && now - *operation->updatedAt < shownFor)
            ended.push_back(operation);
    }
    const auto newest = [](const OperationPtr &a, const OperationPtr &b) {
        return a->createdAt != b->createdAt ? a->createdAt > b->createdAt : a->id < b->id;
    };
    std::sort(live.begin(), live.end(), [&](const OperationPtr &a, const OperationPtr &b) {
        const bool aCut = m_cutOff.contains(a->id);
        const bool bCut = m_cutOff.contains(b->id);
        return aCut != bCut ? aCut : newest(a, b);
    });
    std::sort(ended.begin(), ended.end(), newest);
    if (ended.size() > size_t(maxFinished))
        ended.resize(size_t(maxFinished));

    int running = 0;
    int paused = 0;
    int failed = 0;
    for (const OperationPtr &operation : live) {
        if (operation->state == OperationState::Paused)
            ++paused;
        else if (isLive(operation->state))
            ++running;
    }
    for (const OperationPtr &operation : ended)
        failed += operation->state == OperationState::Failed;
    QStringList parts;
    if (running)
        parts.append(tr("%1 running").arg(running));
    if (paused)
        parts.append(tr("%1 paused").arg(paused));
    if (failed)
        parts.append(tr("%1 failed").arg(failed));
    if (parts.isEmpty())
        parts.append(tr("none running"));
    m_summary->setText(parts.join(u", "));

    live.insert(live.end(), ended.begin(), ended.end());
    QStringList order;
    for (const OperationPtr &operation : live)
        order.append(operation->id);
    const bool isOther = order != m_order;
    if (isOther) {
        for (const QString &id : std::as_const(m_order)) {
            if (!order.contains(id)) {
                OperationRow *row = m_rows.take(id);
                row->hide();
                row->deleteLater();
            }
        }
        for (int at = 0; at < order.size(); ++at) {
            OperationRow *&row = m_rows[order[at]];
            if (!row)
                row = new OperationRow(this);
            m_layout->removeWidget(row);
            m_layout->insertWidget(at, row);
        }
        m_order = order;
    }
    for (const OperationPtr &operation : live) {
        m_rows.value(operation->id)
                ->show(operation, m_cutOff.contains(operation->id),
                       m_complaints.value(operation->id), whyNot(*operation), now);
    }
    if (isOther)
        Q_EMIT heightChanged();
}

QString OperationsDrawer::whyNot(const Operation &operation) const
{
    return Guard::whyNotControlled(m_deck, operation.id);
}

void OperationsDrawer::mousePressEvent(QMouseEvent *event)
{
    if (event->position().y() < closedHeight)
        setOpen(!m_open);
}

void OperationsDrawer::paintEvent(QPaintEvent *event)
{
    Surface::paintEvent(event);
    if (m_open && m_order.isEmpty()) {
        QPainter painter(this);
        painter.setPen(Theme::current()[Token::TextSecondary]);
        Text::draw(painter, {16, closedHeight + 28.0},
                   tr("Nothing is running. What is started from here, and by others, shows up."),
                   {Text::Face::Ui, 13, 400});
    }
}

namespace {

/// Assistive technology says an alert that comes, wherever the focus is.
QAccessibleInterface *alertOf(const QString &, QObject *object)
{
    if (auto *toast = qobject_cast<UndoToast *>(object))
        return new QAccessibleWidget(toast, QAccessible::AlertMessage);
    return nullptr;
}

} // namespace

UndoToast::UndoToast(QWidget *parent)
    : QWidget(parent)
    , m_undo(new Button(Button::Kind::Plain, tr("Undo"), u"arrow-90deg-left"_s, this))
{
    static const bool isInstalled = [] {
        QAccessible::installFactory(alertOf);
        return true;
    }();
    Q_UNUSED(isInstalled)
    setObjectName(u"toast"_s);
    setFixedSize(boxSize + QSize(5, 5)); // and its shadow
    m_undo->setObjectName(u"toastUndo"_s);
    m_undo->setKey(u"U"_s);
    const QSize size = m_undo->sizeHint();
    m_undo->setGeometry(420 - size.width() - 14, 16, size.width(), 28);
    connect(m_undo, &Button::clicked, this, [this] {
        hide();
        Q_EMIT undoPressed(m_operation);
    });
    QWidget::hide();
}

void UndoToast::setTime(std::chrono::milliseconds time)
{
    m_life = int(time.count());
    m_left = std::min(m_left, m_life);
}

void UndoToast::show(const QString &what, const QString &operation, Outcome outcome)
{
    m_what = what;
    m_operation = operation;
    m_outcome = outcome;
    m_left = m_life;
    m_undo->setVisible(!operation.isEmpty());
    setAccessibleName(what);
    setToolTip(what);
    if (!m_timer)
        m_timer = startTimer(50);
    const bool comes = isHidden();
    QWidget::show();
    if (comes)
        Motion::place(this, geometry(), pos() + QPoint(0, margin), Motion::toastTime);
    raise();
    update();
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void UndoToast::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_timer)
        return;
    if (underMouse() || m_undo->hasFocus()) // somebody reaches for it
        return;
    m_left -= 50;
    if (m_left <= 0) {
        killTimer(m_timer);
        m_timer = 0;
        hide();
    }
    update();
}

void UndoToast::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(QRectF(5, 5, 420, 64), theme[Token::StampShadow]);
    painter.setPen(QPen(theme[Token::LineStrong], 1));
    painter.setBrush(theme[Token::BgPanel]);
    painter.drawRoundedRect(QRectF(0.5, 0.5, 419, 63), 4, 4);
    if (m_outcome == Outcome::Failed)
        Icons::draw(painter, {16, 23}, u"exclamation-triangle"_s, 16, theme[Token::DegradedGlyph]);
    else
        Icons::draw(painter, {16, 23}, u"check-circle"_s, 16, theme[Token::HealthyGlyph]);
    painter.setPen(theme[Token::TextPrimary]);
    constexpr Text::Style style{Text::Face::Ui, 13, 600};
    constexpr double left = 42;
    const double right = m_undo->isHidden() ? boxSize.width() - 14 : m_undo->x() - 12;
    const QStringList lines = Text::wrapped(m_what, style, right - left, 2);
    double baseline = lines.size() > 1 ? 27 : 36;
    for (const QString &line : lines) {
        Text::draw(painter, {left, baseline}, line, style);
        baseline += withText(18);
    }
    painter.fillRect(QRectF(1, 60, 418.0 * m_left / m_life, 3), theme[Token::Accent]);
}

} // namespace Stampdeck

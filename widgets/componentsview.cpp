// SPDX-License-Identifier: GPL-3.0-or-later
#include "componentsview.h"

#include "glyphs.h"
#include "icons.h"
#include "style.h"
#include "themes.h"

#include "models/formatter.h"

#include <QtCore/QCoreApplication>
#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QDoubleSpinBox>
#include <QtWidgets/QFormLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr Text::Style sectionStyle = Text::sectionHead;
constexpr Text::Style nameStyle = Text::rowTitle;
constexpr Text::Style smallStyle = Text::secondLine;
constexpr int maxReplicas = 1000; // where a backend tells no bound

std::optional<double> &limitOf(ScaleSetting &setting, ResourceKind kind)
{
    return kind == ResourceKind::Cpu ? setting.cpu
        : kind == ResourceKind::Memory ? setting.memory
                                       : setting.storage;
}

double limitStep(ResourceKind kind, double limit)
{
    if (kind == ResourceKind::Cpu)
        return limit >= 32 ? 4 : 1;
    const double gib = 1LL << 30;
    return limit >= 1024 * gib ? 256 * gib : limit >= 64 * gib ? 16 * gib : 4 * gib;
}

QString ruleWords(const Component &component)
{
    if (!component.rule)
        return {};
    const ScalingRule &rule = *component.rule;
    const QString target = rule.signal == SignalKind::LatencyP99 ? Format::latency(rule.target)
        : rule.signal == SignalKind::RequestsPerSecond            ? Format::rate(rule.target)
                                                                  : Format::percent(rule.target);
    //: %1 the signal of a scaling rule, %2 its target; %3 to %4 replicas
    QString words = component.min && component.max
        ? QObject::tr("rule: %1 %2, %3 to %4")
              .arg(Format::word(rule.signal), target)
              .arg(*component.min)
              .arg(*component.max)
        : QObject::tr("rule: %1 %2").arg(Format::word(rule.signal), target);
    if (!rule.lastWhy.isEmpty())
        words += u"; " + rule.lastWhy;
    return words;
}

} // namespace

void ScaleDraft::setReplicas(const Stamp &stamp, const QString &component, int replicas)
{
    for (const Component &one : stamp.components) {
        if (one.name == component && one.desired == replicas) {
            m_setting.components.remove(component);
            return;
        }
    }
    m_setting.components.insert(component, replicas);
}

void ScaleDraft::setLimit(const Stamp &stamp, ResourceKind kind, double limit)
{
    const std::optional<double> now = stamp.resources[kind].limit;
    limitOf(m_setting, kind) = now && qFuzzyCompare(*now, limit) ? std::nullopt
                                                                  : std::optional(limit);
}

void ScaleDraft::setRule(const Stamp &stamp, const QString &component,
                         const std::optional<RuleSetting> &rule)
{
    std::erase_if(m_setting.rules, [&](const auto &one) { return one.first == component; });
    for (const Component &one : stamp.components) {
        if (one.name != component)
            continue;
        if (!rule && !one.rule)
            return;
        if (rule && one.rule && one.rule->signal == rule->signal
            && qFuzzyCompare(one.rule->target, rule->target) && one.min == rule->min
            && one.max == rule->max && one.rule->cooldown == rule->cooldown)
            return;
    }
    m_setting.rules.emplace_back(component, rule);
    if (rule)
        m_setting.components.remove(component); // the rule owns the count
}

void ScaleDraft::dropReached(const Stamp &stamp)
{
    const ScaleSetting asked = m_setting;
    for (auto one = asked.components.cbegin(); one != asked.components.cend(); ++one)
        setReplicas(stamp, one.key(), one.value());
    for (const ResourceKind kind : {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage}) {
        if (const auto limit = limitOf(const_cast<ScaleSetting &>(asked), kind))
            setLimit(stamp, kind, *limit);
    }
    for (const auto &[component, rule] : asked.rules)
        setRule(stamp, component, rule);
}

int ScaleDraft::replicas(const Component &component) const
{
    return m_setting.components.value(component.name, component.desired);
}

std::optional<double> ScaleDraft::limit(const Stamp &stamp, ResourceKind kind) const
{
    const std::optional<double> drafted = limitOf(const_cast<ScaleSetting &>(m_setting), kind);
    return drafted ? drafted : stamp.resources[kind].limit;
}

QString ScaleDraft::summary(const Stamp &stamp) const
{
    QStringList parts;
    for (auto it = m_setting.components.cbegin(); it != m_setting.components.cend(); ++it) {
        const auto component = std::find_if(stamp.components.begin(), stamp.components.end(),
                                            [&](const Component &one) {
                                                return one.name == it.key();
                                            });
        parts.append(component == stamp.components.end()
                             ? QString(it.key() + u' ' + QString::number(*it))
                             : QObject::tr("%1 %2 to %3")
                                       .arg(it.key())
                                       .arg(component->desired)
                                       .arg(*it));
    }
    for (const ResourceKind kind :
         {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage}) {
        if (const auto &wanted = limitOf(const_cast<ScaleSetting &>(m_setting), kind))
            parts.append(QObject::tr("%1 to %2").arg(Format::name(kind),
                                                     Format::amount(kind, *wanted)));
    }
    for (const auto &[component, rule] : m_setting.rules)
        parts.append(rule ? QObject::tr("a rule for %1").arg(component)
                          : QObject::tr("no rule for %1").arg(component));
    return parts.join(u", ");
}

namespace {

constexpr Text::Style wordsStyle{Text::Face::Ui, 12, 600};

} // namespace

Stepper::Stepper(const QString &name, QWidget *parent)
    : QWidget(parent)
{
    setFixedSize(100, 28);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(name);
    setObjectName(u"stepper "_s + name);
}

void Stepper::setBounds(double least, double most, double step)
{
    m_least = least;
    m_most = most;
    m_step = step;
    update();
}

void Stepper::setValue(double value, const QString &words)
{
    m_value = value;
    m_words = words;
    setAccessibleDescription(words);
    update();
}

void Stepper::setChanged(bool changed)
{
    m_changed = changed;
    update();
}

void Stepper::want(double value)
{
    const double bounded = std::clamp(value, m_least, std::max(m_least, m_most));
    if (!qFuzzyCompare(bounded + 1, m_value + 1))
        Q_EMIT valueWanted(bounded);
}

void Stepper::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool isFixed = !isEnabled() || m_least >= m_most;
    const bool isMarked = m_changed || hasFocus();
    painter.setPen(QPen(theme[isMarked ? Token::AccentLine : Token::LineDefault],
                        isMarked ? 2 : 1));
    painter.setBrush(theme[isFixed ? Token::BgPanel : Token::BgRaised]);
    const double in = isMarked ? 1 : 0.5;
    painter.drawRoundedRect(QRectF(rect()).adjusted(in, in, -in, -in), 4, 4);
    painter.fillRect(QRectF(28, 2, 1, 24), theme[Token::LineSubtle]);
    painter.fillRect(QRectF(width() - 29, 2, 1, 24), theme[Token::LineSubtle]);
    const bool canLess = !isFixed && m_value > m_least;
    const bool canMore = !isFixed && m_value < m_most;
    Icons::draw(painter, {7, 7}, u"dash-lg"_s, 14,
                theme[canLess ? Token::TextPrimary : Token::TextDisabled]);
    Icons::draw(painter, {width() - 21.0, 7}, u"plus-lg"_s, 14,
                theme[canMore ? Token::TextPrimary : Token::TextDisabled]);
    painter.setPen(theme[isFixed ? Token::TextDisabled
                             : m_changed ? Token::AccentText : Token::TextPrimary]);
    Text::draw(painter, {width() / 2.0, 18.5}, Text::elided(m_words, wordsStyle, width() - 58),
               wordsStyle, Text::Align::Center);
}

void Stepper::mousePressEvent(QMouseEvent *event)
{
    if (event->position().x() < 29)
        want(m_value - m_step);
    else if (event->position().x() > width() - 30)
        want(m_value + m_step);
}

void Stepper::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Up:
    case Qt::Key_Right:
    case Qt::Key_Plus:
        want(m_value + m_step);
        break;
    case Qt::Key_Down:
    case Qt::Key_Left:
    case Qt::Key_Minus:
        want(m_value - m_step);
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

void Stepper::focusInEvent(QFocusEvent *event)
{
    QWidget::focusInEvent(event);
    update();
}

void Stepper::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    update();
}

RuleDialog::RuleDialog(const Component &component, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"rule"_s);
    setWindowTitle(tr("Scaling rule of %1").arg(component.name));
    setModal(true);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(20, 16, 20, 16);
    all->setSpacing(12);
    all->addWidget(new TextLine(windowTitle(), Text::dialogTitle));
    all->addWidget(new TextLine(tr("The backend changes the replicas by itself to keep the target."),
                                {Text::Face::Ui, 13, 400}, Token::TextSecondary));
    auto *form = new QFormLayout;
    form->setSpacing(8);
    auto *signal = new QComboBox;
    signal->setObjectName(u"ruleSignal"_s);
    signal->addItem(tr("cpu"), int(SignalKind::Cpu));
    signal->addItem(tr("memory"), int(SignalKind::Memory));
    signal->addItem(tr("requests per second and replica"), int(SignalKind::RequestsPerSecond));
    signal->addItem(tr("p99 latency"), int(SignalKind::LatencyP99));
    auto *target = new QDoubleSpinBox;
    target->setObjectName(u"ruleTarget"_s);
    target->setDecimals(0);
    auto *least = new QSpinBox;
    least->setObjectName(u"ruleMin"_s);
    auto *most = new QSpinBox;
    most->setObjectName(u"ruleMax"_s);
    for (QSpinBox *box : {least, most})
        box->setRange(0, maxReplicas);
    auto *cooldown = new QSpinBox;
    cooldown->setObjectName(u"ruleCooldown"_s);
    cooldown->setRange(0, 86'400);
    cooldown->setSuffix(u' ' + tr("s", "unit"));
    form->addRow(tr("Signal"), signal);
    form->addRow(tr("Target"), target);
    form->addRow(tr("At least"), least);
    form->addRow(tr("At most"), most);
    form->addRow(tr("Cooldown"), cooldown);
    all->addLayout(form);

    const auto unit = [signal, target] {
        const auto kind = SignalKind(signal->currentData().toInt());
        const bool isRatio = kind == SignalKind::Cpu || kind == SignalKind::Memory;
        target->setRange(1, isRatio ? 100 : 1e6);
        target->setSuffix(isRatio                           ? u" %"_s
                                  : kind == SignalKind::LatencyP99 ? u" ms"_s
                                                                   : u" /s"_s);
    };
    connect(signal, &QComboBox::currentIndexChanged, this, unit);
    const RuleSetting fallback;
    const SignalKind kind = component.rule ? component.rule->signal : fallback.signal;
    signal->setCurrentIndex(int(kind));
    unit();
    const double was = component.rule ? component.rule->target : fallback.target;
    const bool isRatio = kind == SignalKind::Cpu || kind == SignalKind::Memory;
    target->setValue(isRatio ? was * 100 : was);
    least->setValue(component.min.value_or(std::max(1, component.desired)));
    most->setValue(component.max.value_or(std::max(fallback.max, component.desired)));
    cooldown->setValue(int(std::chrono::duration_cast<std::chrono::seconds>(
                                   component.rule ? component.rule->cooldown : fallback.cooldown)
                                   .count()));

    auto *foot = new QHBoxLayout;
    foot->addStretch(1);
    if (component.rule) {
        auto *none = new Button(Button::Kind::Plain, tr("No rule"));
        none->setObjectName(u"noRule"_s);
        foot->addWidget(none);
        connect(none, &Button::clicked, this, [this] {
            m_rule.reset();
            accept();
        });
    }
    auto *cancel = new Button(Button::Kind::Plain, tr("Cancel"));
    auto *take = new Button(Button::Kind::Primary, tr("Take"));
    take->setObjectName(u"takeRule"_s);
    foot->addWidget(cancel);
    foot->addWidget(take);
    all->addLayout(foot);
    connect(cancel, &Button::clicked, this, &QDialog::reject);
    connect(take, &Button::clicked, this, [=, this] {
        RuleSetting rule;
        rule.signal = SignalKind(signal->currentData().toInt());
        const bool percent = rule.signal == SignalKind::Cpu || rule.signal == SignalKind::Memory;
        rule.target = percent ? target->value() / 100 : target->value();
        rule.min = least->value();
        rule.max = std::max(least->value(), most->value());
        rule.cooldown = std::chrono::seconds(cooldown->value());
        m_rule = rule;
        accept();
    });
}

/// One component: shape, name, a block for each replica, the count, the stepper, the rule.
class ComponentsView::Row final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::ComponentsView)

public:
    Row(const QString &name, bool canScale, bool canRule)
        : m_canScale(canScale)
        , stepper(new Stepper(name, this))
        , rule(new Button(Button::Kind::Link, tr("Rule…"), {}, this))
    {
        setFixedHeight(52);
        stepper->setVisible(canScale);
        rule->setVisible(canRule);
        rule->setObjectName(u"rule "_s + name);
        rule->setAccessibleName(tr("Rule of %1").arg(name));
    }

    void show(const Component &component, int wanted)
    {
        m_component = component;
        m_wanted = wanted;
        const int least = component.min.value_or(0);
        const int most = component.max.value_or(maxReplicas);
        const bool isOwned = component.rule.has_value();
        stepper->setBounds(least, most, 1);
        stepper->setValue(wanted, QString::number(wanted));
        stepper->setChanged(wanted != component.desired);
        stepper->setEnabled(!isOwned && least < most);
        m_note.clear();
        if (isOwned)
            m_note = ruleWords(component);
        else if (component.min && component.max && *component.min == *component.max)
            m_note = tr("fixed: min = max");
        stepper->setToolTip(isOwned ? tr("Its rule owns the count: change the rule") : m_note);
        setAccessibleName(tr("%1: %2 of %3 ready").arg(component.name).arg(component.ready)
                                  .arg(component.desired));
        update();
    }

protected:
    void resizeEvent(QResizeEvent *event) override
    {
        QWidget::resizeEvent(event);
        stepper->move(width() - 100, 6);
        const QSize size = rule->sizeHint();
        rule->setGeometry(width() - (m_canScale ? 110 : 0) - size.width(), 8, size.width(), 24);
    }
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        Glyphs::health(painter, {0, 13, 13, 13}, m_component.health, theme[Token::BgPanel]);
        painter.setPen(theme[Token::TextPrimary]);
        Text::draw(painter, {20, 25}, Text::elidedName(m_component.name, nameStyle, 66), nameStyle);
        // The count stands left of what can be pressed.
        const double end = width() - (m_canScale ? 110 : 0)
            - (rule->isVisible() ? std::max(56, rule->width() + 6) : 0);
        const QString count = u"%1 / %2"_s.arg(m_component.ready).arg(m_component.desired);
        const bool isShort = m_component.ready < m_component.desired;
        painter.setPen(theme[isShort ? Token::UnhealthyText : Token::TextPrimary]);
        Text::draw(painter, {end, 25}, count, nameStyle, Text::Align::Right);
        const double from = 92;
        const double room = end - Text::width(count, nameStyle) - 10 - from;
        const int most = std::max(m_component.max.value_or(m_component.desired),
                                  std::max(m_component.desired, m_wanted));
        // Those that are wanted are all there: smaller where the room is small, in the end without gaps.
        const int needed = std::max({m_component.ready, m_component.desired, m_wanted, 1});
        const int fits = std::max(0, int(room / 9));
        const bool isRoomy = needed <= fits;
        // One a pixel at the most: of thousands a block stands for several, and is as bad as the worst of them.
        const int blocks = isRoomy ? std::min(most, fits) : std::min(needed, std::max(0, int(room)));
        const double pitch = isRoomy ? 9 : room / std::max(1, blocks);
        const double each = isRoomy ? 1 : double(needed) / std::max(1, blocks);
        const double gap = pitch >= 5 ? 2 : pitch >= 2 ? 1 : 0;
        for (int block = 0; block < blocks; ++block) {
            const double left = std::round(from + block * pitch);
            const double wide = std::round(from + (block + 1) * pitch) - gap - left;
            const QRectF box(left, 14, std::max(wide, 1.0), 11);
            const auto at = qint64(block * each);
            const auto last = std::max(at, qint64(std::ceil((block + 1) * each)) - 1);
            if (m_component.ready < m_component.desired && last >= m_component.ready
                && at < m_component.desired) {
                painter.fillRect(box, theme[Token::UnhealthyCell]);
            } else if (at < m_component.desired) {
                painter.fillRect(box, theme[Token::ResUsed]);
            } else if (at < m_wanted) {
                painter.fillRect(box, theme[Token::ResAfter]);
            } else if (box.width() < 4) {
                painter.fillRect(box, theme[Token::ResTrack]);
            } else {
                painter.setPen(QPen(theme[Token::LineDefault], 1));
                painter.setBrush(Qt::NoBrush);
                painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5));
            }
        }
        painter.setPen(theme[Token::TextSecondary]);
        Text::draw(painter, {20, 43}, Text::elided(m_note, smallStyle, width() - 24), smallStyle);
        painter.fillRect(0, height() - 1, width(), 1, theme[Token::LineSubtle]);
    }

private:
    Component m_component;
    int m_wanted = 0;
    bool m_canScale;
    QString m_note;

public:
    Stepper *stepper;
    Button *rule;
};

ComponentsView::ComponentsView(Deck &deck, QWidget *parent)
    : QWidget(parent)
    , m_deck(deck)
{
    setObjectName(u"components"_s);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(4);
    auto *head = new QHBoxLayout;
    head->addWidget(new TextLine(tr("Components"), sectionStyle), 1);
    head->addWidget(new TextLine(tr("ready / desired"), smallStyle, Token::TextSecondary));
    all->addLayout(head);
    m_note = new TextLine({}, smallStyle, Token::TextSecondary);
    m_note->setObjectName(u"scaleNote"_s);
    all->addWidget(m_note);
    m_rows = new QVBoxLayout;
    m_rows->setSpacing(0);
    all->addLayout(m_rows);

    m_bar = new Surface(Token::AccentSoft);
    m_bar->setObjectName(u"changes"_s);
    auto *bar = new QHBoxLayout(m_bar);
    bar->setContentsMargins(12, 6, 8, 6);
    bar->setSpacing(8);
    m_sum = new TextLine({}, nameStyle);
    m_sum->setObjectName(u"changesSum"_s);
    bar->addWidget(m_sum, 1);
    auto *discardButton = new Button(Button::Kind::Plain, tr("Discard"));
    discardButton->setObjectName(u"discard"_s);
    auto *planButton = new Button(Button::Kind::Primary, tr("Plan…"));
    planButton->setObjectName(u"planChanges"_s);
    bar->addWidget(discardButton);
    bar->addWidget(planButton);
    all->addWidget(m_bar);
    m_bar->hide();
    connect(discardButton, &Button::clicked, this, &ComponentsView::discard);
    connect(planButton, &Button::clicked, this, [this] {
        ActionRequest request;
        request.kind = ActionKind::Scale;
        request.stamp = m_stamp;
        request.scale = m_draft.setting();
        Q_EMIT planRequested(request);
    });
}

void ComponentsView::setStamp(const QString &id)
{
    if (id == m_stamp)
        return;
    m_stamp = id;
    m_draft.clear();
    m_shape.clear();
    refresh();
}

void ComponentsView::discard()
{
    m_draft.clear();
    refresh();
}

void ComponentsView::refresh()
{
    const StampEntry *entry = m_deck.stamp(m_stamp);
    if (!entry)
        return;
    const SourceState &source = m_deck.fleet().sourceOf(*entry);
    QString shape = m_stamp + QString::number(source.capabilities.toInt())
        + (source.readOnly ? u"r" : u"w") + (m_deck.acts() ? u"a" : u"p");
    for (const Component &component : entry->stamp->components)
        shape += u'\n' + component.name;
    if (shape != m_shape) {
        m_shape = shape;
        rebuild(*entry, source);
    }
    const Stamp &stamp = *entry->stamp;
    m_draft.dropReached(stamp);
    for (int at = 0; at < m_components.size() && at < stamp.components.size(); ++at)
        m_components[at]->show(stamp.components[at], m_draft.replicas(stamp.components[at]));
    for (const auto &[kind, stepper] : std::as_const(m_limits)) {
        const std::optional<double> limit = m_draft.limit(stamp, kind);
        const double now = limit.value_or(0);
        const double step = limitStep(kind, now);
        stepper->setBounds(step, std::max(now * 16, step), step);
        stepper->setValue(now,
                          !limit                          ? Format::none()
                              : kind == ResourceKind::Cpu ? Format::number(*limit)
                                                          : Format::amount(kind, limit));
        stepper->setChanged(limit != stamp.resources[kind].limit);
        stepper->setEnabled(limit.has_value());
    }
    updateBar(stamp);
}

void ComponentsView::rebuild(const StampEntry &entry, const SourceState &source)
{
    while (QLayoutItem *item = m_rows->takeAt(0)) {
        if (QWidget *widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
    m_components.clear();
    m_limits.clear();
    const bool mayWrite = m_deck.acts() && !source.readOnly;
    const bool canScale = mayWrite && source.capabilities.testFlag(Capability::ScaleComponents);
    const bool canLimit = mayWrite && source.capabilities.testFlag(Capability::ScaleResources);
    const bool canRule = mayWrite && source.capabilities.testFlag(Capability::ScalingRules);
    QString note;
    if (!mayWrite)
        note = m_deck.feed.isPast() ? tr("You look at the past.")
            : m_deck.readOnly       ? tr("Started read only.")
                                    : tr("%1 is read only.").arg(source.name);
    else if (!canScale && !canLimit)
        note = tr("%1 cannot scale.").arg(source.name);
    else if (!canScale)
        note = tr("%1 cannot scale components.").arg(source.name);
    else if (!canLimit)
        note = tr("%1 cannot change limits.").arg(source.name);
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());

    for (const Component &component : entry.stamp->components) {
        auto *row = new Row(component.name, canScale, canRule);
        const QString name = component.name;
        connect(row->stepper, &Stepper::valueWanted, this, [this, name](double value) {
            if (const StampEntry *now = m_deck.stamp(m_stamp)) {
                m_draft.setReplicas(*now->stamp, name, int(std::lround(value)));
                refresh();
            }
        });
        connect(row->rule, &Button::clicked, this, [this, name] {
            const StampEntry *now = m_deck.stamp(m_stamp);
            if (!now)
                return;
            for (const Component &one : now->stamp->components) {
                if (one.name != name)
                    continue;
                auto *dialog = new RuleDialog(one, this);
                dialog->setAttribute(Qt::WA_DeleteOnClose);
                connect(dialog, &QDialog::accepted, this, [this, dialog, name] {
                    if (const StampEntry *later = m_deck.stamp(m_stamp))
                        m_draft.setRule(*later->stamp, name, dialog->rule());
                    refresh();
                });
                dialog->open();
                return;
            }
        });
        m_components.append(row);
        m_rows->addWidget(row);
    }
    if (entry.stamp->components.isEmpty()) {
        m_rows->addWidget(new TextLine(tr("%1 tells of no components.").arg(source.name),
                                       smallStyle, Token::TextSecondary));
    }
    if (canLimit) {
        for (const ResourceKind kind :
             {ResourceKind::Cpu, ResourceKind::Memory, ResourceKind::Storage}) {
            auto *line = new QWidget;
            auto *row = new QHBoxLayout(line);
            row->setContentsMargins(20, 5, 0, 5);
            row->addWidget(new TextLine(tr("%1 limit").arg(Format::name(kind)), smallStyle), 1);
            auto *stepper = new Stepper(tr("%1 limit").arg(Format::name(kind)));
            stepper->setFixedWidth(128); // "1,023 GiB"
            row->addWidget(stepper);
            connect(stepper, &Stepper::valueWanted, this, [this, kind = kind](double value) {
                if (const StampEntry *now = m_deck.stamp(m_stamp)) {
                    m_draft.setLimit(*now->stamp, kind, value);
                    refresh();
                }
            });
            m_limits.append({kind, stepper});
            m_rows->addWidget(line);
        }
    }
}

void ComponentsView::updateBar(const Stamp &stamp)
{
    const QString sum = m_draft.summary(stamp);
    m_sum->setText(sum);
    m_sum->setToolTip(sum);
    m_bar->setVisible(!m_draft.isEmpty());
}

/// "44.6 used · 43.2 reserved · 48 cores": all in the unit of the limit.
QString CapacityView::amountsOf(ResourceKind kind, const Resource &resource, bool isWhole)
{
    if (!resource.limit && !resource.taken())
        return Format::notKnown();
    const auto amount = [&](std::optional<double> value) {
        if (!resource.limit)
            return Format::amount(kind, value);
        const QString ofLimit = Format::ofLimit(kind, {resource.limit, std::nullopt, value});
        return ofLimit.section(u" / "_s, 0, 0);
    };
    QStringList parts;
    if (resource.used)
        parts.append(tr("%1 used").arg(amount(resource.used)));
    if (resource.reserved && (isWhole || !resource.used))
        parts.append(tr("%1 reserved").arg(amount(resource.reserved)));
    parts.append(resource.limit ? Format::amount(kind, resource.limit) : tr("limit not known"));
    return parts.join(u" · ");
}

CapacityView::CapacityView(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(u"capacity"_s);
    setFixedHeight(30 + 4 * 42);
}

void CapacityView::show(const StampEntry &entry, const SourceState &source,
                        const Outlooks &outlooks)
{
    m_outlooks.clear();
    for (const Outlook &outlook : outlooks)
        m_outlooks.insert(outlook.kind, outlook);
    m_resources = entry.resources;
    m_owned = entry.owned;
    m_gate = source.objectives.load;
    QStringList parts;
    for (const ResourceKind kind : allResources) {
        QString part = Format::name(kind) + u' ' + Format::ofLimit(kind, m_resources[kind]);
        if (const auto outlook = m_outlooks.constFind(kind); outlook != m_outlooks.constEnd())
            part += u' ' + fullText(*outlook);
        parts.append(part);
    }
    setAccessibleName(parts.join(u", "));
    update();
}

void CapacityView::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double right = width();
    painter.setPen(theme[Token::TextPrimary]);
    Text::draw(painter, {0, 17}, tr("Capacity"), sectionStyle);
    if (width() >= 320) {
        double x = right;
        const auto legend = [&](const QString &word, Token token, bool isTick) {
            x -= Text::width(word, smallStyle);
            painter.setPen(theme[Token::TextSecondary]);
            Text::draw(painter, {x, 16}, word, smallStyle);
            x -= 15;
            painter.fillRect(isTick ? QRectF(x + 6, 5, 1.5, 13) : QRectF(x, 8, 10, 8), theme[token]);
            x -= 12;
        };
        legend(tr("limit"), Token::ResLimit, true);
        legend(tr("reserved"), Token::ResReserved, false);
        legend(tr("used"), Token::ResUsed, false);
    }
    double y = 30;
    for (const ResourceKind kind : allResources) {
        const Resource &resource = m_resources[kind];
        painter.setPen(theme[Token::TextPrimary]);
        Text::draw(painter, {0, y + 13}, Format::name(kind), {Text::Face::Ui, 12, 600});
        double share = Text::width(Format::name(kind), {Text::Face::Ui, 12, 600}) + 12;
        if (const auto outlook = m_outlooks.constFind(kind); outlook != m_outlooks.constEnd()) {
            const QString full = fullText(*outlook);
            painter.setPen(theme[outlook->isSoon() ? Token::DegradedText : Token::TextSecondary]);
            Text::draw(painter, {share, y + 13}, full, smallStyle);
            share += Text::width(full, smallStyle) + 12;
        }
        QString words = amountsOf(kind, resource, true);
        if (Text::width(words, smallStyle) > right - share)
            words = amountsOf(kind, resource, false); // the bar has it
        const std::optional<double> load = resource.load();
        painter.setPen(theme[load && *load > 1                 ? Token::UnhealthyText
                                 : load && *load > m_gate ? Token::DegradedText
                                                          : Token::TextSecondary]);
        Text::draw(painter, {right, y + 13}, Text::elided(words, smallStyle, right - share),
                   smallStyle, Text::Align::Right);
        const QRectF box(0, y + 20, right, 12);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme[Token::ResTrack]);
        painter.drawRoundedRect(box, 2, 2);
        if (resource.limit && *resource.limit > 0) {
            const auto part = [&](const std::optional<double> &value) {
                return right * std::clamp(value.value_or(0) / *resource.limit, 0.0, 1.0);
            };
            painter.setBrush(theme[Token::ResReserved]);
            painter.drawRoundedRect(QRectF(0, y + 20, part(resource.reserved), 12), 2, 2);
            painter.setBrush(theme[Token::ResUsed]);
            painter.drawRoundedRect(QRectF(0, y + 22, part(resource.used), 8), 2, 2);
            painter.fillRect(QRectF(right - 1.5, y + 17, 1.5, 18), theme[Token::ResLimit]);
        }
        y += 42;
    }
}

} // namespace Stampdeck

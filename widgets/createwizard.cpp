// SPDX-License-Identifier: GPL-3.0-or-later
#include "createwizard.h"

#include "controls.h"
#include "icons.h"

#include "models/planner.h"

#include <QtCore/QCoreApplication>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtGui/QPainterPath>
#include <QtGui/QShortcut>
#include <QtWidgets/QAbstractSpinBox>
#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int headHeight = 80;
constexpr int stripHeight = 64;
constexpr int footHeight = 64;
constexpr int margin = 24;
constexpr int labelWidth = 120;
constexpr int controlWidth = 220;

using Face = Text::Face;
constexpr Text::Style titleStyle = Text::dialogTitle;
constexpr Text::Style sectionStyle = Text::sectionHead;
constexpr Text::Style bodyStyle = Text::body;
constexpr Text::Style nameStyle = Text::rowTitle;
constexpr Text::Style smallStyle = Text::secondLine;
constexpr Text::Style numberStyle{Face::Ui, 11, 600};

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

/// A field for an amount: takes any text, which is checked elsewhere, and steps within its range.
class AmountField final : public QAbstractSpinBox
{
public:
    explicit AmountField(const TemplateParameter &parameter)
        : m_parameter(parameter)
    {
        lineEdit()->setText(parameter.isRequired() ? QString()
                                                   : wordOf(parameter, parameter.defaultValue));
        lineEdit()->setFont(Text::font({Face::Mono, 13, 400}));
    }

    void stepBy(int steps) override
    {
        const auto is = checkValue(m_parameter, lineEdit()->text());
        double value = is ? is->toDouble()
                          : m_parameter.defaultValue.toDouble(m_parameter.min.value_or(0));
        value += steps * step(value);
        if (m_parameter.min)
            value = std::max(value, *m_parameter.min);
        if (m_parameter.max)
            value = std::min(value, *m_parameter.max);
        lineEdit()->setText(wordOf(m_parameter, value));
        lineEdit()->selectAll();
    }
    QValidator::State validate(QString &, int &) const override { return QValidator::Acceptable; }
    QSize sizeHint() const override { return {controlWidth, 32}; }

protected:
    StepEnabled stepEnabled() const override
    {
        const auto is = checkValue(m_parameter, lineEdit()->text());
        if (!is)
            return StepUpEnabled | StepDownEnabled;
        StepEnabled may = StepNone;
        may.setFlag(StepUpEnabled, !m_parameter.max || is->toDouble() < *m_parameter.max);
        may.setFlag(StepDownEnabled, !m_parameter.min || is->toDouble() > *m_parameter.min);
        return may;
    }

private:
    [[nodiscard]] double step(double value) const
    {
        if (m_parameter.type == ParameterType::Size) // a power of two, about an eighth of it
            return std::exp2(std::max(0.0, std::floor(std::log2(std::max(1.0, value)) - 3)));
        if (m_parameter.type == ParameterType::Number && m_parameter.min && m_parameter.max
            && *m_parameter.max - *m_parameter.min <= 2)
            return (*m_parameter.max - *m_parameter.min) / 20;
        return 1;
    }

    const TemplateParameter m_parameter;
};

/// A template to choose: its name, what it is for, and what it makes.
class TemplateCard final : public QAbstractButton
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::TemplateCard)

public:
    explicit TemplateCard(const Template &is)
        : m_description(is.description)
    {
        setText(is.name);
        setObjectName(u"template "_s + is.name);
        setAccessibleName(tr("template %1").arg(is.name));
        setAccessibleDescription(is.description);
        setCheckable(true);
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
        setFixedHeight(72);
        QStringList parts;
        for (const TemplateParameter &parameter : is.parameters) {
            if (parameter.isRequired())
                parts.append(tr("%1 to be given").arg(parameter.name));
            else
                parts.append(parameter.name + u' ' + wordOf(parameter, parameter.defaultValue));
        }
        m_makes = parts.join(u" · "_s);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const bool isHovered = underMouse();
        painter.setPen(QPen(theme[isChecked() ? Token::AccentLine : Token::LineDefault],
                            isChecked() ? 2 : 1));
        painter.setBrush(theme[isChecked()   ? Token::AccentSoft
                                   : isHovered ? Token::BgHover
                                               : Token::BgRaised]);
        const double edge = isChecked() ? 1 : 0.5;
        painter.drawRoundedRect(QRectF(rect()).adjusted(edge, edge, -edge, -edge), 4, 4);
        if (hasFocus()) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(theme[Token::AccentLine], 1, Qt::DotLine));
            painter.drawRoundedRect(QRectF(rect()).adjusted(4.5, 4.5, -4.5, -4.5), 2, 2);
        }
        painter.setBrush(theme[Token::BgInput]);
        painter.setPen(QPen(theme[isChecked() ? Token::AccentLine : Token::LineStrong], 1.5));
        painter.drawEllipse(QPointF(24, 24), 7, 7);
        if (isChecked()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme[Token::AccentLine]);
            painter.drawEllipse(QPointF(24, 24), 3.5, 3.5);
        }
        const double room = width() - 44 - 16;
        painter.setPen(theme[Token::TextPrimary]);
        const double wide = Text::width(text(), sectionStyle);
        Text::draw(painter, {44, 29}, Text::elidedName(text(), sectionStyle, room), sectionStyle);
        painter.setPen(theme[Token::TextSecondary]);
        if (wide + 16 < room) {
            Text::draw(painter, {44 + wide + 12, 29},
                       Text::elided(m_description, bodyStyle, room - wide - 12), bodyStyle);
        }
        Text::draw(painter, {44, 53}, Text::elided(m_makes, smallStyle, room), smallStyle);
    }

private:
    QString m_description;
    QString m_makes;
};

} // namespace

/// Which of the three steps it is.
class StepStrip final : public QWidget
{
public:
    using QWidget::QWidget;
    QStringList names;
    int current = 0;

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        double x = 10;
        const double y = height() / 2.0;
        for (int at = 0; at < names.size(); ++at) {
            const bool isOn = at == current;
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme[isOn ? Token::Accent : Token::BgPressed]);
            painter.drawEllipse(QPointF(x, y), 10, 10);
            painter.setPen(theme[isOn ? Token::TextOnAccent : Token::TextPrimary]);
            if (at < current)
                Icons::draw(painter, {x - 6, y - 6}, u"check-lg"_s, 12, theme[Token::TextPrimary]);
            else
                Text::draw(painter, {x, y + 4}, QString::number(at + 1), numberStyle,
                           Text::Align::Center);
            const Text::Style &style = isOn ? nameStyle : bodyStyle;
            painter.setPen(theme[isOn ? Token::TextPrimary : Token::TextSecondary]);
            Text::draw(painter, {x + 18, y + 4.5}, names[at], style);
            x += 18 + Text::width(names[at], style) + 16;
            if (at + 1 < names.size()) {
                painter.setPen(QPen(theme[Token::LineStrong], 1));
                painter.drawLine(QPointF(x, std::round(y) + 0.5),
                                 QPointF(x + 28, std::round(y) + 0.5));
                x += 28 + 26;
            }
        }
    }
};

/// One parameter: its name, a field of its kind, what it takes, and help or what is wrong with it.
class ParameterRow final : public QWidget
{
    Q_OBJECT
public:
    explicit ParameterRow(const TemplateParameter &parameter)
        : m_parameter(parameter)
    {
        auto *rows = new QVBoxLayout(this);
        rows->setContentsMargins(0, 0, 0, 0);
        rows->setSpacing(2);
        auto *row = new QHBoxLayout;
        row->setSpacing(12);
        auto *label = new TextLine(parameter.name, nameStyle);
        label->setFixedWidth(labelWidth);
        row->addWidget(label);
        makeField();
        m_field->setObjectName(u"parameter "_s + parameter.name);
        m_field->setAccessibleName(parameter.name);
        m_field->setAccessibleDescription(rangeOf(parameter)
                                          + (parameter.help.isEmpty()
                                                 ? QString()
                                                 : QString(u". "_s + parameter.help)));
        if (m_field->sizePolicy().horizontalPolicy() != QSizePolicy::Fixed)
            m_field->setFixedWidth(controlWidth);
        m_field->setFixedHeight(32);
        row->addWidget(m_field);
        auto *takes = new TextLine(parameter.type == ParameterType::Boolean ? QString()
                                                                            : rangeOf(parameter),
                                   smallStyle, Token::TextTertiary);
        row->addWidget(takes, 1);
        rows->addLayout(row);
        m_says = new TextLine({}, smallStyle, Token::TextSecondary);
        m_says->setObjectName(u"says "_s + parameter.name);
        m_says->setContentsMargins(0, 0, 0, 0);
        auto *below = new QHBoxLayout;
        below->setContentsMargins(labelWidth + 12, 0, 0, 0);
        below->addWidget(m_says, 1);
        rows->addLayout(below);
        setFixedHeight(58);
        look();
    }

    [[nodiscard]] const TemplateParameter &parameter() const { return m_parameter; }
    [[nodiscard]] QJsonValue given() const
    {
        if (const auto *check = qobject_cast<QCheckBox *>(m_field))
            return check->isChecked();
        if (const auto *choice = qobject_cast<QComboBox *>(m_field))
            return m_parameter.choices.value(choice->currentIndex());
        if (const auto *text = qobject_cast<QLineEdit *>(m_field))
            return text->text();
        return m_edit->text();
    }
    [[nodiscard]] Result<QJsonValue> value() const
    {
        const QJsonValue is = given();
        if (m_parameter.isRequired() && is.isString() && is.toString().isEmpty()) {
            return fail(ErrorKind::Invalid,
                        CreateWizard::tr("%1 has to be given").arg(m_parameter.name));
        }
        return checkValue(m_parameter, is);
    }

Q_SIGNALS:
    void changed();

private:
    void makeField()
    {
        const auto told = [this] {
            look();
            Q_EMIT changed();
        };
        if (!m_parameter.choices.isEmpty()) {
            auto *choice = new QComboBox;
            for (const QJsonValue &each : m_parameter.choices)
                choice->addItem(wordOf(m_parameter, each));
            choice->setCurrentIndex(
                std::max<int>(0, int(m_parameter.choices.indexOf(m_parameter.defaultValue))));
            connect(choice, &QComboBox::currentIndexChanged, this, told);
            m_field = choice;
        } else if (m_parameter.type == ParameterType::Boolean) {
            auto *check = new QCheckBox(m_parameter.help);
            check->setFont(Text::font(bodyStyle));
            check->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
            check->setChecked(m_parameter.defaultValue.toBool());
            connect(check, &QCheckBox::toggled, this, told);
            m_field = check;
        } else if (m_parameter.type == ParameterType::String) {
            auto *text = new QLineEdit(m_parameter.defaultValue.toString());
            connect(text, &QLineEdit::textChanged, this, told);
            m_field = text;
        } else {
            auto *amount = new AmountField(m_parameter);
            m_edit = amount->findChild<QLineEdit *>();
            connect(m_edit, &QLineEdit::textChanged, this, told);
            m_field = amount;
        }
    }
    void look()
    {
        if (!m_says)
            return;
        const auto is = value();
        const bool isHelped = m_parameter.type != ParameterType::Boolean;
        m_says->setText(!is ? is.error().message : isHelped ? m_parameter.help : QString());
        m_says->setToken(is ? Token::TextSecondary : Token::DegradedText);
    }

    const TemplateParameter m_parameter;
    QWidget *m_field = nullptr;
    QLineEdit *m_edit = nullptr; // of an amount
    TextLine *m_says = nullptr;
};

CreateWizard::CreateWizard(Deck &deck, const QString &region, QWidget *parent)
    : FrameDialog(u"create"_s, tr("New stamp"), parent)
    , m_deck(deck)
    , m_region(region)
    , m_head(new TextLine(tr("New stamp"), titleStyle, Token::TextPrimary, this))
    , m_sub(new TextLine({}, bodyStyle, Token::TextSecondary, this))
    , m_steps(new StepStrip(this))
    , m_pages(new QStackedWidget(this))
    , m_foot(new QWidget(this))
    , m_why(new TextLine({}, smallStyle, Token::TextSecondary))
    , m_back(new Button(Button::Kind::Plain, tr("Back"), u"chevron-left"_s))
    , m_next(new Button(Button::Kind::Primary, tr("Next"), u"arrow-right"_s))
{
    setAccessibleName(tr("create", "what the dialog is for"));
    setAttribute(Qt::WA_DeleteOnClose, false); // its plan may come back to it
    m_sub->setObjectName(u"createState"_s);
    m_steps->names = {tr("Template"), tr("Parameters"), tr("Region and name")};
    m_steps->setObjectName(u"steps"_s);
    buildTemplatePage();
    buildParameterPage();
    buildPlacePage();

    auto *foot = new QHBoxLayout(m_foot);
    foot->setContentsMargins(margin, 12, margin, 12);
    foot->setSpacing(12);
    m_why->setObjectName(u"why"_s);
    foot->addWidget(m_why, 1);
    auto *cancel = new Button(Button::Kind::Plain, tr("Cancel"));
    cancel->setObjectName(u"Cancel"_s);
    m_back->setObjectName(u"back"_s);
    m_next->setObjectName(u"next"_s);
    for (Button *button : {cancel, m_back, m_next}) {
        button->setTall(true);
        foot->addWidget(button);
    }
    m_next->setFixedSize(132, 32);
    connect(cancel, &Button::clicked, this, &CreateWizard::reject);
    connect(m_back, &Button::clicked, this, &CreateWizard::back);
    connect(m_next, &Button::clicked, this, &CreateWizard::next);
    auto *alt = new QShortcut(QKeySequence(Qt::ALT | Qt::Key_Left), this);
    connect(alt, &QShortcut::activated, this, &CreateWizard::back);
    connect(this, &QDialog::rejected, this, &QObject::deleteLater);
    connect(&deck.feed, &FleetFeed::changed, this, [this](const ChangeSet &slice) {
        if (slice.sources || slice.stampsComeOrGo)
            lookAgain();
    });

    fillSources();
    showPage(0);
    // As they are now, not as they were a minute ago.
    if (deck.readTemplates) {
        for (const SourceState &each : deck.fleet().sources) {
            if (each.capabilities.testFlag(Capability::Create))
                deck.readTemplates(each.name);
        }
    }
    placeOverWindow({860, 640}, {760, 560});
}

CreateWizard::~CreateWizard() = default;

int CreateWizard::page() const
{
    return m_pages->currentIndex();
}

const SourceState *CreateWizard::source() const
{
    const int at = m_deck.fleet().sourceIndex(m_source->currentText());
    return at < 0 ? nullptr : &m_deck.fleet().sources[at];
}

const Template *CreateWizard::chosen() const
{
    const int at = m_group->checkedId();
    return at >= 0 && at < m_templates.size() ? &m_templates[at] : nullptr;
}

ActionRequest CreateWizard::request() const
{
    ActionRequest request;
    request.kind = ActionKind::Create;
    request.actor = m_deck.actor;
    request.source = m_source->currentText();
    if (const Template *is = chosen())
        request.fromTemplate = is->name;
    request.region = m_regions->currentText().trimmed();
    request.stamp = m_name->text();
    for (const ParameterRow *row : m_rows) {
        const auto value = row->value();
        if (!value)
            request.parameters.insert(row->parameter().name, row->given());
        else if (row->parameter().isRequired() || *value != row->parameter().defaultValue)
            request.parameters.insert(row->parameter().name, *value);
    }
    return request;
}

// ---- The pages

namespace {

/// A page that scrolls; gives its layout.
QVBoxLayout *scrolled(QWidget *&page)
{
    auto *area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFocusPolicy(Qt::NoFocus);
    auto *inner = new Surface(Token::BgPanel);
    auto *layout = new QVBoxLayout(inner);
    layout->setContentsMargins(0, 4, 12, 12);
    layout->setSpacing(10);
    area->setWidget(inner);
    page = area;
    return layout;
}

} // namespace

void CreateWizard::buildTemplatePage()
{
    auto *page = new QWidget;
    auto *rows = new QVBoxLayout(page);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(12);
    auto *row = new QHBoxLayout;
    row->setSpacing(12);
    auto *label = new TextLine(tr("Source"), nameStyle);
    label->setFixedWidth(labelWidth);
    row->addWidget(label);
    m_source = new QComboBox;
    m_source->setObjectName(u"source"_s);
    m_source->setAccessibleName(tr("Source"));
    m_source->setFixedSize(controlWidth, 32);
    row->addWidget(m_source);
    row->addStretch(1);
    rows->addLayout(row);
    QWidget *area = nullptr;
    m_cards = scrolled(area);
    rows->addWidget(area, 1);
    m_group = new QButtonGroup(this);
    connect(m_group, &QButtonGroup::idToggled, this, [this](int, bool on) {
        if (on)
            check();
    });
    connect(m_source, &QComboBox::currentIndexChanged, this, &CreateWizard::fillTemplates);
    m_pages->addWidget(page);
}

void CreateWizard::buildParameterPage()
{
    QWidget *area = nullptr;
    m_form = scrolled(area);
    m_form->setSpacing(4);
    m_pages->addWidget(area);
}

void CreateWizard::buildPlacePage()
{
    auto *page = new QWidget;
    auto *rows = new QVBoxLayout(page);
    rows->setContentsMargins(0, 4, 0, 0);
    rows->setSpacing(4);
    const auto row = [rows](const QString &name, QWidget *field, TextLine *&says) {
        auto *line = new QHBoxLayout;
        line->setSpacing(12);
        auto *label = new TextLine(name, nameStyle);
        label->setFixedWidth(labelWidth);
        line->addWidget(label);
        field->setFixedSize(controlWidth + 60, 32);
        field->setAccessibleName(name);
        line->addWidget(field);
        line->addStretch(1);
        rows->addLayout(line);
        says = new TextLine({}, smallStyle, Token::TextSecondary);
        auto *below = new QHBoxLayout;
        below->setContentsMargins(labelWidth + 12, 0, 0, 10);
        below->addWidget(says, 1);
        rows->addLayout(below);
    };
    m_regions = new QComboBox;
    m_regions->setObjectName(u"region"_s);
    m_regions->setEditable(true);
    m_regions->setInsertPolicy(QComboBox::NoInsert);
    row(tr("Region"), m_regions, m_regionSays);
    m_regionSays->setObjectName(u"says region"_s);
    m_name = new QLineEdit;
    m_name->setObjectName(u"name"_s);
    m_name->setFont(Text::font({Face::Mono, 13, 400}));
    m_name->setMaxLength(200);
    row(tr("Name"), m_name, m_nameSays);
    m_nameSays->setObjectName(u"says name"_s);
    rows->addSpacing(8);
    m_summary = new QVBoxLayout;
    m_summary->setSpacing(4);
    rows->addLayout(m_summary);
    rows->addStretch(1);
    connect(m_regions, &QComboBox::currentTextChanged, this, [this] {
        suggestName();
        check();
    });
    connect(m_name, &QLineEdit::textEdited, this, [this] { m_ownName = !m_name->text().isEmpty(); });
    connect(m_name, &QLineEdit::textChanged, this, &CreateWizard::check);
    m_pages->addWidget(page);
}

void CreateWizard::fillSources()
{
    QStringList able;
    QStringList barred;
    for (const SourceState &each : m_deck.fleet().sources) {
        if (each.name.isEmpty())
            continue;
        if (each.capabilities.testFlag(Capability::Create) && !each.readOnly)
            able.append(each.name);
        else if (each.capabilities.testFlag(Capability::Create))
            barred.append(tr("%1 is read only").arg(each.name));
        else
            barred.append(tr("%1 makes no stamps").arg(each.adapter.isEmpty() ? each.name
                                                                              : each.adapter));
    }
    m_known = able.isEmpty() ? barred.join(u", "_s) : QString();
    const QString before = m_source->currentText();
    QStringList shown;
    for (int at = 0; at < m_source->count(); ++at)
        shown.append(m_source->itemText(at));
    if (shown != able) {
        const QSignalBlocker quiet(m_source);
        m_source->clear();
        m_source->addItems(able);
        m_source->setCurrentIndex(std::max(0, int(able.indexOf(before))));
    }
    fillTemplates();
}

void CreateWizard::fillTemplates()
{
    const QString before = chosen() ? chosen()->name : QString();
    const SourceState *from = source();
    const QList<Template> now = from ? from->templates.value_or(QList<Template>())
                                     : QList<Template>();
    QString why = m_known;
    if (why.isEmpty() && now.isEmpty()) {
        why = !from                   ? tr("There is no source yet.")
            : from->templatesError    ? tr("%1: %2").arg(from->name, from->templatesError->message)
            : !from->templates        ? tr("%1 is being asked for its templates.").arg(from->name)
                                      : tr("%1 has no templates.").arg(from->name);
    }
    if (now == m_templates && !now.isEmpty() && m_group->checkedId() >= 0
        && m_parametersOf.section(u'/', 0, 0) == m_source->currentText()) {
        check();
        return;
    }
    for (QAbstractButton *card : m_group->buttons())
        m_group->removeButton(card);
    clear(m_cards);
    m_templates = now;
    m_parametersOf.clear();
    int again = 0;
    for (int at = 0; at < m_templates.size(); ++at) {
        auto *card = new TemplateCard(m_templates[at]);
        m_group->addButton(card, at);
        m_cards->addWidget(card);
        if (m_templates[at].name == before)
            again = at;
    }
    if (m_templates.isEmpty())
        m_cards->addWidget(new TextLine(why, bodyStyle, Token::TextSecondary));
    else
        m_group->button(again)->setChecked(true);
    m_cards->addStretch(1);
    m_parametersOf = m_source->currentText() + u'/';
    check();
}

void CreateWizard::fillParameters()
{
    const Template *is = chosen();
    if (!is)
        return;
    const QString key = m_source->currentText() + u'/' + is->name;
    if (m_parametersOf == key)
        return; // what was filled in stays
    m_parametersOf = key;
    clear(m_form);
    m_rows.clear();
    for (const TemplateParameter &parameter : is->parameters) {
        auto *row = new ParameterRow(parameter);
        connect(row, &ParameterRow::changed, this, &CreateWizard::check);
        m_rows.append(row);
        m_form->addWidget(row);
    }
    if (m_rows.isEmpty())
        m_form->addWidget(new TextLine(tr("%1 leaves nothing to be set.").arg(is->name), bodyStyle,
                                       Token::TextSecondary));
    m_form->addStretch(1);
}

void CreateWizard::fillRegions()
{
    QMap<QString, int> regions;
    const int from = m_deck.fleet().sourceIndex(m_source->currentText());
    m_deck.fleet().eachStamp([&](int, const StampEntry &entry) {
        if (entry.source == from && !entry.stamp->region.isEmpty())
            ++regions[entry.stamp->region];
    });
    QStringList shown;
    for (int at = 0; at < m_regions->count(); ++at)
        shown.append(m_regions->itemText(at));
    if (shown == regions.keys())
        return;
    const QString before = m_regions->currentText().isEmpty() ? m_region
                                                              : m_regions->currentText();
    const QSignalBlocker quiet(m_regions);
    m_regions->clear();
    m_regions->addItems(regions.keys());
    m_regions->setCurrentText(before.isEmpty() && !regions.isEmpty() ? regions.firstKey() : before);
    suggestName();
}

// The next number of those that the region has.
void CreateWizard::suggestName()
{
    if (m_ownName)
        return;
    const QString prefix = m_regions->currentText().trimmed() + u'-';
    int most = 0;
    qsizetype digits = 2;
    const int from = m_deck.fleet().sourceIndex(m_source->currentText());
    m_deck.fleet().eachStamp([&](int, const StampEntry &entry) {
        const QString &name = entry.stamp->name;
        if (entry.source != from || !name.startsWith(prefix))
            return;
        bool isNumber = false;
        const int number = name.mid(prefix.size()).toInt(&isNumber);
        if (!isNumber)
            return;
        most = std::max(most, number);
        digits = std::max(digits, name.size() - prefix.size());
    });
    m_name->setText(prefix.size() > 1
                        ? QString(prefix + QString::number(most + 1).rightJustified(digits, u'0'))
                        : QString());
}

// ---- Going through them

void CreateWizard::lookAgain()
{
    const Template before = chosen() ? *chosen() : Template();
    fillSources();
    if (page() > 0 && (!chosen() || *chosen() != before)) {
        // Whatever was filled in was for another one.
        showPage(0);
        m_sub->setText(tr("The template has changed at %1: look at it again.")
                           .arg(m_source->currentText()));
        return;
    }
    if (page() == 2)
        fillRegions();
    check();
}

void CreateWizard::showPage(int page)
{
    if (page == 1)
        fillParameters();
    if (page == 2)
        fillRegions();
    m_pages->setCurrentIndex(page);
    m_steps->current = page;
    m_steps->update();
    m_back->setVisible(page > 0);
    m_next->setText(page == 2 ? tr("Plan…") : tr("Next"));
    m_next->setIconName(page == 2 ? u"list-check"_s : u"arrow-right"_s);
    m_sub->setText(page == 0   ? tr("What is it made from? Nothing changes before you press Run.")
                       : page == 1
                       ? tr("%1: what differs from the template?").arg(chosen() ? chosen()->name
                                                                                : QString())
                       : tr("Where does it stand, and what is it called?"));
    check();
    // Where one goes on with the keyboard.
    if (page == 0 && m_group->checkedButton())
        m_group->checkedButton()->setFocus();
    else if (page == 1 && !m_rows.isEmpty())
        m_rows.first()->findChild<QWidget *>(u"parameter "_s + m_rows.first()->parameter().name)
            ->setFocus();
    else if (page == 2)
        m_name->setFocus();
}

void CreateWizard::back()
{
    if (page() > 0)
        showPage(page() - 1);
}

void CreateWizard::next()
{
    check();
    if (!m_next->isEnabled())
        return;
    if (page() < 2)
        showPage(page() + 1);
    else
        Q_EMIT planRequested(request());
}

void CreateWizard::check()
{
    QString why;
    if (page() == 0) {
        why = chosen() ? QString() : tr("Choose a template first");
    } else if (page() == 1) {
        for (const ParameterRow *row : m_rows) {
            if (const auto value = row->value(); !value && why.isEmpty())
                why = value.error().message;
        }
    } else if (page() == 2) {
        m_regionSays->setToken(Token::TextSecondary);
        m_nameSays->setToken(Token::TextSecondary);
        m_regionSays->setText(tr("Where its clients are, or where its data has to stay."));
        m_nameSays->setText(tr("Letters, digits, “-”, “_” and “.”; it cannot be changed later."));
        const Result<Plan> made = plan(m_deck.feed.version(), request(), m_deck.clock);
        if (!made) {
            const QString message = made.error().message;
            const QString &where = made.error().detail;
            TextLine *says = where == "name"_L1 || where == "exists"_L1 ? m_nameSays
                : where == "region"_L1                                  ? m_regionSays
                                                                        : nullptr;
            if (says) {
                says->setText(message);
                says->setToken(Token::DegradedText);
            }
            why = message;
        } else if (!made->warnings.isEmpty()) {
            m_regionSays->setText(made->warnings.constFirst());
        }
        clear(m_summary);
        if (made) {
            m_summary->addWidget(new TextLine(tr("What will come"), sectionStyle));
            QStringList parts;
            for (const auto &[label, value] : made->facts)
                parts.append(label + u' ' + value);
            auto *all = new QLabel(parts.join(u" · "_s));
            all->setWordWrap(true);
            all->setTextFormat(Qt::PlainText);
            all->setFont(Text::font(bodyStyle));
            m_summary->addWidget(all);
        }
    }
    m_next->setEnabled(why.isEmpty());
    m_next->setToolTip(why);
    m_why->setText(page() == 1 ? why : QString());
    m_why->setToken(Token::DegradedText);
}

void CreateWizard::keyPressEvent(QKeyEvent *event)
{
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        && event->modifiers() == Qt::NoModifier) {
        // On a button Enter presses that one.
        if (auto *button = qobject_cast<Button *>(focusWidget()))
            button->click();
        else
            next();
        return;
    }
    QDialog::keyPressEvent(event);
}

void CreateWizard::resizeEvent(QResizeEvent *event)
{
    QDialog::resizeEvent(event);
    m_head->setGeometry(60, 22, width() - 60 - margin, 28);
    m_sub->setGeometry(60, 48, width() - 60 - margin, 20);
    m_steps->setGeometry(margin, headHeight, width() - 2 * margin, stripHeight);
    m_pages->setGeometry(margin, headHeight + stripHeight, width() - 2 * margin,
                         height() - headHeight - stripHeight - footHeight);
    m_foot->setGeometry(0, height() - footHeight, width(), footHeight);
    if (QGuiApplication::platformName() == u"offscreen")
        return; // has no masks
    QPainterPath outline;
    outline.addRoundedRect(rect(), 6, 6);
    setMask(QRegion(outline.toFillPolygon().toPolygon()));
}

void CreateWizard::paintContent(QPainter &painter)
{
    const Theme &theme = Theme::current();
    painter.fillRect(0, headHeight - 1, width(), 1, theme[Token::LineSubtle]);
    painter.fillRect(0, height() - footHeight, width(), 1, theme[Token::LineSubtle]);
    Icons::draw(painter, {24, 28}, u"plus-lg"_s, 26, theme[Token::AccentText]);
}

} // namespace Stampdeck

#include "createwizard.moc"

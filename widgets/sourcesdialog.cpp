// SPDX-License-Identifier: GPL-3.0-or-later
#include "sourcesdialog.h"

#include "controls.h"

#include "models/configeditor.h"
#include "models/secretstore.h"

#include "backends/api/whendone.h"

#include <QtCore/QCoreApplication>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int labelWidth = 110;
constexpr Text::Style smallStyle = Text::secondLine;
constexpr Text::Style labelStyle = Text::rowTitle;

QHBoxLayout *rowWith(const QString &label, QWidget *field)
{
    auto *row = new QHBoxLayout;
    row->setSpacing(12);
    auto *name = new TextLine(label, labelStyle);
    name->setFixedWidth(labelWidth);
    row->addWidget(name);
    field->setFixedHeight(32);
    row->addWidget(field, 1);
    return row;
}

} // namespace

/// One key of the adapter: its place (an address, a number), or where its secret is.
class SourcesDialog::Field final : public QWidget
{
    Q_DECLARE_TR_FUNCTIONS(Stampdeck::SourcesDialog)

public:
    Field(const AdapterKey &key, const QVariant &value, SourcesDialog &dialog)
        : m_key(key)
        , m_edit(new QLineEdit)
    {
        auto *all = new QVBoxLayout(this);
        all->setContentsMargins(0, 0, 0, 0);
        all->setSpacing(4);
        auto *line = new QWidget;
        auto *parts = new QHBoxLayout(line);
        parts->setContentsMargins(0, 0, 0, 0);
        parts->setSpacing(8);
        if (key.type == KeyType::Secret) {
            m_where = new QComboBox;
            m_where->setObjectName(u"where "_s + key.name);
            m_where->setAccessibleName(tr("Where %1 is").arg(key.name));
            m_where->addItem(tr("none"));
            m_where->addItem(tr("environment variable"),
                             QVariant::fromValue(SecretRef::Kind::Environment));
            m_where->addItem(tr("file"), QVariant::fromValue(SecretRef::Kind::File));
            m_where->addItem(tr("keychain"), QVariant::fromValue(SecretRef::Kind::Keychain));
            m_where->setFixedHeight(32);
            parts->addWidget(m_where);
        }
        m_edit->setObjectName(u"key "_s + key.name);
        m_edit->setAccessibleName(key.name);
        m_edit->setAccessibleDescription(key.help);
        m_edit->setFixedHeight(32);
        parts->addWidget(m_edit, 1);
        all->addLayout(rowWith(key.name, line));
        auto *help = new TextLine(key.help, smallStyle, Token::TextTertiary);
        help->setContentsMargins(labelWidth + 12, 0, 0, 0);
        all->addWidget(help);
        if (value.userType() == qMetaTypeId<SecretRef>()) {
            const SecretRef ref = value.value<SecretRef>();
            for (int at = 1; at < m_where->count(); ++at) {
                if (m_where->itemData(at).value<SecretRef::Kind>() == ref.kind)
                    m_where->setCurrentIndex(at);
            }
            m_edit->setText(ref.name);
        } else if (value.isValid()) {
            m_edit->setText(value.toString());
        }
        m_before = this->value();
        const auto look = [this] {
            if (!m_where)
                return;
            const bool isNone = m_where->currentIndex() == 0;
            m_edit->setEnabled(!isNone);
            const QStringList words{tr("no token is sent"), tr("NAME of the variable"),
                                    tr("/path/of/the/file"), tr("service/key")};
            m_edit->setPlaceholderText(words.value(m_where->currentIndex()));
        };
        look();
        connect(m_edit, &QLineEdit::textChanged, &dialog, &SourcesDialog::judge);
        if (m_where) {
            connect(m_where, &QComboBox::currentIndexChanged, &dialog, [look, &dialog] {
                look();
                dialog.judge();
            });
        }
    }

    [[nodiscard]] const QString &name() const { return m_key.name; }
    /// As the configuration has it; invalid for not given.
    [[nodiscard]] QVariant value() const
    {
        const QString text = m_edit->text().trimmed();
        if (m_where) {
            const QVariant kind = m_where->currentData();
            return kind.isValid() && !text.isEmpty()
                ? QVariant::fromValue(SecretRef{kind.value<SecretRef::Kind>(), text})
                : QVariant();
        }
        if (text.isEmpty())
            return {};
        bool isNumber = false;
        const qlonglong number = text.toLongLong(&isNumber);
        if (m_key.type == KeyType::Integer && isNumber)
            return number;
        return text;
    }
    [[nodiscard]] bool isChanged() const { return value() != m_before; }
    void focus() { m_edit->setFocus(); }
    /// Puts it behind \a before in the order of focus, and gives its last part.
    [[nodiscard]] QWidget *follow(QWidget *before) const
    {
        if (m_where)
            setTabOrder(std::exchange(before, m_where), m_where);
        setTabOrder(before, m_edit);
        return m_edit;
    }

private:
    const AdapterKey m_key;
    QComboBox *m_where = nullptr; // of a secret
    QLineEdit *m_edit;
    QVariant m_before;
};

SourcesDialog::SourcesDialog(const SourcesAccess &access, QWidget *parent)
    : FrameDialog(u"sources"_s, tr("Sources"), parent)
    , m_access(access)
    , m_list(new QListWidget)
    , m_name(new QLineEdit)
    , m_adapter(new QComboBox)
    , m_fieldsBox(new QWidget)
    , m_production(new QCheckBox(tr("Production: every act asks for the name and a reason")))
    , m_words(new TextLine({}, smallStyle, Token::TextSecondary))
    , m_remove(new Button(Button::Kind::Plain, tr("Remove"), u"trash"_s))
    , m_test(new Button(Button::Kind::Plain, tr("Test"), u"activity"_s))
    , m_save(new Button(Button::Kind::Primary, tr("Save"), u"check-lg"_s))
{
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(24, 20, 24, 16);
    all->setSpacing(12);
    auto *head = new QHBoxLayout;
    head->addWidget(new TextLine(tr("Sources"), Text::dialogTitle));
    auto *where = new TextLine(access.file, smallStyle, Token::TextTertiary);
    head->addWidget(where, 1);
    auto *close = Button::iconOnly(u"x-lg"_s, tr("Close"), this);
    close->setObjectName(u"closeSources"_s);
    head->addWidget(close);
    all->addLayout(head);

    auto *middle = new QHBoxLayout;
    middle->setSpacing(20);
    m_list->setObjectName(u"sourceList"_s);
    m_list->setAccessibleName(tr("Sources"));
    m_list->setFixedWidth(200);
    middle->addWidget(m_list);
    auto *form = new QVBoxLayout;
    form->setSpacing(10);
    m_name->setObjectName(u"sourceName"_s);
    m_name->setAccessibleName(tr("Name"));
    m_name->setMaxLength(60);
    form->addLayout(rowWith(tr("name"), m_name));
    m_adapter->setObjectName(u"sourceAdapter"_s);
    m_adapter->setAccessibleName(tr("Adapter"));
    for (const AdapterInfo &each : access.adapters) {
        if (each.interfaceName == u"fleet") {
            m_adapter->addItem(each.kind);
            m_adapter->setItemData(m_adapter->count() - 1, each.description, Qt::ToolTipRole);
        }
    }
    // What most come for: a control plane of their own.
    m_adapter->setCurrentIndex(std::max(0, m_adapter->findText(u"rest"_s)));
    form->addLayout(rowWith(tr("adapter"), m_adapter));
    auto *fields = new QVBoxLayout(m_fieldsBox);
    fields->setContentsMargins(0, 0, 0, 0);
    fields->setSpacing(10);
    form->addWidget(m_fieldsBox);
    m_production->setObjectName(u"sourceProduction"_s);
    m_production->setFont(Text::font({Text::Face::Ui, 13, 400}));
    auto *check = new QHBoxLayout;
    check->setContentsMargins(labelWidth + 12, 0, 0, 0);
    check->addWidget(m_production);
    form->addLayout(check);
    form->addStretch(1);
    auto *rest = new TextLine(tr("All other keys are kept as they stand in the file."), smallStyle,
                              Token::TextTertiary);
    form->addWidget(rest);
    middle->addLayout(form, 1);
    all->addLayout(middle, 1);
    m_words->setObjectName(u"sourceWords"_s);
    all->addWidget(m_words);
    auto *foot = new QHBoxLayout;
    foot->setSpacing(8);
    m_remove->setObjectName(u"removeSource"_s);
    m_test->setObjectName(u"testSource"_s);
    m_save->setObjectName(u"saveSource"_s);
    foot->addWidget(m_remove);
    foot->addStretch(1);
    foot->addWidget(m_test);
    foot->addWidget(m_save);
    for (Button *button : {m_remove, m_test, m_save})
        button->setTall(true);
    all->addLayout(foot);

    connect(close, &Button::clicked, this, &QDialog::accept);
    connect(m_list, &QListWidget::currentRowChanged, this, &SourcesDialog::choose);
    connect(m_adapter, &QComboBox::currentIndexChanged, this, [this] {
        buildFields();
        judge();
    });
    connect(m_name, &QLineEdit::textChanged, this, &SourcesDialog::judge);
    connect(m_production, &QCheckBox::toggled, this, &SourcesDialog::judge);
    connect(m_remove, &Button::clicked, this, &SourcesDialog::remove);
    connect(m_test, &Button::clicked, this, &SourcesDialog::test);
    connect(m_save, &Button::clicked, this, &SourcesDialog::save);
    list({});
    placeOverWindow({820, 480});
}

SourcesDialog::~SourcesDialog() = default;

// Reads the text again, and chooses the source of that name; a new one for none.
void SourcesDialog::list(const QString &chosen)
{
    m_fault.clear();
    m_config = {};
    if (!m_access.text.trimmed().isEmpty()) {
        if (const auto read = readFleetConfig(m_access.text, m_access.file, m_access.adapters))
            m_config = *read;
        else
            m_fault = read.error().message;
    }
    const QSignalBlocker blocker(m_list);
    m_list->clear();
    int at = int(m_config.sources.size());
    for (int i = 0; i < m_config.sources.size(); ++i) {
        const SourceSettings &settings = m_config.sources[i].settings;
        m_list->addItem(settings.name);
        if (settings.name == chosen)
            at = i;
    }
    m_list->addItem(tr("New source…"));
    m_list->setCurrentRow(at);
    choose();
}

const SourceConfig *SourcesDialog::chosen() const
{
    const int row = m_list->currentRow();
    return row >= 0 && row < m_config.sources.size() ? &m_config.sources[row] : nullptr;
}

const AdapterInfo *SourcesDialog::adapter() const
{
    const auto is = std::find_if(
        m_access.adapters.begin(), m_access.adapters.end(),
        [this](const AdapterInfo &each) { return each.kind == m_adapter->currentText(); });
    return is == m_access.adapters.end() ? nullptr : &*is;
}

void SourcesDialog::choose()
{
    const SourceConfig *is = chosen();
    const QSignalBlocker blockers[] = {QSignalBlocker(m_name), QSignalBlocker(m_adapter),
                                       QSignalBlocker(m_production)};
    m_name->setText(is ? is->settings.name : QString());
    // The journal and everybody's links know it by its name.
    m_name->setEnabled(!is);
    m_adapter->setEnabled(!is);
    if (is)
        m_adapter->setCurrentText(is->settings.adapter);
    m_production->setChecked(is && is->settings.production);
    buildFields();
    ++m_asked;
    judge();
    if (!is)
        m_name->setFocus();
    else if (!m_fields.isEmpty())
        m_fields.first()->focus();
}

void SourcesDialog::buildFields()
{
    qDeleteAll(m_fields);
    m_fields.clear();
    const AdapterInfo *info = adapter();
    if (!info)
        return;
    const SourceConfig *is = chosen();
    const QList<AdapterKey> network = networkKeys();
    for (const AdapterKey &key : info->keys) {
        // A client certificate's key is for those who edit the file.
        const bool isOfNetwork = std::any_of(
            network.begin(), network.end(),
            [&key](const AdapterKey &each) { return each.name == key.name; });
        if (key.name != info->location && (key.type != KeyType::Secret || isOfNetwork))
            continue;
        auto *field
            = new Field(key, is ? is->settings.keys.value(key.name) : QVariant(), *this);
        m_fields.append(field);
    }
    // Where it is comes before who we are.
    std::stable_sort(m_fields.begin(), m_fields.end(), [info](const Field *a, const Field *b) {
        return (a->name() == info->location) > (b->name() == info->location);
    });
    QWidget *last = m_adapter;
    for (Field *field : std::as_const(m_fields)) {
        m_fieldsBox->layout()->addWidget(field);
        last = field->follow(last);
    }
    setTabOrder(last, m_production);
}

Result<QByteArray> SourcesDialog::edited() const
{
    if (!m_fault.isEmpty())
        return fail(ErrorKind::Invalid, m_fault);
    const SourceConfig *is = chosen();
    if (!is) {
        ConfigEditor::Pairs keys{{u"name"_s, m_name->text().trimmed()},
                                 {u"adapter"_s, m_adapter->currentText()}};
        for (const Field *field : m_fields) {
            if (const QVariant value = field->value(); value.isValid())
                keys.append({field->name(), value});
        }
        if (m_production->isChecked())
            keys.append({u"production"_s, true});
        return ConfigEditor::addSource(m_access.text, keys);
    }
    const QString &name = is->settings.name;
    Result<QByteArray> text = m_access.text;
    for (const Field *field : m_fields) {
        if (!text || !field->isChanged())
            continue;
        const QVariant value = field->value();
        text = value.isValid() ? ConfigEditor::setKey(*text, name, field->name(), value)
                               : ConfigEditor::removeKey(*text, name, field->name());
    }
    if (text && m_production->isChecked() != is->settings.production)
        text = ConfigEditor::setKey(*text, name, u"production"_s, m_production->isChecked());
    return text;
}

Result<SourceConfig> SourcesDialog::source() const
{
    const QString name = m_name->text().trimmed();
    if (name.isEmpty())
        return fail(ErrorKind::Invalid, tr("a source has a name"));
    const auto text = edited();
    if (!text)
        return fail(text.error());
    const auto read = readFleetConfig(*text, m_access.file, m_access.adapters);
    if (!read)
        return fail(read.error());
    const auto is = std::find_if(
        read->sources.begin(), read->sources.end(),
        [&name](const SourceConfig &each) { return each.settings.name == name; });
    if (is == read->sources.end())
        return fail(ErrorKind::NotFound, tr("%1 is not in the file").arg(name));
    return *is;
}

void SourcesDialog::say(const QString &words, bool isWrong)
{
    m_words->setToken(isWrong ? Token::DegradedText : Token::TextSecondary);
    m_words->setText(words);
    m_words->setToolTip(words);
}

// What is filled in is read as the file will be: the same words about the same mistakes.
void SourcesDialog::judge()
{
    const auto is = source();
    const auto text = edited();
    const bool isNew = !chosen();
    const bool isEmpty = isNew && m_name->text().trimmed().isEmpty();
    m_remove->setVisible(!isNew);
    m_test->setEnabled(is.has_value());
    m_save->setEnabled(is && text && *text != m_access.text);
    if (!m_fault.isEmpty())
        say(tr("The file has to be mended first: %1").arg(m_fault), true);
    else if (isEmpty)
        say(tr("Give it a name, say where it is, test it, and save."), false);
    else if (!is)
        say(is.error().message, true);
    else
        say(isNew ? tr("Nothing is written before you press Save.") : QString(), false);
}

void SourcesDialog::test()
{
    const auto is = source();
    if (!is || !m_access.test)
        return;
    const quint64 mine = ++m_asked;
    say(tr("Asking %1…").arg(is->settings.name), false);
    m_test->setEnabled(false);
    whenDone(m_access.test(*is), this, [this, mine](const Result<QString> &answer) {
        if (mine != m_asked)
            return;
        m_test->setEnabled(true);
        say(answer ? *answer : answer.error().message, !answer);
    });
}

void SourcesDialog::save()
{
    if (const auto is = source(); is)
        write(edited(), is->settings.name);
}

void SourcesDialog::remove()
{
    if (const SourceConfig *is = chosen())
        write(ConfigEditor::removeSource(m_access.text, is->settings.name), {});
}

void SourcesDialog::write(const Result<QByteArray> &text, const QString &chosen)
{
    const Result<void> written = text ? m_access.save(*text) : fail(text.error());
    if (!written) {
        say(tr("Not written: %1").arg(written.error().message), true);
        return;
    }
    m_access.text = *text;
    list(chosen);
    say(tr("Written. What runs is kept: the fleet takes it up when nothing runs and this is closed."), false);
}

} // namespace Stampdeck

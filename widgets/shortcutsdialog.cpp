// SPDX-License-Identifier: GPL-3.0-or-later
#include "shortcutsdialog.h"

#include "actionregistry.h"
#include "controls.h"
#include "table.h"

#include <QtGui/QStandardItemModel>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QKeySequenceEdit>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QVBoxLayout>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int idRole = Qt::UserRole + 1;
enum Column : quint8 { ActionColumn, KeysColumn, FirstColumn };

QString shown(const QKeySequence &keys)
{
    return keys.isEmpty() ? QString() : keys.toString(QKeySequence::NativeText);
}

} // namespace

ShortcutsDialog::ShortcutsDialog(ActionRegistry &actions, QWidget *parent)
    : FrameDialog(u"shortcuts"_s, tr("Keys"), parent)
    , m_actions(actions)
    , m_filter(new QLineEdit)
    , m_model(new QStandardItemModel(this))
    , m_table(new Table(u"shortcuts"_s))
    , m_words(new TextLine({}, {Text::Face::Ui, 12, 400}, Token::TextSecondary))
    , m_keys(new QKeySequenceEdit)
    , m_set(new Button(Button::Kind::Primary, tr("Set"), u"check-lg"_s))
    , m_none(new Button(Button::Kind::Plain, tr("None")))
    , m_first(new Button(Button::Kind::Plain, tr("As at first"), u"arrow-counterclockwise"_s))
{
    m_table->setAccessibleName(tr("shortcuts"));
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(24, 20, 24, 16);
    all->setSpacing(12);
    auto *head = new QHBoxLayout;
    head->addWidget(new TextLine(tr("Keys"), Text::dialogTitle), 1);
    auto *close = Button::iconOnly(u"x-lg"_s, tr("Close"), this);
    close->setObjectName(u"closeShortcuts"_s);
    head->addWidget(close);
    all->addLayout(head);
    m_filter->setObjectName(u"shortcutFilter"_s);
    m_filter->setAccessibleName(tr("Find an action or keys"));
    m_filter->setPlaceholderText(tr("Find an action or keys"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setFixedHeight(32);
    all->addWidget(m_filter);
    m_model->setHorizontalHeaderLabels({tr("Action"), tr("Keys"), tr("At first")});
    m_table->setModel(m_model);
    m_table->setIdRole(idRole);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setWidths({{ActionColumn, 340}, {KeysColumn, 160}, {FirstColumn, 140}});
    m_table->setEmptyText(tr("No action of that name."));
    all->addWidget(m_table, 1);
    all->addWidget(m_words);
    auto *foot = new QHBoxLayout;
    foot->setSpacing(8);
    m_keys->setObjectName(u"newKeys"_s);
    m_keys->setAccessibleName(tr("New keys"));
    m_keys->setFixedHeight(32);
    foot->addWidget(m_keys, 1);
    m_set->setObjectName(u"setKeys"_s);
    m_none->setObjectName(u"noKeys"_s);
    m_first->setObjectName(u"firstKeys"_s);
    for (Button *button : {m_first, m_none, m_set}) {
        button->setTall(true);
        foot->addWidget(button);
    }
    all->addLayout(foot);

    connect(close, &Button::clicked, this, &QDialog::accept);
    connect(m_filter, &QLineEdit::textChanged, this, &ShortcutsDialog::list);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &ShortcutsDialog::showChosen);
    connect(m_table, &Table::rowActivated, m_keys, qOverload<>(&QWidget::setFocus));
    m_keys->findChild<QLineEdit *>()->setAccessibleName(m_keys->accessibleName());
    connect(m_keys, &QKeySequenceEdit::keySequenceChanged, this, &ShortcutsDialog::judge);
    connect(m_set, &Button::clicked, this, [this] { set(m_keys->keySequence()); });
    connect(m_none, &Button::clicked, this, [this] { set({}); });
    connect(m_first, &Button::clicked, this,
            [this] { set(ActionRegistry::firstKeysOf(m_actions.action(chosen()))); });
    list();
    placeOverWindow({720, 620});
    m_filter->setFocus();
}

void ShortcutsDialog::list()
{
    const QString before = chosen();
    const QString wanted = m_filter->text().trimmed();
    m_model->removeRows(0, m_model->rowCount());
    for (const QAction *action : m_actions.actions()) {
        const QString keys = shown(action->shortcut());
        if (!wanted.isEmpty() && !action->text().contains(wanted, Qt::CaseInsensitive)
            && !keys.contains(wanted, Qt::CaseInsensitive))
            continue;
        const QKeySequence first = ActionRegistry::firstKeysOf(action);
        QList<QStandardItem *> row;
        for (const QString &text :
             {action->text(), keys, first == action->shortcut() ? QString() : shown(first)})
            row.append(new QStandardItem(text));
        row.first()->setData(ActionRegistry::idOf(action), idRole);
        m_model->appendRow(row);
        if (ActionRegistry::idOf(action) == before)
            m_table->setCurrentIndex(row.first()->index());
    }
    showChosen();
}

QString ShortcutsDialog::chosen() const
{
    return m_table->currentIndex().siblingAtColumn(0).data(idRole).toString();
}

QString ShortcutsDialog::ownerOf(const QKeySequence &keys) const
{
    if (keys.isEmpty())
        return {};
    for (const QAction *action : m_actions.actions()) {
        const QString id = ActionRegistry::idOf(action);
        if (id != chosen()
            && (action->shortcut().matches(keys) != QKeySequence::NoMatch
                || keys.matches(action->shortcut()) != QKeySequence::NoMatch))
            return id;
    }
    return {};
}

void ShortcutsDialog::showChosen()
{
    const QAction *action = m_actions.action(chosen());
    m_keys->setKeySequence(action ? action->shortcut() : QKeySequence());
    judge();
}

void ShortcutsDialog::judge()
{
    const QAction *action = m_actions.action(chosen());
    const QKeySequence keys = m_keys->keySequence();
    const QString owner = ownerOf(keys);
    m_words->setToken(owner.isEmpty() ? Token::TextSecondary : Token::DegradedText);
    if (!action)
        m_words->setText(tr("Choose an action to change its keys."));
    else if (!owner.isEmpty())
        m_words->setText(tr("%1 belongs to “%2”, which would have none then.")
                             .arg(shown(keys), m_actions.action(owner)->text()));
    else
        m_words->setText(tr("Click into the field and press the new keys for “%1”.")
                             .arg(action->text()));
    m_set->setText(owner.isEmpty() ? tr("Set") : tr("Take over"));
    m_set->setEnabled(action && !keys.isEmpty() && keys != action->shortcut());
    m_none->setEnabled(action && !action->shortcut().isEmpty());
    m_first->setEnabled(action && action->shortcut() != ActionRegistry::firstKeysOf(action));
    m_keys->setEnabled(action);
}

void ShortcutsDialog::set(const QKeySequence &keys)
{
    const QString id = chosen();
    if (id.isEmpty())
        return;
    if (const QString owner = ownerOf(keys); !owner.isEmpty())
        m_actions.setKeys(owner, {});
    m_actions.setKeys(id, keys);
    list();
}

} // namespace Stampdeck

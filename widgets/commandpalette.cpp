// SPDX-License-Identifier: GPL-3.0-or-later
#include "commandpalette.h"

#include "actionregistry.h"
#include "glyphs.h"
#include "icons.h"
#include "text.h"

#include "backends/api/whendone.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QAbstractListModel>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int mostFound = 40; // of stamps, and of tenants

struct Found
{
    QList<QString> stamps; ///< Ids.
    QList<Health> healths;
    QList<QString> tenants;
    QList<QString> owners; ///< Of the tenants.
};

Found lookUp(const FleetVersion &version, const QString &words)
{
    Found found;
    for (int slot = 0; slot < version.stamps.size() && found.stamps.size() < mostFound; ++slot) {
        const StampEntryPtr &entry = version.stamps[slot];
        if (entry && entry->id.contains(words, Qt::CaseInsensitive)) {
            found.stamps.append(entry->id);
            found.healths.append(entry->health);
        }
    }
    for (int slot = 0; slot < version.tenants.size() && found.tenants.size() < mostFound; ++slot) {
        const TenantEntry &entry = version.tenants[slot];
        if (entry.tenant
            && (entry.tenant->id.contains(words, Qt::CaseInsensitive)
                || entry.tenant->name.contains(words, Qt::CaseInsensitive))) {
            found.tenants.append(version.tenantId(slot));
            found.owners.append(entry.tenant->stamp);
        }
    }
    return found;
}

} // namespace

class CommandPalette::Model final : public QAbstractListModel
{
public:
    struct Entry
    {
        QAction *action = nullptr;
        QString stamp, tenant; ///< Id, when it is one.
        QString text, aside, icon, reason;
        std::optional<Health> health;
    };
    using QAbstractListModel::QAbstractListModel;

    QList<Entry> entries;

    void show(const QList<Entry> &shown)
    {
        beginResetModel();
        entries = shown;
        endResetModel();
    }
    int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(entries.size());
    }
    QVariant data(const QModelIndex &index, int role) const override
    {
        if (!checkIndex(index, CheckIndexOption::IndexIsValid))
            return {};
        const Entry &entry = entries[index.row()];
        if (role == Qt::DisplayRole || role == Qt::AccessibleTextRole)
            return entry.text;
        if (role == Qt::AccessibleDescriptionRole || role == Qt::ToolTipRole)
            return entry.reason.isEmpty() ? entry.aside : entry.reason;
        return {};
    }
};

class CommandPalette::Delegate final : public QStyledItemDelegate
{
public:
    explicit Delegate(CommandPalette *palette)
        : QStyledItemDelegate(palette)
        , m_palette(palette)
    {
    }
    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {600, 36};
    }
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override
    {
        const Theme &theme = Theme::current();
        const Model::Entry &entry = m_palette->m_model->entries[index.row()];
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRectF box(option.rect);
        if (option.state & QStyle::State_Selected) {
            painter->fillRect(box, theme[Token::AccentSoft]);
            painter->fillRect(QRectF(box.x(), box.y(), 3, box.height()), theme[Token::AccentLine]);
        }
        const bool isOff = !entry.reason.isEmpty();
        const double middle = box.center().y();
        if (entry.health)
            Glyphs::health(*painter, {box.x() + 16, middle - 6.5, 13, 13}, *entry.health,
                           theme[Token::BgPanel]);
        else
            Icons::draw(*painter, {box.x() + 15, middle - 7.5}, entry.icon, 15,
                        theme[isOff ? Token::TextDisabled : Token::TextSecondary]);
        painter->setPen(theme[isOff ? Token::TextDisabled : Token::TextPrimary]);
        const Text::Style style{Text::Face::Ui, 13, 600};
        const QString text = Text::elided(entry.text, style, box.width() * 0.5);
        Text::draw(*painter, {box.x() + 44, middle + 4.5}, text, style);
        const Text::Style small{Text::Face::Ui, 12, 400};
        painter->setPen(theme[isOff ? Token::TextTertiary : Token::TextSecondary]);
        const double left = box.x() + 44 + Text::width(text, style) + 14;
        Text::draw(*painter, {box.right() - 14, middle + 4.5},
                   Text::elided(isOff ? entry.reason : entry.aside, small, box.right() - 14 - left),
                   small, Text::Align::Right);
        painter->restore();
    }

private:
    CommandPalette *m_palette;
};

CommandPalette::CommandPalette(Deck &deck, ActionRegistry &actions, QWidget *parent)
    : QFrame(parent)
    , m_deck(deck)
    , m_actions(actions)
    , m_field(new QLineEdit(this))
    , m_list(new QListView(this))
    , m_model(new Model(this))
{
    setObjectName(u"palette"_s);
    setAccessibleName(tr("Actions"));
    m_field->setObjectName(u"paletteField"_s);
    m_field->setAccessibleName(tr("Find an action, a stamp or a tenant"));
    m_field->setPlaceholderText(tr("Find an action, a stamp or a tenant"));
    m_list->setObjectName(u"paletteList"_s);
    m_list->setAccessibleName(tr("What was found"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new Delegate(this));
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->viewport()->setAutoFillBackground(false);
    m_field->setGeometry(10, 10, 620, 40);
    m_list->setGeometry(1, 58, 638, 361);
    resize(640 + 6, 420 + 6);
    m_field->installEventFilter(this);
    connect(m_field, &QLineEdit::textChanged, this, &CommandPalette::look);
    connect(m_list, &QListView::clicked, this,
            [this](const QModelIndex &index) { choose(index.row()); });
    hide();
}

void CommandPalette::open()
{
    m_before = window()->focusWidget();
    move((parentWidget()->width() - 640) / 2, std::min(120, parentWidget()->height() / 6));
    m_field->clear();
    look();
    show();
    raise();
    m_field->setFocus();
}

void CommandPalette::look()
{
    const QString words = m_field->text().trimmed();
    QList<Model::Entry> entries;
    QList<Model::Entry> byTarget; // behind the stamp itself: who types its name wants to see it
    for (QAction *action : m_actions.actions()) {
        if (ActionRegistry::idOf(action) == u"palette")
            continue;
        const bool isNamed = words.isEmpty() || action->text().contains(words, Qt::CaseInsensitive);
        if (!isNamed
            && !ActionRegistry::targetOf(action).contains(words, Qt::CaseInsensitive))
            continue;
        Model::Entry entry;
        entry.action = action;
        const QString target = ActionRegistry::targetOf(action);
        entry.text = target.isEmpty() ? action->text() : QString(action->text() + u"  " + target);
        entry.aside = action->shortcut().toString(QKeySequence::NativeText);
        entry.icon = ActionRegistry::iconOf(action);
        entry.reason = ActionRegistry::reasonOf(action);
        (isNamed ? entries : byTarget).append(entry);
    }
    // What can run stands before what cannot.
    for (QList<Model::Entry> *some : {&entries, &byTarget}) {
        std::stable_sort(some->begin(), some->end(), [](const auto &a, const auto &b) {
            return a.reason.isEmpty() && !b.reason.isEmpty();
        });
    }
    m_model->show(entries);
    m_list->setCurrentIndex(m_model->index(0));
    const quint64 mine = ++m_asked;
    if (words.isEmpty())
        return;
    whenDone(QtConcurrent::run([version = m_deck.feed.version(), words] { return lookUp(*version, words); }), this, [this, mine, entries, byTarget](const Found &found) {
                if (mine != m_asked)
                    return;
                QList<Model::Entry> all = entries;
                for (int at = 0; at < found.stamps.size(); ++at) {
                    Model::Entry entry;
                    entry.stamp = found.stamps[at];
                    entry.text = nameOfStamp(entry.stamp);
                    entry.aside = entry.stamp;
                    entry.health = found.healths[at];
                    all.append(entry);
                }
                for (int at = 0; at < found.tenants.size(); ++at) {
                    Model::Entry entry;
                    entry.tenant = found.tenants[at];
                    entry.text = nameOfStamp(entry.tenant);
                    entry.aside = tr("tenant on %1").arg(found.owners[at]);
                    entry.icon = u"person"_s;
                    all.append(entry);
                }
                all += byTarget;
                const int row = m_list->currentIndex().row();
                m_model->show(all);
                m_list->setCurrentIndex(m_model->index(std::max(0, row)));
            });
}

void CommandPalette::choose(int row)
{
    if (row < 0 || row >= m_model->entries.size())
        return;
    const Model::Entry entry = m_model->entries[row];
    if (!entry.reason.isEmpty())
        return;
    close(true);
    if (entry.action)
        entry.action->trigger();
    else if (!entry.stamp.isEmpty())
        Q_EMIT stampChosen(entry.stamp);
    else
        Q_EMIT tenantChosen(entry.tenant);
}

void CommandPalette::close(bool giveBack)
{
    ++m_asked;
    hide();
    if (giveBack && m_before)
        m_before->setFocus();
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::FocusOut && isVisible()) {
        close(false);
        return false;
    }
    if (event->type() != QEvent::KeyPress)
        return QFrame::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    const int row = m_list->currentIndex().row();
    const int rows = m_model->rowCount();
    const auto go = [&](int to) {
        m_list->setCurrentIndex(m_model->index(std::clamp(to, 0, std::max(0, rows - 1))));
    };
    switch (key->key()) {
    case Qt::Key_Up:
        go(row - 1);
        return true;
    case Qt::Key_Down:
        go(row + 1);
        return true;
    case Qt::Key_PageUp:
        go(row - 9);
        return true;
    case Qt::Key_PageDown:
        go(row + 9);
        return true;
    case Qt::Key_Enter:
    case Qt::Key_Return:
        choose(row);
        return true;
    case Qt::Key_Escape:
        close(true);
        return true;
    default:
        return false;
    }
}

void CommandPalette::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(QRectF(6, 6, 640, 420), theme[Token::StampShadow]);
    painter.setPen(QPen(theme[Token::LineStrong], 1));
    painter.setBrush(theme[Token::BgPanel]);
    painter.drawRoundedRect(QRectF(0.5, 0.5, 639, 419), 6, 6);
    painter.fillRect(QRectF(1, 57, 638, 1), theme[Token::LineSubtle]);
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tablesview.h"

#include "glyphs.h"
#include "icons.h"
#include "guard.h"
#include "operationsdrawer.h"
#include "themes.h"

#include "models/auditmodel.h"
#include "models/formatter.h"
#include "models/operationmodel.h"

#include <QtCore/QMimeData>
#include <QtGui/QDrag>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int tableRowHeight = 28;
constexpr Text::Style sectionStyle{Text::Face::Display, 20, 700};
constexpr Text::Style bodyStyle{Text::Face::Ui, 13, 400};
constexpr Text::Style cellStyle{Text::Face::Ui, 12, 400};

} // namespace

/// Cells in figures that stand still, the bar of a selected row, and the mark of a tier.
class Table::Delegate final : public QStyledItemDelegate
{
public:
    explicit Delegate(Table *table)
        : QStyledItemDelegate(table)
        , m_table(table)
    {
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override
    {
        const Theme &theme = Theme::current();
        const bool isSelected = option.state & QStyle::State_Selected;
        const bool isHovered = option.state & QStyle::State_MouseOver;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (isSelected)
            painter->fillRect(option.rect, theme[Token::AccentSoft]);
        else if (isHovered)
            painter->fillRect(option.rect, theme[Token::BgHover]);
        if (isSelected && index.column() == 0)
            painter->fillRect(QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()),
                              theme[Token::AccentLine]);
        painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                          theme[Token::LineSubtle]);
        if ((option.state & QStyle::State_HasFocus) && m_table->hasFocus()) {
            painter->setPen(QPen(theme[Token::AccentLine], 1));
            painter->setBrush(Qt::NoBrush);
            painter->drawRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -1.5));
        }
        QRectF box = QRectF(option.rect).adjusted(10, 0, -10, 0);
        if (index.column() == m_table->m_tierColumn) {
            const QVariant raw = index.data(Qt::UserRole);
            if (raw.isValid()) {
                Glyphs::tier(*painter, {box.x(), box.center().y() - 4, 8, 8}, Tier(raw.toInt()),
                             theme[Token::TextSecondary]);
                box.setLeft(box.left() + 14);
            }
        }
        const QString text = index.data(Qt::DisplayRole).toString();
        const auto alignment = index.data(Qt::TextAlignmentRole).value<Qt::Alignment>();
        painter->setPen(theme[index.column() == 0 ? Token::TextPrimary : Token::TextSecondary]);
        const Text::Style style = index.column() == 0 ? Text::Style{Text::Face::Ui, 12, 600}
                                                      : cellStyle;
        const QString shown = Text::elided(text, style, box.width());
        const double base = box.center().y() + 4.5;
        if (alignment & Qt::AlignRight)
            Text::draw(*painter, {box.right(), base}, shown, style, Text::Align::Right);
        else
            Text::draw(*painter, {box.left(), base}, shown, style);
        painter->restore();
    }

private:
    Table *m_table;
};

Table::Table(const QString &name, QWidget *parent)
    : QTableView(parent)
{
    setObjectName(name);
    setAccessibleName(name);
    setItemDelegate(new Delegate(this));
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setWordWrap(false);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setMouseTracking(true);
    setTabKeyNavigation(false);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setMinimumSectionSize(tableRowHeight);
    verticalHeader()->setDefaultSectionSize(tableRowHeight);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    horizontalHeader()->setFont(Text::font({Text::Face::Ui, 11, 600}));
    horizontalHeader()->setFixedHeight(tableRowHeight);
    horizontalHeader()->setStretchLastSection(true);
    const auto dress = [this] {
        QPalette colors = palette();
        colors.setColor(QPalette::Base, Theme::current()[Token::BgCanvas]);
        setPalette(colors);
    };
    dress();
    connect(&Themes::instance(), &Themes::changed, this, dress);
    connect(this, &QTableView::activated, this, &Table::rowActivated);
}

void Table::setModel(QAbstractItemModel *model)
{
    QTableView::setModel(model);
    if (!model)
        return;
    connect(model, &QAbstractItemModel::modelAboutToBeReset, this,
            [this] { m_kept = selectedIds(); });
    connect(model, &QAbstractItemModel::modelReset, this, [this, model] {
        if (m_kept.isEmpty())
            return;
        const QSet<QString> kept(m_kept.begin(), m_kept.end());
        m_kept.clear();
        QItemSelection selection;
        for (int row = 0; row < model->rowCount(); ++row) {
            const QModelIndex index = model->index(row, 0);
            if (kept.contains(index.data(m_idRole).toString()))
                selection.select(index, model->index(row, model->columnCount() - 1));
        }
        selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
    });
}

QStringList Table::selectedIds() const
{
    QStringList ids;
    if (!selectionModel())
        return ids;
    QList<int> rows;
    for (const QItemSelectionRange &range : selectionModel()->selection()) {
        for (int row = range.top(); row <= range.bottom(); ++row)
            rows.append(row);
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    for (const int row : std::as_const(rows)) {
        const QString id = model()->index(row, 0).data(m_idRole).toString();
        if (!id.isEmpty())
            ids.append(id);
    }
    return ids;
}

void Table::setEmptyText(const QString &text)
{
    m_emptyText = text;
    viewport()->update();
}

void Table::paintEvent(QPaintEvent *event)
{
    QTableView::paintEvent(event);
    if (model() && model()->rowCount() == 0 && !m_emptyText.isEmpty()) {
        QPainter painter(viewport());
        painter.setPen(Theme::current()[Token::TextSecondary]);
        Text::draw(painter, {viewport()->width() / 2.0, std::min(160.0, viewport()->height() / 2.0)},
                   m_emptyText, bodyStyle, Text::Align::Center);
    }
}

void Table::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Cut)) {
        Q_EMIT cutRequested();
        return;
    }
    QTableView::keyPressEvent(event);
}

void Table::startDrag(Qt::DropActions)
{
    const QModelIndexList rows = selectionModel()->selectedRows();
    if (rows.isEmpty())
        return;
    std::unique_ptr<QMimeData> mime(model()->mimeData(rows));
    if (!mime)
        return;
    auto *drag = new QDrag(this); // deletes itself
    const int count = int(rows.size());
    const QString words = count == 1 ? rows.first().data().toString()
                                     : Text::counted(count, tr("row"), tr("rows"));
    const Text::Style style{Text::Face::Ui, 12, 600};
    QPixmap card(int(Text::width(words, style)) + 40, 28);
    card.fill(Theme::current()[Token::BgRaised]);
    {
        QPainter painter(&card);
        painter.setPen(Theme::current()[Token::AccentLine]);
        painter.drawRect(card.rect().adjusted(0, 0, -1, -1));
        Icons::draw(painter, {8, 7}, u"hand-index"_s, 14, Theme::current()[Token::AccentText]);
        painter.setPen(Theme::current()[Token::TextPrimary]);
        Text::draw(painter, {28, 18.5}, words, style);
    }
    drag->setPixmap(card);
    // Above the pointer: the map shows below it what is carried where.
    drag->setHotSpot({-12, card.height() + 8});
    drag->setMimeData(mime.release());
    Q_EMIT dragStarted(selectedIds());
    drag->exec(Qt::MoveAction);
    Q_EMIT dragEnded();
}

TenantsView::TenantsView(Deck &deck, CarryController &carry, QWidget *parent)
    : Surface(Token::BgCanvas, {}, parent)
    , m_deck(deck)
    , m_carry(carry)
    , m_model(new TenantModel(deck.feed, this))
    , m_table(new Table(u"tenants"_s, this))
{
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    m_headRow = new Surface(Token::BgWindow, Qt::BottomEdge);
    m_headRow->setFixedHeight(52);
    auto *head = new QHBoxLayout(m_headRow);
    head->setContentsMargins(16, 8, 16, 8);
    head->setSpacing(12);
    head->addWidget(new TextLine(tr("Tenants"), sectionStyle));
    m_count = new TextLine({}, bodyStyle, Token::TextSecondary);
    m_count->setObjectName(u"tenantCount"_s);
    head->addWidget(m_count, 1);
    m_move = new Button(Button::Kind::Plain, tr("Move…"), u"arrow-right"_s);
    m_move->setObjectName(u"moveSelection"_s);
    m_move->setKey(u"Ctrl X"_s);
    head->addWidget(m_move);
    all->addWidget(m_headRow);
    all->addWidget(m_table, 1);

    m_table->setModel(m_model);
    m_table->setIdRole(FleetTableModel::IdRole);
    m_table->setTierColumn(TenantModel::TierColumn);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(TenantModel::Id, Qt::AscendingOrder);
    m_table->setDragEnabled(true);
    m_table->setDragDropMode(QAbstractItemView::DragOnly);
    const QList<std::pair<int, int>> widths
            = {{TenantModel::Id, 150},      {TenantModel::Name, 150},
               {TenantModel::TierColumn, 110}, {TenantModel::StampColumn, 140},
               {TenantModel::Region, 110},  {TenantModel::State, 80},
               {TenantModel::Cpu, 70},      {TenantModel::Memory, 90},
               {TenantModel::Storage, 90},  {TenantModel::Requests, 90},
               {TenantModel::Rules, 190},   {TenantModel::Differs, 190}};
    for (const auto &[column, width] : widths)
        m_table->setColumnWidth(column, width);

    connect(m_table, &Table::dragStarted, this, [this](const QStringList &ids) {
        if (const Result<void> picked = m_carry.pickUp(ids, CarryController::Mode::Drag); !picked)
            m_table->setToolTip(picked.error().message);
    });
    connect(m_table, &Table::dragEnded, this, [this] {
        // Let go where nothing takes it: put back. A drop has ended the carry before.
        if (m_carry.mode() == CarryController::Mode::Drag)
            m_carry.putBack();
    });
    connect(m_table, &Table::cutRequested, this, &TenantsView::cut);
    connect(m_move, &Button::clicked, this, &TenantsView::cut);
    connect(m_table, &Table::rowActivated, this, [this](const QModelIndex &index) {
        const int slot = m_model->slotAt(index.row());
        const int owner = m_deck.fleet().tenants[slot].owner;
        if (owner >= 0)
            Q_EMIT stampActivated(m_deck.fleet().stampId(owner));
    });
    connect(m_model, &FleetTableModel::arranged, this, &TenantsView::updateHead);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &TenantsView::updateHead);
    updateHead();
}

void TenantsView::setCompact(bool compact)
{
    m_headRow->setVisible(!compact);
    for (const int column : {int(TenantModel::StampColumn), int(TenantModel::Region),
                             int(TenantModel::Name)})
        m_table->setColumnHidden(column, compact);
    m_table->setColumnWidth(TenantModel::Id, compact ? 120 : 150);
    m_table->setColumnWidth(TenantModel::TierColumn, compact ? 96 : 110);
}

void TenantsView::setQuery(const Query &query)
{
    m_query = query;
    applyFilter();
}

void TenantsView::setStamp(const QString &id)
{
    if (m_stamp == id)
        return;
    m_stamp = id;
    applyFilter();
}

void TenantsView::applyFilter()
{
    if (m_query.isEmpty() && m_stamp.isEmpty()) {
        m_model->setFilter({});
    } else {
        m_model->setFilter([query = m_query, stamp = m_stamp](const FleetVersion &version, int slot) {
            const TenantEntry &entry = version.tenants[slot];
            if (!stamp.isEmpty()) {
                const int at = version.stampIndex.value(stamp);
                if (at < 0)
                    return false;
                const std::vector<int> &here = version.stamps[at]->tenants;
                if (std::find(here.begin(), here.end(), slot) == here.end())
                    return false;
            }
            return query.isEmpty() || query.matches(TenantSubject(version, entry));
        });
    }
    m_table->setEmptyText(m_query.isEmpty()
                                  ? (m_stamp.isEmpty() ? tr("No tenants yet.")
                                                       : tr("No tenants on this stamp."))
                                  : tr("Nothing matches %1").arg(m_query.toString()));
}

void TenantsView::updateHead()
{
    const int selected = int(m_table->selectionModel()->selectedRows().size());
    QString line = m_query.isEmpty()
        ? Format::count(m_model->rowCount())
        : tr("%1 of %2").arg(Format::count(m_model->rowCount()),
                             Format::count(m_deck.fleet().counts.tenants));
    if (selected > 0)
        line += tr(", %1 selected").arg(Format::count(selected));
    m_count->setText(line);
    m_move->setEnabled(selected > 0 && !m_deck.readOnly);
    m_move->setToolTip(m_deck.readOnly ? tr("Started read only") : QString());
}

void TenantsView::cut()
{
    const QStringList ids = m_table->selectedIds();
    if (ids.isEmpty() || m_deck.readOnly)
        return;
    // What went away in the meantime is no more in the table either.
    const Result<void> picked = m_carry.pickUp(ids, CarryController::Mode::Cut);
    if (!picked)
        m_table->setToolTip(picked.error().message);
}

/// The steps of one operation with their states and times.
class OperationsView::Steps final : public QWidget
{
public:
    OperationPtr operation;

    void show(const OperationPtr &shown)
    {
        operation = shown;
        setFixedHeight(operation ? 40 + 24 * int(operation->steps.size()) + 8 : 40);
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        if (!operation)
            return;
        const Theme &theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(theme[Token::TextPrimary]);
        Text::draw(painter, {16, 24}, titleOf(*operation), {Text::Face::Ui, 15, 700});
        double y = 40;
        for (const OperationStep &step : operation->steps) {
            QString icon = u"clock"_s;
            Token ink = Token::TextTertiary;
            switch (step.state) {
            case StepState::Pending:
                break;
            case StepState::Running:
                icon = u"arrow-repeat"_s;
                ink = Token::AccentText;
                break;
            case StepState::Succeeded:
                icon = u"check-lg"_s;
                ink = Token::HealthyText;
                break;
            case StepState::Failed:
                icon = u"x-lg"_s;
                ink = Token::UnhealthyText;
                break;
            case StepState::RolledBack:
                icon = u"arrow-counterclockwise"_s;
                ink = Token::TextSecondary;
                break;
            case StepState::Skipped:
                icon = u"dash-lg"_s;
                break;
            }
            Icons::draw(painter, {16, y + 4}, icon, 13, theme[ink]);
            painter.setPen(theme[Token::TextPrimary]);
            Text::draw(painter, {38, y + 15}, Text::elided(step.title, cellStyle, 360), cellStyle);
            painter.setPen(theme[Token::TextSecondary]);
            QString times = toString(step.state);
            if (step.startedAt)
                times += u"  " + Format::second(*step.startedAt);
            if (step.endedAt)
                times += u" – " + Format::second(*step.endedAt);
            Text::draw(painter, {410, y + 15}, times, cellStyle);
            if (!step.error.isEmpty()) {
                painter.setPen(theme[Token::UnhealthyText]);
                Text::draw(painter, {650, y + 15},
                           Text::elided(step.error, cellStyle, width() - 660.0), cellStyle);
            }
            y += 24;
        }
    }
};

OperationsView::OperationsView(Deck &deck, QWidget *parent)
    : Surface(Token::BgCanvas, {}, parent)
    , m_deck(deck)
    , m_model(new OperationModel(deck.feed, this))
    , m_table(new Table(u"operations"_s, this))
    , m_steps(new Steps)
{
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_table, 2);
    m_table->setModel(m_model);
    m_table->setIdRole(OperationModel::IdRole);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEmptyText(tr("No operations yet. Every action that is run is listed here."));
    const QList<std::pair<int, int>> widths
            = {{OperationModel::Kind, 90},     {OperationModel::Target, 260},
               {OperationModel::State, 110},   {OperationModel::Progress, 90},
               {OperationModel::By, 120},      {OperationModel::Started, 110},
               {OperationModel::Reason, 220}};
    for (const auto &[column, width] : widths)
        m_table->setColumnWidth(column, width);

    m_foot = new Surface(Token::BgWindow, Qt::TopEdge);
    auto *foot = new QVBoxLayout(m_foot);
    foot->setContentsMargins(0, 0, 0, 0);
    foot->setSpacing(0);
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(16, 8, 16, 0);
    bar->setSpacing(8);
    bar->addStretch(1);
    for (const auto &[verb, text] :
         {std::pair(OperationVerb::Pause, tr("Pause")), std::pair(OperationVerb::Resume, tr("Resume")),
          std::pair(OperationVerb::Cancel, tr("Cancel")),
          std::pair(OperationVerb::Rollback, tr("Roll back")),
          std::pair(OperationVerb::Undo, tr("Undo"))}) {
        auto *button = new Button(Button::Kind::Plain, text);
        button->setObjectName(u"view "_s + toString(verb));
        connect(button, &Button::clicked, this, [this, verb = verb] {
            if (m_steps->operation)
                Q_EMIT verbRequested(m_steps->operation->id, verb);
        });
        m_verbs.append(button);
        bar->addWidget(button);
    }
    foot->addLayout(bar);
    auto *area = new QScrollArea;
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setFocusPolicy(Qt::NoFocus);
    area->setWidget(m_steps);
    foot->addWidget(area, 1);
    all->addWidget(m_foot, 1);
    m_foot->hide();

    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &OperationsView::updateDetail);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &OperationsView::updateDetail);
    connect(m_model, &QAbstractItemModel::rowsInserted, this, &OperationsView::applyStamp);
}

void OperationsView::setStamp(const QString &id)
{
    m_stamp = id;
    applyStamp();
}

void OperationsView::applyStamp()
{
    // A few hundred at the most: hiding rows is enough. A target names stamps without their source.
    const QString name = nameOfStamp(m_stamp);
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const OperationPtr &operation = m_model->operationAt(row);
        bool names = name.isEmpty() || operation->target.split(u' ').contains(name);
        for (const OperationStep &step : operation->steps)
            names = names || step.title.split(u' ').contains(name);
        m_table->setRowHidden(row, !names);
    }
}

void OperationsView::updateDetail()
{
    const QModelIndex current = m_table->currentIndex();
    m_foot->setVisible(current.isValid());
    if (!current.isValid())
        return;
    const OperationPtr operation = m_model->operationAt(current.row());
    m_steps->show(operation);
    const QList<OperationVerb> verbs = verbsOf(*operation);
    const QString why = Guard::whyNotControlled(m_deck, operation->id);
    for (int at = 0; at < m_verbs.size(); ++at) {
        m_verbs[at]->setVisible(verbs.contains(OperationVerb(at)));
        m_verbs[at]->setEnabled(why.isEmpty());
        m_verbs[at]->setToolTip(why);
    }
}

AuditView::AuditView(AuditModel &model, QWidget *parent)
    : Surface(Token::BgCanvas, {}, parent)
    , m_model(model)
    , m_table(new Table(u"audit"_s, this))
    , m_chain(new TextLine({}, bodyStyle, Token::TextSecondary))
    , m_verify(new Button(Button::Kind::Plain, tr("Verify"), u"shield-check"_s))
{
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    auto *head = new Surface(Token::BgWindow, Qt::BottomEdge);
    head->setFixedHeight(52);
    auto *row = new QHBoxLayout(head);
    row->setContentsMargins(16, 8, 16, 8);
    row->setSpacing(12);
    row->addWidget(new TextLine(tr("Audit"), sectionStyle));
    m_chain->setObjectName(u"chain"_s);
    row->addWidget(m_chain, 1);
    m_verify->setObjectName(u"verifyAudit"_s);
    row->addWidget(m_verify);
    all->addWidget(head);
    all->addWidget(m_table, 1);
    m_table->setModel(&model);
    m_table->setIdRole(AuditModel::SequenceRole);
    m_table->setEmptyText(tr("Nothing has been done from this state directory yet."));
    const QList<std::pair<int, int>> widths
            = {{AuditModel::Time, 150},   {AuditModel::Actor, 130},  {AuditModel::Action, 110},
               {AuditModel::Target, 240}, {AuditModel::Reason, 260}, {AuditModel::Outcome, 260}};
    for (const auto &[column, width] : widths)
        m_table->setColumnWidth(column, width);
    connect(m_verify, &Button::clicked, &model, &AuditModel::verify);
    connect(&model, &AuditModel::verified, this, &AuditView::updateChain);
    connect(&model, &AuditModel::refreshed, this, &AuditView::updateChain);
    connect(&model, &QAbstractItemModel::rowsInserted, this, &AuditView::applyStamp);
    updateChain();
}

void AuditView::setStamp(const QString &name)
{
    m_stamp = name;
    applyStamp();
}

void AuditView::applyStamp()
{
    if (m_stamp.isEmpty())
        return;
    for (int row = 0; row < m_model.rowCount(); ++row) {
        const AuditEntry &entry = m_model.entryAt(row);
        m_table->setRowHidden(row, !entry.target.split(u' ').contains(m_stamp));
    }
}

void AuditView::updateChain()
{
    if (!m_model.readError().isEmpty()) {
        m_chain->setText(tr("Cannot be read: %1").arg(m_model.readError()));
        m_chain->setToken(Token::UnhealthyText);
    } else if (!m_model.chain()) {
        m_chain->setText(tr("%1, not verified yet").arg(Text::counted(m_model.rowCount(), tr("entry"), tr("entries"))));
        m_chain->setToken(Token::TextSecondary);
    } else if (*m_model.chain()) {
        m_chain->setText(tr("Chain verified: %1").arg(Text::counted(**m_model.chain(), tr("entry holds"), tr("entries hold"))));
        m_chain->setToken(Token::HealthyText);
    } else {
        m_chain->setText(tr("The chain is broken: %1").arg(m_model.chain()->error().message));
        m_chain->setToken(Token::UnhealthyText);
    }
}

CalmView::CalmView(const QString &icon, const QString &head, const QString &line, QWidget *parent)
    : Surface(Token::BgCanvas, {}, parent)
    , m_icon(icon)
    , m_head(head)
    , m_line(line)
{
    setAccessibleName(head);
    setAccessibleDescription(line);
}

void CalmView::paintEvent(QPaintEvent *event)
{
    Surface::paintEvent(event);
    const Theme &theme = Theme::current();
    QPainter painter(this);
    const QPointF middle = QRectF(rect()).center();
    Icons::draw(painter, middle - QPointF(20, 74), m_icon, 40, theme[Token::HealthyGlyph]);
    painter.setPen(theme[Token::TextPrimary]);
    Text::draw(painter, middle, m_head, {Text::Face::Display, 22, 700}, Text::Align::Center);
    painter.setPen(theme[Token::TextSecondary]);
    Text::draw(painter, middle + QPointF(0, 26), m_line, bodyStyle, Text::Align::Center);
}

} // namespace Stampdeck

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
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr Text::Style sectionStyle = Text::dialogTitle;
constexpr Text::Style bodyStyle = Text::body;
constexpr Text::Style cellStyle = Text::secondLine;

// Name at the left, what is to be said of it, and room for buttons.
QHBoxLayout *headIn(QWidget *head, const QString &title, TextLine *words)
{
    head->setFixedHeight(52);
    auto *row = new QHBoxLayout(head);
    row->setContentsMargins(16, 8, 16, 8);
    row->setSpacing(12);
    row->addWidget(new TextLine(title, sectionStyle));
    row->addWidget(words, 1);
    return row;
}

Button *exportButton(Table *table)
{
    auto *button = new Button(Button::Kind::Plain, Table::tr("Export…"), u"download"_s);
    button->setObjectName(u"export "_s + table->objectName());
    QObject::connect(button, &Button::clicked, table, &Table::chooseExport);
    return button;
}

QString countOf(const FleetTableModel &model, int all, const Table &table, bool isFiltered)
{
    QString line = isFiltered
        ? Table::tr("%1 of %2").arg(Format::count(model.rowCount()), Format::count(all))
        : Format::count(model.rowCount());
    if (const qsizetype selected = table.selectionModel()->selectedRows().size(); selected > 0)
        line += Table::tr(", %1 selected").arg(Format::count(selected));
    return line;
}

} // namespace

QStringList StampsView::tenantsOn(const QStringList &stamps) const
{
    const FleetVersion &fleet = m_deck.fleet();
    QStringList tenants;
    for (const QString &id : stamps) {
        const int slot = fleet.stampIndex.value(id);
        if (slot < 0)
            continue;
        for (const int tenant : fleet.stamps[slot]->tenants) {
            if (fleet.tenants[tenant].tenant && fleet.tenants[tenant].owner == slot)
                tenants.append(fleet.tenantId(tenant));
        }
    }
    return tenants;
}

// As the drain handle of a tile does: all of one stamp's leave it for good; of several they are moved.
void StampsView::pickUp(const QStringList &stamps)
{
    const Result<void> picked = stamps.size() == 1
        ? m_carry.pickUpAll(stamps.first(), CarryController::Mode::Drag)
        : m_carry.pickUp(tenantsOn(stamps), CarryController::Mode::Drag);
    m_table->setToolTip(picked ? QString() : picked.error().message);
}

StampsView::StampsView(Deck &deck, CarryController &carry, QWidget *parent)
    : Surface(Token::BgPanel, {}, parent)
    , m_deck(deck)
    , m_carry(carry)
    , m_model(new StampModel(deck.feed, this))
    , m_table(new Table(u"stamps"_s, this))
    , m_count(new TextLine({}, bodyStyle, Token::TextSecondary))
{
    m_table->setAccessibleName(tr("stamps"));
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    auto *head = new Surface(Token::BgWindow, Qt::BottomEdge);
    m_count->setObjectName(u"stampCount"_s);
    headIn(head, tr("Stamps"), m_count)->addWidget(exportButton(m_table));
    all->addWidget(head);
    all->addWidget(m_table, 1);

    m_table->setModel(m_model);
    m_table->setIdRole(FleetTableModel::IdRole);
    m_table->setContent([this] { return m_model->content(); });
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(StampModel::Name, Qt::AscendingOrder);
    m_table->setDragEnabled(deck.acts());
    connect(&deck.feed, &FleetFeed::pastChanged, m_table,
            [this] { m_table->setDragEnabled(m_deck.acts()); });
    m_table->setDragDropMode(QAbstractItemView::DragOnly);
    m_table->setDragged([this](const QStringList &ids) {
        return tenantsToMime(m_deck.fleet(), tenantsOn(ids));
    });
    connect(m_table, &Table::dragStarted, this, &StampsView::pickUp);
    connect(m_table, &Table::dragEnded, this, [this] {
        // Let go where nothing takes it: put back. A drop has ended the carry before.
        if (m_carry.mode() == CarryController::Mode::Drag)
            m_carry.putBack();
    });
    m_table->setWidths({{StampModel::Name, 160},       {StampModel::Source, 90},
                        {StampModel::Region, 110},     {StampModel::Ring, 60},
                        {StampModel::Version, 90},     {StampModel::State, 100},
                        {StampModel::HealthColumn, 100}, {StampModel::Load, 70},
                        {StampModel::Cpu, 130},        {StampModel::Memory, 130},
                        {StampModel::Storage, 130},    {StampModel::Tenants, 80},
                        {StampModel::Requests, 90},    {StampModel::Errors, 80},
                        {StampModel::LatencyP50, 80},  {StampModel::LatencyP99, 80},
                        {StampModel::CostColumn, 100}});
    m_table->setMark(StampModel::HealthColumn,
                     [](QPainter &painter, const QRectF &box, const QVariant &raw) {
                         const auto health = StampModel::healthOf(raw);
                         if (health)
                             Glyphs::health(painter, box, *health, Theme::current()[Token::BgPanel]);
                         else
                             Glyphs::stale(painter, box);
                     });
    m_table->setEmptyText(tr("No stamps yet."));
    connect(m_table, &Table::rowActivated, this, [this](const QModelIndex &index) {
        Q_EMIT stampActivated(m_model->idAt(index.row()));
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        updateHead();
        Q_EMIT stampsSelected(m_table->selectedIds());
    });
    connect(m_model, &FleetTableModel::arranged, this, &StampsView::updateHead);
    connect(m_model, &FleetTableModel::arranged, this, &StampsView::selectWanted,
            Qt::QueuedConnection); // after the table has its selection of before again
    updateHead();
}

void StampsView::select(const QString &id)
{
    m_wanted = id;
    selectWanted();
}

void StampsView::selectWanted()
{
    const int row = m_wanted.isEmpty() ? -1 : m_model->rowOfId(m_wanted);
    if (row < 0)
        return;
    m_wanted.clear();
    m_table->selectRow(row);
    m_table->scrollTo(m_model->index(row, 0), QAbstractItemView::EnsureVisible);
}

QString noHitText(const Query &query)
{
    return query.fault().isEmpty()
        ? StampsView::tr("Nothing matches %1").arg(query.toString())
        : StampsView::tr("The search is not understood: %1").arg(query.fault());
}

void StampsView::setQuery(const Query &query)
{
    m_query = query;
    if (query.isEmpty())
        m_model->setFilter({});
    else
        m_model->setFilter([query](const FleetVersion &version, int slot) {
            return query.matches(StampSubject(version, *version.stamps[slot]));
        });
    m_table->setEmptyText(query.isEmpty() ? tr("No stamps yet.") : noHitText(query));
    m_table->setEmptyOffer(query.isEmpty() ? QString() : tr("Clear"));
}

void StampsView::updateHead()
{
    m_count->setText(countOf(*m_model, m_deck.fleet().counts.stamps, *m_table, !m_query.isEmpty()));
}

TenantsView::TenantsView(Deck &deck, CarryController &carry, QWidget *parent)
    : Surface(Token::BgPanel, {}, parent)
    , m_deck(deck)
    , m_carry(carry)
    , m_model(new TenantModel(deck.feed, this))
    , m_table(new Table(u"tenants"_s, this))
{
    m_table->setAccessibleName(tr("tenants"));
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    m_headRow = new Surface(Token::BgWindow, Qt::BottomEdge);
    m_count = new TextLine({}, bodyStyle, Token::TextSecondary);
    m_count->setObjectName(u"tenantCount"_s);
    QHBoxLayout *head = headIn(m_headRow, tr("Tenants"), m_count);
    m_move = new Button(Button::Kind::Plain, tr("Move…"), u"arrow-right"_s);
    m_move->setObjectName(u"moveSelection"_s);
    m_move->setKey(u"Ctrl X"_s);
    head->addWidget(m_move);
    head->addWidget(exportButton(m_table));
    all->addWidget(m_headRow);
    all->addWidget(m_table, 1);

    m_table->setModel(m_model);
    m_table->setIdRole(FleetTableModel::IdRole);
    m_table->setContent([this] { return m_model->content(); });
    m_table->setMark(TenantModel::TierColumn,
                     [](QPainter &painter, const QRectF &box, const QVariant &raw) {
                         Glyphs::tier(painter, box.adjusted(0, 1, -2, -1), Tier(raw.toInt()),
                                      Theme::current()[Token::TextSecondary]);
                     });
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(TenantModel::Id, Qt::AscendingOrder);
    m_table->setDragEnabled(deck.acts());
    connect(&deck.feed, &FleetFeed::pastChanged, m_table,
            [this] { m_table->setDragEnabled(m_deck.acts()); });
    m_table->setDragDropMode(QAbstractItemView::DragOnly);
    m_table->setWidths({{TenantModel::Id, 150},      {TenantModel::Name, 140},
               {TenantModel::TierColumn, 110}, {TenantModel::StampColumn, 140},
               {TenantModel::Region, 110},  {TenantModel::State, 80},
               {TenantModel::Cpu, 70},      {TenantModel::Memory, 90},
               {TenantModel::Storage, 90},  {TenantModel::Requests, 90},
               {TenantModel::Rules, 170},   {TenantModel::Differs, 150},
               {TenantModel::Changed, 130}});

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
                                  : noHitText(m_query));
    m_table->setEmptyOffer(m_query.isEmpty() ? QString() : tr("Clear"));
}

void TenantsView::updateHead()
{
    const bool selected = m_table->selectionModel()->hasSelection();
    m_count->setText(
        countOf(*m_model, m_deck.fleet().counts.tenants, *m_table, !m_query.isEmpty()));
    m_move->setEnabled(selected && m_deck.acts());
    m_move->setToolTip(Format::capitalised(Guard::whyReadOnly(m_deck, nullptr)));
}

void TenantsView::cut()
{
    const QStringList ids = m_table->selectedIds();
    if (ids.isEmpty() || !m_deck.acts())
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
            QString times = Format::word(step.state);
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
    : Surface(Token::BgPanel, {}, parent)
    , m_deck(deck)
    , m_model(new OperationModel(deck.feed, this))
    , m_table(new Table(u"operations"_s, this))
    , m_headRow(new Surface(Token::BgWindow, Qt::BottomEdge))
    , m_count(new TextLine({}, bodyStyle, Token::TextSecondary))
    , m_steps(new Steps)
{
    m_table->setAccessibleName(tr("operations"));
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    m_count->setObjectName(u"operationCount"_s);
    headIn(m_headRow, tr("Operations"), m_count)->addWidget(exportButton(m_table));
    all->addWidget(m_headRow);
    all->addWidget(m_table, 2);
    m_table->setModel(m_model);
    m_table->setIdRole(OperationModel::IdRole);
    m_table->setContent([this] { return m_model->content(); });
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEmptyText(tr("No operations yet. Every action that is run is listed here."));
    m_table->setWidths({{OperationModel::Kind, 90},     {OperationModel::Target, 260},
               {OperationModel::State, 110},   {OperationModel::Progress, 90},
               {OperationModel::By, 120},      {OperationModel::Started, 110},
               {OperationModel::Reason, 220}});

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
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(m_model, signal, this, &OperationsView::updateHead);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &OperationsView::updateHead);
    connect(m_model, &QAbstractItemModel::modelReset, this, &OperationsView::updateHead);
    updateHead();
}

void OperationsView::updateHead()
{
    const int live = m_model->liveCount();
    const int all = m_model->rowCount();
    m_count->setText(
        live > 0 ? tr("%Ln operation(s), %1 not over", nullptr, all).arg(Format::count(live))
                 : tr("%Ln operation(s)", nullptr, all));
}

OperationPtr OperationsView::current() const
{
    return m_steps->operation;
}

void OperationsView::setStamp(const QString &id)
{
    m_stamp = id;
    applyStamp();
}

void OperationsView::applyStamp()
{
    // A few hundred at the most: hiding rows is enough.
    for (int row = 0; row < m_model->rowCount(); ++row)
        m_table->setRowHidden(row, !m_stamp.isEmpty()
                                  && !isAbout(*m_model->operationAt(row), m_stamp));
}

void OperationsView::updateDetail()
{
    const QModelIndex current = m_table->currentIndex();
    m_foot->setVisible(current.isValid());
    const OperationPtr operation =
        current.isValid() ? m_model->operationAt(current.row()) : OperationPtr();
    m_steps->show(operation);
    Q_EMIT currentChanged();
    if (!operation)
        return;
    const QList<OperationVerb> verbs = verbsOf(*operation);
    const QString why = Guard::whyNotControlled(m_deck, operation->id);
    for (int at = 0; at < m_verbs.size(); ++at) {
        m_verbs[at]->setVisible(verbs.contains(OperationVerb(at)));
        m_verbs[at]->setEnabled(why.isEmpty());
        m_verbs[at]->setToolTip(why);
    }
}

AuditView::AuditView(AuditModel &model, QWidget *parent)
    : Surface(Token::BgPanel, {}, parent)
    , m_model(model)
    , m_table(new Table(u"audit"_s, this))
    , m_chain(new TextLine({}, bodyStyle, Token::TextSecondary))
    , m_verify(new Button(Button::Kind::Plain, tr("Verify"), u"shield-check"_s))
{
    m_table->setAccessibleName(tr("audit"));
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    auto *head = new Surface(Token::BgWindow, Qt::BottomEdge);
    m_chain->setObjectName(u"chain"_s);
    QHBoxLayout *row = headIn(head, tr("Audit"), m_chain);
    m_verify->setObjectName(u"verifyAudit"_s);
    row->addWidget(m_verify);
    row->addWidget(exportButton(m_table));
    all->addWidget(head);
    all->addWidget(m_table, 1);
    m_table->setModel(&model);
    m_table->setIdRole(AuditModel::SequenceRole);
    m_table->setContent([this] { return m_model.content(); });
    m_table->setEmptyText(tr("Nothing has been done from this state directory yet."));
    m_table->setWidths({{AuditModel::Time, 150},   {AuditModel::Actor, 130},  {AuditModel::Action, 110},
               {AuditModel::Target, 240}, {AuditModel::Reason, 260}, {AuditModel::Outcome, 260}});
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
        m_chain->setText(tr("%Ln entry(ies), not verified yet", nullptr, m_model.rowCount()));
        m_chain->setToken(Token::TextSecondary);
    } else if (*m_model.chain()) {
        m_chain->setText(
            tr("Chain verified: %Ln entry(ies) hold", nullptr, int(**m_model.chain())));
        m_chain->setToken(Token::HealthyText);
    } else {
        m_chain->setText(tr("The chain is broken: %1").arg(m_model.chain()->error().message));
        m_chain->setToken(Token::UnhealthyText);
    }
}

CalmView::CalmView(const QString &icon, const QString &head, const QString &line, QWidget *parent)
    : Surface(Token::BgPanel, {}, parent)
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

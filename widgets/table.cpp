// SPDX-License-Identifier: GPL-3.0-or-later
#include "table.h"

#include "controls.h"
#include "icons.h"
#include "text.h"
#include "textsize.h"
#include "themes.h"

#include "backends/api/whendone.h"

#include <QtConcurrent/QtConcurrentRun>
#include <QtCore/QMimeData>
#include <QtCore/QSaveFile>
#include <QtGui/QClipboard>
#include <QtGui/QContextMenuEvent>
#include <QtGui/QDrag>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QMenu>
#include <QtWidgets/QStyledItemDelegate>

#include <algorithm>
#include <numeric>

using namespace Qt::StringLiterals;

namespace Stampdeck {

namespace {

constexpr int tableRowHeight = 28;
constexpr Text::Style bodyStyle = Text::body;
constexpr Text::Style cellStyle = Text::secondLine;
constexpr int layoutVersion = 1;

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
        if (isSelected && m_table->horizontalHeader()->visualIndex(index.column()) == 0)
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
        if (index.column() == m_table->m_markColumn) {
            const QVariant raw = index.data(Qt::UserRole);
            if (raw.isValid()) {
                m_table->m_mark(*painter, {box.x(), box.center().y() - 5, 10, 10}, raw);
                box.setLeft(box.left() + 16);
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
    verticalHeader()->setMinimumSectionSize(withText(tableRowHeight));
    verticalHeader()->setDefaultSectionSize(withText(tableRowHeight));
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    horizontalHeader()->setFont(Text::font({Text::Face::Ui, 11, 600}));
    horizontalHeader()->setFixedHeight(withText(tableRowHeight));
    horizontalHeader()->setStretchLastSection(true);
    horizontalHeader()->setSectionsMovable(true);
    horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(horizontalHeader(), &QWidget::customContextMenuRequested, this, [this](const QPoint &at) {
        showColumns(horizontalHeader()->mapToGlobal(at));
    });
    const auto dress = [this] {
        QPalette colors = palette();
        colors.setColor(QPalette::Base, Theme::current()[Token::BgPanel]);
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
    for (const auto change : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(model, change, this, &Table::placeOffer);
    connect(model, &QAbstractItemModel::modelReset, this, &Table::placeOffer);
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

void Table::setMark(int column, Mark mark)
{
    m_markColumn = column;
    m_mark = mark;
}

void Table::setEmptyText(const QString &text)
{
    m_emptyText = text;
    viewport()->update();
    placeOffer();
}

void Table::setEmptyOffer(const QString &words)
{
    if (!m_offer) {
        if (words.isEmpty())
            return;
        m_offer = new Button(Button::Kind::Plain, {}, {}, this);
        m_offer->setObjectName(u"emptyOffer"_s);
        connect(m_offer, &Button::clicked, this, &Table::emptyOfferTaken);
    }
    m_offer->setText(words);
    placeOffer();
}

QRect Table::emptyRect() const
{
    return viewport()->rect().adjusted(8, 0, -8, 0).intersected(
        {0, 0, viewport()->width(), 2 * std::min(160, viewport()->height() / 2)});
}

void Table::placeOffer()
{
    if (!m_offer)
        return;
    m_offer->setVisible(!m_offer->text().isEmpty() && model() && model()->rowCount() == 0);
    if (m_offer->isHidden())
        return;
    const QRect words = QFontMetrics(Text::font(bodyStyle))
                            .boundingRect(emptyRect(), int(Qt::AlignCenter) | int(Qt::TextWordWrap),
                                          m_emptyText);
    QRect box(QPoint(), m_offer->sizeHint());
    box.moveCenter(words.center());
    box.moveTop(words.bottom() + 12);
    m_offer->setGeometry(box.translated(viewport()->pos()));
    m_offer->raise();
}

void Table::resizeEvent(QResizeEvent *event)
{
    QTableView::resizeEvent(event);
    placeOffer();
}

void Table::paintEvent(QPaintEvent *event)
{
    QTableView::paintEvent(event);
    if (model() && model()->rowCount() == 0 && !m_emptyText.isEmpty()) {
        QPainter painter(viewport());
        painter.setPen(Theme::current()[Token::TextSecondary]);
        painter.setFont(Text::font(bodyStyle));
        painter.drawText(emptyRect(), int(Qt::AlignCenter) | int(Qt::TextWordWrap), m_emptyText);
    }
}

void Table::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Cut)) {
        Q_EMIT cutRequested();
        return;
    }
    if (event->matches(QKeySequence::Copy)) {
        copySelection();
        return;
    }
    QTableView::keyPressEvent(event);
}

void Table::startDrag(Qt::DropActions)
{
    const QModelIndexList rows = selectionModel()->selectedRows();
    if (rows.isEmpty())
        return;
    std::unique_ptr<QMimeData> mime =
        m_dragged ? m_dragged(selectedIds()) : std::unique_ptr<QMimeData>(model()->mimeData(rows));
    if (!mime)
        return;
    auto *drag = new QDrag(this); // deletes itself
    const int count = int(rows.size());
    const QString words =
        count == 1 ? rows.first().data().toString() : tr("%Ln row(s)", nullptr, count);
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

void Table::contextMenuEvent(QContextMenuEvent *event)
{
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const QModelIndex index = byKey ? currentIndex() : indexAt(event->pos());
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (index.isValid()) {
        if (!selectionModel()->isRowSelected(index.row(), {}))
            selectRow(index.row());
        Q_EMIT menuWanted(menu, index);
        if (!menu->isEmpty())
            menu->addSeparator();
        QAction *copy = menu->addAction(tr("Copy"), QKeySequence::Copy);
        connect(copy, &QAction::triggered, this, &Table::copySelection);
    }
    QAction *all = menu->addAction(tr("Select all"), QKeySequence::SelectAll);
    all->setEnabled(selectionMode() != QAbstractItemView::SingleSelection);
    connect(all, &QAction::triggered, this, &QTableView::selectAll);
    if (m_content) {
        menu->addSeparator();
        connect(menu->addAction(tr("Export…")), &QAction::triggered, this, &Table::chooseExport);
    }
    menu->popup(byKey && index.isValid()
                    ? viewport()->mapToGlobal(visualRect(index).bottomLeft())
                    : event->globalPos());
}

void Table::showColumns(const QPoint &at)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"columns"_s);
    for (int column = 0; column < model()->columnCount(); ++column) {
        QAction *action =
            menu->addAction(model()->headerData(column, Qt::Horizontal).toString());
        action->setCheckable(true);
        action->setChecked(!isColumnHidden(column));
        action->setEnabled(column > 0); // what names the row
        connect(action, &QAction::toggled, this,
                [this, column](bool shown) { setColumnShown(column, shown); });
    }
    menu->addSeparator();
    connect(menu->addAction(tr("All as at first")), &QAction::triggered, this, &Table::resetLayout);
    menu->popup(at);
}

void Table::setColumnShown(int column, bool shown)
{
    if (column == 0 || isColumnHidden(column) != shown)
        return;
    setColumnHidden(column, !shown);
    // One that was hidden with a width of nothing.
    if (shown && columnWidth(column) < horizontalHeader()->minimumSectionSize())
        setColumnWidth(column, horizontalHeader()->defaultSectionSize());
}

void Table::setWidths(const QList<std::pair<int, int>> &widths)
{
    m_widths = widths;
    for (const auto &[column, width] : widths)
        setColumnWidth(column, width);
}

QByteArray Table::layout() const
{
    return QByteArray::number(layoutVersion) + ' '
        + QByteArray::number(model()->columnCount()) + ' '
        + horizontalHeader()->saveState().toBase64();
}

void Table::setLayout(const QByteArray &layout)
{
    const QList<QByteArray> parts = layout.split(' ');
    if (parts.size() != 3 || parts[0].toInt() != layoutVersion
        || parts[1].toInt() != model()->columnCount())
        return;
    horizontalHeader()->restoreState(QByteArray::fromBase64(parts[2]));
    setColumnHidden(0, false);
    if (isSortingEnabled())
        sortByColumn(horizontalHeader()->sortIndicatorSection(),
                     horizontalHeader()->sortIndicatorOrder());
}

void Table::resetLayout()
{
    for (int column = 0; column < model()->columnCount(); ++column) {
        setColumnHidden(column, false);
        horizontalHeader()->moveSection(horizontalHeader()->visualIndex(column), column);
    }
    setWidths(m_widths);
}

QList<int> Table::columnsShown() const
{
    QList<int> columns;
    for (int at = 0; at < horizontalHeader()->count(); ++at) {
        const int column = horizontalHeader()->logicalIndex(at);
        if (!isColumnHidden(column))
            columns.append(column);
    }
    return columns;
}

void Table::copySelection() const
{
    QModelIndexList rows = selectionModel()->selectedRows();
    if (rows.isEmpty())
        return;
    std::sort(rows.begin(), rows.end());
    const QList<int> columns = columnsShown();
    QString text;
    for (const QModelIndex &row : std::as_const(rows)) {
        QStringList cells;
        for (const int column : columns) {
            // One line a row, whatever somebody has written into a name.
            cells.append(row.siblingAtColumn(column).data().toString().simplified());
        }
        text += cells.join(u'\t') + u'\n';
    }
    QGuiApplication::clipboard()->setText(text);
}

FutureResult<int> Table::exportTo(const QString &path) const
{
    std::vector<int> rows;
    rows.reserve(size_t(model()->rowCount()));
    for (int row = 0; row < model()->rowCount(); ++row) {
        if (!isRowHidden(row))
            rows.push_back(row);
    }
    const TableFormat format = path.endsWith(u".json"_s, Qt::CaseInsensitive) ? TableFormat::Json
                                                                             : TableFormat::Csv;
    return QtConcurrent::run([path, rows = std::move(rows), columns = columnsShown(), format,
                              content = m_content()]() -> Result<int> {
        QSaveFile file(path);
        if (!file.open(QIODevice::WriteOnly))
            return fail(ErrorKind::Denied, file.errorString());
        if (const Result<void> written = writeTable(file, content, rows, columns, format); !written)
            return fail(written.error());
        if (!file.commit())
            return fail(ErrorKind::Denied, file.errorString());
        return int(rows.size());
    });
}

void Table::chooseExport()
{
    auto *dialog = new QFileDialog(this, tr("Export %1").arg(accessibleName()));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({tr("CSV, for spreadsheets (*.csv)"), tr("JSON, for scripts (*.json)")});
    dialog->setDefaultSuffix(u"csv"_s);
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString &filter) {
        dialog->setDefaultSuffix(filter.contains(u"*.json") ? u"json"_s : u"csv"_s);
    });
    dialog->selectFile(objectName() + u".csv"_s);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        whenDone(exportTo(path), this, [this, path](const Result<int> &rows) {
            Q_EMIT told(rows ? tr("%Ln row(s) written to %1", nullptr, *rows).arg(path)
                             : tr("%1 cannot be written: %2").arg(path, rows.error().message),
                        rows ? Outcome::Done : Outcome::Failed);
        });
    });
    dialog->open();
}

} // namespace Stampdeck

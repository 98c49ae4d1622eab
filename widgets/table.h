// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "outcome.h"

#include "models/tablecontent.h"

#include <QtWidgets/QTableView>

class QMenu;

namespace Stampdeck {

class Button;

/// A table of the look: rows of 28, numbers at the right, sorted by the person only. Remembers what
/// is selected by id, so that nothing loses it while rows come and go. Which columns are shown, where
/// and how wide is the person's choice too: layout() is to be kept.
class Table final : public QTableView
{
    Q_OBJECT
public:
    explicit Table(const QString &name, QWidget *parent = nullptr);
    void setModel(QAbstractItemModel *model) override;
    /// The role that names a row; selection is kept by it over a reset of the model.
    void setIdRole(int role) { m_idRole = role; }
    /// The ids of the selected rows, in the order of the rows.
    [[nodiscard]] QStringList selectedIds() const;
    /// Shown in the middle while there is no row.
    void setEmptyText(const QString &text);
    /// The words of what can be done about it, on a button below that; empty: nothing.
    void setEmptyOffer(const QString &words);
    /// Draws the mark of a raw value into a box of 10 × 10.
    using Mark = void (*)(QPainter &painter, const QRectF &box, const QVariant &raw);
    /// The cells of \a column get a mark in front: the tier, the health.
    void setMark(int column, Mark mark);
    /// Where a file's content comes from; without it there is no Export….
    void setContent(const std::function<TableContent()> &content) { m_content = content; }
    /// Widths by column; what resetLayout() goes back to, with all columns shown in their order.
    void setWidths(const QList<std::pair<int, int>> &widths);

    /// Order, width and choice of the columns, and the sorting: opaque. One of another program
    /// version changes nothing.
    [[nodiscard]] QByteArray layout() const;
    void setLayout(const QByteArray &layout);
    void resetLayout();
    /// The first column always stays.
    void setColumnShown(int column, bool shown);

    /// The selected rows as text: tabs between what is shown, in the order in which it is.
    void copySelection() const;
    /// Writes every row and column that is shown, as CSV, or as JSON where \a path ends so. How many
    /// rows it was follows, or why not; nothing is left half written.
    [[nodiscard]] FutureResult<int> exportTo(const QString &path) const;
    /// Asks for the file first; told() says how it went.
    void chooseExport();
    /// What a drag of rows takes along, by their ids; unless set the model says it.
    void setDragged(const std::function<std::unique_ptr<QMimeData>(const QStringList &ids)> &make)
    {
        m_dragged = make;
    }

Q_SIGNALS:
    void rowActivated(const QModelIndex &index);
    void emptyOfferTaken();
    void cutRequested();
    /// These rows hang on the pointer, until dragEnded().
    void dragStarted(const QStringList &ids);
    void dragEnded();
    /// The menu of a row is about to be shown: whoever knows more to do there puts it first.
    void menuWanted(QMenu *menu, const QModelIndex &index);
    void told(const QString &text, Outcome outcome = Outcome::Done);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void startDrag(Qt::DropActions actions) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    std::function<std::unique_ptr<QMimeData>(const QStringList &)> m_dragged;
    class Delegate;
    void placeOffer();
    [[nodiscard]] QRect emptyRect() const;
    void showColumns(const QPoint &at);
    [[nodiscard]] QList<int> columnsShown() const;
    int m_idRole = Qt::UserRole + 1;
    int m_markColumn = -1;
    Mark m_mark = nullptr;
    QString m_emptyText;
    Button *m_offer = nullptr; // made when something is first offered
    QStringList m_kept;
    QList<std::pair<int, int>> m_widths;
    std::function<TableContent()> m_content;
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>

namespace Stampdeck {

/// How many columns \a text takes on a terminal.
[[nodiscard]] int terminalWidth(QStringView text);

/// \a text in at most \a width columns: what is too long loses its middle, because names differ at
/// both ends.
[[nodiscard]] QString elidedMiddle(const QString &text, int width);

struct TableColumn
{
    enum Kind : quint8 {
        Number, ///< To the right; never shortened.
        Word, ///< To the left; never shortened.
        Name, ///< To the left; loses its middle where the terminal is narrow.
        Sentence, ///< The same, but gives way first and down to little.
    };
    QString title;
    Kind kind = Word;
    /// The highest is left out first where nothing else helps; 0 stays.
    int expendable = 0;
};

/// Rows under titles, laid out for a terminal.
class Table
{
public:
    explicit Table(QList<TableColumn> columns)
        : m_columns(std::move(columns))
    {
    }

    /// One text for each column.
    void add(const QStringList &row) { m_rows.append(row); }

    /// The lines, each within \a width columns (0: as wide as they are) and without blanks at its
    /// end.
    [[nodiscard]] QString render(int width, bool headers = true) const;

private:
    QList<TableColumn> m_columns;
    QList<QStringList> m_rows;
};

} // namespace Stampdeck

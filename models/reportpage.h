// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <utility>

/// What the documents that somebody hands on are written with: reports and hand-over sheets. One HTML
/// file without a script that loads nothing, or what QTextDocument makes pages of. Any thread.
namespace Stampdeck::ReportPage {

/// Who reads it.
enum class Medium : quint8 {
    Browser,
    Paper, ///< QTextDocument, which knows less of CSS.
};

/// Text of anybody's on one line, as text: no control characters, nothing that turns what follows
/// round, and not the whole of a book.
[[nodiscard]] QString tame(const QString &text, int most = 600);
/// The same as HTML: no markup either.
[[nodiscard]] QString plain(const QString &text, int most = 600);

/// What follows takes HTML as \a content, but for names of columns, which are text.
[[nodiscard]] QString element(const QString &name, const QString &content, const QString &kind = {});
[[nodiscard]] QString cell(const QString &content, const QString &kind = {});
/// What, and below it why.
[[nodiscard]] QString titled(const QString &title, const QString &content);
[[nodiscard]] QString row(const QStringList &cells, const QString &kind = {});
/// The head of a column.
struct Column
{
    Column(const QString &text, bool right = false)
        : name(text)
        , isRight(right)
    { }
    QString name;
    bool isRight; ///< Over numbers, which stand at the right.
};
/// At most \a most of \a rows, and how many more there are. Without a head where \a columns is empty.
[[nodiscard]] QString table(const QList<Column> &columns, const QStringList &rows,
                            const QString &kind, int most = 400);
/// The large numbers at the head of a document, each with its words; both are text.
[[nodiscard]] QString figures(const QList<std::pair<QString, QString>> &numbers);
/// The word of a severity ("critical", "warning", …) as a badge; anything else is one of no colour.
[[nodiscard]] QString badge(const QString &severity, Medium medium);
/// The whole document.
[[nodiscard]] QByteArray document(const QString &title, const QString &body, Medium medium);

} // namespace Stampdeck::ReportPage

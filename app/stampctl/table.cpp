// SPDX-License-Identifier: GPL-3.0-or-later
#include "table.h"

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr int gap = 2;

/// 0 for what combines, 2 for what is wide in East Asian fonts, else 1: enough of Unicode's annex 11
/// for names.
int widthOf(char32_t point)
{
    switch (QChar::category(point)) {
    case QChar::Mark_NonSpacing:
    case QChar::Mark_Enclosing:
    case QChar::Other_Format:
        return 0;
    default:
        break;
    }
    const bool wide = (point >= 0x1100 && point <= 0x115f) || (point >= 0x2e80 && point <= 0xa4cf)
            || (point >= 0xac00 && point <= 0xd7a3) || (point >= 0xf900 && point <= 0xfaff)
            || (point >= 0xfe30 && point <= 0xfe6f) || (point >= 0xff00 && point <= 0xff60)
            || (point >= 0xffe0 && point <= 0xffe6) || (point >= 0x1f300 && point <= 0x1faff)
            || (point >= 0x20000 && point <= 0x3fffd);
    return wide ? 2 : 1;
}

/// What a backend tells must not move the cursor or clear the screen.
QString printable(QString text)
{
    for (QChar &c : text) {
        if (c.category() == QChar::Other_Control)
            c = u' ';
    }
    return text;
}

QString padded(const QString &text, int width, bool right)
{
    const QString blanks(std::max(0, width - terminalWidth(text)), u' ');
    return right ? blanks + text : text + blanks;
}

int leastOf(TableColumn::Kind kind)
{
    return kind == TableColumn::Name ? 12 : kind == TableColumn::Sentence ? 8 : 1 << 20;
}

} // namespace

int terminalWidth(QStringView text)
{
    int width = 0;
    for (const char32_t point : text.toUcs4())
        width += widthOf(point);
    return width;
}

QString elidedMiddle(const QString &text, int width)
{
    if (terminalWidth(text) <= width)
        return text;
    if (width <= 0)
        return {};
    const QList<uint> points = text.toUcs4();
    QString head;
    QString tail;
    int left = width - 1; // for the mark
    qsizetype first = 0;
    qsizetype last = points.size();
    for (bool front = true; first < last; front = !front) {
        const char32_t point = front ? points[first] : points[last - 1];
        left -= widthOf(point);
        if (left < 0)
            break;
        if (front) {
            head += QString::fromUcs4(&point, 1);
            ++first;
        } else {
            tail = QString::fromUcs4(&point, 1) + tail;
            --last;
        }
    }
    return head + u'\u2026' + tail;
}

QString Table::render(int width, bool headers) const
{
    QList<QStringList> cells;
    QStringList titles;
    for (const TableColumn &column : m_columns)
        titles += column.title;
    if (headers)
        cells.append(titles);
    for (const QStringList &row : m_rows) {
        QStringList clean;
        for (const QString &text : row)
            clean += printable(text);
        cells.append(clean);
    }

    const int count = int(m_columns.size());
    std::vector<int> natural(size_t(count), 0);
    for (const QStringList &row : std::as_const(cells)) {
        for (int i = 0; i < count; ++i)
            natural[size_t(i)] = std::max(natural[size_t(i)], terminalWidth(row.value(i)));
    }
    std::vector<int> widths = natural;
    std::vector<bool> shown(size_t(count), true);
    const auto total = [&] {
        int sum = -gap;
        for (int i = 0; i < count; ++i) {
            if (shown[size_t(i)])
                sum += widths[size_t(i)] + gap;
        }
        return sum;
    };
    // The widest of a kind gives way first, one column at a time, until all are equally narrow.
    const auto narrow = [&](TableColumn::Kind kind) {
        while (total() > width) {
            int widest = -1;
            for (int i = 0; i < count; ++i) {
                const int least = std::max(leastOf(kind), terminalWidth(m_columns[i].title));
                if (shown[size_t(i)] && m_columns[i].kind == kind && widths[size_t(i)] > least
                    && (widest < 0 || widths[size_t(i)] > widths[size_t(widest)]))
                    widest = i;
            }
            if (widest < 0)
                return;
            --widths[size_t(widest)];
        }
    };
    if (width > 0) {
        for (;;) {
            widths = natural;
            narrow(TableColumn::Sentence);
            narrow(TableColumn::Name);
            if (total() <= width)
                break;
            int drop = -1;
            for (int i = 0; i < count; ++i) {
                if (shown[size_t(i)] && m_columns[i].expendable > 0
                    && (drop < 0 || m_columns[i].expendable >= m_columns[drop].expendable))
                    drop = i;
            }
            if (drop < 0)
                break;
            shown[size_t(drop)] = false;
        }
    }

    QString text;
    for (const QStringList &row : std::as_const(cells)) {
        QString line;
        for (int i = 0; i < count; ++i) {
            if (!shown[size_t(i)])
                continue;
            if (!line.isEmpty())
                line += QString(gap, u' ');
            line += padded(elidedMiddle(row.value(i), widths[size_t(i)]), widths[size_t(i)],
                           m_columns[i].kind == TableColumn::Number);
        }
        while (line.endsWith(u' '))
            line.chop(1);
        // Where even that is too wide: the line is cut rather than wrapped.
        text += (width > 0 && terminalWidth(line) > width ? line.left(width) : line) + u'\n';
    }
    return text;
}

} // namespace Stampdeck

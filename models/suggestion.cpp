// SPDX-License-Identifier: GPL-3.0-or-later
#include "suggestion.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <numeric>
#include <vector>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Suggestion)
};

/// Damerau's distance with adjacent swaps as one step: the usual slips of the hand.
qsizetype distance(const QString &a, const QString &b)
{
    const qsizetype width = b.size() + 1;
    std::vector<qsizetype> before(static_cast<size_t>(width));
    std::vector<qsizetype> last(static_cast<size_t>(width));
    std::vector<qsizetype> row(static_cast<size_t>(width));
    std::iota(last.begin(), last.end(), 0);
    for (qsizetype i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (qsizetype j = 1; j <= b.size(); ++j) {
            const auto at = static_cast<size_t>(j);
            const bool same = a[i - 1].toCaseFolded() == b[j - 1].toCaseFolded();
            row[at] = std::min({last[at] + 1, row[at - 1] + 1, last[at - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[at] = std::min(row[at], before[at - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last.back();
}

} // namespace

QString nearestWord(const QString &word, const QStringList &known)
{
    constexpr qsizetype longestWord = 64; // Nobody mistypes more, and the cost is quadratic.
    if (word.size() > longestWord)
        return {};
    QString nearest;
    qsizetype best = std::max<qsizetype>(1, word.size() / 3) + 1;
    for (const QString &candidate : known) {
        if (candidate.size() > longestWord)
            continue;
        const qsizetype steps = distance(word, candidate);
        if (steps < best) {
            best = steps;
            nearest = candidate;
        }
    }
    return nearest;
}

QString suggestionFor(const QString &word, const QStringList &known)
{
    constexpr qsizetype fewEnoughToList = 12;
    if (const QString nearest = nearestWord(word, known); !nearest.isEmpty())
        return Words::tr(", did you mean “%1”?").arg(nearest);
    if (known.isEmpty() || known.size() > fewEnoughToList)
        return {};
    return Words::tr("; known are %1").arg(known.join(u", "_s));
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "glob.h"

namespace Stampdeck {

bool globMatches(QStringView pattern, QStringView text)
{
    qsizetype p = 0, t = 0;
    qsizetype starAt = -1, starText = 0; // where to go back to when what follows a `*` fails
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == u'*') {
            starAt = p++;
            starText = t;
        } else if (p < pattern.size()
                   && (pattern[p] == u'?'
                       || pattern[p].toCaseFolded() == text[t].toCaseFolded())) {
            ++p;
            ++t;
        } else if (starAt >= 0) {
            p = starAt + 1;
            t = ++starText;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == u'*')
        ++p;
    return p == pattern.size();
}

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "mentions.h"

namespace Stampdeck {

bool mentions(const QString &text, const QString &name)
{
    const auto isPartOfName = [](QChar c) {
        return c.isLetterOrNumber() || c == u'-' || c == u'_' || c == u'.' || c == u'/';
    };
    if (name.isEmpty())
        return false;
    for (qsizetype at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
        const qsizetype end = at + name.size();
        if ((at == 0 || !isPartOfName(text[at - 1]) || text[at - 1] == u'/')
            && (end == text.size() || !isPartOfName(text[end])))
            return true;
    }
    return false;
}

} // namespace Stampdeck

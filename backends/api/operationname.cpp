// SPDX-License-Identifier: GPL-3.0-or-later
#include "operationname.h"

#include <algorithm>

namespace Stampdeck {

namespace {

constexpr qsizetype longestOperation = 200;
constexpr qsizetype longestRun = 128;

bool isPlain(QStringView text, qsizetype most)
{
    return !text.isEmpty() && text.size() <= most
        && std::all_of(text.begin(), text.end(), [](QChar c) {
               return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z')
                   || (c >= u'0' && c <= u'9') || c == u'.' || c == u'-' || c == u'_' || c == u'~';
           });
}

} // namespace

bool isOperationName(QStringView text)
{
    return isPlain(text, longestOperation);
}

bool isRunName(QStringView text)
{
    return isPlain(text, longestRun);
}

} // namespace Stampdeck

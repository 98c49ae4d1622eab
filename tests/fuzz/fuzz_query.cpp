// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/query.h"
#include "models/querycompleter.h"

#include <cstdint>
#include <cstdlib>

using namespace Stampdeck;

/// Any text is understood or refused at a character of it; what is understood is printed as a text
/// that means the same; completion at any place of it ends.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QString text = QString::fromUtf8(reinterpret_cast<const char *>(data), qsizetype(size));
    const QueryResult query = Query::parse(text);
    if (query) {
        const QueryResult again = Query::parse(query->toString());
        if (!again || !(*again == *query))
            std::abort();
        QueryValues subject;
        subject.texts = {{QueryField::Name, {text.left(64)}},
                         {QueryField::Version, {text.left(16)}}};
        subject.numbers = {{QueryField::Cpu, 5}};
        if (query->matches(subject) != again->matches(subject))
            std::abort();
    } else if (query.error().position < 0
               || query.error().position + query.error().length > text.size()
               || query.error().message.isEmpty()) {
        std::abort();
    }
    static const QueryVocabulary vocabulary;
    const qsizetype cursor = size > 0 ? qsizetype(data[0]) % (text.size() + 1) : 0;
    const QueryCompletions completions = completeQuery(text, cursor, vocabulary);
    if (completions.start < 0 || completions.start + completions.length > text.size())
        std::abort();
    return 0;
}

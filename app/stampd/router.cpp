// SPDX-License-Identifier: GPL-3.0-or-later
#include "router.h"

#include <algorithm>

namespace Stampdeck {

void Router::add(const QByteArray &method, const QByteArray &pathTemplate, int id)
{
    auto path = std::find_if(m_paths.begin(), m_paths.end(),
                             [&](const Path &known) { return known.text == pathTemplate; });
    if (path == m_paths.end()) {
        Path added{pathTemplate, {}, {}};
        for (const QByteArray &text : pathTemplate.mid(1).split('/')) {
            const qsizetype close = text.startsWith('{') ? text.indexOf('}') : -1;
            added.segments.push_back(close < 0
                                         ? Segment{{}, text}
                                         : Segment{text.mid(1, close - 1), text.mid(close + 1)});
        }
        path = m_paths.insert(m_paths.end(), std::move(added));
    }
    path->methods.emplace_back(method, id);
}

Router::Match Router::match(const QByteArray &method, const QByteArray &path) const
{
    Match result;
    if (!path.startsWith('/'))
        return result;
    const QList<QByteArray> parts = path.mid(1).split('/');
    for (const Path &known : m_paths) {
        if (known.segments.size() != size_t(parts.size()))
            continue;
        QMap<QByteArray, QByteArray> parameters;
        bool fits = true;
        for (size_t i = 0; fits && i < known.segments.size(); ++i) {
            const Segment &segment = known.segments[i];
            const QByteArray &part = parts[qsizetype(i)];
            if (segment.name.isEmpty()) {
                fits = part == segment.text;
                continue;
            }
            const QByteArray value =
                part.chopped(part.endsWith(segment.text) ? segment.text.size() : part.size());
            fits = !value.isEmpty() && !value.contains(':');
            parameters.insert(segment.name, value);
        }
        if (!fits)
            continue;
        result.route = known.text;
        result.parameters = std::move(parameters);
        for (const auto &[allowed, id] : known.methods) {
            result.allowed.append(allowed);
            if (allowed == "GET")
                result.allowed.append("HEAD");
            if (allowed == method || (allowed == "GET" && method == "HEAD"))
                result.id = id;
        }
        return result;
    }
    return result;
}

} // namespace Stampdeck

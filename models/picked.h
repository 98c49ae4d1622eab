// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "chunked.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace Stampdeck {

/// The places of a Chunked vector that a test picks out. Keeps what it found: of the next version it
/// looks only at what has changed, because a fleet is large and is looked at each second.
template<typename T>
class Picked
{
public:
    /// The places in \a now for which \a test holds, those of one chunk together, in ascending order;
    /// until the next call. What is \a same as it was has the answer that it had, so both have to be
    /// the same at each call.
    template<typename Same, typename Test>
    [[nodiscard]] const std::vector<std::vector<int>> &in(const Chunked<T> &now, Same same, Test test)
    {
        constexpr int chunk = Chunked<T>::chunkSize;
        m_places.resize(size_t((now.size() + chunk - 1) / chunk));
        for (int first = 0; first < now.size(); first += chunk) {
            // The last chunk may have grown where it is.
            const int end = std::min(first + chunk, now.size());
            if (end <= m_seen.size() && now.sharesChunk(m_seen, first))
                continue;
            std::vector<int> &places = m_places[size_t(first / chunk)];
            const std::vector<int> before = std::exchange(places, {});
            auto next = before.begin();
            for (int place = first; place < end; ++place) {
                const bool was = next != before.end() && *next == place;
                next += was;
                const bool isSame = place < m_seen.size() && same(m_seen[place], now[place]);
                if (isSame ? was : test(now[place]))
                    places.push_back(place);
            }
        }
        m_seen = now;
        return m_places;
    }

private:
    Chunked<T> m_seen;
    std::vector<std::vector<int>> m_places; // by chunk
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <vector>

namespace Stampdeck {

/// A set of slots, for those that are filled over and over with a few or with all of many: a bit
/// for each slot and a list of what is in, no hashing. A value; not thread-safe.
class SlotSet
{
public:
    [[nodiscard]] bool isEmpty() const { return m_count == 0; }
    [[nodiscard]] bool contains(int slot) const
    {
        return size_t(slot) < m_is.size() && m_is[size_t(slot)];
    }

    void insert(int slot)
    {
        if (size_t(slot) >= m_is.size())
            m_is.resize(std::max(size_t(slot) + 1, m_is.size() * 2));
        if (m_is[size_t(slot)])
            return;
        m_is[size_t(slot)] = true;
        m_list.push_back(slot);
        ++m_count;
    }
    void insert(const std::vector<int> &slots_)
    {
        for (const int slot : slots_)
            insert(slot);
    }

    void remove(int slot)
    {
        if (!contains(slot))
            return;
        m_is[size_t(slot)] = false; // its place in the list is skipped
        --m_count;
    }

    /// Takes \a most of them out, ascending; which is not told.
    [[nodiscard]] std::vector<int> take(size_t most)
    {
        std::vector<int> taken;
        taken.reserve(std::min(most, size_t(m_count)));
        while (taken.size() < most && !m_list.empty()) {
            const int slot = m_list.back();
            m_list.pop_back();
            if (!contains(slot))
                continue;
            remove(slot);
            taken.push_back(slot);
        }
        sort(taken);
        return taken;
    }

    /// Takes all out, ascending.
    [[nodiscard]] std::vector<int> takeAll()
    {
        std::vector<int> taken;
        taken.swap(m_list);
        if (taken.size() == size_t(m_count)) {
            for (const int slot : taken)
                m_is[size_t(slot)] = false;
        } else {
            std::erase_if(taken, [this](int slot) {
                const bool isOut = !m_is[size_t(slot)];
                m_is[size_t(slot)] = false;
                return isOut;
            });
        }
        m_count = 0;
        sort(taken);
        return taken;
    }

private:
    static void sort(std::vector<int> &list)
    {
        if (!std::is_sorted(list.begin(), list.end()))
            std::sort(list.begin(), list.end());
    }

    std::vector<bool> m_is;
    std::vector<int> m_list; // what was inserted since it was taken; removed ones too
    int m_count = 0;
};

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "jsontext.h"

#include <QtCore/QString>

#include <cstdint>
#include <string_view>
#include <vector>

namespace Stampdeck::Internal {

/// Strings that come again and again within one answer are shared: names of stamps, regions,
/// versions. A table of open addressing over the UTF-8 bytes; the strings stand in the order in
/// which they first came.
class StringPool
{
public:
    StringPool();

    /// The index of the string that says what \a text says, from now on where none did before.
    /// Escaped text is not looked for.
    [[nodiscard]] size_t find(const Json::Text &text);
    /// The same for names that come in runs or in the same order again and again, as the owners of
    /// tenants do: the last one and the next one are looked at first.
    [[nodiscard]] size_t findInOrder(const Json::Text &text);
    [[nodiscard]] const QString &operator[](size_t index) const { return m_strings[index]; }
    /// What its strings take, by estimate.
    [[nodiscard]] qint64 bytes() const { return m_bytes; }

private:
    struct Slot
    {
        uint32_t tag = 0; ///< A part of the hash.
        uint32_t entry = 0; ///< The string's index plus one.
    };

    void grow();

    std::vector<Slot> m_slots;
    std::vector<QString> m_strings;
    // Side by side: strewn among the objects of the fleet, each would be a page of its own to find.
    Json::StringBlocks m_blocks;
    size_t m_lastInOrder = 0;
    qint64 m_bytes = 0;
};

} // namespace Stampdeck::Internal

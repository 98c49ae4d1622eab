// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace Stampdeck::Internal {

/// Finds where a JSON object or array ends, in text that comes in pieces: 64 bytes at a time, by
/// the parity of quotes and the count of brackets. Checks nothing else; the parser does that
/// afterwards.
class ElementScanner
{
public:
    /// Readable bytes that must follow the text.
    static constexpr size_t padding = 64;

    /// Begins anew at an opening bracket.
    void reset() { *this = ElementScanner(); }
    /// Goes on through \a size bytes at \a text and gives how many of them belong to the element;
    /// isComplete() tells whether it ends there. All of them where it does not.
    [[nodiscard]] size_t scan(const char *text, size_t size);
    [[nodiscard]] bool isComplete() const { return m_complete; }

private:
    [[nodiscard]] size_t scanSlowly(const char *text, size_t size);

    uint64_t m_depth = 0;
    bool m_inString = false;
    bool m_escaped = false; ///< The last byte was a backslash that escapes the next.
    bool m_complete = false;
};

} // namespace Stampdeck::Internal

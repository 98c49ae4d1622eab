// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/// Reads JSON (RFC 8259) from where it lies, in one pass. Each function takes where something
/// begins and gives where it ends, or null where the text is not JSON; what it read goes to its
/// last argument. None of them looks for the end of the text: it must be followed by `padding`
/// bytes of 0, which no JSON may hold, so that every function stops there.
namespace Stampdeck::Internal::Json {

/// Bytes that must follow the text; functions read ahead as far.
inline constexpr size_t padding = 64;

[[nodiscard]] inline bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

[[nodiscard]] inline const char *skipSpace(const char *at)
{
    while (isSpace(*at))
        ++at;
    return at;
}

[[nodiscard]] inline bool isNull(const char *at)
{
    return std::memcmp(at, "null", 4) == 0;
}

/// A string's text as it lies between its quotes.
struct Text
{
    std::string_view bytes;
    bool isAscii = true; ///< And without escapes.
    bool isEscaped = false;
};

/// The rest of string(), from the first byte that is not plain.
[[nodiscard]] const char *unusualString(const char *begin, const char *at, Text &text);

/// The string whose opening quote is at \a at: valid UTF-8, valid escapes.
[[nodiscard]] inline const char *string(const char *at, Text &text)
{
    const char *begin = at + 1;
    const char *end = begin;
#ifdef __SSE2__
    for (;; end += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(end));
        // As signed bytes, those of other than ASCII are below the control characters.
        const __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                          _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
        const int mask =
            _mm_movemask_epi8(_mm_or_si128(ends, _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20))));
        if (mask != 0) {
            end += std::countr_zero(unsigned(mask));
            break;
        }
    }
#else
    while (static_cast<signed char>(*end) >= 0x20 && *end != '"' && *end != '\\')
        ++end;
#endif
    if (*end != '"')
        return unusualString(begin, end, text);
    text.bytes = std::string_view(begin, size_t(end - begin));
    return end + 1;
}

/// What \a text says. A half of a surrogate pair that is escaped alone stays what it is.
[[nodiscard]] QString toQString(const Text &text);

/// Makes several strings that live and die together, in one block of memory where they are plain.
void toQStrings(std::initializer_list<std::pair<const Text *, QString *>> texts);

/// Makes strings that lie side by side in blocks of memory, each of which lasts as long as one of
/// its strings: for such as are used together.
class StringBlocks
{
public:
    /// What \a text says.
    [[nodiscard]] QString make(const Text &text);

private:
    QStringPrivate m_block; ///< Its size is what is taken of it.
};

/// True where \a value is what \a text says.
[[nodiscard]] bool equals(const QString &value, const Text &text);

/// A number: infinite where it is beyond what a double holds.
[[nodiscard]] const char *number(const char *at, double &value);

/// Any value, whatever it holds, however deep; \a open is for the brackets that are open.
[[nodiscard]] const char *skip(const char *at, std::string &open);

/// A member's name, compared with the text sixteen bytes at once together with its quotes.
class Name
{
public:
    // NOLINTNEXTLINE(google-explicit-constructor): members are named by literals.
    constexpr Name(const char *name)
        : m_text(name)
    {
        const auto put = [this](size_t i, char c) {
            const size_t byte = i % 8;
            const size_t shift = 8 * (std::endian::native == std::endian::little ? byte : 7 - byte);
            m_words[i / 8] |= uint64_t(static_cast<unsigned char>(c)) << shift;
            m_masks[i / 8] |= uint64_t(0xff) << shift;
        };
        put(0, '"');
        for (size_t i = 0; i < m_text.size() && i < 15; ++i)
            put(i + 1, m_text[i]);
        if (m_text.size() < 15)
            put(m_text.size() + 1, '"');
    }

    [[nodiscard]] constexpr std::string_view text() const { return m_text; }
    /// Whether it is what the string at \a at says; escapes are not looked at.
    [[nodiscard]] bool matches(const char *at) const
    {
        std::array<uint64_t, 2> words;
        std::memcpy(words.data(), at, sizeof words);
        if ((words[0] & m_masks[0]) != m_words[0] || (words[1] & m_masks[1]) != m_words[1])
            return false;
        return m_text.size() < 15
            || (std::memcmp(at + 16, m_text.data() + 15, m_text.size() - 15) == 0
                && at[m_text.size() + 1] == '"');
    }
    /// Where the string ends that it matches.
    [[nodiscard]] const char *end(const char *at) const { return at + m_text.size() + 2; }

private:
    std::string_view m_text;
    std::array<uint64_t, 2> m_words{};
    std::array<uint64_t, 2> m_masks{};
};

} // namespace Stampdeck::Internal::Json

// SPDX-License-Identifier: GPL-3.0-or-later
#include "jsontext.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace Stampdeck::Internal::Json {

namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

unsigned byteOf(char c)
{
    return static_cast<unsigned char>(c);
}

bool isAscii(char c)
{
    return byteOf(c) < 0x80;
}

int hexDigit(char c)
{
    if (isDigit(c))
        return c - '0';
    const char lower = char(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// After the escape at its backslash; null where it is none.
const char *escape(const char *at, char16_t &unit)
{
    static constexpr std::string_view letters = "\"\\/bfnrt";
    static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const size_t letter = letters.find(at[1]);
    if (letter != std::string_view::npos) {
        unit = static_cast<unsigned char>(meanings[letter]);
        return at + 2;
    }
    if (at[1] != 'u')
        return nullptr;
    unsigned code = 0;
    for (int i = 2; i < 6; ++i) {
        const int digit = hexDigit(at[i]);
        if (digit < 0)
            return nullptr;
        code = code * 16 + unsigned(digit);
    }
    unit = char16_t(code);
    return at + 6;
}

// After a character of more than one byte in UTF-8 (RFC 3629, section 4); null where it is none.
const char *character(const char *at)
{
    const unsigned first = byteOf(at[0]);
    const unsigned second = byteOf(at[1]);
    const auto continues = [](char c) { return (byteOf(c) & 0xc0) == 0x80; };
    if (first >= 0xc2 && first <= 0xdf)
        return continues(at[1]) ? at + 2 : nullptr;
    if (first >= 0xe0 && first <= 0xef) {
        const unsigned least = first == 0xe0 ? 0xa0 : 0x80;
        const unsigned most = first == 0xed ? 0x9f : 0xbf;
        return second >= least && second <= most && continues(at[2]) ? at + 3 : nullptr;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const unsigned least = first == 0xf0 ? 0x90 : 0x80;
        const unsigned most = first == 0xf4 ? 0x8f : 0xbf;
        return second >= least && second <= most && continues(at[2]) && continues(at[3]) ? at + 4
                                                                                         : nullptr;
    }
    return nullptr;
}

// Of a number without its sign that no double holds: whether it is too small, not too large.
bool isBelowOne(std::string_view digits)
{
    const size_t mark = digits.find_first_of("eE");
    int exponent = 0;
    if (mark != std::string_view::npos) {
        const bool isSigned = digits[mark + 1] == '+';
        const char *begin = digits.data() + mark + (isSigned ? 2 : 1);
        if (std::from_chars(begin, digits.data() + digits.size(), exponent).ec != std::errc())
            return *begin == '-';
        digits = digits.substr(0, mark);
    }
    const auto point = qint64(std::min(digits.find('.'), digits.size()));
    const auto first = qint64(digits.find_first_not_of("0."));
    // How far the first digit that is not 0 stands before the point.
    return point - first + exponent < (first < point ? 1 : 0);
}

// The value of eight digits at \a at, all at once; nothing where there are fewer.
std::optional<uint64_t> eightDigits(const char *at)
{
    if constexpr (std::endian::native != std::endian::little)
        return std::nullopt;
    uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    constexpr uint64_t ones = 0x0101010101010101U;
    // Each high half is 3, and remains so when 6 is added: a digit.
    if ((word & 0xf0 * ones) != 0x30 * ones || ((word + 6 * ones) & 0xf0 * ones) != 0x30 * ones)
        return std::nullopt;
    // To values of pairs, of fours, and of all.
    word = (word & 0x0f * ones) * (1 + (10 << 8)) >> 8;
    word = (word & 0x00ff00ff00ff00ffU) * (1 + (100 << 16)) >> 16;
    return (word & 0x0000ffff0000ffffU) * (1 + (uint64_t(10000) << 32)) >> 32;
}

void widen(std::string_view bytes, char16_t *out)
{
    size_t at = 0;
#ifdef __SSE2__
    for (; at + 8 <= bytes.size(); at += 8) {
        const __m128i eight = _mm_loadl_epi64(reinterpret_cast<const __m128i *>(bytes.data() + at));
        _mm_storeu_si128(reinterpret_cast<__m128i *>(out + at),
                         _mm_unpacklo_epi8(eight, _mm_setzero_si128()));
    }
#endif
    for (; at < bytes.size(); ++at)
        out[at] = byteOf(bytes[at]);
}

} // namespace

const char *unusualString(const char *begin, const char *at, Text &text)
{
    while (at && *at != '"') {
        if (*at == '\\') {
            char16_t unit = 0;
            text.isEscaped = true;
            text.isAscii = false;
            at = escape(at, unit);
        } else if (!isAscii(*at)) {
            text.isAscii = false;
            at = character(at);
        } else {
            at = byteOf(*at) < 0x20 ? nullptr : at + 1;
        }
    }
    if (!at)
        return nullptr;
    text.bytes = std::string_view(begin, size_t(at - begin));
    return at + 1;
}

QString toQString(const Text &text)
{
    const char *at = text.bytes.data();
    const char *end = at + text.bytes.size();
    if (text.isAscii)
        return QString::fromLatin1(at, end - at);
    if (!text.isEscaped)
        return QString::fromUtf8(at, end - at);
    QString result;
    while (at < end) {
        const char *backslash = std::find(at, end, '\\');
        result += QString::fromUtf8(at, backslash - at);
        at = backslash;
        char16_t unit = 0;
        if (at < end) {
            at = escape(at, unit);
            result += QChar(unit);
        }
    }
    return result;
}

void toQStrings(std::initializer_list<std::pair<const Text *, QString *>> texts)
{
    size_t units = 0;
    for (const auto &[text, value] : texts) {
        if (!text->isAscii)
            *value = toQString(*text);
        else if (!text->bytes.empty())
            units += text->bytes.size() + 1;
    }
    if (units == 0)
        return;
    // As QString does by itself, but for the parts that share the block: each counts as one that
    // refers to it, so that writing to one makes a copy.
    auto [block, unit] = QTypedArrayData<char16_t>::allocate(qsizetype(units));
    Q_CHECK_PTR(block);
    bool isFirst = true;
    for (const auto &[text, value] : texts) {
        if (!text->isAscii || text->bytes.empty())
            continue;
        if (!isFirst)
            block->ref();
        isFirst = false;
        const size_t size = text->bytes.size();
        widen(text->bytes, unit);
        unit[size] = 0;
        *value = QString(QStringPrivate(block, unit, qsizetype(size)));
        unit += size + 1;
    }
}

QString StringBlocks::make(const Text &text)
{
    constexpr qsizetype blockSize = 2000;
    const auto size = qsizetype(text.bytes.size());
    if (!text.isAscii || size > blockSize / 8)
        return toQString(text);
    if (!m_block.data() || m_block.size + size + 1 > blockSize) {
        const auto [block, unit] = QTypedArrayData<char16_t>::allocate(blockSize);
        Q_CHECK_PTR(block);
        m_block = QStringPrivate(block, unit, 0);
    }
    QStringPrivate part = m_block;
    part.ptr += m_block.size;
    part.size = size;
    widen(text.bytes, part.ptr);
    part.ptr[size] = 0;
    m_block.size += size + 1;
    return QString(std::move(part));
}

bool equals(const QString &value, const Text &text)
{
    const size_t size = text.bytes.size();
    if (!text.isAscii)
        return size_t(value.size()) <= size && value == toQString(text);
    if (size_t(value.size()) != size)
        return false;
    const QChar *left = value.constData();
    const char *right = text.bytes.data();
#ifdef __SSE2__
    if (size >= 8) {
        const auto differ = [&](size_t at) {
            const __m128i units = _mm_loadu_si128(reinterpret_cast<const __m128i *>(left + at));
            const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i *>(right + at));
            const __m128i widened = _mm_unpacklo_epi8(bytes, _mm_setzero_si128());
            return _mm_movemask_epi8(_mm_cmpeq_epi16(units, widened)) != 0xffff;
        };
        // From the end: names in a row differ there.
        for (size_t at = size - 8; at > 0; at = at > 8 ? at - 8 : 0) {
            if (differ(at))
                return false;
        }
        return !differ(0);
    }
#endif
    for (size_t i = size; i > 0; --i) {
        if (left[i - 1].unicode() != byteOf(right[i - 1]))
            return false;
    }
    return true;
}

const char *number(const char *at, double &value)
{
    static constexpr std::array<double, 23> powers = {
        1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const char *begin = at;
    const bool isNegative = *at == '-';
    if (isNegative)
        ++at;
    const char *whole = at;
    uint64_t digits = 0;
    // Sums of bytes are large.
    if (const auto eight = eightDigits(at)) {
        digits = *eight;
        at += 8;
    }
    for (; isDigit(*at); ++at)
        digits = digits * 10 + unsigned(*at - '0');
    if (at == whole || (*whole == '0' && at - whole > 1))
        return nullptr;
    ptrdiff_t count = at - whole;
    ptrdiff_t decimals = 0;
    if (*at == '.') {
        const char *point = at++;
        for (; isDigit(*at); ++at)
            digits = digits * 10 + unsigned(*at - '0');
        decimals = at - point - 1;
        count += decimals;
        if (decimals == 0)
            return nullptr;
    }
    bool hasExponent = false;
    if (*at == 'e' || *at == 'E') {
        hasExponent = true;
        ++at;
        if (*at == '+' || *at == '-')
            ++at;
        const char *exponent = at;
        while (isDigit(*at))
            ++at;
        if (at == exponent)
            return nullptr;
    }
    // Both are exact as doubles, so their quotient is the nearest one.
    if (!hasExponent && count <= 19 && digits <= (uint64_t(1) << 53) && decimals <= 22) {
        value = decimals == 0 ? double(digits) : double(digits) / powers[size_t(decimals)];
        if (isNegative)
            value = -value;
        return at;
    }
    if (std::from_chars(begin, at, value).ec != std::errc())
        value =
            isBelowOne({whole, size_t(at - whole)}) ? 0 : std::numeric_limits<double>::infinity();
    return at;
}

const char *skip(const char *at, std::string &open)
{
    open.clear();
    for (;;) {
        // A value.
        bool isNamed = false;
        switch (*at) {
        case '{':
        case '[':
            isNamed = *at == '{';
            open.push_back(isNamed ? '}' : ']');
            at = skipSpace(at + 1);
            if (*at == open.back())
                break;
            if (!isNamed)
                continue;
            break;
        case '"': {
            Text text;
            at = string(at, text);
            break;
        }
        case 't':
            at = std::memcmp(at, "true", 4) == 0 ? at + 4 : nullptr;
            break;
        case 'f':
            at = std::memcmp(at, "false", 5) == 0 ? at + 5 : nullptr;
            break;
        case 'n':
            at = isNull(at) ? at + 4 : nullptr;
            break;
        default: {
            double ignored = 0;
            at = number(at, ignored);
            break;
        }
        }
        if (!at)
            return nullptr;
        // What ends after it; but for the first member of an object, which comes at once.
        if (!isNamed || *at == '}') {
            for (;;) {
                if (open.empty())
                    return at;
                at = skipSpace(at);
                if (*at != open.back())
                    break;
                open.pop_back();
                ++at;
            }
            if (*at != ',')
                return nullptr;
            at = skipSpace(at + 1);
        }
        if (open.back() == '}') {
            Text name;
            if (*at != '"')
                return nullptr;
            at = string(at, name);
            if (!at)
                return nullptr;
            at = skipSpace(at);
            if (*at != ':')
                return nullptr;
            at = skipSpace(at + 1);
        }
    }
}

} // namespace Stampdeck::Internal::Json

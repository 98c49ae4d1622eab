// SPDX-License-Identifier: GPL-3.0-or-later
#include "elementscanner.h"

#include <bit>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace Stampdeck::Internal {

namespace {

constexpr size_t blockSize = 64;

/// One bit for each of 64 bytes.
struct Block
{
    uint64_t quotes = 0;
    uint64_t backslashes = 0;
    uint64_t opening = 0; ///< { and [
    uint64_t closing = 0; ///< } and ]
};

Block classify(const char *text)
{
    Block block;
#ifdef __SSE2__
    const __m128i lower = _mm_set1_epi8(0x20);
    for (int part = 0; part < 4; ++part) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(text + 16 * part));
        // [ and { differ in this bit alone, as do ] and }.
        const __m128i folded = _mm_or_si128(bytes, lower);
        const auto bits = [part](__m128i mask) {
            return uint64_t(unsigned(_mm_movemask_epi8(mask))) << (16 * part);
        };
        block.quotes |= bits(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
        block.backslashes |= bits(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
        block.opening |= bits(_mm_cmpeq_epi8(folded, _mm_set1_epi8('{')));
        block.closing |= bits(_mm_cmpeq_epi8(folded, _mm_set1_epi8('}')));
    }
#else
    for (size_t i = 0; i < blockSize; ++i) {
        const uint64_t bit = uint64_t(1) << i;
        const char byte = text[i];
        block.quotes |= byte == '"' ? bit : 0;
        block.backslashes |= byte == '\\' ? bit : 0;
        block.opening |= byte == '{' || byte == '[' ? bit : 0;
        block.closing |= byte == '}' || byte == ']' ? bit : 0;
    }
#endif
    return block;
}

// Every bit from an odd quote on until before the next one.
uint64_t insideStrings(uint64_t quotes)
{
    for (int shift = 1; shift < 64; shift *= 2)
        quotes ^= quotes << shift;
    return quotes;
}

} // namespace

size_t ElementScanner::scan(const char *text, size_t size)
{
    size_t at = 0;
    while (at < size && !m_complete) {
        const size_t here = size - at;
        Block block = classify(text + at);
        if (here < blockSize) {
            const uint64_t valid = (uint64_t(1) << here) - 1;
            block.quotes &= valid;
            block.backslashes &= valid;
            block.opening &= valid;
            block.closing &= valid;
        }
        const size_t step = here < blockSize ? here : blockSize;
        // Backslashes are rare enough to be taken byte by byte.
        if (block.backslashes != 0 || m_escaped) {
            at += scanSlowly(text + at, step);
            continue;
        }
        const uint64_t strings = insideStrings(block.quotes) ^ (m_inString ? ~uint64_t(0) : 0);
        const uint64_t opening = block.opening & ~strings;
        uint64_t closing = block.closing & ~strings;
        if (uint64_t(std::popcount(closing)) >= m_depth) {
            // It may end in this block: after the closing bracket that leaves none open.
            for (; closing != 0; closing &= closing - 1) {
                const int bit = std::countr_zero(closing);
                const uint64_t before = (uint64_t(1) << bit) - 1;
                const uint64_t closed =
                    uint64_t(std::popcount(block.closing & ~strings & before)) + 1;
                if (m_depth + uint64_t(std::popcount(opening & before)) == closed) {
                    m_complete = true;
                    return at + size_t(bit) + 1;
                }
            }
        }
        m_depth += uint64_t(std::popcount(opening));
        m_depth -= uint64_t(std::popcount(block.closing & ~strings));
        m_inString = m_inString != (std::popcount(block.quotes) % 2 == 1);
        at += step;
    }
    return at;
}

size_t ElementScanner::scanSlowly(const char *text, size_t size)
{
    for (size_t at = 0; at < size; ++at) {
        if (m_escaped) {
            m_escaped = false;
            continue;
        }
        const char byte = text[at];
        if (m_inString) {
            m_escaped = byte == '\\';
            m_inString = byte != '"';
        } else if (byte == '"') {
            m_inString = true;
        } else if (byte == '{' || byte == '[') {
            ++m_depth;
        } else if (byte == '}' || byte == ']') {
            if (--m_depth == 0) {
                m_complete = true;
                return at + 1;
            }
        }
    }
    return size;
}

} // namespace Stampdeck::Internal

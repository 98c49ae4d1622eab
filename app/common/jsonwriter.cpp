// SPDX-License-Identifier: GPL-3.0-or-later
#include "jsonwriter.h"

#include <array>
#include <charconv>
#include <cmath>

namespace Stampdeck {

namespace {

constexpr std::string_view hexDigits = "0123456789abcdef";

void appendUtf8(QByteArray &out, char32_t c)
{
    const auto continuation = [](char32_t bits) { return char(0x80 | (bits & 0x3f)); };
    if (c < 0x800) {
        out.append(char(0xc0 | (c >> 6))).append(continuation(c));
    } else if (c < 0x10000) {
        out.append(char(0xe0 | (c >> 12))).append(continuation(c >> 6)).append(continuation(c));
    } else {
        out.append(char(0xf0 | (c >> 18)))
            .append(continuation(c >> 12))
            .append(continuation(c >> 6))
            .append(continuation(c));
    }
}

// One character below 0x80.
void appendAscii(QByteArray &out, char c)
{
    switch (c) {
    case '"':
        out.append("\\\"", 2);
        return;
    case '\\':
        out.append("\\\\", 2);
        return;
    case '\n':
        out.append("\\n", 2);
        return;
    case '\t':
        out.append("\\t", 2);
        return;
    case '\r':
        out.append("\\r", 2);
        return;
    default:
        break;
    }
    if (c >= 0x20) {
        out.append(c);
        return;
    }
    out.append("\\u00", 4).append(hexDigits[size_t(c) >> 4]).append(hexDigits[size_t(c) & 15]);
}

void appendText(QByteArray &out, QStringView text)
{
    const char16_t *const data = text.utf16();
    const qsizetype size = text.size();
    out.append('"');
    for (qsizetype i = 0; i < size; ++i) {
        const char16_t unit = data[i];
        if (unit < 0x80) {
            appendAscii(out, char(unit));
        } else if (QChar::isHighSurrogate(unit) && i + 1 < size
                   && QChar::isLowSurrogate(data[i + 1])) {
            appendUtf8(out, QChar::surrogateToUcs4(unit, data[++i]));
        } else {
            appendUtf8(out, QChar::isSurrogate(unit) ? char32_t(0xfffd) : char32_t(unit));
        }
    }
    out.append('"');
}

} // namespace

void JsonWriter::key(QStringView name)
{
    separate();
    appendText(m_out, name);
    m_out.append(':');
    m_first = true;
}

void JsonWriter::value(QStringView text)
{
    separate();
    appendText(m_out, text);
}

void JsonWriter::value(QLatin1StringView text)
{
    separate();
    m_out.append('"');
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x80)
            appendAscii(m_out, c);
        else
            appendUtf8(m_out, static_cast<unsigned char>(c));
    }
    m_out.append('"');
}

void JsonWriter::value(double number)
{
    if (!std::isfinite(number))
        return null();
    separate();
    std::array<char, 32> text{};
    // A whole number without an exponent, however large: bytes are read as integers elsewhere.
    const auto end = std::abs(number) < 9.0e15 && number == std::floor(number)
        ? std::to_chars(text.data(), text.data() + text.size(), qint64(number)).ptr
        : std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    m_out.append(text.data(), end - text.data());
}

void JsonWriter::value(qint64 number)
{
    separate();
    std::array<char, 24> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    m_out.append(text.data(), end - text.data());
}

void JsonWriter::value(bool truth)
{
    separate();
    if (truth)
        m_out.append("true", 4);
    else
        m_out.append("false", 5);
}

void JsonWriter::value(Timestamp time)
{
    value(QStringView(toRfc3339(time)));
}

void JsonWriter::null()
{
    separate();
    m_out.append("null", 4);
}

void JsonWriter::raw(QByteArrayView json)
{
    if (json.isEmpty())
        return;
    separate();
    m_out.append(json.data(), json.size());
}

} // namespace Stampdeck

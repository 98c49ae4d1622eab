// SPDX-License-Identifier: GPL-3.0-or-later
#include "httpuri.h"

#include <QtCore/QStringDecoder>

#include <algorithm>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::optional<QString> decoded(QByteArrayView text, bool isQuery)
{
    QByteArray bytes;
    bytes.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        char byte = text[i];
        if (byte == '%') {
            if (i + 2 >= text.size())
                return std::nullopt;
            const int high = hexDigit(text[i + 1]);
            const int low = hexDigit(text[i + 2]);
            if (high < 0 || low < 0)
                return std::nullopt;
            byte = char(high * 16 + low);
            i += 2;
        } else if (byte == '+' && isQuery) {
            byte = ' ';
        }
        if (!isQuery && (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f))
            return std::nullopt;
        bytes.append(byte);
    }
    QStringDecoder decoder(QStringDecoder::Utf8,
                           QStringDecoder::Flag::Stateless
                               | QStringDecoder::Flag::ConvertInitialBom);
    QString result = decoder.decode(bytes);
    if (decoder.hasError())
        return std::nullopt;
    return result;
}

} // namespace

std::optional<QString> percentDecoded(QByteArrayView text)
{
    return decoded(text, false);
}

QByteArray percentEncoded(const QString &text)
{
    return text.toUtf8().toPercentEncoding();
}

std::optional<std::vector<std::pair<QString, QString>>> queryParameters(QByteArrayView query)
{
    std::vector<std::pair<QString, QString>> parameters;
    while (!query.isEmpty()) {
        const qsizetype end = query.indexOf('&');
        const QByteArrayView pair = end < 0 ? query : query.first(end);
        query = end < 0 ? QByteArrayView() : query.sliced(end + 1);
        if (pair.isEmpty())
            continue;
        const qsizetype equals = pair.indexOf('=');
        auto name = decoded(equals < 0 ? pair : pair.first(equals), true);
        auto value = equals < 0 ? std::optional(QString()) : decoded(pair.sliced(equals + 1), true);
        if (!name || !value)
            return std::nullopt;
        parameters.emplace_back(std::move(*name), std::move(*value));
    }
    return parameters;
}

QByteArray entityTag(const QString &revision)
{
    return '"' + revision.toUtf8().toPercentEncoding("!#$&'()*+,/:;=?@[]") + '"';
}

bool EntityTags::match(const QString &revision) const
{
    return any || std::find(revisions.begin(), revisions.end(), revision) != revisions.end();
}

std::optional<EntityTags> entityTags(QByteArrayView header, bool weak)
{
    EntityTags tags;
    QByteArrayView rest = header.trimmed();
    if (rest == "*") {
        tags.any = true;
        return tags;
    }
    while (true) {
        const bool isWeak = rest.startsWith("W/");
        if (isWeak)
            rest = rest.sliced(2);
        if (!rest.startsWith('"'))
            return std::nullopt;
        const qsizetype end = rest.indexOf('"', 1);
        if (end < 0)
            return std::nullopt;
        const QByteArrayView opaque = rest.sliced(1, end - 1);
        // etagc is any visible character (RFC 9110); a tag that we never gave matches nothing.
        const bool visible = std::all_of(opaque.begin(), opaque.end(),
                                         [](signed char c) { return c > 0x20 && c < 0x7f; });
        if (!visible)
            return std::nullopt;
        if (weak || !isWeak) {
            // A client may make the tag of a revision that it read in a body, unencoded.
            tags.revisions.push_back(QString::fromLatin1(opaque));
            if (const auto revision = percentDecoded(opaque))
                tags.revisions.push_back(*revision);
        }
        rest = rest.sliced(end + 1).trimmed();
        if (rest.isEmpty())
            return tags;
        if (!rest.startsWith(','))
            return std::nullopt;
        rest = rest.sliced(1).trimmed();
    }
}

} // namespace Stampdeck

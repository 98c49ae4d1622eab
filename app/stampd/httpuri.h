// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QString>

#include <optional>
#include <utility>
#include <vector>

namespace Stampdeck {

/// Undoes percent-encoding (RFC 3986, section 2.1). Nothing for a stray percent sign, for bytes
/// that are no UTF-8 then, and for control characters.
[[nodiscard]] std::optional<QString> percentDecoded(QByteArrayView text);

/// Encodes everything but unreserved characters.
[[nodiscard]] QByteArray percentEncoded(const QString &text);

/// The parameters of a query in their order; a plus sign is a space. Nothing when one of them is
/// not encoded well.
[[nodiscard]] std::optional<std::vector<std::pair<QString, QString>>>
queryParameters(QByteArrayView query);

/// A revision as an entity tag (RFC 9110, section 8.8.3): quoted, percent-encoded where it has to
/// be.
[[nodiscard]] QByteArray entityTag(const QString &revision);

/// What an If-Match or If-None-Match header names.
struct EntityTags
{
    bool any = false; ///< The asterisk.
    std::vector<QString> revisions;

    [[nodiscard]] bool match(const QString &revision) const;
};

/// Reads one entity tag, a list of them, or an asterisk; nothing for anything else. A weak tag
/// names its revision where \a weak, and none otherwise: If-Match compares strongly.
[[nodiscard]] std::optional<EntityTags> entityTags(QByteArrayView header, bool weak);

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"

#include "backends/api/result.h"
#include "backends/api/timestamp.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QUrl>

#include <chrono>
#include <functional>
#include <optional>
#include <utility>

namespace Stampdeck {

using HttpHeaders = QList<std::pair<QByteArray, QByteArray>>;

/// The three limits of one request. Each starts when the request leaves its queue.
struct HttpLimits
{
    std::chrono::milliseconds connect{5'000}; ///< Until the request is on its way.
    std::chrono::milliseconds silence{10'000}; ///< Between two pieces of the answer.
    std::optional<std::chrono::milliseconds> whole{std::chrono::milliseconds(10'000)};
};

/// What came back, whatever its status.
struct STAMPDECK_NET_EXPORT HttpAnswer
{
    int status = 0;
    HttpHeaders headers;
    QByteArray body; ///< Decompressed; empty where a sink took it.

    /// The value of the header \a name in any case; empty when there is none.
    [[nodiscard]] QByteArray header(QByteArrayView name) const;
    [[nodiscard]] bool isSuccess() const { return status >= 200 && status < 300; }
};

/// One request.
struct HttpRequest
{
    /// What goes in one lane never waits for what goes in another: each has connections of its own.
    enum class Lane : quint8 { Poll, Write, Stream };
    enum class Redirects : quint8 { Refused, SameOrigin };

    QByteArray method = "GET";
    QUrl url;
    HttpHeaders headers;
    QByteArray body;
    Lane lane = Lane::Poll;
    Redirects redirects = Redirects::Refused;
    std::optional<HttpLimits> limits; ///< Instead of the client's.
    std::optional<qint64> maxAnswer; ///< Bytes after decompression, instead of the client's.
    QString subject; ///< Who is asked, in messages; the client's name when empty.
    /// Sees status and headers before the body; an error ends the request with it.
    std::function<Result<void>(const HttpAnswer &)> head;
    /// Takes the body of an answer of 200 piece by piece as it comes, instead of HttpAnswer::body;
    /// an error ends the request with it.
    std::function<Result<void>(QByteArrayView)> sink;
};

/// The moment in the header Date, where there is one.
[[nodiscard]] STAMPDECK_NET_EXPORT std::optional<Timestamp> dateOf(const HttpAnswer &answer);

/// "10 s", "1.5 s", "250 ms": for messages.
[[nodiscard]] STAMPDECK_NET_EXPORT QString spoken(std::chrono::milliseconds time);
/// "128 MiB": for messages.
[[nodiscard]] STAMPDECK_NET_EXPORT QString spokenBytes(qint64 bytes);
/// \a url without a user, a password, a fragment, and what its query might keep secret: only the
/// values of what the APIs here are known to ask are shown, the others are "…".
[[nodiscard]] STAMPDECK_NET_EXPORT QString publicUrl(const QUrl &url);
/// "127.0.0.1:80", with the scheme's own port where the URL names none: for messages.
[[nodiscard]] STAMPDECK_NET_EXPORT QString authorityOf(const QUrl &url);

} // namespace Stampdeck

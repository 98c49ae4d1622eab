// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "export.h"
#include "http.h"

#include "backends/api/adapter.h"

#include <QtNetwork/QNetworkProxy>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslKey>

namespace Stampdeck {

/// How one source's network is reached: what every network adapter is configured with.
struct NetworkOptions
{
    QString name; ///< Who is asked, in messages: the source's name.
    HttpLimits limits;
    qint64 maxAnswer = 128LL << 20; ///< Bytes after decompression.
    QList<QSslCertificate> ca; ///< Instead of the system's, when not empty.
    QList<QSslCertificate> clientCertificate; ///< The client's own first, then its chain.
    QSslKey clientKey;
    QString serverName; ///< The name that the certificate must carry, instead of the URL's host.
    QNetworkProxy proxy{QNetworkProxy::NoProxy};
    bool insecure = false; ///< Any certificate will do.
    int perHost = 4; ///< Polls at once to one host; the rest wait their turn.
};

/// Reads `ca`, `clientCertificate`, `clientKey` (paths of PEM files; `~/` is the home folder),
/// `serverName`, `proxy` (http:// or socks5://, with user and password where needed) and `insecure`
/// of \a settings, and its time limits. Errors are ErrorKind::Invalid and name the key.
[[nodiscard]] STAMPDECK_NET_EXPORT Result<NetworkOptions>
networkOptions(const SourceSettings &settings);

/// One address of a source, as its adapter asks it.
struct HttpPlace
{
    QString name; ///< The URL as it was configured.
    QByteArray base; ///< Encoded, without a slash at the end.
    QString subject; ///< Who it is, in messages: with its authority where there are several.
};

/// The places that the keys `url` or `urls` of \a settings name, one at least, each http or https;
/// \a what is served there, in errors, which are ErrorKind::Invalid and name the key.
[[nodiscard]] STAMPDECK_NET_EXPORT Result<std::vector<HttpPlace>>
httpPlaces(const SourceSettings &settings, const QString &what);

/// networkOptions() from PEM texts, for adapters whose configuration holds them inline; an empty text is
/// left alone. \a where names the configuration in errors.
[[nodiscard]] STAMPDECK_NET_EXPORT Result<void> setCa(NetworkOptions &options,
                                                      const QByteArray &pem, const QString &where);
[[nodiscard]] STAMPDECK_NET_EXPORT Result<void> setClientIdentity(NetworkOptions &options,
                                                                  const QByteArray &certificatePem,
                                                                  const QByteArray &keyPem,
                                                                  const QString &where);

} // namespace Stampdeck

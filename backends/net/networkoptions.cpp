// SPDX-License-Identifier: GPL-3.0-or-later
#include "networkoptions.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QUrl>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Network)
};

constexpr qint64 largestPem = 4 << 20;

Result<QByteArray> readPem(const QVariantMap &keys, const QString &key)
{
    const QVariant value = keys.value(key);
    QString path = value.canConvert<Secret>() ? value.value<Secret>().reveal() : value.toString();
    if (path.isEmpty())
        return QByteArray();
    // A secret may be the PEM text itself.
    if (path.startsWith("-----BEGIN "_L1))
        return path.toLatin1();
    if (path.startsWith("~/"_L1))
        path = QDir::homePath() + path.sliced(1);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Invalid,
                    Words::tr("%1: can't read %2: %3").arg(key, path, file.errorString()));
    const QByteArray pem = file.read(largestPem + 1);
    if (pem.size() > largestPem)
        return fail(ErrorKind::Invalid, Words::tr("%1: %2 is no PEM file").arg(key, path));
    return pem;
}

Result<QNetworkProxy> proxyFrom(const QString &text)
{
    if (text.isEmpty())
        return QNetworkProxy(QNetworkProxy::NoProxy);
    const QUrl url(text, QUrl::StrictMode);
    QNetworkProxy::ProxyType type = QNetworkProxy::NoProxy;
    if (url.scheme() == "http"_L1)
        type = QNetworkProxy::HttpProxy;
    else if (url.scheme() == "socks5"_L1)
        type = QNetworkProxy::Socks5Proxy;
    if (!url.isValid() || url.host().isEmpty() || type == QNetworkProxy::NoProxy)
        return fail(ErrorKind::Invalid,
                    Words::tr("proxy: expected http://HOST:PORT or socks5://HOST:PORT"));
    return QNetworkProxy(type, url.host(),
                         quint16(url.port(type == QNetworkProxy::HttpProxy ? 8080 : 1080)),
                         url.userName(QUrl::FullyDecoded), url.password(QUrl::FullyDecoded));
}

} // namespace

Result<void> setCa(NetworkOptions &options, const QByteArray &pem, const QString &where)
{
    if (pem.isEmpty())
        return {};
    options.ca = QSslCertificate::fromData(pem, QSsl::Pem);
    if (options.ca.isEmpty())
        return fail(ErrorKind::Invalid, Words::tr("%1: there is no certificate in it").arg(where));
    return {};
}

Result<void> setClientIdentity(NetworkOptions &options, const QByteArray &certificatePem,
                               const QByteArray &keyPem, const QString &where)
{
    if (certificatePem.isEmpty() && keyPem.isEmpty())
        return {};
    if (certificatePem.isEmpty() || keyPem.isEmpty())
        return fail(ErrorKind::Invalid,
                    Words::tr("%1: a client certificate and its key go together").arg(where));
    options.clientCertificate = QSslCertificate::fromData(certificatePem, QSsl::Pem);
    if (options.clientCertificate.isEmpty())
        return fail(ErrorKind::Invalid, Words::tr("%1: there is no certificate in it").arg(where));
    for (const QSsl::KeyAlgorithm algorithm : {QSsl::Rsa, QSsl::Ec, QSsl::Dsa}) {
        options.clientKey = QSslKey(keyPem, algorithm, QSsl::Pem);
        if (!options.clientKey.isNull())
            return {};
    }
    return fail(
        ErrorKind::Invalid,
        Words::tr("%1: there is no private key in it, or it wants a passphrase").arg(where));
}

Result<NetworkOptions> networkOptions(const SourceSettings &settings)
{
    NetworkOptions options;
    options.name = settings.name;
    options.limits.connect = std::min(settings.timeout, std::chrono::milliseconds(10'000));
    options.limits.silence = std::min(settings.timeout, std::chrono::milliseconds(30'000));
    options.limits.whole = settings.timeout;
    options.maxAnswer = settings.maxAnswer;

    const auto ca = readPem(settings.keys, u"ca"_s);
    if (!ca)
        return fail(ca.error());
    if (auto set = setCa(options, *ca, u"ca"_s); !set)
        return fail(set.error());
    const auto certificate = readPem(settings.keys, u"clientCertificate"_s);
    if (!certificate)
        return fail(certificate.error());
    const auto key = readPem(settings.keys, u"clientKey"_s);
    if (!key)
        return fail(key.error());
    if (auto set =
            setClientIdentity(options, *certificate, *key, u"clientCertificate, clientKey"_s);
        !set)
        return fail(set.error());
    const auto proxy = proxyFrom(settings.keys.value(u"proxy"_s).toString());
    if (!proxy)
        return fail(proxy.error());
    options.proxy = *proxy;
    options.serverName = settings.keys.value(u"serverName"_s).toString();
    options.insecure = settings.keys.value(u"insecure"_s).toBool();
    return options;
}

Result<std::vector<HttpPlace>> httpPlaces(const SourceSettings &settings, const QString &what)
{
    const QString one = settings.keys.value(u"url"_s).toString();
    QStringList urls = settings.keys.value(u"urls"_s).toStringList();
    if (one.isEmpty() == urls.isEmpty())
        return fail(ErrorKind::Invalid,
                    one.isEmpty() ? Words::tr("url: where %1 is served is missing").arg(what)
                                  : Words::tr("url and urls: only one of them can be given"));
    const QString key = one.isEmpty() ? u"urls"_s : u"url"_s;
    if (!one.isEmpty())
        urls = {one};
    std::vector<HttpPlace> places;
    for (const QString &text : std::as_const(urls)) {
        const QUrl url(text, QUrl::StrictMode);
        if (!url.isValid() || url.host().isEmpty()
            || (url.scheme() != "http"_L1 && url.scheme() != "https"_L1))
            return fail(ErrorKind::Invalid,
                        Words::tr("%1: expected an address of the form https://HOST, not %2")
                            .arg(key, text));
        if (!url.userInfo().isEmpty())
            return fail(
                ErrorKind::Invalid,
                Words::tr("%1: a user or password in an address is refused: use token").arg(key));
        if (url.hasQuery() || url.hasFragment())
            return fail(
                ErrorKind::Invalid,
                Words::tr("%1: an address ends with its path: %2").arg(key, publicUrl(url)));
        HttpPlace place;
        place.name = text;
        place.base = url.toEncoded();
        while (place.base.endsWith('/'))
            place.base.chop(1);
        place.subject = settings.name;
        if (urls.size() > 1)
            place.subject += u" ("_s + authorityOf(url) + url.path() + u')';
        places.push_back(std::move(place));
    }
    if (urls.removeDuplicates() > 0)
        return fail(ErrorKind::Invalid, Words::tr("%1: an address comes twice").arg(key));
    return places;
}

} // namespace Stampdeck

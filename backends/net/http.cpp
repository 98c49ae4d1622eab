// SPDX-License-Identifier: GPL-3.0-or-later
#include "http.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QLocale>

#include <array>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Network)
};

} // namespace

QByteArray HttpAnswer::header(QByteArrayView name) const
{
    for (const auto &[key, value] : headers) {
        if (key.compare(name, Qt::CaseInsensitive) == 0)
            return value;
    }
    return {};
}

std::optional<Timestamp> dateOf(const HttpAnswer &answer)
{
    const QString text = QString::fromLatin1(answer.header("Date").trimmed());
    if (text.isEmpty())
        return std::nullopt;
    QDateTime time = QLocale::c().toDateTime(text, u"ddd, dd MMM yyyy HH:mm:ss 'GMT'"_s);
    time.setTimeSpec(Qt::UTC);
    if (!time.isValid())
        return std::nullopt;
    return Timestamp(std::chrono::milliseconds(time.toMSecsSinceEpoch()));
}

QString spoken(std::chrono::milliseconds time)
{
    const qint64 millis = time.count();
    if (millis < 1'000)
        return Words::tr("%1 ms", "unit").arg(millis);
    return Words::tr("%1 s", "unit").arg(QLocale().toString(double(millis) / 1'000, 'g', 4));
}

QString spokenBytes(qint64 bytes)
{
    if (bytes < 1024)
        return Words::tr("%Ln byte(s)", nullptr, int(bytes));
    static constexpr std::array units = {"KiB"_L1, "MiB"_L1, "GiB"_L1};
    double value = double(bytes) / 1024;
    size_t unit = 0;
    while (value >= 1024 && unit + 1 < units.size()) {
        value /= 1024;
        ++unit;
    }
    return QLocale().toString(value, 'g', 4) + u' ' + units[unit];
}

QString publicUrl(const QUrl &url)
{
    // What the Stamp API, Kubernetes, Swarm, Prometheus and Alertmanager are asked.
    static const QStringList harmless{
        u"since"_s,  u"pageSize"_s, u"dryRun"_s, u"limit"_s, u"watch"_s, u"resourceVersion"_s,
        u"force"_s,  u"version"_s,  u"start"_s,  u"end"_s,   u"step"_s,  u"time"_s,
        u"active"_s, u"from"_s,     u"to"_s,     u"query"_s};
    QUrl shown = url.adjusted(QUrl::RemoveUserInfo | QUrl::RemoveFragment);
    const QString query = shown.query(QUrl::FullyEncoded);
    if (query.isEmpty())
        return shown.toString(QUrl::FullyEncoded);
    shown.setQuery(QString());
    QStringList items;
    for (const QString &item : query.split(u'&')) {
        const QString key = item.section(u'=', 0, 0);
        // One without a name may be anything.
        if (!item.contains(u'='))
            items.append(u"…"_s);
        else
            items.append(harmless.contains(key) ? item : QString(key + u"=…"_s));
    }
    return shown.toString(QUrl::FullyEncoded) + u'?' + items.join(u'&');
}

QString authorityOf(const QUrl &url)
{
    QString host = url.host();
    if (host.contains(u':'))
        host = u'[' + host + u']';
    const int port = url.port(url.scheme() == "https"_L1 ? 443 : 80);
    return host + u':' + QString::number(port);
}

} // namespace Stampdeck

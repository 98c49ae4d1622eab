// SPDX-License-Identifier: GPL-3.0-or-later
#include "formatter.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QTimeZone>

#include <cmath>

namespace Stampdeck::Format {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Stampdeck::Format", text);
}

/// \a value with \a decimals, the minus as "−" and no "−0".
QString fixed(double value, int decimals)
{
    QString text = QString::number(std::abs(value), 'f', decimals);
    const bool zero = std::all_of(text.cbegin(), text.cend(),
                                  [](QChar c) { return c == u'0' || c == u'.'; });
    if (value < 0 && !zero)
        text.prepend(u'−');
    return text;
}

QString grouped(QString digits)
{
    const qsizetype first = digits.startsWith(u'−') ? 1 : 0;
    for (qsizetype at = digits.size() - 3; at > first; at -= 3)
        digits.insert(at, u',');
    return digits;
}

QString trimmed(double value)
{
    const double size = std::abs(value);
    if (size >= 99.95)
        return grouped(fixed(value, 0));
    QString text = fixed(value, 1);
    if (text.endsWith(u".0"))
        text.chop(2);
    return text;
}

struct ByteUnit
{
    double size;
    QLatin1StringView name;
};
constexpr ByteUnit byteUnits[] = {
        {1125899906842624.0, QLatin1StringView("PiB")}, {1099511627776.0, QLatin1StringView("TiB")},
        {1073741824.0, QLatin1StringView("GiB")},       {1048576.0, QLatin1StringView("MiB")},
        {1024.0, QLatin1StringView("KiB")},             {1.0, QLatin1StringView("B")},
};

const ByteUnit &byteUnit(double value)
{
    for (const ByteUnit &unit : byteUnits) {
        if (std::abs(value) >= unit.size)
            return unit;
    }
    return byteUnits[5];
}

/// No decimals from 10 on.
QString byteNumber(double value)
{
    return std::abs(value) >= 9.95 ? grouped(fixed(value, 0)) : trimmed(value);
}

QDateTime utc(Timestamp time)
{
    return QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count(), Qt::UTC);
}

} // namespace

QString none()
{
    return u"–"_s;
}

QString notKnown()
{
    return tr("not known");
}

QString number(double value)
{
    return std::isfinite(value) ? trimmed(value) : none();
}

QString difference(double value)
{
    const QString text = number(value);
    return value > 0 && text != u"0" ? QString(u'+' + text) : text;
}

QString count(qint64 value)
{
    QString digits = QString::number(value);
    digits.replace(u'-', u'−');
    return grouped(digits);
}

QString compact(double value)
{
    if (!std::isfinite(value))
        return none();
    const double size = std::abs(value);
    if (size < 9.95)
        return trimmed(value);
    if (size < 999.5)
        return fixed(value, 0);
    struct Step
    {
        double size;
        QChar letter;
    };
    for (const Step step : {Step{1e3, u'k'}, Step{1e6, u'M'}, Step{1e9, u'G'}}) {
        const double scaled = size / step.size;
        if (scaled < 999.5 || step.letter == u'G')
            return fixed(value / step.size, scaled < 9.95 ? 1 : 0) + step.letter;
    }
    return none();
}

QString rate(std::optional<double> perSecond)
{
    return perSecond ? QString(compact(*perSecond) + tr("/s")) : none();
}

QString cores(std::optional<double> value)
{
    if (!value)
        return none();
    const QString text = number(*value);
    return text == u"1" ? tr("1 core") : QString(text + u' ' + tr("cores"));
}

QString bytes(std::optional<double> value)
{
    if (!value || !std::isfinite(*value))
        return none();
    const ByteUnit &unit = byteUnit(*value);
    return byteNumber(*value / unit.size) + u' ' + unit.name;
}

QString latency(std::optional<double> milliseconds)
{
    if (!milliseconds || !std::isfinite(*milliseconds))
        return none();
    if (*milliseconds >= 999.5)
        return fixed(*milliseconds / 1000, *milliseconds < 99'950 ? 1 : 0) + u' ' + tr("s");
    return (*milliseconds < 9.95 ? trimmed(*milliseconds) : fixed(*milliseconds, 0)) + u' '
            + tr("ms");
}

QString percent(std::optional<double> ratio)
{
    return ratio && std::isfinite(*ratio) ? QString(fixed(*ratio * 100, 0) + u'%') : none();
}

QString errorPercent(std::optional<double> ratio)
{
    if (!ratio || !std::isfinite(*ratio))
        return none();
    const double value = *ratio * 100;
    return fixed(value, value < 0.995 ? 2 : value < 99.95 ? 1 : 0) + u'%';
}

QString cost(const std::optional<Cost> &perHour)
{
    if (!perHour)
        return none();
    const QString text = fixed(perHour->amount, 2);
    if (perHour->currency == u"EUR")
        return u'€' + text + u"/h";
    if (perHour->currency == u"USD")
        return u'$' + text + u"/h";
    if (perHour->currency == u"GBP")
        return u'£' + text + u"/h";
    return text + u' ' + perHour->currency + u"/h";
}

QString amount(ResourceKind kind, std::optional<double> value)
{
    switch (kind) {
    case ResourceKind::Cpu:
        return cores(value);
    case ResourceKind::Memory:
    case ResourceKind::Storage:
        return bytes(value);
    case ResourceKind::Tenants:
        break;
    }
    if (!value)
        return none();
    const QString text = number(*value);
    return text == u"1" ? tr("1 slot") : QString(text + u' ' + tr("slots"));
}

QString ofLimit(ResourceKind kind, const Resource &resource)
{
    const auto taken = resource.taken();
    if (!taken && !resource.limit)
        return notKnown();
    if (kind == ResourceKind::Memory || kind == ResourceKind::Storage) {
        const ByteUnit &unit = byteUnit(resource.limit.value_or(taken.value_or(0)));
        const auto part = [&](std::optional<double> value) {
            return value ? byteNumber(*value / unit.size) : none();
        };
        return part(taken) + u" / " + part(resource.limit) + u' ' + unit.name;
    }
    const auto part = [](std::optional<double> value) { return value ? number(*value) : none(); };
    const QString text = part(taken) + u" / " + part(resource.limit);
    return kind == ResourceKind::Cpu ? QString(text + u' ' + tr("cores")) : text;
}

QString name(ResourceKind kind)
{
    switch (kind) {
    case ResourceKind::Cpu:
        return tr("cpu");
    case ResourceKind::Memory:
        return tr("memory");
    case ResourceKind::Storage:
        return tr("storage");
    case ResourceKind::Tenants:
        break;
    }
    return tr("tenants");
}

QString age(std::chrono::milliseconds age)
{
    const qint64 seconds = std::max<qint64>(0, age.count() / 1000);
    if (seconds < 120)
        return QString::number(seconds) + u' ' + tr("s");
    if (seconds < 2 * 3600)
        return QString::number(seconds / 60) + u' ' + tr("min");
    if (seconds < 2 * 86'400)
        return QString::number(seconds / 3600) + u' ' + tr("h");
    return count(seconds / 86'400) + u' ' + tr("d");
}

QString minute(Timestamp time)
{
    return utc(time).toString(u"HH:mm"_s);
}

QString second(Timestamp time)
{
    return utc(time).toString(u"HH:mm:ss"_s);
}

QString shortReason(const HealthReason &reason)
{
    if (reason.code == u"component" && !reason.component.isEmpty() && reason.value && reason.limit)
        return tr("%1 %2 of %3 ready")
                .arg(reason.component, number(*reason.value), number(*reason.limit));
    if (reason.code == u"latency-p99" && reason.value)
        return tr("p99 %1").arg(latency(reason.value));
    if (reason.code == u"error-ratio" && reason.value)
        return tr("errors %1").arg(errorPercent(reason.value));
    if (reason.code == u"load" && reason.value)
        return tr("load %1").arg(percent(reason.value));
    return reason.message;
}

} // namespace Stampdeck::Format

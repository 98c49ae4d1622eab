// SPDX-License-Identifier: GPL-3.0-or-later
#include "formatter.h"

#include "backends/api/spoken.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QLocale>
#include <QtCore/QRegularExpression>

#include <atomic>
#include <cmath>

namespace Stampdeck::Format {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Format)
};

std::atomic<Times> timesOf = Times::Utc;

/// C's, too, with groups of three.
QLocale numbers()
{
    QLocale locale;
    locale.setNumberOptions(QLocale::DefaultNumberOptions);
    return locale;
}

/// \a value with \a decimals in groups, the minus as "−" and no "−0".
QString fixed(double value, int decimals)
{
    const QLocale locale = numbers();
    const QString text = locale.toString(std::abs(value), 'f', decimals);
    if (value >= 0 || text == locale.toString(0.0, 'f', decimals))
        return text;
    return u'−' + text;
}

QString trimmed(double value)
{
    if (std::abs(value) >= 99.95)
        return fixed(value, 0);
    // As C writes it: whether it is whole does not depend on the locale.
    const bool isWhole = QString::number(value, 'f', 1).endsWith(u".0");
    return fixed(value, isWhole ? 0 : 1);
}

/// Which plural form \a value takes: a fraction's is that of a few.
int pluralOf(double value)
{
    return std::abs(value) < 1e9 && std::round(value) == std::round(value * 10) / 10
        ? int(std::lround(std::abs(value)))
        : 2;
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
    return std::abs(value) >= 9.95 ? fixed(value, 0) : trimmed(value);
}

} // namespace

QString none()
{
    return u"–"_s;
}

QString notKnown()
{
    return Words::tr("not known");
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
    const QString digits = numbers().toString(std::abs(value));
    return value < 0 ? QString(u'−' + digits) : digits;
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
    //: requests per second
    return perSecond ? Words::tr("%1/s", "unit").arg(compact(*perSecond)) : none();
}

QString cores(std::optional<double> value)
{
    if (!value)
        return none();
    const QString text = number(*value);
    return Words::tr("%1 core(s)", "unit", pluralOf(*value)).arg(text);
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
        return Words::tr("%1 s", "unit")
            .arg(fixed(*milliseconds / 1000, *milliseconds < 99'950 ? 1 : 0));
    return Words::tr("%1 ms", "unit")
        .arg(*milliseconds < 9.95 ? trimmed(*milliseconds) : fixed(*milliseconds, 0));
}

QString percent(std::optional<double> ratio)
{
    return ratio && std::isfinite(*ratio) ? Words::tr("%1%", "unit").arg(fixed(*ratio * 100, 0))
                                          : none();
}

QString errorPercent(std::optional<double> ratio)
{
    if (!ratio || !std::isfinite(*ratio))
        return none();
    const double value = *ratio * 100;
    return Words::tr("%1%", "unit").arg(fixed(value, value < 0.995 ? 2 : value < 99.95 ? 1 : 0));
}

QString cost(const std::optional<Cost> &perHour)
{
    if (!perHour)
        return none();
    const QString text = fixed(perHour->amount, 2);
    if (perHour->currency == u"EUR")
        return Words::tr("€%1/h", "unit").arg(text);
    if (perHour->currency == u"USD")
        return Words::tr("$%1/h", "unit").arg(text);
    if (perHour->currency == u"GBP")
        return Words::tr("£%1/h", "unit").arg(text);
    return Words::tr("%1 %2/h", "unit").arg(text, perHour->currency);
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
    return Words::tr("%1 slot(s)", "unit", pluralOf(*value)).arg(text);
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
    // Of millions every digit would take the room of what they are.
    const bool isLarge = resource.limit.value_or(0) >= 1e6;
    const auto part = [isLarge](std::optional<double> value) {
        return !value ? none() : isLarge ? compact(*value) : number(*value);
    };
    const QString text = part(taken) + u" / " + part(resource.limit);
    if (kind != ResourceKind::Cpu)
        return text;
    return Words::tr("%1 / %2 core(s)", "unit", pluralOf(resource.limit.value_or(2)))
        .arg(part(taken), part(resource.limit));
}

QString name(ResourceKind kind)
{
    return Spoken::word(kind);
}

QString either(const QStringList &names)
{
    QString text = names.value(0);
    for (const QString &name : names.mid(1))
        text = Words::tr("%1 or %2").arg(text, name);
    return text;
}

QString stamps(qint64 count)
{
    return Words::tr("%Ln stamp(s)", nullptr, int(count));
}

QString tenants(qint64 count)
{
    return Words::tr("%Ln tenant(s)", nullptr, int(count));
}

QString word(Health health)
{
    static const char *const words[] = {
        QT_TRANSLATE_NOOP("Health", "unknown"), QT_TRANSLATE_NOOP("Health", "healthy"),
        QT_TRANSLATE_NOOP("Health", "degraded"), QT_TRANSLATE_NOOP("Health", "unhealthy")};
    return QCoreApplication::translate("Health", words[size_t(health)]);
}

QString word(Lifecycle lifecycle)
{
    return Spoken::word(lifecycle);
}

QString word(Tier tier)
{
    return Spoken::word(tier);
}

QString word(TenantState state)
{
    static const char *const words[] = {QT_TRANSLATE_NOOP("TenantState", "serving"),
                                        QT_TRANSLATE_NOOP("TenantState", "moving"),
                                        QT_TRANSLATE_NOOP("TenantState", "failed")};
    return QCoreApplication::translate("TenantState", words[size_t(state)]);
}

QString word(PlacementState state)
{
    return Spoken::word(state);
}

QString word(OperationState state)
{
    static const char *const words[] = {QT_TRANSLATE_NOOP("OperationState", "pending"),
                                        QT_TRANSLATE_NOOP("OperationState", "running"),
                                        QT_TRANSLATE_NOOP("OperationState", "paused"),
                                        QT_TRANSLATE_NOOP("OperationState", "rolling-back"),
                                        QT_TRANSLATE_NOOP("OperationState", "succeeded"),
                                        QT_TRANSLATE_NOOP("OperationState", "failed"),
                                        QT_TRANSLATE_NOOP("OperationState", "cancelled"),
                                        QT_TRANSLATE_NOOP("OperationState", "rolled-back"),
                                        QT_TRANSLATE_NOOP("OperationState", "orphaned"),
                                        QT_TRANSLATE_NOOP("OperationState", "unknown")};
    return QCoreApplication::translate("OperationState", words[size_t(state)]);
}

QString word(StepState state)
{
    static const char *const words[] = {
        QT_TRANSLATE_NOOP("StepState", "pending"),     QT_TRANSLATE_NOOP("StepState", "running"),
        QT_TRANSLATE_NOOP("StepState", "succeeded"),   QT_TRANSLATE_NOOP("StepState", "failed"),
        QT_TRANSLATE_NOOP("StepState", "rolled-back"), QT_TRANSLATE_NOOP("StepState", "skipped")};
    return QCoreApplication::translate("StepState", words[size_t(state)]);
}

QString word(SignalKind signal)
{
    return Spoken::word(signal);
}

QString word(CircuitBreaker::State state)
{
    static const char *const words[] = {QT_TRANSLATE_NOOP("CircuitBreaker", "closed"),
                                        QT_TRANSLATE_NOOP("CircuitBreaker", "open"),
                                        QT_TRANSLATE_NOOP("CircuitBreaker", "half open")};
    return QCoreApplication::translate("CircuitBreaker", words[size_t(state)]);
}

QString action(const QString &kind)
{
    return Spoken::action(kind);
}

QString capitalised(QString text)
{
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

QString age(std::chrono::milliseconds age)
{
    const qint64 seconds = std::max<qint64>(0, age.count() / 1000);
    if (seconds < 120)
        return Words::tr("%1 s", "unit").arg(seconds);
    if (seconds < 2LL * 3600)
        return Words::tr("%1 min", "unit").arg(seconds / 60);
    if (seconds < 2LL * 86'400)
        return Words::tr("%1 h", "unit").arg(seconds / 3600);
    return Words::tr("%1 d", "unit").arg(count(seconds / 86'400));
}

QString exactAge(std::chrono::milliseconds age)
{
    const qint64 seconds = std::max<qint64>(0, age.count() / 1000);
    const auto two = [](const QString &more, const QString &less) {
        //: Two units of one time: “5 min 52 s”
        return Words::tr("%1 %2", "a time").arg(more, less);
    };
    const QString inSeconds = Words::tr("%1 s", "unit").arg(seconds % 60);
    if (seconds < 60)
        return inSeconds;
    const QString inMinutes = Words::tr("%1 min", "unit").arg(seconds / 60 % 60);
    if (seconds < 3600)
        return two(inMinutes, inSeconds);
    const QString inHours = Words::tr("%1 h", "unit").arg(seconds / 3600 % 24);
    if (seconds < 86'400)
        return two(inHours, inMinutes);
    return two(Words::tr("%1 d", "unit").arg(count(seconds / 86'400)), inHours);
}

void setTimes(Times times)
{
    timesOf = times;
}

Times times()
{
    return timesOf;
}

QDateTime dateTime(Timestamp time)
{
    const auto is = QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count(), Qt::UTC);
    return times() == Times::Local ? is.toLocalTime() : is;
}

QString zone(Timestamp time)
{
    return times() == Times::Local ? dateTime(time).timeZoneAbbreviation() : u"UTC"_s;
}

QString zone()
{
    return zone(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
}

QString minuteFormat()
{
    const QLocale locale;
    if (locale.language() == QLocale::C)
        return u"HH:mm"_s;
    // Two digits, so that a clock keeps its width.
    QString format = locale.timeFormat(QLocale::ShortFormat);
    const bool countsToTwelve = format.contains(u'a', Qt::CaseInsensitive);
    static const QRegularExpression hour(u"[Hh]+"_s);
    return format.replace(hour, countsToTwelve ? u"h"_s : u"HH"_s);
}

QString secondFormat()
{
    QString format = minuteFormat();
    const qsizetype at = format.indexOf(u"mm");
    // "13.20" becomes "13.20.05": the same sign between.
    return at > 0 ? format.insert(at + 2, QString(format[at - 1] + u"ss"_s)) : u"HH:mm:ss"_s;
}

QString minute(Timestamp time)
{
    return QLocale().toString(dateTime(time), minuteFormat());
}

QString second(Timestamp time)
{
    return QLocale().toString(dateTime(time), secondFormat());
}

QString minuteOfZone(Timestamp time)
{
    //: %1 a time, %2 its zone: “13:20 UTC”
    return Words::tr("%1 %2").arg(minute(time), zone(time));
}

QString secondOfZone(Timestamp time)
{
    return Words::tr("%1 %2").arg(second(time), zone(time));
}

QString day(Timestamp time)
{
    //: A day without its year, as QDate::toString() takes it: “22 Nov”
    return QLocale().toString(dateTime(time).date(), Words::tr("d MMM", "a day"));
}

QString daySecond(Timestamp time)
{
    const QLocale locale;
    const QString day = locale.language() == QLocale::C
        ? dateTime(time).toString(u"yyyy-MM-dd"_s)
        : locale.toString(dateTime(time).date(), QLocale::ShortFormat);
    //: %1 a day, %2 a time
    return Words::tr("%1 %2", "a day and a time").arg(day, second(time));
}

QString shortReason(const HealthReason &reason)
{
    if (reason.code == u"component" && !reason.component.isEmpty() && reason.value && reason.limit)
        return Words::tr("%1 %2 of %3 ready")
            .arg(reason.component, number(*reason.value), number(*reason.limit));
    if (reason.code == u"latency-p99" && reason.value)
        return Words::tr("p99 %1").arg(latency(reason.value));
    if (reason.code == u"error-ratio" && reason.value)
        return Words::tr("errors %1").arg(errorPercent(reason.value));
    if (reason.code == u"load" && reason.value)
        return Words::tr("load %1").arg(percent(reason.value));
    return reason.message;
}

} // namespace Stampdeck::Format

// SPDX-License-Identifier: GPL-3.0-or-later
#include "timestamp.h"

#include <QtCore/QByteArray>

#include <array>
#include <cstdio>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace std::chrono;

QString toRfc3339(Timestamp time)
{
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    std::array<char, 48> text{};
    const int millis = int(clock.subseconds().count());
    int size = std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d",
                             int(date.year()), unsigned(date.month()), unsigned(date.day()),
                             int(clock.hours().count()), int(clock.minutes().count()),
                             int(clock.seconds().count()));
    if (millis != 0)
        size += std::snprintf(text.data() + size, text.size() - size_t(size), ".%03d", millis);
    return QString::fromLatin1(text.data(), size) + u'Z';
}

namespace {

// Digits from \a at on; -1 when one of them is none.
int digits(const char *at, int count)
{
    int value = 0;
    for (int i = 0; i < count; ++i) {
        if (at[i] < '0' || at[i] > '9')
            return -1;
        value = value * 10 + (at[i] - '0');
    }
    return value;
}

} // namespace

std::optional<Timestamp> fromRfc3339(const char *begin, size_t size)
{
    // 2026-01-02T03:04:05Z is the shortest form (RFC 3339, section 5.6).
    if (size < 20 || begin[4] != '-' || begin[7] != '-' || begin[13] != ':' || begin[16] != ':'
        || (begin[10] != 'T' && begin[10] != 't' && begin[10] != ' '))
        return std::nullopt;
    const int years = digits(begin, 4);
    const int month_ = digits(begin + 5, 2);
    const int day_ = digits(begin + 8, 2);
    const int hour_ = digits(begin + 11, 2);
    const int minute_ = digits(begin + 14, 2);
    const int second_ = digits(begin + 17, 2);
    if (years < 0 || month_ < 0 || day_ < 0 || hour_ < 0 || hour_ > 23 || minute_ < 0
        || minute_ > 59 || second_ < 0 || second_ > 60)
        return std::nullopt;
    const year_month_day date{year(years), month(unsigned(month_)), day(unsigned(day_))};
    if (!date.ok())
        return std::nullopt;
    size_t at = 19;
    int millis = 0;
    if (begin[at] == '.') {
        int scale = 100;
        const size_t first = ++at;
        for (; at < size && begin[at] >= '0' && begin[at] <= '9'; ++at) {
            millis += (begin[at] - '0') * scale;
            scale /= 10;
        }
        if (at == first)
            return std::nullopt;
    }
    if (at >= size)
        return std::nullopt;
    minutes offset{0};
    if (begin[at] == 'Z' || begin[at] == 'z') {
        if (at + 1 != size)
            return std::nullopt;
    } else {
        if ((begin[at] != '+' && begin[at] != '-') || at + 6 != size || begin[at + 3] != ':')
            return std::nullopt;
        const int offsetHours = digits(begin + at + 1, 2);
        const int offsetMinutes = digits(begin + at + 4, 2);
        if (offsetHours < 0 || offsetHours > 23 || offsetMinutes < 0 || offsetMinutes > 59)
            return std::nullopt;
        offset = minutes(offsetHours * 60 + offsetMinutes);
        if (begin[at] == '-')
            offset = -offset;
    }
    return Timestamp(sys_days(date)) + hours(hour_) + minutes(minute_) + seconds(second_)
            + milliseconds(millis) - offset;
}

std::optional<Timestamp> fromRfc3339(QStringView text)
{
    const QByteArray bytes = text.toUtf8();
    return fromRfc3339(bytes.constData(), size_t(bytes.size()));
}

namespace {
struct Unit
{
    QLatin1StringView word;
    qint64 millis;
};
constexpr std::array<Unit, 5> units = {{{"ms"_L1, 1},
                                        {"d"_L1, 86'400'000},
                                        {"h"_L1, 3'600'000},
                                        {"m"_L1, 60'000},
                                        {"s"_L1, 1'000}}};
} // namespace

std::optional<milliseconds> durationFromString(QStringView text)
{
    for (const Unit &unit : units) {
        if (!text.endsWith(unit.word))
            continue;
        bool ok = false;
        const qint64 count = text.chopped(unit.word.size()).toLongLong(&ok);
        if (!ok || count < 0 || count > 36'500 * 86'400'000LL / unit.millis)
            return std::nullopt;
        return milliseconds(count * unit.millis);
    }
    return std::nullopt;
}

QString toString(milliseconds duration)
{
    const qint64 millis = duration.count();
    for (const Unit &unit : {units[1], units[2], units[3], units[4]}) {
        if (millis != 0 && millis % unit.millis == 0)
            return QString::number(millis / unit.millis) + unit.word;
    }
    return QString::number(millis) + (millis == 0 ? "s"_L1 : "ms"_L1);
}

} // namespace Stampdeck

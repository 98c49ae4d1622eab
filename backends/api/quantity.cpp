// SPDX-License-Identifier: GPL-3.0-or-later
#include "quantity.h"

#include <array>
#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

/// The factor of a unit of size; nothing for what is none.
std::optional<double> factorOf(QStringView unit)
{
    if (unit.isEmpty() || unit == u"B")
        return 1.0;
    const qsizetype power = u"kMGTPE"_s.indexOf(unit[0] == u'K' ? QChar(u'k') : unit[0]);
    if (power < 0)
        return std::nullopt;
    const QStringView rest = unit.mid(1);
    if (rest.isEmpty() || rest == u"B")
        return std::pow(1000.0, static_cast<double>(power + 1));
    if (rest == u"i" || rest == u"iB")
        return std::pow(1024.0, static_cast<double>(power + 1));
    return std::nullopt;
}

} // namespace

std::optional<double> numberFromString(QStringView text)
{
    // toDouble() also takes "inf", "nan", "0x10" and spaces around.
    bool digits = false;
    for (const QChar c : text) {
        const bool digit = c >= u'0' && c <= u'9';
        digits = digits || digit;
        if (!digit && c != u'.' && c != u'-' && c != u'+' && c != u'e' && c != u'E')
            return std::nullopt;
    }
    bool read = false;
    const double value = digits ? text.toDouble(&read) : 0;
    return read && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<double> sizeFromString(QStringView text)
{
    qsizetype digits = 0;
    while (digits < text.size()
           && ((text[digits] >= u'0' && text[digits] <= u'9') || text[digits] == u'.'))
        ++digits;
    const auto number = numberFromString(text.left(digits));
    const auto factor = factorOf(text.mid(digits));
    if (!number || !factor)
        return std::nullopt;
    const double bytes = *number * *factor;
    return std::isfinite(bytes) ? std::optional(bytes) : std::nullopt;
}

QString sizeToString(double bytes)
{
    constexpr std::array units = {"Ei"_L1, "Pi"_L1, "Ti"_L1, "Gi"_L1, "Mi"_L1, "Ki"_L1};
    double factor = std::pow(1024.0, double(units.size()));
    for (const QLatin1StringView unit : units) {
        const double count = bytes / factor;
        if (count >= 1 && count == std::floor(count))
            return QString::number(count, 'f', 0) + unit;
        factor /= 1024;
    }
    return QString::number(bytes, 'g', 17);
}

} // namespace Stampdeck

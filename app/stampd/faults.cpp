// SPDX-License-Identifier: GPL-3.0-or-later
#include "faults.h"

#include "backends/api/timestamp.h"

#include <algorithm>
#include <iterator>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr auto latencyKind = "latency"_L1;

struct Ratio
{
    QLatin1StringView kind;
    double Faults::*value;
};
constexpr Ratio ratios[] = {{"error-rate"_L1, &Faults::errorRate},
                            {"hang"_L1, &Faults::hang},
                            {"garbage"_L1, &Faults::garbage},
                            {"truncate"_L1, &Faults::truncate}};

std::optional<double> ratioFromString(QStringView text)
{
    const bool percent = text.endsWith(u'%');
    bool ok = false;
    const double value = (percent ? text.chopped(1) : text).toDouble(&ok);
    const double ratio = percent ? value / 100 : value;
    // Written so that a NaN is refused too.
    return ok && ratio >= 0 && ratio <= 1 ? std::optional(ratio) : std::nullopt;
}

// "latency", then those that take a ratio.
QStringList faultKinds()
{
    QStringList kinds{latencyKind};
    for (const Ratio &ratio : ratios)
        kinds.append(ratio.kind);
    return kinds;
}

} // namespace

Result<Faults> withFault(Faults faults, const QString &setting)
{
    const qsizetype equals = setting.indexOf(u'=');
    const QStringView kind = QStringView(setting).left(qMax<qsizetype>(equals, 0));
    const QStringView value = QStringView(setting).mid(equals + 1);
    if (kind == latencyKind) {
        const auto latency = durationFromString(value);
        if (!latency)
            return fail(ErrorKind::Invalid,
                        u"the fault “%1” needs a duration, such as latency=250ms"_s.arg(setting));
        faults.latency = *latency;
        return faults;
    }
    const auto ratio = std::find_if(std::begin(ratios), std::end(ratios),
                                    [&](const Ratio &one) { return one.kind == kind; });
    if (ratio == std::end(ratios))
        return fail(ErrorKind::Invalid,
                    u"the fault “%1” is none of %2"_s.arg(setting, faultKinds().join(u", ")));
    const auto share = ratioFromString(value);
    if (!share)
        return fail(
            ErrorKind::Invalid,
            u"the fault “%1” needs a ratio from 0 to 1, such as %2=0.1"_s.arg(setting, kind));
    faults.*ratio->value = *share;
    return faults;
}

} // namespace Stampdeck

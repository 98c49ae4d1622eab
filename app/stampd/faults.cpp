// SPDX-License-Identifier: GPL-3.0-or-later
#include "faults.h"

#include "backends/api/timestamp.h"

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

std::optional<double> ratioFromString(QStringView text)
{
    const bool percent = text.endsWith(u'%');
    bool ok = false;
    const double value = (percent ? text.chopped(1) : text).toDouble(&ok);
    const double ratio = percent ? value / 100 : value;
    // Written so that a NaN is refused too.
    return ok && ratio >= 0 && ratio <= 1 ? std::optional(ratio) : std::nullopt;
}

} // namespace

Result<Faults> withFault(Faults faults, const QString &setting)
{
    const qsizetype equals = setting.indexOf(u'=');
    const QStringView kind = QStringView(setting).left(qMax<qsizetype>(equals, 0));
    const QStringView value = QStringView(setting).mid(equals + 1);
    if (kind == u"latency") {
        const auto latency = durationFromString(value);
        if (!latency)
            return fail(ErrorKind::Invalid,
                        u"the fault “%1” needs a duration, such as latency=250ms"_s.arg(setting));
        faults.latency = *latency;
        return faults;
    }
    double *ratio = kind == u"error-rate" ? &faults.errorRate
        : kind == u"hang"                 ? &faults.hang
        : kind == u"garbage"              ? &faults.garbage
        : kind == u"truncate"             ? &faults.truncate
                                          : nullptr;
    if (!ratio)
        return fail(ErrorKind::Invalid,
                    u"the fault “%1” is none of latency, error-rate, hang, garbage, truncate"_s.arg(
                        setting));
    const auto share = ratioFromString(value);
    if (!share)
        return fail(
            ErrorKind::Invalid,
            u"the fault “%1” needs a ratio from 0 to 1, such as %2=0.1"_s.arg(setting, kind));
    *ratio = *share;
    return faults;
}

} // namespace Stampdeck

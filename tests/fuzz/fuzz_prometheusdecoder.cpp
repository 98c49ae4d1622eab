// SPDX-License-Identifier: GPL-3.0-or-later
// Property: whatever Prometheus answers, it is read as numbers that hold what they promise, or ends
// in a typed error; whatever a query is, the series that it looks at are found in it.
#include "backends/prometheus/prometheusdecoder.h"

#include <cmath>
#include <cstdlib>

using namespace Stampdeck;

namespace {

void require(bool condition)
{
    if (!condition)
        std::abort();
}

template<typename T>
bool isTyped(const Result<T> &result)
{
    return result
        || ((result.error().kind == ErrorKind::Malformed
             || result.error().kind == ErrorKind::Invalid)
            && !result.error().message.isEmpty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArray body(reinterpret_cast<const char *>(data), qsizetype(size));
    const QString label = QStringLiteral("stamp");
    const auto instant = decodeInstant(body, label);
    require(isTyped(instant));
    if (instant) {
        for (size_t i = 0; i < instant->numbers.size(); ++i) {
            require(std::isfinite(instant->numbers[i].value));
            require(!instant->numbers[i].stamp.isEmpty());
            require(i == 0 || instant->numbers[i - 1].stamp < instant->numbers[i].stamp);
        }
    }
    const Timestamp start{std::chrono::seconds(1'767'322'800)};
    const RangeGrid grid =
        RangeGrid::over(start, start + std::chrono::hours(1), std::chrono::seconds(60));
    const auto range = decodeRange(body, label, grid);
    require(isTyped(range));
    if (range) {
        for (const Series &series : range->series)
            require(series.values.size() == grid.size() && !series.stamp.isEmpty());
    }
    (void)decodePrometheusError(body);

    const QString query = QString::fromUtf8(body);
    for (const QString &selector : selectorsOf(query))
        require(!selector.isEmpty() && query.contains(selector));
    (void)freshnessQuery(query, label);
    (void)queryFor(query, label, {query});
    return 0;
}

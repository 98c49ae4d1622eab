// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/metricsadapter.h"

#include <QtCore/QByteArray>

/// What Prometheus' HTTP API answers (docs/querying/api.md) as values, and what it is asked as
/// text: no sockets. A wrong answer is ErrorKind::Malformed with the place.
namespace Stampdeck {

/// One number by stamp, of an instant query.
struct StampNumber
{
    QString stamp;
    double value = 0; ///< Finite.
};

struct InstantAnswer
{
    std::vector<StampNumber> numbers; ///< By stamp, each once.
    QStringList warnings; ///< Its warnings and infos.
};

struct RangeAnswer
{
    std::vector<Series> series; ///< By stamp; their signal is not yet named.
    QStringList warnings;
};

/// When a range query is evaluated: aligned, and never at more points than Prometheus answers.
struct RangeGrid
{
    Timestamp start;
    Timestamp end; ///< Included.
    std::chrono::milliseconds step{0};

    /// \a from to \a to, each multiple of \a step that gives few enough points. Both are rounded
    /// down.
    [[nodiscard]] static RangeGrid over(Timestamp from, Timestamp to,
                                        std::chrono::milliseconds step);
    [[nodiscard]] size_t size() const { return size_t((end - start) / step) + 1; }
};

/// The answer of /query. A number that is none is left out, as is a series without \a stampLabel
/// where others have it. ErrorKind::Invalid where the query was not one by stamps.
[[nodiscard]] Result<InstantAnswer> decodeInstant(const QByteArray &body,
                                                  const QString &stampLabel);
/// The answer of /query_range over \a grid: gaps are NaN, stamps without any value are left out.
[[nodiscard]] Result<RangeAnswer> decodeRange(const QByteArray &body, const QString &stampLabel,
                                              const RangeGrid &grid);
/// What an error says: Prometheus' own words, empty where it is something else.
struct PrometheusError
{
    QString type; ///< "bad_data", "execution", "timeout", …
    QString words;
};
[[nodiscard]] PrometheusError decodePrometheusError(const QByteArray &body);

/// \a query for those of \a stamps alone; for all where there are none, or too many to be named.
[[nodiscard]] QString queryFor(const QString &query, const QString &stampLabel,
                               const QStringList &stamps);
/// The query that tells when what \a query looks at was measured last, by stamp; empty where it
/// looks at nothing.
[[nodiscard]] QString freshnessQuery(const QString &query, const QString &stampLabel);
/// The series that \a query looks at: up, node_load1{job="x"}, …; each once.
[[nodiscard]] QStringList selectorsOf(const QString &query);

} // namespace Stampdeck

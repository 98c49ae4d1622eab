// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/result.h"

#include <QtCore/QByteArray>

#include <array>
#include <optional>
#include <vector>

/// How the history keeps what was measured: series in blocks of bits, at a stated precision. Pure;
/// bytes that nobody here wrote give an error of ErrorKind::Malformed and never more than they say.
namespace Stampdeck {

/// What is recorded of a stamp as a series, in this order.
enum class SampleKind : quint8 { Cpu, Memory, Storage, Requests, Errors, LatencyP50, LatencyP99 };
inline constexpr int sampleKinds = 7;
inline constexpr std::array<SampleKind, sampleKinds> allSampleKinds = {
    SampleKind::Cpu,    SampleKind::Memory,     SampleKind::Storage,   SampleKind::Requests,
    SampleKind::Errors, SampleKind::LatencyP50, SampleKind::LatencyP99};

/// As Series::signal has it: "cpu", "requestsPerSecond", …
[[nodiscard]] QString toString(SampleKind kind);

/// Of a resource with this limit: a 4096th of it. 0, which stands for three significant digits,
/// without one, and for a value that is more than a thousand times as much.
[[nodiscard]] double sampleUnit(double limit, double value);
/// Where \a value stands on the scale of \a unit, or nothing for what is not finite. A unit that
/// can't tell the value becomes 0.
[[nodiscard]] std::optional<qint64> sampleStep(double value, double &unit);
/// The value of such a step: at most half a unit beside what it was, or half a unit of its third
/// digit (below 1e-300: 0).
[[nodiscard]] double sampleValue(qint64 step, double unit);
/// Whether sampleStep() can have made it.
[[nodiscard]] bool isSampleStep(qint64 step, double unit);
/// Both: \a value as it is kept; NaN for what is not finite.
[[nodiscard]] double asKept(double value, double unit);

namespace Internal {

/// Bits, the first the highest of its byte.
class BitWriter
{
public:
    void put(quint64 bits, int count);
    /// What has been put, filled up with zeros to whole bytes.
    [[nodiscard]] QByteArray bytes() const;
    [[nodiscard]] qsizetype size() const { return m_bytes.size() + 1; }

private:
    QByteArray m_bytes;
    quint64 m_rest = 0;
    int m_restBits = 0; // below 8
};

/// How large the numbers of one kind have been lately, from which their code follows (adaptive
/// Rice codes, as in JPEG-LS). Writer and reader come to the same.
class RiceState
{
public:
    /// The least number of low bits that makes the mean's high part a small one.
    [[nodiscard]] int bits() const { return m_bits; }
    void saw(quint64 number);

private:
    quint64 m_sum = 8;
    quint32 m_count = 2;
    int m_bits = 2; // as sum and count make it
};

class BitReader;

/// What a series was before the next value.
struct SeriesState
{
    RiceState rice;
    double unit = 0;
    qint64 step = 0;
    bool isGap = false;
};

} // namespace Internal

/// Writes one series value by value: NaN is a gap.
class SampleEncoder
{
public:
    /// \a unit as sampleUnit() gives it.
    void append(double value, double unit);
    [[nodiscard]] int count() const { return m_count; }
    /// The block so far; more may be appended.
    [[nodiscard]] QByteArray block() const;

private:
    Internal::BitWriter m_bits;
    Internal::SeriesState m_state;
    int m_count = 0;
};

/// The first \a most values of a block.
[[nodiscard]] Result<std::vector<double>> decodeSamples(const QByteArray &block,
                                                        int most = 1 << 24);

/// The value number \a index of a block, from 0.
[[nodiscard]] Result<double> sampleOf(const QByteArray &block, int index);

/// Writes moments, each later than the last one: milliseconds from some start.
class TimeEncoder
{
public:
    void append(qint64 offset);
    [[nodiscard]] int count() const { return m_count; }
    [[nodiscard]] qint64 last() const { return m_count > 0 ? m_last : -1; } ///< -1: none yet.
    [[nodiscard]] QByteArray block() const;

private:
    Internal::BitWriter m_bits;
    Internal::RiceState m_rice;
    qint64 m_last = 0;
    qint64 m_step = 0;
    int m_count = 0;
};

/// The moments of a block up to \a last, ascending.
[[nodiscard]] Result<std::vector<qint64>> decodeTimes(const QByteArray &block,
                                                      qint64 last = qint64(1) << 40);

/// What is left of the samples of a minute or an hour.
struct SampleSummary
{
    double mean = 0; ///< Over time; NaN is a gap, and then so are the others.
    double min = 0;
    double max = 0;
};

/// Writes a series of them: each value at the precision of a sample.
[[nodiscard]] QByteArray encodeSummaries(const std::vector<SampleSummary> &series, double limit);
/// The first \a most summaries of a block.
[[nodiscard]] Result<std::vector<SampleSummary>> decodeSummaries(const QByteArray &block,
                                                                 int most = 1 << 24);

} // namespace Stampdeck

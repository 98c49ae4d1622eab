// SPDX-License-Identifier: GPL-3.0-or-later
#include "samplecodec.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QtEndian>

#include <bit>
#include <cmath>
#include <limits>

namespace Stampdeck {

using namespace Qt::StringLiterals;
using namespace Internal;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(History)
};

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
/// Longer runs of ones than this say that the number follows as it is.
constexpr int longestRun = 20;
/// Steps beyond are of no value that asKept() makes.
constexpr qint64 largestStep = qint64(1) << 41;
constexpr double smallest = 1e-300;

// Numbers of three digits: those from 100 to 999 times a power of ten, counted through from the
// smallest.
constexpr int digitsOfPower = 900;
constexpr int powerOffset = 301;

double powerOfTen(int exponent)
{
    static const auto table = [] {
        std::array<double, 640> all{};
        for (int i = 0; i < int(all.size()); ++i)
            all[size_t(i)] = std::pow(10.0, i - 320);
        return all;
    }();
    return table[size_t(exponent + 320)];
}

qint64 digitsStep(double value)
{
    const double size = std::abs(value);
    if (size < smallest)
        return 0;
    int exponent = int(std::floor(std::log10(size)));
    double digits = std::round(size / powerOfTen(exponent - 2));
    if (digits < 100) { // the logarithm was rounded up
        --exponent;
        digits = std::round(size / powerOfTen(exponent - 2));
    }
    if (digits >= 1000) {
        ++exponent;
        digits = std::round(size / powerOfTen(exponent - 2));
    }
    const qint64 step = qint64(exponent + powerOffset) * digitsOfPower + qint64(digits) - 100 + 1;
    return value < 0 ? -step : step;
}

double digitsValue(qint64 step)
{
    if (step == 0)
        return 0;
    const qint64 place = std::abs(step) - 1;
    const int exponent = int(place / digitsOfPower) - powerOffset;
    const double value = double(place % digitsOfPower + 100) * powerOfTen(exponent - 2);
    return step < 0 ? -value : value;
}

constexpr qint64 largestDigits = qint64(308 + powerOffset + 1) * digitsOfPower;

} // namespace

bool isSampleStep(qint64 step, double unit)
{
    const qint64 largest = unit > 0 ? largestStep : largestDigits;
    return step >= -largest && step <= largest;
}

namespace {

// Only for finite values that sampleUnit() has chosen the unit for.
qint64 toStep(double value, double unit)
{
    return unit > 0 ? std::llround(value / unit) : digitsStep(value);
}

double fromStep(qint64 step, double unit)
{
    return unit > 0 ? double(step) * unit : digitsValue(step);
}

// A unit that cannot tell a value is none.
double unitFor(double value, double unit)
{
    return unit > 0 && std::isfinite(unit) && std::abs(value / unit) < double(largestStep / 2)
        ? unit
        : 0;
}

quint64 zigzag(qint64 value)
{
    return (quint64(value) << 1) ^ quint64(value >> 63);
}

qint64 unzigzag(quint64 value)
{
    return qint64(value >> 1) ^ -qint64(value & 1);
}

void putVarint(QByteArray &bytes, quint64 value)
{
    while (value >= 0x80) {
        bytes += char(value | 0x80);
        value >>= 7;
    }
    bytes += char(value);
}

Error malformed(const QString &what)
{
    return Error::of(ErrorKind::Malformed, Words::tr("samples in the history are damaged"), what);
}

void putNumber(BitWriter &bits, RiceState &rice, quint64 number)
{
    const int low = rice.bits();
    const quint64 high = number >> low;
    if (high < longestRun) {
        bits.put((quint64(1) << (high + 1)) - 2, int(high) + 1); // ones, and a zero
        bits.put(number, low);
    } else {
        const int size = 64 - std::countl_zero(number);
        bits.put((quint64(1) << longestRun) - 1, longestRun);
        bits.put(quint64(size - 1), 6);
        bits.put(number, size);
    }
    rice.saw(number);
}

} // namespace

namespace Internal {

void BitWriter::put(quint64 bits, int count)
{
    while (count > 0) {
        const int take = std::min(count, 8 - m_restBits);
        const quint64 part = (bits >> (count - take)) & ((quint64(1) << take) - 1);
        m_rest = (m_rest << take) | part;
        m_restBits += take;
        count -= take;
        if (m_restBits == 8) {
            m_bytes += char(m_rest);
            m_rest = 0;
            m_restBits = 0;
        }
    }
}

QByteArray BitWriter::bytes() const
{
    QByteArray all = m_bytes;
    if (m_restBits > 0)
        all += char(m_rest << (8 - m_restBits));
    return all;
}

Q_ALWAYS_INLINE void RiceState::saw(quint64 number)
{
    // One that is far out is none to go by; several are.
    m_sum += std::min<quint64>(number, quint64(longestRun) << bits());
    if (++m_count >= 32) {
        m_count /= 2;
        m_sum = (m_sum + 1) / 2;
    }
    while ((quint64(m_count) << m_bits) < m_sum)
        ++m_bits;
    while (m_bits > 0 && (quint64(m_count) << (m_bits - 1)) >= m_sum)
        --m_bits;
}

/// Reads what a BitWriter wrote; zeros after its end, and says so.
class BitReader
{
public:
    BitReader(const char *data, qsizetype size)
        : m_data(reinterpret_cast<const uchar *>(data))
        , m_end(m_data + size)
    { }

    [[nodiscard]] bool isOver() const { return m_isOver; }

    quint64 take(int count)
    {
        if (count > 32) {
            const quint64 high = take(count - 32);
            return (high << 32) | take(32);
        }
        if (count == 0)
            return 0;
        fill();
        const quint64 bits = m_bits >> (64 - count);
        drop(count);
        return bits;
    }
    // Always inline, as what it calls for each value: else most of a seek goes into calls.
    Q_ALWAYS_INLINE quint64 number(RiceState &rice)
    {
        const int low = rice.bits();
        fill();
        const int run = std::countl_one(m_bits);
        const int all = run + 1 + low;
        quint64 value = 0;
        if (run < longestRun && all <= std::min(m_count, 63)) {
            // Nearly always: all of it is there. By two shifts, since one by 64 is none.
            value = (quint64(run) << low) | ((m_bits << (run + 1)) >> 1 >> (63 - low));
            m_bits <<= all;
            m_count -= all;
        } else if (run < longestRun) {
            drop(run + 1);
            value = (quint64(run) << low) | take(low);
        } else {
            drop(longestRun);
            value = take(int(take(6)) + 1);
        }
        rice.saw(value);
        return value;
    }

private:
    Q_ALWAYS_INLINE void fill()
    {
        if (m_end - m_data >= 8) {
            // As many whole bytes as fit, at once. The bits behind them are those that come next: they
            // count for nothing yet, and are the same when they are put there again.
            m_bits |= qFromBigEndian<quint64>(m_data) >> m_count;
            m_data += (63 - m_count) >> 3;
            m_count |= 56;
            return;
        }
        while (m_count <= 56 && m_data < m_end) {
            m_bits |= quint64(*m_data++) << (56 - m_count);
            m_count += 8;
        }
    }
    void drop(int count)
    {
        m_isOver |= count > m_count;
        m_bits <<= count;
        m_count = std::max(0, m_count - count);
    }

    const uchar *m_data;
    const uchar *m_end;
    quint64 m_bits = 0;
    int m_count = 0;
    bool m_isOver = false;
};

} // namespace Internal

namespace {

// How a value follows on the one before: 0 as it was, 1 something that is said by the next bit (0
// the end of a gap, or its start; 1 another unit, which follows), else the difference in steps.
void putValue(BitWriter &bits, SeriesState &state, double value, double wanted)
{
    if (!std::isfinite(value)) {
        if (state.isGap) {
            putNumber(bits, state.rice, 0);
        } else {
            putNumber(bits, state.rice, 1);
            bits.put(0, 1);
            state.isGap = true;
        }
        return;
    }
    if (state.isGap) {
        putNumber(bits, state.rice, 1);
        bits.put(0, 1);
        state.isGap = false;
    }
    if (const double unit = unitFor(value, wanted); unit != state.unit) {
        putNumber(bits, state.rice, 1);
        bits.put(1, 1);
        bits.put(std::bit_cast<quint64>(unit), 64);
        state.unit = unit;
        state.step = 0;
    }
    const qint64 step = toStep(value, state.unit);
    const quint64 change = zigzag(step - state.step);
    putNumber(bits, state.rice, change == 0 ? 0 : change + 1);
    state.step = step;
}

// Nothing, or what is wrong.
Q_ALWAYS_INLINE std::optional<QString> takeValue(BitReader &bits, SeriesState &state)
{
    const bool wasGap = state.isGap;
    for (;;) {
        const quint64 code = bits.number(state.rice);
        if (bits.isOver())
            return u"it ends too early"_s;
        if (code == 1) {
            if (bits.take(1) == 0) {
                state.isGap = !state.isGap;
                if (!state.isGap && !wasGap)
                    return u"a gap that ends at once"_s;
                if (state.isGap)
                    return wasGap ? std::optional(u"a gap within a gap"_s) : std::nullopt;
                continue;
            }
            state.unit = std::bit_cast<double>(bits.take(64));
            state.step = 0;
            if (!std::isfinite(state.unit) || state.unit < 0)
                return u"no unit"_s;
            continue;
        }
        if (code != 0) {
            const qint64 change = unzigzag(code - 1);
            if (state.isGap || change > largestStep || change < -largestStep)
                return u"a step out of its range"_s;
            state.step += change;
        }
        if (!isSampleStep(state.step, state.unit))
            return u"a value out of its range"_s;
        return std::nullopt;
    }
}

QByteArray withCount(int count, const BitWriter &bits)
{
    QByteArray block;
    block.reserve(bits.size() + 3);
    putVarint(block, quint64(count));
    return block + bits.bytes();
}

/// The count that a block begins with, and where its bits begin. Each value takes a bit at least.
Result<std::pair<int, qsizetype>> countOf(const QByteArray &block)
{
    quint64 count = 0;
    for (qsizetype i = 0; i < std::min<qsizetype>(block.size(), 5); ++i) {
        const auto byte = uchar(block[i]);
        count |= quint64(byte & 0x7f) << (7 * i);
        if (byte & 0x80)
            continue;
        if (count > quint64(block.size() - i - 1) * 8)
            return fail(malformed(u"it has fewer values than it says"_s));
        return std::pair(int(count), i + 1);
    }
    return fail(malformed(u"it has no beginning"_s));
}

} // namespace

QString toString(SampleKind kind)
{
    switch (kind) {
    case SampleKind::Cpu:
        return u"cpu"_s;
    case SampleKind::Memory:
        return u"memory"_s;
    case SampleKind::Storage:
        return u"storage"_s;
    case SampleKind::Requests:
        return u"requestsPerSecond"_s;
    case SampleKind::Errors:
        return u"errorRatio"_s;
    case SampleKind::LatencyP50:
        return u"latencyP50Ms"_s;
    case SampleKind::LatencyP99:
        break;
    }
    return u"latencyP99Ms"_s;
}

double sampleUnit(double limit, double value)
{
    if (!std::isfinite(limit) || limit < smallest || std::abs(value) > 1024 * limit)
        return 0;
    return limit / 4096;
}

std::optional<qint64> sampleStep(double value, double &unit)
{
    if (!std::isfinite(value))
        return std::nullopt;
    unit = unitFor(value, unit);
    return toStep(value, unit);
}

double sampleValue(qint64 step, double unit)
{
    return fromStep(step, unit);
}

double asKept(double value, double unit)
{
    const auto step = sampleStep(value, unit);
    return step ? fromStep(*step, unit) : nan;
}

void SampleEncoder::append(double value, double unit)
{
    putValue(m_bits, m_state, value, unit);
    ++m_count;
}

QByteArray SampleEncoder::block() const
{
    return withCount(m_count, m_bits);
}

Result<std::vector<double>> decodeSamples(const QByteArray &block, int most)
{
    const auto count = countOf(block);
    if (!count)
        return fail(count.error());
    std::vector<double> values;
    values.reserve(size_t(std::min(count->first, most)));
    BitReader bits(block.constData() + count->second, block.size() - count->second);
    SeriesState state;
    for (int i = 0; i < std::min(count->first, most); ++i) {
        if (const auto wrong = takeValue(bits, state))
            return fail(malformed(*wrong));
        values.push_back(state.isGap ? nan : fromStep(state.step, state.unit));
    }
    return values;
}

void TimeEncoder::append(qint64 offset)
{
    const qint64 step = offset - m_last;
    putNumber(m_bits, m_rice, zigzag(step - m_step));
    m_step = step;
    m_last = offset;
    ++m_count;
}

Result<double> sampleOf(const QByteArray &block, int index)
{
    const auto count = countOf(block);
    if (!count)
        return fail(count.error());
    if (index < 0 || index >= count->first)
        return fail(malformed(u"it has fewer values than moments"_s));
    BitReader bits(block.constData() + count->second, block.size() - count->second);
    SeriesState state;
    for (int i = 0; i <= index; ++i) {
        if (const auto wrong = takeValue(bits, state))
            return fail(malformed(*wrong));
    }
    return state.isGap ? nan : fromStep(state.step, state.unit);
}

QByteArray TimeEncoder::block() const
{
    return withCount(m_count, m_bits);
}

Result<std::vector<qint64>> decodeTimes(const QByteArray &block, qint64 last)
{
    const auto count = countOf(block);
    if (!count)
        return fail(count.error());
    std::vector<qint64> times;
    BitReader bits(block.constData() + count->second, block.size() - count->second);
    RiceState rice;
    qint64 at = 0;
    qint64 step = 0;
    for (int i = 0; i < count->first; ++i) {
        const qint64 change = unzigzag(bits.number(rice));
        if (bits.isOver())
            return fail(malformed(u"it ends too early"_s));
        if (change > largestStep || change < -largestStep)
            return fail(malformed(u"a time out of its range"_s));
        step += change;
        at += step;
        if (step < (i == 0 ? 0 : 1) || at > largestStep)
            return fail(malformed(u"a time out of its order"_s));
        if (at > last)
            break;
        times.push_back(at);
    }
    return times;
}

QByteArray encodeSummaries(const std::vector<SampleSummary> &series, double limit)
{
    BitWriter bits;
    SeriesState state;
    RiceState below;
    RiceState above;
    for (const SampleSummary &point : series) {
        const bool isGap =
            !std::isfinite(point.mean) || !std::isfinite(point.min) || !std::isfinite(point.max);
        const double largest = std::max(std::abs(point.min), std::abs(point.max));
        const double unit = sampleUnit(limit, isGap ? 0 : largest);
        putValue(bits, state, isGap ? nan : point.mean, unit);
        if (isGap)
            continue;
        // The mean may be rounded to the far side of one that is as good as the same.
        putNumber(bits, below,
                  quint64(std::max<qint64>(0, state.step - toStep(point.min, state.unit))));
        putNumber(bits, above,
                  quint64(std::max<qint64>(0, toStep(point.max, state.unit) - state.step)));
    }
    return withCount(int(series.size()), bits);
}

Result<std::vector<SampleSummary>> decodeSummaries(const QByteArray &block, int most)
{
    const auto count = countOf(block);
    if (!count)
        return fail(count.error());
    const int wanted = std::min(count->first, most);
    std::vector<SampleSummary> series;
    series.reserve(size_t(wanted));
    BitReader bits(block.constData() + count->second, block.size() - count->second);
    SeriesState state;
    RiceState below;
    RiceState above;
    for (int i = 0; i < wanted; ++i) {
        if (const auto wrong = takeValue(bits, state))
            return fail(malformed(*wrong));
        if (state.isGap) {
            series.push_back({nan, nan, nan});
            continue;
        }
        const quint64 down = bits.number(below);
        const quint64 up = bits.number(above);
        if (bits.isOver())
            return fail(malformed(u"it ends too early"_s));
        if (down > 2 * quint64(largestStep) || up > 2 * quint64(largestStep)
            || !isSampleStep(state.step - qint64(down), state.unit)
            || !isSampleStep(state.step + qint64(up), state.unit))
            return fail(malformed(u"a value out of its range"_s));
        series.push_back({fromStep(state.step, state.unit),
                          fromStep(state.step - qint64(down), state.unit),
                          fromStep(state.step + qint64(up), state.unit)});
    }
    return series;
}

} // namespace Stampdeck

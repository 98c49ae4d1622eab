// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/samplecodec.h"

#include "tests/support/testmain.h"
#include "tests/support/wait.h"

#include <rapidcheck.h>

#include <cmath>
#include <limits>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

struct Sample
{
    double value;
    double limit;
};

std::ostream &operator<<(std::ostream &out, const Sample &sample)
{
    return out << sample.value << " of " << sample.limit;
}

/// Load of something: of its limit, which now and then is another one, with gaps; and now and then
/// anything that a double can be.
rc::Gen<std::vector<Sample>> samples()
{
    return rc::gen::exec([] {
        std::vector<Sample> all;
        double limit = *rc::gen::element(1.0, 64.0, 0.5, 256e9, 0.0, 1e-280, 3e300);
        double value = limit / 3;
        const int count = *rc::gen::inRange(0, 200);
        for (int i = 0; i < count; ++i) {
            switch (*rc::gen::inRange(0, 20)) {
            case 0:
                limit = *rc::gen::element(1.0, 64.0, 32.0, 0.0, none);
                break;
            case 1:
                value = none;
                break;
            case 2:
                value = *rc::gen::element(0.0, -1.0, 1e308, -1e308, 5e-324, 1e-299, 9.995, 99.949,
                                          0.001, 999.5, 1234567.0,
                                          std::numeric_limits<double>::infinity(), 70'000.0);
                break;
            case 3:
                value = double(*rc::gen::arbitrary<int>());
                break;
            case 4:
                break;
            default:
                value =
                    (std::isfinite(value) ? value : 1) * (1 + *rc::gen::inRange(-50, 50) / 1000.0);
            }
            all.push_back({value, limit});
        }
        return all;
    });
}

/// What product and precision promise: half a 4096th of the limit, or half of the third digit.
bool isWithin(double kept, double value, double limit)
{
    if (!std::isfinite(value))
        return std::isnan(kept);
    if (std::isfinite(limit) && limit >= 1e-300 && std::abs(value) <= 1024 * limit)
        return std::abs(kept - value) <= limit / 8192 * (1 + 1e-9);
    if (std::abs(value) < 1e-300)
        return kept == 0;
    return std::abs(kept - value) <= std::abs(value) * 0.005 * (1 + 1e-9);
}

} // namespace

class TestSampleCodec : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { strict(); }

    void samplesComeBackWithinTheirPrecision()
    {
        QVERIFY(rc::check("decode(encode(x)) is x within its precision", [] {
            const auto all = *samples();
            SampleEncoder encoder;
            for (const Sample &sample : all)
                encoder.append(sample.value, sampleUnit(sample.limit, sample.value));
            const auto back = decodeSamples(encoder.block());
            RC_ASSERT(back.has_value());
            RC_ASSERT(back->size() == all.size());
            for (size_t i = 0; i < all.size(); ++i) {
                RC_ASSERT(isWithin((*back)[i], all[i].value, all[i].limit));
                const double said = asKept(all[i].value, sampleUnit(all[i].limit, all[i].value));
                RC_ASSERT(said == (*back)[i] || (std::isnan(said) && std::isnan((*back)[i])));
            }
            // As much as is asked for.
            const int most = *rc::gen::inRange<int>(0, int(all.size()) + 2);
            const auto some = decodeSamples(encoder.block(), most);
            RC_ASSERT(some.has_value());
            RC_ASSERT(some->size() == std::min(all.size(), size_t(most)));
        }));
    }

    void keepingTwiceChangesNothing()
    {
        QVERIFY(rc::check("what was kept is kept as it is", [] {
            for (const Sample &sample : *samples()) {
                const double unit = sampleUnit(sample.limit, sample.value);
                const double kept = asKept(sample.value, unit);
                RC_ASSERT(std::isnan(kept) || asKept(kept, unit) == kept);
            }
        }));
    }

    void timesComeBackExactly()
    {
        QVERIFY(rc::check("decode(encode(t)) is t", [] {
            std::vector<qint64> all;
            TimeEncoder encoder;
            qint64 at = *rc::gen::inRange(0, 5000);
            const int count = *rc::gen::inRange(0, 300);
            for (int i = 0; i < count; ++i) {
                all.push_back(at);
                encoder.append(at);
                at += *rc::gen::weightedOneOf<int>({{8, rc::gen::just(5000)},
                                                    {3, rc::gen::inRange(4980, 5020)},
                                                    {1, rc::gen::inRange(1, 3'600'000)}});
            }
            const auto back = decodeTimes(encoder.block());
            RC_ASSERT(back.has_value());
            RC_ASSERT(*back == all);
            if (all.empty())
                return;
            const qint64 last = all[size_t(*rc::gen::inRange<int>(0, int(all.size())))];
            const auto some = decodeTimes(encoder.block(), last);
            RC_ASSERT(some.has_value());
            RC_ASSERT(!some->empty());
            RC_ASSERT(some->back() == last);
        }));
    }

    void summariesComeBackWithinTheirPrecision()
    {
        QVERIFY(rc::check("mean, min and max", [] {
            const auto all = *samples();
            const double limit = all.empty() ? 1 : all.front().limit;
            std::vector<SampleSummary> series;
            for (size_t i = 0; i + 2 < all.size(); ++i) {
                std::array<double, 3> three = {all[i].value, all[i + 1].value, all[i + 2].value};
                if (std::any_of(three.begin(), three.end(),
                                [](double value) { return !std::isfinite(value); })) {
                    series.push_back({none, none, none});
                    continue;
                }
                std::sort(three.begin(), three.end());
                series.push_back({three[1], three[0], three[2]});
            }
            const auto back = decodeSummaries(encodeSummaries(series, limit));
            RC_ASSERT(back.has_value());
            RC_ASSERT(back->size() == series.size());
            for (size_t i = 0; i < series.size(); ++i) {
                const SampleSummary &is = (*back)[i];
                const double largest = std::max(std::abs(series[i].min), std::abs(series[i].max));
                const double of = sampleUnit(limit, largest) > 0 ? limit : 0;
                RC_ASSERT(isWithin(is.mean, series[i].mean, of));
                RC_ASSERT(isWithin(is.min, series[i].min, of));
                RC_ASSERT(isWithin(is.max, series[i].max, of));
                RC_ASSERT(std::isnan(is.mean) || (is.min <= is.mean && is.mean <= is.max));
            }
        }));
    }

    void anHourTakesLittle()
    {
        // A load that wanders by about a per cent of its limit, every five seconds.
        SampleEncoder load;
        SampleEncoder still;
        TimeEncoder times;
        quint32 random = 1;
        double value = 20;
        for (int i = 0; i < 720; ++i) {
            random = random * 1664525 + 1013904223;
            value = 20 + (double(random >> 16) / 65536 - 0.5);
            load.append(value, sampleUnit(64, value));
            still.append(7, sampleUnit(64, 7));
            times.append(i * 5000);
        }
        QVERIFY2(load.block().size() < 720, qPrintable(QString::number(load.block().size())));
        QVERIFY2(still.block().size() < 130, qPrintable(QString::number(still.block().size())));
        QVERIFY2(times.block().size() < 130, qPrintable(QString::number(times.block().size())));
    }

    void hostileBytesAreAnErrorOrLittle()
    {
        QVERIFY(rc::check("any bytes", [] {
            const auto bytes = *rc::gen::container<std::vector<char>>(rc::gen::arbitrary<char>());
            const QByteArray block(bytes.data(), qsizetype(bytes.size()));
            const size_t most = bytes.size() * 8;
            if (const auto all = decodeSamples(block))
                RC_ASSERT(all->size() <= most);
            if (const auto all = decodeTimes(block))
                RC_ASSERT(all->size() <= most);
            if (const auto all = decodeSummaries(block))
                RC_ASSERT(all->size() <= most);
        }));
        QVERIFY(!decodeSamples({}));
        QVERIFY(!decodeSamples(QByteArray("\xff\xff\xff\xff\xff\xff", 6)));
        QCOMPARE(toString(decodeSamples({}).error().kind), toString(ErrorKind::Malformed));
    }

    void aBlockThatWasCutIsAnError()
    {
        SampleEncoder encoder;
        for (int i = 0; i < 100; ++i)
            encoder.append(i * 3.7, 0);
        const QByteArray whole = encoder.block();
        for (qsizetype size = 0; size < whole.size() - 1; ++size)
            QVERIFY2(!decodeSamples(whole.left(size)), qPrintable(QString::number(size)));
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, TestSampleCodec)
#include "tst_samplecodec.moc"

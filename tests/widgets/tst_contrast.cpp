// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testmain.h"
#include "widgets/theme.h"

#include <QtCore/QCoreApplication>

#include <array>
#include <cmath>
#include <map>
#include <numbers>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

namespace {

using Rgb = std::array<double, 3>;
using Lab = std::array<double, 3>;

double linear(int channel)
{
    const double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

Rgb linear(QRgb color)
{
    return {linear(qRed(color)), linear(qGreen(color)), linear(qBlue(color))};
}

double luminance(QRgb color)
{
    const Rgb c = linear(color);
    return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
}

/// WCAG 2.1, relative contrast.
double contrast(QRgb a, QRgb b)
{
    const double x = luminance(a);
    const double y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

enum class Vision : quint8 { Normal, Deutan, Protan, Tritan };

/// Machado, Oliveira and Fernandes 2009, full severity.
Rgb seen(const Rgb &c, Vision vision)
{
    static const std::map<Vision, std::array<Rgb, 3>> matrices = {
        {Vision::Deutan,
         {{{0.367322, 0.860646, -0.227968},
           {0.280085, 0.672501, 0.047413},
           {-0.011820, 0.042940, 0.968881}}}},
        {Vision::Protan,
         {{{0.152286, 1.052583, -0.204868},
           {0.114503, 0.786281, 0.099216},
           {-0.003882, -0.048116, 1.051998}}}},
        {Vision::Tritan,
         {{{1.255528, -0.076749, -0.178779},
           {-0.078411, 0.930809, 0.147602},
           {0.004733, 0.691367, 0.303900}}}},
    };
    const auto found = matrices.find(vision);
    if (found == matrices.end())
        return c;
    Rgb out{};
    for (size_t i = 0; i < 3; ++i) {
        double sum = 0;
        for (size_t j = 0; j < 3; ++j)
            sum += found->second[i][j] * c[j];
        out[i] = std::clamp(sum, 0.0, 1.0);
    }
    return out;
}

Lab lab(QRgb color, Vision vision = Vision::Normal)
{
    const Rgb c = seen(linear(color), vision);
    const auto f = [](double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116; };
    const double x = f((0.4124564 * c[0] + 0.3575761 * c[1] + 0.1804375 * c[2]) / 0.95047);
    const double y = f(0.2126729 * c[0] + 0.7151522 * c[1] + 0.0721750 * c[2]);
    const double z = f((0.0193339 * c[0] + 0.1191920 * c[1] + 0.9503041 * c[2]) / 1.08883);
    return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

double radians(double degrees)
{
    return degrees * std::numbers::pi / 180;
}

/// CIEDE2000.
double distance(const Lab &p, const Lab &q)
{
    const double chroma = (std::hypot(p[1], p[2]) + std::hypot(q[1], q[2])) / 2;
    const double seventh = std::pow(chroma, 7);
    const double g = 0.5 * (1 - std::sqrt(seventh / (seventh + std::pow(25.0, 7))));
    const double a1 = p[1] * (1 + g);
    const double a2 = q[1] * (1 + g);
    const double c1 = std::hypot(a1, p[2]);
    const double c2 = std::hypot(a2, q[2]);
    const auto hue = [](double a, double b) {
        const double degrees = std::atan2(b, a) * 180 / std::numbers::pi;
        return degrees < 0 ? degrees + 360 : degrees;
    };
    const double h1 = hue(a1, p[2]);
    const double h2 = hue(a2, q[2]);
    const double dL = q[0] - p[0];
    const double dC = c2 - c1;
    double dh = 0;
    if (c1 * c2 != 0) {
        dh = h2 - h1;
        if (dh > 180)
            dh -= 360;
        else if (dh < -180)
            dh += 360;
    }
    const double dH = 2 * std::sqrt(c1 * c2) * std::sin(radians(dh / 2));
    const double Lm = (p[0] + q[0]) / 2;
    const double Cm = (c1 + c2) / 2;
    double hm = h1 + h2;
    if (c1 * c2 != 0) {
        if (std::abs(h1 - h2) <= 180)
            hm /= 2;
        else
            hm = h1 + h2 < 360 ? (h1 + h2 + 360) / 2 : (h1 + h2 - 360) / 2;
    }
    const double t = 1 - 0.17 * std::cos(radians(hm - 30)) + 0.24 * std::cos(radians(2 * hm))
        + 0.32 * std::cos(radians(3 * hm + 6)) - 0.2 * std::cos(radians(4 * hm - 63));
    const double off = (Lm - 50) * (Lm - 50);
    const double sL = 1 + 0.015 * off / std::sqrt(20 + off);
    const double sC = 1 + 0.045 * Cm;
    const double sH = 1 + 0.015 * Cm * t;
    const double cm7 = std::pow(Cm, 7);
    const double rT = -2 * std::sqrt(cm7 / (cm7 + std::pow(25.0, 7)))
        * std::sin(radians(60 * std::exp(-std::pow((hm - 275) / 25, 2))));
    return std::sqrt(std::pow(dL / sL, 2) + std::pow(dC / sC, 2) + std::pow(dH / sH, 2)
                     + rT * (dC / sC) * (dH / sH));
}

struct Pairing
{
    Token front;
    std::vector<Token> grounds;
};

using enum Token;

const std::vector<Pairing> &textPairs()
{
    static const std::vector<Pairing> pairs = {
        {TextPrimary, {BgCanvas, BgWindow, BgPanel, BgRaised, BgHover}},
        {TextSecondary, {BgCanvas, BgWindow, BgPanel, BgRaised, BgHover}},
        {TextTertiary, {BgCanvas, BgWindow, BgPanel, BgRaised, StampBody}},
        {AccentText, {BgWindow, BgPanel, BgRaised, AccentSoft}},
        {TextOnAccent, {Accent, AccentHover, Danger, DangerHover, VerdictBest}},
        {StampInk, {StampPaper, HealthyFill, DegradedFill, UnknownFill, VerdictCanFill}},
        {HealthyInk, {HealthyFill}},
        {DegradedInk, {DegradedFill}},
        {UnhealthyInk, {UnhealthyFill}},
        {UnknownInk, {UnknownFill}},
        {StaleInk, {StaleFill, StaleHatch}},
        {HealthyText, {BgWindow, BgPanel, BgRaised}},
        {DegradedText, {BgWindow, BgPanel, BgRaised, DegradedFill}},
        {UnhealthyText, {BgWindow, BgPanel, BgRaised}},
        {UnknownText, {BgWindow, BgPanel, BgRaised, UnknownFill}},
        {VerdictNoText, {VerdictNoFill}},
        {ReplayText, {ReplayCanvas, ReplayWindow, ReplayPanel, ReplaySoft}},
        {ReplayText1, {ReplayPanel, ReplayRaised}},
        {ReplayText2, {ReplayPanel, ReplayWindow, ReplaySoft}},
        {ReplayText3, {ReplayPanel, ReplayWindow}},
        {ReplayOnLine, {ReplayLine}},
        {HealthySub, {HealthyFill}},
        {UnhealthySub, {UnhealthyFill}},
        {VerdictCanSub, {VerdictCanFill}},
        {VerdictBestSub, {VerdictBest}},
        {ProdText, {BgPanel}},
        {ChartAxis, {BgPanel}},
        {ResAfter, {BgPanel, StampPaper, VerdictCanFill}},
        {TextSecondary, {StampBody, StampChip}},
    };
    return pairs;
}

const std::vector<Pairing> &graphicPairs()
{
    static const std::vector<Pairing> pairs = {
        {HealthyEdge, {BgCanvas, StampPaper, HealthyFill}},
        {HealthyGlyph, {HealthyFill, BgPanel}},
        {DegradedEdge, {BgCanvas, StampPaper, DegradedFill}},
        {DegradedGlyph, {DegradedFill, BgPanel}},
        {DegradedOnCell, {DegradedCell}},
        {UnhealthyOnCell, {UnhealthyCell}},
        {UnhealthyCell, {BgCanvas}},
        {UnhealthyEdge, {StampPaper, BgCanvas}},
        {UnhealthyGlyph, {BgPanel}},
        {UnknownEdge, {BgCanvas, StampPaper, UnknownFill}},
        {DegradedCell, {BgCanvas}},
        {UnknownCell, {BgCanvas}},
        {StaleEdge, {BgCanvas, StaleFill}},
        {LineStrong, {BgWindow, BgPanel, BgInput}},
        {AccentLine, {BgCanvas, BgWindow, BgPanel, StampPaper}},
        {VerdictCanEdge, {BgCanvas, VerdictCanFill}},
        {VerdictTightEdge, {BgCanvas, BgPanel}},
        {DegradedUsed, {DegradedTrack}},
        {UnhealthyUsed, {UnhealthyTrack}},
        {ResUsed, {ResTrack, BgPanel}},
        {ResLimit, {ResTrack}},
        {Chart1, {BgPanel}},
        {Chart2, {BgPanel}},
        {Chart3, {BgPanel}},
        {Chart4, {BgPanel}},
        {ReplayLine, {ReplayCanvas, ReplayWindow}},
    };
    return pairs;
}

QString report(const Theme &theme, const std::vector<Pairing> &pairs, double least)
{
    QStringList misses;
    for (const Pairing &pair : pairs) {
        for (const Token ground : pair.grounds) {
            const double ratio = contrast(theme.rgb(pair.front), theme.rgb(ground));
            if (ratio < least)
                misses.append(u"%1 on %2: %3"_s.arg(toString(pair.front), toString(ground))
                                  .arg(ratio, 0, 'f', 2));
        }
    }
    return misses.join(u"; "_s);
}

} // namespace

Q_DECLARE_METATYPE(Stampdeck::Theme)

class ContrastTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Testing::strict(); }

    void measuresAsTheStandardsDo()
    {
        QVERIFY(std::abs(contrast(0xff000000U, 0xffffffffU) - 21) < 0.01);
        // A pair from the data of Sharma, Wu and Dalal 2005.
        QVERIFY(std::abs(distance({50, 2.6772, -79.7751}, {50, 0, -82.7485}) - 2.0425) < 0.001);
        QVERIFY(std::abs(distance({50, 2.5, 0}, {73, 25, -18}) - 27.1492) < 0.001);
        QVERIFY(!report(Theme::builtIn(Theme::Scheme::Dark), {{TextPrimary, {TextSecondary}}}, 4.5)
                     .isEmpty());
    }

    void textAndGraphicsStandOut_data()
    {
        QTest::addColumn<Theme>("theme");
        QTest::newRow("dark") << Theme::builtIn(Theme::Scheme::Dark);
        QTest::newRow("light") << Theme::builtIn(Theme::Scheme::Light);
    }
    void textAndGraphicsStandOut()
    {
        QFETCH(Theme, theme);
        QCOMPARE(report(theme, textPairs(), 4.5), QString());
        QCOMPARE(report(theme, graphicPairs(), 3), QString());
    }

    /// Section 2.7 of the look: the lowest over the surfaces that each is used on.
    void measuredAsTheLookHasIt()
    {
        struct Measured
        {
            Token front;
            std::vector<Token> grounds;
            double dark;
            double light;
        };
        const std::vector<Measured> rows = {
            {TextPrimary, {BgCanvas, BgWindow, BgPanel, BgRaised, BgHover}, 10.5, 12.8},
            {TextSecondary, {BgCanvas, BgWindow, BgPanel, BgRaised, BgHover}, 6.3, 6.4},
            {TextTertiary, {BgCanvas, BgWindow, BgPanel, BgRaised}, 5.0, 5.1},
            {AccentText, {BgWindow, BgPanel, BgRaised, AccentSoft}, 6.8, 6.1},
            {TextOnAccent, {Accent, AccentHover, Danger, DangerHover, VerdictBest}, 4.7, 6.5},
            {HealthyInk, {HealthyFill}, 10.8, 10.4},
            {HealthySub, {HealthyFill}, 6.9, 5.8},
            {DegradedInk, {DegradedFill}, 10.0, 10.9},
            {UnhealthyInk, {UnhealthyFill}, 6.0, 6.3},
            {UnhealthySub, {UnhealthyFill}, 4.9, 5.2},
            {UnknownInk, {UnknownFill}, 10.9, 10.9},
            {StaleInk, {StaleFill, StaleHatch}, 5.7, 6.0},
            {VerdictCanSub, {VerdictCanFill}, 8.1, 7.3},
            {VerdictNoText, {VerdictNoFill}, 6.8, 4.8},
            {ReplayText3, {ReplayPanel, ReplayWindow}, 6.0, 5.5},
            {ReplayOnLine, {ReplayLine}, 9.2, 5.6},
            {DegradedEdge, {BgCanvas, StampPaper, DegradedFill}, 6.0, 3.5},
            {DegradedGlyph, {DegradedFill, BgPanel}, 7.4, 3.3},
            {UnhealthyCell, {BgCanvas}, 5.3, 5.7},
            {DegradedCell, {BgCanvas}, 12.6, 3.3},
            {UnknownCell, {BgCanvas}, 8.0, 3.2},
            {UnknownEdge, {BgCanvas, StampPaper, UnknownFill}, 4.1, 4.0},
            {StaleEdge, {BgCanvas, StaleFill}, 3.3, 3.0},
            {LineStrong, {BgWindow, BgPanel, BgInput}, 3.6, 3.4},
            {AccentLine, {BgCanvas, BgWindow, BgPanel, StampPaper}, 4.8, 3.7},
            {VerdictCanEdge, {BgCanvas, VerdictCanFill}, 5.2, 3.7},
            {VerdictTightEdge, {BgCanvas, BgPanel}, 4.5, 3.6},
            {ResAfter, {BgPanel, StampPaper, VerdictCanFill}, 8.8, 5.4},
            {ResUsed, {ResTrack}, 8.1, 3.6},
        };
        const auto lowest = [](Theme::Scheme scheme, const Measured &row) {
            const Theme &theme = Theme::builtIn(scheme);
            double least = 21;
            for (const Token ground : row.grounds)
                least = std::min(least, contrast(theme.rgb(row.front), theme.rgb(ground)));
            return least;
        };
        for (const Measured &row : rows) {
            const double dark = lowest(Theme::Scheme::Dark, row);
            const double light = lowest(Theme::Scheme::Light, row);
            QVERIFY2(std::abs(dark - row.dark) < 0.06 && std::abs(light - row.light) < 0.06,
                     qPrintable(u"%1: %2 and %3"_s.arg(toString(row.front)).arg(dark).arg(light)));
        }
    }

    void replayAndHighContrastStandOut_data() { textAndGraphicsStandOut_data(); }
    void replayAndHighContrastStandOut()
    {
        QFETCH(Theme, theme);
        const std::vector<Pairing> texts = {
            {TextPrimary, {BgCanvas, BgWindow, BgPanel, BgRaised, BgHover}},
            {TextSecondary, {BgWindow, BgPanel}},
            {TextTertiary, {BgWindow, BgPanel}},
        };
        QCOMPARE(report(theme.replayed(), texts, 4.5), QString());
        const Theme high = theme.highContrast();
        const std::vector<Pairing> plain = {
            {TextPrimary, {BgCanvas, BgWindow, BgPanel, BgRaised, BgInput}},
            {TextSecondary, {BgCanvas, BgWindow, BgPanel, BgRaised, BgInput}},
            {TextTertiary, {BgCanvas, BgWindow, BgPanel, BgRaised, BgInput}},
            {HealthyInk, {HealthyFill}},
            {DegradedInk, {DegradedFill}},
            {UnhealthyInk, {UnhealthyFill}},
            {UnknownInk, {UnknownFill}},
            {StaleInk, {StaleFill, StaleHatch}},
            {VerdictNoText, {VerdictNoFill}},
            {VerdictCanSub, {VerdictCanFill}},
            {VerdictBestSub, {VerdictBest}},
            {AccentText, {BgWindow, BgPanel}},
            {ChartAxis, {BgPanel}},
            {ProdText, {BgPanel}},
        };
        QCOMPARE(report(high, plain, 15), QString());
        // Frames are as strong as text; what is chosen, pressed or pointed at is still read.
        const std::vector<Pairing> frames = {
            {LineDefault, {BgWindow, BgPanel, BgRaised}}, {LineStrong, {BgPanel, BgInput}},
            {HealthyFrame, {HealthyFill}},                {DegradedEdge, {DegradedFill}},
            {UnhealthyEdge, {UnhealthyFill}},             {UnknownEdge, {UnknownFill}},
            {StaleEdge, {StaleFill}},                     {LandEdge, {BgCanvas, LandFill}},
            {VerdictCanEdge, {VerdictCanFill}},           {VerdictTightEdge, {BgPanel}},
            {VerdictBestEdge, {VerdictBest}},             {VerdictNoEdge, {VerdictNoFill}},
        };
        QCOMPARE(report(high, frames, 15), QString());
        const std::vector<Pairing> held = {
            {TextOnAccent, {Accent, AccentHover, Danger, DangerHover}},
            {TextPrimary, {BgHover, BgPressed, AccentSoft}},
            {AccentText, {AccentSoft}},
        };
        QCOMPARE(report(high, held, 7), QString());
        const std::vector<Pairing> graphics = {
            {HealthyCell, {BgCanvas, BgWindow}},  {HealthyCellLow, {BgCanvas}},
            {HealthyCellHigh, {BgCanvas}},        {DegradedCell, {BgCanvas}},
            {UnhealthyCell, {BgCanvas}},          {UnknownCell, {BgCanvas}},
            {HealthyGlyph, {HealthyFill}},        {DegradedGlyph, {DegradedFill}},
            {UnhealthyGlyph, {BgPanel}},          {UnknownGlyph, {BgPanel}},
            {ResUsed, {ResTrack}},                {ResReserved, {BgPanel}},
            {UnhealthyUsed, {UnhealthyTrack}},    {DegradedUsed, {DegradedTrack}},
            {AccentLine, {BgCanvas, BgPanel}},    {LineSubtle, {BgWindow, BgPanel}},
            {ResAfter, {BgPanel}},                {Chart1, {BgPanel}},
            {Chart2, {BgPanel}},                  {Chart3, {BgPanel}},
            {Chart4, {BgPanel}},
        };
        QCOMPARE(report(high, graphics, 3), QString());
        // The fills are one: the window's.
        for (const Token fill : {BgCanvas, BgWindow, BgPanel, BgRaised, HealthyFill, DegradedFill,
                                 UnhealthyFill, UnknownFill, StaleFill, StampPaper, LandFill})
            QCOMPARE(high.rgb(fill), theme.isDark() ? 0xff000000U : 0xffffffffU);
        QVERIFY(high.frameWidth() == 2 && theme.frameWidth() == 1);
    }

    void healthIsToldApartByEveryEye_data() { textAndGraphicsStandOut_data(); }
    void healthIsToldApartByEveryEye()
    {
        QFETCH(Theme, theme);
        const Token cells[] = {HealthyCell, DegradedCell, UnhealthyCell, UnknownCell};
        for (const Vision vision :
             {Vision::Normal, Vision::Deutan, Vision::Protan, Vision::Tritan}) {
            for (const Token a : cells) {
                for (const Token b : cells) {
                    if (a == b)
                        continue;
                    const double d = distance(lab(theme.rgb(a), vision), lab(theme.rgb(b), vision));
                    QVERIFY2(d >= 13.5,
                             qPrintable(u"%1 and %2: %3"_s.arg(toString(a), toString(b)).arg(d)));
                }
            }
            // L* of the ramp rises for everybody.
            for (int i = 1; i < Theme::rampSteps; ++i) {
                const Lab before = lab(theme.ramp(i - 1), vision);
                const Lab after = lab(theme.ramp(i), vision);
                QVERIFY(after[0] - before[0] >= 5);
                QVERIFY(distance(before, after) >= 4.9);
            }
        }
    }

    void inkOnRampAndCategoriesIsReadable_data() { textAndGraphicsStandOut_data(); }
    void inkOnRampAndCategoriesIsReadable()
    {
        QFETCH(Theme, theme);
        for (int i = 0; i < Theme::rampSteps; ++i)
            QVERIFY(contrast(theme.ramp(i), theme.rampInk(i)) >= 4.5);
        for (int i = 0; i < Theme::categories; ++i) {
            const double ratio = contrast(theme.category(i), theme.categoryInk(i));
            QVERIFY2(ratio >= 4, qPrintable(u"%1: %2"_s.arg(Theme::categoryLetter(i)).arg(ratio)));
        }
    }
};

STAMPDECK_TEST_MAIN(QCoreApplication, ContrastTest)
#include "tst_contrast.moc"

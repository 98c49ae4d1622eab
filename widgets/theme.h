// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backends/api/result.h"

#include <QtGui/QColor>
#include <QtGui/QPalette>

#include <array>

/// Every colour by its name in look.md, section 2. resources/themes/*.json give them values, and a
/// file that lacks one, or has one more, is refused.
// clang-format off
#define STAMPDECK_TOKENS(X) \
    X(BgCanvas, "bg.canvas") \
    X(BgWindow, "bg.window") \
    X(BgPanel, "bg.panel") \
    X(BgRaised, "bg.raised") \
    X(BgHover, "bg.hover") \
    X(BgPressed, "bg.pressed") \
    X(BgInput, "bg.input") \
    X(LandFill, "land.fill") \
    X(LandEdge, "land.edge") \
    X(LandGrid, "land.grid") \
    X(LineSubtle, "line.subtle") \
    X(LineDefault, "line.default") \
    X(LineStrong, "line.strong") \
    X(TextPrimary, "text.primary") \
    X(TextSecondary, "text.secondary") \
    X(TextTertiary, "text.tertiary") \
    X(TextDisabled, "text.disabled") \
    X(TextOnAccent, "text.onAccent") \
    X(Accent, "accent") \
    X(AccentHover, "accent.hover") \
    X(AccentText, "accent.text") \
    X(AccentLine, "accent.line") \
    X(AccentSoft, "accent.soft") \
    X(Danger, "danger") \
    X(DangerHover, "danger.hover") \
    X(StampPaper, "stamp.paper") \
    X(StampPaperHover, "stamp.paperHover") \
    X(StampInk, "stamp.ink") \
    X(StampPostmark, "stamp.postmark") \
    X(StampTrack, "stamp.track") \
    X(HealthyFill, "healthy.fill") \
    X(HealthyEdge, "healthy.edge") \
    X(HealthyText, "healthy.text") \
    X(HealthyGlyph, "healthy.glyph") \
    X(HealthyCell, "healthy.cell") \
    X(HealthyCellLow, "healthy.cellLow") \
    X(HealthyCellHigh, "healthy.cellHigh") \
    X(HealthyInk, "healthy.ink") \
    X(HealthySub, "healthy.sub") \
    X(HealthyFrame, "healthy.frame") \
    X(DegradedFill, "degraded.fill") \
    X(DegradedEdge, "degraded.edge") \
    X(DegradedText, "degraded.text") \
    X(DegradedGlyph, "degraded.glyph") \
    X(DegradedCell, "degraded.cell") \
    X(DegradedInk, "degraded.ink") \
    X(DegradedTrack, "degraded.track") \
    X(DegradedRes, "degraded.res") \
    X(DegradedUsed, "degraded.used") \
    X(UnhealthyFill, "unhealthy.fill") \
    X(UnhealthyEdge, "unhealthy.edge") \
    X(UnhealthyText, "unhealthy.text") \
    X(UnhealthyGlyph, "unhealthy.glyph") \
    X(UnhealthyCell, "unhealthy.cell") \
    X(UnhealthyInk, "unhealthy.ink") \
    X(UnhealthySub, "unhealthy.sub") \
    X(UnhealthyTrack, "unhealthy.track") \
    X(UnhealthyRes, "unhealthy.res") \
    X(UnhealthyUsed, "unhealthy.used") \
    X(UnknownFill, "unknown.fill") \
    X(UnknownEdge, "unknown.edge") \
    X(UnknownText, "unknown.text") \
    X(UnknownGlyph, "unknown.glyph") \
    X(UnknownCell, "unknown.cell") \
    X(UnknownInk, "unknown.ink") \
    X(StaleFill, "stale.fill") \
    X(StaleHatch, "stale.hatch") \
    X(StaleInk, "stale.ink") \
    X(StaleEdge, "stale.edge") \
    X(VerdictTightEdge, "verdict.tightEdge") \
    X(VerdictCanSub, "verdict.canSub") \
    X(VerdictCanPaper, "verdict.canPaper") \
    X(VerdictBestSub, "verdict.bestSub") \
    X(VerdictBestPaper, "verdict.bestPaper") \
    X(VerdictBest, "verdict.best") \
    X(VerdictBestEdge, "verdict.bestEdge") \
    X(VerdictCanEdge, "verdict.canEdge") \
    X(VerdictCanFill, "verdict.canFill") \
    X(VerdictNoFill, "verdict.noFill") \
    X(VerdictNoEdge, "verdict.noEdge") \
    X(VerdictNoText, "verdict.noText") \
    X(ResUsed, "res.used") \
    X(ResReserved, "res.reserved") \
    X(ResTrack, "res.track") \
    X(ResLimit, "res.limit") \
    X(ResAfter, "res.after") \
    X(Chart1, "chart.1") \
    X(Chart2, "chart.2") \
    X(Chart3, "chart.3") \
    X(Chart4, "chart.4") \
    X(ChartGrid, "chart.grid") \
    X(ChartAxis, "chart.axis") \
    X(ReplayCanvas, "replay.canvas") \
    X(ReplayWindow, "replay.window") \
    X(ReplayPanel, "replay.panel") \
    X(ReplayLand, "replay.land") \
    X(ReplayLandEdge, "replay.landEdge") \
    X(ReplayLine, "replay.line") \
    X(ReplayText, "replay.text") \
    X(ReplayPaper, "replay.paper") \
    X(ReplayText1, "replay.text1") \
    X(ReplayText2, "replay.text2") \
    X(ReplayText3, "replay.text3") \
    X(ReplayOnLine, "replay.onLine") \
    X(ReplayRule, "replay.rule") \
    X(ReplayRaised, "replay.raised") \
    X(ReplaySoft, "replay.soft") \
    X(ProdA, "prod.a") \
    X(ProdB, "prod.b") \
    X(ProdText, "prod.text") \
    X(StampShadow, "stamp.shadow") \
    X(StampBody, "stamp.body") \
    X(StampChip, "stamp.chip") \
    X(DegradedOnCell, "degraded.onCell") \
    X(UnhealthyOnCell, "unhealthy.onCell") \
    X(Mount, "mount") \
    X(LogoPaper, "logo.paper") \
    X(LogoPrint, "logo.print") \
    X(LogoInk, "logo.ink") \
    X(Dim, "dim")
// clang-format on

namespace Stampdeck {

enum class Token : quint8 {
#define STAMPDECK_TOKEN(id, name) id,
    STAMPDECK_TOKENS(STAMPDECK_TOKEN)
#undef STAMPDECK_TOKEN
};
#define STAMPDECK_TOKEN(id, name) +1
inline constexpr size_t tokenCount = 0 STAMPDECK_TOKENS(STAMPDECK_TOKEN);
#undef STAMPDECK_TOKEN

/// The name in look.md and in the theme files: "bg.canvas".
[[nodiscard]] QString toString(Token token);

/// One table of colours: a value that does not change. Which one is in use is told by Themes.
class Theme
{
public:
    enum class Scheme : quint8 { Dark, Light };

    /// Reads a theme file. Fails with the name of the first token that is missing, unknown or no
    /// "#RRGGBB", and when the ramp has not 9 or the categories have not 8 colours.
    [[nodiscard]] static Result<Theme> parse(const QByteArray &json);
    /// One of the two that are compiled in.
    [[nodiscard]] static const Theme &builtIn(Scheme scheme);
    /// The one in use; valid until Themes::changed(). GUI thread.
    [[nodiscard]] static const Theme &current();

    [[nodiscard]] Scheme scheme() const { return m_scheme; }
    [[nodiscard]] bool isDark() const { return m_scheme == Scheme::Dark; }
    [[nodiscard]] bool isHighContrast() const { return m_highContrast; }
    [[nodiscard]] bool isReplay() const { return m_replay; }

    [[nodiscard]] QRgb rgb(Token token) const { return m_rgb[size_t(token)]; }
    [[nodiscard]] QColor color(Token token) const { return QColor::fromRgb(rgb(token)); }
    [[nodiscard]] QColor operator[](Token token) const { return color(token); }

    /// The nine stops of the ramp; \a heat 0 to 1 is quantised, not interpolated.
    static constexpr int rampSteps = 9;
    [[nodiscard]] static int rampStep(double heat);
    [[nodiscard]] QRgb ramp(int step) const
    {
        return m_ramp[size_t(qBound(0, step, rampSteps - 1))];
    }
    /// White on the dark half of the ramp, ink on the bright one.
    [[nodiscard]] QRgb rampInk(int step) const;

    /// Categories A to H; the ninth and later share a grey.
    static constexpr int categories = 8;
    [[nodiscard]] QRgb category(int index) const;
    [[nodiscard]] QRgb categoryInk(int index) const;
    /// "A" to "H", and "" beyond.
    [[nodiscard]] static QString categoryLetter(int index);

    /// The same theme as the past is shown in: sepia but for the colours of health.
    [[nodiscard]] Theme replayed() const;
    /// The same theme with plain fills and frames in the colour of text: "highContrast" of its file.
    [[nodiscard]] Theme highContrast() const;
    /// Of controls and dialogs.
    [[nodiscard]] int frameWidth() const { return m_highContrast ? 2 : 1; }

    [[nodiscard]] QPalette palette() const;

private:
    std::array<QRgb, tokenCount> m_rgb{};
    std::array<QRgb, tokenCount> m_contrasting{}; ///< 0 where high contrast changes nothing.
    std::array<QRgb, rampSteps> m_ramp{};
    std::array<QRgb, categories> m_categories{};
    Scheme m_scheme = Scheme::Dark;
    bool m_replay = false;
    bool m_highContrast = false;
};

/// Between \a a (0) and \a b (1), opaque.
[[nodiscard]] QColor mixed(const QColor &a, const QColor &b, double share);

} // namespace Stampdeck

// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme.h"

#include "themes.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <algorithm>
#include <cmath>

namespace Stampdeck {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array<QLatin1StringView, tokenCount> tokenNames = {
#define STAMPDECK_TOKEN(id, name) QLatin1StringView(name),
    STAMPDECK_TOKENS(STAMPDECK_TOKEN)
#undef STAMPDECK_TOKEN
};

std::optional<QRgb> readColor(const QJsonValue &value)
{
    const QString text = value.toString();
    if (text.size() != 7 || text.front() != u'#')
        return std::nullopt;
    bool ok = false;
    const uint number = QStringView(text).mid(1).toUInt(&ok, 16);
    return ok ? std::optional(QRgb(number | 0xff000000U)) : std::nullopt;
}

template<size_t N>
Result<std::array<QRgb, N>> readColors(const QJsonObject &object, const QString &key)
{
    const QJsonArray list = object.value(key).toArray();
    if (size_t(list.size()) != N)
        return fail(ErrorKind::Malformed, u"%1 has not %2 colours"_s.arg(key).arg(N));
    std::array<QRgb, N> colors{};
    for (size_t i = 0; i < N; ++i) {
        const auto color = readColor(list.at(qsizetype(i)));
        if (!color)
            return fail(ErrorKind::Malformed, u"colour %1 of %2 is no #RRGGBB"_s.arg(i).arg(key));
        colors[i] = *color;
    }
    return colors;
}

/// WCAG 2.1, relative luminance: white stands out better on what is below 0.18.
double luminance(QRgb color)
{
    const auto linear = [](int channel) {
        const double c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(qRed(color)) + 0.7152 * linear(qGreen(color))
        + 0.0722 * linear(qBlue(color));
}

Theme load(const QString &name)
{
    QFile file(u":/stampdeck/themes/%1.json"_s.arg(name));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("The theme %s is not compiled in", qPrintable(name));
    auto theme = Theme::parse(file.readAll());
    if (!theme)
        qFatal("The theme %s: %s", qPrintable(name), qPrintable(theme.error().message));
    return *theme;
}

} // namespace

QString toString(Token token)
{
    return tokenNames[size_t(token)];
}

Result<Theme> Theme::parse(const QByteArray &json)
{
    QJsonParseError error;
    const QJsonObject object = QJsonDocument::fromJson(json, &error).object();
    if (error.error != QJsonParseError::NoError)
        return fail(ErrorKind::Malformed, error.errorString());

    Theme theme;
    const QString scheme = object.value(u"scheme"_s).toString();
    if (scheme != u"dark" && scheme != u"light")
        return fail(ErrorKind::Malformed, u"scheme is neither dark nor light"_s);
    theme.m_scheme = scheme == u"dark" ? Scheme::Dark : Scheme::Light;

    QJsonObject tokens = object.value(u"tokens"_s).toObject();
    for (size_t i = 0; i < tokenCount; ++i) {
        const auto found = tokens.constFind(tokenNames[i]);
        if (found == tokens.constEnd())
            return fail(ErrorKind::Malformed, u"the token %1 is missing"_s.arg(tokenNames[i]));
        const auto color = readColor(*found);
        if (!color)
            return fail(ErrorKind::Malformed, u"the token %1 is no #RRGGBB"_s.arg(tokenNames[i]));
        theme.m_rgb[i] = *color;
        tokens.remove(tokenNames[i]);
    }
    if (!tokens.isEmpty())
        return fail(ErrorKind::Malformed,
                    u"the token %1 is not known"_s.arg(tokens.keys().first()));

    const QJsonObject contrasting = object.value(u"highContrast"_s).toObject();
    for (auto it = contrasting.begin(); it != contrasting.end(); ++it) {
        const auto name = std::find(tokenNames.begin(), tokenNames.end(), it.key());
        const auto color = readColor(*it);
        if (name == tokenNames.end() || !color)
            return fail(ErrorKind::Malformed, u"highContrast: %1"_s.arg(it.key()));
        theme.m_contrasting[size_t(name - tokenNames.begin())] = *color;
    }
    if (contrasting.isEmpty())
        return fail(ErrorKind::Malformed, u"highContrast is missing"_s);

    auto ramp = readColors<rampSteps>(object, u"ramp"_s);
    if (!ramp)
        return tl::unexpected(ramp.error());
    theme.m_ramp = *ramp;
    auto categories = readColors<Theme::categories>(object, u"categories"_s);
    if (!categories)
        return tl::unexpected(categories.error());
    theme.m_categories = *categories;
    return theme;
}

const Theme &Theme::builtIn(Scheme scheme)
{
    static const Theme dark = load(u"dark"_s);
    static const Theme light = load(u"light"_s);
    return scheme == Scheme::Dark ? dark : light;
}

const Theme &Theme::current()
{
    return Themes::instance().theme();
}

int Theme::rampStep(double heat)
{
    return std::isfinite(heat) ? qBound(0, int(heat * rampSteps), rampSteps - 1) : 0;
}

QRgb Theme::rampInk(int step) const
{
    return step < 4 ? 0xffffffffU : builtIn(Scheme::Dark).rgb(Token::BgCanvas);
}

QRgb Theme::category(int index) const
{
    return index >= 0 && index < categories ? m_categories[size_t(index)] : rgb(Token::UnknownCell);
}

QRgb Theme::categoryInk(int index) const
{
    return luminance(category(index)) < 0.18 ? 0xffffffffU
                                             : builtIn(Scheme::Dark).rgb(Token::BgCanvas);
}

QString Theme::categoryLetter(int index)
{
    return index >= 0 && index < categories ? QString(QChar(u'A' + index)) : QString();
}

Theme Theme::replayed() const
{
    static constexpr std::pair<Token, Token> swaps[] = {
        {Token::BgCanvas, Token::ReplayCanvas},      {Token::BgWindow, Token::ReplayWindow},
        {Token::BgPanel, Token::ReplayPanel},        {Token::BgRaised, Token::ReplayRaised},
        {Token::BgInput, Token::ReplayRaised},       {Token::BgHover, Token::ReplaySoft},
        {Token::BgPressed, Token::ReplayRule},       {Token::AccentSoft, Token::ReplaySoft},
        {Token::AccentLine, Token::ReplayLine},      {Token::Accent, Token::ReplayLine},
        {Token::AccentHover, Token::ReplayLine},     {Token::AccentText, Token::ReplayText},
        {Token::TextOnAccent, Token::ReplayOnLine},  {Token::LineSubtle, Token::ReplayRule},
        {Token::LineDefault, Token::ReplayRule},     {Token::LineStrong, Token::ReplayLandEdge},
        {Token::LandFill, Token::ReplayLand},        {Token::LandEdge, Token::ReplayLandEdge},
        {Token::LandGrid, Token::ReplaySoft},        {Token::StampPaper, Token::ReplayPaper},
        {Token::StampPaperHover, Token::ReplayRule}, {Token::StampBody, Token::ReplayPanel},
        {Token::StampChip, Token::ReplayRaised},     {Token::TextPrimary, Token::ReplayText1},
        {Token::TextSecondary, Token::ReplayText2},  {Token::TextTertiary, Token::ReplayText3},
    };
    Theme theme = *this;
    for (const auto &[to, from] : swaps)
        theme.m_rgb[size_t(to)] = rgb(from);
    theme.m_replay = true;
    return theme;
}

Theme Theme::highContrast() const
{
    Theme theme = *this;
    for (size_t i = 0; i < tokenCount; ++i) {
        if (m_contrasting[i] != 0)
            theme.m_rgb[i] = m_contrasting[i];
    }
    theme.m_highContrast = true;
    return theme;
}

QPalette Theme::palette() const
{
    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, Token token) {
        palette.setColor(QPalette::Active, role, color(token));
        palette.setColor(QPalette::Inactive, role, color(token));
        palette.setColor(QPalette::Disabled, role, color(token));
    };
    set(QPalette::Window, Token::BgWindow);
    set(QPalette::WindowText, Token::TextPrimary);
    set(QPalette::Base, Token::BgInput);
    set(QPalette::AlternateBase, Token::BgWindow);
    set(QPalette::Text, Token::TextPrimary);
    set(QPalette::PlaceholderText, Token::TextTertiary);
    set(QPalette::Button, Token::BgRaised);
    set(QPalette::ButtonText, Token::TextPrimary);
    set(QPalette::BrightText, Token::TextOnAccent);
    set(QPalette::ToolTipBase, Token::BgRaised);
    set(QPalette::ToolTipText, Token::TextPrimary);
    set(QPalette::Highlight, Token::AccentSoft);
    set(QPalette::HighlightedText, Token::TextPrimary);
    set(QPalette::Link, Token::AccentText);
    set(QPalette::LinkVisited, Token::AccentText);
    set(QPalette::Light, Token::BgRaised);
    set(QPalette::Midlight, Token::BgHover);
    set(QPalette::Mid, Token::LineDefault);
    set(QPalette::Dark, Token::LineStrong);
    for (const auto role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        palette.setColor(QPalette::Disabled, role, color(Token::TextDisabled));
    // Shadow stays the desktop's: a change of its palette is then still told to the program.
    return palette;
}

QColor mixed(const QColor &a, const QColor &b, double share)
{
    const auto at = [share](int from, int to) {
        return int(std::lround(from + (to - from) * share));
    };
    return {at(a.red(), b.red()), at(a.green(), b.green()), at(a.blue(), b.blue())};
}

} // namespace Stampdeck

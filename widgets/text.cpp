// SPDX-License-Identifier: GPL-3.0-or-later
#include "text.h"

#include "textsize.h"

#include <QtCore/QCache>
#include <QtCore/QHash>
#include <QtGui/QFontDatabase>
#include <QtGui/QGlyphRun>
#include <QtGui/QPainter>
#include <QtGui/QRawFont>
#include <QtGui/QTextLayout>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace Stampdeck::Text {

using namespace Qt::StringLiterals;

namespace {

Recorder *recorderOfLines = nullptr;
bool hasLookSizes = false; // for a while

// As it is written: in whole pixels, as the look has them.
Style written(Style style)
{
    if (!hasLookSizes)
        style.px = withText(style.px);
    return style;
}

struct Line
{
    QList<QGlyphRun> runs; ///< Positions are relative to the baseline's left end.
    double width = 0;
};

struct Key
{
    QString text;
    quint32 style;

    friend bool operator==(const Key &, const Key &) = default;
};

size_t qHash(const Key &key, size_t seed)
{
    return ::qHash(key.text, seed ^ (size_t(key.style) * 0x9e3779b9U));
}

quint32 packed(const Style &style)
{
    return quint32(style.face) | quint32(style.px) << 2U | quint32(style.weight) << 16U;
}

/// The advance of each digit in a font, and of the widest use: that of 0.
struct Figures
{
    std::array<quint32, 10> glyphs{};
    std::array<double, 10> advances{};

    explicit Figures(const QRawFont &font)
    {
        const auto indexes = font.glyphIndexesForString(u"0123456789"_s);
        if (indexes.size() != 10)
            return;
        const auto points = font.advancesForGlyphIndexes(indexes);
        for (size_t i = 0; i < 10; ++i) {
            glyphs[i] = indexes[qsizetype(i)];
            advances[i] = points[qsizetype(i)].x();
        }
    }
    [[nodiscard]] int digit(quint32 glyph) const
    {
        for (size_t i = 0; i < 10; ++i) {
            if (glyphs[i] == glyph && glyph != 0)
                return int(i);
        }
        return -1;
    }
};

QFont fontOf(const Style &style)
{
    static QHash<quint32, QFont> fonts;
    if (const auto known = fonts.constFind(packed(style)); known != fonts.constEnd())
        return *known;
    QFont font;
    switch (style.face) {
    case Face::Ui:
        font.setFamilies({u"Inter"_s, u"Noto Sans"_s, u"DejaVu Sans"_s});
        break;
    case Face::Display:
        font.setFamilies({u"Inter Display"_s, u"Inter"_s, u"Noto Sans"_s, u"DejaVu Sans"_s});
        break;
    case Face::Mono:
        font.setFamilies({u"JetBrains Mono"_s, u"DejaVu Sans Mono"_s});
        font.setStyleHint(QFont::Monospace);
        break;
    }
    font.setPixelSize(style.px);
    font.setWeight(QFont::Weight(style.weight));
    font.setKerning(true);
    font.setHintingPreference(QFont::PreferNoHinting);
    fonts.insert(packed(style), font);
    return font;
}

Line shaped(const QString &text, const Style &style)
{
    Line line;
    QTextLayout layout(text, fontOf(style));
    QTextOption option(Qt::AlignLeft);
    option.setWrapMode(QTextOption::NoWrap);
    layout.setTextOption(option);
    layout.setCacheEnabled(false);
    layout.beginLayout();
    QTextLine only = layout.createLine();
    if (only.isValid())
        only.setLineWidth(1e6);
    layout.endLayout();
    if (!only.isValid())
        return line;
    const double ascent = only.ascent();
    const double natural = only.naturalTextWidth();

    QList<QGlyphRun> runs = layout.glyphRuns();
    // A run holds all of a font, and another font's glyphs may stand in the middle of them: from
    // left to right, whichever run they are of.
    struct Glyph
    {
        qsizetype run, index;
        double at;
    };
    std::vector<Glyph> glyphs;
    std::vector<Figures> figures;
    QList<QList<QPointF>> positions;
    QList<QList<quint32>> indexes;
    for (qsizetype r = 0; r < runs.size(); ++r) {
        figures.emplace_back(runs[r].rawFont());
        positions.append(runs[r].positions());
        indexes.append(runs[r].glyphIndexes());
        for (qsizetype i = 0; i < positions[r].size(); ++i)
            glyphs.push_back({r, i, positions[r][i].x()});
    }
    std::stable_sort(glyphs.begin(), glyphs.end(),
                     [](const Glyph &a, const Glyph &b) { return a.at < b.at; });
    double shift = 0;
    for (size_t g = 0; g < glyphs.size(); ++g) {
        const Glyph &glyph = glyphs[g];
        const Figures &fonts = figures[size_t(glyph.run)];
        double here = glyph.at + shift;
        if (const int digit = fonts.digit(indexes[glyph.run][glyph.index]); digit >= 0) {
            const double next = g + 1 < glyphs.size() ? glyphs[g + 1].at : natural;
            here += (fonts.advances[0] - fonts.advances[size_t(digit)]) / 2;
            shift += fonts.advances[0] - (next - glyph.at);
        }
        QPointF &point = positions[glyph.run][glyph.index];
        point = QPointF(here, point.y() - ascent);
    }
    for (qsizetype r = 0; r < runs.size(); ++r)
        runs[r].setPositions(positions[r]);
    line.runs = runs;
    line.width = natural + shift;
    return line;
}

const Line &cached(const QString &text, const Style &style)
{
    static QCache<Key, Line> cache(16'384);
    const Key key{text, packed(style)};
    if (const Line *line = cache.object(key))
        return *line;
    cache.insert(key, new Line(shaped(text, style)));
    return *cache.object(key);
}

} // namespace

LookSizes::LookSizes()
    : m_before(std::exchange(hasLookSizes, true))
{ }

LookSizes::~LookSizes()
{
    hasLookSizes = m_before;
}

Scaled::Scaled(QPainter &painter)
    : m_painter(painter)
{
    painter.save();
    painter.scale(textSizeOfPainting(), textSizeOfPainting());
}

Scaled::~Scaled()
{
    m_painter.restore();
}

double Scaled::toLook(double pixels)
{
    return pixels / textSizeOfPainting();
}

QFont font(const Style &style)
{
    return fontOf(written(style));
}

double width(const QString &text, const Style &style)
{
    return text.isEmpty() ? 0 : cached(text, written(style)).width;
}

void draw(QPainter &painter, QPointF at, const QString &text, const Style &style, Align align)
{
    if (text.isEmpty())
        return;
    const Line &line = cached(text, written(style));
    if (align == Align::Right)
        at.rx() -= line.width;
    else if (align == Align::Center)
        at.rx() -= line.width / 2;
    for (const QGlyphRun &run : line.runs)
        painter.drawGlyphRun(at, run);
    if (recorderOfLines)
        recorderOfLines->drawn(painter, at, line.width, text, style);
}

void setRecorder(Recorder *recorder)
{
    recorderOfLines = recorder;
}

namespace {

/// The longest beginning of \a text that fits \a max together with \a tail.
QString cut(const QString &text, const QString &tail, const Style &style, double max)
{
    qsizetype low = 0;
    qsizetype high = text.size();
    while (low < high) {
        const qsizetype middle = (low + high + 1) / 2;
        if (width(text.left(middle) + tail, style) <= max)
            low = middle;
        else
            high = middle - 1;
    }
    if (low > 0 && text.at(low - 1).isHighSurrogate())
        --low;
    return text.left(low);
}

} // namespace

QString elided(const QString &text, const Style &style, double max)
{
    if (width(text, style) <= max)
        return text;
    QString left = cut(text, u"…"_s, style, max);
    while (!left.isEmpty() && (left.back().isSpace() || u"·,-"_s.contains(left.back())))
        left.chop(1);
    if (left.isEmpty() && width(u"…"_s, style) > max)
        return {};
    return left + u"…";
}

QStringList wrapped(const QString &text, const Style &style, double max, int lines)
{
    QStringList list;
    QString rest = text.simplified();
    while (list.size() + 1 < lines && width(rest, style) > max) {
        const qsizetype room = cut(rest, {}, style, max).size();
        const qsizetype space = rest.lastIndexOf(u' ', room);
        // A word that is wider than all there is goes on below.
        const qsizetype end = space > 0 ? space : std::max<qsizetype>(1, room);
        list.append(rest.left(end));
        rest = rest.mid(end).trimmed();
    }
    if (!rest.isEmpty())
        list.append(elided(rest, style, max));
    return list;
}

QString elidedName(const QString &name, const Style &style, double max)
{
    if (width(name, style) <= max)
        return name;
    const qsizetype dash = name.lastIndexOf(u'-');
    if (dash <= 0)
        return elided(name, style, max);
    const QString tail = u"…" + name.mid(dash);
    const QString head = cut(name.left(dash), tail, style, max);
    return head.isEmpty() ? elided(name.mid(dash + 1), style, max) : QString(head + tail);
}

} // namespace Stampdeck::Text

// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/glyphs.h"

#include "tests/support/testmain.h"
#include "tests/widgets/lookfixture.h"

#include <QtWidgets/QApplication>

#include <numbers>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

namespace {

/// A tile, and what Text::draw() writes of it in its coordinates.
class TileLines
{
public:
    explicit TileLines(Stop stop, const TileFacts &facts, const TileState &state = {})
    {
        const Lines lines;
        image = paintTile(stop, facts, 1, state);
        all = lines.all;
        for (Lines::Line &line : all)
            line.left -= QPointF(border, border);
    }
    [[nodiscard]] Lines::Line line(const QString &text) const { return Lines::find(all, text); }
    [[nodiscard]] bool has(const QString &text) const { return Lines::has(all, text); }

    QImage image;
    QList<Lines::Line> all;
};

#define AT(line, atX, atY) \
    do { \
        const Lines::Line it = line; \
        WITHIN(it.left.x(), atX, 0.6); \
        WITHIN(it.left.y(), atY, 0.6); \
    } while (false)
#define ENDS_AT(line, atX, atY) \
    do { \
        const Lines::Line it = line; \
        WITHIN(it.right(), atX, 0.6); \
        WITHIN(it.left.y(), atY, 0.6); \
    } while (false)

QColor pixelOf(const QImage &image, int x, int y)
{
    return QColor(image.pixel(border + x, border + y));
}

} // namespace

/// The numbers of the look that a tile is painted by: sections 2, 5 and 7. The rest is in tst_look.
class LookTilesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Themes::instance().install(); }
    void init()
    {
        strict();
        Themes::instance().setChoice(Theme::Scheme::Dark);
    }

    // Section 2.2

    void glyphsHaveTheirShapes()
    {
        const Theme &theme = Theme::current();
        const QColor mark = theme[Token::TextOnAccent];
        const auto drawn = [&](Health health) {
            return tenfold({12, 12}, [&](QPainter &painter) {
                Glyphs::health(painter, {0, 0, 12, 12}, health, theme[Glyphs::glyphToken(health)],
                               mark);
            });
        };
        const QRect all(0, 0, 120, 120);
        const auto ink = [&](Health health) {
            return inkOf(drawn(health), theme[Glyphs::glyphToken(health)], all);
        };
        const auto spans = [](const QRect &is, double left, double top, double right,
                              double bottom) {
            return isNear(is.left(), left, 2.5) && isNear(is.top(), top, 2.5)
                && isNear(is.right() + 1, right, 2.5) && isNear(is.bottom() + 1, bottom, 2.5);
        };
        // A circle of r 5.25, its tick from 3.6, 6.2 by 5.3, 7.9 to 8.5, 4.5, 1.5 wide.
        QVERIFY(spans(ink(Health::Healthy), 7.5, 7.5, 112.5, 112.5));
        QRect is = inkOf(drawn(Health::Healthy), mark, all);
        QVERIFY(spans(is, 36 - 7.5, 45 - 7.5, 85 + 7.5, 79 + 7.5));
        // A triangle 6, 0.7 – 11.7, 10.9 – 0.3, 10.9, whose corners are round; a bar and a dot.
        QVERIFY(spans(ink(Health::Degraded), 0, 3.5, 120, 113));
        QCOMPARE(runsOf(drawn(Health::Degraded), mark, {60, 0, 1, 120}), 2);
        // A square 0.6 to 11.4 with corners of 1.6; its cross from 3.6 to 8.4, 1.7 wide.
        QVERIFY(spans(ink(Health::Unhealthy), 6, 6, 114, 114));
        const QImage square = drawn(Health::Unhealthy);
        const double cut = 16 * (1 - std::numbers::sqrt2 / 2); // along the diagonal of a corner
        for (const double off : {-2.0, 2.0}) {
            const int at = int(std::lround(6 + cut + off));
            QCOMPARE(inkOf(square, theme[Token::UnhealthyGlyph], {at, at, 1, 1}).isValid(),
                     off > 0);
        }
        is = inkOf(square, mark, all);
        QVERIFY(spans(is, 36 - 8.5, 36 - 8.5, 84 + 8.5, 84 + 8.5));
        int thick = 0; // of one of its lines, across
        for (int step = -200; step <= 200; ++step) {
            const QPointF at = QPointF(45, 45) + QPointF(1, -1) * step / 10.0 / std::numbers::sqrt2;
            thick += inkOf(square, mark, QRect(at.toPoint(), QSize(1, 1)), 200).isValid();
        }
        WITHIN(thick / 10.0, 17, 1.5);
        // A ring of r 4.9, 1.4 wide, dashed 2.4 1.45: eight dashes.
        QVERIFY(spans(ink(Health::Unknown), 60 - 56, 60 - 56, 60 + 56, 60 + 56));
        const QImage ring = drawn(Health::Unknown);
        int dashes = 0;
        int on = 0;
        bool was = true; // it begins in the middle of one
        for (int angle = 50; angle < 3650; ++angle) {
            const double turn = angle * std::numbers::pi / 1800;
            const QPoint at =
                (QPointF(60, 60) + 49 * QPointF(std::cos(turn), std::sin(turn))).toPoint();
            const bool isInk =
                inkOf(ring, theme[Token::UnknownGlyph], QRect(at, QSize(1, 1)), 120).isValid();
            dashes += isInk && !was;
            was = isInk;
            on += isInk;
        }
        QCOMPARE(dashes, 8);
        WITHIN(on / 3600.0, 2.4 / (2.4 + 1.45), 0.04);
    }

    void staleIsHatched()
    {
        // 2 px in 6 at 45°: along a row a stripe of 2√2 in each 6√2.
        const Theme &theme = Theme::current();
        QImage image(170, 170, QImage::Format_RGB32);
        QPainter(&image).fillRect(image.rect(), Glyphs::hatching());
        QCOMPARE(runsOf(image, theme[Token::StaleHatch], {0, 5, 170, 1}, 12), 20);
        QCOMPARE(runsOf(image, theme[Token::StaleHatch], {5, 0, 1, 170}, 12), 20);
        double share = 0;
        const double ground = theme[Token::StaleFill].blueF();
        for (int x = 0; x < 170; ++x)
            share += (QColor(image.pixel(x, 5)).blueF() - ground)
                / (theme[Token::StaleHatch].blueF() - ground) / 170;
        WITHIN(share, 1 / 3.0, 0.02);
        for (int y = 0; y < 100; ++y) // 45°
            QCOMPARE(image.pixel(100, y + 1), image.pixel(101, y));
        // Of a near tile the head alone.
        const QImage tile = paintTile(Stop::Near, staleTile());
        QVERIFY(
            inkOf(tile, theme[Token::StaleHatch], {border + 20, border + 13, 240, 5}, 6).isValid());
        QVERIFY(!inkOf(tile, theme[Token::StaleHatch], {border + 20, border + 70, 200, 8}, 6)
                     .isValid());
        // All its text is of one ink.
        TileLines lines(Stop::Medium, staleTile());
        for (const QString &text : {u"sa-east-02"_s, u"last seen 42 s ago"_s, u"74"_s})
            QCOMPARE(lines.line(text).ink, theme[Token::StaleInk]);
    }

    // Section 2.3

    void productionHasItsStripes()
    {
        const Theme &theme = Theme::current();
        QImage image(640, 120, QImage::Format_RGB32);
        image.fill(theme[Token::BgPanel]);
        {
            QPainter painter(&image);
            Glyphs::production(painter, {0, 0, 640, 120});
        }
        // 16 px pitch, 7 px wide, 7 px high, leaning by 35°.
        QCOMPARE(runsOf(image, theme[Token::ProdA], {12, 3, 38 * 16, 1}, 90), 38);
        double share = 0;
        for (int x = 0; x < 640; ++x)
            share += (QColor(image.pixel(x, 3)).redF() - theme[Token::ProdB].redF())
                / (theme[Token::ProdA].redF() - theme[Token::ProdB].redF()) / 640;
        WITHIN(share, 7.0 / 16, 0.02);
        QVERIFY(inkOf(image, theme[Token::ProdB], {0, 6, 640, 1}, 20).isValid());
        QVERIFY(!inkOf(image, theme[Token::ProdB], {0, 7, 640, 1}, 20).isValid());
        const auto begins = [&](int y) { // of the second stripe, in parts of a pixel
            double sum = 0;
            for (int x = 8; x < 24; ++x)
                sum += x * (QColor(image.pixel(x, y)).redF() - theme[Token::ProdB].redF());
            double weight = 0;
            for (int x = 8; x < 24; ++x)
                weight += QColor(image.pixel(x, y)).redF() - theme[Token::ProdB].redF();
            return sum / weight;
        };
        WITHIN(std::abs(begins(4) - begins(2)), 2 * std::tan(35 * std::numbers::pi / 180), 0.4);
        // PRODUCTION, 11 px bold, spaced 0.9, in a double frame of 118 × 26.
        const QRect frame = inkOf(image, theme[Token::ProdText], {400, 10, 240, 100}, 30);
        QCOMPARE(frame.size(), QSize(118, 26));
        QCOMPARE(runsOf(image, theme[Token::ProdText], {frame.left(), frame.top() + 3, 8, 1}, 30),
                 2);
        QFont font = Text::font({Text::Face::Ui, 11, 700});
        font.setLetterSpacing(QFont::AbsoluteSpacing, 0.9);
        const QRect word = inkOf(image, theme[Token::ProdText], frame.adjusted(5, 5, -5, -5), 90);
        WITHIN(word.width(), QFontMetricsF(font).tightBoundingRect(u"PRODUCTION"_s).width(), 2.5);
    }

    void framesLieOutside()
    {
        const Theme &theme = Theme::current();
        const auto framed = [&](bool isFocused) {
            QImage image(180, 116, QImage::Format_RGB32);
            image.fill(theme[Token::LineStrong]);
            QPainter painter(&image);
            TilePainter tiles;
            TileState state;
            (isFocused ? state.focused : state.selected) = true;
            tiles.paint(painter, {border, border}, Stop::Medium, healthyTile(), state);
            return image;
        };
        // 2 px, 3 px outside the tile, with a radius of 4.
        for (const bool isFocused : {false, true}) {
            const QImage image = framed(isFocused);
            QCOMPARE(pixelOf(image, -3, 48), theme[Token::AccentLine]);
            QCOMPARE(pixelOf(image, -2, 48), theme[Token::AccentLine]);
            QCOMPARE(pixelOf(image, -4, 48), theme[Token::LineStrong]);
            QVERIFY(pixelOf(image, -3, -3) != theme[Token::AccentLine]);
            QCOMPARE(pixelOf(image, 2, -3), theme[Token::AccentLine]);
            // Of the keyboard's a gap of 1 px in the canvas' colour.
            QCOMPARE(pixelOf(image, -1, 48) == theme[Token::BgCanvas], isFocused);
        }
    }

    // Section 5

    void paperIsPerforated()
    {
        struct Paper
        {
            Stop stop;
            int pitch;
            double radius;
        };
        const Theme &theme = Theme::current();
        for (const Paper &paper : {Paper{Stop::Compact, 6, 1.8}, Paper{Stop::Medium, 8, 2.4},
                                   Paper{Stop::Near, 12, 3.6}}) {
            const QImage image = paintTile(paper.stop, healthyTile());
            const QSize size = geometry(paper.stop).size.toSize();
            // Centres at half a pitch and then each pitch, cut inward: the gaps along the edge.
            QCOMPARE(runsOf(image, theme[Token::BgCanvas], {border, border, size.width(), 1}, 10),
                     size.width() / paper.pitch);
            QCOMPARE(runsOf(image, theme[Token::BgCanvas], {border, border, 1, size.height()}, 10),
                     size.height() / paper.pitch);
            const int centre = paper.pitch / 2;
            QCOMPARE(pixelOf(image, centre, 0), theme[Token::BgCanvas]);
            const auto covered = [&](int y) { // how much of it is paper
                const double from = theme[Token::BgCanvas].redF();
                return (pixelOf(image, centre, y).redF() - from)
                    / (theme[Token::StampPaper].redF() - from);
            };
            QVERIFY(covered(int(paper.radius) - 1) < 0.3);
            QVERIFY(covered(int(paper.radius) + 1) > 0.9);
            QCOMPARE(pixelOf(image, paper.pitch, 0), theme[Token::StampPaper]);
            // The shadow is a copy of it, 1 px lower.
            QVERIFY(pixelOf(image, paper.pitch, size.height()) != theme[Token::BgCanvas]);
            QCOMPARE(pixelOf(image, paper.pitch, size.height() + 1), theme[Token::BgCanvas]);
        }
    }

    void farCellsSayWhatTheirSizeAllows()
    {
        const Theme &theme = Theme::current();
        const auto cell = [](Stop stop, const TileFacts &facts) { return paintTile(stop, facts); };
        // 3 × 3 and 4 × 4 at the farthest.
        const QRect room(border - 3, border - 3, 10, 10);
        QCOMPARE(inkOf(cell(Stop::S3, healthyTile()), theme[Token::HealthyCell], room, 90).size(),
                 QSize(2, 2));
        QCOMPARE(inkOf(cell(Stop::S3, degradedTile()), theme[Token::DegradedCell], room).size(),
                 QSize(3, 3));
        QCOMPARE(inkOf(cell(Stop::S3, unhealthyTile()), theme[Token::UnhealthyCell], room).size(),
                 QSize(4, 4));
        for (const Stop stop : {Stop::S3, Stop::S4, Stop::S6, Stop::S8, Stop::S11}) {
            const int width = stopWidth(stop);
            const int side = width - 1;
            // From 6: the corner cut, 60 %.
            const QImage degraded = cell(stop, degradedTile());
            QCOMPARE(pixelOf(degraded, 0, 0) == theme[Token::BgCanvas], width >= 6);
            if (stop == Stop::S11) {
                QVERIFY(pixelOf(degraded, 4, 0) != theme[Token::DegradedCell]);
                QCOMPARE(pixelOf(degraded, 6, 0), theme[Token::DegradedCell]);
                QCOMPARE(pixelOf(degraded, 0, 6), theme[Token::DegradedCell]);
            }
            // From 8: a white cross, and what has a postmark.
            QCOMPARE(inkOf(cell(stop, unhealthyTile()), theme[Token::UnhealthyInk],
                           {border, border, side, side}, 200)
                         .isValid(),
                     width >= 8);
            const QImage marked = cell(stop, lifecycleTile(Lifecycle::Cordoned));
            QCOMPARE(pixelOf(marked, side - 1, side - 1) == theme[Token::BgCanvas], width >= 8);
            // Unhealthy 1 px larger on each side, unknown a frame of 1, stale a stroke across.
            QCOMPARE(
                inkOf(cell(stop, unhealthyTile()), theme[Token::UnhealthyCell], {0, 0, 40, 40}, 30)
                    .size(),
                QSize(side + 2, side + 2));
            const QImage unknown = cell(stop, unknownTile());
            QCOMPARE(pixelOf(unknown, 0, 0), theme[Token::UnknownCell]);
            QCOMPARE(pixelOf(unknown, side - 1, side - 1), theme[Token::UnknownCell]);
            if (side >= 3)
                QCOMPARE(pixelOf(unknown, side / 2, side / 2), theme[Token::BgCanvas]);
            const QImage stale = cell(stop, staleTile());
            if (side >= 5) {
                QVERIFY(pixelOf(stale, side - 1, 0) != pixelOf(stale, 0, 0));
                QCOMPARE(pixelOf(stale, 0, 0), theme[Token::StaleFill]);
            }
        }
    }

    void smallTilesHaveTheirParts()
    {
        const Theme &theme = Theme::current();
        // 16: the glyph in the middle unless healthy; two waves for a postmark.
        const QRect glyph =
            inkIn(Stop::S16, unhealthyTile(), Token::UnhealthyOnCell, {0, 0, 16, 16}, 90);
        NEAR(glyph.center().x() + 0.5, 8);
        NEAR(glyph.center().y() + 0.5, 8);
        QCOMPARE(inkIn(Stop::S16, healthyTile(), Token::HealthyFill, {2, 2, 12, 12}, 6).size(),
                 QSize(12, 12));
        QCOMPARE(runsOf(paintTile(Stop::S16, lifecycleTile(Lifecycle::Cordoned)),
                        theme[Token::StampPostmark], {border + 8, border + 4, 1, 12}, 220),
                 2);
        // From 24: the fill, an edge of 1.5, a glyph of 9 at 3, 3, a ring at the top right.
        const QImage degraded = paintTile(Stop::S24, degradedTile());
        QCOMPARE(pixelOf(degraded, 18, 18), theme[Token::DegradedFill]);
        QCOMPARE(pixelOf(degraded, 0, 12), theme[Token::DegradedEdge]);
        QCOMPARE(pixelOf(degraded, 1, 12),
                 mixed(theme[Token::DegradedFill], theme[Token::DegradedEdge], 0.5));
        const QRect tick = inkIn(Stop::S24, healthyTile(), Token::HealthyGlyph, {0, 0, 16, 16}, 90);
        WITHIN(tick.left(), 3.5, 0.8);
        WITHIN(tick.top(), 3.5, 0.8);
        WITHIN(tick.width(), 9 * 10.5 / 12, 1.1);
        const QRect ring = inkIn(Stop::S24, lifecycleTile(Lifecycle::Cordoned),
                                 Token::StampPostmark, {0, 0, 24, 24}, 160);
        QVERIFY(ring.left() >= 9 && ring.right() >= 20 && ring.bottom() <= 14);
        // From 28: the denomination in the middle, its baseline at h − 5.
        QVERIFY(TileLines(Stop::S24, healthyTile()).all.isEmpty());
        const Lines::Line number = TileLines(Stop::S36, healthyTile()).line(u"72"_s);
        NEAR(number.middle(), 18);
        QCOMPARE(number.left.y(), 36 - 5.0);
        // No paper, and corners of 1.
        QVERIFY(pixelOf(degraded, 0, 0) != theme[Token::DegradedEdge]);
        QVERIFY(pixelOf(degraded, 2, 0) == theme[Token::DegradedEdge]);
    }

    void compactTilesHaveTheirParts()
    {
        const TileLines lines(Stop::Compact, healthyTile());
        AT(lines.line(u"02"_s), 21, 18.5);
        QVERIFY((lines.line(u"02"_s).style == Text::Style{Text::Face::Ui, 10, 500}));
        QVERIFY(lines.line(u"72"_s).style == Text::denominationCompact);
        ENDS_AT(lines.line(u"%"_s), 64, 21 - 14 * 0.34);
        QCOMPARE(lines.line(u"%"_s).style.px, 14 / 2);
        for (int bar = 0; bar < 3; ++bar) {
            const QRect track = inkIn(Stop::Compact, healthyTile(), Token::ResTrack,
                                      {6, int(26 + 4.5 * bar), 62, 5}, 40);
            NEAR(track.right() + 1, 9 + 54);
            NEAR(track.height(), 2.5);
        }
    }

    void mediumTilesHaveTheirLines()
    {
        TileLines lines(Stop::Medium, healthyTile());
        AT(lines.line(u"1.42.3 · ring 0"_s), 29, 42.5);
        QCOMPARE(lines.line(u"1.42.3 · ring 0"_s).style.px, 11);
        AT(lines.line(u"11/20"_s), 29, 59);
        ENDS_AT(lines.line(u"1.3k/s"_s), 146, 59);
        ENDS_AT(lines.line(u"%"_s), 147, 29 - 20 * 0.34);
        QVERIFY(lines.line(u"72"_s).style == Text::denominationMedium);
        const QRect people =
            inkIn(Stop::Medium, healthyTile(), Token::HealthySub, {10, 46, 18, 18}, 200);
        QVERIFY(QRect(14, 49, 12, 12).contains(people));
        QVERIFY(people.width() >= 9);
        // A reason before all else, then when it was seen, then the lifecycle.
        AT(TileLines(Stop::Medium, degradedTile()).line(u"p99 840 ms"_s), 29, 42.5);
        AT(TileLines(Stop::Medium, staleTile()).line(u"last seen 42 s ago"_s), 29, 42.5);
        const TileLines marked(Stop::Medium, lifecycleTile(Lifecycle::Cordoned));
        AT(marked.line(u"since 13:20"_s), 29, 42.5);
        QVERIFY(!marked.has(u"1.3k/s"_s)); // no requests below a postmark
        // A long name loses the middle of its region, never its last part.
        TileFacts facts = healthyTile();
        facts.name = u"ap-northeast-04"_s;
        bool isShort = false;
        const TileLines words(Stop::Medium, facts);
        for (const Lines::Line &line : words.all)
            isShort = isShort || (line.text.contains(u'…') && line.text.endsWith(u"-04"));
        QVERIFY(isShort);
    }

    void nearTilesHaveTheirParts()
    {
        const Theme &theme = Theme::current();
        const TileLines lines(Stop::Near, healthyTile());
        AT(lines.line(u"eu-central-02"_s), 41, 32);
        QVERIFY(lines.line(u"72"_s).style == Text::denominationNear);
        ENDS_AT(lines.line(u"%"_s), 281, 46 - 34 * 0.34);
        AT(lines.line(u"1.42.3 · ring 0 · €4.55/h"_s), 20, 48);
        AT(lines.line(u"Healthy for 24 d"_s), 20, 63);
        // What is measured, below the number: of the two that say "memory" the first.
        const QStringList names = {u"cpu"_s, u"memory"_s, u"storage"_s};
        const QStringList amounts = {u"28 / 64 cores"_s, u"183 / 256 GiB"_s, u"7.9 / 12 TiB"_s};
        for (int bar = 0; bar < 3; ++bar) {
            AT(lines.line(names[bar]), 20, 88 + 15 * bar);
            ENDS_AT(lines.line(amounts[bar]), 281, 88 + 15 * bar);
            const QRect track =
                inkIn(Stop::Near, healthyTile(), Token::ResTrack, {64, 79 + 15 * bar, 135, 10}, 10);
            NEAR(track.right() + 1, 68 + 122);
            // The tick of the limit.
            QCOMPARE(pixelOf(lines.image, 68 + 122 - 1, 79 + 15 * bar), theme[Token::TextTertiary]);
        }
        for (const int rule : {128, 177}) {
            QCOMPARE(pixelOf(lines.image, 20, rule), theme[Token::LineSubtle]);
            QCOMPARE(pixelOf(lines.image, 280, rule), theme[Token::LineSubtle]);
            QVERIFY(pixelOf(lines.image, 281, rule) != theme[Token::LineSubtle]);
        }
        const QStringList signs = {u"req/s"_s, u"errors"_s, u"p50"_s, u"p99"_s};
        const QStringList values = {u"1.3k"_s, u"0.06%"_s, u"24 ms"_s, u"146 ms"_s};
        for (int sign = 0; sign < 4; ++sign) {
            AT(lines.line(signs[sign]), 20 + 67 * sign, 141);
            AT(lines.line(values[sign]), 20 + 67 * sign, 155);
            QVERIFY((lines.line(values[sign]).style == Text::Style{Text::Face::Ui, 12, 600}));
            // The sparkline stands in 56 × 13 and ends in a dot at its right end.
            const QRect spark =
                inkIn(Stop::Near, healthyTile(), Token::Chart1, {15 + 67 * sign, 156, 65, 19}, 120);
            NEAR(spark.left(), 20 + 67 * sign);
            NEAR(spark.right() + 1, 20 + 67 * sign + 56 + 1.8);
            QVERIFY(spark.top() >= 158 && spark.bottom() <= 173);
        }
        ENDS_AT(lines.line(u"drain"_s), 265, 195);
        const QRect grip =
            inkIn(Stop::Near, healthyTile(), Token::TextTertiary, {266, 180, 14, 20});
        QVERIFY(QRect(266, 184, 14, 14).contains(grip));
        NEAR(grip.center().x() + 0.5, 266 + 7);
        const auto chips = TilePainter::chipRects(healthyTile());
        QCOMPARE(chips.size(), 2U); // those that fit
        QCOMPARE(chips[0].topLeft(), QPointF(20, 182));
        QCOMPARE(chips[0].height(), 18.0);
        AT(lines.line(u"+9"_s), chips[1].right() + 6, 195);
        // A tier's mark has 8 px.
        TileFacts premium = healthyTile();
        const QRect mark = inkIn(Stop::Near, premium, Token::TextSecondary, {25, 184, 11, 14}, 90);
        NEAR(mark.width(), 8);
        NEAR(mark.height(), 8);
        // Frames: 2 unless healthy, round the middle of a pixel.
        QCOMPARE(pixelOf(lines.image, 11, 100), theme[Token::HealthyFrame]);
        QCOMPARE(pixelOf(lines.image, 12, 100), theme[Token::StampBody]);
        const QImage thick = paintTile(Stop::Near, unhealthyTile());
        QCOMPARE(pixelOf(thick, 11, 100), theme[Token::UnhealthyEdge]);
        QVERIFY(inkOf(thick, mixed(theme[Token::StampBody], theme[Token::UnhealthyEdge], 0.5),
                      {border + 12, border + 100, 1, 1}, 6)
                    .isValid());
        // A signal beyond its limit takes the colour of health.
        const TileLines bad(Stop::Near, unhealthyTile());
        QCOMPARE(bad.line(u"14.2%"_s).ink, theme[Token::UnhealthyText]);
        QCOMPARE(bad.line(u"11 ms"_s).ink, theme[Token::TextPrimary]);
        AT(bad.line(u"Unhealthy: api 1 of 5 ready"_s), 20, 63);
        // With a postmark: bars of 54, a ring of r 26 at 249, 99, and the second line in it.
        const TileFacts cordoned = lifecycleTile(Lifecycle::Cordoned);
        const QRect ring =
            inkIn(Stop::Near, cordoned, Token::StampPostmark, {215, 70, 80, 56}, 120);
        NEAR(ring.top(), 99 - 26 - 0.7);
        NEAR(ring.bottom() + 1, 99 + 26 + 0.7);
        const QRect shorter = inkIn(Stop::Near, cordoned, Token::ResTrack, {64, 79, 135, 10}, 10);
        NEAR(shorter.right() + 1, 68 + 54);
        QVERIFY(TileLines(Stop::Near, cordoned).has(u"13:20"_s));
        QVERIFY(!TileLines(Stop::Medium, cordoned).has(u"13:20"_s));
    }

    void whatIsMeasuredStandsBelowIt()
    {
        TileFacts facts = healthyTile();
        facts.measureName = u"latency"_s;
        const Lines::Line line = TileLines(Stop::Near, facts).line(u"latency"_s);
        ENDS_AT(line, 281, 63);
        QCOMPARE(line.style.px, 10);
    }

    void sparklinesHaveTheirOwnScale()
    {
        // From 85 % of the least, errors from zero; to 8 % over the most.
        TileFacts facts = healthyTile();
        const std::vector<float> even(30, 20.0F);
        for (std::span<const float> &series : facts.series)
            series = even;
        for (int sign = 0; sign < 4; ++sign) {
            const QRect line =
                inkIn(Stop::Near, facts, Token::Chart1, {22 + 67 * sign, 156, 40, 19}, 200);
            const double low = sign == 1 ? 0 : 20 * 0.85;
            const double y = 172 - 13 * (20 - low) / (20 * 1.08 - low);
            NEAR(line.center().y() + 0.5, y);
        }
    }

    void postmarksHaveTheirStrokes()
    {
        const Theme &theme = Theme::current();
        const QColor ink = theme[Token::StampPostmark];
        Glyphs::Postmark mark;
        mark.centre = {32, 32};
        mark.radius = 26;
        mark.word = u"CORDONED"_s;
        mark.wordPx = 9;
        mark.ground = theme[Token::BgCanvas];
        const QImage image =
            tenfold({64, 64}, [&](QPainter &painter) { Glyphs::postmark(painter, mark); });
        // Outward from the middle along its own axis, which leans by −8°.
        const double lean = -8 * std::numbers::pi / 180;
        const QPointF up(std::sin(lean), -std::cos(lean));
        const QPointF across(std::cos(lean), std::sin(lean));
        const auto isInk = [&](QPointF at) {
            return inkOf(image, ink, QRect(at.toPoint(), QSize(1, 1)), 200).isValid();
        };
        const auto strokes = [&](QPointF way, double from, double to) {
            QList<std::pair<double, double>> found;
            bool was = false;
            for (double at = from * 10; at <= to * 10; at += 0.5) {
                const bool is = isInk(QPointF(320, 320) + way * at);
                if (is && !was)
                    found.append({at / 10, at / 10});
                if (is)
                    found.last().second = at / 10;
                was = is;
            }
            return found;
        };
        const auto rings = strokes(up, 9, 30);
        QCOMPARE(rings.size(), 2);
        WITHIN((rings[0].first + rings[0].second) / 2, 26 - 3.4, 0.15);
        WITHIN(rings[0].second - rings[0].first, 0.8, 0.15);
        WITHIN((rings[1].first + rings[1].second) / 2, 26, 0.15);
        WITHIN(rings[1].second - rings[1].first, 1.4, 0.15);
        // The bridge: as high as the word and 6, as wide as it and 10.
        const auto top = strokes(up, 6, 9);
        QVERIFY(!top.isEmpty());
        WITHIN(top.last().second, (9 + 6) / 2.0, 0.2);
        const Text::Style word{Text::Face::Ui, 9, 700};
        const auto side = strokes(across, Text::width(mark.word, word) / 2 + 2, 36);
        QVERIFY(!side.isEmpty());
        WITHIN(side.last().second, (Text::width(mark.word, word) + 0.4 * 8 + 10) / 2, 0.8);
        // Filled with the ground: of the rings nothing runs through it.
        QVERIFY(strokes(across, Text::width(mark.word, word) / 2 + 2.0, side.last().first - 0.4)
                    .isEmpty());
    }

    void wavesHaveTheirForm()
    {
        // Four, 5 apart, 1.7 up and down in 12, 1.1 wide.
        const QColor ink = Theme::current()[Token::StampPostmark];
        const QImage image = tenfold({40, 26}, [](QPainter &painter) {
            Glyphs::waves(painter, {2, 5}, 4, 2);
        });
        const auto centres = [&](double x) {
            QList<double> found;
            QList<double> heights;
            int from = -1;
            for (int y = 0; y < 260; ++y) {
                const bool is = inkOf(image, ink, {int(x * 10), y, 1, 1}, 200).isValid();
                if (is && from < 0)
                    from = y;
                if (!is && from >= 0) {
                    found.append((from + y) / 20.0);
                    heights.append((y - from) / 10.0);
                    from = -1;
                }
            }
            return std::pair(found, heights);
        };
        const auto [crests, thick] = centres(2 + 3);
        const auto [troughs, thin] = centres(2 + 9);
        const auto [next, also] = centres(2 + 12 + 3);
        QCOMPARE(crests.size(), 4);
        QCOMPARE(troughs.size(), 4);
        for (int wave = 0; wave < 4; ++wave) {
            WITHIN(crests[wave], 5 + 5 * wave - 1.7, 0.1);
            WITHIN(troughs[wave], 5 + 5 * wave + 1.7, 0.1);
            WITHIN(next[wave], crests[wave], 0.05);
            WITHIN(thick[wave], 1.1, 0.15);
        }
    }

    // Section 7

    void verdictsSayTheirWords()
    {
        using Kind = TileVerdict::Kind;
        const Theme &theme = Theme::current();
        const auto of = [](Kind kind) { return TileLines(Stop::Medium, verdictTile(kind)); };
        // Can: the name, the rank's key in a box, now → after 20/700, what is left.
        const TileLines can = of(Kind::Can);
        AT(can.line(u"eu-central-02"_s), 14, 25);
        QVERIFY(can.line(u"79%"_s).style == Text::denominationMedium);
        QVERIFY(can.has(u"58%"_s) && can.has(u"3"_s));
        QCOMPARE(can.line(u"10 cores, 1 slot left"_s).style.px, 11);
        QCOMPARE(can.line(u"10 cores, 1 slot left"_s).ink, theme[Token::VerdictCanSub]);
        // Tight: after and the word in res.after.
        const TileLines tight = of(Kind::Tight);
        QCOMPARE(tight.line(u"95%"_s).ink, theme[Token::ResAfter]);
        QCOMPARE(tight.line(u"tight"_s).ink, theme[Token::ResAfter]);
        QVERIFY(tight.has(u"fits, but over the gate"_s));
        // Best: a white plate.
        const TileLines best = of(Kind::Best);
        QCOMPARE(best.line(u"best"_s).ink, theme[Token::VerdictBest]);
        // Cannot: the reason 12/600, below it 11; no bars.
        const TileLines cannot = of(Kind::Cannot);
        QVERIFY((cannot.line(u"residency"_s).style == Text::Style{Text::Face::Ui, 12, 600}));
        QVERIFY(cannot.line(u"globex stays in eu-*"_s).style == Text::axis);
        QCOMPARE(cannot.line(u"residency"_s).ink, theme[Token::VerdictNoText]);
        // The source: 93 → 72 %, and who leaves.
        const TileLines source = of(Kind::Source);
        QVERIFY(source.has(u"93%"_s) && source.has(u"72%"_s)
                && source.has(u"3 of 15 tenants leave"_s));
        // A frame of 1.5: a quarter of it on each side of a whole pixel.
        const QImage framed = paintTile(Stop::Medium, verdictTile(Kind::Can));
        QCOMPARE(pixelOf(framed, 7, 40), theme[Token::VerdictCanEdge]);
        QCOMPARE(pixelOf(framed, 8, 40),
                 mixed(theme[Token::VerdictCanFill], theme[Token::VerdictCanEdge], 0.25));
        // Under the pointer the best has a white outline of 2.5 along its paper.
        TileState hovered;
        hovered.hover = true;
        const QImage image = paintTile(Stop::Medium, verdictTile(Kind::Best), 1, hovered);
        QCOMPARE(pixelOf(image, 8, 0), theme[Token::VerdictBestSub]);
        QCOMPARE(pixelOf(image, 8, -1), theme[Token::VerdictBestSub]);
        QCOMPARE(pixelOf(image, 8, -2),
                 mixed(theme[Token::BgCanvas], theme[Token::VerdictBestSub], 0.25));

        // Compact: the name, ✓ or ban, the value after. Small and far: cells.
        TileLines small(Stop::Compact, verdictTile(Kind::Can));
        QVERIFY(small.has(u"02"_s) && small.has(u"79%"_s));
        const auto cell = [&](Stop stop, Kind kind) {
            return pixelOf(paintTile(stop, verdictTile(kind)), 3, 3);
        };
        QCOMPARE(cell(Stop::S8, Kind::Can), theme[Token::VerdictCanEdge]);
        QCOMPARE(cell(Stop::S8, Kind::Best), theme[Token::VerdictBestSub]);
        QCOMPARE(cell(Stop::S8, Kind::Cannot), theme[Token::VerdictNoFill]);
        QCOMPARE(cell(Stop::S16, Kind::Can), theme[Token::VerdictCanEdge]);
        QCOMPARE(cell(Stop::S16, Kind::Cannot), theme[Token::VerdictNoFill]);
    }

    // Section 12

    void whatIsNotReadYetIsAProof()
    {
        const Theme &theme = Theme::current();
        TileFacts facts;
        facts.name = u"eu-west-03"_s;
        facts.proof = true;
        facts.lifecycleSay = u"not read yet"_s;
        const TileLines medium(Stop::Medium, facts);
        AT(medium.line(u"eu-west-03"_s), 14, 25);
        QVERIFY(medium.has(u"–"_s) && medium.has(u"not read yet"_s)); // never 0
        // The frame of the print: dashes of 5, 3 apart, along its 146.
        const QRect edge(border + 8, border + 7, 144, 1);
        const int dashes = runsOf(medium.image, theme[Token::UnknownEdge], edge, 90);
        QVERIFY2(dashes >= 17 && dashes <= 19, qPrintable(QString::number(dashes)));
        // No crosses of one that is being made, no bars.
        QVERIFY(!inkIn(Stop::Medium, facts, Token::AccentLine, {0, 0, 160, 96}).isValid());
        QVERIFY(!inkIn(Stop::Medium, facts, Token::ResTrack, {14, 67, 132, 16}, 6).isValid());
        QVERIFY(TileLines(Stop::Compact, facts).has(u"03"_s));
        QVERIFY(TileLines(Stop::Near, facts).has(u"not read yet"_s));
        // Small: dashed. Far: hollow.
        QVERIFY(runsOf(paintTile(Stop::S36, facts), theme[Token::UnknownEdge],
                       {border, border, 36, 1}, 90)
                >= 5);
        const QImage far = paintTile(Stop::S8, facts);
        QCOMPARE(pixelOf(far, 0, 3), theme[Token::UnknownCell]);
        QCOMPARE(pixelOf(far, 3, 3), theme[Token::BgCanvas]);
    }

    // Section 15

    void highContrastHasFramesOfTwo()
    {
        const auto asBefore = qScopeGuard([] { Themes::instance().setHighContrast(false); });
        Themes::instance().setHighContrast(true);
        const Theme &theme = Theme::current();
        QVERIFY(theme.isHighContrast());
        const QImage image = paintTile(Stop::Medium, healthyTile());
        // The fill becomes the window's colour, the frame 2 px in the text's.
        QCOMPARE(pixelOf(image, 100, 55), theme[Token::BgWindow]);
        QCOMPARE(pixelOf(image, 7, 60), theme[Token::TextPrimary]);
        QCOMPARE(pixelOf(image, 8, 60),
                 mixed(theme[Token::BgWindow], theme[Token::TextPrimary], 0.5));
    }
};

STAMPDECK_TEST_MAIN(QApplication, LookTilesTest)
#include "tst_looktiles.moc"

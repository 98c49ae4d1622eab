// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/auditmodel.h"

#include "widgets/actionregistry.h"
#include "widgets/attentionpanel.h"
#include "widgets/bars.h"
#include "widgets/carrycontroller.h"
#include "widgets/componentsview.h"
#include "widgets/controls.h"
#include "widgets/createwizard.h"
#include "widgets/emptyview.h"
#include "widgets/framedialog.h"
#include "widgets/glyphs.h"
#include "widgets/icons.h"
#include "widgets/maplayout.h"
#include "widgets/mapwidget.h"
#include "widgets/metricchart.h"
#include "widgets/metriccharts.h"
#include "widgets/motion.h"
#include "widgets/operationsdrawer.h"
#include "widgets/picture.h"
#include "widgets/plandialog.h"
#include "widgets/segmentedcontrol.h"
#include "widgets/stamppanel.h"
#include "widgets/style.h"
#include "widgets/table.h"
#include "widgets/text.h"
#include "widgets/textsize.h"
#include "widgets/themes.h"
#include "widgets/tilepainter.h"
#include "widgets/topbar.h"
#include "widgets/worldland.h"
#include "widgets/worldlayout.h"
#include "widgets/worldpainter.h"

#include "tests/support/testmain.h"
#include "tests/widgets/deckfixture.h"
#include "tests/widgets/lookfixture.h"

#include <QtCharts/QAbstractAxis>
#include <QtCharts/QChart>
#include <QtCore/QDirIterator>
#include <QtCore/QFile>
#include <QtCore/QRegularExpression>
#include <QtGui/QPainter>
#include <QtGui/QStandardItemModel>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QVBoxLayout>

#include <cmath>
#include <limits>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct Row
{
    Token token;
    QRgb dark;
    QRgb light;
};

/// Sections 2.1 to 2.4 and 2.6, with what the pictures add to them.
constexpr Row colours[] = {
    {Token::BgCanvas, 0x0d1219, 0xeae5da},
    {Token::BgWindow, 0x131923, 0xf6f3ec},
    {Token::BgPanel, 0x18202c, 0xfdfcf9},
    {Token::BgRaised, 0x202a38, 0xffffff},
    {Token::BgHover, 0x2a3647, 0xece7dc},
    {Token::BgPressed, 0x324158, 0xe0d9ca},
    {Token::BgInput, 0x0f151e, 0xffffff},
    {Token::LandFill, 0x1c2735, 0xdcd5c5},
    {Token::LandEdge, 0x3a4a62, 0xbdb39d},
    {Token::LandGrid, 0x131a24, 0xe2dccf},
    {Token::LineSubtle, 0x232d3b, 0xe2dccf},
    {Token::LineDefault, 0x33415a, 0xccc4b3},
    {Token::LineStrong, 0x66788f, 0x8a8270},
    {Token::TextPrimary, 0xe9eef5, 0x1a222d},
    {Token::TextSecondary, 0xb0bbca, 0x465162},
    {Token::TextTertiary, 0x8c98aa, 0x566070},
    {Token::TextDisabled, 0x67748a, 0x8c8f94},
    {Token::TextOnAccent, 0xffffff, 0xffffff},
    {Token::Accent, 0x2f6fe0, 0x1f57c3},
    {Token::AccentHover, 0x2860c6, 0x194aa8},
    {Token::AccentText, 0x8db8ff, 0x1b50b5},
    {Token::AccentLine, 0x6aa0ff, 0x2f6fe0},
    {Token::AccentSoft, 0x1b2d4d, 0xe1eafb},
    {Token::Danger, 0xc93a37, 0xb3261e},
    {Token::DangerHover, 0xb5312f, 0x981b15},
    {Token::StampPaper, 0x2a3443, 0xfffefa},
    {Token::StampPaperHover, 0x35425a, 0xffffff},
    {Token::StampInk, 0xe9eef5, 0x1a222d},
    {Token::StampPostmark, 0xc8d2df, 0x39414e},
    {Token::StampTrack, 0x0f161f, 0xe7e2d6},
    {Token::HealthyFill, 0x1b3a40, 0xe3f0ec},
    {Token::HealthyEdge, 0x3f8f92, 0x2e807d},
    {Token::HealthyText, 0x8ad3cd, 0x0f5f5c},
    {Token::HealthyGlyph, 0x5dbdb6, 0x1f7a76},
    {Token::HealthyCell, 0x2b6a70, 0x86bbb6},
    {Token::HealthyCellLow, 0x235359, 0x9cc8c3},
    {Token::HealthyCellHigh, 0x3a8489, 0x5a9b97},
    {Token::HealthyInk, 0xe6f4f3, 0x163b3a},
    {Token::HealthySub, 0xa9c9cb, 0x37625f},
    {Token::HealthyFrame, 0x2b6a70, 0x8dbdb7},
    {Token::DegradedFill, 0x4b3a10, 0xfbe2a2},
    {Token::DegradedEdge, 0xedb73c, 0xa66a00},
    {Token::DegradedText, 0xffcf66, 0x7a4d00},
    {Token::DegradedGlyph, 0xffcd4a, 0xad6e00},
    {Token::DegradedCell, 0xffcd4a, 0xb26c00},
    {Token::DegradedInk, 0xfff3d6, 0x3e2800},
    {Token::DegradedTrack, 0x2a2008, 0xebc976},
    {Token::DegradedRes, 0x8a6a20, 0xc99632},
    {Token::DegradedUsed, 0xffd873, 0x7a4d00},
    {Token::UnhealthyFill, 0xbc2a38, 0xb9202e},
    {Token::UnhealthyEdge, 0xff7c7c, 0x7e0c18},
    {Token::UnhealthyText, 0xff9c98, 0xa31523},
    {Token::UnhealthyGlyph, 0xff6a70, 0xae1626},
    {Token::UnhealthyCell, 0xf4475a, 0xae1626},
    {Token::UnhealthyInk, 0xffffff, 0xffffff},
    {Token::UnhealthySub, 0xffe3e1, 0xffe3e1},
    {Token::UnhealthyTrack, 0x7f1823, 0x7f1823},
    {Token::UnhealthyRes, 0xd9747c, 0xd9747c},
    {Token::UnhealthyUsed, 0xffffff, 0xffffff},
    {Token::UnknownFill, 0x262b3a, 0xebeaf0},
    {Token::UnknownEdge, 0x8d93ae, 0x6a6f86},
    {Token::UnknownText, 0xb9bed2, 0x4d5268},
    {Token::UnknownGlyph, 0xa7adc6, 0x6a6f86},
    {Token::UnknownCell, 0xa2a8c4, 0x787d94},
    {Token::UnknownInk, 0xdfe2ec, 0x2c3040},
    {Token::StaleFill, 0x222933, 0xefece5},
    {Token::StaleHatch, 0x303a48, 0xded9cc},
    {Token::StaleInk, 0xaeb8c6, 0x474e58},
    {Token::StaleEdge, 0x6b788c, 0x8a8270},
    {Token::VerdictTightEdge, 0x5b86cc, 0x4a76c4},
    {Token::VerdictCanSub, 0xa9c3f2, 0x2b4a86},
    {Token::VerdictCanPaper, 0x3a5a94, 0xa9c4f2},
    {Token::VerdictBestSub, 0xffffff, 0xffffff},
    {Token::VerdictBestPaper, 0xdde9ff, 0xffffff},
    {Token::VerdictBest, 0x2f6fe0, 0x1f57c3},
    {Token::VerdictBestEdge, 0x8db8ff, 0x1f57c3},
    {Token::VerdictCanEdge, 0x5e9bff, 0x2f6fe0},
    {Token::VerdictCanFill, 0x17294a, 0xe4edfd},
    {Token::VerdictNoFill, 0x161c26, 0xe6e1d6},
    {Token::VerdictNoEdge, 0x333f50, 0xc9c1b0},
    {Token::VerdictNoText, 0x98a4b5, 0x58616e},
    {Token::ResUsed, 0x6fb4e8, 0x2b78b5},
    {Token::ResReserved, 0x35618b, 0xa9cbe6},
    {Token::ResTrack, 0x0f161f, 0xe7e2d6},
    {Token::ResLimit, 0xe9eef5, 0x1a222d},
    {Token::ResAfter, 0xf3d58a, 0x855600},
    {Token::Chart1, 0x6fb4e8, 0x2b78b5},
    {Token::Chart2, 0xe3b6d8, 0xa8468f},
    {Token::Chart3, 0xb9c96a, 0x66761a},
    {Token::Chart4, 0x9fa4f5, 0x5a55c8},
    {Token::ChartGrid, 0x232d3b, 0xe7e2d6},
    {Token::ChartAxis, 0x8c98aa, 0x5e6878},
    {Token::ReplayCanvas, 0x17140f, 0xe9dfc6},
    {Token::ReplayWindow, 0x1d1913, 0xf1e8d2},
    {Token::ReplayPanel, 0x252018, 0xfaf4e4},
    {Token::ReplayLand, 0x2d261b, 0xdacca9},
    {Token::ReplayLandEdge, 0x5c4f37, 0xb9a677},
    {Token::ReplayLine, 0xd9b36a, 0x8a5f0e},
    {Token::ReplayText, 0xf3ddaf, 0x5c3e06},
    {Token::ReplayPaper, 0x40382a, 0xfffbef},
    {Token::ReplayText1, 0xf2ecdf, 0x2a2110},
    {Token::ReplayText2, 0xc4baa6, 0x5a4c31},
    {Token::ReplayText3, 0xa79c88, 0x6a5a3b},
    {Token::ReplayOnLine, 0x1d1406, 0xffffff},
    {Token::ReplayRule, 0x4b412f, 0xcdbe97},
    {Token::ReplayRaised, 0x30291e, 0xfffbef},
    {Token::ReplaySoft, 0x3a301e, 0xebddb8},
    {Token::ProdA, 0xe8dfc8, 0xffffff},
    {Token::ProdB, 0x2b4c8c, 0x2b4c8c},
    {Token::ProdText, 0xf1e9d5, 0x22407a},
    // The program's own, beside those of the look.
    {Token::Dim, 0x000000, 0x000000},
};

/// Section 2.5.
constexpr std::array<QRgb, 9> ramp = {0x482475, 0x414287, 0x355e8d, 0x2a768e, 0x218e8d, 0x27a784, 0x4fc46a, 0x97d83f, 0xf0e51d};
constexpr std::array<QRgb, 8> darkCategories = {0x40c4fb, 0xef9360, 0xc5e7b0, 0x9669bb, 0x2cf3ea, 0x907d12, 0xf87eac, 0x2e927b};
constexpr std::array<QRgb, 8> lightCategories = {0x447ae5, 0xb85f7b, 0x348d4b, 0x7a1169, 0x08584b, 0x8175a2, 0x3f4db0, 0xac0052};

MapGroupSize group(int count, int first = 0)
{
    MapGroupSize size;
    size.first = first;
    size.count = count;
    return size;
}

} // namespace

/// Every number of the look: this file is its table.
class LookTest : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<DeckFixture> m_deck;

private Q_SLOTS:
    void initTestCase() { Themes::instance().install(); }
    void init()
    {
        Testing::strict();
        Themes::instance().setChoice(Theme::Scheme::Dark);
    }
    void cleanup() { m_deck.reset(); }

    // Section 2

    void everyTokenHasItsColour()
    {
        const Theme &dark = Theme::builtIn(Theme::Scheme::Dark);
        const Theme &light = Theme::builtIn(Theme::Scheme::Light);
        QSet<int> seen;
        for (const Row &row : colours) {
            const QString name = toString(row.token);
            QVERIFY2((dark.rgb(row.token) & 0xffffffU) == row.dark, qPrintable(name + u" dark"));
            QVERIFY2((light.rgb(row.token) & 0xffffffU) == row.light, qPrintable(name + u" light"));
            QVERIFY2(!seen.contains(int(row.token)), qPrintable(name));
            seen.insert(int(row.token));
        }
        // What no table has is made for one use: the shadow, body and chips of a tile, marks on
        // cells, the mount and the logo.
        QCOMPARE(seen.size() + 9, int(tokenCount));
        QCOMPARE(light.rgb(Token::Mount), 0xff1a222dU);
        QCOMPARE(dark.rgb(Token::StampBody), 0xff1a232fU);
        QCOMPARE(light.rgb(Token::StampBody), 0xffffffffU);
    }

    void rampAndCategoriesAreThoseOfTheLook()
    {
        const Theme &dark = Theme::builtIn(Theme::Scheme::Dark);
        const Theme &light = Theme::builtIn(Theme::Scheme::Light);
        for (int step = 0; step < int(ramp.size()); ++step) {
            QCOMPARE(dark.ramp(step) & 0xffffffU, ramp[size_t(step)]);
            QCOMPARE(light.ramp(step) & 0xffffffU, ramp[size_t(step)]);
            QCOMPARE(dark.rampInk(step) & 0xffffffU, step < 4 ? 0xffffffU : 0x0d1219U);
        }
        for (int index = 0; index < int(darkCategories.size()); ++index) {
            QCOMPARE(dark.category(index) & 0xffffffU, darkCategories[size_t(index)]);
            QCOMPARE(light.category(index) & 0xffffffU, lightCategories[size_t(index)]);
            QCOMPARE(Theme::categoryLetter(index), QString(QChar(u'A' + index)));
        }
        QCOMPARE(dark.category(8), dark.rgb(Token::UnknownCell));
    }

    void replayTakesItsOwnColours()
    {
        for (const auto scheme : {Theme::Scheme::Dark, Theme::Scheme::Light}) {
            const Theme &theme = Theme::builtIn(scheme);
            const Theme past = theme.replayed();
            const std::pair<Token, Token> pairs[] = {
                {Token::BgCanvas, Token::ReplayCanvas},   {Token::BgWindow, Token::ReplayWindow},
                {Token::BgPanel, Token::ReplayPanel},     {Token::BgRaised, Token::ReplayRaised},
                {Token::AccentSoft, Token::ReplaySoft},   {Token::LineSubtle, Token::ReplayRule},
                {Token::LandFill, Token::ReplayLand},     {Token::LandEdge, Token::ReplayLandEdge},
                {Token::StampPaper, Token::ReplayPaper},  {Token::AccentLine, Token::ReplayLine},
                {Token::TextPrimary, Token::ReplayText1}, {Token::TextSecondary, Token::ReplayText2},
                {Token::TextTertiary, Token::ReplayText3}, {Token::AccentText, Token::ReplayText},
                {Token::TextOnAccent, Token::ReplayOnLine},
            };
            for (const auto &[now, then] : pairs)
                QVERIFY2(past.rgb(now) == theme.rgb(then), qPrintable(toString(now)));
            for (const Token health : {Token::HealthyFill, Token::DegradedFill, Token::UnhealthyFill,
                                       Token::UnknownFill, Token::UnhealthyCell})
                QCOMPARE(past.rgb(health), theme.rgb(health));
        }
    }

    void noColourStandsOutsideTheThemes()
    {
        // A colour that is written down anywhere else is wrong in every other theme.
        const QRegularExpression literal(
            u"#[0-9A-Fa-f]{6}\\b|\\bQColor\\(\\s*(u?\"|[0-9])|\\bqRgba?\\(\\s*[0-9]|"
            "\\bQt::(white|black|red|green|blue|cyan|magenta|yellow|(dark|light)?[Gg]r[ae]y|"
            "dark(Red|Green|Blue|Cyan|Magenta|Yellow))\\b|\\b0x[fF]{2}[0-9a-fA-F]{6}U?\\b"_s);
        QVERIFY(literal.match(u"QColor(0, 0, 0)"_s).hasMatch());
        QVERIFY(literal.match(u"painter.fillRect(r, Qt::red)"_s).hasMatch());
        QVERIFY(literal.match(u"\"#0D1219\""_s).hasMatch());
        QStringList misses;
        for (const QString &room : {u"widgets"_s, u"app/stampdeck"_s}) {
            QDirIterator files(QStringLiteral(STAMPDECK_SOURCE_DIR "/") + room,
                               {u"*.cpp"_s, u"*.h"_s}, QDir::Files, QDirIterator::Subdirectories);
            while (files.hasNext()) {
                QFile file(files.next());
                const QString name = QFileInfo(file).fileName();
                if (name == u"theme.cpp" || name == u"theme.h")
                    continue;
                QVERIFY(file.open(QIODevice::ReadOnly));
                const QStringList lines = QString::fromUtf8(file.readAll()).split(u'\n');
                for (qsizetype line = 0; line < lines.size(); ++line) {
                    const QString code = lines[line].section(u"//"_s, 0, 0);
                    if (literal.match(code).hasMatch())
                        misses.append(u"%1:%2: %3"_s.arg(name).arg(line + 1).arg(code.trimmed()));
                }
            }
        }
        QCOMPARE(misses.join(u'\n'), QString());
    }

    void cellsLieOnAMountInLight()
    {
        // With a ramp, below 24 px: the bright end has no contrast on paper.
        Themes::instance().setChoice(Theme::Scheme::Light);
        m_deck = std::make_unique<DeckFixture>(SampleFleet{24, 1});
        const Theme &theme = Theme::current();
        MapWidget map;
        map.setAnimated(false);
        map.setClock(m_deck->clock);
        map.resize(1000, 600);
        map.setVersion(m_deck->feed->version());
        map.setArrangement(MapArrangement::Sheet);
        map.setStop(Stop::S8);
        map.show();
        for (const MapColourBy colour : {MapColourBy::Health, MapColourBy::Load}) {
            map.setColour(colour);
            const QImage image = map.grab().toImage();
            const QRectF cell = map.tileRect(0);
            const QColor gap(image.pixel(int(cell.right()), int(cell.top()) + 3));
            QCOMPARE(gap, theme[colour == MapColourBy::Load ? Token::Mount : Token::BgCanvas]);
        }
    }

    // Section 3

    void facesAreThoseOfTheLook()
    {
        QCOMPARE(Text::font({Text::Face::Ui, 13, 400}).families().first(), u"Inter"_s);
        QCOMPARE(Text::font({Text::Face::Display, 20, 700}).families().first(), u"Inter Display"_s);
        QCOMPARE(Text::font({Text::Face::Mono, 12, 400}).families().first(), u"JetBrains Mono"_s);
        for (const int weight : {400, 500, 600, 700}) {
            const QFont font = Text::font({Text::Face::Ui, 13, weight});
            QCOMPARE(font.pixelSize(), 13);
            QCOMPARE(int(font.weight()), weight);
            QVERIFY(font.kerning());
        }
        // Every digit takes the room of a 0.
        for (const QChar digit : u"0123456789"_s)
            QVERIFY(std::abs(Text::width(digit, {Text::Face::Ui, 13, 400})
                             - Text::width(u"0"_s, {Text::Face::Ui, 13, 400}))
                    < 0.01);
    }

    void typeSizesAreThoseOfTheLook()
    {
        const auto is = [](const Text::Style &style, Text::Face face, int px, int weight) {
            return style == Text::Style{face, px, weight};
        };
        using Text::Face;
        QVERIFY(is(Text::denominationNear, Face::Display, 34, 700));
        QVERIFY(is(Text::denominationMedium, Face::Display, 20, 700));
        QVERIFY(is(Text::denominationCompact, Face::Display, 14, 700));
        QVERIFY(is(Text::panelTitle, Face::Display, 22, 700));
        QVERIFY(is(Text::dialogTitle, Face::Display, 20, 700));
        QVERIFY(is(Text::sectionHead, Face::Ui, 15, 700));
        QVERIFY(is(Text::tileNameNear, Face::Ui, 15, 700));
        QVERIFY(is(Text::tileNameMedium, Face::Ui, 12, 600));
        QVERIFY(is(Text::rowTitle, Face::Ui, 13, 600));
        QVERIFY(is(Text::body, Face::Ui, 13, 400));
        QVERIFY(is(Text::buttonWords, Face::Ui, 13, 600));
        QVERIFY(is(Text::secondLine, Face::Ui, 12, 400));
        QVERIFY(is(Text::axis, Face::Ui, 11, 400));
        QVERIFY(is(Text::caption, Face::Ui, 10, 500));
        QVERIFY(is(Text::tableHead, Face::Ui, 11, 600));
        QVERIFY(is(Text::query, Face::Mono, 13, 400));
        QVERIFY(is(Text::listTime, Face::Mono, 12, 400));
    }

    void controlsHaveTheirMeasures()
    {
        Button button(Button::Kind::Plain, u"Drain…"_s, u"arrow-up-right"_s);
        QCOMPARE(button.sizeHint().height(), 28);
        // Padding 12 on each side, icon 15, gap 5.
        QCOMPARE(button.sizeHint().width(),
                 int(std::ceil(Text::width(u"Drain…"_s, Text::buttonWords) + 12 + 15 + 5 + 12)));
        button.setTall(true);
        QCOMPARE(button.sizeHint().height(), 32);
        const std::unique_ptr<Button> icon(Button::iconOnly(u"gear"_s, u"Settings"_s));
        QCOMPARE(icon->sizeHint(), QSize(30, 28));
        Button link(Button::Kind::Link, u"Unpin…"_s);
        QVERIFY(link.sizeHint().height() >= 24);

        QLineEdit field;
        QComboBox combo;
        QPushButton plain(u"OK"_s);
        QSpinBox spin;
        for (QWidget *each : {static_cast<QWidget *>(&combo), static_cast<QWidget *>(&plain),
                              static_cast<QWidget *>(&spin)}) {
            each->ensurePolished();
            QCOMPARE(each->sizeHint().height(), 28);
        }
        field.ensurePolished();
        QCOMPARE(field.sizeHint().height(), 32);
        SegmentedControl segments;
        segments.addSegment(u"World"_s);
        QCOMPARE(segments.sizeHint().height(), 28);

        // The focus ring: 2 px, 3 px outside.
        const QStyle *style = QApplication::style();
        QCOMPARE(style->pixelMetric(QStyle::PM_FocusFrameHMargin), 3);
        QCOMPARE(style->pixelMetric(QStyle::PM_FocusFrameVMargin), 3);
        QCOMPARE(style->pixelMetric(QStyle::PM_ButtonIconSize), 15);
        QCOMPARE(FrameDialog::radius, 6);
    }

    void cornersHaveTheirRadii()
    {
        const Theme &theme = Theme::current();
        // Where the frame begins 1 px below its top tells how far the corner is cut: of a circle of
        // radius r that is r - √(r² - (r - 1)²).
        const auto cutOf = [](double radius) {
            return radius - std::sqrt(radius * radius - (radius - 1) * (radius - 1));
        };
        const auto cutIn = [&](const QImage &image, Token frame) {
            const QRect all = inkOf(image, theme[frame], image.rect(), 30);
            const QRect row = inkOf(image, theme[frame],
                                    {all.left(), all.top() + 10, all.width() / 2, 1}, 30);
            return (row.left() - all.left()) / 10.0;
        };
        const auto cornerOf = [&](QWidget &widget, Token frame) {
            widget.ensurePolished();
            widget.resize(widget.sizeHint());
            QImage image(widget.size() * 10, QImage::Format_RGB32);
            image.setDevicePixelRatio(10);
            image.fill(theme[Token::BgPanel]);
            widget.render(&image, {}, {}, QWidget::DrawChildren);
            return cutIn(image.mirrored(true, false), frame);
        };
        Button button(Button::Kind::Plain, u"Cancel"_s);
        WITHIN(cornerOf(button, Token::LineDefault), cutOf(4), 0.15);
        QPushButton plain(u"OK"_s);
        WITHIN(cornerOf(plain, Token::LineDefault), cutOf(4), 0.15);
        QLineEdit field;
        WITHIN(cornerOf(field, Token::LineStrong), cutOf(4), 0.15);
        SegmentedControl segments;
        segments.addSegment(u"World"_s);
        segments.addSegment(u"Sheet"_s); // the other one is lit, frame and all
        segments.setCurrent(0);
        WITHIN(cornerOf(segments, Token::LineDefault), cutOf(4), 0.15);

        // A chip: 18 high, 3.
        const TileChip chip{u"t"_s, u"globex"_s, Tier::Free};
        const QImage image = tenfold({100, 30}, [&](QPainter &painter) {
            TilePainter::chip(painter, {5, 5}, chip, theme[Token::StampChip],
                              theme[Token::TextSecondary], theme[Token::LineStrong]);
        });
        QCOMPARE(inkOf(image, theme[Token::LineStrong], image.rect(), 30).height(), 180);
        WITHIN(cutIn(image, Token::LineStrong), cutOf(3), 0.15);
    }

    void iconsHaveTheirSizes()
    {
        // 13 to 20; the tile's own, and those beside words of 10 to 12 px, are 12. In the head of a
        // dialog 26 (section 8), where a view is empty 40.
        const QRegularExpression draws(
            u"Icons::(?:draw|pixmap)\\([^;]*?u\"[a-z0-9-]+\"_s,\\s*([0-9.]+),"_s);
        int seen = 0;
        QStringList misses;
        for (const QString &room : {u"widgets"_s, u"app/stampdeck"_s}) {
            QDirIterator files(QStringLiteral(STAMPDECK_SOURCE_DIR "/") + room, {u"*.cpp"_s},
                               QDir::Files, QDirIterator::Subdirectories);
            while (files.hasNext()) {
                QFile file(files.next());
                const QString name = QFileInfo(file).fileName();
                if (name == u"tilepainter.cpp") // by tst_looktiles
                    continue;
                QVERIFY(file.open(QIODevice::ReadOnly));
                const QString code = QString::fromUtf8(file.readAll());
                auto found = draws.globalMatch(code);
                while (found.hasNext()) {
                    const double size = found.next().captured(1).toDouble();
                    ++seen;
                    const bool isWell = (size >= 12 && size <= 20)
                        || (size == 26 && name.contains(QRegularExpression(u"dialog|wizard"_s)))
                        || (size == 40 && name == u"tablesview.cpp");
                    if (!isWell)
                        misses.append(u"%1: %2"_s.arg(name).arg(size));
                }
            }
        }
        QVERIFY(seen > 20);
        QCOMPARE(misses.join(u'\n'), QString());
    }

    void tablesHaveTheirRows()
    {
        Table table(u"stamps"_s);
        QCOMPARE(table.verticalHeader()->defaultSectionSize(), 28);
        QCOMPARE(table.horizontalHeader()->height(), 28);
        QCOMPARE(table.horizontalHeader()->font().pixelSize(), Text::tableHead.px);
        QCOMPARE(int(table.horizontalHeader()->font().weight()), Text::tableHead.weight);
    }

    // Section 5

    void stopsAndPaperAreThoseOfTheLook()
    {
        constexpr std::array<int, 11> widths = {3, 4, 6, 8, 11, 16, 24, 36, 72, 160, 300};
        for (const Stop stop : allStops)
            QCOMPARE(stopWidth(stop), widths[size_t(stop)]);
        for (const Stop stop : {Stop::S3, Stop::S4, Stop::S6, Stop::S8, Stop::S11}) {
            QCOMPARE(geometry(stop).gap, 1.0); // within the pitch
            QCOMPARE(geometry(stop).pitch(), QSizeF(stopWidth(stop), stopWidth(stop)));
        }
        for (const Stop stop : {Stop::S16, Stop::S24, Stop::S36}) {
            QCOMPARE(geometry(stop).gap, 2.0);
            QCOMPARE(geometry(stop).size, QSizeF(stopWidth(stop), stopWidth(stop)));
        }
        struct Paper
        {
            Stop stop;
            QSizeF size;
            double gap, pitch, radius, inset;
            int across, down;
        };
        constexpr Paper papers[] = {
            {Stop::Compact, {72, 48}, 4, 6, 1.8, 5, 12, 8},
            {Stop::Medium, {160, 96}, 10, 8, 2.4, 7, 20, 12},
            {Stop::Near, {300, 216}, 16, 12, 3.6, 11, 25, 18},
        };
        for (const Paper &paper : papers) {
            const StopGeometry &is = geometry(paper.stop);
            QCOMPARE(is.size, paper.size);
            QVERIFY(is.gap >= 4 && is.gap == paper.gap);
            QCOMPARE(is.holePitch, paper.pitch);
            QCOMPARE(is.holeRadius, paper.radius);
            QCOMPARE(is.inset, paper.inset);
            QCOMPARE(is.size.width() / is.holePitch, double(paper.across));
            QCOMPARE(is.size.height() / is.holePitch, double(paper.down));
        }
    }

    void holesStandOnWholeDevicePixels_data()
    {
        QTest::addColumn<double>("ratio");
        for (const double ratio : {1.0, 1.25, 1.5, 1.75, 2.0})
            QTest::addRow("%g", ratio) << ratio;
    }
    void holesStandOnWholeDevicePixels()
    {
        QFETCH(double, ratio);
        for (const Stop stop : allStops) {
            const StopGeometry &is = geometry(stop);
            const double pitch = (is.holePitch > 0 ? is.holePitch : is.pitch().width())
                * TilePainter::snap(stop, ratio) * ratio;
            QVERIFY2(std::abs(pitch - std::round(pitch)) < 1e-9 && pitch >= 1,
                     qPrintable(u"%1: %2"_s.arg(stopWidth(stop)).arg(pitch)));
        }
        // Painted: the row of pixels along the upper edge repeats from hole to hole.
        if (ratio == 1.75)
            return; // 20 pixels of the canvas beside it are none
        const QImage image = paintTile(Stop::Medium, healthyTile(), ratio);
        const int pitch = int(std::lround(8 * TilePainter::snap(Stop::Medium, ratio) * ratio));
        const int left = int(std::ceil(border * ratio));
        const int y = int(std::ceil(border * ratio)) + 1;
        int same = 0;
        int all = 0;
        for (int x = left + pitch; x < left + 10 * pitch; ++x, ++all)
            same += image.pixel(x, y) == image.pixel(x + pitch, y);
        QVERIFY2(same >= all - 2, qPrintable(u"%1 of %2"_s.arg(same).arg(all)));
    }

    void textSizeLeavesTheCells()
    {
        const auto asBefore = qScopeGuard([] { setTextSize(1); });
        for (const double factor : {1.1, 1.25, 1.5}) {
            setTextSize(factor);
            for (const Stop stop : allStops) {
                const StopGeometry &is = geometry(stop);
                const double pitch = is.holePitch > 0 ? is.holePitch : is.pitch().width();
                const double device = pitch * TilePainter::snap(stop, factor) * factor;
                // Below 72 as many pixels as without; from there larger with the text.
                const double wanted = hasPaper(stop) ? std::round(pitch * factor) : pitch;
                QVERIFY2(std::abs(device - wanted) < 1e-9,
                         qPrintable(u"%1 at %2: %3"_s.arg(stopWidth(stop)).arg(factor).arg(device)));
            }
        }
    }

    // 90 % is taken up by what is painted, because no device can be of less than 1.
    void smallerTextIsPainted()
    {
        const QString words = u"eu-west-03"_s;
        const double before = Text::width(words, Text::body);
        const int rowBefore = Table(u"rows"_s).verticalHeader()->defaultSectionSize();
        const auto asBefore = qScopeGuard([] { setTextSize(1); });
        setTextSize(0.9, false);
        QCOMPARE(textSizeOfDevice(), 1.0);
        QCOMPARE(Text::font(Text::body).pixelSize(), 12);
        QCOMPARE(Text::font(Text::secondLine).pixelSize(), 11);
        QCOMPARE(Text::font(Text::panelTitle).pixelSize(), 20);
        QCOMPARE(Text::width(words, Text::body), Text::width(words, {Text::Face::Ui, 13, 400}));
        QVERIFY(std::abs(Text::width(words, Text::body) - before * 12 / 13) < 0.5);
        QCOMPARE(rowBefore, 28);
        QCOMPARE(Table(u"rows"_s).verticalHeader()->defaultSectionSize(), 25);
        // Cells of paper are smaller as a whole, those without stay.
        for (const Stop stop : allStops) {
            const StopGeometry &is = geometry(stop);
            const double pitch = is.holePitch > 0 ? is.holePitch : is.pitch().width();
            QCOMPARE(std::round(pitch * TilePainter::snap(stop, 1)),
                     hasPaper(stop) ? std::round(pitch * 0.9) : pitch);
        }
        const Text::LookSizes sizes;
        QCOMPARE(Text::width(words, Text::body), before);
    }

    void printsStandWhereTheLookHasThem()
    {
        // Compact 5, 5, 62, 38; medium 7, 7, 146, 82; near 11, 11, 278, 194.
        const std::pair<Stop, QRect> prints[] = {{Stop::Compact, {5, 5, 62, 38}},
                                                 {Stop::Medium, {7, 7, 146, 82}},
                                                 {Stop::Near, {11, 11, 278, 194}}};
        for (const auto &[stop, print] : prints) {
            const QRect paper({0, 0}, geometry(stop).size.toSize());
            const QRect edge = inkIn(stop, unhealthyTile(), Token::UnhealthyEdge, paper, 90);
            NEAR(edge.left(), print.left());
            NEAR(edge.top(), print.top());
            NEAR(edge.right(), print.right());
            NEAR(edge.bottom(), print.bottom());
        }
    }

    void aMediumTileHasItsParts()
    {
        TileFacts facts = healthyTile();
        facts.name = u"HH"_s;
        // Name 12/600 with its baseline at 14, 25.
        const QRect name = inkIn(Stop::Medium, facts, Token::HealthyInk, {10, 12, 60, 16});
        NEAR(name.left(), 14);
        NEAR(name.bottom() + 1, 25);
        // Denomination: right edge 147, baseline 29.
        const QRect number = inkIn(Stop::Medium, facts, Token::HealthyInk, {100, 10, 50, 24});
        NEAR(number.right() + 1, 147);
        NEAR(number.bottom() + 1, 29);
        // Glyph 10.5 at 14, 33.
        const QRect glyph = inkIn(Stop::Medium, facts, Token::HealthyGlyph, {10, 30, 17, 17});
        NEAR(glyph.left(), 14.6);
        NEAR(glyph.top(), 33.6);
        NEAR(glyph.width(), 9.2);
        // Bars cpu, memory, storage at 14, 67, 132 × 4, pitch 6.
        for (int bar = 0; bar < 3; ++bar) {
            const QRect used =
                inkIn(Stop::Medium, facts, Token::ResUsed, {10, 66 + 6 * bar, 140, 6}, 20);
            QCOMPARE(used.left(), 14);
            QCOMPARE(used.top(), 67 + 6 * bar);
            QCOMPARE(used.height(), 4);
            const QRect track =
                inkIn(Stop::Medium, facts, Token::ResTrack, {10, 66 + 6 * bar, 140, 6}, 20);
            NEAR(track.right() + 1, 14 + 132);
        }
        // With a postmark they are 64 wide, and its ring has r 19 at 118, 67.
        const TileFacts cordoned = lifecycleTile(Lifecycle::Cordoned);
        const QRect mark =
            inkIn(Stop::Medium, cordoned, Token::StampPostmark, {92, 36, 56, 60}, 120);
        NEAR(mark.top(), 67 - 19 - 0.7);
        NEAR(mark.bottom() + 1, 67 + 19 + 0.7);
        const QRect shorter = inkIn(Stop::Medium, cordoned, Token::ResTrack, {10, 66, 90, 6}, 20);
        NEAR(shorter.right() + 1, 14 + 64);
    }

    void aCompactTileHasItsParts()
    {
        TileFacts facts = healthyTile();
        facts.name = u"eu-HH"_s;
        const QRect glyph = inkIn(Stop::Compact, facts, Token::HealthyGlyph, {6, 7, 13, 13});
        NEAR(glyph.left(), 9.4);
        NEAR(glyph.top(), 10.4);
        const QRect name = inkIn(Stop::Compact, facts, Token::HealthySub, {20, 8, 18, 14}, 120);
        NEAR(name.left(), 21.5);
        NEAR(name.bottom() + 1, 18);
        const QRect number = inkIn(Stop::Compact, facts, Token::HealthyInk, {44, 7, 24, 18}, 120);
        QVERIFY(isNear(number.right() + 1, 64, 2.5)); // the % has room beside it
        NEAR(number.bottom() + 1, 21);
        // Bars at 9, 27, 54 × 2.5, pitch 4.5.
        for (int bar = 0; bar < 3; ++bar) {
            const QRect used = inkIn(Stop::Compact, facts, Token::ResUsed,
                                     {6, int(26 + 4.5 * bar), 60, 5}, 60);
            NEAR(used.left(), 9);
            NEAR(used.top(), 27 + 4.5 * bar);
        }
    }

    void aNearTileHasItsParts()
    {
        TileFacts facts = healthyTile();
        facts.name = u"HH"_s;
        const QImage image = paintTile(Stop::Near, facts);
        const Theme &theme = Theme::current();
        // Head 11, 11, 278, 58 in the fill; body below.
        QCOMPARE(QColor(image.pixel(border + 150, border + 66)), theme[Token::HealthyFill]);
        QCOMPARE(QColor(image.pixel(border + 16, border + 71)), theme[Token::StampBody]);
        const QRect glyph = inkIn(Stop::Near, facts, Token::HealthyGlyph, {16, 16, 22, 22});
        NEAR(glyph.left(), 20.9);
        NEAR(glyph.top(), 20.9);
        const QRect name = inkIn(Stop::Near, facts, Token::HealthyInk, {38, 16, 60, 20});
        NEAR(name.left(), 42);
        NEAR(name.bottom() + 1, 32);
        const QRect number = inkIn(Stop::Near, facts, Token::HealthyInk, {200, 14, 84, 36});
        QVERIFY(isNear(number.right() + 1, 281, 2.5)); // the % has room beside it
        NEAR(number.bottom() + 1, 46);
        // Bars at 68, 80, 122 × 8, pitch 15.
        for (int bar = 0; bar < 3; ++bar) {
            const QRect used =
                inkIn(Stop::Near, facts, Token::ResUsed, {64, 77 + 15 * bar, 130, 13}, 30);
            QCOMPARE(used.left(), 68);
            NEAR(used.top(), 80 + 15 * bar);
            NEAR(used.height(), 8);
        }
        QCOMPARE(TilePainter::drainHandle(), QRectF(236, 178, 56, 24));
    }

    // Section 6

    void theWorldHasItsMeasures()
    {
        QCOMPARE(WorldArrangement::anchorRadius, 3.5);
        QCOMPARE(WorldArrangement::padding, 8.0);
        QCOMPARE(WorldArrangement::headHeight, 30.0);
        QCOMPARE(WorldArrangement::foldedSize, QSizeF(120, 30));
        QCOMPARE(WorldArrangement::mostColumns, 8);
        for (const int count : {1, 2, 3, 6, 10, 24, 43}) {
            const int most = std::min(8, int(std::ceil(std::sqrt(1.5 * count))));
            const int is = WorldArrangement::columnsOf(count, Stop::Compact);
            QVERIFY(is <= most);
            // Fewer only where that needs no row more.
            QCOMPARE((count + is - 1) / is, (count + most - 1) / most);
        }
    }

    void aSlimStripTellsTheWorstOfEachRow()
    {
        m_deck = std::make_unique<DeckFixture>(SampleFleet{24, 1}); // 6 of each of 4 regions
        FleetUpdate delta = SampleFleet::delta();
        Stamp bad = SampleFleet().stamp(5); // the second of its region
        bad.health = Health::Unhealthy;
        bad.revision = u"2"_s;
        delta.stamps.push_back(std::make_shared<const Stamp>(bad));
        m_deck->apply(delta);
        QTRY_COMPARE(m_deck->feed->version()->counts.unhealthy, 1);
        const Theme &theme = Theme::current();
        MapWidget map;
        map.setAnimated(false);
        map.setClock(m_deck->clock);
        map.resize(1216, 900);
        map.setVersion(m_deck->feed->version());
        map.setArrangement(MapArrangement::Sheet);
        map.setStop(Stop::Medium);
        const QImage image = map.grab().toImage();
        const QRect strip(1216 - 16, 0, 16, 900);
        const QRect well = inkOf(image, theme[Token::HealthyCell], strip, 6);
        NEAR(well.left(), strip.left() + 5);
        NEAR(well.width(), 7);
        // One row for each of the four, and that with the bad one among them is red, larger by 1.
        QCOMPARE(runsOf(image, theme[Token::HealthyCell], {well.left() + 3, 0, 1, 900}, 6), 3);
        const QRect red = inkOf(image, theme[Token::UnhealthyCell], strip, 6);
        QCOMPARE(red.size(), QSize(9, 9));
        // A click goes there, as on the whole strip.
        map.resize(1216, 300);
        const double before = map.tileRect(0).top();
        QTest::mouseClick(&map, Qt::LeftButton, {}, {1216 - 8, 60});
        QVERIFY(map.tileRect(0).top() < before);
    }

    void theSheetHasItsMeasures()
    {
        QCOMPARE(SheetArrangement::selvageFrom, 1200.0);
        QCOMPARE(SheetArrangement::stripWidth, 60.0);
        const SheetArrangement sheet;
        Arrangement::Request request;
        request.groups.push_back(group(6));
        request.viewport = {1216, 878};
        request.stop = Stop::Medium;
        MapLayout layout = sheet.layout(request);
        QVERIFY(layout.selvage);
        QCOMPARE(layout.blocks[0].origin.x(), 168.0); // the selvage's own
        QCOMPARE(layout.blocks[0].head.width(), 144.0); // without what lies round it
        QCOMPARE(layout.blocks[0].head.height(), 104.0); // whatever its one row of tiles is
        request.groups.push_back(group(6, 6));
        QCOMPARE(sheet.layout(request).blocks[1].frame.top(), 20.0 + 112); // as in 03
        request.groups.pop_back();
        // Six side by side as in 03: there the strip is slim rather than cost a column.
        QCOMPARE(layout.blocks[0].columns, 6);
        QCOMPARE(layout.strip, SheetArrangement::slimStrip);
        request.viewport = {1536, 878};
        QCOMPARE(sheet.layout(request).strip, SheetArrangement::stripWidth);
        request.viewport = {706, 878}; // beside the widest panel, as in 05, in a frame of 1
        QCOMPARE(sheet.layout(request).blocks[0].columns, 4);
        // Near, as in 02, and beside the attention panel.
        request.stop = Stop::Near;
        request.viewport = {1536, 878};
        QCOMPARE(sheet.layout(request).blocks[0].columns, 4);
        QCOMPARE(sheet.layout(request).strip, SheetArrangement::stripWidth);
        QCOMPARE(sheet.layout(request).blocks[0].head.width(), 168.0);
        QCOMPARE(sheet.layout(request).blocks[0].origin.x(), 212.0);
        request.viewport = {1216, 878};
        QCOMPARE(sheet.layout(request).blocks[0].columns, 3);
        request.stop = Stop::Medium;
        request.viewport = {1199, 878};
        layout = sheet.layout(request);
        QVERIFY(!layout.selvage);
        QCOMPARE(layout.blocks[0].head.height(), 24.0);
        // Far: a head of 23.
        request.stop = Stop::S8;
        layout = sheet.layout(request);
        QCOMPARE(layout.blocks[0].head.height(), 23.0);
    }

    void aHundredThousandStampsAreInSight()
    {
        // 3 px pitch with 2 px cells holds 100,000 in 1260 × 856.
        const SheetArrangement sheet;
        Arrangement::Request request;
        for (int region = 0, first = 0; region < 12; ++region) {
            request.groups.push_back(group(region < 4 ? 8'334 : 8'333, first));
            first += request.groups.back().count;
        }
        request.viewport = {1260, 856};
        request.stop = Stop::S3;
        const MapLayout layout = sheet.layout(request);
        QCOMPARE(layout.pitch, QSizeF(3, 3));
        QCOMPARE(layout.tile, QSizeF(2, 2));
        QCOMPARE(layout.count(), 100'000);
        QVERIFY2(layout.content.height() <= 856, qPrintable(QString::number(layout.content.height())));
    }

    // Sections 4, 8, 9 and 10: what the parts are like by themselves; their places in the window
    // are in tst_window.

    void panelsHaveTheirMeasures()
    {
        QCOMPARE(StampPanel::minWidth, 320);
        QCOMPARE(StampPanel::maxWidth, 828);
        QCOMPARE(StampPanel::usualWidth, 380);
        QCOMPARE(OperationsDrawer::closedHeight, 36);
        QCOMPARE(OperationsDrawer::openHeight, 142);
        QCOMPARE(OperationsDrawer::maxHeight, 320);
        QCOMPARE(OperationsDrawer::rowHeight, 46);
        QCOMPARE(UndoToast::boxSize, QSize(420, 64));
        QCOMPARE(UndoToast::margin, 16);
        {
            m_deck = std::make_unique<DeckFixture>(SampleFleet{8, 1});
            FleetUpdate delta = SampleFleet::delta();
            for (const int index : {0, 1, 2}) {
                Stamp stamp = SampleFleet().stamp(index);
                stamp.health = index == 0 ? Health::Unhealthy : Health::Degraded;
                stamp.revision = u"2"_s;
                delta.stamps.push_back(std::make_shared<const Stamp>(stamp));
            }
            m_deck->apply(delta);
            AttentionPanel panel(*m_deck->deck);
            panel.resize(320, 900);
            panel.show();
            QTRY_COMPARE(panel.summary().troubleCount, 3);
            const QImage image = pictureOf(panel);
            // List rows of 46; the red tint 44 high, the lines from below the shape on.
            int y = 0;
            for (const QString &name : {u"s-000"_s, u"s-001"_s, u"s-002"_s}) {
                auto *row = panel.findChild<QAbstractButton *>(u"trouble prod/"_s + name);
                QVERIFY2(row, qPrintable(name));
                QCOMPARE(row->height(), 46);
                if (y > 0)
                    QCOMPARE(row->y() - y, 46);
                y = row->y();
                const QPoint at = row->mapTo(&panel, QPoint(0, 0));
                if (name == u"s-000"_s) {
                    const QRect tint = inkOf(image,
                                             mixed(Theme::current()[Token::BgPanel],
                                                   Theme::current()[Token::UnhealthyFill], 0.32),
                                             QRect(at + QPoint(130, -8), QSize(1, 62)), 4);
                    QCOMPARE(tint.height(), 44);
                } else {
                    const QRect line = inkOf(image, Theme::current()[Token::LineSubtle],
                                             QRect(at + QPoint(0, 45), QSize(300, 1)), 4);
                    NEAR(line.left() - at.x(), 11);
                }
            }
        }
        QCOMPARE(StampPanel::headHeight, 84);
        QCOMPARE(StampPanel::tabsHeight, 40);
        QCOMPARE(MetricCharts::twoColumnsFrom, 700);
    }

    void thePlanDialogHasItsMeasures()
    {
        m_deck = std::make_unique<DeckFixture>();
        QWidget window;
        window.resize(1600, 1000);
        window.show();
        ActionRequest request;
        request.kind = ActionKind::Drain;
        request.stamp = u"prod/s-000"_s;
        QPointer<PlanDialog> dialog = new PlanDialog(*m_deck->deck, request, &window);
        dialog->show();
        QCOMPARE(dialog->size(), QSize(1120, 770));
        // What lies outside its round corners shows the window behind.
        const QImage image = dialog->grab().toImage();
        for (const QPoint corner : {QPoint(0, 0), QPoint(1119, 0), QPoint(0, 769), QPoint(1119, 769)})
            QCOMPARE(qAlpha(image.pixel(corner)), 0);
        QCOMPARE(qAlpha(image.pixel(560, 0)), 255);
        auto *run = dialog->findChild<Button *>(u"Run"_s);
        QCOMPARE(run->size(), QSize(132, 32));
        QVERIFY(run->mapTo(dialog, QPoint(0, 0)).y() >= dialog->height() - 76); // in the foot
        delete dialog;
        window.resize(1024, 700);
        dialog = new PlanDialog(*m_deck->deck, request, &window);
        dialog->show();
        QCOMPARE(dialog->size(), QSize(976, 660));
        delete dialog;
        window.resize(800, 600);
        dialog = new PlanDialog(*m_deck->deck, request, &window);
        QCOMPARE(dialog->size(), QSize(900, 620)); // never smaller
        delete dialog;
    }

    // Section 7

    void whatIsPickedUpHasItsMeasures()
    {
        QCOMPARE(MapWidget::dragFrom, 6);
        QCOMPARE(QApplication::startDragDistance(), 6); // of a table
        QCOMPARE(MapWidget::reasonTime, std::chrono::seconds(2));
        QCOMPARE(CarryController::mostRanked, 9);
        m_deck = std::make_unique<DeckFixture>();
        CarryController carry(*m_deck->feed);
        MapWidget map;
        map.setAnimated(false);
        map.setClock(m_deck->clock);
        map.resize(1216, 818);
        map.setVersion(m_deck->feed->version());
        map.setCarry(&carry);
        map.setStop(Stop::Medium);
        QVERIFY(carry.pickUp({u"prod/t-000-0"_s}, CarryController::Mode::Drag));
        // "Drop here": a box at the foot, 44 to 60 high.
        const QRectF spread = map.spreadRect();
        QVERIFY(spread.height() >= 44 && spread.height() <= 60);
        QVERIFY(spread.bottom() <= map.height() && spread.bottom() > map.height() - 20);
        const int slot = m_deck->feed->version()->stampIndex.value(u"prod/s-002"_s);
        map.holdOver(slot);
        // Nothing stands half behind it: the foot is the canvas's, and no tile is reached there.
        QCOMPARE(map.spreadGround().bottom(), double(map.height()));
        {
            MapWidget low;
            low.setAnimated(false);
            low.setClock(m_deck->clock);
            low.resize(1216, 220);
            low.setVersion(m_deck->feed->version());
            low.setCarry(&carry);
            low.setStop(Stop::Medium);
            const QRectF foot = low.spreadGround();
            const QImage image = low.grab().toImage();
            QCOMPARE(QColor(image.pixel(240, int(foot.top()) + 2)),
                     Theme::current()[Token::BgCanvas]);
            QCOMPARE(QColor(image.pixel(240, low.height() - 3)), Theme::current()[Token::BgCanvas]);
            const auto &all = m_deck->feed->version()->stamps;
            for (int each = 0; each < int(all.size()); ++each) {
                low.ensureVisible(each); // as a walk by keys does
                QVERIFY(low.tileRect(each).bottom() <= foot.top());
                QVERIFY(low.tileRect(each).top() >= 0);
            }
            low.scrollTo(0);
            for (int each = 0; each < int(all.size()); ++each) {
                const QPointF middle(low.tileRect(each).center().x(), foot.top() + 4);
                QCOMPARE(low.slotAt(middle), -1);
            }
        }
        // A card 236 × 118, 32 below the pointer, within the map; its shadow 6 to the right and down.
        const QPointF at = map.tileRect(slot).center();
        const QRect card(int(std::max(4.0, at.x() - 118)), int(at.y()) + 32, 236, 118);
        const QImage image = map.grab().toImage();
        const Theme &theme = Theme::current();
        // Beside the frame of the tile below it.
        const QRect across = inkOf(image, theme[Token::AccentLine],
                                   QRect(card.left() - 3, card.top() + 70, 242, 20), 40);
        const QRect down = inkOf(image, theme[Token::AccentLine],
                                 QRect(card.left() + 8, card.top() - 3, 20, 124), 40);
        NEAR(across.left(), card.left());
        NEAR(across.width(), card.width());
        NEAR(down.top(), card.top());
        NEAR(down.height(), card.height());
        const QRect shadow = inkOf(image, theme[Token::StampShadow],
                                   QRect(card.right() + 2, card.top(), 12, 130), 6);
        NEAR(shadow.right(), card.right() + 6);
        NEAR(shadow.top(), card.top() + 6);
        NEAR(shadow.bottom(), card.bottom() + 6);
    }

    void theCardNamesFour()
    {
        const SampleFleet fleet{8, 6};
        m_deck = std::make_unique<DeckFixture>(fleet);
        FleetUpdate renamed = SampleFleet::delta();
        for (int number = 0; number < 6; ++number) {
            Tenant tenant = fleet.tenant(0, number);
            tenant.name = u"t%1"_s.arg(number); // there is room for four such chips
            tenant.revision = u"2"_s;
            renamed.tenants.push_back(std::make_shared<const Tenant>(tenant));
        }
        m_deck->apply(renamed);
        QTRY_COMPARE(m_deck->feed->version()->serial, m_deck->store.current()->serial);
        CarryController carry(*m_deck->feed);
        MapWidget map;
        map.setAnimated(false);
        map.setClock(m_deck->clock);
        map.resize(1216, 818);
        map.setVersion(m_deck->feed->version());
        map.setArrangement(MapArrangement::Sheet);
        map.setCarry(&carry);
        map.setStop(Stop::Medium);
        QStringList tenants;
        for (int tenant = 0; tenant < 6; ++tenant)
            tenants.append(u"prod/t-000-%1"_s.arg(tenant));
        QVERIFY(carry.pickUp(tenants, CarryController::Mode::Drag));
        map.holdOver(m_deck->feed->version()->stampIndex.value(u"prod/s-002"_s));
        Lines lines;
        (void)map.grab();
        int chips = 0;
        for (const Lines::Line &line : lines.all)
            chips += line.text.size() == 2 && line.text.startsWith(u't');
        QCOMPARE(chips, 4);
        QVERIFY(lines.has(u"+2"_s));
        QVERIFY(lines.has(u"6 tenants"_s));
    }

    void verdictsHaveTheirLook()
    {
        const Theme &theme = Theme::current();
        const auto look = [&](TileVerdict::Kind kind, bool isHovered = false) {
            TileFacts facts = healthyTile();
            facts.verdict.kind = kind;
            facts.verdict.reason = u"memory 108%"_s;
            facts.verdict.detail = u"short by 10 GiB"_s;
            facts.verdict.before = 0.5;
            facts.verdict.after = 0.7;
            TileState state;
            state.hover = isHovered;
            return paintTile(Stop::Medium, facts, 1, state);
        };
        const auto pixel = [](const QImage &image, int x, int y) {
            return QColor(image.pixel(border + x, border + y));
        };
        const struct
        {
            TileVerdict::Kind kind;
            QColor paper, print, frame;
        } rows[] = {
            {TileVerdict::Kind::Best, theme[Token::VerdictBestPaper], theme[Token::VerdictBest],
             theme[Token::VerdictBestSub]},
            {TileVerdict::Kind::Can, theme[Token::VerdictCanPaper], theme[Token::VerdictCanFill],
             theme[Token::VerdictCanEdge]},
            {TileVerdict::Kind::Tight, theme[Token::StampPaper], theme[Token::BgPanel],
             theme[Token::VerdictTightEdge]},
            {TileVerdict::Kind::Cannot,
             mixed(theme[Token::StampPaper], theme[Token::BgCanvas], 0.42),
             theme[Token::VerdictNoFill], theme[Token::VerdictNoEdge]},
        };
        for (const auto &row : rows) {
            const QImage image = look(row.kind);
            QCOMPARE(pixel(image, 8, 4), row.paper);
            QCOMPARE(pixel(image, 10, 11), row.print);
            const QRect frame = inkOf(image, row.frame, QRect(border, border, 160, 96), 40);
            NEAR(frame.left(), border + 7);
            NEAR(frame.bottom(), border + 7 + 82);
        }
        // Tight: dashed 5 3 along the frame. The others are drawn through.
        const auto dashes = [&](const QImage &image, const QColor &color) {
            int begun = 0;
            bool was = false;
            for (int x = 20; x < 100; ++x) {
                const bool is = inkOf(image, color, QRect(border + x, border + 5, 1, 4), 90).isValid();
                begun += is && !was;
                was = is;
            }
            return begun;
        };
        QCOMPARE(dashes(look(TileVerdict::Kind::Can), theme[Token::VerdictCanEdge]), 1);
        QCOMPARE(dashes(look(TileVerdict::Kind::Tight), theme[Token::VerdictTightEdge]), 80 / 8);
        // Cannot has no bars; what can shows what is used and what is added.
        QVERIFY(!inkOf(look(TileVerdict::Kind::Cannot), theme[Token::ResUsed],
                       QRect(border + 10, border + 64, 140, 24), 20)
                     .isValid());
        // The best under the pointer: a white outline of 2.5 along the paper.
        QVERIFY(look(TileVerdict::Kind::Best, true) != look(TileVerdict::Kind::Best));
    }

    // Section 9

    void operationsHaveTheirMeasures()
    {
        QCOMPARE(UndoToast::life, std::chrono::seconds(5));
        m_deck = std::make_unique<DeckFixture>();
        OperationsDrawer drawer(*m_deck->deck);
        drawer.resize(1216, OperationsDrawer::openHeight);
        drawer.setOpen(true);
        drawer.show();
        ActionRequest request;
        request.kind = ActionKind::Cordon;
        request.stamp = u"prod/s-000"_s;
        request.actor = u"ada"_s;
        const auto done = m_deck->runner->submit(request);
        QTRY_VERIFY(done.isFinished());
        QVERIFY(done.result());
        const QString name = u"operation "_s + (*done.result())->id;
        QTRY_VERIFY(drawer.findChild<QWidget *>(name));
        QTRY_COMPARE(m_deck->feed->version()->operations.value((*done.result())->id)->state,
                     OperationState::Succeeded);
        auto *row = drawer.findChild<QWidget *>(name);
        QCOMPARE(row->height(), 46);
        // A bar of 300 × 8 beside the names.
        QRect bar;
        QTRY_VERIFY((bar = inkOf(row->grab().toImage(), Theme::current()[Token::HealthyGlyph],
                                 QRect(300, 0, 500, 46), 20))
                        .isValid());
        NEAR(bar.width(), 300);
        NEAR(bar.height(), 8);
        NEAR(bar.center().y(), 23);
    }

    // Section 10

    void theHeadOfAStampHasItsMeasures()
    {
        m_deck = std::make_unique<DeckFixture>();
        CarryController carry(*m_deck->feed);
        ActionRegistry actions(nullptr);
        AuditModel audit(*m_deck->journal);
        StampPanel panel(*m_deck->deck, carry, actions, audit);
        panel.resize(StampPanel::usualWidth, 900);
        panel.setStamp(u"prod/s-000"_s);
        panel.show();
        const QImage image = panel.grab().toImage();
        // A mini stamp of 72 × 56 at 20, 14.
        const QRect paper = inkOf(image, Theme::current()[Token::StampPaper], QRect(0, 0, 104, 84), 6);
        NEAR(paper.left(), 20);
        NEAR(paper.top(), 14);
        NEAR(paper.width(), 72);
        NEAR(paper.height(), 56);
    }

    void chartsHaveTheirMeasures()
    {
        QCOMPARE(MetricChart::usualHeight, 202);
        QCOMPARE(MetricChart::lineWidth, 1.75);
        const Theme &theme = Theme::current();
        MetricChart chart(u"CPU"_s, MetricChart::Unit::Share, {{u"cpu"_s, Token::Chart1}});
        chart.resize(700, 202);
        constexpr double from = 1.8e12;
        constexpr double length = 3600e3;
        QList<QPointF> points;
        for (int at = 0; at <= 120; ++at)
            points.append({from + length * at / 120, 0.4});
        chart.setPoints(0, points);
        chart.setLevels({{0.85, u"gate 85%"_s}});
        chart.setEvents({{from + length / 4, {}}, {from + length / 2, Health::Unhealthy}});
        chart.setHover(from + length * 0.7, true);
        chart.setRange(from, from + length);
        chart.show();
        QCoreApplication::processEvents();
        const QImage image = chart.grab().toImage();
        const QRect plot = chart.chart()->plotArea().toRect();
        const auto x = [&](double share) { return int(plot.x() + share * plot.width()); };
        const auto y = [&](double value) { return int(plot.bottom() - value * plot.height()); };
        // The area: 12% of the line's colour, solid.
        QCOMPARE(QColor(image.pixel(x(0.1), y(0.2))),
                 mixed(theme[Token::BgRaised], theme[Token::Chart1], 0.12));
        // 4 or 5 horizontal grid lines.
        int lines = 0;
        for (int row = plot.top() - 1; row <= plot.bottom() + 1; ++row)
            lines += inkOf(image, theme[Token::ChartGrid], QRect(x(0.12), row, 1, 1), 8).isValid()
                || inkOf(image, theme[Token::LineStrong], QRect(x(0.12), row, 1, 1), 8).isValid();
        QVERIFY2(lines >= 4 && lines <= 5, qPrintable(QString::number(lines)));
        // A level: 1 px, dashed 5 3.
        int on = 0;
        const QRect level = inkOf(image, theme[Token::DegradedEdge],
                                  QRect(x(0.55), y(0.85) - 3, 80, 7), 40);
        QCOMPARE(level.height(), 1);
        for (int column = 0; column < 80; ++column)
            on += inkOf(image, theme[Token::DegradedEdge],
                        QRect(x(0.55) + column, level.top(), 1, 1), 40)
                      .isValid();
        QCOMPARE(on, 50);
        // A change: 1 px, dashed 3 3, with a diamond of 4 on top.
        const QRect change = inkOf(image, theme[Token::AccentText],
                                   QRect(x(0.25) - 8, plot.top() + 8, 16, plot.height() - 10), 30);
        QCOMPARE(change.width(), 1);
        on = 0;
        for (int row = 0; row < 60; ++row)
            on += inkOf(image, theme[Token::AccentText],
                        QRect(change.left(), plot.top() + 10 + row, 1, 1), 30)
                      .isValid();
        QVERIFY2(on >= 29 && on <= 31, qPrintable(QString::number(on)));
        const QRect diamond = inkOf(image, theme[Token::AccentText],
                                    QRect(x(0.25) - 8, plot.top() - 6, 16, 8), 60);
        NEAR(diamond.width(), 8);
        // An incident: its line, and 9% over the time after it.
        QColor tint = theme[Token::UnhealthyText];
        tint.setAlphaF(0.09F);
        QImage mixedTint(1, 1, QImage::Format_RGB32);
        mixedTint.fill(theme[Token::BgRaised]);
        QPainter(&mixedTint).fillRect(0, 0, 1, 1, tint);
        QVERIFY(inkOf(image, QColor(mixedTint.pixel(0, 0)), QRect(x(0.6), y(0.6), 1, 1), 4).isValid());
        QVERIFY(inkOf(image, theme[Token::UnhealthyText],
                      QRect(x(0.5) - 2, y(0.6), 5, 1), 90).isValid());
        // The hover dot has r 3.5 and the plate of the time stands 18 high below the plot.
        const QRect dot = inkOf(image, theme[Token::Chart1], QRect(x(0.7) - 7, y(0.4) - 7, 15, 15), 60);
        const QRect ring = inkOf(image, theme[Token::Chart1], QRect(x(0.7) - 1, y(0.4) - 7, 3, 15), 90);
        QVERIFY(dot.isValid());
        NEAR(ring.height(), 2 * 3.5 + 1.5);
        const QRect plate = inkOf(image, theme[Token::TextPrimary],
                                  QRect(x(0.7) - 70, plot.bottom() + 2, 140, 30), 20);
        NEAR(plate.top(), plot.bottom() + 3);
        NEAR(plate.height(), 18);
    }

    void noLineOfWhatHappenedCrossesWords()
    {
        MetricChart chart(u"CPU"_s, MetricChart::Unit::Share, {{u"cpu"_s, Token::Chart1}});
        chart.resize(360, 202);
        constexpr double from = 1.8e12;
        constexpr double length = 3600e3;
        chart.setPoints(0, {{from, 0.4}, {from + length, 0.4}});
        chart.setLevels({{1.0, u"limit 48 cores"_s}, {0.85, u"gate 85%"_s}, {0.6, u"reserved 29 cores"_s}});
        chart.setRange(from, from + length);
        chart.show();
        QCoreApplication::processEvents();
        for (const double share : {0.02, 0.1, 0.3, 0.5, 0.8, 0.95, 1.0}) {
            chart.setEvents({{from + length * share, Health::Unhealthy}});
            const double mark = chart.chart()->plotArea().x()
                + share * chart.chart()->plotArea().width();
            Lines lines;
            (void)chart.grab();
            QList<QRectF> boxes;
            for (const QString &words : {u"limit 48 cores"_s, u"gate 85%"_s, u"reserved 29 cores"_s}) {
                QVERIFY2(lines.has(words), qPrintable(words));
                const Lines::Line &line = lines.line(words);
                const QRectF box(line.left.x(), line.left.y() - 10, Text::width(words, line.style), 13);
                QVERIFY2(mark <= box.left() || mark >= box.right(),
                         qPrintable(u"%1 at %2"_s.arg(words).arg(share)));
                for (const QRectF &other : std::as_const(boxes))
                    QVERIFY(!other.intersects(box));
                boxes.append(box);
            }
        }
    }

    void aPictureHasWhatWasJustPutIn()
    {
        QWidget window;
        auto *box = new QVBoxLayout(&window);
        box->setContentsMargins(0, 0, 0, 0);
        window.resize(80, 80);
        window.show();
        QCoreApplication::processEvents();
        auto *late = new Surface(Token::Accent);
        box->addWidget(late);
        QCOMPARE(QColor(pictureOf(window).pixel(40, 40)), Theme::current()[Token::Accent]);
    }

    void componentsAndCapacityHaveTheirMeasures()
    {
        const Stepper stepper(u"web"_s);
        QCOMPARE(stepper.size(), QSize(100, 28));
        m_deck = std::make_unique<DeckFixture>();
        ComponentsView view(*m_deck->deck);
        view.resize(380, 500);
        view.setStamp(u"prod/s-001"_s);
        view.show();
        QCoreApplication::processEvents();
        // Blocks of 7 × 11, one for each replica, 2 apart.
        const QImage image = view.grab().toImage();
        const QColor ready = Theme::current()[Token::ResUsed];
        const QRect all = inkOf(image, ready, view.rect(), 10);
        QVERIFY(all.isValid());
        const QRect block = inkOf(image, ready, QRect(all.left(), all.top(), 8, 12), 10);
        QCOMPARE(block.size(), QSize(7, 11));
        QVERIFY(!inkOf(image, ready, QRect(all.left() + 7, all.top(), 2, 11), 10).isValid());
        QVERIFY(inkOf(image, ready, QRect(all.left() + 9, all.top(), 1, 11), 10).isValid());
        // Where there is less room they are smaller, and still all there.
        FleetUpdate delta = SampleFleet::delta();
        Stamp wide = SampleFleet().stamp(1);
        wide.components = {{u"web"_s, 6, 6, 2, 12, Health::Healthy, {}}};
        wide.revision = u"2"_s;
        delta.stamps.push_back(std::make_shared<const Stamp>(wide));
        m_deck->apply(delta);
        QTRY_COMPARE(m_deck->deck->stamp(u"prod/s-001"_s)->stamp->components.size(), 1);
        for (const int width : {340, 380, 500}) {
            ComponentsView narrow(*m_deck->deck);
            narrow.resize(width, 300);
            narrow.setStamp(u"prod/s-001"_s);
            narrow.show();
            QCoreApplication::processEvents();
            const QImage small = narrow.grab().toImage();
            const QRect blocks = inkOf(small, ready, narrow.rect(), 10);
            QCOMPARE(runsOf(small, ready, {0, blocks.top() + 5, width, 1}, 10), 6);
        }
        // What a backend tells of as endless is not drawn to its end, and of many the one that is missing
        // keeps its pixel.
        wide.components = {{u"web"_s, 12, 12, 2, std::numeric_limits<int>::max(), Health::Healthy, {}},
                           {u"api"_s, 1'000, 999, 2, 1'000, Health::Degraded, {}}};
        wide.revision = u"3"_s;
        delta.stamps = {std::make_shared<const Stamp>(wide)};
        m_deck->apply(delta);
        QTRY_COMPARE(m_deck->deck->stamp(u"prod/s-001"_s)->stamp->components.size(), 2);
        ComponentsView many(*m_deck->deck);
        many.resize(380, 300);
        many.setStamp(u"prod/s-001"_s);
        many.show();
        QCoreApplication::processEvents();
        const QImage crowd = many.grab().toImage();
        const QRect blocks = inkOf(crowd, ready, many.rect(), 10);
        QCOMPARE(runsOf(crowd, ready, {0, blocks.top() + 5, 380, 1}, 10), 12);
        const QColor missing = Theme::current()[Token::UnhealthyCell];
        const QRect lost = inkOf(crowd, missing, {92, 0, 200, 300}, 10);
        QCOMPARE(lost.size(), QSize(1, 11));

        CapacityView capacity;
        capacity.resize(360, capacity.height());
        StampEntry entry = *m_deck->deck->stamp(u"prod/s-001"_s);
        entry.resources.cpu = {100, 60, 40};
        capacity.show(entry, m_deck->feed->version()->sources[0]);
        const QImage bars = capacity.grab().toImage();
        const Theme &theme = Theme::current();
        // Track and reserved 12 high, used 8 inside, the limit a tick of 18.
        const QRect first(0, 45, 360, 22);
        const QRect reserved = inkOf(bars, theme[Token::ResReserved], first, 10);
        QCOMPARE(reserved.height(), 12);
        NEAR(reserved.right() + 1, 360 * 0.6);
        const QRect used = inkOf(bars, theme[Token::ResUsed], first, 10);
        QCOMPARE(used.height(), 8);
        NEAR(used.right() + 1, 360 * 0.4);
        const QRect limit = inkOf(bars, theme[Token::ResLimit], first, 60);
        QCOMPARE(limit.height(), 18);
        NEAR(limit.width(), 1.5);
        QCOMPARE(inkOf(bars, theme[Token::ResTrack], first, 10).height(), 12);
    }

    void troubleIsGathered()
    {
        const Theme &theme = Theme::current();
        m_deck = std::make_unique<DeckFixture>(SampleFleet{80, 1});
        FleetUpdate delta = SampleFleet::delta();
        for (int index = 0; index < 80; index += 4) { // all of r0
            Stamp stamp = SampleFleet().stamp(index);
            stamp.health = index < 60 ? Health::Unhealthy : Health::Degraded;
            stamp.healthReasons = {{u"replicas"_s, u"api crash loop"_s, {}, u"api"_s, {}, {}, {}}};
            stamp.revision = u"2"_s;
            delta.stamps.push_back(std::make_shared<const Stamp>(stamp));
        }
        m_deck->apply(delta);
        QTRY_COMPARE(m_deck->feed->version()->counts.degraded, 5);
        AttentionPanel panel(*m_deck->deck);
        panel.resize(252, 900);
        panel.show();
        QTRY_COMPARE(panel.summary().troubleCount, 20);
        Lines lines;
        QTRY_VERIFY((panel.grab(), lines.has(u"r0"_s))); // the rows have found their places
        const QImage image = panel.grab().toImage();
        QVERIFY(lines.has(u"Trouble, gathered"_s));
        QVERIFY(lines.has(u"15 unhealthy · 20 tenants"_s));
        QVERIFY(lines.has(u"By region"_s) && lines.has(u"100%"_s));
        // The first row on a red tint.
        auto *row = panel.findChild<QAbstractButton *>(u"trouble r0"_s);
        QVERIFY(row);
        QCOMPARE(QColor(image.pixel(row->mapTo(&panel, QPoint(200, 4)))),
                 mixed(theme[Token::BgPanel], theme[Token::UnhealthyFill], 0.32));
        QSignalSpy asked(&panel, &AttentionPanel::queryRequested);
        row->click();
        QCOMPARE(asked.first().first().toString(), u"region:r0 NOT health:healthy"_s);
    }

    void whatIsFullNextIsSaid()
    {
        const Theme &theme = Theme::current();
        m_deck = std::make_unique<DeckFixture>();
        const StampEntry entry = *m_deck->deck->stamp(u"prod/s-001"_s);
        const Outlook storage{ResourceKind::Storage, 3 * 24h + 5h};
        const Outlook cpu{ResourceKind::Cpu, 61 * 24h};
        CapacityView capacity;
        capacity.resize(600, capacity.height());
        capacity.show(entry, m_deck->feed->version()->sources[0],
                      {cpu, {ResourceKind::Memory, std::nullopt}, storage});
        Lines lines;
        (void)capacity.grab();
        QCOMPARE(lines.line(u"full in 61 days"_s).ink, theme[Token::TextSecondary]);
        QCOMPARE(lines.line(u"full in 3 days"_s).ink, theme[Token::DegradedText]); // within a week
        QVERIFY(lines.has(u"not full within 90 days"_s));
        QVERIFY(lines.has(u"9 used · 11 reserved · 64 cores"_s));
        QVERIFY(capacity.accessibleName().contains(u"full in 3 days"_s));
        // Where there is no room for all of it what is reserved is in the bar alone.
        capacity.resize(260, capacity.height());
        (void)capacity.grab();
        QVERIFY(lines.has(u"9 used · 64 cores"_s));

        AttentionPanel attention(*m_deck->deck);
        auto *next = attention.findChild<QWidget *>(u"nextFull"_s);
        QVERIFY(next->isHidden());
        FleetForecast forecast;
        forecast.stamps.insert(u"prod/s-001"_s, {cpu, storage});
        forecast.regions.insert(u"r1"_s, {{ResourceKind::Cpu, 9 * 24h}});
        forecast.regions.insert(u"r2"_s, {cpu});
        attention.resize(320, 900);
        attention.setForecast(forecast);
        attention.show();
        QVERIFY(next->isVisible());
        (void)attention.grab();
        QVERIFY(lines.has(u"s-001 storage in 3 days"_s));
        QVERIFY(lines.has(u"r1 cpu in 9 days"_s));
        QVERIFY(!lines.has(u"r2 cpu in 61 days"_s)); // two at most
        QSignalSpy opened(&attention, &AttentionPanel::stampActivated);
        QSignalSpy asked(&attention, &AttentionPanel::queryRequested);
        QTest::mouseClick(next, Qt::LeftButton, {}, QPoint(200, 8));
        QTest::mouseClick(next, Qt::LeftButton, {}, QPoint(200, 30));
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened[0][0].toString(), u"prod/s-001"_s);
        QCOMPARE(asked.size(), 1);
        QCOMPARE(asked[0][0].toString(), u"region:r1"_s);
    }

    // Section 12

    void aSelectedRowHasItsBar()
    {
        QStandardItemModel model(3, 3);
        Table table(u"stamps"_s);
        table.resize(600, 300);
        table.setModel(&model);
        table.selectRow(1);
        table.show();
        QCoreApplication::processEvents();
        const QImage image = table.viewport()->grab().toImage();
        const Theme &theme = Theme::current();
        const QRect row = table.visualRect(model.index(1, 0));
        QCOMPARE(row.height(), 28);
        const QRect bar = inkOf(image, theme[Token::AccentLine], QRect(0, row.top() + 4, 8, 20), 20);
        QCOMPARE(bar.left(), 0);
        QCOMPARE(bar.width(), 3);
        QCOMPARE(QColor(image.pixel(row.right() - 5, row.center().y())), theme[Token::AccentSoft]);
        // The others are paper, as the panels that tables stand in.
        QCOMPARE(QColor(image.pixel(20, table.visualRect(model.index(0, 0)).center().y())),
                 theme[Token::BgPanel]);
    }

    void landHasItsScales()
    {
        // Land-110m below 10 px per degree, land-50m above.
        QCOMPARE(WorldPainter::fineFrom, 10.0);
        // Graticule each 30°, 1 px: along a parallel of the south with little land.
        MapLayout layout;
        layout.scale = 4;
        const Theme &theme = Theme::current();
        WorldPainter world;
        QImage image(1440, 40, QImage::Format_RGB32);
        const int y = int(std::lround(Miller::toPlane(-58, 0).y() * layout.scale)) - 20;
        const double left = Miller::toPlane(0, -175).x() * layout.scale;
        QPainter painter(&image);
        world.paintGround(painter, image.rect(), layout, QPointF(left, y), image.size());
        painter.end();
        QList<int> lines;
        for (int x = 0; x < 1440; ++x) {
            if (QColor(image.pixel(x, 20)) == theme[Token::LandGrid])
                lines.append(x);
        }
        QCOMPARE(lines.size(), 360 / WorldPainter::graticule);
        for (int at = 1; at < lines.size(); ++at)
            QCOMPARE(lines[at] - lines[at - 1], 30 * 4);
    }

    void clustersHaveTheirMeasures()
    {
        const Theme &theme = Theme::current();
        ClusterFacts facts;
        facts.title = u"eu-west"_s;
        facts.count = u"6 stamps"_s;
        facts.load = u"75%"_s;
        facts.used = 0.5;
        facts.reserved = 1;
        facts.survives = true;
        QImage image(300, 160, QImage::Format_RGB32);
        image.fill(theme[Token::BgCanvas]);
        const QRectF frame(20, 10, 240, 138);
        Lines lines;
        QPainter painter(&image);
        WorldPainter::paintBox(painter, frame, facts, true);
        WorldPainter::paintHead(painter, frame, false, facts);
        painter.end();
        // While something is carried: how many can, and shorter where the name needs the room.
        facts.carry = u"2 of 6 can"_s;
        facts.carryBrief = u"2/6"_s;
        for (const auto &[title, said] : {std::pair(u"eu-west"_s, facts.carry),
                                          std::pair(u"ap-northeast-of-all"_s, facts.carryBrief)}) {
            facts.title = title;
            QImage head(220, 40, QImage::Format_RGB32);
            QPainter narrow(&head);
            WorldPainter::paintHead(narrow, {0, 0, 190, 30}, false, facts);
            QVERIFY(lines.has(title) && lines.has(said));
        }
        facts.title = u"eu-west"_s;
        facts.carry.clear();
        facts.carryBrief.clear();
        // Filled half with the canvas, framed in land.edge, radius 4.
        QCOMPARE(QColor(image.pixel(140, 100)),
                 mixed(theme[Token::BgPanel], theme[Token::BgCanvas], 0.5));
        QCOMPARE(QColor(image.pixel(20, 80)), theme[Token::LandEdge]);
        QVERIFY(QColor(image.pixel(20, 11)) != theme[Token::LandEdge]);
        QCOMPARE(QColor(image.pixel(20, 15)), theme[Token::LandEdge]);
        // A ring of r 7, stroke 3: strong clockwise from the top, pale behind it.
        const QRect used = inkOf(image, theme[Token::ResUsed], QRect(20, 10, 34, 34), 60);
        const QRect pale = inkOf(image, theme[Token::ResReserved], QRect(20, 10, 34, 34), 60);
        NEAR(used.left(), 20 + 15);
        NEAR(used.right() + 1, 20 + 15 + 8.5);
        NEAR(pale.left(), 20 + 15 - 8.5);
        NEAR(used.height(), 17);
        QVERIFY((lines.line(u"eu-west"_s).style == Text::Style{Text::Face::Ui, 12, 700}));
        QVERIFY(lines.has(u"6 stamps · 75%"_s));
        NEAR(lines.line(u"N+1"_s).right(), frame.right() - 8);
    }

    void boxesAreTriedNearTheirPlaces()
    {
        QVERIFY((WorldArrangement::distances == std::array<double, 4>{12, 48, 96, 160}));
        const WorldArrangement world;
        Arrangement::Request request;
        MapGroupSize alone = group(6);
        alone.key = u"eu-west"_s;
        alone.place = Miller::toPlane(53, -6);
        request.groups.push_back(alone);
        request.viewport = {1216, 842};
        request.stop = Stop::Compact;
        request.scale = 4;
        request.sight = QRectF(*alone.place * 4 - QPointF(608, 421), request.viewport);
        const MapLayout layout = world.layout(request);
        const MapBlock &block = layout.blocks[0];
        QVERIFY(block.anchor && !block.folded);
        const double dx = std::max({block.frame.left() - block.anchor->x(),
                                    block.anchor->x() - block.frame.right(), 0.0});
        const double dy = std::max({block.frame.top() - block.anchor->y(),
                                    block.anchor->y() - block.frame.bottom(), 0.0});
        NEAR(std::hypot(dx, dy), 12);
        // The leader 1 px, the anchor r 3.5, a second ring of r 8 where something is unhealthy.
        const Theme &theme = Theme::current();
        QImage image(1216, 842, QImage::Format_RGB32);
        for (const char isBad : {char(0), char(1)}) {
            image.fill(theme[Token::BgCanvas]);
            QPainter painter(&image);
            WorldPainter::paintPlaces(painter, layout, request.sight.topLeft(), {isBad});
            painter.end();
            const QPoint at = (*block.anchor - request.sight.topLeft()).toPoint();
            const QRect around(at - QPoint(10, 10), QSize(21, 21));
            const QRect ink = inkOf(image, theme[isBad ? Token::UnhealthyEdge : Token::TextSecondary],
                                    around, 160);
            // The leader leaves it on one side.
            NEAR(std::min({at.x() - ink.left(), ink.right() + 1 - at.x(), at.y() - ink.top(),
                           ink.bottom() + 1 - at.y()}),
                 isBad ? 8 + 0.75 : 3.5);
        }
    }

    void movesAreDashedArcs()
    {
        const Theme &theme = Theme::current();
        QPainterPath arc({20, 60});
        arc.cubicTo({110, 60}, {200, 60}, {290, 60});
        ClusterMove move;
        move.count = 2;
        const auto paint = [&](double phase) {
            QImage image(310, 100, QImage::Format_RGB32);
            image.fill(theme[Token::BgCanvas]);
            QPainter painter(&image);
            WorldPainter::paintMove(painter, {}, {}, arc, move, phase);
            return image;
        };
        // 5 4 in accent.line.
        Lines lines;
        QImage image = paint(-1);
        QCOMPARE(runsOf(image, theme[Token::AccentLine], {20, 60, 270, 1}, 200), 270 / 9);
        QVERIFY(lines.has(u"moving 2 tenants"_s));
        // A dot of r 3.2 for each.
        image = paint(0.25);
        const auto dots = WorldPainter::dots(arc, move, 0.25);
        QCOMPARE(dots.size(), 2U);
        const QPoint at = dots[0].toPoint();
        const QRect dot = inkOf(image, theme[Token::AccentLine], {at.x(), at.y() - 6, 1, 13}, 200);
        NEAR(dot.height(), 6.4);
    }

    void theSelvageAndTheStripHaveTheirMeasures()
    {
        m_deck = std::make_unique<DeckFixture>(SampleFleet{24, 1});
        const Theme &theme = Theme::current();
        MapWidget map;
        map.setAnimated(false);
        map.setClock(m_deck->clock);
        map.resize(1400, 2400); // all of it is in sight
        map.setVersion(m_deck->feed->version());
        map.setArrangement(MapArrangement::Sheet);
        map.setStop(Stop::Near);
        MapGroupNote note;
        note.survives = true;
        note.brief = u"71 to spare"_s;
        note.nextFull = u"cpu in 6 days"_s;
        note.isFullSoon = true;
        note.createTakes = u"9 min (last 5)"_s;
        map.setGroupNotes({{u"r0"_s, note}});
        map.show();
        Lines lines;
        const QImage image = map.grab().toImage();
        QVERIFY((lines.line(u"r0"_s).style == Text::Style{Text::Face::Display, 20, 700}));
        const double left = lines.line(u"r0"_s).left.x();
        QVERIFY((lines.line(u"6 stamps"_s).style == Text::Style{Text::Face::Ui, 12, 600}
                 || lines.has(u"6 stamps"_s)));
        QVERIFY(lines.has(u"N+1"_s));
        QVERIFY(lines.has(u"Next full"_s) && lines.has(u"Create takes"_s));
        QCOMPARE(lines.line(u"cpu in 6 days"_s).ink, theme[Token::DegradedText]);
        const auto measureRing = [&](const QImage &picture, QPointF centre) {
            // A ring of r 34, stroke 8.
            const QRect around = QRectF(centre - QPointF(44, 44), QSizeF(88, 88)).toRect();
            const auto part = [&](const QRect &within, int tolerance) {
                QRect found;
                for (const Token token : {Token::BgPressed, Token::ResUsed, Token::ResReserved})
                    found |= inkOf(picture, theme[token], within, tolerance);
                return found;
            };
            const QRect ring = part(around, 30);
            NEAR(ring.width(), 2 * (34 + 4));
            NEAR(ring.height(), 2 * (34 + 4));
            NEAR(QRectF(ring).center().x(), centre.x());
            NEAR(QRectF(ring).center().y(), centre.y());
            NEAR(part({ring.left(), ring.top() + ring.height() / 2, 20, 1}, 60).width(), 8);
        };
        const QPointF corner(left, lines.line(u"r0"_s).left.y() - 19);
        measureRing(image, corner + QPointF(38, 94));
        {
            // At medium the same beside less: one row of tiles is enough for it.
            map.setStop(Stop::Medium);
            Lines beside;
            const QImage medium = map.grab().toImage();
            QCOMPARE(map.layoutOfTiles().blocks[0].head.size(), QSizeF(144, 104));
            QVERIFY((beside.line(u"r0"_s).style == Text::Style{Text::Face::Display, 20, 700}));
            const QPointF there = beside.line(u"r0"_s).left - QPointF(0, 17);
            measureRing(medium, there + QPointF(38, 64));
            NEAR(beside.line(u"N+1"_s).left.x(), there.x() + 82 + 19);
            QVERIFY((beside.line(u"N+1"_s).style == Text::Style{Text::Face::Ui, 13, 600}));
            map.setStop(Stop::Near);
        }
        // The index strip: 60 px, cells of 8 with their gap, 4 to a row as in the sheet.
        const QRect strip(1400 - 60, 0, 60, 2400);
        const QRect cells = inkOf(image, theme[Token::HealthyCell], strip, 6);
        NEAR(cells.left(), strip.left() + 10);
        const QRect first = inkOf(image, theme[Token::HealthyCell],
                                  {cells.left(), cells.top(), 8, 8}, 6);
        QCOMPARE(first.size(), QSize(7, 7));
        QVERIFY(!inkOf(image, theme[Token::HealthyCell], {cells.left() + 7, cells.top(), 1, 7}, 6)
                     .isValid());
        QVERIFY(inkOf(image, theme[Token::HealthyCell], {cells.left() + 8, cells.top(), 1, 7}, 6)
                    .isValid());
    }

    void theLensHasItsMeasures()
    {
        m_deck = std::make_unique<DeckFixture>(SampleFleet{400, 1});
        const Theme &theme = Theme::current();
        MapWidget map;
        map.setAnimated(false);
        map.setClock(m_deck->clock);
        map.resize(1200, 800);
        map.setVersion(m_deck->feed->version());
        map.setArrangement(MapArrangement::Sheet);
        map.setStop(Stop::S8);
        map.show();
        const int slot = m_deck->feed->version()->stampIndex.value(u"prod/s-200"_s);
        QTest::mouseMove(&map, map.tileRect(slot).center().toPoint());
        map.setLens(true);
        QTRY_COMPARE(map.lensRect().size(), QSizeF(404, 290));
        const QImage image = map.grab().toImage();
        const QRect box = map.lensRect().toRect();
        // A frame of 24 × 18 round what is under it.
        const QPointF centre = map.tileRect(slot).center();
        const QRect frame = inkOf(image, theme[Token::TextPrimary],
                                  QRectF(centre - QPointF(14, 11), QSizeF(28, 22)).toRect(), 120);
        NEAR(frame.width(), 24);
        NEAR(frame.height(), 18);
        // 9 × 3 cells: each of the stop of 36 with 1 px round it, 38 in all.
        int columns = 0;
        int rows = 0;
        const QRect cells = inkOf(image, theme[Token::HealthyFill],
                                  {box.left() + 8, box.top() + 30, 388, 136}, 6);
        columns = runsOf(image, theme[Token::HealthyFill],
                         {box.left() + 8, cells.top() + 1, 388, 1}, 6);
        rows = runsOf(image, theme[Token::HealthyFill], {cells.left() + 1, box.top() + 30, 1, 136}, 6);
        QCOMPARE(columns, 9);
        QCOMPARE(rows, 3);
        NEAR(cells.width(), 8 * 42 + 34);
        // The solid shadow, 6 px to the right and down.
        NEAR(inkOf(image, theme[Token::StampShadow], {box.right() + 1, box.center().y(), 10, 1}, 6)
                 .width(),
             6);
    }

    // Section 4

    void theRailHasItsMeasures()
    {
        const Theme &theme = Theme::current();
        ViewRail rail;
        rail.resize(64, 900);
        rail.setBadge(ViewRail::View::Incidents, 5);
        rail.show();
        const QImage image = rail.grab().toImage();
        // Views of 54 × 54, each 60: the active one on a plate with a bar of 3.
        const QRect plate = inkOf(image, theme[Token::AccentSoft], {3, 0, 61, 70}, 6);
        QCOMPARE(plate.size(), QSize(54, 54));
        QCOMPARE(rail.findChild<QAbstractButton *>(u"viewStamps"_s)->y()
                     - rail.findChild<QAbstractButton *>(u"viewMap"_s)->y(),
                 60);
        const QRect bar = inkOf(image, theme[Token::AccentLine], {0, 0, 8, 70}, 6);
        QCOMPARE(bar.left(), 0);
        QCOMPARE(bar.width(), 3);
        // A badge of 16 × 14.
        const auto *incidents = rail.findChild<QAbstractButton *>(u"viewIncidents"_s);
        const QRect badge = inkOf(image, theme[Token::BgPressed],
                                  QRect(incidents->x() + 30, incidents->y(), 34, 22), 6);
        NEAR(badge.width(), 16);
        NEAR(badge.height(), 14);
    }

    void theFleetStripHasItsMeasures()
    {
        const Theme &theme = Theme::current();
        FleetStrip strip;
        strip.resize(500, 28);
        FleetCounts counts;
        counts.healthy = 9'990;
        counts.unhealthy = 1;
        counts.degraded = 9;
        counts.stamps = 10'000;
        strip.setCounts(counts);
        strip.show();
        QImage image;
        {
            Lines lines;
            image = strip.grab().toImage();
            QVERIFY(lines.has(u"healthy"_s) && lines.has(u"degraded"_s));
        }
        // A bar 8 high, gaps of 3, each at least 7 wide.
        const QRect healthy = inkOf(image, theme[Token::HealthyCell], {0, 18, 500, 10}, 6);
        const QRect degraded = inkOf(image, theme[Token::DegradedCell], {0, 18, 500, 10}, 6);
        const QRect unhealthy = inkOf(image, theme[Token::UnhealthyCell], {0, 18, 500, 10}, 6);
        QCOMPARE(healthy.height(), 8);
        NEAR(degraded.left() - healthy.right() - 1, 3);
        NEAR(unhealthy.left() - degraded.right() - 1, 3);
        NEAR(unhealthy.width(), 7);
        // Over 10,000 stamps the words go.
        counts.healthy = 9'991;
        counts.stamps = 10'001;
        strip.setCounts(counts);
        Lines lines;
        (void)strip.grab();
        QVERIFY(!lines.has(u"healthy"_s));
        QVERIFY(lines.has(u"9,991"_s));
    }

    void tipsComeAfterAMoment()
    {
        QCOMPARE(QApplication::style()->styleHint(QStyle::SH_ToolTip_WakeUpDelay), 400);
    }

    // Section 8

    void thePlanHasItsParts()
    {
        m_deck = std::make_unique<DeckFixture>();
        const Theme &theme = Theme::current();
        QWidget window;
        window.resize(1600, 1000);
        window.show();
        ActionRequest request;
        request.kind = ActionKind::Drain;
        request.stamp = u"prod/s-000"_s;
        const QPointer<PlanDialog> dialog = new PlanDialog(*m_deck->deck, request, &window);
        dialog->show();
        QCoreApplication::processEvents();
        const QImage image = dialog->grab().toImage();
        // Head 80, foot 76, left 604 and right 436.
        QCOMPARE(QColor(image.pixel(400, 79)), theme[Token::LineSubtle]);
        QCOMPARE(QColor(image.pixel(400, 770 - 76)), theme[Token::LineSubtle]);
        const QRect between = inkOf(image, theme[Token::LineSubtle], {500, 120, 400, 1}, 6);
        QCOMPARE(between.width(), 1);
        const auto areas = dialog->findChildren<QScrollArea *>();
        QList<QRect> columns;
        for (const QScrollArea *area : areas)
            columns.append(area->geometry());
        std::sort(columns.begin(), columns.end(),
                  [](const QRect &a, const QRect &b) { return a.x() < b.x(); });
        QCOMPARE(columns.size(), 2);
        QCOMPARE(columns[0].x(), 24);
        QCOMPARE(columns[0].width() - 8, 604); // beside the bar
        QCOMPARE(columns[1].width() - 8, 436);
        QCOMPARE(columns[1].x() + columns[1].width() - 8, 1120 - 24);
        // An icon of 26 before the title.
        const QRect icon = inkOf(image, theme[Token::AccentText], {16, 20, 40, 44}, 90);
        QVERIFY(QRect(24, 28, 26, 26).contains(icon));
        // Cards 46 high; the first is the one that is shown.
        const QRect card = inkOf(image, theme[Token::AccentLine],
                                 {columns[0].x(), 80, 604 / 3, 300}, 90);
        QVERIFY2(inkOf(image, theme[Token::AccentSoft], card, 6).isValid(), "no card");
        int high = 0;
        const int x = columns[0].x() + 60;
        for (int y = 80; y < 400; ++y)
            high += QColor(image.pixel(x, y)) == theme[Token::AccentSoft]
                || QColor(image.pixel(x, y)) == theme[Token::AccentLine];
        QVERIFY(high > 0);
        const QRect soft = inkOf(image, theme[Token::AccentSoft], {columns[0].x(), 80, 300, 400}, 6);
        QCOMPARE(soft.height() + 2, 46);
        // Bars 10 high.
        const QRect track = inkOf(image, theme[Token::ResTrack],
                                  {columns[1].x() + 200, 80, 130, 600}, 6);
        QVERIFY(track.isValid());
        int bar = 0;
        while (QColor(image.pixel(track.right() - 2, track.top() + bar)) == theme[Token::ResTrack])
            ++bar;
        QCOMPARE(bar, 10);
        delete dialog.data();
    }

    void ordersAreWrittenAsTheLookHasThem()
    {
        // A production plan asks for a name of mono letters and a reason; Run is 132 × 32.
        m_deck = std::make_unique<DeckFixture>(SampleFleet{}, Capability::Move | Capability::Cordon, true);
        ActionRequest request;
        request.kind = ActionKind::Drain;
        request.stamp = u"prod/s-000"_s;
        QWidget window;
        window.resize(1600, 1000);
        window.show();
        const QPointer<PlanDialog> dialog = new PlanDialog(*m_deck->deck, request, &window);
        dialog->show();
        auto *name = dialog->findChild<QLineEdit *>(u"confirmName"_s);
        QVERIFY(name->isVisible());
        QCOMPARE(name->height(), 32);
        QCOMPARE(name->font().families().first(), u"JetBrains Mono"_s);
        QVERIFY(!dialog->findChild<Button *>(u"Run"_s)->isEnabled());
        const QImage image = dialog->grab().toImage();
        QVERIFY(inkOf(image, Theme::current()[Token::ProdA], {0, 0, 1120, 7}, 20).isValid());
        delete dialog.data();
    }

    // Section 10

    void thePanelHasItsWords()
    {
        m_deck = std::make_unique<DeckFixture>();
        CarryController carry(*m_deck->feed);
        ActionRegistry actions(nullptr);
        AuditModel audit(*m_deck->journal);
        StampPanel panel(*m_deck->deck, carry, actions, audit);
        panel.resize(StampPanel::maxWidth, 900);
        panel.setStamp(u"prod/s-000"_s);
        panel.show();
        Lines lines;
        (void)panel.grab();
        QVERIFY(lines.line(u"s-000"_s).style == Text::panelTitle);
        QVERIFY(lines.line(u"Healthy…"_s).style == Text::rowTitle);
        for (const QString &range : {u"15 m"_s, u"1 h"_s, u"6 h"_s, u"24 h"_s, u"7 d"_s})
            QVERIFY2(lines.has(range), qPrintable(range));
        auto *tabs = panel.findChild<QTabBar *>(u"stampTabs"_s);
        QCOMPARE(tabs->height(), 40);
        QStringList names;
        for (int tab = 0; tab < tabs->count(); ++tab)
            names.append(tabs->tabText(tab).section(u' ', 0, 0));
        QCOMPARE(names, QStringList({u"Overview"_s, u"Components"_s, u"Capacity"_s, u"Charts"_s,
                                     u"Tenants"_s, u"Operations"_s, u"Events"_s}));
        // Charts: the title 13/700, their axes 11.
        QVERIFY((lines.line(u"CPU"_s).style == Text::Style{Text::Face::Ui, 13, 700}));
        const auto *chart = panel.findChild<MetricChart *>();
        QVERIFY(chart);
        for (const QAbstractAxis *axis : chart->chart()->axes())
            QCOMPARE(axis->labelsFont().pixelSize(), 11);
    }

    // Section 12

    void theAuditShowsEightDigits()
    {
        m_deck = std::make_unique<DeckFixture>();
        ActionRequest request;
        request.kind = ActionKind::Cordon;
        request.stamp = u"prod/s-000"_s;
        request.actor = u"ada"_s;
        const auto done = m_deck->runner->submit(request);
        QTRY_VERIFY(done.isFinished());
        AuditModel audit(*m_deck->journal);
        QTRY_VERIFY(audit.rowCount() > 0);
        QCOMPARE(audit.index(0, AuditModel::Hash).data().toString().size(), 8);
    }

    void whatIsEmptyHasItsGhost()
    {
        const Theme &theme = Theme::current();
        EmptyView view;
        view.resize(1200, 800);
        view.show(u"No source yet"_s, u"Add one, or open the demo."_s,
                  EmptyView::Offer::DemoAndConfiguration);
        Lines lines;
        const QImage image = view.grab().toImage();
        QCOMPARE(lines.line(u"No source yet"_s).style, Text::panelTitle);
        NEAR(lines.line(u"No source yet"_s).middle(), 600);
        // A ghost stamp of 160 × 96 in the middle.
        const QRect ghost = inkOf(image, theme[Token::TextTertiary], {450, 280, 300, 130}, 200);
        NEAR(ghost.width(), 160);
        NEAR(ghost.height(), 96);
        QVERIFY(!view.findChild<Button *>(u"openDemo"_s)->isHidden());
        QVERIFY(!view.findChild<Button *>(u"editConfiguration"_s)->isHidden());
    }

    void aNoticeIsAnAmberStrip()
    {
        const Theme &theme = Theme::current();
        NoticeStrip strip;
        strip.resize(1000, strip.height());
        strip.setNotice(u"prod: certificate expired."_s, u"more"_s, true);
        QCOMPARE(strip.height(), 36);
        const QImage image = strip.grab().toImage();
        QCOMPARE(QColor(image.pixel(500, 35)), theme[Token::DegradedEdge]);
        QCOMPARE(QColor(image.pixel(700, 10)),
                 mixed(theme[Token::BgPanel], theme[Token::DegradedFill], 0.7));
        QVERIFY(!strip.findChild<Button *>(u"retry"_s)->isHidden());
        QVERIFY(!strip.findChild<Button *>(u"details"_s)->isHidden());
    }

    void rowsAnswerThePointer()
    {
        QStandardItemModel model(3, 3);
        Table table(u"stamps"_s);
        table.resize(600, 300);
        table.setModel(&model);
        table.show();
        QVERIFY(QTest::qWaitForWindowExposed(&table));
        const QRect row = table.visualRect(model.index(2, 1));
        QTest::mouseMove(table.viewport(), row.center());
        QTRY_COMPARE(QColor(table.viewport()->grab().toImage().pixel(row.center())),
                     Theme::current()[Token::BgHover]);
    }

    // Section 13

    void motionTakesItsTimes()
    {
        QCOMPARE(Motion::zoomTime, 120ms);
        QCOMPARE(Motion::panelTime, 140ms);
        QCOMPARE(Motion::toastTime, 120ms);
        QCOMPARE(Motion::flyTime, 220ms);
        QCOMPARE(Motion::flashTime, 150ms);
        QCOMPARE(Motion::restTime, 2s);
        QCOMPARE(Motion::legTime, 1200ms);
        QCOMPARE(Motion::dotsPerSecond, 15);
        QCOMPARE(Motion::curve, QEasingCurve::OutCubic);
        Motion::setChoice(Motion::Choice::Full);
        QCOMPARE(Motion::duration(Motion::panelTime), 140);
        Motion::setChoice(Motion::Choice::Reduced);
        QCOMPARE(Motion::duration(Motion::panelTime), 0);
        QVERIFY(Motion::isReduced());
        Motion::setChoice(Motion::Choice::System);
    }

    void whatMovesComesToItsPlace()
    {
        const auto asBefore = qScopeGuard([] { Motion::setChoice(Motion::Choice::System); });
        QWidget window;
        window.resize(400, 400);
        QWidget part(&window);
        window.show();
        const QRect place(300, 0, 100, 400);
        Motion::setChoice(Motion::Choice::Full);
        Motion::place(&part, place, QPoint(400, 0));
        QCOMPARE(part.pos(), QPoint(400, 0));
        QCOMPARE(part.size(), place.size());
        // The window is made narrower while it is on its way.
        Motion::place(&part, place.translated(-50, 0));
        QTRY_COMPARE(part.geometry(), place.translated(-50, 0));
        Motion::place(&part, place);
        QCOMPARE(part.geometry(), place);

        Motion::setChoice(Motion::Choice::Reduced);
        Motion::place(&part, place.translated(-90, 0), QPoint(400, 0));
        QCOMPARE(part.geometry(), place.translated(-90, 0)); // at once
    }
};

STAMPDECK_TEST_MAIN(QApplication, LookTest)
#include "tst_look.moc"

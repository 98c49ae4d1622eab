// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testmain.h"
#include "tests/widgets/tilefixture.h"
#include "widgets/text.h"
#include "widgets/themes.h"

#include <QtGui/QPainter>
#include <QtWidgets/QApplication>

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

Q_DECLARE_METATYPE(Stampdeck::Theme::Scheme)

class TilePainterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        strict();
        Themes::instance().setChoice(Theme::Scheme::Dark);
    }

    void geometryIsThatOfTheLook()
    {
        QCOMPARE(geometry(Stop::Compact).size, QSizeF(72, 48));
        QCOMPARE(geometry(Stop::Compact).holePitch, 6.0);
        QCOMPARE(geometry(Stop::Medium).size, QSizeF(160, 96));
        QCOMPARE(geometry(Stop::Medium).holeRadius, 2.4);
        QCOMPARE(geometry(Stop::Near).size, QSizeF(300, 216));
        QCOMPARE(geometry(Stop::Near).gap, 16.0);
        for (const Stop stop : allStops) {
            const StopGeometry &at = geometry(stop);
            if (isFar(stop))
                QCOMPARE(at.pitch().width(), double(stopWidth(stop)));
            if (hasPaper(stop)) {
                QCOMPARE(std::fmod(at.size.width(), at.holePitch), 0.0);
                QCOMPARE(std::fmod(at.size.height(), at.holePitch), 0.0);
            }
        }
        QCOMPARE(TilePainter::snap(Stop::Compact, 1), 1.0);
        QCOMPARE(TilePainter::snap(Stop::Compact, 2), 1.0);
        QCOMPARE(TilePainter::snap(Stop::Compact, 1.25), 8 / 7.5);
        QCOMPARE(TilePainter::drainHandle(), QRectF(236, 178, 56, 24));
    }

    void printHasTheColourOfHealth_data()
    {
        QTest::addColumn<int>("health");
        QTest::addColumn<bool>("stale");
        QTest::addColumn<int>("token");
        QTest::newRow("healthy") << int(Health::Healthy) << false << int(Token::HealthyFill);
        QTest::newRow("degraded") << int(Health::Degraded) << false << int(Token::DegradedFill);
        QTest::newRow("unhealthy") << int(Health::Unhealthy) << false << int(Token::UnhealthyFill);
        QTest::newRow("unknown") << int(Health::Unknown) << false << int(Token::UnknownFill);
    }
    void printHasTheColourOfHealth()
    {
        QFETCH(int, health);
        QFETCH(int, token);
        for (const auto scheme : {Theme::Scheme::Dark, Theme::Scheme::Light}) {
            Themes::instance().setChoice(scheme);
            const Theme &theme = Theme::current();
            TileFacts facts = healthyTile();
            facts.health = Health(health);
            const QImage medium = paint(Stop::Medium, facts);
            QCOMPARE(QColor(medium.pixel(10 + 10, 10 + 14)), theme[Token(token)]);
            // Paper between print and edge, canvas in a hole, shadow below the paper.
            QCOMPARE(QColor(medium.pixel(10 + 8, 10 + 4)), theme[Token::StampPaper]);
            QCOMPARE(QColor(medium.pixel(10 + 4, 10)), theme[Token::BgCanvas]);
            QCOMPARE(QColor(medium.pixel(10 + 8, 10 + 96)), theme[Token::StampShadow]);
            const QImage near = paint(Stop::Near, facts);
            QCOMPARE(QColor(near.pixel(10 + 15, 10 + 16)), theme[Token(token)]);
            QCOMPARE(QColor(near.pixel(10 + 15, 10 + 100)), theme[Token::StampBody]);
            const QImage small = paint(Stop::S24, facts);
            if (Health(health) != Health::Unknown)
                QCOMPARE(QColor(small.pixel(10 + 20, 10 + 20)), theme[Token(token)]);
        }
    }

    void staleIsHatchedWhateverItsLastHealth()
    {
        const Theme &theme = Theme::current();
        TileFacts facts = staleTile();
        for (const Health health : {Health::Healthy, Health::Unhealthy}) {
            facts.health = health;
            const QImage image = paint(Stop::Medium, facts);
            int hatch = 0;
            int red = 0;
            for (int y = 18; y < 100; ++y) {
                for (int x = 18; x < 160; ++x) {
                    hatch += QColor(image.pixel(x, y)) == theme[Token::StaleHatch];
                    red += QColor(image.pixel(x, y)) == theme[Token::UnhealthyFill];
                }
            }
            QVERIFY2(hatch > 800, qPrintable(QString::number(hatch)));
            QCOMPARE(red, 0);
        }
    }

    void farCellsKeepTheirShapes()
    {
        const Theme &theme = Theme::current();
        // Unhealthy is 1 px larger on each side.
        QImage image = paint(Stop::S4, unhealthyTile());
        QCOMPARE(QColor(image.pixel(9, 9)), theme[Token::UnhealthyCell]);
        QCOMPARE(QColor(image.pixel(13, 13)), theme[Token::UnhealthyCell]);
        QCOMPARE(QColor(image.pixel(14, 14)), theme[Token::BgCanvas]);
        // Degraded has its corner cut from 6 on.
        image = paint(Stop::S8, degradedTile());
        QCOMPARE(QColor(image.pixel(10, 10)), theme[Token::BgCanvas]);
        QCOMPARE(QColor(image.pixel(16, 16)), theme[Token::DegradedCell]);
        image = paint(Stop::S4, degradedTile());
        QCOMPARE(QColor(image.pixel(10, 10)), theme[Token::DegradedCell]);
        // Unknown is hollow.
        image = paint(Stop::S8, unknownTile());
        QCOMPARE(QColor(image.pixel(10, 10)), theme[Token::UnknownCell]);
        QCOMPARE(QColor(image.pixel(13, 13)), theme[Token::BgCanvas]);
        // A postmark cuts the other corner from 8 on.
        image = paint(Stop::S11, lifecycleTile(Lifecycle::Cordoned));
        QCOMPARE(QColor(image.pixel(19, 19)), theme[Token::BgCanvas]);
        QCOMPARE(QColor(image.pixel(10, 10)), theme[Token::HealthyCell]);
        // Three tints by load below 6.
        TileFacts facts = healthyTile();
        facts.resources = {};
        facts.resources.cpu = {10, std::nullopt, 9};
        QCOMPARE(QColor(paint(Stop::S3, facts).pixel(10, 10)), theme[Token::HealthyCellHigh]);
        facts.resources.cpu.used = 2;
        QCOMPARE(QColor(paint(Stop::S3, facts).pixel(10, 10)), theme[Token::HealthyCellLow]);
    }

    void verdictsHaveTheirOwnPaper()
    {
        const Theme &theme = Theme::current();
        using Kind = TileVerdict::Kind;
        const auto print = [&](Kind kind) {
            return QColor(paint(Stop::Medium, verdictTile(kind)).pixel(10 + 10, 10 + 14));
        };
        QCOMPARE(print(Kind::Best), theme[Token::VerdictBest]);
        QCOMPARE(print(Kind::Can), theme[Token::VerdictCanFill]);
        QCOMPARE(print(Kind::Tight), theme[Token::BgPanel]);
        QCOMPARE(print(Kind::Cannot), theme[Token::VerdictNoFill]);
        const QImage can = paint(Stop::Medium, verdictTile(Kind::Can));
        QCOMPARE(QColor(can.pixel(10 + 14 + int(132 * 0.7), 10 + 73)), theme[Token::ResAfter]);
        const QImage cannot = paint(Stop::Medium, verdictTile(Kind::Cannot));
        QCOMPARE(QColor(cannot.pixel(10 + 20, 10 + 73)), theme[Token::VerdictNoFill]);
    }

    void selectionLiesThreePixelsOutside()
    {
        const Theme &theme = Theme::current();
        TileState state;
        state.selected = true;
        const QImage image = paint(Stop::Medium, healthyTile(), state);
        QCOMPARE(QColor(image.pixel(10 - 3, 50)), theme[Token::AccentLine]);
        QCOMPARE(QColor(image.pixel(10 - 2, 50)), theme[Token::AccentLine]);
        QCOMPARE(QColor(image.pixel(10 - 4, 50)), theme[Token::BgCanvas]);
    }

    void fadedTilesKeepTheirPlace()
    {
        TileState state;
        state.faded = true;
        const QImage image = paint(Stop::Medium, unhealthyTile(), state);
        QCOMPARE(QColor(image.pixel(10 + 10, 10 + 50)), Theme::current()[Token::BgCanvas]);
        int outline = 0;
        for (int x = 10; x < 170; ++x)
            outline += QColor(image.pixel(x, 10)) != Theme::current()[Token::BgCanvas];
        QVERIFY(outline > 40);
    }

    void chipsEndBeforeTheHandle()
    {
        TileFacts facts = healthyTile();
        const auto rects = TilePainter::chipRects(facts);
        QVERIFY(rects.size() >= 2);
        for (const QRectF &rect : rects)
            QVERIFY(rect.right() <= 208);
        facts.chips.assign(20, {u"d/t"_s, u"a-tenant-with-a-name-of-forty-characters"_s});
        QVERIFY(TilePainter::chipRects(facts).empty());
    }

    void papersAreCached()
    {
        TilePainter painter;
        QImage image(400, 300, QImage::Format_RGB32);
        QPainter target(&image);
        for (int i = 0; i < 50; ++i) {
            TileFacts facts = healthyTile();
            facts.measure = QString::number(i);
            painter.paint(target, {10, 10}, Stop::Medium, facts);
        }
        QCOMPARE(painter.cachedPixmaps(), 1);
    }

    /// Nothing to compare with: it must survive the extremes, and gives people pictures to look at.
    void everyStateAtEverySize()
    {
        using Kind = TileVerdict::Kind;
        TileFacts extreme = healthyTile();
        extreme.name = u"قاعدة-البيانات-الأوروبية-الغربية-40"_s;
        extreme.version = QString(80, u'x');
        extreme.tenants = 10'000;
        extreme.resources.cpu = {0, 5, 7};
        extreme.signalValues = {1e12, 40, 1e9, -3};
        extreme.series[0] = {};
        TileFacts ramp = degradedTile();
        ramp.fill = Theme::current().ramp(7);
        ramp.fillInk = Theme::current().rampInk(7);
        const std::vector<TileFacts> rows = {
            healthyTile(),
            degradedTile(),
            unhealthyTile(),
            unknownTile(),
            staleTile(),
            lifecycleTile(Lifecycle::Cordoned),
            lifecycleTile(Lifecycle::Draining),
            lifecycleTile(Lifecycle::Drained),
            lifecycleTile(Lifecycle::Provisioning),
            lifecycleTile(Lifecycle::Failed),
            lifecycleTile(Lifecycle::Deleting),
            verdictTile(Kind::Best),
            verdictTile(Kind::Can),
            verdictTile(Kind::Tight),
            verdictTile(Kind::Cannot),
            verdictTile(Kind::Source),
            ramp,
            extreme,
        };
        for (const auto scheme : {Theme::Scheme::Dark, Theme::Scheme::Light}) {
            Themes::instance().setChoice(scheme);
            for (const double ratio : {1.0, 1.25, 2.0}) {
                QImage image(QSize(800, int(rows.size()) * 120) * ratio, QImage::Format_RGB32);
                image.setDevicePixelRatio(ratio);
                image.fill(Theme::current()[Token::BgCanvas]);
                QPainter painter(&image);
                TilePainter tiles;
                double y = 10;
                for (const TileFacts &facts : rows) {
                    double x = 10;
                    for (const Stop stop : allStops) {
                        if (stop == Stop::Near)
                            continue;
                        TileState state;
                        state.hover = facts.verdict.kind == Kind::Best;
                        tiles.paint(painter, {x, y}, stop, facts, state);
                        x += geometry(stop).size.width() + 16;
                    }
                    y += 120;
                }
                painter.end();
                const QString name =
                    u"tiles-%1-%2"_s.arg(Theme::current().isDark() ? u"dark"_s : u"light"_s)
                        .arg(ratio);
                keep(image, name);
                QImage near(QSize(3 * 316 + 10, 6 * 232 + 10) * ratio, QImage::Format_RGB32);
                near.setDevicePixelRatio(ratio);
                near.fill(Theme::current()[Token::BgCanvas]);
                QPainter nearPainter(&near);
                for (size_t i = 0; i < rows.size(); ++i)
                    tiles.paint(nearPainter,
                                QPointF(10 + double(i % 3) * 316, 10 + double(i / 3) * 232),
                                Stop::Near, rows[i]);
                nearPainter.end();
                keep(near, u"near-"_s + name);
                QVERIFY(tiles.cachedPixmaps() > 10);
            }
        }
    }

private:
    [[nodiscard]] static QImage paint(Stop stop, const TileFacts &facts,
                                      const TileState &state = {})
    {
        QImage image(340, 260, QImage::Format_RGB32);
        image.fill(Theme::current()[Token::BgCanvas]);
        QPainter painter(&image);
        TilePainter().paint(painter, {10, 10}, stop, facts, state);
        return image;
    }
};

STAMPDECK_TEST_MAIN(QApplication, TilePainterTest)
#include "tst_tilepainter.moc"

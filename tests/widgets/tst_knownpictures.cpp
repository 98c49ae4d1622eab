// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testmain.h"
#include "tests/widgets/fleetfixture.h"
#include "tests/widgets/tilefixture.h"
#include "widgets/mapwidget.h"
#include "widgets/text.h"
#include "widgets/themes.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtGui/QPainter>
#include <QtWidgets/QApplication>

// What the painter of the map makes, beside pictures that somebody has looked at and found right.
// STAMPDECK_RENEW_PICTURES=1 writes them anew: look at them before they are committed.

using namespace Stampdeck;
using namespace Stampdeck::Testing;
using namespace Qt::StringLiterals;

namespace {

/// How far two pictures of one size are from each other.
struct Distance
{
    double mean = 0; ///< Over all channels of all pixels, of 255.
    double changed = 0; ///< The share of pixels of which a channel is off by more than `loud`.
    static constexpr int loud = 32;
};

Distance distanceOf(const QImage &a, const QImage &b)
{
    qint64 sum = 0;
    qint64 changed = 0;
    for (int y = 0; y < a.height(); ++y) {
        const auto *left = reinterpret_cast<const QRgb *>(a.constScanLine(y));
        const auto *right = reinterpret_cast<const QRgb *>(b.constScanLine(y));
        for (int x = 0; x < a.width(); ++x) {
            const int red = std::abs(qRed(left[x]) - qRed(right[x]));
            const int green = std::abs(qGreen(left[x]) - qGreen(right[x]));
            const int blue = std::abs(qBlue(left[x]) - qBlue(right[x]));
            sum += red + green + blue;
            changed += std::max({red, green, blue}) > Distance::loud;
        }
    }
    const double pixels = double(a.width()) * a.height();
    return {double(sum) / (3 * pixels), double(changed) / pixels};
}

// Another version of a font or of FreeType moves edges a little; a missing mark, a wrong colour or a
// text that stands elsewhere is far beyond.
bool isAlike(const Distance &distance)
{
    return distance.mean < 0.6 && distance.changed < 0.004;
}

/// Every stop beside every state: 08-tile-anatomy of the look.
QImage tiles()
{
    const QList<std::pair<QString, TileFacts>> rows{
        {u"healthy"_s, healthyTile()},
        {u"degraded"_s, degradedTile()},
        {u"unhealthy"_s, unhealthyTile()},
        {u"unknown"_s, unknownTile()},
        {u"stale"_s, staleTile()},
        {u"cordoned"_s, lifecycleTile(Lifecycle::Cordoned)},
        {u"draining"_s, lifecycleTile(Lifecycle::Draining)},
        {u"drained"_s, lifecycleTile(Lifecycle::Drained)},
        {u"provisioning"_s, lifecycleTile(Lifecycle::Provisioning)},
        {u"failed"_s, lifecycleTile(Lifecycle::Failed)},
        {u"deleting"_s, lifecycleTile(Lifecycle::Deleting)},
        {u"best"_s, verdictTile(TileVerdict::Kind::Best)},
        {u"can"_s, verdictTile(TileVerdict::Kind::Can)},
        {u"tight"_s, verdictTile(TileVerdict::Kind::Tight)},
        {u"cannot"_s, verdictTile(TileVerdict::Kind::Cannot)},
        {u"source"_s, verdictTile(TileVerdict::Kind::Source)}};
    constexpr int height = 232;
    QImage image(940, int(rows.size()) * height, QImage::Format_RGB32);
    const Theme &theme = Theme::current();
    image.fill(theme[Token::BgCanvas]);
    QPainter painter(&image);
    TilePainter tiles;
    double y = 8;
    for (const auto &[word, facts] : rows) {
        painter.setPen(theme[Token::TextPrimary]);
        Text::draw(painter, {8, y + 20}, word, {Text::Face::Ui, 12, 600});
        double x = 96;
        for (const Stop stop : allStops) {
            tiles.paint(painter, {x, y}, stop, facts);
            x += geometry(stop).size.width() + 14;
        }
        y += height;
    }
    return image;
}

QImage map(MapArrangement arrangement, Stop stop)
{
    FleetFixture fixture(6, 4);
    fixture.stamp(u"eu-west-03"_s).health = Health::Unhealthy;
    fixture.stamp(u"us-east-02"_s).health = Health::Degraded;
    fixture.stamp(u"eu-north-01"_s).lifecycle = Lifecycle::Cordoned;
    fixture.publish();
    fixture.settle();
    MapWidget map;
    map.setClock(fixture.clock);
    map.setAnimated(false); // nothing is on its way in a picture
    map.resize(1000, 640);
    map.setVersion(fixture.feed.version());
    map.setArrangement(arrangement);
    map.show();
    if (arrangement == MapArrangement::Sheet)
        map.setStop(stop);
    const QImage now = map.grab().toImage();
    return now.convertToFormat(QImage::Format_RGB32);
}

} // namespace

class KnownPicturesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { Themes::instance().install(); }
    void init() { strict(); }

    void theyAreAlike_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<bool>("dark");
        for (const bool dark : {true, false}) {
            for (const char *what : {"tiles", "sheet", "sheet-small", "world"})
                QTest::addRow("%s-%s", what, dark ? "dark" : "light")
                    << QString::fromLatin1(what) << dark;
        }
    }
    void theyAreAlike()
    {
        QFETCH(QString, what);
        QFETCH(bool, dark);
        Themes::instance().setChoice(dark ? Theme::Scheme::Dark : Theme::Scheme::Light);
        const QImage seen = what == u"tiles"       ? tiles()
            : what == u"sheet"       ? map(MapArrangement::Sheet, Stop::Medium)
            : what == u"sheet-small" ? map(MapArrangement::Sheet, Stop::S24)
                                     : map(MapArrangement::World, Stop::Compact);
        const QString name = QString::fromLatin1(QTest::currentDataTag()) + u".png";
        const QString path = QStringLiteral(STAMPDECK_SOURCE_DIR "/tests/widgets/pictures/") + name;
        if (qEnvironmentVariableIsSet("STAMPDECK_RENEW_PICTURES"))
            QVERIFY(seen.save(path, "PNG", 0));
        QImage known(path);
        QVERIFY2(!known.isNull(), qPrintable(path));
        known = known.convertToFormat(QImage::Format_RGB32);
        QCOMPARE(seen.size(), known.size());
        const Distance distance = distanceOf(seen, known);
        if (!isAlike(distance)) {
            const QString other = QCoreApplication::applicationDirPath() + u'/' + name;
            seen.save(other);
            QFAIL(qPrintable(u"%1 differs from %2: mean %3, %4 % of the pixels"_s.arg(
                other, path, QString::number(distance.mean),
                QString::number(distance.changed * 100))));
        }
    }

    // The comparison itself: one state that is painted as another is seen.
    void aWrongTileIsFound()
    {
        Themes::instance().setChoice(Theme::Scheme::Dark);
        const auto sheet = [](const TileFacts &facts) {
            QImage image(1'000, 640, QImage::Format_RGB32);
            image.fill(Theme::current()[Token::BgCanvas]);
            QPainter painter(&image);
            TilePainter().paint(painter, {20, 20}, Stop::Medium, facts);
            return image;
        };
        QVERIFY(isAlike(distanceOf(sheet(healthyTile()), sheet(healthyTile()))));
        QVERIFY(!isAlike(distanceOf(sheet(healthyTile()), sheet(degradedTile()))));
        QVERIFY(!isAlike(distanceOf(sheet(healthyTile()), sheet(staleTile()))));
    }
};

STAMPDECK_TEST_MAIN(QApplication, KnownPicturesTest)
#include "tst_knownpictures.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testmain.h"
#include "widgets/icons.h"
#include "widgets/text.h"

#include <QtGui/QFontInfo>
#include <QtGui/QImage>
#include <QtGui/QPainter>
#include <QtWidgets/QApplication>

using namespace Stampdeck;
using namespace Qt::StringLiterals;

class TextTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { Testing::strict(); }

    void fontsAreThoseOfTheLook()
    {
        QCOMPARE(QFontInfo(Text::font({Text::Face::Ui, 13, 600})).family(), u"Inter"_s);
        QCOMPARE(QFontInfo(Text::font({Text::Face::Display, 34, 700})).family(),
                 u"Inter Display"_s);
        QCOMPARE(QFontInfo(Text::font({Text::Face::Mono, 13, 400})).family(), u"JetBrains Mono"_s);
        QCOMPARE(Text::font({Text::Face::Ui, 13, 600}).pixelSize(), 13);
        QCOMPARE(Text::font({Text::Face::Ui, 13, 600}).weight(), 600);
    }

    // The window's own font has a size of the look too.
    void theFontOfTheProgramChangesNothing()
    {
        const QFont before = QApplication::font();
        QFont font = before;
        font.setPixelSize(17);
        QApplication::setFont(font);
        QCOMPARE(Text::font({Text::Face::Display, 17, 700}).weight(), 700);
        QCOMPARE(QFontInfo(Text::font({Text::Face::Display, 17, 700})).family(),
                 u"Inter Display"_s);
        QApplication::setFont(before);
    }

    void everyDigitTakesTheRoomOfAZero()
    {
        for (const Text::Style style :
             {Text::Style{Text::Face::Ui, 13, 400}, Text::Style{Text::Face::Ui, 11, 600},
              Text::Style{Text::Face::Display, 34, 700}}) {
            const double zeros = Text::width(u"0000000000"_s, style);
            QVERIFY(zeros > 0);
            QVERIFY(std::abs(Text::width(u"1111111111"_s, style) - zeros) < 0.01);
            QVERIFY(std::abs(Text::width(u"1234567890"_s, style) - zeros) < 0.01);
            QVERIFY(std::abs(Text::width(u"7/11 at 14:01"_s, style)
                             - Text::width(u"0/00 at 00:00"_s, style))
                    < 1.0);
            // Letters keep their own widths.
            QVERIFY(Text::width(u"iiii"_s, style) < Text::width(u"mmmm"_s, style));
        }
    }

    void digitsStandInTheMiddleOfTheirRoom()
    {
        const Text::Style style{Text::Face::Ui, 40, 400};
        const auto inked = [&](const QString &text) {
            QImage image(400, 60, QImage::Format_RGB32);
            image.fill(Qt::white);
            QPainter painter(&image);
            painter.setPen(Qt::black);
            Text::draw(painter, {10, 50}, text, style);
            painter.end();
            int first = image.width();
            int last = 0;
            for (int y = 0; y < image.height(); ++y) {
                for (int x = 0; x < image.width(); ++x) {
                    if (qGray(image.pixel(x, y)) < 128) {
                        first = std::min(first, x);
                        last = std::max(last, x);
                    }
                }
            }
            return std::pair(first, last);
        };
        const double room = Text::width(u"0"_s, style);
        const auto [first, last] = inked(u"1"_s);
        QVERIFY(last > first);
        QVERIFY(std::abs((first + last) / 2.0 - (10 + room / 2)) < room * 0.2);
        // The second of two ones is one room further.
        const auto [from, to] = inked(u"11"_s);
        QVERIFY(std::abs((to - last) - room) <= 1.0);
        QVERIFY(std::abs(from - first) <= 1);
    }

    void longSentencesAreBrokenBetweenWords()
    {
        const Text::Style style{Text::Face::Ui, 13, 600};
        const QString text = u"The link asks for whirl, moons and taste, which are not known here"_s;
        const double half = Text::width(text, style) * 0.6;
        const QStringList lines = Text::wrapped(text, style, half, 2);
        QCOMPARE(lines.size(), 2);
        QCOMPARE(lines.join(u' '), text);
        for (const QString &line : lines)
            QVERIFY(Text::width(line, style) <= half);
        QCOMPARE(Text::wrapped(text, style, 2'000, 2), QStringList{text});
        // What has no room in the last one is cut off there, and a word too wide for a line goes on.
        const QStringList cut = Text::wrapped(text, style, half / 2, 2);
        QCOMPARE(cut.size(), 2);
        QVERIFY(cut.last().endsWith(u'…') && Text::width(cut.last(), style) <= half / 2);
        const QString word(200, u'w');
        const QStringList parts = Text::wrapped(word, style, 300, 40);
        QVERIFY(parts.size() > 3);
        QCOMPARE(parts.join(QString()), word);
        QVERIFY(Text::wrapped({}, style, 300, 2).isEmpty());
    }

    void namesLoseTheirMiddle()
    {
        const Text::Style style{Text::Face::Ui, 12, 600};
        const QString name = u"ap-northeast-04"_s;
        QCOMPARE(Text::elidedName(name, style, 400), name);
        for (double max = 90; max > 20; max -= 7) {
            const QString cut = Text::elidedName(name, style, max);
            QVERIFY2(Text::width(cut, style) <= max, qPrintable(cut));
            if (max > 40)
                QVERIFY2(cut.endsWith(u"…-04"), qPrintable(cut));
        }
        QCOMPARE(Text::elidedName(u"monolith"_s, style, 400), u"monolith"_s);
        QVERIFY(Text::elidedName(u"monolithic-"_s, style, 30).endsWith(u'…')
                || Text::elidedName(u"monolithic-"_s, style, 30).endsWith(u'-'));
        QVERIFY(Text::elided(u"short by 10 GiB, and more"_s, style, 60).endsWith(u'…'));
        QCOMPARE(Text::elided({}, style, 10), QString());
    }

    void scriptsThatTheFontsLackAreDrawnToo()
    {
        QVERIFY(Text::width(u"قاعدة"_s, {Text::Face::Ui, 13, 400}) > 5);
        QVERIFY(Text::width(u"東京-04"_s, {Text::Face::Ui, 13, 400})
                > Text::width(u"-04"_s, {Text::Face::Ui, 13, 400}));
    }

    void iconsTakeTheColourAskedFor()
    {
        const QPixmap red = Icons::pixmap(u"search"_s, 16, QColor(u"#C93A37"_s), 2);
        QCOMPARE(red.size(), QSize(32, 32));
        const QImage image = red.toImage();
        int solid = 0;
        for (int y = 0; y < 32; ++y) {
            for (int x = 0; x < 32; ++x) {
                if (qAlpha(image.pixel(x, y)) == 255) {
                    ++solid;
                    QVERIFY(qAbs(qRed(image.pixel(x, y)) - 0xC9) < 3);
                }
            }
        }
        QVERIFY(solid > 20);
        QTest::ignoreMessage(QtWarningMsg, "No icon no-such-thing");
        QCOMPARE(Icons::pixmap(u"no-such-thing"_s, 16, Qt::red).size(), QSize(16, 16));
        QVERIFY(!Icons::icon(u"map"_s).pixmap(18).isNull());
    }
};

STAMPDECK_TEST_MAIN(QApplication, TextTest)
#include "tst_text.moc"
